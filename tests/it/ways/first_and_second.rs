//! Password, and the code of an app or a recovery code after it.

use super::walk::{AAL1, AAL2, Walk, begun};
use crate::harness::{Answer, Browser, Idp, MailServer, PASSWORD, RelyingApp, Smtp, USERNAME};
use crate::stories::second_factor::{Authenticator, set_up};
use abide::model::history::OnRisk;

pub const BOTH: (&str, &str) = (AAL2, "pwd otp mfa");
pub const WHO: &str = "password, app, recovery codes";

/// An app of Otto's: codes that are right, and not hers.
pub async fn of_otto(walk: &Walk) -> Authenticator {
    let mut browser = walk.idp.browser();
    let page = browser.get("/account/security").await;
    browser.sign_in_as(&page, "otto", "another person entirely").await;
    set_up(&walk.idp, &mut browser).await.0
}

/// The page for the second factor.
pub async fn halfway(browser: &mut Browser, app: &RelyingApp, extra: &[(&str, &str)]) -> Answer {
    let page = browser.authorize(app, extra).await;
    let waiting = browser.sign_in(&page).await;
    browser.get(waiting.location()).await
}

/// Posts these fields with the hidden ones of another form, whatever the page offers.
pub async fn post(browser: &mut Browser, path: &str, of: (&Answer, &str), more: &[(&str, &str)]) -> Answer {
    let mut fields = of.0.fields(of.1);
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.post(path, &fields).await
}

/// Nobody is signed in: the password first, then the code, each alone, foreign and used up.
pub async fn signing_in(walk: &mut Walk) {
    let (idp, social) = (walk.idp.clone(), walk.idp.app("social"));
    let (app, codes) = set_up(&idp, &mut idp.browser()).await;
    let ottos = of_otto(walk).await;
    let (mut browser, mut other) = (idp.browser(), idp.browser());
    let page = browser.authorize(&social, &[]).await;
    let code = app.code(&idp, 0);
    for (shown, password) in [("nothing", ""), ("a wrong password", "not it at all"), ("the code as password", &code)] {
        walk.tried(
            "POST /sign-in",
            (WHO, shown),
            browser.submit(&page, "/sign-in", &[("username", USERNAME), ("password", password)]),
            &[],
        )
        .await;
    }
    let named = [("username", USERNAME), ("password", PASSWORD)];
    walk.tried(
        "POST /sign-in",
        (WHO, "the password in another browser's form"),
        other.submit(&page, "/sign-in", &named),
        &[],
    )
    .await;
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the code and no password"),
        post(&mut browser, "/sign-in/code", (&page, "/sign-in"), &[("code", &code)]),
        &[],
    )
    .await;
    walk.tried(
        "POST /sign-in/code",
        (WHO, "a recovery code and no password"),
        post(&mut browser, "/sign-in/code", (&page, "/sign-in"), &[("code", &codes[0])]),
        &[],
    )
    .await;
    let at_once = [named[0], named[1], ("code", &code), ("interaction2", "x")];
    let waiting = walk
        .tried(
            "POST /sign-in",
            (WHO, "password and code in one form"),
            browser.submit(&page, "/sign-in", &at_once),
            &[],
        )
        .await;
    for prompt in ["", "none", "login", "select_account", "consent", "create"] {
        walk.tried(
            "GET /authorize",
            (WHO, "the password, with every prompt"),
            browser.authorize(&social, &[("prompt", prompt)]),
            &[],
        )
        .await;
    }
    let page =
        walk.tried("GET /interaction/{handle}", (WHO, "the password"), browser.get(waiting.location()), &[]).await;
    for (shown, code) in
        [("the password and a wrong code", "000000"), ("the password and another person's code", &ottos.code(&idp, 0))]
    {
        walk.tried("POST /sign-in/code", (WHO, shown), browser.submit(&page, "/sign-in/code", &[("code", code)]), &[])
            .await;
    }
    idp.pass("1m");
    let code = app.code(&idp, 0);
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password and a code"),
        browser.submit(&page, "/sign-in/code", &[("code", &code)]),
        &[begun(USERNAME, BOTH)],
    )
    .await;
    walk.tried(
        "POST /sign-in/code",
        (WHO, "another code for what is answered"),
        browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 1))]),
        &[],
    )
    .await;

    let page = halfway(&mut other, &social, &[]).await;
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password and a used code"),
        other.submit(&page, "/sign-in/code", &[("code", &code)]),
        &[],
    )
    .await;
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password and a wrong recovery code"),
        other.submit(&page, "/sign-in/code", &[("code", "aaaaa-aaaaa-aaaaa-aaaaa-aaaaaa")]),
        &[],
    )
    .await;
    let session = [begun(USERNAME, BOTH)];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password and a recovery code"),
        other.submit(&page, "/sign-in/code", &[("code", &codes[0])]),
        &session,
    )
    .await;
    let page = halfway(&mut idp.browser(), &social, &[]).await;
    drop(page);
    let mut third = idp.browser();
    let page = halfway(&mut third, &social, &[]).await;
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password and a used recovery code"),
        third.submit(&page, "/sign-in/code", &[("code", &codes[0])]),
        &[],
    )
    .await;

    let mut otto = idp.browser();
    let page = otto.authorize(&social, &[]).await;
    let boss = otto.sign_in_as(&page, "boss", "the boss of all of this");
    let session = [begun("boss", (AAL1, "pwd"))];
    walk.tried("POST /sign-in", ("password alone", "the password"), boss, &session).await;
}

/// What was shown counts in its own interaction, for its own person, in its own browser, and for its time.
pub async fn interactions(walk: &mut Walk) {
    let (idp, social) = (walk.idp.clone(), walk.idp.app("social"));
    let (app, _) = set_up(&idp, &mut idp.browser()).await;
    let (mut browser, mut other) = (idp.browser(), idp.browser());
    let page = halfway(&mut browser, &social, &[]).await;
    let handle = page.fields("/sign-in/code")["interaction"].clone();
    let fresh = browser.authorize(&social, &[]).await;
    let code = app.code(&idp, 0);
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password in another interaction, and the code"),
        post(&mut browser, "/sign-in/code", (&fresh, "/sign-in"), &[("code", &code)]),
        &[],
    )
    .await;
    let theirs = other.authorize(&social, &[]).await;
    let stolen = [("interaction", handle.as_str()), ("code", &code)];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password in another browser, and the code"),
        post(&mut other, "/sign-in/code", (&theirs, "/sign-in"), &stolen),
        &[],
    )
    .await;
    for path in ["/consent", "/select", "/sign-in/again", "/sign-in/not-now"] {
        let route = match path {
            "/consent" => "POST /consent",
            "/select" => "POST /select",
            "/sign-in/again" => "POST /sign-in/again",
            _ => "POST /sign-in/not-now",
        };
        let more = [("decision", "allow"), ("account", "x")];
        // "Not now" would answer the interaction; another one is spent on it.
        let page = if path == "/sign-in/not-now" { halfway(&mut browser, &social, &[]).await } else { page.clone() };
        walk.tried(
            route,
            (WHO, "the password, and on to the next step"),
            post(&mut browser, path, (&page, "/sign-in/code"), &more),
            &[],
        )
        .await;
    }
    // Otto's password in the interaction in which hers was shown: what counts is what the latest one showed.
    let page = halfway(&mut browser, &social, &[]).await;
    let otto = [("username", "otto"), ("password", "another person entirely")];
    let session = [begun("otto", (AAL1, "pwd"))];
    walk.tried(
        "POST /sign-in",
        (WHO, "another person's password after hers"),
        post(&mut browser, "/sign-in", (&page, "/sign-in/code"), &otto),
        &session,
    )
    .await;
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the code, after another person's password"),
        browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]),
        &[],
    )
    .await;
    idp.pass("1m");
    let page = halfway(&mut browser, &social, &[("prompt", "login")]).await;
    idp.pass("10m");
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password of ten minutes ago, and the code"),
        browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]),
        &[],
    )
    .await;
    // The factors change hands, or the password does: half of a sign-in is worth nothing after that.
    let page = halfway(&mut browser, &social, &[("prompt", "login")]).await;
    idp.end_account_of(USERNAME, false).await;
    idp.pass("3s");
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the password of before a sign-out everywhere, and the code"),
        browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]),
        &[],
    )
    .await;
    idp.pass("1m");
    let page = halfway(&mut browser, &social, &[("prompt", "login")]).await;
    idp.end_account_of(USERNAME, true).await;
    idp.pass("3s");
    walk.tried(
        "POST /sign-in/code",
        (WHO, "all of it, for an account that was disabled meanwhile"),
        browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]),
        &[],
    )
    .await;
}

/// Where an unusual sign-in is asked for a code by mail: the password alone is not enough, and the code makes it no stronger.
pub async fn unusual(walk: &mut Walk) {
    const WHO: &str = "password alone, in an unusual place";
    let mailbox = MailServer::start(Smtp::Takes).await;
    let idp = Idp::with(|config| {
        mailbox.configure(config);
        config.sign_in.on_unusual = OnRisk::Ask;
    });
    let idp = idp.await;
    let (there, social) = (std::mem::replace(&mut walk.idp, idp.clone()), idp.app("social"));
    idp.browser().enter(&social).await;
    idp.pass("1d");
    idp.deliver().await;
    mailbox.take();
    let (mut browser, mut other) = (idp.browser(), idp.browser());
    browser.address = "198.51.100.9:1".into();
    other.address = "192.0.2.77:1".into();
    let page = browser.authorize(&social, &[]).await;
    let waiting = walk.tried("POST /sign-in", (WHO, "the password"), browser.sign_in(&page), &[]).await;
    let page = browser.get(waiting.location()).await;
    idp.deliver().await;
    let text = mailbox.only().text();
    let code = text.lines().find_map(|line| line.strip_prefix("Code: ")).expect("a code");
    let elsewhere = halfway(&mut other, &social, &[]).await;
    let theirs = [("code", code)];
    let route = "POST /sign-in/code";
    let stolen = other.submit(&elsewhere, "/sign-in/code", &theirs);
    walk.tried(route, (WHO, "the password, and the code of another sign-in"), stolen, &[]).await;
    let wrong = [("code", "00000000")];
    let wrong = browser.submit(&page, "/sign-in/code", &wrong);
    walk.tried(route, (WHO, "the password and a wrong code"), wrong, &[]).await;
    let session = [begun(USERNAME, (AAL1, "pwd"))];
    let right = browser.submit(&page, "/sign-in/code", &theirs);
    walk.tried(route, (WHO, "the password and the code in the mail"), right, &session).await;
    walk.idp = there;
}
