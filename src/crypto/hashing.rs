//! The one place that hashes passwords: argon2id (RFC 9106), off the event loop, as many at a time as there are
//! cores, and never more waiting than the queue holds.

use crate::crypto::random;
use crate::crypto::secret::Same;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// What a hash costs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes.
    pub passes: u32,
}

/// The cost of new hashes: 64 MiB, 2 passes, 1 lane.
pub const USUAL: Cost = Cost { memory: 64 * 1024, passes: 2 };
/// A stored hash below this is replaced at the next sign-in.
pub const FLOOR: Cost = Cost { memory: 19 * 1024, passes: 2 };

/// The queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// Hashes and verifies.
#[derive(Clone)]
pub struct Hashing {
    cost: Cost,
    working: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    queue: usize,
    done: Arc<AtomicU64>,
    decoy: Arc<str>,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Is it the password?
    pub same: Same,
    /// The password hashed anew, where the stored hash was below the floor and the password right.
    pub better: Option<String>,
}

impl Hashing {
    /// With this cost, `workers` hashes at a time and at most `queue` waiting.
    ///
    /// # Panics
    /// When the cost is none that argon2 knows.
    pub fn new(cost: Cost, workers: usize, queue: usize) -> Hashing {
        let decoy = hash_now(cost, &random::id());
        Hashing {
            cost,
            working: Arc::new(Semaphore::new(workers.max(1))),
            waiting: Arc::default(),
            queue,
            done: Arc::default(),
            decoy: decoy.into(),
        }
    }

    /// Hashes a password that is to be stored.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn hash(&self, password: Zeroizing<String>) -> Result<String, Busy> {
        let cost = self.cost;
        self.queued(move || hash_now(cost, &password)).await
    }

    /// Hashes however long the queue is: for administrators' work, which waits its turn.
    ///
    /// # Errors
    /// [`Busy`] when the process is ending.
    pub async fn hash_patiently(&self, password: Zeroizing<String>) -> Result<String, Busy> {
        let cost = self.cost;
        self.working(move || hash_now(cost, &password)).await
    }

    /// Verifies a password against a stored hash, or, where there is none, against one that nothing matches: whether
    /// an account exists must not show in the work done.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn verify(&self, password: Zeroizing<String>, stored: Option<String>) -> Result<Verified, Busy> {
        let (cost, decoy) = (self.cost, Arc::clone(&self.decoy));
        let real = stored.is_some();
        self.queued(move || {
            let hash = stored.as_deref().unwrap_or(&decoy);
            let matches = Argon2::default().verify_password(password.as_bytes(), hash).is_ok();
            let same = if matches && real { Same::Yes } else { Same::No };
            let weak = same == Same::Yes && is_below(hash, cost);
            Verified { same, better: weak.then(|| hash_now(cost, &password)) }
        })
        .await
    }

    /// How many computations were done: what tests of equal work count.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    async fn queued<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let place = Place::take(&self.waiting, self.queue)?;
        let result = self.working(work).await;
        drop(place);
        result
    }

    async fn working<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let permit = Arc::clone(&self.working).acquire_owned().await.map_err(|_| Busy)?;
        self.done.fetch_add(1, Ordering::Relaxed);
        let result = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        });
        result.await.map_err(|_| Busy)
    }
}

/// A place in the queue, given back when dropped: also when the browser went away meanwhile.
struct Place(Arc<AtomicUsize>);

impl Place {
    fn take(waiting: &Arc<AtomicUsize>, queue: usize) -> Result<Place, Busy> {
        let place = Place(Arc::clone(waiting));
        if waiting.fetch_add(1, Ordering::SeqCst) >= queue { Err(Busy) } else { Ok(place) }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn hash_now(cost: Cost, password: &str) -> String {
    let params = Params::new(cost.memory, cost.passes, 1, None).expect("the cost is one argon2 knows");
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon.hash_password_with_salt(password.as_bytes(), &random::bytes::<16>());
    hash.expect("a password of bounded length can be hashed").to_string()
}

/// Is it a hash we can verify? For hashes that come from elsewhere.
///
/// # Errors
/// What would be right.
pub fn check_hash(hash: &str) -> Result<(), &'static str> {
    let wrong = Err(
        "password_hash must be an argon2id hash in PHC form ($argon2id$v=19$m=…,t=…,p=…$salt$hash) of at most 1 GiB",
    );
    match cost_of(hash) {
        Some(cost) if cost.memory <= 1024 * 1024 && cost.passes <= 64 && hash.matches('$').count() == 5 => Ok(()),
        _ => wrong,
    }
}

fn is_below(hash: &str, usual: Cost) -> bool {
    // Tests hash cheaply on purpose; the floor never exceeds what new hashes cost.
    let floor = Cost { memory: FLOOR.memory.min(usual.memory), passes: FLOOR.passes.min(usual.passes) };
    cost_of(hash).is_none_or(|cost| cost.memory < floor.memory || cost.passes < floor.passes)
}

fn cost_of(hash: &str) -> Option<Cost> {
    let params = hash.strip_prefix("$argon2id$v=19$")?.split('$').next()?;
    let value = |name: &str| params.split(',').find_map(|part| part.strip_prefix(name)?.parse().ok());
    Some(Cost { memory: value("m=")?, passes: value("t=")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: Cost = Cost { memory: 64, passes: 1 };

    fn secret(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.into())
    }

    #[tokio::test]
    async fn right_wrong_absent_and_weak() {
        let hashing = Hashing::new(CHEAP, 2, 8);
        let stored = hashing.hash(secret("right")).await.unwrap();
        assert!(check_hash(&stored).is_ok());
        let check = async |text: &str, stored: Option<String>| hashing.verify(secret(text), stored).await.unwrap();
        assert_eq!(check("right", Some(stored.clone())).await, Verified { same: Same::Yes, better: None });
        assert_eq!(check("wrong", Some(stored.clone())).await.same, Same::No);
        assert_eq!(check("right", None).await.same, Same::No);
        let dear = Hashing::new(Cost { memory: 128, passes: 2 }, 1, 8);
        assert!(dear.verify(secret("right"), Some(stored)).await.unwrap().better.is_some());
        assert_eq!(hashing.done(), 4, "an absent account costs a hash like any other");
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let hashing = Hashing::new(CHEAP, 1, 0);
        assert_eq!(hashing.hash(secret("x")).await, Err(Busy));
    }

    #[test]
    fn foreign_hashes() {
        for bad in [
            "",
            "$2b$10$abc",
            "$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaA",
            "$argon2id$v=19$m=9999999,t=1,p=1$YQ$YQ",
        ] {
            assert!(check_hash(bad).is_err(), "{bad}");
        }
    }
}
