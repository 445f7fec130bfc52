//! Routes, headers and the guard in front of every request.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::{App, HttpResponse, HttpServer, web};

use super::endpoints::{self, Site, see_other};
use super::{RelyingApp, api, browser, pages};

/// Serves the app on `listeners` until the handle is told to stop.
///
/// # Errors
/// When a listener cannot be taken over.
pub(crate) fn open(app: RelyingApp, listeners: Vec<TcpListener>) -> std::io::Result<ServerHandle> {
    let app = web::Data::new(app);
    let policy = content_security_policy(&app);
    let server = HttpServer::new(move || {
        let headers = DefaultHeaders::new()
            .add((header::CONTENT_SECURITY_POLICY, policy.as_str()))
            .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .add((header::REFERRER_POLICY, "same-origin"))
            .add(("Cross-Origin-Resource-Policy", "same-origin"))
            .add(("Permissions-Policy", "camera=(), geolocation=(), microphone=()"))
            .add((header::CACHE_CONTROL, "no-store"));
        App::new()
            .app_data(app.clone())
            .wrap(from_fn(guard))
            .wrap(headers)
            .configure(routes)
            .default_service(web::to(nothing_here))
    })
    .workers(1)
    .disable_signals()
    .shutdown_timeout(3)
    .client_request_timeout(Duration::from_secs(10));
    let server = listeners.into_iter().try_fold(server, HttpServer::listen)?.run();
    let handle = server.handle();
    actix_web::rt::spawn(server);
    Ok(handle)
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/", web::get().to(endpoints::front))
        .route("/sign-in", web::get().to(endpoints::sign_in))
        .route("/renew-silent", web::get().to(endpoints::renew_silent))
        .route("/stay", web::get().to(endpoints::stay))
        .route("/callback", web::get().to(endpoints::callback))
        .route("/renew", web::post().to(endpoints::renew))
        .route("/sign-out", web::post().to(endpoints::leave))
        .route("/signed-out", web::get().to(endpoints::signed_out))
        .route("/api/{content}", web::get().to(api::answer))
        .route("/static/app.css", web::get().to(|| async { asset("text/css", include_str!("../../static/app.css")) }))
        .route("/static/brand.css", web::get().to(|app: Site| async move { asset("text/css", app.brand.stylesheet) }))
        .route("/static/icon.svg", web::get().to(|app: Site| async move { asset("image/svg+xml", app.brand.icon) }))
        .route(
            "/static/demo.js",
            web::get().to(|| async { asset("text/javascript", include_str!("../../static/demo.js")) }),
        );
}

/// No inline script or style, nothing from elsewhere. Chromium holds `form-action` against the redirect that follows
/// a form too, so the provider is named: signing out goes there.
fn content_security_policy(app: &RelyingApp) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; frame-ancestors 'none'; form-action 'self' {}",
        app.provider.issuer()
    )
}

/// Turns away other names for this machine and posts from other origins, before any route looks at them.
async fn guard(
    app: Site,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if browser::text(request.request(), header::HOST.as_str()) != Some(app.authority()) {
        // A foreign name that points here (DNS rebinding) would otherwise be an origin of its own with our pages.
        let answer = if reading { see_other(&format!("{}/", app.origin)) } else { forbidden(&app) };
        return Ok(request.into_response(answer).map_into_right_body());
    }
    if !reading && !browser::is_from(request.request(), &app.origin) {
        return Ok(request.into_response(forbidden(&app)).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

async fn nothing_here(app: Site) -> HttpResponse {
    pages::message(&app, StatusCode::NOT_FOUND, "There is nothing here", "The address leads nowhere in this app.")
}

fn forbidden(app: &RelyingApp) -> HttpResponse {
    let text = "The form was sent from somewhere else, so nothing was done.";
    pages::message(app, StatusCode::FORBIDDEN, "That did not come from here", text)
}

fn asset(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format!("{kind}; charset=utf-8")))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(text)
}
