//! Which key signs, and which keys are shown: a function of `now`.
//!
//! A key signs with one algorithm. Of the default one there is a key from the beginning, of the others from the first
//! client on that asks for it: nobody pays for an algorithm that nobody uses.

use crate::model::nodes::APART;
use crate::protocol::duration::Limit;
use crate::protocol::signing::SigningAlg;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::Duration;

/// A new key is shown this long before it signs, so that every cached JWK Set knows it by then.
pub const ANNOUNCE: Duration = Duration::from_secs(24 * 3_600);
/// A key that signs no more is shown this long after, for tokens out there and for old hints.
pub const KEEP: Duration = Duration::from_secs(400 * 24 * 3_600);
/// Its private half is kept this long: a node whose clock is behind may still sign with it.
const SPENT: Duration = Duration::from_secs(3_600);
/// So many keys of one algorithm that sign no more are shown at most, however often keys were rotated by hand.
const MOST_RETIRED: usize = 20;

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

/// Whether the private half of a key is of any use.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrivateHalf {
    /// It signs, or will.
    Needed,
    /// It signed its last token.
    Spent,
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

    /// Whether its private half is still of use.
    pub fn private_half(&self, now: Timestamp) -> PrivateHalf {
        match self.retired_at {
            Some(end) if now >= end + SPENT => PrivateHalf::Spent,
            _ => PrivateHalf::Needed,
        }
    }

    fn is_over(&self, now: Timestamp) -> bool {
        self.retired_at.is_some_and(|end| now >= end + KEEP)
    }
}

/// The key that signs with `alg`: of the active ones the youngest.
pub fn signer<'a>(
    keys: impl Iterator<Item = &'a SigningKeyFacts>,
    alg: SigningAlg,
    now: Timestamp,
) -> Option<&'a SigningKeyFacts> {
    keys.filter(|key| key.alg == alg && key.standing(now) == KeyStanding::Active)
        .max_by(|a, b| (a.active_at, &a.kid).cmp(&(b.active_at, &b.kid)))
}

/// Why new keys are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// A key has signed for as long as keys do.
    Due(Limit),
    /// Somebody asks for this algorithm.
    Wanted(SigningAlg),
    /// An administrator said so.
    Asked(Urgency),
}

/// How fast the keys before are to be done with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// New keys are shown now and sign a day later.
    Announced,
    /// New keys sign at once. Those before stay shown: what they signed stays good.
    AtOnce,
    /// New keys sign at once, and those before are nothing any more, as is what they signed.
    Revoking,
}

impl Urgency {
    /// A short word for the audit log.
    pub fn word(self) -> &'static str {
        match self {
            Urgency::Announced => "announced",
            Urgency::AtOnce => "at_once",
            Urgency::Revoking => "revoked",
        }
    }
}

/// A key that is to be made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Successor {
    /// Its algorithm.
    pub alg: SigningAlg,
    /// Shown from here on.
    pub published_at: Timestamp,
    /// Signs from here on.
    pub active_at: Timestamp,
}

/// The keys that are to be made.
pub fn successors(ring: &[SigningKeyFacts], turn: Turn, now: Timestamp) -> Vec<Successor> {
    let mut algs: BTreeSet<SigningAlg> = ring.iter().filter(|key| !key.is_over(now)).map(|key| key.alg).collect();
    algs.insert(SigningAlg::default());
    if let Turn::Wanted(alg) = turn {
        algs.insert(alg);
    }
    let made = algs.into_iter().filter_map(|alg| {
        // Whoever has an end has a successor.
        let youngest =
            ring.iter().filter(|key| key.alg == alg && key.retired_at.is_none()).max_by_key(|key| key.active_at);
        let active_at = match youngest {
            Some(key) => follows(key, turn, now)?,
            None => at_once(now),
        };
        Some(Successor { alg, published_at: now.min(active_at), active_at })
    });
    made.collect()
}

/// When the key after this one begins to sign, if one is to be made now.
fn follows(key: &SigningKeyFacts, turn: Turn, now: Timestamp) -> Option<Timestamp> {
    match turn {
        Turn::Due(Limit::After(period)) => {
            let end = key.active_at + period;
            (now + ANNOUNCE >= end).then(|| end.max(now + ANNOUNCE))
        }
        Turn::Due(Limit::Never) | Turn::Wanted(_) => None,
        Turn::Asked(Urgency::Announced) => (now >= key.active_at).then(|| now + ANNOUNCE),
        Turn::Asked(Urgency::AtOnce | Urgency::Revoking) => Some(at_once(now)),
    }
}

/// A node whose clock is behind signs with it as well.
fn at_once(now: Timestamp) -> Timestamp {
    Timestamp(now.0 - APART)
}

/// What remains of the keys before, as they are from here on.
pub fn remaining(
    ring: &[SigningKeyFacts],
    successors: &[Successor],
    turn: Turn,
    now: Timestamp,
) -> Vec<SigningKeyFacts> {
    if turn == Turn::Asked(Urgency::Revoking) {
        return Vec::new();
    }
    let mut keys: Vec<SigningKeyFacts> = ring.iter().filter(|key| !key.is_over(now)).cloned().collect();
    for key in &mut keys {
        let Some(next) = successors.iter().find(|next| next.alg == key.alg) else { continue };
        key.retired_at = Some(key.retired_at.map_or(next.active_at, |end| end.min(next.active_at)));
    }
    let ends: Vec<(SigningAlg, Option<Timestamp>)> = keys.iter().map(|key| (key.alg, key.retired_at)).collect();
    let retired_later = |at: usize| {
        let of = |other: usize| ends[other].0 == ends[at].0 && (ends[other].1, other) > (ends[at].1, at);
        (0..ends.len()).filter(|&other| of(other)).count()
    };
    let mut at = 0..ends.len();
    keys.retain(|key| at.next().is_none_or(|at| key.retired_at.is_none() || retired_later(at) < MOST_RETIRED));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    const NINETY: Turn = Turn::Due(Limit::After(Duration::from_secs(90 * 86_400)));

    fn key(kid: &str, active_at: i64, retired_at: Option<i64>) -> SigningKeyFacts {
        SigningKeyFacts {
            kid: kid.into(),
            alg: SigningAlg::RS256,
            published_at: Timestamp(active_at) - ANNOUNCE,
            active_at: Timestamp(active_at),
            retired_at: retired_at.map(Timestamp),
        }
    }

    /// The ring after a turn; keys that were made are called by the instant.
    fn turned(ring: &[SigningKeyFacts], turn: Turn, now: i64) -> Vec<SigningKeyFacts> {
        let now = Timestamp(now);
        let made = successors(ring, turn, now);
        let mut after = remaining(ring, &made, turn, now);
        after.extend(made.into_iter().map(|Successor { alg, published_at, active_at }| SigningKeyFacts {
            kid: format!("{}@{}", alg.name(), now.0),
            alg,
            published_at,
            active_at,
            retired_at: None,
        }));
        after
    }

    fn signs(ring: &[SigningKeyFacts], now: i64) -> Option<&str> {
        signer(ring.iter(), SigningAlg::RS256, Timestamp(now)).map(|key| key.kid.as_str())
    }

    #[test]
    fn the_ring_turns_with_the_clock() {
        let ring = [key("old", 100_000, Some(200_000)), key("new", 200_000, None)];
        let at = |now| signs(&ring, now);
        assert_eq!((at(0), at(100_000), at(199_999), at(200_000)), (None, Some("old"), Some("old"), Some("new")));
        assert_eq!(ring[1].standing(Timestamp(150_000)), KeyStanding::Published);
        assert_eq!(ring[0].standing(Timestamp(200_000)), KeyStanding::Retired);
        assert_eq!(ring[0].standing(Timestamp(200_000) + KEEP), KeyStanding::Gone);
        assert_eq!(signer(ring.iter(), SigningAlg::ES256, Timestamp(200_000)), None);
    }

    #[test]
    fn an_empty_ring_gets_the_default_alone_and_it_signs_at_once() {
        for turn in [NINETY, Turn::Due(Limit::Never), Turn::Asked(Urgency::Announced), Turn::Asked(Urgency::Revoking)] {
            let ring = turned(&[], turn, 1_000);
            assert_eq!((ring.len(), signs(&ring, 1_000 - APART)), (1, Some("RS256@1000")), "{turn:?}");
        }
    }

    #[test]
    fn a_successor_is_shown_a_day_before_it_signs_and_nobody_is_ever_without_a_key() {
        let first = turned(&[], NINETY, 0);
        let due = 89 * DAY - APART;
        assert_eq!(turned(&first, NINETY, due - 1), first, "not yet");
        let second = turned(&first, NINETY, due);
        assert_eq!(second.len(), 2);
        assert_eq!(second[1].standing(Timestamp(due)), KeyStanding::Published);
        assert_eq!(second[1].active_at, Timestamp(due) + ANNOUNCE);
        assert_eq!(turned(&second, NINETY, due + 5), second, "once");
        let turn = due + DAY;
        assert_eq!((signs(&second, turn - 1), signs(&second, turn)), (Some("RS256@0"), Some(second[1].kid.as_str())));
        assert_eq!(second[0].standing(Timestamp(turn)), KeyStanding::Retired);
        // Four hundred days later the first one is forgotten.
        let mut ring = second;
        for now in (turn..turn + 500 * DAY).step_by(3_600) {
            ring = turned(&ring, NINETY, now);
            assert!(signs(&ring, now).is_some(), "{now}");
            let shown = ring.iter().filter(|key| key.standing(Timestamp(now)) != KeyStanding::Gone).count();
            assert!((2..=7).contains(&shown), "{shown}");
        }
        assert!(ring.iter().all(|key| key.kid != "RS256@0"));
    }

    #[test]
    fn whoever_slept_through_it_announces_all_the_same() {
        let first = turned(&[], NINETY, 0);
        let now = 1_000 * DAY;
        let late = turned(&first, NINETY, now);
        assert_eq!((signs(&late, now), late[1].active_at), (Some("RS256@0"), Timestamp(now) + ANNOUNCE));
    }

    #[test]
    fn never_is_never() {
        let first = turned(&[], NINETY, 0);
        assert_eq!(turned(&first, Turn::Due(Limit::Never), 10_000 * DAY), first);
    }

    #[test]
    fn an_algorithm_gets_its_key_when_it_is_wanted_and_a_successor_like_the_others() {
        let wanted = Turn::Wanted(SigningAlg::ES384);
        let ring = turned(&turned(&[], NINETY, 0), wanted, 1_000);
        assert_eq!(signer(ring.iter(), SigningAlg::ES384, Timestamp(1_000)).unwrap().kid, "ES384@1000");
        assert_eq!(turned(&ring, wanted, 2_000), ring, "once");
        let made = successors(&ring, NINETY, Timestamp(95 * DAY));
        assert_eq!(made.iter().map(|made| made.alg).collect::<Vec<_>>(), [SigningAlg::RS256, SigningAlg::ES384]);
    }

    #[test]
    fn what_an_administrator_asks_for() {
        let ring = turned(&[], NINETY, 0);
        let announced = turned(&ring, Turn::Asked(Urgency::Announced), DAY);
        assert_eq!((signs(&announced, DAY), signs(&announced, 2 * DAY)), (Some("RS256@0"), Some("RS256@86400")));
        assert_eq!(turned(&announced, Turn::Asked(Urgency::Announced), DAY + 9), announced, "one is on its way");

        // What was only announced never signs.
        let at_once = turned(&announced, Turn::Asked(Urgency::AtOnce), DAY + 10);
        assert!((0..90).all(|day| signs(&at_once, DAY + 10 + day * DAY) == Some("RS256@86410")));
        assert_eq!(at_once.len(), 3);
        assert!(at_once[..2].iter().all(|key| key.standing(Timestamp(DAY + 10)) == KeyStanding::Retired));

        let revoked = turned(&at_once, Turn::Asked(Urgency::Revoking), DAY + 20);
        assert_eq!((revoked.len(), signs(&revoked, DAY + 20)), (1, Some("RS256@86420")));
    }

    #[test]
    fn two_emergencies_within_a_second_leave_one_signer() {
        let mut ring = turned(&[], NINETY, 0);
        for _ in 0..3 {
            ring = turned(&ring, Turn::Asked(Urgency::AtOnce), 5);
            let active = ring.iter().filter(|key| key.standing(Timestamp(5)) == KeyStanding::Active).count();
            assert_eq!(active, 1);
        }
    }

    #[test]
    fn the_private_half_goes_after_the_last_token_and_the_list_stays_bounded() {
        let old = key("old", 100_000, Some(200_000));
        assert_eq!(old.private_half(Timestamp(200_100)), PrivateHalf::Needed, "a clock may be behind");
        assert_eq!(old.private_half(Timestamp(210_000)), PrivateHalf::Spent);
        assert_eq!(key("new", 200_000, None).private_half(Timestamp(i64::MAX)), PrivateHalf::Needed);
        let mut ring = Vec::new();
        for now in 0..100 {
            ring = turned(&ring, Turn::Asked(Urgency::AtOnce), now * 100);
        }
        assert_eq!(ring.len(), MOST_RETIRED + 1);
        assert_eq!(signs(&ring, 10_000), Some("RS256@9900"));
    }
}
