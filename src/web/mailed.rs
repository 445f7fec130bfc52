//! What pages around mails share.

use super::answer::page;
use super::asking::Asking;
use super::error::WebError;
use super::pages::{Offer, Told, Tone};
use crate::model::cookies::Switch;
use crate::protocol::params::Params;
use crate::protocol::time::Timestamp;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

/// Is it offered?
pub(super) fn offer(switch: Switch) -> Offer {
    match switch {
        Switch::On => Offer::Shown,
        Switch::Off => Offer::Absent,
    }
}

/// Without mail, or without accounts that people make, the page is not there.
pub(super) fn only(switch: Switch) -> Result<(), WebError> {
    if switch == Switch::On { Ok(()) } else { Err(WebError::NotFound) }
}

/// The token of a link.
pub(super) fn token_of(request: &HttpRequest) -> String {
    let params = Params::parse(request.query_string().as_bytes()).unwrap_or_default();
    params.get("token").unwrap_or_default().to_owned()
}

/// A mail is on its way, or so it seems: the same page for everybody.
pub(super) fn sent(asking: &Asking, lead: &str, more: &str) -> HttpResponse {
    let text = asking.text();
    let told = Told {
        text,
        tone: Tone::Good,
        heading: text.say("forgot-sent-heading"),
        lead: text.say(lead),
        more: Some(text.say(more)),
        action: None,
        explained: None,
    };
    page(StatusCode::OK, &told)
}

/// The link belongs to another browser.
pub(super) fn elsewhere(asking: &Asking, lead: &str) -> HttpResponse {
    let text = asking.text();
    let told = Told {
        text,
        tone: Tone::Warning,
        heading: text.say("link-elsewhere-heading"),
        lead: text.say(lead),
        more: Some(text.say("link-elsewhere-more")),
        action: None,
        explained: None,
    };
    page(StatusCode::FORBIDDEN, &told)
}

/// The link is void.
pub(super) fn gone(asking: &Asking) -> HttpResponse {
    let text = asking.text();
    let told = Told {
        text,
        tone: Tone::Warning,
        heading: text.say("link-gone-heading"),
        lead: text.say("link-gone"),
        more: Some(text.say("link-gone-more")),
        action: Some(("/account", text.say("to-account"))),
        explained: None,
    };
    page(StatusCode::GONE, &told)
}

/// Not before `until`: says when.
pub(super) fn later(mut response: HttpResponse, now: Timestamp, until: Timestamp) -> HttpResponse {
    response.headers_mut().insert(header::RETRY_AFTER, now.until(until).as_secs().max(1).into());
    response
}

/// A link is tried too often: it stays as it is.
pub(super) fn crowded(asking: &Asking, until: Timestamp) -> HttpResponse {
    let text = asking.text();
    let told = Told {
        text,
        tone: Tone::Warning,
        heading: text.say("error-busy"),
        lead: text.say("alert-throttled"),
        more: None,
        action: None,
        explained: None,
    };
    later(page(StatusCode::TOO_MANY_REQUESTS, &told), asking.now, until)
}
