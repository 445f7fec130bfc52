//! What open event streams cost: `cargo build --bin abide && cargo run --example streams -- [STREAMS] [idle]` (10,000).
//! With `idle` they are connections that asked for `/health/live` and stay open: what a connection costs without a stream.
//!
//! Starts `abide serve` (the program beside this one) in a process of its own on a fresh store, signs a person in a few
//! times, opens the streams from this process, and prints the server's memory for each; then ends one session and prints how
//! long its streams took to hear of it; then vanishes, and waits until the server holds as few connections as before. Both
//! processes need a file descriptor for every stream: `ulimit -n` has to be a little larger than their number.

#![allow(clippy::print_stdout)]

use abide::clock::Stopwatch;
use anyhow::{Context, bail, ensure};
use scraper::{Html, Selector};
use serde_json::{Value, json};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Clients; each takes part in every session.
const CLIENTS: usize = 100;
/// Streams of one client in one session: one less than the cap, as apps would.
const EACH: usize = 7;
const SECRET: &str = "thirty-two characters or more are asked for";
const PASSWORD: &str = "seven quiet bridges over the river";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let count: usize = std::env::args().nth(1).map_or(Ok(10_000), |text| text.parse())?;
    let server = Server::start().await?;
    if std::env::args().nth(2).as_deref() == Some("idle") {
        return idle(&server, count).await;
    }
    let sessions = count.div_ceil(CLIENTS * EACH);
    let mut tokens = Vec::new();
    for _ in 0..sessions {
        tokens.push(server.session().await?);
    }
    let (memory, connections) = (server.memory()?, server.connections()?);
    let began = Stopwatch::start();
    let mut streams = Vec::with_capacity(count);
    for place in 0..count {
        let (session, rest) = (place / (CLIENTS * EACH), place % (CLIENTS * EACH));
        streams.push(server.open(&tokens[session].access[rest / EACH]).await?);
    }
    let more = server.memory()?.saturating_sub(memory);
    println!("{count} streams opened in {:.1} s", began.milliseconds() as f64 / 1000.0);
    println!(
        "  the server's memory: {memory} kB before, {more} kB more: {} bytes a stream",
        more * 1024 / count as u64
    );

    let told = CLIENTS * EACH;
    let began = Stopwatch::start();
    server.sign_out(&tokens[0]).await?;
    for stream in streams.iter_mut().take(told.min(count)) {
        hear(stream, "event: end").await?;
    }
    println!("  {} streams heard of one sign-out within {} ms", told.min(count), began.milliseconds());

    let began = Stopwatch::start();
    drop(streams);
    while server.connections()? > connections + 4 {
        ensure!(began.milliseconds() < 60_000, "{} connections are left", server.connections()?);
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    println!(
        "  {} s after all vanished the server holds {} connections, before them {connections}",
        began.milliseconds() / 1000,
        server.connections()?
    );
    println!("  the server's memory: {} kB", server.memory()?);
    Ok(())
}

async fn idle(server: &Server, count: usize) -> anyhow::Result<()> {
    drop(server.ask("/health/live", "").await?);
    let memory = server.memory()?;
    let mut open = Vec::with_capacity(count);
    for _ in 0..count {
        let mut stream = server.ask("/health/live", "").await?;
        hear(&mut stream, "\r\n\r\n").await?;
        open.push(stream);
    }
    let more = server.memory()?.saturating_sub(memory);
    println!("{count} idle connections: {memory} kB before, {more} kB more: {} bytes each", more * 1024 / count as u64);
    Ok(())
}

/// What one sign-in gave.
struct Session {
    browser: reqwest::Client,
    access: Vec<String>,
    hint: String,
}

struct Server {
    child: Child,
    folder: tempfile::TempDir,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn start() -> anyhow::Result<Server> {
        let program = beside("abide")?;
        let folder = tempfile::tempdir()?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        let clients: Vec<Value> = (0..CLIENTS)
            .map(|n| {
                json!({"client_id": format!("c{n}"), "client_secret": SECRET,
            "consent": "skip", "redirect_uris": ["http://app.localhost/callback"]})
            })
            .collect();
        let people = json!({"users": [{"username": "ada", "password": PASSWORD}], "clients": clients});
        std::fs::write(folder.path().join("import.json"), people.to_string())?;
        let command = |arguments: &[&str]| {
            let mut command = Command::new(&program);
            command.args(arguments).current_dir(folder.path()).env("ABIDE_LISTEN", format!("127.0.0.1:{port}"));
            command.env("ABIDE_ISSUER", format!("http://localhost:{port}")).stdout(Stdio::null());
            command
        };
        ensure!(command(&["import", "import.json"]).status()?.success(), "abide import failed");
        let log = std::fs::File::create(folder.path().join("log"))?;
        let child = command(&["serve"]).stderr(log).spawn()?;
        let server = Server { child, folder, port };
        for _ in 0..300 {
            if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("it does not start: {}", std::fs::read_to_string(server.folder.path().join("log"))?)
    }

    fn at(&self, path: &str) -> String {
        format!("http://localhost:{}{path}", self.port)
    }

    /// A person signs in, and every client gets its tokens.
    async fn session(&self) -> anyhow::Result<Session> {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let browser =
            reqwest::Client::builder().no_proxy().cookie_store(true).redirect(reqwest::redirect::Policy::none());
        let browser = browser.resolve("localhost", SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).build()?;
        let mut session = Session { browser, access: Vec::new(), hint: String::new() };
        for n in 0..CLIENTS {
            let code = self.code(&session.browser, n).await?;
            let form = [
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("code_verifier", VERIFIER),
                ("redirect_uri", "http://app.localhost/callback"),
            ];
            let request = session.browser.post(self.at("/token")).basic_auth(format!("c{n}"), Some(SECRET));
            let tokens: Value = request.header("content-type", FORM).body(encoded(&form)).send().await?.json().await?;
            session.access.push(tokens["access_token"].as_str().with_context(|| tokens.to_string())?.to_owned());
            session.hint = tokens["id_token"].as_str().unwrap_or_default().to_owned();
        }
        Ok(session)
    }

    async fn code(&self, browser: &reqwest::Client, n: usize) -> anyhow::Result<String> {
        let id = format!("c{n}");
        let asked = [
            ("client_id", id.as_str()),
            ("redirect_uri", "http://app.localhost/callback"),
            ("scope", "openid"),
            ("response_type", "code"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let mut answer = browser.get(self.at(&format!("/authorize?{}", encoded(&asked)))).send().await?;
        if answer.status() == 200 {
            let mut fields = hidden_fields(&answer.text().await?);
            fields.extend([("username".to_owned(), "ada".to_owned()), ("password".to_owned(), PASSWORD.to_owned())]);
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let request = browser.post(self.at("/sign-in")).header("origin", self.at("")).header("content-type", FORM);
            answer = request.body(encoded(&fields)).send().await?;
        }
        let location = answer.headers().get("location").context("no redirect")?.to_str()?.to_owned();
        let url = url::Url::parse(&location).with_context(|| location.clone())?;
        let code = url.query_pairs().find(|(name, _)| name == "code").map(|(_, value)| value.into_owned());
        code.with_context(|| location)
    }

    async fn open(&self, token: &str) -> anyhow::Result<TcpStream> {
        let mut stream = self.ask("/session/events", &format!("authorization: Bearer {token}\r\n")).await?;
        let heard = hear(&mut stream, "\"application\"").await?;
        ensure!(heard.starts_with("HTTP/1.1 200"), "{heard}");
        Ok(stream)
    }

    async fn ask(&self, path: &str, headers: &str) -> anyhow::Result<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await?;
        let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await?;
        Ok(stream)
    }

    async fn sign_out(&self, session: &Session) -> anyhow::Result<()> {
        let address = self.at(&format!("/end_session?id_token_hint={}", session.hint));
        let answer = session.browser.get(address).send().await?;
        ensure!(answer.status() == 303, "nobody was signed out: {}", answer.status());
        Ok(())
    }

    /// Resident, in kB.
    fn memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(self.proc().join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.split_whitespace().next().unwrap_or("0").parse()?)
    }

    fn connections(&self) -> anyhow::Result<usize> {
        Ok(std::fs::read_dir(self.proc().join("fd"))?.count())
    }

    fn proc(&self) -> PathBuf {
        Path::new("/proc").join(self.child.id().to_string())
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn encoded(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

fn hidden_fields(page: &str) -> Vec<(String, String)> {
    let page = Html::parse_document(page);
    let Ok(selector) = Selector::parse("form[action='/sign-in'] input[type=hidden]") else { return Vec::new() };
    let text = |input: scraper::ElementRef<'_>, name: &str| input.value().attr(name).unwrap_or_default().to_owned();
    page.select(&selector).map(|input| (text(input, "name"), text(input, "value"))).collect()
}

/// Reads until the words come.
async fn hear(stream: &mut TcpStream, words: &str) -> anyhow::Result<String> {
    let (mut heard, mut buffer) = (String::new(), vec![0; 2048]);
    while !heard.contains(words) {
        let read = tokio::time::timeout(Duration::from_secs(60), stream.read(&mut buffer)).await;
        let count = read.with_context(|| format!("{words} never came: {heard}"))??;
        ensure!(count > 0, "it ended: {heard}");
        heard.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    Ok(heard)
}

/// A program that cargo built beside this one.
fn beside(name: &str) -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe()?;
    let folder = own.parent().and_then(Path::parent).context("no folder")?;
    let path = folder.join(name);
    ensure!(path.is_file(), "{} is missing; `cargo build --bin {name}` builds it", path.display());
    Ok(path)
}
