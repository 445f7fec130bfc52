//! The store on PostgreSQL, for several nodes at a time.
//!
//! ```text
//! settings   the URL, TLS, limits per connection       change   one change, one transaction
//! reach      the pool, attempts, what runs where       read     pages and single records
//! schema     versions and migrations                   place    cursors and pages
//! trouble, connect_error   what errors mean            running  which changes are under way
//! carry      a copy of everything, out and in
//! ```
//!
//! Every node may answer everything: nothing is kept in memory, and whoever changes a record holds its row. What is
//! answered is committed, and the database commits only what is on its disk.
//!
//! **Order of audit events** is by time, then by a sequence: events of one node stand in the order in which they were
//! told. Two nodes write at the same time, so an event may appear behind a place that a reader has already passed; who
//! reads again from the front sees it. Engines that hand numbers of a sequence out in blocks order the events of one
//! second by block.
//!
//! **Portable.** Plain tables of text, bytea and bigint, `ON CONFLICT DO NOTHING`, `FOR UPDATE`, one sequence. No
//! advisory lock, no LISTEN, no extension. Tried on PostgreSQL 15; YugabyteDB and CockroachDB speak the same protocol
//! and are **untested** ([`Backend::size`] needs `pg_total_relation_size`).
//!
//! **A commit whose answer was lost** is reported as unavailable and never run again: it is wholly there or wholly
//! absent, and a rule that ran a second time might take its own trace for a replay.

mod carry;
mod change;
mod connect_error;
mod place;
mod reach;
mod read;
mod running;
mod schema;
mod settings;
mod trouble;

pub use connect_error::ConnectError;
pub use schema::{Migrated, SCHEMA};
pub use settings::Settings;

use self::change::{Forget, Probe, Sheet, Target};
use self::connect_error::explained;
use self::reach::{Reach, Work};
use self::read::{Bearer, DueNow, EventsPage, Get, KeysPage, ListPage, Size, Time};
use self::running::Running;
use super::contract::{Backend, Committed, Cursor, Load, MAX_KEY, Mark, Page, RawRule, StoreFault};
use super::entry::Entry;
use crate::model::record::{Due, Kind, Name};
use crate::protocol::time::Timestamp;
use async_trait::async_trait;
use sqlx::Connection as _;
use sqlx::postgres::PgConnection;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::sync::mpsc::Sender;
use tracing::Instrument as _;

/// How long the first connection may take.
const FIRST: Duration = Duration::from_secs(10);

/// A store in a PostgreSQL database, shared with other nodes.
pub struct PostgresStore {
    reach: Reach,
    running: Arc<Running>,
    home: Handle,
    count: AtomicU64,
}

impl PostgresStore {
    /// Connects and makes sure that the schema is right and can be written. An empty database gets its schema where the
    /// role may create tables. Must be called inside a Tokio runtime that lives as long as the store.
    ///
    /// # Errors
    /// See [`ConnectError`].
    pub async fn connect(settings: &Settings) -> Result<PostgresStore, ConnectError> {
        let mut connection = first(settings).await?;
        schema::check(&mut connection, settings.place()).await?;
        let refused = |error: &sqlx::Error| explained(settings.place(), error);
        sqlx::raw_sql(change::PROBE).execute(&mut connection).await.map_err(|error| refused(&error))?;
        connection.close().await.map_err(|error| refused(&error))?;
        Ok(PostgresStore {
            reach: Reach::new(settings),
            running: Running::new(),
            home: Handle::current(),
            count: AtomicU64::new(0),
        })
    }

    /// Brings the schema to the version of this program.
    ///
    /// # Errors
    /// See [`ConnectError`]; then nothing was changed.
    pub async fn migrate(settings: &Settings) -> Result<Migrated, ConnectError> {
        let mut connection = first(settings).await?;
        schema::migrate(&mut connection, settings.place()).await
    }

    /// Runs to its end at home, whether or not the caller goes on waiting.
    async fn ask<W: Work>(&self, work: W) -> Result<W::Answer, StoreFault> {
        let (reach, seed) = (self.reach.clone(), self.count.fetch_add(1, Ordering::Relaxed));
        let asking = async move { reach.ask(work, seed).await };
        let asked = self.home.spawn(asking.in_current_span()).await;
        asked.unwrap_or_else(|_| Err(StoreFault::Unavailable("the work was broken off".into())))
    }

    /// As [`PostgresStore::ask`], for what writes.
    async fn write<W: Work>(&self, work: W) -> Result<W::Answer, StoreFault> {
        let run = self.running.begin();
        let (reach, seed) = (self.reach.clone(), self.count.fetch_add(1, Ordering::Relaxed));
        let writing = async move {
            let answer = reach.ask(work, seed).await;
            drop(run);
            answer
        };
        let written = self.home.spawn(writing.in_current_span()).await;
        written.unwrap_or_else(|_| Err(StoreFault::Unavailable("the work was broken off".into())))
    }
}

/// A connection outside of the pool: its error says what is wrong, where the pool would go on trying.
async fn first(settings: &Settings) -> Result<PgConnection, ConnectError> {
    match tokio::time::timeout(FIRST, PgConnection::connect_with(&settings.options)).await {
        Ok(connected) => connected.map_err(|error| explained(settings.place(), &error)),
        Err(_) => {
            let why = format!("no answer within {} s", FIRST.as_secs());
            Err(ConnectError::Unreachable { place: settings.place().to_owned(), why })
        }
    }
}

#[async_trait]
impl Backend for PostgresStore {
    async fn get(&self, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, StoreFault> {
        if key.len() > MAX_KEY {
            return Ok(None);
        }
        self.ask(Get(kind, key.to_owned())).await
    }

    async fn change(&self, kind: Kind, key: &str, rule: RawRule) -> Result<Committed, StoreFault> {
        if key.len() > MAX_KEY {
            return Err(StoreFault::TooLarge("key"));
        }
        self.write(Sheet { target: Target { kind, key: key.to_owned() }, rule }).await
    }

    async fn bearer(&self, kind: Kind, name: &Name) -> Result<Option<String>, StoreFault> {
        if name.sort.len() + name.value.len() > MAX_KEY {
            return Ok(None);
        }
        self.ask(Bearer(kind, name.sort, name.value.clone())).await
    }

    async fn list(
        &self,
        list: &str,
        group: &str,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<String>, StoreFault> {
        self.ask(ListPage { list: list.to_owned(), group: group.to_owned(), cursor: cursor.cloned(), limit }).await
    }

    async fn keys(&self, kind: Kind, cursor: Option<&Cursor>, limit: usize) -> Result<Page<String>, StoreFault> {
        self.ask(KeysPage { kind, cursor: cursor.cloned(), limit }).await
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreFault> {
        self.ask(DueNow(now, limit)).await
    }

    async fn events(&self, cursor: Option<&Cursor>, limit: usize) -> Result<Page<Vec<u8>>, StoreFault> {
        self.ask(EventsPage { cursor: cursor.cloned(), limit }).await
    }

    async fn forget_events(&self, before: Timestamp, limit: usize) -> Result<usize, StoreFault> {
        // Short transactions: a long one holds back the cleaning of the whole database.
        const AT_ONCE: usize = 500;
        let mut forgotten = 0;
        while forgotten < limit {
            let some = (limit - forgotten).min(AT_ONCE);
            let gone = self.write(Forget(before, some)).await?;
            forgotten += gone;
            if gone < some {
                break;
            }
        }
        Ok(forgotten)
    }

    async fn carry_out(&self, from: Option<Cursor>, to: Sender<Load>) -> Result<(), StoreFault> {
        // Its own way, without the time limit of an answer: each statement has one.
        let reach = self.reach.clone();
        let carrying = self.home.spawn(async move { reach.once(carry::Out { from, to }).await });
        carrying.await.unwrap_or_else(|_| Err(StoreFault::Unavailable("the copy was broken off".into())))
    }

    async fn carry_in(&self, entries: Vec<Entry>, mark: Mark) -> Result<(), StoreFault> {
        self.write(carry::In { entries, mark }).await
    }

    async fn mark(&self) -> Result<Option<String>, StoreFault> {
        self.ask(carry::ReadMark).await
    }

    async fn time(&self) -> Result<Option<Timestamp>, StoreFault> {
        self.ask(Time).await.map(Some)
    }

    async fn probe(&self) -> Result<(), StoreFault> {
        self.running.settled().await;
        self.ask(Probe).await
    }

    async fn size(&self) -> Result<u64, StoreFault> {
        self.ask(Size).await
    }

    async fn close(&self) -> Result<(), StoreFault> {
        self.running.settled().await;
        let reach = self.reach.clone();
        let closing = self.home.spawn(async move { reach.close().await });
        closing.await.map_err(|_| StoreFault::Unavailable("closing was broken off".into()))
    }
}
