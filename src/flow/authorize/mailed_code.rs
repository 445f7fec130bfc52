//! A sign-in that is unusual: the person shows that they read the mails of the account.
//!
//! Asked of whoever showed one factor alone, where `[sign_in] on_unusual` says so. The code is never kept: it is a MAC over
//! the interaction that it is good for and the account, so nothing at rest can be guessed through, and it dies with the
//! interaction. That a code is owed is evidence of the interaction: no other page leads past it.

use super::forms::Owing;
use super::waiting::Open;
use super::{Asks, Next, Problem, Refusal};
use crate::crypto::seal::Purpose;
use crate::crypto::secret::{Same, compare};
use crate::flow::browser::Visitor;
use crate::flow::second_factor::CodeOutcome;
use crate::flow::sign_in::address_prefix;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::authorization::factor::{Method, is_lone};
use crate::model::authorization::{Evidence, Interaction};
use crate::model::cookies::Switch;
use crate::model::history::{History, OnRisk, Signal, SignedIn};
use crate::model::mail::letter::{Letter, Says};
use crate::model::throttle::{Attempt, MAILS};
use crate::protocol::time::Timestamp;
use std::collections::BTreeSet;

impl Idp {
    /// Is there reason to doubt that whoever shows this is the person, and a way to ask them?
    pub(super) async fn is_doubtful(
        &self,
        visitor: &Visitor,
        interaction: &Interaction,
        account: &Account,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let asks = self.settings.on_unusual == OnRisk::Ask && self.mail() == Switch::On;
        if !asks || !is_lone(&interaction.shown(&account.id)) || account.verified_address().is_none() {
            return Ok(false);
        }
        let Some(history) = self.store.read::<History>(&History::key_of(&account.id)).await? else { return Ok(false) };
        let (device, browser) = (visitor.device.clone(), visitor.browser.id.clone());
        let entry = SignedIn { at: now, device, browser, amr: Vec::new(), upstream: None, signals: BTreeSet::new() };
        Ok(history.signals_of(&entry).into_iter().any(Signal::is_doubtful))
    }

    /// Mails the code for an interaction, which waits for it in the store: both are one write.
    pub(super) async fn mail_code(
        &self,
        visitor: &Visitor,
        mut open: Open,
        account: &Account,
        now: Timestamp,
    ) -> Result<Next, Fault> {
        if open.interaction.code_mailed(&account.id).is_none() {
            open = open.with(Evidence::CodeMailed { account: account.id.clone(), at: now });
            // A mail takes its time.
            open.interaction.started_at = now;
        }
        // By network: whoever knows the password cannot use up what the person has elsewhere.
        let lane = self.bucket("mailed-code", &[account.id.as_str(), &address_prefix(&visitor.device.address)]);
        let refusal = match self.count(&lane, MAILS, now).await? {
            Attempt::Wait { until } => Some(Refusal::Throttled { until }),
            Attempt::Allowed => None,
        };
        let mails = match refusal {
            None => vec![self.posted(&self.code_letter(visitor, &open.interaction, account), Some(&account.id), now)],
            Some(_) => Vec::new(),
        };
        let interaction = open.interaction.clone();
        match (self.keep_mailing(open, mails).await?, refusal) {
            (Next::GoOn(handle), Some(_)) => {
                let client = self.client_of(&interaction).await?;
                self.page((&interaction, handle), client, self.asks_mailed_code(account, refusal)).await
            }
            (next, _) => Ok(next),
        }
    }

    /// The person did not get it: the same code, once more.
    pub async fn mail_code_again(&self, visitor: &Visitor, handle: &str, now: Timestamp) -> Result<Next, Fault> {
        let gone = Next::Problem(Problem::InteractionGone);
        let Some(open) = self.reopen(visitor, handle, now).await? else { return Ok(gone) };
        match self.owing(visitor, &open.interaction, now).await? {
            Some(Owing::Mailed(account)) => self.mail_code(visitor, open, &account, now).await,
            _ => Ok(gone),
        }
    }

    /// Tries the code that was mailed. Counted as other codes are.
    pub(super) async fn try_mailed_code(
        &self,
        visitor: &Visitor,
        (interaction, account): (&Interaction, &Account),
        code: &str,
        now: Timestamp,
    ) -> Result<CodeOutcome, Fault> {
        let lane = match self.count_code(visitor, &account.id, now).await? {
            Ok(lane) => lane,
            Err(until) => return Ok(CodeOutcome::Throttled { until }),
        };
        let typed: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').take(64).collect();
        let right = compare(typed.as_bytes(), self.mailed_code(interaction, account).as_bytes()) == Same::Yes;
        let refused = Event::refused(Act::SignIn, now, "mailed_code").to(&account.id);
        let accepted = if right { Ok(Method::MailedCode) } else { Err(refused) };
        self.settled(visitor, (&lane, &account.id), accepted, now).await
    }

    /// What the page asks.
    pub(super) fn asks_mailed_code(&self, account: &Account, refusal: Option<Refusal>) -> Asks {
        let address = account.verified_address().map(|address| address.to_string()).unwrap_or_default();
        Asks::MailedCode { to: hinted(&address), refusal }
    }

    fn code_letter(&self, visitor: &Visitor, interaction: &Interaction, account: &Account) -> Letter {
        let code = self.mailed_code(interaction, account);
        let (first, second) = code.split_at(4);
        Letter {
            to: account.verified_address().map(|address| address.to_string()),
            locale: visitor.writes_to(Some(account)),
            says: Says::SignInCode {
                code: format!("{first} {second}"),
                username: account.username.clone(),
                device: visitor.device.clone(),
                link: self.issuer.at("/account/security"),
            },
        }
    }

    /// Eight digits: a hundred million, of which an attacker sees a few a minute.
    fn mailed_code(&self, interaction: &Interaction, account: &Account) -> String {
        let mac =
            self.seals.mac(Purpose::MailedCode, &[interaction.id.as_str().as_bytes(), account.id.as_str().as_bytes()]);
        let number = mac[..8].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        format!("{:08}", number % 100_000_000)
    }
}

/// As much of an address as its owner needs to know which it is.
fn hinted(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{}***@{domain}", local.chars().take(1).collect::<String>()),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_says_no_more_than_it_must() {
        assert_eq!(hinted("mira@example.org"), "m***@example.org");
        assert_eq!(hinted("\"a@b\"@example.org"), "\"***@example.org");
        assert_eq!(hinted("ö@example.org"), "ö***@example.org");
        assert_eq!(hinted(""), "");
    }
}
