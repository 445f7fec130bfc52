//! How fast each host is told: at most a few notices at a time, and none for a while once it keeps failing.
//!
//! In memory alone, and about pace alone: forgetting it at a restart costs a few attempts. A host that is down or slow
//! holds a bounded number of notices, so that the others' are never behind it.

use crate::protocol::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

/// Notices on their way to one host at the same time.
const AT_ONCE: usize = 8;
/// Notices that may wait for a host that answered last time.
const QUEUE: usize = 512;
/// Notices that may wait for a host that did not, or that nobody knows yet.
const SHORT_QUEUE: usize = 32;
/// Failures in a row that open the circuit.
const FAILURES: u32 = 3;
/// How long it stays open at first; then a single notice tries, and when that fails, too, it opens for twice as long.
const OPEN: Duration = Duration::from_secs(30);
/// How long it stays open at most.
const LONGEST: Duration = Duration::from_secs(600);
/// What is turned away from a full queue comes back after this.
const FULL: Duration = Duration::from_secs(2);
/// Hosts remembered. Beyond that those that are idle go: all addresses are registered ones, so there are not many.
const MOST: usize = 4_096;

/// A host and port, as one is paced.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Host(String);

impl Host {
    /// The one a URI leads to.
    pub fn of(uri: &str) -> Host {
        let url = Url::parse(uri).ok();
        Host(url.map(|url| url.origin().ascii_serialization()).unwrap_or_default())
    }
}

/// May a notice go out?
pub(super) enum Admission {
    /// It may, and has its place until that is dropped.
    Go(Place),
    /// Not before this instant.
    Later(Timestamp),
}

/// A place among the few on their way to a host.
pub(super) struct Place {
    lane: Arc<Lane>,
    turn: Turn,
    _permit: OwnedSemaphorePermit,
}

/// The pace of every host.
#[derive(Default)]
pub struct Pacing {
    lanes: Mutex<HashMap<Host, Arc<Lane>>>,
}

struct Lane {
    places: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Default)]
struct State {
    waiting: usize,
    failures: u32,
    trials_failed: u32,
    answered: bool,
    open_until: Option<Timestamp>,
}

impl Pacing {
    /// Waits for a place, or says when to come back.
    pub(super) async fn admit(&self, host: Host, now: Timestamp) -> Admission {
        let lane = self.lane(host);
        let turn = match lane.enqueue(now) {
            Ok(turn) => turn,
            Err(at) => return Admission::Later(at),
        };
        let waiting = Waiting(&lane);
        let permit = Arc::clone(&lane.places).acquire_owned().await;
        drop(waiting);
        // While it waited the host may have been found to be away.
        let closed = lane.with(|state| state.open_until).filter(|until| turn == Turn::Usual && now < *until);
        match (permit, closed) {
            (Ok(permit), None) => Admission::Go(Place { lane, turn, _permit: permit }),
            (_, Some(at)) => Admission::Later(at),
            (Err(_), None) => Admission::Later(now + FULL),
        }
    }

    fn lane(&self, host: Host) -> Arc<Lane> {
        let mut lanes = self.lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if lanes.len() >= MOST && !lanes.contains_key(&host) {
            lanes.retain(|_, lane| Arc::strong_count(lane) > 1);
        }
        let fresh = || Arc::new(Lane { places: Arc::new(Semaphore::new(AT_ONCE)), state: Mutex::default() });
        Arc::clone(lanes.entry(host).or_insert_with(fresh))
    }
}

impl Lane {
    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Joins the queue, where there is room and the circuit is closed.
    fn enqueue(&self, now: Timestamp) -> Result<Turn, Timestamp> {
        self.with(|state| {
            if let Some(until) = state.open_until {
                if now < until {
                    return Err(until);
                }
                // Half open: this one tries, the others wait for what comes of it.
                state.open_until = Some(now + OPEN);
                state.waiting += 1;
                return Ok(Turn::Trial);
            }
            let room = if state.answered && state.failures == 0 { QUEUE } else { SHORT_QUEUE };
            if state.waiting >= room {
                return Err(now + FULL);
            }
            state.waiting += 1;
            Ok(Turn::Usual)
        })
    }
}

/// Why a notice may go out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Turn {
    /// The circuit is closed.
    Usual,
    /// It is the one that finds out whether the host is back.
    Trial,
}

/// One in the queue; leaves it when dropped, however that comes about.
struct Waiting<'a>(&'a Lane);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.with(|state| state.waiting = state.waiting.saturating_sub(1));
    }
}

impl Place {
    /// The host answered as it should.
    pub fn answered(&mut self) {
        self.lane.with(|state| *state = State { waiting: state.waiting, answered: true, ..State::default() });
    }

    /// It did not.
    pub fn failed(&mut self, now: Timestamp) {
        self.lane.with(|state| {
            state.answered = false;
            state.failures = state.failures.saturating_add(1);
            // Those that were on their way together fail together: that opens it once. What a trial finds out does more.
            state.trials_failed += u32::from(self.turn == Turn::Trial);
            let opens = state.failures >= FAILURES && state.open_until.is_none();
            if opens || self.turn == Turn::Trial {
                state.open_until = Some(now + (OPEN * (1 << state.trials_failed.min(5))).min(LONGEST));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "https://app.example/logout";

    fn at(seconds: i64) -> Timestamp {
        Timestamp(1_000 + seconds)
    }

    async fn go(pacing: &Pacing, now: Timestamp) -> Place {
        match pacing.admit(Host::of(HOST), now).await {
            Admission::Go(place) => place,
            Admission::Later(until) => panic!("not before {until:?}"),
        }
    }

    async fn until(pacing: &Pacing, now: Timestamp) -> Option<Timestamp> {
        match pacing.admit(Host::of(HOST), now).await {
            Admission::Go(_) => None,
            Admission::Later(until) => Some(until),
        }
    }

    #[test]
    fn a_host_is_scheme_name_and_port() {
        assert_eq!(Host::of("https://a.example/x"), Host::of("https://a.example:443/y?z"));
        assert_ne!(Host::of("https://a.example/x"), Host::of("https://a.example:444/x"));
        assert_ne!(Host::of("https://a.example/x"), Host::of("http://a.example/x"));
    }

    #[tokio::test]
    async fn three_failures_open_the_circuit_for_longer_and_longer() {
        let pacing = Pacing::default();
        let mut together = Vec::new();
        for _ in 0..3 + 2 {
            assert_eq!(until(&pacing, at(0)).await, None);
            together.push(go(&pacing, at(0)).await);
        }
        together.iter_mut().for_each(|place| place.failed(at(0)));
        drop(together);
        let mut now = at(0);
        for open in [30, 60, 120, 240, 480, 600, 600, 600] {
            let closed = now + Duration::from_secs(open);
            assert_eq!(until(&pacing, now).await, Some(closed), "after {open}");
            assert_eq!(until(&pacing, Timestamp(closed.0 - 1)).await, Some(closed));
            let mut trial = go(&pacing, closed).await;
            assert!(until(&pacing, closed).await.is_some(), "one tries, the others wait for it");
            trial.failed(closed);
            now = closed;
        }
        let mut trial = go(&pacing, now + LONGEST).await;
        trial.answered();
        assert_eq!(until(&pacing, now + LONGEST).await, None, "it is back");
    }

    #[tokio::test]
    async fn a_host_nobody_knows_holds_few_and_one_that_answers_holds_many() {
        let pacing = Arc::new(Pacing::default());
        let held = async |count: usize| {
            let mut places = Vec::new();
            for _ in 0..AT_ONCE {
                places.push(go(&pacing, at(0)).await);
            }
            let mut waiting = Vec::new();
            for _ in 0..count {
                let pacing = Arc::clone(&pacing);
                waiting.push(tokio::spawn(async move { until(&pacing, at(0)).await }));
                tokio::task::yield_now().await;
            }
            let turned_away = until(&pacing, at(0)).await;
            (places, waiting, turned_away)
        };
        let (mut places, waiting, turned_away) = held(SHORT_QUEUE).await;
        assert_eq!(turned_away, Some(at(0) + FULL));
        places.iter_mut().for_each(Place::answered);
        drop(places);
        for one in waiting {
            assert_eq!(one.await.unwrap(), None, "who waited goes on");
        }
        let (places, waiting, turned_away) = held(QUEUE).await;
        assert_eq!(turned_away, Some(at(0) + FULL));
        drop(places);
        for one in waiting {
            assert_eq!(one.await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn whoever_waits_is_sent_away_when_the_circuit_opens() {
        let pacing = Arc::new(Pacing::default());
        let mut places = Vec::new();
        for _ in 0..AT_ONCE {
            places.push(go(&pacing, at(0)).await);
        }
        let waits = tokio::spawn({
            let pacing = Arc::clone(&pacing);
            async move { until(&pacing, at(0)).await }
        });
        tokio::task::yield_now().await;
        places.iter_mut().for_each(|place| place.failed(at(0)));
        drop(places);
        assert!(waits.await.unwrap().is_some());
    }

    #[test]
    fn hosts_are_remembered_within_a_bound() {
        let pacing = Pacing::default();
        for number in 0..2 * MOST {
            pacing.lane(Host(number.to_string()));
        }
        assert!(pacing.lanes.lock().unwrap().len() <= MOST);
    }
}
