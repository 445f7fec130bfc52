//! The pages on the way out, and the page for what cannot go on.

use askama::Template;

use crate::web::text::Text;

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
    /// Names of the apps that take part in the session.
    pub apps: Vec<String>,
    /// Name of the client that asked, where it is known.
    pub asked_by: Option<String>,
}

/// The session is over.
#[derive(Debug, Clone, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut {
    /// The language of the page.
    pub text: Text,
    /// Names of the apps that took part in it.
    pub apps: Vec<String>,
    /// Where "Sign in again" leads: a path of ours.
    pub sign_in: String,
}

/// The person chose to stay signed in.
#[derive(Debug, Clone, Template)]
#[template(path = "stayed.html")]
pub struct Stayed {
    /// The language of the page.
    pub text: Text,
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
}
