//! What may happen to a session. Standing is judged first: nothing moves a limit that has passed.

use super::activity::{Activity, Counts};
use super::application::{ApplicationSession, Asking, Entry, Epochs};
use super::notice::Over;
use super::policy::{ApplicationLimits, Remember, SessionPolicies, touch_step};
use super::standing::{Authority, Standing};
use super::sweep::LimitsOf;
use super::{Device, MAX_AUTHENTICATIONS, MAX_PARTICIPANTS, Session};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::id::{ClientId, SecretDigest, SessionId};
use crate::model::record::Change;
use crate::model::upstream::Resting;
use crate::protocol::claims::AuthenticationFacts;
use crate::protocol::time::Timestamp;
use std::time::Duration;

/// What a new session is made of.
#[derive(Clone, Debug)]
pub struct Birth {
    /// A fresh id.
    pub id: SessionId,
    /// When. The authentication can be older: an upstream's.
    pub at: Timestamp,
    /// The authentication it begins with.
    pub authentication: AuthenticationFacts,
    /// What that rests on, where it was an upstream's.
    pub resting: Option<Resting>,
    /// Does it outlive the browser?
    pub remember: Remember,
    /// Digest of the cookie's secret.
    pub secret: SecretDigest,
    /// Digest of the secret of the cookie `silent`, where there is one.
    pub silent: Option<SecretDigest>,
    /// Where it runs.
    pub device: Device,
}

/// An authentication in a live session.
#[derive(Clone, Debug)]
pub struct Reauthentication {
    /// When. The authentication can be older: an upstream's.
    pub at: Timestamp,
    /// The facts.
    pub authentication: AuthenticationFacts,
    /// What it rests on, where it was an upstream's.
    pub resting: Option<Resting>,
    /// What the person chose this time.
    pub remember: Remember,
    /// Digest of the cookie's new secret: every authentication has one.
    pub secret: SecretDigest,
    /// The same for the cookie `silent`, where there is one.
    pub silent: Option<SecretDigest>,
    /// Where it happened.
    pub device: Device,
}

/// How touching a session ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Touched {
    /// It lives, and the act counted as far as it counts.
    Live(Standing),
    /// It is over; nothing moved.
    Over(Standing),
}

/// A client's wish to take part, or to go on doing so.
#[derive(Clone, Debug)]
pub struct Join {
    /// Who.
    pub client: ClientId,
    /// Its limits.
    pub limits: ApplicationLimits,
    /// With or without a page.
    pub asking: Asking,
    /// Whose act the request was.
    pub activity: Activity,
}

/// How a wish to take part ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Joined {
    /// It takes part; the session as it is now.
    Part(Box<Session>),
    /// The session is over.
    Over(Standing),
    /// Its application session is over, and this request does not begin a new one.
    Refused(Entry),
    /// [`MAX_PARTICIPANTS`] take part already.
    Full,
}

impl Session {
    /// Begins a session.
    pub fn begin(birth: Birth, account: &Account, policies: &SessionPolicies) -> Change<Session, ()> {
        let now = birth.at;
        let event = Event::done(Act::SessionStarted, now).by(&account.id);
        let session = Session {
            id: birth.id,
            account: account.id.clone(),
            account_epoch: account.epoch,
            epoch: 0,
            started_at: now,
            authentications: vec![birth.authentication],
            last_active_at: now,
            remember: birth.remember,
            secret: birth.secret,
            silent: birth.silent,
            resting: birth.resting,
            participants: Default::default(),
            device: birth.device,
            ending: None,
            timed_out: None,
            past: Vec::new(),
            notices: Vec::new(),
        };
        let look_at = session.next_look(account, policies, &LimitsOf::new(), now);
        Change::put((), session).told(event).due(look_at)
    }

    /// The person authenticated again: a fact of the whole session, and a new secret for the cookie.
    pub fn reauthenticate(
        mut self,
        act: Reauthentication,
        account: &Account,
        policies: &SessionPolicies,
    ) -> Change<Session, Touched> {
        let now = act.at;
        let standing = self.standing(account, policies, now);
        if standing.authority() == Authority::Over {
            return Change::keep(Touched::Over(standing));
        }
        // What an upstream vouches for may be older than what the session has; the younger one counts.
        if act.authentication.auth_time >= self.authentication().auth_time {
            if self.authentications.len() >= MAX_AUTHENTICATIONS {
                self.authentications.remove(1);
            }
            self.authentications.push(act.authentication);
            self.resting = act.resting;
        }
        self.last_active_at = now;
        // A session once kept stays kept: not ticking the box again is no wish to lose it.
        if act.remember == Remember::Yes {
            self.remember = Remember::Yes;
        }
        self.secret = act.secret;
        self.silent = act.silent;
        self.device = act.device;
        let standing = self.standing(account, policies, now);
        Change::put(Touched::Live(standing), self).told(Event::done(Act::Reauthenticated, now).by(&account.id))
    }

    /// The person showed one more factor: the session is stronger for every app, and its authentication no younger, so
    /// that the absolute limit stays where it is. A new secret for the cookie: what was known of the weaker session must
    /// not be worth the stronger one.
    pub fn raise(
        mut self,
        act: Reauthentication,
        account: &Account,
        policies: &SessionPolicies,
        now: Timestamp,
    ) -> Change<Session, Touched> {
        let standing = self.standing(account, policies, now);
        if standing.authority() == Authority::Over {
            return Change::keep(Touched::Over(standing));
        }
        // Of this very authentication: one made meanwhile is stronger or weaker by itself.
        if act.authentication.auth_time != self.authentication().auth_time {
            return Change::keep(Touched::Live(standing));
        }
        // The factor was shown to us: the authentication was seen, whoever vouched for its beginning.
        if let Some(on) = &mut self.resting {
            on.seen_at = Some(act.authentication.auth_time);
        }
        if let Some(last) = self.authentications.last_mut() {
            *last = act.authentication;
        }
        self.last_active_at = now;
        self.secret = act.secret;
        self.silent = act.silent;
        self.device = act.device;
        let standing = self.standing(account, policies, now);
        Change::put(Touched::Live(standing), self).told(Event::done(Act::SteppedUp, now).by(&account.id))
    }

    /// An act happened. Writes at most once per touch step.
    pub fn touch(
        mut self,
        activity: Activity,
        account: &Account,
        policies: &SessionPolicies,
        now: Timestamp,
    ) -> Change<Session, Touched> {
        let standing = self.standing(account, policies, now);
        if standing.authority() == Authority::Over {
            return Change::keep(Touched::Over(standing));
        }
        let step = touch_step(policies.of(self.remember).idle_timeout);
        let counts = matches!(activity.counts(), Counts::Session | Counts::SessionAndApplication);
        if !counts || now < self.last_active_at + step.max(Duration::from_secs(1)) {
            return Change::keep(Touched::Live(standing));
        }
        self.last_active_at = now;
        let standing = self.standing(account, policies, now);
        Change::put(Touched::Live(standing), self)
    }

    /// A client takes part, or goes on doing so. Writes nothing when nothing worth a write changed, so that a silent
    /// reissue costs one durable write in all: that of its grant.
    pub fn join(
        mut self,
        wish: &Join,
        account: &Account,
        policies: &SessionPolicies,
        now: Timestamp,
    ) -> Change<Session, Joined> {
        let standing = self.standing(account, policies, now);
        if standing.authority() == Authority::Over {
            return Change::keep(Joined::Over(standing));
        }
        let before = self.participants.get(&wish.client);
        let authenticated_at = self.authentication().auth_time;
        let entry = ApplicationSession::entry(before, &wish.limits, authenticated_at, wish.asking, now);
        let is_new = before.is_none();
        let part = match (before, entry) {
            (_, Entry::Visibly | Entry::AfterAuthentication) => return Change::keep(Joined::Refused(entry)),
            (None, _) if self.participants.len() >= MAX_PARTICIPANTS => return Change::keep(Joined::Full),
            (None, _) => fresh(Epochs { session: self.epoch, application: 0 }, authenticated_at, now),
            (Some(part), Entry::Anew) => {
                // What is over by a sign-out does not go on in what follows.
                let previous = Some(part.epochs()).filter(|_| part.signed_out_at.is_none());
                let epochs = Epochs { session: self.epoch, application: part.epoch + 1 };
                let joined_at = part.joined_at;
                ApplicationSession { joined_at, previous, ..fresh(epochs, authenticated_at, now) }
            }
            (Some(part), Entry::Open) => part.clone().within(self.epoch).used(wish, authenticated_at, now),
        };
        let part_changed = before != Some(&part);
        let begins = before.is_none_or(|before| before.epoch != part.epoch);
        // Back before the sweep came by: the app learns all the same that what it holds is dead.
        let untold = before.filter(|part| part.timed_out.is_none() && part.signed_out_at.is_none() && begins);
        let untold = untold.and_then(|part| Some((part.epochs(), part.passed(&wish.limits, now)?)));
        let session_step = touch_step(policies.of(self.remember).idle_timeout).max(Duration::from_secs(1));
        let counts = wish.activity.counts() == Counts::SessionAndApplication;
        let session_moves = counts && now >= self.last_active_at + session_step;
        if !part_changed && !session_moves {
            return Change::keep(Joined::Part(Box::new(self)));
        }
        if session_moves {
            self.last_active_at = now;
        }
        if let Some((epochs, over)) = untold {
            let window = policies.of(self.remember).reconstitution_window;
            self.owe(&wish.client, epochs, Over::timed_out(over, window), now);
        }
        // A session is looked at when its own limits can have passed; an app may be stricter.
        let look_at = if untold.is_some() { Some(now) } else { part.own_end(&wish.limits).filter(|_| begins) };
        self.participants.insert(wish.client.clone(), part);
        let mut change = Change::put(Joined::Part(Box::new(self.clone())), self);
        change.look_at.extend(look_at);
        if is_new {
            return change.told(Event::done(Act::ApplicationJoined, now).by(&account.id).client(&wish.client));
        }
        change
    }

    /// A refresh that counts as the person's act in one app: moves the idle clock of that application session alone.
    pub fn touch_application(
        mut self,
        (client, limits): (&ClientId, &ApplicationLimits),
        account: &Account,
        policies: &SessionPolicies,
        now: Timestamp,
    ) -> Change<Session, ()> {
        // Of a session that is over nothing moves: its parts would be found younger if it came back.
        if self.standing(account, policies, now).authority() == Authority::Over {
            return Change::keep(());
        }
        let step = touch_step(limits.idle_timeout).max(Duration::from_secs(1));
        // Nothing moves a limit that has passed: between the caller's judgement and this write it may have.
        let goes_on = |part: &ApplicationSession| part.signed_out_at.is_none() && part.passed(limits, now).is_none();
        match self.participants.get_mut(client) {
            Some(part) if goes_on(part) && now >= part.last_active_at + step => {
                part.last_active_at = now;
                Change::put((), self)
            }
            _ => Change::keep(()),
        }
    }
}

fn fresh(epochs: Epochs, authenticated_at: Timestamp, now: Timestamp) -> ApplicationSession {
    ApplicationSession {
        joined_at: now,
        authenticated_at,
        last_active_at: now,
        last_issued_at: now,
        epoch: epochs.application,
        session_epoch: epochs.session,
        previous: None,
        signed_out_at: None,
        timed_out: None,
    }
}

impl ApplicationSession {
    /// The same part in this epoch of the session, which the app learns of now.
    fn within(mut self, session_epoch: u32) -> ApplicationSession {
        if self.session_epoch != session_epoch {
            self.previous = Some(self.epochs());
            self.session_epoch = session_epoch;
        }
        self
    }

    /// Another authorization for a live application session.
    fn used(mut self, wish: &Join, authenticated_at: Timestamp, now: Timestamp) -> ApplicationSession {
        let step = touch_step(wish.limits.idle_timeout).max(Duration::from_secs(1));
        if wish.asking == Asking::Visibly {
            self.authenticated_at = authenticated_at;
        }
        if wish.activity.counts() == Counts::SessionAndApplication && now >= self.last_active_at + step {
            self.last_active_at = now;
        }
        if now >= self.last_issued_at + Duration::from_secs(30) {
            self.last_issued_at = now;
        }
        self
    }
}
