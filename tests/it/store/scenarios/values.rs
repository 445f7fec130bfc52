//! Values of every length. Functions: one per scenario.

use super::super::Bench;
use super::super::words::*;
use abide::store::contract::{Committed, MAX_KEY, MAX_VALUE, RawChange, RawRule, StoreFault, Write};
use std::sync::Arc;

pub async fn long_values_come_back_whole(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    for length in [0, 1, 4095, 4096, 4097, 8192, 100_000, MAX_VALUE] {
        let value: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        for key in ["same", &format!("k{length}")] {
            write(&*store, key, put(&value)).await;
            assert_eq!(store.get(KIND, key).await.expect("a read"), Some(value.clone()), "{length} bytes");
        }
        let seen = value.clone();
        let rule: RawRule = Box::new(move |before| {
            assert_eq!(before.as_ref(), Some(&seen));
            Ok(nothing())
        });
        assert_eq!(store.change(KIND, "same", rule).await.expect("a change"), Committed::Done);
    }
    write(&*store, "same", RawChange { write: Write::Delete, ..nothing() }).await;
    assert_eq!(store.get(KIND, "same").await.expect("a read"), None);
    let event = vec![b'e'; MAX_VALUE];
    write(&*store, "k", RawChange { events: vec![(at(1), event.clone())], ..nothing() }).await;
    assert_eq!(store.events(None, 9).await.expect("a page").items, [event]);
}

pub async fn readers_never_see_a_mixture(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    write(&*store, "k", put(&[0; 30_000])).await;
    let answers = together(|number| {
        let store = Arc::clone(&store);
        async move {
            for round in 0..40_u8 {
                if number < 2 {
                    let length = 10_000 + 1000 * usize::from(round);
                    write(&*store, "k", put(&vec![round; length])).await;
                } else {
                    let value = store.get(KIND, "k").await.expect("a read").expect("a value");
                    assert!(value.iter().all(|byte| *byte == value[0]), "a mixture of two values");
                    let whole = value.len() == 30_000 || value.len() == 10_000 + 1000 * usize::from(value[0]);
                    assert!(whole, "part of a value");
                }
            }
        }
    })
    .await;
    assert_eq!(answers.len(), 16);
}

pub async fn what_is_too_large_is_refused(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    let long = "k".repeat(MAX_KEY + 1);
    let too_large = [
        put(&vec![0; MAX_VALUE + 1]),
        RawChange { claim: vec![name(&long)], ..put(b"x") },
        RawChange { list: vec![row("g", &long)], ..put(b"x") },
        RawChange { list: vec![row(&long, "1")], ..put(b"x") },
        RawChange { due: vec![due(1, &long)], ..put(b"x") },
        RawChange { events: vec![(at(1), vec![0; MAX_VALUE + 1])], ..put(b"x") },
    ];
    for change in too_large {
        let refused = store.change(KIND, "k", always(change)).await;
        assert!(matches!(refused, Err(StoreFault::TooLarge(_))), "{refused:?}");
    }
    let refused = store.change(KIND, &long, always(put(b"x"))).await;
    assert!(matches!(refused, Err(StoreFault::TooLarge("key"))));
    assert_eq!(store.get(KIND, "k").await.expect("a read"), None);
    assert_eq!(store.get(KIND, &long).await.expect("such a key is merely not there"), None);
    assert_eq!(store.bearer(KIND, &name(&long)).await.expect("such a name is merely not there"), None);
    let longest = &long[1..];
    write(&*store, longest, RawChange { due: vec![due(1, longest)], ..put(&vec![1; MAX_VALUE]) }).await;
    assert_eq!(store.get(KIND, longest).await.expect("a read").map(|value| value.len()), Some(MAX_VALUE));
}
