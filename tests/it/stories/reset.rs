//! A new password by mail.

use super::mail::{ask_reset, events, open_to_all, reset_mail, with_mail};
use super::second_factor::set_up;
use crate::harness::{Browser, Idp, Letter, PASSWORD, USERNAME};
use abide::model::audit::Act;

const NEW: &str = "an entirely different evening";

async fn choose(browser: &mut Browser, letter: &Letter, password: &str) -> crate::harness::Answer {
    let page = browser.get(&letter.link()).await;
    assert_eq!(page.status, 200, "{}", page.body);
    browser.submit(&page, "/reset", &[("password", password)]).await
}

async fn signs_in(idp: &Idp, password: &str) -> bool {
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let page = browser.authorize(&social, &[]).await;
    browser.sign_in_as(&page, USERNAME, password).await.status.is_redirection()
}

#[actix_web::test]
async fn a_forgotten_password_is_replaced_and_what_one_came_for_goes_on() {
    let (idp, server) = with_mail().await;
    let (social, mut browser, mut elsewhere) = (idp.app("social"), idp.browser(), idp.browser());
    let there = social.redeem(&elsewhere.enter(&social).await).await;
    let page = browser.authorize(&social, &[("state", "where-i-was")]).await;
    let sent = ask_reset(&mut browser, &page, "MIRA ").await;
    assert!(sent.body.contains("Look into your mailbox"));
    idp.deliver().await;
    let letter = server.only();
    // A mail scanner opens the link, and so does the person, twice.
    let scanned = idp.browser().get(&letter.link()).await;
    assert_eq!(scanned.status, 403);
    browser.get(&letter.link()).await;
    let done = choose(&mut browser, &letter, NEW).await;
    assert!(done.location().starts_with("/interaction/k."), "{}", done.location());
    assert!(!done.headers.contains_key("set-cookie"), "nobody is signed in by a link");
    let page = browser.get(done.location()).await;
    assert!(page.body.contains("Your password has been changed"), "{}", page.body);
    assert_eq!(social.try_refresh(&there.refresh).await.error(), "invalid_grant", "every session ended");
    assert_eq!(browser.sign_in_as(&page, USERNAME, PASSWORD).await.status, 422);
    let answer = browser.sign_in_as(&page, USERNAME, NEW).await;
    assert_eq!(answer.parameter("state").as_deref(), Some("where-i-was"));
    social.redeem(&answer).await;
    idp.deliver().await;
    let subjects: Vec<String> = server.take().iter().map(|letter| letter.field("subject")).collect();
    assert!(subjects.contains(&"Your password at id.example.com was changed".to_owned()), "{subjects:?}");
}

#[actix_web::test]
async fn by_mail_address_as_well_and_so_is_signing_in() {
    let (idp, server) = with_mail().await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    ask_reset(&mut browser, &page, "Mira@Example.org").await;
    idp.deliver().await;
    let done = choose(&mut browser, &server.only(), NEW).await;
    let page = browser.get(done.location()).await;
    assert_eq!(browser.sign_in_as(&page, "Mira@Example.org", NEW).await.location(), "/account");
}

#[actix_web::test]
async fn the_letter_speaks_as_the_page_did() {
    let (idp, server) = super::mail::with_mail().await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    browser.submit(&page, "/language", &[("language", "de")]).await;
    let letter = reset_mail(&idp, &server, &mut browser).await;
    assert!(letter.html().contains("lang=\"de\""), "{}", letter.field("subject"));
}

#[actix_web::test]
async fn a_link_works_once() {
    let (idp, server) = with_mail().await;
    let mut browser = idp.browser();
    let letter = reset_mail(&idp, &server, &mut browser).await;
    let page = browser.get(&letter.link()).await;
    // Two at once, of the same page.
    let (mut one, mut two) = (browser.copied(), browser.copied());
    let (a, b) = futures_util::future::join(
        one.submit(&page, "/reset", &[("password", NEW)]),
        two.submit(&page, "/reset", &[("password", "yet another fine evening")]),
    )
    .await;
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);
    assert_eq!(browser.get(&letter.link()).await.status, 410);
    assert_eq!(browser.submit(&page, "/reset", &[("password", "one more evening of it")]).await.status, 410);
    assert!(!signs_in(&idp, "one more evening of it").await && !signs_in(&idp, PASSWORD).await);
    let refused = events(&idp, Act::PasswordReset).await;
    assert!(refused.iter().any(|event| event.reason.as_deref() == Some("void")), "{refused:?}");
}

#[actix_web::test]
async fn a_link_belongs_to_its_browser_its_time_and_its_account_as_it_was() {
    let (idp, server) = with_mail().await;
    let mut browser = idp.browser();
    let letter = reset_mail(&idp, &server, &mut browser).await;
    let page = browser.get(&letter.link()).await;
    // Elsewhere: also with the form, filled by hand.
    let mut thief = idp.browser();
    let seen = thief.get(&letter.link()).await;
    assert_eq!(seen.status, 403);
    assert!(seen.body.contains("Open this link where you asked for it") && !seen.body.contains("mira"));
    let csrf = thief.get("/forgot").await.fields("/forgot/send")["csrf"].clone();
    let form = [("csrf", csrf.as_str()), ("token", &letter.token()), ("password", NEW)];
    assert_eq!(thief.post("/reset", &form).await.status, 403);
    // Too late.
    idp.pass("30m");
    assert_eq!(browser.get(&letter.link()).await.status, 410);
    assert_eq!(browser.submit(&page, "/reset", &[("password", NEW)]).await.status, 410);
    // Of before the password changed, although nothing ended.
    let letter = reset_mail(&idp, &server, &mut browser).await;
    let mut home = idp.browser();
    let at = home.get("/account/security").await;
    home.sign_in(&at).await;
    let at = home.get("/account/security").await;
    let mut form = at.fields("/account/security/password");
    form.remove("others");
    form.extend([("current".into(), PASSWORD.into()), ("password".into(), "the one in between".into())]);
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    home.post("/account/security/password", &form).await;
    assert_eq!(browser.get(&letter.link()).await.status, 410);
    idp.deliver().await;
    server.take();
    // Of before everything was signed out, and of an account that was closed.
    for disable in [false, true] {
        idp.pass("2h");
        let letter = reset_mail(&idp, &server, &mut browser).await;
        idp.end_account_of(USERNAME, disable).await;
        assert_eq!(browser.get(&letter.link()).await.status, 410, "{disable}");
    }
    assert!(signs_in(&idp, "the one in between").await, "it is what it was");
}

#[actix_web::test]
async fn a_second_factor_stays() {
    let (idp, server) = with_mail().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    idp.deliver().await;
    server.take();
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    ask_reset(&mut browser, &page, USERNAME).await;
    idp.deliver().await;
    let done = choose(&mut browser, &server.only(), NEW).await;
    let page = browser.get(done.location()).await;
    idp.pass("1m");
    let waiting = browser.sign_in_as(&page, USERNAME, NEW).await;
    let page = browser.get(waiting.location()).await;
    assert!(page.body.contains("id=\"code\""), "{}", page.body);
    assert_eq!(browser.silently(&social).await.error(), "login_required");
    let answer = browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    assert!(answer.parameter("code").is_some());
}

#[actix_web::test]
async fn a_password_that_may_not_be_set_leaves_the_link_good() {
    let (idp, server) = with_mail().await;
    let mut browser = idp.browser();
    let letter = reset_mail(&idp, &server, &mut browser).await;
    for (password, words) in [("short", "at least 15"), ("passwordpassword", "too easy"), ("", "at least 15")] {
        let answer = choose(&mut browser, &letter, password).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text("[role=alert]").unwrap().contains(words), "{:?}", answer.text("[role=alert]"));
        assert_eq!(answer.fields("/reset")["token"], letter.token());
    }
    assert!(signs_in(&idp, PASSWORD).await);
    assert_eq!(choose(&mut browser, &letter, NEW).await.status, 303);
}

#[actix_web::test]
async fn links_that_are_none_change_nothing() {
    let (idp, server) = open_to_all().await;
    let mut browser = idp.browser();
    let reset = reset_mail(&idp, &server, &mut browser).await.token();
    let form = browser.get("/sign-up").await;
    browser.submit(&form, "/sign-up/send", &[("email", "new@example.org")]).await;
    idp.deliver().await;
    let sign_up = server.only().token();
    let csrf = form.fields("/sign-up/send")["csrf"].clone();
    let mut altered = reset.clone().into_bytes();
    altered[30] = if altered[30] == b'A' { b'B' } else { b'A' };
    let altered = String::from_utf8(altered).unwrap();
    let guessed = ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &altered, &reset[..reset.len() - 4]];
    idp.pass("2m");
    let before = (idp.contents().await, signs_in(&idp, PASSWORD).await);
    for (path, tokens) in [
        ("/reset", [&guessed[..], &[sign_up.as_str()]].concat()),
        ("/sign-up/confirm", [&guessed[..], &[reset.as_str()]].concat()),
        ("/invitation", [&guessed[..], &[reset.as_str(), &sign_up]].concat()),
        ("/account/email/confirm", [&guessed[..], &[reset.as_str(), &sign_up]].concat()),
    ] {
        for token in tokens {
            idp.pass("10s");
            assert_eq!(browser.get(&format!("{path}?token={token}")).await.status, 410, "{path} {token}");
            let form = [("csrf", csrf.as_str()), ("token", token), ("password", NEW), ("username", "x"), ("name", "x")];
            assert_eq!(browser.post(path, &form).await.status, 410, "{path} {token}");
        }
    }
    let signed_in = signs_in(&idp, PASSWORD).await;
    idp.pass("25h");
    idp.deliver().await;
    assert!(signed_in && before.1);
    assert!(!signs_in(&idp, NEW).await);
}

#[actix_web::test]
async fn asking_again_and_again_is_slowed_down() {
    let (idp, server) = with_mail().await;
    let mut statuses = Vec::new();
    for number in 0..6 {
        let mut browser = idp.browser();
        browser.address = format!("198.51.100.{number}:1");
        let page = browser.get("/account").await;
        let answer = ask_reset(&mut browser, &page, if number % 2 == 0 { USERNAME } else { "mira@example.org" }).await;
        if answer.status == 429 {
            assert!(!answer.header("retry-after").is_empty());
        }
        statuses.push(answer.status.as_u16());
    }
    assert_eq!(statuses, [200; 6], "that two names are one person's does not show");
    idp.deliver().await;
    assert_eq!(server.take().len(), 3, "by whatever name");
    // Each name closes when it was asked for often enough, whoever bears it, however it is written.
    for (names, free) in [
        (["mira@example.org", "Mira@EXAMPLE.org", " mira@example.org"], 0),
        (["nora@example.org", "Nora@EXAMPLE.org", " nora@example.org"], 3),
        (["nora", "NORA", " nora "], 3),
    ] {
        let mut statuses = Vec::new();
        for number in 0..6 {
            let mut browser = idp.browser();
            browser.address = format!("192.0.2.{number}:1");
            let page = browser.get("/account").await;
            let answer = ask_reset(&mut browser, &page, names[number % 3]).await;
            if answer.status == 429 {
                assert!(!answer.header("retry-after").is_empty());
            }
            statuses.push(answer.status.as_u16());
        }
        let expected: Vec<u16> = (0..6).map(|number| if number < free { 200 } else { 429 }).collect();
        assert_eq!(statuses, expected, "{names:?}");
    }
    idp.deliver().await;
    assert!(server.take().is_empty(), "nobody is written to any more");
    // Her own browser has a lane of its own: nobody keeps her from a new password.
    let (social, mut home) = (idp.app("social"), idp.browser());
    home.enter(&social).await;
    home.plant("__Host-abide_session", "");
    let page = home.get("/account").await;
    assert_eq!(ask_reset(&mut home, &page, USERNAME).await.status, 200);
}

#[actix_web::test]
async fn an_administrator_sends_a_link_that_works_anywhere() {
    let (idp, server) = with_mail().await;
    let mut boss = idp.browser();
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let people = boss.get("/admin/users?query=mira").await;
    let sent = boss.submit(&people, "/admin/users/send-reset", &[]).await;
    assert_eq!(sent.location(), "/admin/users?done=sent");
    idp.deliver().await;
    let letter = server.only();
    assert!(letter.text().contains("administrator"));
    let mut anywhere = idp.browser();
    let done = choose(&mut anywhere, &letter, NEW).await;
    assert_eq!(done.status, 303);
    assert_eq!(idp.browser().get(&letter.link()).await.status, 410);
    assert!(signs_in(&idp, NEW).await);
    // Nobody without a proved address, and nobody who is no administrator.
    let people = boss.get("/admin/users?query=otto").await;
    assert!(!people.body.contains("/admin/users/send-reset"));
    let csrf = people.fields("/admin/users/disable");
    let form = [("csrf", csrf["csrf"].as_str()), ("person", &csrf["person"]), ("user", csrf["user"].as_str())];
    assert_eq!(boss.post("/admin/users/send-reset", &form).await.status, 422);
    let page = anywhere.get("/account").await;
    let csrf = anywhere.get("/forgot").await.fields("/forgot/send")["csrf"].clone();
    drop(page);
    let form = [("csrf", csrf.as_str()), ("user", "x")];
    assert_eq!(anywhere.post("/admin/users/send-reset", &form).await.location(), "/admin/users");
}

/// Between the old password and the new one somebody who knows the old one changes it: the letter has the last word.
#[actix_web::test]
async fn a_change_that_is_underway_does_not_undo_a_reset() {
    for others in [&[("others", "on")][..], &[]] {
        let (idp, server) = with_mail().await;
        let (social, mut thief, mut owner) = (idp.app("social"), idp.browser(), idp.browser());
        let page = thief.get("/account/security").await;
        thief.sign_in(&page).await;
        let page = thief.get("/account/security").await;
        let letter = reset_mail(&idp, &server, &mut owner).await;
        let form = owner.get(&letter.link()).await;
        let typed = [&[("current", PASSWORD), ("password", "what the thief would like")][..], others].concat();
        let filled = [("password", NEW)];
        let change = thief.submit(&page, "/account/security/password", &typed);
        let (_, reset) = tokio::join!(change, owner.submit(&form, "/reset", &filled));
        if reset.status == 303 {
            assert!(signs_in(&idp, NEW).await, "{others:?}");
            assert!(!signs_in(&idp, "what the thief would like").await, "{others:?}");
            assert_eq!(thief.silently(&social).await.error(), "login_required", "{others:?}");
        } else {
            // The change was there first, and the link is of before.
            assert_eq!(reset.status, 410, "{}", reset.body);
            assert!(signs_in(&idp, "what the thief would like").await, "{others:?}");
        }
    }
}

#[actix_web::test]
async fn nobody_who_signs_in_meanwhile_stays() {
    let (idp, server) = with_mail().await;
    let social = idp.app("social");
    let mut owner = idp.browser();
    let letter = reset_mail(&idp, &server, &mut owner).await;
    let form = owner.get(&letter.link()).await;
    let mut thieves = Vec::new();
    for number in 0..5 {
        let mut browser = idp.browser();
        browser.address = format!("198.51.100.{number}:1");
        let page = browser.authorize(&social, &[]).await;
        thieves.push((browser, page));
    }
    let entering = thieves.iter_mut().map(|(browser, page)| browser.sign_in(page));
    let filled = [("password", NEW)];
    let (done, _) = tokio::join!(owner.submit(&form, "/reset", &filled), futures_util::future::join_all(entering));
    assert_eq!(done.status, 303, "{}", done.body);
    for (browser, _) in &mut thieves {
        assert_eq!(browser.silently(&social).await.error(), "login_required");
    }
}
