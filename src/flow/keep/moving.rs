//! Everything from one store to another, whatever their engines.

use super::tally::Tally;
use super::{KeepError, Progress, is_empty, stays_behind};
use crate::store::contract::Mark;
use crate::store::{Backend, Cursor, StoreFault};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use tokio::sync::mpsc::channel;
use tokio::task::JoinHandle;

/// How far a move came: what the target remembers, written with every load.
#[derive(Serialize, Deserialize)]
struct Came {
    moved_from: String,
    place: String,
}

/// A store and what it is called in messages, such as its folder or database.
pub struct Named<'a> {
    /// The store.
    pub store: &'a Arc<dyn Backend>,
    /// What it is called.
    pub name: String,
}

/// Carries everything over. Both stores are used by nobody else. If it is broken off, the same call goes on where it
/// was; the target is not used by a server until it is done. At the end both are read again and compared. The source
/// is only read.
///
/// # Errors
/// See [`KeepError`].
pub async fn move_all(from: &Named<'_>, to: &Named<'_>, progress: Progress<'_>) -> Result<Tally, KeepError> {
    let mut mark = to.store.mark().await?;
    let place = begun(from, to, mark.as_deref()).await?;
    let (loads, mut arriving) = channel(2);
    let source = Arc::clone(from.store);
    let carrying = tokio::spawn(async move { source.carry_out(place, loads).await });
    let mut tally = Tally::default();
    while let Some(load) = arriving.recv().await {
        let mut entries = load.entries;
        entries.retain(|entry| !stays_behind(entry));
        entries.iter().for_each(|entry| tally.add(entry));
        let came = Came { moved_from: from.name.clone(), place: load.place.0 };
        let came = serde_json::to_string(&came).expect("a mark can be printed");
        to.store.carry_in(entries, Mark { from: mark, to: Some(came.clone()) }).await?;
        mark = Some(came);
        progress(&tally);
    }
    ended(carrying).await?;
    let (source, target) = (tally_of(from.store).await?, tally_of(to.store).await?);
    if let Some(difference) = source.difference(&target) {
        return Err(KeepError::Differs(difference));
    }
    to.store.carry_in(Vec::new(), Mark { from: mark, to: None }).await?;
    Ok(source)
}

/// Where to go on; none at the beginning.
async fn begun(from: &Named<'_>, to: &Named<'_>, mark: Option<&str>) -> Result<Option<Cursor>, KeepError> {
    let not_ours = |mark: String| KeepError::Begun { target: to.name.clone(), mark };
    if let Some(mark) = from.store.mark().await? {
        return Err(KeepError::Begun { target: from.name.clone(), mark });
    }
    match mark {
        None if is_empty(&**to.store).await? => Ok(None),
        None => Err(KeepError::NotEmpty(to.name.clone())),
        Some(text) => match serde_json::from_str::<Came>(text) {
            Ok(came) if came.moved_from == from.name => Ok(Some(Cursor(came.place))),
            Ok(came) => Err(not_ours(format!("a move from {}", came.moved_from))),
            Err(_) => Err(not_ours(text.to_owned())),
        },
    }
}

/// Everything that a store holds, counted and digested.
pub(super) async fn tally_of(store: &Arc<dyn Backend>) -> Result<Tally, StoreFault> {
    let (loads, mut arriving) = channel(2);
    let source = Arc::clone(store);
    let carrying = tokio::spawn(async move { source.carry_out(None, loads).await });
    let mut tally = Tally::default();
    while let Some(load) = arriving.recv().await {
        load.entries.iter().filter(|entry| !stays_behind(entry)).for_each(|entry| tally.add(entry));
    }
    ended(carrying).await?;
    Ok(tally)
}

/// How handing over ended.
pub(super) async fn ended(carrying: JoinHandle<Result<(), StoreFault>>) -> Result<(), StoreFault> {
    carrying.await.unwrap_or_else(|_| Err(StoreFault::Unavailable("the copy was broken off".into())))
}
