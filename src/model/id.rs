//! Identifiers, one type a thing, so that none is taken for another.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! identifiers {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes over a text that is known to be one (read from a record, or made at random).
            pub fn new(text: impl Into<String>) -> Self {
                $name(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

identifiers! {
    /// An account's `sub`: random, public, never used again.
    AccountId
    /// A client's `client_id`.
    ClientId
    /// A session's inner id: never leaves the house.
    SessionId
    /// A grant's id, which is the id inside the code it came from.
    GrantId
    /// The id of a stored interaction.
    InteractionId
    /// The id of a browser, kept in it sealed.
    BrowserId
}

/// The SHA-256 of a secret of 256 random bits: enough to recognise the secret, useless to whoever reads it.
///
/// Has no `Display`: a digest is stored, never sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretDigest(String);

impl SecretDigest {
    /// Takes over a digest in base64url.
    pub fn new(text: String) -> SecretDigest {
        SecretDigest(text)
    }

    /// As a key for look-up; finding it by equality tells nothing about the secret.
    pub fn as_key(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest(…)")
    }
}
