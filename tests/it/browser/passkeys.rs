//! Passkeys in Chromium, with WebDriver's virtual authenticator (Web Authentication Level 3, section 11), by keyboard only.

use super::driver::{Profile, story};
use super::page::Page;
use super::places::{House, KEYED};
use crate::real::idp::password_of;
use fantoccini::key::Key;
use fantoccini::wd::WebDriverCompatibleCommand;
use hyper::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command about virtual authenticators.
#[derive(Debug)]
struct Command {
    method: Method,
    path: String,
    body: Option<Value>,
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/webauthn/authenticator{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (self.method.clone(), self.body.as_ref().map(Value::to_string))
    }
}

/// Does the authenticator verify its person?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verifies {
    Yes,
    No,
}

impl Page {
    async fn authenticators(&self, method: Method, path: String, body: Option<Value>) -> Value {
        let told = self.client.issue_cmd(Command { method, path: path.clone(), body }).await;
        told.unwrap_or_else(|error| panic!("authenticator{path}: {error}"))
    }

    /// Plugs an authenticator in; answers with its name.
    async fn plug_in(&self, verifies: Verifies) -> String {
        let verifies = verifies == Verifies::Yes;
        let body = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": verifies,
            "isUserVerified": verifies,
        });
        let name = self.authenticators(Method::POST, String::new(), Some(body)).await;
        name.as_str().expect("a name").to_owned()
    }

    async fn unplug(&self, authenticator: &str) {
        self.authenticators(Method::DELETE, format!("/{authenticator}"), None).await;
    }

    /// What an authenticator holds.
    async fn credentials(&self, authenticator: &str) -> Vec<Value> {
        let held = self.authenticators(Method::GET, format!("/{authenticator}/credentials"), None).await;
        held.as_array().expect("a list").clone()
    }

    async fn go(&self, css: &str) {
        self.tab_to(css).await;
        self.press(Key::Enter).await;
    }
}

/// Signs in with a password, and is at the page of what one signs in with.
async fn at_security(house: &House, page: &Page, who: &str) {
    page.open(&house.idp.at("/account/security")).await;
    page.find("#username").await;
    page.type_text(who).await;
    page.tab_to("#password").await;
    page.type_text(&password_of(who)).await;
    page.press(Key::Enter).await;
    page.find("#add-passkey").await;
}

async fn make(page: &Page, label: &str) {
    page.go("#add-passkey").await;
    page.tab_to("#label").await;
    // Whoever comes to a field by Tab has its text selected.
    page.type_text(label).await;
    page.go("#create-passkey").await;
}

async fn sign_out(house: &House, page: &Page) {
    page.open(&house.idp.at("/account")).await;
    page.go("#sign-out").await;
    page.until("document.querySelector('h1')?.textContent === 'You are signed out'").await;
}

#[test]
fn a_passkey_is_made_and_signs_in_without_a_name() {
    let house = &*KEYED;
    story(Profile::Desk, move |page| async move {
        let device = page.plug_in(Verifies::Yes).await;
        at_security(house, &page, "ada").await;
        make(&page, "Work laptop").await;
        page.until("document.querySelectorAll('.codes code').length === 10").await;
        page.open(&house.idp.at("/account/security")).await;
        page.find("[data-label='Work laptop']").await;
        let held = page.credentials(&device).await;
        assert_eq!(
            (held.len(), &held[0]["rpId"], &held[0]["isResidentCredential"]),
            (1, &json!("localhost"), &json!(true))
        );

        // The same device is told that it has one already, by the browser and in words.
        make(&page, "Once more").await;
        page.until("document.querySelector('.passkey-message').textContent.startsWith('There is a passkey')").await;

        sign_out(house, &page).await;
        // While no authenticator is there, nothing is offered where the name is typed.
        page.unplug(&device).await;
        let device = page.plug_in(Verifies::Yes).await;
        for credential in held {
            page.authenticators(Method::POST, format!("/{device}/credential"), Some(credential)).await;
        }
        page.open(&house.request("trusted", &[("acr_values", "phr")])).await;
        if page.has("#use-passkey").await {
            page.go("#use-passkey").await;
        }
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);
        page.open(&house.idp.at("/account/security")).await;
        let line = page.text("[data-label='Work laptop']").await;
        assert!(line.contains("Last used"), "{line}");
    });
}
