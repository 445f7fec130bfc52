//! The app's own API as a resource server: it believes access tokens (RFC 9068) and nothing else.

use abide_rp::{Instant, RelyingApp, Verified};
use serde::Deserialize;
use serde_json::Value;

/// Another machine's clock may be this far off (seconds).
const SKEW: Instant = 15;

/// Why a request is refused, in the words of RFC 6750, section 3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No bearer token at all.
    NoToken,
    /// `invalid_token`, and what is wrong with it.
    Invalid(String),
    /// `insufficient_scope`: the scope that is missing.
    Scope(&'static str),
}

/// The claims that RFC 9068, section 2.2, requires and this API looks at.
#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    aud: Value,
    #[allow(dead_code, reason = "required to be there; the demo's content is the same for everybody")]
    sub: String,
    #[allow(dead_code, reason = "required to be there")]
    client_id: String,
    iat: Instant,
    exp: Instant,
    #[serde(default)]
    scope: String,
}

/// Checks access tokens: whose tokens count, and for whom they must be meant.
pub(super) struct ResourceServer {
    issuer: String,
    audience: String,
}

impl ResourceServer {
    pub(super) fn new(issuer: &str, audience: String) -> Self {
        Self { issuer: issuer.to_owned(), audience }
    }

    /// Judges the value of an `Authorization` header for a request that needs `scope`.
    ///
    /// # Errors
    /// The [`Refusal`] to answer with.
    pub(super) async fn admit(
        &self,
        authorization: Option<&str>,
        scope: &'static str,
        rp: &RelyingApp,
    ) -> Result<(), Refusal> {
        let token = authorization.and_then(bearer).ok_or(Refusal::NoToken)?;
        let now = rp.now();
        let verified = rp.keys().verify(token, now).await.map_err(|why| Refusal::Invalid(why.to_string()))?;
        self.judge(verified, scope, now)
    }

    /// The rest of RFC 9068, section 4, after the signature: `typ`, `iss`, `aud`, `exp`; then the scope.
    fn judge(&self, token: Verified, scope: &'static str, now: Instant) -> Result<(), Refusal> {
        let invalid = |why: &str| Err(Refusal::Invalid(why.to_owned()));
        // An ID token is signed by the same key for the same client: the type keeps the two apart.
        let kind = token.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        if !matches!(kind.as_str(), "at+jwt" | "application/at+jwt") {
            return invalid("not an access token");
        }
        let Ok(claims) = serde_json::from_value::<Claims>(Value::Object(token.claims)) else {
            return invalid("a claim is missing");
        };
        let audience = Value::String(self.audience.clone());
        let meant = claims.aud == audience || claims.aud.as_array().is_some_and(|all| all.contains(&audience));
        if claims.iss != self.issuer || !meant {
            return invalid("issuer or audience is wrong");
        }
        if now >= claims.exp.saturating_add(SKEW) {
            return invalid("expired");
        }
        if claims.iat > now.saturating_add(SKEW) {
            return invalid("issued in the future");
        }
        if claims.scope.split(' ').any(|granted| granted == scope) { Ok(()) } else { Err(Refusal::Scope(scope)) }
    }
}

/// The token of a `Bearer` credential (RFC 6750, section 2.1); the scheme's case does not matter.
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests;
