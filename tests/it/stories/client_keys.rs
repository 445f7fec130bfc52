//! Clients that authenticate by a signed assertion: by a key that is registered or published, or by their secret.

use crate::harness::keyed::{ClientKey, Documents, Keyed, Serving, by_secret, changed};
use crate::harness::{ISSUER, Idp, Tokens, VERIFIER};
use abide::model::outbound::Author;
use abide::outside::published::{KEYS, Published, Rules};
use abide::protocol::Timestamp;
use serde_json::{Value, json};

/// Where a client that authenticates is told something: it is who it says.
const ENDPOINTS: [&str; 2] = ["/introspect", "/revoke"];
const ASYMMETRIC: [&str; 11] =
    ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// A provider that may ask servers on loopback.
async fn reaching() -> Idp {
    Idp::with(|config| config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect()).await
}

async fn published(idp: &Idp, documents: &Documents) -> Keyed {
    let change = json!({"jwks": null, "jwks_uri": documents.uri("keys")});
    Keyed::register(idp, "keyed", "ES256", &change).await
}

async fn is_taken(client: &Keyed) -> bool {
    client.post("/revoke", &[("token", "x")]).await.status == 200
}

#[actix_web::test]
async fn a_key_of_every_kind_opens_every_endpoint() {
    let idp = Idp::start().await;
    for alg in ASYMMETRIC {
        let client = Keyed::register(&idp, &format!("c-{alg}").to_lowercase(), alg, &json!({})).await;
        for endpoint in ENDPOINTS {
            assert_eq!(client.post(endpoint, &[("token", "x")]).await.status, 200, "{alg} {endpoint}");
        }
        let answer = client.post("/token", &[("grant_type", "refresh_token"), ("refresh_token", "x")]).await;
        assert_eq!(answer.error(), "invalid_grant", "{alg}: it got past authentication");
    }
}

#[actix_web::test]
async fn a_whole_sign_in_by_key() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "PS256", &json!({"token_endpoint_auth_signing_alg": "PS256"})).await;
    let app = idp.app("keyed");
    let code = idp.browser().enter(&app).await.parameter("code").unwrap();
    let uri = app.redirect_uri();
    let fields =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", &uri), ("code_verifier", VERIFIER)];
    let tokens = Tokens::of(&client.post("/token", &fields).await);
    assert_eq!(app.userinfo(&tokens.access).await.status, 200);
    let fields = [("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh), ("client_id", "keyed")];
    let tokens = Tokens::of(&client.post("/token", &fields).await);
    assert_eq!(client.post("/introspect", &[("token", &tokens.access)]).await.json()["active"], true);
}

#[actix_web::test]
async fn what_an_assertion_may_look_like() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let now = idp.now().0;
    for endpoint in ENDPOINTS {
        for (header, claims) in [
            (json!({"typ": null}), json!({})),
            (json!({"typ": "client-authentication+jwt"}), json!({})),
            (json!({"typ": "application/client-authentication+jwt"}), json!({})),
            (json!({"kid": null}), json!({})),
            (json!({}), json!({"aud": format!("{ISSUER}/token")})),
            (json!({}), json!({"aud": format!("{ISSUER}{endpoint}")})),
            (json!({}), json!({"aud": [ISSUER, format!("{ISSUER}/token")]})),
            (json!({}), json!({"aud": [ISSUER]})),
            (json!({}), json!({"iat": null})),
            (json!({}), json!({"nbf": now + 59, "iat": now + 59})),
            (json!({}), json!({"exp": now - 59})),
            (json!({}), json!({"exp": now + 3_600})),
            (json!({}), json!({"extra": {"a": 1}})),
            // What would name another key is not read.
            (
                json!({"jku": "https://attacker.example/keys", "x5u": "https://attacker.example/x", "x5c": ["AA"],
                "jwk": ClientKey::of("ES256", "x").jwk()}),
                json!({}),
            ),
        ] {
            let (header, claims) = (changed(client.header(), &header), changed(client.claims(), &claims));
            let answer = client.present(endpoint, &client.key.sign(&header, &claims), &[("token", "x")]).await;
            assert_eq!(answer.status, 200, "{endpoint} {header} {claims}: {}", answer.body);
        }
    }
}

#[actix_web::test]
async fn by_a_secret_that_is_sealed() {
    let idp = Idp::start().await;
    let change = json!({"token_endpoint_auth_method": "client_secret_jwt", "jwks": null, "client_secret": SECRET});
    let client = Keyed::register(&idp, "keyed", "ES256", &change).await;
    for alg in ["HS256", "HS384", "HS512"] {
        let token = |secret: &str| by_secret(secret.as_bytes(), &json!({"alg": alg}), &client.claims());
        for endpoint in ENDPOINTS {
            let answer = client.present(endpoint, &token(SECRET), &[("token", "x")]).await;
            assert_eq!(answer.status, 200, "{alg} {endpoint} {}", answer.body);
        }
        let answer = client.present("/revoke", &token(&SECRET[..63]), &[("token", "x")]).await;
        assert_eq!(answer.error(), "invalid_client", "{alg}");
    }
    let exported = idp.flows().export().await.unwrap();
    assert!(!exported.contains(SECRET) && exported.contains("\"sealed:"), "it is not printed in the clear");
}

#[actix_web::test]
async fn a_client_changes_its_published_key() {
    let idp = reaching().await;
    let documents = Documents::of_keys(&[]);
    let mut client = published(&idp, &documents).await;
    documents.turn(Serving::keys(&[&client.key]));
    assert!(is_taken(&client).await && is_taken(&client).await);
    assert_eq!(documents.asked(), 1, "what was fetched is remembered");
    let (old, new) = (client.key.clone(), ClientKey::of("ES256", "key-2"));
    documents.turn(Serving::keys(&[&new]));
    client.key = new;
    assert!(!is_taken(&client).await, "the keys were asked for less than a minute ago");
    idp.pass("60s");
    assert!(is_taken(&client).await, "and are asked for anew");
    assert_eq!(documents.asked(), 2);
    client.key = old;
    assert!(!is_taken(&client).await, "the key of before is none any more");
    // A key under a name that is known, and not the same.
    idp.pass("60s");
    let third = ClientKey::of("ES256", "key-2");
    documents.turn(Serving::keys(&[&third]));
    client.key = third;
    assert!(is_taken(&client).await);
}

#[actix_web::test]
async fn a_key_that_was_taken_away_is_good_for_ten_minutes_and_for_an_hour_while_nobody_answers() {
    let idp = reaching().await;
    let documents = Documents::of_keys(&[]);
    let client = published(&idp, &documents).await;
    documents.turn(Serving::keys(&[&client.key]));
    assert!(is_taken(&client).await);
    documents.turn(Serving::keys(&[]));
    idp.pass("599s");
    assert!(is_taken(&client).await);
    idp.pass("1s");
    assert!(!is_taken(&client).await);
    idp.pass("60s");
    documents.turn(Serving::keys(&[&client.key]));
    assert!(is_taken(&client).await);
    documents.turn(Serving::Answers(503, String::new()));
    idp.pass("3599s");
    assert!(is_taken(&client).await);
    idp.pass("1s");
    assert!(!is_taken(&client).await);
}

#[actix_web::test]
async fn however_many_ask_the_keys_are_fetched_once_a_minute() {
    let idp = reaching().await;
    let documents = Documents::of_keys(&[]);
    let client = published(&idp, &documents).await;
    documents.turn(Serving::keys(&[&client.key]));
    let stranger = Keyed { key: ClientKey::of("ES256", "unknown"), ..client.clone() };
    for minute in 1..=3 {
        let asks = (0..16).map(|_| stranger.post("/revoke", &[("token", "x")]));
        for answer in futures_util::future::join_all(asks).await {
            assert_eq!(answer.error(), "invalid_client");
        }
        assert_eq!(documents.asked(), minute);
        assert!(is_taken(&client).await, "the client itself is served meanwhile");
        idp.pass("60s");
    }
    // And where there is nothing to be had.
    documents.turn(Serving::Answers(404, String::new()));
    idp.pass("2h");
    let before = documents.asked();
    for _ in 0..5 {
        assert!(!is_taken(&client).await);
    }
    assert_eq!(documents.asked(), before + 1);
}

#[actix_web::test]
async fn a_slow_place_keeps_nobody_waiting_whose_key_is_known() {
    let idp = reaching().await;
    let documents = Documents::of_keys(&[]);
    let client = published(&idp, &documents).await;
    documents.turn(Serving::keys(&[&client.key]));
    assert!(is_taken(&client).await);
    idp.pass("60s");
    documents.turn(Serving::Hangs);
    let stranger = Keyed { key: ClientKey::of("ES256", "unknown"), ..client.clone() };
    let waiting = actix_web::rt::spawn(async move { is_taken(&stranger).await });
    while documents.asked() < 2 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    let served = tokio::time::timeout(std::time::Duration::from_secs(3), is_taken(&client)).await;
    assert_eq!(served, Ok(true));
    assert!(!waiting.await.unwrap(), "who waits is refused in the end");
}

#[actix_web::test]
async fn the_memory_of_published_keys_is_bounded() {
    let documents = Documents::of_keys(&[&ClientKey::of("EdDSA", "a")]);
    let idp = reaching().await;
    let keys = Published::keys(idp.flows().outbound.clone(), Rules { most: 4, ..KEYS });
    let now = Timestamp(1_800_000_000);
    for number in 0..20 {
        assert!(keys.of(&documents.uri(&number.to_string()), Author::Administrator, now).await.is_some());
        assert!(keys.of(&documents.uri("0"), Author::Administrator, now).await.is_some());
        assert!(keys.remembered() <= 4);
    }
    assert_eq!(documents.asked(), 20, "the one in use was never forgotten");
    assert!(
        keys.of(&documents.uri("0"), Author::Stranger, now).await.is_none(),
        "a stranger's word opens nothing here"
    );
}

#[actix_web::test]
async fn discovery_tells_how_clients_authenticate() {
    let idp = Idp::start().await;
    let metadata = idp.browser().get("/.well-known/openid-configuration").await.json();
    let methods = json!(["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"]);
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], methods);
    assert_eq!(metadata["revocation_endpoint_auth_methods_supported"], methods);
    assert_eq!(
        metadata["introspection_endpoint_auth_methods_supported"],
        Value::from(methods.as_array().unwrap()[..4].to_vec())
    );
    let algs: Vec<&str> = ["HS256", "HS384", "HS512"].into_iter().chain(ASYMMETRIC).collect();
    for endpoint in ["token", "introspection", "revocation"] {
        assert_eq!(
            metadata[format!("{endpoint}_endpoint_auth_signing_alg_values_supported")],
            json!(algs),
            "{endpoint}"
        );
    }
}
