//! `keys_dir`: the installation's sealing key, in a file that only we may read; sealed itself where a key is given for
//! that. What it seals, the signing keys among it, is in the store.
//!
//! Former versions had a file for each signing key there. These are read once more, and go when the store has the keys.

use crate::crypto::keyring::KeyError;
use crate::crypto::random;
use crate::crypto::signing_key::{KeptKey, SigningKey};
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// 256 bits.
pub type Key = Zeroizing<[u8; 32]>;

/// What a sealed file begins with.
const SEALED: &str = "sealed:1:";
const PURPOSE: &[u8] = b"abide sealing key 1";

/// Whether a file is sealed by another key.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AtRest {
    /// It is.
    Sealed,
    /// Whoever reads it has what it holds.
    Plain,
}

/// Reads a key from text: 32 bytes in base64.
pub fn parse_key(text: &str) -> Option<Key> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
    bytes.as_slice().try_into().ok().map(Zeroizing::new)
}

/// The installation's sealing key; made where there is none. With a key for that, its file is sealed by it, from now on
/// where it was not.
///
/// # Errors
/// What is wrong with its file.
pub fn sealing_key(folder: &Path, seal: Option<&Key>) -> Result<Key, KeyError> {
    make_folder(folder)?;
    let _alone = alone(folder)?;
    let path = sealing_key_path(folder);
    if !path.exists() {
        write_key(&path, &Zeroizing::new(random::bytes::<32>()), seal)?;
    }
    let (key, at_rest) = read_key(&path, seal)?;
    if at_rest == AtRest::Plain && seal.is_some() {
        write_key(&path, &key, seal)?;
    }
    Ok(key)
}

/// Writes the sealing key unsealed, so that another key can seal it, or none.
///
/// # Errors
/// What is wrong with its file.
pub fn unseal(folder: &Path, seal: &Key) -> Result<AtRest, KeyError> {
    let _alone = alone(folder)?;
    let path = sealing_key_path(folder);
    let (key, before) = read_key(&path, Some(seal))?;
    if before == AtRest::Sealed {
        write_key(&path, &key, None)?;
    }
    Ok(before)
}

/// The file of the installation's sealing key.
pub fn sealing_key_path(folder: &Path) -> PathBuf {
    folder.join("sealing.key")
}

fn read_key(path: &Path, seal: Option<&Key>) -> Result<(Key, AtRest), KeyError> {
    let text = read_private(path)?;
    let text = String::from_utf8_lossy(&text);
    let damaged = || KeyError::Damaged(path.to_owned(), "it must be 32 bytes in base64".to_owned());
    let Some(sealed) = text.trim().strip_prefix(SEALED) else {
        return parse_key(&text).map(|key| (key, AtRest::Plain)).ok_or_else(damaged);
    };
    let seal = seal.ok_or_else(|| KeyError::Sealed(path.to_owned()))?;
    let other = || KeyError::OtherSeal(path.to_owned());
    let sealed = STANDARD.decode(sealed).map_err(|_| damaged())?;
    let plain = open(seal, &sealed).ok_or_else(other)?;
    let key: [u8; 32] = plain.as_slice().try_into().map_err(|_| damaged())?;
    Ok((Zeroizing::new(key), AtRest::Sealed))
}

fn write_key(path: &Path, key: &Key, seal: Option<&Key>) -> Result<(), KeyError> {
    let text = Zeroizing::new(match seal {
        Some(seal) => format!("{SEALED}{}\n", STANDARD.encode(sealed(seal, key))),
        None => format!("{}\n", STANDARD.encode(**key)),
    });
    write_private(path, text.as_bytes())
}

fn cipher(seal: &Key) -> RandomizedNonceKey {
    RandomizedNonceKey::new(&AES_256_GCM, &**seal).expect("32 bytes are an AES-256 key")
}

/// Nonce, ciphertext, tag.
fn sealed(seal: &Key, key: &Key) -> Vec<u8> {
    let mut text = key.to_vec();
    let nonce = cipher(seal).seal_in_place_append_tag(Aad::from(PURPOSE), &mut text);
    [&nonce.expect("sealing a short value succeeds").as_ref()[..], &text].concat()
}

fn open(seal: &Key, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_at_checked(12)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut rest = Zeroizing::new(rest.to_vec());
    let plain = cipher(seal).open_in_place(nonce, Aad::from(PURPOSE), &mut rest).ok()?;
    Some(Zeroizing::new(plain.to_vec()))
}

/// The key files of a former version.
///
/// # Errors
/// What is wrong with which file.
pub fn former_keys(folder: &Path) -> Result<Vec<KeptKey>, KeyError> {
    let mut keys = Vec::new();
    for path in former_files(folder)? {
        let text = read_private(&path)?;
        let damaged = |why: &str| KeyError::Damaged(path.clone(), why.to_owned());
        let mut key: KeptKey = serde_json::from_slice(&text).map_err(|error| damaged(&error.to_string()))?;
        let parsed = SigningKey::parse(&key).ok_or_else(|| damaged("the private key cannot be read"))?;
        key.facts = parsed.facts().clone();
        keys.push(key);
    }
    Ok(keys)
}

/// Removes them.
///
/// # Errors
/// A file could not be removed.
pub fn forget_former_keys(folder: &Path) -> Result<(), KeyError> {
    for path in former_files(folder)? {
        match fs::remove_file(&path) {
            // Another node that shares the folder was faster.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => (),
            other => other.map_err(|error| KeyError::Io(path, error))?,
        }
    }
    Ok(())
}

fn former_files(folder: &Path) -> Result<Vec<PathBuf>, KeyError> {
    let io = |error| KeyError::Io(folder.to_owned(), error);
    let paths = fs::read_dir(folder).map_err(io)?.map(|entry| entry.map(|entry| entry.path()).map_err(io));
    let paths: Vec<PathBuf> = paths.collect::<Result<_, _>>()?;
    Ok(paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect())
}

/// Nodes that start at the same time on a new folder must not each make a key of their own: one does, the others wait
/// and read it.
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
    use crate::model::signing_key::Successor;
    use crate::protocol::signing::SigningAlg;
    use crate::protocol::time::Timestamp;

    fn text_of(folder: &Path) -> String {
        fs::read_to_string(sealing_key_path(folder)).unwrap()
    }

    #[test]
    fn the_key_is_made_once_also_by_nodes_that_start_together() {
        for _ in 0..5 {
            let folder = tempfile::tempdir().unwrap();
            let open = || *sealing_key(folder.path(), None).unwrap();
            let all: Vec<[u8; 32]> = std::thread::scope(|scope| {
                let nodes: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
                nodes.into_iter().map(|node| node.join().unwrap()).collect()
            });
            assert!(all.iter().all(|key| *key == all[0]));
        }
    }

    #[test]
    fn exposed_and_damaged_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        sealing_key(folder.path(), None).unwrap();
        let path = sealing_key_path(folder.path());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(sealing_key(folder.path(), None), Err(KeyError::Exposed(_))));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        for damaged in ["short", "", "sealed:1:", "sealed:1:****"] {
            fs::write(&path, damaged).unwrap();
            assert!(sealing_key(folder.path(), Some(&Zeroizing::new([1; 32]))).is_err(), "{damaged}");
        }
    }

    #[test]
    fn a_plain_file_is_sealed_once_there_is_a_key_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let plain = sealing_key(folder.path(), None).unwrap();
        let before = text_of(folder.path());
        let (seal, other) = (Zeroizing::new([1; 32]), Zeroizing::new([2; 32]));
        assert_eq!(*sealing_key(folder.path(), Some(&seal)).unwrap(), *plain);
        let sealed = text_of(folder.path());
        assert!(sealed.starts_with(SEALED) && !sealed.contains(before.trim()));
        assert_eq!(*sealing_key(folder.path(), Some(&seal)).unwrap(), *plain);
        assert_eq!(text_of(folder.path()), sealed, "and is left alone then");
        assert!(matches!(sealing_key(folder.path(), None), Err(KeyError::Sealed(_))));
        assert!(matches!(sealing_key(folder.path(), Some(&other)), Err(KeyError::OtherSeal(_))));
        assert_eq!(text_of(folder.path()), sealed, "a wrong key changes nothing");
        for at in 0..sealed.len() - 1 {
            let mut altered = sealed.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            fs::write(sealing_key_path(folder.path()), &altered).unwrap();
            assert!(sealing_key(folder.path(), Some(&seal)).is_err(), "byte {at}");
        }
        fs::write(sealing_key_path(folder.path()), &sealed).unwrap();
        assert!(unseal(folder.path(), &other).is_err());
        assert_eq!(unseal(folder.path(), &seal).unwrap(), AtRest::Sealed);
        assert_eq!(text_of(folder.path()), before);
        assert_eq!(*sealing_key(folder.path(), Some(&other)).unwrap(), *plain, "sealed by another key from now on");
    }

    #[test]
    fn key_files_of_a_former_version_are_read_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let times = |alg| Successor { alg, published_at: Timestamp(1), active_at: Timestamp(1) };
        let mut kept = serde_json::to_value(KeptKey::generate(&times(SigningAlg::ES256)).unwrap()).unwrap();
        kept.as_object_mut().unwrap().remove("public");
        let path = folder.path().join("ES256-x.json");
        write_private(&path, kept.to_string().as_bytes()).unwrap();
        let read = former_keys(folder.path()).unwrap();
        assert_eq!(serde_json::to_value(&read[0].facts.kid).unwrap(), kept["kid"]);
        assert!(SigningKey::parse(&read[0]).unwrap().sign(b"message").is_some());
        forget_former_keys(folder.path()).unwrap();
        assert!(!path.exists() && former_keys(folder.path()).unwrap().is_empty());
        write_private(&path, b"{}").unwrap();
        assert!(matches!(former_keys(folder.path()), Err(KeyError::Damaged(..))));
    }
}
