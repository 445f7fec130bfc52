//! Two nodes on one database: any node answers anything, and what ended on one has ended on the other.

use super::client::{Caller, Coded, Given, Ground, Not, apps};
use super::history::{History, Proof};
use super::node::Node;
use super::nodes::Nodes;
use super::wire::{Jar, Wire};
use super::{Dice, rounds, seed};
use serde_json::json;
use std::sync::Arc;

const APP: &str = "lantern";

/// The same person at one node and at the other.
struct Both {
    here: Caller,
    there: Caller,
}

impl Both {
    async fn new(nodes: &[Arc<Node>], who: &str) -> Both {
        let at = |node: &Arc<Node>| {
            let (ground, history) = (Arc::clone(node) as Arc<dyn Ground>, Arc::new(History::default()));
            Caller { ground, history, wire: Wire::new(), who: who.to_owned() }
        };
        let both = Both { here: at(&nodes[0]), there: at(&nodes[1]) };
        both.there.import().await.expect("a person");
        both
    }

    /// Signed in here, tokens from there.
    async fn enter(&self, address: &str) -> (Jar, Given) {
        let jar = Jar::new(address.to_owned());
        let Coded { code, jar } = self.here.sign_in(&jar, APP, Proof::Right, "n").await.expect("a session");
        (jar, self.there.redeem(APP, &code, Proof::Right).await.expect("tokens"))
    }

    /// Nothing works at either, at once.
    async fn assert_over(&self, jar: &Jar, given: &Given) {
        for node in [&self.there, &self.here] {
            assert_eq!(node.userinfo(&given.access).await, Err(Not::Refused));
            assert_eq!(node.silent(jar, APP, "after").await.map(drop), Err(Not::Refused));
            assert_eq!(node.refresh(APP, &given.refresh).await.map(drop), Err(Not::Refused));
        }
    }
}

async fn nodes() -> Nodes {
    let (nodes, _) = Nodes::two(None).await;
    let boss = json!({"username": "boss", "password": "the boss of all of this", "roles": ["admin"]});
    nodes.import(&json!({"users": [boss], "clients": apps()})).await.expect("an import");
    nodes
}

#[tokio::test(flavor = "multi_thread")]
async fn any_node_answers_anything() {
    let nodes = nodes().await;
    let both = Both::new(nodes.all(), "mira").await;
    let (jar, given) = both.enter("10.0.0.1").await;
    both.here.userinfo(&given.access).await.expect("a person");
    let second = both.here.refresh(APP, &given.refresh).await.expect("tokens");
    // The answer got lost; the other node is asked.
    assert_eq!(both.there.refresh(APP, &given.refresh).await.expect("tokens").refresh, second.refresh);
    let third = both.there.refresh(APP, &second.refresh).await.expect("tokens");
    let code = both.there.silent(&jar, APP, "n2").await.expect("a code").code;
    both.here.redeem(APP, &code, Proof::Right).await.expect("tokens");
    // A page of one node, its form posted to the other.
    let page = both.here.wire.get(&format!("{}/account", both.here.ground.base()), &jar).await;
    let page = page.unwrap_or_else(|silence| panic!("no page: {}", silence.0));
    let csrf = page.field("csrf").expect("a form");
    let (address, origin) = (format!("{}/account/sign-out", both.there.ground.base()), both.there.ground.issuer());
    let left = both.there.wire.post(&address, &jar, &[("origin", origin)], &[("csrf", &csrf)]).await;
    assert!(left.is_ok_and(|reply| reply.status == 303));
    both.assert_over(&jar, &third).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ended_on_one_node_has_ended_on_the_other() {
    let nodes = nodes().await;
    let mut dice = Dice::new(seed());
    for round in 0..rounds(3) {
        let mut both = Both::new(nodes.all(), &format!("mira{round}")).await;
        if dice.below(2) == 0 {
            std::mem::swap(&mut both.here, &mut both.there);
        }
        // An app signs out.
        let (jar, given) = both.enter("10.0.0.1").await;
        both.here.sign_out(&jar, APP, &given.id).await.expect("an end");
        both.assert_over(&jar, &given).await;
        // The person ends the session from another browser, at the other node.
        let (jar, given) = both.enter("10.0.0.2").await;
        let (other, _) = both.enter("10.0.0.3").await;
        end_others(&both.there, &other).await;
        both.assert_over(&jar, &given).await;
        // An administrator closes the account.
        let (jar, given) = both.enter("10.0.0.4").await;
        both.there.disable().await.expect("an end");
        both.assert_over(&jar, &given).await;
        both.assert_over(&other, &given).await;
    }
}

async fn end_others(caller: &Caller, jar: &Jar) {
    let page = caller.wire.get(&format!("{}/account", caller.ground.base()), jar).await;
    let page = page.unwrap_or_else(|silence| panic!("no page: {}", silence.0));
    let field = |name: &str| page.field(name).expect("the account's page");
    let (csrf, person) = (field("csrf"), field("person"));
    let (address, origin) = (format!("{}/account/end-others", caller.ground.base()), caller.ground.issuer());
    let form = [("csrf", csrf.as_str()), ("person", &person)];
    let ended = caller.wire.post(&address, jar, &[("origin", origin)], &form).await;
    assert!(ended.is_ok_and(|reply| reply.status == 303));
}
