//! POST /device_authorization for devices, and /device, where people enter their codes (RFC 8628, sections 3.1 to 3.3).

use super::Facing;
use super::answer::page;
use super::asking::Asking;
use super::cookies;
use super::error::{WebError, explained as explain};
use super::form::{OurForm, Posted};
use super::mailed::later;
use super::pages::{EnterCode, Told, Tone};
use super::refusal::logged;
use super::token::ask as read;
use super::turn;
use crate::flow::device::{DeviceTold, Entry};
use crate::protocol::device::UserCode;
use crate::protocol::error::Code;
use crate::protocol::params::Params;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, web};

/// POST /device_authorization
pub(super) async fn ask(request: HttpRequest, form: Posted, facing: web::Data<Facing>) -> HttpResponse {
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asked = read(&request, form, &facing, async |from, params, now| {
        facing.idp.ask_by_device(from, (params, agent), now).await
    });
    asked.await.map_or_else(|refusal| refusal, |told| HttpResponse::Ok().json(told))
}

fn form(asking: &Asking, typed: &str, alert: Option<String>) -> EnterCode {
    EnterCode { text: asking.text(), csrf: asking.csrf(), code: typed.to_owned(), alert }
}

/// GET /device: a code in the address is filled in, and nothing more. Whoever followed a link still says that it is the
/// code their own device shows (RFC 8628, section 5.4).
pub(super) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let params = Params::parse(request.query_string().as_bytes()).unwrap_or_default();
    let code = params.get("user_code").and_then(UserCode::parse).map(|code| code.shown()).unwrap_or_default();
    let mut response = page(StatusCode::OK, &form(&asking, &code, None));
    cookies::introduce(&mut response, asking.to(), None);
    Ok(response)
}

/// POST /device
pub(super) async fn enter(posted: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &posted.asking;
    let typed: String = posted.field("user_code").chars().take(64).collect();
    match asking.idp().enter_user_code(&asking.visitor, &typed, asking.now).await? {
        Entry::Open(turn) => turn::draw(asking, *turn),
        Entry::Unknown => {
            let alert = Some(asking.text().say("alert-user-code"));
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &form(asking, &typed, alert)))
        }
        Entry::Throttled { until } => {
            let view = form(asking, &typed, Some(asking.text().say("alert-throttled")));
            Ok(later(page(StatusCode::TOO_MANY_REQUESTS, &view), asking.now, until))
        }
    }
}

/// What a person is told at the end.
pub(super) fn told(asking: &Asking, told: DeviceTold) -> HttpResponse {
    let text = asking.text();
    let mut explained = None;
    if let DeviceTold::Refused(refusal) = &told {
        logged(refusal, "/device");
        explained = explain(refusal);
    }
    let (status, tone, heading, lead) = match told {
        DeviceTold::Allowed => (StatusCode::OK, Tone::Good, "device-allowed", "device-allowed-lead"),
        DeviceTold::Denied => (StatusCode::OK, Tone::Good, "device-denied", "device-denied-lead"),
        DeviceTold::TooLate => (StatusCode::GONE, Tone::Warning, "device-late", "device-late-lead"),
        DeviceTold::Refused(refusal) if refusal.code() == Code::UnmetAuthenticationRequirements => {
            (StatusCode::FORBIDDEN, Tone::Warning, "device-refused", "device-refused-factor")
        }
        DeviceTold::Refused(_) => (StatusCode::FORBIDDEN, Tone::Warning, "device-refused", "device-refused-lead"),
    };
    let view =
        Told { text, tone, heading: text.say(heading), lead: text.say(lead), more: None, action: None, explained };
    page(status, &view)
}
