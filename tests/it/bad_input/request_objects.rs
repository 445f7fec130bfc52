//! Request objects and addresses of requests that are none, or not the client's, or not for us: each gets its error at the
//! registered address or on a page, nothing is stored, nothing is fetched that should not be.

use super::{Untouched, assert_json, assert_page};
use crate::harness::keyed::{ClientKey, Documents, Keyed, Serving, by_secret, changed, signed};
use crate::harness::{Answer, ISSUER, Idp, RelyingApp};
use crate::stories::pushed::{address, push, reaching, request};
use abide::clock::Stopwatch;
use abide::flow::import::ReplaceSecrets;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

/// Asks with what carries the request: once with an address that errors can go to, once without. Answers with the error.
async fn ask(app: &RelyingApp, idp: &Idp, carrier: (&str, &str), case: &str) -> String {
    let (id, uri) = (app.client_id.as_str(), app.redirect_uri());
    let page = idp.browser().get(&address(&[("client_id", id), carrier])).await;
    assert_page(&page, 400, case);
    let elsewhere = [("client_id", id), ("redirect_uri", "https://attacker.example/cb"), carrier];
    assert_page(&idp.browser().get(&address(&elsewhere)).await, 400, case);
    let told = [("client_id", id), ("redirect_uri", &uri), ("state", "outside"), ("response_type", "code"), carrier];
    let told = idp.browser().get(&address(&told)).await;
    assert_eq!(told.status, 303, "{case}: {}", told.body);
    assert!(told.location().starts_with(&uri), "{case}: {}", told.location());
    assert_eq!(
        (told.parameter("state"), told.parameter("iss")),
        (Some("outside".into()), Some(ISSUER.into())),
        "{case}"
    );
    assert_eq!(told.parameter("code"), None, "{case}");
    told.error()
}

/// Claims by which an object is not the client's, not for us, or not of this time: that is judged before a key is looked for.
pub(super) fn envelopes_that_are_wrong(idp: &Idp) -> Vec<Value> {
    let now = idp.now().0;
    vec![
        json!({"client_id": "social"}),
        json!({"client_id": null}),
        json!({"client_id": ["keyed"]}),
        json!({"client_id": ""}),
        json!({"iss": "social"}),
        json!({"iss": ISSUER}),
        json!({"iss": 1}),
        json!({"aud": "https://other.example"}),
        json!({"aud": ["https://other.example"]}),
        json!({"aud": []}),
        json!({"aud": format!("{ISSUER}/")}),
        json!({"exp": now - 60}),
        json!({"exp": 0}),
        json!({"exp": "never"}),
        json!({"nbf": now + 61}),
        json!({"iat": now + 61}),
        json!({"request": "x"}),
        json!({"request_uri": "https://keyed.example.com/request"}),
        json!({"request": {}}),
    ]
}

/// Objects that are refused, whoever presents them: name and token.
fn wrong_objects(client: &Keyed, app: &RelyingApp) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let wrong_parameters = [
        json!({"response_type": ["code"]}),
        json!({"redirect_uri": ["https://keyed.example.com/callback"]}),
        json!({"state": true}),
        json!({"scope": ["openid"]}),
        json!({"prompt": ["login"]}),
        json!({"resource": [1]}),
    ];
    for change in envelopes_that_are_wrong(&client.idp).into_iter().chain(wrong_parameters) {
        all.push((change.to_string(), client.key.sign(&client.header(), &changed(request(app), &change))));
    }
    let theirs = ClientKey::of("ES256", "key-1");
    let mut add = |name: &str, token: String| all.push((name.to_owned(), token));
    for alg in ["None", "NONE", "nOnE", "", " none"] {
        add(alg, signed(&json!({"alg": alg}), &request(app), |_| Vec::new()));
    }
    for alg in ["none", "None", "NONE", ""] {
        add(alg, signed(&json!({"alg": alg}), &request(app), |message| message[..8].to_vec()));
    }
    for header in [
        json!({}),
        json!({"jwk": theirs.jwk()}),
        json!({"jku": "https://attacker.example/keys"}),
        json!({"x5u": "https://attacker.example/x"}),
    ] {
        let header = changed(json!({"alg": "ES256", "kid": "key-1"}), &header);
        add("another's key", theirs.sign(&header, &request(app)));
    }
    for secret in [client.key.jwk().to_string(), String::new(), "keyed".into()] {
        add("a public key as secret", by_secret(secret.as_bytes(), &json!({"alg": "HS256"}), &request(app)));
    }
    for header in [
        json!({"kid": "key-2"}),
        json!({"crit": ["exp"]}),
        json!({"alg": "ES384"}),
        json!({"typ": "at+jwt"}),
        json!({"typ": "client-authentication+jwt"}),
        json!({"typ": "dpop+jwt"}),
    ] {
        add(&header.to_string(), client.key.sign(&changed(client.header(), &header), &request(app)));
    }
    let good = client.key.sign(&client.header(), &request(app));
    let (message, signature) = good.rsplit_once('.').unwrap();
    for broken in [
        "x".to_owned(),
        "..".to_owned(),
        "{}".to_owned(),
        good[1..].to_owned(),
        format!("{good}="),
        format!("{message}."),
        format!("{good}.{signature}.AA"),
        client.key.sign(&client.header(), &json!([])),
        client.key.sign(&client.header(), &json!("code")),
    ] {
        add("broken", broken);
    }
    for header in [
        json!({"alg": "RSA-OAEP", "enc": "A256GCM", "cty": "JWT"}),
        json!({"alg": "RSA-OAEP-256", "enc": "A128CBC-HS256"}),
        json!({"alg": "ECDH-ES", "enc": "A128GCM", "epk": client.key.jwk()}),
        json!({"alg": "dir", "enc": "A256GCM"}),
        json!({"alg": "ES256", "enc": "A256GCM", "kid": "key-1"}),
    ] {
        // Five parts: encrypted for us (RFC 7516, section 7.1), who publish no key for that.
        let head = URL_SAFE_NO_PAD.encode(header.to_string());
        add(&header.to_string(), format!("{head}.{signature}.AAAAAAAAAAAAAAAA.{signature}.AAAAAAAAAAAAAAAAAAAAAA"));
        add("no key in it", format!("{head}..AAAAAAAAAAAAAAAA.{signature}.AAAAAAAAAAAAAAAAAAAAAA"));
    }
    // An assertion is no request, and a request no assertion.
    add("an assertion", client.assertion());
    all
}

#[actix_web::test]
async fn objects_that_are_refused() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let app = idp.app("keyed");
    let untouched = Untouched::now(&idp).await;
    for (name, object) in wrong_objects(&client, &app) {
        let error = ask(&app, &idp, ("request", &object), &name).await;
        assert_eq!(error, "invalid_request_object", "{name}");
        untouched.check(&name).await;
    }
    for (name, object) in wrong_objects(&client, &app) {
        // Pushed without a response type beside it, some are judged by what is in them.
        let answer = push(&client, &json!({"request": object, "response_type": "code"})).await;
        assert_json(&answer, 400, "invalid_request_object", &name);
    }
    // A response type beside it has to be the same.
    let object = client.key.sign(&client.header(), &changed(request(&app), &json!({"response_type": "code id_token"})));
    let uri = app.redirect_uri();
    let other =
        [("client_id", "keyed"), ("redirect_uri", uri.as_str()), ("response_type", "code"), ("request", &object)];
    assert_eq!(idp.browser().get(&address(&other)).await.error(), "invalid_request_object");
    let object = client.key.sign(&client.header(), &request(&app));
    let assertion = client.present("/revoke", &object, &[("token", "x")]).await;
    assert_json(&assertion, 401, "invalid_client", "a request as an assertion");
}

#[actix_web::test]
async fn both_at_once_and_each_where_it_is_not_registered() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({"request_object_signing_alg": "ES256"})).await;
    let unsigned = Keyed::register(&idp, "unsigned", "ES256", &json!({"request_object_signing_alg": "none"})).await;
    let by_rsa = Keyed::register(&idp, "by-rsa", "RS256", &json!({"request_object_signing_alg": "RS256"})).await;
    let strict = Keyed::register(&idp, "strict", "ES256", &json!({"require_signed_request_object": true})).await;
    let pushing =
        Keyed::register(&idp, "pushing", "ES256", &json!({"require_pushed_authorization_requests": true})).await;
    let untouched = Untouched::now(&idp).await;
    let plain = async |client: &Keyed| idp.browser().get(&idp.app(&client.client_id).request(&[])).await;
    let with = async |client: &Keyed, extra: &[(&str, &str)]| {
        idp.browser().get(&idp.app(&client.client_id).request(extra)).await.error()
    };
    let object = |client: &Keyed| client.key.sign(&client.header(), &request(&idp.app(&client.client_id)));
    // RFC 9101, section 6.2: a good signature, and not the one that is registered.
    let by_pss = by_rsa.key.sign(&changed(by_rsa.header(), &json!({"alg": "PS256"})), &request(&idp.app("by-rsa")));
    let without =
        |client: &Keyed| signed(&json!({"alg": "none"}), &request(&idp.app(&client.client_id)), |_| Vec::new());
    assert_eq!(plain(&client).await.status, 200);
    assert_eq!(plain(&unsigned).await.status, 200);
    for (name, error, expected) in [
        (
            "both",
            with(&client, &[("request", &object(&client)), ("request_uri", "https://a.example/")]).await,
            "invalid_request",
        ),
        ("unsigned", with(&client, &[("request", &without(&client))]).await, "invalid_request_object"),
        ("signed by another algorithm", with(&by_rsa, &[("request", &by_pss)]).await, "invalid_request_object"),
        ("signed", with(&unsigned, &[("request", &object(&unsigned))]).await, "invalid_request_object"),
        ("not at all", plain(&strict).await.error(), "invalid_request"),
        ("not signed", with(&strict, &[("request", &without(&strict))]).await, "invalid_request_object"),
        ("not pushed", plain(&pushing).await.error(), "invalid_request"),
        ("signed, not pushed", with(&pushing, &[("request", &object(&pushing))]).await, "invalid_request"),
        ("another's", with(&client, &[("request", &object(&strict))]).await, "invalid_request_object"),
        (
            "no secret",
            with(
                &client,
                &[("request", &by_secret(SECRET.as_bytes(), &json!({"alg": "HS256"}), &request(&idp.app("keyed"))))],
            )
            .await,
            "invalid_request_object",
        ),
    ] {
        assert_eq!(error, expected, "{name}");
    }
    untouched.check("nothing is stored").await;
    let asked = idp.browser().get(&idp.app("by-rsa").request(&[("request", &object(&by_rsa))])).await;
    assert_eq!(asked.status, 200, "by the one that is registered");
    assert_json(&push(&by_rsa, &json!({"request": by_pss})).await, 400, "invalid_request_object", "pushed");
    let app = idp.app("strict");
    assert_json(&push(&strict, &request(&app)).await, 400, "invalid_request", "pushed and not signed");
    assert_eq!(push(&strict, &json!({"request": object(&strict)})).await.status, 201);
    // Twice: which one is meant cannot be told.
    let twice = format!("{}&request=a&request=b", idp.app("keyed").request(&[]));
    assert_eq!(idp.browser().get(&twice).await.error(), "invalid_request");
}

/// An object for a silent answer that says a claim twice, which no library would make.
fn twice(client: &Keyed, app: &RelyingApp, [(first, one), (last, other)]: [(&str, &Value); 2]) -> String {
    let rest = changed(request(app), &json!({first: null, "prompt": "none"})).to_string();
    let claims = format!("{{\"{first}\":{one},{},\"{last}\":{other}}}", &rest[1..rest.len() - 1]);
    client.key.sign_text(client.alg, &client.header().to_string(), &claims)
}

/// RFC 7519, section 4, leaves two ways: to refuse what says a claim twice, or to take what it says last. Of a request object
/// the last counts, for whoever judges it as for whoever uses it.
#[actix_web::test]
async fn what_an_object_says_twice_is_what_it_says_last() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let (app, now) = (idp.app("keyed"), idp.now().0);
    let untouched = Untouched::now(&idp).await;
    let asked = async |object: &str| {
        idp.browser().get_scripted(&app.request(&[("request", object), ("state", "outside")])).await
    };
    for (name, good, bad) in [
        ("client_id", json!("keyed"), json!("social")),
        ("client_id", json!("keyed"), json!(["keyed"])),
        ("iss", json!("keyed"), json!("social")),
        ("aud", json!(ISSUER), json!("https://other.example")),
        ("exp", json!(now + 60), json!(now - 60)),
        ("nbf", json!(now), json!(now + 61)),
        ("iat", json!(now), json!("now")),
        ("response_type", json!("code"), json!("code id_token")),
        ("redirect_uri", json!(app.redirect_uri()), json!([app.redirect_uri()])),
        ("redirect_uri", json!(app.redirect_uri()), json!("https://attacker.example/cb")),
        ("scope", json!("openid"), json!(["openid"])),
        ("state", json!("inside"), json!(true)),
    ] {
        let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
        for last in [name, &escaped] {
            let case = format!("{name}, and then {last}: {good} and {bad}");
            let refused = asked(&twice(&client, &app, [(name, &good), (last, &bad)])).await;
            if bad == "https://attacker.example/cb" {
                assert_page(&refused, 400, &case);
            } else {
                let told = (refused.error(), refused.parameter("state"));
                assert_eq!(told, ("invalid_request_object".into(), Some("outside".into())), "{case}");
            }
            let taken = asked(&twice(&client, &app, [(name, &bad), (last, &good)])).await;
            assert!(taken.location().starts_with(&app.redirect_uri()), "{case}: {}", taken.location());
            let told = (taken.error(), taken.parameter("state"));
            assert_eq!(told, ("login_required".into(), Some("inside".into())), "{case}");
        }
        untouched.check(name).await;
    }
}

#[actix_web::test]
async fn addresses_that_are_not_registered_or_lead_nowhere() {
    let idp = reaching().await;
    let (documents, trap) = (Documents::of_keys(&[]), Documents::of_keys(&[]));
    let uri = documents.uri("request");
    let change = json!({"request_uris": [uri, format!("{}#{}", documents.uri("fixed"), "A".repeat(43))],
        "request_object_signing_alg": "ES256"});
    let client = Keyed::register(&idp, "keyed", "ES256", &change).await;
    let app = idp.app("keyed");
    let good = client.key.sign(&client.header(), &request(&app));
    documents.turn(Serving::Answers(200, good.clone()));
    trap.turn(Serving::Answers(200, good.clone()));
    let untouched = Untouched::now(&idp).await;
    for other in [
        trap.uri("request"),
        documents.uri("request/"),
        documents.uri("request?x=1"),
        documents.uri("REQUEST"),
        documents.uri("fixed"),
        documents.uri("./request"),
        uri.replace("127.0.0.1", "localhost"),
        uri.replace("http:", "https:"),
        uri.replace("http:", "HTTP:"),
        format!("{}#{}", documents.uri("fixed"), "B".repeat(43)),
        "http://169.254.169.254/latest/meta-data".into(),
        "file:///etc/passwd".into(),
        "data:text/plain,x".into(),
        "javascript:alert(1)".into(),
        "urn:ietf:params:oauth:request_uri".into(),
        "URN:ietf:params:oauth:request_uri:x".into(),
        "x".into(),
    ] {
        assert_eq!(ask(&app, &idp, ("request_uri", &other), &other).await, "invalid_request_uri", "{other}");
    }
    assert_eq!((documents.asked(), trap.asked()), (0, 0), "nothing was fetched");
    // The version that is meant is another one.
    for hash in ["A".repeat(43), "B".repeat(43), "x".into(), String::new()] {
        let error = ask(&app, &idp, ("request_uri", &format!("{uri}#{hash}")), &hash).await;
        assert_eq!(error, "invalid_request_uri");
    }
    for (name, serving, error) in [
        ("a redirect", Serving::Redirects(trap.uri("request")), "invalid_request_uri"),
        ("404", Serving::Answers(404, good.clone()), "invalid_request_uri"),
        ("500", Serving::Answers(500, good.clone()), "invalid_request_uri"),
        ("endless", Serving::Floods, "invalid_request_uri"),
        ("too large", Serving::Answers(200, "a".repeat(17_000)), "invalid_request_uri"),
        ("nothing", Serving::Answers(200, String::new()), "invalid_request_object"),
        ("a page", Serving::Answers(200, "<html>".into()), "invalid_request_object"),
        (
            "not signed",
            Serving::Answers(200, signed(&json!({"alg": "none"}), &request(&app), |_| Vec::new())),
            "invalid_request_object",
        ),
        (
            "of another client",
            Serving::Answers(200, ClientKey::of("ES256", "key-1").sign(&client.header(), &request(&app))),
            "invalid_request_object",
        ),
    ] {
        idp.pass("1m");
        let before = documents.asked();
        documents.turn(serving);
        assert_eq!(ask(&app, &idp, ("request_uri", &uri), name).await, error, "{name}");
        assert_eq!(documents.asked(), before + 1, "{name}: three requests, one fetch");
    }
    assert_eq!(trap.asked(), 0, "nobody followed");
    idp.pass("1m");
    documents.turn(Serving::Hangs);
    let began = Stopwatch::start();
    assert_eq!(ask(&app, &idp, ("request_uri", &uri), "slow").await, "invalid_request_uri");
    let took = began.milliseconds();
    assert!((9_000..13_000).contains(&took), "{took} ms");
    untouched.check("nothing was stored").await;
    // Where nothing is listed, not even what is registered is reached on loopback.
    let careful = Idp::start().await;
    let client = Keyed::register(&careful, "keyed", "ES256", &json!({"request_uris": [trap.uri("request")]})).await;
    let error = ask(&careful.app(&client.client_id), &careful, ("request_uri", &trap.uri("request")), "loopback").await;
    assert_eq!((error.as_str(), trap.asked()), ("invalid_request_uri", 0));
}

#[actix_web::test]
async fn pushed_requests_of_others_altered_used_and_too_old() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let other = Keyed::register(&idp, "other", "ES256", &json!({})).await;
    let (app, foreign) = (idp.app("keyed"), idp.app("other"));
    let pushed = async || push(&client, &request(&app)).await.json()["request_uri"].as_str().unwrap().to_owned();
    let uri = pushed().await;
    let untouched = Untouched::now(&idp).await;
    assert_eq!(ask(&foreign, &idp, ("request_uri", &uri), "another client").await, "invalid_request_uri");
    let (start, name) = uri.split_at("urn:ietf:params:oauth:request_uri:".len());
    let mut names = super::variants::altered(name, 40);
    names.extend(super::variants::truncated(name, 40));
    names.extend(["", "x", "../..", &"A".repeat(200), &"A".repeat(15_000)].map(str::to_owned));
    for name in names.into_iter().filter(|other| other != name) {
        assert_eq!(
            ask(&app, &idp, ("request_uri", &format!("{start}{name}")), &name).await,
            "invalid_request_uri",
            "{name}"
        );
    }
    untouched.check("altered").await;
    // None of that used it up. Of sixteen browsers at once one is served.
    let address = address(&[("client_id", "keyed"), ("request_uri", &uri)]);
    let asking = idp.clone();
    let statuses = super::sixteen(async move |_| asking.browser().get(&address).await.status.as_u16()).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 15, "{statuses:?}");
    assert_eq!(ask(&app, &idp, ("request_uri", &uri), "used").await, "invalid_request_uri");
    // A minute is a minute.
    let uri = pushed().await;
    idp.pass("59s");
    assert_eq!(
        idp.browser()
            .get(&super::super::stories::pushed::address(&[("client_id", "keyed"), ("request_uri", &uri)]))
            .await
            .status,
        200
    );
    let uri = pushed().await;
    idp.pass("60s");
    assert_eq!(ask(&app, &idp, ("request_uri", &uri), "too old").await, "invalid_request_uri");
    // Its client was removed from under it: the record is judged when it comes back.
    let uri = pushed().await;
    let record = json!({"client_id": "keyed", "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [client.key.jwk()]},
        "redirect_uris": ["https://keyed.example.com/moved"]});
    idp.try_import(json!({"clients": [record]}), ReplaceSecrets::No).await.unwrap();
    let gone = idp
        .browser()
        .get(&super::super::stories::pushed::address(&[("client_id", "keyed"), ("request_uri", &uri)]))
        .await;
    assert_page(&gone, 400, "its address is not registered any more");
    drop(other);
}

#[actix_web::test]
async fn what_cannot_be_pushed() {
    let idp = Idp::start().await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let app = idp.app("keyed");
    let untouched = Untouched::now(&idp).await;
    for (change, error) in [
        (json!({"request_uri": "https://a.example/"}), "invalid_request"),
        (json!({"request_uri": "urn:ietf:params:oauth:request_uri:x"}), "invalid_request"),
        (json!({"client_id": "social"}), "invalid_request"),
        (json!({"redirect_uri": null}), "invalid_request"),
        (json!({"redirect_uri": "https://attacker.example/cb"}), "invalid_request"),
        (json!({"redirect_uri": "https://keyed.example.com/callback/../x"}), "invalid_request"),
        (json!({"response_type": null}), "invalid_request"),
        (json!({"response_type": "password"}), "unsupported_response_type"),
        (json!({"code_challenge": null}), "invalid_request"),
        (json!({"code_challenge_method": "plain"}), "invalid_request"),
        (json!({"prompt": "none login"}), "invalid_request"),
        (json!({"max_age": "-1"}), "invalid_request"),
        (json!({"nonce": "n".repeat(600)}), "invalid_request"),
        (json!({"state": "s".repeat(8_000)}), "invalid_request"),
        (json!({"request": "x"}), "invalid_request_object"),
    ] {
        let answer = push(&client, &changed(request(&app), &change)).await;
        assert_json(&answer, 400, error, &change.to_string().chars().take(200).collect::<String>());
    }
    // Who pushes proves who it is, as at the token endpoint.
    let fields = crate::stories::pushed::fields(&request(&app));
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let nobody = idp.call(actix_web::test::TestRequest::post().uri("/par").set_form(&fields)).await;
    assert_json(&nobody, 401, "invalid_client", "without authentication");
    let old = client.assertion();
    let claims: Value = crate::harness::claims_of(&old);
    let other = client.key.sign(&client.header(), &changed(claims, &json!({"aud": "https://other.example"})));
    assert_json(&client.present("/par", &other, &fields).await, 401, "invalid_client", "another audience");
    // Of all that the assertions alone are remembered, as long as they are good.
    idp.pass("3h");
    idp.deliver().await;
    untouched.check("nothing was stored").await;
    let twice: Vec<(&str, &str)> = [&fields[..], &[("state", "again")]].concat();
    assert_json(&client.post("/par", &twice).await, 400, "invalid_request", "a parameter twice");
    // Clients that anybody can be are slowed down.
    let spa = idp.app("spa");
    let mut answers: Vec<Answer> = Vec::new();
    for _ in 0..31 {
        let request = crate::stories::pushed::fields(&changed(request(&spa), &json!({"client_id": null})));
        let request: Vec<(&str, &str)> = request.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        answers.push(spa.post("/par", &request).await);
    }
    let slowed: Vec<u16> =
        answers.iter().map(|answer| answer.status.as_u16()).filter(|status| *status != 201).collect();
    assert_eq!(slowed, [429]);
    assert_eq!(answers[30].header("retry-after"), "60");
}

#[actix_web::test]
async fn records_whose_requests_could_come_from_anywhere() {
    let idp = Idp::start().await;
    let untouched = Untouched::now(&idp).await;
    let key = ClientKey::of("ES256", "a").jwk();
    for (change, named) in [
        (json!({"request_uris": ["ftp://a.example/"]}), "request_uris"),
        (json!({"request_uris": ["javascript:alert(1)"]}), "request_uris"),
        (json!({"request_uris": ["https://*.example.com/"]}), "request_uris"),
        (json!({"request_uris": ["https://u:p@a.example/"]}), "request_uris"),
        (json!({"request_uris": ["urn:ietf:params:oauth:request_uri:x"]}), "request_uris"),
        (json!({"request_uris": [""]}), "request_uris"),
        (json!({"request_uris": vec!["https://a.example/"; 65]}), "request_uris"),
        (json!({"request_object_signing_alg": "None"}), ""),
        (json!({"request_object_signing_alg": "HS256"}), "request_object_signing_alg"),
        (
            json!({"request_object_signing_alg": "none", "require_signed_request_object": true}),
            "request_object_signing_alg",
        ),
        (
            json!({"jwks": null, "token_endpoint_auth_method": "client_secret_basic", "client_secret": SECRET,
            "request_object_signing_alg": "ES256"}),
            "request_object_signing_alg",
        ),
        (
            json!({"jwks": null, "token_endpoint_auth_method": "client_secret_basic", "client_secret": SECRET,
            "require_signed_request_object": true}),
            "require_signed_request_object",
        ),
    ] {
        let record = json!({"client_id": "newcomer", "token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key]},
            "redirect_uris": ["https://newcomer.example.com/cb"]});
        let refused = idp.try_import(json!({"clients": [changed(record, &change)]}), ReplaceSecrets::No).await;
        let why = refused.expect_err(&change.to_string());
        assert!(named.is_empty() || why.contains(&format!("clients[0] (newcomer): {named}")), "{change}: {why}");
        untouched.check(&change.to_string()).await;
    }
}
