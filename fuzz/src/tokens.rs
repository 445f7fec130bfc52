//! What clients sign: tokens, and requests inside of them.

use super::{Seen, text};
use abide::crypto::jws::{authenticated_by, signed_by};
use abide::crypto::secret::Same;
use abide::protocol::assertion::Assertion;
use abide::protocol::dpop::{self, Proof};
use abide::protocol::jwk::{Jwk, published};
use abide::protocol::jws::{Compact, Family, JwsAlg};
use abide::protocol::params::Params;
use abide::protocol::request_object::{ObjectAlg, RequestObject};
use abide::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use std::sync::LazyLock;

/// Any instant; what is judged here is judged at it.
const NOW: Timestamp = Timestamp(1_700_000_000);

/// A signed token. It has one spelling, and nobody's keys signed it.
pub fn jws(input: &[u8]) -> Seen {
    let Some(token) = text(input).and_then(Compact::parse) else { return Seen::Refused };
    let printed = format!("{}.{}", token.signed, URL_SAFE_NO_PAD.encode(&token.signature));
    assert_eq!(printed.as_bytes(), input, "a token has one spelling");
    assert!(token.signed.ends_with(&URL_SAFE_NO_PAD.encode(&token.payload)));
    assert_eq!(Compact::parse(&printed).as_ref(), Some(&token));
    let _ = token.is_called(&["jwt", "at+jwt", "logout+jwt", "dpop+jwt"]);
    for alg in JwsAlg::ALL {
        assert_eq!(signed_by(&KEYS, alg, &token), Same::No);
        assert_eq!(authenticated_by(&[7; 64], alg, &token), Same::No);
    }
    let ours = ["https://id.example".to_owned()];
    if let Some(assertion) = Assertion::of(&token)
        && assertion.judge(&ours, NOW).is_ok()
    {
        assert!(NOW < assertion.until() && (1..=255).contains(&assertion.jti().len()));
        assert!(assertion.judge(&["https://other.example".to_owned()], NOW).is_err(), "it is for us alone");
    }
    Seen::Read
}

/// Keys of which nobody has the other half: the examples of RFC 7515 (A.3) and RFC 8037 (A.2).
static KEYS: LazyLock<Vec<Jwk>> = LazyLock::new(|| {
    let keys = json!({"keys": [
        {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"},
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
    ]});
    published(&keys).expect("it is a set")
});

/// A request object, and on the second line the parameters beside it. Beside a signed one nothing counts.
pub fn request_object(input: &[u8]) -> Seen {
    let Some(both) = text(input) else { return Seen::Refused };
    let (token, beside) = both.split_once('\n').unwrap_or((both, ""));
    let (Some(object), Ok(beside)) = (RequestObject::parse(token), Params::parse(beside.as_bytes())) else {
        return Seen::Refused;
    };
    let judged = object.judge("app", &["https://id.example".to_owned()], NOW);
    let Ok(params) = object.params("app", &beside) else { return Seen::Refused };
    assert!(params.get("client_id").is_none_or(|client| client == "app"), "who asks is not said inside");
    for name in ["iss", "aud", "exp", "nbf", "iat", "jti"] {
        assert!(object.alg == ObjectAlg::Unsigned || params.get(name).is_none(), "{name} is the token's");
    }
    if judged.is_ok() {
        assert!(params.get("request").is_none() && params.get("request_uri").is_none(), "one is enough");
    }
    if object.alg != ObjectAlg::Unsigned {
        let alone = object.params("app", &Params::default()).expect("less is beside it");
        assert!(alone.iter().eq(params.iter()), "beside a signed request nothing counts");
    }
    Seen::Read
}

/// A proof of possession, and on the second line an address that it could name. It is what it was read from, by a public key,
/// and names no place of anybody else.
pub fn dpop(input: &[u8]) -> Seen {
    let Some(both) = text(input) else { return Seen::Refused };
    let (proof, address) = both.split_once('\n').unwrap_or((both, ""));
    let ours = "https://id.example/token";
    if dpop::names(address, ours) {
        let url = url::Url::parse(address).expect("what names a place is an address");
        assert_eq!(
            (url.scheme(), url.host_str(), url.port_or_known_default()),
            ("https", Some("id.example"), Some(443))
        );
        assert!(url.path() == "/token" && url.username().is_empty() && url.password().is_none(), "{address:?}");
    }
    let Ok(read) = Proof::parse(proof) else { return Seen::Refused };
    assert_eq!(read.alg.family(), Family::PublicKey);
    assert_eq!(Compact::parse(proof).as_ref(), Some(&read.token));
    assert!(read.token.is_called(&["dpop+jwt"]) && read.token.header.typ.is_some());
    Seen::Read
}
