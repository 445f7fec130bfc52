//! What a timed-out session kept comes back under all conditions, and under no less.

use crate::both_sides::{half_an_hour, told};
use crate::world::{By, MIRA, OTTO, Visitor, World, bank};
use serde_json::{Value, json};

/// Mira, signed in, with half a transfer typed and three things in her cart.
async fn half_way(world: &World) -> Visitor {
    let mut mira = world.signed_in(MIRA).await;
    type_half(&mut mira).await;
    let csrf = mira.open("/account").await.json()["csrf"].as_str().expect("a token").to_owned();
    assert_eq!(mira.script("/cart", &csrf, &json!(3)).await.status, 204);
    mira
}

fn kept(account: &Value) -> Option<&str> {
    account["draft"]["amount"].as_str()
}

#[actix_web::test]
async fn a_half_filled_form_survives_the_timeout() {
    let world = World::with(bank()).await;
    let mut mira = half_way(&world).await;
    let before = mira.handle();
    world.pass(121);
    let over = mira.step(By::Script, "/account").await;
    assert_eq!(over.status, 401, "a timed-out session allows nothing");
    assert!(!over.body.contains("Norrsken"));
    let draft = mira.step(By::Script, "/auth/session/draft?form=transfer").await;
    assert_eq!(draft.status, 401);

    // The SSO session lives, but the bank wants a password again.
    let page = mira.open("/account").await;
    assert!(page.url.starts_with(&world.issuer), "signed in without a question: {}", page.url);
    let account = mira.fill_in(&page, MIRA).await.json();
    assert_eq!((kept(&account), account["cart"].as_i64()), (Some("12.40"), Some(3)));
    assert_eq!(account["restored_at"].as_i64(), Some(world.now()));
    assert_ne!(mira.handle(), before);
    world.stop().await;
}

/// Half a transfer, typed by somebody who is signed in.
async fn type_half(mira: &mut Visitor) {
    let csrf = mira.open("/account").await.json()["csrf"].as_str().expect("a token").to_owned();
    let draft = json!({"form": "transfer", "fields": {"to": "Norrsken Bakery", "amount": "12.40"}});
    assert_eq!(mira.script("/auth/session/draft", &csrf, &draft).await.status, 204);
}

#[actix_web::test]
async fn in_a_session_that_came_back_once_a_limit_of_the_app_alone_loses_nothing() {
    let world = World::of(bank(), half_an_hour, told()).await;
    let mut mira = half_way(&world).await;
    let first = mira.open("/account").await.json()["sid"].clone();
    world.pass(1801);
    world.deliver().await;
    let back = mira.sign_in("/account", MIRA).await.json();
    assert_eq!((kept(&back), &back["prev_sid"]), (Some("12.40"), &first));
    let second = back["sid"].clone();

    // From here on the provider's session lives, and all of its tokens name the first one beside it.
    for _ in 0..2 {
        type_half(&mut mira).await;
        world.pass(150);
        assert_eq!(mira.step(By::Script, "/account").await.status, 401);
        let again = mira.sign_in("/account", MIRA).await.json();
        assert_eq!((&again["sid"], &again["prev_sid"]), (&second, &first), "{again}");
        assert_eq!((kept(&again), again["cart"].as_i64()), (Some("12.40"), Some(3)), "{again}");
    }
    world.pass(60);
    let page = mira.open("/auth/sign-in?again=1&return_to=/account").await;
    let anew = mira.fill_in(&page, MIRA).await.json();
    assert_eq!((&anew["prev_sid"], kept(&anew)), (&first, Some("12.40")), "authenticated again while it lived");
    world.stop().await;
}

#[actix_web::test]
async fn somebody_else_at_the_machine_sees_nothing_while_her_session_at_the_provider_lives() {
    let world = World::with(bank()).await;
    let mira = half_way(&world).await;
    world.pass(150);
    // It lives: another window of this browser is signed in without a question.
    let mut window = mira.clone();
    window.cookies.retain(|(host, _), _| host == "localhost");
    assert_eq!(window.open("/account").await.json()["name"], "mira");

    let mut otto = mira;
    let page = otto.open("/account").await;
    assert!(page.url.starts_with(&world.issuer), "a password is asked for: {}", page.url);
    let mut seen = vec![page.body.clone()];
    for address in ["/", "/auth/session", "/auth/session/draft?form=transfer", "/account", "/form", "/auth/renew"] {
        seen.push(otto.step(By::Script, address).await.body);
    }
    seen.push(otto.open("/auth/renew?return_to=/").await.body);
    for body in &seen {
        assert!(!body.contains("Norrsken") && !body.contains("12.40") && !body.contains("eyJ"), "{body}");
    }
    let page = otto.open("/account").await;
    let account = otto.fill_in(&page, OTTO).await.json();
    assert_eq!((account["name"].as_str(), kept(&account), account["cart"].is_null()), (Some("otto"), None, true));
    assert!(account["restored_at"].is_null());
    world.stop().await;
}

#[actix_web::test]
async fn nobody_else_gets_it_and_then_it_is_gone() {
    let world = World::with(bank()).await;
    let mut mira = half_way(&world).await;
    world.pass(150);
    // Somebody else at the same machine, who knows nothing of her at the provider either.
    let page = mira.open("/account").await;
    assert!(!page.body.contains("Norrsken"));
    mira.forget_provider();
    let page = mira.open("/account").await;
    let account = mira.fill_in(&page, OTTO).await.json();
    assert_eq!((account["name"].as_str(), kept(&account)), (Some("otto"), None));
    // And for her it is gone too.
    world.pass(150);
    mira.forget_provider();
    let account = mira.sign_in("/account", MIRA).await.json();
    assert_eq!((account["name"].as_str(), kept(&account)), (Some("mira"), None));
    world.stop().await;
}

#[actix_web::test]
async fn another_browser_gets_nothing() {
    let world = World::with(bank()).await;
    half_way(&world).await;
    world.pass(150);
    let mut elsewhere = world.visitor();
    let account = elsewhere.sign_in("/account", MIRA).await.json();
    assert_eq!(kept(&account), None);
    world.stop().await;
}

#[actix_web::test]
async fn the_old_cookie_is_good_for_nothing_after_it_was_used() {
    let world = World::with(bank()).await;
    let mut mira = half_way(&world).await;
    let before = mira.handle().expect("a session");
    world.pass(150);
    let account = mira.sign_in("/account", MIRA).await.json();
    assert_eq!(kept(&account), Some("12.40"));
    let mut replayed = world.visitor();
    replayed.plant("bank_session", &before);
    assert_eq!(replayed.step(By::Script, "/account").await.status, 401);
    let account = replayed.sign_in("/account", MIRA).await.json();
    assert_eq!(kept(&account), None, "given twice");
    world.stop().await;
}

#[actix_web::test]
async fn too_late_is_too_late() {
    let world = World::with(bank()).await;
    let mut mira = half_way(&world).await;
    world.pass(120 + 3600);
    let account = mira.sign_in("/account", MIRA).await.json();
    assert_eq!(kept(&account), None);
    world.stop().await;
}

#[actix_web::test]
async fn a_sign_out_leaves_nothing() {
    let world = World::with(bank()).await;
    let mut mira = half_way(&world).await;
    let csrf = mira.open("/account").await.json()["csrf"].as_str().expect("a token").to_owned();
    let before = mira.handle().expect("a session");
    mira.post("/auth/sign-out", &[("csrf", &csrf)], &world.origin.clone()).await;
    world.pass(150);
    mira.plant("bank_session", &before);
    let account = mira.sign_in("/account", MIRA).await.json();
    assert_eq!(kept(&account), None);
    world.stop().await;
}

#[actix_web::test]
async fn a_notice_of_a_timeout_keeps_it_and_one_of_a_sign_out_drops_it() {
    let cases = [
        ("idle, may come back", json!("idle"), json!(1000), true),
        ("absolute, may come back", json!("absolute"), json!(1000), true),
        ("idle, until just now", json!("idle"), json!(150), false),
        ("idle, never", json!("idle"), Value::Null, false),
        ("signed out", json!("sign_out"), json!(1000), false),
        ("withdrawn", json!("revoked"), json!(1000), false),
        ("no reason given", Value::Null, json!(1000), false),
    ];
    for (case, reason, until, comes_back) in cases {
        let world = World::with(bank()).await;
        let mut mira = half_way(&world).await;
        let sid = mira.open("/account").await.json()["sid"].clone();
        let start = world.now();
        let token = world.logout_token(|claims| {
            claims["sid"] = sid;
            if !reason.is_null() {
                claims["reason"] = reason;
            }
            if let Some(after) = until.as_i64() {
                claims["reconstitutable_until"] = json!(start + after);
            }
        });
        assert_eq!(mira.raw("/auth/back-channel-logout", &[("logout_token", &token)]).await.status, 200);
        assert_eq!(mira.step(By::Script, "/account").await.status, 401, "{case}");
        world.pass(150);
        mira.forget_provider();
        let account = mira.sign_in("/account", MIRA).await.json();
        assert_eq!(kept(&account).is_some(), comes_back, "{case}");
        world.stop().await;
    }
}

#[actix_web::test]
async fn a_provider_that_does_not_ask_again_cures_nothing() {
    let world = World::with(bank()).await;
    let mut mira = half_way(&world).await;
    world.pass(150);
    // The request as the app makes it, but for the `max_age` that an intermediary took away.
    let leaving = mira.step(By::Person, "/auth/sign-in?return_to=/account").await;
    let to = leaving.location.expect("a redirect");
    let laxer = to.split('&').filter(|part| !part.starts_with("max_age=")).collect::<Vec<_>>().join("&");
    assert_ne!(to, laxer);
    let back = mira.open(&laxer).await;
    assert_eq!(back.status, 403, "{}", back.body);
    assert!(back.body.contains("Please sign in again"));
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    // Nothing is lost by it.
    let account = mira.sign_in("/account", MIRA).await.json();
    assert_eq!(kept(&account), Some("12.40"));
    world.stop().await;
}

#[actix_web::test]
async fn of_two_callbacks_at_once_one_gets_it() {
    let world = World::with(bank()).await;
    let mut mira = half_way(&world).await;
    world.pass(150);
    let mut other_tab = mira.clone();
    let page = mira.open("/account").await;
    let (first, _) = mira.credentials(&page, MIRA).await;
    let page = other_tab.open("/account").await;
    let (second, _) = other_tab.credentials(&page, MIRA).await;
    let (one, two) = tokio::join!(mira.open(&first), other_tab.open(&second));
    let got = [one.json(), two.json()].iter().filter(|account| kept(account).is_some()).count();
    assert_eq!(got, 1);
    world.stop().await;
}

#[actix_web::test]
async fn authenticating_again_while_live_moves_the_absolute_end_and_keeps_everything() {
    let world = World::with(bank()).await;
    let mut mira = half_way(&world).await;
    world.pass(100);
    let page = mira.open("/auth/sign-in?again=1&return_to=/account").await;
    let account = mira.fill_in(&page, MIRA).await.json();
    assert_eq!((kept(&account), account["restored_at"].is_null()), (Some("12.40"), true));
    world.stop().await;
}
