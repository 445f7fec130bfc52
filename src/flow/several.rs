//! Several people in one browser, each with a session of their own: going from one to another, and who leaves when there
//! are too many.

use crate::crypto::secret::Secret;
use crate::flow::authorize::{Asks, Turn};
use crate::flow::browser::{MAX_HANDLES, Visitor};
use crate::flow::cookies::Handles;
use crate::flow::session::{Current, kept_all};
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::authorization::Goal;
use crate::model::authorization::next_step::Why;
use crate::model::session::standing::EndReason;
use crate::protocol::time::Timestamp;

impl Idp {
    /// Who else is signed in in this browser: what forms call their session, and who they are.
    pub async fn others_here(
        &self,
        visitor: &Visitor,
        of: &Current,
        now: Timestamp,
    ) -> Result<Vec<(String, Account)>, Fault> {
        let live = self.all_live(visitor, now).await?;
        let others = live.into_iter().filter(|current| current.session.id != of.session.id);
        Ok(others.map(|current| (self.choice_name(&current), current.account)).collect())
    }

    /// Another of those who are signed in here becomes the current one. Unchanged where there is none of that name.
    pub async fn switch(&self, visitor: &Visitor, name: &str, now: Timestamp) -> Result<Handles, Fault> {
        let (live, dormant) = self.all_ours(visitor, now).await?;
        let Some(chosen) = live.iter().find(|current| self.choice_name(current) == name) else {
            return Ok(Handles::Unchanged);
        };
        let mut handles: Vec<Secret> = vec![chosen.handle.clone()];
        handles.extend(live.iter().filter(|c| c.session.id != chosen.session.id).map(|c| c.handle.clone()));
        // What timed out may still come back, for its own person.
        handles.extend(dormant.iter().map(|held| held.handle().clone()));
        Ok(Handles::Set(self.session_cookies(handles, kept_all(&live, &dormant), now).await?))
    }

    /// Somebody else signs in, beside those who are; then they are on their account page.
    pub async fn add_account(&self, visitor: &Visitor, now: Timestamp) -> Result<Turn, Fault> {
        let asks = Asks::SignIn { why: Why::Other, hint: String::new(), goal: Goal::Account, refusal: None };
        let open = self.begun(visitor, Goal::Account, now);
        Ok(self.page((&open.interaction, self.handle(&open)), None, asks).await?.into())
    }

    /// There is room for so many sessions in a browser: of those there were, the ones that were current longest ago end,
    /// so that nothing lives on that nobody can sign out of here.
    pub(super) async fn end_surplus(
        &self,
        others: &mut Vec<Secret>,
        live: &[Current],
        now: Timestamp,
    ) -> Result<(), Fault> {
        while others.len() >= MAX_HANDLES {
            let Some(last) = others.pop() else { return Ok(()) };
            if let Some(left) = live.iter().find(|current| current.handle.expose() == last.expose()) {
                let event = Event::done(Act::SessionEnded, now).to(&left.account.id).because("too_many_accounts");
                self.end_session(&left.session.id, EndReason::Replaced, event).await?;
            }
        }
        Ok(())
    }
}
