//! Sessions that go on: made stronger, shown anew, and brought back after they timed out.

use super::first_and_second::{BOTH, WHO, halfway, of_otto, post};
use super::walk::{AAL1, AAL2, How, Walk, When, begun, grown};
use crate::harness::USERNAME;
use crate::stories::second_factor::set_up;

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
