//! Tokens that look like ours and are not.

use super::Untouched;
use super::end_session::assert_asks;
use crate::harness::Idp;
use abide::crypto::jwt::{self, TokenKind};
use abide::crypto::keyring::Keyring;
use abide::protocol::signing::SigningAlg;
use abide::protocol::time::Timestamp;
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::sync::LazyLock;

/// The parts of a token: header and claims as JSON, the signature as text.
pub fn parts(token: &str) -> (Value, Value, String) {
    let mut parts = token.split('.');
    let mut json = || serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts.next().unwrap()).unwrap()).unwrap();
    let (header, claims) = (json(), json());
    (header, claims, parts.next().unwrap().to_owned())
}

fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// A token of ours with these claims, signed as it should be.
pub fn signed(idp: &Idp, kind: TokenKind, claims: &Value) -> String {
    jwt::sign(&idp.flows().ring, SigningAlg::RS256, kind, claims, idp.now()).unwrap()
}

/// Keys of somebody else, made once: they take a while.
static FOREIGN: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::generate(&SigningAlg::ALL, Timestamp(1_000_000_000)).unwrap());

/// Every forgery of a genuine token (RFC 8725, section 2).
pub fn forgeries(idp: &Idp, genuine: &str) -> Vec<String> {
    let (header, claims, signature) = parts(genuine);
    let mut all = Vec::new();
    // No algorithm at all.
    for alg in ["none", "None", "NONE", "nOnE", ""] {
        let whole = unsigned(&with(&header, "alg", json!(alg)), &claims);
        all.extend([format!("{whole}."), format!("{whole}.{signature}"), format!("{whole}.AA"), whole]);
    }
    // A symmetric one, with what everybody knows as the key.
    for secret in public_secrets(idp, &header) {
        for (alg, hash) in [("HS256", hmac::HMAC_SHA256), ("HS384", hmac::HMAC_SHA384), ("HS512", hmac::HMAC_SHA512)] {
            let whole = unsigned(&with(&header, "alg", json!(alg)), &claims);
            let tag = hmac::sign(&hmac::Key::new(hash, &secret), whole.as_bytes());
            all.push(format!("{whole}.{}", URL_SAFE_NO_PAD.encode(tag)));
        }
    }
    // A key of somebody else, under its own name and under ours, or brought along.
    let foreign = &*FOREIGN;
    for alg in SigningAlg::ALL {
        let key = foreign.signer(alg, idp.now()).unwrap();
        let jwk = serde_json::to_value(key.public()).unwrap();
        let ours = with(&header, "alg", json!(alg.name()));
        for header in [
            ours.clone(),
            with(&ours, "kid", json!(key.facts().kid)),
            with(&ours, "jwk", jwk.clone()),
            with(&with(&ours, "jwk", jwk), "kid", json!(key.facts().kid)),
            with(&ours, "jku", json!("https://evil.example/jwks")),
            with(&ours, "x5u", json!("https://evil.example/cert")),
            with(&ours, "kid", json!("../../../../dev/null")),
            with(&ours, "kid", json!("")),
            with(&ours, "kid", Value::Null),
        ] {
            let whole = unsigned(&header, &claims);
            let tag = key.sign(whole.as_bytes()).unwrap();
            all.push(format!("{whole}.{}", URL_SAFE_NO_PAD.encode(tag)));
        }
    }
    // The genuine signature over other words.
    for (name, value) in
        [("sub", json!("someone-else")), ("exp", json!(9_999_999_999_i64)), ("iss", json!("https://evil.example"))]
    {
        all.push(format!("{}.{signature}", unsigned(&header, &with(&claims, name, value))));
    }
    all.push(format!("{}.{signature}", unsigned(&with(&header, "typ", json!("x")), &claims)));
    all.push(format!("{genuine}.{signature}"));
    all
}

fn with(object: &Value, member: &str, value: Value) -> Value {
    let mut object = object.clone();
    object[member] = value;
    object
}

/// What an attacker would try as the secret: the public key in all its forms.
fn public_secrets(idp: &Idp, header: &Value) -> Vec<Vec<u8>> {
    let set = idp.flows().key_set(idp.now());
    let key = set.keys.iter().find(|key| key.kid == header["kid"]).unwrap();
    public_secrets_of(&serde_json::to_value(key).unwrap())
}

/// The same of any public key.
pub fn public_secrets_of(jwk: &Value) -> Vec<Vec<u8>> {
    let kid = jwk["kid"].as_str().unwrap_or_default().as_bytes().to_vec();
    let mut secrets = vec![jwk.to_string().into_bytes(), kid, Vec::new(), b"secret".to_vec()];
    for member in ["n", "e", "x", "y"] {
        if let Some(text) = jwk[member].as_str() {
            secrets.push(text.as_bytes().to_vec());
            secrets.push(URL_SAFE_NO_PAD.decode(text).unwrap());
        }
    }
    if let (Some(n), Some(e)) = (jwk["n"].as_str(), jwk["e"].as_str()) {
        let der = spki(&URL_SAFE_NO_PAD.decode(n).unwrap(), &URL_SAFE_NO_PAD.decode(e).unwrap());
        let lines: Vec<u8> = STANDARD.encode(&der).into_bytes().chunks(64).collect::<Vec<_>>().join(&b'\n');
        let body = String::from_utf8(lines).unwrap();
        for end in ["", "\n"] {
            secrets.push(format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----{end}").into_bytes());
        }
        secrets.push(der);
    }
    secrets
}

/// SubjectPublicKeyInfo of an RSA key (RFC 8017, appendix A.1.1).
fn spki(n: &[u8], e: &[u8]) -> Vec<u8> {
    let integer = |bytes: &[u8]| tagged(0x02, &[&[0], bytes].concat());
    let key = tagged(0x30, &[integer(n), tagged(0x02, e)].concat());
    let algorithm = [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    tagged(0x30, &[&algorithm[..], &tagged(0x03, &[&[0], &key[..]].concat())].concat())
}

fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(u8::try_from(length).unwrap()),
        0x80..0x100 => out.extend([0x81, u8::try_from(length).unwrap()]),
        _ => out.extend([&[0x82][..], &u16::try_from(length).unwrap().to_be_bytes()].concat()),
    }
    out.extend_from_slice(content);
    out
}

/// Hints of clients whose ID tokens are not signed as everybody's are: what is not genuine is refused by whatever algorithm.
#[actix_web::test]
async fn hints_that_look_like_id_tokens_of_every_algorithm() {
    for alg in ["ES256", "ES384", "PS256", "EdDSA"] {
        let idp = Idp::start().await;
        let app = idp.app("hinted");
        idp.import(json!({"clients": [{"client_id": "hinted", "client_secret": app.secret(), "consent": "skip",
            "redirect_uris": [app.redirect_uri()], "id_token_signed_response_alg": alg}]}))
            .await;
        let mut browser = idp.browser();
        let tokens = app.redeem(&browser.enter(&app).await).await;
        assert_eq!(parts(&tokens.id).0["alg"], alg);
        let ask = |hint: &str| app.request(&[("prompt", "none"), ("id_token_hint", hint)]);
        let sign_out = |hint: &str| {
            format!("/end_session?{}", super::encoded(&[("id_token_hint", hint), ("client_id", "hinted")]))
        };
        let untouched = Untouched::now(&idp).await;
        for hint in forgeries(&idp, &tokens.id) {
            let answer = browser.get_scripted(&ask(&hint)).await;
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), (303, "invalid_request"), "{alg} {hint}");
            assert!(answer.location().starts_with(&app.redirect_uri()), "{alg} {hint}: {}", answer.location());
            assert_asks(&browser.get(&sign_out(&hint)).await, &format!("{alg} {hint}"));
        }
        untouched.check(alg).await;
        assert!(browser.get_scripted(&ask(&tokens.id)).await.parameter("code").is_some(), "{alg}: the genuine one");
        assert!(browser.get(&sign_out(&tokens.id)).await.location().starts_with("/signed-out"), "{alg}");
        assert_eq!(browser.silently(&app).await.error(), "login_required", "{alg}");
    }
}
