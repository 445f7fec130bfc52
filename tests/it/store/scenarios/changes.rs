//! One change: one winner, names, all or nothing. Functions: one per scenario.

use super::super::Bench;
use super::super::words::*;
use abide::model::record::Kind;
use abide::store::contract::{Committed, RawChange, RawRule, StoreFault};
use std::sync::Arc;

pub async fn one_winner_among_16(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    for round in 0..20 {
        let key = format!("code-{round}");
        let wins = together(|number| {
            let (store, key) = (Arc::clone(&store), key.clone());
            async move {
                let (rule, absent) = create_if_absent(put(number.to_string().as_bytes()));
                assert_eq!(store.change(KIND, &key, rule).await.expect("a change"), Committed::Done);
                let won = absent.lock().expect("a note").expect("the rule ran");
                won.then_some(number)
            }
        })
        .await;
        let winners: Vec<usize> = wins.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "winners: {winners:?}");
        let kept = store.get(KIND, &key).await.expect("a read");
        assert_eq!(kept, Some(winners[0].to_string().into_bytes()));
    }
}

pub async fn a_name_is_claimed_once_among_16(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    let answers = together(|number| {
        let store = Arc::clone(&store);
        async move {
            let change = RawChange { claim: vec![name("ada")], ..put(b"x") };
            write(&*store, &format!("account-{number:02}"), change).await
        }
    })
    .await;
    let winners: Vec<_> = (0..16).filter(|&number| answers[number] == Committed::Done).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(answers.iter().filter(|a| **a == Committed::Taken(name("ada"))).count(), 15);
    let winner = format!("account-{:02}", winners[0]);
    assert_eq!(store.bearer(KIND, &name("ada")).await.expect("a read"), Some(winner.clone()));
    assert_eq!(keys_all(&*store, 3).await, [winner], "a loser left its record");
}

pub async fn a_released_name_can_be_claimed(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    let claim = || RawChange { claim: vec![name("ada")], ..put(b"x") };
    let release = || RawChange { release: vec![name("ada")], ..put(b"y") };
    assert_eq!(write(&*store, "one", claim()).await, Committed::Done);
    assert_eq!(write(&*store, "one", claim()).await, Committed::Done, "one's own name is not taken");
    assert_eq!(write(&*store, "two", claim()).await, Committed::Taken(name("ada")));
    assert_eq!(write(&*store, "two", release()).await, Committed::Done);
    let bearer = store.bearer(KIND, &name("ada")).await.expect("a read");
    assert_eq!(bearer.as_deref(), Some("one"), "another's name was given up");
    write(&*store, "one", release()).await;
    assert_eq!(store.bearer(KIND, &name("ada")).await.expect("a read"), None);
    assert_eq!(write(&*store, "two", claim()).await, Committed::Done);
}

pub async fn a_name_of_another_kind_is_another_name(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    let claim = || always(RawChange { claim: vec![name("ada")], ..put(b"x") });
    for kind in Kind::ALL {
        assert_eq!(store.change(kind, kind.name(), claim()).await.expect("a change"), Committed::Done);
    }
    for kind in Kind::ALL {
        assert_eq!(store.bearer(kind, &name("ada")).await.expect("a read").as_deref(), Some(kind.name()));
        assert_eq!(store.keys(kind, None, 9).await.expect("a page").items, [kind.name()]);
    }
}

pub async fn a_rejected_change_writes_nothing_at_all(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    write(&*store, "one", RawChange { claim: vec![name("ada")], ..put(b"x") }).await;
    let rejected = RawChange {
        claim: vec![name("bob"), name("ada")],
        list: vec![row("g", "1")],
        due: vec![due(5, "two")],
        events: vec![(at(1), b"told".to_vec())],
        ..put(b"y")
    };
    assert_eq!(write(&*store, "two", rejected).await, Committed::Taken(name("ada")));
    assert_eq!(store.get(KIND, "two").await.expect("a read"), None);
    assert_eq!(store.bearer(KIND, &name("bob")).await.expect("a read"), None);
    assert!(list_all(&*store, "g", 9).await.is_empty());
    assert!(store.due(at(9), 9).await.expect("due").is_empty());
    assert!(events_all(&*store, 9).await.is_empty());
}

pub async fn a_fault_of_the_rule_writes_nothing(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    write(&*store, "one", put(b"x")).await;
    let rule: RawRule = Box::new(|_| Err(StoreFault::Damaged { kind: "card", reason: "no card".into() }));
    let fault = store.change(KIND, "one", rule).await;
    assert!(matches!(fault, Err(StoreFault::Damaged { kind: "card", .. })), "{fault:?}");
    assert_eq!(store.get(KIND, "one").await.expect("a read"), Some(b"x".to_vec()));
}

pub async fn a_panicking_rule_writes_nothing_and_harms_nobody(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    for _ in 0..20 {
        let rule: RawRule = Box::new(|_| panic!("a rule that panics on purpose"));
        assert!(store.change(KIND, "one", rule).await.is_err());
    }
    assert_eq!(store.get(KIND, "one").await.expect("a read"), None);
    assert_eq!(write(&*store, "one", put(b"x")).await, Committed::Done);
}

pub async fn counting_loses_nothing(bench: Arc<dyn Bench>) {
    let store = bench.open().await;
    together(|_| {
        let store = Arc::clone(&store);
        async move {
            for _ in 0..25 {
                let rule: RawRule = Box::new(|before| {
                    let count = before.map_or(0, |bytes| bytes.len());
                    Ok(put(&vec![b'|'; count + 1]))
                });
                assert_eq!(store.change(KIND, "count", rule).await.expect("a change"), Committed::Done);
            }
        }
    })
    .await;
    assert_eq!(store.get(KIND, "count").await.expect("a read").map(|bytes| bytes.len()), Some(400));
}
