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

use crate::flow::{Fault, Idp};
use crate::model::client::Allowed;
use crate::protocol::client_auth::presented;
use crate::protocol::dpop::Header;
use crate::protocol::error::{Code, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::time::Timestamp;
use crate::protocol::token::{TokenRequest, TokenResponse};

/// Why no token was given.
#[derive(Debug)]
pub enum NoToken {
    /// The client gets this error.
    Refused(OAuthError),
    /// Client secrets that are passwords are hashed, and the queue is full.
    Busy,
    /// Something broke.
    Fault(Fault),
}

impl<F: Into<Fault>> From<F> for NoToken {
    fn from(fault: F) -> NoToken {
        NoToken::Fault(fault.into())
    }
}

pub(in crate::flow) fn refused<T>(code: Code, words: &'static str) -> Result<T, NoToken> {
    Err(NoToken::Refused(OAuthError::new(code, words)))
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
    /// Answers a token request.
    ///
    /// # Errors
    /// The specified error (RFC 6749, section 5.2), or a fault.
    pub async fn token(&self, from: Caller<'_>, params: &Params, now: Timestamp) -> Result<TokenResponse, NoToken> {
        let presented = presented(from.authorization, params).map_err(NoToken::Refused)?;
        // Looked at before an assertion is used up: who is asked for a nonce comes again.
        let proof = self.proven(from.into(), None, now).map_err(NoToken::Refused)?;
        let client = self.authenticate_client(presented, from, now).await?;
        let request = TokenRequest::parse(params).map_err(NoToken::Refused)?;
        if client.allows(request.grant_type()) == Allowed::No {
            return refused(Code::UnauthorizedClient, "the client may not use this grant type");
        }
        if client.metadata.dpop_bound_access_tokens && proof.is_none() {
            return refused(Code::InvalidDpopProof, "this client has to show a DPoP proof");
        }
        self.equip(&client, now).await?;
        match request {
            TokenRequest::AuthorizationCode { code, redirect_uri, verifier, resource } => {
                let redemption = code::Redemption { code, redirect_uri, verifier, resource, proof };
                self.redeem(&client, redemption, now).await
            }
            TokenRequest::RefreshToken { token, scope, resource } => {
                self.refresh(&client, refresh::Refresh { token, scope, resource, proof }, now).await
            }
            TokenRequest::DeviceCode { device_code } => self.poll(&client, (&device_code, proof), now).await,
            TokenRequest::ClientCredentials { scope, resource } => {
                self.act_for_itself(&client, client_credentials::OwnWish { scope, resource, proof }, now).await
            }
        }
    }
}
