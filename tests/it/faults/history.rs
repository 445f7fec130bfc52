//! What clients did and what they were told, in order.
//!
//! Every call stands in it from before its request is sent until after its answer has come, with what it presented and
//! what it was told. Secrets stand in it as labels. [`super::judge`] reads it and knows nothing else.

use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Mutex;

/// Names a code, a token, a session or a person. Two are the same thing exactly when their labels are equal.
pub type Label = String;

/// Does a call bring what it has to, or something wrong on purpose?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Proof {
    Right,
    Wrong,
}

/// What a client asked, and what it presented.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// An administrator imports the person.
    Import,
    /// An administrator closes the person's account.
    Disable,
    /// The person signs in with a password, for an app; `nonce` stands for the request's `nonce` and `state`.
    SignIn { password: Proof, nonce: Label },
    /// The browser asks with `prompt=none`.
    Silent { session: Label, nonce: Label },
    /// An app redeems a code; the proof is the PKCE verifier.
    Redeem { code: Label, verifier: Proof },
    /// An app presents a refresh token.
    Refresh { token: Label },
    /// An app presents an access token.
    Userinfo { access: Label },
    /// An app signs its person out, with a hint.
    SignOut { session: Label },
}

impl Act {
    /// The session, code or token that was presented.
    pub fn presented(&self) -> Option<&Label> {
        match self {
            Act::Import | Act::Disable | Act::SignIn { .. } => None,
            Act::Silent { session: label, .. } | Act::SignOut { session: label } => Some(label),
            Act::Redeem { code: label, .. } | Act::Refresh { token: label } | Act::Userinfo { access: label } => {
                Some(label)
            }
        }
    }
}

/// How a call ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// It was done.
    Ok(Facts),
    /// It was refused, and why.
    Refused(String),
    /// The connection broke, or the answer was that something broke: nobody told whether it was done.
    Unknown(String),
}

/// What an answer told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Facts {
    Nothing,
    /// A code, with the session it was given in and the `state` that came with it.
    Code {
        session: Label,
        code: Label,
        state: Label,
    },
    Tokens(Tokens),
    /// Whom userinfo told of.
    Person {
        sub: Label,
    },
}

/// A token response, and the claims of its ID token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tokens {
    pub access: Label,
    pub refresh: Label,
    pub sub: Label,
    pub sid: Label,
    /// A refreshed ID token has none.
    pub nonce: Option<Label>,
}

/// One call. `start` and `end` are places in one order of all starts and ends.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    /// On whose behalf.
    pub who: Label,
    pub act: Act,
    pub start: u64,
    pub end: u64,
    pub outcome: Outcome,
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>6}..{:<6} {:<10} {:?} -> {:?}", self.start, self.end, self.who, self.act, self.outcome)
    }
}

/// A call that is under way.
#[must_use]
pub struct Begun {
    who: Label,
    act: Act,
    start: u64,
}

/// The log. Whole once every call that began has ended.
#[derive(Default)]
pub struct History {
    log: Mutex<Log>,
}

#[derive(Default)]
struct Log {
    place: u64,
    open: usize,
    /// Ended and not taken yet.
    calls: Vec<Call>,
    counts: Counts,
}

/// How many calls ended how.
#[derive(Clone, Copy, Default, Debug)]
pub struct Counts {
    pub done: usize,
    pub refused: usize,
    pub unknown: usize,
    /// Of the unknown ones those that were answered with 500, or with 503 and no word of when to try again: something
    /// broke, and not because the store was away.
    pub broken: usize,
}

impl History {
    /// A call is about to be sent.
    pub fn begin(&self, who: &str, act: Act) -> Begun {
        let mut log = self.log.lock().expect("no writer has failed");
        log.place += 1;
        log.open += 1;
        Begun { who: who.to_owned(), act, start: log.place }
    }

    /// Its answer has come, or none will.
    pub fn end(&self, begun: Begun, outcome: Outcome) {
        let mut log = self.log.lock().expect("no writer has failed");
        log.place += 1;
        log.open -= 1;
        match &outcome {
            Outcome::Ok(_) => log.counts.done += 1,
            Outcome::Refused(_) => log.counts.refused += 1,
            Outcome::Unknown(why) => {
                log.counts.unknown += 1;
                log.counts.broken += usize::from(["500", "503 for ever"].contains(&why.as_str()));
            }
        }
        let Begun { who, act, start } = begun;
        let end = log.place;
        log.calls.push(Call { who, act, start, end, outcome });
    }

    /// The calls that have ended since this was asked last. Asked between two rounds: no call may be under way.
    pub fn take(&self) -> Vec<Call> {
        let mut log = self.log.lock().expect("no writer has failed");
        assert_eq!(log.open, 0, "calls are under way");
        std::mem::take(&mut log.calls)
    }

    /// How many calls ended how, from the beginning.
    pub fn counts(&self) -> Counts {
        self.log.lock().expect("no writer has failed").counts
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.done + self.refused + self.unknown;
        write!(f, "{calls} calls: {} ok, {} refused, {} unknown", self.done, self.refused, self.unknown)
    }
}

/// The label of a secret.
pub fn label(sort: &str, secret: &str) -> Label {
    let mut hasher = DefaultHasher::new();
    secret.hash(&mut hasher);
    format!("{sort}-{:012x}", hasher.finish() >> 16)
}
