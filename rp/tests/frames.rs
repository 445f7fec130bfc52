//! Silent renewal by the crate's own script in Chromium, where app and provider are two sites: a hidden frame is tried
//! once, and never again where it is refused; the next page that is opened asks in the whole window instead.
//!
//! An app without refresh tokens, at `http://bank.localhost`; the provider at `https://id.localhost`, since browsers take
//! cookies for frames of other sites over TLS alone. What counts are the authorization requests that the provider sees.

#[path = "real/driver.rs"]
mod driver;
#[path = "real/world.rs"]
mod world;

use abide::model::cookies::Switch;
use abide_rp::Policy;
use driver::{Driver, ForeignCookies};
use serde_json::json;
use std::process::Command;
use std::time::Duration;
use world::{MIRA, World};

const TLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/tls");

/// The app believes what its system does. Here that is the authority of these tests, for a process of each test's own.
fn believing(test: &str) -> bool {
    if std::env::var_os("SSL_CERT_FILE").is_some_and(|file| file == *format!("{TLS}/authority.pem")) {
        return true;
    }
    let program = std::env::current_exe().expect("this program");
    let mut again = Command::new(program);
    again.args(["--exact", test, "--nocapture"]).env("SSL_CERT_FILE", format!("{TLS}/authority.pem"));
    let told = again.output().expect("it runs");
    assert!(
        told.status.success(),
        "{}{}",
        String::from_utf8_lossy(&told.stdout),
        String::from_utf8_lossy(&told.stderr)
    );
    false
}

async fn world(silent: Switch) -> World {
    let settings = |config: &mut abide::config::Config| {
        let issuer = config.issuer.to_string();
        let port = issuer.rsplit(':').next().expect("a port");
        config.issuer = format!("https://id.localhost:{port}").parse().expect("an issuer");
        config.cookies.silent = silent;
        config.tls.cert = Some(format!("{TLS}/certificate.pem").into());
        config.tls.key = Some(format!("{TLS}/key.pem").into());
    };
    World::of(Policy::default(), settings, json!({"grant_types": ["authorization_code"]})).await
}

/// Renewal by a frame: tried how often, and what the script heard.
const LISTEN: &str = "window.renewed = 0; document.addEventListener('abide:renewed', () => window.renewed++);
    return performance.getEntriesByType('resource').length;";
const REFUSED: &str = "localStorage.getItem('abide-session:/auth/session:frame')";

/// Three seconds, each of them a turn of the script's, in which it could do what it must not.
async fn a_while() {
    let mut turns = tokio::time::interval(Duration::from_secs(1));
    for _ in 0..4 {
        turns.tick().await;
    }
}

/// Tokens become due, and the page hears of the time again and again: its script may still be loading, and however often
/// it hears, one frame is made.
async fn due(world: &World, browser: &Driver) {
    world.pass(545);
    let hears = "window.hears ??= setInterval(() => document.dispatchEvent(new Event('visibilitychange')), 200);";
    browser.script(&format!("{hears} return null")).await;
}

/// The frame was refused: whatever happens on this page, and on the next, no other one is made.
async fn refused_once(world: World, browser: Driver) {
    browser.sign_in(&format!("{}/form", world.origin), MIRA).await;
    browser.script(LISTEN).await;
    assert_eq!(world.asked("iframe").len(), 0, "nothing was due");
    due(&world, &browser).await;
    browser.until(REFUSED).await;
    for _ in 0..3 {
        world.pass(60);
        browser.script("document.dispatchEvent(new Event('visibilitychange')); return null").await;
        a_while().await;
    }
    let asked = world.asked("iframe");
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].contains("prompt=none"), "{asked:?}");
    assert_eq!(
        browser.script("return [window.renewed, document.querySelectorAll('iframe').length]").await,
        json!([0, 0])
    );
    assert_eq!(browser.script("return document.body.dataset.renewals").await, "0", "and the person is still signed in");

    // In the whole window it works.
    let before = world.asked("document").len();
    browser.client.goto(&format!("{}/auth/renew?return_to=/form", world.origin)).await.expect("a page");
    browser.find("form[data-draft]").await;
    let asked = world.asked("document");
    assert_eq!(
        (asked.len(), asked[before..].iter().all(|it| it.contains("prompt=none"))),
        (before + 1, true),
        "{asked:?}"
    );
    assert_eq!(browser.script("return document.body.dataset.renewals").await, "1");
    // When these are due as well, the script on the new page remembers.
    due(&world, &browser).await;
    a_while().await;
    assert_eq!(world.asked("iframe").len(), 1);
    browser.client.clone().close().await.expect("closed");
    world.stop().await;
}

#[actix_web::test]
async fn with_foreign_cookies_blocked_a_frame_is_tried_once() {
    if believing("with_foreign_cookies_blocked_a_frame_is_tried_once") {
        refused_once(world(Switch::On).await, Driver::start(ForeignCookies::Blocked).await).await;
    }
}

#[actix_web::test]
async fn without_the_cookie_silent_a_frame_is_tried_once_though_cookies_are_allowed() {
    if believing("without_the_cookie_silent_a_frame_is_tried_once_though_cookies_are_allowed") {
        refused_once(world(Switch::Off).await, Driver::start(ForeignCookies::Allowed).await).await;
    }
}

#[actix_web::test]
async fn with_the_cookie_silent_and_cookies_allowed_each_renewal_is_one_frame() {
    if !believing("with_the_cookie_silent_and_cookies_allowed_each_renewal_is_one_frame") {
        return;
    }
    let (world, browser) = (world(Switch::On).await, Driver::start(ForeignCookies::Allowed).await);
    browser.sign_in(&format!("{}/form", world.origin), MIRA).await;
    browser.script(LISTEN).await;
    let pages = world.asked("document").len();
    for times in 1..=2 {
        due(&world, &browser).await;
        browser.until(&format!("window.renewed === {times}")).await;
        a_while().await;
        assert_eq!(world.asked("iframe").len(), times, "one question, one answer");
        // The script leaves twenty seconds between two questions.
        world.pass(60);
    }
    assert_eq!(browser.script(&format!("return [window.renewed, {REFUSED}]")).await, json!([2, null]));
    assert_eq!(world.asked("document").len(), pages, "the page was never left");
    browser.client.goto(&format!("{}/form", world.origin)).await.expect("a page");
    browser.find("form[data-draft]").await;
    assert_eq!(browser.script("return document.body.dataset.renewals").await, "2");
    browser.client.clone().close().await.expect("closed");
    world.stop().await;
}
