//! A client acts for itself (RFC 6749, section 4.4).
//!
//! Such a token rests on nothing but its client: no person, no session, no grant, and no write but that of a proof that
//! was used. Whether it is good is asked
//! of the client's record; one that was given back is remembered until it would be over anyway.

use super::{NoToken, refused};
use crate::crypto::random;
use crate::flow::dpop::Proven;
use crate::flow::{Fault, Idp};
use crate::model::audience;
use crate::model::client::{Allowed, Client, Confidentiality};
use crate::model::setting::Setting;
use crate::protocol::claims::{AccessTokenClaims, Confirmation};
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::token as why;
use crate::protocol::scope::ScopeSet;
use crate::protocol::time::Timestamp;
use crate::protocol::token::{GrantType, TokenResponse, token_type};

/// What a client asks for itself.
pub(super) struct OwnWish {
    pub scope: Option<ScopeSet>,
    pub resource: Vec<String>,
    pub proof: Option<Proven>,
}

impl Idp {
    pub(super) async fn act_for_itself(
        &self,
        client: &Client,
        wish: OwnWish,
        now: Timestamp,
    ) -> Result<TokenResponse, NoToken> {
        if client.confidentiality() == Confidentiality::Public {
            return refused(why::OWN_PUBLIC);
        }
        // What says something of a person is nothing that a client has of itself.
        let own = client.own_scope();
        let scope = wish.scope.unwrap_or_else(|| own.clone());
        if !own.covers(&scope) {
            let refusal = OAuthError::of(why::OWN_SCOPE).sent(&scope.to_string());
            return refused(refusal.in_place("The client's record", [own.to_string()]));
        }
        let issuer = self.issuer.to_string();
        let aud = audience::of_client(client, &wish.resource, &issuer).map_err(NoToken::Refused)?;
        self.spend_proof(wish.proof.as_ref()).await?;
        let cnf = wish.proof.map(|proof| Confirmation { jkt: proof.thumbprint });
        let token_type = token_type(cnf.as_ref());
        let exp = now + self.settings.tokens.access;
        let claims = AccessTokenClaims {
            iss: issuer,
            sub: client.id.to_string(),
            aud,
            client_id: client.id.to_string(),
            scope: scope.to_string(),
            exp,
            iat: now,
            jti: random::id(),
            sid: None,
            cnf,
            authentication: None,
        };
        Ok(TokenResponse {
            access_token: self.as_registered(client, &claims, now)?,
            token_type,
            expires_in: exp.0 - now.0,
            refresh_token: None,
            id_token: None,
            scope: scope.to_string(),
        })
    }

    /// The client that a token of this kind rests on, if it still does.
    pub(super) async fn own_token(&self, claims: &AccessTokenClaims) -> Result<Option<Client>, Fault> {
        if claims.sub != claims.client_id || claims.jti.contains('.') {
            return Ok(None);
        }
        let Some(client) = self.store.read::<Client>(&claims.client_id).await? else { return Ok(None) };
        let allowed = client.was_given(claims.iat)
            && client.allows(GrantType::ClientCredentials) == Allowed::Yes
            && client.own_scope().covers(&ScopeSet::parse(&claims.scope).unwrap_or_default());
        if !allowed || self.store.read::<Setting>(&Setting::used_key(&given_back(claims))).await?.is_some() {
            return Ok(None);
        }
        Ok(Some(client))
    }

    /// Gives one back.
    pub(super) async fn give_own_back(&self, claims: &AccessTokenClaims) -> Result<(), Fault> {
        self.once(&given_back(claims), claims.exp, None).await.map(drop)
    }
}

fn given_back(claims: &AccessTokenClaims) -> String {
    format!("token {}", claims.jti)
}
