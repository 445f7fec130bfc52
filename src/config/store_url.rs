//! The URL of a database: a secret, for the password is in it.

use crate::crypto::secret::{Same, Secret, compare};
use serde::{Serialize, Serializer};
use std::fmt;

/// The URL of a database, or none. It is never printed, logged or serialized.
#[derive(Clone, Default)]
pub struct StoreUrl(Option<Secret>);

impl StoreUrl {
    /// Takes a URL over; an empty text is none.
    pub fn new(text: &str) -> StoreUrl {
        StoreUrl((!text.is_empty()).then(|| Secret::new(text)))
    }

    /// The URL, where there is one.
    pub fn secret(&self) -> Option<&Secret> {
        self.0.as_ref()
    }
}

impl PartialEq for StoreUrl {
    fn eq(&self, other: &StoreUrl) -> bool {
        match (&self.0, &other.0) {
            (Some(one), Some(two)) => compare(one.expose().as_bytes(), two.expose().as_bytes()) == Same::Yes,
            (one, two) => one.is_none() && two.is_none(),
        }
    }
}

impl Eq for StoreUrl {}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "StoreUrl(…)" } else { "StoreUrl(none)" })
    }
}

impl Serialize for StoreUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_some() { "…" } else { "" })
    }
}
