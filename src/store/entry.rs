//! What a store keeps, item by item: what a copy of everything carries from one store to another.

use crate::model::record::{Due, Kind};
use crate::protocol::time::Timestamp;

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A record.
    Record {
        /// Its keyspace.
        kind: Kind,
        /// Its key.
        key: String,
        /// Its bytes.
        value: Vec<u8>,
    },
    /// A unique name and the key of its bearer.
    Name {
        /// The kind of the bearer.
        kind: Kind,
        /// What sort of name.
        sort: String,
        /// The name.
        value: String,
        /// The bearer.
        key: String,
    },
    /// A list row.
    Row {
        /// The list.
        list: String,
        /// The group within it.
        group: String,
        /// The order within the group.
        order: String,
        /// The record it leads to.
        key: String,
    },
    /// An appointment with the sweep.
    Due(Due),
    /// An audit event. Events are carried in their order; what numbers they bear is each engine's own.
    Event {
        /// When it happened.
        at: Timestamp,
        /// Its bytes.
        event: Vec<u8>,
    },
}

/// What sort of item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Records.
    Records,
    /// Unique names.
    Names,
    /// List rows.
    Rows,
    /// Appointments.
    Appointments,
    /// Audit events.
    Events,
}

impl Section {
    /// Every section, in the order of a copy.
    pub const ALL: [Section; 5] =
        [Section::Records, Section::Names, Section::Rows, Section::Appointments, Section::Events];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Section::Records => "records",
            Section::Names => "names",
            Section::Rows => "list rows",
            Section::Appointments => "appointments",
            Section::Events => "audit events",
        }
    }
}

impl Entry {
    /// Which section it belongs to.
    pub fn section(&self) -> Section {
        match self {
            Entry::Record { .. } => Section::Records,
            Entry::Name { .. } => Section::Names,
            Entry::Row { .. } => Section::Rows,
            Entry::Due(_) => Section::Appointments,
            Entry::Event { .. } => Section::Events,
        }
    }

    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Entry::Record { key, value, .. } => key.len() + value.len(),
            Entry::Name { sort, value, key, .. } => sort.len() + value.len() + key.len(),
            Entry::Row { list, group, order, key } => list.len() + group.len() + order.len() + key.len(),
            Entry::Due(Due { key, .. }) => key.len(),
            Entry::Event { event, .. } => event.len(),
        }
    }

    /// Its one encoding, the same whatever engine it came from: a digit for the section, then each part with its length
    /// (4 bytes, big-endian) in front.
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Entry::Record { kind, key, value } => encode(b'1', &[kind.name().as_bytes(), key.as_bytes(), value]),
            Entry::Name { kind, sort, value, key } => {
                encode(b'2', &[kind.name().as_bytes(), sort.as_bytes(), value.as_bytes(), key.as_bytes()])
            }
            Entry::Row { list, group, order, key } => {
                encode(b'3', &[list.as_bytes(), group.as_bytes(), order.as_bytes(), key.as_bytes()])
            }
            Entry::Due(Due { at, kind, key }) => {
                encode(b'4', &[&at.0.to_be_bytes(), kind.name().as_bytes(), key.as_bytes()])
            }
            Entry::Event { at, event } => encode(b'5', &[&at.0.to_be_bytes(), event]),
        }
    }

    /// What [`Entry::bytes`] wrote; none for anything else.
    pub fn parse(bytes: &[u8]) -> Option<Entry> {
        let (&section, mut rest) = bytes.split_first()?;
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (part, after) = after.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
            parts.push(part);
            rest = after;
        }
        let text = |part: &[u8]| String::from_utf8(part.to_vec()).ok();
        let kind = |part: &[u8]| Kind::named(std::str::from_utf8(part).ok()?);
        let at = |part: &[u8]| Some(Timestamp(i64::from_be_bytes(part.try_into().ok()?)));
        Some(match (section, &parts[..]) {
            (b'1', [k, key, value]) => Entry::Record { kind: kind(k)?, key: text(key)?, value: value.to_vec() },
            (b'2', [k, sort, value, key]) => {
                Entry::Name { kind: kind(k)?, sort: text(sort)?, value: text(value)?, key: text(key)? }
            }
            (b'3', [list, group, order, key]) => {
                Entry::Row { list: text(list)?, group: text(group)?, order: text(order)?, key: text(key)? }
            }
            (b'4', [when, k, key]) => Entry::Due(Due { at: at(when)?, kind: kind(k)?, key: text(key)? }),
            (b'5', [when, event]) => Entry::Event { at: at(when)?, event: event.to_vec() },
            _ => return None,
        })
    }
}

fn encode(section: u8, parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + parts.iter().map(|part| part.len() + 4).sum::<usize>());
    bytes.push(section);
    for part in parts {
        // Nothing that is kept is near this limit.
        bytes.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn examples() -> Vec<Entry> {
        let text = |text: &str| text.to_owned();
        vec![
            Entry::Record { kind: Kind::Account, key: text("a\0b"), value: vec![1, 0, 255] },
            Entry::Name { kind: Kind::Client, sort: text("s"), value: text(""), key: text("k") },
            Entry::Row { list: text("l"), group: text("g\u{1F600}"), order: text("0"), key: text("k") },
            Entry::Due(Due { at: Timestamp(-5), kind: Kind::Session, key: text("k") }),
            Entry::Event { at: Timestamp(i64::MAX), event: Vec::new() },
        ]
    }

    #[test]
    fn every_item_comes_back_from_its_bytes() {
        for (entry, section) in examples().into_iter().zip(Section::ALL) {
            assert_eq!(Entry::parse(&entry.bytes()), Some(entry.clone()));
            assert_eq!(entry.section(), section);
        }
    }

    #[test]
    fn what_is_no_item_is_none() {
        for bytes in examples().iter().map(Entry::bytes) {
            for length in 0..bytes.len() {
                assert_eq!(Entry::parse(&bytes[..length]), None, "{length} of {bytes:?}");
            }
            let mut longer = bytes.clone();
            longer.push(0);
            assert_eq!(Entry::parse(&longer), None);
            let mut other = bytes;
            other[0] = b'9';
            assert_eq!(Entry::parse(&other), None);
        }
    }
}
