//! Drawing pages and redirects: the last thing that happens.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

/// A page.
pub(super) fn page(status: StatusCode, page: &impl Template) -> HttpResponse {
    page_to(status, page, "")
}

/// A page whose forms may lead on to `targets` (CSP sources): Chromium holds `form-action` against the redirect that
/// follows a form, too.
pub(super) fn page_to(status: StatusCode, page: &impl Template, targets: &str) -> HttpResponse {
    match page.render() {
        Ok(html) => HttpResponse::build(status)
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CONTENT_SECURITY_POLICY, policy(targets)))
            .body(html),
        Err(error) => {
            tracing::error!(%error, "a page could not be drawn");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// A page that loads addresses of relying apps in frames: these CSP sources alone.
pub(super) fn page_framing(status: StatusCode, page: &impl Template, frames: &[String]) -> HttpResponse {
    let mut response = page_to(status, page, "");
    if !frames.is_empty() {
        let policy = format!("{}; frame-src {}", policy(""), frames.join(" "));
        if let Ok(value) = header::HeaderValue::from_str(&policy) {
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
        }
    }
    response
}

/// A page that posts itself to one address of a relying app, in a frame as well (OAuth 2.0 Form Post Response Mode 1.0).
pub(super) fn page_posting(page: &impl Template, target: &str) -> HttpResponse {
    let mut response = page_to(StatusCode::OK, page, "");
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action {target}"
    );
    if let Ok(value) = header::HeaderValue::from_str(&policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
    // What the app is told with it is not told to whoever it links to; and no `Origin: null` is sent to it either.
    response.headers_mut().insert(header::REFERRER_POLICY, header::HeaderValue::from_static("origin"));
    response
}

/// 303: the browser follows with a GET, and no credential of a form travels on (RFC 9700, section 4.12).
pub(super) fn see_other(location: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, location)).finish()
}

/// The policy of our pages: nothing from elsewhere, nothing inline.
pub(super) fn policy(targets: &str) -> String {
    let base = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                base-uri 'none'; frame-ancestors 'none'; form-action 'self'";
    if targets.is_empty() { base.to_owned() } else { format!("{base} {targets}") }
}

/// The CSP source of an address: its origin, or the scheme of a private one. Nothing where it could mean more than that.
pub(super) fn source_of(address: &str) -> String {
    let source = match url::Url::parse(address) {
        Ok(url) if url.has_host() && matches!(url.scheme(), "http" | "https") => url.origin().ascii_serialization(),
        Ok(url) => format!("{}:", url.scheme()),
        Err(_) => String::new(),
    };
    if source.contains([';', ',', ' ', '\'']) { String::new() } else { source }
}
