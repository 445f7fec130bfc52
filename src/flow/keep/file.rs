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
use std::io::{self, Read, Write};

/// The form that is written.
const FORMAT: u32 = 1;
/// The longest first line and the longest frame that are read, in bytes.
const LONGEST: (usize, usize) = (4096, 16 << 20);

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

    fn line(&self) -> Vec<u8> {
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

    /// Writes the first line.
    pub(super) fn begin(header: &Header, seals: &'a Seals, to: &mut impl Write) -> io::Result<Frames<'a>> {
        to.write_all(&header.line())?;
        Ok(Frames::of(header, seals))
    }

    /// Writes a frame.
    pub(super) fn write(&mut self, frame: &Frame, to: &mut impl Write) -> io::Result<()> {
        let mut plain = Vec::new();
        match frame {
            Frame::Items(entries) => {
                plain.push(b'i');
                for entry in entries {
                    let bytes = entry.bytes();
                    plain.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
                    plain.extend_from_slice(&bytes);
                }
            }
            Frame::End(tally) => {
                plain.push(b'e');
                serde_json::to_writer(&mut plain, tally)?;
            }
        }
        let sealed = self.seals.seal_bytes(Purpose::Backup, &self.context(), plain);
        to.write_all(&u32::try_from(sealed.len()).unwrap_or(u32::MAX).to_be_bytes())?;
        to.write_all(&sealed)
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
