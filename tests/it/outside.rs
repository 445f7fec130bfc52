//! The outbound client over real sockets: what it reaches, what it must not, and how little a bad server costs.
//!
//! The certificates in `outside/tls` were made with `openssl ca` for these tests alone: an authority, and for
//! `rp.example.test` a certificate good until 2119 and one that expired in 2021, both for the one key.

mod answers;
mod bounds;
mod places;
mod server;
mod tls;

use abide::clock::Stopwatch;
use abide::model::outbound::{Allowed, Author, Entry};
use abide::outside::Unreached;
use abide::outside::http::{Limits, Outbound, Parts};
use abide::outside::names::Names;
use abide::outside::trust;
use async_trait::async_trait;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Stands in every URI and form here and may stand in no error.
const SECRET: &str = "geheim";

/// Long enough for a busy machine, where nothing is expected to take long.
const PATIENT: Limits = Limits { connect: Duration::from_secs(20), whole: Duration::from_secs(30) };
/// For servers that let one wait.
const SHORT: Limits = Limits { connect: Duration::from_millis(300), whole: Duration::from_millis(600) };

fn rules(allow: &[&str]) -> Allowed {
    allow.iter().map(|entry| entry.parse::<Entry>().unwrap()).collect()
}

/// A resolver that gives each of these answers once, in this order, and the last one for ever after.
struct Scripted {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Scripted {
    fn new(answers: &[&[&str]]) -> Arc<Scripted> {
        let answers = answers.iter().map(|answer| answer.iter().map(|ip| ip.parse().unwrap()).collect()).collect();
        Arc::new(Scripted { answers: Mutex::new(answers), asked: AtomicUsize::new(0) })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl Names for Scripted {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

/// With these rules, and a resolver for which every name is this machine.
fn outbound(allow: &[&str], limits: Limits) -> Outbound {
    with_names(allow, limits, Scripted::new(&[&["127.0.0.1"]]))
}

fn with_names(allow: &[&str], limits: Limits, names: Arc<dyn Names>) -> Outbound {
    Outbound::of(rules(allow), Parts { limits, names, tls: trust::system(), strangers: Allowed::default() })
}

/// Posts a form with a secret in it, for an administrator's URI.
async fn post(outbound: &Outbound, uri: &str) -> Result<u16, Unreached> {
    post_for(outbound, Author::Administrator, uri).await
}

async fn post_for(outbound: &Outbound, author: Author, uri: &str) -> Result<u16, Unreached> {
    let answer = outbound.post_form(uri, author, &[("logout_token", SECRET), ("more", "a+b &=\u{e9}")]).await;
    if let Err(error) = &answer {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(SECRET) && !shown.contains("logout_token"), "{shown}");
        assert!(!shown.contains(['\n', '\r', '\u{1b}']), "{shown:?}");
    }
    answer
}

/// What it gives, and how many milliseconds that took.
async fn timed(outbound: &Outbound, uri: &str) -> (Result<u16, Unreached>, u64) {
    let watch = Stopwatch::start();
    let answer = post(outbound, uri).await;
    (answer, watch.milliseconds())
}
