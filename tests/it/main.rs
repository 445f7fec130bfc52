//! The integration tests, in one binary: linking one is enough.
#![allow(missing_docs, reason = "tests speak by their names")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bad_input;
mod browser;
mod cli;
mod conformance;
mod deploy;
mod faults;
mod floors;
mod fuzz_corpus;
mod harness;
mod interop;
mod interop_openidconnect;
mod keep;
mod key_verbs;
mod mail;
mod outside;
mod plans;
mod real;
mod refusals;
mod serving;
mod store;
mod stories;
mod streaming;
mod ways;
