//! Passkeys on the person's page: making one, naming it, taking it away.

use super::answer::{page, see_other};
use super::asking::Asking;
use super::error::WebError;
use super::form::OurForm;
use super::pages::{MorePasskeys, NewPasskey, PasskeyForm, PasskeyLine, PasskeyUse};
use super::security::{PAGE, codes, draw, next, set, then};
use super::signed_in::{enter, fresh_person};
use super::{cookies, device};
use crate::flow::authorize::Problem;
use crate::flow::new_passkey::{PasskeyAdded, PasskeyRenamed};
use crate::flow::passkey::PasskeyAnswer;
use crate::flow::session::Current;
use crate::model::authorization::Goal;
use crate::model::authorization::factor::{Origin, Person};
use crate::model::passkey::{LONGEST_LABEL, MOST, Passkey, Removed};
use crate::model::password::MINIMUM_ALONE;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};

/// GET /account/security/passkey: a challenge that nobody keeps before its answer came back.
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, Goal::Passkey).await? {
        Ok(current) => current,
        Err(response) => return Ok(response),
    };
    let label = device::name(&asking.visitor.device.user_agent, asking.text());
    let then = then(request.query_string().strip_prefix("then=").unwrap_or_default());
    show(&asking, &current, (label, then), (StatusCode::OK, None)).await
}

async fn show(
    asking: &Asking,
    current: &Current,
    (label, then): (String, &str),
    (status, alert): (StatusCode, Option<String>),
) -> Result<HttpResponse, WebError> {
    let offer = asking.idp().offer_passkey(&asking.visitor, current, asking.now).await?;
    let Some(offer) = offer else { return Ok(see_other(PAGE)) };
    let view = NewPasskey {
        text: asking.text(),
        csrf: asking.csrf(),
        whose: asking.person(&current.account.id),
        passkey: PasskeyForm { options: offer.options, challenge: offer.challenge },
        label,
        then: then.to_owned(),
        longest: LONGEST_LABEL,
        alert,
    };
    let mut response = page(status, &view);
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

/// POST /account/security/passkey
pub(super) async fn add(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    let answer = PasskeyAnswer { challenge: form.field("challenge"), answer: form.field("answer") };
    let label = form.field("label");
    let then = then(form.field("then"));
    let text = asking.text();
    let refused = |status, alert| {
        let label: String = label.chars().take(LONGEST_LABEL).collect();
        show(asking, &current, (label, then), (status, Some(alert)))
    };
    match asking.idp().add_passkey(&asking.visitor, &current, (answer, label), asking.now).await? {
        PasskeyAdded::Now(new, handles, method) => {
            if !then.is_empty() {
                let shown = (&current, method);
                asking.idp().set_up_on_the_way(&asking.visitor, then, shown, asking.now).await?;
            }
            let mut response = match (new.is_empty(), then) {
                (false, then) => codes(asking, &new, next(then)),
                (true, "") => see_other("/account/security?done=passkey"),
                (true, then) => see_other(&next(then)),
            };
            set(&mut response, asking, &handles, &current);
            Ok(response)
        }
        PasskeyAdded::Label => refused(StatusCode::UNPROCESSABLE_ENTITY, text.say("alert-passkey-label")).await,
        PasskeyAdded::Refused => refused(StatusCode::UNPROCESSABLE_ENTITY, text.say("alert-passkey-new")).await,
        PasskeyAdded::TooMany => Ok(see_other(PAGE)),
        PasskeyAdded::Gone => Err(WebError::Problem(Problem::InteractionGone)),
        PasskeyAdded::Throttled { until } => {
            let mut response = refused(StatusCode::TOO_MANY_REQUESTS, text.say("alert-throttled")).await?;
            let seconds = asking.now.until(until).as_secs().max(1);
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            Ok(response)
        }
    }
}

/// POST /account/security/passkey/rename
pub(super) async fn rename(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    let name = (form.field("passkey"), form.field("label"));
    match asking.idp().rename_passkey(&current, name, asking.now).await? {
        PasskeyRenamed::Now => Ok(see_other("/account/security?done=passkey-renamed")),
        PasskeyRenamed::Unknown => Ok(see_other(PAGE)),
        PasskeyRenamed::Label => {
            let alert = Some(asking.text().say("alert-passkey-label"));
            draw(asking, &current, (StatusCode::UNPROCESSABLE_ENTITY, alert, None)).await
        }
    }
}

/// POST /account/security/passkey/remove
pub(super) async fn remove(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    match asking.idp().remove_passkey(&current, form.field("passkey"), asking.now).await? {
        Removed::Now(_) => Ok(see_other("/account/security?done=passkey-removed")),
        Removed::Unknown => Ok(see_other(PAGE)),
        Removed::Last => {
            let alert = Some(asking.text().say("alert-passkey-last"));
            draw(asking, &current, (StatusCode::UNPROCESSABLE_ENTITY, alert, None)).await
        }
        Removed::Needed => {
            let alert = Some(asking.text().count("alert-factor-needed", MINIMUM_ALONE));
            draw(asking, &current, (StatusCode::UNPROCESSABLE_ENTITY, alert, None)).await
        }
    }
}

/// Can the person make another one?
pub(super) fn more(asking: &Asking, held: usize) -> MorePasskeys {
    if asking.idp().passkeys.is_some() && held < MOST { MorePasskeys::Offered } else { MorePasskeys::No }
}

/// What the page shows of a passkey.
pub(super) fn line(passkey: Passkey) -> PasskeyLine {
    PasskeyLine {
        synced: passkey.backup.origin() == Origin::Synced,
        usage: if passkey.person == Person::Verified { PasskeyUse::Alone } else { PasskeyUse::SecondStep },
        fingerprint: passkey.fingerprint,
        label: passkey.label,
        since: passkey.made_at.0,
        used: passkey.used_at.map(|at| at.0),
    }
}
