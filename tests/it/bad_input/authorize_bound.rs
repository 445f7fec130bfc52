//! The return address is proved and something else is wrong: a redirect with the specified error, `state` and `iss`.

use super::forge;
use super::variants::{altered, surrounded, truncated};
use super::{FORM, Untouched};
use crate::harness::{Answer, Browser, CHALLENGE, ISSUER, Idp};
use actix_web::test::TestRequest;
use std::collections::BTreeMap;

const CALLBACK: &str = "https://social.example.com/callback";

/// What a request says, encoded already, so that a case can say what no encoder would.
type Pairs = Vec<(String, String)>;

fn good() -> Pairs {
    let pairs = [
        ("client_id", "social"),
        ("redirect_uri", "https%3A%2F%2Fsocial.example.com%2Fcallback"),
        ("response_type", "code"),
        ("scope", "openid+profile"),
        ("state", "st%26a%3Dte+%C3%A4"),
        ("nonce", "n-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

const STATE: &str = "st&a=te \u{e4}";

/// With a parameter set to these values, one after the other; none of them leaves it out.
fn with(name: &str, values: &[&str]) -> String {
    let mut pairs = good();
    pairs.retain(|(n, _)| n != name);
    pairs.extend(values.iter().map(|value| (name.to_owned(), (*value).to_owned())));
    joined(&pairs)
}

fn joined(pairs: &Pairs) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn escaped(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// The error goes to the app, with its state and our name, and nothing else does.
fn assert_refused(answer: &Answer, error: &str, state: Option<&str>, case: &str) {
    assert_eq!(answer.status, 303, "{case}: {}", answer.body);
    let (address, query) =
        answer.location().split_once(['?', '#']).unwrap_or_else(|| panic!("{case}: {}", answer.location()));
    assert_eq!(address, CALLBACK, "{case}");
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap();
    let found: BTreeMap<&str, &str> = pairs.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(found.len(), pairs.len(), "{case}: a parameter is repeated: {query}");
    assert_eq!(found.get("error"), Some(&error), "{case}: {query}");
    assert_eq!(found.get("iss"), Some(&ISSUER), "{case}");
    assert_eq!(found.get("state").copied(), state, "{case}: {query}");
    assert!(
        found.contains_key("error_description") && found.len() == 3 + usize::from(state.is_some()),
        "{case}: {query}"
    );
}

/// Asks by GET and POST, as a stranger and as a person who is signed in.
async fn refused(idp: &Idp, person: &mut Browser, query: &str, error: &str, state: Option<&str>) {
    let case: String = query.chars().take(600).collect();
    assert_refused(&idp.browser().get(&format!("/authorize?{query}")).await, error, state, &case);
    assert_refused(&person.get(&format!("/authorize?{query}")).await, error, state, &format!("signed in: {case}"));
    let request = TestRequest::post().uri("/authorize").insert_header(("content-type", FORM));
    let answer = person.send(request.set_payload(query.to_owned())).await;
    assert_eq!(answer.status, 303, "POST {case}: {}", answer.body);
    assert!(answer.location().starts_with("/authorize?"), "POST {case}: {}", answer.location());
    let answer = person.get(answer.location()).await;
    assert_refused(&answer, error, state, &format!("POST {case}"));
}

/// Every query gets this error and leaves nothing behind.
async fn all_refused(queries: &[String], error: &str) {
    let idp = Idp::start().await;
    let mut person = idp.browser();
    person.enter(&idp.app("social")).await;
    let untouched = Untouched::now(&idp).await;
    for query in queries {
        refused(&idp, &mut person, query, error, Some(STATE)).await;
        untouched.check(query).await;
    }
}

/// The parameters of RFC 6749, OpenID Connect Core and PKCE beside `client_id`, `redirect_uri` and `state`.
const KNOWN: [&str; 17] = [
    "response_type",
    "scope",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "id_token_hint",
    "login_hint",
    "display",
    "ui_locales",
    "claims_locales",
    "acr_values",
    "response_mode",
    "claims",
    "request",
    "request_uri",
];

fn usual(name: &str) -> &'static str {
    match name {
        "response_type" => "code",
        "scope" => "openid",
        "code_challenge" => CHALLENGE,
        "code_challenge_method" => "S256",
        "prompt" => "login",
        "max_age" => "60",
        "response_mode" => "query",
        _ => "x",
    }
}

/// Bytes that are no text we take: NUL and its kin, and everything that is no UTF-8.
fn spoiled_bytes() -> Vec<String> {
    let controls = (0x00..0x20_u8).chain([0x7f]).filter(|byte| !matches!(byte, b'\t' | b'\n' | b'\r'));
    let mut all: Vec<String> = controls.map(|byte| format!("a%{byte:02X}b")).collect();
    for bytes in [
        "%00",
        "a%00",
        "%00a",
        "%C2%80",
        "%C2%9F",
        "%FF",
        "a%FFb",
        "%C3",
        "%C3%28",
        "%C0%80",
        "%E2%82",
        "%ED%A0%80",
        "%F5%80%80%80",
        "%F0%82%82%AC",
        "%80",
        "%FE%FE",
    ] {
        all.push(bytes.to_owned());
    }
    all
}

#[actix_web::test]
async fn repeated_parameters() {
    let mut queries = Vec::new();
    for name in KNOWN.into_iter().chain(["registration", "unknown"]) {
        let value = usual(name);
        for values in [[value, value], [value, "y"], ["y", value], ["", value], [value, ""], ["", ""]] {
            queries.push(with(name, &values));
        }
        queries.push(with(name, &[value, value, value]));
    }
    all_refused(&queries, "invalid_request").await;
}

#[actix_web::test]
async fn values_that_are_no_text() {
    let queries: Vec<String> =
        KNOWN.iter().flat_map(|name| spoiled_bytes().into_iter().map(move |value| with(name, &[&value]))).collect();
    all_refused(&queries, "invalid_request").await;
}

#[actix_web::test]
async fn values_of_8_to_20_kilobytes() {
    for name in KNOWN {
        // Beyond 16 kB nothing is read. Up to there each says what is wrong with it; what only advises is cut or ignored.
        let long = [16_385, 20_000].map(|length| with(name, &[&"a".repeat(length)]));
        all_refused(&long, "invalid_request").await;
        let lengths = [8_193, 12_000, 16_384].map(|length| with(name, &[&"a".repeat(length)]));
        let twice_as_long = with(name, &[&"%C3%A4".repeat(8_193)]);
        match name {
            "response_type" => all_refused(&lengths, "unsupported_response_type").await,
            "request" => all_refused(&lengths, "invalid_request_object").await,
            "request_uri" => all_refused(&lengths, "invalid_request_uri").await,
            "response_mode" => all_told_to_the_person(&lengths, "response_mode must be").await,
            "login_hint" | "display" | "ui_locales" | "claims_locales" | "acr_values" => {
                let idp = Idp::start().await;
                let untouched = Untouched::now(&idp).await;
                for query in lengths {
                    let answer = idp.browser().get(&format!("/authorize?{query}")).await;
                    assert_eq!(answer.status, 200, "{name}");
                    assert!(answer.body.len() < 16_000, "{name}: a page does not grow with it");
                }
                untouched.check(name).await;
            }
            _ => all_refused(&lengths, "invalid_request").await,
        }
        let idp = Idp::start().await;
        let answer = idp.browser().get_scripted(&format!("/authorize?{twice_as_long}")).await;
        assert!(answer.status == 414 || answer.error() == "invalid_request", "{name}: {}", answer.status);
    }
}

#[actix_web::test]
async fn a_state_that_cannot_be_given_back_is_not_given_back() {
    let idp = Idp::start().await;
    let mut person = idp.browser();
    person.enter(&idp.app("social")).await;
    let untouched = Untouched::now(&idp).await;
    let mut queries: Vec<String> = spoiled_bytes().iter().map(|value| with("state", &[value])).collect();
    queries.extend([["a", "a"], ["a", "b"], ["", "a"]].map(|values| with("state", &values)));
    queries.push(with("state", &[&"a".repeat(16_385)]));
    for query in queries {
        refused(&idp, &mut person, &query, "invalid_request", None).await;
        untouched.check(&query).await;
    }
    // A hostile one comes back as it was, and stays within its parameter.
    for state in [
        "\r\nSet-Cookie: a=b",
        "&error=none&code=1",
        "#x",
        "a=b&iss=https://evil.example",
        "\"><script>",
        "\u{1f980}",
        "%00",
        "+ +",
    ] {
        let query = format!("{}&prompt=sing", with("state", &[&escaped(state)]));
        refused(&idp, &mut person, &query, "invalid_request", Some(state)).await;
    }
    let none = format!("{}&prompt=sing", with("state", &[]));
    refused(&idp, &mut person, &none, "invalid_request", None).await;
}

#[actix_web::test]
async fn prompts_that_mean_nothing() {
    let words = [
        "sing",
        "Login",
        "NONE",
        "none+login",
        "login+none",
        "none+consent",
        "none+select_account",
        "none+sing",
        "login,consent",
        "login%09consent",
        "login%0Aconsent",
        "create",
        "1",
        "null",
        "login+create",
        "none%2Clogin",
        "%22login%22",
    ];
    all_refused(&words.map(|word| with("prompt", &[word])), "invalid_request").await;
}

#[actix_web::test]
async fn ages_that_are_no_number_of_seconds() {
    let ages = [
        "-1",
        "x",
        "1.5",
        "1e3",
        "0x10",
        "99999999999999999999",
        "18446744073709551616",
        "%2B5",
        "%2B0",
        "1+",
        "+1",
        "1%2C2",
        "NaN",
        "inf",
        "%EF%BC%91",
        "60s",
        "1_000",
        "--1",
        "null",
        "%091",
        "1%0A",
    ];
    all_refused(&ages.map(|age| with("max_age", &[age])), "invalid_request").await;
}

#[actix_web::test]
async fn pkce_missing_or_malformed() {
    let mut queries = Vec::new();
    let mut none = good();
    none.retain(|(name, _)| !name.starts_with("code_challenge"));
    queries.push(joined(&none));
    queries.push(with("code_challenge", &[]));
    queries.push(with("code_challenge", &[""]));
    for method in ["", "plain", "s256", "S512", "S256+", "sha256", "none", "S256%2Cplain"] {
        queries.push(with("code_challenge_method", &[method]));
    }
    queries.push(with("code_challenge_method", &[]));
    let hex = "13d31e961a1ad8ec2f16b10c4c982e0876a878ad6df144566ee1894acb70f9c3";
    let mut challenges: Vec<String> = truncated(CHALLENGE, 1);
    challenges.extend(surrounded(CHALLENGE));
    challenges.extend([
        hex.to_owned(),
        "a".repeat(44),
        "a".repeat(128),
        "*".repeat(43),
        " ".repeat(43),
        CHALLENGE.replace('-', "+"),
    ]);
    // Bits beyond the 32 bytes: the same digest written in a second way.
    challenges.push(format!("{}N", &CHALLENGE[..42]));
    queries.extend(
        challenges.iter().filter(|text| !text.is_empty()).map(|text| with("code_challenge", &[&escaped(text)])),
    );
    all_refused(&queries, "invalid_request").await;
}

#[actix_web::test]
async fn response_types_and_modes_that_are_not_offered() {
    let types = [
        "token",
        "none",
        "code+none",
        "none+code",
        "id_token+none",
        "code+id_token+token+none",
        "token+token",
        "code+id_token+token+code",
        "CODE",
        "code+",
        "+code",
        "code+code",
        "code%2Ctoken",
        "device_code",
        "cod",
        "%22code%22",
    ];
    all_refused(&types.map(|value| with("response_type", &[value])), "unsupported_response_type").await;
    all_refused(&[with("response_type", &[]), with("response_type", &[""])], "invalid_request").await;
    let types = ["id_token", "code+token", "token+code", "code+id_token", "id_token+token", "code+id_token+token"];
    all_refused(&types.map(|value| with("response_type", &[value])), "unauthorized_client").await;
    let modes = ["web_message", "jwt", "query.jwt", "fragment.jwt", "form_post.jwt", "Query", "query+", "x"];
    all_told_to_the_person(&modes.map(|value| with("response_mode", &[value])), "response_mode must be").await;
    // No browser posts a form to an app.
    let idp = Idp::start().await;
    let ask = |mode: &str| idp.app("native").request(&[("response_mode", mode)]);
    assert_told(&idp.browser().get(&ask("form_post")).await, "response_mode=form_post needs", "form_post");
    assert_eq!(idp.browser().get(&ask("query")).await.status, 200);
}

/// How to answer is not known: the person is told, and the app nothing (OpenID Connect Core, 3.1.2.6).
fn assert_told(answer: &Answer, words: &str, case: &str) {
    assert_eq!((answer.status.as_u16(), answer.headers.get("location")), (400, None), "{case}");
    assert!(answer.body.contains(words), "{case}: {}", answer.body);
}

async fn all_told_to_the_person(queries: &[String], words: &str) {
    let idp = Idp::start().await;
    let untouched = Untouched::now(&idp).await;
    for query in queries {
        assert_told(&idp.browser().get(&format!("/authorize?{query}")).await, words, query);
    }
    untouched.check("nothing was stored").await;
}

#[actix_web::test]
async fn request_objects_and_their_kin() {
    for (name, error) in [
        ("request", "invalid_request_object"),
        ("request_uri", "invalid_request_uri"),
        ("registration", "registration_not_supported"),
    ] {
        let values = [
            "x",
            "eyJhbGciOiJ4In0.e30.",
            "https%3A%2F%2Fevil.example%2F",
            "urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Ax",
            "%7B%7D",
        ];
        all_refused(&values.map(|value| with(name, &[value])), error).await;
    }
}

#[actix_web::test]
async fn scopes_and_resources_that_cannot_be_granted() {
    let scopes = [
        "",
        "+",
        "OPENID",
        "unknown",
        "open+id",
        "openid%22",
        "%5C",
        "openid+%22",
        "%C3%A4",
        "openid%09profile",
        "openid%0Aprofile",
        "offline_access",
        "abide%3Ausers%3Aread",
        "openid%2Cprofile",
    ];
    all_refused(&scopes.map(|scope| with("scope", &[scope])), "invalid_scope").await;
    all_refused(&[with("scope", &[])], "invalid_scope").await;
    let targets = [
        "https%3A%2F%2Fbank.example.com%2Fapi",
        "https%3A%2F%2Fid.example.com",
        "x",
        "%2Fapi",
        "https%3A%2F%2Fsocial.example.com%2F%23x",
    ];
    all_refused(&targets.map(|target| with("resource", &[target])), "invalid_target").await;
}

#[actix_web::test]
async fn a_resource_is_compared_byte_by_byte() {
    let idp = Idp::start().await;
    let (mut browser, bank) = (idp.browser(), idp.app("bank"));
    let own = "https://bank.example.com/api";
    browser.enter(&bank).await;
    let untouched = Untouched::now(&idp).await;
    for other in surrounded(own).iter().chain(&altered(own, 4)).filter(|other| !other.contains('\n')) {
        for request in [bank.request(&[("resource", other)]), bank.request(&[("resource", own), ("resource", other)])] {
            let answer = browser.get_scripted(&request).await;
            assert_eq!(answer.error(), "invalid_target", "{other:?}");
            assert_eq!(answer.parameter("iss").as_deref(), Some(ISSUER));
        }
        untouched.check(other).await;
    }
    let twice = browser.get_scripted(&bank.request(&[("resource", own), ("resource", own)])).await;
    assert!(
        twice.parameter("code").is_some(),
        "a resource may be repeated (RFC 8707, section 2): {}",
        twice.location()
    );
}

#[actix_web::test]
async fn hints_that_are_no_id_token_of_ours() {
    let idp = Idp::start().await;
    let (mut person, social) = (idp.browser(), idp.app("social"));
    let answer = person.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    let untouched = Untouched::now(&idp).await;
    let mut hints = forge::forgeries(&idp, &tokens.id);
    hints.extend(forge::forgeries(&idp, &tokens.access));
    hints.push(tokens.access.clone());
    hints.push(tokens.refresh.clone());
    hints.extend(truncated(&tokens.id, 97).into_iter().filter(|text| !text.is_empty()));
    hints.extend(altered(&tokens.id, 41));
    hints.extend(["x", "..", "...", "e30.e30.", "null", "{}"].map(str::to_owned));
    hints.push("a".repeat(8_000));
    for hint in hints {
        let query = with("id_token_hint", &[&escaped(&hint)]);
        if query.len() < 30_000 {
            refused(&idp, &mut person, &query, "invalid_request", Some(STATE)).await;
            untouched.check(&hint).await;
        }
    }
    idp.pass("1h");
    let genuine = with("id_token_hint", &[&tokens.id]) + "&prompt=none";
    let answer = person.get_scripted(&format!("/authorize?{genuine}")).await;
    assert!(answer.parameter("code").is_some(), "an expired hint is still a hint: {}", answer.location());
}

#[actix_web::test]
async fn unknown_parameters_are_ignored() {
    let idp = Idp::start().await;
    for extra in [
        "foo=bar",
        "utm_source=x",
        "utm_term=caf%E9",
        "utm_term=%00",
        "utm_term=%C3%28",
        "a%00b=1",
        "%FF=1",
        "%FF",
        "foo",
        "=",
        "STATE=x",
        "state[]=x",
        "prompt[0]=none",
        "code=x",
        "iss=y",
        "error=z",
    ] {
        let answer = idp.browser().get(&format!("/authorize?{}&{extra}", joined(&good()))).await;
        assert_eq!(answer.status, 200, "{extra}: {}", answer.header("location"));
    }
}
