//! The first administrator. There is no default account: a one-time link, stored hashed, makes one.

use crate::crypto::random;
use crate::crypto::secret::{Secret, digest};
use crate::flow::password::{FreshPassword, Over};
use crate::flow::{Fault, Idp};
use crate::model::account::{ADMIN, Account, AccountStanding, check_username, username_name};
use crate::model::audit::{Act, Event};
use crate::model::credential::Credential;
use crate::model::id::AccountId;
use crate::model::password::{Beside, Weakness};
use crate::model::record::Change;
use crate::model::setting::{LinkStanding, Setting};
use crate::protocol::time::Timestamp;
use crate::store::Changed;
use std::time::Duration;

/// How long a set-up link works.
pub const LINK_LIFETIME: Duration = Duration::from_secs(3_600);

/// How using the link ended.
#[derive(Debug)]
pub enum SetUp {
    /// The administrator exists.
    Done(Box<Account>),
    /// The form was not good; the link still is.
    Form(FormError),
    /// The link is void.
    Void,
}

/// What is wrong with a username and password that are to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormError {
    /// The username has the wrong form.
    Username,
    /// Somebody has it.
    Taken,
    /// The password is too weak.
    Password(Weakness),
    /// Too many people at once.
    Busy,
}

impl Idp {
    /// Does an administrator exist who may act?
    pub async fn administrator_exists(&self) -> Result<bool, Fault> {
        self.some_administrator(|one| one.standing() == AccountStanding::Active).await
    }

    /// A fresh set-up link, which makes the one before void; none while there is an administrator who may act.
    pub async fn offer_setup(&self, now: Timestamp) -> Result<Option<Secret>, Fault> {
        if self.administrator_exists().await? {
            return Ok(None);
        }
        let secret = random::secret();
        let hash = secret.digest();
        let rule = move |_| {
            Setting::renew_setup_link(hash.clone(), now + LINK_LIFETIME).told(Event::done(Act::SetupLinkMade, now))
        };
        self.store.change::<Setting, _, _>(Setting::SETUP_LINK, rule).await?.outcome()?;
        Ok(Some(Secret::new(self.issuer.at(&format!("/setup?token={}", secret.expose())))))
    }

    /// Is this token good?
    pub async fn setup_standing(&self, token: &str, now: Timestamp) -> Result<LinkStanding, Fault> {
        if self.administrator_exists().await? {
            return Ok(LinkStanding::Void);
        }
        let setting = self.store.read::<Setting>(Setting::SETUP_LINK).await?;
        Ok(setting.map_or(LinkStanding::Void, |s| s.setup_link_standing(&digest(token), now)))
    }

    /// Uses the link. The account claims the link's digest as a unique name: of all who use it, one write wins.
    pub async fn set_up(&self, token: &str, username: &str, pass: &str, now: Timestamp) -> Result<SetUp, Fault> {
        if self.setup_standing(token, now).await? == LinkStanding::Void {
            return Ok(SetUp::Void);
        }
        let mut account = fresh_account(username, now);
        account.roles.insert(ADMIN.to_owned());
        account.made_by_link = Some(digest(token).as_key().to_owned());
        let hash = match self.new_password(NewPassword::Clear(pass), &account).await? {
            Ok(hash) => hash,
            Err(error) => return Ok(SetUp::Form(error)),
        };
        // Hashing took its time: the link may have been replaced, or an administrator imported.
        if self.setup_standing(token, now).await? == LinkStanding::Void {
            return Ok(SetUp::Void);
        }
        let event = Event::done(Act::SetupDone, now).by(&account.id);
        match self.store_new(account, hash, event, now).await? {
            Ok(account) => {
                self.store.change::<Setting, _, _>(Setting::SETUP_LINK, |_| Change::delete(())).await?.outcome()?;
                Ok(SetUp::Done(Box::new(account)))
            }
            Err(Refused::Form(error)) => Ok(SetUp::Form(error)),
            Err(Refused::LinkUsed) => Ok(SetUp::Void),
        }
    }

    /// Creates an account with its password. `by` is the administrator who does it, if one does.
    pub async fn create_account(
        &self,
        by: Option<&AccountId>,
        account: Account,
        pass: NewPassword<'_>,
        now: Timestamp,
    ) -> Result<Result<Account, Refused>, Fault> {
        let name = username_name(&account.username);
        if check_username(&account.username).is_ok() && self.store.find::<Account>(&name).await?.is_some() {
            return Ok(Err(Refused::Form(FormError::Taken)));
        }
        let hash = match self.new_password(pass, &account).await? {
            Ok(hash) => hash,
            Err(error) => return Ok(Err(Refused::Form(error))),
        };
        let mut event = Event::done(Act::AccountCreated, now).to(&account.id);
        event.actor = by.map(ToString::to_string);
        self.store_new(account, hash, event, now).await
    }

    /// Judges username and password of a new account and hashes the password.
    pub(super) async fn new_password(
        &self,
        pass: NewPassword<'_>,
        account: &Account,
    ) -> Result<Result<Option<FreshPassword>, FormError>, Fault> {
        if check_username(&account.username).is_err() {
            return Ok(Err(FormError::Username));
        }
        Ok(match pass {
            NewPassword::None => Ok(None),
            NewPassword::Hash(fresh) => Ok(Some(fresh)),
            NewPassword::Clear(clear) => self.fresh_password(clear, account, Beside::Nothing).await?.map(Some),
        })
    }

    /// The credential is written first: an account must never stand there without one, and a credential without account
    /// is nothing.
    pub(super) async fn store_new(
        &self,
        mut account: Account,
        fresh: Option<FreshPassword>,
        event: Event,
        now: Timestamp,
    ) -> Result<Result<Account, Refused>, Fault> {
        if let Some(fresh) = fresh {
            account.password = fresh.stands;
            self.write_password(&account.id, (fresh, Over::Any), None, now).await?;
        }
        let kept = account.clone();
        let rule = move |_| Change::put((), kept.clone()).told(event.clone());
        match self.store.change::<Account, _, _>(account.id.as_str(), rule).await? {
            Changed::Done(()) => Ok(Ok(account)),
            Changed::Taken(name) => {
                let key = Credential::password_key(&account.id);
                self.store.change::<Credential, _, _>(&key, |_| Change::delete(())).await?.outcome()?;
                let form = Refused::Form(FormError::Taken);
                Ok(Err(if name.sort == "setup-link" { Refused::LinkUsed } else { form }))
            }
        }
    }
}

/// The password of a new account.
#[derive(Debug, Clone)]
pub enum NewPassword<'a> {
    /// None yet.
    None,
    /// In the clear.
    Clear(&'a str),
    /// Hashed already.
    Hash(FreshPassword),
}

/// Why an account was not created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// What was entered is not good.
    Form(FormError),
    /// The set-up link was used by somebody else.
    LinkUsed,
}

/// An account with a new `sub` and nothing in it.
pub fn fresh_account(username: &str, now: Timestamp) -> Account {
    Account {
        id: AccountId::new(random::id()),
        username: username.trim().to_owned(),
        claims: Default::default(),
        roles: Default::default(),
        groups: Default::default(),
        created_at: now,
        epoch: 0,
        epoch_raised: None,
        disabled_at: None,
        leaving_at: None,
        made_by_link: None,
        links: Vec::new(),
        address: None,
        password: Default::default(),
        picture: None,
    }
}
