//! The checker can fail: a store that acknowledges before it flushes is caught.
//!
//! [`Forgetful`] passes every change on to a real store and writes it down, in the order in which they were committed;
//! whoever reads sees all of them, and whoever wrote is told that it is done. At the crash the disk has all but the last
//! few: the changes written down are replayed into an empty store, without those. A provider of this process stands on
//! the one before the crash and on the other after it, at the same address and with the same keys; load, probes and
//! judge are those of [`super::kills`]. With nothing lost the same construction has no violation.

use super::client::Ground;
use super::judge::Violation;
use super::load::Crowd;
use super::model::Retry;
use super::node::quiet_port;
use super::{Dice, kills, report, rounds, seed};
use abide::app::{application, assemble};
use abide::clock::Clock;
use abide::config::Config;
use abide::crypto::hashing::Cost;
use abide::flow::import::ReplaceSecrets;
use abide::model::record::{Due, Kind, Name};
use abide::protocol::Timestamp;
use abide::store::contract::{Committed, Load, Mark, RawChange, RawRule, Write};
use abide::store::entry::Entry;
use abide::store::sled::SledStore;
use abide::store::{Backend, Cursor, Page, StoreFault};
use abide::web::Facing;
use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::Mutex;
use tokio::sync::mpsc::Sender;

/// The changes that a crash loses: a few hundredths of a second of the load.
const LOST: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_acknowledges_before_flushing_is_caught() {
    let (rounds, mut dice, mut found) = (rounds(3), Dice::new(seed()), BTreeSet::new());
    for round in 0..rounds {
        let violations = crash(LOST, &mut dice).await;
        assert!(!violations.is_empty(), "round {round}, seed {}: {LOST} changes were lost and nobody noticed", seed());
        found.extend(violations.into_iter().flat_map(|violation| violation.breaches));
    }
    report("forgetful store", format!("{rounds} of {rounds} crashes that lost {LOST} changes were caught: {found:?}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_store_is_not_blamed_when_it_loses_nothing() {
    let (rounds, mut dice) = (rounds(3), Dice::new(seed()));
    for round in 0..rounds {
        let violations = crash(0, &mut dice).await;
        assert!(violations.is_empty(), "round {round}, seed {}:\n{}", seed(), kills::told(&violations));
    }
    report("honest store", format!("{rounds} crashes that lost nothing, 0 violations"));
}

/// People act, the provider crashes, and what is found afterwards is judged.
async fn crash(lost: usize, dice: &mut Dice) -> Vec<Violation> {
    let (folder, port) = (tempfile::tempdir().expect("a folder"), quiet_port());
    let store = Arc::new(Forgetful::new(open(&folder.path().join("before"))));
    let before = Provider::start(Arc::clone(&store) as Arc<dyn Backend>, &folder, port).await;
    let mut crowd = Crowd::new(Arc::clone(&before) as Arc<dyn Ground>, Dice::new(dice.roll()), Retry::Once).await;
    let acting = crowd.act();
    tokio::time::sleep(Duration::from_millis(300 + dice.below(500) as u64)).await;
    let mut kept = store.crash().await;
    before.server.stop(false).await;
    kept.truncate(kept.len().saturating_sub(lost));
    let disk = open(&folder.path().join("after"));
    for (kind, key, change) in kept {
        let again = disk.change(kind, &key, Box::new(move |_| Ok(change.clone()))).await;
        assert_eq!(again.expect("the disk can be written"), Committed::Done);
    }
    let after = Provider::start(disk, &folder, port).await;
    crowd.moves_to(Arc::clone(&after) as Arc<dyn Ground>);
    let violations = crowd.settle(acting).await;
    after.server.stop(false).await;
    violations
}

fn open(path: &Path) -> Arc<dyn Backend> {
    Arc::new(SledStore::open(path, 16 << 20).expect("a store"))
}

/// A provider in this process that listens.
struct Provider {
    issuer: String,
    facing: Data<Facing>,
    server: ServerHandle,
}

impl Provider {
    async fn start(store: Arc<dyn Backend>, folder: &TempDir, port: u16) -> Arc<Provider> {
        let issuer = format!("http://localhost:{port}");
        let mut config = Config {
            issuer: issuer.parse().expect("an issuer"),
            data_dir: folder.path().join("data"),
            keys_dir: folder.path().join("keys"),
            ..Config::default()
        };
        config.http.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
        config.tokens.code = "10m".parse().expect("a span");
        config.tokens.access = "1h".parse().expect("a span");
        config.tokens.refresh_retry = "10m".parse().expect("a span");
        let cheap = Cost { memory: 64, passes: 1 };
        let facing = assemble(&config, store, Clock::System, cheap).await.expect("a provider");
        let copy = facing.clone();
        let server = actix_web::HttpServer::new(move || application(copy.clone())).workers(2).disable_signals();
        let running = server.bind(("127.0.0.1", port)).expect("the port").run();
        let server = running.handle();
        tokio::spawn(running);
        Arc::new(Provider { issuer, facing, server })
    }
}

#[async_trait::async_trait]
impl Ground for Provider {
    fn base(&self) -> String {
        self.issuer.clone()
    }
    fn issuer(&self) -> String {
        self.issuer.clone()
    }
    async fn import(&self, file: &Value) -> Result<(), String> {
        let now = self.facing.clock.now();
        let done = self.facing.idp.import(&file.to_string(), ReplaceSecrets::No, now).await;
        done.map(drop).map_err(|error| error.to_string())
    }
}

/// A change as it was committed.
type Committing = (Kind, String, RawChange);

/// Acknowledges everything, and writes down what it acknowledged.
struct Forgetful {
    inner: Arc<dyn Backend>,
    /// None after the crash: nothing is acknowledged any more.
    journal: Mutex<Option<Vec<Committing>>>,
}

impl Forgetful {
    fn new(inner: Arc<dyn Backend>) -> Forgetful {
        Forgetful { inner, journal: Mutex::new(Some(Vec::new())) }
    }

    /// From here on nothing is answered; tells what was acknowledged, in order.
    async fn crash(&self) -> Vec<Committing> {
        self.journal.lock().await.take().expect("it crashes once")
    }
}

fn crashed() -> StoreFault {
    StoreFault::Unavailable("it crashed".into())
}

fn writes(change: &RawChange) -> bool {
    let RawChange { write, claim, release, list, unlist, due, undue, events, mails } = change;
    *write != Write::Keep
        || [claim.len(), release.len(), list.len(), unlist.len(), due.len(), undue.len(), events.len(), mails.len()]
            != [0; 8]
}

#[async_trait::async_trait]
impl Backend for Forgetful {
    async fn change(&self, kind: Kind, key: &str, mut rule: RawRule) -> Result<Committed, StoreFault> {
        // One after the other, so that the order written down is the order of the commits.
        let mut journal = self.journal.lock().await;
        let journal = journal.as_mut().ok_or_else(crashed)?;
        let decided = Arc::new(std::sync::Mutex::new(None));
        let slot = Arc::clone(&decided);
        let listening: RawRule = Box::new(move |before| {
            let change = rule(before)?;
            *slot.lock().expect("no rule fails in here") = Some(change.clone());
            Ok(change)
        });
        let committed = self.inner.change(kind, key, listening).await?;
        let change = decided.lock().expect("no rule fails in here").take();
        if committed == Committed::Done {
            journal.extend(change.filter(writes).map(|change| (kind, key.to_owned(), change)));
        }
        Ok(committed)
    }
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        if self.journal.lock().await.is_none() { Err(crashed()) } else { self.inner.get(kind, key).await }
    }
    async fn bearer(&self, kind: Kind, name: &Name) -> Result<Option<String>, StoreFault> {
        self.inner.bearer(kind, name).await
    }
    async fn list(
        &self,
        list: &str,
        group: &str,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<String>, StoreFault> {
        self.inner.list(list, group, cursor, limit).await
    }
    async fn keys(&self, kind: Kind, cursor: Option<&Cursor>, limit: usize) -> Result<Page<String>, StoreFault> {
        self.inner.keys(kind, cursor, limit).await
    }
    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreFault> {
        self.inner.due(now, limit).await
    }
    async fn events(&self, cursor: Option<&Cursor>, limit: usize) -> Result<Page<Vec<u8>>, StoreFault> {
        self.inner.events(cursor, limit).await
    }
    async fn forget_events(&self, before: Timestamp, limit: usize) -> Result<usize, StoreFault> {
        self.inner.forget_events(before, limit).await
    }
    async fn carry_out(&self, from: Option<Cursor>, to: Sender<Load>) -> Result<(), StoreFault> {
        self.inner.carry_out(from, to).await
    }
    async fn carry_in(&self, entries: Vec<Entry>, mark: Mark) -> Result<(), StoreFault> {
        self.inner.carry_in(entries, mark).await
    }
    async fn mark(&self) -> Result<Option<String>, StoreFault> {
        self.inner.mark().await
    }
    async fn time(&self) -> Result<Option<Timestamp>, StoreFault> {
        self.inner.time().await
    }
    async fn probe(&self) -> Result<(), StoreFault> {
        self.inner.probe().await
    }
    async fn size(&self) -> Result<u64, StoreFault> {
        self.inner.size().await
    }
    async fn close(&self) -> Result<(), StoreFault> {
        self.inner.close().await
    }
}
