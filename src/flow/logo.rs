//! The logos of apps: looked for by the sweep, fetched beside it, shown by pages. See [`crate::model::logo`].

use crate::crypto::fingerprint::fingerprint;
use crate::flow::picture::draw;
use crate::flow::{Fault, Idp};
use crate::model::client::Client;
use crate::model::id::ClientId;
use crate::model::logo::{Logo, Shown, Told};
use crate::model::picture::{Drawn, LOGO, Unfit};
use crate::model::record::{Change, Due, Kind};
use crate::outside::image::NoImage;
use crate::protocol::time::Timestamp;
use crate::store::StoreFault;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Logos fetched at a time: each may take half a megabyte, and ten seconds.
const AT_ONCE: usize = 32;
/// Where there is no place, it is looked for again after this long.
const CROWDED: Duration = Duration::from_secs(60);
/// Whoever fetches one has had this long before somebody else does.
const CLAIM: Duration = Duration::from_secs(300);
/// Clients read at a time.
const PAGE: usize = 200;
/// Apps that are asked whose logo one is: many can have the same.
const MOST_BEARERS: usize = 8;

/// Places for logos that are fetched.
pub struct Fetching(Arc<Semaphore>);

impl Default for Fetching {
    fn default() -> Fetching {
        Fetching(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A logo that is to be fetched.
#[derive(Debug)]
pub struct Wanted {
    client: Client,
    uri: String,
    claimed: Due,
    place: OwnedSemaphorePermit,
}

/// An app as pages list it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppShown {
    /// What people call it.
    pub name: String,
    /// The path of its logo here.
    pub logo: Option<String>,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
enum NoLogo {
    #[error(transparent)]
    Image(#[from] NoImage),
    #[error("it is no complete PNG, JPEG or WebP")]
    Format,
    #[error("it has too many pixels")]
    Dimensions,
}

impl From<Unfit> for NoLogo {
    fn from(unfit: Unfit) -> NoLogo {
        match unfit {
            Unfit::Nothing | Unfit::Format => NoLogo::Format,
            Unfit::Dimensions => NoLogo::Dimensions,
        }
    }
}

impl Idp {
    /// The appointment of a logo has come: it is claimed, if it is to be fetched and there is a place for it. The sweep waits
    /// for nobody's server.
    pub(super) async fn look_for_logo(
        &self,
        due: Due,
        client: ClientId,
        now: Timestamp,
    ) -> Result<Option<Wanted>, Fault> {
        let client = self.store.read::<Client>(client.as_str()).await?;
        let Some((client, uri)) = client.and_then(|client| Some((client.clone(), self.logo_source(&client)?))) else {
            // The app is gone, or shows none any more.
            self.visit::<Logo, ()>(due, |_| Change::delete(())).await?;
            return Ok(None);
        };
        let known = self.store.read::<Logo>(&due.key).await?;
        if known.is_some_and(|logo| logo.uri == uri && now < logo.again_at) {
            self.visit::<Logo, ()>(due, |_| Change::keep(())).await?;
            return Ok(None);
        }
        let Ok(place) = Arc::clone(&self.logos.0).try_acquire_owned() else {
            self.store.postpone(due, now + CROWDED).await?;
            return Ok(None);
        };
        let claimed = Due { at: now + CLAIM, ..due.clone() };
        self.store.postpone(due, claimed.at).await?;
        Ok(Some(Wanted { client, uri, claimed, place }))
    }

    /// Fetches a logo, and writes down what came of it.
    ///
    /// # Errors
    /// The store; it is tried again when the claim is over.
    pub async fn fetch_logo(&self, wanted: Wanted, now: Timestamp) -> Result<(), Fault> {
        let Wanted { client, uri, claimed, place: _place } = wanted;
        let (had, why) = match self.logo_at(&uri, &client).await {
            Ok(shown) => (Some(shown), None),
            Err(why) => (None, Some(why)),
        };
        // It may have changed, or gone, while its server was asked: then another appointment is its.
        let client = match self.store.read::<Client>(client.id.as_str()).await? {
            Some(client) if self.logo_source(&client).as_deref() == Some(&uri) => client,
            // Looked at once more: the other appointment may have been for the very moment that this one was, and be struck.
            _ => return Ok(self.store.postpone(claimed, now).await?),
        };
        let (id, key) = (client.id.clone(), Logo::key_of(&client.id));
        let changed = self.store.change::<Logo, _, _>(&key, move |before| {
            let mut change = Logo::tried(before, (&id, &uri), had.clone(), now);
            change.looked_at.push(claimed.clone());
            change
        });
        match (changed.await?.outcome()?, why) {
            (Told::Missed, Some(why)) => {
                tracing::warn!(client = %client.id, %why, "the logo of an app cannot be had; it is tried again");
            }
            (Told::Dropped, Some(why)) => {
                tracing::warn!(client = %client.id, %why, "the logo of an app could not be had for a week: its initial is shown");
            }
            _ => (),
        }
        Ok(())
    }

    /// The path of the logo that pages show of this client. What is wrong with one keeps nobody from signing in.
    pub async fn logo_of(&self, client: &Client) -> Result<Option<String>, Fault> {
        let Some(source) = self.logo_source(client) else { return Ok(None) };
        let logo = match self.store.read::<Logo>(&Logo::key_of(&client.id)).await {
            Err(StoreFault::Damaged { kind, reason }) => {
                tracing::error!(kind, client = %client.id, reason, "the logo of an app cannot be read");
                None
            }
            read => read?,
        };
        Ok(logo.and_then(|logo| logo.shown_for(client, Some(&source)).map(Shown::path)))
    }

    /// The file under a name, while an app shows it.
    pub async fn logo(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        for logo in self.store.list::<Logo>(("logos", name), None, MOST_BEARERS).await?.items {
            let Some(client) = self.store.read::<Client>(logo.client.as_str()).await? else { continue };
            if let Some(shown) = logo.shown_for(&client, self.logo_source(&client).as_deref()) {
                return Ok(Some(shown.file.jpeg()));
            }
        }
        Ok(None)
    }

    /// The logos that nobody looked for yet, of apps that were registered when none was shown, get an appointment now. For
    /// the node that does the background work, once after it started.
    pub async fn appoint_logos(&self, now: Timestamp) -> Result<(), Fault> {
        let mut cursor = None;
        loop {
            let page = self.store.list::<Client>(("clients", ""), cursor.as_ref(), PAGE).await?;
            for client in page.items.iter().filter(|client| self.logo_source(client).is_some()) {
                let key = Logo::key_of(&client.id);
                let source = self.logo_source(client);
                if self.store.read::<Logo>(&key).await?.is_none_or(|logo| Some(logo.uri) != source) {
                    self.store.appoint(Due { at: now, kind: Kind::Picture, key }).await?;
                }
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    fn logo_source(&self, client: &Client) -> Option<String> {
        client.logo_source(self.settings.registration.certification).map(str::to_owned)
    }

    async fn logo_at(&self, uri: &str, client: &Client) -> Result<Shown, NoLogo> {
        let file = self.outbound.image(uri, client.author(), LOGO.most_bytes).await?;
        let jpeg = draw(file, &LOGO).await?;
        Ok(Shown { name: URL_SAFE_NO_PAD.encode(fingerprint(&jpeg)), file: Drawn::new(&jpeg) })
    }
}
