//! PKCE taken out, weakened or turned round on the way (RFC 9700, sections 2.1.1 and 4.8): every kind of client, times every
//! way of asking, times every kind and mode of the answer, times what is said of the challenge, times what is redeemed with.

use super::asking::{Asker, PUBLISHED, PUSHED, SENT, Way, filled};
use super::{Untouched, assert_json};
use crate::harness::{Answer, Browser, CHALLENGE, ISSUER, Idp, RelyingApp, VERIFIER};
use crate::stories::pushed::reaching;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// With credentials, without any, and with credentials and an exemption.
const CLIENTS: [&str; 3] = ["social", "spa", "exempt"];
const WAYS: [Way; 3] = [Way::Address, Way::Form, Way::Push];
const MODES: [&str; 3] = ["query", "fragment", "form_post"];
const METHODS: [&str; 6] = ["S256", "plain", "", "s256", "S512", "none"];
/// The right one, none, and one that is its own verifier where the method is `plain`.
const CHALLENGES: [&str; 3] = [CHALLENGE, "", VERIFIER];
/// Those that an administrator has to allow.
const HYBRID: [&str; 3] = ["code id_token", "code token", "code id_token token"];
/// Somebody else's.
const OTHER: &str = "a-verifier-that-answers-another-challenge-than-the-first";

fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()))
}

/// What the app is told, in whichever mode.
fn told(answer: &Answer, app: &RelyingApp, mode: &str) -> Vec<(String, String)> {
    let uri = app.redirect_uri();
    let part = match mode {
        "form_post" => return answer.fields(&uri).into_iter().collect(),
        "fragment" => answer.location().strip_prefix(&format!("{uri}#")),
        _ => answer.location().strip_prefix(&format!("{uri}?")),
    };
    serde_urlencoded::from_str(part.unwrap_or_else(|| panic!("{mode}: {}", answer.location()))).unwrap()
}

fn value<'a>(told: &'a [(String, String)], name: &str) -> Option<&'a str> {
    told.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
}

/// The one rule: S256 and nothing else, or nothing at all where that is allowed.
fn is_good(client: &str, challenge: &str, method: &str) -> bool {
    (!challenge.is_empty() && method == "S256") || (client == "exempt" && challenge.is_empty() && method.is_empty())
}

/// What a request says, and where.
struct Case<'a> {
    asker: &'a Asker,
    way: Way,
    response_type: &'a str,
    mode: &'a str,
    /// Challenge and method.
    inside: (&'a str, &'a str),
    beside: (&'a str, &'a str),
}

/// Everybody's clients, and a browser in which somebody is signed in to each of them.
async fn world() -> (Idp, Browser, Vec<Asker>) {
    let idp = reaching().await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    let mut askers = Vec::new();
    for id in CLIENTS {
        let types: Vec<&str> = ["code"].into_iter().chain(HYBRID).collect();
        let record = json!({"require_pkce": id != "exempt", "response_types": types,
            "grant_types": ["authorization_code", "implicit", "refresh_token"]});
        askers.push(Asker::register(&idp, id, &record).await);
        browser.silently(&idp.app(id)).await;
    }
    (idp, browser, askers)
}

/// Each is answered by the rule, and what is refused stores nothing.
async fn assert_judged<'a>(idp: &Idp, browser: &mut Browser, cases: impl Iterator<Item = Case<'a>>) {
    let mut untouched = Untouched::now(idp).await;
    for case in cases {
        let Case { asker, way, response_type, mode, inside, beside } = case;
        let app = &asker.app;
        let name =
            format!("{} by {way:?}, {response_type:?} by {mode}: {inside:?}, beside it {beside:?}", app.client_id);
        let uri = app.redirect_uri();
        let inside_all = filled(&[
            ("redirect_uri", uri.as_str()),
            ("response_type", response_type),
            ("scope", "openid"),
            ("state", "s"),
            ("nonce", "n"),
            ("response_mode", mode),
            ("code_challenge", inside.0),
            ("code_challenge_method", inside.1),
        ]);
        let beside_all = filled(&[("code_challenge", beside.0), ("code_challenge_method", beside.1)]);
        let fetched = asker.fetched();
        let answer = asker.ask(browser, way, (&inside_all, &beside_all)).await;
        assert_eq!(asker.fetched() - fetched, usize::from(PUBLISHED.contains(&way)), "{name}");
        let (challenge, method) = (way.counted(inside.0, beside.0), way.counted(inside.1, beside.1));
        if is_good(&app.client_id, challenge, method) {
            let told = told(&answer, app, mode);
            let code = value(&told, "code").unwrap_or_else(|| panic!("{name}: {told:?}"));
            redeems(idp, app, (code, challenge), &name).await;
            untouched = Untouched::now(idp).await;
            continue;
        }
        if way.is_pushed() {
            assert_json(&answer, 400, "invalid_request", &name);
        } else {
            let told = told(&answer, app, mode);
            let words = ["error", "state", "iss", "code", "id_token", "access_token"].map(|word| value(&told, word));
            assert_eq!(words, [Some("invalid_request"), Some("s"), Some(ISSUER), None, None, None], "{name}");
        }
        untouched.check(&name).await;
    }
}

/// The verifier that answers the challenge redeems, and nothing else does: not the challenge itself, and not none.
async fn redeems(idp: &Idp, app: &RelyingApp, (code, challenge): (&str, &str), case: &str) {
    let untouched = Untouched::now(idp).await;
    let other = challenge_of(OTHER);
    let right = match challenge {
        CHALLENGE => Some(VERIFIER),
        "" => Some(""),
        _ if challenge == other => Some(OTHER),
        // Of the challenge that is a verifier, nobody knows what it answers.
        _ => None,
    };
    let (upper, padded) = (VERIFIER.to_uppercase(), format!("{VERIFIER}="));
    let wrong = [VERIFIER, OTHER, CHALLENGE, "", &upper, &padded].into_iter();
    for verifier in wrong.filter(|verifier| right != Some(verifier)) {
        let answer = redeem(app, code, verifier).await;
        assert_json(&answer, 400, "invalid_grant", &format!("{case}, verifier {verifier:?}"));
    }
    untouched.check(case).await;
    if let Some(right) = right {
        assert_eq!(redeem(app, code, right).await.status, 200, "{case}: and the right one redeems");
    }
}

async fn redeem(app: &RelyingApp, code: &str, verifier: &str) -> Answer {
    let uri = app.redirect_uri();
    let fields =
        [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &uri), ("code_verifier", verifier)];
    app.token(&filled(&fields)).await
}

/// Every combination of what is said of the challenge.
fn said() -> impl Iterator<Item = (&'static str, &'static str)> {
    CHALLENGES.into_iter().flat_map(|challenge| METHODS.map(|method| (challenge, method)))
}

#[actix_web::test]
async fn a_challenge_is_neither_dropped_nor_weakened() {
    let (idp, mut browser, askers) = world().await;
    for (asker, way) in askers.iter().flat_map(|asker| WAYS.map(|way| (asker, way))) {
        let each = MODES.into_iter().flat_map(|mode| said().map(move |inside| (mode, inside)));
        let case = |(mode, inside)| Case { asker, way, response_type: "code", mode, inside, beside: ("", "") };
        assert_judged(&idp, &mut browser, each.map(case)).await;
    }
}

#[actix_web::test]
async fn a_challenge_is_neither_dropped_nor_weakened_where_tokens_are_shown_beside_the_code() {
    let (idp, mut browser, askers) = world().await;
    for (asker, way) in askers.iter().flat_map(|asker| [Way::Address, Way::Push].map(|way| (asker, way))) {
        let each = HYBRID.into_iter().flat_map(|kind| said().map(move |inside| (kind, inside)));
        let case = |(at, (response_type, inside))| {
            let mode = ["fragment", "form_post"][at % 2];
            Case { asker, way, response_type, mode, inside, beside: ("", "") }
        };
        // Each kind meets every challenge and method, and each of these either mode.
        let each = each.filter(|(_, (_, method))| ["S256", "plain", ""].contains(method)).enumerate();
        assert_judged(&idp, &mut browser, each.map(case)).await;
    }
}

/// A challenge inside, beside it, in both and different, and left out.
async fn assert_judged_in_both_places(ways: &[Way]) {
    let (idp, mut browser, askers) = world().await;
    let other = challenge_of(OTHER);
    let inside = [("", ""), (CHALLENGE, "S256"), (CHALLENGE, "plain"), (CHALLENGE, ""), ("", "S256")];
    let beside = [("", ""), (other.as_str(), "S256"), (&other, "plain"), ("", "S256")];
    for (asker, way) in askers.iter().flat_map(|asker| ways.iter().map(move |way| (asker, *way))) {
        let each = inside.into_iter().flat_map(|inside| beside.map(|beside| (inside, beside))).enumerate();
        let case = |(at, (inside, beside))| {
            let (response_type, mode) = [("code", "query"), ("code id_token", "fragment")][(at + at / 4) % 2];
            Case { asker, way, response_type, mode, inside, beside }
        };
        assert_judged(&idp, &mut browser, each.map(case)).await;
    }
}

#[actix_web::test]
async fn in_a_request_object_the_challenge_that_counts_is_judged_and_answered() {
    assert_judged_in_both_places(&SENT).await;
}

#[actix_web::test]
async fn in_a_published_request_object_the_challenge_that_counts_is_judged_and_answered() {
    assert_judged_in_both_places(&PUBLISHED).await;
}

#[actix_web::test]
async fn in_a_pushed_request_the_challenge_that_counts_is_judged_and_answered() {
    assert_judged_in_both_places(&PUSHED).await;
}
