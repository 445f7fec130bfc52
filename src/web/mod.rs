//! HTTP and pages. Knows requests, headers, cookies and templates; no store, no keys, no rule.
//!
//! `table` is the whole surface on one screen: what it does not name is not answered, and [`paths`] tells what it names.

mod account;
mod address;
mod admin;
mod answer;
mod asking;
mod assets;
mod authorize;
mod bearer;
mod check_session;
mod choices;
mod cookies;
mod cors;
mod device;
mod device_grant;
mod discovery;
mod dpop;
mod error;
mod events;
mod form;
mod headers;
mod json;
mod language;
mod logout;
mod mailed;
pub mod pages;
mod par;
mod passkeys;
mod person;
mod picture;
mod qr;
mod refusal;
mod register;
mod request_id;
mod reset;
mod route;
mod security;
mod session;
mod setup;
mod sign_up;
mod signed_in;
mod streams;
mod token;
mod turn;
mod upstream;
mod userinfo;

pub use cors::by_registered_origin;
pub use dpop::hand_out_nonce;
pub use form::MOST as LARGEST_FORM;
pub use headers::guard;
pub use language::speak;
pub use request_id::trace;
pub use streams::{PER_PART, Streams};

use crate::clock::Clock;
use crate::flow::Idp;
use actix_web::web::{self, ServiceConfig};
use ipnet::IpNet;
use route::{Table, at};

/// What every endpoint works with.
pub struct Facing {
    /// The provider.
    pub idp: Idp,
    /// Where `now` comes from.
    pub clock: Clock,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The open event streams.
    pub streams: Streams,
}

/// Every path there is.
pub fn routes(config: &mut ServiceConfig) {
    table().register(config);
    config.default_service(web::to(error::not_found));
}

/// Every path and the methods that it answers: for tests that have to leave none out.
pub fn paths() -> Vec<(&'static str, Vec<&'static str>)> {
    table().paths()
}

fn table() -> Table {
    Table::default()
        // OpenID Connect and OAuth
        .service(at("/.well-known/openid-configuration").get(discovery::metadata))
        .service(at("/.well-known/oauth-authorization-server").get(discovery::metadata))
        .service(at("/jwks").get(discovery::jwks))
        .service(at("/authorize").get(authorize::get).post(authorize::post))
        .service(at("/token").post(token::post).otherwise(token::other_method))
        .service(at("/par").post(par::post).otherwise(token::other_method))
        .service(at("/register").post(register::post).otherwise(token::other_method))
        .service(at("/register/{client_id}").get(register::get).put(register::put).delete(register::delete))
        .service(at("/userinfo").get(userinfo::get).post(userinfo::post))
        .service(at("/introspect").post(token::introspect).otherwise(token::other_method))
        .service(at("/revoke").post(token::revoke).otherwise(token::other_method))
        .service(at("/session").get(session::get))
        .service(at("/session/activity").post(session::activity))
        .service(at("/session/events").get(events::get))
        .service(at("/check_session").get(check_session::get))
        .service(at("/end_session").get(logout::get).post(logout::post))
        .service(at("/end_session/confirm").post(logout::confirm))
        .service(at("/signed-out").get(logout::signed_out))
        // The pages of an interaction
        .service(at("/interaction/{handle}").get(authorize::resume))
        .service(at("/sign-in").post(authorize::sign_in))
        .service(at("/sign-in/code").post(authorize::second_factor))
        .service(at("/sign-in/not-now").post(authorize::not_now))
        .service(at("/sign-in/again").post(authorize::sign_in_again))
        .service(at("/select").post(authorize::select))
        .service(at("/consent").post(authorize::consent))
        // Devices without a browser (RFC 8628)
        .service(at("/device_authorization").post(device_grant::ask).otherwise(token::other_method))
        .service(at("/device").get(device_grant::get).post(device_grant::enter))
        // The person's page
        .service(at("/").get(account::home))
        .service(at("/account").get(account::get))
        .service(at("/account/withdraw").post(account::withdraw))
        .service(at("/account/end-session").post(account::end_session))
        .service(at("/account/end-others").post(account::end_others))
        .service(at("/account/sign-out").post(account::sign_out))
        .service(at("/account/security").get(security::get))
        .service(at("/account/security/password").post(security::password))
        .service(at("/account/security/authenticator").get(security::authenticator).post(security::enrol))
        .service(at("/account/security/authenticator/remove").post(security::remove))
        .service(at("/account/security/recovery-codes").post(security::recovery_codes))
        .service(at("/account/profile").get(person::profile).post(person::describe))
        .service(at("/account/history").get(person::history))
        .service(at("/account/data").get(person::data))
        .service(at("/account/data/download").post(person::download))
        .service(at("/account/data/delete").post(person::delete))
        .service(at("/account/data/keep").post(person::keep))
        // Passkeys
        .service(at("/sign-in/passkey").post(authorize::passkey))
        .service(at("/account/security/passkey").get(passkeys::get).post(passkeys::add))
        .service(at("/account/security/passkey/rename").post(passkeys::rename))
        .service(at("/account/security/passkey/remove").post(passkeys::remove))
        // The console
        .service(at("/setup").get(setup::get).post(setup::post))
        .service(at("/admin").get(admin::home))
        .service(at("/admin/users").get(admin::users::get).post(admin::users::add))
        .service(at("/admin/users/disable").post(admin::users::disable))
        .service(at("/admin/users/enable").post(admin::users::enable))
        .service(at("/admin/users/reset-factors").post(admin::users::reset_factors))
        .service(at("/admin/clients").get(admin::clients::get).post(admin::clients::add))
        .service(at("/admin/clients/remove").post(admin::clients::remove))
        .service(at("/admin/sessions").get(admin::records::sessions))
        .service(at("/admin/sessions/end").post(admin::records::end_session))
        .service(at("/admin/audit").get(admin::records::audit))
        // Sign-in by another OpenID provider
        .service(at("/sign-in/upstream").post(upstream::start))
        .service(at("/sign-in/upstream/create").post(upstream::create))
        .service(at("/sign-in/upstream/connect").post(upstream::connect))
        .service(at("/sign-in/upstream/{id}/callback").get(upstream::callback))
        .service(at("/sign-in/upstream/{id}/backchannel_logout").post(upstream::logout))
        .service(at("/account/security/upstream/connect").post(upstream::connect_account))
        .service(at("/account/switch").post(account::switch))
        .service(at("/account/add").post(account::add))
        .service(at("/account/security/upstream/disconnect").post(upstream::disconnect_account))
        // By mail
        .service(at("/forgot").get(reset::forgot).post(reset::forgot_from))
        .service(at("/forgot/send").post(reset::send))
        .service(at("/reset").get(reset::get).post(reset::post))
        .service(at("/sign-up").get(sign_up::get).post(sign_up::get_from))
        .service(at("/sign-up/send").post(sign_up::send))
        .service(at("/sign-up/confirm").get(sign_up::confirm).post(sign_up::create))
        .service(at("/invitation").get(sign_up::invitation).post(sign_up::accept))
        .service(at("/account/email").get(address::get).post(address::post))
        .service(at("/account/email/confirm").get(address::confirm).post(address::prove))
        .service(at("/admin/invitations").get(admin::invitations::get).post(admin::invitations::invite))
        .service(at("/admin/invitations/revoke").post(admin::invitations::revoke))
        .service(at("/admin/users/send-reset").post(admin::users::send_reset))
        // The person's picture; the logos of apps
        .service(at("/account/profile/picture").post(picture::upload))
        .service(at("/account/profile/picture/remove").post(picture::remove))
        .service(at("/picture/{name}").get(picture::get))
        .service(at("/logo/{name}").get(picture::logo))
        // Around it
        .service(at("/health/live").get(discovery::live))
        .service(at("/health/ready").get(discovery::ready))
        .service(at("/language").post(language::choose))
        .service(at("/favicon.ico").get(assets::favicon))
        .service(at("/static/{file}").get(assets::get))
}
