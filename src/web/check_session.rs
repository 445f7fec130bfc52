//! `/check_session`: the page that relying apps frame to learn whether the session changed (OpenID Connect Session
//! Management 1.0, section 3.2).
//!
//! Anybody may frame it, and it is the same for everybody: it has nothing to click, reads no cookie but `state`, in the
//! browser, and says one of three words to whoever asks.

use super::Facing;
use super::answer::page;
use super::error::WebError;
use super::pages::CheckSession;
use crate::model::cookies::Switch;
use crate::text::Text;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, web};

const POLICY: &str = "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// GET /check_session
pub(super) async fn get(facing: web::Data<Facing>) -> Result<HttpResponse, WebError> {
    if facing.idp.settings.cookies.state == Switch::Off {
        return Err(WebError::NotFound);
    }
    // Nobody reads it, and it depends on nothing: not on whoever loads it, either.
    let mut response = page(StatusCode::OK, &CheckSession { text: Text::default() });
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    Ok(response)
}
