//! Passkeys at sign-in: a challenge is put, and an answer tried.
//!
//! Challenges cost the store nothing. They travel sealed in the form that brings the answer, bound to the browser, to the
//! interaction and, after a first factor, to the account, and live as long as the interaction does. What makes them single
//! use is the account's own record of passkeys: the write that takes the answer spends the challenge
//! ([`crate::model::passkey`]). That is the only place where it can be: an answer is worth something only to the record
//! whose key signed it, and no other record would have to be written with it.
//!
//! Whoever comes is asked the same question, whatever name was typed: any passkey of this place. Whose it is says the
//! passkey itself, by its id. What authenticators call the account is a keyed hash of its `sub` and not the `sub`: it lies
//! readable in devices and in the clouds of their makers, and must not lead from there to the accounts of apps.

use crate::crypto::seal::Purpose;
use crate::crypto::secret::{Same, compare};
use crate::crypto::webauthn::{Answer, Asked, Unfit};
use crate::flow::browser::Visitor;
use crate::flow::sign_in::address_prefix;
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, AccountStanding};
use crate::model::audit::{Act, Event};
use crate::model::authorization::Interaction;
use crate::model::authorization::factor::{Method, Person};
use crate::model::authorization::interaction::LIFETIME;
use crate::model::credential::Credential;
use crate::model::id::{AccountId, BrowserId, InteractionId};
use crate::model::passkey::{Passkey, PasskeyUse, Shown, passkey_name};
use crate::model::record::Change;
use crate::model::throttle::{ADDRESS, Attempt, Throttle};
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// A challenge on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyOffer {
    /// What the browser's own function is given, as JSON.
    pub options: String,
    /// Comes back with the answer: sealed.
    pub challenge: String,
}

/// What the form brought.
#[derive(Debug, Clone, Copy)]
pub struct PasskeyAnswer<'a> {
    /// The sealed challenge.
    pub challenge: &'a str,
    /// What the passkey answered, as the browser prints it.
    pub answer: &'a str,
}

/// How an attempt with a passkey ended.
#[derive(Debug)]
pub enum PasskeyOutcome {
    /// It was right, and the challenge is spent.
    Accepted(Box<Account>, Method, Question),
    /// It was not. Nobody is told why.
    Refused,
    /// Too many attempts.
    Throttled {
        /// When to try again.
        until: Timestamp,
    },
}

/// Who was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Whoever comes.
    Anybody,
    /// Somebody who showed another factor before.
    Known,
}

#[derive(Serialize, Deserialize)]
struct Sealed {
    /// Whose passkeys were asked; none where anybody may answer.
    #[serde(rename = "a")]
    account: Option<AccountId>,
    #[serde(rename = "i")]
    interaction: InteractionId,
    #[serde(rename = "b")]
    browser: BrowserId,
    #[serde(rename = "t")]
    at: Timestamp,
    #[serde(rename = "q")]
    asked: Asked,
}

impl Idp {
    /// A challenge to whoever comes. None where this installation can have no passkeys.
    pub(super) fn ask_anybody(&self, interaction: &Interaction) -> Option<PasskeyOffer> {
        self.ask(interaction, None, (Person::Verified, &[]))
    }

    /// A challenge to the passkeys of an account. None where it has none that would do.
    pub(super) async fn ask_account(
        &self,
        interaction: &Interaction,
        account: &AccountId,
        person: Person,
    ) -> Result<Option<PasskeyOffer>, Fault> {
        let mut keys = self.passkeys_of(account).await?;
        keys.retain(|key| key.person >= person);
        if keys.is_empty() {
            return Ok(None);
        }
        Ok(self.ask(interaction, Some(account.clone()), (person, &keys)))
    }

    fn ask(
        &self,
        interaction: &Interaction,
        account: Option<AccountId>,
        (person, keys): (Person, &[Passkey]),
    ) -> Option<PasskeyOffer> {
        let question = self.passkeys.as_ref()?.ask(person, keys);
        let (interaction, browser, at) = (interaction.id.clone(), interaction.browser.clone(), interaction.started_at);
        let sealed = Sealed { account, interaction, browser, at, asked: question.state };
        Some(PasskeyOffer { options: question.options, challenge: self.seals.seal(Purpose::Passkey, &sealed) })
    }

    /// The passkeys of an account.
    pub(super) async fn passkeys_of(&self, account: &AccountId) -> Result<Vec<Passkey>, Fault> {
        let record = self.store.read::<Credential>(&Credential::passkeys_key(account)).await?;
        Ok(record.as_ref().and_then(Credential::passkeys).map(|passkeys| passkeys.keys.clone()).unwrap_or_default())
    }

    /// What authenticators call an account, in base64url.
    pub(super) fn passkey_handle(&self, account: &AccountId) -> String {
        URL_SAFE_NO_PAD.encode(self.seals.mac(Purpose::PasskeyHandle, &[account.as_str().as_bytes()]))
    }

    /// Tries what a passkey answered. Counted by address before it is looked at; no account has a lane, since nobody can
    /// guess a signature, and so nobody can keep anybody out.
    pub(super) async fn try_passkey(
        &self,
        visitor: &Visitor,
        (interaction, owing): (&Interaction, Option<&AccountId>),
        answer: PasskeyAnswer<'_>,
        now: Timestamp,
    ) -> Result<PasskeyOutcome, Fault> {
        let lane = self.bucket("passkey-address", &[&address_prefix(&visitor.device.address)]);
        if let Attempt::Wait { until } = self.count(&lane, ADDRESS, now).await? {
            return Ok(PasskeyOutcome::Throttled { until });
        }
        let sealed = self.seals.open::<Sealed>(Purpose::Passkey, answer.challenge).filter(|sealed| {
            let here = sealed.interaction == interaction.id && sealed.browser == visitor.browser.id;
            here && now < sealed.at + LIFETIME && sealed.account.as_ref().is_none_or(|asked| owing == Some(asked))
        });
        let Some(sealed) = sealed else { return self.refuse_passkey(&lane, (None, "passkey_challenge"), now).await };
        let Some(answer) = Answer::read(answer.answer) else {
            return self.refuse_passkey(&lane, (None, Unfit::Unreadable.word()), now).await;
        };
        let name = passkey_name(&answer.fingerprint());
        let Some(record) = self.store.find::<Credential>(&name).await? else {
            return self.refuse_passkey(&lane, (None, "passkey_unknown"), now).await;
        };
        match self.verify(&sealed, &answer, &record) {
            Ok(shown) => self.spend(record.account, shown, (&sealed, now)).await,
            Err(reason) => self.refuse_passkey(&lane, (Some(&record.account), reason), now).await,
        }
    }

    /// Is it an answer to this challenge, of the passkey it names, and of whom it was asked?
    fn verify(&self, sealed: &Sealed, answer: &Answer, record: &Credential) -> Result<Shown, &'static str> {
        let (Some(party), Some(passkeys)) = (&self.passkeys, record.passkeys()) else { return Err("passkey_unknown") };
        let key = passkeys.of(&answer.fingerprint()).ok_or("passkey_unknown")?;
        let theirs = |handle: String| compare(handle.as_bytes(), passkeys.handle.as_bytes()) == Same::Yes;
        // Who was not named before names themselves (Web Authentication Level 3, 7.2, step 6).
        let named = match (&sealed.account, answer.handle()) {
            (Some(asked), handle) => *asked == record.account && handle.is_none_or(theirs),
            (None, handle) => handle.is_some_and(theirs),
        };
        if !named {
            return Err("passkey_of_another");
        }
        party.verify((&sealed.asked, sealed.at), answer, key).map_err(Unfit::word)
    }

    /// The record takes the answer, or says why not.
    async fn spend(
        &self,
        account: AccountId,
        shown: Shown,
        (sealed, now): (&Sealed, Timestamp),
    ) -> Result<PasskeyOutcome, Fault> {
        let usable = self.store.read::<Account>(account.as_str()).await?;
        let usable = usable.filter(|account| account.standing() == AccountStanding::Active);
        let (method, closed) = (shown.method(), usable.is_none());
        let key = Credential::passkeys_key(&account);
        let changed = self.store.change::<Credential, _, _>(&key, move |before| match before {
            Some(of) if closed => {
                Change::keep(PasskeyUse::Gone).told(Event::refused(Act::SignIn, now, "credentials").to(&of.account))
            }
            Some(record) => record.use_passkey(&shown, now),
            None => Change::keep(PasskeyUse::Gone),
        });
        let question = if sealed.account.is_some() { Question::Known } else { Question::Anybody };
        Ok(match (changed.await?.outcome()?, usable) {
            (PasskeyUse::Now, Some(account)) => PasskeyOutcome::Accepted(Box::new(account), method, question),
            _ => PasskeyOutcome::Refused,
        })
    }

    async fn refuse_passkey(
        &self,
        lane: &str,
        (account, reason): (Option<&AccountId>, &'static str),
        now: Timestamp,
    ) -> Result<PasskeyOutcome, Fault> {
        let mut event = Event::refused(Act::SignIn, now, reason);
        event.target = account.map(ToString::to_string);
        let told =
            self.store.change::<Throttle, _, _>(lane, move |before| Throttle::blame(before.as_ref(), event.clone()));
        told.await?.outcome()?;
        Ok(PasskeyOutcome::Refused)
    }
}
