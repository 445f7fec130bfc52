//! Files that only we may read, whole under their name or not there.

use crate::crypto::random;
use anyhow::Context;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file that is being written beside its place. Dropped before [`Draft::finish`], it is gone.
pub struct Draft {
    path: PathBuf,
    beside: PathBuf,
    file: File,
}

impl Draft {
    /// Begins a file that is to take its place under `path`.
    ///
    /// # Errors
    /// It cannot be made there.
    pub fn begin(path: &Path) -> anyhow::Result<Draft> {
        let mut beside = path.as_os_str().to_owned();
        // Not the process id: in a container that is the same at every start, and one that was killed left its draft.
        beside.push(format!(".{}.part", random::id()));
        let beside = PathBuf::from(beside);
        let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside);
        let file = open.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Draft { path: path.to_owned(), beside, file })
    }

    /// The file, for writing that keeps no thread of the server waiting. To be flushed before [`Draft::finish`].
    ///
    /// # Errors
    /// The system has no handle to give.
    pub fn writing(&self) -> io::Result<tokio::fs::File> {
        Ok(tokio::fs::File::from_std(self.file.try_clone()?))
    }

    /// Puts it in its place: whoever reads meanwhile sees the old file or the new one, whole.
    ///
    /// # Errors
    /// It cannot be written to the end; then the old file is still there.
    pub fn finish(self) -> anyhow::Result<()> {
        let finish = || -> io::Result<()> {
            self.file.sync_all()?;
            fs::rename(&self.beside, &self.path)?;
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        finish().with_context(|| format!("cannot write {}", self.path.display()))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // Gone already where it was finished.
        let _ = fs::remove_file(&self.beside);
    }
}

/// Writes a short text.
///
/// # Errors
/// See [`Draft::finish`].
pub fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    let draft = Draft::begin(path)?;
    writeln!(&draft.file, "{text}").with_context(|| format!("cannot write {}", path.display()))?;
    draft.finish()
}
