//! Our signing keys: what clients see of them, how they are succeeded, and an emergency.

use crate::harness::{ISSUER, Idp, Manner, Receiver, RelyingApp, Tokens, claims_of};
use crate::real::travelling::Travelling;
use abide::config::Config;
use abide::model::audit::Act;
use abide::model::client::Client;
use abide::model::record::Change;
use abide::model::setting::Setting;
use abide::model::signing_key::Urgency;
use abide::protocol::duration::Limit;
use abide::protocol::signing::{IdTokenAlg, SigningAlg};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};
use std::time::Duration;

/// The provider, where nobody is signed out by time.
async fn patient() -> Idp {
    Idp::with(never_over).await
}

fn never_over(config: &mut Config) {
    let never = Limit::Never;
    config.session.idle_timeout = never;
    config.session.max_lifetime = never;
    config.session.remember.idle_timeout = never;
    config.session.remember.max_lifetime = never;
}

async fn key_set(idp: &Idp) -> Vec<Value> {
    let answer = idp.call(TestRequest::get().uri("/jwks")).await;
    answer.json()["keys"].as_array().unwrap().clone()
}

async fn kids(idp: &Idp, alg: &str) -> Vec<String> {
    let keys = key_set(idp).await;
    keys.iter().filter(|key| key["alg"] == alg).map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn header(token: &str) -> Value {
    let part = token.split('.').next().unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn client(app: &RelyingApp, extra: Value) -> Value {
    let mut client = json!({"client_id": app.client_id, "client_secret": app.secret(), "consent": "skip",
        "redirect_uris": [app.redirect_uri()]});
    client.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    json!({"clients": [client]})
}

/// As a client with a library would: the key of this name, for this algorithm.
#[allow(clippy::disallowed_methods, reason = "a client's library stands in for the client")]
pub fn verified(keys: &[Value], alg: &str, token: &str) -> Value {
    assert_eq!(header(token)["alg"], alg);
    let key = keys.iter().find(|key| key["kid"] == header(token)["kid"]).expect("the key is shown");
    assert_eq!(key["alg"], alg, "a client that compares finds them equal");
    let key = DecodingKey::from_jwk(&serde_json::from_value(key.clone()).unwrap()).unwrap();
    let mut validation = Validation::new(alg.parse::<Algorithm>().unwrap());
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Value>(token, &key, &validation).expect("a good signature").claims
}

fn end_session(hint: &str) -> String {
    format!("/end_session?id_token_hint={hint}")
}

#[actix_web::test]
async fn every_algorithm_signs_for_the_client_that_registered_it() {
    let idp = patient().await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    for alg in SigningAlg::ALL {
        let app = idp.app(&format!("signed-{}", alg.name().to_lowercase()));
        let algs = json!({"id_token_signed_response_alg": alg, "userinfo_signed_response_alg": alg});
        idp.import(client(&app, algs)).await;
        let tokens = app.redeem(&browser.get(&app.request(&[])).await).await;
        let keys = key_set(&idp).await;
        let claims = verified(&keys, alg.name(), &tokens.id);
        let half = abide::crypto::jwt::half_hash(alg, &tokens.access);
        assert_eq!(claims["at_hash"], half, "{alg:?}");
        // Access tokens are for many readers.
        verified(&keys, "RS256", &tokens.access);

        let answer = app.userinfo(&tokens.access).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/jwt"), "{alg:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(header(&answer.body).get("typ"), None, "it must not pass for an ID token");
        let person = verified(&keys, alg.name(), &answer.body);
        assert_eq!((&person["iss"], &person["aud"]), (&json!(ISSUER), &json!(app.client_id)));
        assert_eq!((&person["sub"], &person["name"]), (&claims["sub"], &json!("Mira Lindqvist")));
        assert!(idp.flows().genuine_hint(&tokens.id, idp.now()).is_some(), "{alg:?}");
        assert!(idp.flows().genuine_hint(&answer.body, idp.now()).is_none(), "{alg:?}");
    }
    assert_eq!(key_set(&idp).await.len(), 7, "one key for each");
    let metadata = idp.call(TestRequest::get().uri("/.well-known/openid-configuration")).await.json();
    let all = json!(["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]);
    assert_eq!(metadata["userinfo_signing_alg_values_supported"], all);
    let with_none: Vec<Value> = all.as_array().unwrap().iter().cloned().chain([json!("none")]).collect();
    assert_eq!(metadata["id_token_signing_alg_values_supported"], json!(with_none));
}

/// Back-Channel Logout 1.0, 2.4 and 2.6.
#[actix_web::test]
async fn a_logout_token_is_signed_as_the_clients_id_tokens_are() {
    let receiver = Receiver::start(Manner::Answers(200));
    let idp = Idp::with(|config| {
        never_over(config);
        config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect();
    })
    .await;
    let mut browser = idp.browser();
    let tokens = idp.app("social").redeem(&browser.enter(&idp.app("social")).await).await;
    let id_of = |alg: SigningAlg| format!("signed-{}", alg.name().to_lowercase());
    for alg in SigningAlg::ALL {
        let app = idp.app(&id_of(alg));
        idp.import(client(
            &app,
            json!({"id_token_signed_response_alg": alg, "backchannel_logout_uri": receiver.uri()}),
        ))
        .await;
        let tokens = app.redeem(&browser.get(&app.request(&[])).await).await;
        assert_eq!(header(&tokens.id)["alg"], alg.name());
    }
    browser.get(&end_session(&tokens.id)).await;
    for _ in 0..20 {
        idp.deliver().await;
        idp.pass("1s");
    }
    let (told, keys) = (receiver.tokens(), key_set(&idp).await);
    assert_eq!(told.len(), SigningAlg::ALL.len());
    for alg in SigningAlg::ALL {
        let token = told.iter().find(|token| claims_of(token)["aud"] == id_of(alg)).expect("every app is told");
        let claims = verified(&keys, alg.name(), token);
        assert_eq!((&header(token)["typ"], &claims["iss"]), (&json!("logout+jwt"), &json!(ISSUER)), "{alg:?}");
        assert_eq!(claims.get("nonce"), None, "{alg:?}");
    }
}

#[actix_web::test]
async fn the_key_set_grows_with_what_clients_ask_for_and_nothing_else() {
    let keys = tempfile::tempdir().unwrap();
    let folder = keys.path().to_owned();
    let idp = Idp::empty(|config| config.keys_dir = folder).await;
    let algs = async || -> Vec<String> {
        key_set(&idp).await.iter().map(|key| key["alg"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(algs().await, ["RS256"]);
    idp.import(client(&idp.app("one"), json!({}))).await;
    idp.import(client(&idp.app("two"), json!({"id_token_signed_response_alg": "none"}))).await;
    assert_eq!(algs().await, ["RS256"]);
    idp.import(client(&idp.app("three"), json!({"id_token_signed_response_alg": "ES384"}))).await;
    idp.import(client(&idp.app("four"), json!({"userinfo_signed_response_alg": "ES384"}))).await;
    assert_eq!(algs().await, ["RS256", "ES384"]);
    // A file that is refused makes no key.
    let wrong =
        client(&idp.app("five"), json!({"id_token_signed_response_alg": "PS256", "redirect_uris": ["nowhere"]}));
    idp.try_import(wrong, abide::flow::import::ReplaceSecrets::No).await.unwrap_err();
    assert_eq!(algs().await, ["RS256", "ES384"]);
}

#[actix_web::test]
async fn a_client_whose_key_nobody_made_gets_it_with_its_first_token() {
    let idp = Idp::start().await;
    let spa = idp.app("spa");
    let rule = |before: Option<Client>| {
        let mut client = before.unwrap();
        client.metadata.id_token_signed_response_alg = IdTokenAlg::Signed(SigningAlg::ES384);
        client.metadata.userinfo_signed_response_alg = Some(SigningAlg::PS256);
        Change::put((), client)
    };
    idp.flows().store.change::<Client, _, _>("spa", rule).await.unwrap().outcome().unwrap();
    assert_eq!(kids(&idp, "ES384").await.len(), 0);
    let tokens = spa.redeem(&idp.browser().enter(&spa).await).await;
    let keys = key_set(&idp).await;
    verified(&keys, "ES384", &tokens.id);
    verified(&keys, "PS256", &spa.userinfo(&tokens.access).await.body);
    assert_eq!(keys.len(), 5);
}

#[actix_web::test]
async fn a_token_without_signature_for_a_client_that_registered_it_and_good_for_nothing_here() {
    let receiver = Receiver::start(Manner::Answers(200));
    let idp = Idp::with(|config| {
        never_over(config);
        config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect();
    })
    .await;
    let app = idp.app("unsecured");
    let extra = json!({"id_token_signed_response_alg": "none", "backchannel_logout_uri": receiver.uri()});
    idp.import(client(&app, extra)).await;
    let mut browser = idp.browser();
    let tokens = app.redeem(&browser.enter(&app).await).await;
    let parts: Vec<&str> = tokens.id.split('.').collect();
    assert_eq!((header(&tokens.id), parts.len(), parts[2]), (json!({"alg": "none", "typ": "JWT"}), 3, ""));
    let claims = tokens.claims();
    assert_eq!(
        (&claims["iss"], &claims["aud"], &claims["nonce"]),
        (&json!(ISSUER), &json!("unsecured"), &json!("nonce-1"))
    );
    assert_eq!(claims.get("at_hash"), None);
    assert_eq!(header(&tokens.access)["alg"], "RS256", "an access token is always signed");
    assert_eq!(header(&app.refresh(&tokens.refresh).await.id)["alg"], "none");
    // Nobody's word, not even as a hint: with it a sign-out is asked about like any other.
    let page = browser.get(&end_session(&tokens.id)).await;
    assert!(page.body.contains("id=\"sign-out\""), "{}", page.body);
    let silent = browser.get(&app.request(&[("prompt", "none"), ("id_token_hint", &tokens.id)])).await;
    assert_eq!(silent.error(), "invalid_request");
    // And nobody else's tokens are like it.
    assert_eq!(
        header(&idp.app("social").redeem(&browser.get(&idp.app("social").request(&[])).await).await.id)["alg"],
        "RS256"
    );

    browser.submit(&page, "/end_session/confirm", &[("choice", "sign-out")]).await;
    idp.deliver().await;
    let told = receiver.tokens();
    assert_eq!(told.len(), 1);
    verified(&key_set(&idp).await, "RS256", &told[0]);
}

#[actix_web::test]
async fn a_successor_is_shown_a_day_ahead_and_what_the_old_key_signed_stays_good() {
    let idp = patient().await;
    let social = idp.app("social");
    let mut browser = idp.browser();
    browser.enter(&social).await;
    let [old] = <[String; 1]>::try_from(kids(&idp, "RS256").await).unwrap();
    let tokens = async || -> Tokens { social.redeem(&browser.copied().silently(&social).await).await };
    let signer = async || header(&tokens().await.id)["kid"].clone();
    // The keys of the stories sign since 1,000,000 s.
    idp.pass("77d");
    idp.flows().succeed_keys(idp.now()).await.unwrap();
    assert_eq!(kids(&idp, "RS256").await, std::slice::from_ref(&old), "not yet");
    idp.pass("12h");
    idp.flows().succeed_keys(idp.now()).await.unwrap();
    let shown = kids(&idp, "RS256").await;
    let new = shown.iter().find(|kid| **kid != old).expect("a second one is shown").clone();
    assert_eq!(shown.len(), 2);
    let last = tokens().await;
    assert_eq!(header(&last.id)["kid"], old.as_str());
    idp.pass("23h");
    assert_eq!(signer().await, old.as_str());
    // From here on nobody does anything: it is the hour that decides.
    idp.pass("1h");
    assert_eq!(signer().await, new.as_str());
    assert_eq!(kids(&idp, "RS256").await.len(), 2, "the old one is shown on");
    assert!(idp.flows().genuine_hint(&last.id, idp.now()).is_some());

    // Its private half goes, its public one serves hints for more than a year.
    assert!(!idp.flows().ring.has_spent(idp.now()));
    idp.pass("2h");
    assert!(idp.flows().ring.has_spent(idp.now()));
    idp.flows().succeed_keys(idp.now()).await.unwrap();
    assert!(!idp.flows().ring.has_spent(idp.now()));
    let done = browser.copied().get(&end_session(&last.id)).await;
    assert!(done.location().starts_with("/signed-out"), "an old hint is a hint: {}", done.body);
    idp.pass("399d");
    idp.flows().succeed_keys(idp.now()).await.unwrap();
    assert!(kids(&idp, "RS256").await.contains(&old));
    idp.pass("2d");
    assert!(!kids(&idp, "RS256").await.contains(&old));
    assert!(idp.flows().genuine_hint(&last.id, idp.now()).is_none());
}

#[actix_web::test]
async fn after_an_emergency_nothing_old_is_accepted_anywhere() {
    let idp = patient().await;
    let [social, elliptic] = ["social", "elliptic"].map(|id| idp.app(id));
    let mut browser = idp.browser();
    let old = social.redeem(&browser.enter(&social).await).await;
    let curves = elliptic.redeem(&browser.get(&elliptic.request(&[])).await).await;
    // One key that was announced, and one that retired: an emergency spares neither.
    idp.flows().rotate_keys(Urgency::AtOnce, idp.now()).await.unwrap();
    idp.flows().rotate_keys(Urgency::Announced, idp.now()).await.unwrap();
    let between = social.redeem(&browser.silently(&social).await).await;
    for tokens in [&old, &between] {
        assert_eq!(social.userinfo(&tokens.access).await.status, 200, "keys were rotated, and nothing more");
    }
    let before: Vec<Value> = key_set(&idp).await;
    let stolen = idp.flows().ring.signer(SigningAlg::RS256, idp.now()).unwrap();

    idp.flows().rotate_keys(Urgency::Revoking, idp.now()).await.unwrap();
    let after = key_set(&idp).await;
    assert!(before.iter().all(|key| !after.contains(key)));
    let mut algs: Vec<&str> = after.iter().map(|key| key["alg"].as_str().unwrap()).collect();
    algs.sort_unstable();
    assert_eq!(algs, ["ES256", "EdDSA", "RS256"]);
    for tokens in [&old, &between] {
        assert_eq!(social.userinfo(&tokens.access).await.status, 401);
        assert_eq!(social.status(&tokens.access).await.status, 401);
        assert_eq!(social.introspect(&tokens.access).await.json(), json!({"active": false}));
    }
    for hint in [&old.id, &between.id, &curves.id] {
        let page = browser.get(&end_session(hint)).await;
        assert!(page.body.contains("id=\"sign-out\""), "{}", page.body);
        let silent = browser.get(&social.request(&[("prompt", "none"), ("id_token_hint", hint)])).await;
        assert_eq!(silent.error(), "invalid_request");
    }
    // Nobody was signed out, and apps renew by themselves.
    let renewed = social.refresh(&between.refresh).await;
    verified(&after, "RS256", &renewed.id);
    assert_eq!(social.userinfo(&renewed.access).await.status, 200);
    verified(&after, "ES256", &elliptic.redeem(&browser.silently(&elliptic).await).await.id);
    // Somebody who has the old key has nothing by it, under its own name or under the new one's.
    let (genuine, claims) = (header(&renewed.access), claims_of(&renewed.access));
    for kid in [json!(stolen.facts().kid), genuine["kid"].clone()] {
        let header = json!({"alg": "RS256", "typ": "at+jwt", "kid": kid});
        let whole = [header, claims.clone()].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".");
        let forged = format!("{whole}.{}", URL_SAFE_NO_PAD.encode(stolen.sign(whole.as_bytes()).unwrap()));
        assert_eq!(social.userinfo(&forged).await.status, 401);
    }
    let events = idp.flows().store.events(None, 200).await.unwrap().items;
    let told = |act: Act| events.iter().filter(|event| event.act == act).count();
    assert_eq!((told(Act::SigningKeyMade), told(Act::SigningKeyRevoked)), (9, 9));
}

#[actix_web::test]
async fn what_one_node_does_to_the_keys_every_node_knows_and_of_two_one_makes_them() {
    let idp = patient().await;
    let mut config = Config { issuer: ISSUER.parse().unwrap(), ..Config::default() };
    never_over(&mut config);
    let other = idp.beside(&config).await;
    let ours = |now| idp.flows().key_set(now);
    let theirs = |now| other.idp.key_set(now);
    assert_eq!(ours(idp.now()), theirs(idp.now()));
    idp.flows().rotate_keys(Urgency::Revoking, idp.now()).await.unwrap();
    assert_ne!(ours(idp.now()), theirs(idp.now()));
    other.idp.follow_keys().await.unwrap();
    assert_eq!(ours(idp.now()), theirs(idp.now()));

    // Both meet a client that wants what there is not: one key comes of it.
    let app = idp.app("late");
    let metadata = client(&app, json!({"id_token_signed_response_alg": "ES384"}))["clients"][0].clone();
    let client = abide::model::client::Client {
        id: abide::model::id::ClientId::new("late"),
        metadata: serde_json::from_value(metadata).unwrap(),
        secret: None,
        previous_secret: None,
        created_at: idp.now(),
        origin: Default::default(),
    };
    let (one, two) =
        futures_util::future::join(idp.flows().equip(&client, idp.now()), other.idp.equip(&client, idp.now())).await;
    one.unwrap();
    two.unwrap();
    for node in [idp.flows(), &other.idp] {
        node.follow_keys().await.unwrap();
    }
    assert_eq!(ours(idp.now()), theirs(idp.now()));
    assert_eq!(kids(&idp, "ES384").await.len(), 1);
    // All at once, and still all agree.
    let rotations = (0..6).map(|n| {
        let node = if n % 2 == 0 { idp.flows() } else { &other.idp };
        node.rotate_keys(Urgency::AtOnce, idp.now())
    });
    for done in futures_util::future::join_all(rotations).await {
        done.unwrap();
    }
    for node in [idp.flows(), &other.idp] {
        node.follow_keys().await.unwrap();
    }
    assert_eq!(ours(idp.now()), theirs(idp.now()));
    assert_eq!(kids(&idp, "ES384").await.len(), 7);
}

#[actix_web::test]
async fn the_store_shows_nothing_of_the_keys_and_another_folder_does_not_open_them() {
    let idp = Idp::start().await;
    let record = idp.flows().store.read::<Setting>(Setting::SIGNING_KEYS).await.unwrap().unwrap();
    let Setting::SigningKeys { sealed } = record else { panic!("no keys") };
    let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
    for word in ["pkcs8", "kid", "RS256"] {
        assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{word}");
    }
    let folder = tempfile::tempdir().unwrap();
    let config = Config { issuer: ISSUER.parse().unwrap(), keys_dir: folder.path().to_owned(), ..Config::default() };
    let cost = abide::crypto::hashing::Cost { memory: 64, passes: 1 };
    let clock = abide::clock::Clock::travelling(idp.now());
    let backend = std::sync::Arc::clone(idp.flows().store.backend());
    let refused = abide::app::assemble(&config, backend, clock, cost).await.map(drop).unwrap_err();
    assert!(refused.to_string().contains("another keys_dir"), "{refused}");
    let after = idp.flows().store.read::<Setting>(Setting::SIGNING_KEYS).await.unwrap();
    assert_eq!(after, Some(Setting::SigningKeys { sealed }), "nothing was written");
}

#[actix_web::test]
async fn discovery_and_key_set_are_asked_for_again_cheaply() {
    let idp = Idp::start().await;
    for path in ["/jwks", "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let first = idp.call(TestRequest::get().uri(path)).await;
        assert_eq!(
            (first.header("cache-control"), first.header("content-type")),
            ("public, max-age=300", "application/json")
        );
        let tag = first.header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
            let again = idp.call(TestRequest::get().uri(path).insert_header(("if-none-match", known))).await;
            assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""), "{path}");
            assert_eq!((again.header("etag"), again.header("access-control-allow-origin")), (tag.as_str(), "*"));
        }
        let other = idp.call(TestRequest::get().uri(path).insert_header(("if-none-match", "\"x\""))).await;
        assert_eq!((other.status.as_u16(), &other.body), (200, &first.body), "{path}");
    }
    let tag = idp.call(TestRequest::get().uri("/jwks")).await.header("etag").to_owned();
    idp.flows().rotate_keys(Urgency::Announced, idp.now()).await.unwrap();
    let changed = idp.call(TestRequest::get().uri("/jwks").insert_header(("if-none-match", tag))).await;
    assert_eq!(changed.status, 200);
}

/// The background of a node, on the clock of the story.
#[tokio::test]
async fn a_node_gives_its_keys_successors_by_itself_when_its_settings_say() {
    let idp = Travelling::start(|config| config.keys.rotate_after = "3d".parse().unwrap(), json!({}));
    let idp_now = || idp.facing.clock.now();
    idp.facing.idp.report(idp_now()).await.unwrap().unwrap();
    let tasks = abide::app::background::start(&idp.facing);
    let shown = || -> Vec<String> {
        let keys = serde_json::to_value(idp.facing.idp.ring.key_set(idp_now())).unwrap();
        let keys = keys["keys"].as_array().unwrap().clone();
        keys.iter().filter(|key| key["alg"] == "RS256").map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
    };
    let first = shown();
    assert_eq!(first.len(), 1);
    idp.pass("36h");
    // A look at the keys or two: nothing is due.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    assert_eq!(shown(), first);
    idp.pass("13h");
    for _ in 0..600 {
        if shown().len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(shown().len(), 2, "announced a day before three days are over");
    assert!(shown().contains(&first[0]));
    for task in tasks {
        task.abort();
    }
}
