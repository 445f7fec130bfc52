//! The token request and its answer (RFC 6749, sections 4.1.3, 5 and 6; OpenID Connect Core, 3.1.3).

use crate::protocol::claims::Confirmation;
use crate::protocol::error::OAuthError;
use crate::protocol::params::{Params, Spoiled};
use crate::protocol::pkce::CodeVerifier;
use crate::protocol::refusal::{parameter, token as why};
use crate::protocol::scope::ScopeSet;
use serde::Serialize;
use zeroize::Zeroizing;

/// A well-formed token request, one variant a grant type.
pub enum TokenRequest {
    /// A code is redeemed.
    AuthorizationCode {
        /// The code.
        code: String,
        /// The redirect URI of the authorization request.
        redirect_uri: Option<String>,
        /// The PKCE verifier; the inner `None` of a malformed one never matches a challenge.
        verifier: Option<CodeVerifier>,
        /// Resources to narrow the access token to (RFC 8707, 2.2).
        resource: Vec<String>,
    },
    /// A grant is renewed.
    RefreshToken {
        /// The refresh token.
        token: Zeroizing<String>,
        /// A narrower scope, if one is wished.
        scope: Option<ScopeSet>,
        /// Resources to narrow the access token to.
        resource: Vec<String>,
    },
    /// A device asks whether the person has answered (RFC 8628, 3.4).
    DeviceCode {
        /// Its code.
        device_code: Zeroizing<String>,
        /// Resources to narrow the access token to.
        resource: Vec<String>,
    },
    /// A client acts for itself (RFC 6749, 4.4).
    ClientCredentials {
        /// The scope, if one is wished.
        scope: Option<ScopeSet>,
        /// Resources the access token is for.
        resource: Vec<String>,
    },
}

/// The grant types we know (`grant_types` of client metadata).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// RFC 6749, 4.1.
    AuthorizationCode,
    /// RFC 6749, 6.
    RefreshToken,
    /// RFC 6749, 4.2: tokens from the authorization endpoint. None of the token endpoint.
    Implicit,
    /// RFC 6749, 4.4.
    ClientCredentials,
    /// RFC 8628.
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
}

impl GrantType {
    /// Those of the token endpoint.
    pub const AT_THE_TOKEN_ENDPOINT: [GrantType; 4] =
        [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials, GrantType::DeviceCode];

    /// All of them, by name.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::AT_THE_TOKEN_ENDPOINT.into_iter().chain([GrantType::Implicit]).map(GrantType::name)
    }

    /// The one of the token endpoint with this registered name.
    pub fn asked(name: &str) -> Option<GrantType> {
        Self::AT_THE_TOKEN_ENDPOINT.into_iter().find(|grant_type| grant_type.name() == name)
    }

    /// Its registered name.
    pub fn name(self) -> &'static str {
        match self {
            GrantType::AuthorizationCode => "authorization_code",
            GrantType::RefreshToken => "refresh_token",
            GrantType::Implicit => "implicit",
            GrantType::ClientCredentials => "client_credentials",
            GrantType::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
        }
    }
}

impl TokenRequest {
    /// Reads the request.
    ///
    /// # Errors
    /// `invalid_request`, `unsupported_grant_type` or `invalid_scope`.
    pub fn parse(params: &Params) -> Result<TokenRequest, OAuthError> {
        if let Some((name, how)) = params.first_spoiled() {
            let reason = match how {
                Spoiled::Repeated => why::REPEATED,
                Spoiled::Malformed => why::MALFORMED,
            };
            return Err(OAuthError::of(reason).sent(parameter(name)));
        }
        let resource = params.all("resource");
        let sent = params.get("grant_type").ok_or(why::GRANT_TYPE_MISSING)?;
        match GrantType::asked(sent) {
            Some(GrantType::AuthorizationCode) => Ok(TokenRequest::AuthorizationCode {
                code: params.get("code").ok_or(why::CODE_MISSING)?.to_owned(),
                redirect_uri: params.get("redirect_uri").map(str::to_owned),
                verifier: match params.get("code_verifier") {
                    None => None,
                    Some(text) => Some(CodeVerifier::parse(text).ok_or(why::VERIFIER_MALFORMED)?),
                },
                resource,
            }),
            Some(GrantType::RefreshToken) => Ok(TokenRequest::RefreshToken {
                token: Zeroizing::new(params.get("refresh_token").ok_or(why::REFRESH_MISSING)?.to_owned()),
                scope: scope(params)?,
                resource,
            }),
            Some(GrantType::DeviceCode) => Ok(TokenRequest::DeviceCode {
                device_code: Zeroizing::new(params.get("device_code").ok_or(why::DEVICE_CODE_MISSING)?.to_owned()),
                resource,
            }),
            Some(GrantType::ClientCredentials) => {
                Ok(TokenRequest::ClientCredentials { scope: scope(params)?, resource })
            }
            Some(GrantType::Implicit) | None => {
                let known = GrantType::AT_THE_TOKEN_ENDPOINT.map(GrantType::name);
                Err(OAuthError::of(why::GRANT_TYPE_UNKNOWN).sent(sent).in_place("The server", known))
            }
        }
    }

    /// Which grant type it is.
    pub fn grant_type(&self) -> GrantType {
        match self {
            TokenRequest::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            TokenRequest::RefreshToken { .. } => GrantType::RefreshToken,
            TokenRequest::DeviceCode { .. } => GrantType::DeviceCode,
            TokenRequest::ClientCredentials { .. } => GrantType::ClientCredentials,
        }
    }
}

fn scope(params: &Params) -> Result<Option<ScopeSet>, OAuthError> {
    let Some(text) = params.get("scope") else { return Ok(None) };
    match ScopeSet::parse(text) {
        // Spaces alone are none (RFC 6749, section 3.3).
        Ok(scope) => Ok(Some(scope).filter(|scope| !scope.is_empty())),
        Err(_) => Err(OAuthError::of(why::SCOPE_CHARACTER).sent(text)),
    }
}

/// How an access token is presented: by whoever bears it, or with a proof that its key is at hand (RFC 9449, section 5).
pub fn token_type(bound: Option<&Confirmation>) -> &'static str {
    if bound.is_some() { "DPoP" } else { "Bearer" }
}

/// A successful answer (RFC 6749, 5.1; OpenID Connect Core, 3.1.3.3).
#[derive(Debug, Clone, Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// `Bearer`, or `DPoP` where it is bound to a key.
    pub token_type: &'static str,
    /// Seconds the access token lives.
    pub expires_in: i64,
    /// The refresh token, where the client gets one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID token, where `openid` was granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// The scope granted; left out where there is none (RFC 6749, section 3.3: a scope has a word at least).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub scope: String,
}

#[cfg(test)]
mod tests {
    use super::GrantType;

    #[test]
    fn records_name_grant_types_as_requests_do() {
        for name in GrantType::names() {
            let read: GrantType = serde_json::from_value(name.into()).unwrap();
            assert_eq!((read.name(), serde_json::to_value(read).unwrap()), (name, name.into()));
        }
    }
}
