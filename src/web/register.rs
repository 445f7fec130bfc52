//! /register, where apps register themselves (RFC 7591), and /register/{client_id}, where they look after it (RFC 7592).

use super::Facing;
use super::bearer::{Presented, ambiguous, header_token, refused, unasked};
use super::error::WebError;
use super::refusal::{endpoint, logged};
use super::token::{body, broken, too_often};
use super::{asking, json};
use crate::flow::register::{Admission, NotRegistered};
use crate::flow::token::NoToken;
use crate::protocol::error::OAuthError;
use crate::protocol::refusal::{register as why, transport};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};
use serde_json::{Map, Value};

/// POST /register. Whoever may not is told so before anything of the body is read.
pub(super) async fn post(request: HttpRequest, payload: web::Payload, facing: web::Data<Facing>) -> HttpResponse {
    let presented = header_token(&request);
    if let Presented::Ambiguous = presented {
        return ambiguous(&request);
    }
    let token = bearer(&presented);
    let admission = match (facing.idp.admits(token), token) {
        (Admission::Off, _) => {
            let error = why::OFF.into();
            logged(&error, &endpoint(&request));
            return HttpResponse::Forbidden().json(body(&error));
        }
        (Admission::Unauthorized, None) => return unasked(why::NO_TOKEN, &request),
        (Admission::Unauthorized, Some(_)) => return unauthorized(&request),
        (admission, _) => admission,
    };
    let said = match read(&request, payload).await {
        Ok(said) => said,
        Err(refusal) => return refusal,
    };
    let address = address(&request, &facing);
    match facing.idp.register((admission, &address), &said, facing.clock.now()).await {
        Ok(told) => HttpResponse::Created().json(told.document(&facing.idp)),
        Err(not) => refusal(&not, (&request, &facing)),
    }
}

/// GET /register/{client_id}
pub(super) async fn get(request: HttpRequest, id: web::Path<String>, facing: web::Data<Facing>) -> HttpResponse {
    let presented = header_token(&request);
    let Some(token) = bearer(&presented) else { return unshown(&presented, &request) };
    match facing.idp.registration(&id, token).await {
        Ok(told) => HttpResponse::Ok().json(told.document(&facing.idp)),
        Err(not) => refusal(&not, (&request, &facing)),
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
    let Some(token) = bearer(&presented) else { return unshown(&presented, &request) };
    if let Err(not) = facing.idp.registration(&id, token).await {
        return refusal(&not, (&request, &facing));
    }
    let said = match read(&request, payload).await {
        Ok(said) => said,
        Err(refusal) => return refusal,
    };
    let address = address(&request, &facing);
    match facing.idp.reregister((&id, token), (&address, &said), facing.clock.now()).await {
        Ok(told) => HttpResponse::Ok().json(told.document(&facing.idp)),
        Err(not) => refusal(&not, (&request, &facing)),
    }
}

/// DELETE /register/{client_id}
pub(super) async fn delete(request: HttpRequest, id: web::Path<String>, facing: web::Data<Facing>) -> HttpResponse {
    let presented = header_token(&request);
    let Some(token) = bearer(&presented) else { return unshown(&presented, &request) };
    match facing.idp.deregister((&id, token), facing.clock.now()).await {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(not) => refusal(&not, (&request, &facing)),
    }
}

/// The token of a registration: a bearer token, whatever other tokens are.
fn bearer(presented: &Presented) -> Option<&str> {
    match presented {
        Presented::Token(carried) => carried.bearer(),
        Presented::Nothing | Presented::Ambiguous => None,
    }
}

/// There is not the one token that there has to be.
fn unshown(presented: &Presented, request: &HttpRequest) -> HttpResponse {
    match presented {
        Presented::Ambiguous => ambiguous(request),
        Presented::Token(_) | Presented::Nothing => unasked(why::NO_TOKEN, request),
    }
}

fn address(request: &HttpRequest, facing: &Facing) -> String {
    asking::address(request, facing).map(|ip| ip.to_string()).unwrap_or_default()
}

async fn read(request: &HttpRequest, payload: web::Payload) -> Result<Map<String, Value>, HttpResponse> {
    json::object(request, payload).await.map_err(|error| {
        let refusal = OAuthError::of(match error {
            WebError::TooLarge => transport::TOO_LARGE,
            WebError::TooSlow => transport::TOO_SLOW,
            WebError::NotAForm => why::NOT_JSON,
            _ => why::NO_OBJECT,
        });
        logged(&refusal, &endpoint(request));
        let status = if matches!(error, WebError::NotAForm) { StatusCode::BAD_REQUEST } else { error.status_code() };
        HttpResponse::build(status).json(body(&refusal))
    })
}

/// The token is not good: of no client, of another one, of one that is gone. Which of these is not told.
fn unauthorized(request: &HttpRequest) -> HttpResponse {
    refused(&NoToken::Refused(why::BAD_TOKEN.into()), request)
}

fn refusal(not: &NotRegistered, (request, facing): (&HttpRequest, &Facing)) -> HttpResponse {
    match not {
        NotRegistered::Unauthorized => unauthorized(request),
        NotRegistered::TooOften(until) => too_often(why::TOO_MANY, facing.clock.now().until(*until), request),
        NotRegistered::Refused(refused) => {
            logged(&refused.explained(), &endpoint(request));
            let (error, description) = (refused.code().as_str(), refused.description.as_str());
            let told = serde_json::json!({"error": error, "error_description": description});
            HttpResponse::BadRequest().json(told)
        }
        NotRegistered::Fault(fault) => broken(fault, request),
    }
}
