//! The pages on the way in: signing in, choosing an account, consent, the first administrator.

use askama::Template;

use super::UpstreamButton;
use super::mail::Offer;
use super::passkeys::PasskeyForm;
use crate::text::Text;

/// What a page shows of the client that asked (OpenID Connect Dynamic Client Registration 1.0, section 2).
#[derive(Debug, Clone, Default)]
pub struct AppFacts {
    /// `client_name`, or the client id where it has none.
    pub name: String,
    /// A path on our own origin: the page's policy lets no image from elsewhere load. Without one the first letter of the
    /// name is shown.
    pub logo: Option<String>,
    /// `client_uri`, http or https.
    pub home: Option<String>,
    /// `policy_uri`, http or https.
    pub policy: Option<String>,
    /// `tos_uri`, http or https.
    pub terms: Option<String>,
    /// Does anybody here vouch for it?
    pub vetting: Vetting,
}

/// An app among others.
#[derive(Debug, Clone)]
pub struct AppMark {
    /// What people call it.
    pub name: String,
    /// The path of its logo here.
    pub logo: Option<String>,
}

impl AppMark {
    /// Shown in place of a logo.
    pub fn initial(&self) -> String {
        initial(&self.name)
    }
}

/// Whether anybody here knows who is behind an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Vetting {
    /// An administrator registered it.
    #[default]
    ByAdministrator,
    /// It registered itself.
    Nobody,
}

impl AppFacts {
    /// Shown in place of a logo.
    pub fn initial(&self) -> String {
        initial(&self.name)
    }
}

/// The first letter of a name in upper case; empty for an empty name.
pub(super) fn initial(name: &str) -> String {
    name.trim().chars().next().map(|first| first.to_uppercase().to_string()).unwrap_or_default()
}

/// Why the person is asked to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInPurpose {
    /// There is no session, or it is over.
    Ordinary,
    /// There is one, and the request wants a fresh authentication (`prompt=login`, `max_age`).
    Again,
    /// To enter the console.
    Console,
}

/// The box "Keep me signed in".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remember {
    /// There, and empty.
    Offered,
    /// There, and ticked.
    Chosen,
    /// Not there.
    Absent,
}

/// Whether others are signed in in this browser. The page names nobody before somebody asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// There are: they can be chosen from.
    Others,
    /// There are none.
    Nobody,
}

/// Username and password. POST `/sign-in` with `interaction`, `csrf`, `username`, `password`, `remember` (`on` or absent).
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `interaction`.
    pub interaction: String,
    /// The client that asked, if one did.
    pub app: Option<AppFacts>,
    /// Put into the field; empty for none.
    pub username: String,
    /// Decides heading and explanation.
    pub purpose: SignInPurpose,
    /// Why the form came back.
    pub alert: Option<String>,
    /// Whether the box is there and ticked.
    pub remember: Remember,
    /// The challenge to passkeys, where there can be any.
    pub passkey: Option<PasskeyForm>,
    /// Why the person has to sign in, where a session of theirs ended here.
    pub notice: Option<String>,
    /// Whether others are signed in in this browser, who can be chosen: POST `/select` with `account` = `all`.
    pub here: Here,
    /// The other providers to sign in by.
    pub upstreams: Vec<UpstreamButton>,
    /// Whether a forgotten password can be helped: POST `/forgot` with `csrf`, `interaction`.
    pub forgot: Offer,
    /// Whether an account can be made: POST `/sign-up` with `csrf`, `interaction`.
    pub sign_up: Offer,
}

impl SignIn {
    fn heading(&self) -> String {
        match self.purpose {
            SignInPurpose::Ordinary => self.text.say("sign-in-heading"),
            SignInPurpose::Again => self.text.say("sign-in-heading-again"),
            SignInPurpose::Console => self.text.say("sign-in-heading-console"),
        }
    }

    fn explanation(&self) -> Option<String> {
        match (self.purpose, &self.app) {
            (SignInPurpose::Ordinary, Some(app)) => Some(self.text.with("sign-in-to-continue", &[("app", &app.name)])),
            (SignInPurpose::Again, Some(app)) => Some(self.text.with("sign-in-again-for", &[("app", &app.name)])),
            (SignInPurpose::Again, None) => Some(self.text.say("sign-in-again")),
            (SignInPurpose::Console, _) => Some(self.text.say("sign-in-console")),
            (SignInPurpose::Ordinary, None) => None,
        }
    }

    fn password_described_by(&self) -> &'static str {
        self.alert.as_ref().map_or("", |_| "alert")
    }

    fn password_focus(&self) -> &'static str {
        password_focus(&self.username)
    }

    /// Passkeys are offered by the browser where the name is typed.
    fn username_autocomplete(&self) -> &'static str {
        if self.passkey.is_some() { "username webauthn" } else { "username" }
    }
}

/// Who comes with a username has only the password left to type.
fn password_focus(username: &str) -> &'static str {
    if username.is_empty() { "" } else { "autofocus" }
}

/// Which codes will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeField {
    /// That of an authenticator app.
    App,
    /// That, or a recovery code.
    AppOrRecovery,
    /// A recovery code alone.
    Recovery,
    /// None: there is no field.
    Absent,
}

/// Whether the page warns before the session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// It does: the person is signed in.
    On,
    /// There is no session yet.
    Off,
}

/// A second factor. POST `/sign-in/code` with `interaction`, `csrf`, `code`; or `/sign-in/passkey` ([`PasskeyForm`]).
#[derive(Debug, Clone, Template)]
#[template(path = "second_factor.html")]
pub struct SecondFactor {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `interaction`.
    pub interaction: String,
    /// The client that asked, if one did.
    pub app: Option<AppFacts>,
    /// Whose.
    pub username: String,
    /// Which codes will do.
    pub code: CodeField,
    /// The challenge to a passkey, where one will do.
    pub passkey: Option<PasskeyForm>,
    /// Whether there is a session to warn of.
    pub watch: Watch,
    /// Why the form came back.
    pub alert: Option<String>,
}

/// An unusual sign-in: a code was mailed. POST `/sign-in/code` with `interaction`, `csrf`, and `code` or `again`.
#[derive(Debug, Clone, Template)]
#[template(path = "mailed_code.html")]
pub struct MailedCode {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `interaction`.
    pub interaction: String,
    /// The client that asked, if one did.
    pub app: Option<AppFacts>,
    /// The beginning and the end of the address.
    pub to: String,
    /// Why the form came back.
    pub alert: Option<String>,
}

impl MailedCode {
    fn code_described_by(&self) -> &'static str {
        if self.alert.is_some() { "alert code-hint" } else { "code-hint" }
    }
}

impl SecondFactor {
    fn back(&self) -> String {
        interaction(&self.interaction)
    }

    fn code_described_by(&self) -> &'static str {
        if self.alert.is_some() { "alert code-hint" } else { "code-hint" }
    }

    fn code_label(&self) -> String {
        match self.code {
            CodeField::Recovery => self.text.say("field-recovery-code"),
            _ => self.text.say("field-code"),
        }
    }

    fn code_hint(&self) -> String {
        match self.code {
            CodeField::App | CodeField::Absent => self.text.say("field-code-hint"),
            CodeField::AppOrRecovery => {
                format!("{} {}", self.text.say("field-code-hint"), self.text.say("field-code-recovery"))
            }
            CodeField::Recovery => self.text.say("field-recovery-code-hint"),
        }
    }

    /// What the person does next, in one sentence.
    fn explanation(&self) -> String {
        let (text, person) = (self.text, [("person", self.username.as_str())]);
        match (self.code, &self.passkey) {
            (CodeField::App | CodeField::AppOrRecovery, None) => text.with("second-factor-explanation", &person),
            (_, Some(_)) => text.with("second-factor-passkey", &person),
            _ => text.with("second-factor-recovery", &person),
        }
    }

    /// Who has a code to type begins there; who has a passkey, at its button.
    fn code_focus(&self) -> &'static str {
        if self.passkey.is_none() { "autofocus" } else { "" }
    }
}

/// An account of this browser, on [`Select`].
#[derive(Debug, Clone)]
pub struct AccountChoice {
    /// Comes back as the field `account`; opaque to the browser.
    pub handle: String,
    /// The display name.
    pub name: String,
    /// The username.
    pub username: String,
}

impl AccountChoice {
    pub(super) fn initial(&self) -> String {
        initial(&self.name)
    }
}

/// Which account to go on with. POST `/select` with `interaction`, `csrf`, `account` (a handle, or empty for another one).
#[derive(Debug, Clone, Template)]
#[template(path = "select.html")]
pub struct Select {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `interaction`.
    pub interaction: String,
    /// The client that asked, if one did.
    pub app: Option<AppFacts>,
    /// One button each.
    pub accounts: Vec<AccountChoice>,
    /// Whether there is a session to warn of.
    pub watch: Watch,
}

impl Select {
    fn back(&self) -> String {
        interaction(&self.interaction)
    }
}

/// One thing a client asks for, on [`Consent`].
#[derive(Debug, Clone)]
pub struct ScopeLine {
    /// "Your name and picture".
    pub title: String,
    /// What that means; may be empty.
    pub detail: String,
}

/// Whether the client asks for access that outlives the session (OpenID Connect Core 1.0, section 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offline {
    /// `offline_access` is asked for and may be granted.
    Asked,
    /// It is not.
    NotAsked,
}

/// May this client have that? POST `/consent` with `interaction`, `csrf`, `decision` (`allow` or `deny`).
#[derive(Debug, Clone, Template)]
#[template(path = "consent.html")]
pub struct Consent {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `interaction`.
    pub interaction: String,
    /// The hidden field `person`: the session of the person who is asked.
    pub session: String,
    /// The client that asks.
    pub app: AppFacts,
    /// Who is signed in: name, or username.
    pub person: String,
    /// What is asked for, apart from offline access.
    pub scopes: Vec<ScopeLine>,
    /// Whether offline access is asked for.
    pub offline: Offline,
    /// Host of the redirect URI, or its scheme where that is a private one.
    pub destination: String,
}

impl Consent {
    fn back(&self) -> String {
        interaction(&self.interaction)
    }
}

/// Where an interaction goes on, whatever became of the session meanwhile.
pub(super) fn interaction(handle: &str) -> String {
    format!("/interaction/{handle}")
}

/// The first administrator. POST `/setup` with `csrf`, `token`, `username`, `password`.
#[derive(Debug, Clone, Template)]
#[template(path = "setup.html")]
pub struct Setup {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `token`: the secret of the one-time link.
    pub token: String,
    /// Put into the field; empty for none.
    pub username: String,
    /// Why the form came back.
    pub alert: Option<String>,
    /// Characters a password needs at least.
    pub minimum: usize,
}

impl Setup {
    fn password_described_by(&self) -> &'static str {
        match self.alert {
            Some(_) => "alert password-hint",
            None => "password-hint",
        }
    }

    fn password_focus(&self) -> &'static str {
        password_focus(&self.username)
    }
}

/// The setup link was used, or its hour is over, or an administrator exists.
#[derive(Debug, Clone, Template)]
#[template(path = "setup_gone.html")]
pub struct SetupGone {
    /// The language of the page.
    pub text: Text,
}
