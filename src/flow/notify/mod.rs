//! Relying apps learn of an end: back-channel logout (OpenID Connect Back-Channel Logout 1.0).
//!
//! What is owed stands in the session's own record ([`crate::model::session::notice`]), written with the end itself. The
//! sweep claims what is due and hands it out as an [`Errand`]; whoever runs it tells the apps, all at the same time, and
//! writes down what came of it: at once for those that answered, whatever the others do. A crash in between costs a
//! second telling after [`CLAIM`], never a missing one. Nobody waits for an errand but the task that runs it, and none
//! is longer in memory than a claim lasts.
//!
//! [`CLAIM`]: crate::model::session::notice::CLAIM

mod pace;

pub use pace::Pacing;

use crate::crypto::jwt::{self, TokenKind};
use crate::crypto::random;
use crate::flow::{Fault, Idp};
use crate::model::client::Client;
use crate::model::id::{AccountId, SessionId};
use crate::model::outbound::Author;
use crate::model::session::Session;
use crate::model::session::notice::{Attempted, Notice};
use crate::protocol::logout_token::{LogoutTokenClaims, events};
use crate::protocol::time::Timestamp;
use futures_util::stream::{FuturesUnordered, StreamExt};
use pace::{Admission, Host};
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

/// How long a logout token may be accepted. It is made for one attempt.
const TOKEN_LIFETIME: Duration = Duration::from_secs(120);

/// Apps that answer within this after the first one share a write.
const TOGETHER: Duration = Duration::from_millis(100);

/// Claimed notices of one session.
#[derive(Debug)]
pub struct Errand {
    session: SessionId,
    account: AccountId,
    notices: Vec<Notice>,
    /// Room in memory for each of them, once there was.
    room: Option<OwnedSemaphorePermit>,
}

impl Errand {
    /// Of a session whose record handed these out; none when there are none.
    pub(super) fn of(session: Session, notices: Vec<Notice>) -> Option<Errand> {
        let Session { id, account, .. } = session;
        (!notices.is_empty()).then_some(Errand { session: id, account, notices, room: None })
    }

    /// How many apps are to be told.
    pub fn len(&self) -> usize {
        self.notices.len()
    }

    /// Is there nobody to tell? Never, of what the sweep hands out.
    pub fn is_empty(&self) -> bool {
        self.notices.is_empty()
    }
}

impl Idp {
    /// Waits until there is room in memory for an errand; each of its notices has it until that is told or put off.
    pub async fn make_room(&self, errand: &mut Errand) {
        errand.room = self.pacing.room(errand.len()).await;
    }

    /// Tells the apps of one session, and writes down who was told. `now` is when the errand begins.
    ///
    /// # Errors
    /// The store or the keys; the notices are tried again when their claim is over.
    pub async fn run_errand(&self, errand: Errand, now: Timestamp) -> Result<(), Fault> {
        let Errand { session, account, notices, mut room } = errand;
        let (session, account) = (&session, &account);
        let telling = notices.into_iter().map(|notice| {
            let room = room.as_mut().and_then(|room| room.split(1));
            async move {
                let attempted = self.tell((session, account), &notice, now).await;
                drop(room);
                attempted.map(|attempted| (notice, attempted))
            }
        });
        let mut telling: FuturesUnordered<_> = telling.collect();
        let mut fault = None;
        while let Some(first) = telling.next().await {
            let mut told = vec![first];
            // Nobody waits here for an app that takes its time: its answer is a write of its own.
            let _ = timeout(TOGETHER, async {
                while let Some(next) = telling.next().await {
                    told.push(next);
                }
            })
            .await;
            let mut results = Vec::with_capacity(told.len());
            for one in told {
                match one {
                    Ok(result) => results.push(result),
                    Err(broken) => fault = Some(broken),
                }
            }
            self.settle(session, results, now).await?;
        }
        fault.map_or(Ok(()), Err)
    }

    async fn settle(
        &self,
        session: &SessionId,
        results: Vec<(Notice, Attempted)>,
        now: Timestamp,
    ) -> Result<(), Fault> {
        let changed = self.store.change::<Session, _, _>(session.as_str(), move |before| match before {
            Some(session) => session.told(&results, now),
            None => crate::model::record::Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }

    async fn tell(
        &self,
        (session, account): (&SessionId, &AccountId),
        notice: &Notice,
        now: Timestamp,
    ) -> Result<Attempted, Fault> {
        let Some(client) = self.store.read::<Client>(notice.client.as_str()).await? else {
            return Ok(Attempted::NoAddress);
        };
        let Some(uri) = client.metadata.backchannel_logout_uri.as_deref() else { return Ok(Attempted::NoAddress) };
        let mut place = match self.pacing.admit(Host::of(uri), now).await {
            Admission::Go(place) => place,
            Admission::Later(at) => return Ok(Attempted::Later(at)),
            Admission::Away(until) => return Ok(Attempted::Away { until, jitter: random::thousandths() }),
        };
        let token = self.logout_token(&client, (session, account), notice, now).await?;
        let answer = self.outbound.post_form(uri, Author::Administrator, &[("logout_token", &token)]).await;
        Ok(match answer {
            Ok(200..=299) => {
                place.answered();
                Attempted::Told
            }
            Ok(status) => {
                place.failed(now);
                tracing::info!(client = %client.id, status, attempts = notice.attempts, "a logout notice was refused");
                Attempted::Failed { jitter: random::thousandths() }
            }
            Err(unreached) => {
                place.failed(now);
                tracing::info!(client = %client.id, %unreached, attempts = notice.attempts, "a logout notice did not arrive");
                Attempted::Failed { jitter: random::thousandths() }
            }
        })
    }

    async fn logout_token(
        &self,
        client: &Client,
        (session, account): (&SessionId, &AccountId),
        notice: &Notice,
        now: Timestamp,
    ) -> Result<String, Fault> {
        let claims = LogoutTokenClaims {
            iss: self.issuer.to_string(),
            sub: self.subject(client, account),
            aud: client.id.to_string(),
            iat: now,
            exp: now + TOKEN_LIFETIME,
            jti: random::id(),
            sid: self.sid_for(client, session, notice.epochs),
            events: events(),
            reason: notice.reason.word().to_owned(),
            reconstitutable_until: notice.until,
        };
        // Signed as the client wants its ID tokens signed: it knows that algorithm (Back-Channel Logout, 2.6).
        // Never `none` (2.4): anybody could say that somebody signed out.
        let alg = client.metadata.id_token_signed_response_alg.signed().unwrap_or_default();
        self.equip(client, now).await?;
        Ok(jwt::sign(&self.ring, alg, TokenKind::Logout, &claims, now)?)
    }
}
