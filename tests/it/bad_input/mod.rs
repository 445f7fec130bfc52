//! Bad input, in generated variants: each gets its specified error, nobody gets a 5xx, and nothing is stored.

mod addresses;
mod asking;
mod assertions;
mod authorize_bound;
mod authorize_unbound;
mod client_auth;
mod closed;
mod codes;
mod confusion;
mod cookies;
mod cors;
mod crossing;
mod csrf;
mod downgrade;
mod encodings;
mod end_session;
mod equal_names;
mod equal_work;
mod explained;
mod forge;
mod forms;
mod frames;
mod guessing;
mod headers;
mod import;
mod interactions;
mod introspection;
mod jws;
mod jws_readers;
mod logos;
mod mail;
mod many;
mod once;
mod open_redirects;
mod passkeys;
mod paths;
mod pictures;
mod possession;
mod reach;
mod refresh_tokens;
mod registration;
mod request_objects;
mod session;
mod setup;
mod sizes;
mod strangers_places;
mod times;
mod token_requests;
mod two_people;
mod userinfo;
mod variants;

use crate::harness::{Answer, Idp, RelyingApp, Tokens};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The content type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// What there was before, to be compared with what is there after.
struct Untouched<'a> {
    idp: &'a Idp,
    before: String,
}

impl<'a> Untouched<'a> {
    async fn now(idp: &'a Idp) -> Untouched<'a> {
        Untouched { idp, before: idp.contents().await }
    }

    /// Nothing was stored, changed or forgotten.
    async fn check(&self, case: &str) {
        let after = self.idp.contents().await;
        assert!(after == self.before, "{case}: the store changed\nbefore:\n{}\nafter:\n{after}", self.before);
    }

    /// The same, but for what was used up under keys of this kind, and the appointments to forget it.
    async fn check_but(&self, used_up: &str, case: &str) {
        let after = self.idp.contents().await;
        let rest = |all: &str| {
            let lines =
                all.lines().filter(|line| !line.contains(&format!("used/{used_up}/")) && !line.ends_with(" due"));
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(rest(&after), rest(&self.before), "{case}: the store changed");
    }
}

/// A page that says what is wrong, and leads nowhere.
fn assert_page(answer: &Answer, status: u16, case: &str) {
    assert_eq!(answer.status, status, "{case}: {}", answer.body);
    assert!(!answer.headers.contains_key("location"), "{case}: {}", answer.header("location"));
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{case}");
    assert_eq!(answer.header("cache-control"), "no-store", "{case}");
}

/// An OAuth error in JSON (RFC 6749, section 5.2).
fn assert_json(answer: &Answer, status: u16, error: &str, case: &str) {
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (status, error), "{case}: {}", answer.body);
    assert!(!answer.headers.contains_key("location"), "{case}");
    assert!(answer.header("content-type").starts_with("application/json"), "{case}");
    assert_eq!(answer.header("cache-control"), "no-store", "{case}");
    let described = answer.json()["error_description"].as_str().unwrap_or_default().to_owned();
    assert!(!described.is_empty() && described.bytes().all(|b| matches!(b, b' '..=b'~' if b != b'"' && b != b'\\')));
    assert!(answer.json()["access_token"].is_null() && answer.json()["refresh_token"].is_null(), "{case}");
}

/// Pairs as a form body or query.
fn encoded(pairs: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(pairs).unwrap()
}

/// A token request as it is: any header, any body.
async fn post_token(idp: &Idp, authorization: Option<&str>, body: &str) -> Answer {
    let mut request = TestRequest::post().uri("/token").insert_header(("content-type", FORM));
    if let Some(value) = authorization {
        request = request.insert_header(("authorization", value));
    }
    idp.call(request.set_payload(body.to_owned())).await
}

/// `client_secret_basic`.
fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// A fresh code for an app, from a browser of its own.
async fn fresh_code(idp: &Idp, app: &RelyingApp) -> String {
    let mut browser = idp.browser();
    let answer = browser.enter(app).await;
    // One address may try thirty passwords a minute.
    idp.pass("3s");
    answer.parameter("code").unwrap()
}

/// Fresh tokens for an app.
async fn fresh_tokens(idp: &Idp, app: &RelyingApp) -> Tokens {
    let code = fresh_code(idp, app).await;
    Tokens::of(&app.try_redeem(&code).await)
}

/// The tokens are good.
async fn assert_alive(app: &RelyingApp, access: &str, case: &str) {
    assert_eq!(app.userinfo(access).await.status, 200, "{case}");
}

/// Access and refresh token are dead, and stay dead.
async fn assert_dead(app: &RelyingApp, tokens: &Tokens, case: &str) {
    assert_eq!(app.userinfo(&tokens.access).await.status, 401, "{case}");
    assert_json(&app.try_refresh(&tokens.refresh).await, 400, "invalid_grant", case);
    assert_eq!(app.userinfo(&tokens.access).await.status, 401, "{case}");
}

/// Sixteen at once; each is told its number.
pub async fn sixteen<T: 'static>(act: impl AsyncFn(usize) -> T + Clone + 'static) -> Vec<T> {
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let act = act.clone();
            actix_web::rt::spawn(async move { act(number).await })
        })
        .collect();
    let mut done = Vec::new();
    for task in tasks {
        done.push(task.await.unwrap());
    }
    done
}
