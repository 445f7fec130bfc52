//! Who signed in: the claims of a verified ID token, and the token itself for the day of signing out.

use crate::clock::Instant;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The claims of an ID token that was verified when it came.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    token: String,
    claims: Map<String, Value>,
    subject: String,
    issuer: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").field("issuer", &self.issuer).field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl Identity {
    /// The claims of `token`, which the caller has verified; none when it has no issuer or subject.
    pub(crate) fn of_verified(token: &str) -> Option<Identity> {
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let claims = serde_json::from_slice(&payload).ok()?;
        Identity::new(token.to_owned(), claims)
    }

    fn new(token: String, claims: Map<String, Value>) -> Option<Identity> {
        let text = |name| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
        let (issuer, subject) = (text("iss")?, text("sub")?);
        Some(Identity { token, claims, subject, issuer })
    }

    /// The person's identifier at the provider; only together with the issuer it is one in the world.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Who says so.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The name of the provider's session, where it tells one.
    pub fn sid(&self) -> Option<&str> {
        self.claim("sid")
    }

    /// The name of the timed-out session that the provider's session continues.
    pub fn prev_sid(&self) -> Option<&str> {
        self.claim("prev_sid")
    }

    /// When the person authenticated.
    pub fn auth_time(&self) -> Option<Instant> {
        self.instant("auth_time")
    }

    /// When the provider said so.
    pub fn issued_at(&self) -> Option<Instant> {
        self.instant("iat")
    }

    /// A claim that is a string.
    pub fn claim(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// A claim that is an instant; fractions of a second are cut.
    pub fn instant(&self, name: &str) -> Option<Instant> {
        instant(self.claims.get(name)?)
    }

    /// A claim of any type.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.claims.get(name).and_then(|value| T::deserialize(value).ok())
    }

    /// All claims.
    pub fn claims(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The token, as the hint that signing out wants.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// The token, for an app that shows it to its own people. Treat it as what it is.
    pub fn expose_token(&self) -> &str {
        &self.token
    }

    /// Claims as if a token had brought them: for tests of stores and of apps.
    #[doc(hidden)]
    pub fn made_of(claims: Value) -> Option<Identity> {
        Identity::new("token".into(), claims.as_object().cloned().unwrap_or_default())
    }
}

/// A NumericDate (RFC 7519, section 2), which may have a fraction.
#[allow(clippy::cast_possible_truncation, reason = "bounded before")]
pub(crate) fn instant(value: &Value) -> Option<Instant> {
    let fractional = |number: f64| (number.abs() < 1e15).then_some(number.trunc() as Instant);
    value.as_i64().or_else(|| value.as_f64().and_then(fractional))
}
