//! One request there, one answer back, or none: nothing here fails when the other side is killed.

use crate::real::visitor::local_client;
use reqwest::header::{COOKIE, HeaderMap, LOCATION, RETRY_AFTER, SET_COOKIE};
use url::Url;

/// The two cookies of a browser, and the network address its requests seem to come from.
#[derive(Clone, Debug)]
pub struct Jar {
    pub session: Option<String>,
    pub browser: Option<String>,
    pub address: String,
}

/// An answer.
pub struct Reply {
    pub status: u16,
    /// Where it leads, where it is an absolute address.
    pub location: Option<Url>,
    pub body: String,
    /// Whether it says when to try again.
    pub retry_after: Option<String>,
    /// The jar as the answer leaves it.
    pub jar: Jar,
}

/// Nobody answered, and why.
pub struct Silence(pub String);

impl Reply {
    /// A parameter of the address it leads to.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let location = self.location.as_ref()?;
        location.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// A hidden field of the page's form.
    pub fn field(&self, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("name=\"{name}\" value=\""))?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    }

    /// A member of the JSON body.
    pub fn member(&self, name: &str) -> Option<String> {
        let json: serde_json::Value = serde_json::from_str(&self.body).ok()?;
        json[name].as_str().map(str::to_owned)
    }
}

/// An HTTP client without a memory of its own.
#[derive(Clone)]
pub struct Wire(reqwest::Client);

impl Wire {
    pub fn new() -> Wire {
        Wire(local_client().build().expect("a client"))
    }

    /// GET, as a script would.
    pub async fn get(&self, url: &str, jar: &Jar) -> Result<Reply, Silence> {
        self.send(self.0.get(url), jar).await
    }

    /// POST of a form, with more headers.
    pub async fn post(
        &self,
        url: &str,
        jar: &Jar,
        headers: &[(&'static str, String)],
        form: &[(&str, &str)],
    ) -> Result<Reply, Silence> {
        let body = serde_urlencoded::to_string(form).expect("pairs of texts");
        let mut request = self.0.post(url).header("content-type", "application/x-www-form-urlencoded").body(body);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.send(request, jar).await
    }

    /// GET with a bearer token.
    pub async fn get_as(&self, url: &str, jar: &Jar, bearer: &str) -> Result<Reply, Silence> {
        self.send(self.0.get(url).header("authorization", format!("Bearer {bearer}")), jar).await
    }

    async fn send(&self, mut request: reqwest::RequestBuilder, jar: &Jar) -> Result<Reply, Silence> {
        request = request.header("x-forwarded-for", &jar.address);
        if let Some(cookies) = jar.header() {
            request = request.header(COOKIE, cookies);
        }
        let silence =
            |error: reqwest::Error| Silence(if error.is_timeout() { "timeout" } else { "broken off" }.to_owned());
        let response = request.send().await.map_err(silence)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let location = headers.get(LOCATION).and_then(|value| Url::parse(value.to_str().ok()?).ok());
        let retry_after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let body = response.text().await.map_err(silence)?;
        Ok(Reply { status, location, body, retry_after, jar: jar.after(&headers) })
    }
}

impl Jar {
    /// A browser nobody has used yet.
    pub fn new(address: String) -> Jar {
        Jar { session: None, browser: None, address }
    }

    fn header(&self) -> Option<String> {
        let session = self.session.as_ref().map(|value| format!("abide_session={value}"));
        let browser = self.browser.as_ref().map(|value| format!("abide_browser={value}"));
        let all: Vec<String> = session.into_iter().chain(browser).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }

    fn after(&self, headers: &HeaderMap) -> Jar {
        let mut jar = self.clone();
        for set in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let pair = set.split(';').next().unwrap_or_default();
            match pair.split_once('=') {
                Some(("abide_session", "")) => jar.session = None,
                Some(("abide_session", value)) => jar.session = Some(value.to_owned()),
                Some(("abide_browser", value)) => jar.browser = Some(value.to_owned()),
                _ => {}
            }
        }
        jar
    }
}
