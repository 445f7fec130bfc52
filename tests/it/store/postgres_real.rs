//! The real binary on PostgreSQL.
//!
//! Functions: `Node::new`, `Node::run`, `Node::serve`, `Node::answers`, and one per test.

use super::cluster::Cluster;
use crate::real::block_on;
use crate::real::idp::{ABIDE, client, person};
use crate::real::process::{PATIENCE, Process, clean_environment, free_port, fresh_dir};
use crate::real::visitor::Visitor;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

/// One of several nodes: a folder of its own, an address of its own, and what all share.
struct Node {
    config: PathBuf,
    at: String,
    folder: Option<tempfile::TempDir>,
}

impl Node {
    fn new(url: &str, keys: &Path) -> Node {
        let (folder, port) = (fresh_dir(), free_port());
        let config = folder.path().join("abide.toml");
        let text = format!(
            "issuer = \"http://localhost:8080\"\nlisten = \"127.0.0.1:{port}\"\ndata_dir = {:?}\nkeys_dir = {keys:?}\n\
             [store]\nkind = \"postgres\"\nurl = {url:?}\n",
            folder.path().join("data"),
        );
        std::fs::write(&config, text).unwrap();
        Node { config, at: format!("http://localhost:{port}"), folder: Some(folder) }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(ABIDE);
        clean_environment(&mut command);
        command.args(arguments).arg("--config").arg(&self.config).output().expect("the binary runs")
    }

    fn serve(&mut self) -> Process {
        let arguments = ["serve".as_ref(), "--config".as_ref(), self.config.as_os_str()];
        Process::start(Path::new(ABIDE), &arguments, self.folder.take().expect("it serves once"))
    }

    /// Waits until the path is answered so.
    async fn answers(&self, path: &str, status: u16) {
        let (visitor, address) = (Visitor::new(), format!("{}{path}", self.at));
        let answered = async {
            while visitor.try_get(&address).await.is_none_or(|answer| answer.status != status) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let answered = tokio::time::timeout(PATIENCE, answered).await;
        assert!(answered.is_ok(), "{address} is not answered with {status}");
    }
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_is_wrong_ends_with_1_and_is_said() {
    let keys = tempfile::tempdir().unwrap();
    let cluster = block_on(Cluster::shared());
    let database = block_on(cluster.with_schema());
    block_on(cluster.run(&database, "UPDATE abide_schema SET version = 99"));
    for (url, part) in [
        ("postgres://abide:geheim@127.0.0.1:1/abide".to_owned(), "cannot be reached"),
        (cluster.url_of(("admin", "geheim"), &database), "refused the user or the password"),
        (cluster.url(&database), "schema version 99"),
        ("postgres://abide:geheim@127.0.0.1/abide?sslmod=x".to_owned(), "`sslmod`"),
    ] {
        let node = Node::new(&url, keys.path());
        for verb in ["serve", "migrate", "export"] {
            let output = node.run(&[verb]);
            let message = said(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{verb}: {message}");
            assert!(message.contains(part), "{verb}: {part} is missing in {message}");
            for secret in ["geheim", "only-for-tests"] {
                assert!(!message.contains(secret), "{verb}: {message}");
            }
        }
    }
}

#[test]
fn two_nodes_share_a_database_and_outlive_its_absence() {
    let keys = tempfile::tempdir().unwrap();
    let cluster = Cluster::start();
    let mut nodes = [0, 1].map(|_| Node::new(&cluster.url("postgres"), keys.path()));
    for (node, says) in [(&nodes[0], "The schema was made"), (&nodes[1], "already")] {
        let output = node.run(&["migrate"]);
        assert!(output.status.success() && said(&output.stdout).contains(says), "{output:?}");
    }
    let file = nodes[0].config.with_file_name("import.json");
    let people = json!({"users": [person("ada")], "clients": [client("lantern", "https://app.example/cb", json!({}))]});
    std::fs::write(&file, people.to_string()).unwrap();
    let output = nodes[0].run(&["import", file.to_str().unwrap()]);
    assert!(output.status.success(), "{output:?}");

    let running = [nodes[0].serve(), nodes[1].serve()];
    for node in &nodes {
        block_on(node.answers("/health/ready", 200));
        let exported = said(&node.run(&["export"]).stdout);
        assert!(exported.contains("\"ada\"") && exported.contains("\"lantern\""), "{exported}");
    }
    cluster.stop("immediate");
    for node in &nodes {
        block_on(node.answers("/health/ready", 503));
        block_on(node.answers("/health/live", 200));
    }
    cluster.start_again();
    for (node, process) in nodes.iter().zip(&running) {
        block_on(node.answers("/health/ready", 200));
        assert!(!process.last_words().contains("only-for-tests"), "the password is in the log");
    }
    // The folder of a running node is nobody else's.
    let second = nodes[0].run(&["serve"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(said(&second.stderr).contains("give every node its own data_dir"), "{second:?}");
}

/// The names of the keys that a node shows.
async fn shown(node: &Node) -> Vec<String> {
    let answer = Visitor::new().get(&format!("{}/jwks", node.at)).await;
    let set: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let mut kids: Vec<String> =
        set["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect();
    kids.sort();
    kids
}

/// Machines of their own: nothing but the database tells one of the other.
#[test]
fn nodes_that_share_no_folder_have_the_same_keys_and_follow_a_rotation() {
    let cluster = block_on(Cluster::shared());
    let url = cluster.url(&block_on(cluster.with_schema()));
    let [one, two, foreign] = [(); 3].map(|()| tempfile::tempdir().unwrap());
    let mut nodes = [Node::new(&url, one.path()), Node::new(&url, two.path())];
    let first = nodes[0].serve();
    block_on(nodes[0].answers("/health/ready", 200));
    std::fs::copy(one.path().join("sealing.key"), two.path().join("sealing.key")).unwrap();
    let second = nodes[1].serve();
    block_on(nodes[1].answers("/health/ready", 200));
    let before = block_on(shown(&nodes[0]));
    assert_eq!((before.len(), block_on(shown(&nodes[1]))), (1, before.clone()));

    for (by, arguments, many) in [(0, &["keys", "rotate"][..], 2), (1, &["keys", "rotate", "--revoke"], 1)] {
        let output = nodes[by].run(arguments);
        assert!(output.status.success(), "{output:?}");
        let here = block_on(shown(&nodes[by]));
        assert_eq!(here.len(), many);
        let follows = async {
            while shown(&nodes[1 - by]).await != here {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        block_on(async { tokio::time::timeout(Duration::from_secs(20), follows).await }).expect("the other follows");
    }
    assert!(!block_on(shown(&nodes[0])).contains(&before[0]));
    // A folder of somebody else's is refused by name, and changes nothing.
    let stranger = Node::new(&url, foreign.path());
    let refused = stranger.run(&["serve"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(said(&refused.stderr).contains("another keys_dir"), "{refused:?}");
    assert_eq!(block_on(shown(&nodes[0])), block_on(shown(&nodes[1])));
    drop((first, second));
}
