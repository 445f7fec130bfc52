//! What we tell about ourselves (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2).

use crate::protocol::client_auth::AuthMethod;
use crate::protocol::issuer::Issuer;
use crate::protocol::jws::JwsAlg;
use crate::protocol::response::{ResponseMode, ResponseType};
use crate::protocol::scope;
use crate::protocol::signing::{IdTokenAlg, SigningAlg};
use crate::protocol::token::GrantType;
use serde::Serialize;

/// Provider metadata: exactly what is really there.
#[derive(Debug, Clone, Serialize)]
pub struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    device_authorization_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    end_session_endpoint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    check_session_iframe: Option<String>,
    session_status_endpoint: String,
    session_activity_endpoint: String,
    session_events_endpoint: String,
    jwks_uri: String,
    scopes_supported: Vec<&'static str>,
    response_types_supported: Vec<&'static str>,
    response_modes_supported: Vec<&'static str>,
    grant_types_supported: Vec<&'static str>,
    acr_values_supported: Vec<&'static str>,
    subject_types_supported: Vec<&'static str>,
    id_token_signing_alg_values_supported: Vec<&'static str>,
    userinfo_signing_alg_values_supported: Vec<&'static str>,
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    revocation_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    claims_supported: Vec<&'static str>,
    claim_types_supported: Vec<&'static str>,
    display_values_supported: Vec<&'static str>,
    prompt_values_supported: Vec<&'static str>,
    ui_locales_supported: Vec<&'static str>,
    code_challenge_methods_supported: Vec<&'static str>,
    pushed_authorization_request_endpoint: String,
    request_object_signing_alg_values_supported: Vec<&'static str>,
    dpop_signing_alg_values_supported: Vec<&'static str>,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_request_uri_registration: bool,
    authorization_response_iss_parameter_supported: bool,
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    frontchannel_logout_supported: bool,
    frontchannel_logout_session_supported: bool,
}

impl Metadata {
    /// The metadata of this issuer. `acrs` are the authentication context classes it can reach, `languages` the tags of
    /// those its pages speak.
    pub fn of(issuer: &Issuer, acrs: &[&'static str], languages: &[&'static str]) -> Metadata {
        let mut claims = vec![
            "iss",
            "sub",
            "aud",
            "exp",
            "iat",
            "auth_time",
            "acr",
            "amr",
            "sid",
            "prev_sid",
            "session_expiry",
            "nonce",
            "at_hash",
            "c_hash",
        ];
        claims.extend(scope::STANDARD.iter().flat_map(|scope| crate::protocol::claims::claims_of(scope)));
        let methods = AuthMethod::ALL.map(AuthMethod::name);
        let assertion_algs = JwsAlg::names();
        let object_algs = std::iter::once("none").chain(assertion_algs.iter().copied()).collect();
        Metadata {
            issuer: issuer.to_string(),
            authorization_endpoint: issuer.at("/authorize"),
            token_endpoint: issuer.at("/token"),
            userinfo_endpoint: issuer.at("/userinfo"),
            introspection_endpoint: issuer.at("/introspect"),
            revocation_endpoint: issuer.at("/revoke"),
            device_authorization_endpoint: issuer.at("/device_authorization"),
            registration_endpoint: None,
            end_session_endpoint: issuer.at("/end_session"),
            check_session_iframe: None,
            session_status_endpoint: issuer.at("/session"),
            session_activity_endpoint: issuer.at("/session/activity"),
            session_events_endpoint: issuer.at("/session/events"),
            jwks_uri: issuer.at("/jwks"),
            scopes_supported: scope::STANDARD.to_vec(),
            response_types_supported: ResponseType::ALL.map(ResponseType::name).to_vec(),
            response_modes_supported: ResponseMode::ALL.map(ResponseMode::name).to_vec(),
            grant_types_supported: GrantType::names().collect(),
            acr_values_supported: acrs.to_vec(),
            subject_types_supported: vec!["public", "pairwise"],
            id_token_signing_alg_values_supported: IdTokenAlg::names().collect(),
            userinfo_signing_alg_values_supported: SigningAlg::ALL.iter().map(|alg| alg.name()).collect(),
            token_endpoint_auth_methods_supported: methods.to_vec(),
            token_endpoint_auth_signing_alg_values_supported: assertion_algs.clone(),
            // Introspection is for clients that prove who they are.
            introspection_endpoint_auth_methods_supported: methods[..methods.len() - 1].to_vec(),
            introspection_endpoint_auth_signing_alg_values_supported: assertion_algs.clone(),
            revocation_endpoint_auth_methods_supported: methods.to_vec(),
            revocation_endpoint_auth_signing_alg_values_supported: assertion_algs,
            claims_supported: claims,
            claim_types_supported: vec!["normal"],
            // One page fits them all.
            display_values_supported: vec!["page", "popup", "touch"],
            prompt_values_supported: vec!["none", "login", "consent", "select_account"],
            ui_locales_supported: languages.to_vec(),
            code_challenge_methods_supported: vec!["S256"],
            pushed_authorization_request_endpoint: issuer.at("/par"),
            request_object_signing_alg_values_supported: object_algs,
            dpop_signing_alg_values_supported: JwsAlg::public_key_names(),
            claims_parameter_supported: true,
            request_parameter_supported: true,
            request_uri_parameter_supported: true,
            require_request_uri_registration: true,
            authorization_response_iss_parameter_supported: true,
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            frontchannel_logout_supported: true,
            frontchannel_logout_session_supported: true,
        }
    }

    /// With accounts that people make by themselves (Initiating User Registration via OpenID Connect 1.0, section 4).
    pub fn with_registration(mut self) -> Metadata {
        self.prompt_values_supported.push("create");
        self
    }

    /// With apps that register themselves (OpenID Connect Dynamic Client Registration 1.0, section 3).
    pub fn registering_at(mut self, endpoint: String) -> Metadata {
        self.registration_endpoint = Some(endpoint);
        self
    }

    /// With the page that apps frame to watch the session (OpenID Connect Session Management 1.0, section 3.3).
    pub fn watched_by(mut self, frame: String) -> Metadata {
        self.check_session_iframe = Some(frame);
        self
    }
}
