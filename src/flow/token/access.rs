//! An access token is presented to us.

use super::NoToken;
use crate::crypto::jwt::{self, TokenKind};
use crate::flow::{Fault, Idp, SKEW};
use crate::model::client::Client;
use crate::model::grant::Grant;
use crate::protocol::claims::{AccessTokenClaims, IdTokenClaims, opened_by};
use crate::protocol::error::{Code, OAuthError};
use crate::protocol::scope::{OPENID, ScopeSet};
use crate::protocol::time::Timestamp;
use serde_json::{Map, Value};

impl Idp {
    /// Answers a userinfo request (OpenID Connect Core, 5.3).
    ///
    /// # Errors
    /// `invalid_token` or `insufficient_scope` (RFC 6750, section 3.1), or a fault.
    pub async fn userinfo(&self, token: &str, now: Timestamp) -> Result<Map<String, Value>, NoToken> {
        let invalid = || NoToken::Refused(OAuthError::new(Code::InvalidToken, "the access token is not good"));
        let claims = jwt::verify::<AccessTokenClaims>(&self.ring, TokenKind::Access, token, now).ok_or_else(invalid)?;
        let ours = claims.iss == self.issuer.to_string() && claims.aud.contains(&claims.iss);
        if !ours || now >= claims.exp || claims.iat > now + SKEW {
            return Err(invalid());
        }
        let account = match self.living_grant(&claims, now).await? {
            Some(account) => account,
            None => return Err(invalid()),
        };
        let scope = ScopeSet::parse(&claims.scope).unwrap_or_default();
        if !scope.contains(OPENID) {
            return Err(NoToken::Refused(OAuthError::new(
                Code::InsufficientScope,
                "the access token lacks the scope openid",
            )));
        }
        let mut answer = opened_by(&scope, &account.told_claims());
        answer.insert("sub".into(), Value::String(account.id.to_string()));
        Ok(answer)
    }

    /// The account, if the grant that the token names is good now.
    async fn living_grant(
        &self,
        claims: &AccessTokenClaims,
        now: Timestamp,
    ) -> Result<Option<crate::model::account::Account>, Fault> {
        let Some((grant, _)) = claims.jti.split_once('.') else { return Ok(None) };
        let Some(grant) = self.store.read::<Grant>(grant).await? else { return Ok(None) };
        let Some(client) = self.store.read::<Client>(&claims.client_id).await? else { return Ok(None) };
        match self.judge(&grant, &client, now).await {
            Ok(life) => Ok(Some(life.account).filter(|account| account.id.as_str() == claims.sub)),
            Err(NoToken::Fault(fault)) => Err(fault),
            Err(_) => Ok(None),
        }
    }

    /// Has a client registered a redirect URI at this origin?
    pub async fn is_registered_origin(&self, origin: &str) -> Result<bool, Fault> {
        if origin.len() > 300 {
            return Ok(false);
        }
        Ok(!self.store.list::<Client>(("clients-by-origin", origin), None, 1).await?.items.is_empty())
    }

    /// The claims of an ID token we issued, expired or not; none for anything else.
    pub fn genuine_hint(&self, hint: &str, now: Timestamp) -> Option<IdTokenClaims> {
        let claims = jwt::verify::<IdTokenClaims>(&self.ring, TokenKind::Id, hint, now)?;
        (claims.iss == self.issuer.to_string()).then_some(claims)
    }
}
