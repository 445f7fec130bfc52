//! Client assertions that are none, or not for us, or not of this time, or not the client's: at every endpoint where a
//! client authenticates, each gets its error, nothing is stored, and nothing is fetched.

use super::jws_readers::{By, CARRIED, assert_object_refused, send};
use super::request_objects::envelopes_that_are_wrong;
use super::variants::{altered, truncated};
use super::{Untouched, assert_json};
use crate::harness::keyed::{ASSERTION, ClientKey, Documents, Keyed, Serving, by_secret, changed, signed};
use crate::harness::{Answer, ISSUER, Idp};
use crate::stories::pushed::request;
use abide::clock::Stopwatch;
use abide::flow::import::ReplaceSecrets;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// One algorithm of each method by which a client signs who it is: `private_key_jwt`, `client_secret_jwt`.
pub(super) const METHODS: [&str; 2] = ["ES256", "HS256"];

/// Every endpoint, with fields that are right apart from the authentication.
pub(super) const ENDPOINTS: [(&str, &[(&str, &str)]); 5] = [
    ("/token", &[("grant_type", "refresh_token"), ("refresh_token", "x")]),
    ("/introspect", &[("token", "x")]),
    ("/revoke", &[("token", "x")]),
    ("/par", &[("response_type", "code")]),
    ("/device_authorization", &[("scope", "openid")]),
];

/// A good assertion of this client is taken there: what was refused was refused for what it is.
async fn assert_taken(client: &Keyed, (endpoint, fields): (&str, &[(&str, &str)])) {
    let answer = client.post(endpoint, fields).await;
    assert_ne!(answer.status, 401, "{endpoint}");
}

async fn present(idp: &Idp, endpoint: &str, fields: &[(&str, &str)], with: &[(&str, &str)]) -> Answer {
    let fields: Vec<_> = fields.iter().chain(with).copied().collect();
    idp.call(TestRequest::post().uri(endpoint).set_form(fields)).await
}

/// Claims that are wrong, each in one way.
fn wrong_claims(idp: &Idp) -> Vec<Value> {
    let now = idp.now().0;
    let mut all = Vec::new();
    let others = [
        "https://other.example",
        "https://id.example.com/",
        "https://id.example.com/authorize",
        "http://id.example.com",
        "https://id.example.com/userinfo",
        "https://ID.example.com",
        "keyed",
        "*",
        "",
    ];
    for other in others {
        all.push(json!({"aud": other}));
        all.push(json!({"aud": [other]}));
        all.push(json!({"aud": [ISSUER, other]}));
        all.push(json!({"aud": [other, format!("{ISSUER}/token")]}));
    }
    all.extend([
        json!({"aud": null}),
        json!({"aud": []}),
        json!({"aud": 1}),
        json!({"aud": {ISSUER: 1}}),
        json!({"aud": [[ISSUER]]}),
    ]);
    for exp in [now - 60, now - 61, now - 86_400, 0, -1, now + 3_661, now + 86_400, i64::MAX, i64::MIN] {
        all.push(json!({"exp": exp}));
    }
    all.extend([
        json!({"exp": null}),
        json!({"exp": now.to_string()}),
        json!({"exp": true}),
        json!({"exp": [now + 60]}),
        json!({"exp": 1e300}),
    ]);
    for name in ["nbf", "iat"] {
        for at in [json!(now + 61), json!(now + 3_600), json!(i64::MAX), json!("now"), json!(false)] {
            all.push(json!({name: at}));
        }
    }
    for name in ["iss", "sub"] {
        for other in [
            json!("social"),
            json!("posting"),
            json!(ISSUER),
            json!(""),
            json!("KEYED"),
            json!(["keyed"]),
            json!(null),
            json!(7),
        ] {
            all.push(json!({name: other}));
        }
    }
    // Somebody else, in earnest: a client that authenticates otherwise, one that nobody knows.
    for other in ["social", "spa", "nobody", "abide:console", &"a".repeat(201)] {
        all.push(json!({"iss": other, "sub": other}));
    }
    all.extend([
        json!({"jti": null}),
        json!({"jti": ""}),
        json!({"jti": 1}),
        json!({"jti": ["a"]}),
        json!({"jti": "a".repeat(256)}),
    ]);
    // What is signed for the authorization endpoint authenticates nobody.
    all.extend([json!({"response_type": "code"}), json!({"redirect_uri": "https://keyed.example.com/callback"})]);
    all
}

#[actix_web::test]
async fn claims_that_are_wrong_in_one_way() {
    for alg in METHODS {
        let idp = Idp::start().await;
        wrong_in_one_way(&idp, &Keyed::register(&idp, "keyed", alg, &json!({})).await).await;
    }
}

async fn wrong_in_one_way(idp: &Idp, client: &Keyed) {
    let untouched = Untouched::now(idp).await;
    for (endpoint, fields) in ENDPOINTS {
        for change in wrong_claims(idp) {
            let token = client.key.sign(&client.header(), &changed(client.claims(), &change));
            let answer = client.present(endpoint, &token, fields).await;
            assert_json(&answer, 401, "invalid_client", &format!("{} {endpoint} {change}", client.alg));
            assert!(!answer.headers.contains_key("www-authenticate"), "{endpoint}");
            untouched.check(&change.to_string()).await;
        }
    }
    for endpoint in ENDPOINTS {
        assert_taken(client, endpoint).await;
    }
    // An assertion for one of the other endpoints.
    for (endpoint, other) in [("/introspect", "/revoke"), ("/revoke", "/introspect"), ("/token", "/revoke")] {
        let claims = changed(client.claims(), &json!({"aud": format!("{ISSUER}{other}")}));
        let answer = client.present(endpoint, &client.key.sign(&client.header(), &claims), &[("token", "x")]).await;
        assert_json(&answer, 401, "invalid_client", other);
    }
}

/// Tokens that are signed by nobody, or not as the client signs. The claims of each are right.
fn forged(client: &Keyed) -> Vec<(String, String)> {
    let claims = || client.claims();
    let jwk = client.key.jwk();
    let mut all: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, token: String| all.push((name.to_owned(), token));
    // No signature, under every spelling.
    for alg in ["none", "None", "NONE", "nOnE", "", " none"] {
        add(alg, signed(&json!({"alg": alg}), &claims(), |_| Vec::new()));
        add(alg, signed(&json!({"alg": alg, "kid": "key-1"}), &claims(), |message| message[..32].to_vec()));
    }
    for alg in ["ES256", "RS256", "PS256", "EdDSA", "HS256"] {
        add("an empty signature", signed(&json!({"alg": alg, "kid": "key-1"}), &claims(), |_| Vec::new()));
        add("zeros", signed(&json!({"alg": alg, "kid": "key-1"}), &claims(), |_| vec![0; 64]));
    }
    // The public key as a secret, in every form in which it lies about.
    for secret in [
        jwk.to_string(),
        jwk["x"].to_string(),
        jwk["x"].as_str().unwrap().to_owned(),
        json!({"keys": [jwk]}).to_string(),
        String::new(),
        "keyed".into(),
    ] {
        for alg in ["HS256", "HS384", "HS512"] {
            add(
                "a public key as secret",
                by_secret(secret.as_bytes(), &json!({"alg": alg, "kid": "key-1"}), &claims()),
            );
        }
    }
    // Another's key, brought along in every way.
    let theirs = ClientKey::of("ES256", "theirs");
    for header in [
        json!({}),
        json!({"kid": "key-1"}),
        json!({"kid": "theirs"}),
        json!({"kid": "key-1", "jwk": theirs.jwk()}),
        json!({"jwk": theirs.jwk()}),
        json!({"jku": "https://attacker.example/keys"}),
        json!({"kid": "key-1", "jku": "http://127.0.0.1:1/keys"}),
        json!({"x5u": "https://attacker.example/x"}),
        json!({"x5c": ["MIIB"], "x5t": "AA", "x5t#S256": "AA"}),
    ] {
        add(&header.to_string(), theirs.sign(&changed(json!({"alg": "ES256"}), &header), &claims()));
    }
    let other_kind = ClientKey::of("EdDSA", "key-1");
    add("another kind of key under the name", other_kind.sign(&json!({"alg": "EdDSA", "kid": "key-1"}), &claims()));
    // The client's own key, under a header that is not to be believed.
    let own = |change: Value| client.key.sign(&changed(client.header(), &change), &claims());
    for kid in [
        "",
        "KEY-1",
        "key-2",
        "key-1 ",
        "../key-1",
        "key-1\u{0}",
        "' OR 1=1 --",
        "/dev/null",
        "keyed",
        &"k".repeat(5_000),
    ] {
        add(&format!("kid {kid:?}"), own(json!({"kid": kid})));
    }
    for alg in ["ES384", "ES512", "ES256K", "es256", "RS256", "EdDSA", "HS256", "ES256 ", "dir"] {
        add(&format!("alg {alg:?}"), own(json!({"alg": alg})));
    }
    for header in [
        json!({"crit": ["exp"]}),
        json!({"crit": []}),
        json!({"crit": ["b64"], "b64": false}),
        json!({"alg": ["ES256"]}),
        json!({"kid": 1}),
        json!({"kid": ["key-1"]}),
        json!({"typ": "at+jwt"}),
        json!({"typ": "dpop+jwt"}),
        json!({"typ": "logout+jwt"}),
        json!({"typ": "oauth-authz-req+jwt"}),
        json!({"typ": "JWS"}),
        json!({"typ": ""}),
        json!({"typ": 1}),
    ] {
        add(&header.to_string(), own(header.clone()));
    }
    // What came on the way.
    let good = client.assertion();
    let parts: Vec<&str> = good.split('.').collect();
    let (header, claims_part, signature) = (parts[0], parts[1], parts[2]);
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    add("other claims", format!("{header}.{}.{signature}", encode(claims())));
    add(
        "another header",
        format!("{}.{claims_part}.{signature}", encode(json!({"alg": "ES256", "kid": "key-1", "a": 1}))),
    );
    for broken in [
        format!("{good}="),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.AA"),
        format!("{good} "),
        format!("{header}.{claims_part}"),
        format!("{header}..{signature}"),
        format!(".{claims_part}.{signature}"),
        format!("{header}.{claims_part}.{signature}{signature}"),
        format!("{header}.AA.{claims_part}.{signature}.AA"),
        good.replace('.', "%2E"),
        "x".into(),
        "..".into(),
        "a".repeat(16_000),
        json!({"payload": claims_part, "protected": header, "signature": signature}).to_string(),
    ] {
        add("broken", broken);
    }
    for text in
        altered(&good, 17).into_iter().chain(truncated(&good, 17)).filter(|text| !text.is_empty() && *text != good)
    {
        add("altered", text);
    }
    all
}

#[actix_web::test]
async fn what_the_client_did_not_sign() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let forged = forged(&client);
    assert!(forged.len() > 90, "{}", forged.len());
    let untouched = Untouched::now(&idp).await;
    for (endpoint, fields) in ENDPOINTS {
        for (name, token) in &forged {
            let answer = client.present(endpoint, token, fields).await;
            assert_json(&answer, 401, "invalid_client", &format!("{endpoint} {name}: {token}"));
        }
        untouched.check(endpoint).await;
    }
    for endpoint in ENDPOINTS {
        assert_taken(&client, endpoint).await;
    }
}

#[actix_web::test]
async fn another_method_or_algorithm_than_registered() {
    let idp = Idp::start().await;
    let by_key = Keyed::register(&idp, "keyed", "PS256", &json!({"token_endpoint_auth_signing_alg": "PS256"})).await;
    let by_mac = json!({"token_endpoint_auth_method": "client_secret_jwt", "jwks": null, "client_secret": SECRET,
        "token_endpoint_auth_signing_alg": "HS512"});
    let by_mac = Keyed::register(&idp, "by-mac", "ES256", &by_mac).await;
    let with_keys = json!({"token_endpoint_auth_method": "client_secret_basic", "client_secret": SECRET});
    let by_secret_alone = Keyed::register(&idp, "by-secret", "ES256", &with_keys).await;
    let mac = |alg: &str| by_secret(SECRET.as_bytes(), &json!({"alg": alg}), &by_mac.claims());
    let untouched = Untouched::now(&idp).await;
    for (endpoint, fields) in ENDPOINTS {
        for (name, client, token) in [
            (
                "RS256 with a key of PS256",
                &by_key,
                by_key.key.sign(&changed(by_key.header(), &json!({"alg": "RS256"})), &by_key.claims()),
            ),
            ("PS384", &by_key, by_key.key.sign(&changed(by_key.header(), &json!({"alg": "PS384"})), &by_key.claims())),
            ("HS256 with a secret of HS512", &by_mac, mac("HS256")),
            ("HS384", &by_mac, mac("HS384")),
            ("a key where a secret is registered", &by_mac, by_mac.assertion()),
            ("a key where the secret is to be sent", &by_secret_alone, by_secret_alone.assertion()),
            (
                "a secret that is to be sent, signing",
                &by_secret_alone,
                by_secret(SECRET.as_bytes(), &json!({"alg": "HS256"}), &by_secret_alone.claims()),
            ),
        ] {
            let answer = client.present(endpoint, &token, fields).await;
            assert_json(&answer, 401, "invalid_client", &format!("{endpoint} {name}"));
        }
        // The secret itself where it is to sign, and nothing at all where there is a key.
        for with in [
            vec![("client_id", "by-mac"), ("client_secret", SECRET)],
            vec![("client_id", "by-mac")],
            vec![("client_id", "keyed")],
        ] {
            assert_json(
                &present(&idp, endpoint, fields, &with).await,
                401,
                "invalid_client",
                &format!("{endpoint} {with:?}"),
            );
        }
        untouched.check(endpoint).await;
        let answer = by_mac.present(endpoint, &mac("HS512"), fields).await;
        assert_ne!(answer.status, 401, "{endpoint}");
        assert_taken(&by_key, (endpoint, fields)).await;
        return_to(&idp).await;
        untouched.check(endpoint).await;
    }
}

/// What was used once is forgotten when it would be too old.
async fn return_to(idp: &Idp) {
    idp.pass("3h");
    idp.deliver().await;
}

#[actix_web::test]
async fn two_methods_at_once_and_halves_of_one() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let untouched = Untouched::now(&idp).await;
    let token = client.assertion();
    let whole = [("client_assertion_type", ASSERTION), ("client_assertion", token.as_str())];
    for (endpoint, fields) in ENDPOINTS {
        let with = |more: &[(&'static str, &'static str)]| [&whole[..], more].concat();
        for (case, error) in [
            (with(&[("client_secret", "x")]), "invalid_request"),
            (with(&[("client_id", "social")]), "invalid_request"),
            (with(&[("client_id", "keyed"), ("client_id", "keyed")]), "invalid_request"),
            (with(&[("client_assertion_type", ASSERTION)]), "invalid_request"),
            (with(&whole[1..].iter().map(|_| ("client_assertion", "x")).collect::<Vec<_>>()), "invalid_request"),
            (whole[..1].to_vec(), "invalid_request"),
            (whole[1..].to_vec(), "invalid_request"),
        ] {
            assert_json(&present(&idp, endpoint, fields, &case).await, 400, error, &format!("{endpoint} {case:?}"));
        }
        for kind in ["urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "jwt-bearer", "URN:IETF:params", "x"] {
            let case = [("client_assertion_type", kind), ("client_assertion", token.as_str())];
            assert_json(&present(&idp, endpoint, fields, &case).await, 401, "invalid_client", kind);
        }
        let form = [fields, &whole[..]].concat();
        let request = TestRequest::post().uri(endpoint).insert_header(("authorization", "Basic a2V5ZWQ6eA=="));
        assert_json(&idp.call(request.set_form(form)).await, 400, "invalid_request", "a header as well");
        untouched.check(endpoint).await;
    }
    // It was not used up by any of that; and it need not say twice who it is.
    let fields = [&whole[..], &[("token", "x"), ("client_id", "keyed")]].concat();
    assert_eq!(idp.call(TestRequest::post().uri("/revoke").set_form(fields)).await.status, 200);
}

#[actix_web::test]
async fn an_assertion_is_good_once_for_all_endpoints() {
    for alg in METHODS {
        let idp = Idp::start().await;
        let client = Keyed::register(&idp, "keyed", alg, &json!({})).await;
        good_once(&idp, &client, &Keyed::register(&idp, "other", alg, &json!({})).await).await;
    }
}

async fn good_once(idp: &Idp, client: &Keyed, other: &Keyed) {
    for (first, fields) in ENDPOINTS {
        let claims = changed(client.claims(), &json!({"exp": idp.now().0 + 300}));
        let token = client.key.sign(&client.header(), &claims);
        let answer = client.present(first, &token, fields).await;
        assert_ne!(answer.status, 401, "{first}");
        let untouched = Untouched::now(idp).await;
        let resigned = client.key.sign(&client.header(), &changed(claims.clone(), &json!({"exp": idp.now().0 + 600})));
        for (again, fields) in ENDPOINTS {
            for (how, token) in [("the same", &token), ("signed anew under its name", &resigned)] {
                assert_json(
                    &client.present(again, token, fields).await,
                    401,
                    "invalid_client",
                    &format!("{first} {again} {how}"),
                );
            }
        }
        untouched.check(first).await;
        // The name is the client's own: another may have the same.
        let same_name = json!({"jti": claims["jti"]});
        let token_of_other = other.key.sign(&other.header(), &changed(other.claims(), &same_name));
        assert_eq!(other.present("/revoke", &token_of_other, &[("token", "x")]).await.status, 200);
        // To its last second, and beyond it.
        idp.pass("359s");
        idp.deliver().await;
        assert_json(
            &client.present("/revoke", &token, &[("token", "x")]).await,
            401,
            "invalid_client",
            "the last second",
        );
        idp.pass("1s");
        idp.deliver().await;
        assert_json(&client.present("/revoke", &token, &[("token", "x")]).await, 401, "invalid_client", "after it");
    }
    return_to(idp).await;
    assert!(!idp.contents().await.contains("assertion/"), "nothing is remembered for longer than it is good");
}

#[actix_web::test]
async fn of_sixteen_at_once_one_is_taken() {
    let idp = Idp::start().await;
    let by_key = Keyed::register(&idp, "by-key", METHODS[0], &json!({})).await;
    let by_secret = Keyed::register(&idp, "by-secret", METHODS[1], &json!({})).await;
    for client in [by_key, by_secret].iter().cycle().take(6) {
        let token = client.assertion();
        let (presenting, presented) = (client.clone(), token.clone());
        let answers =
            super::sixteen(async move |_| presenting.present("/revoke", &presented, &[("token", "x")]).await).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.status == 401).count(), 15);
    }
}

/// A client that proves itself by a secret and signs requests by a key that it publishes there.
async fn signing_requests(idp: &Idp, uri: &str, key: &ClientKey) -> Keyed {
    let change = json!({"token_endpoint_auth_method": "client_secret_basic", "jwks": null, "jwks_uri": uri,
        "client_secret": idp.app("objects").secret()});
    Keyed { key: key.clone(), ..Keyed::register(idp, "objects", "ES256", &change).await }
}

/// No request of this client is taken, by any way on which an object is carried: none of them has its keys.
async fn no_request_is_taken(client: &Keyed, case: &str) {
    let app = client.idp.app(&client.client_id);
    let object = &client.key.sign(&client.header(), &request(&app));
    let sent = CARRIED.map(|by| async move { (by, send(client, ("request", object), by).await) });
    for (by, answer) in futures_util::future::join_all(sent).await {
        assert_object_refused(&answer, by, &app, case);
    }
}

/// Where keys are to be had, for who does not look where they come from.
#[actix_web::test]
async fn keys_are_fetched_from_nowhere_they_should_not_be() {
    let trap = Documents::of_keys(&[]);
    // Nothing is listed here: loopback, private and link-local addresses are out of bounds, by whatever name.
    let idp = Idp::start().await;
    let port = trap.uri("").rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
    for host in [
        "127.0.0.1",
        "localhost",
        "a.localhost",
        "127.1",
        "2130706433",
        "0x7f000001",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "10.0.0.1",
        "192.168.0.1",
        "172.16.0.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd00::1]",
        "100.64.0.1",
        "metadata.google.internal",
    ] {
        for scheme in ["http", "https"] {
            let uri = format!("{scheme}://{host}:{port}/keys");
            let change = json!({"jwks": null, "jwks_uri": uri});
            let client = Keyed::register(&idp, "keyed", "ES256", &change).await;
            let signing = signing_requests(&idp, &uri, &client.key).await;
            trap.turn(Serving::keys(&[&client.key]));
            let untouched = Untouched::now(&idp).await;
            assert_json(
                &client.post("/revoke", &[("token", "x")]).await,
                401,
                "invalid_client",
                &format!("{scheme} {host}"),
            );
            no_request_is_taken(&signing, &uri).await;
            untouched.check(host).await;
        }
    }
    assert_eq!(trap.asked(), 0);
}

#[actix_web::test]
async fn what_publishes_no_keys() {
    let trap = Documents::of_keys(&[]);
    let idp =
        Idp::with(|config| config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect()).await;
    let documents = Documents::of_keys(&[]);
    let change = json!({"jwks": null, "jwks_uri": documents.uri("keys")});
    let client = Keyed::register(&idp, "keyed", "ES256", &change).await;
    let signing = signing_requests(&idp, &documents.uri("keys-of-objects"), &client.key).await;
    trap.turn(Serving::keys(&[&client.key]));
    let good = json!({"keys": [client.key.jwk()]});
    let mut private = client.key.jwk();
    private["d"] = json!("AA");
    let mut for_encryption = client.key.jwk();
    for_encryption["use"] = json!("enc");
    let mut for_another = client.key.jwk();
    for_another["alg"] = json!("ES512");
    let weak = json!({"kty": "RSA", "kid": "key-1", "n": URL_SAFE_NO_PAD.encode([0xff; 128]), "e": "AQAB"});
    let padding = json!({"keys": [client.key.jwk()], "padding": "a".repeat(70_000)});
    let crowd = [vec![ClientKey::of("EdDSA", "a").jwk(); 32], vec![client.key.jwk()]].concat();
    let text = |value: Value| Serving::Answers(200, value.to_string());
    let untouched = Untouched::now(&idp).await;
    for (name, serving) in [
        ("a redirect", Serving::Redirects(trap.uri("keys"))),
        ("a redirect to nowhere", Serving::Redirects("http://169.254.169.254/".into())),
        ("404 with keys", Serving::Answers(404, good.to_string())),
        ("500 with keys", Serving::Answers(500, good.to_string())),
        ("204", Serving::Answers(204, String::new())),
        ("no JSON", Serving::Answers(200, "<html>".into())),
        ("nothing", Serving::Answers(200, String::new())),
        ("a list", text(json!([client.key.jwk()]))),
        ("a key", text(client.key.jwk())),
        ("an empty set", text(json!({"keys": []}))),
        ("no set", text(json!({"keys": {"a": client.key.jwk()}}))),
        ("a private key", text(json!({"keys": [private]}))),
        ("a key to encrypt with", text(json!({"keys": [for_encryption]}))),
        ("a key for another algorithm", text(json!({"keys": [for_another]}))),
        ("a weak key", text(json!({"keys": [weak]}))),
        ("another key", Serving::keys(&[&ClientKey::of("ES256", "key-1")])),
        ("too large", text(padding)),
        ("endless", Serving::Floods),
        ("more keys than are looked at", text(json!({"keys": crowd}))),
    ] {
        documents.turn(serving);
        let before = documents.asked();
        for (endpoint, fields) in ENDPOINTS {
            assert_json(&client.post(endpoint, fields).await, 401, "invalid_client", &format!("{endpoint} {name}"));
        }
        assert_eq!(documents.asked(), before + 1, "{name}: however many endpoints, one fetch");
        no_request_is_taken(&signing, name).await;
        assert_eq!(documents.asked(), before + 2, "{name}: and one for however many requests");
        untouched.check(name).await;
        idp.pass("2h");
    }
    assert_eq!(trap.asked(), 0, "nobody followed");
    // Slow: ten seconds for whoever comes first, and nobody waits for it again within the minute.
    documents.turn(Serving::Hangs);
    let began = Stopwatch::start();
    let asks = futures_util::future::join_all(ENDPOINTS.map(|(endpoint, fields)| client.post(endpoint, fields)));
    let (answers, ()) = futures_util::future::join(asks, no_request_is_taken(&signing, "slow")).await;
    for answer in answers {
        assert_json(&answer, 401, "invalid_client", "slow");
    }
    let took = began.milliseconds();
    assert!((9_000..13_000).contains(&took), "{took} ms");
    untouched.check("slow").await;
    // And no fetch at all for what is not for us, or not of this time.
    idp.pass("2h");
    let before = documents.asked();
    for change in wrong_claims(&idp) {
        let token = client.key.sign(&client.header(), &changed(client.claims(), &change));
        client.present("/revoke", &token, &[("token", "x")]).await;
    }
    let app = idp.app("objects");
    for change in envelopes_that_are_wrong(&idp) {
        let object = signing.key.sign(&signing.header(), &changed(request(&app), &change));
        for by in CARRIED {
            assert_object_refused(&send(&signing, ("request", &object), by).await, by, &app, &change.to_string());
        }
    }
    assert_eq!(documents.asked(), before);
    documents.turn(text(good));
    assert_eq!(client.post("/revoke", &[("token", "x")]).await.status, 200);
    let object = signing.key.sign(&signing.header(), &request(&app));
    assert_eq!(send(&signing, ("request", &object), By::Push).await.status, 201);
}

/// Records that are refused, and the member that is named.
#[actix_web::test]
async fn records_with_keys_that_must_not_be() {
    let idp = Idp::start().await;
    let key = ClientKey::of("ES256", "a").jwk();
    let with = |change: Value| changed(key.clone(), &change);
    let rsa = |bytes: usize, e: &str| json!({"kty": "RSA", "n": URL_SAFE_NO_PAD.encode(vec![0xff; bytes]), "e": e});
    let untouched = Untouched::now(&idp).await;
    let mut cases: Vec<(Value, &str)> = [
        with(json!({"d": "AA"})),
        with(json!({"x": null})),
        with(json!({"x": "AA"})),
        with(json!({"y": "!"})),
        with(json!({"crv": "secp256k1"})),
        with(json!({"kty": "oct", "k": "AA"})),
        with(json!({"kty": null})),
        with(json!({"use": "enc"})),
        with(json!({"key_ops": ["sign"]})),
        with(json!({"kid": 1})),
        rsa(64, "AQAB"),
        rsa(128, "AQAB"),
        rsa(255, "AQAB"),
        rsa(1_025, "AQAB"),
        rsa(256, "AQ"),
        rsa(256, "Ag"),
        json!("key"),
    ]
    .into_iter()
    .map(|key| (json!({"jwks": {"keys": [key]}}), "jwks"))
    .collect();
    cases.extend([
        (json!({"jwks": {"keys": []}}), "jwks"),
        (json!({"jwks": {"keys": vec![key.clone(); 33]}}), "jwks"),
        (json!({"jwks": [key]}), "jwks"),
        (json!({}), "jwks"),
        (json!({"jwks": {"keys": [key]}, "jwks_uri": "https://a.example/keys"}), "jwks"),
        (json!({"jwks_uri": "javascript:alert(1)"}), "jwks_uri"),
        (json!({"jwks_uri": "file:///etc/passwd"}), "jwks_uri"),
        (json!({"jwks_uri": "https://a.example/keys#x"}), "jwks_uri"),
        (json!({"jwks_uri": "https://user:pass@a.example/keys"}), "jwks_uri"),
        (json!({"jwks_uri": "https://*.example/keys"}), "jwks_uri"),
        (json!({"jwks_uri": ""}), "jwks_uri"),
        (json!({"jwks_uri": format!("https://a.example/{}", "a".repeat(2_100))}), "jwks_uri"),
        (json!({"jwks": {"keys": [key]}, "client_secret": SECRET}), "client_secret"),
        (json!({"jwks": {"keys": [key]}, "token_endpoint_auth_signing_alg": "HS256"}), "token_endpoint_auth_signing_alg"),
        (json!({"jwks": {"keys": [key]}, "token_endpoint_auth_signing_alg": "none"}), ""),
        (json!({"token_endpoint_auth_method": "client_secret_jwt"}), "client_secret"),
        (json!({"token_endpoint_auth_method": "client_secret_jwt", "client_secret": "short", "weak_secret": true}), "client_secret"),
        (json!({"token_endpoint_auth_method": "client_secret_jwt", "client_secret": &SECRET[..31]}), "client_secret"),
        (json!({"token_endpoint_auth_method": "client_secret_jwt", "client_secret": &SECRET[..63],
            "token_endpoint_auth_signing_alg": "HS512"}), "client_secret"),
        (json!({"token_endpoint_auth_method": "client_secret_jwt", "client_secret_hash": format!("sha256:{}", "A".repeat(43))}), "client_secret_hash"),
        (json!({"token_endpoint_auth_method": "client_secret_jwt", "client_secret_hash": "sealed:AAAA"}), "client_secret_hash"),
        (json!({"token_endpoint_auth_method": "client_secret_jwt", "client_secret": SECRET,
            "token_endpoint_auth_signing_alg": "RS256"}), "token_endpoint_auth_signing_alg"),
        (json!({"token_endpoint_auth_method": "client_secret_basic", "client_secret": SECRET,
            "previous_client_secret_hash": format!("sha256:{}", "A".repeat(43))}), "previous_client_secret_hash"),
    ]);
    for (change, named) in cases {
        let record = json!({"client_id": "newcomer", "token_endpoint_auth_method": "private_key_jwt",
            "redirect_uris": ["https://newcomer.example.com/cb"]});
        let record = changed(record, &change);
        let refused = idp.try_import(json!({"clients": [record]}), ReplaceSecrets::No).await;
        let why = refused.expect_err(&change.to_string());
        assert!(named.is_empty() || why.contains(&format!("clients[0] (newcomer): {named}")), "{change}: {why}");
        untouched.check(&change.to_string()).await;
    }
}
