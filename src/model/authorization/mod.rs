//! Deciding about an authorization request: who asks, where answers go, what comes next.
//!
//! Knows no cookie, no page and no store. [`bind`](bind::bind) proves the return address, [`validate`] holds the
//! request against the client's record, [`next_step`](next_step::next_step) decides, and
//! [`next_factor`](factor::next_factor) says what a person still has to show.

pub mod bind;
pub mod demand;
pub mod factor;
pub mod interaction;
pub mod named;
pub mod next_step;

#[cfg(test)]
mod tests;

pub use bind::{ReturnAddress, Unbound, bind};
pub use interaction::{Evidence, Goal, Interaction};
pub use next_step::{Situation, Step, next_step};

use crate::model::client::{Allowed, Client};
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::error::{Code, OAuthError};
use crate::protocol::token::GrantType;

/// Holds a well-formed request against what its client may do; answers with the request as it will be granted.
///
/// # Errors
/// What the redirect back says.
pub fn validate(mut request: AuthorizationRequest, client: &Client) -> Result<AuthorizationRequest, OAuthError> {
    if client.allows(GrantType::AuthorizationCode) == Allowed::No {
        return Err(OAuthError::new(Code::UnauthorizedClient, "the client may not use the code flow"));
    }
    if client.metadata.require_pkce && request.code_challenge.is_none() {
        return Err(OAuthError::new(Code::InvalidRequest, "code_challenge is missing; PKCE with S256 is required"));
    }
    if request.scope.is_empty() {
        return Err(OAuthError::new(Code::InvalidScope, "scope is missing"));
    }
    // Unknown scopes are ignored (OpenID Connect Core, 3.1.2.1); the answer to the token request says what is left.
    request.scope = client.permitted(&request.scope);
    if request.scope.is_empty() {
        return Err(OAuthError::new(Code::InvalidScope, "none of the scopes is known or allowed"));
    }
    if !request.resource.iter().all(|resource| client.metadata.resources.contains(resource)) {
        return Err(OAuthError::new(Code::InvalidTarget, "a resource is none that this client may ask for"));
    }
    Ok(request)
}
