//! The console is an app with limits of its own: its pages are told of its own part, and keep that alive.

use crate::harness::{Answer, Browser, ISSUER, Idp, Said};
use abide::model::account::{Account, username_name};
use abide::model::record::Change;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

/// An administrator who came to the console just now.
async fn inside(idp: &Idp) -> Browser {
    let mut boss = idp.browser();
    let page = boss.get("/admin").await;
    let answer = boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    assert_eq!(answer.location(), "/admin");
    assert_eq!(boss.get("/admin/users").await.status, 200);
    boss
}

/// What a page of the console is told.
async fn told(browser: &mut Browser) -> Value {
    let request = TestRequest::get().uri("/session?at=console").insert_header(("sec-fetch-site", "same-origin"));
    let answer = browser.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// "Stay signed in", pressed on a page of the console.
async fn stay(browser: &mut Browser) -> Answer {
    browser.send(TestRequest::post().uri("/session/activity?at=console").insert_header(("origin", ISSUER))).await
}

fn closed(limit: &str, until: i64) -> Value {
    json!(["dormant", limit, limit, until])
}

/// standing, limit, reason and until of the console's part.
fn words(status: &Value) -> Value {
    let part = &status["application"];
    json!([part["standing"], part["limit"], part["reason"], part["until"]])
}

#[actix_web::test]
async fn its_pages_are_told_of_its_own_part_and_other_pages_are_not() {
    let idp = Idp::start().await;
    let mut boss = inside(&idp).await;
    let now = idp.now().0;
    let status = told(&mut boss).await;
    assert_eq!(
        status["application"],
        json!({"standing": "live", "limit": "idle", "idle_end": now + 900, "absolute_end": now + 43_200,
            "warn_at": now + 780, "until": now + 900, "reason": null})
    );
    assert_eq!((&status["limit"], &status["until"]), (&json!("idle"), &json!(now + 43_200)), "the session's own");
    assert_eq!(boss.status().await.json()["application"], Value::Null);
    idp.pass("13m");
    assert_eq!(words(&told(&mut boss).await)[0], "warn");
    idp.pass("2m");
    let status = told(&mut boss).await;
    assert_eq!(words(&status), closed("idle", now + 900 + 86_400));
    assert_eq!((&status["standing"], status["sid"].is_string()), (&json!("live"), true), "the session goes on");
    let page = boss.get("/admin/users").await;
    assert_eq!(page.text("h1").as_deref(), Some("Sign in to the console"));
    assert_eq!(boss.get("/account").await.status, 200);
}

#[actix_web::test]
async fn staying_on_its_pages_moves_both_idle_clocks_and_elsewhere_the_sessions_alone() {
    let idp = Idp::start().await;
    let mut boss = inside(&idp).await;
    for _ in 0..3 {
        idp.pass("14m");
        let answer = stay(&mut boss).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let (status, now) = (answer.json(), idp.now().0);
        assert_eq!(
            (&status["idle_end"], &status["application"]["idle_end"]),
            (&json!(now + 43_200), &json!(now + 900))
        );
        assert_eq!(status, told(&mut boss).await);
    }
    let start = idp.now().0;
    idp.pass("14m");
    assert_eq!(boss.stay().await.json()["idle_end"], json!(idp.now().0 + 43_200));
    assert_eq!(told(&mut boss).await["application"]["idle_end"], json!(start + 900), "who is busy elsewhere left it");
    idp.pass("1m");
    let before = boss.status().await.json();
    let status = stay(&mut boss).await.json();
    assert_eq!(words(&status), closed("idle", start + 900 + 86_400), "nothing moves a limit that has passed");
    assert_eq!(boss.status().await.json(), before, "and what failed is no act in the session either");

    idp.pass("1s");
    let page = boss.get("/admin/users").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    assert_eq!(boss.get("/admin/users").await.status, 200);
    assert_eq!(words(&told(&mut boss).await)[0], "live", "signing in again opens it");
}

#[actix_web::test]
async fn a_press_too_soon_after_the_last_act_is_no_error_and_writes_nothing() {
    let idp = Idp::start().await;
    let mut boss = inside(&idp).await;
    idp.pass("9s");
    let before = told(&mut boss).await;
    assert_eq!(stay(&mut boss).await.json(), before);
    idp.pass("1s");
    assert_eq!(stay(&mut boss).await.json()["application"]["idle_end"], json!(idp.now().0 + 900));
}

#[actix_web::test]
async fn no_staying_moves_its_absolute_end() {
    let idp = Idp::start().await;
    let mut boss = inside(&idp).await;
    let start = idp.now().0;
    for _ in 0..51 {
        idp.pass("14m");
        assert_eq!(words(&stay(&mut boss).await.json())[2], Value::Null);
    }
    let warned = told(&mut boss).await;
    assert_eq!(words(&warned), json!(["live", "absolute", null, start + 43_200]));
    idp.pass("6m");
    assert_eq!(words(&stay(&mut boss).await.json()), closed("absolute", start + 43_200 + 86_400));
    assert_eq!(boss.status().await.json()["standing"], "live");
}

#[actix_web::test]
async fn who_is_no_administrator_has_no_part_in_it_and_gets_none_by_asking() {
    let idp = Idp::start().await;
    let (social, mut mira) = (idp.app("social"), idp.browser());
    mira.enter(&social).await;
    idp.pass("1m");
    let before = mira.status().await.json();
    for status in [told(&mut mira).await, stay(&mut mira).await.json()] {
        assert_eq!(words(&status), json!(["expired", null, null, null]));
    }
    assert_eq!(mira.status().await.json(), before, "nothing moved");
    assert!(!idp.contents().await.contains("abide:console"));
}

#[actix_web::test]
async fn who_is_one_no_more_is_told_so_on_a_page_that_is_open() {
    let idp = Idp::start().await;
    let mut boss = inside(&idp).await;
    let store = &idp.flows().store;
    let account = store.find::<Account>(&username_name("boss")).await.unwrap().unwrap();
    let changed = store.change::<Account, _, _>(account.id.as_str(), |before| {
        let mut account: Account = before.unwrap();
        account.roles.clear();
        Change::put((), account)
    });
    changed.await.unwrap().outcome().unwrap();
    idp.pass("1m");
    let before = boss.status().await.json();
    for status in [told(&mut boss).await, stay(&mut boss).await.json()] {
        assert_eq!(words(&status), json!(["ended", null, "revoked", null]));
    }
    assert_eq!(boss.status().await.json(), before, "nothing moved");
}

#[actix_web::test]
async fn which_page_asks_is_said_once_and_in_a_known_word_or_the_request_is_refused() {
    let idp = Idp::start().await;
    let mut boss = inside(&idp).await;
    idp.pass("1m");
    let before = idp.contents().await;
    for query in ["at=Console", "at=account", "at=console&at=console", "at=console%00", "at=abide:console"] {
        for path in ["/session", "/session/events", "/session/activity"] {
            let uri = format!("{path}?{query}");
            let request = if path.ends_with("activity") { TestRequest::post() } else { TestRequest::get() };
            let answer = boss.send(request.uri(&uri).insert_header(("origin", ISSUER))).await;
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_request"), "{uri}");
        }
    }
    // From elsewhere the word opens nothing.
    for (name, value) in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("origin", "null")] {
        let request = TestRequest::post().uri("/session/activity?at=console").insert_header((name, value));
        assert_eq!(boss.send(request).await.status, 401, "{name} {value}");
    }
    assert_eq!(idp.contents().await, before);
    // An app is told of its own part, whatever it writes there.
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let tokens = social.redeem(&browser.enter(&social).await).await;
    let request = TestRequest::get().uri("/session?at=console");
    let request = request.insert_header(("authorization", format!("Bearer {}", tokens.access)));
    assert_eq!(idp.call(request).await.json(), social.status(&tokens.access).await.json());
}

#[actix_web::test]
async fn the_stream_of_its_pages_ends_with_its_part() {
    let idp = Idp::start().await;
    let mut boss = inside(&idp).await;
    let request = TestRequest::get().uri("/session/events?at=console").insert_header(("origin", ISSUER));
    let mut stream = idp.open(request.insert_header(("cookie", boss.cookie_header()))).await;
    assert_eq!(words(&stream.next().await.event("standing"))[0], "live");
    idp.pass("13m");
    assert_eq!(words(&stream.next().await.event("standing"))[0], "warn");
    stay(&mut boss).await;
    assert_eq!(words(&stream.next().await.event("standing"))[0], "live");
    idp.pass("15m");
    assert_eq!(words(&stream.next().await.event("standing"))[0], "dormant");
    assert_eq!(stream.next().await.event("end"), json!({"reason": "session_over"}));
    assert_eq!(stream.next().await, Said::Over);
}

#[actix_web::test]
async fn an_app_that_is_removed_is_over_at_once_for_everybody() {
    let idp = Idp::start().await;
    let mut boss = inside(&idp).await;
    let (social, mut mira) = (idp.app("social"), idp.browser());
    let tokens = social.redeem(&mira.enter(&social).await).await;
    let page = boss.get("/admin/clients").await;
    assert!(page.body.contains(">social<"));
    let mut fields = page.fields("/admin/clients/remove");
    fields.insert("client".into(), "social".into());
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = boss.post("/admin/clients/remove", &fields).await;
    assert_eq!(answer.location(), "/admin/clients?done=removed");
    let list = boss.get(answer.location()).await;
    assert!(list.text("[role=status]").is_some() && !list.body.contains(">social<"), "{}", list.body);

    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_client");
    assert_eq!(social.userinfo(&tokens.access).await.status, 401);
    assert_eq!(mira.authorize(&social, &[]).await.status, 400, "there is no such app");
    assert!(mira.silently(&idp.app("bank")).await.parameter("code").is_some(), "the others go on");
    let again = boss.post("/admin/clients/remove", &fields).await;
    assert_eq!(again.status, 422, "it was removed before");
    assert!(again.text("[role=alert]").is_some());
    assert!(boss.get("/admin/audit").await.body.contains("App removed"));

    // Whoever has its id later is another app: nothing of the first one's is theirs.
    idp.pass("1m");
    idp.import(json!({"clients": [{"client_id": "social", "client_secret": social.secret(),
        "redirect_uris": [social.redirect_uri()], "scope": "openid profile offline_access", "offline_access": true}]}))
        .await;
    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(social.userinfo(&tokens.access).await.status, 401);
    assert_eq!(social.introspect(&tokens.access).await.body, r#"{"active":false}"#);
    assert!(mira.authorize(&social, &[]).await.body.contains("id=\"allow\""));
}

#[actix_web::test]
async fn whoever_allowed_an_app_that_was_removed_is_asked_once_by_the_one_that_has_its_name() {
    let idp = Idp::start().await;
    let mut boss = inside(&idp).await;
    let (asking, mut mira) = (idp.app("asking"), idp.browser());
    mira.enter(&idp.app("bank")).await;
    let allow = async |mira: &mut Browser| {
        let page = mira.authorize(&asking, &[]).await;
        mira.submit(&page, "/consent", &[("decision", "allow")]).await
    };
    assert!(allow(&mut mira).await.parameter("code").is_some());
    let page = boss.get("/admin/clients").await;
    let mut fields = page.fields("/admin/clients/remove");
    fields.insert("client".into(), "asking".into());
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    boss.post("/admin/clients/remove", &fields).await;
    idp.pass("1m");
    let anew =
        json!({"client_id": "asking", "client_secret": asking.secret(), "redirect_uris": [asking.redirect_uri()]});
    idp.import(json!({"clients": [anew]})).await;
    // In another session, where no part of the first one's is left.
    let mut elsewhere = idp.browser();
    elsewhere.enter(&idp.app("bank")).await;
    let answer = allow(&mut elsewhere).await;
    assert!(answer.parameter("code").is_some(), "{}", answer.location());
    assert!(elsewhere.silently(&asking).await.parameter("code").is_some());
    assert!(elsewhere.authorize(&asking, &[]).await.parameter("code").is_some(), "nobody is asked twice");
}
