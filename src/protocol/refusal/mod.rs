//! Why requests of apps are refused: every reason there is, each with the rule it rests on and what would be right.
//!
//! A reason can be made in the tables of this directory alone, and no row of theirs goes without a rule and a remedy. So no
//! refusal can be added that is not explained: [`OAuthError`](crate::protocol::error::OAuthError) is made of one of these.
//! The texts are ours, and fit for an `error_description` as they are.

/// A table: `NAME: Code, Rule, "what every client is told" / "what was wrong, where that is less than the truth", "what would
/// be right";`
macro_rules! reasons {
    (@wrong $said:literal) => { $said };
    (@wrong $said:literal $wrong:literal) => { $wrong };
    ($($name:ident: $code:ident, $rule:ident, $said:literal $(/ $wrong:literal)?, $right:literal;)+) => {
        $(
            #[doc = $said]
            pub const $name: &crate::protocol::refusal::Reason = &crate::protocol::refusal::Reason {
                name: stringify!($name),
                code: crate::protocol::error::Code::$code,
                rule: crate::protocol::refusal::Rule::$rule,
                said: $said,
                wrong: reasons!(@wrong $said $($wrong)?),
                right: $right,
            };
        )+
        pub(super) const ALL: &[&crate::protocol::refusal::Reason] = &[$($name),+];
    };
}

pub mod authorize;
pub mod client;
pub mod object;
pub mod person;
pub mod proof;
pub mod register;
mod rule;
pub mod sign_out;
pub mod token;
pub mod transport;

pub use rule::Rule;

use crate::protocol::error::Code;
use std::fmt::Write as _;

/// Why a request is refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Reason {
    name: &'static str,
    code: Code,
    rule: Rule,
    said: &'static str,
    wrong: &'static str,
    right: &'static str,
}

impl Reason {
    /// All of them.
    pub fn all() -> impl Iterator<Item = &'static Reason> {
        let tables = [
            authorize::ALL,
            client::ALL,
            object::ALL,
            person::ALL,
            proof::ALL,
            register::ALL,
            sign_out::ALL,
            token::ALL,
            transport::ALL,
        ];
        tables.into_iter().flatten().copied()
    }

    /// What it is called in our sources.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The registered code.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What every client is told.
    pub fn said(&self) -> &'static str {
        self.said
    }

    /// What was wrong. More than is said where that would tell strangers something.
    pub fn wrong(&self) -> &'static str {
        self.wrong
    }

    /// The rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// What would be right.
    pub fn right(&self) -> &'static str {
        self.right
    }
}

/// Characters of a value that are shown.
const LONGEST: usize = 300;

/// A value of a request or of a record as it may stand in a log and in an `error_description` (RFC 6749, section 5.2): what
/// else is in it is escaped, and a long one is cut.
pub fn shown(value: &str) -> String {
    let mut text = String::new();
    for c in value.chars() {
        if text.len() > LONGEST {
            text.push_str("...");
            break;
        }
        if fits(c) {
            text.push(c);
        } else {
            let mut bytes = [0; 4];
            for byte in c.encode_utf8(&mut bytes).bytes() {
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

/// May it stand in an `error_description`?
pub fn fits(c: char) -> bool {
    matches!(c, ' '..='~') && !matches!(c, '"' | '\\')
}

/// Names of parameters: of others a request may have any, and any text in them.
const PARAMETERS: [&str; 44] = [
    "access_token",
    "acr_values",
    "claims",
    "claims_locales",
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "device_code",
    "display",
    "dpop_jkt",
    "grant_type",
    "id_token_hint",
    "login_hint",
    "logout_hint",
    "max_age",
    "nonce",
    "password",
    "post_logout_redirect_uri",
    "prompt",
    "redirect_uri",
    "refresh_token",
    "registration",
    "request",
    "request_uri",
    "resource",
    "response_mode",
    "response_type",
    "scope",
    "sid",
    "state",
    "target_link_uri",
    "token",
    "token_type_hint",
    "ui_locales",
    "user_code",
    "username",
    "iss",
    "audience",
    "subject_token",
];

/// Is it the name of a parameter that a specification has?
pub fn is_known(name: &str) -> bool {
    PARAMETERS.contains(&name)
}

/// A parameter by its name, where it is one that anybody knows: the name of another is a text of the request.
pub fn parameter(name: &str) -> &'static str {
    PARAMETERS.iter().find(|known| **known == name).copied().unwrap_or("one that is not known here")
}

#[cfg(test)]
mod tests;
