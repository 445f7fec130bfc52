//! Histories by hand, for the judge's own tests.

use super::history::{Act, Call, Facts, Outcome, Proof, Tokens};
use super::judge::{Violation, judge};
use super::model::{Breach, Retry};

/// Writes a history: one call after the other, or two at the same time.
#[derive(Default)]
pub struct Script {
    pub calls: Vec<Call>,
    pub place: u64,
    pub who: &'static str,
}

impl Script {
    /// Mira was imported and signed in: session `s`, code `c`, not redeemed yet.
    pub fn signed_in() -> Script {
        let mut script = Script { who: "mira", ..Script::default() };
        script.ok(Act::Import, Facts::Nothing);
        script.ok(sign_in("n"), code("s", "c", "n"));
        script
    }

    /// And the code was redeemed: tokens `r0`, `a0`.
    pub fn entered() -> Script {
        let mut script = Script::signed_in();
        script.ok(redeem("c"), tokens(0, Some("n")));
        script
    }

    /// Otto came as well, with session `o`, code `oc`.
    pub fn with_otto() -> Script {
        let mut script = Script::entered();
        script.who = "otto";
        script.ok(Act::Import, Facts::Nothing);
        script.ok(sign_in("on"), code("o", "oc", "on"));
        script
    }

    pub fn call(&mut self, act: Act, outcome: Outcome) {
        self.calls.push(Call { who: self.who.into(), act, start: self.place + 1, end: self.place + 2, outcome });
        self.place += 2;
    }

    pub fn ok(&mut self, act: Act, facts: Facts) {
        self.call(act, Outcome::Ok(facts));
    }

    pub fn refused(&mut self, act: Act) {
        self.call(act, Outcome::Refused("refused".into()));
    }

    pub fn unknown(&mut self, act: Act) {
        self.call(act, Outcome::Unknown("broken off".into()));
    }

    /// The last two calls were under way at the same time.
    pub fn at_once(&mut self) {
        let [.., one, other] = &mut self.calls[..] else { unreachable!() };
        (one.end, other.start) = (other.start, one.end);
    }

    #[track_caller]
    pub fn good(self) {
        let violations = judge(&self.calls, Retry::Once);
        assert!(violations.is_empty(), "{}", super::kills::told(&violations));
    }

    /// The last call is the violation.
    #[track_caller]
    pub fn bad(self, breach: Breach) {
        self.bad_with(Retry::Once, breach);
    }

    #[track_caller]
    pub fn bad_with(self, retry: Retry, breach: Breach) {
        let violations = judge(&self.calls, retry);
        let [Violation { breaches, call, .. }] = &violations[..] else { panic!("{violations:?}") };
        assert_eq!(Some(call), self.calls.last());
        assert!(breaches.contains(&breach), "{breaches:?}");
    }
}

pub fn sign_in(nonce: &str) -> Act {
    Act::SignIn { password: Proof::Right, nonce: nonce.into() }
}

pub fn silent(session: &str, nonce: &str) -> Act {
    Act::Silent { session: session.into(), nonce: nonce.into() }
}

pub fn redeem(code: &str) -> Act {
    Act::Redeem { code: code.into(), verifier: Proof::Right }
}

pub fn refresh(number: usize) -> Act {
    Act::Refresh { token: format!("r{number}") }
}

pub fn userinfo() -> Act {
    Act::Userinfo { access: "a0".into() }
}

pub fn sign_out() -> Act {
    Act::SignOut { session: "s".into() }
}

pub fn code(session: &str, code: &str, state: &str) -> Facts {
    Facts::Code { session: session.into(), code: code.into(), state: state.into() }
}

/// The tokens of this number in Mira's first grant.
pub fn tokens(number: usize, nonce: Option<&str>) -> Facts {
    told(&format!("r{number}"), &format!("a{number}"), ("sub-mira", "sid-s"), nonce)
}

pub fn told(refresh: &str, access: &str, (sub, sid): (&str, &str), nonce: Option<&str>) -> Facts {
    let nonce = nonce.map(str::to_owned);
    Facts::Tokens(Tokens { access: access.into(), refresh: refresh.into(), sub: sub.into(), sid: sid.into(), nonce })
}

pub fn person(sub: &str) -> Facts {
    Facts::Person { sub: sub.into() }
}
