//! The console: people, clients, sessions, the audit log.

use crate::crypto::random;
use crate::crypto::secret::Secret;
use crate::flow::account::SessionView;
use crate::flow::session::Current;
use crate::flow::setup::{NewPassword, Refused};
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, EpochReason, username_name};
use crate::model::audit::{Act, Event};
use crate::model::authorization::factor::Level;
use crate::model::client::{self, Client, Origin};
use crate::model::id::{AccountId, ClientId};
use crate::model::record::Change;
use crate::model::session::Session;
use crate::model::session::standing::EndReason;
use crate::protocol::client_metadata::ClientMetadata;
use crate::protocol::time::Timestamp;
use crate::store::{Cursor, Page};
use std::collections::BTreeSet;

/// Rows on one page of the console.
pub const PAGE: usize = 50;

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It may.
    Enable,
    /// It may not, and its sessions end.
    Disable,
}

/// Where a list goes on: a cursor as a page's link carries it.
fn place(after: Option<&str>) -> Option<Cursor> {
    after.map(|text| Cursor(text.to_owned()))
}

/// How registering a client ended.
#[derive(Debug)]
pub enum Registered {
    /// It is there; its secret is shown this once.
    Done(Box<Client>, Option<Secret>),
    /// A member of its metadata is wrong.
    Wrong(String),
}

impl Idp {
    /// People: a page of them, or the one of this username.
    pub async fn people(&self, query: &str, after: Option<&str>) -> Result<Page<Account>, Fault> {
        if query.trim().is_empty() {
            return Ok(self.store.list::<Account>(("accounts", ""), place(after).as_ref(), PAGE).await?);
        }
        let found = self.store.find::<Account>(&username_name(query.trim())).await?;
        Ok(Page { items: found.into_iter().collect(), next: None })
    }

    /// Adds a person.
    pub async fn add_person(
        &self,
        by: &Current,
        account: Account,
        password: &str,
        now: Timestamp,
    ) -> Result<Result<Account, Refused>, Fault> {
        self.create_account(Some(&by.account.id), account, NewPassword::Clear(password), now).await
    }

    /// Closes or opens an account. An administrator cannot close their own: somebody must be left to open it.
    pub async fn set_use(&self, by: &Current, account: &str, wish: Use, now: Timestamp) -> Result<bool, Fault> {
        let id = AccountId::new(account);
        if (wish == Use::Disable && id == by.account.id) || account.len() > 64 {
            return Ok(false);
        }
        let actor = by.account.id.clone();
        let changed = self.store.change::<Account, _, _>(id.as_str(), move |before| {
            let act = if wish == Use::Disable { Act::AccountDisabled } else { Act::AccountEnabled };
            match before {
                None => Change::keep(false),
                Some(account) => {
                    let event = Event::done(act, now).by(&actor).to(&account.id);
                    let change = if wish == Use::Disable { account.disable(event) } else { account.enable(event) };
                    change.telling(true)
                }
            }
        });
        Ok(changed.await?.outcome()?)
    }

    /// Which of these people hold a second factor.
    pub async fn two_step(&self, people: &[Account]) -> Result<BTreeSet<AccountId>, Fault> {
        let mut with = BTreeSet::new();
        for account in people {
            if self.factors_of(&account.id).await?.reaches() > Level::One {
                with.insert(account.id.clone());
            }
        }
        Ok(with)
    }

    /// Takes every factor but the password away from somebody who lost one, with the recovery codes. Everything of the account ends
    /// first: whoever has what was lost may be signed in with it.
    pub async fn reset_factors(&self, by: &Current, account: &str, now: Timestamp) -> Result<bool, Fault> {
        let id = AccountId::new(account);
        if account.len() > 64 || self.factors_of(&id).await?.reaches() == Level::One {
            return Ok(false);
        }
        let event = Event::done(Act::SessionEnded, now).by(&by.account.id).to(&id).because("factors_reset");
        let changed = self.store.change::<Account, _, _>(id.as_str(), move |before| match before {
            Some(account) => account.raise_epoch(EpochReason::CredentialChanged, event.clone()).telling(true),
            None => Change::keep(false),
        });
        if !changed.await?.outcome()? {
            return Ok(false);
        }
        self.take_factors(&id, &by.account.id, now).await?;
        let event = Event::done(Act::SessionEnded, now).by(&by.account.id).to(&id).because("factors_reset");
        self.end_all_of(&id, EpochReason::CredentialChanged, event).await?;
        Ok(true)
    }

    /// Clients, by name.
    pub async fn clients(&self, after: Option<&str>) -> Result<Page<Client>, Fault> {
        Ok(self.store.list::<Client>(("clients", ""), place(after).as_ref(), PAGE).await?)
    }

    /// Registers a client; a confidential one gets a secret.
    pub async fn add_client(
        &self,
        by: &Current,
        mut metadata: ClientMetadata,
        now: Timestamp,
    ) -> Result<Registered, Fault> {
        if metadata.client_id.is_empty() {
            metadata.client_id = random::id();
        }
        if let Err(wrong) = client::check(&metadata) {
            return Ok(Registered::Wrong(wrong));
        }
        metadata.client_secret = None;
        let mut client = Client {
            id: ClientId::new(&metadata.client_id),
            metadata,
            secret: None,
            previous_secret: None,
            created_at: now,
            origin: Origin::Administrator,
        };
        let secret = Client::has_secret(&client.metadata).then(random::secret);
        let whose = (client.id.as_str(), client.metadata.token_endpoint_auth_method);
        client.secret =
            secret.as_ref().map(|secret| self.kept_secret(whose, &zeroize::Zeroizing::new(secret.expose().to_owned())));
        self.equip(&client, now).await?;
        let (kept, actor) = (client.clone(), by.account.id.clone());
        let changed = self.store.change::<Client, _, _>(client.id.as_str(), move |before| match before {
            Some(_) => Change::keep(false),
            None => {
                let event = Event::done(Act::ClientCreated, now).by(&actor).client(&kept.id);
                Change::put(true, kept.clone()).told(event).looking_for_logo(None, now)
            }
        });
        Ok(match changed.await?.outcome()? {
            true => Registered::Done(Box::new(client), secret),
            false => Registered::Wrong("client_id: it is taken".into()),
        })
    }

    /// Removes a client. What it was granted is dead with it: that is judged against its record.
    pub async fn remove_client(&self, by: &Current, client: &str, now: Timestamp) -> Result<bool, Fault> {
        if client.len() > 200 {
            return Ok(false);
        }
        let actor = by.account.id.clone();
        let changed = self.store.change::<Client, _, _>(client, move |before| match before {
            None => Change::keep(false),
            Some(client) => {
                let event = Event::done(Act::ClientRemoved, now).by(&actor).client(&client.id);
                Change::delete(true).told(event).looking_for_logo(Some(&client), now)
            }
        });
        Ok(changed.await?.outcome()?)
    }

    /// Sessions: a page of them, or those of the person of this username.
    pub async fn sessions(
        &self,
        query: &str,
        after: Option<&str>,
        now: Timestamp,
    ) -> Result<Page<(SessionView, Account)>, Fault> {
        let page = if query.trim().is_empty() {
            self.store.list::<Session>(("sessions", ""), place(after).as_ref(), PAGE).await?
        } else {
            match self.store.find::<Account>(&username_name(query.trim())).await? {
                None => Page { items: Vec::new(), next: None },
                Some(account) => {
                    self.store
                        .list::<Session>(("sessions-by-account", account.id.as_str()), place(after).as_ref(), PAGE)
                        .await?
                }
            }
        };
        let mut items = Vec::new();
        for session in page.items {
            let Some(account) = self.store.read::<Account>(session.account.as_str()).await? else { continue };
            let standing = session.standing(&account, &self.settings.sessions, now);
            items.push((self.view(session, standing, now).await?, account));
        }
        Ok(Page { items, next: page.next })
    }

    /// Ends a session of somebody, by the name the console shows it under.
    pub async fn revoke_session(&self, by: &Current, name: &str, account: &str, now: Timestamp) -> Result<bool, Fault> {
        let mut cursor = None;
        loop {
            let page = self.store.list::<Session>(("sessions-by-account", account), cursor.as_ref(), PAGE).await?;
            if let Some(session) = page.items.iter().find(|s| self.sid(&s.id, s.epochs()) == name) {
                let event =
                    Event::done(Act::SessionEnded, now).by(&by.account.id).because("revoked").to(&session.account);
                self.end_session(&session.id, EndReason::Revoked, event).await?;
                return Ok(true);
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(false),
            }
        }
    }

    /// What an account is called, for people who read its id.
    pub async fn username_of(&self, id: &str) -> Result<String, Fault> {
        let account = self.store.read::<Account>(id).await?;
        Ok(account.map_or_else(|| id.to_owned(), |account| account.username))
    }

    /// The audit log, newest first.
    pub async fn audit(&self, after: Option<&str>) -> Result<Page<Event>, Fault> {
        Ok(self.store.events(place(after).as_ref(), PAGE).await?)
    }
}
