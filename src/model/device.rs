//! A device that asks for a person's consent which it cannot ask for itself (RFC 8628).

use crate::model::audit::{Act, Event};
use crate::model::grant::Code;
use crate::model::id::{AccountId, ClientId, SecretDigest};
use crate::model::record::{Change, Kind, Record};
use crate::model::session::Device;
use crate::protocol::device::UserCode;
use crate::protocol::scope::ScopeSet;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a person has to enter the code.
pub const LIFETIME: Duration = Duration::from_secs(600);
/// How long a device waits between two questions, and how much longer after it asked too soon (RFC 8628, 3.5).
pub const INTERVAL: Duration = Duration::from_secs(5);

/// What a device asked for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DeviceRequest {
    /// Derived from the user code, which itself is kept nowhere.
    pub key: String,
    /// Recognises the device code.
    pub secret: SecretDigest,
    /// Which app.
    pub client: ClientId,
    /// The scope.
    pub scope: ScopeSet,
    /// The resources.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub resource: Vec<String>,
    /// Where the device is, and what it says of itself: shown to the person who is asked.
    pub device: Device,
    /// When it asked.
    pub started_at: Timestamp,
    /// Seconds it has to wait between two questions.
    pub interval: u64,
    /// When it asked last how it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
    /// What the person said.
    #[serde(default)]
    pub answer: Answer,
}

/// What the person said.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Nothing yet.
    #[default]
    Awaited,
    /// Yes; and this is what comes of it.
    Allowed(Box<Code>),
    /// No.
    Denied,
}

/// What a device hears that asks how it stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Polled {
    /// Nobody has answered.
    Pending,
    /// The same, and it asked too soon: from now on it waits longer.
    TooSoon,
    /// The person allowed it. Said once.
    Allowed(Box<Code>),
    /// The person did not.
    Denied,
    /// It took too long, or is over.
    Expired,
}

/// Whether an answer of a person still meets a device that waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answered {
    /// It does.
    Now,
    /// It does not: the time is over, or it was answered before.
    TooLate,
}

impl DeviceRequest {
    /// Is there somebody to be asked still?
    pub fn awaits(&self, now: Timestamp) -> bool {
        self.answer == Answer::Awaited && !self.expired(now)
    }

    fn expired(&self, now: Timestamp) -> bool {
        now >= self.started_at + LIFETIME
    }

    /// Keeps it; one whose user code is somebody else's already is not kept.
    pub fn begin(before: Option<DeviceRequest>, new: DeviceRequest) -> Change<DeviceRequest, Answered> {
        match before {
            Some(other) if !other.expired(new.started_at) => Change::keep(Answered::TooLate),
            _ => {
                let end = new.started_at + LIFETIME;
                Change::put(Answered::Now, new).due(end)
            }
        }
    }

    /// The device asks. What it was allowed is handed out once: of all who ask, one gets it.
    pub fn poll(mut self, now: Timestamp) -> Change<DeviceRequest, Polled> {
        if self.expired(now) {
            return Change::keep(Polled::Expired);
        }
        match self.answer {
            Answer::Denied => Change::keep(Polled::Denied),
            Answer::Allowed(code) => Change::delete(Polled::Allowed(code)),
            Answer::Awaited => {
                let early = self.asked_at.is_some_and(|before| now < before + Duration::from_secs(self.interval));
                // It waits as long as can be: a flood that is refused must not become a flood of writes.
                if early && self.interval == LIFETIME.as_secs() {
                    return Change::keep(Polled::TooSoon);
                }
                if early {
                    self.interval = (self.interval + INTERVAL.as_secs()).min(LIFETIME.as_secs());
                }
                self.asked_at = Some(now);
                Change::put(if early { Polled::TooSoon } else { Polled::Pending }, self)
            }
        }
    }

    /// The person answers.
    pub fn answer(
        before: Option<DeviceRequest>,
        by: &AccountId,
        answer: Answer,
        now: Timestamp,
    ) -> Change<DeviceRequest, Answered> {
        match before {
            Some(mut request) if request.awaits(now) => {
                let event = match &answer {
                    Answer::Denied => Event::refused(Act::DeviceAnswered, now, "denied"),
                    _ => Event::done(Act::DeviceAnswered, now),
                };
                let event = event.by(by).client(&request.client);
                request.answer = answer;
                Change::put(Answered::Now, request).told(event)
            }
            _ => Change::keep(Answered::TooLate),
        }
    }

    /// What the sweep does with it.
    pub fn sweep(self, now: Timestamp) -> Change<DeviceRequest, ()> {
        if self.expired(now) { Change::delete(()) } else { Change::keep(()).due(self.started_at + LIFETIME) }
    }
}

/// The device a person is asked about, by the code they entered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entered {
    /// The key of its request.
    pub key: String,
    /// The code, to be compared with what the device shows.
    pub code: UserCode,
}

impl Record for DeviceRequest {
    const KIND: Kind = Kind::Device;
    fn key(&self) -> String {
        self.key.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::Fate;

    fn request() -> DeviceRequest {
        DeviceRequest {
            key: "k".into(),
            secret: SecretDigest::new("d".into()),
            client: ClientId::new("tv"),
            scope: ScopeSet::default(),
            resource: Vec::new(),
            device: Device::default(),
            started_at: Timestamp(1000),
            interval: 5,
            asked_at: None,
            answer: Answer::Awaited,
        }
    }

    fn poll(of: &DeviceRequest, at: i64) -> (DeviceRequest, Polled) {
        let change = of.clone().poll(Timestamp(at));
        match change.fate {
            Fate::Put(after) => (after, change.outcome),
            _ => (of.clone(), change.outcome),
        }
    }

    #[test]
    fn a_device_that_asks_too_soon_waits_longer() {
        let (one, first) = poll(&request(), 1001);
        let (two, second) = poll(&one, 1005);
        assert_eq!((first, second, two.interval), (Polled::Pending, Polled::TooSoon, 10));
        let (three, third) = poll(&two, 1014);
        assert_eq!((third, three.interval), (Polled::TooSoon, 15));
        assert_eq!(poll(&three, 1029).1, Polled::Pending);
        let (mut flooded, mut writes) = (request(), 0);
        for _ in 0..1_000 {
            let change = flooded.clone().poll(Timestamp(1001));
            if let Fate::Put(after) = change.fate {
                (flooded, writes) = (after, writes + 1);
            }
        }
        assert_eq!((writes, flooded.interval), (120, 600));
        assert_eq!(poll(&flooded, 1599).1, Polled::TooSoon);
        assert_eq!(poll(&three, 1600).1, Polled::Expired);
    }

    #[test]
    fn it_is_answered_once_and_in_time() {
        let mira = AccountId::new("mira");
        let deny =
            |before: Option<DeviceRequest>, at| DeviceRequest::answer(before, &mira, Answer::Denied, Timestamp(at));
        assert_eq!(deny(None, 1001).outcome, Answered::TooLate);
        assert_eq!(deny(Some(request()), 1600).outcome, Answered::TooLate);
        let Fate::Put(denied) = deny(Some(request()), 1599).fate else { panic!() };
        assert_eq!(poll(&denied, 1599).1, Polled::Denied);
        assert_eq!(deny(Some(denied.clone()), 1599).outcome, Answered::TooLate);
        assert!(matches!(denied.clone().sweep(Timestamp(1599)).fate, Fate::Keep));
        assert!(matches!(denied.sweep(Timestamp(1600)).fate, Fate::Delete));
    }

    #[test]
    fn a_user_code_that_lives_is_nobody_elses() {
        let other = DeviceRequest { client: ClientId::new("other"), ..request() };
        assert_eq!(DeviceRequest::begin(Some(request()), other.clone()).outcome, Answered::TooLate);
        let late = DeviceRequest { started_at: Timestamp(1600), ..other };
        assert_eq!(DeviceRequest::begin(Some(request()), late).outcome, Answered::Now);
    }
}
