//! Leaving for the provider.
//!
//! What has to be remembered meanwhile is sealed into a cookie of its own, so that strangers who begin and never come
//! back cost nothing, and only the browser that left can come back.

use super::Present;
use crate::app::Inner;
use crate::clock::{Instant, seconds};
use crate::provider::{Prompt, Wish};
use crate::secret::same;
use crate::session::{Limit, Standing};
use openidconnect::url::Url;
use serde::{Deserialize, Serialize};

/// How long a person may take at the provider (seconds).
pub(crate) const AWAY: Instant = 15 * 60;
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
    pub(super) nonce: String,
    pub(super) verifier: String,
    left_at: Instant,
    /// The person must have authenticated later than this.
    pub(super) fresh_after: Option<Instant>,
}

/// Where to send the browser, and what it carries.
pub(crate) struct Leaving {
    pub(crate) url: Url,
    pub(crate) state: String,
    pub(crate) sealed: String,
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
}

/// Whether a silent look at the provider may cure a standing: not a limit of our own, and not a real end.
pub(crate) fn may_look(standing: Standing) -> bool {
    matches!(standing, Standing::Dormant { limit: Limit::Provider, .. })
}
