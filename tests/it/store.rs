//! The store contract as named scenarios, run for every backend there is.
//!
//! Functions here: `Bench::open`, `SledBench::new`, `SledBench::open`, `every_scenario_has_a_name_of_its_own`, and two
//! tests per scenario, `sled::…` and `postgres::…`, made by the macro `scenarios`. The scenarios are in [`scenarios`],
//! what only sled has (lock, recovery, failing disks) in [`sled_only`] and [`killed`], what only PostgreSQL has (several
//! nodes, roles, a server that goes and comes) in [`postgres_only`] and [`postgres_real`] on servers of [`cluster`], the small vocabulary of
//! all in [`words`].
//!
//! Another backend joins by implementing [`Bench`] and running every entry of [`SCENARIOS`].

pub mod cluster;
mod killed;
mod postgres_only;
mod postgres_real;
pub mod scenarios;
mod sled_only;
pub mod words;

use abide::store::Backend;
use abide::store::sled::SledStore;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use tempfile::TempDir;

/// A place for one store, empty at first. Opening it again after closing finds what was kept.
#[async_trait::async_trait]
pub trait Bench: Send + Sync + 'static {
    /// Opens the store; at most one is open at a time.
    async fn open(&self) -> Arc<dyn Backend>;
}

/// A scenario, given a bench of its own.
pub type Scenario = fn(Arc<dyn Bench>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

/// A sled store in a temporary folder.
pub struct SledBench {
    folder: TempDir,
}

/// Small, so that scenarios also run with pages that are not in memory.
const CACHE: u64 = 8 << 20;

impl SledBench {
    /// One in a folder of its own.
    pub fn new() -> SledBench {
        SledBench { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("store")
    }
}

#[async_trait::async_trait]
impl Bench for SledBench {
    async fn open(&self) -> Arc<dyn Backend> {
        Arc::new(SledStore::open(&self.path(), CACHE).expect("the store opens"))
    }
}

macro_rules! scenarios {
    ($($name:ident),* $(,)?) => {
        /// Every scenario by its name.
        pub const SCENARIOS: &[(&str, Scenario)] = &[
            $((stringify!($name), |bench| Box::pin(scenarios::$name(bench)))),*
        ];

        mod sled {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::scenarios::$name(std::sync::Arc::new(super::SledBench::new())).await;
            })*
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::scenarios::$name(std::sync::Arc::new(super::cluster::PostgresBench::new())).await;
            })*
        }
    };
}

scenarios! {
    one_winner_among_16,
    a_name_is_claimed_once_among_16,
    a_released_name_can_be_claimed,
    a_name_of_another_kind_is_another_name,
    a_rejected_change_writes_nothing_at_all,
    a_fault_of_the_rule_writes_nothing,
    a_panicking_rule_writes_nothing_and_harms_nobody,
    rows_follow_the_record,
    lists_keep_groups_apart_and_in_order,
    pages_are_stable_while_rows_come_and_go,
    keys_are_paged_in_byte_order,
    hostile_cursors_are_harmless,
    due_takes_exactly_what_has_come,
    undue_strikes_out,
    events_are_newest_first_in_pages,
    old_events_are_forgotten,
    long_values_come_back_whole,
    readers_never_see_a_mixture,
    what_is_too_large_is_refused,
    dropping_the_future_leaves_nothing_half_done,
    counting_loses_nothing,
    reopened_everything_is_there,
    a_closed_store_refuses,
    probing_and_measuring,
    everything_is_carried_over,
    loads_are_bounded_whatever_they_hold,
    a_copy_goes_on_where_it_was_left,
    a_mark_comes_and_goes_with_its_load,
    a_copy_is_of_one_instant_while_changes_go_on,
}

#[test]
fn every_scenario_has_a_name_of_its_own() {
    let names: std::collections::HashSet<_> = SCENARIOS.iter().map(|(name, _)| name).collect();
    assert_eq!(names.len(), SCENARIOS.len());
}
