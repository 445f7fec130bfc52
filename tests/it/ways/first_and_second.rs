//! Password, and the code of an app or a recovery code after it.

use super::walk::{AAL1, AAL2, How, Walk, When, begun, grown};
use crate::harness::{Answer, Browser, PASSWORD, RelyingApp, USERNAME};
use crate::stories::second_factor::{Authenticator, set_up};

const BOTH: (&str, &str) = (AAL2, "pwd otp mfa");
const WHO: &str = "password, app, recovery codes";

/// An app of Otto's: codes that are right, and not hers.
async fn of_otto(walk: &Walk) -> Authenticator {
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

/// A live session is raised by the factor that it lacks, or shown anew as a whole.
pub async fn stepping_up(walk: &mut Walk) {
    let (idp, social) = (walk.idp.clone(), walk.idp.app("social"));
    let mut weak = idp.browser();
    weak.enter(&social).await;
    let (app, codes) = set_up(&idp, &mut idp.browser()).await;
    let ottos = of_otto(walk).await;
    let wish = [("acr_values", AAL2)];
    let mut stranger = idp.browser();
    for asks in [vec![], vec![wish[0], ("prompt", "none")], vec![wish[0]], vec![wish[0], ("prompt", "consent")]] {
        walk.tried("GET /authorize", (WHO, "a session of the password"), weak.get(&social.request(&asks)), &[]).await;
    }
    let page = weak.authorize(&social, &wish).await;
    for (shown, code) in
        [("a session, and a wrong code", "000000"), ("a session, and another person's code", &ottos.code(&idp, 0))]
    {
        walk.tried("POST /sign-in/code", (WHO, shown), weak.submit(&page, "/sign-in/code", &[("code", code)]), &[])
            .await;
    }
    let theirs = stranger.authorize(&social, &[]).await;
    let handle = page.fields("/sign-in/code")["interaction"].clone();
    let code = app.code(&idp, 0);
    let stolen = [("interaction", handle.as_str()), ("code", &code)];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "a session in another browser, and the code"),
        post(&mut stranger, "/sign-in/code", (&theirs, "/sign-in"), &stolen),
        &[],
    )
    .await;
    let mut copied = weak.copied();
    copied.forget("__Host-abide_session");
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the code, in its browser, without the session"),
        copied.submit(&page, "/sign-in/code", &[("code", &code)]),
        &[],
    )
    .await;
    idp.pass("1m");
    let code = app.code(&idp, 0);
    let raised = [grown(How::Raised, USERNAME, BOTH, When::Before)];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "a session, and a code"),
        weak.submit(&page, "/sign-in/code", &[("code", &code)]),
        &raised,
    )
    .await;
    // Shown anew, it has to be shown as a whole.
    idp.pass("1m");
    let page = weak.authorize(&social, &[("prompt", "login")]).await;
    let waiting = walk.tried("POST /sign-in", (WHO, "a session, and the password"), weak.sign_in(&page), &[]).await;
    let page = weak.get(waiting.location()).await;
    let renewed = [grown(How::Renewed, USERNAME, BOTH, When::Now)];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "a session, the password and a recovery code"),
        weak.submit(&page, "/sign-in/code", &[("code", &codes[1])]),
        &renewed,
    )
    .await;
    // Who holds no second factor shows the first anew.
    let mut boss = idp.browser();
    let page = boss.authorize(&social, &[]).await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    idp.pass("1m");
    let page = boss.authorize(&social, &[("max_age", "30")]).await;
    let renewed = [grown(How::Renewed, "boss", (AAL1, "pwd"), When::Now)];
    walk.tried(
        "POST /sign-in",
        ("password alone", "a session, and the password"),
        boss.sign_in_as(&page, "boss", "the boss of all of this"),
        &renewed,
    )
    .await;
}

/// A session that timed out comes back for everything, shown by its own person in its own browser.
pub async fn coming_back(walk: &mut Walk) {
    let (idp, social) = (walk.idp.clone(), walk.idp.app("social"));
    let mut home = idp.browser();
    let answer = home.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    let (app, _) = set_up(&idp, &mut home).await;
    let mut boss = idp.browser();
    let page = boss.authorize(&social, &[]).await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    idp.pass("13h");
    let timed_out = "the cookie of a session that timed out";
    for prompt in ["", "none", "login", "select_account", "consent"] {
        walk.tried(
            "GET /authorize",
            (WHO, timed_out),
            home.authorize(&social, &[("prompt", prompt), ("acr_values", AAL2)]),
            &[],
        )
        .await;
    }
    walk.tried(
        "POST /token",
        (WHO, "a refresh token of a session that timed out"),
        social.try_refresh(&tokens.refresh),
        &[],
    )
    .await;
    walk.tried("POST /session/activity", (WHO, timed_out), home.stay(), &[]).await;
    walk.tried(
        "POST /session/activity",
        (WHO, "a token of a session that timed out"),
        social.report(&tokens.access),
        &[],
    )
    .await;
    let page = home.authorize(&social, &[]).await;
    let code = app.code(&idp, 0);
    walk.tried(
        "POST /sign-in/code",
        (WHO, "that cookie and the code"),
        post(&mut home, "/sign-in/code", (&page, "/sign-in"), &[("code", &code)]),
        &[],
    )
    .await;
    let waiting = walk.tried("POST /sign-in", (WHO, "that cookie and the password"), home.sign_in(&page), &[]).await;
    let page = home.get(waiting.location()).await;
    walk.tried(
        "POST /sign-in/code",
        (WHO, "that cookie, the password and a wrong code"),
        home.submit(&page, "/sign-in/code", &[("code", "000000")]),
        &[],
    )
    .await;
    // In another browser it is another session.
    let mut other = idp.browser();
    let elsewhere = halfway(&mut other, &social, &[]).await;
    idp.pass("1m");
    let session = [begun(USERNAME, BOTH)];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "all of it in another browser"),
        other.submit(&elsewhere, "/sign-in/code", &[("code", &app.code(&idp, 0))]),
        &session,
    )
    .await;
    idp.pass("1m");
    let back = [grown(How::Restored, USERNAME, BOTH, When::Now)];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "that cookie, the password and a code"),
        home.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]),
        &back,
    )
    .await;
    // Without a second factor the first brings it back; another person's does not.
    let page = boss.authorize(&social, &[]).await;
    let mut copied = boss.copied();
    let back = [grown(How::Restored, "boss", (AAL1, "pwd"), When::Now)];
    walk.tried(
        "POST /sign-in",
        ("password alone", "that cookie and the password"),
        boss.sign_in_as(&page, "boss", "the boss of all of this"),
        &back,
    )
    .await;
    idp.pass("13h");
    copied.plant("__Host-abide_session", boss.cookie("__Host-abide_session").unwrap());
    let page = copied.authorize(&social, &[]).await;
    let session = [begun("otto", (AAL1, "pwd"))];
    walk.tried(
        "POST /sign-in",
        ("password alone", "that cookie and another person's password"),
        copied.sign_in_as(&page, "otto", "another person entirely"),
        &session,
    )
    .await;
    let page = boss.authorize(&social, &[]).await;
    let session = [begun("boss", (AAL1, "pwd"))];
    let shown = "the cookie of a session that ended when another person signed in, and the password";
    walk.tried(
        "POST /sign-in",
        ("password alone", shown),
        boss.sign_in_as(&page, "boss", "the boss of all of this"),
        &session,
    )
    .await;
}
