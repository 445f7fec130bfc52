//! The way in: a wrong password, consent, a browser without script.

use super::driver::{Profile, story};
use super::places::HOUSE;

#[test]
fn a_wrong_password_brings_the_form_back_with_an_alert_and_the_username() {
    let house = &*HOUSE;
    story(Profile::Desk, move |page| async move {
        page.open(&house.request("trusted", &[])).await;
        page.fill("#username", "nora").await;
        page.fill("#password", "not what nora chose at all").await;
        page.click("#sign-in").await;
        page.find("[role=alert]").await;
        assert!(!page.text("[role=alert]").await.is_empty());
        assert_eq!(page.value("#username").await, "nora");
        assert_eq!(page.value("#password").await, "", "a password never comes back");
        assert!(page.focus_matches("#password").await, "only the password is left to type");
        assert!(page.title().await.starts_with("Error:"), "{}", page.title().await);
        let wrong = page.text("[role=alert]").await;

        page.fill("#username", "nobody-of-that-name").await;
        page.fill("#password", "not what nora chose at all").await;
        page.click("#sign-in").await;
        page.until("document.querySelector('#username').value === 'nobody-of-that-name' && document.querySelector('[role=alert]')").await;
        assert_eq!(page.text("[role=alert]").await, wrong, "an account that does not exist is no different");

        house.sign_in(&page, "nora").await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="));
    });
}

#[test]
fn consent_is_asked_once_and_may_be_refused() {
    let house = &*HOUSE;
    story(Profile::Desk, move |page| async move {
        page.open(&house.request("asks", &[])).await;
        house.sign_in(&page, "vera").await;
        page.find("#deny").await;
        let asked = page.text("main").await;
        assert!(
            asked.contains("Lantern Post") && asked.contains("app.localhost"),
            "who asks, and where it leads: {asked}"
        );
        page.click("#deny").await;
        page.arrive(&house.app).await;
        let refused = page.url().await;
        assert!(
            refused.contains("error=access_denied") && refused.contains("state=s") && refused.contains("iss="),
            "{refused}"
        );

        page.open(&house.request("asks", &[])).await;
        page.click("#allow").await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);

        page.open(&house.request("asks", &[("prompt", "none")])).await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="), "an answer given is remembered: {}", page.url().await);
    });
}

#[test]
fn signing_in_and_consent_work_without_script() {
    let house = &*HOUSE;
    story(Profile::WithoutScript, move |page| async move {
        page.open("data:text/html,<noscript><p id=off>off</p></noscript>").await;
        assert!(page.has("#off").await, "this browser runs scripts");
        page.open(&house.request("asks", &[("prompt", "consent")])).await;
        assert_eq!(page.attribute(".reveal-button", "hidden").await, "true", "a button that does nothing is not shown");
        house.sign_in(&page, "jon").await;
        page.click("#allow").await;
        page.find("#arrived").await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);

        page.open(&house.idp.at("/account")).await;
        page.click("#sign-out").await;
        page.find(".seal").await;
        page.open(&house.request("asks", &[("prompt", "none")])).await;
        assert!(page.url().await.contains("error=login_required"), "{}", page.url().await);
    });
}

#[test]
fn a_password_can_be_shown_and_hidden() {
    let house = &*HOUSE;
    story(Profile::Desk, move |page| async move {
        page.open(&house.request("trusted", &[])).await;
        page.fill("#password", "seen").await;
        page.click(".reveal-button").await;
        assert_eq!(page.attribute("#password", "type").await, "text");
        page.click(".reveal-button").await;
        assert_eq!(page.attribute("#password", "type").await, "password");
    });
}
