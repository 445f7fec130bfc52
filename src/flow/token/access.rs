//! An access token is presented to us.

use super::{NoToken, ground_over, refused};
use crate::crypto::jwt::{self, TokenKind};
use crate::crypto::seal::Purpose;
use crate::flow::dpop::Presented;
use crate::flow::{Fault, Idp, SKEW};
use crate::model::client::Client;
use crate::model::grant::Grant;
use crate::protocol::claims::{AccessTokenClaims, IdTokenClaims, named, opened_by};
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::token as why;
use crate::protocol::scope::{OPENID, ScopeSet};
use crate::protocol::time::Timestamp;
use serde_json::{Map, Value};

/// What access tokens begin with that only we can read, so that one found in the wrong place is recognised. What
/// follows is sealed and holds the same as a JSON Web Token would: the two are judged by one function.
pub(super) const OPAQUE_PREFIX: &str = "aba_";
/// Nothing of ours is longer.
const LONGEST: usize = 16 * 1024;

/// What is told about the person.
pub enum Userinfo {
    /// As JSON.
    Plain(Map<String, Value>),
    /// As a JSON Web Token.
    Signed(String),
}

impl Idp {
    /// Answers a userinfo request (OpenID Connect Core, 5.3), in the form the client registered (5.3.2).
    ///
    /// # Errors
    /// `invalid_token` or `insufficient_scope` (RFC 6750, section 3.1), or a fault.
    pub async fn userinfo(&self, token: Presented<'_>, now: Timestamp) -> Result<Userinfo, NoToken> {
        let ground = self.ground(token, now).await?;
        let client = ground.1.clone();
        self.told_of(ground, now).await.map_err(|refused| refused.heard_by(&client))
    }

    async fn told_of(
        &self,
        (grant, client, claims): (Grant, Client, AccessTokenClaims),
        now: Timestamp,
    ) -> Result<Userinfo, NoToken> {
        let account = match self.judge(&grant, &client, now).await {
            Ok(life) => life.account,
            Err(NoToken::Refused(refusal)) => return Err(ground_over(&refusal, &client)),
            Err(other) => return Err(other),
        };
        let scope = ScopeSet::parse(&claims.scope).unwrap_or_default();
        if !scope.contains(OPENID) {
            return refused(OAuthError::of(why::NO_OPENID).sent(&claims.scope));
        }
        let all = account.told_claims(&self.issuer);
        let mut answer = opened_by(&client.permitted(&scope), &all);
        answer.extend(named(&grant.claims.within(|scope| client.permits(scope)).userinfo, &all));
        answer.insert("sub".into(), Value::String(self.subject(&client, &account.id)));
        let Some(alg) = client.metadata.userinfo_signed_response_alg else { return Ok(Userinfo::Plain(answer)) };
        answer.insert("iss".into(), Value::String(self.issuer.to_string()));
        answer.insert("aud".into(), Value::String(client.id.to_string()));
        self.equip(&client, now).await?;
        Ok(Userinfo::Signed(jwt::sign(&self.ring, alg, TokenKind::Userinfo, &answer, now)?))
    }

    /// What a genuine token for us rests on, presented by whoever it was given to: the grant it names, and that grant's
    /// client. Whether these are good is not looked at here.
    ///
    /// # Errors
    /// `invalid_token`, `invalid_dpop_proof` or `use_dpop_nonce`, or a fault.
    pub(in crate::flow) async fn ground(
        &self,
        presented: Presented<'_>,
        now: Timestamp,
    ) -> Result<(Grant, Client, AccessTokenClaims), NoToken> {
        let Some(claims) = self.genuine_access(presented.token, now) else { return refused(why::BAD) };
        if now >= claims.exp {
            return Err(self.refused_as(Some(&claims.client_id), why::EXPIRED.into()).await);
        }
        if !claims.aud.contains(&claims.iss) {
            return Err(self.refused_as(Some(&claims.client_id), why::FOR_OTHERS.into()).await);
        }
        let Some((grant, client)) = self.named_by(&claims).await? else {
            return Err(self.refused_as(Some(&claims.client_id), why::FORGOTTEN.into()).await);
        };
        self.check_possession(&claims, presented, now).await.map_err(|refused| refused.heard_by(&client))?;
        Ok((grant, client, claims))
    }

    /// The grant that genuine claims name, and its client, where the store still has them.
    pub(super) async fn named_by(&self, claims: &AccessTokenClaims) -> Result<Option<(Grant, Client)>, Fault> {
        let Some((grant, _)) = claims.jti.split_once('.') else { return Ok(None) };
        let Some(grant) = self.store.read::<Grant>(grant).await? else { return Ok(None) };
        let Some(client) = self.store.read::<Client>(&claims.client_id).await? else { return Ok(None) };
        let fits = grant.client == client.id && self.subject(&client, &grant.account) == claims.sub;
        Ok(fits.then_some((grant, client)))
    }

    /// The claims of an access token of ours, whomever it is for, that has not expired; none for anything else.
    pub(super) fn unexpired(&self, token: &str, now: Timestamp) -> Option<AccessTokenClaims> {
        self.genuine_access(token, now).filter(|claims| now < claims.exp)
    }

    /// The same, expired or not.
    fn genuine_access(&self, token: &str, now: Timestamp) -> Option<AccessTokenClaims> {
        let claims = match token.strip_prefix(OPAQUE_PREFIX) {
            Some(sealed) if sealed.len() <= LONGEST => self.seals.open(Purpose::AccessToken, sealed)?,
            Some(_) => return None,
            None => jwt::verify::<AccessTokenClaims>(&self.ring, TokenKind::Access, token, now)?,
        };
        let ours = claims.iss == self.issuer.to_string();
        (ours && claims.iat <= now + SKEW).then_some(claims)
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
