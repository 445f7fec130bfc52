//! How long it takes until everybody knows, and what a person feels of it meanwhile.
//!
//! `cargo bench --bench telling` lets a number of sessions (1,000; `SESSIONS=…`) end by one sign-out everywhere, each
//! with nine apps in it: five that are well, one where nobody listens, one that answers after 6 s, one that answers 500,
//! one that sends a gigabyte. It prints the seconds until the five know of every end, and how long a whole sign-in
//! (page, form with a real password hash, redemption) took before, meanwhile, and once more afterwards. Quote the ratios:
//! absolute times are the machine's.
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot go on ends")]
#![allow(clippy::print_stdout, reason = "its output is its purpose")]
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]

use abide::app::{application, assemble};
use abide::clock::Clock;
use abide::config::Config;
use abide::crypto::hashing::USUAL;
use abide::flow::import::ReplaceSecrets;
use abide::store::Backend;
use abide::store::sled::SledStore;
use abide::web::Facing;
use actix_web::http::header;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer, web};
use futures_util::stream::{self, StreamExt};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const ISSUER: &str = "https://id.example.com";
const PASSWORD: &str = "harbour lanterns at dusk";
const WELL: usize = 5;
/// Sign-ins timed on their own, before and afterwards.
const ALONE: usize = 40;
/// Sessions made at the same time: fewer than the attempts an account has free.
const AT_ONCE: usize = 4;
/// Then it is given up.
const PATIENCE: Duration = Duration::from_secs(300);

#[derive(Clone, Copy)]
enum Temper {
    Well,
    Dead,
    Slow,
    Broken,
    Floods,
}

#[actix_web::main]
async fn main() {
    let count: usize = std::env::var("SESSIONS").map_or(1_000, |count| count.parse().expect("SESSIONS is a number"));
    let told: Vec<Arc<AtomicUsize>> = (0..WELL).map(|_| Arc::default()).collect();
    let mut ports: Vec<u16> = told.iter().map(|told| listen(Temper::Well, told)).collect();
    ports.extend([Temper::Dead, Temper::Slow, Temper::Broken, Temper::Floods].map(|bad| listen(bad, &Arc::default())));
    let folder = tempfile::tempdir().unwrap();
    let facing = provider(folder.path(), &ports).await;
    let service = init_service(application(facing.clone())).await;
    let ask = async |request: TestRequest| {
        let response = call_service(&service, request.to_request()).await;
        let text = |value: &header::HeaderValue| value.to_str().unwrap().to_owned();
        let location = response.headers().get(header::LOCATION).map(text).unwrap_or_default();
        let cookies = response.headers().get_all(header::SET_COOKIE);
        let cookies = cookies.map(|value| text(value).split(';').next().unwrap().to_owned()).collect();
        Answer { location, cookies, body: String::from_utf8(read_body(response).await.to_vec()).unwrap() }
    };
    let person = Person { ask, visits: AtomicUsize::new(0) };

    let began = Instant::now();
    let begun: Vec<String> = stream::iter(0..count)
        .map(async |_| {
            let (cookie, _) = person.sign_in("crowd", "app-0").await;
            for app in 1..ports.len() {
                person.visit(&format!("app-{app}"), &cookie).await;
            }
            cookie
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    println!("{count} sessions with {} apps each, made in {:.1} s", ports.len(), began.elapsed().as_secs_f64());

    let before = person.alone().await;
    facing.idp.report(facing.clock.now()).await.unwrap().unwrap();
    let background = abide::app::background::start(&facing);
    let began = Instant::now();
    let answered = person.sign_out_everywhere(&begun[0]).await;
    let mut meanwhile = Vec::new();
    while told.iter().any(|told| told.load(Ordering::Relaxed) < count) {
        assert!(began.elapsed() < PATIENCE, "told so far: {told:?}");
        meanwhile.push(person.timed().await);
    }
    let all_told = began.elapsed();
    let notices = facing.idp.pacing.in_memory();
    let after = person.alone().await;
    for task in background {
        task.abort();
    }

    let before = median(before);
    println!("answer to the sign-out                 {:>9.1} ms", answered.as_secs_f64() * 1e3);
    println!(
        "until the {WELL} healthy apps know of all    {:>9.1} s    {notices} notices in memory then",
        all_told.as_secs_f64()
    );
    println!("told                                   {:>9.0} /s", (count * WELL) as f64 / all_told.as_secs_f64());
    row("sign-in before, median", before, before);
    row("sign-in meanwhile, longest", meanwhile.iter().max().copied().unwrap_or_default(), before);
    row(&format!("sign-in meanwhile, median of {}", meanwhile.len()), median(meanwhile), before);
    row("sign-in while only the bad are left", median(after), before);
}

async fn provider(folder: &std::path::Path, ports: &[u16]) -> Data<Facing> {
    let mut config = Config { issuer: ISSUER.parse().unwrap(), keys_dir: folder.join("keys"), ..Config::default() };
    config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect();
    let store = Arc::new(SledStore::open(&folder.join("store"), 64 << 20).unwrap());
    let facing = assemble(&config, store as Arc<dyn Backend>, Clock::System, USUAL).await.unwrap();
    let clients: Vec<serde_json::Value> = (0..)
        .zip(ports)
        .map(|(number, port): (usize, &u16)| {
            serde_json::json!({"client_id": format!("app-{number}"), "token_endpoint_auth_method": "none",
                "consent": "skip", "redirect_uris": ["https://app.example.com/cb"],
                "backchannel_logout_uri": format!("http://127.0.0.1:{port}/logout")})
        })
        .collect();
    let users = ["crowd", "somebody"].map(|name| serde_json::json!({"username": name, "password": PASSWORD}));
    let file = serde_json::json!({"users": users, "clients": clients});
    facing.idp.import(&file.to_string(), ReplaceSecrets::No, facing.clock.now()).await.unwrap();
    facing
}

/// A receiver of logout tokens; answers with its port.
fn listen(temper: Temper, told: &Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    if matches!(temper, Temper::Dead) {
        return port;
    }
    let told = Arc::clone(told);
    let receive = move || {
        let told = Arc::clone(&told);
        async move {
            told.fetch_add(1, Ordering::Relaxed);
            match temper {
                Temper::Well | Temper::Dead => HttpResponse::Ok().finish(),
                Temper::Slow => {
                    tokio::time::sleep(Duration::from_secs(6)).await;
                    HttpResponse::Ok().finish()
                }
                Temper::Broken => HttpResponse::InternalServerError().finish(),
                Temper::Floods => {
                    let piece = || Ok::<_, std::io::Error>(Bytes::from_static(&[b'x'; 65_536]));
                    HttpResponse::Ok().streaming(stream::iter((0..16_384).map(move |_| piece())))
                }
            }
        }
    };
    let server = HttpServer::new(move || App::new().route("/logout", web::post().to(receive.clone())));
    tokio::spawn(server.workers(1).disable_signals().listen(listener).unwrap().run());
    port
}

/// Whoever uses the provider, with a browser and an address of their own at every sign-in.
struct Person<A> {
    ask: A,
    visits: AtomicUsize,
}

struct Answer {
    location: String,
    cookies: Vec<String>,
    body: String,
}

impl<A: AsyncFn(TestRequest) -> Answer> Person<A> {
    /// The cookie of the new session, and the code.
    async fn sign_in(&self, username: &str, client: &str) -> (String, String) {
        let visit = self.visits.fetch_add(1, Ordering::Relaxed);
        let peer = std::net::SocketAddr::from(([10, (visit >> 8) as u8, visit as u8, 7], 4_000));
        let mut page = (self.ask)(TestRequest::get().uri(&authorize(client)).peer_addr(peer)).await;
        let form = [
            ("csrf", field(&page.body, "csrf")),
            ("interaction", field(&page.body, "interaction")),
            ("username", username.to_owned()),
            ("password", PASSWORD.to_owned()),
        ];
        let request = TestRequest::post().uri("/sign-in").peer_addr(peer).insert_header(("origin", ISSUER));
        let request = request.insert_header(("cookie", page.cookies.remove(0))).set_form(form);
        let answer = (self.ask)(request).await;
        let code = code_in(&answer);
        (answer.cookies.into_iter().find(|cookie| cookie.contains("session=")).expect("a session"), code)
    }

    async fn visit(&self, client: &str, cookie: &str) {
        let request = TestRequest::get().uri(&authorize(client)).insert_header(("cookie", cookie));
        code_in(&(self.ask)(request).await);
    }

    async fn timed(&self) -> Duration {
        let began = Instant::now();
        let (_, code) = self.sign_in("somebody", "app-0").await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", "https://app.example.com/cb"),
            ("client_id", "app-0"),
            ("code_verifier", VERIFIER),
        ];
        let tokens = (self.ask)(TestRequest::post().uri("/token").set_form(form)).await;
        assert!(tokens.body.contains("id_token"), "{}", tokens.body);
        began.elapsed()
    }

    async fn alone(&self) -> Vec<Duration> {
        stream::iter(0..ALONE).then(|_| self.timed()).collect().await
    }

    async fn sign_out_everywhere(&self, cookie: &str) -> Duration {
        let page = (self.ask)(TestRequest::get().uri("/end_session").insert_header(("cookie", cookie))).await;
        let set: Vec<&str> = page.cookies.iter().map(String::as_str).chain([cookie]).collect();
        let form = [
            ("csrf", field(&page.body, "csrf")),
            ("request", field(&page.body, "request")),
            ("choice", "sign-out".to_owned()),
            ("scope", "everywhere".to_owned()),
        ];
        let began = Instant::now();
        let request = TestRequest::post().uri("/end_session/confirm").insert_header(("origin", ISSUER));
        let answer = (self.ask)(request.insert_header(("cookie", set.join("; "))).set_form(form)).await;
        assert!(answer.location.contains("signed-out"), "{}", answer.body);
        began.elapsed()
    }
}

fn field(page: &str, name: &str) -> String {
    let found = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    found.unwrap_or_else(|| panic!("no {name} in {page}")).split('"').next().unwrap().to_owned()
}

fn code_in(answer: &Answer) -> String {
    let code = answer.location.split("code=").nth(1).unwrap_or_else(|| panic!("no code: {}", answer.body));
    code.split('&').next().unwrap().to_owned()
}

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn authorize(client: &str) -> String {
    format!(
        "/authorize?client_id={client}&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&response_type=code&scope=openid&state=s\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
    )
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn row(name: &str, time: Duration, before: Duration) {
    println!(
        "{name:<38} {:>10.1} ms   {:.2} x before",
        time.as_secs_f64() * 1e3,
        time.as_secs_f64() / before.as_secs_f64()
    );
}
