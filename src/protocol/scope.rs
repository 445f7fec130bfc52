//! Scopes (RFC 6749, section 3.3; OpenID Connect Core, sections 5.4 and 11).

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// A set of scope tokens.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScopeSet(BTreeSet<String>);

/// A scope with a character that section 3.3 forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope holds a character that RFC 6749, section 3.3 does not allow")]
pub struct MalformedScope;

/// Makes the request an OpenID Connect one.
pub const OPENID: &str = "openid";
/// Name and other facts of the profile.
pub const PROFILE: &str = "profile";
/// Mail address.
pub const EMAIL: &str = "email";
/// Postal address.
pub const ADDRESS: &str = "address";
/// Telephone number.
pub const PHONE: &str = "phone";
/// A grant that outlives the session.
pub const OFFLINE_ACCESS: &str = "offline_access";

/// The scopes that mean something to the provider itself.
pub const STANDARD: [&str; 6] = [OPENID, PROFILE, EMAIL, ADDRESS, PHONE, OFFLINE_ACCESS];

impl ScopeSet {
    /// The tokens of a space-separated list.
    ///
    /// # Errors
    /// A character outside `%x21 / %x23-5B / %x5D-7E`.
    pub fn parse(text: &str) -> Result<ScopeSet, MalformedScope> {
        let allowed = |b: u8| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        let tokens: BTreeSet<String> = text.split(' ').filter(|t| !t.is_empty()).map(str::to_owned).collect();
        if tokens.iter().all(|token| token.bytes().all(allowed)) { Ok(ScopeSet(tokens)) } else { Err(MalformedScope) }
    }

    /// Of tokens of ours.
    pub fn of<'a>(tokens: impl Iterator<Item = &'a str>) -> ScopeSet {
        ScopeSet(tokens.map(str::to_owned).collect())
    }

    /// Is this token in it?
    pub fn contains(&self, token: &str) -> bool {
        self.0.contains(token)
    }

    /// Is every token of the other in it?
    pub fn covers(&self, other: &ScopeSet) -> bool {
        other.0.is_subset(&self.0)
    }

    /// Nothing in it?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The tokens in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// The tokens for which `keep` says yes.
    pub fn filter(&self, keep: impl Fn(&str) -> bool) -> ScopeSet {
        ScopeSet(self.0.iter().filter(|token| keep(token)).cloned().collect())
    }

    /// The tokens of both.
    pub fn union(&self, other: &ScopeSet) -> ScopeSet {
        ScopeSet(self.0.union(&other.0).cloned().collect())
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, token) in self.0.iter().enumerate() {
            if place > 0 {
                f.write_str(" ")?;
            }
            f.write_str(token)?;
        }
        Ok(())
    }
}

impl TryFrom<String> for ScopeSet {
    type Error = MalformedScope;
    fn try_from(text: String) -> Result<ScopeSet, MalformedScope> {
        ScopeSet::parse(&text)
    }
}

impl From<ScopeSet> for String {
    fn from(scope: ScopeSet) -> String {
        scope.to_string()
    }
}
