//! Passkeys: the form that puts a challenge to them, and the page that makes one.

use askama::Template;

use crate::text::Text;

/// A challenge within a page. A script gives it to the browser; POST `/sign-in/passkey` with `interaction`, `csrf`,
/// `challenge`, `answer`, `remember` (`on` or absent).
#[derive(Debug, Clone)]
pub struct PasskeyForm {
    /// The options, as JSON.
    pub options: String,
    /// The hidden field `challenge`.
    pub challenge: String,
}

/// What a passkey is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyUse {
    /// To sign in with nothing else.
    Alone,
    /// After the password: it verifies nobody.
    SecondStep,
}

/// Whether a page offers another passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MorePasskeys {
    /// It does.
    Offered,
    /// There can be no more.
    No,
}

/// A passkey, on [`super::Security`].
#[derive(Debug, Clone)]
pub struct PasskeyLine {
    /// The hidden field `passkey`.
    pub fingerprint: String,
    /// What the person calls it.
    pub label: String,
    /// When it was made, in Unix seconds.
    pub since: i64,
    /// When it was last used, in Unix seconds.
    pub used: Option<i64>,
    /// Is it carried to other devices?
    pub synced: bool,
    /// What it is good for.
    pub usage: PasskeyUse,
}

/// Making a passkey. POST `/account/security/passkey` with `csrf`, `challenge`, `answer`, `label`.
#[derive(Debug, Clone, Template)]
#[template(path = "new_passkey.html")]
pub struct NewPasskey {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// The challenge.
    pub passkey: PasskeyForm,
    /// Put into the field.
    pub label: String,
    /// The hidden field `then`: the handle of an interaction that goes on afterwards, else empty.
    pub then: String,
    /// The most characters of a name.
    pub longest: usize,
    /// Why the form came back.
    pub alert: Option<String>,
}

impl NewPasskey {
    fn label_described_by(&self) -> &'static str {
        if self.alert.is_some() { "alert label-hint" } else { "label-hint" }
    }
}
