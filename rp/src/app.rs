//! A relying app: everything it keeps.

use crate::clock::{Clock, Instant};
use crate::hub::Hub;
use crate::policy::Policy;
use crate::provider::{Provider, ProviderKeys};
use crate::seal::Seal;
use crate::shelf::Shelf;
use crate::store::SessionStore;
use crate::web::pages::Pages;
use std::sync::Arc;
use tokio::sync::{Mutex, Semaphore};

/// An app that signs its people in at an OpenID provider. Cheap to clone.
///
/// ```no_run
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use abide_rp::{Policy, RelyingApp};
/// use std::time::Duration;
/// let app = RelyingApp::new("https://id.example", "bank", "https://bank.example")
///     .client_secret("…")
///     .policy(Policy { idle_timeout: Some(Duration::from_secs(120)), ..Policy::default() })
///     .open()
///     .await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct RelyingApp {
    pub(crate) inner: Arc<Inner>,
}

/// What there is of an app.
pub(crate) struct Inner {
    pub(crate) site: Site,
    pub(crate) policy: Policy,
    pub(crate) provider: Provider,
    pub(crate) store: Arc<dyn SessionStore>,
    pub(crate) clock: Clock,
    pub(crate) seal: Seal,
    pub(crate) pages: Arc<dyn Pages>,
    pub(crate) hub: Hub,
    /// One renewal at a time per session: a refresh token is good once.
    pub(crate) renewing: Vec<Mutex<()>>,
    pub(crate) renewal_pause: Shelf<()>,
    pub(crate) reported: Shelf<()>,
    pub(crate) report_pause: Shelf<()>,
    pub(crate) reports: Arc<Semaphore>,
}

/// Where the app lives and what its cookies are called.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    /// `https://host:port`.
    pub(crate) origin: String,
    /// Before all paths of ours.
    pub(crate) prefix: String,
    pub(crate) cookie: String,
    pub(crate) transport: Transport,
}

/// Whether cookies can be kept to TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Tls,
    /// Plain http to a `localhost` name, while developing.
    ThisMachine,
}

impl Site {
    /// The URL of one of our paths.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.prefix)
    }
}

impl RelyingApp {
    /// The provider's keys, for an API of the app that verifies access tokens.
    pub fn keys(&self) -> &ProviderKeys {
        self.inner.provider.keys()
    }

    /// The provider's issuer identifier.
    pub fn issuer(&self) -> &str {
        self.inner.provider.issuer()
    }

    /// The limits of this app's sessions.
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// The instant by the app's clock.
    pub fn now(&self) -> Instant {
        self.inner.clock.now()
    }

    /// The address of one of the paths that [`RelyingApp::configure`] serves, such as `"/sign-in"`.
    pub fn path(&self, path: &str) -> String {
        format!("{}{path}", self.inner.site.prefix)
    }
}
