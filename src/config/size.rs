//! Amounts of memory as settings write them: `"256MB"`.

use serde::Serialize;
use std::fmt;
use std::str::FromStr;

/// An amount of memory in bytes, written with one unit: kB, MB, GB (powers of 1000) or KiB, MiB, GiB (powers of 1024).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(into = "String")]
pub struct Size(u64);

/// Why a text is no size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no size; write a whole number with a unit, such as \"256MB\", \"512MiB\" or \"2GB\"")]
pub struct SizeError(String);

/// The largest first: printing takes the first that divides.
const UNITS: [(&str, u64); 6] =
    [("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20), ("MB", 1_000_000), ("KiB", 1 << 10), ("kB", 1_000)];

impl Size {
    /// So many millions of bytes.
    pub const fn mb(count: u64) -> Size {
        Size(count * 1_000_000)
    }

    /// In bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl FromStr for Size {
    type Err = SizeError;
    fn from_str(text: &str) -> Result<Size, SizeError> {
        let wrong = || SizeError(text.to_owned());
        let end = text.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, unit) = text.split_at(end);
        let named = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).ok_or_else(wrong)?;
        let count = digits.parse::<u64>().map_err(|_| wrong())?;
        count.checked_mul(named.1).map(Size).ok_or_else(wrong)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match UNITS.iter().find(|(_, size)| self.0 > 0 && self.0.is_multiple_of(*size)) {
            Some((name, size)) => write!(f, "{}{name}", self.0 / size),
            None => write!(f, "{}B", self.0),
        }
    }
}

impl From<Size> for String {
    fn from(size: Size) -> String {
        size.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes, printed) in [
            ("256MB", 256_000_000, "256MB"),
            ("1gb", 1_000_000_000, "1GB"),
            ("512MiB", 512 << 20, "512MiB"),
            ("1024MiB", 1 << 30, "1GiB"),
            ("10kB", 10_000, "10kB"),
        ] {
            let size: Size = text.parse().unwrap();
            assert_eq!((size.bytes(), size.to_string().as_str()), (bytes, printed));
        }
        for text in ["", "256", "MB", "-1MB", "+1MB", "1.5GB", "256 MB", "256M", "99999999999999GB"] {
            assert!(text.parse::<Size>().is_err(), "{text}");
        }
    }
}
