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
    /// With a passkey (Web Authentication).
    Passkey {
        /// Whether it verified the person.
        person: Person,
        /// Where its key is kept.
        origin: Origin,
    },
    /// With a code that was mailed to them, where a sign-in was unusual. It is no factor: whoever reads the mails can set
    /// a new password as well.
    MailedCode,
    /// By the word of an upstream, which is worth one factor here.
    Upstream,
    /// By the word of an upstream that is believed to have seen two.
    UpstreamStrong,
}

/// What an authenticator did about the person before it signed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Person {
    /// It saw that there is one: a touch.
    Present,
    /// It verified who it is, by a PIN or a part of the body: what the person has, and what they know or are.
    Verified,
}

/// Where the key of a passkey is kept, as its authenticator says; nobody vouches for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// In one device, which it never leaves.
    Device,
    /// In software, which may carry it to other devices.
    Synced,
}

/// Which place a method can take.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    First,
    Second,
    /// Neither: it takes a doubt away, and adds nothing.
    Beside,
    /// Two different ones at once: complete without another, and no passkey.
    Both,
    /// Two factors in one: complete without another.
    Alone,
}

/// How strongly somebody is authenticated, the weakest first. Names follow the assurance levels of NIST SP 800-63B-4.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One factor.
    One,
    /// Two different ones.
    Two,
    /// A passkey that verified the person: two in one, and nothing that could be given away on a page of somebody else.
    PhishingResistant,
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
    /// The code that was mailed, because the sign-in is unusual.
    MailedCode,
}

/// The second factors an account can show, and those that stand alone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Held(BTreeSet<Method>);

/// Every class that can be reached (`acr_values_supported`).
pub const ACRS: [&str; 3] = [Level::One.acr(), Level::Two.acr(), Level::PhishingResistant.acr()];

impl Method {
    /// Its names in `amr` (RFC 8176). A recovery code is used once, too. A passkey is the possession of a key, in hardware
    /// or in software, and somebody was there to touch it. None is registered for the word of somebody else, or for a mail.
    pub fn amr(self) -> &'static [&'static str] {
        match self {
            Method::Password => &["pwd"],
            Method::Totp | Method::RecoveryCode => &["otp"],
            Method::Passkey { origin: Origin::Device, .. } => &["pop", "hwk", "user"],
            Method::Passkey { origin: Origin::Synced, .. } => &["pop", "swk", "user"],
            Method::MailedCode | Method::Upstream | Method::UpstreamStrong => &[],
        }
    }

    fn place(self) -> Place {
        match self {
            Method::Password | Method::Upstream => Place::First,
            Method::Totp | Method::RecoveryCode | Method::Passkey { person: Person::Present, .. } => Place::Second,
            Method::Passkey { person: Person::Verified, .. } => Place::Alone,
            Method::UpstreamStrong => Place::Both,
            Method::MailedCode => Place::Beside,
        }
    }

    /// Is it an authentication without another?
    pub fn stands_alone(self) -> bool {
        self.place() == Place::Alone
    }

    /// Does an authentication begin with it, rather than being completed by it?
    pub fn leads(self) -> bool {
        matches!(self.place(), Place::First | Place::Both | Place::Alone)
    }

    /// Is it the word of somebody else?
    pub fn is_upstream(self) -> bool {
        matches!(self, Method::Upstream | Method::UpstreamStrong)
    }

    /// Is it a factor that was shown to us?
    pub fn is_ours(self) -> bool {
        !self.is_upstream() && self.place() != Place::Beside
    }
}

impl Level {
    /// Its name in `acr`; the strongest has the one of the OpenID Connect Extended Authentication Profile.
    pub const fn acr(self) -> &'static str {
        match self {
            Level::One => "urn:abide:acr:aal1",
            Level::Two => "urn:abide:acr:aal2",
            Level::PhishingResistant => "phr",
        }
    }

    /// The level of an `acr` of ours; none for another.
    pub fn of_acr(acr: &str) -> Option<Level> {
        [Level::One, Level::Two, Level::PhishingResistant].into_iter().find(|level| level.acr() == acr)
    }

    /// What `acr_values` asks for: its values come in the order of preference (OpenID Connect Core, 3.1.2.1), and those
    /// that nobody here knows are passed over.
    pub fn wanted(acr_values: &str) -> Option<Level> {
        acr_values.split(' ').find_map(Level::of_acr)
    }
}

/// What an app that insists on one of these classes is told of an authentication: the strongest of them that it reaches, for
/// one that is not among them would not be an answer (OpenID Connect Core, 5.5.1.1).
#[must_use]
pub fn told(of: &AuthenticationFacts, essential: Option<&[String]>) -> AuthenticationFacts {
    let reached =
        essential.unwrap_or_default().iter().filter_map(|acr| Level::of_acr(acr)).filter(|one| *one <= level(of));
    let acr = reached.max().map_or_else(|| of.acr.clone(), |listed| listed.acr().to_owned());
    AuthenticationFacts { acr, ..of.clone() }
}

impl Held {
    /// These; a recovery code stands in for another factor and is none without it.
    pub fn of(methods: impl IntoIterator<Item = Method>) -> Held {
        let methods: BTreeSet<Method> =
            methods.into_iter().filter(|method| matches!(method.place(), Place::Second | Place::Alone)).collect();
        let lone = methods.iter().all(|method| *method == Method::RecoveryCode);
        Held(if lone { BTreeSet::new() } else { methods })
    }

    /// Can the account show this?
    pub fn has(&self, method: Method) -> bool {
        self.0.contains(&method)
    }

    /// Can it show a passkey?
    pub fn has_passkey(&self) -> bool {
        self.0.iter().any(|method| matches!(method, Method::Passkey { .. }))
    }

    /// How strongly its person can be authenticated.
    pub fn reaches(&self) -> Level {
        match self.0.iter().any(|method| method.stands_alone()) {
            true => Level::PhishingResistant,
            false if self.0.is_empty() => Level::One,
            false => Level::Two,
        }
    }
}

/// What is still missing before somebody counts as authenticated.
pub fn next_factor(shown: &BTreeSet<Method>, held: &Held) -> NextFactor {
    let has = |place| shown.iter().any(|method| method.place() == place || method.place() == Place::Both);
    if shown.iter().any(|method| method.stands_alone()) {
        return NextFactor::Complete;
    }
    match (has(Place::First), has(Place::Second), held.reaches()) {
        (false, ..) => NextFactor::First,
        (true, false, Level::Two | Level::PhishingResistant) => NextFactor::Second,
        _ => NextFactor::Complete,
    }
}

/// Is it one factor, which nothing stands beside?
pub fn is_lone(shown: &BTreeSet<Method>) -> bool {
    shown.iter().all(|method| method.place() == Place::First)
}

/// What tokens say of an authentication by these methods.
pub fn facts(shown: &BTreeSet<Method>, auth_time: Timestamp) -> AuthenticationFacts {
    let level = shown.iter().map(|method| method.place()).map(reached).max().unwrap_or(Level::One);
    let words = shown.iter().flat_map(|method| method.amr()).copied();
    AuthenticationFacts { auth_time, acr: level.acr().to_owned(), amr: amr(Vec::new(), words, level) }
}

/// The same authentication with one more factor: stronger, and not younger, since the first factor was not shown anew.
pub fn raised(before: &AuthenticationFacts, by: Method) -> AuthenticationFacts {
    let level = level(before).max(reached(by.place()));
    let amr = amr(before.amr.clone(), by.amr().iter().copied(), level);
    AuthenticationFacts { auth_time: before.auth_time, acr: level.acr().to_owned(), amr }
}

/// The level of an authentication that holds a factor of this place, and whatever else is needed.
fn reached(place: Place) -> Level {
    match place {
        Place::First | Place::Beside => Level::One,
        Place::Second | Place::Both => Level::Two,
        Place::Alone => Level::PhishingResistant,
    }
}

/// Each word once; `mfa` last, where there was more than one factor.
fn amr(mut known: Vec<String>, more: impl Iterator<Item = &'static str>, level: Level) -> Vec<String> {
    known.retain(|word| word != "mfa");
    for word in more.chain((level > Level::One).then_some("mfa")) {
        if !known.iter().any(|before| before == word) {
            known.push(word.to_owned());
        }
    }
    known
}

/// How strongly an authentication counts. One that another version wrote counts as the weakest.
pub fn level(of: &AuthenticationFacts) -> Level {
    Level::of_acr(&of.acr).unwrap_or(Level::One)
}

/// Does an account hold a second factor that this authentication did without? It may have been set up since.
pub fn lacks_a_factor(of: &AuthenticationFacts, held: &Held) -> bool {
    level(of) < held.reaches().min(Level::Two)
}

#[cfg(test)]
mod tests {
    use super::Method::{MailedCode, Password, RecoveryCode, Totp, Upstream, UpstreamStrong};
    use super::*;

    /// Verified the person; a touch alone; and the same where the key is in software.
    const ALONE: Method = Method::Passkey { person: Person::Verified, origin: Origin::Device };
    const TOUCH: Method = Method::Passkey { person: Person::Present, origin: Origin::Device };
    const SYNCED: Method = Method::Passkey { person: Person::Verified, origin: Origin::Synced };

    #[test]
    fn what_is_missing() {
        let none = Held::of([]);
        let totp = Held::of([Totp]);
        let both = Held::of([Totp, RecoveryCode]);
        let (key, touch) = (Held::of([ALONE, RecoveryCode]), Held::of([TOUCH]));
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
            // A passkey that verified the person is one, whatever else is held.
            (vec![ALONE], &key, NextFactor::Complete),
            (vec![ALONE], &both, NextFactor::Complete),
            (vec![SYNCED], &none, NextFactor::Complete),
            // A touch is a second factor like others.
            (vec![TOUCH], &touch, NextFactor::First),
            (vec![TOUCH, Totp], &both, NextFactor::First),
            (vec![Password, TOUCH], &touch, NextFactor::Complete),
            (vec![Password, TOUCH], &key, NextFactor::Complete),
            // Who holds a passkey of either kind does not get in with a password alone.
            (vec![Password], &touch, NextFactor::Second),
            (vec![Password], &key, NextFactor::Second),
            (vec![Password, RecoveryCode], &key, NextFactor::Complete),
            // An upstream's word is one factor, unless it is believed to be two.
            (vec![Upstream], &none, NextFactor::Complete),
            (vec![Upstream], &totp, NextFactor::Second),
            (vec![Upstream, Totp], &totp, NextFactor::Complete),
            (vec![Upstream, Password], &totp, NextFactor::Second),
            (vec![UpstreamStrong], &totp, NextFactor::Complete),
            // A mailed code is neither, and stands in for none.
            (vec![MailedCode], &none, NextFactor::First),
            (vec![Password, MailedCode], &none, NextFactor::Complete),
            (vec![Password, MailedCode], &totp, NextFactor::Second),
        ] {
            assert_eq!(next_factor(&shown.iter().copied().collect(), held), missing, "{shown:?} {held:?}");
        }
    }

    #[test]
    fn recovery_codes_stand_in_and_do_not_stand_alone() {
        assert_eq!(Held::of([RecoveryCode]).reaches(), Level::One);
        assert_eq!(Held::of([Password]).reaches(), Level::One);
        assert_eq!(Held::of([Totp]).reaches(), Level::Two);
        assert_eq!(Held::of([TOUCH, RecoveryCode]).reaches(), Level::Two);
        assert_eq!(Held::of([Totp, SYNCED]).reaches(), Level::PhishingResistant);
        assert!(Held::of([TOUCH, Totp]).has_passkey() && !Held::of([Totp, RecoveryCode]).has_passkey());
        assert!(Held::of([ALONE, RecoveryCode]).has(RecoveryCode));
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
        assert_eq!(of(&[Password, MailedCode]), of(&[Password]), "a mail makes nobody stronger");
        let before = facts(&BTreeSet::from([Password]), Timestamp(7));
        assert_eq!(raised(&before, Totp), facts(&BTreeSet::from([Password, Totp]), Timestamp(7)));
        assert_eq!(raised(&raised(&before, Totp), Totp), raised(&before, Totp));
        assert_eq!(of(&[ALONE]), ("phr".into(), "pop hwk user mfa".into(), 7));
        assert_eq!(of(&[SYNCED]), ("phr".into(), "pop swk user mfa".into(), 7));
        assert_eq!(of(&[Password, TOUCH]), ("urn:abide:acr:aal2".into(), "pwd pop hwk user mfa".into(), 7));
        assert_eq!(of(&[Password, ALONE]), ("phr".into(), "pwd pop hwk user mfa".into(), 7));
        // One that verified nobody is never told as more than it is.
        assert_eq!(of(&[TOUCH]).0, "urn:abide:acr:aal2", "and it is no authentication without another");
        for (by, acr) in [(TOUCH, "urn:abide:acr:aal2"), (ALONE, "phr")] {
            let after = raised(&before, by);
            assert_eq!((after.acr.as_str(), after.amr.join(" ").as_str()), (acr, "pwd pop hwk user mfa"));
        }
        let strong = facts(&BTreeSet::from([ALONE]), Timestamp(7));
        let after = raised(&strong, Totp);
        assert_eq!((after.acr.as_str(), after.amr.join(" ").as_str()), ("phr", "pop hwk user otp mfa"), "never weaker");
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
            ("phr", Some(Level::PhishingResistant)),
            ("phrh phr urn:abide:acr:aal2", Some(Level::PhishingResistant)),
            ("urn:abide:acr:aal2 phr", Some(Level::Two)),
            ("PHR", None),
        ] {
            assert_eq!(Level::wanted(values), wanted, "{values}");
        }
        assert!(Level::One < Level::Two && Level::Two < Level::PhishingResistant);
    }
}
