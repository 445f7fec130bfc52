//! The form of a backup: a line of JSON that says what it is, then sealed frames.
//!
//! ```text
//! line     {"abide": "backup", "format": 1, …}\n          read before any key is needed
//! frame    length (4 bytes, big-endian), sealed bytes     nonce, AES-256-GCM of a tag byte and what it holds
//! ```
//!
//! Each frame is sealed together with the line and its own number, and the last one is of a kind of its own and says
//! what all of them held: frames cannot be altered, left out, exchanged or cut off without it being found.

use super::KeepError;
use super::tally::Tally;
use crate::crypto::fingerprint::fingerprint;
use crate::crypto::seal::{Purpose, Seals};
use crate::protocol::time::Timestamp;
use crate::store::entry::Entry;
use serde::{Deserialize, Serialize};
use std::io::Read;

/// The form that is written.
const FORMAT: u32 = 1;
/// The longest first line and the longest frame that are read, in bytes.
const LONGEST: (usize, usize) = (4096, 16 << 20);
/// A frame this long gets no more items.
const FULL: usize = 1 << 20;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    abide: String,
    format: u32,
    /// Which version wrote it, for people.
    version: String,
    /// Whose data it is, for people.
    issuer: String,
    made_at: Timestamp,
    /// By which keys it is sealed: nothing that helps to find them.
    sealed_by: String,
}

impl Header {
    /// For a backup that is made now.
    pub(super) fn new(issuer: String, seals: &Seals, made_at: Timestamp) -> Header {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        Header { abide: "backup".into(), format: FORMAT, version, issuer, made_at, sealed_by: sealed_by(seals) }
    }

    /// Reads the first line and says why it cannot be used, if so.
    pub(super) fn read(from: &mut impl Read, seals: &Seals) -> Result<Header, KeepError> {
        let not = |why: &str| Err(KeepError::NotForUs(why.to_owned()));
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            if from.read(&mut byte)? == 0 || line.len() == LONGEST.0 {
                return not("this is no backup of Abide");
            }
            if byte == *b"\n" {
                break;
            }
            line.push(byte[0]);
        }
        #[derive(Deserialize)]
        struct Any {
            abide: String,
            format: u32,
            #[serde(default)]
            version: String,
        }
        match serde_json::from_slice::<Any>(&line) {
            Ok(any) if any.abide == "backup" && any.format != FORMAT => {
                return Err(KeepError::NotForUs(format!(
                    "this backup has format {} and was made by Abide {}, while this version reads format {FORMAT}; restore it with \
                     the version that made it",
                    any.format, any.version
                )));
            }
            Ok(any) if any.abide == "backup" => (),
            _ => return not("this is no backup of Abide"),
        }
        let Ok(header) = serde_json::from_slice::<Header>(&line) else {
            return not("the first line of this backup is damaged; use another backup");
        };
        if header.sealed_by != sealed_by(seals) {
            return not("this backup was sealed with other keys; name the keys_dir of the installation that made it");
        }
        Ok(header)
    }

    /// It as it stands in the file.
    pub(super) fn line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("a header can be printed");
        line.push(b'\n');
        line
    }
}

/// Whose keys: a digest under them of nothing.
fn sealed_by(seals: &Seals) -> String {
    seals.mac(Purpose::Backup, &[b"whose keys"])[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a frame holds.
pub(super) enum Frame {
    /// Items.
    Items(Vec<Entry>),
    /// The end, and what all frames held.
    End(Box<Tally>),
}

/// Seals and opens frames in their order.
pub(super) struct Frames<'a> {
    seals: &'a Seals,
    whole: [u8; 32],
    number: u64,
}

impl<'a> Frames<'a> {
    /// Of the file with this first line.
    pub(super) fn of(header: &Header, seals: &'a Seals) -> Frames<'a> {
        Frames { seals, whole: fingerprint(&header.line()), number: 0 }
    }

    /// Frames for items: as many as it takes to keep each well below what is read.
    pub(super) fn items(&mut self, entries: &[Entry]) -> Vec<u8> {
        let (mut frames, mut plain) = (Vec::new(), vec![b'i']);
        for entry in entries {
            let bytes = entry.bytes();
            plain.extend_from_slice(&length(&bytes));
            plain.extend_from_slice(&bytes);
            if plain.len() >= FULL {
                self.seal(std::mem::replace(&mut plain, vec![b'i']), &mut frames);
            }
        }
        if plain.len() > 1 {
            self.seal(plain, &mut frames);
        }
        frames
    }

    /// The last frame.
    pub(super) fn end(&mut self, tally: &Tally) -> Vec<u8> {
        let (mut frames, mut plain) = (Vec::new(), vec![b'e']);
        serde_json::to_writer(&mut plain, tally).expect("a tally can be printed");
        self.seal(plain, &mut frames);
        frames
    }

    fn seal(&mut self, plain: Vec<u8>, frames: &mut Vec<u8>) {
        let sealed = self.seals.seal_bytes(Purpose::Backup, &self.context(), plain);
        frames.extend_from_slice(&length(&sealed));
        frames.extend_from_slice(&sealed);
    }

    /// Reads the next frame.
    pub(super) fn read(&mut self, from: &mut impl Read) -> Result<Frame, KeepError> {
        let damaged = || KeepError::NotForUs("this backup is damaged or incomplete; use another one".into());
        let mut length = [0; 4];
        from.read_exact(&mut length).map_err(|_| damaged())?;
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if length > LONGEST.1 {
            return Err(damaged());
        }
        let mut sealed = vec![0; length];
        from.read_exact(&mut sealed).map_err(|_| damaged())?;
        let plain = self.seals.open_bytes(Purpose::Backup, &self.context(), sealed).ok_or_else(damaged)?;
        match plain.split_first() {
            Some((b'i', items)) => items_of(items).map(Frame::Items).ok_or_else(damaged),
            Some((b'e', tally)) => {
                serde_json::from_slice(tally).map(|tally| Frame::End(Box::new(tally))).map_err(|_| damaged())
            }
            _ => Err(damaged()),
        }
    }

    fn context(&mut self) -> Vec<u8> {
        self.number += 1;
        [&self.whole[..], &self.number.to_be_bytes()].concat()
    }
}

fn length(bytes: &[u8]) -> [u8; 4] {
    // Nothing here comes near the limit.
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

fn items_of(mut bytes: &[u8]) -> Option<Vec<Entry>> {
    let mut items = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (item, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        items.push(Entry::parse(item)?);
        bytes = rest;
    }
    Some(items)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read_however_large() {
        let seals = Seals::new(&[7; 32]);
        let header = Header::new("https://id.example.com".into(), &seals, Timestamp(1));
        let large = |n: u8| Entry::Event { at: Timestamp(i64::from(n)), event: vec![n; 256 * 1024] };
        let entries: Vec<Entry> = (0..90).map(large).collect();
        let mut tally = Tally::default();
        entries.iter().for_each(|entry| tally.add(entry));
        let mut frames = Frames::of(&header, &seals);
        let mut file = header.line();
        file.extend(frames.items(&entries));
        file.extend(frames.items(&[]));
        file.extend(frames.end(&tally));

        let mut from = &file[..];
        let read = Header::read(&mut from, &seals).unwrap();
        assert_eq!(read, header);
        let mut frames = Frames::of(&read, &seals);
        let mut back = Vec::new();
        let said = loop {
            match frames.read(&mut from).unwrap() {
                Frame::Items(items) => back.extend(items),
                Frame::End(said) => break said,
            }
        };
        assert!(back == entries && *said == tally && from.is_empty());
    }

    #[test]
    fn frames_cannot_change_places() {
        let seals = Seals::new(&[7; 32]);
        let header = Header::new("https://id.example.com".into(), &seals, Timestamp(1));
        let mut frames = Frames::of(&header, &seals);
        let event = |n| Entry::Event { at: Timestamp(n), event: vec![1] };
        let (one, other) = (frames.items(&[event(1)]), frames.items(&[event(2)]));
        let swapped = [&other[..], &one[..]].concat();
        assert!(Frames::of(&header, &seals).read(&mut &swapped[..]).is_err());
        let foreign = Header::new("https://id.example.com".into(), &seals, Timestamp(2));
        assert!(Frames::of(&foreign, &seals).read(&mut &one[..]).is_err());
        assert!(Frames::of(&header, &seals).read(&mut &one[..]).is_ok());
    }
}
