//! How keys look on disk: unambiguous for any strings, and in the order the contract promises.
//!
//! A part that something follows is escaped (a zero byte becomes `00 FF`) and closed by `00 01`. So `("a", "b")` and
//! `("ab", "")` differ, and comparing encodings compares the parts one after the other, byte by byte. A length in
//! front of each part would be shorter but would sort by length first. The last part stands as it is.
//!
//! ```text
//! record   key
//! names    esc(kind) esc(sort) value              -> record key
//! lists    esc(list) esc(group) esc(order) key    -> nothing
//! due      at (8 bytes) esc(kind) key             -> nothing
//! events   at (8 bytes) serial (12 bytes)         -> event
//! pieces   serial (12 bytes) index (4 bytes)      -> piece of a long value
//! ```
//!
//! Cursors are the bytes by which a page ended, in base64url. Whatever a stranger makes of one is only a place to
//! read on from, inside the list that was asked for.

use crate::model::record::{Due, Kind, Name, Row};
use crate::protocol::time::Timestamp;
use crate::store::contract::Cursor;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A number that no other use of this store gets: which opening of the store, then a count within it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Serial(pub(super) u32, pub(super) u64);

impl Serial {
    /// Length of its encoding.
    pub(super) const LEN: usize = 12;

    /// Big-endian: later serials sort later.
    pub(super) fn bytes(self) -> [u8; Serial::LEN] {
        let mut bytes = [0; Serial::LEN];
        bytes[..4].copy_from_slice(&self.0.to_be_bytes());
        bytes[4..].copy_from_slice(&self.1.to_be_bytes());
        bytes
    }
}

/// The key under which a unique name points at its bearer.
pub(super) fn name(kind: Kind, name: &Name) -> Vec<u8> {
    name_from(kind, name.sort, &name.value)
}

/// The key of a name whose parts come from elsewhere.
pub(super) fn name_from(kind: Kind, sort: &str, value: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(kind.name().len() + sort.len() + value.len() + 4);
    escape(kind.name(), &mut key);
    escape(sort, &mut key);
    key.extend_from_slice(value.as_bytes());
    key
}

/// The name a key stands for: the bearer's kind, sort, value; none if it is not one of ours.
pub(super) fn name_of(key: &[u8]) -> Option<(Kind, String, String)> {
    let (kind, rest) = unescape(key)?;
    let (sort, value) = unescape(rest)?;
    Some((Kind::named(&kind)?, sort, String::from_utf8(value.to_vec()).ok()?))
}

/// What all rows of one group of a list begin with.
pub(super) fn group(list: &str, group: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(list.len() + group.len() + 4);
    escape(list, &mut key);
    escape(group, &mut key);
    key
}

/// The first key behind everything that begins with a [`group`].
pub(super) fn behind(group: &[u8]) -> Vec<u8> {
    let mut key = group.to_vec();
    // A group ends in the closing mark `00 01`, so its last byte can always be raised.
    if let Some(last) = key.last_mut() {
        *last = last.saturating_add(1);
    }
    key
}

/// The key of a list row that leads to the record `owner`.
pub(super) fn row(row: &Row, owner: &str) -> Vec<u8> {
    row_from([row.list, &row.group, &row.order, owner])
}

/// The record key in what follows the [`group`] of a row's key; none if it is not one of ours.
pub(super) fn row_owner(rest: &[u8]) -> Option<String> {
    let (_, owner) = unescape(rest)?;
    String::from_utf8(owner.to_vec()).ok()
}

/// The row a key stands for: list, group, order, record key; none if it is not one of ours.
pub(super) fn row_of(key: &[u8]) -> Option<[String; 4]> {
    let (list, rest) = unescape(key)?;
    let (group, rest) = unescape(rest)?;
    let (order, owner) = unescape(rest)?;
    Some([list, group, order, String::from_utf8(owner.to_vec()).ok()?])
}

/// The key of a row whose parts come from elsewhere.
pub(super) fn row_from([list, group_of, order, owner]: [&str; 4]) -> Vec<u8> {
    let mut key = group(list, group_of);
    escape(order, &mut key);
    key.extend_from_slice(owner.as_bytes());
    key
}

/// The key of an appointment.
pub(super) fn due(due: &Due) -> Vec<u8> {
    let mut key = instant(due.at).to_vec();
    escape(due.kind.name(), &mut key);
    key.extend_from_slice(due.key.as_bytes());
    key
}

/// The appointment a key stands for; none if it is not one of ours.
pub(super) fn due_of(key: &[u8]) -> Option<Due> {
    let (at, rest) = key.split_first_chunk::<8>()?;
    let (kind, owner) = unescape(rest)?;
    Some(Due { at: event_time(at)?, kind: Kind::named(&kind)?, key: String::from_utf8(owner.to_vec()).ok()? })
}

/// The key of an audit event.
pub(super) fn event(at: Timestamp, serial: Serial) -> Vec<u8> {
    [&instant(at)[..], &serial.bytes()[..]].concat()
}

/// When the event of a key happened; none if it is not one of ours.
pub(super) fn event_time(key: &[u8]) -> Option<Timestamp> {
    let at = key.first_chunk::<8>()?;
    Some(Timestamp((u64::from_be_bytes(*at) ^ SIGN) as i64))
}

/// The key of one piece of a long value.
pub(super) fn piece(serial: [u8; Serial::LEN], index: u32) -> Vec<u8> {
    [&serial[..], &index.to_be_bytes()[..]].concat()
}

/// The bit that makes negative instants sort before positive ones.
const SIGN: u64 = 1 << 63;

/// An instant so that byte order is the order of time.
pub(super) fn instant(at: Timestamp) -> [u8; 8] {
    ((at.0 as u64) ^ SIGN).to_be_bytes()
}

/// A place as a cursor.
pub(super) fn cursor(place: &[u8]) -> Cursor {
    Cursor(URL_SAFE_NO_PAD.encode(place))
}

/// The place a cursor stands for; none for one that was never ours.
pub(super) fn place(cursor: &Cursor) -> Option<Vec<u8>> {
    // No key of ours is longer than this, escaped to the double; a stranger's cursor is not worth decoding beyond.
    const LONGEST: usize = 16 * 1024;
    if cursor.0.len() > LONGEST {
        return None;
    }
    URL_SAFE_NO_PAD.decode(cursor.0.as_bytes()).ok()
}

fn escape(part: &str, key: &mut Vec<u8>) {
    for &byte in part.as_bytes() {
        key.push(byte);
        if byte == 0 {
            key.push(0xFF);
        }
    }
    key.extend_from_slice(&[0, 1]);
}

fn unescape(key: &[u8]) -> Option<(String, &[u8])> {
    let mut part = Vec::new();
    let mut rest = key;
    loop {
        match rest {
            [0, 0xFF, after @ ..] => {
                part.push(0);
                rest = after;
            }
            [0, 1, after @ ..] => return Some((String::from_utf8(part).ok()?, after)),
            [0, ..] | [] => return None,
            [byte, after @ ..] => {
                part.push(*byte);
                rest = after;
            }
        }
    }
}

#[cfg(test)]
#[path = "keys_test.rs"]
mod test;
