//! Accounts that come to be with a link: by oneself, or by invitation.

use super::answer::page;
use super::asking::Asking;
use super::error::WebError;
use super::form::OurForm;
use super::mailed::{crowded, elsewhere, gone, later, only, sent, token_of};
use super::pages::{FreshAccount, SignUp};
use super::{cookies, setup, turn};
use crate::flow::mail::Link;
use crate::flow::setup::FormError;
use crate::flow::sign_up::{NewAccount, SignUpAsked, SignedUp};
use crate::model::password::MINIMUM_ALONE;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

const BY_ONESELF: &str = "/sign-up/confirm";
const BY_INVITATION: &str = "/invitation";

fn ask(asking: &Asking, (interaction, email): (&str, &str), alert: Option<String>) -> SignUp {
    SignUp {
        text: asking.text(),
        csrf: asking.csrf(),
        interaction: interaction.to_owned(),
        app: None,
        email: email.to_owned(),
        alert,
    }
}

/// GET /sign-up
pub(super) async fn get(asking: Asking) -> Result<HttpResponse, WebError> {
    only(asking.idp().self_registration())?;
    let mut response = page(StatusCode::OK, &ask(&asking, ("", ""), None));
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

/// POST /sign-up: from a sign-in page, whose interaction goes along.
pub(super) async fn get_from(form: OurForm) -> Result<HttpResponse, WebError> {
    only(form.asking.idp().self_registration())?;
    Ok(page(StatusCode::OK, &ask(&form.asking, (form.field("interaction"), ""), None)))
}

/// POST /sign-up/send: the same answer for every address.
pub(super) async fn send(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    only(asking.idp().self_registration())?;
    let email: String = form.field("email").chars().take(320).collect();
    let handle = form.field("interaction");
    let locale = asking.text().language();
    match asking.idp().ask_sign_up(&asking.visitor, (&email, handle), locale, asking.now).await? {
        SignUpAsked::Sent => Ok(sent(asking, "sign-up-sent", "sign-up-sent-more")),
        SignUpAsked::Form => {
            let view = ask(asking, (handle, &email), Some(asking.text().say("alert-email")));
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &view))
        }
        SignUpAsked::Throttled { until } => {
            let view = ask(asking, (handle, &email), Some(asking.text().say("alert-throttled")));
            Ok(later(page(StatusCode::TOO_MANY_REQUESTS, &view), asking.now, until))
        }
    }
}

fn fresh(asking: &Asking, action: &'static str, token: String, email: String) -> FreshAccount {
    FreshAccount {
        text: asking.text(),
        csrf: asking.csrf(),
        action,
        token,
        email,
        username: None,
        name: String::new(),
        minimum: MINIMUM_ALONE,
        alert: None,
    }
}

/// GET /sign-up/confirm: changes nothing, whoever opens it.
pub(super) async fn confirm(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    only(asking.idp().self_registration())?;
    let token = token_of(&request);
    match asking.idp().sign_up_standing(&asking.visitor, &token, asking.now).await? {
        Link::Good(good) => Ok(page(StatusCode::OK, &fresh(&asking, BY_ONESELF, token, good.address.to_string()))),
        Link::Elsewhere => Ok(elsewhere(&asking, "link-elsewhere")),
        Link::Void => Ok(gone(&asking)),
    }
}

/// POST /sign-up/confirm
pub(super) async fn create(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    only(asking.idp().self_registration())?;
    form.whole()?;
    let token = form.field("token").to_owned();
    let new = NewAccount { username: "", name: form.field("name"), password: form.field("password") };
    let done = asking.idp().sign_up(&asking.visitor, (&token, new), asking.now).await?;
    let email = match asking.idp().sign_up_standing(&asking.visitor, &token, asking.now).await? {
        Link::Good(good) => good.address.to_string(),
        _ => String::new(),
    };
    let view = FreshAccount { name: form.field("name").to_owned(), ..fresh(asking, BY_ONESELF, token, email) };
    answer(asking, done, view)
}

/// GET /invitation: changes nothing, whoever opens it.
pub(super) async fn invitation(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    only(asking.idp().mail())?;
    let token = token_of(&request);
    let Some(invitation) = asking.idp().invitation(&token, asking.now).await? else { return Ok(gone(&asking)) };
    let view = FreshAccount {
        username: Some(String::new()),
        name: invitation.name.unwrap_or_default(),
        ..fresh(&asking, BY_INVITATION, token, invitation.address)
    };
    let mut response = page(StatusCode::OK, &view);
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

/// POST /invitation
pub(super) async fn accept(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    only(asking.idp().mail())?;
    form.whole()?;
    let token = form.field("token").to_owned();
    let username = form.field("username");
    let new = NewAccount { username, name: form.field("name"), password: form.field("password") };
    let done = asking.idp().accept_invitation(&asking.visitor, (&token, new), asking.now).await?;
    let invitation = asking.idp().invitation(&token, asking.now).await?;
    let email = invitation.map(|invitation| invitation.address).unwrap_or_default();
    let view = FreshAccount {
        username: Some(username.to_owned()),
        name: form.field("name").to_owned(),
        ..fresh(asking, BY_INVITATION, token, email)
    };
    answer(asking, done, view)
}

fn answer(asking: &Asking, done: SignedUp, view: FreshAccount) -> Result<HttpResponse, WebError> {
    let text = asking.text();
    let (status, alert) = match done {
        SignedUp::Done(next) => return turn::draw(asking, *next),
        SignedUp::Elsewhere => return Ok(elsewhere(asking, "link-elsewhere")),
        SignedUp::Void => return Ok(gone(asking)),
        SignedUp::Throttled { until } => return Ok(crowded(asking, until)),
        SignedUp::Name => (StatusCode::UNPROCESSABLE_ENTITY, text.say("alert-name")),
        SignedUp::Form(FormError::Busy) => (StatusCode::SERVICE_UNAVAILABLE, text.say("alert-busy")),
        SignedUp::Form(FormError::Username) if view.username.as_ref().is_some_and(|name| name.contains('@')) => {
            (StatusCode::UNPROCESSABLE_ENTITY, text.say("alert-username-address"))
        }
        SignedUp::Form(error) => (StatusCode::UNPROCESSABLE_ENTITY, setup::words(error, text)),
    };
    Ok(page(status, &FreshAccount { alert: Some(alert), ..view }))
}
