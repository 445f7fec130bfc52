//! Tokens are made. Everything was decided before.

use super::NoToken;
use super::access::OPAQUE_PREFIX;
use super::judge::Life;
use crate::crypto::jwt::{self, SignFault, TokenKind};
use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::flow::Idp;
use crate::model::audience;
use crate::model::client::{Allowed, Client};
use crate::model::grant::{Grant, Reach};
use crate::protocol::claims::{AccessTokenClaims, Audience, Confirmation, IdTokenClaims, named, opened_by};
use crate::protocol::client_metadata::{AccessTokenFormat, ScopeClaims};
use crate::protocol::scope::{OPENID, ScopeSet};
use crate::protocol::time::Timestamp;
use crate::protocol::token::{GrantType, TokenResponse, token_type};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};
use std::time::Duration;

/// What this answer is to hold, within what was granted.
pub(super) struct Wish {
    pub scope: ScopeSet,
    /// Whom the access token is for.
    pub audience: Audience,
    pub nonce: Option<String>,
    /// The key that the access token is bound to.
    pub key: Option<String>,
}

impl Wish {
    fn confirmation(&self) -> Option<Confirmation> {
        self.key.clone().map(|jkt| Confirmation { jkt })
    }
}

/// What an ID token is handed out with, and vouches for by a hash.
#[derive(Clone, Copy, Default)]
pub(super) struct Beside<'a> {
    pub access_token: Option<&'a str>,
    pub code: Option<&'a str>,
}

/// What refresh tokens begin with, so that one found in the wrong place is recognised.
pub(super) const REFRESH_PREFIX: &str = "abr_";

impl Idp {
    /// The answer to a good token request.
    pub(super) fn mint(
        &self,
        client: &Client,
        grant: &Grant,
        life: &Life,
        wish: Wish,
        now: Timestamp,
    ) -> Result<TokenResponse, NoToken> {
        let (access_token, expires_in) = self.access_token(client, grant, life, &wish, now)?;
        let id_token = if wish.scope.contains(OPENID) {
            let beside = Beside { access_token: Some(&access_token), code: None };
            Some(self.id_token(client, grant, life, (&wish, beside), now)?)
        } else {
            None
        };
        let renewable = client.allows(GrantType::RefreshToken) == Allowed::Yes;
        Ok(TokenResponse {
            access_token,
            token_type: token_type(wish.confirmation().as_ref()),
            expires_in,
            refresh_token: renewable.then(|| self.refresh_token(grant)),
            id_token,
            scope: wish.scope.to_string(),
        })
    }

    /// A session-bound token lives no longer than the client lets the person be idle, nor beyond the absolute end.
    fn lifetime(&self, configured: Duration, client: &Client, grant: &Grant, life: &Life, now: Timestamp) -> Duration {
        if grant.reach == Reach::Offline {
            return configured;
        }
        let idle = client.limits().idle_timeout.span();
        let left = life.absolute_end.map(|end| now.until(end));
        [Some(configured), idle, left].into_iter().flatten().min().unwrap_or(configured)
    }

    /// An access token, and for how many seconds it is good.
    pub(super) fn access_token(
        &self,
        client: &Client,
        grant: &Grant,
        life: &Life,
        wish: &Wish,
        now: Timestamp,
    ) -> Result<(String, i64), NoToken> {
        let exp = now + self.lifetime(self.settings.tokens.access, client, grant, life, now);
        let issuer = self.issuer.to_string();
        let claims = AccessTokenClaims {
            scope: audience::scope_for(&wish.audience, &wish.scope, &issuer).to_string(),
            iss: issuer,
            sub: self.subject(client, &grant.account),
            client_id: client.id.to_string(),
            aud: wish.audience.clone(),
            exp,
            iat: now,
            jti: format!("{}.{}", grant.id, random::id()),
            sid: (grant.reach == Reach::Session)
                .then(|| self.sid_for(client, &grant.binding.session, grant.binding.epochs())),
            cnf: wish.confirmation(),
            authentication: Some(grant.authentication.clone()),
        };
        Ok((self.as_registered(client, &claims, now)?, exp.0 - now.0))
    }

    /// An access token in the form that its client registered.
    pub(super) fn as_registered(
        &self,
        client: &Client,
        claims: &AccessTokenClaims,
        now: Timestamp,
    ) -> Result<String, SignFault> {
        Ok(match client.metadata.access_token_format {
            // For many readers: the algorithm every one of them must know (RFC 9068, section 2.1).
            AccessTokenFormat::Jwt => jwt::sign(&self.ring, Default::default(), TokenKind::Access, claims, now)?,
            AccessTokenFormat::Opaque => format!("{OPAQUE_PREFIX}{}", self.seals.seal(Purpose::AccessToken, claims)),
        })
    }

    /// An ID token.
    pub(super) fn id_token(
        &self,
        client: &Client,
        grant: &Grant,
        life: &Life,
        (wish, beside): (&Wish, Beside<'_>),
        now: Timestamp,
    ) -> Result<String, NoToken> {
        let alg = client.metadata.id_token_signed_response_alg;
        let claims = IdTokenClaims {
            iss: self.issuer.to_string(),
            sub: self.subject(client, &grant.account),
            aud: Audience::One(client.id.to_string()),
            exp: now + self.lifetime(self.settings.tokens.id, client, grant, life, now),
            iat: now,
            authentication: grant.authentication.clone(),
            // An offline grant may be renewed long after its session: relying apps refuse a `sid` they saw the end of.
            sid: (grant.reach == Reach::Session || grant.generation == 0)
                .then(|| self.sid_for(client, &grant.binding.session, grant.binding.epochs())),
            prev_sid: life.previous.map(|before| self.sid_for(client, &grant.binding.session, before)),
            session_expiry: life.absolute_end,
            nonce: wish.nonce.clone(),
            at_hash: alg.signed().and_then(|alg| beside.access_token.map(|token| jwt::half_hash(alg, token))),
            c_hash: alg.signed().and_then(|alg| beside.code.map(|code| jwt::half_hash(alg, code))),
            person: self.in_id_token(client, grant, life, (wish, beside)),
        };
        Ok(jwt::id_token(&self.ring, alg, &claims, now)?)
    }

    /// What an ID token tells of the person: what was asked for there by name, and what the scope opens where there is no
    /// access token to ask with (OpenID Connect Core, 5.4), or the client never asks.
    fn in_id_token(
        &self,
        client: &Client,
        grant: &Grant,
        life: &Life,
        (wish, beside): (&Wish, Beside<'_>),
    ) -> Map<String, Value> {
        let alone = beside.access_token.is_none() && beside.code.is_none();
        let by_scope = alone || client.metadata.scope_claims == ScopeClaims::IdToken;
        if !by_scope && grant.claims.id_token.is_empty() {
            return Map::new();
        }
        let all = life.account.told_claims(&self.issuer);
        let mut told = named(&grant.claims.within(|scope| client.permits(scope)).id_token, &all);
        if by_scope {
            told.extend(opened_by(&wish.scope, &all));
        }
        told
    }

    /// The refresh token of the grant's current generation: derived, not stored. Grant id (16 bytes), generation (4),
    /// MAC over both and the grant's own salt (32).
    pub(super) fn refresh_token(&self, grant: &Grant) -> String {
        let mut bytes = URL_SAFE_NO_PAD.decode(grant.id.as_str()).unwrap_or_default();
        bytes.extend_from_slice(&grant.generation.to_be_bytes());
        bytes.extend_from_slice(
            &self.seals.mac(Purpose::Refresh, &refresh_parts(grant, &grant.generation.to_be_bytes())),
        );
        format!("{REFRESH_PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// What a refresh token's MAC covers.
pub(super) fn refresh_parts<'a>(grant: &'a Grant, generation: &'a [u8; 4]) -> [&'a [u8]; 3] {
    [grant.id.as_str().as_bytes(), generation, grant.salt.as_bytes()]
}
