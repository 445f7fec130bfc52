//! Whatever a request says, no answer of ours leads to an address that nobody registered.

use super::paths::{FORMS, PATHS};
use super::{FORM, Untouched, encoded};
use crate::harness::{Answer, Browser, ISSUER, Idp};
use actix_web::test::TestRequest;

const NAMES: [&str; 30] = [
    "redirect_uri",
    "post_logout_redirect_uri",
    "return_to",
    "return",
    "next",
    "url",
    "continue",
    "target",
    "goto",
    "done",
    "query",
    "after",
    "to",
    "from",
    "back",
    "page",
    "path",
    "callback",
    "state",
    "client_id",
    "request",
    "request_uri",
    "token",
    "iss",
    "login_hint",
    "target_link_uri",
    "interaction",
    "session",
    "error",
    "code",
];
const EVIL: [&str; 14] = [
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "http://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://id.example.com@evil.example",
    "https://id.example.com.evil.example",
    "/%0d%0aLocation:%20https://evil.example",
    "\r\nLocation: https://evil.example",
    "\u{ff0f}\u{ff0f}evil.example",
];

/// It leads nowhere, or to a path of ours.
fn assert_at_home(answer: &Answer, case: &str) {
    assert!(!answer.status.is_server_error(), "{case}: {}", answer.status);
    if let Some(location) = answer.headers.get("location") {
        let location = location.to_str().unwrap();
        let ours = location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\");
        let address = url::Url::parse(ISSUER).unwrap().join(location).unwrap();
        assert!(ours && address.origin().ascii_serialization() == ISSUER, "{case}: {location}");
    }
    assert!(!answer.headers.contains_key("refresh"), "{case}");
    assert!(!answer.body.to_lowercase().contains("http-equiv=\"refresh\""), "{case}");
    for attribute in ["href=\"", "src=\"", "action=\""] {
        for target in answer.body.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(
                !target.contains("evil") && !target.starts_with("javascript") && !target.starts_with("data:"),
                "{case}: {target}"
            );
        }
    }
}

async fn administrator(idp: &Idp) -> (Browser, [(&'static str, String); 2]) {
    let mut boss = idp.browser();
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let form = boss.get("/account/profile").await.fields("/account/profile");
    let hidden = ["csrf", "person"].map(|name| (name, form[name].clone()));
    (boss, hidden)
}

#[actix_web::test]
async fn through_every_parameter_of_every_address() {
    let idp = Idp::mailing().await;
    let (mut boss, _) = administrator(&idp).await;
    for path in PATHS {
        for evil in EVIL {
            for name in NAMES {
                let address = format!("{path}?{}", encoded(&[(name, evil)]));
                assert_at_home(&boss.get(&address).await, &address);
            }
            let all: Vec<(&str, &str)> = NAMES.iter().map(|name| (*name, evil)).collect();
            let address = format!("{path}?{}", encoded(&all));
            assert_at_home(&idp.browser().get(&address).await, &address);
        }
    }
    let _ = &mut boss;
}

#[actix_web::test]
async fn through_every_field_of_every_form() {
    let idp = Idp::mailing().await;
    let (boss, hidden) = administrator(&idp).await;
    for path in FORMS {
        for evil in EVIL {
            let mut fields: Vec<(&str, &str)> = NAMES.iter().map(|name| (*name, evil)).collect();
            fields.extend(hidden.iter().map(|(name, value)| (*name, value.as_str())));
            fields.extend([("choice", "stay"), ("decision", "deny"), ("user", evil), ("client", evil)]);
            let answer = boss.copied().post(path, &fields).await;
            assert_at_home(&answer, &format!("POST {path} {evil}"));
            if answer.headers.contains_key("location") {
                let next = boss.copied().get(answer.location()).await;
                assert_at_home(&next, &format!("POST {path} {evil}, followed"));
            }
        }
    }
}

#[actix_web::test]
async fn through_the_path_itself() {
    let idp = Idp::mailing().await;
    let (mut boss, _) = administrator(&idp).await;
    for path in [
        "//evil.example",
        "//evil.example/..",
        "///",
        "/%2f%2fevil.example",
        "/\\evil.example",
        "/account//evil.example",
        "/account/..//evil.example",
        "/admin/",
        "/admin//",
        "/account/",
        "/interaction//evil.example",
        "/interaction/%2f%2fevil.example",
        "/interaction/https:%2f%2fevil.example",
        "/static//evil.example",
        "/static/..%2f..%2fCargo.toml",
        "/static/%2e%2e/x",
        "/authorize/",
        "/end_session/",
        "/setup/",
        "/jwks/",
    ] {
        let path = path.replace('\\', "%5c");
        let answer = boss.get(&path).await;
        assert_at_home(&answer, &path);
    }
}

/// Links and the issuer come from the configuration (DESIGN 8, lesson 9).
#[actix_web::test]
async fn through_the_headers_of_a_request() {
    let idp = Idp::mailing().await;
    let untouched = Untouched::now(&idp).await;
    let paths = [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/",
        "/admin",
        "/account",
        "/authorize",
    ];
    for name in [
        "host",
        "x-forwarded-host",
        "x-forwarded-proto",
        "x-forwarded-for",
        "forwarded",
        "x-original-url",
        "x-rewrite-url",
        "x-host",
        "referer",
        "origin",
    ] {
        for path in paths {
            let answer = idp.call(TestRequest::get().uri(path).insert_header((name, "evil.example"))).await;
            assert_at_home(&answer, &format!("{name} {path}"));
            assert!(!answer.body.contains("evil.example"), "{name} {path}");
            if path.starts_with("/.well-known") {
                assert_eq!(answer.json()["issuer"], ISSUER, "{name}");
            }
        }
        let request = TestRequest::post()
            .uri("/authorize")
            .insert_header(("content-type", FORM))
            .insert_header((name, "evil.example"));
        let answer = idp.call(request.set_payload("client_id=social")).await;
        assert_at_home(&answer, name);
    }
    untouched.check("headers").await;
}
