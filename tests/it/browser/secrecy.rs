//! What script could read: no token, no secret, no session name, on no page of the provider or the apps.

use fantoccini::cookies::Cookie;
use serde_json::json;

use super::driver::{Profile, story};
use super::page::Page;
use super::places::{DEMO, HOUSE};

/// Everything a page's script, its own or a planted one, gets hold of without asking a server.
const READABLE: &str = r#"
const done = arguments[arguments.length - 1];
const storage = (which) => Object.fromEntries(Object.keys(which).map((key) => [key, which.getItem(key)]));
const clean = document.createElement("iframe");
document.body.append(clean);
const usual = new Set(Object.getOwnPropertyNames(clean.contentWindow));
clean.remove();
const drivers = /^(\$?cdc_|ret_nodes$|se_exportedFunctionSymbol$)/; // what WebDriver itself leaves in a page
const told = (value) => { try { return typeof value === "function" ? String(value) : JSON.stringify(value) ?? String(value); } catch { return String(value); } };
const globals = Object.fromEntries(Object.getOwnPropertyNames(window).filter((name) => !usual.has(name) && !/^\d+$/.test(name) && !drivers.test(name)).map((name) => [name, told(window[name])]));
Promise.all([indexedDB.databases(), self.caches ? caches.keys() : [], navigator.serviceWorker ? navigator.serviceWorker.getRegistrations() : []]).then(([databases, caches, workers]) => done({
  cookie: document.cookie,
  local: storage(localStorage),
  session: storage(sessionStorage),
  databases: databases.map((one) => one.name),
  caches,
  workers: workers.length,
  globals,
  name: window.name,
  state: told(history.state),
  address: location.href,
  referrer: document.referrer,
  loaded: performance.getEntries().map((one) => one.name),
  html: document.documentElement.outerHTML,
}));
"#;

#[test]
fn nothing_secret_is_readable_by_script_on_any_page_of_a_visit() {
    let demo = &*DEMO;
    story(Profile::Desk, move |page| async move {
        page.open(&demo.bank).await;
        assert_nothing_readable(&page).await;
        page.click("#sign-in").await;
        page.find("#password").await;
        assert_nothing_readable(&page).await;
        demo.sign_in_at_bank(&page).await;
        assert_nothing_readable(&page).await;
        page.click("#renew-refresh").await;
        page.find("#reissues[data-count='1']").await;
        assert_nothing_readable(&page).await;
        page.open(&demo.plaza).await;
        page.click("#renew-silent").await;
        page.find("#reissues[data-count='1']").await;
        assert_nothing_readable(&page).await;
        page.open(&format!("{}/account", demo.provider)).await;
        page.find("#sessions").await;
        assert_nothing_readable(&page).await;
        page.open(&format!("{}/end_session", demo.provider)).await;
        page.find("#stay").await;
        assert_nothing_readable(&page).await;
        page.open(&demo.plaza).await;
        page.click("#sign-out").await;
        page.find("#signed-out").await;
        assert_nothing_readable(&page).await;
    });
}

#[test]
fn consent_and_console_hold_nothing_secret_either() {
    let house = &*HOUSE;
    story(Profile::Desk, move |page| async move {
        page.open(&house.request("asks", &[("prompt", "consent")])).await;
        house.sign_in(&page, "ines").await;
        page.find("#allow").await;
        assert_nothing_readable(&page).await;
        for place in ["/admin/users", "/admin/clients", "/admin/sessions", "/admin/audit"] {
            page.open(&house.idp.at(place)).await;
            if page.has("#password[autocomplete=current-password]").await {
                house.sign_in(&page, "ines").await;
            }
            page.find("nav.tabs").await;
            assert_nothing_readable(&page).await;
        }
    });
}

/// What never complains proves nothing.
#[test]
fn a_planted_secret_is_found() {
    let demo = &*DEMO;
    const JWT: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";
    story(Profile::Desk, move |page| async move {
        demo.sign_in_at_bank(&page).await;
        for plant in
            ["localStorage.t = X", "sessionStorage.t = X", "document.body.dataset.t = X", "window.t = { deep: X }"]
        {
            page.open(&demo.bank).await;
            page.script(&plant.replace('X', &format!("{JWT:?}"))).await;
            assert!(!readable_secrets(&page).await.is_empty(), "{plant}");
            page.script("localStorage.clear(); sessionStorage.clear();").await;
        }
        page.script("document.cookie = 'open=x'; window.t = undefined;").await;
        let found = readable_secrets(&page).await.join("\n");
        assert!(found.contains("cookie") && found.contains("HttpOnly"), "{found}");
    });
}

async fn assert_nothing_readable(page: &Page) {
    let found = readable_secrets(page).await;
    assert!(found.is_empty(), "{}:\n{}", page.url().await, found.join("\n"));
}

/// What a script could find out on this page and should not.
async fn readable_secrets(page: &Page) -> Vec<String> {
    let readable = page.script_later(READABLE).await;
    // Everything that has to be empty; the referrer may be the request that led here, and is searched for tokens.
    let empty = [
        ("cookie", json!("")),
        ("name", json!("")),
        ("local", json!({})),
        ("session", json!({})),
        ("globals", json!({})),
        ("databases", json!([])),
        ("caches", json!([])),
        ("workers", json!(0)),
        ("state", json!("null")),
    ];
    let filled = empty.iter().filter(|(name, nothing)| readable[name] != *nothing);
    let mut found: Vec<String> = filled.map(|(name, _)| format!("{name}: {}", readable[name])).collect();
    let everything = readable.to_string();
    found.extend(token_in(&everything).map(|token| format!("a token: {token}")));
    for cookie in page.cookies().await {
        found.extend(cookie_problems(&cookie));
        let (name, value) = (cookie.name(), cookie.value());
        if value.len() >= 16 && everything.contains(value) {
            found.push(format!("the page holds the value of {name}"));
        }
    }
    found
}

fn cookie_problems(cookie: &Cookie<'_>) -> Vec<String> {
    let (name, site) = (cookie.name(), cookie.same_site());
    let mut found = Vec::new();
    if cookie.http_only() != Some(true) {
        found.push(format!("{name} is not HttpOnly"));
    }
    if !site.is_some_and(|site| site.is_lax()) {
        found.push(format!("{name} has SameSite {site:?}"));
    }
    found.extend(token_in(cookie.value()).map(|token| format!("{name} is a token: {token}")));
    found
}

/// A JWT (its header begins with `{"`, which base64 writes `eyJ`) or a refresh token.
fn token_in(text: &str) -> Option<&str> {
    let at = |found: usize| &text[found..text.len().min(found + 40)];
    let jwt = text.match_indices("eyJ").map(|(found, _)| at(found)).find(|word| {
        let run = word.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte)).count();
        run >= 20
    });
    jwt.or_else(|| text.match_indices("abr_").map(|(found, _)| at(found)).next())
}
