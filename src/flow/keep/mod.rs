//! Everything that is kept, carried elsewhere: into a sealed file and back, or from one store to another.
//!
//! ```text
//! tally     what was carried: counts and a digest          backup    into a file
//! moving    from one store to another                      restore   out of a file
//! file      the form of the file
//! ```
//!
//! Import and export are about configuration; these are about all of it, sessions and audit log included, byte by byte.
//! Nothing is judged on the way, so they work on stores that nobody uses (a backup reads one that is in use).

pub mod backup;
mod file;
pub mod moving;
pub mod restore;
pub mod tally;

use crate::model::record::Kind;
use crate::model::setting::Setting;
use crate::store::entry::Entry;
use crate::store::{Backend, StoreFault};
use std::io;
use tally::Tally;

/// Told after every load, with what was carried so far.
pub type Progress<'a> = &'a mut (dyn FnMut(&Tally) + Send);

/// Why something could not be carried. The messages are for whoever runs Abide.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// A store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The file.
    #[error("the file cannot be used: {0}")]
    File(#[from] io::Error),
    /// What is to be restored is no backup, or not one of this version.
    #[error("{0}")]
    NotForUs(String),
    /// The target holds something already.
    #[error("{0} is not empty; give an empty one, so that nothing is mixed or overwritten")]
    NotEmpty(String),
    /// The target holds the beginning of something else.
    #[error("{target} holds the beginning of another copy ({mark}); finish that one, or begin with an empty store")]
    Begun {
        /// Which store.
        target: String,
        /// What was begun.
        mark: String,
    },
    /// The copy is not what it should be.
    #[error("the copy is not the same as what was copied ({0}); do not use it, and try again into an empty store")]
    Differs(String),
}

/// Whether a store holds anything.
async fn is_empty(store: &dyn Backend) -> Result<bool, StoreFault> {
    for kind in Kind::ALL {
        let keys = store.keys(kind, None, 2).await?.items;
        if keys.iter().any(|key| !(kind == Kind::Setting && key == Setting::NODES)) {
            return Ok(false);
        }
    }
    Ok(store.events(None, 1).await?.items.is_empty())
}

/// Who reports to a database at the moment is no matter of what is kept.
fn stays_behind(entry: &Entry) -> bool {
    matches!(entry, Entry::Record { kind: Kind::Setting, key, .. } if key == Setting::NODES)
}
