//! What was on disk at the last sync, said by somebody else than sled.
//!
//! A log that was cut short, or whose end sled could not read, opens as a smaller store in perfect order. Only something
//! outside of it can tell that there was more: one small file that holds the number of the last change that was synced,
//! written in place after every sync and never synced itself. A power cut can leave it behind the store and never
//! ahead of it, so a store with fewer changes than it says has lost some.

use std::fs::{self, File};
use std::hash::Hasher as _;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use twox_hash::XxHash3_64;

/// The file's name, in the store's folder.
pub(super) const NAME: &str = "acknowledged";
const LENGTH: usize = 16;

/// The file, open for writing.
pub(super) struct Witness(File);

/// What it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Testimony {
    /// So many changes were on disk.
    Changes(u64),
    /// Nothing: it is not there, or not as it was written.
    Silence,
}

impl Witness {
    /// Opens or makes it in the store's folder.
    pub(super) fn open(folder: &Path) -> io::Result<Witness> {
        File::options().write(true).create(true).truncate(false).open(folder.join(NAME)).map(Witness)
    }

    /// So many changes are on disk.
    pub(super) fn note(&self, changes: u64) -> io::Result<()> {
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(&changes.to_be_bytes());
        bytes[8..].copy_from_slice(&proof(changes).to_be_bytes());
        // Sixteen bytes at the start of one sector: whole or not at all.
        self.0.write_all_at(&bytes, 0)
    }
}

/// Reads it.
pub(super) fn testimony(folder: &Path) -> Testimony {
    let Ok(bytes) = fs::read(folder.join(NAME)) else { return Testimony::Silence };
    let read = || {
        let (changes, proven) = bytes.split_first_chunk::<8>()?;
        let changes = u64::from_be_bytes(*changes);
        (u64::from_be_bytes(proven.try_into().ok()?) == proof(changes)).then_some(changes)
    };
    read().map_or(Testimony::Silence, Testimony::Changes)
}

fn proof(changes: u64) -> u64 {
    let mut hash = XxHash3_64::new();
    hash.write(&changes.to_be_bytes());
    hash.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_was_noted_last_and_nothing_when_altered() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(testimony(folder.path()), Testimony::Silence);
        let witness = Witness::open(folder.path()).unwrap();
        witness.note(7).unwrap();
        witness.note(1 << 40).unwrap();
        assert_eq!(testimony(folder.path()), Testimony::Changes(1 << 40));
        let whole = fs::read(folder.path().join(NAME)).unwrap();
        for at in 0..whole.len() {
            let mut altered = whole.clone();
            altered[at] ^= 1;
            fs::write(folder.path().join(NAME), &altered).unwrap();
            assert_eq!(testimony(folder.path()), Testimony::Silence, "byte {at}");
            fs::write(folder.path().join(NAME), &whole[..at]).unwrap();
            assert_eq!(testimony(folder.path()), Testimony::Silence, "{at} bytes");
        }
    }
}
