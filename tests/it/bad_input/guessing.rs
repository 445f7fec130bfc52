//! Guessing costs time, and never locks anybody out.

use super::{Untouched, assert_page};
use crate::harness::{Answer, Browser, CHALLENGE, Idp, PASSWORD, RelyingApp, USERNAME, claims_of};
use crate::stories::{devices, registration};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

const WRONG: &str = "a wrong password for her";

async fn page(browser: &mut Browser, app: &RelyingApp) -> Answer {
    browser.authorize(app, &[("prompt", "login")]).await
}

/// A browser somewhere of its own: no two share the rate of an address.
fn from(idp: &Idp, place: usize) -> Browser {
    let mut browser = idp.browser();
    browser.address = format!("198.51.{}.{}:4000", place / 250, place % 250 + 1);
    browser
}

async fn guess(idp: &Idp, app: &RelyingApp, place: usize, password: &str) -> Answer {
    let mut browser = from(idp, place);
    let page = page(&mut browser, app).await;
    browser.sign_in_as(&page, USERNAME, password).await
}

fn assert_throttled(answer: &Answer, seconds: u64, case: &str) {
    assert_page(answer, 429, case);
    assert_eq!(answer.header("retry-after"), seconds.to_string(), "{case}");
    assert!(answer.text("[role=alert]").is_some_and(|text| !text.is_empty()), "{case}");
    assert!(answer.body.contains("id=\"sign-in\""), "{case}: the form comes again");
}

#[actix_web::test]
async fn five_are_free_and_then_the_wait_doubles() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let untouched = Untouched::now(&idp).await;
    for place in 0..5 {
        let answer = guess(&idp, &social, place, WRONG).await;
        assert_page(&answer, 422, &format!("guess {place}"));
        assert!(answer.text("[role=alert]").is_some());
    }
    let mut place = 5;
    for wait in [1_u64, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
        let hashes = idp.flows().hashing.done();
        // Whoever guesses, from wherever, and whatever the password.
        for password in [WRONG, PASSWORD, "", "x"] {
            assert_throttled(&guess(&idp, &social, place, password).await, wait, &format!("{wait} s"));
            place += 1;
        }
        assert_eq!(idp.flows().hashing.done(), hashes, "a throttled attempt costs no hash");
        idp.pass(&format!("{}s", wait - 1));
        assert_throttled(&guess(&idp, &social, place, PASSWORD).await, 1, &format!("a second before {wait} s"));
        idp.pass("1s");
        assert_page(&guess(&idp, &social, place + 1, WRONG).await, 422, &format!("after {wait} s"));
        place += 2;
    }
    untouched.check("guessing").await;
    // Nobody is locked out: after the wait the right password is right, and the lane is free again.
    idp.pass("300s");
    assert_eq!(guess(&idp, &social, place, PASSWORD).await.status, 303);
    for more in 0..5 {
        assert_page(&guess(&idp, &social, place + 1 + more, WRONG).await, 422, "forgiven");
    }
}

#[actix_web::test]
async fn waiting_in_vain_makes_nothing_worse() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    for place in 0..5 {
        guess(&idp, &social, place, WRONG).await;
    }
    for place in 5..60 {
        assert_throttled(&guess(&idp, &social, place, WRONG).await, 1, "refused unlooked-at");
    }
    idp.pass("1s");
    assert_eq!(guess(&idp, &social, 60, PASSWORD).await.status, 303);
}

#[actix_web::test]
async fn the_name_is_one_however_it_is_written() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    for (place, name) in ["mira", "MIRA", " mira", "Mira ", "mIrA"].into_iter().enumerate() {
        let mut browser = from(&idp, place);
        let shown = page(&mut browser, &social).await;
        assert_eq!(browser.sign_in_as(&shown, name, WRONG).await.status, 422, "{name:?}");
    }
    for (place, name) in ["mira", "MIRA", " mira "].into_iter().enumerate() {
        let mut browser = from(&idp, 100 + place);
        let shown = page(&mut browser, &social).await;
        assert_throttled(&browser.sign_in_as(&shown, name, WRONG).await, 1, name);
    }
    // Another person's lane is another.
    let mut browser = from(&idp, 200);
    let shown = page(&mut browser, &social).await;
    assert_eq!(browser.sign_in_as(&shown, "otto", "another person entirely").await.status, 303);
}

#[actix_web::test]
async fn a_known_device_is_not_slowed_by_strangers() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let mut home = from(&idp, 900);
    home.enter(&social).await;
    let account = home.get("/account").await;
    home.submit(&account, "/account/sign-out", &[]).await;
    for round in 0..12 {
        for place in 0..3 {
            guess(&idp, &social, round * 10 + place, WRONG).await;
        }
        idp.pass("5m");
        guess(&idp, &social, round * 10 + 5, WRONG).await;
    }
    assert_eq!(guess(&idp, &social, 500, PASSWORD).await.status, 429, "a stranger waits");
    let shown = page(&mut home, &social).await;
    assert_eq!(home.sign_in(&shown).await.status, 303, "she does not");
    // Her own device has a lane, and not a free pass.
    for _ in 0..5 {
        let shown = page(&mut home, &social).await;
        assert_eq!(home.sign_in_as(&shown, USERNAME, WRONG).await.status, 422);
    }
    let shown = page(&mut home, &social).await;
    assert_throttled(&home.sign_in(&shown).await, 1, "a stolen device guesses no faster");
}

#[actix_web::test]
async fn thirty_a_minute_from_one_address() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    for (one, same) in [("192.0.2.1:1", "192.0.2.1:9999"), ("[2001:db8:1:2300::1]:1", "[2001:db8:1:23ff:ffff::2]:5")] {
        let hashes = idp.flows().hashing.done();
        for number in 0..30 {
            let mut browser = idp.browser();
            browser.address = one.to_owned();
            let shown = page(&mut browser, &social).await;
            let answer = browser.sign_in_as(&shown, &format!("name{number}"), WRONG).await;
            assert_eq!(answer.status, 422, "{one} {number}");
        }
        assert_eq!(idp.flows().hashing.done(), hashes + 30);
        idp.pass("59s");
        for (username, password) in [("name99", WRONG), (USERNAME, PASSWORD)] {
            let mut browser = idp.browser();
            browser.address = same.to_owned();
            let shown = page(&mut browser, &social).await;
            assert_throttled(&browser.sign_in_as(&shown, username, password).await, 1, one);
        }
        assert_eq!(idp.flows().hashing.done(), hashes + 30, "and cost no hash");
        // Somebody else goes on as before.
        assert_eq!(guess(&idp, &social, 700, PASSWORD).await.status, 303, "{one}");
        idp.pass("1s");
        let mut browser = idp.browser();
        browser.address = same.to_owned();
        let shown = page(&mut browser, &social).await;
        assert_eq!(browser.sign_in(&shown).await.status, 303, "{one}: the minute is over");
        idp.pass("1m");
    }
}

#[actix_web::test]
async fn nobody_chooses_their_own_address() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    for number in 0..31 {
        let mut browser = idp.browser();
        browser.address = "192.0.2.77:1".to_owned();
        let shown = page(&mut browser, &social).await;
        let fields = shown.fields("/sign-in");
        let name = format!("name{number}");
        let body = [
            ("csrf", fields["csrf"].as_str()),
            ("interaction", &fields["interaction"]),
            ("username", &name),
            ("password", WRONG),
        ];
        let request =
            actix_web::test::TestRequest::post().uri("/sign-in").insert_header(("origin", crate::harness::ISSUER));
        let claimed = format!("203.0.113.{number}");
        let request = request
            .insert_header(("x-forwarded-for", claimed.as_str()))
            .insert_header(("forwarded", format!("for={claimed}")));
        let answer = browser.send(request.set_form(body)).await;
        assert_eq!(answer.status, if number < 30 { 422 } else { 429 }, "{number}");
    }
}

#[actix_web::test]
async fn behind_a_trusted_proxy_the_last_foreign_address_counts() {
    let idp = Idp::with(|config| config.http.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()]).await;
    let social = idp.app("social");
    let attempt = async |forwarded: &str, number: usize| {
        let mut browser = idp.browser();
        browser.address = "10.1.2.3:1".to_owned();
        let shown = page(&mut browser, &social).await;
        let fields = shown.fields("/sign-in");
        let name = format!("name{number}");
        let body = [
            ("csrf", fields["csrf"].as_str()),
            ("interaction", &fields["interaction"]),
            ("username", &name),
            ("password", WRONG),
        ];
        let request =
            actix_web::test::TestRequest::post().uri("/sign-in").insert_header(("origin", crate::harness::ISSUER));
        browser.send(request.insert_header(("x-forwarded-for", forwarded)).set_form(body)).await.status.as_u16()
    };
    for number in 0..30 {
        // What stands before the last foreign address anybody could have written.
        assert_eq!(attempt(&format!("203.0.113.{number}, 192.0.2.5, 10.9.9.9"), number).await, 422);
    }
    assert_eq!(attempt("192.0.2.5", 30).await, 429);
    assert_eq!(attempt("192.0.2.6", 31).await, 422);
}

#[actix_web::test]
async fn sixteen_guesses_at_once_get_no_more_looks_than_one_by_one() {
    let idp = Idp::start().await;
    let hashes = idp.flows().hashing.done();
    let copy = idp.clone();
    let answers = super::sixteen(async move |place| guess(&copy, &copy.app("social"), place, WRONG).await).await;
    let looks = answers.iter().filter(|answer| answer.status == 422).count();
    assert_eq!(looks, 5, "{:?}", answers.iter().map(|a| a.status.as_u16()).collect::<Vec<_>>());
    assert!(answers.iter().all(|answer| matches!(answer.status.as_u16(), 422 | 429)));
    assert_eq!(idp.flows().hashing.done(), hashes + 5);
}

/// The codes of devices are counted like passwords, before they are looked at (RFC 8628, section 5.1).
#[actix_web::test]
async fn sixteen_guesses_at_once_at_the_code_of_a_device_get_no_more_looks_than_one_by_one() {
    let idp = devices::house().await;
    let waiting = idp.call(devices::asking(&[])).await.json();
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    let page = browser.get("/device").await;
    let untouched = Untouched::now(&idp).await;
    // All of them of one network, each with a code of its own; the right one waits like the others.
    let shared = Rc::new((browser.copied(), page.clone()));
    let answers = super::sixteen(async move |number| {
        let (browser, page) = &*shared;
        let letters = ["B", "C", "D", "F"];
        let guess = format!("BCDF-GH{}{}", letters[number / 4], letters[number % 4]);
        browser.copied().submit(page, "/device", &[("user_code", &guess)]).await
    })
    .await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 11, "{statuses:?}");
    untouched.check("sixteen guesses").await;
    let user_code = devices::text(&waiting, "user_code");
    assert_eq!(browser.submit(&page, "/device", &[("user_code", user_code)]).await.status, 429);
    untouched.check("the right one, unlooked-at").await;
    // From there the wait doubles, and what is refused unlooked-at makes nothing worse.
    for wait in [1_u64, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
        let early = browser.submit(&page, "/device", &[("user_code", user_code)]).await;
        assert_eq!((early.status.as_u16(), early.header("retry-after")), (429, wait.to_string().as_str()));
        idp.pass(&format!("{wait}s"));
        let wrong = browser.submit(&page, "/device", &[("user_code", "BCDF-GHJK")]).await;
        assert_page(&wrong, 422, &format!("after {wait} s"));
        assert!(wrong.text("[role=alert]").is_some());
        untouched.check(&format!("after {wait} s")).await;
    }
}

#[actix_web::test]
async fn names_and_passwords_of_every_kind_are_simply_wrong() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let untouched = Untouched::now(&idp).await;
    let names = [
        "",
        " ",
        "nobody",
        "mira\n",
        "mira\u{0}",
        "m\u{ef}ra",
        "mira@example.org",
        "\u{202e}arim",
        "*",
        "' OR 1=1 --",
        "../../mira",
        &"a".repeat(300),
        &"\u{1f980}".repeat(200),
        "setup-link",
        "admin",
    ];
    let passwords = [
        "",
        " ",
        WRONG,
        &"a".repeat(257),
        &"a".repeat(8_000),
        "\u{0}",
        "harbour lanterns at dusk ",
        " harbour lanterns at dusk",
        "Harbour lanterns at dusk",
        &"e\u{301}".repeat(3_000),
    ];
    let mut place = 0;
    for name in names {
        for password in passwords {
            let mut browser = from(&idp, place);
            let shown = page(&mut browser, &social).await;
            let answer = browser.sign_in_as(&shown, name, password).await;
            assert!(matches!(answer.status.as_u16(), 422 | 429), "{name:?}: {}", answer.status);
            assert!(!answer.headers.contains_key("location"), "{name:?}");
            assert!(browser.cookie("__Host-abide_session").is_none());
            place += 1;
        }
    }
    for password in passwords {
        idp.pass("10m");
        let answer = guess(&idp, &social, place, password).await;
        assert_eq!(answer.status, 422, "{password:.40}");
        place += 1;
    }
    untouched.check("names and passwords").await;
}

/// How many bits of a value are of its own: the places in which any of these differ, each a letter of base64url.
fn bits(values: &[String]) -> usize {
    let shortest = values.iter().map(String::len).min().unwrap_or_default();
    let differs = |at: &usize| values.iter().any(|value| value.as_bytes()[*at] != values[0].as_bytes()[*at]);
    (0..shortest).filter(differs).count() * 6
}

/// RFC 6749, section 10.10; RFC 8628, section 5.2; RFC 9126, section 7.1: the same is asked for eight times at one instant.
#[actix_web::test]
async fn what_must_not_be_guessed_has_128_bits_and_is_another_one_each_time() {
    let idp = Idp::with(registration::open).await;
    let client = |id: &str| {
        json!({"client_id": id, "client_secret": idp.app(id).secret(), "redirect_uris": [idp.app(id).redirect_uri()],
            "consent": "skip", "access_token_format": "opaque", "grant_types": ["authorization_code", devices::GRANT]})
    };
    idp.import(json!({"clients": [client("sealed")]})).await;
    let (social, sealed) = (idp.app("social"), idp.app("sealed"));
    let mut found: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for _ in 0..8 {
        let mut browser = idp.browser();
        let answer = browser.enter(&social).await;
        let code = answer.parameter("code").unwrap();
        let tokens = social.redeem(&answer).await;
        let opaque = sealed.redeem(&browser.authorize(&sealed, &[]).await).await.access;
        let codes = sealed.post("/device_authorization", &[("scope", "openid")]).await.json();
        let uri = social.redirect_uri();
        let pushed = [
            ("response_type", "code"),
            ("redirect_uri", uri.as_str()),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let pushed = social.post("/par", &pushed).await.json();
        let registered = registration::Registered::new(&idp, json!({})).await;
        for (name, value) in [
            ("a code", code.as_str()),
            ("a refresh token", &tokens.refresh),
            ("the name of an access token", claims_of(&tokens.access)["jti"].as_str().unwrap()),
            ("a sealed access token", &opaque),
            ("a device code", devices::text(&codes, "device_code")),
            ("a pushed request", devices::text(&pushed, "request_uri")),
            ("a client's id", registered.text("client_id")),
            ("a client's secret", registered.text("client_secret")),
            ("the token of a registration", registered.text("registration_access_token")),
            ("the cookie of a session", browser.cookie("__Host-abide_session").unwrap()),
            ("the cookie of a browser", browser.cookie("__Host-abide_browser").unwrap()),
        ] {
            found.entry(name).or_default().push(value.to_owned());
        }
    }
    for (name, values) in found {
        assert!(bits(&values) >= 128, "{name}: {} bits, {values:?}", bits(&values));
        assert_eq!(values.iter().collect::<BTreeSet<_>>().len(), 8, "{name}");
    }
}
