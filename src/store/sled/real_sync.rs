//! sled's own syncs made real, on Linux.
//!
//! sled reuses a part of its log once what replaced it is on disk, and takes it for on disk when `sync_file_range`
//! has returned, which neither empties the drive's cache nor records that the file has grown. Our sync after each flush
//! makes up for that as long as little is written between two of them. When much is, sled writes over the old before
//! the new is safe, and a power cut then takes changes that were acknowledged long before (found by simulation:
//! `faults::power_cut::a_crowd_with_long_values`). No setting of sled's helps, but where the system does not know
//! `sync_file_range`, sled calls `fsync`. So the system is told not to know it: a filter for this process, which lets
//! every other call through.
//!
//! Rejected: bounding what is written between two syncs, since nobody knows how much sled writes for one change (whole
//! pages, and others that it moves); a copy of sled with one line changed, which we would have to keep.

use std::io;
use std::sync::OnceLock;

/// From here on `sync_file_range` fails in this process as unknown. Once is enough, and there is no way back.
///
/// # Errors
/// The system allows no filters (seccomp).
pub(super) fn demand() -> io::Result<()> {
    static DONE: OnceLock<Result<(), String>> = OnceLock::new();
    DONE.get_or_init(system::demand).clone().map_err(|why| {
        io::Error::other(format!(
            "{why}; the embedded store needs a system that lets a process filter its own calls (seccomp), or its power cuts \
             would not be safe; allow it, or use PostgreSQL"
        ))
    })
}

#[cfg(target_os = "linux")]
mod system {
    use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, TargetArch, apply_filter_all_threads};

    pub(super) fn demand() -> Result<(), String> {
        let arch = TargetArch::try_from(std::env::consts::ARCH).map_err(|error| error.to_string())?;
        let unknown = SeccompAction::Errno(u32::try_from(libc::ENOSYS).unwrap_or_default());
        let call = [(libc::SYS_sync_file_range, Vec::new())].into();
        let filter = SeccompFilter::new(call, SeccompAction::Allow, unknown, arch);
        let program: BpfProgram = filter.and_then(TryInto::try_into).map_err(|error| error.to_string())?;
        apply_filter_all_threads(&program).map_err(|error| error.to_string())
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    /// Elsewhere sled calls `fsync` anyway.
    pub(super) fn demand() -> Result<(), String> {
        Ok(())
    }
}
