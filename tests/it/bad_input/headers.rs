//! The headers of every kind of answer, as a table.

use super::{FORM, encoded, fresh_code, fresh_tokens, post_token};
use crate::harness::{Answer, ISSUER, Idp};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; \
                      frame-ancestors 'none'; form-action 'self'";

/// How long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kept {
    Never,
    AWhile,
}

/// Whether the window is cut off from whoever opened it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Window {
    Alone,
    Shared,
}

fn assert_headers(answer: &Answer, (kept, window): (Kept, Window), case: &str) {
    assert!(!answer.status.is_server_error(), "{case}: {}", answer.status);
    assert!(
        answer.header("content-security-policy").starts_with(POLICY),
        "{case}: {}",
        answer.header("content-security-policy")
    );
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{case}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{case}");
    assert_eq!(answer.header("strict-transport-security"), "max-age=31536000", "{case}");
    let cached = if kept == Kept::Never { "no-store" } else { "public, max-age=300" };
    assert_eq!(answer.header("cache-control"), cached, "{case}");
    let opener = if window == Window::Alone { "same-origin" } else { "" };
    assert_eq!(answer.header("cross-origin-opener-policy"), opener, "{case}");
    assert!(!answer.header("x-request-id").is_empty(), "{case}");
    for name in ["server", "x-powered-by", "refresh", "location"] {
        assert!(name == "location" || answer.header(name).is_empty(), "{case}: {name}");
    }
    for name in ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"] {
        assert_eq!(answer.headers.get_all(name).count(), 1, "{case}: {name}");
    }
    // The same to browsers that do not know the policy (RFC 9700, section 4.16).
    let framed = answer.header("content-security-policy").contains("frame-ancestors 'none'");
    assert_eq!(answer.header("x-frame-options"), if framed { "DENY" } else { "" }, "{case}");
}

#[actix_web::test]
async fn addresses() {
    use Kept::{AWhile, Never};
    use Window::{Alone, Shared};
    let idp = Idp::mailing().await;
    let (social, mut person, mut boss) = (idp.app("social"), idp.browser(), idp.browser());
    person.enter(&social).await;
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let asks = social.request(&[]);
    let (silent, wrong) = (social.request(&[("prompt", "none")]), social.request(&[("prompt", "x")]));
    let login = social.request(&[("prompt", "login")]);
    let select = social.request(&[("prompt", "select_account")]);
    let unbound = social.request(&[("redirect_uri", "https://evil.example")]);
    let table: Vec<(&str, u16, u16, u16, Kept, Window)> = vec![
        // path, for a stranger, for a person, for an administrator
        ("/", 303, 303, 303, Never, Shared),
        (&asks, 200, 303, 303, Never, Shared),
        (&silent, 303, 303, 303, Never, Shared),
        (&wrong, 303, 303, 303, Never, Shared),
        (&login, 200, 200, 200, Never, Shared),
        (&select, 200, 200, 200, Never, Shared),
        (&unbound, 400, 400, 400, Never, Shared),
        ("/authorize", 400, 400, 400, Never, Shared),
        ("/interaction/k.x", 400, 400, 400, Never, Shared),
        ("/end_session", 200, 200, 200, Never, Shared),
        ("/account", 200, 200, 200, Never, Alone),
        ("/account/sign-out", 405, 405, 405, Never, Alone),
        ("/admin", 200, 403, 303, Never, Alone),
        ("/admin/users", 200, 403, 200, Never, Alone),
        ("/admin/clients", 200, 403, 200, Never, Alone),
        ("/admin/sessions", 200, 403, 200, Never, Alone),
        ("/admin/audit", 200, 403, 200, Never, Alone),
        ("/admin/nowhere", 404, 404, 404, Never, Alone),
        ("/account/security", 200, 200, 200, Never, Alone),
        ("/account/security/authenticator", 200, 200, 200, Never, Alone),
        ("/account/profile", 200, 200, 200, Never, Alone),
        ("/account/profile/picture", 405, 405, 405, Never, Alone),
        ("/account/profile/picture/remove", 405, 405, 405, Never, Alone),
        ("/picture/x", 404, 404, 404, Never, Shared),
        ("/logo/x", 404, 404, 404, Never, Shared),
        ("/account/history", 200, 200, 200, Never, Alone),
        ("/account/data", 200, 200, 200, Never, Alone),
        ("/account/security/passkey", 200, 200, 200, Never, Alone),
        ("/sign-in/upstream", 405, 405, 405, Never, Shared),
        ("/sign-in/upstream/x/callback?state=x&code=x", 400, 400, 400, Never, Shared),
        ("/sign-in/upstream/x/backchannel_logout", 405, 405, 405, Never, Shared),
        ("/account/switch", 405, 405, 405, Never, Alone),
        ("/setup", 410, 410, 410, Never, Shared),
        ("/forgot", 200, 200, 200, Never, Shared),
        ("/reset", 410, 410, 410, Never, Shared),
        ("/sign-up", 200, 200, 200, Never, Shared),
        ("/sign-up/confirm", 410, 410, 410, Never, Shared),
        ("/invitation", 410, 410, 410, Never, Shared),
        ("/account/email", 200, 200, 200, Never, Alone),
        ("/account/email/confirm", 410, 410, 410, Never, Alone),
        ("/admin/invitations", 200, 403, 200, Never, Alone),
        ("/sign-in", 405, 405, 405, Never, Shared),
        ("/language", 405, 405, 405, Never, Shared),
        ("/nowhere", 404, 404, 404, Never, Shared),
        ("/static/nowhere.css", 404, 404, 404, Never, Shared),
        ("/static/abide.css", 200, 200, 200, AWhile, Shared),
        ("/static/reveal.js", 200, 200, 200, AWhile, Shared),
        ("/favicon.ico", 200, 200, 200, AWhile, Shared),
        ("/.well-known/openid-configuration", 200, 200, 200, AWhile, Shared),
        ("/.well-known/oauth-authorization-server", 200, 200, 200, AWhile, Shared),
        ("/jwks", 200, 200, 200, AWhile, Shared),
        ("/token", 405, 405, 405, Never, Shared),
        ("/par", 405, 405, 405, Never, Shared),
        ("/register", 405, 405, 405, Never, Shared),
        ("/register/x", 401, 401, 401, Never, Shared),
        ("/device_authorization", 405, 405, 405, Never, Shared),
        ("/device", 200, 200, 200, Never, Shared),
        ("/introspect", 405, 405, 405, Never, Shared),
        ("/revoke", 405, 405, 405, Never, Shared),
        ("/userinfo", 401, 401, 401, Never, Shared),
        ("/health/live", 200, 200, 200, Never, Shared),
        ("/health/ready", 200, 200, 200, Never, Shared),
    ];
    for (path, stranger, signed_in, administrator, kept, window) in table {
        let mut nobody = idp.browser();
        for (who, browser, status) in [
            ("stranger", &mut nobody, stranger),
            ("person", &mut person, signed_in),
            ("administrator", &mut boss, administrator),
        ] {
            let case = format!("{who} {path:.90}");
            let answer = browser.get(path).await;
            assert_eq!(answer.status, status, "{case}: {}", answer.body);
            assert_headers(&answer, (kept, window), &case);
        }
    }
    let long = format!("/jwks?{}", "a".repeat(40_000));
    assert_headers(&idp.call(TestRequest::get().uri(&long)).await, (Never, Shared), "414");
}

#[actix_web::test]
async fn what_stays_the_same_is_not_sent_again() {
    let idp = Idp::mailing().await;
    let first = idp.call(TestRequest::get().uri("/static/abide.css")).await;
    assert_eq!(first.header("content-type"), "text/css; charset=utf-8");
    let again = TestRequest::get().uri("/static/abide.css").insert_header(("if-none-match", first.header("etag")));
    let again = idp.call(again).await;
    assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""));
    assert_headers(&again, (Kept::AWhile, Window::Shared), "304");
    let other = TestRequest::get().uri("/static/abide.css").insert_header(("if-none-match", "\"x\""));
    assert_eq!(idp.call(other).await.status, 200);
}

#[actix_web::test]
async fn answers_to_posts() {
    let idp = Idp::mailing().await;
    let social = idp.app("social");
    let kept = (Kept::Never, Window::Shared);
    let code = fresh_code(&idp, &social).await;
    let answer = social.try_redeem(&code).await;
    assert_headers(&answer, kept, "tokens");
    assert_eq!(answer.header("pragma"), "no-cache");
    assert!(answer.header("content-type").starts_with("application/json"));
    assert_headers(&post_token(&idp, None, "").await, kept, "401");
    assert_headers(&post_token(&idp, Some("Basic x"), &"a".repeat(70_000)).await, kept, "413");
    assert_headers(&idp.call(TestRequest::post().uri("/token").set_payload("{}")).await, kept, "no form");
    let tokens = fresh_tokens(&idp, &social).await;
    assert_headers(&social.userinfo(&tokens.access).await, kept, "userinfo");
    assert_headers(&social.userinfo("x").await, kept, "userinfo, refused");
    for path in ["/token", "/userinfo", "/authorize", "/nowhere"] {
        for method in [Method::OPTIONS, Method::DELETE] {
            assert_headers(
                &idp.call(TestRequest::with_uri(path).method(method.clone())).await,
                kept,
                &format!("{method} {path}"),
            );
        }
    }
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    for (password, status) in [("a wrong password for her", 422), ("harbour lanterns at dusk", 303)] {
        let answer = browser.sign_in_as(&page, "mira", password).await;
        assert_eq!(answer.status, status, "after a form with credentials 303, never 307");
        assert_headers(&answer, kept, password);
    }
    let foreign = browser.post("/sign-in", &[("csrf", "x")]).await;
    assert_headers(&foreign, kept, "403");
    let request = TestRequest::post().uri("/authorize").insert_header(("content-type", FORM));
    assert_headers(
        &idp.call(request.set_payload(encoded(&[("client_id", "social")]))).await,
        kept,
        "303 to our own GET",
    );
    let account = browser.get("/account").await;
    let out = browser.submit(&account, "/account/sign-out", &[]).await;
    assert_headers(&out, (Kept::Never, Window::Alone), "signed out");
}

/// What `form-action` lets a form of this page lead to.
fn targets(answer: &Answer) -> Vec<String> {
    let policy = answer.header("content-security-policy");
    let part = policy.split("; ").find_map(|part| part.strip_prefix("form-action ")).unwrap();
    part.split_whitespace().map(str::to_owned).collect()
}

#[actix_web::test]
async fn forms_lead_to_the_bound_redirect_alone() {
    let idp = Idp::mailing().await;
    idp.import(json!({"clients": [
        {"client_id": "local", "client_secret": "0123456789abcdef0123456789abcdef", "consent": "skip",
         "redirect_uris": ["http://localhost:3000/callback", "http://bank.localhost:4000/callback"]},
        {"client_id": "odd", "client_secret": "0123456789abcdef0123456789abcdef", "redirect_uris": ["https://odd.example.com:8443/a;b,c?d='e"]},
    ]}))
    .await;
    for (client, uri, target) in [
        ("social", "https://social.example.com/callback", "https://social.example.com"),
        ("local", "http://localhost:3000/callback", "http://localhost:3000"),
        ("local", "http://bank.localhost:4000/callback", "http://bank.localhost:4000"),
        ("native", "com.example.native:/callback", "com.example.native:"),
        ("native", "http://127.0.0.1:51234/callback", "http://127.0.0.1:51234"),
        ("odd", "https://odd.example.com:8443/a;b,c?d='e", "https://odd.example.com:8443"),
    ] {
        let (app, mut browser) = (idp.app(client), idp.browser());
        let request = app.request(&[("redirect_uri", uri)]);
        let page = browser.get(&request).await;
        assert_eq!(page.status, 200, "{uri}: {}", page.header("location"));
        assert_eq!(targets(&page), ["'self'", "https:", target], "{uri}");
        let refused = browser.sign_in_as(&page, "mira", "a wrong password for her").await;
        assert_eq!(targets(&refused), ["'self'", "https:", target], "{uri}: the form that comes back");
        browser.sign_in(&page).await;
        let select = browser.get(&app.request(&[("redirect_uri", uri), ("prompt", "select_account")])).await;
        assert_eq!(targets(&select), ["'self'", "https:", target], "{uri}: choosing an account");
        let consent = browser.get(&app.request(&[("redirect_uri", uri), ("prompt", "consent")])).await;
        assert!(consent.body.contains("id=\"allow\""), "{uri}");
        assert_eq!(targets(&consent), ["'self'", "https:", target], "{uri}: consent");
        idp.pass("10s");
    }
    // Pages that lead to no app name none.
    let mut browser = idp.browser();
    for path in ["/account", "/admin", "/authorize", "/nowhere", "/setup"] {
        assert_eq!(targets(&browser.get(path).await), ["'self'"], "{path}");
    }
}

#[actix_web::test]
async fn no_page_has_anything_inline_or_from_elsewhere() {
    let idp = Idp::mailing().await;
    let (asking, mut boss) = (idp.app("asking"), idp.browser());
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let requests =
        [asking.request(&[]), asking.request(&[("prompt", "login")]), asking.request(&[("prompt", "select_account")])];
    let paths = [
        "/account",
        "/admin/users",
        "/admin/clients",
        "/admin/sessions",
        "/admin/audit",
        "/end_session",
        "/nowhere",
        "/authorize",
        "/setup",
        "/forgot",
        "/reset",
        "/sign-up",
        "/account/email",
        "/admin/invitations",
    ];
    for path in requests.iter().map(String::as_str).chain(paths) {
        let answer = boss.get(path).await;
        for text in [
            "<script>",
            "javascript:",
            "<style",
            " style=\"",
            " onclick",
            " onload",
            "src=\"http",
            "href=\"//",
            "<iframe",
            "<object",
        ] {
            assert!(!answer.body.contains(text), "{path:.60}: {text}");
        }
        assert!(answer.body.contains("<meta name=\"robots\" content=\"noindex\">"), "{path:.60}");
    }
}

#[actix_web::test]
async fn plain_http_promises_no_tls() {
    let idp = Idp::with(|config| config.issuer = "http://localhost:8080".parse().unwrap()).await;
    let answer = idp.call(TestRequest::get().uri("/account")).await;
    assert_eq!(answer.header("strict-transport-security"), "");
    assert_ne!(ISSUER, "http://localhost:8080");
}
