//! Many at once want what one may have.
//!
//! The racers have their connections open and start together; where there are two nodes, every second one asks the
//! other node. What they were told is counted, and what is left is tried afterwards.

use super::client::{Caller, Coded, Given, Ground, Not, apps};
use super::history::{Call, History, Proof};
use super::nodes::Nodes;
use super::wire::{Jar, Wire};
use super::{report, rounds, seed};
use crate::real::process::PATIENCE;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::time::Instant;

/// The retry window is a minute by default. A round that took longer than this says nothing about it.
const WITHIN_THE_WINDOW: Duration = Duration::from_secs(50);
const APP: &str = "lantern";

#[tokio::test(flavor = "multi_thread")]
async fn one_code_is_redeemed_once_on_sled() {
    one_code("race code sled", Nodes::on_sled(None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_code_is_redeemed_once_on_two_nodes() {
    one_code("race code two nodes", Nodes::two(None).await.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_retry_a_token_is_renewed_once_on_sled() {
    no_retry("race refresh without retry sled", Nodes::on_sled(Some("0s")).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_retry_a_token_is_renewed_once_on_two_nodes() {
    no_retry("race refresh without retry two nodes", Nodes::two(Some("0s")).await.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_retry_a_token_has_one_successor_on_sled() {
    one_successor("race refresh sled", Nodes::on_sled(None).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_retry_a_token_has_one_successor_on_two_nodes() {
    one_successor("race refresh two nodes", Nodes::two(None).await.0).await;
}

/// How many race: 16, and in the full form 50 as well.
fn widths() -> Vec<usize> {
    if std::env::var_os("ABIDE_FAULT_ROUNDS").is_some() { vec![16, 50] } else { vec![16] }
}

/// The races of a part: how wide, and which round; so many rounds in the short form.
pub fn races(short: usize) -> Vec<(usize, usize)> {
    let rounds = rounds(short);
    widths().into_iter().flat_map(|width| (0..rounds).map(move |round| (width, round))).collect()
}

/// The widest race.
const WIDEST: usize = 50;

/// Somebody signed in, and racers of the apps' servers.
struct Track {
    person: Caller,
    jar: Jar,
    racers: Vec<Caller>,
    asked: usize,
}

impl Track {
    async fn new(nodes: Nodes) -> Track {
        let nodes = Arc::new(nodes);
        let boss = json!({"username": "boss", "password": "the boss of all of this", "roles": ["admin"]});
        nodes.import(&json!({"users": [boss], "clients": apps()})).await.expect("an import");
        let caller = |ground: Arc<dyn Ground>| {
            let history = Arc::new(History::default());
            Caller { ground, history, wire: Wire::new(), who: "mira".to_owned() }
        };
        let person = caller(Arc::clone(&nodes) as Arc<dyn Ground>);
        person.import().await.expect("a person");
        let Coded { jar, .. } =
            person.sign_in(&Jar::new("10.0.0.1".to_owned()), APP, Proof::Right, "first").await.expect("a session");
        let racers = nodes.all().iter().cycle().take(WIDEST);
        let racers =
            racers.map(|node| Caller { history: Arc::clone(&person.history), ..caller(Arc::clone(node) as _) });
        Track { racers: racers.collect(), person, jar, asked: 0 }
    }

    async fn code(&mut self) -> String {
        self.asked += 1;
        let coded = self.person.silent(&self.jar, APP, &format!("n{}", self.asked)).await;
        coded.unwrap_or_else(|not| panic!("no code: {not:?}")).code
    }

    async fn grant(&mut self) -> Given {
        let code = self.code().await;
        self.person.redeem(APP, &code, Proof::Right).await.expect("tokens")
    }

    /// So many present a refresh token at once.
    async fn refresh(&self, width: usize, token: &str) -> Vec<Result<Given, Not>> {
        let token = token.to_owned();
        at_once(&self.racers[..width], move |racer| {
            let token = token.clone();
            async move { racer.refresh(APP, &token).await }
        })
        .await
    }

    /// Neither token works, and they go on not working.
    async fn assert_dead(&self, given: &Given, case: &str) {
        for _ in 0..2 {
            assert_eq!(self.person.userinfo(&given.access).await, Err(Not::Refused), "{case}: {}", self.told());
            let refreshed = self.person.refresh(APP, &given.refresh).await.map(drop);
            assert_eq!(refreshed, Err(Not::Refused), "{case}: {}", self.told());
        }
    }

    /// What was told lately, in order.
    fn told(&self) -> String {
        let calls = self.person.history.take();
        let lines: Vec<String> = calls.iter().map(Call::to_string).collect();
        format!("seed {}\n{}", seed(), lines.join("\n"))
    }

    /// Who was told tokens, at most so many; the others were refused. None where the node had too much to do for one of
    /// them (503): then nobody knows who won.
    fn winners(&self, told: Vec<Result<Given, Not>>, most: usize, case: &str) -> Option<Vec<Given>> {
        let all_answered = told.iter().all(|told| !matches!(told, Err(Not::Unknown)));
        let winners: Vec<Given> = told.into_iter().flatten().collect();
        assert!(winners.len() <= most, "{case}: {}", self.told());
        all_answered.then_some(winners)
    }
}

/// All do it at once, each over a connection that is open already, and so are the store's.
pub async fn at_once<T, F>(racers: &[Caller], act: impl Fn(Caller) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(racers.len()));
    let run = |racer: &Caller| {
        let (start, wire) = (Arc::clone(&start), racer.wire.clone());
        let (ready, act) = (format!("{}/health/ready", racer.ground.base()), act(racer.clone()));
        tokio::spawn(async move {
            let jar = Jar::new("10.0.0.2".to_owned());
            let open = async {
                while wire.get(&ready, &jar).await.is_ok_and(|reply| reply.status != 200) {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            assert!(tokio::time::timeout(PATIENCE, open).await.is_ok(), "nobody is there");
            start.wait().await;
            act.await
        })
    };
    let running: Vec<_> = racers.iter().map(run).collect();
    let mut told = Vec::new();
    for task in running {
        told.push(task.await.expect("a racer"));
    }
    told
}

/// One code: exactly one gets tokens, and they are dead, because the others were replays.
async fn one_code(part: &str, nodes: Nodes) {
    let (races, mut track, mut untold) = (races(20), Track::new(nodes).await, 0);
    for (width, round) in &races {
        let (code, case) = (track.code().await, format!("{part}, {width} wide, round {round}"));
        let told = at_once(&track.racers[..*width], move |racer| {
            let code = code.clone();
            async move { racer.redeem(APP, &code, Proof::Right).await }
        });
        let Some(winners) = track.winners(told.await, 1, &case) else {
            untold += 1;
            continue;
        };
        assert_eq!(winners.len(), 1, "{case}: {}", track.told());
        track.assert_dead(&winners[0], &case).await;
        let _ = track.person.history.take();
    }
    tell(part, &races, untold, "1 winner in each, whose tokens were dead");
}

/// One refresh token without a retry window: exactly one is renewed, and then the grant is dead.
async fn no_retry(part: &str, nodes: Nodes) {
    let (races, mut track, mut untold) = (races(20), Track::new(nodes).await, 0);
    for (width, round) in &races {
        let (first, case) = (track.grant().await, format!("{part}, {width} wide, round {round}"));
        let Some(winners) = track.winners(track.refresh(*width, &first.refresh).await, 1, &case) else {
            untold += 1;
            continue;
        };
        assert_eq!(winners.len(), 1, "{case}: {}", track.told());
        track.assert_dead(&winners[0], &case).await;
        track.assert_dead(&first, &case).await;
        let _ = track.person.history.take();
    }
    tell(part, &races, untold, "1 winner in each, whose grant was dead");
}

/// With the default window: all are told the same successor, which works; what is older ends the grant.
async fn one_successor(part: &str, nodes: Nodes) {
    let (races, mut track, mut untold) = (races(20), Track::new(nodes).await, 0);
    for (width, round) in &races {
        let (begun, case) = (Instant::now(), format!("{part}, {width} wide, round {round}"));
        let first = track.grant().await;
        let told = track.winners(track.refresh(*width, &first.refresh).await, *width, &case);
        let Some(told) = told.filter(|_| begun.elapsed() < WITHIN_THE_WINDOW) else {
            untold += 1;
            continue;
        };
        assert_eq!(told.len(), *width, "{case}: {}", track.told());
        let second = &told[0];
        assert!(told.iter().all(|given| given.refresh == second.refresh), "{case}: {}", track.told());
        assert_eq!(track.person.userinfo(&told[width - 1].access).await, Ok(()), "{case}");
        let mut last = track.person.refresh(APP, &second.refresh).await.expect("the successor works");
        if round % 2 == 1 {
            // The first is two generations back then.
            last = track.person.refresh(APP, &last.refresh).await.expect("the chain goes on");
        }
        track.winners(track.refresh(*width, &first.refresh).await, 0, &case);
        track.assert_dead(&last, &case).await;
        let _ = track.person.history.take();
    }
    tell(part, &races, untold, "1 successor in each, reuse ended each grant");
}

/// The result of a part, of which some races told nothing because the machine had too much to do.
pub fn tell(part: &str, races: &[(usize, usize)], untold: usize, what: &str) {
    let told = races.len() - untold;
    report(part, format!("{told} races {:?} wide, {what}; {untold} too slow to tell", widths()));
    assert!(untold * 2 <= races.len(), "{part}: the machine is too slow for this");
}
