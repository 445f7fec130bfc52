//! Access tokens that nobody but Abide can read.

use crate::harness::{ISSUER, Idp, RelyingApp, Tokens, claims_of};
use abide::crypto::seal::Purpose;
use abide::flow::import::ReplaceSecrets;
use serde_json::{Value, json};

const API: &str = "https://api.example.com/ledger";

fn client(app: &RelyingApp, extra: Value) -> Value {
    let mut client = json!({"client_id": app.client_id, "client_secret": app.secret(), "consent": "skip",
        "redirect_uris": [app.redirect_uri()]});
    client.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    client
}

/// One app with such tokens, and one that serves an API.
async fn world() -> (Idp, RelyingApp, RelyingApp) {
    let idp = Idp::start().await;
    let (app, api) = (idp.app("sealed"), idp.app("serving"));
    let both = [
        client(&app, json!({"access_token_format": "opaque", "resources": [API]})),
        client(&api, json!({"resources": [API]})),
    ];
    idp.import(json!({"clients": both})).await;
    (idp, app, api)
}

#[actix_web::test]
async fn it_says_nothing_and_does_all_that_others_do() {
    let (idp, app, api) = world().await;
    let mut browser = idp.browser();
    let tokens = app.redeem(&browser.enter(&app).await).await;
    assert!(tokens.access.starts_with("aba_") && !tokens.access.contains('.'), "{}", tokens.access);
    let half = abide::crypto::jwt::half_hash(abide::protocol::signing::SigningAlg::RS256, &tokens.access);
    assert_eq!(tokens.claims()["at_hash"], half);
    assert_eq!(app.userinfo(&tokens.access).await.json()["name"], "Mira Lindqvist");
    assert_eq!(app.status(&tokens.access).await.status, 200);
    idp.pass("2m");
    assert_eq!(app.report(&tokens.access).await.status, 200);
    // What is told of it is what a JSON Web Token would say by itself.
    let told = app.introspect(&tokens.access).await.json();
    let social = idp.app("social");
    let readable = social.redeem(&browser.silently(&social).await).await;
    let mut names: Vec<String> = claims_of(&readable.access).as_object().unwrap().keys().cloned().collect();
    names.extend(["active", "token_type"].map(str::to_owned));
    names.sort();
    assert_eq!(told.as_object().unwrap().keys().cloned().collect::<Vec<_>>(), names);
    assert_eq!((&told["active"], &told["iss"], &told["client_id"]), (&json!(true), &json!(ISSUER), &json!("sealed")));

    // For an API: it may ask, a stranger may not, and the token is good there alone.
    let code = browser.get(&app.request(&[("prompt", "none"), ("resource", API), ("scope", "openid")])).await;
    let at_api = app.redeem(&code).await;
    assert_eq!(api.introspect(&at_api.access).await.json()["aud"], API);
    assert_eq!(social.introspect(&at_api.access).await.json(), json!({"active": false}));
    assert_eq!(app.userinfo(&at_api.access).await.status, 401);

    // The next one is another one; giving one back ends what it rests on.
    let renewed = app.refresh(&tokens.refresh).await;
    assert_ne!(renewed.access, tokens.access);
    assert_eq!(app.give_back(&renewed.access).await.status, 200);
    assert_over(&app, &renewed.access).await;
    assert_over(&app, &tokens.access).await;
}

async fn assert_over(app: &RelyingApp, token: &str) {
    assert_eq!(app.userinfo(token).await.status, 401, "{token}");
    assert_eq!(app.introspect(token).await.json(), json!({"active": false}), "{token}");
}

/// Not even that it was good for something once.
async fn assert_nothing(app: &RelyingApp, token: &str) {
    assert_over(app, token).await;
    assert_eq!(app.status(token).await.status, 401, "{token}");
    assert_eq!(app.report(token).await.status, 401, "{token}");
}

#[actix_web::test]
async fn it_ends_with_its_time_and_with_the_session() {
    let (idp, app, _) = world().await;
    let mut browser = idp.browser();
    let tokens = app.redeem(&browser.enter(&app).await).await;
    idp.pass("9m");
    assert_eq!(app.userinfo(&tokens.access).await.status, 200);
    idp.pass("61s");
    assert_nothing(&app, &tokens.access).await;
    let fresh: Tokens = app.refresh(&tokens.refresh).await;
    assert_eq!(app.userinfo(&fresh.access).await.status, 200);
    browser.get(&format!("/end_session?id_token_hint={}", fresh.id)).await;
    assert_over(&app, &fresh.access).await;
}

#[actix_web::test]
async fn nothing_else_passes_for_one() {
    let (idp, app, _) = world().await;
    let mut browser = idp.browser();
    let code = browser.enter(&app).await;
    let tokens = app.redeem(&code).await;
    let before = idp.contents().await;
    let seals = &idp.flows().seals;
    let claims: Value = seals.open(Purpose::AccessToken, tokens.access.strip_prefix("aba_").unwrap()).unwrap();
    let mut all = vec![
        tokens.access.strip_prefix("aba_").unwrap().to_owned(),
        format!("aba_{}", tokens.access),
        format!("{}=", tokens.access),
        "aba_".to_owned(),
        format!("aba_{}", "A".repeat(600)),
        format!("aba_{}", code.parameter("code").unwrap()),
        format!("aba_{}", tokens.refresh.strip_prefix("abr_").unwrap()),
        format!("abr_{}", tokens.access.strip_prefix("aba_").unwrap()),
        format!("aba_{}", tokens.id),
        // Of this installation, and for something else.
        format!("aba_{}", seals.seal(Purpose::Code, &claims)),
        format!("aba_{}", seals.seal(Purpose::Interaction, &claims)),
        // Of another one.
        format!("aba_{}", abide::crypto::seal::Seals::new(&[7; 32]).seal(Purpose::AccessToken, &claims)),
    ];
    for at in (4..tokens.access.len()).step_by(7) {
        let mut altered = tokens.access.clone().into_bytes();
        altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
        all.push(String::from_utf8(altered).unwrap());
        all.push(tokens.access[..at].to_owned());
    }
    for token in &all {
        assert_nothing(&app, token).await;
    }
    let endless = format!("aba_{}", "A".repeat(20_000));
    assert_eq!(app.userinfo(&endless).await.status, 401);
    assert_eq!(app.introspect(&endless).await.status, 400);
    assert_eq!(idp.contents().await, before);
    // Ours, but not to be believed: of the future, of another issuer, of a grant that is none.
    for (name, value) in [
        ("iat", json!(idp.now().0 + 60)),
        ("iss", json!("https://evil.example")),
        ("jti", json!("nothing.x")),
        ("sub", json!("x")),
    ] {
        let mut claims = claims.clone();
        claims[name] = value;
        assert_nothing(&app, &format!("aba_{}", seals.seal(Purpose::AccessToken, &claims))).await;
    }
    assert_eq!(app.userinfo(&tokens.access).await.status, 200, "the genuine one is as good as before");
}

#[actix_web::test]
async fn only_the_two_forms_can_be_registered() {
    let idp = Idp::start().await;
    for format in [json!("Opaque"), json!("reference"), json!(true), Value::Null] {
        let file = json!({"clients": [client(&idp.app("wrong"), json!({"access_token_format": format}))]});
        assert!(idp.try_import(file, ReplaceSecrets::No).await.is_err(), "{format}");
    }
    let exported = idp.flows().export().await.unwrap();
    assert!(
        exported.contains("\"access_token_format\": \"jwt\"") || exported.contains("\"access_token_format\":\"jwt\"")
    );
}
