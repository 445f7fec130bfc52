//! Sessions in a folder of this machine, by sled 0.34.7.
//!
//! What returned is on the disk (see `disk`), and nothing is answered that rests on what is not. One weakness of sled is
//! left that the provider's own store works around by a filter of system calls, which a library must not put upon its
//! program: under many writes at once sled may reuse a part of its log before what replaced it is safe, so that a power
//! cut, not a crash, can lose sessions or damage the store. Then people sign in again. Where that is too much, keep
//! sessions in a database of your own behind [`SessionStore`].

mod disk;
mod record;

use self::disk::{Files, Ledger, clear_half_written, sync_tree};
use self::record::{instant, key, name_in, read, version, written};
use super::{BY_ONE_MARK, Inserted, Mark, Removed, Replaced, SessionStore, Spent, StoreFault, Stored};
use crate::clock::Instant;
use crate::secret::Name;
use crate::session::ApplicationSession;
use async_trait::async_trait;
use sled::transaction::{ConflictableTransactionResult, TransactionError, Transactional, TransactionalTree};
use sled::{IVec, Tree};
use std::ops::Bound::{Excluded, Unbounded};
use std::path::Path;
use std::sync::Arc;

/// Spent and denied things at most. Only what the provider has signed gets here, and each has its lifetime.
const NOTICES: usize = 100_000;

/// Keeps sessions in a folder, for one process at a time.
pub struct SledStore {
    inner: Arc<Inner>,
}

struct Inner {
    sessions: Tree,
    marks: Tree,
    spent: Tree,
    denied: Tree,
    ledger: Ledger,
}

type Outcome<T> = Result<T, StoreFault>;

impl SledStore {
    /// Opens or makes the store in `folder`, which must be for nothing else.
    ///
    /// # Errors
    /// The folder cannot be used, another process has it, or its files are damaged.
    pub fn open(folder: &Path) -> Result<SledStore, StoreFault> {
        let failed = |error: std::io::Error| StoreFault(format!("{}: {error}", folder.display()));
        std::fs::create_dir_all(folder).map_err(failed)?;
        clear_half_written(folder).map_err(failed)?;
        let config = sled::Config::new().path(folder).flush_every_ms(None).cache_capacity(32 << 20);
        let db = config.open().map_err(broken)?;
        let tree = |name: &str| db.open_tree(name).map_err(broken);
        let (sessions, marks, spent, denied) = (tree("sessions")?, tree("marks")?, tree("spent")?, tree("denied")?);
        db.flush().map_err(broken)?;
        sync_tree(folder).map_err(failed)?;
        let ledger = Ledger::new(Files::open(db, folder).map_err(failed)?);
        Ok(SledStore { inner: Arc::new(Inner { sessions, marks, spent, denied, ledger }) })
    }

    async fn reading<T: Send + 'static>(&self, work: impl FnOnce(&Inner) -> Outcome<T> + Send + 'static) -> Outcome<T> {
        let inner = Arc::clone(&self.inner);
        let found = blocking(move || work(&inner)).await?;
        self.inner.ledger.seen().await?;
        Ok(found)
    }

    /// Whoever loses a race waits for the flush too: its answer rests on what the winner wrote.
    ///
    /// The work runs to its flush even when the caller goes away.
    async fn writing<T: Send + 'static>(&self, work: impl FnOnce(&Inner) -> Outcome<T> + Send + 'static) -> Outcome<T> {
        let inner = Arc::clone(&self.inner);
        let whole = tokio::spawn(async move {
            let _pending = inner.ledger.begin()?;
            let working = Arc::clone(&inner);
            let outcome = blocking(move || work(&working)).await?;
            inner.ledger.settle().await?;
            Ok(outcome)
        });
        whole.await.unwrap_or_else(|error| Err(StoreFault(error.to_string())))
    }
}

#[async_trait]
impl SessionStore for SledStore {
    async fn insert(&self, name: &Name, session: &ApplicationSession) -> Outcome<Inserted> {
        let (name, record, marks) = (name.clone(), written(1, session)?, Mark::of(session));
        self.writing(move |inner| {
            inner.change(|sessions, index| {
                if sessions.get(name.as_str())?.is_some() {
                    return Ok(Inserted::Taken);
                }
                sessions.insert(name.as_str(), record.clone())?;
                for mark in &marks {
                    index.insert(key(mark, &name), &[])?;
                }
                Ok(Inserted::Kept)
            })
        })
        .await
    }

    async fn find(&self, name: &Name) -> Outcome<Option<Stored>> {
        let name = name.clone();
        self.reading(move |inner| {
            inner.sessions.get(name.as_str()).map_err(broken)?.map(|bytes| read(&bytes)).transpose()
        })
        .await
    }

    async fn replace(&self, name: &Name, seen: u64, session: &ApplicationSession) -> Outcome<Replaced> {
        let (name, record, marks) = (name.clone(), written(seen + 1, session)?, Mark::of(session));
        let outcome = self
            .writing(move |inner| {
                inner.change(|sessions, index| {
                    let Some(bytes) = sessions.get(name.as_str())? else { return Ok(Seen::Gone) };
                    if version(&bytes) != seen {
                        return Ok(Seen::Other(bytes));
                    }
                    for mark in read(&bytes).iter().flat_map(|stored| Mark::of(&stored.session)) {
                        index.remove(key(&mark, &name))?;
                    }
                    for mark in &marks {
                        index.insert(key(mark, &name), &[])?;
                    }
                    sessions.insert(name.as_str(), record.clone())?;
                    Ok(Seen::Same)
                })
            })
            .await?;
        Ok(match outcome {
            Seen::Same => Replaced::Done(seen + 1),
            Seen::Gone => Replaced::Gone,
            Seen::Other(bytes) => Replaced::Outrun(Box::new(read(&bytes)?)),
        })
    }

    async fn remove(&self, name: &Name, seen: u64) -> Outcome<Removed> {
        let name = name.clone();
        let outcome = self
            .writing(move |inner| {
                inner.change(|sessions, index| {
                    let Some(bytes) = sessions.get(name.as_str())? else { return Ok(Seen::Gone) };
                    if version(&bytes) != seen {
                        return Ok(Seen::Other(bytes));
                    }
                    for mark in read(&bytes).iter().flat_map(|stored| Mark::of(&stored.session)) {
                        index.remove(key(&mark, &name))?;
                    }
                    sessions.remove(name.as_str())?;
                    Ok(Seen::Same)
                })
            })
            .await?;
        Ok(match outcome {
            Seen::Same => Removed::Done,
            Seen::Gone => Removed::Gone,
            Seen::Other(bytes) => Removed::Outrun(Box::new(read(&bytes)?)),
        })
    }

    async fn marked(&self, mark: &Mark) -> Outcome<Vec<Name>> {
        let prefix = format!("{}/", mark.as_str());
        self.reading(move |inner| {
            let found = inner.marks.scan_prefix(&prefix).keys().take(BY_ONE_MARK);
            found.map(|key| Ok(name_in(&key.map_err(broken)?[prefix.len()..]))).collect()
        })
        .await
    }

    async fn page(&self, after: Option<&Name>, limit: usize) -> Outcome<Vec<Name>> {
        let after = after.map(|name| IVec::from(name.as_str()));
        self.reading(move |inner| {
            let from = after.map_or(Unbounded, Excluded);
            let found = inner.sessions.range::<IVec, _>((from, Unbounded)).keys().take(limit);
            found.map(|key| Ok(name_in(&key.map_err(broken)?))).collect()
        })
        .await
    }

    async fn spend(&self, thing: &str, until: Instant, now: Instant) -> Outcome<Spent> {
        let thing = thing.to_owned();
        self.writing(move |inner| {
            if inner.spent.len() >= NOTICES {
                inner.forget(now)?;
                if inner.spent.len() >= NOTICES {
                    return Ok(Spent::Full);
                }
            }
            let before = inner.spent.get(&thing).map_err(broken)?;
            if before.as_ref().is_some_and(|bytes| now < instant(bytes, 0)) {
                return Ok(Spent::Again);
            }
            let swapped =
                inner.spent.compare_and_swap(&thing, before, Some(&until.to_be_bytes()[..])).map_err(broken)?;
            Ok(if swapped.is_ok() { Spent::First } else { Spent::Again })
        })
        .await
    }

    async fn deny(&self, mark: &Mark, issued_by: Instant, until: Instant, now: Instant) -> Outcome<()> {
        let mark = mark.clone();
        self.writing(move |inner| {
            if inner.denied.len() >= NOTICES {
                inner.forget(now)?;
                if inner.denied.len() >= NOTICES {
                    return Err(StoreFault("more is denied than can be remembered".into()));
                }
            }
            let later = |before: Option<&[u8]>| {
                let earlier = before.map(|bytes| (instant(bytes, 0), instant(bytes, 8)));
                let (by, end) = earlier.filter(|(_, end)| now < *end).unwrap_or((issued_by, until));
                Some([issued_by.max(by).to_be_bytes(), until.max(end).to_be_bytes()].concat())
            };
            inner.denied.update_and_fetch(mark.as_str(), later).map_err(broken).map(drop)
        })
        .await
    }

    async fn denied(&self, mark: &Mark, now: Instant) -> Outcome<Option<Instant>> {
        let mark = mark.clone();
        self.reading(move |inner| {
            let found = inner.denied.get(mark.as_str()).map_err(broken)?;
            Ok(found.filter(|bytes| now < instant(bytes, 8)).map(|bytes| instant(&bytes, 0)))
        })
        .await
    }

    async fn forget(&self, now: Instant) -> Outcome<()> {
        self.writing(move |inner| inner.forget(now)).await
    }
}

/// What a conditional change found.
enum Seen {
    Same,
    Other(IVec),
    Gone,
}

impl Inner {
    fn change<T>(
        &self,
        work: impl Fn(&TransactionalTree, &TransactionalTree) -> ConflictableTransactionResult<T, ()>,
    ) -> Outcome<T> {
        (&self.sessions, &self.marks).transaction(|(sessions, marks)| work(sessions, marks)).map_err(
            |error| match error {
                TransactionError::Abort(()) => StoreFault("a change was given up".into()),
                TransactionError::Storage(error) => broken(error),
            },
        )
    }

    fn forget(&self, now: Instant) -> Outcome<()> {
        for (tree, at) in [(&self.spent, 0), (&self.denied, 8)] {
            for entry in tree.iter() {
                let (key, value) = entry.map_err(broken)?;
                if now >= instant(&value, at) {
                    // Only what was seen to be over: a newer word about the same thing stays.
                    let _ = tree.compare_and_swap(key, Some(value), None::<&[u8]>).map_err(broken)?;
                }
            }
        }
        Ok(())
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Outcome<T> + Send + 'static) -> Outcome<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(StoreFault(error.to_string())))
}

fn broken(error: sled::Error) -> StoreFault {
    StoreFault(error.to_string())
}
