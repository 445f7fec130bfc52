//! The signing keys as a table for people.

use crate::model::signing_key::{KeyStanding, SigningKeyFacts};
use crate::protocol::time::Timestamp;
use std::cmp::Reverse;

/// One line a key: of each algorithm those that sign or will, then those that do no more, the youngest first. Instants
/// are in UTC.
pub(super) fn table(keys: &[SigningKeyFacts], now: Timestamp) -> String {
    let mut keys: Vec<&SigningKeyFacts> = keys.iter().collect();
    keys.sort_by_key(|key| {
        (key.alg, Reverse(key.retired_at.map_or(i64::MAX, |end| end.0)), Reverse(key.active_at), &key.kid)
    });
    let row = |kid: &str, alg: &str, standing: &str, instants: [String; 3]| {
        let [shown, signs, ends] = instants;
        format!("{kid:43}  {alg:5}  {standing:9}  {shown:20}  {signs:20}  {ends}").trim_end().to_owned()
    };
    let heads = ["shown since", "signs since", "signs until"].map(str::to_owned);
    let mut lines = vec![row("kid", "alg", "standing", heads)];
    lines.extend(keys.into_iter().map(|key| {
        let until = key.retired_at.map_or_else(|| "-".to_owned(), instant);
        row(
            &key.kid,
            key.alg.name(),
            word(key.standing(now)),
            [instant(key.published_at), instant(key.active_at), until],
        )
    }));
    lines.join("\n")
}

fn word(standing: KeyStanding) -> &'static str {
    match standing {
        KeyStanding::Published => "announced",
        KeyStanding::Active => "signs",
        KeyStanding::Retired => "retired",
        KeyStanding::Gone => "gone",
    }
}

fn instant(at: Timestamp) -> String {
    jiff::Timestamp::from_second(at.0).map_or_else(|_| at.0.to_string(), |at| at.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::signing::SigningAlg;

    #[test]
    fn a_line_for_each_key() {
        let key = |kid: &str, alg, active_at, retired_at: Option<i64>| SigningKeyFacts {
            kid: kid.repeat(43),
            alg,
            published_at: Timestamp(active_at - 86_400),
            active_at: Timestamp(active_at),
            retired_at: retired_at.map(Timestamp),
        };
        let keys = [
            key("c", SigningAlg::ES384, 1_800_000_000, None),
            key("a", SigningAlg::RS256, 1_790_000_000, Some(1_800_050_000)),
            key("b", SigningAlg::RS256, 1_800_050_000, None),
        ];
        let text = table(&keys, Timestamp(1_800_000_000));
        let words: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words[0][1..], ["RS256", "announced", "2027-01-14T21:53:20Z", "2027-01-15T21:53:20Z", "-"]);
        assert_eq!(words[1][2..], ["signs", "2026-09-20T14:13:20Z", "2026-09-21T14:13:20Z", "2027-01-15T21:53:20Z"]);
        assert_eq!((words[2][1], words.len()), ("ES384", 3));
    }
}
