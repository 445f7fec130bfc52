//! Whose is it? What answers tell of persons, sessions and requests, held against who asked.

use super::history::{Act, Call, Facts, Label, Outcome, Tokens};
use super::model::Breach;
use std::collections::BTreeMap;

/// What was learnt so far of who is who.
#[derive(Default)]
pub struct Identities {
    /// Subjects and persons, one to one.
    subjects: Pairs,
    /// `sid`s and sessions, one to one.
    names: Pairs,
    /// Codes, and what they were given for.
    codes: BTreeMap<Label, Given>,
    /// Tokens, and the code their grant began with.
    tokens: BTreeMap<Label, Label>,
}

#[derive(Clone)]
struct Given {
    who: Label,
    session: Label,
    nonce: Label,
}

/// Pairs of which neither side is ever seen with another.
#[derive(Default)]
struct Pairs(BTreeMap<Label, Label>, BTreeMap<Label, Label>);

impl Pairs {
    fn agree(&mut self, one: &Label, other: &Label) -> bool {
        let there = self.0.entry(one.clone()).or_insert_with(|| other.clone()) == other;
        let back = self.1.entry(other.clone()).or_insert_with(|| one.clone()) == one;
        there && back
    }
}

impl Identities {
    /// The breach, if the answer tells of somebody or something else than was asked for.
    pub fn check(&mut self, call: &Call) -> Option<Breach> {
        let Outcome::Ok(facts) = &call.outcome else { return None };
        let right = match (&call.act, facts) {
            (Act::SignIn { nonce, .. }, Facts::Code { session, code, state }) => {
                state == nonce && self.give(code, &call.who, session, nonce)
            }
            (Act::Silent { session: asked, nonce }, Facts::Code { session, code, state }) => {
                state == nonce && session == asked && self.give(code, &call.who, session, nonce)
            }
            (Act::Redeem { code, .. }, Facts::Tokens(tokens)) => self.redeemed(&call.who, code, tokens),
            (Act::Refresh { token }, Facts::Tokens(tokens)) => match self.tokens.get(token).cloned() {
                Some(code) => tokens.nonce.is_none() && self.told(&call.who, &code, tokens),
                None => false,
            },
            (Act::Userinfo { .. }, Facts::Person { sub }) => self.subjects.agree(&call.who, sub),
            (Act::Import | Act::Disable | Act::SignOut { .. }, Facts::Nothing) => true,
            _ => false,
        };
        (!right).then_some(Breach::Mixed)
    }

    /// No two requests are given one code.
    fn give(&mut self, code: &Label, who: &Label, session: &Label, nonce: &Label) -> bool {
        let given = Given { who: who.clone(), session: session.clone(), nonce: nonce.clone() };
        self.codes.insert(code.clone(), given).is_none()
    }

    fn redeemed(&mut self, who: &Label, code: &Label, tokens: &Tokens) -> bool {
        let nonce = self.codes.get(code).map(|given| given.nonce.clone());
        nonce.is_some() && tokens.nonce == nonce && self.told(who, code, tokens)
    }

    /// Tokens of the grant that began with `code`.
    fn told(&mut self, who: &Label, code: &Label, tokens: &Tokens) -> bool {
        let Some(given) = self.codes.get(code).cloned() else { return false };
        let ours = [&tokens.refresh, &tokens.access]
            .into_iter()
            .all(|token| self.tokens.entry(token.clone()).or_insert_with(|| code.clone()) == code);
        let same_person = given.who == *who && self.subjects.agree(who, &tokens.sub);
        ours && same_person && self.names.agree(&given.session, &tokens.sid)
    }
}
