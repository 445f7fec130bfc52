//! Pages around mails: asking for one, and what its link leads to.

use askama::Template;

use super::Explained;
use crate::text::Text;

/// Whether a page offers something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// It does.
    Shown,
    /// It does not.
    Absent,
}

/// Asking for a new password. POST `/forgot/send` with `csrf`, `interaction`, `username`.
#[derive(Debug, Clone, Template)]
#[template(path = "forgot.html")]
pub struct Forgot {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `interaction`; may be empty.
    pub interaction: String,
    /// Put into the field; empty for none.
    pub username: String,
    /// Why the form came back.
    pub alert: Option<String>,
}

/// What sort of word a page says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It went well.
    Good,
    /// Something is in the way.
    Warning,
}

/// A word, and nothing to fill in.
#[derive(Debug, Clone, Template)]
#[template(path = "told.html")]
pub struct Told {
    /// The language of the page.
    pub text: Text,
    /// What sort of word.
    pub tone: Tone,
    /// The heading.
    pub heading: String,
    /// The word.
    pub lead: String,
    /// What else there is to know.
    pub more: Option<String>,
    /// A link and what stands on it.
    pub action: Option<(&'static str, String)>,
    /// What was wrong with an app's request, for whoever develops it.
    pub explained: Option<Explained>,
}

/// A new password. POST `/reset` with `csrf`, `token`, `password`.
#[derive(Debug, Clone, Template)]
#[template(path = "reset.html")]
pub struct NewPassword {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `token`.
    pub token: String,
    /// Whose; for password keepers, too.
    pub username: String,
    /// Characters a password needs at least.
    pub minimum: usize,
    /// Why the form came back.
    pub alert: Option<String>,
}

impl NewPassword {
    fn described_by(&self) -> &'static str {
        if self.alert.is_some() { "alert password-hint" } else { "password-hint" }
    }
}

/// Asking for an account. POST `/sign-up/send` with `csrf`, `interaction`, `email`; POST `/sign-in/again` with `csrf`,
/// `interaction` for whoever has one.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_up.html")]
pub struct SignUp {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `interaction`; may be empty.
    pub interaction: String,
    /// The name of the app that asked, if one did.
    pub app: Option<String>,
    /// Put into the field; empty for none.
    pub email: String,
    /// Why the form came back.
    pub alert: Option<String>,
}

/// A new account. POST `action` with `csrf`, `token`, `name`, `password`, and `username` where it is to be chosen.
#[derive(Debug, Clone, Template)]
#[template(path = "new_account.html")]
pub struct FreshAccount {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// Where the form goes.
    pub action: &'static str,
    /// The hidden field `token`.
    pub token: String,
    /// The address that the link proves.
    pub email: String,
    /// The field `username`, where it is to be chosen.
    pub username: Option<String>,
    /// The field `name`.
    pub name: String,
    /// Characters a password needs at least.
    pub minimum: usize,
    /// Why the form came back.
    pub alert: Option<String>,
}

impl FreshAccount {
    fn described_by(&self) -> &'static str {
        if self.alert.is_some() { "alert password-hint" } else { "password-hint" }
    }
}

/// The mail address of an account. POST `/account/email` with `csrf`, `email`.
#[derive(Debug, Clone, Template)]
#[template(path = "email.html")]
pub struct Email {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// The address the account has.
    pub current: Option<String>,
    /// Whether it is proved.
    pub proved: Offer,
    /// The field `email`.
    pub email: String,
    /// Why the form came back.
    pub alert: Option<String>,
    /// What has just been done.
    pub notice: Option<String>,
}

/// A mail address is to be confirmed. POST `/account/email/confirm` with `csrf`, `token`.
#[derive(Debug, Clone, Template)]
#[template(path = "email_confirm.html")]
pub struct EmailConfirm {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `token`.
    pub token: String,
    /// The address.
    pub email: String,
    /// Whose account gets it.
    pub username: String,
}

/// An invitation, on [`AdminInvitations`].
#[derive(Debug, Clone)]
pub struct InvitationLine {
    /// Comes back as the field `invitation`.
    pub id: String,
    /// To whom.
    pub email: String,
    /// Their name; may be empty.
    pub name: String,
    /// Role names.
    pub roles: Vec<String>,
    /// Group names.
    pub groups: Vec<String>,
    /// Since when, in Unix seconds.
    pub made: i64,
    /// Until when, in Unix seconds.
    pub until: i64,
}

/// Invitations. POST `/admin/invitations` with `csrf`, `email`, `name`, `roles`, `groups`, `admin` (`on` or
/// absent); POST `/admin/invitations/revoke` with `csrf`, `invitation`.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/invitations.html")]
pub struct AdminInvitations {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// Who is signed in to the console.
    pub person: String,
    /// Whether there is mail to send them.
    pub mail: Offer,
    /// Those that stand.
    pub invitations: Vec<InvitationLine>,
    /// The field `email`.
    pub email: String,
    /// The field `name`.
    pub name: String,
    /// The field `roles`: words separated by commas.
    pub roles: String,
    /// The field `groups`: words separated by commas.
    pub groups: String,
    /// Why the form came back.
    pub alert: Option<String>,
    /// What has just been done.
    pub notice: Option<String>,
}
