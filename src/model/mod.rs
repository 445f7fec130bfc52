//! What we keep and every rule it obeys: pure. No I/O, no async, no clock, no randomness.
//!
//! A rule that changes a record takes the record by value and answers with a [`record::Change`]. Instants and ids
//! come in as arguments.

pub mod account;
pub mod audience;
pub mod audit;
pub mod authorization;
pub mod client;
pub mod consent;
pub mod cookies;
pub mod credential;
pub mod device;
pub mod dpop;
pub mod grant;
pub mod history;
pub mod id;
pub mod invitation;
pub mod logo;
pub mod mail;
pub mod nodes;
pub mod outbound;
pub mod passkey;
pub mod password;
pub mod picture;
pub mod profile;
pub mod record;
pub mod registration;
pub mod session;
pub mod setting;
pub mod signing_key;
pub mod throttle;
pub mod upstream;
