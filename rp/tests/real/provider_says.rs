//! What the provider calls: the back channel with every kind of bad token, the front channel, the race with a sign-in.

use crate::faulty::Faulty;
use crate::world::{By, MIRA, Visitor, World, encoded};
use abide::crypto::keyring::Keyring;
use abide::protocol::Timestamp;
use abide::protocol::signing::SigningAlg;
use abide_rp::{MemoryStore, Policy, SessionStore};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::Arc;

const PATH: &str = "/auth/back-channel-logout";

async fn sid_of(mira: &mut Visitor) -> Value {
    mira.open("/account").await.json()["sid"].clone()
}

#[actix_web::test]
async fn a_good_token_ends_the_session_it_names_once() {
    let world = World::with(Policy::default()).await;
    let (mut mira, mut other) = (world.signed_in(MIRA).await, world.signed_in(MIRA).await);
    let sid = sid_of(&mut mira).await;
    let token = world.logout_token(|claims| claims["sid"] = sid);
    let answer = mira.raw(PATH, &[("logout_token", &token)]).await;
    assert_eq!((answer.status, answer.headers["cache-control"].to_str().unwrap()), (200, "no-store"));
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    assert_eq!(other.step(By::Script, "/account").await.status, 200, "another session of the same person");
    let again = mira.raw(PATH, &[("logout_token", &token)]).await;
    assert_eq!((again.status, again.json()["error"].as_str()), (400, Some("invalid_request")), "replayed");
    world.stop().await;
}

#[actix_web::test]
async fn a_token_by_subject_ends_all_of_theirs_but_what_came_later() {
    let world = World::with(Policy::default()).await;
    let (mut one, mut two) = (world.signed_in(MIRA).await, world.signed_in(MIRA).await);
    let sub = one.open("/account").await.json()["sub"].clone();
    let token = world.logout_token(|claims| claims["sub"] = sub.clone());
    world.pass(5);
    let mut later = world.signed_in(MIRA).await;
    assert_eq!(one.raw(PATH, &[("logout_token", &token)]).await.status, 200);
    assert_eq!(one.step(By::Script, "/account").await.status, 401);
    assert_eq!(two.step(By::Script, "/account").await.status, 401);
    assert_eq!(later.step(By::Script, "/account").await.status, 200, "signed in after the notice was given");
    world.stop().await;
}

#[actix_web::test]
async fn a_sid_that_matches_nothing_is_fine() {
    let world = World::with(Policy::default()).await;
    let mut mira = world.signed_in(MIRA).await;
    let token = world.logout_token(|claims| claims["sid"] = json!("another"));
    assert_eq!(mira.raw(PATH, &[("logout_token", &token)]).await.status, 200);
    let sid = sid_of(&mut mira).await;
    let crossed = world.logout_token(|claims| {
        claims["sid"] = sid;
        claims["sub"] = json!("somebody else");
    });
    assert_eq!(mira.raw(PATH, &[("logout_token", &crossed)]).await.status, 200);
    assert_eq!(mira.step(By::Script, "/account").await.status, 200, "the subject does not match");
    world.stop().await;
}

#[actix_web::test]
async fn every_bad_token_is_refused_and_changes_nothing() {
    let world = World::with(Policy::default()).await;
    let mut mira = world.signed_in(MIRA).await;
    let (sid, now, kid) = (sid_of(&mut mira).await, world.now(), world.kid());
    let event = "http://schemas.openid.net/event/backchannel-logout";
    let good = json!({"iss": world.issuer, "aud": "bank", "iat": now, "exp": now + 60, "jti": "j", "sid": sid, "events": {event: {}}});
    let head = json!({"alg": "RS256", "typ": "logout+jwt", "kid": kid});
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        world.signed(&head, &claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        world.signed(&head, &claims)
    };
    let headed = |name: &str, value: Value| {
        let mut head = head.clone();
        head[name] = value;
        world.signed(&head, &good)
    };
    let whole = world.signed(&head, &good);
    let body = format!("{}.{}", encoded(&head), encoded(&good));
    let stranger = Keyring::generate(&[SigningAlg::RS256], Timestamp(now)).unwrap();
    let forged = stranger.signer(SigningAlg::RS256, Timestamp(now)).unwrap().sign(body.as_bytes()).unwrap();
    // The public key as a shared secret: what libraries that believe the header fall for.
    let jwks = mira.step(By::Script, &format!("{}/jwks", world.issuer)).await.json();
    let n = jwks["keys"].as_array().unwrap().iter().find(|key| key["kid"] == kid.as_str()).unwrap()["n"]
        .as_str()
        .unwrap()
        .to_owned();
    let shared = format!("{}.{}", encoded(&json!({"alg": "HS256", "typ": "logout+jwt", "kid": kid})), encoded(&good));
    let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, n.as_bytes()), shared.as_bytes());
    let tampered = {
        let mut parts: Vec<String> = whole.split('.').map(str::to_owned).collect();
        let mut claims = good.clone();
        claims["sub"] = json!("x");
        parts[1] = encoded(&claims);
        parts.join(".")
    };
    let bad = vec![
        ("nothing", String::new()),
        ("no token", "hello".to_owned()),
        ("alg none", format!("{}.{}.", encoded(&json!({"alg": "none", "typ": "logout+jwt"})), encoded(&good))),
        ("alg None", format!("{}.{}.", encoded(&json!({"alg": "None", "typ": "logout+jwt"})), encoded(&good))),
        ("alg HS256 with the public key", format!("{shared}.{}", URL_SAFE_NO_PAD.encode(mac.as_ref()))),
        ("alg of another kind of key", headed("alg", json!("ES256"))),
        ("alg RS512", headed("alg", json!("RS512"))),
        ("signed by somebody else", format!("{body}.{}", URL_SAFE_NO_PAD.encode(forged))),
        ("an unknown kid", headed("kid", json!("unknown"))),
        ("a key of its own", headed("jwk", json!({"kty": "oct", "k": "AA"})).replace('.', "..")),
        ("claims changed", tampered),
        ("an extension that must be understood", headed("crit", json!(["b64"]))),
        ("typ of an ID token", headed("typ", json!("JWT"))),
        ("typ of an access token", headed("typ", json!("at+jwt"))),
        ("another issuer", with("iss", json!("https://other.example"))),
        ("another audience", with("aud", json!("plaza"))),
        ("issued long ago", with("iat", json!(now - 301))),
        ("issued in the future", with("iat", json!(now + 16))),
        ("expired", with("exp", json!(now - 15))),
        ("a nonce", with("nonce", json!("n"))),
        ("no events", without("events")),
        ("other events", with("events", json!({"http://example.com/other": {}}))),
        ("an event that is no object", with("events", json!({event: "yes"}))),
        ("no jti", without("jti")),
        ("neither sid nor sub", without("sid")),
        ("far too long", with("padding", json!("x".repeat(20_000)))),
    ];
    for (case, token) in bad {
        let answer = mira.raw(PATH, &[("logout_token", &token)]).await;
        assert_eq!((answer.status, answer.json()["error"].as_str()), (400, Some("invalid_request")), "{case}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{case}");
        assert_eq!(mira.step(By::Script, "/account").await.status, 200, "{case} ended the session");
    }
    assert_eq!(mira.raw(PATH, &[("other", "field")]).await.status, 400);
    assert_eq!(mira.raw(PATH, &[("logout_token", &whole), ("logout_token", &whole)]).await.status, 400, "twice");
    assert_eq!(mira.raw(PATH, &[("logout_token", &"x".repeat(100_000))]).await.status, 400);
    assert_eq!(mira.step(By::Script, "/account").await.status, 200);
    // And the one they were made of is good.
    assert_eq!(mira.raw(PATH, &[("logout_token", &whole)]).await.status, 200);
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    world.stop().await;
}

#[actix_web::test]
async fn an_id_token_is_no_logout_token() {
    let world = World::with(Policy::default()).await;
    let mut mira = world.signed_in(MIRA).await;
    let csrf = mira.open("/account").await.json()["csrf"].as_str().unwrap().to_owned();
    let origin = world.origin.clone();
    let mut leaving = mira.clone();
    let url = reqwest_location(&mut leaving, &csrf, &origin).await;
    let hint = url.query_pairs().find(|(name, _)| name == "id_token_hint").unwrap().1.into_owned();
    assert_eq!(mira.raw(PATH, &[("logout_token", &hint)]).await.status, 400);
    world.stop().await;
}

async fn reqwest_location(mira: &mut Visitor, csrf: &str, origin: &str) -> reqwest::Url {
    let seen = mira.post_once("/auth/sign-out", &[("csrf", csrf)], origin).await;
    seen.location.expect("a redirect").parse().expect("a URL")
}

#[actix_web::test]
async fn a_logout_that_comes_before_the_callback_wins() {
    let world = World::with(Policy::default()).await;
    let mut known = world.signed_in(MIRA).await;
    let sub = known.open("/account").await.json()["sub"].clone();
    let mut mira = world.visitor();
    let page = mira.open("/account").await;
    let (way_back, _) = mira.credentials(&page, MIRA).await;
    let token = world.logout_token(|claims| claims["sub"] = sub);
    assert_eq!(mira.raw(PATH, &[("logout_token", &token)]).await.status, 200);
    let back = mira.step(By::Person, &way_back).await;
    assert_eq!(back.status, 403, "{}", back.body);
    assert!(back.body.contains("was ended"));
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    // What is issued later is not meant.
    world.pass(2);
    assert_eq!(mira.open("/account").await.json()["name"], "mira");
    world.stop().await;
}

#[actix_web::test]
async fn the_front_channel_ends_this_browsers_session_by_its_right_name_alone() {
    let world = World::with(Policy::default()).await;
    let mut mira = world.signed_in(MIRA).await;
    let sid = sid_of(&mut mira).await.as_str().unwrap().to_owned();
    let path = |iss: &str, sid: &str| format!("/auth/front-channel-logout?iss={iss}&sid={sid}");
    let wrong = [
        (path("https://other.example", &sid), 400),
        ("/auth/front-channel-logout".to_owned(), 400),
        (format!("/auth/front-channel-logout?iss={0}&sid={sid}&sid=x", world.issuer), 400),
        (path(&world.issuer, "another"), 200),
    ];
    for (address, status) in wrong {
        assert_eq!(mira.step(By::Frame, &address).await.status, status, "{address}");
        assert_eq!(mira.step(By::Script, "/account").await.status, 200, "{address}");
    }
    // Another app of the same session knows the name, and sends the person here in a window of their own.
    for by in [By::Person, By::Link, By::Script] {
        let seen = mira.step(by, &path(&world.issuer, &sid)).await;
        assert_eq!((seen.status, seen.json()["error"].as_str()), (400, Some("invalid_request")), "{by:?}");
        assert_eq!(mira.step(By::Script, "/account").await.status, 200, "{by:?} ended it");
    }
    let mut stranger = world.visitor();
    assert_eq!(stranger.step(By::Frame, &path(&world.issuer, &sid)).await.status, 200);
    assert_eq!(mira.step(By::Script, "/account").await.status, 200, "a stranger's frame ended it");
    let done = mira.step(By::Frame, &path(&world.issuer, &sid)).await;
    assert_eq!(
        done.headers["content-security-policy"],
        format!("default-src 'none'; frame-ancestors {}", world.issuer)
    );
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    world.stop().await;
}

#[actix_web::test]
async fn a_browser_that_says_nothing_of_frames_is_heard() {
    let world = World::with(Policy::default()).await;
    let mut mira = world.signed_in(MIRA).await;
    let sid = sid_of(&mut mira).await.as_str().unwrap().to_owned();
    let path = format!("/auth/front-channel-logout?iss={}&sid={sid}", world.issuer);
    assert_eq!(mira.step(By::OldBrowser, &path).await.status, 200);
    assert_eq!(mira.step(By::Script, "/account").await.status, 401);
    world.stop().await;
}

#[actix_web::test]
async fn what_fails_in_between_loses_no_logout() {
    for verb in ["deny", "marked", "replace", "spend"] {
        let store = Arc::new(Faulty::default());
        let shared: Arc<dyn SessionStore> = Arc::clone(&store) as _;
        let world = World::built(Policy::default(), |_| (), json!({}), |app| app.shared_store(shared)).await;
        let mut mira = world.signed_in(MIRA).await;
        let sid = sid_of(&mut mira).await;
        let token = world.logout_token(|claims| claims["sid"] = sid);
        let fields = [("logout_token", token.as_str())];
        *store.next.lock().unwrap() = Some(verb);
        let failed = mira.raw(PATH, &fields).await;
        assert_eq!((failed.status, failed.json()["error"].as_str()), (400, Some("logout_failed")), "{verb}");
        assert_eq!(*store.next.lock().unwrap(), None, "{verb} was never asked");
        // The provider tries again, with the same token.
        assert_eq!(mira.raw(PATH, &fields).await.status, 200, "{verb}");
        assert_eq!(mira.step(By::Script, "/account").await.status, 401, "{verb}");

        world.pass(2);
        assert_eq!(mira.open("/account").await.json()["name"], "mira");
        let replayed = mira.raw(PATH, &fields).await;
        assert_eq!((replayed.status, replayed.json()["error"].as_str()), (400, Some("invalid_request")), "{verb}");
        assert_eq!(mira.step(By::Script, "/account").await.status, 200, "{verb}: a replay ended what came later");
        world.stop().await;
    }
}

#[actix_web::test]
async fn another_providers_word_about_the_same_sid_changes_nothing() {
    let store: Arc<dyn SessionStore> = Arc::new(MemoryStore::new(100));
    let (one, two) = (Arc::clone(&store), Arc::clone(&store));
    let world = World::built(Policy::default(), |_| (), json!({}), |app| app.shared_store(one)).await;
    // Another provider, whose app of the same name keeps its sessions in the same store.
    let other = World::built(Policy::default(), |_| (), json!({}), |app| app.shared_store(two)).await;
    let mut mira = world.signed_in(MIRA).await;
    let sub = mira.open("/account").await.json()["sub"].clone();
    let sid = sid_of(&mut mira).await;
    let about = |claims: &mut Value| claims["sid"] = sid.clone();
    let about_all = |claims: &mut Value| claims["sub"] = sub.clone();
    for token in [other.logout_token(about), other.logout_token(about_all)] {
        let refused = mira.raw(PATH, &[("logout_token", &token)]).await;
        assert_eq!((refused.status, refused.json()["error"].as_str()), (400, Some("invalid_request")));
        assert_eq!(mira.step(By::Script, "/account").await.status, 200, "by a key of its own");
        assert_eq!(other.visitor().raw(PATH, &[("logout_token", &token)]).await.status, 200, "good where it belongs");
        assert_eq!(mira.step(By::Script, "/account").await.status, 200, "by its own app");
    }
    let front = format!("/auth/front-channel-logout?iss={}&sid={}", other.issuer, sid.as_str().unwrap());
    assert_eq!(mira.step(By::Frame, &front).await.status, 400);
    assert_eq!(mira.step(By::Script, "/account").await.status, 200);
    other.stop().await;
    world.stop().await;
}
