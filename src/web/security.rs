//! What the person signs in with: password, authenticator app, recovery codes.

use super::answer::{page, page_to, see_other};
use super::asking::Asking;
use super::error::WebError;
use super::form::OurForm;
use super::mailed::offer;
use super::pages::{Authenticator, AuthenticatorLine, RecoveryCodes, RefusedField, Security};
use super::signed_in::{enter, fresh_person};
use super::{cookies, passkeys, picture, qr, setup, upstream};
use crate::flow::authorize::Problem;
use crate::flow::cookies::Handles;
use crate::flow::new_password::{Others, PasswordChange, PasswordChanged};
use crate::flow::security::{AppRemoved, Enrolled, Enrolment};
use crate::flow::session::Current;
use crate::flow::setup::FormError;
use crate::model::authorization::Goal;
use crate::model::authorization::factor::Method;
use crate::model::password::{Beside, MINIMUM_ALONE};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use zeroize::Zeroizing;

pub(super) const PAGE: &str = "/account/security";

/// GET /account/security: whoever authenticated a while ago does so again first.
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, Goal::Security).await? {
        Ok(current) => current,
        Err(response) => return Ok(response),
    };
    let text = asking.text();
    let (alert, connected) = upstream::words(request.query_string(), text);
    let notice = match request.query_string() {
        "done=password" => Some(text.say("notice-password-changed")),
        "done=password-set" => Some(text.say("notice-password-set")),
        "done=removed" => Some(text.say("notice-authenticator-removed")),
        "done=added" => Some(text.say("notice-authenticator-added")),
        "done=passkey" => Some(text.say("notice-passkey-added")),
        "done=passkey-renamed" => Some(text.say("notice-passkey-renamed")),
        "done=passkey-removed" => Some(text.say("notice-passkey-removed")),
        _ => connected,
    };
    draw(&asking, &current, (StatusCode::OK, alert, notice)).await
}

pub(super) async fn draw(
    asking: &Asking,
    current: &Current,
    (status, alert, notice): (StatusCode, Option<String>, Option<String>),
) -> Result<HttpResponse, WebError> {
    draw_refusing(asking, current, (status, alert, notice), RefusedField::None).await
}

async fn draw_refusing(
    asking: &Asking,
    current: &Current,
    (status, alert, notice): (StatusCode, Option<String>, Option<String>),
    refused: RefusedField,
) -> Result<HttpResponse, WebError> {
    let view = asking.idp().security_of(&current.account.id).await?;
    let minimum = Beside::from(&view).least();
    let codes_left = view.recoverable().then_some(view.codes_left);
    let authenticator = view.totp.map(|(since, used)| AuthenticatorLine { since: since.0, used: used.map(|at| at.0) });
    let view = Security {
        text: asking.text(),
        csrf: asking.csrf(),
        whose: asking.person(&current.account.id),
        face: picture::face(&current.account),
        username: current.account.username.clone(),
        password_since: view.password.map(|at| at.0),
        authenticator,
        more: passkeys::more(asking, view.passkeys.len()),
        passkeys: view.passkeys.into_iter().map(passkeys::line).collect(),
        codes_left,
        minimum,
        refused,
        connected: upstream::lines(asking.idp(), current),
        upstreams: upstream::buttons(asking.idp()),
        alert,
        notice,
        email: offer(asking.idp().mail()),
    };
    let mut response = page_to(status, &view, &upstream::targets(asking.idp(), ""));
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

/// POST /account/security/password
pub(super) async fn password(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    let change = PasswordChange {
        current: Zeroizing::new(form.field("current").to_owned()),
        new: Zeroizing::new(form.field("password").to_owned()),
        others: if form.params.get("others").is_some() { Others::End } else { Others::Stay },
    };
    let text = asking.text();
    let present = |status, alert| draw_refusing(asking, &current, (status, Some(alert), None), RefusedField::Current);
    match asking.idp().change_password(&asking.visitor, &current, change, asking.now).await? {
        PasswordChanged::Now(handles) => {
            let mut response = see_other("/account/security?done=password");
            cookies::set(&mut response, asking.to(), &handles, Some(&current.account.id));
            Ok(response)
        }
        PasswordChanged::Gone => Ok(see_other(PAGE)),
        PasswordChanged::First => Ok(see_other("/account/security?done=password-set")),
        PasswordChanged::Wrong => present(StatusCode::UNPROCESSABLE_ENTITY, text.say("alert-password-current")).await,
        PasswordChanged::Weak(weakness) => {
            let words = setup::words(FormError::Password(weakness), text);
            let why = (StatusCode::UNPROCESSABLE_ENTITY, Some(words), None);
            draw_refusing(asking, &current, why, RefusedField::New).await
        }
        PasswordChanged::Busy => present(StatusCode::SERVICE_UNAVAILABLE, text.say("alert-busy")).await,
        PasswordChanged::Throttled { until } => {
            let mut response = present(StatusCode::TOO_MANY_REQUESTS, text.say("alert-throttled")).await?;
            let seconds = asking.now.until(until).as_secs().max(1);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
    }
}

/// The interaction that goes on after a factor was set up, by its handle. Whatever else stands there is none: the way on
/// leads to [`resume`](super::authorize::resume) and nowhere else.
pub(super) fn then(text: &str) -> &str {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    match text.strip_prefix("k.") {
        Some(id) if (1..=64).contains(&id.len()) && id.chars().all(letter) => text,
        _ => "",
    }
}

/// Where the person goes on.
pub(super) fn next(then: &str) -> String {
    if then.is_empty() { PAGE.to_owned() } else { format!("/interaction/{then}") }
}

/// GET /account/security/authenticator: a secret that nobody keeps before its first code came back.
pub(super) async fn authenticator(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    match enter(&asking, Goal::Authenticator).await? {
        Ok(current) => {
            let offer = asking.idp().offer_totp(&current, asking.now);
            let query = request.query_string();
            Ok(enrolment(
                &asking,
                &current,
                (offer, then(query.strip_prefix("then=").unwrap_or_default())),
                (StatusCode::OK, None),
            ))
        }
        Err(response) => Ok(response),
    }
}

fn enrolment(
    asking: &Asking,
    current: &Current,
    (offer, then): (Enrolment, &str),
    (status, alert): (StatusCode, Option<String>),
) -> HttpResponse {
    let view = Authenticator {
        text: asking.text(),
        csrf: asking.csrf(),
        whose: asking.person(&current.account.id),
        enrolment: offer.sealed,
        then: then.to_owned(),
        picture: qr::picture(&offer.uri),
        secret: offer.secret,
        alert,
    };
    let mut response = page(status, &view);
    cookies::introduce(&mut response, asking.to(), None);
    response
}

/// POST /account/security/authenticator
pub(super) async fn enrol(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    let shown = (form.field("enrolment"), form.field("code"));
    let then = then(form.field("then"));
    match asking.idp().enrol_totp(&asking.visitor, &current, shown, asking.now).await? {
        Enrolled::Now(new, handles) => {
            if !then.is_empty() {
                let shown = (&current, Method::Totp);
                asking.idp().set_up_on_the_way(&asking.visitor, then, shown, asking.now).await?;
            }
            let mut response = match (new.is_empty(), then) {
                (false, then) => codes(asking, &new, next(then)),
                (true, "") => see_other("/account/security?done=added"),
                (true, then) => see_other(&next(then)),
            };
            set(&mut response, asking, &handles, &current);
            Ok(response)
        }
        Enrolled::Code(offer) => {
            let alert = Some(asking.text().say("alert-first-code"));
            Ok(enrolment(asking, &current, (offer, then), (StatusCode::UNPROCESSABLE_ENTITY, alert)))
        }
        Enrolled::Gone => Err(WebError::Problem(Problem::InteractionGone)),
    }
}

pub(super) fn set(response: &mut HttpResponse, asking: &Asking, handles: &Handles, current: &Current) {
    cookies::set(response, asking.to(), handles, Some(&current.account.id));
}

/// POST /account/security/authenticator/remove
pub(super) async fn remove(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    match asking.idp().remove_totp(&current, asking.now).await? {
        AppRemoved::Now => Ok(see_other("/account/security?done=removed")),
        AppRemoved::Needed => {
            let alert = Some(asking.text().count("alert-factor-needed", MINIMUM_ALONE));
            draw(asking, &current, (StatusCode::UNPROCESSABLE_ENTITY, alert, None)).await
        }
    }
}

/// POST /account/security/recovery-codes
pub(super) async fn recovery_codes(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    let new = asking.idp().renew_codes(&current, asking.now).await?;
    Ok(if new.is_empty() { see_other(PAGE) } else { codes(asking, &new, PAGE.to_owned()) })
}

pub(super) fn codes(asking: &Asking, codes: &[Zeroizing<String>], next: String) -> HttpResponse {
    let codes = codes.iter().map(|code| code.to_string()).collect();
    page(StatusCode::OK, &RecoveryCodes { text: asking.text(), csrf: asking.csrf(), next, codes })
}
