//! A request in flight: what it is for, and the evidence gathered for it. The request itself is never edited.

use super::factor::{Held, Method, NextFactor, is_lone, next_factor};
use crate::model::account::Account;
use crate::model::device::Entered;
use crate::model::id::{AccountId, BrowserId, InteractionId};
use crate::model::record::{Change, Kind, Record};
use crate::model::session::policy::Remember;
use crate::model::upstream::{Profile, Vouched};
use crate::protocol::authorize::AuthorizationRequest;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long a person may take to answer.
pub const LIFETIME: Duration = Duration::from_secs(600);
/// Facts that one interaction may gather: more than anybody needs.
const MOST_FACTS: usize = 32;

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
    /// Whether the session that comes of it outlives the browser: chosen with the first factor, kept for the second.
    #[serde(default)]
    pub remember: Remember,
    /// When it began.
    pub started_at: Timestamp,
}

/// What an interaction is for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Goal {
    /// Answering an authorization request.
    Authorize(Box<AuthorizationRequest>),
    /// Answering a device, by the code of it that somebody entered.
    Device(Entered, Box<AuthorizationRequest>),
    /// The account page.
    Account,
    /// The console.
    Console,
    /// Ending all other sessions of this account.
    EndOthers(AccountId),
    /// The page where credentials are changed.
    Security,
    /// The page where the person takes their data along, or goes.
    Data,
    /// The page where the mail address is changed.
    Email,
    /// The page where an authenticator app is set up.
    Authenticator,
    /// The page where a passkey is made.
    Passkey,
}

impl Goal {
    /// Is it a place where credentials are changed, or where the account can be lost? Whoever goes there shows every factor
    /// that the account holds, also in a session that is older than the factor.
    pub fn wants_every_factor(&self) -> bool {
        matches!(self, Goal::Security | Goal::Data | Goal::EndOthers(_))
    }
}

/// A fact gathered for an interaction.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A person showed a factor.
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
    /// What an upstream vouched for, of somebody whom we know by it.
    Vouched {
        /// Who.
        account: AccountId,
        /// What.
        by: Box<Vouched>,
    },
    /// What an upstream vouched for, of somebody whom nobody knows here yet.
    Claimed {
        /// What.
        by: Box<Vouched>,
        /// What else is known of them.
        profile: Box<Profile>,
    },
    /// That somebody has an account here, and signs in to it so that the two be connected.
    Connecting,
    /// That a code was mailed to whom this account is, because the sign-in is unusual.
    CodeMailed {
        /// Whose.
        account: AccountId,
        /// When.
        at: Timestamp,
    },
}

impl Evidence {
    /// Does the later one say the same of the same?
    fn is_replaced_by(&self, later: &Evidence) -> bool {
        use Evidence::{Authenticated, Claimed, CodeMailed, Connecting, Consented, Selected, Vouched};
        match (self, later) {
            (Authenticated { account, method, .. }, Authenticated { account: who, method: how, .. }) => {
                account == who && method == how
            }
            (Selected { account }, Selected { account: who })
            | (Consented { account }, Consented { account: who })
            | (Vouched { account, .. }, Vouched { account: who, .. })
            | (CodeMailed { account, .. }, CodeMailed { account: who, .. }) => account == who,
            (Claimed { .. }, Claimed { .. }) | (Connecting, Connecting) => true,
            _ => false,
        }
    }
}

/// Somebody who came by an upstream and has no account yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Newcomer {
    /// It was not said yet what they want.
    Asks,
    /// They sign in to an account they have.
    Connects,
}

impl Interaction {
    /// Has its time run out?
    pub fn expired(&self, now: Timestamp) -> bool {
        now >= self.started_at + LIFETIME
    }

    /// With one more fact. It takes the place of an earlier one that says the same of the same.
    pub fn with(mut self, fact: Evidence) -> Interaction {
        self.evidence.retain(|before| !before.is_replaced_by(&fact));
        self.evidence.push(fact);
        self
    }

    /// Did it gather more than anybody needs?
    pub fn is_overfull(&self) -> bool {
        self.evidence.len() > MOST_FACTS
    }

    /// The authorization request, if that is what it is for.
    pub fn request(&self) -> Option<&AuthorizationRequest> {
        match &self.goal {
            Goal::Authorize(request) | Goal::Device(_, request) => Some(request),
            _ => None,
        }
    }

    /// What this account has shown for it. The word of an upstream counts while nothing else that an authentication
    /// begins with was shown since: what it says of when and how is of that authentication and of no later one.
    pub fn shown(&self, account: &AccountId) -> BTreeSet<Method> {
        let leading = self.leading(account);
        self.methods(account).filter(|method| !method.is_upstream() || Some(*method) == leading).collect()
    }

    fn methods(&self, account: &AccountId) -> impl DoubleEndedIterator<Item = Method> {
        self.evidence.iter().filter_map(move |fact| match fact {
            Evidence::Authenticated { account: who, method, .. } if who == account => Some(*method),
            _ => None,
        })
    }

    /// What the latest authentication of this account for it began with.
    fn leading(&self, account: &AccountId) -> Option<Method> {
        self.methods(account).rfind(|method| method.leads())
    }

    /// Was any of that shown before every session of the account ended? Half of an authentication is bound to the account
    /// as it was: whoever changed the password in between did not mean the one with the old one.
    pub fn shown_before(&self, account: &Account, now: Timestamp) -> bool {
        let raised = account.epoch_raised.map(|(raised, _)| raised);
        self.evidence.iter().any(|fact| match fact {
            // What was shown in this very request was shown to the account as it is.
            Evidence::Authenticated { account: who, at, .. } => {
                who == &account.id && *at < now && raised.is_some_and(|raised| raised >= *at)
            }
            _ => false,
        })
    }

    /// Who showed something last.
    pub fn tried(&self) -> Option<&AccountId> {
        self.evidence.iter().rev().find_map(|fact| match fact {
            Evidence::Authenticated { account, .. } => Some(account),
            _ => None,
        })
    }

    /// Did this account authenticate for this very interaction? A second factor on top of an earlier authentication is
    /// none. Whether one is still missing is asked before (`next_step`).
    pub fn authenticated(&self, account: &AccountId) -> bool {
        self.lacks(account, &Held::default()) == NextFactor::Complete
    }

    /// What this account, which holds these, has still to show for it.
    pub fn lacks(&self, account: &AccountId, held: &Held) -> NextFactor {
        let shown = self.shown(account);
        match next_factor(&shown, held) {
            NextFactor::Complete if self.code_mailed(account).is_some() && is_lone(&shown) => NextFactor::MailedCode,
            lack => lack,
        }
    }

    /// When a code was mailed for it, if one was.
    pub fn code_mailed(&self, account: &AccountId) -> Option<Timestamp> {
        self.evidence.iter().rev().find_map(|fact| match fact {
            Evidence::CodeMailed { account: who, at } if who == account => Some(*at),
            _ => None,
        })
    }

    /// Was a credential accepted for it, of whomever?
    pub fn has_credential(&self) -> bool {
        self.tried().is_some()
    }

    /// What an upstream vouched for, of this account, if their latest authentication began with that.
    pub fn vouched(&self, account: &AccountId) -> Option<&Vouched> {
        self.leading(account).filter(|method| method.is_upstream())?;
        self.evidence.iter().rev().find_map(|fact| match fact {
            Evidence::Vouched { account: who, by } if who == account => Some(by.as_ref()),
            _ => None,
        })
    }

    /// What an upstream vouched for that is no account's yet.
    pub fn claimed(&self) -> Option<(&Vouched, &Profile)> {
        self.evidence.iter().rev().find_map(|fact| match fact {
            Evidence::Claimed { by, profile } => Some((by.as_ref(), profile.as_ref())),
            _ => None,
        })
    }

    /// Did somebody come by an upstream whom nobody knows, and show nothing else yet?
    pub fn newcomer(&self) -> Option<Newcomer> {
        let place = self.evidence.iter().rposition(|fact| matches!(fact, Evidence::Claimed { .. }))?;
        let since = &self.evidence[place..];
        if since.iter().any(|fact| matches!(fact, Evidence::Authenticated { .. })) {
            return None;
        }
        let connects = since.iter().any(|fact| matches!(fact, Evidence::Connecting));
        Some(if connects { Newcomer::Connects } else { Newcomer::Asks })
    }

    /// What is to be connected with whoever authenticates for it.
    pub fn to_connect(&self) -> Option<(&Vouched, &Profile)> {
        let place = self.evidence.iter().rposition(|fact| matches!(fact, Evidence::Claimed { .. }))?;
        let connects = self.evidence[place..].iter().any(|fact| matches!(fact, Evidence::Connecting));
        self.claimed().filter(|_| connects)
    }

    /// Without what was to be connected: it is, with whoever authenticated for it first.
    pub fn connected(mut self) -> Interaction {
        self.evidence.retain(|fact| !matches!(fact, Evidence::Claimed { .. } | Evidence::Connecting));
        self
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
