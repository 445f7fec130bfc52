//! The one place of the demo that makes random secrets.

use abide_rp::Handle;

/// A fresh secret of 256 random bits as 43 characters of base64url.
///
/// The relying-party crate's own generator is used, so that the demo needs no second source of randomness.
pub(crate) fn random() -> String {
    Handle::random().csrf_token()
}

#[cfg(test)]
mod tests {
    use super::random;

    #[test]
    fn is_long_and_different_each_time() {
        assert_eq!(random().len(), 43);
        assert_ne!(random(), random());
    }
}
