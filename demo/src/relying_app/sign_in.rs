//! Leaving for the provider and coming back with a code.

use openidconnect::url::Url;
use openidconnect::{Nonce, PkceCodeVerifier};
use serde::Deserialize;

use super::RelyingApp;
use super::issued::NoTokens;
use super::provider::Interaction;
use super::visit::{AppSession, Means, SharedVisit, Visit};
use crate::clock::Instant;
use crate::secret;

/// Why the browser was sent to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// The visitor pressed "Sign in".
    SignIn,
    /// The app looks whether the visitor is signed in anyway (`prompt=none`).
    FirstLook,
    /// A signed-in visitor gets new tokens by `prompt=none`.
    Renewal,
    /// A signed-in visitor says "I'm still here": an ordinary request, which the provider counts as activity.
    Presence,
}

impl Errand {
    fn interaction(self) -> Interaction {
        match self {
            Self::SignIn | Self::Presence => Interaction::Allowed,
            Self::FirstLook | Self::Renewal => Interaction::Forbidden,
        }
    }
}

/// A request under way, found again by its `state`.
pub(super) struct Departure {
    errand: Errand,
    /// The browser that left; only it may come back.
    browser: String,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

/// The provider's answer (RFC 6749, section 4.1.2; RFC 9207). A repeated parameter does not parse.
#[derive(Default, Deserialize)]
pub(super) struct Answer {
    state: Option<String>,
    iss: Option<String>,
    code: Option<String>,
    error: Option<String>,
}

/// How a journey to the provider ended.
pub(super) enum Arrival {
    /// A new application session stands under this name.
    SignedIn(String),
    /// The session that was there has new tokens.
    Renewed,
    /// The session that was there is over.
    Ended,
    /// Nobody is signed in, and nobody was asked.
    NotYet,
    /// The person said no at the provider.
    Declined,
    /// Something to tell the visitor.
    Trouble(Trouble),
}

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The answer belongs to no request of this browser, or comes from another provider.
    NotOurs,
    /// The provider is out of reach or out of order.
    Unavailable,
    /// The answer did not pass the checks.
    Unacceptable,
}

/// Begins a request for `browser` and tells where to send it.
pub(super) async fn depart(app: &RelyingApp, browser: String, errand: Errand, now: Instant) -> Url {
    let outward = app.provider.authorization_request(errand.interaction()).await;
    let departure = Departure { errand, browser, nonce: outward.nonce, verifier: outward.verifier };
    app.departures.put(outward.state.into_secret(), departure, now);
    outward.url
}

/// Ends a request: checks that the answer belongs to it, fetches the tokens, keeps them.
///
/// `present` is the application session this browser already has.
pub(super) async fn arrive(
    app: &RelyingApp,
    answer: Answer,
    browser: Option<String>,
    present: Option<SharedVisit>,
    now: Instant,
) -> Arrival {
    // Taken before it is looked at: an answer is good once, whatever it says.
    let departure = answer.state.and_then(|state| app.departures.take(&state, now));
    let Some(departure) = departure.filter(|departure| browser.as_ref() == Some(&departure.browser)) else {
        return Arrival::Trouble(Trouble::NotOurs);
    };
    if answer.iss.as_deref() != Some(app.provider.issuer()) {
        return Arrival::Trouble(Trouble::NotOurs);
    }
    match (answer.code, answer.error) {
        (Some(code), None) => fetch(app, code, departure, present, now).await,
        (None, Some(error)) => refused(&error, departure.errand, present).await,
        _ => Arrival::Trouble(Trouble::Unacceptable),
    }
}

async fn fetch(
    app: &RelyingApp,
    code: String,
    departure: Departure,
    present: Option<SharedVisit>,
    now: Instant,
) -> Arrival {
    let Departure { errand, nonce, verifier, .. } = departure;
    let issued = match app.provider.exchange(code, verifier, &nonce).await {
        Ok(issued) => issued,
        Err(error) => {
            tracing::warn!("{}: no tokens for a code: {error}", app.brand.name);
            return Arrival::Trouble(match error {
                NoTokens::Unavailable(_) => Trouble::Unavailable,
                NoTokens::GrantOver | NoTokens::Unacceptable(_) => Trouble::Unacceptable,
            });
        }
    };
    let means = match errand {
        Errand::Renewal => Some(Means::PromptNone),
        Errand::Presence => Some(Means::Presence),
        Errand::SignIn | Errand::FirstLook => None,
    };
    if let (Some(means), Some(visit)) = (means, present)
        && let Visit::SignedIn(session) = &mut *visit.lock().await
        && session.is_of(&issued)
    {
        session.renew(issued, Some(nonce), means);
        return Arrival::Renewed;
    }
    match AppSession::begin(issued, nonce) {
        Some(session) => {
            // Always a new name: one that was planted in the browser beforehand leads nowhere.
            let name = secret::random();
            let visit = SharedVisit::new(tokio::sync::Mutex::new(Visit::SignedIn(Box::new(session))));
            app.visits.put(name.clone(), visit, now);
            Arrival::SignedIn(name)
        }
        None => Arrival::Trouble(Trouble::Unacceptable),
    }
}

async fn refused(error: &str, errand: Errand, present: Option<SharedVisit>) -> Arrival {
    match (error, errand) {
        ("login_required" | "interaction_required" | "consent_required" | "account_selection_required", _) => {
            match (errand, present) {
                (Errand::Renewal | Errand::Presence, Some(visit)) => {
                    *visit.lock().await = Visit::Ended;
                    Arrival::Ended
                }
                _ => Arrival::NotYet,
            }
        }
        (_, Errand::FirstLook) => Arrival::NotYet,
        ("access_denied", _) => Arrival::Declined,
        ("server_error" | "temporarily_unavailable", _) => Arrival::Trouble(Trouble::Unavailable),
        _ => Arrival::Trouble(Trouble::Unacceptable),
    }
}
