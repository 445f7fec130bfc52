//! A map with a size and a lifetime, for everything that visitors can make us remember.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Instant;

struct Entry<T> {
    until: Instant,
    value: T,
}

/// Values by name. When full, the entry that would end first makes room.
pub(super) struct Shelf<T> {
    capacity: usize,
    lifetime: Instant,
    entries: Mutex<HashMap<String, Entry<T>>>,
}

impl<T> Shelf<T> {
    pub(super) fn new(capacity: usize, lifetime: Duration) -> Self {
        let lifetime = Instant::try_from(lifetime.as_secs()).unwrap_or(Instant::MAX);
        Self { capacity, lifetime, entries: Mutex::new(HashMap::new()) }
    }

    /// Keeps `value` from `now` for the shelf's lifetime.
    pub(super) fn put(&self, name: String, value: T, now: Instant) {
        let mut entries = self.lock();
        if entries.len() >= self.capacity && !entries.contains_key(&name) {
            entries.retain(|_, entry| now < entry.until);
            if entries.len() >= self.capacity {
                let first = entries.iter().min_by_key(|(_, entry)| entry.until).map(|(name, _)| name.clone());
                first.and_then(|name| entries.remove(&name));
            }
        }
        entries.insert(name, Entry { until: now.saturating_add(self.lifetime), value });
    }

    /// Takes the value away; of several takers one gets it.
    pub(super) fn take(&self, name: &str, now: Instant) -> Option<T> {
        self.lock().remove(name).filter(|entry| now < entry.until).map(|entry| entry.value)
    }

    // A panic while holding the lock cannot leave a half-made entry, so a poisoned map is as good as any.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry<T>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> Shelf<T> {
    /// A copy of the value, whose lifetime begins anew.
    pub(super) fn get(&self, name: &str, now: Instant) -> Option<T> {
        let mut entries = self.lock();
        let entry = entries.get_mut(name).filter(|entry| now < entry.until)?;
        entry.until = now.saturating_add(self.lifetime);
        Some(entry.value.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::Shelf;
    use std::time::Duration;

    #[test]
    fn cannot_be_filled_beyond_its_capacity() {
        let shelf = Shelf::new(10, Duration::from_secs(60));
        for n in 0..1000_i64 {
            shelf.put(n.to_string(), n, n / 100);
        }
        assert_eq!(shelf.lock().len(), 10);
        assert_eq!(shelf.get("999", 10), Some(999));
    }

    #[test]
    fn forgets_at_the_end_of_the_lifetime_and_gives_once() {
        let shelf = Shelf::new(10, Duration::from_secs(60));
        shelf.put("a".into(), 1, 0);
        assert_eq!(shelf.get("a", 59), Some(1));
        assert_eq!(shelf.get("a", 118), Some(1));
        assert_eq!(shelf.get("a", 178), None);
        shelf.put("b".into(), 2, 0);
        assert_eq!((shelf.take("b", 1), shelf.take("b", 1)), (Some(2), None));
    }
}
