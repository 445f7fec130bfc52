//! Rows that a finger or a voice runs along: `12345678`, `abcdefgh`, `qwertyuiop`, `aaaaaa`.

/// Rows of the alphabet, of digits and of keyboards, walked in either direction. The first two go round.
const ROWS: [&str; 12] = [
    "abcdefghijklmnopqrstuvwxyza",
    "12345678901",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "zaq1xsw2cde3vfr4bgt5nhy6mju7,ki8.lo9/;p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "!@#$%^&*()",
    "a1b2c3d4e5f6g7h8",
];
/// Fewest characters of a run along a row; words have shorter ones.
const ALONG: usize = 4;
/// Fewest times one character stands in a row to be a run.
const SAME: usize = 3;

/// The characters that belong to no run.
pub(super) fn without_runs(text: &str) -> Vec<char> {
    let chars: Vec<char> = text.chars().collect();
    let (mut left, mut at) = (Vec::new(), 0);
    while let Some(&first) = chars.get(at) {
        match run(&chars[at..]) {
            0 => {
                left.push(first);
                at += 1;
            }
            length => at += length,
        }
    }
    left
}

/// How long the run is that begins here; 0 for none.
fn run(chars: &[char]) -> usize {
    let while_steps =
        |step: &dyn Fn(char, char) -> bool| 1 + chars.windows(2).take_while(|pair| step(pair[0], pair[1])).count();
    let same = while_steps(&|a, b| a == b);
    let along =
        ROWS.iter().flat_map(|row| [while_steps(&|a, b| follows(row, a, b)), while_steps(&|a, b| follows(row, b, a))]);
    let along = along.max().unwrap_or(0);
    [(same, SAME), (along, ALONG)]
        .into_iter()
        .filter(|(length, least)| length >= least)
        .map(|(l, _)| l)
        .max()
        .unwrap_or(0)
}

fn follows(row: &str, a: char, b: char) -> bool {
    row.find(a).is_some_and(|at| row[at + a.len_utf8()..].starts_with(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_taken_out_and_words_stay() {
        for (text, left) in [
            ("12345678901234", ""),
            ("9876543210", ""),
            ("zyxwvutsr", ""),
            ("abcdefgh-hgfedcba", "-"),
            ("qwertyuiopasdfgh", ""),
            ("1qaz2wsx3edc", ""),
            ("aaaabbbb", ""),
            ("123abc", "123abc"),
            ("correct horse battery staple", "correct horse battery staple"),
            ("üüüx", "x"),
            ("83920174", "83920174"),
            ("", ""),
        ] {
            assert_eq!(without_runs(text).into_iter().collect::<String>(), left, "{text}");
        }
    }
}
