//! People make accounts by themselves.

use super::mail::{events, open_to_all, with_mail};
use crate::harness::{Answer, Browser, Idp, Letter, MailServer, PASSWORD};
use abide::model::audit::Act;

const WORDS: &str = "seven kites above the dunes";

async fn ask(browser: &mut Browser, page: &Answer, email: &str) -> Answer {
    let form = if page.fields("/sign-up/send").is_empty() {
        browser.submit(page, "/sign-up", &[]).await
    } else {
        page.clone()
    };
    browser.submit(&form, "/sign-up/send", &[("email", email)]).await
}

async fn mail(idp: &Idp, server: &MailServer, browser: &mut Browser, page: &Answer, email: &str) -> Letter {
    assert_eq!(ask(browser, page, email).await.status, 200);
    idp.deliver().await;
    server.only()
}

#[actix_web::test]
async fn an_account_comes_to_be_and_what_one_came_for_goes_on() {
    let (idp, server) = open_to_all().await;
    let (asking, mut browser) = (idp.app("asking"), idp.browser());
    let page = browser.authorize(&asking, &[("state", "where-i-was")]).await;
    let letter = mail(&idp, &server, &mut browser, &page, "Nia@example.org").await;
    assert_eq!(letter.to, ["Nia@example.org"]);
    let form = browser.get(&letter.link()).await;
    assert!(form.body.contains("Nia@example.org"), "{}", form.body);
    let short = browser.submit(&form, "/sign-up/confirm", &[("password", "short")]).await;
    assert_eq!((short.status.as_u16(), short.text("[role=alert]").is_some()), (422, true));
    let filled = [("password", WORDS), ("name", "Nia Okafor")];
    let next = browser.submit(&short, "/sign-up/confirm", &filled).await;
    let consent = browser.get(next.location()).await;
    assert!(consent.body.contains("id=\"allow\"") && consent.body.contains("Nia Okafor"), "{}", consent.body);
    let answer = browser.submit(&consent, "/consent", &[("decision", "allow")]).await;
    assert_eq!(answer.parameter("state").as_deref(), Some("where-i-was"));
    let tokens = asking.redeem(&answer).await;
    assert_eq!(tokens.claims()["amr"], serde_json::json!(["pwd"]));
    for name in ["nia@example.org", "NIA@EXAMPLE.ORG"] {
        let mut other = idp.browser();
        let page = other.get("/account").await;
        assert_eq!(other.sign_in_as(&page, name, WORDS).await.location(), "/account", "{name}");
    }
    assert_eq!(browser.get(&letter.link()).await.status, 410, "the link is used");
}

#[actix_web::test]
async fn an_app_asks_for_it() {
    let (idp, server) = open_to_all().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let discovery = browser.get("/.well-known/openid-configuration").await.json();
    assert!(discovery["prompt_values_supported"].as_array().unwrap().iter().any(|value| value == "create"));
    let page = browser.authorize(&social, &[("prompt", "create")]).await;
    assert!(page.body.contains("id=\"sign-up\"") && page.body.contains("The social"), "{}", page.body);
    let letter = mail(&idp, &server, &mut browser, &page, "nia@example.org").await;
    let form = browser.get(&letter.link()).await;
    let answer = browser.submit(&form, "/sign-up/confirm", &[("password", WORDS)]).await;
    social.redeem(&answer).await;
    // Somebody who has an account signs in instead; somebody who is signed in is asked as well.
    let mut other = idp.browser();
    other.enter(&social).await;
    let page = other.authorize(&social, &[("prompt", "create")]).await;
    assert!(page.body.contains("id=\"sign-up\""));
    let page = other.submit(&page, "/sign-in/again", &[]).await;
    assert!(other.sign_in(&page).await.parameter("code").is_some());
    let together = other.get_scripted(&social.request(&[("prompt", "none create")])).await;
    assert_eq!(together.error(), "invalid_request");
}

#[actix_web::test]
async fn where_it_is_off_nobody_is_offered_it() {
    let (idp, _server) = with_mail().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    assert_eq!(browser.authorize(&social, &[("prompt", "create")]).await.error(), "invalid_request");
    let uri = social.redirect_uri();
    let pushed = [
        ("response_type", "code"),
        ("redirect_uri", uri.as_str()),
        ("scope", "openid"),
        ("prompt", "create"),
        ("code_challenge", crate::harness::CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let pushed = social.post("/par", &pushed).await;
    assert_eq!((pushed.status.as_u16(), pushed.error()), (400, "invalid_request".into()), "nor is it taken over");
    let page = browser.authorize(&social, &[]).await;
    assert!(!page.body.contains("/sign-up"));
    let csrf = page.fields("/sign-in")["csrf"].clone();
    for path in ["/sign-up", "/sign-up/send", "/sign-up/confirm"] {
        assert_eq!(browser.post(path, &[("csrf", &csrf), ("email", "nia@example.org")]).await.status, 404, "{path}");
    }
}

#[actix_web::test]
async fn a_taken_address_gets_the_same_answer_and_its_owner_is_told() {
    let (idp, server) = open_to_all().await;
    idp.import(
        serde_json::json!({"users": [{"username": "carl@example.org", "password": "the quiet orchard keeper"}]}),
    )
    .await;
    let mut seen = Vec::new();
    for email in ["free@example.org", "mira@example.org", "carl@example.org"] {
        let mut browser = idp.browser();
        let page = browser.get("/sign-up").await;
        let before = idp.store_work();
        let answer = ask(&mut browser, &page, email).await;
        let after = idp.store_work();
        let csrf = page.fields("/sign-up/send")["csrf"].clone();
        let body = answer.body.replace(&csrf, "CSRF").replace(email, "EMAIL");
        seen.push((answer.status, body, after.0 - before.0, after.1 - before.1));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
    idp.deliver().await;
    let letters = server.take();
    let known =
        |to: &str| letters.iter().find(|letter| letter.to == [to]).unwrap().field("subject").contains("already");
    assert!(known("mira@example.org") && known("carl@example.org") && !known("free@example.org"));
}

#[actix_web::test]
async fn the_link_works_once_in_its_browser_and_in_time() {
    let (idp, server) = open_to_all().await;
    let mut browser = idp.browser();
    let page = browser.get("/sign-up").await;
    let letter = mail(&idp, &server, &mut browser, &page, "nia@example.org").await;
    let mut thief = idp.browser();
    assert_eq!(thief.get(&letter.link()).await.status, 403);
    let csrf = thief.get("/sign-up").await.fields("/sign-up/send")["csrf"].clone();
    let stolen = [("csrf", csrf.as_str()), ("token", &letter.token()), ("password", WORDS)];
    assert_eq!(thief.post("/sign-up/confirm", &stolen).await.status, 403);
    let form = browser.get(&letter.link()).await;
    let (mut one, mut two) = (browser.copied(), browser.copied());
    let (a, b) = futures_util::future::join(
        one.submit(&form, "/sign-up/confirm", &[("password", WORDS)]),
        two.submit(&form, "/sign-up/confirm", &[("password", "another seven kites above")]),
    )
    .await;
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410]);
    let created = events(&idp, Act::AccountCreated).await;
    assert_eq!(created.iter().filter(|event| event.reason.as_deref() == Some("sign_up")).count(), 1);
    let letter = mail(&idp, &server, &mut browser, &page, "carl@example.org").await;
    idp.pass("1h");
    assert_eq!(browser.get(&letter.link()).await.status, 410);
}

#[actix_web::test]
async fn nothing_but_a_mail_is_kept_of_who_only_asks() {
    let (idp, server) = open_to_all().await;
    let mut browser = idp.browser();
    let page = browser.get("/sign-up").await;
    ask(&mut browser, &page, "first@example.org").await;
    idp.deliver().await;
    idp.pass("25h");
    idp.deliver().await;
    let before = idp.contents().await;
    ask(&mut browser, &page, "nia@example.org").await;
    idp.deliver().await;
    assert_eq!(server.take().len(), 2);
    idp.pass("25h");
    idp.deliver().await;
    assert_eq!(idp.contents().await, before);
    let mut other = idp.browser();
    let page = other.get("/account").await;
    assert_eq!(other.sign_in_as(&page, "nia@example.org", PASSWORD).await.status, 422);
}
