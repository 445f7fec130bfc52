//! What a person says of themselves, when they signed in, and what is kept of them.

use super::Face;
use crate::text::Text;
use askama::Template;

/// What can be chosen for a [`ProfileField`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Comes back as the field's value.
    pub value: String,
    /// What people read.
    pub words: String,
    /// The language of the words, where it is not that of the page.
    pub language: Option<&'static str>,
}

/// One field, on [`Profile`].
#[derive(Debug, Clone)]
pub struct ProfileField {
    /// Its name: that of the claim (OpenID Connect Core, 5.1).
    pub claim: &'static str,
    /// What people read beside it.
    pub label: String,
    /// What it holds.
    pub value: String,
    /// What it may hold, where that is to be chosen: in groups, each under its name or none.
    pub choices: Vec<(&'static str, Vec<Choice>)>,
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

/// What a person says of themselves. POST `/account/profile` with `csrf` and the fields; the picture to
/// `/account/profile/picture` (as `multipart/form-data`: `csrf`, `picture`) and `/account/profile/picture/remove`.
#[derive(Debug, Clone, Template)]
#[template(path = "profile.html")]
pub struct Profile {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// Whose page it is.
    pub face: Face,
    /// The username; not to be changed here.
    pub username: String,
    /// The mail address; not to be changed here.
    pub email: Option<String>,
    /// An address that stands for the picture where none was handed in; our pages do not load it.
    pub picture_elsewhere: Option<String>,
    /// The fields.
    pub fields: Vec<ProfileField>,
    /// Why the form came back.
    pub alert: Option<String>,
    /// What has just been done.
    pub notice: Option<String>,
}

impl Profile {
    /// Is the picture what was refused?
    fn picture_refused(&self) -> bool {
        self.alert.is_some() && self.fields.iter().all(|field| !field.refused)
    }
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
    /// Whose page it is.
    pub face: Face,
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
    /// Whose page it is.
    pub face: Face,
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
