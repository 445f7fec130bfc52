//! `[keys]`: how long signing keys sign, and the key that seals `keys_dir`.

use super::{Password, limit};
use crate::crypto::key_folder::{Key, parse_key};
use crate::protocol::duration::Limit;
use anyhow::{Context, bail};
use serde::Serialize;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// `[keys]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Keys {
    /// How long a signing key signs.
    pub rotate_after: Limit,
    /// The key that seals what is in `keys_dir`.
    pub seal_key: Password,
    /// The file that holds it, where it is not in the settings.
    pub seal_key_file: Option<PathBuf>,
}

impl Default for Keys {
    fn default() -> Keys {
        Keys { rotate_after: limit(90 * super::DAY), seal_key: Password::default(), seal_key_file: None }
    }
}

/// What such a key looks like.
const FORM: &str = "32 bytes in base64, as `openssl rand -base64 32` prints them";

impl Keys {
    /// The key that seals what is in `keys_dir`, where there is one.
    ///
    /// # Errors
    /// Its file cannot be read, or holds none.
    pub fn seal(&self) -> anyhow::Result<Option<Key>> {
        let text = match (self.seal_key.secret(), &self.seal_key_file) {
            (Some(secret), _) => Zeroizing::new(secret.expose().to_owned()),
            (None, Some(path)) => {
                let read = std::fs::read_to_string(path).map(Zeroizing::new);
                read.with_context(|| format!("keys.seal_key_file: {} cannot be read", path.display()))?
            }
            (None, None) => return Ok(None),
        };
        match (parse_key(&text), &self.seal_key_file) {
            (Some(key), _) => Ok(Some(key)),
            (None, Some(path)) => bail!("keys.seal_key_file: {} must hold {FORM}", path.display()),
            (None, None) => bail!("keys.seal_key: it must be {FORM}"),
        }
    }
}

/// Judges a key that was written, without repeating it.
pub(super) fn is_key(text: &Password) -> Result<(), String> {
    match text.secret() {
        Some(secret) if parse_key(secret.expose()).is_none() => Err(format!("is no key; write {FORM}")),
        _ => Ok(()),
    }
}
