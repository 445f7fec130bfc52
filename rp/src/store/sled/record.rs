//! Records and keys as bytes: a form, a version, and the facts as JSON.

use super::super::{Mark, StoreFault, Stored};
use super::Outcome;
use crate::clock::Instant;
use crate::secret::Name;
use crate::session::ApplicationSession;

/// The first byte of every record.
const FORMAT: u8 = 1;
pub(super) fn key(mark: &Mark, name: &Name) -> Vec<u8> {
    format!("{}/{}", mark.as_str(), name.as_str()).into_bytes()
}

pub(super) fn name_in(bytes: &[u8]) -> Name {
    Name::stored(&String::from_utf8_lossy(bytes))
}

pub(super) fn written(version: u64, session: &ApplicationSession) -> Outcome<Vec<u8>> {
    let mut record = vec![FORMAT];
    record.extend_from_slice(&version.to_be_bytes());
    serde_json::to_writer(&mut record, session).map_err(|error| StoreFault(error.to_string()))?;
    Ok(record)
}

pub(super) fn version(record: &[u8]) -> u64 {
    record.get(1..9).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes)
}

pub(super) fn read(record: &[u8]) -> Outcome<Stored> {
    let unknown = || StoreFault("a record of a form that this version does not know".into());
    if record.first() != Some(&FORMAT) {
        return Err(unknown());
    }
    let session = serde_json::from_slice(record.get(9..).ok_or_else(unknown)?).map_err(|_| unknown())?;
    Ok(Stored { version: version(record), session })
}

pub(super) fn instant(bytes: &[u8], at: usize) -> Instant {
    bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, Instant::from_be_bytes)
}
