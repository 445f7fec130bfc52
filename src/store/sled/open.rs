//! Opening a store: cleaning up what a crash left behind, and recovery of what sled does not open.

use super::disk::sync_tree;
use super::engine::Trees;
use super::format::{check_format, verify};
use super::lock::{PATIENCE, PAUSE, beside, take_lock};
use super::open_error::{OpenError, io_error};
use super::sum::Sum;
use ::sled::Db;
use std::fs::{self, File};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;

/// What opening yields.
pub(super) struct Opened {
    pub(super) db: Db,
    pub(super) trees: Trees,
    pub(super) lock: File,
    pub(super) opening: u32,
    pub(super) sum: Sum,
    pub(super) recovered: Option<PathBuf>,
}

/// Opens or makes the store in `folder`.
pub(super) fn open(folder: &Path, cache_bytes: u64) -> Result<Opened, OpenError> {
    make_folder(folder).map_err(io_error("create", folder))?;
    let lock = take_lock(folder)?;
    remove_snapshots(folder, Unfinished::Only).map_err(io_error("clean", folder))?;
    let (whole, recovered) = match attempt(folder, cache_bytes) {
        Ok(whole) => (whole, None),
        Err(Failure::Io(source)) => return Err(OpenError::Io { what: "open", path: folder.into(), source }),
        Err(Failure::Unknown(reason)) => return Err(OpenError::Damaged { folder: folder.into(), copy: None, reason }),
        Err(Failure::Damage(reason)) => recover(folder, cache_bytes, reason)?,
    };
    let Whole { db, trees, sum } = whole;
    let opening = check_format(folder, &db, &trees, sum)?;
    // sled never syncs what it makes while opening, and what we wrote above has to last too.
    flush(&db).map_err(io_error("write", folder))?;
    sync_tree(folder).map_err(io_error("sync", folder))?;
    Ok(Opened { db, trees, lock, opening, sum, recovered })
}

/// sled's flush, which is half of what makes a change durable.
pub(super) fn flush(db: &Db) -> io::Result<()> {
    match db.flush() {
        Ok(_) => Ok(()),
        Err(sled::Error::Io(error)) => Err(error),
        Err(other) => Err(io::Error::other(other.to_string())),
    }
}

/// Readable by us only: the records are nobody else's business.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unfinished {
    Only,
    AndFinished,
}

/// Removes snapshots of sled's page table. They only make opening quicker: sled can read everything from its log.
///
/// An unfinished one is what a crash during opening leaves; sled 0.34.7 would take it for the newest and give up.
fn remove_snapshots(folder: &Path, which: Unfinished) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && (which == Unfinished::AndFinished || name.ends_with(".generating")) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// A store that opened and in which nothing is missing.
struct Whole {
    db: Db,
    trees: Trees,
    sum: Sum,
}

/// Why an attempt failed.
pub(super) enum Failure {
    /// The files are not what sled wrote.
    Damage(String),
    /// The system refused; trying other things would not help and might harm.
    Io(io::Error),
    /// Files that sled does not take for its own; removing any of them might harm as well.
    Unknown(String),
}

impl From<sled::Error> for Failure {
    fn from(error: ::sled::Error) -> Failure {
        use io::ErrorKind::{InvalidData, NotFound, UnexpectedEof};
        match error {
            sled::Error::Io(error) if !matches!(error.kind(), InvalidData | NotFound | UnexpectedEof) => {
                Failure::Io(error)
            }
            sled::Error::Unsupported(reason) => Failure::Unknown(reason),
            other => Failure::Damage(other.to_string()),
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a file lock has nobody who tells when it is free")]
fn attempt(folder: &Path, cache_bytes: u64) -> Result<Whole, Failure> {
    // sled locks its log too, and its own threads may hold it a moment longer after a close in this process.
    for _ in 0..PATIENCE {
        match attempt_once(folder, cache_bytes) {
            Err(Failure::Io(error)) if error.to_string().contains("could not acquire lock") => {
                thread::sleep(PAUSE);
            }
            other => return other,
        }
    }
    attempt_once(folder, cache_bytes)
}

/// sled panics on some damaged files instead of saying so.
fn attempt_once(folder: &Path, cache_bytes: u64) -> Result<Whole, Failure> {
    let opened = catch_unwind(AssertUnwindSafe(|| {
        // Flushing on a timer would be a second flusher whose failures nobody hears of.
        let config = sled::Config::new().path(folder).cache_capacity(cache_bytes).flush_every_ms(None);
        let db = config.open()?;
        let trees = Trees::open(&db)?;
        let sum = verify(folder, &trees)?;
        Ok(Whole { db, trees, sum })
    }));
    opened.unwrap_or_else(|_| Err(Failure::Damage("sled panicked over its files".into())))
}

/// Copies kept of damaged stores. A supervisor that starts us again and again must not fill the disk with them.
const COPIES: u32 = 3;

/// Copies the store aside, then tries without the snapshots.
fn recover(folder: &Path, cache_bytes: u64, reason: String) -> Result<(Whole, Option<PathBuf>), OpenError> {
    tracing::warn!(folder = %folder.display(), reason, "the store did not open; trying to recover it");
    let copy = (1..=COPIES).map(|n| beside(folder, &format!(".damaged-{n}"))).find(|path| !path.exists());
    let Some(copy) = copy else { return Err(OpenError::Damaged { folder: folder.into(), copy: None, reason }) };
    copy_tree(folder, &copy).and_then(|()| sync_tree(&copy)).map_err(io_error("copy the damaged store to", &copy))?;
    remove_snapshots(folder, Unfinished::AndFinished).map_err(io_error("clean", folder))?;
    match attempt(folder, cache_bytes) {
        Ok(whole) => {
            tracing::warn!(copy = %copy.display(), "the store was recovered; the damaged one was copied");
            Ok((whole, Some(copy)))
        }
        Err(Failure::Damage(reason) | Failure::Unknown(reason)) => {
            Err(OpenError::Damaged { folder: folder.into(), copy: Some(copy), reason })
        }
        Err(Failure::Io(source)) => Err(io_error("open", folder)(source)),
    }
}

fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    make_folder(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
