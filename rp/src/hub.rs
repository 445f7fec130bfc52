//! Who watches which session: pages hear at once when it changes, and share one ear at the provider.

use crate::provider::upstream::Listening;
use crate::secret::Name;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OnceCell, watch};

/// Pages that watch at a time, of all sessions and of one.
const STREAMS: usize = 2000;
const OF_ONE: usize = 8;

/// The watched sessions.
#[derive(Default)]
pub(crate) struct Hub {
    channels: Mutex<HashMap<Name, Weak<Channel>>>,
}

/// One watched session. It is there for as long as somebody watches.
pub(crate) struct Channel {
    changed: watch::Sender<u64>,
    /// The provider's stream, begun by the first who watches.
    pub(crate) upstream: OnceCell<Option<Listening>>,
}

impl Channel {
    /// A sign that the session changed.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
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
                let channel = Arc::new(Channel { changed: watch::Sender::new(0), upstream: OnceCell::new() });
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
    use super::{Hub, OF_ONE};
    use crate::secret::Handle;

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
}
