//! The two doors into an interaction, and its forms.

use super::asking::{Asking, EarlierForm};
use super::cookies;
use super::error::WebError;
use super::form::{OpenForm, OurForm, Posted};
use super::refusal::unread;
use super::turn;
use crate::flow::authorize::{Anew, ConsentAnswer, Problem};
use crate::flow::passkey::PasskeyAnswer;
use crate::flow::sign_in::PasswordAttempt;
use crate::model::authorization::Goal;
use crate::model::session::policy::Remember;
use crate::protocol::params::Params;
use crate::protocol::refusal::transport;
use actix_web::{HttpRequest, HttpResponse, web};
use zeroize::Zeroizing;

/// GET /authorize
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let params = Params::parse(request.query_string().as_bytes()).map_err(|_| too_many())?;
    let silent = cookies::silent(&request, asking.idp());
    let visitor = silent.map(|silent| asking.visitor.clone().offering(&silent));
    let visitor = visitor.as_ref().unwrap_or(&asking.visitor);
    let next = asking.idp().authorize(visitor, &params, asking.activity, asking.now).await?;
    turn::draw(&asking, next)
}

/// POST /authorize: answered with 303 to the same request by GET, because a `SameSite=Lax` cookie comes with a
/// navigation by GET alone. Nothing is looked at before that.
pub(super) async fn post(form: Posted, request: HttpRequest) -> Result<HttpResponse, WebError> {
    let OpenForm(params) = form.map_err(|error| unread(error, &request))?;
    if !request.query_string().is_empty() {
        return Err(too_many());
    }
    turn::resend("/authorize", &params)
}

fn too_many() -> WebError {
    WebError::Refused(Problem::TooManyParameters, Box::new(transport::TOO_MANY_PARAMETERS.into()))
}

/// GET /interaction/{handle}
pub(super) async fn resume(
    request: HttpRequest,
    handle: web::Path<String>,
    asking: Asking,
) -> Result<HttpResponse, WebError> {
    let next = asking.idp().resume(&asking.visitor, &handle, asking.now).await?;
    let done = (request.query_string() == "done=password").then(|| asking.text().say("reset-done"));
    turn::draw_telling(&asking, next, (Remember::No, done))
}

/// POST /sign-in. Whoever opens two pages in a new browser at once is given two ids, of which the cookie keeps the
/// later one: the form of the earlier page is shown again, and nothing of it is looked at.
pub(super) async fn sign_in(form: Result<OurForm, WebError>) -> Result<HttpResponse, WebError> {
    let form = match form {
        Ok(form) => form,
        Err(WebError::EarlierForm(earlier)) => {
            let EarlierForm { asking, interaction } = *earlier;
            let next = asking.idp().sign_in_again(interaction).await?;
            return turn::draw(&asking, next);
        }
        Err(error) => return Err(error),
    };
    let attempt = PasswordAttempt {
        username: form.field("username").chars().take(256).collect(),
        password: Zeroizing::new(form.field("password").to_owned()),
    };
    let remember = if form.params.get("remember").is_some() { Remember::Yes } else { Remember::No };
    let asking = &form.asking;
    let next =
        asking.idp().sign_in(&asking.visitor, form.field("interaction"), (attempt, remember), asking.now).await?;
    turn::draw_with(asking, next, remember)
}

/// POST /sign-in/code: a second factor, or a code that was mailed; or that it be mailed again.
pub(super) async fn second_factor(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let (handle, code) = (form.field("interaction"), form.field("code"));
    if form.params.get("again").is_some() {
        let next = asking.idp().mail_code_again(&asking.visitor, handle, asking.now).await?;
        return turn::draw(asking, next.into());
    }
    let next = asking.idp().second_factor(&asking.visitor, handle, code, asking.now).await?;
    turn::draw(asking, next)
}

/// POST /sign-in/not-now: whoever has to set up a second factor does not want to.
pub(super) async fn not_now(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let next = asking.idp().not_now(&asking.visitor, form.field("interaction"), asking.now).await?;
    turn::draw(asking, next)
}

/// POST /sign-in/passkey: what a passkey answered, of a sign-in or as the second factor of one.
pub(super) async fn passkey(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let answer = PasskeyAnswer { challenge: form.field("challenge"), answer: form.field("answer") };
    let remember = if form.params.get("remember").is_some() { Remember::Yes } else { Remember::No };
    let handle = form.field("interaction");
    let next = asking.idp().passkey(&asking.visitor, handle, (answer, remember), asking.now).await?;
    turn::draw_with(asking, next, remember)
}

/// POST /sign-in/again: whoever is signed in and would be signed out soon whatever they do.
pub(super) async fn sign_in_again(form: OurForm) -> Result<HttpResponse, WebError> {
    let from = match (form.field("goal"), form.field("interaction")) {
        ("account", "") => Anew::Page(Goal::Account),
        ("console", "") => Anew::Page(Goal::Console),
        ("", handle) => Anew::Interaction(handle),
        _ => return Err(WebError::ForeignForm),
    };
    let asking = &form.asking;
    let next = asking.idp().sign_in_anew(&asking.visitor, from, asking.now).await?;
    turn::draw(asking, next)
}

/// POST /select
pub(super) async fn select(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let next =
        asking.idp().select(&asking.visitor, form.field("interaction"), form.params.get("account"), asking.now).await?;
    turn::draw(asking, next)
}

/// POST /consent
pub(super) async fn consent(form: OurForm) -> Result<HttpResponse, WebError> {
    let answer = match form.field("decision") {
        "allow" => ConsentAnswer::Allow,
        "deny" => ConsentAnswer::Deny,
        _ => return Err(WebError::ForeignForm),
    };
    let asking = &form.asking;
    let answer = (answer, form.field("person"));
    let next = asking.idp().consent(&asking.visitor, form.field("interaction"), answer, asking.now).await?;
    turn::draw(asking, next)
}
