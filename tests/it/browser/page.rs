//! What a story does with its browser.

use std::time::Duration;

use fantoccini::cookies::Cookie;
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, Locator};
use serde_json::Value;

/// How long an element may take to appear; signing in hashes a password on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The browser's one window. Every method fails the story when the browser refuses.
#[derive(Clone)]
pub struct Page {
    pub(super) client: Client,
}

impl Page {
    pub(super) fn new(client: Client) -> Page {
        Page { client }
    }

    pub(super) async fn close(self) -> Result<(), CmdError> {
        self.client.close().await
    }

    /// Opens an address and waits until the page has loaded.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url} does not open: {error}"));
    }

    /// The address of the page.
    pub async fn url(&self) -> String {
        self.client.current_url().await.expect("an address").into()
    }

    /// The title of the page.
    pub async fn title(&self) -> String {
        self.client.title().await.expect("a title")
    }

    /// The first element that matches the CSS selector, once it is there.
    pub async fn find(&self, css: &str) -> Element {
        let found =
            self.client.wait().at_most(PATIENCE).every(Duration::from_millis(40)).for_element(Locator::Css(css)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("no {css}: {error}; {}", self.description().await),
        }
    }

    /// Whether something matches now.
    pub async fn has(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.is_ok()
    }

    /// Clicks.
    pub async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css} cannot be clicked: {error}"));
    }

    /// Types into a field that is emptied before.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.expect("a field that can be emptied");
        field.send_keys(text).await.expect("a field that can be typed into");
    }

    /// The visible text of an element.
    pub async fn text(&self, css: &str) -> String {
        self.find(css).await.text().await.expect("text")
    }

    /// An attribute of an element; empty when it is absent.
    pub async fn attribute(&self, css: &str, name: &str) -> String {
        self.find(css).await.attr(name).await.expect("an attribute").unwrap_or_default()
    }

    /// The value in a field.
    pub async fn value(&self, css: &str) -> String {
        self.find(css).await.prop("value").await.expect("a value").unwrap_or_default()
    }

    /// Runs a function body in the page and returns what it returns.
    pub async fn script(&self, body: &str) -> Value {
        self.client.execute(body, Vec::new()).await.unwrap_or_else(|error| panic!("{body}: {error}"))
    }

    /// Runs a function body whose last argument is the function to call with the result.
    pub async fn script_later(&self, body: &str) -> Value {
        self.client.execute_async(body, Vec::new()).await.unwrap_or_else(|error| panic!("{body}: {error}"))
    }

    /// Waits until a JavaScript expression holds; while the browser is between two pages it does not.
    pub async fn until(&self, expression: &str) {
        let body = format!("return Boolean({expression});");
        let holds = async {
            while !matches!(self.client.execute(&body, Vec::new()).await, Ok(Value::Bool(true))) {
                tokio::time::sleep(Duration::from_millis(40)).await;
            }
        };
        if tokio::time::timeout(PATIENCE, holds).await.is_err() {
            panic!("it never holds that {expression}; {}", self.description().await);
        }
    }

    /// Waits until the page's address begins so.
    pub async fn arrive(&self, prefix: &str) {
        self.until(&format!("location.href.startsWith({prefix:?}) && document.readyState === \"complete\"")).await;
    }

    /// The cookies that go to this page's address.
    pub async fn cookies(&self) -> Vec<Cookie<'static>> {
        self.client.get_all_cookies().await.expect("cookies")
    }

    /// What a person would see, for the message of a failed story.
    pub async fn description(&self) -> String {
        let url = self.client.current_url().await.map(String::from).unwrap_or_default();
        let title = self.client.title().await.unwrap_or_default();
        let body = match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        let body: String = body.chars().take(1500).collect();
        format!("{url} “{title}”\n{body}")
    }
}
