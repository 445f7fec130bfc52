use super::{Expected, Refusal, bearer, judge};
use aws_lc_rs::signature::Ed25519KeyPair;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;

fn key_pair() -> (EncodingKey, Jwk) {
    let document = Ed25519KeyPair::generate_pkcs8v1(&aws_lc_rs::rand::SystemRandom::new()).expect("a key");
    let private = EncodingKey::from_ed_der(document.as_ref());
    let public = Jwk::from_encoding_key(&private, Algorithm::EdDSA).expect("its public half");
    (private, public)
}

fn claims() -> Value {
    json!({
        "iss": "http://localhost:8080", "aud": "http://bank.localhost:8081/api", "sub": "s", "client_id": "c",
        "jti": "j", "iat": NOW - 10, "exp": NOW + 100, "scope": "openid profile",
    })
}

fn judged(private: &EncodingKey, public: &Jwk, typ: &str, claims: &Value) -> Result<(), Refusal> {
    let header = Header { typ: Some(typ.to_owned()), ..Header::new(Algorithm::EdDSA) };
    let token = jsonwebtoken::encode(&header, claims, private).expect("signed");
    let expected =
        Expected { issuer: "http://localhost:8080".to_owned(), audience: "http://bank.localhost:8081/api".to_owned() };
    judge(&token, public, &expected, "profile", NOW)
}

#[test]
fn a_good_token_is_admitted() {
    let (private, public) = key_pair();
    assert_eq!(judged(&private, &public, "at+jwt", &claims()), Ok(()));
    assert_eq!(judged(&private, &public, "application/AT+JWT", &claims()), Ok(()));
}

#[test]
fn one_wrong_thing_is_enough() {
    let (private, public) = key_pair();
    let changes: [(&str, Value); 8] = [
        ("iss", json!("http://localhost:9999")),
        ("aud", json!("http://plaza.localhost:8082/api")),
        ("aud", json!([])),
        ("exp", json!(NOW - 15)),
        ("iat", json!(NOW + 16)),
        ("scope", json!("openid profiles")),
        ("sub", Value::Null),
        ("exp", Value::Null),
    ];
    for (name, value) in changes {
        let mut changed = claims();
        changed[name] = value.clone();
        assert!(judged(&private, &public, "at+jwt", &changed).is_err(), "{name}: {value}");
    }
    let mut scopeless = claims();
    scopeless["scope"] = json!("openid");
    assert_eq!(judged(&private, &public, "at+jwt", &scopeless), Err(Refusal::Scope("profile")));
    // Alive to the last second of the skew, dead after it.
    let mut last = claims();
    last["exp"] = json!(NOW - 14);
    assert_eq!(judged(&private, &public, "at+jwt", &last), Ok(()));
}

#[test]
fn neither_an_id_token_nor_a_strangers_signature_nor_a_shared_secret_passes() {
    let (private, public) = key_pair();
    let (stranger, _) = key_pair();
    assert_eq!(judged(&private, &public, "JWT", &claims()), Err(Refusal::Invalid("not an access token")));
    assert!(judged(&stranger, &public, "at+jwt", &claims()).is_err());

    let header = Header { typ: Some("at+jwt".to_owned()), ..Header::new(Algorithm::HS256) };
    let forged = jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(b"public key")).expect("signed");
    let expected = Expected { issuer: String::new(), audience: String::new() };
    let refused = judge(&forged, &public, &expected, "profile", NOW);
    assert_eq!(refused, Err(Refusal::Invalid("signed by a method that does not count here")));
}

#[test]
fn bearer_credentials_only() {
    assert_eq!(bearer("Bearer abc"), Some("abc"));
    assert_eq!(bearer("bearer abc"), Some("abc"));
    for other in ["Basic abc", "Bearer", "Bearer ", "abc", ""] {
        assert_eq!(bearer(other), None, "{other}");
    }
}
