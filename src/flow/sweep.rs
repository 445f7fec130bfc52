//! Forgetting what is over, in bounded batches.

use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::authorization::Interaction;
use crate::model::grant::{Grant, SessionKept};
use crate::model::record::{Change, Due, Kind, Record};
use crate::model::session::Session;
use crate::model::setting::Setting;
use crate::model::throttle::Throttle;
use crate::protocol::time::Timestamp;
use crate::store::StoreFault;
use std::time::Duration;

/// Appointments kept in one batch.
pub const BATCH: usize = 200;
/// When the sweep looks again at what it could not read.
const TOMORROW: Duration = Duration::from_secs(24 * 3_600);
/// How long the audit log remembers.
pub const AUDIT_MEMORY: Duration = Duration::from_secs(400 * 24 * 3_600);

impl Idp {
    /// Keeps the appointments that have come, at most [`BATCH`]; answers how many there were. Each is judged anew:
    /// the appointment is a hint, the record is the truth.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, Fault> {
        let due = self.store.due(now, BATCH).await?;
        let count = due.len();
        for appointment in due {
            // One record that cannot be read must not keep the others from being swept.
            match self.keep_appointment(appointment.clone(), now).await {
                Err(Fault::Store(StoreFault::Damaged { kind, reason })) => {
                    tracing::error!(
                        kind,
                        key = appointment.key,
                        reason,
                        "a record cannot be swept; looking again tomorrow"
                    );
                    self.store.postpone(appointment, now + TOMORROW).await?;
                }
                other => other?,
            }
        }
        while self.store.backend().forget_events(now - AUDIT_MEMORY, BATCH).await? == BATCH {}
        Ok(count)
    }

    async fn keep_appointment(&self, due: Due, now: Timestamp) -> Result<(), Fault> {
        let (policies, offline) = (self.settings.sessions, self.settings.tokens.offline);
        match due.kind {
            Kind::Session => {
                let session = self.store.read::<Session>(&due.key).await?;
                let account = match &session {
                    Some(session) => self.store.read::<Account>(session.account.as_str()).await?,
                    None => None,
                };
                self.visit::<Session>(due, move |session| session.sweep(account.as_ref(), &policies, now)).await
            }
            Kind::Grant => {
                let kept = match self.store.read::<Grant>(&due.key).await? {
                    Some(grant) => {
                        let session = self.store.read::<Session>(grant.binding.session.as_str()).await?;
                        grant.session_kept(session.as_ref())
                    }
                    None => SessionKept::No,
                };
                self.visit::<Grant>(due, move |grant| grant.sweep(kept, &offline, now)).await
            }
            Kind::Throttle => self.visit::<Throttle>(due, move |throttle| throttle.sweep(now)).await,
            Kind::Interaction => {
                self.visit::<Interaction>(due, move |interaction| {
                    if interaction.expired(now) { Change::delete(()) } else { Change::keep(()) }
                })
                .await
            }
            Kind::Setting => {
                self.visit::<Setting>(due, move |setting| match &setting {
                    Setting::SetupLink { expires_at, .. } if now >= *expires_at => Change::delete(()),
                    // A younger link has an appointment of its own, and nodes make none.
                    Setting::SetupLink { .. } | Setting::Nodes(_) => Change::keep(()),
                })
                .await
            }
            // Nothing of these expires; an appointment with one is struck out.
            Kind::Account => self.visit::<Account>(due, |_| Change::keep(())).await,
            Kind::Credential => self.visit::<crate::model::credential::Credential>(due, |_| Change::keep(())).await,
            Kind::Client => self.visit::<crate::model::client::Client>(due, |_| Change::keep(())).await,
            Kind::Consent => self.visit::<crate::model::consent::Consent>(due, |_| Change::keep(())).await,
        }
    }

    /// Runs the record's own rule and strikes the appointment out, in one change.
    async fn visit<R: Record>(
        &self,
        due: Due,
        rule: impl Fn(R) -> Change<R, ()> + Send + 'static,
    ) -> Result<(), Fault> {
        let key = due.key.clone();
        let changed = self.store.change::<R, _, _>(&key, move |before| {
            let mut change = before.map_or_else(|| Change::keep(()), &rule);
            change.looked_at.push(due.clone());
            change
        });
        Ok(changed.await?.outcome()?)
    }
}
