//! Who watches which session: pages hear at once when it changes, and share one ear at the provider.

use crate::provider::upstream::Listening;
use crate::secret::Name;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::watch;

/// Pages that watch at a time, of all sessions and of one.
const STREAMS: usize = 2000;
const OF_ONE: usize = 8;

/// What the provider said last, and a sign when it says more.
pub(crate) type Heard = watch::Receiver<Option<Value>>;

/// The watched sessions.
#[derive(Default)]
pub(crate) struct Hub {
    channels: Mutex<HashMap<Name, Weak<Channel>>>,
}

/// One watched session. It is there for as long as somebody watches.
pub(crate) struct Channel {
    changed: watch::Sender<u64>,
    ear: tokio::sync::Mutex<Option<Ear>>,
}

/// What the provider says of a session, it says of the grant whose token is listened by. A session that was renewed by
/// another request has another grant: it is listened for anew, and the old one's end is not its own.
struct Ear {
    grant: Grant,
    listening: Option<Listening>,
}

/// A grant of one session: its authorization request's nonce, and how often the session had been renewed, for the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    pub(crate) nonce: String,
    pub(crate) renewals: usize,
}

impl Channel {
    /// A sign that the session changed.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The provider's word by this grant; the first who asks begins to listen. None where the provider has no such
    /// stream, and for one who does not know yet that a later grant is listened by.
    pub(crate) async fn hear<F>(&self, grant: &Grant, listen: impl FnOnce() -> F) -> Option<Heard>
    where
        F: Future<Output = Option<Listening>>,
    {
        let mut ear = self.ear.lock().await;
        let replaces =
            ear.as_ref().is_none_or(|ear| ear.grant.nonce != grant.nonce && ear.grant.renewals < grant.renewals);
        if replaces {
            *ear = Some(Ear { grant: grant.clone(), listening: listen().await });
        }
        let ear = ear.as_ref().filter(|ear| ear.grant.nonce == grant.nonce)?;
        ear.listening.as_ref().map(Listening::latest)
    }
}

impl Hub {
    /// A place to watch from; none when there are too many.
    pub(crate) fn watch(&self, name: &Name) -> Option<Arc<Channel>> {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if channels.values().map(Weak::strong_count).sum::<usize>() >= STREAMS {
            return None;
        }
        channels.retain(|_, channel| channel.strong_count() > 0);
        match channels.get(name).and_then(Weak::upgrade) {
            // The upgrade itself counts.
            Some(channel) if Arc::strong_count(&channel) > OF_ONE => None,
            Some(channel) => Some(channel),
            None => {
                let channel = Arc::new(Channel { changed: watch::Sender::new(0), ear: tokio::sync::Mutex::default() });
                channels.insert(name.clone(), Arc::downgrade(&channel));
                Some(channel)
            }
        }
    }

    /// Tells everybody who watches that the session changed.
    pub(crate) fn tell(&self, name: &Name) {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(channel) = channels.get(name).and_then(Weak::upgrade) {
            channel.changed.send_modify(|count| *count += 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Grant, Hub, OF_ONE};
    use crate::provider::upstream::Listening;
    use crate::secret::Handle;
    use serde_json::json;

    #[test]
    fn one_session_has_a_bounded_number_of_watchers_and_they_are_freed() {
        let (hub, name) = (Hub::default(), Handle::random().name());
        let watching: Vec<_> = (0..OF_ONE).map(|_| hub.watch(&name).expect("a place")).collect();
        assert!(hub.watch(&name).is_none());
        drop(watching);
        assert!(hub.watch(&name).is_some());
        drop(hub.watch(&Handle::random().name()));
        hub.watch(&Handle::random().name());
        assert!(hub.channels.lock().expect("unpoisoned").len() <= 2, "nobody's channels stay");
    }

    #[tokio::test]
    async fn a_later_grant_is_listened_by_and_an_earlier_one_no_more() {
        let channel = Hub::default().watch(&Handle::random().name()).expect("a place");
        let grant = |nonce: &str, renewals| Grant { nonce: nonce.to_owned(), renewals };
        let says = |word: &'static str| async move { Some(Listening::saying(json!(word))) };
        let heard = async |nonce: &str, renewals, word| {
            let heard = channel.hear(&grant(nonce, renewals), || says(word)).await;
            heard.map(|heard| heard.borrow().clone().expect("a word"))
        };
        assert_eq!(heard("a", 0, "first").await, Some(json!("first")));
        assert_eq!(heard("a", 3, "again").await, Some(json!("first")), "refreshed: the same grant");
        assert_eq!(heard("b", 4, "second").await, Some(json!("second")));
        assert_eq!(heard("a", 3, "late").await, None, "whoever has read the session before");
        assert_eq!(heard("b", 4, "more").await, Some(json!("second")));
    }
}
