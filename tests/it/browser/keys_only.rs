//! The whole visit by keyboard: Tab, Enter and typing, no pointer.

use fantoccini::key::Key;

use super::driver::{Profile, story};
use super::places::{DEMO, HOUSE};
use crate::real::idp::password_of;

#[test]
fn sign_in_visit_both_apps_renew_and_sign_out() {
    let demo = &*DEMO;
    story(Profile::Desk, move |page| async move {
        page.open(&demo.bank).await;
        page.tab_to("#sign-in").await;
        page.press(Key::Enter).await;

        page.find("#username").await;
        page.arrive(&demo.provider).await;
        assert!(page.focus_matches("#username").await, "the username has the focus at once");
        page.type_text(&demo.username).await;
        page.tab_to("#password").await;
        page.type_text(&demo.password).await;
        page.tab_to("#sign-in").await;
        page.press(Key::Enter).await;

        page.arrive(&demo.bank).await;
        page.tab_to("a.neighbour").await;
        page.press(Key::Enter).await;
        page.arrive(&demo.plaza).await;
        page.find("#session").await;
        page.tab_to("#renew-refresh").await;
        page.press(Key::Enter).await;
        page.find("#reissues[data-count='1']").await;
        page.tab_to("#renew-silent").await;
        page.press(Key::Enter).await;
        page.find("#reissues[data-count='2']").await;

        page.tab_to("#sign-out").await;
        page.press(Key::Enter).await;
        page.find("#signed-out").await;
    });
}

#[test]
fn enter_in_the_password_field_signs_in_and_consent_is_within_reach() {
    let house = &*HOUSE;
    story(Profile::Desk, move |page| async move {
        page.open(&house.request("asks", &[("prompt", "consent")])).await;
        page.type_text("jon").await;
        page.tab_to("#password").await;
        page.type_text(&password_of("jon")).await;
        page.press(Key::Enter).await;
        page.tab_to("#allow").await;
        page.press(Key::Enter).await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);
    });
}
