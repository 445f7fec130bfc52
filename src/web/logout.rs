//! RP-initiated logout: GET, POST, and the page that asks.

use super::answer::{page, page_to, see_other, source_of};
use super::asking::Asking;
use super::error::WebError;
use super::form::{OpenForm, OurForm};
use super::pages::{SignOut, SignedOut, Stayed};
use super::text::Text;
use super::{cookies, turn};
use crate::flow::authorize::Problem;
use crate::flow::logout::{LoggedOut, LogoutAnswer};
use crate::flow::session::Handles;
use crate::protocol::end_session::LogoutRequest;
use crate::protocol::params::Params;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

/// GET /end_session
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let malformed = || WebError::Problem(Problem::TooManyParameters);
    let params = Params::parse(request.query_string().as_bytes()).map_err(|_| malformed())?;
    let logout = LogoutRequest::parse(&params).ok_or_else(malformed)?;
    let outcome = asking.idp().end_session_request(&asking.visitor, logout, asking.now).await?;
    draw(&asking, outcome)
}

/// POST /end_session: the same by GET, so that the session's cookie arrives.
pub(super) async fn post(OpenForm(params): OpenForm) -> Result<HttpResponse, WebError> {
    turn::resend("/end_session", &params)
}

/// POST /end_session/confirm
pub(super) async fn confirm(form: OurForm) -> Result<HttpResponse, WebError> {
    let answer = match form.field("choice") {
        "sign-out" => LogoutAnswer::SignOut,
        "stay" => LogoutAnswer::Stay,
        _ => return Err(WebError::ForeignForm),
    };
    let asking = &form.asking;
    let outcome = asking.idp().end_session_answer(&asking.visitor, (form.field("request"), answer), asking.now).await?;
    draw(asking, outcome)
}

fn draw(asking: &Asking, (outcome, handles): (LoggedOut, Handles)) -> Result<HttpResponse, WebError> {
    let text = Text;
    let mut response = match outcome {
        LoggedOut::Ask { request, current, apps, destination, asked_by } => {
            let person = Some(current.account.display_name().to_owned());
            let ask = SignOut { text, csrf: asking.csrf(), request, person, apps, asked_by };
            let target = destination.as_deref().map(source_of).unwrap_or_default();
            let mut response = page_to(StatusCode::OK, &ask, &format!("https: {target}"));
            cookies::introduce(&mut response, asking.to(), None);
            response
        }
        LoggedOut::Return(address) => see_other(&address),
        LoggedOut::Done(apps) => page(StatusCode::OK, &SignedOut { text, apps, sign_in: "/account".to_owned() }),
        LoggedOut::Stayed => page(StatusCode::OK, &Stayed { text }),
        LoggedOut::Gone => return Err(WebError::Problem(Problem::InteractionGone)),
    };
    cookies::set(&mut response, asking.to(), &handles, None);
    Ok(response)
}

/// The page after a sign-out that no app asked for.
pub(super) fn signed_out(asking: &Asking, handles: &Handles, apps: Vec<String>) -> HttpResponse {
    let mut response = page(StatusCode::OK, &SignedOut { text: Text, apps, sign_in: "/account".to_owned() });
    cookies::set(&mut response, asking.to(), handles, None);
    response
}
