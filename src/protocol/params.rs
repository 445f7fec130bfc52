//! Request parameters, from a query or a form body (`application/x-www-form-urlencoded`).

use crate::protocol::refusal::is_known;
use percent_encoding::percent_decode_str;

/// More parameters than this are refused unread.
pub const MAX_PARAMS: usize = 64;
/// A longer value (bytes, decoded) of a client's request counts as malformed.
pub const MAX_VALUE: usize = 16 * 1024;

/// The parameters of one request.
///
/// A parameter sent without a value counts as not sent (RFC 6749, section 3.1). One that came twice, holds a NUL,
/// is no UTF-8 or is too long is kept by name only, as spoiled: which error that is depends on which parameter it is,
/// and that the callers know.
#[derive(Debug, Clone, Default)]
pub struct Params {
    values: Vec<(String, String)>,
    spoiled: Vec<(String, Spoiled)>,
}

/// What is wrong with a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spoiled {
    /// It came more than once (RFC 6749, section 3.1).
    Repeated,
    /// It is no UTF-8, holds a control character or is too long.
    Malformed,
}

/// Too many parameters to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany;

/// The only parameter that may be repeated (RFC 8707, section 2).
const REPEATABLE: &str = "resource";

impl Params {
    /// Takes an encoded query or form body apart.
    ///
    /// # Errors
    /// More than [`MAX_PARAMS`] parameters.
    pub fn parse(encoded: &[u8]) -> Result<Params, TooMany> {
        Params::parse_within(encoded, MAX_VALUE)
    }

    /// The same with another bound on values: our own forms carry whole requests, sealed.
    ///
    /// # Errors
    /// More than [`MAX_PARAMS`] parameters.
    pub fn parse_within(encoded: &[u8], longest: usize) -> Result<Params, TooMany> {
        let mut params = Params::default();
        let pieces = encoded.split(|byte| *byte == b'&').filter(|piece| !piece.is_empty());
        for (count, piece) in pieces.enumerate() {
            if count >= MAX_PARAMS {
                return Err(TooMany);
            }
            params.take(piece, longest);
        }
        Ok(params)
    }

    /// From names and values that did not come in this form. They are held to the same.
    ///
    /// # Errors
    /// More than [`MAX_PARAMS`] parameters.
    pub fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Params, TooMany> {
        let mut params = Params::default();
        for (count, (name, value)) in pairs.into_iter().enumerate() {
            if count >= MAX_PARAMS {
                return Err(TooMany);
            }
            let value = Some(value).filter(|value| value.chars().all(acceptable));
            params.put(name, value, MAX_VALUE);
        }
        Ok(params)
    }

    fn take(&mut self, piece: &[u8], longest: usize) {
        let at = piece.iter().position(|byte| *byte == b'=').unwrap_or(piece.len());
        let Some(name) = decode(&piece[..at]) else {
            return; // A name that is no text is the name of nothing we know; unknown parameters are ignored.
        };
        self.put(name, decode(piece.get(at + 1..).unwrap_or_default()), longest);
    }

    fn put(&mut self, name: String, value: Option<String>, longest: usize) {
        match value {
            None if self.seen(&name) && name != REPEATABLE => self.spoil(name, Spoiled::Repeated),
            None => self.spoil(name, Spoiled::Malformed),
            Some(value) if value.len() > longest => self.spoil(name, Spoiled::Malformed),
            // An empty one still counts as sent when it comes to repetition: `a=&a=1` is ambiguous.
            Some(value) if self.seen(&name) && (name != REPEATABLE || self.spoiled(&name).is_some()) => {
                drop(value);
                self.spoil(name, Spoiled::Repeated);
            }
            Some(value) => self.values.push((name, value)),
        }
    }

    fn seen(&self, name: &str) -> bool {
        self.values.iter().any(|(n, _)| n == name) || self.spoiled.iter().any(|(n, _)| n == name)
    }

    fn spoil(&mut self, name: String, why: Spoiled) {
        self.values.retain(|(n, _)| *n != name);
        self.spoiled.push((name, why));
    }

    /// The value, where one was sent exactly once and is text.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }

    /// As much of `ui_locales` as can matter, since it travels inside forms: a language tag has 35 characters at most
    /// (RFC 5646, section 4.4.1). No value of it is an error (OpenID Connect Core, 3.1.2.1).
    pub fn ui_locales(&self) -> Option<String> {
        let tags = self.get("ui_locales")?.split_ascii_whitespace().take(16).filter(|tag| tag.len() <= 35);
        Some(tags.collect::<Vec<_>>().join(" "))
    }

    /// All values of a repeatable parameter.
    pub fn all(&self, name: &str) -> Vec<String> {
        self.values.iter().filter(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.clone()).collect()
    }

    /// What is wrong with a parameter, if anything.
    pub fn spoiled(&self, name: &str) -> Option<Spoiled> {
        self.spoiled.iter().find(|(n, _)| n == name).map(|(_, why)| *why)
    }

    /// The first parameter with which anything is wrong. One that nobody knows is ignored, and so is what it says; that it came
    /// twice it may not all the same (RFC 6749, sections 3.1 and 3.2).
    pub fn first_spoiled(&self) -> Option<(&str, Spoiled)> {
        let counts = |name: &str, why| why == Spoiled::Repeated || is_known(name);
        self.spoiled.iter().find(|(name, why)| counts(name, *why)).map(|(name, why)| (name.as_str(), *why))
    }

    /// The names with which something is wrong.
    pub fn spoiled_names(&self) -> impl Iterator<Item = &str> {
        self.spoiled.iter().map(|(name, _)| name.as_str())
    }

    /// The parameters with which nothing is wrong, in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

fn decode(piece: &[u8]) -> Option<String> {
    let plus: Vec<u8> = piece.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    let text = std::str::from_utf8(&plus).ok()?;
    let text = percent_decode_str(text).decode_utf8().ok()?.into_owned();
    text.chars().all(acceptable).then_some(text)
}

fn acceptable(c: char) -> bool {
    !c.is_control() || c == '\n' || c == '\r' || c == '\t'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Params {
        Params::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn repeated_and_malformed_parameters_have_no_value() {
        for (text, why) in [
            ("a=1&a=1", Spoiled::Repeated),
            ("a=&a=1", Spoiled::Repeated),
            ("a=1&a=", Spoiled::Repeated),
            ("a=1&%61=2", Spoiled::Repeated),
            ("a=%00", Spoiled::Malformed),
            ("a=%ff", Spoiled::Malformed),
            ("a=%1b", Spoiled::Malformed),
        ] {
            let params = parse(text);
            assert_eq!((params.get("a"), params.spoiled("a")), (None, Some(why)), "{text}");
        }
        assert_eq!(parse("a=%ff&a=1").get("a"), None);
        assert_eq!(parse(&format!("a={}", "x".repeat(MAX_VALUE + 1))).spoiled("a"), Some(Spoiled::Malformed));
    }

    #[test]
    fn what_nobody_knows_may_say_anything_once() {
        for (text, spoiled) in [
            ("utm_term=caf%E9", None),
            ("x=%00", None),
            ("x=%00&state=%00", Some(("state", Spoiled::Malformed))),
            ("x=%00&x=1", Some(("x", Spoiled::Repeated))),
            ("x=1&x=%00", Some(("x", Spoiled::Repeated))),
            ("x=%00&x=%00", Some(("x", Spoiled::Repeated))),
            ("scope=%ff", Some(("scope", Spoiled::Malformed))),
        ] {
            assert_eq!(parse(text).first_spoiled(), spoiled, "{text}");
        }
    }

    #[test]
    fn resource_alone_may_repeat() {
        assert_eq!(parse("resource=a&resource=b").all("resource"), ["a", "b"]);
        assert!(parse("resource=a&resource=b").first_spoiled().is_none());
        // One that cannot be read spoils the others, whichever came first.
        for text in ["resource=a&resource=%ff", "resource=%ff&resource=a"] {
            assert_eq!(
                (parse(text).all("resource").len(), parse(text).spoiled("resource")),
                (0, Some(Spoiled::Malformed))
            );
        }
    }

    #[test]
    fn empty_is_not_sent() {
        assert_eq!(parse("a=&b").get("a"), None);
        assert_eq!(parse("a=b+c%20d").get("a"), Some("b c d"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = Params::parse(&bytes);
        }

        #[test]
        fn what_was_encoded_comes_back(name in "[a-z_]{1,12}", value in "[^\\p{C}]{1,40}") {
            let encoded = format!("{name}={}", percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC));
            let params = parse(&encoded);
            prop_assert_eq!(params.get(&name), Some(value.as_str()));
        }
    }
}
