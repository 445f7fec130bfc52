//! The plan for sign-ins that begin at the provider.

use super::registering::{is_json, refused, registered};
use super::{ClientAuth, Entry, Plan, Registration, Stage, logout};
use crate::stories::registration::ask;
use actix_web::http::Method;
use serde_json::json;

modules! {
    "oidcc-3rd_party-init-login" => begun_elsewhere;
    "oidcc-3rd_party-init-login-nohttps" => begun_in_the_clear;
}

pub fn plans() -> Vec<Plan> {
    let mut variants = logout::variants(ClientAuth::SecretBasic);
    variants.retain(|variant| variant.registration == Registration::Dynamic);
    let modules = vec!["oidcc-3rd_party-init-login", "oidcc-3rd_party-init-login-nohttps"];
    let entries = vec![Entry { modules, variants }];
    vec![Plan { name: "oidcc-3rdparty-init-login-certification-test-plan", profile: "3rd Party-Init OP", entries }]
}

async fn begun_elsewhere(stage: &mut Stage) {
    let uri = "https://app.suite.example/initiate";
    let party = registered(stage, json!({"initiate_login_uri": uri})).await;
    stage.must(party.told["initiate_login_uri"] == uri, "initiate_login_uri is not in the answer as it was sent");
    let at = party.told["registration_client_uri"].as_str().unwrap_or_default().to_owned();
    let (_, path) = at.split_once(crate::harness::ISSUER).unwrap_or_default();
    let token = party.told["registration_access_token"].as_str();
    let answer = ask(&stage.idp, (Method::GET, path), token, None).await;
    stage.must(answer.status == 200, format!("the registration is answered with {}", answer.status));
    stage.must(is_json(&answer), format!("the registration is {}", answer.header("content-type")));
    stage
        .must(answer.json()["initiate_login_uri"] == uri, "initiate_login_uri is not there when it is asked for again");
}

async fn begun_in_the_clear(stage: &mut Stage) {
    refused(stage, json!({"initiate_login_uri": "http://app.suite.example/initiate"}), &["invalid_client_metadata"])
        .await;
}
