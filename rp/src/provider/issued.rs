//! What the token endpoint answers, verified: new tokens, or the reason why there are none.

use super::wire::WireError;
use super::{Client, SigningAlg};
use crate::clock::Instant;
use crate::session::{Identity, Tokens};
use chrono::{DateTime, Utc};
use openidconnect::core::{CoreErrorResponseType, CoreIdToken};
use openidconnect::{
    AccessToken, AccessTokenHash, ClaimsVerificationError, Nonce, RequestTokenError, StandardErrorResponse,
};

/// How the crate says that there are no tokens.
pub(super) type Refused = RequestTokenError<WireError, StandardErrorResponse<CoreErrorResponseType>>;
/// Another machine's clock may be this far off (seconds).
const SKEW: Instant = 15;
/// A provider's answer is read at once; an ID token that is older was made for something else (seconds).
const OLDEST: Instant = 600;

/// A verified answer of the token endpoint.
pub(crate) struct Issued {
    /// The ID token; a refresh may bring none.
    pub(crate) identity: Option<Identity>,
    pub(crate) tokens: Tokens,
}

/// Why there are no tokens.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoTokens {
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
    Exactly(&'a str),
    /// Answering a refresh: it should carry none, but if it does, this one (OpenID Connect Core 1.0, section 12.2).
    AtMost(&'a str),
}

impl Bound<'_> {
    fn holds(self, found: Option<&Nonce>) -> Result<(), String> {
        match (self, found) {
            (Self::Exactly(asked) | Self::AtMost(asked), Some(found)) if asked == found.secret() => Ok(()),
            (Self::AtMost(_), None) => Ok(()),
            _ => Err("the nonce is not this request's".to_owned()),
        }
    }
}

/// The checks of OpenID Connect Core 1.0, section 3.1.3.7, and of `at_hash` (section 3.1.3.8).
pub(super) fn check(
    client: &Client,
    (token, access_token): (&CoreIdToken, &AccessToken),
    algorithms: &[SigningAlg],
    nonce: Bound<'_>,
    now: Instant,
) -> Result<(), ClaimsVerificationError> {
    let at = |instant: Instant| move || DateTime::<Utc>::from_timestamp(instant, 0).unwrap_or_default();
    let fresh = move |issued: DateTime<Utc>| {
        let age = now.saturating_sub(issued.timestamp());
        if (-SKEW..=OLDEST).contains(&age) { Ok(()) } else { Err("iat is not of now".to_owned()) }
    };
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(algorithms.iter().map(|alg| alg.core()))
        .set_time_fn(at(now.saturating_sub(SKEW)))
        .set_issue_time_verifier_fn(fresh);
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
    Ok(())
}

/// The crate's error as what it means for the app.
pub(super) fn refused(error: Refused) -> NoTokens {
    match error {
        RequestTokenError::ServerResponse(response) => match response.error() {
            CoreErrorResponseType::InvalidGrant => NoTokens::GrantOver,
            other => match other.to_string() {
                // 429, 500 and 503 with OAuth's JSON: nothing that the person or the app did.
                trouble if ["temporarily_unavailable", "server_error"].contains(&trouble.as_str()) => {
                    NoTokens::Unavailable(trouble)
                }
                refusal => NoTokens::Unacceptable(refusal),
            },
        },
        // The same without that JSON, or no answer.
        RequestTokenError::Request(error) => NoTokens::Unavailable(error.to_string()),
        RequestTokenError::Parse(..) => NoTokens::Unavailable("not a token response".into()),
        RequestTokenError::Other(text) => NoTokens::Unavailable(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_in_trouble_is_asked_again_and_ends_nobodys_session() {
        let answered = |error: &str| {
            let response = serde_json::json!({"error": error, "error_description": "why"});
            refused(RequestTokenError::ServerResponse(serde_json::from_value(response).expect("an OAuth error")))
        };
        for trouble in ["temporarily_unavailable", "server_error"] {
            assert!(matches!(answered(trouble), NoTokens::Unavailable(_)), "{trouble}");
        }
        assert!(matches!(answered("invalid_grant"), NoTokens::GrantOver));
        for refusal in ["invalid_client", "invalid_request", "unauthorized_client", "made_up"] {
            assert!(matches!(answered(refusal), NoTokens::Unacceptable(_)), "{refusal}");
        }
    }
}
