//! What reaches the disk: the sync that sled does not do.
//!
//! sled 0.34.7 ends its flush with `sync_file_range`, which neither empties the drive's cache nor records that the
//! file has grown. So after each flush we `fdatasync` its log through a handle of our own (syncing works on the file,
//! not on the handle). Pages that sled put into files of their own, and never syncs, are synced as well.

use super::witness::Witness;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Makes a file's bytes durable. A trait, so that tests can let it fail or take its time.
pub trait Disk: Send + 'static {
    /// Returns when everything written to `file` so far survives a power cut.
    ///
    /// # Errors
    /// Whatever the system says; the store does not go on after one.
    fn sync(&mut self, file: &File) -> io::Result<()>;
}

/// The real thing.
pub struct Fdatasync;

impl Disk for Fdatasync {
    fn sync(&mut self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

/// sled's files, as the flusher sees them.
pub(super) struct Files<D> {
    log: File,
    blobs: PathBuf,
    synced: HashSet<OsString>,
    witness: Witness,
    disk: D,
}

impl<D: Disk> Files<D> {
    /// Opens our handle on the log of the store in `folder`.
    pub(super) fn open(folder: &Path, disk: D) -> io::Result<Files<D>> {
        let log = File::options().read(true).write(true).open(folder.join("db"))?;
        let witness = Witness::open(folder)?;
        Ok(Files { log, blobs: folder.join("blobs"), synced: HashSet::new(), witness, disk })
    }

    /// Runs sled's flush, makes durable what it wrote, and notes that this many changes are on disk.
    ///
    /// Which page files there are is looked up before the flush: those are complete after it, while one that turns
    /// up in between may be half written and must not count as synced.
    pub(super) fn flush(&mut self, changes: u64, sled: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let present = self.blobs()?;
        sled()?;
        let mut fresh = present.difference(&self.synced).peekable();
        let folder_changed = fresh.peek().is_some();
        for name in fresh {
            sync_unless_gone(&self.blobs.join(name))?;
        }
        if folder_changed {
            File::open(&self.blobs)?.sync_all()?;
        }
        self.synced = present;
        self.disk.sync(&self.log)?;
        self.witness.note(changes)
    }

    /// Few or none, since long values are cut up; but keys of the greatest length can still make a page that large.
    fn blobs(&self) -> io::Result<HashSet<OsString>> {
        fs::read_dir(&self.blobs)?.map(|entry| Ok(entry?.file_name())).collect()
    }
}

/// sled throws page files away when their page is written anew.
fn sync_unless_gone(path: &Path) -> io::Result<()> {
    match File::open(path) {
        Ok(file) => file.sync_all(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Syncs every file and folder under `folder`, and the entry of `folder` in the folder above.
pub(super) fn sync_tree(folder: &Path) -> io::Result<()> {
    sync_below(folder)?;
    match folder.parent() {
        Some(above) if !above.as_os_str().is_empty() => File::open(above)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

fn sync_below(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_below(&path)?;
        } else {
            File::open(&path)?.sync_all()?;
        }
    }
    File::open(folder)?.sync_all()
}

/// Bytes of all files under `folder`. A file that goes away meanwhile counts nothing.
pub(super) fn bytes_below(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes_below(&entry.path())?,
            Ok(meta) => meta.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
    }
    Ok(bytes)
}
