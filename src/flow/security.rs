//! The person changes what they sign in with. Whoever only sits at an unlocked machine must not be able to: everything
//! here wants an authentication of the last minutes ([`Idp::freshly_current`]).

use crate::crypto::random;
use crate::crypto::seal::Purpose;
use crate::crypto::secret::digest;
use crate::crypto::totp::SharedSecret;
use crate::flow::browser::Visitor;
use crate::flow::cookies::Handles;
use crate::flow::second_factor::AtRest;
use crate::flow::session::{Current, kept};
use crate::flow::{Fault, Idp};
use crate::model::account::Account;
use crate::model::audit::{Act, Event};
use crate::model::authorization::factor::{Method, lacks_a_factor};
use crate::model::authorization::interaction::LIFETIME;
use crate::model::authorization::next_step::is_fresh;
use crate::model::credential::Credential;
use crate::model::id::{AccountId, SessionId};
use crate::model::mail::Mail;
use crate::model::passkey::Passkey;
use crate::model::password::{Beside, Stands};
use crate::model::record::Change;
use crate::model::upstream::OtherWays;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Recovery codes given at a time.
const CODES: usize = 10;
/// What codes are written in: no letter that looks like another or like a digit.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// What an account signs in with.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SecurityView {
    /// Since when the password is what it is.
    pub password: Option<Timestamp>,
    /// Since when there is an authenticator app, and when it was last used.
    pub totp: Option<(Timestamp, Option<Timestamp>)>,
    /// The passkeys.
    pub passkeys: Vec<Passkey>,
    /// Recovery codes that are left.
    pub codes_left: usize,
}

/// What stands beside the password.
impl From<&SecurityView> for Beside {
    fn from(view: &SecurityView) -> Beside {
        if view.recoverable() { Beside::SecondFactor } else { Beside::Nothing }
    }
}

impl SecurityView {
    /// Is there a factor that recovery codes could stand in for?
    pub fn recoverable(&self) -> bool {
        self.totp.is_some() || !self.passkeys.is_empty()
    }
}

/// How many there are of each kind of what lets somebody in all by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WaysIn {
    passwords: usize,
    passkeys: usize,
    links: usize,
}

impl WaysIn {
    /// Is there one that is no passkey?
    pub fn besides_passkeys(self) -> OtherWays {
        if self.passwords + self.links > 0 { OtherWays::Some } else { OtherWays::None }
    }

    /// Is there one that is no upstream?
    pub fn besides_links(self) -> OtherWays {
        if self.passwords + self.passkeys > 0 { OtherWays::Some } else { OtherWays::None }
    }
}

/// An authenticator app about to be set up: nothing is stored before its first code proved that it works.
#[derive(Debug)]
pub struct Enrolment {
    /// Comes back with the code: sealed, for this session and for ten minutes.
    pub sealed: String,
    /// The secret, as people type it.
    pub secret: String,
    /// The same for the QR code.
    pub uri: String,
}

#[derive(Serialize, Deserialize)]
struct Offered {
    #[serde(rename = "a")]
    account: AccountId,
    #[serde(rename = "e")]
    session: SessionId,
    #[serde(rename = "s")]
    secret: SharedSecret,
    #[serde(rename = "t")]
    at: Timestamp,
}

/// How setting up an authenticator app ended.
#[derive(Debug)]
pub enum Enrolled {
    /// It is set up. The codes, where new ones were made, and the browser's cookies.
    Now(Vec<Zeroizing<String>>, Handles),
    /// The code is not right; the same secret once more.
    Code(Enrolment),
    /// The form is too old, or of another session.
    Gone,
}

/// How taking the authenticator app away ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppRemoved {
    /// It is gone.
    Now,
    /// It is the last factor beside a password that may not stand alone.
    Needed,
}

impl Idp {
    /// Whoever is signed in, if they authenticated in the last minutes, with every factor that the account holds by now.
    pub async fn freshly_current(&self, visitor: &Visitor, now: Timestamp) -> Result<Option<Current>, Fault> {
        let current = self.current(visitor, now).await?.filter(|current| is_fresh(&current.session, now));
        let Some(current) = current else { return Ok(None) };
        let held = self.factors_of(&current.account.id).await?;
        Ok(if lacks_a_factor(current.session.authentication(), &held) { None } else { Some(current) })
    }

    /// What an account signs in with.
    pub async fn security_of(&self, account: &AccountId) -> Result<SecurityView, Fault> {
        let password = self.store.read::<Credential>(&Credential::password_key(account)).await?;
        let totp = self.store.read::<Credential>(&Credential::totp_key(account)).await?;
        let codes = self.store.read::<Credential>(&Credential::recovery_key(account)).await?;
        Ok(SecurityView {
            password: password.map(|password| password.set_at),
            totp: totp.map(|totp| (totp.set_at, totp.used_at)),
            passkeys: self.passkeys_of(account).await?,
            codes_left: codes.map_or(0, |codes| codes.codes_left()),
        })
    }

    /// What lets somebody into an account all by itself: the one place that counts it, whatever is to be taken away.
    pub(super) async fn ways_in(&self, account: &Account) -> Result<WaysIn, Fault> {
        let password = self.store.read::<Credential>(&Credential::password_key(&account.id)).await?;
        let passkeys = self.passkeys_of(&account.id).await?;
        Ok(WaysIn {
            passwords: usize::from(password.is_some()),
            passkeys: passkeys.iter().filter(|key| key.method().stands_alone()).count(),
            // One of a provider that is not configured any more lets nobody in.
            links: account.links.iter().filter(|link| self.upstreams.of_issuer(&link.issuer).is_some()).count(),
        })
    }

    /// An authenticator app is to be set up.
    pub fn offer_totp(&self, of: &Current, now: Timestamp) -> Enrolment {
        let (account, session) = (of.account.id.clone(), of.session.id.clone());
        self.enrolment(&of.account, Offered { account, session, secret: SharedSecret::fresh(), at: now })
    }

    fn enrolment(&self, account: &Account, offered: Offered) -> Enrolment {
        let (secret, host) = (offered.secret.text(), self.issuer.host());
        let uri = offered.secret.uri(&format!("Abide {host}"), &account.username);
        Enrolment { sealed: self.seals.seal(Purpose::Enrolment, &offered), secret, uri }
    }

    /// Its first code: the app is set up, and the session is as strong as one that showed it.
    pub async fn enrol_totp(
        &self,
        visitor: &Visitor,
        of: &Current,
        (sealed, code): (&str, &str),
        now: Timestamp,
    ) -> Result<Enrolled, Fault> {
        let offered = self.seals.open::<Offered>(Purpose::Enrolment, sealed);
        let ours = |o: &Offered| o.account == of.account.id && o.session == of.session.id && now < o.at + LIFETIME;
        let Some(offered) = offered.filter(ours) else { return Ok(Enrolled::Gone) };
        let typed: String = code.chars().filter(|c| !c.is_whitespace()).take(16).collect();
        let Some(step) = offered.secret.step_of(&typed, now) else {
            return Ok(Enrolled::Code(self.enrolment(&of.account, offered)));
        };
        let at_rest = AtRest { account: offered.account.clone(), secret: offered.secret };
        let sealed = self.seals.seal(Purpose::Totp, &at_rest);
        let credential = Credential::totp(offered.account, sealed, step, now);
        self.set(credential, Event::done(Act::FactorAdded, now).by(&of.account.id).because("totp")).await?;
        let (codes, handles) = self.factor_added(visitor, of, Method::Totp, now).await?;
        Ok(Enrolled::Now(codes, handles))
    }

    /// A factor was set up, and shown by that: there are recovery codes from now on, and the session is the stronger.
    pub(super) async fn factor_added(
        &self,
        visitor: &Visitor,
        of: &Current,
        by: Method,
        now: Timestamp,
    ) -> Result<(Vec<Zeroizing<String>>, Handles), Fault> {
        let codes = match self.security_of(&of.account.id).await?.codes_left {
            0 => self.make_codes(of, Some("first"), now).await?,
            _ => Vec::new(),
        };
        let handles = match self.raise(of, by, visitor, now).await? {
            Some((_, handles)) => {
                let mut here = visitor.clone();
                here.handles.clone_from(&handles);
                // Of everybody who is signed in here: one cookie holds all their sessions.
                let kept = kept(&self.all_live(&here, now).await?);
                Handles::Set(self.session_cookies(handles, kept, now).await?)
            }
            None => Handles::Unchanged,
        };
        Ok((codes, handles))
    }

    /// Takes the authenticator app away, and the recovery codes where they have nothing left to stand in for. Not from
    /// under a password that is good enough beside a second factor only.
    pub async fn remove_totp(&self, of: &Current, now: Timestamp) -> Result<AppRemoved, Fault> {
        let account = &of.account.id;
        let last = self.passkeys_of(account).await?.is_empty();
        if last && self.password_stands(account).await? == Stands::BesideFactor {
            return Ok(AppRemoved::Needed);
        }
        self.take_totp(account, account, now).await?;
        Ok(AppRemoved::Now)
    }

    async fn take_totp(&self, from: &AccountId, by: &AccountId, now: Timestamp) -> Result<(), Fault> {
        let event = Event::done(Act::FactorRemoved, now).by(by).to(from).because("totp");
        let mails = self.notices_for(&event, from).await?;
        self.forget(&Credential::totp_key(from), Some((event, mails))).await?;
        self.forget_lone_codes(from).await
    }

    /// Takes away whatever there is besides the password.
    pub(super) async fn take_factors(&self, from: &AccountId, by: &AccountId, now: Timestamp) -> Result<(), Fault> {
        if !self.passkeys_of(from).await?.is_empty() {
            let event = Event::done(Act::FactorRemoved, now).by(by).to(from).because("passkey");
            let mails = self.notices_for(&event, from).await?;
            self.forget(&Credential::passkeys_key(from), Some((event, mails))).await?;
        }
        self.take_totp(from, by, now).await
    }

    /// Recovery codes alone are no factor ([`Self::factors_of`] does not count them): they go when the last one went.
    pub(super) async fn forget_lone_codes(&self, of: &AccountId) -> Result<(), Fault> {
        if self.security_of(of).await?.recoverable() {
            return Ok(());
        }
        self.forget(&Credential::recovery_key(of), None).await
    }

    /// New recovery codes; those before are void. None for an account without a factor that they could stand in for.
    pub async fn renew_codes(&self, of: &Current, now: Timestamp) -> Result<Vec<Zeroizing<String>>, Fault> {
        if !self.security_of(&of.account.id).await?.recoverable() {
            return Ok(Vec::new());
        }
        self.make_codes(of, None, now).await
    }

    async fn make_codes(
        &self,
        of: &Current,
        why: Option<&str>,
        now: Timestamp,
    ) -> Result<Vec<Zeroizing<String>>, Fault> {
        let codes: Vec<_> = (0..CODES).map(|_| recovery_code()).collect();
        // A digest of what is typed: without the dashes.
        let left = codes.iter().map(|code| digest(&code.replace('-', ""))).collect();
        let mut event = Event::done(Act::RecoveryCodesMade, now).by(&of.account.id);
        event.reason = why.map(str::to_owned);
        self.set(Credential::recovery(of.account.id.clone(), left, now), event).await?;
        Ok(codes)
    }

    async fn set(&self, credential: Credential, event: Event) -> Result<(), Fault> {
        use crate::model::record::Record;
        let key = credential.key();
        let mails = self.notices_for(&event, &credential.account).await?;
        let changed = self
            .store
            .change::<Credential, _, _>(&key, move |_| credential.clone().set(event.clone()).mailing(mails.clone()));
        Ok(changed.await?.outcome()?)
    }

    async fn forget(&self, key: &str, told: Option<(Event, Vec<Mail>)>) -> Result<(), Fault> {
        let changed = self.store.change::<Credential, _, _>(key, move |before| match (before, &told) {
            (Some(_), Some((event, mails))) => Change::delete(()).told(event.clone()).mailing(mails.clone()),
            (Some(_), None) => Change::delete(()),
            (None, _) => Change::keep(()),
        });
        Ok(changed.await?.outcome()?)
    }
}

/// 130 random bits, in groups that can be read aloud.
fn recovery_code() -> Zeroizing<String> {
    let bytes = Zeroizing::new(random::bytes::<26>());
    let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    let groups: Vec<String> =
        [0..5, 5..10, 10..15, 15..20, 20..26].map(|group| letters[group].iter().collect()).to_vec();
    Zeroizing::new(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn recovery_codes_are_long_and_all_different() {
        let codes: BTreeSet<String> = (0..200).map(|_| recovery_code().to_string()).collect();
        assert_eq!(codes.len(), 200);
        for code in &codes {
            let groups: Vec<usize> = code.split('-').map(str::len).collect();
            assert_eq!(groups, [5, 5, 5, 5, 6], "{code}");
            assert!(code.bytes().all(|b| b == b'-' || ALPHABET.contains(&b)));
        }
        let letters: BTreeSet<char> = codes.iter().flat_map(|code| code.chars()).collect();
        assert_eq!(letters.len(), 33, "every letter comes up");
        assert_eq!(BTreeSet::from(*ALPHABET).len(), 32);
    }
}
