//! What a disk with a volatile cache holds when the power goes at one moment of a [`History`].
//!
//! * **Data**: all that was written before a sync of the same file began, if that sync had returned; of each later page
//!   nothing, or what it was after one of the later writes that touched it. Some pages are torn: each of their sectors
//!   by itself. Pages and files are independent of one another.
//! * **Names and lengths set by truncation** are the file system's books. They become durable in their order, as in a
//!   journal: at least as far as a finished sync of a file or folder they concern, at most up to the cut.
//! * **Lengths that grow by writing**: a file reaches to the end of the last piece that survived; what is missing before
//!   that is zero.

use super::history::{History, Id, Step};
use super::image::{Image, Node};
use crate::faults::Dice;
use std::collections::{BTreeMap, HashMap};

const PAGE: usize = 4096;
const SECTOR: usize = 512;
const SECTORS: usize = PAGE / SECTOR;

/// A page of a file, or a sector of one, by its number from the start of the file.
type Place = (Id, usize);

/// The history's folder as it was at its end.
pub fn nothing_lost(history: &History) -> Image {
    let time = history.steps.len();
    let covered =
        history.steps.iter().filter_map(|step| if let Step::Write { id, .. } = step { Some(*id) } else { None });
    Luck { time, books: time, covered: covered.map(|id| (id, time)).collect(), fates: HashMap::new() }.replay(history)
}

/// The history's folder as a disk holds it after a power cut just before the step `time`. Of what is not durable, one
/// page in `one_in` survives.
pub fn survivors(history: &History, time: usize, one_in: usize, dice: &mut Dice) -> Image {
    let (covered, floor) = sure(history, time);
    let changes: Vec<usize> = (floor..time).filter(|&at| history.steps[at].is_metadata()).collect();
    let books = changes.get(dice.below(changes.len() + 1)).copied().unwrap_or(time);
    let mut luck = Luck { time, books, covered, fates: HashMap::new() };
    for (place, writes) in luck.later_writes(history) {
        luck.fates.insert(place, fate(writes, one_in, dice));
    }
    luck.replay(history)
}

/// How much written before the step `time` no sync had made sure of, in bytes of whole pages.
pub fn at_stake(history: &History, time: usize) -> usize {
    let (covered, books) = sure(history, time);
    let luck = Luck { time, books, covered, fates: HashMap::new() };
    luck.later_writes(history).values().sum::<usize>() * PAGE
}

/// For each file the first write, and of the file system's books the first change, that no sync finished by `time` has
/// made sure of.
fn sure(history: &History, time: usize) -> (HashMap<Id, usize>, usize) {
    let mut covered: HashMap<Id, usize> = HashMap::new();
    let mut books = 0;
    for sync in history.syncs.iter().filter(|sync| sync.ended < time) {
        let until = covered.entry(sync.id).or_default();
        *until = sync.begun.max(*until);
        books = books.max(sync.books);
    }
    (covered, books)
}

/// How many of a page's later writes each of its sectors shows.
fn fate(writes: usize, one_in: usize, dice: &mut Dice) -> [usize; SECTORS] {
    let mut one = |one_in| if dice.below(one_in) == 0 { 1 + dice.below(writes) } else { 0 };
    let page = [one(one_in); SECTORS];
    let torn = page.map(|_| one(2));
    if dice.below(8) == 0 { torn } else { page }
}

/// What comes through.
struct Luck {
    /// The cut.
    time: usize,
    /// The first change of the file system's books that does not.
    books: usize,
    /// For each file, the first write that a sync has not made sure of.
    covered: HashMap<Id, usize>,
    fates: HashMap<Place, [usize; SECTORS]>,
}

impl Luck {
    fn is_sure(&self, id: Id, time: usize) -> bool {
        self.covered.get(&id).is_some_and(|&until| time < until)
    }

    /// For each page how many writes touched it that no sync covers. In a fixed order, so that a seed repeats a cut.
    fn later_writes(&self, history: &History) -> BTreeMap<Place, usize> {
        let mut writes = BTreeMap::new();
        for (time, step) in history.steps[..self.time].iter().enumerate() {
            if let Step::Write { id, at, bytes } = step
                && !self.is_sure(*id, time)
            {
                for page in at / PAGE..(at + bytes.len()).div_ceil(PAGE) {
                    *writes.entry((*id, page)).or_default() += 1;
                }
            }
        }
        writes
    }

    fn replay(&self, history: &History) -> Image {
        let mut disk = Disk::new(history);
        for (time, step) in history.steps[..self.time].iter().enumerate() {
            match step {
                Step::Write { id, at, bytes } if self.is_sure(*id, time) => disk.write(*id, *at, bytes),
                Step::Write { id, at, bytes } => self.write_in_part(&mut disk, *id, *at, bytes),
                Step::Resize { id, length } if time >= self.books => disk.hold(*id, *length),
                step if time < self.books => disk.book(step),
                _ => {}
            }
        }
        disk.image()
    }

    fn write_in_part(&self, disk: &mut Disk, id: Id, at: usize, bytes: &[u8]) {
        let end = at + bytes.len();
        for page in at / PAGE..end.div_ceil(PAGE) {
            let seen = disk.seen.entry((id, page)).or_default();
            *seen += 1;
            let nth = *seen;
            for (sector, &shown) in self.fates[&(id, page)].iter().enumerate() {
                let start = page * PAGE + sector * SECTOR;
                let (from, to) = (start.max(at), (start + SECTOR).min(end));
                if nth <= shown && from < to {
                    disk.write(id, from, &bytes[from - at..to - at]);
                }
            }
        }
    }
}

/// The disk while it is put together.
struct Disk {
    paths: BTreeMap<String, Id>,
    nodes: HashMap<Id, Node>,
    /// Writes behind this length belong to blocks that a lost truncation would have made free.
    held: HashMap<Id, usize>,
    seen: HashMap<Place, usize>,
}

impl Disk {
    fn new(history: &History) -> Disk {
        let mut nodes: HashMap<Id, Node> =
            history.base.0.iter().map(|(path, node)| (history.ids[path], node.clone())).collect();
        nodes.insert(0, Node::Folder);
        Disk { paths: history.ids.clone(), nodes, held: HashMap::new(), seen: HashMap::new() }
    }

    /// The bytes of a file; empty for one whose making did not come through, which no path leads to.
    fn bytes(&mut self, id: Id) -> &mut Vec<u8> {
        match self.nodes.entry(id).or_insert_with(|| Node::File(Vec::new())) {
            Node::File(bytes) => bytes,
            Node::Folder => panic!("a folder is written to"),
        }
    }

    fn write(&mut self, id: Id, at: usize, new: &[u8]) {
        let end = (at + new.len()).min(self.held.get(&id).copied().unwrap_or(usize::MAX));
        if at >= end {
            return;
        }
        let bytes = self.bytes(id);
        if bytes.len() < end {
            bytes.resize(end, 0);
        }
        bytes[at..end].copy_from_slice(&new[..end - at]);
    }

    fn hold(&mut self, id: Id, length: usize) {
        let held = self.held.entry(id).or_insert(length);
        *held = length.min(*held);
    }

    fn book(&mut self, step: &Step) {
        match step {
            Step::Make { id, path, folder } => {
                self.paths.insert(path.clone(), *id);
                self.nodes.insert(*id, if *folder { Node::Folder } else { Node::File(Vec::new()) });
            }
            Step::Rename { from, to } => {
                let id = self.paths.remove(from).expect("what is renamed was there");
                self.paths.insert(to.clone(), id);
            }
            Step::Remove { path } => {
                self.paths.remove(path).expect("what is removed was there");
            }
            Step::Resize { id, length } => self.bytes(*id).resize(*length, 0),
            Step::Write { .. } | Step::Say(_) | Step::Other => {}
        }
    }

    fn image(self) -> Image {
        let Disk { mut paths, mut nodes, .. } = self;
        paths.remove("");
        Image(paths.into_iter().map(|(path, id)| (path, nodes.remove(&id).expect("what a path leads to"))).collect())
    }
}
