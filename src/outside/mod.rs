//! What opens a socket besides the store, and the one large file from elsewhere.
//!
//! ```text
//! breached    a file of stolen passwords, read a few lines at a time
//! http        the one outbound HTTP client: what is asked, and how long and how much it may take
//! connect     connections, opened only to addresses that the rules admit
//! mail        the one place that sends mail
//! names       names become addresses
//! pace        how often others are asked at strangers' word
//! published   the keys and request objects that clients publish, remembered for a while
//! trust       which certificates are believed
//! unreached   why there was no answer
//! upstream/   other OpenID providers, as their relying party
//! ```
//!
//! The client stands on `hyper` and a connector of its own, not on `reqwest`: a resolver of `reqwest` is not told the
//! port, is not asked about addresses written in the URI, and the size of an answer's head cannot be set. Here every
//! connection, by whatever name or literal, comes through one function that resolves, judges and connects. And what
//! must not be there is not switched off but absent: redirects, proxies from the environment, cookies, referrers.

pub mod breached;
mod connect;
pub mod http;
pub mod image;
pub mod mail;
pub mod names;
mod pace;
pub mod published;
pub mod trust;
mod unreached;
pub mod upstream;

pub use unreached::{TlsFault, Unreached};
