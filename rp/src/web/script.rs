//! The script for the app's pages, and the look of its dialog.

use super::app_of;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

const SCRIPT: &str = include_str!("../../static/session.js");
const FRAME: &str = include_str!("../../static/frame.js");
const STYLE: &str = include_str!("../../static/session.css");

pub(super) async fn script(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    app_of(&request)?;
    let text = if request.query_string() == "frame" { FRAME } else { SCRIPT };
    Ok(asset("text/javascript; charset=utf-8", text))
}

pub(super) async fn style() -> HttpResponse {
    asset("text/css; charset=utf-8", STYLE)
}

fn asset(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(text)
}
