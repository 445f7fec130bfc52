//! The `openidconnect` crate as a relying party of the real binary: what it discovers, it verifies by itself. The app is in
//! `tests/interop/openidconnect`, set up as docs/clients/openidconnect.md says.

use openidconnect::OAuth2TokenResponse;
use openidconnect::core::{CoreAuthPrompt, CoreJwsSigningAlgorithm, CoreTokenResponse};
use serde_json::{Value, json};

use self::app::{App, Registered};
use crate::real::block_on;
use crate::real::idp::{RealIdp, person};
use crate::real::pasted::Pasted;
use crate::real::visitor::{Answer, Visitor, local_client};

#[path = "../interop/openidconnect/app.rs"]
mod app;

const PAGE: &str = "openidconnect.md";

/// Nobody listens there: codes are read from the redirect itself.
const LETTERS: &str = "http://app.localhost:4998";
const REDIRECT_URI: &str = "http://app.localhost:4998/callback";
const GOODBYE: &str = "http://app.localhost:4998/";

#[test]
fn rs256_code_pkce_nonce_userinfo_refresh_prompt_none_and_sign_out() {
    let idp = RealIdp::with(&[person("ada")], &[letters("letters", json!({}))]);
    block_on(async {
        let app = discover(&idp, "letters", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256).await;
        a_whole_visit(&idp, &app).await;
    });
}

#[test]
fn es256_and_eddsa_id_tokens_verify_by_the_published_keys() {
    let es256 = letters("curves", json!({"id_token_signed_response_alg": "ES256"}));
    let eddsa = letters("edwards", json!({"id_token_signed_response_alg": "EdDSA"}));
    let idp = RealIdp::with(&[person("ada")], &[es256, eddsa]);
    block_on(async {
        a_whole_visit(&idp, &discover(&idp, "curves", CoreJwsSigningAlgorithm::EcdsaP256Sha256).await).await;
        a_whole_visit(&idp, &discover(&idp, "edwards", CoreJwsSigningAlgorithm::EdDsa).await).await;
    });
}

#[test]
fn the_page_about_it_shows_the_app_that_runs_here() {
    let program = include_str!("../interop/openidconnect/app.rs");
    let page = Pasted::from(PAGE, &[]);
    let blocks = page.blocks("rust");
    assert!(!blocks.is_empty());
    for part in blocks {
        assert!(program.contains(part), "the app has no such part:\n{part}");
    }
}

/// The client of the page, under another name and with changes.
fn letters(client_id: &str, changes: Value) -> Value {
    let mut client = Pasted::from(PAGE, &[("https://letters.example.com", LETTERS)]).client();
    client["client_id"] = json!(client_id);
    for (name, value) in changes.as_object().expect("an object of changes") {
        client[name] = value.clone();
    }
    client
}

async fn discover(idp: &RealIdp, client_id: &str, algorithm: CoreJwsSigningAlgorithm) -> App {
    let secret = letters(client_id, json!({}))["client_secret"].as_str().expect("a secret").to_owned();
    let registered =
        Registered { issuer: &idp.issuer, client_id, secret: &secret, redirect_uri: REDIRECT_URI, algorithm };
    let http = local_client().build().expect("a client");
    App::discover(registered, http).await.expect("the crate understands the discovery document and the keys")
}

/// Asked in vain, signed in, user info, refreshed, renewed silently, signed out.
async fn a_whole_visit(idp: &RealIdp, app: &App) {
    let browser = Visitor::new();
    let early = app.departure(Some(CoreAuthPrompt::None));
    let refused = browser.travel(&early.url, REDIRECT_URI).await;
    assert_eq!(refused.parameter("error").as_deref(), Some("login_required"));
    assert_eq!(refused.parameter("state").as_ref(), Some(early.state.secret()));

    let departure = app.departure(None);
    let page = browser.travel(&departure.url, REDIRECT_URI).await;
    let arrived = browser.sign_in(&page, "ada", REDIRECT_URI).await;
    let (tokens, claims) = app.arrive(code_and_state(&arrived), departure).await.expect("tokens for the code");
    assert!(claims.auth_time().is_some(), "no auth_time");

    let info = app.user_info(&tokens, &claims).await.expect("user info");
    assert_eq!(info.email().map(|email| email.as_str()), Some("ada@example.org"));

    let (fresh, same) = app.refresh(&tokens).await.expect("tokens for the refresh token");
    assert_eq!((same.subject(), same.auth_time()), (claims.subject(), claims.auth_time()));
    assert_ne!(fresh.refresh_token().map(|token| token.secret()), tokens.refresh_token().map(|token| token.secret()));
    app.user_info(&fresh, &claims).await.expect("user info by the new token");

    let departure = app.departure(Some(CoreAuthPrompt::None));
    let back = browser.travel(&departure.url, REDIRECT_URI).await;
    let (silent, same) = app.arrive(code_and_state(&back), departure).await.expect("tokens without a page");
    assert_eq!((same.subject(), same.auth_time()), (claims.subject(), claims.auth_time()));
    assert_ne!(silent.access_token().secret(), tokens.access_token().secret());
    refuses_a_used_code(app, &arrived).await;

    sign_out(idp, app, (&browser, &silent)).await;
}

async fn sign_out(idp: &RealIdp, app: &App, (browser, tokens): (&Visitor, &CoreTokenResponse)) {
    let goodbye = app.sign_out(tokens, GOODBYE).expect("an address");
    let gone = browser.travel(&goodbye, GOODBYE).await;
    assert_eq!(gone.location.as_ref().map(url::Url::as_str), Some(GOODBYE), "{}", gone.body);
    let account = browser.get(&idp.at("/account")).await;
    assert!(account.body.contains("name=\"password\""), "the session has ended: {}", account.body);
    let refused = app.refresh(tokens).await.expect_err("a refresh after the sign-out").to_string();
    assert!(refused.contains("invalid_grant"), "{refused}");
    let again = app.departure(Some(CoreAuthPrompt::None));
    let unknown = browser.travel(&again.url, REDIRECT_URI).await;
    assert_eq!(unknown.parameter("error").as_deref(), Some("login_required"));
}

#[test]
fn it_refuses_the_answer_to_another_question_and_a_code_without_its_verifier() {
    let idp = RealIdp::with(&[person("ada")], &[letters("letters", json!({}))]);
    block_on(async {
        let app = discover(&idp, "letters", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256).await;
        let thief = Visitor::new();
        let theirs = app.departure(None);
        let page = thief.travel(&theirs.url, REDIRECT_URI).await;
        let (code, state) = code_and_state(&thief.sign_in(&page, "ada", REDIRECT_URI).await);

        assert!(app.arrive((code.clone(), state), app.departure(None)).await.is_err(), "another state");
        // Should somebody have put in the right state: the verifier is another browser's.
        let victim = app.departure(None);
        let right = victim.state.secret().clone();
        let error = app.arrive((code, right), victim).await.expect_err("a code of another sign-in").to_string();
        assert!(error.contains("invalid_grant"), "{error}");
    });
}

fn code_and_state(answer: &Answer) -> (String, String) {
    let named = |name| answer.parameter(name).unwrap_or_else(|| panic!("no {name}: {:?}", answer.location));
    (named("code"), named("state"))
}

async fn refuses_a_used_code(app: &App, answer: &Answer) {
    let departure = app.departure(None);
    let (code, state) = (code_and_state(answer).0, departure.state.secret().clone());
    let error = app.arrive((code, state), departure).await.expect_err("a used code").to_string();
    assert!(error.contains("invalid_grant"), "{error}");
}
