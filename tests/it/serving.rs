//! The real binary: first start, the verbs through its socket, the lock, a graceful stop, its log.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// The program in a folder of its own.
pub struct Server {
    folder: tempfile::TempDir,
    port: u16,
    child: Option<Child>,
}

impl Server {
    pub fn start() -> Server {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Server { folder: tempfile::tempdir().unwrap(), port, child: None };
        server.serve();
        server
    }

    pub fn serve(&mut self) {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log()).unwrap();
        self.child = Some(self.command(&["serve"]).stderr(log).stdout(Stdio::null()).spawn().unwrap());
        self.wait_until_ready();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_abide"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("ABIDE_CONFIG");
        command.env("ABIDE_LISTEN", format!("127.0.0.1:{}", self.port));
        command.env("ABIDE_ISSUER", format!("http://localhost:{}", self.port));
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits for the answer itself: it comes as soon as the server listens, or the process has ended.
    fn wait_until_ready(&mut self) {
        for _ in 0..600 {
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().unwrap()) {
                panic!("it ended with {status}: {}", std::fs::read_to_string(self.log()).unwrap());
            }
            if self.get("/health/ready").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
                return;
            }
            pause();
        }
        panic!("it did not become ready: {}", std::fs::read_to_string(self.log()).unwrap());
    }

    pub fn get(&self, path: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    fn signal(&self, name: &str) {
        let id = self.child.as_ref().unwrap().id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    pub fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.take().unwrap().wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "another process has nobody who tells when it listens")]
fn pause() {
    std::thread::sleep(Duration::from_millis(50));
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

const FILE: &str = r#"{"users": [{"username": "mira", "password": "harbour lanterns at dusk"}],
 "clients": [{"client_id": "notes", "client_secret": "0123456789abcdef0123456789abcdef", "redirect_uris": ["http://localhost:1/cb"]}]}"#;

#[test]
fn a_first_start_makes_keys_and_a_link_that_only_its_owner_may_read() {
    let server = Server::start();
    let keys: Vec<PathBuf> =
        std::fs::read_dir(server.file("keys")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(keys.len(), 1, "the sealing key; the signing keys are in the store: {keys:?}");
    assert!(keys.iter().all(|key| mode(key) == 0o600), "{keys:?}");
    let link = server.file("data/setup-link");
    assert_eq!(mode(&link), 0o600);
    let link = std::fs::read_to_string(link).unwrap();
    let (_, token) = link.trim().split_once("token=").unwrap();
    assert!(!std::fs::read_to_string(server.log()).unwrap().contains(token), "the link never goes through the log");
    let path = format!("/setup?token={token}");
    assert!(server.get(&path).unwrap().contains("name=\"password\""));
    assert_eq!(mode(&server.file("data/control.sock")), 0o600);

    let renewed = server.run(&["setup-link"]);
    assert!(renewed.status.success());
    assert!(server.get(&path).unwrap().starts_with("HTTP/1.1 410"), "the link before is void");
}

#[test]
fn the_verbs_work_with_and_without_a_running_server() {
    let mut server = Server::start();
    std::fs::write(server.file("import.json"), FILE).unwrap();
    let first = server.run(&["import", "import.json"]);
    assert_eq!(String::from_utf8_lossy(&first.stdout).trim(), "2 created, 0 changed, 0 unchanged", "{first:?}");
    let running = server.run(&["export"]);
    assert!(running.status.success());
    assert_eq!(server.stop(), Some(0));

    let again = server.run(&["import", "import.json"]);
    assert_eq!(String::from_utf8_lossy(&again.stdout).trim(), "0 created, 0 changed, 2 unchanged", "{again:?}");
    let stopped = server.run(&["export"]);
    assert_eq!(stopped.stdout, running.stdout);
    let text = String::from_utf8(stopped.stdout).unwrap();
    assert!(text.contains("$argon2id$") && text.contains("sha256:"));
    assert!(!text.contains("harbour lanterns") && !text.contains("0123456789abcdef"));

    std::fs::write(server.file("bad.json"), FILE.replace("harbour lanterns at dusk", "short")).unwrap();
    let bad = server.run(&["import", "bad.json"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&bad.stderr).contains("users[0] (mira)"), "{bad:?}");
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let server = Server::start();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let second = server.command(&["serve"]).env("ABIDE_LISTEN", format!("127.0.0.1:{port}")).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let words = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(words.contains("data/store") && words.contains("another Abide"), "{words}");
}

#[test]
fn a_taken_port_is_said_so() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let second = server.command(&["serve"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains(&format!("cannot listen on 127.0.0.1:{}", server.port)));
}

#[test]
fn sigterm_and_ctrl_c_let_requests_in_flight_finish() {
    for signal in ["TERM", "INT"] {
        let mut server = Server::start();
        // A request whose body is still on its way when the signal comes.
        let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
        let body = "grant_type=authorization_code&client_id=nobody";
        let head = format!(
            "POST /token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        // It says that it reads the body: from here on the request is in flight, and not merely on its way.
        let mut go_on = [0; 25];
        stream.read_exact(&mut go_on).unwrap();
        assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(&body.as_bytes()[..10]).unwrap();
        server.signal(signal);
        while TcpStream::connect(("127.0.0.1", server.port)).is_ok() {
            pause();
        }
        stream.write_all(&body.as_bytes()[10..]).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("invalid_client"), "{signal}: {answer}");
        assert_eq!(server.child.take().unwrap().wait().unwrap().code(), Some(0), "{signal}");
    }
}

#[test]
fn every_line_of_a_request_carries_its_id_and_no_secret() {
    let mut server = Server::start();
    let answer = server.get("/authorize?client_id=nobody&state=a-secret-state&login_hint=mira").unwrap();
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).unwrap().trim().to_owned();
    server.stop();
    let log = std::fs::read_to_string(server.log()).unwrap();
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mine: Vec<_> = lines.iter().filter(|line| line["request"] == id.as_str()).collect();
    assert!(mine.len() >= 2, "the refusal and the answer: {log}");
    assert!(!log.contains("a-secret-state") && !log.contains("mira"), "{log}");
}
