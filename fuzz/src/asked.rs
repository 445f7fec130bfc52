//! What a request asks: its parameters, its return address, its `claims`, its `Authorization` header.

use super::{Seen, text};
use abide::protocol::authorize::AuthorizationRequest;
use abide::protocol::claims::scope_of;
use abide::protocol::claims_request::ClaimsRequest;
use abide::protocol::client_auth::{Proof, presented};
use abide::protocol::params::{MAX_PARAMS, Params};
use abide::protocol::redirect::{ApplicationType, LocalHttp, matches, origin, registrable};
use abide::protocol::token::TokenRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use url::Url;

/// A query or a form. What was read and is printed again reads the same; what is spoiled has no value.
pub fn params(input: &[u8]) -> Seen {
    let Ok(params) = Params::parse(input) else {
        assert!(input.iter().filter(|byte| **byte == b'&').count() >= MAX_PARAMS);
        return Seen::Refused;
    };
    for name in params.spoiled_names() {
        assert!(params.get(name).is_none() && params.all(name).is_empty(), "{name:?} is spoiled and has a value");
    }
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs = params.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    let printed = pairs.collect::<Vec<_>>().join("&");
    let again = Params::parse(printed.as_bytes()).expect("it was not too many before");
    assert!(again.first_spoiled().is_none() && again.iter().eq(params.iter()), "{printed}");
    let _ = AuthorizationRequest::parse(&params);
    let _ = TokenRequest::parse(&params);
    Seen::Read
}

/// Two addresses, a line each: one that is registered and one that is presented.
pub fn redirect(input: &[u8]) -> Seen {
    use ApplicationType::{Native, Web};
    let Some((registered, presented)) = text(input).and_then(|both| both.split_once('\n')) else {
        return Seen::Refused;
    };
    for kind in [Web, Native] {
        for uri in [registered, presented] {
            assert!(matches(uri, uri, kind));
            if registrable(uri, kind, LocalHttp::Allowed).is_ok() {
                harmless(uri);
            } else {
                assert!(registrable(uri, kind, LocalHttp::Refused).is_err(), "{uri:?} is allowed where less is");
            }
        }
        let same = matches(registered, presented, kind);
        assert_eq!(same, matches(presented, registered, kind));
        if same && registered != presented {
            assert_eq!(kind, Native, "{registered:?} is not {presented:?}");
            at_another_port(registered, presented);
        }
    }
    Seen::Read
}

/// What may be registered is a place that a browser goes to, and no script.
fn harmless(uri: &str) {
    let url = Url::parse(uri).expect("what is registered is an address");
    assert!(!["javascript", "data", "file", "blob", "vbscript", "about"].contains(&url.scheme()), "{uri:?}");
    assert!(url.fragment().is_none() && url.username().is_empty() && url.password().is_none(), "{uri:?}");
    assert!(uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri:?}");
    if matches!(url.scheme(), "http" | "https") {
        let told = origin(uri).expect("a place on the web has an origin");
        assert_eq!(origin(&told).as_deref(), Some(told.as_str()));
        assert!(url.host().is_some());
    }
}

/// Two addresses that match and are not the same differ in the port of a loopback address alone.
fn at_another_port(registered: &str, presented: &str) {
    let (Ok(mut one), Ok(mut other)) = (Url::parse(registered), Url::parse(presented)) else { return };
    assert!(
        one.host_str().is_some_and(|host| ["127.0.0.1", "[::1]", "localhost"].contains(&host)),
        "{registered:?} {presented:?}"
    );
    assert!(one.set_port(None).is_ok() && other.set_port(None).is_ok());
    assert_eq!(one, other);
}

/// The `claims` parameter. What was read and is written down again reads the same, and within what exists.
pub fn claims(input: &[u8]) -> Seen {
    let Some(read) = text(input).and_then(|text| ClaimsRequest::parse(text).ok()) else { return Seen::Refused };
    let names = |names: &std::collections::BTreeSet<String>| {
        names.iter().map(|name| (name.clone(), Value::Null)).collect::<Map<_, _>>()
    };
    assert!(read.person.id_token.iter().chain(&read.person.userinfo).all(|name| scope_of(name).is_some()));
    assert_eq!(read.person.within(|_| true), read.person);
    assert!(read.person.within(|_| false).is_empty());
    let (mut id_token, userinfo) = (names(&read.person.id_token), names(&read.person.userinfo));
    if let Some(classes) = &read.essential_acr {
        id_token.insert("acr".into(), json!({"essential": true, "values": classes}));
    }
    if let Some(classes) = &read.voluntary_acr {
        id_token.insert("acr".into(), json!({"values": classes}));
    }
    if let Some(sub) = &read.subject {
        id_token.insert("sub".into(), json!({"value": sub}));
    }
    let printed = json!({"id_token": id_token, "userinfo": userinfo}).to_string();
    match ClaimsRequest::parse(&printed) {
        Ok(again) => assert_eq!(again, read),
        Err(_) => assert!(printed.len() > 4096, "{printed}"),
    }
    Seen::Read
}

/// An `Authorization` header. Who was read from it is read from it again when it is written as RFC 6749 says; and it is read
/// in two ways at most.
pub fn basic(input: &[u8]) -> Seen {
    let nothing = Params::default();
    let Some(read) = text(input).and_then(|header| presented(Some(header), &nothing).ok()) else {
        return Seen::Refused;
    };
    let Proof::Secret(secret) = read.proof else { panic!("a header proves by a secret") };
    if let Some(unencoded) = &secret.unencoded {
        assert!(unencoded.contains(['+', '%']), "there is another way to read it only where it could be encoded");
    }
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pair = format!("{}:{}", encode(&read.client_id), encode(&secret.specified));
    let Ok(again) = presented(Some(&format!("Basic {}", STANDARD.encode(pair))), &nothing) else {
        panic!("it is well formed")
    };
    let Proof::Secret(same) = again.proof else { panic!("a header proves by a secret") };
    assert!(again.client_id == read.client_id && *same.specified == *secret.specified);
    Seen::Read
}
