//! Cookies that are not what we set: whoever brings one is signed out, and nothing else happens.

use super::variants::{altered, surrounded, truncated};
use super::{Untouched, assert_page};
use crate::harness::{Answer, Browser, ISSUER, Idp, RelyingApp};
use actix_web::http::header::HeaderValue;
use actix_web::test::TestRequest;

const SESSION: &str = "__Host-abide_session";
const BROWSER: &str = "__Host-abide_browser";

/// A request with exactly these `Cookie` headers.
async fn get(idp: &Idp, path: &str, cookies: &[String]) -> Answer {
    let mut request = TestRequest::get().uri(path);
    for cookie in cookies {
        request = request.append_header(("cookie", HeaderValue::from_bytes(cookie.as_bytes()).unwrap()));
    }
    idp.call(request).await
}

/// Everywhere it counts, these cookies are those of somebody who is signed out.
async fn assert_signed_out(idp: &Idp, app: &RelyingApp, cookies: &[String]) {
    let case: String = format!("{cookies:?}").chars().take(300).collect();
    let silent = get(idp, &app.request(&[("prompt", "none")]), cookies).await;
    assert_eq!((silent.status.as_u16(), silent.error().as_str()), (303, "login_required"), "{case}");
    for path in [app.request(&[]).as_str(), "/account", "/admin", "/admin/users", "/admin/audit"] {
        let page = get(idp, path, cookies).await;
        assert_eq!(page.status, 200, "{path} {case}");
        assert!(page.body.contains("id=\"sign-in\"") && !page.body.contains("Mira L"), "{path} {case}");
    }
    for path in ["/end_session", "/"] {
        let answer = get(idp, path, cookies).await;
        assert!(answer.status == 200 || answer.location() == "/account", "{path} {case}");
        assert!(!answer.body.contains("Mira L"), "{path} {case}");
    }
}

async fn signed_in() -> (Idp, RelyingApp, Browser) {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    browser.enter(&social).await;
    (idp, social, browser)
}

fn cookies(session: &str, browser: &Browser) -> Vec<String> {
    vec![format!("{SESSION}={session}; {BROWSER}={}", browser.cookie(BROWSER).unwrap())]
}

#[actix_web::test]
async fn a_tampered_session_cookie() {
    let (idp, social, mut browser) = signed_in().await;
    let secret = browser.cookie(SESSION).unwrap().to_owned();
    assert_eq!(secret.len(), 43);
    let untouched = Untouched::now(&idp).await;
    let mut values = altered(&secret, 3);
    values.extend(truncated(&secret, 4));
    values.extend(surrounded(&secret).into_iter().filter(|text| !text.contains(['\n', ' '])));
    values.extend([
        String::new(),
        ".".into(),
        "....".into(),
        format!(".{secret}"),
        format!("{secret}."),
        format!("\"{secret}\""),
        secret.to_lowercase(),
        "a".repeat(43),
        "\u{e4}".repeat(43),
        "a".repeat(10_000),
        format!("{secret}.{}", "a".repeat(10_000)),
        // Nine, the genuine one among them.
        [secret.as_str(); 9].join("."),
        format!("{secret}{}", format!(".{}", "b".repeat(43)).repeat(8)),
        browser.cookie(BROWSER).unwrap().to_owned(),
    ]);
    for value in values {
        assert_signed_out(&idp, &social, &cookies(&value, &browser)).await;
        untouched.check(&value).await;
    }
    // The genuine one in second place: nobody silently follows whoever was signed in last.
    let second = cookies(&format!("{}.{secret}", "c".repeat(43)), &browser);
    assert_eq!(get(&idp, &social.request(&[("prompt", "none")]), &second).await.error(), "login_required");
    for path in [social.request(&[]).as_str(), "/account", "/admin"] {
        let page = get(&idp, path, &second).await;
        assert!(page.status == 200 && page.body.contains("id=\"sign-in\"") && !page.body.contains("Mira L"), "{path}");
    }
    assert!(browser.silently(&social).await.parameter("code").is_some(), "the genuine one still is");
}

#[actix_web::test]
async fn two_cookies_of_one_name() {
    let (idp, social, browser) = signed_in().await;
    let secret = browser.cookie(SESSION).unwrap();
    let pair = |value: &str| format!("{SESSION}={value}");
    let untouched = Untouched::now(&idp).await;
    for other in [secret, "x", "", &"a".repeat(43)] {
        for (one, two) in [(secret, other), (other, secret)] {
            assert_signed_out(&idp, &social, &[format!("{}; {}", pair(one), pair(two))]).await;
            assert_signed_out(&idp, &social, &[format!("{};{}", pair(one), pair(two))]).await;
            assert_signed_out(&idp, &social, &[pair(one), pair(two)]).await;
            assert_signed_out(&idp, &social, &[format!("{}; a=b; {}; c=d", pair(one), pair(two))]).await;
        }
    }
    // Under a name that is not ours: a host that shares our domain could have set it.
    for name in [
        "abide_session",
        "__host-abide_session",
        "__Host-abide_session2",
        "__Secure-abide_session",
        "$__Host-abide_session",
    ] {
        assert_signed_out(&idp, &social, &[format!("{name}={secret}")]).await;
    }
    untouched.check("doubled").await;
    let silent = get(&idp, &social.request(&[("prompt", "none")]), &[pair(secret)]).await;
    assert!(silent.parameter("code").is_some(), "alone it is good");
}

#[actix_web::test]
async fn headers_that_hold_no_cookies() {
    let (idp, social, browser) = signed_in().await;
    let untouched = Untouched::now(&idp).await;
    for header in
        ["", ";", "=", ";;;===", SESSION, "=x", "a", "a=b; =; ;c", "\u{e4}=\u{f6}", "x=\"", &"a=b; ".repeat(2_000)]
    {
        assert_signed_out(&idp, &social, &[header.to_owned()]).await;
    }
    let raw = [format!("{SESSION}=").as_bytes(), &[0xff; 43]].concat();
    let request = TestRequest::get().uri("/account").insert_header(("cookie", HeaderValue::from_bytes(&raw).unwrap()));
    assert_eq!(idp.call(request).await.status, 200);
    untouched.check("headers").await;
    drop(browser);
}

#[actix_web::test]
async fn the_cookies_of_another_installation() {
    let keys = tempfile::tempdir().unwrap();
    let folder = keys.path().to_owned();
    let foreign = Idp::with(|config| config.keys_dir = folder).await;
    let mut stranger = foreign.browser();
    stranger.enter(&foreign.app("social")).await;
    let (idp, social, mut browser) = signed_in().await;
    let untouched = Untouched::now(&idp).await;
    assert_signed_out(&idp, &social, &[stranger.cookie_header()]).await;
    untouched.check("foreign").await;
    // Its browser cookie beside our session: the browser is a new one, the session is the same.
    browser.plant(BROWSER, stranger.cookie(BROWSER).unwrap());
    assert!(browser.silently(&social).await.parameter("code").is_some());
    let account = browser.get("/account").await;
    assert!(account.body.contains("Mira L"));
}

#[actix_web::test]
async fn a_tampered_browser_cookie_makes_a_new_browser() {
    let (idp, social, mut browser) = signed_in().await;
    let (genuine, session) = (browser.cookie(BROWSER).unwrap().to_owned(), browser.cookie(SESSION).unwrap().to_owned());
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    let untouched = Untouched::now(&idp).await;
    let mut values = altered(&genuine, 9);
    values.extend(truncated(&genuine, 13));
    values.extend([
        format!("{genuine}x"),
        format!("{genuine}; {BROWSER}={genuine}"),
        session,
        "a".repeat(10_000),
        "\u{e4}".into(),
        "..".into(),
    ]);
    for value in values {
        let mut other = idp.browser();
        other.plant(BROWSER, &value);
        let shown = other.authorize(&social, &[]).await;
        assert_eq!(shown.status, 200, "{value}");
        assert_ne!(other.cookie(BROWSER), Some(value.as_str()), "{value}: it gets one of ours");
        // The form that the genuine browser was shown is not this one's.
        let mut other = idp.browser();
        other.plant(BROWSER, &value);
        let hashes = idp.flows().hashing.done();
        let again = other.sign_in(&page).await;
        assert_page(&again, 422, &value);
        assert!(again.text("[role=alert]").is_some(), "it is shown the form once more");
        assert_eq!(
            (idp.flows().hashing.done(), other.cookie(SESSION)),
            (hashes, None),
            "and nothing of it is looked at"
        );
        untouched.check(&value).await;
    }
}

#[actix_web::test]
async fn a_planted_session_does_not_survive_the_sign_in() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    // The attacker's own live session, a dead one, and a secret out of the air.
    let mut attacker = idp.browser();
    let page = attacker.authorize(&social, &[]).await;
    attacker.sign_in_as(&page, "otto", "another person entirely").await;
    let live = attacker.cookie(SESSION).unwrap().to_owned();
    let mut gone = idp.browser();
    gone.enter(&social).await;
    let dead = gone.cookie(SESSION).unwrap().to_owned();
    let account = gone.get("/account").await;
    gone.submit(&account, "/account/sign-out", &[]).await;
    for planted in [live, dead, "a".repeat(43)] {
        let mut victim = idp.browser();
        victim.plant(SESSION, &planted);
        let page = victim.authorize(&social, &[("prompt", "login")]).await;
        let answer = victim.sign_in(&page).await;
        let tokens = social.redeem(&answer).await;
        assert_eq!(social.userinfo(&tokens.access).await.json()["name"], "Mira Lindqvist");
        let now = victim.cookie(SESSION).unwrap();
        assert_ne!(now.split('.').next(), Some(planted.as_str()), "the first one is new");
        // Whoever planted it does not become her.
        let mut attacker = idp.browser();
        attacker.plant(SESSION, &planted);
        let page = attacker.get("/account").await;
        assert!(!page.body.contains("Mira L"), "{planted}");
    }
}

#[actix_web::test]
async fn every_authentication_has_a_secret_of_its_own() {
    let (idp, social, mut browser) = signed_in().await;
    let mut seen = vec![browser.cookie(SESSION).unwrap().to_owned()];
    let first = social.redeem(&browser.silently(&social).await).await.claims();
    for _ in 0..3 {
        idp.pass("1m");
        let page = browser.authorize(&social, &[("prompt", "login")]).await;
        let answer = browser.sign_in(&page).await;
        assert_eq!(social.redeem(&answer).await.claims()["sid"], first["sid"], "the session is the same");
        let secret = browser.cookie(SESSION).unwrap().to_owned();
        assert!(!seen.contains(&secret));
        for old in &seen {
            assert_signed_out(&idp, &social, &cookies(old, &browser)).await;
        }
        seen.push(secret);
    }
    // A wrong password changes nothing.
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    browser.sign_in_as(&page, "mira", "a wrong password for her").await;
    assert_eq!(browser.cookie(SESSION), seen.last().map(String::as_str));
    assert!(browser.silently(&social).await.parameter("code").is_some());
}

#[actix_web::test]
async fn a_signed_out_secret_is_dead() {
    let (idp, social, mut browser) = signed_in().await;
    let old = browser.cookie(SESSION).unwrap().to_owned();
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    assert_eq!(browser.cookie(SESSION), None, "the cookie is taken back");
    assert_signed_out(&idp, &social, &cookies(&old, &browser)).await;
}

#[actix_web::test]
async fn a_browser_holds_eight_sessions_and_no_more() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let people: Vec<_> = (0..9)
        .map(|n| serde_json::json!({"username": format!("p{n}"), "password": format!("the password of p{n} alone")}))
        .collect();
    idp.import(serde_json::json!({"users": people})).await;
    let mut browser = idp.browser();
    for n in 0..9 {
        let page = browser.authorize(&social, &[("prompt", "login")]).await;
        browser.sign_in_as(&page, &format!("p{n}"), &format!("the password of p{n} alone")).await;
        idp.pass("3s");
        let held = browser.cookie(SESSION).unwrap().split('.').count();
        assert_eq!(held, (n + 1).min(8));
        assert!(browser.silently(&social).await.parameter("code").is_some(), "{n}");
    }
}

/// Nothing of ours is told to a script or to another site.
#[actix_web::test]
async fn cookies_are_set_with_every_protection() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let page = idp.browser().authorize(&social, &[]).await;
    let set: Vec<&str> = page.headers.get_all("set-cookie").map(|value| value.to_str().unwrap()).collect();
    assert_eq!(set.len(), 1, "a stranger gets no session: {set:?}");
    for part in ["__Host-abide_browser=", "; HttpOnly", "; SameSite=Lax", "; Secure", "; Path=/"] {
        assert!(set[0].contains(part), "{part}: {}", set[0]);
    }
    assert!(!set[0].contains("Domain"));
    let local = Idp::with(|config| config.issuer = "http://localhost:8080".parse().unwrap()).await;
    let page = local.call(TestRequest::get().uri(&social.request(&[]))).await;
    assert!(page.header("set-cookie").starts_with("abide_browser=") && !page.header("set-cookie").contains("Secure"));
    assert_ne!(ISSUER, "http://localhost:8080");
}
