//! Upstream sign-in: another OpenID provider says who somebody is. What is believed of it, and whose account that is.
//!
//! An account is found by (issuer, subject) alone, under a unique name of its record. No address, name or other claim ever
//! leads to one: whoever can choose a claim there could choose an account here.

use crate::model::account::{Account, AccountStanding, check_chosen};
use crate::model::audit::Event;
use crate::model::authorization::factor::{Level, Method};
use crate::model::mail::Mail;
use crate::model::profile;
use crate::model::record::{Change, Name};
use crate::protocol::claims::{AuthenticationFacts, plain_line};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Upstream accounts that one account can be connected with.
pub const MAX_LINKS: usize = 16;
/// The longest claim that is taken over.
const LONGEST_CLAIM: usize = 512;

/// The rules of one upstream, as an administrator wrote them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rules {
    /// What addresses call it: a slug.
    pub id: String,
    /// The provider.
    pub issuer: String,
    /// What people call it.
    pub name: String,
    /// Our name there.
    pub client_id: String,
    /// What is asked for; `openid` is among them.
    pub scopes: Vec<String>,
    /// What becomes of people whom nobody knows here.
    pub accounts: Accounts,
    /// Which claim of theirs becomes which of ours, when an account is made.
    pub claims: BTreeMap<String, String>,
    /// What an `acr` or `amr` value of theirs is worth here. What is not listed is worth one factor.
    pub trust_acr: BTreeMap<String, Level>,
    /// Is a mail address verified because they say so?
    pub trust_email_verified: Trust,
    /// Whose word on when a person authenticated counts.
    pub auth_time: AuthTime,
}

/// What becomes of people whom nobody knows here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Accounts {
    /// They can connect an account they have.
    Known,
    /// They can make one as well.
    Create,
}

/// Is the upstream believed?
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// Whose word on when a person authenticated counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthTime {
    /// The upstream's, where it says so: a session there of last week is an authentication of last week here.
    Upstream,
    /// The instant of arrival.
    Arrival,
}

/// One of an account's ways in: somebody whom an upstream knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The provider.
    pub issuer: String,
    /// Whom it means; never given to anybody else by it.
    pub subject: String,
    /// What the person may know it by: an address or a name there.
    pub shown: String,
    /// Since when.
    pub since: Timestamp,
}

/// What a session rests on, if its latest authentication was an upstream's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resting {
    /// The provider.
    pub issuer: String,
    /// Whom it meant.
    pub subject: String,
    /// Its own session, where it named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Since when.
    pub since: Timestamp,
    /// When the person was seen to authenticate: by the upstream, where it says when that was, or by us, where a factor of
    /// ours was shown beside its word. None where nobody can say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Timestamp>,
}

/// What an upstream vouched for, as evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// Which upstream, by its slug.
    pub upstream: String,
    /// What a session that comes of it rests on.
    pub resting: Resting,
    /// When the person authenticated there, as far as that counts.
    pub auth_time: Timestamp,
    /// The registered method names that are believed.
    #[serde(default)]
    pub amr: Vec<String>,
    /// What it is worth here.
    pub method: Method,
}

/// What is known of somebody who has no account here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// A username that they may like; empty where none could be made.
    pub username: String,
    /// What they may know their account there by.
    pub shown: String,
    /// Claims as they would be taken over.
    pub claims: Map<String, Value>,
}

/// How connecting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connected {
    /// It is, now or before.
    Yes,
    /// The account has as many as there may be.
    Full,
    /// The account is closed: whoever opens it again knows of the ways in that it had.
    Closed,
}

/// How disconnecting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disconnected {
    /// It is no way in any more.
    Now,
    /// There was no such.
    Before,
    /// It is the last way in, and stays.
    LastWay,
}

/// Does the account have ways in of another kind than the one that is to go?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherWays {
    /// It has.
    Some,
    /// It has none.
    None,
}

/// The registered method names (RFC 8176, section 2). None of them says "somebody else did".
const AMR: [&str; 21] = [
    "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pop", "pwd", "rba", "retina", "sc", "sms",
    "swk", "tel", "user", "vbm", "wia",
];

/// What is taken over unless something else is said: standard claims as they are.
const TAKEN: [&str; 9] =
    ["name", "given_name", "family_name", "middle_name", "nickname", "email", "phone_number", "locale", "zoneinfo"];

impl Rules {
    /// What an authentication there is worth here: the best of what is listed for its `acr` and `amr` values.
    pub fn worth(&self, acr: Option<&str>, amr: &[String]) -> Method {
        let said = acr.into_iter().chain(amr.iter().map(String::as_str));
        match said.filter_map(|word| self.trust_acr.get(word)).max() {
            Some(level) if *level > Level::One => Method::UpstreamStrong,
            _ => Method::Upstream,
        }
    }

    /// The method names that are believed: those of an authentication that counts for more than one factor.
    pub fn believed(&self, method: Method, amr: &[String]) -> Vec<String> {
        let registered = amr.iter().filter(|word| AMR.contains(&word.as_str())).cloned();
        if method == Method::UpstreamStrong { registered.collect() } else { Vec::new() }
    }

    /// When the person authenticated, as far as that counts.
    pub fn authenticated_at(&self, said: Option<Timestamp>, now: Timestamp) -> Timestamp {
        match self.auth_time {
            AuthTime::Upstream => said.map_or(now, |said| said.min(now)),
            AuthTime::Arrival => now,
        }
    }

    /// What is known of a person by these claims.
    pub fn profile(&self, theirs: &Map<String, Value>) -> Profile {
        let text = |name: &str| theirs.get(name).and_then(Value::as_str).filter(|text| fits(text));
        let mut claims = Map::new();
        let renamed = self.claims.iter().map(|(theirs, ours)| (theirs.as_str(), ours.as_str()));
        for (from, to) in TAKEN.iter().map(|name| (*name, *name)).chain(renamed) {
            if let Some(value) = text(from).filter(|value| profile::keeps(to, value)) {
                claims.insert(to.to_owned(), Value::String(value.to_owned()));
            }
        }
        if let Some(address) = claims.get("email") {
            // What they say is of their own claim, whatever else is made our address.
            let own = theirs.get("email") == Some(address);
            let said = own && theirs.get("email_verified").and_then(Value::as_bool).unwrap_or(false);
            let verified = said && self.trust_email_verified == Trust::Yes;
            claims.insert("email_verified".to_owned(), Value::Bool(verified));
        }
        // Whatever is mapped to it is a proposal like the others, and no claim.
        let wished = claims.remove("preferred_username").and_then(|value| value.as_str().map(str::to_owned));
        let local = text("email").and_then(|address| address.split('@').next()).map(str::to_owned);
        let proposals = wished.into_iter().chain(text("preferred_username").map(str::to_owned)).chain(local);
        let username = proposals.map(|name| name.trim().to_owned()).find(|name| check_chosen(name, None).is_ok());
        let shown = ["email", "preferred_username", "name"].into_iter().find_map(text).unwrap_or_default();
        Profile { username: username.unwrap_or_default(), shown: shown.to_owned(), claims }
    }
}

/// May a text of theirs stand on our pages and in our tokens?
fn fits(text: &str) -> bool {
    (1..=LONGEST_CLAIM).contains(&text.len()) && plain_line(text)
}

impl Vouched {
    /// The facts of an authentication of ours, as this one changes them.
    pub fn told(&self, mut facts: AuthenticationFacts) -> AuthenticationFacts {
        facts.auth_time = self.auth_time.min(facts.auth_time);
        for word in self.amr.iter().rev() {
            if !facts.amr.contains(word) {
                facts.amr.insert(0, word.clone());
            }
        }
        facts
    }

    /// What a session rests on that comes of it and of these methods, authenticated then.
    pub fn rests(&self, shown: &BTreeSet<Method>, auth_time: Timestamp) -> Resting {
        let mut resting = self.resting.clone();
        if shown.iter().any(|method| method.is_ours()) {
            resting.seen_at = Some(auth_time);
        }
        resting
    }

    /// The account's way in that it is.
    pub fn link(&self, shown: &str, now: Timestamp) -> Link {
        let Resting { issuer, subject, .. } = self.resting.clone();
        Link { issuer, subject, shown: shown.to_owned(), since: now }
    }
}

impl Link {
    /// The unique name under which it finds its account.
    pub fn name_of(issuer: &str, subject: &str) -> Name {
        // No issuer has a line break in it.
        Name { sort: "upstream", value: format!("{issuer}\n{subject}") }
    }

    /// The same for this one.
    pub fn name(&self) -> Name {
        Link::name_of(&self.issuer, &self.subject)
    }
}

impl Resting {
    /// The group of the list in which a session is found by the upstream's own.
    pub fn group(issuer: &str, sid: &str) -> String {
        format!("{issuer}\n{sid}")
    }
}

impl Account {
    /// One more way in, told of by `news`. Whether another account has it the store finds out: it is a unique name.
    pub fn connect(mut self, link: Link, event: Event, news: Vec<Mail>) -> Change<Account, Connected> {
        if self.links.iter().any(|known| known.name() == link.name()) {
            return Change::keep(Connected::Yes);
        }
        if self.standing() != AccountStanding::Active {
            return Change::keep(Connected::Closed);
        }
        if self.links.len() >= MAX_LINKS {
            return Change::keep(Connected::Full);
        }
        self.links.push(link);
        Change::put(Connected::Yes, self).told(event).mailing(news)
    }

    /// One way in less; never the last. A provider that is not among `issuers` lets nobody in at present.
    pub fn disconnect(
        mut self,
        name: &Name,
        others: OtherWays,
        issuers: &[String],
        event: Event,
    ) -> Change<Account, Disconnected> {
        let before = self.links.len();
        self.links.retain(|link| link.name() != *name);
        let lets_in = self.links.iter().any(|link| issuers.contains(&link.issuer));
        match (before - self.links.len(), others) {
            (0, _) => Change::keep(Disconnected::Before),
            (_, OtherWays::None) if !lets_in => {
                let refused = Event::refused(event.act, event.at, "last_way");
                Change::keep(Disconnected::LastWay).told(refused.by(&self.id))
            }
            _ => Change::put(Disconnected::Now, self).told(event),
        }
    }
}

#[cfg(test)]
#[path = "upstream_tests.rs"]
mod tests;
