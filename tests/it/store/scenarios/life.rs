//! Dropping, closing, reopening, probing. Functions: one per scenario, and `noise`.

use super::super::Bench;
use super::super::words::*;
use abide::store::contract::{RawChange, StoreFault};
use std::sync::Arc;

pub async fn dropping_the_future_leaves_nothing_half_done(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    for number in 0..200_u32 {
        let key = format!("k{number:03}");
        let change = RawChange {
            claim: vec![name(&key)],
            list: vec![row("g", &key)],
            due: vec![due(1, &key)],
            events: vec![(at(1), key.clone().into_bytes())],
            ..put(&[7; 9000])
        };
        let running = store.change(KIND, &key, always(change));
        let polls = number % 4;
        // Dropped at once, or after having been started and left to run for a while.
        let _ = tokio::time::timeout(std::time::Duration::from_micros(u64::from(polls) * 150), running).await;
    }
    // What was begun comes to its end before this does, or was never begun.
    store.probe().await.expect("a probe");
    let kept = keys_all(&*store, 1000).await;
    assert_eq!(list_all(&*store, "g", 1000).await, kept);
    let due_keys: Vec<_> = store.due(at(9), 1000).await.expect("due").into_iter().map(|due| due.key).collect();
    assert_eq!(due_keys, kept);
    let mut told = events_all(&*store, 1000).await;
    told.sort();
    assert_eq!(told, kept);
    for key in kept {
        assert_eq!(store.get(KIND, &key).await.expect("a read"), Some(vec![7; 9000]));
        assert_eq!(store.bearer(KIND, &name(&key)).await.expect("a read"), Some(key));
    }
}

pub async fn reopened_everything_is_there(bench: Arc<dyn Bench>) {
    for opening in 0..3 {
        let store = bench.open().await;
        for earlier in 0..opening {
            let key = format!("k{earlier}");
            assert_eq!(store.get(KIND, &key).await.expect("a read"), Some(vec![earlier; 10_000]));
            assert_eq!(store.bearer(KIND, &name(&key)).await.expect("a read"), Some(key));
        }
        let key = format!("k{opening}");
        let change = RawChange {
            claim: vec![name(&key)],
            list: vec![row("g", &key)],
            due: vec![due(i64::from(opening), &key)],
            events: vec![(at(1), key.clone().into_bytes())],
            ..put(&vec![opening; 10_000])
        };
        write(&*store, &key, change).await;
        let kept: Vec<_> = (0..=opening).map(|number| format!("k{number}")).collect();
        assert_eq!(list_all(&*store, "g", 2).await, kept);
        assert_eq!(store.due(at(99), 99).await.expect("due").len(), kept.len());
        let newest_first: Vec<_> = kept.into_iter().rev().collect();
        assert_eq!(events_all(&*store, 2).await, newest_first, "events of one second stay in order across openings");
        store.close().await.expect("closing");
    }
}

pub async fn a_closed_store_refuses(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    write(&*store, "k", put(b"x")).await;
    store.close().await.expect("closing");
    store.close().await.expect("closing again");
    let unavailable = |fault: StoreFault| assert!(matches!(fault, StoreFault::Unavailable(_)), "{fault:?}");
    unavailable(store.get(KIND, "k").await.expect_err("closed"));
    unavailable(store.change(KIND, "k", always(put(b"y"))).await.expect_err("closed"));
    unavailable(store.bearer(KIND, &name("n")).await.expect_err("closed"));
    unavailable(store.list("cards", "g", None, 9).await.expect_err("closed"));
    unavailable(store.keys(KIND, None, 9).await.expect_err("closed"));
    unavailable(store.due(at(1), 9).await.expect_err("closed"));
    unavailable(store.events(None, 9).await.expect_err("closed"));
    unavailable(store.forget_events(at(1), 9).await.expect_err("closed"));
    unavailable(store.probe().await.expect_err("closed"));
    unavailable(store.size().await.expect_err("closed"));
}

/// Bytes that no engine makes smaller: xorshift.
fn noise(seed: u32, length: usize) -> Vec<u8> {
    let mut state = u64::from(seed) + 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}

pub async fn probing_and_measuring(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    let before = store.size().await.expect("a size");
    for number in 0..50 {
        store.probe().await.expect("a probe");
        write(&*store, &format!("k{number}"), put(&noise(number, 100_000))).await;
    }
    assert!(store.size().await.expect("a size") >= before + 4_000_000);
    assert_eq!(keys_all(&*store, 100).await.len(), 50, "a probe is no record");
}
