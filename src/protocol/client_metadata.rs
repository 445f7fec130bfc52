//! Client metadata (RFC 7591, section 2; OpenID Connect Dynamic Client Registration 1.0, section 2; RP-Initiated
//! Logout 1.0, section 3.1) with what is ours beside it: the form of `clients` in an import file.

use crate::protocol::client_auth::AuthMethod;
use crate::protocol::duration::Limit;
use crate::protocol::jws::JwsAlg;
use crate::protocol::redirect::ApplicationType;
use crate::protocol::request_object::ObjectAlg;
use crate::protocol::response::ResponseType;
use crate::protocol::signing::{IdTokenAlg, SigningAlg};
use crate::protocol::token::GrantType;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A client as an administrator writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientMetadata {
    /// Its public name in requests.
    pub client_id: String,
    /// Its secret, in the clear: read at creation only, never printed.
    #[serde(default, skip_serializing)]
    pub client_secret: Option<String>,
    /// Digest of its secret, as an export prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_hash: Option<String>,
    /// The same of the secret before it, which is good as well until it is taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_client_secret_hash: Option<String>,
    /// Says that a secret under 32 characters is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weak_secret: Option<bool>,
    /// What people read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_name: Option<String>,
    /// Its home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<String>,
    /// Its logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<String>,
    /// Its privacy policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// Its terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
    /// Where answers may go.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Where browsers may go after a sign-out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Web or native.
    #[serde(default)]
    pub application_type: ApplicationType,
    /// How it authenticates.
    #[serde(default)]
    pub token_endpoint_auth_method: AuthMethod,
    /// The only algorithm of its assertions; without the member, any that goes with its method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<JwsAlg>,
    /// Its public keys (RFC 7517, section 5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<Value>,
    /// Where it publishes them instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<String>,
    /// How its request objects are signed: without the member, in any way, or not at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_object_signing_alg: Option<ObjectAlg>,
    /// Where it publishes request objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub request_uris: Vec<String>,
    /// Are requests that it did not sign refused (RFC 9101, section 10.5)?
    #[serde(default, skip_serializing_if = "is_no")]
    pub require_signed_request_object: bool,
    /// Are requests that it did not push refused (RFC 9126, section 6)?
    #[serde(default, skip_serializing_if = "is_no")]
    pub require_pushed_authorization_requests: bool,
    /// Does it use no access token but those that are bound to a key (RFC 9449, section 5.2)?
    #[serde(default, skip_serializing_if = "is_no")]
    pub dpop_bound_access_tokens: bool,
    /// The grant types it may use.
    #[serde(default = "usual_grant_types")]
    pub grant_types: Vec<GrantType>,
    /// What it may ask the authorization endpoint for. All but `code` are an administrator's word.
    #[serde(default = "usual_response_types")]
    pub response_types: Vec<ResponseType>,
    /// The scopes it may ask for; without the member, all standard ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// How its ID tokens are signed.
    #[serde(default)]
    pub id_token_signed_response_alg: IdTokenAlg,
    /// How userinfo answers are signed; without the member they are plain JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<SigningAlg>,
    /// The form of its access tokens.
    #[serde(default)]
    pub access_token_format: AccessTokenFormat,
    /// Without the member, PKCE is required.
    #[serde(default = "yes")]
    pub require_pkce: bool,
    /// `ask` or `skip`.
    #[serde(default)]
    pub consent: ConsentRule,
    /// May it have grants that outlive the session?
    #[serde(default)]
    pub offline_access: bool,
    /// The resources that it serves (RFC 8707), as absolute URIs: it may ask for access tokens for them, and introspect such
    /// tokens, whoever got them (RFC 7662).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// The resources that it may ask for access tokens for, and no more: those of others, which it calls.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    /// The one of `resources` and `calls` that its access tokens are for where a request names none (RFC 8707, section 2; RFC
    /// 9068, section 3): for apps whose library cannot send `resource`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_resource: Option<String>,
    /// Allows plain `http://localhost` redirects to a public web client.
    #[serde(default)]
    pub development: bool,
    /// How far a sign-out that it starts reaches.
    #[serde(default)]
    pub logout_scope: LogoutScope,
    /// Where logout tokens are sent (Back-Channel Logout 1.0, section 2.2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<String>,
    /// Does it want a `sid` in every logout token? It gets one in any case.
    #[serde(default)]
    pub backchannel_logout_session_required: bool,
    /// What is loaded in a frame when the person signs out (Front-Channel Logout 1.0, section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<String>,
    /// Does it want `iss` and `sid` in the address of that frame? It gets them in any case.
    #[serde(default)]
    pub frontchannel_logout_session_required: bool,
    /// The authentication context classes it wishes for where a request names none (OpenID Connect Dynamic Client
    /// Registration 1.0, section 2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<String>,
    /// Do other clients know people by the same `sub`?
    #[serde(default)]
    pub subject_type: SubjectType,
    /// Lists the redirect URIs of every client that knows people by the same pairwise `sub` (OpenID Connect Core, 8.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_identifier_uri: Option<String>,
    /// Where a sign-in begins that somebody else than the app begins (OpenID Connect Core, section 4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiate_login_uri: Option<String>,
    /// How old, in seconds, an authentication may be where a request says nothing (OpenID Connect Dynamic Client
    /// Registration 1.0, section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// Where the claims of the person are told that a scope opens.
    #[serde(default)]
    pub scope_claims: ScopeClaims,
    /// The class below which nobody is let in: an administrator's word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub require_acr: Option<String>,
    /// Limits of its application sessions.
    #[serde(default)]
    pub session: SessionMetadata,
}

impl ClientMetadata {
    /// The resources that the client may ask for access tokens for (RFC 8707, section 2).
    pub fn to_be_asked_for(&self) -> impl Iterator<Item = &String> {
        self.resources.iter().chain(&self.calls)
    }

    /// Is this one of them, byte by byte?
    pub fn may_ask_for(&self, resource: &str) -> bool {
        self.to_be_asked_for().any(|one| one == resource)
    }
}

/// What an access token looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenFormat {
    /// A JSON Web Token (RFC 9068): an API verifies it by itself, and whoever holds it can read it.
    #[default]
    Jwt,
    /// For nobody but us to read: an API asks about it (RFC 7662), and so learns of a sign-out at once.
    Opaque,
}

/// How far a sign-out started by a client reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum LogoutScope {
    /// It ends the session in this browser.
    #[default]
    Browser,
    /// It ends the client's own application session alone.
    App,
}

/// Subject identifier types (OpenID Connect Core, section 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum SubjectType {
    /// Every client knows a person by the same `sub`.
    #[default]
    Public,
    /// The clients of each sector by another.
    Pairwise,
}

/// Where the claims are told that a scope opens. Those that a request names one by one are told where it names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum ScopeClaims {
    /// As OpenID Connect Core, section 5.4 has it: at the userinfo endpoint; in the ID token where there is no access token.
    #[default]
    Userinfo,
    /// In every ID token as well: for clients that never ask the userinfo endpoint.
    IdToken,
}

/// Who is asked before a client learns something of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum ConsentRule {
    /// The person.
    #[default]
    Ask,
    /// Nobody: an administrator vouches for the client.
    Skip,
}

/// The part of client metadata that limits application sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct SessionMetadata {
    /// How long the person may be idle in this app.
    #[serde(default)]
    pub idle_timeout: Limit,
    /// How long after the authentication it ends.
    #[serde(default)]
    pub max_lifetime: Limit,
    /// Which of its acts count as the person's.
    #[serde(default)]
    pub activity: ActivityRule,
}

/// What of a client's doing counts as an act of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum ActivityRule {
    /// Nothing.
    None,
    /// Its refreshes, for its own application session.
    Refresh,
    /// What it reports.
    #[default]
    Report,
}

fn usual_grant_types() -> Vec<GrantType> {
    vec![GrantType::AuthorizationCode, GrantType::RefreshToken]
}

fn usual_response_types() -> Vec<ResponseType> {
    vec![ResponseType::Code]
}

fn is_no(said: &bool) -> bool {
    !said
}

fn yes() -> bool {
    true
}
