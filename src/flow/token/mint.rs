//! Tokens are made. Everything was decided before.

use super::NoToken;
use super::access::OPAQUE_PREFIX;
use super::judge::Life;
use crate::crypto::jwt::{self, TokenKind};
use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::flow::Idp;
use crate::model::client::{Allowed, Client};
use crate::model::grant::{Grant, Reach};
use crate::protocol::claims::{AccessTokenClaims, Audience, IdTokenClaims};
use crate::protocol::client_metadata::AccessTokenFormat;
use crate::protocol::scope::{OPENID, ScopeSet};
use crate::protocol::time::Timestamp;
use crate::protocol::token::{GrantType, TokenResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::time::Duration;

/// What this answer is to hold, within what was granted.
pub(super) struct Wish {
    pub scope: ScopeSet,
    pub resource: Vec<String>,
    pub nonce: Option<String>,
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
        let access_expiry = now + self.lifetime(self.settings.tokens.access, client, grant, life, now);
        let access_token = self.access_token(client, grant, &wish, (now, access_expiry))?;
        let id_token = if wish.scope.contains(OPENID) {
            Some(self.id_token(client, grant, life, (&wish, &access_token), now)?)
        } else {
            None
        };
        let renewable = client.allows(GrantType::RefreshToken) == Allowed::Yes;
        Ok(TokenResponse {
            access_token,
            token_type: "Bearer",
            expires_in: access_expiry.0 - now.0,
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

    fn access_token(
        &self,
        client: &Client,
        grant: &Grant,
        wish: &Wish,
        (now, exp): (Timestamp, Timestamp),
    ) -> Result<String, NoToken> {
        let audience = if wish.resource.is_empty() { vec![self.issuer.to_string()] } else { wish.resource.clone() };
        let claims = AccessTokenClaims {
            iss: self.issuer.to_string(),
            sub: grant.account.to_string(),
            aud: Audience::of(audience),
            client_id: client.id.to_string(),
            scope: wish.scope.to_string(),
            exp,
            iat: now,
            jti: format!("{}.{}", grant.id, random::id()),
            sid: (grant.reach == Reach::Session).then(|| self.sid(&grant.binding.session, grant.binding.epochs())),
            authentication: grant.authentication.clone(),
        };
        Ok(match client.metadata.access_token_format {
            // For many readers: the algorithm every one of them must know (RFC 9068, section 2.1).
            AccessTokenFormat::Jwt => jwt::sign(&self.ring, Default::default(), TokenKind::Access, &claims, now)?,
            AccessTokenFormat::Opaque => format!("{OPAQUE_PREFIX}{}", self.seals.seal(Purpose::AccessToken, &claims)),
        })
    }

    fn id_token(
        &self,
        client: &Client,
        grant: &Grant,
        life: &Life,
        (wish, access_token): (&Wish, &str),
        now: Timestamp,
    ) -> Result<String, NoToken> {
        let alg = client.metadata.id_token_signed_response_alg;
        let claims = IdTokenClaims {
            iss: self.issuer.to_string(),
            sub: grant.account.to_string(),
            aud: Audience::One(client.id.to_string()),
            exp: now + self.lifetime(self.settings.tokens.id, client, grant, life, now),
            iat: now,
            authentication: grant.authentication.clone(),
            // An offline grant may be renewed long after its session: relying apps refuse a `sid` they saw the end of.
            sid: (grant.reach == Reach::Session || grant.generation == 0)
                .then(|| self.sid(&grant.binding.session, grant.binding.epochs())),
            prev_sid: life.previous.map(|before| self.sid(&grant.binding.session, before)),
            session_expiry: life.absolute_end,
            nonce: wish.nonce.clone(),
            at_hash: alg.signed().map(|alg| jwt::half_hash(alg, access_token)),
            person: crate::protocol::claims::opened_by(&wish.scope, &life.account.told_claims(&self.issuer)),
        };
        Ok(jwt::id_token(&self.ring, alg, &claims, now)?)
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
