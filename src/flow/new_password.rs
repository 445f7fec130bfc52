//! The person changes their password, or sets the first one ([`crate::flow::security`] says who may).

use crate::flow::browser::Visitor;
use crate::flow::cookies::Handles;
use crate::flow::password::{FreshPassword, Kept, Over};
use crate::flow::session::{Current, Proven};
use crate::flow::sign_in::{PasswordAttempt, PasswordOutcome};
use crate::flow::{Fault, Idp};
use crate::model::credential::Credential;
use crate::model::password::Weakness;
use crate::protocol::time::Timestamp;
use zeroize::Zeroizing;

/// What the form brought.
pub struct PasswordChange {
    /// The password as it is.
    pub current: Zeroizing<String>,
    /// As it shall be.
    pub new: Zeroizing<String>,
    /// What becomes of everything that rests on the one before.
    pub others: Others,
}

/// What becomes of the other sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Others {
    /// They end, and so do grants that outlive sessions.
    End,
    /// They go on.
    Stay,
}

/// How changing the password ended.
#[derive(Debug)]
pub enum PasswordChanged {
    /// It is changed; the browser's cookies.
    Now(Handles),
    /// Somebody ended this session, or set another password, while it was underway: whoever it is signs in anew.
    Gone,
    /// There was none before, and there is one now.
    First,
    /// The present one was not right.
    Wrong,
    /// The new one may not be set.
    Weak(Weakness),
    /// Too many attempts.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
    /// Too many people at once.
    Busy,
}

impl Idp {
    /// Changes the password, or sets the first one. The present one is asked for and counted like a sign-in, and the new one
    /// is set over the very one that was right: what was set meanwhile stays. Who has none authenticated by something else
    /// minutes ago, and nothing rests on it that could end. Otherwise everything that rests on it ends, if that is wished: by
    /// one write on the account, which spares nothing; this browser gets a session of its own anew, if nobody ended its own
    /// meanwhile.
    pub async fn change_password(
        &self,
        visitor: &Visitor,
        of: &Current,
        change: PasswordChange,
        now: Timestamp,
    ) -> Result<PasswordChanged, Fault> {
        let beside = self.beside_password(&of.account.id).await?;
        let stands = match self.judge_password(&change.new, &of.account, beside).await? {
            Ok(stands) => stands,
            Err(weakness) => return Ok(PasswordChanged::Weak(weakness)),
        };
        let attempt = PasswordAttempt { username: of.account.username.clone(), password: change.current };
        if self.store.read::<Credential>(&Credential::password_key(&of.account.id)).await?.is_none() {
            let Ok(hash) = self.hash_password(&change.new).await else { return Ok(PasswordChanged::Busy) };
            let fresh = (FreshPassword { hash, stands }, Over::Nothing);
            let kept = self.keep_password(&of.account.id, fresh, Some(&of.account.id), now).await?;
            return Ok(if kept == Kept::Yes { PasswordChanged::First } else { PasswordChanged::Wrong });
        }
        let verified = match self.try_this_password(visitor, attempt, now).await? {
            (PasswordOutcome::Accepted(account), Some(hash)) if account.id == of.account.id => hash,
            (PasswordOutcome::Accepted(_) | PasswordOutcome::Refused, _) => return Ok(PasswordChanged::Wrong),
            (PasswordOutcome::Throttled { until }, _) => return Ok(PasswordChanged::Throttled { until }),
            (PasswordOutcome::Busy, _) => return Ok(PasswordChanged::Busy),
        };
        let Ok(hash) = self.hash_password(&change.new).await else { return Ok(PasswordChanged::Busy) };
        let fresh = (FreshPassword { hash, stands }, Over::This(verified));
        if change.others == Others::Stay {
            let kept = self.keep_password(&of.account.id, fresh, Some(&of.account.id), now).await?;
            return Ok(if kept == Kept::Yes {
                PasswordChanged::Now(Handles::Unchanged)
            } else {
                PasswordChanged::Gone
            });
        }
        let Some(ended) = self.end_all_from(&of.account, now).await? else { return Ok(PasswordChanged::Gone) };
        if self.keep_password(&of.account.id, fresh, Some(&of.account.id), now).await? == Kept::No {
            return Ok(PasswordChanged::Gone);
        }
        let Some(account) = self.end_all_from(&ended, now).await? else { return Ok(PasswordChanged::Gone) };
        let proven = Proven {
            facts: of.session.authentication().clone(),
            remember: of.session.remember,
            resting: of.session.resting.clone(),
        };
        let handles = match self.carry_on(visitor, &account, proven, now).await? {
            Some((_, handles, remember)) => Handles::Set(self.session_cookies(handles, remember, now).await?),
            None => Handles::Unchanged,
        };
        Ok(PasswordChanged::Now(handles))
    }
}
