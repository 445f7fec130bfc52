//! The way to the database: a bounded pool, attempts that are bounded in number and in time.
//!
//! All work runs on the runtime in which the store was opened, and never on the caller's: a connection is bound to the
//! runtime that made it, and the server's workers have short-lived ones of their own. So dropping a caller's future
//! cuts no statement in the middle.

use super::settings::{Settings, after_connect};
use super::trouble::{Trouble, unavailable};
use crate::store::contract::StoreFault;
use sqlx::postgres::{PgConnection, PgPool, PgPoolOptions};
use std::time::Duration;
use tokio::time::timeout;

/// How often a transaction is run before its caller is told to come again.
const ATTEMPTS: u32 = 20;
/// How many of these may be spent on connections that turn out to be dead.
const LOST: u32 = 3;
/// How long a free connection, or a new one, is waited for.
const ACQUIRE: Duration = Duration::from_secs(3);
/// How long one attempt may take. Longer than the limits the server keeps by itself ([`super::settings`]): this one is
/// for a network that swallows everything.
pub(super) const ANSWER: Duration = Duration::from_secs(15);
/// An idle connection older than this is tried before it is used.
const FRESH: Duration = Duration::from_secs(1);

/// Something to be done over one connection; run again from the start when it met another transaction.
pub(super) trait Work: Send + 'static {
    /// What it answers.
    type Answer: Send + 'static;
    /// One attempt.
    fn run(&mut self, connection: &mut PgConnection) -> impl Future<Output = Result<Self::Answer, Trouble>> + Send;
}

/// The pool.
#[derive(Clone)]
pub(super) struct Reach {
    pool: PgPool,
}

impl Reach {
    /// A pool that connects when it is asked to.
    pub(super) fn new(settings: &Settings) -> Reach {
        let pool = PgPoolOptions::new()
            .max_connections(settings.connections)
            .acquire_timeout(ACQUIRE)
            .idle_timeout(Duration::from_secs(10 * 60))
            .max_lifetime(Duration::from_secs(30 * 60))
            .test_before_acquire(false)
            .before_acquire(|connection, facts| {
                Box::pin(async move {
                    if facts.idle_for > FRESH {
                        sqlx::Connection::ping(connection).await?;
                    }
                    Ok(true)
                })
            })
            .after_connect(|connection, _| Box::pin(after_connect(connection)))
            .connect_lazy_with(settings.options.clone());
        Reach { pool }
    }

    /// Does `work`, as often as it takes within the limits.
    pub(super) async fn ask<W: Work>(&self, mut work: W, seed: u64) -> Result<W::Answer, StoreFault> {
        let (mut lost, mut last) = (0, String::new());
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(pause(attempt, seed)).await;
            }
            let mut connection = self.pool.acquire().await.map_err(|error| unavailable(&error))?;
            match timeout(ANSWER, work.run(&mut connection)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(Trouble::Fault(fault))) => return Err(fault),
                Ok(Err(Trouble::Again(why))) => last = why,
                Ok(Err(Trouble::Lost(why))) => {
                    drop(connection.detach());
                    (lost, last) = (lost + 1, why);
                    if lost == LOST {
                        break;
                    }
                    self.weed().await;
                }
                Err(_) => {
                    drop(connection.detach());
                    return Err(StoreFault::Unavailable("PostgreSQL did not answer in time".into()));
                }
            }
        }
        Err(StoreFault::Unavailable(format!("PostgreSQL: tried again and again: {last}")))
    }

    /// Does long work once. It may take as long as it takes: it limits each of its steps itself.
    pub(super) async fn once<W: Work>(&self, mut work: W) -> Result<W::Answer, StoreFault> {
        let mut connection = self.pool.acquire().await.map_err(|error| unavailable(&error))?;
        // Closing waits for connections that are in use.
        let worked = self.pool.close_event().do_until(work.run(&mut connection)).await;
        match worked.map_err(|error| unavailable(&error))? {
            Ok(answer) => Ok(answer),
            Err(Trouble::Fault(fault)) => Err(fault),
            Err(Trouble::Again(why)) => Err(StoreFault::Unavailable(why)),
            Err(Trouble::Lost(why)) => {
                drop(connection.detach());
                Err(StoreFault::Unavailable(why))
            }
        }
    }

    /// Where one connection was dead, its idle neighbours probably are too: tries them and throws the dead ones away, so
    /// that the next attempt does not meet one of them.
    async fn weed(&self) {
        let idle: Vec<_> = std::iter::from_fn(|| self.pool.try_acquire()).collect();
        for mut connection in idle {
            let alive = timeout(FRESH, sqlx::Connection::ping(&mut *connection)).await;
            if !matches!(alive, Ok(Ok(()))) {
                drop(connection.detach());
            }
        }
    }

    /// Closes all connections once they are free.
    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// Doubling, at most 100 ms, spread by half: those who collided should not collide again. The spread needs no secret
/// randomness, only different numbers for different changes.
fn pause(attempt: u32, seed: u64) -> Duration {
    let longest = (2_000_u64 << attempt.min(6)).min(100_000);
    let mixed = (seed ^ u64::from(std::process::id()) ^ (u64::from(attempt) << 32)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Duration::from_micros(longest / 2 + (mixed >> 32) % (longest / 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_bounded() {
        for seed in 0..100 {
            for attempt in 1..ATTEMPTS {
                let pause = pause(attempt, seed);
                assert!(pause >= Duration::from_millis(2) && pause <= Duration::from_millis(100), "{pause:?}");
            }
        }
        assert!((0..100).any(|seed| pause(1, seed) != pause(1, 0)), "everybody waits equally long");
    }
}
