//! Which origins' scripts may call what apps call: those that a client has registered a redirect URI at, and any where apps
//! register themselves, since nothing is registered before (OpenID Connect Discovery 1.0, section 3).

use super::Facing;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};

/// What scripts of registered origins may call.
const REGISTERED: [&str; 9] = [
    "/token",
    "/par",
    "/userinfo",
    "/revoke",
    "/introspect",
    "/device_authorization",
    "/session",
    "/session/activity",
    "/session/events",
];

/// Whose scripts may call an address.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scripts {
    /// Those of registered origins.
    Registered,
    /// Anybody's.
    Any,
    /// Nobody's.
    No,
}

fn may_call(path: &str) -> Scripts {
    match path {
        path if REGISTERED.contains(&path) => Scripts::Registered,
        path if path == "/register" || path.starts_with("/register/") => Scripts::Any,
        _ => Scripts::No,
    }
}

/// Answers preflights, and marks answers for registered origins as readable. Never with credentials: cookies have
/// nothing to do here.
pub async fn by_registered_origin<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let scripts = may_call(request.path());
    if scripts == Scripts::No {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let allowed = match (scripts, &origin, request.app_data::<web::Data<Facing>>()) {
        (Scripts::Any, Some(_), _) => Some(header::HeaderValue::from_static("*")),
        (_, Some(origin), Some(facing)) => {
            let known = match origin.to_str() {
                Ok(text) => facing.idp.is_registered_origin(text).await.unwrap_or(false),
                Err(_) => false,
            };
            known.then(|| origin.clone())
        }
        _ => None,
    };
    let preflight = request.method() == Method::OPTIONS;
    let mut response = if preflight {
        request.into_response(HttpResponse::NoContent().finish())
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, header::HeaderValue::from_static("Origin"));
    if let Some(allowed) = allowed {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        if preflight {
            let value = header::HeaderValue::from_static;
            let methods = if scripts == Scripts::Any { "GET, POST, PUT, DELETE" } else { "GET, POST" };
            headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, value(methods));
            headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, value("Authorization, Content-Type, DPoP"));
            headers.insert(header::ACCESS_CONTROL_MAX_AGE, value("600"));
        } else {
            let readable = header::HeaderValue::from_static("WWW-Authenticate, Retry-After, DPoP-Nonce");
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, readable);
        }
    }
    Ok(response)
}
