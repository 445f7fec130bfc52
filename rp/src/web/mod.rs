//! HTTP: the paths that the crate serves for an app, and the extractor its pages use.
//!
//! | path (after the prefix, `/auth`) | what for |
//! |---|---|
//! | `GET /sign-in?return_to=` | to the provider; `again=1` authenticates a signed-in person anew |
//! | `GET /renew?return_to=` | new tokens by `prompt=none`; in a hidden frame with `frame=1` |
//! | `GET /callback` | the redirect URI |
//! | `POST /sign-out`, `GET /signed-out` | RP-initiated logout (field `csrf`), and the way back from it |
//! | `POST /back-channel-logout`, `GET /front-channel-logout` | what the provider calls |
//! | `GET /session`, `GET /session/events` | the status, once and as server-sent events |
//! | `POST /session/active`, `/session/renew`, `/session/draft` | the script's (header `x-csrf-token`) |
//! | `GET /session.js`, `/session.css` | the script and the look of its dialog |

mod admission;
pub(crate) mod browser;
mod drafts;
mod events;
pub mod pages;
mod receivers;
mod script;
mod sign_in;
mod signed_in;
mod status;

pub use admission::{Gone, Look};
pub use signed_in::{KeepError, SignedIn};

use crate::app::RelyingApp;
use crate::secret::same;
use crate::store::StoreFault;
use actix_web::cookie::Cookie;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

/// Bodies of forms and JSON that the crate takes (bytes).
const LONGEST_BODY: usize = 64 * 1024;

impl RelyingApp {
    /// The crate's paths, for [`actix_web::App::configure`]. It also tells [`SignedIn`] which app it is in.
    pub fn configure(&self) -> impl FnOnce(&mut web::ServiceConfig) + 'static {
        let app = self.clone();
        move |config| {
            config.app_data(app.clone());
            let paths = web::scope(&app.inner.site.prefix.clone())
                .app_data(web::FormConfig::default().limit(LONGEST_BODY))
                .app_data(web::JsonConfig::default().limit(LONGEST_BODY));
            config.service(routes(paths));
        }
    }
}

fn routes(scope: actix_web::Scope) -> actix_web::Scope {
    scope
        .route("/sign-in", web::get().to(sign_in::sign_in))
        .route("/renew", web::get().to(sign_in::renew))
        .route("/callback", web::get().to(sign_in::callback))
        .route("/sign-out", web::post().to(sign_in::sign_out))
        .route("/signed-out", web::get().to(sign_in::signed_out))
        .route("/back-channel-logout", web::post().to(receivers::back_channel))
        .route("/front-channel-logout", web::get().to(receivers::front_channel))
        .route("/session", web::get().to(status::status))
        .route("/session/events", web::get().to(events::events))
        .route("/session/active", web::post().to(status::active))
        .route("/session/renew", web::post().to(status::renew))
        .route("/session/draft", web::get().to(drafts::read))
        .route("/session/draft", web::post().to(drafts::write))
        .route("/session.js", web::get().to(script::script))
        .route("/session.css", web::get().to(script::style))
}

/// The app that a request is for.
pub(crate) fn app_of(request: &HttpRequest) -> Result<RelyingApp, actix_web::Error> {
    let missing = || actix_web::error::ErrorInternalServerError("RelyingApp::configure was not called for this App");
    request.app_data::<RelyingApp>().cloned().ok_or_else(missing)
}

/// A redirect that is followed with GET.
pub(crate) fn see_other(target: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, target))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

pub(crate) fn set(answer: &mut HttpResponse, cookie: &Cookie<'_>) {
    if let Err(error) = answer.add_cookie(cookie) {
        tracing::error!("a cookie cannot be set: {error}");
    }
}

/// A JSON answer with an error code.
pub(crate) fn refusal(status: actix_web::http::StatusCode, code: &str, why: &str) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"error": code, "error_description": why}))
}

/// The store does not answer: nobody is told why.
pub(crate) fn broken(fault: &StoreFault) -> HttpResponse {
    tracing::error!("{fault}");
    refusal(actix_web::http::StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", "please try again")
}

/// Whether a script's request is from one of our own pages of this very session.
pub(crate) fn is_own_script(request: &HttpRequest, app: &RelyingApp) -> bool {
    let handle = browser::handle(request, &app.inner.site);
    let token = browser::text(request, "x-csrf-token");
    let known = handle.zip(token).is_some_and(|(handle, token)| same(&handle.csrf_token(), token));
    known && browser::is_ours(request, &app.inner.site)
}

/// To a script of somebody else's page.
pub(crate) fn foreign() -> HttpResponse {
    refusal(actix_web::http::StatusCode::FORBIDDEN, "foreign_request", "not sent by a page of this session")
}
