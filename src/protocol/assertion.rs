//! What a client says of itself when it authenticates by a signed token (RFC 7521, 5.2; RFC 7523, 3; OpenID Connect
//! Core, 9).

use crate::protocol::jws::Compact;
use crate::protocol::refusal::{Reason, client as why};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// `client_assertion_type` (RFC 7523, section 2.2).
pub const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Clocks of clients and ours may differ by this much.
pub const SKEW: Duration = Duration::from_secs(60);
/// No assertion is good for longer: so long its name has to be remembered.
const LONGEST: Duration = Duration::from_secs(3_600);
/// The longest `jti`, in bytes.
const LONGEST_NAME: usize = 255;

/// The claims of an assertion, read and not believed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Assertion {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(deserialize_with = "instant")]
    exp: Timestamp,
    #[serde(default, deserialize_with = "instant_if_any")]
    nbf: Option<Timestamp>,
    #[serde(default, deserialize_with = "instant_if_any")]
    iat: Option<Timestamp>,
    jti: String,
    /// What an authorization request has and an assertion has not: a request object that a browser carried past
    /// strangers must not authenticate anybody (RFC 9101, section 10.8).
    #[serde(default)]
    response_type: Option<serde_json::Value>,
    #[serde(default)]
    redirect_uri: Option<serde_json::Value>,
}

/// Whom a token is for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Audience {
    /// Does it name some of these, and nobody else? Who else is named could present the token as well.
    pub fn is_only(&self, ours: &[String]) -> bool {
        match self {
            Audience::One(one) => ours.contains(one),
            Audience::Many(many) => !many.is_empty() && many.iter().all(|one| ours.contains(one)),
        }
    }

    /// Does it name one of these?
    pub fn has(&self, ours: &[String]) -> bool {
        match self {
            Audience::One(one) => ours.contains(one),
            Audience::Many(many) => many.iter().any(|one| ours.contains(one)),
        }
    }
}

impl Assertion {
    /// Reads the claims of a token; none when they are not those of an assertion.
    pub fn of(token: &Compact) -> Option<Assertion> {
        token.is_called(&["jwt", "client-authentication+jwt"]).then(|| token.claims())?
    }

    /// The client it claims to come from.
    pub fn client_id(&self) -> &str {
        &self.sub
    }

    /// Its name: good once.
    pub fn jti(&self) -> &str {
        &self.jti
    }

    /// From here on it is not good any more.
    pub fn until(&self) -> Timestamp {
        self.exp + SKEW
    }

    /// Is it for us, and of this time?
    ///
    /// # Errors
    /// Which rule it breaks.
    pub fn judge(&self, ours: &[String], now: Timestamp) -> Result<(), &'static Reason> {
        if self.iss != self.sub {
            return Err(why::ASSERTION_ISSUER);
        }
        if self.response_type.is_some() || self.redirect_uri.is_some() {
            return Err(why::ASSERTION_IS_REQUEST);
        }
        if !self.aud.is_only(ours) {
            return Err(why::ASSERTION_AUDIENCE);
        }
        if now >= self.until() {
            return Err(why::ASSERTION_EXPIRED);
        }
        if self.exp > now + LONGEST + SKEW {
            return Err(why::ASSERTION_LONG_LIVED);
        }
        let of_the_future = |at: Option<Timestamp>| at.is_some_and(|at| at > now + SKEW);
        if of_the_future(self.nbf) || of_the_future(self.iat) {
            return Err(why::ASSERTION_EARLY);
        }
        if !(1..=LONGEST_NAME).contains(&self.jti.len()) {
            return Err(why::ASSERTION_NAME);
        }
        Ok(())
    }
}

/// A `NumericDate` may have a fraction (RFC 7519, section 2).
pub(crate) fn instant<'de, D: Deserializer<'de>>(value: D) -> Result<Timestamp, D::Error> {
    let seconds = f64::deserialize(value)?;
    // Whole seconds below this are exact in a double.
    if seconds.abs() > 1e12 {
        return Err(serde::de::Error::custom("no instant of this age"));
    }
    Ok(Timestamp(seconds.floor() as i64))
}

pub(crate) fn instant_if_any<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Timestamp>, D::Error> {
    instant(value).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const NOW: Timestamp = Timestamp(1_800_000_000);

    fn judged(change: Value) -> Option<Result<(), &'static Reason>> {
        let mut claims = json!({"iss": "a", "sub": "a", "aud": "https://id", "exp": NOW.0 + 60, "jti": "1"});
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let ours = ["https://id".to_owned(), "https://id/token".to_owned()];
        serde_json::from_value::<Assertion>(claims).ok().map(|assertion| assertion.judge(&ours, NOW))
    }

    #[test]
    fn the_edges_of_time() {
        for (change, good) in [
            (json!({"exp": NOW.0 - 59}), true),
            (json!({"exp": NOW.0 - 60}), false),
            (json!({"exp": NOW.0 + 3_660}), true),
            (json!({"exp": NOW.0 + 3_661}), false),
            (json!({"exp": 60.5 + NOW.0 as f64}), true),
            (json!({"iat": NOW.0 + 60}), true),
            (json!({"iat": NOW.0 + 61}), false),
            (json!({"nbf": NOW.0 + 61}), false),
            (json!({"iat": 0}), true),
        ] {
            assert_eq!(judged(change.clone()).map(|judged| judged.is_ok()), Some(good), "{change}");
        }
    }

    #[test]
    fn claims_have_their_form_or_are_none() {
        for change in [
            json!({"exp": "1800000060"}),
            json!({"exp": null}),
            json!({"exp": 1e300}),
            json!({"exp": -1e300}),
            json!({"nbf": null}),
            json!({"jti": 7}),
            json!({"aud": {}}),
            json!({"aud": [1]}),
            json!({"sub": ["a"]}),
        ] {
            assert_eq!(judged(change.clone()), None, "{change}");
        }
    }

    #[test]
    fn an_audience_names_nobody_else() {
        for (aud, good) in [
            (json!("https://id/token"), true),
            (json!(["https://id", "https://id/token"]), true),
            (json!(["https://id", "https://other"]), false),
            (json!([]), false),
            (json!("https://id/"), false),
            (json!("HTTPS://id"), false),
        ] {
            assert_eq!(judged(json!({"aud": aud})).map(|judged| judged.is_ok()), Some(good), "{aud}");
        }
    }
}
