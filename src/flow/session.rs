//! Sessions begin, are used, and end.

use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::crypto::secret::Secret;
use crate::flow::browser::{Jar, MAX_HANDLES, Visitor};
use crate::flow::cookies::Handles;
use crate::flow::{Fault, Idp};
use crate::model::account::{Account, AccountStanding};
use crate::model::audit::{Act, Event};
use crate::model::authorization::factor::{Method, raised};
use crate::model::history::{OnRisk, jumped};
use crate::model::id::SessionId;
use crate::model::record::{Change, Fate};
use crate::model::session::activity::Activity;
use crate::model::session::application::Epochs;
use crate::model::session::policy::Remember;
use crate::model::session::standing::{Authority, EndReason, Standing};
use crate::model::session::{Birth, Ended, Reauthentication, Reconstituted, Session, Touched};
use crate::model::upstream::Resting;
use crate::protocol::claims::AuthenticationFacts;
use crate::protocol::time::Timestamp;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A live session of this browser, and whose it is.
#[derive(Clone, Debug)]
pub struct Current {
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// What it is good for; always live.
    pub standing: Standing,
    /// The secret that led to it.
    pub handle: Secret,
}

/// An authentication that a session is to rest on.
#[derive(Clone, Debug)]
pub struct Proven {
    /// Its facts.
    pub facts: AuthenticationFacts,
    /// What the person chose.
    pub remember: Remember,
    /// What it rests on, where it was an upstream's.
    pub resting: Option<Resting>,
}

impl From<(AuthenticationFacts, Remember)> for Proven {
    fn from((facts, remember): (AuthenticationFacts, Remember)) -> Proven {
        Proven { facts, remember, resting: None }
    }
}

/// A session of this browser that timed out and may come back. A type of its own, so that nothing can rest on it and no
/// page can show it: all it can do is to be reconstituted or ended.
pub(super) struct Dormant(Current);

impl Dormant {
    /// Which session.
    pub fn session(&self) -> &Session {
        &self.0.session
    }

    /// Whose it is.
    pub fn account(&self) -> &Account {
        &self.0.account
    }

    /// The secret that led to it.
    pub fn handle(&self) -> &Secret {
        &self.0.handle
    }
}

impl Idp {
    /// The session the first secret of the cookie leads to, if it is live. A later one never steps in for it: whoever
    /// was signed in last must not be silently followed by somebody else.
    pub async fn current(&self, visitor: &Visitor, now: Timestamp) -> Result<Option<Current>, Fault> {
        let Some(handle) = visitor.handles.first() else { return Ok(None) };
        let current = self.behind((visitor.jar, handle), now).await?;
        let current = current.filter(|current| !self.strange(&current.session, visitor));
        if let Some(current) = &current {
            visitor.languages.account_says(current.account.locale());
        }
        Ok(current)
    }

    /// Is the session's browser another one in another network, where that counts? Then whoever brings its cookie signs in
    /// again, and nothing of it is shown before: the cookie may have been stolen.
    pub(super) fn strange(&self, session: &Session, visitor: &Visitor) -> bool {
        self.settings.on_jump == OnRisk::Ask && jumped(&session.device, &visitor.device)
    }

    /// Every live session of the browser, the current one first.
    pub async fn all_live(&self, visitor: &Visitor, now: Timestamp) -> Result<Vec<Current>, Fault> {
        Ok(self.all_ours(visitor, now).await?.0)
    }

    /// Every session of the browser that may be shown in it: those that live, and those that timed out and may come back.
    pub(super) async fn all_ours(
        &self,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(Vec<Current>, Vec<Dormant>), Fault> {
        let (mut live, mut dormant) = self.all_held(visitor, now).await?;
        live.retain(|current| !self.strange(&current.session, visitor));
        dormant.retain(|held| !self.strange(held.session(), visitor));
        Ok((live, dormant))
    }

    /// Every session that the cookies lead to, those that must not be shown included: for a sign-in, which may go on with
    /// them, and for a sign-out, which ends them.
    pub(super) async fn all_held(
        &self,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<(Vec<Current>, Vec<Dormant>), Fault> {
        let (mut live, mut dormant) = (Vec::new(), Vec::new());
        for handle in &visitor.handles {
            match self.held((visitor.jar, handle), now).await? {
                Some(held) if held.standing.authority() == Authority::Good => live.push(held),
                Some(held) if matches!(held.standing, Standing::Dormant { .. }) => dormant.push(Dormant(held)),
                _ => (),
            }
        }
        Ok((live, dormant))
    }

    /// The live session behind a secret.
    pub(super) async fn behind(&self, handle: (Jar, &Secret), now: Timestamp) -> Result<Option<Current>, Fault> {
        Ok(self.held(handle, now).await?.filter(|held| held.standing.authority() == Authority::Good))
    }

    /// The session behind a secret, whatever it is good for.
    async fn held(&self, (jar, handle): (Jar, &Secret), now: Timestamp) -> Result<Option<Current>, Fault> {
        let name = match jar {
            Jar::Session => Session::secret_name(&handle.digest()),
            Jar::Silent => Session::silent_name(&handle.digest()),
        };
        let Some(session) = self.store.find::<Session>(&name).await? else { return Ok(None) };
        let Some(account) = self.store.read::<Account>(session.account.as_str()).await? else { return Ok(None) };
        let standing = session.standing(&account, &self.settings.sessions, now);
        Ok(Some(Current { session, account, standing, handle: handle.clone() }))
    }

    /// A person completed an authentication: a session begins, or the one they have goes on with a new secret. The
    /// sign-in is remembered.
    pub async fn establish(
        &self,
        visitor: &Visitor,
        account: &Account,
        proven: impl Into<Proven>,
        now: Timestamp,
    ) -> Result<Option<(SessionId, Vec<Secret>, Remember)>, Fault> {
        let proven: Proven = proven.into();
        let how = (proven.facts.amr.clone(), proven.resting.as_ref().map(|resting| resting.issuer.clone()));
        let established = self.carry_on(visitor, account, proven, now).await?;
        if established.is_some() {
            self.remember_sign_in(visitor, account, how, now).await?;
        }
        Ok(established)
    }

    /// A session of this authentication: begun, gone on, or brought back.
    pub(super) async fn carry_on(
        &self,
        visitor: &Visitor,
        account: &Account,
        proven: impl Into<Proven>,
        now: Timestamp,
    ) -> Result<Option<(SessionId, Vec<Secret>, Remember)>, Fault> {
        let proven: Proven = proven.into();
        let remember = proven.remember;
        if account.standing() == AccountStanding::Disabled {
            return Ok(None);
        }
        let (live, dormant) = self.all_held(visitor, now).await?;
        let (own, foreign): (Vec<_>, Vec<_>) = dormant.into_iter().partition(|held| held.account().id == account.id);
        // Somebody else sits here now: what timed out here never comes back.
        for held in foreign {
            let event = Event::done(Act::SessionEnded, now).to(&held.account().id).because(EndReason::Replaced.word());
            self.end_dormant(&held, EndReason::Replaced, event).await?;
        }
        let secret = random::secret();
        let act = self.reauthentication(proven, &secret, visitor, now);
        let mut others: Vec<Secret> = live.iter().map(|c| c.handle.clone()).collect();
        let mine = live.iter().find(|current| current.account.id == account.id);
        let strangers: Vec<&Current> = live.iter().filter(|current| current.account.id != account.id).collect();
        let whole = |own: Remember| {
            if strangers.iter().any(|c| c.session.remember == Remember::No) { Remember::No } else { own }
        };
        if let Some(mine) = mine {
            others.retain(|handle| handle.expose() != mine.handle.expose());
            if let Some(own) = self.reauthenticate(mine, act.clone(), now).await? {
                return Ok(Some((mine.session.id.clone(), first(secret, others), whole(own))));
            }
        }
        for held in own {
            if let Some(kept) = self.reconstitute(&held, act.clone(), now).await? {
                return Ok(Some((held.session().id.clone(), first(secret, others), whole(kept))));
            }
        }
        self.end_surplus(&mut others, &live, now).await?;
        let id = self.begin_session(account, act).await?;
        Ok(Some((id, first(secret, others), whole(remember))))
    }

    /// A session of this browser that timed out goes on, if it still may.
    async fn reconstitute(
        &self,
        held: &Dormant,
        act: Reauthentication,
        now: Timestamp,
    ) -> Result<Option<Remember>, Fault> {
        let remember = act.remember;
        let (account, policies) = (held.account().clone(), self.settings.sessions);
        let kept = if held.session().remember == Remember::Yes { Remember::Yes } else { remember };
        let changed = self.store.change::<Session, _, _>(held.session().id.as_str(), move |before| match before {
            Some(session) => session.reconstitute(act.clone(), &account, &policies),
            None => Change::keep(Reconstituted::No(Standing::Ended { at: now, reason: EndReason::Revoked })),
        });
        Ok((changed.await?.outcome()? == Reconstituted::Now).then_some(kept))
    }

    /// Ends a session that had timed out, so that it never comes back. One that came back meanwhile stays.
    pub(super) async fn end_dormant(&self, held: &Dormant, reason: EndReason, event: Event) -> Result<(), Fault> {
        let epoch = held.session().epoch;
        let changed = self.store.change::<Session, _, _>(held.session().id.as_str(), move |before| match before {
            Some(session) if session.epoch == epoch => session.end(reason, event.clone()),
            _ => Change::keep(Ended::Before),
        });
        changed.await?.outcome()?;
        Ok(())
    }

    async fn begin_session(&self, account: &Account, act: Reauthentication) -> Result<SessionId, Fault> {
        let id = SessionId::new(random::id());
        let Reauthentication { at, authentication, resting, remember, secret, silent, device } = act;
        let birth = Birth { id: id.clone(), at, authentication, resting, remember, secret, silent, device };
        let (account, policies) = (account.clone(), self.settings.sessions);
        let changed = self
            .store
            .change::<Session, _, _>(id.as_str(), move |_| Session::begin(birth.clone(), &account, &policies));
        changed.await?.outcome()?;
        Ok(id)
    }

    async fn reauthenticate(
        &self,
        mine: &Current,
        act: Reauthentication,
        now: Timestamp,
    ) -> Result<Option<Remember>, Fault> {
        let remember = act.remember;
        let (account, policies) = (mine.account.clone(), self.settings.sessions);
        let kept = if mine.session.remember == Remember::Yes { Remember::Yes } else { remember };
        let changed = self.store.change::<Session, _, _>(mine.session.id.as_str(), move |before| match before {
            Some(session) => session.reauthenticate(act.clone(), &account, &policies),
            None => Change::keep(Touched::Over(Standing::Ended { at: now, reason: EndReason::Revoked })),
        });
        Ok(match changed.await?.outcome()? {
            Touched::Live(_) => Some(kept),
            Touched::Over(_) => None,
        })
    }

    /// The person showed one more factor in a live session. Answers with the session as it is from here on, behind its new
    /// secret, and with the browser's secrets; none where it is over.
    pub(super) async fn raise(
        &self,
        current: &Current,
        by: Method,
        visitor: &Visitor,
        now: Timestamp,
    ) -> Result<Option<(Current, Vec<Secret>)>, Fault> {
        let secret = random::secret();
        let stronger = raised(current.session.authentication(), by);
        let act = self.reauthentication((stronger, current.session.remember).into(), &secret, visitor, now);
        let (account, policies) = (current.account.clone(), self.settings.sessions);
        let changed = self.store.change::<Session, _, _>(current.session.id.as_str(), move |before| match before {
            Some(session) => session.raise(act.clone(), &account, &policies, now),
            None => Change::keep(Touched::Over(Standing::Ended { at: now, reason: EndReason::Revoked })),
        });
        changed.await?.outcome()?;
        let others = visitor.handles.iter().filter(|handle| handle.expose() != current.handle.expose()).cloned();
        let handles = first(secret.clone(), others.collect());
        Ok(self.behind((Jar::Session, &secret), now).await?.map(|current| (current, handles)))
    }

    /// The person did something.
    pub async fn touch(&self, current: &Current, activity: Activity, now: Timestamp) -> Result<(), Fault> {
        let (account, policies) = (current.account.clone(), self.settings.sessions);
        // Judged on the copy first: most acts fall within the touch step and need no transaction.
        let worth = current.session.clone().touch(activity, &account, &policies, now);
        if matches!(worth.fate, Fate::Keep) {
            return Ok(());
        }
        let changed = self.store.change::<Session, _, _>(current.session.id.as_str(), move |before| match before {
            Some(session) => session.touch(activity, &account, &policies, now),
            None => Change::keep(Touched::Over(Standing::Ended { at: now, reason: EndReason::Revoked })),
        });
        changed.await?.outcome()?;
        Ok(())
    }

    /// Ends a session: one write, and every grant of it is dead.
    pub async fn end_session(&self, id: &SessionId, reason: EndReason, event: Event) -> Result<Ended, Fault> {
        let changed = self.store.change::<Session, _, _>(id.as_str(), move |before| match before {
            Some(session) => session.end(reason, event.clone()),
            None => Change::keep(Ended::Before),
        });
        Ok(changed.await?.outcome()?)
    }

    /// Signs the browser out of one of its sessions; answers with the secrets that are left.
    pub async fn sign_out(&self, visitor: &Visitor, current: &Current, now: Timestamp) -> Result<Handles, Fault> {
        let event = Event::done(Act::SessionEnded, now).by(&current.account.id).because("sign_out");
        self.end_session(&current.session.id, EndReason::SignOut, event).await?;
        let (live, dormant) = self.all_ours(visitor, now).await?;
        let own = current.handle.expose();
        let dormant: Vec<Dormant> = dormant.into_iter().filter(|held| held.handle().expose() != own).collect();
        if live.is_empty() && dormant.is_empty() {
            return Ok(Handles::Set(self.session_cookies(Vec::new(), Remember::No, now).await?));
        }
        // The first place is never given away, though its secret may lead nowhere by now: nobody may silently follow
        // whoever signed out, now or before. The others are a choice away, or, where they timed out, a sign-in of their own.
        let others = live.iter().map(|c| &c.handle).chain(dormant.iter().map(Dormant::handle));
        let lives = |handle: &Secret| others.clone().any(|other| other.expose() == handle.expose());
        let left = visitor.handles.iter().enumerate().filter(|(place, handle)| *place == 0 || lives(handle));
        let left: Vec<Secret> = left.map(|(_, handle)| handle.clone()).collect();
        Ok(Handles::Set(self.session_cookies(left, kept_all(&live, &dormant), now).await?))
    }

    fn reauthentication(&self, proven: Proven, secret: &Secret, visitor: &Visitor, now: Timestamp) -> Reauthentication {
        Reauthentication {
            at: now,
            authentication: proven.facts,
            resting: proven.resting,
            remember: proven.remember,
            secret: secret.digest(),
            silent: self.silent_digest(secret),
            device: visitor.device.clone(),
        }
    }

    /// The name by which the outside knows a life of a session. Says nothing of the session's inner id.
    ///
    /// An app whose part began anew knows it by a new name: apps keep lists of names they saw the end of, and a late
    /// notice of the part before must not end the one that followed.
    pub fn sid(&self, session: &SessionId, of: Epochs) -> String {
        let (epoch, part) = (of.session.to_be_bytes(), of.application.to_be_bytes());
        let bytes: &[&[u8]] = &[session.as_str().as_bytes(), &epoch, &part];
        // A first part has the name of the session itself, so that apps that share a session can see that they do.
        let bytes = if of.application == 0 { &bytes[..2] } else { bytes };
        let mac = self.seals.mac(Purpose::SessionName, bytes);
        URL_SAFE_NO_PAD.encode(&mac[..16])
    }
}

/// The same of those that live and those that timed out.
pub(super) fn kept_all(live: &[Current], dormant: &[Dormant]) -> Remember {
    let whole = dormant.iter().all(|held| held.session().remember == Remember::Yes);
    if whole { kept(live) } else { Remember::No }
}

/// Does the cookie that leads to these sessions outlive the browser? Only if every one of them may.
pub fn kept(live: &[Current]) -> Remember {
    if live.iter().all(|current| current.session.remember == Remember::Yes) { Remember::Yes } else { Remember::No }
}

fn first(secret: Secret, mut others: Vec<Secret>) -> Vec<Secret> {
    others.insert(0, secret);
    others.truncate(MAX_HANDLES);
    others
}
