//! Passkeys: alone, after a password, on top of a session, and on the person's page.

use super::second_factor::set_up;
use crate::harness::authenticator::{Authenticator, options};
use crate::harness::{Answer, Browser, Idp, PASSWORD, USERNAME};
use abide::model::account::{Account, username_name};
use abide::model::audit::{Act, Event, Outcome};
use abide::model::credential::Credential;
use abide::model::record::Change;
use serde_json::json;

const PASSKEY: &str = "/account/security/passkey";
const SIGN_IN: &str = "/sign-in/passkey";

/// The page that makes one; whoever authenticated a while ago does so again, with the password.
pub async fn page_for_new(browser: &mut Browser, username: &str, password: &str) -> Answer {
    let page = browser.get(PASSKEY).await;
    if !page.body.contains("id=\"password\"") {
        return page;
    }
    assert_eq!(browser.sign_in_as(&page, username, password).await.location(), PASSKEY);
    browser.get(PASSKEY).await
}

/// Adds a passkey of this authenticator; answers with what follows.
pub async fn add(browser: &mut Browser, device: &mut Authenticator) -> Answer {
    let page = page_for_new(browser, USERNAME, PASSWORD).await;
    let answer = device.create(&page);
    browser.submit(&page, PASSKEY, &[("answer", &answer), ("label", "My phone")]).await
}

/// Answers the challenge of a page.
pub async fn show(browser: &mut Browser, page: &Answer, device: &mut Authenticator) -> Answer {
    let answer = device.get(page);
    browser.submit(page, SIGN_IN, &[("answer", &answer)]).await
}

/// The page for the second factor, after the right password.
async fn halfway(browser: &mut Browser, page: &Answer) -> Answer {
    let waiting = browser.sign_in(page).await;
    assert!(waiting.location().starts_with("/interaction/k."), "{}", waiting.location());
    browser.get(waiting.location()).await
}

/// The latest words of the audit log on what was refused.
pub async fn refused(idp: &Idp, act: Act) -> Vec<String> {
    let refused = |event: &Event| event.outcome == Outcome::Refused && event.act == act;
    let events = idp.flows().audit(None).await.unwrap().items;
    events.into_iter().filter(refused).filter_map(|event| event.reason).collect()
}

pub async fn account(idp: &Idp, username: &str) -> Account {
    idp.flows().store.find::<Account>(&username_name(username)).await.unwrap().unwrap()
}

/// Nobody can take a password away; an account that never had one looks like this.
async fn without_password(idp: &Idp) {
    let key = Credential::password_key(&account(idp, USERNAME).await.id);
    idp.flows().store.change::<Credential, _, _>(&key, |_| Change::delete(())).await.unwrap().outcome().unwrap();
}

#[actix_web::test]
async fn a_passkey_signs_in_alone() {
    let idp = Idp::start().await;
    let (social, mut home, mut phone) = (idp.app("social"), idp.browser(), Authenticator::phone());
    let codes = add(&mut home, &mut phone).await;
    assert_eq!(
        (codes.status.as_u16(), codes.body.matches("<code>").count()),
        (200, 10),
        "recovery codes with the first"
    );
    let tokens = social.redeem(&home.authorize(&social, &[]).await).await;
    assert_eq!(tokens.claims()["acr"], "phr", "making it was showing it");

    idp.pass("1h");
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    assert!(page.body.contains("autocomplete=\"username webauthn\""), "{}", page.body);
    assert_eq!(options(&page)["userVerification"], "required");
    let answer = show(&mut browser, &page, &mut phone).await;
    assert_eq!(answer.status, 303);
    let claims = social.redeem(&answer).await.claims();
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("phr"), &json!(["pop", "swk", "user", "mfa"])));
    assert_eq!((&claims["auth_time"], &claims["sub"]), (&json!(idp.now().0), &tokens.claims()["sub"]));
    // A key that never leaves its device says so.
    let mut key = Authenticator::security_key();
    assert_eq!(add(&mut browser, &mut key).await.location(), "/account/security?done=passkey", "codes are kept");
    let mut other = idp.browser();
    let page = other.authorize(&social, &[]).await;
    let claims = social.redeem(&show(&mut other, &page, &mut key).await).await.claims();
    assert_eq!(claims["amr"], json!(["pop", "hwk", "user", "mfa"]));
    let page = other.get("/account/security").await;
    assert_eq!(page.text(".line[data-label='My phone'] h3").as_deref(), Some("My phone"));
    assert!(page.body.contains("Last used"), "{}", page.body);
}

#[actix_web::test]
async fn what_is_asked_is_the_same_for_everybody() {
    let idp = Idp::start().await;
    let (social, mut home, mut phone) = (idp.app("social"), idp.browser(), Authenticator::phone());
    add(&mut home, &mut phone).await;
    let mut seen = Vec::new();
    for name in ["", "mira", "otto", "nobody", "boss"] {
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[("login_hint", name)]).await;
        let refused = browser.sign_in_as(&page, name, "a wrong password").await;
        for page in [page, refused] {
            let mut asked = options(&page);
            assert_eq!(asked["challenge"].as_str().unwrap().len(), 43);
            asked["challenge"] = "".into();
            seen.push((asked, page.fields(SIGN_IN)["challenge"].len()));
        }
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    assert_eq!(seen[0].0["allowCredentials"], json!([]));
}

#[actix_web::test]
async fn asking_costs_the_store_nothing() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let before = (idp.contents().await, idp.store_work().1);
    for _ in 0..20 {
        browser.authorize(&social, &[]).await;
    }
    assert_eq!((idp.contents().await, idp.store_work().1), before);
}

#[actix_web::test]
async fn after_a_password_a_touch_is_enough_and_a_password_alone_is_not() {
    let idp = Idp::start().await;
    let (social, mut home, mut key) = (idp.app("social"), idp.browser(), Authenticator::touch_only());
    add(&mut home, &mut key).await;
    let tokens = social.redeem(&home.authorize(&social, &[]).await).await;
    assert_eq!(tokens.claims()["acr"], "urn:abide:acr:aal2", "it verified nobody");
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    let alone = show(&mut browser, &page, &mut key).await;
    assert_eq!(alone.status, 422, "a touch is no sign-in");
    assert_eq!(
        alone.text("[role=alert]").as_deref(),
        Some("This passkey could not be accepted. Try again, or sign in another way.")
    );
    assert_eq!(refused(&idp, Act::SignIn).await[0], "passkey_unverified");

    let page = halfway(&mut browser, &page).await;
    assert_eq!(browser.silently(&social).await.error(), "login_required", "half a sign-in is none");
    let asked = options(&page);
    assert_eq!(
        (&asked["userVerification"], asked["allowCredentials"].as_array().unwrap().len()),
        (&json!("preferred"), 1)
    );
    assert_eq!(page.text("label[for=code]").as_deref(), Some("Recovery code"), "there is no app");
    let claims = social.redeem(&show(&mut browser, &page, &mut key).await).await.claims();
    assert_eq!(
        (&claims["acr"], &claims["amr"]),
        (&json!("urn:abide:acr:aal2"), &json!(["pwd", "pop", "hwk", "user", "mfa"]))
    );
    // The same key, once it has a PIN, is worth more.
    key.verifies = true;
    let mut other = idp.browser();
    let page = other.authorize(&social, &[]).await;
    let page = halfway(&mut other, &page).await;
    let claims = social.redeem(&show(&mut other, &page, &mut key).await).await.claims();
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("phr"), &json!(["pwd", "pop", "hwk", "user", "mfa"])));
}

#[actix_web::test]
async fn an_app_that_asks_for_phr_gets_the_passkey_alone_asked_for() {
    let idp = Idp::start().await;
    let (social, bank, mut browser) = (idp.app("social"), idp.app("elliptic"), idp.browser());
    let wish = [("acr_values", "phr urn:abide:acr:aal2")];
    let weak = social.redeem(&browser.enter(&social).await).await;
    let lone = bank.redeem(&browser.authorize(&bank, &wish).await).await;
    assert_eq!(lone.claims()["acr"], "urn:abide:acr:aal1", "who holds none is let in with what there is");
    let (mut home, mut phone, mut touch) = (idp.browser(), Authenticator::phone(), Authenticator::touch_only());
    let (app, _) = set_up(&idp, &mut home).await;
    add(&mut home, &mut touch).await;
    let two = bank.redeem(&home.authorize(&bank, &wish).await).await;
    assert_eq!(two.claims()["acr"], "urn:abide:acr:aal2", "a touch does not reach it");
    add(&mut home, &mut phone).await;
    idp.pass("10m");
    let silent = browser.get_scripted(&bank.request(&[wish[0], ("prompt", "none")])).await;
    assert_eq!(silent.error(), "login_required");
    let page = browser.authorize(&bank, &wish).await;
    assert!(!page.body.contains("id=\"code\"") && !page.body.contains("id=\"password\""), "{}", page.body);
    let asked = options(&page);
    assert_eq!(
        (&asked["userVerification"], asked["allowCredentials"].as_array().unwrap().len()),
        (&json!("required"), 1)
    );
    // What is not asked for does not do.
    let code = browser.submit(&page, SIGN_IN, &[("answer", &touch.get(&page))]).await;
    assert_eq!(code.status, 422);
    let handle = page.fields(SIGN_IN)["interaction"].clone();
    let form = [("csrf", page.fields(SIGN_IN)["csrf"].clone()), ("interaction", handle), ("code", app.code(&idp, 0))];
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let raised = browser.post("/sign-in/code", &form).await;
    let page = browser.get(raised.location()).await;
    assert!(
        page.attribute("form[data-passkey]", "data-options").is_some(),
        "a code raises, and not as far: {}",
        page.body
    );

    let before = browser.cookie("__Host-abide_session").unwrap().to_owned();
    let strong = bank.redeem(&show(&mut browser, &page, &mut phone).await).await.claims();
    assert_eq!((&strong["acr"], &strong["sid"]), (&json!("phr"), &lone.claims()["sid"]));
    assert_eq!(strong["auth_time"], idp.now().0, "it is a whole authentication");
    assert_ne!(browser.cookie("__Host-abide_session").unwrap(), before);
    let other = social.redeem(&browser.silently(&social).await).await;
    assert_eq!((&other.claims()["acr"], &other.claims()["sid"]), (&json!("phr"), &weak.claims()["sid"]), "for all");
}

#[actix_web::test]
async fn a_touch_on_top_of_a_session_raises_it_and_makes_it_no_younger() {
    let idp = Idp::start().await;
    let (social, mut browser, mut home) = (idp.app("social"), idp.browser(), idp.browser());
    let weak = social.redeem(&browser.enter(&social).await).await.claims();
    let mut key = Authenticator::touch_only();
    add(&mut home, &mut key).await;
    idp.pass("10m");
    let page = browser.authorize(&social, &[("acr_values", "urn:abide:acr:aal2")]).await;
    let strong = social.redeem(&show(&mut browser, &page, &mut key).await).await.claims();
    assert_eq!((&strong["acr"], &strong["auth_time"]), (&json!("urn:abide:acr:aal2"), &weak["auth_time"]));
}

#[actix_web::test]
async fn a_recovery_code_stands_in_for_a_passkey_until_the_last_factor_is_gone() {
    let idp = Idp::start().await;
    let (social, mut home, mut phone) = (idp.app("social"), idp.browser(), Authenticator::phone());
    let page = add(&mut home, &mut phone).await;
    let codes: Vec<String> =
        page.body.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    let page = halfway(&mut browser, &page).await;
    let answer = browser.submit(&page, "/sign-in/code", &[("code", &codes[0])]).await;
    assert_eq!(social.redeem(&answer).await.claims()["acr"], "urn:abide:acr:aal2");
    // An app besides: taking one of the two away leaves the codes.
    let page = home.get("/account/security/authenticator").await;
    let code = super::second_factor::Authenticator::reading(&page).code(&idp, 0);
    let more = home.submit(&page, "/account/security/authenticator", &[("code", &code)]).await;
    assert_eq!(more.location(), "/account/security?done=added", "no new codes");
    idp.pass("30s");
    let page = home.get("/account/security").await;
    let removed = home.submit(&page, "/account/security/passkey/remove", &[]).await;
    assert_eq!(removed.location(), "/account/security?done=passkey-removed");
    assert!(home.get("/account/security").await.body.contains("9 left"));
    let gone = {
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[]).await;
        show(&mut browser, &page, &mut phone).await
    };
    assert_eq!((gone.status.as_u16(), refused(&idp, Act::SignIn).await[0].as_str()), (422, "passkey_unknown"));
    let page = home.get("/account/security").await;
    home.submit(&page, "/account/security/authenticator/remove", &[]).await;
    let claims = social.redeem(&idp.browser().enter(&social).await).await.claims();
    assert_eq!(claims["acr"], "urn:abide:acr:aal1", "nothing is held any more");
    let key = Credential::recovery_key(&account(&idp, USERNAME).await.id);
    assert!(idp.flows().store.read::<Credential>(&key).await.unwrap().is_none(), "nor codes for nothing");
}

#[actix_web::test]
async fn passkeys_are_named_renamed_and_taken_away() {
    let idp = Idp::start().await;
    let (mut home, mut phone) = (idp.browser(), Authenticator::phone());
    add(&mut home, &mut phone).await;
    let page = home.get("/account/security").await;
    let before = idp.contents().await;
    let long = "x".repeat(10_000);
    for bad in ["", "   ", "two\nlines", "turned \u{202e} around", "nul \u{0}", long.as_str()] {
        let answer = home.submit(&page, "/account/security/passkey/rename", &[("label", bad)]).await;
        assert_eq!(answer.status, 422, "{bad:.20}");
        assert!(answer.text("[role=alert]").is_some());
    }
    let unknown = home.submit(&page, "/account/security/passkey/rename", &[("label", "a"), ("passkey", "x")]).await;
    assert_eq!(unknown.location(), "/account/security");
    let unknown = home.submit(&page, "/account/security/passkey/remove", &[("passkey", &long)]).await;
    assert_eq!(unknown.location(), "/account/security");
    assert_eq!(idp.contents().await, before);
    let named = home.submit(&page, "/account/security/passkey/rename", &[("label", " <b>李雷</b> ")]).await;
    assert_eq!(named.location(), "/account/security?done=passkey-renamed");
    let page = home.get("/account/security").await;
    assert_eq!(page.text(".line h3").as_deref(), Some("<b>李雷</b>"));

    // Another person's form does nothing to it.
    let mut otto = idp.browser();
    let form = page_for_new(&mut otto, "otto", "another person entirely").await.fields(PASSKEY);
    let theirs = page.fields("/account/security/passkey/remove")["passkey"].clone();
    let before = idp.contents().await;
    for path in ["/account/security/passkey/remove", "/account/security/passkey/rename"] {
        let own = [("csrf", form["csrf"].as_str()), ("person", &form["person"])];
        let answer = otto.post(path, &[&own[..], &[("passkey", &theirs), ("label", "mine")]].concat()).await;
        assert_eq!(answer.location(), "/account/security");
    }
    assert_eq!(idp.contents().await, before);
    // Nor does anybody's whose authentication is old.
    idp.pass("6m");
    let late = home.submit(&page, "/account/security/passkey/remove", &[]).await;
    assert_eq!(late.location(), "/account/security");
    assert!(home.get("/account/security").await.body.contains("id=\"sign-in\""));
}

#[actix_web::test]
async fn the_last_way_in_cannot_be_taken_away() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (mut phone, mut key) = (Authenticator::phone(), Authenticator::security_key());
    add(&mut home, &mut phone).await;
    without_password(&idp).await;
    let page = home.get("/account/security").await;
    let before = idp.contents().await;
    let answer = home.submit(&page, "/account/security/passkey/remove", &[]).await;
    assert_eq!(answer.status, 422);
    assert_eq!(
        answer.text("[role=alert]").as_deref(),
        Some("Nothing was changed. Without this passkey you could not sign in any more.")
    );
    assert_eq!(idp.contents().await, before);
    add(&mut home, &mut key).await;
    let page = home.get("/account/security").await;
    let removed = home.submit(&page, "/account/security/passkey/remove", &[]).await;
    assert_eq!(removed.location(), "/account/security?done=passkey-removed");
    // Which of the two it was decides the page; whichever is left lets in.
    let mut lets_in = 0;
    for device in [&mut phone, &mut key] {
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[]).await;
        lets_in += usize::from(show(&mut browser, &page, device).await.status == 303);
    }
    assert_eq!(lets_in, 1);
}

#[actix_web::test]
async fn ten_passkeys_are_enough_and_each_is_made_once() {
    let idp = Idp::start().await;
    let mut home = idp.browser();
    for n in 0..10 {
        let page = page_for_new(&mut home, USERNAME, PASSWORD).await;
        assert_eq!(options(&page)["excludeCredentials"].as_array().unwrap().len(), n, "those there are are named");
        let answer = add(&mut home, &mut Authenticator::phone()).await;
        assert!(answer.status == 200 || answer.status == 303, "{n}: {}", answer.body);
    }
    let page = home.get("/account/security").await;
    assert!(!page.body.contains("id=\"add-passkey\""), "{}", page.body);
    assert_eq!(home.get(PASSKEY).await.location(), "/account/security");
}

#[actix_web::test]
async fn an_administrator_takes_passkeys_away_with_the_rest() {
    let idp = Idp::start().await;
    let (social, mut home, mut phone) = (idp.app("social"), idp.browser(), Authenticator::phone());
    add(&mut home, &mut phone).await;
    let mut boss = idp.browser();
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let list = boss.get("/admin/users?query=mira").await;
    let done = boss.submit(&list, "/admin/users/reset-factors", &[]).await;
    assert_eq!(done.location(), "/admin/users?done=reset");
    assert_eq!(home.silently(&social).await.error(), "login_required");
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    assert_eq!(show(&mut browser, &page, &mut phone).await.status, 422);
    assert_eq!(social.redeem(&browser.sign_in(&page).await).await.claims()["acr"], "urn:abide:acr:aal1");
    // The same passkey may be made anew.
    assert_eq!(add(&mut home, &mut phone).await.status, 200);
}

#[actix_web::test]
async fn the_choice_to_stay_signed_in_holds_for_passkeys() {
    let idp = Idp::start().await;
    let (social, mut home, mut phone) = (idp.app("social"), idp.browser(), Authenticator::phone());
    add(&mut home, &mut phone).await;
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    let answer = phone.get(&page);
    browser.submit(&page, SIGN_IN, &[("answer", &answer), ("remember", "on")]).await;
    assert!(browser.reopened().silently(&social).await.parameter("code").is_some());
}

#[actix_web::test]
async fn prompt_login_is_satisfied_and_a_timed_out_session_comes_back_by_a_passkey() {
    let idp = Idp::with(|config| config.session.idle_timeout = "30m".parse().unwrap()).await;
    let (social, mut home, mut phone) = (idp.app("social"), idp.browser(), Authenticator::phone());
    add(&mut home, &mut phone).await;
    let page = home.authorize(&social, &[("prompt", "login")]).await;
    let before = social.redeem(&show(&mut home, &page, &mut phone).await).await.claims();
    idp.pass("31m");
    let page = home.authorize(&social, &[]).await;
    let after = social.redeem(&show(&mut home, &page, &mut phone).await).await.claims();
    assert_eq!((&after["prev_sid"], &after["acr"]), (&before["sid"], &json!("phr")));
}

#[actix_web::test]
async fn an_issuer_that_is_an_address_offers_no_passkeys() {
    let idp = Idp::with(|config| config.issuer = "https://192.0.2.1".parse().unwrap()).await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    assert!(page.body.contains("id=\"password\"") && !page.body.contains("passkey"), "{}", page.body);
}
