//! Bearer tokens (RFC 6750): found in a request, and refused.

use super::token::{body, broken, busy};
use crate::flow::token::NoToken;
use crate::protocol::error::{Code, OAuthError};
use crate::protocol::params::Params;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

/// The access token of a request.
pub(super) enum Presented {
    /// One.
    Token(String),
    /// None.
    Nothing,
    /// More than one.
    Ambiguous,
}

/// The token in the `Authorization` header.
pub(super) fn header_token(request: &HttpRequest) -> Presented {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    match (headers.next(), headers.next()) {
        (None, _) => Presented::Nothing,
        (Some(_), Some(_)) => Presented::Ambiguous,
        (Some(value), None) => match value.to_str().ok().and_then(|text| text.split_once(' ')) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => Presented::Token(token.trim().to_owned()),
            _ => Presented::Nothing,
        },
    }
}

/// Does the address carry a token? There it would be in every log, so whoever puts it there is told, where that is not
/// older than this rule.
pub(super) fn token_in_query(request: &HttpRequest) -> bool {
    let params = Params::parse(request.query_string().as_bytes()).unwrap_or_default();
    params.get("access_token").is_some() || params.spoiled("access_token").is_some()
}

/// No token: a challenge without an error code (RFC 6750, section 3.1).
pub(super) fn unasked() -> HttpResponse {
    HttpResponse::Unauthorized().insert_header((header::WWW_AUTHENTICATE, "Bearer realm=\"abide\"")).finish()
}

/// More than one token.
pub(super) fn ambiguous() -> HttpResponse {
    malformed("more than one access token")
}

/// A token, or something else, where it must not be.
pub(super) fn malformed(words: &'static str) -> HttpResponse {
    challenge(StatusCode::BAD_REQUEST, &OAuthError::new(Code::InvalidRequest, words))
}

/// The token does not do.
pub(super) fn refused(refusal: &NoToken) -> HttpResponse {
    match refusal {
        NoToken::Refused(error) if error.code == Code::InsufficientScope => challenge(StatusCode::FORBIDDEN, error),
        NoToken::Refused(error) => challenge(StatusCode::UNAUTHORIZED, error),
        NoToken::Busy => busy(),
        NoToken::Fault(fault) => broken(fault),
    }
}

fn challenge(status: StatusCode, error: &OAuthError) -> HttpResponse {
    let value = format!(
        "Bearer realm=\"abide\", error=\"{}\", error_description=\"{}\"",
        error.code.as_str(),
        error.description
    );
    HttpResponse::build(status).insert_header((header::WWW_AUTHENTICATE, value)).json(body(error))
}
