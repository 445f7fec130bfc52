//! The power is cut, and comes back: what was acknowledged is there.
//!
//! Two processes, one after the other, write to a store while `record.c` takes down every write, every sync and
//! everything they say they were answered, in one order. For a moment of that record, the folder is put together as a disk with a volatile cache
//! would hold it, opened and judged:
//!
//! ```text
//! writer     the processes            recorder   runs them, and checks that the record is complete
//! changes    what they write          trace      what was recorded
//! judge      what must be true        history    the same with files told apart, and what each sync covers
//! image      a folder in memory       cut        what survives at one moment
//! ```
//!
//! **Limits.** The system does what it says: a sync that returned reached the disk, and an unfinished write changes no
//! sector but its own. The file system is a journalling one such as ext4: making, renaming, removing and truncating
//! become durable in their order, and a sync of a file or a folder brings along what was done to it and all before.

mod changes;
mod cut;
mod history;
mod image;
mod judge;
mod recorder;
mod trace;
mod writer;

use self::changes::{base_key, change};
use self::cut::{at_stake, survivors};
use self::history::History;
use self::image::Image;
use self::judge::{Promises, Verdict, judge};
use self::recorder::Recorder;
use self::writer::{CACHE, Load, Plan, Pretending, Syncs};
use super::{Dice, report, rounds, seed};
use crate::store::words::write;
use abide::store::Backend as _;
use abide::store::sled::SledStore;
use std::fmt::{Display, Formatter};
use std::sync::Arc;

/// Records of the large store; the short form makes do with fewer, for the time it takes to make them.
const RECORDS: usize = 100_000;
const FEWER_RECORDS: usize = 20_000;
/// One pair of processes serves so many cuts.
const CUTS_A_RUN: usize = 6;
/// For the crowd, a cut falls on the worst of so many moments: the one at which most is written and not synced.
const CANDIDATES: usize = 16;
/// One cut in so many falls into the opening.
const OPENING: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn a_large_store_loses_nothing_acknowledged() {
    let cuts = rounds(12);
    let records = if cuts <= 12 { FEWER_RECORDS } else { RECORDS };
    let series =
        Series { base: large_store(records).await, records, changes: 800, load: Load::Eight, syncs: Syncs::Done };
    let tally = series.run(cuts).await;
    report(&format!("power cuts, a store of {records} records"), &tally);
    assert_eq!(tally.lost, 0, "something is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_store_loses_nothing_acknowledged() {
    let series = Series { base: Image::default(), records: 0, changes: 800, load: Load::Eight, syncs: Syncs::Done };
    let tally = series.run(rounds(12)).await;
    report("power cuts, a new store", &tally);
    assert_eq!(tally.lost, 0, "something is lost");
}

/// Between two syncs more is written than one of sled's segments holds.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_with_long_values_loses_nothing_acknowledged() {
    let series = Series { base: Image::default(), records: 0, changes: 512, load: Load::Crowd, syncs: Syncs::Done };
    let tally = series.run(rounds(12)).await;
    report("power cuts, a crowd with long values", &tally);
    assert_eq!(tally.lost, 0, "something is lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_sync_losses_are_found() {
    let series =
        Series { base: Image::default(), records: 0, changes: 200, load: Load::Eight, syncs: Syncs::Pretended };
    let tally = series.run(rounds(12)).await;
    report("power cuts without the sync, which must lose something", &tally);
    assert!(tally.lost > 0, "the simulation finds nothing");
}

/// A store with so many records, made without syncing: by definition all of it is on the disk.
async fn large_store(records: usize) -> Image {
    const MAKERS: usize = 400;
    let place = tempfile::tempdir().expect("a temporary folder");
    let folder = place.path().join("store");
    let store = Arc::new(SledStore::open_on(&folder, CACHE, Pretending).expect("the store opens"));
    let makers: Vec<_> = (0..MAKERS)
        .map(|maker| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for number in (maker..records).step_by(MAKERS) {
                    let key = base_key(number);
                    write(&*store, &key, change(&key, 1)).await;
                }
            })
        })
        .collect();
    for maker in makers {
        maker.await.expect("a maker");
    }
    store.close().await.expect("closing");
    Image::load(&folder)
}

/// Cuts of one kind.
struct Series {
    base: Image,
    records: usize,
    changes: usize,
    load: Load,
    syncs: Syncs,
}

/// What a series of cuts came to.
#[derive(Default)]
struct Tally {
    cuts: usize,
    opening: usize,
    answers: usize,
    recovered: usize,
    lost: usize,
}

impl Display for Tally {
    fn fmt(&self, out: &mut Formatter<'_>) -> std::fmt::Result {
        let Tally { cuts, opening, answers, recovered, lost } = self;
        write!(
            out,
            "{cuts} cuts, {opening} of them during opening; {answers} acknowledged changes checked; \
             {recovered} stores recovered from a copy; losses after {lost} cuts"
        )
    }
}

impl Series {
    async fn run(&self, cuts: usize) -> Tally {
        let recorder = Recorder::compile();
        let (mut tally, mut done) = (Tally::default(), 0);
        for run in 0.. {
            if done == cuts {
                break;
            }
            let seed = seed() * 1000 + run;
            let plan = Plan { seed, changes: self.changes, records: self.records, load: self.load, syncs: self.syncs };
            let history = recorder.run(&self.base, plan);
            let here = CUTS_A_RUN.min(cuts - done);
            for number in done..done + here {
                self.cut(&history, number, &mut tally).await;
            }
            done += here;
        }
        tally
    }

    /// One cut: where it falls, what is left, and what that is worth.
    async fn cut(&self, history: &History, number: usize, tally: &mut Tally) {
        let mut dice = Dice::new(seed() * 1_000_000 + number as u64);
        let opening = number % OPENING == OPENING - 1;
        let candidates = if self.load == Load::Crowd { CANDIDATES } else { 1 };
        let moments = (0..candidates).map(|_| moment(history, opening, &mut dice));
        let time = moments.max_by_key(|&time| at_stake(history, time)).expect("a moment");
        let one_in = *dice.pick(&[2, 5, 10]);
        let place = tempfile::tempdir().expect("a temporary folder");
        let folder = place.path().join("store");
        let image = survivors(history, time, one_in, &mut dice);
        image.store(&folder);
        let promises = Promises::until(time, history, self.records);
        tally.cuts += 1;
        tally.opening += usize::from(opening);
        tally.answers += promises.answers;
        let Verdict { findings, recovered } = judge(&folder, promises, dice).await;
        tally.recovered += usize::from(recovered);
        if !findings.is_empty() {
            tally.lost += 1;
            self.tell(number, (time, history.steps.len()), &findings);
            if self.syncs == Syncs::Done {
                // The store itself has been opened since.
                let kept = place.keep();
                image.store(&kept.join("cut"));
                eprintln!("    kept in {}: `cut` as it was after the cut, `store` as it is now", kept.display());
            }
        }
    }

    fn tell(&self, number: usize, (time, of): (usize, usize), findings: &[String]) {
        let (seed, count) = (seed(), findings.len());
        eprintln!("seed {seed}, cut {number}, at step {time} of {of}: {count} findings, the first of them:");
        for finding in findings.iter().take(5) {
            eprintln!("    {finding}");
        }
    }
}

/// Where the cut falls: within one of the openings, or anywhere else.
fn moment(history: &History, opening: bool, dice: &mut Dice) -> usize {
    let openings = history.openings();
    if opening {
        let one = dice.pick(&openings).clone();
        return one.start + dice.below(one.len());
    }
    loop {
        let time = 1 + dice.below(history.steps.len());
        if !openings.iter().any(|opening| opening.contains(&time)) {
            return time;
        }
    }
}
