//! Which key signs, and which keys are shown: a function of `now`.

use crate::protocol::signing::SigningAlg;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A new key is shown this long before it signs, so that every cached JWK Set knows it by then.
pub const ANNOUNCE: Duration = Duration::from_secs(24 * 3_600);
/// A key that signs no more is shown this long after, for tokens out there and for old hints.
pub const KEEP: Duration = Duration::from_secs(400 * 24 * 3_600);

/// The public facts of a signing key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SigningKeyFacts {
    /// Thumbprint.
    pub kid: String,
    /// Algorithm.
    pub alg: SigningAlg,
    /// Shown from here on.
    pub published_at: Timestamp,
    /// Signs from here on.
    pub active_at: Timestamp,
    /// Signs no more from here on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
}

/// What a key is good for at an instant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyStanding {
    /// Shown, does not sign yet.
    Published,
    /// Shown and signs.
    Active,
    /// Shown, signs no more.
    Retired,
    /// Not shown.
    Gone,
}

impl SigningKeyFacts {
    /// What the key is good for.
    pub fn standing(&self, now: Timestamp) -> KeyStanding {
        match self.retired_at {
            Some(end) if now >= end + KEEP => KeyStanding::Gone,
            Some(end) if now >= end => KeyStanding::Retired,
            _ if now >= self.active_at => KeyStanding::Active,
            _ if now >= self.published_at => KeyStanding::Published,
            _ => KeyStanding::Gone,
        }
    }
}

/// The key that signs with `alg`: of the active ones the youngest.
pub fn signer<'a>(
    keys: impl Iterator<Item = &'a SigningKeyFacts>,
    alg: SigningAlg,
    now: Timestamp,
) -> Option<&'a SigningKeyFacts> {
    keys.filter(|key| key.alg == alg && key.standing(now) == KeyStanding::Active)
        .max_by_key(|key| (key.active_at, key.kid.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(kid: &str, active_at: i64, retired_at: Option<i64>) -> SigningKeyFacts {
        SigningKeyFacts {
            kid: kid.into(),
            alg: SigningAlg::RS256,
            published_at: Timestamp(active_at) - ANNOUNCE,
            active_at: Timestamp(active_at),
            retired_at: retired_at.map(Timestamp),
        }
    }

    #[test]
    fn the_ring_turns_with_the_clock() {
        let ring = [key("old", 100_000, Some(200_000)), key("new", 200_000, None)];
        let at = |now| signer(ring.iter(), SigningAlg::RS256, Timestamp(now)).map(|k| k.kid.as_str());
        assert_eq!((at(0), at(100_000), at(199_999), at(200_000)), (None, Some("old"), Some("old"), Some("new")));
        assert_eq!(ring[1].standing(Timestamp(150_000)), KeyStanding::Published);
        assert_eq!(ring[0].standing(Timestamp(200_000)), KeyStanding::Retired);
        assert_eq!(ring[0].standing(Timestamp(200_000) + KEEP), KeyStanding::Gone);
        assert_eq!(signer(ring.iter(), SigningAlg::ES256, Timestamp(200_000)), None);
    }
}
