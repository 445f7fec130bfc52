//! Endings: sign-out, revocation, a disabled account.

use crate::harness::Idp;
use serde_json::Value;

/// Somebody else.
const OTTO: (&str, &str) = ("otto", "another person entirely");

#[actix_web::test]
async fn a_genuine_hint_signs_out_without_a_question() {
    let idp = Idp::start().await;
    let (mut browser, bank, social) = (idp.browser(), idp.app("bank"), idp.app("social"));
    let answer = browser.enter(&bank).await;
    let at_bank = bank.redeem(&answer).await;
    let at_social = social.redeem(&browser.authorize(&social, &[]).await).await;
    let unredeemed = browser.authorize(&social, &[]).await.parameter("code").unwrap();
    let request = end_session(&[
        ("id_token_hint", &at_bank.id),
        ("post_logout_redirect_uri", "https://bank.example.com/bye"),
        ("state", "s 1"),
    ]);
    let mut replay = browser.copied();
    let answer = browser.get(&request).await;
    assert_eq!(answer.location(), "https://bank.example.com/bye?state=s%201");
    assert_eq!(social.try_refresh(&at_social.refresh).await.error(), "invalid_grant");
    assert_eq!(social.try_redeem(&unredeemed).await.error(), "invalid_grant");
    assert_eq!(social.userinfo(&at_social.access).await.status, 401);
    assert_eq!(browser.silently(&social).await.error(), "login_required");
    assert_eq!(replay.silently(&social).await.error(), "login_required", "the old cookie is worth nothing");
}

#[actix_web::test]
async fn an_expired_hint_is_honoured_and_a_foreign_one_asks() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    let mut other = idp.browser();
    let answer = other.enter(&social).await;
    let foreign = social.redeem(&answer).await;
    idp.pass("1h");
    for hint in [foreign.id.as_str(), "x.y.z", &tokens.access, ""] {
        let page = browser.get(&end_session(&[("id_token_hint", hint)])).await;
        assert!(page.body.contains("id=\"sign-out\""), "{hint}: {}", page.body);
        assert!(browser.silently(&social).await.parameter("code").is_some(), "nothing was ended");
    }
    let page = browser
        .get(&end_session(&[("id_token_hint", &tokens.id), ("post_logout_redirect_uri", "https://evil.example/")]))
        .await;
    assert!(page.body.contains("id=\"sign-out\""));
    let done = browser.submit(&page, "/end_session/confirm", &[("choice", "sign-out")]).await;
    assert!(done.location().starts_with("/signed-out?r="), "and no redirect to an address nobody registered");
    assert_eq!(browser.silently(&social).await.error(), "login_required");
    assert!(other.silently(&social).await.parameter("code").is_some(), "the other browser was not meant");
    let done = other.get(&end_session(&[("id_token_hint", &foreign.id)])).await;
    assert!(done.location().starts_with("/signed-out?r="));
    assert_eq!(other.silently(&social).await.error(), "login_required");
}

#[actix_web::test]
async fn a_picture_of_another_site_signs_nobody_out() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let tokens = social.redeem(&browser.enter(&social).await).await;
    // With the genuine hint of this very session; and without any, and as a person who only looks at a page.
    for request in [end_session(&[("id_token_hint", &tokens.id)]), end_session(&[("client_id", "social")])] {
        let answer = browser.get_framed_elsewhere(&request).await;
        assert!(!answer.headers.contains_key("set-cookie"), "{}", answer.body);
        assert!(browser.silently(&social).await.parameter("code").is_some(), "{request:.40}");
    }
}

#[actix_web::test]
async fn who_signs_out_just_after_a_time_out_is_signed_out() {
    for how in ["the question", "the account page"] {
        let idp = Idp::with(|config| config.session.idle_timeout = "30m".parse().unwrap()).await;
        let (mut browser, social) = (idp.browser(), idp.app("social"));
        browser.enter(&social).await;
        let (path, action, answer): (_, _, &[_]) = match how {
            "the question" => ("/end_session", "/end_session/confirm", &[("choice", "sign-out")]),
            _ => ("/account", "/account/sign-out", &[]),
        };
        idp.pass("25m");
        let page = browser.get(path).await;
        // Looking at the account page was an act; looking at the question was none.
        idp.pass(if how == "the question" { "6m" } else { "31m" });
        let out = browser.submit(&page, action, answer).await;
        assert!(out.status.is_success() || out.status.is_redirection(), "{how}: {}", out.body);
        let again = social.redeem(&browser.enter(&social).await).await;
        assert_eq!(again.claims()["prev_sid"], Value::Null, "{how}: nothing came back");
    }
}

#[actix_web::test]
async fn a_hint_for_a_session_that_timed_out_is_not_turned_against_another() {
    let idp = Idp::with(|config| {
        config.session.idle_timeout = "30m".parse().unwrap();
        config.session.remember.idle_timeout = "10d".parse().unwrap();
    })
    .await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let tokens = social.redeem(&browser.enter(&social).await).await;
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    let (username, password) = OTTO;
    let form = [("username", username), ("password", password), ("remember", "on")];
    browser.submit(&page, "/sign-in", &form).await;
    idp.pass("31m");
    assert!(browser.silently(&social).await.parameter("code").is_some(), "Otto is there, for longer");
    let out = browser.get(&end_session(&[("id_token_hint", &tokens.id)])).await;
    assert!(!out.body.contains("id=\"sign-out\""), "Otto is not asked: {}", out.body);
    assert!(browser.silently(&social).await.parameter("code").is_some(), "nor signed out");
    // And what timed out is over for good.
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    let answer = browser.sign_in(&page).await;
    assert_eq!(social.redeem(&answer).await.claims()["prev_sid"], Value::Null);
}

#[actix_web::test]
async fn the_page_that_asks_can_be_answered_with_no() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    browser.enter(&social).await;
    let page = browser.get("/end_session").await;
    assert!(page.body.contains("The social") && page.body.contains("Mira"));
    let stayed = browser.submit(&page, "/end_session/confirm", &[("choice", "stay")]).await;
    assert_eq!(stayed.status, 200);
    assert!(browser.silently(&social).await.parameter("code").is_some());
    let mut other = idp.browser();
    other.enter(&social).await;
    let foreign = other.submit(&page, "/end_session/confirm", &[("choice", "sign-out")]).await;
    assert_eq!(foreign.status, 403, "the form is another browser's");
}

#[actix_web::test]
async fn an_app_may_ask_to_leave_alone() {
    let idp = Idp::start().await;
    let (mut browser, narrow, social) = (idp.browser(), idp.app("narrow"), idp.app("social"));
    let answer = browser.enter(&narrow).await;
    let tokens = narrow.redeem(&answer).await;
    let at_social = social.redeem(&browser.authorize(&social, &[]).await).await;
    let answer = browser
        .get(&end_session(&[
            ("id_token_hint", &tokens.id),
            ("post_logout_redirect_uri", "https://narrow.example.com/bye"),
        ]))
        .await;
    assert_eq!(answer.location(), "https://narrow.example.com/bye");
    assert_eq!(narrow.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(browser.silently(&narrow).await.error(), "login_required");
    social.refresh(&at_social.refresh).await;
    let back = browser.authorize(&narrow, &[]).await;
    narrow.redeem(&back).await;
}

#[actix_web::test]
async fn a_person_ends_sessions_from_the_account_page() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let (mut here, mut there, mut third) = (idp.browser(), idp.browser(), idp.browser());
    for browser in [&mut here, &mut there, &mut third] {
        browser.enter(&social).await;
    }
    let page = here.get("/account").await;
    let forms = page.body.matches("aria-label=\"Sign out: ").count();
    assert_eq!(forms, 2, "one form for each of the others: {}", page.body);
    here.submit(&page, "/account/end-others", &[]).await;
    for browser in [&mut there, &mut third] {
        assert_eq!(browser.silently(&social).await.error(), "login_required");
    }
    assert!(here.silently(&social).await.parameter("code").is_some());
    let page = here.get("/account").await;
    let out = here.submit(&page, "/account/sign-out", &[]).await;
    assert_eq!(here.get(out.location()).await.status, 200);
    assert_eq!(here.silently(&social).await.error(), "login_required");
}

#[actix_web::test]
async fn an_administrator_ends_a_session_and_disables_an_account() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let (mut boss, mut browser) = (idp.browser(), idp.browser());
    let page = boss.get("/admin").await;
    let inside = boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    assert_eq!(inside.location(), "/admin");
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    let list = boss.get("/admin/sessions?query=MIRA").await;
    let answer = boss.submit(&list, "/admin/sessions/end", &[]).await;
    assert_eq!(answer.location(), "/admin/sessions?done=ended");
    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant");

    let page = browser.authorize(&social, &[]).await;
    let answer = browser.sign_in(&page).await;
    let tokens = social.redeem(&answer).await;
    let people = boss.get("/admin/users?query=mira").await;
    boss.submit(&people, "/admin/users/disable", &[]).await;
    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(social.userinfo(&tokens.access).await.status, 401);
    let page = browser.authorize(&social, &[]).await;
    assert_eq!(browser.sign_in(&page).await.status, 422, "nor can she sign in");
    let people = boss.get("/admin/users?query=mira").await;
    boss.submit(&people, "/admin/users/enable", &[]).await;
    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant", "what ended stays ended");
    idp.pass("1m");
    let page = browser.authorize(&social, &[]).await;
    assert!(browser.sign_in(&page).await.parameter("code").is_some());

    let mut mira = browser;
    assert_eq!(mira.get("/admin").await.status, 403);
    assert_eq!(mira.post("/admin/users/disable", &[("user", "x")]).await.status, 403);
}

fn end_session(pairs: &[(&str, &str)]) -> String {
    format!("/end_session?{}", serde_urlencoded::to_string(pairs).unwrap())
}
