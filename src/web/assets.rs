//! The stylesheet, the modules, the marks: inside the binary.

use super::error::WebError;
use actix_web::body::MessageBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use std::hash::{DefaultHasher, Hash, Hasher};

const FILES: [(&str, &str, &str); 13] = [
    ("abide.css", "text/css; charset=utf-8", include_str!("../../static/abide.css")),
    ("favicon.svg", "image/svg+xml", include_str!("../../static/favicon.svg")),
    ("logo.svg", "image/svg+xml", include_str!("../../static/logo.svg")),
    ("reveal.js", "text/javascript; charset=utf-8", include_str!("../../static/reveal.js")),
    ("copy.js", "text/javascript; charset=utf-8", include_str!("../../static/copy.js")),
    ("print.js", "text/javascript; charset=utf-8", include_str!("../../static/print.js")),
    ("local-time.js", "text/javascript; charset=utf-8", include_str!("../../static/local-time.js")),
    ("signed-out.js", "text/javascript; charset=utf-8", include_str!("../../static/signed-out.js")),
    ("session-watch.js", "text/javascript; charset=utf-8", include_str!("../../static/session-watch.js")),
    ("check-session.js", "text/javascript; charset=utf-8", include_str!("../../static/check-session.js")),
    ("passkey.js", "text/javascript; charset=utf-8", include_str!("../../static/passkey.js")),
    ("form-post.js", "text/javascript; charset=utf-8", include_str!("../../static/form-post.js")),
    ("session-over.js", "text/javascript; charset=utf-8", include_str!("../../static/session-over.js")),
];

/// GET /static/{file}
pub(super) async fn get(file: web::Path<String>, request: HttpRequest) -> Result<HttpResponse, WebError> {
    let found = FILES.iter().find(|(name, ..)| *name == file.as_str());
    let (_, kind, content) = found.ok_or(WebError::NotFound)?;
    Ok(kept_for_a_while(&request, kind, *content))
}

/// GET /favicon.ico
pub(super) async fn favicon(request: HttpRequest) -> HttpResponse {
    let (_, kind, content) = FILES[1];
    kept_for_a_while(&request, kind, content)
}

/// Cached for five minutes, and asked for again cheaply: its address stays the same while it changes.
pub(super) fn kept_for_a_while(
    request: &HttpRequest,
    kind: &str,
    content: impl Hash + MessageBody + 'static,
) -> HttpResponse {
    let mut hasher = DefaultHasher::new();
    content.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    let known = knows(request, &tag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "public, max-age=300"));
    if known { response.finish() } else { response.insert_header((header::CONTENT_TYPE, kind)).body(content) }
}

/// Does whoever asks have it already (RFC 9110, section 13.1.2)? A proxy that compressed it says so by `W/`.
fn knows(request: &HttpRequest, tag: &str) -> bool {
    let lists = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(',')).map(str::trim).any(|known| known.trim_start_matches("W/") == tag)
}
