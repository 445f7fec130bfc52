//! Authorization requests inside a signed token (RFC 9101; OpenID Connect Core, 6), and the addresses that stand for one
//! (RFC 9126).

use crate::protocol::assertion::{Audience, SKEW, instant_if_any};
use crate::protocol::jws::{Compact, JwsAlg};
use crate::protocol::params::Params;
use crate::protocol::refusal::{Reason, object as why};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// How the addresses begin that we give out for pushed requests (RFC 9126, section 2.2).
pub const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";
/// What a token says for us and not as a parameter of the request.
const OF_THE_TOKEN: [&str; 7] = ["iss", "aud", "exp", "nbf", "iat", "jti", "sub"];

/// How a request object may be signed (`request_object_signing_alg`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ObjectAlg {
    /// Not at all: `none`. Whoever sees one can change it, as everybody can change the parameters of an address.
    Unsigned,
    /// By this algorithm.
    Signed(JwsAlg),
}

impl ObjectAlg {
    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            ObjectAlg::Unsigned => "none",
            ObjectAlg::Signed(alg) => alg.name(),
        }
    }

    fn named(name: &str) -> Option<ObjectAlg> {
        if name == "none" { Some(ObjectAlg::Unsigned) } else { JwsAlg::named(name).map(ObjectAlg::Signed) }
    }
}

impl TryFrom<String> for ObjectAlg {
    type Error = String;
    fn try_from(name: String) -> Result<ObjectAlg, String> {
        ObjectAlg::named(&name).ok_or_else(|| format!("{name:?} is no algorithm that is supported for request objects"))
    }
}

impl From<ObjectAlg> for String {
    fn from(alg: ObjectAlg) -> String {
        alg.name().to_owned()
    }
}

/// A request object, taken apart and not yet believed.
#[derive(Debug)]
pub struct RequestObject {
    /// As it came.
    pub token: Compact,
    /// How it says it is signed.
    pub alg: ObjectAlg,
    claims: Map<String, Value>,
}

/// What of a request object's claims is for us.
#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    iss: Option<String>,
    #[serde(default)]
    aud: Option<Audience>,
    #[serde(default, deserialize_with = "instant_if_any")]
    exp: Option<Timestamp>,
    #[serde(default, deserialize_with = "instant_if_any")]
    nbf: Option<Timestamp>,
    #[serde(default, deserialize_with = "instant_if_any")]
    iat: Option<Timestamp>,
    #[serde(default)]
    client_id: Option<String>,
}

impl RequestObject {
    /// Takes it apart; none when it is no request object.
    pub fn parse(text: &str) -> Option<RequestObject> {
        let token = Compact::parse(text)?;
        let alg = ObjectAlg::named(&token.header.alg)?;
        let typed = token.is_called(&["jwt", "oauth-authz-req+jwt"]);
        // What says it is not signed has no signature (RFC 7518, section 3.6).
        if !typed || (alg == ObjectAlg::Unsigned && !token.signature.is_empty()) {
            return None;
        }
        let claims = token.claims()?;
        Some(RequestObject { token, alg, claims })
    }

    /// Is it this client's, for us, and of this time?
    ///
    /// # Errors
    /// Which rule it breaks.
    pub fn judge(&self, client_id: &str, ours: &[String], now: Timestamp) -> Result<(), &'static Reason> {
        let Ok(envelope) = serde_json::from_value::<Envelope>(Value::Object(self.claims.clone())) else {
            return Err(why::CLAIMS);
        };
        match envelope.client_id.as_deref() {
            Some(inside) if inside != client_id => {
                return Err(why::CLIENT_DIFFERS);
            }
            None if self.alg != ObjectAlg::Unsigned => return Err(why::CLIENT_MISSING),
            _ => (),
        }
        if envelope.iss.is_some_and(|iss| iss != client_id) {
            return Err(why::ISSUER);
        }
        if envelope.aud.is_some_and(|aud| !aud.has(ours)) {
            return Err(why::AUDIENCE);
        }
        if envelope.exp.is_some_and(|exp| now >= exp + SKEW) {
            return Err(why::EXPIRED);
        }
        let of_the_future = |at: Option<Timestamp>| at.is_some_and(|at| at > now + SKEW);
        if of_the_future(envelope.nbf) || of_the_future(envelope.iat) {
            return Err(why::EARLY);
        }
        if self.claims.contains_key("request") || self.claims.contains_key("request_uri") {
            return Err(why::NESTED);
        }
        Ok(())
    }

    /// The parameters of the request. Of a signed object they are all there is (RFC 9101, section 6.3): what stands beside
    /// it could be anybody's. To an unsigned one those beside it are added that it has not (OpenID Connect Core, 6.1), since
    /// nobody vouches for either.
    ///
    /// # Errors
    /// Which rule it breaks.
    pub fn params(&self, client_id: &str, beside: &Params) -> Result<Params, &'static Reason> {
        let mut pairs = vec![("client_id".to_owned(), client_id.to_owned())];
        let inside =
            self.claims.iter().filter(|(name, _)| *name != "client_id" && !OF_THE_TOKEN.contains(&name.as_str()));
        for (name, value) in inside {
            match value {
                Value::String(text) => pairs.push((name.clone(), text.clone())),
                Value::Number(number) => pairs.push((name.clone(), number.to_string())),
                Value::Object(object) => pairs.push((name.clone(), Value::Object(object.clone()).to_string())),
                Value::Array(many) if name == "resource" => {
                    for one in many {
                        let one = one.as_str().ok_or(why::RESOURCE)?;
                        pairs.push((name.clone(), one.to_owned()));
                    }
                }
                // What we do not know is ignored wherever it stands (RFC 6749, section 3.1).
                _ if !KNOWN.contains(&name.as_str()) => (),
                _ => return Err(why::PARAMETER),
            }
        }
        // Both must be the same where both are there (OpenID Connect Core, 6.1).
        if let (Some(outside), Some(inside)) = (beside.get("response_type"), self.claims.get("response_type"))
            && inside.as_str() != Some(outside)
        {
            return Err(why::RESPONSE_TYPE);
        }
        if self.alg == ObjectAlg::Unsigned {
            let added = beside.iter().filter(|(name, _)| !self.claims.contains_key(*name) && !CARRIERS.contains(name));
            pairs.extend(added.filter(|(name, _)| *name != "client_id").map(|(n, v)| (n.to_owned(), v.to_owned())));
        }
        Params::of(pairs).map_err(|_| why::TOO_MANY)
    }
}

/// The parameters that carry a request object.
const CARRIERS: [&str; 2] = ["request", "request_uri"];
/// Parameters whose form counts.
const KNOWN: [&str; 20] = [
    "response_type",
    "response_mode",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "id_token_hint",
    "login_hint",
    "ui_locales",
    "claims_locales",
    "acr_values",
    "claims",
    "display",
    "resource",
    "registration",
    "dpop_jkt",
];

/// What pushing a request is answered with (RFC 9126, section 2.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushedAnswer {
    /// The name of the request.
    pub request_uri: String,
    /// For how long it is good, in seconds.
    pub expires_in: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    fn object(alg: &str, claims: Value) -> Option<RequestObject> {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signature = if alg == "none" { "" } else { "AA" };
        RequestObject::parse(&format!("{}.{}.{signature}", encode(&json!({"alg": alg})), encode(&claims)))
    }

    fn beside(text: &str) -> Params {
        Params::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn beside_a_signed_object_nothing_counts() {
        let claims = json!({"client_id": "a", "scope": "openid", "max_age": 5, "claims": {"id_token": {}}, "aud": "x",
            "resource": ["https://a", "https://b"]});
        let outside = beside("client_id=a&state=s&scope=email&nonce=n&request=x");
        let signed = object("ES256", claims.clone()).unwrap().params("a", &outside).unwrap();
        assert_eq!((signed.get("scope"), signed.get("max_age")), (Some("openid"), Some("5")));
        assert_eq!((signed.get("state"), signed.get("nonce"), signed.get("aud")), (None, None, None));
        assert_eq!((signed.get("claims"), signed.get("client_id")), (Some(r#"{"id_token":{}}"#), Some("a")));
        assert_eq!(signed.all("resource").len(), 2);
        let unsigned = object("none", claims).unwrap().params("a", &outside).unwrap();
        assert_eq!((unsigned.get("scope"), unsigned.get("state")), (Some("openid"), Some("s")));
        assert_eq!((unsigned.get("request"), unsigned.first_spoiled()), (None, None));
    }

    #[test]
    fn what_is_no_request_object() {
        for claims in [json!([]), json!("a"), json!(null)] {
            assert!(object("ES256", claims).is_none());
        }
        assert!(object("none", json!({})).is_some() && object("None", json!({})).is_none());
        for claims in
            [json!({"prompt": ["none"]}), json!({"state": true}), json!({"scope": null}), json!({"resource": [1]})]
        {
            assert!(object("none", claims.clone()).unwrap().params("a", &beside("")).is_err(), "{claims}");
        }
        assert!(object("none", json!({"extension": [true]})).unwrap().params("a", &beside("")).is_ok());
        let two = object("none", json!({"response_type": "code"})).unwrap();
        assert!(two.params("a", &beside("response_type=token")).is_err());
    }
}
