//! The set-up link: one administrator, once, with a password worth having.

use super::{Untouched, assert_page, encoded};
use crate::harness::{Answer, Browser, ISSUER, Idp};
use serde_json::json;

const GOOD: &str = "quiet harbour under stars";

/// A fresh installation and its link's token.
async fn fresh() -> (Idp, String) {
    let idp = Idp::empty(|_| ()).await;
    let token = offer(&idp).await.unwrap();
    (idp, token)
}

async fn offer(idp: &Idp) -> Option<String> {
    let link = idp.flows().offer_setup(idp.now()).await.unwrap()?;
    let token = link.expose().strip_prefix(&format!("{ISSUER}/setup?token=")).unwrap().to_owned();
    assert_eq!(token.len(), 43, "256 bits");
    Some(token)
}

async fn open(browser: &mut Browser, token: &str) -> Answer {
    browser.get(&format!("/setup?{}", encoded(&[("token", token)]))).await
}

/// Posts the form whether or not the page offers it.
async fn post(idp: &Idp, token: &str, username: &str, password: &str) -> Answer {
    let mut browser = idp.browser();
    let csrf = browser.get("/account").await.fields("/sign-in")["csrf"].clone();
    browser.post("/setup", &[("csrf", &csrf), ("token", token), ("username", username), ("password", password)]).await
}

async fn assert_void(idp: &Idp, token: &str, case: &str) {
    let untouched = Untouched::now(idp).await;
    assert_page(&open(&mut idp.browser(), token).await, 410, case);
    let answer = post(idp, token, "root", GOOD).await;
    assert_page(&answer, 410, case);
    untouched.check(case).await;
}

#[actix_web::test]
async fn wrong_tokens() {
    let (idp, token) = fresh().await;
    let mut bad = super::variants::altered(&token, 3);
    bad.extend(super::variants::truncated(&token, 5));
    bad.extend(super::variants::surrounded(&token).into_iter().filter(|text| !text.contains('\n')));
    bad.extend([token.to_lowercase(), "a".repeat(43), "x".into(), "null".into(), "a".repeat(8_000), "\u{e4}".into()]);
    for wrong in bad {
        assert_void(&idp, &wrong, &wrong).await;
    }
    for query in [
        "",
        "?",
        "?token",
        "?token=",
        &format!("?token={token}&token={token}"),
        &format!("?Token={token}"),
        &format!("?token={token}%00"),
    ] {
        assert_page(&idp.browser().get(&format!("/setup{query}")).await, 410, query);
    }
    assert_page(&open(&mut idp.browser(), &token).await, 200, "the right one still is");
}

#[actix_web::test]
async fn expired_and_replaced_tokens() {
    let (idp, first) = fresh().await;
    idp.pass("59m");
    let second = offer(&idp).await.unwrap();
    assert_void(&idp, &first, "replaced").await;
    idp.pass("3599s");
    assert_page(&open(&mut idp.browser(), &second).await, 200, "a second is left");
    let mut browser = idp.browser();
    let page = open(&mut browser, &second).await;
    idp.pass("1s");
    for wait in ["0s", "1s", "1d"] {
        idp.pass(wait);
        assert_void(&idp, &second, "expired").await;
    }
    let late = browser.submit(&page, "/setup", &[("username", "root"), ("password", GOOD)]).await;
    assert_page(&late, 410, "the page was opened in time, the form came too late");
    while idp.flows().sweep(idp.now()).await.unwrap().count > 0 {}
    assert_void(&idp, &second, "swept").await;
}

#[actix_web::test]
async fn a_used_token_and_every_other_one_is_void() {
    let (idp, token) = fresh().await;
    let mut browser = idp.browser();
    let page = open(&mut browser, &token).await;
    let answer = browser.submit(&page, "/setup", &[("username", "root"), ("password", GOOD)]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/admin"));
    assert_eq!(browser.get("/admin/users").await.status, 200, "and is inside");
    assert_void(&idp, &token, "used").await;
    let again = browser.submit(&page, "/setup", &[("username", "other"), ("password", GOOD)]).await;
    assert_page(&again, 410, "the form once more");
    assert_eq!(offer(&idp).await, None, "there is an administrator");
}

#[actix_web::test]
async fn void_once_an_administrator_exists() {
    let (idp, token) = fresh().await;
    let mut browser = idp.browser();
    let page = open(&mut browser, &token).await;
    idp.import(json!({"users": [{"username": "someone", "password": "somebody else entirely"}]})).await;
    assert_page(&open(&mut browser, &token).await, 200, "a person is no administrator");
    idp.import(json!({"users": [{"username": "boss", "password": "the boss of all of this", "roles": ["admin"]}]}))
        .await;
    assert_void(&idp, &token, "an administrator exists").await;
    let answer = browser.submit(&page, "/setup", &[("username", "root"), ("password", GOOD)]).await;
    assert_page(&answer, 410, "the page was opened before");
}

/// Two administrators can close each other's accounts, or both leave: whoever has the machine must get in again.
#[actix_web::test]
async fn a_link_is_offered_again_once_no_administrator_may_act() {
    let (idp, _) = fresh().await;
    let boss = |disabled: bool| json!({"users": [{"username": "boss", "password": "the boss of all of this", "roles": ["admin"], "disabled": disabled}]});
    idp.import(boss(false)).await;
    assert_eq!(offer(&idp).await, None);
    idp.import(boss(true)).await;
    let token = offer(&idp).await.expect("nobody could open the account");
    let mut browser = idp.browser();
    let page = open(&mut browser, &token).await;
    let answer = browser.submit(&page, "/setup", &[("username", "root"), ("password", GOOD)]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/admin"));
    assert_eq!(offer(&idp).await, None);
}

#[actix_web::test]
async fn weak_passwords_and_bad_names_leave_the_link_good() {
    let (idp, token) = fresh().await;
    let untouched = Untouched::now(&idp).await;
    let mut browser = idp.browser();
    let page = open(&mut browser, &token).await;
    let hashes = idp.flows().hashing.done();
    let weak = [
        "",
        "x",
        "fourteen chars",
        "aaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "PasswordPassword",
        "123456789012345",
        "rootrootrootroot",
        "root-root-root-1",
        &"long password ".repeat(20),
    ];
    for password in weak {
        let answer = browser.submit(&page, "/setup", &[("username", "root"), ("password", password)]).await;
        assert_page(&answer, 422, password);
        assert!(answer.text("[role=alert]").is_some_and(|text| !text.is_empty()), "{password}");
        assert!(password.len() < 5 || !answer.body.contains(password), "a password never comes back: {password}");
        untouched.check(password).await;
    }
    for username in ["", "a\nb", "a\u{202e}b", "a\tb", &"a".repeat(129), "\u{200e}"] {
        let answer = browser.submit(&page, "/setup", &[("username", username), ("password", GOOD)]).await;
        assert_page(&answer, 422, username);
        untouched.check(username).await;
    }
    assert_eq!(idp.flows().hashing.done(), hashes, "what is refused is not hashed");
    idp.import(json!({"users": [{"username": "Taken", "password": "somebody else entirely"}]})).await;
    let untouched = Untouched::now(&idp).await;
    for taken in ["Taken", "taken", "TAKEN", " taken "] {
        let answer = browser.submit(&page, "/setup", &[("username", taken), ("password", GOOD)]).await;
        assert_page(&answer, 422, taken);
        untouched.check(taken).await;
    }
    let answer = browser.submit(&page, "/setup", &[("username", "root"), ("password", GOOD)]).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
}

#[actix_web::test]
async fn of_sixteen_at_once_one_becomes_the_administrator() {
    for names in ["the same", "different ones"] {
        let (idp, token) = fresh().await;
        let (copy, at_once) = (idp.clone(), token.clone());
        let answers = super::sixteen(async move |number| {
            let username = if names == "the same" { "root".to_owned() } else { format!("root{number}") };
            post(&copy, &at_once, &username, GOOD).await
        })
        .await;
        let won = answers.iter().filter(|answer| answer.status == 303).count();
        assert_eq!(won, 1, "{names}: {:?}", answers.iter().map(|a| a.status.as_u16()).collect::<Vec<_>>());
        assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 303 | 410 | 422)), "{names}");
        let contents = idp.contents().await;
        for kind in ["account ", "credential ", "session "] {
            let count = contents.lines().filter(|line| line.starts_with(kind)).count();
            assert_eq!(count, 1, "{names}: {kind}: {contents}");
        }
        assert_void(&idp, &token, names).await;
    }
}

#[actix_web::test]
async fn a_link_is_kept_hashed_and_signs_nobody_in() {
    let (idp, token) = fresh().await;
    assert!(!idp.contents().await.contains(&token));
    let mut browser = idp.browser();
    open(&mut browser, &token).await;
    assert_eq!(browser.cookie("__Host-abide_session"), None);
    assert!(browser.get("/admin").await.body.contains("id=\"sign-in\""));
}
