//! CORS: token and userinfo by registered origin, metadata for all, everything a person sees for nobody.

use crate::harness::Idp;
use abide::model::cookies::Switch;
use actix_web::test::TestRequest;

const REGISTERED: [&str; 3] = ["https://social.example.com", "https://spa.example.com", "http://127.0.0.1"];
const UNREGISTERED: [&str; 16] = [
    "https://evil.example",
    "null",
    "",
    "*",
    "http://social.example.com",
    "https://social.example.com:443",
    "https://social.example.com:8443",
    "https://social.example.com/",
    "https://SOCIAL.example.com",
    "https://social.example.com.evil.example",
    "https://x.social.example.com",
    "https://social.example.com https://evil.example",
    "https://id.example.com",
    "com.example.native://",
    "file://",
    "https://social.example.co",
];

fn preflight(path: &str, origin: &str, method: &str) -> TestRequest {
    TestRequest::with_uri(path)
        .method(actix_web::http::Method::OPTIONS)
        .insert_header(("origin", origin))
        .insert_header(("access-control-request-method", method))
        .insert_header(("access-control-request-headers", "authorization,content-type"))
}

const ALLOW: [&str; 5] = [
    "access-control-allow-origin",
    "access-control-allow-methods",
    "access-control-allow-headers",
    "access-control-allow-credentials",
    "access-control-expose-headers",
];

#[actix_web::test]
async fn token_userinfo_and_session_are_for_registered_origins() {
    let idp = Idp::start().await;
    for path in [
        "/token",
        "/par",
        "/userinfo",
        "/revoke",
        "/introspect",
        "/device_authorization",
        "/session",
        "/session/activity",
        "/session/events",
    ] {
        for origin in REGISTERED {
            let answer = idp.call(preflight(path, origin, "POST")).await;
            assert_eq!(answer.status, 204, "{path} {origin}");
            assert_eq!(answer.header("access-control-allow-origin"), origin, "{path}");
            assert!(answer.header("access-control-allow-methods").contains("POST"), "{path}");
            assert!(answer.header("access-control-allow-headers").contains("Authorization"), "{path}");
            assert_eq!(answer.header("vary"), "Origin", "{path}");
            assert_eq!(answer.header("access-control-allow-credentials"), "", "never with cookies: {path}");
            for request in [TestRequest::post(), TestRequest::get()] {
                let answer = idp.call(request.uri(path).insert_header(("origin", origin))).await;
                assert!(answer.status.is_client_error(), "{path}: there is no token here");
                assert_eq!(answer.header("access-control-allow-origin"), origin, "errors can be read, too: {path}");
                assert_eq!(
                    (answer.header("vary"), answer.header("access-control-allow-credentials")),
                    ("Origin", ""),
                    "{path}"
                );
            }
        }
        for origin in UNREGISTERED {
            for request in [
                preflight(path, origin, "POST"),
                TestRequest::post().uri(path).insert_header(("origin", origin)),
                TestRequest::get().uri(path).insert_header(("origin", origin)),
            ] {
                let answer = idp.call(request).await;
                assert!(!answer.status.is_server_error(), "{path} {origin}: {}", answer.status);
                for name in ALLOW {
                    assert_eq!(answer.header(name), "", "{path} {origin} {name}");
                }
                assert_eq!(answer.header("vary"), "Origin", "{path} {origin}");
            }
        }
    }
}

#[actix_web::test]
async fn metadata_and_keys_are_for_everybody() {
    let idp = Idp::start().await;
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"] {
        for origin in REGISTERED.iter().chain(&UNREGISTERED) {
            let answer = idp.call(TestRequest::get().uri(path).insert_header(("origin", *origin))).await;
            assert_eq!(answer.status, 200, "{path}");
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path} {origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
        }
    }
}

/// Nothing is registered before an app registers itself: any script may (OpenID Connect Discovery 1.0, section 3).
#[actix_web::test]
async fn apps_that_register_themselves_may_be_scripts_of_anywhere() {
    let idp = Idp::with(|config| config.registration.open = Switch::On).await;
    for origin in REGISTERED.iter().chain(&UNREGISTERED).filter(|origin| !origin.is_empty()) {
        let metadata = serde_json::json!({"redirect_uris": ["https://script.example/cb"]});
        let ask = TestRequest::post().uri("/register").insert_header(("origin", *origin)).set_json(metadata);
        let answer = idp.call(ask).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (201, "*"), "{origin}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "never with cookies");
        let one = answer.json()["registration_client_uri"].as_str().unwrap().replace("https://id.example.com", "");
        for path in ["/register", &one] {
            let answer = idp.call(preflight(path, origin, "PUT")).await;
            assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (204, "*"), "{origin}");
            assert_eq!(answer.header("access-control-allow-methods"), "GET, POST, PUT, DELETE");
        }
        // A refusal can be read as well.
        let answer = idp.call(TestRequest::get().uri(&one).insert_header(("origin", *origin))).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (401, "*"), "{origin}");
        idp.pass("1h");
    }
}

#[actix_web::test]
async fn what_a_person_sees_is_for_no_script_from_elsewhere() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    browser.enter(&social).await;
    let request = social.request(&[("prompt", "none")]);
    let paths = [
        request.as_str(),
        "/authorize",
        "/sign-in",
        "/language",
        "/sign-in/again",
        "/select",
        "/consent",
        "/account",
        "/account/sign-out",
        "/admin",
        "/admin/users",
        "/admin/audit",
        "/end_session",
        "/end_session/confirm",
        "/setup",
        "/interaction/k.x",
        "/",
        "/static/abide.css",
        "/health/live",
        "/nowhere",
    ];
    for path in paths {
        for origin in REGISTERED.iter().chain(&UNREGISTERED) {
            for wish in [
                preflight(path, origin, "GET"),
                preflight(path, origin, "POST"),
                TestRequest::get().uri(path).insert_header(("origin", *origin)),
                TestRequest::post().uri(path).insert_header(("origin", *origin)),
            ] {
                let answer = browser.copied().send(wish).await;
                for name in ALLOW {
                    assert_eq!(answer.header(name), "", "{path} {origin} {name}");
                }
            }
        }
    }
}

#[actix_web::test]
async fn the_origin_of_a_changed_client_is_no_longer_registered() {
    let idp = Idp::start().await;
    let origin = "https://spa.example.com";
    assert_eq!(idp.call(preflight("/token", origin, "POST")).await.header("access-control-allow-origin"), origin);
    idp.import(serde_json::json!({"clients": [{"client_id": "spa", "token_endpoint_auth_method": "none",
        "redirect_uris": ["https://elsewhere.example.com/callback"]}]}))
        .await;
    assert_eq!(idp.call(preflight("/token", origin, "POST")).await.header("access-control-allow-origin"), "");
    let now = "https://elsewhere.example.com";
    assert_eq!(idp.call(preflight("/token", now, "POST")).await.header("access-control-allow-origin"), now);
}
