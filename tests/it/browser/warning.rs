//! Before and after the end of the session, in Chromium: countdown, stay, sign out, in one tab and in two; the clock is
//! moved by the story. Where it jumps, the browser is told what it hears when a machine wakes up: the page is shown again.

use super::driver::{Profile, story};
use super::page::Page;
use crate::real::idp::{client, password_of, person};
use crate::real::travelling::Travelling;
use serde_json::json;
use std::sync::Arc;

pub(super) fn provider(idle: &str, max: &str) -> Arc<Travelling> {
    let (idle, max) = (idle.parse().unwrap(), max.parse().unwrap());
    let mut ines = person("ines");
    ines["roles"] = json!(["admin"]);
    let asks = client("asks", "http://app.localhost:1/callback", json!({"consent": "ask"}));
    Arc::new(Travelling::start(
        |config| {
            config.session.idle_timeout = idle;
            config.session.max_lifetime = max;
        },
        json!({"users": [ines], "clients": [asks]}),
    ))
}

pub(super) async fn sign_in(page: &Page, idp: &Travelling, path: &str) {
    page.open(&idp.at(path)).await;
    page.fill("#username", "ines").await;
    page.fill("#password", &password_of("ines")).await;
    page.click("#sign-in").await;
    page.find("#session-watch").await;
}

/// The machine slept for so long, and wakes up.
pub(super) async fn sleep(page: &Page, idp: &Travelling, span: &str) {
    idp.pass(span);
    wake(page).await;
}

async fn wake(page: &Page) {
    page.script("document.dispatchEvent(new Event('visibilitychange')); return null;").await;
}

pub(super) async fn countdown(page: &Page) -> i64 {
    let text = page.text("#session-warning [role=timer]").await;
    let time = text.strip_prefix("You will be signed out in ").and_then(|rest| rest.strip_suffix('.'));
    let (minutes, seconds) = time.and_then(|time| time.split_once(':')).unwrap_or_else(|| panic!("{text}"));
    minutes.parse::<i64>().unwrap() * 60 + seconds.parse::<i64>().unwrap()
}

#[test]
fn the_dialog_counts_down_and_staying_closes_it() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        sleep(&page, &idp, "27m").await;
        page.until("!document.querySelector('#session-warning')").await;
        sleep(&page, &idp, "75s").await;
        page.find("#session-warning[open]").await;
        let left = countdown(&page).await;
        assert!((95..=106).contains(&left), "{left}");
        page.until(&format!(
            "!document.querySelector('#session-warning [role=timer]').textContent.includes('{}:{:02}')",
            left / 60,
            left % 60
        ))
        .await;
        assert!(countdown(&page).await < left, "it goes on by itself");

        // The focus is in the dialog, stays there, and the Escape key answers nothing.
        assert!(page.focus_matches("#session-warning #stay-signed-in").await);
        for _ in 0..3 {
            page.press(fantoccini::key::Key::Tab).await;
            let within =
                "const it = document.activeElement; return it === document.body || !!it.closest('#session-warning');";
            assert_eq!(page.script(within).await, true);
        }
        page.press(fantoccini::key::Key::Escape).await;
        page.find("#session-warning[open]").await;

        page.click("#stay-signed-in").await;
        page.until("!document.querySelector('#session-warning')").await;
        assert!(page.has("header #sign-out").await, "the page has its own button back");
        // Staying counted: what would have been the end is none.
        sleep(&page, &idp, "27m").await;
        page.open(&idp.at("/account")).await;
        page.find("#sessions").await;
    });
}

#[test]
fn when_time_is_over_nothing_of_the_person_is_left_on_the_page() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        sleep(&page, &idp, "29m").await;
        page.find("#session-warning[open]").await;
        sleep(&page, &idp, "1m").await;
        page.until("document.querySelector('[role=heading]')?.textContent === 'You are signed out'").await;
        let shown = page.script("return document.documentElement.outerHTML + document.title;").await.to_string();
        assert!(!shown.contains("ines") && !shown.contains("127.0.0.1"), "{shown}");
        assert!(page.text("body").await.contains("not been active"), "{}", page.text("body").await);
        assert!(page.focus_matches("[role=heading]").await);
        page.click(".actions a").await;
        page.find("#password").await;
        assert!(page.text("[role=status]").await.contains("You were signed out because you had not been active"));
        assert_eq!(page.value("#username").await, "");
    });
}

#[test]
fn an_absolute_end_is_answered_by_signing_in_again_and_coming_back() {
    let idp = provider("never", "1h");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        sleep(&page, &idp, "59m").await;
        page.find("#session-warning[open]").await;
        assert!(page.text("#session-warning").await.contains("you need to sign in again"));
        // What moves an idle end moves this one not, and is not offered.
        assert!(!page.has("#session-warning button[data-limit=idle]:not([hidden])").await);
        let left = countdown(&page).await;
        page.script_later(
            "fetch('/session/activity', {method: 'POST'}).then((it) => arguments[arguments.length - 1](it.status));",
        )
        .await;
        sleep(&page, &idp, "20s").await;
        page.until("document.querySelector('#session-warning [role=timer]')?.textContent.match(/0:[123]\\d/)").await;
        assert!(countdown(&page).await <= left - 20);
        page.click("#stay-signed-in").await;
        page.fill("#password", &password_of("ines")).await;
        page.click("#sign-in").await;
        page.find("#sessions").await;
        assert!(!page.has("#session-warning").await);
        sleep(&page, &idp, "30m").await;
        page.open(&idp.at("/account")).await;
        page.find("#sessions").await;

        // On a consent page the request goes on.
        let request = super::places::authorization_request(&idp.issuer, "asks", "http://app.localhost:1", &[]);
        page.open(&request).await;
        page.find("#allow").await;
        sleep(&page, &idp, "1710s").await;
        page.find("#session-warning[open]").await;
        // Its own time of ten minutes has run out meanwhile; the story asks anew, as a person would.
        page.open(&request).await;
        page.click("#stay-signed-in").await;
        page.fill("#password", &password_of("ines")).await;
        page.click("#sign-in").await;
        page.find("#allow").await;
        page.until("!document.querySelector('#session-warning')").await;
    });
}

#[test]
fn two_tabs_stay_and_leave_together() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        let first = page.client.window().await.unwrap();
        let second = page.client.new_window(true).await.unwrap().handle;
        page.client.switch_to_window(second.clone()).await.unwrap();
        page.open(&idp.at("/account")).await;
        page.find("#session-watch").await;
        sleep(&page, &idp, "29m").await;
        page.find("#session-warning[open]").await;

        page.client.switch_to_window(first.clone()).await.unwrap();
        wake(&page).await;
        page.find("#session-warning[open]").await;
        page.click("#stay-signed-in").await;
        page.until("!document.querySelector('#session-warning')").await;
        page.client.switch_to_window(second.clone()).await.unwrap();
        page.until("!document.querySelector('#session-warning')").await;

        sleep(&page, &idp, "29m").await;
        page.find("#session-warning[open]").await;
        page.click("#session-warning #sign-out").await;
        page.until("document.querySelector('h1')?.textContent === 'You are signed out'").await;
        page.client.switch_to_window(first).await.unwrap();
        page.until("document.querySelector('[role=heading]')?.textContent === 'You are signed out'").await;
        let shown = page.script("return document.documentElement.outerHTML;").await.to_string();
        assert!(!shown.contains("ines"), "{shown}");
    });
}

#[test]
fn in_every_shape_the_dialog_is_accessible_and_fits() {
    let idp = provider("30m", "never");
    let axe = super::appearance::axe();
    for profile in [Profile::Desk, Profile::DarkDesk, Profile::Phone, Profile::DarkPhone] {
        let (idp, axe) = (idp.clone(), axe.clone());
        story(profile, move |page| async move {
            sign_in(&page, &idp, "/account").await;
            sleep(&page, &idp, "1695s").await;
            page.find("#session-warning[open]").await;
            page.script(&format!("{axe}\nreturn null;")).await;
            let found = super::appearance::run_axe(&page, &json!(null)).await;
            assert_eq!(found, [""; 0], "{profile:?}");
            assert_eq!(page.script("return document.documentElement.scrollWidth <= innerWidth;").await, true);
            let whole =
                "const it = document.querySelector('#session-warning'); return it.scrollHeight <= it.clientHeight;";
            assert_eq!(page.script(whole).await, true, "{profile:?}: all of it is seen at once");
            let said = "document.querySelector('#session-warning [role=status]').textContent";
            assert_eq!(page.script(&format!("return {said};")).await, json!(""), "not each second");
            picture(&page, &format!("warning-{profile:?}")).await;
            sleep(&page, &idp, "45s").await;
            page.until(&format!("{said} === 'You will be signed out in 60 seconds.'")).await;
            sleep(&page, &idp, "61s").await;
            page.until("document.querySelector('[role=heading]')").await;
            let found = super::appearance::run_axe(&page, &json!(null)).await;
            assert_eq!(found, [""; 0], "{profile:?}, after the end");
            picture(&page, &format!("over-{profile:?}")).await;
        });
    }
}

#[test]
fn without_script_nothing_of_it_is_seen_and_nothing_breaks() {
    let idp = provider("30m", "never");
    story(Profile::WithoutScript, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        assert!(!page.text("body").await.contains("signed out in"));
        idp.pass("30m");
        page.open(&idp.at("/account")).await;
        page.find("#password").await;
        assert!(page.text("[role=status]").await.contains("not been active"));
    });
}

/// A picture for whoever wants to look, where `ABIDE_PICTURES` names a folder.
pub(super) async fn picture(page: &Page, name: &str) {
    if let Some(folder) = std::env::var_os("ABIDE_PICTURES") {
        let image = page.client.screenshot().await.unwrap();
        std::fs::write(std::path::Path::new(&folder).join(format!("{name}.png")), image).unwrap();
    }
}

/// Nothing the module learns could be read by another script.
#[test]
fn the_channel_between_tabs_carries_no_word_about_anybody() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        page.script(
            "window.heard = []; new BroadcastChannel('abide-session').onmessage = (one) => heard.push(one.data); return null;",
        )
        .await;
        sleep(&page, &idp, "29m").await;
        page.click("#stay-signed-in").await;
        page.until("heard.length > 0").await;
        let heard = page.script("return heard;").await;
        let words = heard.as_array().unwrap();
        assert!(words.iter().all(|word| word == "look"), "{heard}");
    });
}

#[test]
fn the_server_tells_the_page_by_itself() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        let first = page.client.window().await.unwrap();
        let second = page.client.new_window(true).await.unwrap().handle;
        page.client.switch_to_window(second.clone()).await.unwrap();
        page.open(&idp.at("/account")).await;
        page.find("#session-watch").await;
        let streams = async || {
            // The stream of a page that is gone is noticed by its heartbeats, the second of them at the latest.
            for heartbeat in ["0s", "25s", "25s"] {
                idp.pass(heartbeat);
                for _ in 0..100 {
                    if idp.facing.streams.open_now() == 1 {
                        return;
                    }
                    tokio::time::sleep(std::time::Duration::from_millis(40)).await;
                }
            }
            panic!("{} streams are open, and one tab should hold one for both", idp.facing.streams.open_now());
        };
        streams().await;
        // Nobody wakes the pages here: the stream does, in one tab, and that one tells the other.
        idp.pass("29m");
        page.find("#session-warning[open]").await;
        page.client.switch_to_window(first.clone()).await.unwrap();
        page.find("#session-warning[open]").await;
        page.client.switch_to_window(second).await.unwrap();
        page.click("#stay-signed-in").await;
        page.until("!document.querySelector('#session-warning')").await;
        // The tab that held the stream is closed: the other takes over.
        page.client.switch_to_window(first.clone()).await.unwrap();
        page.client.close_window().await.unwrap();
        let rest = page.client.windows().await.unwrap();
        page.client.switch_to_window(rest[0].clone()).await.unwrap();
        streams().await;
        let closed = json!({"users": [{"username": "ines", "disabled": true}]}).to_string();
        let now = idp.facing.clock.now();
        idp.facing.idp.import(&closed, abide::flow::import::ReplaceSecrets::No, now).await.unwrap();
        page.until("document.querySelector('[role=heading]')?.textContent === 'You are signed out'").await;
    });
}
