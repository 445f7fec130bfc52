//! The app's own API as a resource server: it believes access tokens (RFC 9068) and nothing else.

use std::sync::Arc;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use tokio::sync::RwLock;

use super::wire::Wire;
use crate::clock::Instant;

/// Signatures that count. Never what the token's header asks for alone: `none` and shared secrets stay outside.
const ALGORITHMS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];
/// Another machine's clock may be this far off (seconds).
const SKEW: Instant = 15;
/// Tokens with an unknown `kid` make us read the keys again, at most this often (seconds).
const KEYS_AT_MOST_EVERY: Instant = 10;

/// Why a request is refused, in the words of RFC 6750, section 3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No bearer token at all.
    NoToken,
    /// `invalid_token`, and what is wrong with it.
    Invalid(&'static str),
    /// `insufficient_scope`: the scope that is missing.
    Scope(&'static str),
}

/// The claims that RFC 9068, section 2.2, requires and this API looks at.
#[derive(Debug, Deserialize)]
struct Claims {
    #[allow(dead_code, reason = "required to be there; the demo's content is the same for everybody")]
    sub: String,
    #[allow(dead_code, reason = "required to be there")]
    client_id: String,
    iat: Instant,
    exp: Instant,
    #[serde(default)]
    scope: String,
}

/// Whose tokens count, and for whom they must be meant.
struct Expected {
    issuer: String,
    audience: String,
}

#[derive(Default)]
struct Keys {
    set: Option<JwkSet>,
    read_at: Instant,
}

/// Checks access tokens.
pub(super) struct ResourceServer {
    expected: Expected,
    jwks_uri: String,
    wire: Arc<Wire>,
    keys: RwLock<Keys>,
}

impl ResourceServer {
    pub(super) fn new(issuer: &str, audience: String, jwks_uri: String, wire: Arc<Wire>) -> Self {
        let expected = Expected { issuer: issuer.to_owned(), audience };
        Self { expected, jwks_uri, wire, keys: RwLock::default() }
    }

    /// Judges the value of an `Authorization` header for a request that needs `scope`.
    ///
    /// # Errors
    /// The [`Refusal`] to answer with.
    pub(super) async fn admit(
        &self,
        authorization: Option<&str>,
        scope: &'static str,
        now: Instant,
    ) -> Result<(), Refusal> {
        let token = authorization.and_then(bearer).ok_or(Refusal::NoToken)?;
        let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Invalid("not a signed token"))?;
        let key = self.key(header.kid.as_deref(), now).await.ok_or(Refusal::Invalid("signed by an unknown key"))?;
        judge(token, &key, &self.expected, scope, now)
    }

    /// The provider's key of that id. Every token names its key: one of several guessed keys is no proof of much.
    async fn key(&self, kid: Option<&str>, now: Instant) -> Option<Jwk> {
        let kid = kid?;
        let known = |keys: &Keys| keys.set.as_ref().and_then(|set| set.find(kid)).cloned();
        if let Some(key) = known(&*self.keys.read().await) {
            return Some(key);
        }
        let mut keys = self.keys.write().await;
        if keys.set.is_none() || now.saturating_sub(keys.read_at) >= KEYS_AT_MOST_EVERY {
            match self.wire.get::<JwkSet>(&self.jwks_uri, None).await {
                Ok(set) => *keys = Keys { set: Some(set), read_at: now },
                Err(error) => tracing::warn!("the provider's keys cannot be read: {error}"),
            }
        }
        known(&keys)
    }
}

/// The token of a `Bearer` credential (RFC 6750, section 2.1); the scheme's case does not matter.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

/// The whole of RFC 9068, section 4: `typ`, `alg`, signature, `iss`, `aud`, `exp`; then the scope.
fn judge(token: &str, key: &Jwk, expected: &Expected, scope: &'static str, now: Instant) -> Result<(), Refusal> {
    let header = jsonwebtoken::decode_header(token).map_err(|_| Refusal::Invalid("not a signed token"))?;
    // An ID token is signed by the same key for the same client: the type keeps the two apart.
    let kind = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
    if !matches!(kind.as_str(), "at+jwt" | "application/at+jwt") {
        return Err(Refusal::Invalid("not an access token"));
    }
    if !ALGORITHMS.contains(&header.alg) {
        return Err(Refusal::Invalid("signed by a method that does not count here"));
    }
    let mut rules = Validation::new(header.alg);
    rules.set_issuer(&[&expected.issuer]);
    rules.set_audience(&[&expected.audience]);
    rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    // Compared below with `now`: one clock, and one that tests can set.
    rules.validate_exp = false;
    rules.validate_nbf = false;
    let key = DecodingKey::from_jwk(key).map_err(|_| Refusal::Invalid("signed by a key of no use here"))?;
    let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules)
        .map_err(|_| Refusal::Invalid("signature, issuer or audience is wrong"))?
        .claims;
    if now >= claims.exp.saturating_add(SKEW) {
        return Err(Refusal::Invalid("expired"));
    }
    if claims.iat > now.saturating_add(SKEW) {
        return Err(Refusal::Invalid("issued in the future"));
    }
    if claims.scope.split(' ').any(|granted| granted == scope) { Ok(()) } else { Err(Refusal::Scope(scope)) }
}

#[cfg(test)]
mod tests;
