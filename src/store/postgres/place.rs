//! Places in lists, as cursors, and pages that end in one.
//!
//! A cursor is the bytes by which a page ended, in base64url. Whatever a stranger makes of one is only a place to read
//! on from, inside the list that was asked for; one that cannot be read leads to an empty page.

use crate::store::contract::{Cursor, Page};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The longest page, whatever was asked for: what an answer takes in memory is bounded.
pub(super) const MAX_PAGE: usize = 1000;
/// The longest cursor worth decoding, in characters. None of ours comes near.
const LONGEST: usize = 16 * 1024;

/// The length of a page somebody asks for.
pub(super) fn length(limit: usize) -> usize {
    limit.min(MAX_PAGE)
}

/// A length as the database takes it. One row more than the page tells whether another page follows.
pub(super) fn reach(limit: usize) -> i64 {
    i64::try_from(length(limit) + 1).unwrap_or(i64::MAX)
}

/// A page of rows that stand at places.
pub(super) fn page<T>(rows: Vec<(T, Vec<u8>)>, limit: usize) -> Page<T> {
    let limit = length(limit);
    let more = rows.len() > limit;
    let mut last = None;
    let mut items = Vec::with_capacity(rows.len().min(limit));
    for (item, place) in rows.into_iter().take(limit) {
        items.push(item);
        last = Some(place);
    }
    let next = last.filter(|_| more).map(|place| cursor(&place));
    Page { items, next }
}

/// A place as a cursor.
pub(super) fn cursor(place: &[u8]) -> Cursor {
    Cursor(URL_SAFE_NO_PAD.encode(place))
}

/// The empty page: what a cursor that was never ours leads to.
pub(super) fn nothing<T>() -> Page<T> {
    Page { items: Vec::new(), next: None }
}

/// The bytes of a cursor; none for one that was never ours.
pub(super) fn bytes(cursor: &Cursor) -> Option<Vec<u8>> {
    if cursor.0.len() > LONGEST {
        return None;
    }
    URL_SAFE_NO_PAD.decode(cursor.0.as_bytes()).ok()
}

/// The place of a list row.
pub(super) fn of_row(order: &[u8], key: &[u8]) -> Vec<u8> {
    let length = u32::try_from(order.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], order, key].concat()
}

/// The order and the key of a list row's place.
pub(super) fn row(place: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (length, rest) = place.split_first_chunk::<4>()?;
    let (order, key) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    Some((order.to_vec(), key.to_vec()))
}

/// The place of an audit event.
pub(super) fn of_event(at: i64, serial: i64) -> Vec<u8> {
    [at.to_be_bytes(), serial.to_be_bytes()].concat()
}

/// The time and the serial of an event's place.
pub(super) fn event(place: &[u8]) -> Option<(i64, i64)> {
    let (at, rest) = place.split_first_chunk::<8>()?;
    Some((i64::from_be_bytes(*at), i64::from_be_bytes(rest.try_into().ok()?)))
}
