//! Mail as it is in the world: by TLS of every kind, with a login, and through crashes.
//!
//! * `covered`: what is sent under which cover, and what is never sent in the clear;
//! * `outbox`: a mail and its cause are one transaction, on sled and on PostgreSQL, with one node and with two;
//! * `shown`: what the development mode prints;
//! * what a kill -9 leaves of them: `faults::mails`.
//!
//! `tls` holds the certificates of the mail servers of these tests, all of one key: `certificate` for localhost,
//! `expired`, `elsewhere` for another name, `stranger` from an authority that nobody knows.

mod covered;
mod outbox;
mod shown;
