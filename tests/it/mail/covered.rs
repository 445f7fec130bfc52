//! Mails by TLS, and never without it.
//!
//! What is believed comes from the system, and so from the environment (`SSL_CERT_FILE`): these run in a process of their
//! own, which believes the authority of these tests alone.

use crate::harness::{Cover, Idp, Login, MailServer, Smtp, USERNAME};
use crate::stories::mail::{ask_reset, events};
use abide::config::MailTls;
use abide::model::audit::Act;
use abide::outside::mail::{Mailer, Post, Protection, Relay, Unsent};
use abide::protocol::Timestamp;
use std::process::Command;
use zeroize::Zeroizing;

const INSIDE: &str = "ABIDE_TEST_MAIL_BELIEVING";
const LOGIN: Login = Login { mechanisms: "PLAIN LOGIN", username: "abide", password: "seven geheime kites" };

/// Runs one of these tests again, believing the authority.
fn believing(name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/mail/tls/authority.pem");
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.args(["--exact", &format!("mail::covered::{name}"), "--nocapture"]);
    let done = command.env(INSIDE, "yes").env("SSL_CERT_FILE", authority).env_remove("SSL_CERT_DIR").output();
    let done = done.expect("a process");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{}\n{}", said(&done.stdout), said(&done.stderr));
    assert!(said(&done.stdout).contains("1 passed"), "{}", said(&done.stdout));
    false
}

fn mailer(server: &MailServer, protection: Protection, password: Option<&str>) -> Mailer {
    let login = password.map(|password| ("abide".to_owned(), Zeroizing::new(password.to_owned())));
    let relay = Relay {
        host: "localhost".to_owned(),
        port: server.port(),
        protection,
        login,
        ourselves: "id.example.com".to_owned(),
    };
    Mailer::by(relay, "Abide <id@example.com>").unwrap()
}

async fn send(mailer: &Mailer) -> Result<(), Unsent> {
    let (plain, html) = ("the link".to_owned(), "<p>the link</p>".to_owned());
    let at = Timestamp(1_800_000_000);
    mailer.send(Post { to: "mira@example.org", subject: "A link", plain, html, id: "one", at }).await
}

/// Nothing of a mail, a login or an address went over the wire in the clear.
fn assert_covered(server: &MailServer, case: &str) {
    for line in server.clear_lines() {
        assert!(line.starts_with("EHLO ") || ["STARTTLS", "QUIT"].contains(&line.as_str()), "{case}: {line}");
    }
}

#[actix_web::test]
async fn by_tls_from_the_first_byte_by_starttls_and_with_a_login_of_both_kinds() {
    if !believing("by_tls_from_the_first_byte_by_starttls_and_with_a_login_of_both_kinds") {
        return;
    }
    for (cover, protection) in
        [(Cover::Wrapped("certificate"), Protection::Wrapped), (Cover::StartTls("certificate"), Protection::StartTls)]
    {
        for mechanisms in [None, Some("PLAIN"), Some("LOGIN"), Some("LOGIN PLAIN")] {
            let case = format!("{cover:?} {mechanisms:?}");
            let login = mechanisms.map(|mechanisms| Login { mechanisms, ..LOGIN });
            let server = MailServer::covered(Smtp::Takes, cover, login).await;
            let mailer = mailer(&server, protection, login.map(|login| login.password));
            assert_eq!(send(&mailer).await, Ok(()), "{case}");
            let letter = server.only();
            assert_eq!((letter.to, letter.raw.contains("the link")), (vec!["mira@example.org".to_owned()], true));
            assert_covered(&server, &case);
            let asked = server.lines().iter().filter(|line| line.starts_with("AUTH ")).count();
            assert_eq!(asked, usize::from(mechanisms.is_some()), "{case}");
        }
    }
}

#[actix_web::test]
async fn a_server_that_cannot_prove_itself_is_sent_nothing() {
    if !believing("a_server_that_cannot_prove_itself_is_sent_nothing") {
        return;
    }
    for certificate in ["stranger", "elsewhere", "expired"] {
        for (cover, protection) in
            [(Cover::Wrapped(certificate), Protection::Wrapped), (Cover::StartTls(certificate), Protection::StartTls)]
        {
            let case = format!("{cover:?}");
            let server = MailServer::covered(Smtp::Takes, cover, Some(LOGIN)).await;
            let refused = send(&mailer(&server, protection, Some(LOGIN.password))).await;
            assert!(matches!(refused, Err(Unsent::NotNow(_))), "{case}: {refused:?}");
            assert_eq!(server.take().len(), 0, "{case}");
            assert_covered(&server, &case);
            assert!(server.lines().iter().all(|line| !line.starts_with("AUTH")), "{case}");
        }
    }
}

#[actix_web::test]
async fn where_tls_is_taken_away_nothing_is_sent_in_the_clear() {
    if !believing("where_tls_is_taken_away_nothing_is_sent_in_the_clear") {
        return;
    }
    // Somebody on the way who cuts the offer out, or the answer; and servers that speak the other way.
    for (cover, protection) in [
        (Cover::None, Protection::StartTls),
        (Cover::Refuses, Protection::StartTls),
        (Cover::None, Protection::Wrapped),
        (Cover::StartTls("certificate"), Protection::Wrapped),
    ] {
        let case = format!("{cover:?}, {protection:?}");
        let server = MailServer::covered(Smtp::Takes, cover, Some(LOGIN)).await;
        let refused = send(&mailer(&server, protection, Some(LOGIN.password))).await;
        assert!(matches!(refused, Err(Unsent::NotNow(_))), "{case}: {refused:?}");
        assert_eq!(server.take().len(), 0, "{case}");
        for line in server.clear_lines() {
            let secret = line.contains("AUTH") || line.contains("MAIL") || line.contains("mira");
            assert!(!secret, "{case}: {line}");
        }
    }
}

/// The provider with a login at a mail server that is covered by STARTTLS.
async fn logged_in(server: &MailServer, password: &'static str) -> Idp {
    Idp::with(|config| {
        config.mail.from = Some("Abide <id@example.com>".parse().unwrap());
        config.mail.server = Some(format!("smtp://localhost:{}", server.port()).parse().unwrap());
        config.mail.tls = MailTls::Required;
        config.mail.username = "abide".to_owned();
        let file = std::env::temp_dir().join(format!("abide-mail-{}-{}", std::process::id(), server.port()));
        std::fs::write(&file, password).unwrap();
        config.mail.password_file = Some(file);
    })
    .await
}

#[actix_web::test]
async fn a_login_that_is_refused_keeps_the_mail_until_it_is_right() {
    if !believing("a_login_that_is_refused_keeps_the_mail_until_it_is_right") {
        return;
    }
    let cover = Cover::StartTls("certificate");
    let server = MailServer::covered(Smtp::Takes, cover, Some(LOGIN)).await;
    let wrong = "an old geheim password";
    let refused = send(&mailer(&server, Protection::StartTls, Some(wrong))).await.unwrap_err();
    assert!(matches!(refused, Unsent::NotNow(_)), "a login that is wrong is no fault of the mail: {refused}");
    assert!(!format!("{refused} {refused:?}").contains("geheim"), "{refused:?}");

    let idp = logged_in(&server, wrong).await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    ask_reset(&mut browser, &page, USERNAME).await;
    // A refusal is looked into by knocking once more, without the mail.
    let attempts = || server.lines().iter().filter(|line| line.starts_with("AUTH")).count() / 2;
    let before = attempts();
    for (passes, tries) in [("0s", 1), ("29s", 1), ("1s", 2), ("1m", 3)] {
        idp.pass(passes);
        idp.deliver().await;
        assert_eq!(attempts() - before, tries, "after {passes}");
    }
    assert_eq!((server.take().len(), events(&idp, Act::MailFailed).await.len()), (0, 0));
    assert_covered(&server, "a login that is refused");
    // It stays refused, and is given up with the link's worth; with the right one it goes at once.
    let idp = logged_in(&server, LOGIN.password).await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    ask_reset(&mut browser, &page, USERNAME).await;
    idp.deliver().await;
    assert_eq!(server.only().to, ["mira@example.org"]);
}

#[actix_web::test]
async fn a_server_that_closes_in_the_middle_gets_it_again() {
    if !believing("a_server_that_closes_in_the_middle_gets_it_again") {
        return;
    }
    let cover = Cover::StartTls("certificate");
    let server = MailServer::covered(Smtp::Closes, cover, Some(LOGIN)).await;
    let idp = logged_in(&server, LOGIN.password).await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    ask_reset(&mut browser, &page, USERNAME).await;
    idp.deliver().await;
    assert_eq!(server.take().len(), 0);
    server.turn(Smtp::Takes);
    idp.deliver().await;
    assert_eq!(server.take().len(), 0, "not before its time");
    idp.pass("30s");
    idp.deliver().await;
    let letter = server.only();
    assert_eq!(browser.get(&letter.link()).await.status, 200);
}
