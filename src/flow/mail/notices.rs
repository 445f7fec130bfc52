//! An event becomes a letter to the person whom it concerns. Which ones do is decided by [`Notice::of`].

use super::locale_of;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::Event;
use crate::model::cookies::Switch;
use crate::model::id::AccountId;
use crate::model::mail::Mail;
use crate::model::mail::address::MailAddress;
use crate::model::mail::letter::{Letter, Notice, Says};
use crate::model::session::Device;

impl Idp {
    /// The mails that an event makes, to be written with it: to the verified address of the account, or to nobody.
    pub(in crate::flow) fn notices(&self, event: &Event, account: &Account, device: Option<&Device>) -> Vec<Mail> {
        let to = account.verified_address();
        self.notices_to(event, account, device, to.as_slice())
    }

    /// The same to given addresses: of an address that changed, the old and the new one.
    pub(in crate::flow) fn notices_to(
        &self,
        event: &Event,
        account: &Account,
        device: Option<&Device>,
        to: &[MailAddress],
    ) -> Vec<Mail> {
        let Some(what) = Notice::of(event).filter(|_| self.mail() == Switch::On) else { return Vec::new() };
        let letter = |address: &MailAddress| Letter {
            to: Some(address.to_string()),
            locale: locale_of(account),
            says: Says::Notice {
                what,
                username: account.username.clone(),
                at: event.at,
                device: device.cloned(),
                link: self.issuer.at("/account/security"),
            },
        };
        to.iter().map(|address| self.posted(&letter(address), Some(&account.id), event.at)).collect()
    }

    /// The same, of an account by its id.
    pub(in crate::flow) async fn notices_for(&self, event: &Event, account: &AccountId) -> Result<Vec<Mail>, Fault> {
        if Notice::of(event).is_none() || self.mail() == Switch::Off {
            return Ok(Vec::new());
        }
        let account = self.store.read::<Account>(account.as_str()).await?;
        Ok(account.map_or_else(Vec::new, |account| self.notices(event, &account, None)))
    }
}
