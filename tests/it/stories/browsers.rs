//! Several people, tabs and sessions in one browser; what must not slip through between them.

use crate::harness::Idp;
use abide::flow::import::ReplaceSecrets;
use serde_json::json;

const OTTO: (&str, &str) = ("otto", "another person entirely");

#[actix_web::test]
async fn nobody_silently_follows_whoever_signed_out() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let mira = browser.enter(&social).await;
    let mira = social.redeem(&mira).await;
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    let otto = browser.sign_in_as(&page, OTTO.0, OTTO.1).await;
    let otto = social.redeem(&otto).await;
    browser.get(&format!("/end_session?id_token_hint={}", otto.id)).await;
    assert_eq!(browser.silently(&social).await.error(), "login_required");
    assert!(browser.authorize(&social, &[]).await.body.contains("id=\"sign-in\""));
    // Mira is a choice away, and a hint that names her finds her.
    let page = browser.authorize(&social, &[("prompt", "select_account")]).await;
    assert!(page.body.contains("id=\"sign-in\""), "nobody is signed in as far as this page goes");
    let named = social.request(&[("prompt", "none"), ("id_token_hint", &mira.id)]);
    let answer = browser.get_scripted(&named).await;
    assert_eq!(social.redeem(&answer).await.claims()["sub"], mira.claims()["sub"]);
}

#[actix_web::test]
async fn nor_after_a_second_sign_out_of_somebody_in_the_middle() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    browser.enter(&social).await;
    let mut tokens = Vec::new();
    for (username, password) in [OTTO, ("boss", "the boss of all of this")] {
        let page = browser.authorize(&social, &[("prompt", "login")]).await;
        let answer = browser.sign_in_as(&page, username, password).await;
        tokens.push(social.redeem(&answer).await);
    }
    for tokens in tokens.iter().rev() {
        browser.get(&format!("/end_session?id_token_hint={}", tokens.id)).await;
        assert_eq!(browser.silently(&social).await.error(), "login_required");
    }
}

#[actix_web::test]
async fn a_hint_finds_its_person_among_several_and_refuses_a_stranger() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let mira = browser.enter(&social).await;
    let mira = social.redeem(&mira).await;
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    browser.sign_in_as(&page, OTTO.0, OTTO.1).await;
    let answer = browser.get_scripted(&social.request(&[("prompt", "none"), ("id_token_hint", &mira.id)])).await;
    assert_eq!(social.redeem(&answer).await.claims()["sub"], mira.claims()["sub"]);

    let mut fresh = idp.browser();
    let page = fresh.authorize(&social, &[("id_token_hint", &mira.id)]).await;
    let answer = fresh.sign_in_as(&page, OTTO.0, OTTO.1).await;
    assert_eq!(answer.error(), "login_required", "somebody else than expected");

    // Whoever is expected comes in: by signing in, and where somebody else is signed in as well.
    let (mut fresh, mut others) = (idp.browser(), idp.browser());
    let page = others.authorize(&social, &[]).await;
    others.sign_in_as(&page, OTTO.0, OTTO.1).await;
    for browser in [&mut fresh, &mut others] {
        let page = browser.authorize(&social, &[("id_token_hint", &mira.id)]).await;
        assert!(page.body.contains("id=\"sign-in\""), "{}", page.body);
        let again = social.redeem(&browser.sign_in(&page).await).await;
        assert_eq!(again.claims()["sub"], mira.claims()["sub"]);
    }
}

#[actix_web::test]
async fn consent_is_given_by_whom_the_page_asked() {
    let idp = Idp::start().await;
    let (mut browser, asking, social) = (idp.browser(), idp.app("asking"), idp.app("social"));
    browser.enter(&social).await;
    let page = browser.authorize(&asking, &[]).await;
    assert!(page.body.contains("Mira"));
    let other_tab = browser.authorize(&social, &[("prompt", "login")]).await;
    browser.sign_in_as(&other_tab, OTTO.0, OTTO.1).await;
    let asked_again = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert_eq!(asked_again.status, 200);
    assert!(asked_again.body.contains("otto") && asked_again.body.contains("id=\"allow\""));
    assert_eq!(browser.silently(&asking).await.error(), "consent_required", "nothing was recorded");
}

#[actix_web::test]
async fn two_pages_opened_at_once_in_a_new_browser_can_both_be_used() {
    let idp = Idp::start().await;
    let (mut browser, mut twin) = (idp.browser(), idp.browser());
    let (social, bank) = (idp.app("social"), idp.app("bank"));
    let first = browser.authorize(&social, &[]).await;
    // The second page was asked for before the first one's cookie arrived, and its cookie replaces that.
    let second = twin.authorize(&bank, &[]).await;
    browser.plant("__Host-abide_browser", twin.cookie("__Host-abide_browser").unwrap());
    let again = browser.sign_in(&first).await;
    assert_eq!(again.status, 422);
    assert!(again.text("[role=alert]").is_some());
    let answer = browser.sign_in(&again).await;
    social.redeem(&answer).await;
    let answer = browser.sign_in(&second).await;
    bank.redeem(&answer).await;
    // A silent request beside a page gives no new id.
    let mut hidden = idp.browser();
    hidden.silently(&social).await;
    assert_eq!(hidden.cookie("__Host-abide_browser"), None);
}

#[actix_web::test]
async fn a_browser_that_lost_its_own_cookie_can_still_sign_out() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    browser.enter(&social).await;
    let mut other = idp.browser();
    other.plant("__Host-abide_session", browser.cookie("__Host-abide_session").unwrap());
    let page = other.get("/account").await;
    let out = other.submit(&page, "/account/sign-out", &[]).await;
    assert_eq!(other.get(out.location()).await.status, 200);
}

#[actix_web::test]
async fn ending_the_others_reaches_every_session_however_many() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let mut first = idp.browser();
    first.enter(&social).await;
    for n in 0..104 {
        let mut browser = idp.browser();
        browser.address = format!("10.0.{n}.1:1");
        browser.enter(&social).await;
        idp.tick();
    }
    let mut last = idp.browser();
    last.address = "10.1.0.1:1".to_owned();
    last.enter(&social).await;
    let page = last.get("/account").await;
    last.submit(&page, "/account/end-others", &[]).await;
    assert_eq!(first.silently(&social).await.error(), "login_required");
    assert!(last.silently(&social).await.parameter("code").is_some());
}

#[actix_web::test]
async fn an_offline_grant_ends_with_its_consent_and_with_the_clients_right() {
    let idp = Idp::start().await;
    let offline = idp.app("offline");
    let scope = [("scope", "openid email offline_access")];
    let mut browser = idp.browser();
    let page = browser.authorize(&offline, &scope).await;
    let waiting = browser.sign_in(&page).await;
    let page = browser.get(waiting.location()).await;
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let tokens = offline.redeem(&answer).await;
    let tokens = offline.refresh(&tokens.refresh).await;
    assert!(tokens.claims()["sid"].is_null(), "a renewed offline grant names no session");

    let account = browser.get("/account").await;
    browser.submit(&account, "/account/withdraw", &[]).await;
    assert_eq!(offline.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
    idp.tick();
    let page = browser.authorize(&offline, &scope).await;
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let second = offline.redeem(&answer).await;
    assert_eq!(offline.try_refresh(&tokens.refresh).await.error(), "invalid_grant", "a new consent revives nothing");

    let record = |extra: serde_json::Value| {
        let mut client = json!({"client_id": "offline", "consent": "skip", "redirect_uris": ["https://offline.example.com/callback"]});
        client.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"clients": [client]})
    };
    idp.import(record(json!({"offline_access": true, "scope": "openid offline_access"}))).await;
    let narrowed = offline.refresh(&second.refresh).await;
    assert_eq!(narrowed.scope, "offline_access openid", "what the client may not have any more it does not get");
    idp.import(record(json!({"offline_access": false}))).await;
    assert_eq!(offline.try_refresh(&narrowed.refresh).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn long_states_travel_and_long_nonces_are_refused() {
    let idp = Idp::start().await;
    let (mut browser, asking) = (idp.browser(), idp.app("asking"));
    let state = "s".repeat(7000);
    let page = browser.authorize(&asking, &[("state", &state)]).await;
    let waiting = browser.sign_in(&page).await;
    let page = browser.get(waiting.location()).await;
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert_eq!(answer.parameter("state").as_deref(), Some(state.as_str()));
    asking.redeem(&answer).await;
    let nonce = "n".repeat(513);
    assert_eq!(browser.authorize(&asking, &[("nonce", &nonce)]).await.error(), "invalid_request");
    let nonce = "n".repeat(512);
    let answer = browser.authorize(&asking, &[("nonce", &nonce)]).await;
    assert_eq!(asking.redeem(&answer).await.claims()["nonce"], nonce.as_str());
    let page = browser.get(&format!("/end_session?state={state}")).await;
    let out = browser.submit(&page, "/end_session/confirm", &[("choice", "sign-out")]).await;
    assert!(out.location().starts_with("/signed-out?r="));
}

#[actix_web::test]
async fn ipv4_within_ipv6_counts_as_ipv4() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let mut guesser = idp.browser();
    guesser.address = "[::ffff:198.51.100.1]:1".to_owned();
    let page = guesser.authorize(&social, &[]).await;
    for n in 0..31 {
        guesser.sign_in_as(&page, &format!("nobody-{n}"), "not a password").await;
    }
    assert_eq!(guesser.sign_in(&page).await.status, 429);
    let mut other = idp.browser();
    other.address = "[::ffff:198.51.100.2]:1".to_owned();
    let page = other.authorize(&social, &[]).await;
    assert!(other.sign_in(&page).await.parameter("code").is_some());
}

#[actix_web::test]
async fn replacing_secrets_twice_changes_nothing_the_second_time() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let file = json!({"users": [{"username": "mira", "password": "a wholly different passphrase"}],
        "clients": [{"client_id": "weak", "client_secret": "short", "weak_secret": true, "redirect_uris": ["https://weak.example.com/cb"]}]});
    assert_eq!(idp.try_import(file.clone(), ReplaceSecrets::No).await, Ok((1, 0, 1)));
    assert_eq!(idp.try_import(file.clone(), ReplaceSecrets::Yes).await, Ok((0, 1, 1)));
    let page = browser.authorize(&social, &[]).await;
    browser.sign_in_as(&page, "mira", "a wholly different passphrase").await;
    assert_eq!(idp.try_import(file, ReplaceSecrets::Yes).await, Ok((0, 0, 2)));
    assert!(browser.silently(&social).await.parameter("code").is_some(), "nobody was signed out for nothing");
}
