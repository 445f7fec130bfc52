//! Everything out of a sealed file, into an empty store.

use super::file::{Frame, Frames, Header};
use super::moving::tally_of;
use super::tally::Tally;
use super::{KeepError, Progress, is_empty};
use crate::crypto::seal::Seals;
use crate::store::Backend;
use crate::store::contract::Mark;
use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

/// What the mark of an unfinished restore begins with.
const MARK: &str = "a restore";

/// A backup of which every byte was checked.
pub struct Checked<F> {
    file: F,
    said: Tally,
}

/// Fills a store that nobody uses from a backup. What was written is read again and compared. A store that was left half
/// restored is not used by a server; restoring into it begins anew only after it was emptied.
///
/// # Errors
/// See [`KeepError`].
pub async fn restore(
    from: Checked<impl Read + Seek + Send>,
    to: &Arc<dyn Backend>,
    seals: &Seals,
    progress: Progress<'_>,
) -> Result<Tally, KeepError> {
    let Checked { file: mut from, said } = from;
    if let Some(mark) = to.mark().await? {
        return Err(KeepError::Begun { target: "the store".into(), mark });
    }
    if !is_empty(&**to).await? {
        return Err(KeepError::NotEmpty("the store".into()));
    }
    from.seek(SeekFrom::Start(0))?;
    let header = Header::read(&mut from, seals)?;
    let mut frames = Frames::of(&header, seals);
    let (mut tally, mut mark) = (Tally::default(), None);
    while let Frame::Items(entries) = frames.read(&mut from)? {
        entries.iter().for_each(|entry| tally.add(entry));
        to.carry_in(entries, Mark { from: mark, to: Some(MARK.into()) }).await?;
        mark = Some(MARK.into());
        progress(&tally);
    }
    if let Some(difference) = said.difference(&tally_of(to).await?) {
        return Err(KeepError::Differs(difference));
    }
    to.carry_in(Vec::new(), Mark { from: mark, to: None }).await?;
    Ok(tally)
}

/// Opens every frame and compares what they hold with what the last one says.
///
/// # Errors
/// See [`KeepError`].
pub fn check<F: Read + Seek + Send>(mut file: F, seals: &Seals) -> Result<Checked<F>, KeepError> {
    let from = &mut file;
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
                return Ok(Checked { file, said: *said });
            }
        }
    }
}
