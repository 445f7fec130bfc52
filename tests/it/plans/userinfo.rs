//! The userinfo endpoint, asked in each of the ways there are (OpenID Connect Core, section 5.3.1; RFC 6750, section 2).

use super::registering::{is_json, registered};
use super::whole::{Whole, sign_in};
use super::{Stage, standard};
use crate::harness::{Answer, claims_of};
use actix_web::test::TestRequest;
use serde_json::{Value, json};

modules! {
    "oidcc-userinfo-get" => by_get;
    "oidcc-userinfo-post-header" => by_post_with_a_header;
    "oidcc-userinfo-post-body" => by_post_with_a_form;
}

async fn by_get(stage: &mut Stage) {
    asked(stage, |token| TestRequest::get().insert_header(("authorization", format!("Bearer {token}")))).await;
}

async fn by_post_with_a_header(stage: &mut Stage) {
    asked(stage, |token| TestRequest::post().insert_header(("authorization", format!("Bearer {token}")))).await;
}

async fn by_post_with_a_form(stage: &mut Stage) {
    asked(stage, |token| TestRequest::post().set_form([("access_token", token)])).await;
}

async fn asked(stage: &mut Stage, ask: impl Fn(&str) -> TestRequest) {
    let party = registered(stage, json!({})).await;
    let whole = sign_in(stage, &party, &[]).await;
    stage.must(!whole.access_tokens().is_empty(), "there is no access token");
    for token in whole.access_tokens() {
        let answer = stage.idp.call(ask(token).uri("/userinfo")).await;
        about(stage, &answer, &whole);
    }
}

/// A good answer about the person whom the ID tokens are about.
pub fn about(stage: &mut Stage, answer: &Answer, whole: &Whole) -> Value {
    stage.must(answer.status == 200, format!("the userinfo endpoint answers with {} {}", answer.status, answer.body));
    stage.must(is_json(answer), format!("the answer is {}", answer.header("content-type")));
    let claims = answer.json();
    stage.must(claims["sub"].as_str().is_some_and(|sub| !sub.is_empty()), "the answer is about nobody");
    for token in whole.id_tokens() {
        stage.must(claims["sub"] == claims_of(token)["sub"], "the answer and an ID token are about two people");
    }
    stage.must(claims["_claim_names"].is_null(), "there are claims of somebody else");
    standard::typed(stage, &claims);
    claims
}
