//! A browser as far as these tests need one: cookies by host, redirects followed, forms filled.

use scraper::{Html, Selector};
use serde_json::Value;
use std::collections::BTreeMap;

/// What came back at the end of a way.
pub struct Seen {
    pub status: u16,
    pub url: String,
    pub location: Option<String>,
    pub body: String,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {} {} {}", self.url, self.status, self.body))
    }
}

/// The browser. Everything is on this machine, under one name.
#[derive(Clone)]
pub struct Visitor {
    client: reqwest::Client,
    origin: String,
    cookies: BTreeMap<String, String>,
}

impl Visitor {
    pub fn new(origin: &str) -> Visitor {
        let loopback = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        let builder = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let client = builder.resolve("localhost", loopback).build().expect("a client");
        Visitor { client, origin: origin.to_owned(), cookies: BTreeMap::new() }
    }

    /// A page opened by the person.
    pub async fn open(&mut self, address: &str) -> Seen {
        let mut next = self.absolute(address);
        for _ in 0..12 {
            let request = self.client.get(next.clone()).header("sec-fetch-dest", "document");
            let request = request.header("sec-fetch-mode", "navigate").header("sec-fetch-user", "?1");
            let seen = self.send(request, &next).await;
            match &seen.location {
                Some(to) => next = next.join(to).expect("a URL"),
                None => return seen,
            }
        }
        panic!("redirects go round at {next}");
    }

    /// A page's script reads.
    pub async fn script(&mut self, address: &str) -> Seen {
        let url = self.absolute(address);
        self.send(self.client.get(url.clone()).header("sec-fetch-dest", "empty"), &url).await
    }

    /// A page's script sends.
    pub async fn post_json(&mut self, address: &str, csrf: &str, body: &Value) -> Seen {
        let url = self.absolute(address);
        let request = self.client.post(url.clone()).header("origin", self.origin.clone());
        self.send(request.header("x-csrf-token", csrf).json(body), &url).await
    }

    /// A form of the app, to the end of its redirects.
    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Seen {
        let url = self.absolute(address);
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.post_form(url, &fields).await
    }

    /// The first form of a page with these fields filled in.
    pub async fn submit_first(&mut self, page: &Seen, filled: &[(&str, &str)]) -> Seen {
        let (action, mut fields) =
            first_form(&page.body).unwrap_or_else(|| panic!("no form: {} {}", page.url, page.body));
        fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let base: reqwest::Url = page.url.parse().expect("a URL");
        self.post_form(base.join(&action).expect("a URL"), &fields).await
    }

    pub fn forget(&mut self, cookie: &str) {
        self.cookies.remove(cookie);
    }

    async fn post_form(&mut self, url: reqwest::Url, fields: &BTreeMap<String, String>) -> Seen {
        let origin = url.origin().ascii_serialization();
        let request = self.client.post(url.clone()).header("origin", origin).form(fields);
        let seen = self.send(request, &url).await;
        match &seen.location {
            Some(to) => {
                let next = url.join(to).expect("a URL").to_string();
                self.open(&next).await
            }
            None => seen,
        }
    }

    fn absolute(&self, address: &str) -> reqwest::Url {
        let base: reqwest::Url = self.origin.parse().expect("a URL");
        base.join(address).expect("a URL")
    }

    async fn send(&mut self, request: reqwest::RequestBuilder, url: &reqwest::Url) -> Seen {
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = request.header("cookie", jar.join("; ")).send().await.expect("an answer");
        for cookie in answer.headers().get_all("set-cookie") {
            let text = cookie.to_str().expect("text");
            let (name, rest) = text.split_once('=').expect("a pair");
            let value = rest.split(';').next().unwrap_or_default();
            if value.is_empty() || text.contains("Max-Age=0") || text.contains("expires=Thu, 01 Jan 1970") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = answer.status().as_u16();
        let location = answer.headers().get("location").map(|value| value.to_str().expect("text").to_owned());
        Seen { status, url: url.to_string(), location, body: answer.text().await.expect("a body") }
    }
}

fn first_form(body: &str) -> Option<(String, BTreeMap<String, String>)> {
    let page = Html::parse_document(body);
    let form = page.select(&Selector::parse("form").expect("a selector")).next()?;
    let selector = Selector::parse("input").expect("a selector");
    let inputs = form.select(&selector).filter_map(|input| {
        let value = input.value().attr("value").unwrap_or_default();
        Some((input.value().attr("name")?.to_owned(), value.to_owned()))
    });
    let fields = inputs.collect();
    Some((form.value().attr("action")?.to_owned(), fields))
}
