//! "Disabled" has one answer (a lesson of other providers' holes): an account that was disabled, an account that was disabled
//! and enabled again, and a person who signed out everywhere; each times everything that rested on it, in every form and at
//! every endpoint. Nothing is issued, renewed, told or reported, and what was open before leads nowhere.

use super::assert_json;
use crate::harness::{Answer, Browser, Idp, PASSWORD, RelyingApp, Tokens, USERNAME, VERIFIER};
use actix_web::test::TestRequest;
use serde_json::json;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ending {
    Disabled,
    DisabledForAWhile,
    SignedOutEverywhere,
}

/// A page, where its form goes, and what is filled in.
type OpenForm = (Answer, &'static str, Vec<(&'static str, &'static str)>);

/// What a person left behind, of every kind.
struct Left {
    browser: Browser,
    /// Codes that nobody redeemed, by app.
    codes: Vec<(RelyingApp, String)>,
    /// Tokens, by app: readable and opaque ones, of a session and beyond it.
    tokens: Vec<(RelyingApp, Tokens)>,
    /// A device that was let in, and did not ask since.
    device: String,
    /// Pages that are open, with what would be answered on them.
    open: Vec<OpenForm>,
}

async fn house() -> Idp {
    let idp = Idp::start().await;
    let client = |id: &str| json!({"client_id": id, "client_secret": idp.app(id).secret(), "redirect_uris": [idp.app(id).redirect_uri()]});
    let (mut sealed, mut lasting) = (client("sealed"), client("lasting"));
    sealed["access_token_format"] = json!("opaque");
    sealed["consent"] = json!("skip");
    lasting["offline_access"] = json!(true);
    idp.import(json!({"clients": [sealed, lasting,
        {"client_id": "tv", "token_endpoint_auth_method": "none", "redirect_uris": [], "response_types": [], "grant_types": [DEVICE, "refresh_token"]}]}))
    .await;
    idp
}

async fn left(idp: &Idp) -> Left {
    let mut browser = idp.browser();
    let (social, spa, sealed, lasting, asking) =
        (idp.app("social"), idp.app("spa"), idp.app("sealed"), idp.app("lasting"), idp.app("asking"));
    let first = browser.enter(&social).await;
    let mut tokens = vec![(social.clone(), social.redeem(&first).await)];
    for app in [&spa, &sealed] {
        let answer = browser.silently(app).await;
        tokens.push((app.clone(), app.redeem(&answer).await));
    }
    let consent = browser.authorize(&lasting, &[("scope", "openid offline_access")]).await;
    let answer = browser.submit(&consent, "/consent", &[("decision", "allow")]).await;
    tokens.push((lasting.clone(), lasting.redeem(&answer).await));
    let mut codes = Vec::new();
    for app in [social.clone(), spa, sealed, lasting] {
        // No more than every one of them was allowed.
        let answer = browser.get_scripted(&app.request(&[("prompt", "none"), ("scope", "openid")])).await;
        codes.push((app, answer.parameter("code").unwrap()));
    }
    let asked = async |browser: &mut Browser| {
        let request =
            TestRequest::post().uri("/device_authorization").set_form([("client_id", "tv"), ("scope", "openid")]);
        let told = idp.call(request).await.json();
        let page = browser.get("/device").await;
        let page = browser.submit(&page, "/device", &[("user_code", told["user_code"].as_str().unwrap())]).await;
        (told["device_code"].as_str().unwrap().to_owned(), page)
    };
    let (device, page) = asked(&mut browser).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let (_, second_device) = asked(&mut browser).await;
    let allow = vec![("decision", "allow")];
    let open = vec![
        (browser.authorize(&asking, &[]).await, "/consent", allow.clone()),
        (second_device, "/consent", allow),
        (browser.authorize(&social, &[("prompt", "select_account")]).await, "/select", vec![]),
    ];
    Left { browser, codes, tokens, device, open }
}

async fn end(idp: &Idp, ending: Ending) {
    match ending {
        Ending::Disabled => idp.import(json!({"users": [{"username": USERNAME, "disabled": true}]})).await,
        _ => idp.end_account_of(USERNAME, ending == Ending::DisabledForAWhile).await,
    }
}

async fn redeem(app: &RelyingApp, code: &str) -> Answer {
    let uri = app.redirect_uri();
    app.token(&[
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &uri),
        ("code_verifier", VERIFIER),
    ])
    .await
}

#[actix_web::test]
async fn what_rested_on_a_closed_account_is_nothing_anywhere() {
    for ending in [Ending::Disabled, Ending::DisabledForAWhile, Ending::SignedOutEverywhere] {
        let idp = house().await;
        let Left { mut browser, codes, tokens, device, open } = left(&idp).await;
        end(&idp, ending).await;
        for (app, code) in &codes {
            assert_json(
                &redeem(app, code).await,
                400,
                "invalid_grant",
                &format!("{ending:?}: code of {}", app.client_id),
            );
        }
        for (app, tokens) in &tokens {
            let case = format!("{ending:?}: {}", app.client_id);
            assert_json(&app.try_refresh(&tokens.refresh).await, 400, "invalid_grant", &case);
            for (method, path) in [("GET", "/userinfo"), ("POST", "/userinfo"), ("POST", "/session/activity")] {
                let request = TestRequest::with_uri(path).method(method.parse().unwrap());
                let request = request.insert_header(("authorization", format!("Bearer {}", tokens.access)));
                assert_json(&idp.call(request).await, 401, "invalid_token", &format!("{case} {method} {path}"));
            }
            // Whoever holds a token of it is told that the session is over, and no more than that.
            let told = app.status(&tokens.access).await;
            assert!(told.status == 401 || told.json()["standing"] == "ended", "{case}: {}", told.body);
            if app.client_id != "spa" {
                for token in [&tokens.access, &tokens.refresh] {
                    assert_eq!(app.introspect(token).await.body, r#"{"active":false}"#, "{case}");
                }
            }
            let silent = browser.silently(app).await;
            assert_eq!((silent.error().as_str(), silent.parameter("code")), ("login_required", None), "{case}");
        }
        let fields = [("client_id", "tv"), ("grant_type", DEVICE), ("device_code", device.as_str())];
        let polled = idp.call(TestRequest::post().uri("/token").set_form(fields)).await;
        assert_json(&polled, 400, "invalid_grant", &format!("{ending:?}: a device that was let in"));
        let before = idp.contents().await;
        for (page, action, filled) in &open {
            let answer = browser.submit(page, action, filled).await;
            let location =
                answer.headers.get("location").map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
            assert!(!location.contains("code="), "{ending:?} {action}: {location}");
            assert!(
                answer.status != 200 || answer.body.contains("id=\"sign-in\""),
                "{ending:?} {action}: {}",
                answer.body
            );
        }
        let stranger = browser.get("/account").await;
        assert!(stranger.body.contains("id=\"sign-in\""), "{ending:?}: {}", stranger.body);
        // Nothing was begun by all that.
        assert_eq!(grants(&idp.contents().await), grants(&before), "{ending:?}");
        // The right password is as wrong as any, until the account is opened again.
        let mut anew = idp.browser();
        let page = anew.authorize(&idp.app("social"), &[]).await;
        let answer = anew.sign_in_as(&page, USERNAME, PASSWORD).await;
        let expected = if ending == Ending::Disabled { 422 } else { 303 };
        assert_eq!(answer.status, expected, "{ending:?}: {}", answer.body);
    }
}

/// The grants there are.
fn grants(contents: &str) -> Vec<&str> {
    contents.lines().filter(|line| line.starts_with("grant ")).collect()
}
