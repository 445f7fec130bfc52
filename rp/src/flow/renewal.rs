//! New tokens by refresh, and what it means when the refresh token is dead.

use super::Write;
use crate::app::Inner;
use crate::clock::Instant;
use crate::provider::NoTokens;
use crate::secret::Name;
use crate::session::{ApplicationSession, Authority, Identity, Limit, Means, Reason, Standing};
use crate::store::StoreFault;

/// Why tokens are renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// Somebody asked for it.
    Asked,
    /// A page is opened or its script looks after the tokens: renewed only when due.
    Due,
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Good tokens are there, old or new.
    Good,
    /// There is no refresh token; an authorization request with `prompt=none` would do it.
    NeedsRequest,
    /// The provider could not be asked; the old tokens stay as long as they last.
    Later,
    /// The session is over.
    Over,
}

impl Inner {
    /// Exchanges the refresh token for new tokens if the occasion asks for it.
    pub(crate) async fn renew(&self, name: &Name, occasion: Occasion, now: Instant) -> Result<Renewal, StoreFault> {
        // Held over the exchange: a second request waits and then finds fresh tokens.
        let _turn = self.renewing[self.lock_of(name)].lock().await;
        let Some(stored) = self.store.find(name).await? else {
            return Ok(Renewal::Over);
        };
        let session = stored.session;
        if session.standing(&self.policy, now).authority() == Authority::Over {
            return Ok(Renewal::Over);
        }
        if occasion == Occasion::Due && now < session.tokens.renew_at() {
            return Ok(Renewal::Good);
        }
        if occasion == Occasion::Due && self.renewal_pause.get(name.as_str(), now).is_some() {
            return Ok(Renewal::Later);
        }
        let Some(refresh) = &session.tokens.refresh else {
            return Ok(Renewal::NeedsRequest);
        };
        match self.provider.refresh(refresh, &session.tokens.nonce).await {
            Ok(issued) if issued.identity.as_ref().is_none_or(|identity| is_of(&session, identity)) => {
                self.change(name, |session| {
                    if session.standing(&self.policy, now).authority() == Authority::Over {
                        return Write::No;
                    }
                    session.renew(issued.identity.clone(), issued.tokens.clone(), Means::Refresh, now);
                    Write::Yes
                })
                .await?;
                Ok(if self.is_denied(name, now).await? { Renewal::Over } else { Renewal::Good })
            }
            Err(NoTokens::Unavailable(error)) => {
                tracing::warn!("cannot refresh now: {error}");
                self.renewal_pause.put_new(name.as_str(), (), now);
                Ok(Renewal::Later)
            }
            Err(NoTokens::GrantOver) => {
                self.end(name, super::told::let_go(now)).await?;
                Ok(Renewal::Over)
            }
            refused => {
                let why = refused.err().map_or_else(|| "another person's tokens".to_owned(), |error| error.to_string());
                tracing::warn!("a refresh was answered unacceptably: {why}");
                self.end(name, super::told::real(Reason::Revoked, now)).await?;
                Ok(Renewal::Over)
            }
        }
    }

    fn lock_of(&self, name: &Name) -> usize {
        name.as_str().bytes().fold(0, |sum, byte| (sum * 31 + usize::from(byte)) % self.renewing.len())
    }
}

/// Whether an ID token is about the person of a session.
pub(super) fn is_of(session: &ApplicationSession, identity: &Identity) -> bool {
    (identity.issuer(), identity.subject()) == (session.identity.issuer(), session.identity.subject())
}

/// A live session, or one that the provider let go of without a word.
pub(super) fn may_be_renewed(standing: Standing) -> bool {
    standing.authority() == Authority::Good || matches!(standing, Standing::Dormant { limit: Limit::Provider, .. })
}
