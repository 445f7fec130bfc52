//! A mixed load: people come, ask, renew, misuse and leave, all at once, until they are told to stop or nobody answers.

use super::Dice;
use super::actor::{Actor, Flow};
use super::client::{Caller, Ground, Not, apps};
use super::history::{Counts, History};
use super::judge::{Judge, Violation};
use super::model::Retry;
use super::wire::Wire;
use crate::real::process::PATIENCE;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// People at a time.
const PEOPLE: usize = 8;
/// People with closed accounts that are still tried.
const REMEMBERED: usize = 4;

/// The people of a run, its history and its judge.
pub struct Crowd {
    people: Vec<Actor>,
    /// Their accounts were closed for good.
    closed: Vec<Actor>,
    ground: Arc<dyn Ground>,
    history: Arc<History>,
    judge: Judge,
    dice: Dice,
    came: usize,
}

/// People acting.
pub struct Acting {
    over: Arc<AtomicBool>,
    people: Vec<JoinHandle<(Actor, Closing)>>,
}

/// Does an administrator close the person's account in the middle of all that?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Closing {
    Yes,
    No,
}

impl Crowd {
    /// The first people come and sign in while all is well. `retry` is what the configuration of the ground says.
    pub async fn new(ground: Arc<dyn Ground>, dice: Dice, retry: Retry) -> Crowd {
        ground.import(&json!({"clients": apps()})).await.expect("the apps are imported");
        let (history, judge) = (Arc::new(History::default()), Judge::new(retry));
        let mut crowd = Crowd { people: vec![], closed: vec![], ground, history, judge, dice, came: 0 };
        let come = |mut person: Actor| {
            tokio::spawn(async move {
                while !person.is_signed_in() {
                    assert_eq!(person.act().await, Flow::GoesOn, "nobody answers, though all is well");
                }
                person
            })
        };
        let coming: Vec<_> = std::iter::repeat_with(|| crowd.somebody()).take(PEOPLE).map(come).collect();
        for person in coming {
            crowd.people.push(person.await.expect("somebody who signs in"));
        }
        crowd
    }

    /// Everybody acts. Whoever left for good is replaced, and of some an administrator closes the account.
    pub fn act(&mut self) -> Acting {
        while self.people.len() < PEOPLE {
            let person = self.somebody();
            self.people.push(person);
        }
        let over = Arc::new(AtomicBool::new(false));
        // Every third round.
        let closed = self.dice.below(3 * PEOPLE);
        let begin = |(place, mut person): (usize, Actor)| {
            let over = Arc::clone(&over);
            let closing = if place == closed { Closing::Yes } else { Closing::No };
            tokio::spawn(async move {
                until_over(&mut person, &over, closing).await;
                (person, closing)
            })
        };
        let people = std::mem::take(&mut self.people).into_iter().enumerate().map(begin).collect();
        Acting { over, people }
    }

    /// What all calls go to from here on: the same data, but opened anew.
    pub fn moves_to(&mut self, ground: Arc<dyn Ground>) {
        self.ground = ground;
    }

    fn somebody(&mut self) -> Actor {
        let (ground, history) = (Arc::clone(&self.ground), Arc::clone(&self.history));
        let caller = Caller { ground, history, wire: Wire::new(), who: format!("person{}", self.came) };
        self.came += 1;
        Actor::new(caller, Dice::new(self.dice.roll()))
    }

    /// The load is over and everything is back: all that people hold is tried, and judged.
    pub async fn settle(&mut self, acting: Acting) -> Vec<Violation> {
        let mut all = acting.join().await;
        for person in std::mem::take(&mut self.closed) {
            all.push((person, Closing::Yes));
        }
        // Over new connections: the old ones may be dead, and nobody has noticed yet.
        let wire = Wire::new();
        for (person, _) in &mut all {
            (person.caller.ground, person.caller.wire) = (Arc::clone(&self.ground), wire.clone());
        }
        let mut violations = self.judge.hear(&self.history.take());
        let probing = all.into_iter().map(|(mut person, closing)| {
            tokio::spawn(async move {
                let answered = probe(&mut person, closing, Instant::now() + PATIENCE).await.is_ok();
                (person, closing, answered)
            })
        });
        let mut silenced = Vec::new();
        for task in probing.collect::<Vec<_>>() {
            let (person, closing, answered) = task.await.expect("probing never fails");
            if !answered {
                silenced.push(person.caller.who.clone());
            }
            if closing == Closing::Yes { self.closed.push(person) } else { self.people.push(person) }
        }
        self.closed.drain(..self.closed.len().saturating_sub(REMEMBERED));
        let probed = self.history.take();
        violations.extend(self.judge.hear(&probed));
        violations.extend(silenced.iter().filter_map(|who| Violation::unanswered(who, &probed)));
        violations
    }

    pub fn counts(&self) -> Counts {
        self.history.counts()
    }
}

impl Acting {
    /// Nobody begins anything new.
    async fn join(self) -> Vec<(Actor, Closing)> {
        self.over.store(true, Ordering::SeqCst);
        let mut people = Vec::new();
        for task in self.people {
            people.push(task.await.expect("acting never fails"));
        }
        people
    }
}

async fn until_over(person: &mut Actor, over: &AtomicBool, closing: Closing) {
    let (caller, wait) = (person.caller.clone(), person.dice.below(400));
    let close = async {
        if closing == Closing::Yes {
            tokio::time::sleep(Duration::from_millis(wait as u64)).await;
            let _ = caller.disable().await;
        }
    };
    let act = async { while !over.load(Ordering::SeqCst) && person.act().await == Flow::GoesOn {} };
    tokio::join!(close, act);
}

/// Tries what must work and what must not, until everything is answered: what was just started may have too much to do.
/// An account that is to be closed is looked at as it was left, closed where it was not, and looked at again. The others
/// are signed in afterwards, unless that is slowed down by sign-ins nobody heard the end of.
async fn probe(person: &mut Actor, closing: Closing, until: Instant) -> Result<(), Not> {
    while person.probe().await.is_err() {
        a_moment(until).await?;
    }
    if closing == Closing::No {
        let _ = person.come_back().await;
        return Ok(());
    }
    while person.caller.disable().await.is_err() {
        a_moment(until).await?;
    }
    while person.probe().await.is_err() {
        a_moment(until).await?;
    }
    let _ = person.knock().await;
    Ok(())
}

/// Between two tries; an error when there have been enough.
async fn a_moment(until: Instant) -> Result<(), Not> {
    tokio::time::sleep(Duration::from_millis(100)).await;
    if Instant::now() > until { Err(Not::Unknown) } else { Ok(()) }
}
