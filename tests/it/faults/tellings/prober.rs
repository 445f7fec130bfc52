//! Somebody who goes on using the provider, and how long every answer took.

use crate::faults::client::{APPS, Caller};
use crate::faults::history::Proof;
use crate::faults::wire::Jar;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// How long answers took.
#[derive(Clone, Default)]
pub struct Waits(Vec<Duration>);

impl Waits {
    pub fn longest(&self) -> Duration {
        self.0.iter().max().copied().unwrap_or_default()
    }

    pub fn median(&self) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() / 2).copied().unwrap_or_default()
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ms median, {} ms longest of {}",
            self.median().as_millis(),
            self.longest().as_millis(),
            self.count()
        )
    }
}

/// What a prober found.
#[derive(Default)]
pub struct Found {
    /// A whole sign-in: page, form, redemption.
    pub sign_ins: Waits,
    /// Single requests: silent reissue, redemption, refresh, userinfo.
    pub requests: Waits,
}

impl Found {
    /// What another one found besides.
    pub fn also(&mut self, other: Found) {
        self.sign_ins.0.extend(other.sign_ins.0);
        self.requests.0.extend(other.requests.0);
    }
}

/// Somebody under way.
pub struct Prober {
    over: Arc<AtomicBool>,
    task: JoinHandle<Found>,
}

impl Prober {
    /// Begins, and goes on until it is told to stop.
    pub fn start(caller: Caller) -> Prober {
        let over = Arc::new(AtomicBool::new(false));
        let task = tokio::spawn(probe(caller, Arc::clone(&over)));
        Prober { over, task }
    }

    pub async fn stop(self) -> Found {
        self.over.store(true, Ordering::SeqCst);
        self.task.await.expect("a prober")
    }
}

async fn probe(caller: Caller, over: Arc<AtomicBool>) -> Found {
    let mut found = Found::default();
    let mut turn = 0;
    while !over.load(Ordering::SeqCst) {
        turn += 1;
        // Addresses of their own: so many sign-ins from one would be too many a minute.
        let jar = Jar::new(format!("10.{}.{}.7", turn / 250 % 250, turn % 250));
        let began = Instant::now();
        let coded = caller.sign_in(&jar, APPS[0], Proof::Right, "n").await.expect("a sign-in");
        let given = caller.redeem(APPS[0], &coded.code, Proof::Right).await.expect("tokens");
        found.sign_ins.0.push(began.elapsed());
        let mut refresh = given.refresh;
        for _ in 0..4 {
            let silent = timed(&mut found.requests, caller.silent(&coded.jar, APPS[1], "s")).await.expect("a code");
            let given = timed(&mut found.requests, caller.redeem(APPS[1], &silent.code, Proof::Right)).await;
            timed(&mut found.requests, caller.userinfo(&given.expect("tokens").access)).await.expect("a person");
            let renewed = timed(&mut found.requests, caller.refresh(APPS[0], &refresh)).await.expect("tokens");
            refresh = renewed.refresh;
        }
        let _ = caller.history.take();
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    found
}

async fn timed<T>(waits: &mut Waits, asked: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let told = asked.await;
    waits.0.push(began.elapsed());
    told
}
