//! HTTP and pages. Knows requests, headers, cookies and templates; no store, no keys, no rule.
//!
//! [`routes`] is the whole surface on one screen.

mod account;
mod admin;
mod answer;
mod asking;
mod assets;
mod authorize;
mod cookies;
mod cors;
mod device;
mod discovery;
mod error;
mod form;
mod headers;
mod logout;
pub mod pages;
mod request_id;
mod setup;
pub mod text;
mod token;
mod turn;
mod userinfo;

pub use form::MOST as LARGEST_FORM;
pub use headers::guard;
pub use request_id::trace;

use crate::clock::Clock;
use crate::flow::Idp;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig};
use ipnet::IpNet;

/// What every endpoint works with.
pub struct Facing {
    /// The provider.
    pub idp: Idp,
    /// Where `now` comes from.
    pub clock: Clock,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// Every path there is.
pub fn routes(config: &mut ServiceConfig) {
    config
        // OpenID Connect and OAuth
        .route("/.well-known/openid-configuration", web::get().to(discovery::metadata))
        .route("/.well-known/oauth-authorization-server", web::get().to(discovery::metadata))
        .route("/jwks", web::get().to(discovery::jwks))
        .route("/authorize", web::get().to(authorize::get))
        .route("/authorize", web::post().to(authorize::post))
        .service(
            web::resource("/token")
                .wrap(from_fn(cors::by_registered_origin))
                .route(web::post().to(token::post))
                .default_service(web::to(token::other_method)),
        )
        .service(
            web::resource("/userinfo")
                .wrap(from_fn(cors::by_registered_origin))
                .route(web::get().to(userinfo::get))
                .route(web::post().to(userinfo::post)),
        )
        .route("/end_session", web::get().to(logout::get))
        .route("/end_session", web::post().to(logout::post))
        .route("/end_session/confirm", web::post().to(logout::confirm))
        // The pages of an interaction
        .route("/interaction/{handle}", web::get().to(authorize::resume))
        .route("/sign-in", web::post().to(authorize::sign_in))
        .route("/select", web::post().to(authorize::select))
        .route("/consent", web::post().to(authorize::consent))
        // The person's page
        .route("/", web::get().to(account::home))
        .route("/account", web::get().to(account::get))
        .route("/account/withdraw", web::post().to(account::withdraw))
        .route("/account/end-session", web::post().to(account::end_session))
        .route("/account/end-others", web::post().to(account::end_others))
        .route("/account/sign-out", web::post().to(account::sign_out))
        // The console
        .route("/setup", web::get().to(setup::get))
        .route("/setup", web::post().to(setup::post))
        .route("/admin", web::get().to(admin::home))
        .route("/admin/users", web::get().to(admin::users::get))
        .route("/admin/users", web::post().to(admin::users::add))
        .route("/admin/users/disable", web::post().to(admin::users::disable))
        .route("/admin/users/enable", web::post().to(admin::users::enable))
        .route("/admin/clients", web::get().to(admin::clients::get))
        .route("/admin/clients", web::post().to(admin::clients::add))
        .route("/admin/sessions", web::get().to(admin::records::sessions))
        .route("/admin/sessions/end", web::post().to(admin::records::end_session))
        .route("/admin/audit", web::get().to(admin::records::audit))
        // Around it
        .route("/health/live", web::get().to(discovery::live))
        .route("/health/ready", web::get().to(discovery::ready))
        .route("/favicon.ico", web::get().to(assets::favicon))
        .route("/static/{file}", web::get().to(assets::get))
        .default_service(web::to(error::not_found));
}
