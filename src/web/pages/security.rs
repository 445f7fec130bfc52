//! What a person signs in with: the page, and the pages on the way to a second factor.

use super::{AppFacts, Face};
use askama::Template;

use super::mail::Offer;
use super::passkeys::{MorePasskeys, PasskeyLine, PasskeyUse};
use super::{ConnectedLine, UpstreamButton};
use crate::text::Text;

/// An authenticator app, on [`Security`].
#[derive(Debug, Clone)]
pub struct AuthenticatorLine {
    /// When it was set up, in Unix seconds.
    pub since: i64,
    /// When its latest code was used, in Unix seconds.
    pub used: Option<i64>,
}

/// The field of the password form that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusedField {
    /// None of them.
    None,
    /// The present password, or the form as a whole.
    Current,
    /// The new one.
    New,
}

/// Password and second factors. Forms post `csrf` and: `/account/security/password` (`current`, `password`, `others`: `on`
/// or absent), `/account/security/authenticator/remove`, `/account/security/recovery-codes`,
/// `/account/security/passkey/rename` (`passkey`, `label`), `/account/security/passkey/remove` (`passkey`).
#[derive(Debug, Clone, Template)]
#[template(path = "security.html")]
pub struct Security {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// Whose page it is.
    pub face: Face,
    /// For password keepers.
    pub username: String,
    /// When the password was set, in Unix seconds.
    pub password_since: Option<i64>,
    /// The authenticator app, where there is one.
    pub authenticator: Option<AuthenticatorLine>,
    /// The passkeys.
    pub passkeys: Vec<PasskeyLine>,
    /// Whether another one can be made.
    pub more: MorePasskeys,
    /// Recovery codes that are left; none where there is nothing that they could stand in for.
    pub codes_left: Option<usize>,
    /// Characters a password needs at least.
    pub minimum: usize,
    /// The upstreams that the account is connected with.
    pub connected: Vec<ConnectedLine>,
    /// The upstreams that it can be connected with.
    pub upstreams: Vec<UpstreamButton>,
    /// Why a form came back.
    pub alert: Option<String>,
    /// Which field of the password form that is about.
    pub refused: RefusedField,
    /// What has just been done.
    pub notice: Option<String>,
    /// Whether the mail address can be changed.
    pub email: Offer,
}

impl Security {
    fn current_described_by(&self) -> &'static str {
        if self.refused == RefusedField::Current { "alert" } else { "" }
    }

    fn new_described_by(&self) -> &'static str {
        if self.refused == RefusedField::New { "alert password-hint" } else { "password-hint" }
    }
}

/// A second factor is required and has to be set up first. Links to `/account/security/authenticator` with `then`; POST
/// `/sign-in/not-now` with `csrf`, `interaction`.
#[derive(Debug, Clone, Template)]
#[template(path = "set_up_factor.html")]
pub struct SetUpFactor {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `interaction`; waits in the store.
    pub interaction: String,
    /// For whom; none: for the console.
    pub app: Option<AppFacts>,
    /// Whose account it is.
    pub username: String,
    /// Would an authenticator app do?
    pub by_app: bool,
    /// Can there be passkeys here?
    pub by_passkey: bool,
    /// Whether a longer password would do as well.
    pub longer_password: Offer,
}

impl SetUpFactor {
    fn back(&self) -> String {
        format!("/interaction/{}", self.interaction)
    }
}

/// Setting up an authenticator app. POST `/account/security/authenticator` with `csrf`, `enrolment`, `code`.
#[derive(Debug, Clone, Template)]
#[template(path = "authenticator.html")]
pub struct Authenticator {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// The hidden field `enrolment`.
    pub enrolment: String,
    /// The hidden field `then`: the handle of an interaction that goes on afterwards, else empty.
    pub then: String,
    /// The QR code, as SVG of our own making.
    pub picture: String,
    /// The secret, for whoever types it.
    pub secret: String,
    /// Why the form came back.
    pub alert: Option<String>,
}

impl Authenticator {
    fn code_described_by(&self) -> &'static str {
        if self.alert.is_some() { "alert code-hint" } else { "code-hint" }
    }
}

/// Recovery codes, shown this once.
#[derive(Debug, Clone, Template)]
#[template(path = "recovery_codes.html")]
pub struct RecoveryCodes {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// Where the person goes on.
    pub next: String,
    /// The codes.
    pub codes: Vec<String>,
}
