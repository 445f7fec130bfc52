//! Bodies in JSON: bounded in size and time.

use super::error::WebError;
use actix_web::http::header;
use actix_web::{HttpRequest, web};
use futures_util::StreamExt as _;
use serde_json::{Map, Value};
use std::time::Duration;

/// The largest body, in bytes.
pub(super) const MOST: usize = 256 * 1024;
/// A body that takes longer is cut off.
const PATIENCE: Duration = Duration::from_secs(15);

/// Reads an object.
///
/// # Errors
/// It is none: `NotAForm` for another content type, `Malformed` for what cannot be read.
pub(super) async fn object(request: &HttpRequest, payload: web::Payload) -> Result<Map<String, Value>, WebError> {
    if !is_json(request) {
        return Err(WebError::NotAForm);
    }
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > MOST) {
        return Err(WebError::TooLarge);
    }
    let body = tokio::time::timeout(PATIENCE, read(payload)).await.map_err(|_| WebError::TooSlow)??;
    serde_json::from_slice(&body).map_err(|_| WebError::Malformed)
}

async fn read(mut payload: web::Payload) -> Result<Vec<u8>, WebError> {
    let mut body = Vec::new();
    while let Some(piece) = payload.next().await {
        let piece = piece.map_err(|_| WebError::Malformed)?;
        if body.len() + piece.len() > MOST {
            return Err(WebError::TooLarge);
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

fn is_json(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/json")
}
