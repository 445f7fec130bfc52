//! What specifications demand by the letter and no other story happens to show. `docs/conformance.md` has the whole list.

use super::keys::verified;
use crate::harness::keyed::{Keyed, changed};
use crate::harness::{Browser, ISSUER, Idp, RelyingApp, Tokens, claims_of};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

fn header(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap()).unwrap()
}

async fn signed_in(idp: &Idp, id: &str) -> (RelyingApp, Browser, Tokens) {
    let (app, mut browser) = (idp.app(id), idp.browser());
    let answer = browser.enter(&app).await;
    let tokens = app.redeem(&answer).await;
    (app, browser, tokens)
}

/// No member, however deep, is null or an empty text, list or object.
fn assert_nothing_empty(value: &Value, place: &str) {
    match value {
        Value::Null => panic!("{place} is null"),
        Value::String(text) => assert!(!text.is_empty(), "{place} is empty"),
        Value::Array(items) => {
            assert!(!items.is_empty(), "{place} is empty");
            items.iter().for_each(|item| assert_nothing_empty(item, place));
        }
        Value::Object(members) => {
            assert!(!members.is_empty(), "{place} is empty");
            members.iter().for_each(|(name, member)| assert_nothing_empty(member, &format!("{place}.{name}")));
        }
        Value::Bool(_) | Value::Number(_) => (),
    }
}

/// OpenID Connect Discovery 1.0, 3 and 4.2.
#[actix_web::test]
async fn discovery_is_json_with_everything_required_and_nothing_empty() {
    let idp = Idp::start().await;
    let answer = idp.call(TestRequest::get().uri("/.well-known/openid-configuration")).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
    let document = answer.json();
    assert_nothing_empty(&document, "");
    assert_eq!(document["issuer"], ISSUER);
    for (name, member) in document.as_object().unwrap() {
        let address = name.ends_with("_endpoint") || name.ends_with("_uri");
        assert!(!address || member.as_str().is_some_and(|uri| uri.starts_with(ISSUER)), "{name}");
        assert!(!name.ends_with("_supported") || member.is_array() || member.is_boolean(), "{name}");
    }
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "revocation_endpoint",
        "introspection_endpoint",
        "end_session_endpoint",
        "device_authorization_endpoint",
        "pushed_authorization_request_endpoint",
    ] {
        assert!(document[name].is_string(), "{name}");
    }
    for (name, among) in [
        ("response_types_supported", "code"),
        ("subject_types_supported", "public"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("scopes_supported", "openid"),
        ("claims_supported", "sub"),
        ("code_challenge_methods_supported", "S256"),
    ] {
        assert!(document[name].as_array().unwrap().contains(&json!(among)), "{name}");
    }
    for name in [
        "authorization_response_iss_parameter_supported",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
        "frontchannel_logout_supported",
        "frontchannel_logout_session_supported",
        "claims_parameter_supported",
    ] {
        assert_eq!(document[name], true, "{name}");
    }
}

/// OpenID Connect Core, 2.
#[actix_web::test]
async fn the_form_of_an_id_token() {
    let idp = Idp::start().await;
    for id in ["social", "elliptic", "edwards", "spa"] {
        let (_, _, tokens) = signed_in(&idp, id).await;
        let (claims, header, now) = (tokens.claims(), header(&tokens.id), idp.now().0);
        assert_nothing_empty(&claims, id);
        let (mut names, header_names): (Vec<&String>, Vec<&String>) =
            (claims.as_object().unwrap().keys().collect(), header.as_object().unwrap().keys().collect());
        names.sort();
        let sub = claims["sub"].as_str().unwrap();
        assert!(sub.len() <= 255 && sub.is_ascii(), "{sub}");
        assert_eq!((&claims["iss"], &claims["aud"], &claims["nonce"]), (&json!(ISSUER), &json!(id), &json!("nonce-1")));
        let at = |name: &str| claims[name].as_i64().unwrap_or_else(|| panic!("{id}: {name} of {claims}"));
        assert!(
            at("iat") <= now && now < at("exp") && at("exp") - at("iat") == 600 && at("auth_time") <= now,
            "{claims}"
        );
        assert!(
            claims["acr"].is_string() && claims["amr"].as_array().unwrap().iter().all(Value::is_string),
            "{claims}"
        );
        assert!(claims.get("azp").is_none_or(|azp| azp == id), "{claims}");
        assert!(header_names.iter().all(|name| ["alg", "kid", "typ"].contains(&name.as_str())), "{header}");
        assert!(header["kid"].is_string(), "{header}");
    }
}

/// OpenID Connect Core, 12.2.
#[actix_web::test]
async fn a_refreshed_id_token_is_of_the_same_sign_in() {
    let idp = Idp::start().await;
    let (social, _, tokens) = signed_in(&idp, "social").await;
    let before = tokens.claims();
    idp.pass("5m");
    let after = social.refresh(&tokens.refresh).await.claims();
    for name in ["iss", "sub", "aud", "auth_time", "acr", "amr", "sid", "azp"] {
        assert_eq!(after.get(name), before.get(name), "{name}");
    }
    let passed = |name: &str| after[name].as_i64().unwrap() - before[name].as_i64().unwrap();
    assert_eq!((passed("iat"), passed("exp"), after.get("nonce")), (300, 300, None));
}

/// RFC 9068, 2.2.1: what a token says of the sign-in stays what it was.
#[actix_web::test]
async fn a_refreshed_access_token_is_of_the_same_sign_in() {
    let idp = Idp::start().await;
    for id in ["social", "elliptic", "spa"] {
        let (app, mut browser, first) = signed_in(&idp, id).await;
        let before = claims_of(&first.access);
        for name in ["auth_time", "acr", "amr"] {
            assert!(!before[name].is_null(), "{id}: {name}");
        }
        let mut tokens = first;
        for _ in 0..3 {
            idp.pass("4m");
            // She signed in anew meanwhile, which is another matter.
            let page = browser.authorize(&app, &[("prompt", "login")]).await;
            browser.sign_in(&page).await;
            tokens = app.refresh(&tokens.refresh).await;
            let after = claims_of(&tokens.access);
            for name in ["auth_time", "acr", "amr", "iss", "sub", "aud", "client_id", "scope", "sid"] {
                assert_eq!(after.get(name), before.get(name), "{id}: {name}");
            }
            assert_eq!(after["iat"], idp.now().0, "{id}");
        }
    }
}

/// RFC 9068, 2.
#[actix_web::test]
async fn the_form_of_an_access_token() {
    let idp = Idp::start().await;
    for id in ["social", "elliptic"] {
        let (_, _, tokens) = signed_in(&idp, id).await;
        let (claims, header, now) = (claims_of(&tokens.access), header(&tokens.access), idp.now().0);
        assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("RS256")), "{id}");
        // Whoever serves a resource finds the key by its name, where discovery says, and holds the token against it.
        let metadata = idp.call(TestRequest::get().uri("/.well-known/openid-configuration")).await.json();
        let jwks_uri = metadata["jwks_uri"].as_str().unwrap().strip_prefix(ISSUER).unwrap();
        let keys = idp.call(TestRequest::get().uri(jwks_uri)).await.json();
        let keys = keys["keys"].as_array().unwrap();
        let key = keys.iter().find(|key| key["kid"] == header["kid"]).expect("the key is shown");
        assert_eq!((&key["alg"], &key["kty"]), (&json!("RS256"), &json!("RSA")), "{id}");
        assert_eq!(verified(keys, "RS256", &tokens.access), claims, "{id}");
        assert_nothing_empty(&claims, id);
        assert_eq!(
            (&claims["iss"], &claims["client_id"], &claims["aud"]),
            (&json!(ISSUER), &json!(id), &json!(ISSUER))
        );
        assert_eq!((&claims["sub"], &claims["scope"]), (&tokens.claims()["sub"], &json!(tokens.scope)));
        for name in ["auth_time", "acr", "amr"] {
            assert_eq!(claims[name], tokens.claims()[name], "{name}");
        }
        let at = |name: &str| claims[name].as_i64().unwrap();
        assert!(at("iat") <= now && at("exp") == at("iat") + tokens.expires_in, "{claims}");
        assert!(claims["jti"].is_string(), "{claims}");
        for name in ["name", "email", "preferred_username"] {
            assert_eq!(claims.get(name), None, "it says nothing of the person that nobody needs");
        }
    }
}

/// RFC 6749, 3.3 and 5.1; OpenID Connect Core, 3.1.3.3.
#[actix_web::test]
async fn a_token_answer_says_what_it_is() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let answer = browser.enter(&social).await;
    let first = social.try_redeem(&answer.parameter("code").unwrap()).await;
    let second = social.try_refresh(first.json()["refresh_token"].as_str().unwrap()).await;
    for answer in [first, second] {
        assert!(answer.header("content-type").starts_with("application/json"));
        assert_eq!((answer.header("cache-control"), answer.header("pragma")), ("no-store", "no-cache"));
        let said = answer.json();
        assert_nothing_empty(&said, "");
        for name in ["access_token", "id_token", "refresh_token"] {
            assert_eq!(said[name].as_str().map(|token| token.is_empty()), Some(false), "{name}");
        }
        assert_eq!((&said["token_type"], &said["expires_in"]), (&json!("Bearer"), &json!(600)));
        assert_eq!(said["scope"], "email openid profile");
        let allowed = ["access_token", "token_type", "expires_in", "refresh_token", "id_token", "scope"];
        assert!(said.as_object().unwrap().keys().all(|name| allowed.contains(&name.as_str())), "{said}");
    }
}

/// OpenID Connect Core, 5.3.2 and 5.2.
#[actix_web::test]
async fn the_answer_about_a_person_is_json_in_utf_8() {
    const NAME: &str = "\u{c5}sa \u{d6}str\u{f6}m \u{6f22}\u{5b57} \u{1f33b}";
    let idp = Idp::start().await;
    idp.import(json!({"users": [{"username": "mira", "claims": {"name": NAME}}]})).await;
    let (social, _, tokens) = signed_in(&idp, "social").await;
    for request in [TestRequest::get(), TestRequest::post()] {
        let request = request.uri("/userinfo").insert_header(("authorization", format!("Bearer {}", tokens.access)));
        let answer = idp.call(request).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"));
        assert_eq!(answer.json()["name"], NAME);
    }
    assert_eq!(social.introspect(&tokens.access).await.header("content-type"), "application/json");
}

/// OpenID Connect Core, 11: whoever is asked for access beyond the session is told so.
#[actix_web::test]
async fn a_grant_that_outlives_the_session_is_marked_where_it_is_asked_for() {
    let idp = Idp::start().await;
    let app = idp.app("lasting");
    let record = json!({"client_id": "lasting", "client_secret": app.secret(), "redirect_uris": [app.redirect_uri()],
        "offline_access": true});
    idp.import(json!({"clients": [record]})).await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    for (scope, marked) in [("openid", false), ("openid profile email", false), ("openid offline_access", true)] {
        let page = browser.authorize(&app, &[("scope", scope), ("prompt", "consent")]).await;
        assert!(page.body.contains("id=\"allow\""), "{scope}: {}", page.body);
        let words = page.text("li.lasting");
        assert_eq!(words.is_some(), marked, "{scope}: {words:?}");
        assert!(words.is_none_or(|words| words.len() > 20), "{scope}");
    }
}

/// OpenID Connect Core, 5.1 and 5.3.2.
#[actix_web::test]
async fn claims_of_a_person_have_their_types_and_none_is_empty() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let page = browser.authorize(&social, &[("scope", "openid profile email phone address")]).await;
    let tokens = social.redeem(&browser.sign_in(&page).await).await;
    let person = social.userinfo(&tokens.access).await.json();
    assert_nothing_empty(&person, "");
    assert!(person.as_object().unwrap().len() > 5, "{person}");
    for (name, value) in person.as_object().unwrap() {
        let right = match name.as_str() {
            "email_verified" | "phone_number_verified" => value.is_boolean(),
            "updated_at" => value.is_i64(),
            "address" => value.as_object().is_some_and(|fields| fields.values().all(Value::is_string)),
            _ => value.is_string(),
        };
        assert!(right, "{name}: {value}");
    }
    // What has another type, or nothing in it, is not kept in the first place.
    let untouched = idp.contents().await;
    for (name, value) in [
        ("email_verified", json!("true")),
        ("updated_at", json!("2026-01-01")),
        ("address", json!("Elm Street 1")),
        ("nickname", json!("")),
        ("nickname", json!(null)),
        ("name", json!(["Mira"])),
        ("birthdate", json!(19900101)),
    ] {
        let user = json!({"username": "mira", "claims": {name: value}});
        let tried = idp.try_import(json!({"users": [user]}), abide::flow::import::ReplaceSecrets::No).await;
        assert!(tried.is_err(), "{name}: {value}");
        assert_eq!(idp.contents().await, untouched, "{name}: {value}");
    }
}

/// OpenID Connect Core, 3.1.2.1 and 15.1: what a request may wish for is no error, whatever it is.
#[actix_web::test]
async fn display_and_locales_are_wishes() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    for (name, value) in [
        ("display", "page"),
        ("display", "popup"),
        ("display", "touch"),
        ("display", "wap"),
        ("display", "hologram"),
        ("claims_locales", "de fr-CA xx"),
        ("claims_locales", "not a language at all"),
        ("acr_values", "urn:nobody:knows"),
        ("login_hint", "nobody@nowhere.example"),
    ] {
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[(name, value)]).await;
        assert_eq!(page.status, 200, "{name}={value}: {}", page.location());
        let tokens = social.redeem(&browser.sign_in(&page).await).await;
        assert_eq!(tokens.claims()["aud"], "social", "{name}={value}");
    }
}

/// OpenID Connect RP-Initiated Logout 1.0, 2: by POST as well, and what nobody knows beside it is ignored.
#[actix_web::test]
async fn a_sign_out_by_post_is_as_good() {
    let idp = Idp::start().await;
    let (social, mut browser, tokens) = signed_in(&idp, "social").await;
    let form = [
        ("id_token_hint", tokens.id.as_str()),
        ("client_id", "social"),
        ("post_logout_redirect_uri", "https://social.example.com/bye"),
        ("state", "s"),
        ("logout_hint", "whoever"),
        ("extension", "unknown"),
    ];
    let answer = browser.send(TestRequest::post().uri("/end_session").set_form(form)).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    let answer = browser.get(answer.location()).await;
    assert_eq!(answer.location(), "https://social.example.com/bye?state=s");
    assert_eq!(browser.silently(&social).await.error(), "login_required");
}

/// RFC 7009, 2.1; RFC 7662, 2.1; RFC 8628, 3.1; RFC 9126, 2.3.
#[actix_web::test]
async fn where_forms_are_posted_nothing_else_is_taken() {
    let idp = Idp::start().await;
    let untouched = idp.contents().await;
    for path in ["/token", "/par", "/introspect", "/revoke", "/device_authorization"] {
        for request in [TestRequest::get(), TestRequest::put(), TestRequest::patch(), TestRequest::delete()] {
            let answer = idp.call(request.uri(path)).await;
            assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "POST"), "{path}: {}", answer.body);
        }
        let large = TestRequest::post().uri(path).insert_header(("content-type", "application/x-www-form-urlencoded"));
        let answer = idp.call(large.set_payload(format!("client_id=social&state={}", "s".repeat(70_000)))).await;
        assert_eq!(answer.status, 413, "{path}: {}", answer.body);
    }
    assert_eq!(idp.contents().await, untouched);
}

/// RFC 9126, 2: until the audience of such assertions was made clear, each of these was right.
#[actix_web::test]
async fn an_assertion_for_the_pushing_endpoint_names_any_of_three() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let request = super::pushed::fields(&super::pushed::request(&idp.app("keyed")));
    let request: Vec<(&str, &str)> = request.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    for (aud, status) in [
        (json!(ISSUER), 201),
        (json!(format!("{ISSUER}/token")), 201),
        (json!(format!("{ISSUER}/par")), 201),
        (json!(format!("{ISSUER}/revoke")), 401),
    ] {
        let assertion = client.key.sign(&client.header(), &changed(client.claims(), &json!({"aud": aud})));
        let answer = client.present("/par", &assertion, &request).await;
        assert_eq!(answer.status, status, "{aud}: {}", answer.body);
    }
}

/// OpenID Connect Core, 8.1; Dynamic Client Registration 1.0, 2; Front-Channel Logout 1.0, 2; Back-Channel Logout 1.0, 2.2.
#[actix_web::test]
async fn records_that_contradict_a_specification_are_refused() {
    let idp = Idp::start().await;
    let untouched = idp.contents().await;
    let record = |change: &Value| {
        let record = json!({"client_id": "newcomer", "client_secret": "newcomer-secret-0123456789abcdef0123456789abcdef",
            "redirect_uris": ["https://newcomer.example.com/callback"]});
        json!({"clients": [changed(record, change)]})
    };
    let import = async |change: &Value| idp.try_import(record(change), abide::flow::import::ReplaceSecrets::No).await;
    let two_hosts = json!(["https://newcomer.example.com/callback", "https://newcomer.example.net/callback"]);
    for (change, named) in [
        (json!({"frontchannel_logout_uri": "https://elsewhere.example.com/left"}), "frontchannel_logout_uri"),
        (json!({"frontchannel_logout_uri": "https://newcomer.example.com:8443/left"}), "frontchannel_logout_uri"),
        (json!({"frontchannel_logout_uri": "http://newcomer.example.com/left"}), "frontchannel_logout_uri"),
        (json!({"frontchannel_logout_uri": "https://newcomer.example.com/left#x"}), "frontchannel_logout_uri"),
        (json!({"backchannel_logout_uri": "https://newcomer.example.com/out#x"}), "backchannel_logout_uri"),
        (json!({"backchannel_logout_uri": "/out"}), "backchannel_logout_uri"),
        (json!({"subject_type": "pairwise", "redirect_uris": two_hosts}), "sector_identifier_uri"),
        (json!({"sector_identifier_uri": "http://newcomer.example.com/apps.json"}), "sector_identifier_uri"),
        (json!({"response_types": ["code id_token"]}), "grant_types"),
        (json!({"grant_types": ["authorization_code", "implicit"]}), "response_types"),
        (
            json!({"response_types": ["id_token"], "grant_types": ["implicit"],
                "redirect_uris": ["http://localhost:3000/callback"]}),
            "redirect_uris",
        ),
        (json!({"redirect_uris": ["http://newcomer.example.com/callback"]}), "redirect_uris"),
        (json!({"post_logout_redirect_uris": ["http://newcomer.example.com/bye"]}), "post_logout_redirect_uris"),
    ] {
        let why = import(&change).await.expect_err(&change.to_string());
        assert!(why.contains(&format!("clients[0] (newcomer): {named}")), "{change}: {why}");
        assert_eq!(idp.contents().await, untouched, "{change}");
    }
    import(&json!({})).await.unwrap();
}

/// RFC 6749, 2.3.1: a secret that could be guessed is guessed at slowly.
#[actix_web::test]
async fn guesses_at_a_weak_secret_are_slowed_down() {
    let idp = Idp::start().await;
    idp.import(json!({"clients": [{"client_id": "weak", "client_secret": "short", "weak_secret": true,
        "token_endpoint_auth_method": "client_secret_post", "redirect_uris": ["https://weak.example.com/callback"]}]}))
        .await;
    let guess = async |secret: &str| {
        let form = [("client_id", "weak"), ("client_secret", secret), ("token", "x")];
        let answer = idp.call(TestRequest::post().uri("/introspect").set_form(form)).await;
        assert_eq!(answer.status == 429, answer.headers.contains_key("retry-after"), "{}", answer.body);
        answer.status.as_u16()
    };
    assert_eq!(guess("short").await, 200);
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(guess("shore").await);
    }
    assert_eq!(answers, [401, 401, 401, 401, 401, 429, 429, 429]);
    assert_eq!(guess("short").await, 429, "nor does the right one say that it is right");
    idp.pass("1h");
    assert_eq!(guess("short").await, 200);
}

/// OpenID Connect Dynamic Client Registration 1.0, 2.
#[actix_web::test]
async fn what_a_client_registered_stands_in_where_a_request_says_nothing() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    idp.import(json!({"clients": [{"client_id": "social", "consent": "ask", "redirect_uris": [social.redirect_uri()],
        "default_max_age": 300, "client_uri": "https://social.example.com/", "policy_uri": "https://social.example.com/privacy",
        "tos_uri": "https://social.example.com/terms"}]}))
        .await;
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    let waiting = browser.sign_in(&page).await;
    // Its links are shown to whoever is asked about it.
    let page = browser.get(waiting.location()).await;
    for link in
        ["https://social.example.com/", "https://social.example.com/privacy", "https://social.example.com/terms"]
    {
        assert!(page.body.contains(&format!("href=\"{link}\"")), "{link}: {}", page.body);
    }
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    social.redeem(&answer).await;
    idp.pass("4m");
    assert!(browser.silently(&social).await.parameter("code").is_some());
    idp.pass("2m");
    assert_eq!(browser.silently(&social).await.error(), "login_required");
    let longer = browser.get_scripted(&social.request(&[("prompt", "none"), ("max_age", "3600")])).await;
    assert!(longer.parameter("code").is_some(), "what the request says counts: {}", longer.location());
}

/// OpenID Connect Core, 3.1.2.1.
#[actix_web::test]
async fn an_expired_hint_still_names_its_person_and_nobody_else_is_told_of() {
    let idp = Idp::start().await;
    let (social, mut browser, tokens) = signed_in(&idp, "social").await;
    idp.pass("1h");
    let hint = [("prompt", "none"), ("id_token_hint", tokens.id.as_str())];
    let answer = browser.get_scripted(&social.request(&hint)).await;
    assert_eq!(social.redeem(&answer).await.claims()["sub"], tokens.claims()["sub"]);
    // Somebody else is signed in, or nobody is.
    let mut other = idp.browser();
    let page = other.authorize(&social, &[]).await;
    other.sign_in_as(&page, "otto", "another person entirely").await;
    for browser in [&mut other, &mut idp.browser()] {
        assert_eq!(browser.get_scripted(&social.request(&hint)).await.error(), "login_required");
    }
}
