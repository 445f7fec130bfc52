//! A relying app's receiver of logout tokens: a real server on loopback.

use super::app::claims_of;
use abide::protocol::Timestamp;
use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Deserialize;
use serde_json::Value;
use std::sync::{Arc, Mutex};

/// How it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It answers with this status at once.
    Answers(u16),
    /// It never answers.
    Hangs,
    /// It answers with a body that never ends.
    Floods,
}

/// A receiver.
#[derive(Clone)]
pub struct Receiver {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    manner: Mutex<Manner>,
    tokens: Mutex<Vec<String>>,
}

#[derive(Deserialize)]
struct Form {
    logout_token: String,
}

impl Receiver {
    /// Listens, and runs as long as the test does.
    pub fn start(manner: Manner) -> Receiver {
        let shared = Arc::new(Shared { manner: Mutex::new(manner), tokens: Mutex::default() });
        let of_server = Arc::clone(&shared);
        let server = HttpServer::new(move || {
            let data = web::Data::from(Arc::clone(&of_server));
            App::new().app_data(data).route("/logout", web::post().to(receive))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let port = server.addrs()[0].port();
        actix_web::rt::spawn(server.run());
        Receiver { port, shared }
    }

    /// Where it listens.
    pub fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/logout", self.port)
    }

    /// From now on it behaves so.
    pub fn turn(&self, manner: Manner) {
        *self.shared.manner.lock().unwrap() = manner;
    }

    /// The logout tokens that came so far, oldest first.
    pub fn tokens(&self) -> Vec<String> {
        self.shared.tokens.lock().unwrap().clone()
    }

    /// Their claims.
    pub fn told(&self) -> Vec<Value> {
        self.tokens().iter().map(|token| claims_of(token)).collect()
    }

    /// Why, of which session, in the order in which they came; none twice under one `jti`.
    pub fn ends(&self) -> Vec<(String, String)> {
        let told = self.told();
        let mut names: Vec<&str> = told.iter().map(|claims| claims["jti"].as_str().unwrap()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), told.len(), "every token has a name of its own");
        let text = |claims: &Value, name: &str| claims[name].as_str().unwrap().to_owned();
        told.iter().map(|claims| (text(claims, "reason"), text(claims, "sid"))).collect()
    }

    /// Until when what was told of last may come back.
    pub fn until(&self) -> Option<Timestamp> {
        self.told().last()?["reconstitutable_until"].as_i64().map(Timestamp)
    }
}

async fn receive(form: web::Form<Form>, shared: web::Data<Shared>) -> HttpResponse {
    shared.tokens.lock().unwrap().push(form.into_inner().logout_token);
    let manner = *shared.manner.lock().unwrap();
    match manner {
        Manner::Answers(status) => HttpResponse::build(status.try_into().unwrap()).finish(),
        Manner::Hangs => std::future::pending().await,
        Manner::Floods => {
            let piece = web::Bytes::from_static(&[b'x'; 16 * 1024]);
            HttpResponse::Ok()
                .streaming(futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone())))
        }
    }
}
