//! The forms of an interaction. Each records a fact and comes back to the dispatcher; none knows another.

use super::waiting::{Facts, Home, Open};
use super::{Asks, Next, Problem, Refusal, SignedIn, Turn};
use crate::crypto::secret::Secret;
use crate::flow::browser::Visitor;
use crate::flow::cookies::Handles;
use crate::flow::second_factor::CodeOutcome;
use crate::flow::session::{Current, Proven, kept};
use crate::flow::sign_in::{PasswordAttempt, PasswordOutcome};
use crate::flow::upstream::Connecting;
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, AccountStanding};
use crate::model::authorization::factor::{Level, Method, NextFactor, facts};
use crate::model::authorization::next_step::Why;
use crate::model::authorization::{Evidence, Goal, Interaction, ReturnAddress};
use crate::model::consent::{Asked, Consent};
use crate::model::device::Answer;
use crate::model::session::activity::Activity;
use crate::model::session::policy::Remember;
use crate::protocol::refusal::person as why;
use crate::protocol::time::Timestamp;

/// What the form that chooses an account says to see who is signed in here. No session is called so.
const ALL: &str = "all";

/// Who owes a second factor.
pub(super) enum Owing {
    /// Somebody whose first one was accepted for this interaction.
    SignIn(Box<Account>),
    /// Somebody who signs in in an unusual way, and was mailed a code.
    Mailed(Box<Account>),
    /// Whoever is signed in, for a request that asks for more than the session has: for this much.
    StepUp(Box<Current>, Level),
}

impl Owing {
    pub fn account(&self) -> &Account {
        match self {
            Owing::SignIn(account) | Owing::Mailed(account) => account,
            Owing::StepUp(current, _) => &current.account,
        }
    }
}

/// What the person answered on the consent page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsentAnswer {
    /// Yes.
    Allow,
    /// No.
    Deny,
}

impl Idp {
    /// The sign-in form.
    pub async fn sign_in(
        &self,
        visitor: &Visitor,
        handle: &str,
        (attempt, remember): (PasswordAttempt, Remember),
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let Some(mut open) = self.reopen(visitor, handle, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        };
        open.interaction.remember = remember;
        let username = attempt.username.clone();
        let refusal = match self.try_password(visitor, attempt, now).await? {
            PasswordOutcome::Accepted(account) => {
                let fact = Evidence::Authenticated { account: account.id.clone(), method: Method::Password, at: now };
                return self.accepted(visitor, open.with(fact), *account, now).await;
            }
            PasswordOutcome::Refused => Refusal::Credentials,
            PasswordOutcome::Throttled { until } => Refusal::Throttled { until },
            PasswordOutcome::Busy => Refusal::Busy,
        };
        let client = self.client_of(&open.interaction).await?;
        let asks = Asks::SignIn {
            why: Why::SignedOut,
            hint: username,
            goal: open.interaction.goal.clone(),
            refusal: Some(refusal),
        };
        Ok(self.page((&open.interaction, handle.to_owned()), client, asks).await?.into())
    }

    /// A sign-in form whose browser began anew in another tab: shown again, with nothing of it looked at.
    pub async fn sign_in_again(&self, interaction: Interaction) -> Result<Turn, Fault> {
        let open = Open { interaction, home: Home::Browser, facts: Facts::Kept };
        let client = self.client_of(&open.interaction).await?;
        let goal = open.interaction.goal.clone();
        let asks = Asks::SignIn { why: Why::SignedOut, hint: String::new(), goal, refusal: Some(Refusal::AnotherTab) };
        Ok(self.page((&open.interaction, self.handle(&open)), client, asks).await?.into())
    }

    /// The form for a second factor: of a sign-in that is half done, or on top of the session's authentication.
    pub async fn second_factor(
        &self,
        visitor: &Visitor,
        handle: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let gone = || Ok(Next::Problem(Problem::InteractionGone).into());
        let Some(open) = self.reopen(visitor, handle, now).await? else { return gone() };
        let Some(owing) = self.owing(visitor, &open.interaction, now).await? else { return gone() };
        let account = owing.account().clone();
        let outcome = match &owing {
            Owing::Mailed(_) => self.try_mailed_code(visitor, (&open.interaction, &account), code, now).await?,
            _ => self.try_code(visitor, &account.id, code, now).await?,
        };
        let refusal = match outcome {
            CodeOutcome::Accepted(method) => {
                let open = open.with(Evidence::Authenticated { account: account.id.clone(), method, at: now });
                return match owing {
                    Owing::SignIn(account) | Owing::Mailed(account) => {
                        self.accepted(visitor, open, *account, now).await
                    }
                    Owing::StepUp(current, _) => self.stepped_up(visitor, open, (&current, method), now).await,
                };
            }
            CodeOutcome::Refused => Refusal::Code,
            CodeOutcome::Throttled { until } => Refusal::Throttled { until },
        };
        let client = self.client_of(&open.interaction).await?;
        let asks = self.asks_second_factor(&owing, &open.interaction, Some(refusal)).await?;
        Ok(self.page((&open.interaction, handle.to_owned()), client, asks).await?.into())
    }

    /// Who owes a second factor here. The steps before are proved by evidence: without it nobody does.
    pub(super) async fn owing(
        &self,
        visitor: &Visitor,
        interaction: &Interaction,
        now: Timestamp,
    ) -> Result<Option<Owing>, Fault> {
        if let Some(id) = interaction.tried() {
            let lack = interaction.lacks(id, &self.factors_of(id).await?);
            if matches!(lack, NextFactor::Second | NextFactor::MailedCode) {
                let account = self.store.read::<Account>(id.as_str()).await?.map(Box::new);
                let mailed = lack == NextFactor::MailedCode;
                return Ok(account.map(|account| if mailed { Owing::Mailed(account) } else { Owing::SignIn(account) }));
            }
        }
        let current = self.current_for(visitor, interaction, now).await?;
        let Some(current) = current else { return Ok(None) };
        let asked = self.asked_beyond(interaction, &current).await?;
        Ok(asked.map(|level| Owing::StepUp(Box::new(current), level)))
    }

    /// A credential was accepted. Is it an authentication by now? Then the session begins or goes on, and so does the
    /// interaction; else the interaction alone knows of it.
    pub(in crate::flow) async fn accepted(
        &self,
        visitor: &Visitor,
        open: Open,
        account: Account,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        match open.interaction.lacks(&account.id, &self.factors_of(&account.id).await?) {
            // What was shown before every session of the account ended is worth nothing after it.
            _ if open.interaction.shown_before(&account, now) => {
                return Ok(Next::Problem(Problem::InteractionGone).into());
            }
            // Before anything else is asked for, or kept of it.
            _ if account.standing() == AccountStanding::Disabled => {
                return Ok(Next::Problem(Problem::NotForYou).into());
            }
            NextFactor::First => return Ok(Next::Problem(Problem::InteractionGone).into()),
            NextFactor::Second | NextFactor::MailedCode => return Ok(self.keep(open).await?.into()),
            NextFactor::Complete => (),
        }
        if self.is_doubtful(visitor, &open.interaction, &account, now).await? {
            return Ok(self.mail_code(visitor, open, &account, now).await?.into());
        }
        let shown = open.interaction.shown(&account.id);
        let proven = match open.interaction.vouched(&account.id) {
            Some(by) => {
                let facts = by.told(facts(&shown, now));
                let resting = Some(by.rests(&shown, facts.auth_time));
                Proven { facts, remember: open.interaction.remember, resting }
            }
            None => (facts(&shown, now), open.interaction.remember).into(),
        };
        let mut open = open;
        if let Some((by, profile)) = open.interaction.to_connect() {
            if self.connect(&account.id, by.link(&profile.shown, now), now).await? != Connecting::Done {
                return Ok(Next::Problem(Problem::InteractionGone).into());
            }
            open.interaction = open.interaction.connected();
        }
        let Some((_, handles, kept)) = self.establish(visitor, &account, proven, now).await? else {
            return Ok(Next::Problem(Problem::NotForYou).into());
        };
        let mut visitor = visitor.clone();
        visitor.handles.clone_from(&handles);
        let current = self.current_for(&visitor, &open.interaction, now).await?;
        let next = self.dispatch(&visitor, open, current, Activity::AuthorizationByPerson, now).await?;
        let handles = Handles::Set(self.session_cookies(handles, kept, now).await?);
        self.watched(&visitor, Turn { next, handles, signed_in: Some(account.id) }, now).await
    }

    /// A live session got stronger, and the interaction goes on.
    pub(super) async fn stepped_up(
        &self,
        visitor: &Visitor,
        open: Open,
        (current, by): (&Current, Method),
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let Some((current, handles)) = self.raise(current, by, visitor, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        };
        let mut visitor = visitor.clone();
        visitor.handles.clone_from(&handles);
        let kept = kept(&self.all_live(&visitor, now).await?);
        let next = self.dispatch(&visitor, open, Some(current), Activity::AuthorizationByPerson, now).await?;
        let handles = Handles::Set(self.session_cookies(handles, kept, now).await?);
        self.watched(&visitor, Turn { next, handles, signed_in: None }, now).await
    }

    /// The form that chooses an account: `choice` is the place among the browser's live sessions, or none for another.
    pub async fn select(
        &self,
        visitor: &Visitor,
        handle: &str,
        choice: Option<&str>,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let Some(open) = self.reopen(visitor, handle, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        };
        let live = self.all_live(visitor, now).await?;
        if choice == Some(ALL) && !live.is_empty() {
            let client = self.client_of(&open.interaction).await?;
            let current = self.current(visitor, now).await?;
            let session = if current.is_some() { SignedIn::Yes } else { SignedIn::No };
            let asks = self.asks_select(live, session);
            return Ok(self.page((&open.interaction, handle.to_owned()), client, asks).await?.into());
        }
        let chosen = choice.and_then(|name| live.iter().find(|current| self.choice_name(current) == name));
        let Some(chosen) = chosen.cloned() else {
            let client = self.client_of(&open.interaction).await?;
            let goal = open.interaction.goal.clone();
            let asks = Asks::SignIn { why: Why::Other, hint: String::new(), goal, refusal: None };
            return Ok(self.page((&open.interaction, handle.to_owned()), client, asks).await?.into());
        };
        let mut handles: Vec<Secret> = vec![chosen.handle.clone()];
        handles.extend(visitor.handles.iter().filter(|h| h.expose() != chosen.handle.expose()).cloned());
        let remember = kept(&live);
        let fact = Evidence::Selected { account: chosen.account.id.clone() };
        let open = open.with(fact);
        let next = self.dispatch(visitor, open, Some(chosen), Activity::AuthorizationByPerson, now).await?;
        let handles = Handles::Set(self.session_cookies(handles, remember, now).await?);
        self.watched(visitor, Turn { next, handles, signed_in: None }, now).await
    }

    /// A factor was set up on the way: that was showing it, and the interaction that waits for it learns so.
    pub async fn set_up_on_the_way(
        &self,
        visitor: &Visitor,
        handle: &str,
        (current, method): (&Current, Method),
        now: Timestamp,
    ) -> Result<(), Fault> {
        let Some(open) = self.reopen(visitor, handle, now).await? else { return Ok(()) };
        if open.home == Home::Store && open.interaction.authenticated(&current.account.id) {
            self.keep(open.with(Evidence::Authenticated { account: current.account.id.clone(), method, at: now }))
                .await?;
        }
        Ok(())
    }

    /// Whoever has to set up a second factor does not want to. The app learns that; from a page of ours they go to their
    /// own.
    pub async fn not_now(&self, visitor: &Visitor, handle: &str, now: Timestamp) -> Result<Turn, Fault> {
        let gone = || Ok(Next::Problem(Problem::InteractionGone).into());
        let Some(open) = self.reopen(visitor, handle, now).await? else { return gone() };
        let client = self.client_of(&open.interaction).await?;
        let Some(interaction) = self.consume(open, now).await? else { return gone() };
        if interaction.request().is_none() {
            return Ok(Next::Arrived(Goal::Account).into());
        }
        let open = Open { interaction, home: Home::Browser, facts: Facts::Kept };
        let turn = self.refuse(&open, client.as_ref(), why::NO_SECOND_FACTOR.into()).into();
        self.watched(visitor, turn, now).await
    }

    /// What the select form calls a session: the name by which apps know its first part, too. It chooses among the sessions
    /// of the browser that posts it, and authorises nothing.
    pub fn choice_name(&self, current: &Current) -> String {
        self.sid(&current.session.id, current.session.epochs())
    }

    /// The consent form.
    pub async fn consent(
        &self,
        visitor: &Visitor,
        handle: &str,
        (answer, person): (ConsentAnswer, &str),
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let gone = || Ok(Next::Problem(Problem::InteractionGone).into());
        let Some(open) = self.reopen(visitor, handle, now).await? else { return gone() };
        let Some(current) = self.current_for(visitor, &open.interaction, now).await? else { return gone() };
        if self.choice_name(&current) != person {
            // Somebody else signed in since the page was shown: the question is put to them, in their own name.
            let next = self.dispatch(visitor, open, Some(current), Activity::Machine, now).await?;
            return self.introduced(visitor, next.into(), now).await;
        }
        let (Some(request), Some(client)) = (open.interaction.request(), self.client_of(&open.interaction).await?)
        else {
            return gone();
        };
        if let (ConsentAnswer::Deny, Goal::Device(entered, _)) = (answer, &open.interaction.goal) {
            let entered = entered.clone();
            if self.consume(open, now).await?.is_none() {
                return gone();
            }
            let told = self.answer_device(&entered, (&current.account.id, Answer::Denied), now).await?;
            return Ok(told.into());
        }
        if answer == ConsentAnswer::Deny {
            let Ok(address) = ReturnAddress::of(request, &client) else {
                return gone();
            };
            if self.consume(open, now).await?.is_none() {
                return gone();
            }
            let refusal = client.hears(why::NOT_CONSENTED.into());
            return self.introduced(visitor, self.respond(address, Err(refusal)).into(), now).await;
        }
        let asked = Asked { account: current.account.id.clone(), client: client.id.clone(), scope: request.opens() };
        let key = Consent::key_of(&asked.account, &asked.client);
        self.store
            .change::<Consent, _, _>(&key, move |before| Consent::give(before, &client, now, asked.clone()))
            .await?
            .outcome()?;
        let fact = Evidence::Consented { account: current.account.id.clone() };
        let open = open.with(fact);
        let turn = self.dispatch(visitor, open, Some(current), Activity::AuthorizationByPerson, now).await?.into();
        self.watched(visitor, turn, now).await
    }
}
