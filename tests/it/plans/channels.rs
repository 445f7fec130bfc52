//! The plans for sign-outs of which apps hear: in a frame, and by a logout token.

use super::leaving::SignedIn;
use super::logout::{discovery, is_back, plan};
use super::party::fresh;
use super::{Plan, Stage, told};
use crate::harness::keyed::Serving;
use crate::harness::{ISSUER, claims_of};
use serde_json::json;
use std::collections::BTreeMap;

modules! {
    "oidcc-frontchannel-logout-discovery-endpoint-verification" => front_channel_discovery;
    "oidcc-frontchannel-rp-initiated-logout" => front_channel;
    "oidcc-backchannel-logout-discovery-endpoint-verification" => back_channel_discovery;
    "oidcc-backchannel-rp-initiated-logout" => back_channel;
}

pub fn plans() -> Vec<Plan> {
    let modules = |from: usize| vec![MODULES[from].0, MODULES[from + 1].0];
    vec![
        plan(("oidcc-frontchannel-rp-initiated-logout-certification-test-plan", "Front-Channel OP"), modules(0)),
        plan(("oidcc-backchannel-rp-initiated-logout-certification-test-plan", "Back-Channel OP"), modules(2)),
    ]
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
