//! The status is told again whenever it changes, and a stream says how it ended.

use crate::harness::{Browser, Idp, RelyingApp, Said, Stream, Tokens};
use actix_web::test::TestRequest;
use serde_json::{Value, json};

async fn entered(idp: &Idp, client_id: &str) -> (Browser, RelyingApp, Tokens) {
    let (mut browser, app) = (idp.browser(), idp.app(client_id));
    let tokens = app.redeem(&browser.enter(&app).await).await;
    (browser, app, tokens)
}

/// The last standing told, and that it was the last.
async fn assert_over(stream: &mut Stream, standing: &str, reason: &str) {
    let told = stream.next().await.event("standing");
    let part = if told["application"].is_null() { &told } else { &told["application"] };
    assert_eq!((&part["standing"], &part["reason"]), (&json!(standing), &json!(reason)), "{told}");
    assert_ended(stream, "session_over").await;
}

async fn assert_ended(stream: &mut Stream, reason: &str) {
    assert_eq!(stream.next().await.event("end"), json!({"reason": reason}));
    assert_eq!(stream.next().await, Said::Over);
    assert_eq!(stream.next().await, Said::Over);
}

#[actix_web::test]
async fn the_status_is_told_at_once_and_whenever_it_changes() {
    let idp = Idp::start().await;
    let (_, bank, tokens) = entered(&idp, "bank").await;
    let mut stream = bank.follow(&tokens.access).await;
    assert_eq!(stream.status, 200);
    let header = |name: &str| stream.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert_eq!((header("content-type"), header("cache-control")), ("text/event-stream".into(), "no-store".into()));
    let told = stream.next().await.event("standing");
    assert_eq!(told, bank.status(&tokens.access).await.json());
    assert!(stream.is_silent().await, "nothing is said twice");

    idp.pass("20s");
    assert!(stream.is_silent().await, "time alone changes nothing yet");
    assert_eq!(bank.report(&tokens.access).await.status, 200);
    let told = stream.next().await.event("standing");
    assert_eq!(told["application"]["idle_end"], json!(idp.now().0 + 120), "an act moved the ends");
    idp.pass("60s");
    let told = stream.next().await.event("standing");
    assert_eq!((&told["standing"], &told["application"]["standing"]), (&json!("live"), &json!("warn")));
    assert_eq!(told, bank.status(&tokens.access).await.json());
}

#[actix_web::test]
async fn a_time_out_is_told_when_it_comes() {
    let idp = Idp::with(|config| config.session.idle_timeout = "4m".parse().unwrap()).await;
    let (mut browser, social, tokens) = entered(&idp, "social").await;
    let (mut stream, mut page) = (social.follow(&tokens.access).await, browser.follow().await);
    stream.next().await.event("standing");
    page.next().await.event("standing");
    idp.pass("2m");
    assert_eq!(stream.next().await.event("standing")["standing"], "warn");
    assert_eq!(page.next().await.event("standing")["standing"], "warn");
    idp.pass("2m");
    assert_over(&mut stream, "dormant", "idle").await;
    assert_over(&mut page, "dormant", "idle").await;
    let mut late = social.follow(&tokens.access).await;
    assert_over(&mut late, "dormant", "idle").await;
}

#[actix_web::test]
async fn every_end_is_told_to_whoever_it_concerns() {
    let idp = Idp::start().await;
    let (mut browser, narrow, tokens) = entered(&idp, "narrow").await;
    let social = idp.app("social");
    let at_social = social.redeem(&browser.authorize(&social, &[]).await).await;
    let mut streams =
        [narrow.follow(&tokens.access).await, social.follow(&at_social.access).await, browser.follow().await];
    for stream in &mut streams {
        stream.next().await.event("standing");
    }
    let [mut at_narrow, mut at_social, mut page] = streams;
    browser.get(&format!("/end_session?id_token_hint={}", tokens.id)).await;
    assert_over(&mut at_narrow, "ended", "sign_out").await;
    assert!(at_social.is_silent().await && page.is_silent().await, "the others go on");
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    assert_over(&mut at_social, "ended", "sign_out").await;
    assert_over(&mut page, "ended", "sign_out").await;

    let (mut browser, social, tokens) = entered(&idp, "social").await;
    let (mut stream, mut page) = (social.follow(&tokens.access).await, browser.follow().await);
    stream.next().await.event("standing");
    page.next().await.event("standing");
    idp.import(json!({"users": [{"username": "mira", "disabled": true}]})).await;
    assert_over(&mut stream, "ended", "account_disabled").await;
    assert_over(&mut page, "ended", "account_disabled").await;
}

#[actix_web::test]
async fn a_revoked_grant_and_a_stricter_client_are_told() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    let mut stream = social.follow(&tokens.access).await;
    stream.next().await.event("standing");
    social.try_redeem(&answer.parameter("code").unwrap()).await;
    assert_over(&mut stream, "ended", "revoked").await;

    let tokens = social.redeem(&browser.silently(&social).await).await;
    let mut stream = social.follow(&tokens.access).await;
    stream.next().await.event("standing");
    idp.pass("5m");
    let secret = social.secret();
    idp.import(json!({"clients": [{"client_id": "social", "client_secret": secret, "consent": "skip",
        "redirect_uris": ["https://social.example.com/callback"], "session": {"idle_timeout": "4m"}}]}))
        .await;
    let mut said = stream.next().await;
    while said == Said::Comment {
        said = stream.next().await;
    }
    assert_eq!(said.event("standing")["application"]["standing"], "dormant");
    assert_ended(&mut stream, "session_over").await;
}

#[actix_web::test]
async fn a_stream_ends_with_its_token() {
    let idp = Idp::start().await;
    let (_, social, tokens) = entered(&idp, "social").await;
    let mut stream = social.follow(&tokens.access).await;
    stream.next().await.event("standing");
    for _ in 0..23 {
        idp.pass("25s");
        assert_eq!(stream.next().await, Said::Comment, "silence is broken every 25 s");
        assert!(stream.is_silent().await);
    }
    idp.pass("24s");
    assert!(stream.is_silent().await);
    idp.pass("1s");
    assert_ended(&mut stream, "token_expired").await;
}

#[actix_web::test]
async fn a_page_of_ours_connects_again_after_a_sign_in_and_after_an_hour() {
    let idp = Idp::start().await;
    let (mut browser, social, _) = entered(&idp, "social").await;
    let mut page = browser.follow().await;
    let first: Value = page.next().await.event("standing");
    assert!(first["application"].is_null());
    idp.tick();
    let login = browser.authorize(&social, &[("prompt", "login")]).await;
    browser.sign_in(&login).await;
    assert_ended(&mut page, "superseded").await;
    let mut page = browser.follow().await;
    assert_eq!(page.next().await.event("standing")["sid"], first["sid"]);
    idp.pass("3599s");
    assert_eq!(page.next().await, Said::Comment);
    idp.pass("1s");
    assert_ended(&mut page, "too_long").await;
}

#[actix_web::test]
async fn places_are_capped_and_given_back_however_a_stream_ends() {
    let idp = Idp::start().await;
    let (mut browser, social, tokens) = entered(&idp, "social").await;
    let mut open = Vec::new();
    for _ in 0..abide::web::PER_PART {
        let mut stream = social.follow(&tokens.access).await;
        stream.next().await.event("standing");
        open.push(stream);
    }
    let refused = social.follow(&tokens.access).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.headers.get("retry-after").unwrap(), "30");
    // Another token of the same application session has no places of its own; another app has.
    let renewed = social.redeem(&browser.silently(&social).await).await;
    assert_eq!(social.follow(&renewed.access).await.status, 429);
    let bank = idp.app("bank");
    let at_bank = bank.redeem(&browser.authorize(&bank, &[]).await).await;
    let mut others = vec![bank.follow(&at_bank.access).await, browser.follow().await];
    for other in &mut others {
        other.next().await.event("standing");
    }
    assert_eq!(idp.streams().open_now(), abide::web::PER_PART + 2);

    open.pop();
    assert_eq!(social.follow(&tokens.access).await.status, 200, "a client that vanished left its place");
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    drop((open, others));
    assert_eq!((idp.streams().open_now(), idp.streams().remembered()), (0, 0));
    assert_eq!(idp.flows().store.hints().waited_for(), 0);
}

#[actix_web::test]
async fn a_head_request_opens_no_stream() {
    let idp = Idp::start().await;
    let (_, _, tokens) = entered(&idp, "social").await;
    let request = TestRequest::with_uri("/session/events").method(actix_web::http::Method::HEAD);
    let answer = idp.call(request.insert_header(("authorization", format!("Bearer {}", tokens.access)))).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("content-type"), answer.body.as_str()),
        (200, "text/event-stream", "")
    );
    assert_eq!(idp.streams().open_now(), 0);
}

#[actix_web::test]
async fn when_the_server_stops_every_stream_ends_and_none_begins() {
    let idp = Idp::start().await;
    let (_, social, tokens) = entered(&idp, "social").await;
    let mut stream = social.follow(&tokens.access).await;
    stream.next().await.event("standing");
    idp.streams().close();
    idp.flows().look_again();
    assert_ended(&mut stream, "closing").await;
    let refused = social.follow(&tokens.access).await;
    assert_eq!((refused.status.as_u16(), refused.headers.get("retry-after").unwrap().to_str().unwrap()), (503, "30"));
}

#[actix_web::test]
async fn what_another_node_did_is_overheard() {
    let idp = Idp::start().await;
    let (mut browser, social, tokens) = entered(&idp, "social").await;
    let mut stream = social.follow(&tokens.access).await;
    stream.next().await.event("standing");
    // Another node is another `Store` over the same backend: its hints reach nobody here.
    let node = abide::store::Store::new(idp.flows().store.backend().clone());
    let page = browser.status().await;
    assert_eq!(page.json()["standing"], "live");
    let sessions = node.all::<abide::model::session::Session>(None, 10).await.unwrap().items;
    let (id, now) = (sessions[0].id.clone(), idp.now());
    let reason = abide::model::session::standing::EndReason::Revoked;
    let event = abide::model::audit::Event::done(abide::model::audit::Act::SessionEnded, now).by(&sessions[0].account);
    node.change::<abide::model::session::Session, _, _>(id.as_str(), move |before| {
        before.unwrap().end(reason, event.clone())
    })
    .await
    .unwrap();
    assert!(stream.is_silent().await, "nobody told us");
    idp.flows().overhear(now).await.unwrap();
    assert_over(&mut stream, "ended", "revoked").await;
}
