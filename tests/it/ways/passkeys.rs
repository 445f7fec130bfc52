//! Passkeys: alone, after a password, and on top of a session.

use super::first_and_second::halfway;
use super::walk::{AAL1, AAL2, How, PHR, Walk, When, begun, grown};
use crate::harness::authenticator::Authenticator;
use crate::harness::{Answer, Browser, USERNAME};
use crate::stories::passkeys::{account, add};
use abide::model::credential::Credential;
use abide::model::record::Change;

const ROUTE: &str = "POST /sign-in/passkey";
const PATH: &str = "/sign-in/passkey";
const ALONE: (&str, &str) = (PHR, "pop swk user mfa");

/// A passkey and nothing else.
async fn without_password(walk: &Walk) {
    let key = Credential::password_key(&account(&walk.idp, USERNAME).await.id);
    let store = &walk.idp.flows().store;
    store.change::<Credential, _, _>(&key, |_| Change::delete(())).await.unwrap().outcome().unwrap();
}

/// Answers that do not belong to the page, and what a liar would send.
async fn refused(walk: &mut Walk, who: &'static str, (browser, page): (&mut Browser, &Answer), device: &Authenticator) {
    let mut device = device.clone();
    let mut stranger = walk.idp.browser();
    let theirs = stranger.authorize(&walk.idp.app("social"), &[]).await;
    let mut elsewhere = Authenticator { origin: "https://id.example.com.evil.example".into(), ..device.clone() };
    let mut absent = Authenticator { present: false, verifies: false, ..device.clone() };
    let mut unknown = Authenticator::phone();
    unknown.create_for(&crate::harness::authenticator::options(page).clone_with_user());
    for (shown, answer) in [
        ("nothing", String::new()),
        ("garbage", "{}".to_owned()),
        ("an answer to another browser's challenge", device.get(&theirs)),
        ("an answer made on another site", elsewhere.get(page)),
        ("an answer of a key that nobody was at", absent.get(page)),
        ("an answer of a key that nobody knows", unknown.get(page)),
    ] {
        walk.tried(ROUTE, (who, shown), browser.submit(page, PATH, &[("answer", &answer)]), &[]).await;
    }
    let moved = [("answer", device.get(page))];
    let moved: Vec<(&str, &str)> = moved.iter().map(|(n, v)| (*n, v.as_str())).collect();
    walk.tried(ROUTE, (who, "the answer, sent by another browser"), stranger.submit(page, PATH, &moved), &[]).await;
}

/// Options for a key that is made where none was asked for.
trait WithUser {
    fn clone_with_user(&self) -> serde_json::Value;
}

impl WithUser for serde_json::Value {
    fn clone_with_user(&self) -> serde_json::Value {
        let mut options = self.clone();
        options["user"] = serde_json::json!({"id": "AAAA"});
        options
    }
}

/// It is a whole authentication, and brings a session back.
pub async fn alone(walk: &mut Walk) {
    const WHO: &str = "passkey alone";
    let (idp, social) = (walk.idp.clone(), walk.idp.app("social"));
    let (mut home, mut phone) = (idp.browser(), Authenticator::phone());
    add(&mut home, &mut phone).await;
    without_password(walk).await;
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    refused(walk, WHO, (&mut browser, &page), &phone).await;
    let mut touch = Authenticator { verifies: false, ..phone.clone() };
    walk.tried(ROUTE, (WHO, "a touch"), browser.submit(&page, PATH, &[("answer", &touch.get(&page))]), &[]).await;
    walk.tried("POST /sign-in", (WHO, "a password that is none any more"), browser.sign_in(&page), &[]).await;
    let answer = phone.get(&page);
    let filled = [("answer", answer.as_str())];
    let request = browser.submit(&page, PATH, &filled);
    walk.tried(ROUTE, (WHO, "its answer, the person verified"), request, &[begun(USERNAME, ALONE)]).await;
    let mut other = browser.copied();
    other.forget("__Host-abide_session");
    walk.tried(ROUTE, (WHO, "an answer that was given before"), other.submit(&page, PATH, &[("answer", &answer)]), &[])
        .await;

    idp.pass("1h");
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    let renewed = [grown(How::Renewed, USERNAME, ALONE, When::Now)];
    walk.tried(
        ROUTE,
        (WHO, "a session, and its answer"),
        browser.submit(&page, PATH, &[("answer", &phone.get(&page))]),
        &renewed,
    )
    .await;
    idp.pass("13h");
    let page = browser.authorize(&social, &[]).await;
    refused(walk, WHO, (&mut browser, &page), &phone).await;
    let back = [grown(How::Restored, USERNAME, ALONE, When::Now)];
    walk.tried(
        ROUTE,
        (WHO, "the cookie of a session that timed out, and its answer"),
        browser.submit(&page, PATH, &[("answer", &phone.get(&page))]),
        &back,
    )
    .await;
}

/// One that verifies nobody is the second factor after a password.
pub async fn after_a_password(walk: &mut Walk) {
    const WHO: &str = "password, key without a PIN";
    let (idp, social) = (walk.idp.clone(), walk.idp.app("social"));
    let (mut home, mut key) = (idp.browser(), Authenticator::touch_only());
    add(&mut home, &mut key).await;
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    walk.tried(
        ROUTE,
        (WHO, "a touch and no password"),
        browser.submit(&page, PATH, &[("answer", &key.get(&page))]),
        &[],
    )
    .await;
    walk.tried("POST /sign-in", (WHO, "the password"), browser.sign_in(&page), &[]).await;
    let page = halfway(&mut browser, &social, &[]).await;
    refused(walk, WHO, (&mut browser, &page), &key).await;
    let session = [begun(USERNAME, (AAL2, "pwd pop hwk user mfa"))];
    walk.tried(
        ROUTE,
        (WHO, "the password and a touch"),
        browser.submit(&page, PATH, &[("answer", &key.get(&page))]),
        &session,
    )
    .await;
}

/// An app asks for more than the session has.
pub async fn on_top(walk: &mut Walk) {
    const WHO: &str = "password, passkey";
    let (idp, social) = (walk.idp.clone(), walk.idp.app("social"));
    let mut weak = idp.browser();
    weak.enter(&social).await;
    let (mut home, mut phone) = (idp.browser(), Authenticator::phone());
    add(&mut home, &mut phone).await;
    idp.pass("1h");
    let page = weak.authorize(&social, &[("acr_values", PHR)]).await;
    refused(walk, WHO, (&mut weak, &page), &phone).await;
    let mut touch = Authenticator { verifies: false, ..phone.clone() };
    walk.tried(ROUTE, (WHO, "a session, and a touch"), weak.submit(&page, PATH, &[("answer", &touch.get(&page))]), &[])
        .await;
    // Otto's own passkey, which is as good as hers for Otto.
    let (mut otto, mut foreign) = (idp.browser(), Authenticator::phone());
    let new = crate::stories::passkeys::page_for_new(&mut otto, "otto", "another person entirely").await;
    let made = foreign.create(&new);
    otto.submit(&new, "/account/security/passkey", &[("answer", &made), ("label", "Mine")]).await;
    let page = weak.authorize(&social, &[("acr_values", PHR)]).await;
    walk.tried(
        ROUTE,
        (WHO, "a session, and another person's passkey"),
        weak.submit(&page, PATH, &[("answer", &foreign.get(&page))]),
        &[],
    )
    .await;
    let before = walk.sessions().await;
    assert!(before.values().any(|(session, _)| session.authentication().acr == AAL1));
    let page = weak.authorize(&social, &[("acr_values", PHR)]).await;
    let raised = [grown(How::Raised, USERNAME, ALONE, When::Now)];
    walk.tried(
        ROUTE,
        (WHO, "a session, and its answer"),
        weak.submit(&page, PATH, &[("answer", &phone.get(&page))]),
        &raised,
    )
    .await;
}
