//! The integration tests, in one binary: linking one is enough.

mod cli;
mod harness;
mod store;
mod stories;
