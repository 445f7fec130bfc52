//! What the demo is for, in Chromium: the bank forgets who is idle, and gives back what they had half typed. The clock of
//! all three is moved.

#[path = "../../rp/tests/real/driver.rs"]
mod driver;

use std::net::TcpListener;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use abide_rp::Clock;
use serde_json::json;

use self::driver::{Driver, ForeignCookies};
use crate::house::House;
use crate::idp::person::{PASSWORD, USERNAME};
use crate::ports;

const MIRA: (&str, &str) = (USERNAME, PASSWORD);
/// What the bank's server keeps of the form.
const KEPT: &str = "const done = arguments[0]; const look = async () => {
    const { fields } = await (await fetch('/auth/session/draft?form=transfer')).json();
    if (fields?.amount === '12.40') done(fields.to); else setTimeout(look, 50);
}; look();";
const FIELDS: &str = "return ['to', 'amount'].map((id) => document.getElementById(id).value)";

#[allow(clippy::disallowed_methods, reason = "the story begins now")]
fn now() -> Clock {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    Clock::travelling(i64::try_from(since.as_secs()).expect("seconds"))
}

async fn house(clock: &Clock, home: &tempfile::TempDir) -> House {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    House::open(home.path(), ports::reserve(free.min(65_000)).expect("ports"), clock).await.expect("the demo")
}

async fn at_the_bank(house: &House) -> Driver {
    let browser = Driver::start(ForeignCookies::Blocked).await;
    browser.client.goto(&house.bank_origin).await.expect("a page");
    browser.find("#sign-in").await.click().await.expect("clicked");
    browser.fill_in(MIRA).await;
    browser
}

#[actix_web::test]
async fn a_half_filled_transfer_survives_the_banks_time_out_and_the_square_goes_on() {
    let (clock, home) = (now(), tempfile::tempdir().expect("a folder"));
    let house = house(&clock, &home).await;
    let browser = at_the_bank(&house).await;
    browser.find("#to").await.send_keys("Norrsken Bakery").await.expect("typed");
    browser.find("#amount").await.send_keys("12.40").await.expect("typed");
    assert_eq!(browser.client.execute_async(KEPT, Vec::new()).await.expect("kept"), "Norrsken Bakery");

    clock.advance(Duration::from_secs(70));
    browser.find("#session-warning[open]").await;
    clock.advance(Duration::from_secs(51));
    // The page goes by itself, and with it what was on it.
    browser.find("#ended, #username").await;
    let shown = browser.client.source().await.expect("a page");
    assert!(!shown.contains("Norrsken") && !shown.contains("Mira"), "{shown}");

    // The square has no limits of its own, nor has the provider: nothing is asked there.
    let plaza = browser.client.new_window(true).await.expect("a tab").handle;
    let bank = browser.client.window().await.expect("a window");
    browser.client.switch_to_window(plaza).await.expect("there");
    browser.client.goto(&house.plaza_origin).await.expect("a page");
    browser.find("#session").await;

    browser.client.switch_to_window(bank).await.expect("there");
    clock.advance(Duration::from_secs(600));
    browser.client.goto(&format!("{}/auth/sign-in?return_to=/", house.bank_origin)).await.expect("a page");
    browser.fill_in(MIRA).await;
    browser.find("form[data-restored=after-timeout]").await;
    assert_eq!(browser.script(FIELDS).await, json!(["Norrsken Bakery", "12.40"]));
    browser.find("#send").await.click().await.expect("clicked");
    let sent = browser.find(".sent").await.text().await.expect("text");
    assert!(sent.contains("€12.40") && sent.contains("Norrsken Bakery"), "{sent}");
    browser.client.clone().close().await.expect("closed");
    house.stop().await.expect("stopped");
}

#[actix_web::test]
async fn who_signed_out_finds_nothing_of_it() {
    let (clock, home) = (now(), tempfile::tempdir().expect("a folder"));
    let house = house(&clock, &home).await;
    let browser = at_the_bank(&house).await;
    browser.find("#to").await.send_keys("Norrsken Bakery").await.expect("typed");
    browser.find("#amount").await.send_keys("12.40").await.expect("typed");
    browser.client.execute_async(KEPT, Vec::new()).await.expect("kept");
    browser.find("#sign-out").await.click().await.expect("clicked");
    browser.find("#signed-out").await;
    clock.advance(Duration::from_secs(1));
    browser.client.goto(&format!("{}/auth/sign-in?return_to=/", house.bank_origin)).await.expect("a page");
    browser.fill_in(MIRA).await;
    assert_eq!(browser.script(FIELDS).await, json!(["", ""]));
    browser.client.clone().close().await.expect("closed");
    house.stop().await.expect("stopped");
}
