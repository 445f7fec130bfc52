//! Interactions that are another browser's, too old, altered, of another purpose, or answered already: a 400 page.

use super::variants::{altered, truncated};
use super::{Untouched, assert_page};
use crate::harness::{Answer, Browser, Idp, PASSWORD, USERNAME};

/// Posts every form of an interaction with this handle, and comes back to it.
async fn assert_gone(idp: &Idp, browser: &mut Browser, csrf: &str, handle: &str, case: &str) {
    let hashes = idp.flows().hashing.done();
    let untouched = Untouched::now(idp).await;
    let common = [("csrf", csrf), ("interaction", handle)];
    let forms: [(&str, &[(&str, &str)]); 6] = [
        ("/sign-in", &[("username", USERNAME), ("password", PASSWORD)]),
        ("/sign-in/again", &[]),
        ("/select", &[("account", "")]),
        ("/select", &[("account", "x")]),
        ("/consent", &[("decision", "allow")]),
        ("/consent", &[("decision", "deny")]),
    ];
    for (action, fields) in forms {
        let answer = browser.post(action, &[&common[..], fields].concat()).await;
        assert_page(&answer, 400, &format!("{case}: {action} {handle:.80}"));
    }
    let address =
        format!("/interaction/{}", serde_urlencoded::to_string([("", handle)]).unwrap()[1..].replace('+', "%20"));
    let answer = browser.get(&address).await;
    assert!(matches!(answer.status.as_u16(), 400 | 404), "{case}: {} {handle:.80}", answer.status);
    assert!(!answer.headers.contains_key("location"), "{case}");
    untouched.check(case).await;
    assert_eq!(idp.flows().hashing.done(), hashes, "{case}: no password was looked at");
}

fn interaction(page: &Answer) -> (String, String) {
    let fields = page.fields("/sign-in");
    (fields["interaction"].clone(), fields["csrf"].clone())
}

#[actix_web::test]
async fn a_sealed_interaction_is_bound_to_its_browser_and_ten_minutes() {
    let idp = Idp::start().await;
    let (social, mut browser, mut other) = (idp.app("social"), idp.browser(), idp.browser());
    let page = browser.authorize(&social, &[]).await;
    let (handle, csrf) = interaction(&page);
    let (foreign, foreign_csrf) = interaction(&other.authorize(&social, &[]).await);
    assert_gone(&idp, &mut other, &foreign_csrf, &handle, "another browser's").await;
    assert_gone(&idp, &mut browser, &csrf, &foreign, "another browser's").await;
    // A new browser that brings the page's own cookie is that browser: only the handle counts then.
    idp.pass("599s");
    let late = browser.sign_in_as(&page, USERNAME, "a wrong password for her").await;
    assert_eq!(late.status, 422, "one second left");
    idp.pass("1s");
    for wait in ["0s", "1s", "1h", "30d"] {
        idp.pass(wait);
        assert_gone(&idp, &mut browser, &csrf, &handle, wait).await;
    }
}

#[actix_web::test]
async fn handles_that_are_none() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let page = browser.authorize(&social, &[]).await;
    let (handle, csrf) = interaction(&page);
    let mut bad = altered(&handle, 29);
    bad.extend(truncated(&handle, 37));
    bad.extend([
        format!("{handle}A"),
        format!("s.{handle}"),
        handle.replacen("s.", "k.", 1),
        handle.replacen("s.", "", 1),
        handle.to_uppercase(),
    ]);
    bad.extend(
        ["", "s.", "k.", "k.x", "x", ".", "k./", "k.../x", "k.\u{e4}", "s.\u{e4}", "null", "k.interaction"]
            .map(str::to_owned),
    );
    bad.extend([64, 65, 5_000].map(|length| format!("k.{}", "a".repeat(length))));
    for handle in bad {
        assert_gone(&idp, &mut browser, &csrf, &handle, "no handle").await;
    }
    assert!(browser.sign_in(&page).await.parameter("code").is_some(), "the genuine one is good");
}

#[actix_web::test]
async fn what_was_sealed_for_another_purpose_is_no_interaction() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let page = browser.authorize(&social, &[]).await;
    let (handle, csrf) = interaction(&page);
    let code = browser.sign_in(&page).await.parameter("code").unwrap();
    let asking = browser.get("/end_session").await;
    let request = asking.fields("/end_session/confirm")["request"].clone();
    let cookie = browser.cookie("__Host-abide_browser").unwrap().to_owned();
    for sealed in [&code, &request, &cookie, &csrf] {
        assert_gone(&idp, &mut browser, &csrf, sealed, "another purpose").await;
        assert_gone(&idp, &mut browser, &csrf, &format!("s.{sealed}"), "another purpose").await;
        assert_gone(&idp, &mut browser, &csrf, &format!("k.{sealed}"), "another purpose").await;
    }
    // And the other way round.
    for wrong in [handle.as_str(), handle.trim_start_matches("s."), &code, &cookie, "", "x"] {
        let untouched = Untouched::now(&idp).await;
        for choice in ["sign-out", "stay"] {
            let answer =
                browser.post("/end_session/confirm", &[("csrf", &csrf), ("request", wrong), ("choice", choice)]).await;
            assert_page(&answer, 400, wrong);
        }
        untouched.check(wrong).await;
    }
}

#[actix_web::test]
async fn the_question_of_a_logout_is_bound_like_an_interaction() {
    let idp = Idp::start().await;
    let (social, mut browser, mut other) = (idp.app("social"), idp.browser(), idp.browser());
    browser.enter(&social).await;
    other.enter(&social).await;
    let mine = browser.get("/end_session").await.fields("/end_session/confirm");
    let theirs = other.get("/end_session").await.fields("/end_session/confirm");
    let answer = async |browser: &mut Browser, csrf: &str, request: &str| {
        browser.post("/end_session/confirm", &[("csrf", csrf), ("request", request), ("choice", "sign-out")]).await
    };
    let untouched = Untouched::now(&idp).await;
    assert_page(&answer(&mut other, &theirs["csrf"], &mine["request"]).await, 400, "another browser's");
    for bad in altered(&mine["request"], 31) {
        assert_page(&answer(&mut browser, &mine["csrf"], &bad).await, 400, "altered");
    }
    idp.pass("10m");
    assert_page(&answer(&mut browser, &mine["csrf"], &mine["request"]).await, 400, "too old");
    untouched.check("questions").await;
}

#[actix_web::test]
async fn a_stored_interaction_is_bound_to_its_browser_and_ten_minutes() {
    let idp = Idp::start().await;
    let (asking, mut browser, mut other) = (idp.app("asking"), idp.browser(), idp.browser());
    let page = browser.authorize(&asking, &[]).await;
    let (_, csrf) = interaction(&page);
    let (_, foreign_csrf) = interaction(&other.authorize(&asking, &[]).await);
    let waiting = browser.sign_in(&page).await.location().to_owned();
    let handle = waiting.strip_prefix("/interaction/").unwrap().to_owned();
    assert!(handle.starts_with("k."));
    assert_gone(&idp, &mut other, &foreign_csrf, &handle, "another browser's").await;
    // Signed out meanwhile: there is nobody who could consent.
    let mut signed_out = browser.copied();
    signed_out.plant("__Host-abide_session", "");
    let untouched = Untouched::now(&idp).await;
    let answer = signed_out.post("/consent", &[("csrf", &csrf), ("interaction", &handle), ("decision", "allow")]).await;
    assert_page(&answer, 400, "signed out");
    untouched.check("signed out").await;
    idp.pass("10m");
    assert_gone(&idp, &mut browser, &csrf, &handle, "too old").await;
}

#[actix_web::test]
async fn an_answered_interaction_is_gone_whichever_form_answered_it() {
    let idp = Idp::start().await;
    let (asking, social) = (idp.app("asking"), idp.app("social"));
    // Once she has consented, signing in again answers by itself.
    let mut before = idp.browser();
    let page = before.authorize(&asking, &[]).await;
    let waiting = before.sign_in(&page).await.location().to_owned();
    let page = before.get(&waiting).await;
    before.submit(&page, "/consent", &[("decision", "allow")]).await;

    let mut browser = idp.browser();
    let page = browser.authorize(&asking, &[("scope", "openid phone")]).await;
    let (_, csrf) = interaction(&page);
    let waiting = browser.sign_in(&page).await.location().to_owned();
    let handle = waiting.strip_prefix("/interaction/").unwrap().to_owned();
    let mut meanwhile = browser.copied();
    let page = meanwhile.authorize(&asking, &[("scope", "openid phone")]).await;
    meanwhile.submit(&page, "/consent", &[("decision", "allow")]).await;
    // The form of the stored interaction that signs in once more answers it.
    let fields = [("csrf", csrf.as_str()), ("interaction", &handle), ("username", USERNAME), ("password", PASSWORD)];
    let answer = browser.post("/sign-in", &fields).await;
    assert!(answer.parameter("code").is_some(), "{} {}", answer.status, answer.body);
    assert_gone(&idp, &mut browser, &csrf, &handle, "answered by signing in").await;
    drop(social);
}

#[actix_web::test]
async fn of_sixteen_answers_at_once_one_gets_the_code() {
    let idp = Idp::start().await;
    let (asking, mut browser) = (idp.app("asking"), idp.browser());
    let page = browser.authorize(&asking, &[]).await;
    let (_, csrf) = interaction(&page);
    let waiting = browser.sign_in(&page).await.location().to_owned();
    let person = browser.get(&waiting).await.fields("/consent")["person"].clone();
    let handle = waiting.strip_prefix("/interaction/").unwrap().to_owned();
    let (jar, idp_copy) = (browser.cookie_header(), idp.clone());
    let answers = super::sixteen(async move |_| {
        let body =
            super::encoded(&[("csrf", &csrf), ("interaction", &handle), ("person", &person), ("decision", "allow")]);
        let request = actix_web::test::TestRequest::post().uri("/consent").insert_header(("content-type", super::FORM));
        let request = request.insert_header(("origin", crate::harness::ISSUER)).insert_header(("cookie", jar.as_str()));
        idp_copy.call(request.set_payload(body)).await
    })
    .await;
    let codes = answers.iter().filter(|answer| answer.status == 303 && answer.parameter("code").is_some()).count();
    assert_eq!(codes, 1, "{:?}", answers.iter().map(|a| a.status.as_u16()).collect::<Vec<_>>());
    assert!(answers.iter().filter(|answer| answer.status != 303).all(|answer| answer.status == 400));
}

#[actix_web::test]
async fn somebody_else_may_sign_in_to_a_stored_interaction() {
    let idp = Idp::start().await;
    let (asking, mut browser) = (idp.app("asking"), idp.browser());
    let page = browser.authorize(&asking, &[("prompt", "login consent")]).await;
    let (_, csrf) = interaction(&page);
    let waiting = browser.sign_in(&page).await.location().to_owned();
    let handle = waiting.strip_prefix("/interaction/").unwrap().to_owned();
    let another = browser.post("/select", &[("csrf", &csrf), ("interaction", &handle), ("account", "")]).await;
    let answer = browser.sign_in_as(&another, "otto", "another person entirely").await;
    let page = browser.get(answer.location()).await;
    assert!(page.body.contains("id=\"allow\"") && page.body.contains("otto"), "{}", page.body);
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let otto = asking.redeem(&answer).await;
    assert_eq!(asking.userinfo(&otto.access).await.json()["preferred_username"], "otto");
    assert_gone(&idp, &mut browser, &csrf, &handle, "answered").await;
}
