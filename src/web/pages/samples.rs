//! Every page in every shape it can take, filled with people who do not exist.

use askama::Template;

use super::samples_console::console;
use super::samples_passkeys::{form, passkeys};
use super::samples_upstream::upstream;
use super::*;
use crate::text::Text;

pub(super) const NOON: i64 = 1_795_436_820;

/// Name and HTML of every sample page.
pub(crate) fn every_page() -> Vec<(&'static str, String)> {
    let mut pages = entrance();
    pages.extend(leaving());
    pages.extend(account());
    pages.extend(security());
    pages.extend(passkeys());
    pages.extend(console());
    pages.extend(super::samples_person::pages());
    pages.extend(upstream());
    pages.extend(super::samples_mail::mail());
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
    }
}

pub(super) fn sign_in(purpose: SignInPurpose) -> SignIn {
    SignIn {
        text: Text::default(),
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

fn scope(title: &str, detail: &str) -> ScopeLine {
    ScopeLine { title: title.into(), detail: detail.into() }
}

fn entrance() -> Vec<(&'static str, String)> {
    let again = SignIn { username: "ada".into(), remember: Remember::Absent, ..sign_in(SignInPurpose::Again) };
    let ended = SignIn {
        notice: Some("You were signed out because you had not been active for a while.".into()),
        ..sign_in(SignInPurpose::Ordinary)
    };
    let refused = SignIn {
        username: "ada".into(),
        remember: Remember::Chosen,
        alert: Some("Username or password is not right. Check both and try again.".into()),
        ..sign_in(SignInPurpose::Ordinary)
    };
    let console = SignIn { app: None, remember: Remember::Absent, ..sign_in(SignInPurpose::Console) };
    vec![
        ("sign-in", html(sign_in(SignInPurpose::Ordinary))),
        ("sign-in-again", html(again)),
        ("sign-in-after-the-end", html(ended)),
        ("sign-in-refused", html(refused)),
        ("sign-in-console", html(console)),
        ("second-factor", html(second_factor(None))),
        ("second-factor-refused", html(second_factor(Some("This code is not right.")))),
        ("select", html(select())),
        ("consent", html(consent())),
        ("setup", html(setup(None))),
        ("setup-refused", html(setup(Some("This password needs at least 15 characters.")))),
        ("setup-gone", html(SetupGone { text: Text::default() })),
    ]
}

pub(super) fn second_factor(alert: Option<&str>) -> SecondFactor {
    SecondFactor {
        text: Text::default(),
        csrf: "c".into(),
        interaction: "i".into(),
        app: Some(bank()),
        username: "ada".into(),
        watch: if alert.is_some() { Watch::Off } else { Watch::On },
        code: if alert.is_some() { CodeField::AppOrRecovery } else { CodeField::App },
        passkey: None,
        alert: alert.map(str::to_owned),
    }
}

pub(super) fn security_page(authenticator: Option<AuthenticatorLine>, alert: Option<&str>) -> Security {
    Security {
        text: Text::default(),
        csrf: "c".into(),
        username: "ada".into(),
        password_since: Some(NOON),
        codes_left: authenticator.as_ref().map(|_| 1),
        authenticator,
        passkeys: Vec::new(),
        more: MorePasskeys::Offered,
        minimum: 15,
        connected: Vec::new(),
        upstreams: Vec::new(),
        alert: alert.map(str::to_owned),
        notice: None,
        email: Offer::Shown,
    }
}

fn security() -> Vec<(&'static str, String)> {
    let page = security_page;
    let app = AuthenticatorLine { since: NOON - 90_000, used: Some(NOON) };
    let enrolment = |alert: Option<&str>| Authenticator {
        text: Text::default(),
        csrf: "c".into(),
        enrolment: "e".into(),
        then: if alert.is_some() { "k.i".into() } else { String::new() },
        picture: crate::web::qr::picture("otpauth://totp/Abide:ada?secret=GEZDGNBVGY3TQOJQ"),
        secret: "GEZD GNBV GY3T QOJQ".into(),
        alert: alert.map(str::to_owned),
    };
    let codes = (0..10).map(|n| format!("abcde-fghjk-mnpqr-stuvw-xyz02{n}")).collect();
    vec![
        ("security", html(page(None, None))),
        ("security-with-app", html(page(Some(app), None))),
        ("security-refused", html(page(None, Some("The present password is not right.")))),
        ("set-up-factor", html(set_up_factor(Some(bank())))),
        ("set-up-factor-console", html(set_up_factor(None))),
        ("authenticator", html(enrolment(None))),
        ("authenticator-refused", html(enrolment(Some("This code is not right.")))),
        (
            "recovery-codes",
            html(RecoveryCodes { text: Text::default(), csrf: "c".into(), next: "/account/security".into(), codes }),
        ),
    ]
}

fn set_up_factor(app: Option<AppFacts>) -> SetUpFactor {
    SetUpFactor {
        text: Text::default(),
        csrf: "c".into(),
        interaction: "k.i".into(),
        by_app: app.is_some(),
        by_passkey: true,
        app,
        username: "ada".into(),
    }
}

pub(super) fn select() -> Select {
    let choice = |handle: &str, name: &str, username: &str| AccountChoice {
        handle: handle.into(),
        name: name.into(),
        username: username.into(),
    };
    Select {
        text: Text::default(),
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

fn consent() -> Consent {
    Consent {
        text: Text::default(),
        csrf: "c".into(),
        interaction: "i".into(),
        session: "n".into(),
        app: bank(),
        person: "Ada Lovelace".into(),
        scopes: vec![
            scope("Who you are", "A permanent identifier, so that it knows you again."),
            scope("Your profile", "Name, picture, language and similar details."),
            scope("Your email address", "And whether it has been verified."),
            scope("payments:read", ""),
        ],
        offline: Offline::Asked,
        destination: "bank.example".into(),
    }
}

fn setup(alert: Option<&str>) -> Setup {
    Setup {
        text: Text::default(),
        csrf: "c".into(),
        token: "t".into(),
        username: alert.map(|_| "root".to_owned()).unwrap_or_default(),
        alert: alert.map(str::to_owned),
        minimum: 15,
    }
}

fn leaving() -> Vec<(&'static str, String)> {
    let apps = vec!["Meridian Bank".to_owned(), "Plaza".to_owned()];
    let sign_out = SignOut {
        text: Text::default(),
        csrf: "c".into(),
        request: "r".into(),
        person: Some("Ada Lovelace".into()),
        apps: apps.clone(),
        asked_by: Some("Plaza".into()),
        alone: Some("Plaza".into()),
    };
    let told = |name: &str, state, words: &str| ToldLine { name: name.into(), state, words: words.into() };
    let signed_out = SignedOut {
        text: Text::default(),
        apps: vec![
            told("Meridian Bank", ToldState::Settled, "knows"),
            told("Plaza", ToldState::Underway, "is being told"),
            told("Harbour Post", ToldState::Failed, "could not be reached; we keep trying"),
        ],
        frames: vec!["https://plaza.example/left?iss=https%3A%2F%2Fid.example&sid=abc".into()],
        next: Some("https://plaza.example/bye?state=1".into()),
        session: WholeSession::Over,
        sign_in: "/account".into(),
    };
    let left_alone = SignedOut {
        apps: Vec::new(),
        frames: Vec::new(),
        next: None,
        session: WholeSession::GoesOn,
        ..signed_out.clone()
    };
    let error = ErrorPage {
        text: Text::default(),
        title: "We cannot send you back to this app".into(),
        explanation: "The address it wants you sent to is not one it registered.".into(),
        reference: Some("7F3K-29QD".into()),
        developer: Some("redirect_uri is not registered for client_id \"plaza\"".into()),
    };
    vec![
        ("sign-out", html(sign_out)),
        ("signed-out", html(signed_out)),
        ("signed-out-app", html(left_alone)),
        ("stayed", html(Stayed { text: Text::default() })),
        ("error", html(error)),
    ]
}

fn session(id: &str, device: &str, current: Current) -> SessionLine {
    SessionLine {
        id: id.into(),
        device: device.into(),
        address: "2001:db8:85a3::8a2e:370:7334".into(),
        started: NOON - 90_000,
        last_active: NOON - 240,
        current,
        ends: Some(NOON + 500_000),
        limit: "whatever you do".into(),
        continued: Some(NOON - 30_000),
        apps: vec![
            AppLine {
                client: "bank".into(),
                name: "Meridian Bank".into(),
                joined: NOON - 9_000,
                last_active: NOON - 30,
                ends: Some(NOON + 600),
                limit: "if you do nothing".into(),
                grants: 1,
                renewals: 3,
                renewed: Some(NOON - 60),
            },
            AppLine {
                client: "plaza".into(),
                name: "Plaza".into(),
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

fn account() -> Vec<(&'static str, String)> {
    let full = Account {
        text: Text::default(),
        csrf: "c".into(),
        name: "Ada Lovelace".into(),
        username: "ada".into(),
        email: Some("ada@analytical.example".into()),
        sessions: vec![
            session("s1", "Firefox on Linux", Current::This),
            SessionLine { ends: None, apps: Vec::new(), ..session("s2", "Safari on iPhone", Current::Other) },
        ],
        consents: vec![ConsentLine {
            client: "bank".into(),
            name: "Meridian Bank".into(),
            scopes: vec!["Your profile".into(), "Your email address".into()],
            sees: vec![("Full name".into(), "Ada Lovelace".into()), ("Email".into(), "ada@analytical.example".into())],
            given: NOON - 1_000_000,
        }],
        others: select().accounts,
        console: ConsoleLink::Shown,
        notice: Some("Safari on iPad has been signed out.".into()),
    };
    let sparse = Account {
        email: None,
        sessions: vec![session("s1", "Firefox on Linux", Current::This)],
        consents: Vec::new(),
        console: ConsoleLink::Hidden,
        notice: None,
        ..full.clone()
    };
    vec![("account", html(full)), ("account-sparse", html(sparse))]
}
