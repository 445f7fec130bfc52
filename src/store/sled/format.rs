//! The format marker: which version of the layout a store has, so that an older program does not misread a newer one.

use super::engine::{SUM, Trees};
use super::open::Failure;
use super::open_error::OpenError;
use super::sum::Sum;
use super::witness::{self, Testimony};
use ::sled::Db;
use std::fs;
use std::path::Path;

/// The format this program writes and the newest it reads.
pub(super) const FORMAT: u32 = 5;

/// Reads everything and compares it with what the store says there should be. A store without a marker is judged by
/// [`check_format`]; one of format 1 has no sum yet, and is added up.
pub(super) fn verify(folder: &Path, trees: &Trees) -> Result<Sum, Failure> {
    let damaged = |reason: String| Err(Failure::Damage(reason));
    let format = trees.meta.get("format")?.as_deref().and_then(number);
    if format.is_some_and(|format| format > FORMAT) {
        // Not ours to judge; `check_format` says so.
        return Ok(Sum::default());
    }
    let kept = trees.meta.get(SUM)?.map_or(Some(Sum::default()), |bytes| Sum::parse(&bytes));
    let Some(mut kept) = kept else { return damaged("its sum cannot be read".into()) };
    match witness::testimony(folder) {
        Testimony::Changes(acknowledged) if acknowledged > kept.changes => {
            return damaged(format!("{} changes that were on disk are gone", acknowledged - kept.changes));
        }
        Testimony::Silence if kept.changes > 0 => {
            tracing::warn!(
                file = witness::NAME,
                "cannot be read; that no change is missing at the end of the store is not known"
            );
        }
        _ => (),
    }
    let found = trees.add_up()?;
    if format == Some(1) {
        kept = found;
    }
    if !found.is_of_the_same_items(&kept) {
        return damaged("what is in it is not what was written".into());
    }
    Ok(kept)
}

/// Checks or writes the marker, and counts this opening.
pub(super) fn check_format(folder: &Path, db: &Db, trees: &Trees, sum: Sum) -> Result<u32, OpenError> {
    let damaged = |reason: &str| OpenError::Damaged { folder: folder.into(), copy: None, reason: reason.into() };
    let broken = |error: ::sled::Error| damaged(&error.to_string());
    match trees.meta.get("format").map_err(broken)? {
        None if !db.is_empty() || db.tree_names().len() > trees.count() + 1 => {
            return Err(OpenError::Foreign(folder.into()));
        }
        None if !trees.are_empty() => return Err(damaged("its format marker is missing")),
        None => write_marker(folder, trees).map_err(broken)?,
        Some(marker) => {
            let found = number(&marker).ok_or_else(|| damaged("its format marker cannot be read"))?;
            if found > FORMAT {
                return Err(OpenError::Newer { folder: folder.into(), found });
            }
            if found < FORMAT {
                // In this order: a crash between the two is an older store still.
                trees.meta.insert(SUM, &sum.bytes()).map_err(broken)?;
                trees.meta.insert("format", &FORMAT.to_be_bytes()).map_err(broken)?;
            }
        }
    }
    let before = trees.meta.get("openings").map_err(broken)?;
    let opening = before.as_deref().and_then(number).unwrap_or(0).wrapping_add(1);
    trees.meta.insert("openings", &opening.to_be_bytes()).map_err(broken)?;
    Ok(opening)
}

/// Format and creation. When that was is what the file system says: the store reads no clock.
fn write_marker(folder: &Path, trees: &Trees) -> sled::Result<()> {
    let made = fs::metadata(folder.join("db")).and_then(|meta| meta.created().or_else(|_| meta.modified()));
    let since = made.ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    trees.meta.insert("created", &since.as_secs().to_be_bytes())?;
    trees.meta.insert("format", &FORMAT.to_be_bytes())?;
    Ok(())
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(..4)?.try_into().ok()?))
}
