//! OpenID providers to sign in by: a second Abide, listening on loopback, and one that lies as it is told.

use super::idp::{ISSUER, Idp, PASSWORD, USERNAME};
use super::receiver::{Manner as Receiving, Receiver};
use abide::app::{application, assemble};
use abide::clock::Clock;
use abide::config::{ClientSecret, Config, Upstream as Configured};
use abide::crypto::hashing::Cost;
use abide::crypto::jwt::{TokenKind, sign};
use abide::crypto::keyring::Keyring;
use abide::flow::import::ReplaceSecrets;
use abide::model::upstream::{Accounts, AuthTime, Rules, Trust};
use abide::protocol::Timestamp;
use abide::protocol::signing::SigningAlg;
use abide::store::Backend;
use abide::store::sled::SledStore;
use abide::web::Facing;
use actix_web::web::Data;
use actix_web::{App, HttpResponse, HttpServer, web};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;

/// Our secret at every upstream of the stories.
const SECRET: &str = "the secret of the house next door";

/// An upstream's entry in our configuration, with the rules that are the default.
pub fn configured(id: &str, issuer: &str) -> Configured {
    Configured {
        rules: Rules {
            id: id.into(),
            issuer: issuer.into(),
            name: format!("The {id}"),
            client_id: "abide".into(),
            scopes: vec!["openid".into(), "profile".into(), "email".into()],
            accounts: Accounts::Known,
            claims: Default::default(),
            trust_acr: Default::default(),
            trust_email_verified: Trust::No,
            auth_time: AuthTime::Upstream,
        },
        client_secret: ClientSecret::new(SECRET),
    }
}

/// Us, with these upstreams.
pub async fn relying_on(upstreams: Vec<Configured>) -> Idp {
    Idp::with(|config| {
        let entries = upstreams.iter().map(|one| one.rules.issuer.parse().unwrap());
        config.outbound.allow = entries.collect();
        config.upstream = upstreams;
    })
    .await
}

/// A second Abide.
pub struct Upstream {
    pub issuer: String,
    pub logouts: Receiver,
    facing: Data<Facing>,
    _folder: TempDir,
}

impl Upstream {
    /// Listens, and knows us under the address for this id of ours.
    pub async fn start(id: &str) -> Upstream {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("keys");
        let now = Timestamp(1_800_000_000);
        let config = Config {
            issuer: issuer.parse().unwrap(),
            data_dir: folder.path().join("data"),
            keys_dir: keys,
            outbound: abide::config::Outbound { allow: ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect() },
            ..Config::default()
        };
        let store = SledStore::open(&folder.path().join("store"), 16 << 20).unwrap();
        let cheap = Cost { memory: 64, passes: 1 };
        let store: Arc<dyn Backend> = Arc::new(store);
        let facing = assemble(&config, store, Clock::travelling(now), cheap).await.unwrap();
        let serving = facing.clone();
        let server = HttpServer::new(move || application(serving.clone()));
        actix_web::rt::spawn(server.workers(1).disable_signals().listen(listener).unwrap().run());
        let logouts = Receiver::start(Receiving::Answers(200));
        let file = json!({
            "users": [{"username": USERNAME, "password": PASSWORD, "claims": {"name": "Mira Lindqvist",
                "email": "mira@example.org", "email_verified": true}},
                {"username": "nobody-else", "password": "another person entirely"}],
            "clients": [{"client_id": "abide", "client_secret": SECRET, "consent": "skip",
                "redirect_uris": [format!("{ISSUER}/sign-in/upstream/{id}/callback")],
                "backchannel_logout_uri": logouts.uri(), "backchannel_logout_session_required": true}],
        });
        facing.idp.import(&file.to_string(), ReplaceSecrets::No, now).await.unwrap();
        Upstream { issuer, logouts, facing, _folder: folder }
    }

    /// A browser there.
    pub fn visitor(&self) -> Visitor {
        // The first to come installs it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = reqwest::Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none());
        Visitor { issuer: self.issuer.clone(), client: client.build().unwrap() }
    }

    /// What its background does, once.
    pub async fn deliver(&self) {
        let now = self.facing.clock.now();
        loop {
            let swept = self.facing.idp.sweep(now).await.unwrap();
            if swept.count == 0 {
                return;
            }
            for errand in swept.errands {
                self.facing.idp.run_errand(errand, now).await.unwrap();
            }
        }
    }
}

/// A browser at an upstream.
pub struct Visitor {
    issuer: String,
    client: reqwest::Client,
}

impl Visitor {
    /// Signs in there if it is asked to; answers with where it is sent back to.
    pub async fn through(&self, address: &str) -> String {
        self.through_as(address, USERNAME, PASSWORD).await
    }

    /// The same, as anybody.
    pub async fn through_as(&self, address: &str, username: &str, password: &str) -> String {
        let answer = self.client.get(address).send().await.unwrap();
        let answer = if answer.status() == 200 {
            let page = answer.text().await.unwrap();
            let field = |name: &str| {
                let rest = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
                rest.unwrap_or_else(|| panic!("no {name} on {page}")).split('"').next().unwrap().to_owned()
            };
            let form = [
                ("csrf", field("csrf")),
                ("interaction", field("interaction")),
                ("username", username.to_owned()),
                ("password", password.to_owned()),
            ];
            let post = self.client.post(format!("{}/sign-in", self.issuer)).header("origin", &self.issuer);
            let body = serde_urlencoded::to_string(form).unwrap();
            post.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap()
        } else {
            answer
        };
        let location = answer.headers().get("location").unwrap_or_else(|| panic!("{:?}", answer.status()));
        location.to_str().unwrap().to_owned()
    }

    /// Signs out there.
    pub async fn sign_out(&self) {
        let page = self.client.get(format!("{}/account", self.issuer)).send().await.unwrap().text().await.unwrap();
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let post = self.client.post(format!("{}/account/sign-out", self.issuer)).header("origin", &self.issuer);
        let post = post.header("content-type", "application/x-www-form-urlencoded").body(format!("csrf={csrf}"));
        assert!(post.send().await.unwrap().status().is_redirection());
    }
}

/// How the liar answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lie {
    None,
    Issuer,
    Audience,
    AuthorizedParty,
    Nonce,
    NoNonce,
    Expired,
    Future,
    Unsigned,
    UnknownKey,
    SharedSecret,
    NoSubject,
    NoToken,
    NoRedeeming,
    MetadataOfAnother,
    MetadataWithoutEnd,
    MetadataNever,
    Redirects,
}

/// An OpenID provider that lies as it is told.
#[derive(Clone)]
pub struct Liar {
    pub issuer: String,
    shared: Arc<Shared>,
}

struct Shared {
    issuer: String,
    ring: Keyring,
    other: Keyring,
    lie: Mutex<Lie>,
    claims: Mutex<Value>,
    /// The form that came last to the token endpoint.
    redeemed: Mutex<HashMap<String, String>>,
    now: Mutex<Timestamp>,
}

impl Liar {
    /// Listens, and tells the truth so far.
    pub fn start(now: Timestamp) -> Liar {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let long_ago = now - Duration::from_secs(1_000_000);
        let shared = Arc::new(Shared {
            issuer: issuer.clone(),
            ring: Keyring::generate(&[SigningAlg::RS256], long_ago).unwrap(),
            other: Keyring::generate(&[SigningAlg::RS256], long_ago).unwrap(),
            lie: Mutex::new(Lie::None),
            claims: Mutex::new(json!({"sub": "someone"})),
            redeemed: Mutex::default(),
            now: Mutex::new(now),
        });
        let of_server = Arc::clone(&shared);
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::from(Arc::clone(&of_server)))
                .route("/.well-known/openid-configuration", web::get().to(metadata))
                .route("/jwks", web::get().to(keys))
                .route("/token", web::post().to(token))
                .route("/userinfo", web::get().to(userinfo))
        });
        actix_web::rt::spawn(server.workers(1).disable_signals().listen(listener).unwrap().run());
        Liar { issuer, shared }
    }

    /// From now on it lies so.
    pub fn lies(&self, lie: Lie) {
        *self.shared.lie.lock().unwrap() = lie;
    }

    /// What it says of the person, besides the usual.
    pub fn says(&self, claims: Value) {
        *self.shared.claims.lock().unwrap() = claims;
    }

    /// What time it is there.
    pub fn at(&self, now: Timestamp) {
        *self.shared.now.lock().unwrap() = now;
    }

    /// What came to the token endpoint last.
    pub fn redeemed(&self) -> HashMap<String, String> {
        self.shared.redeemed.lock().unwrap().clone()
    }

    /// A logout token with these claims over the usual ones.
    pub fn logout_token(&self, claims: Value, key: Lie) -> String {
        let now = *self.shared.now.lock().unwrap();
        let mut all = json!({"iss": self.issuer, "aud": "abide", "iat": now, "exp": now + Duration::from_secs(60),
            "jti": "one", "events": {"http://schemas.openid.net/event/backchannel-logout": {}}});
        merge(&mut all, &claims);
        self.shared.sign(&all, key, TokenKind::Logout)
    }
}

fn merge(into: &mut Value, from: &Value) {
    for (name, value) in from.as_object().unwrap() {
        if value.is_null() {
            into.as_object_mut().unwrap().remove(name);
        } else {
            into[name] = value.clone();
        }
    }
}

impl Shared {
    fn sign(&self, claims: &Value, lie: Lie, kind: TokenKind) -> String {
        let now = *self.now.lock().unwrap();
        let ring = if lie == Lie::UnknownKey { &self.other } else { &self.ring };
        let token = sign(ring, SigningAlg::RS256, kind, claims, now).unwrap();
        let parts: Vec<&str> = token.split('.').collect();
        let headed = |header: Value| format!("{}.{}", URL_SAFE_NO_PAD.encode(header.to_string()), parts[1]);
        match lie {
            Lie::Unsigned => format!("{}.", headed(json!({"alg": "none"}))),
            Lie::SharedSecret => {
                use aws_lc_rs::hmac;
                let signing = headed(json!({"alg": "HS256", "typ": "JWT"}));
                let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
                format!("{signing}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signing.as_bytes())))
            }
            _ => token,
        }
    }
}

async fn metadata(shared: web::Data<Shared>) -> HttpResponse {
    let lie = *shared.lie.lock().unwrap();
    let issuer = if lie == Lie::MetadataOfAnother { "https://elsewhere.example" } else { shared.issuer.as_str() };
    match lie {
        Lie::MetadataNever => std::future::pending().await,
        Lie::MetadataWithoutEnd => {
            let piece = web::Bytes::from_static(&[b' '; 16 * 1024]);
            let pieces = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone()));
            return HttpResponse::Ok().content_type("application/json").streaming(pieces);
        }
        Lie::Redirects => {
            let elsewhere = ("location", format!("{}/.well-known/openid-configuration", shared.issuer));
            return HttpResponse::Found().insert_header(elsewhere).finish();
        }
        _ => (),
    }
    let at = |path: &str| format!("{}{path}", shared.issuer);
    HttpResponse::Ok().json(json!({
        "issuer": issuer, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"), "userinfo_endpoint": at("/userinfo"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
    }))
}

async fn keys(shared: web::Data<Shared>) -> HttpResponse {
    let now = *shared.now.lock().unwrap();
    HttpResponse::Ok().json(shared.ring.key_set(now))
}

async fn userinfo(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().json(shared.claims.lock().unwrap().clone())
}

/// The code is the nonce: the tests hand it over.
async fn token(form: web::Form<HashMap<String, String>>, shared: web::Data<Shared>) -> HttpResponse {
    let lie = *shared.lie.lock().unwrap();
    let now = *shared.now.lock().unwrap();
    let form = form.into_inner();
    let nonce = form.get("code").cloned().unwrap_or_default();
    *shared.redeemed.lock().unwrap() = form;
    if lie == Lie::NoRedeeming {
        return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    }
    let mut claims = json!({"iss": shared.issuer, "aud": "abide", "iat": now, "exp": now + Duration::from_secs(300),
        "nonce": nonce});
    merge(&mut claims, &shared.claims.lock().unwrap());
    let far = Duration::from_secs(3_600);
    match lie {
        Lie::Issuer => claims["iss"] = json!("https://elsewhere.example"),
        Lie::Audience => claims["aud"] = json!("somebody"),
        Lie::AuthorizedParty => claims["azp"] = json!("somebody"),
        Lie::Nonce => claims["nonce"] = json!("another"),
        Lie::NoNonce => merge(&mut claims, &json!({"nonce": null})),
        Lie::Expired => (claims["iat"], claims["exp"]) = (json!(now - far), json!(now - Duration::from_secs(60))),
        Lie::Future => (claims["iat"], claims["exp"]) = (json!(now + far), json!(now + far + far)),
        Lie::NoSubject => claims["sub"] = json!(""),
        _ => (),
    }
    let token = shared.sign(&claims, lie, TokenKind::Id);
    let mut answer = json!({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token});
    if lie == Lie::NoToken {
        merge(&mut answer, &json!({"id_token": null}));
    }
    HttpResponse::Ok().json(answer)
}
