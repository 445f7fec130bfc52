//! RP-initiated logout: GET, POST, the page that asks, and the page that says what was signed out of.

use super::answer::{page, page_framing, page_to, see_other, source_of};
use super::asking::Asking;
use super::error::{WebError, explained};
use super::form::{OpenForm, OurForm, Posted};
use super::pages::{AppMark, Explained, SignOut, SignedOut, Stayed, ToldLine, ToldState, WholeSession};
use super::refusal::{logged, unread};
use super::{cookies, turn};
use crate::flow::authorize::Problem;
use crate::flow::cookies::Handles;
use crate::flow::logout::{AppAlone, Farewell, LoggedOut, LogoutAnswer, Question, Scope, SessionGoes, Told};
use crate::protocol::end_session::LogoutRequest;
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::refusal::sign_out;
use crate::text::Text;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

/// GET /end_session
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let read = Params::parse(request.query_string().as_bytes());
    let Some(logout) = read.as_ref().ok().and_then(LogoutRequest::parse) else {
        let claimed = read.as_ref().ok().and_then(|params| params.get("client_id"));
        let refusal = asking.idp().heard_as(claimed, sign_out::MALFORMED.into()).await;
        return Err(WebError::Refused(Problem::LogoutMalformed, Box::new(refusal)));
    };
    let (outcome, refusal) = asking.idp().end_session_request(&asking.visitor, logout, asking.now).await?;
    draw_explained(&asking, outcome, refusal.as_ref().and_then(told))
}

/// POST /end_session: the same by GET, so that the session's cookie arrives.
pub(super) async fn post(form: Posted, request: HttpRequest) -> Result<HttpResponse, WebError> {
    let OpenForm(params) = form.map_err(|error| unread(error, &request))?;
    turn::resend("/end_session", &params)
}

/// POST /end_session/confirm
pub(super) async fn confirm(form: OurForm) -> Result<HttpResponse, WebError> {
    let answer = match form.field("choice") {
        "sign-out" => LogoutAnswer::SignOut(scope(&form)?),
        "stay" => LogoutAnswer::Stay,
        _ => return Err(WebError::ForeignForm),
    };
    let asking = &form.asking;
    let outcome = asking.idp().end_session_answer(&asking.visitor, (form.field("request"), answer), asking.now).await?;
    draw(asking, outcome)
}

/// How far the person wants to sign out; without a word, of this browser.
pub(super) fn scope(form: &OurForm) -> Result<Scope, WebError> {
    match form.field("scope") {
        "" | "browser" => Ok(Scope::Browser),
        "app" => Ok(Scope::App),
        "everywhere" => Ok(Scope::Everywhere),
        _ => Err(WebError::ForeignForm),
    }
}

/// GET /signed-out
pub(super) async fn signed_out(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let gone = || WebError::Problem(Problem::InteractionGone);
    let receipt = match request.query_string() {
        "" => None,
        query => Some(query.strip_prefix("r=").ok_or_else(gone)?),
    };
    let farewell = match receipt {
        // Nobody was signed in, or whoever opened the page without a receipt is told no more than that.
        None => nobody(),
        Some(receipt) => asking.idp().farewell(&asking.visitor, receipt, asking.now).await?.ok_or_else(gone)?,
    };
    Ok(farewell_page(farewell, None, asking.text()))
}

fn nobody() -> Farewell {
    Farewell { apps: Vec::new(), frames: Vec::new(), address: None, session: SessionGoes::Over }
}

/// Writes it down, and has it for the page of an app in development.
fn told(refusal: &OAuthError) -> Option<Explained> {
    logged(refusal, "/end_session");
    explained(refusal)
}

fn farewell_page(farewell: Farewell, explained: Option<Explained>, text: Text) -> HttpResponse {
    let frames: Vec<String> = farewell.frames.iter().map(|frame| source_of(frame)).collect();
    let view = SignedOut {
        text,
        apps: farewell.apps.into_iter().map(|(name, told)| told_line(name, told, text)).collect(),
        frames: farewell.frames,
        next: farewell.address,
        session: if farewell.session == SessionGoes::On { WholeSession::GoesOn } else { WholeSession::Over },
        sign_in: "/account".to_owned(),
        explained,
    };
    page_framing(StatusCode::OK, &view, &frames)
}

fn told_line(name: String, told: Told, text: Text) -> ToldLine {
    let (state, key) = match told {
        Told::Underway => (ToldState::Underway, "told-underway"),
        Told::Told => (ToldState::Settled, "told-told"),
        Told::NotReached => (ToldState::Failed, "told-not-reached"),
        Told::Asked => (ToldState::Settled, "told-asked"),
        Told::NoAddress => (ToldState::Settled, "told-no-address"),
    };
    ToldLine { name, state, words: text.say(key) }
}

/// Draws what comes of a sign-out.
pub(super) fn draw(asking: &Asking, outcome: (LoggedOut, Handles)) -> Result<HttpResponse, WebError> {
    draw_explained(asking, outcome, None)
}

fn draw_explained(
    asking: &Asking,
    (outcome, handles): (LoggedOut, Handles),
    explained: Option<Explained>,
) -> Result<HttpResponse, WebError> {
    let text = asking.text();
    let mut response = match outcome {
        LoggedOut::Ask(question) => {
            let Question { request, current, apps, destination, asked_by, app_alone } = *question;
            let person = Some(current.account.display_name().to_owned());
            let alone = if app_alone == AppAlone::Offered { asked_by.clone() } else { None };
            let apps = apps.into_iter().map(|app| AppMark { name: app.name, logo: app.logo }).collect();
            let target = destination.as_deref().map(source_of).unwrap_or_default();
            let destination = destination.as_deref().map(turn::host);
            let csrf = asking.csrf();
            let ask = SignOut { text, csrf, request, person, apps, asked_by, destination, alone, explained };
            let mut response = page_to(StatusCode::OK, &ask, &format!("https: {target}"));
            cookies::introduce(&mut response, asking.to(), None);
            response
        }
        LoggedOut::Return(address) => see_other(&address),
        LoggedOut::Onward { app, address } => turn::onward_to(text, ("onward-signed-out", app), address),
        LoggedOut::Left(receipt) => {
            let mut response = see_other(&format!("/signed-out?r={receipt}"));
            // The receipt names the browser: one that lost its cookie gets it with the receipt.
            cookies::introduce(&mut response, asking.to(), None);
            response
        }
        LoggedOut::Nobody => farewell_page(nobody(), explained, text),
        LoggedOut::Stayed => page(StatusCode::OK, &Stayed { text }),
        LoggedOut::Gone => return Err(WebError::Problem(Problem::InteractionGone)),
    };
    cookies::set(&mut response, asking.to(), &handles, None);
    Ok(response)
}
