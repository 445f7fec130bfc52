//! A secret has a type that cannot be printed; a digest has a type that cannot be sent.

use crate::crypto::fingerprint::fingerprint;
use crate::model::id::SecretDigest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A secret in the clear, wiped when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a text over as a secret.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(Zeroizing::new(text.into()))
    }

    /// The secret itself. To be called where it leaves the house, and nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Its SHA-256. Enough for 256 random bits; never for a password.
    pub fn digest(&self) -> SecretDigest {
        digest(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The SHA-256 of a presented secret.
pub fn digest(text: &str) -> SecretDigest {
    SecretDigest::new(URL_SAFE_NO_PAD.encode(fingerprint(text.as_bytes())))
}

/// Whether two values are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// They are.
    Yes,
    /// They are not.
    No,
}

/// The one comparison of secret values: its time tells nothing of where they differ.
pub fn compare(one: &[u8], other: &[u8]) -> Same {
    if bool::from(one.ct_eq(other)) { Same::Yes } else { Same::No }
}
