//! The person's own pages: setting a factor up is showing it, and a new password makes a new session.

use super::first_and_second::post;
use super::walk::{AAL1, AAL2, How, PHR, Walk, When, grown};
use crate::harness::authenticator::Authenticator as Key;
use crate::harness::{Answer, Browser, PASSWORD, USERNAME};
use crate::stories::passkeys::add;
use crate::stories::second_factor::{Authenticator, set_up};

const APP: &str = "/account/security/authenticator";
const PASSKEY: &str = "/account/security/passkey";
const CHANGE: &str = "/account/security/password";
const NEW: &str = "an entirely different evening";

async fn at(browser: &mut Browser, path: &str) -> Answer {
    let page = browser.get(path).await;
    browser.sign_in(&page).await;
    browser.get(path).await
}

pub async fn adding_an_app(walk: &mut Walk) {
    const ROUTE: &str = "POST /account/security/authenticator";
    const WHO: &str = "password alone";
    let idp = walk.idp.clone();
    let (mut browser, mut other) = (idp.browser(), idp.browser());
    let page = at(&mut browser, APP).await;
    let app = Authenticator::reading(&page);
    let theirs = other.get("/account").await;
    let sealed = page.fields(APP)["enrolment"].clone();
    let out = [("enrolment", sealed.as_str()), ("code", &app.code(&idp, 0))];
    walk.tried(
        ROUTE,
        (WHO, "no session, and the new app's code"),
        post(&mut other, APP, (&theirs, "/sign-in"), &out),
        &[],
    )
    .await;
    walk.tried(
        ROUTE,
        (WHO, "a fresh session, and a wrong code"),
        browser.submit(&page, APP, &[("code", "000000")]),
        &[],
    )
    .await;
    let foreign = at(&mut other, APP).await;
    let mixed = [
        ("enrolment", foreign.fields(APP)["enrolment"].as_str()),
        ("code", &Authenticator::reading(&foreign).code(&idp, 0)),
    ]
    .map(|(n, v)| (n, v.to_owned()));
    let mixed: Vec<(&str, &str)> = mixed.iter().map(|(n, v)| (*n, v.as_str())).collect();
    walk.tried(
        ROUTE,
        (WHO, "a fresh session, and the app of another session's page"),
        browser.submit(&page, APP, &mixed),
        &[],
    )
    .await;
    idp.pass("5m");
    walk.tried(
        ROUTE,
        (WHO, "a session of more than five minutes ago, and the code"),
        browser.submit(&page, APP, &[("code", &app.code(&idp, 0))]),
        &[],
    )
    .await;
    let page = at(&mut browser, APP).await;
    let app = Authenticator::reading(&page);
    let raised = [grown(How::Raised, USERNAME, (AAL2, "pwd otp mfa"), When::Now)];
    walk.tried(
        ROUTE,
        (WHO, "a fresh session, and the new app's code"),
        browser.submit(&page, APP, &[("code", &app.code(&idp, 0))]),
        &raised,
    )
    .await;
}

pub async fn adding_a_passkey(walk: &mut Walk) {
    const ROUTE: &str = "POST /account/security/passkey";
    const WHO: &str = "password alone";
    let idp = walk.idp.clone();
    let (mut browser, mut other, mut phone) = (idp.browser(), idp.browser(), Key::phone());
    let page = at(&mut browser, PASSKEY).await;
    let made = phone.create(&page);
    let theirs = other.get("/account").await;
    let challenge = page.fields(PASSKEY)["challenge"].clone();
    let out = [("challenge", challenge.as_str()), ("answer", &made), ("label", "x")];
    walk.tried(
        ROUTE,
        (WHO, "no session, and the new passkey"),
        post(&mut other, PASSKEY, (&theirs, "/sign-in"), &out),
        &[],
    )
    .await;
    for (shown, answer) in [("a fresh session", ""), ("a fresh session, and garbage", "{}")] {
        walk.tried(ROUTE, (WHO, shown), browser.submit(&page, PASSKEY, &[("answer", answer), ("label", "x")]), &[])
            .await;
    }
    idp.pass("5m");
    walk.tried(
        ROUTE,
        (WHO, "a session of more than five minutes ago, and the passkey"),
        browser.submit(&page, PASSKEY, &[("answer", &made), ("label", "x")]),
        &[],
    )
    .await;
    let page = at(&mut browser, PASSKEY).await;
    let made = phone.create(&page);
    let raised = [grown(How::Raised, USERNAME, (PHR, "pwd pop swk user mfa"), When::Now)];
    walk.tried(
        ROUTE,
        (WHO, "a fresh session, and the new passkey"),
        browser.submit(&page, PASSKEY, &[("answer", &made), ("label", "x")]),
        &raised,
    )
    .await;
}

pub async fn changing_the_password(walk: &mut Walk) {
    const ROUTE: &str = "POST /account/security/password";
    const WHO: &str = "password alone";
    let idp = walk.idp.clone();
    let (mut browser, mut other) = (idp.browser(), idp.browser());
    let page = at(&mut browser, "/account/security").await;
    let theirs = other.get("/account").await;
    let all = [("current", PASSWORD), ("password", NEW), ("others", "on")];
    walk.tried(
        ROUTE,
        (WHO, "no session, and the present password"),
        post(&mut other, CHANGE, (&theirs, "/sign-in"), &all),
        &[],
    )
    .await;
    walk.tried(
        ROUTE,
        (WHO, "a fresh session, and a wrong password"),
        browser.submit(&page, CHANGE, &[("current", "not it at all"), ("password", NEW), ("others", "on")]),
        &[],
    )
    .await;
    idp.pass("5m");
    walk.tried(
        ROUTE,
        (WHO, "a session of more than five minutes ago, and the present password"),
        browser.submit(&page, CHANGE, &all),
        &[],
    )
    .await;
    let page = at(&mut browser, "/account/security").await;
    idp.pass("1m");
    let anew = [grown(How::Begun, USERNAME, (AAL1, "pwd"), When::Before)];
    walk.tried(ROUTE, (WHO, "a fresh session, and the present password"), browser.submit(&page, CHANGE, &all), &anew)
        .await;
}

/// A session that began before its account had a second factor shows that first, however fresh it is: it neither changes
/// credentials, nor takes the factor away, nor becomes the stronger by a factor of its own.
pub async fn from_before_the_factor(walk: &mut Walk) {
    const WHO: &str = "password and app; a session of before the app";
    let idp = walk.idp.clone();
    let (mut weak, mut home) = (idp.browser(), idp.browser());
    let before = at(&mut weak, "/account/security").await;
    let new_app = weak.get(APP).await;
    let new_key = weak.get(PASSKEY).await;
    let mut phone = Key::phone();
    let made = phone.create(&new_key);
    let (app, _) = set_up(&idp, &mut home).await;
    add(&mut home, &mut Key::touch_only()).await;
    let theirs = Authenticator::reading(&new_app).code(&idp, 0);
    let fields = [("code", theirs.as_str())];
    walk.tried(
        "POST /account/security/authenticator",
        (WHO, "the password, and another app's code"),
        weak.submit(&new_app, APP, &fields),
        &[],
    )
    .await;
    walk.tried(
        "POST /account/security/passkey",
        (WHO, "the password, and a passkey of one's own"),
        weak.submit(&new_key, PASSKEY, &[("answer", &made), ("label", "x")]),
        &[],
    )
    .await;
    walk.tried(
        "POST /account/security/password",
        (WHO, "the password"),
        weak.submit(&before, CHANGE, &[("current", PASSWORD), ("password", NEW), ("others", "on")]),
        &[],
    )
    .await;
    for (route, path) in [
        ("POST /account/security/authenticator/remove", "/account/security/authenticator/remove"),
        ("POST /account/security/recovery-codes", "/account/security/recovery-codes"),
        ("POST /account/security/passkey/remove", "/account/security/passkey/remove"),
    ] {
        walk.tried(route, (WHO, "the password"), post(&mut weak, path, (&before, CHANGE), &[]), &[]).await;
    }
    let page = weak.get("/account/security").await;
    assert!(page.body.contains("id=\"code\""), "the second factor is asked for: {}", page.body);
    // The factor is still what it was.
    idp.pass("1m");
    let page = super::first_and_second::halfway(&mut idp.browser(), &idp.app("social"), &[]).await;
    assert!(page.body.contains("id=\"code\""), "{}", page.body);
    let page = weak.get("/account/security").await;
    let raised = [grown(How::Raised, USERNAME, (AAL2, "pwd otp mfa"), When::Before)];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password and a code"),
        weak.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]),
        &raised,
    )
    .await;
    assert_eq!(weak.get("/account/security").await.status, 200);
}
