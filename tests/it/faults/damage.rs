//! Damaged files of the embedded store: a start is refused with a clear message, or everything is there. Never is there
//! a wrong answer.

use super::{Dice, report, rounds, seed};
use crate::keep::{Installation, people};
use crate::real::block_on;
use crate::store::scenarios::{carried, filled};
use crate::store::words::{put, write};
use abide::store::Backend;
use abide::store::entry::Entry;
use abide::store::sled::{OpenError, SledStore};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const CACHE: u64 = 16 << 20;

/// What was done to a file.
#[derive(Debug)]
#[allow(dead_code, reason = "printed when a round fails")]
enum Damage {
    Flipped(u64),
    Zeroed(u64),
    Noise(u64),
    CutTo(u64),
    Gone,
}

/// Does something to a file of the store, more often to its log than to what lies beside it.
fn harm(folder: &Path, dice: &mut Dice) -> (PathBuf, Damage) {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    let log = folder.join("db");
    let file = if dice.below(4) > 0 { log } else { dice.pick(&files).clone() };
    let mut bytes = fs::read(&file).unwrap();
    let length = bytes.len();
    let at = if length == 0 { 0 } else { dice.below(length) };
    let end = length.min(at + 4096);
    let damage = match dice.below(if file.ends_with("acknowledged") { 4 } else { 9 }) {
        0..3 if length > 0 => {
            bytes[at] ^= 1 << dice.below(8);
            Damage::Flipped(at as u64)
        }
        3 | 4 if length > 0 => {
            bytes[at..end].fill(0);
            Damage::Zeroed(at as u64)
        }
        5 | 6 => {
            bytes[at..end].fill_with(|| dice.roll() as u8);
            Damage::Noise(at as u64)
        }
        7 => {
            bytes.truncate(at);
            Damage::CutTo(at as u64)
        }
        _ => {
            fs::remove_file(&file).unwrap();
            return (file, Damage::Gone);
        }
    };
    fs::write(&file, bytes).unwrap();
    (file, damage)
}

fn items(store: &Arc<dyn Backend>) -> Vec<Entry> {
    let loads = block_on(carried(store, None)).expect("a store that opened can be read");
    loads.into_iter().flat_map(|load| load.entries).collect()
}

/// A store that was opened several times, with values that were replaced and removed.
fn whole(folder: &Path) -> Vec<Entry> {
    for opening in 0..3_u8 {
        block_on(async {
            let store: Arc<dyn Backend> = Arc::new(SledStore::open(folder, CACHE).unwrap());
            if opening == 0 {
                filled(&store, 1500).await;
            }
            for number in 0..60 {
                write(&*store, &format!("card{number}"), put(&[opening; 700])).await;
            }
            store.close().await.unwrap();
        });
    }
    let store: Arc<dyn Backend> = Arc::new(SledStore::open(folder, CACHE).unwrap());
    let items = items(&store);
    block_on(store.close()).unwrap();
    items
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

#[test]
fn a_damaged_store_is_refused_or_whole() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("good");
    let want = whole(&good);
    let mut dice = Dice::new(seed());
    let (mut opened, mut recovered, mut refused) = (0, 0, 0);
    let count = rounds(25);
    for round in 0..count {
        let place = tempfile::tempdir().unwrap();
        let store = place.path().join("store");
        copy(&good, &store);
        let damage = harm(&store, &mut dice);
        match SledStore::open(&store, CACHE) {
            Ok(open) => {
                if open.recovered().is_some() {
                    recovered += 1
                } else {
                    opened += 1
                }
                let open: Arc<dyn Backend> = Arc::new(open);
                assert!(items(&open) == want, "round {round}: it opened after {damage:?} and is not what it was");
                block_on(open.close()).unwrap();
            }
            Err(error @ OpenError::Damaged { .. }) => {
                refused += 1;
                let message = error.to_string();
                assert!(message.contains("Restore the newest backup"), "{message}");
                // Trying again makes it no better, and does not fill the disk with copies.
                for _ in 0..4 {
                    let again = SledStore::open(&store, CACHE).err();
                    assert!(matches!(again, Some(OpenError::Damaged { .. })), "round {round}, {damage:?}: {again:?}");
                }
                let beside = fs::read_dir(place.path()).unwrap().count();
                assert!(beside <= 5, "{beside} things lie beside the store");
            }
            Err(other) => panic!("round {round}: after {damage:?} it says {other:?}"),
        }
    }
    assert!(refused > count / 4, "hardly any of it was found: {refused} of {count}");
    report(
        "damage",
        format!(
            "{count} damaged stores: {refused} refused, {recovered} recovered whole, {opened} opened whole, 0 wrong"
        ),
    );
}

#[test]
fn the_real_binary_says_what_to_do_and_a_backup_brings_it_back() {
    let one = Installation::new("");
    one.import(&people(40));
    let exported = one.done(&["export"]);
    let backup = one.path("good.backup");
    one.done(&["backup", backup.to_str().unwrap()]);
    let log = one.path("data").join("store").join("db");
    let mut bytes = fs::read(&log).unwrap();
    // What was written first lies at the start: some of it is alive.
    bytes[..64 * 1024].fill(0x55);
    fs::write(&log, bytes).unwrap();
    for verb in [&["serve"][..], &["export"], &["setup-link"]] {
        one.refused(verb, "Restore the newest backup into an empty data_dir");
    }
    fs::remove_dir_all(one.path("data")).unwrap();
    one.done(&["restore", backup.to_str().unwrap()]);
    assert_eq!(one.done(&["export"]), exported);
    let _server = one.serve();
}
