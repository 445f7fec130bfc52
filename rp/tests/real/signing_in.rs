//! Signing in and out, and what an attacker would try on the way.

use crate::world::{By, MIRA, OTTO, World, bank};
use abide_rp::Policy;

#[actix_web::test]
async fn a_person_signs_in_and_the_browser_gets_a_random_handle_alone() {
    let world = World::with(bank()).await;
    let mut mira = world.signed_in(MIRA).await;
    let account = mira.open("/account").await.json();
    assert_eq!((account["name"].as_str(), account["standing"].as_str()), (Some("mira"), Some("live")));
    assert_eq!(mira.handle().expect("a session").len(), 43);
    let at_the_app = mira.cookies.iter().filter(|((host, _), _)| host == "bank.localhost");
    for ((_, name), value) in at_the_app {
        assert!(!value.contains("eyJ") && !value.contains('.'), "{name} looks like a token");
        assert_eq!(name, "bank_session", "nothing else is left");
    }
    world.stop().await;
}

#[actix_web::test]
async fn the_front_page_looks_once_and_stays() {
    let world = World::with(bank()).await;
    let mut somebody = world.visitor();
    assert_eq!(somebody.open("/").await.body, "front page");
    // Signed in at the provider meanwhile, by another way: the next visit finds out.
    let mut elsewhere = world.signed_in(MIRA).await;
    elsewhere.cookies.retain(|(host, _), _| host == "localhost");
    somebody.cookies.append(&mut elsewhere.cookies);
    assert_eq!(somebody.open("/").await.body, "hello mira");
    world.stop().await;
}

#[actix_web::test]
async fn a_planted_handle_becomes_no_session_and_each_sign_in_has_its_own() {
    let world = World::with(bank()).await;
    let mut mira = world.visitor();
    let planted = "A".repeat(43);
    mira.plant("bank_session", &planted);
    mira.sign_in("/account", MIRA).await;
    let first = mira.handle().expect("a session");
    assert_ne!(first, planted, "session fixation");

    world.pass(1);
    mira.sign_in("/auth/sign-in?again=1&return_to=/account", MIRA).await;
    let second = mira.handle().expect("a session");
    assert_ne!(first, second, "not renewed at sign-in");

    for dead in [&planted, &first] {
        let mut attacker = world.visitor();
        attacker.plant("bank_session", dead);
        assert_eq!(attacker.step(By::Script, "/account").await.status, 401);
    }
    world.stop().await;
}

#[actix_web::test]
async fn an_answer_is_good_in_the_browser_that_asked_and_once() {
    let world = World::with(bank()).await;
    let mut attacker = world.visitor();
    let page = attacker.open("/account").await;
    let (way_back, _) = attacker.credentials(&page, OTTO).await;

    // Login CSRF: the attacker's own answer, opened by somebody else.
    let mut victim = world.visitor();
    victim.open("/account").await;
    assert_eq!(victim.step(By::Person, &way_back).await.status, 400);
    assert!(victim.handle().is_none());

    for (from, to) in
        [("state=", "state=x"), ("iss=http", "iss=https"), ("iss=", "issuer="), ("code=", "error=x&code=")]
    {
        let mut copy = attacker.clone();
        let altered = copy.step(By::Person, &way_back.replace(from, to)).await;
        assert!(altered.status == 400 || altered.status == 502, "{to}: {}", altered.status);
        assert!(copy.handle().is_none(), "{to}");
    }
    assert_eq!(attacker.step(By::Person, &way_back).await.status, 303);
    assert!(attacker.handle().is_some());
    assert_eq!(attacker.step(By::Person, &way_back).await.status, 400, "used twice");
    world.stop().await;
}

#[actix_web::test]
async fn a_sign_in_may_take_a_quarter_of_an_hour() {
    for (seconds, status) in [(899, 303), (900, 400)] {
        let world = World::with(bank()).await;
        let mut mira = world.visitor();
        let page = mira.open("/account").await;
        // The provider keeps its forms for ten minutes; the way back is taken later still.
        let (way_back, _) = mira.credentials(&page, MIRA).await;
        world.pass(seconds);
        let seen = mira.step(By::Person, &way_back).await;
        // The code itself is dead by then; what is looked at is whether we knew the request at all.
        assert_eq!(seen.status == 400, status == 400, "{seconds} s: {}", seen.status);
        world.stop().await;
    }
}

#[actix_web::test]
async fn the_way_back_never_leads_elsewhere() {
    let world = World::with(bank()).await;
    for evil in ["//evil.example", "https://evil.example", "%2F%2Fevil.example", "/\\evil.example"] {
        let mut mira = world.visitor();
        let seen = mira.sign_in(&format!("/auth/sign-in?return_to={evil}"), MIRA).await;
        assert!(seen.url.starts_with(&world.origin), "{evil} led to {}", seen.url);
    }
    world.stop().await;
}

#[actix_web::test]
async fn renewed_by_refresh_and_sixteen_at_once_use_the_token_once() {
    let world = World::with(Policy::default()).await;
    let mira = world.signed_in(MIRA).await;
    world.pass(595);
    let asking = (0..16).map(|_| {
        let mut mira = mira.clone();
        async move { mira.open("/account").await.json() }
    });
    for account in futures_util::future::join_all(asking).await {
        assert_eq!((account["sub"].is_string(), account["renewals"].as_i64()), (true, Some(1)));
    }
    world.stop().await;
}

#[actix_web::test]
async fn signing_out_needs_the_token_of_the_page_and_ends_both_sessions() {
    let world = World::with(Policy::default()).await;
    let mut mira = world.signed_in(MIRA).await;
    let csrf = mira.open("/account").await.json()["csrf"].as_str().expect("a token").to_owned();
    let origin = world.origin.clone();
    let attempts = [
        ("no token", vec![], origin.as_str()),
        ("another token", vec![("csrf", "AAAA")], origin.as_str()),
        ("another origin", vec![("csrf", csrf.as_str())], "http://evil.example"),
        ("an origin that hides", vec![("csrf", csrf.as_str())], "null"),
    ];
    for (case, fields, from) in attempts {
        assert_eq!(mira.post("/auth/sign-out", &fields, from).await.status, 403, "{case}");
        assert_eq!(mira.step(By::Script, "/account").await.status, 200, "{case} ended the session");
    }
    let before = mira.handle().expect("a session");
    let seen = mira.post("/auth/sign-out", &[("csrf", &csrf)], &origin).await;
    assert!(seen.url.starts_with(&format!("{origin}/auth/signed-out?state=")), "{}", seen.url);
    assert!(seen.body.contains("You are signed out"), "{}", seen.body);
    assert!(mira.handle().is_none());
    let mut thief = world.visitor();
    thief.plant("bank_session", &before);
    assert_eq!(thief.step(By::Script, "/account").await.status, 401);
    // The provider forgot her too: a silent look is answered with the front page.
    world.pass(31);
    mira.cookies.retain(|(_, name), _| name != "bank_quiet");
    assert_eq!(mira.open("/").await.body, "front page");
    // A stranger's link to the way back says nothing.
    assert!(mira.step(By::Person, "/auth/signed-out?state=made-up").await.location.is_some());
    world.stop().await;
}

#[actix_web::test]
async fn one_person_cannot_fill_the_store() {
    let world = World::with(Policy::default()).await;
    let mut last = None;
    for _ in 0..40 {
        let mut visitor = world.visitor();
        visitor.sign_in("/account", MIRA).await;
        last = Some(visitor);
        world.pass(3);
    }
    let mut mira = last.expect("a visitor");
    assert_eq!(mira.step(By::Script, "/account").await.status, 200);
    world.pass(401 * 86_400);
    assert_eq!(world.app.sweep().await.expect("swept"), 32);
    world.stop().await;
}
