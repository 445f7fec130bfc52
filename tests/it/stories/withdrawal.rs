//! A person takes back what they allowed an app: nothing that it has, or was about to get, is good any more.

use crate::harness::{Browser, Idp, Tokens};
use abide::model::record::Kind;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[actix_web::test]
async fn what_an_app_has_is_dead_when_its_access_is_withdrawn() {
    let idp = Idp::start().await;
    let asking = idp.app("asking");
    let (mut here, mut there) = (idp.browser(), idp.browser());
    let consent = here.authorize(&asking, &[]).await;
    let waiting = here.sign_in(&consent).await;
    let page = here.get(waiting.location()).await;
    let tokens = asking.redeem(&here.submit(&page, "/consent", &[("decision", "allow")]).await).await;
    // The same person in another browser, where the consent counts as well.
    let elsewhere = asking.redeem(&there.enter(&asking).await).await;
    let unredeemed = here.silently(&asking).await.parameter("code").unwrap();

    let account = here.get("/account").await;
    let answer = here.submit(&account, "/account/withdraw", &[]).await;
    assert_eq!(answer.location(), "/account?done=withdrawn");

    for (name, had) in [("here", &tokens), ("in another session", &elsewhere)] {
        assert_eq!(asking.userinfo(&had.access).await.status, 401, "{name}");
        assert_eq!(asking.try_refresh(&had.refresh).await.error(), "invalid_grant", "{name}");
        assert_eq!(asking.introspect(&had.access).await.body, r#"{"active":false}"#, "{name}");
    }
    assert_eq!(asking.try_redeem(&unredeemed).await.error(), "invalid_grant");
    for browser in [&mut here, &mut there] {
        let silent = browser.silently(&asking).await;
        assert_eq!(silent.error(), "login_required", "the app has to come visibly");
        // And then the person is asked as on the first day, without a password.
        assert!(browser.authorize(&asking, &[]).await.body.contains("id=\"allow\""));
        assert!(browser.silently(&idp.app("social")).await.parameter("code").is_some(), "other apps go on");
    }
}

#[actix_web::test]
async fn a_device_that_was_allowed_and_did_not_ask_yet_gets_nothing() {
    let idp = Idp::start().await;
    idp.import(json!({"clients": [{"client_id": "tv", "token_endpoint_auth_method": "none", "redirect_uris": [],
        "response_types": [], "grant_types": [DEVICE, "refresh_token"], "scope": "openid profile"}]}))
        .await;
    let fields = [("client_id", "tv"), ("scope", "openid profile")];
    let codes = idp.call(TestRequest::post().uri("/device_authorization").set_form(fields)).await.json();
    let code = |name: &str| codes[name].as_str().unwrap().to_owned();
    let poll = async |code: &str| {
        let fields = [("client_id", "tv"), ("grant_type", DEVICE), ("device_code", code)];
        idp.call(TestRequest::post().uri("/token").set_form(fields)).await
    };
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    let allow = async |browser: &mut Browser, user_code: &str| {
        let page = browser.get("/device").await;
        let page = browser.submit(&page, "/device", &[("user_code", user_code)]).await;
        browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    };
    allow(&mut browser, &code("user_code")).await;
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/withdraw", &[]).await;
    assert_eq!(poll(&code("device_code")).await.error(), "invalid_grant");

    // Asked and allowed anew, it works; and is withdrawn with what it got.
    let codes = idp.call(TestRequest::post().uri("/device_authorization").set_form(fields)).await.json();
    allow(&mut browser, codes["user_code"].as_str().unwrap()).await;
    let tokens = Tokens::of(&poll(codes["device_code"].as_str().unwrap()).await);
    assert_eq!(idp.app("tv").userinfo(&tokens.access).await.status, 200);
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/withdraw", &[]).await;
    assert_eq!(idp.app("tv").userinfo(&tokens.access).await.status, 401);
}

/// Every way in, stopped between reading what the person allowed and beginning the app's part; there the person takes it back
/// in another browser.
#[actix_web::test]
async fn an_app_that_comes_in_while_its_access_is_withdrawn_gets_nothing() {
    let idp = Idp::start().await;
    let app = |id: &str, consent: &str| {
        json!({"client_id": id, "client_secret": idp.app(id).secret(), "consent": consent, "offline_access": true,
            "redirect_uris": [idp.app(id).redirect_uri()], "response_types": ["code", "code id_token token"],
            "grant_types": ["authorization_code", "implicit", "refresh_token", DEVICE],
            "scope": "openid profile email offline_access"})
    };
    idp.import(json!({"clients": [app("asking", "ask"), app("vouched", "skip")]})).await;
    let offline = ("scope", "openid offline_access");
    for (client, way, extra, told) in [
        ("asking", "visibly", &[][..], "access_denied"),
        ("asking", "visibly", &[("response_type", "code id_token token")], "access_denied"),
        ("asking", "visibly", &[("response_type", "code id_token token"), offline], "access_denied"),
        ("vouched", "visibly", &[offline], "access_denied"),
        ("asking", "silently", &[("prompt", "none")], "consent_required"),
        ("vouched", "silently", &[("prompt", "none"), offline], "consent_required"),
        ("asking", "by allowing", &[("prompt", "consent")], "access_denied"),
        ("vouched", "by allowing", &[("prompt", "consent")], "access_denied"),
        ("vouched", "by allowing", &[("prompt", "consent"), offline], "access_denied"),
    ] {
        let case = format!("{client} {way} {extra:?}");
        let app = idp.app(client);
        let (mut here, mut there) = (idp.browser(), idp.browser());
        for browser in [&mut here, &mut there] {
            browser.enter(&idp.app("social")).await;
        }
        let everything = ("scope", "openid profile email offline_access");
        let page = here.authorize(&app, &[("prompt", "consent"), everything]).await;
        here.submit(&page, "/consent", &[("decision", "allow")]).await;
        let account = here.get("/account").await;
        let withdrawing = async { here.submit(&account, "/account/withdraw", &[]).await };
        let asked = if way == "by allowing" { Some(there.authorize(&app, extra).await) } else { None };
        let stopping = idp.stop_at(Kind::Session);
        let coming = async {
            match (&asked, way) {
                (Some(page), _) => there.submit(page, "/consent", &[("decision", "allow")]).await,
                (None, "silently") => there.get_scripted(&app.request(extra)).await,
                (None, _) => there.authorize(&app, extra).await,
            }
        };
        let (entered, withdrawn) = tokio::join!(coming, stopping.meanwhile(withdrawing));
        assert_eq!(withdrawn.location(), "/account?done=withdrawn", "{case}");
        let said = entered.told();
        let named = |name: &str| said.iter().find(|(said, _)| said == name).map(|(_, value)| value.as_str());
        assert_eq!(named("error"), Some(told), "{case}: {said:?}");
        for gift in ["code", "access_token", "id_token"] {
            assert_eq!(named(gift), None, "{case}");
        }
        // No part of it is left, either: it has to come visibly, as on the first day.
        assert_eq!(there.silently(&app).await.error(), "login_required", "{case}");
    }
}

#[actix_web::test]
async fn a_device_that_is_allowed_while_its_access_is_withdrawn_gets_nothing() {
    for consent in ["ask", "skip"] {
        let idp = Idp::start().await;
        idp.import(json!({"clients": [{"client_id": "tv", "token_endpoint_auth_method": "none", "redirect_uris": [],
            "consent": consent, "response_types": [], "grant_types": [DEVICE, "refresh_token"], "scope": "openid profile"}]}))
            .await;
        let fields = [("client_id", "tv"), ("scope", "openid profile")];
        let ask = async || idp.call(TestRequest::post().uri("/device_authorization").set_form(fields)).await.json();
        let (mut here, mut there) = (idp.browser(), idp.browser());
        for browser in [&mut here, &mut there] {
            browser.enter(&idp.app("social")).await;
        }
        let page_for = async |browser: &mut Browser, codes: &Value| {
            let page = browser.get("/device").await;
            browser.submit(&page, "/device", &[("user_code", codes["user_code"].as_str().unwrap())]).await
        };
        let page = page_for(&mut here, &ask().await).await;
        here.submit(&page, "/consent", &[("decision", "allow")]).await;
        let account = here.get("/account").await;
        let codes = ask().await;
        let page = page_for(&mut there, &codes).await;
        let stopping = idp.stop_at(Kind::Session);
        let withdrawing = async { here.submit(&account, "/account/withdraw", &[]).await };
        let allowing = async { there.submit(&page, "/consent", &[("decision", "allow")]).await };
        let (_, withdrawn) = tokio::join!(allowing, stopping.meanwhile(withdrawing));
        assert_eq!(withdrawn.location(), "/account?done=withdrawn");
        let device_code = codes["device_code"].as_str().unwrap();
        let fields = [("client_id", "tv"), ("grant_type", DEVICE), ("device_code", device_code)];
        let answer = idp.call(TestRequest::post().uri("/token").set_form(fields)).await;
        assert!(answer.json().get("access_token").is_none(), "{consent}: {}", answer.body);
        assert!(!answer.error().is_empty(), "{consent}: {}", answer.body);
    }
}
