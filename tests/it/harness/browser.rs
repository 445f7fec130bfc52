//! A browser: cookies that obey the clock, one redirect at a time, forms.

use super::app::RelyingApp;
use super::idp::{ISSUER, Idp, PASSWORD, USERNAME};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::test::TestRequest;
use scraper::{Html, Selector};
use std::collections::{BTreeMap, HashMap};

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    /// Where it redirects to; panics when it does not.
    pub fn location(&self) -> &str {
        let found =
            self.headers.get(header::LOCATION).unwrap_or_else(|| panic!("no redirect: {} {}", self.status, self.body));
        found.to_str().unwrap()
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// A parameter of the address it redirects to.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let url = url::Url::parse(self.location()).unwrap();
        url.query_pairs().find(|(n, _)| n == name).map(|(_, value)| value.into_owned())
    }

    /// Everything that it tells the address it redirects to, in its query or its fragment.
    pub fn told(&self) -> Vec<(String, String)> {
        let url = url::Url::parse(self.location()).unwrap();
        let fragment = url.fragment().unwrap_or_default();
        let query = url.query_pairs().into_owned();
        query.chain(url::form_urlencoded::parse(fragment.as_bytes()).into_owned()).collect()
    }

    /// The OAuth error of a redirect, or of a JSON body.
    pub fn error(&self) -> String {
        if self.status.is_redirection() {
            return self.parameter("error").unwrap_or_default();
        }
        self.json()["error"].as_str().unwrap_or_default().to_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.body))
    }

    /// The text of the element that this selector finds first.
    pub fn text(&self, selector: &str) -> Option<String> {
        let page = Html::parse_document(&self.body);
        let found = page.select(&Selector::parse(selector).unwrap()).next()?;
        Some(found.text().collect::<Vec<_>>().join(" ").split_whitespace().collect::<Vec<_>>().join(" "))
    }

    /// An attribute of the element that this selector finds first.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        let page = Html::parse_document(&self.body);
        let found = page.select(&Selector::parse(selector).unwrap()).next()?;
        found.value().attr(name).map(str::to_owned)
    }

    /// The fields of the form that posts to `action`, with their values.
    pub fn fields(&self, action: &str) -> BTreeMap<String, String> {
        let page = Html::parse_document(&self.body);
        let selector = Selector::parse(&format!("form[action=\"{action}\"] input")).unwrap();
        let inputs = page.select(&selector).filter(|input| match input.value().attr("type") {
            Some("checkbox") => false,
            Some("radio") => input.value().attr("checked").is_some(),
            _ => true,
        });
        let pairs = inputs.filter_map(|input| {
            let name = input.value().attr("name")?;
            Some((name.to_owned(), input.value().attr("value").unwrap_or_default().to_owned()))
        });
        let mut fields: BTreeMap<String, String> = pairs.collect();
        let selector = Selector::parse(&format!("form[action=\"{action}\"] select")).unwrap();
        let chosen = Selector::parse("option[selected]").unwrap();
        for select in page.select(&selector) {
            let value = select.select(&chosen).next().and_then(|option| option.value().attr("value"));
            if let Some(name) = select.value().attr("name") {
                fields.insert(name.to_owned(), value.unwrap_or_default().to_owned());
            }
        }
        fields
    }
}

/// A browser.
pub struct Browser {
    pub idp: Idp,
    cookies: HashMap<String, Kept>,
    pub address: String,
    /// What it says of itself.
    pub agent: String,
}

#[derive(Clone)]
struct Kept {
    value: String,
    until: Option<i64>,
    /// Goes with requests from frames of other sites, too.
    everywhere: bool,
}

impl Browser {
    pub fn new(idp: Idp) -> Browser {
        Browser { idp, cookies: HashMap::new(), address: "203.0.113.7:4000".to_owned(), agent: String::new() }
    }

    /// The same browser after it was closed and opened: only kept cookies are left.
    pub fn reopened(mut self) -> Browser {
        self.cookies.retain(|_, kept| kept.until.is_some());
        self
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(|kept| kept.value.as_str())
    }

    /// The `Cookie` header it would send.
    pub fn cookie_header(&self) -> String {
        let jar: Vec<String> = self.cookies.iter().map(|(name, kept)| format!("{name}={}", kept.value)).collect();
        jar.join("; ")
    }

    /// What flows see of it.
    pub fn visitor(&self) -> abide::flow::browser::Visitor {
        let (session, browser) = (self.cookie("__Host-abide_session"), self.cookie("__Host-abide_browser"));
        let found = abide::flow::browser::Cookies { session, browser, state: None };
        let device = abide::model::session::Device { user_agent: self.agent.clone(), address: "203.0.113.7".into() };
        self.idp.flows().recognise(found, device)
    }

    /// Plants a cookie.
    pub fn plant(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), Kept { value: value.to_owned(), until: None, everywhere: false });
    }

    /// Plants a cookie that goes into frames of other sites, too.
    pub fn plant_everywhere(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), Kept { value: value.to_owned(), until: None, everywhere: true });
    }

    /// Loses a cookie.
    pub fn forget(&mut self, name: &str) {
        self.cookies.remove(name);
    }

    /// Another browser with the same cookies.
    pub fn copied(&self) -> Browser {
        Browser {
            idp: self.idp.clone(),
            cookies: self.cookies.clone(),
            address: self.address.clone(),
            agent: self.agent.clone(),
        }
    }

    /// A navigation that the person started.
    pub async fn get(&mut self, address: &str) -> Answer {
        let request = TestRequest::get().uri(local(address));
        let request = request.insert_header(("sec-fetch-dest", "document")).insert_header(("sec-fetch-user", "?1"));
        self.send(request).await
    }

    /// A request that a script or a frame made.
    pub async fn get_scripted(&mut self, address: &str) -> Answer {
        self.send(TestRequest::get().uri(local(address)).insert_header(("sec-fetch-dest", "iframe"))).await
    }

    /// A frame in a page of another site, where browsers send what is `SameSite=None` alone.
    pub async fn get_framed_elsewhere(&mut self, address: &str) -> Answer {
        let others: Vec<(String, Kept)> = self.cookies.extract_if(|_, kept| !kept.everywhere).collect();
        let request = TestRequest::get().uri(local(address)).insert_header(("sec-fetch-dest", "iframe"));
        let request = request.insert_header(("sec-fetch-mode", "navigate"));
        let answer = self.send(request.insert_header(("sec-fetch-site", "cross-site"))).await;
        for (name, kept) in others {
            self.cookies.entry(name).or_insert(kept);
        }
        answer
    }

    /// A form of ours, posted from our page.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = TestRequest::post().uri(path).insert_header(("origin", ISSUER)).set_form(fields);
        self.send(request).await
    }

    /// The hidden token of a form.
    pub async fn hidden_of(&mut self, page: &str, action: &str) -> [String; 2] {
        let mut fields = self.get(page).await.fields(action);
        ["csrf", "person"].map(|name| fields.remove(name).unwrap_or_else(|| panic!("no {name} for {action}")))
    }

    /// A form of ours with a file in it.
    pub async fn upload(&mut self, path: &str, [csrf, person]: [&str; 2], file: &[u8]) -> Answer {
        let parts = [("csrf", csrf.as_bytes()), ("person", person.as_bytes()), ("picture", file)];
        let (kind, body) = multipart(&parts);
        let request = TestRequest::post().uri(path).insert_header(("origin", ISSUER));
        self.send(request.insert_header((header::CONTENT_TYPE, kind)).set_payload(body)).await
    }

    /// Fills the form that posts to `action` on a page and sends it.
    pub async fn submit(&mut self, page: &Answer, action: &str, filled: &[(&str, &str)]) -> Answer {
        let mut fields = page.fields(action);
        assert!(!fields.is_empty(), "no form for {action} on: {}", page.body);
        fields.extend(filled.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.post(action, &fields).await
    }

    /// What a page of ours learns by itself: `fetch("/session")`.
    pub async fn status(&mut self) -> Answer {
        self.send(TestRequest::get().uri("/session").insert_header(("sec-fetch-site", "same-origin"))).await
    }

    /// "Stay signed in", pressed on a page of ours.
    pub async fn stay(&mut self) -> Answer {
        self.send(TestRequest::post().uri("/session/activity").insert_header(("origin", ISSUER))).await
    }

    /// What a page of ours does: `new EventSource("/session/events")`.
    pub async fn follow(&mut self) -> super::stream::Stream {
        let request = TestRequest::get().uri("/session/events").insert_header(("sec-fetch-site", "same-origin"));
        self.idp.open(request.insert_header((header::COOKIE, self.cookie_header()))).await
    }

    /// Sends any request with this browser's cookies, and keeps what comes back.
    pub async fn send(&mut self, request: TestRequest) -> Answer {
        let now = self.idp.now().0;
        self.cookies.retain(|_, kept| kept.until.is_none_or(|until| now < until));
        let jar = self.cookie_header();
        let request = request.peer_addr(self.address.parse().unwrap());
        let request = match self.agent.as_str() {
            "" => request,
            agent => request.insert_header((header::USER_AGENT, agent)),
        };
        let request = if jar.is_empty() { request } else { request.insert_header((header::COOKIE, jar)) };
        let answer = self.idp.call(request).await;
        for set in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = Cookie::parse(set.to_str().unwrap().to_owned()).unwrap();
            let (http_only, same_site) = match cookie.name() {
                "__Host-abide_state" => (None, SameSite::None),
                "__Host-abide_silent" => (Some(true), SameSite::None),
                _ => (Some(true), SameSite::Lax),
            };
            assert_eq!((cookie.http_only(), cookie.secure()), (http_only, Some(true)), "{cookie}");
            assert_eq!((cookie.same_site(), cookie.path(), cookie.domain()), (Some(same_site), Some("/"), None));
            let until = cookie.max_age().map(|span| now + span.whole_seconds());
            let kept = Kept { value: cookie.value().to_owned(), until, everywhere: same_site == SameSite::None };
            self.cookies.insert(cookie.name().to_owned(), kept);
        }
        self.cookies.retain(|_, kept| kept.until.is_none_or(|until| now < until));
        answer
    }

    /// An authorization request of `app`, as a navigation of the person.
    pub async fn authorize(&mut self, app: &RelyingApp, extra: &[(&str, &str)]) -> Answer {
        self.get(&app.request(extra)).await
    }

    /// `prompt=none`, from a frame.
    pub async fn silently(&mut self, app: &RelyingApp) -> Answer {
        self.get_scripted(&app.request(&[("prompt", "none")])).await
    }

    /// `prompt=none`, from a frame in a page of another site.
    pub async fn silently_elsewhere(&mut self, app: &RelyingApp) -> Answer {
        self.get_framed_elsewhere(&app.request(&[("prompt", "none")])).await
    }

    /// Signs in on the page that is shown; answers with what follows.
    pub async fn sign_in(&mut self, page: &Answer) -> Answer {
        self.sign_in_as(page, USERNAME, PASSWORD).await
    }

    /// The same, as anybody.
    pub async fn sign_in_as(&mut self, page: &Answer, username: &str, password: &str) -> Answer {
        self.submit(page, "/sign-in", &[("username", username), ("password", password)]).await
    }

    /// The whole way: asks, signs in, comes back with a code.
    pub async fn enter(&mut self, app: &RelyingApp) -> Answer {
        let page = self.authorize(app, &[]).await;
        let answer = self.sign_in(&page).await;
        assert!(answer.status.is_redirection(), "{} {}", answer.status, answer.body);
        answer
    }
}

/// A body as browsers make it of a form with a file (RFC 7578), and its content type. The file bears a name that lies.
pub fn multipart(parts: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in parts {
        body.extend(b"------abide\r\nContent-Disposition: form-data; name=\"");
        body.extend(name.as_bytes());
        if *name == "picture" {
            body.extend(b"\"; filename=\"../me.png\"\r\nContent-Type: image/png");
        } else {
            body.push(b'"');
        }
        body.extend(b"\r\n\r\n");
        body.extend(*value);
        body.extend(b"\r\n");
    }
    body.extend(b"------abide--\r\n");
    ("multipart/form-data; boundary=----abide".to_owned(), body)
}

/// The path and query of one of our own addresses.
fn local(address: &str) -> &str {
    address.strip_prefix(ISSUER).unwrap_or(address)
}
