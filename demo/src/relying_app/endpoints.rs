//! What visitors' requests do: each endpoint reads the browser's cookies, asks the flows, and sets cookies.

use actix_web::cookie::Cookie;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use super::browser::{self, Kind, Quiet};
use super::pages::{self, Greeting};
use super::renewal::{self, Occasion, Renewal};
use super::sign_in::{self, Answer, Arrival, Errand, Trouble};
use super::visit::{SharedVisit, Visit};
use super::{RelyingApp, home, sign_out};
use crate::clock;
use crate::secret;

/// The app, as endpoints get it.
pub(super) type Site = web::Data<RelyingApp>;

/// The front door: the home page for who is signed in; otherwise one silent look, then the start page.
pub(super) async fn front(app: Site, request: HttpRequest) -> HttpResponse {
    let now = clock::now();
    let Some((name, visit)) = present(&app, &request) else {
        let quiet = browser::quietness(&request, app.brand);
        if quiet.is_none() && browser::opens_a_page(&request) {
            return depart(&app, &request, Errand::FirstLook).await;
        }
        let mut page = pages::start(&app, Greeting::Welcome);
        if quiet == Some(Quiet::Looked) {
            set(&mut page, &browser::removal(app.brand, Kind::Quiet));
        }
        return page;
    };
    let renewal = renewal::renew(&app, &visit, Occasion::Due, now).await;
    if let Visit::SignedIn(session) = &*visit.lock().await {
        return home::show(&app, session, renewal, clock::now()).await;
    }
    app.visits.take(&name, now);
    let mut page = pages::start(&app, Greeting::Ended);
    set(&mut page, &browser::removal(app.brand, Kind::Session));
    page
}

pub(super) async fn sign_in(app: Site, request: HttpRequest) -> HttpResponse {
    depart(&app, &request, Errand::SignIn).await
}

pub(super) async fn renew_silent(app: Site, request: HttpRequest) -> HttpResponse {
    depart(&app, &request, Errand::Renewal).await
}

pub(super) async fn stay(app: Site, request: HttpRequest) -> HttpResponse {
    depart(&app, &request, Errand::Presence).await
}

async fn depart(app: &RelyingApp, request: &HttpRequest, errand: Errand) -> HttpResponse {
    let known = browser::value(request, app.brand, Kind::Browser);
    let browser = known.unwrap_or_else(secret::random);
    let url = sign_in::depart(app, browser.clone(), errand, clock::now()).await;
    let mut answer = see_other(url.as_str());
    set(&mut answer, &browser::cookie(app.brand, Kind::Browser, browser));
    if errand == Errand::FirstLook {
        // Set before leaving: whatever happens there, the way back does not begin another look.
        set(&mut answer, &browser::quiet(app.brand, Quiet::Looked));
    }
    answer
}

pub(super) async fn callback(app: Site, request: HttpRequest) -> HttpResponse {
    let Ok(answer) = web::Query::<Answer>::from_query(request.query_string()) else {
        return pages::trouble(&app, Trouble::NotOurs);
    };
    let browser = browser::value(&request, app.brand, Kind::Browser);
    let before = present(&app, &request);
    let visit = before.as_ref().map(|(_, visit)| visit.clone());
    let mut home = see_other("/");
    match sign_in::arrive(&app, answer.into_inner(), browser, visit, clock::now()).await {
        Arrival::SignedIn(name) => {
            if let Some((old, _)) = before {
                app.visits.take(&old, clock::now());
            }
            set(&mut home, &browser::cookie(app.brand, Kind::Session, name));
            set(&mut home, &browser::removal(app.brand, Kind::Quiet));
        }
        Arrival::Renewed | Arrival::Ended => {}
        Arrival::NotYet => set(&mut home, &browser::quiet(app.brand, Quiet::Looked)),
        Arrival::Declined => return pages::start(&app, Greeting::Declined),
        Arrival::Trouble(trouble) => return pages::trouble(&app, trouble),
    }
    home
}

/// The refresh: for the button by redirect, for the page's script as JSON.
pub(super) async fn renew(app: Site, request: HttpRequest) -> HttpResponse {
    let for_script = browser::wants_json(&request);
    let occasion = if for_script { Occasion::Due } else { Occasion::Asked };
    let renewal = match present(&app, &request) {
        Some((_, visit)) => renewal::renew(&app, &visit, occasion, clock::now()).await,
        None => Renewal::Over,
    };
    if !for_script {
        return see_other("/");
    }
    let session = match renewal {
        Renewal::Good => "good",
        Renewal::Later => "later",
        Renewal::Over => "over",
    };
    HttpResponse::Ok().json(json!({ "session": session }))
}

pub(super) async fn leave(app: Site, request: HttpRequest) -> HttpResponse {
    let known = browser::value(&request, app.brand, Kind::Browser);
    let browser = known.unwrap_or_else(secret::random);
    let url = match browser::value(&request, app.brand, Kind::Session) {
        Some(name) => sign_out::leave(&app, &name, browser.clone(), clock::now()).await,
        None => None,
    };
    let mut answer = see_other(url.as_ref().map_or("/", |url| url.as_str()));
    set(&mut answer, &browser::cookie(app.brand, Kind::Browser, browser));
    set(&mut answer, &browser::removal(app.brand, Kind::Session));
    set(&mut answer, &browser::quiet(app.brand, Quiet::SignedOut));
    answer
}

#[derive(Deserialize)]
struct Returned {
    state: Option<String>,
}

pub(super) async fn signed_out(app: Site, request: HttpRequest) -> HttpResponse {
    let returned = web::Query::<Returned>::from_query(request.query_string()).ok();
    let state = returned.and_then(|returned| returned.into_inner().state);
    let browser = browser::value(&request, app.brand, Kind::Browser);
    match sign_out::judge(&app, state.as_deref(), browser.as_deref(), clock::now()) {
        sign_out::Return::Ours => pages::start(&app, Greeting::SignedOut),
        sign_out::Return::Foreign => see_other("/"),
    }
}

/// The application session this browser names, if it is kept.
fn present(app: &RelyingApp, request: &HttpRequest) -> Option<(String, SharedVisit)> {
    let name = browser::value(request, app.brand, Kind::Session)?;
    let visit = app.visits.get(&name, clock::now())?;
    Some((name, visit))
}

/// A redirect that is followed with GET.
pub(super) fn see_other(target: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, target)).finish()
}

fn set(answer: &mut HttpResponse, cookie: &Cookie<'_>) {
    if let Err(error) = answer.add_cookie(cookie) {
        tracing::error!("a cookie cannot be set: {error}");
    }
}
