//! Which passwords may be set (NIST SP 800-63B-4, section 3.1.1).

use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

/// Fewest characters of a password that stands alone.
pub const MINIMUM_ALONE: usize = 15;
/// Fewest characters of one that a second factor stands beside.
pub const MINIMUM_WITH_SECOND_FACTOR: usize = 8;
/// Most characters; a longer one is refused, never cut.
pub const MAXIMUM: usize = 256;

/// Why a password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Fewer than [`MINIMUM_ALONE`] characters.
    TooShort,
    /// More than [`MAXIMUM`] characters.
    TooLong,
    /// Found in the list of common ones, or one of them repeated.
    Common,
    /// It is the username, or little more.
    LikeUsername,
}

/// The form in which a password is hashed and compared: Unicode NFC, nothing trimmed.
///
/// Where that is longer than any password may be it is cut: such an input can match no stored hash, and hashing it
/// must not cost more than another.
pub fn normalized(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().take(MAXIMUM + 1).collect())
}

/// Judges a password somebody wants to set.
///
/// # Errors
/// The first weakness found.
pub fn judge(password: &str, username: &str) -> Result<(), Weakness> {
    let password = normalized(password);
    let count = password.chars().count();
    if count < MINIMUM_ALONE {
        return Err(Weakness::TooShort);
    }
    if count > MAXIMUM {
        return Err(Weakness::TooLong);
    }
    let lower = password.to_lowercase();
    if COMMON.contains(lower.as_str()) || is_repetition(&lower) {
        return Err(Weakness::Common);
    }
    let rest = lower.replace(&username.to_lowercase(), "");
    if !username.is_empty() && rest.chars().count() < MINIMUM_WITH_SECOND_FACTOR {
        return Err(Weakness::LikeUsername);
    }
    Ok(())
}

/// One unit of at most 8 characters over and over ("abcabcabcabcabc", "aaaaaaaaaaaaaaa"), or a common password twice.
fn is_repetition(password: &str) -> bool {
    let chars: Vec<char> = password.chars().collect();
    (1..=8).any(|unit| chars.iter().zip(chars.iter().skip(unit)).all(|(a, b)| a == b))
        || COMMON.iter().any(|common| password.strip_prefix(common).is_some_and(|rest| rest == *common))
}

/// Common passwords long enough to be allowed otherwise, lower case, one a line.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common_passwords.txt").lines().filter(|line| !line.starts_with('#')).collect());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts() {
        for (password, verdict) in [
            ("fourteen chars", Err(Weakness::TooShort)),
            ("fifteen charact", Ok(())),
            (&"ö".repeat(15), Err(Weakness::Common)),
            ("abcabcabcabcabcabc", Err(Weakness::Common)),
            ("PasswordPassword", Err(Weakness::Common)),
            ("123456789012345", Err(Weakness::Common)),
            ("qwertyuiopasdfghjkl", Err(Weakness::Common)),
            ("mirabella-mirabella", Err(Weakness::LikeUsername)),
            ("correct horse battery staple mirabella", Ok(())),
            (&"a b".repeat(90), Err(Weakness::TooLong)),
        ] {
            assert_eq!(judge(password, "Mirabella"), verdict, "{password}");
        }
    }

    #[test]
    fn composed_and_decomposed_are_one() {
        assert_eq!(*normalized("e\u{301}"), *normalized("\u{e9}"));
        assert_ne!(*normalized(" a "), *normalized("a"));
        assert_eq!(normalized(&"x".repeat(10_000)).chars().count(), MAXIMUM + 1);
    }
}
