//! The person's own page.

use super::answer::{page, see_other};
use super::asking::Asking;
use super::error::WebError;
use super::form::OurForm;
use super::pages::{Account, AccountChoice, AppLine, ConsentLine, ConsoleLink, Current as Which, SessionLine};
use super::signed_in::{enter, person};
use super::{cookies, device, logout, person as of_person, picture, turn};
use crate::flow::account::{EndedOne, SessionView};
use crate::flow::logo::AppShown;
use crate::flow::logout::Scope;
use crate::flow::session::Current;
use crate::model::account::{ADMIN, Account as AccountRecord};
use crate::model::authorization::Goal;
use crate::model::consent::Consent;
use crate::model::session::activity::Activity;
use crate::model::session::standing::{LimitKind, Standing};
use crate::protocol::claims::opened_by;
use crate::text::Text;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

/// GET /
pub(super) async fn home() -> HttpResponse {
    see_other("/account")
}

/// GET /account
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, Goal::Account).await? {
        Ok(current) => current,
        Err(response) => return Ok(response),
    };
    let text = asking.text();
    let notice = match request.query_string() {
        "done=withdrawn" => Some(text.say("notice-consent-withdrawn")),
        "done=ended" => Some(text.say("notice-session-ended")),
        "done=left" => Some(text.say("notice-app-left")),
        "done=kept" => Some(text.say("notice-deletion-cancelled")),
        "done=others" => Some(text.say("notice-others-ended")),
        _ => None,
    };
    draw(&asking, &current, notice).await
}

async fn draw(asking: &Asking, current: &Current, notice: Option<String>) -> Result<HttpResponse, WebError> {
    let (idp, text) = (asking.idp(), asking.text());
    let account = &current.account;
    let mut sessions: Vec<SessionLine> =
        idp.sessions_of(current, asking.now).await?.into_iter().map(|view| line(view, current, text)).collect();
    sessions.sort_by_key(|line| line.current == Which::Other);
    let mut consents = Vec::new();
    for (consent, client) in idp.consents_of(&account.id).await? {
        let app = match client {
            Some(client) => AppShown { logo: idp.logo_of(&client).await?, name: client.name().to_owned() },
            None => AppShown { logo: None, name: consent.client.to_string() },
        };
        consents.push(consented(consent, app, (account, asking)));
    }
    let view = Account {
        text,
        csrf: asking.csrf(),
        whose: asking.person(&account.id),
        face: picture::face(account),
        username: account.username.clone(),
        email: account.email().map(str::to_owned),
        leaving: account.leaving_at.map(|at| at.0),
        sessions,
        consents,
        others: others(asking, current).await?,
        console: if account.has_role(ADMIN) { ConsoleLink::Shown } else { ConsoleLink::Hidden },
        notice,
    };
    let mut response = page(StatusCode::OK, &view);
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

async fn others(asking: &Asking, current: &Current) -> Result<Vec<AccountChoice>, WebError> {
    let others = asking.idp().others_here(&asking.visitor, current, asking.now).await?;
    Ok(others.into_iter().map(turn::choice).collect())
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
        limit: limit(&view.standing, text),
        continued: session.past.last().map(|past| past.reconstituted_at.0),
        apps: view
            .apps
            .into_iter()
            .map(|app| AppLine {
                client: app.client.to_string(),
                name: app.name,
                logo: app.logo,
                opens_at: app.opens_at,
                joined: app.joined_at.0,
                last_active: app.last_active_at.0,
                ends: app.standing.until().map(|at| at.0),
                limit: limit(&app.standing, text),
                grants: app.grants.count,
                renewals: usize::try_from(app.grants.renewals).unwrap_or(usize::MAX),
                renewed: app.grants.latest.map(|at| at.0),
            })
            .collect(),
    }
}

/// Which limit the nearest end comes from, in words.
fn limit(standing: &Standing, text: Text) -> String {
    match standing {
        Standing::Live { limit: Some(LimitKind::Idle), .. } | Standing::Warn { limit: LimitKind::Idle, .. } => {
            text.say("limit-idle")
        }
        Standing::Live { limit: Some(LimitKind::Absolute), .. } | Standing::Warn { limit: LimitKind::Absolute, .. } => {
            text.say("limit-absolute")
        }
        _ => String::new(),
    }
}

fn consented(consent: Consent, app: AppShown, (account, asking): (&AccountRecord, &Asking)) -> ConsentLine {
    let text = asking.text();
    let told = opened_by(&consent.scope, &account.told_claims(&asking.idp().issuer));
    ConsentLine {
        client: consent.client.to_string(),
        name: app.name,
        logo: app.logo,
        scopes: turn::lines(&consent.scope, text).into_iter().map(|line| line.title).collect(),
        sees: told.into_iter().map(|(claim, value)| (of_person::label(&claim, text), plain(&value))).collect(),
        given: consent.given_at.0,
    }
}

fn plain(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// POST /account/withdraw
pub(super) async fn withdraw(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = person(&form).await? else { return Ok(see_other("/account")) };
    asking.idp().withdraw(&current, form.field("client"), asking.now).await?;
    Ok(see_other("/account?done=withdrawn"))
}

/// POST /account/end-session: one of the person's sessions, or one app's part in it.
pub(super) async fn end_session(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = person(&form).await? else { return Ok(see_other("/account")) };
    let named = (form.field("session"), form.field("client"));
    match asking.idp().end_one(&current, named, asking.now).await? {
        EndedOne::Other => Ok(see_other("/account?done=ended")),
        EndedOne::App => Ok(see_other("/account?done=left")),
        EndedOne::This => {
            let outcome = asking.idp().sign_out_here(&asking.visitor, Scope::Browser, asking.now).await?;
            logout::draw(asking, outcome)
        }
    }
}

/// POST /account/end-others
pub(super) async fn end_others(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = person(&form).await? else { return Ok(see_other("/account")) };
    // A password is asked for where the last one is a while ago; then it goes on by itself.
    let goal = (Goal::EndOthers(current.account.id.clone()), Activity::FormPosted);
    let (turn, _) = asking.idp().open_page(&asking.visitor, goal, asking.now).await?;
    turn::draw(asking, turn)
}

/// POST /account/sign-out
pub(super) async fn sign_out(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let outcome = asking.idp().sign_out_here(&asking.visitor, logout::scope(&form)?, asking.now).await?;
    logout::draw(asking, outcome)
}

/// POST /account/switch: another of those who are signed in here.
pub(super) async fn switch(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let handles = asking.idp().switch(&asking.visitor, form.field("account"), asking.now).await?;
    let mut response = see_other("/account");
    cookies::set(&mut response, asking.to(), &handles, None);
    Ok(response)
}

/// POST /account/add: somebody else signs in, too.
pub(super) async fn add(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let turn = asking.idp().add_account(&asking.visitor, asking.now).await?;
    turn::draw(asking, turn)
}
