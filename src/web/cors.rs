//! Which origins' scripts may call token, userinfo, revocation and session: those that a client has registered a redirect URI at.

use super::Facing;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};

/// What they may call.
const FOR_SCRIPTS: [&str; 7] =
    ["/token", "/par", "/userinfo", "/revoke", "/session", "/session/activity", "/session/events"];

/// Answers preflights, and marks answers for registered origins as readable. Never with credentials: cookies have
/// nothing to do here.
pub async fn by_registered_origin<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if !FOR_SCRIPTS.contains(&request.path()) {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let registered = match (&origin, request.app_data::<web::Data<Facing>>()) {
        (Some(origin), Some(facing)) => match origin.to_str() {
            Ok(text) => facing.idp.is_registered_origin(text).await.unwrap_or(false),
            Err(_) => false,
        },
        _ => false,
    };
    let preflight = request.method() == Method::OPTIONS;
    let mut response = if preflight {
        request.into_response(HttpResponse::NoContent().finish())
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, header::HeaderValue::from_static("Origin"));
    if let Some(origin) = origin.filter(|_| registered) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if preflight {
            let value = header::HeaderValue::from_static;
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, value("GET, POST"));
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, value("Authorization, Content-Type, DPoP"));
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, value("600"));
        } else {
            let readable = header::HeaderValue::from_static("WWW-Authenticate, Retry-After, DPoP-Nonce");
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, readable);
        }
    }
    Ok(response)
}
