//! Leaving for the provider.
//!
//! What has to be remembered meanwhile is sealed into a cookie of its own, so that strangers who begin and never come
//! back cost nothing, and only the browser that left can come back.

use super::Present;
use super::renewal::may_be_renewed;
use crate::app::Inner;
use crate::clock::{Instant, seconds};
use crate::provider::{Prompt, Wish};
use crate::secret::{Name, same};
use crate::session::{Limit, Standing};
use openidconnect::url::Url;
use serde::{Deserialize, Serialize};

/// How long a person may take at the provider (seconds).
pub(crate) const AWAY: Instant = 15 * 60;
const PURPOSE: &str = "away";
/// An ID token that is longer is sent to nobody in an address: servers on the way would cut it or refuse it.
const LONGEST_HINT: usize = 6 * 1024;

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
    /// The same, begun by a page of somebody else's: whatever comes of it, nothing ends.
    Nudged,
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
    /// The session whose person the provider was asked about by name: its refusal is about that session alone.
    pub(super) asked_about: Option<Name>,
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
        let (mut wish, fresh_after) = self.wish(errand, present, now);
        let renewed = present.filter(|present| is_renewal(errand) && may_be_renewed(present.standing));
        let hint = renewed.map(|present| (present.stored.session.identity.token(), &present.name));
        let hint = hint.filter(|(token, _)| token.len() <= LONGEST_HINT);
        wish.id_token_hint = hint.map(|(token, _)| token.to_owned());
        let outward = self.provider.authorization_request(&wish).await;
        let departure = Departure {
            errand,
            return_to: return_to.to_owned(),
            state: outward.state.clone(),
            nonce: outward.nonce,
            verifier: outward.verifier,
            left_at: now,
            fresh_after,
            asked_about: hint.map(|(_, name)| name.clone()),
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
                (Wish { prompt: Some(Prompt::Login), max_age: Some(0), ..Wish::default() }, before)
            }
            Errand::FirstLook => (Wish { prompt: Some(Prompt::None), max_age, ..Wish::default() }, timed_out),
            Errand::Renewal | Errand::Frame | Errand::Nudged => {
                (Wish { prompt: Some(Prompt::None), ..Wish::default() }, None)
            }
        }
    }

    /// The request that an answer belongs to, if this browser carries it.
    pub(crate) fn departure(&self, state: &str, sealed: &str, now: Instant) -> Option<Departure> {
        let departure: Departure = self.seal.open(PURPOSE, sealed)?;
        let on_time = (departure.left_at..departure.left_at.saturating_add(AWAY)).contains(&now);
        (on_time && same(&departure.state, state)).then_some(departure)
    }
}

/// Whether an errand is for new tokens of the session that is there.
///
/// The provider is told whose session it is: of several people who are signed in there, it shall not answer for another.
fn is_renewal(errand: Errand) -> bool {
    matches!(errand, Errand::Renewal | Errand::Frame | Errand::Nudged)
}

/// Whether a silent look at the provider may cure a standing: not a limit of our own, and not a real end.
pub(crate) fn may_look(standing: Standing) -> bool {
    matches!(standing, Standing::Dormant { limit: Limit::Provider, .. })
}
