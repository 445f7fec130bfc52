//! The two cookies: which names, how they are read, how they are set.

use crate::flow::Idp;
use crate::flow::browser::{Acquaintance, Browser, Visitor, session_cookie};
use crate::flow::session::Handles;
use crate::model::id::AccountId;
use crate::model::session::policy::Remember;
use crate::protocol::issuer::Transport;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

/// Longer than browsers keep a cookie anyway (400 days).
const KEPT: Duration = Duration::days(400);

/// The cookie of a browser's sessions. The prefix binds it to host, path and TLS; plain-http localhost has none.
pub(super) fn session_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-abide_session",
        Transport::Plain => "abide_session",
    }
}

/// The cookie of the browser itself.
pub(super) fn browser_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-abide_browser",
        Transport::Plain => "abide_browser",
    }
}

/// The value of a cookie that came exactly once. Two of one name are none: one of them was planted.
pub(super) fn sole(request: &HttpRequest, name: &str) -> Option<String> {
    let pairs = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut found = pairs.flat_map(|value| value.split(';')).filter_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then(|| value.to_owned())
    });
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// Sets what changed.
pub(super) fn set(response: &mut HttpResponse, to: (&Idp, &Visitor), handles: &Handles, signed_in: Option<&AccountId>) {
    let transport = to.0.issuer.transport();
    if let Handles::Set(secrets, remember) = handles {
        let mut cookie = plain(session_name(transport), session_cookie(secrets).expose().to_owned(), transport);
        match (secrets.is_empty(), remember) {
            (true, _) => cookie.make_removal(),
            (false, Remember::Yes) => cookie.set_max_age(KEPT),
            (false, Remember::No) => {}
        }
        add(response, &cookie);
    }
    if let Some(account) = signed_in {
        let mut browser = to.1.browser.clone();
        browser.remember(account);
        set_browser(response, to, &browser);
    }
}

/// Gives a new browser its id, with a page whose form needs it.
pub(super) fn introduce(response: &mut HttpResponse, to: (&Idp, &Visitor), signed_in: Option<&AccountId>) {
    if signed_in.is_none() && to.1.acquaintance == Acquaintance::New {
        set_browser(response, to, &to.1.browser);
    }
}

fn set_browser(response: &mut HttpResponse, to: (&Idp, &Visitor), browser: &Browser) {
    let transport = to.0.issuer.transport();
    let mut cookie = plain(browser_name(transport), to.0.browser_cookie(browser), transport);
    cookie.set_max_age(KEPT);
    add(response, &cookie);
}

fn plain(name: &'static str, value: String, transport: Transport) -> Cookie<'static> {
    let cookie = Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax);
    cookie.secure(transport == Transport::Tls).finish()
}

fn add(response: &mut HttpResponse, cookie: &Cookie<'_>) {
    // Only a malformed name or value could fail; ours are base64url.
    if let Err(error) = response.add_cookie(cookie) {
        tracing::error!(%error, "a cookie could not be set");
    }
}
