//! Another provider's word: a first factor, for an account that is connected with it, in the browser that was sent there.

use super::first_and_second::post;
use super::walk::{AAL1, AAL2, How, Walk, When, begun, grown};
use crate::harness::upstream::{Liar, Lie};
use crate::harness::{Answer, Browser, USERNAME};
use crate::stories::passkeys::account;
use crate::stories::second_factor::set_up;
use crate::stories::upstream::{answered, connected, press};
use abide::model::credential::Credential;
use abide::model::record::Change;
use serde_json::json;

const BACK: &str = "GET /sign-in/upstream/{id}/callback";
const WORD: (&str, &str) = (AAL1, "");

/// Goes there from the page of an authorization request; answers with the address that leads back.
async fn sent(browser: &mut Browser, prompt: &[(&str, &str)]) -> String {
    let social = browser.idp.app("social");
    let page = browser.authorize(&social, prompt).await;
    answered(&press(browser, &page, "liar").await, "liar")
}

fn says(liar: &Liar, walk: &Walk, subject: &str) {
    liar.at(walk.idp.now());
    liar.says(json!({"sub": subject, "auth_time": walk.idp.now(), "preferred_username": "nia"}));
}

pub async fn by_its_word(walk: &mut Walk, liar: &Liar) {
    const WHO: &str = "another provider's word";
    let idp = walk.idp.clone();
    connected(&idp).await;
    let key = Credential::password_key(&account(&idp, USERNAME).await.id);
    idp.flows().store.change::<Credential, _, _>(&key, |_| Change::delete(())).await.unwrap().outcome().unwrap();
    let (mut browser, mut other) = (idp.browser(), idp.browser());
    says(liar, walk, "someone");
    walk.tried(BACK, (WHO, "no journey"), browser.get("/sign-in/upstream/liar/callback?code=x&state=x"), &[]).await;
    for (shown, lie) in [
        ("a token without signature", Lie::Unsigned),
        ("a token for another journey", Lie::Nonce),
        ("a token for another client", Lie::Audience),
        ("a token of another issuer", Lie::Issuer),
        ("a token of long ago", Lie::Expired),
    ] {
        says(liar, walk, "someone");
        liar.lies(lie);
        let back = sent(&mut browser, &[]).await;
        walk.tried(BACK, (WHO, shown), browser.get(&back), &[]).await;
    }
    liar.lies(Lie::None);
    says(liar, walk, "someone else");
    let back = sent(&mut browser, &[]).await;
    walk.tried(BACK, (WHO, "the word for somebody whom nobody knows"), browser.get(&back), &[]).await;
    says(liar, walk, "someone");
    let back = sent(&mut browser, &[]).await;
    walk.tried(BACK, (WHO, "the word, brought by another browser"), other.get(&back), &[]).await;
    says(liar, walk, "someone");
    walk.tried(BACK, (WHO, "the word"), browser.get(&back), &[begun(USERNAME, WORD)]).await;
    walk.tried(BACK, (WHO, "the word, a second time"), browser.get(&back), &[]).await;
    // Shown anew, and after the session timed out.
    idp.pass("1h");
    says(liar, walk, "someone");
    let back = sent(&mut browser, &[("prompt", "login")]).await;
    let renewed = [grown(How::Renewed, USERNAME, WORD, When::Now)];
    says(liar, walk, "someone");
    walk.tried(BACK, (WHO, "a session, and the word"), browser.get(&back), &renewed).await;
    idp.pass("13h");
    says(liar, walk, "someone");
    let back = sent(&mut browser, &[]).await;
    let restored = [grown(How::Restored, USERNAME, WORD, When::Now)];
    walk.tried(BACK, (WHO, "the cookie of a session that timed out, and the word"), browser.get(&back), &restored)
        .await;
}

pub async fn and_a_factor_of_ours(walk: &mut Walk, liar: &Liar) {
    const WHO: &str = "another provider's word, app";
    let idp = walk.idp.clone();
    let mut home = connected(&idp).await;
    let (app, _) = set_up(&idp, &mut home).await;
    let mut browser = idp.browser();
    says(liar, walk, "someone");
    let back = sent(&mut browser, &[]).await;
    let half = walk.tried(BACK, (WHO, "the word"), browser.get(&back), &[]).await;
    let page = browser.get(half.location()).await;
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the word and a wrong code"),
        browser.submit(&page, "/sign-in/code", &[("code", "000000")]),
        &[],
    )
    .await;
    // As old as the upstream says that its part of it is.
    let session = [grown(How::Begun, USERNAME, (AAL2, "otp mfa"), When::Before)];
    walk.tried(
        "POST /sign-in/code",
        (WHO, "the word and a code"),
        browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]),
        &session,
    )
    .await;
}

pub async fn a_new_account(walk: &mut Walk, liar: &Liar) {
    const ROUTE: &str = "POST /sign-in/upstream/create";
    const WHO: &str = "nobody yet";
    let idp = walk.idp.clone();
    let (mut browser, mut other) = (idp.browser(), idp.browser());
    let new = [("username", "nia")];
    let blank: Answer = browser.get("/account").await;
    walk.tried(
        ROUTE,
        (WHO, "no journey"),
        post(&mut browser, "/sign-in/upstream/create", (&blank, "/sign-in"), &new),
        &[],
    )
    .await;
    says(liar, walk, "nia");
    let back = sent(&mut browser, &[]).await;
    let waits = walk.tried(BACK, (WHO, "the word"), browser.get(&back), &[]).await;
    let page = browser.get(waits.location()).await;
    let theirs = other.get("/account").await;
    let handle = page.fields("/sign-in/upstream/create")["interaction"].clone();
    let stolen = [("interaction", handle.as_str()), new[0]];
    walk.tried(
        ROUTE,
        (WHO, "the word, in another browser"),
        post(&mut other, "/sign-in/upstream/create", (&theirs, "/sign-in"), &stolen),
        &[],
    )
    .await;
    walk.tried(
        ROUTE,
        (WHO, "the word, and another person's name"),
        browser.submit(&page, "/sign-in/upstream/create", &[("username", USERNAME)]),
        &[],
    )
    .await;
    walk.tried(
        "POST /sign-in/upstream/connect",
        (WHO, "the word"),
        browser.submit(&page, "/sign-in/upstream/connect", &[]),
        &[],
    )
    .await;
    let back = sent(&mut browser, &[]).await;
    says(liar, walk, "nia");
    let waits = browser.get(&back).await;
    let page = browser.get(waits.location()).await;
    walk.tried(
        ROUTE,
        (WHO, "the word, and a name that is free"),
        browser.submit(&page, "/sign-in/upstream/create", &new),
        &[begun("nia", WORD)],
    )
    .await;
    walk.tried(
        ROUTE,
        (WHO, "the word, a second time"),
        browser.submit(&page, "/sign-in/upstream/create", &[("username", "nia2")]),
        &[],
    )
    .await;
}
