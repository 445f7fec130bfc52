//! The optional cookies where they have no business, and in forms that are not ours.

use super::Untouched;
use super::paths::{FORMS, PATHS};
use super::variants::{altered, surrounded, truncated};
use crate::harness::authenticator::without_challenge;
use crate::harness::{Answer, Browser, ISSUER, Idp, RelyingApp, Tokens};
use crate::stories::registration::{self, Registered};
use abide::model::cookies::{OptionalCookies, Switch};
use actix_web::http::{Method, header};
use actix_web::test::TestRequest;
use serde_json::json;

/// Places that every other test of paths leaves out, because a session changes what they say.
const OTHERS: [&str; 3] = ["/signed-out", "/session", "/check_session"];
const SESSION: &str = "__Host-abide_session";
const SILENT: &str = "__Host-abide_silent";
const STATE: &str = "__Host-abide_state";
const BROWSER: &str = "__Host-abide_browser";

async fn both() -> Idp {
    Idp::with(|config| {
        Idp::with_every_page(config);
        config.cookies = OptionalCookies { silent: Switch::On, state: Switch::On };
    })
    .await
}

/// Somebody who is signed in, and what an app of theirs holds.
async fn signed_in(idp: &Idp) -> (RelyingApp, Browser, Tokens) {
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    (social, browser, tokens)
}

/// A request as a frame of another site makes it, with exactly these cookies.
async fn framed(idp: &Idp, (method, path): (Method, &str), cookies: &str) -> Answer {
    let request = TestRequest::with_uri(path).method(method).insert_header(("cookie", cookies));
    idp.call(request.insert_header(("sec-fetch-mode", "navigate")).insert_header(("sec-fetch-dest", "iframe"))).await
}

async fn silent(idp: &Idp, app: &RelyingApp, cookies: &str) -> Answer {
    framed(idp, (Method::GET, &app.request(&[("prompt", "none")])), cookies).await
}

/// What an answer says, without what is sealed anew for every page.
fn said(answer: &Answer) -> String {
    let sealed = |text: &str| {
        let mut parts = text.split("value=\"s.");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |all, part| all + "value=\"s.…" + part.split_once('"').map_or("", |(_, rest)| rest))
    };
    let set: Vec<&str> = answer
        .headers
        .get_all(header::SET_COOKIE)
        .map(|cookie| cookie.to_str().unwrap().split('=').next().unwrap())
        .collect();
    let location = if answer.status.is_redirection() { answer.location().to_owned() } else { String::new() };
    format!("{} {location} {set:?}\n{}", answer.status, sealed(&without_challenge(answer)))
}

#[actix_web::test]
async fn the_silent_secret_is_nothing_to_any_other_endpoint() {
    let idp = both().await;
    let (social, mut browser, tokens) = signed_in(&idp).await;
    let (secret, own) = (browser.cookie(SILENT).unwrap().to_owned(), browser.cookie(BROWSER).unwrap().to_owned());
    let account = browser.get("/account").await;
    let csrf = account.attribute("input[name=csrf]", "value").unwrap();
    let request = |more: &[(&str, &str)]| social.request(more);
    let hinted = format!("/end_session?id_token_hint={}", tokens.id);
    let requests = [
        hinted,
        request(&[]),
        request(&[("prompt", "login")]),
        request(&[("prompt", "consent")]),
        request(&[("prompt", "select_account")]),
        request(&[("max_age", "100000")]),
        request(&[("id_token_hint", &tokens.id)]),
    ];
    let gets = PATHS.iter().copied().chain(OTHERS).chain(requests.iter().map(String::as_str));
    // Nobody's letter is posted by this: it asks by mail, whoever asks.
    let posts = FORMS.iter().copied().filter(|path| *path != "/forgot/send").chain(["/session/activity"]);
    let untouched = Untouched::now(&idp).await;
    let call = async |method: Method, path: &str, cookies: String| {
        let mut call = TestRequest::with_uri(path).method(method.clone()).insert_header(("cookie", cookies));
        call = call.insert_header(("sec-fetch-site", "same-origin")).insert_header(("sec-fetch-dest", "document"));
        call = call.insert_header(("sec-fetch-user", "?1"));
        if method == Method::POST {
            let form = [("csrf", csrf.as_str()), ("goal", "account"), ("choice", "sign-out"), ("prompt", "none")];
            call = call.insert_header(("origin", ISSUER)).set_form(form);
        }
        idp.call(call).await
    };
    for (method, path) in gets.map(|path| (Method::GET, path)).chain(posts.map(|path| (Method::POST, path))) {
        let stranger = said(&call(method.clone(), path, format!("{BROWSER}={own}")).await);
        for name in [SILENT, SESSION, STATE] {
            let answer = call(method.clone(), path, format!("{BROWSER}={own}; {name}={secret}")).await;
            assert_eq!(said(&answer), stranger, "{method} {path}: {name} made a difference");
            assert!(!answer.body.contains("Mira"), "{method} {path}");
        }
        untouched.check(path).await;
    }
    assert!(silent(&idp, &social, &format!("{SILENT}={secret}")).await.parameter("code").is_some(), "here it is good");
}

#[actix_web::test]
async fn each_secret_in_the_place_of_the_other() {
    let idp = both().await;
    let (social, browser, _) = signed_in(&idp).await;
    let (session, second) = (browser.cookie(SESSION).unwrap(), browser.cookie(SILENT).unwrap());
    let state = browser.cookie(STATE).unwrap();
    let untouched = Untouched::now(&idp).await;
    for cookies in [
        format!("{SILENT}={session}"),
        format!("{SILENT}={state}"),
        format!("{SESSION}={second}"),
        format!("{SESSION}={state}"),
        format!("{STATE}={second}"),
        format!("{SESSION}={second}; {SILENT}={session}"),
        // A session cookie that leads nowhere, is empty, or came twice: nobody looks further.
        format!("{SESSION}={}; {SILENT}={second}", "a".repeat(43)),
        format!("{SESSION}=; {SILENT}={second}"),
        format!("{SESSION}={session}; {SESSION}={session}; {SILENT}={second}"),
        // The genuine one in second place.
        format!("{SILENT}={}.{second}", "a".repeat(43)),
        format!("{SILENT}={second}; {SILENT}={second}"),
        format!("{SILENT}={second}; {SILENT}=x"),
        format!("{SILENT}=; {SILENT}={second}"),
        format!("abide_silent={second}"),
        format!("__host-abide_silent={second}"),
    ] {
        assert_eq!(silent(&idp, &social, &cookies).await.error(), "login_required", "{cookies}");
        untouched.check(&cookies).await;
    }
}

#[actix_web::test]
async fn a_silent_secret_that_is_not_ours() {
    let idp = both().await;
    let (social, browser, _) = signed_in(&idp).await;
    let genuine = browser.cookie(SILENT).unwrap();
    let untouched = Untouched::now(&idp).await;
    let mut values = altered(genuine, 3);
    values.extend(truncated(genuine, 4));
    values.extend(surrounded(genuine).into_iter().filter(|text| text.is_ascii() && !text.contains(['\n', ' '])));
    values.extend([[genuine; 9].join("."), "a".repeat(10_000), format!("\"{genuine}\"")]);
    for value in values {
        assert_eq!(silent(&idp, &social, &format!("{SILENT}={value}")).await.error(), "login_required", "{value}");
    }
    untouched.check("forged").await;
}

#[actix_web::test]
async fn only_a_navigation_by_get_that_forbids_pages() {
    let idp = both().await;
    let (social, browser, _) = signed_in(&idp).await;
    let cookies = format!("{SILENT}={}", browser.cookie(SILENT).unwrap());
    let none = social.request(&[("prompt", "none")]);
    let untouched = Untouched::now(&idp).await;
    assert_eq!(framed(&idp, (Method::HEAD, &none), &cookies).await.error(), "login_required");
    for mode in ["no-cors", "cors", "same-origin", "websocket", ""] {
        let call = TestRequest::get().uri(&none).insert_header(("cookie", cookies.clone()));
        let answer = idp.call(call.insert_header(("sec-fetch-mode", mode))).await;
        assert_eq!(answer.error(), "login_required", "{mode}");
    }
    for prompt in ["", "login", "consent", "select_account", "login consent"] {
        let answer = framed(&idp, (Method::GET, &social.request(&[("prompt", prompt)])), &cookies).await;
        assert!(answer.status == 200 && answer.body.contains("id=\"sign-in\""), "{prompt}");
        assert!(!answer.body.contains("Mira") && !answer.body.contains("mira"), "{prompt}");
    }
    for prompt in ["none login", "None", "NONE", "none\u{a0}"] {
        let answer = framed(&idp, (Method::GET, &social.request(&[("prompt", prompt)])), &cookies).await;
        assert_eq!(answer.error(), "invalid_request", "{prompt}");
    }
    // A posted request is asked for once more by GET, whatever cookies come: nothing is answered before.
    let body = none.split_once('?').unwrap().1.to_owned();
    let call = TestRequest::post().uri("/authorize").insert_header(("cookie", cookies.clone()));
    let posted = idp.call(call.insert_header(("content-type", super::FORM)).set_payload(body)).await;
    assert!(posted.location().starts_with("/authorize?"), "{}", posted.location());
    untouched.check("elsewhere").await;
}

#[actix_web::test]
async fn where_it_is_switched_off_no_secret_is_one() {
    let idp = Idp::start().await;
    let (social, mut browser, _) = signed_in(&idp).await;
    for name in [SILENT, STATE] {
        for value in ["x", browser.cookie(SESSION).unwrap(), &"a".repeat(43)] {
            let answer = silent(&idp, &social, &format!("{name}={value}")).await;
            assert_eq!(answer.error(), "login_required", "{name}");
            assert_eq!(answer.headers.get_all(header::SET_COOKIE).count(), 0, "{name}");
        }
    }
    // Beside the session cookie neither changes anything.
    browser.plant_everywhere(STATE, "x");
    browser.plant_everywhere(SILENT, "x");
    let answer = browser.silently(&social).await;
    assert!(answer.parameter("code").is_some() && answer.headers.get_all(header::SET_COOKIE).count() == 0);
    assert_eq!(browser.get("/check_session").await.status, 404);
}

/// Any site can register an app, and ask by it in a frame: what it hears of whoever never let it in says nothing of them.
#[actix_web::test]
async fn an_app_that_nobody_let_in_hears_the_same_whether_somebody_is_signed_in_or_not() {
    let idp = Idp::with(|config| {
        registration::open(config);
        config.cookies = OptionalCookies { silent: Switch::On, state: Switch::On };
    })
    .await;
    let stranger = Registered::new(&idp, json!({"default_acr_values": ["urn:abide:acr:aal2"]})).await;
    let (_, mut here, _) = signed_in(&idp).await;
    let secret = format!("{SILENT}={}", here.cookie(SILENT).unwrap());
    for extra in [
        &[][..],
        &[("scope", "openid email")],
        &[("max_age", "0")],
        &[("acr_values", "urn:abide:acr:aal3")],
        &[("claims", r#"{"id_token":{"acr":{"essential":true,"value":"urn:nobody"}}}"#)],
        &[("response_mode", "fragment")],
    ] {
        let asked: Vec<_> = extra.iter().copied().chain([("prompt", "none")]).collect();
        let ask = stranger.request(&asked);
        let nobody = framed(&idp, (Method::GET, &ask), "").await;
        let somebody = framed(&idp, (Method::GET, &ask), &secret).await;
        // What is set in the browser no app reads.
        assert_eq!((somebody.status, somebody.location()), (nobody.status, nobody.location()), "{extra:?}");
        assert!(nobody.location().contains("error=login_required"), "{extra:?}: {}", nobody.location());
    }
    // Whoever let it in is told to it.
    let page = here.get(&stranger.request(&[])).await;
    here.submit(&page, "/consent", &[("decision", "allow")]).await;
    let secret = format!("{SILENT}={}", here.cookie(SILENT).unwrap());
    let answer =
        framed(&idp, (Method::GET, &stranger.request(&[("prompt", "none"), ("acr_values", "")])), &secret).await;
    assert!(answer.location().contains("code="), "{}", answer.location());
}

#[actix_web::test]
async fn nobody_finds_out_by_the_frame_that_nobody_is_signed_in() {
    // An answer that can be foretold from an empty state would tell any site; so there is none.
    let idp = both().await;
    let social = idp.app("social");
    let answer = idp.browser().silently(&social).await;
    assert_eq!((answer.error().as_str(), answer.parameter("session_state")), ("login_required", None));
}
