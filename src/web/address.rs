//! The mail address of an account: asked for, and proved by a link.

use super::answer::{page, see_other};
use super::asking::Asking;
use super::cookies;
use super::error::WebError;
use super::form::OurForm;
use super::mailed::{crowded, elsewhere, gone, later, offer, only, token_of};
use super::pages::{Email, EmailConfirm};
use super::signed_in::{enter, fresh_person};
use crate::flow::address::{AddressAsked, Proved};
use crate::flow::mail::Link;
use crate::flow::session::Current;
use crate::model::authorization::Goal;
use crate::model::cookies::Switch;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

const PAGE: &str = "/account/email";

/// GET /account/email: whoever authenticated a while ago does so again first.
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    only(asking.idp().mail())?;
    let current = match enter(&asking, Goal::Email).await? {
        Ok(current) => current,
        Err(response) => return Ok(response),
    };
    let notice = match request.query_string() {
        "done=sent" => Some(asking.text().say("email-sent")),
        "done=confirmed" => Some(asking.text().say("email-done")),
        _ => None,
    };
    let view = Email { notice, ..of(&asking, &current) };
    let mut response = page(StatusCode::OK, &view);
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

fn of(asking: &Asking, current: &Current) -> Email {
    let proved = if current.account.verified_address().is_some() { Switch::On } else { Switch::Off };
    Email {
        text: asking.text(),
        csrf: asking.csrf(),
        whose: asking.person(&current.account.id),
        current: current.account.email().map(str::to_owned),
        proved: offer(proved),
        email: String::new(),
        alert: None,
        notice: None,
    }
}

/// POST /account/email
pub(super) async fn post(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    only(asking.idp().mail())?;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    let email: String = form.field("email").chars().take(320).collect();
    let refused =
        |alert: &str| Email { email: email.clone(), alert: Some(asking.text().say(alert)), ..of(asking, &current) };
    Ok(match asking.idp().ask_address(&asking.visitor, &current, &email, asking.now).await? {
        AddressAsked::Sent => see_other("/account/email?done=sent"),
        AddressAsked::Form => page(StatusCode::UNPROCESSABLE_ENTITY, &refused("alert-email")),
        AddressAsked::Same => page(StatusCode::UNPROCESSABLE_ENTITY, &refused("alert-email-same")),
        AddressAsked::Throttled { until } => {
            later(page(StatusCode::TOO_MANY_REQUESTS, &refused("alert-throttled")), asking.now, until)
        }
    })
}

/// GET /account/email/confirm: changes nothing, whoever opens it.
pub(super) async fn confirm(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    only(asking.idp().mail())?;
    let token = token_of(&request);
    match asking.idp().address_standing(&asking.visitor, &token, asking.now).await? {
        Link::Good((current, good)) => {
            let (text, csrf) = (asking.text(), asking.csrf());
            let (email, username) = (good.to.to_string(), current.account.username);
            Ok(page(StatusCode::OK, &EmailConfirm { text, csrf, token, email, username }))
        }
        Link::Elsewhere => Ok(elsewhere(&asking, "email-elsewhere")),
        Link::Void => Ok(gone(&asking)),
    }
}

/// POST /account/email/confirm
pub(super) async fn prove(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    only(asking.idp().mail())?;
    Ok(match asking.idp().prove_address(&asking.visitor, form.field("token"), asking.now).await? {
        Proved::Now => see_other("/account/email?done=confirmed"),
        Proved::Elsewhere => elsewhere(asking, "email-elsewhere"),
        Proved::Void => gone(asking),
        Proved::Throttled { until } => crowded(asking, until),
        Proved::Taken => match asking.idp().current(&asking.visitor, asking.now).await? {
            Some(current) => {
                let alert = Some(asking.text().say("alert-email-taken"));
                page(StatusCode::UNPROCESSABLE_ENTITY, &Email { alert, ..of(asking, &current) })
            }
            None => gone(asking),
        },
    })
}
