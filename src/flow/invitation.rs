//! An administrator has somebody make an account.
//!
//! Whoever has the link may use it, once: it is the proof that the address is theirs. The record of the invitation can be
//! looked at and taken back; the link itself is kept as its digest alone.

use crate::crypto::random;
use crate::crypto::secret::digest;
use crate::flow::browser::Visitor;
use crate::flow::session::Current;
use crate::flow::setup::{FormError, NewPassword, Refused, fresh_account};
use crate::flow::sign_up::{NewAccount, SignedUp, named};
use crate::flow::{Fault, Idp};
use crate::model::account::check_chosen;
use crate::model::audit::{Act, Event};
use crate::model::authorization::Goal;
use crate::model::cookies::Switch;
use crate::model::invitation::Invitation;
use crate::model::mail::address::MailAddress;
use crate::model::mail::letter::{INVITATION_LIFETIME, Letter, Says};
use crate::model::record::Change;
use crate::protocol::claims::plain_line;
use crate::protocol::time::Timestamp;
use std::collections::BTreeSet;

/// Invitations that the console shows.
const SHOWN: usize = 100;

/// Who is to be invited.
pub struct Invited {
    /// Their address, as typed.
    pub address: String,
    /// Their name, or nothing.
    pub name: String,
    /// What they may do.
    pub roles: BTreeSet<String>,
    /// What they belong to.
    pub groups: BTreeSet<String>,
}

/// How inviting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inviting {
    /// A mail is on its way.
    Done,
    /// It is no address.
    Address,
    /// The name is no name.
    Name,
    /// Somebody has the address.
    Known,
    /// There is no mail.
    NoMail,
}

impl Idp {
    /// Invites somebody. The invitation is written with its mail.
    pub async fn invite(&self, by: &Current, whom: Invited, now: Timestamp) -> Result<Inviting, Fault> {
        if self.mail() == Switch::Off {
            return Ok(Inviting::NoMail);
        }
        let Some(address) = MailAddress::parse(whom.address.trim()) else { return Ok(Inviting::Address) };
        let name = whom.name.trim().to_owned();
        if !name.is_empty() && !plain_line(&name) {
            return Ok(Inviting::Name);
        }
        if self.borne(&address).await?.is_some() {
            return Ok(Inviting::Known);
        }
        let secret = random::secret();
        let invitation = Invitation {
            digest: secret.digest(),
            address: address.to_string(),
            name: (!name.is_empty()).then_some(name),
            roles: whom.roles,
            groups: whom.groups,
            by: by.account.id.clone(),
            made_at: now,
            until: now + INVITATION_LIFETIME,
        };
        let says = Says::Invitation {
            link: self.issuer.at(&format!("/invitation?token={}", secret.expose())),
            by: by.account.display_name().to_owned(),
        };
        let mails = vec![self.posted(&Letter { to: Some(address.to_string()), locale: None, says }, None, now)];
        let key = invitation.digest.as_key().to_owned();
        let changed =
            self.store.change::<Invitation, _, _>(&key, move |_| invitation.clone().make().mailing(mails.clone()));
        changed.await?.outcome()?;
        Ok(Inviting::Done)
    }

    /// The invitations that stand.
    pub async fn invitations(&self, now: Timestamp) -> Result<Vec<Invitation>, Fault> {
        let page = self.store.list::<Invitation>(("invitations", ""), None, SHOWN).await?;
        Ok(page.items.into_iter().filter(|invitation| invitation.stands(now)).collect())
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(&self, by: &Current, key: &str, now: Timestamp) -> Result<(), Fault> {
        let event = Event::done(Act::InvitationRevoked, now).by(&by.account.id);
        let rule = move |before| Invitation::revoke(before, event.clone());
        Ok(self.store.change::<Invitation, _, _>(key, rule).await?.outcome()?)
    }

    /// The invitation behind a link. Looking at it changes nothing.
    pub async fn invitation(&self, token: &str, now: Timestamp) -> Result<Option<Invitation>, Fault> {
        let stored = self.store.read::<Invitation>(digest(token).as_key()).await?;
        Ok(stored.filter(|invitation| invitation.stands(now)))
    }

    /// Uses the link. The account claims its digest as a unique name: of all uses one wins.
    pub async fn accept_invitation(
        &self,
        visitor: &Visitor,
        (token, new): (&str, NewAccount<'_>),
        now: Timestamp,
    ) -> Result<SignedUp, Fault> {
        if let Some(until) = self.crowded("link-address", visitor, now).await? {
            return Ok(SignedUp::Throttled { until });
        }
        let invitation = self.invitation(token, now).await?;
        let address = invitation.as_ref().and_then(|invitation| MailAddress::parse(&invitation.address));
        let (Some(invitation), Some(address)) = (invitation, address) else {
            self.blame_link(Act::AccountCreated, "void", visitor, now).await?;
            return Ok(SignedUp::Void);
        };
        if self.borne(&address).await?.is_some() {
            return Ok(SignedUp::Void);
        }
        let foreign = check_chosen(new.username.trim(), Some(&address)).is_err();
        let account = fresh_account(new.username, now).with_address(&address, now);
        let Some(mut account) = named(account, new.name) else { return Ok(SignedUp::Name) };
        account.roles = invitation.roles;
        account.groups = invitation.groups;
        account.made_by_link = Some(digest(token).as_key().to_owned());
        let hash = match self.new_password(NewPassword::Clear(new.password), &account).await? {
            Ok(_) if foreign => return Ok(SignedUp::Form(FormError::Username)),
            Ok(hash) => hash,
            Err(error) => return Ok(SignedUp::Form(error)),
        };
        // Hashing took its time: it may have been taken back.
        if self.invitation(token, now).await?.is_none() {
            return Ok(SignedUp::Void);
        }
        let event = Event::done(Act::AccountCreated, now).by(&account.id).to(&account.id).because("invitation");
        match self.store_new(account, hash, event, now).await? {
            Ok(account) => {
                let key = digest(token).as_key().to_owned();
                self.store.change::<Invitation, _, _>(&key, |_| Change::delete(())).await?.outcome()?;
                Ok(SignedUp::Done(Box::new(self.enter_newly(visitor, (Goal::Account, account), now).await?)))
            }
            Err(Refused::Form(error)) => Ok(SignedUp::Form(error)),
            Err(Refused::LinkUsed) => Ok(SignedUp::Void),
        }
    }
}
