//! The proxy's configuration before nodes that misbehave on purpose.

use super::in_repository;
use crate::real::process::{PATIENCE, Process, free_port, fresh_dir};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// How long nothing may come. Shorter than the proxy's own limit: who keeps a connection shall be noticed.
const SILENCE: Duration = Duration::from_secs(20);

/// What a node does with a request that is no question for its health.
#[derive(Clone, Copy)]
enum Manner {
    /// Answers with the request itself.
    Echo,
    /// Reads and hangs up.
    HangUp,
    /// Says that it is not ready, and would answer.
    NotReady,
    /// Sends the beginning of an answer, and the rest when it is told to.
    InParts,
}

/// A pretended node.
struct Pretended {
    port: u16,
    /// The requests it got.
    seen: Arc<Mutex<Vec<String>>>,
    go_on: Sender<()>,
}

impl Pretended {
    fn start(manner: Manner) -> Pretended {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (seen, (go_on, told)) = (Arc::new(Mutex::new(Vec::new())), channel());
        let list = Arc::clone(&seen);
        let told = Arc::new(Mutex::new(told));
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                let (list, told) = (Arc::clone(&list), Arc::clone(&told));
                std::thread::spawn(move || answer(connection, manner, &list, &told));
            }
        });
        Pretended { port, seen, go_on }
    }

    fn seen(&self) -> usize {
        self.seen.lock().expect("a list").len()
    }
}

fn answer(mut connection: TcpStream, manner: Manner, seen: &Mutex<Vec<String>>, told: &Mutex<Receiver<()>>) {
    let head = head(&mut connection);
    let health = head.starts_with("GET /health/ready ");
    if !health && !head.is_empty() {
        seen.lock().expect("a list").push(head.clone());
    }
    let text = match (manner, health) {
        (Manner::NotReady, true) => "HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".into(),
        (Manner::HangUp, false) => return,
        (Manner::InParts, false) => {
            let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: first\n\n");
            let _ = told.lock().expect("a channel").recv_timeout(PATIENCE);
            "data: second\n\n".to_owned()
        }
        _ => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{head}", head.len()),
    };
    let _ = connection.write_all(text.as_bytes());
}

/// Reads up to the empty line.
fn head(connection: &mut TcpStream) -> String {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") && connection.read(&mut byte).is_ok_and(|n| n == 1) {
        bytes.push(byte[0]);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The proxy before two nodes.
struct Proxy {
    port: u16,
    process: Process,
}

impl Proxy {
    fn before(nodes: &[Pretended; 2]) -> Proxy {
        let (port, config) = (free_port(), in_repository("examples/proxy/haproxy.cfg"));
        let program = if Path::new("/usr/sbin/haproxy").exists() { "/usr/sbin/haproxy" } else { "haproxy" };
        let bind = format!("PROXY_BIND=127.0.0.1:{port}");
        let [a, b] = [("A", &nodes[0]), ("B", &nodes[1])].map(|(x, node)| format!("NODE_{x}=127.0.0.1:{}", node.port));
        let arguments = [
            bind.as_ref(),
            a.as_ref(),
            b.as_ref(),
            program.as_ref(),
            "-db".as_ref(),
            "-f".as_ref(),
            config.as_os_str(),
        ];
        let process = Process::start(Path::new("env"), &arguments, fresh_dir());
        let mut proxy = Proxy { port, process };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(!proxy.process.has_ended(), "no proxy: {}", proxy.process.last_words());
            std::thread::yield_now();
        }
        proxy
    }

    /// Waits until the proxy has found out about one of the nodes.
    fn says(&self, words: &str) {
        while !self.process.line().unwrap_or_else(|| panic!("the proxy does not say {words:?}")).contains(words) {}
    }

    fn begin(&self, request: &str) -> TcpStream {
        let mut connection = TcpStream::connect(("127.0.0.1", self.port)).expect("the proxy");
        connection.set_read_timeout(Some(SILENCE)).expect("a limit");
        connection.write_all(request.as_bytes()).expect("a request is sent");
        connection
    }

    fn ask(&self, line: &str, headers: &str) -> String {
        let mut text = String::new();
        // Not `Connection: close`: that is the proxy's to say, or else this would not end.
        let request = format!("{line} HTTP/1.1\r\nHost: id.example.com\r\n{headers}\r\n");
        if let Err(error) = self.begin(&request).read_to_string(&mut text) {
            // Reset is what a refused head may look like; silence means that the connection was kept.
            assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{text}");
        }
        text
    }
}

#[test]
fn only_what_changes_nothing_is_sent_a_second_time() {
    let nodes = [Pretended::start(Manner::HangUp), Pretended::start(Manner::Echo)];
    let proxy = Proxy::before(&nodes);
    for round in 1..=6 {
        assert!(proxy.ask("GET /authorize?x=y", "").starts_with("HTTP/1.1 200"), "round {round}");
    }
    let (hung_up, echoed) = (nodes[0].seen(), nodes[1].seen());
    assert!(hung_up >= 2 && echoed == 6, "{hung_up} and {echoed}");
    let answers: Vec<String> = (0..6).map(|_| proxy.ask("POST /token", "Content-Length: 0\r\n")).collect();
    let good = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 200")).count();
    // A client that is hung up on would send its POST again by itself.
    assert!(answers.iter().all(|answer| answer.to_lowercase().contains("\r\nconnection: close\r\n")), "{answers:?}");
    let lost = answers.iter().filter(|answer| answer.starts_with("HTTP/1.1 502")).count();
    assert!(lost >= 2 && good + lost == 6, "{answers:?}");
    assert_eq!((nodes[0].seen() - hung_up, nodes[1].seen() - echoed), (lost, good), "each was sent once");
}

#[test]
fn a_node_that_is_not_ready_gets_nothing_and_with_none_the_answer_says_when_to_come_back() {
    let nodes = [Pretended::start(Manner::NotReady), Pretended::start(Manner::Echo)];
    let proxy = Proxy::before(&nodes);
    proxy.says("node-a is DOWN");
    for _ in 0..4 {
        assert!(proxy.ask("GET /", "").starts_with("HTTP/1.1 200"));
    }
    assert_eq!((nodes[0].seen(), nodes[1].seen()), (0, 4));

    let nodes = [Pretended::start(Manner::NotReady), Pretended::start(Manner::NotReady)];
    let proxy = Proxy::before(&nodes);
    proxy.says("has no server available");
    let answer = proxy.ask("GET /", "").to_lowercase();
    assert!(answer.starts_with("http/1.1 503") && answer.contains("\r\nretry-after: 5\r\n"), "{answer}");
    assert_eq!((nodes[0].seen(), nodes[1].seen()), (0, 0));
}

#[test]
fn the_host_passes_and_the_address_is_what_the_proxy_saw() {
    let nodes = [Pretended::start(Manner::Echo), Pretended::start(Manner::Echo)];
    let proxy = Proxy::before(&nodes);
    let got =
        proxy.ask("GET /account", "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 198.51.100.7\r\n").to_lowercase();
    assert!(got.contains("\r\nhost: id.example.com\r\n"), "{got}");
    assert_eq!(got.matches("x-forwarded-for").count(), 1, "{got}");
    assert!(got.contains("\r\nx-forwarded-for: 127.0.0.1\r\n"), "{got}");
}

/// Abide refuses heads above 32 KiB with an answer of its own.
#[test]
fn heads_pass_up_to_what_abide_itself_refuses_and_not_much_further() {
    let nodes = [Pretended::start(Manner::Echo), Pretended::start(Manner::Echo)];
    let proxy = Proxy::before(&nodes);
    let asked = |size: usize| proxy.ask(&format!("GET /authorize?state={}", "a".repeat(size)), "");
    assert!(asked(33 * 1024).starts_with("HTTP/1.1 200"));
    assert!(asked(64 * 1024).starts_with("HTTP/1.0 400") || asked(64 * 1024).starts_with("HTTP/1.1 400"));
    assert_eq!(nodes[0].seen() + nodes[1].seen(), 1);
}

#[test]
fn an_event_stream_is_not_held_back() {
    let nodes = [Pretended::start(Manner::InParts), Pretended::start(Manner::InParts)];
    let proxy = Proxy::before(&nodes);
    let mut stream = proxy.begin("GET /session/events HTTP/1.1\r\nHost: id.example.com\r\nConnection: close\r\n\r\n");
    let mut text = head(&mut stream);
    let mut part = [0; 1024];
    while !text.contains("data: first") {
        let read = stream.read(&mut part).expect("the first event while the second is not sent yet");
        assert!(read > 0, "the stream ended: {text}");
        text.push_str(&String::from_utf8_lossy(&part[..read]));
    }
    assert!(!text.contains("second"), "{text}");
    nodes.iter().for_each(|node| node.go_on.send(()).expect("a node"));
    stream.read_to_string(&mut text).expect("the rest");
    assert!(text.contains("data: second"), "{text}");
}
