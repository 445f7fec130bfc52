//! The application on a real port, with the real work in the background.
//!
//! Its clock goes on with the real one and can jump besides: a day passes at once, and pauses of seconds are real.

use super::ear::Ear;
use crate::faults::client::{Caller, Ground, client_of};
use crate::faults::history::History;
use crate::faults::wire::Wire;
use crate::real::travelling::Travelling;
use abide::flow::import::ReplaceSecrets;
use abide::web::Facing;
use actix_web::web::Data;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// A provider under way.
pub struct Place {
    inner: Travelling,
    tasks: Vec<JoinHandle<()>>,
}

impl Place {
    /// With an app for each ear, `lantern` and `harbour` for those who use it meanwhile, and an administrator.
    pub async fn open(ears: &[Ear]) -> Arc<Place> {
        let told = ears.iter().map(|ear| client_of(&ear.client, json!({"backchannel_logout_uri": ear.uri()})));
        let clients: Vec<Value> = told.chain(crate::faults::client::apps()).collect();
        let boss = json!({"username": "boss", "password": "the boss of all of this", "roles": ["admin"]});
        let inner = Travelling::start(
            |config| {
                config.session.idle_timeout = "1h".parse().unwrap();
                config.session.reconstitution_window = "1h".parse().unwrap();
                config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect();
                config.http.trusted_proxies = vec!["127.0.0.1/32".parse().unwrap()];
            },
            json!({"users": [boss], "clients": clients}),
        );
        let clock = inner.facing.clock.clone();
        let mut tasks = vec![tokio::spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(1));
            ticks.tick().await;
            loop {
                ticks.tick().await;
                clock.advance(Duration::from_secs(1));
            }
        })];
        inner.facing.idp.report(inner.facing.clock.now()).await.unwrap().unwrap();
        tasks.extend(abide::app::background::start(&inner.facing));
        Arc::new(Place { inner, tasks })
    }

    /// The provider itself.
    pub fn facing(&self) -> &Data<Facing> {
        &self.inner.facing
    }

    /// Time passes.
    pub fn pass(&self, span: &str) {
        self.inner.pass(span);
    }

    /// Somebody to call it, who has an account.
    pub async fn caller(self: &Arc<Self>, who: &str) -> Caller {
        let ground = Arc::clone(self) as Arc<dyn Ground>;
        let caller = Caller { ground, history: Arc::new(History::default()), wire: Wire::new(), who: who.to_owned() };
        caller.import().await.expect("an account");
        caller
    }

    /// So many more people; their names.
    pub async fn people(&self, count: usize) -> Vec<String> {
        let names: Vec<String> = (0..count).map(|number| format!("person-{number}")).collect();
        let users: Vec<Value> = names.iter().map(|name| crate::real::idp::person(name)).collect();
        Ground::import(self, &json!({"users": users})).await.expect("people");
        names
    }

    /// Waits until something is so; answers with how long that took.
    pub async fn until(&self, what: &str, patience: Duration, so: impl AsyncFn() -> bool) -> Duration {
        let began = tokio::time::Instant::now();
        while !so().await {
            assert!(began.elapsed() < patience, "not so after {patience:?}: {what}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        began.elapsed()
    }
}

#[async_trait::async_trait]
impl Ground for Place {
    fn base(&self) -> String {
        self.inner.issuer.clone()
    }
    fn issuer(&self) -> String {
        self.inner.issuer.clone()
    }
    async fn import(&self, file: &Value) -> Result<(), String> {
        let facing = &self.inner.facing;
        let done = facing.idp.import(&file.to_string(), ReplaceSecrets::No, facing.clock.now()).await;
        done.map(drop).map_err(|error| error.to_string())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
