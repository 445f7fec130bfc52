//! Pages for devices that have no browser of their own.

use super::{AppFacts, Offline, ScopeLine};
use crate::text::Text;
use askama::Template;

/// Somebody enters the code that their device shows. POST `/device` with `csrf`, `user_code`.
#[derive(Debug, Clone, Template)]
#[template(path = "enter_code.html")]
pub struct EnterCode {
    /// The language of the page.
    pub text: Text,
    /// The hidden token.
    pub csrf: String,
    /// What is filled in.
    pub code: String,
    /// What went wrong.
    pub alert: Option<String>,
}

impl EnterCode {
    fn described_by(&self) -> &'static str {
        if self.alert.is_some() { "alert user-code-hint" } else { "user-code-hint" }
    }
}

/// Is a device where the person is, as far as networks tell?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the same network.
    Here,
    /// In another, or nobody knows.
    Elsewhere,
}

/// May this device act for the person? POST `/consent` as on [`super::Consent`].
#[derive(Debug, Clone, Template)]
#[template(path = "allow_device.html")]
pub struct AllowDevice {
    /// The language of the page.
    pub text: Text,
    /// The hidden token.
    pub csrf: String,
    /// The interaction.
    pub interaction: String,
    /// The app on the device.
    pub app: AppFacts,
    /// What the form calls the session of the person who is asked.
    pub session: String,
    /// Who is asked.
    pub person: String,
    /// For what.
    pub scopes: Vec<ScopeLine>,
    /// And for ever?
    pub offline: Offline,
    /// The code, as the device shows it.
    pub code: String,
    /// What the device says of itself.
    pub device: String,
    /// Its address.
    pub address: String,
    /// When it asked, in Unix seconds.
    pub asked_at: i64,
    /// Where it is.
    pub place: Place,
}

impl AllowDevice {
    fn back(&self) -> String {
        super::entrance::interaction(&self.interaction)
    }
}
