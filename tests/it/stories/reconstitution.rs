//! A session that timed out comes back for its own person in its own browser, and for nobody else.

use crate::harness::{Browser, Idp, PASSWORD, RelyingApp, Tokens, USERNAME};
use serde_json::Value;

/// Idle 30 minutes, absolute 2 hours, an hour to come back.
async fn strict() -> Idp {
    Idp::with(|config| {
        config.session.idle_timeout = "30m".parse().unwrap();
        config.session.max_lifetime = "2h".parse().unwrap();
        config.session.reconstitution_window = "1h".parse().unwrap();
    })
    .await
}

fn sid(tokens: &Tokens) -> Value {
    tokens.claims()["sid"].clone()
}

fn prev_sid(tokens: &Tokens) -> Value {
    tokens.claims()["prev_sid"].clone()
}

/// A browser that takes part in two apps, and what they hold.
async fn in_two_apps(idp: &Idp) -> (Browser, [(RelyingApp, Tokens); 2]) {
    let (mut browser, social, elliptic) = (idp.browser(), idp.app("social"), idp.app("elliptic"));
    let answer = browser.enter(&social).await;
    let at_social = social.redeem(&answer).await;
    let at_elliptic = elliptic.redeem(&browser.authorize(&elliptic, &[]).await).await;
    (browser, [(social, at_social), (elliptic, at_elliptic)])
}

async fn all_dead(apps: &[(RelyingApp, Tokens)]) {
    for (app, tokens) in apps {
        assert_eq!(app.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
        assert_eq!(app.userinfo(&tokens.access).await.status, 401);
    }
}

#[actix_web::test]
async fn after_an_idle_or_absolute_end_the_person_continues_where_they_were() {
    for (how, spans) in [("idle", vec!["31m"]), ("absolute", vec!["29m", "29m", "29m", "29m", "5m"])] {
        let idp = strict().await;
        let (mut browser, apps) = in_two_apps(&idp).await;
        let [(social, at_social), (elliptic, _)] = &apps;
        let unredeemed = browser.authorize(social, &[]).await.parameter("code").unwrap();
        let last = spans.len() - 1;
        for (place, span) in spans.into_iter().enumerate() {
            idp.pass(span);
            if place < last {
                browser.authorize(social, &[]).await;
            }
        }
        let replay = browser.copied();
        assert_eq!(browser.silently(social).await.error(), "login_required", "{how}");
        let page = browser.authorize(elliptic, &[("state", "the pending one")]).await;
        assert!(page.body.contains("id=\"sign-in\""), "{how}: {}", page.body);
        for secret in [USERNAME, "Mira", "The social"] {
            assert!(!page.body.contains(secret), "{how}: the page shows {secret} before anybody authenticated");
        }
        let answer = browser.sign_in(&page).await;
        assert_eq!(answer.parameter("state").as_deref(), Some("the pending one"), "the pending request goes on");
        let again = elliptic.redeem(&answer).await;
        assert_ne!(sid(&again), sid(at_social));
        assert_eq!(prev_sid(&again), sid(&apps[1].1), "{how}");
        // The other app takes part as before, without a question, and learns of the new name when it asks.
        let silent = social.redeem(&browser.silently(social).await).await;
        assert_eq!((sid(&silent), prev_sid(&silent)), (sid(&again), sid(at_social)), "{how}");
        // What was before is dead for ever.
        all_dead(&apps).await;
        assert_eq!(social.try_redeem(&unredeemed).await.error(), "invalid_grant");
        let mut replay = replay;
        assert_eq!(replay.silently(social).await.error(), "login_required", "{how}: the old cookie");
        let claims = silent.claims();
        assert!(claims["auth_time"].as_i64() >= Some(idp.now().0), "{how}: {claims}");
    }
}

#[actix_web::test]
async fn it_can_happen_again_and_an_app_that_missed_one_is_told_the_name_it_knew() {
    let idp = strict().await;
    let (mut browser, apps) = in_two_apps(&idp).await;
    let [(social, _), (elliptic, at_elliptic)] = &apps;
    let mut before = sid(&apps[0].1);
    for _ in 0..3 {
        idp.pass("31m");
        let answer = browser.enter(social).await;
        let tokens = social.redeem(&answer).await;
        assert_eq!(prev_sid(&tokens), before);
        before = sid(&tokens);
    }
    let late = elliptic.redeem(&browser.silently(elliptic).await).await;
    assert_eq!((sid(&late), prev_sid(&late)), (before, sid(at_elliptic)));
    let renewed = elliptic.refresh(&late.refresh).await;
    assert_eq!(prev_sid(&renewed), sid(at_elliptic), "a renewed ID token says so, too");
}

#[actix_web::test]
async fn an_app_with_limits_of_its_own_asks_for_itself() {
    let idp = strict().await;
    let (mut browser, bank, social) = (idp.browser(), idp.app("bank"), idp.app("social"));
    let answer = browser.enter(&bank).await;
    let at_bank = bank.redeem(&answer).await;
    social.redeem(&browser.authorize(&social, &[]).await).await;
    idp.pass("31m");
    browser.enter(&social).await;
    assert_eq!(browser.silently(&bank).await.error(), "login_required", "the bank comes back only when it is visited");
    let again = bank.redeem(&browser.authorize(&bank, &[]).await).await;
    assert_eq!(prev_sid(&again), sid(&at_bank));
    let session_expiry = again.claims()["session_expiry"].as_i64();
    assert_eq!(session_expiry, Some(idp.now().0 + 600), "its own absolute limit, from the new authentication");
    bank.refresh(&again.refresh).await;
}

#[actix_web::test]
async fn a_part_that_ended_alone_begins_anew_under_another_name() {
    let idp = Idp::start().await;
    let (mut browser, bank, social) = (idp.browser(), idp.app("bank"), idp.app("social"));
    let answer = browser.enter(&bank).await;
    let at_bank = bank.redeem(&answer).await;
    let at_social = social.redeem(&browser.authorize(&social, &[]).await).await;
    assert_eq!(sid(&at_bank), sid(&at_social), "first parts share the name of the session");
    idp.pass("3m");
    let page = browser.authorize(&bank, &[]).await;
    let again = bank.redeem(&browser.sign_in(&page).await).await;
    assert_ne!(sid(&again), sid(&at_bank), "a late notice of the part before must hit nobody");
    assert_eq!(prev_sid(&again), sid(&at_bank));
    let silent = social.redeem(&browser.silently(&social).await).await;
    assert_eq!((sid(&silent), prev_sid(&silent)), (sid(&at_social), Value::Null), "the others do not notice");
    // By the new name as well the session can be signed out of.
    browser.get(&format!("/end_session?id_token_hint={}", again.id)).await;
    assert_eq!(browser.silently(&social).await.error(), "login_required");
}

/// Everything that must not bring it back; afterwards the person signs in with a session of no past.
#[actix_web::test]
async fn what_never_brings_it_back() {
    for what in ["somebody else", "a sign-out", "another browser", "the window is over", "disabled", "everywhere"] {
        let idp = strict().await;
        let (mut browser, apps) = in_two_apps(&idp).await;
        let [(social, at_social), _] = &apps;
        let signed_out = format!("/end_session?id_token_hint={}", at_social.id);
        if what == "disabled" || what == "everywhere" {
            idp.pass("31m");
            idp.end_account_of(USERNAME, what == "disabled").await;
        }
        match what {
            "somebody else" => {
                idp.pass("31m");
                let page = browser.authorize(social, &[]).await;
                let answer = browser.sign_in_as(&page, "otto", "another person entirely").await;
                let of_otto = social.redeem(&answer).await;
                assert_eq!(prev_sid(&of_otto), Value::Null);
                assert_ne!(of_otto.claims()["sub"], at_social.claims()["sub"]);
                browser.get(&format!("/end_session?id_token_hint={}", of_otto.id)).await;
            }
            "a sign-out" => {
                idp.pass("31m");
                let gone = browser.get(&signed_out).await;
                assert!(gone.body.contains("signed out") && !gone.body.contains("social"), "nothing is asked or shown");
            }
            "another browser" => {
                idp.pass("31m");
                browser = idp.browser();
            }
            "the window is over" => idp.pass("91m"),
            _ => (),
        }
        let answer = browser.enter(social).await;
        let fresh = social.redeem(&answer).await;
        assert_eq!(prev_sid(&fresh), Value::Null, "{what}");
        all_dead(&apps).await;
        let silent = browser.silently(&apps[1].0).await;
        let tokens = apps[1].0.redeem(&silent).await;
        assert_eq!(prev_sid(&tokens), Value::Null, "{what}: no memory of it is left");
    }
}

#[actix_web::test]
async fn a_wrong_password_and_a_silent_request_change_nothing() {
    let idp = strict().await;
    let (mut browser, apps) = in_two_apps(&idp).await;
    let [(social, at_social), _] = &apps;
    idp.pass("31m");
    let before = idp.contents().await;
    assert_eq!(browser.silently(social).await.error(), "login_required");
    let page = browser.authorize(social, &[]).await;
    browser.get("/account").await;
    assert_eq!(idp.contents().await, before, "looking at a dormant session stores nothing");
    let refused = browser.sign_in_as(&page, USERNAME, "not her password").await;
    assert_eq!(refused.status, 422);
    let tokens = social.redeem(&browser.sign_in_as(&page, USERNAME, PASSWORD).await).await;
    assert_eq!(prev_sid(&tokens), sid(at_social));
}
