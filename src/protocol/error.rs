//! The errors of OAuth 2.0 and OpenID Connect, by their registered codes, and refusals as they are told and logged. The
//! reasons for them are in [`crate::protocol::refusal`].

use crate::protocol::refusal::{Reason, Rule, fits, shown};
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
    /// A redirect URI is none that can be registered (RFC 7591, section 3.2.2).
    InvalidRedirectUri,
    /// Another member of a client's metadata is wrong.
    InvalidClientMetadata,
    /// The software statement is none.
    InvalidSoftwareStatement,
    /// It is somebody's whose word counts for nothing here.
    UnapprovedSoftwareStatement,
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
            Code::InvalidRedirectUri => "invalid_redirect_uri",
            Code::InvalidClientMetadata => "invalid_client_metadata",
            Code::InvalidSoftwareStatement => "invalid_software_statement",
            Code::UnapprovedSoftwareStatement => "unapproved_software_statement",
            Code::ServerError => "server_error",
            Code::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }
}

/// How much an answer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What the specification lets it say, to whoever asks.
    Brief,
    /// Everything that helps whoever develops the app.
    Full,
}

/// Why a request was refused, for whoever makes the app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// What was wrong.
    pub wrong: String,
    /// The rule.
    pub rule: Rule,
    /// What would be right.
    pub right: String,
}

/// A refusal of a client's request: the reason, and what of this one request there is to tell.
///
/// What production is told is always a text of ours, never one from the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    reason: &'static Reason,
    particulars: Option<Box<Particulars>>,
}

/// What of one request, and of one client's record, there is to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Particulars {
    client: Option<String>,
    wrong: Option<String>,
    right: Option<String>,
    told: Option<String>,
}

/// The longest `error_description`, in bytes: it travels in addresses.
const LONGEST: usize = 1200;

impl OAuthError {
    /// A refusal for this reason.
    pub const fn of(reason: &'static Reason) -> OAuthError {
        OAuthError { reason, particulars: None }
    }

    /// The value that was sent: of a parameter that is no secret, no token and no proof of anything.
    #[must_use]
    pub fn sent(self, value: &str) -> OAuthError {
        let wrong = format!("{}; sent: {}", self.reason.wrong(), shown(value));
        self.particularly(|particulars| particulars.wrong = Some(wrong))
    }

    /// What the client's record has, or what is supported, in its place.
    #[must_use]
    pub fn in_place<T: AsRef<str>>(self, whose: &str, values: impl IntoIterator<Item = T>) -> OAuthError {
        let values: Vec<String> = values.into_iter().take(10).map(|value| shown(value.as_ref())).collect();
        let list = if values.is_empty() { "nothing".to_owned() } else { values.join(", ") };
        let right = format!("{} {whose} has: {list}.", self.reason.right());
        self.particularly(|particulars| particulars.right = Some(right))
    }

    /// Words for this one request. Values in them have gone through [`shown`].
    #[must_use]
    pub fn explained(self, wrong: String, right: String) -> OAuthError {
        self.particularly(|particulars| {
            particulars.wrong = Some(wrong);
            particulars.right = Some(right);
        })
    }

    /// Whose request it was, and how much its answer tells. Said last: what is told is put together here.
    #[must_use]
    pub fn to_client(self, id: &str, depth: Depth) -> OAuthError {
        let told = (depth == Depth::Full).then(|| self.explanation().in_one_line());
        self.particularly(|particulars| {
            particulars.client = Some(id.to_owned());
            particulars.told = told;
        })
    }

    fn particularly(mut self, change: impl FnOnce(&mut Particulars)) -> OAuthError {
        change(self.particulars.get_or_insert_default());
        self
    }

    /// Why.
    pub fn reason(&self) -> &'static Reason {
        self.reason
    }

    /// The registered code.
    pub fn code(&self) -> Code {
        self.reason.code()
    }

    /// The `error_description` of the answer: printable ASCII without `"` and `\`.
    pub fn told(&self) -> &str {
        let told = self.particulars.as_ref().and_then(|particulars| particulars.told.as_deref());
        told.unwrap_or(self.reason.said())
    }

    /// Is whoever develops the app told everything?
    pub fn depth(&self) -> Depth {
        match self.particulars.as_ref().and_then(|particulars| particulars.told.as_ref()) {
            Some(_) => Depth::Full,
            None => Depth::Brief,
        }
    }

    /// Whose request it was, where that is known.
    pub fn client(&self) -> Option<&str> {
        self.particulars.as_ref().and_then(|particulars| particulars.client.as_deref())
    }

    /// What the log says of every client, and the answer to one in development.
    pub fn explanation(&self) -> Explanation {
        let own = self.particulars.as_deref();
        let text = |own: Option<&String>, usual: &str| own.map_or_else(|| usual.to_owned(), String::clone);
        Explanation {
            wrong: text(own.and_then(|own| own.wrong.as_ref()), self.reason.wrong()),
            rule: self.reason.rule(),
            right: text(own.and_then(|own| own.right.as_ref()), self.reason.right()),
        }
    }
}

impl From<&'static Reason> for OAuthError {
    fn from(reason: &'static Reason) -> OAuthError {
        OAuthError::of(reason)
    }
}

impl Explanation {
    fn in_one_line(&self) -> String {
        let Explanation { wrong, rule, right } = self;
        let stop = if wrong.ends_with('.') { "" } else { "." };
        let line = format!("{wrong}{stop} {rule}. {right}");
        line.chars().filter(|c| fits(*c)).take(LONGEST).collect()
    }
}
