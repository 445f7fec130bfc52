//! Waiting until a status may have changed.
//!
//! Three things can change it. **A record**, written here: the store hints at it the moment it is durable. **The time**:
//! every status names the instants at which it will be another one. **A record, written by another node** on the same
//! database: of that nobody tells us, because the SQL stays portable. What ends sessions, revokes grants and closes
//! accounts leaves a line in the audit log, in the same transaction; so a node on which somebody waits reads the tail of that
//! log every two seconds and takes each line as a hint ([`Idp::overhear`]). That costs one query, however many wait, and
//! grows with what happens and not with who listens; ten thousand streams over a night in which nothing happens cost half a
//! query a second. What leaves no line, an act that moves an idle clock, can only make things better, and is found out at
//! the next instant named; while somebody is being warned the wait is 5 s ([`Watch::again_at`]).

use crate::flow::status::{Asker, Subject};
use crate::flow::{Fault, Idp};
use crate::model::audit::{Act, Event};
use crate::model::record::Kind;
use crate::protocol::session_status::{SessionStatus, StandingWord, StandingWords};
use crate::protocol::time::Timestamp;
use crate::store::Cursor;
use crate::store::hints::Listener;
use std::task::{Context, Poll};
use std::time::Duration;

/// How often a node listens to the others while somebody waits here.
pub const OVERHEAR_EVERY: Duration = Duration::from_secs(2);
/// Lines this much older are read again: clocks differ, and a transaction takes its time from the beginning of a request.
const OVERLAP: Duration = Duration::from_secs(10);
/// Lines read at once, and how often before everybody is told to look.
const LINES: usize = 200;
const PAGES: usize = 20;
/// How long a warned one waits at most.
const WARNED: Duration = Duration::from_secs(5);

/// A wait for changes of one status.
pub struct Watch(Listener);

impl Watch {
    /// Ready when the status should be judged again.
    pub fn poll_changed(&self, context: &Context<'_>) -> Poll<()> {
        self.0.poll_changed(context)
    }

    /// The next instant at which a status will be another one, if nothing happens.
    pub fn again_at(status: &SessionStatus, now: Timestamp) -> Option<Timestamp> {
        let parts = [Some(status.session), status.application];
        parts.into_iter().flatten().filter_map(|words| next_instant(&words, now)).min()
    }
}

fn next_instant(words: &StandingWords, now: Timestamp) -> Option<Timestamp> {
    let soon = (words.standing == StandingWord::Warn).then(|| now + WARNED);
    [words.warn_at, words.until, soon].into_iter().flatten().filter(|at| *at > now).min()
}

impl Idp {
    /// Waits for what may change this status.
    pub fn watch(&self, subject: &Subject) -> Watch {
        let mut records = vec![(Kind::Session, subject.session.as_str()), (Kind::Account, subject.account.as_str())];
        if let Asker::App { grant, .. } = &subject.asker {
            records.push((Kind::Grant, grant.as_str()));
        }
        Watch(self.store.hints().listen(&records))
    }

    /// Everybody who waits looks again.
    pub fn look_again(&self) {
        self.store.hints().publish_all();
    }

    /// What other nodes did since `since`, as far as the audit log tells, becomes hints here.
    pub async fn overhear(&self, since: Timestamp) -> Result<(), Fault> {
        let since = since - OVERLAP;
        let mut cursor: Option<Cursor> = None;
        for _ in 0..PAGES {
            let page = self.store.events(cursor.as_ref(), LINES).await?;
            let fresh = page.items.iter().take_while(|event| event.at >= since).count();
            page.items.iter().take(fresh).for_each(|event| self.take_as_hint(event));
            match page.next {
                Some(next) if fresh == page.items.len() => cursor = Some(next),
                _ => return Ok(()),
            }
        }
        self.look_again();
        Ok(())
    }

    fn take_as_hint(&self, event: &Event) {
        let hints = self.store.hints();
        match (event.act, &event.client) {
            // Births end nothing and revoke nothing.
            (Act::GrantIssued | Act::SessionStarted | Act::SignIn | Act::ConsentGiven, _) => return,
            (Act::ClientChanged | Act::ClientRemoved, Some(client)) => hints.publish(Kind::Client, client),
            _ => (),
        }
        for account in event.actor.iter().chain(&event.target) {
            hints.publish(Kind::Account, account);
        }
    }
}
