//! The console: people.
//!
//! Lists of the console come a page at a time: `next` is the cursor for the link to the following page (`?after=`), which keeps `query`.

use askama::Template;

use super::mail::Offer;
use crate::text::Text;

/// Whether an account may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// It may.
    Active,
    /// It is disabled.
    Disabled,
}

/// Whether an account signs in in two steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwoStep {
    /// It does.
    On,
    /// It does not.
    Off,
}

/// One account, on [`AdminUsers`].
#[derive(Debug, Clone)]
pub struct UserLine {
    /// Comes back as the field `user`.
    pub id: String,
    /// The username.
    pub username: String,
    /// The display name; may be empty.
    pub name: String,
    /// The mail address; may be empty.
    pub email: String,
    /// Role names.
    pub roles: Vec<String>,
    /// Whether it may sign in.
    pub state: AccountState,
    /// Whether it signs in in two steps.
    pub two_step: TwoStep,
    /// Whether it can be sent a link to a new password: POST `/admin/users/send-reset` with `user`.
    pub send_reset: Offer,
    /// When it was made, in Unix seconds.
    pub created: i64,
}

/// A box of a form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tick {
    /// Not ticked.
    #[default]
    Off,
    /// Ticked.
    On,
}

/// What the form for a new account is filled with; the password never comes back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewUser {
    /// The field `username`.
    pub username: String,
    /// The field `name`.
    pub name: String,
    /// The field `email`.
    pub email: String,
    /// The box `admin`.
    pub role_admin: Tick,
}

/// People. GET with `query`; POST `/admin/users` with `username`, `name`, `email`, `password`, `admin` (`on` or absent);
/// POST `/admin/users/disable`, `/admin/users/enable` and `/admin/users/reset-factors` with `user`.
#[derive(Debug, Clone, Template)]
#[template(path = "admin/users.html")]
pub struct AdminUsers {
    /// The language of the page.
    pub text: Text,
    /// The hidden field `csrf`.
    pub csrf: String,
    /// The hidden field `person`: whose page it is.
    pub whose: String,
    /// Who is signed in to the console.
    pub person: String,
    /// One page of accounts.
    pub users: Vec<UserLine>,
    /// What was searched for; empty for everything.
    pub query: String,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Why a form came back.
    pub alert: Option<String>,
    /// What has just been done.
    pub notice: Option<String>,
    /// The form for a new account.
    pub form: NewUser,
    /// Characters a password needs at least.
    pub minimum: usize,
}

impl AdminUsers {
    fn password_described_by(&self) -> &'static str {
        if self.form_was_refused() { "alert password-hint" } else { "password-hint" }
    }

    fn form_was_refused(&self) -> bool {
        self.alert.is_some() && self.form != NewUser::default()
    }
}
