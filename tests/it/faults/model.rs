//! What one person's things are supposed to do: account, sessions, codes, grants.
//!
//! A small state machine, written from what is promised (`docs/apps.md`) and not from the program: one call after the
//! other, nothing expires. How calls that overlap, and calls nobody knows the end of, are told apart is `judge`'s.

use super::history::{Act, Facts, Label, Outcome, Proof};
use std::collections::{BTreeMap, BTreeSet};

/// A promise that a call's outcome breaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Breach {
    /// A code was redeemed twice.
    UsedTwice,
    /// Something worked that had ended: signed out, disabled, revoked by a replay or a reuse.
    Revived,
    /// Something acknowledged was refused.
    Lost,
    /// A spent refresh token worked beyond its one retry.
    SpentTokenWorked,
    /// A retry gave another successor than the first answer, or a rotation gave a token that was there before.
    OtherSuccessor,
    /// A wrong password or verifier worked.
    WrongProofWorked,
    /// Something worked that nobody had made.
    Unheard,
    /// An answer tells of another person, session or request than the one it answers.
    Mixed,
    /// No answer where there had to be one.
    Unanswered,
}

/// May a refresh token be presented once more while its successor is unused?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Retry {
    Once,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
enum Standing {
    #[default]
    Absent,
    Active,
    Disabled,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Life {
    Live,
    Ended,
}

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Code {
    session: Label,
    grant: Option<Grant>,
}

/// Born when its code is redeemed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Grant {
    life: Life,
    /// The number of its good refresh token.
    generation: usize,
}

/// A person's things at one instant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Person {
    standing: Standing,
    sessions: BTreeMap<Label, Life>,
    codes: BTreeMap<Label, Code>,
    /// Refresh tokens that were seen: of which code's grant, and their number in it.
    refresh: BTreeMap<Label, (Label, usize)>,
    /// Access tokens that were seen: of which code's grant.
    access: BTreeMap<Label, Label>,
}

/// What has to come of a call.
enum Due {
    Done,
    Refused(Breach),
}

impl Person {
    /// The state after `act` ended with `outcome`, if it may end so.
    pub fn after(&self, act: &Act, outcome: &Outcome, retry: Retry) -> Result<Person, Breach> {
        let mut next = self.clone();
        match (outcome, self.due(act, retry)) {
            (Outcome::Ok(_), Due::Refused(breach)) => return Err(breach),
            (Outcome::Refused(_), Due::Done) => return Err(Breach::Lost),
            (Outcome::Ok(facts), Due::Done) => next.act(act, Some(facts))?,
            (Outcome::Unknown(_), Due::Done) => next.act(act, None)?,
            (_, Due::Refused(_)) => next.refuse(act),
        }
        Ok(next)
    }

    /// What is over for good: sessions, and every code and token of them or of a grant that ended.
    pub fn over(&self) -> BTreeSet<Label> {
        let ended = self.sessions.iter().filter(|(_, life)| **life == Life::Ended).map(|(session, _)| session);
        let dead = |code: &Label| {
            let code = &self.codes[code];
            let revoked = code.grant.as_ref().is_some_and(|grant| grant.life == Life::Ended);
            revoked || !self.lives(&code.session)
        };
        let codes = self.codes.keys().filter(|code| dead(code));
        let refresh = self.refresh.iter().filter(|(_, (code, _))| dead(code)).map(|(token, _)| token);
        let access = self.access.iter().filter(|(_, code)| dead(code)).map(|(token, _)| token);
        ended.chain(codes).chain(refresh).chain(access).cloned().collect()
    }

    /// Drops what is over for good.
    pub fn forget(&mut self, over: &BTreeSet<Label>) {
        self.sessions.retain(|label, _| !over.contains(label));
        self.codes.retain(|label, _| !over.contains(label));
        self.refresh.retain(|label, _| !over.contains(label));
        self.access.retain(|label, _| !over.contains(label));
    }

    fn due(&self, act: &Act, retry: Retry) -> Due {
        let when = |good: bool, breach: Breach| if good { Due::Done } else { Due::Refused(breach) };
        match act {
            Act::Import | Act::Disable => Due::Done,
            Act::SignIn { password: Proof::Wrong, .. } => Due::Refused(Breach::WrongProofWorked),
            Act::SignIn { .. } => match self.standing {
                Standing::Active => Due::Done,
                Standing::Absent => Due::Refused(Breach::Unheard),
                Standing::Disabled => Due::Refused(Breach::Revived),
            },
            Act::Silent { session, .. } => when(self.lives(session), Breach::Revived),
            // Signing out of what is over already is no error.
            Act::SignOut { .. } => Due::Done,
            Act::Redeem { code, verifier } => self.redeemable(code, *verifier),
            Act::Userinfo { access } => match self.access.get(access) {
                Some(code) => when(self.grant(code).is_some(), Breach::Revived),
                None => Due::Refused(Breach::Unheard),
            },
            Act::Refresh { token } => {
                let Some((code, number)) = self.refresh.get(token) else { return Due::Refused(Breach::Unheard) };
                let Some(grant) = self.grant(code) else { return Due::Refused(Breach::Revived) };
                let current = *number == grant.generation;
                let retried = retry == Retry::Once && number + 1 == grant.generation;
                when(current || retried, Breach::SpentTokenWorked)
            }
        }
    }

    fn redeemable(&self, code: &Label, verifier: Proof) -> Due {
        match (self.codes.get(code), verifier) {
            (_, Proof::Wrong) => Due::Refused(Breach::WrongProofWorked),
            (None, _) => Due::Refused(Breach::Unheard),
            (Some(Code { grant: Some(_), .. }), _) => Due::Refused(Breach::UsedTwice),
            (Some(code), _) if self.lives(&code.session) => Due::Done,
            _ => Due::Refused(Breach::Revived),
        }
    }

    fn lives(&self, session: &Label) -> bool {
        self.sessions.get(session) == Some(&Life::Live)
    }

    /// The grant of a code, while it is good.
    fn grant(&self, code: &Label) -> Option<&Grant> {
        let code = self.codes.get(code).filter(|code| self.lives(&code.session))?;
        code.grant.as_ref().filter(|grant| grant.life == Life::Live)
    }

    /// It was done; what it told is known, or nobody knows.
    fn act(&mut self, act: &Act, facts: Option<&Facts>) -> Result<(), Breach> {
        match act {
            // Importing once more changes nothing, and opens no closed account.
            Act::Import if self.standing == Standing::Absent => self.standing = Standing::Active,
            Act::Import | Act::Userinfo { .. } => {}
            Act::Disable => {
                self.standing = Standing::Disabled;
                self.sessions.values_mut().for_each(|life| *life = Life::Ended);
            }
            Act::SignIn { .. } | Act::Silent { .. } => {
                // Without an answer nobody has the session's cookie or the code.
                if let Some(Facts::Code { session, code, .. }) = facts {
                    self.sessions.entry(session.clone()).or_insert(Life::Live);
                    self.codes.insert(code.clone(), Code { session: session.clone(), grant: None });
                }
            }
            Act::SignOut { session } => {
                self.sessions.insert(session.clone(), Life::Ended);
            }
            Act::Redeem { code, .. } => {
                if let Some(known) = self.codes.get_mut(code) {
                    known.grant = Some(Grant { life: Life::Live, generation: 0 });
                }
                self.learn(code.clone(), 0, facts)?;
            }
            Act::Refresh { token } => {
                let Some((code, number)) = self.refresh.get(token).cloned() else { return Err(Breach::Unheard) };
                if let Some(Code { grant: Some(grant), .. }) = self.codes.get_mut(&code) {
                    grant.generation = number + 1;
                }
                self.learn(code, number + 1, facts)?;
            }
        }
        Ok(())
    }

    /// An answer told the refresh token of this number, and an access token.
    fn learn(&mut self, code: Label, number: usize, facts: Option<&Facts>) -> Result<(), Breach> {
        let Some(Facts::Tokens(tokens)) = facts else { return Ok(()) };
        let before = self.refresh.iter().find(|(_, place)| **place == (code.clone(), number));
        if before.is_some_and(|(token, _)| *token != tokens.refresh) {
            return Err(Breach::OtherSuccessor);
        }
        let place = (code.clone(), number);
        if self.refresh.insert(tokens.refresh.clone(), place.clone()).is_some_and(|known| known != place) {
            return Err(Breach::OtherSuccessor);
        }
        self.access.insert(tokens.access.clone(), code);
        Ok(())
    }

    /// It was refused. Presenting what is spent ends what it gave; nothing else leaves a trace.
    fn refuse(&mut self, act: &Act) {
        let ended = match act {
            Act::Redeem { code, verifier: Proof::Right } => Some(code.clone()),
            Act::Refresh { token } => self.refresh.get(token).map(|(code, _)| code.clone()),
            _ => None,
        };
        if let Some(Code { grant: Some(grant), .. }) = ended.and_then(|code| self.codes.get_mut(&code)) {
            grant.life = Life::Ended;
        }
    }
}
