//! What we tell about ourselves: metadata, keys, health.

use super::Facing;
use super::assets::kept_for_a_while;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

/// GET /.well-known/openid-configuration and /.well-known/oauth-authorization-server
pub(super) async fn metadata(request: HttpRequest, facing: web::Data<Facing>) -> HttpResponse {
    public(&request, &facing.idp.metadata())
}

/// GET /jwks
pub(super) async fn jwks(request: HttpRequest, facing: web::Data<Facing>) -> HttpResponse {
    public(&request, &facing.idp.key_set(facing.clock.now()))
}

/// For everybody, and worth keeping for a while: that is little beside the day that a new key is shown before it signs.
fn public(request: &HttpRequest, document: &impl Serialize) -> HttpResponse {
    let Ok(text) = serde_json::to_string(document) else { return HttpResponse::InternalServerError().finish() };
    let mut response = kept_for_a_while(request, "application/json", text);
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, header::HeaderValue::from_static("*"));
    response
}

/// GET /health/live: the process answers.
pub(super) async fn live() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({"status": "live"}))
}

/// GET /health/ready: the store can be written.
pub(super) async fn ready(facing: web::Data<Facing>) -> HttpResponse {
    match facing.idp.ready().await {
        Ok(()) => HttpResponse::Ok().json(serde_json::json!({"status": "ready"})),
        Err(fault) => {
            tracing::error!(%fault, "not ready");
            let mut response = HttpResponse::ServiceUnavailable();
            response.insert_header((header::RETRY_AFTER, "5")).json(serde_json::json!({"status": "unavailable"}))
        }
    }
}
