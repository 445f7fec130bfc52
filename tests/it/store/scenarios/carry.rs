//! Copies of everything. Functions: one per scenario, `carried`, `sorted`, `filled`, `busy`, `judge`.

use super::super::words::*;
use super::super::{Bench, SledBench};
use abide::store::contract::{Cursor, LOAD, Load, MAX_VALUE, Mark, RawChange, Write};
use abide::store::entry::{Entry, Section};
use abide::store::{Backend, StoreFault};
use futures_util::stream::{self, StreamExt as _};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::mpsc::channel;

/// Everything that is handed over from a place on, load by load.
pub async fn carried(store: &Arc<dyn Backend>, from: Option<Cursor>) -> Result<Vec<Load>, StoreFault> {
    let (to, mut loads) = channel(1);
    let carrying = {
        let store = Arc::clone(store);
        tokio::spawn(async move { store.carry_out(from, to).await })
    };
    let mut all = Vec::new();
    while let Some(load) = loads.recv().await {
        all.push(load);
    }
    carrying.await.expect("a task").map(|()| all)
}

fn sorted(loads: &[Load]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = loads.iter().flat_map(|load| load.entries.iter().map(Entry::bytes)).collect();
    all.sort();
    all
}

/// So many records with all that can stand beside one; every tenth is long, and some texts are strange.
pub async fn filled(store: &Arc<dyn Backend>, records: usize) {
    let writing = (0..records).map(|number| {
        let key = format!("k{number:05}\0\u{1F600}");
        let value = vec![number as u8; if number % 10 == 0 { 9000 } else { 300 }];
        let change = RawChange {
            claim: vec![name(&key)],
            list: vec![row("g\0", &key), row("h", "")],
            due: vec![due(number as i64 - 5, &key)],
            events: vec![(at(number as i64 / 7), key.clone().into_bytes())],
            ..put(&value)
        };
        let store = Arc::clone(store);
        async move { write(&*store, &key, change).await }
    });
    stream::iter(writing).buffer_unordered(16).collect::<Vec<_>>().await;
}

pub async fn everything_is_carried_over(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    assert_eq!(carried(&store, None).await.expect("nothing"), Vec::new());
    filled(&store, 2500).await;
    let loads = carried(&store, None).await.expect("a copy");
    assert!(loads.len() > 5, "it is handed over in parts");
    let sections: Vec<Section> = loads.iter().flat_map(|load| load.entries.iter().map(Entry::section)).collect();
    assert!(sections.is_sorted_by_key(|section| Section::ALL.iter().position(|one| one == section)));
    for (section, count) in Section::ALL.into_iter().zip([2500, 2500, 5000, 2500, 2500]) {
        assert_eq!(sections.iter().filter(|one| **one == section).count(), count, "{section:?}");
    }
    let other = SledBench::new();
    let copy = other.open().await;
    for load in &loads {
        copy.carry_in(load.entries.clone(), Mark::default()).await.expect("taking it over");
    }
    assert_eq!(sorted(&carried(&copy, None).await.expect("a copy of the copy")), sorted(&loads));
    assert_eq!(events_all(&*copy, 999).await, events_all(&*store, 999).await, "in the same order");
    copy.close().await.expect("closing");
    let copy = other.open().await;
    assert_eq!(keys_all(&*copy, 999).await, keys_all(&*store, 999).await);
}

pub async fn loads_are_bounded_whatever_they_hold(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    for number in 0..40_u8 {
        write(&*store, &format!("k{number:02}"), put(&vec![number; MAX_VALUE - 10])).await;
    }
    let loads = carried(&store, None).await.expect("a copy");
    for load in &loads {
        let bytes: usize = load.entries.iter().map(Entry::size).sum();
        assert!(bytes <= LOAD.0 + MAX_VALUE, "{bytes} bytes in one load");
    }
    assert_eq!(loads.iter().map(|load| load.entries.len()).sum::<usize>(), 40);
    let other = SledBench::new();
    let copy = other.open().await;
    for load in &loads {
        copy.carry_in(load.entries.clone(), Mark::default()).await.expect("taking it over");
    }
    assert!(sorted(&carried(&copy, None).await.expect("a copy of the copy")) == sorted(&loads));
}

pub async fn a_copy_goes_on_where_it_was_left(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    filled(&store, 1200).await;
    let all = carried(&store, None).await.expect("a copy");
    for (left, load) in all.iter().enumerate() {
        let rest = carried(&store, Some(load.place.clone())).await.expect("the rest");
        assert_eq!(rest, all[left + 1..], "after load {left}");
    }
    for foreign in ["", "!", "AAAA", "cmVjb3Jkcw"] {
        let refused = carried(&store, Some(Cursor(foreign.into()))).await;
        assert!(matches!(refused, Err(StoreFault::Unavailable(_))), "{foreign}: {refused:?}");
    }
    // Nobody receives any more: the copy ends, and another one can begin.
    let (to, loads) = channel(1);
    drop(loads);
    store.carry_out(None, to).await.expect("its end");
    assert_eq!(carried(&store, None).await.expect("another copy").len(), all.len());
}

pub async fn a_mark_comes_and_goes_with_its_load(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    assert_eq!(store.mark().await.expect("a read"), None);
    let entry = |key: &str| Entry::Record { kind: KIND, key: key.into(), value: b"v".to_vec() };
    let moves =
        |from: Option<&str>, to: Option<&str>| Mark { from: from.map(str::to_owned), to: to.map(str::to_owned) };
    store.carry_in(vec![entry("a")], moves(None, Some("one"))).await.expect("a load");
    // Whoever else copies into it, or the same load a second time.
    for other in
        [moves(None, Some("one")), moves(None, None), moves(Some("two"), Some("one")), moves(Some("two"), None)]
    {
        let refused = store.carry_in(vec![entry("other")], other.clone()).await;
        assert!(matches!(refused, Err(StoreFault::Unavailable(_))), "{other:?}: {refused:?}");
    }
    store.carry_in(vec![entry("b")], moves(Some("one"), Some("two"))).await.expect("a load");
    store.close().await.expect("closing");
    let store = bench.open().await;
    assert_eq!(store.mark().await.expect("a read").as_deref(), Some("two"));
    assert_eq!(keys_all(&*store, 9).await, ["a", "b"]);
    store.carry_in(Vec::new(), moves(Some("two"), None)).await.expect("the end");
    assert_eq!(store.mark().await.expect("a read"), None);
}

/// Each change of a card writes how many there have been as its value, its row and one more event; now and then it is
/// long, now and then it has no row. Whatever instant a copy shows, they agree.
async fn busy(store: Arc<dyn Backend>, card: usize, stop: Arc<AtomicBool>) -> usize {
    let key = format!("card{card}");
    for count in 1.. {
        let owner = key.clone();
        let rule = Box::new(move |before: Option<Vec<u8>>| {
            let old = before.map_or(0, |value| counted(&value));
            let length = if count % 3 == 0 { 20_000 } else { 200 };
            let new = format!("{count:08}").into_bytes().repeat(length / 8);
            Ok(RawChange {
                write: Write::Put(new),
                unlist: vec![row("cards", &format!("{old:08}"))],
                list: if count % 5 == 0 { Vec::new() } else { vec![row("cards", &format!("{count:08}"))] },
                events: vec![(at(card as i64), owner.clone().into_bytes())],
                ..nothing()
            })
        });
        store.change(KIND, &key, rule).await.expect("a change");
        if stop.load(Ordering::SeqCst) {
            return count;
        }
    }
    unreachable!("it is stopped")
}

fn counted(value: &[u8]) -> usize {
    let text = std::str::from_utf8(&value[..8]).expect("text");
    assert!(value.chunks(8).all(|chunk| chunk == text.as_bytes()), "a value of two changes");
    text.parse().expect("a number")
}

pub async fn a_copy_is_of_one_instant_while_changes_go_on(bench: Arc<dyn Bench>) {
    const CARDS: usize = 6;
    let store = bench.open().await;
    filled(&store, 2200).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> =
        (0..CARDS).map(|card| tokio::spawn(busy(Arc::clone(&store), card, Arc::clone(&stop)))).collect();
    // A slow receiver: what is written meanwhile must not be seen.
    let mut copies = Vec::new();
    for _ in 0..3 {
        let (to, mut loads) = channel(1);
        let source = Arc::clone(&store);
        let carrying = tokio::spawn(async move { source.carry_out(None, to).await });
        let mut all = Vec::new();
        while let Some(load) = loads.recv().await {
            for number in 0..20 {
                write(&*store, &format!("between{number}"), put(b"x")).await;
            }
            all.push(load);
        }
        carrying.await.expect("a task").expect("a copy");
        copies.push(judge(&all));
    }
    stop.store(true, Ordering::SeqCst);
    let mut last = 0;
    for writer in writers {
        last += writer.await.expect("a writer");
    }
    assert!(copies.is_sorted() && copies[2] < last, "nothing was written meanwhile: {copies:?}, {last}");
}

/// Checks that one instant is shown, and answers how many changes there had been.
fn judge(loads: &[Load]) -> usize {
    let (mut values, mut rows, mut events) = (HashMap::new(), HashMap::new(), HashMap::<String, usize>::new());
    for entry in loads.iter().flat_map(|load| &load.entries) {
        match entry {
            Entry::Record { key, value, .. } if key.starts_with("card") => {
                values.insert(key.clone(), counted(value));
            }
            Entry::Row { group, order, key, .. } if group == "cards" => {
                assert_eq!(
                    rows.insert(key.clone(), order.parse::<usize>().expect("a number")),
                    None,
                    "two rows of {key}"
                );
            }
            Entry::Event { event, .. } if event.starts_with(b"card") => {
                *events.entry(String::from_utf8(event.clone()).expect("text")).or_default() += 1;
            }
            _ => (),
        }
    }
    for (key, count) in &values {
        assert_eq!(rows.get(key), (count % 5 != 0).then_some(count), "the row of {key}");
        assert_eq!(events.get(key), Some(count), "the events of {key}");
    }
    assert_eq!(events.len(), values.len());
    values.values().sum()
}
