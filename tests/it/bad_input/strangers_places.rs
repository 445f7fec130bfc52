//! Places that strangers name when they register, and administrators for them, and where something is then fetched:
//! `sector_identifier_uri`, `jwks_uri`, `request_uris`. Slow ones, endless ones, ones that lead elsewhere, ones inside. Each gets its exact error, from which
//! nobody learns what is there; nothing is stored, nothing is fetched that should not be, and nobody is asked again and again.

use super::{Untouched, assert_json, basic};
use crate::harness::keyed::{ClientKey, Keyed, Serving, changed, signed};
use crate::harness::site::{Book, Site, reach};
use crate::harness::{Answer, CHALLENGE, ISSUER, Idp};
use crate::stories::pushed::address;
use crate::stories::registration::{CALLBACK, Registered, ask, metadata, open};
use abide::model::cookies::Switch;
use abide::outside::http::Limits;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const SHORT: Limits = Limits { connect: Duration::from_millis(300), whole: Duration::from_millis(700) };
/// What an administrator lists counts for an administrator's addresses alone.
const LISTED: [&str; 6] =
    ["127.0.0.0/8:*", "http://127.0.0.0/8:*", "[::1]:*", "10.0.0.0/8:*", "localhost:*", "loopback.example.test:*"];
/// Names that lead inside.
const NAMES: [(&str, &str); 14] = [
    ("loopback.example.test", "127.0.0.1"),
    ("six.example.test", "::1"),
    ("mapped.example.test", "::ffff:127.0.0.1"),
    ("translated.example.test", "64:ff9b::7f00:1"),
    ("tunnelled.example.test", "2002:7f00:1::"),
    ("private.example.test", "10.0.0.1"),
    ("home.example.test", "192.168.1.1"),
    ("link.example.test", "169.254.1.1"),
    ("cloud.example.test", "169.254.169.254"),
    ("unique.example.test", "fd00::1"),
    ("unspecified.example.test", "0.0.0.0"),
    ("shared.example.test", "100.64.0.1"),
    ("many.example.test", "224.0.0.1"),
    ("documents.example.test", "192.0.2.1"),
];
/// Hosts that need no name to be inside.
const HOSTS: [&str; 14] = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "0.0.0.0",
    "localhost",
    "plaza.localhost",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "10.0.0.1",
    "[fe80::1]",
    "169.254.169.254",
    "metadata.google.internal",
];

/// A provider, a site that it can reach, and the book in which it looks names up.
async fn house() -> (Idp, Site, Arc<Book>) {
    let book = Book::with(&NAMES);
    let outbound = reach(book.clone(), SHORT, &LISTED);
    let idp = Idp::reaching(outbound, |config| {
        open(config);
        config.registration.certification = Switch::On;
    });
    (idp.await, Site::start(), book)
}

/// Somebody who listens inside, and has to hear nothing.
struct Inside(TcpListener);

impl Inside {
    fn start() -> Inside {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Inside(listener)
    }

    /// Addresses of this place, and of others that are inside as well.
    fn addresses(&self) -> Vec<String> {
        let port = self.0.local_addr().unwrap().port();
        let hosts = NAMES.iter().map(|(name, _)| *name).chain(HOSTS);
        hosts.map(|host| format!("https://{host}:{port}/document")).collect()
    }

    fn heard_nothing(&self) {
        let accepted = self.0.accept().map(|_| ()).map_err(|error| error.kind());
        assert_eq!(accepted, Err(std::io::ErrorKind::WouldBlock), "somebody came in");
    }
}

/// What a site can do wrong, whatever is expected of it. `good` is what it should have.
fn useless(good: &str, elsewhere: &str) -> Vec<(&'static str, Serving)> {
    let answers = |status, body: &str| Serving::Answers(status, body.to_owned());
    vec![
        ("never answers", Serving::Hangs),
        ("drips", Serving::Drips),
        ("is endless", Serving::Floods),
        ("is too long", Serving::Answers(200, format!("{good}{}", " ".repeat(70_000)))),
        ("leads elsewhere", Serving::Redirects(elsewhere.to_owned())),
        ("leads inside", Serving::Redirects("https://169.254.169.254/latest/meta-data/".to_owned())),
        ("leads into the clear", Serving::Redirects(elsewhere.replace("https://", "http://"))),
        ("is not found", answers(404, good)),
        ("is broken", answers(500, good)),
        ("was made just now", answers(201, good)),
        ("is empty", answers(200, "")),
        ("is a page", answers(200, "<!doctype html><title>Plaza</title>")),
        ("is nothing", answers(200, "null")),
        ("is a number", answers(200, "1")),
        ("is cut off", answers(200, &good[..good.len() - 1])),
    ]
}

/// A second registration of the same app, with these members instead.
async fn replace(app: &Registered, change: &Value) -> Answer {
    let own = json!({"client_id": app.text("client_id")});
    app.manage(Method::PUT, Some(&changed(metadata(change.clone()), &own))).await
}

async fn register(idp: &Idp, change: &Value) -> Answer {
    ask(idp, (Method::POST, "/register"), None, Some(&metadata(change.clone()))).await
}

fn sector_at(uri: &str) -> Value {
    json!({"subject_type": "pairwise", "sector_identifier_uri": uri})
}

/// Both ways in are refused with the same words, and the app is what it was.
async fn no_sector(idp: &Idp, app: &Registered, (case, uri): (&str, &str)) {
    let untouched = Untouched::now(idp).await;
    for way in ["POST", "PUT"] {
        // Nobody is asked twice in ten seconds, and thirty may register in a minute.
        idp.pass("1m");
        let answer =
            if way == "POST" { register(idp, &sector_at(uri)).await } else { replace(app, &sector_at(uri)).await };
        assert_json(&answer, 400, "invalid_client_metadata", case);
        let words = "sector_identifier_uri: no JSON array of redirect URIs could be had from there";
        assert_eq!(answer.json()["error_description"], words, "{case}: nobody learns what is there");
        untouched.check(case).await;
    }
    assert_eq!(app.manage(Method::GET, None).await.json()["client_name"], "Plaza", "{case}");
}

#[actix_web::test]
async fn sectors_that_publish_nothing_of_use() {
    let (idp, site, _) = house().await;
    let app = Registered::new(&idp, json!({})).await;
    let good = json!([CALLBACK]).to_string();
    let elsewhere = site.publish("/elsewhere", &good);
    for (n, (case, serving)) in useless(&good, &elsewhere).into_iter().enumerate() {
        let path = format!("/sector/{n}");
        no_sector(&idp, &app, (case, &site.put(&path, serving))).await;
        assert_eq!(site.count(&path), 2, "{case}: each asked once");
    }
    assert_eq!(site.count("/elsewhere"), 0, "nobody is followed");
    let told = register(&idp, &sector_at(&elsewhere)).await;
    assert_eq!(
        (told.status.as_u16(), site.count("/elsewhere")),
        (201, 1),
        "the same list where it belongs: {}",
        told.body
    );
}

#[actix_web::test]
async fn sectors_inside() {
    let ((idp, _, book), inside) = (house().await, Inside::start());
    let app = Registered::new(&idp, json!({})).await;
    for uri in inside.addresses() {
        no_sector(&idp, &app, (&uri, &uri)).await;
    }
    inside.heard_nothing();
    assert!(book.asked().iter().all(|name| NAMES.iter().any(|(known, _)| known == name)), "{:?}", book.asked());
}

/// What of an app's has its keys asked for: whoever can send it to us makes us ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Signed {
    /// What authenticates it.
    Assertion,
    /// A request that anybody's browser brings.
    Object,
    /// A request that it pushes, authenticated by its secret.
    PushedObject,
}

const SIGNED: [Signed; 3] = [Signed::Assertion, Signed::Object, Signed::PushedObject];

/// An app with keys elsewhere.
struct Signing {
    app: Keyed,
    secret: String,
    signed: Signed,
}

impl Signing {
    fn with(&self, key: &ClientKey) -> Signing {
        let app = Keyed { key: key.clone(), ..self.app.clone() };
        Signing { app, secret: self.secret.clone(), signed: self.signed }
    }

    /// Sends what it signed.
    async fn send(&self) -> Answer {
        let (app, id) = (&self.app, self.app.client_id.as_str());
        let claims = json!({"iss": id, "aud": ISSUER, "client_id": id, "redirect_uri": CALLBACK, "response_type": "code",
            "scope": "openid", "code_challenge": CHALLENGE, "code_challenge_method": "S256"});
        let object = app.key.sign(&app.header(), &claims);
        let fields =
            [("client_id", id), ("redirect_uri", CALLBACK), ("response_type", "code"), ("request", object.as_str())];
        match self.signed {
            Signed::Assertion => app.post("/token", &[("grant_type", "refresh_token"), ("refresh_token", "x")]).await,
            Signed::Object => app.idp.browser().get(&address(&fields)).await,
            Signed::PushedObject => {
                let request = TestRequest::post().uri("/par").insert_header(("authorization", basic(id, &self.secret)));
                app.idp.call(request.set_form(&fields[1..])).await
            }
        }
    }

    fn assert_refused(&self, answer: &Answer, case: &str) {
        // Nobody learns what is there.
        let words = "the request object is not signed by a key of the client";
        match self.signed {
            Signed::Assertion => assert_json(answer, 401, "invalid_client", case),
            Signed::Object => {
                let told = (answer.status.as_u16(), answer.error(), answer.parameter("error_description"));
                assert_eq!(told, (303, "invalid_request_object".into(), Some(words.into())), "{case}");
                assert!(answer.location().starts_with(CALLBACK), "{case}: {}", answer.location());
            }
            Signed::PushedObject => {
                assert_json(answer, 400, "invalid_request_object", case);
                assert_eq!(answer.json()["error_description"], words, "{case}");
            }
        }
    }

    async fn assert_taken(&self, case: &str) {
        let answer = self.send().await;
        let expected = match self.signed {
            Signed::Assertion => (400, "invalid_grant".to_owned()),
            Signed::Object => (200, String::new()),
            Signed::PushedObject => (201, String::new()),
        };
        let error = if answer.status.is_success() { String::new() } else { answer.error() };
        assert_eq!((answer.status.as_u16(), error), expected, "{case}: {}", answer.body);
    }
}

/// How an app comes to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Way {
    Registers,
    Changes,
    /// An administrator names its places.
    Imported,
}

/// The ways of strangers.
const THEIRS: [Way; 2] = [Way::Registers, Way::Changes];

/// An app with this in its record; `before` is what an app that changes had there first. Nothing is fetched for that.
async fn app_with(idp: &Idp, way: Way, change: &Value, before: &Value) -> Registered {
    match way {
        Way::Registers => Registered::new(idp, change.clone()).await,
        Way::Changes => {
            let app = Registered::new(idp, before.clone()).await;
            let answer = replace(&app, change).await;
            assert_eq!(answer.status, 200, "{change}: {}", answer.body);
            app
        }
        Way::Imported => {
            let client_id = format!("plaza-{}", IMPORTED.fetch_add(1, Ordering::SeqCst));
            let mut told = json!({"client_id": client_id, "client_secret": idp.app("plaza").secret()});
            if change["token_endpoint_auth_method"] == "private_key_jwt" {
                told = changed(told, &json!({"client_secret": null}));
            }
            let record = changed(changed(metadata(json!({})), &told), change);
            idp.import(json!({"clients": [record]})).await;
            Registered { idp: idp.clone(), told }
        }
    }
}

static IMPORTED: AtomicUsize = AtomicUsize::new(0);

/// An app with keys at this address.
async fn keyed_at(idp: &Idp, (way, uri): (Way, &str), key: &ClientKey, signed: Signed) -> Signing {
    let method = if signed == Signed::Assertion { "private_key_jwt" } else { "client_secret_basic" };
    let change = json!({"token_endpoint_auth_method": method, "jwks_uri": uri});
    let before = changed(change.clone(), &json!({"jwks_uri": null, "jwks": {"keys": [key.jwk()]}}));
    let registered = app_with(idp, way, &change, &before).await;
    let secret = registered.told["client_secret"].as_str().unwrap_or_default().to_owned();
    let client_id = registered.text("client_id").to_owned();
    Signing { app: Keyed { idp: idp.clone(), client_id, key: key.clone(), alg: "RS256" }, secret, signed }
}

/// Nobody gets in by those keys, however often they try.
async fn no_keys(app: &Signing, case: &str) {
    let case = format!("{:?}: {case}", app.signed);
    let untouched = Untouched::now(&app.app.idp).await;
    for _ in 0..4 {
        app.assert_refused(&app.send().await, &case);
    }
    untouched.check(&case).await;
}

#[actix_web::test]
async fn keys_that_cannot_be_had() {
    let (idp, site, _) = house().await;
    let key = ClientKey::of("RS256", "key-1");
    let good = json!({"keys": [key.jwk()]}).to_string();
    let elsewhere = site.publish("/elsewhere", &good);
    for (n, (case, serving)) in useless(&good, &elsewhere).into_iter().enumerate() {
        let mut apps = Vec::new();
        for (way, signed) in THEIRS.into_iter().flat_map(|way| SIGNED.map(|signed| (way, signed))) {
            idp.pass("1m");
            let path = format!("/keys/{n}/{way:?}/{signed:?}");
            let app = keyed_at(&idp, (way, &site.put(&path, serving.clone())), &key, signed).await;
            assert_eq!(site.count(&path), 0, "{case}: nothing is fetched before it is needed");
            apps.push((app, path));
        }
        // All at once, so that slow ones are waited for once.
        futures_util::future::join_all(apps.iter().map(|(app, _)| no_keys(app, case))).await;
        for (_, path) in apps {
            assert_eq!(site.count(&path), 1, "{case} {path}: asked once in a minute, however many tokens come");
        }
    }
    assert_eq!(site.count("/elsewhere"), 0, "nobody is followed");
    for signed in SIGNED {
        let app = keyed_at(&idp, (Way::Registers, &elsewhere), &key, signed).await;
        app.assert_taken("the same keys where they belong open").await;
    }
}

#[actix_web::test]
async fn keys_inside() {
    let ((idp, _, book), inside) = (house().await, Inside::start());
    let key = ClientKey::of("RS256", "key-1");
    for uri in inside.addresses() {
        for (way, signed) in THEIRS.into_iter().flat_map(|way| SIGNED.map(|signed| (way, signed))) {
            idp.pass("1m");
            no_keys(&keyed_at(&idp, (way, &uri), &key, signed).await, &uri).await;
        }
    }
    inside.heard_nothing();
    assert!(book.asked().iter().all(|name| NAMES.iter().any(|(known, _)| known == name)), "{:?}", book.asked());
}

/// Whoever sends what is signed by a key that nobody knows has the keys asked for anew, once a minute and no more; the app
/// itself is served meanwhile.
#[actix_web::test]
async fn a_key_that_nobody_knows_has_keys_fetched_once_a_minute() {
    let (idp, site, _) = house().await;
    let (own, unknown) = (ClientKey::of("RS256", "key-1"), ClientKey::of("RS256", "unknown"));
    for signed in SIGNED {
        let path = format!("/keys/{signed:?}");
        let uri = site.put(&path, Serving::keys(&[&own]));
        let app = keyed_at(&idp, (Way::Registers, &uri), &own, signed).await;
        let stranger = app.with(&unknown);
        for minute in 1..=3 {
            let case = format!("{signed:?} in minute {minute}");
            let untouched = Untouched::now(&idp).await;
            for answer in futures_util::future::join_all((0..16).map(|_| stranger.send())).await {
                stranger.assert_refused(&answer, &case);
            }
            idp.pass("59s");
            stranger.assert_refused(&stranger.send().await, &case);
            untouched.check(&case).await;
            assert_eq!(site.count(&path), minute, "{case}");
            app.assert_taken(&case).await;
            idp.pass("1s");
        }
    }
}

/// An app with requests at this address.
async fn requests_at(idp: &Idp, (way, uri): (Way, &str)) -> Registered {
    app_with(idp, way, &json!({"request_uris": [uri]}), &json!({})).await
}

/// No request is found there, however often somebody comes with it.
async fn no_request(idp: &Idp, app: &Registered, (case, uri): (&str, &str)) {
    let untouched = Untouched::now(idp).await;
    for _ in 0..3 {
        let answer = idp.browser().get_scripted(&app.request(&[("request_uri", uri)])).await;
        assert_eq!(
            (answer.error().as_str(), answer.status.as_u16()),
            ("invalid_request_uri", 303),
            "{case}: {}",
            answer.body
        );
        assert!(answer.location().starts_with(CALLBACK), "{case}: {}", answer.location());
        let words = answer.parameter("error_description");
        assert_eq!(
            words.as_deref(),
            Some("what request_uri leads to cannot be had"),
            "{case}: nobody learns what is there"
        );
    }
    untouched.check(case).await;
}

/// A request object for this app.
fn object(app: &Registered) -> String {
    let claims = json!({"iss": app.text("client_id"), "aud": ISSUER, "client_id": app.text("client_id"),
        "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid"});
    signed(&json!({"alg": "none"}), &claims, |_| Vec::new())
}

#[actix_web::test]
async fn requests_that_cannot_be_had() {
    let (idp, site, _) = house().await;
    let elsewhere = site.put("/elsewhere", Serving::Answers(200, String::new()));
    // What is a text is a request object of a kind, and judged as one: see `request_objects`.
    let texts = ["is empty", "is a page", "is nothing", "is a number", "is cut off"];
    for (n, (case, serving)) in useless("[]", &elsewhere).into_iter().enumerate() {
        if texts.contains(&case) {
            continue;
        }
        for way in [Way::Registers, Way::Changes, Way::Imported] {
            let path = format!("/request/{n}/{way:?}");
            idp.pass("1m");
            let uri = site.put(&path, serving.clone());
            let app = requests_at(&idp, (way, &uri)).await;
            assert_eq!(site.count(&path), 0, "{case}: nothing is fetched before it is needed");
            no_request(&idp, &app, (case, &uri)).await;
            assert_eq!(site.count(&path), 1, "{case}: asked once in ten seconds, however many come");
        }
    }
    assert_eq!(site.count("/elsewhere"), 0, "nobody is followed");
    let app = requests_at(&idp, (Way::Registers, &elsewhere)).await;
    site.publish("/elsewhere", object(&app));
    let page = idp.browser().get(&app.request(&[("request_uri", &elsewhere)])).await;
    assert!(page.text("#sign-in").is_some(), "a good one where it belongs is taken: {} {}", page.status, page.body);
}

#[actix_web::test]
async fn requests_inside() {
    let ((idp, site, book), inside) = (house().await, Inside::start());
    for uri in inside.addresses() {
        for way in THEIRS {
            idp.pass("1m");
            let app = requests_at(&idp, (way, &uri)).await;
            no_request(&idp, &app, (&uri, &uri)).await;
        }
    }
    inside.heard_nothing();
    assert!(book.asked().iter().all(|name| NAMES.iter().any(|(known, _)| known == name)), "{:?}", book.asked());
    // And nowhere else than where it said.
    idp.pass("1m");
    let app = requests_at(&idp, (Way::Registers, &site.publish("/own", ""))).await;
    for uri in [site.publish("/other", ""), format!("{}/own?x", site.origin()), format!("{}/OWN", site.origin())] {
        let answer = idp.browser().get_scripted(&app.request(&[("request_uri", &uri)])).await;
        assert_eq!(answer.error(), "invalid_request_uri", "{uri}");
    }
    assert!(site.asked().is_empty(), "{:?}", site.asked());
}

/// An administrator's word opens nothing inside either, unless `[outbound] allow` lists it.
#[actix_web::test]
async fn places_inside_that_an_administrator_names() {
    let (book, inside, key) = (Book::with(&NAMES), Inside::start(), ClientKey::of("RS256", "key-1"));
    let idp = Idp::reaching(reach(book.clone(), SHORT, &[]), |_| ()).await;
    for uri in inside.addresses().into_iter().flat_map(|uri| [uri.replace("https://", "http://"), uri]) {
        for signed in SIGNED {
            no_keys(&keyed_at(&idp, (Way::Imported, &uri), &key, signed).await, &uri).await;
        }
        no_request(&idp, &requests_at(&idp, (Way::Imported, &uri)).await, (&uri, &uri)).await;
    }
    inside.heard_nothing();
    assert!(book.asked().iter().all(|name| NAMES.iter().any(|(known, _)| known == name)), "{:?}", book.asked());
}

#[actix_web::test]
async fn nobody_is_asked_in_the_clear() {
    let (idp, site, _) = house().await;
    let app = Registered::new(&idp, json!({})).await;
    let untouched = Untouched::now(&idp).await;
    let plain = site.origin().replace("https://", "http://");
    for (member, value) in [
        ("jwks_uri", json!(format!("{plain}/keys"))),
        ("backchannel_logout_uri", json!(format!("{plain}/out"))),
        ("request_uris", json!([format!("{}/request", site.origin()), format!("{plain}/request")])),
        ("jwks_uri", json!("http://127.0.0.1:1/keys")),
        ("sector_identifier_uri", json!(format!("{plain}/sector"))),
    ] {
        for answer in [register(&idp, &json!({(member): value})).await, replace(&app, &json!({(member): value})).await]
        {
            assert_json(&answer, 400, "invalid_client_metadata", member);
            let words = answer.json()["error_description"].as_str().unwrap().to_owned();
            assert!(words.starts_with(&format!("{member}: ")) && words.contains("an https address"), "{words}");
            untouched.check(member).await;
        }
    }
    assert!(site.asked().is_empty(), "{:?}", site.asked());
}
