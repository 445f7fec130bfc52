//! Does the time of an answer tell who has an account? For each form that is given a name: how well the best threshold on
//! the time tells a name that is there from one that is not (the area under the ROC curve: 0.5 is not at all).
//!
//! `cargo bench --bench enumeration [-- SAMPLES [WORDS]]` takes 2,000 samples of each class, interleaved in random order, each with
//! a name and a network of its own, so that no limit is met; with WORDS, of the forms whose titles hold them. Everything runs in process over a real store on the disk, with
//! the real password hash (64 MiB). It fails when status or body tell anything, or when a time does (0.45 to 0.55).
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on ends")]
#![allow(clippy::print_stdout, reason = "its output is its purpose")]
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]

use abide::app::{application, assemble};
use abide::clock::Clock;
use abide::config::Config;
use abide::crypto::hashing::USUAL;
use abide::crypto::random;
use abide::flow::import::ReplaceSecrets;
use abide::model::cookies::Switch;
use abide::store::Backend;
use abide::store::sled::SledStore;
use actix_web::http::header;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

const SAMPLES: usize = 2_000;
/// Pairs before those that count.
const WARM_UP: usize = 20;
const ISSUER: &str = "https://id.example.com";

/// A form that is given a name.
struct Form {
    title: &'static str,
    /// The page that has it.
    page: &'static str,
    /// Where it goes; none where asking for the page is all there is.
    action: Option<&'static str>,
    /// The field of the name.
    field: &'static str,
    /// By address?
    suffix: &'static str,
}

const FORMS: [Form; 5] = [
    Form { title: "sign-in, wrong password", page: "", action: Some("/sign-in"), field: "username", suffix: "" },
    Form {
        title: "new password, by username",
        page: "/forgot",
        action: Some("/forgot/send"),
        field: "username",
        suffix: "",
    },
    Form {
        title: "new password, by address",
        page: "/forgot",
        action: Some("/forgot/send"),
        field: "username",
        suffix: "@example.org",
    },
    Form {
        title: "new account, by address",
        page: "/sign-up",
        action: Some("/sign-up/send"),
        field: "email",
        suffix: "@example.org",
    },
    Form { title: "passkey options, by login_hint", page: "", action: None, field: "", suffix: "" },
];

#[derive(Clone, Copy, PartialEq)]
enum Class {
    There,
    Nobody,
}

impl Class {
    fn name(self, n: usize) -> String {
        match self {
            Class::There => format!("person{n:05}"),
            Class::Nobody => format!("nobody{n:05}"),
        }
    }
}

struct Reply {
    status: u16,
    cookie: String,
    body: String,
    took: Duration,
}

#[actix_web::main]
async fn main() -> ExitCode {
    let given: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    let samples = given.first().map_or(SAMPLES, |word| word.parse().unwrap());
    let words = given.get(1).cloned().unwrap_or_default();
    let folder = tempfile::tempdir().unwrap();
    let mut config =
        Config { issuer: ISSUER.parse().unwrap(), keys_dir: folder.path().join("keys"), ..Config::default() };
    config.mail.from = Some("Abide <id@example.com>".parse().unwrap());
    config.mail.server = Some("smtps://mail.example.com".parse().unwrap());
    config.accounts.self_registration = Switch::On;
    let store = Arc::new(SledStore::open(&folder.path().join("store"), 64 << 20).unwrap());
    let facing = assemble(&config, store as Arc<dyn Backend>, Clock::System, USUAL).await.unwrap();
    let hash = facing.idp.hash_password("harbour lanterns at dusk").await.unwrap();
    let people: Vec<serde_json::Value> = (0..samples + WARM_UP)
        .map(|n| {
            let name = Class::There.name(n);
            serde_json::json!({"username": name, "password_hash": hash,
                "claims": {"email": format!("{name}@example.org"), "email_verified": true}})
        })
        .collect();
    let client = serde_json::json!({"client_id": "app", "token_endpoint_auth_method": "none",
        "redirect_uris": ["https://app.example.com/cb"]});
    let file = serde_json::json!({"users": people, "clients": [client]});
    facing.idp.import(&file.to_string(), ReplaceSecrets::No, facing.clock.now()).await.unwrap();
    let service = init_service(application(facing.clone())).await;
    let mut networks = 0_u32;
    let mut ask = async |request: TestRequest, network: Option<u32>| {
        let network = network.unwrap_or_else(|| {
            networks += 1;
            networks
        });
        let [_, a, b, c] = network.to_be_bytes();
        let request =
            request.peer_addr(([10, a, b, c], 4_000).into()).insert_header(("user-agent", "Bench")).to_request();
        let began = Instant::now();
        let response = call_service(&service, request).await;
        let took = began.elapsed();
        let status = response.status().as_u16();
        let cookies = response.headers().get_all(header::SET_COOKIE);
        let cookie: Vec<&str> =
            cookies.map(|value| value.to_str().unwrap().split(';').next().unwrap_or_default()).collect();
        let cookie = cookie.join("; ");
        (Reply { status, cookie, body: String::from_utf8(read_body(response).await.to_vec()).unwrap(), took }, network)
    };

    println!("{samples} samples of each class, interleaved\n");
    println!("{:<34} {:>12} {:>12} {:>8}", "form", "there", "nobody", "AUC");
    let mut all_well = true;
    for form in FORMS.iter().filter(|form| form.title.contains(&words)) {
        let (mut times, mut seen) = ([Vec::new(), Vec::new()], None);
        for n in 0..samples + WARM_UP {
            let mut order = [Class::There, Class::Nobody];
            if random::bytes::<1>()[0].is_multiple_of(2) {
                order.reverse();
            }
            for class in order {
                let name = format!("{}{}", class.name(n), form.suffix);
                let page =
                    if form.page.is_empty() { authorize(&name, form.action.is_none()) } else { form.page.into() };
                let (mut reply, network) = ask(TestRequest::get().uri(&page), None).await;
                if let Some(action) = form.action {
                    let fields = fields(&reply.body, (form.field, &name));
                    let request = TestRequest::post()
                        .uri(action)
                        .insert_header(("origin", ISSUER))
                        .insert_header(("cookie", reply.cookie.clone()))
                        .set_form(fields);
                    reply = ask(request, Some(network)).await.0;
                }
                let shown = (reply.status, plain(&reply.body).replace(&name, "NAME"));
                let first = seen.get_or_insert_with(|| shown.clone());
                assert_eq!(*first, shown, "{}: status or body tell who is there", form.title);
                if n >= WARM_UP {
                    times[usize::from(class == Class::Nobody)].push(reply.took);
                }
            }
        }
        let area = area(&times);
        println!(
            "{:<34} {:>9} µs {:>9} µs {area:>8.3}   status {}",
            form.title,
            median(&times[0]).as_micros(),
            median(&times[1]).as_micros(),
            seen.map_or(0, |(status, _)| status)
        );
        all_well &= (0.45..=0.55).contains(&area);
    }
    if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn authorize(name: &str, hinted: bool) -> String {
    let hint = if hinted { format!("&login_hint={name}") } else { String::new() };
    format!(
        "/authorize?client_id=app&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&response_type=code&scope=openid&state=s\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256{hint}"
    )
}

/// What a browser posts: the hidden fields, and what was typed.
fn fields(page: &str, (field, name): (&str, &str)) -> Vec<(String, String)> {
    let hidden = |name: &str| {
        let value = page.split(&format!("name=\"{name}\" value=\"")).nth(1)?.split('"').next()?;
        Some((name.to_owned(), value.to_owned()))
    };
    let typed = [(field.to_owned(), name.to_owned()), ("password".to_owned(), "a wrong one for everybody".to_owned())];
    ["csrf", "interaction"].into_iter().filter_map(hidden).chain(typed).collect()
}

/// A page without what is sealed or random in it.
fn plain(body: &str) -> String {
    let sealed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let (mut out, mut run) = (String::new(), String::new());
    for c in body.chars().chain([' ']) {
        if sealed(c) {
            run.push(c);
            continue;
        }
        out.push_str(if run.len() >= 20 && !run.contains("nobody") && !run.contains("person") {
            "SEALED"
        } else {
            &run
        });
        run.clear();
        out.push(c);
    }
    out
}

/// How well the best threshold tells the classes apart (Mann and Whitney): the share of pairs in which the first took
/// longer, ties by half.
fn area(times: &[Vec<Duration>; 2]) -> f64 {
    let mut all: Vec<(Duration, bool)> =
        times[0].iter().map(|time| (*time, true)).chain(times[1].iter().map(|time| (*time, false))).collect();
    all.sort();
    let (mut rank_sum, mut at) = (0.0, 0);
    while at < all.len() {
        let tied = all[at..].iter().take_while(|(time, _)| *time == all[at].0).count();
        let rank = at as f64 + (tied as f64 + 1.0) / 2.0;
        rank_sum += rank * all[at..at + tied].iter().filter(|(_, first)| *first).count() as f64;
        at += tied;
    }
    let (first, second) = (times[0].len() as f64, times[1].len() as f64);
    (rank_sum - first * (first + 1.0) / 2.0) / (first * second)
}

fn median(times: &[Duration]) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[times.len() / 2]
}
