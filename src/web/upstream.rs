//! Sign-in by another OpenID provider: there, back, and what follows for people whom nobody knows here yet.

use super::answer::{see_other, source_of};
use super::asking::{self, Asking};
use super::error::WebError;
use super::form::{OpenForm, OurForm, Posted};
use super::pages::{ConnectedLine, UpstreamButton};
use super::signed_in::fresh_person;
use super::{Facing, turn};
use crate::flow::Idp;
use crate::flow::authorize::Problem;
use crate::flow::session::Current;
use crate::flow::upstream::{Connecting, LogoutTold};
use crate::model::session::policy::Remember;
use crate::model::upstream::Disconnected;
use crate::protocol::params::Params;
use crate::text::Text;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

const PAGE: &str = "/account/security";

/// POST /sign-in/upstream: a button of the sign-in page.
pub(super) async fn start(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let remember = if form.params.get("remember").is_some() { Remember::Yes } else { Remember::No };
    let (handle, wish) = (form.field("interaction"), (form.field("upstream"), remember));
    let next = asking.idp().upstream_start(&asking.visitor, handle, wish, asking.now).await?;
    turn::draw_with(asking, next, remember)
}

/// GET /sign-in/upstream/{id}/callback: the answer, by a navigation from elsewhere.
pub(super) async fn callback(
    request: HttpRequest,
    id: web::Path<String>,
    asking: Asking,
) -> Result<HttpResponse, WebError> {
    let params =
        Params::parse(request.query_string().as_bytes()).map_err(|_| WebError::Problem(Problem::TooManyParameters))?;
    let next = asking.idp().upstream_back(&asking.visitor, &id, &params, asking.now).await?;
    turn::draw(&asking, next)
}

/// POST /sign-in/upstream/create: an account for a newcomer.
pub(super) async fn create(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let username: String = form.field("username").chars().take(256).collect();
    let next = asking.idp().upstream_create(&asking.visitor, form.field("interaction"), &username, asking.now).await?;
    turn::draw(asking, next)
}

/// POST /sign-in/upstream/connect: the newcomer has an account.
pub(super) async fn connect(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let next = asking.idp().upstream_connect(&asking.visitor, form.field("interaction"), asking.now).await?;
    turn::draw(asking, next)
}

/// POST /sign-in/upstream/{id}/backchannel_logout: from the upstream's server (Back-Channel Logout 1.0, section 2.8).
pub(super) async fn logout(
    id: web::Path<String>,
    request: HttpRequest,
    facing: web::Data<Facing>,
    form: Posted,
) -> Result<HttpResponse, WebError> {
    let address = asking::address(&request, &facing).map(|ip| ip.to_string()).unwrap_or_default();
    let form = match form {
        Ok(OpenForm(params)) => params,
        Err(WebError::Fault(fault)) => return Err(WebError::Fault(fault)),
        Err(WebError::TooLarge) => return Ok(refused(HttpResponse::PayloadTooLarge(), "the body is too large")),
        Err(WebError::NotAForm) => {
            return Ok(refused(HttpResponse::UnsupportedMediaType(), "the body must be a form"));
        }
        Err(_) => return Ok(refused(HttpResponse::BadRequest(), "the body cannot be read")),
    };
    let Some(token) = form.get("logout_token") else {
        return Ok(refused(HttpResponse::BadRequest(), "logout_token is missing"));
    };
    Ok(match facing.idp.upstream_logout((&id, token), &address, facing.clock.now()).await? {
        LogoutTold::Done => HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish(),
        LogoutTold::Refused => refused(HttpResponse::BadRequest(), "the logout token is not accepted"),
        LogoutTold::Unknown => refused(HttpResponse::NotFound(), "there is no such upstream"),
    })
}

fn refused(mut answer: actix_web::HttpResponseBuilder, words: &str) -> HttpResponse {
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(json!({"error": "invalid_request", "error_description": words}))
}

/// POST /account/security/upstream/connect
pub(super) async fn connect_account(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    let sent = asking.idp().connect_start(&asking.visitor, &current, form.field("upstream"), asking.now).await?;
    Ok(match sent {
        Some(address) => see_other(&address),
        None => see_other(came_back(Connecting::Failed)),
    })
}

/// POST /account/security/upstream/disconnect
pub(super) async fn disconnect_account(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let Some(current) = fresh_person(&form).await? else { return Ok(see_other(PAGE)) };
    Ok(match asking.idp().disconnect(&current, form.field("link"), asking.now).await? {
        Disconnected::Now | Disconnected::Before => see_other("/account/security?done=disconnected"),
        Disconnected::LastWay => see_other("/account/security?failed=last-way"),
    })
}

/// Where somebody comes back to who went to connect their account.
pub(super) fn came_back(outcome: Connecting) -> &'static str {
    match outcome {
        Connecting::Done => "/account/security?done=connected",
        Connecting::Taken => "/account/security?failed=taken",
        Connecting::Full => "/account/security?failed=full",
        Connecting::Cancelled => PAGE,
        Connecting::Failed => "/account/security?failed=connect",
    }
}

/// What the page of credentials says to that.
pub(super) fn words(query: &str, text: Text) -> (Option<String>, Option<String>) {
    match query {
        "done=connected" => (None, Some(text.say("notice-upstream-connected"))),
        "done=disconnected" => (None, Some(text.say("notice-upstream-disconnected"))),
        "failed=taken" => (Some(text.say("alert-upstream-taken")), None),
        "failed=full" => (Some(text.say("alert-upstream-full")), None),
        "failed=connect" => (Some(text.say("alert-upstream-failed")), None),
        "failed=last-way" => (Some(text.say("alert-upstream-last-way")), None),
        _ => (None, None),
    }
}

/// A button for each upstream.
pub(super) fn buttons(idp: &Idp) -> Vec<UpstreamButton> {
    let button = |one: &crate::flow::upstream::Upstream| UpstreamButton {
        id: one.rules.id.clone(),
        name: one.rules.name.clone(),
    };
    idp.upstreams.all().iter().map(button).collect()
}

/// What the account is connected with.
pub(super) fn lines(idp: &Idp, current: &Current) -> Vec<ConnectedLine> {
    let line = |view: crate::flow::upstream::LinkView| ConnectedLine {
        link: view.name,
        upstream: view.upstream,
        shown: view.shown,
        since: view.since.0,
    };
    idp.links_of(&current.account).into_iter().map(line).collect()
}

/// Where forms of a page with such buttons may lead: the upstreams' endpoints, which their metadata names.
pub(super) fn targets(idp: &Idp, others: &str) -> String {
    if idp.upstreams.all().is_empty() {
        return others.to_owned();
    }
    let plain = idp.upstreams.all().iter().filter(|one| one.rules.issuer.starts_with("http://"));
    let mut sources: Vec<String> = others.split(' ').filter(|part| !part.is_empty()).map(str::to_owned).collect();
    for source in std::iter::once("https:".to_owned()).chain(plain.map(|one| source_of(&one.rules.issuer))) {
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources.join(" ")
}
