//! A mail address is proved to be the person's, and becomes their account's.
//!
//! The link goes to the new address, and works for the person who asked, signed in, in the browser in which they asked:
//! whoever else reads it can do nothing with it, and nobody is made to take over an address of somebody else's. Until then
//! nothing changes. Old and new address are both told.

use crate::crypto::seal::Purpose;
use crate::flow::browser::Visitor;
use crate::flow::mail::Link;
use crate::flow::reset::Asked;
use crate::flow::session::Current;
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, username_name};
use crate::model::audit::{Act, Event};
use crate::model::id::{AccountId, BrowserId};
use crate::model::mail::address::MailAddress;
use crate::model::mail::letter::{Letter, Says, VERIFY_LIFETIME};
use crate::model::record::Change;
use crate::model::throttle::{Attempt, MAILS};
use crate::protocol::time::Timestamp;
use crate::store::Changed;
use serde::{Deserialize, Serialize};

/// How asking for an address ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddressAsked {
    /// A mail is on its way to it. Whether it belongs to another account is told to it alone.
    Sent,
    /// It is no address.
    Form,
    /// It is theirs already.
    Same,
    /// Too many.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
}

/// What the link says.
#[derive(Serialize, Deserialize)]
struct AddressLink {
    #[serde(rename = "a")]
    account: AccountId,
    #[serde(rename = "b")]
    browser: BrowserId,
    /// The address before: whatever changed it meanwhile makes the link void.
    #[serde(rename = "o")]
    from: Option<String>,
    #[serde(rename = "n")]
    to: String,
    #[serde(rename = "t")]
    at: Timestamp,
}

/// A good link: which address it proves.
#[derive(Debug)]
pub struct AddressFor {
    /// The address.
    pub to: MailAddress,
    from: Option<String>,
}

/// How proving an address ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proved {
    /// It is the account's.
    Now,
    /// Another account has it.
    Taken,
    /// The link belongs to another browser, or to another person than is signed in.
    Elsewhere,
    /// The link is void.
    Void,
    /// Too many attempts.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
}

impl Idp {
    /// A person wants this address to be their account's.
    pub async fn ask_address(
        &self,
        visitor: &Visitor,
        of: &Current,
        typed: &str,
        now: Timestamp,
    ) -> Result<AddressAsked, Fault> {
        let Some(address) = MailAddress::parse(typed.trim()) else { return Ok(AddressAsked::Form) };
        if of.account.address.as_ref() == Some(&address.key()) {
            return Ok(AddressAsked::Same);
        }
        // By account: whoever else has letters sent to this address keeps nobody from proving it.
        match self.count_letters(visitor, ("mail-account", of.account.id.as_str()), now).await? {
            Asked::Sent => (),
            Asked::Throttled { until } => return Ok(AddressAsked::Throttled { until }),
        }
        let link = AddressLink {
            account: of.account.id.clone(),
            browser: visitor.browser.id.clone(),
            from: of.account.email().map(str::to_owned),
            to: address.to_string(),
            at: now,
        };
        let link =
            self.issuer.at(&format!("/account/email/confirm?token={}", self.seals.seal(Purpose::AddressLink, &link)));
        let says = match self.borne(&address).await? {
            Some(owner) if owner != of.account.id => Says::Known { link: self.issuer.at("/account") },
            _ => Says::Verify { link },
        };
        let letter = Letter { to: Some(address.to_string()), locale: visitor.writes_to(Some(&of.account)), says };
        let event = Event::done(Act::AddressAsked, now).by(&of.account.id);
        self.post(self.posted(&letter, Some(&of.account.id), now), event).await?;
        Ok(AddressAsked::Sent)
    }

    /// What a link is good for. Looking at it changes nothing.
    pub async fn address_standing(
        &self,
        visitor: &Visitor,
        token: &str,
        now: Timestamp,
    ) -> Result<Link<(Current, AddressFor)>, Fault> {
        let Some(link) = self.seals.open::<AddressLink>(Purpose::AddressLink, token) else { return Ok(Link::Void) };
        if now >= link.at + VERIFY_LIFETIME || now < link.at {
            return Ok(Link::Void);
        }
        let current = self.current(visitor, now).await?.filter(|current| current.account.id == link.account);
        let Some(current) = current.filter(|_| link.browser == visitor.browser.id) else { return Ok(Link::Elsewhere) };
        let Some(to) = MailAddress::parse(&link.to) else { return Ok(Link::Void) };
        let unchanged = current.account.email() == link.from.as_deref();
        if !unchanged || current.account.address.as_ref() == Some(&to.key()) {
            return Ok(Link::Void);
        }
        Ok(Link::Good((current, AddressFor { to, from: link.from })))
    }

    /// Uses the link: the address is the account's, and its unique name, by one conditional write.
    pub async fn prove_address(&self, visitor: &Visitor, token: &str, now: Timestamp) -> Result<Proved, Fault> {
        if let Some(until) = self.crowded("link-address", visitor, now).await? {
            return Ok(Proved::Throttled { until });
        }
        let (current, AddressFor { to, from }) = match self.address_standing(visitor, token, now).await? {
            Link::Good(good) => good,
            Link::Elsewhere => {
                self.blame_link(Act::AddressChanged, "other_browser", visitor, now).await?;
                return Ok(Proved::Elsewhere);
            }
            Link::Void => {
                self.blame_link(Act::AddressChanged, "void", visitor, now).await?;
                return Ok(Proved::Void);
            }
        };
        if self.borne(&to).await?.is_some_and(|owner| owner != current.account.id) {
            return Ok(Proved::Taken);
        }
        let event = Event::done(Act::AddressChanged, now).by(&current.account.id);
        let mut told: Vec<MailAddress> = current.account.verified_address().into_iter().collect();
        told.push(to.clone());
        let mails = self.notices_to(&event, &current.account, None, &told);
        let rule = move |before: Option<Account>| match before {
            Some(account) if account.email() == from.as_deref() && account.address.as_ref() != Some(&to.key()) => {
                let change = Change::put(Proved::Now, account.with_address(&to, now));
                change.told(event.clone()).mailing(mails.clone())
            }
            _ => Change::keep(Proved::Void),
        };
        Ok(match self.store.change::<Account, _, _>(current.account.id.as_str(), rule).await? {
            Changed::Done(proved) => proved,
            Changed::Taken(_) => Proved::Taken,
        })
    }

    /// With the address that its claims call verified: the account is found by it. What is somebody's already is not
    /// verified here, whoever says so.
    pub(super) async fn with_proved_address(&self, account: Account, now: Timestamp) -> Result<Account, Fault> {
        let proved = account.verified_address();
        match proved {
            Some(address) if self.borne(&address).await?.is_none_or(|owner| owner == account.id) => {
                Ok(account.with_address(&address, now))
            }
            _ => Ok(account.with_unproved_address()),
        }
    }

    /// Whose an address is: proved, or as a username.
    pub(super) async fn borne(&self, address: &MailAddress) -> Result<Option<AccountId>, Fault> {
        let by_address = self.store.bearer::<Account>(&address.name()).await?;
        let by_username = self.store.bearer::<Account>(&username_name(&address.to_string())).await?;
        Ok(by_address.or(by_username).map(AccountId::new))
    }

    /// Counts a letter to an address that anybody may have typed, by the network it comes from and in a lane: of the address,
    /// or of the account of whoever is signed in.
    pub(super) async fn count_letters(
        &self,
        visitor: &Visitor,
        (lane, whose): (&str, &str),
        now: Timestamp,
    ) -> Result<Asked, Fault> {
        if let Some(until) = self.crowded("mail-address", visitor, now).await? {
            return Ok(Asked::Throttled { until });
        }
        let lane = self.bucket(lane, &[whose]);
        Ok(match self.count(&lane, MAILS, now).await? {
            Attempt::Wait { until } => Asked::Throttled { until },
            Attempt::Allowed => Asked::Sent,
        })
    }
}
