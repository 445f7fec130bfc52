//! A request in flight: what it is for, and the evidence gathered for it. The request itself is never edited.

use crate::model::id::{AccountId, BrowserId, InteractionId};
use crate::model::record::{Change, Kind, Record};
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a person may take to answer.
pub const LIFETIME: Duration = Duration::from_secs(600);

/// A request in flight.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Interaction {
    /// Its id.
    pub id: InteractionId,
    /// The browser it runs in.
    pub browser: BrowserId,
    /// What it is for.
    pub goal: Goal,
    /// What was shown for it, and for nothing else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// When it began.
    pub started_at: Timestamp,
}

/// What an interaction is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Answering an authorization request.
    Authorize(Box<AuthorizationRequest>),
    /// The account page.
    Account,
    /// The console.
    Console,
    /// Ending all other sessions of this account.
    EndOthers(AccountId),
}

/// A fact gathered for an interaction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A person authenticated.
    Authenticated {
        /// Who.
        account: AccountId,
        /// How.
        method: Method,
        /// When.
        at: Timestamp,
    },
    /// A person chose this account.
    Selected {
        /// Which.
        account: AccountId,
    },
    /// A person agreed on a page.
    Consented {
        /// Who.
        account: AccountId,
    },
}

/// How a person authenticated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// With a password.
    Password,
}

/// What the evidence still lacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextFactor {
    /// Nothing: these facts make an authentication.
    Complete,
    /// A first factor.
    First,
}

/// The authentication context class of a password alone (NIST SP 800-63B-4, AAL1).
pub const ACR_PASSWORD: &str = "urn:abide:acr:aal1";
/// Every class that can be reached.
pub const ACRS: [&str; 1] = [ACR_PASSWORD];

impl Method {
    /// Its name in `amr` (RFC 8176).
    pub fn amr(self) -> &'static str {
        match self {
            Method::Password => "pwd",
        }
    }
}

/// What is still missing before an account counts as authenticated. Decided here alone, and from evidence alone.
pub fn next_factor(evidence: &[Evidence], account: &AccountId) -> NextFactor {
    let first = evidence.iter().any(|fact| match fact {
        Evidence::Authenticated { account: who, method: Method::Password, .. } => who == account,
        _ => false,
    });
    if first { NextFactor::Complete } else { NextFactor::First }
}

impl Interaction {
    /// Has its time run out?
    pub fn expired(&self, now: Timestamp) -> bool {
        now >= self.started_at + LIFETIME
    }

    /// With one more fact.
    pub fn with(mut self, fact: Evidence) -> Interaction {
        self.evidence.push(fact);
        self
    }

    /// The authorization request, if that is what it is for.
    pub fn request(&self) -> Option<&AuthorizationRequest> {
        match &self.goal {
            Goal::Authorize(request) => Some(request),
            _ => None,
        }
    }

    /// Did this account authenticate for this very interaction?
    pub fn authenticated(&self, account: &AccountId) -> bool {
        self.evidence.iter().any(|fact| matches!(fact, Evidence::Authenticated { account: who, .. } if who == account))
    }

    /// Was this account chosen for it, by a click or by signing in to it?
    pub fn selected(&self, account: &AccountId) -> bool {
        self.authenticated(account)
            || self.evidence.iter().any(|fact| matches!(fact, Evidence::Selected { account: who } if who == account))
    }

    /// Did this account agree on a page?
    pub fn consented(&self, account: &AccountId) -> bool {
        self.evidence.iter().any(|fact| matches!(fact, Evidence::Consented { account: who } if who == account))
    }

    /// Keeps it in the store, from the first accepted credential on.
    pub fn keep(self) -> Change<Interaction, Waits> {
        let end = self.started_at + LIFETIME;
        Change::put(Waits::Yes, self).due(end)
    }

    /// Takes it out of the store: of all who try, one gets it.
    pub fn consume(before: Option<Interaction>, now: Timestamp) -> Change<Interaction, Option<Interaction>> {
        match before {
            Some(interaction) if !interaction.expired(now) => Change::delete(Some(interaction)),
            Some(_) => Change::delete(None),
            None => Change::keep(None),
        }
    }
}

/// Does an interaction wait in the store?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Waits {
    /// It does.
    Yes,
    /// It was answered or swept.
    No,
}

impl Record for Interaction {
    const KIND: Kind = Kind::Interaction;
    fn key(&self) -> String {
        self.id.to_string()
    }
}
