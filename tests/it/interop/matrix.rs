//! The matrix: each app signs in, asks userinfo, renews, signs out, and learns of an end.

use super::house::{HASTY, SHORT, USUAL};
use super::journey::{App, Who, ada};
use super::make::{
    ALL, AUTHJS_BY_ID_TOKEN, AUTHJS_BY_USERINFO, AUTHLIB, GO_OIDC, Learns, Make, OPENID_CLIENT, PASSPORT, SPRING,
};
use crate::real::block_on;
use crate::real::pasted::Pasted;
use crate::real::visitor::Visitor;
use std::time::Duration;

/// How long an app may go without hearing of an end.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn auth_js() {
    visit(&AUTHJS_BY_USERINFO);
}

#[test]
fn auth_js_that_never_asks_userinfo() {
    let app = App::start(&AUTHJS_BY_ID_TOKEN, &USUAL);
    block_on(app.sign_in(&Visitor::new()));
}

#[test]
fn passport_openidconnect() {
    visit(&PASSPORT);
}

#[test]
fn openid_client() {
    visit(&OPENID_CLIENT);
}

#[test]
fn authlib() {
    visit(&AUTHLIB);
}

#[test]
fn go_oidc() {
    visit(&GO_OIDC);
    is_told(&GO_OIDC);
}

#[test]
fn spring_security() {
    visit(&SPRING);
    is_told(&SPRING);
}

fn visit(make: &'static Make) {
    let app = App::start(make, &HASTY);
    block_on(async {
        let (desk, phone) = (Visitor::new(), Visitor::new());
        assert_eq!(app.who(&desk).await, Who::Nobody);
        app.sign_in(&desk).await;
        app.sign_in(&phone).await;

        // What it knew is worth nothing any more: whatever it shows now it has renewed.
        tokio::time::sleep(SHORT + Duration::from_millis(500)).await;
        assert_eq!(app.who(&desk).await, ada());
        assert_eq!(app.who(&desk).await, ada());

        // Nor is the ID token any more, which yet says well enough whose session shall end.
        tokio::time::sleep(SHORT + Duration::from_millis(500)).await;
        app.sign_out(&desk).await;
        assert_eq!(app.who(&desk).await, Who::Nobody);
        assert_eq!(app.who(&phone).await, ada(), "another browser was not meant");
        app.end_elsewhere(&phone).await;
        app.until_nobody(&phone, SHORT + SOON).await;

        app.sign_in(&desk).await;
        an_answer_in_another_browser_signs_nobody_in(&app).await;
    });
}

/// Whoever makes somebody else's browser open an answer of their own would have that person act in their name.
async fn an_answer_in_another_browser_signs_nobody_in(app: &App) {
    let (thief, victim) = (Visitor::new(), Visitor::new());
    let answer = app.answer(&thief).await.location.expect("a way back to the app");
    assert!(answer.query_pairs().any(|(name, _)| name == "code"), "{answer}");
    for _ in 0..2 {
        victim.get(answer.as_str()).await;
        assert_eq!(app.who(&victim).await, Who::Nobody);
        // Nor where that browser is under way by itself.
        app.depart(&victim).await;
    }
}

/// With tokens that live long, nothing but the logout token can say it so soon.
fn is_told(make: &'static Make) {
    assert_eq!(make.learns, Learns::AtOnce);
    let app = App::start(make, &USUAL);
    block_on(async {
        let (desk, phone) = (Visitor::new(), Visitor::new());
        app.sign_in(&desk).await;
        app.sign_in(&phone).await;
        app.end_elsewhere(&desk).await;
        app.until_nobody(&desk, SOON).await;
        assert_eq!(app.who(&phone).await, ada(), "another session was not meant");
    });
}

#[test]
fn each_page_shows_the_program_that_runs_here() {
    for make in ALL {
        let page = Pasted::from(make.page, &[]);
        for language in make.shown.iter().map(|(_, language)| language) {
            let files = make.shown.iter().filter(|(_, other)| other == language);
            let program: String = files.map(|(file, _)| std::fs::read_to_string(make.file(file)).unwrap()).collect();
            let blocks = page.blocks(language);
            assert!(!blocks.is_empty(), "{} shows no {language}", make.page);
            for part in blocks {
                assert!(program.contains(part), "{}: the program has no such part:\n{part}", make.page);
            }
        }
    }
}
