//! A store that fails where a test says so: what happens in between must not be lost.

use abide_rp::store::{Inserted, Mark, Removed, Replaced, Spent, Stored};
use abide_rp::{ApplicationSession, MemoryStore, Name, SessionStore, StoreFault};
use async_trait::async_trait;
use std::sync::Mutex;

/// A store of which one verb fails once, when it is told so.
pub struct Faulty {
    whole: MemoryStore,
    pub next: Mutex<Option<&'static str>>,
}

impl Default for Faulty {
    fn default() -> Faulty {
        Faulty { whole: MemoryStore::new(100), next: Mutex::default() }
    }
}

impl Faulty {
    fn may(&self, verb: &str) -> Result<(), StoreFault> {
        let mut next = self.next.lock().expect("unpoisoned");
        if *next == Some(verb) {
            *next = None;
            return Err(StoreFault(format!("{verb} failed")));
        }
        Ok(())
    }
}

#[async_trait]
impl SessionStore for Faulty {
    async fn insert(&self, name: &Name, session: &ApplicationSession) -> Result<Inserted, StoreFault> {
        self.whole.insert(name, session).await
    }

    async fn find(&self, name: &Name) -> Result<Option<Stored>, StoreFault> {
        self.whole.find(name).await
    }

    async fn replace(&self, name: &Name, seen: u64, session: &ApplicationSession) -> Result<Replaced, StoreFault> {
        self.may("replace")?;
        self.whole.replace(name, seen, session).await
    }

    async fn remove(&self, name: &Name, seen: u64) -> Result<Removed, StoreFault> {
        self.whole.remove(name, seen).await
    }

    async fn marked(&self, mark: &Mark) -> Result<Vec<Name>, StoreFault> {
        self.may("marked")?;
        self.whole.marked(mark).await
    }

    async fn page(&self, after: Option<&Name>, limit: usize) -> Result<Vec<Name>, StoreFault> {
        self.whole.page(after, limit).await
    }

    async fn spend(&self, thing: &str, until: i64, now: i64) -> Result<Spent, StoreFault> {
        self.may("spend")?;
        self.whole.spend(thing, until, now).await
    }

    async fn deny(&self, mark: &Mark, issued_by: i64, until: i64, now: i64) -> Result<(), StoreFault> {
        self.may("deny")?;
        self.whole.deny(mark, issued_by, until, now).await
    }

    async fn denied(&self, mark: &Mark, now: i64) -> Result<Option<i64>, StoreFault> {
        self.whole.denied(mark, now).await
    }

    async fn forget(&self, now: i64) -> Result<(), StoreFault> {
        self.whole.forget(now).await
    }
}
