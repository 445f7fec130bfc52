//! Room on the disk, so that a full one is a pause and not an end.
//!
//! sled does not survive a write that fails: what it had in memory is no longer what is on disk, and only a restart puts
//! that right. So changes are refused while the file system has less than [`RESERVE`] left, before anything of them is
//! written; reads go on. Once there is room again, so do changes. The reserve is far more than what can be on its
//! way to the disk at one moment; should something else eat it within that moment, the store breaks as after any
//! failed write.

use crate::store::contract::StoreFault;
use std::fs::File;
use std::io;
use std::path::Path;

/// Below this changes are refused, in bytes.
pub(super) const RESERVE: u64 = 24 << 20;

/// The file system of the store.
pub(super) struct Space {
    folder: File,
}

impl Space {
    /// Of the folder's file system.
    pub(super) fn of(folder: &Path) -> io::Result<Space> {
        Ok(Space { folder: File::open(folder)? })
    }

    /// Is there room for a change? One system call, without disk access: little beside the write that follows.
    pub(super) fn allows_a_change(&self) -> Result<(), StoreFault> {
        let told = rustix::fs::fstatvfs(&self.folder);
        // A file system that does not tell is not therefore full.
        let Ok(told) = told else { return Ok(()) };
        let free = told.f_bavail.saturating_mul(told.f_frsize);
        if free >= RESERVE {
            return Ok(());
        }
        let (free, reserve) = (free >> 20, RESERVE >> 20);
        Err(StoreFault::Unavailable(format!(
            "the disk is full ({free} MiB free, {reserve} MiB are kept in reserve); make room, and writing goes on by itself"
        )))
    }
}
