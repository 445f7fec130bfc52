//! Appointments and audit events. Functions: one per scenario.

use super::super::Bench;
use super::super::words::*;
use abide::store::contract::RawChange;
use std::sync::Arc;

pub async fn due_takes_exactly_what_has_come(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    let times = [50, 10, 30, 10, -5, 20, i64::MAX, i64::MIN];
    for (number, time) in times.into_iter().enumerate() {
        let key = format!("k{number}");
        write(&*store, &key, RawChange { due: vec![due(time, &key)], ..nothing() }).await;
    }
    let all = [due(i64::MIN, "k7"), due(-5, "k4"), due(10, "k1"), due(10, "k3"), due(20, "k5"), due(30, "k2")];
    assert_eq!(store.due(at(30), 100).await.expect("due"), all);
    assert_eq!(store.due(at(29), 100).await.expect("due"), all[..5]);
    assert_eq!(store.due(at(30), 3).await.expect("due"), all[..3], "bounded, earliest first");
    assert_eq!(store.due(at(i64::MAX), 100).await.expect("due").len(), 8);
    assert_eq!(store.due(at(i64::MIN), 100).await.expect("due"), all[..1]);
}

pub async fn undue_strikes_out(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    write(&*store, "k", RawChange { due: vec![due(1, "k"), due(2, "k"), due(1, "l")], ..nothing() }).await;
    let struck = RawChange { undue: vec![due(1, "k"), due(3, "k")], due: vec![due(4, "k")], ..nothing() };
    write(&*store, "k", struck).await;
    assert_eq!(store.due(at(9), 9).await.expect("due"), [due(1, "l"), due(2, "k"), due(4, "k")]);
    let again = RawChange { undue: vec![due(2, "k")], due: vec![due(2, "k")], ..nothing() };
    write(&*store, "k", again).await;
    assert_eq!(store.due(at(3), 9).await.expect("due"), [due(1, "l"), due(2, "k")], "what is in both stays");
}

pub async fn events_are_newest_first_in_pages(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    for number in 0..40 {
        // Four in each second, two of them in one change.
        let second = at(100 + number / 4);
        if number % 4 != 1 {
            let mut events = vec![(second, format!("e{number:02}").into_bytes())];
            if number % 4 == 0 {
                events.push((second, format!("e{:02}", number + 1).into_bytes()));
            }
            write(&*store, "k", RawChange { events, ..nothing() }).await;
        }
    }
    let want: Vec<_> = (0..40).rev().map(|number| format!("e{number:02}")).collect();
    for limit in [1, 7, 40, 1000] {
        assert_eq!(events_all(&*store, limit).await, want);
    }
    let first = store.events(None, 10).await.expect("a page");
    write(&*store, "k", RawChange { events: vec![(at(999), b"new".to_vec())], ..nothing() }).await;
    let second = store.events(first.next.as_ref(), 1).await.expect("a page");
    assert_eq!(second.items, [b"e29".to_vec()], "a new event does not shift the pages");
}

pub async fn old_events_are_forgotten(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    let long = "l".repeat(20_000);
    for number in 0..700 {
        let text = if number % 100 == 0 { long.clone() } else { format!("e{number}") };
        write(&*store, "k", RawChange { events: vec![(at(number), text.into_bytes())], ..nothing() }).await;
    }
    assert_eq!(store.forget_events(at(0), 100).await.expect("forgetting"), 0);
    assert_eq!(store.forget_events(at(690), 30).await.expect("forgetting"), 30);
    assert_eq!(store.forget_events(at(690), 5000).await.expect("forgetting"), 660);
    assert_eq!(store.forget_events(at(690), 5000).await.expect("forgetting"), 0);
    let left: Vec<_> = (690..700).rev().map(|number| format!("e{number}")).collect();
    assert_eq!(events_all(&*store, 4).await, left);
}
