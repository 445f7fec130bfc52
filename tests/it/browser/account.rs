//! A person's own page.

use super::driver::{Profile, story};
use super::places::HOUSE;
use crate::real::visitor::Visitor;

#[test]
fn a_person_sees_sessions_and_consents_and_takes_them_back() {
    let house = &*HOUSE;
    story(Profile::Desk, move |page| async move {
        page.open(&house.request("asks", &[])).await;
        house.sign_in(&page, "lena").await;
        page.click("#allow").await;
        page.arrive(&house.app).await;

        let elsewhere = Visitor::new();
        let question = elsewhere.travel(&house.request("trusted", &[]), &house.app).await;
        let arrived = elsewhere.sign_in(&question, "lena", &house.app).await;
        assert!(arrived.parameter("code").is_some(), "{}", arrived.body);

        page.open(&house.idp.at("/account")).await;
        let shown = page.text("main").await;
        for word in ["lena@example.org", "This browser", "Lantern Post", "Harbour Desk", "127.0.0.1"] {
            assert!(shown.contains(word), "{word} is missing: {shown}");
        }

        page.click("#end-others").await;
        page.until("!document.querySelector('#end-others') && document.querySelector('[role=status]')").await;
        let asked = elsewhere.travel(&house.request("trusted", &[("prompt", "none")]), &house.app).await;
        assert_eq!(asked.parameter("error").as_deref(), Some("login_required"), "the session elsewhere is over");

        page.click("form[action='/account/withdraw'] button").await;
        page.until(
            "!document.querySelector(\"form[action='/account/withdraw']\") && document.querySelector('#consents')",
        )
        .await;
        page.open(&house.request("asks", &[("prompt", "none")])).await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("error=login_required"), "{}", page.url().await);

        page.open(&house.idp.at("/account")).await;
        page.click("#sign-out").await;
        page.until("document.querySelector('h1')?.textContent === 'You are signed out'").await;
        page.open(&house.idp.at("/account")).await;
        page.find("#password").await;
    });
}
