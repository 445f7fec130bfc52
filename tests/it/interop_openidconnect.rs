//! The `openidconnect` crate as a relying party of the real binary: what it discovers, it verifies by itself.

use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreJwsSigningAlgorithm,
    CoreProviderMetadata, CoreTokenResponse, CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, TokenResponse,
};
use serde_json::json;

use crate::real::block_on;
use crate::real::idp::{CLIENT_SECRET, RealIdp, client, person};
use crate::real::visitor::{Answer, Visitor, local_client};

const REDIRECT_URI: &str = "http://app.localhost:4998/callback";

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// A relying app that trusts ID tokens of one algorithm only.
struct App {
    client: Client,
    http: reqwest::Client,
    algorithm: CoreJwsSigningAlgorithm,
}

/// An authorization request under way.
struct Departure {
    url: String,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

#[test]
fn rs256_code_pkce_nonce_userinfo_refresh_and_prompt_none() {
    let idp = RealIdp::with(&[person("ada")], &[client("letters", REDIRECT_URI, json!({}))]);
    block_on(async {
        let app = App::discover(&idp, "letters", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256).await;
        a_whole_visit(&app).await;
    });
}

#[test]
fn es256_and_eddsa_id_tokens_verify_by_the_published_keys() {
    let es256 = client("curves", REDIRECT_URI, json!({"id_token_signed_response_alg": "ES256"}));
    let eddsa = client("edwards", REDIRECT_URI, json!({"id_token_signed_response_alg": "EdDSA"}));
    let idp = RealIdp::with(&[person("ada")], &[es256, eddsa]);
    block_on(async {
        a_whole_visit(&App::discover(&idp, "curves", CoreJwsSigningAlgorithm::EcdsaP256Sha256).await).await;
        a_whole_visit(&App::discover(&idp, "edwards", CoreJwsSigningAlgorithm::EdDsa).await).await;
    });
}

/// Asked in vain, signed in, user info, refreshed, renewed silently.
async fn a_whole_visit(app: &App) {
    let browser = Visitor::new();
    let early = app.departure(Some(CoreAuthPrompt::None));
    let refused = browser.travel(&early.url, REDIRECT_URI).await;
    assert_eq!(refused.parameter("error").as_deref(), Some("login_required"));
    assert_eq!(refused.parameter("state").as_ref(), Some(early.state.secret()));

    let departure = app.departure(None);
    let page = browser.travel(&departure.url, REDIRECT_URI).await;
    let arrived = browser.sign_in(&page, "ada", REDIRECT_URI).await;
    let (tokens, claims) = app.arrive(&arrived, departure).await;
    assert!(claims.auth_time().is_some(), "no auth_time");

    let info = app.user_info(&tokens, &claims).await;
    assert_eq!(info.email().map(|email| email.as_str()), Some("ada@example.org"));

    let refreshed = app.refresh(&tokens, &claims).await;
    app.user_info(&refreshed, &claims).await;

    let departure = app.departure(Some(CoreAuthPrompt::None));
    let (silent, same) = app.arrive(&browser.travel(&departure.url, REDIRECT_URI).await, departure).await;
    assert_eq!(same.subject(), claims.subject());
    assert_eq!(same.auth_time(), claims.auth_time());
    assert_ne!(silent.access_token().secret(), tokens.access_token().secret());
    app.refuses_a_used_code(&arrived).await;
}

impl App {
    async fn discover(idp: &RealIdp, client_id: &str, algorithm: CoreJwsSigningAlgorithm) -> App {
        let http = local_client().build().expect("a client");
        let issuer = IssuerUrl::new(idp.issuer.clone()).expect("an issuer");
        let metadata = CoreProviderMetadata::discover_async(issuer, &|request| send(&http, request)).await;
        let metadata = metadata.expect("the crate understands the discovery document and the keys");
        assert!(metadata.id_token_signing_alg_values_supported().contains(&algorithm));
        let secret = ClientSecret::new(CLIENT_SECRET.to_owned());
        let redirect_uri = RedirectUrl::new(REDIRECT_URI.to_owned()).expect("a redirect URI");
        let client = CoreClient::from_provider_metadata(metadata, ClientId::new(client_id.to_owned()), Some(secret))
            .set_redirect_uri(redirect_uri);
        App { client, http, algorithm }
    }

    fn departure(&self, prompt: Option<CoreAuthPrompt>) -> Departure {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = CoreAuthenticationFlow::AuthorizationCode;
        let mut request = self.client.authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
        for scope in ["profile", "email"] {
            request = request.add_scope(Scope::new(scope.to_owned()));
        }
        if let Some(prompt) = prompt {
            request = request.add_prompt(prompt);
        }
        let (url, state, nonce) = request.set_pkce_challenge(challenge).url();
        Departure { url: url.into(), state, nonce, verifier }
    }

    async fn arrive(&self, answer: &Answer, departure: Departure) -> (CoreTokenResponse, CoreIdTokenClaims) {
        let code = answer.parameter("code").unwrap_or_else(|| panic!("no code: {:?} {}", answer.location, answer.body));
        assert_eq!(answer.parameter("state").as_ref(), Some(departure.state.secret()));
        let request = self.client.exchange_code(AuthorizationCode::new(code)).expect("a token endpoint");
        let request = request.set_pkce_verifier(departure.verifier);
        let tokens = request.request_async(&|request| send(&self.http, request)).await.expect("tokens for the code");
        let claims = self.verified(&tokens, |nonce: Option<&Nonce>| {
            (nonce == Some(&departure.nonce)).then_some(()).ok_or_else(|| "another nonce".to_owned())
        });
        (tokens, claims)
    }

    /// The claims of the ID token, once the crate finds signature, issuer, audience, times, nonce and `at_hash` good.
    fn verified(&self, tokens: &CoreTokenResponse, nonce: impl openidconnect::NonceVerifier) -> CoreIdTokenClaims {
        let verifier = self.client.id_token_verifier().set_allowed_algs([self.algorithm.clone()]);
        let token = tokens.id_token().expect("an ID token");
        let claims = token.claims(&verifier, nonce).expect("the crate accepts the ID token");
        if let Some(expected) = claims.access_token_hash() {
            let (algorithm, key) = (token.signing_alg(), token.signing_key(&verifier));
            let key = key.expect("the key that signed");
            let found = AccessTokenHash::from_token(tokens.access_token(), algorithm.expect("an algorithm"), key);
            assert_eq!(&found.expect("a hash"), expected, "at_hash");
        }
        claims.clone()
    }

    async fn user_info(&self, tokens: &CoreTokenResponse, claims: &CoreIdTokenClaims) -> CoreUserInfoClaims {
        let subject = Some(claims.subject().clone());
        let request = self.client.user_info(tokens.access_token().clone(), subject).expect("a userinfo endpoint");
        request.request_async(&|request| send(&self.http, request)).await.expect("user info")
    }

    async fn refresh(&self, tokens: &CoreTokenResponse, claims: &CoreIdTokenClaims) -> CoreTokenResponse {
        let token = tokens.refresh_token().expect("a refresh token");
        let request = self.client.exchange_refresh_token(token).expect("a token endpoint");
        let fresh =
            request.request_async(&|request| send(&self.http, request)).await.expect("tokens for the refresh token");
        let same = self.verified(&fresh, |_: Option<&Nonce>| Ok(()));
        assert_eq!((same.subject(), same.auth_time()), (claims.subject(), claims.auth_time()));
        assert_ne!(fresh.refresh_token().map(|token| token.secret()), Some(token.secret()), "no rotation");
        fresh
    }

    async fn refuses_a_used_code(&self, answer: &Answer) {
        let code = AuthorizationCode::new(answer.parameter("code").expect("the code of before"));
        let request = self.client.exchange_code(code).expect("a token endpoint");
        match request.request_async(&|request| send(&self.http, request)).await {
            Err(RequestTokenError::ServerResponse(error)) => assert_eq!(error.error().to_string(), "invalid_grant"),
            other => panic!("a used code without its verifier: {other:?}"),
        }
    }
}

/// One request of the crate over our client.
async fn send(http: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = http.execute(reqwest::Request::try_from(request)?).await?;
    let mut response = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(answer.bytes().await?.to_vec()).expect("a response"))
}
