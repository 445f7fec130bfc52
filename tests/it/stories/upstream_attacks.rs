//! What somebody who comes by another provider tries, and does not get.

use super::mail::events;
use super::passkeys::account;
use super::upstream::{NOW, answered, by_liar, connected, press, refusals, tell};
use crate::harness::upstream::{Liar, Lie, configured, relying_on};
use crate::harness::{Answer, Browser, Idp, USERNAME};
use abide::model::audit::{Act, Outcome};
use abide::model::upstream::{Accounts, AuthTime, Trust};
use serde_json::{Value, json};
use std::time::Duration;

const CREATE: &str = "/sign-in/upstream/create";
const SECURITY: &str = "/account/security";

async fn open_to_newcomers() -> (Liar, Idp) {
    let liar = Liar::start(NOW);
    let mut entry = configured("liar", &liar.issuer);
    entry.rules.accounts = Accounts::Create;
    entry.rules.trust_email_verified = Trust::Yes;
    entry.rules.claims.insert("upn".into(), "email".into());
    let idp = relying_on(vec![entry]).await;
    (liar, idp)
}

/// The page that asks a newcomer of whom that is said.
async fn newcomer(idp: &Idp, liar: &Liar, claims: Value) -> (Browser, Answer) {
    liar.says(claims);
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    let answer = by_liar(&mut browser, &page).await;
    let page = browser.get(answer.location()).await;
    assert_eq!(page.text("h1").unwrap(), "Welcome");
    (browser, page)
}

async fn create(browser: &mut Browser, page: &Answer, username: &str) -> Answer {
    browser.submit(page, CREATE, &[("username", username)]).await
}

/// Is the page of credentials shown without a question?
async fn is_fresh(browser: &mut Browser) -> bool {
    let page = browser.get(SECURITY).await;
    assert_eq!(page.status, 200);
    !page.body.contains("id=\"sign-in\"")
}

#[actix_web::test]
async fn nobody_gets_an_address_of_somebody_else_as_a_username() {
    let (liar, idp) = open_to_newcomers().await;
    let (mut browser, page) =
        newcomer(&idp, &liar, json!({"sub": "x", "preferred_username": "mira@example.org"})).await;
    assert_eq!(page.attribute("#username", "value").unwrap_or_default(), "", "it is not proposed either");
    // Hers, one that is nobody's yet, and what looks like it.
    for name in ["MIRA@example.org", "free@example.org", "mira\u{ff20}example.org"] {
        let refused = create(&mut browser, &page, name).await;
        assert_eq!(refused.status, 422, "{name}");
        assert!(refused.text("[role=alert]").unwrap().contains("confirmed email address"), "{name}");
    }
    assert_eq!(create(&mut browser, &page, "boss\u{200b}").await.status, 422, "nor a name that looks like another");
    let mut mira = idp.browser();
    let page = mira.get("/account").await;
    let done = mira.sign_in_as(&page, "mira@example.org", crate::harness::PASSWORD).await;
    assert_eq!(done.location(), "/account", "she signs in by it as ever");
}

#[actix_web::test]
async fn an_address_that_is_trusted_is_the_accounts_unless_it_is_somebodys() {
    let (liar, idp) = open_to_newcomers().await;
    let verified = |sub: &str, email: &str| json!({"sub": sub, "email": email, "email_verified": true});
    let (mut browser, page) = newcomer(&idp, &liar, verified("y", "Nia@example.org")).await;
    assert_eq!(create(&mut browser, &page, "nia@example.org").await.location(), "/account", "her own");
    let nia = account(&idp, "nia@example.org").await;
    assert_eq!((nia.address.as_deref(), &nia.claims["email_verified"]), (Some("nia@example.org"), &json!(true)));

    let (mut browser, page) = newcomer(&idp, &liar, verified("z", "mira@example.org")).await;
    assert_eq!(create(&mut browser, &page, "mira@example.org").await.status, 422);
    assert_eq!(create(&mut browser, &page, "zed").await.location(), "/account");
    let zed = account(&idp, "zed").await;
    assert_eq!((zed.address, &zed.claims["email_verified"]), (None, &json!(false)), "it is Mira's");

    // What they verified is their claim `email`, and not what is made our address.
    let mapped = json!({"sub": "w", "email": "w@example.org", "email_verified": true, "upn": "boss@example.org"});
    let (mut browser, page) = newcomer(&idp, &liar, mapped).await;
    assert_eq!(create(&mut browser, &page, "boss@example.org").await.status, 422);
    assert_eq!(create(&mut browser, &page, "wim").await.location(), "/account");
    let wim = account(&idp, "wim").await;
    assert_eq!(
        (wim.address, &wim.claims["email"], &wim.claims["email_verified"]),
        (None, &json!("boss@example.org"), &json!(false))
    );
}

#[actix_web::test]
async fn names_are_not_tried_out_on_the_page_for_newcomers() {
    let (liar, idp) = open_to_newcomers().await;
    let (mut browser, page) = newcomer(&idp, &liar, json!({"sub": "x"})).await;
    for name in ["mira", "otto", "boss", "MIRA", "OTTO"] {
        assert_eq!(create(&mut browser, &page, name).await.status, 422, "{name}");
    }
    let refused = events(&idp, Act::AccountCreated).await;
    let taken = refused.iter().filter(|event| event.outcome == Outcome::Refused);
    assert_eq!(taken.filter(|event| event.reason.as_deref() == Some("taken")).count(), 5);
    assert_eq!(create(&mut browser, &page, "boss").await.status, 429);
    // Another interaction of the same person there changes nothing; another person has tries of their own.
    let (mut again, other_page) = newcomer(&idp, &liar, json!({"sub": "x"})).await;
    assert_eq!(create(&mut again, &other_page, "boss").await.status, 429);
    let (mut another, other_page) = newcomer(&idp, &liar, json!({"sub": "another"})).await;
    assert_eq!(create(&mut another, &other_page, "boss").await.status, 422);
    idp.pass("1s");
    assert_eq!(create(&mut browser, &page, "a-free-name").await.location(), "/account", "nobody is kept out");
}

#[actix_web::test]
async fn a_click_is_no_authentication_where_nobody_says_when_it_was() {
    let liar = Liar::start(NOW);
    let mut arriving = configured("arriving", &liar.issuer);
    arriving.rules.auth_time = AuthTime::Arrival;
    let idp = relying_on(vec![configured("liar", &liar.issuer), arriving]).await;
    let mut first = connected(&idp).await;
    let an_hour_ago = idp.now() - Duration::from_secs(3_600);
    let mut browser = idp.browser();
    for (id, said) in
        [("liar", json!({"sub": "someone"})), ("arriving", json!({"sub": "someone", "auth_time": an_hour_ago}))]
    {
        liar.says(said);
        // At the sign-in, and by the way around over another account that turns out to be the same.
        for round in 1..=2 {
            let page = browser.get("/account").await;
            let page = if page.body.contains("id=\"sign-in\"") {
                page
            } else {
                browser.submit(&page, "/account/add", &[]).await
            };
            let sent = press(&mut browser, &page, id).await;
            assert_eq!(browser.get(&answered(&sent, id)).await.location(), "/account", "{id} {round}");
            assert!(!is_fresh(&mut browser).await, "{id} {round}");
        }
        let csrf = browser.get("/account").await.fields("/account/sign-out")["csrf"].clone();
        for path in ["/account/security/upstream/disconnect", "/account/security/recovery-codes"] {
            assert_eq!(browser.post(path, &[("csrf", &csrf), ("link", "x")]).await.location(), SECURITY, "{path}");
        }
        let page = browser.get(SECURITY).await;
        let sent = press(&mut browser, &page, id).await;
        assert_eq!(browser.get(&answered(&sent, id)).await.status, 422, "{id}");
        assert_eq!(refusals(&idp).await[0], "upstream_stale");
    }
    // One that says so is believed, and a factor of ours beside its word is enough.
    for id in ["liar", "arriving"] {
        liar.says(json!({"sub": "someone", "auth_time": idp.now()}));
        let page = browser.get(SECURITY).await;
        let sent = press(&mut browser, &page, id).await;
        assert_eq!(browser.get(&answered(&sent, id)).await.location(), SECURITY, "{id}");
        assert!(is_fresh(&mut browser).await, "{id}");
        browser = idp.browser();
        browser.get("/account").await;
        let page = browser.get("/account").await;
        liar.says(json!({"sub": "someone"}));
        by_liar(&mut browser, &page).await;
        assert!(!is_fresh(&mut browser).await, "{id}");
    }
    let (app, _) = super::second_factor::set_up(&idp, &mut first).await;
    liar.says(json!({"sub": "someone"}));
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    let half = by_liar(&mut browser, &page).await;
    let page = browser.get(half.location()).await;
    browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    assert!(is_fresh(&mut browser).await);
    idp.pass("301s");
    assert!(!is_fresh(&mut browser).await, "for five minutes");
}

#[actix_web::test]
async fn a_stale_word_does_not_stick_to_what_is_shown_after_it() {
    let liar = Liar::start(NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    connected(&idp).await;
    liar.says(json!({"sub": "someone", "auth_time": idp.now() - Duration::from_secs(3_600)}));
    // The bank's ten minutes are over as the session begins: it wants to see the person in the same interaction.
    let (bank, mut browser) = (idp.app("bank"), idp.browser());
    let page = browser.authorize(&bank, &[]).await;
    let answer = by_liar(&mut browser, &page).await;
    let page = browser.get(answer.location()).await;
    assert_eq!(page.text("h1").unwrap(), "Confirm it’s you");
    idp.tick();
    let tokens = bank.redeem(&browser.sign_in(&page).await).await;
    let claims = tokens.claims();
    assert_eq!((&claims["auth_time"], &claims["amr"]), (&json!(idp.now()), &json!(["pwd"])));
    // And it rests on the upstream no more.
    liar.at(idp.now());
    let told = liar.logout_token(json!({"sub": "someone"}), Lie::None);
    assert_eq!(tell(&idp, "liar", &told).await.status, 200);
    assert_eq!(bank.userinfo(&tokens.access).await.status, 200);
}

#[actix_web::test]
async fn what_rests_on_a_link_ends_with_it() {
    let liar = Liar::start(NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    let mut home = connected(&idp).await;
    let social = idp.app("social");
    let by_it = async |claims: Value| {
        liar.says(claims);
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[]).await;
        (social.redeem(&by_liar(&mut browser, &page).await).await, browser)
    };
    let (unnamed, _) = by_it(json!({"sub": "someone"})).await;
    let (named, mut other) = by_it(json!({"sub": "someone", "sid": "theirs"})).await;
    // A session that they never named to us is ended by its person; one that they named by its name.
    let told = liar.logout_token(json!({"sub": "someone", "sid": "another"}), Lie::None);
    assert_eq!(tell(&idp, "liar", &told).await.status, 200);
    assert_eq!(social.userinfo(&unnamed.access).await.status, 401);
    assert_eq!(social.userinfo(&named.access).await.status, 200);

    idp.tick();
    let page = home.get(SECURITY).await;
    let page = if page.body.contains("id=\"sign-in\"") {
        home.sign_in(&page).await;
        home.get(SECURITY).await
    } else {
        page
    };
    let done = home.submit(&page, "/account/security/upstream/disconnect", &[]).await;
    assert_eq!(done.location(), "/account/security?done=disconnected");
    assert_eq!(social.userinfo(&named.access).await.status, 401);
    assert_eq!(other.silently(&social).await.error(), "login_required");
    assert_eq!(home.get("/account").await.text("h1").unwrap(), "Mira Lindqvist", "what does not rest on it goes on");
}

#[actix_web::test]
async fn what_is_connected_is_not_connected_again_with_the_next_person() {
    let liar = Liar::start(NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    let (asking, mut browser) = (idp.app("asking"), idp.browser());
    let page = browser.authorize(&asking, &[]).await;
    let answer = by_liar(&mut browser, &page).await;
    let page = browser.get(answer.location()).await;
    let on = browser.submit(&page, "/sign-in/upstream/connect", &[]).await;
    let page = browser.get(on.location()).await;
    let on = browser.sign_in(&page).await;
    let page = browser.get(on.location()).await;
    assert!(page.body.contains("id=\"allow\""), "{}", page.body);
    let fields = page.fields("/consent");
    let another = [("csrf", fields["csrf"].as_str()), ("interaction", &fields["interaction"]), ("account", "")];
    let page = browser.post("/select", &another).await;
    let on = browser.sign_in_as(&page, "otto", "another person entirely").await;
    assert_eq!(on.status, 303, "no dead end");
    assert!(browser.get(on.location()).await.body.contains("id=\"allow\""));
    let links = async |name: &str| account(&idp, name).await.links.len();
    assert_eq!((links(USERNAME).await, links("otto").await), (1, 0));
}

#[actix_web::test]
async fn an_answer_that_comes_too_soon_is_told_so_and_the_log_says_what_it_was_for() {
    let liar = Liar::start(NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    connected(&idp).await;
    let (social, mut kept) = (idp.app("social"), idp.browser());
    let page = kept.authorize(&social, &[]).await;
    let back = answered(&press(&mut kept, &page, "liar").await, "liar");
    let mut home = idp.browser();
    let page = home.get(SECURITY).await;
    home.sign_in(&page).await;
    let page = home.get(SECURITY).await;
    let sent = home.submit(&page, "/account/security/upstream/connect", &[("upstream", "liar")]).await;
    liar.lies(Lie::Nonce);
    assert_eq!(home.get(&answered(&sent, "liar")).await.location(), "/account/security?failed=connect");
    let refused = &events(&idp, Act::UpstreamConnected).await[0];
    assert_eq!((refused.outcome, refused.reason.as_deref()), (Outcome::Refused, Some("upstream_nonce")));
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    while press(&mut browser, &page, "liar").await.status == 303 {
        let sent = press(&mut browser, &page, "liar").await;
        browser.get(&answered(&sent, "liar")).await;
    }
    liar.lies(Lie::None);
    let early = kept.get(&back).await;
    assert_eq!(early.status, 429);
    assert!(!early.header("retry-after").is_empty() && early.body.contains("id=\"sign-in\""));
    idp.pass("61s");
    liar.at(idp.now());
    assert!(kept.get(&back).await.parameter("code").is_some(), "nothing of it is lost");
}
