//! The embedded store: sled 0.34.7, with what it lacks.
//!
//! ```text
//! keys     how keys look on disk, and cursors         engine   sled's trees, transactions, what all share
//! values   long values in pieces                      change   one change, one transaction
//! ledger   group commit: who waits for which flush    read     pages and single records
//! disk     the sync that sled does not do             open     cleaning up and recovery
//! pool     the threads that may block                 lock, format, open_error   what opening checks and says
//! counted, sum, witness   is everything still there   snapshot, carry   a copy of everything
//! space    room on the disk                           real_sync   sled's own syncs made real
//! ```
//!
//! A call goes: a place in the `pool`, the work on one of its threads in memory, then waiting, without a thread, for
//! the flush that covers what was written or seen. The one flusher runs sled's flush and an `fdatasync`; if either
//! fails, the store refuses everything from then on, and [`SledStore::over`] says so to whoever has to stop the server.
//!
//! **Deliberately absent:** sled's timed flusher (its failures reach nobody), retrying a failed sync, transactions
//! held open by a caller, compaction of a live store (sled reuses its space; export and import make it small again).
//!
//! **Memory.** The configured cache is not a ceiling. See [`SledStore::open`] for what was measured.

mod carry;
mod change;
mod counted;
mod disk;
mod engine;
mod format;
mod keys;
mod ledger;
mod lock;
mod open;
mod open_error;
mod pool;
mod read;
mod real_sync;
mod snapshot;
mod space;
mod sum;
mod values;
mod witness;

pub use disk::{Disk, Fdatasync};
pub use open_error::OpenError;

use self::disk::Files;
use self::engine::Engine;
use self::ledger::{End, Ledger, Ticket};
use self::pool::Pool;
use self::space::Space;
use super::contract::{Backend, Committed, Cursor, Load, Mark, Page, RawRule, StoreFault};
use super::entry::Entry;
use crate::model::record::{Due, Kind, Name};
use crate::protocol::time::Timestamp;
use async_trait::async_trait;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use tokio::sync::mpsc::Sender;

/// A store in a folder of this machine, for one process at a time.
///
/// Dropping it without [`Backend::close`] loses nothing that was answered; closing waits until the folder is free.
pub struct SledStore {
    engine: RwLock<Option<Arc<Engine>>>,
    ledger: Arc<Ledger>,
    pool: Pool,
    recovered: Option<PathBuf>,
}

impl SledStore {
    /// Opens or makes the store in the folder `path`, which must be for nothing else; a lock file lies beside it.
    ///
    /// `cache_bytes` is what sled may keep of its pages. It bounds memory but is no ceiling: **plan four times the
    /// cache**. Measured peaks of the whole process, 300,000 changes of five rows each by 32 writers beside 8 readers
    /// (985 MB on disk in the end), by `cargo run --example store_memory -- 64`:
    ///
    /// | cache | glibc's allocator | mimalloc |
    /// |---|---|---|
    /// | 64 MB | 190 MB (3.0 times) | 257 MB (4.0 times) |
    /// | 256 MB | 495 MB (1.9 times) | 580 MB (2.3 times) |
    ///
    /// # Errors
    /// See [`OpenError`]. A damaged store is copied aside and recovered if it can be; see [`SledStore::recovered`].
    pub fn open(path: &Path, cache_bytes: u64) -> Result<SledStore, OpenError> {
        real_sync::demand().map_err(open_error::io_error("keep safe", path))?;
        SledStore::open_on(path, cache_bytes, Fdatasync)
    }

    /// [`SledStore::open`] with another way to sync, for tests that let the disk fail.
    ///
    /// # Errors
    /// As [`SledStore::open`].
    #[doc(hidden)]
    pub fn open_on(path: &Path, cache_bytes: u64, disk: impl Disk) -> Result<SledStore, OpenError> {
        let opened = open::open(path, cache_bytes)?;
        let failed = |what| move |source| OpenError::Io { what, path: path.to_owned(), source };
        let files = Files::open(path, disk).map_err(failed("open the log in"))?;
        let ledger = Arc::new(Ledger::new(opened.sum.changes));
        start_flusher(Arc::clone(&ledger), opened.db, files).map_err(failed("start the flusher for"))?;
        let pool = Pool::start().map_err(failed("start threads for"))?;
        let space = Space::of(path).map_err(failed("look at the disk of"))?;
        let engine = Engine {
            folder: path.to_owned(),
            trees: opened.trees,
            ledger: Arc::clone(&ledger),
            opening: opened.opening,
            serials: AtomicU64::new(0),
            sum: Mutex::new(opened.sum),
            snapshot: Mutex::default(),
            space,
            _lock: opened.lock,
        };
        Ok(SledStore { engine: RwLock::new(Some(Arc::new(engine))), ledger, pool, recovered: opened.recovered })
    }

    /// Where the damaged files were copied, if the store had to be recovered when it was opened.
    pub fn recovered(&self) -> Option<&Path> {
        self.recovered.as_deref()
    }

    /// Whether the store broke, and why; `None` while it works or after it was closed in good order.
    pub fn broken(&self) -> Option<StoreFault> {
        self.ledger.broken()
    }

    /// Waits for the store's end: a fault when it broke and the server has to stop, `None` when it was closed.
    pub async fn over(&self) -> Option<StoreFault> {
        self.ledger.over().await
    }

    fn engine(&self) -> Option<Arc<Engine>> {
        self.engine.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Runs `work` on a thread that may block, then waits until what it tells of is on disk.
    async fn run<T, W>(&self, work: W) -> Result<T, StoreFault>
    where
        T: Send + 'static,
        W: FnOnce(&Engine) -> Result<(T, Ticket), StoreFault> + Send + 'static,
    {
        self.ledger.usable()?;
        let engine = self.engine().ok_or_else(ledger::closed)?;
        let job = move || {
            // It may have broken or been closed while this job waited.
            engine.ledger.usable()?;
            catch_unwind(AssertUnwindSafe(|| work(&engine))).unwrap_or_else(|_| {
                let reason = "sled panicked; restart Abide".to_owned();
                engine.ledger.breaks(reason.clone());
                Err(StoreFault::Unavailable(reason))
            })
        };
        let (answer, ticket) = self.pool.run(job).await.ok_or_else(ledger::closed)??;
        self.ledger.settled(ticket).await?;
        Ok(answer)
    }

    /// A read: its ticket is taken after it.
    async fn look<T, R>(&self, read: R) -> Result<T, StoreFault>
    where
        T: Send + 'static,
        R: FnOnce(&Engine) -> Result<T, StoreFault> + Send + 'static,
    {
        self.run(move |engine| read(engine).map(|answer| engine.seen(answer))).await
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        self.ledger.end();
    }
}

fn start_flusher<D: Disk>(ledger: Arc<Ledger>, db: ::sled::Db, mut files: Files<D>) -> std::io::Result<()> {
    thread::Builder::new()
        .name("store-flusher".into())
        .spawn(move || {
            let end = ledger
                .flush_with(|changes| files.flush(changes, || open::flush(&db)).map_err(|error| error.to_string()));
            // Whoever hears that the store is closed may open it again.
            drop((files, db));
            if end == End::InOrder {
                ledger.closes();
            }
        })
        .map(drop)
}

#[async_trait]
impl Backend for SledStore {
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        let key = key.to_owned();
        self.look(move |engine| read::get(engine, kind, &key)).await
    }

    async fn change(&self, kind: Kind, key: &str, rule: RawRule) -> Result<Committed, StoreFault> {
        let key = key.to_owned();
        self.run(move |engine| change::change(engine, kind, &key, rule)).await
    }

    async fn bearer(&self, kind: Kind, name: &Name) -> Result<Option<String>, StoreFault> {
        let name = name.clone();
        self.look(move |engine| read::bearer(engine, kind, &name)).await
    }

    async fn list(
        &self,
        list: &str,
        group: &str,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<String>, StoreFault> {
        let (list, group, cursor) = (list.to_owned(), group.to_owned(), cursor.cloned());
        self.look(move |engine| read::list(engine, (&list, &group), cursor.as_ref(), limit)).await
    }

    async fn keys(&self, kind: Kind, cursor: Option<&Cursor>, limit: usize) -> Result<Page<String>, StoreFault> {
        let cursor = cursor.cloned();
        self.look(move |engine| read::keys_of(engine, kind, cursor.as_ref(), limit)).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreFault> {
        self.look(move |engine| read::due(engine, now, limit)).await
    }

    async fn events(&self, cursor: Option<&Cursor>, limit: usize) -> Result<Page<Vec<u8>>, StoreFault> {
        let cursor = cursor.cloned();
        self.look(move |engine| read::events(engine, cursor.as_ref(), limit)).await
    }

    async fn forget_events(&self, before: Timestamp, limit: usize) -> Result<usize, StoreFault> {
        // Other changes wait while a transaction runs, so a large piece of work is cut into short ones.
        const AT_ONCE: usize = 500;
        let mut forgotten = 0;
        while forgotten < limit {
            let some = (limit - forgotten).min(AT_ONCE);
            let gone = self.run(move |engine| change::forget_events(engine, before, some)).await?;
            forgotten += gone;
            if gone < some {
                break;
            }
        }
        Ok(forgotten)
    }

    async fn carry_out(&self, from: Option<Cursor>, to: Sender<Load>) -> Result<(), StoreFault> {
        let own = self.engine().map(|engine| Arc::downgrade(&engine)).ok_or_else(ledger::closed)?;
        let _copying = self.look(move |engine| carry::begin(engine, own)).await?;
        let mut place = from;
        loop {
            let from = place.take();
            let Some(load) = self.look(move |engine| carry::load(engine, from.as_ref())).await? else { return Ok(()) };
            place = Some(load.place.clone());
            if to.send(load).await.is_err() {
                return Ok(());
            }
        }
    }

    async fn carry_in(&self, entries: Vec<Entry>, mark: Mark) -> Result<(), StoreFault> {
        self.run(move |engine| carry::take(engine, &entries, &mark)).await
    }

    async fn mark(&self) -> Result<Option<String>, StoreFault> {
        self.look(carry::mark).await
    }

    async fn time(&self) -> Result<Option<Timestamp>, StoreFault> {
        Ok(None)
    }

    async fn probe(&self) -> Result<(), StoreFault> {
        self.run(change::probe).await
    }

    async fn size(&self) -> Result<u64, StoreFault> {
        self.look(|engine| {
            disk::bytes_below(&engine.folder).map_err(|error| StoreFault::Unavailable(error.to_string()))
        })
        .await
    }

    async fn close(&self) -> Result<(), StoreFault> {
        let engine = self.engine.write().unwrap_or_else(PoisonError::into_inner).take();
        self.pool.close().await;
        self.ledger.end();
        let fault = self.ledger.over().await;
        // Closing sled syncs once more, which blocks. The lock goes with it.
        self.pool.last(move || drop(engine)).await;
        fault.map_or(Ok(()), Err)
    }
}
