//! Reads. None of them takes a transaction: a page of a list is a hint, and a record is one value.

use super::engine::{Engine, unread, unread_value};
use super::keys;
use super::values;
use crate::model::record::{Due, Kind, Name};
use crate::protocol::time::Timestamp;
use crate::store::contract::{Cursor, MAX_KEY, Page, StoreFault};
use std::ops::Bound;

/// The longest page, whatever was asked for: what an answer takes in memory is bounded.
const MAX_PAGE: usize = 1000;

/// The record's bytes. A key too long to be stored is not an error: it is just not there.
pub(super) fn get(engine: &Engine, kind: Kind, key: &str) -> Result<Option<Vec<u8>>, StoreFault> {
    if key.len() > MAX_KEY {
        return Ok(None);
    }
    let t = &engine.trees;
    values::read(t.records(kind), &t.pieces, key.as_bytes()).map_err(unread_value(kind.name()))
}

/// Who bears a name.
pub(super) fn bearer(engine: &Engine, kind: Kind, name: &Name) -> Result<Option<String>, StoreFault> {
    if name.sort.len() + name.value.len() > MAX_KEY {
        return Ok(None);
    }
    let bearer = engine.trees.names.get(keys::name(kind, name)).map_err(unread("name"))?;
    bearer.map(|bearer| text(&bearer, "name")).transpose()
}

/// One page of a group of a list.
pub(super) fn list(
    engine: &Engine,
    (list, group): (&str, &str),
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Page<String>, StoreFault> {
    let Some(start) = start(cursor) else { return Ok(nothing()) };
    let group = keys::group(list, group);
    let from = match start {
        Some(place) => Bound::Excluded([&group[..], &place[..]].concat()),
        None => Bound::Included(group.clone()),
    };
    let rows = engine.trees.lists.range((from, Bound::Excluded(keys::behind(&group)))).keys();
    let mut page = PageMaker::new(limit);
    for row in rows.take(page.reach()) {
        let row = row.map_err(unread("list row"))?;
        let rest = &row[group.len()..];
        let owner = keys::row_owner(rest).ok_or_else(|| values::Malformed::fault("list row"))?;
        page.take(owner, rest);
    }
    Ok(page.done())
}

/// One page of the keys of a kind.
pub(super) fn keys_of(
    engine: &Engine,
    kind: Kind,
    cursor: Option<&Cursor>,
    limit: usize,
) -> Result<Page<String>, StoreFault> {
    let Some(start) = start(cursor) else { return Ok(nothing()) };
    let from = start.map_or(Bound::Unbounded, Bound::Excluded);
    let keys = engine.trees.records(kind).range::<Vec<u8>, _>((from, Bound::Unbounded)).keys();
    let mut page = PageMaker::new(limit);
    for key in keys.take(page.reach()) {
        let key = key.map_err(unread(kind.name()))?;
        page.take(text(&key, kind.name())?, &key);
    }
    Ok(page.done())
}

/// Appointments that have come.
pub(super) fn due(engine: &Engine, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreFault> {
    // The first key behind `now`: there is no later instant than the last one, and then nothing lies behind.
    let to = match now.0.checked_add(1) {
        Some(next) => Bound::Excluded(keys::instant(Timestamp(next)).to_vec()),
        None => Bound::Unbounded,
    };
    let rows = engine.trees.due.range((Bound::Unbounded, to)).keys().take(limit);
    rows.map(|row| {
        let row = row.map_err(unread("appointment"))?;
        keys::due_of(&row).ok_or_else(|| values::Malformed::fault("appointment"))
    })
    .collect()
}

/// One page of the audit log, newest first.
pub(super) fn events(engine: &Engine, cursor: Option<&Cursor>, limit: usize) -> Result<Page<Vec<u8>>, StoreFault> {
    let Some(start) = start(cursor) else { return Ok(nothing()) };
    let to = start.map_or(Bound::Unbounded, Bound::Excluded);
    let rows = engine.trees.events.range::<Vec<u8>, _>((Bound::Unbounded, to)).rev();
    let mut page = PageMaker::new(limit);
    for row in rows.take(page.reach()) {
        let (key, head) = row.map_err(unread("event"))?;
        // One that is forgotten while we read is left out.
        if let Some(event) = values::follow(&engine.trees.pieces, &head).map_err(unread_value("event"))? {
            page.take(event, &key);
        }
    }
    Ok(page.done())
}

/// Where to start: none for a cursor that no page ever gave.
#[allow(clippy::option_option)]
fn start(cursor: Option<&Cursor>) -> Option<Option<Vec<u8>>> {
    match cursor {
        None => Some(None),
        Some(cursor) => keys::place(cursor).map(Some),
    }
}

fn nothing<T>() -> Page<T> {
    Page { items: Vec::new(), next: None }
}

fn text(bytes: &[u8], kind: &'static str) -> Result<String, StoreFault> {
    String::from_utf8(bytes.to_vec()).map_err(|_| values::Malformed::fault(kind))
}

/// Gathers a page: one item more than asked for tells whether there is another page.
struct PageMaker<T> {
    items: Vec<T>,
    limit: usize,
    last: Vec<u8>,
    next: Option<Cursor>,
}

impl<T> PageMaker<T> {
    fn new(limit: usize) -> PageMaker<T> {
        PageMaker { items: Vec::new(), limit: limit.min(MAX_PAGE), last: Vec::new(), next: None }
    }

    /// How many items to offer.
    fn reach(&self) -> usize {
        self.limit + 1
    }

    fn take(&mut self, item: T, place: &[u8]) {
        if self.items.len() < self.limit {
            self.items.push(item);
            self.last = place.to_vec();
        } else if self.limit > 0 {
            self.next = Some(keys::cursor(&self.last));
        }
    }

    fn done(self) -> Page<T> {
        Page { items: self.items, next: self.next }
    }
}
