//! The person's own page.

use super::answer::{page, see_other};
use super::asking::Asking;
use super::error::WebError;
use super::form::OurForm;
use super::pages::{Account, AppLine, ConsentLine, ConsoleLink, Current as Which, SessionLine};
use super::text::Text;
use super::{cookies, device, logout, turn};
use crate::flow::account::SessionView;
use crate::flow::authorize::Next;
use crate::flow::session::{Current, Handles};
use crate::model::account::ADMIN;
use crate::model::authorization::Goal;
use crate::model::client::Client;
use crate::model::consent::Consent;
use crate::model::session::activity::Activity;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

/// GET /
pub(super) async fn home() -> HttpResponse {
    see_other("/account")
}

/// GET /account
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let (turn, current) = asking.idp().open_page(&asking.visitor, Goal::Account, asking.now).await?;
    let (Next::Arrived(_), Some(current)) = (&turn.next, &current) else { return turn::draw(&asking, turn) };
    asking.idp().touch(current, Activity::PageUsed, asking.now).await?;
    let text = Text;
    let notice = match request.query_string() {
        "done=withdrawn" => Some(text.say("notice-consent-withdrawn")),
        "done=ended" => Some(text.say("notice-session-ended")),
        "done=others" => Some(text.say("notice-others-ended")),
        _ => None,
    };
    draw(&asking, current, notice).await
}

async fn draw(asking: &Asking, current: &Current, notice: Option<String>) -> Result<HttpResponse, WebError> {
    let (idp, text) = (asking.idp(), Text);
    let account = &current.account;
    let mut sessions: Vec<SessionLine> =
        idp.sessions_of(current, asking.now).await?.into_iter().map(|view| line(view, current, text)).collect();
    sessions.sort_by_key(|line| line.current == Which::Other);
    let consents = idp
        .consents_of(&account.id)
        .await?
        .into_iter()
        .map(|(consent, client)| consented(consent, client, text))
        .collect();
    let view = Account {
        text,
        csrf: asking.csrf(),
        name: account.display_name().to_owned(),
        username: account.username.clone(),
        email: account.email().map(str::to_owned),
        sessions,
        consents,
        console: if account.has_role(ADMIN) { ConsoleLink::Shown } else { ConsoleLink::Hidden },
        notice,
    };
    let mut response = page(StatusCode::OK, &view);
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

fn line(view: SessionView, current: &Current, text: Text) -> SessionLine {
    let session = view.session;
    SessionLine {
        id: view.name,
        device: device::name(&session.device.user_agent, text),
        address: session.device.address,
        started: session.started_at.0,
        last_active: session.last_active_at.0,
        current: if session.id == current.session.id { Which::This } else { Which::Other },
        ends: view.standing.until().map(|at| at.0),
        apps: view
            .apps
            .into_iter()
            .map(|app| AppLine { name: app.name, joined: app.joined_at.0, ends: app.until.map(|at| at.0) })
            .collect(),
    }
}

fn consented(consent: Consent, client: Option<Client>, text: Text) -> ConsentLine {
    ConsentLine {
        client: consent.client.to_string(),
        name: client.map_or_else(|| consent.client.to_string(), |client| client.name().to_owned()),
        scopes: turn::lines(&consent.scope, text).into_iter().map(|line| line.title).collect(),
        given: consent.given_at.0,
    }
}

/// The signed-in person behind a form; without one the page is asked for anew.
async fn person(asking: &Asking) -> Result<Option<Current>, WebError> {
    let current = asking.idp().current(&asking.visitor, asking.now).await?;
    if let Some(current) = &current {
        asking.idp().touch(current, Activity::PageUsed, asking.now).await?;
    }
    Ok(current)
}

/// POST /account/withdraw
pub(super) async fn withdraw(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = person(asking).await? else { return Ok(see_other("/account")) };
    asking.idp().withdraw(&current, form.field("client"), asking.now).await?;
    Ok(see_other("/account?done=withdrawn"))
}

/// POST /account/end-session
pub(super) async fn end_session(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = person(asking).await? else { return Ok(see_other("/account")) };
    match asking.idp().end_one(&asking.visitor, &current, form.field("session"), asking.now).await? {
        Handles::Unchanged => Ok(see_other("/account?done=ended")),
        handles => {
            let apps = asking.idp().app_names(&current.session).await?;
            Ok(logout::signed_out(asking, &handles, apps))
        }
    }
}

/// POST /account/end-others
pub(super) async fn end_others(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = person(asking).await? else { return Ok(see_other("/account")) };
    asking.idp().end_others(&current, asking.now).await?;
    Ok(see_other("/account?done=others"))
}

/// POST /account/sign-out
pub(super) async fn sign_out(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = asking.idp().current(&asking.visitor, asking.now).await? else {
        return Ok(see_other("/account"));
    };
    let apps = asking.idp().app_names(&current.session).await?;
    let handles = asking.idp().sign_out(&asking.visitor, &current, asking.now).await?;
    Ok(logout::signed_out(asking, &handles, apps))
}
