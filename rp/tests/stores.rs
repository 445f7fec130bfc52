//! The contract of the session store, the same scenarios on both stores; and what the sled store keeps.

use abide_rp::session::{Identity, Tokens};
use abide_rp::store::scenarios;
use abide_rp::{ApplicationSession, Handle, MemoryStore, SessionStore, SledStore};
use serde_json::json;
use std::sync::Arc;

fn session(subject: &str, at: i64) -> ApplicationSession {
    let identity = Identity::made_of(json!({"iss": "https://id.example", "sub": subject})).expect("an identity");
    ApplicationSession::begin(identity, Tokens::default(), at)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_store_in_memory_keeps_the_contract() {
    for (name, scenario) in scenarios::all() {
        eprintln!("memory: {name}");
        scenario(Arc::new(MemoryStore::new(1000))).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_store_in_a_folder_keeps_the_contract() {
    for (name, scenario) in scenarios::all() {
        eprintln!("sled: {name}");
        let folder = tempfile::tempdir().expect("a folder");
        scenario(Arc::new(SledStore::open(&folder.path().join("sessions")).expect("opened"))).await;
    }
}

#[tokio::test]
async fn memory_cannot_be_filled_and_the_longest_away_makes_room() {
    let store = MemoryStore::new(10);
    let first = Handle::random().name();
    store.insert(&first, &session("longest away", 0)).await.expect("kept");
    let second = Handle::random().name();
    store.insert(&second, &session("somebody", 1_000_000)).await.expect("kept");
    for n in 0..1000 {
        store.insert(&Handle::random().name(), &session("crowd", 1000 + n)).await.expect("kept");
        store.spend(&n.to_string(), 1 << 40, 0).await.expect("an outcome");
        let mark = abide_rp::store::Mark::of_sid("https://id.example", &n.to_string());
        store.deny(&mark, 0, 1 << 40, 0).await.expect("kept");
    }
    assert_eq!(store.page(None, 1000).await.expect("a page").len(), 10);
    assert!(store.find(&first).await.expect("an answer").is_none());
    assert!(store.find(&second).await.expect("an answer").is_some());
}

#[tokio::test]
async fn what_was_answered_is_there_after_opening_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sessions");
    let name = Handle::random().name();
    let store = SledStore::open(&path).expect("opened");
    store.insert(&name, &session("mira", 7)).await.expect("kept");
    store.spend("jti", 100, 0).await.expect("spent");
    drop(store);
    // What a crash in the middle of a snapshot leaves.
    std::fs::write(path.join("snap.0000000000000000.generating"), b"half").expect("written");
    let store = SledStore::open(&path).expect("opened again");
    let found = store.find(&name).await.expect("an answer").expect("there");
    assert_eq!((found.version, found.session), (1, session("mira", 7)));
    assert_eq!(store.spend("jti", 100, 1).await.expect("an outcome"), abide_rp::store::Spent::Again);
}
