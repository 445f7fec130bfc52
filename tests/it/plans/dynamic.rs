//! The plan for apps that register themselves: how they sign in.
//!
//! What they say when they register is in [`super::registration`], and what becomes of keys in [`super::rotation`].

use super::config::{DISCOVERY, nobody};
use super::party::fresh;
use super::registering::{registered, unregister};
use super::whole::{redeemed, sign_in, userinfo};
use super::{Came, ClientAuth, Entry, Party, Plan, Registration, ResponseMode, Stage, Variant, told};
use crate::harness::keyed::{ASSERTION, ClientKey, changed, signed};
use crate::harness::{Answer, ISSUER, claims_of};
use actix_web::test::TestRequest;
use serde_json::{Value, json};

modules! {
    "oidcc-idtoken-rs256" => id_token_by_rs256;
    "oidcc-userinfo-rs256" => userinfo_by_rs256;
    "oidcc-ensure-redirect-uri-in-authorization-request" => without_a_redirect_uri;
    "oidcc-redirect-uri-query-OK" => with_the_query_that_is_registered;
    "oidcc-redirect-uri-query-mismatch" => with_another_query;
    "oidcc-redirect-uri-query-added" => with_a_query_that_is_not_registered;
    "oidcc-request-uri-unsigned" => a_request_that_is_published;
    "oidcc-request-uri-signed-rs256" => a_request_that_is_published_and_signed;
    "oidcc-ensure-client-assertion-with-iss-aud-succeeds" => an_assertion_for_the_issuer;
}

pub fn plans() -> Vec<Plan> {
    let of = |modules: &[&'static str], keep: &dyn Fn(&Variant) -> bool| Entry {
        modules: modules.to_vec(),
        variants: variants().into_iter().filter(|variant| keep(variant)).collect(),
    };
    // What this plan shares with those for the flows themselves is with them, in [`super::core`].
    let by_code = ["oidcc-refresh-token-rp-key-rotation", "oidcc-registration-jwks-uri"];
    let own = MODULES.iter().chain(super::registration::MODULES).map(|(name, _)| *name);
    let everywhere: Vec<&str> = own.filter(|name| *name != "oidcc-userinfo-rs256" && !by_code.contains(name)).collect();
    let entries = vec![
        of(&everywhere, &|_| true),
        of(&by_code, &|variant| variant.includes("code")),
        of(&["oidcc-userinfo-rs256"], &|variant| variant.response_type != "id_token"),
        Entry { modules: vec![DISCOVERY, "oidcc-server-rotate-keys"], variants: vec![nobody(Registration::Dynamic)] },
    ];
    vec![Plan { name: "oidcc-dynamic-certification-test-plan", profile: "Dynamic OP", entries }]
}

fn variants() -> Vec<Variant> {
    let auth = ClientAuth::PrivateKeyJwt;
    let mut variants = super::logout::variants(auth);
    variants.retain(|variant| {
        variant.registration == Registration::Dynamic && variant.response_mode == ResponseMode::Default
    });
    variants
}

async fn id_token_by_rs256(stage: &mut Stage) {
    let party = registered(stage, json!({"id_token_signed_response_alg": "RS256"})).await;
    let whole = sign_in(stage, &party, &[]).await;
    for token in whole.id_tokens() {
        let header = told::header_of(token);
        stage.must(header["alg"] == "RS256", format!("an ID token is signed by {}", header["alg"]));
        stage.must(header["kid"].is_string(), "an ID token does not name its key");
    }
    stage.must(!whole.id_tokens().is_empty(), "there is no ID token");
    unregister(stage, &party).await;
}

async fn userinfo_by_rs256(stage: &mut Stage) {
    let metadata = told::metadata(stage).await;
    let offered = told::lists(&metadata, "userinfo_signing_alg_values_supported", &["RS256"]);
    stage.must(offered, "RS256 is not in userinfo_signing_alg_values_supported");
    let party = registered(stage, json!({"userinfo_signed_response_alg": "RS256"})).await;
    let whole = sign_in(stage, &party, &[]).await;
    let sub = claims_of(whole.id_tokens().first().copied().unwrap_or_default())["sub"].clone();
    for token in whole.access_tokens() {
        let answer = userinfo(stage, token).await;
        signed_answer(stage, &answer, (&party.client_id, &sub)).await;
    }
    stage.must(!whole.access_tokens().is_empty(), "there is no access token");
}

async fn signed_answer(stage: &mut Stage, answer: &Answer, (client_id, sub): (&str, &Value)) {
    let kind = answer.header("content-type").to_owned();
    stage.must(kind == "application/jwt", format!("the answer is {kind}"));
    let keys = told::keys(stage).await;
    let Some((header, claims)) = told::genuine(&keys, &answer.body) else {
        return stage.must(false, "the answer is not signed by a key of the provider");
    };
    stage.must(header["alg"] == "RS256", format!("the answer is signed by {}", header["alg"]));
    stage.must(claims["sub"] == *sub, format!("the answer is about {} and not {sub}", claims["sub"]));
    let now = stage.idp.now().0;
    stage.should(claims["iss"] == ISSUER, format!("the answer is by {}", claims["iss"]));
    stage.should(
        claims["aud"] == client_id || claims["aud"] == json!([client_id]),
        format!("it is for {}", claims["aud"]),
    );
    stage.should(claims["exp"].is_null() || claims["exp"].as_i64().is_some_and(|at| at > now), "it has expired");
    for name in ["iat", "nbf"] {
        stage.should(
            claims[name].is_null() || claims[name].as_i64().is_some_and(|at| at <= now),
            format!("{name} is not past"),
        );
    }
    stage.must(claims.get("nonce").is_none(), "the answer has a nonce");
}

/// A page for the person alone: nothing came to the app.
async fn stays_here(stage: &mut Stage, party: &Party, parameters: &[(String, String)]) {
    let mut browser = stage.idp.browser();
    match party.send(&mut browser, parameters).await {
        Came::Page(page) => {
            stage.must(page.status == 400, format!("the page has the status {}", page.status));
            stage.must(!page.body.contains(&party.origin()), "the page leads to the app");
        }
        Came::Back(arrival) => stage.must(false, format!("it came to the app: {arrival:?}")),
    }
}

async fn without_a_redirect_uri(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    stays_here(stage, &party, &party.parameters(&[("redirect_uri", "")])).await;
}

/// An app with a query in its redirect URI.
async fn with_query(stage: &mut Stage) -> Party {
    let uri = format!("https://{}.suite.example/callback?dummy1=lorem&dummy2=ipsum", fresh("app"));
    registered(stage, json!({"redirect_uris": [uri]})).await
}

async fn with_the_query_that_is_registered(stage: &mut Stage) {
    let party = with_query(stage).await;
    let whole = sign_in(stage, &party, &[]).await;
    let (at, query) = party.redirect_uri.split_once('?').unwrap();
    match stage.variant.response_type {
        "code" => {
            let kept = ["dummy1", "dummy2"].map(|name| whole.arrival.get(name));
            stage.must(kept == [Some("lorem"), Some("ipsum")], format!("the query is {:?}", whole.arrival.told));
            stage.must(whole.arrival.at == at, format!("it came to {}", whole.arrival.at));
        }
        _ => stage.must(whole.arrival.at == format!("{at}?{query}"), format!("it came to {}", whole.arrival.at)),
    }
}

async fn with_another_query(stage: &mut Stage) {
    let party = with_query(stage).await;
    let (at, _) = party.redirect_uri.split_once('?').unwrap();
    for query in ["?dummy1=lorem&dummy2=dolor", "?dummy2=ipsum&dummy1=lorem", "?dummy1=lorem", ""] {
        let parameters = party.parameters(&[("redirect_uri", &format!("{at}{query}"))]);
        stays_here(stage, &party, &parameters).await;
    }
}

async fn with_a_query_that_is_not_registered(stage: &mut Stage) {
    let party = registered(stage, json!({})).await;
    let longer = format!("{}?dummy1=lorem&dummy2=ipsum", party.redirect_uri);
    stays_here(stage, &party, &party.parameters(&[("redirect_uri", &longer)])).await;
}

/// The request of the stage at an address that the app registered; answers with what else goes with it.
async fn published(stage: &mut Stage, change: Value, make: impl Fn(&Party, Value) -> String) {
    let site = stage.with_site().await;
    let metadata = told::metadata(stage).await;
    let supported = metadata["request_uri_parameter_supported"] == true;
    stage
        .must(supported, format!("request_uri_parameter_supported is {}", metadata["request_uri_parameter_supported"]));
    let uri = site.publish("/request.jwt", "");
    let party = registered(stage, changed(json!({"request_uris": [uri]}), &change)).await;
    let parameters = party.parameters(&[]);
    let claims: Value =
        parameters.iter().map(|(name, value)| (name.clone(), json!(value))).collect::<serde_json::Map<_, _>>().into();
    site.publish("/request.jwt", make(&party, claims));
    // As the suite does it: everything stands outside as well.
    let mut beside = parameters.clone();
    beside.push(("request_uri".to_owned(), uri));
    let mut browser = stage.idp.browser();
    let arrival = party.send(&mut browser, &beside).await.back();
    super::whole::looked_at(stage, &party, arrival, &parameters).await;
    stage
        .must(site.count("/request.jwt") == 1, format!("the request was fetched {} times", site.count("/request.jwt")));
}

pub async fn a_request_that_is_published(stage: &mut Stage) {
    published(stage, json!({}), |_, claims| signed(&json!({"alg": "none"}), &claims, |_| Vec::new())).await;
}

async fn a_request_that_is_published_and_signed(stage: &mut Stage) {
    let metadata = told::metadata(stage).await;
    let offered = told::lists(&metadata, "request_object_signing_alg_values_supported", &["RS256"]);
    stage.must(offered, "RS256 is not in request_object_signing_alg_values_supported");
    published(stage, json!({"request_object_signing_alg": "RS256"}), |party, mut claims| {
        claims["aud"] = json!(ISSUER);
        claims["iss"] = json!(party.client_id);
        party.key.sign(&json!({"alg": "RS256", "kid": "suite-1"}), &claims)
    })
    .await;
}

async fn an_assertion_for_the_issuer(stage: &mut Stage) {
    // As the suite makes them: a key has an algorithm, and no name.
    let key = ClientKey::of("RS256", "");
    let jwk = changed(key.jwk(), &json!({"kid": null, "alg": "RS256"}));
    let party = registered(stage, json!({"jwks": {"keys": [jwk]}})).await;
    let mut browser = stage.idp.browser();
    let arrival = party.ask(&mut browser, &[]).await.back();
    stage.must(arrival.get("error").is_none(), format!("an error: {:?}", arrival.told));
    let Some(code) = arrival.get("code") else { return };
    let now = stage.idp.now().0;
    let claims = json!({"iss": party.client_id, "sub": party.client_id, "aud": ISSUER, "iat": now, "exp": now + 60,
        "jti": fresh("jti")});
    let assertion = key.sign(&json!({"alg": "RS256"}), &claims);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", &party.redirect_uri),
        ("client_assertion_type", ASSERTION),
        ("client_assertion", &assertion),
    ];
    let answer = stage.idp.call(TestRequest::post().uri("/token").set_form(fields)).await;
    stage.should(answer.status == 200, format!("an assertion for the issuer is answered with {}", answer.body));
    redeemed(stage, &answer);
}
