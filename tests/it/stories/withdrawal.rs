//! A person takes back what they allowed an app: nothing that it has, or was about to get, is good any more.

use crate::harness::{Idp, Tokens};
use actix_web::test::TestRequest;
use serde_json::json;

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
    let allow = async |browser: &mut crate::harness::Browser, user_code: &str| {
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

#[actix_web::test]
async fn an_app_that_comes_in_while_its_access_is_withdrawn_keeps_nothing() {
    let idp = Idp::start().await;
    let asking = idp.app("asking");
    // One person in two browsers, who takes back in the one and opens the app in the other.
    let (mut here, mut there) = (idp.browser(), idp.browser());
    for browser in [&mut here, &mut there] {
        browser.enter(&idp.app("social")).await;
    }
    let (mut given, mut refused, mut asked) = (0, 0, 0);
    for round in 0..120 {
        let page = here.authorize(&asking, &[]).await;
        let allowed = here.submit(&page, "/consent", &[("decision", "allow")]).await;
        assert!(allowed.parameter("code").is_some(), "round {round}");
        let account = here.get("/account").await;
        let entering = async {
            for _ in 0..round % 4 {
                tokio::task::yield_now().await;
            }
            there.authorize(&asking, &[]).await
        };
        let withdrawing = async {
            for _ in 0..round / 4 {
                tokio::task::yield_now().await;
            }
            here.submit(&account, "/account/withdraw", &[]).await
        };
        let (entered, withdrawn) = tokio::join!(entering, withdrawing);
        assert_eq!(withdrawn.location(), "/account?done=withdrawn");
        if !entered.status.is_redirection() {
            asked += 1;
        } else if let Some(code) = entered.parameter("code") {
            given += 1;
            assert_eq!(asking.try_redeem(&code).await.error(), "invalid_grant", "round {round}");
        } else {
            refused += 1;
            assert_eq!(entered.error(), "access_denied", "round {round}");
        }
    }
    let all = [given, refused, asked];
    assert!(all.iter().all(|rounds| *rounds > 0), "before it, beside it, after it: {all:?}");
}
