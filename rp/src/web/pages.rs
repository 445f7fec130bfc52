//! What the crate has to show by itself. An app gives its own look by a [`Pages`] of its own.

use crate::flow::sign_in::Trouble;
use actix_web::HttpResponse;
use actix_web::http::{StatusCode, header};

/// The few pages that are not the app's.
pub trait Pages: Send + Sync {
    /// Something went wrong on the way to the provider or back.
    fn trouble(&self, trouble: Trouble) -> HttpResponse {
        let (status, title, text) = in_words(trouble);
        plain(status, title, text)
    }

    /// The person said no at the provider.
    fn declined(&self) -> HttpResponse {
        plain(StatusCode::OK, "Nobody was signed in", "You said no at the identity provider.")
    }

    /// The person is back from signing out.
    fn signed_out(&self) -> HttpResponse {
        plain(StatusCode::OK, "You are signed out", "The session at the identity provider was asked to end too.")
    }
}

/// Pages without any look.
pub struct PlainPages;

impl Pages for PlainPages {}

/// A trouble as a status, a title and a sentence.
pub fn in_words(trouble: Trouble) -> (StatusCode, &'static str, &'static str) {
    match trouble {
        Trouble::NotOurs => (
            StatusCode::BAD_REQUEST,
            "This sign-in did not start here",
            "The answer belongs to no sign-in that this browser began, or it was used already. Please begin again.",
        ),
        Trouble::Unavailable => (
            StatusCode::SERVICE_UNAVAILABLE,
            "Sign-in is out of reach",
            "Signing in is not possible at the moment. Please try again shortly.",
        ),
        Trouble::Unacceptable => (
            StatusCode::BAD_GATEWAY,
            "Sign-in did not work",
            "What the identity provider answered did not pass our checks, so nobody was signed in.",
        ),
        Trouble::NotFresh => (
            StatusCode::FORBIDDEN,
            "Please sign in again",
            "Your session here timed out, and the identity provider did not ask you to sign in again. Please try again.",
        ),
        Trouble::EndedMeanwhile => (
            StatusCode::FORBIDDEN,
            "Your session was ended",
            "It was ended while you were on the way back, so nobody was signed in.",
        ),
    }
}

fn plain(status: StatusCode, title: &str, text: &str) -> HttpResponse {
    // Fixed texts: nothing in them needs escaping.
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><main><h1>{title}</h1><p>{text}</p><p><a href=\"/\">Continue</a></p></main></html>"
    );
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"))
        .body(page)
}
