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
use abide_rp::{Builder, Clock, Look, Policy, RelyingApp, SignedIn};
use actix_web::dev::{ServerHandle, Service};
use actix_web::http::header::HeaderValue;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[path = "visitor.rs"]
mod visitor;

#[allow(unused_imports, reason = "each of the test programs uses a part of it")]
pub use visitor::{By, Seen, Visitor};

pub const MIRA: (&str, &str) = ("mira", "harbour lanterns at dusk");
pub const OTTO: (&str, &str) = ("otto", "another person entirely");
pub const SECRET: &str = "a secret of the bank that is long enough";
const START: i64 = 1_800_000_000;

pub struct World {
    clock: Arc<AtomicI64>,
    pub facing: Data<Facing>,
    pub issuer: String,
    pub origin: String,
    pub app: RelyingApp,
    /// Every authorization request so far: where its answer was to be shown, and what it was.
    asked: Arc<Mutex<Vec<(String, String)>>>,
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
        World::built(policy, settings, client, |app| app).await
    }

    /// With an app that is put together otherwise as well, as with a store of the test's own.
    pub async fn built(
        policy: Policy,
        settings: impl FnOnce(&mut Config),
        client: Value,
        finish: impl FnOnce(Builder) -> Builder,
    ) -> World {
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
        let issuer = config.issuer.to_string();
        std::fs::create_dir_all(&config.keys_dir).expect("a folder");
        let store = Arc::new(SledStore::open(&folder.path().join("store"), 16 << 20).expect("a store"));
        let travelling = abide::clock::Clock::Travelling(Arc::clone(&clock));
        let facing = assemble(&config, store, travelling, Cost { memory: 64, passes: 1 }).await.expect("a provider");
        facing
            .idp
            .import(&import(&origin, &client).to_string(), ReplaceSecrets::No, Timestamp(START))
            .await
            .expect("imported");
        let (serving, asked) = (facing.clone(), Arc::<Mutex<Vec<_>>>::default());
        let note = asked.clone();
        let server = HttpServer::new(move || {
            let note = note.clone();
            application(serving.clone()).wrap_fn(move |request, service| {
                if request.path() == "/authorize" {
                    let text = |header: Option<&HeaderValue>| {
                        header.and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned()
                    };
                    let shown = text(request.headers().get("sec-fetch-dest"));
                    note.lock().expect("a list").push((shown, request.query_string().to_owned()));
                }
                service.call(request)
            })
        });
        let server = server.workers(1).disable_signals();
        let server = match config.tls.files() {
            Some(files) => server.listen_rustls_0_23(idp, tls(files)),
            None => server.listen(idp),
        };
        let server = server.expect("listening").run();
        let mut servers = vec![server.handle()];
        actix_web::rt::spawn(server);
        let app = RelyingApp::new(&issuer, "bank", &origin)
            .client_secret(SECRET)
            .scopes(&["openid", "profile"])
            .policy(policy)
            .clock(Clock::Travelling(Arc::clone(&clock)));
        let app = finish(app).open().await.expect("an app");
        let serving = app.clone();
        let server = HttpServer::new(move || App::new().configure(serving.configure()).configure(pages));
        let server = server.workers(1).disable_signals().listen(shop).expect("listening").run();
        servers.push(server.handle());
        actix_web::rt::spawn(server);
        World { clock, facing, issuer, origin, app, asked, servers, _folder: folder }
    }

    pub fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The authorization requests so far that were to be shown in this kind of place, `iframe` or `document`.
    pub fn asked(&self, shown: &str) -> Vec<String> {
        let asked = self.asked.lock().expect("a list");
        asked.iter().filter(|(place, _)| place == shown).map(|(_, query)| query.clone()).collect()
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

/// TLS with these files.
fn tls((certificate, key): (&Path, &Path)) -> rustls::ServerConfig {
    let chain = vec![CertificateDer::from_pem_file(certificate).expect("a certificate")];
    let key = PrivateKeyDer::from_pem_file(key).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    config.expect("versions").with_no_client_auth().with_single_cert(chain, key).expect("a pair")
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
        "client_id": "bank", "client_secret": SECRET, "client_name": "Bank", "consent": "skip", "scope_claims": "id_token",
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
        "sid": person.session().identity.sid(), "prev_sid": person.session().identity.prev_sid(), "standing": person.standing().word(),
    }))
}

/// A page as an app has it, for a real browser.
async fn form(person: SignedIn) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(format!(
        "<!doctype html><html lang=en><title>Form</title><link rel=stylesheet href=/auth/session.css>\
         <script type=module src=/auth/session.js></script><body data-sid=\"{}\" data-renewals={}>\
         <form data-draft=transfer><input name=to aria-label=To><input type=password name=password aria-label=Word></form>",
        person.session().identity.sid().unwrap_or_default(),
        person.session().renewals,
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
