//! People make accounts by themselves (`accounts.self_registration`).
//!
//! Whoever wants one names a mail address and nothing else; the answer is the same for every address. What follows stands in
//! a mail: the link to choose a password, or, where the address has an account, that it has. The account comes to be with
//! the link: before that the store holds a mail, and nothing after it. The username is the address, so that no name can be
//! tried out. What the person came for goes on afterwards, in the same browser.

use crate::crypto::seal::Purpose;
use crate::crypto::secret::digest;
use crate::flow::authorize::Turn;
use crate::flow::browser::Visitor;
use crate::flow::mail::Link;
use crate::flow::reset::Asked;
use crate::flow::setup::{FormError, NewPassword, fresh_account};
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::authorization::Goal;
use crate::model::cookies::Switch;
use crate::model::id::BrowserId;
use crate::model::mail::address::MailAddress;
use crate::model::mail::letter::{Letter, Says, VERIFY_LIFETIME};
use crate::protocol::claims::check_standard;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How asking for an account ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignUpAsked {
    /// A mail is on its way. Whether there is an account is told to the address alone.
    Sent,
    /// It is no address.
    Form,
    /// Too many.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
}

/// What the link says.
#[derive(Serialize, Deserialize)]
struct SignUpLink {
    #[serde(rename = "m")]
    address: String,
    #[serde(rename = "b")]
    browser: BrowserId,
    #[serde(rename = "t")]
    at: Timestamp,
    #[serde(rename = "g")]
    goal: Goal,
}

/// A good link.
#[derive(Debug)]
pub struct SignUpFor {
    /// The address it proves.
    pub address: MailAddress,
    goal: Goal,
}

/// What the form of a new account brought.
pub struct NewAccount<'a> {
    /// The username; of a person who makes the account by themselves it is the address.
    pub username: &'a str,
    /// The name, or nothing.
    pub name: &'a str,
    /// The password.
    pub password: &'a str,
}

/// How making the account ended.
#[derive(Debug)]
pub enum SignedUp {
    /// It is there, and the person is signed in.
    Done(Box<Turn>),
    /// What was entered is not good; the link still works.
    Form(FormError),
    /// The name is no name; the link still works.
    Name,
    /// The link belongs to another browser.
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
    /// May people make accounts by themselves?
    pub fn self_registration(&self) -> Switch {
        if self.mail() == Switch::On { self.settings.self_registration } else { Switch::Off }
    }

    /// Somebody wants an account under this address.
    pub async fn ask_sign_up(
        &self,
        visitor: &Visitor,
        (typed, handle): (&str, &str),
        locale: &str,
        now: Timestamp,
    ) -> Result<SignUpAsked, Fault> {
        let Some(address) = MailAddress::parse(typed.trim()) else { return Ok(SignUpAsked::Form) };
        if let Asked::Throttled { until } = self.count_letters(visitor, ("mail", &address.key()), now).await? {
            return Ok(SignUpAsked::Throttled { until });
        }
        let goal = self.goal_behind(visitor, handle, now).await?;
        let browser = visitor.browser.id.clone();
        let link = SignUpLink { address: address.to_string(), browser, at: now, goal };
        let link = self.issuer.at(&format!("/sign-up/confirm?token={}", self.seals.seal(Purpose::SignUpLink, &link)));
        let says = match self.borne(&address).await? {
            Some(_) => Says::Known { link: self.issuer.at("/account") },
            None => Says::SignUp { link },
        };
        let letter = Letter { to: Some(address.to_string()), locale: Some(locale.to_owned()), says };
        let event = Event::done(Act::SignUpAsked, now);
        self.post(self.posted(&letter, None, now), event).await?;
        Ok(SignUpAsked::Sent)
    }

    /// What a link is good for. Looking at it changes nothing.
    pub async fn sign_up_standing(
        &self,
        visitor: &Visitor,
        token: &str,
        now: Timestamp,
    ) -> Result<Link<SignUpFor>, Fault> {
        if self.self_registration() == Switch::Off {
            return Ok(Link::Void);
        }
        let Some(link) = self.seals.open::<SignUpLink>(Purpose::SignUpLink, token) else { return Ok(Link::Void) };
        if now >= link.at + VERIFY_LIFETIME || now < link.at {
            return Ok(Link::Void);
        }
        if link.browser != visitor.browser.id {
            return Ok(Link::Elsewhere);
        }
        let Some(address) = MailAddress::parse(&link.address) else { return Ok(Link::Void) };
        if self.borne(&address).await?.is_some() {
            return Ok(Link::Void);
        }
        Ok(Link::Good(SignUpFor { address, goal: link.goal }))
    }

    /// Uses the link. The account claims the link's digest and the address as unique names: of all uses one wins.
    pub async fn sign_up(
        &self,
        visitor: &Visitor,
        (token, new): (&str, NewAccount<'_>),
        now: Timestamp,
    ) -> Result<SignedUp, Fault> {
        if let Some(until) = self.crowded("link-address", visitor, now).await? {
            return Ok(SignedUp::Throttled { until });
        }
        let SignUpFor { address, goal } = match self.sign_up_standing(visitor, token, now).await? {
            Link::Good(good) => good,
            Link::Elsewhere => {
                self.blame_link(Act::AccountCreated, "other_browser", visitor, now).await?;
                return Ok(SignedUp::Elsewhere);
            }
            Link::Void => {
                self.blame_link(Act::AccountCreated, "void", visitor, now).await?;
                return Ok(SignedUp::Void);
            }
        };
        let account = fresh_account(&address.to_string(), now).with_address(&address, now);
        let Some(mut account) = named(account, new.name) else { return Ok(SignedUp::Name) };
        account.made_by_link = Some(digest(token).as_key().to_owned());
        let hash = match self.new_password(NewPassword::Clear(new.password), &account).await? {
            Ok(hash) => hash,
            Err(error) => return Ok(SignedUp::Form(error)),
        };
        let event = Event::done(Act::AccountCreated, now).by(&account.id).because("sign_up");
        match self.store_new(account, hash, event, now).await? {
            Ok(account) => Ok(SignedUp::Done(Box::new(self.enter_newly(visitor, (goal, account), now).await?))),
            Err(_) => Ok(SignedUp::Void),
        }
    }
}

/// With a name, where one was entered; none where it is no name.
pub(super) fn named(mut account: Account, name: &str) -> Option<Account> {
    let name = name.trim();
    if name.is_empty() {
        return Some(account);
    }
    let value = Value::String(name.to_owned());
    check_standard("name", &value).ok()?;
    account.claims.insert("name".into(), value);
    Some(account)
}
