//! A forgotten password: asking for a link, and what the link leads to.

use super::answer::{page, see_other};
use super::asking::Asking;
use super::error::WebError;
use super::form::OurForm;
use super::mailed::{crowded, elsewhere, gone, later, only, sent, token_of};
use super::pages::{Forgot, NewPassword};
use super::{cookies, setup, turn};
use crate::flow::authorize::Next;
use crate::flow::mail::Link;
use crate::flow::reset::{Asked, Reset};
use crate::flow::setup::FormError;
use crate::model::account::Account;
use crate::model::password::Beside;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

fn ask(asking: &Asking, (interaction, username): (&str, &str), alert: Option<String>) -> Forgot {
    Forgot {
        text: asking.text(),
        csrf: asking.csrf(),
        interaction: interaction.to_owned(),
        username: username.to_owned(),
        alert,
    }
}

/// GET /forgot
pub(super) async fn forgot(asking: Asking) -> Result<HttpResponse, WebError> {
    only(asking.idp().mail())?;
    let mut response = page(StatusCode::OK, &ask(&asking, ("", ""), None));
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

/// POST /forgot: from a sign-in page, whose interaction goes along.
pub(super) async fn forgot_from(form: OurForm) -> Result<HttpResponse, WebError> {
    only(form.asking.idp().mail())?;
    Ok(page(StatusCode::OK, &ask(&form.asking, (form.field("interaction"), ""), None)))
}

/// POST /forgot/send: the same answer for everybody.
pub(super) async fn send(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    only(asking.idp().mail())?;
    let name: String = form.field("username").chars().take(256).collect();
    let handle = form.field("interaction");
    match asking.idp().ask_reset(&asking.visitor, (&name, handle), asking.now).await? {
        Asked::Sent => Ok(sent(asking, "forgot-sent", "forgot-sent-more")),
        Asked::Throttled { until } => {
            let view = ask(asking, (handle, &name), Some(asking.text().say("alert-throttled")));
            Ok(later(page(StatusCode::TOO_MANY_REQUESTS, &view), asking.now, until))
        }
    }
}

/// GET /reset: changes nothing, whoever opens it.
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    only(asking.idp().mail())?;
    let token = token_of(&request);
    match asking.idp().reset_standing(&asking.visitor, &token, asking.now).await? {
        Link::Good(good) => {
            let beside = asking.idp().beside_password(&good.account.id).await?;
            let mut response = page(StatusCode::OK, &choose(&asking, token, (good.account, beside), None));
            cookies::introduce(&mut response, asking.to(), None);
            Ok(response)
        }
        Link::Elsewhere => Ok(elsewhere(&asking, "link-elsewhere")),
        Link::Void => Ok(gone(&asking)),
    }
}

fn choose(asking: &Asking, token: String, (account, beside): (Account, Beside), alert: Option<String>) -> NewPassword {
    let (username, minimum) = (account.username, beside.least());
    NewPassword { text: asking.text(), csrf: asking.csrf(), token, username, minimum, alert }
}

/// POST /reset
pub(super) async fn post(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    only(asking.idp().mail())?;
    let token = form.field("token").to_owned();
    match asking.idp().reset_password(&asking.visitor, (&token, form.field("password")), asking.now).await? {
        Reset::Done(next) => match next.next {
            Next::GoOn(handle) => Ok(see_other(&format!("/interaction/{handle}?done=password"))),
            _ => turn::draw(asking, *next),
        },
        Reset::Form(error, account, beside) => {
            let status = match error {
                FormError::Busy => StatusCode::SERVICE_UNAVAILABLE,
                _ => StatusCode::UNPROCESSABLE_ENTITY,
            };
            let alert = Some(setup::words(error, asking.text()));
            Ok(page(status, &choose(asking, token, (*account, beside), alert)))
        }
        Reset::Throttled { until } => Ok(crowded(asking, until)),
        Reset::Elsewhere => Ok(elsewhere(asking, "link-elsewhere")),
        Reset::Void => Ok(gone(asking)),
    }
}
