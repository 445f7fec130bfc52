//! The plan for apps that watch the session by a frame.

use super::config::nobody;
use super::leaving::SignedIn;
use super::logout::{is_back, variants};
use super::stage::as_for_the_suite;
use super::{ClientAuth, Entry, Plan, Registration, Stage, told};
use crate::harness::Idp;
use abide::model::cookies::Switch;
use actix_web::test::TestRequest;
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::json;
use std::collections::BTreeMap;

modules! {
    "oidcc-session-management-discovery-endpoint-verification" => discovery;
    "oidcc-session-management-rp-initiated-logout" => watched;
}

pub fn plans() -> Vec<Plan> {
    let found = Entry { modules: vec![MODULES[0].0], variants: vec![nobody(Registration::Dynamic)] };
    let entries = vec![found, Entry { modules: vec![MODULES[1].0], variants: variants(ClientAuth::SecretBasic) }];
    vec![Plan { name: "oidcc-session-management-certification-test-plan", profile: "Session OP", entries }]
}

/// The frame is off where nobody switches it on.
async fn switch_on(stage: &mut Stage) {
    stage.idp = Idp::with(|config| {
        as_for_the_suite(config);
        config.cookies.state = Switch::On;
    })
    .await;
}

async fn discovery(stage: &mut Stage) {
    switch_on(stage).await;
    let metadata = told::metadata(stage).await;
    told::https(stage, &metadata, "check_session_iframe");
    told::https(stage, &metadata, "end_session_endpoint");
}

async fn watched(stage: &mut Stage) {
    switch_on(stage).await;
    let metadata = told::metadata(stage).await;
    let frame = metadata["check_session_iframe"].as_str().unwrap_or_default().to_owned();
    let path = frame.strip_prefix(crate::harness::ISSUER).unwrap_or_default().to_owned();
    let page = stage.idp.call(TestRequest::get().uri(&path)).await;
    stage.must(page.status == 200, format!("the frame is answered with {}", page.status));
    let policy = page.header("content-security-policy").to_owned();
    let framed = !policy.contains("frame-ancestors 'none'") && page.header("x-frame-options").is_empty();
    stage.must(framed, format!("nobody can show the frame: {policy}"));

    let mut person = SignedIn::at(stage, json!({})).await;
    let told = person.told.clone();
    stage.must(answers(&person, &told) == "unchanged", format!("the frame says {}", answers(&person, &told)));
    let (bye, hint) = (person.bye.clone(), person.id_token.clone());
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", &bye), ("state", "state-1")];
    let left = person.leave(&fields).await;
    stage.must(
        answers(&person, &told) == "changed",
        format!("after the sign-out the frame says {}", answers(&person, &told)),
    );
    is_back(stage, &mut person, left, &[("state", "state-1")]).await;
}

/// What the frame's script says of the `session_state` that the app was given: the hash over the app's id, its origin, the
/// browser's cookie and the salt (Session Management 1.0, section 3.2).
fn answers(person: &SignedIn, told: &BTreeMap<String, String>) -> &'static str {
    let Some((hash, salt)) = told.get("session_state").and_then(|state| state.split_once('.')) else { return "error" };
    let Some(state) = person.browser.cookie("__Host-abide_state") else { return "changed" };
    let whole = format!("{} {} {state} {salt}", person.party.client_id, person.party.origin());
    let expected =
        digest(&SHA256, whole.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    if hash == expected { "unchanged" } else { "changed" }
}
