//! One relying app, worn by two brands.
//!
//! What it does, in the order of a visit:
//! * `server`, `endpoints`: routes, headers, the guard in front of every request, and what each request does;
//! * `sign_in`: leaving for the provider and coming back with a code;
//! * `provider`, `issued`: everything asked of the provider, through the `openidconnect` crate;
//! * `renewal`: new tokens by refresh, and what it means when the refresh token is dead;
//! * `sign_out`: RP-initiated logout;
//! * `visit`: the application session, kept on the server; the browser holds a random id and nothing else;
//! * `api`, `resource_server`, `content`: the app's own API, which trusts access tokens and nothing else;
//! * `home`, `pages`, `token_view`, `telling`: what people see.
//!
//! No token ever reaches the browser, except the ID token as a logout hint in the redirect to the provider.

mod api;
pub(crate) mod brand;
mod browser;
mod content;
mod endpoints;
mod home;
mod issued;
mod pages;
mod provider;
mod renewal;
mod resource_server;
pub(crate) mod server;
mod shelf;
mod sign_in;
mod sign_out;
mod telling;
mod token_view;
mod visit;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use self::brand::Brand;
use self::provider::{Provider, Registration};
use self::resource_server::ResourceServer;
use self::shelf::Shelf;
use self::sign_in::Departure;
use self::sign_out::Farewell;
use self::visit::SharedVisit;
use self::wire::Wire;

/// Application sessions at most, and how long an untouched one is kept.
const VISITS: (usize, Duration) = (1000, Duration::from_secs(12 * 3600));
/// Requests under way to the provider at most, and how long a person may take there.
const DEPARTURES: (usize, Duration) = (1000, Duration::from_secs(15 * 60));

/// What an app is told at its start.
pub(crate) struct Surroundings<'a> {
    /// The provider's issuer identifier; everything else about it is discovered.
    pub(crate) issuer: &'a str,
    /// The app's own `http://host:port`.
    pub(crate) origin: &'a str,
    /// Its client secret.
    pub(crate) secret: &'a str,
}

/// The other app of the demo, for the link between the two.
pub(crate) struct Neighbour {
    pub(crate) name: &'static str,
    pub(crate) origin: String,
}

/// A relying app with everything it keeps, all of it bounded and in memory.
pub(crate) struct RelyingApp {
    pub(crate) brand: &'static Brand,
    origin: String,
    neighbour: Neighbour,
    provider: Provider,
    api: ResourceServer,
    wire: Arc<Wire>,
    visits: Shelf<SharedVisit>,
    departures: Shelf<Departure>,
    farewells: Shelf<Farewell>,
}

impl RelyingApp {
    /// Learns the provider's endpoints and keys (OpenID Connect Discovery 1.0) and stands ready to serve.
    ///
    /// # Errors
    /// When the provider cannot be reached or does not offer what the app needs.
    pub(crate) async fn discover(
        brand: &'static Brand,
        around: &Surroundings<'_>,
        (neighbour, neighbour_origin): (&'static str, &str),
    ) -> anyhow::Result<Self> {
        let wire = Arc::new(Wire::new(&["localhost", brand.host])?);
        let registration = Registration {
            issuer: around.issuer.to_owned(),
            client_id: brand.client_id,
            client_secret: around.secret.to_owned(),
            redirect_uri: format!("{}/callback", around.origin),
            scopes: brand.scopes,
            resource: brand.resource(around.origin),
        };
        let audience = registration.resource.clone().unwrap_or_else(|| around.issuer.to_owned());
        let provider = Provider::discover(registration, Arc::clone(&wire))
            .await
            .with_context(|| format!("{} cannot learn about its provider", brand.name))?;
        let api = ResourceServer::new(around.issuer, audience, provider.jwks_uri().await, Arc::clone(&wire));
        Ok(Self {
            brand,
            origin: around.origin.to_owned(),
            neighbour: Neighbour { name: neighbour, origin: neighbour_origin.to_owned() },
            provider,
            api,
            wire,
            visits: Shelf::new(VISITS.0, VISITS.1),
            departures: Shelf::new(DEPARTURES.0, DEPARTURES.1),
            farewells: Shelf::new(DEPARTURES.0, DEPARTURES.1),
        })
    }

    /// `host:port`, as an honest `Host` header names this app.
    fn authority(&self) -> &str {
        self.origin.trim_start_matches("http://")
    }
}
