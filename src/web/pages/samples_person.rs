//! One of each page about a person.

use super::samples::{NOON, ada, html, security_page};
use super::*;
use crate::model::profile::EDITABLE;
use crate::text::Text;

/// The pages by name.
pub(super) fn pages(text: Text) -> Vec<(&'static str, String)> {
    let profile = |alert: Option<String>| Profile {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        face: ada(),
        username: "ada".into(),
        picture_elsewhere: None,
        email: Some("ada@analytical.example".into()),
        fields: EDITABLE
            .map(|claim| ProfileField {
                claim,
                label: crate::web::person::label(claim, text),
                choices: crate::web::choices::of(claim, "", text),
                value: if claim == "name" { "Ada Lovelace".into() } else { String::new() },
                refused: alert.is_some() && claim == "website",
            })
            .to_vec(),
        alert,
        notice: None,
    };
    // Inside of the binary, so that whoever looks at the samples sees one.
    let pictured = Face { picture: Some("/static/logo.svg".into()), ..ada() };
    let elsewhere = Some("https://pictures.example/ada.png".into());
    let with_picture = Profile { face: pictured, picture_elsewhere: elsewhere, ..profile(None) };
    let refused = Profile { alert: Some(text.say("alert-picture-format")), ..profile(None) };
    let line = |device: &str, here, unusual: &[&str]| SignInLine {
        at: NOON,
        device: device.into(),
        address: "2001:db8:85a3::8a2e:370:7334".into(),
        here,
        how: vec![text.say("way-password"), text.say("way-code")],
        unusual: unusual.iter().map(|key| text.say(key)).collect(),
    };
    let history = |lines| History { text, csrf: "c".into(), face: ada(), lines };
    let data = |leaving, alert: Option<String>| Data {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        face: ada(),
        username: "ada".into(),
        leaving,
        grace_days: 14,
        alert,
        notice: None,
    };
    let some = vec![
        line("Firefox on Linux", true, &[]),
        line("Safari on iPhone", false, &["signal-new-device", "signal-new-network", "signal-impossible-travel"]),
    ];
    vec![
        ("profile", html(profile(None))),
        ("profile-refused", html(profile(Some(text.say("alert-profile-address"))))),
        ("profile-picture", html(with_picture)),
        ("profile-picture-refused", html(refused)),
        ("security-without-password", html(Security { password_since: None, ..security_page(text, None, None) })),
        ("history", html(history(some.clone()))),
        ("history-empty", html(history(Vec::new()))),
        ("data", html(data(None, None))),
        ("data-refused", html(data(None, Some(text.say("alert-deletion-name"))))),
        ("data-leaving", html(data(Some(NOON), None))),
    ]
}
