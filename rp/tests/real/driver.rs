//! Chromium by WebDriver, and a person who signs in with it.

#![allow(dead_code, reason = "each of the test programs uses a part of it")]

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// chromedriver and a browser of its own; both end with it.
pub struct Driver {
    pub client: Client,
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

/// May pages of other sites, shown in a frame, have their cookies?
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ForeignCookies {
    /// As Debian's Chromium has it.
    Blocked,
    Allowed,
}

impl Driver {
    pub async fn start(foreign: ForeignCookies) -> Driver {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        let profile = tempfile::tempdir().expect("a folder");
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}")).stdout(Stdio::null()).stderr(Stdio::null());
        let process = Running(command.spawn().expect("chromedriver runs; `tests/run.sh tools` installs it"));
        let folder = format!("--user-data-dir={}", profile.path().display());
        let usual = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            // The provider's certificate is of an authority of these tests.
            "--ignore-certificate-errors",
        ];
        let arguments: Vec<&str> = usual.into_iter().chain([folder.as_str()]).collect();
        let mut wanted = json!({"goog:chromeOptions": {"binary": "/usr/bin/chromium", "args": arguments}});
        if foreign == ForeignCookies::Allowed {
            wanted["goog:chromeOptions"]["prefs"] = json!({"profile.cookie_controls_mode": 0});
        }
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

    pub async fn find(&self, css: &str) -> fantoccini::elements::Element {
        let wait = self.client.wait().at_most(Duration::from_secs(15));
        match wait.for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no {css}: {error}; {}", self.client.source().await.unwrap_or_default()),
        }
    }

    pub async fn script(&self, text: &str) -> Value {
        self.client.execute(text, Vec::new()).await.expect("a script that runs")
    }

    /// Waits until a script says yes.
    pub async fn until(&self, text: &str) {
        let mut turns = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..300 {
            turns.tick().await;
            if self.script(&format!("return Boolean({text})")).await == true {
                return;
            }
        }
        panic!("never: {text}; {}", self.client.source().await.unwrap_or_default());
    }

    /// Opens a page of an app and signs in on the way.
    pub async fn sign_in(&self, page: &str, person: (&str, &str)) {
        self.client.goto(page).await.expect("a page");
        self.fill_in(person).await;
    }

    /// Fills the provider's form and comes back to a page with a draft, whose script has asked for the session.
    pub async fn fill_in(&self, (name, password): (&str, &str)) {
        let username = self.find("#username").await;
        username.clear().await.expect("cleared");
        username.send_keys(name).await.expect("typed");
        self.find("#password").await.send_keys(password).await.expect("typed");
        self.find("#sign-in").await.click().await.expect("clicked");
        self.find("form[data-draft]").await;
        self.until("performance.getEntriesByName(new URL('/auth/session', location).href).length").await;
    }
}
