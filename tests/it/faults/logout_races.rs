//! Sign-out races silent reissue, redemption and refresh.
//!
//! A browser with a live session, codes that are not redeemed yet and grants that can be renewed: all of it goes on being
//! used, over connections that are open already, while the sign-out comes in at a moment that the dice choose. Whoever
//! asks **after the sign-out was answered** must get nothing: no code, no token. And whatever was still given before is
//! dead from then on: every code is refused, every token is dead at userinfo and at the token endpoint.

use super::client::{Caller, Coded, Given, Ground, Not, apps};
use super::history::{Call, History, Proof};
use super::nodes::Nodes;
use super::races::at_once;
use super::wire::{Jar, Wire};
use super::{Dice, report, rounds, seed};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn after_a_sign_out_nothing_is_given_on_sled() {
    sign_out_races("race logout sled", Nodes::on_sled(None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_sign_out_nothing_is_given_on_two_nodes() {
    sign_out_races("race logout two nodes", Nodes::two(None).await.0).await;
}

const APP: &str = "lantern";
/// Racers of each sort.
const EACH: usize = 4;
/// A racer asks at most so often: a round ends by itself whatever happens.
const OFTEN: usize = 40;
/// The sign-out begins at most so many milliseconds after the others.
const LATEST: usize = 40;

/// What a racer does, again and again until it is refused.
#[derive(Clone)]
enum Racer {
    /// Asks silently; what it gets it does not redeem.
    Reissues(Jar),
    /// Redeems codes that were given before.
    Redeems(Vec<String>),
    /// Renews one chain.
    Refreshes(String),
    /// Signs out, so many milliseconds after the start, with this hint.
    SignsOut(Jar, String, u64),
}

/// What racers got.
#[derive(Default)]
struct Got {
    codes: Vec<String>,
    given: Vec<Given>,
    /// Codes of before the race that it did not redeem.
    left: Vec<String>,
    /// Given to who asked after the answer to the sign-out.
    after: Vec<String>,
    refused: usize,
    signed_out: Option<Result<(), Not>>,
}

impl Racer {
    async fn run(self, caller: Caller, over: Arc<AtomicBool>) -> Got {
        let mut got = Got::default();
        match self {
            Racer::SignsOut(jar, hint, delay) => {
                tokio::time::sleep(Duration::from_millis(delay)).await;
                let done = caller.sign_out(&jar, APP, &hint).await;
                over.store(true, Ordering::SeqCst);
                got.signed_out = Some(done);
            }
            Racer::Reissues(jar) => {
                for turn in 0..OFTEN {
                    let late = over.load(Ordering::SeqCst);
                    let told = caller.silent(&jar, APP, &format!("r{turn}")).await;
                    let Some(coded) = got.note("a code", late, told) else { break };
                    got.codes.push(coded.code);
                }
            }
            Racer::Redeems(codes) => {
                // What is left when it is refused is tried again by the judge.
                got.left = codes;
                while let Some(code) = got.left.last().cloned() {
                    let late = over.load(Ordering::SeqCst);
                    let told = caller.redeem(APP, &code, Proof::Right).await;
                    let Some(given) = got.note("tokens for a code", late, told) else { break };
                    got.given.push(given);
                    got.left.pop();
                }
            }
            Racer::Refreshes(mut token) => {
                for _ in 0..OFTEN {
                    let late = over.load(Ordering::SeqCst);
                    let told = caller.refresh(APP, &token).await;
                    let Some(given) = got.note("renewed tokens", late, told) else { break };
                    token.clone_from(&given.refresh);
                    got.given.push(given);
                }
            }
        }
        got
    }
}

impl Got {
    /// What was given; none where the racer has to stop.
    fn note<T>(&mut self, what: &str, late: bool, told: Result<T, Not>) -> Option<T> {
        match &told {
            Ok(_) if late => self.after.push(what.to_owned()),
            Err(Not::Refused) => self.refused += 1,
            _ => (),
        }
        told.ok()
    }
}

/// What all rounds of a run came to.
#[derive(Default)]
struct Sum {
    codes: usize,
    tokens: usize,
    refused: usize,
    /// Rounds in which something was given in the race and something refused.
    mixed: usize,
    untold: usize,
}

async fn sign_out_races(part: &str, nodes: Nodes) {
    let (rounds, mut dice, mut sum) = (rounds(25), Dice::new(seed()), Sum::default());
    let nodes = Arc::new(nodes);
    let boss = json!({"username": "boss", "password": "the boss of all of this", "roles": ["admin"]});
    nodes.import(&json!({"users": [boss], "clients": apps()})).await.expect("an import");
    let history = Arc::new(History::default());
    let caller = |ground: Arc<dyn Ground>| Caller {
        ground,
        history: Arc::clone(&history),
        wire: Wire::new(),
        who: "mira".to_owned(),
    };
    let person = caller(Arc::clone(&nodes) as Arc<dyn Ground>);
    person.import().await.expect("a person");
    let racers = nodes.all().iter().cycle().take(3 * EACH + 1);
    let racers: Vec<Caller> = racers.map(|node| caller(Arc::clone(node) as _)).collect();
    for round in 0..rounds {
        let case = format!("{part}, round {round}, seed {}", seed());
        let prepared = prepare(&person, round, dice.below(LATEST) as u64).await;
        let Some((roles, unused)) = prepared else {
            sum.untold += 1;
            continue;
        };
        let (jar, started) = (roles.0.clone(), AtomicUsize::new(0));
        let (roles, over) = (roles.1, Arc::new(AtomicBool::new(false)));
        let got = at_once(&racers, |racer| {
            let role = roles[started.fetch_add(1, Ordering::Relaxed)].clone();
            role.run(racer, Arc::clone(&over))
        });
        let got = got.await;
        judge(&person, (&jar, unused), got, (&case, &mut sum)).await;
        let _ = history.take();
    }
    report(
        part,
        format!(
            "{rounds} rounds, {} in which the race was close; {} codes and {} tokens given in the race, {} refusals; \
             nothing after the answer, all dead; {} too slow to tell",
            sum.mixed, sum.codes, sum.tokens, sum.refused, sum.untold
        ),
    );
    assert!(sum.untold * 2 <= rounds, "{part}: the machine is too slow for this");
    assert!(sum.mixed * 2 >= rounds, "{part}: in {} rounds of {rounds} only was there a race", sum.mixed);
}

/// A session, and what the racers of a round begin with; beside it codes that nobody redeems before the sign-out.
async fn prepare(person: &Caller, round: usize, delay: u64) -> Option<((Jar, Vec<Racer>), Vec<String>)> {
    // Addresses of their own: a sign-in a round from one would be too many a minute.
    let address = format!("10.{}.{}.1", round / 250, round % 250);
    let Coded { jar, code } = person.sign_in(&Jar::new(address), APP, Proof::Right, "n").await.ok()?;
    let hint = person.redeem(APP, &code, Proof::Right).await.ok()?.id;
    let mut codes = Vec::new();
    for turn in 0..EACH * 8 {
        codes.push(person.silent(&jar, APP, &format!("c{turn}")).await.ok()?.code);
    }
    let mut roles = vec![Racer::SignsOut(jar.clone(), hint, delay)];
    for _ in 0..EACH {
        roles.push(Racer::Reissues(jar.clone()));
        let first = person.redeem(APP, &codes.pop()?, Proof::Right).await.ok()?;
        roles.push(Racer::Refreshes(first.refresh));
        roles.push(Racer::Redeems(codes.split_off(codes.len() - 6)));
    }
    Some(((jar, roles), codes))
}

async fn judge(person: &Caller, (jar, unused): (&Jar, Vec<String>), got: Vec<Got>, (case, sum): (&str, &mut Sum)) {
    let told = || {
        let lines: Vec<String> = person.history.take().iter().map(Call::to_string).collect();
        format!("{case}\n{}", lines.join("\n"))
    };
    let signed_out = got.iter().find_map(|got| got.signed_out).expect("somebody signs out");
    if signed_out == Err(Not::Unknown) {
        sum.untold += 1;
        return;
    }
    assert_eq!(signed_out, Ok(()), "{}", told());
    let after: Vec<&String> = got.iter().flat_map(|got| &got.after).collect();
    assert!(after.is_empty(), "given after the sign-out was answered: {after:?}; {}", told());
    let refused: usize = got.iter().map(|got| got.refused).sum();
    let (mut codes, mut given, mut left) = (Vec::new(), Vec::new(), unused);
    for one in got {
        codes.extend(one.codes);
        given.extend(one.given);
        left.extend(one.left);
    }
    sum.codes += codes.len();
    sum.tokens += given.len();
    sum.refused += refused;
    sum.mixed += usize::from(codes.len() + given.len() > 0 && refused > 0);
    codes.extend(left);
    assert_eq!(person.silent(jar, APP, "after").await.map(drop), Err(Not::Refused), "{}", told());
    for code in &codes {
        assert_eq!(person.redeem(APP, code, Proof::Right).await.map(drop), Err(Not::Refused), "{}", told());
    }
    for Given { access, refresh, .. } in &given {
        assert_eq!(person.userinfo(access).await, Err(Not::Refused), "{}", told());
        assert_eq!(person.refresh(APP, refresh).await.map(drop), Err(Not::Refused), "{}", told());
    }
}
