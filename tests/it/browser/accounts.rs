//! Several accounts in one browser by keyboard and screen reader; and a sign-in by another provider, with two running
//! programs.

use super::driver::{Profile, story};
use super::page::Page;
use super::places::{House, authorization_request, landing};
use crate::real::idp::{CLIENT_SECRET, RealIdp, client, password_of, person};
use fantoccini::key::Key;
use serde_json::json;
use std::sync::LazyLock;

/// Two people and an app.
static PAIR: LazyLock<House> = LazyLock::new(|| House::with_people(&["wren", "lark"]));

async fn both_signed_in(page: &Page, house: &House) {
    page.open(&house.idp.at("/account")).await;
    house.sign_in(page, "wren").await;
    page.arrive(&house.idp.at("/account")).await;
    page.find("#add-account").await;
    page.click("#add-account").await;
    house.sign_in(page, "lark").await;
    page.until("document.querySelector(\"form[action='/account/switch']\")").await;
}

#[test]
fn the_picker_is_worked_by_keys_and_read_aloud() {
    let house = &*PAIR;
    story(Profile::Desk, move |page| async move {
        both_signed_in(&page, house).await;
        page.open(&house.request("trusted", &[("prompt", "select_account")])).await;
        page.find(".choices").await;
        let list = page.spoken("list").await;
        assert_eq!(list["name"], "Choose an account", "{list}");
        let names = page.script(BUTTONS).await;
        assert_eq!(
            names,
            json!(["The Person lark lark", "The Person wren wren", "Use another account"]),
            "the current one first, the way out last"
        );
        assert_eq!(page.focus_problems().await, Vec::<String>::new());
        page.open(&house.request("trusted", &[("prompt", "select_account")])).await;
        page.tab_to(".choices li:nth-child(2) button").await;
        page.press(Key::Enter).await;
        page.arrive(&house.app).await;
        assert!(page.url().await.contains("code="));
        page.open(&house.idp.at("/account")).await;
        assert_eq!(page.text("h1").await, "The Person wren", "who was chosen is the current one");

        page.tab_to("form[action='/account/switch'] button").await;
        page.press(Key::Enter).await;
        page.until("document.querySelector('h1').textContent.includes('lark')").await;
        let label = page.attribute("form[action='/account/switch'] button", "aria-label").await;
        assert_eq!(label, "Switch to wren");

        page.open(&house.request("trusted", &[("prompt", "select_account")])).await;
        page.tab_to("#use-another").await;
        page.press(Key::Enter).await;
        page.find("#username").await;
        assert!(page.focus_matches("#username").await, "the form is ready to be typed into");
    });
}

const BUTTONS: &str = r#"
return [...document.querySelectorAll(".choices button")].map((one) =>
  [...one.querySelectorAll(".choice-words *")].map((word) => word.textContent.trim()).join(" "));
"#;

/// A provider, and another that lets people in by it.
struct Pair {
    upstream: RealIdp,
    house: RealIdp,
    app: String,
}

/// The redirect URI has our port in it, and our configuration theirs: the address is chosen first.
static NEXT_DOOR: LazyLock<Pair> = LazyLock::new(|| {
    let app = landing();
    let port = crate::real::process::free_port();
    let callback = format!("http://localhost:{port}/sign-in/upstream/work/callback");
    let there = client("abide", &callback, json!({}));
    let upstream = RealIdp::set("upstream.localhost", "", &[person("ida")], &[there]);
    let settings = format!(
        "outbound.allow = [{issuer:?}]\n[[upstream]]\nid = \"work\"\nissuer = {issuer:?}\nname = \"Next Door\"\n\
         client_id = \"abide\"\nclient_secret = {CLIENT_SECRET:?}\naccounts = \"create\"\n",
        issuer = upstream.issuer
    );
    let trusted = client("trusted", &format!("{app}/callback"), json!({"client_name": "Harbour Desk"}));
    let house = RealIdp::at_port(port, &settings, &[person("ida")], &[trusted]);
    Pair { upstream, house, app }
});

#[test]
fn somebody_comes_by_the_provider_next_door() {
    let pair = &*NEXT_DOOR;
    story(Profile::Desk, move |page| async move {
        let request = authorization_request(&pair.house.issuer, "trusted", &pair.app, &[]);
        page.open(&request).await;
        page.tab_to("button[name=upstream]").await;
        page.press(Key::Enter).await;
        page.arrive(&pair.upstream.issuer).await;
        page.fill("#username", "ida").await;
        page.fill("#password", &password_of("ida")).await;
        page.click("#sign-in").await;
        page.arrive(&pair.house.at("/interaction/")).await;
        assert_eq!(page.text("h1").await, "Welcome");
        assert!(page.text("main").await.contains("ida@example.org"));
        // Her name is taken here, by whoever that is.
        page.click("#create-account").await;
        page.find("[role=alert]").await;
        page.fill("#username", "ida-from-next-door").await;
        page.click("#create-account").await;
        page.arrive(&pair.app).await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);

        // From then on it is one press.
        page.open(&pair.house.at("/account")).await;
        page.click("#sign-out").await;
        page.until("location.pathname === '/signed-out'").await;
        page.open(&request).await;
        page.click("button[name=upstream]").await;
        page.arrive(&pair.app).await;
        assert!(page.url().await.contains("code="), "{}", page.url().await);
    });
}
