//! The two sessions together: the provider's own ends, told by its own outbox and stream, and activity told to it.

use crate::status::event_where;
use crate::world::{By, MIRA, SECRET, Visitor, World, bank};
use abide::config::Config;
use abide::flow::import::ReplaceSecrets;
use abide::protocol::Timestamp;
use abide_rp::{MemoryStore, Policy, SessionStore};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

pub fn told() -> Value {
    json!({"backchannel_logout_uri": "/auth/back-channel-logout", "backchannel_logout_session_required": true})
}

pub fn half_an_hour(config: &mut Config) {
    config.session.idle_timeout = "30m".parse().expect("a span");
    config.session.reconstitution_window = "1h".parse().expect("a span");
}

pub async fn account(mira: &mut Visitor) -> Value {
    mira.step(By::Script, "/account").await.json()
}

pub async fn type_half(mira: &mut Visitor) {
    let csrf = account(mira).await["csrf"].as_str().expect("a token").to_owned();
    let draft = json!({"form": "transfer", "fields": {"amount": "12.40"}});
    assert_eq!(mira.script("/auth/session/draft", &csrf, &draft).await.status, 204);
}

#[actix_web::test]
async fn when_the_providers_session_times_out_the_draft_comes_back_with_the_session() {
    let world = World::of(Policy::default(), half_an_hour, told()).await;
    let mut mira = world.signed_in(MIRA).await;
    type_half(&mut mira).await;
    let before = account(&mut mira).await["sid"].clone();
    world.pass(1801);
    world.deliver().await;
    let status = mira.step(By::Script, "/auth/session").await.json();
    assert_eq!((status["standing"].as_str(), status["limit"].as_str()), (Some("dormant"), Some("idle")), "{status}");
    assert_eq!(status["until"].as_i64(), Some(world.now() - 1 + 3600), "the provider's own word");
    world.pass(60);
    let back = mira.sign_in("/account", MIRA).await.json();
    assert_eq!(back["draft"]["amount"], "12.40");
    assert_ne!(back["sid"], before, "a session that came back has another name");
    // A notice that comes late names the old one.
    world.deliver().await;
    assert_eq!(mira.step(By::Script, "/account").await.status, 200);
    world.stop().await;
}

#[actix_web::test]
async fn an_app_limit_that_the_provider_keeps_does_the_same() {
    let mut client = told();
    client["session"] = json!({"idle_timeout": "2m"});
    let world = World::of(Policy::default(), |_| (), client).await;
    let mut mira = world.signed_in(MIRA).await;
    type_half(&mut mira).await;
    world.pass(125);
    world.deliver().await;
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    let page = mira.open("/account").await;
    assert!(page.url.starts_with(&world.issuer), "a password is asked for again: {}", page.url);
    assert_eq!(mira.fill_in(&page, MIRA).await.json()["draft"]["amount"], "12.40");
    world.deliver().await;
    assert_eq!(mira.step(By::Script, "/account").await.status, 200);
    world.stop().await;
}

#[actix_web::test]
async fn a_refresh_that_fails_first_is_no_sign_out() {
    let mut client = told();
    client["session"] = json!({"idle_timeout": "2m"});
    let world =
        World::of(Policy::default(), |config| config.tokens.access = "1m".parse().expect("a span"), client).await;
    let mut mira = world.signed_in(MIRA).await;
    type_half(&mut mira).await;
    world.pass(125);
    // The page comes before the notice: its refresh finds the grant dead, without a reason.
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    assert_eq!(mira.step(By::Script, "/auth/session").await.json()["limit"], "provider");
    world.deliver().await;
    assert_eq!(mira.step(By::Script, "/auth/session").await.json()["limit"], "idle");
    assert_eq!(mira.sign_in("/account", MIRA).await.json()["draft"]["amount"], "12.40");
    world.stop().await;
}

#[actix_web::test]
async fn a_sign_out_at_the_provider_leaves_nothing() {
    let world = World::of(Policy::default(), |_| (), told()).await;
    let mut mira = world.signed_in(MIRA).await;
    type_half(&mut mira).await;
    let page = mira.open(&format!("{}/end_session", world.issuer)).await;
    let gone = mira.submit(&page, "/end_session/confirm", &[("choice", "sign-out"), ("scope", "browser")]).await;
    assert_eq!(gone.status, 200, "{}", gone.body);
    world.deliver().await;
    let account = mira.sign_in("/account", MIRA).await.json();
    assert!(account["draft"].is_null());
    world.stop().await;
}

#[actix_web::test]
async fn the_persons_acts_here_keep_the_providers_session_alive() {
    let world = World::of(Policy::default(), half_an_hour, told()).await;
    let mut mira = world.signed_in(MIRA).await;
    for _ in 0..4 {
        world.pass(20 * 60);
        assert_eq!(mira.open("/account").await.status, 200);
        until_reported(&world, &mut mira).await;
    }
    // A machine alone keeps nothing alive.
    world.pass(20 * 60);
    assert_eq!(mira.step(By::Script, "/account").await.status, 200);
    world.pass(11 * 60);
    world.deliver().await;
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    world.stop().await;
}

/// Reports go in the background: waits until the provider has this one.
async fn until_reported(world: &World, mira: &mut Visitor) {
    for _ in 0..100 {
        let seen = mira.step(By::Script, "/provider").await.json();
        if seen["idle_end"].as_i64() == Some(world.now() + 1800) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the act was not reported");
}

#[actix_web::test]
async fn the_providers_stream_ends_a_session_without_any_back_channel() {
    let world = World::of(Policy::default(), half_an_hour, json!({})).await;
    let mut mira = world.signed_in(MIRA).await;
    type_half(&mut mira).await;
    let mut stream = mira.stream("/auth/session/events").await;
    let first = event_where(&mut stream, |status| status["provider"]["standing"] == "live").await;
    assert!(!first.to_string().contains("eyJ"));
    let page = mira.open(&format!("{}/end_session", world.issuer)).await;
    mira.submit(&page, "/end_session/confirm", &[("choice", "sign-out"), ("scope", "browser")]).await;
    let end = event_where(&mut stream, |status| status["standing"] != "live").await;
    assert_eq!((end["standing"].as_str(), end["reason"].as_str()), (Some("ended"), Some("sign_out")), "{end}");
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    assert!(mira.sign_in("/account", MIRA).await.json()["draft"].is_null());
    world.stop().await;
}

#[actix_web::test]
async fn the_end_of_the_grant_before_the_renewal_is_not_the_sessions() {
    let store: Arc<dyn SessionStore> = Arc::new(MemoryStore::new(10));
    let shared = Arc::clone(&store);
    let world = World::built(Policy::default(), half_an_hour, json!({}), |app| app.shared_store(shared)).await;
    let mut mira = world.signed_in(MIRA).await;
    type_half(&mut mira).await;
    let mut stream = mira.stream("/auth/session/events").await;
    event_where(&mut stream, |status| status["provider"]["standing"] == "live").await;
    let name = store.page(None, 1).await.expect("a page").remove(0);
    let before = store.find(&name).await.expect("an answer").expect("a session").session.tokens;
    world.pass(5);
    assert_eq!(mira.open("/auth/renew?return_to=/account").await.json()["renewals"], 1);
    event_where(&mut stream, |status| status["renew_at"].as_i64() > Some(before.renew_at())).await;

    let fields = [("token", before.refresh.as_deref().expect("a refresh token"))];
    let revoking = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
        .post(format!("{}/revoke", world.issuer))
        .form(&fields);
    assert_eq!(revoking.basic_auth("bank", Some(SECRET)).send().await.expect("an answer").status(), 200);
    // A second and more, in which the provider's word about that grant arrives where somebody listens to it.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let account = account(&mut mira).await;
    assert_eq!((account["name"].as_str(), account["draft"]["amount"].as_str()), (Some("mira"), Some("12.40")));

    // What it says about the grant that came instead is heard.
    let page = mira.open(&format!("{}/end_session", world.issuer)).await;
    mira.submit(&page, "/end_session/confirm", &[("choice", "sign-out"), ("scope", "browser")]).await;
    let end = event_where(&mut stream, |status| status["standing"] != "live").await;
    assert_eq!((end["standing"].as_str(), end["reason"].as_str()), (Some("ended"), Some("sign_out")), "{end}");
    world.stop().await;
}

#[actix_web::test]
async fn signed_out_after_coming_back_through_another_app_leaves_nothing_here_either() {
    let world = World::of(bank(), half_an_hour, told()).await;
    let plaza = json!({"clients": [{
        "client_id": "plaza", "client_name": "Plaza", "consent": "skip", "scope_claims": "id_token", "client_secret": SECRET,
        "redirect_uris": [format!("{}/plaza/auth/callback", world.origin)],
    }]});
    let idp = &world.facing.idp;
    idp.import(&plaza.to_string(), ReplaceSecrets::No, Timestamp(world.now())).await.expect("imported");
    let mut mira = world.signed_in(MIRA).await;
    type_half(&mut mira).await;
    let before = account(&mut mira).await["sid"].clone();
    world.pass(1801);
    world.deliver().await;
    assert_eq!(mira.step(By::Script, "/auth/session").await.json()["standing"], "dormant");

    // Back through Plaza alone, which needs no more of its answer than that it came.
    let request = format!(
        "{}/authorize?response_type=code&client_id=plaza&scope=openid&state=s&code_challenge_method=S256\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&redirect_uri={}/plaza/auth/callback",
        world.issuer, world.origin
    );
    world.pass(60);
    let page = mira.open(&request).await;
    let (back, _) = mira.credentials(&page, MIRA).await;
    assert!(back.contains("/plaza/auth/callback?code="), "{back}");
    world.deliver().await;
    assert_eq!(mira.step(By::Script, "/auth/session").await.json()["standing"], "dormant", "what is kept here waits");

    let page = mira.open(&format!("{}/end_session", world.issuer)).await;
    let gone = mira.submit(&page, "/end_session/confirm", &[("choice", "sign-out"), ("scope", "browser")]).await;
    assert_eq!(gone.status, 200, "{}", gone.body);
    world.deliver().await;
    let status = mira.step(By::Script, "/auth/session").await.json();
    assert_eq!((status["standing"].as_str(), status["reason"].as_str()), (Some("ended"), Some("sign_out")), "{status}");
    world.pass(5);
    let fresh = mira.sign_in("/account", MIRA).await.json();
    assert_eq!(fresh["name"], "mira");
    assert!(fresh["draft"].is_null() && fresh["restored_at"].is_null(), "{fresh}");
    assert_ne!(fresh["sid"], before);
    world.stop().await;
}

#[actix_web::test]
async fn renewed_by_prompt_none_and_never_past_a_limit_of_ours() {
    let world = World::of(bank(), |_| (), told()).await;
    let mut mira = world.signed_in(MIRA).await;
    world.pass(100);
    let account = mira.open("/auth/renew?return_to=/account").await.json();
    assert_eq!(account["renewals"], 1);
    world.pass(130);
    let back = mira.open("/auth/renew?return_to=/account").await;
    assert!(back.url.starts_with(&world.issuer), "a silent renewal cured a limit: {} {}", back.status, back.body);
    world.stop().await;
}

#[actix_web::test]
async fn a_frame_tells_its_page_and_ends_nothing() {
    let world = World::of(Policy::default(), |_| (), json!({})).await;
    let mut mira = world.signed_in(MIRA).await;
    let mut seen = mira.step(By::Frame, "/auth/renew?frame=1").await;
    while let Some(next) = seen.location.clone() {
        seen = mira.step(By::Frame, &next).await;
    }
    assert!(seen.body.contains("data-result=\"renewed\""), "{}", seen.body);
    assert!(seen.headers["content-security-policy"].to_str().expect("text").contains("frame-ancestors 'self'"));
    // A browser that lets no cookie of the provider into frames.
    mira.forget_provider();
    let mut seen = mira.step(By::Frame, "/auth/renew?frame=1").await;
    while let Some(next) = seen.location.clone() {
        seen = mira.step(By::Frame, &next).await;
    }
    assert!(seen.body.contains("data-result=\"refused\""), "{}", seen.body);
    assert_eq!(mira.step(By::Script, "/account").await.status, 200);
    world.stop().await;
}
