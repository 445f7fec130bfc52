//! kill -9 in the middle of writing: what was answered is there, what is there is whole.
//!
//! Functions: `a_killed_process_loses_nothing_it_answered`, `the_process_that_is_killed` (a test in name only: it runs
//! in a process of its own), `write_forever`, `answered`.

use super::words::*;
use super::{Bench, CACHE, SledBench};
use abide::store::contract::RawChange;
use abide::store::sled::SledStore;
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

/// Names the folder to the process that is to be killed.
const FOLDER: &str = "ABIDE_TEST_KILLED_STORE";
const WRITERS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_loses_nothing_it_answered() {
    let bench = SledBench::new();
    let mut promised = BTreeSet::new();
    for round in 0..6 {
        promised.extend(answered(&bench.path(), 40 + 60 * round));
        let store = bench.open().await;
        let kept = keys_all(&*store, 500).await;
        let missing: Vec<_> = promised.iter().filter(|key| kept.binary_search(key).is_err()).collect();
        assert!(missing.is_empty(), "round {round}: answered and lost: {missing:?}");
        // One change wrote a record, a name, a row, an appointment and an event: all of them or none.
        assert_eq!(list_all(&*store, "g", 500).await, kept);
        let mut told = events_all(&*store, 500).await;
        told.sort();
        assert_eq!(told, kept);
        assert_eq!(store.due(at(1), usize::MAX).await.expect("due").len(), kept.len());
        for key in &kept {
            assert_eq!(store.get(KIND, key).await.expect("a read"), Some(key.as_bytes().repeat(500)));
            assert_eq!(store.bearer(KIND, &name(key)).await.expect("a read").as_ref(), Some(key));
        }
        store.close().await.expect("closing");
    }
}

/// Starts the other process, kills it after so many answers, and tells what it was answered.
fn answered(folder: &Path, answers: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "store::killed::the_process_that_is_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let mut keys = Vec::new();
    while let Some(Ok(line)) = lines.next() {
        keys.extend(line.strip_prefix("answered ").map(str::to_owned));
        if keys.len() == answers {
            child.kill().expect("killing it");
        }
    }
    child.wait().expect("its end");
    assert!(keys.len() >= answers, "it ended by itself after {} answers", keys.len());
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = Arc::new(SledStore::open(Path::new(&folder), CACHE).expect("the store opens"));
    let begun = keys_all(&*store, 500).await.len();
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(write_forever(Arc::clone(&store), begun + 1000 * writer))).collect();
    for writer in writers {
        writer.await.expect("a writer");
    }
}

async fn write_forever(store: Arc<SledStore>, first: usize) {
    for number in first.. {
        let key = format!("{number:05}-{}", std::process::id());
        let change = RawChange {
            claim: vec![name(&key)],
            list: vec![row("g", &key)],
            due: vec![due(1, &key)],
            events: vec![(at(1), key.clone().into_bytes())],
            ..put(&key.as_bytes().repeat(500))
        };
        write(&*store, &key, change).await;
        // Past the test harness, and in one piece. Once nobody reads any more, this process is as good as dead.
        let line = format!("\nanswered {key}\n");
        if std::io::stdout().lock().write_all(line.as_bytes()).is_err() {
            return;
        }
    }
}
