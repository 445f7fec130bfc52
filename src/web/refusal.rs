//! The line in the log that every refused request of an app leaves. Which reasons there are, and what is said of each, stands in
//! [`crate::protocol::refusal`].

use super::error::WebError;
use crate::protocol::error::{Explanation, OAuthError};
use crate::protocol::refusal::{Reason, transport};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, ResponseError};

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

/// The same of an app's request that is answered in JSON, and the status of that answer.
pub(super) fn unread_by_app(error: &WebError, request: &HttpRequest) -> (StatusCode, OAuthError) {
    let refusal = OAuthError::of(why_unread(error));
    logged(&refusal, &endpoint(request));
    let status = if matches!(error, WebError::NotAForm) { StatusCode::BAD_REQUEST } else { error.status_code() };
    (status, refusal)
}

/// Why a body could not be read.
fn why_unread(error: &WebError) -> &'static Reason {
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
