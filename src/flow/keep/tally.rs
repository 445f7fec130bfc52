//! What was carried: how much of each sort, and a digest that does not depend on the order.

use crate::crypto::fingerprint::fingerprint;
use crate::store::entry::{Entry, Section};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Counts and digests, section by section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    sections: [Part; Section::ALL.len()],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Part {
    count: u64,
    /// The sum of the SHA-256 of every item, in four lanes: engines hand items over in orders of their own.
    digest: [u64; 4],
}

impl Tally {
    /// One more item.
    pub fn add(&mut self, entry: &Entry) {
        let Some(part) = Section::ALL.iter().position(|one| *one == entry.section()) else { return };
        let part = &mut self.sections[part];
        part.count += 1;
        let digest = fingerprint(&entry.bytes());
        for (lane, bytes) in part.digest.iter_mut().zip(digest.as_chunks::<8>().0) {
            *lane = lane.wrapping_add(u64::from_be_bytes(*bytes));
        }
    }

    /// All items.
    pub fn count(&self) -> u64 {
        self.sections.iter().map(|part| part.count).sum()
    }

    /// In what the other one differs; none if it does not.
    pub fn difference(&self, other: &Tally) -> Option<String> {
        let each = Section::ALL.iter().zip(self.sections.iter().zip(&other.sections));
        let differing = each.filter(|(_, (one, other))| one != other).map(|(section, (one, other))| {
            if one.count == other.count {
                format!("{} {} of other content", other.count, section.name())
            } else {
                format!("{} {} for {}", other.count, section.name(), one.count)
            }
        });
        let differing: Vec<String> = differing.collect();
        (!differing.is_empty()).then(|| differing.join(", "))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (section, part)) in Section::ALL.iter().zip(&self.sections).enumerate() {
            write!(f, "{}{} {}", if number == 0 { "" } else { ", " }, part.count, section.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::time::Timestamp;

    fn event(text: &str) -> Entry {
        Entry::Event { at: Timestamp(1), event: text.as_bytes().to_vec() }
    }

    #[test]
    fn order_does_not_matter_and_content_does() {
        let tally = |texts: &[&str]| {
            let mut tally = Tally::default();
            texts.iter().for_each(|text| tally.add(&event(text)));
            tally
        };
        assert_eq!(tally(&["a", "b"]), tally(&["b", "a"]));
        assert_eq!(tally(&["a", "b"]).difference(&tally(&["b", "a"])), None);
        let said = tally(&["a", "b"]).difference(&tally(&["a", "c"]));
        assert_eq!(said.as_deref(), Some("2 audit events of other content"));
        let said = tally(&["a", "b"]).difference(&tally(&["a"]));
        assert_eq!(said.as_deref(), Some("1 audit events for 2"));
        assert_ne!(tally(&["a", "a", "b"]), tally(&["a", "b", "b"]));
        assert_eq!(tally(&["a"]).to_string(), "0 records, 0 names, 0 list rows, 0 appointments, 1 audit events");
    }
}
