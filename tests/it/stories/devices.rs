//! Devices without a browser (RFC 8628), and apps that act for themselves (RFC 6749, section 4.4).

use crate::harness::{Answer, Browser, Holder, Idp, RelyingApp, Tokens, USERNAME};
use actix_web::test::TestRequest;
use serde_json::{Value, json};

pub const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A television's app, public as such apps are, and one with a secret.
pub async fn house() -> Idp {
    let idp = Idp::start().await;
    idp.import(json!({"clients": [
        {"client_id": "spa-tv", "token_endpoint_auth_method": "none", "client_name": "Evening TV", "application_type": "native",
         "redirect_uris": [], "response_types": [], "grant_types": [GRANT, "refresh_token"], "consent": "skip",
         "offline_access": true, "scope": "openid profile offline_access"},
        {"client_id": "other-tv", "token_endpoint_auth_method": "none", "redirect_uris": [], "response_types": [],
         "grant_types": [GRANT]},
        {"client_id": "till", "client_secret": idp.app("till").secret(), "redirect_uris": [], "response_types": [],
         "grant_types": [GRANT, "client_credentials"], "scope": "openid stock:read stock:write",
         "resources": ["https://stock.example.com/"]},
    ]}))
    .await;
    idp
}

/// The device asks for its codes.
async fn ask(idp: &Idp, extra: &[(&str, &str)]) -> Answer {
    idp.call(asking(extra)).await
}

/// The same, to be sent.
pub fn asking(extra: &[(&str, &str)]) -> TestRequest {
    let mut fields = vec![("client_id", "spa-tv"), ("scope", "openid profile")];
    fields.retain(|(name, _)| !extra.iter().any(|(other, _)| name == other));
    fields.extend(extra.iter().filter(|(_, value)| !value.is_empty()));
    let request = TestRequest::post().uri("/device_authorization").insert_header(("user-agent", "Telly/1.0 (Linux)"));
    request.set_form(fields)
}

/// It asks how it stands.
pub async fn poll(idp: &Idp, client: &str, code: &str) -> Answer {
    let fields = [("client_id", client), ("grant_type", GRANT), ("device_code", code)];
    idp.call(TestRequest::post().uri("/token").set_form(fields)).await
}

/// A person enters a code.
pub async fn enter(browser: &mut Browser, code: &str) -> Answer {
    let page = browser.get("/device").await;
    browser.submit(&page, "/device", &[("user_code", code)]).await
}

/// The code of a device of this app's, which a person who is signed in has let in.
pub async fn let_in(app: &RelyingApp, browser: &mut Browser) -> String {
    let codes = app.post("/device_authorization", &[("scope", "openid")]).await.json();
    let page = enter(browser, text(&codes, "user_code")).await;
    let told = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert_eq!(told.status, 200, "{}", told.body);
    text(&codes, "device_code").to_owned()
}

pub fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_else(|| panic!("no {name} in {of}"))
}

/// A person who is signed in, on the page that asks about the device.
async fn asked(idp: &Idp, codes: &Value) -> (Browser, Answer) {
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    let page = enter(&mut browser, &text(codes, "user_code").to_lowercase()).await;
    assert_eq!(page.status, 200, "{}", page.body);
    (browser, page)
}

#[actix_web::test]
async fn a_person_lets_a_device_in_and_the_device_gets_tokens_of_their_session() {
    let idp = house().await;
    let answer = ask(&idp, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{}", answer.body);
    let codes = answer.json();
    assert_eq!(text(&codes, "verification_uri"), "https://id.example.com/device");
    assert_eq!((&codes["expires_in"], &codes["interval"]), (&json!(600), &json!(5)));
    let complete = text(&codes, "verification_uri_complete").strip_prefix("https://id.example.com").unwrap();
    let device_code = text(&codes, "device_code");
    assert_eq!(poll(&idp, "spa-tv", device_code).await.error(), "authorization_pending");

    // Whoever is not signed in signs in on the way; the code in the link is filled in, and nothing is done by it.
    let mut browser = idp.browser();
    let page = browser.get(complete).await;
    assert_eq!(page.attribute("#user_code", "value").as_deref(), Some(text(&codes, "user_code")));
    let page = browser.submit(&page, "/device", &[]).await;
    assert!(page.body.contains("Evening TV") && page.body.contains("id=\"sign-in\""), "{}", page.body);
    let waiting = browser.sign_in(&page).await;
    let page = browser.get(waiting.location()).await;
    // Though an administrator vouches for the app: a device is asked about every time.
    for shown in [text(&codes, "user_code"), "Evening TV", "Linux", "id=\"allow\"", "id=\"deny\""] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    idp.pass("5s");
    assert_eq!(poll(&idp, "spa-tv", device_code).await.error(), "authorization_pending");
    let told = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert_eq!((told.status.as_u16(), told.text("h1").as_deref()), (200, Some("Your device is connected")));

    idp.pass("5s");
    let tokens = Tokens::of(&poll(&idp, "spa-tv", device_code).await);
    let claims = tokens.claims();
    assert_eq!((&claims["aud"], claims.get("nonce")), (&json!("spa-tv"), None));
    let tv = idp.app("spa-tv");
    assert_eq!(tv.userinfo(&tokens.access).await.json()["preferred_username"], USERNAME);
    // Once, and a second question does the device no harm.
    assert_eq!(poll(&idp, "spa-tv", device_code).await.error(), "invalid_grant");
    assert_eq!(tv.userinfo(&tokens.access).await.status, 200);
    // It takes part in the session, and ends with it.
    let account = browser.get("/account").await;
    assert!(account.body.contains("Evening TV"), "{}", account.body);
    browser.submit(&account, "/account/sign-out", &[]).await;
    assert_eq!(tv.userinfo(&tokens.access).await.status, 401);
}

#[actix_web::test]
async fn a_device_that_stays_signed_in_has_a_grant_that_outlives_the_session() {
    let idp = house().await;
    let codes = ask(&idp, &[("scope", "openid offline_access")]).await.json();
    let (mut browser, page) = asked(&idp, &codes).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let tokens = Tokens::of(&poll(&idp, "spa-tv", text(&codes, "device_code")).await);
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    let fields = [("client_id", "spa-tv"), ("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh)];
    let refreshed = idp.call(TestRequest::post().uri("/token").set_form(fields)).await;
    assert_eq!(refreshed.status, 200, "{}", refreshed.body);
}

#[actix_web::test]
async fn whoever_says_no_or_nothing_lets_nobody_in() {
    let idp = house().await;
    let codes = ask(&idp, &[]).await.json();
    let (mut browser, page) = asked(&idp, &codes).await;
    let told = browser.submit(&page, "/consent", &[("decision", "deny")]).await;
    assert_eq!(told.text("h1").as_deref(), Some("The device was turned away"));
    assert_eq!(poll(&idp, "spa-tv", text(&codes, "device_code")).await.error(), "access_denied");
    // The answer stands: neither the form once more nor the code changes it.
    assert_ne!(
        browser.submit(&page, "/consent", &[("decision", "allow")]).await.text("h1").as_deref(),
        Some("Your device is connected")
    );
    assert_eq!(enter(&mut browser, text(&codes, "user_code")).await.status, 422);
    assert_eq!(poll(&idp, "spa-tv", text(&codes, "device_code")).await.error(), "access_denied");

    let codes = ask(&idp, &[]).await.json();
    let (mut browser, page) = asked(&idp, &codes).await;
    idp.pass("10m");
    let told = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    assert!(told.status == 410 || told.status == 400, "{} {}", told.status, told.body);
    assert_eq!(poll(&idp, "spa-tv", text(&codes, "device_code")).await.error(), "expired_token");
    idp.flows().sweep(idp.now()).await.unwrap();
    assert_eq!(poll(&idp, "spa-tv", text(&codes, "device_code")).await.error(), "invalid_grant", "it is forgotten");
}

#[actix_web::test]
async fn a_device_asks_at_its_pace() {
    let idp = house().await;
    let codes = ask(&idp, &[]).await.json();
    let code = text(&codes, "device_code");
    for (pause, error) in [
        ("0s", "authorization_pending"),
        ("4s", "slow_down"),
        ("5s", "slow_down"),
        ("15s", "authorization_pending"),
        ("14s", "slow_down"),
    ] {
        if pause != "0s" {
            idp.pass(pause);
        }
        assert_eq!(poll(&idp, "spa-tv", code).await.error(), error, "after {pause}");
    }
}

/// However fast it asks, and whatever it shows with it.
#[actix_web::test]
async fn a_device_that_floods_and_one_that_was_refused_write_nothing() {
    let idp = house().await;
    let holder = Holder::of(&idp, "ES256");
    let codes = ask(&idp, &[]).await.json();
    let flood = async || {
        let fields = [("client_id", "spa-tv"), ("grant_type", GRANT), ("device_code", text(&codes, "device_code"))];
        let proof = holder.proof(("POST", "/token"), None).await;
        idp.call(TestRequest::post().uri("/token").insert_header(("dpop", proof)).set_form(fields)).await.error()
    };
    assert_eq!(flood().await, "authorization_pending");
    for _ in 0..119 {
        assert_eq!(flood().await, "slow_down");
    }
    let untouched = idp.contents().await;
    for _ in 0..5 {
        assert_eq!(flood().await, "slow_down");
    }
    assert_eq!(idp.contents().await, untouched);
    let (mut browser, page) = asked(&idp, &codes).await;
    browser.submit(&page, "/consent", &[("decision", "deny")]).await;
    let untouched = idp.contents().await;
    for _ in 0..5 {
        assert_eq!(flood().await, "access_denied");
    }
    assert_eq!(idp.contents().await, untouched);
}

#[actix_web::test]
async fn a_device_code_is_good_for_its_own_client_alone() {
    let idp = house().await;
    let codes = ask(&idp, &[]).await.json();
    let (mut browser, page) = asked(&idp, &codes).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let code = text(&codes, "device_code");
    let (key, secret) = code.split_once('.').unwrap();
    let forged = [
        String::new(),
        key.to_owned(),
        format!("{key}."),
        format!(".{secret}"),
        format!("{key}.{}", "A".repeat(43)),
        format!("{}.{secret}", "A".repeat(22)),
        format!("{code}x"),
        text(&codes, "user_code").to_owned(),
        "x".repeat(4000),
    ];
    let before = idp.contents().await;
    for wrong in forged {
        let expected = if wrong.is_empty() { "invalid_request" } else { "invalid_grant" };
        assert_eq!(poll(&idp, "spa-tv", &wrong).await.error(), expected, "{wrong:.60}");
        assert_eq!(idp.contents().await, before, "{wrong:.60}");
    }
    assert_eq!(poll(&idp, "other-tv", code).await.error(), "invalid_grant");
    assert_eq!(idp.app("till").token(&[("grant_type", GRANT), ("device_code", code)]).await.error(), "invalid_grant");
    assert_eq!(
        idp.app("bank").token(&[("grant_type", GRANT), ("device_code", code)]).await.error(),
        "unauthorized_client"
    );
    assert_eq!(idp.contents().await, before, "another's");
    assert_eq!(poll(&idp, "spa-tv", code).await.status, 200, "nothing of that used it up");
}

#[actix_web::test]
async fn bad_questions_of_devices_get_their_error_and_store_nothing() {
    let idp = house().await;
    let before = idp.contents().await;
    for (extra, status, error) in [
        (vec![("client_id", "")], 401, "invalid_client"),
        (vec![("client_id", "nobody")], 401, "invalid_client"),
        (vec![("client_id", "till")], 401, "invalid_client"),
        (vec![("client_id", "spa")], 400, "unauthorized_client"),
        (vec![("scope", "")], 400, "invalid_scope"),
        (vec![("scope", "nothing:known")], 400, "invalid_scope"),
        (vec![("scope", "openid \u{e4}")], 400, "invalid_scope"),
        (vec![("resource", "https://elsewhere.example/")], 400, "invalid_target"),
        (vec![("scope", "openid"), ("client_secret", "x")], 401, "invalid_client"),
    ] {
        let answer = ask(&idp, &extra).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (status, error), "{extra:?}: {}", answer.body);
        assert_eq!(idp.contents().await, before, "{extra:?}");
    }
    for method in [TestRequest::get(), TestRequest::put()] {
        assert_eq!(idp.call(method.uri("/device_authorization")).await.status, 405);
    }
}

#[actix_web::test]
async fn devices_of_one_network_ask_so_often_and_no_more() {
    let idp = house().await;
    let mut statuses = std::collections::BTreeMap::new();
    for _ in 0..40 {
        *statuses.entry(ask(&idp, &[]).await.status.as_u16()).or_insert(0) += 1;
    }
    assert_eq!(statuses.get(&200), Some(&30), "{statuses:?}");
    let more = ask(&idp, &[]).await;
    assert_eq!((more.status.as_u16(), more.error()), (429, "temporarily_unavailable".into()), "{}", more.body);
    assert_eq!(more.header("retry-after"), "60");
    // Nobody else can ask in the name of a client with a secret: its server asks for all its devices.
    let answer = idp.app("till").post("/device_authorization", &[("scope", "stock:read")]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// RFC 8628, section 3.1.
#[actix_web::test]
async fn what_a_device_says_that_is_unknown_is_ignored() {
    let idp = house().await;
    let unknown = [("unknown", "1"), ("response_type", "x"), ("prompt", "none"), ("redirect_uri", "x"), ("", "x")];
    let answer = ask(&idp, &unknown).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let codes = answer.json();
    let (mut browser, page) = asked(&idp, &codes).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let fields = [("client_id", "spa-tv"), ("grant_type", GRANT), ("device_code", text(&codes, "device_code"))];
    let polled = idp.call(TestRequest::post().uri("/token").set_form([&fields[..], &unknown].concat())).await;
    assert_eq!(Tokens::of(&polled).scope, "openid profile");
}

/// RFC 8628, sections 3.3.1 and 5.4: whoever came by the whole link is asked the same as whoever typed the code.
#[actix_web::test]
async fn the_page_asks_to_compare_the_code_and_says_that_a_device_is_let_in() {
    let idp = house().await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    for way in ["typed", "linked"] {
        let codes = ask(&idp, &[]).await.json();
        let page = match way {
            "typed" => enter(&mut browser, text(&codes, "user_code")).await,
            _ => {
                let page = browser.get(text(&codes, "verification_uri_complete")).await;
                assert!(page.body.contains("Enter it only if the device is in front of you."), "{}", page.body);
                browser.submit(&page, "/device", &[]).await
            }
        };
        assert_eq!(page.text("h1").as_deref(), Some("Allow Evening TV on another device?"), "{way}");
        assert_eq!(page.text(".device-code").as_deref(), Some(text(&codes, "user_code")), "{way}");
        for sentence in [
            "Does your device show this very code?",
            "Did somebody send you the code or the link? Then it is their device that would be signed in as you.",
            "Yes, it is my device",
        ] {
            assert!(page.body.contains(sentence), "{way}, {sentence}: {}", page.body);
        }
    }
}

#[actix_web::test]
async fn a_client_acts_for_itself_and_for_nobody_else() {
    let idp = house().await;
    let till = idp.app("till");
    let writes = idp.store_work().1;
    let answer = till.token(&[("grant_type", "client_credentials")]).await;
    assert_eq!((answer.status.as_u16(), idp.store_work().1 - writes), (200, 0), "{}", answer.body);
    let json = answer.json();
    assert_eq!(
        (json.get("refresh_token"), json.get("id_token"), &json["scope"]),
        (None, None, &json!("stock:read stock:write"))
    );
    let token = text(&json, "access_token");
    let claims = crate::harness::claims_of(token);
    assert_eq!(
        (&claims["sub"], &claims["client_id"], claims.get("sid"), claims.get("auth_time")),
        (&json!("till"), &json!("till"), None, None)
    );
    let told = till.introspect(token).await.json();
    assert_eq!((&told["active"], &told["sub"]), (&json!(true), &json!("till")));
    assert_eq!(till.userinfo(token).await.status, 401, "there is no person");
    assert_eq!(till.status(token).await.status, 401, "and no session");
    let narrow = till
        .token(&[
            ("grant_type", "client_credentials"),
            ("scope", "stock:read"),
            ("resource", "https://stock.example.com/"),
        ])
        .await
        .json();
    let claims = crate::harness::claims_of(text(&narrow, "access_token"));
    assert_eq!((&claims["scope"], &claims["aud"]), (&json!("stock:read"), &json!("https://stock.example.com/")));
    for (extra, error) in [
        (("scope", "openid"), "invalid_scope"),
        (("scope", "stock:read profile"), "invalid_scope"),
        (("scope", "stock:burn"), "invalid_scope"),
        (("resource", "https://elsewhere.example/"), "invalid_target"),
    ] {
        assert_eq!(till.token(&[("grant_type", "client_credentials"), extra]).await.error(), error, "{extra:?}");
    }
    assert_eq!(idp.app("bank").token(&[("grant_type", "client_credentials")]).await.error(), "unauthorized_client");
    assert_eq!(idp.app("bank").introspect(token).await.json(), json!({"active": false}));
    // Given back, by its own client alone, it is nothing any more; so it is when the client may do less.
    assert_eq!(idp.app("bank").give_back(token).await.error(), "invalid_grant");
    assert_eq!(till.introspect(token).await.json()["active"], true);
    assert_eq!(till.give_back(token).await.status, 200);
    assert_eq!(till.introspect(token).await.json(), json!({"active": false}));
    let other = text(&narrow, "access_token");
    assert_eq!(till.introspect(other).await.json()["active"], true);
    idp.pass("11m");
    assert_eq!(till.introspect(other).await.json(), json!({"active": false}));
    for public in ["none"] {
        let client = json!({"client_id": "bare", "token_endpoint_auth_method": public, "redirect_uris": [], "response_types": [],
            "grant_types": ["client_credentials"]});
        let wrong =
            idp.try_import(json!({"clients": [client]}), abide::flow::import::ReplaceSecrets::No).await.unwrap_err();
        assert!(wrong.contains("client_credentials is for clients with credentials"), "{wrong}");
    }
}
