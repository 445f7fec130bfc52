//! The contract as named scenarios over `&dyn SessionStore`, for every store: the crate's two, and yours.
//!
//! Each panics where the store does not keep the contract. Each leaves what it made; give each a store of its own.

#![allow(clippy::unwrap_used, reason = "a scenario stands or falls")]

use super::{BY_ONE_MARK, Inserted, Mark, Removed, Replaced, SessionStore, Spent};
use crate::clock::Instant;
use crate::secret::{Handle, Name};
use crate::session::{ApplicationSession, Identity, Tokens};
use serde_json::json;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

const NOW: Instant = 1_800_000_000;

/// A scenario, run on an empty store.
pub type Scenario = fn(Arc<dyn SessionStore>) -> Pin<Box<dyn Future<Output = ()>>>;

/// All of them, with their names.
pub fn all() -> Vec<(&'static str, Scenario)> {
    vec![
        ("what is kept is found, and nothing else", |store| Box::pin(what_is_kept_is_found(store))),
        ("a name is given once", |store| Box::pin(a_name_is_given_once(store))),
        ("no fact is lost between sixteen writers", |store| Box::pin(no_fact_is_lost(store))),
        ("one of sixteen takes it away", |store| Box::pin(one_takes_it_away(store))),
        ("marks follow the session", |store| Box::pin(marks_follow(store))),
        ("pages go through all, once", |store| Box::pin(pages_go_through_all(store))),
        ("a thing is spent once", |store| Box::pin(a_thing_is_spent_once(store))),
        ("what is denied stays denied for its time", |store| Box::pin(denied_for_its_time(store))),
    ]
}

fn session(subject: &str, sid: &str) -> ApplicationSession {
    let claims = json!({"iss": "https://id.example", "sub": subject, "sid": sid, "auth_time": NOW});
    let identity = Identity::made_of(claims).unwrap();
    ApplicationSession::begin(identity, Tokens::default(), NOW)
}

fn name() -> Name {
    Handle::random().name()
}

async fn what_is_kept_is_found(store: Arc<dyn SessionStore>) {
    let (here, elsewhere) = (name(), name());
    let mira = session("mira", "s1");
    assert_eq!(store.insert(&here, &mira).await.unwrap(), Inserted::Kept);
    let stored = store.find(&here).await.unwrap().unwrap();
    assert_eq!(stored.session, mira);
    assert!(store.find(&elsewhere).await.unwrap().is_none());
    assert_eq!(store.replace(&elsewhere, 1, &mira).await.unwrap(), Replaced::Gone);
    assert_eq!(store.remove(&elsewhere, 1).await.unwrap(), Removed::Gone);
}

async fn a_name_is_given_once(store: Arc<dyn SessionStore>) {
    let here = name();
    assert_eq!(store.insert(&here, &session("mira", "s1")).await.unwrap(), Inserted::Kept);
    assert_eq!(store.insert(&here, &session("otto", "s2")).await.unwrap(), Inserted::Taken);
    assert_eq!(store.find(&here).await.unwrap().unwrap().session.identity.subject(), "mira");
}

async fn no_fact_is_lost(store: Arc<dyn SessionStore>) {
    let here = name();
    store.insert(&here, &session("mira", "s1")).await.unwrap();
    let one = |store: Arc<dyn SessionStore>, here: Name| async move {
        let mut seen = store.find(&here).await.unwrap().unwrap();
        loop {
            seen.session.renewals += 1;
            match store.replace(&here, seen.version, &seen.session).await.unwrap() {
                Replaced::Done(_) => return,
                Replaced::Outrun(newer) => seen = *newer,
                Replaced::Gone => panic!("gone"),
            }
        }
    };
    let writers: Vec<_> = (0..16).map(|_| tokio::spawn(one(Arc::clone(&store), here.clone()))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(store.find(&here).await.unwrap().unwrap().session.renewals, 16);
}

async fn one_takes_it_away(store: Arc<dyn SessionStore>) {
    let here = name();
    store.insert(&here, &session("mira", "s1")).await.unwrap();
    let seen = store.find(&here).await.unwrap().unwrap();
    let mut changed = seen.session.clone();
    changed.renewals = 1;
    assert!(matches!(store.replace(&here, seen.version, &changed).await.unwrap(), Replaced::Done(_)));
    match store.remove(&here, seen.version).await.unwrap() {
        Removed::Outrun(newer) => assert_eq!(newer.session, changed, "the outrun one sees what there is"),
        other => panic!("{other:?}"),
    }
    let seen = store.find(&here).await.unwrap().unwrap().version;
    let takers: Vec<_> = (0..16)
        .map(|_| {
            let (store, here) = (Arc::clone(&store), here.clone());
            tokio::spawn(async move { store.remove(&here, seen).await.unwrap() })
        })
        .collect();
    let mut done = 0;
    for taker in takers {
        match taker.await.unwrap() {
            Removed::Done => done += 1,
            Removed::Gone => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(done, 1);
    assert!(store.find(&here).await.unwrap().is_none());
}

async fn marks_follow(store: Arc<dyn SessionStore>) {
    let by_sid = |sid| Mark::of_sid("https://id.example", sid);
    let mira = Mark::of_subject("https://id.example", "mira");
    let (one, other) = (name(), name());
    store.insert(&one, &session("mira", "s1")).await.unwrap();
    store.insert(&other, &session("mira", "s2")).await.unwrap();
    assert_eq!(store.marked(&by_sid("s1")).await.unwrap(), std::slice::from_ref(&one));
    assert_eq!(store.marked(&mira).await.unwrap().len(), 2);
    assert!(store.marked(&Mark::of_sid("https://other.example", "s1")).await.unwrap().is_empty());
    let moved = session("mira", "s3");
    store.replace(&one, 1, &moved).await.unwrap();
    assert!(store.marked(&by_sid("s1")).await.unwrap().is_empty(), "the old sid leads nowhere");
    assert_eq!(store.marked(&by_sid("s3")).await.unwrap(), std::slice::from_ref(&one));
    let seen = store.find(&one).await.unwrap().unwrap().version;
    assert_eq!(store.remove(&one, seen).await.unwrap(), Removed::Done);
    assert!(store.marked(&by_sid("s3")).await.unwrap().is_empty());
    assert_eq!(store.marked(&mira).await.unwrap(), [other]);
    for _ in 0..BY_ONE_MARK + 8 {
        store.insert(&name(), &session("crowd", "s9")).await.unwrap();
    }
    assert_eq!(store.marked(&by_sid("s9")).await.unwrap().len(), BY_ONE_MARK);
}

async fn pages_go_through_all(store: Arc<dyn SessionStore>) {
    let mut names: Vec<Name> = (0..25).map(|_| name()).collect();
    for (n, name) in names.iter().enumerate() {
        store.insert(name, &session(&n.to_string(), "s")).await.unwrap();
    }
    names.sort();
    let mut seen: Vec<Name> = Vec::new();
    loop {
        let page = store.page(seen.last(), 10).await.unwrap();
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, names);
}

async fn a_thing_is_spent_once(store: Arc<dyn SessionStore>) {
    let spenders: Vec<_> = (0..16)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.spend("jti", NOW + 60, NOW).await.unwrap() })
        })
        .collect();
    let mut first = 0;
    for spender in spenders {
        first += usize::from(spender.await.unwrap() == Spent::First);
    }
    assert_eq!(first, 1);
    assert_eq!(store.spend("another", NOW + 60, NOW).await.unwrap(), Spent::First);
    assert_eq!(store.spend("jti", NOW + 120, NOW + 59).await.unwrap(), Spent::Again);
    assert_eq!(store.spend("jti", NOW + 120, NOW + 60).await.unwrap(), Spent::First, "its time is past");
    store.forget(NOW + 100).await.unwrap();
    assert_eq!(store.spend("jti", NOW + 200, NOW + 119).await.unwrap(), Spent::Again, "forgot too early");
}

async fn denied_for_its_time(store: Arc<dyn SessionStore>) {
    let mark = Mark::of_sid("https://id.example", "s1");
    assert_eq!(store.denied(&mark, NOW).await.unwrap(), None);
    store.deny(&mark, NOW, NOW + 60, NOW).await.unwrap();
    store.deny(&mark, NOW - 30, NOW + 30, NOW).await.unwrap();
    assert_eq!(store.denied(&mark, NOW + 59).await.unwrap(), Some(NOW), "the later one holds");
    store.forget(NOW + 59).await.unwrap();
    assert_eq!(store.denied(&mark, NOW + 59).await.unwrap(), Some(NOW));
    assert_eq!(store.denied(&mark, NOW + 60).await.unwrap(), None);
    assert_eq!(store.denied(&Mark::of_sid("https://id.example", "s2"), NOW).await.unwrap(), None);
}
