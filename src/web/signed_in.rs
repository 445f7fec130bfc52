//! Who is signed in: for a page that somebody opens, and for a form that they post.

use super::asking::{Asking, ShownTo};
use super::error::WebError;
use super::form::OurForm;
use super::turn;
use crate::flow::authorize::Next;
use crate::flow::session::Current;
use crate::model::authorization::Goal;
use crate::model::session::activity::Activity;
use actix_web::HttpResponse;

/// The person, or the page on which they sign in first.
pub(super) async fn enter(asking: &Asking, goal: Goal) -> Result<Result<Current, HttpResponse>, WebError> {
    let (turn, current) = asking.idp().open_page(&asking.visitor, (goal, asking.page_used()), asking.now).await?;
    match (&turn.next, current) {
        (Next::Arrived(_), Some(current)) => {
            asking.idp().touch(&current, asking.page_used(), asking.now).await?;
            Ok(Ok(current))
        }
        _ => Ok(Err(turn::draw(asking, turn)?)),
    }
}

/// The person behind a form, who is the one to whom its page was shown; without them the page is asked for anew. Somebody
/// else may have become the current one in another tab since.
pub(super) async fn person(form: &OurForm) -> Result<Option<Current>, WebError> {
    person_said(&form.asking, form.field("person")).await
}

/// The same of a form of another kind, by what its field `person` says.
pub(super) async fn person_said(asking: &Asking, said: &str) -> Result<Option<Current>, WebError> {
    used((asking, said), asking.idp().current(&asking.visitor, asking.now).await?).await
}

/// The same, of a form that whoever sits at an unlocked machine must not be able to post. Whoever took longer than the
/// authentication stays fresh starts over at the page.
pub(super) async fn fresh_person(form: &OurForm) -> Result<Option<Current>, WebError> {
    let asking = &form.asking;
    used((asking, form.field("person")), asking.idp().freshly_current(&asking.visitor, asking.now).await?).await
}

async fn used((asking, said): (&Asking, &str), current: Option<Current>) -> Result<Option<Current>, WebError> {
    let current = current.filter(|current| asking.shown_to(said, current) == ShownTo::Them);
    if let Some(current) = &current {
        asking.idp().touch(current, Activity::PageUsed, asking.now).await?;
    }
    Ok(current)
}
