//! A store that counts what is asked of it, and stops before a change of a kind where a story wants to be between two.

use abide::model::record::{Due, Kind, Name};
use abide::protocol::Timestamp;
use abide::store::contract::{Committed, Load, Mark, RawRule};
use abide::store::entry::Entry;
use abide::store::{Backend, Cursor, Page, StoreFault};
use async_trait::async_trait;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc::Sender;
use tokio::sync::oneshot;

/// Passes everything on, and counts reads and changes.
pub struct Counting {
    inner: Arc<dyn Backend>,
    reads: AtomicU64,
    changes: AtomicU64,
    stop: Mutex<Option<Stop>>,
}

/// Where the next change of a kind waits.
struct Stop {
    kind: Kind,
    arrived: oneshot::Sender<()>,
    go: oneshot::Receiver<()>,
}

/// A change that will wait.
pub struct Stopping {
    arrived: oneshot::Receiver<()>,
    go: oneshot::Sender<()>,
}

impl Stopping {
    /// Does `meanwhile` once the change waits, and lets it go on.
    pub async fn meanwhile<T>(self, meanwhile: impl Future<Output = T>) -> T {
        let arrived = tokio::time::timeout(Duration::from_secs(20), self.arrived).await;
        arrived.expect("the change comes").unwrap();
        let done = meanwhile.await;
        self.go.send(()).expect("the change waits");
        done
    }
}

impl Counting {
    pub fn new(inner: Arc<dyn Backend>) -> Counting {
        Counting { inner, reads: AtomicU64::new(0), changes: AtomicU64::new(0), stop: Mutex::new(None) }
    }

    /// The next change of this kind waits before it is begun.
    pub fn stop_at(&self, kind: Kind) -> Stopping {
        let ((arrived, arriving), (go, going)) = (oneshot::channel(), oneshot::channel());
        *self.stop.lock().unwrap() = Some(Stop { kind, arrived, go: going });
        Stopping { arrived: arriving, go }
    }

    pub fn work(&self) -> (u64, u64) {
        (self.reads.load(Ordering::SeqCst), self.changes.load(Ordering::SeqCst))
    }

    /// Every key of every kind but throttles, every appointment but theirs, and the number of events.
    pub async fn contents(&self) -> String {
        let mut all = String::new();
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Throttle) {
            let mut cursor = None;
            loop {
                let page = self.inner.keys(kind, cursor.as_ref(), 500).await.unwrap();
                for key in &page.items {
                    let value = self.inner.get(kind, key).await.unwrap().unwrap_or_default();
                    all.push_str(&format!("{} {key} {}\n", kind.name(), String::from_utf8_lossy(&value)));
                }
                match page.next {
                    Some(next) => cursor = Some(next),
                    None => break,
                }
            }
        }
        let due = self.inner.due(Timestamp(i64::MAX), 10_000).await.unwrap();
        all.push_str(&format!("{} due\n", due.iter().filter(|due| due.kind != Kind::Throttle).count()));
        all
    }
}

#[async_trait]
impl Backend for Counting {
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.get(kind, key).await
    }
    async fn change(&self, kind: Kind, key: &str, rule: RawRule) -> Result<Committed, StoreFault> {
        self.changes.fetch_add(1, Ordering::SeqCst);
        let stop = self.stop.lock().unwrap().take_if(|stop| stop.kind == kind);
        if let Some(Stop { arrived, go, .. }) = stop {
            let _ = arrived.send(());
            let _ = go.await;
        }
        self.inner.change(kind, key, rule).await
    }
    async fn bearer(&self, kind: Kind, name: &Name) -> Result<Option<String>, StoreFault> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.inner.bearer(kind, name).await
    }
    async fn list(
        &self,
        list: &str,
        group: &str,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<String>, StoreFault> {
        self.reads.fetch_add(1, Ordering::SeqCst);
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
