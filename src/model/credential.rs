//! What a person shows to prove who they are.

use crate::model::audit::{Act, Event};
use crate::model::id::{AccountId, SecretDigest};
use crate::model::passkey::{Passkeys, passkey_name};
use crate::model::password::Stands;
use crate::model::record::{Change, Kind, Name, Record};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A credential of an account.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Credential {
    /// Whose.
    pub account: AccountId,
    /// What it is.
    pub secret: CredentialSecret,
    /// Since when.
    pub set_at: Timestamp,
    /// When it was last used; not kept of passwords.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_at: Option<Timestamp>,
}

/// The kinds of credentials and what is kept of each.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CredentialSecret {
    /// A password, as an argon2id hash in PHC form.
    Password {
        /// The hash.
        hash: String,
        /// Whether it may be all that somebody shows.
        #[serde(default, skip_serializing_if = "Stands::is_alone")]
        stands: Stands,
    },
    /// The secret of an authenticator app (RFC 6238).
    Totp {
        /// Sealed with the installation's key: codes are computed from it, so that a digest would not do.
        sealed: String,
        /// The latest time step whose code was accepted: no code of it or of one before is good any more (RFC 6238,
        /// section 5.2).
        step: u64,
    },
    /// Codes for the day when the other factor is lost, each good once.
    RecoveryCodes {
        /// The SHA-256 of those that are left; each has 128 random bits.
        left: Vec<SecretDigest>,
    },
    /// Passkeys: public keys, of which the person holds the private ones ([`crate::model::passkey`]).
    Passkeys(Passkeys),
}

/// How the use of a code ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Used {
    /// It was good, and is not any more.
    Now,
    /// It was used before, or is none.
    No,
}

impl std::fmt::Debug for CredentialSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CredentialSecret::Password { .. } => f.write_str("Password(…)"),
            CredentialSecret::Totp { .. } => f.write_str("Totp(…)"),
            CredentialSecret::RecoveryCodes { left } => write!(f, "RecoveryCodes({} left)", left.len()),
            CredentialSecret::Passkeys(passkeys) => write!(f, "Passkeys({})", passkeys.keys.len()),
        }
    }
}

impl Credential {
    /// The key of an account's password.
    pub fn password_key(account: &AccountId) -> String {
        format!("{account}/password")
    }

    /// The key of an account's authenticator app.
    pub fn totp_key(account: &AccountId) -> String {
        format!("{account}/totp")
    }

    /// The key of an account's recovery codes.
    pub fn recovery_key(account: &AccountId) -> String {
        format!("{account}/recovery")
    }

    /// An account's password.
    pub fn password(account: AccountId, hash: String, stands: Stands, set_at: Timestamp) -> Credential {
        Credential { account, secret: CredentialSecret::Password { hash, stands }, set_at, used_at: None }
    }

    /// An account's authenticator app, and the step of the code that proved it.
    pub fn totp(account: AccountId, sealed: String, step: u64, set_at: Timestamp) -> Credential {
        Credential { account, secret: CredentialSecret::Totp { sealed, step }, set_at, used_at: Some(set_at) }
    }

    /// An account's recovery codes.
    pub fn recovery(account: AccountId, left: Vec<SecretDigest>, set_at: Timestamp) -> Credential {
        Credential { account, secret: CredentialSecret::RecoveryCodes { left }, set_at, used_at: None }
    }

    /// The hash, if it is a password.
    pub fn password_hash(self) -> Option<String> {
        match self.secret {
            CredentialSecret::Password { hash, .. } => Some(hash),
            _ => None,
        }
    }

    /// Whether it may be all that somebody shows, if it is a password.
    pub fn password_stands(&self) -> Stands {
        match &self.secret {
            CredentialSecret::Password { stands, .. } => *stands,
            _ => Stands::Alone,
        }
    }

    /// How many recovery codes are left; none for another kind.
    pub fn codes_left(&self) -> usize {
        match &self.secret {
            CredentialSecret::RecoveryCodes { left } => left.len(),
            _ => 0,
        }
    }

    /// The same password under a costlier hash, if it still is the one that was verified.
    pub fn strengthen(self, verified: &str, better: &str) -> Change<Credential, ()> {
        match &self.secret {
            CredentialSecret::Password { hash, stands } if hash == verified => {
                let secret = CredentialSecret::Password { hash: better.to_owned(), stands: *stands };
                Change::put((), Credential { secret, ..self })
            }
            _ => Change::keep(()),
        }
    }

    /// The code of this step was shown, of this very secret. Of all who show it one wins.
    pub fn use_step(mut self, shown: u64, of: &str, now: Timestamp) -> Change<Credential, Used> {
        match &mut self.secret {
            CredentialSecret::Totp { sealed, step } if sealed == of && shown > *step => {
                *step = shown;
                self.used_at = Some(now);
                Change::put(Used::Now, self)
            }
            _ => Change::keep(Used::No),
        }
    }

    /// A recovery code was shown. Of all who show it one wins.
    pub fn use_code(mut self, shown: &SecretDigest, now: Timestamp) -> Change<Credential, Used> {
        let event = Event::done(Act::RecoveryCodeUsed, now).by(&self.account);
        match &mut self.secret {
            CredentialSecret::RecoveryCodes { left } if left.contains(shown) => {
                left.retain(|code| code != shown);
                self.used_at = Some(now);
                Change::put(Used::Now, self).told(event)
            }
            _ => Change::keep(Used::No),
        }
    }

    /// Sets or replaces it.
    pub fn set(self, event: Event) -> Change<Credential, ()> {
        Change::put((), self).told(event)
    }
}

impl Record for Credential {
    const KIND: Kind = Kind::Credential;
    fn key(&self) -> String {
        match &self.secret {
            CredentialSecret::Password { .. } => Credential::password_key(&self.account),
            CredentialSecret::Totp { .. } => Credential::totp_key(&self.account),
            CredentialSecret::RecoveryCodes { .. } => Credential::recovery_key(&self.account),
            CredentialSecret::Passkeys(_) => Credential::passkeys_key(&self.account),
        }
    }

    fn names(&self) -> Vec<Name> {
        self.passkeys().map_or_else(Vec::new, |of| of.keys.iter().map(|key| passkey_name(&key.fingerprint)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Fate;

    fn mira() -> AccountId {
        AccountId::new("mira")
    }

    #[test]
    fn a_step_is_good_once_and_never_one_before_it() {
        let app = Credential::totp(mira(), "sealed".into(), 100, Timestamp(0));
        let now = Timestamp(3_030);
        for (step, of, used) in [
            (101, "sealed", Used::Now),
            (102, "sealed", Used::Now),
            (100, "sealed", Used::No),
            (99, "sealed", Used::No),
            (0, "sealed", Used::No),
            // Another secret was set up between the look and the write.
            (101, "another", Used::No),
        ] {
            let change = app.clone().use_step(step, of, now);
            assert_eq!(change.outcome, used, "{step} {of}");
            match change.fate {
                Fate::Put(after) => {
                    assert_eq!(used, Used::Now);
                    assert_eq!(after.clone().use_step(step, of, now).outcome, Used::No, "a second time");
                }
                fate => assert_eq!((fate, used), (Fate::Keep, Used::No)),
            }
        }
        let hash = Credential::password(mira(), "x".into(), Stands::Alone, now);
        assert_eq!(hash.use_step(101, "sealed", now).outcome, Used::No);
    }

    #[test]
    fn a_recovery_code_is_good_once() {
        let digest = |text: &str| SecretDigest::new(text.into());
        let codes = Credential::recovery(mira(), vec![digest("a"), digest("b")], Timestamp(0));
        let change = codes.clone().use_code(&digest("a"), Timestamp(1));
        assert_eq!((change.outcome, change.events.len()), (Used::Now, 1));
        let Fate::Put(after) = change.fate else { panic!("it is kept") };
        assert_eq!(after.codes_left(), 1);
        assert_eq!(after.clone().use_code(&digest("a"), Timestamp(1)).outcome, Used::No);
        assert_eq!(after.use_code(&digest("b"), Timestamp(1)).outcome, Used::Now);
        assert_eq!(codes.use_code(&digest("c"), Timestamp(1)).outcome, Used::No);
    }
}
