//! The pages that need no session: start, ended, message. `home` has the other one.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::RelyingApp;
use super::brand::Brand;
use super::sign_in::Trouble;

/// What every page shows around its content.
pub(super) struct Shell<'a> {
    pub(super) brand: &'static Brand,
    pub(super) neighbour_name: &'static str,
    pub(super) neighbour_origin: &'a str,
    pub(super) issuer: &'a str,
}

impl<'a> Shell<'a> {
    pub(super) fn of(app: &'a RelyingApp) -> Self {
        Self {
            brand: app.brand,
            neighbour_name: app.neighbour.name,
            neighbour_origin: &app.neighbour.origin,
            issuer: app.provider.issuer(),
        }
    }
}

/// Why a visitor sees the start page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greeting {
    Welcome,
    /// The provider said that the session is over.
    Ended,
    /// The visitor signed out.
    SignedOut,
    /// The visitor said no at the provider.
    Declined,
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage<'a> {
    shell: Shell<'a>,
    greeting: Greeting,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    shell: Shell<'a>,
    title: &'static str,
    text: &'static str,
}

/// The page for somebody who is not signed in.
pub(super) fn start(app: &RelyingApp, greeting: Greeting) -> HttpResponse {
    page(StatusCode::OK, &StartPage { shell: Shell::of(app), greeting })
}

/// Something did not work, and what to do about it.
pub(super) fn trouble(app: &RelyingApp, trouble: Trouble) -> HttpResponse {
    let (status, title, text) = match trouble {
        Trouble::NotOurs => (
            StatusCode::BAD_REQUEST,
            "This sign-in did not start here",
            "The answer belongs to no sign-in that this browser began, or it was used already. Please begin again.",
        ),
        Trouble::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Sign-in is out of reach",
            "The identity provider does not answer at the moment. Please try again shortly.",
        ),
        Trouble::Unacceptable => (
            StatusCode::BAD_GATEWAY,
            "Sign-in did not work",
            "What the identity provider answered did not pass our checks, so nobody was signed in.",
        ),
    };
    message(app, status, title, text)
}

/// A page with a title, a sentence and the way home.
pub(super) fn message(app: &RelyingApp, status: StatusCode, title: &'static str, text: &'static str) -> HttpResponse {
    page(status, &MessagePage { shell: Shell::of(app), title, text })
}

/// A rendered page; a template that fails leaves a plain sentence.
pub(super) fn page(status: StatusCode, template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(html) => HttpResponse::build(status)
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(html),
        Err(error) => {
            tracing::error!("a page cannot be drawn: {error}");
            HttpResponse::InternalServerError().body("This page cannot be shown.")
        }
    }
}
