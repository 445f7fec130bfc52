//! The pages of passkeys, in every shape they can take.

use super::samples::{NOON, html, second_factor, security_page, sign_in};
use super::*;
use crate::text::Text;

pub(super) fn form() -> PasskeyForm {
    PasskeyForm { options: "{\"challenge\":\"AAAA\",\"rpId\":\"id.example.com\"}".into(), challenge: "q".into() }
}

fn line(label: &str, used: Option<i64>, usage: PasskeyUse) -> PasskeyLine {
    let synced = usage == PasskeyUse::Alone;
    PasskeyLine { fingerprint: label.into(), label: label.into(), since: NOON - 900_000, used, synced, usage }
}

pub(super) fn passkeys(text: Text) -> Vec<(&'static str, String)> {
    let second = |code, passkey| SecondFactor { code, passkey, alert: None, ..second_factor(text, None) };
    let new = |alert: Option<String>| NewPasskey {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        passkey: form(),
        label: "Firefox on Linux".into(),
        then: String::new(),
        longest: 64,
        alert,
    };
    let lines = vec![
        line("Phone", Some(NOON - 3_600), PasskeyUse::Alone),
        line("Blue security key with a name that is as long as names may be, 64", None, PasskeyUse::SecondStep),
    ];
    let held = Security { passkeys: lines, codes_left: Some(10), ..security_page(text, None, None) };
    let full = Security { more: MorePasskeys::No, ..held.clone() };
    let without = SignIn { passkey: None, ..sign_in(text, SignInPurpose::Ordinary) };
    vec![
        ("sign-in-without-passkeys", html(without)),
        ("second-factor-passkey", html(second(CodeField::Absent, Some(form())))),
        ("second-factor-passkey-or-code", html(second(CodeField::AppOrRecovery, Some(form())))),
        ("second-factor-recovery", html(second(CodeField::Recovery, None))),
        ("new-passkey", html(new(None))),
        ("new-passkey-refused", html(new(Some(text.say("alert-passkey-new"))))),
        ("security-with-passkeys", html(held)),
        ("security-with-all-passkeys", html(full)),
    ]
}
