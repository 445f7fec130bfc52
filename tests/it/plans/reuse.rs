//! What is good once, and what is good again: codes and refresh tokens at the token endpoint.

use super::happy::entropy;
use super::refused::described;
use super::registering::{is_json, registered};
use super::rotation::same_sign_in;
use super::whole::{Whole, redeemed, sign_in, userinfo};
use super::{Party, Stage, party, told};
use crate::harness::{Answer, claims_of};
use serde_json::{Value, json};

modules! {
    "oidcc-codereuse" => a_code_again_at_once;
    "oidcc-codereuse-30seconds" => a_code_again_after_half_a_minute;
    "oidcc-refresh-token" => refreshed_and_bound_to_the_app;
}

/// An error that says the code or token is not good (RFC 6749, section 5.2).
fn no_grant(stage: &mut Stage, answer: &Answer) {
    stage.must(answer.status == 400, format!("it is answered with {} {}", answer.status, answer.body));
    stage.must(is_json(answer), format!("the error is {}", answer.header("content-type")));
    let told = answer.json();
    stage.must(told["error"] == "invalid_grant", format!("the error is {}", told["error"]));
    described(stage, told["error_description"].as_str(), told["error_uri"].as_str());
}

async fn a_code_again_at_once(stage: &mut Stage) {
    again_after(stage, None).await;
}

async fn a_code_again_after_half_a_minute(stage: &mut Stage) {
    again_after(stage, Some("30s")).await;
}

/// The code is good once, and what it gave is good no more.
async fn again_after(stage: &mut Stage, span: Option<&str>) {
    let party = registered(stage, json!({})).await;
    let whole = sign_in(stage, &party, &[]).await;
    if let Some(span) = span {
        stage.idp.pass(span);
    }
    let answer = party.redeem(&whole.arrival.need("code")).await;
    no_grant(stage, &answer);
    let access = whole.tokens.as_ref().and_then(|tokens| tokens["access_token"].as_str()).unwrap_or_default();
    let answer = userinfo(stage, access).await;
    stage.should(answer.status == 401, format!("the access token is answered with {}", answer.status));
}

async fn refreshed_and_bound_to_the_app(stage: &mut Stage) {
    let mut grants = party::metadata(stage.variant, "")["grant_types"].clone();
    grants.as_array_mut().unwrap().push(json!("refresh_token"));
    let one = registered(stage, json!({"grant_types": grants})).await;
    let other = registered(stage, json!({"grant_types": grants})).await;
    let metadata = told::metadata(stage).await;
    stage.should(told::lists(&metadata, "grant_types_supported", &["refresh_token"]), "refresh_token is not offered");
    let whole = sign_in(stage, &one, &[]).await;
    let scope = [("scope", "openid")];
    refreshed(stage, &one, &whole, &scope).await;
    let whole = sign_in(stage, &other, &[]).await;
    let Some(of_the_other) = refreshed(stage, &other, &whole, &[]).await else { return };
    let fields = [("grant_type", "refresh_token"), ("refresh_token", of_the_other.as_str()), scope[0]];
    let answer = one.token(&fields).await;
    no_grant(stage, &answer);
}

/// Refreshes what a sign-in gave; answers with the refresh token that is good now.
async fn refreshed(stage: &mut Stage, party: &Party, whole: &Whole, extra: &[(&str, &str)]) -> Option<String> {
    let first = whole.tokens.clone().unwrap_or_default();
    let before = first["refresh_token"].as_str().unwrap_or_default();
    // The suite warns of a provider that offers the grant and gives no token.
    stage.should(!before.is_empty(), "there is no refresh token");
    if before.is_empty() {
        return None;
    }
    stage.idp.pass("1s");
    let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", before)];
    fields.extend(extra);
    let second = redeemed(stage, &party.token(&fields).await);
    unguessable(stage, &second, "access_token");
    stage.should(second["access_token"] != first["access_token"], "the access token is the same");
    if let (Some(first), Some(second)) = (first["id_token"].as_str(), second["id_token"].as_str()) {
        same_sign_in(stage, (&claims_of(first), &claims_of(second)));
    }
    let answer = userinfo(stage, second["access_token"].as_str().unwrap_or_default()).await;
    stage.must(answer.status == 200, format!("the userinfo endpoint answers with {}", answer.status));
    match second["refresh_token"].as_str() {
        Some(after) => {
            unguessable(stage, &second, "refresh_token");
            Some(after.to_owned())
        }
        None => Some(before.to_owned()),
    }
}

fn unguessable(stage: &mut Stage, tokens: &Value, name: &str) {
    let token = tokens[name].as_str().unwrap_or_default();
    stage.must(entropy(token) >= 96.0 && token.len() >= 16, format!("{name} can be guessed"));
    stage.must(token.bytes().all(|b| matches!(b, b' '..=b'~')), format!("{name} has characters it may not have"));
}
