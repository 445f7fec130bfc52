//! An unusual sign-in, where the installation wants a code by mail.

use super::mail::events;
use crate::harness::{Answer, Browser, Idp, MailServer, PASSWORD, Smtp};
use abide::model::audit::{Act, Outcome};
use abide::model::history::OnRisk;

async fn doubtful() -> (Idp, MailServer) {
    let server = MailServer::start(Smtp::Takes).await;
    let idp = Idp::with(|config| {
        server.configure(config);
        config.sign_in.on_unusual = OnRisk::Ask;
    });
    (idp.await, server)
}

/// A browser in another place.
fn elsewhere(idp: &Idp) -> Browser {
    let mut browser = idp.browser();
    browser.address = "198.51.100.9:1".into();
    browser
}

/// Follows to the page on which the code is asked for.
async fn asked(browser: &mut Browser, answer: Answer) -> Answer {
    let page = browser.get(answer.location()).await;
    assert!(page.body.contains("id=\"mail-again\""), "{} {}", page.status, page.body);
    page
}

/// The password was right in a browser elsewhere, and the page wants the code.
async fn waiting(idp: &Idp) -> (Browser, Answer) {
    let mut browser = elsewhere(idp);
    let page = browser.authorize(&idp.app("social"), &[]).await;
    let waiting = browser.sign_in(&page).await;
    let page = asked(&mut browser, waiting).await;
    (browser, page)
}

/// The code out of the one mail.
async fn code(idp: &Idp, server: &MailServer) -> String {
    idp.deliver().await;
    let letter = server.only();
    assert_eq!(letter.field("subject"), "Your code to sign in at id.example.com");
    let line = letter.text().lines().find_map(|line| line.strip_prefix("Code: ").map(str::to_owned)).unwrap();
    assert!(!letter.field("subject").contains(&line) && letter.html().contains(&line));
    assert_eq!(line.chars().filter(char::is_ascii_digit).count(), 8, "{line}");
    line
}

async fn enters(browser: &mut Browser, page: &Answer, code: &str) -> Answer {
    browser.submit(page, "/sign-in/code", &[("code", code)]).await
}

#[actix_web::test]
async fn a_new_device_is_asked_for_a_code_once_and_known_ones_are_not() {
    let (idp, server) = doubtful().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    home.enter(&social).await;
    // Nothing to hold the first one against; and this device is known from now on, wherever it is.
    home.plant("__Host-abide_session", "");
    home.address = "192.0.2.200:1".into();
    home.enter(&social).await;
    idp.deliver().await;
    assert!(server.take().is_empty());

    idp.pass("1d");
    let mut new = elsewhere(&idp);
    let page = new.authorize(&social, &[("state", "where-i-was")]).await;
    let waiting = new.sign_in(&page).await;
    let sessions = idp.contents().await;
    let page = asked(&mut new, waiting).await;
    assert!(page.body.contains("m***@example.org"), "{}", page.body);
    let code = code(&idp, &server).await;
    // Nobody is signed in yet, by whatever way.
    assert_eq!(idp.contents().await.matches("session").count(), sessions.matches("session").count());
    assert_eq!(new.authorize(&social, &[("prompt", "none")]).await.error(), "login_required");
    let answer = enters(&mut new, &page, &code).await;
    assert_eq!(answer.parameter("state").as_deref(), Some("where-i-was"), "{}", answer.body);
    let claims = social.redeem(&answer).await.claims();
    assert_eq!((claims["acr"].as_str(), &claims["amr"]), (Some("urn:abide:acr:aal1"), &serde_json::json!(["pwd"])));
    // The notice of a new device goes out as ever; and the next sign-in there is none.
    idp.deliver().await;
    assert!(server.only().field("subject").starts_with("New sign-in"));
    new.plant("__Host-abide_session", "");
    new.enter(&social).await;
}

#[actix_web::test]
async fn a_code_is_good_for_its_own_sign_in_alone() {
    let (idp, server) = doubtful().await;
    let social = idp.app("social");
    idp.browser().enter(&social).await;
    let (mut first, page) = waiting(&idp).await;
    let good = code(&idp, &server).await;
    // Another attempt of the same password, in the same browser and in another one.
    let (mut thief, theirs) = waiting(&idp).await;
    assert_eq!(enters(&mut thief, &theirs, &good).await.status, 422);
    // The page of one browser is nothing in another.
    let handle = page.fields("/sign-in/code")["interaction"].clone();
    let csrf = theirs.fields("/sign-in/code")["csrf"].clone();
    let fields = [("csrf", csrf.as_str()), ("interaction", handle.as_str()), ("code", good.as_str())];
    assert_eq!(thief.post("/sign-in/code", &fields).await.status, 400);
    // The password once more leads to the same question and mails nothing by itself past it.
    for wrong in ["", "0000 0000", "00000000000000000000000000000000000000000000", "１２３４５６７８", "abcdefgh"]
    {
        let answer = enters(&mut thief, &theirs, wrong).await;
        assert!(matches!(answer.status.as_u16(), 422 | 429), "{wrong} {}", answer.status);
    }
    let refused = events(&idp, Act::SignIn).await.into_iter().filter(|event| event.outcome == Outcome::Refused);
    assert!(
        refused.clone().count() >= 4 && refused.clone().all(|event| event.reason.as_deref() == Some("mailed_code"))
    );
    // Ten minutes.
    idp.pass("10m");
    assert_eq!(enters(&mut first, &page, &good).await.status, 400);
}

#[actix_web::test]
async fn the_code_is_tried_once_it_is_used_up_and_guesses_slow_down() {
    let (idp, server) = doubtful().await;
    let social = idp.app("social");
    idp.browser().enter(&social).await;
    let (mut browser, page) = waiting(&idp).await;
    let good = code(&idp, &server).await;
    for _ in 0..5 {
        assert_eq!(enters(&mut browser, &page, "1111 1111").await.status, 422);
    }
    let slow = enters(&mut browser, &page, &good).await;
    assert_eq!(slow.status, 429, "the right one as well");
    assert!(!slow.header("retry-after").is_empty());
    idp.pass("2s");
    let answer = enters(&mut browser, &page, &good.replace(' ', "-")).await;
    assert!(answer.parameter("code").is_some(), "{} {}", answer.status, answer.body);
    assert_eq!(enters(&mut browser, &page, &good).await.status, 400, "the interaction is over");
}

#[actix_web::test]
async fn it_can_be_mailed_again_and_not_for_ever() {
    let (idp, server) = doubtful().await;
    let social = idp.app("social");
    idp.browser().enter(&social).await;
    let (mut browser, mut page) = waiting(&idp).await;
    let first = code(&idp, &server).await;
    for _ in 0..2 {
        let again = browser.submit(&page, "/sign-in/code", &[("again", "1"), ("code", "")]).await;
        page = asked(&mut browser, again).await;
        assert_eq!(code(&idp, &server).await, first, "the same one");
    }
    let enough = browser.submit(&page, "/sign-in/code", &[("again", "1"), ("code", "")]).await;
    assert_eq!(enough.status, 429);
    assert!(!enough.header("retry-after").is_empty() && enough.text("[role=alert]").is_some());
    idp.deliver().await;
    assert!(server.take().is_empty());
    // What was mailed is good all the same.
    assert!(enters(&mut browser, &enough, &first).await.parameter("code").is_some());
    // Without a sign-in that waits for one there is nothing to send.
    let csrf = page.fields("/sign-in/code")["csrf"].clone();
    for handle in ["", "k.x", page.fields("/sign-in/code")["interaction"].as_str()] {
        let fields = [("csrf", csrf.as_str()), ("interaction", handle), ("again", "1")];
        assert_eq!(browser.post("/sign-in/code", &fields).await.status, 400, "{handle}");
    }
}

#[actix_web::test]
async fn a_second_factor_is_asked_for_instead_and_who_has_no_address_is_let_in() {
    use super::second_factor::set_up;
    let (idp, server) = doubtful().await;
    let social = idp.app("social");
    let mut home = idp.browser();
    home.enter(&social).await;
    let mut new = elsewhere(&idp);
    // Otto's address was never proved.
    for browser in [&mut idp.browser(), &mut new] {
        let page = browser.authorize(&social, &[]).await;
        let answer = browser.sign_in_as(&page, "otto", "another person entirely").await;
        assert!(answer.parameter("code").is_some(), "{} {}", answer.location(), answer.body);
    }
    let (app, _) = set_up(&idp, &mut home).await;
    idp.deliver().await;
    server.take();
    let mut other = elsewhere(&idp);
    let page = other.authorize(&social, &[]).await;
    let waiting = other.sign_in_as(&page, "mira", PASSWORD).await;
    let page = other.get(waiting.location()).await;
    assert!(!page.body.contains("id=\"mail-again\""), "the app's code, and no mail");
    let answer = enters(&mut other, &page, &app.code(&idp, 0)).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.body);
    idp.deliver().await;
    assert!(server.take().iter().all(|letter| !letter.field("subject").starts_with("Your code")));
}
