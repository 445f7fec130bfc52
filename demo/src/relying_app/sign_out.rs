//! RP-initiated logout: forget the application session, then ask the provider to end its own.

use openidconnect::CsrfToken;
use openidconnect::url::Url;

use super::RelyingApp;
use super::visit::Visit;
use crate::clock::Instant;

/// A sign-out under way, found again by its `state`.
pub(super) struct Farewell {
    browser: String,
}

/// Whether a return from the provider is the end of a sign-out that this browser began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Return {
    Ours,
    Foreign,
}

/// Drops the application session called `name` and tells where to send the browser next, if there was one.
///
/// The own session goes first: whatever happens at the provider, this app no longer knows the person.
pub(super) async fn leave(app: &RelyingApp, name: &str, browser: String, now: Instant) -> Option<Url> {
    let visit = app.visits.take(name, now)?;
    let gone = std::mem::replace(&mut *visit.lock().await, Visit::Ended);
    let Visit::SignedIn(session) = gone else {
        return None;
    };
    let state = CsrfToken::new_random_len(32);
    app.farewells.put(state.secret().clone(), Farewell { browser }, now);
    let back = format!("{}/signed-out", app.origin);
    match app.provider.end_session_url(&session.id_token, &back, state).await {
        Ok(url) => Some(url),
        Err(error) => {
            tracing::warn!("{}: no logout at the provider: {error:#}", app.brand.name);
            None
        }
    }
}

/// Judges a return to `post_logout_redirect_uri` by its `state`.
pub(super) fn judge(app: &RelyingApp, state: Option<&str>, browser: Option<&str>, now: Instant) -> Return {
    let farewell = state.and_then(|state| app.farewells.take(state, now));
    match farewell {
        Some(farewell) if Some(farewell.browser.as_str()) == browser => Return::Ours,
        _ => Return::Foreign,
    }
}
