//! The endpoint of the app's API. It looks at the bearer token only: no cookie opens it.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use super::endpoints::Site;
use super::resource_server::Refusal;
use super::{browser, content};
use crate::clock;

/// Serves the content to whoever brings a good access token for it.
pub(super) async fn answer(app: Site, request: HttpRequest) -> HttpResponse {
    if request.path() != app.brand.api_path {
        return HttpResponse::NotFound().json(json!({ "error": "not_found" }));
    }
    let authorization = browser::text(&request, header::AUTHORIZATION.as_str());
    match app.api.admit(authorization, app.brand.api_scope, clock::now()).await {
        Ok(()) => HttpResponse::Ok().json(content::of(app.brand.product)),
        Err(refusal) => refused(&refusal),
    }
}

/// RFC 6750, section 3: a request without a token learns the scheme and no error code.
fn refused(refusal: &Refusal) -> HttpResponse {
    let (status, challenge) = match refusal {
        Refusal::NoToken => (StatusCode::UNAUTHORIZED, "Bearer".to_owned()),
        Refusal::Invalid(why) => {
            (StatusCode::UNAUTHORIZED, format!("Bearer error=\"invalid_token\", error_description=\"{why}\""))
        }
        Refusal::Scope(scope) => {
            (StatusCode::FORBIDDEN, format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""))
        }
    };
    HttpResponse::build(status).insert_header((header::WWW_AUTHENTICATE, challenge)).finish()
}
