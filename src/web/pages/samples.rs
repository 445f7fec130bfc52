//! Every page in every shape it can take, filled with people who do not exist.

use askama::Template;

use super::samples_console::console;
use super::samples_passkeys::{form, passkeys};
use super::*;
use crate::text::Text;

pub(super) const NOON: i64 = 1_795_436_820;

/// Name and HTML of every sample page.
pub fn every_page(text: Text) -> Vec<(&'static str, String)> {
    let mut pages = entrance(text);
    pages.extend(leaving(text));
    pages.extend(account(text));
    pages.extend(security(text));
    pages.extend(passkeys(text));
    pages.extend(console(text));
    pages.extend(super::samples_person::pages(text));
    pages.extend(super::samples_mail::mail(text));
    pages.extend(super::samples_upstream::upstream(text));
    pages.extend(super::samples_device::pages(text));
    pages
}

pub(super) fn html(page: impl Template) -> String {
    page.render().expect("a page renders")
}

pub(super) fn bank() -> AppFacts {
    AppFacts {
        name: "Meridian Bank".into(),
        logo: None,
        home: Some("https://bank.example/".into()),
        policy: Some("https://bank.example/privacy".into()),
        terms: Some("https://bank.example/terms".into()),
        vetting: Vetting::ByAdministrator,
    }
}

fn with_logo() -> AppFacts {
    AppFacts { logo: Some("/static/logo.svg".into()), ..bank() }
}

pub(super) fn sign_in(text: Text, purpose: SignInPurpose) -> SignIn {
    SignIn {
        text,
        csrf: "c".into(),
        interaction: "i".into(),
        app: Some(bank()),
        username: String::new(),
        purpose,
        alert: None,
        remember: Remember::Offered,
        passkey: Some(form()),
        notice: None,
        here: Here::Nobody,
        upstreams: Vec::new(),
        forgot: Offer::Shown,
        sign_up: Offer::Shown,
    }
}

fn entrance(text: Text) -> Vec<(&'static str, String)> {
    let again = SignIn { username: "ada".into(), remember: Remember::Absent, ..sign_in(text, SignInPurpose::Again) };
    let ended = SignIn { notice: Some(text.say("signed-out-idle")), ..sign_in(text, SignInPurpose::Ordinary) };
    let refused = SignIn {
        username: "ada".into(),
        remember: Remember::Chosen,
        alert: Some(text.say("alert-credentials")),
        ..sign_in(text, SignInPurpose::Ordinary)
    };
    let console = SignIn { app: None, remember: Remember::Absent, ..sign_in(text, SignInPurpose::Console) };
    vec![
        ("sign-in", html(sign_in(text, SignInPurpose::Ordinary))),
        ("sign-in-logo", html(SignIn { app: Some(with_logo()), ..sign_in(text, SignInPurpose::Ordinary) })),
        ("sign-in-again", html(again)),
        ("sign-in-after-the-end", html(ended)),
        ("sign-in-refused", html(refused)),
        ("sign-in-console", html(console)),
        ("second-factor", html(second_factor(text, None))),
        ("mailed-code", html(mailed_code(text, None))),
        ("mailed-code-refused", html(mailed_code(text, Some(text.say("alert-mailed-code"))))),
        ("second-factor-refused", html(second_factor(text, Some(text.say("alert-code"))))),
        ("select", html(select(text))),
        ("consent", html(consent(text))),
        ("consent-logo", html(Consent { app: with_logo(), ..consent(text) })),
        ("setup", html(setup(text, None))),
        ("setup-refused", html(setup(text, Some(text.count("alert-password-short", 15))))),
        ("setup-gone", html(SetupGone { text })),
    ]
}

pub(super) fn second_factor(text: Text, alert: Option<String>) -> SecondFactor {
    SecondFactor {
        text,
        csrf: "c".into(),
        interaction: "i".into(),
        app: Some(bank()),
        username: "ada".into(),
        watch: if alert.is_some() { Watch::Off } else { Watch::On },
        code: if alert.is_some() { CodeField::AppOrRecovery } else { CodeField::App },
        passkey: None,
        alert,
    }
}

pub(super) fn security_page(text: Text, authenticator: Option<AuthenticatorLine>, alert: Option<String>) -> Security {
    Security {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        face: ada(),
        username: "ada".into(),
        password_since: Some(NOON),
        codes_left: authenticator.as_ref().map(|_| 1),
        authenticator,
        passkeys: Vec::new(),
        more: MorePasskeys::Offered,
        minimum: 15,
        connected: Vec::new(),
        upstreams: Vec::new(),
        refused: if alert.is_some() { RefusedField::Current } else { RefusedField::None },
        alert,
        notice: None,
        email: Offer::Shown,
    }
}

fn security(text: Text) -> Vec<(&'static str, String)> {
    let page = |authenticator, alert| security_page(text, authenticator, alert);
    let app = AuthenticatorLine { since: NOON - 90_000, used: Some(NOON) };
    let enrolment = |alert: Option<String>| Authenticator {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        enrolment: "e".into(),
        then: if alert.is_some() { "k.i".into() } else { String::new() },
        picture: crate::web::qr::picture("otpauth://totp/Abide:ada?secret=GEZDGNBVGY3TQOJQ"),
        secret: "GEZD GNBV GY3T QOJQ".into(),
        alert,
    };
    let codes = (0..10).map(|n| format!("abcde-fghjk-mnpqr-stuvw-xyz02{n}")).collect();
    vec![
        ("security", html(page(None, None))),
        ("security-with-app", html(page(Some(app), None))),
        ("security-refused", html(page(None, Some(text.say("alert-password-current"))))),
        ("set-up-factor", html(set_up_factor(text, Some(bank())))),
        ("set-up-factor-console", html(set_up_factor(text, None))),
        ("authenticator", html(enrolment(None))),
        ("authenticator-refused", html(enrolment(Some(text.say("alert-code"))))),
        ("recovery-codes", html(RecoveryCodes { text, csrf: "c".into(), next: "/account/security".into(), codes })),
    ]
}

fn mailed_code(text: Text, alert: Option<String>) -> MailedCode {
    let to = "a***@analytical.example".to_owned();
    MailedCode { text, csrf: "c".into(), interaction: "i".into(), app: Some(bank()), to, alert }
}

fn set_up_factor(text: Text, app: Option<AppFacts>) -> SetUpFactor {
    SetUpFactor {
        text,
        csrf: "c".into(),
        interaction: "k.i".into(),
        by_app: app.is_some(),
        by_passkey: true,
        longer_password: if app.is_some() { Offer::Absent } else { Offer::Shown },
        app,
        username: "ada".into(),
    }
}

pub(super) fn select(text: Text) -> Select {
    let choice = |handle: &str, name: &str, username: &str| AccountChoice {
        handle: handle.into(),
        name: name.into(),
        username: username.into(),
    };
    Select {
        text,
        csrf: "c".into(),
        interaction: "i".into(),
        app: Some(bank()),
        accounts: vec![
            choice("h1", "Ada Lovelace", "ada"),
            choice("h2", "Ada (Analytical Society)", "ada.lovelace@analytical-society.example"),
        ],
        watch: Watch::On,
    }
}

fn consent(text: Text) -> Consent {
    let known = |title: &str, detail: &str| ScopeLine { title: text.say(title), detail: text.say(detail) };
    Consent {
        text,
        csrf: "c".into(),
        interaction: "i".into(),
        session: "n".into(),
        app: bank(),
        person: "Ada Lovelace".into(),
        scopes: vec![
            known("scope-openid", "scope-openid-detail"),
            known("scope-profile", "scope-profile-detail"),
            known("scope-email", "scope-email-detail"),
            ScopeLine { title: "payments:read".into(), detail: String::new() },
        ],
        offline: Offline::Asked,
        destination: "bank.example".into(),
    }
}

fn setup(text: Text, alert: Option<String>) -> Setup {
    Setup {
        text,
        csrf: "c".into(),
        token: "t".into(),
        username: alert.as_ref().map(|_| "root".to_owned()).unwrap_or_default(),
        alert,
        minimum: 15,
    }
}

fn leaving(text: Text) -> Vec<(&'static str, String)> {
    let mark = |name: &str, logo: Option<&str>| AppMark { name: name.into(), logo: logo.map(str::to_owned) };
    let apps = vec![mark("Meridian Bank", Some("/static/logo.svg")), mark("Plaza", None)];
    let sign_out = SignOut {
        text,
        csrf: "c".into(),
        request: "r".into(),
        person: Some("Ada Lovelace".into()),
        apps: apps.clone(),
        asked_by: Some("Plaza".into()),
        destination: Some("plaza.example".into()),
        alone: Some("Plaza".into()),
        explained: None,
    };
    let told = |name: &str, state, key: &str| ToldLine { name: name.into(), state, words: text.say(key) };
    let signed_out = SignedOut {
        text,
        apps: vec![
            told("Meridian Bank", ToldState::Settled, "told-told"),
            told("Plaza", ToldState::Underway, "told-underway"),
            told("Harbour Post", ToldState::Failed, "told-not-reached"),
        ],
        frames: vec!["https://plaza.example/left?iss=https%3A%2F%2Fid.example&sid=abc".into()],
        next: Some("https://plaza.example/bye?state=1".into()),
        session: WholeSession::Over,
        sign_in: "/account".into(),
        explained: None,
    };
    let left_alone = SignedOut {
        apps: Vec::new(),
        frames: Vec::new(),
        next: None,
        session: WholeSession::GoesOn,
        ..signed_out.clone()
    };
    let error = ErrorPage {
        text,
        title: text.say("error-redirect-uri"),
        explanation: text.say("error-redirect-uri-detail"),
        reference: Some("7F3K-29QD".into()),
        developer: Some("redirect_uri is not registered for client_id \"plaza\"".into()),
        explained: None,
    };
    let explained = ErrorPage {
        reference: None,
        developer: None,
        explained: Some((
            "redirect_uri is https://plaza.example/cb/, which is not registered. It differs from https://plaza.example/cb by a \
             slash at the end alone."
                .into(),
            "RFC 9700, section 2.1: redirect_uri is compared byte by byte with the registered ones.".into(),
            "Send redirect_uri=https://plaza.example/cb, or register the address that you send.".into(),
        )),
        ..error.clone()
    };
    vec![
        ("sign-out", html(sign_out)),
        ("signed-out", html(signed_out)),
        ("signed-out-app", html(left_alone)),
        ("stayed", html(Stayed { text })),
        (
            "form-post",
            html(FormPost {
                text,
                target: "https://shop.example/cb".to_owned(),
                fields: vec![("code".to_owned(), "x".to_owned()), ("state".to_owned(), "\"><b>".to_owned())],
                host: "shop.example".to_owned(),
            }),
        ),
        ("error", html(error)),
        (
            "onward",
            html(Onward {
                text,
                lead: text.with("onward-lead", &[("app", "Plaza")]),
                host: "plaza.example".to_owned(),
                address: "https://plaza.example/cb?error=access_denied&state=1".to_owned(),
                form: None,
            }),
        ),
        ("error-explained", html(explained)),
    ]
}

fn session(text: Text, id: &str, (browser, system): (&str, &str), current: Current) -> SessionLine {
    SessionLine {
        id: id.into(),
        device: text.with("device", &[("browser", browser), ("system", system)]),
        address: "2001:db8:85a3::8a2e:370:7334".into(),
        started: NOON - 90_000,
        last_active: NOON - 240,
        current,
        ends: Some(NOON + 500_000),
        limit: text.say("limit-absolute"),
        continued: Some(NOON - 30_000),
        apps: vec![
            AppLine {
                client: "bank".into(),
                name: "Meridian Bank".into(),
                logo: Some("/static/logo.svg".into()),
                opens_at: Some("https://bank.example/begin?iss=https%3A%2F%2Fid.example.com".into()),
                joined: NOON - 9_000,
                last_active: NOON - 30,
                ends: Some(NOON + 600),
                limit: text.say("limit-idle"),
                grants: 1,
                renewals: 3,
                renewed: Some(NOON - 60),
            },
            AppLine {
                client: "plaza".into(),
                name: "Plaza".into(),
                logo: None,
                opens_at: None,
                joined: NOON - 80_000,
                last_active: NOON - 40_000,
                ends: None,
                limit: String::new(),
                grants: 2,
                renewals: 1,
                renewed: None,
            },
        ],
    }
}

/// Somebody without a picture.
pub(super) fn ada() -> Face {
    Face { name: "Ada Lovelace".into(), picture: None }
}

fn account(text: Text) -> Vec<(&'static str, String)> {
    let full = Account {
        text,
        csrf: "c".into(),
        whose: "w".into(),
        face: ada(),
        username: "ada".into(),
        email: Some("ada@analytical.example".into()),
        leaving: Some(NOON),
        sessions: vec![
            session(text, "s1", ("Firefox", "Linux"), Current::This),
            SessionLine { ends: None, apps: Vec::new(), ..session(text, "s2", ("Safari", "iPhone"), Current::Other) },
        ],
        consents: vec![ConsentLine {
            client: "bank".into(),
            name: "Meridian Bank".into(),
            logo: Some("/static/logo.svg".into()),
            scopes: vec![text.say("scope-profile"), text.say("scope-email")],
            sees: vec![
                (text.say("profile-name"), "Ada Lovelace".into()),
                (text.say("field-email"), "ada@analytical.example".into()),
            ],
            given: NOON - 1_000_000,
        }],
        others: select(text).accounts,
        console: ConsoleLink::Shown,
        notice: Some(text.say("notice-session-ended")),
    };
    let sparse = Account {
        leaving: None,
        email: None,
        sessions: vec![session(text, "s1", ("Firefox", "Linux"), Current::This)],
        consents: Vec::new(),
        console: ConsoleLink::Hidden,
        notice: None,
        ..full.clone()
    };
    vec![("account", html(full)), ("account-sparse", html(sparse))]
}
