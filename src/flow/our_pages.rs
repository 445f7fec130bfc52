//! What pages of ours are told of the session in their browser, and the button "Stay signed in" on them.
//!
//! The console is an app like another, with limits of its own, but it has no token: its pages ask by the cookie as all of
//! ours do, and say that they are the console's. They are told of the console's part beside the session and go by it; an
//! act on them counts for that part as well. An act on any other page does not: who is busy there has left the console
//! alone.

use crate::flow::browser::Visitor;
use crate::flow::session::Current;
use crate::flow::status::{Asker, Subject, former};
use crate::flow::{Fault, Idp};
use crate::model::account::{ADMIN, Account};
use crate::model::authorization::next_step::{console_id, console_limits};
use crate::model::id::SecretDigest;
use crate::model::record::Change;
use crate::model::session::activity::Activity;
use crate::model::session::{Report, Reported, Session};
use crate::protocol::session_status::{ReasonWord, SessionStatus, StandingWord, StandingWords};
use crate::protocol::time::Timestamp;

/// Which of our pages asks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Page {
    /// One of the console's.
    Console,
    /// Any other: it lasts as long as the session.
    Other,
}

impl Idp {
    /// The session that the first secret of a browser's cookie leads to, whatever it is good for.
    pub async fn subject_of_browser(&self, visitor: &Visitor, page: Page) -> Result<Option<Subject>, Fault> {
        let Some(handle) = visitor.handles.first() else { return Ok(None) };
        let found = self.store.find::<Session>(&Session::secret_name(&handle.digest())).await?;
        // Of a session whose browser has become another one nothing is told before somebody signs in.
        let found = found.filter(|session| !self.strange(session, visitor));
        Ok(found.map(|session| subject(session, page)))
    }

    /// Why the session is over that this browser's cookie leads to; none where it lives, or nothing is known.
    pub(in crate::flow) async fn ended(&self, visitor: &Visitor, now: Timestamp) -> Result<Option<ReasonWord>, Fault> {
        match self.subject_of_browser(visitor, Page::Other).await? {
            Some(subject) => Ok(self.status(&subject, now).await?.session.reason),
            None => Ok(None),
        }
    }

    /// What a page is told whose browser shows this secret.
    pub(in crate::flow) fn status_for_us(
        &self,
        ground: Option<(&Session, &Account)>,
        (page, secret): (Page, &SecretDigest),
        now: Timestamp,
    ) -> SessionStatus {
        let Some((session, account)) = ground.filter(|(session, _)| session.secret == *secret) else {
            return SessionStatus { sid: None, session: former(), application: None };
        };
        let words = session.status(account, &self.settings.sessions, now);
        let sid = words.standing.lives().then(|| self.sid(&session.id, session.epochs()));
        let application = match page {
            Page::Console => Some(self.words_for_console(session, account, now)),
            Page::Other => None,
        };
        SessionStatus { sid, session: words, application }
    }

    fn words_for_console(&self, session: &Session, account: &Account, now: Timestamp) -> StandingWords {
        let console = (&console_id(), console_limits());
        match session.application_status(console, account, &self.settings.sessions, now) {
            // Who is no administrator any more is shown nothing by the console, and a page that is open is no exception.
            Some(words) if words.standing.lives() && !account.has_role(ADMIN) => {
                StandingWords::over(StandingWord::Ended, None, Some(ReasonWord::Revoked))
            }
            Some(words) => words,
            None => former(),
        }
    }

    /// The person pressed "Stay signed in" on a page of ours. None when nobody is signed in any more.
    pub async fn stay_signed_in(
        &self,
        visitor: &Visitor,
        page: Page,
        now: Timestamp,
    ) -> Result<Option<SessionStatus>, Fault> {
        let Some(current) = self.current(visitor, now).await? else { return Ok(None) };
        let reported = match page {
            Page::Console => Some(self.stay_in_console(&current, now).await?),
            Page::Other => None,
        };
        // What comes too early for the console's part may still be due for the session.
        if matches!(reported, None | Some(Reported::TooOften(_))) {
            self.touch(&current, Activity::StayedSignedIn, now).await?;
        }
        self.status(&subject(current.session, page), now).await.map(Some)
    }

    /// An act of the person in the console, which counts as one that an app reports: for both clocks, and for neither
    /// where the console's part is over.
    async fn stay_in_console(&self, current: &Current, now: Timestamp) -> Result<Reported, Fault> {
        let (session, account) = (&current.session, current.account.clone());
        let part = session.participants.get(&console_id());
        let Some(part) = part.filter(|_| account.has_role(ADMIN)) else { return Ok(Reported::Over) };
        let report = Report {
            client: console_id(),
            limits: console_limits(),
            epoch: session.epoch,
            application_epoch: part.epoch,
        };
        let policies = self.settings.sessions;
        let changed = self.store.change::<Session, _, _>(session.id.as_str(), move |before| match before {
            Some(session) => session.report(&report, &account, &policies, now),
            None => Change::keep(Reported::Over),
        });
        Ok(changed.await?.outcome()?)
    }
}

fn subject(session: Session, page: Page) -> Subject {
    Subject { asker: Asker::OurPage(page, session.secret), session: session.id, account: session.account }
}
