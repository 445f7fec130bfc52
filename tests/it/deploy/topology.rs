//! The script as a process, and what it says about itself.

use super::in_repository;
use crate::real::block_on;
use crate::real::idp::ABIDE;
use crate::real::process::{PATIENCE, Process, fresh_dir};
use serde_json::Value;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The topology, running.
pub struct Topology {
    process: Process,
    folder: PathBuf,
    /// The issuer: the proxy's address.
    pub issuer: String,
    /// Every port that is listened on.
    pub ports: Vec<u16>,
    /// The processes by their names, the script among them.
    pub pids: BTreeMap<String, u32>,
}

impl Topology {
    /// Starts it with a file imported. The script ends with the tests.
    pub fn start(import: &Value) -> Topology {
        let dir = fresh_dir();
        let folder = dir.path().join("run");
        let arguments = arguments(&folder, import);
        let arguments: Vec<_> = arguments.iter().map(OsString::as_os_str).collect();
        let process = Process::start(Path::new("env"), &arguments, dir);
        let mut said = Vec::new();
        while !said.last().is_some_and(|line: &String| line.starts_with("Ready.")) {
            let line = process.line();
            said.push(line.unwrap_or_else(|| panic!("it ended: {said:?} {}", process.last_words())));
        }
        let addresses: Vec<&str> = said.iter().flat_map(|line| line.split(' ')).filter(is_address).collect();
        let ports: std::collections::BTreeSet<u16> = addresses.iter().filter_map(|at| port(at)).collect();
        let pids = std::fs::read_to_string(folder.join("pids")).expect("the file of process ids");
        let pids = pids.lines().filter_map(|line| line.split_once(' '));
        Topology {
            issuer: addresses[0].to_owned(),
            ports: ports.into_iter().collect(),
            pids: pids.map(|(name, pid)| (name.to_owned(), pid.parse().expect("a process id"))).collect(),
            process,
            folder,
        }
    }

    /// The lines of the proxy's log.
    pub fn proxy_log(&self) -> Vec<String> {
        let log = std::fs::read_to_string(self.folder.join("proxy.log")).expect("the proxy's log");
        log.lines().map(str::to_owned).collect()
    }

    /// Waits for a line with these words in the proxy's log.
    pub async fn proxy_says(&self, words: &str) {
        let said = async {
            while !self.proxy_log().iter().any(|line| line.contains(words)) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let said = tokio::time::timeout(PATIENCE, said).await;
        assert!(said.is_ok(), "the proxy does not say {words:?}: {:?}", self.proxy_log());
    }

    /// The environment of one of the processes.
    pub fn environment(&self, name: &str) -> BTreeMap<String, String> {
        let bytes = std::fs::read(format!("/proc/{}/environ", self.pids[name])).expect("its environment");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Sends a signal to one of the processes.
    pub fn signal(&self, name: &str, signal: &str) {
        let pid = self.pids[name].to_string();
        let sent = Command::new("sh").args(["-c", r#"kill -s "$0" "$1""#, signal, &pid]).status();
        assert!(sent.expect("a shell").success(), "{signal} for {name}");
    }

    /// Waits until one of the processes does not exist any more.
    pub async fn is_gone(&self, name: &str) {
        let gone = async {
            while is_alive(self.pids[name]) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, gone).await.unwrap_or_else(|_| panic!("{name} does not end"));
    }

    /// Waits until the script has ended; answers with the folder it worked in.
    pub fn ended(mut self) -> PathBuf {
        block_on(async {
            let ended = async {
                while !self.process.has_ended() {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            tokio::time::timeout(PATIENCE, ended).await.expect("the script ends");
        });
        self.folder
    }
}

fn is_address(word: &&str) -> bool {
    word.starts_with("http://") && !word.contains("/setup")
}

fn port(address: &str) -> Option<u16> {
    address.rsplit_once(':')?.1.parse().ok()
}

/// What `env` is to start: the script with the binary under test.
pub fn arguments(folder: &Path, import: &Value) -> Vec<OsString> {
    let file = folder.with_file_name("import.json");
    std::fs::write(&file, import.to_string()).expect("the file to import");
    let script = in_repository("examples/compose-without-docker.sh");
    let binary = format!("ABIDE_BIN={ABIDE}");
    let mut arguments = vec![binary.into(), script.into_os_string()];
    for (option, path) in [("--folder", folder), ("--import", &file)] {
        arguments.extend([OsString::from(option), path.as_os_str().to_owned()]);
    }
    arguments
}

/// Does this process exist?
pub fn is_alive(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

/// Does anybody listen there?
pub fn is_taken(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// Processes whose arguments or settings name this folder.
pub fn at_work_in(folder: &Path) -> Vec<String> {
    let name = folder.to_str().expect("a plain path").as_bytes();
    let processes = std::fs::read_dir("/proc").expect("the processes").flatten().map(|entry| entry.path());
    let names_it = |process: &PathBuf| {
        ["cmdline", "environ"].iter().any(|file| {
            let bytes = std::fs::read(process.join(file)).unwrap_or_default();
            bytes.windows(name.len()).any(|part| part == name)
        })
    };
    processes.filter(names_it).map(|process| process.display().to_string()).collect()
}
