//! Which factors make an authentication. Decided here alone, from what was shown and from what the account holds.
//!
//! An account that holds a second factor shows it at every sign-in: a password alone is not enough for it any more,
//! whatever an app asks for. An app may ask for more than a session has (`acr_values`); then only what is missing is asked.

use crate::protocol::claims::AuthenticationFacts;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a person authenticated.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// With a password.
    Password,
    /// With a code of an authenticator app (RFC 6238).
    Totp,
    /// With one of the codes that were given for the day when the other factor is lost.
    RecoveryCode,
    /// By the word of an upstream, which is worth one factor here.
    Upstream,
    /// By the word of an upstream that is believed to have seen two.
    UpstreamStrong,
}

/// Which place a method can take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    First,
    Second,
    /// Both at once.
    Both,
}

/// How strongly somebody is authenticated, the weakest first. Names follow the assurance levels of NIST SP 800-63B-4.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One factor.
    One,
    /// Two different ones.
    Two,
}

/// What the evidence still lacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NextFactor {
    /// Nothing: these facts make an authentication.
    Complete,
    /// A first factor.
    First,
    /// A second one.
    Second,
}

/// The second factors an account can show.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Held(BTreeSet<Method>);

/// Every class that can be reached (`acr_values_supported`).
pub const ACRS: [&str; 2] = [Level::One.acr(), Level::Two.acr()];

impl Method {
    /// Its name in `amr` (RFC 8176). A recovery code is used once, too. None is registered for the word of somebody else.
    pub fn amr(self) -> Option<&'static str> {
        match self {
            Method::Password => Some("pwd"),
            Method::Totp | Method::RecoveryCode => Some("otp"),
            Method::Upstream | Method::UpstreamStrong => None,
        }
    }

    fn place(self) -> Place {
        match self {
            Method::Password | Method::Upstream => Place::First,
            Method::UpstreamStrong => Place::Both,
            Method::Totp | Method::RecoveryCode => Place::Second,
        }
    }
}

impl Level {
    /// Its name in `acr`.
    pub const fn acr(self) -> &'static str {
        match self {
            Level::One => "urn:abide:acr:aal1",
            Level::Two => "urn:abide:acr:aal2",
        }
    }

    /// The level of an `acr` of ours; none for another.
    pub fn of_acr(acr: &str) -> Option<Level> {
        [Level::One, Level::Two].into_iter().find(|level| level.acr() == acr)
    }

    /// What `acr_values` asks for: its values come in the order of preference (OpenID Connect Core, 3.1.2.1), and those
    /// that nobody here knows are passed over.
    pub fn wanted(acr_values: &str) -> Option<Level> {
        acr_values.split(' ').find_map(Level::of_acr)
    }
}

impl Held {
    /// These; a recovery code stands in for another factor and is none without it.
    pub fn of(methods: impl IntoIterator<Item = Method>) -> Held {
        let methods: BTreeSet<Method> = methods.into_iter().filter(|method| method.place() == Place::Second).collect();
        let lone = methods.iter().all(|method| *method == Method::RecoveryCode);
        Held(if lone { BTreeSet::new() } else { methods })
    }

    /// Can the account show this?
    pub fn has(&self, method: Method) -> bool {
        self.0.contains(&method)
    }

    /// How strongly its person can be authenticated.
    pub fn reaches(&self) -> Level {
        if self.0.is_empty() { Level::One } else { Level::Two }
    }
}

/// What is still missing before somebody counts as authenticated.
pub fn next_factor(shown: &BTreeSet<Method>, held: &Held) -> NextFactor {
    let has = |place| shown.iter().any(|method| method.place() == place || method.place() == Place::Both);
    match (has(Place::First), has(Place::Second), held.reaches()) {
        (false, ..) => NextFactor::First,
        (true, false, Level::Two) => NextFactor::Second,
        _ => NextFactor::Complete,
    }
}

/// What tokens say of an authentication by these methods.
pub fn facts(shown: &BTreeSet<Method>, auth_time: Timestamp) -> AuthenticationFacts {
    let level = if shown.iter().any(|method| method.place() != Place::First) { Level::Two } else { Level::One };
    let mut amr: Vec<String> = shown.iter().filter_map(|method| method.amr()).map(str::to_owned).collect();
    amr.dedup();
    if level == Level::Two {
        amr.push("mfa".to_owned());
    }
    AuthenticationFacts { auth_time, acr: level.acr().to_owned(), amr }
}

/// The same authentication with one more factor: stronger, and not younger, since the first factor was not shown anew.
pub fn raised(before: &AuthenticationFacts, by: Method) -> AuthenticationFacts {
    let mut amr = before.amr.clone();
    for word in by.amr().into_iter().chain(["mfa"]) {
        if !amr.iter().any(|known| known == word) {
            amr.push(word.to_owned());
        }
    }
    AuthenticationFacts { auth_time: before.auth_time, acr: Level::Two.acr().to_owned(), amr }
}

/// How strongly an authentication counts. One that another version wrote counts as the weakest.
pub fn level(of: &AuthenticationFacts) -> Level {
    Level::of_acr(&of.acr).unwrap_or(Level::One)
}

#[cfg(test)]
mod tests {
    use super::Method::{Password, RecoveryCode, Totp, Upstream, UpstreamStrong};
    use super::*;

    #[test]
    fn what_is_missing() {
        let none = Held::of([]);
        let totp = Held::of([Totp]);
        let both = Held::of([Totp, RecoveryCode]);
        for (shown, held, missing) in [
            (vec![], &none, NextFactor::First),
            (vec![], &both, NextFactor::First),
            (vec![Password], &none, NextFactor::Complete),
            (vec![Password], &totp, NextFactor::Second),
            (vec![Password], &both, NextFactor::Second),
            (vec![Password, Totp], &totp, NextFactor::Complete),
            (vec![Password, RecoveryCode], &both, NextFactor::Complete),
            // A second factor alone is no authentication, and two of them are none either.
            (vec![Totp], &totp, NextFactor::First),
            (vec![Totp, RecoveryCode], &both, NextFactor::First),
            // An upstream's word is one factor, unless it is believed to be two.
            (vec![Upstream], &none, NextFactor::Complete),
            (vec![Upstream], &totp, NextFactor::Second),
            (vec![Upstream, Totp], &totp, NextFactor::Complete),
            (vec![Upstream, Password], &totp, NextFactor::Second),
            (vec![UpstreamStrong], &totp, NextFactor::Complete),
        ] {
            assert_eq!(next_factor(&shown.iter().copied().collect(), held), missing, "{shown:?} {held:?}");
        }
    }

    #[test]
    fn recovery_codes_stand_in_and_do_not_stand_alone() {
        assert_eq!(Held::of([RecoveryCode]).reaches(), Level::One);
        assert_eq!(Held::of([Password]).reaches(), Level::One);
        assert_eq!(Held::of([Totp]).reaches(), Level::Two);
        assert!(Held::of([Totp, RecoveryCode]).has(RecoveryCode) && !Held::of([RecoveryCode]).has(RecoveryCode));
    }

    #[test]
    fn the_words_of_tokens() {
        let of = |shown: &[Method]| {
            let facts = facts(&shown.iter().copied().collect(), Timestamp(7));
            (facts.acr, facts.amr.join(" "), facts.auth_time.0)
        };
        assert_eq!(of(&[Password]), ("urn:abide:acr:aal1".into(), "pwd".into(), 7));
        assert_eq!(of(&[Totp, Password]), ("urn:abide:acr:aal2".into(), "pwd otp mfa".into(), 7));
        assert_eq!(of(&[RecoveryCode, Password, Totp]), ("urn:abide:acr:aal2".into(), "pwd otp mfa".into(), 7));
        assert_eq!(of(&[Upstream]), ("urn:abide:acr:aal1".into(), "".into(), 7));
        assert_eq!(of(&[Upstream, Totp]), ("urn:abide:acr:aal2".into(), "otp mfa".into(), 7));
        assert_eq!(of(&[UpstreamStrong]), ("urn:abide:acr:aal2".into(), "mfa".into(), 7));
        let before = facts(&BTreeSet::from([Password]), Timestamp(7));
        assert_eq!(raised(&before, Totp), facts(&BTreeSet::from([Password, Totp]), Timestamp(7)));
        assert_eq!(raised(&raised(&before, Totp), Totp), raised(&before, Totp));
    }

    #[test]
    fn what_an_app_wants() {
        for (values, wanted) in [
            ("", None),
            ("urn:mace:incommon:iap:silver", None),
            ("urn:abide:acr:aal2", Some(Level::Two)),
            ("urn:abide:acr:aal1 urn:abide:acr:aal2", Some(Level::One)),
            ("other urn:abide:acr:aal2 urn:abide:acr:aal1", Some(Level::Two)),
            ("urn:abide:acr:aal", None),
            ("URN:ABIDE:ACR:AAL2", None),
        ] {
            assert_eq!(Level::wanted(values), wanted, "{values}");
        }
        assert!(Level::One < Level::Two);
    }
}
