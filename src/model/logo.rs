//! The logo of an app: fetched by us, drawn anew, and shown from an address of ours. A person's browser never asks the
//! app's server for it, and no sign-in waits for it.
//!
//! **Whose logo is shown.** That of an app that an administrator registered. An app that registered itself says of itself
//! what it likes: with the logo of a bank beside the words "Sign in to continue to …" our own page would be its best
//! forgery, and no warning under it undoes what was seen first. It has its initial, until an administrator takes it over
//! (by importing it). A run of the conformance suite, which registers its apps itself and looks for their logos, shows them
//! all; an installation that people use is not run like that.
//!
//! **When it is fetched.** The write that changes an app appoints the sweep with its logo
//! ([`Change::looking_for_logo`]); what was fetched is fetched again a day later. While it cannot be had the one before stays
//! for a week. The record tells the one appointment that counts, so that changes do not add up.

use crate::model::client::Client;
use crate::model::cookies::Switch;
use crate::model::id::ClientId;
use crate::model::outbound::Author;
use crate::model::picture::Drawn;
use crate::model::record::{Change, Due, Fate, Kind, Record, Row};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// It is fetched anew after this long.
const FRESH: Duration = Duration::from_secs(86_400);
/// The one before is shown for this long while there is no other.
const KEPT: Duration = Duration::from_secs(7 * 86_400);
/// When it is tried again, by how often it failed; every day after that.
const AGAIN: [Duration; 3] = [Duration::from_secs(60), Duration::from_secs(600), Duration::from_secs(3_600)];
/// What keys begin with. No picture's name has a colon.
const PREFIX: &str = "logo:";

/// What is known of the logo of one app.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Logo {
    /// Whose.
    pub client: ClientId,
    /// Where it is from. The logo of an app that names another address by now is not shown.
    pub uri: String,
    /// When it is fetched again.
    pub again_at: Timestamp,
    /// What is shown, if it could ever be had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shown: Option<Shown>,
    /// That it could not be had the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failing: Option<Failing>,
}

/// A logo as it is served.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Shown {
    /// What it is called: its digest, so that an address never shows another one.
    pub name: String,
    /// The file.
    pub file: Drawn,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Failing {
    since: Timestamp,
    times: usize,
}

/// What an attempt means to whoever runs the place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was had, or is still not: nothing new.
    Nothing,
    /// It cannot be had since now.
    Missed,
    /// It could not be had for so long that it is not shown any more.
    Dropped,
}

impl Logo {
    /// The key of a client's.
    pub fn key_of(client: &ClientId) -> String {
        format!("{PREFIX}{client}")
    }

    /// Whose it is, by its key; none where the key is none of a logo.
    pub fn client_of(key: &str) -> Option<ClientId> {
        key.strip_prefix(PREFIX).map(ClientId::new)
    }

    /// What an attempt came to: the logo as it was had from there, or none.
    pub fn tried(
        before: Option<Logo>,
        (client, uri): (&ClientId, &str),
        had: Option<Shown>,
        now: Timestamp,
    ) -> Change<Logo, Told> {
        let other = Due { at: now, kind: Kind::Picture, key: Logo::key_of(client) };
        let superfluous = before.as_ref().map(|before| Due { at: before.again_at, ..other });
        let before = before.filter(|before| before.uri == uri);
        let (client, uri) = (client.clone(), uri.to_owned());
        let (logo, told) = match had {
            Some(had) => (Logo { client, uri, again_at: now + FRESH, shown: Some(had), failing: None }, Told::Nothing),
            None => {
                let (shown, failed) = before.map_or((None, None), |before| (before.shown, before.failing));
                let since = failed.map_or(now, |failed| failed.since);
                let times = failed.map_or(1, |failed| failed.times.saturating_add(1));
                let again_at = now + AGAIN.get(times - 1).copied().unwrap_or(FRESH);
                let is_over = now >= since + KEPT;
                let told = match (times, &shown) {
                    (1, _) => Told::Missed,
                    (_, Some(_)) if is_over => Told::Dropped,
                    _ => Told::Nothing,
                };
                let shown = shown.filter(|_| !is_over);
                (Logo { client, uri, again_at, shown, failing: Some(Failing { since, times }) }, told)
            }
        };
        let again_at = logo.again_at;
        let mut change = Change::put(told, logo);
        change.looked_at.extend(superfluous.filter(|due| due.at != again_at));
        change.due(again_at)
    }

    /// What is shown for this client, which wants the logo from there.
    pub fn shown_for(&self, client: &Client, source: Option<&str>) -> Option<&Shown> {
        self.shown.as_ref().filter(|_| self.client == client.id && Some(self.uri.as_str()) == source)
    }
}

impl Shown {
    /// The path of it here.
    pub fn path(&self) -> String {
        format!("/logo/{}", self.name)
    }
}

impl Record for Logo {
    const KIND: Kind = Kind::Picture;

    fn key(&self) -> String {
        Logo::key_of(&self.client)
    }

    fn rows(&self) -> Vec<Row> {
        let shown = self.shown.iter();
        shown.map(|shown| Row { list: "logos", group: shown.name.clone(), order: String::new() }).collect()
    }
}

impl Client {
    /// Where the logo is to be had that pages show of it, if they show one. See above for the apps that registered
    /// themselves; `certification` is the installation's word.
    pub fn logo_source(&self, certification: Switch) -> Option<&str> {
        match (self.author(), certification) {
            (Author::Administrator, _) | (Author::Stranger, Switch::On) => self.metadata.logo_uri.as_deref(),
            (Author::Stranger, Switch::Off) => None,
        }
    }
}

impl<O> Change<Client, O> {
    /// With a look of the sweep at the client's logo, where that is another one than before, or goes with the client.
    pub fn looking_for_logo(self, before: Option<&Client>, now: Timestamp) -> Change<Client, O> {
        let after = match &self.fate {
            Fate::Put(client) => Some(client),
            Fate::Delete => None,
            Fate::Keep => return self,
        };
        let logo = |client: Option<&Client>| client.and_then(|c| Some((c.metadata.logo_uri.clone()?, c.author())));
        let Some(client) = after.or(before).filter(|_| logo(after) != logo(before)) else { return self };
        let due = Due { at: now, kind: Kind::Picture, key: Logo::key_of(&client.id) };
        self.appointing(due)
    }
}

#[cfg(test)]
#[path = "logo_tests.rs"]
mod tests;
