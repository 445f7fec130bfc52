//! What a request costs, with the floor beside it: the signature alone, the durable write alone, an empty handler.
//!
//! `cargo bench --bench floor` prints medians of one run, and each as a multiple of the floor it stands on. Quote the
//! ratios: absolute times are the machine's. Everything runs in process over a real store on the disk, one request at a
//! time and then 32 at a time (durable writes share their flush).
#![allow(missing_docs, reason = "a program")]
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on ends")]
#![allow(clippy::print_stdout, reason = "its output is its purpose")]
#![allow(clippy::disallowed_methods, reason = "a bench measures time")]

use abide::app::{application, assemble};
use abide::clock::Clock;
use abide::config::Config;
use abide::crypto::hashing::Cost;
use abide::crypto::jwt::{TokenKind, sign};
use abide::flow::import::ReplaceSecrets;
use abide::model::record::{Change, Kind, Record};
use abide::protocol::signing::SigningAlg;
use abide::store::Backend;
use abide::store::sled::SledStore;
use actix_web::http::header;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

const ROUNDS: usize = 300;
const WIDE: usize = 32;
const ISSUER: &str = "https://id.example.com";

/// A record of the size of a grant, for the write alone.
#[derive(Clone, Serialize, Deserialize)]
struct Plain {
    key: String,
    filling: String,
}

impl Record for Plain {
    const KIND: Kind = Kind::Grant;
    fn key(&self) -> String {
        self.key.clone()
    }
}

#[actix_web::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    let config = Config { issuer: ISSUER.parse().unwrap(), keys_dir: folder.path().join("keys"), ..Config::default() };
    let store = Arc::new(SledStore::open(&folder.path().join("store"), 64 << 20).unwrap());
    let cheap = Cost { memory: 64, passes: 1 };
    let facing = assemble(&config, store as Arc<dyn Backend>, Clock::System, cheap).await.unwrap();
    let clients = ["rs256", "es256"].map(|id| {
        serde_json::json!({"client_id": id, "token_endpoint_auth_method": "none", "consent": "skip",
            "id_token_signed_response_alg": id.to_uppercase(), "redirect_uris": ["https://app.example.com/cb"]})
    });
    let worker = serde_json::json!({"client_id": "worker", "client_secret": SECRET, "scope": "stock", "redirect_uris": [],
        "response_types": [], "grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post"});
    let clients: Vec<_> = clients.into_iter().chain([worker]).collect();
    let file = serde_json::json!({"users": [{"username": "mira", "password": "harbour lanterns at dusk"}], "clients": clients});
    facing.idp.import(&file.to_string(), ReplaceSecrets::No, facing.clock.now()).await.unwrap();

    let bare = init_service(actix_web::App::new().route("/", actix_web::web::get().to(|| async { "" }))).await;
    let service = init_service(application(facing.clone())).await;
    let ask = async |request: TestRequest| {
        let response = call_service(&service, request.to_request()).await;
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let cookies: Vec<String> = response
            .headers()
            .get_all(header::SET_COOKIE)
            .map(|value| value.to_str().unwrap().split(';').next().unwrap().to_owned())
            .collect();
        (location.unwrap_or_default(), cookies, String::from_utf8(read_body(response).await.to_vec()).unwrap())
    };
    let cookie = {
        let (_, mut cookies, page) = ask(TestRequest::get().uri(&authorize("rs256", ""))).await;
        let field = |name: &str| {
            page.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        let form = [
            ("csrf", field("csrf")),
            ("interaction", field("interaction")),
            ("username", "mira".into()),
            ("password", "harbour lanterns at dusk".into()),
        ];
        let request = TestRequest::post()
            .uri("/sign-in")
            .insert_header(("origin", ISSUER))
            .insert_header(("cookie", cookies.remove(0)));
        let (_, cookies, _) = ask(request.set_form(form)).await;
        cookies.join("; ")
    };
    for id in ["rs256", "es256"] {
        ask(TestRequest::get().uri(&authorize(id, "")).insert_header(("cookie", cookie.clone()))).await;
    }
    let code = async |id: &str| {
        let request = TestRequest::get().uri(&authorize(id, "&prompt=none")).insert_header(("cookie", cookie.clone()));
        let (location, ..) = ask(request).await;
        location.split("code=").nth(1).unwrap_or_else(|| panic!("{location}")).split('&').next().unwrap().to_owned()
    };
    let token = async |form: &[(&str, &str)]| {
        let (_, _, body) = ask(TestRequest::post().uri("/token").set_form(form)).await;
        serde_json::from_str::<serde_json::Value>(&body).unwrap()
    };
    let reissue = async |id: &str| {
        let code = code(id).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", "https://app.example.com/cb"),
            ("client_id", id),
            ("code_verifier", VERIFIER),
        ];
        token(&form).await
    };
    let refresh = async |id: &str, old: &str| {
        token(&[("grant_type", "refresh_token"), ("refresh_token", old), ("client_id", id)]).await["refresh_token"]
            .as_str()
            .unwrap()
            .to_owned()
    };

    let empty = time(async |_| drop(call_service(&bare, TestRequest::get().to_request()).await)).await;
    let write = time(async |n| plain(&facing, n).await).await;
    let rs = time(async |_| {
        drop(
            sign(
                &facing.idp.ring,
                SigningAlg::RS256,
                TokenKind::Id,
                &serde_json::json!({"sub": "mira"}),
                facing.clock.now(),
            )
            .unwrap(),
        )
    })
    .await;
    let es = time(async |_| {
        drop(
            sign(
                &facing.idp.ring,
                SigningAlg::ES256,
                TokenKind::Id,
                &serde_json::json!({"sub": "mira"}),
                facing.clock.now(),
            )
            .unwrap(),
        )
    })
    .await;
    let jwks = time(async |_| drop(ask(TestRequest::get().uri("/jwks")).await)).await;
    let silent = time(async |_| drop(code("rs256").await)).await;
    let access = reissue("rs256").await["access_token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {access}");
    let userinfo = time(async |_| {
        drop(ask(TestRequest::get().uri("/userinfo").insert_header(("authorization", bearer.clone()))).await)
    })
    .await;
    let key = Key::new();
    let bound = {
        let code = code("rs256").await;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", "https://app.example.com/cb"),
            ("client_id", "rs256"),
            ("code_verifier", VERIFIER),
        ];
        let with = |proof: String| TestRequest::post().uri("/token").insert_header(("dpop", proof)).set_form(form);
        let without = call_service(&service, with(key.proof("POST", "/token", None, "", 0)).to_request()).await;
        let nonce = without.headers().get("dpop-nonce").unwrap().to_str().unwrap().to_owned();
        let proof = key.proof("POST", "/token", None, &nonce, 0);
        let (_, _, body) = ask(with(proof)).await;
        let tokens: serde_json::Value = serde_json::from_str(&body).unwrap();
        assert_eq!(tokens["token_type"], "DPoP", "{body}");
        (tokens["access_token"].as_str().unwrap().to_owned(), nonce)
    };
    let proofs: Vec<String> =
        (1..=ROUNDS + 30).map(|n| key.proof("GET", "/userinfo", Some(&bound.0), &bound.1, n)).collect();
    let possessed = time(async |n| {
        let request = TestRequest::get().uri("/userinfo").insert_header(("authorization", format!("DPoP {}", bound.0)));
        let (_, _, body) = ask(request.insert_header(("dpop", proofs[n].clone()))).await;
        assert!(body.contains("\"sub\""), "{body}");
    })
    .await;
    let own = time(async |_| {
        let form = [("grant_type", "client_credentials"), ("client_id", "worker"), ("client_secret", SECRET)];
        assert!(token(&form).await["access_token"].is_string());
    })
    .await;
    let whole =
        [time(async |_| drop(reissue("rs256").await)).await, time(async |_| drop(reissue("es256").await)).await];
    let mut renewed = Vec::new();
    for id in ["rs256", "es256"] {
        let mut current = reissue(id).await["refresh_token"].as_str().unwrap().to_owned();
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let began = Instant::now();
            current = refresh(id, &current).await;
            times.push(began.elapsed());
        }
        renewed.push(median(times));
    }
    let crowd = wide(|n| reissue(if n % 2 == 0 { "rs256" } else { "es256" })).await;
    let crowd_writes = wide(|n| plain(&facing, 1_000_000 + n)).await;

    println!("median of {ROUNDS}, one at a time                        time        as multiples");
    row("empty handler", empty, &[]);
    row("one durable write", write, &[]);
    row("one RS256 signature", rs, &[]);
    row("one ES256 signature", es, &[]);
    row("JWKS", jwks, &[("empty handler", empty)]);
    row("authorize, prompt=none", silent, &[("empty handler", empty)]);
    row("userinfo", userinfo, &[("empty handler", empty)]);
    row("userinfo, the token bound to a key (DPoP)", possessed, &[("write", write), ("userinfo", userinfo)]);
    row("client credentials", own, &[("RS256", rs)]);
    // An access token is signed by RS256 whatever the client chose for its ID tokens.
    row("silent reissue, RS256", whole[0], &[("write + 2 RS256", write + rs * 2)]);
    row("silent reissue, ES256", whole[1], &[("write + RS256 + ES256", write + rs + es)]);
    row("refresh, RS256", renewed[0], &[("write + 2 RS256", write + rs * 2)]);
    row("refresh, ES256", renewed[1], &[("write + RS256 + ES256", write + rs + es)]);
    println!("\n{WIDE} at a time, each");
    row("one durable write", crowd_writes, &[("alone", write)]);
    row("silent reissue, half ES256", crowd, &[("alone", whole[0])]);
}

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

const SECRET: &str = "harbour-lanterns-at-dusk-0123456789";

/// An app's key, for proofs of possession (RFC 9449).
struct Key(EcdsaKeyPair);

impl Key {
    fn new() -> Key {
        Key(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
    }

    fn proof(&self, method: &str, path: &str, token: Option<&str>, nonce: &str, n: usize) -> String {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        let jwk = serde_json::json!({"kty": "EC", "crv": "P-256", "x": text(x), "y": text(y)});
        let header = serde_json::json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let now = Clock::System.now().0;
        let mut claims = serde_json::json!({"jti": format!("bench-{n}"), "htm": method, "htu": format!("{ISSUER}{path}"),
            "iat": now, "nonce": nonce});
        if let Some(token) = token {
            claims["ath"] = text(digest(&SHA256, token.as_bytes()).as_ref()).into();
        }
        let message = format!("{}.{}", text(header.to_string().as_bytes()), text(claims.to_string().as_bytes()));
        let signature = self.0.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        format!("{message}.{}", text(signature.as_ref()))
    }
}

fn authorize(client: &str, extra: &str) -> String {
    format!(
        "/authorize?client_id={client}&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcb&response_type=code&scope=openid&state=s\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256{extra}"
    )
}

async fn plain(facing: &abide::web::Facing, n: usize) {
    let record = Plain { key: format!("bench-{n}"), filling: "x".repeat(600) };
    let key = record.key();
    facing.idp.store.change::<Plain, _, _>(&key, move |_| Change::put((), record.clone())).await.unwrap();
}

/// The median time of one call, one at a time, after a warm-up.
async fn time(mut call: impl AsyncFnMut(usize)) -> Duration {
    let mut times = Vec::new();
    for n in 0..ROUNDS + 30 {
        let began = Instant::now();
        call(n).await;
        times.push(began.elapsed());
    }
    median(times.split_off(30))
}

/// The time one of many takes when they run at the same time: the whole divided by their number.
async fn wide<F: Future>(call: impl Fn(usize) -> F) -> Duration {
    let mut times = Vec::new();
    for round in 0..ROUNDS / 10 {
        let began = Instant::now();
        futures_util::future::join_all((0..WIDE).map(|n| call(round * WIDE + n))).await;
        times.push(began.elapsed() / WIDE as u32);
    }
    median(times)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn row(name: &str, time: Duration, floors: &[(&str, Duration)]) {
    let ratios: Vec<String> = floors
        .iter()
        .map(|(name, floor)| format!("{:.2} x {name}", time.as_secs_f64() / floor.as_secs_f64()))
        .collect();
    println!("{name:<44} {:>9.1} µs   {}", time.as_secs_f64() * 1e6, ratios.join(", "));
}
