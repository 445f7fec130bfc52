//! Typed verbs over a backend's bytes: read, change, find by name, list. Encoding and index rows are decided here.

use super::contract::{Backend, Committed, Cursor, Page, RawChange, RawRule, StoreFault, Write};
use super::hints::{self, Hints};
use crate::model::audit::Event;
use crate::model::mail::Mail;
use crate::model::record::{Change, Due, Fate, Name, Record};
use crate::protocol::time::Timestamp;
use std::sync::{Arc, Mutex};

/// The store as the floors above see it. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    hints: Arc<Hints>,
}

/// How a typed change ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed<O> {
    /// The rule's outcome; what it decided is durable.
    Done(O),
    /// Nothing was written: another record bears this name.
    Taken(Name),
}

/// Did a change write its record?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Moved {
    Yes,
    No,
}

impl<O> Changed<O> {
    /// The outcome of a change that claims no new names.
    ///
    /// # Errors
    /// A taken name is a fault here: the caller knows that the rule claims none.
    pub fn outcome(self) -> Result<O, StoreFault> {
        match self {
            Changed::Done(outcome) => Ok(outcome),
            Changed::Taken(name) => {
                Err(StoreFault::Damaged { kind: "name", reason: format!("{} is borne twice", name.sort) })
            }
        }
    }
}

impl Store {
    /// A store over `backend`.
    pub fn new(backend: Arc<dyn Backend>) -> Store {
        Store { backend, hints: Arc::default() }
    }

    /// The record with this key.
    pub async fn read<R: Record>(&self, key: &str) -> Result<Option<R>, StoreFault> {
        self.backend.get(R::KIND, key).await?.map(|bytes| decode::<R>(&bytes)).transpose()
    }

    /// Runs `rule` on the record with this key and keeps what it decides: atomic, and durable when it returns.
    ///
    /// The rule may run more than once; only its last run counts.
    pub async fn change<R, O, F>(&self, key: &str, mut rule: F) -> Result<Changed<O>, StoreFault>
    where
        R: Record,
        O: Send + 'static,
        F: FnMut(Option<R>) -> Change<R, O> + Send + 'static,
    {
        let told: Arc<Mutex<Option<(O, Moved)>>> = Arc::default();
        let teller = Arc::clone(&told);
        let owner = key.to_owned();
        let raw: RawRule = Box::new(move |bytes| {
            let before = bytes.as_deref().map(decode::<R>).transpose()?;
            let change = rule(before.clone());
            let (outcome, raw) = raw_change(&owner, before, change)?;
            let moved = if raw.write == Write::Keep { Moved::No } else { Moved::Yes };
            if let Ok(mut slot) = teller.lock() {
                *slot = Some((outcome, moved));
            }
            Ok(raw)
        });
        match self.backend.change(R::KIND, key, raw).await? {
            Committed::Taken(name) => Ok(Changed::Taken(name)),
            Committed::Done => {
                let told = told.lock().ok().and_then(|mut slot| slot.take());
                if told.as_ref().is_some_and(|(_, moved)| *moved == Moved::Yes) && hints::hinted(R::KIND) {
                    self.hints.publish(R::KIND, key);
                }
                told.map(|(outcome, _)| Changed::Done(outcome))
                    .ok_or_else(|| StoreFault::Unavailable("a rule did not run".into()))
            }
        }
    }

    /// The record of kind `R` that bears `name`.
    pub async fn find<R: Record>(&self, name: &Name) -> Result<Option<R>, StoreFault> {
        let Some(key) = self.backend.bearer(R::KIND, name).await? else { return Ok(None) };
        // A name is a hint like any other row: the record says whether it still bears it.
        Ok(self.read::<R>(&key).await?.filter(|record| record.names().contains(name)))
    }

    /// The key of the record of kind `R` that bears `name`: a hint, for callers that read the record themselves.
    pub async fn bearer<R: Record>(&self, name: &Name) -> Result<Option<String>, StoreFault> {
        self.backend.bearer(R::KIND, name).await
    }

    /// One page of the records in a group of a list.
    pub async fn list<R: Record>(
        &self,
        (list, group): (&'static str, &str),
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page<R>, StoreFault> {
        let page = self.backend.list(list, group, cursor, limit).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for key in &page.items {
            let record = self.read::<R>(key).await?;
            items.extend(record.filter(|r| r.rows().iter().any(|row| row.list == list && row.group == group)));
        }
        Ok(Page { items, next: page.next })
    }

    /// One page of all records of a kind, in order of their keys.
    pub async fn all<R: Record>(&self, cursor: Option<&Cursor>, limit: usize) -> Result<Page<R>, StoreFault> {
        let page = self.backend.keys(R::KIND, cursor, limit).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for key in &page.items {
            items.extend(self.read::<R>(key).await?);
        }
        Ok(Page { items, next: page.next })
    }

    /// Appointments of the sweep that have come.
    pub async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Due>, StoreFault> {
        self.backend.due(now, limit).await
    }

    /// Moves an appointment without looking at its record.
    pub async fn postpone(&self, due: Due, at: Timestamp) -> Result<(), StoreFault> {
        self.reschedule(vec![Due { at, ..due.clone() }], vec![due]).await
    }

    /// Makes an appointment with a record that nothing else changes.
    pub async fn appoint(&self, due: Due) -> Result<(), StoreFault> {
        self.reschedule(vec![due], Vec::new()).await
    }

    /// Appointments of one record, and no word on the record itself.
    async fn reschedule(&self, due: Vec<Due>, undue: Vec<Due>) -> Result<(), StoreFault> {
        let Some((kind, key)) = due.first().map(|due| (due.kind, due.key.clone())) else { return Ok(()) };
        let raw: RawRule = Box::new(move |_| {
            Ok(RawChange {
                write: Write::Keep,
                claim: Vec::new(),
                release: Vec::new(),
                list: Vec::new(),
                unlist: Vec::new(),
                due: due.clone(),
                undue: undue.clone(),
                events: Vec::new(),
                mails: Vec::new(),
            })
        });
        self.backend.change(kind, &key, raw).await.map(|_| ())
    }

    /// Audit events, newest first.
    pub async fn events(&self, cursor: Option<&Cursor>, limit: usize) -> Result<Page<Event>, StoreFault> {
        let page = self.backend.events(cursor, limit).await?;
        let items = page.items.iter().map(|bytes| decode_event(bytes)).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next })
    }

    /// Who waits for changes.
    pub fn hints(&self) -> &Arc<Hints> {
        &self.hints
    }

    /// The backend itself, for what is not about records: probing, closing, measuring.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        &self.backend
    }
}

fn raw_change<R: Record, O>(key: &str, before: Option<R>, change: Change<R, O>) -> Result<(O, RawChange), StoreFault> {
    let (had, had_rows) = before.as_ref().map(|r| (r.names(), r.rows())).unwrap_or_default();
    let (write, has, has_rows) = match change.fate {
        Fate::Keep => (Write::Keep, had.clone(), had_rows.clone()),
        Fate::Delete => (Write::Delete, Vec::new(), Vec::new()),
        Fate::Put(record) => (Write::Put(encode(&record)?), record.names(), record.rows()),
    };
    let raw = RawChange {
        write,
        claim: has.iter().filter(|name| !had.contains(name)).cloned().collect(),
        release: had.iter().filter(|name| !has.contains(name)).cloned().collect(),
        list: has_rows.iter().filter(|row| !had_rows.contains(row)).cloned().collect(),
        unlist: had_rows.iter().filter(|row| !has_rows.contains(row)).cloned().collect(),
        due: {
            let own = change.look_at.into_iter().map(|at| Due { at, kind: R::KIND, key: key.to_owned() });
            let mails = change.mails.iter().map(Mail::first_look);
            own.chain(mails).chain(change.appointments).collect()
        },
        undue: change.looked_at,
        events: change.events.iter().map(|event| Ok((event.at, encode_event(event)?))).collect::<Result<_, _>>()?,
        mails: change.mails.iter().map(|mail| Ok((mail.key(), encode(mail)?))).collect::<Result<_, _>>()?,
    };
    Ok((change.outcome, raw))
}

/// A version byte, then JSON: readable by eye in an emergency, and tolerant of fields that come later.
///
/// # Errors
/// It is too large to be kept.
pub fn encode<R: Record>(record: &R) -> Result<Vec<u8>, StoreFault> {
    let mut bytes = vec![R::VERSION];
    serde_json::to_writer(&mut bytes, record).map_err(|error| damaged::<R>(&error.to_string()))?;
    if bytes.len() > super::contract::MAX_VALUE {
        return Err(StoreFault::TooLarge(R::KIND.name()));
    }
    Ok(bytes)
}

/// What [`encode`] wrote, or an older version did.
///
/// # Errors
/// The bytes are none of ours.
pub fn decode<R: Record>(bytes: &[u8]) -> Result<R, StoreFault> {
    match bytes.split_first() {
        Some((&version, json)) if (1..=R::VERSION).contains(&version) => {
            serde_json::from_slice(json).map_err(|error| damaged::<R>(&error.to_string()))
        }
        Some((version, _)) => Err(damaged::<R>(&format!("version {version} is newer than this program"))),
        None => Err(damaged::<R>("it is empty")),
    }
}

fn damaged<R: Record>(reason: &str) -> StoreFault {
    StoreFault::Damaged { kind: R::KIND.name(), reason: reason.to_owned() }
}

fn encode_event(event: &Event) -> Result<Vec<u8>, StoreFault> {
    serde_json::to_vec(event).map_err(|e| StoreFault::Damaged { kind: "event", reason: e.to_string() })
}

fn decode_event(bytes: &[u8]) -> Result<Event, StoreFault> {
    serde_json::from_slice(bytes).map_err(|e| StoreFault::Damaged { kind: "event", reason: e.to_string() })
}
