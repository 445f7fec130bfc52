//! What one sign-in gave one client: a code and its whole refresh chain.
//!
//! The code itself is no record: it is sealed and carries what it stands for ([`Code`]). The grant is born when the
//! code is redeemed, under the id inside the code, so that a second redemption meets the first.

use crate::model::audit::{Act, Event};
use crate::model::id::{AccountId, ClientId, GrantId, SessionId};
use crate::model::record::{Change, Kind, Record, Row};
use crate::model::session::Session;
use crate::model::session::application::Epochs;
use crate::protocol::claims::AuthenticationFacts;
use crate::protocol::claims_request::RequestedClaims;
use crate::protocol::pkce::CodeChallenge;
use crate::protocol::scope::ScopeSet;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a code stands for. Travels sealed; nobody but us can read or make one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Code {
    /// The id of the grant it will become.
    #[serde(rename = "g")]
    pub grant: GrantId,
    /// The client it is for.
    #[serde(rename = "c")]
    pub client: ClientId,
    /// The redirect URI it was sent to.
    #[serde(rename = "r")]
    pub redirect_uri: String,
    /// Who has to answer with the verifier.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub challenge: Option<CodeChallenge>,
    /// The person.
    #[serde(rename = "a")]
    pub account: AccountId,
    /// The life it is bound to.
    #[serde(rename = "b")]
    pub binding: SessionBinding,
    /// What was granted.
    #[serde(rename = "s")]
    pub scope: ScopeSet,
    /// The claims that were asked for one by one.
    #[serde(rename = "q", default, skip_serializing_if = "RequestedClaims::is_empty")]
    pub claims: RequestedClaims,
    /// The resources its access tokens are for.
    #[serde(rename = "u", default, skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<String>,
    /// The key whose holder alone may redeem it (RFC 9449, section 10).
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// For the ID token.
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// The authentication it rests on.
    #[serde(rename = "f")]
    pub authentication: AuthenticationFacts,
    /// When it was made.
    #[serde(rename = "t")]
    pub issued_at: Timestamp,
}

/// The very life of a session and of an app's part in it that a grant belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SessionBinding {
    /// The session.
    #[serde(rename = "i")]
    pub session: SessionId,
    /// Its epoch.
    #[serde(rename = "e")]
    pub epoch: u32,
    /// The epoch of the application session.
    #[serde(rename = "x")]
    pub application_epoch: u32,
    /// The epoch of the account: a grant that outlives its session still ends with this.
    #[serde(rename = "o")]
    pub account_epoch: u32,
}

impl SessionBinding {
    /// The epochs alone.
    pub fn epochs(&self) -> Epochs {
        Epochs { session: self.epoch, application: self.application_epoch }
    }
}

/// What a grant lives by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// By its session.
    Session,
    /// By account and client alone (`offline_access`).
    Offline,
}

/// A grant.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// To whom it was given.
    pub client: ClientId,
    /// By whom.
    pub account: AccountId,
    /// In which session.
    pub binding: SessionBinding,
    /// Whether it outlives that.
    pub reach: Reach,
    /// What was granted.
    pub scope: ScopeSet,
    /// The claims that were asked for one by one.
    #[serde(default, skip_serializing_if = "RequestedClaims::is_empty")]
    pub claims: RequestedClaims,
    /// The resources its access tokens are for.
    #[serde(default)]
    pub resource: Vec<String>,
    /// The authentication it rests on.
    pub authentication: AuthenticationFacts,
    /// A random value that goes into the MAC of its refresh tokens.
    pub salt: String,
    /// The thumbprint of the key whose holder alone may renew it: of a client that cannot authenticate, the first that
    /// it showed, redeeming the code or at a refresh (RFC 9449, section 5).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The generation of the first refresh token that is bound to it; 0 where the key was there from the beginning.
    #[serde(default)]
    pub bound_since: u32,
    /// When the code was redeemed.
    pub created_at: Timestamp,
    /// Which refresh token is the good one; the first is 0.
    pub generation: u32,
    /// When that generation began.
    pub renewed_at: Timestamp,
    /// When and why it was ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<(Timestamp, Revocation)>,
}

/// Why a grant was ended before its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// Its code was redeemed a second time.
    CodeReplayed,
    /// A spent refresh token was used.
    RefreshReused,
    /// Its client gave it back (RFC 7009).
    GivenBack,
}

/// How a redemption ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Redeemed {
    /// The grant was born.
    Born(Box<Grant>),
    /// It was there already, and is revoked from here on.
    Replayed,
    /// The code is too old.
    Expired,
}

/// Is a code still young enough?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CodeAge {
    /// It is.
    Fresh,
    /// It is not.
    Expired,
}

/// How a refresh ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Refreshed {
    /// The grant as it is now: its generation names the refresh token to answer with.
    Renewed(Box<Grant>),
    /// A spent token was used: the grant is revoked from here on.
    Reused,
    /// The grant is gone, revoked or too old.
    Dead,
}

/// Limits of grants that outlive sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OfflineLimits {
    /// Unused for this long, it is over.
    pub idle: Duration,
    /// This long after its birth it is over.
    pub max: Duration,
}

/// A session-bound grant that was not renewed for this long is forgotten, and its refresh token with it.
pub const UNUSED: Duration = Duration::from_secs(30 * 24 * 3_600);
/// The sweep looks at a grant this often.
const LOOK_AGAIN: Duration = Duration::from_secs(24 * 3_600);

impl Grant {
    /// Create if absent: exactly one redemption of a code gives birth, and every other one revokes what was born.
    ///
    /// An old code is refused, and still revokes: whoever presents it has passed every binding, so it leaked.
    pub fn redeem(before: Option<Grant>, birth: &Grant, age: CodeAge) -> Change<Grant, Redeemed> {
        let now = birth.created_at;
        match (before, age) {
            (Some(grant), _) => grant.revoke(Revocation::CodeReplayed, now, Redeemed::Replayed),
            (None, CodeAge::Expired) => Change::keep(Redeemed::Expired),
            (None, CodeAge::Fresh) => Change::put(Redeemed::Born(Box::new(birth.clone())), birth.clone())
                .due(now + LOOK_AGAIN)
                .told(Event::done(Act::GrantIssued, now).by(&birth.account).client(&birth.client)),
        }
    }

    /// The token of `generation` is presented.
    ///
    /// The one before the current is answered with the current once more while the retry window is open: a lost
    /// answer or a second tab ends with the same good token. Nobody can have used the current one then, because its
    /// use would have made it the one before.
    pub fn refresh(
        mut self,
        generation: u32,
        retry: Duration,
        offline: &OfflineLimits,
        now: Timestamp,
    ) -> Change<Grant, Refreshed> {
        if self.standing(offline, now) == GrantStanding::Over {
            return Change::keep(Refreshed::Dead);
        }
        if generation == self.generation {
            self.generation += 1;
            self.renewed_at = now;
            return Change::put(Refreshed::Renewed(Box::new(self.clone())), self);
        }
        // `now` may lie before the rotation: requests read the clock before they reach the store, and nodes' clocks
        // differ. No such reading opens a window that is closed.
        let open = !retry.is_zero() && now < self.renewed_at + retry;
        if generation.checked_add(1) == Some(self.generation) && open {
            return Change::keep(Refreshed::Renewed(Box::new(self)));
        }
        if generation > self.generation {
            // Made with our key, and yet of the future: a store was set back. No reuse, and no good either.
            return Change::keep(Refreshed::Dead);
        }
        self.reused(offline, now)
    }

    /// Is the token of `generation` bound to a key, and to another one than is shown?
    pub fn lacks_key(&self, shown: Option<&str>, generation: u32) -> bool {
        self.is_not_shown(shown) && generation >= self.bound_since
    }

    /// Is it from before there was a key, and shown without that key? Then somebody else took the chain up: one of the two
    /// stole it, and no retry window is open to either. A thief who only had to show a key with a stolen token would
    /// otherwise have its owner's next use revoke nothing.
    pub fn taken_up(&self, shown: Option<&str>, generation: u32) -> bool {
        self.is_not_shown(shown) && generation < self.bound_since
    }

    /// Is there a key, and is it another one than is shown?
    fn is_not_shown(&self, shown: Option<&str>) -> bool {
        self.key.as_deref().is_some_and(|key| shown != Some(key))
    }

    /// A spent token was used.
    pub fn reused(self, offline: &OfflineLimits, now: Timestamp) -> Change<Grant, Refreshed> {
        match self.standing(offline, now) {
            GrantStanding::Over => Change::keep(Refreshed::Dead),
            GrantStanding::Good => self.revoke(Revocation::RefreshReused, now, Refreshed::Reused),
        }
    }

    /// The same, with the refresh token that follows the one of `generation` bound to this key, where none is bound yet.
    pub fn binding(self, key: Option<&str>, generation: u32) -> Grant {
        match (&self.key, key) {
            (None, Some(key)) if generation == self.generation => {
                Grant { key: Some(key.to_owned()), bound_since: generation.saturating_add(1), ..self }
            }
            _ => self,
        }
    }

    /// Would the token of `generation` be taken for a refresh?
    pub fn takes(&self, generation: u32, retry: Duration, offline: &OfflineLimits, now: Timestamp) -> bool {
        matches!(self.clone().refresh(generation, retry, offline, now).outcome, Refreshed::Renewed(_))
    }

    /// Its client has no more use for it.
    pub fn give_back(self, now: Timestamp) -> Change<Grant, ()> {
        self.revoke(Revocation::GivenBack, now, ())
    }

    fn revoke<O>(mut self, why: Revocation, now: Timestamp, outcome: O) -> Change<Grant, O> {
        let reason = match why {
            Revocation::CodeReplayed => "code_replayed",
            Revocation::RefreshReused => "refresh_reused",
            Revocation::GivenBack => "given_back",
        };
        let event = Event::done(Act::GrantRevoked, now).because(reason).to(&self.account).client(&self.client);
        match self.revoked {
            Some(_) => Change::keep(outcome),
            None => {
                self.revoked = Some((now, why));
                Change::put(outcome, self).told(event)
            }
        }
    }

    /// Is the grant good by itself? Its session, account and client are judged beside it.
    pub fn standing(&self, offline: &OfflineLimits, now: Timestamp) -> GrantStanding {
        let over = match self.reach {
            Reach::Session => false,
            Reach::Offline => now >= self.renewed_at + offline.idle || now >= self.created_at + offline.max,
        };
        if over || self.revoked.is_some() { GrantStanding::Over } else { GrantStanding::Good }
    }

    /// Does the very life still go on that a session-bound grant belongs to?
    pub fn session_kept(&self, session: Option<&Session>) -> SessionKept {
        let goes_on = session.is_some_and(|session| {
            let part = session.participants.get(&self.client);
            session.ending.is_none()
                && session.epoch == self.binding.epoch
                && part.is_some_and(|part| part.epoch == self.binding.application_epoch)
        });
        if goes_on { SessionKept::Yes } else { SessionKept::No }
    }

    /// What the sweep does with it. `session` says whether the life it belongs to goes on. In a session without limits
    /// every silent reissue leaves a grant behind: one that was not renewed for [`UNUSED`] goes, too.
    pub fn sweep(self, session: SessionKept, offline: &OfflineLimits, now: Timestamp) -> Change<Grant, ()> {
        let unused = now >= self.renewed_at + UNUSED;
        let lifeless = session == SessionKept::No && now >= self.renewed_at + LOOK_AGAIN;
        let unbound = self.reach == Reach::Session && (unused || lifeless);
        // A revoked one is kept a day longer than any code lives, so that a replay still meets it.
        if unbound || (self.standing(offline, now) == GrantStanding::Over && now >= self.renewed_at + LOOK_AGAIN) {
            Change::delete(())
        } else {
            Change::keep(()).due(now + LOOK_AGAIN)
        }
    }
}

/// Whether the life of a session goes on that a grant belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SessionKept {
    /// It may.
    Yes,
    /// It ended, began anew, or was swept.
    No,
}

/// Is a grant good?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GrantStanding {
    /// Yes.
    Good,
    /// No.
    Over,
}

impl Record for Grant {
    const KIND: Kind = Kind::Grant;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn rows(&self) -> Vec<Row> {
        vec![Row {
            list: "grants-by-account",
            group: self.account.to_string(),
            order: format!("{:020}", i64::MAX - self.created_at.0),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Fate;

    fn grant() -> Grant {
        Grant {
            id: GrantId::new("g"),
            client: ClientId::new("c"),
            account: AccountId::new("a"),
            binding: SessionBinding { session: SessionId::new("s"), epoch: 0, application_epoch: 0, account_epoch: 0 },
            reach: Reach::Session,
            scope: ScopeSet::default(),
            claims: RequestedClaims::default(),
            resource: vec![],
            authentication: AuthenticationFacts { auth_time: Timestamp(0), acr: "1".into(), amr: vec![] },
            salt: "x".into(),
            key: None,
            bound_since: 0,
            created_at: Timestamp(1000),
            generation: 0,
            renewed_at: Timestamp(1000),
            revoked: None,
        }
    }

    const OFFLINE: OfflineLimits = OfflineLimits { idle: Duration::from_secs(100), max: Duration::from_secs(1000) };

    fn step(grant: Option<Grant>, change: Change<Grant, Refreshed>) -> (Grant, Refreshed) {
        match change.fate {
            Fate::Put(next) => (next, change.outcome),
            _ => (grant.unwrap(), change.outcome),
        }
    }

    fn refresh(from: &Grant, generation: u32, retry: u64, at: i64) -> (Grant, Refreshed) {
        step(Some(from.clone()), from.clone().refresh(generation, Duration::from_secs(retry), &OFFLINE, Timestamp(at)))
    }

    #[test]
    fn a_code_is_redeemed_once_and_a_replay_revokes() {
        let first = Grant::redeem(None, &grant(), CodeAge::Fresh);
        assert!(matches!(first.outcome, Redeemed::Born(_)));
        for age in [CodeAge::Fresh, CodeAge::Expired] {
            let second = Grant::redeem(Some(grant()), &grant(), age);
            assert_eq!(second.outcome, Redeemed::Replayed);
            assert!(matches!(second.fate, Fate::Put(g) if g.revoked.is_some()));
        }
        let late = Grant::redeem(None, &grant(), CodeAge::Expired);
        assert_eq!((late.outcome, late.fate), (Redeemed::Expired, Fate::Keep));
    }

    #[test]
    fn rotation_retry_and_reuse() {
        let (one, outcome) = refresh(&grant(), 0, 60, 2000);
        assert!(matches!(outcome, Refreshed::Renewed(ref g) if g.generation == 1));
        // A lost answer: the same successor.
        let (same, outcome) = refresh(&one, 0, 60, 2059);
        assert!(matches!(outcome, Refreshed::Renewed(ref g) if g.generation == 1));
        assert_eq!(same, one);
        // The window has closed, or there is none.
        for (retry, at) in [(60, 2060), (0, 2000), (0, 1999)] {
            let (dead, outcome) = refresh(&one, 0, retry, at);
            assert_eq!(outcome, Refreshed::Reused);
            assert_eq!(refresh(&dead, 1, 60, at).1, Refreshed::Dead);
        }
        // The successor was used.
        let (two, _) = refresh(&one, 1, 60, 2001);
        assert_eq!(refresh(&two, 0, 60, 2002).1, Refreshed::Reused);
        // A generation that never was.
        let (kept, outcome) = refresh(&two, 9, 60, 2002);
        assert_eq!((kept, outcome), (two, Refreshed::Dead));
    }

    #[test]
    fn a_token_older_than_the_binding_is_reuse_without_the_key() {
        let born = Grant { key: Some("mine".into()), ..grant() };
        for generation in [0, 1, 2] {
            assert!(born.lacks_key(None, generation) && born.lacks_key(Some("other"), generation));
            assert!(!born.lacks_key(Some("mine"), generation) && !grant().lacks_key(None, generation));
            assert!(!born.taken_up(None, generation) && !grant().taken_up(None, generation));
        }
        let one = refresh(&grant().binding(Some("mine"), 0), 0, 60, 2000).0;
        assert_eq!((one.key.as_deref(), one.bound_since, one.generation), (Some("mine"), 1, 1));
        assert!(one.lacks_key(None, 1) && !one.taken_up(None, 1), "the successor is bound");
        for shown in [None, Some("other")] {
            assert!(one.taken_up(shown, 0) && !one.lacks_key(shown, 0));
        }
        assert!(!one.taken_up(Some("mine"), 0), "a lost answer, asked for once more");
        let dead = step(Some(one.clone()), one.clone().reused(&OFFLINE, Timestamp(2001)));
        assert_eq!((dead.1, dead.0.revoked.is_some()), (Refreshed::Reused, true));
        assert_eq!(dead.0.reused(&OFFLINE, Timestamp(2002)).outcome, Refreshed::Dead);
        // A key that is there stays, and a token that is not the good one binds none.
        assert_eq!(one.clone().binding(Some("other"), 1), one);
        assert_eq!(grant().binding(Some("mine"), 7), grant());
    }

    #[test]
    fn offline_grants_have_limits_of_their_own() {
        let offline = Grant { reach: Reach::Offline, ..grant() };
        assert_eq!(offline.standing(&OFFLINE, Timestamp(1099)), GrantStanding::Good);
        assert_eq!(offline.standing(&OFFLINE, Timestamp(1100)), GrantStanding::Over);
        let used = Grant { renewed_at: Timestamp(1990), ..offline };
        assert_eq!(used.standing(&OFFLINE, Timestamp(1999)), GrantStanding::Good);
        assert_eq!(used.standing(&OFFLINE, Timestamp(2000)), GrantStanding::Over);
    }
}
