//! Lists, keys and their pages. Functions: one per scenario, and `add_row`.

use super::super::Bench;
use super::super::words::*;
use abide::model::audit::{Act, Event};
use abide::model::record::Change;
use abide::store::contract::{Cursor, RawChange, Write};
use abide::store::{Backend, Changed, Store};
use std::sync::Arc;

pub async fn rows_follow_the_record(bench: Arc<dyn Bench>) {
    let backend = bench.open().await;
    let store = Store::new(Arc::clone(&backend));
    let keep = |card: Card| move |_: Option<Card>| Change::put((), card.clone());
    for card in [Card::new("a", "ann", "red", "2"), Card::new("b", "bea", "red", "1")] {
        let key = card.id.clone();
        assert_eq!(store.change(&key, keep(card)).await.expect("a change"), Changed::Done(()));
    }
    assert_eq!(list_all(&*backend, "red", 1).await, ["b", "a"]);

    let moved = Card::new("b", "bob", "blue", "7");
    store.change("b", keep(moved.clone())).await.expect("a change").outcome().expect("a free name");
    assert_eq!(list_all(&*backend, "red", 9).await, ["a"]);
    assert_eq!(
        store.list::<Card>(("cards", "blue"), None, 9).await.expect("a page").items,
        std::slice::from_ref(&moved)
    );
    assert_eq!(store.find::<Card>(&name("bob")).await.expect("a read"), Some(moved));
    assert_eq!(store.find::<Card>(&name("bea")).await.expect("a read"), None);

    let taken = store.change("c", keep(Card::new("c", "ann", "red", "0"))).await.expect("a change");
    assert_eq!(taken, Changed::Taken(name("ann")));

    let done = |at| Event::done(Act::SignIn, at);
    let gone = store.change("a", move |_: Option<Card>| Change::delete(()).told(done(at(7))).due(at(9))).await;
    assert_eq!(gone.expect("a change"), Changed::Done(()));
    assert!(list_all(&*backend, "red", 9).await.is_empty());
    assert_eq!(store.find::<Card>(&name("ann")).await.expect("a read"), None);
    assert_eq!(store.events(None, 9).await.expect("a page").items, [done(at(7))]);
    assert_eq!(store.due(at(9), 9).await.expect("due"), [due(9, "a")]);
}

async fn add_row(store: &dyn Backend, key: &str, group: &str, order: &str) {
    write(store, key, RawChange { list: vec![row(group, order)], ..put(b"x") }).await;
}

pub async fn lists_keep_groups_apart_and_in_order(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    let groups = ["", "a", "a\0", "a\0b", "ab", "a\u{1}", "\u{7f}", "ä", "z/z:z,z"];
    for group in groups {
        for (key, order) in [("k2", "b"), ("k1", "b"), ("k3", "a\0"), ("k4", "a"), ("k5", ""), ("k\0", "a\0b")] {
            add_row(&*store, &format!("{group}|{key}"), group, order).await;
        }
    }
    for group in groups {
        let want: Vec<String> =
            ["k5", "k4", "k3", "k\0", "k1", "k2"].iter().map(|key| format!("{group}|{key}")).collect();
        for limit in [1, 2, 6, 100] {
            assert_eq!(list_all(&*store, group, limit).await, want, "group {group:?}, {limit} a page");
        }
    }
    assert!(list_all(&*store, "b", 9).await.is_empty());
}

pub async fn pages_are_stable_while_rows_come_and_go(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    for number in 0..60 {
        add_row(&*store, &format!("old-{number:02}"), "g", &format!("{number:02}")).await;
    }
    let (mut seen, mut cursor, mut turn) = (Vec::new(), None, 0);
    loop {
        let page = store.list("cards", "g", cursor.as_ref(), 7).await.expect("a page");
        // Between the pages: a row comes in front, one comes behind, and the last one read goes.
        add_row(&*store, &format!("front-{turn}"), "g", "").await;
        add_row(&*store, &format!("behind-{turn}"), "g", &format!("zz{turn}")).await;
        if let Some(last) = page.items.last().filter(|last| last.starts_with("old-")) {
            let order = last.trim_start_matches("old-");
            let gone = RawChange { write: Write::Delete, unlist: vec![row("g", order)], ..nothing() };
            write(&*store, last, gone).await;
        }
        seen.extend(page.items);
        turn += 1;
        cursor = page.next;
        if cursor.is_none() || turn > 40 {
            break;
        }
    }
    let old: Vec<_> = seen.iter().filter(|key| key.starts_with("old-")).cloned().collect();
    let want: Vec<_> = (0..60).map(|number| format!("old-{number:02}")).collect();
    assert_eq!(old, want, "a row was left out or came twice");
    assert!(!seen.iter().any(|key| key.starts_with("front-")));
}

pub async fn keys_are_paged_in_byte_order(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    let mut keys: Vec<String> = (0..50).map(|number| format!("k{number}")).collect();
    keys.extend(["", "k", "k\0", "K", "ü", "k1\0"].map(String::from));
    for key in &keys {
        write(&*store, key, put(b"x")).await;
    }
    keys.sort();
    for limit in [1, 7, 1000] {
        assert_eq!(keys_all(&*store, limit).await, keys);
    }
    write(&*store, "k", RawChange { write: Write::Delete, ..nothing() }).await;
    keys.retain(|key| key != "k");
    assert_eq!(keys_all(&*store, 7).await, keys);
}

pub async fn hostile_cursors_are_harmless(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    for number in 0..5 {
        let mut change = put(b"x");
        change.list = vec![row("g", "1"), row("h", "1")];
        change.events = vec![(at(number), b"e".to_vec())];
        write(&*store, &format!("k{number}"), change).await;
    }
    let foreign = store.list("cards", "h", None, 2).await.expect("a page").next.expect("more");
    let mut cursors: Vec<String> =
        ["", " ", "!", "A", "AA", "AAE", "____", "%00", "../..", "ü", "AAECAwQ="].map(String::from).into();
    cursors.extend([foreign.0, "A".repeat(5000), "_".repeat(4 << 20), "0".repeat(31)]);
    for text in cursors {
        let cursor = Cursor(text);
        let page = store.list("cards", "g", Some(&cursor), 9).await.expect("a page");
        assert!(page.items.len() <= 5 && page.items.iter().all(|key| key.starts_with('k')));
        assert!(store.keys(KIND, Some(&cursor), 9).await.expect("a page").items.len() <= 5);
        assert!(store.events(Some(&cursor), 9).await.expect("a page").items.len() <= 5);
    }
    for limit in [0, usize::MAX] {
        assert!(store.list("cards", "g", None, limit).await.expect("a page").items.len() <= limit.min(5));
        assert!(store.due(at(0), limit).await.expect("due").is_empty());
        assert!(store.events(None, limit).await.expect("a page").items.len() <= limit.min(5));
    }
}
