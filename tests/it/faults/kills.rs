//! kill -9 under load, and a database that stops at once: nothing acknowledged is lost.
//!
//! Round after round people act, something is killed at a moment that the dice choose, it is started again on the same
//! data, and all that people hold is tried. One history and one judge go through all rounds of a run.
//!
//! ```text
//! node, nodes      what is killed            history          what was asked and told
//! wire, client     one call, logged          model            what may come of a call
//! actor, load      who calls what            judge, identity  does any order explain it; whose is it
//! ```

use super::client::Ground;
use super::load::Crowd;
use super::model::Retry;
use super::node::{Node, Plan};
use super::{Dice, judge, report, rounds, seed};
use crate::store::cluster::Cluster;
use serde_json::json;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

/// The longest a configuration may say: no retry fails because a round took long.
const RETRY: &str = "10m";

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_on_sled_loses_nothing_acknowledged() {
    let node = Arc::new(Node::new(&Plan { refresh_retry: Some(RETRY), ..Plan::default() }));
    node.start().await;
    let fault = async |dice: &mut Dice| {
        under_way(dice).await;
        node.kill();
        node.start().await;
    };
    run("kills sled", rounds(20), Arc::clone(&node) as Arc<dyn Ground>, fault).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_on_postgres_loses_nothing_acknowledged() {
    let cluster = Cluster::shared().await;
    let database = cluster.with_schema().await;
    let node = Arc::new(Node::new(&plan_on(cluster, &database)));
    node.start().await;
    let fault = async |dice: &mut Dice| {
        under_way(dice).await;
        node.kill();
        node.start().await;
    };
    run("kills postgres", rounds(8), Arc::clone(&node) as Arc<dyn Ground>, fault).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_stopped_at_once_loses_nothing_acknowledged() {
    let cluster = tokio::task::spawn_blocking(Cluster::start).await.unwrap();
    let cluster = Arc::new(cluster);
    let node = Arc::new(Node::new(&plan_on(&cluster, "postgres")));
    node.start().await;
    let fault = async |dice: &mut Dice| {
        under_way(dice).await;
        let (cluster, away) = (Arc::clone(&cluster), dice.below(300));
        let gone_and_back = move || {
            cluster.stop("immediate");
            pause(away);
            cluster.start_again();
        };
        tokio::task::spawn_blocking(gone_and_back).await.unwrap();
        heals(&node).await;
    };
    run("database stops", rounds(8), Arc::clone(&node) as Arc<dyn Ground>, fault).await;
    assert!(!node.errors().contains("panicked"), "{}", node.errors());
}

fn plan_on(cluster: &Cluster, database: &str) -> Plan {
    Plan { database: Some(cluster.url(database)), refresh_retry: Some(RETRY), ..Plan::default() }
}

/// People act for a while that the dice choose.
async fn under_way(dice: &mut Dice) {
    tokio::time::sleep(Duration::from_millis(100 + dice.below(900) as u64)).await;
}

/// The node finds its database again without any help.
async fn heals(node: &Node) {
    let healed = async {
        while !node.is_ready().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let healed = tokio::time::timeout(crate::real::process::PATIENCE, healed).await;
    assert!(healed.is_ok(), "the node does not heal: {}", node.errors());
}

#[allow(clippy::disallowed_methods, reason = "the database is away for a moment that the dice chose")]
fn pause(milliseconds: usize) {
    std::thread::sleep(Duration::from_millis(milliseconds as u64));
}

async fn run(part: &str, rounds: usize, ground: Arc<dyn Ground>, fault: impl AsyncFn(&mut Dice)) {
    let mut dice = Dice::new(seed());
    // Whoever starts without an administrator is offered a link; nobody here wants it.
    let boss = json!({"users": [{"username": "boss", "password": "the boss of all of this", "roles": ["admin"]}]});
    ground.import(&boss).await.expect("an administrator");
    let mut crowd = Crowd::new(ground, Dice::new(dice.roll()), Retry::Once).await;
    for round in 0..rounds {
        let acting = crowd.act();
        fault(&mut dice).await;
        let violations = crowd.settle(acting).await;
        assert!(violations.is_empty(), "{part}, round {round}, seed {}:\n{}", seed(), told(&violations));
    }
    let counts = crowd.counts();
    report(part, format!("{rounds} rounds, {counts}, 0 violations"));
    assert!(counts.done > 10 * rounds && (counts.unknown > 0 || rounds < 5), "there was no load: {counts}");
    assert_eq!(counts.broken, 0, "answered with 500, or with 503 and no Retry-After");
}

/// Every violation with the calls that led to it.
pub fn told(violations: &[judge::Violation]) -> String {
    let mut text = String::new();
    for violation in violations {
        let _ = writeln!(text, "{violation}");
    }
    text
}
