//! Files that only we may read, whole under their name or not there.

use anyhow::Context;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// A file that is being written beside its place. Dropped before [`Draft::finish`], it is gone.
pub struct Draft {
    path: PathBuf,
    beside: PathBuf,
    file: BufWriter<File>,
}

impl Draft {
    /// Begins a file that is to take its place under `path`.
    ///
    /// # Errors
    /// It cannot be made there.
    pub fn begin(path: &Path) -> anyhow::Result<Draft> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}.part", std::process::id()));
        let beside = PathBuf::from(beside);
        let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside);
        let file = open.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Draft { path: path.to_owned(), beside, file: BufWriter::with_capacity(1 << 20, file) })
    }

    /// Puts it in its place: whoever reads meanwhile sees the old file or the new one, whole.
    ///
    /// # Errors
    /// It cannot be written to the end; then the old file is still there.
    pub fn finish(mut self) -> anyhow::Result<()> {
        let mut finish = || -> io::Result<()> {
            self.file.flush()?;
            self.file.get_ref().sync_all()?;
            fs::rename(&self.beside, &self.path)?;
            let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        };
        finish().with_context(|| format!("cannot write {}", self.path.display()))
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
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
    let mut draft = Draft::begin(path)?;
    writeln!(draft, "{text}").with_context(|| format!("cannot write {}", path.display()))?;
    draft.finish()
}
