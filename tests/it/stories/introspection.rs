//! A token is asked about (RFC 7662) and given back (RFC 7009).

use crate::harness::{Browser, ISSUER, Idp, Tokens, claims_of};
use serde_json::json;

const API: &str = "https://api.example.com/ledger";

#[actix_web::test]
async fn a_good_token_is_told_with_all_it_says() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let tokens = social.redeem(&idp.browser().enter(&social).await).await;
    let told = social.introspect(&tokens.access).await;
    assert_eq!((told.status.as_u16(), told.header("cache-control")), (200, "no-store"));
    let mut expected = claims_of(&tokens.access);
    expected["active"] = true.into();
    expected["token_type"] = "Bearer".into();
    assert_eq!(told.json(), expected);

    let told = social.introspect(&tokens.refresh).await.json();
    let expected = json!({
        "active": true, "iss": ISSUER, "client_id": "social", "sub": expected["sub"], "scope": tokens.scope,
        "auth_time": expected["auth_time"], "acr": expected["acr"], "amr": expected["amr"],
    });
    assert_eq!(told, expected);
}

#[actix_web::test]
async fn a_refresh_token_is_good_as_long_as_it_would_be_taken() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let first = social.redeem(&idp.browser().enter(&social).await).await;
    let second = social.refresh(&first.refresh).await;
    let active = async |token: &str| social.introspect(token).await.json()["active"].clone();
    // Inside the retry window the one before is answered with the same successor.
    assert_eq!((active(&first.refresh).await, active(&second.refresh).await), (json!(true), json!(true)));
    idp.pass("61s");
    assert_eq!((active(&first.refresh).await, active(&second.refresh).await), (json!(false), json!(true)));
    // Asking about a spent one is no use of it: the grant lives.
    assert_eq!(social.userinfo(&second.access).await.status, 200);
}

#[actix_web::test]
async fn whoever_serves_an_audience_may_ask_and_nobody_else() {
    let idp = Idp::start().await;
    let (asking, serving, other) = (idp.app("asking"), idp.app("serving"), idp.app("social"));
    let calling = idp.app("calling");
    let client = |app: &crate::harness::RelyingApp| {
        json!({"client_id": app.client_id, "client_secret": app.secret(), "consent": "skip", "calls": [API],
            "redirect_uris": [app.redirect_uri()]})
    };
    // The server of the resource signs nobody in, and asks for no tokens.
    let server = json!({"client_id": "serving", "client_secret": serving.secret(), "resources": [API], "grant_types": [],
        "response_types": [], "redirect_uris": []});
    idp.import(json!({"clients": [client(&asking), client(&calling), server]})).await;
    let mut browser = idp.browser();
    browser.enter(&other).await;
    let code = browser.get(&asking.request(&[("resource", API), ("scope", "openid")])).await;
    let tokens = asking.redeem(&code).await;
    assert_eq!(claims_of(&tokens.access)["aud"], API);
    // Whoever may call it too learns nothing of another app's tokens for it.
    for (app, active) in [(&asking, true), (&serving, true), (&calling, false), (&other, false)] {
        assert_eq!(app.introspect(&tokens.access).await.json()["active"], active, "{}", app.client_id);
    }
    // A refresh token is its own client's alone.
    for (app, active) in [(&asking, true), (&serving, false), (&other, false)] {
        assert_eq!(app.introspect(&tokens.refresh).await.json()["active"], active, "{}", app.client_id);
    }
    assert_eq!(serving.introspect(&tokens.access).await.json()["aud"], API);
    // It is dead with its session, at once.
    sign_out(&mut browser).await;
    assert_eq!(serving.introspect(&tokens.access).await.body, r#"{"active":false}"#);
}

#[actix_web::test]
async fn what_is_given_back_is_dead_and_the_session_goes_on() {
    let idp = Idp::start().await;
    for id in ["social", "spa"] {
        let app = idp.app(id);
        let mut browser = idp.browser();
        for which in ["access", "refresh"] {
            let tokens = match which {
                "access" => app.redeem(&browser.enter(&app).await).await,
                _ => app.redeem(&browser.silently(&app).await).await,
            };
            let given = if which == "access" { &tokens.access } else { &tokens.refresh };
            let answer = app.give_back(given).await;
            assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""), "{id} {which}");
            assert_eq!(app.userinfo(&tokens.access).await.status, 401, "{id} {which}");
            assert_eq!(app.try_refresh(&tokens.refresh).await.error(), "invalid_grant", "{id} {which}");
            // Twice is once.
            assert_eq!(app.give_back(given).await.status, 200, "{id} {which}");
            assert!(browser.silently(&app).await.parameter("code").is_some(), "{id}: the session goes on");
        }
    }
    let events = idp.flows().store.events(None, 50).await.unwrap().items;
    assert_eq!(events.iter().filter(|event| event.reason.as_deref() == Some("given_back")).count(), 4, "{events:?}");
}

#[actix_web::test]
async fn an_offline_grant_can_be_given_back_after_its_session() {
    let idp = Idp::start().await;
    let offline = idp.app("offline");
    let mut browser = idp.browser();
    let page = browser.authorize(&offline, &[("scope", "openid offline_access")]).await;
    let consent = browser.sign_in(&page).await;
    let consent = browser.get(consent.location()).await;
    let tokens: Tokens = offline.redeem(&browser.submit(&consent, "/consent", &[("decision", "allow")]).await).await;
    sign_out(&mut browser).await;
    assert_eq!(offline.introspect(&tokens.refresh).await.json()["active"], true, "it outlives the session");
    assert_eq!(offline.give_back(&tokens.refresh).await.status, 200);
    assert_eq!(offline.introspect(&tokens.refresh).await.json()["active"], false);
    assert_eq!(offline.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
}

async fn sign_out(browser: &mut Browser) {
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
}
