//! `GET /session` and `POST /session/activity`: what a session is good for, and an act of the person in it.
//!
//! Two doors, and a request takes one of them:
//!
//! * **An access token**, in the `Authorization` header alone. A token in the address or a body is refused by name, for it
//!   would end up in logs. No cookie counts beside a header, whatever is in it. A request with a header that scripts of
//!   other origins cannot send unasked needs no other protection against cross-site forgery.
//! * **The session cookie**, for our own pages, only where the browser says that a page of our own origin asks: an `Origin`
//!   that is ours, or, where it leaves that out (it does for GET), `Sec-Fetch-Site: same-origin`. A navigation (`none`), a
//!   neighbour (`same-site`) and a request of no browser at all are answered as if there were no cookie. Reading could not
//!   be abused, because other origins never read answers given to a cookie ([`super::cors`]); it is refused all the same,
//!   so that the time an answer takes tells nobody whether somebody is signed in here. By this door a report is the button
//!   "Stay signed in": it counts for the session and for no app. Pages of the console say that they are (`at=console`):
//!   they are told of the console's own part as any app is of its, and the button counts for that part, too.
//!
//! Who shows neither gets the bare challenge, as at userinfo.

use super::asking::Asking;
use super::bearer::{
    Carried, Presented, ambiguous, bare, header_token, malformed, refused, token_in_query, unasked, unreadable,
};
use super::error::WebError;
use super::form::{bytes, same_origin};
use super::token::{broken, too_often};
use crate::flow::our_pages::Page;
use crate::flow::status::Reporting;
use crate::flow::token::NoToken;
use crate::protocol::params::Params;
use crate::protocol::refusal::token;
use crate::protocol::session_status::SessionStatus;
use crate::protocol::time::Timestamp;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use std::time::{Duration, UNIX_EPOCH};

/// GET /session
pub(super) async fn get(request: HttpRequest, asking: Asking) -> HttpResponse {
    let (idp, now) = (asking.idp(), asking.now);
    let subject = match door(&request, &asking) {
        Ok(Door::Token(token)) => idp.subject_of_token(token.of(&request), now).await.map(Some),
        Ok(Door::Cookie(page)) => idp.subject_of_browser(&asking.visitor, page).await.map_err(NoToken::Fault),
        Err(refusal) => return *refusal,
    };
    match subject {
        Ok(Some(subject)) => match idp.status(&subject, now).await {
            Ok(status) => told(&status, now),
            Err(fault) => broken(&fault, &request),
        },
        Ok(None) => bare(),
        Err(refusal) => refused(&refusal, &request),
    }
}

/// POST /session/activity
pub(super) async fn activity(request: HttpRequest, payload: web::Payload, asking: Asking) -> HttpResponse {
    let (idp, now) = (asking.idp(), asking.now);
    let door = match door(&request, &asking) {
        Ok(door) => door,
        Err(refusal) => return *refusal,
    };
    match bytes(&request, &mut payload.into_inner()).await {
        Ok(bytes) if bytes.is_empty() => (),
        Ok(_) | Err(WebError::TooLarge) => return malformed(token::WITH_BODY, &request),
        Err(error) => return unreadable(&error, &request),
    }
    match door {
        Door::Token(token) => match idp.report_activity(token.of(&request), now).await {
            Ok(Reporting::Counted(status)) => told(&status, now),
            Ok(Reporting::TooOften(again)) => too_often(token::REPORTED, now.until(again), &request),
            Err(refusal) => refused(&refusal, &request),
        },
        Door::Cookie(page) => match idp.stay_signed_in(&asking.visitor, page, now).await {
            Ok(Some(status)) => told(&status, now),
            Ok(None) => bare(),
            Err(fault) => broken(&fault, &request),
        },
    }
}

/// By what a request asks.
pub(super) enum Door {
    /// An access token.
    Token(Carried),
    /// The session cookie, from this page of ours.
    Cookie(Page),
}

/// The door a request takes, or what it gets instead.
pub(super) fn door(request: &HttpRequest, asking: &Asking) -> Result<Door, Box<HttpResponse>> {
    if token_in_query(request) {
        return Err(Box::new(malformed(token::IN_ADDRESS, request)));
    }
    match header_token(request) {
        Presented::Token(token) => Ok(Door::Token(token)),
        Presented::Ambiguous => Err(Box::new(ambiguous(request))),
        Presented::Nothing if request.headers().contains_key(header::AUTHORIZATION) => {
            Err(Box::new(unasked(token::NONE, request)))
        }
        Presented::Nothing if same_origin(request, &asking.idp().issuer.origin()) => match page(request) {
            Some(page) => Ok(Door::Cookie(page)),
            None => Err(Box::new(malformed(token::UNKNOWN_PAGE, request))),
        },
        Presented::Nothing => Err(Box::new(unasked(token::NONE, request))),
    }
}

/// Which of our pages asks, as `at` in the address says. Nothing is given to the console here that another page of the
/// same person could not have; it is told of its own part, and keeps that alive.
fn page(request: &HttpRequest) -> Option<Page> {
    let params = Params::parse(request.query_string().as_bytes()).ok()?;
    match (params.get("at"), params.spoiled("at")) {
        (None, None) => Some(Page::Other),
        (Some("console"), None) => Some(Page::Console),
        _ => None,
    }
}

/// With the reading of the clock by which it was judged, so that whoever counts down can tell how far theirs is off.
fn told(status: &SessionStatus, now: Timestamp) -> HttpResponse {
    let since = Duration::from_secs(u64::try_from(now.0).unwrap_or(0));
    let date = header::HttpDate::from(UNIX_EPOCH + since);
    HttpResponse::Ok().insert_header((header::DATE, date)).json(status)
}
