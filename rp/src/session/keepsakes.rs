//! What the app and its person put into a session: the app's own state by key, and drafts by the name of their form.
//! All of it is bounded, since drafts come from the browser.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Drafts of one session, their bytes each, and their fields each.
pub const DRAFTS: (usize, usize, usize) = (8, 8 * 1024, 64);
/// Values of the app's own, and the bytes of all together.
pub const STATE: (usize, usize) = (32, 32 * 1024);
/// Bytes of a key, of a draft's name, of a field's name.
const NAME: usize = 128;

/// State and drafts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keepsakes {
    state: BTreeMap<String, Value>,
    drafts: BTreeMap<String, BTreeMap<String, String>>,
}

/// Why something was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// One thing is too big.
    #[error("too big to be kept")]
    TooBig,
    /// There is no room for one more.
    #[error("too many are kept already")]
    TooMany,
    /// It cannot be written as JSON.
    #[error("cannot be written as JSON")]
    NotJson,
}

impl Keepsakes {
    /// A value of the app's own.
    pub fn state<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.state.get(key).and_then(|value| T::deserialize(value).ok())
    }

    /// Keeps a value of the app's own.
    ///
    /// # Errors
    /// It does not fit.
    pub fn set_state<T: Serialize>(&mut self, key: &str, value: &T) -> Result<(), Refused> {
        let value = serde_json::to_value(value).map_err(|_| Refused::NotJson)?;
        let others = self.state.iter().filter(|(other, _)| *other != key);
        let (count, bytes) = others.fold((0, 0), |(count, bytes), (key, value)| (count + 1, bytes + size(key, value)));
        if key.len() > NAME || bytes + size(key, &value) > STATE.1 {
            return Err(Refused::TooBig);
        }
        if count >= STATE.0 {
            return Err(Refused::TooMany);
        }
        self.state.insert(key.to_owned(), value);
        Ok(())
    }

    /// Forgets a value of the app's own.
    pub fn forget_state(&mut self, key: &str) {
        self.state.remove(key);
    }

    /// What the person had typed into a form.
    pub fn draft(&self, form: &str) -> Option<&BTreeMap<String, String>> {
        self.drafts.get(form)
    }

    /// Keeps what the person has typed into a form so far; an empty draft is none.
    ///
    /// # Errors
    /// It does not fit.
    pub fn set_draft(&mut self, form: &str, fields: BTreeMap<String, String>) -> Result<(), Refused> {
        if fields.values().all(String::is_empty) {
            self.forget_draft(form);
            return Ok(());
        }
        let bytes: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
        let names = fields.keys().map(String::len).chain([form.len()]).max().unwrap_or_default();
        if bytes > DRAFTS.1 || fields.len() > DRAFTS.2 || names > NAME {
            return Err(Refused::TooBig);
        }
        if self.drafts.len() >= DRAFTS.0 && !self.drafts.contains_key(form) {
            return Err(Refused::TooMany);
        }
        self.drafts.insert(form.to_owned(), fields);
        Ok(())
    }

    /// Forgets a draft, since it was sent.
    pub fn forget_draft(&mut self, form: &str) {
        self.drafts.remove(form);
    }

    /// Whether there is anything in it.
    pub fn is_empty(&self) -> bool {
        self.state.is_empty() && self.drafts.is_empty()
    }
}

fn size(key: &str, value: &Value) -> usize {
    key.len() + value.to_string().len()
}

#[cfg(test)]
mod tests {
    use super::{DRAFTS, Keepsakes, Refused, STATE};
    use std::collections::BTreeMap;

    fn fields(value: &str) -> BTreeMap<String, String> {
        [("amount".to_owned(), value.to_owned())].into()
    }

    #[test]
    fn drafts_are_bounded_in_size_fields_and_number() {
        let mut kept = Keepsakes::default();
        assert_eq!(kept.set_draft("a", fields(&"x".repeat(DRAFTS.1))), Err(Refused::TooBig));
        assert_eq!(kept.set_draft(&"n".repeat(200), fields("1")), Err(Refused::TooBig));
        let many = (0..=DRAFTS.2).map(|n| (n.to_string(), "1".to_owned())).collect();
        assert_eq!(kept.set_draft("a", many), Err(Refused::TooBig));
        for n in 0..DRAFTS.0 {
            assert_eq!(kept.set_draft(&n.to_string(), fields("1")), Ok(()));
        }
        assert_eq!(kept.set_draft("one more", fields("1")), Err(Refused::TooMany));
        assert_eq!(kept.set_draft("0", fields("2")), Ok(()), "what is there may be changed");
        assert_eq!(kept.draft("0"), Some(&fields("2")));
        assert_eq!(kept.set_draft("0", fields("")), Ok(()));
        assert_eq!(kept.draft("0"), None, "an emptied form has no draft");
    }

    #[test]
    fn state_is_bounded_in_size_and_number() {
        let mut kept = Keepsakes::default();
        assert_eq!(kept.set_state("a", &"x".repeat(STATE.1)), Err(Refused::TooBig));
        for n in 0..STATE.0 {
            assert_eq!(kept.set_state(&n.to_string(), &n), Ok(()));
        }
        assert_eq!(kept.set_state("one more", &1), Err(Refused::TooMany));
        assert_eq!(kept.state::<usize>("3"), Some(3));
        assert_eq!(kept.state::<String>("3"), None, "of another type");
    }
}
