//! An invitation: an account that is not there yet, and the link with which it comes to be.

use crate::model::audit::{Act, Event};
use crate::model::id::{AccountId, SecretDigest};
use crate::model::record::{Change, Kind, Record, Row};
use crate::protocol::claims::plain_line;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// An invitation that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The digest of the link's secret.
    pub digest: SecretDigest,
    /// To whom: verified by whoever follows the link.
    pub address: String,
    /// The name of the person, where the administrator gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The roles the account will have.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// The groups it will be in.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// Who invites.
    pub by: AccountId,
    /// Since when.
    pub made_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// Words of a kind that an invitation may have.
const MOST_WORDS: usize = 32;
/// Characters of one of them; as in the import file.
const LONGEST_WORD: usize = 64;

/// Roles or groups as they are typed: separated by commas.
pub fn words(typed: &str) -> Option<BTreeSet<String>> {
    let words: BTreeSet<&str> = typed.split(',').map(str::trim).filter(|word| !word.is_empty()).collect();
    let fits = |word: &&str| word.chars().count() <= LONGEST_WORD && plain_line(word);
    (words.len() <= MOST_WORDS && words.iter().all(fits)).then(|| words.into_iter().map(str::to_owned).collect())
}

impl Invitation {
    /// Stands from here on.
    pub fn make(self) -> Change<Invitation, ()> {
        let event = Event::done(Act::InvitationMade, self.made_at).by(&self.by);
        let end = self.until;
        Change::put((), self).told(event).due(end)
    }

    /// Is it good?
    pub fn stands(&self, now: Timestamp) -> bool {
        now < self.until
    }

    /// An administrator takes it back.
    pub fn revoke(before: Option<Invitation>, event: Event) -> Change<Invitation, ()> {
        if before.is_some() { Change::delete(()).told(event) } else { Change::keep(()) }
    }

    /// Its appointment has come.
    pub fn sweep(self, now: Timestamp) -> Change<Invitation, ()> {
        if self.stands(now) { Change::keep(()) } else { Change::delete(()) }
    }
}

impl Record for Invitation {
    const KIND: Kind = Kind::Invitation;

    fn key(&self) -> String {
        self.digest.as_key().to_owned()
    }

    fn rows(&self) -> Vec<Row> {
        vec![Row { list: "invitations", group: String::new(), order: self.address.to_ascii_lowercase() }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_groups_as_they_are_typed() {
        let of = |typed: &str| words(typed).map(|words| words.into_iter().collect::<Vec<_>>().join("|"));
        assert_eq!(of(""), Some(String::new()));
        assert_eq!(of(" , ,"), Some(String::new()));
        assert_eq!(of("staff, Zürich office ,staff"), Some("Zürich office|staff".into()));
        assert_eq!(of(&"a".repeat(64)).map(|word| word.len()), Some(64));
        let many = |count: usize| (0..count).map(|n| format!("g{n}")).collect::<Vec<_>>().join(",");
        assert!(of(&many(32)).is_some());
        for bad in [many(33), "a".repeat(65), "a\nb".into(), "a\u{202e}b".into(), "a\0".into()] {
            assert_eq!(of(&bad), None, "{bad:?}");
        }
    }
}
