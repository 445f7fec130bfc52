//! The console: sessions and audit.

use askama::Template;

use crate::text::Text;

/// One session, on [`AdminSessions`].
#[derive(Debug, Clone)]
pub struct AdminSessionLine {
    /// Comes back as the field `session`; opaque to the browser.
    pub id: String,
    /// Whose it is: the username.
    pub person: String,
    /// "Firefox on Linux".
    pub device: String,
    /// The network address it was last used from.
    pub address: String,
    /// When it began, in Unix seconds.
    pub started: i64,
    /// The last human act, in Unix seconds.
    pub last_active: i64,
    /// Its standing, in words for people.
    pub standing: String,
    /// Names of the apps that take part.
    pub apps: Vec<String>,
}

/// Sessions. GET with `query` (a username); POST `/admin/sessions/end` with `session`.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/sessions.html")]
pub struct AdminSessions {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// Who is signed in to the console.
    pub person: String,
    /// One page of sessions.
    pub sessions: Vec<AdminSessionLine>,
    /// The username that was searched for; empty for everybody.
    pub query: String,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// What has just been done.
    pub notice: Option<String>,
}

/// One event, on [`AdminAudit`].
#[derive(Debug, Clone)]
pub struct EventLine {
    /// When, in Unix seconds.
    pub at: i64,
    /// Who; may be empty.
    pub actor: String,
    /// Through which client; may be empty.
    pub client: String,
    /// What.
    pub act: String,
    /// How it went.
    pub outcome: String,
    /// Why; may be empty.
    pub reason: String,
}

/// What happened.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/audit.html")]
pub struct AdminAudit {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`, for signing out.
    pub csrf: String,
    /// Who is signed in to the console.
    pub person: String,
    /// One page of events, the newest first.
    pub events: Vec<EventLine>,
    /// Cursor of the next page.
    pub next: Option<String>,
}
