//! Everything asked of the provider, over the wire alone: discovery, authorization requests, tokens, keys, and where it
//! has them, the session's status, its events, and reports of activity.

mod issued;
mod keys;
pub mod logout_token;
mod metadata;
pub(crate) mod upstream;
mod wire;

pub(crate) use issued::{Issued, NoTokens};
pub use keys::{BadSignature, ProviderKeys, SigningAlg, Verified};
pub use metadata::DiscoveryError;
pub(crate) use wire::{Wire, is_this_machine};

use self::issued::{Bound, check, refused};
use self::metadata::{Discovered, discover};
use crate::clock::{Clock, Instant};
use crate::session::{Identity, Tokens};
use openidconnect::core::{CoreAuthPrompt, CoreAuthenticationFlow, CoreClient, CoreIdToken, CoreTokenResponse};
use openidconnect::url::Url;
use openidconnect::{
    AccessToken, AuthorizationCode, ClaimsVerificationError, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RefreshToken, Scope, SignatureVerificationError,
    TokenResponse,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::RwLock;

/// The crate's client with the endpoints that discovery found.
pub(crate) type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// An unknown key makes us read the provider's metadata and keys again, at most this often (seconds).
const KEYS_AT_MOST_EVERY: Instant = 10;
/// What an access token is taken to live when the provider does not say (seconds).
const UNSAID_LIFETIME: Instant = 60;
/// No honest token is longer; longer ones would make records that stores do not bear.
const LONGEST_TOKEN: usize = 16 * 1024;

/// The app as the provider knows it.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<String>,
    pub(crate) redirect_uri: String,
    pub(crate) scopes: Vec<String>,
    /// The resources the access tokens are for (RFC 8707), if not the provider's own.
    pub(crate) resources: Vec<String>,
    pub(crate) algorithms: Vec<SigningAlg>,
}

/// What an authorization request asks for beside a code.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub(crate) prompt: Option<Prompt>,
    /// Authenticated at most that many seconds ago.
    pub(crate) max_age: Option<Instant>,
    /// An ID token of the person it is about (OpenID Connect Core 1.0, section 3.1.2.1).
    pub(crate) id_token_hint: Option<String>,
}

/// Whether the provider may or must show a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompt {
    /// Answer at once or not at all.
    None,
    /// Authenticate, whatever is known.
    Login,
}

/// Where to send the browser, and what to remember until it comes back.
pub(crate) struct Outward {
    pub(crate) url: Url,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// The provider as discovered, read again when its keys change.
pub(crate) struct Provider {
    registration: Registration,
    wire: Arc<Wire>,
    clock: Clock,
    discovered: RwLock<(Arc<Discovered>, Instant)>,
    keys: ProviderKeys,
}

impl Provider {
    /// Reads the provider's metadata and keys.
    pub(crate) async fn discover(registration: Registration, clock: Clock) -> Result<Provider, DiscoveryError> {
        let wire =
            Wire::new(&registration.issuer.parse()?).map_err(|error| DiscoveryError::Metadata(error.to_string()))?;
        let wire = Arc::new(wire);
        let discovered = Arc::new(discover(&registration, &wire).await?);
        let keys = ProviderKeys::new(Arc::clone(&wire), discovered.jwks_uri.clone(), registration.algorithms.clone());
        let discovered = RwLock::new((discovered, clock.now()));
        Ok(Provider { registration, wire, clock, discovered, keys })
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.registration.issuer
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.registration.client_id
    }

    pub(crate) fn keys(&self) -> &ProviderKeys {
        &self.keys
    }

    pub(crate) fn wire(&self) -> &Arc<Wire> {
        &self.wire
    }

    pub(crate) async fn announced(&self) -> metadata::Announced {
        self.current().await.announced.clone()
    }

    /// A fresh authorization request: code flow with PKCE (S256), `state` and `nonce`.
    pub(crate) async fn authorization_request(&self, wish: &Wish) -> Outward {
        let discovered = self.current().await;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.registration.scopes.iter().filter(|name| *name != "openid");
        let random = || crate::secret::random();
        let mut request = discovered
            .client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(random()),
                move || Nonce::new(random()),
            )
            .add_scopes(scopes.map(|name| Scope::new(name.clone())))
            .set_pkce_challenge(challenge);
        for resource in &self.registration.resources {
            request = request.add_extra_param("resource", resource);
        }
        if let Some(hint) = &wish.id_token_hint {
            request = request.add_extra_param("id_token_hint", hint);
        }
        request = match wish.prompt {
            Some(Prompt::None) => request.add_prompt(CoreAuthPrompt::None),
            Some(Prompt::Login) => request.add_prompt(CoreAuthPrompt::Login),
            None => request,
        };
        if let Some(max_age) = wish.max_age {
            request = request.set_max_age(Duration::from_secs(u64::try_from(max_age).unwrap_or_default()));
        }
        let (url, state, nonce) = request.url();
        let (state, nonce) = (state.into_secret(), nonce.secret().clone());
        Outward { url, state, nonce, verifier: verifier.into_secret() }
    }

    /// Exchanges a code for tokens and verifies the ID token against the request's nonce.
    pub(crate) async fn exchange(&self, code: String, verifier: String, nonce: &str) -> Result<Issued, NoTokens> {
        let discovered = self.current().await;
        let http = |request| self.wire.send(request);
        let request = discovered
            .client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| NoTokens::Unavailable(error.to_string()))?
            .set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let response = request.request_async(&http).await.map_err(refused)?;
        let mut issued = self.verified(response, Bound::Exactly(nonce)).await?;
        if issued.identity.is_none() {
            return Err(NoTokens::Unacceptable("no ID token".into()));
        }
        issued.tokens.nonce = nonce.to_owned();
        Ok(issued)
    }

    /// Exchanges a refresh token for new tokens; `nonce` is the original request's.
    pub(crate) async fn refresh(&self, token: &str, nonce: &str) -> Result<Issued, NoTokens> {
        let discovered = self.current().await;
        let http = |request| self.wire.send(request);
        let token = RefreshToken::new(token.to_owned());
        let request = discovered
            .client
            .exchange_refresh_token(&token)
            .map_err(|error| NoTokens::Unavailable(error.to_string()))?;
        let response = request.request_async(&http).await.map_err(refused)?;
        self.verified(response, Bound::AtMost(nonce)).await
    }

    /// Where to send the browser to sign out (OpenID Connect RP-Initiated Logout 1.0, section 2), if there is a place.
    pub(crate) async fn end_session_url(&self, hint: &str, back: &str, state: &str) -> Option<Url> {
        let mut url = self.current().await.announced.end_session_endpoint.clone()?;
        url.query_pairs_mut()
            .append_pair("id_token_hint", hint)
            .append_pair("client_id", self.client_id())
            .append_pair("post_logout_redirect_uri", back)
            .append_pair("state", state);
        Some(url)
    }

    async fn verified(&self, response: CoreTokenResponse, nonce: Bound<'_>) -> Result<Issued, NoTokens> {
        let received_at = self.clock.now();
        let access = response.access_token();
        let refresh = response.refresh_token().map(|token| token.secret().clone());
        let identity = match response.id_token() {
            Some(token) => Some(self.verify((token, access), nonce, received_at).await?),
            None => None,
        };
        let lengths = [access.secret().len(), refresh.as_ref().map_or(0, String::len)];
        if lengths.into_iter().any(|length| length > LONGEST_TOKEN) {
            return Err(NoTokens::Unacceptable("a token is too long".into()));
        }
        let lifetime = response.expires_in().and_then(|life| Instant::try_from(life.as_secs()).ok());
        let expires_at = received_at.saturating_add(lifetime.unwrap_or(UNSAID_LIFETIME));
        let access = access.secret().clone();
        Ok(Issued { identity, tokens: Tokens { access, refresh, received_at, expires_at, nonce: String::new() } })
    }

    async fn verify(
        &self,
        tokens: (&CoreIdToken, &AccessToken),
        nonce: Bound<'_>,
        now: Instant,
    ) -> Result<Identity, NoTokens> {
        let algorithms = &self.registration.algorithms;
        let unacceptable = |error: String| NoTokens::Unacceptable(error);
        match check(&self.current().await.client, tokens, algorithms, nonce, now) {
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) => {
                let renewed = self.read_keys_again().await;
                check(&renewed.client, tokens, algorithms, nonce, now)
            }
            other => other,
        }
        .map_err(|error| unacceptable(error.to_string()))?;
        let text = tokens.0.to_string();
        if text.len() > LONGEST_TOKEN {
            return Err(unacceptable("the ID token is too long".into()));
        }
        Identity::of_verified(&text).ok_or_else(|| unacceptable("the ID token names nobody".into()))
    }

    async fn current(&self) -> Arc<Discovered> {
        Arc::clone(&self.discovered.read().await.0)
    }

    async fn read_keys_again(&self) -> Arc<Discovered> {
        let mut discovered = self.discovered.write().await;
        let now = self.clock.now();
        if now.saturating_sub(discovered.1) >= KEYS_AT_MOST_EVERY {
            discovered.1 = now;
            match discover(&self.registration, &self.wire).await {
                Ok(fresh) => discovered.0 = Arc::new(fresh),
                Err(error) => tracing::warn!("the provider's keys cannot be read: {error}"),
            }
        }
        Arc::clone(&discovered.0)
    }
}
