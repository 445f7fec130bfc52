//! Apps and pages learn what a session is good for, and apps report what the person does.

use super::registration::{Registered, open};
use crate::harness::{Browser, Idp, RelyingApp, Tokens, USERNAME};
use actix_web::test::TestRequest;
use serde_json::{Value, json};

async fn entered(idp: &Idp, client_id: &str) -> (Browser, RelyingApp, Tokens) {
    let (mut browser, app) = (idp.browser(), idp.app(client_id));
    let tokens = app.redeem(&browser.enter(&app).await).await;
    (browser, app, tokens)
}

async fn told(app: &RelyingApp, tokens: &Tokens) -> Value {
    let answer = app.status(&tokens.access).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// standing, reason and until of the session and of the application session.
fn words(status: &Value) -> [Value; 2] {
    [status, &status["application"]].map(|part| json!([part["standing"], part["reason"], part["until"]]))
}

#[actix_web::test]
async fn the_status_has_exactly_its_form() {
    let idp = Idp::start().await;
    let (_, bank, tokens) = entered(&idp, "bank").await;
    let now = idp.now().0;
    let (half_a_day, week) = (now + 12 * 3600, now + 7 * 86_400);
    assert_eq!(
        told(&bank, &tokens).await,
        json!({
            "sid": tokens.claims()["sid"], "standing": "live", "limit": "idle", "idle_end": half_a_day,
            "absolute_end": week, "warn_at": half_a_day - 120, "until": half_a_day, "reason": null,
            "application": {
                "standing": "live", "limit": "idle", "idle_end": now + 120, "absolute_end": now + 600,
                "warn_at": now + 60, "until": now + 120, "reason": null,
            },
        })
    );
    idp.pass("60s");
    let status = told(&bank, &tokens).await;
    assert_eq!(words(&status), [json!(["live", null, half_a_day]), json!(["warn", null, now + 120])]);
    assert_eq!(status["application"]["limit"], "idle");
}

/// What a person does elsewhere is nothing that an app of anybody's may watch.
#[actix_web::test]
async fn an_app_that_registered_itself_is_told_of_its_own_ends_alone() {
    let idp = Idp::with(open).await;
    let (mut browser, social, known) = entered(&idp, "social").await;
    let app = Registered::new(&idp, json!({})).await;
    let answer = app.enter(&mut browser).await;
    let tokens = Tokens::of(&app.redeem(&answer.parameter("code").unwrap()).await);
    let asking =
        |path: &str| TestRequest::get().uri(path).insert_header(("authorization", format!("Bearer {}", tokens.access)));
    let own = async || idp.call(asking("/session")).await.json();
    let week = idp.now().0 + 7 * 86_400;
    let part = json!({"standing": "live", "limit": "absolute", "idle_end": null, "absolute_end": week,
        "warn_at": week - 120, "until": week, "reason": null});
    let mut whole = part.clone();
    whole["sid"] = tokens.claims()["sid"].clone();
    whole["application"] = part;
    assert_eq!(own().await, whole);
    let mut stream = idp.open(asking("/session/events")).await;
    assert_eq!(stream.next().await.event("standing"), whole);

    let before = told(&social, &known).await;
    idp.pass("2m");
    assert!(browser.authorize(&idp.app("bank"), &[]).await.parameter("code").is_some(), "an act of the person");
    assert_ne!(told(&social, &known).await["idle_end"], before["idle_end"], "which others are told of");
    assert_eq!(own().await, whole);

    idp.import(json!({"users": [{"username": USERNAME, "disabled": true}]})).await;
    assert_eq!(told(&social, &known).await["reason"], "account_disabled");
    let over = own().await;
    assert_eq!(words(&over), [json!(["ended", "revoked", idp.now().0]), json!(["ended", "revoked", idp.now().0])]);
    assert_eq!(stream.next().await.event("standing"), over, "nothing in between");
}

#[actix_web::test]
async fn what_never_ends_is_null() {
    let idp = Idp::with(|config| {
        config.session.idle_timeout = "never".parse().unwrap();
        config.session.max_lifetime = "never".parse().unwrap();
    })
    .await;
    let (mut browser, social, tokens) = entered(&idp, "social").await;
    let part = json!({"standing": "live", "limit": null, "idle_end": null, "absolute_end": null, "warn_at": null,
        "until": null, "reason": null});
    let mut whole = part.clone();
    whole["sid"] = tokens.claims()["sid"].clone();
    whole["application"] = Value::Null;
    assert_eq!(browser.status().await.json(), whole);
    whole["application"] = part;
    assert_eq!(told(&social, &tokens).await, whole);
}

#[actix_web::test]
async fn the_status_is_told_while_the_token_lives_though_the_session_does_not() {
    let idp = Idp::with(|config| config.session.idle_timeout = "4m".parse().unwrap()).await;
    let (_, social, tokens) = entered(&idp, "social").await;
    let start = idp.now().0;
    idp.pass("4m");
    let status = told(&social, &tokens).await;
    assert_eq!(
        words(&status),
        [json!(["dormant", "idle", start + 240 + 86_400]), json!(["dormant", "idle", start + 240 + 86_400])]
    );
    assert_eq!(
        (&status["limit"], &status["idle_end"], &status["warn_at"]),
        (&json!("idle"), &json!(start + 240), &Value::Null)
    );
    assert_eq!(social.userinfo(&tokens.access).await.status, 401, "it is good for nothing else");
    assert_eq!(social.report(&tokens.access).await.status, 401, "and nothing brings it back");
    idp.pass("359s");
    told(&social, &tokens).await;
    idp.pass("1s");
    assert_eq!(social.status(&tokens.access).await.status, 401, "an expired token is answered nothing");
}

#[actix_web::test]
async fn a_sign_out_a_revocation_and_a_disabled_account_say_so() {
    let idp = Idp::start().await;
    let (mut browser, social, tokens) = entered(&idp, "social").await;
    idp.pass("1m");
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    let ended = json!(["ended", "sign_out", idp.now().0]);
    assert_eq!(words(&told(&social, &tokens).await), [ended.clone(), ended]);
    assert_eq!(social.report(&tokens.access).await.error(), "invalid_token");

    let (mut browser, narrow, tokens) = entered(&idp, "narrow").await;
    let bye = format!("/end_session?id_token_hint={}", tokens.id);
    browser.get(&bye).await;
    let status = told(&narrow, &tokens).await;
    assert_eq!(words(&status)[0][0], "live", "the session goes on");
    assert_eq!(words(&status)[1], json!(["ended", "sign_out", idp.now().0]));

    let (_, social, tokens) = entered(&idp, "social").await;
    let (mut other, _, _) = entered(&idp, "social").await;
    let account = other.get("/account").await;
    other.submit(&account, "/account/end-others", &[]).await;
    let ended = json!(["ended", "revoked", idp.now().0]);
    assert_eq!(words(&told(&social, &tokens).await), [ended.clone(), ended]);

    let (_, social, tokens) = entered(&idp, "social").await;
    idp.import(json!({"users": [{"username": "mira", "disabled": true}]})).await;
    let ended = json!(["ended", "account_disabled", idp.now().0]);
    assert_eq!(words(&told(&social, &tokens).await), [ended.clone(), ended]);
}

#[actix_web::test]
async fn a_replayed_code_and_an_application_session_that_began_anew() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    social.try_redeem(&answer.parameter("code").unwrap()).await;
    let revoked = json!(["ended", "revoked", idp.now().0]);
    assert_eq!(words(&told(&social, &tokens).await), [revoked.clone(), revoked]);

    let (mut browser, narrow, old) = entered(&idp, "narrow").await;
    browser.get(&format!("/end_session?id_token_hint={}", old.id)).await;
    let new = narrow.redeem(&browser.authorize(&narrow, &[]).await).await;
    let status = told(&narrow, &old).await;
    assert_eq!([&words(&status)[0][0], &words(&status)[1][0]], ["live", "expired"], "of its own life it is told");
    assert_eq!(words(&told(&narrow, &new).await)[1][0], "live");
}

#[actix_web::test]
async fn an_app_reports_what_the_person_does_and_both_clocks_move() {
    let idp = Idp::with(|config| config.session.idle_timeout = "30m".parse().unwrap()).await;
    let (mut browser, bank, mut tokens) = entered(&idp, "bank").await;
    let start = idp.now().0;
    for _ in 0..4 {
        idp.pass("110s");
        let answer = bank.report(&tokens.access).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let (status, now) = (answer.json(), idp.now().0);
        assert_eq!((&status["idle_end"], &status["application"]["idle_end"]), (&json!(now + 1_800), &json!(now + 120)));
        assert_eq!(status["application"]["absolute_end"], json!(start + 600), "no report moves the absolute end");
        assert_eq!(status, told(&bank, &tokens).await);
        tokens = bank.refresh(&tokens.refresh).await;
    }
    idp.pass("120s");
    assert_eq!(bank.report(&tokens.access).await.status, 401, "its token ended with the idle limit");
    assert_eq!(browser.status().await.json()["standing"], "live");
}

#[actix_web::test]
async fn a_page_of_ours_asks_by_cookie_and_the_button_keeps_the_person_signed_in() {
    let idp = Idp::with(|config| config.session.idle_timeout = "30m".parse().unwrap()).await;
    let (mut browser, social, tokens) = entered(&idp, "social").await;
    idp.pass("29m");
    let status = browser.status().await.json();
    assert_eq!(
        (&status["standing"], &status["application"], &status["sid"]),
        (&json!("warn"), &Value::Null, &tokens.claims()["sid"])
    );
    let stayed = browser.stay().await;
    assert_eq!((stayed.status.as_u16(), stayed.json()["until"].as_i64()), (200, Some(idp.now().0 + 1_800)));
    idp.pass("29m");
    let tokens = social.redeem(&browser.silently(&social).await).await;
    assert_eq!(told(&social, &tokens).await["standing"], "warn", "looking moves nothing");
    idp.pass("1m");
    let (status, now) = (browser.status().await.json(), idp.now().0);
    let expected = json!({"sid": null, "standing": "dormant", "limit": "idle", "idle_end": now,
        "absolute_end": now + 7 * 86_400 - 59 * 60, "warn_at": null, "until": now + 86_400, "reason": "idle",
        "application": null});
    assert_eq!(status, expected, "standing and instants only");
    assert_eq!(browser.stay().await.status, 401);
    assert_eq!(browser.status().await.json(), expected, "what has passed stays passed");
}

#[actix_web::test]
async fn a_grant_that_outlives_its_session_is_told_of_it_and_reports_nothing() {
    let idp = Idp::start().await;
    let (mut browser, offline) = (idp.browser(), idp.app("offline"));
    let page = browser.authorize(&offline, &[("scope", "openid offline_access")]).await;
    let waiting = browser.sign_in(&page).await;
    let page = browser.get(waiting.location()).await;
    let tokens = offline.redeem(&browser.submit(&page, "/consent", &[("decision", "allow")]).await).await;
    let status = told(&offline, &tokens).await;
    assert_eq!((&status["sid"], &status["standing"]), (&Value::Null, &json!("live")));
    idp.pass("1m");
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    assert_eq!(words(&told(&offline, &tokens).await)[0][1], "sign_out");
    assert_eq!(offline.userinfo(&tokens.access).await.status, 200);
    assert_eq!(offline.report(&tokens.access).await.error(), "insufficient_scope");
}

#[actix_web::test]
async fn signing_in_anew_moves_the_absolute_end_and_leads_back() {
    let idp = Idp::with(|config| config.session.max_lifetime = "1h".parse().unwrap()).await;
    let (mut browser, asking) = (idp.browser(), idp.app("asking"));
    let page = browser.authorize(&asking, &[]).await;
    let waiting = browser.sign_in(&page).await;
    let consent = browser.get(waiting.location()).await;
    let fields = consent.fields("/consent");
    let sid = browser.status().await.json()["sid"].clone();
    idp.pass("9m");
    let wish = [("csrf", fields["csrf"].as_str()), ("interaction", fields["interaction"].as_str())];
    let page = browser.post("/sign-in/again", &wish).await;
    assert_eq!(page.text("h1").as_deref(), Some("Confirm it’s you"));
    let waiting = browser.sign_in(&page).await;
    let again = browser.get(waiting.location()).await;
    let answer = browser.submit(&again, "/consent", &[("decision", "allow")]).await;
    assert!(answer.parameter("code").is_some(), "the request went on");
    let status = browser.status().await.json();
    assert_eq!((&status["sid"], &status["absolute_end"]), (&sid, &json!(idp.now().0 + 3_600)));

    let account = browser.get("/account").await;
    let csrf = account.fields("/account/sign-out")["csrf"].clone();
    let page = browser.post("/sign-in/again", &[("csrf", &csrf), ("goal", "account")]).await;
    assert_eq!(browser.sign_in(&page).await.location(), "/account");
}

#[actix_web::test]
async fn the_sign_in_page_says_why_and_nothing_about_whom() {
    let idp = Idp::with(|config| config.session.idle_timeout = "30m".parse().unwrap()).await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let said = async |browser: &mut Browser| {
        let page = browser.get("/account").await;
        assert!(page.body.contains("id=\"sign-in\"") && !page.body.to_lowercase().contains("mira"), "{}", page.body);
        page.text(".notice[role=status]")
    };
    assert_eq!(said(&mut browser).await, None, "nobody was ever here");
    browser.enter(&social).await;
    idp.pass("30m");
    assert_eq!(
        said(&mut browser).await.as_deref(),
        Some("You were signed out because you had not been active for a while.")
    );
    browser.enter(&social).await;
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    assert_eq!(said(&mut browser).await, None, "who signed out knows");
    browser.enter(&social).await;
    let mut other = idp.browser();
    other.enter(&social).await;
    let account = other.get("/account").await;
    other.submit(&account, "/account/end-others", &[]).await;
    assert_eq!(said(&mut browser).await.as_deref(), Some("This sign-in was ended from elsewhere."));
    idp.import(json!({"users": [{"username": "mira", "disabled": true}]})).await;
    assert_eq!(said(&mut other).await, None, "a closed account is nobody's business");
}
