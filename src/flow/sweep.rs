//! Appointments kept, in bounded batches: time-outs are told, and what is over is forgotten.

use crate::flow::logo::Wanted;
use crate::flow::mail::Outgoing;
use crate::flow::notify::Errand;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::authorization::Interaction;
use crate::model::authorization::next_step::{console_id, console_limits};
use crate::model::client::{Client, Origin};
use crate::model::consent::Consent;
use crate::model::credential::Credential;
use crate::model::device::DeviceRequest;
use crate::model::grant::{Grant, SessionKept};
use crate::model::history::History;
use crate::model::id::ClientId;
use crate::model::invitation::Invitation;
use crate::model::logo::Logo;
use crate::model::record::{Change, Due, Kind, Record};
use crate::model::session::{LimitsOf, Session};
use crate::model::setting::Setting;
use crate::model::throttle::Throttle;
use crate::protocol::time::Timestamp;
use crate::store::StoreFault;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use std::time::Duration;

/// Appointments kept in one batch.
pub const BATCH: usize = 200;
/// When the sweep looks again at what it could not read.
const TOMORROW: Duration = Duration::from_secs(24 * 3_600);
/// How long the audit log remembers.
pub const AUDIT_MEMORY: Duration = Duration::from_secs(400 * 24 * 3_600);

/// Appointments kept at the same time: they share the store's flushes.
const AT_ONCE: usize = 32;

/// What came of one batch.
#[derive(Debug, Default)]
pub struct Swept {
    /// Appointments kept.
    pub count: usize,
    /// What is to be told to relying apps now; see [`Idp::run_errand`].
    pub errands: Vec<Errand>,
    /// Mails that are to be sent now; see [`Idp::send_mail`].
    pub mails: Vec<Outgoing>,
    /// Logos that are to be fetched now; see [`Idp::fetch_logo`].
    pub logos: Vec<Wanted>,
}

/// What one appointment left to do.
enum Found {
    Errand(Errand),
    Mail(Box<Outgoing>),
    Logo(Box<Wanted>),
}

impl Idp {
    /// Keeps the appointments that have come, at most [`BATCH`]. Each is judged anew: the appointment is a hint, the
    /// record is the truth.
    pub async fn sweep(&self, now: Timestamp) -> Result<Swept, Fault> {
        let due = self.store.due(now, BATCH).await?;
        let mut swept = Swept { count: due.len(), ..Swept::default() };
        let mut kept = stream::iter(due).map(|due| self.keep_or_postpone(due, now)).buffer_unordered(AT_ONCE);
        while let Some(found) = kept.next().await {
            match found? {
                Some(Found::Errand(errand)) => swept.errands.push(errand),
                Some(Found::Mail(mail)) => swept.mails.push(*mail),
                Some(Found::Logo(logo)) => swept.logos.push(*logo),
                None => (),
            }
        }
        Ok(swept)
    }

    /// Forgets the audit events that are older than [`AUDIT_MEMORY`].
    pub async fn forget_events(&self, now: Timestamp) -> Result<(), Fault> {
        while self.store.backend().forget_events(now - AUDIT_MEMORY, BATCH).await? == BATCH {}
        Ok(())
    }

    /// One record that cannot be read must not keep the others from being swept.
    async fn keep_or_postpone(&self, due: Due, now: Timestamp) -> Result<Option<Found>, Fault> {
        match self.keep_appointment(due.clone(), now).await {
            Err(Fault::Store(StoreFault::Damaged { kind, reason })) => {
                tracing::error!(kind, key = due.key, reason, "a record cannot be swept; looking again tomorrow");
                self.store.postpone(due, now + TOMORROW).await?;
                Ok(None)
            }
            other => other,
        }
    }

    async fn keep_appointment(&self, due: Due, now: Timestamp) -> Result<Option<Found>, Fault> {
        let offline = self.settings.tokens.offline;
        match due.kind {
            Kind::Session => return self.keep_session(due, now).await,
            Kind::Account => return self.keep_account(due, now).await,
            Kind::Grant => {
                let kept = match self.store.read::<Grant>(&due.key).await? {
                    Some(grant) => {
                        let session = self.store.read::<Session>(grant.binding.session.as_str()).await?;
                        grant.session_kept(session.as_ref())
                    }
                    None => SessionKept::No,
                };
                self.visit::<Grant, ()>(due, move |grant| grant.sweep(kept, &offline, now)).await?;
            }
            Kind::Throttle => self.visit::<Throttle, ()>(due, move |throttle| throttle.sweep(now)).await?,
            Kind::Interaction => {
                self.visit::<Interaction, ()>(due, move |interaction| {
                    if interaction.expired(now) { Change::delete(()) } else { Change::keep(()) }
                })
                .await?;
            }
            Kind::Setting => {
                self.visit::<Setting, ()>(due, move |setting| match &setting {
                    Setting::SetupLink { expires_at, .. } if now >= *expires_at => Change::delete(()),
                    Setting::Used { until, .. } if now >= *until => Change::delete(()),
                    // A younger link has an appointment of its own, and the others make none.
                    Setting::SetupLink { .. }
                    | Setting::Used { .. }
                    | Setting::Nodes(_)
                    | Setting::Limits { .. }
                    | Setting::SigningKeys { .. } => Change::keep(()),
                })
                .await?;
            }
            Kind::Client => {
                let client = self.store.read::<Client>(&due.key).await?;
                // One that registered itself has no limits of its own: its appointment is about the registration.
                if client.is_none_or(|client| client.origin == Origin::Administrator) {
                    self.relook_at_client(&ClientId::new(&due.key), now).await?;
                }
                let unused = self.settings.registration.unused;
                self.visit::<Client, ()>(due, move |client| client.sweep(unused, now)).await?;
            }
            Kind::Mail => {
                return Ok(self.take_out(due, now).await?.map(|mail| Found::Mail(Box::new(mail))));
            }
            Kind::Invitation => self.visit::<Invitation, ()>(due, move |invitation| invitation.sweep(now)).await?,
            Kind::Device => self.visit::<DeviceRequest, ()>(due, move |asked| asked.sweep(now)).await?,
            Kind::Picture => match Logo::client_of(&due.key) {
                Some(client) => {
                    let wanted = self.look_for_logo(due, client, now).await?;
                    return Ok(wanted.map(|wanted| Found::Logo(Box::new(wanted))));
                }
                None => self.keep_picture(due).await?,
            },
            // Nothing of these expires; an appointment with one is struck out.
            Kind::Credential => self.visit::<Credential, ()>(due, |_| Change::keep(())).await?,
            Kind::History => self.visit::<History, ()>(due, |_| Change::keep(())).await?,
            Kind::Consent => self.visit::<Consent, ()>(due, |_| Change::keep(())).await?,
        }
        Ok(None)
    }

    async fn keep_session(&self, due: Due, now: Timestamp) -> Result<Option<Found>, Fault> {
        let Some(session) = self.store.read::<Session>(&due.key).await? else {
            self.visit::<Session, ()>(due, |_| Change::keep(())).await?;
            return Ok(None);
        };
        let account = self.store.read::<Account>(session.account.as_str()).await?;
        let (limits, policies) = (self.limits_in(&session).await?, self.settings.sessions);
        let rule = move |session: Session| session.sweep(account.as_ref(), &policies, &limits, now);
        let notices = self.visit::<Session, _>(due, rule).await?;
        Ok(Errand::of(session, notices).map(Found::Errand))
    }

    /// All sessions of an account were ended by its own record: each is visited, so that its apps are told. Those that
    /// were go from the list, so that a crash in between costs nothing but a second look.
    async fn keep_account(&self, due: Due, now: Timestamp) -> Result<Option<Found>, Fault> {
        let list = ("sessions-by-account", due.key.as_str());
        let mut cursor = None;
        loop {
            let page = self.store.list::<Session>(list, cursor.as_ref(), BATCH).await?;
            let due = page.items.iter().map(|session| Due { at: now, kind: Kind::Session, key: session.key() });
            let due: Vec<Due> = due.collect();
            let appointed = stream::iter(due).map(|due| self.store.appoint(due)).buffer_unordered(AT_ONCE);
            appointed.try_collect::<Vec<()>>().await?;
            match page.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        self.depart(due, now).await?;
        Ok(None)
    }

    /// The limits of the apps that take part in a session.
    async fn limits_in(&self, session: &Session) -> Result<LimitsOf, Fault> {
        let mut limits = LimitsOf::new();
        for id in session.participants.keys() {
            let of = match self.store.read::<Client>(id.as_str()).await? {
                Some(client) => client.limits(),
                None if *id == console_id() => console_limits(),
                None => continue,
            };
            limits.insert(id.clone(), of);
        }
        Ok(limits)
    }

    /// Runs the record's own rule and strikes the appointment out, in one change.
    pub(super) async fn visit<R: Record, O: Default + Send + 'static>(
        &self,
        due: Due,
        rule: impl Fn(R) -> Change<R, O> + Send + 'static,
    ) -> Result<O, Fault> {
        let key = due.key.clone();
        let changed = self.store.change::<R, _, _>(&key, move |before| {
            let mut change = before.map_or_else(|| Change::keep(O::default()), &rule);
            change.looked_at.push(due.clone());
            change
        });
        Ok(changed.await?.outcome()?)
    }
}
