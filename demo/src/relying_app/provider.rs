//! Everything a relying app asks of its provider, through the `openidconnect` crate.

use std::sync::Arc;

use openidconnect::core::{
    CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreIdTokenClaims, CoreTokenResponse,
};
use openidconnect::url::Url;
use openidconnect::{
    AccessToken, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, EndSessionUrl,
    IssuerUrl, LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, RefreshToken, Scope, SignatureVerificationError, TokenResponse,
};
use tokio::sync::RwLock;

use super::issued::{Bound, Client, Issued, NoTokens, check, refused};
use super::wire::Wire;
use crate::clock::{self, Instant};

/// An unknown `kid` makes us read the provider's keys again, at most this often (seconds): a forged token must not
/// turn the app into a load on its provider.
const KEYS_AT_MOST_EVERY: Instant = 10;
/// What an access token is taken to live when the provider does not say (seconds).
const UNSAID_LIFETIME: Instant = 60;

/// The app as the provider knows it.
pub(super) struct Registration {
    pub(super) issuer: String,
    pub(super) client_id: &'static str,
    pub(super) client_secret: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: &'static [&'static str],
    /// The API the access tokens are for (RFC 8707), if not the provider's own.
    pub(super) resource: Option<String>,
}

/// Whether the provider may show a page on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interaction {
    Allowed,
    /// `prompt=none`: answer at once or not at all.
    Forbidden,
}

/// Where to send the browser, and what to remember until it comes back.
pub(super) struct Outward {
    pub(super) url: Url,
    pub(super) state: CsrfToken,
    pub(super) nonce: Nonce,
    pub(super) verifier: PkceCodeVerifier,
}

struct Discovered {
    client: Client,
    end_session: EndSessionUrl,
    jwks_uri: String,
    at: Instant,
}

/// The provider as discovered, with its present keys.
pub(super) struct Provider {
    registration: Registration,
    wire: Arc<Wire>,
    discovered: RwLock<Arc<Discovered>>,
}

impl Provider {
    /// Reads the provider's metadata and keys.
    ///
    /// # Errors
    /// When they cannot be read, name another issuer, or lack `end_session_endpoint`.
    pub(super) async fn discover(registration: Registration, wire: Arc<Wire>) -> anyhow::Result<Self> {
        let discovered = RwLock::new(Arc::new(discover(&registration, &wire).await?));
        Ok(Self { registration, wire, discovered })
    }

    pub(super) async fn jwks_uri(&self) -> String {
        self.discovered.read().await.jwks_uri.clone()
    }

    pub(super) fn issuer(&self) -> &str {
        &self.registration.issuer
    }

    /// A fresh authorization request: code flow with PKCE, `state` and `nonce`.
    pub(super) async fn authorization_request(&self, interaction: Interaction) -> Outward {
        let discovered = self.current().await;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.registration.scopes.iter().filter(|name| **name != "openid");
        let mut request = discovered
            .client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scopes.map(|name| Scope::new((*name).to_owned())))
            .set_pkce_challenge(challenge);
        if let Some(resource) = &self.registration.resource {
            request = request.add_extra_param("resource", resource);
        }
        if interaction == Interaction::Forbidden {
            request = request.add_prompt(CoreAuthPrompt::None);
        }
        let (url, state, nonce) = request.url();
        Outward { url, state, nonce, verifier }
    }

    /// Exchanges a code for tokens and verifies the ID token against the request's nonce.
    ///
    /// # Errors
    /// [`NoTokens`]; a missing ID token is unacceptable here.
    pub(super) async fn exchange(
        &self,
        code: String,
        verifier: PkceCodeVerifier,
        nonce: &Nonce,
    ) -> Result<Issued, NoTokens> {
        let discovered = self.current().await;
        let http = |request| self.wire.send(request);
        let mut request = discovered
            .client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| NoTokens::Unavailable(error.to_string()))?
            .set_pkce_verifier(verifier);
        if let Some(resource) = &self.registration.resource {
            request = request.add_extra_param("resource", resource);
        }
        let response = request.request_async(&http).await.map_err(refused)?;
        let issued = self.verified(response, Bound::Exactly(nonce)).await?;
        if issued.identity.is_none() {
            return Err(NoTokens::Unacceptable("no ID token".into()));
        }
        Ok(issued)
    }

    /// Exchanges a refresh token for new tokens.
    ///
    /// `nonce` is the original request's.
    ///
    /// # Errors
    /// [`NoTokens`]; [`NoTokens::GrantOver`] says that the session behind the token ended.
    pub(super) async fn refresh(&self, token: &RefreshToken, nonce: &Nonce) -> Result<Issued, NoTokens> {
        let discovered = self.current().await;
        let http = |request| self.wire.send(request);
        let mut request = discovered
            .client
            .exchange_refresh_token(token)
            .map_err(|error| NoTokens::Unavailable(error.to_string()))?;
        if let Some(resource) = &self.registration.resource {
            request = request.add_extra_param("resource", resource);
        }
        let response = request.request_async(&http).await.map_err(refused)?;
        self.verified(response, Bound::AtMost(nonce)).await
    }

    /// Where to send the browser to sign out (OpenID Connect RP-Initiated Logout 1.0, section 2).
    pub(super) async fn end_session_url(
        &self,
        hint: &CoreIdToken,
        back: &str,
        state: CsrfToken,
    ) -> anyhow::Result<Url> {
        let request = LogoutRequest::from(self.current().await.end_session.clone())
            .set_id_token_hint(hint)
            .set_client_id(ClientId::new(self.registration.client_id.to_owned()))
            .set_post_logout_redirect_uri(PostLogoutRedirectUrl::new(back.to_owned())?)
            .set_state(state);
        Ok(request.http_get_url())
    }

    async fn verified(&self, response: CoreTokenResponse, nonce: Bound<'_>) -> Result<Issued, NoTokens> {
        let received_at = clock::now();
        let lifetime = response.expires_in().and_then(|life| Instant::try_from(life.as_secs()).ok());
        let identity = match response.id_token() {
            Some(token) => Some((token.clone(), self.verify(token, response.access_token(), nonce).await?)),
            None => None,
        };
        Ok(Issued {
            identity,
            access_token: response.access_token().clone(),
            refresh_token: response.refresh_token().cloned(),
            received_at,
            expires_at: received_at.saturating_add(lifetime.unwrap_or(UNSAID_LIFETIME)),
        })
    }

    async fn verify(
        &self,
        token: &CoreIdToken,
        access_token: &AccessToken,
        nonce: Bound<'_>,
    ) -> Result<CoreIdTokenClaims, NoTokens> {
        let first = check(&self.current().await.client, token, access_token, nonce);
        match first {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let renewed = self.read_keys_again().await;
                check(&renewed.client, token, access_token, nonce)
            }
            other => other,
        }
        .map_err(|error| NoTokens::Unacceptable(error.to_string()))
    }

    async fn current(&self) -> Arc<Discovered> {
        Arc::clone(&*self.discovered.read().await)
    }

    async fn read_keys_again(&self) -> Arc<Discovered> {
        let mut discovered = self.discovered.write().await;
        if clock::now().saturating_sub(discovered.at) >= KEYS_AT_MOST_EVERY {
            match discover(&self.registration, &self.wire).await {
                Ok(fresh) => *discovered = Arc::new(fresh),
                Err(error) => tracing::warn!("the provider's keys cannot be read: {error:#}"),
            }
        }
        Arc::clone(&discovered)
    }
}

async fn discover(registration: &Registration, wire: &Wire) -> anyhow::Result<Discovered> {
    let http = |request| wire.send(request);
    let issuer = IssuerUrl::new(registration.issuer.clone())?;
    let metadata = ProviderMetadataWithLogout::discover_async(issuer, &http).await?;
    let end_session = metadata.additional_metadata().end_session_endpoint.clone();
    let end_session = end_session.ok_or_else(|| anyhow::anyhow!("the provider offers no end_session_endpoint"))?;
    let jwks_uri = metadata.jwks_uri().to_string();
    let secret = ClientSecret::new(registration.client_secret.clone());
    let client_id = ClientId::new(registration.client_id.to_owned());
    let client = CoreClient::from_provider_metadata(metadata, client_id, Some(secret))
        .set_redirect_uri(RedirectUrl::new(registration.redirect_uri.clone())?);
    Ok(Discovered { client, end_session, jwks_uri, at: clock::now() })
}
