//! What a plan is, and under which circumstances it has a module played.

use std::fmt;

/// A certification plan.
pub struct Plan {
    /// As the suite names it.
    pub name: &'static str,
    /// As the certification is called.
    pub profile: &'static str,
    pub entries: Vec<Entry>,
}

/// Modules that are played under each of these variants.
pub struct Entry {
    pub modules: Vec<&'static str>,
    pub variants: Vec<Variant>,
}

/// The circumstances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Variant {
    pub response_type: &'static str,
    pub response_mode: ResponseMode,
    pub auth: ClientAuth,
    pub registration: Registration,
}

/// How the answer is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ResponseMode {
    Default,
    FormPost,
}

/// How the client proves who it is at the token endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClientAuth {
    SecretBasic,
    SecretPost,
    SecretJwt,
    PrivateKeyJwt,
}

/// How it came to be a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Registration {
    Static,
    Dynamic,
}

impl Variant {
    /// Where the plan leaves a choice in registration, both are played.
    pub fn by_both(response_type: &'static str, response_mode: ResponseMode, auth: ClientAuth) -> [Variant; 2] {
        let of = |registration| Variant { response_type, response_mode, auth, registration };
        [of(Registration::Static), of(Registration::Dynamic)]
    }

    /// Does the response type have this word?
    pub fn includes(&self, word: &str) -> bool {
        self.response_type.split(' ').any(|own| own == word)
    }
}

impl ClientAuth {
    /// As metadata names it.
    pub fn name(self) -> &'static str {
        match self {
            ClientAuth::SecretBasic => "client_secret_basic",
            ClientAuth::SecretPost => "client_secret_post",
            ClientAuth::SecretJwt => "client_secret_jwt",
            ClientAuth::PrivateKeyJwt => "private_key_jwt",
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.response_mode {
            ResponseMode::Default => "default",
            ResponseMode::FormPost => "form_post",
        };
        let registration = match self.registration {
            Registration::Static => "static_client",
            Registration::Dynamic => "dynamic_client",
        };
        write!(f, "{}, {mode}, {}, {registration}", self.response_type, self.auth.name())
    }
}
