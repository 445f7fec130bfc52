//! What is done with input that could be anything, and what must hold for it whatever it is.
//!
//! A target of `fuzz_targets/` feeds one of these functions with what the fuzzer makes up; the test `fuzz_corpus` of the
//! integration tests feeds all of them with what `corpus/` keeps, on a stable compiler. A function that comes back found
//! nothing: whatever is wrong is an assertion that fails.

#![allow(clippy::missing_panics_doc, reason = "to panic is what these functions are for")]
#![allow(missing_docs, reason = "each is named after what it reads")]

mod asked;
mod kept;
mod keys;
mod tokens;

pub use asked::{basic, claims, params, redirect};
pub use kept::{client_metadata, cookie, records};
pub use keys::jwk;
pub use tokens::{dpop, jws, request_object};

/// Something that reads any input.
pub type Target = fn(&[u8]) -> Seen;

/// What became of an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Seen {
    /// It is what the target reads.
    Read,
    /// It is not.
    Refused,
}

/// Every target, by the name of its folder in `corpus/`.
pub const ALL: [(&str, Target); 11] = [
    ("params", params),
    ("redirect", redirect),
    ("jws", jws),
    ("jwk", jwk),
    ("dpop", dpop),
    ("request_object", request_object),
    ("basic", basic),
    ("cookie", cookie),
    ("claims", claims),
    ("client_metadata", client_metadata),
    ("records", records),
];

/// The input as text; most of what is read is text before anybody here sees it.
fn text(input: &[u8]) -> Option<&str> {
    std::str::from_utf8(input).ok()
}
