//! Silent renewal by an authorization request: for the person whose session it is, and harmless whoever begins it.

use crate::both_sides::type_half;
use crate::world::{By, MIRA, OTTO, Seen, Visitor, World};
use abide_rp::Policy;
use serde_json::json;

const RENEW: &str = "/auth/renew?return_to=/account";

/// An app without refresh tokens, and Mira who has typed half a transfer into it.
async fn half_way() -> (World, Visitor) {
    let world = World::of(Policy::default(), |_| (), json!({"grant_types": ["authorization_code"]})).await;
    let mut mira = world.signed_in(MIRA).await;
    type_half(&mut mira).await;
    (world, mira)
}

/// Otto signs in at the provider in the same browser, and is the one whom it names from then on.
async fn otto_joins(mira: &mut Visitor) {
    let mut window = mira.clone();
    window.cookies.retain(|(host, _), _| host == "localhost");
    let page = window.open("/auth/sign-in?again=1&return_to=/account").await;
    assert_eq!(window.fill_in(&page, OTTO).await.json()["name"], "otto");
    window.cookies.retain(|(host, _), _| host == "localhost");
    mira.forget_provider();
    mira.cookies.extend(window.cookies.clone());
    assert_eq!(window.open("/account").await.json()["name"], "otto", "whoever comes is Otto");
}

/// Mira is signed in, so many renewals later, and what she typed is there.
async fn is_there(mira: &mut Visitor, renewals: i64, case: &str) {
    let seen = mira.step(By::Script, "/account").await;
    assert_eq!(seen.status, 200, "{case}: {}", seen.body);
    let account = seen.json();
    let known = (account["name"].as_str(), account["renewals"].as_i64(), account["draft"]["amount"].as_str());
    assert_eq!(known, (Some("mira"), Some(renewals), Some("12.40")), "{case}");
}

fn without(address: &str, parameter: &str) -> String {
    let (page, query) = address.split_once('?').expect("a query");
    let kept: Vec<&str> = query.split('&').filter(|part| !part.starts_with(parameter)).collect();
    assert_ne!(kept.len(), query.split('&').count(), "{address} has no {parameter}");
    format!("{page}?{}", kept.join("&"))
}

async fn leaving(mira: &mut Visitor) -> String {
    mira.step(By::Person, RENEW).await.location.expect("a redirect")
}

#[actix_web::test]
async fn of_two_people_at_the_provider_the_renewal_is_for_whose_session_it_is() {
    let (world, mut mira) = half_way().await;
    otto_joins(&mut mira).await;
    mira.open(RENEW).await;
    is_there(&mut mira, 1, "in the window").await;
    let framed = mira.follow(By::Frame, "/auth/renew?frame=1").await;
    assert!(framed.body.contains("data-result=\"renewed\""), "{}", framed.body);
    is_there(&mut mira, 2, "in a frame").await;
    // The hint is a token that has expired by then.
    world.pass(2 * 3600);
    mira.open(RENEW).await;
    is_there(&mut mira, 3, "hours later").await;
    world.stop().await;
}

#[actix_web::test]
async fn an_answer_for_somebody_else_renews_nothing_and_ends_nothing() {
    let (world, mut mira) = half_way().await;
    otto_joins(&mut mira).await;
    for path in [RENEW, "/auth/renew?frame=1"] {
        // As a provider answers that knows no hints.
        let to = mira.step(By::Person, path).await.location.expect("a redirect");
        mira.open(&without(&to, "id_token_hint=")).await;
        is_there(&mut mira, 0, path).await;
    }
    world.stop().await;
}

#[actix_web::test]
async fn who_is_signed_out_at_the_provider_is_so_here_and_what_was_typed_waits() {
    let (world, mut mira) = half_way().await;
    otto_joins(&mut mira).await;
    mira.forget_provider();
    let page = mira.open(RENEW).await;
    assert!(page.url.starts_with(&world.issuer), "{}", page.url);
    let status = mira.step(By::Script, "/auth/session").await.json();
    assert_eq!((status["standing"].as_str(), status["limit"].as_str()), (Some("dormant"), Some("provider")));
    assert_eq!(mira.fill_in(&page, MIRA).await.json()["draft"]["amount"], "12.40");
    world.stop().await;
}

/// An answer of the provider that this browser brings.
async fn answered(mira: &mut Visitor, world: &World, leaving: &str, error: &str) -> Seen {
    let url: reqwest::Url = leaving.parse().expect("a URL");
    let state = url.query_pairs().find(|(name, _)| name == "state").expect("a state").1.into_owned();
    let back = format!("/auth/callback?error={error}&state={state}&iss={}", world.issuer);
    mira.step(By::Person, &back).await
}

#[actix_web::test]
async fn only_that_she_has_to_sign_in_is_a_word_about_her_session() {
    let (world, mut mira) = half_way().await;
    let other =
        ["interaction_required", "consent_required", "account_selection_required", "invalid_request", "server_error"];
    for error in other {
        let to = leaving(&mut mira).await;
        answered(&mut mira, &world, &to, error).await;
        is_there(&mut mira, 0, error).await;
    }
    let to = leaving(&mut mira).await;
    answered(&mut mira, &world, &to, "login_required").await;
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    world.stop().await;
}

#[actix_web::test]
async fn a_refusal_is_about_the_session_that_asked() {
    let (world, mut mira) = half_way().await;
    let to = leaving(&mut mira).await;
    world.pass(1);
    let page = mira.open("/auth/sign-in?again=1&return_to=/account").await;
    mira.fill_in(&page, MIRA).await;
    answered(&mut mira, &world, &to, "login_required").await;
    is_there(&mut mira, 0, "the session that came after it").await;
    world.stop().await;
}

#[actix_web::test]
async fn a_link_on_somebody_elses_page_ends_nothing() {
    let (world, mut mira) = half_way().await;
    let here = mira.handle();
    mira.follow(By::Link, RENEW).await;
    is_there(&mut mira, 1, "it may renew").await;
    otto_joins(&mut mira).await;
    for path in [RENEW, "/auth/sign-in?return_to=/account", "/auth/renew?frame=1"] {
        mira.follow(By::Link, path).await;
        let seen = mira.step(By::Script, "/account").await;
        assert_eq!(seen.json()["draft"]["amount"], "12.40", "{path}");
    }
    mira.forget_provider();
    for path in [RENEW, "/auth/sign-in?return_to=/account", "/auth/renew?frame=1"] {
        mira.follow(By::Link, path).await;
        assert_eq!(mira.step(By::Script, "/account").await.status, 200, "{path}, and nobody at the provider");
    }
    assert_eq!(mira.handle(), here);
    world.stop().await;
}
