//! A way through a mailbox: out of an interaction, and back into it by a link.
//!
//! The interaction may be over by then. What it is for travels in the link, sealed, and begins anew when the link was good.

use super::Turn;
use super::waiting::{Facts, Home, Open};
use crate::flow::browser::Visitor;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::authorization::factor::Method;
use crate::model::authorization::{Evidence, Goal};
use crate::protocol::time::Timestamp;

/// The longest goal that a link carries, in bytes: some mail programs break longer links.
const LONGEST: usize = 1_200;

impl Idp {
    /// What an interaction is for, where a link can carry it; the account page otherwise.
    pub(in crate::flow) async fn goal_behind(
        &self,
        visitor: &Visitor,
        handle: &str,
        now: Timestamp,
    ) -> Result<Goal, Fault> {
        let open = if handle.is_empty() { None } else { self.reopen(visitor, handle, now).await? };
        let goal = open.map(|open| open.interaction.goal);
        let short = |goal: &Goal| serde_json::to_vec(goal).is_ok_and(|bytes| bytes.len() <= LONGEST);
        Ok(goal.filter(short).unwrap_or(Goal::Account))
    }

    /// Begins it anew, waiting in the store: whoever followed the link is no stranger any more.
    pub(in crate::flow) async fn begin_anew(
        &self,
        visitor: &Visitor,
        goal: Goal,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let interaction = self.interaction(visitor, goal, now);
        Ok(self.keep(Open { interaction, home: Home::Browser, facts: Facts::Kept }).await?.into())
    }

    /// Begins it anew for somebody who chose their password just now: that is how they authenticated.
    pub(in crate::flow) async fn enter_newly(
        &self,
        visitor: &Visitor,
        (goal, account): (Goal, Account),
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let interaction = self.interaction(visitor, goal, now);
        let open = Open { interaction, home: Home::Browser, facts: Facts::Kept };
        let fact = Evidence::Authenticated { account: account.id.clone(), method: Method::Password, at: now };
        self.accepted(visitor, open.with(fact), account, now).await
    }
}
