//! Receivers of logout tokens on loopback, good and bad.

use crate::harness::claims_of;
use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How a receiver behaves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Temper {
    /// It answers at once that it knows.
    Well,
    /// The same, after so many milliseconds.
    Slow(u64),
    /// It answers 500.
    Broken,
    /// It answers 200 and sends a gigabyte.
    Floods,
    /// Nobody listens.
    Dead,
}

/// What a session was told of, and how often.
pub type Told = BTreeMap<String, usize>;

/// A receiver.
#[derive(Clone)]
pub struct Ear {
    /// The client it belongs to.
    pub client: String,
    /// How it behaves.
    pub temper: Temper,
    port: u16,
    told: Arc<Mutex<Told>>,
}

#[derive(Deserialize)]
struct Form {
    logout_token: String,
}

/// Of a gigabyte.
const PIECE: usize = 64 * 1024;

impl Ear {
    /// Listens as long as the test runs.
    pub fn open(client: &str, temper: Temper) -> Ear {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let ear = Ear { client: client.to_owned(), temper, port, told: Arc::default() };
        if temper == Temper::Dead {
            return ear;
        }
        let data = web::Data::new(ear.clone());
        let server = HttpServer::new(move || {
            let limit = web::FormConfig::default().limit(64 * 1024);
            App::new().app_data(data.clone()).app_data(limit).route("/logout", web::post().to(receive))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("a listener").run();
        tokio::spawn(async move { server.await.expect("a server") });
        ear
    }

    /// Where logout tokens go.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/logout", self.port)
    }

    /// Every `sid` it was told of, and how often.
    pub fn told(&self) -> Told {
        self.told.lock().expect("nobody failed").clone()
    }

    /// Of how many sessions it was told.
    pub fn count(&self) -> usize {
        self.told.lock().expect("nobody failed").len()
    }

    /// It was told of exactly these, each once or (after a crash) at most `often` times.
    pub fn assert_told(&self, sids: &BTreeSet<String>, often: usize) {
        let told = self.told();
        let missing = sids.iter().filter(|sid| !told.contains_key(*sid)).count();
        let strange = told.keys().filter(|sid| !sids.contains(*sid)).count();
        let most = told.values().max().copied().unwrap_or_default();
        let twice = told.values().filter(|count| **count > 1).count();
        assert!(
            missing == 0 && strange == 0 && most <= often,
            "{}: of {} ends {missing} were not told; {strange} were told that are none; {twice} were told more than \
             once, one {most} times",
            self.client,
            sids.len()
        );
    }
}

async fn receive(form: web::Form<Form>, ear: web::Data<Ear>) -> HttpResponse {
    let claims = claims_of(&form.logout_token);
    assert_eq!(claims["aud"], ear.client.as_str());
    let sid = claims["sid"].as_str().expect("a sid").to_owned();
    *ear.told.lock().expect("nobody failed").entry(sid).or_default() += 1;
    match ear.temper {
        Temper::Well | Temper::Dead => HttpResponse::Ok().finish(),
        Temper::Slow(milliseconds) => {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            HttpResponse::Ok().finish()
        }
        Temper::Broken => HttpResponse::InternalServerError().finish(),
        Temper::Floods => {
            let pieces =
                (0..(1 << 30) / PIECE).map(|_| Ok::<_, std::io::Error>(web::Bytes::from_static(&[b'x'; PIECE])));
            HttpResponse::Ok().streaming(futures_util::stream::iter(pieces))
        }
    }
}
