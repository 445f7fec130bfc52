//! Requests that are refused, and how (OpenID Connect Core, section 3.1.2.6; RFC 6749, section 4.1.2.1).

use super::party::fresh;
use super::registering::registered;
use super::{Arrival, Came, Place, Registration, Stage, Variant};
use crate::harness::{ISSUER, Idp};
use abide::model::cookies::Switch;
use futures_util::FutureExt;
use serde_json::json;
use std::panic::AssertUnwindSafe;

modules! {
    "oidcc-response-type-missing" => without_a_response_type;
    "oidcc-ensure-request-without-nonce-fails" => without_the_nonce_it_needs;
    "oidcc-ensure-registered-redirect-uri" => an_address_that_is_not_registered;
    "oidcc-prompt-none-not-logged-in" => silently_where_nobody_is;
}

/// What an error may bring with it.
const MEMBERS: [&str; 6] = ["error", "error_description", "error_uri", "state", "session_state", "iss"];

/// The form that every error for an app has.
fn error(stage: &mut Stage, arrival: &Arrival, asked: &[(String, String)]) {
    let state = asked.iter().find(|(name, _)| name == "state").map(|(_, value)| value.as_str());
    stage.must(arrival.get("state") == state, format!("the state is {:?}", arrival.get("state")));
    stage.must(arrival.get("iss").is_none_or(|iss| iss == ISSUER), format!("the issuer is {:?}", arrival.get("iss")));
    stage.must(arrival.get("error").is_some_and(|error| !error.is_empty()), format!("no error: {:?}", arrival.told));
    stage.must(arrival.get("code").is_none(), "there is a code beside the error");
    let known = arrival.told.keys().all(|name| MEMBERS.contains(&name.as_str()));
    stage.should(known, format!("the error brings more than it should: {:?}", arrival.told));
    described(stage, arrival.get("error_description"), arrival.get("error_uri"));
}

/// The words of an error (RFC 6749, sections 4.1.2.1 and 5.2).
pub fn described(stage: &mut Stage, description: Option<&str>, uri: Option<&str>) {
    let text = description.unwrap_or_default();
    let allowed = text.chars().all(|c| matches!(c, ' '..='~' | '\t' | '\r' | '\n') && !matches!(c, '"' | '\\'));
    stage.must(allowed, format!("error_description has characters that it may not have: {text:?}"));
    stage.should(!text.contains(['\t', '\r', '\n']), format!("error_description is no single line: {text:?}"));
    stage.must(uri.is_none_or(|uri| url::Url::parse(uri).is_ok()), format!("error_uri is {uri:?}"));
}

async fn without_a_response_type(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    let parameters = party.parameters(&[("response_type", "")]);
    match party.send(&mut stage.idp.browser(), &parameters).await {
        Came::Page(page) => stage.must(page.status == 400, format!("the page is answered with {}", page.status)),
        Came::Back(arrival) => {
            error(stage, &arrival, &parameters);
            // Nobody knows which fragment it would have been.
            stage.must(arrival.place != Place::Fragment, "the error stands in a fragment");
            let named = ["invalid_request", "unsupported_response_type"].contains(&arrival.need("error").as_str());
            stage.must(named, format!("the error is {}", arrival.need("error")));
        }
    }
}

async fn without_the_nonce_it_needs(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    let parameters = party.parameters(&[("nonce", "")]);
    match party.send(&mut stage.idp.browser(), &parameters).await {
        Came::Page(page) => stage.must(page.status == 400, format!("the page is answered with {}", page.status)),
        Came::Back(arrival) => {
            error(stage, &arrival, &parameters);
            stage.must(arrival.place == stage.place(), format!("the error stands in a {:?}", arrival.place));
            stage.must(arrival.need("error") == "invalid_request", format!("the error is {}", arrival.need("error")));
        }
    }
}

async fn an_address_that_is_not_registered(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    for other in [format!("{}/{}", party.redirect_uri, fresh("other")), format!("{}/", party.redirect_uri)] {
        let parameters = party.parameters(&[("redirect_uri", &other)]);
        match party.send(&mut stage.idp.browser(), &parameters).await {
            Came::Page(page) => stage.must(page.status == 400, format!("{other} is answered with {}", page.status)),
            Came::Back(arrival) => stage.must(false, format!("it is sent to {}: {:?}", arrival.at, arrival.told)),
        }
    }
}

async fn silently_where_nobody_is(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    let long = fresh("state-0123456789.abcdefghij_klmnopqrst~").repeat(3);
    let parameters = party.parameters(&[("prompt", "none"), ("state", &long[..128])]);
    let arrival = party.send(&mut stage.idp.browser(), &parameters).await.back();
    error(stage, &arrival, &parameters);
    stage.must(arrival.place == stage.place(), format!("the error stands in a {:?}", arrival.place));
    stage.must(arrival.shown.is_empty(), format!("there was a page: {:?}", arrival.shown));
    let named = ["interaction_required", "login_required", "account_selection_required", "consent_required"];
    stage.must(named.contains(&arrival.need("error").as_str()), format!("the error is {}", arrival.need("error")));
}

#[actix_web::test]
async fn a_provider_that_shows_a_page_where_none_may_be_is_found_out() {
    // Of apps that register themselves a person is told before the app is told an error, but in a run of the suite.
    let strangers =
        |variant: &Variant| variant.registration == Registration::Dynamic && variant.response_type == "code";
    for variant in super::playing::variants("oidcc-prompt-none-not-logged-in").into_iter().filter(strangers) {
        let mut stage = Stage::new(variant).await;
        stage.idp = Idp::with(|config| config.registration.open = Switch::On).await;
        let played = AssertUnwindSafe(silently_where_nobody_is(&mut stage)).catch_unwind().await;
        assert!(played.is_err() || !stage.found().is_empty(), "{variant}: nothing was found");
    }
}
