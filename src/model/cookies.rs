//! The two optional cookies: which of them an installation has.

use serde::Serialize;

/// Is an optional thing there?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// Nothing of it is.
    #[default]
    Off,
    /// It is.
    On,
}

/// `[cookies]`. Both are sent from frames of other sites, and both are off unless somebody asks for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct OptionalCookies {
    /// A second secret of every session, good for authorization requests with `prompt=none` alone.
    pub silent: Switch,
    /// What the frame of OpenID Connect Session Management 1.0 compares.
    pub state: Switch,
}
