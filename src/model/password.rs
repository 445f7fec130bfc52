//! Which passwords may be set (NIST SP 800-63B-4, section 3.1.1): the one rule, wherever one is set.
//!
//! No kind of character is demanded. A password has to be long, and must not be what guessers try first: it is *weighed*
//! without the words that they know. Whatever is repeated counts once; the words of the person and the place
//! ([`Context`]), a common password that is all there is besides digits and punctuation, and runs along rows of keys
//! count nothing; of what is left a letter counts two, and a digit or a punctuation mark one. That has to be as much as
//! the fewest characters. So `mirabella` may be in Mirabella's passphrase, and `Mirabella-19870412` is none.

mod common;
mod context;
mod runs;
#[cfg(test)]
mod tests;

pub use context::Context;

use serde::{Deserialize, Serialize};
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
    /// Fewer characters than these.
    TooShort(usize),
    /// More than [`MAXIMUM`] characters.
    TooLong,
    /// A character in it cannot be seen, so that nobody could type it again.
    Unseen,
    /// Without what everybody tries, too little is left.
    Common,
    /// Without the person's own words and those of the place, too little is left.
    Context,
    /// It is in the file of passwords that were stolen somewhere.
    Breached,
}

/// What an account has besides its password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// Nothing: the password stands alone.
    Nothing,
    /// A second factor.
    SecondFactor,
}

impl Beside {
    /// Fewest characters.
    pub fn least(self) -> usize {
        match self {
            Beside::Nothing => MINIMUM_ALONE,
            Beside::SecondFactor => MINIMUM_WITH_SECOND_FACTOR,
        }
    }
}

/// What is remembered of a password besides its hash: whether it may be all that somebody shows. Not how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// It may.
    #[default]
    Alone,
    /// It was good enough beside a second factor only.
    BesideFactor,
}

impl Stands {
    /// Is it what need not be written down?
    pub fn is_alone(&self) -> bool {
        *self == Stands::Alone
    }
}

/// The form in which a password is hashed and compared: Unicode NFC, nothing trimmed.
///
/// Where that is longer than any password may be it is cut: such an input can match no stored hash, and hashing it
/// must not cost more than another.
pub fn normalized(password: &str) -> Zeroizing<String> {
    Zeroizing::new(password.nfc().take(MAXIMUM + 1).collect())
}

/// Judges a password somebody wants to set; says whether it may stand alone.
///
/// # Errors
/// The first weakness found.
pub fn judge(password: &str, context: &Context, beside: Beside) -> Result<Stands, Weakness> {
    let password = normalized(password);
    match (judge_for(&password, context, MINIMUM_ALONE), beside) {
        (Ok(()), _) => Ok(Stands::Alone),
        (Err(weakness), Beside::Nothing) => Err(weakness),
        (Err(_), Beside::SecondFactor) => {
            judge_for(&password, context, MINIMUM_WITH_SECOND_FACTOR).map(|()| Stands::BesideFactor)
        }
    }
}

fn judge_for(password: &str, context: &Context, least: usize) -> Result<(), Weakness> {
    let count = password.chars().count();
    if count < least {
        return Err(Weakness::TooShort(least));
    }
    if count > MAXIMUM {
        return Err(Weakness::TooLong);
    }
    if password.chars().any(is_unseen) {
        return Err(Weakness::Unseen);
    }
    let folded = Zeroizing::new(folded(password));
    let once = once(&folded);
    if once.chars().count() < least || weight(once) < least {
        return Err(Weakness::Common);
    }
    if context.taken_from(once).into_iter().map(weight).sum::<usize>() < least {
        return Err(Weakness::Context);
    }
    Ok(())
}

/// Controls, and what turns or breaks a line without being seen. Joiners stay: scripts and emoji need them.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'..='\u{e007f}')
}

/// The form in which passwords and words are held against each other.
fn folded(text: &str) -> String {
    text.nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// The unit of a text that is one over and over, perhaps broken off at its end; any other text whole.
fn once(text: &str) -> &str {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let over_and_over = |unit: &usize| chars.iter().zip(&chars[*unit..]).all(|(a, b)| a.1 == b.1);
    match (1..=chars.len() / 2).find(over_and_over) {
        Some(unit) => &text[..chars[unit].0],
        None => text,
    }
}

/// What a text adds to what is known: two for a letter, one for padding, nothing for a common password or a run.
fn weight(text: &str) -> usize {
    let around = common::around_common(text);
    let left = runs::without_runs(around.as_deref().unwrap_or(text));
    left.into_iter().map(|c| if common::is_padding(c) { 1 } else { 2 }).sum()
}
