//! Whether what a timed-out session knew may come back.
//!
//! The session itself never does: the person gets a new one, with a new identifier, and what the old one kept is moved
//! into it. That the browser presented the old session's own handle is how the caller found it.

use super::{ApplicationSession, Identity, Standing};

/// Why nothing comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Withheld {
    /// It was signed out or withdrawn.
    #[error("the earlier session was ended for good")]
    Ended,
    /// Too late.
    #[error("the window to come back is closed")]
    WindowClosed,
    /// The person has not authenticated since the session timed out.
    #[error("nobody authenticated since the session timed out")]
    NotFresh,
    /// Somebody else, or by another provider's word.
    #[error("another person signed in")]
    OtherPerson,
    /// The provider says that the new session continues another one.
    #[error("the provider's session continues another one")]
    OtherSession,
}

/// All conditions at once: inside the window, a fresh authentication, the same person by the same provider's word, and
/// the provider's own word about which session it continues, where it gives one.
///
/// A live session is no exception for whose it is, but asks for no new authentication: it has not timed out.
///
/// # Errors
/// The first condition that does not hold.
pub fn restorable(kept: &ApplicationSession, standing: Standing, fresh: &Identity) -> Result<(), Withheld> {
    let timed_out_at = match standing {
        Standing::Ended { .. } => return Err(Withheld::Ended),
        Standing::Expired { .. } => return Err(Withheld::WindowClosed),
        Standing::Dormant { since, .. } => Some(since),
        Standing::Live { .. } | Standing::Warn { .. } => None,
    };
    if (fresh.issuer(), fresh.subject()) != (kept.identity.issuer(), kept.identity.subject()) {
        return Err(Withheld::OtherPerson);
    }
    if let Some(since) = timed_out_at
        && fresh.auth_time().is_none_or(|at| at <= since)
    {
        return Err(Withheld::NotFresh);
    }
    // A provider that knows no `prev_sid` says nothing, and one that continued nothing has nothing to say. A session
    // that was continued once names the earlier one in all its tokens: whoever timed out here alone is in it still.
    let is_kept = |sid: Option<&str>| sid.is_some() && sid == kept.identity.sid();
    let continues = fresh.claims().contains_key("prev_sid");
    if continues && !is_kept(fresh.sid()) && !is_kept(fresh.prev_sid()) {
        return Err(Withheld::OtherSession);
    }
    Ok(())
}
