//! What a person shows to prove who they are.

use crate::model::audit::Event;
use crate::model::id::AccountId;
use crate::model::record::{Change, Kind, Record};
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
}

/// The kinds of credentials and what is kept of each.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CredentialSecret {
    /// A password, as an argon2id hash in PHC form.
    Password {
        /// The hash.
        hash: String,
    },
}

impl std::fmt::Debug for CredentialSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            CredentialSecret::Password { .. } => f.write_str("Password(…)"),
        }
    }
}

impl Credential {
    /// The key of an account's password.
    pub fn password_key(account: &AccountId) -> String {
        format!("{account}/password")
    }

    /// An account's password.
    pub fn password(account: AccountId, hash: String, set_at: Timestamp) -> Credential {
        Credential { account, secret: CredentialSecret::Password { hash }, set_at }
    }

    /// The same password under a costlier hash, if it still is the one that was verified.
    pub fn strengthen(self, verified: &str, better: &str) -> Change<Credential, ()> {
        let CredentialSecret::Password { hash } = &self.secret;
        if hash != verified {
            return Change::keep(());
        }
        Change::put((), Credential { secret: CredentialSecret::Password { hash: better.to_owned() }, ..self })
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
        }
    }
}
