//! What only the embedded store has: its lock, its recovery, and the flush everybody waits for.
//!
//! Functions: `Gate::sync`, `gated`, `path_in`, `snapshots`, and one test per property.

use super::words::*;
use super::{Bench, CACHE, SledBench};
use abide::store::Backend;
use abide::store::contract::{Committed, MAX_KEY, RawChange, StoreFault, Write};
use abide::store::sled::{Disk, OpenError, SledStore};
use std::fs::{self, File};
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// How the disk behaves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    Paused,
    Failing,
}

/// A disk whose syncs a test holds up or lets fail.
#[derive(Clone)]
struct Gate(Arc<(Mutex<(Mood, usize)>, Condvar)>);

impl Gate {
    fn set(&self, mood: Mood) {
        self.0.0.lock().expect("a mood").0 = mood;
        self.0.1.notify_all();
    }

    fn syncs(&self) -> usize {
        self.0.0.lock().expect("a mood").1
    }
}

impl Disk for Gate {
    fn sync(&mut self, file: &File) -> io::Result<()> {
        let state = self.0.0.lock().expect("a mood");
        let mut state = self.0.1.wait_while(state, |state| state.0 == Mood::Paused).expect("a mood");
        state.1 += 1;
        match state.0 {
            Mood::Failing => Err(io::Error::other("the disk says no")),
            _ => file.sync_data(),
        }
    }
}

fn gated(bench: &SledBench) -> (SledStore, Gate) {
    let gate = Gate(Arc::new((Mutex::new((Mood::Well, 0)), Condvar::new())));
    (SledStore::open_on(&bench.path(), CACHE, gate.clone()).expect("the store opens"), gate)
}

/// Whether a future is still waiting after it had time to finish many times over.
async fn waits<F: Future + Unpin>(future: &mut F) -> bool {
    tokio::time::timeout(Duration::from_millis(100), future).await.is_err()
}

fn snapshots(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.filter(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("snap."))).collect()
}

/// A store with a few records and a finished snapshot of sled's page table.
async fn with_snapshot(bench: &SledBench) {
    for opening in 0..2_u8 {
        let store = bench.open().await;
        for number in 0..200 {
            write(&*store, &format!("{opening}-{number}"), put(&[opening; 500])).await;
        }
        store.close().await.expect("closing");
    }
    let store = bench.open().await;
    store.close().await.expect("closing");
    assert!(!snapshots(&bench.path()).is_empty(), "sled wrote no snapshot");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_abide_is_told_which_folder_is_in_use() {
    let bench = SledBench::new();
    let store = bench.open().await;
    let refused = SledStore::open(&bench.path(), CACHE).err().expect("a refusal");
    assert!(matches!(refused, OpenError::InUse { .. }), "{refused:?}");
    let message = refused.to_string();
    assert!(message.contains(&bench.path().display().to_string()) && message.contains("another Abide"), "{message}");
    assert!(message.contains(&std::process::id().to_string()), "{message}");
    store.close().await.expect("closing");
    bench.open().await.close().await.expect("closing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_written_snapshot_is_removed_before_opening() {
    let bench = SledBench::new();
    with_snapshot(&bench).await;
    let half = bench.path().join("snap.7FFFFFFFFFFFFFFF.generating");
    fs::write(&half, b"half").expect("a file");
    let store = SledStore::open(&bench.path(), CACHE).expect("the store opens");
    assert!(store.recovered().is_none(), "that is no damage");
    assert!(!half.exists());
    assert_eq!(keys_all(&store, 1000).await.len(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_snapshot_is_copied_aside_and_everything_is_there() {
    for damage in [&b""[..], &[0xFF; 4], &[0xFF; 4000]] {
        let bench = SledBench::new();
        with_snapshot(&bench).await;
        for snapshot in snapshots(&bench.path()) {
            fs::write(snapshot, damage).expect("a file");
        }
        let store = SledStore::open(&bench.path(), CACHE).expect("the store opens");
        let copy = store.recovered().expect("a copy").to_owned();
        assert!(copy.to_string_lossy().ends_with("store.damaged-1"), "{}", copy.display());
        assert!(copy.join("db").exists() && !snapshots(&copy).is_empty(), "the copy is whole");
        assert_eq!(keys_all(&store, 1000).await.len(), 400);
        assert_eq!(store.get(KIND, "1-7").await.expect("a read"), Some(vec![1; 500]));
        store.close().await.expect("closing");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_recovered_says_what_to_do() {
    let bench = SledBench::new();
    with_snapshot(&bench).await;
    fs::write(bench.path().join("conf"), b"segment_size: nonsense, and a checksum that is wrong").expect("a file");
    let refused = SledStore::open(&bench.path(), CACHE).err().expect("a refusal");
    let message = refused.to_string();
    assert!(matches!(refused, OpenError::Damaged { copy: Some(_), .. }), "{refused:?}");
    assert!(message.contains("Restore the newest backup") && message.contains("store.damaged-1"), "{message}");
    assert!(bench.path().with_file_name("store.damaged-1").join("db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_or_a_foreign_store_is_refused() {
    let bench = SledBench::new();
    bench.open().await.close().await.expect("closing");
    let sled = sled::open(bench.path()).expect("sled opens");
    let meta = sled.open_tree("meta").expect("a tree");
    meta.insert("format", &7_u32.to_be_bytes()).expect("a write");
    drop((meta, sled));
    let refused = SledStore::open(&bench.path(), CACHE).err().expect("a refusal");
    assert!(matches!(refused, OpenError::Newer { found: 7, .. }), "{refused:?}");
    assert!(refused.to_string().contains("newer Abide"), "{refused}");

    let bench = SledBench::new();
    let sled = sled::open(bench.path()).expect("sled opens");
    sled.insert("somebody", "else's").expect("a write");
    drop(sled);
    let refused = SledStore::open(&bench.path(), CACHE).err().expect("a refusal");
    assert!(matches!(refused, OpenError::Foreign(_)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn winner_loser_and_reader_wait_for_the_flush() {
    let bench = SledBench::new();
    let (store, gate) = gated(&bench);
    write(&store, "before", put(b"x")).await;
    gate.set(Mood::Paused);
    let (wins, won) = create_if_absent(put(b"x"));
    let mut winner = pin!(store.change(KIND, "code", wins));
    assert!(waits(&mut winner).await, "the winner was told before the flush");
    assert_eq!(*won.lock().expect("a note"), Some(true));
    let (loses, lost) = create_if_absent(put(b"y"));
    let mut loser = pin!(store.change(KIND, "code", loses));
    assert!(waits(&mut loser).await, "the loser was told before the flush");
    assert_eq!(*lost.lock().expect("a note"), Some(false));
    let mut reader = pin!(store.get(KIND, "code"));
    assert!(waits(&mut reader).await, "a reader was told before the flush");
    gate.set(Mood::Well);
    assert_eq!(winner.await.expect("a change"), Committed::Done);
    assert_eq!(loser.await.expect("a change"), Committed::Done);
    assert_eq!(reader.await.expect("a read"), Some(b"x".to_vec()));
}

#[tokio::test(flavor = "multi_thread")]
async fn on_an_idle_store_nobody_waits() {
    let bench = SledBench::new();
    let (store, gate) = gated(&bench);
    write(&store, "k", put(b"x")).await;
    let syncs = gate.syncs();
    gate.set(Mood::Paused);
    assert_eq!(store.get(KIND, "k").await.expect("a read"), Some(b"x".to_vec()));
    let (rule, _) = create_if_absent(put(b"y"));
    assert_eq!(store.change(KIND, "k", rule).await.expect("a change"), Committed::Done);
    assert!(store.due(at(1), 9).await.expect("due").is_empty());
    assert_eq!(gate.syncs(), syncs, "a read caused a sync");
    gate.set(Mood::Well);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_share_a_flush() {
    let bench = SledBench::new();
    let (store, gate) = gated(&bench);
    let store = Arc::new(store);
    gate.set(Mood::Paused);
    let writers: Vec<_> = (0..64)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { write(&*store, &format!("k{number}"), put(b"x")).await })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    gate.set(Mood::Well);
    for writer in writers {
        assert_eq!(writer.await.expect("a task"), Committed::Done);
    }
    assert!(gate.syncs() <= 4, "{} syncs for 64 writers", gate.syncs());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_sync_is_final() {
    let bench = SledBench::new();
    let (store, gate) = gated(&bench);
    write(&store, "k", put(b"x")).await;
    assert!(store.broken().is_none());
    gate.set(Mood::Failing);
    let says_why = |fault: StoreFault| {
        assert!(
            matches!(fault, StoreFault::Unavailable(_)) && fault.to_string().contains("the disk says no"),
            "{fault}"
        );
    };
    says_why(store.change(KIND, "k", always(put(b"y"))).await.expect_err("no promise"));
    gate.set(Mood::Well);
    let syncs = gate.syncs();
    says_why(store.get(KIND, "k").await.expect_err("refused from then on"));
    says_why(store.change(KIND, "l", always(put(b"y"))).await.expect_err("refused from then on"));
    says_why(store.probe().await.expect_err("refused from then on"));
    says_why(store.broken().expect("broken"));
    says_why(store.over().await.expect("whoever waits for the end learns why"));
    says_why(store.close().await.expect_err("closing says so too"));
    assert_eq!(gate.syncs(), syncs, "the sync was tried again");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_told_to_whoever_waits_for_it() {
    let bench = SledBench::new();
    let store = Arc::new(gated(&bench).0);
    let waiting = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.over().await.is_none() }
    });
    store.close().await.expect("closing");
    assert!(waiting.await.expect("a task"), "closing is no fault");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_closing_nothing_answered_is_lost() {
    let bench = SledBench::new();
    for number in 0..5 {
        let store = SledStore::open(&bench.path(), CACHE).expect("the store opens");
        write(&store, &format!("k{number}"), put(b"x")).await;
        assert_eq!(keys_all(&store, 9).await.len(), number + 1);
        drop(store);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn long_values_make_no_page_files() {
    let bench = SledBench::new();
    let store = bench.open().await;
    for number in 0..300 {
        write(&*store, &format!("k{}", number % 60), put(&vec![number as u8; 1000 * (number % 60)])).await;
    }
    let page_files = fs::read_dir(bench.path().join("blobs")).expect("a folder").count();
    assert_eq!(page_files, 0, "pages grew beyond what sled keeps, and syncs, in its log");
    store.close().await.expect("closing");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_piece_of_a_long_value_is_left_behind() {
    let bench = SledBench::new();
    let store = bench.open().await;
    for length in [50_000, 5000, 10, 70_000] {
        let event = (at(1), vec![b'e'; length]);
        write(&*store, "k", RawChange { events: vec![event], ..put(&vec![1; length]) }).await;
    }
    write(&*store, "k", RawChange { write: Write::Delete, ..nothing() }).await;
    assert_eq!(store.forget_events(at(2), 9).await.expect("forgetting"), 4);
    store.close().await.expect("closing");
    let sled = sled::open(bench.path()).expect("sled opens");
    assert!(sled.open_tree("pieces").expect("a tree").is_empty());
    assert!(sled.open_tree("events").expect("a tree").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_the_greatest_length_are_there_after_reopening() {
    let bench = SledBench::new();
    let key = |number: usize| format!("{:04}{}", number * 7919 % 600, "k".repeat(MAX_KEY - 4));
    let store = bench.open().await;
    for number in 0..600 {
        let key = key(number);
        write(&*store, &key, RawChange { list: vec![row(&key[..900], &key[..100])], ..put(b"x") }).await;
    }
    store.close().await.expect("closing");
    let store = bench.open().await;
    assert_eq!(keys_all(&*store, 100).await.len(), 600);
    let listed = store.list("cards", &key(5)[..900], None, 9).await.expect("a page");
    assert_eq!(listed.items, [key(5)]);
    store.close().await.expect("closing");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = SledBench::new();
    let _store = bench.open().await;
    let mode = fs::metadata(bench.path()).expect("a folder").permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}
