//! Requests that do not stand in the address: in a signed token, in one that the app publishes, or pushed before.

use crate::harness::keyed::{Documents, Keyed, Serving, by_secret, changed, signed};
use crate::harness::{Answer, CHALLENGE, ISSUER, Idp, RelyingApp, Tokens, VERIFIER};
use actix_web::test::TestRequest;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A whole request, as claims.
pub fn request(app: &RelyingApp) -> Value {
    json!({"client_id": app.client_id, "redirect_uri": app.redirect_uri(), "response_type": "code", "scope": "openid email",
        "state": "inside", "nonce": "nonce-inside", "code_challenge": CHALLENGE, "code_challenge_method": "S256",
        "iss": app.client_id, "aud": ISSUER})
}

/// The same as fields of a form.
pub fn fields(request: &Value) -> Vec<(String, String)> {
    let members = request.as_object().unwrap().iter().filter(|(name, _)| !["iss", "aud"].contains(&name.as_str()));
    members
        .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect()
}

/// An authorization request of these parameters.
pub fn address(fields: &[(&str, &str)]) -> String {
    format!("/authorize?{}", serde_urlencoded::to_string(fields).unwrap())
}

/// Pushes a request with the client's own assertion.
pub async fn push(client: &Keyed, request: &Value) -> Answer {
    let fields = fields(request);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    client.post("/par", &fields).await
}

/// A provider that may ask servers on loopback.
pub async fn reaching() -> Idp {
    Idp::with(|config| config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect()).await
}

/// Signs in from a new browser, redeems with the client's key, and answers with the claims of the ID token.
async fn enter(client: &Keyed, app: &RelyingApp, address: &str) -> Value {
    let mut browser = client.idp.browser();
    let page = browser.get(address).await;
    assert_eq!(page.status, 200, "{address}: {} {}", page.location(), page.body);
    let answer = browser.sign_in(&page).await;
    client.idp.pass("3s");
    assert_eq!(answer.parameter("state").as_deref(), Some("inside"), "{}", answer.location());
    let (code, uri) = (answer.parameter("code").unwrap(), app.redirect_uri());
    let fields =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &uri), ("code_verifier", VERIFIER)];
    let claims = Tokens::of(&client.post("/token", &fields).await).claims();
    assert_eq!(claims["nonce"], "nonce-inside");
    claims
}

#[actix_web::test]
async fn a_signed_request_is_all_there_is() {
    let idp = Idp::start().await;
    for alg in ["RS256", "PS384", "ES256", "EdDSA"] {
        let change = json!({"request_object_signing_alg": alg, "require_signed_request_object": true});
        let client = Keyed::register(&idp, "keyed", alg, &change).await;
        let app = idp.app("keyed");
        for typ in [json!("oauth-authz-req+jwt"), json!("JWT"), json!(null)] {
            let object = client.key.sign(&changed(client.header(), &json!({"typ": typ})), &request(&app));
            // Whatever stands beside it counts for nothing, but who asks.
            let beside = [
                ("client_id", "keyed"),
                ("request", object.as_str()),
                ("response_type", "code"),
                ("state", "outside"),
                ("nonce", "outside"),
                ("redirect_uri", "https://attacker.example/cb"),
                ("scope", "openid phone"),
                ("prompt", "none"),
                ("code_challenge", "x"),
            ];
            let claims = enter(&client, &app, &address(&beside)).await;
            assert!(claims["phone_number"].is_null(), "{alg} {claims}");
        }
    }
}

#[actix_web::test]
async fn a_request_of_an_hour_ago_and_one_with_numbers_and_objects() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let (app, now) = (idp.app("keyed"), idp.now().0);
    for change in [
        json!({"exp": now + 60, "nbf": now, "iat": now, "jti": "a"}),
        json!({"exp": now - 30}),
        json!({"aud": [ISSUER, "https://other.example"]}),
        json!({"aud": format!("{ISSUER}/authorize"), "iss": null}),
        json!({"aud": null, "sub": "anybody"}),
        json!({"extension": {"a": [1]}, "other": true}),
    ] {
        let request = changed(request(&app), &change);
        let object = client.key.sign(&client.header(), &request);
        enter(&client, &app, &address(&[("client_id", "keyed"), ("request", &object)])).await;
    }
    // Members that are no texts count as they would beside it.
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    idp.pass("10m");
    let acr = |value: &str| json!({"id_token": {"acr": {"essential": true, "value": value}}});
    for (change, error) in [
        (json!({"max_age": 3600}), None),
        (json!({"max_age": 60}), Some("login_required")),
        (json!({"claims": acr("urn:abide:acr:aal1")}), None),
        (json!({"claims": acr("urn:somebody:else")}), Some("unmet_authentication_requirements")),
    ] {
        let object =
            client.key.sign(&client.header(), &changed(changed(request(&app), &json!({"prompt": "none"})), &change));
        let answer = browser.get_scripted(&address(&[("client_id", "keyed"), ("request", &object)])).await;
        assert_eq!(answer.parameter("error").as_deref(), error, "{change}: {}", answer.location());
    }
}

#[actix_web::test]
async fn an_unsigned_request_where_nothing_else_is_registered() {
    for registered in [json!("none"), json!(null)] {
        let idp = Idp::start().await;
        let change = json!({"request_object_signing_alg": registered});
        an_unsigned_request(&Keyed::register(&idp, "keyed", "ES256", &change).await).await;
    }
}

async fn an_unsigned_request(client: &Keyed) {
    let idp = client.idp.clone();
    let app = idp.app("keyed");
    let object = signed(&json!({"alg": "none"}), &changed(request(&app), &json!({"nonce": null})), |_| Vec::new());
    // What is inside counts; what is beside it is added (OpenID Connect Core, 6.1).
    let beside = [
        ("client_id", "keyed"),
        ("request", object.as_str()),
        ("response_type", "code"),
        ("state", "outside"),
        ("nonce", "nonce-inside"),
        ("redirect_uri", "https://attacker.example/cb"),
    ];
    enter(client, &app, &address(&beside)).await;
    // It travels in a form as well.
    let mut browser = idp.browser();
    let answer = browser.send(TestRequest::post().uri("/authorize").set_form(beside)).await;
    assert_eq!(answer.status, 303);
    assert_eq!(browser.get(answer.location()).await.status, 200);
}

#[actix_web::test]
async fn a_request_signed_by_a_secret() {
    let idp = Idp::start().await;
    let change = json!({"token_endpoint_auth_method": "client_secret_jwt", "jwks": null, "client_secret": SECRET});
    Keyed::register(&idp, "keyed", "ES256", &change).await;
    let app = idp.app("keyed");
    let ask = async |secret: &str| {
        let object = by_secret(secret.as_bytes(), &json!({"alg": "HS256"}), &request(&app));
        idp.browser().get(&address(&[("client_id", "keyed"), ("request", &object)])).await.status
    };
    assert_eq!(ask(SECRET).await, 200);
    assert_eq!(ask(&SECRET[1..]).await, 400);
}

#[actix_web::test]
async fn a_request_that_the_app_publishes() {
    let idp = reaching().await;
    let documents = Documents::of_keys(&[]);
    let (first, any) = (documents.uri("request"), documents.uri("by-hash"));
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({"request_uris": [first, any]})).await;
    let app = idp.app("keyed");
    let object = client.key.sign(&client.header(), &request(&app));
    documents.turn(Serving::Answers(200, object.clone()));
    let ask = |uri: &str| address(&[("client_id", "keyed"), ("request_uri", uri), ("response_type", "code")]);
    enter(&client, &app, &ask(&first)).await;
    for _ in 0..5 {
        assert_eq!(idp.browser().get(&ask(&first)).await.status, 200);
    }
    assert_eq!(documents.asked(), 1, "a crowd has it fetched once");
    // The fragment says which version is meant.
    let hash = |text: &str| URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
    let meant = |text: &str| ask(&format!("{any}#{}", hash(text)));
    assert_eq!(idp.browser().get(&meant(&object)).await.status, 200);
    let newer = client.key.sign(&client.header(), &changed(request(&app), &json!({"state": "newer"})));
    documents.turn(Serving::Answers(200, newer.clone()));
    assert_eq!(idp.browser().get(&meant(&newer)).await.status, 400, "it was fetched just now");
    idp.pass("10s");
    assert_eq!(idp.browser().get(&meant(&newer)).await.status, 200);
    assert_eq!(idp.browser().get(&meant(&object)).await.status, 400, "that version is gone");
    // A fragment that is registered is a name: clients choose it before they know what will be there.
    let named = format!("{first}#{}", hash("anything"));
    let naming = Keyed::register(&idp, "naming", "ES256", &json!({"request_uris": [named]})).await;
    let ask = address(&[("client_id", "naming"), ("request_uri", &named), ("response_type", "code")]);
    documents.turn(Serving::Answers(200, naming.key.sign(&naming.header(), &request(&idp.app("naming")))));
    idp.pass("10s");
    assert_eq!(idp.browser().get(&ask).await.status, 200);
    // What comes in the clear has to be signed (OpenID Connect Core, 6.2).
    let unsigned = signed(&json!({"alg": "none"}), &request(&idp.app("naming")), |_| Vec::new());
    documents.turn(Serving::Answers(200, unsigned));
    idp.pass("10s");
    assert_eq!(idp.browser().get(&ask).await.status, 400);
}

#[actix_web::test]
async fn a_pushed_request() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({"require_pushed_authorization_requests": true})).await;
    let app = idp.app("keyed");
    let before = idp.contents().await;
    let object = client.key.sign(&client.header(), &request(&app));
    for (name, request) in [("as it is", request(&app)), ("signed", json!({"request": object}))] {
        let answer = push(&client, &request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("cache-control")),
            (201, "no-store"),
            "{name} {}",
            answer.body
        );
        let pushed = answer.json();
        assert_eq!(pushed["expires_in"], 60);
        let uri = pushed["request_uri"].as_str().unwrap();
        assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:") && !uri.contains("inside"), "{uri}");
        // What is beside it counts for nothing.
        let beside = address(&[
            ("client_id", "keyed"),
            ("request_uri", uri),
            ("state", "outside"),
            ("scope", "openid phone"),
            ("redirect_uri", "https://attacker.example/cb"),
        ]);
        let claims = enter(&client, &app, &beside).await;
        assert!(claims["phone_number"].is_null());
    }
    assert_ne!(idp.contents().await, before);
    // Two requests that were used leave nothing behind.
    idp.pass("11m");
    idp.deliver().await;
    assert!(!idp.contents().await.contains("pushed/"));
}

#[actix_web::test]
async fn every_kind_of_client_may_push() {
    let idp = Idp::start().await;
    for id in ["social", "posting", "spa"] {
        let app = idp.app(id);
        let untouched = idp.contents().await;
        let request = fields(&changed(request(&app), &json!({"client_id": null})));
        let request: Vec<(&str, &str)> = request.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = app.post("/par", &request).await;
        assert_eq!(answer.status, 201, "{id} {}", answer.body);
        assert_eq!(idp.contents().await, untouched, "{id}: pushing costs the store nothing");
        let uri = answer.json()["request_uri"].as_str().unwrap().to_owned();
        let mut browser = idp.browser();
        let page = browser.get(&address(&[("client_id", id), ("request_uri", &uri)])).await;
        let answer = browser.sign_in(&page).await;
        assert_eq!(answer.parameter("state").as_deref(), Some("inside"), "{id}");
        let tokens = app.redeem(&answer).await;
        assert_eq!(tokens.claims()["nonce"], "nonce-inside", "{id}");
    }
}

#[actix_web::test]
async fn the_page_of_a_pushed_request_can_be_loaded_again() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let pushed = push(&client, &request(&idp.app("keyed"))).await.json();
    let address = address(&[("client_id", "keyed"), ("request_uri", pushed["request_uri"].as_str().unwrap())]);
    let mut browser = idp.browser();
    assert_eq!(browser.get(&address).await.status, 200);
    // In another language, say, and after a while.
    idp.pass("5m");
    assert_eq!(browser.get(&address).await.status, 200);
    assert_eq!(idp.browser().get(&address).await.status, 400, "by nobody else");
    idp.pass("5m");
    assert_eq!(browser.get(&address).await.status, 400, "as long as a page waits");
}

#[actix_web::test]
async fn discovery_tells_of_it() {
    let idp = Idp::start().await;
    let metadata = idp.browser().get("/.well-known/openid-configuration").await.json();
    assert_eq!(metadata["pushed_authorization_request_endpoint"], format!("{ISSUER}/par"));
    for (member, value) in [
        ("request_parameter_supported", true),
        ("request_uri_parameter_supported", true),
        ("require_request_uri_registration", true),
    ] {
        assert_eq!(metadata[member], value, "{member}");
    }
    let algs = metadata["request_object_signing_alg_values_supported"].as_array().unwrap();
    assert_eq!((algs.len(), &algs[0]), (15, &json!("none")));
}
