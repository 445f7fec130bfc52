//! What the provider says about ends: by back-channel, by front-channel, by its stream.

use super::{Present, Write};
use crate::app::Inner;
use crate::clock::Instant;
use crate::provider::logout_token::{self, FRESH, LogoutNotice, SKEW};
use crate::secret::{Name, fingerprint};
use crate::session::{ApplicationSession, Authority, Ending, Reason};
use crate::store::{Mark, Spent, StoreFault};
use serde_json::Value;

/// An ID token is accepted that long after it was issued at most; so long a notice about it has to be remembered.
const REMEMBERED: Instant = 900;

/// How a logout token was received.
#[derive(Clone, Debug)]
pub(crate) enum Received {
    /// Whatever it is about is over.
    Done,
    /// It breaks this rule; nothing was changed.
    Refused(String),
    /// It could not be carried out.
    Failed(StoreFault),
}

/// An end for good.
pub(crate) fn real(reason: Reason, at: Instant) -> Ending {
    Ending { at, reason, until: None }
}

/// The provider renews nothing any more and does not say why.
pub(crate) fn let_go(now: Instant) -> Ending {
    Ending { at: heard(now), reason: Reason::LetGo, until: None }
}

/// A timeout that we hear of happened before. Counted as of the second before, so that an authentication in the second
/// in which we hear of it counts as one since.
fn heard(now: Instant) -> Instant {
    now.saturating_sub(1)
}

impl Inner {
    /// A logout token, as it came (OpenID Connect Back-Channel Logout 1.0, section 2.6).
    pub(crate) async fn receive(&self, token: &str, now: Instant) -> Received {
        let verified = match self.provider.keys().verify(token, now).await {
            Ok(verified) => verified,
            Err(why) => return Received::Refused(why.to_string()),
        };
        let (issuer, client_id) = (self.provider.issuer(), self.provider.client_id());
        let notice = match logout_token::judge(&verified, issuer, client_id, now) {
            Ok(notice) => notice,
            Err(why) => return Received::Refused(why.to_owned()),
        };
        // Carried out before it is used up: whatever fails in between, the provider's next attempt is a first one. Doing
        // it twice changes nothing, since what was issued after the notice is not meant by it.
        if let Err(fault) = self.carry_out(&notice, now).await {
            return Received::Failed(fault);
        }
        // After that it would be refused as too old anyway.
        let until = notice.issued_at.saturating_add(FRESH + SKEW + 1);
        match self.store.spend(&fingerprint(&["jti", issuer, &notice.jti]), until, now).await {
            Ok(Spent::First) => Received::Done,
            Ok(Spent::Again) => Received::Refused("used before".to_owned()),
            Ok(Spent::Full) => Received::Failed(StoreFault("too many logout tokens".into())),
            Err(fault) => Received::Failed(fault),
        }
    }

    /// First the memory for sessions that are still being born, then the sessions that are there: a sign-in under way
    /// looks the other way round, so one of the two sees the other.
    async fn carry_out(&self, notice: &LogoutNotice, now: Instant) -> Result<(), StoreFault> {
        let issuer = self.provider.issuer();
        let mark = match (&notice.sid, &notice.subject) {
            (Some(sid), _) => Mark::of_sid(issuer, sid),
            (None, Some(subject)) => Mark::of_subject(issuer, subject),
            (None, None) => return Ok(()),
        };
        self.store.deny(&mark, notice.issued_at, now.saturating_add(REMEMBERED), now).await?;
        let at = if notice.restorable_until.is_some() { heard(now) } else { now };
        let ending = Ending { at, reason: notice.reason, until: notice.restorable_until };
        for name in self.store.marked(&mark).await? {
            let meant = |session: &ApplicationSession| {
                let of_person = notice.subject.as_deref().is_none_or(|subject| subject == session.identity.subject());
                of_person && !is_later(session, notice.issued_at)
            };
            self.change(&name, |session| {
                if !meant(session) {
                    return Write::No;
                }
                session.end(ending);
                Write::Yes
            })
            .await?;
        }
        Ok(())
    }

    /// Whether the provider has ended what this session rests on; then it is ended here.
    pub(crate) async fn is_denied(&self, name: &Name, now: Instant) -> Result<bool, StoreFault> {
        let Some(stored) = self.store.find(name).await? else {
            return Ok(true);
        };
        for mark in Mark::of(&stored.session) {
            let denied = self.store.denied(&mark, now).await?;
            if denied.is_some_and(|issued_by| !is_later(&stored.session, issued_by)) {
                self.end(name, real(Reason::SignOut, now)).await?;
                return Ok(true);
            }
        }
        Ok(stored.session.standing(&self.policy, now).authority() == Authority::Over)
    }

    /// The front-channel's word (OpenID Connect Front-Channel Logout 1.0, section 2): only about this browser's own
    /// session, and only by its right name.
    pub(crate) async fn front_channel(&self, present: Present, sid: &str, now: Instant) -> Result<(), StoreFault> {
        if present.stored.session.identity.sid() == Some(sid) {
            self.end(&present.name, real(Reason::SignOut, now)).await?;
        }
        Ok(())
    }

    /// What the provider's stream says about the session behind our tokens, heard by the grant of this nonce.
    ///
    /// Judged against the facts as they are when it is written down: a session that was renewed meanwhile rests on
    /// another grant, and the end of the earlier one is not its end.
    pub(crate) async fn streamed(
        &self,
        name: &Name,
        (nonce, status): (&str, &Value),
        now: Instant,
    ) -> Result<(), StoreFault> {
        let Some(ending) = ending_in(status, now) else { return Ok(()) };
        self.change(name, |session| {
            let before = session.clone();
            if is_about(session, (nonce, status)) {
                session.end(ending);
            }
            if *session == before { Write::No } else { Write::Yes }
        })
        .await
        .map(drop)
    }

    /// Ends a session from outside.
    pub(crate) async fn end(&self, name: &Name, ending: Ending) -> Result<(), StoreFault> {
        self.change(name, |session| {
            let before = session.clone();
            session.end(ending);
            if *session == before { Write::No } else { Write::Yes }
        })
        .await
        .map(drop)
    }
}

/// Whether what a session rests on was issued after that instant: a notice is about what was there when it was given.
fn is_later(session: &ApplicationSession, instant: Instant) -> bool {
    session.identity.issued_at().is_some_and(|issued| issued > instant)
}

/// Whether a status that was heard by the grant of this nonce is about what the session rests on.
fn is_about(session: &ApplicationSession, (nonce, status): (&str, &Value)) -> bool {
    let said = status.get("sid").and_then(Value::as_str);
    let same_session = said.zip(session.identity.sid()).is_none_or(|(said, ours)| said == ours);
    same_session && session.tokens.nonce == nonce
}

/// The end that a status names, first of our own part, then of the whole session.
fn ending_in(status: &Value, now: Instant) -> Option<Ending> {
    let over = |part: &Value| {
        let until = part.get("until").and_then(crate::session::instant);
        let reason = match part.get("limit").and_then(Value::as_str) {
            Some("idle") => Reason::Idle,
            _ => Reason::Absolute,
        };
        match part.get("standing").and_then(Value::as_str)? {
            "dormant" => Some(Ending { at: heard(now), reason, until }),
            // Too late, or continued elsewhere meanwhile: no sign-out, and no word about coming back.
            "expired" => Some(let_go(now)),
            "ended" => Some(real(Reason::SignOut, now)),
            _ => None,
        }
    };
    over(status).or_else(|| over(status.get("application")?))
}

#[cfg(test)]
mod tests {
    use super::{ending_in, is_about};
    use crate::session::{ApplicationSession, Ending, Identity, Means, Reason, Tokens};
    use serde_json::json;

    #[test]
    fn the_end_of_an_earlier_life_or_grant_is_not_ours() {
        let identity = |sid: &str| {
            Identity::made_of(json!({"iss": "https://id.example", "sub": "mira", "sid": sid})).expect("an identity")
        };
        let tokens = |nonce: &str| Tokens { nonce: nonce.to_owned(), ..Tokens::default() };
        let mut session = ApplicationSession::begin(identity("s1"), tokens("n1"), 5);
        let (first, second) =
            (json!({"standing": "expired", "sid": "s1"}), json!({"standing": "expired", "sid": "s2"}));
        assert!(is_about(&session, ("n1", &first)));
        assert!(is_about(&session, ("n1", &json!({"standing": "expired"}))), "a provider that says no sid");
        assert!(!is_about(&session, ("n1", &second)), "another session");
        session.renew(None, tokens(""), Means::Refresh, 6);
        assert!(is_about(&session, ("n1", &first)), "a refresh has the same grant");
        session.renew(Some(identity("s1")), tokens("n2"), Means::PromptNone, 7);
        assert!(!is_about(&session, ("n1", &first)), "the grant before this one");
        assert!(is_about(&session, ("n2", &first)));
        session.renew(Some(identity("s2")), tokens("n3"), Means::PromptNone, 8);
        assert!(!is_about(&session, ("n3", &first)), "the session before it was continued");
        assert!(is_about(&session, ("n3", &second)));
    }

    #[test]
    fn the_stream_ends_what_it_says_is_over() {
        let live = json!({"standing": "live", "application": {"standing": "warn", "until": 9}});
        assert_eq!(ending_in(&live, 5), None);
        let own = json!({"standing": "live", "application": {"standing": "dormant", "limit": "idle", "until": 9}});
        assert_eq!(ending_in(&own, 5), Some(Ending { at: 4, reason: Reason::Idle, until: Some(9) }));
        let gone = json!({"standing": "ended", "reason": "sign_out"});
        assert_eq!(ending_in(&gone, 5), Some(Ending { at: 5, reason: Reason::SignOut, until: None }));
        assert_eq!(ending_in(&json!(null), 5), None);
    }
}
