//! What the provider says of itself (OpenID Connect Discovery 1.0), with the members that sessions need.

use super::wire::{Wire, WireError};
use super::{Client, Registration};
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClient, CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
    CoreSubjectIdentifierType,
};
use openidconnect::url::Url;
use openidconnect::{
    AdditionalProviderMetadata, AuthType, ClientId, ClientSecret, IssuerUrl, ProviderMetadata, RedirectUrl,
};
use serde::{Deserialize, Serialize};

/// Members beside those of Discovery 1.0: RP-Initiated Logout 1.0, RFC 9207, and Abide's own.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Announced {
    pub(crate) end_session_endpoint: Option<Url>,
    pub(crate) session_status_endpoint: Option<Url>,
    pub(crate) session_activity_endpoint: Option<Url>,
    pub(crate) session_events_endpoint: Option<Url>,
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for Announced {}

type Metadata = ProviderMetadata<
    Announced,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// The provider as discovered, with its present keys.
pub(crate) struct Discovered {
    pub(crate) client: Client,
    pub(crate) announced: Announced,
    pub(crate) jwks_uri: Url,
}

/// Why a provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// Its metadata cannot be read, or is another issuer's.
    #[error("the provider's metadata cannot be used: {0}")]
    Metadata(String),
    /// A URL among what the app was told is none.
    #[error("not a URL: {0}")]
    Url(#[from] openidconnect::url::ParseError),
}

/// Reads metadata and keys.
pub(super) async fn discover(registration: &Registration, wire: &Wire) -> Result<Discovered, DiscoveryError> {
    let http = |request| wire.send(request);
    let issuer = IssuerUrl::new(registration.issuer.clone())?;
    let metadata = Metadata::discover_async(issuer, &http).await;
    let metadata = metadata.map_err(|error| DiscoveryError::Metadata(told(&error)))?;
    let announced = metadata.additional_metadata().clone();
    let jwks_uri = metadata.jwks_uri().url().clone();
    // RFC 6749, section 2.3.1 makes basic the method every provider knows; one that says it does not gets the other.
    let methods = metadata.token_endpoint_auth_methods_supported();
    let basic = methods.is_none_or(|methods| methods.contains(&CoreClientAuthMethod::ClientSecretBasic));
    let secret = registration.client_secret.clone().map(ClientSecret::new);
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new(registration.client_id.clone()), secret)
        .set_redirect_uri(RedirectUrl::new(registration.redirect_uri.clone())?)
        .set_auth_type(if basic { AuthType::BasicAuth } else { AuthType::RequestBody });
    Ok(Discovered { client, announced, jwks_uri })
}

fn told(error: &openidconnect::DiscoveryError<WireError>) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}
