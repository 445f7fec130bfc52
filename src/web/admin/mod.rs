//! The console: an app like another, with its own limits, for administrators alone.

pub(super) mod clients;
pub(super) mod invitations;
pub(super) mod records;
pub(super) mod users;

use super::answer::{self, see_other};
use super::asking::{Asking, ShownTo};
use super::error::WebError;
use super::form::OurForm;
use super::{cookies, turn};
use crate::flow::authorize::Next;
use crate::flow::session::Current;
use crate::model::authorization::Goal;
use crate::model::session::activity::Activity;
use crate::protocol::params::Params;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

/// GET /admin
pub(super) async fn home(asking: Asking) -> Result<HttpResponse, WebError> {
    match enter(&asking, asking.activity).await? {
        Entered::As(_) => Ok(see_other("/admin/users")),
        Entered::Not(response) => Ok(response),
    }
}

/// Whether the console is open to whoever asks.
enum Entered {
    /// It is, and being here counts as the person's act.
    As(Box<Current>),
    /// It is not: a sign-in page, or a refusal.
    Not(HttpResponse),
}

async fn enter(asking: &Asking, activity: Activity) -> Result<Entered, WebError> {
    let (turn, current) = asking.idp().open_page(&asking.visitor, (Goal::Console, activity), asking.now).await?;
    match (&turn.next, current) {
        (Next::Arrived(_), Some(current)) => Ok(Entered::As(Box::new(current))),
        _ => Ok(Entered::Not(turn::draw(asking, turn)?)),
    }
}

/// The same for a posted form: whoever has to sign in first starts over at the page, and so does whoever is not the one
/// to whom it was shown.
async fn enter_to_act(form: &OurForm, page: &str) -> Result<Entered, WebError> {
    Ok(match enter(&form.asking, Activity::AuthorizationByPerson).await? {
        Entered::Not(response) if response.status().is_success() => Entered::Not(see_other(page)),
        Entered::As(current) if form.asking.shown_to(form.field("person"), &current) == ShownTo::Another => {
            Entered::Not(see_other(page))
        }
        entered => entered,
    })
}

/// `query`, `after` and `done` of a list's address.
#[derive(Default)]
struct View {
    query: String,
    after: Option<String>,
    done: Option<String>,
}

fn view(request: &HttpRequest) -> View {
    let params = Params::parse(request.query_string().as_bytes()).unwrap_or_default();
    let text = |name: &str| params.get(name).map(|value| value.chars().take(512).collect::<String>());
    View { query: text("query").unwrap_or_default(), after: text("after"), done: text("done") }
}

/// A page of the console; a browser without an id is given one with it, since every page has a form.
fn shown(asking: &Asking, page: &impl Template) -> HttpResponse {
    let mut response = answer::page(StatusCode::OK, page);
    cookies::introduce(&mut response, asking.to(), None);
    response
}
