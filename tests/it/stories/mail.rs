//! Mails: what is sent, when it is tried again, and by whom.

use super::second_factor::set_up;
use crate::harness::{Answer, Browser, Idp, Letter, MailServer, PASSWORD, Smtp, USERNAME};
use abide::config::Config;
use abide::model::audit::{Act, Event, Outcome};

/// The provider with mail, and the mail server.
pub async fn with_mail() -> (Idp, MailServer) {
    let server = MailServer::start(Smtp::Takes).await;
    (Idp::with(|config| server.configure(config)).await, server)
}

/// The same where people may make accounts.
pub async fn open_to_all() -> (Idp, MailServer) {
    let server = MailServer::start(Smtp::Takes).await;
    let idp = Idp::with(|config| {
        server.configure(config);
        config.accounts.self_registration = abide::model::cookies::Switch::On;
    });
    (idp.await, server)
}

/// Asks for a link to a new password, from a sign-in page.
pub async fn ask_reset(browser: &mut Browser, page: &Answer, name: &str) -> Answer {
    let form = browser.submit(page, "/forgot", &[]).await;
    assert_eq!(form.status, 200);
    browser.submit(&form, "/forgot/send", &[("username", name)]).await
}

/// The same, and takes the mail out of the mailbox.
pub async fn reset_mail(idp: &Idp, server: &MailServer, browser: &mut Browser) -> Letter {
    let page = browser.get("/account").await;
    assert_eq!(ask_reset(browser, &page, USERNAME).await.status, 200);
    idp.deliver().await;
    server.only()
}

/// The audit log, the newest first.
pub async fn events(idp: &Idp, act: Act) -> Vec<Event> {
    let page = idp.flows().store.events(None, 200).await.unwrap();
    page.items.into_iter().filter(|event| event.act == act).collect()
}

#[actix_web::test]
async fn a_mail_is_plain_text_and_html_and_says_what_it_is() {
    let (idp, server) = with_mail().await;
    let letter = reset_mail(&idp, &server, &mut idp.browser()).await;
    assert_eq!(letter.to, ["mira@example.org"]);
    assert_eq!(letter.field("to"), "mira@example.org");
    assert_eq!(letter.field("from"), "Abide <id@example.com>");
    assert_eq!(letter.field("auto-submitted"), "auto-generated");
    assert!(letter.field("message-id").ends_with("@example.com>"), "{}", letter.field("message-id"));
    assert!(letter.field("subject").contains("new password"), "{}", letter.field("subject"));
    assert_eq!(letter.field("date"), "Fri, 15 Jan 2027 08:00:00 +0000");
    assert!(letter.field("content-type").starts_with("multipart/alternative"));
    let html = letter.html();
    assert!(html.contains(&letter.token()) && html.contains("mira"), "{html}");
    assert!(letter.text().contains("30 minutes"));
}

#[actix_web::test]
async fn what_cannot_be_sent_is_tried_again_and_given_up_in_the_end() {
    let (idp, server) = with_mail().await;
    server.turn(Smtp::Answers(451));
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    ask_reset(&mut browser, &page, USERNAME).await;
    idp.deliver().await;
    let attempts = || server.lines().iter().filter(|line| line.starts_with("MAIL")).count();
    assert_eq!(attempts(), 1);
    idp.deliver().await;
    assert_eq!(attempts(), 1, "not before its time");
    idp.pass("30s");
    idp.deliver().await;
    assert_eq!(attempts(), 2);
    server.turn(Smtp::Takes);
    idp.pass("1m");
    idp.deliver().await;
    let letter = server.only();
    assert_eq!(browser.get(&letter.link()).await.status, 200);
    assert_eq!(events(&idp, Act::MailSent).await.len(), 1);
    // Another one never arrives: it is given up when its link is worthless, and the log says so.
    server.turn(Smtp::Answers(451));
    ask_reset(&mut browser, &page, USERNAME).await;
    for _ in 0..40 {
        idp.deliver().await;
        idp.pass("1m");
    }
    let failed = events(&idp, Act::MailFailed).await;
    assert_eq!((failed.len(), failed[0].outcome, failed[0].reason.as_deref()), (1, Outcome::Refused, Some("reset")));
    server.turn(Smtp::Takes);
    idp.pass("1h");
    idp.deliver().await;
    assert!(server.take().is_empty());
}

#[actix_web::test]
async fn what_is_refused_for_good_is_not_tried_again() {
    let (idp, server) = with_mail().await;
    server.turn(Smtp::Answers(550));
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    let before = idp.contents().await;
    ask_reset(&mut browser, &page, USERNAME).await;
    idp.deliver().await;
    assert_eq!(events(&idp, Act::MailFailed).await.len(), 1);
    idp.pass("25h");
    idp.deliver().await;
    assert_eq!(server.lines().iter().filter(|line| line.starts_with("MAIL")).count(), 1);
    assert_eq!(idp.contents().await, before, "nothing of it is left");
}

#[actix_web::test]
async fn nothing_is_sent_in_the_clear_where_tls_is_required() {
    let server = MailServer::start(Smtp::Takes).await;
    let idp = Idp::with(|config| {
        server.configure(config);
        config.mail.tls = abide::config::MailTls::Required;
    });
    let idp = idp.await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    ask_reset(&mut browser, &page, USERNAME).await;
    idp.deliver().await;
    assert!(server.take().is_empty());
    let told = server.lines();
    assert!(told.iter().all(|line| !line.starts_with("MAIL") && !line.contains("mira")), "{told:?}");
    assert!(told.iter().any(|line| line.starts_with("EHLO")), "it was asked what it offers: {told:?}");
}

#[actix_web::test]
async fn of_two_nodes_one_sends() {
    let (idp, server) = with_mail().await;
    let mut config = Config { issuer: crate::harness::ISSUER.parse().unwrap(), ..Config::default() };
    server.configure(&mut config);
    let other = idp.beside(&config).await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    ask_reset(&mut browser, &page, USERNAME).await;
    let now = idp.now();
    let (here, there) = futures_util::future::join(idp.flows().sweep(now), other.idp.sweep(now)).await;
    let (here, there) = (here.unwrap().mails, there.unwrap().mails);
    assert_eq!(here.len() + there.len(), 1);
    for mail in here {
        idp.flows().send_mail(mail, now).await.unwrap();
    }
    for mail in there {
        other.idp.send_mail(mail, now).await.unwrap();
    }
    server.only();
    idp.pass("10m");
    idp.deliver().await;
    assert!(server.take().is_empty());
}

#[actix_web::test]
async fn a_node_that_dies_with_a_claimed_mail_leaves_it_to_another() {
    let (idp, server) = with_mail().await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    ask_reset(&mut browser, &page, USERNAME).await;
    drop(idp.flows().sweep(idp.now()).await.unwrap());
    idp.pass("119s");
    idp.deliver().await;
    assert!(server.take().is_empty(), "it may still be on its way");
    idp.pass("1s");
    idp.deliver().await;
    server.only();
}

#[actix_web::test]
async fn a_mail_server_that_hangs_keeps_no_app_waiting() {
    let (idp, server) = with_mail().await;
    server.turn(Smtp::Hangs);
    for number in 0..20 {
        let mut browser = idp.browser();
        browser.address = format!("198.51.100.{number}:1");
        let page = browser.get("/account").await;
        ask_reset(&mut browser, &page, &format!("nobody-{number}")).await;
        if number < 3 {
            ask_reset(&mut browser, &page, USERNAME).await;
        }
    }
    let first = idp.flows().sweep(idp.now()).await.unwrap();
    assert_eq!(first.mails.len(), 16, "as many as there are places");
    let second = idp.flows().sweep(idp.now()).await.unwrap();
    assert_eq!((second.mails.len(), second.count), (0, 0), "the others are put off, and nobody waits");
    drop(first);
    idp.pass("5s");
    assert_eq!(idp.flows().sweep(idp.now()).await.unwrap().mails.len(), 7);
}

#[actix_web::test]
async fn at_rest_no_link_can_be_read() {
    let (idp, server) = with_mail().await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    ask_reset(&mut browser, &page, USERNAME).await;
    let store = &idp.flows().store;
    let mails = store.all::<abide::model::mail::Mail>(None, 10).await.unwrap().items;
    let kept = serde_json::to_string(&mails).unwrap();
    assert_eq!(mails.len(), 1);
    assert!(!kept.contains("token") && !kept.contains("example.org") && !kept.contains("/reset"), "{kept}");
    idp.deliver().await;
    server.only();
}

#[actix_web::test]
async fn without_mail_nothing_that_needs_it_is_offered() {
    let idp = Idp::start().await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    assert!(!page.body.contains("/forgot") && !page.body.contains("/sign-up"));
    for path in
        ["/forgot", "/reset", "/sign-up", "/sign-up/confirm", "/invitation", "/account/email", "/account/email/confirm"]
    {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    let csrf = page.fields("/sign-in")["csrf"].clone();
    for path in [
        "/forgot",
        "/forgot/send",
        "/reset",
        "/sign-up",
        "/sign-up/send",
        "/sign-up/confirm",
        "/invitation",
        "/account/email/confirm",
    ] {
        assert_eq!(browser.post(path, &[("csrf", &csrf), ("username", USERNAME)]).await.status, 404, "{path}");
    }
    let discovery = browser.get("/.well-known/openid-configuration").await.json();
    assert!(!discovery["prompt_values_supported"].as_array().unwrap().iter().any(|value| value == "create"));
}

#[actix_web::test]
async fn people_are_told_of_what_happens_to_their_account() {
    use super::second_factor::Authenticator;
    let (idp, server) = with_mail().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    home.enter(&social).await;
    idp.deliver().await;
    assert!(server.take().is_empty(), "the first sign-in is no news");
    let subjects = || {
        let mut all: Vec<String> = server.take().iter().map(|letter| letter.field("subject")).collect();
        all.sort();
        all
    };
    // Another browser.
    let mut other = idp.browser();
    other.address = "198.51.100.9:1".into();
    other.enter(&social).await;
    idp.deliver().await;
    let letter = server.only();
    assert!(letter.field("subject").starts_with("New sign-in"), "{}", letter.field("subject"));
    assert!(letter.text().contains("198.51.100.9") && letter.text().contains("UTC"), "{}", letter.text());
    // The same one again.
    other.plant("__Host-abide_session", "");
    other.enter(&social).await;
    idp.deliver().await;
    assert!(subjects().is_empty());
    // A second factor, its codes, and its end.
    let page = home.get("/account/security/authenticator").await;
    let app = Authenticator::reading(&page);
    let codes = home.submit(&page, "/account/security/authenticator", &[("code", &app.code(&idp, 0))]).await;
    idp.deliver().await;
    assert_eq!(subjects(), ["A second step was added at id.example.com"]);
    let code = codes.text(".codes li").unwrap();
    let mut third = idp.browser();
    third.address = "198.51.100.10:1".into();
    let page = third.authorize(&social, &[]).await;
    let waiting = third.sign_in(&page).await;
    let page = third.get(waiting.location()).await;
    let done = third.submit(&page, "/sign-in/code", &[("code", &code)]).await;
    assert!(done.parameter("code").is_some());
    idp.deliver().await;
    assert_eq!(
        subjects(),
        ["A recovery code was used at id.example.com", "New sign-in to your account at id.example.com"]
    );
    let page = home.get("/account/security").await;
    home.submit(&page, "/account/security/recovery-codes", &[]).await;
    let page = home.get("/account/security").await;
    home.submit(&page, "/account/security/authenticator/remove", &[]).await;
    let form = [("current", PASSWORD), ("password", "an entirely different evening")];
    home.submit(&page, "/account/security/password", &form).await;
    idp.deliver().await;
    let told = subjects();
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.contains(&"New recovery codes at id.example.com".to_owned()));
    assert!(told.contains(&"Your password at id.example.com was changed".to_owned()));
}

#[actix_web::test]
async fn people_are_told_of_passkeys_that_come_and_go() {
    use super::passkeys::add;
    use crate::harness::authenticator::Authenticator;
    let (idp, server) = with_mail().await;
    let (social, mut home, mut phone) = (idp.app("social"), idp.browser(), Authenticator::phone());
    home.enter(&social).await;
    add(&mut home, &mut phone).await;
    idp.deliver().await;
    assert_eq!(server.only().field("subject"), "A second step was added at id.example.com");
    let page = home.get("/account/security").await;
    let gone = home.submit(&page, "/account/security/passkey/remove", &[]).await;
    assert_eq!(gone.location(), "/account/security?done=passkey-removed");
    idp.deliver().await;
    assert!(server.only().field("subject").contains("second step"), "its end");
    // What was refused is no news.
    let again = home.submit(&page, "/account/security/passkey/remove", &[]).await;
    assert_eq!(again.location(), "/account/security");
    idp.deliver().await;
    assert!(server.take().is_empty());
}

#[actix_web::test]
async fn a_success_after_many_failures_is_told() {
    let (idp, server) = with_mail().await;
    let social = idp.app("social");
    for (wrong, expected) in [(4, 0), (5, 1)] {
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[]).await;
        for _ in 0..wrong {
            browser.sign_in_as(&page, USERNAME, "a wrong one").await;
        }
        idp.pass("10s");
        assert!(browser.sign_in(&page).await.parameter("code").is_some());
        idp.deliver().await;
        let told: Vec<_> = server.take().into_iter().map(|letter| letter.field("subject")).collect();
        let many = told.iter().filter(|subject| subject.starts_with("A sign-in after wrong passwords")).count();
        assert_eq!(many, expected, "{told:?}");
        idp.pass("5m");
    }
}

#[actix_web::test]
async fn nobody_writes_to_an_address_that_was_not_proved() {
    let (idp, server) = with_mail().await;
    idp.import(serde_json::json!({"users": [{"username": "nia", "password": "the quiet orchard keeper",
        "claims": {"email": "nia@example.org", "email_verified": false}}]}))
        .await;
    let (social, mut one, mut two) = (idp.app("social"), idp.browser(), idp.browser());
    for browser in [&mut one, &mut two] {
        let page = browser.authorize(&social, &[]).await;
        assert!(browser.sign_in_as(&page, "nia", "the quiet orchard keeper").await.parameter("code").is_some());
    }
    let page = one.get("/account/security").await;
    let form = [("current", "the quiet orchard keeper"), ("password", "an entirely different evening")];
    one.submit(&page, "/account/security/password", &form).await;
    let mut three = idp.browser();
    let page = three.get("/account").await;
    for name in ["nia", "nia@example.org"] {
        assert_eq!(ask_reset(&mut three, &page, name).await.status, 200);
    }
    idp.deliver().await;
    assert!(server.take().is_empty());
}

#[actix_web::test]
async fn a_sign_in_after_many_wrong_codes_is_told() {
    let (idp, server) = with_mail().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    for (wrong, told) in [(2, false), (5, true)] {
        idp.deliver().await;
        server.take();
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[]).await;
        let waiting = browser.sign_in(&page).await;
        let page = browser.get(waiting.location()).await;
        for _ in 0..wrong {
            assert_eq!(browser.submit(&page, "/sign-in/code", &[("code", "12345")]).await.status, 422);
        }
        idp.pass("30s");
        let right = browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
        assert!(right.parameter("code").is_some(), "{}", right.body);
        idp.deliver().await;
        let subjects: Vec<String> = server.take().iter().map(|letter| letter.field("subject")).collect();
        assert_eq!(subjects.iter().any(|subject| subject.contains("wrong codes")), told, "{subjects:?}");
    }
}

#[actix_web::test]
async fn a_deletion_is_told_when_it_is_asked_for_and_when_it_is_off() {
    let (idp, server) = with_mail().await;
    let mut browser = idp.browser();
    let page = browser.get("/account/data").await;
    browser.sign_in(&page).await;
    let page = browser.get("/account/data").await;
    browser.submit(&page, "/account/data/delete", &[("username", USERNAME)]).await;
    idp.deliver().await;
    let letter = server.only();
    assert!(letter.field("subject").contains("going to be deleted") && letter.text().contains("14 days"));
    // Asked again there is nothing to tell.
    browser.submit(&page, "/account/data/delete", &[("username", USERNAME)]).await;
    idp.deliver().await;
    assert!(server.take().is_empty());
    // The account's page says so, and whoever is signed in keeps the account there, however long ago that was.
    idp.pass("1h");
    let page = browser.get("/account").await;
    assert_eq!(page.text("#leaving-heading").as_deref(), Some("Your account will be deleted"));
    let kept = browser.submit(&page, "/account/data/keep", &[]).await;
    assert_eq!(kept.location(), "/account?done=kept");
    let page = browser.get(kept.location()).await;
    assert!(page.text("#leaving-heading").is_none() && page.body.contains("Your account stays"), "{}", page.body);
    idp.deliver().await;
    assert!(server.only().field("subject").contains("stays"));
}
