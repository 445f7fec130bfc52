//! The device authorization grant: its words (RFC 8628).

use crate::protocol::authorize::{MAX_RESOURCE, MAX_SCOPE};
use crate::protocol::error::OAuthError;
use crate::protocol::params::Params;
use crate::protocol::refusal::{authorize, parameter, token as why};
use crate::protocol::scope::ScopeSet;
use serde::Serialize;

/// What a device asks for (section 3.1). Who asks is said by its authentication.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DeviceAuthorizationRequest {
    /// The scope.
    pub scope: ScopeSet,
    /// The resources the access token is for (RFC 8707).
    pub resource: Vec<String>,
}

impl DeviceAuthorizationRequest {
    /// Reads the request.
    ///
    /// # Errors
    /// `invalid_request` or `invalid_scope`.
    pub fn parse(params: &Params) -> Result<DeviceAuthorizationRequest, OAuthError> {
        if let Some((name, _)) = params.first_spoiled() {
            return Err(OAuthError::of(why::SPOILED).sent(parameter(name)));
        }
        let scope = params.get("scope").unwrap_or_default();
        let scope = ScopeSet::parse(scope).map_err(|_| OAuthError::of(why::SCOPE_CHARACTER).sent(scope))?;
        let resource = params.all("resource");
        let long = resource.iter().map(String::len).sum::<usize>() > MAX_RESOURCE
            || params.get("scope").map_or(0, str::len) > MAX_SCOPE;
        if long {
            return Err(authorize::RESOURCE_TOO_LONG.into());
        }
        Ok(DeviceAuthorizationRequest { scope, resource })
    }
}

/// What a device gets (section 3.2).
#[derive(Debug, Clone, Serialize)]
pub struct DeviceAuthorizationResponse {
    /// What it asks with.
    pub device_code: String,
    /// What the person enters.
    pub user_code: String,
    /// Where they enter it.
    pub verification_uri: String,
    /// The same with the code in it, for a QR code.
    pub verification_uri_complete: String,
    /// Seconds until both codes are over.
    pub expires_in: u64,
    /// Seconds between two questions.
    pub interval: u64,
}

/// The letters of user codes: no vowels, so that no words come of them, and none that looks like another (section 6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
/// 20 to the 8th: 34 bits, for codes that live for minutes and are guessed at slowly.
const LENGTH: usize = 8;

/// A user code as it is compared: eight capital letters.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct UserCode(String);

impl UserCode {
    /// Makes one of random bytes; none where there are too few. Bytes that would make some letters likelier are left out.
    pub fn of(random: &[u8]) -> Option<UserCode> {
        let even = u8::try_from(256 / LETTERS.len() * LETTERS.len()).unwrap_or(u8::MAX);
        let letters =
            random.iter().filter(|byte| **byte < even).map(|byte| LETTERS[usize::from(*byte) % LETTERS.len()]);
        let code: String = letters.take(LENGTH).map(char::from).collect();
        (code.len() == LENGTH).then_some(UserCode(code))
    }

    /// Reads what a person typed: case, and what stands between the letters, are theirs to choose (section 6.1). A keyboard that
    /// makes long dashes of short ones is no reason to begin again; a letter or a digit that no code has is a mistake to be told.
    pub fn parse(typed: &str) -> Option<UserCode> {
        if typed.len() > 64 {
            return None;
        }
        let code: String = typed.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect();
        let good = code.len() == LENGTH && code.bytes().all(|byte| LETTERS.contains(&byte));
        good.then_some(UserCode(code))
    }

    /// As it is compared.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As people read it: `WDJB-MJHT`.
    pub fn shown(&self) -> String {
        let (one, other) = self.0.split_at(LENGTH / 2);
        format!("{one}-{other}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_code_is_read_as_people_type_it() {
        for typed in [
            "WDJB-MJHT",
            "wdjbmjht",
            " wdjb mjht ",
            "WDJB\u{a0}MJHT",
            "W-D-J-B-M-J-H-T",
            "WDJB_MJHT",
            "WDJB.MJHT",
            "WDJB\u{2013}MJHT",
            "(WDJB \u{2022} MJHT)",
        ] {
            assert_eq!(UserCode::parse(typed).map(|code| code.shown()).as_deref(), Some("WDJB-MJHT"), "{typed:?}");
        }
        for typed in ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "1DJB-MJHT", "\u{416}DJB-MJHT", &"W".repeat(65)] {
            assert_eq!(UserCode::parse(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn every_letter_is_as_likely_as_any_other() {
        let all: Vec<u8> = (0..=255).collect();
        let mut counts = std::collections::BTreeMap::new();
        for byte in &all {
            if let Some(code) = UserCode::of(&[*byte; LENGTH]) {
                *counts.entry(code.shown()).or_insert(0) += 1;
            }
        }
        assert_eq!((counts.len(), counts.values().min(), counts.values().max()), (20, Some(&12), Some(&12)));
        assert_eq!(UserCode::of(&[255; 64]), None);
        assert_eq!(UserCode::of(&[0; 7]), None);
    }
}
