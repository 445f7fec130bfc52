//! Where clients post, authenticated as RFC 6749, section 2.3 has it: /token, /introspect (RFC 7662), /revoke (RFC 7009)

use super::Facing;
use super::asking;
use super::dpop::proof;
use super::error::WebError;
use super::form::{OpenForm, Posted};
use super::refusal::{endpoint, logged, unread_by_app};
use crate::flow::token::{Caller, NoToken};
use crate::flow::{Fault, Outlook};
use crate::protocol::error::{Code, OAuthError};
use crate::protocol::params::Params;
use crate::protocol::refusal::{Reason, transport};
use crate::protocol::time::Timestamp;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use std::time::Duration;

/// POST /token
pub(super) async fn post(request: HttpRequest, form: Posted, facing: web::Data<Facing>) -> HttpResponse {
    let asked = ask(&request, form, &facing, async |from, params, now| facing.idp.token(from, params, now).await);
    match asked.await {
        Ok(tokens) => HttpResponse::Ok().json(tokens),
        Err(refusal) => refusal,
    }
}

/// POST /introspect
pub(super) async fn introspect(request: HttpRequest, form: Posted, facing: web::Data<Facing>) -> HttpResponse {
    let asked = ask(&request, form, &facing, async |from, params, now| facing.idp.introspect(from, params, now).await);
    asked.await.map_or_else(|refusal| refusal, |told| HttpResponse::Ok().json(told))
}

/// POST /revoke
pub(super) async fn revoke(request: HttpRequest, form: Posted, facing: web::Data<Facing>) -> HttpResponse {
    let asked = ask(&request, form, &facing, async |from, params, now| facing.idp.give_back(from, params, now).await);
    asked.await.map_or_else(|refusal| refusal, |()| HttpResponse::Ok().finish())
}

/// Reads what a client posts, asks, and turns every refusal into its answer.
pub(super) async fn ask<T>(
    request: &HttpRequest,
    form: Posted,
    facing: &Facing,
    question: impl AsyncFnOnce(Caller<'_>, &Params, Timestamp) -> Result<T, NoToken>,
) -> Result<T, HttpResponse> {
    let OpenForm(params) = form.map_err(|error| unreadable(&error, request))?;
    let address = asking::address(request, facing).map(|ip| ip.to_string()).unwrap_or_default();
    let from = Caller {
        authorization: authorization(request),
        address: &address,
        endpoint: request.path(),
        proof: proof(request),
    };
    question(from, &params, facing.clock.now()).await.map_err(|no_token| refused(&no_token, request))
}

/// The `Authorization` header. Unreadable bytes and a second header count as a header that cannot be read.
fn authorization(request: &HttpRequest) -> Option<&str> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION);
    match (headers.next(), headers.next()) {
        (None, _) => None,
        (Some(one), None) => Some(one.to_str().unwrap_or("?")),
        (Some(_), Some(_)) => Some("?"),
    }
}

/// What a client gets that asked for something and does not get it.
fn refused(no_token: &NoToken, request: &HttpRequest) -> HttpResponse {
    match no_token {
        NoToken::Refused(error) => {
            logged(error, &endpoint(request));
            refusal(error, authorization(request).is_some())
        }
        NoToken::Busy => busy(request),
        NoToken::TooOften(wait) => too_often(transport::TOO_OFTEN, *wait, request),
        NoToken::Fault(fault) => broken(fault, request),
    }
}

/// Any other method where clients only post.
pub(super) async fn other_method(request: HttpRequest) -> HttpResponse {
    let error = transport::POST_ONLY.into();
    logged(&error, &endpoint(&request));
    HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "POST")).json(body(&error))
}

/// RFC 6749, section 5.2.
fn refusal(error: &OAuthError, by_header: bool) -> HttpResponse {
    if error.code() != Code::InvalidClient {
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
    serde_json::json!({"error": error.code().as_str(), "error_description": error.told()})
}

/// A body that cannot be read, told in JSON.
fn unreadable(error: &WebError, request: &HttpRequest) -> HttpResponse {
    let (status, refusal) = unread_by_app(error, request);
    HttpResponse::build(status).json(body(&refusal))
}

/// The hashing queue is full.
pub(super) fn busy(request: &HttpRequest) -> HttpResponse {
    let error = transport::BUSY.into();
    logged(&error, &endpoint(request));
    HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, "2")).json(body(&error))
}

/// Too many of its kind: good again after this long (RFC 6585, section 4; RFC 9126, section 2.3).
pub(super) fn too_often(reason: &'static Reason, wait: Duration, request: &HttpRequest) -> HttpResponse {
    let error = reason.into();
    logged(&error, &endpoint(request));
    let seconds = wait.as_secs().max(1).to_string();
    HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, seconds)).json(body(&error))
}

/// Something broke: said in JSON, without a word about what.
pub(super) fn broken(fault: &Fault, request: &HttpRequest) -> HttpResponse {
    tracing::error!(%fault, "a request failed");
    let reference = super::request_id::current();
    match fault.outlook() {
        Outlook::TryAgain => {
            let error = transport::TRY_AGAIN.into();
            logged(&error, &endpoint(request));
            HttpResponse::ServiceUnavailable().insert_header((header::RETRY_AFTER, "5")).json(body(&error))
        }
        Outlook::Broken => HttpResponse::InternalServerError()
            .json(serde_json::json!({"error": "server_error", "error_description": "something broke", "reference": reference})),
    }
}
