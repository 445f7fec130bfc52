//! Application sessions for relying apps: an app signs its people in at an OpenID provider, keeps sessions of its own
//! with limits of its own, warns before they end, learns when the provider ends them, and gives back what a timed-out
//! session knew when the same person comes back.
//!
//! It works with any OpenID provider and speaks to it over the wire alone; where the provider is Abide, it also reports
//! the person's activity and listens to the session's events. `README.md` has a small app; this page is the map.
//!
//! ```text
//! app, builder  all that an app keeps; what its author says
//! web           the paths, the extractor SignedIn, cookies, the events, the script for pages
//! flow          what happens in which order: departure, sign_in, renewal, activity, sign_out, told, sweep; is given `now`
//! provider      discovery, tokens, keys, logout tokens, the provider's status: everything asked over HTTP
//! store         the contract, MemoryStore, SledStore, and the scenarios every store has to pass
//! session       facts and pure rules: standing, restoring, what is kept; no I/O, no clock, no randomness
//! clock secret seal shelf hub policy     each one small thing
//! ```
//!
//! # Three walks
//!
//! **Sign-in.** `GET /auth/sign-in` seals what has to be remembered (state, nonce, PKCE verifier, the way back) into a
//! cookie of its own and sends the browser to the provider. The callback opens that cookie, holds state and `iss`
//! against it, redeems the code, verifies the ID token, and keeps an [`ApplicationSession`] under a new random handle:
//! the browser gets the handle, the store its digest. Then it asks whether the provider has ended that session in the
//! meantime.
//!
//! **A request.** [`SignedIn`] finds the session of the handle and judges it: [`ApplicationSession::standing`], a pure
//! function of facts, policy and instant. An act of the person is written down and told to the provider in the
//! background. Tokens that are due are renewed by the refresh token; where that is dead, by `prompt=none` in the same
//! window; else the session is over.
//!
//! **Coming back.** A session that timed out stays as a record that allows nothing. When its browser comes back from
//! the provider with an ID token, [`session::restoring::restorable`] judges: the same person by the same provider's
//! word, authenticated since the timeout, inside the window, and continuing the same session at the provider where that
//! says so. Then the drafts and the state move into the new session, by one conditional write. In every other case they
//! are dropped.
//!
//! # Invariants
//!
//! * The browser holds a random handle, sealed cookies, and nothing else. Tokens, claims and drafts stay on the server.
//! * A session stores facts, never a verdict; a limit that has passed is moved by nothing, and by no machine before.
//! * A handle is made at sign-in and at no other time. What was in the browser before never becomes a session.
//! * Facts change by conditional writes; of two requests at once neither loses the other's.
//! * A logout token that comes before the sign-in it is about wins: what was issued up to it is denied for a while.
//! * Everything that strangers can send is bounded: bodies, drafts, streams, cookies, sessions of one person.
//!
//! # Deliberately absent
//!
//! No session without a sign-in, no tokens in the browser, no list of handles in the clear, no way to revive a session
//! that was signed out. No check of the provider at every request: between two renewals an app learns of an end by the
//! back channel, by the stream, or not yet.

mod app;
mod builder;
mod clock;
mod flow;
mod hub;
mod policy;
mod provider;
mod seal;
mod secret;
pub mod session;
mod shelf;
pub mod store;
mod web;

pub use app::RelyingApp;
pub use builder::{Builder, OpenError};
pub use clock::{Clock, Instant};
pub use flow::activity::{Act, Signs, act};
pub use flow::renewal::Renewal;
pub use flow::sign_in::Trouble;
pub use policy::Policy;
pub use provider::logout_token;
pub use provider::{BadSignature, DiscoveryError, ProviderKeys, SigningAlg, Verified};
pub use secret::{Handle, Name};
pub use session::{ApplicationSession, Authority, Standing};
#[cfg(feature = "sled")]
pub use store::SledStore;
pub use store::{MemoryStore, SessionStore, StoreFault};
pub use web::pages::{Pages, PlainPages, in_words};
pub use web::{Gone, KeepError, Look, SignedIn};
