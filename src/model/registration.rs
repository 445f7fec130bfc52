//! Clients that register themselves (RFC 7591; RFC 7592; OpenID Connect Dynamic Client Registration 1.0): what an
//! installation lets them do, and what a stranger may say of a client.
//!
//! What is read is a list of members, and whatever is not in it is not taken: members that nobody knows (RFC 7591, section
//! 2), and those that are an administrator's word alone. The complete object is then held against the same rules as an
//! administrator's.

mod addresses;

pub use addresses::in_sector;

use crate::model::client::check;
use crate::model::cookies::Switch;
use crate::model::id::SecretDigest;
use crate::protocol::claims::plain_name;
use crate::protocol::client_auth::AuthMethod;
use crate::protocol::client_metadata::{ActivityRule, ClientMetadata};
use crate::protocol::duration::Limit;
use crate::protocol::error::{Code, OAuthError};
use crate::protocol::redirect::ApplicationType;
use crate::protocol::refusal::{Reason, fits, register as why};
use crate::protocol::scope::{OFFLINE_ACCESS, STANDARD, ScopeSet};
use crate::protocol::token::GrantType;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// What an installation lets strangers do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// May anybody register a client?
    pub open: Switch,
    /// The initial access tokens that an administrator handed out; whoever has one may.
    pub tokens: Vec<SecretDigest>,
    /// May they ask for implicit and hybrid flows, do confidential ones go without PKCE, are their logos shown, and are they
    /// told errors without a page before?
    pub certification: Switch,
    /// For how long a registration is kept that is not used.
    pub unused: Limit,
}

/// When the sweep looks again at a registration that is kept for good.
pub const LOOK_AGAIN: Duration = Duration::from_secs(90 * 86_400);
/// The largest record that a stranger may leave with us, in bytes of JSON.
const LARGEST: usize = 32 * 1024;

/// What a client may say of itself.
const MEMBERS: [&str; 32] = [
    "application_type",
    "backchannel_logout_session_required",
    "backchannel_logout_uri",
    "client_name",
    "client_uri",
    "default_acr_values",
    "default_max_age",
    "dpop_bound_access_tokens",
    "frontchannel_logout_session_required",
    "frontchannel_logout_uri",
    "grant_types",
    "id_token_signed_response_alg",
    "initiate_login_uri",
    "jwks",
    "jwks_uri",
    "logo_uri",
    "policy_uri",
    "post_logout_redirect_uris",
    "redirect_uris",
    "request_object_signing_alg",
    "request_uris",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "response_types",
    "scope",
    "sector_identifier_uri",
    "subject_type",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "tos_uri",
    "userinfo_signed_response_alg",
    "require_pkce",
];

/// Why a registration is refused (RFC 7591, section 3.2.2), and what a developer reads: printable ASCII without `"` and `\`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    reason: &'static Reason,
    /// The member that is wrong, and what would be right.
    pub description: String,
}

impl Refused {
    /// A wrong member, which the description begins with.
    pub fn metadata(description: &str) -> Refused {
        let is_redirect = description.starts_with("redirect_uris:");
        Refused { reason: if is_redirect { why::REDIRECT_URI } else { why::METADATA }, description: plain(description) }
    }

    fn statement(reason: &'static Reason, description: &str) -> Refused {
        Refused { reason, description: plain(description) }
    }

    /// The registered code.
    pub fn code(&self) -> Code {
        self.reason.code()
    }

    /// As the log has it.
    pub fn explained(&self) -> OAuthError {
        OAuthError::of(self.reason).explained(self.description.clone(), self.reason.right().to_owned())
    }
}

/// What goes into `error_description`; what is quoted from the request is not to be taken for anything else.
fn plain(text: &str) -> String {
    text.chars().take(300).map(|c| if fits(c) { c } else { '\'' }).collect()
}

impl Terms {
    /// Can a client register itself at all?
    pub fn offered(&self) -> Switch {
        if self.open == Switch::On || !self.tokens.is_empty() { Switch::On } else { Switch::Off }
    }
}

/// The metadata of a client as it describes itself, complete and found right.
///
/// # Errors
/// What is wrong, for the developer of the client.
pub fn read(said: &Map<String, Value>, client_id: &str, terms: &Terms) -> Result<ClientMetadata, Refused> {
    statement(said)?;
    let mut own = Map::new();
    for name in MEMBERS {
        // An empty member is one that was left out (RFC 7591, section 2).
        if let Some(value) = said.get(name).filter(|value| !value.is_null()) {
            own.insert(name.to_owned(), value.clone());
        }
    }
    own.entry("grant_types").or_insert_with(|| json!(["authorization_code"]));
    own.insert("client_id".to_owned(), json!(client_id));
    let pkce = own.remove("require_pkce");
    let mut metadata = typed(&own)?;
    metadata.require_pkce = match (terms.certification, pkce) {
        (Switch::On, Some(Value::Bool(wish))) => wish,
        (Switch::On, None) => {
            metadata.token_endpoint_auth_method == AuthMethod::None
                || metadata.application_type == ApplicationType::Native
        }
        (Switch::On, Some(_)) => return Err(Refused::metadata("require_pkce: true or false")),
        (Switch::Off, _) => true,
    };
    metadata.scope = permitted_scope(metadata.scope.as_deref())?;
    metadata.session.activity = ActivityRule::None;
    may_be_asked(&metadata, terms.certification)?;
    check(&metadata).map_err(|wrong| Refused::metadata(&wrong))?;
    addresses::told_within_sector(&metadata)?;
    addresses::leave_out_foreign_links(&mut metadata);
    let length = serde_json::to_string(&metadata).map_or(usize::MAX, |text| text.len());
    if length > LARGEST {
        return Err(Refused::metadata(&format!("all members together: more than {LARGEST} bytes")));
    }
    Ok(metadata)
}

/// What of a client's metadata is shown to the client: what it may say itself.
pub fn shown(metadata: &ClientMetadata) -> Map<String, Value> {
    let whole = serde_json::to_value(metadata).unwrap_or_default();
    let mut own = Map::new();
    for name in MEMBERS {
        if let Some(value) = whole.get(name) {
            own.insert(name.to_owned(), value.clone());
        }
    }
    own
}

/// We trust nobody's statements about software (RFC 7591, section 2.3).
fn statement(said: &Map<String, Value>) -> Result<(), Refused> {
    match said.get("software_statement") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::String(token)) if token.split('.').count() == 3 && !token.split('.').any(str::is_empty) => {
            let words = "software_statement: nobody's statements count here; leave it out";
            Err(Refused::statement(why::STATEMENT_UNAPPROVED, words))
        }
        Some(_) => {
            let words = "software_statement: it is no signed JSON Web Token";
            Err(Refused::statement(why::STATEMENT, words))
        }
    }
}

/// Reads the members. The first that is of a wrong type, or has a value that is unknown here, is named.
fn typed(own: &Map<String, Value>) -> Result<ClientMetadata, Refused> {
    if let Ok(metadata) = serde_json::from_value(Value::Object(own.clone())) {
        return Ok(metadata);
    }
    for (name, value) in own {
        let mut alone = Map::from_iter([("client_id".to_owned(), json!("x"))]);
        alone.insert(name.clone(), value.clone());
        if serde_json::from_value::<ClientMetadata>(Value::Object(alone)).is_err() {
            return Err(Refused::metadata(&format!(
                "{name}: it is of another type, or has a value that is not supported"
            )));
        }
    }
    Err(Refused::metadata("the members do not go together"))
}

/// The scopes that a stranger may ask for: the standard ones. Those that mean something to an API are an administrator's
/// word, and so are grants that outlive sessions.
fn permitted_scope(asked: Option<&str>) -> Result<Option<String>, Refused> {
    // What is given without being asked for is told (RFC 7591, section 3.2.1).
    let all = || ScopeSet::of(STANDARD.into_iter().filter(|token| *token != OFFLINE_ACCESS));
    let Some(asked) = asked else { return Ok(Some(all().to_string())) };
    let asked = ScopeSet::parse(asked).map_err(|error| Refused::metadata(&format!("scope: {error}")))?;
    let had = asked.filter(|token| STANDARD.contains(&token) && token != OFFLINE_ACCESS);
    if had.is_empty() {
        return Err(Refused::metadata("scope: none of these can be had by registration"));
    }
    Ok(Some(had.to_string()))
}

/// What only an administrator may allow.
fn may_be_asked(metadata: &ClientMetadata, certification: Switch) -> Result<(), Refused> {
    if let Some(name) = &metadata.client_name
        && !plain_name(name)
    {
        return Err(Refused::metadata("client_name: one line of at most 200 characters, all of which can be seen"));
    }
    let shows_tokens = metadata.response_types.iter().any(|response_type| response_type.shows_tokens());
    if shows_tokens && certification == Switch::Off {
        return Err(Refused::metadata("response_types: by registration, code alone can be had"));
    }
    for grant_type in &metadata.grant_types {
        match grant_type {
            GrantType::AuthorizationCode | GrantType::RefreshToken => (),
            GrantType::Implicit if certification == Switch::On => (),
            GrantType::Implicit | GrantType::ClientCredentials | GrantType::DeviceCode => {
                return Err(Refused::metadata(
                    "grant_types: by registration, authorization_code and refresh_token can be had",
                ));
            }
        }
    }
    addresses::by_https(metadata)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(certification: Switch) -> Terms {
        Terms { open: Switch::On, tokens: Vec::new(), certification, unused: Limit::Never }
    }

    pub(super) fn of(change: Value, certification: Switch) -> Result<ClientMetadata, Refused> {
        let mut whole = json!({"redirect_uris": ["https://a.example/cb"]});
        whole.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        read(whole.as_object().unwrap(), "id", &terms(certification))
    }

    #[test]
    fn defaults_are_those_of_the_specification() {
        let metadata = shown(&of(json!({}), Switch::Off).unwrap());
        for (name, value) in [
            ("grant_types", json!(["authorization_code"])),
            ("response_types", json!(["code"])),
            ("token_endpoint_auth_method", json!("client_secret_basic")),
            ("id_token_signed_response_alg", json!("RS256")),
            ("application_type", json!("web")),
            ("subject_type", json!("public")),
            ("require_pkce", json!(true)),
            ("scope", json!("address email openid phone profile")),
        ] {
            assert_eq!(metadata[name], value, "{name}");
        }
    }

    #[test]
    fn what_an_app_demands_of_its_own_tokens_is_kept() {
        let metadata = of(json!({"dpop_bound_access_tokens": true}), Switch::Off).unwrap();
        assert!(metadata.dpop_bound_access_tokens);
        assert_eq!(shown(&metadata)["dpop_bound_access_tokens"], true);
    }

    #[test]
    fn what_is_an_administrators_word_is_not_taken_from_strangers() {
        let said = json!({
            "consent": "skip", "offline_access": true, "require_acr": "urn:abide:acr:aal3", "resources": ["https://api.example"],
            "calls": ["https://other.example"], "default_resource": "https://api.example",
            "development": true, "logout_scope": "app", "scope_claims": "id_token", "access_token_format": "opaque",
            "session": {"activity": "report", "idle_timeout": "1m"}, "client_id": "social", "client_secret": "x",
            "client_secret_hash": "x", "weak_secret": true, "require_pkce": false, "owner": "mira", "anything": [1],
            "scope": "openid offline_access abide:users:write",
        });
        let metadata = of(said, Switch::Off).unwrap();
        assert_eq!(Ok(&metadata), of(json!({"scope": "openid"}), Switch::Off).as_ref());
        assert_eq!(metadata.session.activity, ActivityRule::None);
        assert!(metadata.client_secret.is_none() && metadata.client_secret_hash.is_none());
    }

    #[test]
    fn implicit_flows_and_no_pkce_need_certification() {
        let implicit = json!({"response_types": ["id_token token"], "grant_types": ["implicit"]});
        let hybrid = json!({"response_types": ["code id_token"], "grant_types": ["authorization_code", "implicit"]});
        for said in [implicit, hybrid] {
            assert_eq!(of(said.clone(), Switch::Off).unwrap_err().code(), Code::InvalidClientMetadata, "{said}");
            assert!(of(said.clone(), Switch::On).is_ok(), "{said}");
        }
        let pkce = |said: Value, certification| of(said, certification).map(|metadata| metadata.require_pkce);
        let public = json!({"token_endpoint_auth_method": "none"});
        assert_eq!(pkce(json!({"require_pkce": false}), Switch::Off), Ok(true));
        assert_eq!(pkce(json!({}), Switch::On), Ok(false));
        assert_eq!(pkce(json!({"require_pkce": true}), Switch::On), Ok(true));
        assert_eq!(pkce(public, Switch::On), Ok(true));
        let public = json!({"token_endpoint_auth_method": "none", "require_pkce": false});
        assert_eq!(pkce(public, Switch::On).unwrap_err().code(), Code::InvalidClientMetadata);
    }
}
