//! Guessing costs time, and never locks anybody out.
//!
//! An attempt is counted before the password is looked at and forgiven when it was right: whoever sends a hundred
//! guesses at once gets as many looks as whoever sends them one by one.

use crate::model::audit::Event;
use crate::model::record::{Change, Kind, Record};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The count of one lane.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Throttle {
    /// Lane and bucket. Buckets are few (2^20 a lane), so that no flood of names fills the store.
    pub bucket: String,
    /// Attempts counted and not forgiven.
    pub attempts: u32,
    /// The last counted one.
    pub last_at: Timestamp,
    /// Start of the minute that a rate counts.
    pub window_at: Timestamp,
}

/// How a lane slows down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pace {
    /// A few free, then a delay that doubles with each attempt. For guesses at one account.
    Doubling {
        /// Attempts without delay.
        free: u32,
        /// The longest delay: an attacker may slow a lane down to it, and no further.
        longest: Duration,
    },
    /// So many within a minute. For guesses from one network.
    PerMinute(u32),
}

/// Guesses at one account: 5 free, then 1 s, 2 s, 4 s and so on up to 5 minutes.
pub const ACCOUNT: Pace = Pace::Doubling { free: 5, longest: Duration::from_secs(300) };
/// Guesses from one address prefix.
pub const ADDRESS: Pace = Pace::PerMinute(30);
/// What apps that registered themselves leave in the store from one network, each of a kind.
pub const STRANGERS: Pace = Pace::PerMinute(600);
/// Mails to one account that whoever asks may cause: 3, then slower and slower, down to one an hour.
pub const MAILS: Pace = Pace::Doubling { free: 3, longest: Duration::from_secs(3_600) };
/// A quiet lane is forgotten after this long.
pub const MEMORY: Duration = Duration::from_secs(24 * 3_600);

/// May the attempt be made?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Attempt {
    /// Yes; it is counted.
    Allowed,
    /// Not before this instant; it is not counted, so that trying in vain makes nothing worse.
    Wait {
        /// When to try again.
        until: Timestamp,
    },
}

impl Throttle {
    /// Counts an attempt, if the lane is free.
    pub fn attempt(before: Option<Throttle>, bucket: &str, pace: Pace, now: Timestamp) -> Change<Throttle, Attempt> {
        let fresh = || Throttle { bucket: bucket.to_owned(), attempts: 0, last_at: now, window_at: now };
        let is_new = before.is_none();
        let mut lane = before.filter(|lane| now.since(lane.last_at) < MEMORY).unwrap_or_else(fresh);
        if let Some(until) = lane.closed_until(pace, now) {
            // No event: a flood that is refused must not become a flood of writes.
            return Change::keep(Attempt::Wait { until });
        }
        if matches!(pace, Pace::PerMinute(_)) && now >= lane.window_at + Duration::from_secs(60) {
            lane.window_at = now;
            lane.attempts = 0;
        }
        lane.attempts = lane.attempts.saturating_add(1);
        lane.last_at = now;
        let change = Change::put(Attempt::Allowed, lane);
        if is_new { change.due(now + MEMORY) } else { change }
    }

    /// The attempt was wrong: it stays counted, and the audit log says so. Of a long row of them it tells the first ones
    /// and then ever fewer, so that a flood of guesses is no flood of entries.
    pub fn blame(lane: Option<&Throttle>, event: Event) -> Change<Throttle, ()> {
        let count = lane.map_or(1, |lane| lane.attempts);
        let change = Change::keep(());
        if count <= 8 || count.is_power_of_two() { change.told(event) } else { change }
    }

    /// The attempt was not looked at after all: it does not count.
    pub fn refund(before: Option<Throttle>) -> Change<Throttle, ()> {
        match before {
            Some(lane) => Change::put((), Throttle { attempts: lane.attempts.saturating_sub(1), ..lane }),
            None => Change::keep(()),
        }
    }

    /// Were there so many attempts in a row that the last one was slowed down?
    pub fn is_slowed(&self) -> bool {
        matches!(ACCOUNT, Pace::Doubling { free, .. } if self.attempts > free)
    }

    /// The attempt was right: an account's lane is forgotten.
    pub fn forgive(before: Option<Throttle>) -> Change<Throttle, ()> {
        if before.is_some() { Change::delete(()) } else { Change::keep(()) }
    }

    /// When the lane opens, if it is closed now.
    fn closed_until(&self, pace: Pace, now: Timestamp) -> Option<Timestamp> {
        let until = match pace {
            Pace::Doubling { free, .. } if self.attempts < free => return None,
            Pace::Doubling { free, longest } => {
                let delay = 1_u64.checked_shl(self.attempts - free).unwrap_or(u64::MAX);
                self.last_at + Duration::from_secs(delay).min(longest)
            }
            Pace::PerMinute(most) if self.attempts < most => return None,
            Pace::PerMinute(_) => self.window_at + Duration::from_secs(60),
        };
        (now < until).then_some(until)
    }

    /// What the sweep does with it: forget it when quiet, else look again later.
    pub fn sweep(self, now: Timestamp) -> Change<Throttle, ()> {
        let quiet_at = self.last_at + MEMORY;
        if now >= quiet_at { Change::delete(()) } else { Change::keep(()).due(quiet_at) }
    }
}

impl Record for Throttle {
    const KIND: Kind = Kind::Throttle;
    fn key(&self) -> String {
        self.bucket.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Fate;

    fn run(times: &[i64], pace: Pace) -> Vec<Attempt> {
        let mut lane = None;
        times
            .iter()
            .map(|t| {
                let now = Timestamp(*t);
                let change = Throttle::attempt(lane.clone(), "a", pace, now);
                if let Fate::Put(next) = change.fate {
                    lane = Some(next);
                }
                change.outcome
            })
            .collect()
    }

    #[test]
    fn five_are_free_then_the_delay_doubles() {
        let outcomes = run(&[0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 6, 7], ACCOUNT);
        let waits: Vec<bool> = outcomes.iter().map(|o| *o != Attempt::Allowed).collect();
        assert_eq!(
            waits,
            [false, false, false, false, false, true, false, true, false, true, true, false],
            "1 s after the fifth, 2 s after the sixth, 4 s after the seventh"
        );
    }

    #[test]
    fn nobody_is_locked_out_for_longer_than_the_longest_delay() {
        let mut times: Vec<i64> = (0..200).map(|n| n * 300).collect();
        times.push(200 * 300);
        assert!(
            run(&times, ACCOUNT).iter().all(|o| *o == Attempt::Allowed),
            "one every five minutes always gets through"
        );
    }

    #[test]
    fn thirty_a_minute() {
        let mut times = vec![0; 31];
        times.push(59);
        times.push(60);
        let outcomes = run(&times, ADDRESS);
        assert_eq!(outcomes.iter().filter(|o| **o == Attempt::Allowed).count(), 31);
        assert_eq!(outcomes[30], Attempt::Wait { until: Timestamp(60) });
        assert_eq!(outcomes[32], Attempt::Allowed);
    }
}
