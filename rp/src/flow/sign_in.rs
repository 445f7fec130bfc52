//! Leaving for the provider and coming back with a code.
//!
//! What has to be remembered meanwhile is sealed into a cookie of its own, so that strangers who begin and never come
//! back cost nothing, and only the browser that left can come back.

use super::{Present, Write};
use crate::app::Inner;
use crate::clock::{Instant, seconds};
use crate::provider::{Issued, NoTokens, Prompt, Wish};
use crate::secret::{Handle, same};
use crate::session::restoring::restorable;
use crate::session::{ApplicationSession, Authority, Keepsakes, Limit, Means, Reason, Standing};
use crate::store::{Inserted, Mark, Removed, StoreFault};
use openidconnect::url::Url;
use serde::{Deserialize, Serialize};

/// How long a person may take at the provider (seconds).
pub(crate) const AWAY: Instant = 15 * 60;
/// Sessions of one person in this app; a further one ends the one that was left alone for the longest.
const OF_ONE_PERSON: usize = 32;
const PURPOSE: &str = "away";

/// Why the browser is sent to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Errand {
    /// The visitor wants to sign in.
    SignIn,
    /// A signed-in visitor authenticates again, to move the absolute limit.
    Again,
    /// The app looks whether the visitor is signed in anyway (`prompt=none`).
    FirstLook,
    /// A signed-in visitor gets new tokens by `prompt=none`.
    Renewal,
    /// The same in a hidden frame, where a refusal proves nothing: cookies may be blocked.
    Frame,
}

/// A request under way.
#[derive(Serialize, Deserialize)]
pub(crate) struct Departure {
    pub(crate) errand: Errand,
    pub(crate) return_to: String,
    state: String,
    nonce: String,
    verifier: String,
    left_at: Instant,
    /// The person must have authenticated later than this.
    fresh_after: Option<Instant>,
}

/// Where to send the browser, and what it carries.
pub(crate) struct Leaving {
    pub(crate) url: Url,
    pub(crate) state: String,
    pub(crate) sealed: String,
}

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
    /// Begins a request and tells where to send the browser.
    pub(crate) async fn depart(
        &self,
        errand: Errand,
        return_to: &str,
        present: Option<&Present>,
        now: Instant,
    ) -> Option<Leaving> {
        let (wish, fresh_after) = self.wish(errand, present, now);
        let outward = self.provider.authorization_request(&wish).await;
        let departure = Departure {
            errand,
            return_to: return_to.to_owned(),
            state: outward.state.clone(),
            nonce: outward.nonce,
            verifier: outward.verifier,
            left_at: now,
            fresh_after,
        };
        let sealed = self.seal.seal(PURPOSE, &departure)?;
        Some(Leaving { url: outward.url, state: outward.state, sealed })
    }

    /// A session that timed out is cured by a fresh authentication alone: `max_age` asks for one that is younger than
    /// the timeout, in the provider's own reckoning, so that clocks that differ do no harm.
    fn wish(&self, errand: Errand, present: Option<&Present>, now: Instant) -> (Wish, Option<Instant>) {
        let timed_out = present.and_then(|present| match present.standing {
            Standing::Dormant { since, .. } | Standing::Expired { since, .. } => Some(since),
            _ => None,
        });
        let youngest = timed_out.map(|since| now.saturating_sub(since).saturating_sub(1).max(0));
        // A session that rests on too old an authentication would be over at its birth.
        let lifetime = self.policy.max_lifetime.map(|span| seconds(span).saturating_sub(1).max(0));
        let max_age = youngest.into_iter().chain(lifetime).min();
        match errand {
            Errand::SignIn => (Wish { max_age, ..Wish::default() }, timed_out),
            Errand::Again => {
                let before = present.map(|present| present.stored.session.authenticated_at);
                (Wish { prompt: Some(Prompt::Login), max_age: Some(0), login_hint: None }, before)
            }
            Errand::FirstLook => (Wish { prompt: Some(Prompt::None), max_age, login_hint: None }, timed_out),
            Errand::Renewal | Errand::Frame => (Wish { prompt: Some(Prompt::None), ..Wish::default() }, None),
        }
    }

    /// The request that an answer belongs to, if this browser carries it.
    pub(crate) fn departure(&self, state: &str, sealed: &str, now: Instant) -> Option<Departure> {
        let departure: Departure = self.seal.open(PURPOSE, sealed)?;
        let on_time = (departure.left_at..departure.left_at.saturating_add(AWAY)).contains(&now);
        (on_time && same(&departure.state, state)).then_some(departure)
    }

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

/// Whether a silent look at the provider may cure a standing: not a limit of our own, and not a real end.
pub(crate) fn may_look(standing: Standing) -> bool {
    matches!(standing, Standing::Dormant { limit: Limit::Provider, .. })
}
