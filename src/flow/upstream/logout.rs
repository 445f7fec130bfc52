//! An upstream says that a session of its is over: what rests on it here ends.

use super::party;
use crate::crypto::secret::digest;
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::record::Change;
use crate::model::session::Session;
use crate::model::session::standing::EndReason;
use crate::model::setting::Once;
use crate::model::upstream::{Link, Resting};
use crate::outside::upstream::{LoggedOut, SKEW};
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
        if self.once(&what, told.until, Some(Event::done(Act::UpstreamLogout, now).because("sign_out"))).await?
            == Once::Before
        {
            self.blame_notice(address, "upstream_replay", now).await?;
            return Ok(LogoutTold::Refused);
        }
        tracing::info!(upstream = id, ended, "an upstream said that a session is over");
        Ok(LogoutTold::Done)
    }

    async fn end_resting(&self, issuer: &str, told: &LoggedOut, now: Timestamp) -> Result<usize, Fault> {
        let account = match &told.subject {
            Some(subject) => self.store.find::<Account>(&Link::name_of(issuer, subject)).await?,
            None => None,
        };
        let by_sid = told.sid.as_ref().map(|sid| ("sessions-by-upstream", Resting::group(issuer, sid)));
        let by_account = account.map(|account| ("sessions-by-account", account.id.to_string()));
        let event = Event::done(Act::SessionEnded, now).because("upstream_logout");
        let mut ended = 0;
        for list in by_sid.into_iter().chain(by_account) {
            let (issuer, told) = (issuer.to_owned(), told.clone());
            let over = (EndReason::SignOut, event.clone());
            ended += self.end_where(list, over, move |session| rests(session, &issuer, &told)).await?;
        }
        Ok(ended)
    }

    /// Ends the sessions of a list of which that is true, and is still when each is written. Answers how many there were.
    pub(super) async fn end_where(
        &self,
        (list, group): (&'static str, String),
        (why, event): (EndReason, Event),
        is_meant: impl Fn(&Session) -> bool + Clone + Send + Sync + 'static,
    ) -> Result<usize, Fault> {
        let (mut count, mut cursor) = (0, None);
        loop {
            let page = self.store.list::<Session>((list, &group), cursor.as_ref(), MOST).await?;
            for session in page.items.iter().filter(|session| is_meant(session)) {
                let (is_meant, event) = (is_meant.clone(), event.clone().to(&session.account));
                let changed = self.store.change::<Session, _, _>(session.id.as_str(), move |before| match before {
                    Some(session) if is_meant(&session) => session.end(why, event.clone()).telling(()),
                    _ => Change::keep(()),
                });
                changed.await?.outcome()?;
                count += 1;
            }
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok(count),
            }
        }
    }
}

/// Does the session rest on what is over, and did it when that was said? Where the upstream never named its session to us,
/// its subject is all there is to go by.
fn rests(session: &Session, issuer: &str, told: &LoggedOut) -> bool {
    let that_session = |named: &Option<String>| match (&told.sid, named) {
        (Some(sid), Some(named)) => sid == named,
        (Some(_), None) => told.subject.is_some(),
        (None, _) => true,
    };
    session.resting.as_ref().is_some_and(|on| {
        on.issuer == issuer
            && told.subject.as_ref().is_none_or(|subject| *subject == on.subject)
            && that_session(&on.sid)
            && on.since <= told.at + SKEW
    })
}
