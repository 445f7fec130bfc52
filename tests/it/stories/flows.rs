//! The implicit and hybrid flows, and the ways in which an answer travels (OpenID Connect Core, 3.2 and 3.3; OAuth 2.0
//! Multiple Response Type Encoding Practices 1.0; OAuth 2.0 Form Post Response Mode 1.0).

use crate::harness::{Answer, Browser, ISSUER, Idp, RelyingApp, claims_of};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TYPES: [&str; 6] = ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];

/// An app that an administrator allowed everything.
async fn everything(change: impl FnOnce(&mut Value)) -> (Idp, RelyingApp) {
    let idp = Idp::start().await;
    let mut client = json!({
        "client_id": "hybrid", "client_secret": format!("hybrid-secret-{}", "0123456789abcdef".repeat(2)),
        "redirect_uris": ["https://hybrid.example.com/callback"], "consent": "skip", "offline_access": true,
        "post_logout_redirect_uris": ["https://hybrid.example.com/bye"],
        "response_types": TYPES, "grant_types": ["authorization_code", "implicit", "refresh_token"],
    });
    change(&mut client);
    idp.import(json!({"clients": [client]})).await;
    let app = idp.app("hybrid");
    (idp, app)
}

/// What an answer holds, and how it travelled.
fn told(answer: &Answer) -> (&'static str, BTreeMap<String, String>) {
    if answer.status == 200 {
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("form-action https://hybrid.example.com"), "{policy}");
        assert!(!policy.contains("frame-ancestors"), "it is answered in frames as well: {policy}");
        // OAuth 2.0 Form Post Response Mode 1.0, 2: by POST, at once, and kept by nobody.
        assert_eq!(answer.attribute("form#form-post", "method").as_deref(), Some("post"));
        assert!(answer.body.contains("<script type=\"module\" src=\"/static/form-post.js\">"), "{}", answer.body);
        assert_eq!(answer.header("cache-control"), "no-store");
        return ("form", answer.fields("https://hybrid.example.com/callback"));
    }
    assert_eq!(answer.status, 303, "{}", answer.body);
    let (place, pairs) = match answer.location().split_once('#') {
        Some((address, fragment)) => {
            assert!(!address.contains('?'), "{address}");
            ("fragment", fragment)
        }
        None => ("query", answer.location().split_once('?').unwrap().1),
    };
    (place, serde_urlencoded::from_str::<Vec<(String, String)>>(pairs).unwrap().into_iter().collect())
}

/// `at_hash` and `c_hash` of an RS256 token (OpenID Connect Core, 3.3.2.11).
fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, text.as_bytes()).as_ref()[..16])
}

#[actix_web::test]
async fn every_response_type_in_every_mode_holds_what_its_name_says() {
    let (idp, app) = everything(|_| ()).await;
    let mut browser = idp.browser();
    browser.enter(&app).await;
    for response_type in TYPES {
        for mode in ["", "query", "fragment", "form_post"] {
            let case = format!("{response_type} by {mode:?}");
            let shows = response_type != "code";
            let answer = browser.authorize(&app, &[("response_type", response_type), ("response_mode", mode)]).await;
            let (place, told) = told(&answer);
            if shows && mode == "query" {
                assert_eq!((place, told["error"].as_str()), ("fragment", "invalid_request"), "{case}");
                assert_eq!(told["state"], "state-1", "{case}");
                continue;
            }
            let usual = if shows { "fragment" } else { "query" };
            assert_eq!(
                place,
                if mode == "form_post" {
                    "form"
                } else if mode.is_empty() {
                    usual
                } else {
                    mode
                },
                "{case}"
            );
            let holds = |word: &str| response_type.split(' ').any(|own| own == word);
            for (name, word) in [
                ("code", "code"),
                ("id_token", "id_token"),
                ("access_token", "token"),
                ("token_type", "token"),
                ("expires_in", "token"),
            ] {
                assert_eq!(told.contains_key(name), holds(word), "{case}: {name}");
            }
            assert!(!told.contains_key("refresh_token"), "{case}");
            assert_eq!((told["iss"].as_str(), told["state"].as_str()), (ISSUER, "state-1"), "{case}");
            check(&app, &told, response_type, &case).await;
        }
    }
}

/// What came is worth what it should be.
async fn check(app: &RelyingApp, told: &BTreeMap<String, String>, response_type: &str, case: &str) {
    if let Some(access) = told.get("access_token") {
        assert_eq!((told["token_type"].as_str(), told["expires_in"].as_str()), ("Bearer", "600"), "{case}");
        let info = app.userinfo(access).await;
        assert_eq!((info.status.as_u16(), &info.json()["name"]), (200, &json!("Mira Lindqvist")), "{case}");
        assert_eq!(app.introspect(access).await.json()["active"], true, "{case}");
    }
    if let Some(id_token) = told.get("id_token") {
        let claims = claims_of(id_token);
        assert_eq!((&claims["nonce"], &claims["aud"]), (&json!("nonce-1"), &json!("hybrid")), "{case}");
        assert_eq!(
            claims["at_hash"].as_str(),
            told.get("access_token").map(|token| half_hash(token)).as_deref(),
            "{case}"
        );
        assert_eq!(claims["c_hash"].as_str(), told.get("code").map(|code| half_hash(code)).as_deref(), "{case}");
        // Only where there is nothing to ask with does the ID token tell who the person is (5.4).
        let name = (response_type == "id_token").then_some("Mira Lindqvist");
        assert_eq!(claims["name"].as_str(), name, "{case}");
    }
    if let Some(code) = told.get("code") {
        let tokens = app.try_redeem(code).await;
        assert_eq!(tokens.status, 200, "{case}: {}", tokens.body);
        let claims = claims_of(tokens.json()["id_token"].as_str().unwrap());
        assert_eq!(claims.get("c_hash"), None, "{case}");
        if let Some(shown) = told.get("id_token") {
            let shown = claims_of(shown);
            for name in ["iss", "sub", "auth_time", "acr", "amr", "nonce", "sid"] {
                assert_eq!(shown[name], claims[name], "{case}: {name} (OpenID Connect Core, 3.3.3.6)");
            }
        }
    }
}

/// OpenID Connect Core, 3.3.3.6.
#[actix_web::test]
async fn both_id_tokens_tell_the_same_of_the_person() {
    let (_, app) = everything(|_| ()).await;
    let wishes = json!({"name": null, "given_name": {"essential": true}, "email": null, "email_verified": null,
        "acr": {"essential": true}, "auth_time": {"essential": true}});
    let claims = json!({"id_token": wishes, "userinfo": {"family_name": null}}).to_string();
    for response_type in ["code id_token", "code id_token token"] {
        for scope in ["openid", "openid profile email phone address"] {
            let mut browser = app_browser(&app).await;
            let asked = [("response_type", response_type), ("claims", claims.as_str()), ("scope", scope)];
            let (_, told) = told(&browser.authorize(&app, &asked).await);
            let shown = claims_of(&told["id_token"]);
            let redeemed = app.try_redeem(&told["code"]).await.json();
            let redeemed = claims_of(redeemed["id_token"].as_str().unwrap());
            // What is about the token itself is another matter.
            let own = ["iat", "exp", "at_hash", "c_hash"];
            let names = |claims: &Value| -> Vec<String> {
                claims.as_object().unwrap().keys().filter(|name| !own.contains(&name.as_str())).cloned().collect()
            };
            assert_eq!(names(&shown), names(&redeemed), "{response_type} {scope}");
            for name in names(&shown) {
                assert_eq!(shown[&name], redeemed[&name], "{response_type} {scope}: {name}");
            }
            for name in ["name", "given_name", "email", "email_verified", "acr", "amr", "auth_time"] {
                assert!(!shown[name].is_null(), "{response_type} {scope}: {name} in {shown}");
            }
        }
    }
}

#[actix_web::test]
async fn an_id_token_alone_costs_the_store_nothing_and_an_access_token_one_write() {
    let (idp, app) = everything(|_| ()).await;
    let mut browser = idp.browser();
    browser.enter(&app).await;
    for (response_type, expected) in
        [("code", 0), ("id_token", 0), ("code id_token", 0), ("id_token token", 1), ("code token", 1)]
    {
        let before = idp.store_work().1;
        browser.authorize(&app, &[("response_type", response_type), ("prompt", "none")]).await;
        assert_eq!(idp.store_work().1 - before, expected, "{response_type}");
    }
}

/// RFC 6749, 4.2.2.
#[actix_web::test]
async fn a_token_that_was_shown_in_the_browser_is_good_for_as_long_as_the_answer_says() {
    let (idp, app) = everything(|_| ()).await;
    for response_type in ["id_token token", "code token", "code id_token token"] {
        let mut browser = app_browser(&app).await;
        let (_, told) = told(&browser.authorize(&app, &[("response_type", response_type)]).await);
        let access = &told["access_token"];
        let span: i64 = told["expires_in"].parse().unwrap();
        let claims = claims_of(access);
        assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), span, "{response_type}");
        idp.pass(&format!("{}s", span - 1));
        assert_eq!(app.userinfo(access).await.status, 200, "{response_type}");
        idp.tick();
        let late = app.userinfo(access).await;
        assert_eq!((late.status.as_u16(), late.error().as_str()), (401, "invalid_token"), "{response_type}");
        assert_eq!(app.introspect(access).await.json(), json!({"active": false}), "{response_type}");
    }
}

/// OpenID Connect Core, 3.1.2.1 and 2: whatever the nonce is, the token has it letter by letter.
#[actix_web::test]
async fn a_nonce_comes_back_unchanged() {
    let (_, app) = everything(|_| ()).await;
    let mut browser = app_browser(&app).await;
    for nonce in [
        "a b",
        " a  b ",
        "a+b",
        "a%20b",
        "a%2Bb",
        "a&b=c&nonce=d",
        "\"<a>'\\",
        "n\u{f6}nce",
        "\u{6f22}\u{5b57}\u{1f511}",
    ] {
        for response_type in TYPES {
            for mode in ["fragment", "form_post"] {
                let asked = [("response_type", response_type), ("response_mode", mode), ("nonce", nonce)];
                let (_, told) = told(&browser.authorize(&app, &asked).await);
                let case = format!("{nonce} {response_type} {mode}: {told:?}");
                if let Some(token) = told.get("id_token") {
                    assert_eq!(claims_of(token)["nonce"], nonce, "{case}");
                }
                if mode == "fragment"
                    && let Some(code) = told.get("code")
                {
                    let redeemed = app.try_redeem(code).await.json();
                    assert_eq!(claims_of(redeemed["id_token"].as_str().unwrap())["nonce"], nonce, "{case}");
                }
                assert!(!told.contains_key("error"), "{case}");
            }
        }
    }
}

/// A browser that signed in to an app.
async fn app_browser(app: &RelyingApp) -> Browser {
    let mut browser = app.browser();
    browser.enter(app).await;
    browser
}

async fn shown_access(browser: &mut Browser, app: &RelyingApp) -> String {
    told(&browser.authorize(app, &[("response_type", "id_token token")]).await).1["access_token"].clone()
}

#[actix_web::test]
async fn the_hashes_in_an_id_token_are_those_of_its_algorithm() {
    use aws_lc_rs::digest::{SHA384, SHA512};
    for (alg, hash, length) in
        [("PS256", &SHA256, 16), ("ES384", &SHA384, 24), ("RS512", &SHA512, 32), ("EdDSA", &SHA512, 32)]
    {
        let (idp, app) = everything(|client| client["id_token_signed_response_alg"] = json!(alg)).await;
        let mut browser = idp.browser();
        let page = browser.authorize(&app, &[("response_type", "code id_token token")]).await;
        let (_, told) = told(&browser.sign_in(&page).await);
        let claims = claims_of(&told["id_token"]);
        for (name, of) in [("at_hash", "access_token"), ("c_hash", "code")] {
            let half = URL_SAFE_NO_PAD.encode(&digest(hash, told[of].as_bytes()).as_ref()[..length]);
            assert_eq!(claims[name], half.as_str(), "{alg}: {name}");
        }
    }
}

#[actix_web::test]
async fn what_was_shown_in_the_browser_ends_with_the_session_and_outlives_nothing() {
    let (idp, app) = everything(|_| ()).await;
    let mut browser = idp.browser();
    browser.enter(&app).await;
    let answer = browser
        .authorize(
            &app,
            &[("response_type", "id_token token"), ("scope", "openid offline_access profile"), ("prompt", "consent")],
        )
        .await;
    let page =
        if answer.status == 200 { browser.submit(&answer, "/consent", &[("decision", "allow")]).await } else { answer };
    assert_eq!(told(&page).1["scope"], "openid profile", "nothing could renew it (OpenID Connect Core, 11)");
    let access = shown_access(&mut browser, &app).await;
    let given_back = shown_access(&mut browser, &app).await;
    assert_eq!(app.give_back(&given_back).await.status, 200);
    assert_eq!(
        (app.userinfo(&access).await.status.as_u16(), app.userinfo(&given_back).await.status.as_u16()),
        (200, 401)
    );
    let hint = told(&browser.authorize(&app, &[("response_type", "id_token")]).await).1["id_token"].clone();
    let out = browser.get(&format!("/end_session?id_token_hint={hint}")).await;
    assert_eq!(out.status, 303, "a hint from the browser is a genuine one: {}", out.body);
    assert_eq!(app.userinfo(&access).await.status, 401);
    let (place, error) = told(&browser.authorize(&app, &[("response_type", "code token"), ("prompt", "none")]).await);
    assert_eq!(
        (place, error["error"].as_str(), error.contains_key("access_token")),
        ("fragment", "login_required", false)
    );
}

#[actix_web::test]
async fn errors_travel_as_the_answer_would_have() {
    let (idp, app) = everything(|_| ()).await;
    let mut browser = idp.browser();
    for response_type in TYPES {
        for (mode, place) in [("fragment", "fragment"), ("form_post", "form")] {
            let asked = [("response_type", response_type), ("response_mode", mode), ("prompt", "none")];
            let (came, error) = told(&browser.authorize(&app, &asked).await);
            assert_eq!((came, error["error"].as_str(), error["state"].as_str()), (place, "login_required", "state-1"));
            assert_eq!(error["iss"], ISSUER, "{response_type} by {mode}");
        }
    }
    browser.enter(&app).await;
    for (extra, error) in [
        (vec![("response_type", "id_token"), ("nonce", "")], "invalid_request"),
        (vec![("response_type", "code id_token"), ("nonce", "")], "invalid_request"),
        (vec![("response_type", "code id_token token"), ("nonce", "")], "invalid_request"),
        (vec![("response_type", "id_token token"), ("scope", "profile")], "invalid_request"),
        (
            vec![("response_type", "code token"), ("code_challenge", ""), ("code_challenge_method", "")],
            "invalid_request",
        ),
        (vec![("response_type", "id_token"), ("code_challenge", "x")], "invalid_request"),
    ] {
        let (place, answer) = told(&browser.authorize(&app, &extra).await);
        assert_eq!((place, answer["error"].as_str()), ("fragment", error), "{extra:?}");
        assert!(!answer.contains_key("access_token") && !answer.contains_key("id_token"), "{extra:?}");
    }
}

/// Multiple Response Types 1.0, 5; OpenID Connect Core, 3.2.2.6 and 3.3.2.6: a person's refusal travels like any other answer.
#[actix_web::test]
async fn whoever_turns_an_app_down_is_sent_back_as_it_asked() {
    let (_, app) = everything(|client| client["consent"] = json!("ask")).await;
    for response_type in TYPES {
        for mode in ["", "fragment", "form_post"] {
            let mut browser = app.browser();
            let asked = [("response_type", response_type), ("response_mode", mode)];
            let page = browser.authorize(&app, &asked).await;
            let waiting = browser.sign_in(&page).await;
            let consent = browser.get(waiting.location()).await;
            let (place, told) = told(&browser.submit(&consent, "/consent", &[("decision", "deny")]).await);
            let expected = match (mode, response_type) {
                ("form_post", _) => "form",
                ("", "code") => "query",
                _ => "fragment",
            };
            let case = format!("{response_type} by {mode:?}");
            assert_eq!((place, told["error"].as_str()), (expected, "access_denied"), "{case}");
            assert_eq!((told["state"].as_str(), told["iss"].as_str()), ("state-1", ISSUER), "{case}");
            for name in ["code", "id_token", "access_token"] {
                assert!(!told.contains_key(name), "{case}: {name}");
            }
        }
    }
}

#[actix_web::test]
async fn a_client_that_may_do_less_gets_no_more() {
    let only = |types: Value, grants: Value| {
        move |client: &mut Value| {
            client["response_types"] = types;
            client["grant_types"] = grants;
            client["offline_access"] = json!(false);
        }
    };
    for (types, grants) in [
        (json!(["code"]), json!(["authorization_code", "refresh_token"])),
        (json!(["id_token"]), json!(["implicit"])),
        (json!(["token id_token"]), json!(["implicit"])),
        (json!(["code token"]), json!(["authorization_code", "implicit"])),
    ] {
        let (idp, app) = everything(only(types.clone(), grants)).await;
        let mut browser = idp.browser();
        let first = types[0].as_str().unwrap();
        let page = browser.authorize(&app, &[("response_type", first)]).await;
        browser.sign_in(&page).await;
        for response_type in TYPES {
            let (_, told) = told(&browser.authorize(&app, &[("response_type", response_type)]).await);
            let same = |one: &str, other: &str| {
                let words = |text: &str| text.split(' ').map(str::to_owned).collect::<std::collections::BTreeSet<_>>();
                words(one) == words(other)
            };
            let error = (!same(first, response_type)).then_some("unauthorized_client");
            assert_eq!(told.get("error").map(String::as_str), error, "{types}: {response_type}");
        }
    }
}

#[actix_web::test]
async fn claims_are_told_where_they_were_asked_for_and_only_those_that_the_client_may_have() {
    let (idp, app) = everything(|client| client["scope"] = json!("openid profile offline_access")).await;
    let mut browser = idp.browser();
    browser.enter(&app).await;
    let claims = json!({
        "id_token": {"nickname": null, "name": {"essential": true}, "email": null, "sub": null, "made_up": null},
        "userinfo": {"given_name": null, "email": {"essential": true}},
    });
    let asked = [("claims", claims.to_string()), ("scope", "openid".to_owned())];
    let asked: Vec<(&str, &str)> = asked.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let tokens = app.redeem(&browser.authorize(&app, &asked).await).await;
    let told = tokens.claims();
    assert_eq!((&told["name"], told.get("email"), told.get("made_up")), (&json!("Mira Lindqvist"), None, None));
    let info = app.userinfo(&tokens.access).await.json();
    assert_eq!((&info["given_name"], info.get("name"), info.get("email")), (&json!("Mira"), None, None));
    // A refresh tells the same.
    let again = app.refresh(&tokens.refresh).await;
    assert_eq!(again.claims()["name"], "Mira Lindqvist");
    assert_eq!(app.userinfo(&again.access).await.json(), info);
    // The value that is asked for is a wish: the app is told what is so.
    for wish in [json!({"value": "Somebody Else"}), json!({"essential": true, "values": ["Somebody Else", "Nobody"]})] {
        let claims = json!({"id_token": {"name": wish}, "userinfo": {"name": wish}}).to_string();
        let tokens = app.redeem(&browser.authorize(&app, &[("claims", &claims), ("scope", "openid")]).await).await;
        assert_eq!(tokens.claims()["name"], "Mira Lindqvist", "{wish}");
        assert_eq!(app.userinfo(&tokens.access).await.json()["name"], "Mira Lindqvist", "{wish}");
    }
}

#[actix_web::test]
async fn a_person_is_asked_before_claims_are_told_one_by_one() {
    let (idp, app) = everything(|client| client["consent"] = json!("ask")).await;
    let mut browser = idp.browser();
    let email = json!({"userinfo": {"email": null}}).to_string();
    let page = browser.authorize(&app, &[("scope", "openid")]).await;
    let page = browser.sign_in(&page).await;
    let page = browser.get(page.location()).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let silent = browser.authorize(&app, &[("scope", "openid"), ("claims", &email), ("prompt", "none")]).await;
    assert_eq!(silent.error(), "consent_required");
    let page = browser.authorize(&app, &[("scope", "openid"), ("claims", &email)]).await;
    assert!(page.body.contains("id=\"allow\""), "{}", page.body);
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let tokens = app.redeem(&answer).await;
    assert_eq!(tokens.scope, "openid", "a claim is no scope");
    let info = app.userinfo(&tokens.access).await.json();
    assert_eq!((info["email"].is_string(), info.get("email_verified"), info.get("name")), (true, None, None));
    let silent = browser.authorize(&app, &[("scope", "openid"), ("claims", &email), ("prompt", "none")]).await;
    assert!(silent.parameter("code").is_some(), "{}", silent.location());
}

#[actix_web::test]
async fn a_request_for_one_subject_is_answered_for_no_other() {
    let (idp, app) = everything(|_| ()).await;
    idp.import(json!({"users": [{"username": "otto", "password": "another person entirely"}]})).await;
    let (mut mira, mut otto) = (idp.browser(), idp.browser());
    let sub = app.redeem(&mira.enter(&app).await).await.claims()["sub"].as_str().unwrap().to_owned();
    let page = otto.authorize(&app, &[]).await;
    otto.sign_in_as(&page, "otto", "another person entirely").await;
    for place in ["id_token", "userinfo"] {
        let claims = json!({place: {"sub": {"value": sub}}}).to_string();
        let asked = [("claims", claims.as_str()), ("prompt", "none")];
        assert!(mira.authorize(&app, &asked).await.parameter("code").is_some());
        assert_eq!(otto.authorize(&app, &asked).await.error(), "login_required", "{place}");
    }
}

#[actix_web::test]
async fn clients_of_different_sectors_know_a_person_by_different_names() {
    let (idp, _) = everything(|_| ()).await;
    let client = |id: &str, host: &str, extra: Value| {
        let mut client = json!({"client_id": id, "client_secret": format!("{id}-secret-{}", "0123456789abcdef".repeat(2)),
            "redirect_uris": [format!("https://{host}/callback")], "consent": "skip", "subject_type": "pairwise"});
        client.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        client
    };
    let group = json!({"sector_identifier_uri": "https://group.example.com/apps.json"});
    idp.import(json!({"clients": [
        client("one", "one.example.com", json!({})), client("two", "two.example.com", json!({})),
        client("three", "three.example.com", group.clone()), client("four", "four.example.com", group),
    ]}))
    .await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    let mut names = Vec::new();
    for id in ["one", "two", "three", "four", "hybrid"] {
        let app = idp.app(id);
        let tokens = app.redeem(&browser.authorize(&app, &[]).await).await;
        let sub = tokens.claims()["sub"].as_str().unwrap().to_owned();
        let sid = tokens.claims()["sid"].as_str().unwrap().to_owned();
        assert_eq!(app.userinfo(&tokens.access).await.json()["sub"], sub.as_str(), "{id}");
        for token in [&tokens.access, &tokens.refresh] {
            assert_eq!(app.introspect(token).await.json()["sub"], sub.as_str(), "{id}");
        }
        assert_eq!(app.refresh(&tokens.refresh).await.claims()["sub"], sub.as_str(), "{id}");
        // Its own name for the person is one that it can expect them by, silently as well; another's is nobody's.
        let hint = [("id_token_hint", tokens.id.as_str()), ("prompt", "none")];
        assert!(browser.authorize(&app, &hint).await.parameter("code").is_some(), "{id}");
        names.push((sub, sid, tokens.id));
    }
    let [one, two, three, four, public] = &names[..] else { panic!() };
    let distinct: std::collections::BTreeSet<&str> = names.iter().map(|(sub, ..)| sub.as_str()).collect();
    assert_eq!((distinct.len(), &three.0), (4, &four.0), "a sector's clients share a name");
    assert_ne!((&one.0, &one.1), (&two.0, &two.1));
    let sids: std::collections::BTreeSet<&str> = names.iter().map(|(_, sid, _)| sid.as_str()).collect();
    assert_eq!(sids.len(), 4);
    assert!(!names[..4].iter().any(|(sub, ..)| *sub == public.0), "the account's own name is told to none of them");
    let foreign = [("id_token_hint", two.2.as_str()), ("prompt", "none")];
    assert_eq!(browser.authorize(&idp.app("one"), &foreign).await.error(), "login_required");
    // And by its own hint it ends the session.
    assert_eq!(browser.get(&format!("/end_session?id_token_hint={}", one.2)).await.status, 303);
    assert_eq!(browser.authorize(&idp.app("two"), &[("prompt", "none")]).await.error(), "login_required");
}

#[actix_web::test]
async fn a_person_opens_an_app_from_their_page_and_the_app_begins_the_sign_in() {
    let (idp, app) =
        everything(|client| client["initiate_login_uri"] = json!("https://hybrid.example.com/begin?from=idp")).await;
    let mut browser = idp.browser();
    browser.enter(&app).await;
    let page = browser.get("/account").await;
    let begin = page.attribute("a.open-app", "href");
    assert_eq!(begin.as_deref(), Some("https://hybrid.example.com/begin?from=idp&iss=https%3A%2F%2Fid.example.com"));
    // What the app does then.
    assert_eq!(told(&browser.authorize(&app, &[]).await).0, "query");
}
