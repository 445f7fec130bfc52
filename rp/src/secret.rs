//! The one place that makes random values, and what is made of them.
//!
//! A session's handle is 256 random bits. The browser holds it in a cookie; the store knows its SHA-256 alone, so that
//! whoever reads the store has no cookie. A handle cannot be printed; a name can.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

/// What a browser holds to name its application session.
#[derive(Clone)]
pub struct Handle(String);

/// Under which the store keeps the session of a handle.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name(String);

impl Handle {
    /// A handle that nobody had before.
    #[must_use]
    pub fn random() -> Handle {
        Handle(random())
    }

    /// A handle as a cookie has it; none when it cannot be one of ours.
    pub fn presented(text: &str) -> Option<Handle> {
        let ours = text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        ours.then(|| Handle(text.to_owned()))
    }

    /// The name of its session.
    pub fn name(&self) -> Name {
        Name(encoded(digest(&SHA256, self.0.as_bytes()).as_ref()))
    }

    /// What a form of this session's pages must carry: derived from the handle, so that nothing has to be kept.
    pub fn csrf_token(&self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        encoded(hmac::sign(&key, b"abide-rp form").as_ref())
    }

    /// The cookie's value.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl Name {
    /// As text, for the key of a store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name read back from a store.
    pub fn stored(text: &str) -> Name {
        Name(text.to_owned())
    }
}

/// 256 random bits as 43 characters of base64url.
#[allow(clippy::disallowed_methods, reason = "this is the place")]
pub(crate) fn random() -> String {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system gives random bytes");
    encoded(&bytes)
}

/// A key of 256 random bits.
#[allow(clippy::disallowed_methods, reason = "this is the place")]
pub(crate) fn random_key() -> [u8; 32] {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

/// SHA-256 of parts, each with its length before it, so that no two lists of parts are alike.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    encoded(digest(&SHA256, &bytes).as_ref())
}

/// Compares without telling by its time how far the two agree.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

fn encoded(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Handle, fingerprint};

    #[test]
    fn handles_differ_and_names_do_not_tell_them() {
        let (one, other) = (Handle::random(), Handle::random());
        assert_ne!(one.name(), other.name());
        assert_ne!(one.name().as_str(), one.expose());
        assert_ne!(one.csrf_token(), other.csrf_token());
        assert_eq!(Handle::presented(one.expose()).expect("ours").name(), one.name());
    }

    #[test]
    fn what_cannot_be_ours_is_no_handle() {
        for text in ["", "a", "../../../../../../../../../../../../../etc/pass", &"ä".repeat(43)] {
            assert!(Handle::presented(text).is_none(), "{text}");
        }
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(fingerprint(&["ab", "c"]), fingerprint(&["a", "bc"]));
    }
}
