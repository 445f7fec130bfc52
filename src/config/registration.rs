//! `[registration]`: whether apps may register themselves.

use super::{DAY, limit};
use crate::crypto::secret::digest;
use crate::model::cookies::Switch;
use crate::model::id::SecretDigest;
use crate::model::registration::Terms;
use crate::protocol::duration::Limit;
use anyhow::{Context, anyhow};
use serde::{Serialize, Serializer};
use std::path::PathBuf;
use zeroize::Zeroizing;

/// `[registration]`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Registration {
    /// Whether anybody may register an app.
    pub open: Switch,
    /// The tokens that let whoever has one register apps.
    pub initial_access_token: AccessTokens,
    /// The file that holds them, one on a line, where they are not in the settings.
    pub initial_access_token_file: Option<PathBuf>,
    /// Whether apps that register may have the flows that certification needs, and no others should.
    pub certification: Switch,
    /// For how long a registration is kept that nobody signs in with.
    pub unused: Limit,
}

impl Default for Registration {
    fn default() -> Registration {
        Registration {
            open: Switch::Off,
            initial_access_token: AccessTokens::default(),
            initial_access_token_file: None,
            certification: Switch::Off,
            unused: limit(90 * DAY),
        }
    }
}

impl Registration {
    /// What strangers may do.
    ///
    /// # Errors
    /// The file of tokens cannot be read, or holds something else.
    pub fn terms(&self) -> anyhow::Result<Terms> {
        let mut tokens = self.initial_access_token.0.clone();
        if let Some(path) = &self.initial_access_token_file {
            let read = std::fs::read_to_string(path).map(Zeroizing::new);
            let name = path.display();
            let text =
                read.with_context(|| format!("registration.initial_access_token_file: {name} cannot be read"))?;
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
                let wrong = |reason| anyhow!("registration.initial_access_token_file: {name}: a line {reason}");
                tokens.push(recognised(line).map_err(wrong)?);
            }
        }
        Ok(Terms { open: self.open, tokens, certification: self.certification, unused: self.unused })
    }

    /// Is there a door at all?
    pub(super) fn is_offered(&self) -> bool {
        let by_token = !self.initial_access_token.0.is_empty() || self.initial_access_token_file.is_some();
        self.open == Switch::On || by_token
    }
}

/// Access tokens, as far as they have to be recognised: they themselves are not kept.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AccessTokens(Vec<SecretDigest>);

impl AccessTokens {
    /// Takes them over; what is wrong with one is said without repeating it.
    pub(super) fn read(entries: &[String]) -> Result<AccessTokens, String> {
        entries.iter().map(|entry| recognised(entry)).collect::<Result<_, _>>().map(AccessTokens)
    }

    /// As many marks as there are tokens.
    pub(super) fn marks(&self) -> Vec<&'static str> {
        vec!["…"; self.0.len()]
    }
}

impl Serialize for AccessTokens {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.marks())
    }
}

/// By its digest a token is recognised, if it is too long to be guessed and can stand in a header (RFC 6750, section 2.1).
fn recognised(token: &str) -> Result<SecretDigest, String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    if token.len() < 32 || !token.bytes().all(fits) {
        return Err("is no token; write 32 letters and digits or more, as `openssl rand -base64 32` prints them".into());
    }
    Ok(digest(token))
}
