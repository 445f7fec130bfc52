//! `abide serve`, the real binary.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use super::process::{PATIENCE, Process, clean_environment, free_port, fresh_dir};
use super::visitor::Visitor;

/// The program under test, built by cargo for these tests.
pub const ABIDE: &str = env!("CARGO_BIN_EXE_abide");

/// A running identity provider with a store of its own.
pub struct RealIdp {
    /// Its issuer identifier, `http://localhost:port` unless it was given another name.
    pub issuer: String,
    process: Process,
}

/// The secret of every client that [`client`] registers.
pub const CLIENT_SECRET: &str = "thirty-two characters or more are asked for";

/// A person for the import file.
pub fn person(username: &str) -> Value {
    json!({
        "username": username,
        "password": password_of(username),
        "claims": {"name": format!("The Person {username}"), "email": format!("{username}@example.org"), "email_verified": true},
    })
}

/// The password of a [`person`].
pub fn password_of(username: &str) -> String {
    format!("{username} walks over seven quiet bridges")
}

/// A confidential client for the import file, with `changes` on top.
pub fn client(client_id: &str, redirect_uri: &str, changes: Value) -> Value {
    let mut client = json!({
        "client_id": client_id,
        "client_secret": CLIENT_SECRET,
        "client_name": "Lantern Post",
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_basic",
        "scope": "openid profile email",
        "consent": "skip",
    });
    for (name, value) in changes.as_object().expect("an object of changes") {
        client[name] = value.clone();
    }
    client
}

impl RealIdp {
    /// Starts it empty, so that it offers its setup link.
    pub fn empty() -> RealIdp {
        start(("localhost", free_port()), "", None)
    }

    /// Imports `users` and `clients` by `abide import`, then starts it.
    pub fn with(users: &[Value], clients: &[Value]) -> RealIdp {
        RealIdp::set("localhost", "", users, clients)
    }

    /// The same under another name of this machine, with more lines of settings.
    pub fn set(host: &str, settings: &str, users: &[Value], clients: &[Value]) -> RealIdp {
        start((host, free_port()), settings, Some(&json!({"users": users, "clients": clients})))
    }

    /// The same at a port that was chosen before.
    pub fn at_port(port: u16, settings: &str, users: &[Value], clients: &[Value]) -> RealIdp {
        start(("localhost", port), settings, Some(&json!({"users": users, "clients": clients})))
    }

    /// A page or endpoint of it.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// What it wrote on its error stream so far.
    pub fn said(&self) -> String {
        std::fs::read_to_string(self.process.dir().join("errors.txt")).expect("the file of its errors")
    }

    /// Where it keeps its store.
    pub fn data_dir(&self) -> PathBuf {
        self.process.dir().join("data")
    }
}

fn start((host, port): (&str, u16), settings: &str, import: Option<&Value>) -> RealIdp {
    let dir = fresh_dir();
    let config = dir.path().join("abide.toml");
    let text = format!(
        "issuer = \"http://{host}:{port}\"\nlisten = \"127.0.0.1:{port}\"\ndata_dir = {:?}\nkeys_dir = {:?}\n{settings}\n",
        dir.path().join("data"),
        dir.path().join("keys")
    );
    std::fs::write(&config, text).expect("the configuration is written");
    if let Some(file) = import {
        import_before_the_start(&config, file);
    }
    let arguments = ["serve".as_ref(), "--config".as_ref(), config.as_os_str()];
    let process = Process::start(Path::new(ABIDE), &arguments, dir);
    let mut idp = RealIdp { issuer: format!("http://{host}:{port}"), process };
    // By the name that every resolver knows.
    wait_until_ready(&mut idp, &format!("http://localhost:{port}/health/ready"));
    idp
}

fn import_before_the_start(config: &Path, file: &Value) {
    let path = config.with_file_name("import.json");
    std::fs::write(&path, file.to_string()).expect("the import file is written");
    let arguments: [&OsStr; 4] = ["import".as_ref(), "--config".as_ref(), config.as_os_str(), path.as_os_str()];
    let mut command = Command::new(ABIDE);
    clean_environment(&mut command);
    let done = command.args(arguments).output().expect("abide import runs");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "abide import failed: {}\n{}", said(&done.stdout), said(&done.stderr));
}

fn wait_until_ready(idp: &mut RealIdp, address: &str) {
    let ready = super::block_on(async {
        let visitor = Visitor::new();
        let answered = async {
            while visitor.try_get(address).await.is_none_or(|answer| answer.status != 200) {
                assert!(!idp.process.has_ended(), "abide serve ended: {}", idp.process.last_words());
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        };
        tokio::time::timeout(PATIENCE, answered).await
    });
    assert!(ready.is_ok(), "abide serve is not ready after {PATIENCE:?}: {}", idp.process.last_words());
}
