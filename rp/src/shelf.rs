//! A map in memory with a size and a lifetime, for small things that are no loss when forgotten.

use crate::clock::Instant;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Values by name. When full, the entry that would end first makes room.
pub(crate) struct Shelf<T> {
    capacity: usize,
    lifetime: Instant,
    entries: Mutex<HashMap<String, (Instant, T)>>,
}

impl<T: Clone> Shelf<T> {
    pub(crate) fn new(capacity: usize, lifetime: Instant) -> Shelf<T> {
        Shelf { capacity, lifetime, entries: Mutex::default() }
    }

    /// Keeps `value` from `now` for the shelf's lifetime, unless one of that name is there.
    pub(crate) fn put_new(&self, name: &str, value: T, now: Instant) -> Fresh {
        let mut entries = self.lock();
        if entries.get(name).is_some_and(|(until, _)| now < *until) {
            return Fresh::No;
        }
        if entries.len() >= self.capacity {
            entries.retain(|_, (until, _)| now < *until);
            if entries.len() >= self.capacity {
                let first = entries.iter().min_by_key(|(_, (until, _))| *until).map(|(name, _)| name.clone());
                first.and_then(|name| entries.remove(&name));
            }
        }
        entries.insert(name.to_owned(), (now.saturating_add(self.lifetime), value));
        Fresh::Yes
    }

    /// A copy of the value.
    pub(crate) fn get(&self, name: &str, now: Instant) -> Option<T> {
        self.lock().get(name).filter(|(until, _)| now < *until).map(|(_, value)| value.clone())
    }

    // A panic while holding the lock cannot leave a half-made entry, so a poisoned map is as good as any.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, (Instant, T)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a name was free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fresh {
    Yes,
    No,
}

#[cfg(test)]
mod tests {
    use super::{Fresh, Shelf};

    #[test]
    fn cannot_be_filled_beyond_its_capacity_and_forgets_in_time() {
        let shelf = Shelf::new(10, 60);
        for n in 0..1000_i64 {
            shelf.put_new(&n.to_string(), n, n / 100);
        }
        assert_eq!(shelf.lock().len(), 10);
        assert_eq!((shelf.get("999", 10), shelf.get("999", 69)), (Some(999), None));
        assert_eq!(shelf.put_new("999", 1, 11), Fresh::No);
        assert_eq!(shelf.put_new("999", 1, 69), Fresh::Yes);
    }
}
