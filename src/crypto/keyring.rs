//! The signing keys of this process, parsed once. Which there are, the store says (see `flow::keys`); when it says
//! otherwise, all of them are replaced in one step.

use crate::crypto::signing_key::{KeptKey, SigningKey};
use crate::model::signing_key::{KeyStanding, PrivateHalf, SigningKeyFacts, Successor, signer};
use crate::protocol::signing::{KeySet, SigningAlg};
use crate::protocol::time::Timestamp;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A file or folder cannot be read or written.
    #[error("{0}: {1}")]
    Io(PathBuf, std::io::Error),
    /// A file holds no key.
    #[error("{0} holds no key of ours: {1}. Put back the file from a backup, or remove it to do without that key")]
    Damaged(PathBuf, String),
    /// A file can be read by others.
    #[error("{0} can be read by other users of this machine; run: chmod 600 {0}")]
    Exposed(PathBuf),
    /// A file is sealed, and nobody said by which key.
    #[error(
        "{0} is sealed, and neither `keys.seal_key_file` nor `keys.seal_key` is set; give Abide the key that it was sealed with"
    )]
    Sealed(PathBuf),
    /// A file is sealed by another key.
    #[error("{0} is sealed by another key than the one of `keys.seal_key_file` or `keys.seal_key`, or it was altered")]
    OtherSeal(PathBuf),
    /// The library could not make a key.
    #[error("a key could not be generated")]
    Generation,
}

/// Every signing key there is.
#[derive(Default)]
pub struct Keyring {
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    keys: Arc<[Arc<SigningKey>]>,
    /// The record that they were read from, as the store has it.
    record: String,
}

impl Keyring {
    /// A ring that lives in memory alone, with a key for each of these algorithms.
    ///
    /// # Errors
    /// The library could not make a key.
    pub fn generate(algs: &[SigningAlg], now: Timestamp) -> Result<Keyring, KeyError> {
        let made = algs.iter().map(|&alg| {
            let kept = KeptKey::generate(&Successor { alg, published_at: now, active_at: now })?;
            SigningKey::parse(&kept).ok_or(KeyError::Generation)
        });
        let ring = Keyring::default();
        ring.replace(made.collect::<Result<_, _>>()?, String::new());
        Ok(ring)
    }

    /// Takes over the keys of a record.
    pub fn replace(&self, keys: Vec<SigningKey>, record: String) {
        let keys = keys.into_iter().map(Arc::new).collect();
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State { keys, record };
    }

    /// Are these the keys of that record?
    pub fn is_of(&self, record: &str) -> bool {
        self.state.read().unwrap_or_else(PoisonError::into_inner).record == record
    }

    fn keys(&self) -> Arc<[Arc<SigningKey>]> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner).keys)
    }

    /// The facts of all keys.
    pub fn facts(&self) -> Vec<SigningKeyFacts> {
        self.keys().iter().map(|key| key.facts().clone()).collect()
    }

    /// Is there a private half that signed its last token?
    pub fn has_spent(&self, now: Timestamp) -> bool {
        self.keys().iter().any(|key| key.has_private() && key.facts().private_half(now) == PrivateHalf::Spent)
    }

    /// The key that signs with this algorithm now.
    pub fn signer(&self, alg: SigningAlg, now: Timestamp) -> Option<Arc<SigningKey>> {
        let keys = self.keys();
        let kid = &signer(keys.iter().map(|key| key.facts()), alg, now)?.kid;
        keys.iter().find(|key| key.facts().kid == *kid).cloned()
    }

    /// The key of this name, if it is shown now.
    pub fn shown(&self, kid: &str, now: Timestamp) -> Option<Arc<SigningKey>> {
        let standing = |key: &SigningKey| key.facts().standing(now);
        self.keys().iter().find(|key| key.facts().kid == kid && standing(key) != KeyStanding::Gone).cloned()
    }

    /// The JWK Set.
    pub fn key_set(&self, now: Timestamp) -> KeySet {
        let keys = self.keys();
        let shown = keys.iter().filter(|key| key.facts().standing(now) != KeyStanding::Gone);
        KeySet { keys: shown.map(|key| key.public().clone()).collect() }
    }
}
