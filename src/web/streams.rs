//! The places for open event streams: counted and capped, given back when a stream is dropped, however it ended.

use crate::flow::status::{Asker, Subject};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Streams of one application session: a few servers of one app, reconnects that overlap.
pub const PER_PART: u32 = 8;
/// Streams of our own pages in one session. One tab holds one for all; every page that is left leaves one behind until a
/// heartbeat meets its silence, so there are as many as pages turned in that time.
pub const PER_PAGES: u32 = 32;
/// Streams of our own pages of one account, however many sessions it has: nobody takes all there are.
pub const PER_PERSON: u32 = 256;
/// Streams of all apps that one account is signed in to, for the same reason.
pub const PER_ACCOUNT: u32 = 1_024;
/// Streams of one client, so that none takes all there are.
pub const PER_CLIENT: u32 = 20_000;
/// Streams of one node.
pub const PER_NODE: u32 = 40_000;

/// The open streams of a node.
#[derive(Clone, Default)]
pub struct Streams(Arc<Shared>);

#[derive(Default)]
struct Shared {
    seed: RandomState,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    all: u32,
    /// By a hash of what they share: two that collide share one cap.
    each: HashMap<u64, u32>,
    closing: bool,
}

/// Why there is no place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Full {
    /// [`PER_PART`] are open for this application session, or [`PER_PAGES`] for our own pages in this session.
    Part,
    /// [`PER_CLIENT`] are open for this client, [`PER_ACCOUNT`] for all apps of this account, or [`PER_PERSON`] for our own
    /// pages of it.
    Whole,
    /// [`PER_NODE`] are open, or the node stops.
    Node,
}

/// One place; free again when dropped.
pub struct Place {
    streams: Streams,
    keys: [u64; 3],
}

/// Does the node go on?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outlook {
    /// It does.
    Open,
    /// It stops: every stream ends.
    Closing,
}

impl Streams {
    /// A place for one more.
    ///
    /// # Errors
    /// Which cap is reached.
    pub fn take(&self, subject: &Subject) -> Result<Place, Full> {
        let client = match &subject.asker {
            Asker::App { client, .. } => Some(client.as_str()),
            Asker::OurPage(..) => None,
        };
        let (most, of_one) = if client.is_some() { (PER_PART, PER_ACCOUNT) } else { (PER_PAGES, PER_PERSON) };
        let part = self.hash(("part", subject.session.as_str(), client));
        let person = self.hash(("person", subject.account.as_str(), client.is_some()));
        let of_client = self.hash(("client", client));
        let mut counts = self.counts();
        if counts.all >= PER_NODE || counts.closing {
            return Err(Full::Node);
        }
        if counts.of(person) >= of_one || (client.is_some() && counts.of(of_client) >= PER_CLIENT) {
            return Err(Full::Whole);
        }
        if counts.of(part) >= most {
            return Err(Full::Part);
        }
        counts.all += 1;
        let keys = [part, person, of_client];
        for key in keys {
            *counts.each.entry(key).or_default() += 1;
        }
        drop(counts);
        Ok(Place { streams: self.clone(), keys })
    }

    /// How many are open.
    pub fn open_now(&self) -> u32 {
        self.counts().all
    }

    /// How many of what is capped is remembered: nothing when nobody is there.
    pub fn remembered(&self) -> usize {
        self.counts().each.len()
    }

    /// No more places; whoever has one learns so when they next look.
    pub fn close(&self) {
        self.counts().closing = true;
    }

    /// Does the node go on?
    pub fn outlook(&self) -> Outlook {
        if self.counts().closing { Outlook::Closing } else { Outlook::Open }
    }

    fn hash(&self, key: impl Hash) -> u64 {
        self.0.seed.hash_one(key)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counts {
    fn of(&self, key: u64) -> u32 {
        self.each.get(&key).copied().unwrap_or(0)
    }

    fn leave(&mut self, key: u64) {
        if let Some(count) = self.each.get_mut(&key) {
            *count -= 1;
            if *count == 0 {
                self.each.remove(&key);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.streams.counts();
        counts.all -= 1;
        for key in self.keys {
            counts.leave(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::our_pages::Page;
    use crate::model::id::{AccountId, ClientId, GrantId, SecretDigest, SessionId};
    use crate::protocol::time::Timestamp;

    fn subject(session: u32, client: &str) -> Subject {
        Subject {
            session: SessionId::new(session.to_string()),
            // Two apps of each account's sessions, and it has as many streams as it may have.
            account: AccountId::new((session / (PER_ACCOUNT / 2)).to_string()),
            asker: Asker::App {
                grant: GrantId::new("g"),
                client: ClientId::new(client),
                sid: None,
                until: Timestamp(0),
            },
        }
    }

    #[test]
    fn each_cap_is_reached_told_and_left_again() {
        let streams = Streams::default();
        let mut places: Vec<Place> = (0..PER_CLIENT).map(|n| streams.take(&subject(n, "a")).ok().unwrap()).collect();
        assert_eq!(streams.take(&subject(PER_CLIENT, "a")).err(), Some(Full::Whole));
        places.extend((0..PER_NODE - PER_CLIENT).map(|n| streams.take(&subject(n, "b")).ok().unwrap()));
        assert_eq!(streams.take(&subject(0, "c")).err(), Some(Full::Node));
        assert_eq!(streams.open_now(), PER_NODE);
        places.truncate(1);
        for _ in 1..PER_PART {
            places.push(streams.take(&subject(0, "a")).ok().unwrap());
        }
        assert_eq!(streams.take(&subject(0, "a")).err(), Some(Full::Part));
        assert!(streams.take(&subject(0, "b")).is_ok() && streams.take(&subject(1, "a")).is_ok());
        places.clear();
        // Many sessions of one account, at many apps, take no more than the account may have.
        places.extend((0..PER_ACCOUNT).map(|n| streams.take(&subject(n / 2, &format!("app-{n}"))).ok().unwrap()));
        assert_eq!(streams.take(&subject(0, "another")).err(), Some(Full::Whole));
        assert!(streams.take(&subject(PER_ACCOUNT, "app-0")).is_ok(), "another account");
        places.clear();
        // Our own pages: many sessions of one account take no more than the account may have.
        let page = |session: u32, account: &str| Subject {
            session: SessionId::new(session.to_string()),
            account: AccountId::new(account),
            asker: Asker::OurPage(Page::Other, SecretDigest::new("x".into())),
        };
        places.extend((0..PER_PERSON).map(|n| streams.take(&page(n, "mira")).ok().unwrap()));
        assert_eq!(streams.take(&page(PER_PERSON, "mira")).err(), Some(Full::Whole));
        places.extend((0..PER_PAGES).map(|_| streams.take(&page(PER_PERSON, "otto")).ok().unwrap()));
        assert_eq!(streams.take(&page(PER_PERSON, "otto")).err(), Some(Full::Part));
        places.clear();
        assert_eq!((streams.open_now(), streams.remembered()), (0, 0));
    }
}
