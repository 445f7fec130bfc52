//! The console: apps.

use super::super::answer::{page, see_other};
use super::super::asking::Asking;
use super::super::error::WebError;
use super::super::form::OurForm;
use super::super::pages::{AdminClients, ClientLine, NewClient, NewClientKind, NewSecret, Tick};
use super::{Entered, View, enter, enter_to_act, shown, view};
use crate::flow::admin::Registered;
use crate::flow::session::Current;
use crate::model::client::{Client, Confidentiality, Origin};
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::redirect::ApplicationType;
use crate::text::Text;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

/// GET /admin/clients
pub(in crate::web) async fn get(request: HttpRequest, asking: Asking) -> Result<HttpResponse, WebError> {
    let current = match enter(&asking, asking.activity).await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    let view = view(&request);
    let notice = match view.done.as_deref() {
        Some("removed") => Some(asking.text().say("notice-client-removed")),
        _ => None,
    };
    let page_of = AdminClients { notice, ..draw(&asking, &current, view).await? };
    Ok(shown(&asking, &page_of))
}

async fn draw(asking: &Asking, current: &Current, view: View) -> Result<AdminClients, WebError> {
    let text = asking.text();
    let list = asking.idp().clients(view.after.as_deref()).await?;
    Ok(AdminClients {
        text,
        csrf: asking.csrf(),
        whose: asking.person(&current.account.id),
        person: current.account.display_name().to_owned(),
        clients: list.items.into_iter().map(|client| line(client, text)).collect(),
        next: list.next.map(|cursor| cursor.0),
        alert: None,
        notice: None,
        created: None,
        form: NewClient::default(),
    })
}

fn line(client: Client, text: Text) -> ClientLine {
    let kind = match (client.confidentiality(), client.metadata.application_type) {
        (Confidentiality::Confidential, _) => "kind-confidential",
        (Confidentiality::Public, ApplicationType::Web) => "kind-web",
        (Confidentiality::Public, ApplicationType::Native) => "kind-native",
    };
    ClientLine {
        name: client.metadata.client_name.clone().unwrap_or_default(),
        kind: text.say(kind),
        consent: text.say(match (&client.origin, client.vouched_for()) {
            (Origin::Registered { .. }, _) => "consent-registered",
            (Origin::Administrator, true) => "consent-skipped",
            (Origin::Administrator, false) => "consent-asked",
        }),
        created: client.created_at.0,
        client_id: client.id.to_string(),
        redirect_uris: client.metadata.redirect_uris,
    }
}

/// POST /admin/clients
pub(in crate::web) async fn add(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let current = match enter_to_act(&form, "/admin/clients").await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    let filled = filled(&form);
    let outcome = match metadata(&filled) {
        Ok(metadata) => asking.idp().add_client(&current, metadata, asking.now).await?,
        Err(wrong) => Registered::Wrong(wrong),
    };
    let view = draw(asking, &current, View::default()).await?;
    match outcome {
        Registered::Done(client, None) => {
            let created = Some(NewSecret { client_id: client.id.to_string(), client_secret: None });
            Ok(page(StatusCode::OK, &AdminClients { created, ..view }))
        }
        // Shown this once, and in the answer itself: nothing of it stays where a reload could find it.
        Registered::Done(client, Some(secret)) => {
            let client_secret = Some(secret.expose().to_owned());
            let created = Some(NewSecret { client_id: client.id.to_string(), client_secret });
            Ok(page(StatusCode::OK, &AdminClients { created, ..view }))
        }
        Registered::Wrong(wrong) => {
            Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &AdminClients { alert: Some(wrong), form: filled, ..view }))
        }
    }
}

/// POST /admin/clients/remove
pub(in crate::web) async fn remove(form: OurForm) -> Result<HttpResponse, WebError> {
    let asking = &form.asking;
    let current = match enter_to_act(&form, "/admin/clients").await? {
        Entered::As(current) => current,
        Entered::Not(response) => return Ok(response),
    };
    if asking.idp().remove_client(&current, form.field("client"), asking.now).await? {
        return Ok(see_other("/admin/clients?done=removed"));
    }
    let alert = Some(asking.text().say("alert-client-gone"));
    let page_of = AdminClients { alert, ..draw(asking, &current, View::default()).await? };
    Ok(page(StatusCode::UNPROCESSABLE_ENTITY, &page_of))
}

fn filled(form: &OurForm) -> NewClient {
    let text = |name: &str| form.field(name).to_owned();
    NewClient {
        client_name: text("client_name"),
        redirect_uris: text("redirect_uris"),
        post_logout_redirect_uris: text("post_logout_redirect_uris"),
        kind: match form.field("kind") {
            "web" => NewClientKind::PublicWeb,
            "native" => NewClientKind::Native,
            _ => NewClientKind::Confidential,
        },
        skip_consent: if form.params.get("skip_consent").is_some() { Tick::On } else { Tick::Off },
        idle_timeout: text("idle_timeout"),
        max_lifetime: text("max_lifetime"),
        scope: text("scope"),
    }
}

/// The form as client metadata: read by the very rules of the import file.
fn metadata(form: &NewClient) -> Result<ClientMetadata, String> {
    let lines = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
    let method = if form.kind == NewClientKind::Confidential { "client_secret_basic" } else { "none" };
    let kind = if form.kind == NewClientKind::Native { "native" } else { "web" };
    let mut session = Map::new();
    for (member, value) in [("idle_timeout", &form.idle_timeout), ("max_lifetime", &form.max_lifetime)] {
        if !value.trim().is_empty() {
            session.insert(member.to_owned(), Value::String(value.trim().to_owned()));
        }
    }
    let mut whole = json!({
        "client_id": "",
        "redirect_uris": lines(&form.redirect_uris),
        "post_logout_redirect_uris": lines(&form.post_logout_redirect_uris),
        "token_endpoint_auth_method": method,
        "application_type": kind,
        "consent": if form.skip_consent == Tick::On { "skip" } else { "ask" },
        "session": session,
    });
    if !form.client_name.trim().is_empty() {
        whole["client_name"] = form.client_name.trim().into();
    }
    if !form.scope.trim().is_empty() {
        whole["scope"] = form.scope.trim().into();
    }
    serde_json::from_value(whole).map_err(|error| error.to_string())
}
