//! Backup, restore and move, by the real binary and under the floor of it.
//!
//! * [`files`]: the sealed file, and the embedded store;
//! * [`postgres`]: from one engine to the other, and nodes that do not fit together.

mod files;
mod postgres;

use crate::real::block_on;
use crate::real::idp::ABIDE;
use crate::real::process::{PATIENCE, Process, clean_environment, free_port, fresh_dir};
use crate::real::visitor::Visitor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

/// An installation: a configuration, and what it names. Its folder is gone with it.
pub struct Installation {
    folder: tempfile::TempDir,
    issuer: String,
    port: u16,
}

impl Installation {
    /// A new one with its own keys; `store` is the section of the configuration.
    pub fn new(store: &str) -> Installation {
        let port = free_port();
        let installation = Installation { folder: fresh_dir(), issuer: format!("http://localhost:{port}"), port };
        installation.configure(store, &installation.path("data"), &installation.path("keys"));
        installation
    }

    /// A new one whose data lie elsewhere.
    pub fn with_data_in(data: &Path) -> Installation {
        let installation = Installation::new("");
        installation.configure("", data, &installation.path("keys"));
        installation
    }

    /// Another one that answers for the same issuer, at the same address, with the same keys.
    pub fn like(other: &Installation, store: &str) -> Installation {
        let installation = Installation { folder: fresh_dir(), issuer: other.issuer.clone(), port: other.port };
        installation.configure(store, &installation.path("data"), &other.path("keys"));
        installation
    }

    fn configure(&self, store: &str, data: &Path, keys: &Path) {
        let text = format!(
            "issuer = {:?}\nlisten = \"127.0.0.1:{}\"\ndata_dir = {data:?}\nkeys_dir = {keys:?}\n[store]\n{store}\n",
            self.issuer, self.port,
        );
        std::fs::write(self.config(), text).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn config(&self) -> PathBuf {
        self.path("abide.toml")
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        run(&[arguments, &["--config", self.config().to_str().unwrap()]].concat())
    }

    /// Runs a verb that is to succeed, and answers with what it printed.
    pub fn done(&self, arguments: &[&str]) -> String {
        succeeded(self.run(arguments))
    }

    /// Runs a verb that is to be refused with these words, and with exit code 1.
    pub fn refused(&self, arguments: &[&str], words: &str) {
        refused(&self.run(arguments), words);
    }

    pub fn import(&self, json: &serde_json::Value) {
        let file = self.path("import.json");
        std::fs::write(&file, json.to_string()).unwrap();
        self.done(&["import", file.to_str().unwrap()]);
    }

    pub fn serve(&self) -> Process {
        let config = self.config();
        let arguments = ["serve".as_ref(), "--config".as_ref(), config.as_os_str()];
        let process = Process::start(Path::new(ABIDE), &arguments, fresh_dir());
        let ready = block_on(async {
            let visitor = Visitor::new();
            let answered = async {
                while visitor.try_get(&self.at("/health/ready")).await.is_none_or(|answer| answer.status != 200) {
                    tokio::time::sleep(Duration::from_millis(30)).await;
                }
            };
            tokio::time::timeout(PATIENCE, answered).await
        });
        assert!(ready.is_ok(), "it does not start: {}", process.last_words());
        process
    }

    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}

fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(ABIDE);
    clean_environment(&mut command);
    command.args(arguments).output().expect("the binary runs")
}

fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn refused(output: &Output, words: &str) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains(words), "{words:?} is missing in {message}");
}

/// So many people whose passwords nobody needs, and Ada, who signs in.
pub fn people(count: usize) -> serde_json::Value {
    use crate::real::idp::{client, person};
    const HASH: &str = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$\
                        Zm9ydHktdHdvIGlzIHRoZSBhbnN3ZXIgdG8gYWxsIQ";
    let mut users = vec![person("ada")];
    users.extend((0..count).map(|n| serde_json::json!({"username": format!("person{n}"), "password_hash": HASH})));
    let client = client("lantern", "https://app.example/cb", serde_json::json!({}));
    serde_json::json!({"users": users, "clients": [client]})
}

/// Ada signs in at the account page.
pub async fn ada_signs_in(visitor: &Visitor, installation: &Installation) {
    let page = visitor.travel(&installation.at("/account"), "https://nowhere.example").await;
    let page = visitor.sign_in(&page, "ada", "https://nowhere.example").await;
    assert!(page.body.contains("The Person ada"), "{} {}", page.status, page.body);
}

/// Whether her session is known.
pub async fn ada_is_signed_in(visitor: &Visitor, installation: &Installation) -> bool {
    let page = visitor.travel(&installation.at("/account"), "https://nowhere.example").await;
    page.status == 200 && page.body.contains("The Person ada")
}
