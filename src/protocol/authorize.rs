//! The authorization request and its answer (RFC 6749, 4.1; OpenID Connect Core, 3.1.2; RFC 9207).

use crate::protocol::claims_request::{ClaimsRequest, RequestedClaims};
use crate::protocol::dpop::is_digest;
use crate::protocol::error::OAuthError;
use crate::protocol::params::{Params, Spoiled};
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::refusal::{Reason, authorize as why, parameter};
use crate::protocol::response::{Part, ResponseMode, ResponseType, Unfit};
use crate::protocol::scope::{OPENID, ScopeSet};
use serde::{Deserialize, Serialize};

/// What may be asked of the person, or forbidden (`prompt`, OpenID Connect Core, 3.1.2.1).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// No page at all.
    None,
    /// Authenticate again.
    Login,
    /// Consent again.
    Consent,
    /// Choose the account.
    SelectAccount,
    /// Make an account (Initiating User Registration via OpenID Connect 1.0).
    Create,
}

/// A well-formed authorization request.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// The client, as it called itself.
    pub client_id: String,
    /// Where the answer goes, as it was presented.
    pub redirect_uri: String,
    /// What the answer holds.
    #[serde(default)]
    pub response_type: ResponseType,
    /// How it travels.
    #[serde(default)]
    pub response_mode: ResponseMode,
    /// What is asked for.
    pub scope: ScopeSet,
    /// Comes back with the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Comes back in the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// PKCE, method S256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_challenge: Option<CodeChallenge>,
    /// The key whose holder alone may redeem the code (RFC 9449, section 10).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<String>,
    /// What may be asked of the person.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prompt: Vec<Prompt>,
    /// How old the authentication may be, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u64>,
    /// An earlier ID token of the person expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token_hint: Option<String>,
    /// The name with which the person will probably sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login_hint: Option<String>,
    /// The languages that pages are wished in, in the order of preference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ui_locales: Option<String>,
    /// The authentication context classes that are wished for, in the order of preference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr_values: Option<String>,
    /// The classes without which the app wants nobody, in the order of preference: the claim `acr` of the ID token, marked
    /// essential in `claims` (OpenID Connect Core, 5.5.1.1). Empty: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub essential_acr: Option<Vec<String>>,
    /// The claims of the person that are asked for one by one.
    #[serde(default, skip_serializing_if = "RequestedClaims::is_empty")]
    pub claims: RequestedClaims,
    /// The one subject that `claims` says the request is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The resources the access token is for (RFC 8707).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<String>,
}

/// Bytes of a nonce, of a scope, and of all resources: they travel inside the code.
const MAX_NONCE: usize = 512;
pub(super) const MAX_SCOPE: usize = 1024;
pub(super) const MAX_RESOURCE: usize = 2048;

impl AuthorizationRequest {
    /// Reads the request. Client and redirect URI have been looked at before (they decide where an error goes).
    ///
    /// # Errors
    /// What the redirect back will say.
    pub fn parse(params: &Params) -> Result<AuthorizationRequest, OAuthError> {
        if let Some((name, how)) = params.first_spoiled() {
            let reason = match how {
                Spoiled::Repeated => why::REPEATED,
                Spoiled::Malformed => why::MALFORMED,
            };
            return Err(OAuthError::of(reason).sent(parameter(name)));
        }
        refuse_unsupported(params)?;
        let response_type = response_type(params)?;
        let Ok(scope) = ScopeSet::parse(params.get("scope").unwrap_or_default()) else {
            return Err(refused(why::SCOPE_CHARACTER, params, "scope"));
        };
        // Digits alone: `parse` would take a sign as well.
        let seconds = |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<u64>().ok()).flatten();
        let max_age = match params.get("max_age").map(seconds) {
            None => None,
            Some(Some(seconds)) => Some(seconds),
            Some(None) => return Err(refused(why::MAX_AGE, params, "max_age")),
        };
        let resource = params.all("resource");
        let too_long = [
            (text(params, "nonce").map_or(0, |nonce| nonce.len()), MAX_NONCE),
            (params.get("scope").map_or(0, str::len), MAX_SCOPE),
            (resource.iter().map(String::len).sum(), MAX_RESOURCE),
        ];
        if too_long.iter().any(|(length, most)| length > most) {
            return Err(why::TOO_LONG.into());
        }
        let claims = params.get("claims").map(ClaimsRequest::parse).transpose()?.unwrap_or_default();
        let request = AuthorizationRequest {
            client_id: text(params, "client_id").unwrap_or_default(),
            redirect_uri: text(params, "redirect_uri").unwrap_or_default(),
            response_type,
            response_mode: ResponseMode::of(params),
            scope,
            state: text(params, "state"),
            nonce: text(params, "nonce"),
            code_challenge: challenge(params)?,
            dpop_jkt: key(params)?,
            prompt: prompts(params)?,
            max_age,
            id_token_hint: text(params, "id_token_hint"),
            login_hint: text(params, "login_hint").map(|hint| hint.chars().take(256).collect()),
            ui_locales: params.ui_locales(),
            acr_values: text(params, "acr_values")
                .or_else(|| claims.voluntary_acr.map(|values| values.join(" ")))
                .map(|values| values.chars().take(MAX_SCOPE).collect()),
            essential_acr: claims.essential_acr,
            claims: claims.person,
            subject: claims.subject,
            resource,
        };
        request.consistent()
    }

    /// An ID token in the browser is bound to the request by its nonce, and is one of OpenID Connect alone (OpenID Connect
    /// Core, 3.2.2.1 and 3.3.2.11).
    fn consistent(self) -> Result<AuthorizationRequest, OAuthError> {
        if self.response_type.gives(Part::IdToken) {
            if !self.scope.contains(OPENID) {
                return Err(OAuthError::of(why::OPENID_MISSING).sent(&self.scope.to_string()));
            }
            if self.nonce.is_none() {
                return Err(why::NONCE_MISSING.into());
            }
        }
        Ok(self)
    }

    /// Every scope of which something is asked for: a person is asked for these.
    pub fn opens(&self) -> ScopeSet {
        self.scope.union(&self.claims.scopes())
    }

    /// Is this asked of the person, or forbidden?
    pub fn prompts(&self, prompt: Prompt) -> bool {
        self.prompt.contains(&prompt)
    }
}

fn text(params: &Params, name: &str) -> Option<String> {
    params.get(name).map(str::to_owned)
}

fn refuse_unsupported(params: &Params) -> Result<(), OAuthError> {
    for (name, reason) in [
        ("request", why::OBJECTS_UNSUPPORTED),
        ("request_uri", why::REFERENCES_UNSUPPORTED),
        ("registration", why::SELF_ISSUED_UNSUPPORTED),
    ] {
        if params.get(name).is_some() {
            return Err(reason.into());
        }
    }
    Ok(())
}

/// A refusal because of a parameter that is no secret.
fn refused(reason: &'static Reason, params: &Params, name: &str) -> OAuthError {
    OAuthError::of(reason).sent(params.get(name).unwrap_or_default())
}

fn response_type(params: &Params) -> Result<ResponseType, OAuthError> {
    let words = params.get("response_type").ok_or(why::RESPONSE_TYPE_MISSING)?;
    let known = ResponseType::parse(words).map_err(|_| refused(why::RESPONSE_TYPE_UNKNOWN, params, "response_type"))?;
    let wrong = |reason| Err(refused(reason, params, "response_mode"));
    match ResponseMode::check(params) {
        Ok(()) => Ok(known),
        Err(Unfit::Unknown) => wrong(why::RESPONSE_MODE_UNKNOWN),
        Err(Unfit::QueryWithTokens) => Err(refused(why::QUERY_WITH_TOKENS, params, "response_type")),
    }
}

fn challenge(params: &Params) -> Result<Option<CodeChallenge>, OAuthError> {
    match (params.get("code_challenge"), params.get("code_challenge_method")) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(why::CHALLENGE_ALONE_MISSING.into()),
        (Some(text), Some("S256")) => match CodeChallenge::parse(text) {
            Some(challenge) => Ok(Some(challenge)),
            None => Err(why::CHALLENGE_MALFORMED.into()),
        },
        (Some(_), _) => Err(refused(why::CHALLENGE_METHOD, params, "code_challenge_method")),
    }
}

fn key(params: &Params) -> Result<Option<String>, OAuthError> {
    match text(params, "dpop_jkt") {
        Some(jkt) if !is_digest(&jkt) => Err(why::KEY_MALFORMED.into()),
        jkt => Ok(jkt),
    }
}

fn prompts(params: &Params) -> Result<Vec<Prompt>, OAuthError> {
    let mut prompts = Vec::new();
    for word in params.get("prompt").unwrap_or_default().split(' ').filter(|word| !word.is_empty()) {
        let prompt = match word {
            "none" => Prompt::None,
            "login" => Prompt::Login,
            "consent" => Prompt::Consent,
            "select_account" => Prompt::SelectAccount,
            "create" => Prompt::Create,
            _ => return Err(refused(why::PROMPT_UNKNOWN, params, "prompt")),
        };
        if !prompts.contains(&prompt) {
            prompts.push(prompt);
        }
    }
    if prompts.contains(&Prompt::None) && prompts.len() > 1 {
        return Err(refused(why::PROMPT_NONE_WITH_OTHER, params, "prompt"));
    }
    Ok(prompts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::error::Code;

    fn parse(extra: &str) -> Result<AuthorizationRequest, OAuthError> {
        let text = format!("client_id=a&redirect_uri=b&response_type=code&scope=openid{extra}");
        AuthorizationRequest::parse(&Params::parse(text.as_bytes()).unwrap())
    }

    #[test]
    fn wrong_requests_get_their_specified_error() {
        let hash = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        for (extra, code) in [
            ("&state=a&state=a", Code::InvalidRequest),
            ("&nonce=%00", Code::InvalidRequest),
            ("&request=x", Code::RequestNotSupported),
            ("&request_uri=x", Code::RequestUriNotSupported),
            ("&registration=x", Code::RegistrationNotSupported),
            ("&response_mode=jwt", Code::InvalidRequest),
            ("&max_age=-1", Code::InvalidRequest),
            ("&max_age=x", Code::InvalidRequest),
            ("&prompt=none%20login", Code::InvalidRequest),
            ("&prompt=sing", Code::InvalidRequest),
            ("&code_challenge_method=S256", Code::InvalidRequest),
            (&format!("&code_challenge={hash}"), Code::InvalidRequest),
            (&format!("&code_challenge={hash}&code_challenge_method=plain"), Code::InvalidRequest),
            ("&dpop_jkt=short", Code::InvalidRequest),
            (&format!("&dpop_jkt={hash}A"), Code::InvalidRequest),
            (&format!("&dpop_jkt={hash}&dpop_jkt={hash}"), Code::InvalidRequest),
            ("&code_challenge=short&code_challenge_method=S256", Code::InvalidRequest),
        ] {
            assert_eq!(parse(extra).unwrap_err().code(), code, "{extra}");
        }
        let of = |text: &str| AuthorizationRequest::parse(&Params::parse(text.as_bytes()).unwrap()).unwrap_err().code();
        assert_eq!(of("response_type=token"), Code::UnsupportedResponseType);
        for (request, code) in [
            ("response_type=id_token&scope=openid", Code::InvalidRequest),
            ("response_type=code%20id_token&scope=openid", Code::InvalidRequest),
            ("response_type=id_token&scope=email&nonce=n", Code::InvalidRequest),
            ("response_type=id_token&scope=openid&nonce=n&response_mode=query", Code::InvalidRequest),
        ] {
            assert_eq!(of(request), code, "{request}");
        }
        assert_eq!(of("scope=openid"), Code::InvalidRequest);
        assert_eq!(of("response_type=code&scope=%C3%A4"), Code::InvalidScope);
    }

    #[test]
    fn unknown_parameters_are_ignored() {
        let request = parse("&foo=bar&ui_locales=de&prompt=login%20consent").unwrap();
        assert!(request.prompts(Prompt::Login) && request.prompts(Prompt::Consent) && !request.prompts(Prompt::None));
    }
}
