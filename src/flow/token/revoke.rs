//! A client gives a token back (RFC 7009).

use super::{Caller, NoToken, refused};
use crate::flow::Idp;
use crate::model::client::Client;
use crate::model::grant::Grant;
use crate::model::record::Change;
use crate::protocol::introspection::token_of;
use crate::protocol::params::Params;
use crate::protocol::refusal::token as why;
use crate::protocol::time::Timestamp;

impl Idp {
    /// Revokes the grant of a token, and with it every token that names it (RFC 7009, section 2.1). The session goes on,
    /// and the app's part in it. What is no token of ours, or no good any more, is answered like one that was revoked.
    ///
    /// # Errors
    /// `invalid_client`, `invalid_request`; `invalid_grant` for a token of another client; or a fault.
    pub async fn give_back(&self, from: Caller<'_>, params: &Params, now: Timestamp) -> Result<(), NoToken> {
        let presented = self.presented(from, params).await?;
        let client = self.authenticate_client(presented, from, now).await?;
        self.revoke_for(&client, params, now).await.map_err(|refused| refused.heard_by(&client))
    }

    async fn revoke_for(&self, client: &Client, params: &Params, now: Timestamp) -> Result<(), NoToken> {
        let token = token_of(params).map_err(NoToken::Refused)?;
        let grant = match self.unexpired(&token, now) {
            Some(claims) if self.own_token(&claims).await?.is_some() => {
                if claims.client_id != client.id.as_str() {
                    return refused(why::REVOKED_FOREIGN);
                }
                return Ok(self.give_own_back(&claims).await?);
            }
            Some(claims) => self.named_by(&claims).await?.map(|(grant, _)| grant),
            None => self.genuine(&token).await?.map(|(grant, _)| grant),
        };
        let Some(grant) = grant else { return Ok(()) };
        if grant.client != client.id {
            return refused(why::REVOKED_FOREIGN);
        }
        let changed = self.store.change::<Grant, _, _>(grant.id.as_str(), move |before| match before {
            Some(grant) => grant.give_back(now),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }
}
