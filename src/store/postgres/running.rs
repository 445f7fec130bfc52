//! Which changes are under way.
//!
//! A change runs on even when the caller stops waiting for it. Probing and closing wait for those that began earlier:
//! whoever heard of a probe's success finds every change that was begun before it done or undone.

use std::collections::BTreeSet;
use std::sync::Arc;
use tokio::sync::watch;

#[derive(Default)]
struct State {
    next: u64,
    live: BTreeSet<u64>,
}

/// The changes under way.
pub(super) struct Running(watch::Sender<State>);

/// One of them; it is over when this is dropped.
pub(super) struct Run {
    of: Arc<Running>,
    number: u64,
}

impl Running {
    /// None yet.
    pub(super) fn new() -> Arc<Running> {
        Arc::new(Running(watch::Sender::new(State::default())))
    }

    /// One more.
    pub(super) fn begin(self: &Arc<Running>) -> Run {
        let mut number = 0;
        self.0.send_modify(|state| {
            number = state.next;
            state.next += 1;
            state.live.insert(number);
        });
        Run { of: Arc::clone(self), number }
    }

    /// Waits until everything that has begun so far is over.
    pub(super) async fn settled(&self) {
        let mut state = self.0.subscribe();
        let mark = state.borrow().next;
        // The sender is ours, so it cannot be gone.
        let _ = state.wait_for(|state| state.live.first().is_none_or(|first| *first >= mark)).await;
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        self.of.0.send_modify(|state| {
            state.live.remove(&self.number);
        });
    }
}
