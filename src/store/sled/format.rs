//! The format marker: which version of the layout a store has, so that an older program does not misread a newer one.

use super::engine::Trees;
use super::open_error::OpenError;
use ::sled::Db;
use std::fs;
use std::path::Path;

/// The format this program writes and the newest it reads.
pub(super) const FORMAT: u32 = 1;

/// Checks or writes the marker, and counts this opening.
pub(super) fn check_format(folder: &Path, db: &Db, trees: &Trees) -> Result<u32, OpenError> {
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
