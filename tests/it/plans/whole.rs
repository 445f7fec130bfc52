//! A whole sign-in, looked at as the suite looks at every one of them.

use super::{Arrival, Party, Stage, told};
use crate::harness::{Answer, ISSUER};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// What the app has in the end.
pub struct Whole {
    pub arrival: Arrival,
    /// The answer of the token endpoint, where there was a code.
    pub tokens: Option<Value>,
}

impl Whole {
    /// Every ID token that came, from the authorization endpoint first.
    pub fn id_tokens(&self) -> Vec<&str> {
        let shown = self.arrival.get("id_token");
        shown.into_iter().chain(self.tokens.as_ref().and_then(|tokens| tokens["id_token"].as_str())).collect()
    }

    /// Every access token that came.
    pub fn access_tokens(&self) -> Vec<&str> {
        let shown = self.arrival.get("access_token");
        shown.into_iter().chain(self.tokens.as_ref().and_then(|tokens| tokens["access_token"].as_str())).collect()
    }
}

/// Looks at what came back for these parameters, and redeems the code.
pub async fn looked_at(stage: &mut Stage, party: &Party, arrival: Arrival, asked: &[(String, String)]) -> Whole {
    let of = |name: &str| asked.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    stage.must(arrival.place == stage.place(), format!("the answer came by {:?}", arrival.place));
    stage.must(arrival.get("error").is_none(), format!("an error: {:?}", arrival.told));
    stage.must(arrival.get("state") == of("state"), format!("the state is {:?}", arrival.get("state")));
    stage.must(arrival.get("iss").is_none_or(|iss| iss == ISSUER), format!("the issuer is {:?}", arrival.get("iss")));
    for (word, name) in [("code", "code"), ("token", "access_token"), ("id_token", "id_token")] {
        let there = arrival.get(name).is_some_and(|value| !value.is_empty());
        stage.must(there == stage.variant.includes(word), format!("{name} is in the answer: {there}"));
    }
    let tokens = match arrival.get("code") {
        Some(code) => Some(redeemed(stage, &party.redeem(code).await)),
        None => None,
    };
    let whole = Whole { arrival, tokens };
    let keys = told::keys(stage).await;
    for token in whole.id_tokens() {
        id_token(stage, &keys, token, (&party.client_id, of("nonce")));
        super::standard::typed(stage, &crate::harness::claims_of(token));
    }
    let subjects: Vec<Value> =
        whole.id_tokens().into_iter().map(|token| crate::harness::claims_of(token)["sub"].clone()).collect();
    stage.must(subjects.windows(2).all(|pair| pair[0] == pair[1]), format!("the ID tokens are about {subjects:?}"));
    for token in whole.access_tokens() {
        let answer = userinfo(stage, token).await;
        stage.must(answer.status == 200, format!("the userinfo endpoint answers with {}", answer.status));
    }
    whole
}

/// The usual request, looked at.
pub async fn sign_in(stage: &mut Stage, party: &Party, extra: &[(&str, &str)]) -> Whole {
    let parameters = party.parameters(extra);
    let mut browser = stage.idp.browser();
    let arrival = party.send(&mut browser, &parameters).await.back();
    looked_at(stage, party, arrival, &parameters).await
}

/// Asks the userinfo endpoint.
pub async fn userinfo(stage: &Stage, token: &str) -> Answer {
    let request = TestRequest::get().uri("/userinfo").insert_header(("authorization", format!("Bearer {token}")));
    stage.idp.call(request).await
}

/// An answer of the token endpoint that is a success (RFC 6749, section 5.1).
pub fn redeemed(stage: &mut Stage, answer: &Answer) -> Value {
    stage.must(answer.status == 200, format!("the token endpoint answers with {} {}", answer.status, answer.body));
    stage.must(super::registering::is_json(answer), format!("the tokens are {}", answer.header("content-type")));
    stage.must(answer.header("cache-control").contains("no-store"), "the tokens may be kept by a cache");
    stage.must(answer.header("pragma") == "no-cache", "the tokens may be kept by an old cache");
    let told = answer.json();
    let (access, kind) =
        (told["access_token"].as_str().unwrap_or_default(), told["token_type"].as_str().unwrap_or_default());
    stage.must(kind.eq_ignore_ascii_case("bearer"), format!("the token is a {kind}"));
    stage.must(access.len() >= 16 && access.bytes().all(|b| b.is_ascii_graphic()), "the access token can be guessed");
    stage.should(
        told["expires_in"].as_i64().is_some_and(|seconds| seconds > 0),
        format!("it is good for {}", told["expires_in"]),
    );
    if let Some(refresh) = told["refresh_token"].as_str() {
        stage.must(
            refresh.len() >= 16 && refresh.bytes().all(|b| matches!(b, b' '..=b'~')),
            "the refresh token can be guessed",
        );
    }
    told
}

/// An ID token (OpenID Connect Core, section 3.1.3.7).
fn id_token(stage: &mut Stage, keys: &[Value], token: &str, (client_id, nonce): (&str, Option<&str>)) {
    let unsigned = told::header_of(token)["alg"] == "none";
    let found = if unsigned {
        Some((told::header_of(token), crate::harness::claims_of(token)))
    } else {
        told::genuine(keys, token)
    };
    let Some((header, claims)) = found else {
        return stage.must(false, "an ID token is not signed by the key that it names");
    };
    let now = stage.idp.now().0;
    stage.must(claims["iss"] == ISSUER, format!("an ID token is by {}", claims["iss"]));
    let is_for = claims["aud"] == client_id || claims["aud"] == json!([client_id]);
    stage.must(is_for, format!("an ID token is for {}", claims["aud"]));
    stage.must(claims["azp"].is_null() || claims["azp"] == client_id, format!("azp is {}", claims["azp"]));
    stage.must(claims["exp"].as_i64().is_some_and(|at| at > now), format!("an ID token expires at {}", claims["exp"]));
    stage
        .must(claims["iat"].as_i64().is_some_and(|at| at <= now), format!("an ID token was made at {}", claims["iat"]));
    stage.must(claims["sub"].as_str().is_some_and(|sub| (1..=255).contains(&sub.len())), "an ID token is about nobody");
    stage.must(claims["nonce"].as_str() == nonce, format!("the nonce is {}", claims["nonce"]));
    let parts: Vec<&str> = token.split('.').collect();
    stage.must(
        parts.len() == 3 && URL_SAFE_NO_PAD.decode(parts[2]).is_ok(),
        format!("an ID token has a bad form: {header}"),
    );
}
