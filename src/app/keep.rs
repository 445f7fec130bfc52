//! The verbs about everything that is kept: restore and move, on stores that no server uses. (A backup goes through
//! the running server: see [`super::control`].)

use super::kept::Kept;
use crate::config::Config;
use crate::crypto::key_folder::{sealing_key, sealing_key_path};
use crate::crypto::seal::Seals;
use crate::flow::keep::moving::{Named, move_all};
use crate::flow::keep::restore::{check, restore as fill};
use crate::flow::keep::tally::Tally;
use crate::flow::nodes::users_of;
use crate::store::Store;
use anyhow::{Context, bail};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

/// Told now and then how much was carried.
pub type Progress<'a> = &'a mut (dyn FnMut(&Tally) + Send);

/// Fills the empty store of a configuration from a backup.
///
/// # Errors
/// What is wrong with the file or the store; nothing was written, or what was written is marked as unfinished.
pub async fn restore(config: &Config, file: &Path, progress: Progress<'_>) -> anyhow::Result<Tally> {
    let open = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    let key = sealing_key_path(&config.keys_dir);
    if !key.exists() {
        bail!(
            "there are no keys in {}; put the keys_dir of the installation that made the backup there first",
            config.keys_dir.display()
        );
    }
    let seals = Seals::new(&*sealing_key(&config.keys_dir, config.keys.seal()?.as_ref())?);
    let refused = || format!("{} was not restored", file.display());
    // Before a store is opened, which makes one where there is none.
    let checked = check(BufReader::with_capacity(1 << 20, open), &seals).with_context(refused)?;
    let kept = unused(config).await?;
    let filled = fill(checked, &kept.backend(), &seals, progress).await;
    kept.backend().close().await?;
    filled.with_context(refused)
}

/// Carries everything from the store of one configuration to the empty store of another.
///
/// # Errors
/// What is wrong with which store. Broken off, it goes on when called again.
pub async fn move_store(from: &Config, to: &Config, progress: Progress<'_>) -> anyhow::Result<Tally> {
    let (from_name, to_name) = (Kept::name(from)?, Kept::name(to)?);
    if from_name == to_name {
        bail!("both configurations name the same store, {from_name}");
    }
    if from.store.kind == to.store.kind && from.data_dir == to.data_dir {
        bail!("both configurations have the data_dir {}; give each its own", from.data_dir.display());
    }
    if !Kept::exists(from) {
        bail!("there is no store in {}; is the right configuration named with --from?", from.data_dir.display());
    }
    let source = unused(from).await.with_context(|| format!("the store to move from ({from_name})"))?;
    let target = unused(to).await.with_context(|| format!("the store to move to ({to_name})"))?;
    let (one, other) = (source.backend(), target.backend());
    let (one, other) = (Named { store: &one, name: from_name }, Named { store: &other, name: to_name });
    let moved = move_all(&one, &other, progress).await;
    target.backend().close().await?;
    source.backend().close().await?;
    Ok(moved?)
}

/// A store that no server uses. The embedded one is locked by whoever has it; a database tells its nodes.
async fn unused(config: &Config) -> anyhow::Result<Kept> {
    super::make_data_dir(config)?;
    let kept = Kept::open(config).await?;
    match users_of(&Store::new(kept.backend())).await? {
        0 => Ok(kept),
        nodes => bail!(
            "{} is in use by {nodes} node(s); stop them first (one that was killed counts for {} s more)",
            Kept::name(config)?,
            crate::model::nodes::GONE.as_secs()
        ),
    }
}
