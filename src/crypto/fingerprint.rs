//! Fingerprints of what is kept: whether two stores hold the same.

use aws_lc_rs::digest::{SHA256, digest};

/// The SHA-256 of some bytes.
pub fn fingerprint(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, bytes).as_ref());
    out
}
