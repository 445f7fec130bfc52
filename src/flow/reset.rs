//! A new password by mail.
//!
//! Whoever asks gets the same answer by the same work, whether there is an account, an address, or neither: where there is
//! none a letter to nobody is posted. The link is bound to the browser that asked: whoever reads the mail elsewhere cannot
//! use it, and whoever made somebody else ask cannot either. Using it raises the account's epoch by one conditional write,
//! which of all uses lets one win and ends every session; then the password is set, and what began by the old one in between
//! ends. It signs nobody in, and takes no factor away: a second one is asked for at the sign-in that follows.

use crate::crypto::seal::Purpose;
use crate::crypto::secret::{Same, compare};
use crate::flow::account::ended_by_change;
use crate::flow::authorize::Turn;
use crate::flow::browser::Visitor;
use crate::flow::mail::Link;
use crate::flow::password::Over;
use crate::flow::session::Current;
use crate::flow::setup::FormError;
use crate::flow::sign_in::{NOBODY, address_prefix};
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, AccountStanding, EpochReason, typed_key};
use crate::model::audit::{Act, Event};
use crate::model::authorization::Goal;
use crate::model::cookies::Switch;
use crate::model::credential::Credential;
use crate::model::id::{AccountId, BrowserId};
use crate::model::mail::letter::{Letter, RESET_LIFETIME, Says};
use crate::model::password::Beside;
use crate::model::record::Change;
use crate::model::throttle::{ADDRESS, Attempt, MAILS, Throttle};
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// How asking for something by mail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// If there is somebody to write to, a mail is on its way. Nobody is told which.
    Sent,
    /// Too many of them.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
}

/// What the link says.
#[derive(Serialize, Deserialize)]
struct ResetLink {
    #[serde(rename = "a")]
    account: AccountId,
    /// The browser that asked; none for a link that an administrator sent.
    #[serde(rename = "b")]
    browser: Option<BrowserId>,
    /// The account's epoch: raised by the first use, and by whatever else ends all sessions.
    #[serde(rename = "e")]
    epoch: u32,
    /// A MAC over password and address as they were: a link from before either changed is void.
    #[serde(rename = "p")]
    proof: String,
    #[serde(rename = "t")]
    at: Timestamp,
    #[serde(rename = "g")]
    goal: Goal,
}

/// A good link: whose password it changes.
#[derive(Debug)]
pub struct ResetFor {
    /// Whose.
    pub account: Account,
    goal: Goal,
    asked_by: AskedBy,
}

/// Who had the link sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AskedBy {
    /// Somebody in this browser, which alone can use it.
    ThisBrowser,
    /// An administrator; it works anywhere.
    Administrator,
}

/// Were there letters enough?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Enough {
    Yes,
    No,
}

/// How setting the new password ended.
#[derive(Debug)]
pub enum Reset {
    /// It is set; what the person came for goes on.
    Done(Box<Turn>),
    /// It was not set; the link still works.
    Form(FormError, Box<Account>, Beside),
    /// Too many attempts.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
    /// The link belongs to another browser.
    Elsewhere,
    /// The link is void.
    Void,
}

/// Did this use of the link win?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Won {
    Yes,
    No,
}

impl Idp {
    /// Somebody asks for a link to a new password, by username or mail address.
    pub async fn ask_reset(
        &self,
        visitor: &Visitor,
        (name, handle): (&str, &str),
        now: Timestamp,
    ) -> Result<Asked, Fault> {
        if let Some(until) = self.crowded("reset-address", visitor, now).await? {
            return Ok(Asked::Throttled { until });
        }
        let (id, account) = self.named(name).await?;
        let stored = self.store.read::<Credential>(&Credential::password_key(&id)).await?;
        let lane = self.lane(("reset", "reset-device"), visitor, &id, name);
        if let Attempt::Wait { until } = self.count(&lane, MAILS, now).await? {
            return Ok(Asked::Throttled { until });
        }
        let full = self.letters_are_enough(visitor, &id, name, now).await?;
        let goal = self.goal_behind(visitor, handle, now).await?;
        let usable = account.filter(|account| account.standing() == AccountStanding::Active);
        let to = usable.as_ref().and_then(Account::verified_address).map(|address| address.to_string());
        let to = to.filter(|_| full == Enough::No);
        let link = ResetLink {
            account: id,
            browser: Some(visitor.browser.id.clone()),
            epoch: usable.as_ref().map_or(0, |account| account.epoch),
            proof: self.reset_proof(to.as_deref(), stored),
            at: now,
            goal,
        };
        let letter = Letter {
            to,
            locale: visitor.writes_to(usable.as_ref()),
            says: Says::Reset {
                link: self.reset_link(&link),
                username: usable.as_ref().map_or_else(|| name.to_owned(), |account| account.username.clone()),
            },
        };
        let mut event = Event::done(Act::PasswordResetAsked, now);
        event.target = usable.as_ref().map(|account| account.id.to_string());
        let mail = self.posted(&letter, usable.as_ref().map(|account| &account.id), now);
        self.post(mail, event).await?;
        Ok(Asked::Sent)
    }

    /// Has whoever is meant been sent enough letters, by all the names they are asked for by? That shows nowhere: the letter
    /// is to nobody then. In their own browser, which is counted by itself, nobody else can have used them up.
    async fn letters_are_enough(
        &self,
        visitor: &Visitor,
        id: &AccountId,
        name: &str,
        now: Timestamp,
    ) -> Result<Enough, Fault> {
        let lane = if visitor.browser.knows(id) {
            self.bucket("reset-letters-device", &[visitor.browser.id.as_str(), id.as_str()])
        } else if id.as_str() == NOBODY {
            self.bucket("reset-letters", &["name", &typed_key(name)])
        } else {
            self.bucket("reset-letters", &["id", id.as_str()])
        };
        Ok(match self.count(&lane, MAILS, now).await? {
            Attempt::Wait { .. } => Enough::Yes,
            Attempt::Allowed => Enough::No,
        })
    }

    /// An administrator sends a link to a new password; it works in any browser. None where there is no proved address.
    pub async fn send_reset(&self, by: &Current, account: &str, now: Timestamp) -> Result<Option<()>, Fault> {
        let account = self.store.read::<Account>(account).await?;
        let account = account.filter(|account| account.standing() == AccountStanding::Active);
        let to = account.as_ref().and_then(Account::verified_address).filter(|_| self.mail() == Switch::On);
        let (Some(account), Some(to)) = (account, to.map(|to| to.to_string())) else { return Ok(None) };
        let stored = self.store.read::<Credential>(&Credential::password_key(&account.id)).await?;
        let link = ResetLink {
            account: account.id.clone(),
            browser: None,
            epoch: account.epoch,
            proof: self.reset_proof(Some(&to), stored),
            at: now,
            goal: Goal::Account,
        };
        let says = Says::ResetSent { link: self.reset_link(&link), username: account.username.clone() };
        let letter = Letter { to: Some(to), locale: account.locale().map(str::to_owned), says };
        let event = Event::done(Act::PasswordResetAsked, now).by(&by.account.id).to(&account.id);
        self.post(self.posted(&letter, Some(&account.id), now), event).await?;
        Ok(Some(()))
    }

    /// What a link is good for. Looking at it changes nothing: mail programs open links by themselves.
    pub async fn reset_standing(
        &self,
        visitor: &Visitor,
        token: &str,
        now: Timestamp,
    ) -> Result<Link<ResetFor>, Fault> {
        let Some(link) = self.seals.open::<ResetLink>(Purpose::ResetLink, token) else { return Ok(Link::Void) };
        if now >= link.at + RESET_LIFETIME || now < link.at {
            return Ok(Link::Void);
        }
        if link.browser.as_ref().is_some_and(|browser| *browser != visitor.browser.id) {
            return Ok(Link::Elsewhere);
        }
        let account = self.store.read::<Account>(link.account.as_str()).await?;
        let usable =
            account.filter(|account| account.standing() == AccountStanding::Active && account.epoch == link.epoch);
        let Some(account) = usable else { return Ok(Link::Void) };
        let stored = self.store.read::<Credential>(&Credential::password_key(&account.id)).await?;
        let to = account.verified_address().map(|address| address.to_string());
        let proof = self.reset_proof(to.as_deref(), stored);
        if compare(proof.as_bytes(), link.proof.as_bytes()) == Same::No {
            return Ok(Link::Void);
        }
        let asked_by = if link.browser.is_some() { AskedBy::ThisBrowser } else { AskedBy::Administrator };
        Ok(Link::Good(ResetFor { account, goal: link.goal, asked_by }))
    }

    /// Uses the link.
    pub async fn reset_password(
        &self,
        visitor: &Visitor,
        (token, new): (&str, &str),
        now: Timestamp,
    ) -> Result<Reset, Fault> {
        if let Some(until) = self.crowded("link-address", visitor, now).await? {
            return Ok(Reset::Throttled { until });
        }
        let good = match self.reset_standing(visitor, token, now).await? {
            Link::Good(good) => good,
            Link::Elsewhere => {
                self.blame_link(Act::PasswordReset, "other_browser", visitor, now).await?;
                return Ok(Reset::Elsewhere);
            }
            Link::Void => {
                self.blame_link(Act::PasswordReset, "void", visitor, now).await?;
                return Ok(Reset::Void);
            }
        };
        let ResetFor { account, goal, asked_by } = good;
        let beside = self.beside_password(&account.id).await?;
        let fresh = match self.fresh_password(new, &account, beside).await? {
            Ok(fresh) => fresh,
            Err(error) => return Ok(Reset::Form(error, Box::new(account), beside)),
        };
        let why = if asked_by == AskedBy::ThisBrowser { "mail" } else { "administrator" };
        let event = Event::done(Act::PasswordReset, now).to(&account.id).because(why);
        let epoch = account.epoch;
        let changed = self.store.change::<Account, _, _>(account.id.as_str(), move |before| match before {
            Some(account) if account.epoch == epoch && account.standing() == AccountStanding::Active => {
                account.raise_epoch(EpochReason::CredentialChanged, event.clone()).telling(Won::Yes)
            }
            _ => Change::keep(Won::No),
        });
        if changed.await?.outcome()? == Won::No {
            self.blame_link(Act::PasswordReset, "void", visitor, now).await?;
            return Ok(Reset::Void);
        }
        self.keep_password(&account.id, (fresh, Over::Any), None, now).await?;
        self.end_all_of(&account.id, EpochReason::CredentialChanged, ended_by_change(&account.id, now)).await?;
        Ok(Reset::Done(Box::new(self.begin_anew(visitor, goal, now).await?)))
    }

    fn reset_link(&self, link: &ResetLink) -> String {
        self.issuer.at(&format!("/reset?token={}", self.seals.seal(Purpose::ResetLink, link)))
    }

    fn reset_proof(&self, address: Option<&str>, password: Option<Credential>) -> String {
        let hash = password.and_then(Credential::password_hash).unwrap_or_default();
        let parts = [address.unwrap_or_default().as_bytes(), hash.as_bytes()];
        URL_SAFE_NO_PAD.encode(&self.seals.mac(Purpose::ResetLink, &parts)[..16])
    }

    /// Counts somebody's asking by the network they are in; says until when there is too much of it.
    pub(super) async fn crowded(
        &self,
        lane: &str,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Fault> {
        let bucket = self.bucket(lane, &[&address_prefix(&visitor.device.address)]);
        Ok(match self.count(&bucket, ADDRESS, now).await? {
            Attempt::Wait { until } => Some(until),
            Attempt::Allowed => None,
        })
    }

    /// A link was refused that somebody posted: the audit log says so, of a long row of them ever less often.
    pub(super) async fn blame_link(&self, act: Act, why: &str, visitor: &Visitor, now: Timestamp) -> Result<(), Fault> {
        let bucket = self.bucket("link-address", &[&address_prefix(&visitor.device.address)]);
        let event = Event::refused(act, now, why);
        let rule = move |before: Option<Throttle>| Throttle::blame(before.as_ref(), event.clone());
        Ok(self.store.change::<Throttle, _, _>(&bucket, rule).await?.outcome()?)
    }
}
