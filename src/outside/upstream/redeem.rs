//! A code becomes what the upstream vouches for: its ID token, proved (OpenID Connect Core, 3.1.3.7).

use super::{Known, Metadata, Party, Providers, SKEW, Trouble, algorithms};
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use openidconnect::core::{CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenVerifier};
use openidconnect::{
    AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeVerifier, RedirectUrl, TokenResponse,
};
use serde_json::{Map, Value};

/// The longest `sub` there is (OpenID Connect Core, 2), and the longest `sid` we keep.
const LONGEST_NAME: usize = 255;

/// What an answer is redeemed with.
#[derive(Clone, Copy)]
pub struct Redeeming<'a> {
    /// The code.
    pub code: &'a str,
    /// The verifier of the request's challenge.
    pub verifier: &'a str,
    /// The request's nonce.
    pub nonce: &'a str,
}

/// What an upstream vouches for.
#[derive(Debug, Clone)]
pub struct Redeemed {
    /// The claims of the ID token.
    pub claims: Map<String, Value>,
    /// Its subject.
    pub subject: String,
    /// The upstream's session, where it says so.
    pub sid: Option<String>,
    /// When the person authenticated there, where it says so.
    pub auth_time: Option<Timestamp>,
    /// How, in the upstream's words.
    pub acr: Option<String>,
    /// By which methods.
    pub amr: Vec<String>,
    access_token: String,
}

impl Providers {
    /// Redeems a code.
    ///
    /// # Errors
    /// Why the upstream's word is not taken.
    pub async fn redeem(&self, party: Party<'_>, with: Redeeming<'_>, now: Timestamp) -> Result<Redeemed, Trouble> {
        let known = self.known(party, now).await?;
        let (token, access_token) = self.tokens(party, with, &known).await?;
        let nonce = Nonce::new(with.nonce.to_owned());
        match verified(&token, party, &known.metadata, &nonce, now) {
            Err(error) if Trouble::unknown_key(&error) => {
                let anew = self.with_new_keys(party, &known, now).await.ok_or(Trouble::Signature)?;
                verified(&token, party, &anew.metadata, &nonce, now).map_err(|error| Trouble::of_claims(&error))?;
            }
            Err(error) => return Err(Trouble::of_claims(&error)),
            Ok(()) => (),
        }
        vouched(&token, party, access_token, now)
    }

    async fn tokens(
        &self,
        party: Party<'_>,
        with: Redeeming<'_>,
        known: &Known,
    ) -> Result<(CoreIdToken, String), Trouble> {
        let redirect = RedirectUrl::new(party.redirect_uri.to_owned()).map_err(|_| Trouble::Metadata)?;
        let secret = party.secret.map(|secret| ClientSecret::new(secret.to_owned()));
        let client = CoreClient::from_provider_metadata(
            known.metadata.clone(),
            ClientId::new(party.client_id.to_owned()),
            secret,
        )
        .set_redirect_uri(redirect)
        .set_auth_type(auth_type(&known.metadata));
        let asks = self.asks(party);
        let request = client
            .exchange_code(AuthorizationCode::new(with.code.to_owned()))
            .map_err(|_| Trouble::Metadata)?
            .set_pkce_verifier(PkceCodeVerifier::new(with.verifier.to_owned()));
        let answer = request.request_async(&asks).await.map_err(|error| match error {
            openidconnect::RequestTokenError::Request(unreached) => Trouble::Unreached(unreached),
            _ => Trouble::Code,
        })?;
        let token = answer.id_token().cloned().ok_or(Trouble::NoToken)?;
        Ok((token, answer.access_token().secret().clone()))
    }

    /// What the upstream's userinfo endpoint adds to the claims; nothing where it has none, or does not answer. Of another
    /// subject it says nothing (OpenID Connect Core, 5.3.2).
    pub async fn profile(&self, party: Party<'_>, of: &Redeemed, now: Timestamp) -> Map<String, Value> {
        let found = self.userinfo(party, of, now).await.unwrap_or_default();
        let same = found.get("sub").and_then(Value::as_str) == Some(of.subject.as_str());
        let mut claims = if same { found } else { Map::new() };
        // What was signed counts for more.
        claims.extend(of.claims.clone());
        claims
    }

    async fn userinfo(&self, party: Party<'_>, of: &Redeemed, now: Timestamp) -> Option<Map<String, Value>> {
        let known = self.known(party, now).await.ok()?;
        let endpoint = known.metadata.userinfo_endpoint()?.url().to_string();
        let request = openidconnect::http::Request::get(endpoint)
            .header("accept", "application/json")
            .header("authorization", format!("Bearer {}", of.access_token))
            .body(Vec::new())
            .ok()?;
        let answer = self.asks(party).ask(request).await.ok()?;
        if answer.status() != openidconnect::http::StatusCode::OK {
            return None;
        }
        serde_json::from_slice(answer.body()).ok()
    }
}

/// Basic, unless the upstream says that it takes the secret in the body alone.
fn auth_type(metadata: &Metadata) -> AuthType {
    let methods = metadata.token_endpoint_auth_methods_supported();
    let basic = methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    if basic { AuthType::BasicAuth } else { AuthType::RequestBody }
}

fn verified(
    token: &CoreIdToken,
    party: Party<'_>,
    metadata: &Metadata,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<(), ClaimsVerificationError> {
    let issuer =
        IssuerUrl::new(party.issuer.to_owned()).map_err(|_| ClaimsVerificationError::InvalidIssuer(String::new()))?;
    let at = DateTime::from_timestamp((now - SKEW).0, 0).unwrap_or_default();
    let latest = DateTime::from_timestamp((now + SKEW).0, 0).unwrap_or_default();
    // The secret is left out: a token by it could have been made by whoever else knows it.
    let verifier = CoreIdTokenVerifier::new_public_client(
        ClientId::new(party.client_id.to_owned()),
        issuer,
        metadata.jwks().clone(),
    )
    .set_allowed_algs(algorithms())
    .set_time_fn(move || at)
    .set_issue_time_verifier_fn(move |made| if made <= latest { Ok(()) } else { Err("of the future".to_owned()) });
    token.claims(&verifier, nonce).map(|_| ())
}

/// The claims of a token whose signature was proved.
fn vouched(token: &CoreIdToken, party: Party<'_>, access_token: String, now: Timestamp) -> Result<Redeemed, Trouble> {
    let claims = payload(&token.to_string()).ok_or(Trouble::Form)?;
    // The crate leaves this to its callers: a token that was made for another is none of ours, though we are in its `aud`.
    if claims.get("azp").is_some_and(|azp| azp.as_str() != Some(party.client_id)) {
        return Err(Trouble::Audience);
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let fits = |name: &String| (1..=LONGEST_NAME).contains(&name.len());
    let subject = text("sub").filter(fits).ok_or(Trouble::Form)?;
    let auth_time = claims.get("auth_time").and_then(Value::as_i64).map(Timestamp);
    if auth_time.is_some_and(|at| at > now + SKEW) {
        return Err(Trouble::Time);
    }
    let amr = claims.get("amr").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let amr = amr.iter().filter_map(Value::as_str).take(16).map(str::to_owned).collect();
    Ok(Redeemed {
        sid: text("sid").filter(fits),
        acr: text("acr"),
        auth_time: auth_time.map(|at| at.min(now)),
        amr,
        subject,
        claims,
        access_token,
    })
}

/// The claims inside a token, proved or not.
fn payload(token: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?).ok()
}
