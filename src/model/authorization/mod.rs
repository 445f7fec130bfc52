//! Deciding about an authorization request: who asks, where answers go, what comes next.
//!
//! Knows no cookie, no page and no store. [`bind`](bind::bind) proves the return address, [`validate`] holds the
//! request against the client's record, [`next_step`](next_step::next_step) decides, and
//! [`next_factor`](factor::next_factor) says what a person still has to show.

pub mod bind;
pub mod demand;
pub mod explain;
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
use crate::protocol::redirect;
use crate::protocol::response::{Part, ResponseMode};
use crate::protocol::scope::{OFFLINE_ACCESS, OPENID};
use crate::protocol::token::GrantType;

/// Holds a well-formed request against what its client may do; answers with the request as it will be granted.
///
/// # Errors
/// What the redirect back says.
pub fn validate(mut request: AuthorizationRequest, client: &Client) -> Result<AuthorizationRequest, OAuthError> {
    let by_code = request.response_type.gives(Part::Code);
    let needed = if by_code { GrantType::AuthorizationCode } else { GrantType::Implicit };
    if !client.metadata.response_types.contains(&request.response_type) || client.allows(needed) == Allowed::No {
        return Err(OAuthError::new(Code::UnauthorizedClient, "the client is not registered for this response_type"));
    }
    if request.response_mode == ResponseMode::FormPost && redirect::origin(&request.redirect_uri).is_none() {
        return Err(OAuthError::new(Code::InvalidRequest, "response_mode=form_post needs a redirect_uri on the web"));
    }
    if by_code && client.metadata.require_pkce && request.code_challenge.is_none() {
        return Err(OAuthError::new(Code::InvalidRequest, "code_challenge is missing; PKCE with S256 is required"));
    }
    request = validate_scope(request, client)?;
    if request.response_type.gives(Part::IdToken) && !request.scope.contains(OPENID) {
        return Err(OAuthError::new(Code::InvalidScope, "the client may not ask for the scope openid"));
    }
    // Without a code nothing could renew what outlives the session (OpenID Connect Core, 11).
    if !by_code {
        request.scope = request.scope.filter(|token| token != OFFLINE_ACCESS);
    }
    request.claims = request.claims.within(|scope| client.permits(scope));
    request.max_age = request.max_age.or(client.metadata.default_max_age);
    Ok(request)
}

/// The same for what a device asks for (RFC 8628): it has no address for an answer, and nothing that PKCE would bind.
///
/// # Errors
/// What the device is told.
pub fn validate_device(request: AuthorizationRequest, client: &Client) -> Result<AuthorizationRequest, OAuthError> {
    if client.allows(GrantType::DeviceCode) == Allowed::No {
        return Err(OAuthError::new(Code::UnauthorizedClient, "the client may not use the device authorization grant"));
    }
    let mut request = validate_scope(request, client)?;
    request.max_age = request.max_age.or(client.metadata.default_max_age);
    Ok(request)
}

/// Holds scope and resources against what the client may have.
fn validate_scope(mut request: AuthorizationRequest, client: &Client) -> Result<AuthorizationRequest, OAuthError> {
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
