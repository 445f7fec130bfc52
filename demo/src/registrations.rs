//! The client secrets of the two apps, kept beside the provider's data.
//!
//! The provider takes a client's secret at its creation only, so a demo that keeps its data has to keep these too.

use std::io::Write;
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::secret;

const FILE: &str = "demo-clients.json";

/// One client secret per app.
#[derive(Deserialize, Serialize)]
pub(crate) struct Registrations {
    pub(crate) bank: String,
    pub(crate) plaza: String,
}

impl Registrations {
    /// Reads the secrets of an earlier run in `dir`, or makes and keeps new ones (mode 0600).
    ///
    /// # Errors
    /// When the file cannot be read or written, or is not what this wrote.
    pub(crate) fn load_or_create(dir: &Path) -> anyhow::Result<Self> {
        let path = dir.join(FILE);
        match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).with_context(|| format!("{} is damaged", path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let fresh = Self { bank: secret::random(), plaza: secret::random() };
                fresh.keep(&path).with_context(|| format!("cannot write {}", path.display()))?;
                Ok(fresh)
            }
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn keep(&self, path: &Path) -> anyhow::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        file.write_all(&serde_json::to_vec_pretty(self)?)?;
        file.sync_all()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Registrations;

    #[test]
    fn the_second_run_finds_the_secrets_of_the_first() {
        let dir = tempfile::tempdir().expect("a directory");
        let first = Registrations::load_or_create(dir.path()).expect("made");
        let second = Registrations::load_or_create(dir.path()).expect("found");
        assert_eq!((first.bank, first.plaza), (second.bank, second.plaza));
    }
}
