//! How fast each host is told: at most a few notices at a time, and none for a while once it keeps failing.
//!
//! In memory alone, and about pace alone: forgetting it at a restart costs a few attempts. A host that is down or slow
//! holds few notices, so that the others' are never behind it, and none of them for longer than a claim lasts. What is
//! turned away from a full queue comes back when its turn is likely to be, not all of it again and again: each return
//! is two writes.

use crate::protocol::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use url::Url;

/// Notices on their way to one host at the same time.
const AT_ONCE: usize = 8;
/// Notices in memory, of all hosts together: on their way, or waiting for a place.
const IN_MEMORY: usize = 2_048;
/// Notices that may wait for a host that answered last time, and quickly.
const QUEUE: usize = 512;
/// Notices that may wait for a host that did not, or that nobody knows yet: few, so that a hundred dead hosts at once
/// leave room in memory for the others until their circuits open.
const SHORT_QUEUE: usize = 8;
/// Answers within this are quick.
const QUICK: Duration = Duration::from_millis(250);
/// How long an answer takes of a host that nobody knows. Too little costs one more return, too much keeps back an app
/// that is well.
const GUESS: Duration = Duration::from_millis(10);
/// Nothing waits longer than this for a place. With the attempt itself (10 s) that is less than a claim lasts (60 s).
const PATIENCE: Duration = Duration::from_secs(30);
/// Failures in a row that open the circuit.
const FAILURES: u32 = 3;
/// How long it stays open at first; then a single notice tries, and when that fails, too, it opens for twice as long.
const OPEN: Duration = Duration::from_secs(30);
/// How long it stays open at most.
const LONGEST: Duration = Duration::from_secs(600);
/// What is turned away from a full queue comes back after this, at the earliest.
const FULL: Duration = Duration::from_secs(2);
/// And after this, at the latest.
const FURTHEST: Duration = Duration::from_secs(3_600);
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
    /// The host has enough to do until this instant.
    Later(Timestamp),
    /// It keeps failing, and is left alone until this instant.
    Away(Timestamp),
}

/// A place among the few on their way to a host.
pub(super) struct Place {
    lane: Arc<Lane>,
    turn: Turn,
    began: Instant,
    _permit: OwnedSemaphorePermit,
}

/// The pace of every host.
pub struct Pacing {
    lanes: Mutex<HashMap<Host, Arc<Lane>>>,
    room: Arc<Semaphore>,
}

impl Default for Pacing {
    fn default() -> Pacing {
        Pacing { lanes: Mutex::default(), room: Arc::new(Semaphore::new(IN_MEMORY)) }
    }
}

struct Lane {
    places: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Clone, Copy)]
struct State {
    waiting: usize,
    failures: u32,
    trials_failed: u32,
    answered: bool,
    open_until: Option<Timestamp>,
    /// How long an attempt takes, on the whole.
    takes: Duration,
    /// Up to when its time is given away, in microseconds.
    booked: i64,
}

impl Default for State {
    fn default() -> State {
        let (waiting, failures, trials_failed, answered) = (0, 0, 0, false);
        State { waiting, failures, trials_failed, answered, open_until: None, takes: GUESS, booked: 0 }
    }
}

impl State {
    /// How many may wait.
    fn queue(&self) -> usize {
        if self.answered && self.failures == 0 && self.takes <= QUICK { QUEUE } else { SHORT_QUEUE }
    }

    /// When one that is turned away may come back: one behind the other, as fast as the host takes them.
    fn book(&mut self, now: Timestamp) -> Timestamp {
        let micros = |at: Timestamp| at.0.saturating_mul(1_000_000);
        let at = self.booked.clamp(micros(now + FULL), micros(now + FURTHEST));
        self.booked = at + i64::try_from(self.takes.as_micros()).unwrap_or(i64::MAX) / AT_ONCE as i64;
        Timestamp(at / 1_000_000)
    }

    fn took(&mut self, long: Duration) {
        self.takes = (self.takes * 3 + long) / 4;
    }
}

impl Pacing {
    /// Room in memory for so many notices, as soon as there is.
    pub(super) async fn room(&self, notices: usize) -> Option<OwnedSemaphorePermit> {
        let notices = u32::try_from(notices.min(IN_MEMORY)).unwrap_or(u32::MAX);
        Arc::clone(&self.room).acquire_many_owned(notices).await.ok()
    }

    /// Notices in memory: on their way, or waiting for a place.
    pub fn in_memory(&self) -> usize {
        IN_MEMORY - self.room.available_permits()
    }

    /// Waits for a place, or says when to come back.
    pub(super) async fn admit(&self, host: Host, now: Timestamp) -> Admission {
        self.admit_within(PATIENCE, host, now).await
    }

    async fn admit_within(&self, patience: Duration, host: Host, now: Timestamp) -> Admission {
        let lane = self.lane(host);
        let turn = match lane.enqueue(now) {
            Ok(turn) => turn,
            Err(refusal) => return refusal,
        };
        let waiting = Waiting(&lane);
        let permit = timeout(patience, Arc::clone(&lane.places).acquire_owned()).await;
        drop(waiting);
        // While it waited the host may have been found to be away.
        let closed = lane.with(|state| state.open_until).filter(|until| turn == Turn::Usual && now < *until);
        match (permit, closed) {
            (Ok(Ok(permit)), None) => Admission::Go(Place { lane, turn, began: Instant::now(), _permit: permit }),
            (_, Some(until)) => Admission::Away(until),
            (_, None) => Admission::Later(lane.with(|state| state.book(now + patience))),
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
    fn enqueue(&self, now: Timestamp) -> Result<Turn, Admission> {
        self.with(|state| {
            if let Some(until) = state.open_until {
                if now < until {
                    return Err(Admission::Away(until));
                }
                // Half open: this one tries, the others wait for what comes of it.
                state.open_until = Some(now + OPEN);
                state.waiting += 1;
                return Ok(Turn::Trial);
            }
            if state.waiting >= state.queue() {
                return Err(Admission::Later(state.book(now)));
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
        let took = self.began.elapsed();
        self.lane.with(|state| {
            let State { waiting, takes, booked, .. } = *state;
            *state = State { waiting, takes, booked, answered: true, ..State::default() };
            state.took(took);
        });
    }

    /// It did not.
    pub fn failed(&mut self, now: Timestamp) {
        let took = self.began.elapsed();
        self.lane.with(|state| {
            state.took(took);
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
            Admission::Later(until) | Admission::Away(until) => panic!("not before {until:?}"),
        }
    }

    async fn until(pacing: &Pacing, now: Timestamp) -> Option<Timestamp> {
        match pacing.admit(Host::of(HOST), now).await {
            Admission::Go(_) => None,
            Admission::Later(until) | Admission::Away(until) => Some(until),
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

    #[tokio::test]
    async fn a_host_that_answers_slowly_holds_few_as_well() {
        let pacing = Pacing::default();
        let mut place = go(&pacing, at(0)).await;
        place.answered();
        let lane = pacing.lane(Host::of(HOST));
        assert_eq!(lane.with(|state| state.queue()), QUEUE);
        for _ in 0..2 {
            lane.with(|state| state.took(Duration::from_secs(3)));
        }
        assert_eq!(lane.with(|state| state.queue()), SHORT_QUEUE);
    }

    #[test]
    fn what_is_turned_away_comes_back_at_the_pace_of_the_host() {
        let mut state = State { takes: Duration::from_secs(4), ..State::default() };
        let booked: Vec<i64> = (0..6).map(|_| state.book(at(0)).0 - at(0).0).collect();
        assert_eq!(booked, [2, 2, 3, 3, 4, 4], "half a second each, eight at once");
        for _ in 0..10_000 {
            state.book(at(0));
        }
        assert_eq!(state.book(at(0)), at(0) + FURTHEST);
        assert_eq!(state.book(at(10_000)), at(10_000) + FULL, "what was booked is over");
    }

    #[tokio::test]
    async fn nothing_waits_for_a_place_longer_than_its_patience() {
        let pacing = Pacing::default();
        let mut places = Vec::new();
        for _ in 0..AT_ONCE {
            places.push(go(&pacing, at(0)).await);
        }
        let admission = pacing.admit_within(Duration::from_millis(20), Host::of(HOST), at(0)).await;
        assert!(matches!(admission, Admission::Later(again) if again == at(0) + FULL));
        assert_eq!(pacing.lane(Host::of(HOST)).with(|state| state.waiting), 0);
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let pacing = Pacing::default();
        let held = pacing.room(IN_MEMORY - 1).await;
        assert!(futures_util::FutureExt::now_or_never(pacing.room(2)).is_none());
        assert_eq!(pacing.in_memory(), IN_MEMORY - 1);
        drop(held);
        assert_eq!(pacing.in_memory(), 0);
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
