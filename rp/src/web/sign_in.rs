//! Leaving and coming back: each path reads the browser's cookies, asks the flows, and sets cookies.

use super::browser::{self, Kind, Quiet, Wants};
use super::{app_of, broken, see_other, set};
use crate::app::RelyingApp;
use crate::flow::Present;
use crate::flow::departure::{Errand, may_look};
use crate::flow::sign_in::{Answer, Arrival, Trouble};
use crate::secret::{random, same};
use crate::session::Authority;
use crate::store::StoreFault;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

#[derive(Default, Deserialize)]
struct Asked {
    return_to: Option<String>,
    again: Option<String>,
    frame: Option<String>,
}

pub(super) async fn sign_in(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    let asked = asked(&request);
    let errand = if asked.again.is_some() { Errand::Again } else { Errand::SignIn };
    Ok(depart(&app, &request, errand, asked.return_to.as_deref()).await)
}

pub(super) async fn renew(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    let asked = asked(&request);
    let errand = if asked.frame.is_some() { Errand::Frame } else { Errand::Renewal };
    Ok(depart(&app, &request, errand, asked.return_to.as_deref()).await)
}

fn asked(request: &HttpRequest) -> Asked {
    web::Query::<Asked>::from_query(request.query_string()).map(web::Query::into_inner).unwrap_or_default()
}

/// Sends the browser to the provider.
pub(crate) async fn depart(
    app: &RelyingApp,
    request: &HttpRequest,
    errand: Errand,
    return_to: Option<&str>,
) -> HttpResponse {
    let inner = &app.inner;
    let now = inner.clock.now();
    let present = match present(app, request).await {
        Ok(present) => present,
        Err(fault) => return broken(&fault),
    };
    let back = browser::way_back(return_to, &inner.site);
    let Some(leaving) = inner.depart(errand, &back, present.as_ref(), now).await else {
        return inner.pages.trouble(Trouble::Unavailable);
    };
    let mut answer = see_other(leaving.url.as_str());
    for cookie in browser::surplus_departures(request, &inner.site) {
        set(&mut answer, &cookie);
    }
    set(&mut answer, &browser::cookie(&inner.site, &Kind::away(&leaving.state), &leaving.sealed));
    if matches!(errand, Errand::FirstLook | Errand::Renewal) {
        // Set before leaving: whatever happens there, the way back does not begin another look.
        set(&mut answer, &browser::quiet(&inner.site, Quiet::Looked));
    }
    answer
}

pub(super) async fn callback(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    let inner = &app.inner;
    let now = inner.clock.now();
    let query = web::Query::<Answer>::from_query(request.query_string());
    let answer = query.map(web::Query::into_inner).unwrap_or_default();
    let departure = answer.state.as_deref().and_then(|state| {
        let sealed = browser::value(&request, &inner.site, &Kind::away(state))?;
        inner.departure(state, &sealed, now)
    });
    let (Some(departure), Some(state)) = (departure, answer.state.clone()) else {
        return Ok(inner.pages.trouble(Trouble::NotOurs));
    };
    let arrival = match present(&app, &request).await {
        Ok(present) => inner.arrive(answer, &departure, present, now).await,
        Err(fault) => Err(fault),
    };
    let mut answer = match arrival {
        Ok(arrival) if departure.errand == Errand::Frame => framed(&app, &arrival),
        Ok(arrival) => arrived(&app, arrival, &departure.return_to),
        Err(fault) => {
            tracing::error!("{fault}");
            inner.pages.trouble(Trouble::Unavailable)
        }
    };
    // An answer is good once, whatever it says.
    set(&mut answer, &browser::removal(&inner.site, &Kind::away(&state)));
    Ok(answer)
}

fn arrived(app: &RelyingApp, arrival: Arrival, return_to: &str) -> HttpResponse {
    let inner = &app.inner;
    let mut back = see_other(return_to);
    match arrival {
        Arrival::SignedIn(handle) => {
            set(&mut back, &browser::cookie(&inner.site, &Kind::Session, handle.expose()));
            set(&mut back, &browser::removal(&inner.site, &Kind::Quiet));
        }
        Arrival::Renewed => set(&mut back, &browser::removal(&inner.site, &Kind::Quiet)),
        Arrival::NotYet => set(&mut back, &browser::quiet(&inner.site, Quiet::Looked)),
        Arrival::Declined => return inner.pages.declined(),
        Arrival::Trouble(trouble) => return inner.pages.trouble(trouble),
    }
    back
}

/// The end of a journey in a hidden frame: a word for the page around it, which may be ours alone.
fn framed(app: &RelyingApp, arrival: &Arrival) -> HttpResponse {
    let word = if matches!(arrival, Arrival::Renewed) { "renewed" } else { "refused" };
    let page = format!(
        "<!doctype html><meta charset=\"utf-8\"><title>{word}</title><script src=\"{}\" data-result=\"{word}\"></script>",
        app.path("/session.js?frame")
    );
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'self'",
        ))
        .body(page)
}

#[derive(Deserialize)]
pub(super) struct SignOut {
    csrf: String,
}

pub(super) async fn sign_out(
    request: HttpRequest,
    form: Option<web::Form<SignOut>>,
) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    let inner = &app.inner;
    let Some(handle) = browser::handle(&request, &inner.site) else {
        return Ok(see_other(&inner.site.url("/signed-out")));
    };
    let known = form.is_some_and(|form| same(&form.csrf, &handle.csrf_token()));
    if !known || !browser::is_ours(&request, &inner.site) {
        return Ok(super::refusal(StatusCode::FORBIDDEN, "foreign_request", "not sent by a page of this session"));
    }
    let state = random();
    let url = match present(&app, &request).await {
        Ok(Some(present)) => match inner.leave(present, &state, inner.clock.now()).await {
            Ok(url) => url,
            Err(fault) => return Ok(broken(&fault)),
        },
        Ok(None) => None,
        Err(fault) => return Ok(broken(&fault)),
    };
    let mut answer = match url {
        Some(url) => {
            let mut answer = see_other(url.as_str());
            set(&mut answer, &browser::cookie(&inner.site, &Kind::Farewell, &state));
            answer
        }
        None => inner.pages.signed_out(),
    };
    set(&mut answer, &browser::removal(&inner.site, &Kind::Session));
    set(&mut answer, &browser::quiet(&inner.site, Quiet::SignedOut));
    Ok(answer)
}

#[derive(Deserialize)]
struct Returned {
    state: Option<String>,
}

/// The way back from a sign-out is judged by its state; whoever comes otherwise goes to the front door.
pub(super) async fn signed_out(request: HttpRequest) -> actix_web::Result<HttpResponse> {
    let app = app_of(&request)?;
    let site = &app.inner.site;
    let query = web::Query::<Returned>::from_query(request.query_string()).ok();
    let state = query.and_then(|query| query.into_inner().state);
    let expected = browser::value(&request, site, &Kind::Farewell);
    if state.zip(expected).is_some_and(|(state, expected)| same(&state, &expected)) {
        let mut answer = app.inner.pages.signed_out();
        set(&mut answer, &browser::removal(site, &Kind::Farewell));
        return Ok(answer);
    }
    Ok(see_other("/"))
}

/// The session this browser names, in whatever standing.
pub(crate) async fn present(app: &RelyingApp, request: &HttpRequest) -> Result<Option<Present>, StoreFault> {
    match browser::handle(request, &app.inner.site) {
        Some(handle) => app.inner.present(handle, app.inner.clock.now()).await,
        None => Ok(None),
    }
}

/// A silent look at the provider, where it makes sense: a page is being opened, nobody looked just now, and no limit
/// of our own has passed, which only an active sign-in may cure.
pub(crate) async fn look(app: &RelyingApp, request: &HttpRequest, present: Option<&Present>) -> Option<HttpResponse> {
    let cause = present.map(|present| present.standing);
    let errand = match cause {
        None => Errand::FirstLook,
        Some(standing) if standing.authority() == Authority::Good => Errand::Renewal,
        Some(standing) if may_look(standing) => Errand::Renewal,
        Some(crate::session::Standing::Ended { .. }) => Errand::FirstLook,
        Some(_) => return None,
    };
    if browser::wants(request) != Wants::Page || browser::quietness(request, &app.inner.site).is_some() {
        return None;
    }
    let back = request.uri().path_and_query().map(|target| target.as_str());
    Some(depart(app, request, errand, back).await)
}
