//! Why a store does not open, in words for whoever runs Abide.

use super::format::FORMAT;
use std::io;
use std::path::{Path, PathBuf};

/// Why a store could not be opened. The messages are for whoever runs Abide: they say what to do.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error(
        "the data in {} is in use by another Abide{}; stop that one first, or give this one its own data_dir",
        .folder.display(), .process.map(|id| format!(" (process {id})")).unwrap_or_default()
    )]
    InUse {
        /// The store's folder.
        folder: PathBuf,
        /// The other process, if it said.
        process: Option<u32>,
    },
    /// Damaged beyond what can be put right here.
    #[error(
        "the store in {} is damaged and could not be recovered ({reason}). {}Restore the newest backup into an empty \
         data_dir, or move the folder away to begin anew",
        .folder.display(),
        .copy.as_ref().map(|c| format!("A copy, made after the first attempt to open it, is in {}. ", c.display())).unwrap_or_default()
    )]
    Damaged {
        /// The store's folder.
        folder: PathBuf,
        /// Where the copy lies that was made before the attempt to recover it.
        copy: Option<PathBuf>,
        /// What is wrong.
        reason: String,
    },
    /// Written by a later version.
    #[error(
        "the store in {} has format {found}, and this version of Abide reads up to {FORMAT}: it was written by a \
         newer Abide. Start that version, or restore a backup made by this one",
        .folder.display()
    )]
    Newer {
        /// The store's folder.
        folder: PathBuf,
        /// Its format.
        found: u32,
    },
    /// Something that is no store of Abide.
    #[error("{} holds a sled database that is not a store of Abide; choose another data_dir", .0.display())]
    Foreign(PathBuf),
    /// The system refused.
    #[error("cannot {what} {}: {source}", .path.display())]
    Io {
        /// What was attempted.
        what: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A refusal of the system, with what was attempted on what.
pub(super) fn io_error<'a>(what: &'static str, path: &'a Path) -> impl Fn(io::Error) -> OpenError + 'a {
    move |source| OpenError::Io { what, path: path.to_owned(), source }
}
