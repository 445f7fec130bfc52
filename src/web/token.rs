//! POST /token

use super::Facing;
use super::asking;
use super::error::WebError;
use super::form::OpenForm;
use crate::flow::token::{Caller, NoToken};
use crate::flow::{Fault, Outlook};
use crate::protocol::error::{Code, OAuthError};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

/// POST /token
pub(super) async fn post(
    request: HttpRequest,
    form: Result<OpenForm, WebError>,
    facing: web::Data<Facing>,
) -> HttpResponse {
    let params = match form {
        Ok(OpenForm(params)) => params,
        Err(error) => return unreadable(&error),
    };
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    let authorization = match (headers.next(), headers.next()) {
        (None, _) => None,
        // Unreadable bytes and a second header count as a header that cannot be read.
        (Some(one), None) => Some(one.to_str().unwrap_or("?")),
        (Some(_), Some(_)) => Some("?"),
    };
    let address = asking::address(&request, &facing).map(|ip| ip.to_string()).unwrap_or_default();
    let caller = Caller { authorization, address: &address };
    match facing.idp.token(caller, &params, facing.clock.now()).await {
        Ok(tokens) => HttpResponse::Ok().insert_header((header::PRAGMA, "no-cache")).json(tokens),
        Err(NoToken::Refused(error)) => {
            tracing::info!(error = error.code.as_str(), why = error.description, "token request refused");
            refusal(&error, authorization.is_some())
        }
        Err(NoToken::Busy) => busy(),
        Err(NoToken::Fault(fault)) => broken(&fault),
    }
}

/// Any other method at /token.
pub(super) async fn other_method() -> HttpResponse {
    let error = OAuthError::new(Code::InvalidRequest, "the token endpoint takes POST only");
    HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "POST")).json(body(&error))
}

/// RFC 6749, section 5.2.
fn refusal(error: &OAuthError, by_header: bool) -> HttpResponse {
    if error.code != Code::InvalidClient {
        return HttpResponse::BadRequest().json(body(error));
    }
    let mut response = HttpResponse::Unauthorized();
    if by_header {
        response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"abide\", charset=\"UTF-8\""));
    }
    response.json(body(error))
}

/// The body of an OAuth error.
pub(super) fn body(error: &OAuthError) -> serde_json::Value {
    serde_json::json!({"error": error.code.as_str(), "error_description": error.description})
}

/// A body that cannot be read, told in JSON.
pub(super) fn unreadable(error: &WebError) -> HttpResponse {
    use actix_web::ResponseError;
    let words = match error {
        WebError::TooLarge => "the body is too large",
        WebError::TooManyParameters => "too many parameters",
        WebError::TooSlow => "the body came too slowly",
        _ => "the body must be application/x-www-form-urlencoded",
    };
    let status = if matches!(error, WebError::NotAForm) { StatusCode::BAD_REQUEST } else { error.status_code() };
    HttpResponse::build(status).json(body(&OAuthError::new(Code::InvalidRequest, words)))
}

/// The hashing queue is full.
pub(super) fn busy() -> HttpResponse {
    let error = OAuthError::new(Code::TemporarilyUnavailable, "too busy; try again");
    HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, "2")).json(body(&error))
}

/// Something broke: said in JSON, without a word about what.
pub(super) fn broken(fault: &Fault) -> HttpResponse {
    tracing::error!(%fault, "a request failed");
    let reference = super::request_id::current();
    match fault.outlook() {
        Outlook::TryAgain => {
            let error = OAuthError::new(Code::TemporarilyUnavailable, "try again");
            HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, "5")).json(body(&error))
        }
        Outlook::Broken => HttpResponse::InternalServerError()
            .json(serde_json::json!({"error": "server_error", "error_description": "something broke", "reference": reference})),
    }
}
