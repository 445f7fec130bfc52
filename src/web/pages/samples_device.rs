//! The pages for devices, in every shape they can take.

use super::samples::{NOON, bank, html};
use super::*;
use crate::text::Text;

pub(super) fn pages(text: Text) -> Vec<(&'static str, String)> {
    let enter = |code: &str, alert: Option<String>| EnterCode { text, csrf: "c".into(), code: code.into(), alert };
    let allow = |place, offline| AllowDevice {
        text,
        csrf: "c".into(),
        interaction: "i".into(),
        app: bank(),
        session: "n".into(),
        person: "Mira Lindqvist".into(),
        scopes: vec![ScopeLine { title: text.say("scope-openid"), detail: text.say("scope-openid-detail") }],
        offline,
        code: "WDJB-MJHT".into(),
        device: "Television".into(),
        address: "2001:db8:85a3::8a2e:370:7334".into(),
        asked_at: NOON - 40,
        place,
    };
    vec![
        ("enter-code", html(enter("", None))),
        ("enter-code-filled", html(enter("WDJB-MJHT", None))),
        ("enter-code-refused", html(enter("WDJB", Some(text.say("alert-user-code"))))),
        ("allow-device", html(allow(Place::Here, Offline::NotAsked))),
        ("allow-device-elsewhere", html(allow(Place::Elsewhere, Offline::Asked))),
    ]
}
