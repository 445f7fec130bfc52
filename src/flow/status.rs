//! Expiry made knowable: what a session is good for, told to those who rely on it, and an app's report of the person's acts.
//!
//! Two may ask. **An app**, by an access token of ours for us: any genuine one that has not expired is answered, dead or
//! alive, because whoever holds it needs to learn that it is dead and why. It is told of the session its grant was given
//! in and of its own part there, of that life and no later one; never a name. **A page of ours**, by the session cookie:
//! it is told of this browser's current session, and once that is over of standing and instants alone
//! ([`super::our_pages`]).
//!
//! | the token's ground | session | application |
//! |---|---|---|
//! | as it was | as judged | as judged |
//! | the session was reconstituted since | expired, with reason and instant | the same |
//! | the application session began anew since | as judged | expired |
//! | the grant was revoked, its client removed | ended, revoked | ended, revoked |
//! | the session is long over and forgotten | expired | expired |
//! | outlives its session (`offline_access`) | as judged | as judged; reports nothing |
//!
//! An app that registered itself is told of its part alone, in both places, and of no act of the person elsewhere but an
//! authentication, which moves the absolute end.

use crate::flow::dpop::Presented;
use crate::flow::our_pages::Page;
use crate::flow::token::{NoToken, ground_over};
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::client::{Allowed, Client};
use crate::model::grant::{Grant, Reach};
use crate::model::id::{AccountId, ClientId, GrantId, SecretDigest, SessionId};
use crate::model::outbound::Author;
use crate::model::record::Change;
use crate::model::session::{Report, Reported, Session};
use crate::protocol::refusal::token as why;
use crate::protocol::session_status::{ReasonWord, SessionStatus, StandingWord, StandingWords};
use crate::protocol::time::Timestamp;

/// Whose status is asked for, and by whom. Names records, and holds none: they are read whenever it is judged.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The session.
    pub session: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// Who asks.
    pub asker: Asker,
}

/// Who asks.
#[derive(Clone, Debug)]
pub enum Asker {
    /// An app, by a token.
    App {
        /// The grant of the token.
        grant: GrantId,
        /// Its client.
        client: ClientId,
        /// The session as the token names it; none for a grant that outlives sessions.
        sid: Option<String>,
        /// When the token expires.
        until: Timestamp,
    },
    /// A page of ours, by the cookie whose secret has this digest.
    OurPage(Page, SecretDigest),
}

/// How a report of the person's act ended.
#[derive(Debug)]
pub enum Reporting {
    /// It counted; the status from here on.
    Counted(SessionStatus),
    /// Too often: good again from this instant on.
    TooOften(Timestamp),
}

impl Idp {
    /// Whose status a token asks for.
    ///
    /// # Errors
    /// `invalid_token` for everything but a genuine, unexpired access token for us, or a fault.
    pub async fn subject_of_token(&self, token: Presented<'_>, now: Timestamp) -> Result<Subject, NoToken> {
        let (grant, client, claims) = self.ground(token, now).await?;
        let asker = Asker::App { grant: grant.id, client: client.id, sid: claims.sid, until: claims.exp };
        Ok(Subject { session: grant.binding.session, account: grant.account, asker })
    }

    /// What the store has of it now, judged.
    pub async fn status(&self, subject: &Subject, now: Timestamp) -> Result<SessionStatus, Fault> {
        let session = self.store.read::<Session>(subject.session.as_str()).await?;
        let account = self.store.read::<Account>(subject.account.as_str()).await?;
        let ground = session.as_ref().zip(account.as_ref());
        match &subject.asker {
            Asker::OurPage(page, secret) => Ok(self.status_for_us(ground, (*page, secret), now)),
            Asker::App { grant, client, sid, .. } => {
                let grant = self.store.read::<Grant>(grant.as_str()).await?;
                let client = self.store.read::<Client>(client.as_str()).await?;
                let (session, application) = self.words_for_app(ground, grant.zip(client), now);
                Ok(SessionStatus { sid: sid.clone(), session, application: Some(application) })
            }
        }
    }

    /// What an app is told of the session and of its part in it.
    fn words_for_app(
        &self,
        ground: Option<(&Session, &Account)>,
        asked: Option<(Grant, Client)>,
        now: Timestamp,
    ) -> (StandingWords, StandingWords) {
        let revoked = |at: Option<Timestamp>| {
            let words = StandingWords::over(StandingWord::Ended, at, Some(ReasonWord::Revoked));
            (words, words)
        };
        let Some((grant, client)) = asked else { return revoked(None) };
        if let Some((at, _)) = grant.revoked {
            return revoked(Some(at));
        }
        let Some((session, account)) = ground else { return (former(), former()) };
        if session.epoch != grant.binding.epoch {
            let past = session.past_life(grant.binding.epoch).map_or_else(former, |past| past.status());
            return (past, past);
        }
        let policies = &self.settings.sessions;
        let same_part =
            session.participants.get(&client.id).is_some_and(|part| part.epoch == grant.binding.application_epoch);
        let of = (&client.id, client.limits());
        match client.author() {
            Author::Administrator => {
                let part = session.application_status(of, account, policies, now);
                (session.status(account, policies, now), part.filter(|_| same_part).unwrap_or_else(former))
            }
            Author::Stranger => {
                let part = session.application_status_for_stranger(of, account, policies, now);
                let own = part.filter(|_| same_part).unwrap_or_else(former);
                (own, own)
            }
        }
    }

    /// An app reports that the person did something in it.
    ///
    /// # Errors
    /// `invalid_token` for a token that is not good at every other endpoint either, `insufficient_scope` for a client or
    /// a grant that may not report, or a fault.
    pub async fn report_activity(&self, token: Presented<'_>, now: Timestamp) -> Result<Reporting, NoToken> {
        let (grant, client, claims) = self.ground(token, now).await?;
        let life = match self.judge(&grant, &client, now).await {
            Err(NoToken::Refused(refusal)) => return Err(ground_over(&refusal, &client)),
            judged => judged?,
        };
        // A token that an API is given as well says nothing of the person: whoever has it could keep the session alive.
        let own = claims.aud.is(&claims.iss);
        if !own || grant.reach == Reach::Offline || client.may_report() == Allowed::No {
            return Err(NoToken::Refused(client.hears(why::NO_REPORT.into())));
        }
        let report = Report {
            client: client.id.clone(),
            limits: client.limits(),
            epoch: grant.binding.epoch,
            application_epoch: grant.binding.application_epoch,
        };
        let (policies, account) = (self.settings.sessions, life.account.clone());
        let changed = self.store.change::<Session, _, _>(grant.binding.session.as_str(), move |before| match before {
            Some(session) => session.report(&report, &account, &policies, now),
            None => Change::keep(Reported::Over),
        });
        match changed.await?.outcome()? {
            Reported::Counted(session) => {
                let ground = Some((&*session, &life.account));
                let (session, application) = self.words_for_app(ground, Some((grant, client)), now);
                Ok(Reporting::Counted(SessionStatus { sid: claims.sid, session, application: Some(application) }))
            }
            Reported::TooOften(again) => Ok(Reporting::TooOften(again)),
            Reported::Over => Err(ground_over(&why::GRANT_SESSION.into(), &client)),
        }
    }
}

/// What is told of a life that is forgotten, or of a part that another one followed: that it is over. When and why the
/// records do not say any more.
pub(super) fn former() -> StandingWords {
    StandingWords::FORMER
}
