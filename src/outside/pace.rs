//! How often others are asked at strangers' word: whoever names a thousand addresses at one host, and has each asked for by a
//! crowd, must not make us the crowd.

use crate::protocol::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

/// One host is asked so often within a span, whatever its addresses.
pub const PER_HOST: u32 = 16;
/// The span.
pub const SPAN: Duration = Duration::from_secs(10);
/// So many hosts are asked within a span, and remembered for it.
pub const HOSTS: usize = 1_024;
/// So many answers are waited for at a time: those of several hosts that never answer.
const AT_ONCE: usize = 128;

/// The pace of one kind of document.
pub struct Pace {
    hosts: Mutex<HashMap<String, (Timestamp, u32)>>,
    under_way: Semaphore,
}

impl Pace {
    /// May the host of this address be asked now? What is answered is held until it has been.
    pub fn admits(&self, uri: &str, now: Timestamp) -> Option<SemaphorePermit<'_>> {
        let host = Url::parse(uri).ok()?.host_str()?.to_owned();
        let permit = self.under_way.try_acquire().ok()?;
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |since: Timestamp| now >= since + SPAN;
        if hosts.len() >= HOSTS && !hosts.contains_key(&host) {
            hosts.retain(|_, (since, _)| !is_over(*since));
            if hosts.len() >= HOSTS {
                return None;
            }
        }
        let (since, times) = hosts.entry(host).or_insert((now, 0));
        if is_over(*since) {
            (*since, *times) = (now, 0);
        }
        *times += 1;
        (*times <= PER_HOST).then_some(permit)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Pace { hosts: Mutex::default(), under_way: Semaphore::new(AT_ONCE) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_asked_so_often_whatever_its_addresses() {
        let pace = Pace::default();
        let ask =
            |n: u32, now| pace.admits(&format!("https://a.example:{}/{n}?{n}", 1 + n % 7), Timestamp(now)).is_some();
        let asked = |now| (0..1_000).filter(|n| ask(*n, now)).count();
        assert_eq!(asked(100), 16);
        assert_eq!(asked(109), 0);
        assert!(pace.admits("https://b.example/", Timestamp(109)).is_some(), "another is asked all the same");
        assert_eq!(asked(110), 16);
    }

    #[test]
    fn hosts_are_remembered_within_a_bound_and_for_a_span() {
        let pace = Pace::default();
        let ask = |n: usize, now| pace.admits(&format!("https://h{n}.example/"), Timestamp(now)).is_some();
        assert_eq!((0..5_000).filter(|n| ask(*n, 100)).count(), HOSTS);
        assert_eq!(pace.hosts.lock().unwrap().len(), HOSTS);
        assert!(!ask(9_999, 109));
        assert!(ask(9_999, 110));
        assert_eq!(pace.hosts.lock().unwrap().len(), 1, "what is over is forgotten");
    }

    #[test]
    fn so_many_answers_are_waited_for_at_a_time() {
        let pace = Pace::default();
        let mut held: Vec<_> =
            (0..AT_ONCE).map(|n| pace.admits(&format!("https://h{n}.example/"), Timestamp(1))).collect();
        assert!(held.iter().all(Option::is_some));
        assert!(pace.admits("https://late.example/", Timestamp(1)).is_none());
        held.pop();
        assert!(pace.admits("https://late.example/", Timestamp(1)).is_some());
    }
}
