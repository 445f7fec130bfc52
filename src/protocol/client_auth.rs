//! How a client shows who it is at the token endpoint (RFC 6749, section 2.3.1).

use crate::protocol::error::{Code, OAuthError};
use crate::protocol::params::Params;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The registered methods we know (`token_endpoint_auth_method`, RFC 7591, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// The secret in the `Authorization` header.
    #[default]
    ClientSecretBasic,
    /// The secret in the body.
    ClientSecretPost,
    /// A public client: no secret.
    None,
}

impl AuthMethod {
    /// The registered name.
    pub fn name(self) -> &'static str {
        match self {
            AuthMethod::ClientSecretBasic => "client_secret_basic",
            AuthMethod::ClientSecretPost => "client_secret_post",
            AuthMethod::None => "none",
        }
    }
}

/// What a request brought to show who sent it.
pub struct PresentedClient {
    /// The client it claims to come from.
    pub client_id: String,
    /// How.
    pub method: AuthMethod,
    /// The secret, where the method has one.
    pub secret: Option<Zeroizing<String>>,
}

/// Finds the one authentication in a request.
///
/// # Errors
/// `invalid_client` when there is none or it cannot be read, `invalid_request` when there are two (RFC 6749, 2.3).
pub fn presented(authorization: Option<&str>, params: &Params) -> Result<PresentedClient, OAuthError> {
    let unreadable = OAuthError::new(Code::InvalidClient, "the Authorization header cannot be read");
    let in_body = params.get("client_secret");
    if params.spoiled("client_id").is_some() || params.spoiled("client_secret").is_some() {
        // Whose request it is cannot be told from a parameter that came twice (RFC 6749, section 5.2).
        return Err(OAuthError::new(Code::InvalidRequest, "client_id or client_secret is repeated or malformed"));
    }
    match authorization {
        Some(_) if in_body.is_some() => {
            Err(OAuthError::new(Code::InvalidRequest, "two ways of client authentication at once"))
        }
        Some(header) => {
            let (client_id, secret) = basic(header).ok_or(unreadable)?;
            if params.get("client_id").is_some_and(|other| other != client_id) {
                return Err(OAuthError::new(Code::InvalidRequest, "client_id differs from the authenticated client"));
            }
            Ok(PresentedClient { client_id, method: AuthMethod::ClientSecretBasic, secret: Some(secret) })
        }
        None => {
            let Some(client_id) = params.get("client_id").map(str::to_owned) else {
                return Err(OAuthError::new(Code::InvalidClient, "client authentication is missing"));
            };
            let method = if in_body.is_some() { AuthMethod::ClientSecretPost } else { AuthMethod::None };
            let secret = in_body.map(|secret| Zeroizing::new(secret.to_owned()));
            Ok(PresentedClient { client_id, method, secret })
        }
    }
}

/// Takes `Basic base64(form(id):form(secret))` apart. Both halves are form-encoded before they are joined, which some
/// clients forget: a `+` is then ambiguous, and the specified reading (a space) is ours.
fn basic(header: &str) -> Option<(String, Zeroizing<String>)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = Zeroizing::new(String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?);
    let (id, secret) = pair.split_once(':')?;
    let plain = |text: &str| -> Option<String> {
        let spaced = text.replace('+', " ");
        let text = percent_decode_str(&spaced).decode_utf8().ok()?.into_owned();
        text.chars().all(|c| !c.is_control()).then_some(text)
    };
    Some((plain(id)?, Zeroizing::new(plain(secret)?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(header: Option<&str>, body: &str) -> Result<(String, AuthMethod, Option<String>), Code> {
        presented(header, &Params::parse(body.as_bytes()).unwrap())
            .map(|c| (c.client_id, c.method, c.secret.map(|s| s.to_string())))
            .map_err(|e| e.code)
    }

    #[test]
    fn one_method_exactly() {
        let basic = format!("Basic {}", STANDARD.encode("a%3Ab:s%2Bx+y"));
        let secret = Some("s+x y".to_owned());
        assert_eq!(run(Some(&basic), ""), Ok(("a:b".into(), AuthMethod::ClientSecretBasic, secret)));
        assert_eq!(run(Some(&basic), "client_secret=x"), Err(Code::InvalidRequest));
        assert_eq!(run(Some(&basic), "client_secret=x&client_secret=y"), Err(Code::InvalidRequest));
        assert_eq!(run(Some(&basic), "client_id=other"), Err(Code::InvalidRequest));
        assert_eq!(run(None, "client_id=a&client_secret=x").unwrap().1, AuthMethod::ClientSecretPost);
        assert_eq!(run(None, "client_id=a").unwrap().1, AuthMethod::None);
        assert_eq!(run(None, ""), Err(Code::InvalidClient));
        for bad in ["Basic", "Basic %%%", "Bearer x", "Basic YQ==", "Basic gIA6gIA=", "Basic YQA6Yg=="] {
            assert_eq!(run(Some(bad), ""), Err(Code::InvalidClient), "{bad}");
        }
    }
}
