//! Two-step sign-in: what it asks, what it raises, and the ways around it that there are not.

use crate::harness::{Answer, Browser, ISSUER, Idp, PASSWORD, RelyingApp, USERNAME};
use actix_web::test::TestRequest;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha1::Sha1;

/// An authenticator app: made by the rules of RFC 6238, not by the code under test.
#[derive(Clone)]
pub struct Authenticator(Vec<u8>);

impl Authenticator {
    /// Reads the key from the page that offers it.
    pub fn reading(page: &Answer) -> Authenticator {
        Authenticator::of_key(&page.text("#secret").unwrap_or_else(|| panic!("no key on {}", page.body)))
    }

    /// Takes the key as people type it.
    pub fn of_key(text: &str) -> Authenticator {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let values = text.bytes().filter(|b| *b != b' ');
        let bits: Vec<u8> = values
            .flat_map(|byte| {
                let value = letters.iter().position(|letter| *letter == byte).expect("base32");
                (0..5).rev().map(move |bit| (value >> bit) as u8 & 1)
            })
            .collect();
        Authenticator(
            bits.chunks(8).filter(|c| c.len() == 8).map(|c| c.iter().fold(0, |n, bit| n << 1 | bit)).collect(),
        )
    }

    /// The code of the step that is so many away from the present one.
    pub fn code(&self, idp: &Idp, away: i64) -> String {
        self.code_at(idp.now().0, away)
    }

    /// The same at an instant of a clock of one's own.
    pub fn code_at(&self, seconds: i64, away: i64) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).unwrap();
        mac.update(&(seconds / 30 + away).to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let at = usize::from(digest[19] & 0xf);
        let number = u32::from_be_bytes(digest[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }
}

/// Signs in, and sets two-step sign-in up; with the app and the recovery codes.
pub async fn set_up(idp: &Idp, browser: &mut Browser) -> (Authenticator, Vec<String>) {
    let page = browser.get("/account/security/authenticator").await;
    let page = if page.body.contains("id=\"sign-in\"") {
        assert_eq!(browser.sign_in(&page).await.location(), "/account/security/authenticator");
        browser.get("/account/security/authenticator").await
    } else {
        page
    };
    let app = Authenticator::reading(&page);
    let code = app.code(idp, 0);
    let codes = browser.submit(&page, "/account/security/authenticator", &[("code", &code)]).await;
    assert_eq!(codes.status, 200, "{}", codes.body);
    let list: Vec<String> =
        codes.body.split("<code>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(list.len(), 10);
    // The next code is of another step.
    idp.pass("30s");
    (app, list)
}

/// The page that asks for the code, after the right password.
async fn halfway(browser: &mut Browser, app: &RelyingApp, extra: &[(&str, &str)]) -> Answer {
    let page = browser.authorize(app, extra).await;
    let waiting = browser.sign_in(&page).await;
    assert!(waiting.location().starts_with("/interaction/k."), "{}", waiting.location());
    assert!(!waiting.headers.contains_key("set-cookie"), "nobody is signed in yet");
    browser.get(waiting.location()).await
}

#[actix_web::test]
async fn the_code_is_asked_for_and_told_to_the_app() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    let tokens = social.redeem(&home.authorize(&social, &[]).await).await;
    assert_eq!(tokens.claims()["acr"], "urn:abide:acr:aal2", "setting it up was showing it");

    let mut browser = idp.browser();
    let page = halfway(&mut browser, &social, &[]).await;
    assert!(page.body.contains("id=\"code\"") && page.body.contains("one-time-code"), "{}", page.body);
    assert_eq!(browser.silently(&social).await.error(), "login_required", "half a sign-in is none");
    assert!(browser.get("/account").await.body.contains("id=\"sign-in\""));
    let wrong = browser.submit(&page, "/sign-in/code", &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    assert!(wrong.text("[role=alert]").is_some());
    let code = app.code(&idp, 0);
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let answer = browser.submit(&wrong, "/sign-in/code", &[("code", &spaced)]).await;
    let tokens = social.redeem(&answer).await;
    let claims = tokens.claims();
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("urn:abide:acr:aal2"), &json!(["pwd", "otp", "mfa"])));
    assert_eq!(claims["auth_time"], idp.now().0);
}

#[actix_web::test]
async fn a_code_is_good_once_and_in_its_time() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    let mut browser = idp.browser();
    let page = halfway(&mut browser, &social, &[]).await;
    // Two steps before and after, and codes that are none.
    for code in [app.code(&idp, -2), app.code(&idp, 2), "".into(), "12345".into(), "1234567".into(), "abcdef".into()] {
        let answer = browser.submit(&page, "/sign-in/code", &[("code", &code)]).await;
        assert!([422, 429].contains(&answer.status.as_u16()), "{code}: {}", answer.status);
        idp.pass("20s");
    }
    idp.pass("2m");
    let mut other = idp.browser();
    let elsewhere = halfway(&mut other, &social, &[]).await;
    let code = app.code(&idp, 1);
    social.redeem(&browser.submit(&page, "/sign-in/code", &[("code", &code)]).await).await;
    // Replayed in another browser, and one before it.
    for code in [code, app.code(&idp, 0), app.code(&idp, -1)] {
        let answer = other.submit(&elsewhere, "/sign-in/code", &[("code", &code)]).await;
        assert_eq!(answer.status, 422, "{code}");
    }
    idp.pass("1m");
    let answer = other.submit(&elsewhere, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    assert!(answer.parameter("code").is_some());
}

#[actix_web::test]
async fn there_is_no_way_around_the_second_step() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    let mut browser = idp.browser();
    let first = browser.authorize(&social, &[]).await;
    let good = app.code(&idp, 0);
    // The second step first, with the right code.
    let interaction = first.fields("/sign-in")["interaction"].clone();
    let csrf = first.fields("/sign-in")["csrf"].clone();
    let form = [("csrf", csrf.as_str()), ("interaction", &interaction), ("code", &good)];
    assert_eq!(browser.post("/sign-in/code", &form).await.status, 400);
    let page = halfway(&mut browser, &social, &[]).await;
    let waiting = page.fields("/sign-in/code")["interaction"].clone();
    // In another interaction of this browser, for which nobody showed anything.
    let other = browser.authorize(&social, &[]).await.fields("/sign-in")["interaction"].clone();
    let form = [("csrf", csrf.as_str()), ("interaction", &other), ("code", &good)];
    assert_eq!(browser.post("/sign-in/code", &form).await.status, 400);
    // In another browser.
    let mut stranger = idp.browser();
    let theirs = stranger.authorize(&social, &[]).await.fields("/sign-in")["csrf"].clone();
    let form = [("csrf", theirs.as_str()), ("interaction", &waiting), ("code", &good)];
    assert_eq!(stranger.post("/sign-in/code", &form).await.status, 400);
    // Consent, choice and every page of ours, with half a sign-in.
    for path in ["/consent", "/select"] {
        let form = [("csrf", csrf.as_str()), ("interaction", &waiting), ("decision", "allow"), ("account", "x")];
        let answer = browser.post(path, &form).await;
        assert!(!answer.headers.contains_key("location"), "{path}: {}", answer.location());
    }
    for path in ["/account", "/account/security", "/account/security/authenticator", "/admin"] {
        assert!(browser.get(path).await.body.contains("id=\"sign-in\""), "{path}");
    }
    // A live session of somebody else, or a weaker one, is no second factor either.
    let mut otto = idp.browser();
    let page = otto.authorize(&social, &[]).await;
    otto.sign_in_as(&page, "otto", "another person entirely").await;
    let page = halfway(&mut otto, &social, &[("prompt", "login")]).await;
    assert!(page.body.contains("id=\"code\""));
    let silent = otto.silently(&social).await;
    let tokens = social.redeem(&silent).await;
    assert_ne!(tokens.claims()["sub"], sub_of(&idp).await, "it is Otto's session that goes on");
    // The code of another person.
    let (apps, _) = {
        let mut browser = idp.browser();
        let page = browser.get("/account/security").await;
        browser.sign_in_as(&page, "boss", "the boss of all of this").await;
        set_up(&idp, &mut browser).await
    };
    let foreign = otto.submit(&page, "/sign-in/code", &[("code", &apps.code(&idp, 0))]).await;
    assert_eq!(foreign.status, 422);
    // After ten minutes the first step is forgotten.
    idp.pass("10m");
    let late = otto.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    assert_eq!(late.status, 400);
}

async fn sub_of(idp: &Idp) -> serde_json::Value {
    use abide::model::account::{Account, username_name};
    let account = idp.flows().store.find::<Account>(&username_name(USERNAME)).await.unwrap().unwrap();
    json!(account.id.to_string())
}

#[actix_web::test]
async fn half_a_sign_in_does_not_outlive_a_change_of_the_password() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    let mut thief = idp.browser();
    let page = halfway(&mut thief, &social, &[]).await;
    idp.pass("1s");
    idp.end_account_of(USERNAME, false).await;
    let answer = thief.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert_eq!(thief.silently(&social).await.error(), "login_required");
}

#[actix_web::test]
async fn codes_are_guessed_slowly_and_the_owner_has_a_lane_of_their_own() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    let known = halfway(&mut home, &social, &[("prompt", "login")]).await;
    let mut thief = idp.browser();
    let page = halfway(&mut thief, &social, &[]).await;
    let mut looked_at = 0;
    for _ in 0..20 {
        let answer = thief.submit(&page, "/sign-in/code", &[("code", "000000")]).await;
        looked_at += usize::from(answer.status == 422);
        if answer.status == 429 {
            assert!(answer.header("retry-after").parse::<u64>().unwrap() >= 1);
        }
    }
    assert_eq!(looked_at, 5);
    let right = thief.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    assert_eq!(right.status, 429, "the right one is not looked at either");
    let answer = home.submit(&known, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    assert!(answer.parameter("code").is_some(), "the owner's browser is not kept out: {}", answer.status);
}

#[actix_web::test]
async fn a_recovery_code_stands_in_once() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (_, codes) = set_up(&idp, &mut home).await;
    let mut browser = idp.browser();
    let page = halfway(&mut browser, &social, &[]).await;
    let shouted = codes[0].to_uppercase().replace('-', " ");
    let answer = browser.submit(&page, "/sign-in/code", &[("code", &shouted)]).await;
    let claims = social.redeem(&answer).await.claims();
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("urn:abide:acr:aal2"), &json!(["pwd", "otp", "mfa"])));
    let mut other = idp.browser();
    let page = halfway(&mut other, &social, &[]).await;
    for code in [codes[0].clone(), format!("{}x", codes[1]), codes[1][..24].to_owned()] {
        assert_eq!(other.submit(&page, "/sign-in/code", &[("code", &code)]).await.status, 422, "{code}");
    }
    // New ones make the old ones void.
    let security = browser.get("/account/security").await;
    assert!(security.body.contains("9 left"), "{}", security.body);
    let new = browser.submit(&security, "/account/security/recovery-codes", &[]).await;
    assert_eq!(new.body.matches("<code>").count(), 10);
    assert_eq!(other.submit(&page, "/sign-in/code", &[("code", &codes[1])]).await.status, 422);
}

#[actix_web::test]
async fn an_app_asks_for_more_and_the_session_is_raised_for_all() {
    let idp = Idp::start().await;
    let (social, bank, mut browser) = (idp.app("social"), idp.app("elliptic"), idp.browser());
    let weak = social.redeem(&browser.enter(&social).await).await;
    let wish = [("acr_values", "urn:abide:acr:aal2")];
    // Who cannot show more is let in with what there is: `acr_values` is a wish.
    let lone = bank.redeem(&browser.authorize(&bank, &wish).await).await;
    assert_eq!(lone.claims()["acr"], "urn:abide:acr:aal1");
    // The factor is set up in another browser, so that this session has shown one factor alone.
    let mut home = idp.browser();
    let (app, _) = set_up(&idp, &mut home).await;
    idp.pass("10m");
    let silent = browser.get_scripted(&bank.request(&[wish[0], ("prompt", "none")])).await;
    assert_eq!(silent.error(), "login_required");
    let before = browser.cookie("__Host-abide_session").unwrap().to_owned();
    let page = browser.authorize(&bank, &wish).await;
    assert!(page.body.contains("id=\"code\"") && !page.body.contains("id=\"password\""), "only what is missing");
    let mut old = browser.copied();
    let answer = browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    let strong = bank.redeem(&answer).await.claims();
    assert_eq!((&strong["acr"], &strong["auth_time"]), (&json!("urn:abide:acr:aal2"), &weak.claims()["auth_time"]));
    assert_ne!(browser.cookie("__Host-abide_session").unwrap(), before, "a new secret");
    assert_eq!(old.silently(&social).await.error(), "login_required", "and the old one is worth nothing");
    // For all: the other app learns of it silently; what it holds goes on.
    let other = social.redeem(&browser.silently(&social).await).await;
    assert_eq!(other.claims()["acr"], "urn:abide:acr:aal2");
    assert_eq!(other.claims()["sid"], weak.claims()["sid"]);
    social.refresh(&weak.refresh).await;
}

#[actix_web::test]
async fn who_comes_back_after_a_time_out_shows_both() {
    let idp = Idp::with(|config| config.session.idle_timeout = "30m".parse().unwrap()).await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    let before = social.redeem(&home.authorize(&social, &[]).await).await;
    idp.pass("31m");
    let page = halfway(&mut home, &social, &[]).await;
    assert_eq!(home.silently(&social).await.error(), "login_required", "a password alone brings nothing back");
    let answer = home.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    let after = social.redeem(&answer).await.claims();
    assert_eq!((&after["prev_sid"], &after["acr"]), (&before.claims()["sid"], &json!("urn:abide:acr:aal2")));
}

#[actix_web::test]
async fn the_choice_to_stay_signed_in_survives_the_second_step() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    let form = [("username", USERNAME), ("password", PASSWORD), ("remember", "on")];
    let waiting = browser.submit(&page, "/sign-in", &form).await;
    let page = browser.get(waiting.location()).await;
    browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    let mut reopened = browser.reopened();
    assert!(reopened.silently(&social).await.parameter("code").is_some());
}

#[actix_web::test]
async fn bad_forms_and_foreign_origins_change_nothing() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, _) = set_up(&idp, &mut home).await;
    let mut browser = idp.browser();
    let page = halfway(&mut browser, &social, &[]).await;
    let fields = page.fields("/sign-in/code");
    let before = idp.contents().await;
    let code = app.code(&idp, 0);
    for (origin, csrf) in
        [("https://evil.example", fields["csrf"].as_str()), ("null", &fields["csrf"]), (ISSUER, "x"), (ISSUER, "")]
    {
        let form = [("csrf", csrf), ("interaction", &fields["interaction"]), ("code", &code)];
        let request = TestRequest::post().uri("/sign-in/code").insert_header(("origin", origin)).set_form(form);
        assert_eq!(browser.send(request).await.status, 403, "{origin} {csrf}");
    }
    for path in [
        "/account/security/password",
        "/account/security/authenticator",
        "/account/security/authenticator/remove",
        "/account/security/recovery-codes",
    ] {
        let request = TestRequest::post().uri(path).insert_header(("origin", "https://evil.example"));
        assert_eq!(home.send(request.set_form([("csrf", &fields["csrf"])])).await.status, 403, "{path}");
    }
    assert_eq!(idp.contents().await, before);
}
