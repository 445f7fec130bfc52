//! What happens in which order. Each flow is given `now` and changes facts by conditional writes alone.
//!
//! * `departure`, `sign_in`: leaving for the provider and coming back; where a timed-out session's keepsakes are given back;
//! * `renewal`: new tokens by refresh, and what it means when the refresh token is dead;
//! * `activity`: the person's acts, written down and reported to the provider;
//! * `sign_out`: leaving for good; `told`: what the provider says about ends;
//! * `sweep`: what is past its time goes.

pub(crate) mod activity;
pub(crate) mod departure;
pub(crate) mod renewal;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod sweep;
pub(crate) mod told;

use crate::app::Inner;
use crate::clock::Instant;
use crate::secret::{Handle, Name};
use crate::session::{ApplicationSession, Standing};
use crate::store::{Replaced, StoreFault, Stored};

/// Writers of one session that get into each other's way give up after that many rounds.
const ROUNDS: usize = 64;

/// The session that a browser presents, as it stands.
pub(crate) struct Present {
    pub(crate) handle: Handle,
    pub(crate) name: Name,
    pub(crate) stored: Stored,
    pub(crate) standing: Standing,
}

/// Whether a change is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Write {
    Yes,
    No,
}

impl Inner {
    /// The session of a handle, if there is one, in whatever standing.
    pub(crate) async fn present(&self, handle: Handle, now: Instant) -> Result<Option<Present>, StoreFault> {
        let name = handle.name();
        let Some(stored) = self.store.find(&name).await? else {
            return Ok(None);
        };
        let standing = stored.session.standing(&self.policy, now);
        Ok(Some(Present { handle, name, stored, standing }))
    }

    /// Changes a session; where somebody was faster, the change is made again on top. None: there is no such session.
    pub(crate) async fn change(
        &self,
        name: &Name,
        mut change: impl FnMut(&mut ApplicationSession) -> Write + Send,
    ) -> Result<Option<ApplicationSession>, StoreFault> {
        let Some(mut stored) = self.store.find(name).await? else {
            return Ok(None);
        };
        for _ in 0..ROUNDS {
            if change(&mut stored.session) == Write::No {
                return Ok(Some(stored.session));
            }
            match self.store.replace(name, stored.version, &stored.session).await? {
                Replaced::Done(_) => {
                    self.hub.tell(name);
                    return Ok(Some(stored.session));
                }
                Replaced::Outrun(newer) => stored = *newer,
                Replaced::Gone => return Ok(None),
            }
        }
        Err(StoreFault("too many write to one session at once".into()))
    }
}
