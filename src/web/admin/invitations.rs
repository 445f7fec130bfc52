//! The console: invitations.

use super::super::answer::{page, see_other};
use super::super::asking::Asking;
use super::super::error::WebError;
use super::super::form::OurForm;
use super::super::mailed::offer;
use super::super::pages::{AdminInvitations, InvitationLine};
use super::{Entered, enter, enter_to_act, shown, view};
use crate::flow::invitation::{Invited, Inviting};
use crate::flow::session::Current;
use crate::model::account::ADMIN;
use crate::model::invitation::{Invitation, words};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};

const PAGE: &str = "/admin/invitations";

/// GET /admin/invitations
pub(in crate::web) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, asking.activity).await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    let text = asking.text();
    let notice = match view(&request).done.as_deref() {
        Some("invited") => Some(text.say("notice-invited")),
        Some("revoked") => Some(text.say("notice-invitation-revoked")),
        _ => None,
    };
    let page_of = AdminInvitations { notice, ..draw(&asking, &current).await? };
    Ok(shown(&asking, &page_of))
}

async fn draw(asking: &Asking, current: &Current) -> Result<AdminInvitations, WebError> {
    let invitations = asking.idp().invitations(asking.now).await?;
    Ok(AdminInvitations {
        text: asking.text(),
        csrf: asking.csrf(),
        whose: asking.person(&current.account.id),
        person: current.account.display_name().to_owned(),
        mail: offer(asking.idp().mail()),
        invitations: invitations.into_iter().map(line).collect(),
        email: String::new(),
        name: String::new(),
        roles: String::new(),
        groups: String::new(),
        alert: None,
        notice: None,
    })
}

fn line(invitation: Invitation) -> InvitationLine {
    InvitationLine {
        id: invitation.digest.as_key().to_owned(),
        email: invitation.address,
        name: invitation.name.unwrap_or_default(),
        roles: invitation.roles.into_iter().collect(),
        groups: invitation.groups.into_iter().collect(),
        made: invitation.made_at.0,
        until: invitation.until.0,
    }
}

/// POST /admin/invitations
pub(in crate::web) async fn invite(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let current = match enter_to_act(&form, PAGE).await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    // A field that is no text at all must not be taken for one left empty.
    form.whole()?;
    let alert = match (words(form.field("roles")), words(form.field("groups"))) {
        (Some(mut roles), Some(groups)) => {
            if form.params.get("admin").is_some() {
                roles.insert(ADMIN.to_owned());
            }
            let (address, name) = (form.field("email").to_owned(), form.field("name").to_owned());
            let whom = Invited { address, name, roles, groups };
            match asking.idp().invite(&current, whom, asking.now).await? {
                Inviting::Done => return Ok(see_other("/admin/invitations?done=invited")),
                Inviting::Address => "alert-email",
                Inviting::Name => "alert-name",
                Inviting::Known => "alert-invite-known",
                Inviting::NoMail => "invitations-no-mail",
            }
        }
        _ => "alert-invite-words",
    };
    let page_of = AdminInvitations {
        email: form.field("email").chars().take(320).collect(),
        name: form.field("name").chars().take(256).collect(),
        roles: form.field("roles").chars().take(2_500).collect(),
        groups: form.field("groups").chars().take(2_500).collect(),
        alert: Some(asking.text().say(alert)),
        ..draw(asking, &current).await?
    };
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &page_of))
}

/// POST /admin/invitations/revoke
pub(in crate::web) async fn revoke(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let current = match enter_to_act(&form, PAGE).await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    let key = form.field("invitation");
    if key.len() <= 64 {
        asking.idp().revoke_invitation(&current, key, asking.now).await?;
    }
    Ok(see_other("/admin/invitations?done=revoked"))
}
