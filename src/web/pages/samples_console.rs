//! The pages of the console, filled with people who do not exist.

use super::samples::{NOON, html};
use super::*;
use crate::text::Text;

pub(super) fn console(text: Text) -> Vec<(&'static str, String)> {
    let mut pages = users(text);
    pages.extend(clients(text));
    pages.extend(records(text));
    pages
}

fn user(username: &str, name: &str, state: AccountState) -> UserLine {
    UserLine {
        two_step: TwoStep::Off,
        send_reset: Offer::Shown,
        id: format!("u-{username}"),
        username: username.into(),
        name: name.into(),
        email: format!("{username}@analytical.example"),
        roles: Vec::new(),
        state,
        created: NOON - 3_000_000,
    }
}

fn users(text: Text) -> Vec<(&'static str, String)> {
    let list = AdminUsers {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        person: "Grace Hopper".into(),
        users: vec![
            UserLine {
                roles: vec!["admin".into()],
                two_step: TwoStep::On,
                ..user("grace", "Grace Hopper", AccountState::Active)
            },
            user("ada", "Ada Lovelace", AccountState::Active),
            user("charles", "Charles Babbage", AccountState::Disabled),
            UserLine {
                name: String::new(),
                email: String::new(),
                ..user("a.user.with.a.very.long.name", "", AccountState::Active)
            },
        ],
        query: String::new(),
        next: Some("cursor/1".into()),
        alert: None,
        notice: Some(text.say("notice-user-disabled")),
        form: NewUser::default(),
        minimum: 15,
    };
    let refused = AdminUsers {
        alert: Some(text.say("alert-username-taken")),
        notice: None,
        form: NewUser {
            username: "ada".into(),
            name: "Ada Lovelace".into(),
            email: "ada@analytical.example".into(),
            role_admin: Tick::On,
        },
        ..list.clone()
    };
    vec![("admin-users", html(list)), ("admin-users-refused", html(refused))]
}

fn clients(text: Text) -> Vec<(&'static str, String)> {
    let client = |client_id: &str, name: &str, kind: &str| ClientLine {
        client_id: client_id.into(),
        name: name.into(),
        kind: text.say(kind),
        redirect_uris: vec![
            format!("https://{client_id}.example/callback"),
            format!("https://{client_id}.example/renewed/quietly/in-the-background"),
        ],
        consent: text.say("consent-asked"),
        created: NOON - 2_000_000,
    };
    let list = AdminClients {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        person: "Grace Hopper".into(),
        clients: vec![client("bank", "Meridian Bank", "kind-confidential"), client("plaza", "Plaza", "kind-web")],
        next: Some("2".into()),
        alert: None,
        notice: None,
        created: Some(NewSecret {
            client_id: "plaza".into(),
            client_secret: Some("abide_cs_ZmFrZS1zZWNyZXQtZm9yLXNhbXBsZS1wYWdlcy1vbmx5".into()),
        }),
        form: NewClient::default(),
    };
    let refused = AdminClients {
        alert: Some("http://plaza.example/ is not https.".into()),
        created: None,
        form: NewClient {
            client_name: "Plaza".into(),
            redirect_uris: "http://plaza.example/".into(),
            kind: NewClientKind::PublicWeb,
            ..NewClient::default()
        },
        ..list.clone()
    };
    vec![("admin-clients", html(list)), ("admin-clients-refused", html(refused))]
}

fn records(text: Text) -> Vec<(&'static str, String)> {
    let line = |id: &str, person: &str, standing: &str| AdminSessionLine {
        id: id.into(),
        person: person.into(),
        device: text.with("device", &[("browser", "Firefox"), ("system", "Linux")]),
        address: "203.0.113.7".into(),
        started: NOON - 90_000,
        last_active: NOON - 240,
        standing: text.say(standing),
        apps: vec!["Meridian Bank".into(), "Plaza".into()],
    };
    let sessions = AdminSessions {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        person: "Grace Hopper".into(),
        sessions: vec![line("s1", "ada", "standing-live"), line("s2", "grace", "standing-dormant")],
        query: "a".into(),
        next: Some("2".into()),
        notice: None,
    };
    let event = |act: &str, outcome: &str, reason: &str| EventLine {
        at: NOON,
        actor: "ada".into(),
        client: "Meridian Bank".into(),
        act: text.say(act),
        outcome: text.say(outcome),
        reason: reason.into(),
    };
    let audit = AdminAudit {
        text,
        csrf: "c".into(),
        person: "Grace Hopper".into(),
        events: vec![
            event("act-sign-in", "outcome-done", ""),
            event("act-session-timed-out", "outcome-refused", "Wrong password"),
        ],
        next: None,
    };
    let nothing = AdminAudit { events: Vec::new(), ..audit.clone() };
    vec![("admin-sessions", html(sessions)), ("admin-audit", html(audit)), ("admin-audit-empty", html(nothing))]
}
