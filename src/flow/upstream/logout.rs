//! An upstream says that a session of its is over: what rests on it here ends.

use super::party;
use crate::crypto::secret::digest;
use crate::flow::{Fault, Idp, SKEW};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::record::Change;
use crate::model::session::Session;
use crate::model::session::standing::EndReason;
use crate::model::setting::{Once, Setting};
use crate::model::upstream::{Link, Resting};
use crate::outside::upstream::LoggedOut;
use crate::protocol::time::Timestamp;

/// Sessions looked at in one go.
const MOST: usize = 100;

/// How the notice of an upstream was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutTold {
    /// It counted, whatever there was to end.
    Done,
    /// It is none, or came before.
    Refused,
    /// There is no such upstream.
    Unknown,
}

impl Idp {
    /// A logout token of an upstream, from that address.
    pub async fn upstream_logout(
        &self,
        (id, token): (&str, &str),
        address: &str,
        now: Timestamp,
    ) -> Result<LogoutTold, Fault> {
        let Some(upstream) = self.upstreams.of(id) else { return Ok(LogoutTold::Unknown) };
        let returns_to = self.returns_to(id);
        let told = match self.upstreams.providers.logged_out(party(upstream, &returns_to), token, now).await {
            Ok(told) => told,
            Err(trouble) => {
                tracing::info!(upstream = id, %trouble, "a logout token of an upstream is refused");
                self.blame_notice(address, trouble.word(), now).await?;
                return Ok(LogoutTold::Refused);
            }
        };
        // Ended before the name is used up, so that a token whose work a fault interrupted can come again. What it could
        // do a second time it cannot: it speaks of sessions that were there when it was made, and of no later ones.
        let ended = self.end_resting(&upstream.rules.issuer, &told, now).await?;
        let what = format!("upstream-logout/{}", digest(&format!("{}\n{}", upstream.rules.issuer, told.jti)).as_key());
        if self.once(&what, told.until, Event::done(Act::UpstreamLogout, now).because("sign_out")).await?
            == Once::Before
        {
            self.blame_notice(address, "upstream_replay", now).await?;
            return Ok(LogoutTold::Refused);
        }
        tracing::info!(upstream = id, ended, "an upstream said that a session is over");
        Ok(LogoutTold::Done)
    }

    async fn once(&self, what: &str, until: Timestamp, event: Event) -> Result<Once, Fault> {
        let (name, key) = (what.to_owned(), Setting::used_key(what));
        let changed = self.store.change::<Setting, _, _>(&key, move |before| {
            let change = Setting::use_up(before, &name, until);
            if change.outcome == Once::Now { change.told(event.clone()) } else { change }
        });
        Ok(changed.await?.outcome()?)
    }

    async fn end_resting(&self, issuer: &str, told: &LoggedOut, now: Timestamp) -> Result<usize, Fault> {
        let account = match &told.subject {
            Some(subject) => self.store.find::<Account>(&Link::name_of(issuer, subject)).await?,
            None => None,
        };
        let group = match (&told.sid, &account) {
            (Some(sid), _) => ("sessions-by-upstream", Resting::group(issuer, sid)),
            (None, Some(account)) => ("sessions-by-account", account.id.to_string()),
            (None, None) => return Ok(0),
        };
        let (mut ended, mut cursor) = (0, None);
        loop {
            let page = self.store.list::<Session>((group.0, &group.1), cursor.as_ref(), MOST).await?;
            for session in page.items.iter().filter(|session| rests(session, issuer, told)) {
                let event = Event::done(Act::SessionEnded, now).to(&session.account).because("upstream_logout");
                self.end_if(session, issuer, told, event).await?;
                ended += 1;
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(ended),
            }
        }
    }

    /// Ends it, if it rests on that still.
    async fn end_if(&self, session: &Session, issuer: &str, told: &LoggedOut, event: Event) -> Result<(), Fault> {
        let (issuer, told) = (issuer.to_owned(), told.clone());
        let changed = self.store.change::<Session, _, _>(session.id.as_str(), move |before| match before {
            Some(session) if rests(&session, &issuer, &told) => {
                session.end(EndReason::SignOut, event.clone()).telling(())
            }
            _ => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }
}

/// Does the session rest on what is over, and did it when that was said?
fn rests(session: &Session, issuer: &str, told: &LoggedOut) -> bool {
    session.resting.as_ref().is_some_and(|on| {
        on.issuer == issuer
            && told.subject.as_ref().is_none_or(|subject| *subject == on.subject)
            && told.sid.as_ref().is_none_or(|sid| Some(sid) == on.sid.as_ref())
            && on.since <= told.at + SKEW
    })
}
