//! Is a grant good? The one function that every issuing, refreshing and reading path calls.

use super::{NoToken, refused};
use crate::flow::Idp;
use crate::model::account::{Account, AccountStanding};
use crate::model::audience;
use crate::model::client::Client;
use crate::model::grant::{Grant, GrantStanding, Reach};
use crate::model::session::Session;
use crate::model::session::application::Epochs;
use crate::model::session::policy::ApplicationLimits;
use crate::model::session::standing::{Authority, Standing};
use crate::protocol::claims::Audience;
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::token as why;
use crate::protocol::scope::{OFFLINE_ACCESS, ScopeSet};
use crate::protocol::time::Timestamp;

/// What a good grant lives by.
pub(in crate::flow) struct Life {
    /// The person.
    pub account: Account,
    /// The absolute end of the application session.
    pub absolute_end: Option<Timestamp>,
    /// Under which epochs the client knew the session before it timed out.
    pub previous: Option<Epochs>,
}

impl Idp {
    /// Judges a grant against session, application session, account and client as the store has them now.
    ///
    /// # Errors
    /// `invalid_grant`. Which of them is over the log says, and the answer to a client in development.
    pub(in crate::flow) async fn judge(&self, grant: &Grant, client: &Client, now: Timestamp) -> Result<Life, NoToken> {
        if grant.client != client.id || !client.was_given(grant.created_at) {
            return refused(why::GRANT_FORMER);
        }
        if grant.standing(&self.settings.tokens.offline, now) == GrantStanding::Over {
            return refused(why::GRANT_REVOKED);
        }
        let account = self.store.read::<Account>(grant.account.as_str()).await?;
        let Some(account) = account.filter(|account| account.standing() == AccountStanding::Active) else {
            return refused(why::GRANT_CLOSED);
        };
        if account.epoch != grant.binding.account_epoch {
            return refused(why::GRANT_RENOUNCED);
        }
        if grant.reach == Reach::Offline {
            return if self.offline_allowed(grant, client).await? {
                Ok(Life { account, absolute_end: None, previous: None })
            } else {
                refused(why::GRANT_OFFLINE)
            };
        }
        let session = self.store.read::<Session>(grant.binding.session.as_str()).await?;
        let lives = |session: &Session| {
            self.application_standing(grant, session, &account, client, now).authority() == Authority::Good
        };
        let Some(session) = session.filter(lives) else { return refused(why::GRANT_SESSION) };
        let absolute_end = session.absolute_end(&client.id, &client.limits(), &self.settings.sessions);
        let previous = session.participants.get(&client.id).and_then(|part| part.previous);
        Ok(Life { account, absolute_end, previous })
    }

    /// Whom the next access token is for, of what was granted.
    pub(super) fn audience(&self, client: &Client, granted: &[String], asked: &[String]) -> Result<Audience, NoToken> {
        audience::of_grant(client, granted, asked, &self.issuer.to_string()).map_err(NoToken::Refused)
    }

    /// May a grant outlive its session still? The client's record and the person's consent both have to say so today.
    async fn offline_allowed(&self, grant: &Grant, client: &Client) -> Result<bool, NoToken> {
        if !client.metadata.offline_access || client.limits() != ApplicationLimits::default() {
            return Ok(false);
        }
        let consent = self.consent_of(&grant.account, client).await?;
        Ok(consent.is_some_and(|consent| consent.carries(OFFLINE_ACCESS, grant.created_at)))
    }

    /// What the application session is good for that the grant was given in; over when it is a later one by now.
    fn application_standing(
        &self,
        grant: &Grant,
        session: &Session,
        account: &Account,
        client: &Client,
        now: Timestamp,
    ) -> Standing {
        let policies = &self.settings.sessions;
        let whole = session.standing(account, policies, now);
        let part = session.participants.get(&client.id);
        let same_life = session.epoch == grant.binding.epoch
            && part.is_some_and(|part| part.epoch == grant.binding.application_epoch);
        match session.application_standing(&client.id, client.limits(), whole, policies, now) {
            Some(standing) if same_life => standing,
            _ => Standing::Expired { since: now, limit: crate::model::session::standing::LimitKind::Absolute },
        }
    }
}

/// What the client may not have any more it does not get, whatever was granted before.
pub(super) fn still_allowed(client: &Client, granted: &ScopeSet) -> Result<ScopeSet, NoToken> {
    let scope = client.permitted(granted);
    if scope.is_empty() { refused(OAuthError::of(why::SCOPE_GONE).sent(&granted.to_string())) } else { Ok(scope) }
}
