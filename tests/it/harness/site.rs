//! A site of an app on the public Internet, by https: what it publishes, and what it was told there.
//!
//! There is no public Internet in a test. The name `rp.example.test` is this machine, its certificate is believed, and it
//! may be reached at anybody's word; every other address is judged as it always is.

use super::keyed::Serving;
use abide::model::outbound::{Allowed, Entry};
use abide::outside::http::{Limits, Outbound, Parts};
use abide::outside::names::Names;
use abide::outside::trust;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use async_trait::async_trait;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

/// The name of every site.
pub const HOST: &str = "rp.example.test";

/// A site.
#[derive(Clone)]
pub struct Site {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    pages: Mutex<HashMap<String, Serving>>,
    asked: Mutex<Vec<Asked>>,
}

/// What somebody asked of it.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: String,
    /// With the query.
    pub path: String,
    pub content_type: String,
    pub body: String,
}

impl Site {
    /// Listens, and runs as long as the test does.
    pub fn start() -> Site {
        let shared = Arc::new(Shared::default());
        let of_server = Arc::clone(&shared);
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::from(Arc::clone(&of_server))).default_service(web::to(serve))
        });
        let server = server.workers(1).disable_signals().bind_rustls_0_23(("127.0.0.1", 0), certified()).unwrap();
        let port = server.addrs()[0].port();
        actix_web::rt::spawn(server.run());
        Site { port, shared }
    }

    /// Scheme, host and port.
    pub fn origin(&self) -> String {
        format!("https://{HOST}:{}", self.port)
    }

    /// From now on there is this at a path; answers with its address.
    pub fn put(&self, path: &str, serving: Serving) -> String {
        self.shared.pages.lock().unwrap().insert(path.to_owned(), serving);
        format!("{}{path}", self.origin())
    }

    /// A document in JSON.
    pub fn publish(&self, path: &str, document: impl ToString) -> String {
        self.put(path, Serving::Answers(200, document.to_string()))
    }

    /// What was asked of it so far, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// How often a path was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.asked().iter().filter(|asked| asked.path == path).count()
    }
}

async fn serve(request: HttpRequest, body: web::Bytes, shared: web::Data<Shared>) -> HttpResponse {
    let content_type = request.headers().get("content-type").map(|value| value.to_str().unwrap_or_default().to_owned());
    let asked = Asked {
        method: request.method().to_string(),
        path: request.uri().to_string(),
        content_type: content_type.unwrap_or_default(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let serving = shared.pages.lock().unwrap().get(request.path()).cloned();
    shared.asked.lock().unwrap().push(asked);
    match serving {
        Some(serving) => serving.answer().await,
        None => HttpResponse::NotFound().finish(),
    }
}

fn certified() -> ServerConfig {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/outside/tls");
    let chain = vec![CertificateDer::from_pem_file(format!("{folder}/certificate.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(format!("{folder}/key.pem")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    config.with_no_client_auth().with_single_cert(chain, key).unwrap()
}

/// What names lead to. One that is not here leads to [`HOST`]'s machine, this one.
#[derive(Default)]
pub struct Book {
    addresses: BTreeMap<&'static str, &'static str>,
    asked: Mutex<Vec<String>>,
}

impl Book {
    /// These lead elsewhere.
    pub fn with(addresses: &[(&'static str, &'static str)]) -> Arc<Book> {
        Arc::new(Book { addresses: addresses.iter().copied().collect(), asked: Mutex::default() })
    }

    /// The names that were looked up, oldest first.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Names for Book {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(name.to_owned());
        Ok(vec![self.addresses.get(name).unwrap_or(&"127.0.0.1").parse().unwrap()])
    }
}

/// The way to those sites. `allow` is what an administrator lists besides.
pub fn reach(names: Arc<dyn Names>, limits: Limits, allow: &[&str]) -> Outbound {
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/outside/tls/authority.pem");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let site = format!("{HOST}:*").parse::<Entry>().unwrap();
    let listed = allow.iter().map(|entry| entry.parse::<Entry>().unwrap()).chain([site.clone()]);
    let strangers: Allowed = [site].into_iter().collect();
    Outbound::of(listed.collect(), Parts { limits, names, tls: trust::of(Arc::new(roots)), strangers })
}
