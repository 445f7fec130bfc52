//! The words the store scenarios are written in.
//!
//! Functions: `nothing`, `put`, `always`, `create_if_absent`, `write`, `name`, `row`, `due`, `at`, `list_all`,
//! `keys_all`, `events_all`, `together`; the test record [`Card`].

use abide::model::record::{Due, Kind, Name, Record, Row};
use abide::protocol::time::Timestamp;
use abide::store::Backend;
use abide::store::contract::{Committed, Cursor, RawChange, RawRule, Write};
use serde::{Deserialize, Serialize};
use std::future::Future;
use std::sync::{Arc, Mutex};

/// The kind the scenarios use where any would do.
pub const KIND: Kind = Kind::Setting;

/// A change that does nothing, to be filled.
pub fn nothing() -> RawChange {
    RawChange {
        write: Write::Keep,
        claim: Vec::new(),
        release: Vec::new(),
        list: Vec::new(),
        unlist: Vec::new(),
        due: Vec::new(),
        undue: Vec::new(),
        events: Vec::new(),
        mails: Vec::new(),
    }
}

/// A change that writes a value.
pub fn put(value: &[u8]) -> RawChange {
    RawChange { write: Write::Put(value.to_vec()), ..nothing() }
}

/// A rule that decides the same whatever it sees.
pub fn always(change: RawChange) -> RawRule {
    Box::new(move |_| Ok(change.clone()))
}

/// A rule that creates and never replaces, and the place where its last run notes whether it saw nothing.
pub fn create_if_absent(change: RawChange) -> (RawRule, Arc<Mutex<Option<bool>>>) {
    let absent = Arc::new(Mutex::new(None));
    let note = Arc::clone(&absent);
    let rule: RawRule = Box::new(move |before| {
        *note.lock().expect("a note") = Some(before.is_none());
        Ok(if before.is_none() { change.clone() } else { nothing() })
    });
    (rule, absent)
}

/// Applies a change to the record `key` of [`KIND`].
pub async fn write(store: &dyn Backend, key: &str, change: RawChange) -> Committed {
    store.change(KIND, key, always(change)).await.expect("a change")
}

pub fn name(value: &str) -> Name {
    Name { sort: "username", value: value.into() }
}

pub fn row(group: &str, order: &str) -> Row {
    Row { list: "cards", group: group.into(), order: order.into() }
}

pub fn due(at: i64, key: &str) -> Due {
    Due { at: Timestamp(at), kind: KIND, key: key.into() }
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds)
}

/// A whole group of the list `cards`, page by page, with every page's length checked.
pub async fn list_all(store: &dyn Backend, group: &str, limit: usize) -> Vec<String> {
    let (mut all, mut cursor): (Vec<String>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = store.list("cards", group, cursor.as_ref(), limit).await.expect("a page");
        assert!(page.items.len() <= limit, "a page longer than asked for");
        assert!(page.next.is_none() || page.items.len() == limit, "a short page in the middle");
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

/// All keys of [`KIND`], page by page.
pub async fn keys_all(store: &dyn Backend, limit: usize) -> Vec<String> {
    let (mut all, mut cursor): (Vec<String>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = store.keys(KIND, cursor.as_ref(), limit).await.expect("a page");
        assert!(page.items.len() <= limit, "a page longer than asked for");
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

/// All audit events as text, page by page.
pub async fn events_all(store: &dyn Backend, limit: usize) -> Vec<String> {
    let (mut all, mut cursor): (Vec<String>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = store.events(cursor.as_ref(), limit).await.expect("a page");
        assert!(page.items.len() <= limit, "a page longer than asked for");
        all.extend(page.items.into_iter().map(|event| String::from_utf8(event).expect("text")));
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

/// A record of the tests' own, for what the typed verbs derive from a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub id: String,
    pub nick: Option<String>,
    pub group: String,
    pub order: String,
}

impl Card {
    pub fn new(id: &str, nick: &str, group: &str, order: &str) -> Card {
        Card { id: id.into(), nick: Some(nick.into()), group: group.into(), order: order.into() }
    }
}

impl Record for Card {
    const KIND: Kind = KIND;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn names(&self) -> Vec<Name> {
        self.nick.iter().map(|nick| name(nick)).collect()
    }

    fn rows(&self) -> Vec<Row> {
        vec![row(&self.group, &self.order)]
    }
}

/// Runs 16 of a kind at the same time and gathers their answers.
pub async fn together<T, F>(task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let running: Vec<_> = (0..16).map(|number| tokio::spawn(task(number))).collect();
    let mut answers = Vec::new();
    for one in running {
        answers.push(one.await.expect("a task"));
    }
    answers
}
