//! The script in a real Chromium: countdown, staying, drafts, and what one tab sees of another. The clock is moved by the
//! tests; nothing is waited for but the page itself.

#[path = "real/world.rs"]
mod world;

use abide_rp::Policy;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use world::{MIRA, World, bank};

/// chromedriver and a browser of its own; both end with it.
struct Driver {
    client: Client,
    _process: Running,
    _profile: tempfile::TempDir,
}

/// A program that ends when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Driver {
    async fn start() -> Driver {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let profile = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Running(command.spawn().expect("chromedriver runs; `tests/run.sh tools` installs it"));
        let folder = format!("--user-data-dir={}", profile.path().display());
        let usual =
            ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
        let arguments: Vec<&str> = usual.into_iter().chain([folder.as_str()]).collect();
        let wanted = json!({"goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": arguments}});
        let mut turns = tokio::time::interval(Duration::from_millis(100));
        for _ in 0..100 {
            turns.tick().await;
            let mut builder = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
            let capabilities = wanted.as_object().cloned().unwrap_or_default();
            if let Ok(client) = builder.capabilities(capabilities).connect(&format!("http://127.0.0.1:{port}")).await {
                return Driver { client, _process: process, _profile: profile };
            }
        }
        panic!("chromedriver does not answer");
    }

    async fn find(&self, css: &str) -> fantoccini::elements::Element {
        let wait = self.client.wait().at_most(Duration::from_secs(15));
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no {css}: {error}; {}", self.client.source().await.unwrap_or_default()),
        }
    }

    async fn script(&self, text: &str) -> Value {
        self.client.execute(text, Vec::new()).await.expect("a script that runs")
    }

    /// Waits until a script says yes.
    async fn until(&self, text: &str) {
        let mut turns = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..300 {
            turns.tick().await;
            if self.script(&format!("return Boolean({text})")).await == true {
                return;
            }
        }
        panic!("never: {text}; {}", self.client.source().await.unwrap_or_default());
    }

    async fn sign_in(&self, world: &World) {
        self.client.goto(&format!("{}/form", world.origin)).await.expect("a page");
        self.fill_in().await;
    }

    async fn fill_in(&self) {
        let username = self.find("#username").await;
        username.clear().await.expect("cleared");
        username.send_keys(MIRA.0).await.expect("typed");
        self.find("#password").await.send_keys(MIRA.1).await.expect("typed");
        self.find("#sign-in").await.click().await.expect("clicked");
        self.find("form[data-draft]").await;
        // The script has asked for the session.
        self.until("performance.getEntriesByName(new URL('/auth/session', location).href).length").await;
    }
}

#[actix_web::test]
async fn warned_stayed_timed_out_and_back_with_what_was_typed() {
    let world = World::with(bank()).await;
    let browser = Driver::start().await;
    browser.sign_in(&world).await;
    browser.find("[name=to]").await.send_keys("Norrsken Bakery").await.expect("typed");
    browser.find("[name=password]").await.send_keys("not to be kept").await.expect("typed");
    let kept = "(await (await fetch('/auth/session/draft?form=transfer')).json()).fields";
    let look = format!(
        "const done = arguments[0]; const look = async () => {{ const kept = {kept};
        if (kept?.to === 'Norrsken Bakery') done(JSON.stringify(kept)); else setTimeout(look, 50); }}; look();"
    );
    let kept = browser.client.execute_async(&look, Vec::new()).await.expect("kept");
    assert!(!kept.to_string().contains("not to be kept"), "{kept}");

    world.pass(70);
    let dialog = browser.find("#session-warning[role=alertdialog]").await;
    assert!(dialog.text().await.expect("text").contains("You will be signed out in 0:"));
    assert_eq!(browser.script("return document.activeElement.id").await, "stay-signed-in");
    browser.find("#stay-signed-in").await.click().await.expect("clicked");
    browser.until("!document.getElementById('session-warning')").await;

    world.pass(121);
    browser.find("#username").await;
    assert!(browser.client.current_url().await.expect("an address").as_str().starts_with(&world.issuer));
    browser.fill_in().await;
    browser.until("document.querySelector('form[data-restored=after-timeout]')").await;
    let fields =
        browser.script("return [...document.querySelectorAll('[name=to], [name=password]')].map((f) => f.value)").await;
    assert_eq!(fields, json!(["Norrsken Bakery", ""]));
    browser.client.clone().close().await.expect("closed");
    world.stop().await;
}

#[actix_web::test]
async fn what_one_tab_does_the_other_sees() {
    let world = World::with(bank()).await;
    let browser = Driver::start().await;
    browser.sign_in(&world).await;
    let first = browser.client.window().await.expect("a window");
    let second = browser.client.new_window(true).await.expect("a tab").handle;
    browser.client.switch_to_window(second.clone()).await.expect("there");
    browser.client.goto(&format!("{}/form", world.origin)).await.expect("a page");
    browser.find("form[data-draft]").await;

    world.pass(70);
    browser.find("#session-warning").await;
    browser.client.switch_to_window(first.clone()).await.expect("there");
    browser.find("#session-warning #stay-signed-in").await.click().await.expect("clicked");
    browser.client.switch_to_window(second.clone()).await.expect("there");
    browser.until("!document.getElementById('session-warning')").await;

    world.pass(70);
    browser.find("#session-warning #sign-out").await.click().await.expect("clicked");
    browser.until("document.title === 'You are signed out'").await;
    browser.client.switch_to_window(first).await.expect("there");
    browser.find("#username").await;
    browser.client.clone().close().await.expect("closed");
    world.stop().await;
}

#[actix_web::test]
async fn a_logout_at_the_provider_takes_the_page_away() {
    let world = World::with(Policy::default()).await;
    let browser = Driver::start().await;
    browser.sign_in(&world).await;
    let sid = browser.script("return document.body.dataset.sid").await;
    let token = world.logout_token(|claims| claims["sid"] = sid);
    world.pass(2);
    assert_eq!(world.visitor().raw("/auth/back-channel-logout", &[("logout_token", &token)]).await.status, 200);
    // The provider's own session lives, so a silent look signs in again: another session, on a page drawn anew.
    browser.until("performance.getEntriesByType('navigation')[0].type === 'reload'").await;
    browser.find("form[data-draft]").await;
    browser.client.clone().close().await.expect("closed");
    world.stop().await;
}
