//! Sign-in by another OpenID provider, as pages show it.

use askama::Template;

use super::AppFacts;
use crate::text::Text;

/// An upstream that can be chosen. Posts `upstream` with this id.
#[derive(Debug, Clone)]
pub struct UpstreamButton {
    /// Its slug.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// An upstream that an account is connected with, on [`Security`](super::Security).
#[derive(Debug, Clone)]
pub struct ConnectedLine {
    /// Comes back as the field `link`.
    pub link: String,
    /// What people call the upstream.
    pub upstream: String,
    /// What the person may know their account there by; may be empty.
    pub shown: String,
    /// Since when, in Unix seconds.
    pub since: i64,
}

/// Can an account be made?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewAccount {
    /// It can.
    Offered,
    /// Only accounts that are there can be connected.
    No,
}

/// Somebody came by an upstream whom nobody knows here. POST `/sign-in/upstream/create` with `interaction`, `csrf`,
/// `username`, or `/sign-in/upstream/connect` with `interaction`, `csrf`.
#[derive(Debug, Clone, Template)]
#[template(path = "newcomer.html")]
pub struct Newcomer {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `interaction`.
    pub interaction: String,
    /// The client that asked, if one did.
    pub app: Option<AppFacts>,
    /// What people call the upstream.
    pub upstream: String,
    /// What the person may know their account there by; may be empty.
    pub shown: String,
    /// Put into the field; empty for none.
    pub username: String,
    /// Can an account be made?
    pub new_account: NewAccount,
    /// Why the form came back.
    pub alert: Option<String>,
}

impl Newcomer {
    fn explanation(&self) -> String {
        let arguments = [("upstream", self.upstream.as_str()), ("shown", self.shown.as_str())];
        let key = if self.shown.is_empty() { "newcomer-explanation-unnamed" } else { "newcomer-explanation" };
        self.text.with(key, &arguments)
    }

    fn username_described_by(&self) -> &'static str {
        if self.alert.is_some() { "alert username-hint" } else { "username-hint" }
    }
}
