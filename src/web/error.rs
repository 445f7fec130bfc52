//! Errors as pages and as JSON. No internal text ever leaves: a fault is logged, and shown as a reference.

use super::asking::EarlierForm;
use super::pages::{ErrorPage, Explained};
use super::refusal::logged;
use super::request_id;
use super::{answer, language};
use crate::flow::authorize::Problem;
use crate::flow::{Fault, Outlook};
use crate::model::authorization::Unbound;
use crate::protocol::error::{Depth, Explanation, OAuthError};
use crate::protocol::refusal::Rule;
use crate::text::Text;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use std::fmt;

/// What a page endpoint may answer instead of its page.
#[derive(Debug)]
pub(super) enum WebError {
    /// A form without our token, or from another origin.
    ForeignForm,
    /// A sign-in form given to this browser before it began anew in another tab.
    EarlierForm(Box<EarlierForm>),
    /// The body is no form.
    NotAForm,
    /// It is cut off, or put together wrongly.
    Malformed,
    /// It is too large.
    TooLarge,
    /// It came too slowly.
    TooSlow,
    /// It has too many parameters.
    TooManyParameters,
    /// There is no such page.
    NotFound,
    /// The person cannot go on.
    Problem(Problem),
    /// The request of an app is refused, and there is no proven address to tell it to.
    Refused(Problem, Box<OAuthError>),
    /// Something broke.
    Fault(Fault),
}

impl fmt::Display for WebError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl<F: Into<Fault>> From<F> for WebError {
    fn from(fault: F) -> WebError {
        WebError::Fault(fault.into())
    }
}

impl WebError {
    /// The keys of title and explanation in the catalogue.
    fn words(&self) -> (&'static str, &'static str) {
        match self {
            WebError::ForeignForm | WebError::EarlierForm(_) => ("error-form", "error-form-detail"),
            WebError::NotFound => ("error-not-found", "error-not-found-detail"),
            WebError::Fault(fault) if fault.outlook() == Outlook::TryAgain => ("error-busy", "error-busy-detail"),
            WebError::Fault(_) => ("error-fault", "error-fault-detail"),
            WebError::Problem(Problem::NotForYou) => ("error-forbidden", "error-forbidden-detail"),
            WebError::Problem(Problem::InteractionGone) => ("error-gone", "error-gone-detail"),
            WebError::Refused(Problem::Unbound(Unbound::UnknownClient), _) => {
                ("error-unknown-client", "error-unknown-client-detail")
            }
            WebError::Refused(Problem::Unbound(Unbound::UnregisteredRedirectUri), _) => {
                ("error-redirect-uri", "error-redirect-uri-detail")
            }
            _ => ("error-bad-request", "error-bad-request-detail"),
        }
    }

    /// What the developer of the app that sent the browser here wants to know: the rule alone, no value of the request.
    fn developer(&self) -> Option<String> {
        let rule = match self {
            WebError::Refused(Problem::Unbound(Unbound::UnknownClient), _) => return None,
            WebError::Refused(_, refusal) if refusal.depth() == Depth::Full => return None,
            WebError::Refused(Problem::Unbound(Unbound::UnregisteredRedirectUri), _) => Rule::RedirectExact.words(),
            WebError::Refused(_, refusal) => refusal.reason().said(),
            WebError::TooManyParameters => "too many parameters",
            WebError::NotAForm => "the body is not of the content type of the form",
            WebError::Malformed => "the body cannot be read to its end",
            WebError::TooLarge => "the body is too large",
            _ => return None,
        };
        Some(rule.to_owned())
    }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        match self {
            WebError::ForeignForm | WebError::EarlierForm(_) | WebError::Problem(Problem::NotForYou) => {
                StatusCode::FORBIDDEN
            }
            WebError::NotAForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            WebError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            WebError::TooSlow => StatusCode::REQUEST_TIMEOUT,
            WebError::NotFound => StatusCode::NOT_FOUND,
            WebError::TooManyParameters | WebError::Malformed | WebError::Problem(_) | WebError::Refused(..) => {
                StatusCode::BAD_REQUEST
            }
            WebError::Fault(fault) if fault.outlook() == Outlook::TryAgain => StatusCode::SERVICE_UNAVAILABLE,
            WebError::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        let reference = match self {
            WebError::Fault(fault) => {
                tracing::error!(%fault, "a request failed");
                Some(request_id::current())
            }
            WebError::Refused(problem, refusal) => {
                logged(refusal, problem.endpoint());
                None
            }
            other => {
                tracing::info!(why = ?other, "refused with a page");
                None
            }
        };
        let (title, explanation) = self.words();
        let text = Text::from(language::preferred().settle());
        let page = ErrorPage {
            text,
            title: text.say(title),
            explanation: text.say(explanation),
            reference,
            developer: self.developer(),
            explained: match self {
                WebError::Refused(_, refusal) => explained(refusal),
                _ => None,
            },
        };
        let mut response = answer::page(self.status_code(), &page);
        if self.status_code() == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("5"));
        }
        response
    }
}

/// What was wrong, the rule, and what would be right, for an app in development.
pub(super) fn explained(refusal: &OAuthError) -> Option<Explained> {
    let Explanation { wrong, rule, right } = refusal.explanation();
    (refusal.depth() == Depth::Full).then(|| (wrong, rule.to_string(), right))
}

/// Every path that is none of ours.
pub(super) async fn not_found(request: HttpRequest) -> HttpResponse {
    if request.headers().get(header::ACCEPT).is_some_and(|value| value == "application/json") {
        return HttpResponse::NotFound().json(serde_json::json!({"error": "not_found"}));
    }
    WebError::NotFound.error_response()
}
