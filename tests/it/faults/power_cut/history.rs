//! A trace with its files told apart: each step names a file of its own even where the system used a number again, and
//! each sync says what it covered.

use super::image::{Image, Node};
use super::trace::{Entry, Number};
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// A file or folder, for as long as the history lasts.
pub type Id = usize;

/// One step. Its place in [`History::steps`] is its time.
pub enum Step {
    /// A file or folder comes to be at a path.
    Make { id: Id, path: String, folder: bool },
    /// Another path.
    Rename { from: String, to: String },
    /// Gone from its path.
    Remove { path: String },
    /// Another length.
    Resize { id: Id, length: usize },
    /// Bytes.
    Write { id: Id, at: usize, bytes: Vec<u8> },
    /// The process says something.
    Say(String),
    /// Nothing that changes a file.
    Other,
}

impl Step {
    /// Whether the file system's own books change, apart from a length that grows by writing.
    pub fn is_metadata(&self) -> bool {
        matches!(self, Step::Make { .. } | Step::Rename { .. } | Step::Remove { .. } | Step::Resize { .. })
    }
}

/// A sync that returned.
pub struct Sync {
    /// Of which file or folder.
    pub id: Id,
    /// The first step that it did not cover.
    pub begun: usize,
    /// From which step on it counts.
    pub ended: usize,
    /// The first step whose change of the file system's books it did not bring to disk.
    pub books: usize,
}

/// What a process did to a folder.
pub struct History {
    /// What was there before, and all of it durable.
    pub base: Image,
    /// What each path of `base` is.
    pub ids: BTreeMap<String, Id>,
    /// What was done.
    pub steps: Vec<Step>,
    /// The syncs that returned.
    pub syncs: Vec<Sync>,
}

impl History {
    /// Tells the files of a trace apart.
    pub fn new(base: Image, trace: Vec<Entry>) -> History {
        // The folder itself is one of them.
        let ids = std::iter::once("").chain(base.0.keys().map(String::as_str));
        let ids: BTreeMap<String, Id> = ids.enumerate().map(|(id, path)| (path.to_owned(), id)).collect();
        let lengths = base.0.iter().map(|(path, node)| {
            let length = if let Node::File(bytes) = node { bytes.len() } else { 0 };
            (ids[path], length)
        });
        let mut teller =
            Teller { next: ids.len(), paths: ids.clone(), lengths: lengths.collect(), ..Teller::default() };
        let steps = trace.into_iter().enumerate().map(|(time, entry)| teller.step(time, entry)).collect();
        History { base, ids, steps, syncs: teller.syncs }
    }

    /// The disk does nothing of what it is told once the store is open. Whatever the store calls, and however it was built.
    pub fn pretends_to_sync(&mut self) {
        let openings = self.openings();
        self.syncs.retain(|sync| openings.iter().any(|opening| opening.contains(&sync.ended)));
    }

    /// The moments within each opening of the store: a cut at one of them comes before the process could go on.
    pub fn openings(&self) -> Vec<Range<usize>> {
        let said = |what: &str| {
            let is = |step: &Step| matches!(step, Step::Say(said) if said.trim_end() == what);
            (0..self.steps.len()).filter(|&time| is(&self.steps[time])).collect::<Vec<_>>()
        };
        let (starts, ends) = (said("starts"), said("opened"));
        assert_eq!(starts.len(), ends.len(), "each start ends with the store open");
        starts.into_iter().zip(ends).map(|(start, end)| start + 1..end + 1).collect()
    }
}

/// What is known while the trace is read.
#[derive(Default)]
struct Teller {
    next: Id,
    paths: BTreeMap<String, Id>,
    numbers: HashMap<Number, Id>,
    lengths: HashMap<Id, usize>,
    /// The time after the last change of the books that touched a file or folder.
    books: HashMap<Id, usize>,
    open: HashMap<u64, Sync>,
    syncs: Vec<Sync>,
}

impl Teller {
    fn step(&mut self, time: usize, entry: Entry) -> Step {
        match entry {
            Entry::Opened { file, path } => {
                let id = *self.paths.get(&path).unwrap_or_else(|| panic!("opened without having been made: {path}"));
                self.numbers.insert(file, id);
                Step::Other
            }
            Entry::Made { file, path } => self.make(time, file, path, false),
            Entry::MadeFolder { file, path } => self.make(time, file, path, true),
            Entry::Wrote { file, at, bytes } => {
                let id = self.numbers[&file];
                let end = at + bytes.len();
                if end > self.lengths[&id] {
                    self.lengths.insert(id, end);
                    self.books.insert(id, time + 1);
                }
                Step::Write { id, at, bytes }
            }
            Entry::Resized { file, length } => {
                let id = self.numbers[&file];
                self.lengths.insert(id, length);
                self.books.insert(id, time + 1);
                Step::Resize { id, length }
            }
            Entry::Renamed { from, to } => self.rename(time, from, to),
            Entry::Removed { path } => {
                self.paths.remove(&path).expect("what is removed was there");
                self.touch_above(time, &path);
                Step::Remove { path }
            }
            Entry::SyncBegins { file, sync } => {
                let id = self.numbers[&file];
                let books = self.books.get(&id).copied().unwrap_or(0);
                self.open.insert(sync, Sync { id, begun: time, ended: time, books });
                Step::Other
            }
            Entry::SyncEnds { sync } => {
                let begun = self.open.remove(&sync).expect("a sync that began");
                self.syncs.push(Sync { ended: time, ..begun });
                Step::Other
            }
            Entry::Said(what) => Step::Say(what),
            Entry::Nothing => Step::Other,
        }
    }

    fn make(&mut self, time: usize, file: Number, path: String, folder: bool) -> Step {
        // The store's folder itself may be made too.
        let id = if path.is_empty() { 0 } else { self.next };
        self.next += usize::from(id != 0);
        self.paths.insert(path.clone(), id);
        self.numbers.insert(file, id);
        self.lengths.insert(id, 0);
        self.books.insert(id, time + 1);
        self.touch_above(time, &path);
        Step::Make { id, path, folder }
    }

    fn rename(&mut self, time: usize, from: String, to: String) -> Step {
        let id = self.paths.remove(&from).expect("what is renamed was there");
        let below = format!("{from}/");
        assert!(!self.paths.keys().any(|path| path.starts_with(&below)), "a folder with something in it is renamed");
        self.paths.insert(to.clone(), id);
        self.books.insert(id, time + 1);
        self.touch_above(time, &from);
        self.touch_above(time, &to);
        Step::Rename { from, to }
    }

    /// The folder that holds `path` has changed.
    fn touch_above(&mut self, time: usize, path: &str) {
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        let id = self.paths[above];
        self.books.insert(id, time + 1);
    }
}
