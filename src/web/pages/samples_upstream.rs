//! Pages of sign-in by another provider, filled with people who do not exist.

use super::samples::{NOON, bank, html, security_page, sign_in};
use super::*;
use crate::text::Text;

/// Pages that are there in another state as well.
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

fn newcomer(new_account: NewAccount, alert: Option<&str>) -> Newcomer {
    Newcomer {
        text: Text::default(),
        csrf: "c".into(),
        interaction: "i".into(),
        app: Some(bank()),
        upstream: "Meridian Group".into(),
        shown: "ada@meridian.example".into(),
        username: "ada".into(),
        new_account,
        alert: alert.map(str::to_owned),
    }
}

fn security(connected: Vec<ConnectedLine>, alert: Option<&str>) -> Security {
    Security { password_since: None, connected, upstreams: buttons(), ..security_page(None, alert) }
}

pub(super) fn upstream() -> Vec<(&'static str, String)> {
    let line = ConnectedLine {
        link: "l".into(),
        upstream: "Meridian Group".into(),
        shown: "ada@meridian.example".into(),
        since: NOON,
    };
    let unnamed = ConnectedLine { shown: String::new(), ..line.clone() };
    let choice = SignIn { upstreams: buttons(), ..sign_in(SignInPurpose::Ordinary) };
    let beside = SignIn { here: Here::Others, ..sign_in(SignInPurpose::Ordinary) };
    let failed = SignIn {
        alert: Some("The other provider did not sign you in. Try again, or sign in another way.".into()),
        ..choice.clone()
    };
    let nameless = Newcomer { shown: String::new(), app: None, ..newcomer(NewAccount::Offered, None) };
    vec![
        ("sign-in-upstreams", html(choice)),
        ("sign-in-beside-others", html(beside)),
        ("sign-in-upstream-refused", html(failed)),
        ("newcomer", html(newcomer(NewAccount::Offered, None))),
        ("newcomer-nameless", html(nameless)),
        ("newcomer-known-only", html(newcomer(NewAccount::No, None))),
        ("newcomer-refused", html(newcomer(NewAccount::Offered, Some("Somebody has this name already.")))),
        ("security-connected", html(security(vec![line, unnamed], None))),
        (
            "security-last-way-refused",
            html(security(Vec::new(), Some("This is your only way to sign in, so it stays."))),
        ),
    ]
}
