//! The plan for apps that register themselves: new keys, the provider's and the app's.

use super::party::fresh;
use super::registering::registered;
use super::stage::as_for_the_suite;
use super::whole::{redeemed, sign_in, userinfo};
use super::{Party, Stage, told};
use crate::harness::keyed::{ASSERTION, ClientKey};
use crate::harness::{Answer, ISSUER, Idp, claims_of};
use abide::model::signing_key::Urgency;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

modules! {
    "oidcc-server-rotate-keys" => the_provider_has_new_keys;
    "oidcc-refresh-token-rp-key-rotation" => the_app_has_a_new_key;
}

async fn the_provider_has_new_keys(stage: &mut Stage) {
    // Where no app asked for keys of another kind: of those by EdDSA (RFC 8037) the suite says that it knows none like them.
    let folder = tempfile::tempdir().unwrap();
    let keys_dir = folder.path().to_owned();
    stage.idp = Idp::empty(|config| {
        as_for_the_suite(config);
        config.keys_dir = keys_dir;
    })
    .await;
    let before = told::keys(stage).await;
    stage.idp.flows().rotate_keys(Urgency::Announced, stage.idp.now()).await.unwrap();
    let after = told::keys(stage).await;
    let new: Vec<&Value> = after.iter().filter(|key| before.iter().all(|old| old["kid"] != key["kid"])).collect();
    stage.must(!new.is_empty(), "there is no new key");
    for key in new {
        let usual = ["RSA", "EC"].contains(&key["kty"].as_str().unwrap_or_default());
        stage.must(usual, format!("the suite knows no keys like {key}"));
        for half in ["n", "x"] {
            let same = key.get(half).is_some_and(|value| before.iter().any(|old| old.get(half) == Some(value)));
            stage.must(!same, "an old key has a new name");
        }
    }
    let stays = before.iter().all(|old| after.iter().any(|key| key["kid"] == old["kid"]));
    stage.should(stays, "what the old keys signed cannot be verified any more");
}

async fn the_app_has_a_new_key(stage: &mut Stage) {
    let site = stage.with_site().await;
    let (uri, new) = (site.publish("/jwks", "{}"), ClientKey::of("RS256", "suite-2"));
    let mut grants = super::party::metadata(stage.variant, "")["grant_types"].clone();
    grants.as_array_mut().unwrap().push(json!("refresh_token"));
    let party = registered(stage, json!({"jwks": null, "jwks_uri": uri, "grant_types": grants})).await;
    let old = party.key.clone();
    site.publish("/jwks", json!({"keys": [old.jwk()]}));
    let metadata = told::metadata(stage).await;
    stage.should(told::lists(&metadata, "grant_types_supported", &["refresh_token"]), "refresh_token is not offered");
    let scope = "openid offline_access";
    let whole = sign_in(stage, &party, &[("scope", scope), ("prompt", "consent")]).await;
    let first = whole.tokens.unwrap();
    let refresh = first["refresh_token"].as_str().unwrap_or_default();
    stage.must(!refresh.is_empty(), "there is no refresh token");

    site.publish("/jwks", json!({"keys": [new.jwk()]}));
    stage.idp.pass("60s");
    let asked = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("scope", scope)];
    let answer = by_key(stage, &party, &new, &asked).await;
    let second = redeemed(stage, &answer);
    stage.should(second["access_token"] != first["access_token"], "the access token is the same");
    if let (Some(first), Some(second)) = (first["id_token"].as_str(), second["id_token"].as_str()) {
        same_sign_in(stage, (&claims_of(first), &claims_of(second)));
    }
    let answer = userinfo(stage, second["access_token"].as_str().unwrap_or_default()).await;
    stage.must(answer.status == 200, format!("the userinfo endpoint answers with {}", answer.status));
    let answer = by_key(stage, &party, &old, &asked).await;
    stage.must(answer.error() == "invalid_client", format!("the key that was taken away opens with {}", answer.body));
}

/// A token request by this key.
async fn by_key(stage: &Stage, party: &Party, key: &ClientKey, fields: &[(&str, &str)]) -> Answer {
    let now = stage.idp.now().0;
    let claims = json!({"iss": party.client_id, "sub": party.client_id, "aud": format!("{ISSUER}/token"), "iat": now,
        "exp": now + 60, "jti": fresh("jti")});
    let assertion = key.sign(&json!({"alg": "RS256", "kid": key.jwk()["kid"]}), &claims);
    let mut fields = fields.to_vec();
    fields.extend([("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())]);
    stage.idp.call(TestRequest::post().uri("/token").set_form(fields)).await
}

/// A refreshed ID token (OpenID Connect Core, section 12.2).
pub fn same_sign_in(stage: &mut Stage, (first, second): (&Value, &Value)) {
    for name in ["iss", "sub", "aud", "auth_time", "azp"] {
        let same = first.get(name) == second.get(name);
        stage.must(same, format!("{name} was {} and is {}", first[name], second[name]));
    }
    stage.must(first["iat"] != second["iat"], "the refreshed ID token was made when the first one was");
}
