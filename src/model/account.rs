//! The person's record.

use crate::model::audit::Event;
use crate::model::id::AccountId;
use crate::model::mail::Mail;
use crate::model::mail::address::{MailAddress, typed_name};
use crate::model::password::Stands;
use crate::model::record::{Change, Kind, Name, Record, Row};
use crate::model::upstream::Link;
use crate::protocol::issuer::Issuer;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use std::time::Duration;
use unicode_normalization::UnicodeNormalization;

/// The role that opens the console.
pub const ADMIN: &str = "admin";

/// A person's record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// The `sub`.
    pub id: AccountId,
    /// As it was written; compared as [`username_key`].
    pub username: String,
    /// Standard claims (OpenID Connect Core, 5.1).
    #[serde(default)]
    pub claims: Map<String, Value>,
    /// What the person may do here.
    #[serde(default)]
    pub roles: BTreeSet<String>,
    /// What the person belongs to.
    #[serde(default)]
    pub groups: BTreeSet<String>,
    /// Since when.
    pub created_at: Timestamp,
    /// Raised whenever every session of the account has to end: each session knows the epoch it began in.
    pub epoch: u32,
    /// When and why the epoch was last raised.
    #[serde(default)]
    pub epoch_raised: Option<(Timestamp, EpochReason)>,
    /// Since when the account may not be used.
    #[serde(default)]
    pub disabled_at: Option<Timestamp>,
    /// When it is deleted, where its person asked for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaving_at: Option<Timestamp>,
    /// The set-up link that made it: a name of its own, so that one link makes one account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_by_link: Option<String>,
    /// Whom upstreams know as this person: ways in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// The mail address under which the account is found, once it is proved: a unique name of its own. Kept apart from the
    /// claim, so that an older record claims no name that it does not bear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Whether the password may be all that somebody shows.
    #[serde(default, skip_serializing_if = "Stands::is_alone")]
    pub password: Stands,
    /// The name of the picture that the person handed in ([`crate::model::picture`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// How long a person can take their deletion back.
pub const GRACE: Duration = Duration::from_secs(14 * 24 * 3_600);
/// How long a closed account is kept, so that the apps of its sessions can be told.
const FAREWELL: Duration = Duration::from_secs(3_600);

/// How far a deletion has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// Nobody asked for one.
    No,
    /// Not yet.
    Later,
    /// The account is to be closed.
    Close,
    /// It is to be erased.
    Erase,
}

/// Why every session of an account ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EpochReason {
    /// Signed out everywhere.
    SignOut,
    /// An administrator did it.
    Revoked,
    /// A credential changed.
    CredentialChanged,
    /// The account was disabled.
    AccountDisabled,
}

/// May the account be used?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountStanding {
    /// Yes.
    Active,
    /// No: an administrator disabled it.
    Disabled,
}

/// How usernames compare: Unicode NFC, then lower case, then NFC again (lower case can decompose).
pub fn username_key(username: &str) -> String {
    username.nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// One text for every way in which the same name can be typed: an address in its canonical form, else a username as it
/// compares. What is counted of somebody nobody has proved to be is counted by this, and tells nothing of accounts.
pub fn typed_key(typed: &str) -> String {
    MailAddress::parse(typed.trim()).map_or_else(|| username_key(typed.trim()), |address| address.key())
}

/// The unique name a username claims.
pub fn username_name(username: &str) -> Name {
    Name { sort: "username", value: username_key(username) }
}

impl Account {
    /// May the account be used? The one place that answers it (DESIGN 8, lesson 3).
    pub fn standing(&self) -> AccountStanding {
        if self.disabled_at.is_some() { AccountStanding::Disabled } else { AccountStanding::Active }
    }

    /// Does it have this role?
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.contains(role)
    }

    /// What to call the person: the `name` claim, else the username.
    pub fn display_name(&self) -> &str {
        self.claims.get("name").and_then(Value::as_str).unwrap_or(&self.username)
    }

    /// The mail address.
    pub fn email(&self) -> Option<&str> {
        self.claims.get("email").and_then(Value::as_str)
    }

    /// The mail address, if it was proved to be the person's: the only one that is ever written to.
    pub fn verified_address(&self) -> Option<MailAddress> {
        let verified = self.claims.get("email_verified") == Some(&Value::Bool(true));
        self.email().filter(|_| verified).and_then(MailAddress::parse)
    }

    /// With a mail address that was proved.
    pub fn with_address(mut self, address: &MailAddress, now: Timestamp) -> Account {
        if self.email() != Some(address.to_string().as_str()) {
            self.note_update(now);
        }
        self.claims.insert("email".into(), Value::String(address.to_string()));
        self.claims.insert("email_verified".into(), Value::Bool(true));
        self.address = Some(address.key());
        self
    }

    /// What is said of the person was changed (`updated_at` of OpenID Connect Core, 5.1).
    pub fn note_update(&mut self, now: Timestamp) {
        self.claims.insert("updated_at".to_owned(), Value::from(now.0));
    }

    /// With the mail address of its claims, if there is one, as one that was not proved.
    pub fn with_unproved_address(mut self) -> Account {
        if self.claims.contains_key("email") {
            self.claims.insert("email_verified".into(), Value::Bool(false));
        }
        self.address = None;
        self
    }

    /// Does it answer to this, by username or by its address?
    pub fn answers_to(&self, typed: &str) -> bool {
        username_key(&self.username) == username_key(typed)
            || self.address.as_ref().is_some_and(|address| *address == typed_name(typed).value)
    }

    /// The language that the person set, as a tag.
    pub fn locale(&self) -> Option<&str> {
        self.claims.get("locale").and_then(Value::as_str)
    }

    /// The claims tokens and userinfo may show, with what follows from the record.
    pub fn told_claims(&self, issuer: &Issuer) -> Map<String, Value> {
        let mut claims = self.claims.clone();
        if let Some(address) = self.picture_address(issuer) {
            claims.insert("picture".to_owned(), Value::String(address));
        }
        claims.entry("preferred_username").or_insert_with(|| Value::String(self.username.clone()));
        claims
    }

    /// Ends every session of the account, one being born included: one write.
    pub fn raise_epoch(mut self, reason: EpochReason, event: Event) -> Change<Account, ()> {
        self.epoch += 1;
        let at = event.at;
        self.epoch_raised = Some((at, reason));
        // The sweep looks, and has the apps of all these sessions told.
        Change::put((), self).told(event).due(at)
    }

    /// Remembers whether the password may be all that somebody shows.
    pub fn mark_password(self, stands: Stands) -> Change<Account, ()> {
        if self.password == stands { Change::keep(()) } else { Change::put((), Account { password: stands, ..self }) }
    }

    /// Closes the account for use and ends its sessions.
    pub fn disable(mut self, event: Event) -> Change<Account, ()> {
        if self.disabled_at.is_some() {
            return Change::keep(());
        }
        self.disabled_at = Some(event.at);
        self.raise_epoch(EpochReason::AccountDisabled, event)
    }

    /// The person wants to go: the account is deleted after [`GRACE`], and works until then, so that they can think
    /// better of it with it.
    pub fn leave(mut self, event: Event, news: Vec<Mail>) -> Change<Account, ()> {
        if self.leaving_at.is_some() {
            return Change::keep(());
        }
        let at = event.at + GRACE;
        self.leaving_at = Some(at);
        Change::put((), self).told(event).mailing(news).due(at)
    }

    /// They stay.
    pub fn stay(mut self, event: Event, news: Vec<Mail>) -> Change<Account, ()> {
        match self.leaving_at.take() {
            Some(_) => Change::put((), self).told(event).mailing(news),
            None => Change::keep(()),
        }
    }

    /// How far the deletion has come.
    pub fn departure(&self, now: Timestamp) -> Departure {
        match (self.leaving_at, self.disabled_at) {
            (Some(at), _) if now < at => Departure::Later,
            (None, _) => Departure::No,
            (Some(_), None) => Departure::Close,
            // Apps have had their time to be told.
            (Some(_), Some(closed)) if now >= closed + FAREWELL => Departure::Erase,
            (Some(_), Some(_)) => Departure::Later,
        }
    }

    /// Its time has come: it is closed, and its apps are told; an hour later it is erased.
    pub fn close_for_good(self, event: Event) -> Change<Account, ()> {
        let erased = event.at + FAREWELL;
        self.disable(event).due(erased)
    }

    /// Opens it again; ended sessions stay ended. One that was closed because its person wanted to go is theirs again: its
    /// deletion is off. Whose time has not come leaves as they asked for.
    pub fn enable(mut self, event: Event) -> Change<Account, ()> {
        if self.disabled_at.take().is_none() {
            return Change::keep(());
        }
        self.leaving_at = self.leaving_at.filter(|at| event.at < *at);
        Change::put((), self).told(event)
    }
}

/// Checks a username that is to be stored: one line, 1 to 128 characters, no white space around it.
///
/// # Errors
/// What would be right.
pub fn check_username(username: &str) -> Result<(), &'static str> {
    let fits = (1..=128).contains(&username.chars().count());
    if fits && username.trim() == username && crate::protocol::claims::plain_name(username) {
        Ok(())
    } else {
        Err("a username is one line of 1 to 128 characters that are seen, without white space around it")
    }
}

/// May somebody choose this as their own username who proved that address, or none? What looks like a mail address would
/// be taken for it, at the sign-in and by apps: it has to be the one that is theirs. An administrator decides for themselves.
///
/// # Errors
/// What would be right.
pub fn check_chosen(username: &str, proved: Option<&MailAddress>) -> Result<(), &'static str> {
    check_username(username)?;
    // The other two are the forms of `@` for other widths: nobody tells them apart.
    let addressed = username.contains(['@', '\u{ff20}', '\u{fe6b}']);
    if addressed && proved.is_none_or(|own| own.key() != username_key(username)) {
        return Err("a username with an @ has to be the mail address that was proved to be the person's");
    }
    Ok(())
}

impl Record for Account {
    const KIND: Kind = Kind::Account;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn names(&self) -> Vec<Name> {
        let mut names = vec![username_name(&self.username)];
        names.extend(self.made_by_link.iter().map(|link| Name { sort: "setup-link", value: link.clone() }));
        names.extend(self.links.iter().map(Link::name));
        names.extend(self.address.iter().map(|address| Name { sort: "email", value: address.clone() }));
        names
    }

    fn rows(&self) -> Vec<Row> {
        let order = username_key(&self.username);
        let mut rows = vec![Row { list: "accounts", group: String::new(), order: order.clone() }];
        rows.extend(self.roles.iter().map(|role| Row {
            list: "accounts-by-role",
            group: role.clone(),
            order: order.clone(),
        }));
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::audit::Act;
    use crate::model::record::Fate;

    fn account() -> Account {
        serde_json::from_value(serde_json::json!({
            "id": "mira", "username": "mira", "created_at": 0, "epoch": 0,
        }))
        .unwrap()
    }

    #[test]
    fn usernames_compare_by_nfc_and_case() {
        assert_eq!(username_key("Zoe\u{308}"), username_key("ZO\u{cb}"));
        assert_eq!(username_key("ALICE"), "alice");
        assert_ne!(username_key("alice "), "alice");
    }

    #[test]
    fn one_name_is_one_text_however_it_is_typed() {
        for same in
            ["post@bücher.example", "POST@BÜCHER.example", " post@xn--bcher-kva.example", "post@bücher。example"]
        {
            assert_eq!(typed_key(same), "post@xn--bcher-kva.example", "{same}");
        }
        for same in ["Zoe\u{308}", " ZO\u{cb} "] {
            assert_eq!(typed_key(same), "zo\u{eb}", "{same}");
        }
        assert_ne!(typed_key("mira@ex%61mple.org"), typed_key("mira@example.org"), "no address, and no alias of one");
    }

    #[test]
    fn whoever_is_let_in_again_after_their_time_stays() {
        let event = |at| Event::done(Act::AccountEnabled, Timestamp(at));
        let put = |change: Change<Account, ()>| match change.fate {
            Fate::Put(account) => account,
            fate => panic!("{fate:?}"),
        };
        let leaving = put(account().leave(event(0), Vec::new()));
        let time = leaving.leaving_at.unwrap();
        // Closed by an administrator before that, and opened: they still go.
        let opened = put(put(leaving.clone().disable(event(10))).enable(event(20)));
        assert_eq!((opened.leaving_at, opened.departure(time)), (Some(time), Departure::Close));
        let closed = put(leaving.close_for_good(event(time.0)));
        let opened = put(closed.enable(event(time.0 + 60)));
        assert_eq!((opened.leaving_at, opened.departure(time + FAREWELL + GRACE)), (None, Departure::No));
    }

    #[test]
    fn bad_usernames() {
        for bad in ["", " a", "a ", "a\nb", "a\u{202e}b", "boss\u{200b}", "bo\u{200d}ss", "a\0", &"a".repeat(129)] {
            assert!(check_username(bad).is_err(), "{bad:?}");
        }
        for good in ["a", "mira@example.com", "Jörg Ö", "李雷"] {
            assert!(check_username(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn nobody_chooses_the_address_of_somebody_else() {
        let own = MailAddress::parse("Mira@example.org");
        for (username, proved, free) in [
            ("mira", None, true),
            ("mira", own.as_ref(), true),
            ("mira@example.org", None, false),
            ("mira@example.org", own.as_ref(), true),
            ("MIRA@Example.Org", own.as_ref(), true),
            ("otto@example.org", own.as_ref(), false),
            ("@mira", own.as_ref(), false),
            ("mira\u{ff20}example.org", own.as_ref(), false),
            ("mira\u{fe6b}example.org", None, false),
            ("mira@example.org ", own.as_ref(), false),
        ] {
            assert_eq!(check_chosen(username, proved).is_ok(), free, "{username}");
        }
    }
}
