//! Long values in pieces.
//!
//! sled keeps up to sixteen neighbouring items in one page, and writes a page of more than 128 KiB to a file of its
//! own, which it never syncs. Values above [`PIECE`] are therefore cut up, so that a full page stays well below that
//! mark. What stands under the record's key is a head: the value itself, or where its pieces are. Pieces are written
//! once under a [`Serial`] of their own, and replaced as a whole; so a reader outside a transaction finds either all
//! pieces of the value it saw or notices that one is gone, never a mixture.

use super::counted::Counted;
use super::keys::{self, Serial};
use crate::store::contract::StoreFault;
use ::sled::transaction::UnabortableTransactionError;
use ::sled::{IVec, Tree};

/// The longest value that is kept whole, and the length of a piece, in bytes.
const PIECE: usize = 4096;

const WHOLE: u8 = 0;
const PIECES: u8 = 1;

/// What a head says.
enum Head<'a> {
    Whole(&'a [u8]),
    Pieces { serial: [u8; Serial::LEN], count: u32 },
}

fn parse(head: &[u8]) -> Option<Head<'_>> {
    match head.split_first()? {
        (&WHOLE, value) => Some(Head::Whole(value)),
        (&PIECES, place) => {
            let (serial, count) = place.split_first_chunk::<{ Serial::LEN }>()?;
            Some(Head::Pieces { serial: *serial, count: u32::from_be_bytes(count.try_into().ok()?) })
        }
        _ => None,
    }
}

/// The value behind a head; none when a piece is not there.
pub(super) fn assemble<E: From<Malformed>>(
    head: &[u8],
    mut piece: impl FnMut(Vec<u8>) -> Result<Option<IVec>, E>,
) -> Result<Option<Vec<u8>>, E> {
    match parse(head).ok_or(Malformed)? {
        Head::Whole(value) => Ok(Some(value.to_vec())),
        Head::Pieces { serial, count } => {
            let mut value = Vec::new();
            for index in 0..count {
                let Some(part) = piece(keys::piece(serial, index))? else { return Ok(None) };
                value.extend_from_slice(&part);
            }
            Ok(Some(value))
        }
    }
}

/// A head that is none of ours, or whose pieces are missing for good.
#[derive(Debug)]
pub(super) struct Malformed;

impl Malformed {
    /// What the floors above are told.
    pub(super) fn fault(kind: &'static str) -> StoreFault {
        StoreFault::Damaged { kind, reason: "its bytes are not what was written".into() }
    }
}

/// Why a value could not be read.
#[derive(Debug)]
pub(super) enum Unread {
    /// The bytes make no sense.
    Malformed,
    /// sled says.
    Sled(sled::Error),
}

impl From<Malformed> for Unread {
    fn from(_: Malformed) -> Unread {
        Unread::Malformed
    }
}

impl From<sled::Error> for Unread {
    fn from(error: ::sled::Error) -> Unread {
        Unread::Sled(error)
    }
}

/// The value under a key, read outside a transaction.
pub(super) fn read(tree: &Tree, pieces: &Tree, key: &[u8]) -> Result<Option<Vec<u8>>, Unread> {
    let mut head = tree.get(key)?;
    loop {
        let Some(seen) = head else { return Ok(None) };
        if let Some(value) = follow(pieces, &seen)? {
            return Ok(Some(value));
        }
        // A piece is gone: the value was replaced meanwhile, and then its head is another one now.
        head = tree.get(key)?;
        if head.as_ref() == Some(&seen) {
            return Err(Unread::Malformed);
        }
    }
}

/// The value behind a head, read outside a transaction; none when it was removed meanwhile.
pub(super) fn follow(pieces: &Tree, head: &[u8]) -> Result<Option<Vec<u8>>, Unread> {
    assemble(head, |key| Ok(pieces.get(key)?))
}

/// Why a value could not be read inside a transaction.
pub(super) enum Unseen {
    /// The bytes make no sense.
    Malformed,
    /// sled says.
    Sled(UnabortableTransactionError),
}

impl From<Malformed> for Unseen {
    fn from(_: Malformed) -> Unseen {
        Unseen::Malformed
    }
}

impl From<UnabortableTransactionError> for Unseen {
    fn from(error: UnabortableTransactionError) -> Unseen {
        Unseen::Sled(error)
    }
}

/// A tree of heads together with the pieces, inside a transaction.
pub(super) struct Values<'a> {
    /// The heads.
    pub(super) heads: &'a Counted<'a>,
    /// The pieces of all trees.
    pub(super) pieces: &'a Counted<'a>,
}

impl Values<'_> {
    /// The value under a key.
    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Unseen> {
        let Some(head) = self.heads.get(key)? else { return Ok(None) };
        match assemble(&head, |key| Ok::<_, Unseen>(self.pieces.get(key)?))? {
            Some(value) => Ok(Some(value)),
            None => Err(Unseen::Malformed),
        }
    }

    /// Replaces the value under a key. `serial` is used up only by a long value.
    pub(super) fn put(
        &self,
        key: &[u8],
        value: &[u8],
        serial: impl FnOnce() -> Serial,
    ) -> Result<(), UnabortableTransactionError> {
        self.remove(key)?;
        let mut head = Vec::with_capacity(value.len().min(PIECE) + 1);
        if value.len() <= PIECE {
            head.push(WHOLE);
            head.extend_from_slice(value);
        } else {
            let serial = serial().bytes();
            let mut count: u32 = 0;
            for part in value.chunks(PIECE) {
                self.pieces.insert(keys::piece(serial, count), part)?;
                count += 1;
            }
            head.push(PIECES);
            head.extend_from_slice(&serial);
            head.extend_from_slice(&count.to_be_bytes());
        }
        self.heads.insert(key, &head)?;
        Ok(())
    }

    /// Removes the value under a key, if there is one.
    pub(super) fn remove(&self, key: &[u8]) -> Result<(), UnabortableTransactionError> {
        let Some(head) = self.heads.remove(key)? else { return Ok(()) };
        if let Some(Head::Pieces { serial, count }) = parse(&head) {
            for index in 0..count {
                self.pieces.remove(keys::piece(serial, index))?;
            }
        }
        Ok(())
    }
}
