//! Sign in once, be signed in everywhere.

use crate::harness::{Idp, PASSWORD, USERNAME, claims_of};
use abide::protocol::scope::STANDARD;
use actix_web::test::TestRequest;
use serde_json::json;
use std::collections::BTreeSet;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[actix_web::test]
async fn a_person_signs_in_once_and_is_signed_in_everywhere() {
    let idp = Idp::start().await;
    let (mut browser, bank, social) = (idp.browser(), idp.app("bank"), idp.app("social"));
    let answer = browser.enter(&bank).await;
    assert!(answer.location().starts_with("https://bank.example.com/callback?"));
    assert_eq!(answer.status, 303);
    assert_eq!(answer.parameter("state").as_deref(), Some("state-1"));
    let at_bank = bank.redeem(&answer).await;
    idp.pass("30s");
    let answer = browser.authorize(&social, &[]).await;
    let at_social = social.redeem(&answer).await;

    let (one, other) = (at_bank.claims(), at_social.claims());
    assert_eq!(one["sub"], other["sub"]);
    assert_eq!(one["sid"], other["sid"]);
    assert_eq!(one["auth_time"], other["auth_time"]);
    assert_eq!(one["nonce"], "nonce-1");
    // What the scope opens is told to whoever asks with the access token (OpenID Connect Core, 5.4).
    assert_eq!(
        (one.get("name"), bank.userinfo(&at_bank.access).await.json()["name"].as_str()),
        (None, Some("Mira Lindqvist"))
    );
    assert_eq!((one["acr"].clone(), one["amr"].clone()), (json!("urn:abide:acr:aal1"), json!(["pwd"])));
    assert_eq!(one["aud"], "bank");
}

#[actix_web::test]
async fn tokens_are_silently_reissued_while_the_session_lives() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let answer = browser.enter(&social).await;
    let mut tokens = social.redeem(&answer).await;
    for _ in 0..3 {
        idp.pass("9m");
        let again = browser.silently(&social).await;
        let silent = social.redeem(&again).await;
        assert_eq!(silent.claims()["sid"], tokens.claims()["sid"]);
        let next = social.refresh(&tokens.refresh).await;
        assert_ne!(next.refresh, tokens.refresh);
        assert!(next.claims()["nonce"].is_null());
        assert_eq!(next.claims()["auth_time"], tokens.claims()["auth_time"]);
        tokens = next;
    }
}

#[actix_web::test]
async fn userinfo_answers_what_the_scope_opens() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let page = browser.authorize(&social, &[("scope", "openid email phone address unknown")]).await;
    let answer = browser.sign_in(&page).await;
    let tokens = social.redeem(&answer).await;
    assert_eq!(tokens.scope, "address email openid phone");
    let person = social.userinfo(&tokens.access).await.json();
    assert_eq!(person["sub"], tokens.claims()["sub"]);
    assert_eq!(person["email"], "mira@example.org");
    assert_eq!(person["address"]["country"], "SE");
    assert!(person["name"].is_null());
    let access = claims_of(&tokens.access);
    assert_eq!(
        (access["aud"].as_str(), access["client_id"].as_str()),
        (Some("https://id.example.com"), Some("social"))
    );
}

#[actix_web::test]
async fn every_algorithm_and_every_client_authentication_works() {
    let idp = Idp::start().await;
    for id in ["posting", "spa", "elliptic", "edwards", "exempt", "query"] {
        let (mut browser, app) = (idp.browser(), idp.app(id));
        browser.address = "198.51.100.9:1".to_owned();
        let answer = browser.enter(&app).await;
        let tokens = app.redeem(&answer).await;
        assert_eq!(tokens.claims()["aud"], id);
        let alg = match id {
            "elliptic" => "ES256",
            "edwards" => "EdDSA",
            _ => "RS256",
        };
        assert!(abide_header(&tokens.id).contains(&format!("\"alg\":\"{alg}\"")), "{id}");
        app.refresh(&tokens.refresh).await;
    }
}

fn abide_header(token: &str) -> String {
    use base64::Engine;
    let part = token.split('.').next().unwrap();
    String::from_utf8(base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[actix_web::test]
async fn a_remembered_person_is_still_there_after_the_browser_was_closed() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    for (remember, stays) in [(true, true), (false, false)] {
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[]).await;
        let mut fields = vec![("username", USERNAME), ("password", PASSWORD)];
        if remember {
            fields.push(("remember", "on"));
        }
        browser.submit(&page, "/sign-in", &fields).await;
        let mut browser = browser.reopened();
        idp.pass("10h");
        let answer = browser.silently(&social).await;
        assert_eq!(answer.parameter("code").is_some(), stays, "remember {remember}: {}", answer.location());
    }
}

#[actix_web::test]
async fn a_posted_request_is_answered_with_a_get() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    browser.enter(&social).await;
    let request = social.request(&[]);
    let (_, query) = request.split_once('?').unwrap();
    let post = TestRequest::post()
        .uri("/authorize")
        .insert_header(("content-type", "application/x-www-form-urlencoded"))
        .set_payload(query.to_owned());
    let answer = idp.call(post).await;
    assert_eq!(answer.status, 303);
    let answer = browser.get(answer.location()).await;
    social.redeem(&answer).await;
}

#[actix_web::test]
async fn the_consent_of_a_person_is_asked_once_remembered_and_withdrawn() {
    let idp = Idp::start().await;
    let (mut browser, asking) = (idp.browser(), idp.app("asking"));
    let page = browser.authorize(&asking, &[]).await;
    let waiting = browser.sign_in(&page).await;
    assert!(waiting.location().starts_with("/interaction/k."));
    let page = browser.get(waiting.location()).await;
    assert!(page.body.contains("id=\"allow\""));
    let denied = browser.submit(&page, "/consent", &[("decision", "deny")]).await;
    assert_eq!(denied.error(), "access_denied");
    assert_eq!(browser.silently(&asking).await.error(), "consent_required");

    let page = browser.authorize(&asking, &[]).await;
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    asking.redeem(&answer).await;
    let again = browser.silently(&asking).await;
    asking.redeem(&again).await;
    assert!(browser.authorize(&asking, &[("prompt", "consent")]).await.body.contains("id=\"allow\""));
    assert_eq!(
        browser.get_scripted(&asking.request(&[("prompt", "none"), ("scope", "openid phone")])).await.error(),
        "consent_required"
    );

    let account = browser.get("/account").await;
    browser.submit(&account, "/account/withdraw", &[]).await;
    assert_eq!(browser.silently(&asking).await.error(), "login_required");
    assert!(browser.authorize(&asking, &[]).await.body.contains("id=\"allow\""));
}

#[actix_web::test]
async fn a_stored_interaction_is_answered_once() {
    let idp = Idp::start().await;
    let (mut browser, asking) = (idp.browser(), idp.app("asking"));
    let page = browser.authorize(&asking, &[]).await;
    let waiting = browser.sign_in(&page).await;
    let page = browser.get(waiting.location()).await;
    let mut other = idp.browser();
    assert_eq!(other.get(waiting.location()).await.status, 400, "it is another browser's");
    let first = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert!(first.parameter("code").is_some());
    let second = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert_eq!(second.status, 400);
}

#[actix_web::test]
async fn prompts_and_ages_are_honoured() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let first = browser.enter(&social).await;
    let first = social.redeem(&first).await.claims();
    idp.pass("100s");
    for (name, value) in [("prompt", "login"), ("max_age", "99"), ("max_age", "0")] {
        let page = browser.authorize(&social, &[(name, value)]).await;
        assert!(page.body.contains("id=\"sign-in\""), "{name}={value}");
        idp.pass("1s");
        let answer = browser.sign_in(&page).await;
        let claims = social.redeem(&answer).await.claims();
        assert!(claims["auth_time"].as_i64() > first["auth_time"].as_i64(), "{name}={value}");
        assert_eq!(claims["sid"], first["sid"], "authenticating again is a fact of the same session");
        idp.pass("100s");
    }
    let fresh = browser.authorize(&social, &[("max_age", "100")]).await;
    social.redeem(&fresh).await;
    idp.pass("1s");
    assert_eq!(
        browser.get_scripted(&social.request(&[("prompt", "none"), ("max_age", "5")])).await.error(),
        "login_required"
    );
    assert_eq!(browser.get_scripted(&social.request(&[("prompt", "none login")])).await.error(), "invalid_request");
}

#[actix_web::test]
async fn somebody_else_can_be_chosen_and_is_expected_by_a_hint() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let mira = browser.enter(&social).await;
    let mira = social.redeem(&mira).await;
    let page = browser.authorize(&social, &[("prompt", "select_account")]).await;
    assert!(page.body.contains("id=\"use-another\""));
    let page = browser.submit(&page, "/select", &[("account", "")]).await;
    let otto = browser.sign_in_as(&page, "otto", "another person entirely").await;
    let otto = social.redeem(&otto).await;
    assert_ne!(otto.claims()["sub"], mira.claims()["sub"]);
    // Both are signed in; the one who signed in last is the current one.
    let silent = browser.silently(&social).await;
    assert_eq!(social.redeem(&silent).await.claims()["sub"], otto.claims()["sub"]);
    // Choosing Mira brings her back without a password.
    let page = browser.authorize(&social, &[("prompt", "select_account")]).await;
    let handle = page
        .body
        .split("name=\"account\" value=\"")
        .filter_map(|rest| rest.split('"').next())
        .nth(2)
        .unwrap()
        .to_owned();
    let back = browser.submit(&page, "/select", &[("account", &handle)]).await;
    assert_eq!(social.redeem(&back).await.claims()["sub"], mira.claims()["sub"]);
}

#[actix_web::test]
async fn a_native_public_client_is_never_answered_silently() {
    let idp = Idp::start().await;
    let (mut browser, native) = (idp.browser(), idp.app("native"));
    let answer = browser.enter(&native).await;
    assert!(answer.location().starts_with("com.example.native:/callback?code="));
    native.redeem(&answer).await;
    assert_eq!(browser.silently(&native).await.error(), "interaction_required");
    let page = browser.authorize(&native, &[]).await;
    assert!(page.body.contains("id=\"allow\""));
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    native.redeem(&answer).await;
}

#[actix_web::test]
async fn an_offline_grant_outlives_the_session_and_not_the_account() {
    let idp = Idp::start().await;
    let (mut browser, offline) = (idp.browser(), idp.app("offline"));
    let page = browser.authorize(&offline, &[("scope", "openid offline_access")]).await;
    let waiting = browser.sign_in(&page).await;
    let page = browser.get(waiting.location()).await;
    assert!(page.body.contains("id=\"allow\""), "it is asked for on a page even for a client vouched for");
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let tokens = offline.redeem(&answer).await;
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    idp.pass("10d");
    let tokens = offline.refresh(&tokens.refresh).await;
    idp.pass("15d");
    assert_eq!(offline.try_refresh(&tokens.refresh).await.error(), "invalid_grant", "unused for 14 days");

    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let page = browser.authorize(&social, &[("scope", "openid offline_access")]).await;
    let answer = browser.sign_in(&page).await;
    let tokens = social.redeem(&answer).await;
    assert_eq!(tokens.scope, "openid", "a client whose record does not allow it does not get it");
}

#[actix_web::test]
async fn userinfo_answers_the_same_by_get_and_by_either_post() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    let by_get = social.userinfo(&tokens.access).await.json();
    assert_eq!(by_get["email"], "mira@example.org");
    let bearer = ("authorization", format!("Bearer {}", tokens.access));
    let by_header = idp.call(TestRequest::post().uri("/userinfo").insert_header(bearer)).await;
    let by_body = idp.call(TestRequest::post().uri("/userinfo").set_form([("access_token", &tokens.access)])).await;
    assert_eq!((by_header.json(), by_body.json()), (by_get.clone(), by_get));
}

#[actix_web::test]
async fn discovery_tells_what_is_there() {
    let idp = Idp::start().await;
    let read = async |path: &str| idp.call(TestRequest::get().uri(path)).await.json();
    let document = read("/.well-known/openid-configuration").await;
    assert_eq!(document, read("/.well-known/oauth-authorization-server").await);
    assert_eq!(document["issuer"], "https://id.example.com");
    for (name, address) in document.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint")) {
        let path = address.as_str().unwrap().strip_prefix("https://id.example.com").unwrap();
        assert_ne!(idp.call(TestRequest::get().uri(path)).await.status, 404, "{name}");
    }
    let keys = read("/jwks").await;
    let algorithms: Vec<&str> =
        keys["keys"].as_array().unwrap().iter().map(|key| key["alg"].as_str().unwrap()).collect();
    // A key comes when the first client asks for its algorithm: RS256 is there from the beginning.
    assert_eq!(algorithms, ["RS256", "ES256", "EdDSA"]);
    let supported = document["id_token_signing_alg_values_supported"].as_array().unwrap();
    assert!(algorithms.iter().all(|alg| supported.contains(&serde_json::json!(alg))));
    assert!(keys["keys"].as_array().unwrap().iter().all(|key| key["d"].is_null()), "no private half");
}

/// What discovery lists works, and nothing else does.
#[actix_web::test]
async fn discovery_lists_what_works_and_nothing_else() {
    let idp = Idp::start().await;
    let document = idp.call(TestRequest::get().uri("/.well-known/openid-configuration")).await.json();
    let listed = |name: &str| -> BTreeSet<String> {
        let list = document[name].as_array().unwrap_or_else(|| panic!("{name}: {document}"));
        list.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    };
    let everything =
        ["code", "id_token", "token", "none", "code id_token", "code token", "id_token token", "code id_token token"];
    let grants = ["authorization_code", "implicit", "refresh_token", "client_credentials", DEVICE];
    let app = idp.app("social");
    idp.import(json!({"clients": [{"client_id": "social", "client_secret": app.secret(), "consent": "skip",
        "redirect_uris": [app.redirect_uri()], "grant_types": grants, "response_types": listed("response_types_supported")}]}))
        .await;
    let mut browser = idp.browser();
    browser.enter(&app).await;
    for response_type in everything {
        let answer = browser.authorize(&app, &[("response_type", response_type)]).await;
        let works = !answer.location().contains("error=");
        assert_eq!(works, listed("response_types_supported").contains(response_type), "{response_type}");
    }
    for mode in ["query", "fragment", "form_post", "query.jwt", "web_message", "jwt"] {
        let answer = browser.authorize(&app, &[("response_mode", mode)]).await;
        let works = answer.status == 200 || answer.status == 303 && !answer.location().contains("error=");
        assert_eq!(works, listed("response_modes_supported").contains(mode), "{mode}");
    }
    for grant in grants.into_iter().chain(["password", "urn:ietf:params:oauth:grant-type:jwt-bearer", "none"]) {
        let known = app.token(&[("grant_type", grant)]).await.error() != "unsupported_grant_type";
        // That of the implicit flow is none of the token endpoint (RFC 7591, section 2).
        assert_eq!(known || grant == "implicit", listed("grant_types_supported").contains(grant), "{grant}");
    }
    for prompt in ["none", "login", "consent", "select_account", "create", "other"] {
        let answer = browser.authorize(&app, &[("prompt", prompt)]).await;
        let works = answer.status == 200 || !answer.location().contains("error=");
        assert_eq!(works, listed("prompt_values_supported").contains(prompt), "{prompt}");
    }
    for (name, values) in [
        ("display_values_supported", &["page", "popup", "touch"][..]),
        ("claim_types_supported", &["normal"]),
        ("code_challenge_methods_supported", &["S256"]),
        ("subject_types_supported", &["pairwise", "public"]),
    ] {
        assert_eq!(listed(name), values.iter().map(|value| (*value).to_owned()).collect(), "{name}");
    }
    // Every claim that a token, userinfo or introspection tells of somebody of whom all is known.
    let everybody = listed("scopes_supported");
    assert_eq!(everybody, STANDARD.iter().map(|scope| (*scope).to_owned()).collect());
    let answer = browser.authorize(&app, &[("scope", "openid profile email address phone")]).await;
    let tokens = app.redeem(&answer).await;
    let told = app.userinfo(&tokens.access).await.json();
    for claim in told.as_object().unwrap().keys().chain(tokens.claims().as_object().unwrap().keys()) {
        assert!(listed("claims_supported").contains(claim), "{claim}");
    }
}
