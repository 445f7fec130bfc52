//! Which passwords may be set, in every place where one is.

use super::mail::{reset_mail, with_mail};
use super::passkeys::{account, add};
use super::second_factor::set_up;
use crate::harness::authenticator::Authenticator;
use crate::harness::{Answer, Browser, ISSUER, Idp, Letter, MailServer, PASSWORD, Smtp, USERNAME};
use abide::flow::import::ReplaceSecrets;
use abide::model::password::Stands;
use serde_json::json;
use sha1::{Digest, Sha1};
use std::path::{Path, PathBuf};

const GOOD: &str = "seven kites above the dunes";
const SHORT: &str = "kw7 vqzp";
/// In the file of stolen ones, and by nothing else to be seen for what it is.
const STOLEN: &str = "grüner Tee um halb vier";

/// A file as the downloader writes it.
fn file_of(folder: &Path, stolen: &[&str]) -> PathBuf {
    let hex = |word: &&str| Sha1::digest(word.as_bytes()).iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let mut lines: Vec<String> = stolen.iter().map(|word| format!("{}:17\r\n", hex(word))).collect();
    lines.sort();
    let path = folder.join("stolen.txt");
    std::fs::write(&path, lines.concat()).unwrap();
    path
}

/// The provider with mail, accounts that people make, and a file of stolen passwords.
async fn with_everything() -> (Idp, MailServer, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = file_of(folder.path(), &[STOLEN, "correct horse", "hunter2"]);
    let server = MailServer::start(Smtp::Takes).await;
    let idp = Idp::with(|config| {
        server.configure(config);
        config.accounts.self_registration = abide::model::cookies::Switch::On;
        config.passwords.breached = Some(path);
    });
    (idp.await, server, folder)
}

/// What no place takes, and what is said of it.
fn refusals(own: &str) -> Vec<(String, &'static str)> {
    [
        ("fourteen chars", "at least 15"),
        ("", "at least 15"),
        (SHORT, "at least 15"),
        ("Password2026!!!", "too easy"),
        ("qwertyuiopasdfghjkl", "too easy"),
        ("123456789012345", "too easy"),
        (STOLEN, "data breach"),
        // The same as somebody's other keyboard writes it.
        ("gru\u{308}ner Tee um halb vier", "data breach"),
        (own, "your own names"),
        ("abide.example.com1", "your own names"),
        ("an evening \u{202e}at the harbour", "cannot be seen"),
        ("an evening\u{200b}at the harbour", "cannot be seen"),
        (&"an evening ".repeat(1_000), "at most 256"),
    ]
    .map(|(password, words)| (password.to_owned(), words))
    .to_vec()
}

fn assert_refused(answer: &Answer, password: &str, words: &str) {
    let start: String = password.chars().take(40).collect();
    assert_eq!(answer.status, 422, "{start:?}: {}", answer.body);
    let alert = answer.text("[role=alert]").unwrap_or_default();
    assert!(alert.contains(words), "{start:?}: {alert}");
    let described = answer.attribute("#password", "aria-describedby").unwrap_or_default();
    assert_eq!(described, "alert password-hint", "{start:?}: the field says why");
    assert!(password.len() < 10 || !answer.body.contains(password), "{start:?} is not told again");
}

#[actix_web::test]
async fn the_first_administrator() {
    let folder = tempfile::tempdir().unwrap();
    let path = file_of(folder.path(), &[STOLEN]);
    let idp = Idp::empty(|config| config.passwords.breached = Some(path)).await;
    let link = idp.flows().offer_setup(idp.now()).await.unwrap().unwrap();
    let mut browser = idp.browser();
    let page = browser.get(link.expose().strip_prefix(ISSUER).unwrap()).await;
    for (password, words) in refusals("Rosalind-1987-04") {
        let form = [("username", "rosalind"), ("password", &*password)];
        assert_refused(&browser.submit(&page, "/setup", &form).await, &password, words);
    }
    assert!(!idp.flows().administrator_exists().await.unwrap());
    let done = browser.submit(&page, "/setup", &[("username", "rosalind"), ("password", GOOD)]).await;
    assert!(done.status.is_redirection(), "{}", done.body);
}

#[actix_web::test]
async fn people_who_make_an_account() {
    let (idp, server, _folder) = with_everything().await;
    let mut browser = idp.browser();
    let page = browser.get("/sign-up").await;
    browser.submit(&page, "/sign-up/send", &[("email", "rosalind@orchard.example")]).await;
    idp.deliver().await;
    let form = browser.get(&server.only().link()).await;
    for own in ["Rosalind-1987-04", "orchard.example4", "Ahrensburg-87-04"] {
        for (password, words) in refusals(own) {
            let filled = [("password", &*password), ("name", "Rosalind Ahrensburg")];
            let answer = browser.submit(&form, "/sign-up/confirm", &filled).await;
            assert_refused(&answer, &password, words);
            idp.pass("3s");
        }
    }
    let done = browser.submit(&form, "/sign-up/confirm", &[("password", GOOD)]).await;
    assert_eq!(done.location(), "/account", "{}", done.body);
}

async fn boss(idp: &Idp) -> Browser {
    let mut boss = idp.browser();
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    boss
}

#[actix_web::test]
async fn people_who_are_invited() {
    let (idp, server, _folder) = with_everything().await;
    let mut boss = boss(&idp).await;
    let page = boss.get("/admin/invitations").await;
    boss.submit(&page, "/admin/invitations", &[("email", "rosalind@orchard.example")]).await;
    idp.deliver().await;
    let mut browser = idp.browser();
    let form = browser.get(&server.only().link()).await;
    for (password, words) in refusals("Photoelektra87-041") {
        let filled = [("username", "photoelektra"), ("password", &*password), ("name", "Rosalind Franklin")];
        assert_refused(&browser.submit(&form, "/invitation", &filled).await, &password, words);
        idp.pass("3s");
    }
    let done = browser.submit(&form, "/invitation", &[("username", "photoelektra"), ("password", GOOD)]).await;
    assert_eq!(done.location(), "/account", "{}", done.body);
}

#[actix_web::test]
async fn people_whom_an_administrator_adds() {
    let (idp, _server, _folder) = with_everything().await;
    let mut boss = boss(&idp).await;
    let page = boss.get("/admin/users").await;
    let person = [("username", "photoelektra"), ("name", "Rosalind Franklin"), ("email", "r@orchard.example")];
    for (password, words) in refusals("Rosalind.Franklin") {
        let filled = [&person[..], &[("password", &*password)]].concat();
        assert_refused(&boss.submit(&page, "/admin/users", &filled).await, &password, words);
    }
    let filled = [&person[..], &[("password", GOOD)]].concat();
    assert_eq!(boss.submit(&page, "/admin/users", &filled).await.location(), "/admin/users?done=added");
}

#[actix_web::test]
async fn people_who_change_theirs() {
    let (idp, _server, _folder) = with_everything().await;
    let mut browser = idp.browser();
    let page = at_security(&mut browser).await;
    for (password, words) in refusals("Mira-Lindqvist-87") {
        let filled = [("current", PASSWORD), ("password", &*password)];
        let answer = browser.submit(&page, "/account/security/password", &filled).await;
        assert_refused(&answer, &password, words);
    }
    let done = browser.submit(&page, "/account/security/password", &[("current", PASSWORD), ("password", GOOD)]).await;
    assert_eq!(done.location(), "/account/security?done=password");
}

#[actix_web::test]
async fn people_who_forgot_theirs() {
    let (idp, server, _folder) = with_everything().await;
    let mut browser = idp.browser();
    let letter = reset_mail(&idp, &server, &mut browser).await;
    let page = browser.get(&letter.link()).await;
    for (password, words) in refusals("Mira-Lindqvist-87") {
        let answer = browser.submit(&page, "/reset", &[("password", &*password)]).await;
        assert_refused(&answer, &password, words);
        idp.pass("3s");
    }
    assert!(browser.submit(&page, "/reset", &[("password", GOOD)]).await.status.is_redirection());
}

#[actix_web::test]
async fn people_who_are_imported() {
    let (idp, _server, _folder) = with_everything().await;
    let before = idp.contents().await;
    let file = |password: &str| json!({"users": [{"username": "photoelektra", "password": password, "claims": {"name": "Rosalind Franklin"}}]});
    for (password, words) in refusals("Rosalind.Franklin") {
        let words = match words {
            "at least 15" => "too short",
            "at most 256" => "too long",
            "too easy" => "too easy",
            "data breach" => "stolen",
            "your own names" => "words of the person",
            _ => "cannot be seen",
        };
        let why = idp.try_import(file(&password), ReplaceSecrets::Yes).await.unwrap_err();
        assert!(why.contains("users[0] (photoelektra): password") && why.contains(words), "{why}");
    }
    assert_eq!(idp.contents().await, before);
    idp.import(file(GOOD)).await;
}

#[actix_web::test]
async fn a_file_that_goes_bad_later_lets_nothing_pass_and_nobody_out() {
    let (idp, server, folder) = with_everything().await;
    let mut browser = idp.browser();
    let letter = reset_mail(&idp, &server, &mut browser).await;
    let page = browser.get(&letter.link()).await;
    let path = folder.path().join("stolen.txt");
    let good = std::fs::read(&path).unwrap();
    let before = idp.contents().await;
    for bad in [None, Some(&good[..good.len() - 30]), Some(b"not hashes\r\n".as_slice()), Some(b"")] {
        match bad {
            Some(bytes) => std::fs::write(&path, bytes).unwrap(),
            None => std::fs::remove_file(&path).unwrap(),
        }
        let answer = browser.submit(&page, "/reset", &[("password", GOOD)]).await;
        assert_eq!(answer.status, 500);
        assert!(!answer.body.contains("stolen.txt"), "{}", answer.body);
        assert_eq!(idp.contents().await, before);
    }
    // Who signs in is not judged, and a file put in its place is used at once.
    let social = idp.app("social");
    assert!(idp.browser().enter(&social).await.parameter("code").is_some());
    std::fs::write(&path, &good).unwrap();
    assert_eq!(browser.submit(&page, "/reset", &[("password", STOLEN)]).await.status, 422);
    assert!(browser.submit(&page, "/reset", &[("password", GOOD)]).await.status.is_redirection());
}

async fn at_security(browser: &mut Browser) -> Answer {
    let page = browser.get("/account/security").await;
    if page.body.contains("id=\"sign-in\"") {
        assert_eq!(browser.sign_in(&page).await.location(), "/account/security");
        return browser.get("/account/security").await;
    }
    page
}

async fn change(browser: &mut Browser, current: &str, new: &str) -> Answer {
    let page = browser.get("/account/security").await;
    browser.submit(&page, "/account/security/password", &[("current", current), ("password", new)]).await
}

async fn stands(idp: &Idp) -> Stands {
    account(idp, USERNAME).await.password
}

const REMOVE_APP: &str = "/account/security/authenticator/remove";
const REMOVE_PASSKEY: &str = "/account/security/passkey/remove";

#[actix_web::test]
async fn whoever_has_a_second_factor_may_choose_a_shorter_one_and_keeps_the_factor_then() {
    let idp = Idp::start().await;
    let mut browser = idp.browser();
    assert!(at_security(&mut browser).await.text("#password-hint").unwrap().contains("15"));
    assert_eq!(change(&mut browser, PASSWORD, SHORT).await.status, 422);
    set_up(&idp, &mut browser).await;
    let page = browser.get("/account/security").await;
    assert!(page.text("#password-hint").unwrap().contains('8'), "{}", page.body);
    assert_eq!(change(&mut browser, PASSWORD, "seven77").await.status, 422);
    assert_eq!(change(&mut browser, PASSWORD, "password").await.status, 422);
    assert_eq!(change(&mut browser, PASSWORD, SHORT).await.location(), "/account/security?done=password");
    assert_eq!(stands(&idp).await, Stands::BesideFactor);
    // The last factor stays.
    let page = browser.get("/account/security").await;
    let refused = browser.submit(&page, REMOVE_APP, &[]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text("[role=alert]").unwrap().contains("at least 15"), "{}", refused.body);
    // One of two may go, whichever comes first.
    let mut phone = Authenticator::phone();
    assert_eq!(add(&mut browser, &mut phone).await.location(), "/account/security?done=passkey");
    let page = browser.get("/account/security").await;
    assert_eq!(browser.submit(&page, REMOVE_APP, &[]).await.location(), "/account/security?done=removed");
    let page = browser.get("/account/security").await;
    let refused = browser.submit(&page, REMOVE_PASSKEY, &[]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text("[role=alert]").unwrap().contains("at least 15"), "{}", refused.body);
    // With a longer password everything may.
    assert_eq!(change(&mut browser, SHORT, GOOD).await.location(), "/account/security?done=password");
    assert_eq!(stands(&idp).await, Stands::Alone);
    let page = browser.get("/account/security").await;
    let gone = browser.submit(&page, REMOVE_PASSKEY, &[]).await;
    assert_eq!(gone.location(), "/account/security?done=passkey-removed");
}

async fn with_short_password() -> (Idp, MailServer, Letter, Browser) {
    let (idp, server) = with_mail().await;
    let mut browser = idp.browser();
    set_up(&idp, &mut browser).await;
    idp.deliver().await;
    server.take();
    let mut forgetful = idp.browser();
    let letter = reset_mail(&idp, &server, &mut forgetful).await;
    let page = forgetful.get(&letter.link()).await;
    assert!(page.text("#password-hint").unwrap().contains('8'), "{}", page.body);
    assert_eq!(forgetful.submit(&page, "/reset", &[("password", "seven77")]).await.status, 422);
    assert!(forgetful.submit(&page, "/reset", &[("password", SHORT)]).await.status.is_redirection());
    assert_eq!(stands(&idp).await, Stands::BesideFactor);
    (idp, server, letter, forgetful)
}

/// An administrator may have to take the factors away from under a short password: it opens no app then.
#[actix_web::test]
async fn a_short_password_alone_lets_nobody_into_an_app() {
    let (idp, ..) = with_short_password().await;
    let mut boss = boss(&idp).await;
    let people = boss.get("/admin/users?query=mira").await;
    let reset = boss.submit(&people, "/admin/users/reset-factors", &[]).await;
    assert_eq!(reset.location(), "/admin/users?done=reset", "{}", reset.body);
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let page = browser.authorize(&social, &[]).await;
    let waiting = browser.sign_in_as(&page, USERNAME, SHORT).await;
    assert!(waiting.location().starts_with("/interaction/"), "{}", waiting.location());
    let page = browser.get(waiting.location()).await;
    assert!(
        page.body.contains("id=\"longer-password\"") && page.body.contains("id=\"set-up-passkey\""),
        "{}",
        page.body
    );
    assert_eq!(browser.silently(&social).await.error(), "interaction_required");
    // A longer one is one way out of it.
    assert_eq!(change(&mut browser, SHORT, "seven77").await.status, 422);
    assert_eq!(change(&mut browser, SHORT, GOOD).await.location(), "/account/security?done=password");
    assert!(browser.silently(&social).await.parameter("code").is_some());
}

#[actix_web::test]
async fn of_passwords_set_at_once_the_mark_is_that_of_the_one_that_stayed() {
    for round in 0..6 {
        let idp = Idp::start().await;
        let mut browser = idp.browser();
        set_up(&idp, &mut browser).await;
        let page = browser.get("/account/security").await;
        let (mut one, mut two) = (browser.copied(), browser.copied());
        let form = |new| [("current", PASSWORD), ("password", new)];
        let (short, long) = (form(SHORT), form(GOOD));
        let (first, second) = if round % 2 == 0 { (&short, &long) } else { (&long, &short) };
        futures_util::future::join(
            one.submit(&page, "/account/security/password", first),
            two.submit(&page, "/account/security/password", second),
        )
        .await;
        let mut other = idp.browser();
        let page = other.get("/account").await;
        let short_one_stayed = other.sign_in_as(&page, USERNAME, SHORT).await.status.is_redirection();
        let mark = if short_one_stayed { Stands::BesideFactor } else { Stands::Alone };
        assert_eq!(stands(&idp).await, mark, "{round}");
    }
}

#[actix_web::test]
async fn the_mark_tells_nobody_how_long_a_password_is() {
    let (idp, ..) = with_short_password().await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    let waiting = browser.sign_in_as(&page, USERNAME, SHORT).await;
    let page = browser.get(waiting.location()).await;
    assert!(!page.body.contains("beside_factor"));
    // Elsewhere, where the factors are not, it stands alone as little.
    let told = idp.flows().export().await.unwrap();
    let elsewhere = Idp::empty(|_| ()).await;
    elsewhere.import(serde_json::from_str(&told).unwrap()).await;
    assert_eq!(stands(&elsewhere).await, Stands::BesideFactor);
    assert_eq!(account(&elsewhere, "otto").await.password, Stands::Alone);
    let again = elsewhere.try_import(serde_json::from_str(&told).unwrap(), ReplaceSecrets::Yes).await.unwrap();
    assert_eq!((again.0, again.1), (0, 0), "twice changes nothing");
    let (social, mut browser) = (elsewhere.app("social"), elsewhere.browser());
    let page = browser.authorize(&social, &[]).await;
    let waiting = browser.sign_in_as(&page, USERNAME, SHORT).await;
    assert!(waiting.location().starts_with("/interaction/"), "{}", waiting.location());
}
