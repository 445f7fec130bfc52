//! The one source of random values: the operating system's, through AWS-LC.

use crate::crypto::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Random bytes.
///
/// # Panics
/// When the operating system has no randomness to give: nothing may go on without it.
#[allow(clippy::disallowed_methods, reason = "this is the place")]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// An identifier: 128 random bits in base64url (22 characters).
pub fn id() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<16>())
}

/// A number from 0 to 999, for spreading in time what would come at once. Not for secrets: it is slightly uneven.
pub fn thousandths() -> u16 {
    u16::from_be_bytes(bytes::<2>()) % 1000
}

/// A secret: 256 random bits in base64url (43 characters).
pub fn secret() -> Secret {
    Secret::new(URL_SAFE_NO_PAD.encode(bytes::<32>()))
}
