//! What every backend refuses before it writes.

use super::contract::{MAX_KEY, MAX_VALUE, RawChange, StoreFault, Write};
use crate::model::record::Row;

/// Does the change write nothing at all?
pub(super) fn is_nothing(change: &RawChange) -> bool {
    let RawChange { write, claim, release, list, unlist, due, undue, events, mails } = change;
    *write == Write::Keep
        && (claim.is_empty() && release.is_empty() && list.is_empty() && unlist.is_empty())
        && (due.is_empty() && undue.is_empty() && events.is_empty() && mails.is_empty())
}

/// Refuses what is larger than the contract allows. What is only removed cannot be in the store if it is too large.
pub(super) fn measure(change: &RawChange) -> Result<(), StoreFault> {
    let fits = |what, fits: bool| if fits { Ok(()) } else { Err(StoreFault::TooLarge(what)) };
    if let Write::Put(value) = &change.write {
        fits("record", value.len() <= MAX_VALUE)?;
    }
    for name in &change.claim {
        fits("name", name.sort.len() + name.value.len() <= MAX_KEY)?;
    }
    for Row { list, group, order } in &change.list {
        fits("list row", list.len() + group.len() + order.len() <= MAX_KEY)?;
    }
    for due in &change.due {
        fits("key", due.key.len() <= MAX_KEY)?;
    }
    for (_, event) in &change.events {
        fits("audit event", event.len() <= MAX_VALUE)?;
    }
    for (key, mail) in &change.mails {
        fits("mail", mail.len() <= MAX_VALUE && key.len() <= MAX_KEY)?;
    }
    Ok(())
}
