//! One change: everything a rule decides, in one SQL transaction.
//!
//! The record's row is locked before the rule sees it. A record that is not there has no row to lock; then the rule is
//! run on nothing, and the row it makes (or, where it makes none and yet writes something, an empty one that goes again
//! at the end) is the lock: if somebody else made it meanwhile, the insertion says so after they committed, and the
//! rule is run again on what they made. Advisory locks would do as well, on those engines that have them.
//!
//! READ COMMITTED is enough: what decides is one locked row, and names and rows are taken by their primary keys. On an
//! engine that makes it SERIALIZABLE the same statements hold, and its failures are run again.

use super::reach::Work;
use super::trouble::{Trouble, at_commit};
use crate::model::record::{Kind, Name};
use crate::protocol::time::Timestamp;
use crate::store::contract::{Committed, RawChange, RawRule, StoreFault, Write};
use crate::store::limits::{is_nothing, measure};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Executor as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A rule and the record it is about.
pub(super) struct Sheet {
    pub(super) target: Target,
    pub(super) rule: RawRule,
}

/// The record a change is about.
pub(super) struct Target {
    pub(super) kind: Kind,
    pub(super) key: String,
}

/// Whether the record has a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Present,
    Absent,
}

impl Work for Sheet {
    type Answer = Committed;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Committed, Trouble> {
        let mut transaction = connection.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        let target = &self.target;
        let before = target.lock(&mut transaction).await?;
        let presence = if before.is_some() { Presence::Present } else { Presence::Absent };
        let change = judge(&mut self.rule, before)?;
        if is_nothing(&change) {
            transaction.rollback().await?;
            return Ok(Committed::Done);
        }
        measure(&change).map_err(Trouble::Fault)?;
        target.write_record(&mut transaction, presence, &change.write).await?;
        if let Some(taken) = target.write_names(&mut transaction, &change).await? {
            transaction.rollback().await?;
            return Ok(Committed::Taken(taken));
        }
        target.write_rows(&mut transaction, &change).await?;
        write_due(&mut transaction, &change).await?;
        write_events(&mut transaction, &change.events).await?;
        write_mails(&mut transaction, &change.mails).await?;
        if presence == Presence::Absent && !matches!(change.write, Write::Put(_)) {
            target.delete(&mut transaction).await?;
        }
        transaction.commit().await.map_err(at_commit)?;
        Ok(Committed::Done)
    }
}

/// A rule that panics must not take the task and its connection with it.
fn judge(rule: &mut RawRule, before: Option<Vec<u8>>) -> Result<RawChange, Trouble> {
    let panicked = || StoreFault::Unavailable("a rule panicked; nothing was written".into());
    let judged = catch_unwind(AssertUnwindSafe(|| rule(before)));
    judged.unwrap_or_else(|_| Err(panicked())).map_err(Trouble::Fault)
}

impl Target {
    async fn lock(&self, connection: &mut PgConnection) -> Result<Option<Vec<u8>>, Trouble> {
        let value = sqlx::query_scalar("SELECT value FROM abide_records WHERE kind = $1 AND key = $2 FOR UPDATE")
            .bind(self.kind.name())
            .bind(self.key.as_bytes())
            .fetch_optional(connection);
        Ok(value.await?)
    }

    async fn write_record(
        &self,
        connection: &mut PgConnection,
        presence: Presence,
        write: &Write,
    ) -> Result<(), Trouble> {
        match (presence, write) {
            (Presence::Present, Write::Keep) => Ok(()),
            (Presence::Present, Write::Delete) => self.delete(connection).await,
            (Presence::Present, Write::Put(value)) => {
                let put = sqlx::query("UPDATE abide_records SET value = $3 WHERE kind = $1 AND key = $2")
                    .bind(self.kind.name())
                    .bind(self.key.as_bytes())
                    .bind(value);
                connection.execute(put).await?;
                Ok(())
            }
            (Presence::Absent, Write::Put(value)) => self.insert(connection, value).await,
            (Presence::Absent, Write::Keep | Write::Delete) => self.insert(connection, &[]).await,
        }
    }

    async fn insert(&self, connection: &mut PgConnection, value: &[u8]) -> Result<(), Trouble> {
        const INSERT: &str = "INSERT INTO abide_records (kind, key, value) VALUES ($1, $2, $3) \
                              ON CONFLICT (kind, key) DO NOTHING";
        let insert = sqlx::query(INSERT).bind(self.kind.name()).bind(self.key.as_bytes()).bind(value);
        if connection.execute(insert).await?.rows_affected() == 0 {
            return Err(Trouble::Again("a record came into being meanwhile".into()));
        }
        Ok(())
    }

    async fn delete(&self, connection: &mut PgConnection) -> Result<(), Trouble> {
        let delete = sqlx::query("DELETE FROM abide_records WHERE kind = $1 AND key = $2")
            .bind(self.kind.name())
            .bind(self.key.as_bytes());
        connection.execute(delete).await?;
        Ok(())
    }

    /// First what goes, then what comes: what is in both stays. Names are taken in one order by everybody, so that two
    /// changes that want the same ones wait for each other and do not lock each other out.
    async fn write_names(&self, connection: &mut PgConnection, change: &RawChange) -> Result<Option<Name>, Trouble> {
        const RELEASE: &str = "DELETE FROM abide_names WHERE kind = $1 AND sort = $2 AND value = $3 AND key = $4";
        const CLAIM: &str = "INSERT INTO abide_names (kind, sort, value, key) VALUES ($1, $2, $3, $4) \
                             ON CONFLICT (kind, sort, value) DO NOTHING";
        let bound = |statement: &'static str, name: &Name| {
            let query = sqlx::query(statement).bind(self.kind.name()).bind(name.sort);
            query.bind(name.value.clone().into_bytes()).bind(self.key.clone().into_bytes())
        };
        for name in in_order(&change.release) {
            connection.execute(bound(RELEASE, name)).await?;
        }
        for name in in_order(&change.claim) {
            if connection.execute(bound(CLAIM, name)).await?.rows_affected() == 0
                && !self.bears(connection, name).await?
            {
                return Ok(Some(name.clone()));
            }
        }
        Ok(None)
    }

    async fn bears(&self, connection: &mut PgConnection, name: &Name) -> Result<bool, Trouble> {
        const BEARER: &str = "SELECT key FROM abide_names WHERE kind = $1 AND sort = $2 AND value = $3 FOR UPDATE";
        let bearer: Option<Vec<u8>> = sqlx::query_scalar(BEARER)
            .bind(self.kind.name())
            .bind(name.sort)
            .bind(name.value.as_bytes())
            .fetch_optional(connection)
            .await?;
        match bearer {
            Some(bearer) => Ok(bearer == self.key.as_bytes()),
            None => Err(Trouble::Again("a name was given up meanwhile".into())),
        }
    }

    async fn write_rows(&self, connection: &mut PgConnection, change: &RawChange) -> Result<(), Trouble> {
        const UNLIST: &str = "DELETE FROM abide_rows WHERE list = $1 AND grp = $2 AND ord = $3 AND key = $4";
        const LIST: &str = "INSERT INTO abide_rows (list, grp, ord, key) VALUES ($1, $2, $3, $4) \
                            ON CONFLICT (list, grp, ord, key) DO NOTHING";
        for (statement, rows) in [(UNLIST, &change.unlist), (LIST, &change.list)] {
            for row in in_order(rows) {
                let query = sqlx::query(statement).bind(row.list).bind(row.group.as_bytes());
                connection.execute(query.bind(row.order.as_bytes()).bind(self.key.as_bytes())).await?;
            }
        }
        Ok(())
    }
}

async fn write_due(connection: &mut PgConnection, change: &RawChange) -> Result<(), Trouble> {
    const UNDUE: &str = "DELETE FROM abide_due WHERE at = $1 AND kind = $2 AND key = $3";
    const DUE: &str =
        "INSERT INTO abide_due (at, kind, key) VALUES ($1, $2, $3) ON CONFLICT (at, kind, key) DO NOTHING";
    for (statement, all) in [(UNDUE, &change.undue), (DUE, &change.due)] {
        for due in in_order(all) {
            let query = sqlx::query(statement).bind(due.at.0).bind(due.kind.name()).bind(due.key.as_bytes());
            connection.execute(query).await?;
        }
    }
    Ok(())
}

async fn write_events(connection: &mut PgConnection, events: &[(Timestamp, Vec<u8>)]) -> Result<(), Trouble> {
    const EVENT: &str = "INSERT INTO abide_events (at, serial, event) VALUES ($1, nextval('abide_event_serial'), $2)";
    for (at, event) in events {
        connection.execute(sqlx::query(EVENT).bind(at.0).bind(event)).await?;
    }
    Ok(())
}

async fn write_mails(connection: &mut PgConnection, mails: &[(String, Vec<u8>)]) -> Result<(), Trouble> {
    const MAIL: &str = "INSERT INTO abide_records (kind, key, value) VALUES ($1, $2, $3) \
                        ON CONFLICT (kind, key) DO NOTHING";
    for (key, mail) in mails {
        connection.execute(sqlx::query(MAIL).bind(Kind::Mail.name()).bind(key.as_bytes()).bind(mail)).await?;
    }
    Ok(())
}

fn in_order<T: Ord>(all: &[T]) -> Vec<&T> {
    let mut all: Vec<&T> = all.iter().collect();
    all.sort();
    all
}

/// Removes the oldest audit events before a time, at most so many.
pub(super) struct Forget(pub(super) Timestamp, pub(super) usize);

impl Work for Forget {
    type Answer = usize;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<usize, Trouble> {
        const FORGET: &str = "DELETE FROM abide_events WHERE (at, serial) IN \
             (SELECT at, serial FROM abide_events WHERE at < $1 ORDER BY at, serial LIMIT $2)";
        let limit = i64::try_from(self.1).unwrap_or(i64::MAX);
        let gone = connection.execute(sqlx::query(FORGET).bind(self.0.0).bind(limit)).await?;
        Ok(usize::try_from(gone.rows_affected()).unwrap_or(usize::MAX))
    }
}

/// Counts how often it was run.
pub(super) const PROBE: &str = "INSERT INTO abide_probe (id, count) VALUES (1, 1) \
     ON CONFLICT (id) DO UPDATE SET count = abide_probe.count + 1";

/// Writes a number.
pub(super) struct Probe;

impl Work for Probe {
    type Answer = ();
    async fn run(&mut self, connection: &mut PgConnection) -> Result<(), Trouble> {
        connection.execute(PROBE).await?;
        Ok(())
    }
}
