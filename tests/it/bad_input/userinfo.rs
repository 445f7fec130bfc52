//! /userinfo: tokens that are none, not ours, not for us, or presented in a way they must not be.

use super::variants::{altered, surrounded, truncated};
use super::{FORM, Untouched, assert_json, encoded, forge, fresh_tokens};
use crate::harness::{Answer, Idp};
use abide::crypto::jwt::TokenKind;
use actix_web::test::TestRequest;
use serde_json::json;

async fn with_header(idp: &Idp, value: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for request in [TestRequest::get(), TestRequest::post()] {
        answers.push(idp.call(request.uri("/userinfo").insert_header(("authorization", value))).await);
    }
    answers
}

async fn with_body(idp: &Idp, body: String) -> Answer {
    idp.call(TestRequest::post().uri("/userinfo").insert_header(("content-type", FORM)).set_payload(body)).await
}

/// 401 and a challenge; with the error where a token was shown, bare where none was (RFC 6750, section 3.1).
fn assert_challenged(answer: &Answer, error: Option<&str>, case: &str) {
    assert_eq!(answer.status, 401, "{case}: {}", answer.body);
    let challenge = answer.header("www-authenticate");
    match error {
        None => assert_eq!((challenge, answer.body.as_str()), ("Bearer realm=\"abide\"", ""), "{case}"),
        Some(error) => {
            assert!(
                challenge.starts_with(&format!("Bearer realm=\"abide\", error=\"{error}\"")),
                "{case}: {challenge}"
            );
            assert_json(answer, 401, error, case);
        }
    }
}

#[actix_web::test]
async fn no_token_at_all() {
    let idp = Idp::start().await;
    let tokens = fresh_tokens(&idp, &idp.app("social")).await;
    let untouched = Untouched::now(&idp).await;
    for header in ["", "Bearer", "Basic c29jaWFsOng=", "Token x", "bearer", &tokens.access, "DPoP"] {
        for answer in with_header(&idp, header).await {
            assert_challenged(&answer, None, header);
        }
    }
    assert_challenged(&idp.call(TestRequest::get().uri("/userinfo")).await, None, "GET");
    assert_challenged(&idp.call(TestRequest::post().uri("/userinfo")).await, None, "POST");
    for body in ["", "a=b", "access_token=", "Access_Token=x"] {
        assert_challenged(&with_body(&idp, body.to_owned()).await, None, body);
    }
    // In the address it would be in every log: it is not looked at (RFC 6750, section 2.3, is not for us).
    let query = format!("/userinfo?{}", encoded(&[("access_token", &tokens.access)]));
    assert_challenged(&idp.call(TestRequest::get().uri(&query)).await, None, "GET, query");
    assert_challenged(&idp.call(TestRequest::post().uri(&query)).await, None, "POST, query");
    // Nor is a body looked at where there is none by its method (RFC 6750, section 2.2).
    for method in ["GET", "HEAD"] {
        for body in [encoded(&[("access_token", &tokens.access)]), "access_token=x".into(), "access_token=%00".into()] {
            let request = TestRequest::with_uri("/userinfo").method(method.parse().unwrap());
            let answer = idp.call(request.insert_header(("content-type", FORM)).set_payload(body)).await;
            assert_challenged(&answer, None, &format!("{method} with a body"));
        }
    }
    let cookie =
        TestRequest::get().uri("/userinfo").insert_header(("cookie", format!("access_token={}", tokens.access)));
    assert_challenged(&idp.call(cookie).await, None, "cookie");
    untouched.check("none").await;
}

#[actix_web::test]
async fn tokens_that_are_not_good() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let answer = browser.enter(&social).await;
    let code = answer.parameter("code").unwrap();
    let tokens = social.redeem(&answer).await;
    let untouched = Untouched::now(&idp).await;
    let mut bad = altered(&tokens.access, 11);
    bad.extend(truncated(&tokens.access, 53).into_iter().filter(|text| !text.is_empty()));
    bad.extend(
        surrounded(&tokens.access)
            .into_iter()
            .filter(|text| text.is_ascii() && !text.ends_with(char::is_whitespace) && !text.starts_with(' ')),
    );
    bad.extend(forge::forgeries(&idp, &tokens.access));
    bad.extend(forge::forgeries(&idp, &tokens.id));
    bad.extend([
        tokens.id.clone(),
        tokens.refresh.clone(),
        code,
        "x".into(),
        "..".into(),
        "null".into(),
        "a".repeat(20_000),
    ]);
    // Signed by us, and not an access token of ours for us.
    let (_, claims, _) = forge::parts(&tokens.access);
    let with = |name: &str, value: serde_json::Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let now = idp.now().0;
    for claims in [
        with("iss", json!("https://evil.example")),
        with("iss", json!("https://id.example.com/")),
        with("aud", json!("social")),
        with("aud", json!("https://id.example.com/admin/api/v1")),
        with("aud", json!([])),
        with("exp", json!(now)),
        with("exp", json!(now - 1)),
        with("exp", json!(-1)),
        with("exp", json!("x")),
        with("exp", json!(null)),
        with("iat", json!(now + 60)),
        with("sub", json!("somebody-else")),
        with("client_id", json!("bank")),
        with("client_id", json!("nobody")),
        with("jti", json!("x")),
        with("jti", json!("x.y")),
        with("jti", json!("")),
        with("jti", json!(format!("{}.x", "a".repeat(5_000)))),
        json!({}),
        json!([]),
        json!("x"),
    ] {
        bad.push(forge::signed(&idp, TokenKind::Access, &claims));
    }
    bad.push(forge::signed(&idp, TokenKind::Id, &claims));
    for token in bad {
        for answer in with_header(&idp, &format!("Bearer {token}")).await {
            assert_challenged(&answer, Some("invalid_token"), &token);
        }
        if token.len() < 8_000 {
            assert_challenged(
                &with_body(&idp, encoded(&[("access_token", &token)])).await,
                Some("invalid_token"),
                &token,
            );
        }
        untouched.check(&token).await;
    }
    let good = forge::signed(&idp, TokenKind::Access, &claims);
    assert_eq!(social.userinfo(&good).await.status, 200, "the test signs as we do");
}

#[actix_web::test]
async fn expired_and_for_another_audience() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let tokens = fresh_tokens(&idp, &social).await;
    idp.pass("599s");
    assert_eq!(social.userinfo(&tokens.access).await.status, 200);
    for wait in ["1s", "1s", "14s", "1h"] {
        idp.pass(wait);
        assert_challenged(&social.userinfo(&tokens.access).await, Some("invalid_token"), wait);
    }
    let (bank, mut browser) = (idp.app("bank"), idp.browser());
    let page = browser.get(&bank.request(&[("resource", "https://bank.example.com/api")])).await;
    let tokens = bank.redeem(&browser.sign_in(&page).await).await;
    assert_challenged(&bank.userinfo(&tokens.access).await, Some("invalid_token"), "it is for the bank's own resource");
}

#[actix_web::test]
async fn a_token_without_openid_has_not_the_scope() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let page = browser.get(&social.request(&[("scope", "profile email")])).await;
    let tokens = social.redeem(&browser.sign_in(&page).await).await;
    assert_eq!(tokens.id, "");
    for answer in with_header(&idp, &format!("Bearer {}", tokens.access)).await {
        assert_json(&answer, 403, "insufficient_scope", "no openid");
        assert!(answer.header("www-authenticate").contains("error=\"insufficient_scope\""));
    }
}

#[actix_web::test]
async fn more_than_one_token() {
    let idp = Idp::start().await;
    let tokens = fresh_tokens(&idp, &idp.app("social")).await;
    let bearer = format!("Bearer {}", tokens.access);
    let untouched = Untouched::now(&idp).await;
    for body in [encoded(&[("access_token", &tokens.access)]), "access_token=x".to_owned()] {
        let request = TestRequest::post().uri("/userinfo").insert_header(("content-type", FORM));
        let answer = idp.call(request.insert_header(("authorization", bearer.as_str())).set_payload(body)).await;
        assert_json(&answer, 400, "invalid_request", "header and body");
    }
    for other in [bearer.as_str(), "Bearer x", "Basic x"] {
        let request = TestRequest::get().uri("/userinfo").insert_header(("authorization", bearer.as_str()));
        assert_json(
            &idp.call(request.append_header(("authorization", other))).await,
            400,
            "invalid_request",
            "two headers",
        );
    }
    // RFC 6750, section 3.1: a repeated parameter is an invalid request.
    let twice = encoded(&[("access_token", &tokens.access), ("access_token", &tokens.access)]);
    assert_json(&with_body(&idp, twice).await, 400, "invalid_request", "twice in the body");
    untouched.check("more than one").await;
    for body in ["{}", "access_token=x"] {
        let request = TestRequest::post().uri("/userinfo").insert_header(("content-type", "application/json"));
        let answer = idp.call(request.set_payload(body)).await;
        assert_json(&answer, 400, "invalid_request", "no form");
        assert!(answer.header("www-authenticate").starts_with("Bearer realm=\"abide\", error=\"invalid_request\""));
    }
    // Whatever is wrong with a request without a good token, it is told how to bring one (RFC 6750, section 3).
    let many = (0..65).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
    for (body, status) in [(many, 400), ("a".repeat(70_000), 413)] {
        let request = TestRequest::post().uri("/userinfo").insert_header(("content-type", FORM));
        let answer = idp.call(request.set_payload(body)).await;
        assert_json(&answer, status, "invalid_request", "a body that is not read");
        assert!(answer.header("www-authenticate").starts_with("Bearer realm=\"abide\", error="), "{status}");
    }
}

#[actix_web::test]
async fn other_methods() {
    let idp = Idp::start().await;
    let tokens = fresh_tokens(&idp, &idp.app("social")).await;
    for method in ["PUT", "DELETE", "PATCH"] {
        let request = TestRequest::with_uri("/userinfo").method(method.parse().unwrap());
        let answer = idp.call(request.insert_header(("authorization", format!("Bearer {}", tokens.access)))).await;
        assert_eq!(answer.status, 405, "{method}");
        assert!(!answer.body.contains("sub"), "{method}");
    }
}
