//! Is a token good? (RFC 7662)
//!
//! Answered to those who may know: the token's own client, and a client that serves one of its audiences. Everybody else
//! hears of every token that it is not active, as of one that was never there. So does a server of resources of an access token
//! that is for others alone, though it be its own: presented to it, it is good for nothing there (RFC 7662, section 4).

use super::{Caller, NoToken};
use crate::flow::Idp;
use crate::model::client::Client;
use crate::model::grant::Grant;
use crate::protocol::claims::{AccessTokenClaims, Confirmation};
use crate::protocol::client_auth::AuthMethod;
use crate::protocol::introspection::{Introspection, token_of};
use crate::protocol::params::Params;
use crate::protocol::refusal::token as why;
use crate::protocol::time::Timestamp;

impl Idp {
    /// Answers an introspection request. Judged by the same function as a refresh, against the store as it is now.
    ///
    /// # Errors
    /// `invalid_client`, for a client without credentials as well (RFC 7662, section 2.1: tokens would be fished for);
    /// `invalid_request`; or a fault. A token that is not good is no error.
    pub async fn introspect(
        &self,
        from: Caller<'_>,
        params: &Params,
        now: Timestamp,
    ) -> Result<Introspection, NoToken> {
        let presented = self.presented(from, params).await?;
        if presented.method == AuthMethod::None {
            return Err(self.refused_as(Some(&presented.client_id), why::INTROSPECTION_PUBLIC.into()).await);
        }
        let asker = self.authenticate_client(presented, from, now).await?;
        let token = token_of(params).map_err(|refusal| NoToken::Refused(asker.hears(refusal)))?;
        if let Some(claims) = self.unexpired(&token, now) {
            return self.introspect_access(&asker, claims, now).await;
        }
        match self.genuine(&token).await? {
            Some((grant, generation)) => self.introspect_refresh(&asker, (&grant, generation), now).await,
            None => Ok(Introspection::inactive()),
        }
    }

    async fn introspect_access(
        &self,
        asker: &Client,
        claims: AccessTokenClaims,
        now: Timestamp,
    ) -> Result<Introspection, NoToken> {
        let resources = &asker.metadata.resources;
        let serves = resources.iter().any(|resource| claims.aud.contains(resource));
        let elsewhere = !resources.is_empty() && !claims.aud.contains(&claims.iss);
        let own = asker.id.as_str() == claims.client_id && !elsewhere;
        if !serves && !own {
            return Ok(Introspection::inactive());
        }
        if self.own_token(&claims).await?.is_some() {
            return Ok(Introspection::access(claims));
        }
        let Some((grant, client)) = self.named_by(&claims).await? else { return Ok(Introspection::inactive()) };
        match self.judge(&grant, &client, now).await {
            Ok(_) => Ok(Introspection::access(claims)),
            Err(NoToken::Refused(_)) => Ok(Introspection::inactive()),
            Err(other) => Err(other),
        }
    }

    async fn introspect_refresh(
        &self,
        asker: &Client,
        (grant, generation): (&Grant, u32),
        now: Timestamp,
    ) -> Result<Introspection, NoToken> {
        let (retry, offline) = (self.settings.tokens.refresh_retry, self.settings.tokens.offline);
        if grant.client != asker.id || !grant.takes(generation, retry, &offline, now) {
            return Ok(Introspection::inactive());
        }
        match self.judge(grant, asker, now).await {
            Ok(_) => Ok(Introspection::refresh(
                self.issuer.to_string(),
                (grant.client.as_str(), &self.subject(asker, &grant.account)),
                asker.permitted(&grant.scope).to_string(),
                (grant.key.clone().map(|jkt| Confirmation { jkt }), grant.authentication.clone()),
            )),
            Err(NoToken::Refused(_)) => Ok(Introspection::inactive()),
            Err(other) => Err(other),
        }
    }
}
