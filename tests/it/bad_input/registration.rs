//! Registrations that are refused: each with its exact error, nothing stored, nothing fetched that should not be.

use super::{Untouched, assert_json};
use crate::harness::keyed::{ASSERTION, ClientKey, Documents, Serving, by_secret, changed};
use crate::harness::{Answer, Idp};
use crate::stories::registration::{CALLBACK, Registered, ask, metadata, open};
use abide::flow::import::ReplaceSecrets;
use abide::model::cookies::Switch;
use abide::model::outbound::Author;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

async fn post(idp: &Idp, body: &Value) -> Answer {
    ask(idp, (Method::POST, "/register"), None, Some(body)).await
}

/// Changes of good metadata that make it wrong, by the error that they are answered with.
fn wrong() -> Vec<(&'static str, Vec<Value>)> {
    let uris = |uris: &[&str]| json!({"redirect_uris": uris});
    let many: Vec<String> = (0..1_000).map(|n| format!("https://plaza.example/{n}")).collect();
    let native = |uri: &str| json!({"redirect_uris": [uri], "application_type": "native"});
    let redirect = vec![
        uris(&["javascript:alert(1)"]),
        uris(&["data:text/html,x"]),
        uris(&["https://*.plaza.example/cb"]),
        uris(&["https://plaza.example/cb#x"]),
        uris(&["https://plaza.example/cb#"]),
        uris(&["https://mira:secret@plaza.example/cb"]),
        uris(&["https://@plaza.example/cb"]),
        uris(&["http://plaza.example/cb"]),
        uris(&["https:plaza.example"]),
        uris(&["//plaza.example/cb"]),
        uris(&["/cb"]),
        uris(&[""]),
        uris(&["https://pl\u{430}za.example/cb"]),
        uris(&["https://plaza.example/c\nb"]),
        uris(&["https://plaza.example\\@evil.example/cb"]),
        uris(&[CALLBACK, "javascript:alert(1)"]),
        uris(&["com.example.plaza:/cb"]),
        uris(&[]),
        json!({"redirect_uris": null}),
        json!({"redirect_uris": many}),
        json!({"redirect_uris": [format!("https://plaza.example/{}", "a".repeat(3_000))]}),
        json!({"redirect_uris": CALLBACK}),
        json!({"redirect_uris": [[CALLBACK]]}),
        json!({"redirect_uris": {"0": CALLBACK}}),
        json!({"redirect_uris": [null]}),
        json!({"redirect_uris": ["http://localhost:1/cb"], "token_endpoint_auth_method": "none"}),
        native("javascript:alert(1)"),
        native("plaza:/cb"),
        native("http://app.localhost/cb"),
        native("http://127.0.0.2/cb"),
    ];
    let other = vec![
        json!({"client_name": "Pla\u{202e}za"}),
        json!({"client_name": "Pla\u{200b}za"}),
        json!({"client_name": "Plaza\u{2028}Bank"}),
        json!({"client_name": "Plaza\nBank"}),
        json!({"client_name": ""}),
        json!({"client_name": "P".repeat(201)}),
        json!({"client_name": ["Plaza"]}),
        json!({"client_name": 1}),
        json!({"logo_uri": "javascript:alert(1)"}),
        json!({"policy_uri": "http://plaza.example/policy"}),
        json!({"tos_uri": ["https://plaza.example/terms"]}),
        json!({"client_uri": "data:text/html,x"}),
        json!({"post_logout_redirect_uris": ["javascript:alert(1)"]}),
        json!({"backchannel_logout_uri": "ftp://plaza.example/out"}),
        json!({"frontchannel_logout_uri": "https://elsewhere.example/out"}),
        json!({"response_types": ["id_token"], "grant_types": ["implicit"]}),
        json!({"response_types": ["id_token token"], "grant_types": ["implicit"]}),
        json!({"response_types": ["code id_token"], "grant_types": ["authorization_code", "implicit"]}),
        json!({"response_types": ["token"]}),
        json!({"response_types": "code"}),
        json!({"response_types": []}),
        json!({"grant_types": ["implicit", "authorization_code"]}),
        json!({"grant_types": ["client_credentials"], "response_types": []}),
        json!({"grant_types": ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]}),
        json!({"grant_types": ["password"]}),
        json!({"grant_types": []}),
        json!({"scope": ["openid"]}),
        json!({"scope": "abide:users:write"}),
        json!({"scope": "offline_access"}),
        json!({"scope": "open\"id"}),
        json!({"token_endpoint_auth_method": "tls_client_auth"}),
        json!({"token_endpoint_auth_method": ["none"]}),
        json!({"token_endpoint_auth_method": "private_key_jwt"}),
        json!({"id_token_signed_response_alg": "HS256"}),
        json!({"userinfo_signed_response_alg": "none"}),
        json!({"jwks": {"keys": []}}),
        json!({"jwks": "https://plaza.example/keys"}),
        json!({"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}),
        json!({"jwks_uri": "file:///etc/passwd"}),
        json!({"jwks_uri": "https://mira@plaza.example/keys"}),
        json!({"subject_type": "pairwise", "redirect_uris": [CALLBACK, "https://other.example/cb"]}),
        json!({"sector_identifier_uri": "http://plaza.example/sector"}),
        json!({"sector_identifier_uri": "javascript:alert(1)"}),
        json!({"application_type": "desktop"}),
        json!({"default_max_age": -1}),
        json!({"default_max_age": "60"}),
        json!({"default_acr_values": "urn:abide:acr:aal2"}),
        json!({"require_signed_request_object": "yes"}),
        json!({"default_acr_values": vec!["x".repeat(50); 1_000]}),
    ];
    let token = "eyJhbGciOiJub25lIn0.e30.c2ln";
    vec![
        ("invalid_redirect_uri", redirect),
        ("invalid_client_metadata", other),
        ("unapproved_software_statement", vec![json!({"software_statement": token})]),
        (
            "invalid_software_statement",
            vec![
                json!({"software_statement": "x"}),
                json!({"software_statement": "a..b"}),
                json!({"software_statement": {"software_id": "x"}}),
            ],
        ),
    ]
}

#[actix_web::test]
async fn wrong_metadata_registers_nothing_and_changes_nothing() {
    let idp = Idp::with(open).await;
    let app = Registered::new(&idp, json!({})).await;
    let untouched = Untouched::now(&idp).await;
    for (error, changes) in wrong() {
        for change in changes {
            let case = change.to_string().chars().take(200).collect::<String>();
            assert_json(&post(&idp, &metadata(change.clone())).await, 400, error, &case);
            let mut replacing = metadata(change);
            replacing["client_id"] = app.told["client_id"].clone();
            assert_json(&app.manage(Method::PUT, Some(&replacing)).await, 400, error, &case);
            untouched.check(&case).await;
        }
    }
    assert_eq!(app.manage(Method::GET, None).await.json()["client_name"], "Plaza");
}

/// RFC 7592, section 2; RFC 9110, section 15.5.6.
#[actix_web::test]
async fn by_another_method_nothing_is_done() {
    let idp = Idp::with(open).await;
    let app = Registered::new(&idp, json!({})).await;
    let token = app.text("registration_access_token");
    let mut whole = metadata(json!({"client_name": "Another"}));
    whole["client_id"] = app.told["client_id"].clone();
    let untouched = Untouched::now(&idp).await;
    for (path, allowed) in [(app.path(), "GET, HEAD, PUT, DELETE"), ("/register", "POST")] {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "put", "X"] {
            if allowed.split(", ").any(|own| own == method) {
                continue;
            }
            for token in [None, Some(token)] {
                let case = format!("{method} {path}");
                let answer = ask(&idp, (method.parse().unwrap(), path), token, Some(&whole)).await;
                assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allowed), "{case}: {}", answer.body);
                untouched.check(&case).await;
            }
        }
    }
}

const METADATA: &str = "invalid_client_metadata";

/// What each of the six response types needs beside it (OpenID Connect Dynamic Client Registration 1.0, section 2).
const TYPES: [(&str, &[&str]); 6] = [
    ("code", &["authorization_code"]),
    ("id_token", &["implicit"]),
    ("id_token token", &["implicit"]),
    ("code id_token", &["authorization_code", "implicit"]),
    ("code token", &["authorization_code", "implicit"]),
    ("code id_token token", &["authorization_code", "implicit"]),
];

/// An administrator's word about a client of these members.
async fn import(idp: &Idp, members: &Value) -> Result<(usize, usize, usize), String> {
    let record = json!({"client_id": "newcomer", "client_name": "Newcomer",
        "client_secret": "newcomer-secret-0123456789abcdef0123456789abcdef", "redirect_uris": [CALLBACK]});
    let secret = match members["token_endpoint_auth_method"].as_str() {
        Some("none" | "private_key_jwt") => json!({"client_secret": null}),
        _ => json!({}),
    };
    let record = changed(changed(record, &secret), members);
    idp.try_import(json!({"clients": [record]}), ReplaceSecrets::Yes).await
}

/// Members that are refused, whoever says them, and nothing is stored; `app` is registered already.
async fn assert_refused(app: &Registered, members: &Value, error: &str) {
    let (idp, case) = (&app.idp, members.to_string());
    let untouched = Untouched::now(idp).await;
    assert_json(&post(idp, &metadata(members.clone())).await, 400, error, &case);
    let replacing = changed(metadata(members.clone()), &json!({"client_id": app.told["client_id"]}));
    assert_json(&app.manage(Method::PUT, Some(&replacing)).await, 400, error, &case);
    let why = import(idp, members).await.expect_err(&case);
    assert!(why.starts_with("clients[0] (newcomer): "), "{case}: {why}");
    untouched.check(&case).await;
}

/// Members that are good, whoever says them.
async fn assert_taken(idp: &Idp, members: &Value) -> Registered {
    idp.pass("11m");
    import(idp, members).await.unwrap_or_else(|why| panic!("{members}: {why}"));
    Registered::new(idp, members.clone()).await
}

async fn certifying() -> Idp {
    Idp::with(|config| {
        open(config);
        config.registration.certification = Switch::On;
    })
    .await
}

#[actix_web::test]
async fn a_response_type_without_one_of_its_grant_types_is_refused() {
    let idp = certifying().await;
    for (response_type, needed) in TYPES {
        let members = |grants: &[&str]| json!({"response_types": [response_type], "grant_types": grants});
        let app = assert_taken(&idp, &members(needed)).await;
        for missing in needed {
            for also in [&[][..], &["refresh_token"], &["authorization_code"], &["implicit"]] {
                let mut grants: Vec<&str> = needed.iter().chain(also).copied().collect();
                grants.retain(|grant| grant != missing);
                assert_refused(&app, &members(&grants), METADATA).await;
            }
        }
        // One that no response type calls for is as wrong.
        for other in ["authorization_code", "implicit"] {
            if !needed.contains(&other) {
                assert_refused(&app, &members(&[needed, &[other]].concat()), METADATA).await;
            }
        }
        // Beside one that has all it needs it is no better.
        for (beside, theirs) in TYPES {
            if needed.iter().any(|grant| !theirs.contains(grant)) {
                let both = json!({"response_types": [beside, response_type], "grant_types": theirs});
                assert_refused(&app, &both, METADATA).await;
            }
        }
    }
}

/// Two changes, each of which is good alone, and which do not go together.
fn contradictions() -> Vec<(Value, Value, &'static str)> {
    const REDIRECT: &str = "invalid_redirect_uri";
    let by_key = json!({"jwks": {"keys": [ClientKey::of("ES256", "key-1").jwk()]}});
    let signs = changed(by_key.clone(), &json!({"token_endpoint_auth_method": "private_key_jwt"}));
    let by_secret = json!({"token_endpoint_auth_method": "client_secret_jwt"});
    let shows = json!({"response_types": ["code", "code id_token"], "grant_types": ["authorization_code", "implicit"]});
    let public = json!({"token_endpoint_auth_method": "none"});
    let local = json!({"redirect_uris": ["http://localhost:3000/cb"]});
    let elsewhere = json!({"redirect_uris": ["https://other.example/cb"]});
    let with = |object: &Value, change: Value| changed(object.clone(), &change);
    vec![
        (by_key.clone(), json!({"jwks_uri": "https://plaza.example/keys"}), METADATA),
        (signs.clone(), with(&by_secret, json!({"token_endpoint_auth_signing_alg": "HS256"})), METADATA),
        (by_secret.clone(), with(&signs, json!({"token_endpoint_auth_signing_alg": "ES256"})), METADATA),
        (
            with(&by_key, json!({"require_signed_request_object": true})),
            json!({"request_object_signing_alg": "none"}),
            METADATA,
        ),
        (signs, with(&by_secret, json!({"request_object_signing_alg": "HS256"})), METADATA),
        (public.clone(), with(&by_key, json!({"request_object_signing_alg": "ES256"})), METADATA),
        (shows.clone(), json!({"id_token_signed_response_alg": "none"}), METADATA),
        (shows, local.clone(), REDIRECT),
        (public.clone(), local, REDIRECT),
        (public, json!({"require_pkce": false}), METADATA),
        (
            json!({"subject_type": "pairwise"}),
            json!({"redirect_uris": [CALLBACK, "https://other.example/cb"]}),
            METADATA,
        ),
        (json!({"frontchannel_logout_uri": "https://plaza.example/left"}), elsewhere, METADATA),
    ]
}

/// "Policy runs on the complete resulting object": what stays counts with what changes.
#[actix_web::test]
async fn members_that_are_right_alone_and_wrong_together() {
    let idp = certifying().await;
    for (one, other, error) in contradictions() {
        // What the second needs alone is taken out again, or overruled, beside the first.
        let mut together = changed(other.clone(), &one);
        if one["jwks"].is_null() && one["token_endpoint_auth_method"].is_string() {
            together.as_object_mut().unwrap().remove("jwks");
        }
        for alone in [&one, &other] {
            let app = assert_taken(&idp, alone).await;
            assert_refused(&app, &together, error).await;
        }
    }
}

#[actix_web::test]
async fn bodies_that_are_none() {
    let idp = Idp::with(open).await;
    let app = Registered::new(&idp, json!({})).await;
    let untouched = Untouched::now(&idp).await;
    let megabyte = format!("{{\"client_name\": \"{}\"}}", "a".repeat(1 << 20));
    let deep = format!("{{\"jwks\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    for (kind, body, status) in [
        ("application/json", megabyte.as_str(), 413),
        ("application/json", deep.as_str(), 400),
        ("application/json", "", 400),
        ("application/json", "[]", 400),
        ("application/json", "\"x\"", 400),
        ("application/json", "null", 400),
        ("application/json", "{\"redirect_uris\":", 400),
        ("application/json", "{} {}", 400),
        ("application/json", "\u{feff}{}", 400),
        ("application/x-www-form-urlencoded", "client_name=Plaza", 400),
        ("text/plain", "{}", 400),
        ("", "{}", 400),
    ] {
        for (method, path) in [(Method::POST, "/register"), (Method::PUT, app.path())] {
            let case = format!("{method} {kind} {body:.40}");
            let token = format!("Bearer {}", app.text("registration_access_token"));
            let mut request = TestRequest::with_uri(path).method(method.clone()).insert_header(("content-type", kind));
            if method == Method::PUT {
                request = request.insert_header(("authorization", token));
            }
            let answer = idp.call(request.set_payload(body.to_owned())).await;
            assert_json(&answer, status, "invalid_request", &case);
            untouched.check(&case).await;
        }
    }
}

#[actix_web::test]
async fn who_may_not() {
    let off = Idp::start().await;
    let untouched = Untouched::now(&off).await;
    for token in [None, Some("x"), Some("")] {
        let answer = ask(&off, (Method::POST, "/register"), token, Some(&metadata(json!({})))).await;
        assert_json(&answer, 403, "access_denied", "off");
    }
    untouched.check("off").await;
    let discovered = off.call(TestRequest::get().uri("/.well-known/openid-configuration")).await.json();
    assert!(discovered.get("registration_endpoint").is_none());

    let folder = tempfile::tempdir().unwrap();
    let (path, good) = (folder.path().join("tokens"), "t".repeat(40));
    std::fs::write(&path, &good).unwrap();
    let idp = Idp::with(|config| config.registration.initial_access_token_file = Some(path)).await;
    let untouched = Untouched::now(&idp).await;
    let answer = ask(&idp, (Method::POST, "/register"), None, Some(&metadata(json!({})))).await;
    assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer realm=\"abide\""));
    for token in ["", "x", &good[1..], &format!("{good}t"), &good.to_uppercase()] {
        let answer = ask(&idp, (Method::POST, "/register"), Some(token), Some(&metadata(json!({})))).await;
        assert_json(&answer, 401, "invalid_token", token);
    }
    untouched.check("tokens").await;
}

#[actix_web::test]
async fn another_clients_registration() {
    let idp = Idp::with(open).await;
    let (app, other) = (Registered::new(&idp, json!({})).await, Registered::new(&idp, json!({})).await);
    let untouched = Untouched::now(&idp).await;
    let theirs = other.text("registration_access_token");
    let own = app.text("registration_access_token");
    let replacing = metadata(json!({"client_id": app.text("client_id"), "redirect_uris": ["https://evil.example/cb"]}));
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        for (path, token) in [
            (app.path(), theirs),
            (app.path(), app.text("client_secret")),
            (app.path(), app.text("client_id")),
            (app.path(), ""),
            (app.path(), &own[1..]),
            ("/register/social", own),
            ("/register/social", "x"),
            ("/register/nobody", own),
            (&format!("/register/{}", "x".repeat(300)), own),
        ] {
            let case = format!("{method} {path:.60} {token}");
            let answer = ask(&idp, (method.clone(), path), Some(token), Some(&replacing)).await;
            assert_json(&answer, 401, "invalid_token", &case);
            untouched.check(&case).await;
        }
        let answer = ask(&idp, (method.clone(), app.path()), None, Some(&replacing)).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, ""), "{method}");
    }
    // A client cannot become another one, or choose its secret.
    for change in [
        json!({"client_id": other.text("client_id")}),
        json!({"client_id": "social"}),
        json!({"client_id": null}),
        json!({"client_id": [app.text("client_id")]}),
        json!({"client_id": app.text("client_id"), "client_secret": "s".repeat(43)}),
        json!({"client_id": app.text("client_id"), "client_secret": other.text("client_secret")}),
        json!({"client_id": app.text("client_id"), "client_secret": [app.text("client_secret")]}),
    ] {
        let answer = app.manage(Method::PUT, Some(&metadata(change.clone()))).await;
        assert_json(&answer, 400, "invalid_client_metadata", &change.to_string());
        untouched.check(&change.to_string()).await;
    }
    assert_eq!(app.manage(Method::GET, None).await.json()["redirect_uris"], json!([CALLBACK]));
}

#[actix_web::test]
async fn a_sector_is_asked_for_on_the_public_internet_alone() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    // What an administrator's addresses may reach a stranger's may not.
    let idp = Idp::with(|config| {
        open(config);
        config.registration.certification = Switch::On;
        config.outbound.allow =
            ["127.0.0.1:*", "localhost:*"].into_iter().map(|entry| entry.parse().unwrap()).collect();
    })
    .await;
    let clients = idp.flows().clients(None).await.unwrap().items.len();
    for host in [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("plaza.localhost:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
        format!("2130706433:{port}"),
        format!("0x7f000001:{port}"),
        "169.254.169.254".to_owned(),
        "metadata.google.internal".to_owned(),
        "10.0.0.1".to_owned(),
        "192.168.1.1".to_owned(),
        "[fd00::1]".to_owned(),
        "0.0.0.0".to_owned(),
    ] {
        let uri = format!("https://{host}/sector");
        let change = json!({"subject_type": "pairwise", "sector_identifier_uri": uri});
        assert_json(&post(&idp, &metadata(change)).await, 400, "invalid_client_metadata", &uri);
    }
    assert_eq!(idp.flows().clients(None).await.unwrap().items.len(), clients);
    let accepted = listener.accept().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(accepted, Err(std::io::ErrorKind::WouldBlock), "nobody was asked");
}

#[actix_web::test]
async fn what_a_sector_publishes() {
    let idp =
        Idp::with(|config| config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect()).await;
    let list = json!([CALLBACK, "https://other.example/cb"]).to_string();
    let elsewhere = Documents::start(Serving::Answers(200, list.clone()));
    for (serving, found) in [
        (Serving::Answers(200, list.clone()), true),
        (Serving::Answers(404, list.clone()), false),
        (Serving::Redirects(elsewhere.uri("sector")), false),
        (Serving::Floods, false),
        (Serving::Answers(200, json!({"redirect_uris": [CALLBACK]}).to_string()), false),
        (Serving::Answers(200, json!([CALLBACK, 1]).to_string()), false),
        (Serving::Answers(200, "<html>".to_owned()), false),
    ] {
        let documents = Documents::start(serving);
        let (uri, sectors) = (documents.uri("sector"), &idp.flows().sectors);
        let listed = sectors.of(&uri, Author::Administrator, idp.now()).await;
        assert_eq!(listed.is_some_and(|listed| listed.contains(&CALLBACK.to_owned())), found);
        sectors.of(&uri, Author::Administrator, idp.now()).await;
        assert_eq!(documents.asked(), 1, "nobody is asked twice in ten seconds");
        assert!(sectors.of(&uri, Author::Stranger, idp.now()).await.is_none());
        assert_eq!(documents.asked(), 1, "and not on a stranger's word");
    }
    assert_eq!(elsewhere.asked(), 0, "no redirect is followed");
}

#[actix_web::test]
async fn one_network_registers_ten_and_then_slowly() {
    let idp = Idp::with(open).await;
    for _ in 0..10 {
        Registered::new(&idp, json!({})).await;
    }
    let untouched = Untouched::now(&idp).await;
    let answer = post(&idp, &metadata(json!({}))).await;
    assert_json(&answer, 429, "temporarily_unavailable", "the eleventh");
    assert_eq!(answer.header("retry-after"), "1");
    untouched.check("the eleventh").await;
    let elsewhere = TestRequest::post().uri("/register").peer_addr("198.51.100.7:1".parse().unwrap());
    let elsewhere = elsewhere.insert_header(("content-type", "application/json"));
    assert_eq!(idp.call(elsewhere.set_payload(metadata(json!({})).to_string())).await.status, 201);
    idp.pass("1s");
    Registered::new(&idp, json!({})).await;
}

#[actix_web::test]
async fn without_certification_there_is_no_request_without_pkce_and_no_token_in_the_browser() {
    let idp = Idp::with(open).await;
    let app = Registered::new(&idp, json!({"require_pkce": false})).await;
    for (extra, error) in
        [(("code_challenge", ""), "invalid_request"), (("response_type", "id_token"), "unauthorized_client")]
    {
        let answer = idp.browser().get_scripted(&app.request(&[extra, ("nonce", "n")])).await;
        let told = answer.location().to_owned();
        assert!(told.contains(&format!("error={error}")) || told.contains("error=unsupported_response_type"), "{told}");
    }
    let certified = Idp::with(|config| {
        open(config);
        config.registration.certification = Switch::On;
    })
    .await;
    let types = json!({"response_types": ["code", "id_token"], "grant_types": ["authorization_code", "implicit"]});
    let app = Registered::new(&certified, types).await;
    assert_eq!(app.told["require_pkce"], false);
    for extra in
        [[("code_challenge", ""), ("code_challenge_method", "")], [("response_type", "id_token"), ("nonce", "n")]]
    {
        assert_eq!(certified.browser().get(&app.request(&extra)).await.status, 200, "it is asked to sign in");
    }
}

/// Anybody can have a client that proves who it is, where anybody may register one: what such a client leaves in the store
/// before anybody signed in to it is bounded by network, whatever it says its name is.
#[actix_web::test]
async fn what_registered_apps_leave_in_the_store_is_bounded_by_network() {
    let idp = Idp::with(open).await;
    let signing =
        json!({"token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "HS256"});
    let apps = [Registered::new(&idp, signing.clone()).await, Registered::new(&idp, signing).await];
    let mut count = 0;
    let mut sign = |app: &Registered| {
        count += 1;
        let (id, now) = (app.text("client_id"), idp.now().0);
        let claims =
            json!({"iss": id, "sub": id, "aud": crate::harness::ISSUER, "exp": now + 60, "jti": count.to_string()});
        by_secret(app.text("client_secret").as_bytes(), &json!({"alg": "HS256"}), &claims)
    };
    let refresh = async |assertion: String| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "x"),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", &assertion),
        ];
        idp.call(TestRequest::post().uri("/token").set_form(form)).await
    };
    for n in 0..600 {
        assert_eq!(refresh(sign(&apps[n % 2])).await.error(), "invalid_grant");
    }
    let untouched = Untouched::now(&idp).await;
    for app in &apps {
        let answer = refresh(sign(app)).await;
        assert_json(&answer, 429, "temporarily_unavailable", "one more");
        assert_eq!(answer.header("retry-after"), "60");
    }
    untouched.check("it is not written down").await;
    idp.pass("60s");
    assert_eq!(refresh(sign(&apps[0])).await.error(), "invalid_grant");

    let app = Registered::new(&idp, json!({})).await;
    let request = [
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid"),
        ("code_challenge", crate::harness::CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let basic = super::basic(app.text("client_id"), app.text("client_secret"));
    let push = async || {
        let post = TestRequest::post().uri("/par").insert_header(("authorization", basic.clone()));
        idp.call(post.set_form(request)).await
    };
    for _ in 0..600 {
        assert_eq!(push().await.status, 201);
    }
    assert_json(&push().await, 429, "temporarily_unavailable", "one more");
}
