//! The codes of authenticator apps (RFC 6238): SHA-1, 6 digits, 30 seconds, which is what all of them can do.

use crate::crypto::random;
use crate::protocol::time::Timestamp;
use serde::{Deserialize, Serialize};
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::Zeroizing;

/// Digits of a code.
pub const DIGITS: u8 = 6;
/// Seconds of one time step.
pub const STEP: u64 = 30;
/// Steps before and after the present one whose codes are good: clocks differ, and typing takes its time.
const DRIFT: u16 = 1;

/// A secret that an authenticator app shares with us: 160 random bits.
#[derive(Clone, Serialize, Deserialize)]
pub struct SharedSecret(Zeroizing<[u8; 20]>);

impl std::fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

impl SharedSecret {
    /// A new one.
    pub fn fresh() -> SharedSecret {
        SharedSecret(Zeroizing::new(random::bytes()))
    }

    /// The time step whose code this is, of those that are good now; none for anything else.
    pub fn step_of(&self, code: &str, now: Timestamp) -> Option<u64> {
        self.totp("", "").check(code, u64::try_from(now.0).ok()?)
    }

    /// In groups of four characters, as people type it.
    pub fn text(&self) -> String {
        let text: Vec<char> = Secret::new_stack(*self.0).to_base32().chars().collect();
        text.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }

    /// The `otpauth:` URI that an app reads from a QR code.
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        // A colon ends the issuer there.
        let plain = |text: &str| text.replace(':', " ");
        self.totp(&plain(issuer), &plain(account)).to_url().unwrap_or_default()
    }

    fn totp(&self, issuer: &str, account: &str) -> Totp {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(STEP)
            .with_skew(DRIFT)
            .with_secret(Secret::new_stack(*self.0))
            .with_issuer(Some(issuer).filter(|issuer| !issuer.is_empty()))
            .with_account_name(account)
            .build_noncompliant()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B (the last six of its eight digits).
    #[test]
    fn the_codes_of_the_specification() {
        let secret = SharedSecret(Zeroizing::new(*b"12345678901234567890"));
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let at = |time| secret.step_of(code, Timestamp(time));
            let step = u64::try_from(time).unwrap() / STEP;
            assert_eq!(at(time), Some(step));
            let begin = time - time % 30;
            assert_eq!((at(begin - 30), at(begin + 59)), (Some(step), Some(step)), "one step of drift");
            assert_eq!((at(begin - 31), at(begin + 60)), (None, None), "and no more");
        }
    }

    #[test]
    fn what_is_no_code() {
        let secret = SharedSecret(Zeroizing::new(*b"12345678901234567890"));
        for code in ["", "28708", "2870820", "94287082", "28708x", "-87082", "+287082", "２８７０８２", " 287082"]
        {
            assert_eq!(secret.step_of(code, Timestamp(59)), None, "{code:?}");
        }
        assert_eq!(secret.step_of("287082", Timestamp(-1)), None);
    }

    #[test]
    fn what_an_app_reads() {
        let secret = SharedSecret(Zeroizing::new(*b"12345678901234567890"));
        assert_eq!(secret.text(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        let uri = secret.uri("Abide: here", "mira@example.org");
        assert!(uri.starts_with("otpauth://totp/Abide%20%20here:mira"), "{uri}");
        assert!(uri.contains("secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"), "{uri}");
        assert_ne!(SharedSecret::fresh().text(), SharedSecret::fresh().text());
    }
}
