//! Headers that lead to another key, or ask for an extension.

use super::{Forgery, Genuine, KeyBy};
use crate::harness::keyed::{ClientKey, changed};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Somebody else's key, by every combination of the members that could lead to it.
pub(super) fn foreign_keys(of: &Genuine<'_>, by: KeyBy, trap: &str) -> Vec<Forgery> {
    let theirs = ClientKey::of(of.alg, of.header["kid"].as_str().unwrap_or("mine"));
    let certificate = STANDARD.encode([0x30, 0x03, 0x02, 0x01, 0x00]);
    let leads = [
        json!({"jwk": theirs.jwk()}),
        json!({"jku": format!("{trap}keys")}),
        json!({"x5u": format!("{trap}certificate")}),
        json!({"x5c": [certificate], "x5t": "AA", "x5t#S256": "AA"}),
    ];
    let mut all = Vec::new();
    for chosen in 0..16_u8 {
        for kid in [of.header["kid"].clone(), json!(null), json!("theirs"), json!(format!("{trap}keys"))] {
            let mut header = of.header(&json!({"kid": kid}));
            let some = leads.iter().enumerate().filter(|(at, _)| chosen >> at & 1 == 1);
            // With the key in the header it would be a genuine proof by somebody else.
            for (_, lead) in some.filter(|(at, _)| by == KeyBy::Name || *at > 0) {
                header = changed(header, lead);
            }
            all.push((format!("another's key, {chosen:04b} {kid}"), theirs.sign(&header, &of.claims)));
        }
    }
    all
}

/// Names of keys that look for them elsewhere.
pub(super) fn names_of_keys(of: &Genuine<'_>) -> Vec<Forgery> {
    let own = of.header["kid"].as_str().unwrap();
    let texts = [
        "",
        " ",
        "x",
        "*",
        "%",
        "_",
        "0",
        "null",
        "../../../../dev/null",
        "/dev/null",
        "/proc/self/environ",
        "file:///dev/null",
        "..\\..\\x",
        "' OR '1'='1",
        "x' UNION SELECT 'AA' --",
        "1; DROP TABLE client",
        "$(id)",
        "`id`",
        "| id",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "<script>",
        "\u{0}",
        "\u{feff}",
        "\u{202e}",
        "http://127.0.0.1:1/keys",
    ];
    let mut kids: Vec<Value> = texts.map(Value::from).to_vec();
    let around = [
        format!("{own} "),
        format!(" {own}"),
        format!("{own}\u{0}"),
        format!("{own}\n"),
        own.to_uppercase(),
        own[1..].to_owned(),
    ];
    kids.extend(around.map(Value::from));
    kids.push(json!("k".repeat(8_000)));
    if of.is_by_secret() {
        kids.clear();
    }
    kids.extend([json!(1), json!(1.5), json!(true), json!([own]), json!([own, "x"]), json!({"kid": own}), json!([])]);
    let mut all: Vec<Forgery> =
        kids.iter().map(|kid| (format!("kid {kid:.60}"), of.under(&of.header(&json!({"kid": kid}))))).collect();
    for (name, first, second) in [("kid", own, "x"), ("kid", "x", own), ("kid", own, own)] {
        let rest = of.header(&json!({"kid": null})).to_string();
        let header = format!("{{\"{name}\":\"{first}\",\"{name}\":\"{second}\",{}", &rest[1..]);
        all.push((
            format!("{name} twice: {first} {second}"),
            of.key.sign_text(of.alg, &header, &of.claims.to_string()),
        ));
    }
    all
}

/// Extensions that have to be understood (RFC 7515, section 4.1.11), and a payload as it is (RFC 7797).
pub(super) fn extensions(of: &Genuine<'_>) -> Vec<Forgery> {
    let named = [
        json!(["b64"]),
        json!(["exp"]),
        json!(["alg"]),
        json!(["crit"]),
        json!(["x"]),
        json!(["b64", "b64"]),
        json!([]),
        json!([""]),
        json!([1]),
        json!(null),
        json!("b64"),
        json!(""),
        json!({}),
        json!(0),
        json!(false),
        json!([["b64"]]),
    ];
    let mut all = Vec::new();
    for crit in named {
        for b64 in [json!(null), json!(false), json!(true)] {
            // Put together as text: a member that is null is there.
            let rest = of.header(&json!({"b64": b64})).to_string();
            let header = format!("{{\"crit\":{crit},{}", &rest[1..]);
            let case = format!("crit {crit}, b64 {b64}");
            all.push((case, of.key.sign_text(of.alg, &header, &of.claims.to_string())));
        }
    }
    let header = of.header(&json!({"crit": ["b64"], "b64": false}));
    let signature = of.under(&header).rsplit_once('.').unwrap().1.to_owned();
    let head = URL_SAFE_NO_PAD.encode(header.to_string());
    for payload in [of.claims.to_string(), of.claims.to_string().replace('.', "%2E"), String::new()] {
        all.push(("a payload as it is".into(), format!("{head}.{payload}.{signature}")));
    }
    all
}
