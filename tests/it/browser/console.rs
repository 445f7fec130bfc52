//! The first administrator: from the setup link to a running house.

use std::os::unix::fs::PermissionsExt;

use super::driver::{Profile, story};
use super::places::{authorization_request, landing, setup_link};
use crate::real::idp::{RealIdp, password_of};
use crate::real::visitor::Visitor;

#[test]
fn the_setup_link_makes_an_administrator_who_adds_an_app_and_a_person_and_ends_a_session() {
    let idp = RealIdp::empty();
    let app = landing();
    let file = idp.data_dir().join("setup-link");
    let mode = std::fs::metadata(file).expect("the file with the setup link").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let link = setup_link(&idp);
    story(Profile::Desk, move |page| async move {
        page.open(&link).await;
        page.fill("#username", "olga").await;
        page.fill("#password", "too short").await;
        page.click("#create").await;
        page.find("[role=alert]").await;
        assert_eq!(page.value("#username").await, "olga", "the link is still good, the form keeps what was typed");
        page.fill("#password", &password_of("olga")).await;
        page.click("#create").await;
        page.find("nav.tabs").await;
        assert!(page.url().await.starts_with(&idp.at("/admin")), "{}", page.url().await);

        page.open(&idp.at("/admin/clients")).await;
        page.click("details.add summary").await;
        page.fill("#client_name", "Night Ferry").await;
        page.fill("#redirect_uris", &format!("{app}/callback")).await;
        page.click("#skip_consent").await;
        page.click("#add-client").await;
        let client_id = page.text("#new-client-id").await;
        assert!(page.text("#new-client-secret").await.len() >= 32);
        assert!(page.text("table").await.contains("Night Ferry"));

        page.open(&idp.at("/admin/users")).await;
        page.click("details.add summary").await;
        page.fill("#username", "sven").await;
        page.fill("#email", "sven@example.org").await;
        page.fill("#password", &password_of("sven")).await;
        page.click("#add-user").await;
        page.until("document.querySelector('table')?.textContent.includes('sven')").await;

        let sven = Visitor::new();
        let question = sven.travel(&authorization_request(&idp.issuer, &client_id, &app, &[]), &app).await;
        let arrived = sven.sign_in(&question, "sven", &app).await;
        assert!(arrived.parameter("code").is_some(), "{}", arrived.body);

        page.open(&idp.at("/admin/sessions?query=sven")).await;
        assert!(page.text("table").await.contains("Night Ferry"));
        page.click("form[action='/admin/sessions/end'] button").await;
        page.until("document.querySelector('[role=status]')").await;
        let silent = authorization_request(&idp.issuer, &client_id, &app, &[("prompt", "none")]);
        let asked = sven.travel(&silent, &app).await;
        assert_eq!(asked.parameter("error").as_deref(), Some("login_required"), "the session is over at once");

        page.open(&idp.at("/admin/audit")).await;
        page.find("table").await;
        page.open(&link).await;
        assert!(!page.has("#password").await, "the link works once");
    });
}

#[test]
fn the_console_is_closed_to_everybody_else() {
    let house = &*super::places::HOUSE;
    story(Profile::Desk, move |page| async move {
        page.open(&house.idp.at("/admin")).await;
        house.sign_in(&page, "nora").await;
        page.until("!document.querySelector('#password') && document.querySelector('h1')").await;
        for place in ["/admin", "/admin/users", "/admin/clients", "/admin/sessions", "/admin/audit"] {
            page.open(&house.idp.at(place)).await;
            assert!(!page.has("nav.tabs").await, "{place}: {}", page.description().await);
        }
    });
}
