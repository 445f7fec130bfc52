//! PKCE taken out, weakened or turned round on the way (RFC 9700, sections 2.1.1 and 4.8): every kind of client, times every
//! way of asking, times every mode of the answer, times what is said of the challenge, times what is redeemed with.

use super::{FORM, Untouched, assert_json, encoded};
use crate::harness::{Answer, Browser, CHALLENGE, ISSUER, Idp, RelyingApp, VERIFIER};
use crate::stories::pushed::address;
use actix_web::test::TestRequest;

/// With credentials, without any, and with credentials and an exemption.
const CLIENTS: [&str; 3] = ["social", "spa", "exempt"];
const WAYS: [&str; 3] = ["address", "form", "push"];
const MODES: [&str; 3] = ["query", "fragment", "form_post"];
const METHODS: [&str; 6] = ["S256", "plain", "", "s256", "S512", "none"];
/// The right one, none, and one that is its own verifier where the method is `plain`.
const CHALLENGES: [&str; 3] = [CHALLENGE, "", VERIFIER];

/// Asks in this way; answers with what came back to the app.
async fn ask(browser: &mut Browser, app: &RelyingApp, way: &str, fields: &[(&str, &str)]) -> Answer {
    let named = [&[("client_id", app.client_id.as_str())][..], fields].concat();
    match way {
        "address" => browser.get(&address(&named)).await,
        "form" => {
            let request = TestRequest::post().uri("/authorize").insert_header(("content-type", FORM));
            let posted = browser.send(request.set_payload(encoded(&named))).await;
            browser.get(posted.location()).await
        }
        _ => {
            let pushed = app.post("/par", fields).await;
            if pushed.status != 201 {
                return pushed;
            }
            let name = pushed.json()["request_uri"].as_str().unwrap().to_owned();
            browser.get(&address(&[("client_id", &app.client_id), ("request_uri", &name)])).await
        }
    }
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

#[actix_web::test]
async fn a_challenge_is_neither_dropped_nor_weakened() {
    let idp = Idp::start().await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    for id in CLIENTS {
        let app = idp.app(id);
        let uri = app.redirect_uri();
        browser.silently(&app).await;
        for (way, mode) in WAYS.into_iter().flat_map(|way| MODES.map(|mode| (way, mode))) {
            for (challenge, method) in CHALLENGES.into_iter().flat_map(|one| METHODS.map(|method| (one, method))) {
                let case = format!("{id} by {way}, {mode}: {challenge:?} {method:?}");
                let mut fields = vec![
                    ("redirect_uri", uri.as_str()),
                    ("response_type", "code"),
                    ("scope", "openid"),
                    ("state", "s"),
                    ("response_mode", mode),
                    ("code_challenge", challenge),
                    ("code_challenge_method", method),
                ];
                fields.retain(|(_, value)| !value.is_empty());
                if way == "push" && id == "spa" {
                    // Anybody can push in the name of a public client, so often a minute.
                    idp.pass("2s");
                }
                let untouched = Untouched::now(&idp).await;
                let answer = ask(&mut browser, &app, way, &fields).await;
                if is_good(id, challenge, method) {
                    let told = told(&answer, &app, mode);
                    let code = value(&told, "code").unwrap_or_else(|| panic!("{case}: {told:?}"));
                    redeems(&idp, &app, (code, challenge), &case).await;
                } else if way == "push" {
                    assert_json(&answer, 400, "invalid_request", &case);
                    untouched.check(&case).await;
                } else {
                    let told = told(&answer, &app, mode);
                    let words = ["error", "state", "iss", "code"].map(|name| value(&told, name));
                    assert_eq!(words, [Some("invalid_request"), Some("s"), Some(ISSUER), None], "{case}");
                    untouched.check(&case).await;
                }
            }
        }
    }
}

/// The verifier that answers the challenge redeems, and nothing else does: not the challenge itself, and not none.
async fn redeems(idp: &Idp, app: &RelyingApp, (code, challenge): (&str, &str), case: &str) {
    let untouched = Untouched::now(idp).await;
    let right = match challenge {
        CHALLENGE => VERIFIER,
        _ => "",
    };
    let (upper, padded, other) = (VERIFIER.to_uppercase(), format!("{VERIFIER}="), "a".repeat(43));
    for verifier in [VERIFIER, CHALLENGE, "", &upper, &padded, &other] {
        // Of the challenge that is a verifier, nobody knows what it answers.
        if verifier == right && challenge != VERIFIER {
            continue;
        }
        let answer = redeem(app, code, verifier).await;
        assert_json(&answer, 400, "invalid_grant", &format!("{case}, verifier {verifier:?}"));
    }
    untouched.check(case).await;
    if challenge != VERIFIER {
        assert_eq!(redeem(app, code, right).await.status, 200, "{case}: and the right one redeems");
    }
}

async fn redeem(app: &RelyingApp, code: &str, verifier: &str) -> Answer {
    let uri = app.redirect_uri();
    let mut fields = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &uri)];
    fields.extend(Some(("code_verifier", verifier)).filter(|_| !verifier.is_empty()));
    app.token(&fields).await
}
