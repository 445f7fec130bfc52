//! The plans for sign-outs that begin at an app: what the app gets back, and the two ways by which other apps hear of it.

use super::config::nobody;
use super::leaving::{Left, SignedIn};
use super::party::fresh;
use super::{ClientAuth, Entry, Plan, Registration, ResponseMode, Stage, Variant, told};
use crate::harness::keyed::{ClientKey, Serving, signed};
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
    "oidcc-frontchannel-logout-discovery-endpoint-verification" => front_channel_discovery;
    "oidcc-frontchannel-rp-initiated-logout" => front_channel;
    "oidcc-backchannel-logout-discovery-endpoint-verification" => back_channel_discovery;
    "oidcc-backchannel-rp-initiated-logout" => back_channel;
}

/// A key of somebody who is not the provider.
static FOREIGN: LazyLock<ClientKey> = LazyLock::new(|| ClientKey::of("RS256", "foreign"));

pub fn plans() -> Vec<Plan> {
    let of = |name, profile, discovery, modules| {
        let found = Entry { modules: vec![discovery], variants: vec![nobody(Registration::Dynamic)] };
        Plan { name, profile, entries: vec![found, Entry { modules, variants: variants(ClientAuth::SecretBasic) }] }
    };
    let own = MODULES.iter().map(|(name, _)| *name).filter(|name| name.starts_with("oidcc-rp-initiated-logout"));
    let discovery = "oidcc-rp-initiated-logout-discovery-endpoint-verification";
    vec![
        of(
            "oidcc-rp-initiated-logout-certification-test-plan",
            "RP-Initiated OP",
            discovery,
            own.filter(|name| *name != discovery).collect(),
        ),
        of(
            "oidcc-frontchannel-rp-initiated-logout-certification-test-plan",
            "Front-Channel OP",
            "oidcc-frontchannel-logout-discovery-endpoint-verification",
            vec!["oidcc-frontchannel-rp-initiated-logout"],
        ),
        of(
            "oidcc-backchannel-rp-initiated-logout-certification-test-plan",
            "Back-Channel OP",
            "oidcc-backchannel-logout-discovery-endpoint-verification",
            vec!["oidcc-backchannel-rp-initiated-logout"],
        ),
    ]
}

/// Every response type, registered by hand and by the app: what these plans leave to whoever is certified.
pub fn variants(auth: ClientAuth) -> Vec<Variant> {
    let types = ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];
    types.into_iter().flat_map(|of| Variant::by_both(of, ResponseMode::Default, auth)).collect()
}

async fn discovery(stage: &mut Stage) {
    let metadata = told::metadata(stage).await;
    told::endpoints(stage, &metadata);
    told::https(stage, &metadata, "end_session_endpoint");
}

async fn supports(stage: &mut Stage, members: [&str; 2]) {
    discovery(stage).await;
    let metadata = told::metadata(stage).await;
    for member in members {
        stage.must(metadata[member] == true, format!("{member} is {}", metadata[member]));
    }
}

async fn front_channel_discovery(stage: &mut Stage) {
    supports(stage, ["frontchannel_logout_supported", "frontchannel_logout_session_supported"]).await;
}

async fn back_channel_discovery(stage: &mut Stage) {
    supports(stage, ["backchannel_logout_supported", "backchannel_logout_session_supported"]).await;
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

async fn front_channel(stage: &mut Stage) {
    let host = format!("https://{}.suite.example", fresh("app"));
    let at = format!("{host}/frontchannel_logout");
    let change = json!({"redirect_uris": [format!("{host}/callback")], "frontchannel_logout_uri": at,
        "frontchannel_logout_session_required": true});
    let mut person = SignedIn::at(stage, change).await;
    let (bye, hint) = (person.bye.clone(), person.id_token.clone());
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", &bye), ("state", "state-1")];
    let left = person.leave(&fields).await;
    let frames = left.frames();
    let [frame] = frames.as_slice() else {
        return stage.must(false, format!("there should be one frame, and there are {frames:?}"));
    };
    let (path, query) = frame.split_once('?').unwrap_or_default();
    stage.must(path == at, format!("the frame is at {path}"));
    let told: BTreeMap<String, String> = serde_urlencoded::from_str(query).unwrap_or_default();
    stage.must(told.get("iss").is_some_and(|iss| iss == ISSUER), format!("the issuer is {:?}", told.get("iss")));
    let sid = claims_of(&hint)["sid"].as_str().map(str::to_owned);
    stage.must(
        sid.is_some() && told.get("sid") == sid.as_ref(),
        format!("{:?} is not the session {sid:?}", told.get("sid")),
    );
    stage.must(told.len() == 2, format!("more is told than should be: {told:?}"));
    let policy = left.policy();
    stage.must(policy.contains(&host), format!("the page may not show the frame: {policy}"));
    is_back(stage, &mut person, left, &[("state", "state-1")]).await;
}

async fn back_channel(stage: &mut Stage) {
    let site = stage.with_site().await;
    let at = site.put("/backchannel_logout", Serving::Answers(200, String::new()));
    let change = json!({"backchannel_logout_uri": at, "backchannel_logout_session_required": true});
    let mut person = SignedIn::at(stage, change).await;
    let (bye, hint) = (person.bye.clone(), person.id_token.clone());
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", &bye), ("state", "state-1")];
    let left = person.leave(&fields).await;
    stage.idp.deliver().await;
    let asked = site.asked();
    stage.must(asked.len() == 1, format!("the app was told {} times", asked.len()));
    let Some(asked) = asked.first() else { return };
    let is_form = asked.content_type.starts_with("application/x-www-form-urlencoded");
    stage.must(asked.method == "POST" && is_form, format!("it was told by {} {}", asked.method, asked.content_type));
    let told: BTreeMap<String, String> = serde_urlencoded::from_str(&asked.body).unwrap_or_default();
    stage.must(told.keys().eq(["logout_token"]), format!("it was told {:?}", told.keys()));
    let token = told.get("logout_token").map(String::as_str).unwrap_or_default();
    logout_token(stage, token, (&person.party.client_id, &hint)).await;
    is_back(stage, &mut person, left, &[("state", "state-1")]).await;
}

/// What a logout token has to be (Back-Channel Logout 1.0, section 2.4).
async fn logout_token(stage: &mut Stage, token: &str, (client_id, id_token): (&str, &str)) {
    let keys = told::keys(stage).await;
    let Some((header, claims)) = told::genuine(&keys, token) else {
        return stage.must(false, "the logout token is not signed by a key of the provider");
    };
    let (now, before) = (stage.idp.now().0, claims_of(id_token));
    stage.must(header["alg"] == "RS256", format!("it is signed by {}", header["alg"]));
    stage.should(header["typ"] == "logout+jwt", format!("it is typed {}", header["typ"]));
    stage.must(claims["iss"] == ISSUER, format!("the issuer is {}", claims["iss"]));
    let is_for =
        claims["aud"] == client_id || claims["aud"].as_array().is_some_and(|of| of.contains(&json!(client_id)));
    stage.must(is_for, format!("it is for {}", claims["aud"]));
    stage.must(claims["iat"].as_i64().is_some_and(|at| at <= now + 300), format!("it was made at {}", claims["iat"]));
    let expires = claims["exp"].as_i64();
    stage.must(expires.is_some_and(|at| at > now), format!("it expires at {expires:?}"));
    stage.should(expires.is_some_and(|at| at <= now + 120), "it is good for more than two minutes");
    stage.must(claims["jti"].as_str().is_some_and(|name| !name.is_empty()), "it has no name of its own");
    let event = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    stage.must(claims["events"] == event, format!("its events are {}", claims["events"]));
    stage.must(claims.get("nonce").is_none(), "it has a nonce");
    stage.must(claims["sub"].is_string() || claims["sid"].is_string(), "it is about nobody");
    for name in ["sub", "sid"] {
        let same = claims.get(name).is_none_or(|value| *value == before[name]);
        stage.must(same, format!("{name} is {} and not {}", claims[name], before[name]));
    }
    stage.must(claims["sid"].is_string(), "the app asked for the session, and it is not told");
}
