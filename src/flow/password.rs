//! A new password, wherever one is set: judged by the one rule, looked up among those that were stolen somewhere, hashed,
//! kept.
//!
//! A password that is good enough beside a second factor only is marked as such, on its own record and on the account's
//! ([`Stands`]). The mark on the account is what decisions read: the last factor is not taken away from under it
//! ([`crate::flow::security`]), and should it be gone all the same (an administrator took it, or two things happened at
//! once), an authentication by that password alone lets nobody into an app ([`Demand`]).
//!
//! [`Demand`]: crate::model::authorization::demand::Demand

use crate::crypto::fingerprint::sha1;
use crate::crypto::hashing::Busy;
use crate::flow::setup::FormError;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::authorization::factor::Level;
use crate::model::credential::Credential;
use crate::model::id::AccountId;
use crate::model::password::{self, Beside, Context, Stands, Weakness};
use crate::model::record::Change;
use crate::outside::breached::Stolen;
use crate::protocol::time::Timestamp;

/// A password that may be kept.
#[derive(Debug, Clone)]
pub struct FreshPassword {
    /// Its hash, or one that was made elsewhere.
    pub hash: String,
    /// Whether it may stand alone.
    pub stands: Stands,
}

/// Which password a new one is set over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// Whatever there is.
    Any,
    /// None: one that came to be meanwhile is not replaced by whoever does not know it.
    Nothing,
    /// The very one that was verified, by its hash. One that was set meanwhile stays.
    This(String),
}

/// Was a password kept?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// Yes.
    Yes,
    /// No: another one was set meanwhile.
    No,
}

/// Attempts to bring the account's mark in line: each fails only when a password is set at that moment.
const ATTEMPTS: usize = 8;

impl Idp {
    /// What an account has besides its password.
    pub async fn beside_password(&self, account: &AccountId) -> Result<Beside, Fault> {
        let more = self.factors_of(account).await?.reaches() > Level::One;
        Ok(if more { Beside::SecondFactor } else { Beside::Nothing })
    }

    /// Judges a password that somebody wants to set for this account.
    pub(super) async fn judge_password(
        &self,
        clear: &str,
        of: &Account,
        beside: Beside,
    ) -> Result<Result<Stands, Weakness>, Fault> {
        let stands = match password::judge(clear, &Context::of(of, &self.issuer.host()), beside) {
            Ok(stands) => stands,
            Err(weakness) => return Ok(Err(weakness)),
        };
        let Some(file) = &self.breached else { return Ok(Ok(stands)) };
        // Elsewhere it was typed as it comes, and hashed without being normalized.
        for form in [clear, &password::normalized(clear)] {
            if file.knows(sha1(form.as_bytes())).await? == Stolen::Yes {
                return Ok(Err(Weakness::Breached));
            }
        }
        Ok(Ok(stands))
    }

    /// Judges and hashes it.
    pub(super) async fn fresh_password(
        &self,
        clear: &str,
        of: &Account,
        beside: Beside,
    ) -> Result<Result<FreshPassword, FormError>, Fault> {
        let stands = match self.judge_password(clear, of, beside).await? {
            Ok(stands) => stands,
            Err(weakness) => return Ok(Err(FormError::Password(weakness))),
        };
        let hash = self.hash_password(clear).await.map_err(|Busy| FormError::Busy);
        Ok(hash.map(|hash| FreshPassword { hash, stands }))
    }

    /// Hashes a password that passed [`password::judge`].
    ///
    /// # Errors
    /// The queue is full.
    pub async fn hash_password(&self, password: &str) -> Result<String, Busy> {
        self.hashing.hash(password::normalized(password)).await
    }

    /// Stores the password of an account that there is. `by` is who set it, if that is known.
    pub async fn keep_password(
        &self,
        account: &AccountId,
        (fresh, over): (FreshPassword, Over),
        by: Option<&AccountId>,
        now: Timestamp,
    ) -> Result<Kept, Fault> {
        if fresh.stands == Stands::BesideFactor {
            self.mark_password(account, Stands::BesideFactor).await?;
        }
        let kept = self.write_password(account, (fresh, over), by, now).await?;
        self.align_mark(account).await?;
        Ok(kept)
    }

    /// Brings the account's mark in line with the password that is there.
    async fn align_mark(&self, account: &AccountId) -> Result<(), Fault> {
        for _ in 0..ATTEMPTS {
            let stands = self.password_stands(account).await?;
            self.mark_password(account, stands).await?;
            if self.password_stands(account).await? == stands {
                break;
            }
        }
        Ok(())
    }

    /// Writes the password's own record: all there is to write for an account that is about to be born.
    pub(super) async fn write_password(
        &self,
        account: &AccountId,
        (fresh, over): (FreshPassword, Over),
        by: Option<&AccountId>,
        now: Timestamp,
    ) -> Result<Kept, Fault> {
        let credential = Credential::password(account.clone(), fresh.hash, fresh.stands, now);
        let mut event = Event::done(Act::PasswordChanged, now).to(account);
        event.actor = by.map(ToString::to_string);
        if over == Over::Nothing {
            event = event.because("first");
        }
        let mails = self.notices_for(&event, account).await?;
        let key = Credential::password_key(account);
        let changed = self.store.change::<Credential, _, _>(&key, move |before| {
            let stands = before.and_then(Credential::password_hash);
            let fits = match &over {
                Over::Any => true,
                Over::Nothing => stands.is_none(),
                Over::This(verified) => stands.as_ref() == Some(verified),
            };
            if !fits {
                return Change::keep(Kept::No);
            }
            credential.clone().set(event.clone()).mailing(mails.clone()).telling(Kept::Yes)
        });
        Ok(changed.await?.outcome()?)
    }

    /// May the account's password be all that somebody shows? Where there is none, nothing stands against it.
    pub(super) async fn password_stands(&self, account: &AccountId) -> Result<Stands, Fault> {
        let stored = self.store.read::<Credential>(&Credential::password_key(account)).await?;
        Ok(stored.map_or(Stands::Alone, |credential| credential.password_stands()))
    }

    async fn mark_password(&self, account: &AccountId, stands: Stands) -> Result<(), Fault> {
        let changed = self.store.change::<Account, _, _>(account.as_str(), move |before| match before {
            Some(account) => account.mark_password(stands),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }
}
