//! What is no token request at all: the specified error, in JSON.

use super::{FORM, Untouched, assert_json, basic, encoded, fresh_code, post_token};
use crate::harness::{Idp, VERIFIER};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

#[actix_web::test]
async fn only_post_is_answered() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let code = fresh_code(&idp, &social).await;
    let untouched = Untouched::now(&idp).await;
    let uri = social.redirect_uri();
    let query = encoded(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &uri),
        ("code_verifier", VERIFIER),
    ]);
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::TRACE] {
        for address in ["/token".to_owned(), format!("/token?{query}")] {
            let request = TestRequest::with_uri(&address).method(method.clone());
            let answer = idp.call(request.insert_header(("authorization", basic("social", &social.secret())))).await;
            assert_json(&answer, 405, "invalid_request", &format!("{method} {address}"));
            assert_eq!(answer.header("allow"), "POST");
        }
    }
    // Nor is a query beside a body looked at (RFC 6749, section 3.2).
    let request = TestRequest::post().uri(&format!("/token?{query}")).insert_header(("content-type", FORM));
    let answer =
        idp.call(request.insert_header(("authorization", basic("social", &social.secret()))).set_payload("")).await;
    assert_json(&answer, 400, "invalid_request", "everything in the query");
    untouched.check("methods").await;
    assert_eq!(social.try_redeem(&code).await.status, 200);
}

#[actix_web::test]
async fn bodies_that_are_no_form() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let code = fresh_code(&idp, &social).await;
    let untouched = Untouched::now(&idp).await;
    let uri = social.redirect_uri();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", &uri),
        ("code_verifier", VERIFIER),
    ];
    let form = encoded(&fields);
    let object: serde_json::Map<_, _> = fields.iter().map(|(n, v)| ((*n).to_owned(), json!(v))).collect();
    let object = serde_json::Value::Object(object).to_string();
    for kind in [
        "application/json",
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencodedx",
        "x",
        "application/xml",
        "",
        "form",
    ] {
        for body in [&form, &object] {
            let request = TestRequest::post().uri("/token").insert_header(("content-type", kind));
            let answer = idp
                .call(
                    request
                        .insert_header(("authorization", basic("social", &social.secret())))
                        .set_payload(body.clone()),
                )
                .await;
            assert_json(&answer, 400, "invalid_request", kind);
        }
    }
    let bare = TestRequest::post().uri("/token").insert_header(("authorization", basic("social", &social.secret())));
    assert_json(&idp.call(bare.set_payload(form.clone())).await, 400, "invalid_request", "no content type");
    // JSON that says it is a form.
    let answer = post_token(&idp, Some(&basic("social", &social.secret())), &object).await;
    assert_json(&answer, 400, "invalid_request", "JSON as a form");
    untouched.check("bodies").await;
    for kind in ["Application/X-WWW-Form-Urlencoded", "application/x-www-form-urlencoded;charset=UTF-8"] {
        let code = fresh_code(&idp, &social).await;
        let body = encoded(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &uri),
            ("code_verifier", VERIFIER),
        ]);
        let request = TestRequest::post().uri("/token").insert_header(("content-type", kind));
        let answer = idp
            .call(request.insert_header(("authorization", basic("social", &social.secret()))).set_payload(body))
            .await;
        assert_eq!(answer.status, 200, "{kind}: {}", answer.body);
    }
}

#[actix_web::test]
async fn grant_types() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let secret = social.secret();
    let untouched = Untouched::now(&idp).await;
    let of = async |pairs: &[(&str, &str)]| post_token(&idp, Some(&basic("social", &secret)), &encoded(pairs)).await;
    assert_json(&of(&[]).await, 400, "invalid_request", "none");
    assert_json(&of(&[("grant_type", "")]).await, 400, "invalid_request", "empty");
    for unknown in [
        "password",
        "implicit",
        "AUTHORIZATION_CODE",
        "authorization_code ",
        "code",
        "x",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "\u{e4}",
        "refresh_token,",
    ] {
        let pairs = [
            ("grant_type", unknown),
            ("code", "x"),
            ("username", "mira"),
            ("password", "harbour lanterns at dusk"),
            ("refresh_token", "x"),
        ];
        assert_json(&of(&pairs).await, 400, "unsupported_grant_type", unknown);
    }
    // Grant types that there are, and this client may not use.
    let device = "urn:ietf:params:oauth:grant-type:device_code";
    for pairs in [&[("grant_type", "client_credentials")][..], &[("grant_type", device), ("device_code", "x")]] {
        assert_json(&of(pairs).await, 400, "unauthorized_client", pairs[0].1);
    }
    assert_json(&of(&[("grant_type", device)]).await, 400, "invalid_request", "no device_code");
    for (grant, name) in [("authorization_code", "code"), ("refresh_token", "refresh_token")] {
        assert_json(&of(&[("grant_type", grant)]).await, 400, "invalid_request", grant);
        assert_json(&of(&[("grant_type", grant), (name, "")]).await, 400, "invalid_request", grant);
    }
    untouched.check("grant types").await;
}

#[actix_web::test]
async fn a_client_without_a_grant_type_cannot_use_it() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    idp.import(json!({"clients": [{"client_id": "social", "consent": "skip", "redirect_uris": [social.redirect_uri()],
        "grant_types": ["authorization_code"]}]}))
        .await;
    let code = fresh_code(&idp, &social).await;
    let answer = social.try_redeem(&code).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(answer.json()["refresh_token"].is_null());
    assert_json(&social.try_refresh("abr_x").await, 400, "unauthorized_client", "refresh_token");
}

#[actix_web::test]
async fn repeated_and_malformed_parameters() {
    let idp = Idp::start().await;
    let (social, posting, spa) = (idp.app("social"), idp.app("posting"), idp.app("spa"));
    for app in [&social, &posting, &spa] {
        let code = fresh_code(&idp, app).await;
        let untouched = Untouched::now(&idp).await;
        let (uri, secret) = (app.redirect_uri(), app.secret());
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &uri),
            ("code_verifier", VERIFIER),
        ];
        let header = (app.client_id == "social").then(|| basic("social", &secret));
        if header.is_none() {
            fields.push(("client_id", &app.client_id));
        }
        if app.client_id == "posting" {
            fields.push(("client_secret", &secret));
        }
        let body = encoded(&fields);
        for (name, value) in &fields {
            for extra in [
                format!("{name}=x"),
                encoded(&[(name, value)]),
                format!("{name}="),
                format!("{name}=%00"),
                format!("{name}=%FF"),
            ] {
                for body in [format!("{body}&{extra}"), format!("{extra}&{body}")] {
                    let answer = post_token(&idp, header.as_deref(), &body).await;
                    assert_json(&answer, 400, "invalid_request", &format!("{}: {extra}", app.client_id));
                }
            }
            let kept: Vec<(&str, &str)> = fields.iter().copied().filter(|(other, _)| other != name).collect();
            for value in ["a%00b", "%FF", "%C3%28", "a%01", &"a".repeat(16_385)] {
                let answer = post_token(&idp, header.as_deref(), &format!("{}&{name}={value}", encoded(&kept))).await;
                assert_json(&answer, 400, "invalid_request", &format!("{}: {name}={value:.20}", app.client_id));
            }
        }
        for extra in ["unknown=1&unknown=2", "scope=a&scope=b", "refresh_token=x&refresh_token=y"] {
            let answer = post_token(&idp, header.as_deref(), &format!("{body}&{extra}")).await;
            assert_json(&answer, 400, "invalid_request", extra);
        }
        untouched.check("repeated").await;
        assert_eq!(post_token(&idp, header.as_deref(), &format!("{body}&unknown=1")).await.status, 200);
    }
}
