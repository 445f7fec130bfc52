//! The pages on the way out, and the page for what cannot go on.

use askama::Template;

use super::AppMark;
use crate::text::Text;

/// A refusal, for whoever develops the app: what was wrong, the rule, what would be right.
pub type Explained = (String, String, String);

/// Really sign out? POST `/end_session/confirm` with `csrf`, `request`, `choice` (`sign-out` or `stay`)
/// (OpenID Connect RP-Initiated Logout 1.0, section 6: any request without a genuine hint asks).
#[derive(Debug, Clone, Template)]
#[template(path = "sign_out.html")]
pub struct SignOut {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `request`: the sealed logout request.
    pub request: String,
    /// Who is signed in, where that may be shown.
    pub person: Option<String>,
    /// The apps that take part in the session.
    pub apps: Vec<AppMark>,
    /// Name of the client that asked, where it is known.
    pub asked_by: Option<String>,
    /// The host where the browser goes afterwards, if anywhere.
    pub destination: Option<String>,
    /// The name of that client, where it alone can be left.
    pub alone: Option<String>,
    /// Why the browser will not go back to an app in development.
    pub explained: Option<Explained>,
}

/// What the person signed out of, and who was told (`/signed-out`).
#[derive(Debug, Clone, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut {
    /// The language of the page.
    pub text: Text,
    /// The apps it concerned, and how far each is told.
    pub apps: Vec<ToldLine>,
    /// Addresses of relying apps that are loaded in hidden frames (Front-Channel Logout 1.0, section 2).
    pub frames: Vec<String>,
    /// Where the browser goes on, once the frames had their time.
    pub next: Option<String>,
    /// Did the session itself end?
    pub session: WholeSession,
    /// Where "Sign in again" leads: a path of ours.
    pub sign_in: String,
    /// Why the browser did not go back to an app in development.
    pub explained: Option<Explained>,
}

/// What became of the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WholeSession {
    /// It ended.
    Over,
    /// One app was left, and it goes on.
    GoesOn,
}

/// One app on the page after a sign-out.
#[derive(Debug, Clone)]
pub struct ToldLine {
    /// Its name.
    pub name: String,
    /// For the mark beside it.
    pub state: ToldState,
    /// How far it is told, in words.
    pub words: String,
}

/// How far an app is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToldState {
    /// It may change any moment.
    Underway,
    /// It is as it will stay.
    Settled,
    /// It could not be reached.
    Failed,
}

impl ToldState {
    /// For the style sheet and the script.
    pub fn name(self) -> &'static str {
        match self {
            ToldState::Underway => "underway",
            ToldState::Settled => "settled",
            ToldState::Failed => "failed",
        }
    }
}

impl SignedOut {
    fn whole(&self) -> bool {
        self.session == WholeSession::Over
    }

    fn heading(&self) -> &'static str {
        if self.whole() { "signed-out-heading" } else { "signed-out-app-heading" }
    }

    fn lead(&self) -> &'static str {
        if self.whole() { "signed-out" } else { "signed-out-app" }
    }

    /// Does anything on the page change by itself?
    pub fn stirs(&self) -> bool {
        self.next.is_some() || !self.frames.is_empty() || self.apps.iter().any(|app| app.state == ToldState::Underway)
    }
}

/// What relying apps frame to learn of a sign-out. Nobody sees it.
#[derive(Debug, Clone, Template)]
#[template(path = "check_session.html")]
pub struct CheckSession {
    /// The language of the page.
    pub text: Text,
}

/// The person chose to stay signed in.
#[derive(Debug, Clone, Template)]
#[template(path = "stayed.html")]
pub struct Stayed {
    /// The language of the page.
    pub text: Text,
}

/// An answer on its way to an app, as a form that posts itself.
#[derive(Debug, Clone, Template)]
#[template(path = "form_post.html")]
pub struct FormPost {
    /// The language of the page.
    pub text: Text,
    /// Where it goes: a registered redirect URI.
    pub target: String,
    /// Names and values of its fields.
    pub fields: Vec<(String, String)>,
    /// The host of the app.
    pub host: String,
}

/// Before an error goes to an app that nobody vouches for, and that the person never let in.
#[derive(Debug, Clone, Template)]
#[template(path = "onward.html")]
pub struct Onward {
    /// The language of the page.
    pub text: Text,
    /// Which app leads there, and what became of the person here.
    pub lead: String,
    /// The host that the way leads to.
    pub host: String,
    /// The address with the answer in it, where the app takes it so.
    pub address: String,
    /// The answer as a form, where it takes it so.
    pub form: Option<OnwardForm>,
}

/// An answer that the person sends on by a button.
#[derive(Debug, Clone)]
pub struct OnwardForm {
    /// Where it goes: a registered redirect URI.
    pub target: String,
    /// Names and values of its fields.
    pub fields: Vec<(String, String)>,
}

/// Nothing can go on and nobody proven is there to be told but the person.
#[derive(Debug, Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The language of the page.
    pub text: Text,
    /// A sentence without a full stop; also the title of the page.
    pub title: String,
    /// What happened and what the person can do, in plain words.
    pub explanation: String,
    /// The number under which the log has it.
    pub reference: Option<String>,
    /// What a developer of the app wants to know; never anything internal.
    pub developer: Option<String>,
    /// The same at length, of an app in development: what was wrong, the rule, what would be right.
    pub explained: Option<Explained>,
}
