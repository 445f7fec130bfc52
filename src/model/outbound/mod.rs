//! What may be reached from here: what keeps a relying app's URI from being a way into the network we stand in.
//!
//! Three questions, asked in this order: is the URI one at all ([`Destination`]), may its name be looked up
//! ([`Allowed::name`]), may this address be connected to ([`Allowed::address`])? Only the last one decides, and whoever
//! connects asks it about the very address it then connects to.

pub mod address;
pub mod allowed;
pub mod destination;
pub mod entry;

pub use address::Kind;
pub use allowed::{Allowed, Forbidden};
pub use destination::{BadAddress, Destination, Door, Scheme};
pub use entry::{Entry, EntryError};

/// Who wrote a URI: `[outbound] allow` speaks for those of administrators alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Author {
    /// Somebody who may also write the configuration: what is listed may be reached.
    Administrator,
    /// Anybody, by open registration or in a document that was fetched: the public Internet by https, nothing else.
    Stranger,
}
