//! A copy of everything, out and in.
//!
//! Out, it is one transaction that sees one instant and reads page by page; in, it is one transaction for each load,
//! with a statement for each table. A cursor is the name of a section, a zero byte, and the place of the last row.

use super::place;
use super::reach::{ANSWER, Work};
use super::trouble::{Trouble, at_commit};
use crate::model::record::{Due, Kind};
use crate::protocol::time::Timestamp;
use crate::store::contract::{Cursor, LOAD, Load, Mark, StoreFault, other_mark};
use crate::store::entry::{Entry, Section};
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Connection as _, Executor as _};
use tokio::sync::mpsc::Sender;
use tokio::time::timeout;

/// Hands everything over.
pub(super) struct Out {
    pub(super) from: Option<Cursor>,
    pub(super) to: Sender<Load>,
}

impl Work for Out {
    type Answer = ();
    async fn run(&mut self, connection: &mut PgConnection) -> Result<(), Trouble> {
        let mut transaction = connection.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        // Whoever receives may be slower than we read.
        transaction.execute("SET LOCAL idle_in_transaction_session_timeout = 0").await?;
        let (mut section, mut after) = start(self.from.as_ref())?;
        loop {
            let (entries, last) = gather(&mut transaction, section, after.take()).await?;
            if let Some(last) = &last {
                let place = [section.name().as_bytes(), &[0], last].concat();
                if self.to.send(Load { entries, place: place::cursor(&place) }).await.is_err() {
                    return Ok(());
                }
            }
            after = last;
            if after.is_none() {
                let next = Section::ALL.iter().skip_while(|one| **one != section).nth(1);
                let Some(next) = next else { return Ok(()) };
                (section, after) = (*next, None);
            }
        }
    }
}

/// A load of a section, and where it ends; none behind the last row.
async fn gather(
    connection: &mut PgConnection,
    section: Section,
    mut after: Option<Vec<u8>>,
) -> Result<(Vec<Entry>, Option<Vec<u8>>), Trouble> {
    let (mut entries, mut bytes, mut last) = (Vec::new(), 0, None);
    loop {
        let paged = timeout(ANSWER, page(connection, section, after.take())).await;
        let rows = paged.map_err(|_| Trouble::Lost("PostgreSQL did not answer in time".into()))??;
        if rows.is_empty() {
            return Ok((entries, last));
        }
        for row in rows {
            let (entry, place) = read(section, &row)?;
            bytes += entry.size();
            entries.push(entry);
            last = Some(place);
            if bytes >= LOAD.0 || entries.len() >= LOAD.1 {
                return Ok((entries, last));
            }
        }
        after = last.clone();
    }
}

/// Section and place at which to go on.
fn start(from: Option<&Cursor>) -> Result<(Section, Option<Vec<u8>>), Trouble> {
    let Some(cursor) = from else { return Ok((Section::Records, None)) };
    let read = || {
        let bytes = place::bytes(cursor)?;
        let cut = bytes.iter().position(|byte| *byte == 0)?;
        let section = Section::ALL.into_iter().find(|section| section.name().as_bytes() == &bytes[..cut])?;
        Some((section, Some(bytes[cut + 1..].to_vec())))
    };
    read().ok_or_else(|| Trouble::Fault(StoreFault::Unavailable("a copy cannot go on from there".into())))
}

/// Rows read at once: what they take in memory is bounded whatever they hold.
const PAGE: i64 = 50;

/// Rows of a section behind a place.
async fn page(connection: &mut PgConnection, section: Section, after: Option<Vec<u8>>) -> Result<Vec<PgRow>, Trouble> {
    let (first, next) = match section {
        Section::Records => (
            "SELECT kind, key, value FROM abide_records ORDER BY kind, key LIMIT $1",
            "SELECT kind, key, value FROM abide_records WHERE (kind, key) > ($2, $3) ORDER BY kind, key LIMIT $1",
        ),
        Section::Names => (
            "SELECT kind, sort, value, key FROM abide_names ORDER BY kind, sort, value LIMIT $1",
            "SELECT kind, sort, value, key FROM abide_names WHERE (kind, sort, value) > ($2, $3, $4) \
             ORDER BY kind, sort, value LIMIT $1",
        ),
        Section::Rows => (
            "SELECT list, grp, ord, key FROM abide_rows ORDER BY list, grp, ord, key LIMIT $1",
            "SELECT list, grp, ord, key FROM abide_rows WHERE (list, grp, ord, key) > ($2, $3, $4, $5) \
             ORDER BY list, grp, ord, key LIMIT $1",
        ),
        Section::Appointments => (
            "SELECT at, kind, key FROM abide_due ORDER BY at, kind, key LIMIT $1",
            "SELECT at, kind, key FROM abide_due WHERE (at, kind, key) > ($2, $3, $4) ORDER BY at, kind, key LIMIT $1",
        ),
        Section::Events => (
            "SELECT at, serial, event FROM abide_events ORDER BY at, serial LIMIT $1",
            "SELECT at, serial, event FROM abide_events WHERE (at, serial) > ($2, $3) ORDER BY at, serial LIMIT $1",
        ),
    };
    let Some(after) = after else { return Ok(sqlx::query(first).bind(PAGE).fetch_all(connection).await?) };
    let mut query = sqlx::query(next).bind(PAGE);
    let parts = parts(&after).ok_or_else(|| damaged("cursor"))?;
    for (position, part) in parts.into_iter().enumerate() {
        query = match (section, position) {
            (Section::Records, 0) | (Section::Names, 0 | 1) | (Section::Rows, 0) | (Section::Appointments, 1) => {
                query.bind(text(part, "cursor")?)
            }
            (Section::Appointments, 0) | (Section::Events, _) => query.bind(number(&part)?),
            _ => query.bind(part),
        };
    }
    Ok(query.fetch_all(connection).await?)
}

/// The item of a row, and its place.
fn read(section: Section, row: &PgRow) -> Result<(Entry, Vec<u8>), Trouble> {
    let bytes = |name: &str| row.try_get::<Vec<u8>, _>(name);
    let number = |name: &str| row.try_get::<i64, _>(name);
    let word = |name: &str| row.try_get::<String, _>(name);
    let kind = || Kind::named(&word("kind")?).ok_or_else(|| damaged("kind"));
    let key = || text(bytes("key")?, "key");
    Ok(match section {
        Section::Records => {
            let place = join(&[word("kind")?.as_bytes(), &bytes("key")?]);
            (Entry::Record { kind: kind()?, key: key()?, value: bytes("value")? }, place)
        }
        Section::Names => {
            let (sort, value) = (word("sort")?, bytes("value")?);
            let place = join(&[word("kind")?.as_bytes(), sort.as_bytes(), &value]);
            (Entry::Name { kind: kind()?, sort, value: text(value, "name")?, key: key()? }, place)
        }
        Section::Rows => {
            let (list, group, order) = (word("list")?, bytes("grp")?, bytes("ord")?);
            let place = join(&[list.as_bytes(), &group, &order, &bytes("key")?]);
            let (group, order) = (text(group, "list row")?, text(order, "list row")?);
            (Entry::Row { list, group, order, key: key()? }, place)
        }
        Section::Appointments => {
            let at = number("at")?;
            let place = join(&[&at.to_be_bytes(), word("kind")?.as_bytes(), &bytes("key")?]);
            (Entry::Due(Due { at: Timestamp(at), kind: kind()?, key: key()? }), place)
        }
        Section::Events => {
            let (at, serial) = (number("at")?, number("serial")?);
            let place = join(&[&at.to_be_bytes(), &serial.to_be_bytes()]);
            (Entry::Event { at: Timestamp(at), event: bytes("event")? }, place)
        }
    })
}

/// Parts of a place, each with its length in front.
fn join(parts: &[&[u8]]) -> Vec<u8> {
    let mut place = Vec::new();
    for part in parts {
        place.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        place.extend_from_slice(part);
    }
    place
}

fn parts(mut place: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut parts = Vec::new();
    while !place.is_empty() {
        let (length, rest) = place.split_first_chunk::<4>()?;
        let (part, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        parts.push(part.to_vec());
        place = rest;
    }
    Some(parts)
}

fn number(part: &[u8]) -> Result<i64, Trouble> {
    Ok(i64::from_be_bytes(part.try_into().map_err(|_| damaged("cursor"))?))
}

fn text(bytes: Vec<u8>, what: &'static str) -> Result<String, Trouble> {
    String::from_utf8(bytes).map_err(|_| damaged(what))
}

fn damaged(what: &'static str) -> Trouble {
    Trouble::Fault(StoreFault::Damaged { kind: what, reason: "it cannot be read".into() })
}

/// Takes items over and sets the mark.
pub(super) struct In {
    pub(super) entries: Vec<Entry>,
    pub(super) mark: Mark,
}

impl Work for In {
    type Answer = ();
    async fn run(&mut self, connection: &mut PgConnection) -> Result<(), Trouble> {
        let mut transaction = connection.begin().await?;
        for section in Section::ALL {
            let all = Columns::of(self.entries.iter().filter(|entry| entry.section() == section));
            all.write(&mut transaction, section).await?;
        }
        self.move_on(&mut transaction).await?;
        transaction.commit().await.map_err(at_commit)
    }
}

impl In {
    async fn move_on(&self, connection: &mut PgConnection) -> Result<(), Trouble> {
        let moved = match (&self.mark.from, &self.mark.to) {
            (None, None) => {
                let nothing = sqlx::query_scalar::<_, String>("SELECT mark FROM abide_marks WHERE id = 1");
                u64::from(nothing.fetch_optional(connection).await?.is_none())
            }
            (None, Some(to)) => {
                const FIRST: &str = "INSERT INTO abide_marks (id, mark) VALUES (1, $1) ON CONFLICT (id) DO NOTHING";
                connection.execute(sqlx::query(FIRST).bind(to)).await?.rows_affected()
            }
            (Some(from), Some(to)) => {
                const NEXT: &str = "UPDATE abide_marks SET mark = $2 WHERE id = 1 AND mark = $1";
                connection.execute(sqlx::query(NEXT).bind(from).bind(to)).await?.rows_affected()
            }
            (Some(from), None) => {
                const LAST: &str = "DELETE FROM abide_marks WHERE id = 1 AND mark = $1";
                connection.execute(sqlx::query(LAST).bind(from)).await?.rows_affected()
            }
        };
        if moved == 1 { Ok(()) } else { Err(Trouble::Fault(other_mark())) }
    }
}

/// The columns of many rows of one table.
#[derive(Default)]
struct Columns<'a> {
    words: [Vec<&'a str>; 2],
    numbers: Vec<i64>,
    bytes: [Vec<&'a [u8]>; 3],
}

impl<'a> Columns<'a> {
    fn of(entries: impl Iterator<Item = &'a Entry>) -> Columns<'a> {
        let mut all = Columns::default();
        let Columns { words: [w1, w2], numbers, bytes: [b1, b2, b3] } = &mut all;
        for entry in entries {
            match entry {
                Entry::Record { kind, key, value } => {
                    w1.push(kind.name());
                    b1.push(key.as_bytes());
                    b2.push(value);
                }
                Entry::Name { kind, sort, value, key } => {
                    w1.push(kind.name());
                    w2.push(sort);
                    b1.push(value.as_bytes());
                    b2.push(key.as_bytes());
                }
                Entry::Row { list, group, order, key } => {
                    w1.push(list);
                    b1.push(group.as_bytes());
                    b2.push(order.as_bytes());
                    b3.push(key.as_bytes());
                }
                Entry::Due(Due { at, kind, key }) => {
                    numbers.push(at.0);
                    w1.push(kind.name());
                    b1.push(key.as_bytes());
                }
                Entry::Event { at, event } => {
                    numbers.push(at.0);
                    b1.push(event);
                }
            }
        }
        all
    }

    async fn write(&self, connection: &mut PgConnection, section: Section) -> Result<(), Trouble> {
        let Columns { words: [w1, w2], numbers, bytes: [b1, b2, b3] } = self;
        if b1.is_empty() {
            return Ok(());
        }
        let query = match section {
            Section::Records => sqlx::query(
                "INSERT INTO abide_records (kind, key, value) SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[]) \
                 ON CONFLICT (kind, key) DO UPDATE SET value = excluded.value",
            )
            .bind(w1)
            .bind(b1)
            .bind(b2),
            Section::Names => sqlx::query(
                "INSERT INTO abide_names (kind, sort, value, key) \
                 SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::bytea[]) \
                 ON CONFLICT (kind, sort, value) DO UPDATE SET key = excluded.key",
            )
            .bind(w1)
            .bind(w2)
            .bind(b1)
            .bind(b2),
            Section::Rows => sqlx::query(
                "INSERT INTO abide_rows (list, grp, ord, key) \
                 SELECT * FROM unnest($1::text[], $2::bytea[], $3::bytea[], $4::bytea[]) \
                 ON CONFLICT (list, grp, ord, key) DO NOTHING",
            )
            .bind(w1)
            .bind(b1)
            .bind(b2)
            .bind(b3),
            Section::Appointments => sqlx::query(
                "INSERT INTO abide_due (at, kind, key) SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[]) \
                 ON CONFLICT (at, kind, key) DO NOTHING",
            )
            .bind(numbers)
            .bind(w1)
            .bind(b1),
            // Numbered in the order in which they stand in the load, whatever the plan.
            Section::Events => sqlx::query(
                "INSERT INTO abide_events (at, serial, event) SELECT at, nextval('abide_event_serial'), event \
                 FROM (SELECT * FROM unnest($1::bigint[], $2::bytea[]) WITH ORDINALITY AS load (at, event, position) \
                 ORDER BY position) AS load",
            )
            .bind(numbers)
            .bind(b1),
        };
        connection.execute(query).await?;
        Ok(())
    }
}

/// Reads the mark of an unfinished copy.
pub(super) struct ReadMark;

impl Work for ReadMark {
    type Answer = Option<String>;
    async fn run(&mut self, connection: &mut PgConnection) -> Result<Option<String>, Trouble> {
        Ok(sqlx::query_scalar("SELECT mark FROM abide_marks WHERE id = 1").fetch_optional(connection).await?)
    }
}
