//! An interaction between two requests: sealed in the browser until a credential was accepted for it, in the store from
//! then on.

use super::{Next, Problem};
use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::flow::browser::Visitor;
use crate::flow::{Fault, Idp};
use crate::model::authorization::interaction::Waits;
use crate::model::authorization::{Evidence, Goal, Interaction};
use crate::model::id::InteractionId;
use crate::model::mail::Mail;
use crate::model::record::Change;
use crate::model::session::policy::Remember;
use crate::protocol::time::Timestamp;

/// Where an interaction lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum Home {
    /// In the browser, sealed: it cost the store nothing.
    Browser,
    /// In the store, since a credential was accepted for it.
    Store,
}

/// Does the interaction at hand know more than the one that waits?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flow) enum Facts {
    /// They are the same.
    Kept,
    /// This very request added a fact.
    Added,
}

/// An interaction being worked on.
pub(in crate::flow) struct Open {
    pub interaction: Interaction,
    pub home: Home,
    pub facts: Facts,
}

impl Open {
    /// As it came back sealed in the browser.
    pub fn sealed(interaction: Interaction) -> Open {
        Open { interaction, home: Home::Browser, facts: Facts::Kept }
    }

    /// Does it wait in the store?
    pub fn waits(&self) -> bool {
        self.home == Home::Store
    }

    /// With one more fact.
    pub fn with(self, fact: Evidence) -> Open {
        Open { interaction: self.interaction.with(fact), home: self.home, facts: Facts::Added }
    }
}

const SEALED: &str = "s.";
const STORED: &str = "k.";

impl Idp {
    pub(super) fn interaction(&self, visitor: &Visitor, goal: Goal, now: Timestamp) -> Interaction {
        Interaction {
            id: InteractionId::new(random::id()),
            browser: visitor.browser.id.clone(),
            goal,
            evidence: Vec::new(),
            remember: Remember::No,
            started_at: now,
        }
    }

    /// An interaction that begins here.
    pub(in crate::flow) fn begun(&self, visitor: &Visitor, goal: Goal, now: Timestamp) -> Open {
        Open::sealed(self.interaction(visitor, goal, now))
    }

    /// How the browser names the interaction when it comes back.
    pub(in crate::flow) fn handle(&self, open: &Open) -> String {
        match open.home {
            Home::Browser => format!("{SEALED}{}", self.seals.seal(Purpose::Interaction, &open.interaction)),
            Home::Store => format!("{STORED}{}", open.interaction.id),
        }
    }

    /// Keeps it in the store with what was added. One that waits there already is replaced, never brought back: it may
    /// have been answered meanwhile.
    pub(in crate::flow) async fn keep(&self, open: Open) -> Result<Next, Fault> {
        self.keep_mailing(open, Vec::new()).await
    }

    /// The same, with mails that go out with it.
    pub(in crate::flow) async fn keep_mailing(&self, open: Open, mails: Vec<Mail>) -> Result<Next, Fault> {
        let Open { interaction, home, .. } = open;
        let id = interaction.id.clone();
        let changed = self.store.change::<Interaction, _, _>(id.as_str(), move |before| match (before, home) {
            (None, Home::Store) => Change::keep(Waits::No),
            (Some(_), _) if interaction.is_overfull() => Change::delete(Waits::No),
            (None, _) if interaction.is_overfull() => Change::keep(Waits::No),
            _ => interaction.clone().keep().mailing(mails.clone()),
        });
        Ok(match changed.await?.outcome()? {
            Waits::Yes => Next::GoOn(format!("{STORED}{id}")),
            Waits::No => Next::Problem(Problem::InteractionGone),
        })
    }

    /// A sign-in form of this installation that was given to this browser before it began anew in another tab: the same
    /// goal, to be shown once more. None for anything else.
    pub fn restarted(&self, visitor: &Visitor, handle: &str, csrf: &str, now: Timestamp) -> Option<Interaction> {
        let sealed = handle.strip_prefix(SEALED)?;
        let before = self.seals.open::<Interaction>(Purpose::Interaction, sealed).filter(|i| !i.expired(now))?;
        if self.csrf(&before.browser) != csrf {
            return None;
        }
        visitor.languages.app_asks(before.request().and_then(|request| request.ui_locales.as_deref()));
        Some(self.interaction(visitor, before.goal, now))
    }

    /// The interaction behind a handle: ours, of this browser, and in time.
    pub(in crate::flow) async fn reopen(
        &self,
        visitor: &Visitor,
        handle: &str,
        now: Timestamp,
    ) -> Result<Option<Open>, Fault> {
        let (interaction, home) = match (handle.strip_prefix(SEALED), handle.strip_prefix(STORED)) {
            (Some(sealed), _) => (self.seals.open::<Interaction>(Purpose::Interaction, sealed), Home::Browser),
            (_, Some(id)) if id.len() <= 64 => (self.store.read::<Interaction>(id).await?, Home::Store),
            _ => (None, Home::Browser),
        };
        let ours = interaction.filter(|i| i.browser == visitor.browser.id && !i.expired(now));
        if let Some(request) = ours.as_ref().and_then(Interaction::request) {
            visitor.languages.app_asks(request.ui_locales.as_deref());
        }
        Ok(ours.map(|interaction| Open { interaction, home, facts: Facts::Kept }))
    }

    /// Takes the interaction out of the world: of a stored one there is one winner.
    pub(super) async fn consume(&self, open: Open, now: Timestamp) -> Result<Option<Interaction>, Fault> {
        if open.home == Home::Browser {
            return Ok(Some(open.interaction));
        }
        let key = open.interaction.id.to_string();
        let changed = self.store.change::<Interaction, _, _>(&key, move |before| Interaction::consume(before, now));
        // The evidence of the request at hand counts, too: it was added after the record was read.
        Ok(changed.await?.outcome()?.map(|_| open.interaction))
    }
}
