//! This node among the others that share the store.

use crate::crypto::random;
use crate::flow::{Fault, Idp};
use crate::model::nodes::{APART, Background, EVERY, LEASE, Nodes, Report, Reported};

use crate::model::setting::Setting;
use crate::protocol::time::Timestamp;
use crate::store::Store;
use std::sync::{Mutex, PoisonError};

/// Why this node may not take part. The message says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NodeFault {
    /// Another node answers for another issuer.
    #[error(
        "another node on this database answers for the issuer {other}, and this one is configured for {own}; give both the \
         same `issuer`, or each installation a database of its own. (Where the issuer is to change, stop all nodes first; one that \
         was killed counts for {} s more.)", crate::model::nodes::GONE.as_secs()
    )]
    OtherIssuer {
        /// What is configured here.
        own: String,
        /// What the others have.
        other: String,
    },
    /// The clocks are too far apart.
    #[error(
        "the clock of this machine is {} s {} another node's, and {APART} s is the most: what one node calls over would be alive \
         at the other; set the clocks by NTP", .0.unsigned_abs(), if *.0 > 0 { "ahead of" } else { "behind" }
    )]
    OtherTime(i64),
}

/// What this node knows of its standing among the others.
pub struct Membership {
    id: String,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Until when, by our own clock, the background work is surely ours.
    background_until: Option<Timestamp>,
    refused: Option<NodeFault>,
}

impl Default for Membership {
    /// Of a node that has just started.
    fn default() -> Membership {
        Membership { id: random::id(), state: Mutex::default() }
    }
}

impl Membership {
    /// Is the background work ours at this instant?
    pub fn background(&self, now: Timestamp) -> Background {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.background_until.is_some_and(|until| now < until) { Background::Ours } else { Background::Theirs }
    }

    /// Why this node may not take part, if so.
    pub fn refused(&self) -> Option<NodeFault> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).refused.clone()
    }

    fn note(&self, background_until: Option<Timestamp>, refused: Option<NodeFault>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State { background_until, refused };
    }
}

impl Idp {
    /// Would this node fit the others? Writes nothing.
    pub async fn fits(&self, now: Timestamp) -> Result<Result<(), NodeFault>, Fault> {
        let Some(report) = self.own_report(now).await? else { return Ok(Ok(())) };
        let said = nodes(&self.store).await?.report(&report).outcome;
        Ok(self.judged(&said).map(drop))
    }

    /// Joins the others, or tells them that this node is still there. To be called every [`EVERY`].
    pub async fn report(&self, now: Timestamp) -> Result<Result<(), NodeFault>, Fault> {
        // Somewhat less than the lease: from the store's answer until we act on it, time passes.
        let until = now + (LEASE - EVERY);
        let Some(report) = self.own_report(now).await? else {
            self.nodes.note(Some(until), None);
            return Ok(Ok(()));
        };
        let rule = move |before: Option<Setting>| of(before).report(&report);
        let said = self.store.change::<Setting, _, _>(Setting::NODES, rule).await?.outcome()?;
        let judged = self.judged(&said);
        match &judged {
            Ok(background) => self.nodes.note((*background == Background::Ours).then_some(until), None),
            Err(fault) => self.nodes.note(None, Some(fault.clone())),
        }
        Ok(judged.map(drop))
    }

    /// Leaves in good order.
    pub async fn leave(&self) -> Result<(), Fault> {
        self.nodes.note(None, None);
        if self.store.backend().time().await?.is_some() {
            let id = self.nodes.id.clone();
            let rule = move |before: Option<Setting>| of(before).leave(&id);
            self.store.change::<Setting, _, _>(Setting::NODES, rule).await?.outcome()?;
        }
        Ok(())
    }

    /// None where no other node can be.
    async fn own_report(&self, own: Timestamp) -> Result<Option<Report>, Fault> {
        let shared = self.store.backend().time().await?;
        let (node, issuer) = (self.nodes.id.clone(), self.issuer.to_string());
        Ok(shared.map(|shared| Report { node, issuer, own, shared }))
    }

    fn judged(&self, said: &Reported) -> Result<Background, NodeFault> {
        match said {
            Reported::Member(background) => Ok(*background),
            Reported::OtherIssuer(other) => {
                Err(NodeFault::OtherIssuer { own: self.issuer.to_string(), other: other.clone() })
            }
            Reported::OtherTime(ahead) => Err(NodeFault::OtherTime(*ahead)),
        }
    }
}

/// How many nodes use a store at the moment.
pub async fn users_of(store: &Store) -> Result<usize, Fault> {
    match store.backend().time().await? {
        Some(shared) => Ok(nodes(store).await?.count(shared)),
        None => Ok(0),
    }
}

async fn nodes(store: &Store) -> Result<Nodes, Fault> {
    Ok(of(store.read::<Setting>(Setting::NODES).await?))
}

fn of(setting: Option<Setting>) -> Nodes {
    match setting {
        Some(Setting::Nodes(nodes)) => nodes,
        _ => Nodes::default(),
    }
}
