//! A copy of everything, out and in.
//!
//! A cursor is the name of a tree, a zero byte, and the last key that was carried.

use super::change::broken_view;
use super::engine::{Engine, Place, unread, unread_value};
use super::keys;
use super::ledger::Ticket;
use super::snapshot::Snapshot;
use super::values::{Malformed, Unread, Values, assemble};
use crate::model::record::Kind;
use crate::store::contract::{Cursor, LOAD, Load, Mark, StoreFault, other_mark};
use crate::store::entry::Entry;
use ::sled::IVec;
use std::sync::{PoisonError, Weak};

/// Under which key of `meta` the mark of an unfinished copy is kept.
const MARK: &str = "mark";

/// A copy is being made; ends it when dropped, and keeps no store open.
pub(super) struct Copying(Weak<Engine>);

impl Drop for Copying {
    fn drop(&mut self) {
        if let Some(engine) = self.0.upgrade() {
            *engine.snapshot.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

/// From this instant on, until the answer is dropped, changes hand over what they overwrite.
pub(super) fn begin(engine: &Engine, own: Weak<Engine>) -> Result<Copying, StoreFault> {
    engine.ledger.between_changes(|| {
        let mut snapshot = engine.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
        if snapshot.is_some() {
            return Err(StoreFault::Unavailable("another copy of the store is being made".into()));
        }
        *snapshot = Some(Snapshot::default());
        Ok(Copying(own))
    })
}

/// The next load; none at the end.
pub(super) fn load(engine: &Engine, from: Option<&Cursor>) -> Result<Option<Load>, StoreFault> {
    let unknown = || StoreFault::Unavailable("a copy cannot go on from there".into());
    let mut after = match from {
        None => None,
        Some(cursor) => {
            let place = keys::place(cursor).ok_or_else(unknown)?;
            let cut = place.iter().position(|byte| *byte == 0).ok_or_else(unknown)?;
            let name = String::from_utf8(place[..cut].to_vec()).map_err(|_| unknown())?;
            Some((name, place[cut + 1..].to_vec()))
        }
    };
    let mut places: Vec<Place<'_>> = engine.trees.all().filter(|(name, _)| *name != "pieces").collect();
    if let Some((name, _)) = &after {
        let position = places.iter().position(|(place, _)| place == name).ok_or_else(unknown)?;
        places.drain(..position);
    }
    for place in places {
        let behind = after.take().map(|(_, key)| key);
        let load = engine.ledger.between_changes(|| page(engine, place, behind.as_deref()))?;
        if load.is_some() {
            return Ok(load);
        }
    }
    Ok(None)
}

/// Reads between changes until a load is full or the tree at its end.
fn page(engine: &Engine, place: Place<'_>, after: Option<&[u8]>) -> Result<Option<Load>, StoreFault> {
    let held = engine.snapshot.lock().unwrap_or_else(PoisonError::into_inner);
    let snapshot = held.as_ref().filter(|snapshot| !snapshot.is_over_full()).ok_or_else(|| {
        StoreFault::Unavailable("too much was changed while the store was copied; try again when it is quieter".into())
    })?;
    let (mut entries, mut bytes, mut last) = (Vec::new(), 0, after.map(<[u8]>::to_vec));
    loop {
        let (items, end) = snapshot.items(place, last.as_deref(), LOAD.1).map_err(unread(place.0))?;
        for (key, value) in items {
            let entry = entry(engine, snapshot, place.0, (&key, &value))?;
            bytes += entry.size();
            entries.push(entry);
            last = Some(key.to_vec());
            if bytes >= LOAD.0 || entries.len() >= LOAD.1 {
                return Ok(Some(full(place.0, entries, &key)));
            }
        }
        match (end, last.clone()) {
            // Only what was added since: on to what lies behind.
            (Some(end), _) if entries.is_empty() => last = Some(end.to_vec()),
            (_, Some(last)) if !entries.is_empty() => return Ok(Some(full(place.0, entries, &last))),
            _ => return Ok(None),
        }
    }
}

fn full(tree: &str, entries: Vec<Entry>, last: &[u8]) -> Load {
    let place = [tree.as_bytes(), &[0], last].concat();
    Load { entries, place: keys::cursor(&place) }
}

fn entry(
    engine: &Engine,
    snapshot: &Snapshot,
    tree: &'static str,
    (key, value): (&IVec, &IVec),
) -> Result<Entry, StoreFault> {
    let malformed = || Malformed::fault(tree);
    let text = |bytes: &IVec| String::from_utf8(bytes.to_vec()).map_err(|_| malformed());
    let [.., pieces] = engine.trees.beside();
    let whole = || {
        let value = assemble::<Unread>(value, |piece| Ok(snapshot.get(pieces, &piece)?));
        value.map_err(unread_value(tree))?.ok_or_else(malformed)
    };
    Ok(match tree {
        "names" => {
            let (kind, sort, name) = keys::name_of(key).ok_or_else(malformed)?;
            Entry::Name { kind, sort, value: name, key: text(value)? }
        }
        "lists" => {
            let [list, group, order, key] = keys::row_of(key).ok_or_else(malformed)?;
            Entry::Row { list, group, order, key }
        }
        "due" => Entry::Due(keys::due_of(key).ok_or_else(malformed)?),
        "events" => Entry::Event { at: keys::event_time(key).ok_or_else(malformed)?, event: whole()? },
        kind => Entry::Record { kind: Kind::named(kind).ok_or_else(malformed)?, key: text(key)?, value: whole()? },
    })
}

/// Takes over items and sets the mark.
pub(super) fn take(engine: &Engine, entries: &[Entry], moves: &Mark) -> Result<((), Ticket), StoreFault> {
    let places: Vec<Place<'_>> = engine.trees.all().collect();
    let (answer, ticket) = engine.ledger.write(|turn| {
        engine.space.allows_a_change()?;
        if mark(engine)? != moves.from {
            return Err(other_mark());
        }
        engine.transact(turn, &places, |view| {
            let [records @ .., names, lists, due, events, pieces] = view else { return broken_view() };
            for entry in entries {
                match entry {
                    Entry::Record { kind, key, value } => {
                        let Some(heads) = records.iter().find(|tree| tree.name == kind.name()) else {
                            return broken_view();
                        };
                        Values { heads, pieces }.put(key.as_bytes(), value, || engine.serial())?;
                    }
                    Entry::Name { kind, sort, value, key } => {
                        names.insert(keys::name_from(*kind, sort, value), key.as_bytes())?;
                    }
                    Entry::Row { list, group, order, key } => {
                        lists.insert(keys::row_from([list, group, order, key]), &[])?;
                    }
                    Entry::Due(appointment) => due.insert(keys::due(appointment), &[])?,
                    Entry::Event { at, event } => {
                        let key = keys::event(*at, engine.serial());
                        Values { heads: events, pieces }.put(&key, event, || engine.serial())?;
                    }
                }
            }
            let Some(any) = records.first() else { return broken_view() };
            any.account.sets(MARK, moves.to.as_deref());
            Ok(())
        })
    });
    answer.map(|()| ((), ticket))
}

/// The mark of an unfinished copy into this store.
pub(super) fn mark(engine: &Engine) -> Result<Option<String>, StoreFault> {
    let mark = engine.trees.meta.get(MARK).map_err(unread("mark"))?;
    mark.map(|mark| String::from_utf8(mark.to_vec()).map_err(|_| Malformed::fault("mark"))).transpose()
}
