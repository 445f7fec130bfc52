//! The application session: what an app remembers of a person who signed in, on the server only.

use std::collections::VecDeque;
use std::sync::Arc;

use openidconnect::core::{CoreIdToken, CoreIdTokenClaims};
use openidconnect::{AccessToken, Nonce, RefreshToken};
use tokio::sync::Mutex;

use super::issued::Issued;
use crate::clock::Instant;

/// Reissues that are listed; the count goes on.
const LISTED_REISSUES: usize = 8;

/// What stands behind a browser's session cookie.
pub(super) enum Visit {
    SignedIn(Box<AppSession>),
    /// The provider said that it is over; told to the visitor once.
    Ended,
}

/// One holder at a time: a refresh token is good once, so two requests must not use it at the same moment.
pub(super) type SharedVisit = Arc<Mutex<Visit>>;

/// How tokens were issued anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// An authorization request with `prompt=none`.
    PromptNone,
    /// The refresh token.
    Refresh,
    /// An ordinary authorization request, answered without a question: the person is here.
    Presence,
}

/// One silent reissue.
#[derive(Clone, Copy)]
pub(super) struct Reissue {
    pub(super) means: Means,
    pub(super) at: Instant,
}

/// Who is signed in, and with which tokens.
pub(super) struct AppSession {
    pub(super) id_token: CoreIdToken,
    pub(super) claims: CoreIdTokenClaims,
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) received_at: Instant,
    pub(super) expires_at: Instant,
    /// The nonce of the latest authorization request, which a refreshed ID token may repeat.
    pub(super) nonce: Nonce,
    pub(super) reissued: usize,
    pub(super) latest: VecDeque<Reissue>,
}

impl AppSession {
    /// A new session from the answer to a code; none if it lacks an ID token.
    pub(super) fn begin(issued: Issued, nonce: Nonce) -> Option<Self> {
        let (id_token, claims) = issued.identity?;
        Some(Self {
            id_token,
            claims,
            access_token: issued.access_token,
            refresh_token: issued.refresh_token,
            received_at: issued.received_at,
            expires_at: issued.expires_at,
            nonce,
            reissued: 0,
            latest: VecDeque::new(),
        })
    }

    /// Whether new tokens are for the person of this session; without an ID token nothing says otherwise.
    pub(super) fn is_of(&self, issued: &Issued) -> bool {
        issued.identity.as_ref().is_none_or(|(_, claims)| claims.subject() == self.claims.subject())
    }

    /// Takes over new tokens of the same person; `nonce` is that of the request that brought them, if there was one.
    pub(super) fn renew(&mut self, issued: Issued, nonce: Option<Nonce>, means: Means) {
        if let Some((id_token, claims)) = issued.identity {
            self.id_token = id_token;
            self.claims = claims;
        }
        self.access_token = issued.access_token;
        // RFC 6749, section 6: without a new refresh token the old one stays good.
        self.refresh_token = issued.refresh_token.or(self.refresh_token.take());
        self.received_at = issued.received_at;
        self.expires_at = issued.expires_at;
        self.nonce = nonce.unwrap_or_else(|| self.nonce.clone());
        self.reissued += 1;
        self.latest.push_front(Reissue { means, at: issued.received_at });
        self.latest.truncate(LISTED_REISSUES);
    }

    /// When new tokens are due: a minute before the access token ends, halfway for one that lives shorter than two.
    pub(super) fn renew_at(&self) -> Instant {
        let life = self.expires_at.saturating_sub(self.received_at);
        self.expires_at.saturating_sub((life / 2).min(60))
    }

    /// The person as greeted.
    pub(super) fn name(&self) -> &str {
        let name = self.claims.name().and_then(|name| name.get(None)).map(|name| name.as_str());
        name.unwrap_or_else(|| self.claims.subject().as_str())
    }

    /// The given name, for a warmer greeting.
    pub(super) fn given_name(&self) -> &str {
        let given = self.claims.given_name().and_then(|name| name.get(None)).map(|name| name.as_str());
        given.unwrap_or_else(|| self.name())
    }
}
