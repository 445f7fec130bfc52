//! Passkeys (Web Authentication Level 3): what is kept of them, and the rules of their use.
//!
//! All passkeys of an account are one record. How many there are, which of them may go, whether one was copied and
//! whether a challenge was answered before is decided by one write each, and no two writes can disagree.

use crate::model::audit::{Act, Event};
use crate::model::authorization::factor::{Method, Origin, Person};
use crate::model::authorization::interaction::LIFETIME;
use crate::model::credential::{Credential, CredentialSecret};
use crate::model::id::{AccountId, SecretDigest};
use crate::model::password::Stands;
use crate::model::record::{Change, Name};
use crate::model::upstream::OtherWays;
use crate::protocol::claims::plain_line;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The most passkeys of one account.
pub const MOST: usize = 10;
/// The longest name of one, in characters.
pub const LONGEST_LABEL: usize = 64;
/// Answered challenges that are remembered one by one.
const REMEMBERED: usize = 16;

/// The passkeys of an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Passkeys {
    /// What the authenticators call the account, in base64url: it says nothing to anybody else.
    pub handle: String,
    /// They.
    pub keys: Vec<Passkey>,
    /// The challenges answered in the last minutes: none is good twice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    spent: Vec<Challenge>,
    /// No challenge made then or before is good any more: those that were answered are not remembered one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spent_until: Option<Timestamp>,
}

/// A passkey.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Passkey {
    /// The SHA-256 of its id, in base64url: unique among all accounts, and how forms name it.
    pub fingerprint: String,
    /// Its id, in base64url.
    pub id: String,
    /// Its public key, as `crypto` prints it.
    pub public_key: String,
    /// What the person calls it.
    pub label: String,
    /// Since when.
    pub made_at: Timestamp,
    /// When it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
    /// How often it signed, as it says itself; 0 for those that do not count.
    pub counter: u32,
    /// Whether there are copies.
    pub backup: Backup,
    /// Whether it verified the person when it was last used, or made.
    pub person: Person,
}

/// Whether a passkey is copied to other devices of its person, as its authenticator says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Backup {
    /// It cannot be: it is bound to one device.
    Never,
    /// It may be, and is not yet.
    Possible,
    /// It is.
    Done,
}

/// A challenge that was put to a passkey.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Challenge {
    /// Its digest.
    pub digest: SecretDigest,
    /// When it was made.
    pub at: Timestamp,
}

/// What a verified answer of a passkey says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// Which passkey.
    pub fingerprint: String,
    /// To which challenge.
    pub challenge: Challenge,
    /// Its count of signatures.
    pub counter: u32,
    /// Whether there are copies.
    pub backup: Backup,
    /// Whether it verified the person.
    pub person: Person,
}

/// How the use of a passkey ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PasskeyUse {
    /// It was good.
    Now,
    /// There is no such passkey any more.
    Gone,
    /// The challenge was answered before.
    Spent,
    /// Its count went backwards: somebody has a copy that should not be.
    Copied,
}

/// Whether a challenge was answered for the first time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Answered {
    /// It was.
    First,
    /// It was answered before, or is too old to tell.
    Again,
}

/// How adding a passkey ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Added {
    /// It is there.
    Now,
    /// There are as many as may be.
    TooMany,
    /// The challenge was answered before.
    Spent,
}

/// How taking a passkey away ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removed {
    /// It is gone; this many are left.
    Now(usize),
    /// There is none of that name.
    Unknown,
    /// Nothing else would let the person in.
    Last,
    /// It is the last factor beside a password that may not stand alone.
    Needed,
}

/// Checks a name for a passkey: one line of 1 to 64 characters.
pub fn label(text: &str) -> Option<&str> {
    let text = text.trim();
    let fits = (1..=LONGEST_LABEL).contains(&text.chars().count()) && plain_line(text);
    fits.then_some(text)
}

/// The unique name of a passkey: nobody else can register it.
pub fn passkey_name(fingerprint: &str) -> Name {
    Name { sort: "passkey", value: fingerprint.to_owned() }
}

impl Backup {
    /// Where the key is kept. One that can be copied is not bound to its device, whether it was copied yet or not.
    pub fn origin(self) -> Origin {
        match self {
            Backup::Never => Origin::Device,
            Backup::Possible | Backup::Done => Origin::Synced,
        }
    }
}

impl Passkey {
    /// What it is worth as a factor.
    pub fn method(&self) -> Method {
        Method::Passkey { person: self.person, origin: self.backup.origin() }
    }
}

impl Shown {
    /// What was shown.
    pub fn method(&self) -> Method {
        Method::Passkey { person: self.person, origin: self.backup.origin() }
    }
}

impl Passkeys {
    /// Spends a challenge. Those of the last minutes are remembered; of a long row of them the oldest are forgotten
    /// together with everything that was asked before them, so that the record stays small and nothing is good twice.
    fn spend(&mut self, challenge: &Challenge, now: Timestamp) -> Answered {
        let before = self.spent.contains(challenge) || self.spent_until.is_some_and(|until| challenge.at <= until);
        if before || now >= challenge.at + LIFETIME {
            return Answered::Again;
        }
        self.spent.retain(|spent| now < spent.at + LIFETIME);
        self.spent.push(challenge.clone());
        if self.spent.len() > REMEMBERED {
            self.spent.sort_by_key(|spent| spent.at);
            self.spent_until = Some(self.spent.remove(0).at);
        }
        Answered::First
    }

    /// The passkey of this fingerprint.
    pub fn of(&self, fingerprint: &str) -> Option<&Passkey> {
        self.keys.iter().find(|key| key.fingerprint == fingerprint)
    }
}

impl Credential {
    /// The key of an account's passkeys.
    pub fn passkeys_key(account: &AccountId) -> String {
        format!("{account}/passkeys")
    }

    /// The passkeys; none for another kind.
    pub fn passkeys(&self) -> Option<&Passkeys> {
        match &self.secret {
            CredentialSecret::Passkeys(passkeys) => Some(passkeys),
            _ => None,
        }
    }

    /// Adds a passkey that answered `challenge`.
    pub fn add_passkey(
        before: Option<Credential>,
        (account, handle): (&AccountId, &str),
        (passkey, challenge): (&Passkey, &Challenge),
        event: Event,
    ) -> Change<Credential, Added> {
        let mut credential = before.unwrap_or_else(|| Credential {
            account: account.clone(),
            secret: CredentialSecret::Passkeys(Passkeys {
                handle: handle.to_owned(),
                keys: Vec::new(),
                spent: Vec::new(),
                spent_until: None,
            }),
            set_at: event.at,
            used_at: None,
        });
        let CredentialSecret::Passkeys(passkeys) = &mut credential.secret else { return Change::keep(Added::TooMany) };
        if passkeys.keys.len() >= MOST {
            return Change::keep(Added::TooMany);
        }
        let answered = passkeys.spend(challenge, event.at);
        if answered == Answered::Again || passkeys.of(&passkey.fingerprint).is_some() {
            return Change::keep(Added::Spent);
        }
        passkeys.keys.push(passkey.clone());
        Change::put(Added::Now, credential).told(event)
    }

    /// A passkey answered, and its signature is right. Of all who bring one answer one wins.
    ///
    /// A count that does not grow is the one sign of a copied key that there is (Web Authentication Level 3, 6.1.1):
    /// nobody gets in by it, and the audit log says so. Keys that never count say 0.
    pub fn use_passkey(mut self, shown: &Shown, now: Timestamp) -> Change<Credential, PasskeyUse> {
        let refused = |outcome, reason, account: &AccountId| {
            Change::keep(outcome).told(Event::refused(Act::SignIn, now, reason).to(account))
        };
        let account = self.account.clone();
        let CredentialSecret::Passkeys(passkeys) = &mut self.secret else { return Change::keep(PasskeyUse::Gone) };
        let Some(counted) = passkeys.of(&shown.fingerprint).map(|key| key.counter) else {
            return refused(PasskeyUse::Gone, "passkey_unknown", &account);
        };
        if passkeys.spend(&shown.challenge, now) == Answered::Again {
            return refused(PasskeyUse::Spent, "passkey_reused", &account);
        }
        if (counted, shown.counter) != (0, 0) && shown.counter <= counted {
            return refused(PasskeyUse::Copied, "passkey_copied", &account);
        }
        for key in passkeys.keys.iter_mut().filter(|key| key.fingerprint == shown.fingerprint) {
            key.counter = shown.counter;
            key.backup = shown.backup;
            key.used_at = Some(now);
            // Whoever set up a PIN has a stronger key than before; one use without it takes nothing away.
            if shown.person == Person::Verified {
                key.person = Person::Verified;
            }
        }
        self.used_at = Some(now);
        Change::put(PasskeyUse::Now, self)
    }

    /// Gives a passkey another name; answers whether there is one.
    pub fn rename_passkey(mut self, fingerprint: &str, label: &str, event: Event) -> Change<Credential, bool> {
        let CredentialSecret::Passkeys(passkeys) = &mut self.secret else { return Change::keep(false) };
        let Some(key) = passkeys.keys.iter_mut().find(|key| key.fingerprint == fingerprint) else {
            return Change::keep(false);
        };
        if key.label == label {
            return Change::keep(true);
        }
        label.clone_into(&mut key.label);
        Change::put(true, self).told(event)
    }

    /// Takes a passkey away, unless nothing else would let the person in, or nothing else would stand beside a password
    /// that needs it (one that has another factor beside it stands as if alone). The record stays when it is empty: it
    /// knows the challenges that were answered.
    pub fn remove_passkey(
        mut self,
        fingerprint: &str,
        (others, password): (OtherWays, Stands),
        event: Event,
    ) -> Change<Credential, Removed> {
        let CredentialSecret::Passkeys(passkeys) = &mut self.secret else { return Change::keep(Removed::Unknown) };
        if passkeys.of(fingerprint).is_none() {
            return Change::keep(Removed::Unknown);
        }
        passkeys.keys.retain(|key| key.fingerprint != fingerprint);
        let lets_in = passkeys.keys.iter().any(|key| key.person == Person::Verified);
        if others == OtherWays::None && !lets_in {
            return Change::keep(Removed::Last);
        }
        let left = passkeys.keys.len();
        if password == Stands::BesideFactor && left == 0 {
            return Change::keep(Removed::Needed);
        }
        Change::put(Removed::Now(left), self).told(event)
    }
}

#[cfg(test)]
mod tests;
