//! The errors of OAuth 2.0 and OpenID Connect, by their registered codes.

use serde::Serialize;

/// A registered error code. Sources: RFC 6749 (4.1.2.1, 5.2), RFC 6750 (3.1), RFC 8707 (2), OpenID Connect Core (3.1.2.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// A parameter is missing, repeated or malformed.
    InvalidRequest,
    /// Client authentication failed.
    InvalidClient,
    /// A code or refresh token is not (or no longer) good.
    InvalidGrant,
    /// The client may not use this grant type.
    UnauthorizedClient,
    /// The grant type is none of ours.
    UnsupportedGrantType,
    /// The response type is none of ours, or not this client's.
    UnsupportedResponseType,
    /// A scope is unknown or beyond what was granted.
    InvalidScope,
    /// A resource is unknown or not to be had by this client.
    InvalidTarget,
    /// The person said no.
    AccessDenied,
    /// The access token is not good.
    InvalidToken,
    /// The access token does not reach this far.
    InsufficientScope,
    /// The person would have to sign in.
    LoginRequired,
    /// The person would have to consent.
    ConsentRequired,
    /// The person would have to do something else on a page.
    InteractionRequired,
    /// The person would have to choose an account.
    AccountSelectionRequired,
    /// The person cannot, or will not, authenticate as strongly as is required (OpenID Connect Core Unmet
    /// Authentication Requirements 1.0).
    UnmetAuthenticationRequirements,
    /// The request object is malformed, or not the client's (RFC 9101, section 7).
    InvalidRequestObject,
    /// The `request_uri` leads to no request object, or is none that may be used.
    InvalidRequestUri,
    /// The `request` parameter is not understood.
    RequestNotSupported,
    /// The `request_uri` parameter is not understood.
    RequestUriNotSupported,
    /// The `registration` parameter is not understood.
    RegistrationNotSupported,
    /// A proof of possession is not good, or missing (RFC 9449, section 5).
    InvalidDpopProof,
    /// A proof of possession has to say the nonce that is given beside (RFC 9449, section 8).
    UseDpopNonce,
    /// Too often: wait, and go on more slowly (RFC 8628, section 3.5).
    SlowDown,
    /// The person has not answered a device yet (RFC 8628, section 3.5).
    AuthorizationPending,
    /// A device code is over.
    ExpiredToken,
    /// Something broke.
    ServerError,
    /// Busy or unable for the moment.
    TemporarilyUnavailable,
}

impl Code {
    /// The code as it goes over the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::InvalidRequest => "invalid_request",
            Code::InvalidClient => "invalid_client",
            Code::InvalidGrant => "invalid_grant",
            Code::UnauthorizedClient => "unauthorized_client",
            Code::UnsupportedGrantType => "unsupported_grant_type",
            Code::UnsupportedResponseType => "unsupported_response_type",
            Code::InvalidScope => "invalid_scope",
            Code::InvalidTarget => "invalid_target",
            Code::AccessDenied => "access_denied",
            Code::InvalidToken => "invalid_token",
            Code::InsufficientScope => "insufficient_scope",
            Code::LoginRequired => "login_required",
            Code::ConsentRequired => "consent_required",
            Code::InteractionRequired => "interaction_required",
            Code::AccountSelectionRequired => "account_selection_required",
            Code::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Code::InvalidRequestObject => "invalid_request_object",
            Code::InvalidRequestUri => "invalid_request_uri",
            Code::RequestNotSupported => "request_not_supported",
            Code::RequestUriNotSupported => "request_uri_not_supported",
            Code::RegistrationNotSupported => "registration_not_supported",
            Code::InvalidDpopProof => "invalid_dpop_proof",
            Code::UseDpopNonce => "use_dpop_nonce",
            Code::SlowDown => "slow_down",
            Code::AuthorizationPending => "authorization_pending",
            Code::ExpiredToken => "expired_token",
            Code::ServerError => "server_error",
            Code::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// An error with the words a developer reads (`error_description`: printable ASCII without `"` and `\`).
///
/// The description is always a text of ours, never one from the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    /// The registered code.
    pub code: Code,
    /// What was wrong, for the developer of the client.
    pub description: &'static str,
}

impl OAuthError {
    /// An error of this kind, described.
    pub const fn new(code: Code, description: &'static str) -> OAuthError {
        OAuthError { code, description }
    }
}
