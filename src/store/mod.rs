//! How it is kept: the contract a backend fulfils, and the verbs of the floors above, written once over it.

pub mod contract;
pub mod entry;
pub mod hints;
mod limits;
pub mod postgres;
pub mod sled;
mod verbs;

pub use contract::{Backend, Cursor, Page, StoreFault};
pub use verbs::{Changed, Store, decode, encode};
