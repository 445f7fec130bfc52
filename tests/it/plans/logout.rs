//! The plan for sign-outs that begin at an app: what the app gets back.

use super::config::nobody;
use super::leaving::{Left, SignedIn};
use super::party::fresh;
use super::{ClientAuth, Entry, Plan, Registration, ResponseMode, Stage, Variant, told};
use crate::harness::keyed::{ClientKey, signed};
use crate::harness::{ISSUER, claims_of};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

modules! {
    "oidcc-rp-initiated-logout-discovery-endpoint-verification" => discovery;
    "oidcc-rp-initiated-logout" => with_everything;
    "oidcc-rp-initiated-logout-bad-post-logout-redirect-uri" => to_an_address_that_is_not_registered;
    "oidcc-rp-initiated-logout-modified-id-token-hint" => with_a_hint_whose_signature_was_taken_off;
    "oidcc-rp-initiated-logout-no-id-token-hint" => without_a_hint;
    "oidcc-rp-initiated-logout-no-params" => with_nothing;
    "oidcc-rp-initiated-logout-no-post-logout-redirect-uri" => without_an_address;
    "oidcc-rp-initiated-logout-no-state" => without_a_state;
    "oidcc-rp-initiated-logout-only-state" => with_a_state_alone;
    "oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri" => to_an_address_with_more_of_a_query;
    "oidcc-rp-initiated-logout-bad-id-token-hint" => with_a_hint_by_somebody_else;
}

/// A key of somebody who is not the provider.
static FOREIGN: LazyLock<ClientKey> = LazyLock::new(|| ClientKey::of("RS256", "foreign"));

pub fn plans() -> Vec<Plan> {
    let modules = MODULES.iter().map(|(name, _)| *name).collect();
    vec![plan(("oidcc-rp-initiated-logout-certification-test-plan", "RP-Initiated OP"), modules)]
}

/// A plan whose first module reads what the provider says of itself, and whose others play a sign-out.
pub fn plan((name, profile): (&'static str, &'static str), mut modules: Vec<&'static str>) -> Plan {
    let found = Entry { modules: vec![modules.remove(0)], variants: vec![nobody(Registration::Dynamic)] };
    Plan { name, profile, entries: vec![found, Entry { modules, variants: variants(ClientAuth::SecretBasic) }] }
}

/// Every response type, registered by hand and by the app: what these plans leave to whoever is certified.
pub fn variants(auth: ClientAuth) -> Vec<Variant> {
    let types = ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];
    types.into_iter().flat_map(|of| Variant::by_both(of, ResponseMode::Default, auth)).collect()
}

/// Where a session ends is named.
pub async fn discovery(stage: &mut Stage) {
    let metadata = told::metadata(stage).await;
    told::endpoints(stage, &metadata);
    told::https(stage, &metadata, "end_session_endpoint");
}

/// The app asks with these changes; an empty value leaves out.
async fn leave(stage: &mut Stage, change: &[(&str, &str)]) -> (SignedIn, String, Left) {
    let mut person = SignedIn::at(stage, json!({})).await;
    let state = fresh(&"s".repeat(122));
    let (bye, hint) = (person.bye.clone(), person.id_token.clone());
    let mut fields = vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", &bye), ("state", &state)];
    fields.retain(|(name, _)| !change.iter().any(|(other, _)| name == other));
    fields.extend(change.iter().filter(|(_, value)| !value.is_empty()));
    let left = person.leave(&fields).await;
    (person, state, left)
}

/// The browser is at the app again, with these parameters and no others, and nobody is signed in.
pub async fn is_back(stage: &mut Stage, person: &mut SignedIn, left: Left, expected: &[(&str, &str)]) {
    let Left::Back { at, told, .. } = left else {
        return stage.must(false, format!("the browser was not led back: {left:?}"));
    };
    stage.must(at == person.bye, format!("it is at {at}"));
    let expected: BTreeMap<String, String> =
        expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    stage.must(told.get("state") == expected.get("state"), format!("the state is {:?}", told.get("state")));
    stage.should(told == expected, format!("more came back than should: {told:?}"));
    is_over(stage, person).await;
}

async fn is_over(stage: &mut Stage, person: &mut SignedIn) {
    let told = person.silently().await;
    let Some(told) = told else { return stage.must(false, "no answer to prompt=none came back") };
    let needs_a_page = ["login_required", "interaction_required", "account_selection_required", "consent_required"];
    let error = told.get("error").map(String::as_str).unwrap_or_default();
    stage.must(needs_a_page.contains(&error), format!("prompt=none is answered with {told:?}"));
    stage.must(told.get("state") == Some(&person.state), format!("the state is {:?}", told.get("state")));
    stage.must(told.get("iss").is_none_or(|iss| iss == ISSUER), format!("the issuer is {:?}", told.get("iss")));
    stage.must(!told.contains_key("code"), "there is a code beside an error");
    let known = ["error", "error_description", "error_uri", "state", "session_state", "iss"];
    stage.should(
        told.keys().all(|name| known.contains(&name.as_str())),
        format!("more came back than should: {told:?}"),
    );
    let words = told.get("error_description").map(String::as_str).unwrap_or_default();
    let plain = words.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\');
    stage.must(plain, format!("the description has characters that it may not have: {words:?}"));
}

/// A page is shown, and whatever the person answers there the app's address is not called.
async fn is_kept_here(stage: &mut Stage, (mut person, left): (SignedIn, Left)) {
    let Left::Page(page) = left else { return stage.must(false, format!("the browser was led away: {left:?}")) };
    let asks = page.text("#sign-out").is_some();
    stage.must(asks || page.status.is_client_error(), format!("neither a question nor an error: {}", page.body));
    stage.must(person.is_signed_in().await, "somebody was signed out before they were asked");
    let left = person.agree(&page).await;
    stage.must(matches!(left, Left::Page(_)), format!("the browser was led away after the question: {left:?}"));
}

/// The person is signed out, after a question where there is one, and is told so by a page of ours.
async fn is_told_here(stage: &mut Stage, (mut person, left): (SignedIn, Left)) {
    let left = match left {
        Left::Page(page) if page.text("#sign-out").is_some() => person.agree(&page).await,
        left => left,
    };
    let Left::Page(page) = left else { return stage.must(false, format!("the browser was led away: {left:?}")) };
    let words = page.text("h1").unwrap_or_default();
    stage.must(page.status == 200 && words == "You are signed out", format!("the page says {words:?}"));
    is_over(stage, &mut person).await;
}

async fn with_everything(stage: &mut Stage) {
    let (mut person, state, left) = leave(stage, &[]).await;
    is_back(stage, &mut person, left, &[("state", &state)]).await;
}

async fn without_a_state(stage: &mut Stage) {
    let (mut person, _, left) = leave(stage, &[("state", "")]).await;
    is_back(stage, &mut person, left, &[]).await;
}

async fn to_an_address_that_is_not_registered(stage: &mut Stage) {
    let (person, _, left) = leave(stage, &[("post_logout_redirect_uri", "https://app.suite.example/elsewhere")]).await;
    is_kept_here(stage, (person, left)).await;
}

async fn to_an_address_with_more_of_a_query(stage: &mut Stage) {
    let mut person = SignedIn::at(stage, json!({})).await;
    let (longer, hint) = (format!("{}?foo=bar", person.bye), person.id_token.clone());
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", &longer), ("state", "state-1")];
    let left = person.leave(&fields).await;
    is_kept_here(stage, (person, left)).await;
}

async fn without_a_hint(stage: &mut Stage) {
    let (person, _, left) = leave(stage, &[("id_token_hint", "")]).await;
    is_kept_here(stage, (person, left)).await;
}

async fn with_a_hint(stage: &mut Stage, hint: impl Fn(&Value) -> String) {
    let mut person = SignedIn::at(stage, json!({})).await;
    let (bye, hint) = (person.bye.clone(), hint(&claims_of(&person.id_token)));
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", &bye), ("state", "state-1")];
    let left = person.leave(&fields).await;
    is_kept_here(stage, (person, left)).await;
}

async fn with_a_hint_whose_signature_was_taken_off(stage: &mut Stage) {
    with_a_hint(stage, |claims| signed(&json!({"alg": "none"}), claims, |_| Vec::new())).await;
}

async fn with_a_hint_by_somebody_else(stage: &mut Stage) {
    let keys = told::keys(stage).await;
    let theirs = keys[0]["kid"].clone();
    with_a_hint(stage, |claims| FOREIGN.sign(&json!({"alg": "RS256", "kid": "foreign"}), claims)).await;
    with_a_hint(stage, |claims| FOREIGN.sign(&json!({"alg": "RS256", "kid": theirs}), claims)).await;
}

async fn with_nothing(stage: &mut Stage) {
    let (person, _, left) =
        leave(stage, &[("id_token_hint", ""), ("post_logout_redirect_uri", ""), ("state", "")]).await;
    is_told_here(stage, (person, left)).await;
}

async fn without_an_address(stage: &mut Stage) {
    let (person, _, left) = leave(stage, &[("post_logout_redirect_uri", "")]).await;
    is_told_here(stage, (person, left)).await;
}

async fn with_a_state_alone(stage: &mut Stage) {
    let (person, _, left) = leave(stage, &[("id_token_hint", ""), ("post_logout_redirect_uri", "")]).await;
    is_told_here(stage, (person, left)).await;
}
