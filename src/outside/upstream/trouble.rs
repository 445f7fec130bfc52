//! Why an upstream's word was not taken. What is printed may stand in a log: nothing that the other side wrote.

use crate::outside::Unreached;
use openidconnect::{ClaimsVerificationError, DiscoveryError, SignatureVerificationError};

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There was no answer.
    #[error("it could not be reached: {0}")]
    Unreached(#[from] Unreached),
    /// Its metadata or keys are not what they should be.
    #[error("its metadata or its keys cannot be used")]
    Metadata,
    /// It did not take the code.
    #[error("its token endpoint did not redeem the code")]
    Code,
    /// It gave no ID token.
    #[error("there is no ID token")]
    NoToken,
    /// Signed by nobody, by a key it does not publish, or by an algorithm that does not count.
    #[error("the token is not signed by a key of the issuer")]
    Signature,
    /// Of another issuer.
    #[error("the token is of another issuer")]
    Issuer,
    /// For another client.
    #[error("the token is for another client")]
    Audience,
    /// For another request.
    #[error("the token is for another request")]
    Nonce,
    /// Too old, or of the future.
    #[error("the token is not of this time")]
    Time,
    /// Not what a token of its kind looks like.
    #[error("the token has not the form it should have")]
    Form,
}

impl Trouble {
    /// The word of the audit log.
    pub fn word(&self) -> &'static str {
        match self {
            Trouble::Unreached(_) => "upstream_unreached",
            Trouble::Metadata => "upstream_metadata",
            Trouble::Code => "upstream_code",
            Trouble::NoToken | Trouble::Form => "upstream_token",
            Trouble::Signature => "upstream_signature",
            Trouble::Issuer => "upstream_issuer",
            Trouble::Audience => "upstream_audience",
            Trouble::Nonce => "upstream_nonce",
            Trouble::Time => "upstream_time",
        }
    }

    pub(super) fn of_discovery(error: DiscoveryError<Unreached>) -> Trouble {
        match error {
            DiscoveryError::Request(unreached) => Trouble::Unreached(unreached),
            _ => Trouble::Metadata,
        }
    }

    pub(super) fn of_claims(error: &ClaimsVerificationError) -> Trouble {
        match error {
            ClaimsVerificationError::Expired(_) => Trouble::Time,
            ClaimsVerificationError::InvalidAudience(_) => Trouble::Audience,
            ClaimsVerificationError::InvalidIssuer(_) => Trouble::Issuer,
            ClaimsVerificationError::InvalidNonce(_) => Trouble::Nonce,
            ClaimsVerificationError::SignatureVerification(_) => Trouble::Signature,
            _ => Trouble::Form,
        }
    }

    /// Could it be that the issuer has keys we have not seen?
    pub(super) fn unknown_key(error: &ClaimsVerificationError) -> bool {
        matches!(
            error,
            ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey | SignatureVerificationError::CryptoError(_)
            )
        )
    }
}
