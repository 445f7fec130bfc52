//! A mail address is proved.

use super::mail::{events, open_to_all, with_mail};
use crate::harness::{Answer, Browser, Idp, MailServer, PASSWORD};
use abide::model::audit::Act;

async fn at_email(browser: &mut Browser, username: &str, password: &str) -> Answer {
    let page = browser.get("/account/email").await;
    if page.body.contains("id=\"sign-in\"") {
        assert!(browser.sign_in_as(&page, username, password).await.status.is_redirection());
        return browser.get("/account/email").await;
    }
    page
}

async fn as_otto(idp: &Idp) -> (Browser, Answer) {
    let mut browser = idp.browser();
    let page = at_email(&mut browser, "otto", "another person entirely").await;
    (browser, page)
}

async fn ask(browser: &mut Browser, page: &Answer, email: &str) -> Answer {
    browser.submit(page, "/account/email", &[("email", email)]).await
}

async fn link_to(idp: &Idp, server: &MailServer, browser: &mut Browser, page: &Answer, email: &str) -> String {
    assert_eq!(ask(browser, page, email).await.location(), "/account/email?done=sent");
    idp.deliver().await;
    let letter = server.only();
    assert_eq!(letter.to, [email]);
    // It may be a stranger's mailbox: nothing in it was chosen by whoever asked.
    assert!(!letter.text().contains("mira") && !letter.text().contains("otto"), "{}", letter.text());
    letter.link()
}

#[actix_web::test]
async fn an_address_is_proved_by_its_link_and_old_and_new_one_are_told() {
    let (idp, server) = with_mail().await;
    let mut browser = idp.browser();
    let page = at_email(&mut browser, "mira", PASSWORD).await;
    assert!(page.body.contains("mira@example.org") && page.body.contains("Confirmed"));
    let link = link_to(&idp, &server, &mut browser, &page, "mira@new.example").await;
    assert!(browser.get("/account/email").await.body.contains("mira@example.org"), "nothing changed yet");
    let form = browser.get(&link).await;
    assert!(form.body.contains("mira@new.example"), "{}", form.body);
    assert!(browser.get("/account/email").await.body.contains("mira@example.org"), "looking changes nothing");
    let done = browser.submit(&form, "/account/email/confirm", &[]).await;
    assert_eq!(done.location(), "/account/email?done=confirmed");
    assert!(browser.get(done.location()).await.body.contains("mira@new.example"));
    idp.deliver().await;
    let mut told: Vec<String> = server.take().iter().flat_map(|letter| letter.to.clone()).collect();
    told.sort();
    assert_eq!(told, ["mira@example.org", "mira@new.example"]);
    // Once; and the name has moved with it.
    assert_eq!(browser.get(&link).await.status, 410);
    assert_eq!(browser.submit(&form, "/account/email/confirm", &[]).await.status, 410);
    let social = idp.app("social");
    for (name, good) in [("mira@new.example", true), ("mira@example.org", false), ("mira", true)] {
        let mut other = idp.browser();
        let page = other.authorize(&social, &[]).await;
        assert_eq!(other.sign_in_as(&page, name, PASSWORD).await.status.is_redirection(), good, "{name}");
    }
    let tokens = social.redeem(&browser.authorize(&social, &[]).await).await;
    let claims = social.userinfo(&tokens.access).await.json();
    assert_eq!((claims["email"].as_str(), claims["email_verified"].as_bool()), (Some("mira@new.example"), Some(true)));
}

#[actix_web::test]
async fn the_link_is_for_whoever_asked_where_they_asked() {
    let (idp, server) = with_mail().await;
    let (mut otto, page) = as_otto(&idp).await;
    let link = link_to(&idp, &server, &mut otto, &page, "otto@example.org").await;
    let token = link.split_once("token=").unwrap().1.to_owned();
    // A stranger, another person in another browser, and the same person elsewhere.
    let mut mira = idp.browser();
    let page = at_email(&mut mira, "mira", PASSWORD).await;
    let csrf = page.fields("/account/email")["csrf"].clone();
    assert_eq!(idp.browser().get(&link).await.status, 403);
    assert_eq!(mira.get(&link).await.status, 403);
    let form = [("csrf", csrf.as_str()), ("token", &token)];
    assert_eq!(mira.post("/account/email/confirm", &form).await.status, 403);
    let (mut elsewhere, page) = as_otto(&idp).await;
    let csrf = page.fields("/account/email")["csrf"].clone();
    let form = [("csrf", csrf.as_str()), ("token", &token)];
    assert_eq!(elsewhere.post("/account/email/confirm", &form).await.status, 403);
    assert_eq!(events(&idp, Act::AddressChanged).await.len(), 2, "each refusal is written down");
    // Signed out, in the very browser.
    let account = otto.get("/account").await;
    otto.submit(&account, "/account/sign-out", &[]).await;
    assert_eq!(otto.get(&link).await.status, 403);
    // And too late.
    let (mut otto, page) = as_otto(&idp).await;
    let link = link_to(&idp, &server, &mut otto, &page, "otto@other.example").await;
    idp.pass("1h");
    assert_eq!(otto.get(&link).await.status, 410);
}

#[actix_web::test]
async fn an_address_of_somebody_else_is_told_to_them_alone() {
    let (idp, server) = with_mail().await;
    let (mut otto, page) = as_otto(&idp).await;
    let free = ask(&mut otto, &page, "free@example.org").await;
    let taken = ask(&mut otto, &page, "Mira@example.ORG").await;
    assert_eq!((free.status, free.location()), (taken.status, taken.location()));
    idp.deliver().await;
    let letters = server.take();
    let to_mira = letters.iter().find(|letter| letter.to[0].starts_with("Mira")).unwrap();
    assert!(to_mira.field("subject").contains("already") && !to_mira.text().contains("token="), "{}", to_mira.text());
    // Taken between the mail and the click.
    let to_free = letters.iter().find(|letter| letter.to[0].starts_with("free")).unwrap();
    let form = otto.get(&to_free.link()).await;
    idp.import(serde_json::json!({"users": [{"username": "nia", "password": "the quiet orchard keeper",
        "claims": {"email": "free@example.org", "email_verified": true}}]}))
        .await;
    let answer = otto.submit(&form, "/account/email/confirm", &[]).await;
    assert_eq!(answer.status, 422);
    assert!(answer.text("[role=alert]").unwrap().contains("Another account"));
}

#[actix_web::test]
async fn whoever_authenticated_a_while_ago_does_so_again() {
    let (idp, _) = with_mail().await;
    let (mut otto, page) = as_otto(&idp).await;
    idp.pass("6m");
    assert!(otto.get("/account/email").await.body.contains("id=\"sign-in\""));
    let before = idp.contents().await;
    assert_eq!(ask(&mut otto, &page, "otto@example.org").await.location(), "/account/email");
    assert_eq!(idp.contents().await, before);
}

#[actix_web::test]
async fn the_same_address_again_and_too_many() {
    let (idp, _) = with_mail().await;
    let mut browser = idp.browser();
    let page = at_email(&mut browser, "mira", PASSWORD).await;
    let same = ask(&mut browser, &page, "MIRA@example.org").await;
    assert_eq!((same.status.as_u16(), same.text("[role=alert]").is_some()), (422, true));
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(ask(&mut browser, &page, "other@example.org").await.status.as_u16());
    }
    assert_eq!(statuses, [303, 303, 303, 429, 429]);
}

#[actix_web::test]
async fn strangers_keep_nobody_from_proving_an_address() {
    let (idp, server) = open_to_all().await;
    let mut statuses = Vec::new();
    for number in 0..4 {
        let mut stranger = idp.browser();
        stranger.address = format!("198.51.100.{number}:1");
        let page = stranger.get("/account").await;
        let form = stranger.submit(&page, "/sign-up", &[]).await;
        let asked = stranger.submit(&form, "/sign-up/send", &[("email", "otto@example.net")]).await;
        statuses.push(asked.status.as_u16());
    }
    assert_eq!(statuses[3], 429, "{statuses:?}");
    idp.deliver().await;
    server.take();
    let (mut otto, page) = as_otto(&idp).await;
    link_to(&idp, &server, &mut otto, &page, "otto@example.net").await;
    // And nobody has letters sent without end.
    let mut last = 0;
    for number in 0..4 {
        last = ask(&mut otto, &page, &format!("otto{number}@example.net")).await.status.as_u16();
    }
    assert_eq!(last, 429);
}
