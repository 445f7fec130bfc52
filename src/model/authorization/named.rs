//! Whom a request names by `login_hint` (OpenID Connect Core, 3.1.2.1): a wish about whom to ask, and never a proof.

use crate::model::account::{Account, username_key};
use serde_json::Value;

/// Does a hint name this person?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Named {
    /// There is no hint.
    Nobody,
    /// It does.
    Them,
    /// It names another, as far as anybody can tell.
    Another,
}

/// Does the hint name this person? By their username or their mail address, verified or not: they are signed in, and it
/// decides no more than whether they are asked.
pub fn named(hint: Option<&str>, account: &Account) -> Named {
    let Some(hint) = hint.filter(|hint| !hint.trim().is_empty()) else { return Named::Nobody };
    let key = username_key(hint.trim());
    let address = account.email().map(username_key);
    if username_key(&account.username) == key || address.is_some_and(|address| address == key) {
        Named::Them
    } else {
        Named::Another
    }
}

/// The one of these whom the hint names: by username, or by an address that is theirs for certain. None where it could be
/// two.
pub fn chosen<'a>(hint: Option<&str>, among: impl Iterator<Item = &'a Account>) -> Option<&'a Account> {
    let certain = |account: &&Account| {
        let by_name = hint.is_some_and(|hint| username_key(hint.trim()) == username_key(&account.username));
        let verified = account.claims.get("email_verified") == Some(&Value::Bool(true));
        named(hint, account) == Named::Them && (by_name || verified)
    };
    let mut found = among.filter(certain);
    match (found.next(), found.next()) {
        (Some(one), None) => Some(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn account(username: &str, claims: Value) -> Account {
        let mut account = crate::model::session::tests::account();
        account.username = username.into();
        account.claims = claims.as_object().unwrap().clone();
        account
    }

    #[test]
    fn whom_a_hint_names() {
        let mira = account("Mira", json!({"email": "mira@example.org"}));
        for (hint, who) in [
            (None, Named::Nobody),
            (Some(" "), Named::Nobody),
            (Some(" mira "), Named::Them),
            (Some("MIRA@example.org"), Named::Them),
            (Some("mir"), Named::Another),
            (Some("otto"), Named::Another),
        ] {
            assert_eq!(named(hint, &mira), who, "{hint:?}");
        }
    }

    #[test]
    fn one_of_several_is_chosen_only_for_certain() {
        let mira = account("mira", json!({"email": "mira@example.org", "email_verified": true}));
        let unproved = account("otto", json!({"email": "otto@example.org"}));
        // Whoever takes another's address as their username makes it nobody's.
        let twin = account("mira@example.org", json!({}));
        let of =
            |hint, among: &[&Account]| chosen(Some(hint), among.iter().copied()).map(|found| found.username.clone());
        assert_eq!(of("mira@example.org", &[&unproved, &mira]).as_deref(), Some("mira"));
        assert_eq!(of("otto", &[&unproved, &mira]).as_deref(), Some("otto"));
        assert_eq!(of("otto@example.org", &[&unproved, &mira]), None);
        assert_eq!(of("mira@example.org", &[&twin, &mira]), None);
        assert_eq!(of("nobody", &[&unproved, &mira]), None);
    }
}
