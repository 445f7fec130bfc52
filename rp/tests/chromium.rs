//! The script in a real Chromium: countdown, staying, drafts, and what one tab sees of another. The clock is moved by the
//! tests; nothing is waited for but the page itself.

#[path = "real/driver.rs"]
mod driver;
#[path = "real/world.rs"]
mod world;

use abide_rp::Policy;
use driver::{Driver, ForeignCookies};
use serde_json::json;
use world::{MIRA, World, bank};

#[actix_web::test]
async fn warned_stayed_timed_out_and_back_with_what_was_typed() {
    let world = World::with(bank()).await;
    let browser = Driver::start(ForeignCookies::Blocked).await;
    browser.sign_in(&format!("{}/form", world.origin), MIRA).await;
    browser.find("[name=to]").await.send_keys("Norrsken Bakery").await.expect("typed");
    browser.find("[name=password]").await.send_keys("not to be kept").await.expect("typed");
    let kept = "(await (await fetch('/auth/session/draft?form=transfer')).json()).fields";
    let look = format!(
        "const done = arguments[0]; const look = async () => {{ const kept = {kept};
        if (kept?.to === 'Norrsken Bakery') done(JSON.stringify(kept)); else setTimeout(look, 50); }}; look();"
    );
    let kept = browser.client.execute_async(&look, Vec::new()).await.expect("kept");
    assert!(!kept.to_string().contains("not to be kept"), "{kept}");

    world.pass(70);
    let dialog = "document.querySelector('#session-warning[role=alertdialog][open]')";
    browser.until(&format!("{dialog}?.innerText.includes('You will be signed out in 0:')")).await;
    assert_eq!(browser.script("return document.activeElement.id").await, "stay-signed-in");
    browser.find("#stay-signed-in").await.click().await.expect("clicked");
    browser.until("!document.getElementById('session-warning')").await;

    world.pass(121);
    browser.find("#username").await;
    assert!(browser.client.current_url().await.expect("an address").as_str().starts_with(&world.issuer));
    browser.fill_in(MIRA).await;
    browser.until("document.querySelector('form[data-restored=after-timeout]')").await;
    let fields =
        browser.script("return [...document.querySelectorAll('[name=to], [name=password]')].map((f) => f.value)").await;
    assert_eq!(fields, json!(["Norrsken Bakery", ""]));
    browser.client.clone().close().await.expect("closed");
    world.stop().await;
}

#[actix_web::test]
async fn what_one_tab_does_the_other_sees() {
    let world = World::with(bank()).await;
    let browser = Driver::start(ForeignCookies::Blocked).await;
    browser.sign_in(&format!("{}/form", world.origin), MIRA).await;
    let first = browser.client.window().await.expect("a window");
    let second = browser.client.new_window(true).await.expect("a tab").handle;
    browser.client.switch_to_window(second.clone()).await.expect("there");
    browser.client.goto(&format!("{}/form", world.origin)).await.expect("a page");
    browser.find("form[data-draft]").await;

    world.pass(70);
    browser.find("#session-warning").await;
    browser.client.switch_to_window(first.clone()).await.expect("there");
    browser.find("#session-warning #stay-signed-in").await.click().await.expect("clicked");
    browser.client.switch_to_window(second.clone()).await.expect("there");
    browser.until("!document.getElementById('session-warning')").await;

    world.pass(70);
    browser.find("#session-warning #sign-out").await.click().await.expect("clicked");
    browser.until("document.title === 'You are signed out'").await;
    browser.client.switch_to_window(first).await.expect("there");
    browser.find("#username").await;
    browser.client.clone().close().await.expect("closed");
    world.stop().await;
}

#[actix_web::test]
async fn a_logout_at_the_provider_takes_the_page_away() {
    let world = World::with(Policy::default()).await;
    let browser = Driver::start(ForeignCookies::Blocked).await;
    browser.sign_in(&format!("{}/form", world.origin), MIRA).await;
    let sid = browser.script("return document.body.dataset.sid").await;
    let token = world.logout_token(|claims| claims["sid"] = sid);
    world.pass(2);
    assert_eq!(world.visitor().raw("/auth/back-channel-logout", &[("logout_token", &token)]).await.status, 200);
    // The provider's own session lives, so a silent look signs in again: another session, on a page drawn anew.
    browser.until("performance.getEntriesByType('navigation')[0].type === 'reload'").await;
    browser.find("form[data-draft]").await;
    browser.client.clone().close().await.expect("closed");
    world.stop().await;
}
