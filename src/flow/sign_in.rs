//! A password is tried. The same answer, status and work whether the account exists or not.

use crate::crypto::hashing::Busy;
use crate::crypto::seal::Purpose;
use crate::crypto::secret::Same;
use crate::flow::browser::Visitor;
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, AccountStanding, typed_key, username_name};
use crate::model::audit::{Act, Event};
use crate::model::client::Client;
use crate::model::credential::Credential;
use crate::model::id::AccountId;
use crate::model::mail::address::typed_name;
use crate::model::password;
use crate::model::record::Change;
use crate::model::throttle::{ACCOUNT, ADDRESS, Attempt, Pace, Throttle};
use crate::protocol::time::Timestamp;
use zeroize::Zeroizing;

/// What the form brought.
pub struct PasswordAttempt {
    /// As typed.
    pub username: String,
    /// As typed.
    pub password: Zeroizing<String>,
}

/// How a password attempt ended.
#[derive(Debug)]
pub enum PasswordOutcome {
    /// It was right.
    Accepted(Box<Account>),
    /// It was not: wrong password, no such account, or one that may not be used. Nobody is told which.
    Refused,
    /// Too many attempts.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
    /// Too many people sign in at the same time.
    Busy,
}

/// Stands in for the id of an account that does not exist, so that the same reads are made.
pub(super) const NOBODY: &str = "nobody";

impl Idp {
    /// Tries a password.
    ///
    /// Counted before it is looked at: by address first, then by account (or by account and browser, where the
    /// account has signed in from this browser before).
    pub async fn try_password(
        &self,
        visitor: &Visitor,
        attempt: PasswordAttempt,
        now: Timestamp,
    ) -> Result<PasswordOutcome, Fault> {
        Ok(self.try_this_password(visitor, attempt, now).await?.0)
    }

    /// The same; where it was right it tells the hash that stands for it from then on.
    pub(super) async fn try_this_password(
        &self,
        visitor: &Visitor,
        attempt: PasswordAttempt,
        now: Timestamp,
    ) -> Result<(PasswordOutcome, Option<String>), Fault> {
        let address = self.bucket("address", &[&address_prefix(&visitor.device.address)]);
        if let Attempt::Wait { until } = self.count(&address, ADDRESS, now).await? {
            return Ok((PasswordOutcome::Throttled { until }, None));
        }
        let (id, account) = self.named(&attempt.username).await?;
        let stored = self.store.read::<Credential>(&Credential::password_key(&id)).await?;

        let lane = self.lane(("account", "device"), visitor, &id, &attempt.username);
        if let Attempt::Wait { until } = self.count(&lane, ACCOUNT, now).await? {
            return Ok((PasswordOutcome::Throttled { until }, None));
        }
        let usable = account.filter(|account| account.standing() == AccountStanding::Active);
        let hash = stored.filter(|_| usable.is_some()).and_then(Credential::password_hash);
        let checked = hash.clone();
        let verified = match self.hashing.verify(password::normalized(&attempt.password), hash).await {
            Ok(verified) => verified,
            Err(Busy) => {
                for bucket in [&address, &lane] {
                    self.store.change::<Throttle, _, _>(bucket, Throttle::refund).await?.outcome()?;
                }
                return Ok((PasswordOutcome::Busy, None));
            }
        };
        match usable {
            Some(account) if verified.same == Same::Yes => {
                self.forgive(&lane, (&account, "many_failures"), visitor, now).await?;
                let stands = match (verified.better, checked) {
                    (Some(better), Some(stored)) => {
                        self.strengthen(&account.id, stored, better.clone()).await?;
                        Some(better)
                    }
                    (_, stored) => stored,
                };
                Ok((PasswordOutcome::Accepted(Box::new(account)), stands))
            }
            usable => {
                let mut event = Event::refused(Act::SignIn, now, "credentials");
                event.target = usable.map(|account| account.id.to_string());
                self.store
                    .change::<Throttle, _, _>(&lane, move |before| Throttle::blame(before.as_ref(), event.clone()))
                    .await?
                    .outcome()?;
                Ok((PasswordOutcome::Refused, None))
            }
        }
    }

    /// Replaces the very hash that was verified by a costlier one of the same password. One that was set meanwhile is
    /// another password, and stays.
    async fn strengthen(&self, account: &AccountId, verified: String, better: String) -> Result<(), Fault> {
        let key = Credential::password_key(account);
        let changed = self.store.change::<Credential, _, _>(&key, move |before| match before {
            Some(credential) => credential.strengthen(&verified, &better),
            None => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }

    /// Whom somebody means who types this: by username, else by a mail address that was proved. A name no account can
    /// bear is looked up all the same, and nobody is read like somebody: the work must not tell.
    pub(super) async fn named(&self, typed: &str) -> Result<(AccountId, Option<Account>), Fault> {
        let typed = typed.trim();
        let by_username = self.store.bearer::<Account>(&username_name(typed)).await?;
        let by_address = self.store.bearer::<Account>(&typed_name(typed)).await?;
        let id = AccountId::new(by_username.or(by_address).unwrap_or_else(|| NOBODY.to_owned()));
        let account = self.store.read::<Account>(id.as_str()).await?.filter(|account| account.answers_to(typed));
        Ok((id, account))
    }

    /// The lane of somebody who is named: by what was typed, however it was written, so that it closes in the same way
    /// whether there is an account behind it or not, and two names never show that they are one person's. Whoever knows
    /// both the username and the address of an account has two lanes to guess in. In a browser where the account is known
    /// it has one of its own.
    pub(super) fn lane(
        &self,
        (anywhere, here): (&str, &str),
        visitor: &Visitor,
        id: &AccountId,
        typed: &str,
    ) -> String {
        if visitor.browser.knows(id) {
            self.bucket(here, &[visitor.browser.id.as_str(), id.as_str()])
        } else {
            self.bucket(anywhere, &["name", &typed_key(typed)])
        }
    }

    /// It was right: the lane is forgotten. After many wrong ones the person is told.
    pub(super) async fn forgive(
        &self,
        lane: &str,
        (account, why): (&Account, &str),
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let event = Event::done(Act::SignIn, now).to(&account.id).because(why);
        let mails = self.notices(&event, account, Some(&visitor.device));
        let changed = self.store.change::<Throttle, _, _>(lane, move |before| {
            let many = before.as_ref().is_some_and(Throttle::is_slowed);
            let change = Throttle::forgive(before);
            if many { change.told(event.clone()).mailing(mails.clone()) } else { change }
        });
        Ok(changed.await?.outcome()?)
    }

    pub(super) async fn count(&self, bucket: &str, pace: Pace, now: Timestamp) -> Result<Attempt, Fault> {
        let key = bucket.to_owned();
        let changed =
            self.store.change::<Throttle, _, _>(bucket, move |before| Throttle::attempt(before, &key, pace, now));
        Ok(changed.await?.outcome()?)
    }

    /// Counts what a client is about to leave in the store, where anybody can be that client ([`Client::pace`]).
    pub(super) async fn count_stranger(
        &self,
        lane: &str,
        (client, address): (&Client, &str),
        now: Timestamp,
    ) -> Result<Attempt, Fault> {
        match client.pace() {
            Some(pace) => {
                // Each pace counts for itself: what is much for one kind of client is little for the other.
                let kind = format!("{pace:?}");
                self.count(&self.bucket(lane, &[&address_prefix(address), &kind]), pace, now).await
            }
            None => Ok(Attempt::Allowed),
        }
    }

    /// The bucket of a lane: one of 2^20, chosen by a keyed hash, so that nobody can aim at another's.
    pub(super) fn bucket(&self, lane: &str, parts: &[&str]) -> String {
        let bytes: Vec<&[u8]> = std::iter::once(lane).chain(parts.iter().copied()).map(str::as_bytes).collect();
        let mac = self.seals.mac(Purpose::Throttle, &bytes);
        let number = (u32::from(mac[0]) << 16 | u32::from(mac[1]) << 8 | u32::from(mac[2])) & 0xf_ffff;
        format!("{lane}/{number:05x}")
    }
}

/// The network an address stands for: IPv4 whole, IPv6 to 56 bits (what one customer usually has).
pub(super) fn address_prefix(address: &str) -> String {
    match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V6(ip)) => ip.octets()[..7].iter().map(|b| format!("{b:02x}")).collect(),
        Ok(std::net::IpAddr::V4(ip)) => ip.to_string(),
        Err(_) => String::new(),
    }
}
