//! Which scopes a person allowed a client.

use crate::model::audit::{Act, Event};
use crate::model::client::Client;
use crate::model::id::{AccountId, ClientId};
use crate::model::record::{Change, Kind, Record, Row};
use crate::protocol::scope::ScopeSet;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a person allowed a client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Consent {
    /// The person.
    pub account: AccountId,
    /// The client.
    pub client: ClientId,
    /// Everything allowed so far.
    pub scope: ScopeSet,
    /// The latest addition.
    pub given_at: Timestamp,
    /// Since when there has been a consent without a break: grants from before it rest on one that was withdrawn.
    pub since: Timestamp,
}

impl Consent {
    /// The key of the consent of an account to a client.
    pub fn key_of(account: &AccountId, client: &ClientId) -> String {
        format!("{account}/{client}")
    }

    /// Allows `scope`, beside what was allowed before: to this client, and not to one of the same id that was removed.
    pub fn give(before: Option<Consent>, client: &Client, now: Timestamp, asked: Asked) -> Change<Consent, ()> {
        let before = before.filter(|consent| client.was_given(consent.since));
        let Asked { account, client, scope } = asked;
        let event = Event::done(Act::ConsentGiven, now).by(&account).client(&client);
        let since = before.as_ref().map_or(now, |consent| consent.since);
        let scope = before.map(|consent| consent.scope).unwrap_or_default().union(&scope);
        Change::put((), Consent { account, client, scope, given_at: now, since }).told(event)
    }

    /// Does a grant of `scope`, born at `born`, rest on it?
    pub fn carries(&self, scope: &str, born: Timestamp) -> bool {
        self.scope.contains(scope) && self.since <= born
    }

    /// Takes everything back.
    pub fn withdraw(before: Option<Consent>, now: Timestamp) -> Change<Consent, Withdrawn> {
        match before {
            None => Change::keep(Withdrawn::Nothing),
            Some(consent) => Change::delete(Withdrawn::Everything)
                .told(Event::done(Act::ConsentWithdrawn, now).by(&consent.account).client(&consent.client)),
        }
    }
}

/// What a consent page asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whom.
    pub account: AccountId,
    /// For which client.
    pub client: ClientId,
    /// For what.
    pub scope: ScopeSet,
}

/// Whether there was something to withdraw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// There was.
    Everything,
    /// There was not.
    Nothing,
}

impl Record for Consent {
    const KIND: Kind = Kind::Consent;
    fn key(&self) -> String {
        Consent::key_of(&self.account, &self.client)
    }
    fn rows(&self) -> Vec<Row> {
        vec![Row { list: "consents-by-account", group: self.account.to_string(), order: self.client.to_string() }]
    }
}
