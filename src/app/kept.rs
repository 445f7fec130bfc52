//! The store of this installation, opened as its configuration says.

use crate::config::{Config, StoreKind};
use crate::store::postgres::{ConnectError, Migrated, PostgresStore, Settings};
use crate::store::sled::SledStore;
use crate::store::{Backend, StoreFault};
use anyhow::{Context, bail};
use std::fs::{File, TryLockError};
use std::sync::Arc;

/// An open store. Beyond the contract, the engines differ only in how they end.
#[derive(Clone)]
pub(super) enum Kept {
    Sled(Arc<SledStore>),
    Postgres {
        store: Arc<PostgresStore>,
        /// On the data folder: the database is shared, control socket and set-up link are not.
        _lock: Arc<File>,
    },
}

impl Kept {
    /// Opens it. The data folder is there.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Kept> {
        match config.store.kind {
            StoreKind::Sled => {
                let (path, cache) = (config.data_dir.join("store"), config.store.cache.bytes());
                let store = tokio::task::spawn_blocking(move || SledStore::open(&path, cache)).await??;
                if let Some(aside) = store.recovered() {
                    tracing::warn!(aside = %aside.display(), "the store was damaged and has been recovered; the damaged files were put aside");
                }
                Ok(Kept::Sled(Arc::new(store)))
            }
            StoreKind::Postgres => {
                let _lock = Arc::new(lock(config)?);
                let store = PostgresStore::connect(&postgres(config)?).await?;
                Ok(Kept::Postgres { store: Arc::new(store), _lock })
            }
        }
    }

    /// Opens it for a server: not one into which a copy has not come to its end.
    pub(super) async fn open_whole(config: &Config) -> anyhow::Result<Kept> {
        let kept = Kept::open(config).await?;
        if let Some(mark) = kept.backend().mark().await? {
            kept.backend().close().await?;
            bail!(
                "{} holds the beginning of a copy ({mark}); finish a move by the same `abide move` again, and after a restore \
                 that was broken off begin with an empty store",
                Kept::name(config)?
            );
        }
        Ok(kept)
    }

    /// What the store of a configuration is called. No secret.
    pub(super) fn name(config: &Config) -> anyhow::Result<String> {
        Ok(match config.store.kind {
            StoreKind::Sled => {
                let folder = config.data_dir.join("store");
                format!("the folder {}", std::path::absolute(&folder).unwrap_or(folder).display())
            }
            StoreKind::Postgres => format!("the database {}", postgres(config)?.place()),
        })
    }

    /// Whether there is a store already. A database is.
    pub(super) fn exists(config: &Config) -> bool {
        config.store.kind == StoreKind::Postgres || config.data_dir.join("store").exists()
    }

    /// What the rest of the house sees of it.
    pub(super) fn backend(&self) -> Arc<dyn Backend> {
        match self {
            Kept::Sled(store) => Arc::clone(store) as Arc<dyn Backend>,
            Kept::Postgres { store, .. } => Arc::clone(store) as Arc<dyn Backend>,
        }
    }

    /// Returns when the store broke for good (a fault) or was closed (none). A database does not break for good: it
    /// comes back, and so does the store.
    pub(super) async fn over(&self) -> Option<StoreFault> {
        match self {
            Kept::Sled(store) => store.over().await,
            Kept::Postgres { .. } => std::future::pending().await,
        }
    }
}

/// Brings the schema of a configured database to the version of this program; none where the store has no schema.
///
/// # Errors
/// See [`ConnectError`].
pub async fn migrate(config: &Config) -> anyhow::Result<Option<Migrated>> {
    match config.store.kind {
        StoreKind::Sled => Ok(None),
        StoreKind::Postgres => Ok(Some(PostgresStore::migrate(&postgres(config)?).await?)),
    }
}

fn postgres(config: &Config) -> Result<Settings, ConnectError> {
    let url = config.store.url.secret().ok_or_else(|| ConnectError::Url("it is not set".into()))?;
    Settings::new(url.expose())
}

fn lock(config: &Config) -> anyhow::Result<File> {
    let path = config.data_dir.join("node.lock");
    let open = File::options().write(true).create(true).truncate(false).open(&path);
    let file = open.with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "the data folder {} is in use by another Abide; give every node its own data_dir, also where they share a \
             database",
            config.data_dir.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
    }
}
