//! Requests inside an object without a signature (OpenID Connect Core, section 6).

use super::dynamic::a_request_that_is_published;
use super::registering::registered;
use super::whole::looked_at;
use super::{Party, Stage, told};
use crate::harness::ISSUER;
use crate::harness::keyed::signed;
use serde_json::{Map, Value, json};

modules! {
    "oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported" => published;
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported" => inside;
    "oidcc-ensure-request-object-with-redirect-uri" => with_another_address_beside;
}

/// What goes beside an object, so that the request is one of OAuth 2.0.
const BESIDE: [&str; 4] = ["response_type", "client_id", "scope", "redirect_uri"];

async fn published(stage: &mut Stage) {
    a_request_that_is_published(stage).await;
}

async fn inside(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    asked(stage, &party, &party.redirect_uri).await;
}

async fn with_another_address_beside(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    asked(stage, &party, &format!("{}_invalid", party.redirect_uri)).await;
}

/// Asks by an object, with this redirect URI beside it: what is inside counts.
async fn asked(stage: &mut Stage, party: &Party, beside_it: &str) {
    let metadata = told::metadata(stage).await;
    let offered = told::lists(&metadata, "request_object_signing_alg_values_supported", &["none"]);
    stage.must(offered, "none is not in request_object_signing_alg_values_supported");
    stage.must(metadata["request_parameter_supported"] == true, "request_parameter_supported is not true");
    let parameters = party.parameters(&[]);
    let mut claims: Map<String, Value> = parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    claims.extend([("aud".to_owned(), json!(ISSUER)), ("iss".to_owned(), json!(party.client_id))]);
    let object = signed(&json!({"alg": "none"}), &claims.into(), |_| Vec::new());
    let mut beside: Vec<(String, String)> =
        parameters.iter().filter(|(name, _)| BESIDE.contains(&name.as_str())).cloned().collect();
    for (name, value) in &mut beside {
        if name == "redirect_uri" {
            beside_it.clone_into(value);
        }
    }
    beside.push(("request".to_owned(), object));
    let arrival = party.send(&mut stage.idp.browser(), &beside).await.back();
    stage.must(arrival.at == party.redirect_uri, format!("the answer is sent to {}", arrival.at));
    looked_at(stage, party, arrival, &parameters).await;
}
