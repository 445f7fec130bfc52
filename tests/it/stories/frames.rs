//! Frames: silent renewal where the session cookie does not go, and watching the session.

use crate::harness::{Answer, Browser, Idp, RelyingApp};
use abide::model::cookies::{OptionalCookies, Switch};
use aws_lc_rs::digest::{SHA256, digest};

const SILENT: &str = "__Host-abide_silent";
const STATE: &str = "__Host-abide_state";
const OTTO: (&str, &str) = ("otto", "another person entirely");

async fn both() -> Idp {
    Idp::with(|config| {
        config.cookies = OptionalCookies { silent: Switch::On, state: Switch::On };
        config.session.idle_timeout = "30m".parse().unwrap();
        config.session.reconstitution_window = "1h".parse().unwrap();
    })
    .await
}

async fn signed_in() -> (Idp, RelyingApp, Browser) {
    let idp = both().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    browser.enter(&social).await;
    (idp, social, browser)
}

async fn sign_in_anew(browser: &mut Browser, app: &RelyingApp, (username, password): (&str, &str)) -> Answer {
    let page = browser.authorize(app, &[("prompt", "login")]).await;
    browser.sign_in_as(&page, username, password).await
}

/// What the frame would say: does the answer's `session_state` go with the browser's cookie (Session Management 1.0, 3.2)?
fn unchanged(session_state: &str, client: &str, origin: &str, browser: &Browser) -> bool {
    let (hash, salt) = session_state.split_once('.').unwrap();
    let Some(state) = browser.cookie(STATE) else { return false };
    let expected = digest(&SHA256, format!("{client} {origin} {state} {salt}").as_bytes());
    hash == expected.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
}

fn at_social(answer: &Answer, browser: &Browser) -> bool {
    unchanged(&answer.parameter("session_state").unwrap(), "social", "https://social.example.com", browser)
}

#[actix_web::test]
async fn by_default_there_is_nothing_of_it() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let answer = browser.enter(&social).await;
    assert_eq!(answer.headers.get_all("set-cookie").count(), 2);
    assert_eq!((answer.parameter("session_state"), browser.cookie(SILENT), browser.cookie(STATE)), (None, None, None));
    assert_eq!(browser.silently(&social).await.parameter("session_state"), None);
    assert_eq!(browser.silently_elsewhere(&social).await.error(), "login_required");
    let metadata = browser.get("/.well-known/openid-configuration").await.json();
    assert!(metadata.get("check_session_iframe").is_none());
    assert_eq!(browser.get("/check_session").await.status, 404);
    assert!(!idp.contents().await.contains("\"silent\""));
    let there = both().await;
    there.browser().enter(&there.app("social")).await;
    assert!(there.contents().await.contains("\"silent\""), "where it is switched on, it is");
}

#[actix_web::test]
async fn a_frame_of_another_site_renews_silently() {
    let (idp, social, mut browser) = signed_in().await;
    let first = social.redeem(&browser.silently(&social).await).await.claims();
    for _ in 0..3 {
        let again = social.redeem(&browser.silently_elsewhere(&social).await).await.claims();
        assert_eq!((&again["sub"], &again["sid"]), (&first["sub"], &first["sid"]));
    }
    // An app that is new to the session takes part as it would by the session cookie.
    let elliptic = idp.app("elliptic");
    assert!(browser.silently_elsewhere(&elliptic).await.parameter("code").is_some());
    assert_eq!(browser.silently_elsewhere(&idp.app("asking")).await.error(), "consent_required");
    assert_eq!(browser.silently_elsewhere(&idp.app("native")).await.error(), "interaction_required");
}

#[actix_web::test]
async fn it_is_no_act_of_the_person() {
    let (idp, social, mut browser) = signed_in().await;
    for _ in 0..29 {
        idp.pass("1m");
        assert!(browser.silently_elsewhere(&social).await.parameter("code").is_some());
    }
    idp.pass("1m");
    assert_eq!(
        browser.silently_elsewhere(&social).await.error(),
        "login_required",
        "the session timed out all the same"
    );
    // What is dormant answers nothing, and the frame brings nothing back.
    idp.pass("10m");
    assert_eq!(browser.silently_elsewhere(&social).await.error(), "login_required");
}

#[actix_web::test]
async fn every_authentication_renews_the_second_secret_too() {
    let (idp, social, mut browser) = signed_in().await;
    let mut seen = vec![browser.cookie(SILENT).unwrap().to_owned()];
    for how in ["again", "again", "reconstituted"] {
        idp.pass(if how == "again" { "1m" } else { "31m" });
        sign_in_anew(&mut browser, &social, (crate::harness::USERNAME, crate::harness::PASSWORD)).await;
        assert!(browser.silently_elsewhere(&social).await.parameter("code").is_some());
        let now = browser.cookie(SILENT).unwrap().to_owned();
        assert!(!seen.contains(&now) && now.len() == 43, "{how}: {now}");
        for old in &seen {
            let mut replay = browser.copied();
            replay.plant_everywhere(SILENT, old);
            assert_eq!(replay.silently_elsewhere(&social).await.error(), "login_required", "{how}");
        }
        seen.push(now);
    }
}

#[actix_web::test]
async fn it_chooses_among_several_people_as_the_session_cookie_does() {
    let (idp, social, mut browser) = signed_in().await;
    let mira = social.redeem(&browser.silently(&social).await).await;
    let otto = social.redeem(&sign_in_anew(&mut browser, &social, OTTO).await).await;
    let sub = |tokens: &crate::harness::Tokens| tokens.claims()["sub"].clone();
    assert_eq!(sub(&social.redeem(&browser.silently_elsewhere(&social).await).await), sub(&otto));
    let named = social.request(&[("prompt", "none"), ("id_token_hint", &mira.id)]);
    assert_eq!(sub(&social.redeem(&browser.get_framed_elsewhere(&named).await).await), sub(&mira));
    browser.get(&format!("/end_session?id_token_hint={}", otto.id)).await;
    assert_eq!(browser.silently_elsewhere(&social).await.error(), "login_required", "nobody follows silently");
    assert_eq!(sub(&social.redeem(&browser.get_framed_elsewhere(&named).await).await), sub(&mira));
    idp.tick();
    browser.get(&format!("/end_session?id_token_hint={}", mira.id)).await;
    assert_eq!(browser.cookie(SILENT), None, "with the last session the cookie goes");
}

#[actix_web::test]
async fn it_lasts_as_long_as_the_session_cookie() {
    let idp = both().await;
    let social = idp.app("social");
    for (remember, kept) in [(None, false), (Some(("remember", "on")), true)] {
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[]).await;
        let mut filled = vec![("username", crate::harness::USERNAME), ("password", crate::harness::PASSWORD)];
        filled.extend(remember);
        browser.submit(&page, "/sign-in", &filled).await;
        let browser = browser.reopened();
        assert_eq!((browser.cookie(SILENT).is_some(), browser.cookie(STATE).is_some()), (kept, kept));
    }
}

#[actix_web::test]
async fn apps_are_told_what_to_watch() {
    let (idp, social, mut browser) = signed_in().await;
    let metadata = browser.get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["check_session_iframe"], "https://id.example.com/check_session");
    let first = browser.silently(&social).await;
    assert!(at_social(&first, &browser));
    let second = browser.silently_elsewhere(&social).await;
    assert!(at_social(&second, &browser), "by the cookie `silent` as well");
    assert_ne!(first.parameter("session_state"), second.parameter("session_state"), "the salt is another");
    let state = second.parameter("session_state").unwrap();
    assert!(!unchanged(&state, "elliptic", "https://social.example.com", &browser));
    assert!(!unchanged(&state, "social", "https://social.example.com:8443", &browser));

    // Authenticating again changes nothing that the app knows; it is the same session.
    idp.pass("1m");
    sign_in_anew(&mut browser, &social, (crate::harness::USERNAME, crate::harness::PASSWORD)).await;
    assert!(at_social(&second, &browser));

    // Somebody else, a time-out that went on, and a sign-out do.
    sign_in_anew(&mut browser, &social, OTTO).await;
    assert!(!at_social(&second, &browser));
    let otto = browser.silently(&social).await;
    assert!(at_social(&otto, &browser));
    idp.pass("31m");
    let back = sign_in_anew(&mut browser, &social, OTTO).await;
    assert!(!at_social(&otto, &browser) && at_social(&back, &browser));
    let tokens = social.redeem(&back).await;
    browser.get(&format!("/end_session?id_token_hint={}", tokens.id)).await;
    assert_eq!(browser.cookie(STATE), None);
}

/// Session Management 1.0, 2.
#[actix_web::test]
async fn a_session_state_is_one_word_and_another_in_every_answer() {
    let (idp, social, mut browser) = signed_in().await;
    let (asking, elliptic) = (idp.app("asking"), idp.app("elliptic"));
    let mut seen = std::collections::BTreeSet::new();
    for (app, error) in [(&social, ""), (&elliptic, ""), (&asking, "consent_required")] {
        for _ in 0..4 {
            let hint = app.request(&[("prompt", "none"), ("max_age", "0")]);
            let answers =
                [browser.silently(app).await, browser.silently_elsewhere(app).await, browser.get_scripted(&hint).await];
            for (answer, error) in answers.iter().zip([error, error, "login_required"]) {
                assert_eq!(answer.error(), error, "{}", answer.location());
                let Some(state) = answer.parameter("session_state") else {
                    assert_eq!(error, "login_required", "{}", answer.location());
                    continue;
                };
                assert!(!state.contains(char::is_whitespace), "{state:?}");
                let origin = app.redirect_uri().replace("/callback", "");
                assert!(unchanged(&state, &app.client_id, &origin, &browser), "{}: {error}", app.client_id);
                assert!(seen.insert(state.clone()), "{state}");
            }
        }
    }
    assert!(seen.len() >= 24, "{}", seen.len());
}

#[actix_web::test]
async fn an_app_that_may_not_rely_on_the_session_is_told_nothing_of_it() {
    let (idp, social, mut browser) = signed_in().await;
    let (asking, native, bank) = (idp.app("asking"), idp.app("native"), idp.app("bank"));
    let told = async |browser: &mut Browser, app: &RelyingApp, more: &[(&str, &str)]| {
        let answer = browser.get_scripted(&app.request(more)).await;
        (answer.error(), answer.parameter("session_state").is_some())
    };
    let none = [("prompt", "none")];
    assert_eq!(told(&mut browser, &asking, &none).await, ("consent_required".to_owned(), true));
    let refused = told(&mut browser, &native, &none).await;
    assert_eq!(refused, ("interaction_required".to_owned(), false), "no page of it has an origin");
    assert_eq!(told(&mut browser, &social, &[("prompt", "none login")]).await, ("invalid_request".to_owned(), false));
    browser.authorize(&bank, &[]).await;
    idp.pass("3m");
    assert_eq!(told(&mut browser, &bank, &none).await, ("login_required".to_owned(), false), "its own limit passed");
    assert_eq!(told(&mut browser, &social, &none).await, (String::new(), true), "and the session goes on");
    assert_eq!(told(&mut idp.browser(), &social, &none).await, ("login_required".to_owned(), false));
}

#[actix_web::test]
async fn a_state_that_is_not_what_it_should_be_is_set_right() {
    let (idp, social, mut browser) = signed_in().await;
    let genuine = browser.cookie(STATE).unwrap().to_owned();
    let mut stranger = idp.browser();
    stranger.enter(&social).await;
    for planted in ["", "x", stranger.cookie(STATE).unwrap(), &"y".repeat(5_000)] {
        browser.plant_everywhere(STATE, planted);
        assert!(at_social(&browser.silently(&social).await, &browser), "{planted}");
        assert_eq!(browser.cookie(STATE), Some(genuine.as_str()));
    }
    assert_eq!(browser.silently(&social).await.headers.get_all("set-cookie").count(), 0, "and is then left alone");
    // Where the session cookie did not come, nothing is known, and nothing is taken away.
    browser.forget(SILENT);
    assert_eq!(browser.silently_elsewhere(&social).await.error(), "login_required");
    assert_eq!(browser.cookie(STATE), Some(genuine.as_str()));
    // Of a session that timed out it goes.
    idp.pass("31m");
    assert_eq!(browser.silently(&social).await.error(), "login_required");
    assert_eq!(browser.cookie(STATE), None);
}

#[actix_web::test]
async fn the_page_to_frame() {
    let (idp, _, mut browser) = signed_in().await;
    let page = browser.get_framed_elsewhere("/check_session").await;
    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'"), "{policy}");
    assert!(!policy.contains("unsafe") && page.header("x-frame-options").is_empty());
    assert_eq!(page.attribute("script", "src").as_deref(), Some("/static/check-session.js"));
    assert_eq!(browser.get("/static/check-session.js").await.status, 200);
    assert_eq!(page.body, idp.browser().get("/check_session").await.body, "it is the same for everybody");
    // Every other page stays out of frames.
    assert!(browser.get("/account").await.header("content-security-policy").contains("frame-ancestors 'none'"));
}
