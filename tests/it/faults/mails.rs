//! kill -9 while people change their passwords: whoever's password was changed is told so, once the node is back, and nobody
//! else is.
//!
//! In every round some people change theirs at once, and the node is killed at a moment that the dice choose. What was
//! answered and what was not: the password says whether it happened, and the mail has to agree.

use super::node::{Node, Plan};
use super::wire::{Jar, Reply, Silence, Wire};
use super::{Dice, report, rounds, seed};
use crate::harness::{MailServer, Smtp};
use crate::store::cluster::Cluster;
use abide::model::mail::Mail;
use abide::model::record::Change;
use abide::protocol::Timestamp;
use abide::store::postgres::{PostgresStore, Settings};
use abide::store::sled::SledStore;
use abide::store::{Backend, Store};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// People of a round.
const CROWD: usize = 4;
const OLD: &str = "seven quiet bridges in the rain";
const NEW: &str = "an entirely different evening";
/// A claim is over after 120 s.
const PATIENCE: Duration = Duration::from_secs(180);

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_on_sled_tells_of_every_change_and_of_no_other() {
    killed("mails sled", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_node_on_postgres_tells_of_every_change_and_of_no_other() {
    let cluster = Cluster::shared().await;
    let database = cluster.with_schema().await;
    killed("mails postgres", Some(cluster.url(&database))).await;
}

/// Who is who, and where.
struct Town {
    node: Arc<Node>,
    wire: Wire,
    database: Option<String>,
}

async fn killed(part: &'static str, database: Option<String>) {
    let server = MailServer::start(Smtp::Takes).await;
    let plan = Plan { database: database.clone(), mail: Some(server.port()), ..Plan::default() };
    let node = Arc::new(Node::new(&plan));
    node.start().await;
    let town = Town { node, wire: Wire::new(), database };
    let (rounds, mut dice) = (rounds(2), Dice::new(seed()));
    let (mut changed, mut unchanged, mut unanswered) = (BTreeSet::new(), BTreeSet::new(), 0);
    for round in 0..rounds {
        let people: Vec<String> = (0..CROWD).map(|place| format!("p{round}-{place}")).collect();
        let ready = town.people(&people).await;
        let (told_so, done) = (Arc::new(Semaphore::new(0)), 1 + dice.below(CROWD - 1));
        let tasks = ready.into_iter().map(|(jar, hidden)| {
            let (change, told_so) = (town.change(jar, hidden), Arc::clone(&told_so));
            tokio::spawn(async move {
                let answer = change.await;
                told_so.add_permits(1);
                answer
            })
        });
        let tasks: Vec<_> = tasks.collect();
        // Some are answered by then; what the others come to, the next milliseconds decide.
        let enough = told_so.acquire_many(u32::try_from(done).expect("a few")).await;
        drop(enough);
        tokio::time::sleep(Duration::from_millis(dice.below(200) as u64)).await;
        town.node.kill();
        let mut answered = Vec::new();
        for task in tasks {
            answered.push(task.await.expect("a request"));
        }
        town.claims_are_over().await;
        town.node.start().await;
        for (who, reply) in people.iter().zip(answered) {
            let is_new = town.opens(who, NEW).await;
            assert!(is_new || town.opens(who, OLD).await, "{who} has no password");
            match reply {
                Ok(reply) => assert_eq!((reply.status, is_new), (303, true), "{who} was answered"),
                Err(_) => unanswered += 1,
            }
            if is_new {
                changed.insert(who.clone())
            } else {
                unchanged.insert(who.clone())
            };
        }
    }
    let mut told = Vec::new();
    let began = tokio::time::Instant::now();
    while !changed.iter().all(|who| told.contains(who)) {
        assert!(began.elapsed() < PATIENCE, "not everybody was told: {changed:?}, told: {told:?}");
        told.extend(heard(&server));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // What nobody caused would have come by now, too.
    tokio::time::sleep(Duration::from_millis(500)).await;
    told.extend(heard(&server));
    let strangers: Vec<&String> = told.iter().filter(|who| !changed.contains(*who)).collect();
    assert!(strangers.is_empty(), "told of what did not happen: {strangers:?}");
    assert!(!changed.is_empty(), "it was never killed in time: this shows nothing");
    let twice = told.len() - told.iter().collect::<BTreeSet<_>>().len();
    report(
        part,
        format!(
            "{rounds} kills, {} people, {unanswered} of them without an answer: {} passwords changed and all told of, \
             {twice} twice; {} not changed and none told of",
            changed.len() + unchanged.len(),
            changed.len(),
            unchanged.len(),
        ),
    );
}

/// Who was told that their password was changed.
fn heard(server: &MailServer) -> Vec<String> {
    let letters = server.take().into_iter().filter(|letter| letter.field("subject").contains("was changed"));
    letters.map(|letter| letter.to[0].trim_end_matches("@example.org").to_owned()).collect()
}

impl Town {
    fn at(&self, path: &str) -> String {
        use super::client::Ground;
        format!("{}{path}", self.node.base())
    }

    /// People who stand before the form: their browsers, and the hidden fields of each.
    async fn people(&self, names: &[String]) -> Vec<(Jar, [String; 2])> {
        let person = |name: &String| {
            let claims = json!({"email": format!("{name}@example.org"), "email_verified": true});
            json!({"username": name, "password": OLD, "claims": claims})
        };
        let file = json!({"users": names.iter().map(person).collect::<Vec<_>>()});
        self.node.import(&file).await.expect("an import");
        let mut ready = Vec::new();
        for name in names {
            let (jar, entered) = self.sign_in(name, OLD, "/account/security").await;
            assert_eq!(entered, 303, "{name} signs in");
            let page = self.wire.get(&self.at("/account/security"), &jar).await.ok().expect("a page");
            ready.push((page.jar.clone(), ["csrf", "person"].map(|name| page.field(name).expect("a form"))));
        }
        ready
    }

    /// Signs in on this page in a browser that nobody used; the status tells whether the password was right.
    async fn sign_in(&self, name: &str, password: &str, path: &str) -> (Jar, u16) {
        let number: u32 = name.bytes().fold(7, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
        let jar = Jar::new(format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255));
        let page = self.wire.get(&self.at(path), &jar).await.ok().expect("a page");
        let field = |name: &str| page.field(name).unwrap_or_default();
        let (csrf, interaction) = (field("csrf"), field("interaction"));
        let form = [("csrf", csrf.as_str()), ("interaction", &interaction), ("username", name), ("password", password)];
        let reply = self.wire.post(&self.at("/sign-in"), &page.jar, &self.ours(), &form).await.ok().expect("an answer");
        (reply.jar, reply.status)
    }

    async fn opens(&self, name: &str, password: &str) -> bool {
        self.sign_in(name, password, "/account").await.1 == 303
    }

    fn ours(&self) -> [(&'static str, String); 1] {
        use super::client::Ground;
        [("origin", self.node.issuer())]
    }

    /// Changes a password; an error says that nobody answered.
    fn change(
        &self,
        jar: Jar,
        [csrf, person]: [String; 2],
    ) -> impl Future<Output = Result<Reply, Silence>> + Send + use<> {
        let (wire, url, ours) = (Wire::new(), self.at("/account/security/password"), self.ours());
        async move {
            let form = [("csrf", csrf.as_str()), ("person", &person), ("current", OLD), ("password", NEW)];
            wire.post(&url, &jar, &ours, &form).await
        }
    }

    /// What a dead node had claimed is free again, as after two minutes. The long form waits for those.
    async fn claims_are_over(&self) {
        if std::env::var_os("ABIDE_FAULT_ROUNDS").is_some() {
            return;
        }
        let backend: Arc<dyn Backend> = match &self.database {
            Some(url) => Arc::new(PostgresStore::connect(&Settings::new(url).expect("a URL")).await.expect("a store")),
            None => Arc::new(SledStore::open(&self.node.data_dir().join("store"), 8 << 20).expect("a store")),
        };
        let store = Store::new(Arc::clone(&backend));
        for mail in store.all::<Mail>(None, 500).await.expect("mails").items {
            let freed = store.change::<Mail, _, _>(&mail.id, |mail| match mail {
                Some(mail) => Change::put((), Mail { next_at: Timestamp(0), ..mail }).due(Timestamp(0)),
                None => Change::keep(()),
            });
            freed.await.expect("a change").outcome().expect("no name");
        }
        backend.close().await.expect("closing");
    }
}
