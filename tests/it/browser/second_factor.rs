//! Codes of an authenticator app and recovery codes in Chromium, by keyboard only.

use super::driver::{Profile, story};
use super::page::Page;
use super::places::{House, KEYED};
use crate::real::idp::password_of;
use crate::stories::second_factor::Authenticator;
use fantoccini::key::Key;

async fn enter(house: &House, page: &Page, who: &str) {
    page.find("#username").await;
    assert!(page.focus_matches("#username").await, "the username has the focus at once");
    page.type_text(who).await;
    page.tab_to("#password").await;
    page.type_text(&password_of(who)).await;
    page.press(Key::Enter).await;
    page.arrive(&house.idp.at("/")).await;
}

/// A code that was not used yet: the next step's, which is good half a minute early.
fn code(app: &Authenticator, away: i64) -> String {
    app.code_at(abide::clock::Clock::System.now().0, away)
}

#[test]
fn two_step_sign_in_is_set_up_and_asked_for_and_a_recovery_code_stands_in() {
    let house = &*KEYED;
    story(Profile::Desk, move |page| async move {
        page.open(&house.idp.at("/account/security")).await;
        enter(house, &page, "tilda").await;
        page.tab_to("#set-up-authenticator").await;
        page.press(Key::Enter).await;
        // Who cannot scan opens the key with the keyboard.
        page.tab_to("summary").await;
        page.press(Key::Enter).await;
        page.until("document.querySelector('details').open").await;
        let app = Authenticator::of_key(&page.text("#secret").await);
        page.tab_to("#code").await;
        page.type_text("000000").await;
        page.press(Key::Enter).await;
        page.find("[role=alert]").await;
        assert!(page.focus_matches("#code").await, "back at the field");
        page.type_text(&code(&app, 0)).await;
        page.press(Key::Enter).await;
        page.until("document.querySelectorAll('.codes code').length === 10").await;
        let recovery = page.text(".codes code").await;

        page.open(&house.idp.at("/account")).await;
        page.tab_to("#sign-out").await;
        page.press(Key::Enter).await;
        page.until("document.querySelector('h1')?.textContent === 'You are signed out'").await;

        page.open(&house.request("trusted", &[])).await;
        enter(house, &page, "tilda").await;
        page.find("#code").await;
        assert!(page.focus_matches("#code").await, "the code has the focus at once");
        page.type_text(&code(&app, 1)).await;
        page.press(Key::Enter).await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);

        page.open(&house.request("trusted", &[("prompt", "login")])).await;
        page.find("#password").await;
        assert!(page.focus_matches("#password").await, "who is known types the password alone");
        page.type_text(&password_of("tilda")).await;
        page.press(Key::Enter).await;
        page.find("#code").await;
        page.type_text(&recovery).await;
        page.press(Key::Enter).await;
        page.arrive(&house.app).await;
        page.open(&house.idp.at("/account/security")).await;
        let shown = page.text("main").await;
        assert!(shown.contains("9 left"), "{shown}");
    });
}
