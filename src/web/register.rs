//! /register, where apps register themselves (RFC 7591), and /register/{client_id}, where they look after it (RFC 7592).

use super::Facing;
use super::bearer::{Presented, ambiguous, header_token, refused, unasked};
use super::error::WebError;
use super::token::{body, broken};
use super::{asking, json};
use crate::flow::register::{Admission, NotRegistered};
use crate::flow::token::NoToken;
use crate::protocol::error::{Code, OAuthError};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde_json::{Map, Value};

/// POST /register. Whoever may not is told so before anything of the body is read.
pub(super) async fn post(request: HttpRequest, payload: web::Payload, facing: web::Data<Facing>) -> HttpResponse {
    let token = match header_token(&request) {
        Presented::Token(token) => Some(token),
        Presented::Nothing => None,
        Presented::Ambiguous => return ambiguous(),
    };
    let admission = match (facing.idp.admits(token.as_deref()), &token) {
        (Admission::Off, _) => {
            let error = OAuthError::new(Code::AccessDenied, "apps cannot register themselves here");
            return HttpResponse::Forbidden().json(body(&error));
        }
        (Admission::Unauthorized, None) => return unasked(),
        (Admission::Unauthorized, Some(_)) => return unauthorized(),
        (admission, _) => admission,
    };
    let said = match read(&request, payload).await {
        Ok(said) => said,
        Err(refusal) => return refusal,
    };
    let address = address(&request, &facing);
    match facing.idp.register((admission, &address), &said, facing.clock.now()).await {
        Ok(told) => HttpResponse::Created().json(told.document(&facing.idp)),
        Err(not) => refusal(&not, &facing),
    }
}

/// GET /register/{client_id}
pub(super) async fn get(request: HttpRequest, id: web::Path<String>, facing: web::Data<Facing>) -> HttpResponse {
    let presented = header_token(&request);
    let Presented::Token(token) = &presented else { return unshown(&presented) };
    match facing.idp.registration(&id, token).await {
        Ok(told) => HttpResponse::Ok().json(told.document(&facing.idp)),
        Err(not) => refusal(&not, &facing),
    }
}

/// PUT /register/{client_id}
pub(super) async fn put(
    request: HttpRequest,
    id: web::Path<String>,
    payload: web::Payload,
    facing: web::Data<Facing>,
) -> HttpResponse {
    let presented = header_token(&request);
    let Presented::Token(token) = &presented else { return unshown(&presented) };
    if let Err(not) = facing.idp.registration(&id, token).await {
        return refusal(&not, &facing);
    }
    let said = match read(&request, payload).await {
        Ok(said) => said,
        Err(refusal) => return refusal,
    };
    let address = address(&request, &facing);
    match facing.idp.reregister((&id, token), (&address, &said), facing.clock.now()).await {
        Ok(told) => HttpResponse::Ok().json(told.document(&facing.idp)),
        Err(not) => refusal(&not, &facing),
    }
}

/// DELETE /register/{client_id}
pub(super) async fn delete(request: HttpRequest, id: web::Path<String>, facing: web::Data<Facing>) -> HttpResponse {
    let presented = header_token(&request);
    let Presented::Token(token) = &presented else { return unshown(&presented) };
    match facing.idp.deregister((&id, token), facing.clock.now()).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(not) => refusal(&not, &facing),
    }
}

/// There is not the one token that there has to be.
fn unshown(presented: &Presented) -> HttpResponse {
    match presented {
        Presented::Ambiguous => ambiguous(),
        Presented::Token(_) | Presented::Nothing => unasked(),
    }
}

fn address(request: &HttpRequest, facing: &Facing) -> String {
    asking::address(request, facing).map(|ip| ip.to_string()).unwrap_or_default()
}

async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Map<String, Value>, HttpResponse> {
    json::object(request, payload).await.map_err(|error| {
        let words = match error {
            WebError::TooLarge => "the body is too large",
            WebError::TooSlow => "the body came too slowly",
            WebError::NotAForm => "the body must be application/json",
            _ => "the body must be a JSON object",
        };
        let status = if matches!(error, WebError::NotAForm) { StatusCode::BAD_REQUEST } else { error.status_code() };
        HttpResponse::build(status).json(body(&OAuthError::new(Code::InvalidRequest, words)))
    })
}

/// The token is not good: of no client, of another one, of one that is gone. Which of these is not told.
fn unauthorized() -> HttpResponse {
    refused(&NoToken::Refused(OAuthError::new(Code::InvalidToken, "the token is not good")))
}

fn refusal(not: &NotRegistered, facing: &Facing) -> HttpResponse {
    match not {
        NotRegistered::Unauthorized => unauthorized(),
        NotRegistered::TooOften(until) => {
            let error = OAuthError::new(Code::TemporarilyUnavailable, "too many registrations from this network");
            let seconds = facing.clock.now().until(*until).as_secs().max(1);
            HttpResponse::TooManyRequests().insert_header((header::RETRY_AFTER, seconds.to_string())).json(body(&error))
        }
        NotRegistered::Refused(refused) => {
            let (error, description) = (refused.code.as_str(), refused.description.as_str());
            tracing::info!(error, why = description, "a registration was refused");
            let told = serde_json::json!({"error": error, "error_description": description});
            HttpResponse::BadRequest().json(told)
        }
        NotRegistered::Fault(fault) => broken(fault),
    }
}
