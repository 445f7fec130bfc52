//! What strangers type where a mail could come of it: nothing of it gets into a mail, a header, or the store; and nobody
//! learns who is there.

use crate::harness::{Browser, Idp};
use crate::stories::mail::{ask_reset, open_to_all};

/// Addresses that are none, or more than one.
fn no_addresses() -> Vec<String> {
    let mut all: Vec<String> = [
        "",
        " ",
        "nia",
        "nia@",
        "@example.org",
        "nia@example.org\r\nBcc: all@example.org",
        "nia@example.org\nBcc: all@example.org",
        "nia\r\nRCPT TO:<all@example.org>@example.org",
        "nia@example.org\r\n.\r\nMAIL FROM:<x@example.org>",
        "nia@example.org, all@example.org",
        "nia@example.org all@example.org",
        "<nia@example.org>",
        "Nia <nia@example.org>",
        "\"nia\"@example.org",
        "nia@[127.0.0.1]",
        "nia@127.0.0.1",
        "nia\u{202e}@example.org",
        "nia@exam\u{202e}ple.org",
        "nia\0@example.org",
        "nia@example..org",
        "nia@.example.org",
        "nia@example.org.",
        "n\u{131}a@example.org",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push(format!("{}@example.org", "a".repeat(10_000)));
    all.push(format!("a@{}.org", "a".repeat(10_000)));
    all
}

#[actix_web::test]
async fn nothing_but_one_plain_address_is_written_to() {
    let (idp, server) = open_to_all().await;
    let mut browser = idp.browser();
    let page = browser.get("/sign-up").await;
    let before = idp.contents().await;
    for email in no_addresses() {
        let answer = browser.submit(&page, "/sign-up/send", &[("email", &email)]).await;
        assert_eq!(answer.status, 422, "{email:?}");
        assert!(answer.text("[role=alert]").unwrap().contains("not an email address"), "{email:?}");
    }
    assert_eq!(idp.contents().await, before, "nothing was stored");
    idp.deliver().await;
    assert!(server.lines().is_empty());
}

#[actix_web::test]
async fn names_of_the_wrong_form_make_no_account() {
    let (idp, server) = open_to_all().await;
    let mut browser = idp.browser();
    let page = browser.get("/sign-up").await;
    browser.submit(&page, "/sign-up/send", &[("email", "nia@example.org")]).await;
    idp.deliver().await;
    let form = browser.get(&server.only().link()).await;
    for name in ["a\nb", "a\r\nSet-Cookie: x=y", "a\u{202e}b", "a\u{2066}b", "a\0b", "a\u{7f}b", &"n".repeat(10_000)] {
        idp.pass("10s");
        let filled = [("name", name), ("password", "seven kites above the dunes")];
        let answer = browser.submit(&form, "/sign-up/confirm", &filled).await;
        // What no form can carry is no name that was left empty either.
        assert_eq!(answer.status, if name.contains(['\0', '\u{7f}']) { 400 } else { 422 }, "{name:.20?}");
        assert_eq!(answer.text("[role=alert]").is_some(), answer.status == 422);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    assert_eq!(
        browser.submit(&form, "/sign-up/confirm", &[("password", "seven kites above the dunes")]).await.location(),
        "/account"
    );
}

#[actix_web::test]
async fn what_is_typed_for_a_reset_is_looked_up_and_goes_nowhere() {
    let (idp, server) = open_to_all().await;
    for (number, name) in no_addresses().into_iter().enumerate() {
        let mut browser = idp.browser();
        browser.address = format!("198.51.100.{number}:1");
        let page = browser.get("/account").await;
        let answer = ask_reset(&mut browser, &page, &name).await;
        assert_eq!(answer.status, 200, "{name:.40?}");
    }
    idp.deliver().await;
    idp.pass("5s");
    idp.deliver().await;
    assert!(server.lines().is_empty(), "{:?}", server.lines());
}

/// Who is asked for.
const PEOPLE: [&str; 5] = ["mira", "nora", "otto", "carl", "nina"];

/// What asking shows and costs.
async fn asked(idp: &Idp, browser: &mut Browser, name: &str) -> (u16, String, Vec<String>, (u64, u64), u64) {
    let page = browser.get("/forgot").await;
    let csrf = page.fields("/forgot/send")["csrf"].clone();
    let (hashes, before) = (idp.flows().hashing.done(), idp.store_work());
    let answer = browser.submit(&page, "/forgot/send", &[("username", name)]).await;
    let after = idp.store_work();
    let body = answer.body.replace(&csrf, "CSRF").replace(name, "NAME");
    let mut headers: Vec<String> =
        answer.headers.keys().map(|name| name.to_string()).filter(|name| name != "date").collect();
    headers.sort();
    let work = (after.0 - before.0, after.1 - before.1);
    (answer.status.as_u16(), body, headers, work, idp.flows().hashing.done() - hashes)
}

/// Mira has a proved address, nora is nobody, otto has no address, carl is disabled, nina's address is not proved.
#[actix_web::test]
async fn asking_for_a_new_password_tells_nobody_who_is_there() {
    let (idp, server) = open_to_all().await;
    let person = |username: &str, verified: bool, disabled: bool| {
        serde_json::json!({"username": username, "password": "the quiet orchard keeper", "disabled": disabled,
            "claims": {"email": format!("{username}@example.org"), "email_verified": verified}})
    };
    idp.import(serde_json::json!({"users": [person("carl", true, true), person("nina", false, false)]})).await;
    for round in 0..4 {
        let mut first = None;
        for (place, name) in PEOPLE.into_iter().enumerate() {
            let mut browser = idp.browser();
            browser.address = format!("198.51.100.{}:1", round * 10 + place);
            let seen = asked(&idp, &mut browser, name).await;
            assert_eq!(seen.0, if round < 3 { 200 } else { 429 }, "{name} {round}");
            assert_eq!(*first.get_or_insert_with(|| seen.clone()), seen, "{name} {round}");
        }
    }
    // The outbox has as many to do for each, and one of them leads out of the house.
    let mails = idp.flows().store.all::<abide::model::mail::Mail>(None, 100).await.unwrap().items;
    assert_eq!(mails.len(), 15);
    let mut lengths: Vec<usize> = mails.iter().map(|mail| mail.sealed.len()).collect();
    lengths.sort_unstable();
    assert!(lengths[14] - lengths[0] < 120, "{lengths:?}");
    idp.deliver().await;
    let to: Vec<String> = server.take().into_iter().flat_map(|letter| letter.to).collect();
    assert_eq!(to, ["mira@example.org"; 3]);
}
