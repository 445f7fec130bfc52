//! Routes, headers and the guard in front of every request.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::body::MessageBody;
use actix_web::dev::{ServerHandle, ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::{DefaultHeaders, Next, from_fn};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use super::endpoints::{self, Site, see_other, text};
use super::{Shop, api, pages};

/// What the provider posts to; it is no page of ours and proves itself by a signature.
const FROM_THE_PROVIDER: &str = "/back-channel-logout";
/// Sessions that are past their time are looked for this often.
const SWEEP: Duration = Duration::from_secs(600);

/// Serves the app on `listeners` until the handle is told to stop.
///
/// # Errors
/// When a listener cannot be taken over.
pub(crate) fn open(shop: Shop, listeners: Vec<TcpListener>) -> std::io::Result<ServerHandle> {
    let policy = content_security_policy(&shop);
    // Ends with the program.
    drop(shop.rp.sweep_every(SWEEP));
    let shop = web::Data::new(shop);
    let server = HttpServer::new(move || {
        let headers = DefaultHeaders::new()
            .add((header::CONTENT_SECURITY_POLICY, policy.as_str()))
            .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .add((header::REFERRER_POLICY, "same-origin"))
            .add(("Cross-Origin-Resource-Policy", "same-origin"))
            .add(("Permissions-Policy", "camera=(), geolocation=(), microphone=()"))
            .add((header::CACHE_CONTROL, "no-store"));
        App::new()
            .app_data(shop.clone())
            .wrap(from_fn(guard))
            .wrap(headers)
            .configure(shop.rp.configure())
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
        .route("/renew", web::post().to(endpoints::renew))
        .route("/send", web::post().to(endpoints::send))
        .route("/api/{content}", web::get().to(api::answer))
        .route("/static/app.css", web::get().to(|| async { asset("text/css", include_str!("../../static/app.css")) }))
        .route("/static/brand.css", web::get().to(|shop: Site| async move { asset("text/css", shop.brand.stylesheet) }))
        .route("/static/icon.svg", web::get().to(|shop: Site| async move { asset("image/svg+xml", shop.brand.icon) }))
        .route(
            "/static/demo.js",
            web::get().to(|| async { asset("text/javascript", include_str!("../../static/demo.js")) }),
        );
}

/// No inline script or style, nothing from elsewhere. Chromium holds `form-action` against the redirect that follows
/// a form too, so the provider is named: signing out goes there.
fn content_security_policy(shop: &Shop) -> String {
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         frame-src 'self' {0}; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {0}",
        shop.shell.issuer
    )
}

/// Turns away other names for this machine and posts from other origins, before any route looks at them.
async fn guard(
    shop: Site,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let reading = matches!(*request.method(), Method::GET | Method::HEAD);
    if text(request.request(), header::HOST.as_str()) != Some(shop.authority()) {
        // A foreign name that points here (DNS rebinding) would otherwise be an origin of its own with our pages.
        let answer = if reading { see_other(&format!("{}/", shop.origin)) } else { pages::forbidden(&shop.shell) };
        return Ok(request.into_response(answer).map_into_right_body());
    }
    let told = request.path() == shop.rp.path(FROM_THE_PROVIDER);
    if !reading && !told && !is_from(request.request(), &shop.origin) {
        return Ok(request.into_response(pages::forbidden(&shop.shell)).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// Whether a form or script of this very origin made the request; `Origin: null` never passes.
fn is_from(request: &HttpRequest, origin: &str) -> bool {
    match text(request, header::ORIGIN.as_str()) {
        Some(from) => from == origin,
        None => text(request, "sec-fetch-site") == Some("same-origin"),
    }
}

async fn nothing_here(shop: Site) -> HttpResponse {
    let text = "The address leads nowhere in this app.";
    pages::message(&shop.shell, StatusCode::NOT_FOUND, "There is nothing here", text)
}

fn asset(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, format!("{kind}; charset=utf-8")))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(text)
}
