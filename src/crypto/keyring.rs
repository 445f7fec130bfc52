//! The signing keys, one file each in `keys_dir` (0600), parsed once; and the installation's sealing key beside them.

use crate::crypto::random;
use crate::model::signing_key::{KeyStanding, SigningKeyFacts, signer};
use crate::protocol::signing::{KeySet, PublicKey, SigningAlg};
use crate::protocol::time::Timestamp;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

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
    /// The library could not make a key.
    #[error("a key could not be generated")]
    Generation,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

/// One signing key, ready to sign.
pub struct SigningKey {
    facts: SigningKeyFacts,
    public: PublicKey,
    pair: Pair,
}

/// A key as its file holds it.
#[derive(Serialize, Deserialize)]
struct KeyFile {
    #[serde(flatten)]
    facts: SigningKeyFacts,
    /// The private key: PKCS#8 version 1, base64.
    pkcs8: Zeroizing<String>,
}

/// Every signing key there is.
pub struct Keyring {
    keys: Vec<SigningKey>,
}

impl SigningKey {
    /// Its public facts.
    pub fn facts(&self) -> &SigningKeyFacts {
        &self.facts
    }

    /// Its public half.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message; none when the library refuses.
    pub fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            Pair::Ec(pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
            Pair::Ed(pair) => Some(pair.sign(message).as_ref().to_vec()),
        }
    }

    fn parse(mut facts: SigningKeyFacts, pkcs8: &[u8]) -> Option<SigningKey> {
        let alg = facts.alg;
        let (pair, public) = match alg {
            SigningAlg::RS256 => {
                let pair = RsaKeyPair::from_pkcs8(pkcs8).ok()?;
                let public = rsa_public(&pair);
                (Pair::Rsa(pair), public)
            }
            SigningAlg::ES256 => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8).ok()?;
                let public = ec_public(pair.public_key().as_ref());
                (Pair::Ec(pair), public)
            }
            SigningAlg::EdDSA => {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok()?;
                let public = ed_public(pair.public_key().as_ref());
                (Pair::Ed(pair), public)
            }
        };
        facts.kid.clone_from(&public.kid);
        Some(SigningKey { facts, public, pair })
    }
}

fn private_bytes(alg: SigningAlg) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = match alg {
        SigningAlg::RS256 => {
            let pair = RsaKeyPair::generate(KeySize::Rsa2048).ok()?;
            AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'_>>::as_der(&pair).ok()?.as_ref().to_vec()
        }
        SigningAlg::ES256 => {
            EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?.to_pkcs8v1().ok()?.as_ref().to_vec()
        }
        SigningAlg::EdDSA => Ed25519KeyPair::generate().ok()?.to_pkcs8v1().ok()?.as_ref().to_vec(),
    };
    Some(Zeroizing::new(bytes))
}

/// The JWK of members in the order RFC 7638 hashes them: the lexical one, which `serde_json`'s maps keep.
fn jwk(alg: SigningAlg, kty: &str, members: &[(&str, &str)]) -> PublicKey {
    let mut required: serde_json::Map<String, serde_json::Value> =
        members.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    required.insert("kty".into(), kty.into());
    let ordered: std::collections::BTreeMap<_, _> = required.iter().collect();
    let text = serde_json::to_vec(&ordered).expect("a map of texts can be printed");
    let member = |name: &str| members.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
    PublicKey {
        kty: kty.to_owned(),
        usage: "sig".to_owned(),
        alg,
        kid: URL_SAFE_NO_PAD.encode(digest(&SHA256, &text)),
        crv: member("crv"),
        x: member("x"),
        y: member("y"),
        n: member("n"),
        e: member("e"),
    }
}

fn rsa_public(pair: &RsaKeyPair) -> PublicKey {
    let key = pair.public_key();
    let bytes = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    let n = bytes(key.modulus().big_endian_without_leading_zero());
    let e = bytes(key.exponent().big_endian_without_leading_zero());
    jwk(SigningAlg::RS256, "RSA", &[("e", &e), ("n", &n)])
}

/// `point` is the uncompressed form: 04, x, y.
fn ec_public(point: &[u8]) -> PublicKey {
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..65]));
    jwk(SigningAlg::ES256, "EC", &[("crv", "P-256"), ("x", &x), ("y", &y)])
}

fn ed_public(point: &[u8]) -> PublicKey {
    jwk(SigningAlg::EdDSA, "OKP", &[("crv", "Ed25519"), ("x", &URL_SAFE_NO_PAD.encode(point))])
}

impl Keyring {
    /// Reads the keys of a folder; makes folder and keys where there are none.
    ///
    /// # Errors
    /// What is wrong with which file.
    pub fn open(folder: &Path, now: Timestamp) -> Result<Keyring, KeyError> {
        make_folder(folder)?;
        let _alone = alone(folder)?;
        let mut ring = Keyring { keys: read_keys(folder)? };
        for alg in SigningAlg::ALL {
            if ring.signer(alg, now).is_none() {
                let (key, file) = new_key(alg, now)?;
                write_private(&folder.join(format!("{}-{}.json", alg.name(), key.facts.kid)), &file)?;
                ring.keys.push(key);
            }
        }
        Ok(ring)
    }

    /// A ring that lives in memory alone.
    ///
    /// # Errors
    /// The library could not make a key.
    pub fn generate(now: Timestamp) -> Result<Keyring, KeyError> {
        let keys = SigningAlg::ALL.map(|alg| new_key(alg, now).map(|(key, _)| key));
        Ok(Keyring { keys: keys.into_iter().collect::<Result<_, _>>()? })
    }

    /// The key that signs with this algorithm now.
    pub fn signer(&self, alg: SigningAlg, now: Timestamp) -> Option<&SigningKey> {
        let facts = signer(self.keys.iter().map(SigningKey::facts), alg, now)?;
        self.keys.iter().find(|key| key.facts.kid == facts.kid)
    }

    /// The key of this name, if it is shown now.
    pub fn shown(&self, kid: &str, now: Timestamp) -> Option<&SigningKey> {
        self.keys.iter().find(|key| key.facts.kid == kid && key.facts.standing(now) != KeyStanding::Gone)
    }

    /// The JWK Set.
    pub fn key_set(&self, now: Timestamp) -> KeySet {
        let shown = self.keys.iter().filter(|key| key.facts.standing(now) != KeyStanding::Gone);
        KeySet { keys: shown.map(|key| key.public.clone()).collect() }
    }
}

fn new_key(alg: SigningAlg, now: Timestamp) -> Result<(SigningKey, Vec<u8>), KeyError> {
    let pkcs8 = private_bytes(alg).ok_or(KeyError::Generation)?;
    let facts = SigningKeyFacts { kid: String::new(), alg, published_at: now, active_at: now, retired_at: None };
    let key = SigningKey::parse(facts, &pkcs8).ok_or(KeyError::Generation)?;
    let file = KeyFile { facts: key.facts.clone(), pkcs8: Zeroizing::new(STANDARD.encode(&*pkcs8)) };
    let text = serde_json::to_vec_pretty(&file).map_err(|_| KeyError::Generation)?;
    Ok((key, text))
}

fn read_keys(folder: &Path) -> Result<Vec<SigningKey>, KeyError> {
    let io = |error| KeyError::Io(folder.to_owned(), error);
    let mut keys = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = read_private(&path)?;
        let damaged = |why: &str| KeyError::Damaged(path.clone(), why.to_owned());
        let file: KeyFile = serde_json::from_slice(&text).map_err(|error| damaged(&error.to_string()))?;
        let pkcs8 = Zeroizing::new(STANDARD.decode(file.pkcs8.as_bytes()).map_err(|_| damaged("it is no base64"))?);
        keys.push(SigningKey::parse(file.facts, &pkcs8).ok_or_else(|| damaged("the private key cannot be read"))?);
    }
    Ok(keys)
}

/// The installation's sealing key; made where there is none.
///
/// # Errors
/// What is wrong with its file.
pub fn sealing_key(folder: &Path) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    make_folder(folder)?;
    let _alone = alone(folder)?;
    let path = sealing_key_path(folder);
    if !path.exists() {
        let key = Zeroizing::new(random::bytes::<32>());
        write_private(&path, format!("{}\n", STANDARD.encode(*key)).as_bytes())?;
    }
    let text = read_private(&path)?;
    let text = String::from_utf8_lossy(&text);
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).unwrap_or_default());
    let key: [u8; 32] =
        bytes.as_slice().try_into().map_err(|_| KeyError::Damaged(path, "it must be 32 bytes in base64".to_owned()))?;
    Ok(Zeroizing::new(key))
}

/// The file of the installation's sealing key.
pub fn sealing_key_path(folder: &Path) -> PathBuf {
    folder.join("sealing.key")
}

/// Nodes that start at the same time on a new folder must not each make keys of their own: one does, the others wait
/// and read them.
fn alone(folder: &Path) -> Result<fs::File, KeyError> {
    let io = |error| KeyError::Io(folder.to_owned(), error);
    let held = fs::File::open(folder).map_err(io)?;
    held.lock().map_err(io)?;
    Ok(held)
}

fn make_folder(folder: &Path) -> Result<(), KeyError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| KeyError::Io(folder.to_owned(), e))
}

/// Writes a file that only we may read: complete under its name, or not there.
fn write_private(path: &Path, bytes: &[u8]) -> Result<(), KeyError> {
    let draft = path.with_extension("draft");
    let write = || -> std::io::Result<()> {
        let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, path)?;
        path.parent().map_or(Ok(()), |folder| fs::File::open(folder)?.sync_all())
    };
    write().map_err(|error| KeyError::Io(path.to_owned(), error))
}

fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let io = |error| KeyError::Io(path.to_owned(), error);
    let mode = fs::metadata(path).map_err(io)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(KeyError::Exposed(path.to_owned()));
    }
    Ok(Zeroizing::new(fs::read(path).map_err(io)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp(1_000_000);
        let first = Keyring::open(folder.path(), now).unwrap().key_set(now);
        let again = Keyring::open(folder.path(), now).unwrap().key_set(now);
        assert_eq!(first.keys.len(), 3);
        assert!(first.keys.iter().all(|key| again.keys.contains(key)));
        assert_eq!(*sealing_key(folder.path()).unwrap(), *sealing_key(folder.path()).unwrap());
    }

    #[test]
    fn nodes_that_start_together_have_the_same_keys() {
        for _ in 0..5 {
            let folder = tempfile::tempdir().unwrap();
            let now = Timestamp(1_000_000);
            let open =
                || (Keyring::open(folder.path(), now).unwrap().key_set(now), *sealing_key(folder.path()).unwrap());
            let all: Vec<_> = std::thread::scope(|scope| {
                let nodes: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
                nodes.into_iter().map(|node| node.join().unwrap()).collect()
            });
            let kids = |set: &KeySet| {
                let mut kids: Vec<String> = set.keys.iter().map(|key| key.kid.clone()).collect();
                kids.sort();
                kids
            };
            assert!(all.iter().all(|(set, seal)| kids(set) == kids(&all[0].0) && *seal == all[0].1));
        }
    }

    #[test]
    fn exposed_and_damaged_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        sealing_key(folder.path()).unwrap();
        let path = folder.path().join("sealing.key");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(sealing_key(folder.path()), Err(KeyError::Exposed(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "short").unwrap();
        assert!(matches!(sealing_key(folder.path()), Err(KeyError::Damaged(..))));
    }

    #[test]
    fn the_thumbprint_of_rfc_7638() {
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        assert_eq!(
            jwk(SigningAlg::RS256, "RSA", &[("e", "AQAB"), ("n", n)]).kid,
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }
}
