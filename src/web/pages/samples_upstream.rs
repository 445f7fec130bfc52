//! Pages of sign-in by another provider, filled with people who do not exist.

use super::samples::{NOON, bank, html, security_page, sign_in};
use super::*;
use crate::text::Text;

/// Pages that are there in another state as well.
#[cfg(test)]
pub(super) const OTHER_STATES: [&str; 7] = [
    "sign-in-upstreams",
    "sign-in-beside-others",
    "sign-in-upstream-refused",
    "newcomer-nameless",
    "newcomer-known-only",
    "security-connected",
    "security-last-way-refused",
];

fn buttons() -> Vec<UpstreamButton> {
    [("google", "Google"), ("work", "Meridian Group")]
        .map(|(id, name)| UpstreamButton { id: id.into(), name: name.into() })
        .into()
}

fn newcomer(text: Text, new_account: NewAccount, alert: Option<String>) -> Newcomer {
    Newcomer {
        text,
        csrf: "c".into(),
        interaction: "i".into(),
        app: Some(bank()),
        upstream: "Meridian Group".into(),
        shown: "ada@meridian.example".into(),
        username: "ada".into(),
        new_account,
        alert,
    }
}

fn security(text: Text, connected: Vec<ConnectedLine>, alert: Option<String>) -> Security {
    Security { password_since: None, connected, upstreams: buttons(), ..security_page(text, None, alert) }
}

pub(super) fn upstream(text: Text) -> Vec<(&'static str, String)> {
    let line = ConnectedLine {
        link: "l".into(),
        upstream: "Meridian Group".into(),
        shown: "ada@meridian.example".into(),
        since: NOON,
    };
    let unnamed = ConnectedLine { shown: String::new(), ..line.clone() };
    let choice = SignIn { upstreams: buttons(), ..sign_in(text, SignInPurpose::Ordinary) };
    let beside = SignIn { here: Here::Others, ..sign_in(text, SignInPurpose::Ordinary) };
    let failed = SignIn { alert: Some(text.say("alert-upstream-failed")), ..choice.clone() };
    let nameless = Newcomer { shown: String::new(), app: None, ..newcomer(text, NewAccount::Offered, None) };
    vec![
        ("sign-in-upstreams", html(choice)),
        ("sign-in-beside-others", html(beside)),
        ("sign-in-upstream-refused", html(failed)),
        ("newcomer", html(newcomer(text, NewAccount::Offered, None))),
        ("newcomer-nameless", html(nameless)),
        ("newcomer-known-only", html(newcomer(text, NewAccount::No, None))),
        ("newcomer-refused", html(newcomer(text, NewAccount::Offered, Some(text.say("alert-username-taken"))))),
        ("security-connected", html(security(text, vec![line, unnamed], None))),
        ("security-last-way-refused", html(security(text, Vec::new(), Some(text.say("alert-upstream-last-way"))))),
    ]
}
