//! What the token endpoint answers, verified: new tokens, or the reason why there are none.

use openidconnect::core::{CoreClient, CoreErrorResponseType, CoreIdToken, CoreIdTokenClaims, CoreJwsSigningAlgorithm};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce,
    RefreshToken, RequestTokenError, StandardErrorResponse,
};

use super::wire::WireError;
use crate::clock::Instant;

/// The crate's client with the endpoints that discovery found.
pub(super) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;
/// How the crate says that there are no tokens.
pub(super) type Refused = RequestTokenError<WireError, StandardErrorResponse<CoreErrorResponseType>>;

/// A verified answer of the token endpoint.
pub(super) struct Issued {
    /// The ID token as it came, verified; a refresh may bring none.
    pub(super) identity: Option<(CoreIdToken, CoreIdTokenClaims)>,
    pub(super) access_token: AccessToken,
    pub(super) refresh_token: Option<RefreshToken>,
    pub(super) received_at: Instant,
    pub(super) expires_at: Instant,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoTokens {
    /// `invalid_grant` (RFC 6749, section 5.2): the code or refresh token is used, expired or withdrawn.
    #[error("the grant is over")]
    GrantOver,
    /// The provider could not be reached or is in trouble; trying again later is sensible.
    #[error("the provider does not answer: {0}")]
    Unavailable(String),
    /// The provider refused, or sent something that does not hold up.
    #[error("the answer cannot be accepted: {0}")]
    Unacceptable(String),
}

/// Which `nonce` an ID token has to carry.
#[derive(Clone, Copy)]
pub(super) enum Bound<'a> {
    /// Answering an authorization request: this one, and not none.
    Exactly(&'a Nonce),
    /// Answering a refresh: it should carry none, but if it does, this one (OpenID Connect Core 1.0, section 12.2).
    AtMost(&'a Nonce),
}

impl Bound<'_> {
    fn holds(self, found: Option<&Nonce>) -> Result<(), String> {
        match (self, found) {
            (Self::Exactly(asked) | Self::AtMost(asked), Some(found)) if asked.secret() == found.secret() => Ok(()),
            (Self::AtMost(_), None) => Ok(()),
            _ => Err("the nonce is not this request's".to_owned()),
        }
    }
}

/// The checks of OpenID Connect Core 1.0, section 3.1.3.7, and of `at_hash` (section 3.1.3.8).
pub(super) fn check(
    client: &Client,
    token: &CoreIdToken,
    access_token: &AccessToken,
    nonce: Bound<'_>,
) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    // RS256 is what the client is registered for; what the provider could also do is of no interest here.
    let verifier = client.id_token_verifier().set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256]);
    let claims = token.claims(&verifier, |found: Option<&Nonce>| nonce.holds(found))?;
    if let Some(expected) = claims.access_token_hash() {
        let algorithm = token.signing_alg().map_err(ClaimsVerificationError::SignatureVerification)?;
        let key = token.signing_key(&verifier).map_err(ClaimsVerificationError::SignatureVerification)?;
        let found = AccessTokenHash::from_token(access_token, algorithm, key)
            .map_err(|error| ClaimsVerificationError::Other(error.to_string()))?;
        if found != *expected {
            return Err(ClaimsVerificationError::Other("at_hash belongs to another access token".into()));
        }
    }
    Ok(claims.clone())
}

/// The crate's error as what it means for the app.
pub(super) fn refused(error: Refused) -> NoTokens {
    match error {
        RequestTokenError::ServerResponse(response) => match response.error() {
            CoreErrorResponseType::InvalidGrant => NoTokens::GrantOver,
            other => NoTokens::Unacceptable(other.to_string()),
        },
        // The provider answered 503 or the like without OAuth's JSON, or did not answer.
        RequestTokenError::Request(error) => NoTokens::Unavailable(error.to_string()),
        RequestTokenError::Parse(..) => NoTokens::Unavailable("not a token response".into()),
        RequestTokenError::Other(text) => NoTokens::Unavailable(text),
    }
}
