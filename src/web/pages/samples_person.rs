//! One of each page about a person.

use super::samples::html;
use super::*;
use crate::model::profile::EDITABLE;
use crate::text::Text;

const NOON: i64 = 1_795_435_200;

/// The pages by name.
pub fn pages() -> Vec<(&'static str, String)> {
    let profile = |alert: Option<&str>| Profile {
        text: Text::default(),
        csrf: "c".into(),
        username: "ada".into(),
        email: Some("ada@analytical.example".into()),
        fields: EDITABLE
            .map(|claim| ProfileField {
                claim,
                label: claim.to_owned(),
                value: if claim == "name" { "Ada Lovelace".into() } else { String::new() },
                refused: alert.is_some() && claim == "website",
            })
            .to_vec(),
        zones: vec!["Europe/London", "Europe/Oslo"],
        alert: alert.map(str::to_owned),
        notice: None,
    };
    let line = |device: &str, here, unusual: &[&str]| SignInLine {
        at: NOON,
        device: device.into(),
        address: "2001:db8:85a3::8a2e:370:7334".into(),
        here,
        how: vec!["Password".into(), "Code".into()],
        unusual: unusual.iter().map(|text| (*text).to_owned()).collect(),
    };
    let history = |lines| History { text: Text::default(), csrf: "c".into(), lines };
    let data = |leaving, alert: Option<&str>| Data {
        text: Text::default(),
        csrf: "c".into(),
        username: "ada".into(),
        leaving,
        grace_days: 14,
        alert: alert.map(str::to_owned),
        notice: None,
    };
    let some = vec![
        line("Firefox on Linux", true, &[]),
        line("Safari on iPhone", false, &["New device", "New network", "Two places at once"]),
    ];
    vec![
        ("profile", html(profile(None))),
        ("profile-refused", html(profile(Some("A web address begins with https://.")))),
        ("history", html(history(some.clone()))),
        ("history-empty", html(history(Vec::new()))),
        ("data", html(data(None, None))),
        ("data-refused", html(data(None, Some("This is not your username.")))),
        ("data-leaving", html(data(Some(NOON), None))),
    ]
}
