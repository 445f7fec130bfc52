//! The token endpoint: authenticated client -> token request -> judge, consume, then mint -> response.

pub mod access;
mod assertion;
mod client_auth;
mod client_credentials;
mod code;
mod device;
mod introspect;
mod judge;
mod mint;
mod refresh;
mod revoke;
pub mod shown;

use crate::flow::dpop::Proven;
use crate::flow::{Fault, Idp};
use crate::model::authorization::grant_type_forbidden;
use crate::model::client::{Allowed, Client};
use crate::protocol::client_auth::{PresentedClient, claimed, presented};
use crate::protocol::dpop::Header;
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::refusal::{proof as of_proof, token as why};
use crate::protocol::time::Timestamp;
use crate::protocol::token::{TokenRequest, TokenResponse};
use std::time::Duration;

/// Why no token was given.
#[derive(Debug)]
pub enum NoToken {
    /// The client gets this error.
    Refused(OAuthError),
    /// Client secrets that are passwords are hashed, and the queue is full.
    Busy,
    /// Too many of its kind came from there: not before this long.
    TooOften(Duration),
    /// Something broke.
    Fault(Fault),
}

impl<F: Into<Fault>> From<F> for NoToken {
    fn from(fault: F) -> NoToken {
        NoToken::Fault(fault.into())
    }
}

pub(in crate::flow) fn refused<T>(refusal: impl Into<OAuthError>) -> Result<T, NoToken> {
    Err(NoToken::Refused(refusal.into()))
}

/// A token rests on a grant that is refused for this reason: where the token is shown, it is the token that is not good (RFC
/// 6750, section 3.1).
pub(in crate::flow) fn ground_over(refusal: &OAuthError, client: &Client) -> NoToken {
    let explanation = refusal.explanation();
    let over = OAuthError::of(why::GROUND_OVER).explained(explanation.wrong, explanation.right);
    NoToken::Refused(client.hears(over))
}

impl NoToken {
    /// Nothing before this instant.
    pub(in crate::flow) fn until(until: Timestamp, now: Timestamp) -> NoToken {
        NoToken::TooOften(now.until(until))
    }

    /// The same, as its client hears it.
    pub(in crate::flow) fn heard_by(self, client: &Client) -> NoToken {
        match self {
            NoToken::Refused(refusal) => NoToken::Refused(client.hears(refusal)),
            other => other,
        }
    }
}

/// Who calls the token endpoint, as far as the request tells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Caller<'a> {
    /// The `Authorization` header.
    pub authorization: Option<&'a str>,
    /// The network address.
    pub address: &'a str,
    /// The path it was sent to: assertions may be for it, and proofs have to be.
    pub endpoint: &'a str,
    /// The `DPoP` header.
    pub proof: Header<'a>,
}

impl Idp {
    /// Finds the one authentication in a request.
    pub(in crate::flow) async fn presented(
        &self,
        from: Caller<'_>,
        params: &Params,
    ) -> Result<PresentedClient, NoToken> {
        match presented(from.authorization, params) {
            Ok(presented) => Ok(presented),
            Err(refusal) => {
                let claimed = claimed(from.authorization, params);
                Err(self.refused_as(claimed.as_deref(), refusal).await)
            }
        }
    }

    /// Which key a request shows beside its client; none where it shows none.
    pub(in crate::flow) async fn proven_by(
        &self,
        presented: &PresentedClient,
        from: Caller<'_>,
        now: Timestamp,
    ) -> Result<Option<Proven>, NoToken> {
        match self.proven(from.into(), None, now) {
            Ok(proof) => Ok(proof),
            Err(refusal) => Err(self.refused_as(Some(&presented.client_id), refusal).await),
        }
    }

    pub(in crate::flow) async fn refused_as(&self, claimed: Option<&str>, refusal: OAuthError) -> NoToken {
        NoToken::Refused(self.heard_as(claimed, refusal).await)
    }

    /// A refusal before anybody proved which client asks. One that is being developed hears everything all the same, whoever
    /// says that it is it: nothing of it is a secret.
    pub async fn heard_as(&self, claimed: Option<&str>, refusal: OAuthError) -> OAuthError {
        let client = match claimed {
            Some(id) if id.len() <= 200 => self.store.read::<Client>(id).await.ok().flatten(),
            _ => None,
        };
        Client::heard(client.as_ref(), refusal)
    }

    /// Answers a token request.
    ///
    /// # Errors
    /// The specified error (RFC 6749, section 5.2), or a fault.
    pub async fn token(&self, from: Caller<'_>, params: &Params, now: Timestamp) -> Result<TokenResponse, NoToken> {
        let presented = self.presented(from, params).await?;
        // Looked at before an assertion is used up: who is asked for a nonce comes again.
        let proof = self.proven_by(&presented, from, now).await?;
        let client = self.authenticate_client(presented, from, now).await?;
        let tokens =
            self.token_for(&client, (params, proof), now).await.map_err(|refused| refused.heard_by(&client))?;
        self.note_use(&client, now).await?;
        Ok(tokens)
    }

    async fn token_for(
        &self,
        client: &Client,
        (params, proof): (&Params, Option<Proven>),
        now: Timestamp,
    ) -> Result<TokenResponse, NoToken> {
        let request = TokenRequest::parse(params).map_err(NoToken::Refused)?;
        if client.allows(request.grant_type()) == Allowed::No {
            return refused(grant_type_forbidden(why::GRANT_TYPE_FORBIDDEN, request.grant_type(), client));
        }
        if client.metadata.dpop_bound_access_tokens && proof.is_none() {
            return refused(of_proof::DEMANDED);
        }
        self.equip(client, now).await?;
        match request {
            TokenRequest::AuthorizationCode { code, redirect_uri, verifier, resource } => {
                let redemption = code::Redemption { code, redirect_uri, verifier, resource, proof };
                self.redeem(client, redemption, now).await
            }
            TokenRequest::RefreshToken { token, scope, resource } => {
                self.refresh(client, refresh::Refresh { token, scope, resource, proof }, now).await
            }
            TokenRequest::DeviceCode { device_code, resource } => {
                self.poll(client, device::Poll { device_code, resource, proof }, now).await
            }
            TokenRequest::ClientCredentials { scope, resource } => {
                self.act_for_itself(client, client_credentials::OwnWish { scope, resource, proof }, now).await
            }
        }
    }
}
