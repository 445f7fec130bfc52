//! What the writers write: every version of every record follows from its key and number, so that whoever finds one can
//! tell whether it is whole.

use crate::faults::Dice;
use crate::store::words::{at, due, name, nothing, row};
use abide::model::record::{Due, Name, Row};
use abide::store::contract::{RawChange, Write};

const BASE: &str = "base-";
/// Begins the keys of records that are long more often than not.
pub const LONG: &str = "long-";

/// The groups that rows are spread over.
pub const GROUPS: [&str; 4] = ["g0", "g1", "g2", "g3"];

/// A record at one version, with all that belongs to it. Version 0 is before the first.
pub struct State {
    start: String,
    length: usize,
    dice: Dice,
    /// Its name.
    pub name: Name,
    /// Its row.
    pub row: Row,
    /// Its appointment.
    pub due: Due,
}

impl State {
    /// Its bytes.
    pub fn value(&self) -> Vec<u8> {
        filled(&self.start, self.length, &mut self.dice.clone())
    }
}

/// The record `key` at `version`; none where it was deleted or not yet made.
pub fn state(key: &str, version: u32) -> Option<State> {
    let mut dice = dice(key, version);
    // Records begin by being there.
    if version == 0 || (version > 1 && dice.below(6) == 0) {
        return None;
    }
    let (one_in, longest) = if key.starts_with(LONG) { (2, 200 << 10) } else { (8, 40 << 10) };
    // The large store is large by the number of its records.
    let long = dice.below(one_in) == 0 && !(version == 1 && is_base(key));
    let length = if long { 4097 + dice.below(longest - 4097) } else { 40 + dice.below(200) };
    Some(State {
        start: format!("{key} {version} "),
        length,
        // Some names and rows stay over a change.
        name: name(&format!("{key}~{}", version / 2)),
        row: row(GROUPS[dice.below(GROUPS.len())], &format!("{:03}", version / 3)),
        due: due(i64::from(version / 2) * 1000, key),
        dice,
    })
}

/// The audit event of the change that made `version`.
pub fn event(key: &str, version: u32) -> String {
    let mut dice = dice(key, version);
    dice.roll();
    let long = dice.below(30) == 0 && !(version == 1 && is_base(key));
    let length = if long { 4097 + dice.below(5000) } else { 30 + dice.below(90) };
    String::from_utf8(filled(&format!("{key} {version} "), length, &mut dice)).expect("text")
}

/// The key and version that an event tells of.
pub fn told(event: &str) -> Option<(&str, u32)> {
    let mut words = event.split(' ');
    Some((words.next()?, words.next()?.parse().ok()?))
}

/// The change from the version before.
pub fn change(key: &str, version: u32) -> RawChange {
    let mut change =
        RawChange { write: Write::Delete, events: vec![(at(1), event(key, version).into_bytes())], ..nothing() };
    if let Some(old) = state(key, version - 1) {
        change.release = vec![old.name];
        change.unlist = vec![old.row];
        change.undue = vec![old.due];
    }
    if let Some(new) = state(key, version) {
        change.write = Write::Put(new.value());
        change.claim = vec![new.name];
        change.list = vec![new.row];
        change.due = vec![new.due];
    }
    change
}

/// The name of a record of the large store.
pub fn base_key(number: usize) -> String {
    format!("{BASE}{number:06}")
}

/// Whether this is the name of a record of the large store.
pub fn is_base(key: &str) -> bool {
    key.starts_with(BASE)
}

fn dice(key: &str, version: u32) -> Dice {
    Dice::new(key.bytes().fold(u64::from(version), |sum, byte| sum.wrapping_mul(0x0100_0000_01B3) ^ u64::from(byte)))
}

/// Letters that no other version has, `start` first.
fn filled(start: &str, length: usize, dice: &mut Dice) -> Vec<u8> {
    let mut bytes = start.as_bytes().to_vec();
    while bytes.len() < length {
        bytes.extend(dice.roll().to_be_bytes().map(|byte| b'a' + byte % 26));
    }
    bytes
}
