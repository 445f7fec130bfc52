//! A server that does what it is told and nothing else, byte by byte. It counts.

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// No conversation outlasts this, whatever becomes of the other side.
const LONGEST: Duration = Duration::from_secs(20);

/// What a server sees.
#[derive(Default)]
pub struct Seen {
    connections: AtomicUsize,
    closed: AtomicUsize,
    written: AtomicU64,
    requests: Mutex<Vec<String>>,
    over: AtomicBool,
}

/// A server on loopback; gone when dropped.
pub struct Server {
    port: u16,
    ip: &'static str,
    seen: Arc<Seen>,
}

/// One connection, from the server's side.
pub struct Conversation<'a> {
    stream: Box<dyn Stream>,
    socket: TcpStream,
    seen: &'a Seen,
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl Server {
    /// Holds this conversation with everybody who connects.
    pub fn start(talk: impl Fn(&mut Conversation<'_>) + Send + Sync + 'static) -> Server {
        Server::bound("127.0.0.1", 0, None, talk)
    }

    /// Reads a request and answers it with these bytes, then closes.
    pub fn answering(answer: &'static str) -> Server {
        Server::start(move |peer| {
            if peer.request().is_some() {
                peer.say(answer.as_bytes());
            }
        })
    }

    /// At an address of its own.
    pub fn at(ip: &'static str, port: u16, talk: impl Fn(&mut Conversation<'_>) + Send + Sync + 'static) -> Server {
        Server::bound(ip, port, None, talk)
    }

    /// By TLS, with a certificate of `outside/tls`; answers with 200.
    pub fn tls(certificate: &str) -> Server {
        let folder = format!("{}/tests/it/outside/tls", env!("CARGO_MANIFEST_DIR"));
        let chain = vec![CertificateDer::from_pem_file(format!("{folder}/{certificate}.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(format!("{folder}/key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(chain, key).unwrap();
        Server::bound("127.0.0.1", 0, Some(Arc::new(config)), |peer| {
            if peer.request().is_some() {
                peer.say(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            }
        })
    }

    fn bound(
        ip: &'static str,
        port: u16,
        tls: Option<Arc<ServerConfig>>,
        talk: impl Fn(&mut Conversation<'_>) + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind((ip, port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Seen::default());
        let (ours, talk) = (Arc::clone(&seen), Arc::new(talk));
        std::thread::spawn(move || {
            for socket in listener.incoming() {
                if ours.over.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(socket) = socket else { continue };
                ours.connections.fetch_add(1, Ordering::SeqCst);
                let (seen, talk, tls) = (Arc::clone(&ours), Arc::clone(&talk), tls.clone());
                std::thread::spawn(move || {
                    if let Ok(mut peer) = Conversation::new(socket, tls, &seen) {
                        talk(&mut peer);
                    }
                    seen.closed.fetch_add(1, Ordering::SeqCst);
                });
            }
        });
        Server { port, ip, seen }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A URI there, with a secret in it.
    pub fn uri(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}/{}", self.port, super::SECRET)
    }

    /// How many have connected.
    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// What they asked: head and body of each request.
    pub fn requests(&self) -> Vec<String> {
        self.seen.requests.lock().unwrap().clone()
    }

    /// How many bytes could be written to them.
    pub fn written(&self) -> u64 {
        self.seen.written.load(Ordering::SeqCst)
    }

    /// Waits until every conversation is over.
    pub async fn all_closed(&self) {
        for _ in 0..1000 {
            if self.seen.closed.load(Ordering::SeqCst) == self.connections() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("somebody keeps a connection open");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.seen.over.store(true, Ordering::SeqCst);
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect((self.ip, self.port));
    }
}

impl<'a> Conversation<'a> {
    fn new(socket: TcpStream, tls: Option<Arc<ServerConfig>>, seen: &'a Seen) -> io::Result<Conversation<'a>> {
        socket.set_read_timeout(Some(LONGEST))?;
        socket.set_write_timeout(Some(LONGEST))?;
        let plain = socket.try_clone()?;
        let stream: Box<dyn Stream> = match tls {
            None => Box::new(plain),
            Some(config) => Box::new(StreamOwned::new(ServerConnection::new(config).map_err(io::Error::other)?, plain)),
        };
        Ok(Conversation { stream, socket, seen })
    }

    /// Reads one request, head and body, and remembers it; none when the other side has closed.
    pub fn request(&mut self) -> Option<String> {
        let mut text = String::new();
        let mut byte = [0];
        while !text.ends_with("\r\n\r\n") {
            self.stream.read_exact(&mut byte).ok()?;
            text.push(char::from(byte[0]));
        }
        let lower = text.to_ascii_lowercase();
        let length = lower.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next()?.parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        self.stream.read_exact(&mut body).ok()?;
        text.push_str(&String::from_utf8_lossy(&body));
        self.seen.requests.lock().unwrap().push(text.clone());
        Some(text)
    }

    /// Writes; false when the other side no longer takes it.
    pub fn say(&mut self, bytes: &[u8]) -> bool {
        let taken = self.stream.write_all(bytes).and_then(|()| self.stream.flush()).is_ok();
        if taken {
            self.seen.written.fetch_add(bytes.len() as u64, Ordering::SeqCst);
        }
        taken
    }

    /// Waits until the other side has closed.
    pub fn listen(&mut self) {
        let mut byte = [0];
        while matches!(self.stream.read(&mut byte), Ok(1)) {}
    }

    /// Writes the same again and again, a little pause between, until the other side has enough.
    pub fn dribble(&mut self, bytes: &[u8]) {
        let _ = self.socket.set_read_timeout(Some(Duration::from_millis(20)));
        let mut byte = [0];
        for _ in 0..1000 {
            // The pause is a read that nobody answers; zero bytes are the other side's farewell.
            if matches!(self.stream.read(&mut byte), Ok(0)) || !self.say(bytes) {
                return;
            }
        }
    }

    /// Writes the same as fast as it is taken, a gigabyte at most.
    pub fn flood(&mut self, bytes: &[u8]) {
        let mut left: u64 = 1 << 30;
        while left > 0 && self.say(bytes) {
            left = left.saturating_sub(bytes.len() as u64);
        }
    }
}
