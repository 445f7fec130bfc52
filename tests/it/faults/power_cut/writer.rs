//! The process whose power is cut: writers on a store, who say what they begin and what they were answered.
//!
//! There are two, one after the other. The first dies in the middle of its work: what it wrote and did not sync is in
//! the system's memory, where the second one finds it while it opens the store.

use super::changes::{LONG, base_key, change, is_base};
use crate::faults::Dice;
use crate::store::words::write;
use abide::store::Backend as _;
use abide::store::contract::Committed;
use abide::store::sled::{Disk, SledStore};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

/// What sled may keep in memory: small, so that pages are also read and written again.
pub const CACHE: u64 = 8 << 20;
/// Carries a [`Plan`] to the process.
pub const PLAN: &str = "ABIDE_TEST_POWER_CUT_PLAN";
/// Records that a writer changes again and again, so that the log's segments are freed and used anew.
const FAVOURITES: usize = 12;

/// Whether the disk does what it is told to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    /// It does.
    Done,
    /// It says so, and does nothing once the store is open.
    Pretended,
}

/// Who writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// Eight writers, of mostly short values, on a disk whose syncs take up to 2 ms longer than they would.
    Eight,
    /// 64 writers of long values on a slow disk, 20 ms: much is written between one sync and the next.
    Crowd,
}

impl Load {
    fn writers(self) -> usize {
        if self == Load::Crowd { 64 } else { 8 }
    }

    /// What the recorder adds to a sync at most, in microseconds.
    pub fn sync_time(self) -> usize {
        if self == Load::Crowd { 20_000 } else { 2000 }
    }

    fn prefix(self) -> &'static str {
        if self == Load::Crowd { LONG } else { "new-" }
    }
}

/// Which of the two processes it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The one that dies.
    First,
    /// The one that comes to its end.
    Second,
}

/// What the processes do.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Where its choices begin.
    pub seed: u64,
    /// How many changes each makes.
    pub changes: usize,
    /// How many records there are beforehand.
    pub records: usize,
    /// Who makes them.
    pub load: Load,
    /// What syncs are worth.
    pub syncs: Syncs,
}

impl Plan {
    /// For the environment.
    pub fn text(&self, part: Part) -> String {
        let Plan { seed, changes, records, load, .. } = self;
        format!("{seed} {changes} {records} {} {}", u8::from(*load == Load::Crowd), u8::from(part == Part::First))
    }

    fn parse(text: &str) -> (Plan, Part) {
        let numbers: Vec<u64> = text.split(' ').map(|word| word.parse().expect("a number")).collect();
        let size = |number: u64| usize::try_from(number).expect("a size");
        let load = if numbers[3] == 1 { Load::Crowd } else { Load::Eight };
        let part = if numbers[4] == 1 { Part::First } else { Part::Second };
        // What syncs are worth is not the process's business.
        let (changes, records, syncs) = (size(numbers[1]), size(numbers[2]), Syncs::Done);
        (Plan { seed: numbers[0], changes, records, load, syncs }, part)
    }
}

/// A disk that syncs nothing.
pub struct Pretending;

impl Disk for Pretending {
    fn sync(&mut self, _: &File) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_process_whose_power_is_cut() {
    let Ok(plan) = std::env::var(PLAN) else { return };
    let (plan, part) = Plan::parse(&plan);
    let place = |name: &str| std::env::var_os(name).expect("a path");
    let sayings = Arc::new(File::create(place("ABIDE_RECORD_SAYINGS")).expect("a file"));
    let folder = place("ABIDE_RECORD_FOLDER");
    say(&sayings, "starts");
    let store = Arc::new(SledStore::open(Path::new(&folder), CACHE).expect("the store opens"));
    say(&sayings, "opened");
    let writers: Vec<_> = (0..plan.load.writers())
        .map(|number| {
            let writer = Writer {
                number,
                plan,
                part,
                dice: Dice::new(plan.seed * 1000 + 10 * number as u64 + part as u64),
                own: Vec::new(),
                versions: BTreeMap::new(),
            };
            tokio::spawn(writer.work(Arc::clone(&store), Arc::clone(&sayings)))
        })
        .collect();
    for writer in writers {
        writer.await.expect("a writer");
    }
    store.close().await.expect("closing");
}

/// In one piece, so that sayings of several writers do not mix.
fn say(mut sayings: &File, what: &str) {
    sayings.write_all(format!("{what}\n").as_bytes()).expect("a saying");
}

/// No two write to the same record, not even one after the other, so each knows which version comes next.
struct Writer {
    number: usize,
    plan: Plan,
    part: Part,
    dice: Dice,
    own: Vec<String>,
    versions: BTreeMap<String, u32>,
}

impl Writer {
    async fn work(mut self, store: Arc<SledStore>, sayings: Arc<File>) {
        for _ in 0..self.plan.changes / self.plan.load.writers() {
            let key = self.choose();
            let before = self.versions.get(&key).copied().unwrap_or_else(|| u32::from(is_base(&key)));
            let version = before + 1;
            say(&sayings, &format!("begins {key} {version}"));
            let answer = write(&*store, &key, change(&key, version)).await;
            assert_eq!(answer, Committed::Done);
            say(&sayings, &format!("answered {key} {version}"));
            self.versions.insert(key, version);
        }
        if self.part == Part::First {
            say(&sayings, "dies");
        }
    }

    fn choose(&mut self) -> String {
        let writers = self.plan.load.writers();
        match self.dice.below(10) {
            0..4 if !self.own.is_empty() => self.own[self.dice.below(self.own.len().min(FAVOURITES))].clone(),
            4..8 if self.plan.records >= 2 * writers => {
                let of = self.dice.below(self.plan.records / (2 * writers));
                base_key((2 * of + self.part as usize) * writers + self.number)
            }
            4..6 if !self.own.is_empty() => self.dice.pick(&self.own).clone(),
            _ => {
                let prefix = self.plan.load.prefix();
                self.own.push(format!("{prefix}{}-{}-{}", self.part as u8, self.number, self.own.len()));
                self.own[self.own.len() - 1].clone()
            }
        }
    }
}
