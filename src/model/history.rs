//! The latest sign-ins of an account, and what was unusual about each.
//!
//! It is shown to the person, handed out with their data, and tells the log and the mails what to speak of. It lets nobody
//! in; where that is configured, what is unusual asks for more ([`OnRisk`]). Networks are compared by the beginning of the address alone: nobody's place is looked up.

use crate::model::audit::{Act, Event};
use crate::model::id::{AccountId, BrowserId};
use crate::model::mail::Mail;
use crate::model::record::{Change, Kind, Record};
use crate::model::session::Device;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

/// Sign-ins remembered.
const MOST: usize = 50;
/// Two sign-ins in different networks and browsers within this time are not one person's on the way.
const JOURNEY: Duration = Duration::from_secs(10 * 60);

/// The latest sign-ins of an account, the youngest last.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct History {
    /// Whose.
    pub account: AccountId,
    /// The sign-ins.
    pub entries: Vec<SignedIn>,
}

/// One authentication.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SignedIn {
    /// When.
    pub at: Timestamp,
    /// What the browser said of itself, and where it was.
    pub device: Device,
    /// Which browser, by the cookie it keeps.
    pub browser: BrowserId,
    /// How (RFC 8176).
    pub amr: Vec<String>,
    /// The issuer of the upstream whose word it was, if it was one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream: Option<String>,
    /// What was unusual.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub signals: BTreeSet<Signal>,
}

/// What can be unusual about a sign-in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// From a browser that none of the remembered ones came from.
    NewDevice,
    /// From a network that none of them came from.
    NewNetwork,
    /// The one before came from another network and another browser minutes ago.
    ImpossibleTravel,
}

impl Signal {
    /// Is it reason to doubt that it is the same person? People travel, but not with another browser.
    pub fn is_doubtful(self) -> bool {
        self != Signal::NewNetwork
    }

    /// Its word in the log.
    pub fn word(self) -> &'static str {
        match self {
            Signal::NewDevice => "new_device",
            Signal::NewNetwork => "new_network",
            Signal::ImpossibleTravel => "impossible_travel",
        }
    }
}

/// What becomes of what looks like somebody else's doing: of a sign-in from a new device or after an impossible journey,
/// and of a session whose browser became another one in another network ([`jumped`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRisk {
    /// It goes on.
    #[default]
    GoOn,
    /// The person is asked for more: the sign-in again, or a code that is mailed to them.
    Ask,
}

/// The network an address belongs to, coarsely: 16 bits of IPv4, 32 of IPv6. None for what is no address.
fn network(address: &str) -> Option<Vec<u8>> {
    Some(match address.parse::<IpAddr>().ok()?.to_canonical() {
        IpAddr::V4(ip) => ip.octets()[..2].to_vec(),
        IpAddr::V6(ip) => ip.octets()[..4].to_vec(),
    })
}

/// Did a session's browser become another one in another network? Both at once: browsers are updated, and people travel.
pub fn jumped(before: &Device, after: &Device) -> bool {
    // Versions change by themselves.
    let make = |device: &Device| device.user_agent.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    network(&before.address) != network(&after.address) && make(before) != make(after)
}

impl History {
    /// The key of an account's.
    pub fn key_of(account: &AccountId) -> String {
        account.to_string()
    }

    /// Remembers a sign-in, and answers what was unusual about it. The first one is not: there is nothing to hold it
    /// against. `news` goes to the person if it came from a new browser.
    pub fn add(
        before: Option<History>,
        account: &AccountId,
        mut entry: SignedIn,
        news: Vec<Mail>,
    ) -> Change<History, BTreeSet<Signal>> {
        let mut history = before.unwrap_or_else(|| History { account: account.clone(), entries: Vec::new() });
        entry.signals = history.signals_of(&entry);
        let signals = entry.signals.clone();
        let events: Vec<Event> = signals
            .iter()
            .map(|signal| Event::done(Act::SignInUnusual, entry.at).by(account).because(signal.word()))
            .collect();
        history.entries.push(entry);
        let spare = history.entries.len().saturating_sub(MOST);
        history.entries.drain(..spare);
        let news = if signals.contains(&Signal::NewDevice) { news } else { Vec::new() };
        events.into_iter().fold(Change::put(signals, history).mailing(news), Change::told)
    }

    /// What would be unusual about a sign-in.
    pub fn signals_of(&self, entry: &SignedIn) -> BTreeSet<Signal> {
        let Some(last) = self.entries.last() else { return BTreeSet::new() };
        let here = network(&entry.device.address);
        let known_browser = self.entries.iter().any(|known| known.browser == entry.browser);
        let known_network = self.entries.iter().any(|known| network(&known.device.address) == here);
        let elsewhere = network(&last.device.address) != here && last.browser != entry.browser;
        let mut signals = BTreeSet::new();
        if !known_browser {
            signals.insert(Signal::NewDevice);
        }
        if !known_network {
            signals.insert(Signal::NewNetwork);
        }
        if elsewhere && entry.at.since(last.at) < JOURNEY {
            signals.insert(Signal::ImpossibleTravel);
        }
        signals
    }
}

impl Record for History {
    const KIND: Kind = Kind::History;
    fn key(&self) -> String {
        History::key_of(&self.account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Fate;

    fn device(agent: &str, address: &str) -> Device {
        Device { user_agent: agent.into(), address: address.into() }
    }

    fn sign_in(at: i64, browser: &str, address: &str) -> SignedIn {
        SignedIn {
            at: Timestamp(at),
            device: device("Firefox", address),
            browser: BrowserId::new(browser),
            amr: vec!["pwd".into()],
            upstream: None,
            signals: BTreeSet::new(),
        }
    }

    fn after(entries: &[SignedIn]) -> (Option<History>, BTreeSet<Signal>) {
        let mira = AccountId::new("mira");
        entries.iter().fold((None, BTreeSet::new()), |(before, _), entry| {
            let change = History::add(before, &mira, entry.clone(), Vec::new());
            let told: Vec<&str> = change.events.iter().filter_map(|event| event.reason.as_deref()).collect();
            assert_eq!(told, change.outcome.iter().map(|signal| signal.word()).collect::<Vec<_>>());
            match change.fate {
                Fate::Put(history) => (Some(history), change.outcome),
                _ => panic!("not kept"),
            }
        })
    }

    #[test]
    fn what_is_unusual() {
        use Signal::*;
        let home = sign_in(0, "a", "192.0.2.7");
        for (entry, signals) in [
            (sign_in(60, "a", "192.0.200.9"), vec![]),
            (sign_in(60, "b", "192.0.2.9"), vec![NewDevice]),
            (sign_in(60, "a", "198.51.100.1"), vec![NewNetwork]),
            (sign_in(599, "b", "198.51.100.1"), vec![NewDevice, NewNetwork, ImpossibleTravel]),
            (sign_in(600, "b", "198.51.100.1"), vec![NewDevice, NewNetwork]),
            (sign_in(60, "b", "2001:db8::1"), vec![NewDevice, NewNetwork, ImpossibleTravel]),
            (sign_in(60, "b", "nonsense"), vec![NewDevice, NewNetwork, ImpossibleTravel]),
        ] {
            assert_eq!(after(&[home.clone(), entry.clone()]).1, signals.into_iter().collect(), "{entry:?}");
        }
        assert_eq!(after(&[home]).1, BTreeSet::new(), "the first is not");
        // Known browser and network, each from another sign-in.
        let both =
            [sign_in(0, "a", "192.0.2.7"), sign_in(5_000, "b", "198.51.100.1"), sign_in(9_000, "a", "198.51.1.1")];
        assert_eq!(after(&both).1, BTreeSet::new());
        // IPv4 within IPv6 is the same network.
        assert_eq!(after(&[sign_in(0, "a", "192.0.2.7"), sign_in(9, "a", "::ffff:192.0.9.9")]).1, BTreeSet::new());
    }

    #[test]
    fn it_is_bounded() {
        let many: Vec<SignedIn> = (0..120).map(|n| sign_in(n * 3_600, "a", "192.0.2.7")).collect();
        let history = after(&many).0.expect("a history");
        assert_eq!(history.entries.len(), MOST);
        assert_eq!(history.entries.last(), many.last());
    }

    #[test]
    fn a_session_jumps_with_browser_and_network_alone() {
        let before = device("Firefox/140.0 (Linux)", "192.0.2.7");
        for (agent, address, jump) in [
            ("Firefox/141.0 (Linux)", "198.51.100.1", false),
            ("Safari/17 (iPhone)", "192.0.99.1", false),
            ("Safari/17 (iPhone)", "198.51.100.1", true),
            ("curl/8", "2001:db8::1", true),
        ] {
            assert_eq!(jumped(&before, &device(agent, address)), jump, "{agent} {address}");
        }
    }
}
