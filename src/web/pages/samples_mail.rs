//! The pages around mails, in every shape.

use super::samples::{NOON, html};
use super::*;
use crate::text::Text;

fn told(text: Text, tone: Tone, heading: &str) -> Told {
    Told {
        text,
        tone,
        heading: text.say(heading),
        lead: "What there is to say.".into(),
        more: Some("And what else there is to know.".into()),
        action: (tone == Tone::Warning).then(|| ("/account", "Go to your account".to_owned())),
        explained: (tone == Tone::Warning).then(|| {
            ("the app was taken back".to_owned(), "RFC 8628, section 3.5".to_owned(), "Ask once more.".to_owned())
        }),
    }
}

fn fresh(text: Text) -> FreshAccount {
    FreshAccount {
        text,
        csrf: "c".into(),
        action: "/invitation",
        token: "t".into(),
        email: "ada@example.org".into(),
        username: Some(String::new()),
        name: "Ada Lovelace".into(),
        minimum: 15,
        alert: None,
    }
}

fn email(text: Text) -> Email {
    Email {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        current: Some("ada@example.org".into()),
        proved: Offer::Shown,
        email: String::new(),
        alert: None,
        notice: Some("A mail is on its way.".into()),
    }
}

fn invitations(text: Text) -> AdminInvitations {
    let line = |email: &str, name: &str, roles: &[&str]| InvitationLine {
        id: "i1".into(),
        email: email.into(),
        name: name.into(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        groups: roles.iter().map(|_| "analysts".to_owned()).collect(),
        made: NOON,
        until: NOON + 604_800,
    };
    AdminInvitations {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        person: "Grace Hopper".into(),
        mail: Offer::Shown,
        invitations: vec![line("ada@example.org", "Ada Lovelace", &["admin"]), line("otto@example.org", "", &[])],
        email: String::new(),
        name: String::new(),
        roles: String::new(),
        groups: String::new(),
        alert: None,
        notice: None,
    }
}

pub(super) fn mail(text: Text) -> Vec<(&'static str, String)> {
    let forgot = || Forgot { text, csrf: "c".into(), interaction: "i".into(), username: String::new(), alert: None };
    let sign_up = || SignUp {
        text,
        csrf: "c".into(),
        interaction: "i".into(),
        app: Some("Meridian Bank".into()),
        email: String::new(),
        alert: None,
    };
    let reset =
        || NewPassword { text, csrf: "c".into(), token: "t".into(), username: "ada".into(), minimum: 15, alert: None };
    let alert = || Some("That will not do.".to_owned());
    vec![
        ("forgot", html(forgot())),
        ("forgot-refused", html(Forgot { username: "ada".into(), alert: alert(), ..forgot() })),
        ("told-sent", html(told(text, Tone::Good, "forgot-sent-heading"))),
        ("told-elsewhere", html(told(text, Tone::Warning, "link-elsewhere-heading"))),
        ("told-gone", html(told(text, Tone::Warning, "link-gone-heading"))),
        ("reset", html(reset())),
        ("reset-refused", html(NewPassword { alert: alert(), ..reset() })),
        ("sign-up", html(sign_up())),
        (
            "sign-up-refused",
            html(SignUp { email: "ada".into(), alert: alert(), interaction: String::new(), ..sign_up() }),
        ),
        ("new-account", html(fresh(text))),
        ("new-account-refused", html(FreshAccount { username: None, alert: alert(), ..fresh(text) })),
        ("email", html(email(text))),
        ("email-refused", html(Email { proved: Offer::Absent, alert: alert(), ..email(text) })),
        (
            "email-confirm",
            html(EmailConfirm {
                text,
                csrf: "c".into(),
                token: "t".into(),
                email: "ada@example.org".into(),
                username: "ada".into(),
            }),
        ),
        ("admin-invitations", html(invitations(text))),
        (
            "admin-invitations-refused",
            html(AdminInvitations {
                email: "ada".into(),
                alert: alert(),
                invitations: Vec::new(),
                ..invitations(text)
            }),
        ),
    ]
}
