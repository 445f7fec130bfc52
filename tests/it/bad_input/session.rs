//! /session, /session/activity and /session/events: tokens that are none, not ours, not for us or in the wrong place; cookies from
//! elsewhere; reports too often or by whom they are not for.

use super::variants::{altered, truncated};
use super::{FORM, Untouched, assert_json, encoded, forge, fresh_tokens};
use crate::harness::{Answer, Browser, ISSUER, Idp};
use abide::crypto::jwt::TokenKind;
use actix_web::test::TestRequest;
use serde_json::json;

/// The endpoints, each by its method.
fn endpoints() -> [TestRequest; 3] {
    let get = |path| TestRequest::get().uri(path);
    [get("/session"), get("/session/events"), TestRequest::post().uri("/session/activity")]
}

async fn with_header(idp: &Idp, value: &str) -> Vec<Answer> {
    let mut answers = Vec::new();
    for request in endpoints() {
        answers.push(idp.call(request.insert_header(("authorization", value))).await);
    }
    answers
}

/// 401 and a challenge; bare where no token was shown (RFC 6750, section 3.1).
fn assert_challenged(answer: &Answer, error: Option<&str>, case: &str) {
    assert_eq!(answer.status, 401, "{case}: {}", answer.body);
    let challenge = answer.header("www-authenticate");
    assert_eq!(answer.header("cache-control"), "no-store", "{case}");
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
async fn no_token_and_no_page_of_ours() {
    let idp = Idp::start().await;
    let tokens = fresh_tokens(&idp, &idp.app("social")).await;
    let untouched = Untouched::now(&idp).await;
    for header in ["", "Bearer", "Basic c29jaWFsOng=", "Token x", "bearer", &tokens.access, "DPoP"] {
        for answer in with_header(&idp, header).await {
            assert_challenged(&answer, None, header);
        }
    }
    for request in endpoints() {
        assert_challenged(&idp.call(request).await, None, "nothing at all");
    }
    for request in endpoints() {
        let request = request.insert_header(("cookie", format!("access_token={}", tokens.access)));
        assert_challenged(&idp.call(request).await, None, "a cookie that is none of ours");
    }
    untouched.check("no token").await;
}

#[actix_web::test]
async fn tokens_that_are_not_good() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    idp.pass("1m");
    let untouched = Untouched::now(&idp).await;
    let mut bad = altered(&tokens.access, 11);
    bad.extend(truncated(&tokens.access, 53).into_iter().filter(|text| !text.is_empty()));
    bad.extend(forge::forgeries(&idp, &tokens.access));
    bad.extend(forge::forgeries(&idp, &tokens.id));
    bad.extend([
        tokens.id.clone(),
        tokens.refresh.clone(),
        answer.parameter("code").unwrap(),
        "x".into(),
        "a".repeat(20_000),
    ]);
    let (_, claims, _) = forge::parts(&tokens.access);
    let now = idp.now().0;
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("aud", json!("social")),
        ("aud", json!("https://id.example.com/admin/api/v1")),
        ("aud", json!([])),
        ("exp", json!(now)),
        ("exp", json!(-1)),
        ("exp", json!(null)),
        ("iat", json!(now + 60)),
        ("sub", json!("somebody-else")),
        ("client_id", json!("bank")),
        ("client_id", json!("nobody")),
        ("jti", json!("x")),
        ("jti", json!("x.y")),
        ("jti", json!(format!("{}.x", "a".repeat(5_000)))),
    ] {
        let mut changed = claims.clone();
        changed[name] = value;
        bad.push(forge::signed(&idp, TokenKind::Access, &changed));
    }
    bad.push(forge::signed(&idp, TokenKind::Id, &claims));
    for token in bad {
        for answer in with_header(&idp, &format!("Bearer {token}")).await {
            assert_challenged(&answer, Some("invalid_token"), &token);
        }
    }
    untouched.check("tokens that are not good").await;
    let good = forge::signed(&idp, TokenKind::Access, &claims);
    assert_eq!(social.status(&good).await.status, 200, "the test signs as we do");
    assert_eq!(social.report(&good).await.status, 200, "and reports as it may");
}

#[actix_web::test]
async fn expired_foreign_and_for_another_audience() {
    let idp = Idp::start().await;
    let (bank, mut browser) = (idp.app("bank"), idp.browser());
    let page = browser.get(&bank.request(&[("resource", "https://bank.example.com/api")])).await;
    let tokens = bank.redeem(&browser.sign_in(&page).await).await;
    idp.pass("20s");
    let untouched = Untouched::now(&idp).await;
    for answer in with_header(&idp, &format!("Bearer {}", tokens.access)).await {
        assert_challenged(&answer, Some("invalid_token"), "it is for the bank's own resource");
    }
    let foreign = Idp::start().await;
    let theirs = fresh_tokens(&foreign, &foreign.app("social")).await;
    for answer in with_header(&idp, &format!("Bearer {}", theirs.access)).await {
        assert_challenged(&answer, Some("invalid_token"), "its grant is another provider's");
    }
    untouched.check("another audience").await;
    let social = idp.app("social");
    let tokens = fresh_tokens(&idp, &social).await;
    idp.pass("600s");
    let untouched = Untouched::now(&idp).await;
    for wait in ["0s", "1s", "14s", "1h"] {
        idp.pass(wait);
        for answer in with_header(&idp, &format!("Bearer {}", tokens.access)).await {
            assert_challenged(&answer, Some("invalid_token"), wait);
        }
    }
    untouched.check("expired").await;
}

#[actix_web::test]
async fn a_token_where_it_must_not_be_and_more_than_one() {
    let idp = Idp::start().await;
    let tokens = fresh_tokens(&idp, &idp.app("social")).await;
    let bearer = format!("Bearer {}", tokens.access);
    idp.pass("1m");
    let untouched = Untouched::now(&idp).await;
    for path in ["/session", "/session/events", "/session/activity"] {
        let query = format!("{path}?{}", encoded(&[("access_token", &tokens.access)]));
        for uri in [query.as_str(), &format!("{path}?access_token=a&access_token=b")] {
            for authorized in [true, false] {
                let request =
                    if path.ends_with("activity") { TestRequest::post() } else { TestRequest::get() }.uri(uri);
                let request =
                    if authorized { request.insert_header(("authorization", bearer.as_str())) } else { request };
                assert_json(&idp.call(request).await, 400, "invalid_request", uri);
            }
        }
    }
    for request in endpoints() {
        let request = request.append_header(("authorization", bearer.as_str()));
        let answer = idp.call(request.append_header(("authorization", "Bearer x"))).await;
        assert_json(&answer, 400, "invalid_request", "two headers");
    }
    let form = encoded(&[("access_token", &tokens.access)]);
    for (kind, body) in [(FORM, form.as_str()), (FORM, "a=b"), ("application/json", "{}"), ("text/plain", " ")] {
        let request = TestRequest::post().uri("/session/activity").insert_header(("content-type", kind));
        let request = request.insert_header(("authorization", bearer.as_str())).set_payload(body.to_owned());
        assert_json(&idp.call(request).await, 400, "invalid_request", body);
    }
    let request = TestRequest::post().uri("/session/activity").insert_header(("content-type", FORM));
    assert_challenged(&idp.call(request.set_payload(form)).await, None, "in the body alone");
    let large = TestRequest::post().uri("/session/activity").insert_header(("authorization", bearer.as_str()));
    assert_json(&idp.call(large.set_payload("x".repeat(100_000))).await, 400, "invalid_request", "large");
    untouched.check("in the wrong place").await;
}

#[actix_web::test]
async fn activity_too_often_is_told_to_wait() {
    let idp = Idp::start().await;
    let (social, other) = (idp.app("social"), idp.app("bank"));
    let mut browser = idp.browser();
    let tokens = social.redeem(&browser.enter(&social).await).await;
    let at_other = other.redeem(&browser.authorize(&other, &[]).await).await;
    idp.pass("30s");
    assert_eq!(social.report(&tokens.access).await.status, 200);
    let untouched = Untouched::now(&idp).await;
    for (wait, left) in [("0s", "10"), ("1s", "9"), ("8s", "1")] {
        idp.pass(wait);
        let answer = social.report(&tokens.access).await;
        assert_json(&answer, 429, "slow_down", wait);
        assert_eq!(answer.header("retry-after"), left, "{wait}");
    }
    untouched.check("too often").await;
    // Another token of the same application session is no way around it.
    let renewed = social.redeem(&browser.silently(&social).await).await;
    assert_json(&social.report(&renewed.access).await, 429, "slow_down", "another token");
    assert_eq!(other.report(&at_other.access).await.status, 200, "each app has its own measure");
    idp.pass("1s");
    assert_eq!(social.report(&tokens.access).await.status, 200);
}

#[actix_web::test]
async fn sixteen_reports_at_once_count_once() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let tokens = fresh_tokens(&idp, &social).await;
    idp.pass("1m");
    let reports = super::sixteen(async move |_| social.report(&tokens.access).await.status.as_u16()).await;
    assert_eq!(reports.iter().filter(|status| **status == 200).count(), 1, "{reports:?}");
    assert_eq!(reports.iter().filter(|status| **status == 429).count(), 15, "{reports:?}");
}

#[actix_web::test]
async fn a_client_that_may_not_report() {
    let idp = Idp::start().await;
    for activity in ["none", "refresh"] {
        let secret = idp.app("social").secret();
        idp.import(json!({"clients": [{"client_id": "social", "client_secret": secret, "consent": "skip",
            "redirect_uris": ["https://social.example.com/callback"], "session": {"activity": activity}}]}))
            .await;
        let tokens = fresh_tokens(&idp, &idp.app("social")).await;
        idp.pass("1m");
        let untouched = Untouched::now(&idp).await;
        let answer = idp.app("social").report(&tokens.access).await;
        assert_json(&answer, 403, "insufficient_scope", activity);
        assert!(answer.header("www-authenticate").contains("error=\"insufficient_scope\""), "{activity}");
        assert_eq!(idp.app("social").status(&tokens.access).await.status, 200, "it may look");
        untouched.check(activity).await;
    }
}

/// A request of a browser that is signed in, as a page of another origin would make it, or no page at all.
fn foreign(request: TestRequest) -> Vec<TestRequest> {
    let headers: [&[(&str, &str)]; 10] = [
        &[],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "")],
        &[("origin", "https://id.example.com.evil.example")],
        &[("origin", "http://id.example.com"), ("sec-fetch-site", "same-site")],
        &[("origin", "https://social.example.com"), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none"), ("sec-fetch-user", "?1")],
    ];
    let uri = request.to_srv_request();
    let with = |headers: &[(&str, &str)]| {
        let base = TestRequest::with_uri(uri.path()).method(uri.method().clone());
        headers.iter().fold(base, |request, header| request.insert_header(*header))
    };
    headers.into_iter().map(with).collect()
}

#[actix_web::test]
async fn a_cookie_counts_on_our_own_pages_alone() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let tokens = social.redeem(&browser.enter(&social).await).await;
    idp.pass("1h");
    let untouched = Untouched::now(&idp).await;
    for endpoint in endpoints() {
        for request in foreign(endpoint) {
            assert_challenged(&browser.send(request).await, None, "from elsewhere");
        }
    }
    // Beside a header, good or bad, the cookie is not looked at.
    for (header, error) in [("Bearer x", Some("invalid_token")), ("Basic x", None)] {
        for request in endpoints() {
            let request = request.insert_header(("origin", ISSUER)).insert_header(("authorization", header));
            assert_challenged(&browser.send(request).await, error, header);
        }
    }
    for request in endpoints() {
        let nobody = idp.browser().send(request.insert_header(("origin", ISSUER))).await;
        assert_challenged(&nobody, None, "nobody signed in");
    }
    let body = TestRequest::post().uri("/session/activity").insert_header(("origin", ISSUER)).set_form([("a", "b")]);
    assert_json(&browser.send(body).await, 400, "invalid_request", "a body");
    untouched.check("cookies").await;
    assert_eq!(social.status(&tokens.access).await.status, 401, "an hour passed");
    assert_eq!(
        (browser.status().await.status, browser.stay().await.status),
        (200.try_into().unwrap(), 200.try_into().unwrap())
    );
}

#[actix_web::test]
async fn a_stolen_cookie_is_worthless_after_the_next_sign_in() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    browser.enter(&social).await;
    let mut thief: Browser = browser.copied();
    idp.pass("1m");
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    browser.sign_in(&page).await;
    let untouched = Untouched::now(&idp).await;
    assert_challenged(&thief.status().await, None, "status");
    assert_challenged(&thief.stay().await, None, "stay");
    untouched.check("an old cookie").await;
}

#[actix_web::test]
async fn other_methods() {
    let idp = Idp::start().await;
    let tokens = fresh_tokens(&idp, &idp.app("social")).await;
    for (path, methods, allow) in [
        ("/session", ["POST", "PUT", "DELETE", "PATCH"], "GET, HEAD"),
        ("/session/events", ["POST", "PUT", "DELETE", "PATCH"], "GET, HEAD"),
        ("/session/activity", ["GET", "PUT", "DELETE", "PATCH"], "POST"),
    ] {
        for method in methods {
            let request = TestRequest::with_uri(path).method(method.parse().unwrap());
            let answer = idp.call(request.insert_header(("authorization", format!("Bearer {}", tokens.access)))).await;
            assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allow), "{path} {method}");
        }
    }
}
