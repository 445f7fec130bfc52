//! Access tokens, with whoever bears them (RFC 6750) or whoever holds their key (RFC 9449): found in a request, and refused.

use super::dpop::proof;
use super::error::WebError;
use super::refusal::{endpoint, logged, unread_by_app};
use super::token::{body, broken, busy, too_often};
use crate::flow::dpop::{Presented as Presentation, Scheme, Shown};
use crate::flow::token::NoToken;
use crate::protocol::error::{Code, OAuthError};
use crate::protocol::jws::JwsAlg;
use crate::protocol::params::Params;
use crate::protocol::refusal::{Reason, token, transport};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};

/// The access token of a request.
pub(super) enum Presented {
    /// One.
    Token(Carried),
    /// None.
    Nothing,
    /// More than one.
    Ambiguous,
}

/// An access token, and how it came.
pub(super) struct Carried {
    /// By which scheme.
    scheme: Scheme,
    /// The token.
    token: String,
}

impl Carried {
    /// One that came in a body, where no scheme is named (RFC 6750, section 2.2).
    pub(super) fn in_body(token: String) -> Carried {
        Carried { scheme: Scheme::Bearer, token }
    }

    /// The token, where it came as a bearer token.
    pub(super) fn bearer(&self) -> Option<&str> {
        (self.scheme == Scheme::Bearer).then_some(self.token.as_str())
    }

    /// With what the request shows beside it.
    pub(super) fn of<'a>(&'a self, request: &'a HttpRequest) -> Presentation<'a> {
        let shown = Shown { header: proof(request), method: request.method().as_str(), path: request.path() };
        Presentation { token: &self.token, scheme: self.scheme, shown }
    }
}

/// The token in the `Authorization` header.
pub(super) fn header_token(request: &HttpRequest) -> Presented {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    match (headers.next(), headers.next()) {
        (None, _) => Presented::Nothing,
        (Some(_), Some(_)) => Presented::Ambiguous,
        (Some(value), None) => match value.to_str().ok().and_then(|text| text.split_once(' ')) {
            Some((name, token)) => scheme(name).map_or(Presented::Nothing, |scheme| {
                Presented::Token(Carried { scheme, token: token.trim().to_owned() })
            }),
            None => Presented::Nothing,
        },
    }
}

fn scheme(name: &str) -> Option<Scheme> {
    [("bearer", Scheme::Bearer), ("dpop", Scheme::Dpop)]
        .into_iter()
        .find_map(|(known, scheme)| name.eq_ignore_ascii_case(known).then_some(scheme))
}

/// Does the address carry a token? There it would be in every log, so whoever puts it there is told, where that is not
/// older than this rule.
pub(super) fn token_in_query(request: &HttpRequest) -> bool {
    let params = Params::parse(request.query_string().as_bytes()).unwrap_or_default();
    params.get("access_token").is_some() || params.spoiled("access_token").is_some()
}

/// No token: challenges without an error code (RFC 6750, section 3.1; RFC 9449, section 7.1).
pub(super) fn unasked(reason: &'static Reason, request: &HttpRequest) -> HttpResponse {
    logged(&reason.into(), &endpoint(request));
    bare()
}

/// The same to a page of ours whose session is over: no app asked.
pub(super) fn bare() -> HttpResponse {
    challenging(StatusCode::UNAUTHORIZED, Scheme::Bearer, None).finish()
}

/// More than one token.
pub(super) fn ambiguous(request: &HttpRequest) -> HttpResponse {
    malformed(token::TWO, request)
}

/// A token, or something else, where it must not be.
pub(super) fn malformed(reason: &'static Reason, request: &HttpRequest) -> HttpResponse {
    let error = OAuthError::of(reason);
    logged(&error, &endpoint(request));
    challenging(StatusCode::BAD_REQUEST, Scheme::Bearer, Some(&error)).json(body(&error))
}

/// A body that cannot be read, of a request that brought no token (RFC 6750, section 3).
pub(super) fn unreadable(error: &WebError, request: &HttpRequest) -> HttpResponse {
    let (status, refusal) = unread_by_app(error, request);
    challenging(status, Scheme::Bearer, Some(&refusal)).json(body(&refusal))
}

/// The token does not do, or what came with it.
pub(super) fn refused(refusal: &NoToken, request: &HttpRequest) -> HttpResponse {
    let error = match refusal {
        NoToken::Refused(error) => error,
        NoToken::Busy => return busy(request),
        NoToken::TooOften(wait) => return too_often(transport::TOO_OFTEN, *wait, request),
        NoToken::Fault(fault) => return broken(fault, request),
    };
    let status = match error.code() {
        Code::InsufficientScope => StatusCode::FORBIDDEN,
        _ => StatusCode::UNAUTHORIZED,
    };
    let scheme = match header_token(request) {
        Presented::Token(carried) => carried.scheme,
        Presented::Nothing | Presented::Ambiguous => Scheme::Bearer,
    };
    logged(error, &endpoint(request));
    challenging(status, scheme, Some(error)).json(body(error))
}

/// An answer that names both schemes: first the one that was tried, with the error, then the other.
fn challenging(status: StatusCode, tried: Scheme, error: Option<&OAuthError>) -> HttpResponseBuilder {
    let told = error.map(|error| {
        let (code, words) = (error.code().as_str(), error.told());
        format!("error=\"{code}\", error_description=\"{words}\"")
    });
    let challenge = |scheme: Scheme| {
        let own = match scheme {
            Scheme::Bearer => "Bearer realm=\"abide\"".to_owned(),
            Scheme::Dpop => format!("DPoP realm=\"abide\", algs=\"{}\"", JwsAlg::public_key_names().join(" ")),
        };
        match &told {
            Some(told) if scheme == tried => format!("{own}, {told}"),
            _ => own,
        }
    };
    let other = match tried {
        Scheme::Bearer => Scheme::Dpop,
        Scheme::Dpop => Scheme::Bearer,
    };
    let mut response = HttpResponse::build(status);
    for scheme in [tried, other] {
        response.append_header((header::WWW_AUTHENTICATE, challenge(scheme)));
    }
    response
}
