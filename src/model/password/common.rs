//! The lists of common passwords (`README.md` beside this file says where they come from).

use std::collections::HashSet;
use std::sync::LazyLock;

/// In lower case, one a line.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().chain(include_str!("long.txt").lines()).collect());
/// Characters of the longest entry.
static LONGEST: LazyLock<usize> =
    LazyLock::new(|| COMMON.iter().map(|entry| entry.chars().count()).max().unwrap_or_default());

/// Digits, punctuation, spaces: what people put around a word.
pub(super) fn is_padding(c: char) -> bool {
    c.is_numeric() || c.is_whitespace() || c.is_ascii_punctuation()
}

/// What stands around a common password, where the text is one with padding around it, or is one. The longest such
/// entry counts.
pub(super) fn around_common(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let padding = |c: &&char| is_padding(**c);
    let (lead, trail) = (chars.iter().take_while(padding).count(), chars.iter().rev().take_while(padding).count());
    if lead == chars.len() {
        // Digits alone: a short entry is found in any long number, so that the whole has to be one.
        return COMMON.contains(text).then(String::new);
    }
    let (first_end, mut best) = (chars.len() - trail, None);
    for start in 0..=lead {
        for end in first_end..=chars.len().min(start + *LONGEST) {
            let entry: String = chars[start..end].iter().collect();
            let longer = best.is_none_or(|(from, to): (usize, usize)| end - start > to - from);
            if longer && COMMON.contains(entry.as_str()) {
                best = Some((start, end));
            }
        }
    }
    best.map(|(start, end)| chars[..start].iter().chain(&chars[end..]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        let entries: Vec<&str> = include_str!("common.txt").lines().collect();
        assert_eq!(entries.len(), 10_000);
        assert!(entries.is_sorted() && entries.iter().all(|entry| !entry.is_empty() && *entry == entry.to_lowercase()));
        assert_eq!(entries.iter().collect::<HashSet<_>>().len(), 10_000);
        for known in ["123456", "password", "qwerty", "michael", "hello", "iloveyou", "trustno1", "p@ssw0rd"] {
            assert!(COMMON.contains(known), "{known}");
        }
        assert!(include_str!("long.txt").lines().all(|entry| entry.chars().count() >= super::super::MINIMUM_ALONE));
    }

    #[test]
    fn padding_is_seen_through() {
        for (text, around) in [
            ("password", Some("")),
            ("password1!", Some("!")),
            ("!!password2026", Some("!!026")),
            ("trustno1 trustno1", None),
            ("12 monkey 34", Some("12  34")),
            ("1qaz2wsx!!", Some("!!")),
            ("123456", Some("")),
            ("83920174123456", None),
            ("correct horse", None),
            ("", None),
        ] {
            assert_eq!(around_common(text).as_deref(), around, "{text}");
        }
    }
}
