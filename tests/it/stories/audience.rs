//! Whom access tokens are for (RFC 8707), and what they allow there, by the client's record of today.

use super::devices::{GRANT, enter, text};
use crate::harness::keyed::changed;
use crate::harness::{ISSUER, Idp, RelyingApp, claims_of};
use actix_web::test::TestRequest;
use serde_json::{Value, json};

const API: &str = "https://api.example.com/ledger";
const MAIL: &str = "https://mail.example.com/";

#[actix_web::test]
async fn an_app_that_names_no_resource_gets_tokens_for_its_usual_one() {
    let idp = Idp::start().await;
    let (app, own, api) = (idp.app("spring"), idp.app("worker"), idp.app("serving"));
    let record = |default: Value| {
        let common = json!({"consent": "skip", "calls": [API, "https://other.example/"], "default_resource": default});
        let calling =
            json!({"client_id": "spring", "client_secret": app.secret(), "redirect_uris": [app.redirect_uri()]});
        let working = json!({"client_id": "worker", "client_secret": own.secret(), "redirect_uris": [], "response_types": [],
            "grant_types": ["client_credentials"], "scope": "stock"});
        let server = json!({"client_id": "serving", "client_secret": api.secret(), "resources": [API], "grant_types": [],
            "response_types": [], "redirect_uris": []});
        json!({"clients": [changed(calling, &common), changed(working, &common), server]})
    };
    idp.import(record(json!(API))).await;
    let both = json!([API, ISSUER]);
    let tokens = app.redeem(&idp.browser().enter(&app).await).await;
    // The API is served by it, and so are the places of ours that an app asks with it.
    assert_eq!(claims_of(&tokens.access)["aud"], both);
    assert_eq!(app.userinfo(&tokens.access).await.status, 200);
    assert_eq!(api.introspect(&tokens.access).await.json()["aud"], both);
    assert_eq!(idp.app("social").introspect(&tokens.access).await.json()["active"], false);
    let tokens = app.refresh(&tokens.refresh).await;
    assert_eq!(claims_of(&tokens.access)["aud"], both);
    // Whoever names it gets a token for nobody else, and another than it was not granted.
    let refreshed = async |resource: &str| {
        app.token(&[("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh), ("resource", resource)]).await
    };
    assert_eq!(refreshed("https://other.example/").await.error(), "invalid_target");
    let narrow = refreshed(API).await.json();
    let word = |name: &str| narrow[name].as_str().unwrap();
    assert_eq!(claims_of(word("access_token"))["aud"], API);
    assert_eq!(app.userinfo(word("access_token")).await.status, 401);
    // So can a token for this server alone be had; with what an API has as well, nobody keeps a session alive.
    let ours = [("grant_type", "refresh_token"), ("refresh_token", word("refresh_token")), ("resource", ISSUER)];
    let ours = app.token(&ours).await.json();
    let word = |name: &str| ours[name].as_str().unwrap();
    assert_eq!(claims_of(word("access_token"))["aud"], ISSUER);
    assert_eq!(app.userinfo(word("access_token")).await.status, 200);
    assert_eq!(api.introspect(word("access_token")).await.json()["active"], false);
    let mut browser = idp.browser();
    let page = browser.get(&app.request(&[("resource", "https://other.example/")])).await;
    let named = browser.sign_in(&page).await;
    let report = async |token: &str| {
        let report = TestRequest::post().uri("/session/activity");
        idp.call(report.insert_header(("authorization", format!("Bearer {token}")))).await
    };
    assert_eq!(claims_of(&app.redeem(&named).await.access)["aud"], "https://other.example/");
    idp.pass("61s");
    assert_eq!(report(&tokens.access).await.error(), "insufficient_scope");
    assert_eq!(report(word("access_token")).await.status, 200);
    // A client that acts for itself has nothing to ask here.
    let alone = async || {
        let token = own.token(&[("grant_type", "client_credentials")]).await.json()["access_token"].clone();
        claims_of(token.as_str().unwrap())["aud"].clone()
    };
    assert_eq!(alone().await, API);
    let token = own.token(&[("grant_type", "client_credentials")]).await.json()["access_token"].clone();
    assert_eq!(app.userinfo(token.as_str().unwrap()).await.status, 401);
    // The record of today counts.
    idp.import(record(Value::Null)).await;
    let tokens = app.refresh(word("refresh_token")).await;
    assert_eq!(claims_of(&tokens.access)["aud"], ISSUER);
    assert_eq!(alone().await, ISSUER);
}

/// RFC 8707, section 2.2: a part of what was granted, by every grant type.
#[actix_web::test]
async fn a_device_narrows_its_token_and_gets_none_beyond() {
    let idp = Idp::start().await;
    let app = idp.app("caller");
    idp.import(calling(&app, &[API, MAIL], "openid ledger mail")).await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    let codes =
        app.post("/device_authorization", &[("resource", API), ("resource", MAIL), ("scope", "ledger")]).await.json();
    let page = enter(&mut browser, text(&codes, "user_code")).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let ask = async |resource: &str| {
        let fields = [("grant_type", GRANT), ("device_code", text(&codes, "device_code")), ("resource", resource)];
        app.token(&fields).await
    };
    assert_eq!(ask("https://evil.example/").await.error(), "invalid_target", "and the answer is still to be had");
    let tokens = ask(MAIL).await.json();
    assert_eq!(claims_of(text(&tokens, "access_token"))["aud"], MAIL);
    let tokens = app.try_refresh(text(&tokens, "refresh_token")).await.json();
    assert_eq!(claims_of(text(&tokens, "access_token"))["aud"], json!([API, MAIL]), "the grant is for both");
}

/// RFC 7662, section 4: what is good elsewhere alone is not good at the server that asks, though it be its own.
#[actix_web::test]
async fn a_server_that_is_shown_its_own_token_for_another_hears_that_it_is_good_for_nothing() {
    let idp = Idp::start().await;
    let (server, other) = (idp.app("server"), idp.app("other"));
    idp.import(json!({"clients": [
        {"client_id": "server", "client_secret": server.secret(), "redirect_uris": [server.redirect_uri()], "consent": "skip",
         "resources": [API], "calls": [MAIL]},
        {"client_id": "other", "client_secret": other.secret(), "redirect_uris": [], "response_types": [], "grant_types": [],
         "resources": [MAIL]},
    ]}))
    .await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    for (resource, here, there) in [(API, true, false), (MAIL, false, true), ("", true, false)] {
        let answer = browser.get(&server.request(&[("resource", resource)])).await;
        let token = server.redeem(&answer).await.access;
        for (asker, active) in [(&server, here), (&other, there)] {
            let told = asker.introspect(&token).await;
            assert_eq!(told.json()["active"], active, "{resource} at {}", asker.client_id);
            assert!(active || told.body == r#"{"active":false}"#, "{}", told.body);
        }
    }
}

/// RFC 6749, section 3.3: a scope has a word at least.
#[actix_web::test]
async fn a_client_without_scopes_of_its_own_is_told_of_none() {
    let idp = Idp::start().await;
    let app = idp.app("worker");
    idp.import(json!({"clients": [{"client_id": "worker", "client_secret": app.secret(), "redirect_uris": [],
        "response_types": [], "grant_types": ["client_credentials"]}]}))
        .await;
    for scope in ["", "%20", " "] {
        let told =
            app.token(&[("grant_type", "client_credentials"), ("scope", &scope.replace("%20", "  "))]).await.json();
        assert_eq!((told["token_type"].as_str(), told.get("scope")), (Some("Bearer"), None), "{told}");
    }
}

/// The record of an app that calls these, with this scope.
fn calling(app: &RelyingApp, calls: &[&str], scope: &str) -> Value {
    json!({"clients": [{"client_id": app.client_id, "client_secret": app.secret(), "redirect_uris": [app.redirect_uri()],
        "consent": "skip", "calls": calls, "scope": scope, "grant_types": ["authorization_code", "refresh_token", GRANT]}]})
}

/// What was granted before its record lost something: a code, a refresh token and a device that was let in, each to be
/// turned into tokens.
async fn granted_and_then(record: impl Fn(&RelyingApp) -> Value, check: impl AsyncFn(&str, crate::harness::Answer)) {
    for way in ["code", "refresh token", "device"] {
        let idp = Idp::start().await;
        let app = idp.app("caller");
        idp.import(calling(&app, &[API, MAIL], "openid ledger mail")).await;
        let mut browser = idp.browser();
        browser.enter(&idp.app("social")).await;
        let asked = [("resource", API), ("resource", MAIL), ("scope", "openid ledger mail")];
        let answer = match way {
            "device" => {
                let codes = app.post("/device_authorization", &asked).await.json();
                let page = enter(&mut browser, text(&codes, "user_code")).await;
                browser.submit(&page, "/consent", &[("decision", "allow")]).await;
                idp.import(record(&app)).await;
                app.token(&[("grant_type", GRANT), ("device_code", text(&codes, "device_code"))]).await
            }
            _ => {
                let code = browser.get(&app.request(&asked)).await;
                if way == "code" {
                    idp.import(record(&app)).await;
                    app.try_redeem(&code.parameter("code").unwrap()).await
                } else {
                    let tokens = app.redeem(&code).await;
                    idp.import(record(&app)).await;
                    app.try_refresh(&tokens.refresh).await
                }
            }
        };
        check(way, answer).await;
    }
}

#[actix_web::test]
async fn what_an_app_may_call_no_longer_it_gets_no_token_for_whatever_was_granted() {
    granted_and_then(
        |app| calling(app, &[MAIL], "openid ledger mail"),
        async |way, answer| {
            assert_eq!(answer.status, 200, "{way}: {}", answer.body);
            assert_eq!(claims_of(answer.json()["access_token"].as_str().unwrap())["aud"], MAIL, "{way}");
        },
    )
    .await;
    granted_and_then(
        |app| calling(app, &[], "openid ledger mail"),
        async |way, answer| {
            assert_eq!((answer.status.as_u16(), answer.error()), (400, "invalid_target".into()), "{way}")
        },
    )
    .await;
}

/// Nor is it told at the userinfo endpoint, though an access token of before names the scope.
#[actix_web::test]
async fn claims_of_a_scope_that_its_record_lost_an_app_is_told_no_longer() {
    let idp = Idp::start().await;
    let app = idp.app("caller");
    idp.import(calling(&app, &[], "openid profile email")).await;
    let mut browser = idp.browser();
    let page = browser.get(&app.request(&[("scope", "openid profile email")])).await;
    let tokens = app.redeem(&browser.sign_in(&page).await).await;
    let told = app.userinfo(&tokens.access).await.json();
    assert!(told["email"].is_string() && told["name"].is_string(), "{told}");
    idp.import(calling(&app, &[], "openid profile")).await;
    let told = app.userinfo(&tokens.access).await.json();
    assert!(told.get("email").is_none() && told["name"].is_string(), "{told}");
}

#[actix_web::test]
async fn a_scope_that_its_record_lost_an_app_gets_no_longer_whatever_was_granted() {
    granted_and_then(
        |app| calling(app, &[API, MAIL], "openid mail"),
        async |way, answer| {
            let told = answer.json();
            assert_eq!(
                (answer.status.as_u16(), &told["scope"]),
                (200, &json!("mail openid")),
                "{way}: {}",
                answer.body
            );
            assert_eq!(claims_of(told["access_token"].as_str().unwrap())["scope"], "mail", "{way}");
        },
    )
    .await;
    granted_and_then(
        |app| calling(app, &[API, MAIL], "other"),
        async |way, answer| {
            assert_eq!((answer.status.as_u16(), answer.error()), (400, "invalid_scope".into()), "{way}")
        },
    )
    .await;
}
