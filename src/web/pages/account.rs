//! A person's own page.

use askama::Template;

use super::AccountChoice;
use super::entrance::initial;
use super::face::Face;
use crate::text::Text;

/// Whether the person's roles open the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsoleLink {
    /// A link to `/admin` is shown.
    Shown,
    /// It is not.
    Hidden,
}

/// Whether a session is the one the page was asked for with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Current {
    /// The session of this browser.
    This,
    /// A session elsewhere.
    Other,
}

/// One app's part in a session, on [`Account`].
#[derive(Debug, Clone)]
pub struct AppLine {
    /// Comes back as the field `client`: the client id.
    pub client: String,
    /// Name of the client.
    pub name: String,
    /// The path of its logo here.
    pub logo: Option<String>,
    /// Where the app can be opened, signed in.
    pub opens_at: Option<String>,
    /// When it joined, in Unix seconds.
    pub joined: i64,
    /// When its part ends as things stand, in Unix seconds; `None` for never.
    pub ends: Option<i64>,
    /// The person's last act in it, in Unix seconds.
    pub last_active: i64,
    /// Which limit that end comes from, in words; empty for never.
    pub limit: String,
    /// Grants it was given in this part.
    pub grants: usize,
    /// How often those were renewed.
    pub renewals: usize,
    /// When one was given or renewed last, in Unix seconds.
    pub renewed: Option<i64>,
}

/// One session of the person, on [`Account`].
#[derive(Debug, Clone)]
pub struct SessionLine {
    /// Comes back as the field `session`; opaque to the browser.
    pub id: String,
    /// "Firefox on Linux".
    pub device: String,
    /// The network address it was last used from.
    pub address: String,
    /// When it began, in Unix seconds.
    pub started: i64,
    /// The last human act, in Unix seconds.
    pub last_active: i64,
    /// Whether it is the session of this browser.
    pub current: Current,
    /// When it ends as things stand, in Unix seconds; `None` for never.
    pub ends: Option<i64>,
    /// Which limit that end comes from, in words; empty for never.
    pub limit: String,
    /// When it last went on after a time-out, in Unix seconds.
    pub continued: Option<i64>,
    /// The apps that take part.
    pub apps: Vec<AppLine>,
}

/// One remembered consent, on [`Account`].
#[derive(Debug, Clone)]
pub struct ConsentLine {
    /// Comes back as the field `client`: the client id.
    pub client: String,
    /// Name of the client.
    pub name: String,
    /// The path of its logo here.
    pub logo: Option<String>,
    /// What it may have, in words for people.
    pub scopes: Vec<String>,
    /// What it sees by it now: each claim, and what it says.
    pub sees: Vec<(String, String)>,
    /// When it was given, in Unix seconds.
    pub given: i64,
}

impl AppLine {
    fn initial(&self) -> String {
        initial(&self.name)
    }
}

impl ConsentLine {
    fn initial(&self) -> String {
        initial(&self.name)
    }
}

/// The person's sessions and consents. Each form posts `csrf` and one field to a path of its own:
/// `/account/withdraw` (`client`), `/account/end-session` (`session`, and `client` for one app's part in it),
/// `/account/end-others`, `/account/sign-out` (`scope`).
#[derive(Debug, Clone, Template)]
#[template(path = "account.html")]
pub struct Account {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// Who it is.
    pub face: Face,
    /// The username.
    pub username: String,
    /// The mail address, where there is one.
    pub email: Option<String>,
    /// When the account is deleted, in Unix seconds, where somebody asked for that. POST `/account/data/keep` keeps it.
    pub leaving: Option<i64>,
    /// Live sessions, this browser's first.
    pub sessions: Vec<SessionLine>,
    /// Remembered consents.
    pub consents: Vec<ConsentLine>,
    /// Who else is signed in in this browser.
    pub others: Vec<AccountChoice>,
    /// Whether the console is offered.
    pub console: ConsoleLink,
    /// What has just been done.
    pub notice: Option<String>,
}

impl Account {
    fn has_other_sessions(&self) -> bool {
        self.sessions.iter().any(|session| session.current == Current::Other)
    }
}
