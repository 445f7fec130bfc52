//! The server of an app that has a logo: a real one on loopback.

use actix_web::web::Bytes;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use futures_util::stream::{self, StreamExt};
use std::io::Error;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What it gives.
#[derive(Clone, Debug)]
pub enum Giving {
    /// This file, said to be of this kind.
    File(&'static str, Vec<u8>),
    /// The same in pieces, and nobody knows how long it is.
    Pieces(&'static str, Vec<u8>),
    /// This status, with the file all the same.
    Status(u16, Vec<u8>),
    /// The way to another address.
    Redirects(String),
    /// No answer.
    Hangs,
    /// A byte every now and then, of a file that does not end.
    Drips,
    /// A file that does not end.
    Floods,
}

/// The server.
#[derive(Clone)]
pub struct LogoServer {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    giving: Mutex<Giving>,
    /// The head of every request, as far as it says something of who asks.
    asked: Mutex<Vec<String>>,
}

impl LogoServer {
    /// Listens, and runs as long as the test does.
    pub fn start(giving: Giving) -> LogoServer {
        let shared = Arc::new(Shared { giving: Mutex::new(giving), asked: Mutex::default() });
        let of_server = Arc::clone(&shared);
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::from(Arc::clone(&of_server))).default_service(web::get().to(serve))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let port = server.addrs()[0].port();
        actix_web::rt::spawn(server.run());
        LogoServer { port, shared }
    }

    /// Where the logo is.
    pub fn uri(&self, path: &str) -> String {
        format!("http://localhost:{}/{path}", self.port)
    }

    /// From now on it gives that.
    pub fn turn(&self, giving: Giving) {
        *self.shared.giving.lock().unwrap() = giving;
    }

    /// Who asked so far.
    pub fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

async fn serve(request: HttpRequest, shared: web::Data<Shared>) -> HttpResponse {
    let head = request.headers().iter().map(|(name, value)| format!("{name}: {value:?}"));
    let head = std::iter::once(request.uri().to_string()).chain(head).collect::<Vec<_>>().join("\n");
    shared.asked.lock().unwrap().push(head);
    let giving = shared.giving.lock().unwrap().clone();
    match giving {
        Giving::File(kind, file) => HttpResponse::Ok().content_type(kind).body(file),
        Giving::Pieces(kind, file) => {
            let pieces: Vec<_> =
                file.chunks(8 * 1024).map(|piece| Ok::<_, Error>(Bytes::copy_from_slice(piece))).collect();
            HttpResponse::Ok().content_type(kind).streaming(stream::iter(pieces))
        }
        Giving::Status(status, file) => {
            HttpResponse::build(status.try_into().unwrap()).content_type("image/png").body(file)
        }
        Giving::Redirects(to) => HttpResponse::Found().insert_header(("location", to)).finish(),
        Giving::Hangs => std::future::pending().await,
        Giving::Drips => {
            let drops = stream::repeat(()).then(|()| async {
                actix_web::rt::time::sleep(Duration::from_millis(200)).await;
                Ok::<_, Error>(Bytes::from_static(b"\x89"))
            });
            HttpResponse::Ok().content_type("image/png").streaming(drops)
        }
        Giving::Floods => {
            let piece = Bytes::from_static(&[0; 16 * 1024]);
            let pieces = stream::repeat_with(move || Ok::<_, Error>(piece.clone()));
            HttpResponse::Ok().content_type("image/png").streaming(pieces)
        }
    }
}
