//! Many use the one set-up link at once: one administrator, and nothing of the others.

use super::client::{Caller, Ground};
use super::history::History;
use super::node::Node;
use super::nodes::Nodes;
use super::races::{at_once, races, tell};
use super::seed;
use super::wire::{Jar, Reply, Wire};
use crate::store::cluster::Cluster;
use abide::app::control::Verb;
use serde_json::Value;
use std::sync::Arc;

const PASSWORD: &str = "quiet harbour under stars";

#[tokio::test(flavor = "multi_thread")]
async fn one_link_makes_one_administrator_on_sled() {
    let nodes = Nodes::on_sled(None).await;
    let wipe = async || {
        let node = &nodes.all()[0];
        node.kill();
        std::fs::remove_dir_all(node.data_dir()).expect("the data goes");
        node.start().await;
    };
    one_administrator("race set-up link sled", nodes.all(), wipe).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_link_makes_one_administrator_on_two_nodes() {
    let (nodes, database) = Nodes::two(None).await;
    let wipe = async || {
        const EMPTY: &str = "TRUNCATE abide_records, abide_names, abide_rows, abide_due, abide_events";
        Cluster::shared().await.run(&database, EMPTY).await;
    };
    one_administrator("race set-up link two nodes", nodes.all(), wipe).await;
}

async fn one_administrator(part: &str, nodes: &[Arc<Node>], wipe: impl AsyncFn()) {
    // Every racer hashes a password of 64 MiB.
    let (races, mut untold) = (races(8), 0);
    let widest = races.iter().map(|(width, _)| *width).max().unwrap_or_default();
    let all: Vec<Caller> = (0..widest).map(|number| racer(&nodes[number % nodes.len()], number)).collect();
    for (width, round) in &races {
        let (racers, case) = (&all[..*width], format!("{part}, {width} wide, round {round}, seed {}", seed()));
        wipe().await;
        let link = nodes[0].verb(&Verb::SetupLink).await.expect("a link");
        let (_, token) = link.split_once("token=").expect("its token");
        let forms = forms(racers, token).await;
        let told = at_once(racers, |racer| {
            let (page, token) = (&forms[number(&racer)], token.to_owned());
            let (csrf, jar) = (page.field("csrf").expect("a form"), page.jar.clone());
            async move { use_link(&racer, &jar, [&csrf, &token]).await }
        });
        let told = told.await;
        let won: Vec<&String> = told.iter().filter(|(_, status)| *status == 303).map(|(name, _)| name).collect();
        assert!(won.len() <= 1, "{case}: {told:?}");
        // Busy, or slower than a racer waits: who won is then known to the store alone, and one it has to be.
        if told.iter().any(|(_, status)| [503, 0].contains(status)) {
            untold += 1;
            if let Some(name) = won.first() {
                only_administrator(&nodes[round % nodes.len()], name, &case).await;
            }
            continue;
        }
        assert_eq!(won.len(), 1, "{case}: {told:?}");
        assert!(told.iter().all(|(_, status)| [303, 410].contains(status)), "{case}: {told:?}");
        only_administrator(&nodes[round % nodes.len()], won[0], &case).await;
    }
    tell(part, &races, untold, "1 administrator in each");
}

fn racer(node: &Arc<Node>, number: usize) -> Caller {
    let ground = Arc::clone(node) as Arc<dyn Ground>;
    Caller { ground, history: Arc::new(History::default()), wire: Wire::new(), who: format!("{number}") }
}

fn number(racer: &Caller) -> usize {
    racer.who.parse().expect("a number")
}

/// Everybody has opened the link.
async fn forms(racers: &[Caller], token: &str) -> Vec<Reply> {
    let mut pages = Vec::new();
    for racer in racers {
        let address = format!("{}/setup?token={token}", racer.ground.base());
        let page = racer.wire.get(&address, &Jar::new("10.0.0.3".to_owned())).await;
        pages.push(page.unwrap_or_else(|silence| panic!("no page: {}", silence.0)));
    }
    pages
}

async fn use_link(racer: &Caller, jar: &Jar, [csrf, token]: [&str; 2]) -> (String, u16) {
    let name = format!("boss{}", racer.who);
    let form = [("csrf", csrf), ("token", token), ("username", &name), ("password", PASSWORD)];
    let (address, origin) = (format!("{}/setup", racer.ground.base()), [("origin", racer.ground.issuer())]);
    let reply = racer.wire.post(&address, jar, &origin, &form).await;
    let status = reply.map_or(0, |reply| reply.status);
    (name, status)
}

/// The winner is there and nobody else, and there are no more links.
async fn only_administrator(node: &Node, name: &str, case: &str) {
    let exported = node.verb(&Verb::Export).await.expect("an export");
    let exported: Value = serde_json::from_str(&exported).expect("JSON");
    let users = exported["users"].as_array().expect("a list");
    assert_eq!(users.len(), 1, "{case}: {users:?}");
    assert_eq!((users[0]["username"].as_str(), users[0]["roles"][0].as_str()), (Some(name), Some("admin")), "{case}");
    assert!(node.verb(&Verb::SetupLink).await.is_err(), "{case}: another link");
}
