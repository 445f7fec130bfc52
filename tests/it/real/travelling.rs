//! The application in this process, on a port of its own, with a clock that stories move: a browser can be pointed at it
//! and an hour pass at once.

use abide::app::{application, assemble};
use abide::clock::Clock;
use abide::config::Config;
use abide::crypto::hashing::Cost;
use abide::flow::import::ReplaceSecrets;
use abide::protocol::Timestamp;
use abide::protocol::duration::Span;
use abide::store::sled::SledStore;
use abide::web::Facing;
use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

/// A running provider. Stopped when it is dropped.
pub struct Travelling {
    /// Its issuer identifier, `http://localhost:port` unless its settings say otherwise.
    pub issuer: String,
    /// The provider itself.
    pub facing: Data<Facing>,
    server: ServerHandle,
    _folder: TempDir,
}

impl Travelling {
    /// Starts one with settings of its own and what `import` holds.
    pub fn start(change: impl FnOnce(&mut Config), import: Value) -> Travelling {
        let folder = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let mut config = Config {
            issuer: issuer.parse().unwrap(),
            data_dir: folder.path().join("data"),
            keys_dir: folder.path().join("keys"),
            ..Config::default()
        };
        change(&mut config);
        let (issuer, tls) = (config.issuer.to_string(), config.tls.files().map(tls));
        let store = SledStore::open(&folder.path().join("store"), 16 << 20).unwrap();
        let clock = Clock::travelling(Timestamp(1_900_000_000));
        let ready = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let cheap = Cost { memory: 64, passes: 1 };
                let facing = assemble(&config, Arc::new(store), clock, cheap).await.unwrap();
                let (file, served) = (import.to_string(), facing.clone());
                served.idp.import(&file, ReplaceSecrets::No, served.clock.now()).await.unwrap();
                let server = HttpServer::new(move || application(served.clone()))
                    .workers(2)
                    .shutdown_timeout(1)
                    .disable_signals();
                let server = match tls {
                    Some(tls) => server.listen_rustls_0_23(listener, tls),
                    None => server.listen(listener),
                };
                let server = server.unwrap().run();
                ready.0.send((facing, server.handle())).unwrap();
                server.await.unwrap();
            });
        });
        let (facing, server) = ready.1.recv().expect("the provider starts");
        Travelling { issuer, facing, server, _folder: folder }
    }

    /// A page or endpoint of it.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// Time passes, here and not in the browser.
    pub fn pass(&self, span: &str) {
        self.facing.clock.advance(span.parse::<Span>().unwrap().0);
        self.facing.idp.look_again();
    }
}

/// TLS with these files.
fn tls((cert, key): (&Path, &Path)) -> ServerConfig {
    let chain = vec![CertificateDer::from_pem_file(cert).unwrap()];
    let key = PrivateKeyDer::from_pem_file(key).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    config.with_no_client_auth().with_single_cert(chain, key).unwrap()
}

impl Drop for Travelling {
    fn drop(&mut self) {
        drop(self.server.stop(false));
    }
}
