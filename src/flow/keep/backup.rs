//! Everything into a sealed file, while the store is in use.

use super::file::{Frames, Header};
use super::tally::Tally;
use super::{KeepError, Progress, stays_behind};
use crate::flow::Idp;
use crate::protocol::time::Timestamp;
use std::sync::Arc;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc::channel;

impl Idp {
    /// Writes everything that is kept, as it is at one instant, sealed by a key of `keys_dir`. People notice nothing.
    ///
    /// # Errors
    /// See [`KeepError`]; what was written until then is no backup.
    pub async fn backup(
        &self,
        to: &mut (impl AsyncWrite + Unpin + Send),
        now: Timestamp,
        progress: Progress<'_>,
    ) -> Result<Tally, KeepError> {
        let header = Header::new(self.issuer.to_string(), &self.seals, now);
        let mut frames = Frames::of(&header, &self.seals);
        to.write_all(&header.line()).await?;
        let (loads, mut arriving) = channel(2);
        let store = Arc::clone(self.store.backend());
        let carrying = tokio::spawn(async move { store.carry_out(None, loads).await });
        let mut tally = Tally::default();
        while let Some(load) = arriving.recv().await {
            let mut entries = load.entries;
            entries.retain(|entry| !stays_behind(entry));
            entries.iter().for_each(|entry| tally.add(entry));
            to.write_all(&frames.items(&entries)).await?;
            progress(&tally);
        }
        super::moving::ended(carrying).await?;
        to.write_all(&frames.end(&tally)).await?;
        to.flush().await?;
        Ok(tally)
    }
}
