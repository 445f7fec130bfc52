//! The same answer and the same work for a new account's address that is taken, and for somebody who holds second factors:
//! neither shows to whoever has no more than a name.

use crate::harness::authenticator::{Authenticator, without_challenge};
use crate::harness::{Answer, Browser, Idp};
use crate::stories::mail::open_to_all;
use crate::stories::passkeys::add;
use crate::stories::second_factor::set_up;
use std::collections::BTreeMap;

/// What a request shows and costs: status, page, headers, reads, changes, hashes.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    status: u16,
    body: String,
    headers: Vec<(String, String)>,
    work: (u64, u64, u64),
}

fn work(idp: &Idp) -> (u64, u64, u64) {
    let (reads, changes) = idp.store_work();
    (reads, changes, idp.flows().hashing.done())
}

fn seen(
    idp: &Idp,
    before: (u64, u64, u64),
    answer: &Answer,
    (fields, name): (&BTreeMap<String, String>, &str),
) -> Seen {
    let after = work(idp);
    let body = fields
        .values()
        .filter(|value| value.len() > 20)
        .fold(without_challenge(answer), |body, sealed| body.replace(sealed, "SEALED"))
        .replace(name, "NAME");
    let told = |(name, value): (&actix_web::http::header::HeaderName, &actix_web::http::header::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    let mut headers: Vec<(String, String)> = answer.headers.iter().map(told).collect();
    headers.retain(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date" | "set-cookie"));
    headers.sort();
    let work = (after.0 - before.0, after.1 - before.1, after.2 - before.2);
    Seen { status: answer.status.as_u16(), body, headers, work }
}

/// The address of a new account is public to nobody but its mailbox: the page is the same whether somebody has it as their
/// address, as their username, or not at all.
#[actix_web::test]
async fn asking_for_an_account_tells_nobody_which_address_is_taken() {
    let (idp, _server) = open_to_all().await;
    idp.import(
        serde_json::json!({"users": [{"username": "nina@example.org", "password": "the quiet orchard keeper"}]}),
    )
    .await;
    for round in 0..4 {
        let mut first = None;
        for (place, name) in ["mira@example.org", "nora@example.org", "nina@example.org"].into_iter().enumerate() {
            let mut browser = idp.browser();
            browser.address = format!("198.51.100.{}:1", round * 10 + place);
            let page = browser.get("/sign-up").await;
            let before = work(&idp);
            let answer = browser.submit(&page, "/sign-up/send", &[("email", name)]).await;
            let seen = seen(&idp, before, &answer, (&page.fields("/sign-up/send"), name));
            assert_eq!(seen.status, if round < 3 { 200 } else { 429 }, "{name} {round}");
            assert_eq!(*first.get_or_insert_with(|| seen.clone()), seen, "{name} {round}");
        }
    }
    // One letter each, of the same size but for a few words.
    let mails = idp.flows().store.all::<abide::model::mail::Mail>(None, 100).await.unwrap().items;
    assert_eq!(mails.len(), 9);
}

async fn wrong(idp: &Idp, name: &str) -> (Seen, Seen) {
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let before = work(idp);
    let page = browser.authorize(&social, &[("login_hint", name)]).await;
    let mut fields = page.fields("/sign-in");
    fields.extend(page.fields("/sign-in/passkey"));
    let asked = seen(idp, before, &page, (&fields, name));
    let before = work(idp);
    let answer = browser.sign_in_as(&page, name, "a wrong password for her").await;
    (asked, seen(idp, before, &answer, (&fields, name)))
}

#[actix_web::test]
async fn second_factors_do_not_show_before_a_first_one_did() {
    let idp = Idp::start().await;
    let nobody = wrong(&idp, "nora").await;
    let without = wrong(&idp, "mira").await;
    let (mut browser, mut phone): (Browser, _) = (idp.browser(), Authenticator::phone());
    set_up(&idp, &mut browser).await;
    assert_eq!(add(&mut browser, &mut phone).await.location(), "/account/security?done=passkey");
    assert_eq!(wrong(&idp, "mira").await, without);
    assert_eq!(without, nobody);
    assert!(without.0.body.contains("data-options"), "passkeys are asked for, whoever it is");
}
