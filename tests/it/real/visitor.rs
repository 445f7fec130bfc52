//! A person with a very plain browser: cookies, one redirect at a time, forms, no script.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, LOCATION, ORIGIN};
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::idp::password_of;

const FORM: &str = "application/x-www-form-urlencoded";

/// What came back.
pub struct Answer {
    /// The address that was asked.
    pub url: Url,
    /// The status code.
    pub status: u16,
    /// Where it leads, as an absolute address.
    pub location: Option<Url>,
    /// The body as text.
    pub body: String,
}

impl Answer {
    /// A query parameter of the address it leads to.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location.as_ref()?;
        location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// One browser with its cookies.
pub struct Visitor {
    client: reqwest::Client,
}

/// An HTTP client for names of this machine: they are resolved here (Debian's resolver does not know `*.localhost`,
/// and `localhost` may be `::1` first), no proxy is asked, no redirect followed.
pub fn local_client() -> reqwest::ClientBuilder {
    // Installed once per process; the second caller finds it there.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .resolve("localhost", SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .timeout(Duration::from_secs(30))
}

impl Visitor {
    /// A browser nobody has used yet.
    pub fn new() -> Visitor {
        Visitor { client: local_client().cookie_store(true).build().expect("a client") }
    }

    /// GET; none when nobody answers.
    pub async fn try_get(&self, url: &str) -> Option<Answer> {
        let response = self.client.get(url).send().await.ok()?;
        Some(read(response).await)
    }

    /// GET.
    pub async fn get(&self, url: &str) -> Answer {
        self.try_get(url).await.unwrap_or_else(|| panic!("nobody answers at {url}"))
    }

    /// Goes to `url` and follows redirects until one leaves for an address that begins with `until`, or a page comes.
    pub async fn travel(&self, url: &str, until: &str) -> Answer {
        self.follow(self.get(url).await, until).await
    }

    /// Fills in the page's form, presses the first button that carries a name and value of `fields`, and follows.
    pub async fn submit(&self, page: &Answer, fields: &[(&str, &str)], until: &str) -> Answer {
        let (action, mut all) = form(page);
        all.retain(|(name, _)| fields.iter().all(|(field, _)| field != name));
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let origin = action.origin().ascii_serialization();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&all).finish();
        let request = self.client.post(action).header(ORIGIN, origin).header(CONTENT_TYPE, FORM).body(body);
        let answer = read(request.send().await.expect("the form's address answers")).await;
        self.follow(answer, until).await
    }

    /// Signs in on a sign-in page as a [`person`](super::idp::person).
    pub async fn sign_in(&self, page: &Answer, username: &str, until: &str) -> Answer {
        assert!(page.body.contains("name=\"password\""), "no sign-in page ({}): {}", page.status, page.body);
        self.submit(page, &[("username", username), ("password", &password_of(username))], until).await
    }

    async fn follow(&self, mut answer: Answer, until: &str) -> Answer {
        for _ in 0..10 {
            match &answer.location {
                Some(next) if !next.as_str().starts_with(until) => answer = self.get(next.as_str()).await,
                _ => return answer,
            }
        }
        panic!("too many redirects, the last to {:?}", answer.location.map(String::from));
    }
}

async fn read(response: reqwest::Response) -> Answer {
    let (url, status) = (response.url().clone(), response.status().as_u16());
    let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
    let location = location.filter(|_| (300..400).contains(&status)).map(|to| url.join(to).expect("a good Location"));
    Answer { location, status, body: response.text().await.expect("a readable body"), url }
}

/// Where the page's posted form goes, and its fields as they stand.
fn form(page: &Answer) -> (Url, Vec<(String, String)>) {
    let document = Html::parse_document(&page.body);
    let select = |what: &str| Selector::parse(what).expect("a selector");
    let form = document.select(&select("form[method=post]")).next();
    let form = form.unwrap_or_else(|| panic!("no form at {} ({}): {}", page.url, page.status, page.body));
    let action = page.url.join(form.attr("action").unwrap_or_default()).expect("an action");
    let value = |field: ElementRef<'_>| Some((field.attr("name")?.to_owned(), field.attr("value")?.to_owned()));
    let fields = form.select(&select("input:not([type=checkbox])")).filter_map(value).collect();
    (action, fields)
}
