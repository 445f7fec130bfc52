//! What a proof of possession has to be for (RFC 9449, section 4.3). Who signed it is not looked at here.

use crate::protocol::dpop::{Claims, names};
use crate::protocol::refusal::{Reason, proof as why};
use crate::protocol::time::Timestamp;
use std::time::Duration;

/// A proof is this old at most, and no more than this of the future.
const AGE: Duration = Duration::from_secs(60);
/// The longest `jti`, in bytes.
const LONGEST_NAME: usize = 255;
/// Whoever has a nonce has it for so long at least, and twice as long at most.
const NONCE: Duration = Duration::from_secs(180);

/// The request that a proof comes with.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Its method.
    pub method: &'a str,
    /// Our own address of what it asks, and never what a header says of it.
    pub url: &'a str,
    /// The hash of the access token beside it, where there has to be one.
    pub token_hash: Option<&'a str>,
}

/// Is it for this request, and of this time?
///
/// # Errors
/// Which rule it breaks.
pub fn judge(proof: &Claims, request: &Request<'_>, now: Timestamp) -> Result<(), &'static Reason> {
    if proof.htm != request.method {
        return Err(why::METHOD);
    }
    if !names(&proof.htu, request.url) {
        return Err(why::ADDRESS);
    }
    if now > proof.iat + AGE || proof.iat > now + AGE {
        return Err(why::INSTANT);
    }
    if !(1..=LONGEST_NAME).contains(&proof.jti.len()) {
        return Err(why::NAME);
    }
    if request.token_hash.is_some() && proof.ath.as_deref() != request.token_hash {
        return Err(why::TOKEN_HASH);
    }
    Ok(())
}

/// From here on a proof is not good any more, used or not.
pub fn until(proof: &Claims) -> Timestamp {
    proof.iat + AGE + Duration::from_secs(1)
}

/// The stretch of time that a nonce is of.
pub fn stretch(at: Timestamp) -> i64 {
    at.0.div_euclid(NONCE.as_secs() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000);

    fn claims(change: impl FnOnce(&mut Claims)) -> Claims {
        let mut claims = Claims {
            jti: "1".into(),
            htm: "GET".into(),
            htu: "https://id/userinfo".into(),
            iat: NOW,
            ath: None,
            nonce: None,
        };
        change(&mut claims);
        claims
    }

    #[test]
    fn the_edges() {
        let asked = Request { method: "GET", url: "https://id/userinfo", token_hash: None };
        let judged = |change: fn(&mut Claims)| judge(&claims(change), &asked, NOW).is_ok();
        assert!(judged(|_| ()));
        assert!(
            judged(|proof| proof.iat = Timestamp(NOW.0 - 60)) && !judged(|proof| proof.iat = Timestamp(NOW.0 - 61))
        );
        assert!(
            judged(|proof| proof.iat = Timestamp(NOW.0 + 60)) && !judged(|proof| proof.iat = Timestamp(NOW.0 + 61))
        );
        assert!(judged(|proof| proof.jti = "x".repeat(255)) && !judged(|proof| proof.jti = "x".repeat(256)));
        assert!(!judged(|proof| proof.jti.clear()));
        assert!(!judged(|proof| proof.htm = "get".into()) && !judged(|proof| proof.htm = "HEAD".into()));
        // Without a token beside it nobody asks for the hash of one.
        assert!(judged(|proof| proof.ath = Some("x".into())));
        let asked = Request { token_hash: Some("x"), ..asked };
        assert!(judge(&claims(|proof| proof.ath = Some("x".into())), &asked, NOW).is_ok());
        for ath in [None, Some("y".to_owned()), Some(String::new())] {
            assert!(judge(&claims(|proof| proof.ath = ath), &asked, NOW).is_err());
        }
    }

    #[test]
    fn a_name_is_remembered_as_long_as_its_proof_is_good() {
        let request = Request { method: "GET", url: "https://id/userinfo", token_hash: None };
        for iat in [NOW.0 - 60, NOW.0, NOW.0 + 60] {
            let proof = claims(|proof| proof.iat = Timestamp(iat));
            assert!(judge(&proof, &request, until(&proof)).is_err());
            assert!(judge(&proof, &request, Timestamp(until(&proof).0 - 1)).is_ok());
        }
    }
}
