//! The line in the log that every refused request of an app leaves. Which reasons there are, and what is said of each, stands in
//! [`crate::protocol::refusal`].

use super::error::WebError;
use crate::protocol::error::{Explanation, OAuthError};
use crate::protocol::refusal::{Reason, transport};
use actix_web::HttpRequest;

/// Writes it. `endpoint` is a path of ours, never one that a request made up.
pub(super) fn logged(refusal: &OAuthError, endpoint: &str) {
    let Explanation { wrong, rule, right } = refusal.explanation();
    tracing::info!(
        endpoint,
        client_id = refusal.client(),
        error = refusal.code().as_str(),
        what = wrong,
        %rule,
        remedy = right,
        "a request was refused"
    );
}

/// A body that could not be read, written down.
pub(super) fn unread(error: WebError, request: &HttpRequest) -> WebError {
    logged(&why_unread(&error).into(), &endpoint(request));
    error
}

/// Why a body could not be read.
pub(super) fn why_unread(error: &WebError) -> &'static Reason {
    match error {
        WebError::TooLarge => transport::TOO_LARGE,
        WebError::TooManyParameters => transport::TOO_MANY_PARAMETERS,
        WebError::TooSlow => transport::TOO_SLOW,
        _ => transport::NOT_A_FORM,
    }
}

/// The path of the route that a request took.
pub(super) fn endpoint(request: &HttpRequest) -> String {
    request.match_pattern().unwrap_or_default()
}
