//! A letter in words: subject, plain text and HTML, all from the catalogue.

use crate::model::mail::letter::{Letter, Notice, Says};
use crate::model::session::Device;
use crate::text::{Language, Text};
use askama::Template;

/// A mail, ready to be sent.
pub(super) struct Words {
    pub subject: String,
    pub plain: String,
    pub html: String,
}

/// What every mail is made of.
struct Parts {
    subject: String,
    /// Who is spoken to: a username, set apart because anything may be in it.
    username: Option<String>,
    lead: String,
    /// A link and what stands on it.
    action: Option<(String, String)>,
    /// What is to be known of the link, and what to do if one did not mean it.
    notes: Vec<String>,
    /// Labels and values.
    facts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    text: Text,
    host: String,
    parts: &'a Parts,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Plain<'a> {
    text: Text,
    host: String,
    parts: &'a Parts,
}

/// The words of a letter. `host` is where Abide is.
pub(super) fn of(letter: &Letter, host: &str) -> Words {
    let text = text_for(letter.locale.as_deref());
    let parts = parts(&letter.says, text, host);
    let plain = Plain { text, host: host.to_owned(), parts: &parts }.render().unwrap_or_default();
    let html = Html { text, host: host.to_owned(), parts: &parts }.render().unwrap_or_default();
    Words { subject: parts.subject, plain, html }
}

/// The language of a mail.
fn text_for(locale: Option<&str>) -> Text {
    locale.and_then(Language::of_tag).map(Text::from).unwrap_or_default()
}

fn parts(says: &Says, text: Text, host: &str) -> Parts {
    let linked = |[subject, lead, action]: [&str; 3], username: Option<&String>, link: &str, notes: &[&str]| Parts {
        subject: text.with(subject, &[("host", host)]),
        username: username.cloned(),
        lead: text.say(lead),
        action: Some((link.to_owned(), text.say(action))),
        notes: notes.iter().map(|note| text.say(note)).collect(),
        facts: Vec::new(),
    };
    match says {
        Says::Reset { link, username } => {
            let words = ["mail-reset-subject", "mail-reset-lead", "mail-reset-action"];
            linked(words, Some(username), link, &["mail-reset-browser", "mail-reset-factor", "mail-unasked"])
        }
        Says::ResetSent { link, username } => {
            let words = ["mail-reset-sent-subject", "mail-reset-sent-lead", "mail-reset-action"];
            linked(words, Some(username), link, &["mail-reset-once", "mail-reset-factor"])
        }
        Says::Verify { link } => {
            let words = ["mail-verify-subject", "mail-verify-lead", "mail-verify-action"];
            linked(words, None, link, &["mail-verify-note", "mail-unasked"])
        }
        Says::SignUp { link } => {
            let words = ["mail-sign-up-subject", "mail-sign-up-lead", "mail-sign-up-action"];
            linked(words, None, link, &["mail-sign-up-note", "mail-unasked"])
        }
        Says::Known { link } => {
            linked(["mail-known-subject", "mail-known-lead", "mail-known-action"], None, link, &["mail-known-note"])
        }
        Says::Invitation { link, by } => {
            let words = ["mail-invitation-subject", "mail-invitation-lead", "mail-invitation-action"];
            let mut parts = linked(words, None, link, &["mail-invitation-note"]);
            parts.facts.push((text.say("mail-invited-by"), by.clone()));
            parts
        }
        Says::SignInCode { code, username, device, link } => {
            let words = ["mail-code-subject", "mail-code-lead", "mail-notice-action"];
            let mut parts = linked(words, Some(username), link, &["mail-code-note"]);
            parts.facts.push((text.say("mail-code"), code.clone()));
            parts.facts.extend(from(device, text));
            parts
        }
        Says::Notice { what, username, at, device, link } => {
            let (subject, lead) = notice(*what);
            let mut parts = linked([subject, lead, "mail-notice-action"], Some(username), link, &["mail-notice-note"]);
            parts.facts.push((text.say("mail-when"), text.moment(at.0)));
            parts.facts.extend(device.iter().flat_map(|device| from(device, text)));
            parts
        }
    }
}

fn from(device: &Device, text: Text) -> [(String, String); 2] {
    [(text.say("mail-browser"), device.user_agent.clone()), (text.say("mail-address"), device.address.clone())]
}

fn notice(what: Notice) -> (&'static str, &'static str) {
    match what {
        Notice::NewDevice => ("mail-new-device-subject", "mail-new-device-lead"),
        Notice::ManyFailures => ("mail-many-failures-subject", "mail-many-failures-lead"),
        Notice::ManyCodes => ("mail-many-codes-subject", "mail-many-codes-lead"),
        Notice::PasswordChanged => ("mail-password-changed-subject", "mail-password-changed-lead"),
        Notice::FactorAdded => ("mail-factor-added-subject", "mail-factor-added-lead"),
        Notice::FactorRemoved => ("mail-factor-removed-subject", "mail-factor-removed-lead"),
        Notice::RecoveryCodesMade => ("mail-codes-made-subject", "mail-codes-made-lead"),
        Notice::RecoveryCodeUsed => ("mail-code-used-subject", "mail-code-used-lead"),
        Notice::AddressChanged => ("mail-address-changed-subject", "mail-address-changed-lead"),
        Notice::UpstreamConnected => ("mail-connected-subject", "mail-connected-lead"),
        Notice::UpstreamDisconnected => ("mail-disconnected-subject", "mail-disconnected-lead"),
        Notice::DeletionAsked => ("mail-deletion-subject", "mail-deletion-lead"),
        Notice::DeletionCancelled => ("mail-deletion-cancelled-subject", "mail-deletion-cancelled-lead"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::time::Timestamp;

    fn letters() -> Vec<Says> {
        let (link, username) = (|| "https://id.example.com/x?token=t".to_owned(), || "mira<b>".to_owned());
        let device = Device { user_agent: "Mozilla <i>".into(), address: "203.0.113.7".into() };
        let mut all = vec![
            Says::Reset { link: link(), username: username() },
            Says::ResetSent { link: link(), username: username() },
            Says::Verify { link: link() },
            Says::SignUp { link: link() },
            Says::Known { link: link() },
            Says::Invitation { link: link(), by: "boss".into() },
            Says::SignInCode { code: "1234 5678".into(), username: username(), device: device.clone(), link: link() },
        ];
        all.extend(
            [
                Notice::NewDevice,
                Notice::ManyFailures,
                Notice::ManyCodes,
                Notice::PasswordChanged,
                Notice::FactorAdded,
                Notice::FactorRemoved,
                Notice::RecoveryCodesMade,
                Notice::RecoveryCodeUsed,
                Notice::AddressChanged,
                Notice::UpstreamConnected,
                Notice::UpstreamDisconnected,
                Notice::DeletionAsked,
                Notice::DeletionCancelled,
            ]
            .map(|what| Says::Notice {
                what,
                username: username(),
                at: Timestamp(1_800_000_000),
                device: (what == Notice::NewDevice).then(|| device.clone()),
                link: link(),
            }),
        );
        all
    }

    #[test]
    fn every_letter_has_words_a_link_and_nothing_from_elsewhere() {
        let mut subjects = std::collections::BTreeSet::new();
        let letters = letters();
        let count = letters.len();
        for says in letters {
            let words =
                of(&Letter { to: Some("mira@example.org".into()), locale: None, says: says.clone() }, "id.example.com");
            assert!(subjects.insert(words.subject.clone()), "{}", words.subject);
            assert!(!words.subject.contains('\n') && !words.subject.is_empty());
            for body in [&words.plain, &words.html] {
                assert!(body.contains("https://id.example.com/x?token=t"), "{says:?}: {body}");
                assert!(body.contains("id.example.com"));
            }
            assert!(words.html.starts_with("<!doctype html>") && words.html.contains("lang=\"en\""));
            for raw in ["mira<b>", "Mozilla <i>", "<script", "<img", "src=", "url("] {
                assert!(!words.html.contains(raw), "{raw} in {}", words.html);
            }
            assert!(!words.plain.contains("&#") && !words.plain.contains("&lt;"), "{}", words.plain);
            assert!(words.plain.lines().all(|line| line.trim_end() == line), "{:?}", words.plain);
        }
        assert_eq!(subjects.len(), count);
    }
}
