//! A browser as far as most of these tests need one: cookies by host, redirects followed, forms filled.

use scraper::{Html, Selector};
use serde_json::Value;
use std::collections::BTreeMap;

/// What came back at the end of a way.
#[derive(Debug)]
pub struct Seen {
    pub status: u16,
    pub url: String,
    pub location: Option<String>,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }
}

/// A browser: cookies by host, navigations that the person began.
#[derive(Clone)]
pub struct Visitor {
    client: reqwest::Client,
    origin: String,
    pub cookies: BTreeMap<(String, String), String>,
}

/// Whose request it is.
#[derive(Clone, Copy)]
pub enum By {
    Person,
    Script,
    Frame,
}

impl Visitor {
    pub fn new(origin: &str, addresses: &[&str]) -> Visitor {
        let loopback = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let mut builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        for address in addresses {
            let url: reqwest::Url = address.parse().expect("a URL");
            builder = builder.resolve(url.host_str().expect("a host"), loopback);
        }
        let client = builder.build().expect("a client");
        Visitor { client, origin: origin.to_owned(), cookies: BTreeMap::new() }
    }

    fn absolute(&self, address: &str) -> reqwest::Url {
        let base: reqwest::Url = self.origin.parse().expect("a URL");
        base.join(address).expect("a URL")
    }

    /// One request, no redirect followed.
    pub async fn step(&mut self, by: By, address: &str) -> Seen {
        let url = self.absolute(address);
        let request = self.client.get(url.clone());
        let request = match by {
            By::Person => request
                .header("sec-fetch-dest", "document")
                .header("sec-fetch-mode", "navigate")
                .header("sec-fetch-user", "?1"),
            By::Script => request.header("sec-fetch-dest", "empty").header("sec-fetch-mode", "cors"),
            By::Frame => request.header("sec-fetch-dest", "iframe").header("sec-fetch-mode", "navigate"),
        };
        self.send(request, &url).await
    }

    /// A page opened by the person, to the end of its redirects.
    pub async fn open(&mut self, address: &str) -> Seen {
        let mut seen = self.step(By::Person, address).await;
        for _ in 0..10 {
            let Some(next) = seen.location.clone() else { return seen };
            seen = self.step(By::Person, &next).await;
        }
        panic!("redirects go round at {}", seen.url);
    }

    /// Sends a form as a page of `origin` does.
    pub async fn post_once(&mut self, address: &str, fields: &[(&str, &str)], origin: &str) -> Seen {
        let url = self.absolute(address);
        let request = self.client.post(url.clone()).header("origin", origin).form(fields);
        self.send(request, &url).await
    }

    /// Sends a form as a page of `origin` does, and follows.
    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)], origin: &str) -> Seen {
        let seen = self.post_once(address, fields, origin).await;
        match seen.location.clone() {
            Some(next) if seen.status == 303 => self.open(&next).await,
            _ => seen,
        }
    }

    /// A script's request with its token.
    pub async fn script(&mut self, address: &str, csrf: &str, body: &Value) -> Seen {
        let url = self.absolute(address);
        let origin = self.origin.clone();
        let request = self.client.post(url.clone()).header("origin", origin).header("x-csrf-token", csrf).json(body);
        self.send(request, &url).await
    }

    /// Opens an address of the app and signs in at the provider on the way.
    pub async fn sign_in(&mut self, address: &str, person: (&str, &str)) -> Seen {
        let page = self.open(address).await;
        self.fill_in(&page, person).await
    }

    /// Fills the provider's form.
    pub async fn fill_in(&mut self, page: &Seen, (username, password): (&str, &str)) -> Seen {
        let (next, _) = self.credentials(page, (username, password)).await;
        self.open(&next).await
    }

    /// Fills the form of a page that posts to `action` and sends it.
    pub async fn submit(&mut self, page: &Seen, action: &str, filled: &[(&str, &str)]) -> Seen {
        let url: reqwest::Url = page.url.parse().expect("a URL");
        let mut fields = fields(&page.body, action);
        fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let target = url.join(action).expect("a URL").to_string();
        self.post(&target, &fields, &url.origin().ascii_serialization()).await
    }

    /// Fills the provider's form and stops before the way back; also tells the answer.
    pub async fn credentials(&mut self, page: &Seen, (username, password): (&str, &str)) -> (String, Seen) {
        let mut fields = fields(&page.body, "/sign-in");
        assert!(!fields.is_empty(), "no form at {}: {}", page.url, page.body);
        fields.insert("username".into(), username.into());
        fields.insert("password".into(), password.into());
        let url: reqwest::Url = page.url.parse().expect("a URL");
        let target = url.join("/sign-in").expect("a URL");
        let origin = url.origin().ascii_serialization();
        let request = self.client.post(target.clone()).header("origin", origin).form(&fields);
        let mut seen = self.send(request, &target).await;
        while let Some(next) = seen.location.clone() {
            if next.contains("/auth/callback") {
                return (next, seen);
            }
            seen = self.step(By::Person, &next).await;
        }
        panic!("no way back: {} {}", seen.status, seen.body);
    }

    /// A raw request to the app, without anything a browser adds.
    pub async fn raw(&self, address: &str, fields: &[(&str, &str)]) -> Seen {
        let url = self.absolute(address);
        let request = self.client.post(url.clone()).form(fields);
        read(request.send().await.expect("an answer"), &url).await
    }

    /// A stream of the app.
    pub async fn stream(&self, address: &str) -> reqwest::Response {
        let url = self.absolute(address);
        let request = self.client.get(url.clone()).header("cookie", self.cookie_header(&url));
        request.send().await.expect("an answer")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, url: &reqwest::Url) -> Seen {
        let request = request.header("cookie", self.cookie_header(url));
        let answer = request.send().await.expect("an answer");
        let host = url.host_str().expect("a host").to_owned();
        for cookie in answer.headers().get_all("set-cookie") {
            let text = cookie.to_str().expect("text");
            let (pair, attributes) = text.split_once(';').unwrap_or((text, ""));
            let (name, value) = pair.split_once('=').expect("a pair");
            let key = (host.clone(), name.to_owned());
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, value.to_owned());
            }
        }
        read(answer, url).await
    }

    fn cookie_header(&self, url: &reqwest::Url) -> String {
        let host = url.host_str().expect("a host");
        let ours = self.cookies.iter().filter(|((of, _), _)| of == host);
        ours.map(|((_, name), value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// The app's session cookie.
    pub fn handle(&self) -> Option<String> {
        self.cookies.iter().find(|((_, name), _)| name == "bank_session").map(|(_, value)| value.clone())
    }

    pub fn plant(&mut self, name: &str, value: &str) {
        self.cookies.insert(("bank.localhost".into(), name.into()), value.into());
    }

    /// Forgets what the provider knows of this browser.
    pub fn forget_provider(&mut self) {
        self.cookies.retain(|(host, _), _| host != "localhost");
    }
}

async fn read(answer: reqwest::Response, url: &reqwest::Url) -> Seen {
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let location = headers.get("location").map(|value| value.to_str().expect("text").to_owned());
    // A relative way is one from here.
    let location = location.map(|to| url.join(&to).expect("a URL").to_string());
    Seen { status, url: url.to_string(), location, headers, body: answer.text().await.expect("a body") }
}

/// The fields of the form that posts to `action`.
fn fields(body: &str, action: &str) -> BTreeMap<String, String> {
    let page = Html::parse_document(body);
    let selector = Selector::parse(&format!("form[action=\"{action}\"] input")).expect("a selector");
    let inputs = page.select(&selector).filter(|input| input.value().attr("type") != Some("checkbox"));
    let pair = |input: scraper::ElementRef<'_>| {
        let value = input.value().attr("value").unwrap_or_default();
        Some((input.value().attr("name")?.to_owned(), value.to_owned()))
    };
    inputs.filter_map(pair).collect()
}
