//! The pages that need no session: start, ended, message. `home` has the other one.

use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};
use askama::Template;

use super::brand::Brand;
use abide_rp::{Pages, Trouble, in_words};
use std::sync::Arc;

/// What every page shows around its content.
pub(super) struct Shell {
    pub(super) brand: &'static Brand,
    pub(super) neighbour_name: &'static str,
    pub(super) neighbour_origin: String,
    pub(super) issuer: String,
}

/// The pages that the crate has to show, in the brand's look.
pub(super) struct BrandPages(pub(super) Arc<Shell>);

impl Pages for BrandPages {
    fn trouble(&self, trouble: Trouble) -> HttpResponse {
        let (status, title, text) = in_words(trouble);
        message(&self.0, status, title, text)
    }

    fn declined(&self) -> HttpResponse {
        start(&self.0, Greeting::Declined)
    }

    fn signed_out(&self) -> HttpResponse {
        start(&self.0, Greeting::SignedOut)
    }
}

/// Why a visitor sees the start page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Greeting {
    Welcome,
    /// The session is over.
    Ended,
    /// It timed out, and what was half done may still come back.
    TimedOut,
    /// The visitor signed out.
    SignedOut,
    /// The visitor said no at the provider.
    Declined,
}

#[derive(Template)]
#[template(path = "start.html")]
struct StartPage<'a> {
    shell: &'a Shell,
    greeting: Greeting,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage<'a> {
    shell: &'a Shell,
    title: &'static str,
    text: &'static str,
}

/// The page for somebody who is not signed in.
pub(super) fn start(shell: &Shell, greeting: Greeting) -> HttpResponse {
    page(StatusCode::OK, &StartPage { shell, greeting })
}

/// A page with a title, a sentence and the way home.
pub(super) fn message(shell: &Shell, status: StatusCode, title: &'static str, text: &'static str) -> HttpResponse {
    page(status, &MessagePage { shell, title, text })
}

/// To a form of another site.
pub(super) fn forbidden(shell: &Shell) -> HttpResponse {
    let text = "The form was sent from somewhere else, so nothing was done.";
    message(shell, StatusCode::FORBIDDEN, "That did not come from here", text)
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
