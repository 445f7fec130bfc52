//! Upstreams beside passkeys, demands and the history of sign-ins.

use super::passkeys::{account, add, show};
use super::upstream::{NOW, by_liar, connected, press, refusals};
use crate::harness::authenticator::Authenticator;
use crate::harness::upstream::{Liar, configured, relying_on};
use crate::harness::{Browser, Idp, USERNAME};
use abide::model::authorization::factor::Level;
use abide::model::credential::Credential;
use abide::model::record::Change;
use serde_json::json;

const SECURITY: &str = "/account/security";
const DISCONNECT: &str = "/account/security/upstream/disconnect";
const REMOVE: &str = "/account/security/passkey/remove";

async fn with_liar() -> (Liar, Idp) {
    let liar = Liar::start(NOW);
    let mut entry = configured("liar", &liar.issuer);
    entry.rules.trust_acr.insert("strong".into(), Level::Two);
    let idp = relying_on(vec![entry]).await;
    (liar, idp)
}

/// Nobody can take a password away; an account that never had one looks like this.
async fn without_password(idp: &Idp) {
    let key = Credential::password_key(&account(idp, USERNAME).await.id);
    idp.flows().store.change::<Credential, _, _>(&key, |_| Change::delete(())).await.unwrap().outcome().unwrap();
}

/// Presses the one button of that kind on the page of credentials.
async fn take(browser: &mut Browser, path: &str) -> (u16, String) {
    let page = browser.get(SECURITY).await;
    let answer = browser.submit(&page, path, &[]).await;
    let place = if answer.status == 303 { answer.location().to_owned() } else { String::new() };
    (answer.status.as_u16(), place)
}

#[actix_web::test]
async fn a_newcomer_connects_their_account_by_a_passkey() {
    let (_liar, idp) = with_liar().await;
    let (social, mut home, mut phone) = (idp.app("social"), idp.browser(), Authenticator::phone());
    add(&mut home, &mut phone).await;
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    let answer = by_liar(&mut browser, &page).await;
    let page = browser.get(answer.location()).await;
    let on = browser.submit(&page, "/sign-in/upstream/connect", &[]).await;
    let page = browser.get(on.location()).await;
    assert!(page.text(".notice").unwrap().contains("to connect your account"), "{}", page.body);
    // What the passkey answered to another question connects nothing.
    let refused = browser.submit(&page, "/sign-in/passkey", &[("answer", "{}")]).await;
    assert_eq!(refused.status, 422);
    assert!(account(&idp, USERNAME).await.links.is_empty());
    let claims = social.redeem(&show(&mut browser, &refused, &mut phone).await).await.claims();
    assert_eq!(claims["acr"], "phr");
    assert_eq!(account(&idp, USERNAME).await.links.len(), 1);

    // Their word is one factor: the passkey is asked for on top of it.
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    let half = by_liar(&mut browser, &page).await;
    assert!(browser.get("/account").await.body.contains("id=\"sign-in\""), "half of an authentication is none");
    let page = browser.get(half.location()).await;
    let claims = social.redeem(&show(&mut browser, &page, &mut phone).await).await.claims();
    assert_eq!((claims["acr"].as_str(), &claims["amr"]), (Some("phr"), &json!(["pop", "swk", "user", "mfa"])));
}

#[actix_web::test]
async fn a_passkey_that_stands_alone_and_a_link_are_ways_in_for_each_other() {
    let (_liar, idp) = with_liar().await;
    let mut home = connected(&idp).await;
    let mut phone = Authenticator::phone();
    add(&mut home, &mut phone).await;
    without_password(&idp).await;
    assert_eq!(take(&mut home, DISCONNECT).await, (303, "/account/security?done=disconnected".into()));
    assert_eq!(take(&mut home, REMOVE).await.0, 422, "nothing else is left");

    let (_liar, idp) = with_liar().await;
    let mut home = connected(&idp).await;
    add(&mut home, &mut phone).await;
    without_password(&idp).await;
    assert_eq!(take(&mut home, REMOVE).await, (303, "/account/security?done=passkey-removed".into()));
    assert_eq!(take(&mut home, DISCONNECT).await, (303, "/account/security?failed=last-way".into()));
    assert_eq!(refusals(&idp).await[0], "last_way");
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    assert_eq!(by_liar(&mut browser, &page).await.location(), "/account", "the way that is left leads in");
}

#[actix_web::test]
async fn a_touch_is_no_way_in_without_another() {
    let (_liar, idp) = with_liar().await;
    let mut home = connected(&idp).await;
    let mut touch = Authenticator::touch_only();
    add(&mut home, &mut touch).await;
    without_password(&idp).await;
    assert_eq!(take(&mut home, DISCONNECT).await, (303, "/account/security?failed=last-way".into()));
}

#[actix_web::test]
async fn a_trusted_word_meets_a_demand_for_two_factors_and_an_untrusted_one_does_not() {
    let (liar, idp) = with_liar().await;
    connected(&idp).await;
    let social = idp.app("social");
    // Who sets a factor up has to be seen to authenticate.
    liar.says(json!({"sub": "someone", "auth_time": idp.now()}));
    let essential = json!({"id_token": {"acr": {"essential": true, "values": ["urn:abide:acr:aal2"]}}}).to_string();
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[("claims", &essential)]).await;
    let answer = by_liar(&mut browser, &page).await;
    let page = browser.get(answer.location()).await;
    assert_eq!(page.text("h1").as_deref(), Some("Two-step sign-in is needed"));

    liar.says(json!({"sub": "someone", "acr": "strong"}));
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[("claims", &essential)]).await;
    let claims = social.redeem(&by_liar(&mut browser, &page).await).await.claims();
    assert_eq!((claims["acr"].as_str(), &claims["amr"]), (Some("urn:abide:acr:aal2"), &json!(["mfa"])));
}

#[actix_web::test]
async fn the_history_names_the_upstream_and_the_data_list_the_link() {
    let (liar, idp) = with_liar().await;
    connected(&idp).await;
    let mut browser = idp.browser();
    liar.says(json!({"sub": "someone", "auth_time": idp.now()}));
    let page = browser.get("/account/data").await;
    let sent = by_liar(&mut browser, &page).await;
    assert_eq!(sent.location(), "/account/data");
    let page = browser.get("/account/history").await;
    assert!(page.body.contains("<dd>The liar</dd>"), "{}", page.body);
    let page = browser.get("/account/data").await;
    let data = browser.submit(&page, "/account/data/download", &[]).await.json();
    let link = &data["credentials"]["connected"][0];
    assert_eq!((&link["subject"], &link["shown"]), (&json!("someone"), &json!("")));
    assert_eq!(data["sign_ins"][0]["provider"], link["provider"]);
    assert!(data["sign_ins"][1]["provider"].is_null(), "the one before was by password");
}

#[actix_web::test]
async fn the_sign_in_page_offers_both_and_an_upstream_button_sends_no_passkey() {
    let (_liar, idp) = with_liar().await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    assert!(page.body.contains("Continue with The liar") && page.body.contains("Sign in with a passkey"));
    assert_eq!(press(&mut browser, &page, "liar").await.status, 303);
}
