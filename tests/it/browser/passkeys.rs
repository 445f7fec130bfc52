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
pub(super) enum Verifies {
    Yes,
    No,
}

impl Page {
    async fn authenticators(&self, method: Method, path: String, body: Option<Value>) -> Value {
        let told = self.client.issue_cmd(Command { method, path: path.clone(), body }).await;
        told.unwrap_or_else(|error| panic!("authenticator{path}: {error}"))
    }

    /// Plugs an authenticator in; answers with its name.
    pub(super) async fn plug_in(&self, verifies: Verifies) -> String {
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

    /// Whether the person is the right one, from here on.
    async fn verify(&self, authenticator: &str, verified: bool) {
        let body = json!({ "isUserVerified": verified });
        self.authenticators(Method::POST, format!("/{authenticator}/uv"), Some(body)).await;
    }

    /// A browser that cannot offer passkeys where a name is typed. The virtual authenticator answers to that at once.
    pub async fn without_conditional_mediation(&self) {
        let source = "delete PublicKeyCredential.isConditionalMediationAvailable;";
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": source })).await;
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
        page.without_conditional_mediation().await;
        at_security(house, &page, "ada").await;
        make(&page, "Work laptop").await;
        page.until("document.querySelectorAll('.codes code').length === 10").await;
        page.open(&house.idp.at("/account/security")).await;
        page.find("[data-label='Work laptop']").await;
        let held = page.credentials(&device).await;
        let (rp, resident) = (&held[0]["rpId"], &held[0]["isResidentCredential"]);
        assert_eq!((held.len(), rp, resident), (1, &json!("localhost"), &json!(true)));
        let handle = held[0]["userHandle"].as_str().unwrap_or_default();
        assert_eq!(handle.len(), 43, "what it calls the account is a hash: {handle}");

        // The same device is told that it has one already, by the browser and in words.
        make(&page, "Once more").await;
        page.until("document.querySelector('.passkey-message').textContent.startsWith('There is a passkey')").await;

        sign_out(house, &page).await;
        page.open(&house.request("trusted", &[("acr_values", "phr")])).await;
        // Somebody else's finger.
        page.verify(&device, false).await;
        page.go("#use-passkey").await;
        page.until("document.querySelector('.passkey-message').textContent.startsWith('Nothing was chosen')").await;
        assert_eq!(page.attribute(".passkey-message", "aria-live").await, "polite");
        assert!(page.focus_matches("#use-passkey").await, "and the button is where it was");
        page.verify(&device, true).await;
        page.press(Key::Enter).await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);
        page.open(&house.idp.at("/account/security")).await;
        let line = page.text("[data-label='Work laptop']").await;
        assert!(line.contains("Last used"), "{line}");
    });
}

#[test]
fn a_passkey_is_offered_where_the_name_is_typed() {
    let house = &*KEYED;
    story(Profile::Desk, move |page| async move {
        page.plug_in(Verifies::Yes).await;
        at_security(house, &page, "olof").await;
        make(&page, "Phone").await;
        page.until("document.querySelectorAll('.codes code').length === 10").await;
        sign_out(house, &page).await;
        // The virtual authenticator chooses at once, as a person would from the list below the field.
        page.open(&house.request("trusted", &[])).await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);
    });
}

#[test]
fn a_key_that_verifies_nobody_is_asked_for_after_the_password() {
    let house = &*KEYED;
    story(Profile::Desk, move |page| async move {
        page.plug_in(Verifies::No).await;
        page.without_conditional_mediation().await;
        at_security(house, &page, "runa").await;
        make(&page, "Key on my ring").await;
        page.until("document.querySelectorAll('.codes code').length === 10").await;
        page.open(&house.idp.at("/account/security")).await;
        assert!(page.text("[data-label='Key on my ring']").await.contains("After your password only"));
        sign_out(house, &page).await;
        page.open(&house.request("trusted", &[])).await;
        page.find("#username").await;
        page.type_text("runa").await;
        page.tab_to("#password").await;
        page.type_text(&password_of("runa")).await;
        page.press(Key::Enter).await;
        page.until("document.activeElement?.id === 'use-passkey'").await;
        page.press(Key::Enter).await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);
    });
}

#[test]
fn without_scripts_the_password_is_as_good_as_before() {
    let house = &*KEYED;
    story(Profile::WithoutScript, move |page| async move {
        page.open(&house.request("trusted", &[])).await;
        let button = page.find("#use-passkey").await;
        assert!(!button.is_displayed().await.expect("an answer"), "nothing is shown that does not work");
        house.sign_in(&page, "vide").await;
        page.arrive(&house.app).await;
    });
}
