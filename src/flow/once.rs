//! What is good once is used up: one conditional write, whose result decides (DESIGN 8, lesson 1).

use crate::flow::{Fault, Idp};
use crate::model::audit::Event;
use crate::model::setting::{Once, Setting};
use crate::protocol::time::Timestamp;

impl Idp {
    /// Uses up what is good until then. `what` is a digest with its kind before it; of all who try, one gets `Now`.
    pub(in crate::flow) async fn once(
        &self,
        what: &str,
        until: Timestamp,
        event: Option<Event>,
    ) -> Result<Once, Fault> {
        let (name, key) = (what.to_owned(), Setting::used_key(what));
        let changed = self.store.change::<Setting, _, _>(&key, move |before| {
            let change = Setting::use_up(before, &name, until);
            match (&event, change.outcome) {
                (Some(event), Once::Now) => change.told(event.clone()),
                _ => change,
            }
        });
        Ok(changed.await?.outcome()?)
    }
}
