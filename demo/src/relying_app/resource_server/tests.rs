use super::{Refusal, ResourceServer, bearer};
use abide_rp::Verified;
use serde_json::{Value, json};

const NOW: i64 = 1_800_000_000;

fn claims() -> Value {
    json!({
        "iss": "http://localhost:8080", "aud": ["http://bank.localhost:8081/api", "http://localhost:8080"], "sub": "s",
        "client_id": "c", "jti": "j", "iat": NOW - 10, "exp": NOW + 100, "scope": "openid profile",
    })
}

fn judged(typ: &str, claims: &Value) -> Result<(), Refusal> {
    let server = ResourceServer::new("http://localhost:8080", "http://bank.localhost:8081/api".to_owned());
    let claims = claims.as_object().cloned().unwrap_or_default();
    server.judge(Verified { typ: Some(typ.to_owned()), claims }, "profile", NOW)
}

#[test]
fn a_good_token_is_admitted() {
    assert_eq!(judged("at+jwt", &claims()), Ok(()));
    assert_eq!(judged("application/AT+JWT", &claims()), Ok(()));
    let mut one = claims();
    one["aud"] = json!("http://bank.localhost:8081/api");
    assert_eq!(judged("at+jwt", &one), Ok(()));
}

#[test]
fn one_wrong_thing_is_enough() {
    let changes: [(&str, Value); 9] = [
        ("iss", json!("http://localhost:9999")),
        ("aud", json!("http://plaza.localhost:8082/api")),
        ("aud", json!("http://localhost:8080")),
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
        assert!(judged("at+jwt", &changed).is_err(), "{name}: {value}");
    }
    for typ in ["JWT", "logout+jwt", ""] {
        assert!(judged(typ, &claims()).is_err(), "{typ}");
    }
    let mut scopeless = claims();
    scopeless["scope"] = json!("openid");
    assert_eq!(judged("at+jwt", &scopeless), Err(Refusal::Scope("profile")));
    // Alive to the last second of the skew, dead after it.
    let mut last = claims();
    last["exp"] = json!(NOW - 14);
    assert_eq!(judged("at+jwt", &last), Ok(()));
}

#[test]
fn reads_bearer_credentials() {
    assert_eq!(bearer("Bearer abc"), Some("abc"));
    assert_eq!(bearer("bearer  abc "), Some("abc"));
    for other in ["Basic abc", "Bearer ", "Bearer", "abc"] {
        assert_eq!(bearer(other), None, "{other}");
    }
}
