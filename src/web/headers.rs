//! Headers that every answer carries unless the endpoint said otherwise.

use super::Facing;
use super::answer::policy;
use crate::protocol::issuer::Transport;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};

/// The longest head we read, in bytes: what goes beyond it is no request of any client.
const MOST: usize = 32 * 1024;

/// Adds the headers; refuses an address that is too long before anything looks at it.
pub async fn guard<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let transport = request.app_data::<web::Data<Facing>>().map(|facing| facing.idp.issuer.transport());
    let path = request.path().to_owned();
    let address = request.uri().path_and_query().map_or(0, |whole| whole.as_str().len());
    let head: usize = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let refusal = match (address > MOST, address + head > MOST) {
        (true, _) => Some((HttpResponse::UriTooLong(), "the address is too long")),
        (_, true) => Some((HttpResponse::RequestHeaderFieldsTooLarge(), "the headers are too long")),
        _ => None,
    };
    let mut response = if let Some((mut refusal, words)) = refusal {
        let refusal = refusal.content_type("text/plain; charset=utf-8").body(words);
        request.into_response(refusal).map_into_right_body()
    } else {
        next.call(request).await?.map_into_left_body()
    };
    let headers = response.headers_mut();
    let mut default = |name: HeaderName, value: &str| match HeaderValue::from_str(value) {
        Ok(value) if !headers.contains_key(&name) => drop(headers.insert(name, value)),
        _ => {}
    };
    default(header::CONTENT_SECURITY_POLICY, &policy(""));
    default(header::CACHE_CONTROL, "no-store");
    default(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    default(header::REFERRER_POLICY, "same-origin");
    if transport == Some(Transport::Tls) {
        default(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if path.starts_with("/account") || path.starts_with("/admin") {
        // Elsewhere it would cut the tie to the window of an app that signs in by popup.
        default(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    }
    // Of HTTP/1.0, and demanded beside no-store all the same (RFC 6749, section 5.1).
    if response.headers().get(header::CACHE_CONTROL).is_some_and(|value| value == "no-store") {
        response.headers_mut().insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    }
    // For browsers that know no frame-ancestors (RFC 9700, section 4.16).
    let headers = response.headers_mut();
    let policy =
        headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok()).unwrap_or_default();
    if policy.contains("frame-ancestors 'none'") {
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    Ok(response)
}
