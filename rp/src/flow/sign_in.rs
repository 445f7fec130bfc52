//! Coming back from the provider with a code: a session begins, goes on, or is given back what was kept aside.

use super::departure::{Departure, Errand};
use super::{Present, Write};
use crate::app::Inner;
use crate::clock::Instant;
use crate::provider::{Issued, NoTokens};
use crate::secret::Handle;
use crate::session::restoring::restorable;
use crate::session::{ApplicationSession, Authority, Keepsakes, Means, Reason, Standing};
use crate::store::{Inserted, Mark, Removed, StoreFault};
use serde::Deserialize;

/// Sessions of one person in this app; a further one ends the one that was left alone for the longest.
const OF_ONE_PERSON: usize = 32;

/// The provider's answer (RFC 6749, section 4.1.2; RFC 9207). A repeated parameter does not parse.
#[derive(Default, Deserialize)]
pub(crate) struct Answer {
    pub(crate) state: Option<String>,
    pub(crate) iss: Option<String>,
    pub(crate) code: Option<String>,
    pub(crate) error: Option<String>,
}

/// How a journey to the provider ended.
pub(crate) enum Arrival {
    /// A new application session stands under this handle.
    SignedIn(Handle),
    /// The session that was there has new tokens.
    Renewed,
    /// Nobody is signed in silently, and nobody was asked.
    NotYet,
    /// The person said no at the provider.
    Declined,
    /// Something to tell the visitor.
    Trouble(Trouble),
}

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The answer belongs to no request of this browser, or comes from another provider.
    NotOurs,
    /// The provider, or our own store, is out of reach or out of order.
    Unavailable,
    /// The answer did not pass the checks.
    Unacceptable,
    /// The provider did not have the person authenticate again, though it was asked to.
    NotFresh,
    /// The provider ended the session while the person was on the way back.
    EndedMeanwhile,
}

impl Inner {
    /// Ends a request: checks the answer, fetches the tokens, keeps what they say.
    pub(crate) async fn arrive(
        &self,
        answer: Answer,
        departure: &Departure,
        present: Option<Present>,
        now: Instant,
    ) -> Result<Arrival, StoreFault> {
        // RFC 9207: the answer of another provider is none, and a provider that promises to say who it is must.
        let promised = self.provider.announced().await.authorization_response_iss_parameter_supported;
        match answer.iss.as_deref() {
            Some(issuer) if issuer == self.provider.issuer() => {}
            None if !promised => {}
            _ => return Ok(Arrival::Trouble(Trouble::NotOurs)),
        }
        match (answer.code, answer.error) {
            (Some(code), None) => self.redeem(code, departure, present, now).await,
            (None, Some(error)) => self.refused(&error, departure.errand, present, now).await,
            _ => Ok(Arrival::Trouble(Trouble::Unacceptable)),
        }
    }

    async fn redeem(
        &self,
        code: String,
        departure: &Departure,
        present: Option<Present>,
        now: Instant,
    ) -> Result<Arrival, StoreFault> {
        let issued = match self.provider.exchange(code, departure.verifier.clone(), &departure.nonce).await {
            Ok(issued) => issued,
            Err(error) => {
                tracing::warn!("no tokens for a code: {error}");
                return Ok(Arrival::Trouble(match error {
                    NoTokens::Unavailable(_) => Trouble::Unavailable,
                    NoTokens::GrantOver | NoTokens::Unacceptable(_) => Trouble::Unacceptable,
                }));
            }
        };
        match departure.errand {
            Errand::Renewal => self.renewed(issued, present, Means::PromptNone, now).await,
            Errand::Frame => self.renewed(issued, present, Means::Frame, now).await,
            Errand::SignIn | Errand::Again | Errand::FirstLook => self.begin(issued, departure, present, now).await,
        }
    }

    /// New tokens for the session that is there, if they are the same person's. They never begin one, and never cure a
    /// limit of our own.
    async fn renewed(
        &self,
        issued: Issued,
        present: Option<Present>,
        means: Means,
        now: Instant,
    ) -> Result<Arrival, StoreFault> {
        let (Some(present), Some(identity)) = (present, issued.identity) else {
            return Ok(Arrival::NotYet);
        };
        if !super::renewal::is_of(&present.stored.session, &identity) {
            // Somebody else is signed in at the provider now: the first person has gone.
            self.end(&present.name, super::told::real(Reason::Revoked, now)).await?;
            return Ok(Arrival::NotYet);
        }
        let tokens = issued.tokens;
        let changed = self.change(&present.name, |session| {
            if super::renewal::may_be_renewed(session.standing(&self.policy, now)) {
                session.renew(Some(identity.clone()), tokens.clone(), means, now);
                return Write::Yes;
            }
            Write::No
        });
        let live = changed.await?.is_some_and(|one| one.standing(&self.policy, now).authority() == Authority::Good);
        if live && !self.is_denied(&present.name, now).await? {
            return Ok(Arrival::Renewed);
        }
        Ok(Arrival::NotYet)
    }

    /// A new session under a new handle: one that was planted in the browser beforehand leads nowhere.
    async fn begin(
        &self,
        issued: Issued,
        departure: &Departure,
        present: Option<Present>,
        now: Instant,
    ) -> Result<Arrival, StoreFault> {
        let Some(identity) = issued.identity else {
            return Ok(Arrival::Trouble(Trouble::Unacceptable));
        };
        let timed_out = present.as_ref().and_then(|present| match present.standing {
            Standing::Dormant { since, .. } | Standing::Expired { since, .. } => Some(since),
            _ => None,
        });
        let fresh_after = departure.fresh_after.into_iter().chain(timed_out).max();
        let stale = fresh_after.is_some_and(|after| identity.auth_time().is_none_or(|at| at <= after));
        let mut session = ApplicationSession::begin(identity, issued.tokens, now);
        if stale || session.standing(&self.policy, now).authority() == Authority::Over {
            return Ok(match departure.errand {
                Errand::FirstLook => Arrival::NotYet,
                _ => Arrival::Trouble(Trouble::NotFresh),
            });
        }
        if let Some(present) = present
            && let Some(kept) = self.take_back(present, &session, now).await?
        {
            session.keepsakes = kept;
            session.restored_at = timed_out.map(|_| now);
        }
        self.make_room_for(&session).await?;
        let handle = Handle::random();
        if self.store.insert(&handle.name(), &session).await? == Inserted::Taken {
            return Err(StoreFault("256 random bits were there before".into()));
        }
        // After it is there: a notice that comes meanwhile finds the session, and one that came before is found here.
        if self.is_denied(&handle.name(), now).await? {
            return Ok(match departure.errand {
                Errand::FirstLook => Arrival::NotYet,
                _ => Arrival::Trouble(Trouble::EndedMeanwhile),
            });
        }
        Ok(Arrival::SignedIn(handle))
    }

    /// The old session of this browser goes in any case. What it kept is returned if all conditions hold; of two
    /// callbacks at once, one gets it.
    async fn take_back(
        &self,
        present: Present,
        fresh: &ApplicationSession,
        now: Instant,
    ) -> Result<Option<Keepsakes>, StoreFault> {
        let Present { name, mut stored, .. } = present;
        loop {
            match self.store.remove(&name, stored.version).await? {
                Removed::Gone => return Ok(None),
                Removed::Outrun(newer) => stored = *newer,
                Removed::Done => break,
            }
        }
        self.hub.tell(&name);
        let standing = stored.session.standing(&self.policy, now);
        match restorable(&stored.session, standing, &fresh.identity) {
            Ok(()) => Ok(Some(stored.session.keepsakes)),
            Err(why) => {
                tracing::debug!("what an earlier session kept is dropped: {why}");
                Ok(None)
            }
        }
    }

    /// One person cannot fill the store.
    async fn make_room_for(&self, session: &ApplicationSession) -> Result<(), StoreFault> {
        let identity = &session.identity;
        let names = self.store.marked(&Mark::of_subject(identity.issuer(), identity.subject())).await?;
        if names.len() < OF_ONE_PERSON {
            return Ok(());
        }
        let mut all = Vec::new();
        for name in names {
            if let Some(stored) = self.store.find(&name).await? {
                all.push((stored.session.active_at, name, stored.version));
            }
        }
        all.sort_by_key(|(active_at, ..)| *active_at);
        let surplus = (all.len() + 1).saturating_sub(OF_ONE_PERSON);
        for (_, name, version) in all.into_iter().take(surplus) {
            self.store.remove(&name, version).await?;
            self.hub.tell(&name);
        }
        Ok(())
    }

    async fn refused(
        &self,
        error: &str,
        errand: Errand,
        present: Option<Present>,
        now: Instant,
    ) -> Result<Arrival, StoreFault> {
        let silent = matches!(
            error,
            "login_required" | "interaction_required" | "consent_required" | "account_selection_required"
        );
        match (errand, error) {
            (Errand::Renewal, _) if silent => {
                // Where a refresh token speaks for the session, a refusal here does not speak against it: a link on any
                // page can begin this errand.
                let rests_on_it = |present: &Present| {
                    present.standing.authority() == Authority::Good && present.stored.session.tokens.refresh.is_none()
                };
                if let Some(present) = present.filter(rests_on_it) {
                    self.end(&present.name, super::told::let_go(now)).await?;
                }
                Ok(Arrival::NotYet)
            }
            (Errand::FirstLook | Errand::Renewal | Errand::Frame, _) => Ok(Arrival::NotYet),
            (_, "access_denied") => Ok(Arrival::Declined),
            (_, "server_error" | "temporarily_unavailable") => Ok(Arrival::Trouble(Trouble::Unavailable)),
            _ => Ok(Arrival::Trouble(Trouble::Unacceptable)),
        }
    }
}
