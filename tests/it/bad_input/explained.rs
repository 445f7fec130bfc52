//! What the developer's help must not become: a way for strangers to learn what they did not know, or a log of secrets.

use super::variants::{altered, near, surrounded, truncated};
use crate::harness::{Answer, CHALLENGE, Idp, Logs, RelyingApp, USERNAME, VERIFIER};
use abide::protocol::refusal::Reason;
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const REGISTERED: &str = "https://shop.example.com/callback";

async fn record(idp: &Idp, development: bool) {
    let secret = idp.app("shop").secret();
    idp.import(json!({"clients": [{
        "client_id": "shop", "client_secret": secret, "development": development, "consent": "skip",
        "redirect_uris": [REGISTERED, "https://shop.example.com/hidden-one"], "scope": "openid profile hidden-scope",
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "resources": ["https://hidden-api.example.com/"],
    }]}))
    .await;
}

/// Requests with one thing wrong, or nothing.
fn bad_requests(app: &RelyingApp) -> Vec<(&'static str, Vec<(String, String)>)> {
    let mut all = Vec::new();
    let values = [
        ("redirect_uri", near(REGISTERED)),
        ("response_type", wrong("code")),
        ("response_mode", wrong("query")),
        ("scope", wrong("openid")),
        ("prompt", wrong("none")),
        ("max_age", wrong("60")),
        ("code_challenge", wrong(CHALLENGE)),
        ("code_challenge_method", wrong("S256")),
        ("resource", wrong("https://hidden-api.example.com/")),
        ("claims", wrong("{\"id_token\":{\"email\":null}}")),
        ("request", wrong("e30.e30.")),
        ("request_uri", wrong("https://shop.example.com/object")),
        ("id_token_hint", wrong("e30.e30.x")),
        ("dpop_jkt", wrong(CHALLENGE)),
    ];
    for (name, values) in values {
        for value in values {
            let request = app.request(&[(name, &value)]);
            let pairs = serde_urlencoded::from_str(request.split_once('?').unwrap().1).unwrap();
            all.push(("/authorize", pairs));
        }
    }
    for (path, name, values) in [
        ("/token", "grant_type", wrong("authorization_code")),
        ("/token", "scope", wrong("hidden-scope")),
        ("/token", "resource", wrong("https://hidden-api.example.com/")),
        ("/token", "code_verifier", wrong(VERIFIER)),
        ("/par", "redirect_uri", near(REGISTERED).into_iter().step_by(7).collect()),
        ("/par", "scope", wrong("openid")),
        ("/introspect", "tokken", wrong("x")),
        ("/revoke", "tokken", wrong("x")),
        ("/device_authorization", "scope", wrong("openid")),
    ] {
        let grant = if name == "code_verifier" { "authorization_code" } else { "client_credentials" };
        for value in values {
            let mut pairs = vec![("grant_type".to_owned(), grant.to_owned()), ("code".to_owned(), "x".to_owned())];
            pairs.retain(|(other, _)| other != name);
            pairs.push((name.to_owned(), value));
            all.push((path, pairs));
        }
    }
    all
}

fn wrong(good: &str) -> Vec<String> {
    let step = good.len().div_ceil(4);
    let mut all = [altered(good, step), truncated(good, step), surrounded(good)].concat();
    all.extend(["\u{e9}".into(), "\"><b>".into(), "%22\\".into(), good.to_uppercase(), "x".repeat(5_000)]);
    all
}

async fn send(app: &RelyingApp, idp: &Idp, (path, pairs): &(&str, Vec<(String, String)>)) -> Answer {
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    if *path == "/authorize" {
        let query = serde_urlencoded::to_string(pairs).unwrap();
        return idp.browser().get(&format!("/authorize?{query}")).await;
    }
    app.post(path, &pairs).await
}

/// What an answer tells of a refusal, and the answer without it.
fn parted(answer: &Answer) -> (Option<String>, String) {
    if answer.status.is_redirection() {
        let url = url::Url::parse(answer.location()).unwrap();
        let (told, rest): (Vec<_>, Vec<_>) = url.query_pairs().partition(|(name, _)| name == "error_description");
        let told = told.first().map(|(_, value)| value.to_string());
        // A code differs every time.
        let rest: Vec<String> =
            rest.iter().filter(|(name, _)| name != "code").map(|pair| format!("{pair:?}")).collect();
        return (told, format!("{} {} {rest:?}", answer.status, url.path()));
    }
    match serde_json::from_str::<Value>(&answer.body) {
        Ok(mut body) if body.get("error").is_some() => {
            let told = body.as_object_mut().unwrap().remove("error_description").unwrap();
            (Some(told.as_str().unwrap().to_owned()), format!("{} {body}", answer.status))
        }
        _ => (None, answer.status.to_string()),
    }
}

#[actix_web::test]
async fn production_is_told_what_the_tables_let_it_and_everything_else_is_the_same() {
    let idp = Idp::start().await;
    let app = idp.app("shop");
    let requests = bad_requests(&app);
    assert!(requests.len() > 700, "{}", requests.len());
    let said: BTreeSet<&str> = Reason::all().map(|reason| reason.said()).collect();
    record(&idp, false).await;
    let mut production = Vec::new();
    for request in &requests {
        let answer = send(&app, &idp, request).await;
        for hidden in ["hidden-one", "hidden-scope", "hidden-api", "section "] {
            let sent = request.1.iter().any(|(_, value)| value.contains(hidden));
            let told = answer.body.clone() + answer.header("location");
            assert!(sent || !told.contains(hidden), "{hidden}: {request:?}: {told}");
        }
        let (told, rest) = parted(&answer);
        assert!(told.as_deref().is_none_or(|told| said.contains(told)), "{request:?}: {told:?}");
        assert_eq!(answer.text("section.developer"), None, "{request:?}");
        production.push((told, rest));
    }
    record(&idp, true).await;
    let mut fuller = 0;
    for (request, (brief, same)) in requests.iter().zip(production) {
        let (told, rest) = parted(&send(&app, &idp, request).await);
        assert_eq!(rest, same, "{request:?}");
        assert_eq!(told.is_some(), brief.is_some(), "{request:?}");
        fuller += usize::from(told != brief);
        if let (Some(told), Some(brief)) = (told, brief) {
            assert_ne!(told, brief, "{request:?}");
            assert!(told.contains(", section ") && told.len() <= 1200, "{told}");
        }
    }
    assert!(fuller > 200, "{fuller}");
}

#[actix_web::test]
async fn no_secret_of_a_request_is_in_an_explanation_or_in_the_log() {
    let idp = Idp::start().await;
    record(&idp, true).await;
    let logs = Logs::gather();
    let mark = "MARKED-0123456789";
    let secrets = [
        "client_secret",
        "client_assertion",
        "code",
        "code_verifier",
        "refresh_token",
        "device_code",
        "token",
        "access_token",
        "id_token_hint",
        "request",
        "request_uri",
        "nonce",
        "login_hint",
        "password",
        "MARKED-0123456789",
    ];
    let mut asked = 0;
    for name in secrets {
        let uris = [format!("https://else.example/?{name}={mark}"), REGISTERED.to_owned()];
        for (path, grant, uri) in [
            ("/token", "authorization_code", &uris[1]),
            ("/token", "refresh_token", &uris[1]),
            ("/token", "urn:ietf:params:oauth:grant-type:device_code", &uris[1]),
            ("/token", "password", &uris[1]),
            ("/introspect", "", &uris[1]),
            ("/revoke", "", &uris[1]),
            ("/device_authorization", "", &uris[1]),
            ("/par", "", &uris[1]),
            ("/authorize", "", &uris[1]),
        ] {
            for value in [mark.to_owned(), format!("{mark}&{name}={mark}"), format!("{mark}%ff"), format!("{mark}\r\n")]
            {
                let pairs = [("client_id", "shop"), ("grant_type", grant), ("redirect_uri", uri), ("scope", "openid")];
                let query = format!("{}&{name}={value}", serde_urlencoded::to_string(pairs).unwrap());
                let answer = match path {
                    "/authorize" => idp.browser().get(&format!("/authorize?{}", query.replace("\r\n", "%0D%0A"))).await,
                    _ => {
                        let mut request = TestRequest::post().uri(path).insert_header(("content-type", super::FORM));
                        if !name.starts_with("client_") {
                            let own = super::basic("shop", &idp.app("shop").secret());
                            request = request.insert_header(("authorization", own));
                        }
                        if value.ends_with('\n') {
                            request = request.insert_header(("dpop", mark));
                        }
                        idp.call(request.set_payload(query)).await
                    }
                };
                let told = parted(&answer).0.unwrap_or_else(|| answer.body.clone());
                let lines = logs.take().join("\n");
                assert!(!told.contains(mark), "{path} {name}: {told}");
                assert!(!lines.contains(mark), "{path} {name}: {lines}");
                asked += 1;
            }
        }
    }
    for (scheme, path) in
        [("Bearer", "/userinfo"), ("DPoP", "/userinfo"), ("Basic", "/token"), ("Bearer", "/register/x")]
    {
        let request = TestRequest::get().uri(path).insert_header(("authorization", format!("{scheme} {mark}")));
        let answer = idp.call(request).await;
        let lines = logs.take().join("\n");
        assert!(!answer.body.contains(mark) && !lines.contains(mark), "{scheme} {path}: {lines}");
    }
    assert_eq!(asked, 15 * 9 * 4);
    // What an app had in its own address and sends as its redirect URI.
    let uri = format!("https://else.example/cb?code={mark}&state={mark}#access_token={mark}");
    let page = idp.browser().authorize(&idp.app("shop"), &[("redirect_uri", &uri)]).await;
    let told = page.text("section.developer").unwrap();
    assert!(told.contains("https://else.example/cb?code=...") && !page.body.contains(mark), "{told}");
    assert!(!logs.take().join("\n").contains(mark));
}

#[actix_web::test]
async fn a_client_that_is_unknown_gets_no_explanation() {
    let idp = Idp::start().await;
    record(&idp, true).await;
    let said: BTreeSet<&str> = Reason::all().map(|reason| reason.said()).collect();
    let ids =
        [altered("shop", 1), truncated("shop", 1), surrounded("shop"), vec!["SHOP".into(), "x".repeat(300)]].concat();
    for id in ids.iter().filter(|id| !id.is_empty()) {
        let page = idp.browser().authorize(&idp.app("shop"), &[("client_id", id), ("scope", "")]).await;
        assert_eq!((page.status.as_u16(), page.text("section.developer")), (400, None), "{id}");
        for path in ["/token", "/par", "/introspect", "/revoke", "/device_authorization"] {
            for rest in [vec![], vec![("client_secret", "x")], vec![("client_secret", "x"), ("client_secret", "y")]] {
                let fields = [vec![("client_id", id.as_str()), ("grant_type", "password")], rest].concat();
                let answer = idp.call(TestRequest::post().uri(path).set_form(fields)).await;
                let told = parted(&answer).0.unwrap();
                assert!(said.contains(told.as_str()), "{path} {id}: {told}");
            }
        }
    }
}

#[actix_web::test]
async fn an_explanation_does_not_tell_who_has_an_account() {
    let idp = Idp::start().await;
    record(&idp, true).await;
    let logs = Logs::gather();
    let mut told = BTreeSet::new();
    for hint in [USERNAME, "nobody-of-this-name", "nobody@example.com"] {
        for extra in [vec![("prompt", "none")], vec![("scope", "")], vec![("prompt", "none"), ("max_age", "0")]] {
            let answer =
                idp.browser().authorize(&idp.app("shop"), &[extra.clone(), vec![("login_hint", hint)]].concat()).await;
            let lines = logs.refusals().join("\n");
            assert!(!lines.contains(hint), "{lines}");
            told.insert(format!("{extra:?} {:?} {lines}", parted(&answer)));
        }
    }
    assert_eq!(told.len(), 3, "{told:#?}");
}
