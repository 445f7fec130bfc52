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

use crate::model::audience;
use crate::model::client::{Allowed, Client};
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::error::OAuthError;
use crate::protocol::redirect;
use crate::protocol::refusal::{Reason, authorize as why, token};
use crate::protocol::response::{Part, ResponseMode};
use crate::protocol::scope::{OFFLINE_ACCESS, OPENID, STANDARD};
use crate::protocol::token::GrantType;

/// Holds a well-formed request against what its client may do; answers with the request as it will be granted.
///
/// # Errors
/// What the redirect back says.
pub fn validate(mut request: AuthorizationRequest, client: &Client) -> Result<AuthorizationRequest, OAuthError> {
    let by_code = request.response_type.gives(Part::Code);
    let needed = if by_code { GrantType::AuthorizationCode } else { GrantType::Implicit };
    if !client.metadata.response_types.contains(&request.response_type) || client.allows(needed) == Allowed::No {
        let registered = client.metadata.response_types.iter().map(|response_type| response_type.name());
        let grants = client.metadata.grant_types.iter().map(|grant_type| grant_type.name());
        let refused = OAuthError::of(why::RESPONSE_TYPE_FORBIDDEN).sent(request.response_type.name());
        return Err(refused.in_place(RECORD, registered.chain(grants)));
    }
    if request.response_mode == ResponseMode::FormPost && redirect::origin(&request.redirect_uri).is_none() {
        return Err(why::FORM_POST_TO_APP.into());
    }
    if by_code && client.needs_pkce() && request.code_challenge.is_none() {
        return Err(why::CHALLENGE_MISSING.into());
    }
    request = validate_scope(request, client)?;
    if request.response_type.gives(Part::IdToken) && !request.scope.contains(OPENID) {
        return Err(why::OPENID_FORBIDDEN.into());
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
        return Err(grant_type_forbidden(token::DEVICE_FORBIDDEN, GrantType::DeviceCode, client));
    }
    let mut request = validate_scope(request, client)?;
    request.max_age = request.max_age.or(client.metadata.default_max_age);
    Ok(request)
}

/// Holds scope and resources against what the client may have.
fn validate_scope(mut request: AuthorizationRequest, client: &Client) -> Result<AuthorizationRequest, OAuthError> {
    if request.scope.is_empty() {
        return Err(why::SCOPE_MISSING.into());
    }
    // Unknown scopes are ignored (OpenID Connect Core, 3.1.2.1); the answer to the token request says what is left.
    let asked = std::mem::take(&mut request.scope);
    request.scope = client.permitted(&asked);
    if request.scope.is_empty() {
        let refused = OAuthError::of(why::SCOPE_FORBIDDEN).sent(&asked.to_string());
        return Err(refused.in_place(RECORD, scopes(client)));
    }
    audience::check(&request.resource, client)?;
    Ok(request)
}

/// Whose the values are that would be right.
const RECORD: &str = "The client's record";

/// A grant type that is not in the client's record.
pub fn grant_type_forbidden(reason: &'static Reason, sent: GrantType, client: &Client) -> OAuthError {
    let registered = client.metadata.grant_types.iter().map(|grant_type| grant_type.name());
    OAuthError::of(reason).sent(sent.name()).in_place(RECORD, registered)
}

/// The scopes that a client may ask for, by name.
fn scopes(client: &Client) -> Vec<&str> {
    match client.metadata.scope.as_deref() {
        Some(own) => own.split(' ').collect(),
        None => STANDARD.to_vec(),
    }
}
