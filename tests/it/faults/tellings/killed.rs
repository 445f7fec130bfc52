//! kill -9 between the end of a session and the delivery: every app is told all the same, and of no session that goes on.
//!
//! In every round some people sign out and others stay; the node is killed at a moment that the dice choose, some of
//! them before anybody was told, and started again. At the end all is waited for: what was claimed by a node that died
//! is told once its claim is over.

use super::ear::{Ear, Temper};
use crate::faults::client::{Caller, Coded, Ground, Not, client_of};
use crate::faults::history::{History, Proof};
use crate::faults::node::{Node, Outbound, Plan};
use crate::faults::wire::{Jar, Wire};
use crate::faults::{Dice, report, rounds, seed};
use crate::harness::claims_of;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const APPS: [&str; 2] = ["well-1", "well-2"];
/// A claim is over after 60 s.
const PATIENCE: Duration = Duration::from_secs(150);

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_leaves_nobody_untold() {
    let (rounds, mut dice) = (rounds(20), Dice::new(seed()));
    let ears = APPS.map(|client| Ear::open(client, Temper::Well));
    let node = Arc::new(Node::new(&Plan { outbound: Outbound::Loopback, ..Plan::default() }));
    node.start().await;
    let boss = json!({"username": "boss", "password": "the boss of all of this", "roles": ["admin"]});
    let clients: Vec<Value> = ears.iter().map(told_at).collect();
    node.import(&json!({"users": [boss], "clients": clients})).await.expect("an import");
    let caller = Caller {
        ground: Arc::clone(&node) as Arc<dyn Ground>,
        history: Arc::new(History::default()),
        wire: Wire::new(),
        who: "mira".to_owned(),
    };
    caller.import().await.expect("a person");
    let (mut ended, mut unknown, mut staying, mut before) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new(), 0);
    for round in 0..rounds {
        let mut leaving = Vec::new();
        for place in 0..3 {
            let (jar, hint, sid) = signed_in(&caller, &format!("10.{round}.{place}.1")).await;
            if place > 0 {
                leaving.push((jar, hint, sid));
            } else {
                staying.insert(sid);
            }
        }
        for (jar, hint, sid) in leaving {
            match caller.sign_out(&jar, APPS[0], &hint).await {
                Ok(()) => ended.insert(sid),
                Err(Not::Unknown) => unknown.insert(sid),
                Err(Not::Refused) => panic!("a sign-out was refused"),
            };
        }
        tokio::time::sleep(Duration::from_millis(dice.below(1_300) as u64)).await;
        node.kill();
        let told = ears[0].told();
        before += ended.iter().filter(|sid| !told.contains_key(*sid)).count();
        node.start().await;
    }
    let all = async || ears.iter().all(|ear| ended.iter().all(|sid| ear.told().contains_key(sid)));
    let began = tokio::time::Instant::now();
    while !all().await {
        assert!(began.elapsed() < PATIENCE, "not everybody was told: {}", untold(&ears, &ended));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for ear in &ears {
        let told = ear.told();
        assert!(told.keys().all(|sid| !staying.contains(sid)), "{} was told of a session that goes on", ear.client);
        assert!(told.keys().all(|sid| ended.contains(sid) || unknown.contains(sid)), "{}: a strange sid", ear.client);
    }
    let twice: usize = ears.iter().map(|ear| ear.told().values().filter(|count| **count > 1).count()).sum();
    report(
        "tellings killed",
        format!(
            "{rounds} rounds, {} ends at 2 apps: all told; {before} times one was not told yet when the node was killed; \
             {twice} were told more than once; none of {} sessions that went on",
            ended.len(),
            staying.len()
        ),
    );
    assert!(before > 0, "it was never killed in time: this shows nothing");
}

/// The address after a sign-out is what a caller expects; the receiver is the ear.
fn told_at(ear: &Ear) -> Value {
    let bye = format!("https://{}.example/bye", ear.client);
    client_of(&ear.client, json!({"backchannel_logout_uri": ear.uri(), "post_logout_redirect_uris": [bye]}))
}

/// Signed in at both apps: the browser, the hint of the first app, and what both know the session as.
async fn signed_in(caller: &Caller, address: &str) -> (Jar, String, String) {
    let Coded { jar, code } =
        caller.sign_in(&Jar::new(address.to_owned()), APPS[0], Proof::Right, "n").await.expect("a session");
    let given = caller.redeem(APPS[0], &code, Proof::Right).await.expect("tokens");
    let code = caller.silent(&jar, APPS[1], "n").await.expect("a code").code;
    caller.redeem(APPS[1], &code, Proof::Right).await.expect("tokens");
    let sid = claims_of(&given.id)["sid"].as_str().expect("a sid").to_owned();
    (jar, given.id, sid)
}

fn untold(ears: &[Ear], ended: &BTreeSet<String>) -> String {
    let of =
        |ear: &Ear| format!("{} {}", ear.client, ended.iter().filter(|sid| !ear.told().contains_key(*sid)).count());
    ears.iter().map(of).collect::<Vec<_>>().join(", ")
}
