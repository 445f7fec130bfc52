//! The status, the events, activity and drafts.

use crate::world::{By, MIRA, Visitor, World, bank};
use serde_json::{Value, json};
use std::time::Duration;

async fn csrf(mira: &mut Visitor) -> String {
    mira.step(By::Script, "/auth/session").await.json()["csrf"].as_str().expect("a token").to_owned()
}

/// The next `standing` event of a stream.
async fn event(stream: &mut reqwest::Response) -> Option<Value> {
    let next = async {
        loop {
            let chunk = stream.chunk().await.ok()??;
            let text = String::from_utf8_lossy(&chunk).into_owned();
            if let Some(data) = text.lines().find_map(|line| line.strip_prefix("data: ")) {
                return Some(serde_json::from_str(data).expect("JSON"));
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), next).await.expect("in time")
}

/// The next event that says so; the provider's word comes as events of its own in between.
pub async fn event_where(stream: &mut reqwest::Response, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut last = Value::Null;
    for _ in 0..20 {
        last = event(stream).await.unwrap_or_else(|| panic!("closed after {last}"));
        if wanted(&last) {
            return last;
        }
    }
    panic!("never said: {last}");
}

#[actix_web::test]
async fn the_status_has_the_members_of_the_providers_own() {
    let world = World::with(bank()).await;
    let mut mira = world.signed_in(MIRA).await;
    let start = world.now();
    let answer = mira.step(By::Script, "/auth/session").await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let status = answer.json();
    assert_eq!((status["standing"].as_str(), status["limit"].as_str()), (Some("live"), Some("idle")));
    assert_eq!(status["idle_end"], start + 120);
    assert_eq!(status["absolute_end"], start + 600);
    assert_eq!((status["warn_at"].as_i64(), status["until"].as_i64()), (Some(start + 60), Some(start + 120)));
    assert!(!answer.body.contains("eyJ"), "a token");
    world.pass(60);
    assert_eq!(mira.step(By::Script, "/auth/session").await.json()["standing"], "warn");
    world.pass(60);
    let dormant = mira.step(By::Script, "/auth/session").await.json();
    assert_eq!((dormant["standing"].as_str(), dormant["csrf"].is_null()), (Some("dormant"), true));
    assert_eq!(world.visitor().step(By::Script, "/auth/session").await.status, 401);
    world.stop().await;
}

#[actix_web::test]
async fn the_person_keeps_it_alive_and_no_machine_does() {
    let world = World::with(bank()).await;
    let mut mira = world.signed_in(MIRA).await;
    let csrf = csrf(&mut mira).await;
    for _ in 0..3 {
        world.pass(60);
        mira.step(By::Script, "/auth/session").await;
        mira.step(By::Script, "/account").await;
        mira.step(By::Frame, "/account").await;
        mira.script("/auth/session/renew", &csrf, &json!({})).await;
    }
    assert_eq!(mira.step(By::Script, "/account").await.status, 401, "a machine kept it alive");

    let mut mira = world.signed_in(MIRA).await;
    world.pass(90);
    assert_eq!(mira.open("/account").await.status, 200);
    world.pass(90);
    let csrf = mira.step(By::Script, "/auth/session").await.json()["csrf"].as_str().unwrap().to_owned();
    assert_eq!(mira.script("/auth/session/active", &csrf, &json!({})).await.json()["idle_end"], world.now() + 120);
    world.pass(119);
    assert_eq!(mira.step(By::Script, "/account").await.status, 200);
    world.pass(1);
    let late = mira.script("/auth/session/active", &csrf, &json!({})).await.json();
    assert_eq!(late["standing"], "dormant", "a passed limit was moved");
    world.stop().await;
}

#[actix_web::test]
async fn posts_of_other_pages_are_refused() {
    let world = World::with(bank()).await;
    let mut mira = world.signed_in(MIRA).await;
    let good = csrf(&mut mira).await;
    for path in ["active", "renew", "draft"] {
        let path = format!("/auth/session/{path}");
        assert_eq!(mira.script(&path, "", &json!({})).await.status, 403, "{path} without its token");
        assert_eq!(mira.script(&path, &"A".repeat(43), &json!({})).await.status, 403, "{path} with another");
        assert_eq!(mira.post(&path, &[], "http://evil.example").await.status, 403, "{path} from elsewhere");
        let mut stranger = world.visitor();
        assert_eq!(stranger.script(&path, &good, &json!({})).await.status, 403, "{path} without the cookie");
    }
    world.stop().await;
}

#[actix_web::test]
async fn drafts_are_bounded() {
    let world = World::with(bank()).await;
    let mut mira = world.signed_in(MIRA).await;
    let csrf = csrf(&mut mira).await;
    let path = "/auth/session/draft";
    let draft = |form: &str, value: &str| json!({"form": form, "fields": {"amount": value}});
    assert_eq!(mira.script(path, &csrf, &draft("a", &"x".repeat(8 * 1024))).await.status, 413);
    assert_eq!(mira.script(path, &csrf, &draft("a", &"x".repeat(80 * 1024))).await.status, 400);
    assert_eq!(mira.script(path, &csrf, &json!({"form": 1})).await.status, 400);
    for n in 0..8 {
        assert_eq!(mira.script(path, &csrf, &draft(&n.to_string(), "1")).await.status, 204);
    }
    assert_eq!(mira.script(path, &csrf, &draft("one more", "1")).await.status, 409);
    let kept = mira.step(By::Script, "/auth/session/draft?form=7").await.json();
    assert_eq!(kept["fields"]["amount"], "1");
    world.pass(120);
    assert_eq!(mira.script(path, &csrf, &draft("7", "2")).await.status, 401, "kept after the end");
    world.stop().await;
}

#[actix_web::test]
async fn the_stream_tells_warning_extension_and_end() {
    let world = World::with(bank()).await;
    let mut mira = world.signed_in(MIRA).await;
    let csrf = csrf(&mut mira).await;
    let mut stream = mira.stream("/auth/session/events").await;
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    event_where(&mut stream, |status| status["standing"] == "live").await;
    world.pass(60);
    event_where(&mut stream, |status| status["standing"] == "warn").await;
    mira.script("/auth/session/active", &csrf, &json!({})).await;
    let extended = event_where(&mut stream, |status| status["standing"] == "live").await;
    assert_eq!(extended["idle_end"].as_i64(), Some(world.now() + 120));
    world.pass(120);
    event_where(&mut stream, |status| status["standing"] == "dormant").await;
    assert_eq!(event(&mut stream).await, None, "its last event says how it ended");
    world.stop().await;
}

#[actix_web::test]
async fn the_stream_tells_a_logout_at_once_and_its_places_are_bounded() {
    let world = World::with(bank()).await;
    let mut mira = world.signed_in(MIRA).await;
    let sid = mira.open("/account").await.json()["sid"].clone();
    let mut streams = Vec::new();
    for _ in 0..8 {
        let mut stream = mira.stream("/auth/session/events").await;
        assert_eq!(stream.status(), 200);
        event(&mut stream).await.expect("an event");
        streams.push(stream);
    }
    assert_eq!(mira.stream("/auth/session/events").await.status(), 429);
    let token = world.logout_token(|claims| claims["sid"] = sid);
    mira.raw("/auth/back-channel-logout", &[("logout_token", &token)]).await;
    for mut stream in streams {
        let last = event_where(&mut stream, |status| status["standing"] == "ended").await;
        assert_eq!(last["reason"], "sign_out");
        assert_eq!(event(&mut stream).await, None);
    }
    assert_eq!(mira.stream("/auth/session/events").await.status(), 200, "the places are free again");
    world.stop().await;
}
