//! Too much of anything: a clear 4xx, JSON where JSON is due, nothing stored.

use super::paths::{FORMS, PATHS};
use super::{FORM, Untouched, assert_json, assert_page, encoded, post_token};
use crate::harness::{ISSUER, Idp};
use actix_web::test::TestRequest;

fn in_json(path: &str) -> bool {
    matches!(
        path,
        "/token"
            | "/par"
            | "/device_authorization"
            | "/introspect"
            | "/revoke"
            | "/userinfo"
            | "/sign-in/upstream/x/backchannel_logout"
    )
}

fn form(path: &str) -> TestRequest {
    TestRequest::post().uri(path).insert_header(("content-type", FORM)).insert_header(("origin", ISSUER))
}

#[actix_web::test]
async fn a_body_of_70_kilobytes() {
    let idp = Idp::mailing().await;
    let untouched = Untouched::now(&idp).await;
    for path in FORMS {
        for body in ["a".repeat(70_000), format!("client_id=social&x={}", "a".repeat(70_000)), "a=b&".repeat(20_000)] {
            let answer = idp.call(form(path).set_payload(body)).await;
            if in_json(path) {
                assert_json(&answer, 413, "invalid_request", path);
            } else {
                assert_page(&answer, 413, path);
            }
            untouched.check(path).await;
        }
    }
}

#[actix_web::test]
async fn a_value_of_64_kilobytes() {
    let idp = Idp::mailing().await;
    let untouched = Untouched::now(&idp).await;
    let names = [
        "client_id",
        "redirect_uri",
        "state",
        "scope",
        "code",
        "code_verifier",
        "username",
        "password",
        "csrf",
        "x",
        "id_token_hint",
    ];
    for path in FORMS {
        for name in names {
            // The whole body is beyond the limit, or just within it.
            for (length, most) in [(65_536, 413), (60_000, 403)] {
                let case = format!("{path} {name} {length}");
                let answer = idp.call(form(path).set_payload(format!("{name}={}", "a".repeat(length)))).await;
                if answer.status == 303 {
                    // A posted request goes on as a GET of ours, which tells what is wrong.
                    assert!(
                        answer.location().starts_with(&format!("{path}?")) && answer.location().len() < 24 * 1024,
                        "{case}"
                    );
                    let next = idp.call(TestRequest::get().uri(answer.location())).await;
                    assert!(next.status.is_client_error() || *path == "/end_session", "{case}: {}", next.status);
                } else {
                    let fits = (400..=most).contains(&answer.status.as_u16());
                    assert!(fits && !answer.headers.contains_key("location"), "{case}: {}", answer.status);
                    assert!(!in_json(path) || length < 65_000 || answer.json()["error"] == "invalid_request", "{case}");
                }
            }
        }
        untouched.check(path).await;
    }
}

#[actix_web::test]
async fn an_address_of_40_kilobytes() {
    let idp = Idp::mailing().await;
    let untouched = Untouched::now(&idp).await;
    for path in PATHS {
        for query in [
            "a".repeat(40_000),
            format!("state={}", "a".repeat(40_000)),
            "a=b&".repeat(10_000),
            format!("client_id=social&x={}", "a".repeat(60_000)),
        ] {
            let answer = idp.call(TestRequest::get().uri(&format!("{path}?{query}"))).await;
            assert_eq!(answer.status, 414, "{path}");
            assert!(!answer.headers.contains_key("location"), "{path}");
        }
        let answer = idp.call(TestRequest::get().uri(&format!("{path}/{}", "a".repeat(40_000)))).await;
        assert_eq!(answer.status, 414, "{path}");
        untouched.check(path).await;
    }
}

#[actix_web::test]
async fn more_than_64_parameters() {
    let idp = Idp::mailing().await;
    let untouched = Untouched::now(&idp).await;
    let many = |count: usize| (0..count).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
    let good = encoded(&[("client_id", "social"), ("redirect_uri", "https://social.example.com/callback")]);
    for count in [65, 66, 100, 1_000] {
        for query in [
            many(count),
            format!("{good}&{}", many(count - 2)),
            format!("{}&{good}", many(count - 2)),
            "a=1&".repeat(count),
            "&a&".repeat(count),
        ] {
            let case = format!("{count}: {}", &query[..60]);
            for path in ["/authorize", "/end_session"] {
                assert_page(&idp.call(TestRequest::get().uri(&format!("{path}?{query}"))).await, 400, &case);
            }
            for path in FORMS {
                let answer = idp.call(form(path).set_payload(query.clone())).await;
                if in_json(path) {
                    assert_json(&answer, 400, "invalid_request", &case);
                } else {
                    assert_page(&answer, 400, &format!("{path} {case}"));
                }
            }
        }
        untouched.check("many").await;
    }
    let fits = format!("{good}&{}", many(62));
    assert_eq!(
        idp.call(TestRequest::get().uri(&format!("/authorize?{fits}"))).await.error(),
        "invalid_request",
        "64 are read"
    );
    assert_json(&post_token(&idp, None, &many(64)).await, 401, "invalid_client", "64 are read");
}

#[actix_web::test]
async fn an_overlong_header_of_each_kind_is_no_fault() {
    let idp = Idp::mailing().await;
    let untouched = Untouched::now(&idp).await;
    let long = "a".repeat(20_000);
    for name in [
        "user-agent",
        "origin",
        "cookie",
        "authorization",
        "x-forwarded-for",
        "accept",
        "referer",
        "sec-fetch-site",
        "if-none-match",
        "content-type",
    ] {
        for path in PATHS {
            let answer = idp.call(TestRequest::get().uri(path).insert_header((name, long.as_str()))).await;
            assert!(!answer.status.is_server_error(), "{name} {path}: {}", answer.status);
        }
        for path in FORMS {
            let request = TestRequest::post().uri(path).insert_header(("content-type", FORM));
            let answer = idp.call(request.insert_header((name, long.as_str())).set_payload("a=b")).await;
            assert!(!answer.status.is_server_error(), "{name} {path}: {}", answer.status);
        }
        untouched.check(name).await;
    }
}
