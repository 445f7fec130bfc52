//! What reaches the disk. sled 0.34.7 ends its flush with `sync_file_range`, which neither empties the drive's cache nor
//! records that the file has grown; so each flush is followed by an `fdatasync` of its log through a handle of ours, and
//! pages that sled put into files of their own are synced as well. Writers that come together share one flush.

use super::super::StoreFault;
use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use tokio::sync::Mutex;

/// Who waits for which flush.
pub(super) struct Ledger {
    /// Changes made in memory so far.
    written: AtomicU64,
    /// Changes begun whose flush has not ended: while there is none, what is read is on the disk.
    pending: AtomicU64,
    flushed: Mutex<Flushed>,
    /// The first failed sync. It is final: nobody knows what is on the disk after one.
    broken: OnceLock<String>,
}

struct Flushed {
    upto: u64,
    files: Arc<std::sync::Mutex<Files>>,
}

/// Counts one change as pending for as long as it lives.
pub(super) struct Pending<'a>(&'a AtomicU64);

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Ledger {
    pub(super) fn new(files: Files) -> Ledger {
        Ledger {
            written: AtomicU64::new(0),
            pending: AtomicU64::new(0),
            flushed: Mutex::new(Flushed { upto: 0, files: Arc::new(std::sync::Mutex::new(files)) }),
            broken: OnceLock::new(),
        }
    }

    /// Before a change begins.
    pub(super) fn begin(&self) -> Result<Pending<'_>, StoreFault> {
        self.whole()?;
        self.pending.fetch_add(1, Ordering::SeqCst);
        Ok(Pending(&self.pending))
    }

    /// Nothing is answered after a failed sync.
    pub(super) fn whole(&self) -> Result<(), StoreFault> {
        self.broken.get().map_or(Ok(()), |why| Err(StoreFault(why.clone())))
    }

    /// After a read: waits while what was seen may not be on the disk.
    pub(super) async fn seen(&self) -> Result<(), StoreFault> {
        if self.pending.load(Ordering::SeqCst) == 0 { self.whole() } else { self.settle().await }
    }

    /// Returns when everything written so far is on the disk.
    pub(super) async fn settle(&self) -> Result<(), StoreFault> {
        let ticket = self.written.fetch_add(1, Ordering::SeqCst) + 1;
        let mut flushed = self.flushed.lock().await;
        self.whole()?;
        if flushed.upto >= ticket {
            return Ok(());
        }
        let upto = self.written.load(Ordering::SeqCst);
        let files = Arc::clone(&flushed.files);
        let done = tokio::task::spawn_blocking(move || match files.lock() {
            Ok(mut files) => files.flush().map_err(|error| error.to_string()),
            Err(_) => Err("an earlier sync panicked".to_owned()),
        });
        match done.await.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(()) => {
                flushed.upto = upto;
                Ok(())
            }
            Err(why) => {
                tracing::error!("the session store could not be synced and is used no more: {why}");
                Err(StoreFault(self.broken.get_or_init(|| why).clone()))
            }
        }
    }
}

/// sled's files.
pub(super) struct Files {
    db: sled::Db,
    log: File,
    blobs: PathBuf,
    synced: HashSet<OsString>,
}

impl Files {
    pub(super) fn open(db: sled::Db, folder: &Path) -> io::Result<Files> {
        let log = File::options().read(true).write(true).open(folder.join("db"))?;
        Ok(Files { db, log, blobs: folder.join("blobs"), synced: HashSet::new() })
    }

    /// Which page files there are is looked up before the flush: those are complete after it.
    fn flush(&mut self) -> io::Result<()> {
        let present =
            fs::read_dir(&self.blobs)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<HashSet<_>>>()?;
        self.db.flush().map_err(io::Error::other)?;
        let mut fresh = present.difference(&self.synced).peekable();
        let folder_changed = fresh.peek().is_some();
        for name in fresh {
            match File::open(self.blobs.join(name)) {
                Ok(file) => file.sync_all()?,
                // sled throws page files away when their page is written anew.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        if folder_changed {
            File::open(&self.blobs)?.sync_all()?;
        }
        self.synced = present;
        self.log.sync_data()
    }
}

/// A half-written snapshot keeps sled from opening, so it is removed first.
pub(super) fn clear_half_written(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Syncs every file and folder under `folder`, and its entry in the folder above.
pub(super) fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { sync_tree(&path)? } else { File::open(&path)?.sync_all()? }
    }
    File::open(folder)?.sync_all()?;
    match folder.parent() {
        Some(above) if !above.as_os_str().is_empty() => File::open(above)?.sync_all(),
        _ => Ok(()),
    }
}
