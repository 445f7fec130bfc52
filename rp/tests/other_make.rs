//! The crate against a provider of another make: npm's `oidc-provider`, as a process of its own.
//!
//! It knows neither `prev_sid` nor reasons of an end, has no status and no stream, and rotates its refresh tokens.

mod visitor;

use abide_rp::{Policy, RelyingApp, Renewal, SignedIn};
use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;
use visitor::Visitor;

const SECRET: &str = "a secret that the other make knows too";

struct Other {
    issuer: String,
    process: Child,
    /// Its end when this is dropped.
    _input: ChildStdin,
    said: std::sync::mpsc::Receiver<String>,
}

impl Other {
    fn start(app_origin: &str) -> Other {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop");
        assert!(
            folder.join("node_modules/oidc-provider").is_dir(),
            "oidc-provider is not installed; run `npm ci` in rp/tests/interop"
        );
        let mut process = Command::new("node")
            .arg(folder.join("provider.mjs"))
            .env("CLIENT_ID", "bank")
            .env("CLIENT_SECRET", SECRET)
            .env("APP_ORIGIN", app_origin)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node runs");
        let input = process.stdin.take().expect("an input");
        let output = BufReader::new(process.stdout.take().expect("an output"));
        let (tell, said) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            // It gives advice as well.
            let ours =
                |line: &String| ["ready", "told", "not told", "server error"].iter().any(|word| line.starts_with(word));
            for line in output.lines().map_while(Result::ok).filter(ours) {
                if tell.send(line).is_err() {
                    break;
                }
            }
        });
        let ready = said.recv_timeout(Duration::from_secs(30)).expect("the provider starts");
        let issuer = ready.strip_prefix("ready ").expect("its address").to_owned();
        Other { issuer, process, _input: input, said }
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn account(person: SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "sub": person.subject(), "csrf": person.csrf_token(), "renewals": person.session().renewals,
        "draft": person.draft("transfer"), "sid": person.session().identity.sid(),
    }))
}

async fn renew(person: SignedIn) -> HttpResponse {
    let renewal = person.renew().await.expect("a store");
    HttpResponse::Ok().json(json!({"good": renewal == Renewal::Good}))
}

/// The app on a port of its own, and the provider that knows it.
async fn both(policy: Policy) -> (Other, String, actix_web::dev::ServerHandle) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let origin = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    let other = Other::start(&origin);
    let app = RelyingApp::new(&other.issuer, "bank", &origin).client_secret(SECRET).scopes(&["openid", "profile"]);
    let app = app.policy(policy).open().await.expect("an app");
    let server = HttpServer::new(move || {
        App::new()
            .configure(app.configure())
            .route("/account", web::get().to(account))
            .route("/renew", web::get().to(renew))
    });
    let server = server.workers(1).disable_signals().listen(listener).expect("listening").run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    (other, origin, handle)
}

/// Signs in: the provider's pages for the person and for the consent.
async fn sign_in(visitor: &mut Visitor, address: &str, person: &str) -> Value {
    let mut page = visitor.open(address).await;
    for _ in 0..4 {
        if page.body.starts_with('{') {
            return page.json();
        }
        page = visitor.submit_first(&page, &[("login", person), ("password", "any")]).await;
    }
    panic!("not signed in: {} {}", page.url, page.body);
}

#[actix_web::test]
async fn signs_in_renews_both_ways_and_is_signed_out_by_the_back_channel() {
    let (other, origin, server) = both(Policy::default()).await;
    let mut mira = Visitor::new(&origin);
    let account = sign_in(&mut mira, "/account", "mira").await;
    assert_eq!((account["sub"].as_str(), account["renewals"].as_i64()), (Some("mira"), Some(0)));

    assert_eq!(mira.open("/renew").await.json()["good"], true, "by refresh");
    assert_eq!(mira.open("/renew").await.json()["good"], true, "by the rotated refresh token");
    assert_eq!(mira.open("/auth/renew?return_to=/account").await.json()["renewals"], 3, "by prompt=none");

    // A second window of the same browser, whose application session is another one of the same session there.
    let mut window = mira.clone();
    window.forget("bank_session");
    let second = sign_in(&mut window, "/account", "mira").await;
    assert_eq!(second["sid"], account["sid"]);
    let csrf = second["csrf"].as_str().expect("a token").to_owned();
    let asks = window.post("/auth/sign-out", &[("csrf", &csrf)]).await;
    let gone = window.submit_first(&asks, &[("logout", "yes")]).await;
    assert!(gone.body.contains("You are signed out"), "{} {}", gone.url, gone.body);
    let told = other.said.recv_timeout(Duration::from_secs(10)).expect("a word");
    assert!(told.starts_with("told"), "{told}");
    assert_eq!(mira.script("/account").await.status, 401, "the other window's session is over too");
    server.stop(false).await;
}

#[actix_web::test]
async fn what_a_timed_out_session_kept_comes_back_without_prev_sid() {
    let policy = Policy { idle_timeout: Some(Duration::from_secs(3)), ..Policy::default() };
    let (_other, origin, server) = both(policy).await;
    let mut mira = Visitor::new(&origin);
    let account = sign_in(&mut mira, "/account", "mira").await;
    let csrf = account["csrf"].as_str().expect("a token");
    let draft = json!({"form": "transfer", "fields": {"amount": "12.40"}});
    assert_eq!(mira.post_json("/auth/session/draft", csrf, &draft).await.status, 204);
    // The provider's clock cannot be moved, so this end is waited for.
    let mut turns = tokio::time::interval(Duration::from_millis(200));
    while mira.script("/auth/session").await.json()["standing"] != "dormant" {
        turns.tick().await;
    }
    turns.tick().await;
    let mut silent = mira.clone();
    let page = silent.open("/account").await;
    assert!(page.body.contains("name=\"password\""), "signed in without a question: {}", page.body);
    // `auth_time` has whole seconds: the new one has to be a later one.
    let from = std::time::Duration::from_millis(1200);
    tokio::time::timeout(from, std::future::pending::<()>()).await.expect_err("time passes");
    let back = sign_in(&mut mira, "/account", "mira").await;
    assert_eq!(back["draft"]["amount"], "12.40");
    server.stop(false).await;
}
