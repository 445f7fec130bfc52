//! The part of a web app that speaks OpenID Connect, on the `openidconnect` crate. docs/clients/openidconnect.md shows it.

use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreJwsSigningAlgorithm, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndSessionUrl, EndpointMaybeSet,
    EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl, LogoutRequest, Nonce, NonceVerifier,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl, ProviderMetadataWithLogout,
    RedirectUrl, Scope, TokenResponse,
};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

pub struct App {
    client: Client,
    http: reqwest::Client,
    algorithm: CoreJwsSigningAlgorithm,
    end_session: EndSessionUrl,
}

/// As registered.
pub struct Registered<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub secret: &'a str,
    pub redirect_uri: &'a str,
    /// No ID token signed otherwise is believed.
    pub algorithm: CoreJwsSigningAlgorithm,
}

/// A sign-in under way: kept in the browser's session, once.
pub struct Departure {
    pub url: String,
    pub state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl App {
    /// `http` follows no redirects.
    pub async fn discover(app: Registered<'_>, http: reqwest::Client) -> Result<App, Failure> {
        let issuer = IssuerUrl::new(app.issuer.to_owned())?;
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &|request| send(&http, request)).await?;
        let end_session = metadata.additional_metadata().end_session_endpoint.clone().ok_or("no sign-out")?;
        let secret = ClientSecret::new(app.secret.to_owned());
        let client =
            CoreClient::from_provider_metadata(metadata, ClientId::new(app.client_id.to_owned()), Some(secret))
                .set_redirect_uri(RedirectUrl::new(app.redirect_uri.to_owned())?);
        Ok(App { client, http, algorithm: app.algorithm, end_session })
    }

    /// With `prompt=none` whoever is signed in comes back without a page.
    pub fn departure(&self, prompt: Option<CoreAuthPrompt>) -> Departure {
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

    /// The browser came back with this code and this state.
    pub async fn arrive(
        &self,
        (code, state): (String, String),
        departure: Departure,
    ) -> Result<(CoreTokenResponse, CoreIdTokenClaims), Failure> {
        if *departure.state.secret() != state {
            return Err("the answer is to another question".into());
        }
        let request = self.client.exchange_code(AuthorizationCode::new(code))?.set_pkce_verifier(departure.verifier);
        let tokens = request.request_async(&|request| send(&self.http, request)).await?;
        let claims = self.verified(&tokens, &departure.nonce)?;
        Ok((tokens, claims))
    }

    /// The claims of the ID token, once signature, issuer, audience, times, nonce and `at_hash` are found good.
    fn verified(&self, tokens: &CoreTokenResponse, nonce: impl NonceVerifier) -> Result<CoreIdTokenClaims, Failure> {
        let verifier = self.client.id_token_verifier().set_allowed_algs([self.algorithm.clone()]);
        let token = tokens.id_token().ok_or("no ID token")?;
        let claims = token.claims(&verifier, nonce)?;
        if let Some(expected) = claims.access_token_hash() {
            let (algorithm, key) = (token.signing_alg()?, token.signing_key(&verifier)?);
            if AccessTokenHash::from_token(tokens.access_token(), algorithm, key)? != *expected {
                return Err("the access token is another one's".into());
            }
        }
        Ok(claims.clone())
    }

    pub async fn user_info(
        &self,
        tokens: &CoreTokenResponse,
        claims: &CoreIdTokenClaims,
    ) -> Result<CoreUserInfoClaims, Failure> {
        let request = self.client.user_info(tokens.access_token().clone(), Some(claims.subject().clone()))?;
        Ok(request.request_async(&|request| send(&self.http, request)).await?)
    }

    /// New tokens, and what the new ID token says. `invalid_grant`: the session has ended at the provider.
    pub async fn refresh(&self, tokens: &CoreTokenResponse) -> Result<(CoreTokenResponse, CoreIdTokenClaims), Failure> {
        let token = tokens.refresh_token().ok_or("no refresh token")?;
        let request = self.client.exchange_refresh_token(token)?;
        let fresh = request.request_async(&|request| send(&self.http, request)).await?;
        let claims = self.verified(&fresh, |_: Option<&Nonce>| Ok(()))?;
        Ok((fresh, claims))
    }

    /// Where the browser goes to sign out, and from there to `back`.
    pub fn sign_out(&self, tokens: &CoreTokenResponse, back: &str) -> Result<String, Failure> {
        let hint = tokens.id_token().ok_or("no ID token")?;
        let request = LogoutRequest::from(self.end_session.clone())
            .set_id_token_hint(hint)
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(back.to_owned())?);
        Ok(request.http_get_url().into())
    }
}

async fn send(http: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, reqwest::Error> {
    let answer = http.execute(reqwest::Request::try_from(request)?).await?;
    let mut response = openidconnect::http::Response::builder().status(answer.status());
    for (name, value) in answer.headers() {
        response = response.header(name, value);
    }
    Ok(response.body(answer.bytes().await?.to_vec()).expect("what hyper read can be built"))
}
