//! What a person says of themselves, when they signed in, and what is kept of them.

use crate::text::Text;
use askama::Template;

/// One field, on [`Profile`].
#[derive(Debug, Clone)]
pub struct ProfileField {
    /// Its name: that of the claim (OpenID Connect Core, 5.1).
    pub claim: &'static str,
    /// What people read beside it.
    pub label: String,
    /// What it holds.
    pub value: String,
    /// Is it the one that was refused?
    pub refused: bool,
}

impl ProfileField {
    /// What browsers fill in (HTML, 4.10.18.7).
    fn autocomplete(&self) -> &'static str {
        match self.claim {
            "name" => "name",
            "given_name" => "given-name",
            "family_name" => "family-name",
            "nickname" => "nickname",
            "website" => "url",
            "locale" => "language",
            _ => "off",
        }
    }

    fn kind(&self) -> &'static str {
        if self.claim == "website" { "url" } else { "text" }
    }

    fn described_by(&self) -> &'static str {
        match (self.refused, self.claim) {
            (true, "locale") => "alert locale-hint",
            (true, _) => "alert",
            (false, "locale") => "locale-hint",
            (false, _) => "",
        }
    }
}

/// What a person says of themselves. POST `/account/profile` with `csrf` and the fields.
#[derive(Debug, Clone, Template)]
#[template(path = "profile.html")]
pub struct Profile {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// The username; not to be changed here.
    pub username: String,
    /// The mail address; not to be changed here.
    pub email: Option<String>,
    /// The fields.
    pub fields: Vec<ProfileField>,
    /// Names of time zones.
    pub zones: Vec<&'static str>,
    /// Why the form came back.
    pub alert: Option<String>,
    /// What has just been done.
    pub notice: Option<String>,
}

/// One sign-in, on [`History`].
#[derive(Debug, Clone)]
pub struct SignInLine {
    /// When, in Unix seconds.
    pub at: i64,
    /// "Firefox on Linux".
    pub device: String,
    /// The network address.
    pub address: String,
    /// Was it this browser?
    pub here: bool,
    /// How, in words.
    pub how: Vec<String>,
    /// What was unusual, in words.
    pub unusual: Vec<String>,
}

/// The latest sign-ins, the youngest first.
#[derive(Debug, Clone, Template)]
#[template(path = "history.html")]
pub struct History {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The sign-ins.
    pub lines: Vec<SignInLine>,
}

/// What is kept of a person, and going. Forms post `csrf` to `/account/data/download`, `/account/data/keep` and, with
/// `username`, to `/account/data/delete`.
#[derive(Debug, Clone, Template)]
#[template(path = "data.html")]
pub struct Data {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// To be typed before the account goes.
    pub username: String,
    /// When the account is deleted, in Unix seconds.
    pub leaving: Option<i64>,
    /// Days in which a deletion can be taken back.
    pub grace_days: usize,
    /// Why the form came back.
    pub alert: Option<String>,
    /// What has just been done.
    pub notice: Option<String>,
}

impl Data {
    fn name_described_by(&self) -> &'static str {
        if self.alert.is_some() { "alert delete-hint" } else { "delete-hint" }
    }
}
