//! Apps with a key of their own: tokens that are good in their hands alone (DPoP, RFC 9449).

use super::devices::{GRANT as DEVICE, let_in};
use crate::harness::keyed::{ASSERTION, Keyed, changed};
use crate::harness::{Answer, Holder, Idp, RelyingApp, Tokens, VERIFIER, claims_of, presenting};
use abide::model::cookies::Switch;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

/// The answer binds its access token to this key.
fn bound(answer: &Answer, holder: &Holder) -> Tokens {
    let tokens = Tokens::of(answer);
    assert_eq!(answer.json()["token_type"], "DPoP", "{}", answer.body);
    assert_eq!(claims_of(&tokens.access)["cnf"], json!({"jkt": holder.jkt()}));
    tokens
}

async fn register(idp: &Idp, app: &RelyingApp, extra: Value) {
    let client = json!({"client_id": app.client_id, "client_secret": app.secret(), "consent": "skip",
        "redirect_uris": [app.redirect_uri()]});
    idp.import(json!({"clients": [changed(client, &extra)]})).await;
}

#[actix_web::test]
async fn a_public_client_goes_all_the_way_with_its_key() {
    let idp = Idp::start().await;
    let (spa, mut browser, holder) = (idp.app("spa"), idp.browser(), Holder::of(&idp, "ES256"));
    let page = browser.get(&spa.request(&[("dpop_jkt", &holder.jkt())])).await;
    let answer = browser.sign_in(&page).await;
    let redeemed = holder.redeem(&spa, &answer.parameter("code").unwrap()).await;
    assert_eq!(redeemed.header("dpop-nonce"), holder.nonce().await);
    let tokens = bound(&redeemed, &holder);
    assert_eq!(tokens.claims()["nonce"], "nonce-1");

    for request in [("GET", "/userinfo"), ("POST", "/userinfo")] {
        let told = holder.with(request, &tokens.access).await;
        assert_eq!((told.status.as_u16(), told.header("dpop-nonce")), (200, holder.nonce().await.as_str()));
        assert_eq!(told.json()["name"], "Mira Lindqvist");
    }
    let status = holder.with(("GET", "/session"), &tokens.access).await;
    assert_eq!(status.json()["standing"], "live", "{}", status.body);
    idp.pass("10s");
    assert_eq!(holder.with(("POST", "/session/activity"), &tokens.access).await.status, 200);
    let mut stream = holder.follow(&tokens.access).await;
    assert_eq!((stream.status.as_u16(), stream.headers.contains_key("dpop-nonce")), (200, true));
    assert_eq!(stream.next().await.event("standing")["standing"], "live");

    idp.pass("5m");
    let renewed = bound(&holder.refresh(&spa, &tokens.refresh).await, &holder);
    assert_eq!(holder.with(("GET", "/userinfo"), &renewed.access).await.status, 200);
    // A lost answer: the same successor, with a proof of its own.
    let again = bound(&holder.refresh(&spa, &tokens.refresh).await, &holder);
    assert_eq!(again.refresh, renewed.refresh);
    // Silently, with the same key or without one: every code is for itself.
    let silent = browser.silently(&spa).await;
    assert_eq!(spa.try_redeem(&silent.parameter("code").unwrap()).await.json()["token_type"], "Bearer");

    browser.get(&format!("/end_session?id_token_hint={}", tokens.id)).await;
    assert_eq!(holder.with(("GET", "/userinfo"), &renewed.access).await.error(), "invalid_token");
    assert_eq!(holder.refresh(&spa, &renewed.refresh).await.error(), "invalid_grant");
    let status = holder.with(("GET", "/session"), &renewed.access).await;
    assert_eq!(status.json()["standing"], "ended", "whoever holds the key learns how it ended");
}

/// RFC 9449, section 5: whenever a client that cannot authenticate shows a proof, what it gets is bound to that key.
#[actix_web::test]
async fn a_refresh_token_is_bound_to_the_first_key_that_is_shown_with_it() {
    let idp = Idp::start().await;
    let (spa, mut browser) = (idp.app("spa"), idp.browser());
    let (first, second) = (Holder::of(&idp, "ES256"), Holder::of(&idp, "ES256"));
    let free = spa.redeem(&browser.enter(&spa).await).await;
    let free = spa.refresh(&free.refresh).await;
    let tokens = bound(&first.refresh(&spa, &free.refresh).await, &first);
    // The lost answer, asked for once more.
    assert_eq!(bound(&first.refresh(&spa, &free.refresh).await, &first).refresh, tokens.refresh);
    assert_eq!(spa.try_refresh(&tokens.refresh).await.error(), "invalid_dpop_proof");
    assert_eq!(second.refresh(&spa, &tokens.refresh).await.error(), "invalid_grant");
    bound(&first.refresh(&spa, &tokens.refresh).await, &first);
    // Of sixteen keys that are shown at once one is the first, and the others tell that it is not used by one alone.
    let free = spa.redeem(&browser.silently(&spa).await).await;
    let place = idp.clone();
    let answers = crate::bad_input::sixteen(async move |_| {
        let holder = Holder::of(&place, "ES256");
        let answer = holder.refresh(&spa, &free.refresh).await;
        (answer, holder)
    })
    .await;
    let won: Vec<_> = answers.iter().filter(|(answer, _)| answer.status == 200).collect();
    assert!(won.len() <= 1, "{} won", won.len());
    for (answer, holder) in won {
        let won = bound(answer, holder);
        assert_eq!(holder.refresh(&idp.app("spa"), &won.refresh).await.error(), "invalid_grant");
    }
}

#[actix_web::test]
async fn a_client_with_a_secret_is_free_to_change_its_key() {
    let idp = Idp::start().await;
    let (app, mut browser) = (idp.app("sealed"), idp.browser());
    register(&idp, &app, json!({"access_token_format": "opaque"})).await;
    let (first, second) = (Holder::of(&idp, "EdDSA"), Holder::of(&idp, "PS256"));
    let answer = browser.enter(&app).await;
    let redeemed = first.redeem(&app, &answer.parameter("code").unwrap()).await;
    assert_eq!(redeemed.json()["token_type"], "DPoP");
    let tokens = Tokens::of(&redeemed);
    let told = app.introspect(&tokens.access).await.json();
    assert_eq!((&told["token_type"], &told["cnf"]["jkt"]), (&json!("DPoP"), &json!(first.jkt())));
    assert_eq!(first.with(("GET", "/userinfo"), &tokens.access).await.json()["name"], "Mira Lindqvist");
    assert_eq!(second.with(("GET", "/userinfo"), &tokens.access).await.error(), "invalid_token");
    assert_eq!(app.introspect(&tokens.refresh).await.json()["cnf"], Value::Null);

    let renewed = second.refresh(&app, &tokens.refresh).await;
    let tokens = Tokens::of(&renewed);
    let told = app.introspect(&tokens.access).await.json();
    assert_eq!((&told["token_type"], &told["cnf"]["jkt"]), (&json!("DPoP"), &json!(second.jkt())));
    // Without a key at all, as everybody did before there were any.
    let plain = app.refresh(&tokens.refresh).await;
    let told = app.introspect(&plain.access).await.json();
    assert_eq!((&told["token_type"], &told["cnf"]), (&json!("Bearer"), &Value::Null));
    assert_eq!(app.userinfo(&plain.access).await.status, 200);
}

#[actix_web::test]
async fn who_says_no_nonce_is_given_one() {
    let idp = Idp::start().await;
    let (spa, mut browser, holder) = (idp.app("spa"), idp.browser(), Holder::of(&idp, "ES256"));
    let code = browser.enter(&spa).await.parameter("code").unwrap();
    let uri = spa.redirect_uri();
    let fields =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &uri), ("code_verifier", VERIFIER)];
    let mut claims = holder.claims(("POST", "/token"), None).await;
    claims.as_object_mut().unwrap().remove("nonce");
    let post = async |claims: &Value| {
        let proof = holder.key.sign(&holder.header(), claims);
        idp.call(spa.form("/token", &fields).insert_header(("dpop", proof))).await
    };
    let asked = post(&claims).await;
    assert_eq!((asked.status.as_u16(), asked.error().as_str()), (400, "use_dpop_nonce"));
    claims["nonce"] = json!(asked.header("dpop-nonce"));
    // The same name does: that proof was never good.
    let tokens = bound(&post(&claims).await, &holder);

    let request = ("GET", "/userinfo");
    let mut claims = holder.claims(request, Some(&tokens.access)).await;
    claims.as_object_mut().unwrap().remove("nonce");
    let get = async |claims: &Value| {
        let proof = holder.key.sign(&holder.header(), claims);
        idp.call(presenting(request, &format!("DPoP {}", tokens.access), &proof)).await
    };
    let asked = get(&claims).await;
    assert_eq!((asked.status.as_u16(), asked.error().as_str()), (401, "use_dpop_nonce"));
    let challenge = asked.header("www-authenticate");
    assert!(challenge.starts_with("DPoP ") && challenge.contains("error=\"use_dpop_nonce\""), "{challenge}");
    claims["nonce"] = json!(asked.header("dpop-nonce"));
    assert_eq!(get(&claims).await.status, 200);
}

#[actix_web::test]
async fn a_nonce_is_good_for_some_minutes() {
    for (demanded, without) in [(Switch::On, "use_dpop_nonce"), (Switch::Off, "")] {
        let idp = Idp::with(|config| config.tokens.dpop_nonce = demanded).await;
        register(
            &idp,
            &idp.app("till"),
            json!({"grant_types": ["client_credentials"], "response_types": [],
            "redirect_uris": [], "scope": "stock:read"}),
        )
        .await;
        let (till, holder) = (idp.app("till"), Holder::of(&idp, "ES256"));
        let mut nonce = holder.nonce().await;
        if demanded == Switch::Off {
            // Whoever was given one would have to say it (RFC 9449, section 11.3).
            assert_eq!(nonce, "", "where none is demanded, none is given out");
            nonce = "one of a time before".to_owned();
        }
        let saying = async |nonce: Value| {
            let mut claims = holder.claims(("POST", "/token"), None).await;
            claims["nonce"] = nonce;
            let proof = holder.key.sign(&holder.header(), &claims);
            let form = till.form("/token", &[("grant_type", "client_credentials")]);
            idp.call(form.insert_header(("dpop", proof))).await
        };
        let error = |answer: Answer| if answer.status == 200 { String::new() } else { answer.error() };
        assert_eq!(error(saying(Value::Null).await), without);
        assert_eq!(error(saying(json!(nonce)).await), "");
        idp.pass("3m");
        assert_eq!(error(saying(json!(nonce)).await), "", "it is good for three minutes at least");
        idp.pass("3m");
        let answer = saying(json!(nonce)).await;
        if demanded == Switch::Off {
            assert_eq!((answer.status.as_u16(), answer.headers.get("dpop-nonce")), (200, None));
            continue;
        }
        assert_eq!(answer.error(), "use_dpop_nonce", "and for six at most");
        assert_ne!(answer.header("dpop-nonce"), nonce);
        assert_eq!(error(saying(json!(answer.header("dpop-nonce"))).await), "");
    }
}

#[actix_web::test]
async fn every_algorithm_that_discovery_names() {
    let idp = Idp::start().await;
    let till = idp.app("till");
    register(
        &idp,
        &till,
        json!({"grant_types": ["client_credentials"], "response_types": [], "redirect_uris": [],
        "scope": "stock:read", "dpop_bound_access_tokens": true}),
    )
    .await;
    let metadata = idp.call(TestRequest::get().uri("/.well-known/openid-configuration")).await.json();
    let ours = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
    assert_eq!(metadata["dpop_signing_alg_values_supported"], json!(ours));
    let wish = [("grant_type", "client_credentials")];
    for alg in ours {
        let holder = Holder::of(&idp, alg);
        let tokens = bound(&holder.post(&till, "/token", &wish).await, &holder);
        let told = till.introspect(&tokens.access).await.json();
        assert_eq!((&told["active"], &told["token_type"]), (&json!(true), &json!("DPoP")), "{alg}");
    }
    let refused = till.post("/token", &wish).await;
    assert_eq!((refused.status.as_u16(), refused.error().as_str()), (400, "invalid_dpop_proof"));
}

/// `dpop_bound_access_tokens` (RFC 9449, section 5.2): whatever such a client brings, it gets nothing without a proof, and what it
/// brought is good afterwards.
#[actix_web::test]
async fn a_client_whose_tokens_have_to_be_bound_proves_a_key_for_every_grant() {
    let idp = Idp::start().await;
    let grant_types = ["authorization_code", "refresh_token", DEVICE];
    let demand = json!({"dpop_bound_access_tokens": true, "grant_types": grant_types});
    let of_public = json!({"dpop_bound_access_tokens": true, "grant_types": grant_types,
        "token_endpoint_auth_method": "none", "client_secret": null});
    for (app, change) in [(idp.app("strict"), demand), (idp.app("spa"), of_public)] {
        register(&idp, &app, change).await;
        let (mut browser, holder) = (idp.browser(), Holder::of(&idp, "ES256"));
        let refused = |answer: &Answer| {
            let described = &answer.json()["error_description"];
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_dpop_proof"), "{described}");
            assert_eq!(described, "this client has to show a DPoP proof", "{}", app.client_id);
        };
        let code = browser.enter(&app).await.parameter("code").unwrap();
        refused(&app.try_redeem(&code).await);
        let tokens = bound(&holder.redeem(&app, &code).await, &holder);
        refused(&app.try_refresh(&tokens.refresh).await);
        let renewed = bound(&holder.refresh(&app, &tokens.refresh).await, &holder);
        assert_eq!(holder.with(("GET", "/userinfo"), &renewed.access).await.status, 200);
        let device_code = let_in(&app, &mut browser).await;
        let fields = [("grant_type", DEVICE), ("device_code", device_code.as_str())];
        refused(&app.token(&fields).await);
        bound(&holder.post(&app, "/token", &fields).await, &holder);
        idp.pass("3s");
    }
}

#[actix_web::test]
async fn a_device_with_a_key() {
    let idp = Idp::start().await;
    idp.import(json!({"clients": [{"client_id": "spa", "token_endpoint_auth_method": "none", "redirect_uris": [],
        "response_types": [], "grant_types": [DEVICE, "refresh_token"], "application_type": "native"}]}))
        .await;
    let (spa, holder, mut browser) = (idp.app("spa"), Holder::of(&idp, "ES256"), idp.browser());
    let codes = spa.post("/device_authorization", &[("scope", "openid")]).await.json();
    let fields = [("grant_type", DEVICE), ("device_code", codes["device_code"].as_str().unwrap())];
    assert_eq!(holder.post(&spa, "/token", &fields).await.error(), "authorization_pending");
    browser.enter(&idp.app("social")).await;
    let page = browser.get("/device").await;
    let page = browser.submit(&page, "/device", &[("user_code", codes["user_code"].as_str().unwrap())]).await;
    assert_eq!(browser.submit(&page, "/consent", &[("decision", "allow")]).await.status, 200);
    idp.pass("10s");
    let tokens = bound(&holder.post(&spa, "/token", &fields).await, &holder);
    assert_eq!(spa.try_refresh(&tokens.refresh).await.error(), "invalid_dpop_proof");
    let other = Holder::of(&idp, "ES256");
    assert_eq!(other.refresh(&spa, &tokens.refresh).await.error(), "invalid_grant");
    bound(&holder.refresh(&spa, &tokens.refresh).await, &holder);
}

#[actix_web::test]
async fn whoever_pushes_with_a_key_redeems_with_it() {
    let idp = Idp::start().await;
    let (app, mut browser) = (idp.app("social"), idp.browser());
    let (holder, other) = (Holder::of(&idp, "ES384"), Holder::of(&idp, "ES384"));
    browser.enter(&app).await;
    let address = app.request(&[("state", "pushed")]);
    let query: Vec<(String, String)> = serde_urlencoded::from_str(address.split_once('?').unwrap().1).unwrap();
    let fields: Vec<(&str, &str)> = query
        .iter()
        .filter(|(name, _)| name != "client_id")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let with_jkt = |jkt: &str| {
        let mut fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        fields.push(("dpop_jkt".to_owned(), jkt.to_owned()));
        fields
    };
    let push = async |fields: Vec<(String, String)>| {
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        holder.post(&app, "/par", &fields).await
    };
    let refused = push(with_jkt(&other.jkt())).await;
    assert_eq!((refused.status.as_u16(), refused.error().as_str()), (400, "invalid_request"), "two keys");
    let plain = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    for fields in [plain, with_jkt(&holder.jkt())] {
        let pushed = push(fields).await;
        assert_eq!(pushed.status, 201, "{}", pushed.body);
        let uri = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let query = serde_urlencoded::to_string([("client_id", "social"), ("request_uri", &uri)]).unwrap();
        let answer = browser.get(&format!("/authorize?{query}")).await;
        let code = answer.parameter("code").unwrap_or_else(|| panic!("{} {}", answer.location(), answer.body));
        assert_eq!(app.try_redeem(&code).await.error(), "invalid_dpop_proof");
        assert_eq!(other.redeem(&app, &code).await.error(), "invalid_grant");
        bound(&holder.redeem(&app, &code).await, &holder);
    }
}

#[actix_web::test]
async fn a_client_that_signs_its_requests_proves_two_keys() {
    let idp = Idp::start().await;
    let client = Keyed::register(
        &idp,
        "keyed",
        "ES256",
        &json!({"grant_types": ["client_credentials"], "response_types": [], "redirect_uris": [], "scope": "stock:read"}),
    )
    .await;
    let holder = Holder::of(&idp, "ES256");
    let assertion = client.assertion();
    let post = async |proof: String| {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", &assertion),
        ];
        idp.call(TestRequest::post().uri("/token").set_form(fields).insert_header(("dpop", proof))).await
    };
    let mut claims = holder.claims(("POST", "/token"), None).await;
    claims.as_object_mut().unwrap().remove("nonce");
    assert_eq!(post(holder.key.sign(&holder.header(), &claims)).await.error(), "use_dpop_nonce");
    // Who is asked for a nonce has not spent the assertion.
    bound(&post(holder.proof(("POST", "/token"), None).await).await, &holder);
    assert_eq!(post(holder.proof(("POST", "/token"), None).await).await.error(), "invalid_client");
    // A key of the client's own is as good as any.
    let same = Holder { key: client.key.clone(), ..holder };
    let answer = client.key.sign(&same.header(), &same.claims(("POST", "/token"), None).await);
    let form = [("grant_type", "client_credentials"), ("client_assertion_type", ASSERTION)];
    let fresh = client.assertion();
    let fields = form.into_iter().chain([("client_assertion", fresh.as_str())]).collect::<Vec<_>>();
    bound(&idp.call(TestRequest::post().uri("/token").set_form(fields).insert_header(("dpop", answer))).await, &same);
}
