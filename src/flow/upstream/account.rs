//! Accounts that are made by an upstream's word, connected with it, and disconnected from it.

use super::back::with_word;
use super::{Fresh, What};
use crate::crypto::secret::digest;
use crate::flow::authorize::{Asks, Next, Problem, Refusal, Turn};
use crate::flow::browser::Visitor;
use crate::flow::session::Current;
use crate::flow::setup::fresh_account;
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, check_chosen, check_username};
use crate::model::audit::{Act, Event};
use crate::model::authorization::interaction::Newcomer;
use crate::model::authorization::{Evidence, Interaction};
use crate::model::id::AccountId;
use crate::model::record::Change;
use crate::model::session::standing::EndReason;
use crate::model::throttle::{ACCOUNT, Attempt, Throttle};
use crate::model::upstream::{Accounts, Connected, Disconnected, Link, Profile, Vouched};
use crate::outside::upstream::Wishes;
use crate::protocol::time::Timestamp;
use crate::store::Changed;

/// How connecting an account with an upstream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connecting {
    /// It is.
    Done,
    /// Whoever it is there has another account here.
    Taken,
    /// The account has as many ways in as it can have.
    Full,
    /// The person turned back at the upstream.
    Cancelled,
    /// Nothing came of it.
    Failed,
}

/// How making a newcomer's account ended.
enum Made {
    /// It is there.
    Now(Box<Account>),
    /// What was entered is not good, or too much of it came.
    Refused(Refusal),
    /// Somebody else was faster.
    Gone,
}

/// A way in, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// What the page calls it.
    pub name: String,
    /// What people call the upstream; its issuer where it is not configured any more.
    pub upstream: String,
    /// What the person may know it by.
    pub shown: String,
    /// Since when.
    pub since: Timestamp,
}

impl Idp {
    /// What the page for a newcomer asks.
    pub(in crate::flow) fn asks_newcomer(&self, of: &Interaction, refused: Option<(Refusal, &str)>) -> Option<Asks> {
        let (by, profile) = of.claimed()?;
        let upstream = self.upstreams.of(&by.upstream)?;
        let (refusal, typed) = refused.map_or((None, None), |(refusal, typed)| (Some(refusal), Some(typed)));
        Some(Asks::Newcomer {
            upstream: upstream.rules.name.clone(),
            shown: profile.shown.clone(),
            username: typed.unwrap_or(&profile.username).to_owned(),
            accounts: upstream.rules.accounts,
            refusal,
        })
    }

    /// The newcomer wants an account of their own. A name that somebody has is never taken over.
    pub async fn upstream_create(
        &self,
        visitor: &Visitor,
        handle: &str,
        username: &str,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let gone = || Ok(Next::Problem(Problem::InteractionGone).into());
        let Some(open) = self.reopen(visitor, handle, now).await? else { return gone() };
        if open.interaction.newcomer() != Some(Newcomer::Asks) {
            return gone();
        }
        let Some((by, profile)) = open.interaction.claimed().map(|(by, profile)| (by.clone(), profile.clone())) else {
            return gone();
        };
        let create =
            self.upstreams.of(&by.upstream).is_some_and(|upstream| upstream.rules.accounts == Accounts::Create);
        if !create {
            return Ok(Next::Problem(Problem::NotForYou).into());
        }
        let username = username.trim();
        match self.make(visitor, username, (&by, &profile), now).await? {
            Made::Now(account) => {
                let open = with_word(open, &account.id, by, now);
                self.accepted(visitor, open, *account, now).await
            }
            Made::Gone => gone(),
            Made::Refused(refusal) => {
                let client = self.client_of(&open.interaction).await?;
                let Some(asks) = self.asks_newcomer(&open.interaction, Some((refusal, username))) else {
                    return gone();
                };
                Ok(self.page((&open.interaction, handle.to_owned()), client, asks).await?.into())
            }
        }
    }

    /// Makes the account. Who has which name is not to be tried out: whoever it is there has a few tries, in however many
    /// interactions, and then ever fewer.
    async fn make(
        &self,
        visitor: &Visitor,
        username: &str,
        (by, profile): (&Vouched, &Profile),
        now: Timestamp,
    ) -> Result<Made, Fault> {
        if let Some(until) = self.attempt_by(visitor, now).await? {
            return Ok(Made::Refused(Refusal::Throttled { until }));
        }
        let lane = self.bucket("newcomer", &[&by.resting.issuer, &by.resting.subject]);
        if let Attempt::Wait { until } = self.count(&lane, ACCOUNT, now).await? {
            return Ok(Made::Refused(Refusal::Throttled { until }));
        }
        let mut account = fresh_account(username, now);
        account.claims = profile.claims.clone();
        account.links = vec![by.link(&profile.shown, now)];
        let account = self.with_proved_address(account, now).await?;
        if check_username(username).is_err() {
            return Ok(Made::Refused(Refusal::UsernameUnfit));
        }
        if check_chosen(username, account.verified_address().as_ref()).is_err() {
            return Ok(Made::Refused(Refusal::UsernameForeign));
        }
        let event = Event::done(Act::AccountCreated, now).by(&account.id).because("upstream");
        let kept = account.clone();
        let rule = move |_: Option<Account>| Change::put((), kept.clone()).told(event.clone());
        match self.store.change::<Account, _, _>(account.id.as_str(), rule).await? {
            Changed::Done(()) => {
                self.store.change::<Throttle, _, _>(&lane, Throttle::forgive).await?.outcome()?;
                Ok(Made::Now(Box::new(account)))
            }
            Changed::Taken(name) if name.sort == "username" => {
                let event = Event::refused(Act::AccountCreated, now, "taken");
                let rule = move |before: Option<Throttle>| Throttle::blame(before.as_ref(), event.clone());
                self.store.change::<Throttle, _, _>(&lane, rule).await?.outcome()?;
                Ok(Made::Refused(Refusal::UsernameTaken))
            }
            Changed::Taken(_) => Ok(Made::Gone),
        }
    }

    /// The newcomer has an account, and is going to sign in to it.
    pub async fn upstream_connect(&self, visitor: &Visitor, handle: &str, now: Timestamp) -> Result<Turn, Fault> {
        match self.reopen(visitor, handle, now).await? {
            Some(open) if open.interaction.newcomer() == Some(Newcomer::Asks) => {
                Ok(self.keep(open.with(Evidence::Connecting)).await?.into())
            }
            _ => Ok(Next::Problem(Problem::InteractionGone).into()),
        }
    }

    /// Connects an account. Whose person authenticated for it just now is the caller's to see to.
    pub(in crate::flow) async fn connect(
        &self,
        account: &AccountId,
        link: Link,
        now: Timestamp,
    ) -> Result<Connecting, Fault> {
        let event = Event::done(Act::UpstreamConnected, now).by(account);
        let mails = self.notices_for(&event, account).await?;
        let changed = self.store.change::<Account, _, _>(account.as_str(), move |before| match before {
            Some(account) => account.connect(link.clone(), event.clone(), mails.clone()),
            None => Change::keep(Connected::Full),
        });
        Ok(match changed.await? {
            Changed::Done(Connected::Yes) => Connecting::Done,
            Changed::Done(Connected::Full) => Connecting::Full,
            Changed::Done(Connected::Closed) => Connecting::Failed,
            Changed::Taken(_) => {
                let event = Event::refused(Act::UpstreamConnected, now, "taken").by(account);
                let told = move |before: Option<Account>| match before {
                    Some(_) => Change::keep(()).told(event.clone()),
                    None => Change::keep(()),
                };
                self.store.change::<Account, _, _>(account.as_str(), told).await?.outcome()?;
                Connecting::Taken
            }
        })
    }

    /// Sends whoever is signed in to an upstream, to connect it; none where it is unknown or cannot be asked.
    pub async fn connect_start(
        &self,
        visitor: &Visitor,
        of: &Current,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<String>, Fault> {
        let Some(upstream) = self.upstreams.of(id) else { return Ok(None) };
        if self.attempt_by(visitor, now).await?.is_some() {
            return Ok(None);
        }
        let what = What::Connect(of.account.id.clone(), of.session.id.clone());
        let wishes = Wishes { prompt: Some("select_account"), max_age: None };
        let sent = self.sent_to(upstream, visitor, what, (Fresh::Any, &wishes), now).await?;
        if sent.is_some() {
            self.refund(visitor).await?;
        }
        Ok(sent)
    }

    /// Takes a way in away, and the account's sessions that rest on it; never the last one.
    pub async fn disconnect(&self, of: &Current, name: &str, now: Timestamp) -> Result<Disconnected, Fault> {
        let Some(link) = of.account.links.iter().find(|link| page_name(link) == name).cloned() else {
            return Ok(Disconnected::Before);
        };
        let others = self.ways_in(&of.account).await?.besides_links();
        let event = Event::done(Act::UpstreamDisconnected, now).by(&of.account.id);
        let mails = self.notices(&event, &of.account, None);
        let issuers: Vec<String> = self.upstreams.all().iter().map(|upstream| upstream.rules.issuer.clone()).collect();
        let key = link.name();
        let changed = self.store.change::<Account, _, _>(of.account.id.as_str(), move |before| match before {
            Some(account) => {
                let change = account.disconnect(&key, others, &issuers, event.clone());
                if change.outcome == Disconnected::Now { change.mailing(mails.clone()) } else { change }
            }
            None => Change::keep(Disconnected::Before),
        });
        let outcome = changed.await?.outcome()?;
        if outcome == Disconnected::Now {
            // The upstream's logout finds sessions by the link: none may outlive it.
            let why = EndReason::CredentialChanged;
            let event = Event::done(Act::SessionEnded, now).to(&of.account.id).because(why.word());
            let list = ("sessions-by-account", of.account.id.to_string());
            self.end_where(list, (why, event), move |session| session.rests_on(&link)).await?;
        }
        Ok(outcome)
    }

    /// What people call an upstream; its issuer where it is not configured any more.
    pub fn upstream_name(&self, issuer: &str) -> String {
        self.upstreams.of_issuer(issuer).map_or_else(|| issuer.to_owned(), |upstream| upstream.rules.name.clone())
    }

    /// The account's ways in by upstreams.
    pub fn links_of(&self, account: &Account) -> Vec<LinkView> {
        let view = |link: &Link| LinkView {
            name: page_name(link),
            upstream: self.upstream_name(&link.issuer),
            shown: link.shown.clone(),
            since: link.since,
        };
        account.links.iter().map(view).collect()
    }
}

/// What the page calls a way in: nothing that works anywhere else.
fn page_name(link: &Link) -> String {
    digest(&link.name().value).as_key().to_owned()
}
