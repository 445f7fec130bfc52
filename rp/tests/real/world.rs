//! The provider and an app, each on a port of its own, and a visitor who follows redirects and keeps cookies.

#![allow(dead_code, reason = "each of the test programs uses a part of it")]

use abide::app::{application, assemble};
use abide::config::Config;
use abide::crypto::hashing::Cost;
use abide::flow::import::ReplaceSecrets;
use abide::protocol::Timestamp;
use abide::protocol::signing::SigningAlg;
use abide::store::sled::SledStore;
use abide::web::Facing;
use abide_rp::{Clock, Look, Policy, RelyingApp, SignedIn};
use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use scraper::{Html, Selector};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

pub const MIRA: (&str, &str) = ("mira", "harbour lanterns at dusk");
pub const OTTO: (&str, &str) = ("otto", "another person entirely");
const SECRET: &str = "a secret of the bank that is long enough";
const START: i64 = 1_800_000_000;

pub struct World {
    clock: Arc<AtomicI64>,
    pub facing: Data<Facing>,
    pub issuer: String,
    pub origin: String,
    pub app: RelyingApp,
    servers: Vec<ServerHandle>,
    _folder: tempfile::TempDir,
}

/// What the bank of the tests wants: two minutes idle, ten in all, kept for an hour.
pub fn bank() -> Policy {
    Policy {
        idle_timeout: Some(Duration::from_secs(120)),
        max_lifetime: Some(Duration::from_secs(600)),
        warn_before: Duration::from_secs(60),
        restore_window: Duration::from_secs(3600),
    }
}

impl World {
    /// An app with this policy; the provider has its usual settings and sends no logout tokens by itself.
    pub async fn with(policy: Policy) -> World {
        World::of(policy, |_| (), json!({})).await
    }

    /// With settings of the provider's own, and metadata of the client on top.
    pub async fn of(policy: Policy, settings: impl FnOnce(&mut Config), client: Value) -> World {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(AtomicI64::new(START));
        let (idp, shop) = (listener(), listener());
        let issuer = format!("http://localhost:{}", port(&idp));
        let origin = format!("http://bank.localhost:{}", port(&shop));
        let mut config = Config {
            issuer: issuer.parse().expect("an issuer"),
            data_dir: folder.path().join("data"),
            keys_dir: folder.path().join("keys"),
            ..Config::default()
        };
        config.outbound.allow = ["http://bank.localhost:*".parse().expect("an entry")].into_iter().collect();
        settings(&mut config);
        std::fs::create_dir_all(&config.keys_dir).expect("a folder");
        let store = Arc::new(SledStore::open(&folder.path().join("store"), 16 << 20).expect("a store"));
        let travelling = abide::clock::Clock::Travelling(Arc::clone(&clock));
        let facing = assemble(&config, store, travelling, Cost { memory: 64, passes: 1 }).expect("a provider");
        facing
            .idp
            .import(&import(&origin, &client).to_string(), ReplaceSecrets::No, Timestamp(START))
            .await
            .expect("imported");
        let serving = facing.clone();
        let server = HttpServer::new(move || application(serving.clone()));
        let server = server.workers(1).disable_signals().listen(idp).expect("listening").run();
        let mut servers = vec![server.handle()];
        actix_web::rt::spawn(server);
        let app = RelyingApp::new(&issuer, "bank", &origin)
            .client_secret(SECRET)
            .scopes(&["openid", "profile"])
            .policy(policy)
            .clock(Clock::Travelling(Arc::clone(&clock)))
            .open()
            .await
            .expect("an app");
        let serving = app.clone();
        let server = HttpServer::new(move || App::new().configure(serving.configure()).configure(pages));
        let server = server.workers(1).disable_signals().listen(shop).expect("listening").run();
        servers.push(server.handle());
        actix_web::rt::spawn(server);
        World { clock, facing, issuer, origin, app, servers, _folder: folder }
    }

    pub fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    pub fn visitor(&self) -> Visitor {
        Visitor::new(&self.origin, &[&self.issuer, &self.origin])
    }

    /// A visitor who is signed in.
    pub async fn signed_in(&self, person: (&str, &str)) -> Visitor {
        let mut visitor = self.visitor();
        let page = visitor.sign_in("/account", person).await;
        assert_eq!(
            (page.status, page.url.as_str()),
            (200, format!("{}/account", self.origin).as_str()),
            "{}",
            page.body
        );
        visitor
    }

    /// A token with this header and these claims, truly signed by the provider.
    pub fn signed(&self, header: &Value, claims: &Value) -> String {
        let ring = &self.facing.idp.ring;
        let key = ring.signer(SigningAlg::RS256, Timestamp(self.now())).expect("a key");
        let text = format!("{}.{}", encoded(header), encoded(claims));
        let signature = key.sign(text.as_bytes()).expect("signed");
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The id of the provider's key.
    pub fn kid(&self) -> String {
        let ring = &self.facing.idp.ring;
        ring.signer(SigningAlg::RS256, Timestamp(self.now())).expect("a key").facts().kid.to_string()
    }

    /// A good logout token.
    pub fn logout_token(&self, change: impl FnOnce(&mut Value)) -> String {
        let now = self.now();
        let mut claims = json!({
            "iss": self.issuer, "aud": "bank", "iat": now, "exp": now + 120, "jti": abide_rp::Handle::random().csrf_token(),
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        });
        change(&mut claims);
        self.signed(&json!({"alg": "RS256", "typ": "logout+jwt", "kid": self.kid()}), &claims)
    }

    /// What the provider's background does: what is due ends, and apps are told, until nothing is due.
    pub async fn deliver(&self) {
        let idp = &self.facing.idp;
        loop {
            let swept = idp.sweep(Timestamp(self.now())).await.expect("swept");
            if swept.count == 0 {
                return;
            }
            for errand in swept.errands {
                idp.run_errand(errand, Timestamp(self.now())).await.expect("told");
            }
        }
    }

    pub async fn stop(self) {
        for server in self.servers {
            server.stop(false).await;
        }
    }
}

pub fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a port")
}

fn port(listener: &TcpListener) -> u16 {
    listener.local_addr().expect("an address").port()
}

fn import(origin: &str, changes: &Value) -> Value {
    let person =
        |(username, password)| json!({"username": username, "password": password, "claims": {"name": username}});
    let mut client = json!({
        "client_id": "bank", "client_secret": SECRET, "client_name": "Bank", "consent": "skip",
        "redirect_uris": [format!("{origin}/auth/callback")],
        "post_logout_redirect_uris": [format!("{origin}/auth/signed-out")],
        "grant_types": ["authorization_code", "refresh_token"],
    });
    let changes = changes.as_object().cloned().unwrap_or_default();
    for (name, value) in changes {
        // Addresses are told by their path: the port is known here alone.
        let path = value.as_str().filter(|text| text.starts_with('/')).map(|path| format!("{origin}{path}"));
        client[name] = path.map_or(value, Value::String);
    }
    json!({"users": [person(MIRA), person(OTTO)], "clients": [client]})
}

/// The app of the tests: a front page for everybody, an account page, a cart.
fn pages(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(front))
        .route("/account", web::get().to(account))
        .route("/provider", web::get().to(provider))
        .route("/form", web::get().to(form))
        .route("/cart", web::post().to(cart));
}

async fn front(app_request: HttpRequest, person: Option<SignedIn>) -> HttpResponse {
    if let Some(person) = person {
        return HttpResponse::Ok().body(format!("hello {}", person.name()));
    }
    let app = app_request.app_data::<RelyingApp>().expect("configured").clone();
    match app.look(&app_request).await.expect("a store") {
        Look::Leave(answer) => answer,
        Look::Stay(gone) => {
            let mut page = HttpResponse::Ok().body("front page");
            if let Some(cookie) = gone.cookie {
                page.add_cookie(&cookie).expect("a cookie");
            }
            page
        }
    }
}

async fn account(person: SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "sub": person.subject(), "name": person.name(), "csrf": person.csrf_token(), "restored_at": person.restored_at(),
        "cart": person.state::<u32>("cart"), "draft": person.draft("transfer"), "renewals": person.session().renewals,
        "sid": person.session().identity.sid(), "standing": person.standing().word(),
    }))
}

/// A page as an app has it, for a real browser.
async fn form(person: SignedIn) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=en><title>Form</title><link rel=stylesheet href=/auth/session.css>\
         <script type=module src=/auth/session.js></script><body data-sid=\"{}\">\
         <form data-draft=transfer><input name=to aria-label=To><input type=password name=password aria-label=Word></form>",
        person.session().identity.sid().unwrap_or_default()
    ))
}

async fn provider(person: SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(person.provider_status().await)
}

async fn cart(mut person: SignedIn, body: String) -> HttpResponse {
    let count: u32 = body.parse().expect("a number");
    person.set_state("cart", &count).await.expect("kept");
    HttpResponse::NoContent().finish()
}

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
