//! A code is tried: that of an authenticator app, or a recovery code.

use crate::crypto::seal::Purpose;
use crate::crypto::secret::digest;
use crate::crypto::totp::SharedSecret;
use crate::flow::browser::Visitor;
use crate::flow::sign_in::address_prefix;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::authorization::factor::{Held, Method};
use crate::model::credential::{Credential, CredentialSecret, Used};
use crate::model::id::AccountId;
use crate::model::passkey::Passkey;
use crate::model::record::Change;
use crate::model::throttle::{ACCOUNT, ADDRESS, Attempt, Throttle};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// How an attempt with a code ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeOutcome {
    /// It was right, and is not good any more.
    Accepted(Method),
    /// It was not, or is not any more. Nobody is told which.
    Refused,
    /// Too many attempts.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
}

/// A secret at rest says whose it is: moved to another account's record it is nothing.
#[derive(Serialize, Deserialize)]
pub(super) struct AtRest {
    #[serde(rename = "a")]
    pub account: AccountId,
    #[serde(rename = "s")]
    pub secret: SharedSecret,
}

impl Idp {
    /// The second factors of an account.
    pub async fn factors_of(&self, account: &AccountId) -> Result<Held, Fault> {
        let totp = self.store.read::<Credential>(&Credential::totp_key(account)).await?;
        let recovery = self.store.read::<Credential>(&Credential::recovery_key(account)).await?;
        let passkeys = self.passkeys_of(account).await?;
        let totp = totp.map(|_| Method::Totp);
        let recovery = recovery.filter(|codes| codes.codes_left() > 0).map(|_| Method::RecoveryCode);
        Ok(Held::of(passkeys.iter().map(Passkey::method).chain(totp).chain(recovery)))
    }

    /// Tries a code of an account that showed its first factor. Counted before it is looked at, in lanes of its own: by
    /// address, and by account (or account and browser, where the account signed in from this browser before). Six digits
    /// are a million codes, three of them good at a time: the doubling delay is what protects them.
    pub(super) async fn try_code(
        &self,
        visitor: &Visitor,
        account: &AccountId,
        code: &str,
        now: Timestamp,
    ) -> Result<CodeOutcome, Fault> {
        let lane = match self.count_code(visitor, account, now).await? {
            Ok(lane) => lane,
            Err(until) => return Ok(CodeOutcome::Throttled { until }),
        };
        let typed: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect();
        let (method, used) = if typed.len() <= 8 {
            (Method::Totp, self.use_totp(account, &typed, now).await?)
        } else {
            (Method::RecoveryCode, self.use_recovery(account, &typed, now).await?)
        };
        let accepted = (used == Used::Now).then_some(method);
        let refused = Event::refused(Act::SignIn, now, "second_factor").to(account);
        self.settled(visitor, (&lane, account), accepted.ok_or(refused), now).await
    }

    /// Counts an attempt with a code, and answers in which lane; or until when none is looked at.
    pub(super) async fn count_code(
        &self,
        visitor: &Visitor,
        account: &AccountId,
        now: Timestamp,
    ) -> Result<Result<String, Timestamp>, Fault> {
        let address = self.bucket("code-address", &[&address_prefix(&visitor.device.address)]);
        if let Attempt::Wait { until } = self.count(&address, ADDRESS, now).await? {
            return Ok(Err(until));
        }
        let lane = if visitor.browser.knows(account) {
            self.bucket("code-device", &[visitor.browser.id.as_str(), account.as_str()])
        } else {
            self.bucket("code", &[account.as_str()])
        };
        Ok(match self.count(&lane, ACCOUNT, now).await? {
            Attempt::Wait { until } => Err(until),
            Attempt::Allowed => Ok(lane),
        })
    }

    /// Forgives the attempt of a lane where it was right, and tells the person after many wrong ones; lets the audit log know
    /// where it was not.
    pub(super) async fn settled(
        &self,
        visitor: &Visitor,
        (lane, account): (&str, &AccountId),
        accepted: Result<Method, Event>,
        now: Timestamp,
    ) -> Result<CodeOutcome, Fault> {
        match accepted {
            Ok(method) => {
                if let Some(account) = self.store.read::<Account>(account.as_str()).await? {
                    self.forgive(lane, (&account, "many_codes"), visitor, now).await?;
                }
                Ok(CodeOutcome::Accepted(method))
            }
            Err(event) => {
                self.store
                    .change::<Throttle, _, _>(lane, move |before| Throttle::blame(before.as_ref(), event.clone()))
                    .await?
                    .outcome()?;
                Ok(CodeOutcome::Refused)
            }
        }
    }

    /// The secret of an account's authenticator app, out of its record.
    fn shared_secret(&self, of: &Credential) -> Option<SharedSecret> {
        let CredentialSecret::Totp { sealed, .. } = &of.secret else { return None };
        let at_rest = self.seals.open::<AtRest>(Purpose::Totp, sealed)?;
        (at_rest.account == of.account).then_some(at_rest.secret)
    }

    async fn use_totp(&self, account: &AccountId, code: &str, now: Timestamp) -> Result<Used, Fault> {
        let key = Credential::totp_key(account);
        let Some(credential) = self.store.read::<Credential>(&key).await? else { return Ok(Used::No) };
        let CredentialSecret::Totp { sealed, .. } = &credential.secret else { return Ok(Used::No) };
        let Some(secret) = self.shared_secret(&credential) else {
            tracing::error!(%account, "the secret of an authenticator app cannot be opened: was it sealed by another key?");
            return Ok(Used::No);
        };
        let Some(step) = secret.step_of(code, now) else { return Ok(Used::No) };
        let sealed = sealed.clone();
        let changed = self.store.change::<Credential, _, _>(&key, move |before| match before {
            Some(credential) => credential.use_step(step, &sealed, now),
            None => Change::keep(Used::No),
        });
        Ok(changed.await?.outcome()?)
    }

    async fn use_recovery(&self, account: &AccountId, code: &str, now: Timestamp) -> Result<Used, Fault> {
        let shown = digest(&code.to_ascii_lowercase());
        let key = Credential::recovery_key(account);
        // They stand in for another factor. Where that was taken away they are void, whatever is left of them.
        if !self.factors_of(account).await?.has(Method::RecoveryCode) {
            return Ok(Used::No);
        }
        let mails = self.notices_for(&Event::done(Act::RecoveryCodeUsed, now), account).await?;
        let changed = self.store.change::<Credential, _, _>(&key, move |before| match before {
            Some(credential) => {
                let change = credential.use_code(&shown, now);
                if change.outcome == Used::Now { change.mailing(mails.clone()) } else { change }
            }
            None => Change::keep(Used::No),
        });
        Ok(changed.await?.outcome()?)
    }
}
