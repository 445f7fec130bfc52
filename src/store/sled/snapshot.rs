//! Everything as it was at one instant, while changes go on.
//!
//! sled has no snapshots. While a copy is being made, every change hands over what it overwrote; a page of the copy is
//! read between changes and put back to what it was. So the copy holds the store as it was when it began, and a change
//! waits for one page and never for the whole.

use super::counted::Before;
use super::engine::Place;
use ::sled::IVec;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;

/// How much may be overwritten meanwhile, in bytes: what is kept of it lies in memory.
const MOST: usize = 256 << 20;

/// What was overwritten since the copy began.
#[derive(Default)]
pub(super) struct Snapshot {
    before: HashMap<&'static str, BTreeMap<IVec, Option<IVec>>>,
    bytes: usize,
}

/// Items of a tree in order of their keys, and the place behind them; none at the end.
pub(super) type Items = (Vec<(IVec, IVec)>, Option<IVec>);

impl Snapshot {
    /// Takes over what a change overwrote. The first value stays: it is the one of the instant.
    pub(super) fn keep(&mut self, before: Vec<Before>) {
        if self.is_over_full() {
            return;
        }
        for Before { tree, key, value } in before {
            let bytes = key.len() + value.as_ref().map_or(0, |value| value.len()) + 64;
            if let std::collections::btree_map::Entry::Vacant(place) = self.before.entry(tree).or_default().entry(key) {
                place.insert(value);
                self.bytes += bytes;
            }
        }
        if self.is_over_full() {
            self.before.clear();
        }
    }

    /// More was overwritten than is kept: there is no copy to be had any more.
    pub(super) fn is_over_full(&self) -> bool {
        self.bytes > MOST
    }

    /// What stood under a key.
    pub(super) fn get(&self, (name, tree): Place<'_>, key: &[u8]) -> sled::Result<Option<IVec>> {
        match self.before.get(name).and_then(|tree| tree.get(key)) {
            Some(before) => Ok(before.clone()),
            None => tree.get(key),
        }
    }

    /// What stood behind a key, about `limit` items of it.
    pub(super) fn items(&self, (name, tree): Place<'_>, after: Option<&[u8]>, limit: usize) -> sled::Result<Items> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut items = BTreeMap::new();
        for item in tree.range::<&[u8], _>((from, Bound::Unbounded)).take(limit) {
            let (key, value) = item?;
            items.insert(key, value);
        }
        let last = if items.len() < limit { None } else { items.keys().next_back().cloned() };
        if let Some(before) = self.before.get(name) {
            let to = last.as_deref().map_or(Bound::Unbounded, Bound::Included);
            for (key, value) in before.range::<[u8], _>((from, to)) {
                match value {
                    Some(value) => drop(items.insert(key.clone(), value.clone())),
                    None => drop(items.remove(key)),
                }
            }
        }
        Ok((items.into_iter().collect(), last))
    }
}
