//! The person adds a passkey, gives it another name, or takes it away. As everything in [`super::security`], for whoever
//! authenticated in the last minutes.

use crate::crypto::seal::Purpose;
use crate::crypto::webauthn::{Offered, Owner, Unfit};
use crate::flow::browser::Visitor;
use crate::flow::cookies::Handles;
use crate::flow::passkey::{PasskeyAnswer, PasskeyOffer};
use crate::flow::session::Current;
use crate::flow::sign_in::address_prefix;
use crate::flow::{Fault, Idp};
use crate::model::audit::{Act, Event};
use crate::model::authorization::factor::Method;
use crate::model::authorization::interaction::LIFETIME;
use crate::model::credential::Credential;
use crate::model::id::{AccountId, BrowserId, SessionId};
use crate::model::passkey::{self, Added, Challenge, MOST, Passkey, Removed};
use crate::model::password::Stands;
use crate::model::record::Change;
use crate::model::throttle::{ADDRESS, Attempt, Throttle};
use crate::protocol::time::Timestamp;
use crate::store::Changed;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// How adding a passkey ended.
#[derive(Debug)]
pub enum PasskeyAdded {
    /// It is there. The recovery codes, where new ones were made, and the browser's cookies.
    Now(Vec<Zeroizing<String>>, Handles, Method),
    /// Its name is none.
    Label,
    /// It is not what was asked for, or is somebody's already.
    Refused,
    /// There are as many as may be.
    TooMany,
    /// The form is too old, or of another session, account or browser.
    Gone,
    /// Too many attempts.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
}

/// How giving a passkey another name ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasskeyRenamed {
    /// It has it.
    Now,
    /// That is no name.
    Label,
    /// There is no such passkey.
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    #[serde(rename = "a")]
    account: AccountId,
    #[serde(rename = "e")]
    session: SessionId,
    #[serde(rename = "b")]
    browser: BrowserId,
    #[serde(rename = "t")]
    at: Timestamp,
    #[serde(rename = "h")]
    handle: String,
    #[serde(rename = "q")]
    offered: Offered,
}

impl Idp {
    /// A passkey is to be made: nothing is stored before it is. None where there can be no more.
    pub async fn offer_passkey(
        &self,
        visitor: &Visitor,
        of: &Current,
        now: Timestamp,
    ) -> Result<Option<PasskeyOffer>, Fault> {
        let account = &of.account;
        let record = self.store.read::<Credential>(&Credential::passkeys_key(&account.id)).await?;
        let held = record.as_ref().and_then(Credential::passkeys);
        // The name that its authenticators know stays, whatever becomes of the key that made it.
        let handle = held.map_or_else(|| self.passkey_handle(&account.id), |held| held.handle.clone());
        let keys = held.map(|held| held.keys.clone()).unwrap_or_default();
        if keys.len() >= MOST {
            return Ok(None);
        }
        let owner = Owner { handle: &handle, username: &account.username, display_name: account.display_name() };
        let Some(question) = self.passkeys.as_ref().and_then(|party| party.offer(&owner, &keys)) else {
            return Ok(None);
        };
        let (session, browser) = (of.session.id.clone(), visitor.browser.id.clone());
        let offered = question.state;
        let sealed = Sealed { account: account.id.clone(), session, browser, at: now, handle, offered };
        let challenge = self.seals.seal(Purpose::NewPasskey, &sealed);
        Ok(Some(PasskeyOffer { options: question.options, challenge }))
    }

    /// It was made.
    pub async fn add_passkey(
        &self,
        visitor: &Visitor,
        of: &Current,
        (answer, label): (PasskeyAnswer<'_>, &str),
        now: Timestamp,
    ) -> Result<PasskeyAdded, Fault> {
        let lane = self.bucket("passkey-address", &[&address_prefix(&visitor.device.address)]);
        if let Attempt::Wait { until } = self.count(&lane, ADDRESS, now).await? {
            return Ok(PasskeyAdded::Throttled { until });
        }
        let sealed = self.seals.open::<Sealed>(Purpose::NewPasskey, answer.challenge).filter(|sealed| {
            let theirs = sealed.account == of.account.id && sealed.session == of.session.id;
            theirs && sealed.browser == visitor.browser.id && now < sealed.at + LIFETIME
        });
        let Some(sealed) = sealed else {
            self.refuse_new(&lane, (of, "passkey_challenge"), now).await?;
            return Ok(PasskeyAdded::Gone);
        };
        let Some(label) = passkey::label(label) else { return Ok(PasskeyAdded::Label) };
        let party = self.passkeys.as_ref().ok_or(Unfit::RelyingParty);
        let made = match party.and_then(|party| party.made(&sealed.offered, answer.answer, label, now)) {
            Ok(made) => made,
            Err(unfit) => {
                self.refuse_new(&lane, (of, unfit.word()), now).await?;
                return Ok(PasskeyAdded::Refused);
            }
        };
        let method = made.method();
        match self.keep_passkey(&sealed, made, now).await? {
            Changed::Done(Added::Now) => {
                let (codes, handles) = self.factor_added(visitor, of, method, now).await?;
                Ok(PasskeyAdded::Now(codes, handles, method))
            }
            Changed::Done(Added::TooMany) => Ok(PasskeyAdded::TooMany),
            Changed::Done(Added::Spent) => {
                self.refuse_new(&lane, (of, "passkey_reused"), now).await?;
                Ok(PasskeyAdded::Refused)
            }
            // Somebody else's account has it.
            Changed::Taken(_) => {
                self.refuse_new(&lane, (of, "passkey_taken"), now).await?;
                Ok(PasskeyAdded::Refused)
            }
        }
    }

    async fn keep_passkey(&self, sealed: &Sealed, made: Passkey, now: Timestamp) -> Result<Changed<Added>, Fault> {
        let (account, handle) = (sealed.account.clone(), sealed.handle.clone());
        let challenge: Challenge = sealed.offered.challenge(sealed.at);
        let event = Event::done(Act::FactorAdded, now).by(&account).because("passkey");
        let key = Credential::passkeys_key(&sealed.account);
        let mails = self.notices_for(&event, &account).await?;
        let changed = self.store.change::<Credential, _, _>(&key, move |before| {
            let change = Credential::add_passkey(before, (&account, &handle), (&made, &challenge), event.clone());
            if change.outcome == Added::Now { change.mailing(mails.clone()) } else { change }
        });
        Ok(changed.await?)
    }

    async fn refuse_new(&self, lane: &str, (of, reason): (&Current, &str), now: Timestamp) -> Result<(), Fault> {
        let event = Event::refused(Act::FactorAdded, now, reason).by(&of.account.id);
        let told =
            self.store.change::<Throttle, _, _>(lane, move |before| Throttle::blame(before.as_ref(), event.clone()));
        Ok(told.await?.outcome()?)
    }

    /// Gives a passkey another name.
    pub async fn rename_passkey(
        &self,
        of: &Current,
        (fingerprint, label): (&str, &str),
        now: Timestamp,
    ) -> Result<PasskeyRenamed, Fault> {
        let Some(label) = passkey::label(label).map(str::to_owned) else { return Ok(PasskeyRenamed::Label) };
        let event = Event::done(Act::FactorRenamed, now).by(&of.account.id).because("passkey");
        let fingerprint = fingerprint.to_owned();
        let key = Credential::passkeys_key(&of.account.id);
        let changed = self.store.change::<Credential, _, _>(&key, move |before| match before {
            Some(record) => record.rename_passkey(&fingerprint, &label, event.clone()),
            None => Change::keep(false),
        });
        Ok(if changed.await?.outcome()? { PasskeyRenamed::Now } else { PasskeyRenamed::Unknown })
    }

    /// Takes a passkey away, and the recovery codes where they have nothing left to stand in for.
    pub async fn remove_passkey(&self, of: &Current, fingerprint: &str, now: Timestamp) -> Result<Removed, Fault> {
        let account = &of.account.id;
        // Passwords are set and never taken away: what is read of them holds for the write. A link can go meanwhile, by the
        // same person's hand alone.
        let password = self.store.read::<Credential>(&Credential::password_key(account)).await?;
        let others = self.ways_in(&of.account).await?.besides_passkeys();
        let app = self.store.read::<Credential>(&Credential::totp_key(account)).await?;
        let stands = password.filter(|_| app.is_none()).map_or(Stands::Alone, |password| password.password_stands());
        let event = Event::done(Act::FactorRemoved, now).by(account).because("passkey");
        let fingerprint = fingerprint.to_owned();
        let mails = self.notices_for(&event, account).await?;
        let key = Credential::passkeys_key(account);
        let changed = self.store.change::<Credential, _, _>(&key, move |before| match before {
            Some(record) => {
                let change = record.remove_passkey(&fingerprint, (others, stands), event.clone());
                if matches!(change.outcome, Removed::Now(_)) { change.mailing(mails.clone()) } else { change }
            }
            None => Change::keep(Removed::Unknown),
        });
        let removed = changed.await?.outcome()?;
        if removed == Removed::Now(0) {
            self.forget_lone_codes(account).await?;
        }
        Ok(removed)
    }
}
