//! Errors on their way to an app that nobody vouches for.
//!
//! Whoever registers an app and has a wrong request made gets a redirect from us to wherever they like: a link that begins
//! with our address, and ends at theirs (RFC 9700, section 4.11.2). So whoever never let the app in is told first, where
//! there is a window to tell them in. A run of the conformance suite waits for the redirect itself, and has it.

use super::{Next, Reply, Turn};
use crate::flow::browser::Visitor;
use crate::flow::{Fault, Idp};
use crate::model::client::{Client, Origin};
use crate::model::cookies::Switch;
use crate::protocol::time::Timestamp;

impl Idp {
    /// Marks an answer that goes to a stranger of whoever is at this browser.
    pub(in crate::flow) async fn introduced(
        &self,
        visitor: &Visitor,
        mut turn: Turn,
        now: Timestamp,
    ) -> Result<Turn, Fault> {
        if let Next::Return(reply) = &mut turn.next {
            reply.stranger = self.stranger(visitor, reply, now).await?;
        }
        Ok(turn)
    }

    async fn stranger(&self, visitor: &Visitor, reply: &Reply, now: Timestamp) -> Result<Option<String>, Fault> {
        if reply.outcome.is_ok() || self.settings.registration.certification == Switch::On {
            return Ok(None);
        }
        let client = self.store.read::<Client>(reply.address.client().as_str()).await?;
        let Some(client) = client.filter(|client| client.origin != Origin::Administrator) else { return Ok(None) };
        let known = match self.current(visitor, now).await? {
            Some(current) => self.consent_of(&current.account.id, &client).await?.is_some(),
            None => false,
        };
        Ok((!known).then(|| client.name().to_owned()))
    }
}
