//! Parameters that are wishes: none of them is an error, and some come true (OpenID Connect Core, sections 3.1.2.1, 15.1).

use super::registering::registered;
use super::whole::{Whole, sign_in};
use super::{Party, Stage, told};
use crate::harness::{ISSUER, claims_of};
use serde_json::json;
use url::Url;

modules! {
    "oidcc-display-page" => display_as_a_page;
    "oidcc-display-popup" => display_as_a_popup;
    "oidcc-ui-locales" => languages_of_the_page;
    "oidcc-claims-locales" => languages_of_claims;
    "oidcc-login-hint" => whom_the_app_expects;
    "oidcc-ensure-request-with-acr-values-succeeds" => classes_of_authentication;
    "oidcc-ensure-request-with-unknown-parameter-succeeds" => a_parameter_that_nobody_knows;
}

/// Somebody who was never here signs in on a page, whatever the app wished for.
async fn wished(stage: &mut Stage, wish: (&str, &str)) -> (Party, Whole) {
    let party = registered(stage, json!({})).await;
    let whole = sign_in(stage, &party, &[wish]).await;
    stage.must(whole.arrival.signed_in(), "nobody was asked who they are");
    (party, whole)
}

async fn display_as_a_page(stage: &mut Stage) {
    wished(stage, ("display", "page")).await;
}

async fn display_as_a_popup(stage: &mut Stage) {
    wished(stage, ("display", "popup")).await;
}

async fn languages_of_the_page(stage: &mut Stage) {
    let (party, _) = wished(stage, ("ui_locales", "se")).await;
    for (wish, shown) in [("de", "de"), ("se fr en", "fr")] {
        let asked = serde_urlencoded::to_string(party.parameters(&[("ui_locales", wish)])).unwrap();
        let page = stage.idp.browser().get(&format!("/authorize?{asked}")).await;
        let lang = page.attribute("html", "lang");
        stage.must(lang.as_deref() == Some(shown), format!("for {wish} the page is in {lang:?}"));
    }
}

async fn languages_of_claims(stage: &mut Stage) {
    wished(stage, ("claims_locales", "se")).await;
}

async fn whom_the_app_expects(stage: &mut Stage) {
    let host = Url::parse(ISSUER).unwrap().host_str().unwrap().to_owned();
    wished(stage, ("login_hint", &format!("buffy@{host}"))).await;
}

async fn classes_of_authentication(stage: &mut Stage) {
    let metadata = told::metadata(stage).await;
    let classes = told::texts(&metadata, "acr_values_supported").unwrap_or_default();
    stage.must(!classes.is_empty(), "no class is in acr_values_supported");
    let all = classes.iter().copied().collect::<Vec<_>>().join(" ");
    let (_, whole) = wished(stage, ("acr_values", &all)).await;
    for token in whole.id_tokens() {
        let acr = claims_of(token)["acr"].clone();
        stage.should(acr.as_str().is_some_and(|acr| classes.contains(acr)), format!("acr is {acr} and none of {all}"));
    }
}

async fn a_parameter_that_nobody_knows(stage: &mut Stage) {
    wished(stage, ("extra", "foobar")).await;
}
