//! Words that somebody who guesses a person's password tries first: what the person is called, and where they sign in.

use super::folded;
use crate::model::account::Account;
use serde_json::Value;

/// What is said of a person that may be in a password.
const CLAIMS: [&str; 7] =
    ["name", "given_name", "middle_name", "family_name", "nickname", "preferred_username", "email"];
/// Most words that are looked for.
const MOST: usize = 64;

/// The words of one person at one provider, the longest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context(Vec<String>);

impl Context {
    /// The words of this account, at a provider of this host.
    pub fn of(account: &Account, host: &str) -> Context {
        let claims = CLAIMS.iter().filter_map(|claim| account.claims.get(*claim).and_then(Value::as_str));
        let said = ["abide", host, &account.username].into_iter().chain(account.address.as_deref()).chain(claims);
        let mut words: Vec<String> = said.flat_map(words_of).collect();
        words.sort_by(|a, b| b.chars().count().cmp(&a.chars().count()).then_with(|| a.cmp(b)));
        words.dedup();
        words.truncate(MOST);
        Context(words)
    }

    /// What is left of a text without them, in pieces.
    pub(super) fn taken_from<'a>(&self, text: &'a str) -> Vec<&'a str> {
        self.0
            .iter()
            .fold(vec![text], |pieces, word| pieces.iter().flat_map(|piece| piece.split(word.as_str())).collect())
    }
}

/// A text whole and word by word. Of letters that stand for sounds, two are no word: they would be found everywhere.
fn words_of(text: &str) -> Vec<String> {
    let folded = folded(text);
    let parts = folded.split(|c: char| !c.is_alphanumeric()).chain([folded.as_str()]);
    let long = |word: &&str| word.chars().count() >= if word.is_ascii() { 3 } else { 2 };
    parts.filter(long).map(str::to_owned).collect()
}
