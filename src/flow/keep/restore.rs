//! Everything out of a sealed file, into an empty store.

use super::file::{Frame, Frames, Header};
use super::moving::tally_of;
use super::tally::Tally;
use super::{KeepError, Progress, is_empty};
use crate::crypto::seal::Seals;
use crate::store::Backend;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

/// What the mark of an unfinished restore begins with.
const MARK: &str = "a restore";

/// Fills a store that nobody uses from a backup. The whole file is opened and checked before anything is written, and
/// what was written is read again and compared. A store that was left half restored is not used by a server; restoring
/// into it begins anew only after it was emptied.
///
/// # Errors
/// See [`KeepError`].
pub async fn restore(
    from: &mut (impl Read + Seek + Send),
    to: &Arc<dyn Backend>,
    seals: &Seals,
    progress: Progress<'_>,
) -> Result<Tally, KeepError> {
    let said = check(from, seals)?;
    if let Some(mark) = to.mark().await? {
        return Err(KeepError::Begun { target: "the store".into(), mark });
    }
    if !is_empty(&**to).await? {
        return Err(KeepError::NotEmpty("the store".into()));
    }
    from.seek(SeekFrom::Start(0))?;
    let header = Header::read(from, seals)?;
    let mut frames = Frames::of(&header, seals);
    let mut tally = Tally::default();
    while let Frame::Items(entries) = frames.read(from)? {
        entries.iter().for_each(|entry| tally.add(entry));
        to.carry_in(entries, Some(MARK.into())).await?;
        progress(&tally);
    }
    if let Some(difference) = said.difference(&tally_of(to).await?) {
        return Err(KeepError::Differs(difference));
    }
    to.carry_in(Vec::new(), None).await?;
    Ok(tally)
}

/// Opens every frame and compares what they hold with what the last one says.
fn check(from: &mut impl Read, seals: &Seals) -> Result<Tally, KeepError> {
    let header = Header::read(from, seals)?;
    let mut frames = Frames::of(&header, seals);
    let mut tally = Tally::default();
    loop {
        match frames.read(from)? {
            Frame::Items(entries) => entries.iter().for_each(|entry| tally.add(entry)),
            Frame::End(said) => {
                let more = from.read(&mut [0])? > 0;
                let difference = said.difference(&tally);
                if more || difference.is_some() {
                    return Err(KeepError::NotForUs("this backup is damaged; use another one".into()));
                }
                return Ok(*said);
            }
        }
    }
}
