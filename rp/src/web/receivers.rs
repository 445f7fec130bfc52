//! What the provider calls when a session is over.

use super::browser::{self, Place};
use super::sign_in::present;
use super::{app_of, broken, refusal};
use crate::app::RelyingApp;
use crate::flow::told::Received;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use openidconnect::url::Url;
use serde::Deserialize;

#[derive(Deserialize)]
pub(super) struct BackChannel {
    logout_token: String,
}

/// OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8. A `sid` that matches nothing is fine: it is over.
pub(super) async fn back_channel(
    request: HttpRequest,
    form: Result<web::Form<BackChannel>, actix_web::Error>,
) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    let Ok(form) = form else {
        return Ok(refusal(StatusCode::BAD_REQUEST, "invalid_request", "a form with one logout_token is expected"));
    };
    Ok(match app.inner.receive(&form.logout_token, app.now()).await {
        Received::Done => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        Received::Refused(why) => {
            tracing::warn!("a logout token was refused: {why}");
            refusal(StatusCode::BAD_REQUEST, "invalid_request", &why)
        }
        Received::Failed(fault) => {
            tracing::error!("{fault}");
            // Section 2.8 knows one status for all that fails; the provider tries again.
            refusal(StatusCode::BAD_REQUEST, "logout_failed", "please try again")
        }
    })
}

#[derive(Deserialize)]
struct FrontChannel {
    iss: String,
    sid: String,
}

/// OpenID Connect Front-Channel Logout 1.0, section 3. Loaded in a frame of the provider's page, so a browser that keeps
/// cookies from frames of other sites sends none, and nothing is done: that is what the back channel is for.
///
/// Every app of a session knows its `sid`, so any of them could send the person here in a window, which brings the Lax
/// cookie along: browsers say where an answer goes, and a window is refused.
pub(super) async fn front_channel(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    if browser::place(&request) == Place::Elsewhere {
        return Ok(refusal(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "only a frame of the provider's page asks this",
        ));
    }
    let told = web::Query::<FrontChannel>::from_query(request.query_string()).map(web::Query::into_inner);
    let Ok(FrontChannel { iss, sid }) = told else {
        return Ok(refusal(StatusCode::BAD_REQUEST, "invalid_request", "iss and sid are expected, once each"));
    };
    if iss != app.issuer() {
        return Ok(refusal(StatusCode::BAD_REQUEST, "invalid_request", "iss is another provider"));
    }
    let done = match present(&app, &request).await {
        Ok(Some(present)) => app.inner.front_channel(present, &sid, app.now()).await,
        Ok(None) => Ok(()),
        Err(fault) => Err(fault),
    };
    Ok(done.map_or_else(|fault| broken(&fault), |()| framed(&app)))
}

/// An empty page that only the provider may frame.
fn framed(app: &RelyingApp) -> HttpResponse {
    let provider = app.issuer().parse::<Url>().map(|url| url.origin().ascii_serialization()).unwrap_or_default();
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, format!("default-src 'none'; frame-ancestors {provider}")))
        .body("<!doctype html><title>Signed out</title>")
}
