//! The console: sessions and the audit log.

use super::super::answer::see_other;
use super::super::asking::Asking;
use super::super::device;
use super::super::error::WebError;
use super::super::form::OurForm;
use super::super::pages::{AdminAudit, AdminSessionLine, AdminSessions, EventLine};
use super::{Entered, enter, enter_to_act, shown, view};
use crate::flow::account::SessionView;
use crate::model::account::Account;
use crate::model::audit::{Act, Event, Outcome};
use crate::model::session::standing::Standing;
use crate::text::Text;
use actix_web::{HttpRequest, HttpResponse};

/// GET /admin/sessions
pub(in crate::web) async fn sessions(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, asking.activity).await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    let view = view(&request);
    let list = asking.idp().sessions(&view.query, view.after.as_deref(), asking.now).await?;
    let text = asking.text();
    let list_page = AdminSessions {
        text,
        csrf: asking.csrf(),
        whose: asking.person(&current.account.id),
        person: current.account.display_name().to_owned(),
        sessions: list.items.into_iter().map(|(session, account)| line(session, &account, text)).collect(),
        query: view.query,
        next: list.next.map(|cursor| cursor.0),
        notice: (view.done.as_deref() == Some("ended")).then(|| text.say("notice-session-ended-of")),
    };
    Ok(shown(&asking, &list_page))
}

fn line(view: SessionView, account: &Account, text: Text) -> AdminSessionLine {
    let session = view.session;
    AdminSessionLine {
        // The account comes along, so that ending it looks through that person's sessions alone.
        id: format!("{}.{}", account.id, view.name),
        person: account.username.clone(),
        device: device::name(&session.device.user_agent, text),
        address: session.device.address,
        started: session.started_at.0,
        last_active: session.last_active_at.0,
        standing: text.say(standing_key(&view.standing)),
        apps: view.apps.into_iter().map(|app| app.name).collect(),
    }
}

/// POST /admin/sessions/end
pub(in crate::web) async fn end_session(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let current = match enter_to_act(&form, "/admin/sessions").await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    let Some((account, name)) = form.field("session").split_once('.') else { return Err(WebError::NotFound) };
    if !asking.idp().revoke_session(&current, name, account, asking.now).await? {
        return Err(WebError::NotFound);
    }
    Ok(see_other("/admin/sessions?done=ended"))
}

/// GET /admin/audit
pub(in crate::web) async fn audit(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, asking.activity).await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    let view = view(&request);
    let list = asking.idp().audit(view.after.as_deref()).await?;
    let mut events = Vec::new();
    for event in list.items {
        events.push(event_line(&asking, event).await?);
    }
    let list_page = AdminAudit {
        text: asking.text(),
        csrf: asking.csrf(),
        person: current.account.display_name().to_owned(),
        events,
        next: list.next.map(|cursor| cursor.0),
    };
    Ok(shown(&asking, &list_page))
}

async fn event_line(asking: &Asking, event: Event) -> Result<EventLine, WebError> {
    let name = |id: Option<String>| async move {
        match id {
            Some(id) => asking.idp().username_of(&id).await.map(Some),
            None => Ok(None),
        }
    };
    let (actor, target) = (name(event.actor.clone()).await?, name(event.target).await?);
    let actor = match (actor, target) {
        (Some(actor), Some(target)) if actor != target => format!("{actor} → {target}"),
        (Some(actor), _) => actor,
        (None, Some(target)) => format!("→ {target}"),
        (None, None) => String::new(),
    };
    Ok(EventLine {
        at: event.at.0,
        actor,
        client: event.client.unwrap_or_default(),
        act: asking.text().say(act_key(event.act)),
        outcome: asking.text().say(if event.outcome == Outcome::Done { "outcome-done" } else { "outcome-refused" }),
        reason: event.reason.unwrap_or_default(),
    })
}

fn standing_key(standing: &Standing) -> &'static str {
    match standing {
        Standing::Live { .. } => "standing-live",
        Standing::Warn { .. } => "standing-warn",
        Standing::Dormant { .. } => "standing-dormant",
        Standing::Expired { .. } => "standing-expired",
        Standing::Ended { .. } => "standing-ended",
    }
}

fn act_key(act: Act) -> &'static str {
    match act {
        Act::SignIn => "act-sign-in",
        Act::SessionStarted => "act-session-started",
        Act::Reauthenticated => "act-reauthenticated",
        Act::SessionEnded => "act-session-ended",
        Act::SessionTimedOut => "act-session-timed-out",
        Act::SessionReconstituted => "act-session-reconstituted",
        Act::ApplicationJoined => "act-application-joined",
        Act::GrantIssued => "act-grant-issued",
        Act::GrantRevoked => "act-grant-revoked",
        Act::DeviceAnswered => "act-device-answered",
        Act::ConsentGiven => "act-consent-given",
        Act::ConsentWithdrawn => "act-consent-withdrawn",
        Act::AccountCreated => "act-account-created",
        Act::AccountChanged => "act-account-changed",
        Act::AccountDisabled => "act-account-disabled",
        Act::AccountEnabled => "act-account-enabled",
        Act::SteppedUp => "act-stepped-up",
        Act::FactorAdded => "act-factor-added",
        Act::FactorRemoved => "act-factor-removed",
        Act::FactorRenamed => "act-factor-renamed",
        Act::RecoveryCodesMade => "act-recovery-codes-made",
        Act::RecoveryCodeUsed => "act-recovery-code-used",
        Act::UpstreamConnected => "act-upstream-connected",
        Act::UpstreamDisconnected => "act-upstream-disconnected",
        Act::UpstreamLogout => "act-upstream-logout",
        Act::PasswordChanged => "act-password-changed",
        Act::ClientCreated => "act-client-created",
        Act::ClientChanged => "act-client-changed",
        Act::SigningKeyMade => "act-signing-key-made",
        Act::SigningKeyRevoked => "act-signing-key-revoked",
        Act::SetupLinkMade => "act-setup-link-made",
        Act::SetupDone => "act-setup-done",
        Act::SignInUnusual => "act-sign-in-unusual",
        Act::DeletionAsked => "act-deletion-asked",
        Act::DeletionCancelled => "act-deletion-cancelled",
        Act::AccountDeleted => "act-account-deleted",
        Act::DataDownloaded => "act-data-downloaded",
        Act::MailSent => "act-mail-sent",
        Act::MailFailed => "act-mail-failed",
        Act::PasswordResetAsked => "act-password-reset-asked",
        Act::PasswordReset => "act-password-reset",
        Act::AddressAsked => "act-address-asked",
        Act::AddressChanged => "act-address-changed",
        Act::SignUpAsked => "act-sign-up-asked",
        Act::InvitationMade => "act-invitation-made",
        Act::InvitationRevoked => "act-invitation-revoked",
    }
}
