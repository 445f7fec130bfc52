//! Who asks, and when: the facts of a request that flows are given.

use super::{Facing, cookies, language};
use crate::flow::Idp;
use crate::flow::browser::{Cookies, Visitor};
use crate::flow::session::Current;
use crate::model::authorization::Interaction;
use crate::model::id::AccountId;
use crate::model::session::Device;
use crate::model::session::activity::Activity;
use crate::protocol::time::Timestamp;
use crate::text::Text;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use std::future::{Ready, ready};
use std::net::IpAddr;

/// A request, as far as flows care.
#[derive(Clone)]
pub(super) struct Asking {
    facing: web::Data<Facing>,
    /// The browser.
    pub visitor: Visitor,
    /// The one reading of the clock.
    pub now: Timestamp,
    /// Whose act it is to come here.
    pub activity: Activity,
    /// Where the answer is seen.
    pub seen: Seen,
}

/// Where an answer is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// In a window of its own, as the browser says.
    InWindow,
    /// In a frame, by a script, or nobody says.
    Elsewhere,
}

impl Asking {
    /// The provider.
    pub fn idp(&self) -> &Idp {
        &self.facing.idp
    }

    /// Whose act it is that a page of ours is looked at: a picture, a frame or a script that asks for it is nobody's.
    pub fn page_used(&self) -> Activity {
        match self.activity {
            Activity::AuthorizationByPerson => Activity::PageUsed,
            other => other,
        }
    }

    /// The words of our pages, in the language of whoever asks. The first call settles which that is.
    pub fn text(&self) -> Text {
        self.visitor.languages.settle().into()
    }

    /// Whom an answer's cookies are for.
    pub fn to(&self) -> (&Idp, &Visitor) {
        (self.idp(), &self.visitor)
    }

    /// The hidden token of this browser's forms.
    pub fn csrf(&self) -> String {
        self.idp().csrf(&self.visitor.browser.id)
    }

    /// The hidden field `person` of the forms of a page that is shown to somebody signed in.
    pub fn person(&self, account: &AccountId) -> String {
        self.idp().shown_person(&self.visitor.browser.id, account)
    }

    /// Was the page whose form says this shown to whoever is signed in now? One browser may hold several people.
    pub fn shown_to(&self, said: &str, current: &Current) -> ShownTo {
        if said == self.person(&current.account.id) { ShownTo::Them } else { ShownTo::Another }
    }
}

/// To whom the page of a form was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ShownTo {
    /// The one who is signed in.
    Them,
    /// Somebody else, or the form does not say.
    Another,
}

/// A form of ours that was given to this browser under an earlier id.
#[derive(Debug)]
pub(super) struct EarlierForm {
    /// Who sent it.
    pub asking: Asking,
    /// What it was for, anew.
    pub interaction: Interaction,
}

impl std::fmt::Debug for Asking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asking(…)")
    }
}

impl FromRequest for Asking {
    type Error = actix_web::Error;
    type Future = Ready<Result<Asking, actix_web::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(facing) = request.app_data::<web::Data<Facing>>().cloned() else {
            return ready(Err(actix_web::error::ErrorInternalServerError("no provider")));
        };
        let transport = facing.idp.issuer.transport();
        let session = cookies::sole(request, cookies::session_name(transport));
        let browser = cookies::sole(request, cookies::browser_name(transport));
        let state = cookies::sole(request, cookies::state_name(transport));
        let device = device(request, &facing);
        let found = Cookies { session: session.as_deref(), browser: browser.as_deref(), state: state.as_deref() };
        let mut visitor = facing.idp.recognise(found, device);
        visitor.languages = language::preferred();
        let now = facing.clock.now();
        ready(Ok(Asking { visitor, now, activity: activity(request), seen: seen(request), facing }))
    }
}

/// A navigation that the person started (Fetch Metadata): nothing else counts as an act of theirs.
fn activity(request: &HttpRequest) -> Activity {
    let by_person = request.headers().get("sec-fetch-user").is_some_and(|value| value == "?1");
    if seen(request) == Seen::InWindow && by_person { Activity::AuthorizationByPerson } else { Activity::Machine }
}

fn seen(request: &HttpRequest) -> Seen {
    let document = request.headers().get("sec-fetch-dest").is_some_and(|value| value == "document");
    if document { Seen::InWindow } else { Seen::Elsewhere }
}

fn device(request: &HttpRequest, facing: &Facing) -> Device {
    let agent = request.headers().get("user-agent").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let address = address(request, facing).map(|ip| ip.to_string()).unwrap_or_default();
    Device { user_agent: agent.chars().take(256).collect(), address }
}

/// The address of the browser: the connection's, or, behind trusted proxies, the last one in `X-Forwarded-For` that
/// is none of theirs. What stands before that anybody could have written, and what cannot be read ends the search.
/// IPv4 within IPv6 counts as IPv4: on a dual-stack socket all of it would be one network otherwise.
pub(super) fn address(request: &HttpRequest, facing: &Facing) -> Option<IpAddr> {
    let trusted = |ip: &IpAddr| facing.trusted_proxies.iter().any(|net| net.contains(ip));
    let peer = request.peer_addr()?.ip().to_canonical();
    if !trusted(&peer) {
        return Some(peer);
    }
    let values = request.headers().get_all("x-forwarded-for").map(|value| value.to_str().unwrap_or("?"));
    let parts: Vec<&str> = values.flat_map(|value| value.split(',')).collect();
    for part in parts.iter().rev() {
        match part.trim().parse::<IpAddr>().map(|ip| ip.to_canonical()) {
            Ok(ip) if trusted(&ip) => {}
            Ok(ip) => return Some(ip),
            Err(_) => break,
        }
    }
    Some(peer)
}
