//! The cookies: which names, how they are read, how they are set.

use crate::flow::Idp;
use crate::flow::browser::{Acquaintance, Browser, Visitor, session_cookie};
use crate::flow::cookies::Handles;
use crate::model::cookies::Switch;
use crate::model::id::AccountId;
use crate::model::session::policy::Remember;
use crate::protocol::cookie_header;
use crate::protocol::issuer::Transport;
use crate::text::Language;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::{Method, header};
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

/// The cookie of the language that the person chose. It has no prefix: whoever plants one changes the language of our
/// pages and nothing else.
pub(super) const LANGUAGE: &str = "abide_language";

/// The cookie of the browser itself.
pub(super) fn browser_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-abide_browser",
        Transport::Plain => "abide_browser",
    }
}

/// The cookie `silent`.
fn silent_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-abide_silent",
        Transport::Plain => "abide_silent",
    }
}

/// The cookie `state`; `static/check-session.js` reads it by the same name.
pub(super) fn state_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tls => "__Host-abide_state",
        Transport::Plain => "abide_state",
    }
}

/// The value of a cookie that came exactly once.
pub(super) fn sole(request: &HttpRequest, name: &str) -> Option<String> {
    cookie_header::sole(headers(request), name).map(str::to_owned)
}

fn headers(request: &HttpRequest) -> impl Iterator<Item = &str> {
    request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok())
}

/// The cookie `silent` of an authorization request. It counts only where the browser left the session cookie out (one
/// that came twice is no reason to look further), and only for what a frame does: images and scripts of any site could
/// bring it as well.
pub(super) fn silent(request: &HttpRequest, idp: &Idp) -> Option<String> {
    let transport = idp.issuer.transport();
    let navigates = request.headers().get("sec-fetch-mode").is_none_or(|mode| mode == "navigate");
    let alone = cookie_header::named(headers(request), session_name(transport)).next().is_none();
    let counts = idp.settings.cookies.silent == Switch::On && request.method() == Method::GET && navigates && alone;
    if counts { sole(request, silent_name(transport)) } else { None }
}

/// Sets what changed.
pub(super) fn set(response: &mut HttpResponse, to: (&Idp, &Visitor), handles: &Handles, signed_in: Option<&AccountId>) {
    let (transport, there) = (to.0.issuer.transport(), to.0.settings.cookies);
    match handles {
        Handles::Unchanged => {}
        Handles::State(state, remember) => add(response, state_cookie(transport, state.as_deref(), *remember)),
        Handles::Set(cookies) => {
            let session = plain(session_name(transport), session_cookie(&cookies.secrets).expose(), transport);
            add(response, kept(session, cookies.remember));
            if there.silent == Switch::On {
                let silent = plain(silent_name(transport), session_cookie(&cookies.silent).expose(), transport);
                add(response, kept(framed(silent, transport), cookies.remember));
            }
            if there.state == Switch::On {
                add(response, state_cookie(transport, cookies.state.as_deref(), cookies.remember));
            }
        }
    }
    if let Some(account) = signed_in {
        let mut browser = to.1.browser.clone();
        browser.remember(account);
        set_browser(response, to, &browser);
    }
}

fn state_cookie(transport: Transport, state: Option<&str>, remember: Remember) -> Cookie<'static> {
    let mut cookie = framed(plain(state_name(transport), state.unwrap_or_default(), transport), transport);
    cookie.set_http_only(false);
    kept(cookie, remember)
}

/// Sent from frames of other sites, too. Browsers take that from nobody but by TLS.
fn framed(mut cookie: Cookie<'static>, transport: Transport) -> Cookie<'static> {
    if transport == Transport::Tls {
        cookie.set_same_site(SameSite::None);
    }
    cookie
}

/// For as long as it is to last; an empty one goes.
fn kept(mut cookie: Cookie<'static>, remember: Remember) -> Cookie<'static> {
    match (cookie.value().is_empty(), remember) {
        (true, _) => cookie.make_removal(),
        (false, Remember::Yes) => cookie.set_max_age(KEPT),
        (false, Remember::No) => {}
    }
    cookie
}

/// Keeps the language that the person chose.
pub(super) fn set_language(response: &mut HttpResponse, transport: Transport, language: Language) {
    let mut cookie = plain(LANGUAGE, language.tag(), transport);
    cookie.set_max_age(KEPT);
    add(response, cookie);
}

/// Gives a new browser its id, with a page whose form needs it.
pub(super) fn introduce(response: &mut HttpResponse, to: (&Idp, &Visitor), signed_in: Option<&AccountId>) {
    if signed_in.is_none() && to.1.acquaintance == Acquaintance::New {
        set_browser(response, to, &to.1.browser);
    }
}

fn set_browser(response: &mut HttpResponse, to: (&Idp, &Visitor), browser: &Browser) {
    let transport = to.0.issuer.transport();
    let mut cookie = plain(browser_name(transport), &to.0.browser_cookie(browser), transport);
    cookie.set_max_age(KEPT);
    add(response, cookie);
}

fn plain(name: &'static str, value: &str, transport: Transport) -> Cookie<'static> {
    let cookie = Cookie::build(name, value.to_owned()).path("/").http_only(true).same_site(SameSite::Lax);
    cookie.secure(transport == Transport::Tls).finish()
}

fn add(response: &mut HttpResponse, cookie: Cookie<'static>) {
    // Only a malformed name or value could fail; ours are base64url.
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::error!(%error, "a cookie could not be set");
    }
}
