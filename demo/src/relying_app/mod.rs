//! One relying app, worn by two brands. Everything about sessions is the crate `abide-rp`'s; this is an app on it.
//!
//! * `server`, `endpoints`: routes, headers, the guard in front of every request, and what each request does;
//! * `api`, `resource_server`, `content`: the app's own API, which trusts access tokens and nothing else, and its client;
//! * `desk`: what a person sends from a page (a transfer, a post) and finds again;
//! * `home`, `sessions`, `pages`, `token_view`, `telling`: what people see.
//!
//! No token ever reaches the browser, except the ID token as a logout hint in the redirect to the provider.

mod api;
pub(crate) mod brand;
mod content;
mod desk;
mod endpoints;
mod home;
mod pages;
mod resource_server;
pub(crate) mod server;
mod sessions;
mod telling;
mod token_view;

use std::sync::Arc;

use abide_rp::{Clock, Policy, RelyingApp};
use anyhow::Context;

use self::api::ApiClient;
use self::brand::Brand;
use self::pages::{BrandPages, Shell};
use self::resource_server::ResourceServer;

/// What an app is told at its start.
pub(crate) struct Surroundings<'a> {
    /// The provider's issuer identifier; everything else about it is discovered.
    pub(crate) issuer: &'a str,
    /// The app's own `http://host:port`.
    pub(crate) origin: &'a str,
    /// Its client secret.
    pub(crate) secret: &'a str,
    /// The clock by which its sessions are judged.
    pub(crate) clock: &'a Clock,
}

/// A brand with its sessions and its API.
pub(crate) struct Shop {
    pub(crate) brand: &'static Brand,
    origin: String,
    shell: Arc<Shell>,
    rp: RelyingApp,
    api: ResourceServer,
    api_client: ApiClient,
}

impl Shop {
    /// Learns the provider's endpoints and keys (OpenID Connect Discovery 1.0) and stands ready to serve.
    ///
    /// # Errors
    /// When the provider cannot be reached or does not offer what the app needs.
    pub(crate) async fn open(
        brand: &'static Brand,
        around: &Surroundings<'_>,
        (neighbour_name, neighbour_origin): (&'static str, &str),
    ) -> anyhow::Result<Self> {
        let (issuer, origin) = (around.issuer.to_owned(), around.origin.to_owned());
        let neighbour_origin = neighbour_origin.to_owned();
        let shell = Arc::new(Shell { brand, neighbour_name, neighbour_origin, issuer });
        let resource = brand.resource(&origin);
        // One token for the app's own API and for the provider's session endpoints.
        let resources: Vec<&str> = resource.iter().map(String::as_str).chain([around.issuer]).collect();
        let limits = brand.limits.as_ref();
        let rp = RelyingApp::new(around.issuer, brand.client_id, &origin)
            .client_secret(around.secret)
            .scopes(brand.scopes)
            .resources(&resources)
            .cookie(brand.cookie)
            .clock(around.clock.clone())
            .policy(Policy {
                idle_timeout: limits.map(|limits| limits.idle),
                max_lifetime: limits.map(|limits| limits.max),
                warn_before: std::time::Duration::from_secs(60),
                ..Policy::default()
            })
            .pages(BrandPages(Arc::clone(&shell)))
            .open()
            .await
            .with_context(|| format!("{} cannot learn about its provider", brand.name))?;
        let audience = resource.unwrap_or_else(|| around.issuer.to_owned());
        let api = ResourceServer::new(around.issuer, audience);
        Ok(Self { brand, origin, shell, rp, api, api_client: ApiClient::new(brand.host)? })
    }

    /// `host:port`, as an honest `Host` header names this app.
    fn authority(&self) -> &str {
        self.origin.trim_start_matches("http://")
    }
}
