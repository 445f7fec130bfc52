//! Single values of the installation.

use crate::model::id::SecretDigest;
use crate::model::nodes::{APART, Nodes};
use crate::model::record::{Change, Kind, Record};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// One value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "setting", rename_all = "snake_case")]
pub enum Setting {
    /// The one-time link that makes the first administrator.
    SetupLink {
        /// Digest of the secret in the link.
        digest: SecretDigest,
        /// From here on it is void.
        expires_at: Timestamp,
    },
    /// The nodes that share the store.
    Nodes(Nodes),
    /// The limits under which the appointments of sessions were made.
    Limits {
        /// In one line; compared and never read.
        of: String,
    },
    /// Something that is good once was used.
    Used {
        /// What, by a digest.
        what: String,
        /// From here on it would not be good anyway.
        until: Timestamp,
        /// By whom, where the same may use it again: a digest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// The signing keys.
    SigningKeys {
        /// All of them, sealed by the installation's key.
        sealed: String,
    },
}

/// Whether something that is good once was still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// It was, and is not any more.
    Now,
    /// It was used before.
    Before,
}

impl Setting {
    /// The key of [`Setting::SetupLink`].
    pub const SETUP_LINK: &'static str = "setup-link";
    /// The key of [`Setting::Nodes`].
    pub const NODES: &'static str = "nodes";
    /// The key of [`Setting::Limits`].
    pub const LIMITS: &'static str = "limits";
    /// The key of [`Setting::SigningKeys`].
    pub const SIGNING_KEYS: &'static str = "signing-keys";

    /// The key of [`Setting::Used`].
    pub fn used_key(what: &str) -> String {
        format!("used/{what}")
    }

    /// Uses up what is good once, and not after `until`: of all who try, one gets `Now`. It is remembered until no node's
    /// clock calls it good any more, whichever node's clock sweeps.
    pub fn use_up(before: Option<Setting>, what: &str, until: Timestamp) -> Change<Setting, Once> {
        match before {
            Some(_) => Change::keep(Once::Before),
            None => {
                let until = Timestamp(until.0 + APART);
                Change::put(Once::Now, Setting::Used { what: what.to_owned(), until, by: None }).due(until)
            }
        }
    }

    /// Uses up what is good once, before `until.0`; whoever did may do so again before `until.1`, and nobody else may.
    pub fn use_up_by(
        before: Option<Setting>,
        (what, by): (&str, &str),
        until: (Timestamp, Timestamp),
        now: Timestamp,
    ) -> Change<Setting, Once> {
        match before {
            Some(Setting::Used { until, by: Some(first), .. }) if first == by && now < until => Change::keep(Once::Now),
            None if now < until.0 => {
                let used = Setting::Used { what: what.to_owned(), until: until.1, by: Some(by.to_owned()) };
                Change::put(Once::Now, used).due(until.1)
            }
            _ => Change::keep(Once::Before),
        }
    }

    /// Replaces the set-up link: the one before is void from here on.
    pub fn renew_setup_link(digest: SecretDigest, expires_at: Timestamp) -> Change<Setting, ()> {
        Change::put((), Setting::SetupLink { digest, expires_at }).due(expires_at)
    }

    /// Is this link still to be used?
    pub fn setup_link_standing(&self, presented: &SecretDigest, now: Timestamp) -> LinkStanding {
        match self {
            Setting::SetupLink { digest, expires_at } if digest == presented && now < *expires_at => LinkStanding::Good,
            _ => LinkStanding::Void,
        }
    }
}

/// Whether a one-time link works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStanding {
    /// It does.
    Good,
    /// It was used, replaced, has expired or never was one.
    Void,
}

impl Record for Setting {
    const KIND: Kind = Kind::Setting;
    fn key(&self) -> String {
        match self {
            Setting::SetupLink { .. } => Setting::SETUP_LINK.to_owned(),
            Setting::Nodes(_) => Setting::NODES.to_owned(),
            Setting::Limits { .. } => Setting::LIMITS.to_owned(),
            Setting::Used { what, .. } => Setting::used_key(what),
            Setting::SigningKeys { .. } => Setting::SIGNING_KEYS.to_owned(),
        }
    }
}
