//! A relying app, put together from what its author says.

use crate::app::{Inner, RelyingApp, Site, Transport};
use crate::clock::{Clock, Instant};
use crate::hub::Hub;
use crate::policy::Policy;
use crate::provider::{DiscoveryError, Provider, Registration, SigningAlg, is_this_machine};
use crate::seal::Seal;
use crate::secret::random_key;
use crate::shelf::Shelf;
use crate::store::{MemoryStore, SessionStore};
use crate::web::pages::{Pages, PlainPages};
use openidconnect::url::Url;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, Semaphore};

/// Sessions in memory, where the author names no store.
const SESSIONS: usize = 10_000;
/// Renewals are made one at a time per session; sessions share this many locks.
const LOCKS: usize = 64;
/// An act is told to the provider at most this often per session (seconds).
const REPORT_EVERY: Instant = 10;
/// After a provider said that this client may not report, it is asked again this much later (seconds).
const REPORT_PAUSE: Instant = 600;
/// After a provider did not answer, pages do not wait for it again for this long (seconds).
const RENEWAL_PAUSE: Instant = 10;
/// A warning leaves at least that long to answer (WCAG 2.2, 2.2.1), as far as the limit itself is that long.
const TIME_TO_ANSWER: Duration = Duration::from_secs(20);
/// Sessions whose last report is remembered.
const REPORTED: usize = 10_000;
/// Reports under way at most; beyond that an act is not told.
const REPORTS_AT_ONCE: usize = 32;

/// What an author says about an app.
#[must_use]
pub struct Builder {
    registration: Registration,
    origin: String,
    prefix: String,
    cookie: Option<String>,
    policy: Policy,
    store: Option<Arc<dyn SessionStore>>,
    clock: Clock,
    key: [u8; 32],
    pages: Arc<dyn Pages>,
}

/// Why an app cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its own address is no origin, or plain http elsewhere than on this machine.
    #[error("{0}: the app's address is `https://host`, or `http://` with a `localhost` name, without a path")]
    Origin(String),
    /// The provider cannot be used.
    #[error(transparent)]
    Provider(#[from] DiscoveryError),
}

impl RelyingApp {
    /// An app at `origin` that is registered as `client_id` at `issuer`.
    #[allow(clippy::new_ret_no_self, reason = "what is new is said bit by bit")]
    pub fn new(issuer: &str, client_id: &str, origin: &str) -> Builder {
        Builder {
            registration: Registration {
                issuer: issuer.to_owned(),
                client_id: client_id.to_owned(),
                client_secret: None,
                redirect_uri: String::new(),
                scopes: vec!["openid".to_owned()],
                resources: Vec::new(),
                algorithms: SigningAlg::ALL.to_vec(),
            },
            origin: origin.to_owned(),
            prefix: "/auth".to_owned(),
            cookie: None,
            policy: Policy::default(),
            store: None,
            clock: Clock::System,
            key: random_key(),
            pages: Arc::new(PlainPages),
        }
    }
}

impl Builder {
    /// The client's secret; without one the client is public.
    pub fn client_secret(mut self, secret: &str) -> Builder {
        self.registration.client_secret = Some(secret.to_owned());
        self
    }

    /// What is asked for; `openid` always is.
    pub fn scopes(mut self, scopes: &[&str]) -> Builder {
        self.registration.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self
    }

    /// The resources that access tokens are for (RFC 8707); asked for with every sign-in.
    ///
    /// Reports of activity and the provider's status need a token for the provider itself: name its issuer as well.
    pub fn resources(mut self, resources: &[&str]) -> Builder {
        self.registration.resources = resources.iter().map(|&resource| resource.to_owned()).collect();
        self
    }

    /// The signatures that count; all of [`SigningAlg::ALL`] where nothing is said.
    pub fn signed_by(mut self, algorithms: &[SigningAlg]) -> Builder {
        self.registration.algorithms = algorithms.to_vec();
        self
    }

    /// The limits of its sessions.
    pub fn policy(mut self, policy: Policy) -> Builder {
        self.policy = policy;
        self
    }

    /// Where sessions are kept; in memory where nothing is said.
    pub fn store(mut self, store: impl SessionStore + 'static) -> Builder {
        self.store = Some(Arc::new(store));
        self
    }

    /// A store that others use as well.
    pub fn shared_store(mut self, store: Arc<dyn SessionStore>) -> Builder {
        self.store = Some(store);
        self
    }

    /// What stands before the crate's paths: `/auth` where nothing is said.
    pub fn prefix(mut self, prefix: &str) -> Builder {
        self.prefix = prefix.trim_end_matches('/').to_owned();
        self
    }

    /// The name of the session cookie; made of the client's id where nothing is said.
    pub fn cookie(mut self, name: &str) -> Builder {
        self.cookie = Some(name.to_owned());
        self
    }

    /// The key that seals sign-ins under way into the browser's cookies. Needed where several processes serve one app,
    /// or a sign-in shall survive a restart; random where nothing is said.
    pub fn key(mut self, key: [u8; 32]) -> Builder {
        self.key = key;
        self
    }

    /// Another clock, for tests.
    pub fn clock(mut self, clock: Clock) -> Builder {
        self.clock = clock;
        self
    }

    /// The pages that the crate has to show, in the app's own look.
    pub fn pages(mut self, pages: impl Pages + 'static) -> Builder {
        self.pages = Arc::new(pages);
        self
    }

    /// Learns the provider's endpoints and keys (OpenID Connect Discovery 1.0) and stands ready.
    ///
    /// # Errors
    /// The provider cannot be reached, or the addresses are not what they should be.
    pub async fn open(mut self) -> Result<RelyingApp, OpenError> {
        let site = self.site()?;
        self.registration.redirect_uri = site.url("/callback");
        let provider = Provider::discover(self.registration, self.clock.clone()).await?;
        let store = self.store.unwrap_or_else(|| Arc::new(MemoryStore::new(SESSIONS)));
        let inner = Inner {
            site,
            policy: Policy { warn_before: self.policy.warn_before.max(TIME_TO_ANSWER), ..self.policy },
            provider,
            store,
            clock: self.clock,
            seal: Seal::new(&self.key),
            pages: self.pages,
            hub: Hub::default(),
            renewing: (0..LOCKS).map(|_| Mutex::default()).collect(),
            renewal_pause: Shelf::new(REPORTED, RENEWAL_PAUSE),
            reported: Shelf::new(REPORTED, REPORT_EVERY),
            report_pause: Shelf::new(1, REPORT_PAUSE),
            reports: Arc::new(Semaphore::new(REPORTS_AT_ONCE)),
        };
        Ok(RelyingApp { inner: Arc::new(inner) })
    }

    fn site(&self) -> Result<Site, OpenError> {
        let wrong = || OpenError::Origin(self.origin.clone());
        let url: Url = self.origin.parse().map_err(|_| wrong())?;
        let transport = match url.scheme() {
            "https" => Transport::Tls,
            "http" if is_this_machine(&url) => Transport::ThisMachine,
            _ => return Err(wrong()),
        };
        let origin = url.origin().ascii_serialization();
        if origin != self.origin.trim_end_matches('/') {
            return Err(wrong());
        }
        let plain =
            |text: &str| text.chars().map(|each| if each.is_ascii_alphanumeric() { each } else { '_' }).collect();
        let cookie: String = self.cookie.as_deref().map_or_else(|| plain(&self.registration.client_id), plain);
        Ok(Site { origin, prefix: self.prefix.clone(), cookie, transport })
    }
}
