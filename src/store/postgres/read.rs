//! Reads: one statement each. A row that can be seen is committed, and what is committed is durable, so a read has
//! nothing to wait for.

use super::place;
use super::reach::Work;
use super::trouble::Trouble;
use crate::model::record::{Due, Kind};
use crate::protocol::time::Timestamp;
use crate::store::contract::{Cursor, Page, StoreFault};
use sqlx::postgres::PgConnection;

/// The bytes of a record.
pub(super) struct Get(pub(super) Kind, pub(super) String);

impl Work for Get {
    type Answer = Option<Vec<u8>>;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Option<Vec<u8>>, Trouble> {
        let value = sqlx::query_scalar("SELECT value FROM abide_records WHERE kind = $1 AND key = $2")
            .bind(self.0.name())
            .bind(self.1.as_bytes())
            .fetch_optional(connection);
        Ok(value.await?)
    }
}

/// Who bears a name: kind, sort, value.
pub(super) struct Bearer(pub(super) Kind, pub(super) &'static str, pub(super) String);

impl Work for Bearer {
    type Answer = Option<String>;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Option<String>, Trouble> {
        let key = sqlx::query_scalar("SELECT key FROM abide_names WHERE kind = $1 AND sort = $2 AND value = $3")
            .bind(self.0.name())
            .bind(self.1)
            .bind(self.2.as_bytes())
            .fetch_optional(connection);
        key.await?.map(|key| text(key, "name")).transpose()
    }
}

/// One page of a group of a list.
pub(super) struct ListPage {
    pub(super) list: String,
    pub(super) group: String,
    pub(super) cursor: Option<Cursor>,
    pub(super) limit: usize,
}

impl Work for ListPage {
    type Answer = Page<String>;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Page<String>, Trouble> {
        const FIRST: &str = "SELECT ord, key FROM abide_rows WHERE list = $1 AND grp = $2 ORDER BY ord, key LIMIT $3";
        const NEXT: &str = "SELECT ord, key FROM abide_rows WHERE list = $1 AND grp = $2 AND (ord, key) > ($4, $5) \
                            ORDER BY ord, key LIMIT $3";
        let after = match &self.cursor {
            None => None,
            Some(cursor) => match place::bytes(cursor).and_then(|bytes| place::row(&bytes)) {
                None => return Ok(place::nothing()),
                after => after,
            },
        };
        let mut query = sqlx::query_as::<_, (Vec<u8>, Vec<u8>)>(if after.is_some() { NEXT } else { FIRST })
            .bind(&self.list)
            .bind(self.group.as_bytes())
            .bind(place::reach(self.limit));
        if let Some((order, key)) = after {
            query = query.bind(order).bind(key);
        }
        let rows = query.fetch_all(connection).await?.into_iter().map(|(order, key)| {
            let place = place::of_row(&order, &key);
            Ok((text(key, "list row")?, place))
        });
        Ok(place::page(rows.collect::<Result<_, Trouble>>()?, self.limit))
    }
}

/// One page of the keys of a kind.
pub(super) struct KeysPage {
    pub(super) kind: Kind,
    pub(super) cursor: Option<Cursor>,
    pub(super) limit: usize,
}

impl Work for KeysPage {
    type Answer = Page<String>;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Page<String>, Trouble> {
        const FIRST: &str = "SELECT key FROM abide_records WHERE kind = $1 ORDER BY key LIMIT $2";
        const NEXT: &str = "SELECT key FROM abide_records WHERE kind = $1 AND key > $3 ORDER BY key LIMIT $2";
        let after = match &self.cursor {
            None => None,
            Some(cursor) => match place::bytes(cursor) {
                None => return Ok(place::nothing()),
                after => after,
            },
        };
        let mut query = sqlx::query_scalar::<_, Vec<u8>>(if after.is_some() { NEXT } else { FIRST })
            .bind(self.kind.name())
            .bind(place::reach(self.limit));
        if let Some(key) = after {
            query = query.bind(key);
        }
        let kind = self.kind.name();
        let keys = query.fetch_all(connection).await?.into_iter().map(|key| Ok((text(key.clone(), kind)?, key)));
        Ok(place::page(keys.collect::<Result<_, Trouble>>()?, self.limit))
    }
}

/// Appointments that have come.
pub(super) struct DueNow(pub(super) Timestamp, pub(super) usize);

impl Work for DueNow {
    type Answer = Vec<Due>;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Vec<Due>, Trouble> {
        // As long as this may be: who wants more asks again once these are struck out.
        const MOST: usize = 10_000;
        let rows = sqlx::query_as::<_, (i64, String, Vec<u8>)>(
            "SELECT at, kind, key FROM abide_due WHERE at <= $1 ORDER BY at, kind, key LIMIT $2",
        )
        .bind(self.0.0)
        .bind(i64::try_from(self.1.min(MOST)).unwrap_or(i64::MAX))
        .fetch_all(connection);
        let due = rows.await?.into_iter().map(|(at, kind, key)| {
            let kind = Kind::named(&kind).ok_or_else(|| damaged("appointment"))?;
            Ok(Due { at: Timestamp(at), kind, key: text(key, "appointment")? })
        });
        due.collect()
    }
}

/// One page of the audit log.
pub(super) struct EventsPage {
    pub(super) cursor: Option<Cursor>,
    pub(super) limit: usize,
}

impl Work for EventsPage {
    type Answer = Page<Vec<u8>>;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Page<Vec<u8>>, Trouble> {
        const FIRST: &str = "SELECT at, serial, event FROM abide_events ORDER BY at DESC, serial DESC LIMIT $1";
        const NEXT: &str = "SELECT at, serial, event FROM abide_events WHERE (at, serial) < ($2, $3) \
                            ORDER BY at DESC, serial DESC LIMIT $1";
        let before = match &self.cursor {
            None => None,
            Some(cursor) => match place::bytes(cursor).and_then(|bytes| place::event(&bytes)) {
                None => return Ok(place::nothing()),
                before => before,
            },
        };
        let mut query = sqlx::query_as::<_, (i64, i64, Vec<u8>)>(if before.is_some() { NEXT } else { FIRST })
            .bind(place::reach(self.limit));
        if let Some((at, serial)) = before {
            query = query.bind(at).bind(serial);
        }
        let rows = query.fetch_all(connection).await?;
        let rows = rows.into_iter().map(|(at, serial, event)| (event, place::of_event(at, serial))).collect();
        Ok(place::page(rows, self.limit))
    }
}

/// What our tables and their indexes take on disk, in bytes.
pub(super) struct Size;

impl Work for Size {
    type Answer = u64;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<u64, Trouble> {
        const SIZE: &str = "SELECT CAST(\
             pg_total_relation_size('abide_records') + pg_total_relation_size('abide_names') \
             + pg_total_relation_size('abide_rows') + pg_total_relation_size('abide_due') \
             + pg_total_relation_size('abide_events') AS bigint)";
        let bytes: i64 = sqlx::query_scalar(SIZE).fetch_one(connection).await?;
        Ok(u64::try_from(bytes).unwrap_or(0))
    }
}

/// The server's clock.
pub(super) struct Time;

impl Work for Time {
    type Answer = Timestamp;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Timestamp, Trouble> {
        const TIME: &str = "SELECT CAST(floor(extract(epoch FROM clock_timestamp())) AS bigint)";
        Ok(Timestamp(sqlx::query_scalar(TIME).fetch_one(connection).await?))
    }
}

fn damaged(kind: &'static str) -> Trouble {
    Trouble::Fault(StoreFault::Damaged { kind, reason: "its bytes are not what was written".into() })
}

fn text(bytes: Vec<u8>, kind: &'static str) -> Result<String, Trouble> {
    String::from_utf8(bytes).map_err(|_| damaged(kind))
}
