//! The picture of a person: drawn, shown, replaced, taken away.
//!
//! The account decides which picture is shown ([`Account::picture`]). A new one is stored first and named by the account
//! then, so that no address leads nowhere; the one before is not served from that write on, whatever becomes of it.

use crate::crypto::random;
use crate::flow::session::Current;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::id::AccountId;
use crate::model::picture::{Drawing, PORTRAIT, Picture, Unfit};
use crate::model::record::{Change, Due};
use crate::protocol::time::Timestamp;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Files that come in or wait at a time: each is held in memory.
static PLACES: Semaphore = Semaphore::const_new(16);
/// Pictures drawn at a time: a large one takes some hundred megabytes while it is decoded.
static DRAWING: Semaphore = Semaphore::const_new(1);
/// When the sweep sees whether a picture came to be shown. Until then it may be on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(3_600);

/// A place among those who hand a picture in, given back when dropped.
pub struct Place(#[allow(dead_code, reason = "held, not looked at")] SemaphorePermit<'static>);

impl Place {
    /// A place, if there is one. Taken before the file is read.
    pub fn take() -> Option<Place> {
        PLACES.try_acquire().ok().map(Place)
    }
}

impl Idp {
    /// The person shows this from here on.
    pub async fn set_picture(
        &self,
        of: &Current,
        (file, place): (Vec<u8>, Place),
        now: Timestamp,
    ) -> Result<Result<(), Unfit>, Fault> {
        let drawn = draw(file, &PORTRAIT).await;
        drop(place);
        let jpeg = match drawn {
            Ok(jpeg) => jpeg,
            Err(unfit) => return Ok(Err(unfit)),
        };
        let picture = Picture::new(random::id(), of.account.id.clone(), now, &jpeg);
        let name = picture.name.clone();
        let stored =
            self.store.change::<Picture, _, _>(&name, move |_| Change::put((), picture.clone()).due(now + ON_ITS_WAY));
        stored.await?.outcome()?;
        self.show_picture(&of.account.id, Some(name), now).await?;
        Ok(Ok(()))
    }

    /// The person shows none any more.
    pub async fn remove_picture(&self, of: &Current, now: Timestamp) -> Result<(), Fault> {
        self.show_picture(&of.account.id, None, now).await
    }

    async fn show_picture(&self, of: &AccountId, name: Option<String>, now: Timestamp) -> Result<(), Fault> {
        let event = Event::done(Act::AccountChanged, now).by(of).because("picture");
        let changed = self.store.change::<Account, _, _>(of.as_str(), move |before| match before {
            Some(account) => account.show_picture(name.clone(), event.clone()),
            None => Change::keep(None),
        });
        // Each change takes away the one it replaced, and nobody the one that is on its way by another.
        match changed.await?.outcome()? {
            Some(replaced) => self.erase::<Picture>(&replaced).await,
            None => Ok(()),
        }
    }

    /// The file under a name, while its account shows it.
    pub async fn picture(&self, name: &str) -> Result<Option<Vec<u8>>, Fault> {
        let Some(picture) = self.store.read::<Picture>(name).await? else { return Ok(None) };
        let account = self.store.read::<Account>(picture.account.as_str()).await?;
        Ok(account.filter(|account| picture.is_shown_by(account)).map(|_| picture.jpeg()))
    }

    /// The appointment of a picture: one that never came to be shown is forgotten.
    pub(super) async fn keep_picture(&self, due: Due) -> Result<(), Fault> {
        let account = match self.store.read::<Picture>(&due.key).await? {
            Some(picture) => self.store.read::<Account>(picture.account.as_str()).await?,
            None => None,
        };
        self.visit::<Picture, ()>(due, move |picture| match &account {
            Some(account) if account.picture.as_ref() == Some(&picture.name) => Change::keep(()),
            _ => Change::delete(()),
        })
        .await
    }
}

/// Off the event loop, one after the other.
pub(super) async fn draw(file: Vec<u8>, drawing: &'static Drawing) -> Result<Vec<u8>, Unfit> {
    let Ok(turn) = DRAWING.acquire().await else { return Err(Unfit::Format) };
    let drawn = tokio::task::spawn_blocking(move || {
        let drawn = drawing.draw(&file);
        // Given back when the work is done, not when the browser goes away.
        drop(turn);
        drawn
    });
    drawn.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "a decoder of pictures gave up");
        Err(Unfit::Format)
    })
}
