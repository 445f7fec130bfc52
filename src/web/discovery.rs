//! What we tell about ourselves: metadata, keys, health.

use super::Facing;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Serialize;

/// GET /.well-known/openid-configuration and /.well-known/oauth-authorization-server
pub(super) async fn metadata(facing: web::Data<Facing>) -> HttpResponse {
    public(&facing.idp.metadata())
}

/// GET /jwks
pub(super) async fn jwks(facing: web::Data<Facing>) -> HttpResponse {
    public(&facing.idp.key_set(facing.clock.now()))
}

/// For everybody, and worth keeping for a while.
fn public(document: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .json(document)
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
