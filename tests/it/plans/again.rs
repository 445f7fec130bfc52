//! Two sign-ins of one browser: the second asks for a fresh authentication, or has to go without one.

use super::registering::registered;
use super::whole::{Whole, looked_at};
use super::{Party, Stage};
use crate::harness::{Browser, claims_of};
use serde_json::{Value, json};

modules! {
    "oidcc-prompt-login" => to_sign_in_again;
    "oidcc-prompt-none-logged-in" => silently;
    "oidcc-max-age-1" => too_long_ago;
    "oidcc-max-age-10000" => not_long_ago;
    "oidcc-id-token-hint" => silently_with_a_hint;
}

/// A sign-in of this browser, looked at.
async fn by(stage: &mut Stage, party: &Party, browser: &mut Browser, extra: &[(&str, &str)]) -> Whole {
    let parameters = party.parameters(extra);
    let arrival = party.send(browser, &parameters).await.back();
    looked_at(stage, party, arrival, &parameters).await
}

/// The claims of the last ID token that came.
fn said(whole: &Whole) -> Value {
    claims_of(whole.id_tokens().last().expect("an ID token"))
}

async fn to_sign_in_again(stage: &mut Stage) {
    asked_again(stage, ("prompt", "login")).await;
}

async fn too_long_ago(stage: &mut Stage) {
    let second = asked_again(stage, ("max_age", "1")).await;
    let now = stage.idp.now().0;
    let recent = second["auth_time"].as_i64().is_some_and(|at| (now - 1..=now).contains(&at));
    stage.must(recent, format!("auth_time is {} at {now}", second["auth_time"]));
}

/// The second time there is a sign-in page, and a later `auth_time`.
async fn asked_again(stage: &mut Stage, wish: (&str, &str)) -> Value {
    let party = registered(stage, json!({})).await;
    let mut browser = stage.idp.browser();
    let first = said(&by(stage, &party, &mut browser, &[]).await);
    stage.idp.pass("2s");
    let whole = by(stage, &party, &mut browser, &[wish]).await;
    stage.must(whole.arrival.signed_in(), "nobody was asked to sign in again");
    let second = said(&whole);
    let (before, after) = (first["auth_time"].as_i64(), second["auth_time"].as_i64());
    stage.must(before.is_some() && before < after, format!("auth_time was {before:?} and is {after:?}"));
    second
}

async fn silently(stage: &mut Stage) {
    twice(stage, &[], |_| vec![("prompt", "none".to_owned())]).await;
}

async fn silently_with_a_hint(stage: &mut Stage) {
    let hint = |first: &Whole| (*first.id_tokens().last().expect("an ID token")).to_owned();
    twice(stage, &[], |first| vec![("prompt", "none".to_owned()), ("id_token_hint", hint(first))]).await;
}

async fn not_long_ago(stage: &mut Stage) {
    twice(stage, &[("max_age", "15000")], |_| vec![("max_age", "10000".to_owned())]).await;
}

/// The second time nothing is shown, and the ID token tells of the first time.
async fn twice(stage: &mut Stage, first: &[(&str, &str)], second: impl Fn(&Whole) -> Vec<(&'static str, String)>) {
    let party = registered(stage, json!({})).await;
    let mut browser = stage.idp.browser();
    let before = by(stage, &party, &mut browser, first).await;
    stage.must(said(&before)["auth_time"].is_i64(), "there is no auth_time");
    stage.idp.pass("2s");
    let wishes = second(&before);
    let wishes: Vec<(&str, &str)> = wishes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let after = by(stage, &party, &mut browser, &wishes).await;
    stage.must(after.arrival.shown.is_empty(), format!("there was a page: {:?}", after.arrival.shown));
    for name in ["sub", "auth_time"] {
        let (one, other) = (said(&before)[name].clone(), said(&after)[name].clone());
        stage.must(one == other && !one.is_null(), format!("{name} was {one} and is {other}"));
    }
}
