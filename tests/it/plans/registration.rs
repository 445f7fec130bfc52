//! The plan for apps that register themselves: what they say when they do.

use super::registering::{refused, registered, unregister};
use super::whole::sign_in;
use super::{Party, Stage, told};
use crate::harness::Answer;
use crate::harness::keyed::Serving;
use crate::stories::picture::plain;
use image::ImageFormat;
use serde_json::{Value, json};

modules! {
    "oidcc-registration-logo-uri" => logo;
    "oidcc-registration-policy-uri" => policy;
    "oidcc-registration-tos-uri" => terms;
    "oidcc-registration-jwks-uri" => keys;
    "oidcc-registration-sector-uri" => sector;
    "oidcc-registration-sector-bad" => sector_of_others;
    "oidcc-redirect-uri-regfrag" => redirect_uri_with_a_fragment;
}

/// The page that asks for the password shows the app's logo, once it was fetched.
async fn logo(stage: &mut Stage) {
    let site = stage.with_site().await;
    let picture = plain([200, 30, 30], ImageFormat::Png);
    let uri = site.put("/logo.png", Serving::File("image/png", picture));
    let party = registered(stage, json!({"logo_uri": uri})).await;
    stage.idp.deliver().await;
    stage.must(site.count("/logo.png") == 1, format!("the logo was fetched {} times", site.count("/logo.png")));
    let page = at_the_door(stage, &party).await;
    let shown = page.attribute("main img.mark", "src").unwrap_or_default();
    stage.must(!shown.is_empty(), format!("there is no picture: {}", page.body));
    let file = stage.idp.browser().get(&shown).await;
    let kind = file.header("content-type").to_owned();
    stage.must(file.status == 200 && kind.starts_with("image/"), format!("the picture is {} {kind}", file.status));
    unregister(stage, &party).await;
}

/// The page that asks for the password.
async fn at_the_door(stage: &mut Stage, party: &Party) -> Answer {
    let address = format!("/authorize?{}", serde_urlencoded::to_string(party.parameters(&[])).unwrap());
    let page = stage.idp.browser().get(&address).await;
    stage.must(page.text("#sign-in").is_some(), format!("nobody is asked to sign in: {} {}", page.status, page.body));
    page
}

async fn policy(stage: &mut Stage) {
    linked(stage, "policy_uri").await;
}

async fn terms(stage: &mut Stage) {
    linked(stage, "tos_uri").await;
}

/// The page that asks for the password leads to this document.
async fn linked(stage: &mut Stage, member: &str) {
    let uri = format!("https://app.suite.example/{member}");
    // Of a stranger links are taken that are on the host of its redirect URI.
    let own = "https://app.suite.example/callback";
    let party = registered(stage, json!({"redirect_uris": [own], (member): uri})).await;
    let page = at_the_door(stage, &party).await;
    let link = page.text(&format!("a[href=\"{uri}\"]"));
    stage.must(link.as_ref().is_some_and(|words| !words.is_empty()), format!("nothing leads to {uri}"));
    unregister(stage, &party).await;
}

async fn keys(stage: &mut Stage) {
    let site = stage.with_site().await;
    let uri = site.publish("/jwks", "{}");
    let party = registered(stage, json!({"jwks": null, "jwks_uri": uri})).await;
    site.publish("/jwks", json!({"keys": [party.key.jwk()]}));
    stage.must(site.asked().is_empty(), "the keys were fetched before they were needed");
    sign_in(stage, &party, &[]).await;
    stage.must(site.count("/jwks") == 1, format!("the keys were fetched {} times", site.count("/jwks")));
    unregister(stage, &party).await;
}

async fn pairwise(stage: &mut Stage) {
    let metadata = told::metadata(stage).await;
    let offered = told::lists(&metadata, "subject_types_supported", &["pairwise"]);
    stage.must(offered, "pairwise is not in subject_types_supported, and the module would be skipped");
}

fn of_sector(redirect_uri: &str, sector: &str) -> Value {
    json!({"redirect_uris": [redirect_uri], "subject_type": "pairwise", "sector_identifier_uri": sector})
}

async fn sector(stage: &mut Stage) {
    let site = stage.with_site().await;
    pairwise(stage).await;
    let own = "https://app.suite.example/callback";
    let uri = site.publish("/redirect_uris.json", json!([own]));
    let party = registered(stage, of_sector(own, &uri)).await;
    stage.must(site.count("/redirect_uris.json") == 1, "the list was not looked at");
    unregister(stage, &party).await;
}

async fn sector_of_others(stage: &mut Stage) {
    let site = stage.with_site().await;
    pairwise(stage).await;
    let uri = site.publish("/redirect_uris.json", json!(["https://example.com/op"]));
    refused(stage, of_sector("https://app.suite.example/callback", &uri), &["invalid_client_metadata"]).await;
    stage.must(site.count("/redirect_uris.json") == 1, "the list was not looked at");
}

async fn redirect_uri_with_a_fragment(stage: &mut Stage) {
    let change = json!({"redirect_uris": ["https://app.suite.example/callback#foobar"]});
    refused(stage, change, &["invalid_redirect_uri", "invalid_client_metadata"]).await;
}
