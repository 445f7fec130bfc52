//! Instants in what others sign: past, future, missing, negative, fractional, huge, and none at all, in every claim of every
//! kind of token that says when it is good. What is good is said here by the rule alone, in seconds from now.

use super::assertions::{ENDPOINTS, METHODS};
use super::jws_readers::{By, WAYS, assert_object_refused, present};
use super::possession::{World, assert_refused, places};
use super::{Untouched, assert_json};
use crate::harness::Idp;
use crate::harness::keyed::{Documents, Keyed, changed};
use crate::harness::upstream::{Liar, Lie, configured, relying_on};
use crate::stories::pushed::{reaching, request};
use crate::stories::upstream::tell;
use serde_json::{Value, json};
use std::time::Duration;

/// What a claim says.
#[derive(Clone, Debug)]
enum Said {
    /// An instant, this far from now.
    Ahead(f64),
    /// An instant that no clock shows.
    Beyond(f64),
    /// Something else.
    NoInstant(Value),
    /// Nothing: the claim is not there.
    Nothing,
}

impl Said {
    /// Whole seconds stay whole numbers: that is how almost everybody writes them.
    fn value(&self, now: i64) -> Option<Value> {
        match self {
            Said::Ahead(seconds) if seconds.fract() == 0.0 => Some(json!(now + *seconds as i64)),
            Said::Ahead(seconds) => Some(json!(now as f64 + seconds)),
            Said::Beyond(number) => Some(json!(number)),
            Said::NoInstant(value) => Some(value.clone()),
            Said::Nothing => None,
        }
    }

    fn ahead(&self) -> Option<f64> {
        if let Said::Ahead(seconds) = self { Some(*seconds) } else { None }
    }
}

fn all(now: i64) -> Vec<Said> {
    let mut all: Vec<Said> = [
        1.0, 14.0, 15.0, 16.0, 30.0, 59.0, 60.0, 61.0, 62.0, 599.0, 600.0, 601.0, 3_599.0, 3_600.0, 3_660.0, 3_661.0,
        86_400.0, 1e8,
    ]
    .into_iter()
    .flat_map(|seconds| [seconds, -seconds, seconds + 0.5, -seconds - 0.5, seconds - 0.001])
    .map(Said::Ahead)
    .collect();
    all.push(Said::Ahead(0.0));
    all.extend([1e13, -1e13, 1e300, -1e300, 9.3e18].map(Said::Beyond));
    all.extend(
        [json!(now.to_string()), json!(""), json!(true), json!([now]), json!({}), json!("2027-01-15T08:00:00Z")]
            .map(Said::NoInstant),
    );
    all.push(Said::Nothing);
    all
}

/// The claims with one of them saying that.
fn saying(claims: Value, name: &str, said: &Said, now: i64) -> Value {
    changed(claims, &json!({name: said.value(now)}))
}

/// May a token that is good for an hour at most say this? Clocks differ by a minute.
fn assertion(name: &str, said: &Said) -> bool {
    match (name, said.ahead().map(f64::floor)) {
        ("exp", Some(ahead)) => ahead > -60.0 && ahead <= 3_660.0,
        ("exp", None) => false,
        (_, Some(ahead)) => ahead <= 60.0,
        (_, None) => matches!(said, Said::Nothing),
    }
}

/// Every claim, saying everything.
fn product<const N: usize>(names: [&'static str; N], now: i64) -> Vec<(&'static str, Said)> {
    names.into_iter().flat_map(|name| all(now).into_iter().map(move |said| (name, said))).collect()
}

#[actix_web::test]
async fn of_assertions_at_every_endpoint() {
    of_assertions(METHODS[0]).await;
}

#[actix_web::test]
async fn of_assertions_by_a_secret_at_every_endpoint() {
    of_assertions(METHODS[1]).await;
}

async fn of_assertions(alg: &'static str) {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", alg, &json!({})).await;
    let now = idp.now().0;
    let (good, bad): (Vec<_>, Vec<_>) =
        product(["exp", "nbf", "iat"], now).into_iter().partition(|(name, said)| assertion(name, said));
    let saying = |(name, said): &(&str, Said)| {
        let token = client.key.sign(&client.header(), &saying(client.claims(), name, said, now));
        (token, format!("{name} is {said:?}"))
    };
    let untouched = Untouched::now(&idp).await;
    for (endpoint, fields) in ENDPOINTS {
        for (token, case) in bad.iter().map(saying) {
            let answer = client.present(endpoint, &token, fields).await;
            assert_json(&answer, 401, "invalid_client", &format!("{alg} {endpoint}: {case}"));
        }
        untouched.check(endpoint).await;
    }
    for (endpoint, fields) in ENDPOINTS {
        for (token, case) in good.iter().map(saying) {
            assert_ne!(client.present(endpoint, &token, fields).await.status, 401, "{endpoint}: {case}");
        }
    }
}

/// A request object may be as old as its app likes, unless it says otherwise.
fn object(name: &str, said: &Said) -> bool {
    match (name, said.ahead().map(f64::floor)) {
        ("exp", Some(ahead)) => ahead > -60.0,
        (_, Some(ahead)) => ahead <= 60.0,
        (_, None) => matches!(said, Said::Nothing),
    }
}

#[actix_web::test]
async fn of_request_objects() {
    let (idp, documents) = (reaching().await, Documents::of_keys(&[]));
    let app = idp.app("objects");
    // By a secret, so that nothing is stored of its authentication.
    let change = json!({"client_secret": app.secret(), "token_endpoint_auth_method": "client_secret_basic",
        "request_uris": [documents.uri("request")]});
    let client = Keyed::register(&idp, "objects", "ES256", &change).await;
    let untouched = Untouched::now(&idp).await;
    for (name, said) in product(["exp", "nbf", "iat"], idp.now().0) {
        // What is published is asked for anew.
        idp.pass("10s");
        let token = client.key.sign(&client.header(), &saying(request(&app), name, &said, idp.now().0));
        for way in WAYS {
            let (answer, case) =
                (present(&client, &documents, &token, way).await, format!("{way:?}: {name} is {said:?}"));
            if object(name, &said) {
                let expected = if way.1 == By::Push { 201 } else { 200 };
                assert_eq!(answer.status, expected, "{case}: {}", answer.body);
            } else {
                assert_object_refused(&answer, way.1, &app, &case);
            }
        }
    }
    untouched.check("a request costs the store nothing").await;
}

#[actix_web::test]
async fn of_proofs_at_every_place() {
    let world = World::of("ES256").await;
    let now = world.idp.now().0;
    let untouched = Untouched::now(&world.idp).await;
    for place in places() {
        for said in all(now) {
            if said.ahead().is_some_and(|ahead| ahead.floor().abs() <= 60.0) {
                continue;
            }
            let claims = saying(world.claims(place).await, "iat", &said, now);
            let answer = world.show(place, &[world.signed(&claims).as_bytes()]).await;
            assert_refused(&answer, place, "invalid_dpop_proof", &format!("iat is {said:?}"));
        }
        untouched.check(&format!("{place:?}")).await;
    }
    for said in all(now).into_iter().filter(|said| said.ahead().is_some_and(|ahead| ahead.floor().abs() <= 60.0)) {
        let claims = saying(world.claims(("GET", "/userinfo")).await, "iat", &said, now);
        let proof = world.signed(&claims);
        assert_eq!(world.show(("GET", "/userinfo"), &[proof.as_bytes()]).await.status, 200, "iat is {said:?}");
    }
    world.goes_on().await;
}

/// Made at most ten minutes ago, and not past: whole seconds, as every provider writes them, and clocks fifteen seconds apart.
fn logout(name: &str, said: &Said) -> bool {
    let whole = said.ahead().filter(|ahead| ahead.fract() == 0.0);
    match name {
        "iat" => whole.is_some_and(|ahead| ahead <= 15.0 && ahead > -600.0),
        _ => whole.is_some_and(|ahead| ahead > -15.0),
    }
}

#[actix_web::test]
async fn of_logout_tokens_of_an_upstream() {
    let liar = Liar::start(crate::stories::upstream::NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    let now = idp.now();
    liar.at(now);
    for (number, (name, said)) in product(["iat", "exp"], now.0).into_iter().enumerate() {
        let mut claims = json!({"sid": "theirs", "jti": format!("jti-{number}")});
        claims[name] = said.value(now.0).unwrap_or_default();
        let case = format!("{name} is {said:?}");
        let untouched = Untouched::now(&idp).await;
        let answer = tell(&idp, "liar", &liar.logout_token(claims, Lie::None)).await;
        let good = logout(name, &said);
        assert_eq!(answer.status, if good { 200 } else { 400 }, "{case}: {}", answer.body);
        if !good {
            untouched.check(&case).await;
        }
    }
    // Nothing is remembered for longer than it could come again.
    idp.pass("20m");
    idp.deliver().await;
    assert!(!idp.contents().await.contains("upstream-logout/"));
    assert_eq!(idp.now(), now + Duration::from_secs(1_200));
}
