//! Modules that see a whole sign-in go well, and look at what it gives.

use super::arrival::follow;
use super::registering::{registered, unregister};
use super::whole::{Whole, looked_at, sign_in};
use super::{Stage, told};
use crate::harness::{CHALLENGE, VERIFIER, claims_of};
use actix_web::test::TestRequest;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use std::collections::BTreeMap;

modules! {
    "oidcc-server" => a_whole_sign_in;
    "oidcc-server-client-secret-post" => a_secret_in_the_form;
    "oidcc-idtoken-signature" => an_algorithm_that_nobody_chose;
    "oidcc-idtoken-unsigned" => an_id_token_without_signature;
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow" => without_a_nonce;
    "oidcc-ensure-request-with-valid-pkce-succeeds" => with_pkce;
    "oidcc-ensure-post-request-succeeds" => asked_by_post;
}

async fn a_whole_sign_in(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    let whole = sign_in(stage, &party, &[]).await;
    hashes(stage, &whole);
    for token in whole.id_tokens() {
        stage.should(claims_of(token)["name"].is_null(), "an ID token tells a name that nobody asked for");
    }
    if let Some(code) = whole.arrival.get("code") {
        stage.must(code.len() * 8 >= 128, format!("the code is short: {code}"));
        stage.must(entropy(code) >= 96.0, format!("the code can be guessed: {code}"));
    }
    unregister(stage, &party).await;
}

/// The hashes of what came beside an ID token: demanded from the authorization endpoint, right wherever they are.
fn hashes(stage: &mut Stage, whole: &Whole) {
    if let Some(shown) = whole.arrival.get("id_token") {
        let claims = claims_of(shown);
        for (name, of) in [("at_hash", "access_token"), ("c_hash", "code")] {
            let right = whole.arrival.get(of).map(half_hash);
            stage.must(claims[name].as_str() == right.as_deref(), format!("{name} is {}", claims[name]));
        }
    }
    if let Some(tokens) = &whole.tokens {
        let claims = claims_of(tokens["id_token"].as_str().unwrap_or_default());
        for (name, of) in [("at_hash", tokens["access_token"].as_str()), ("c_hash", whole.arrival.get("code"))] {
            let right = claims[name].is_null() || claims[name].as_str() == of.map(half_hash).as_deref();
            stage.must(right, format!("{name} of the token endpoint is {}", claims[name]));
        }
    }
}

/// As RS256 has it (OpenID Connect Core, section 3.1.3.6).
fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..16])
}

/// How many bits a text has, judged by how often each of its characters is in it.
pub fn entropy(text: &str) -> f64 {
    let mut counts: BTreeMap<char, f64> = BTreeMap::new();
    for c in text.chars() {
        *counts.entry(c).or_default() += 1.0;
    }
    let whole = text.chars().count() as f64;
    whole * counts.values().map(|count| count / whole).map(|part| -part * part.log2()).sum::<f64>()
}

async fn a_secret_in_the_form(stage: &mut Stage) {
    let metadata = told::metadata(stage).await;
    let offered = told::lists(&metadata, "token_endpoint_auth_methods_supported", &["client_secret_post"]);
    stage.must(offered, "client_secret_post is not in token_endpoint_auth_methods_supported");
    let party = registered(stage, json!({})).await;
    sign_in(stage, &party, &[]).await;
}

async fn an_algorithm_that_nobody_chose(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    let whole = sign_in(stage, &party, &[]).await;
    stage.must(!whole.id_tokens().is_empty(), "there is no ID token");
    for token in whole.id_tokens() {
        let header = told::header_of(token);
        stage.must(header["alg"] == "RS256", format!("an ID token is signed by {}", header["alg"]));
        stage.must(header["kid"].is_string(), "an ID token does not name its key");
    }
}

async fn an_id_token_without_signature(stage: &mut Stage) {
    let metadata = told::metadata(stage).await;
    let offered = told::lists(&metadata, "id_token_signing_alg_values_supported", &["none"]);
    stage.must(offered, "none is not in id_token_signing_alg_values_supported");
    let party = registered(stage, json!({"id_token_signed_response_alg": "none"})).await;
    let whole = sign_in(stage, &party, &[]).await;
    stage.must(!whole.id_tokens().is_empty(), "there is no ID token");
    for token in whole.id_tokens() {
        let header = told::header_of(token);
        stage.must(header["alg"] == "none", format!("an ID token is signed by {}", header["alg"]));
        stage.must(token.ends_with('.'), "an ID token without an algorithm has a signature");
    }
}

async fn without_a_nonce(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    sign_in(stage, &party, &[("nonce", "")]).await;
}

async fn with_pkce(stage: &mut Stage) {
    let mut party = registered(stage, json!({})).await;
    party.verifier = Some(VERIFIER);
    sign_in(stage, &party, &[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]).await;
}

async fn asked_by_post(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    let parameters = party.parameters(&[]);
    let mut browser = stage.idp.browser();
    let request = TestRequest::post().uri("/authorize").insert_header(("origin", party.origin()));
    let answer = browser.send(request.set_form(&parameters)).await;
    let arrival = follow(&mut browser, answer, &party).await.back();
    looked_at(stage, &party, arrival, &parameters).await;
}
