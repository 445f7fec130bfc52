//! What every app of the matrix has to do: sign in, ask userinfo, renew, sign out, and learn of an end.

use super::house::House;
use super::make::Make;
use crate::real::block_on;
use crate::real::process::{PATIENCE, Process, fresh_dir};
use crate::real::visitor::{Answer, Visitor};
use serde_json::{Value, json};
use std::ffi::OsStr;
use std::path::Path;
use std::time::Duration;

/// No redirect leads there: a journey ends at a page.
const NOWHERE: &str = "nowhere:";

/// A running app with the provider it relies on.
pub struct App {
    make: &'static Make,
    house: &'static House,
    /// `http://localhost:port`.
    pub address: String,
    process: Process,
}

/// Whom an app takes somebody for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Nobody: it refuses, or sends to the provider's sign-in page.
    Nobody,
    /// What userinfo said.
    Person(Value),
    /// It cannot say: the status of its answer.
    Trouble(u16),
}

impl App {
    /// Starts it with what the page says it needs.
    pub fn start(make: &'static Make, house: &'static House) -> App {
        let program = make.file(make.command[0]);
        // Those without a path are found like any other program.
        let installed = !make.command[0].contains('/') || program.exists();
        assert!(installed, "{} is missing; `tests/run.sh {}` brings it", program.display(), make.part);
        let (port, client) = house.registered(make);
        let (address, number) = (format!("http://localhost:{port}"), port.to_string());
        let mut settings = vec![
            ("ISSUER", house.idp.issuer.as_str()),
            ("CLIENT_ID", client["client_id"].as_str().expect("an id")),
            ("CLIENT_SECRET", client["client_secret"].as_str().expect("a secret")),
            ("ORIGIN", &address),
            ("PORT", number.as_str()),
            ("SESSION_SECRET", "only this app knows these characters"),
            ("AUTH_SECRET", "only this app knows these characters"),
        ];
        settings.extend(make.otherwise.iter().map(|otherwise| otherwise.told));
        let folder = make.file("");
        let mut arguments = vec!["-C".to_owned(), folder.display().to_string()];
        arguments.extend(settings.iter().map(|(name, value)| format!("{name}={value}")));
        arguments.extend(make.command.iter().map(|word| (*word).to_owned()));
        let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        let process = Process::start(Path::new("/usr/bin/env"), &arguments, fresh_dir());
        let mut app = App { make, house, address, process };
        app.wait_until_ready();
        app
    }

    fn wait_until_ready(&mut self) {
        let address = self.at("/");
        let ready = block_on(async {
            let visitor = Visitor::new();
            let answered = async {
                while visitor.try_get(&address).await.is_none_or(|answer| answer.status != 200) {
                    let ended = self.process.has_ended();
                    assert!(!ended, "{} ended: {}", self.make.folder, self.process.last_words());
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            tokio::time::timeout(PATIENCE, answered).await
        });
        assert!(ready.is_ok(), "{} is not ready: {}", self.make.folder, self.process.last_words());
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    fn is_of(&self, page: &Answer) -> bool {
        page.url.as_str().starts_with(&self.at("/"))
    }

    /// The provider's sign-in page, on the way into this app.
    pub async fn depart(&self, browser: &Visitor) -> Answer {
        let page = browser.travel(&self.at(self.make.sign_in), NOWHERE).await;
        // Some ask by a form of their own first.
        if self.is_of(&page) { browser.submit(&page, &[], NOWHERE).await } else { page }
    }

    /// In at the provider and back.
    pub async fn sign_in(&self, browser: &Visitor) {
        let page = self.depart(browser).await;
        let arrived = browser.sign_in(&page, "ada", NOWHERE).await;
        assert!(self.is_of(&arrived) && arrived.status == 200, "{} {}", arrived.url, self.words(&arrived));
        assert_eq!(self.who(browser).await, ada());
    }

    /// The sign-in stopped where the browser would come back to the app.
    pub async fn answer(&self, browser: &Visitor) -> Answer {
        let page = self.depart(browser).await;
        browser.sign_in(&page, "ada", &self.at("/")).await
    }

    /// Whom it takes this browser's person for.
    pub async fn who(&self, browser: &Visitor) -> Who {
        let page = browser.travel(&self.at("/me"), NOWHERE).await;
        match page.status {
            401 if self.is_of(&page) => Who::Nobody,
            200 if self.is_of(&page) => Who::Person(serde_json::from_str(&page.body).expect("what userinfo said")),
            200 if page.body.contains("name=\"password\"") => Who::Nobody,
            status => Who::Trouble(status),
        }
    }

    /// By the app's own button.
    pub async fn sign_out(&self, browser: &Visitor) {
        let page = browser.get(&self.at(self.make.sign_out)).await;
        let end = browser.submit(&page, &[], NOWHERE).await;
        assert_eq!((end.url.path(), end.status), ("/", 200), "{} {}", end.url, self.words(&end));
        assert!(self.is_of(&end), "{}", end.url);
        assert!(!self.is_known(browser).await, "the provider's session has ended");
    }

    /// On the provider's account page: the app has no part in it.
    pub async fn end_elsewhere(&self, browser: &Visitor) {
        let account = browser.get(&self.house.idp.at("/account")).await;
        browser.submit(&account, &[], NOWHERE).await;
        assert!(!self.is_known(browser).await, "the provider's session has ended");
    }

    /// Does the provider know who uses this browser?
    pub async fn is_known(&self, browser: &Visitor) -> bool {
        !browser.get(&self.house.idp.at("/account")).await.body.contains("name=\"password\"")
    }

    /// Asks until it takes the person for nobody.
    pub async fn until_nobody(&self, browser: &Visitor, patience: Duration) {
        let began = tokio::time::Instant::now();
        loop {
            match self.who(browser).await {
                Who::Nobody => return,
                other => assert!(began.elapsed() < patience, "it still says {other:?}"),
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    fn words(&self, page: &Answer) -> String {
        format!("({}): {}\n{}", page.status, page.body, self.process.last_words())
    }
}

/// What every app shows of her.
pub fn ada() -> Who {
    Who::Person(json!({"name": "The Person ada", "email": "ada@example.org"}))
}
