//! Several accounts in one browser: choosing, switching, hints, and who leaves when there are too many.

use super::second_factor::Authenticator;
use crate::harness::{Answer, Browser, Idp, RelyingApp};
use serde_json::json;

const OTTO: (&str, &str) = ("otto", "another person entirely");

/// Mira, and then Otto, who is the current one.
async fn two(idp: &Idp) -> (Browser, RelyingApp) {
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    browser.enter(&social).await;
    idp.tick();
    let page = add(&mut browser).await;
    assert_eq!(browser.sign_in_as(&page, OTTO.0, OTTO.1).await.location(), "/account");
    (browser, social)
}

async fn add(browser: &mut Browser) -> Answer {
    let page = browser.get("/account").await;
    browser.submit(&page, "/account/add", &[]).await
}

async fn username(app: &RelyingApp, answer: &Answer) -> String {
    let tokens = app.redeem(answer).await;
    app.userinfo(&tokens.access).await.json()["preferred_username"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn the_account_page_shows_who_else_is_here_and_switches() {
    let idp = Idp::start().await;
    let (mut browser, social) = two(&idp).await;
    let page = browser.get("/account").await;
    assert_eq!(page.text("h1").unwrap(), "otto");
    assert!(page.body.contains("Switch to mira") && !page.body.contains("Switch to otto"));
    let csrf = page.fields("/account/switch")["csrf"].clone();
    // A name that is nobody's changes nothing, and so does the one of another browser.
    let mut elsewhere = two(&idp).await.0;
    let theirs = elsewhere.get("/account").await.fields("/account/switch")["account"].clone();
    for name in ["", "x", &theirs] {
        assert_eq!(browser.post("/account/switch", &[("csrf", &csrf), ("account", name)]).await.location(), "/account");
        assert_eq!(browser.get("/account").await.text("h1").unwrap(), "otto", "{name}");
    }
    assert_eq!(browser.submit(&page, "/account/switch", &[]).await.location(), "/account");
    assert_eq!(browser.get("/account").await.text("h1").unwrap(), "Mira Lindqvist");
    assert_eq!(username(&social, &browser.silently(&social).await).await, "mira");
}

#[actix_web::test]
async fn choosing_is_asked_for_and_offers_another() {
    let idp = Idp::start().await;
    let (mut browser, social) = two(&idp).await;
    let page = browser.authorize(&social, &[("prompt", "select_account")]).await;
    assert!(page.body.contains("Mira Lindqvist") && page.body.contains("otto"), "{}", page.body);
    let handle = page.attribute("button[name=account]", "value").unwrap();
    let chosen = browser.submit(&page, "/select", &[("account", &handle)]).await;
    assert_eq!(username(&social, &chosen).await, "otto", "the current one comes first");
    let page = browser.authorize(&social, &[("prompt", "select_account")]).await;
    let another = browser.submit(&page, "/select", &[("account", "")]).await;
    let answer = browser.sign_in_as(&another, "boss", "the boss of all of this").await;
    assert_eq!(username(&social, &answer).await, "boss");
    let page = browser.authorize(&social, &[("prompt", "select_account")]).await;
    assert_eq!(page.body.matches("class=\"choice-detail\"").count(), 3, "each with a session of their own");
    let silent = social.request(&[("prompt", "none select_account")]);
    assert_eq!(browser.get_scripted(&silent).await.error(), "invalid_request");
}

#[actix_web::test]
async fn signing_out_leaves_the_others_a_choice_away() {
    let idp = Idp::start().await;
    let (mut browser, social) = two(&idp).await;
    let page = browser.get("/account").await;
    browser.submit(&page, "/account/sign-out", &[]).await;
    assert_eq!(browser.silently(&social).await.error(), "login_required", "nobody silently follows");
    let page = browser.authorize(&social, &[]).await;
    assert!(page.body.contains("id=\"sign-in\""));
    assert!(!page.body.contains("Mira"), "the page names nobody");
    let page = browser.submit(&page, "/select", &[("account", "all")]).await;
    assert!(page.body.contains("Mira Lindqvist") && !page.body.contains("otto"), "{}", page.body);
    let handle = page.attribute("button[name=account]", "value").unwrap();
    let answer = browser.submit(&page, "/select", &[("account", &handle)]).await;
    assert_eq!(username(&social, &answer).await, "mira");
    let page = browser.get("/account").await;
    assert!(!page.body.contains("Switch to"), "and Otto is out");
}

#[actix_web::test]
async fn a_login_hint_chooses_among_those_who_are_here() {
    let idp = Idp::start().await;
    let (mut browser, social) = two(&idp).await;
    for (hint, who) in [("mira", "mira"), ("MIRA@example.org", "mira"), ("otto", "otto")] {
        let answer = browser.authorize(&social, &[("login_hint", hint)]).await;
        assert_eq!(username(&social, &answer).await, who, "{hint}");
        let silent = browser.get_scripted(&social.request(&[("prompt", "none"), ("login_hint", hint)])).await;
        assert_eq!(username(&social, &silent).await, who, "{hint}, silently");
        assert_eq!(browser.get("/account").await.text("h1").unwrap(), "otto", "the browser's own choice stays");
    }
    // Somebody who is not here: the form, filled in. Silently it is the current one, as without a hint.
    let page = browser.authorize(&social, &[("login_hint", "boss")]).await;
    assert_eq!(page.attribute("#username", "value").as_deref(), Some("boss"));
    let silent = browser.get_scripted(&social.request(&[("prompt", "none"), ("login_hint", "boss")])).await;
    assert_eq!(username(&social, &silent).await, "otto");
    // Whoever signs in there is the one, whom the hint named or not.
    let answer = browser.sign_in(&page).await;
    assert_eq!(username(&social, &answer).await, "mira");
    // A wish to choose is stronger than a hint.
    let page = browser.authorize(&social, &[("prompt", "select_account"), ("login_hint", "otto")]).await;
    assert!(page.body.contains("class=\"choice\""));
}

#[actix_web::test]
async fn an_app_does_not_find_out_silently_who_else_is_here() {
    let idp = Idp::start().await;
    let (mut browser, _) = two(&idp).await;
    let asking = idp.app("asking");
    let silent = |hint: &str| asking.request(&[("prompt", "none"), ("login_hint", hint)]);
    for hint in ["mira", "mira@example.org", "nobody"] {
        assert_eq!(browser.get_scripted(&silent(hint)).await.error(), "consent_required", "{hint}");
    }
    let page = browser.authorize(&asking, &[]).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    for hint in ["mira", "mira@example.org", "nobody", "otto"] {
        let answer = browser.get_scripted(&silent(hint)).await;
        assert_eq!(username(&asking, &answer).await, "otto", "{hint}: who is here and did not consent is nobody to it");
    }
    let page = browser.authorize(&asking, &[("login_hint", "mira")]).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert_eq!(username(&asking, &browser.get_scripted(&silent("mira")).await).await, "mira");
}

#[actix_web::test]
async fn a_hint_that_could_mean_two_chooses_nobody() {
    let idp = Idp::start().await;
    idp.import(json!({"users": [{"username": "mira@example.org", "password": "the twin of somebody else"}]})).await;
    let (mut browser, social) = two(&idp).await;
    let page = add(&mut browser).await;
    browser.sign_in_as(&page, "mira@example.org", "the twin of somebody else").await;
    let page = browser.get("/account").await;
    browser.submit(&page, "/account/switch", &[]).await;
    let answer = browser.authorize(&social, &[("login_hint", "mira@example.org")]).await;
    let current = browser.get("/account").await.text("h1").unwrap();
    if answer.status == 200 {
        assert!(answer.body.contains("id=\"sign-in\""), "asked");
    } else {
        assert!(current.contains("ira"), "the current one, whom it names as well");
    }
    // An address that is not verified is no reason to choose its bearer.
    idp.import(json!({"users": [{"username": "boss", "claims": {"email": "otto@example.org"}}]})).await;
    let mut browser = two(&idp).await.0;
    let page = add(&mut browser).await;
    browser.sign_in_as(&page, "boss", "the boss of all of this").await;
    let page = browser.get("/account").await;
    let names: Vec<&str> = page.body.split("Switch to ").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(names, ["otto", "mira"]);
    browser.submit(&page, "/account/switch", &[]).await;
    let page = browser.authorize(&social, &[("login_hint", "otto@example.org")]).await;
    assert!(page.body.contains("id=\"sign-in\""), "nobody is chosen by it");
}

#[actix_web::test]
async fn eight_at_most_and_the_one_who_was_current_longest_ago_leaves() {
    let idp = Idp::start().await;
    let users: Vec<_> = (0..9)
        .map(|n| json!({"username": format!("person-{n}"), "password": format!("a long password of number {n}")}))
        .collect();
    idp.import(json!({"users": users})).await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let mut tokens = Vec::new();
    for n in 0..9 {
        let page = browser.authorize(&social, &[("prompt", "login")]).await;
        let (name, password) = (format!("person-{n}"), format!("a long password of number {n}"));
        let answer = browser.sign_in_as(&page, &name, &password).await;
        tokens.push(social.redeem(&answer).await);
        idp.pass("3s");
    }
    let page = browser.authorize(&social, &[("prompt", "select_account")]).await;
    assert_eq!(page.body.matches("class=\"choice-detail\"").count(), 8);
    assert!(!page.body.contains("person-0") && page.body.contains("person-8"));
    assert_eq!(social.userinfo(&tokens[0].access).await.status, 401, "nothing of theirs lives on that they cannot end");
    for (n, tokens) in tokens.iter().enumerate().skip(1) {
        assert_eq!(social.userinfo(&tokens.access).await.status, 200, "{n}");
    }
    // One of the eight again is no ninth.
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    browser.sign_in_as(&page, "person-1", "a long password of number 1").await;
    let page = browser.authorize(&social, &[("prompt", "select_account")]).await;
    assert_eq!(page.body.matches("class=\"choice-detail\"").count(), 8);
}

#[actix_web::test]
async fn what_one_sets_up_keeps_nobody_else_signed_in_longer() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    // Mira does not want to stay signed in; Otto does.
    browser.enter(&social).await;
    idp.tick();
    let page = add(&mut browser).await;
    let filled = [("username", OTTO.0), ("password", OTTO.1), ("remember", "on")];
    assert_eq!(browser.submit(&page, "/sign-in", &filled).await.location(), "/account");
    let offer = browser.get("/account/security/authenticator").await;
    let code = Authenticator::reading(&offer).code(&idp, 0);
    let done = browser.submit(&offer, "/account/security/authenticator", &[("code", &code)]).await;
    assert_eq!(done.status, 200, "{}", done.body);
    assert_eq!(browser.get("/account").await.text("h1").as_deref(), Some("otto"));
    let mut later = browser.reopened();
    assert!(later.get("/account").await.body.contains("id=\"sign-in\""), "the browser was closed");
    assert_eq!(later.silently(&social).await.error(), "login_required");
}

#[actix_web::test]
async fn what_timed_out_comes_back_after_others_went_and_came() {
    for leaves in [false, true] {
        let idp = Idp::with(|config| {
            config.session.idle_timeout = "30m".parse().unwrap();
            config.session.reconstitution_window = "2h".parse().unwrap();
        })
        .await;
        let (mut browser, social) = two(&idp).await;
        let page = add(&mut browser).await;
        browser.sign_in_as(&page, "boss", "the boss of all of this").await;
        // Mira is the one who does nothing.
        for _ in 0..2 {
            idp.pass("20m");
            for _ in 0..2 {
                let page = browser.get("/account").await;
                let other = if page.text("h1").as_deref() == Some("boss") { "otto" } else { "boss" };
                let place = page.body.find(&format!("Switch to {other}")).expect("somebody to switch to");
                let form = page.body[..place].rfind("name=\"account\" value=\"").unwrap();
                let name = page.body[form..].split('"').nth(3).unwrap().to_owned();
                let switched = browser.submit(&page, "/account/switch", &[("account", &name)]).await;
                assert_eq!(switched.location(), "/account");
            }
        }
        let page = browser.get("/account").await;
        assert!(!page.body.contains("Switch to mira"), "she timed out");
        if leaves {
            browser.submit(&page, "/account/sign-out", &[]).await;
        }
        let page = browser.authorize(&social, &[("prompt", "login")]).await;
        let back = browser.sign_in(&page).await;
        let claims = social.redeem(&back).await.claims();
        assert!(claims["prev_sid"].is_string(), "{leaves}: {claims}");
    }
}
