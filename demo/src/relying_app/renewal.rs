//! New tokens by refresh, and what it means when the refresh token is dead.

use super::RelyingApp;
use super::issued::NoTokens;
use super::visit::{Means, SharedVisit, Visit};
use crate::clock::Instant;

/// Who asks for new tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    /// The visitor pressed the button.
    Asked,
    /// A page is opened or its script looks after the tokens: renewed only when due.
    Due,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Renewal {
    /// Good tokens are there, old or new.
    Good,
    /// The provider could not be asked; the old tokens stay as long as they last.
    Later,
    /// The session is over; its tokens are dropped.
    Over,
}

/// Exchanges the refresh token for new tokens if the occasion asks for it.
pub(super) async fn renew(app: &RelyingApp, visit: &SharedVisit, occasion: Occasion, now: Instant) -> Renewal {
    // Held over the exchange: a second request waits and then finds fresh tokens.
    let mut visit = visit.lock().await;
    let Visit::SignedIn(session) = &mut *visit else {
        return Renewal::Over;
    };
    if occasion == Occasion::Due && now < session.renew_at() {
        return Renewal::Good;
    }
    let answer = match &session.refresh_token {
        Some(token) => app.provider.refresh(token, &session.nonce).await,
        None => Err(NoTokens::GrantOver),
    };
    match answer {
        Ok(issued) if session.is_of(&issued) => {
            session.renew(issued, None, Means::Refresh);
            Renewal::Good
        }
        Err(NoTokens::Unavailable(error)) => {
            tracing::warn!("{}: cannot refresh now: {error}", app.brand.name);
            Renewal::Later
        }
        Err(NoTokens::GrantOver) => {
            *visit = Visit::Ended;
            Renewal::Over
        }
        refused => {
            let why = refused.err().map_or_else(|| "another person's tokens".to_owned(), |error| error.to_string());
            tracing::warn!("{}: a refresh was answered unacceptably: {why}", app.brand.name);
            *visit = Visit::Ended;
            Renewal::Over
        }
    }
}
