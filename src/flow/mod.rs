//! What happens in which order. Each file is one use; none knows an HTTP type, and `now` is always given.
//!
//! ```text
//! authorize   a request comes in, or a browser comes back: gather, decide, show or answer
//! sign_in     a password is tried
//! passkey     a challenge is put to a passkey, and its answer tried
//! browser     what a browser shows of itself; the session behind its cookie
//! several     several people in one browser
//! session     sessions begin, are used, and end
//! client_secret how the secrets of clients are kept and compared
//! consent     what a person allowed a client, as it stands today
//! cookies     what the cookies of a browser's sessions say; what frames of other sites may learn by them
//! status      what a session is good for, told to apps and pages; reports of activity
//! watch       waiting until that may have changed
//! token/      client -> request -> judge, consume, then mint
//! logo        the logos of apps
//! logout      RP-initiated logout
//! account     the person's own page
//! person      what they say of themselves; what is kept of them; when they go
//! pushed      requests that apps push
//! device      devices without a browser ask, and a person answers for them
//! register    apps that register themselves
//! subject     the names a client knows a person and a session by
//! picture     a person's picture
//! security    what a person signs in with, by their own hand
//! second_factor, new_passkey, new_password: factors are shown, and set
//! password    a new password, wherever one is set
//! our_pages   what our own pages are told of the session
//! admin       the console
//! mail        mails leave the house; which events make one
//! reset       a new password by mail
//! address     a mail address is proved
//! sign_up     people make accounts by themselves
//! invitation  an administrator has somebody make one
//! import      the import file, in and out
//! upstream/   sign-in by another OpenID provider: there and back, accounts and their links, its logout
//! once        what is good once is used up
//! dpop        whoever shows a token holds its key
//! setup       the first administrator
//! sweep       forgetting what is over
//! notify      relying apps learn of an end
//! relook      limits changed: sessions are looked at sooner
//! keys        our signing keys: made, followed, succeeded
//! nodes       this node among the others
//! keep/       everything, carried elsewhere: backup, restore, move
//! ```

pub mod account;
pub mod address;
pub mod admin;
pub mod authorize;
pub mod browser;
mod client_secret;
mod consent;
pub mod cookies;
pub mod device;
pub mod dpop;
pub mod import;
pub mod invitation;
pub mod keep;
pub mod keys;
pub mod logo;
pub mod logout;
pub mod mail;
pub mod new_passkey;
pub mod new_password;
pub mod nodes;
pub mod notify;
mod once;
pub mod our_pages;
pub mod passkey;
pub mod password;
pub mod person;
pub mod picture;
mod pushed;
pub mod register;
pub mod relook;
pub mod reset;
pub mod second_factor;
pub mod security;
pub mod session;
pub mod setup;
pub mod several;
pub mod sign_in;
pub mod sign_up;
pub mod status;
mod subject;
pub mod sweep;
pub mod token;
pub mod upstream;
pub mod watch;

use crate::crypto::hashing::Hashing;
use crate::crypto::jwt::SignFault;
use crate::crypto::keyring::Keyring;
use crate::crypto::seal::Seals;
use crate::crypto::webauthn::RelyingParty;
use crate::flow::keys::KeyFault;
use crate::flow::logo::Fetching;
use crate::flow::mail::PostOffice;
use crate::flow::nodes::{Membership, NodeFault};
use crate::flow::notify::Pacing;
use crate::flow::upstream::Upstreams;
use crate::model::authorization::demand::Requirements;
use crate::model::authorization::factor::ACRS;
use crate::model::cookies::{OptionalCookies, Switch};
use crate::model::grant::OfflineLimits;
use crate::model::history::OnRisk;
use crate::model::nodes::APART;
use crate::model::registration::Terms;
use crate::model::session::policy::SessionPolicies;
use crate::outside::breached::{BreachFault, Breached};
use crate::outside::http::Outbound;
use crate::outside::published::Published;
use crate::protocol::Issuer;
use crate::protocol::discovery::Metadata;
use crate::protocol::duration::Limit;
use crate::protocol::jwk::Jwk;
use crate::protocol::signing::KeySet;
use crate::protocol::time::Timestamp;
use crate::store::{Store, StoreFault};
use crate::text::Language;
use std::time::Duration;

/// The identity provider: what every flow works with.
pub struct Idp {
    /// Our name.
    pub issuer: Issuer,
    /// What is kept.
    pub store: Store,
    /// What seals.
    pub seals: Seals,
    /// What asks passkeys; none where browsers make none for the issuer.
    pub passkeys: Option<RelyingParty>,
    /// What signs.
    pub ring: Keyring,
    /// What hashes passwords.
    pub hashing: Hashing,
    /// What hashes weak client secrets: a queue of its own, so that no client keeps people waiting.
    pub client_hashing: Hashing,
    /// The rules of this installation.
    pub settings: Settings,
    /// This node among those that share the store.
    pub nodes: Membership,
    /// What asks others by HTTP.
    pub outbound: Outbound,
    /// The keys that clients publish.
    pub client_keys: Published<Vec<Jwk>>,
    /// The request objects that clients publish.
    pub request_objects: Published<String>,
    /// The redirect URIs that share a sector, as sectors publish them.
    pub sectors: Published<Vec<String>>,
    /// Places for logos that are fetched.
    pub logos: Fetching,
    /// The OpenID providers that people can sign in by.
    pub upstreams: Upstreams,
    /// How fast relying apps are told.
    pub pacing: Pacing,
    /// What sends mails.
    pub post: PostOffice,
    /// Passwords that were stolen somewhere, where there is such a file.
    pub breached: Option<Breached>,
}

/// The rules of an installation.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How long sessions live.
    pub sessions: SessionPolicies,
    /// How long tokens live.
    pub tokens: TokenLifetimes,
    /// How long a signing key signs.
    pub rotate_after: Limit,
    /// Which of the optional cookies there are.
    pub cookies: OptionalCookies,
    /// How strongly people have to be authenticated, by role and group.
    pub requirements: Requirements,
    /// What becomes of a session whose browser became another one in another network.
    pub on_jump: OnRisk,
    /// What becomes of a sign-in from a device that the account was never used on.
    pub on_unusual: OnRisk,
    /// Whether people may make accounts by themselves.
    pub self_registration: Switch,
    /// What apps that register themselves may do.
    pub registration: Terms,
    /// Whether a proof of possession has to say a nonce of ours.
    pub dpop_nonce: Switch,
}

/// How long codes and tokens live.
#[derive(Clone, Copy, Debug)]
pub struct TokenLifetimes {
    /// Authorization codes.
    pub code: Duration,
    /// Access tokens, at most.
    pub access: Duration,
    /// ID tokens, at most.
    pub id: Duration,
    /// How long the refresh token before the current one is answered with the current one.
    pub refresh_retry: Duration,
    /// Grants that outlive sessions.
    pub offline: OfflineLimits,
}

/// Something broke. Never shown; the log has it, under a reference.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// The signing keys.
    #[error(transparent)]
    Sign(#[from] SignFault),
    /// Where they are kept.
    #[error(transparent)]
    Keys(#[from] KeyFault),
    /// This node does not fit the others.
    #[error(transparent)]
    Node(#[from] NodeFault),
    /// The file of stolen passwords.
    #[error("passwords.breached: {0}")]
    Breached(#[from] BreachFault),
}

/// What one of our nodes stamped is not of the future at another one while their clocks differ by no more than this.
pub const SKEW: Duration = Duration::from_secs(APART.unsigned_abs());

impl Idp {
    /// What discovery tells.
    pub fn metadata(&self) -> Metadata {
        let metadata = Metadata::of(&self.issuer, &ACRS, &Language::ALL.map(Language::tag));
        let metadata = match self.self_registration() {
            Switch::On => metadata.with_registration(),
            Switch::Off => metadata,
        };
        let metadata = match self.settings.registration.offered() {
            Switch::On => metadata.registering_at(self.issuer.at(register::PATH)),
            Switch::Off => metadata,
        };
        match self.settings.cookies.state {
            Switch::On => metadata.watched_by(self.issuer.at("/check_session")),
            Switch::Off => metadata,
        }
    }

    /// What the JWK Set shows.
    pub fn key_set(&self, now: Timestamp) -> KeySet {
        self.ring.key_set(now)
    }

    /// Can the store be written, and does this node fit the others?
    ///
    /// # Errors
    /// Why not.
    pub async fn ready(&self) -> Result<(), Fault> {
        if let Some(refused) = self.nodes.refused() {
            return Err(refused.into());
        }
        Ok(self.store.backend().probe().await?)
    }
}

impl Fault {
    /// Will it pass, or is something wrong for good?
    pub fn outlook(&self) -> Outlook {
        match self {
            Fault::Store(StoreFault::Unavailable(_)) => Outlook::TryAgain,
            _ => Outlook::Broken,
        }
    }
}

/// Whether trying again makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// It does.
    TryAgain,
    /// It does not.
    Broken,
}
