//! Does some order of the calls explain every answer?
//!
//! Each call takes effect at one instant between its start and its end, or, if nobody knows how it ended, perhaps not
//! at all. (A database may finish a change of a node that was just killed: no call of the next round begins before the
//! node is back.) The judge keeps, for every person, all states the person's things can be in ([`Person`]) and which of the
//! calls under way have taken effect in each of them; a call that ends strikes out the states that contradict its
//! answer. When none is left, no order explains what was seen, and that call is a violation. So a code that works
//! twice, a rotation or a sign-out undone, a grant that outlives the reuse of a token, something acknowledged and gone,
//! something refused that left a trace, something unknown that is half there: all of them end here.
//!
//! Beside it, [`Identities`] makes sure that no answer tells of another person, session or request.

use super::history::{Act, Call, Label, Outcome};
use super::identity::Identities;
use super::model::{Breach, Person, Retry};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// An answer that must not be.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The promises it may have broken: one for every state that was possible.
    pub breaches: BTreeSet<Breach>,
    pub call: Call,
    /// The calls about the same person that ended before it, the latest last.
    pub before: Vec<Call>,
}

/// One possible state, with the calls under way (by their starts) that have taken effect in it.
type Possible = BTreeSet<(Person, BTreeSet<u64>)>;

struct Track {
    possible: Possible,
    /// What is over for good in every possible state, and stands in none of them any more: a history may be long.
    over: BTreeSet<Label>,
    under_way: Vec<Call>,
    ended: Vec<Call>,
    /// Nothing more can be said of this person after a violation.
    given_up: bool,
}

/// The judge of one history, given to it piece by piece.
pub struct Judge {
    retry: Retry,
    tracks: BTreeMap<Label, Track>,
    identities: Identities,
}

/// How many earlier calls a violation shows.
const SHOWN: usize = 25;

impl Judge {
    pub fn new(retry: Retry) -> Judge {
        Judge { retry, tracks: BTreeMap::new(), identities: Identities::default() }
    }

    /// Judges the next piece. Every call in it began after the last piece and has ended.
    pub fn hear(&mut self, calls: &[Call]) -> Vec<Violation> {
        let mut violations = Vec::new();
        let mut places: Vec<(u64, &Call)> =
            calls.iter().flat_map(|call| [(call.start, call), (call.end, call)]).collect();
        places.sort_by_key(|(place, _)| *place);
        for (place, call) in places {
            let track = self.tracks.entry(call.who.clone()).or_default();
            if place == call.start {
                track.under_way.push(call.clone());
            } else {
                violations.extend(track.end(call, self.retry));
                violations
                    .extend(self.identities.check(call).map(|breach| Violation::new([breach].into(), call, track)));
                track.ended.push(call.clone());
                // Old calls are of no use to a reader.
                if track.ended.len() > 4 * SHOWN {
                    track.ended.drain(..2 * SHOWN);
                }
            }
        }
        self.tracks.values_mut().for_each(Track::forget);
        violations
    }
}

/// Judges a whole history.
pub fn judge(calls: &[Call], retry: Retry) -> Vec<Violation> {
    Judge::new(retry).hear(calls)
}

impl Default for Track {
    /// Nothing is there yet.
    fn default() -> Track {
        let possible = [(Person::default(), BTreeSet::new())].into();
        Track { possible, over: BTreeSet::new(), under_way: Vec::new(), ended: Vec::new(), given_up: false }
    }
}

impl Track {
    fn end(&mut self, call: &Call, retry: Retry) -> Option<Violation> {
        let before = self.spread(retry);
        self.under_way.retain(|other| other.start != call.start);
        let known = !matches!(call.outcome, Outcome::Unknown(_));
        let left = before.iter().filter(|(_, done)| !known || done.contains(&call.start));
        let left: Possible = left
            .map(|(person, done)| {
                (person.clone(), done.iter().filter(|start| **start != call.start).copied().collect())
            })
            .collect();
        if self.given_up || !left.is_empty() {
            self.possible = left;
            return None;
        }
        self.given_up = true;
        let breaches = before.iter().filter_map(|(person, _)| self.step(person, call, retry).err());
        Some(Violation::new(breaches.collect(), call, self))
    }

    fn step(&self, person: &Person, call: &Call, retry: Retry) -> Result<Person, Breach> {
        let over = call.act.presented().is_some_and(|label| self.over.contains(label));
        match (&call.act, &call.outcome) {
            (Act::SignOut { .. }, _) if over => Ok(person.clone()),
            (_, Outcome::Ok(_)) if over => Err(Breach::Revived),
            _ if over => Ok(person.clone()),
            (act, outcome) => person.after(act, outcome, retry),
        }
    }

    /// Between two pieces of a history.
    fn forget(&mut self) {
        let over = self.possible.iter().map(|(person, _)| person.over()).reduce(|all, one| &all & &one);
        let over = over.unwrap_or_default();
        let forgetting = |(mut person, done): (Person, BTreeSet<u64>)| {
            person.forget(&over);
            (person, done)
        };
        self.possible = std::mem::take(&mut self.possible).into_iter().map(forgetting).collect();
        self.over.extend(over);
    }

    /// Everything that can have happened by now: any of the calls under way may have taken effect, in any order.
    fn spread(&self, retry: Retry) -> Possible {
        let mut all = self.possible.clone();
        let mut fresh: Vec<_> = all.iter().cloned().collect();
        while let Some((person, done)) = fresh.pop() {
            for call in self.under_way.iter().filter(|call| !done.contains(&call.start)) {
                let Ok(next) = self.step(&person, call, retry) else { continue };
                let mut done = done.clone();
                done.insert(call.start);
                if all.insert((next.clone(), done.clone())) {
                    fresh.push((next, done));
                }
            }
        }
        all
    }
}

impl Violation {
    fn new(breaches: BTreeSet<Breach>, call: &Call, track: &Track) -> Violation {
        let before = &track.ended[track.ended.len().saturating_sub(SHOWN)..];
        Violation { breaches, call: call.clone(), before: before.to_vec() }
    }

    /// Nobody answered this person, though everybody was there; the last of these calls that was theirs tells how.
    pub fn unanswered(who: &str, calls: &[Call]) -> Option<Violation> {
        let open = |call: &&Call| call.who == who && matches!(call.outcome, Outcome::Unknown(_));
        let call = calls.iter().rfind(open)?.clone();
        Some(Violation { breaches: [Breach::Unanswered].into(), call, before: Vec::new() })
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?}:", self.breaches)?;
        self.before.iter().try_for_each(|call| writeln!(f, "    {call}"))?;
        writeln!(f, "  > {}", self.call)
    }
}
