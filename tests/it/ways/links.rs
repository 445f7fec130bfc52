//! Links: in mails, and the one that sets an installation up.

use super::first_and_second::{halfway, post};
use super::walk::{AAL1, AAL2, Walk, begun};
use crate::harness::{Answer, Browser, Idp, PASSWORD, USERNAME};
use crate::stories::mail::reset_mail;
use crate::stories::second_factor::set_up;

const NEW: &str = "an entirely different evening";
const PASSWORD_ALONE: (&str, &str) = (AAL1, "pwd");

/// A mailbox is no factor: the link replaces the password, signs nobody in, and leaves the second factor where it is.
pub async fn reset(walk: &mut Walk) {
    const ROUTE: &str = "POST /reset";
    const WHO: &str = "password, app, recovery codes";
    let idp = walk.idp.clone();
    let (app, _) = set_up(&idp, &mut idp.browser()).await;
    idp.deliver().await;
    walk.mailbox.take();
    let (mut browser, mut other) = (idp.browser(), idp.browser());
    let letter = reset_mail(&idp, &walk.mailbox, &mut browser).await;
    let page = browser.get(&letter.link()).await;
    let theirs = other.get("/account").await;
    let link = [("token", letter.token()), ("password", NEW.to_owned())];
    let link: Vec<(&str, &str)> = link.iter().map(|(n, v)| (*n, v.as_str())).collect();
    walk.tried(
        ROUTE,
        (WHO, "the link, in another browser"),
        post(&mut other, "/reset", (&theirs, "/sign-in"), &link),
        &[],
    )
    .await;
    walk.tried(
        ROUTE,
        (WHO, "a wrong link"),
        browser.submit(&page, "/reset", &[("token", "x"), ("password", NEW)]),
        &[],
    )
    .await;
    let right = browser.submit(&page, "/reset", &[("password", NEW)]);
    let next = walk.tried(ROUTE, (WHO, "the link, in the browser that asked"), right, &[]).await;
    walk.tried("GET /interaction/{handle}", (WHO, "the link"), browser.get(next.location()), &[]).await;
    walk.tried("GET /account", (WHO, "the link"), browser.get("/account"), &[]).await;
    let page = browser.get(next.location()).await;
    let waiting = walk
        .tried("POST /sign-in", (WHO, "the link and the new password"), browser.sign_in_as(&page, USERNAME, NEW), &[])
        .await;
    let page = browser.get(waiting.location()).await;
    assert!(page.body.contains("id=\"code\""), "the factor is still there: {}", page.body);
    let session = [begun(USERNAME, (AAL2, "pwd otp mfa"))];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the link, the new password and a code"),
        browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]),
        &session,
    )
    .await;
    // The one before is none any more.
    let page = other.authorize(&idp.app("social"), &[]).await;
    walk.tried("POST /sign-in", (WHO, "the password of before"), other.sign_in(&page), &[]).await;
    let page = other.authorize(&idp.app("social"), &[]).await;
    assert_eq!(other.sign_in_as(&page, USERNAME, PASSWORD).await.status, 422);
    drop(halfway(&mut other, &idp.app("social"), &[]));
}

pub async fn sign_up(walk: &mut Walk) {
    const ROUTE: &str = "POST /sign-up/confirm";
    const WHO: &str = "nobody yet";
    let idp = walk.idp.clone();
    let (mut browser, mut other) = (idp.browser(), idp.browser());
    let page = browser.get("/account").await;
    let form = browser.submit(&page, "/sign-up", &[]).await;
    walk.tried(
        "POST /sign-up/send",
        (WHO, "an address"),
        browser.submit(&form, "/sign-up/send", &[("email", "nia@example.org")]),
        &[],
    )
    .await;
    idp.deliver().await;
    let letter = walk.mailbox.only();
    let page = browser.get(&letter.link()).await;
    linked(walk, (ROUTE, WHO), "/sign-up/confirm", (&mut browser, &page)).await;
    let theirs = other.get("/account").await;
    let link = [("token", letter.token()), ("password", NEW.to_owned())];
    let link: Vec<(&str, &str)> = link.iter().map(|(n, v)| (*n, v.as_str())).collect();
    walk.tried(
        ROUTE,
        (WHO, "the link, in another browser"),
        post(&mut other, "/sign-up/confirm", (&theirs, "/sign-in"), &link),
        &[],
    )
    .await;
    let session = [begun("nia@example.org", PASSWORD_ALONE)];
    walk.tried(
        ROUTE,
        (WHO, "the link, in the browser that asked, and a password"),
        browser.submit(&page, "/sign-up/confirm", &[("password", NEW)]),
        &session,
    )
    .await;
    walk.tried(
        ROUTE,
        (WHO, "the link, a second time"),
        browser.submit(&page, "/sign-up/confirm", &[("password", NEW)]),
        &[],
    )
    .await;
    // Somebody who has an account gets no link to another.
    let page = other.get("/account").await;
    let form = other.submit(&page, "/sign-up", &[]).await;
    walk.tried(
        "POST /sign-up/send",
        (WHO, "the address of an account"),
        other.submit(&form, "/sign-up/send", &[("email", "mira@example.org")]),
        &[],
    )
    .await;
    idp.deliver().await;
    assert!(!walk.mailbox.only().text().contains("token="));
}

/// With a wrong link, and with one that is right and a password that is not worth having.
async fn linked(walk: &mut Walk, of: (&'static str, &'static str), path: &str, at: (&mut Browser, &Answer)) {
    let (browser, page) = at;
    for (shown, fields) in [
        ("a wrong link", vec![("token", "x"), ("password", NEW), ("username", "nia")]),
        ("no link", vec![("token", ""), ("password", NEW), ("username", "nia")]),
        ("the link, and a bad password", vec![("password", "short"), ("username", "nia")]),
        ("the link, and no password", vec![("password", ""), ("username", "nia")]),
    ] {
        walk.tried(of.0, (of.1, shown), browser.submit(page, path, &fields), &[]).await;
    }
}

pub async fn invitation(walk: &mut Walk) {
    const ROUTE: &str = "POST /invitation";
    const WHO: &str = "nobody yet";
    let idp = walk.idp.clone();
    let (mut boss, mut browser) = (idp.browser(), idp.browser());
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let page = boss.get("/admin/invitations").await;
    walk.tried(
        "POST /admin/invitations",
        ("administrator", "a session"),
        boss.submit(&page, "/admin/invitations", &[("email", "nia@example.org")]),
        &[],
    )
    .await;
    idp.deliver().await;
    let letter = walk.mailbox.only();
    let page = browser.get(&letter.link()).await;
    linked(walk, (ROUTE, WHO), "/invitation", (&mut browser, &page)).await;
    walk.tried(
        ROUTE,
        (WHO, "the link, and another person's name"),
        browser.submit(&page, "/invitation", &[("username", USERNAME), ("password", NEW)]),
        &[],
    )
    .await;
    walk.tried(
        ROUTE,
        (WHO, "the link, and a password"),
        browser.submit(&page, "/invitation", &[("username", "nia"), ("password", NEW)]),
        &[begun("nia", PASSWORD_ALONE)],
    )
    .await;
    walk.tried(
        ROUTE,
        (WHO, "the link, a second time"),
        browser.submit(&page, "/invitation", &[("username", "nia2"), ("password", NEW)]),
        &[],
    )
    .await;
}

pub async fn setup(walk: &mut Walk) {
    const ROUTE: &str = "POST /setup";
    const WHO: &str = "nobody yet";
    // An installation of its own: here there is an administrator.
    let idp = Idp::empty(|_| ()).await;
    let there = std::mem::replace(&mut walk.idp, idp.clone());
    let link = idp.flows().offer_setup(idp.now()).await.unwrap().unwrap();
    let mut browser = idp.browser();
    let page = browser.get(link.expose()).await;
    linked(walk, (ROUTE, WHO), "/setup", (&mut browser, &page)).await;
    let filled = [("username", "root"), ("password", NEW)];
    walk.tried(
        ROUTE,
        (WHO, "the link, and a password"),
        browser.submit(&page, "/setup", &filled),
        &[begun("root", PASSWORD_ALONE)],
    )
    .await;
    walk.tried(
        ROUTE,
        (WHO, "the link, once there is an administrator"),
        browser.submit(&page, "/setup", &[("username", "root2"), ("password", NEW)]),
        &[],
    )
    .await;
    walk.idp = there;
}
