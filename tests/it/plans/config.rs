//! The plan that reads what the provider says of itself.

use super::{ClientAuth, Entry, Plan, Registration, ResponseMode, Stage, Variant, told};
use crate::harness::ISSUER;
use serde_json::Value;
use url::Url;

modules! {
    "oidcc-discovery-endpoint-verification" => discovery;
}

/// The one module of this plan, which others have too.
pub const DISCOVERY: &str = "oidcc-discovery-endpoint-verification";

pub fn plans() -> Vec<Plan> {
    let entries = vec![Entry { modules: vec![DISCOVERY], variants: vec![nobody(Registration::Static)] }];
    vec![Plan { name: "oidcc-config-certification-test-plan", profile: "Config OP", entries }]
}

/// Where no app plays a part.
pub fn nobody(registration: Registration) -> Variant {
    Variant { response_type: "code", response_mode: ResponseMode::Default, auth: ClientAuth::SecretBasic, registration }
}

async fn discovery(stage: &mut Stage) {
    let metadata = told::metadata(stage).await;
    let is_dynamic = stage.variant.registration == Registration::Dynamic;
    names(stage, &metadata);
    flows(stage, &metadata, is_dynamic);
    addresses(stage, &metadata, is_dynamic);
    told::keys(stage).await;
    let request_algs = &metadata["request_object_signing_alg_values_supported"];
    stage.should(
        request_algs.is_null() || told::lists(&metadata, "request_object_signing_alg_values_supported", &["RS256"]),
        format!("signed requests by RS256 are not taken: {request_algs}"),
    );
    for member in ["request_parameter_supported", "request_uri_parameter_supported", "claims_parameter_supported"] {
        stage.should(metadata[member] == true, format!("{member} is {}", metadata[member]));
    }
    stage.should(told::texts(&metadata, "claims_supported").is_some(), "claims_supported is missing or no array");
    scopes(stage, &metadata);
    for member in ["ui_locales_supported", "claims_locales_supported"] {
        languages(stage, &metadata, member);
    }
    let methods = &metadata["code_challenge_methods_supported"];
    stage.must(methods.is_null() || methods.is_array(), "code_challenge_methods_supported is no array");
}

fn names(stage: &mut Stage, metadata: &Value) {
    stage
        .must(metadata["issuer"] == ISSUER, format!("the issuer is {} and not where it was asked", metadata["issuer"]));
    let issuer = Url::parse(metadata["issuer"].as_str().unwrap_or_default()).ok();
    let bare = issuer.is_some_and(|url| {
        let no_person = url.username().is_empty() && url.password().is_none();
        url.scheme() == "https" && url.has_host() && url.query().is_none() && url.fragment().is_none() && no_person
    });
    stage.must(bare, "the issuer is no https address with nothing behind it");
}

fn flows(stage: &mut Stage, metadata: &Value, is_dynamic: bool) {
    // A response type is a set of words.
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
    let types: Vec<_> =
        told::texts(metadata, "response_types_supported").unwrap_or_default().into_iter().map(words).collect();
    let needed: &[&str] = if is_dynamic { &["code", "id_token", "token id_token"] } else { &["code"] };
    for response_type in needed {
        stage
            .must(types.contains(&words(response_type)), format!("{response_type} is not in response_types_supported"));
    }
    let grants: &[&str] = if is_dynamic { &["authorization_code", "implicit"] } else { &["authorization_code"] };
    let listed = metadata["grant_types_supported"].is_null() || told::lists(metadata, "grant_types_supported", grants);
    stage.must(listed, format!("grant_types_supported: {}", metadata["grant_types_supported"]));
    let subjects = told::texts(metadata, "subject_types_supported").unwrap_or_default();
    let known = subjects.iter().all(|subject| ["public", "pairwise"].contains(subject));
    stage.must(!subjects.is_empty() && known, format!("subject_types_supported: {subjects:?}"));
    stage.must(told::lists(metadata, "id_token_signing_alg_values_supported", &["RS256"]), "no ID tokens by RS256");
    let userinfo = &metadata["userinfo_signing_alg_values_supported"];
    let listed = told::texts(metadata, "userinfo_signing_alg_values_supported").is_some();
    stage.must(userinfo.is_null() || listed, "userinfo_signing_alg_values_supported is no array of names");
}

fn addresses(stage: &mut Stage, metadata: &Value, is_dynamic: bool) {
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
        told::https(stage, metadata, member);
    }
    stage.should(!metadata["userinfo_endpoint"].is_null(), "there is no userinfo endpoint");
    stage.must(!is_dynamic || !metadata["registration_endpoint"].is_null(), "nobody can register");
    told::endpoints(stage, metadata);
}

fn scopes(stage: &mut Stage, metadata: &Value) {
    let scopes = told::texts(metadata, "scopes_supported").unwrap_or_default();
    stage.should(!scopes.is_empty(), "scopes_supported is missing");
    stage.must(scopes.contains("openid"), "openid is not in scopes_supported");
    let token = |scope: &str| scope.bytes().all(|b| matches!(b, b'!'..=b'~') && b != b'"' && b != b'\\');
    stage.must(scopes.iter().all(|scope| !scope.is_empty() && token(scope)), format!("scopes_supported: {scopes:?}"));
}

/// Language tags (BCP 47), written as one writes them: `zh-Hans`, `pt-BR`.
fn languages(stage: &mut Stage, metadata: &Value, member: &str) {
    if metadata[member].is_null() {
        return;
    }
    let tags = told::texts(metadata, member).unwrap_or_default();
    stage.must(!tags.is_empty(), format!("{member} is no array of tags"));
    for tag in tags {
        let parts: Vec<&str> = tag.split('-').collect();
        let alphabetic = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
        let formed = parts.iter().enumerate().all(|(at, part)| match (at, part.len()) {
            (0, 2..=3) | (1, 4) | (1 | 2, 2) => alphabetic(part),
            _ => false,
        });
        stage.must(formed, format!("{member}: {tag} is no language tag"));
        let usual = parts.iter().enumerate().map(|(at, part)| match (at, part.len()) {
            (0, _) => part.to_ascii_lowercase(),
            (_, 4) => format!("{}{}", part[..1].to_ascii_uppercase(), part[1..].to_ascii_lowercase()),
            _ => part.to_ascii_uppercase(),
        });
        stage.should(
            usual.eq(parts.iter().map(|part| (*part).to_owned())),
            format!("{member}: {tag} is written unusually"),
        );
    }
}
