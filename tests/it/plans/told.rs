//! What the provider says of itself: its metadata and its keys, read as the suite reads them.

use super::Stage;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use std::collections::BTreeSet;
use url::Url;

/// Members of keys that nobody but their owner may see (RFC 7518, sections 6.2.2, 6.3.2 and 6.4).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The provider's metadata.
pub async fn metadata(stage: &mut Stage) -> Value {
    let answer = stage.idp.call(TestRequest::get().uri("/.well-known/openid-configuration")).await;
    stage.must(answer.status == 200, format!("the metadata are answered with {}", answer.status));
    let kind = answer.header("content-type").to_owned();
    stage.must(kind.split(';').next() == Some("application/json"), format!("the metadata are {kind}"));
    answer.json()
}

/// A member is an https address.
pub fn https(stage: &mut Stage, metadata: &Value, member: &str) {
    let uri = metadata[member].as_str().and_then(|uri| Url::parse(uri).ok());
    let is_https = uri.is_some_and(|uri| uri.scheme() == "https" && uri.has_host());
    stage.must(is_https, format!("{member} is no https address: {}", metadata[member]));
}

/// Every endpoint is at an https address.
pub fn endpoints(stage: &mut Stage, metadata: &Value) {
    let names: Vec<String> =
        metadata.as_object().unwrap().keys().filter(|name| name.ends_with("_endpoint")).cloned().collect();
    stage.must(!names.is_empty(), "no endpoint is named");
    for name in names {
        https(stage, metadata, &name);
    }
}

/// The texts of a member that is an array of them; none where it is anything else.
pub fn texts<'a>(metadata: &'a Value, member: &str) -> Option<BTreeSet<&'a str>> {
    metadata[member].as_array()?.iter().map(Value::as_str).collect()
}

/// Is a member an array of texts, and are these among them?
pub fn lists(metadata: &Value, member: &str, values: &[&str]) -> bool {
    texts(metadata, member).is_some_and(|listed| values.iter().all(|value| listed.contains(value)))
}

/// The provider's keys.
pub async fn keys(stage: &mut Stage) -> Vec<Value> {
    let answer = stage.idp.call(TestRequest::get().uri("/jwks")).await;
    stage.must(answer.status == 200, format!("the keys are answered with {}", answer.status));
    let keys = answer.json()["keys"].as_array().cloned().unwrap_or_default();
    stage.must(!keys.is_empty(), "there are no keys");
    for key in &keys {
        let members: &[&str] = match key["kty"].as_str() {
            Some("RSA") => &["n", "e"],
            Some("EC") => &["x", "y"],
            Some("OKP") => &["x"],
            _ => &["kty"],
        };
        let unpadded = |text: &str| !text.is_empty() && URL_SAFE_NO_PAD.decode(text).is_ok();
        let whole = members.iter().all(|member| key[*member].as_str().is_some_and(unpadded));
        stage.must(whole, format!("a key is not whole, or not in unpadded base64url: {key}"));
        stage.must(key["kid"].as_str().is_some_and(|kid| !kid.is_empty()), format!("a key has no name: {key}"));
        stage.must(
            key["kty"] != "oct" && PRIVATE.iter().all(|member| key.get(*member).is_none()),
            "a key is not public",
        );
    }
    let names: BTreeSet<&str> = keys.iter().filter_map(|key| key["kid"].as_str()).collect();
    stage.must(names.len() == keys.len(), "two keys have one name");
    keys
}

/// Header and claims of a token; none where no key of these has its name, or its signature is not that key's.
#[allow(clippy::disallowed_methods, reason = "an app's library stands in for the app")]
pub fn genuine(keys: &[Value], token: &str) -> Option<(Value, Value)> {
    let header = header_of(token);
    let key = keys.iter().find(|key| key["kid"] == header["kid"] && key["alg"] == header["alg"])?;
    let key = DecodingKey::from_jwk(&serde_json::from_value(key.clone()).ok()?).ok()?;
    let mut validation = Validation::new(header["alg"].as_str()?.parse::<Algorithm>().ok()?);
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    Some((header, jsonwebtoken::decode::<Value>(token, &key, &validation).ok()?.claims))
}

/// The header of a token.
pub fn header_of(token: &str) -> Value {
    let part = token.split('.').next().unwrap_or_default();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
