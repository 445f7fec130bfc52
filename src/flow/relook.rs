//! Limits changed: sessions are looked at sooner than their appointments say.
//!
//! Appointments of the sweep are made when a session begins and when one is kept, under the limits of that day; nobody
//! moves them when limits become shorter. Standing is judged by today's limits all the same, at every use. What would be
//! late without this is the telling: apps would hear of a time-out at the old instant.

use crate::flow::{Fault, Idp};
use crate::model::id::ClientId;
use crate::model::record::{Change, Due, Kind, Record};
use crate::model::session::Session;
use crate::model::setting::Setting;
use crate::protocol::time::Timestamp;
use futures_util::stream::{self, StreamExt, TryStreamExt};

/// Sessions read at a time.
const PAGE: usize = 200;
/// Appointments made at the same time: they share the store's flushes.
const AT_ONCE: usize = 32;

impl Idp {
    /// Where the installation's limits are others than when this was last called, every session gets an appointment
    /// now. For the node that does the background work, once after it started.
    pub async fn relook_if_limits_changed(&self, now: Timestamp) -> Result<(), Fault> {
        let limits = format!("{:?}", self.settings.sessions);
        if let Some(Setting::Limits { of }) = self.store.read::<Setting>(Setting::LIMITS).await?
            && of == limits
        {
            return Ok(());
        }
        self.appoint_sessions(|_| true, now).await?;
        // Written last: whoever is interrupted begins again.
        let rule = move |_| Change::put((), Setting::Limits { of: limits.clone() });
        Ok(self.store.change::<Setting, _, _>(Setting::LIMITS, rule).await?.outcome()?)
    }

    /// Every session in which this client takes part gets an appointment now.
    pub(super) async fn relook_at_client(&self, client: &ClientId, now: Timestamp) -> Result<(), Fault> {
        self.appoint_sessions(|session| session.participants.contains_key(client), now).await
    }

    async fn appoint_sessions(&self, which: impl Fn(&Session) -> bool, now: Timestamp) -> Result<(), Fault> {
        let mut cursor = None;
        loop {
            let page = self.store.all::<Session>(cursor.as_ref(), PAGE).await?;
            let due = page.items.iter().filter(|session| which(session));
            let due: Vec<Due> = due.map(|s| Due { at: now, kind: Kind::Session, key: s.key() }).collect();
            let appointed = stream::iter(due).map(|due| self.store.appoint(due)).buffer_unordered(AT_ONCE);
            appointed.try_collect::<Vec<()>>().await?;
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }
}
