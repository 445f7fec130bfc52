//! One process at a time.

use super::open_error::{OpenError, io_error};
use std::fs::{File, TryLockError};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often a lock that is held is tried, and how long between: a second in all.
pub(super) const PATIENCE: usize = 100;
/// See [`PATIENCE`].
pub(super) const PAUSE: Duration = Duration::from_millis(10);

/// The path of something beside the folder.
pub(super) fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Beside the folder and not in it, so that it stays when the folder is moved away. The system drops the lock of a
/// process that dies, so a file that was left behind locks nobody out.
pub(super) fn take_lock(folder: &Path) -> Result<File, OpenError> {
    let path = beside(folder, ".lock");
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(io_error("open", &path))?;
    match try_patiently(&file) {
        Ok(()) => {
            // Who holds it is only for the message, so a failure here is none.
            let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let _ = (&mut file).take(16).read_to_string(&mut holder);
            Err(OpenError::InUse { folder: folder.to_owned(), process: holder.trim().parse().ok() })
        }
        Err(TryLockError::Error(error)) => Err(io_error("lock", &path)(error)),
    }
}

#[allow(clippy::disallowed_methods, reason = "a file lock has nobody who tells when it is free")]
/// An Abide that is just ending, before this one takes its place, holds the lock a moment longer.
fn try_patiently(file: &File) -> Result<(), TryLockError> {
    for _ in 0..PATIENCE {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            other => return other,
        }
    }
    file.try_lock()
}
