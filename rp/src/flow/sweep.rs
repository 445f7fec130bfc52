//! What is past its time goes. Nothing depends on it but room: every use judges for itself.

use crate::app::RelyingApp;
use crate::clock::Instant;
use crate::session::{ApplicationSession, Authority, Standing};
use crate::store::StoreFault;
use std::time::Duration;

/// Sessions looked at in one go.
const BATCH: usize = 200;
/// What is over for good stays that long, so that its pages can say how it ended (seconds).
const AFTERLIFE: Instant = 3600;
/// A session without any limit goes when its person was away that long (seconds): 400 days, the longest life that
/// browsers give a cookie.
const FORGOTTEN: Instant = 400 * 86_400;

impl RelyingApp {
    /// Takes away all sessions that are past their time, and notices that are. Tells how many sessions went.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep(&self) -> Result<usize, StoreFault> {
        let app = &self.inner;
        let now = app.clock.now();
        let (mut after, mut gone) = (None, 0);
        loop {
            let names = app.store.page(after.as_ref(), BATCH).await?;
            let Some(last) = names.last().cloned() else { break };
            for name in names {
                if let Some(stored) = app.store.find(&name).await?
                    && is_past(&stored.session, stored.session.standing(&app.policy, now), now)
                {
                    app.store.remove(&name, stored.version).await?;
                    gone += 1;
                }
            }
            after = Some(last);
            tokio::task::yield_now().await;
        }
        app.store.forget(now).await?;
        Ok(gone)
    }

    /// Sweeps every so often, for as long as the returned task is not aborted.
    pub fn sweep_every(&self, pause: Duration) -> tokio::task::JoinHandle<()> {
        let app = self.clone();
        tokio::spawn(async move {
            let mut turns = tokio::time::interval(pause);
            loop {
                turns.tick().await;
                if let Err(fault) = app.sweep().await {
                    tracing::warn!("{fault}");
                }
            }
        })
    }
}

fn is_past(session: &ApplicationSession, standing: Standing, now: Instant) -> bool {
    let since = match standing {
        Standing::Expired { .. } => session.ending.map_or(0, |ending| ending.at),
        Standing::Ended { at, .. } => at,
        _ => return standing.authority() == Authority::Good && now >= session.active_at.saturating_add(FORGOTTEN),
    };
    now >= since.saturating_add(AFTERLIFE)
}
