//! Sign-in by another OpenID provider.
//!
//! ```text
//! start      a browser is sent there, with a sealed state that says what for
//! back       it comes back: the answer is proved, and becomes evidence or a way in
//! account    accounts that are made by it, connected with it and disconnected from it
//! logout     it says that a session of its is over
//! ```
//!
//! What an upstream vouches for is evidence of an interaction like a password, and comes to the same dispatcher: an
//! account's own second factor is asked for all the same, unless the upstream's word counts for two.

mod account;
mod back;
mod logout;
mod start;

pub use account::{Connecting, LinkView};
pub use logout::LogoutTold;

use crate::crypto::secret::Secret;
use crate::flow::browser::Visitor;
use crate::flow::sign_in::address_prefix;
use crate::flow::{Fault, Idp};
use crate::model::audit::{Act, Event};
use crate::model::authorization::Interaction;
use crate::model::id::{AccountId, BrowserId, SessionId};
use crate::model::session::policy::Remember;
use crate::model::throttle::{ADDRESS, Attempt, Throttle};
use crate::model::upstream::Rules;
use crate::outside::http::Outbound;
use crate::outside::upstream::{Party, Providers};
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};

/// An upstream: its rules, and our secret there.
#[derive(Clone, Debug)]
pub struct Upstream {
    /// Its rules.
    pub rules: Rules,
    /// Our secret there; none for a public client.
    pub secret: Option<Secret>,
}

/// Every upstream of the installation.
pub struct Upstreams {
    list: Vec<Upstream>,
    providers: Providers,
}

impl Upstreams {
    /// These.
    pub fn new(list: Vec<Upstream>, outbound: Outbound) -> Upstreams {
        Upstreams { list, providers: Providers::new(outbound) }
    }

    /// All, in the order of the configuration.
    pub fn all(&self) -> &[Upstream] {
        &self.list
    }

    /// The one with this slug.
    pub fn of(&self, id: &str) -> Option<&Upstream> {
        self.list.iter().find(|upstream| upstream.rules.id == id)
    }

    /// The one that is this provider.
    pub fn of_issuer(&self, issuer: &str) -> Option<&Upstream> {
        self.list.iter().find(|upstream| upstream.rules.issuer == issuer)
    }
}

/// A sign-in that is underway at an upstream. Sealed as the request's `state`: it says what it was for, in which browser,
/// at which upstream, and for ten minutes.
#[derive(Serialize, Deserialize)]
struct Begun {
    #[serde(rename = "b")]
    browser: BrowserId,
    #[serde(rename = "u")]
    upstream: String,
    #[serde(rename = "w")]
    what: What,
    #[serde(rename = "n")]
    nonce: String,
    #[serde(rename = "v")]
    verifier: String,
    #[serde(rename = "f")]
    fresh: Fresh,
    #[serde(rename = "t")]
    at: Timestamp,
}

/// What it is for.
#[derive(Serialize, Deserialize)]
enum What {
    /// An interaction that cost the store nothing so far.
    Sealed(Box<Interaction>),
    /// One that waits in the store, and what was chosen for it now.
    Stored(String, Remember),
    /// Connecting it with the account of this session.
    Connect(AccountId, SessionId),
}

impl What {
    /// What the audit log calls it.
    fn act(&self) -> Act {
        match self {
            What::Sealed(_) | What::Stored(..) => Act::SignIn,
            What::Connect(..) => Act::UpstreamConnected,
        }
    }
}

/// How fresh the authentication there has to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
enum Fresh {
    /// It may be of any age.
    Any,
    /// At most so many seconds old.
    Within(u64),
    /// Made for this very request.
    Now,
}

impl Idp {
    /// Where an upstream sends browsers back: an address of its own for each, so that no answer is taken for another's.
    pub(super) fn returns_to(&self, upstream: &str) -> String {
        self.issuer.at(&format!("/sign-in/upstream/{upstream}/callback"))
    }

    /// Is there room for one more attempt from this address that costs something? Answers until when there is none.
    async fn attempt_by(&self, visitor: &Visitor, now: Timestamp) -> Result<Option<Timestamp>, Fault> {
        let lane = self.bucket("upstream", &[&address_prefix(&visitor.device.address)]);
        Ok(match self.count(&lane, ADDRESS, now).await? {
            Attempt::Wait { until } => Some(until),
            _ => None,
        })
    }

    /// It led somewhere: it does not count, or a house full of people behind one address would use up its attempts.
    async fn refund(&self, visitor: &Visitor) -> Result<(), Fault> {
        let lane = self.bucket("upstream", &[&address_prefix(&visitor.device.address)]);
        Ok(self.store.change::<Throttle, _, _>(&lane, Throttle::refund).await?.outcome()?)
    }

    /// The audit log learns of a notice that led nowhere. Only those are counted: an upstream has many to send at times.
    async fn blame_notice(&self, address: &str, word: &str, now: Timestamp) -> Result<(), Fault> {
        let lane = self.bucket("upstream", &[&address_prefix(address)]);
        match self.count(&lane, ADDRESS, now).await? {
            Attempt::Wait { .. } => Ok(()),
            _ => self.blame(address, Act::UpstreamLogout, word, now).await,
        }
    }

    /// The audit log learns of an attempt that was counted and led nowhere.
    async fn blame(&self, address: &str, act: Act, word: &str, now: Timestamp) -> Result<(), Fault> {
        let lane = self.bucket("upstream", &[&address_prefix(address)]);
        let event = Event::refused(act, now, word);
        let changed =
            self.store.change::<Throttle, _, _>(&lane, move |before| Throttle::blame(before.as_ref(), event.clone()));
        Ok(changed.await?.outcome()?)
    }
}

/// Who we are to an upstream.
fn party<'a>(upstream: &'a Upstream, returns_to: &'a str) -> Party<'a> {
    Party {
        issuer: &upstream.rules.issuer,
        client_id: &upstream.rules.client_id,
        secret: upstream.secret.as_ref().map(Secret::expose),
        redirect_uri: returns_to,
    }
}
