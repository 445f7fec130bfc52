//! The dialog for everybody: after sleep, without motion, by keyboard alone, and as assistive software tells it.

use super::driver::{Profile, story};
use super::page::Page;
use super::warning::{countdown, provider, sign_in, sleep};
use crate::real::travelling::Travelling;
use abide::protocol::duration::Span;
use fantoccini::key::Key;
use serde_json::json;
use std::time::Duration;

/// Time passes at the server, and no stream tells of it, as for a machine that sleeps.
fn unheard(idp: &Travelling, span: &str) {
    idp.facing.clock.advance(span.parse::<Span>().unwrap().0);
}

#[test]
fn a_machine_that_slept_shows_the_dialog_though_nothing_tells_the_page() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        page.until("performance.getEntriesByType('resource').some((it) => it.name.endsWith('/session'))").await;
        // The page's own clock jumps as the server's did; its timers only know how long they still had to wait.
        unheard(&idp, "29m");
        page.script("const real = Date.now; Date.now = () => real() + 29 * 60_000; return null;").await;
        tokio::time::timeout(Duration::from_secs(4), page.find("#session-warning[open]")).await.expect("at once");
        let left = countdown(&page).await;
        assert!((50..=60).contains(&left), "{left}");
        // It sleeps beyond the end.
        unheard(&idp, "5m");
        page.script("const real = Date.now; Date.now = () => real() + 5 * 60_000; return null;").await;
        let over = page.until("document.querySelector('[role=heading]')?.textContent === 'You are signed out'");
        tokio::time::timeout(Duration::from_secs(4), over).await.expect("at once");
        assert!(!page.has("#session-warning").await);
    });
}

#[test]
fn a_page_that_was_frozen_is_right_when_it_goes_on() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        page.script("document.addEventListener('freeze', () => sessionStorage.setItem('froze', 'yes')); return null;")
            .await;
        page.devtools("Page.setWebLifecycleState", json!({"state": "frozen"})).await;
        unheard(&idp, "29m");
        page.devtools("Page.setWebLifecycleState", json!({"state": "active"})).await;
        tokio::time::timeout(Duration::from_secs(4), page.find("#session-warning[open]")).await.expect("at once");
        assert_eq!(page.script("return sessionStorage.getItem('froze');").await, "yes");
        let left = countdown(&page).await;
        assert!((50..=60).contains(&left), "{left}");
    });
}

/// Every element of the page that would move, and what moves right now.
const MOVING: &str = "const moves = (style) => style.animationName !== 'none' ||
      style.transitionDuration.split(', ').some((each) => parseFloat(each) > 0);
    const parts = [null, '::before', '::after', '::backdrop'];
    const all = [...document.querySelectorAll('*')].filter((it) => parts.some((part) => moves(getComputedStyle(it, part))));
    return all.length + document.getAnimations().length;";

#[test]
fn with_reduced_motion_nothing_moves() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        assert!(page.script(MOVING).await.as_u64() > Some(0), "the test sees what moves");
        let reduce = json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]});
        page.devtools("Emulation.setEmulatedMedia", reduce).await;
        sleep(&page, &idp, "29m").await;
        page.find("#session-warning[open]").await;
        assert_eq!(page.script("return matchMedia('(prefers-reduced-motion: reduce)').matches;").await, true);
        assert_eq!(page.script(MOVING).await, json!(0));
        page.press(Key::Tab).await;
        assert_eq!(page.script(MOVING).await, json!(0), "nor when the focus goes on");
        sleep(&page, &idp, "1m").await;
        page.until("document.querySelector('[role=heading]')?.textContent === 'You are signed out'").await;
        assert_eq!(page.script(MOVING).await, json!(0), "nor when all is over");
    });
}

#[test]
fn by_keyboard_alone_it_is_answered_and_the_focus_goes_back() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        page.tab_to("header #sign-out").await;
        sleep(&page, &idp, "29m").await;
        page.find("#session-warning[open]").await;
        assert!(page.focus_matches("#session-warning #stay-signed-in").await);
        page.tab_to("#session-warning #sign-out").await;
        // Forwards and backwards nothing behind the dialog is reached; beyond its ends lies the browser itself.
        for keys in [[None, Some(Key::Tab)], [Some(Key::Shift), Some(Key::Tab)]] {
            for _ in 0..6 {
                page.chord(keys.into_iter().flatten()).await;
                let within = "const it = document.activeElement; return it === document.body || !!it.closest('#session-warning');";
                assert_eq!(page.script(within).await, true);
            }
        }
        page.press(Key::Escape).await;
        page.press(Key::Escape).await;
        page.find("#session-warning[open]").await;
        page.tab_to("#session-warning #stay-signed-in").await;
        page.press(Key::Enter).await;
        page.until("!document.querySelector('#session-warning')").await;
        assert!(page.focus_matches("header #sign-out").await, "the focus is where it was");
        // By the other button, too.
        sleep(&page, &idp, "29m").await;
        page.find("#session-warning[open]").await;
        page.tab_to("#session-warning #sign-out").await;
        page.press(Key::Enter).await;
        page.until("location.pathname === '/signed-out'").await;
    });
}

#[test]
fn assistive_software_is_told_what_it_is_and_not_each_second() {
    let idp = provider("30m", "never");
    story(Profile::Desk, move |page| async move {
        sign_in(&page, &idp, "/account").await;
        sleep(&page, &idp, "1710s").await;
        page.find("#session-warning[open]").await;
        let dialog = page.spoken("alertdialog").await;
        assert_eq!((&dialog["name"], &dialog["modal"]), (&json!("Are you still there?"), &json!(true)), "{dialog}");
        let description = dialog["description"].as_str().unwrap();
        assert!(description.starts_with("You will be signed out in 1:"), "{dialog}");
        assert!(description.contains("Nothing is lost if you stay"), "{dialog}");
        assert_eq!(page.attribute("#session-warning [role=timer]", "aria-live").await, "off");

        // What is spoken by itself, beside what is only shown, over five seconds around the minute.
        sleep(&page, &idp, "26s").await;
        let heard = page.script_later(
            "const done = arguments[arguments.length - 1], heard = {shown: 0, spoken: []};
             const watch = (css, each) => new MutationObserver(() => each(document.querySelector(css)))
               .observe(document.querySelector(css), {childList: true, characterData: true, subtree: true});
             watch('#session-warning [role=timer]', () => heard.shown++);
             watch('#session-warning [role=status]', (it) => heard.spoken.push(it.textContent));
             setTimeout(() => done(heard), 6000);",
        );
        let heard = heard.await;
        assert!(heard["shown"].as_u64() >= Some(4), "{heard}");
        assert_eq!(heard["spoken"], json!(["You will be signed out in 60 seconds."]));
        let live = live_regions(&page).await;
        assert_eq!(live, json!(["status"]), "nothing else speaks by itself");
    });
}

/// The roles within the dialog that are spoken when they change.
async fn live_regions(page: &Page) -> serde_json::Value {
    page.script(
        "return [...document.querySelectorAll('#session-warning [role=status], #session-warning [role=alert], \
           #session-warning [role=log], #session-warning [aria-live]')]
         .filter((it) => it.getAttribute('aria-live') !== 'off').map((it) => it.getAttribute('role'));",
    )
    .await
}
