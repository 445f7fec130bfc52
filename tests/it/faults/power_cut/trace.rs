//! The trace that `record.c` writes, read back: what was done, in the order in which it was done.

use std::path::Path;

/// The number by which the system knows a file. It may come back as another file's once the first is gone.
pub type Number = u64;

/// One entry.
#[derive(Debug)]
pub enum Entry {
    /// A file or folder that was there is opened.
    Opened { file: Number, path: String },
    /// A file is made, and opened.
    Made { file: Number, path: String },
    /// A folder is made.
    MadeFolder { file: Number, path: String },
    /// Bytes are written.
    Wrote { file: Number, at: usize, bytes: Vec<u8> },
    /// A file gets this length.
    Resized { file: Number, length: usize },
    /// A file or folder gets another name; what bore that name is gone.
    Renamed { from: String, to: String },
    /// A file or an empty folder is removed.
    Removed { path: String },
    /// A sync is about to begin.
    SyncBegins { file: Number, sync: u64 },
    /// A sync has returned, and well.
    SyncEnds { sync: u64 },
    /// The process says something.
    Said(String),
    /// Nothing that matters to what is on disk: a failed sync, or one that makes nothing durable.
    Nothing,
}

/// Reads a trace. A call that the simulation does not know ends the test: it would judge another disk than the real.
pub fn read(path: &Path) -> Vec<Entry> {
    let bytes = std::fs::read(path).expect("the trace");
    let (mut rest, mut entries) = (&bytes[..], Vec::new());
    while !rest.is_empty() {
        let (head, after) = rest.split_at(32);
        let [kind, file, at, length] = [0, 1, 2, 3]
            .map(|field| u64::from_ne_bytes(head[field * 8..field * 8 + 8].try_into().expect("eight bytes")));
        let (payload, after) = after.split_at(size(length));
        entries.push(entry(u8::try_from(kind).expect("a kind"), file, at, payload));
        rest = after;
    }
    entries
}

fn entry(kind: u8, file: Number, at: u64, payload: &[u8]) -> Entry {
    match kind {
        b'O' => Entry::Opened { file, path: text(payload) },
        b'C' => Entry::Made { file, path: text(payload) },
        b'D' => Entry::MadeFolder { file, path: text(payload) },
        b'W' => Entry::Wrote { file, at: size(at), bytes: payload.to_vec() },
        b'T' => Entry::Resized { file, length: size(at) },
        b'R' => {
            let names = text(payload);
            let (from, to) = names.split_once('\0').expect("two names");
            Entry::Renamed { from: from.into(), to: to.into() }
        }
        b'U' => Entry::Removed { path: text(payload) },
        b'B' => Entry::SyncBegins { file, sync: at },
        b'E' => Entry::SyncEnds { sync: at },
        b'S' => Entry::Said(text(payload)),
        b'F' | b'P' => Entry::Nothing,
        _ => panic!("the store did what the simulation does not know: {}", text(payload)),
    }
}

fn text(payload: &[u8]) -> String {
    String::from_utf8(payload.to_vec()).expect("text")
}

fn size(number: u64) -> usize {
    usize::try_from(number).expect("a size")
}
