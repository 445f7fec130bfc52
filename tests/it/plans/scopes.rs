//! Scopes and the `claims` parameter: what a person's app is told (OpenID Connect Core, sections 5.4 and 5.5).

use super::registering::registered;
use super::userinfo::about;
use super::whole::{Whole, sign_in, userinfo};
use super::{Stage, standard, told};
use crate::harness::claims_of;
use serde_json::{Value, json};

modules! {
    "oidcc-scope-profile" => profile;
    "oidcc-scope-email" => email;
    "oidcc-scope-address" => address;
    "oidcc-scope-phone" => phone;
    "oidcc-scope-all" => all_at_once;
    "oidcc-ensure-other-scope-order-succeeds" => in_another_order;
    "oidcc-claims-essential" => one_claim_alone;
}

async fn profile(stage: &mut Stage) {
    opened(stage, "openid profile").await;
}

async fn email(stage: &mut Stage) {
    opened(stage, "openid email").await;
}

async fn address(stage: &mut Stage) {
    opened(stage, "openid address").await;
}

async fn phone(stage: &mut Stage) {
    opened(stage, "openid phone").await;
}

async fn all_at_once(stage: &mut Stage) {
    opened(stage, "openid profile email address phone").await;
}

async fn in_another_order(stage: &mut Stage) {
    opened(stage, "email openid").await;
}

/// Everything that these scopes open is told.
async fn opened(stage: &mut Stage, scope: &str) {
    let metadata = told::metadata(stage).await;
    let words: Vec<&str> = scope.split(' ').collect();
    stage.must(told::lists(&metadata, "scopes_supported", &words), format!("not all of {scope} is offered"));
    let party = registered(stage, json!({})).await;
    let whole = sign_in(stage, &party, &[("scope", scope)]).await;
    let claims = learnt(stage, &whole).await;
    for name in words.iter().flat_map(|word| standard::of_scope(word)) {
        stage.should(claims.get(name).is_some(), format!("{name} is not told"));
    }
}

/// What the app learns: from the userinfo endpoint where it can ask, from the ID token where it cannot.
async fn learnt(stage: &mut Stage, whole: &Whole) -> Value {
    match whole.access_tokens().last() {
        Some(token) => {
            let answer = userinfo(stage, token).await;
            about(stage, &answer, whole)
        }
        None => claims_of(whole.id_tokens().last().expect("an ID token")),
    }
}

async fn one_claim_alone(stage: &mut Stage) {
    let place = if stage.variant.response_type == "id_token" { "id_token" } else { "userinfo" };
    let party = registered(stage, json!({})).await;
    let asked = json!({place: {"name": {"essential": true}}}).to_string();
    let whole = sign_in(stage, &party, &[("claims", &asked)]).await;
    let claims = learnt(stage, &whole).await;
    stage.should(claims["name"] == "Mira Lindqvist", format!("the name is {}", claims["name"]));
    if place == "userinfo" {
        for token in whole.id_tokens() {
            stage.should(claims_of(token)["name"].is_null(), "the name is told where nobody asked for it");
        }
    }
}
