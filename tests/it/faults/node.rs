//! `abide serve` as a process that is killed and started again on the same data.
//!
//! A shell holds the other end of a pipe to us and does what it is told: start the program, or kill it with SIGKILL,
//! itself and no shell around it. The program is the shell's child and is waited for by nobody else, so that its process
//! id is its own until then. When we end, in whatever way, the pipe closes; the shell kills what runs and removes the
//! folder.

use super::client::Ground;
use super::wire::{Jar, Wire};
use crate::real::idp::ABIDE;
use crate::real::process::{PATIENCE, clean_environment, fresh_dir};
use abide::app::control::Verb;
use abide::flow::import::ReplaceSecrets;
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const KEEPER: &str = r#"
while read -r word; do
  case "$word" in
    start) "$@" </dev/null >"$0/printed.txt" 2>"$0/errors.txt" & program=$!; echo started ;;
    kill) kill -9 "$program"; wait "$program"; program=; echo killed ;;
  esac
done
if [ -n "$program" ]; then kill -9 "$program"; wait "$program"; fi
rm -rf "$0"
"#;

/// One node.
pub struct Node {
    folder: PathBuf,
    issuer: String,
    base: String,
    keeper: Child,
    wire: Wire,
    talk: Mutex<Talk>,
}

struct Talk {
    /// Held open as long as the node shall live.
    say: Option<ChildStdin>,
    hear: BufReader<ChildStdout>,
}

/// What a node is made of.
#[derive(Clone, Default)]
pub struct Plan {
    /// The URL of a PostgreSQL database; none for sled.
    pub database: Option<String>,
    /// `[tokens] refresh_retry`, where it is not the default.
    pub refresh_retry: Option<&'static str>,
    /// May it tell apps on loopback of ends?
    pub outbound: Outbound,
    /// The port of a mail server on loopback; none for no mail.
    pub mail: Option<u16>,
    /// The node whose keys and issuer it shares.
    pub beside: Option<(PathBuf, String)>,
}

/// What a node may reach.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub enum Outbound {
    /// What every installation may.
    #[default]
    Usual,
    /// Receivers on loopback, too.
    Loopback,
}

impl Node {
    /// Made, not started.
    pub fn new(plan: &Plan) -> Node {
        let (folder, port) = (fresh_dir().keep(), quiet_port());
        let (keys, issuer) =
            plan.beside.clone().unwrap_or_else(|| (folder.join("keys"), format!("http://localhost:{port}")));
        let base = format!("http://127.0.0.1:{port}");
        let config = folder.join("abide.toml");
        std::fs::write(&config, configuration(plan, (&folder, &keys), (&issuer, port))).expect("a file");
        let mut keeper = Command::new("sh");
        keeper.arg("-c").arg(KEEPER).arg(&folder).arg(ABIDE).args(["serve", "--config"]).arg(&config);
        environment(&mut keeper, plan);
        keeper.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).current_dir("/");
        let mut keeper = keeper.spawn().expect("a shell");
        let hear = BufReader::new(keeper.stdout.take().expect("its output"));
        let talk = Mutex::new(Talk { say: keeper.stdin.take(), hear });
        Node { folder, issuer, base, keeper, wire: Wire::new(), talk }
    }

    /// A plan for another node with the same keys and issuer.
    pub fn beside(&self, plan: &Plan) -> Plan {
        Plan { beside: Some((self.folder.join("keys"), self.issuer.clone())), ..plan.clone() }
    }

    pub fn data_dir(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Starts it and waits until it answers. While it was dead somebody may have borrowed its port: tried again.
    pub async fn start(&self) {
        let started = async {
            self.tell("start");
            while !self.is_ready().await {
                if self.errors().contains("cannot listen") {
                    self.tell("kill");
                    self.tell("start");
                }
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
        };
        let started = tokio::time::timeout(PATIENCE, started).await;
        assert!(started.is_ok(), "the node is not ready after {PATIENCE:?}: {}", self.errors());
    }

    /// SIGKILL. Returns when it is gone.
    pub fn kill(&self) {
        self.tell("kill");
    }

    fn tell(&self, word: &str) {
        let mut talk = self.talk.lock().expect("nobody failed while telling");
        let say = talk.say.as_mut().expect("open until the end");
        writeln!(say, "{word}").expect("the shell listens");
        let mut line = String::new();
        talk.hear.read_line(&mut line).expect("the shell answers");
        assert!(!line.is_empty(), "the shell is gone");
    }

    /// Whether it answers, and its store can be written.
    pub async fn is_ready(&self) -> bool {
        let ready = self.wire.get(&format!("{}/health/ready", self.base), &Jar::new("192.0.2.2".to_owned())).await;
        ready.is_ok_and(|reply| reply.status == 200)
    }

    /// What it wrote to standard error since its start.
    pub fn errors(&self) -> String {
        std::fs::read_to_string(self.folder.join("errors.txt")).unwrap_or_default()
    }

    /// Asks through its control socket, as the command line does. An error: nobody answered.
    pub async fn verb(&self, verb: &Verb) -> Result<String, String> {
        let text = |error: std::io::Error| error.to_string();
        let mut stream = tokio::net::UnixStream::connect(self.data_dir().join("control.sock")).await.map_err(text)?;
        stream.write_all(&serde_json::to_vec(verb).expect("a verb")).await.map_err(text)?;
        stream.shutdown().await.map_err(text)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.map_err(text)?;
        let answer: Value = serde_json::from_slice(&answer).map_err(|error| error.to_string())?;
        match answer["done"].as_str() {
            Some(done) => Ok(done.to_owned()),
            None => Err(answer.to_string()),
        }
    }

    /// Imports a file through its control socket.
    pub async fn import(&self, file: &Value) -> Result<(), String> {
        let verb = Verb::Import { json: file.to_string(), replace_secrets: ReplaceSecrets::No };
        self.verb(&verb).await.map(drop)
    }
}

#[async_trait::async_trait]
impl Ground for Node {
    fn base(&self) -> String {
        self.base.clone()
    }
    fn issuer(&self) -> String {
        self.issuer.clone()
    }
    async fn import(&self, file: &Value) -> Result<(), String> {
        Node::import(self, file).await
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        if let Ok(mut talk) = self.talk.lock() {
            drop(talk.say.take());
        }
        let _ = self.keeper.wait();
    }
}

/// Nothing runs out while a test runs: what is refused is refused for another reason.
fn configuration(plan: &Plan, (folder, keys): (&Path, &Path), (issuer, port): (&str, u16)) -> String {
    let store = if plan.database.is_some() { "kind = \"postgres\"" } else { "cache = \"8MB\"" };
    let retry = plan.refresh_retry.map(|span| format!("refresh_retry = \"{span}\"\n")).unwrap_or_default();
    let allow = match plan.outbound {
        Outbound::Usual => "",
        Outbound::Loopback => "[outbound]\nallow = [\"http://127.0.0.1:*\"]\n",
    };
    let mail = plan.mail.map(|port| {
        let server = format!("server = \"smtp://127.0.0.1:{port}\"\ntls = \"none\"");
        format!("[mail]\nfrom = \"Abide <id@example.com>\"\n{server}\n")
    });
    let mail = mail.unwrap_or_default();
    format!(
        "issuer = \"{issuer}\"\nlisten = \"127.0.0.1:{port}\"\ndata_dir = {:?}\nkeys_dir = {keys:?}\n\
         [http]\ntrusted_proxies = [\"127.0.0.1\"]\n[store]\n{store}\n[log]\nlevel = \"warn\"\n\
         [tokens]\ncode = \"10m\"\naccess = \"1h\"\nid = \"1h\"\n{retry}{allow}{mail}",
        folder.join("data"),
    )
}

fn environment(command: &mut Command, plan: &Plan) {
    clean_environment(command);
    if let Some(url) = &plan.database {
        command.env("ABIDE_STORE__URL", url);
    }
}

/// A port nobody is given by chance while its node is dead: below those the system hands out.
pub fn quiet_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id().wrapping_mul(13) % 9_000).expect("below 9,000");
    let mut ports = std::iter::repeat_with(|| 20_000 + (first + NEXT.fetch_add(1, Ordering::Relaxed)) % 9_000);
    ports.find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).expect("a free port")
}
