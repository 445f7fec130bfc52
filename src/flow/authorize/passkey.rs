//! The form that brings what a passkey answered: on the page that signs in, and on the one for a second factor.

use super::forms::Owing;
use super::{Asks, Next, Problem, Refusal, Turn};
use crate::flow::browser::Visitor;
use crate::flow::passkey::{PasskeyAnswer, PasskeyOutcome, Question};
use crate::flow::{Fault, Idp};
use crate::model::authorization::Evidence;
use crate::model::authorization::next_step::Why;
use crate::model::session::policy::Remember;
use crate::protocol::time::Timestamp;

impl Idp {
    /// A passkey answered. One that verified the person is a whole authentication, also on top of a session.
    pub async fn passkey(
        &self,
        visitor: &Visitor,
        handle: &str,
        (answer, remember): (PasskeyAnswer<'_>, Remember),
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        let Some(mut open) = self.reopen(visitor, handle, now).await? else {
            return Ok(Next::Problem(Problem::InteractionGone).into());
        };
        let owing = self.owing(visitor, &open.interaction, now).await?;
        let of = (&open.interaction, owing.as_ref().map(|owing| &owing.account().id));
        let refusal = match self.try_passkey(visitor, of, answer, now).await? {
            PasskeyOutcome::Accepted(account, method, question) => {
                if question == Question::Anybody {
                    open.interaction.remember = remember;
                }
                let open = open.with(Evidence::Authenticated { account: account.id.clone(), method, at: now });
                return match owing {
                    Some(Owing::StepUp(current, _)) if !method.stands_alone() => {
                        self.stepped_up(visitor, open, (&current, method), now).await
                    }
                    _ => self.accepted(visitor, open, *account, now).await,
                };
            }
            PasskeyOutcome::Refused => Refusal::Passkey,
            PasskeyOutcome::Throttled { until } => Refusal::Throttled { until },
        };
        let client = self.client_of(&open.interaction).await?;
        let asks = match &owing {
            Some(owing) => self.asks_second_factor(owing, &open.interaction, Some(refusal)).await?,
            None => Asks::SignIn {
                why: Why::SignedOut,
                hint: String::new(),
                goal: open.interaction.goal.clone(),
                refusal: Some(refusal),
            },
        };
        Ok(self.page((&open.interaction, handle.to_owned()), client, asks).await?.into())
    }
}
