//! Proofs of possession (DPoP, RFC 9449): found in a request, and what goes back with every answer to one.

use super::Facing;
use crate::protocol::dpop::Header;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest, web};

/// The header that carries a proof.
const PROOF: &str = "dpop";
/// The header that carries what the next proof has to say (RFC 9449, section 8).
const NONCE: &str = "dpop-nonce";
/// Where proofs are looked at.
const ENDPOINTS: [&str; 6] = ["/token", "/par", "/userinfo", "/session", "/session/activity", "/session/events"];

/// The `DPoP` header of a request.
pub(super) fn proof(request: &HttpRequest) -> Header<'_> {
    let mut headers = request.headers().get_all(PROOF);
    match (headers.next().map(HeaderValue::to_str), headers.next()) {
        (None, _) => Header::Absent,
        (Some(Ok(text)), None) => Header::One(text),
        _ => Header::Unreadable,
    }
}

/// Gives whoever shows a proof, or a token that needs one, what the next proof has to say.
pub async fn hand_out_nonce<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let concerned = ENDPOINTS.contains(&request.path()) && shows_key(request.headers());
    let facing = request.app_data::<web::Data<Facing>>().filter(|_| concerned);
    let nonce = facing.and_then(|facing| facing.idp.dpop_nonce(facing.clock.now()));
    let mut response = next.call(request).await?;
    if let Some(nonce) = nonce.and_then(|nonce| HeaderValue::from_str(&nonce).ok()) {
        response.headers_mut().insert(HeaderName::from_static(NONCE), nonce);
    }
    Ok(response)
}

fn shows_key(headers: &HeaderMap) -> bool {
    let by_scheme = |value: &HeaderValue| {
        value
            .to_str()
            .is_ok_and(|text| text.split(' ').next().is_some_and(|scheme| scheme.eq_ignore_ascii_case("dpop")))
    };
    headers.contains_key(PROOF) || headers.get_all(AUTHORIZATION).any(by_scheme)
}
