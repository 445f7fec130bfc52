//! Client authentication: the registered method, once, and right; anything else redeems nothing and ends nothing.

use super::assertions::ENDPOINTS;
use super::variants::{altered, truncated};
use super::{Untouched, assert_json, basic, encoded, fresh_code, post_token};
use crate::harness::{Idp, RelyingApp, VERIFIER};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// A presentation: header and fields beside the redemption.
type Presented = (Option<String>, Vec<(&'static str, String)>);

fn body(app: &RelyingApp, code: &str, extra: &[(&'static str, String)]) -> String {
    let uri = app.redirect_uri();
    let mut fields =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &uri), ("code_verifier", VERIFIER)];
    fields.extend(extra.iter().map(|(name, value)| (*name, value.as_str())));
    encoded(&fields)
}

fn in_body(id: &str, secret: Option<&str>) -> Vec<(&'static str, String)> {
    let secret = secret.map(|secret| ("client_secret", secret.to_owned()));
    std::iter::once(("client_id", id.to_owned())).chain(secret).collect()
}

/// Presentations that are wrong for this client, whatever they hold.
fn wrong(app: &RelyingApp) -> Vec<Presented> {
    let (id, secret) = (app.client_id.clone(), app.secret());
    let by_header = |id: &str, secret: &str| (Some(basic(id, secret)), Vec::new());
    let mut all: Vec<Presented> = vec![(None, Vec::new())];
    match id.as_str() {
        // The right secret by the wrong method.
        "posting" => all.extend([by_header(&id, &secret), (None, in_body(&id, None)), by_header(&id, "")]),
        "spa" => all.extend([
            by_header(&id, ""),
            by_header(&id, "x"),
            (None, in_body(&id, Some("x"))),
            (Some(basic(&id, "")), in_body(&id, None)),
        ]),
        _ => all.extend([(None, in_body(&id, Some(&secret))), (None, in_body(&id, None)), by_header(&id, "")]),
    }
    let mut secrets = altered(&secret, 5);
    secrets.extend(truncated(&secret, 5));
    secrets.extend([
        format!("{secret}x"),
        format!(" {secret}"),
        secret.to_uppercase(),
        "bank-secret-0123456789abcdef0123456789abcdef".into(),
    ]);
    for other in &secrets {
        all.extend([
            by_header(&id, other),
            (None, in_body(&id, Some(String::as_str(other)).filter(|s| !s.is_empty()))),
        ]);
    }
    if id == "spa" {
        // A public client that shows nothing is right.
        all.retain(|(header, fields)| header.is_some() || fields.len() != 1);
    }
    for unknown in ["nobody", "", "SOCIAL", "abide:console", &"a".repeat(201), &"a".repeat(5_000), "\u{f6}"] {
        all.extend([by_header(unknown, &secret), (None, in_body(unknown, Some(&secret)))]);
    }
    // Somebody else, genuinely.
    all
}

#[actix_web::test]
async fn wrong_secrets_methods_and_clients() {
    let idp = Idp::start().await;
    for id in ["social", "posting", "spa"] {
        let app = idp.app(id);
        let code = fresh_code(&idp, &app).await;
        let untouched = Untouched::now(&idp).await;
        for (header, fields) in wrong(&app) {
            let case = format!("{id}: {header:?} {fields:?}");
            let answer = post_token(&idp, header.as_deref(), &body(&app, &code, &fields)).await;
            assert_json(&answer, 401, "invalid_client", &case);
            // RFC 6749, section 5.2: a challenge where the header was used.
            assert_eq!(answer.header("www-authenticate").starts_with("Basic "), header.is_some(), "{case}");
            untouched.check(&case).await;
        }
        assert_eq!(app.try_redeem(&code).await.status, 200, "{id}: nothing was consumed");
    }
}

#[actix_web::test]
async fn two_methods_at_once() {
    let idp = Idp::start().await;
    for id in ["social", "posting", "spa"] {
        let app = idp.app(id);
        let code = fresh_code(&idp, &app).await;
        let untouched = Untouched::now(&idp).await;
        let secret = app.secret();
        for (header, in_form) in [(&*secret, &*secret), (&*secret, "x"), ("x", &*secret), ("", &*secret), ("x", "x")] {
            for form_id in [Some(id), None, Some("bank")] {
                let mut fields = vec![("client_secret", in_form.to_owned())];
                fields.extend(form_id.map(|id| ("client_id", id.to_owned())));
                let answer = post_token(&idp, Some(&basic(id, header)), &body(&app, &code, &fields)).await;
                assert_json(&answer, 400, "invalid_request", &format!("{id} {fields:?}"));
            }
        }
        // One method, and two clients.
        let answer = post_token(&idp, Some(&basic(id, &secret)), &body(&app, &code, &in_body("bank", None))).await;
        assert_json(&answer, 400, "invalid_request", id);
        untouched.check(id).await;
        assert_eq!(app.try_redeem(&code).await.status, 200, "{id}: nothing was consumed");
    }
}

/// RFC 6749, section 2.3.1: parameters of the body they are, and never of the address.
#[actix_web::test]
async fn credentials_in_the_address_prove_nobody() {
    let idp = Idp::start().await;
    for id in ["social", "posting", "spa"] {
        let app = idp.app(id);
        let (code, secret, uri) = (fresh_code(&idp, &app).await, app.secret(), app.redirect_uri());
        let redemption = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", &uri),
            ("code_verifier", VERIFIER),
        ];
        let untouched = Untouched::now(&idp).await;
        let endpoints = ENDPOINTS.into_iter().chain([("/token", &redemption[..])]);
        for (endpoint, fields) in endpoints {
            let in_address = match id {
                "spa" => vec![("client_id", id)],
                _ => vec![("client_id", id), ("client_secret", &secret)],
            };
            // All of it in the address, or the secret alone.
            for (split, in_body) in [(0, &[][..]), (1, &in_address[..1])] {
                if split == in_address.len() {
                    continue;
                }
                let address = format!("{endpoint}?{}", encoded(&in_address[split..]));
                let request = TestRequest::post().uri(&address).insert_header(("content-type", super::FORM));
                let answer = idp.call(request.set_payload(encoded(&[fields, in_body].concat()))).await;
                assert_json(&answer, 401, "invalid_client", &address);
                untouched.check(&address).await;
            }
        }
        assert_eq!(app.try_redeem(&code).await.status, 200, "{id}: nothing was consumed");
    }
}

#[actix_web::test]
async fn headers_that_cannot_be_read() {
    let idp = Idp::start().await;
    let app = idp.app("social");
    let code = fresh_code(&idp, &app).await;
    let untouched = Untouched::now(&idp).await;
    let (good, secret) = (basic("social", &app.secret()), app.secret());
    let encoded = good.strip_prefix("Basic ").unwrap();
    let mut headers: Vec<String> = [
        "",
        " ",
        "Basic",
        "Basic ",
        "Basic  ",
        "basic:",
        "Basic %%%",
        "Basic ====",
        "Basic YQ==",
        "Basic Og==",
        "Basic gIA6gIA=",
        "Basic YQA6Yg==",
        "Bearer x",
        "Digest username=\"social\"",
        "Negotiate x",
        "Basic social:secret",
        "Basic null",
        "x",
        ",",
    ]
    .map(str::to_owned)
    .to_vec();
    headers.extend([
        format!("Bearer {encoded}"),
        format!("Basic{encoded}"),
        format!("Basic\t{encoded}"),
        format!("Basic {encoded} {encoded}"),
        format!("Basic {encoded},{encoded}"),
        format!("Basic {encoded}, Bearer x"),
        encoded.to_owned(),
        format!("Basic {}", STANDARD.encode("social")),
        format!("Basic {}", STANDARD.encode(format!("social {secret}"))),
        format!("Basic {}", STANDARD.encode(format!(":{secret}"))),
        format!("Basic {}", STANDARD.encode(format!("social:{secret}:"))),
        format!("Basic {}", STANDARD.encode(format!("social:{secret}\n"))),
        format!("Basic {}", STANDARD.encode(format!("social%00:{secret}"))),
        format!("Basic {}", STANDARD.encode(format!("social:{secret}%00"))),
        format!("Basic {}", STANDARD.encode(format!("social:%FF{secret}"))),
        format!("Basic {}", STANDARD.encode(format!("\u{feff}social:{secret}"))),
        format!("Basic {}", URL_SAFE_NO_PAD.encode("social:\u{3ff}\u{3ff}?")),
    ]);
    headers.extend(truncated(encoded, 3).into_iter().map(|text| format!("Basic {text}")));
    for header in headers {
        let answer = post_token(&idp, Some(&header), &body(&app, &code, &[])).await;
        assert_json(&answer, 401, "invalid_client", &header);
        assert!(answer.header("www-authenticate").starts_with("Basic "), "{header}");
        untouched.check(&header).await;
    }
    // Two headers, whichever is right.
    for pair in [[good.as_str(), good.as_str()], [good.as_str(), "Bearer x"], ["Basic x", good.as_str()]] {
        let mut request = TestRequest::post().uri("/token").insert_header(("content-type", super::FORM));
        for value in pair {
            request = request.append_header(("authorization", value));
        }
        let answer = idp.call(request.set_payload(body(&app, &code, &[]))).await;
        assert_json(&answer, 401, "invalid_client", "two headers");
    }
    let raw = actix_web::http::header::HeaderValue::from_bytes(b"Basic \xff\xfe").unwrap();
    let request = TestRequest::post().uri("/token").insert_header(("content-type", super::FORM));
    let answer = idp.call(request.insert_header(("authorization", raw)).set_payload(body(&app, &code, &[]))).await;
    assert_json(&answer, 401, "invalid_client", "bytes that are no text");
    untouched.check("unreadable").await;
    assert_eq!(post_token(&idp, Some(&good.replace("Basic", "bASIC")), &body(&app, &code, &[])).await.status, 200);
}

#[actix_web::test]
async fn the_other_clients_secret_opens_nothing() {
    let idp = Idp::start().await;
    let (social, bank) = (idp.app("social"), idp.app("bank"));
    let code = fresh_code(&idp, &social).await;
    let untouched = Untouched::now(&idp).await;
    for (id, secret) in [("social", bank.secret()), ("bank", social.secret()), ("spa", social.secret())] {
        assert_json(
            &post_token(&idp, Some(&basic(id, &secret)), &body(&social, &code, &[])).await,
            401,
            "invalid_client",
            id,
        );
        assert_json(
            &post_token(&idp, None, &body(&social, &code, &in_body(id, Some(&secret)))).await,
            401,
            "invalid_client",
            id,
        );
    }
    untouched.check("secrets").await;
    assert_eq!(social.try_redeem(&code).await.status, 200);
}

#[actix_web::test]
async fn a_secret_is_read_encoded_and_as_it_is_and_in_no_third_way() {
    let idp = Idp::start().await;
    let secret = "a+b%2Fc/=0123456789abcdef0123456789abcdef";
    idp.import(serde_json::json!({"clients": [{"client_id": "plus", "client_secret": secret,
        "redirect_uris": ["https://plus.example.com/callback"]}]}))
        .await;
    let encoded = "a%2Bb%252Fc%2F%3D0123456789abcdef0123456789abcdef";
    for (sent, error) in [
        (secret, "invalid_grant"),
        (encoded, "invalid_grant"),
        ("a b/c/=0123456789abcdef0123456789abcdef", "invalid_client"),
        ("a+b/c/=0123456789abcdef0123456789abcdef", "invalid_client"),
        ("a%2Bb%2Fc/=0123456789abcdef0123456789abcdef", "invalid_client"),
        ("", "invalid_client"),
        ("%", "invalid_client"),
    ] {
        let answer = post_token(&idp, Some(&basic("plus", sent)), "grant_type=refresh_token&refresh_token=x").await;
        assert_eq!(answer.error(), error, "{sent}");
    }
}
