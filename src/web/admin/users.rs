//! The console: people.

use super::super::answer::{page, see_other};
use super::super::asking::Asking;
use super::super::error::WebError;
use super::super::form::OurForm;
use super::super::mailed::offer;
use super::super::pages::{AccountState, AdminUsers, NewUser, Offer, Tick, TwoStep, UserLine};
use super::super::setup::words;
use super::{Entered, View, enter, enter_to_act, shown, view};
use crate::flow::admin::Use;
use crate::flow::session::Current;
use crate::flow::setup::{Refused, fresh_account};
use crate::model::account::{ADMIN, Account, AccountStanding};
use crate::model::password::MINIMUM_ALONE;
use crate::protocol::claims::check_standard;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

/// GET /admin/users
pub(in crate::web) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, asking.activity).await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    let text = asking.text();
    let view = view(&request);
    let notice = match view.done.as_deref() {
        Some("added") => Some(text.say("notice-user-added")),
        Some("disabled") => Some(text.say("notice-user-disabled")),
        Some("reset") => Some(text.say("notice-user-reset")),
        Some("sent") => Some(text.say("notice-reset-sent")),
        Some("enabled") => Some(text.say("notice-user-enabled")),
        _ => None,
    };
    let page_of = draw(&asking, &current, view, (notice, None, NewUser::default())).await?;
    Ok(shown(&asking, &page_of))
}

async fn draw(
    asking: &Asking,
    current: &Current,
    view: View,
    (notice, alert, form): (Option<String>, Option<String>, NewUser),
) -> Result<AdminUsers, WebError> {
    let list = asking.idp().people(&view.query, view.after.as_deref()).await?;
    let two_step = asking.idp().two_step(&list.items).await?;
    let mail = asking.idp().mail();
    let line = |account: Account| {
        let state = if two_step.contains(&account.id) { TwoStep::On } else { TwoStep::Off };
        let reachable = account.verified_address().is_some() && account.standing() == AccountStanding::Active;
        line(account, state, if reachable { offer(mail) } else { Offer::Absent })
    };
    Ok(AdminUsers {
        text: asking.text(),
        csrf: asking.csrf(),
        whose: asking.person(&current.account.id),
        person: current.account.display_name().to_owned(),
        users: list.items.into_iter().map(line).collect(),
        query: view.query,
        next: list.next.map(|cursor| cursor.0),
        alert,
        notice,
        form,
        minimum: MINIMUM_ALONE,
    })
}

fn line(account: Account, two_step: TwoStep, send_reset: Offer) -> UserLine {
    UserLine {
        two_step,
        send_reset,
        name: account.claims.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
        email: account.email().unwrap_or_default().to_owned(),
        roles: account.roles.iter().cloned().collect(),
        state: match account.standing() {
            AccountStanding::Active => AccountState::Active,
            AccountStanding::Disabled => AccountState::Disabled,
        },
        created: account.created_at.0,
        id: account.id.to_string(),
        username: account.username,
    }
}

/// POST /admin/users
pub(in crate::web) async fn add(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let current = match enter_to_act(&form, "/admin/users").await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    let mut account = fresh_account(form.field("username"), asking.now);
    let mut wrong = None;
    for name in ["name", "email"] {
        if let Some(value) = form.params.get(name) {
            let value = Value::String(value.to_owned());
            match check_standard(name, &value) {
                Ok(()) => drop(account.claims.insert(name.to_owned(), value)),
                Err(_) => wrong = Some(asking.text().say(if name == "email" { "alert-email" } else { "alert-name" })),
            }
        }
    }
    if form.params.get("admin").is_some() {
        account.roles.insert(ADMIN.to_owned());
    }
    if wrong.is_none() {
        wrong = match asking.idp().add_person(&current, account, form.field("password"), asking.now).await? {
            Ok(_) => return Ok(see_other("/admin/users?done=added")),
            Err(Refused::Form(error)) => Some(words(error, asking.text())),
            Err(Refused::LinkUsed) => None,
        };
    }
    let filled = NewUser {
        username: form.field("username").to_owned(),
        name: form.field("name").to_owned(),
        email: form.field("email").to_owned(),
        role_admin: if form.params.get("admin").is_some() { Tick::On } else { Tick::Off },
    };
    let page_of = draw(asking, &current, View::default(), (None, wrong, filled)).await?;
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &page_of))
}

/// POST /admin/users/disable
pub(in crate::web) async fn disable(form: OurForm) -> Result<HttpResponse, WebError> {
    set_use(form, Use::Disable, "/admin/users?done=disabled").await
}

/// POST /admin/users/enable
pub(in crate::web) async fn enable(form: OurForm) -> Result<HttpResponse, WebError> {
    set_use(form, Use::Enable, "/admin/users?done=enabled").await
}

/// POST /admin/users/reset-factors
pub(in crate::web) async fn reset_factors(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let current = match enter_to_act(&form, "/admin/users").await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    if asking.idp().reset_factors(&current, form.field("user"), asking.now).await? {
        return Ok(see_other("/admin/users?done=reset"));
    }
    let alert = Some(asking.text().say("alert-user-no-factor"));
    let page_of = draw(asking, &current, View::default(), (None, alert, NewUser::default())).await?;
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &page_of))
}

/// POST /admin/users/send-reset
pub(in crate::web) async fn send_reset(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let current = match enter_to_act(&form, "/admin/users").await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    if asking.idp().send_reset(&current, form.field("user"), asking.now).await?.is_some() {
        return Ok(see_other("/admin/users?done=sent"));
    }
    let alert = Some(asking.text().say("alert-user-no-address"));
    let page_of = draw(asking, &current, View::default(), (None, alert, NewUser::default())).await?;
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &page_of))
}

async fn set_use(form: OurForm, wish: Use, done: &str) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let current = match enter_to_act(&form, "/admin/users").await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    if asking.idp().set_use(&current, form.field("user"), wish, asking.now).await? {
        return Ok(see_other(done));
    }
    let alert = Some(asking.text().say("alert-user-unchanged"));
    let page_of = draw(asking, &current, View::default(), (None, alert, NewUser::default())).await?;
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &page_of))
}
