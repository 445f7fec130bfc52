//! Which known key a person may have meant.

use super::keys::{SETTINGS, is_section};

/// The known key closest to an unknown one. A key that ends alike wins: most often the section is what was forgotten. Where a
/// section was written that there is, it was not, and an end elsewhere has to be more alike.
pub(super) fn nearest(unknown: &str) -> &'static str {
    let parted = unknown.rsplit_once('.').is_some_and(|(section, _)| is_section(section));
    let weight = if parted { 3 } else { 2 };
    let leaf = |key: &str| key.rsplit('.').next().unwrap_or_default().to_owned();
    let far = |known: &str| {
        let whole = distance(unknown, known);
        let end = distance(&leaf(unknown), &leaf(known));
        (whole.min(weight * end), whole)
    };
    SETTINGS.iter().map(|setting| setting.key).min_by_key(|key| far(key)).unwrap_or_default()
}

/// The Levenshtein distance. Keys are short, yet a file may hold any key: only the beginning is compared.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().take(80).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        assert_eq!(distance("kitten", "sitting"), 3);
        for (unknown, meant) in [
            ("isuer", "issuer"),
            ("session.idle_timout", "session.idle_timeout"),
            ("idle_timeout", "session.idle_timeout"),
            ("warn_before", "session.warn_before"),
            ("session.remembered.max_lifetime", "session.remember.max_lifetime"),
            ("datadir", "data_dir"),
            ("token.access", "tokens.access"),
            ("tls.certificate", "tls.cert"),
            ("http.trusted_proxy", "http.trusted_proxies"),
        ] {
            assert_eq!(nearest(unknown), meant, "{unknown}");
        }
    }
}
