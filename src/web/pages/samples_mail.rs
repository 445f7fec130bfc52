//! The pages around mails, in every shape.

use super::samples::{NOON, html};
use super::*;
use crate::text::Text;

fn told(tone: Tone, heading: &str) -> Told {
    Told {
        text: Text::default(),
        tone,
        heading: Text::default().say(heading),
        lead: "What there is to say.".into(),
        more: Some("And what else there is to know.".into()),
        action: (tone == Tone::Warning).then(|| ("/account", "Go to your account".to_owned())),
    }
}

fn fresh() -> FreshAccount {
    FreshAccount {
        text: Text::default(),
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

fn email() -> Email {
    Email {
        text: Text::default(),
        csrf: "c".into(),
        current: Some("ada@example.org".into()),
        proved: Offer::Shown,
        email: String::new(),
        alert: None,
        notice: Some("A mail is on its way.".into()),
    }
}

fn invitations() -> AdminInvitations {
    let line = |email: &str, name: &str, roles: &[&str]| InvitationLine {
        id: "i1".into(),
        email: email.into(),
        name: name.into(),
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        made: NOON,
        until: NOON + 604_800,
    };
    AdminInvitations {
        text: Text::default(),
        csrf: "c".into(),
        person: "Grace Hopper".into(),
        mail: Offer::Shown,
        invitations: vec![line("ada@example.org", "Ada Lovelace", &["admin"]), line("otto@example.org", "", &[])],
        email: String::new(),
        name: String::new(),
        alert: None,
        notice: None,
    }
}

pub(super) fn mail() -> Vec<(&'static str, String)> {
    let text = Text::default();
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
        ("told-sent", html(told(Tone::Good, "forgot-sent-heading"))),
        ("told-elsewhere", html(told(Tone::Warning, "link-elsewhere-heading"))),
        ("told-gone", html(told(Tone::Warning, "link-gone-heading"))),
        ("reset", html(reset())),
        ("reset-refused", html(NewPassword { alert: alert(), ..reset() })),
        ("sign-up", html(sign_up())),
        (
            "sign-up-refused",
            html(SignUp { email: "ada".into(), alert: alert(), interaction: String::new(), ..sign_up() }),
        ),
        ("new-account", html(fresh())),
        ("new-account-refused", html(FreshAccount { username: None, alert: alert(), ..fresh() })),
        ("email", html(email())),
        ("email-refused", html(Email { proved: Offer::Absent, alert: alert(), ..email() })),
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
        ("admin-invitations", html(invitations())),
        (
            "admin-invitations-refused",
            html(AdminInvitations { email: "ada".into(), alert: alert(), invitations: Vec::new(), ..invitations() }),
        ),
    ]
}
