//! Spans of time as settings and import files write them: `"90s"`, `"15m"`, `"12h"`, `"30d"`, `"never"`.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A span of whole seconds, written with one unit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(pub Duration);

/// A limit that may be absent.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, Default)]
#[serde(try_from = "String", into = "String")]
pub enum Limit {
    /// There is none.
    #[default]
    Never,
    /// It passes after this long.
    After(Duration),
}

/// Why a text is no span of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no duration; write a whole number with a unit, such as \"90s\", \"15m\", \"12h\" or \"30d\"{1}")]
pub struct SpanError(String, &'static str);

/// A hundred years: beyond it arithmetic on instants would no longer mean anything.
const LONGEST: u64 = 100 * 365 * 86_400;

fn seconds(text: &str) -> Option<u64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return None,
    };
    let number = &text[..text.len() - 1];
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let total = digits.then(|| number.parse::<u64>().ok()).flatten()?.checked_mul(unit)?;
    (total <= LONGEST).then_some(total)
}

fn print(span: Duration) -> String {
    let total = span.as_secs();
    let unit =
        [(86_400, 'd'), (3_600, 'h'), (60, 'm')].into_iter().find(|(size, _)| total > 0 && total.is_multiple_of(*size));
    match unit {
        Some((size, letter)) => format!("{}{letter}", total / size),
        None => format!("{total}s"),
    }
}

impl FromStr for Span {
    type Err = SpanError;
    fn from_str(text: &str) -> Result<Span, SpanError> {
        seconds(text).map(|s| Span(Duration::from_secs(s))).ok_or_else(|| SpanError(text.to_owned(), ""))
    }
}

impl FromStr for Limit {
    type Err = SpanError;
    fn from_str(text: &str) -> Result<Limit, SpanError> {
        match text {
            "never" => Ok(Limit::Never),
            // A limit of nothing would end what it limits before it began.
            _ => seconds(text)
                .filter(|s| *s > 0)
                .map(|s| Limit::After(Duration::from_secs(s)))
                .ok_or_else(|| SpanError(text.to_owned(), ", or \"never\"")),
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&print(self.0))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::Never => f.write_str("never"),
            Limit::After(span) => f.write_str(&print(*span)),
        }
    }
}

impl Limit {
    /// The span, where there is one.
    pub fn span(self) -> Option<Duration> {
        match self {
            Limit::Never => None,
            Limit::After(span) => Some(span),
        }
    }
}

macro_rules! as_text {
    ($type:ty) => {
        impl TryFrom<String> for $type {
            type Error = SpanError;
            fn try_from(text: String) -> Result<$type, SpanError> {
                text.parse()
            }
        }
        impl From<$type> for String {
            fn from(value: $type) -> String {
                value.to_string()
            }
        }
    };
}
as_text!(Span);
as_text!(Limit);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_prints() {
        for text in ["0s", "90s", "15m", "12h", "30d", "1d", "61s"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
        for text in ["never", "90s", "36500d"] {
            assert_eq!(text.parse::<Limit>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in ["", "s", "5", "-5s", "+5s", "1.5h", "5 m", "5w", "99999999999999999999d", "36501d", "５s", "é"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
            assert!(text.parse::<Limit>().is_err(), "{text}");
        }
        assert!("0s".parse::<Limit>().is_err() && "never".parse::<Span>().is_err());
    }
}
