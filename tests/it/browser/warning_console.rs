//! The console ends by limits of its own, earlier than the session: its pages warn of that, and other pages do not.

use super::driver::{Profile, story};
use super::page::Page;
use super::warning::{picture, provider, sign_in, sleep};
use crate::real::idp::password_of;
use crate::real::travelling::Travelling;

async fn other_tab(page: &Page, idp: &Travelling, path: &str) -> [fantoccini::wd::WindowHandle; 2] {
    let first = page.client.window().await.unwrap();
    let second = page.client.new_window(true).await.unwrap().handle;
    page.client.switch_to_window(second.clone()).await.unwrap();
    page.open(&idp.at(path)).await;
    page.find("#session-watch").await;
    page.client.switch_to_window(first.clone()).await.unwrap();
    [first, second]
}

#[test]
fn it_warns_before_its_own_end_and_closes_while_the_session_goes_on() {
    let idp = provider("12h", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/admin").await;
        page.open(&idp.at("/admin/sessions")).await;
        page.find("#session-watch").await;
        let [console, account] = other_tab(&page, &idp, "/account").await;
        sleep(&page, &idp, "12m").await;
        sleep(&page, &idp, "90s").await;
        page.find("#session-warning[open]").await;
        let text = page.text("#session-warning").await;
        assert!(text.contains("The console will close in 1:"), "{text}");
        picture(&page, "console-warning").await;
        page.client.switch_to_window(account.clone()).await.unwrap();
        assert!(!page.has("#session-warning").await, "nothing ends here");

        // Staying is an act in the console, whatever is done elsewhere.
        page.client.switch_to_window(console.clone()).await.unwrap();
        page.click("#stay-signed-in").await;
        page.until("!document.querySelector('#session-warning')").await;
        sleep(&page, &idp, "12m").await;
        page.open(&idp.at("/admin/sessions")).await;
        page.find("#session-watch").await;
        assert!(page.text("main").await.contains("ines"));

        sleep(&page, &idp, "15m").await;
        page.until("document.querySelector('[role=heading]')?.textContent === 'The console is closed'").await;
        let shown = page.script("return document.documentElement.outerHTML + document.title;").await.to_string();
        assert!(!shown.contains("ines") && !shown.contains("127.0.0.1"), "{shown}");
        assert!(page.text("body").await.contains("Everywhere else you are still signed in"));
        assert!(page.focus_matches("[role=heading]").await);
        picture(&page, "console-over").await;
        page.client.switch_to_window(account).await.unwrap();
        page.script("document.dispatchEvent(new Event('visibilitychange')); return null;").await;
        page.open(&idp.at("/account")).await;
        page.find("#sessions").await;

        page.client.switch_to_window(console).await.unwrap();
        idp.pass("1s");
        page.click(".actions a").await;
        page.fill("#password", &password_of("ines")).await;
        page.click("#sign-in").await;
        page.find("nav.tabs").await;
    });
}

#[test]
fn its_absolute_end_is_moved_by_signing_in_again_alone() {
    let idp = provider("never", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/admin").await;
        page.open(&idp.at("/admin/audit")).await;
        page.find("#session-watch").await;
        let stay = "fetch('/session/activity?at=console', {method: 'POST'}).then((it) => it.json())
            .then((it) => arguments[arguments.length - 1](it.application.standing));";
        // Half a day, but for a minute and a half, with an act every quarter of an hour or so.
        for _ in 0..53 {
            idp.pass("812s");
            assert_ne!(page.script_later(stay).await, "dormant");
        }
        idp.pass("74s");
        assert_eq!(page.script_later(stay).await, "warn");
        sleep(&page, &idp, "1s").await;
        page.find("#session-warning[open]").await;
        let text = page.text("#session-warning").await;
        assert!(text.contains("The console is about to close") && text.contains("sign in again"), "{text}");
        assert!(!page.has("#session-warning button[data-limit=idle]:not([hidden])").await);
        page.click("#stay-signed-in").await;
        page.fill("#password", &password_of("ines")).await;
        page.click("#sign-in").await;
        page.find("nav.tabs").await;
        sleep(&page, &idp, "10m").await;
        page.open(&idp.at("/admin/audit")).await;
        page.find("nav.tabs").await;
        assert!(!page.has("#session-warning").await);
    });
}

#[test]
fn the_server_tells_its_pages_by_a_stream_of_their_own() {
    let idp = provider("never", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        let [_, console] = other_tab(&page, &idp, "/admin/users").await;
        let two = async {
            while idp.facing.streams.open_now() != 2 {
                tokio::time::sleep(std::time::Duration::from_millis(40)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), two).await.expect("a stream for each kind of page");
        // Nobody wakes the pages here.
        idp.pass("14m");
        page.client.switch_to_window(console).await.unwrap();
        page.find("#session-warning[open]").await;
        idp.pass("1m");
        page.until("document.querySelector('[role=heading]')?.textContent === 'The console is closed'").await;
    });
}
