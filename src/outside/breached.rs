//! A file of passwords that were stolen somewhere, as the downloader of *Have I Been Pwned* writes it: lines of
//! `SHA-1:COUNT` in the order of the hashes, in hexadecimal.
//!
//! It has 40 GB, so that it is never read whole. A look-up guesses where a hash must stand (hashes are spread evenly) and
//! reads a few kilobytes there; what it finds narrows the next guess. It is opened at every look-up: a newer file put in
//! its place (by renaming) is used at once.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Bytes of one read: some 350 lines.
const BLOCK: usize = 16 * 1024;
/// Guesses before the middle is taken instead.
const GUESSES: u32 = 8;
/// Places looked at by [`Breached::check`].
const PROBES: u64 = 64;
/// Bytes of a file that holds a thousand hashes.
const LARGE: u64 = 64 * 1024;
/// Bytes below which the rest is read at once.
const SMALL: u64 = BLOCK as u64;

/// The file.
#[derive(Clone, Debug)]
pub struct Breached {
    path: PathBuf,
}

/// Is a password among them?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stolen {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Why the file is of no use.
#[derive(Debug, thiserror::Error)]
pub enum BreachFault {
    /// It cannot be read.
    #[error("`{0}` cannot be read ({1})")]
    Unreadable(String, io::Error),
    /// It is no file, or there is nothing in it.
    #[error("`{0}` is no file, or empty")]
    Empty(String),
    /// There is something else in it.
    #[error("`{0}` holds no line of 40 hexadecimal digits, a colon and a count at byte {1}")]
    Line(String, u64),
    /// Its end is missing.
    #[error("`{0}` breaks off: it was not loaded to its end")]
    BrokenOff(String),
    /// Its lines are not in the order of the hashes.
    #[error("`{0}` is not sorted by hash (byte {1})")]
    Unsorted(String, u64),
}

type Hash = [u8; 20];

/// Whole lines of the file: where the first begins, where the last ends, and their hashes.
struct Lines {
    from: u64,
    to: u64,
    hashes: Vec<Hash>,
}

impl Breached {
    /// The file of this path. Whether it is one is what [`Breached::check`] says.
    pub fn at(path: &Path) -> Breached {
        Breached { path: path.to_owned() }
    }

    /// Looks at a few places: is it such a file, sorted, and whole?
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), BreachFault> {
        let open = self.open()?;
        let mut before: Option<Hash> = None;
        // A block begins one byte before the place.
        let ends = open.length.saturating_sub(BLOCK as u64 - 1);
        for at in (0..PROBES).map(|probe| open.length / PROBES * probe).chain([ends]) {
            let lines = open.lines(at, open.length)?;
            for pair in lines.hashes.windows(2) {
                open.sorted(Some(&pair[0]), &pair[1], lines.from)?;
            }
            // Places overlap in a short file: only where lines begin is later than before.
            if let Some(first) = lines.hashes.first().filter(|_| at != ends) {
                open.sorted(before.as_ref(), first, lines.from)?;
                before = Some(*first);
            }
            if at == ends {
                let last = lines.hashes.last().ok_or_else(|| BreachFault::Line(open.name.clone(), at))?;
                open.sorted(before.as_ref(), last, lines.from)?;
                // Hashes are spread evenly: of a thousand, the last is near the end.
                if open.length > LARGE && last[0] < 0xf0 {
                    return Err(BreachFault::BrokenOff(open.name));
                }
            }
        }
        Ok(())
    }

    /// Looks a hash up.
    ///
    /// # Errors
    /// The file is of no use.
    pub async fn knows(&self, hash: Hash) -> Result<Stolen, BreachFault> {
        let file = self.clone();
        let looked = tokio::task::spawn_blocking(move || file.look_up(&hash)).await;
        looked.unwrap_or_else(|error| Err(BreachFault::Unreadable(self.name(), io::Error::other(error))))
    }

    fn look_up(&self, hash: &Hash) -> Result<Stolen, BreachFault> {
        let open = self.open()?;
        // What is sought stands between the two, both the beginnings of lines, if anywhere.
        let (mut from, mut to) = ((0, [0; 20]), (open.length, [0xff; 20]));
        let mut guesses = 0;
        while from.0 < to.0 {
            let span = to.0 - from.0;
            let at = match () {
                () if span <= SMALL => from.0,
                () if guesses < GUESSES => from.0 + guess(hash, (&from.1, &to.1), span - SMALL),
                () => from.0 + (span - SMALL) / 2,
            };
            guesses += 1;
            let lines = open.lines(at, to.0)?;
            let (Some(first), Some(last)) = (lines.hashes.first(), lines.hashes.last()) else {
                // No line begins between here and the end of the span: only before.
                to.0 = at.max(from.0);
                continue;
            };
            open.sorted(Some(&from.1), first, lines.from)?;
            open.sorted(Some(last), &to.1, lines.from)?;
            open.sorted(Some(first), last, lines.from)?;
            if hash < first {
                to = (lines.from, *first);
            } else if hash > last {
                from = (lines.to, *last);
            } else {
                return Ok(if lines.hashes.contains(hash) { Stolen::Yes } else { Stolen::No });
            }
        }
        Ok(Stolen::No)
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn open(&self) -> Result<Open, BreachFault> {
        let name = self.name();
        let unreadable = |error| BreachFault::Unreadable(self.name(), error);
        let file = File::open(&self.path).map_err(unreadable)?;
        let facts = file.metadata().map_err(unreadable)?;
        if !facts.is_file() || facts.len() == 0 {
            return Err(BreachFault::Empty(name));
        }
        Ok(Open { file, length: facts.len(), name })
    }
}

/// How far into a span of this many bytes a hash must stand, where the first and last hash of it are these.
fn guess(hash: &Hash, (first, last): (&Hash, &Hash), span: u64) -> u64 {
    let number = |hash: &Hash| u64::from_be_bytes(hash[..8].try_into().expect("eight bytes are eight"));
    let (low, high) = (number(first), number(last).max(number(first)));
    let (into, of) = (number(hash).clamp(low, high) - low, (high - low).max(1));
    let share = u128::from(into) * u128::from(span) / u128::from(of);
    // A little before: the lines after it come along.
    u64::try_from(share).unwrap_or(span).saturating_sub(BLOCK as u64 / 2)
}

struct Open {
    file: File,
    length: u64,
    name: String,
}

impl Open {
    /// The whole lines that begin at or after a place, some before `to`; none where there is none.
    fn lines(&self, at: u64, to: u64) -> Result<Lines, BreachFault> {
        // One byte before: a line begins here if that one ends a line.
        let start = at.saturating_sub(1);
        let mut block = vec![0; BLOCK.min(usize::try_from(self.length - start).unwrap_or(BLOCK))];
        self.file.read_exact_at(&mut block, start).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => BreachFault::BrokenOff(self.name.clone()),
            _ => BreachFault::Unreadable(self.name.clone(), error),
        })?;
        let ends = start + block.len() as u64 == self.length;
        let mut place = match at {
            0 => 0,
            _ => match block.iter().position(|byte| *byte == b'\n') {
                Some(found) => found + 1,
                None if ends => block.len(),
                None => return Err(BreachFault::Line(self.name.clone(), at)),
            },
        };
        let from = start + place as u64;
        let mut hashes = Vec::new();
        while place < block.len() && start + (place as u64) < to {
            let rest = &block[place..];
            let length = rest.iter().position(|byte| *byte == b'\n');
            let line = match length {
                Some(length) => &rest[..length],
                None if ends => rest,
                None => break,
            };
            let wrong = || match length {
                None => BreachFault::BrokenOff(self.name.clone()),
                Some(_) => BreachFault::Line(self.name.clone(), start + place as u64),
            };
            hashes.push(hash_of(line).ok_or_else(wrong)?);
            place += line.len() + usize::from(length.is_some());
        }
        if hashes.is_empty() && from < to && !ends {
            return Err(BreachFault::Line(self.name.clone(), from));
        }
        Ok(Lines { from, to: start + place as u64, hashes })
    }

    fn sorted(&self, before: Option<&Hash>, after: &Hash, at: u64) -> Result<(), BreachFault> {
        match before {
            Some(before) if before > after => Err(BreachFault::Unsorted(self.name.clone(), at)),
            _ => Ok(()),
        }
    }
}

/// The hash of a line, with a count behind it or without, ended by either system's habit.
fn hash_of(line: &[u8]) -> Option<Hash> {
    let line = std::str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)).ok()?;
    let (hash, count) = line.split_once(':').map_or((line, None), |(hash, count)| (hash, Some(count)));
    if hash.len() != 40 || count.is_some_and(|count| count.is_empty() || !count.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    let mut out = [0; 20];
    for (byte, digits) in out.iter_mut().zip(hash.as_bytes().chunks(2)) {
        let digit = |c: u8| char::from(c).to_digit(16);
        *byte = u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests;
