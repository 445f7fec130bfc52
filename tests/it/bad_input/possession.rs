//! DPoP (RFC 9449): proofs that prove nothing, and tokens in hands that they were not given to. Each gets its specified
//! error; what is stored is the name of a good proof, and nothing else.

use super::{FORM, Untouched, assert_json, encoded, sixteen};
use crate::harness::keyed::{by_secret, changed, signed};
use crate::harness::{Answer, CHALLENGE, Holder, ISSUER, Idp, RelyingApp, Tokens, VERIFIER, presenting};
use crate::stories::devices::{GRANT as DEVICE, let_in};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::time::Duration;

/// Where our own access tokens are presented. A stream is asked for its head alone: its body has no end.
pub(super) const RESOURCES: [(&str, &str); 5] = [
    ("GET", "/userinfo"),
    ("POST", "/userinfo"),
    ("GET", "/session"),
    ("POST", "/session/activity"),
    ("HEAD", "/session/events"),
];

/// Where a proof is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// Beside an access token.
    Resource((&'static str, &'static str)),
    Code,
    Refresh,
    DeviceCode,
    /// A client asks for itself (RFC 6749, section 4.4).
    Own,
    Push,
}

/// Where clients post with a proof: every kind of grant, and the request that is pushed.
pub(super) const POSTS: [Place; 5] = [Place::Code, Place::Refresh, Place::DeviceCode, Place::Own, Place::Push];

/// Every place.
pub(super) fn places() -> impl Iterator<Item = Place> {
    RESOURCES.into_iter().map(Place::Resource).chain(POSTS)
}

impl Place {
    /// What a proof has to name.
    pub(super) fn request(self) -> (&'static str, &'static str) {
        match self {
            Place::Resource(request) => request,
            Place::Push => ("POST", "/par"),
            _ => ("POST", "/token"),
        }
    }
}

impl From<(&'static str, &'static str)> for Place {
    fn from(resource: (&'static str, &'static str)) -> Place {
        Place::Resource(resource)
    }
}

/// A public client in whose name a person is signed in, with a key, and what it got by that.
#[derive(Clone)]
pub(super) struct World {
    pub(super) idp: Idp,
    pub(super) spa: RelyingApp,
    pub(super) holder: Holder,
    pub(super) tokens: Tokens,
    /// Bound to the key, and not redeemed.
    pub(super) code: String,
    /// Of a device that was let in, and has not come for its tokens.
    device_code: String,
}

impl World {
    async fn new() -> World {
        World::of("ES256").await
    }

    /// With a key for this algorithm.
    pub(super) async fn of(alg: &'static str) -> World {
        let idp = Idp::start().await;
        idp.import(json!({"clients": [
            {"client_id": "spa", "token_endpoint_auth_method": "none", "redirect_uris": [idp.app("spa").redirect_uri()],
             "grant_types": ["authorization_code", "refresh_token", DEVICE], "consent": "skip"},
            {"client_id": "till", "client_secret": idp.app("till").secret(), "redirect_uris": [], "response_types": [],
             "grant_types": ["client_credentials"], "scope": "stock:read"},
        ]}))
        .await;
        World::at(&idp, Holder::of(&idp, alg)).await
    }

    /// The same once more: another sign-in by whoever holds this key.
    pub(super) async fn again(&self) -> World {
        // One address may try thirty passwords a minute.
        self.idp.pass("3s");
        World::at(&self.idp, self.holder.clone()).await
    }

    async fn at(idp: &Idp, holder: Holder) -> World {
        let (spa, mut browser) = (idp.app("spa"), idp.browser());
        let code = browser.enter(&spa).await.parameter("code").unwrap();
        let tokens = Tokens::of(&holder.redeem(&spa, &code).await);
        let bound = browser.get(&spa.request(&[("prompt", "none"), ("dpop_jkt", &holder.jkt())])).await;
        let code = bound.parameter("code").unwrap();
        let device_code = let_in(&spa, &mut browser).await;
        World { idp: idp.clone(), spa, holder, tokens, code, device_code }
    }

    /// The same, seen by another node.
    pub(super) fn through(&self, node: &Idp) -> World {
        let holder = Holder { idp: node.clone(), ..self.holder.clone() };
        World { idp: node.clone(), spa: node.app("spa"), holder, ..self.clone() }
    }

    /// What belongs there, but for the proof.
    fn asking(&self, place: Place) -> TestRequest {
        let uri = self.spa.redirect_uri();
        match place {
            Place::Resource((method, path)) => {
                let request = TestRequest::with_uri(path).method(method.parse().unwrap());
                request.insert_header(("authorization", format!("DPoP {}", self.tokens.access)))
            }
            Place::Code => {
                let fields = [
                    ("grant_type", "authorization_code"),
                    ("code", self.code.as_str()),
                    ("redirect_uri", &uri),
                    ("code_verifier", VERIFIER),
                ];
                self.spa.form("/token", &fields)
            }
            Place::Refresh => {
                self.spa.form("/token", &[("grant_type", "refresh_token"), ("refresh_token", &self.tokens.refresh)])
            }
            Place::DeviceCode => self.spa.form("/token", &[("grant_type", DEVICE), ("device_code", &self.device_code)]),
            Place::Own => self.idp.app("till").form("/token", &[("grant_type", "client_credentials")]),
            Place::Push => {
                // A client that anybody can be is slowed down before its proof is spent.
                let social = self.idp.app("social");
                let uri = social.redirect_uri();
                let fields = [
                    ("response_type", "code"),
                    ("redirect_uri", uri.as_str()),
                    ("scope", "openid"),
                    ("code_challenge", CHALLENGE),
                    ("code_challenge_method", "S256"),
                ];
                social.form("/par", &fields)
            }
        }
    }

    /// There, with what belongs there beside, and with these headers in place of a proof.
    pub(super) async fn show(&self, place: impl Into<Place>, proofs: &[&[u8]]) -> Answer {
        self.idp.call(with_proofs(self.asking(place.into()), proofs)).await
    }

    pub(super) async fn claims(&self, place: impl Into<Place>) -> Value {
        let place = place.into();
        let token = matches!(place, Place::Resource(_)).then_some(self.tokens.access.as_str());
        self.holder.claims(place.request(), token).await
    }

    /// A proof that says this.
    pub(super) fn signed(&self, claims: &Value) -> String {
        self.holder.key.sign(&self.holder.header(), claims)
    }

    /// Everything that was attacked is as good as before.
    pub(super) async fn goes_on(&self) {
        self.goes_on_but_for(None).await;
    }

    /// The same, where something was used up by right.
    pub(super) async fn goes_on_but_for(&self, used: Option<Place>) {
        // An act that is reported within ten seconds after the sign-in comes too soon.
        self.idp.pass("10s");
        for place in places().filter(|place| used != Some(*place)) {
            let proof = self.signed(&self.claims(place).await);
            let answer = self.show(place, &[proof.as_bytes()]).await;
            assert!(answer.status.is_success(), "{place:?}: {} {}", answer.status, answer.body);
        }
    }
}

fn with_proofs(mut request: TestRequest, proofs: &[&[u8]]) -> TestRequest {
    for proof in proofs {
        let value = actix_web::http::header::HeaderValue::from_bytes(proof).unwrap();
        request = request.append_header(("dpop", value));
    }
    request
}

/// 400 where clients post; 401 with a challenge of the scheme elsewhere. A nonce in any case.
pub(super) fn assert_refused(answer: &Answer, place: impl Into<Place>, error: &str, case: &str) {
    let place = place.into();
    let at_resource = matches!(place, Place::Resource(_));
    assert_json(answer, if at_resource { 401 } else { 400 }, error, &format!("{place:?} {case}"));
    assert_eq!(answer.header("dpop-nonce").len(), 43, "{place:?} {case}");
    if at_resource {
        let challenge = answer.header("www-authenticate");
        assert!(challenge.starts_with("DPoP realm=\"abide\", algs=\"RS256 "), "{challenge}");
        assert!(challenge.contains(&format!("error=\"{error}\"")), "{place:?} {case}: {challenge}");
    }
}

/// What a proof's header must not be.
fn headers(other: &Holder) -> Vec<(&'static str, Value)> {
    let mut private = other.key.jwk();
    private["d"] = json!("AQ");
    let mut for_encryption = other.key.jwk();
    for_encryption["use"] = json!("enc");
    vec![
        ("no typ", json!({"typ": null})),
        ("an assertion", json!({"typ": "JWT"})),
        ("an access token", json!({"typ": "at+jwt"})),
        ("an empty typ", json!({"typ": ""})),
        ("a typ of no kind", json!({"typ": 7})),
        ("another algorithm of the curve", json!({"alg": "ES384"})),
        ("another family", json!({"alg": "RS256"})),
        ("its name in lower case", json!({"alg": "es256"})),
        ("no algorithm", json!({"alg": null})),
        ("no key", json!({"jwk": null})),
        ("an empty key", json!({"jwk": {}})),
        ("no object", json!({"jwk": "x"})),
        ("a list", json!({"jwk": [other.key.jwk()]})),
        ("somebody else's key", json!({"jwk": other.key.jwk()})),
        ("a private key", json!({"jwk": private})),
        ("a shared key", json!({"jwk": {"kty": "oct", "k": "c2VjcmV0"}})),
        ("a key for something else", json!({"jwk": for_encryption})),
        ("a point of no curve", json!({"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}})),
        ("a weak key", json!({"jwk": {"kty": "RSA", "n": "w".repeat(171), "e": "AQAB"}, "alg": "RS256"})),
        ("the key elsewhere", json!({"jwk": null, "jku": "https://evil.example/keys", "kid": "mine"})),
        ("the key in a certificate", json!({"jwk": null, "x5c": ["AA"]})),
        ("an extension", json!({"crit": ["b64"], "b64": false})),
        ("a nested key", json!({"jwk": {"jwk": other.key.jwk()}})),
    ]
}

/// What a proof's claims must not be.
fn claims(place: Place, now: i64) -> Vec<(String, Value)> {
    let (request, mut list) = (place.request(), Vec::new());
    for method in ["", "get", "post", "head", "PATCH", "GET,POST", " GET"] {
        list.push((format!("htm {method}"), json!({"htm": method})));
    }
    list.push(("the other method".into(), json!({"htm": if request.0 == "GET" { "POST" } else { "GET" }})));
    let path = request.1;
    for address in [
        String::new(),
        path.to_owned(),
        ISSUER.to_owned(),
        format!("{ISSUER}/"),
        format!("{ISSUER}/introspect"),
        format!("{ISSUER}{path}/"),
        format!("{ISSUER}{path}x"),
        format!("{ISSUER}/x{path}"),
        format!("{ISSUER}/{path}"),
        format!("{ISSUER}/introspect?{ISSUER}{path}"),
        format!("{ISSUER}/introspect#{path}"),
        format!("{ISSUER}?{path}"),
        format!("{ISSUER}:8443{path}"),
        format!("{ISSUER}.{path}"),
        format!("{ISSUER}.evil.example{path}"),
        format!("{ISSUER}@evil.example{path}"),
        format!("http://id.example.com{path}"),
        format!("https://evil.example{path}"),
        format!("https://evil.example\\@id.example.com{path}"),
        format!("https://user@id.example.com{path}"),
        format!("https:id.example.com{path}"),
        format!("//id.example.com{path}"),
        format!(" {ISSUER}{path}"),
        format!("{ISSUER}{path}\n"),
        format!("{ISSUER}{}", path.to_uppercase()),
    ] {
        list.push((format!("htu {address:?}"), json!({"htu": address})));
    }
    for (name, values) in [
        ("iat", vec![json!(now - 61), json!(now + 61), json!(0), json!(now.to_string()), json!(1e300), json!([now])]),
        ("jti", vec![json!(""), json!("x".repeat(256)), json!(7), json!(["x"]), json!({})]),
        ("htm", vec![json!(["POST"]), json!(7)]),
        ("htu", vec![json!([format!("{ISSUER}{path}")]), json!(7)]),
        ("nonce", vec![json!(7), json!(["x"])]),
        ("ath", vec![json!(7)]),
    ] {
        list.extend(values.into_iter().map(|value| (format!("{name} {value}"), json!({name: value}))));
    }
    for other in places().map(|place| place.request().1).filter(|other| *other != path) {
        list.push((format!("htu of {other}"), json!({"htu": format!("{ISSUER}{other}")})));
    }
    for name in ["jti", "htm", "htu", "iat"] {
        list.push((format!("no {name}"), json!({name: null})));
    }
    if matches!(place, Place::Resource(_)) {
        for ath in
            [json!(null), json!(""), json!("A".repeat(43)), json!("fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo=")]
        {
            list.push((format!("ath {ath}"), json!({"ath": ath})));
        }
    }
    list
}

#[actix_web::test]
async fn proofs_that_prove_nothing() {
    let world = World::new().await;
    let other = Holder::of(&world.idp, "ES256");
    let untouched = Untouched::now(&world.idp).await;
    for place in places() {
        let (header, good) = (world.holder.header(), world.claims(place).await);
        let mut bad: Vec<(String, String)> = Vec::new();
        for (case, change) in headers(&other) {
            bad.push((case.to_owned(), world.holder.key.sign(&changed(header.clone(), &change), &good)));
        }
        for (case, change) in claims(place, world.idp.now().0) {
            bad.push((case, world.holder.key.sign(&header, &changed(good.clone(), &change))));
        }
        for (case, member) in [("jti", json!("again")), ("iat", json!(0)), ("htu", json!("x")), ("htm", json!("x"))] {
            let twice = format!("{{\"{case}\":{member},{}", &good.to_string()[1..]);
            bad.push((format!("{case} twice"), world.holder.key.sign_text("ES256", &header.to_string(), &twice)));
        }
        for (case, alg) in [("none, unsigned", "none"), ("no name, unsigned", "")] {
            bad.push((case.into(), signed(&changed(header.clone(), &json!({"alg": alg})), &good, |_| vec![])));
        }
        bad.push(("unsigned".into(), signed(&header, &good, |_| vec![])));
        bad.push(("zeros for a signature".into(), signed(&header, &good, |_| vec![0; 64])));
        // The public key for a secret, and a secret that it brings along.
        let by_hmac = changed(header.clone(), &json!({"alg": "HS256"}));
        bad.push(("HS256".into(), by_secret(header["jwk"].to_string().as_bytes(), &by_hmac, &good)));
        let brought = changed(by_hmac.clone(), &json!({"jwk": {"kty": "oct", "k": URL_SAFE_NO_PAD.encode([7; 32])}}));
        bad.push(("HS256 by its own secret".into(), by_secret(&[7; 32], &brought, &good)));
        let whole = world.holder.key.sign(&header, &good);
        let (message, signature) = whole.rsplit_once('.').unwrap();
        let (head, payload) = message.split_once('.').unwrap();
        bad.extend(
            [
                String::new(),
                "x".into(),
                "..".into(),
                message.to_owned(),
                format!("{whole}."),
                format!("{whole}="),
                format!("{whole}, {whole}"),
                format!("{head}.{payload}x.{signature}"),
                format!("{head}..{signature}"),
                format!("x{whole}"),
                "a".repeat(16 * 1024),
                format!("{}.{payload}.{signature}", "a".repeat(16 * 1024)),
                world.tokens.access.clone(),
                world.tokens.id.clone(),
            ]
            .map(|text| (format!("{text:.40}"), text)),
        );
        for (case, proof) in &bad {
            let answer = world.show(place, &[proof.as_bytes()]).await;
            assert_refused(&answer, place, "invalid_dpop_proof", case);
        }
        // Two headers, equal or not, and one that is no text.
        let second = world.holder.key.sign(&header, &world.claims(place).await);
        let (one, two, none) = (whole.as_bytes(), second.as_bytes(), b"\xff\xfe".as_slice());
        for proofs in [vec![one, one], vec![one, two], vec![one, none], vec![none]] {
            assert_refused(&world.show(place, &proofs).await, place, "invalid_dpop_proof", "two headers");
        }
        // A long one, which is a proof but for its length.
        let long = changed(good.clone(), &json!({"more": "x".repeat(12 * 1024)}));
        let long = world.holder.key.sign(&header, &long);
        assert_refused(&world.show(place, &[long.as_bytes()]).await, place, "invalid_dpop_proof", "long");
        for nonce in [String::new(), "x".into(), "A".repeat(43), format!("{}A", good["nonce"].as_str().unwrap())] {
            let forged = world.holder.key.sign(&header, &changed(good.clone(), &json!({"nonce": nonce})));
            assert_refused(&world.show(place, &[forged.as_bytes()]).await, place, "use_dpop_nonce", &nonce);
        }
        match place {
            Place::Resource(_) => assert_refused(&world.show(place, &[]).await, place, "invalid_dpop_proof", "none"),
            Place::Code | Place::Refresh => {
                assert_json(&world.show(place, &[]).await, 400, "invalid_dpop_proof", "none");
            }
            // Nothing that is bound to a key comes there.
            Place::DeviceCode | Place::Own | Place::Push => {}
        }
        untouched.check(&format!("{place:?}")).await;
    }
    world.goes_on().await;
}

#[actix_web::test]
async fn a_header_leads_to_no_other_key() {
    let world = World::new().await;
    for (case, change) in [
        ("kid", json!({"kid": "another"})),
        ("jku", json!({"jku": "http://127.0.0.1:1/keys"})),
        ("x5u", json!({"x5u": "http://127.0.0.1:1/certificate"})),
        ("x5c", json!({"x5c": ["AA"], "x5t": "x"})),
        ("typ", json!({"typ": "application/DPoP+JWT"})),
    ] {
        for request in RESOURCES {
            let proof = world.holder.key.sign(&changed(world.holder.header(), &change), &world.claims(request).await);
            assert_eq!(world.show(request, &[proof.as_bytes()]).await.status, 200, "{case} {request:?}");
            world.idp.pass("10s");
        }
    }
    // Query and fragment do not count, and an address has more than one spelling.
    for address in ["?a=b", "#c", "?", "?a#b"] {
        let mut claims = world.claims(("GET", "/userinfo")).await;
        claims["htu"] = json!(format!("HTTPS://ID.example.com:443/userinfo{address}"));
        let proof = world.holder.key.sign(&world.holder.header(), &claims);
        assert_eq!(world.show(("GET", "/userinfo"), &[proof.as_bytes()]).await.status, 200, "{address}");
    }
    // Nor does a header say where we are.
    let proof = world.holder.proof(("GET", "/userinfo"), Some(&world.tokens.access)).await;
    let request = presenting(("GET", "/userinfo?x=1"), &format!("DPoP {}", world.tokens.access), &proof);
    let request = request.insert_header(("host", "evil.example")).insert_header(("x-forwarded-host", "evil.example"));
    assert_eq!(world.idp.call(request).await.status, 200);
    let mut claims = world.claims(("GET", "/userinfo")).await;
    claims["htu"] = json!("https://evil.example/userinfo");
    let proof = world.holder.key.sign(&world.holder.header(), &claims);
    let request = presenting(("GET", "/userinfo"), &format!("DPoP {}", world.tokens.access), &proof);
    let request = request.insert_header(("host", "evil.example")).insert_header(("x-forwarded-host", "evil.example"));
    assert_refused(&world.idp.call(request).await, ("GET", "/userinfo"), "invalid_dpop_proof", "another host");
}

#[actix_web::test]
async fn a_proof_is_good_once() {
    let world = World::new().await;
    for request in RESOURCES {
        let proof = world.holder.proof(request, Some(&world.tokens.access)).await;
        assert_eq!(world.show(request, &[proof.as_bytes()]).await.status, 200);
        let untouched = Untouched::now(&world.idp).await;
        for wait in ["0s", "1s", "58s", "1s", "1s"] {
            world.idp.pass(wait);
            let answer = world.show(request, &[proof.as_bytes()]).await;
            assert_refused(&answer, request, "invalid_dpop_proof", wait);
        }
        untouched.check("replayed").await;
    }
    // A node whose clock is ahead clears away what is over by it; by ours it is not.
    let request = ("GET", "/userinfo");
    let proof = world.holder.proof(request, Some(&world.tokens.access)).await;
    assert_eq!(world.show(request, &[proof.as_bytes()]).await.status, 200);
    world.idp.pass("31s");
    world.idp.flows().sweep(world.idp.now() + Duration::from_secs(30)).await.unwrap();
    let answer = world.show(request, &[proof.as_bytes()]).await;
    assert_refused(&answer, request, "invalid_dpop_proof", "swept by a node that is ahead");
    // Its name is spent for every other request by this key, and for no other key.
    let mut claims = world.claims(("GET", "/userinfo")).await;
    let proof = world.holder.key.sign(&world.holder.header(), &claims);
    assert_eq!(world.show(("GET", "/userinfo"), &[proof.as_bytes()]).await.status, 200);
    claims["htu"] = json!(format!("{ISSUER}/session"));
    let proof = world.holder.key.sign(&world.holder.header(), &claims);
    let answer = world.show(("GET", "/session"), &[proof.as_bytes()]).await;
    assert_refused(&answer, ("GET", "/session"), "invalid_dpop_proof", "the same name");

    // Sixteen at once: one gets through.
    let proof = world.holder.proof(("GET", "/userinfo"), Some(&world.tokens.access)).await;
    let (idp, authorization) = (world.idp.clone(), format!("DPoP {}", world.tokens.access));
    let answers = sixteen(async move |_| {
        idp.call(presenting(("GET", "/userinfo"), &authorization, &proof)).await.status.as_u16()
    });
    let mut answers = answers.await;
    answers.sort_unstable();
    assert_eq!((answers[0], &answers[1..]), (200, &[401; 15][..]));
    world.idp.pass("2m");
    world.idp.deliver().await;
    let untouched = Untouched::now(&world.idp).await;
    assert_eq!(world.holder.with(("GET", "/userinfo"), &world.tokens.access).await.status, 200);
    world.idp.pass("2m");
    world.idp.deliver().await;
    untouched.check("a name is forgotten when its proof is too old").await;
}

#[actix_web::test]
async fn a_nonce_grows_old() {
    let world = World::new().await;
    let nonce = world.holder.nonce().await;
    world.idp.pass("361s");
    let untouched = Untouched::now(&world.idp).await;
    for place in places() {
        let claims = changed(world.claims(place).await, &json!({"nonce": nonce}));
        let answer = world.show(place, &[world.signed(&claims).as_bytes()]).await;
        assert_refused(&answer, place, "use_dpop_nonce", "stale");
    }
    untouched.check("stale").await;
}

#[actix_web::test]
async fn a_stolen_token_without_its_key() {
    let world = World::new().await;
    let World { idp, tokens, .. } = &world;
    let thief = Holder::of(idp, "ES256");
    let plain = {
        let mut browser = idp.browser();
        let answer = browser.enter(&idp.app("social")).await;
        idp.app("social").redeem(&answer).await
    };
    let untouched = Untouched::now(idp).await;
    for request in RESOURCES {
        let (method, path) = request;
        let proof = world.holder.proof(request, Some(&tokens.access)).await;
        for (authorization, proof, tried) in [
            // As a bearer token: without a proof, with the thief's, and even with the right one.
            (format!("Bearer {}", tokens.access), None, "Bearer"),
            (format!("Bearer {}", tokens.access), Some(thief.proof(request, Some(&tokens.access)).await), "Bearer"),
            (format!("bearer {}", tokens.access), Some(proof.clone()), "Bearer"),
            // With a proof by another key.
            (format!("DPoP {}", tokens.access), Some(thief.proof(request, Some(&tokens.access)).await), "DPoP"),
            // A token that is bound to no key is no better by this scheme.
            (format!("DPoP {}", plain.access), Some(thief.proof(request, Some(&plain.access)).await), "DPoP"),
            (format!("dpop {}", plain.access), None, "DPoP"),
            (format!("DPoP {}", tokens.id), Some(thief.proof(request, Some(&tokens.id)).await), "DPoP"),
            ("DPoP x".to_owned(), None, "DPoP"),
        ] {
            let mut ask = TestRequest::with_uri(path).method(method.parse().unwrap());
            if let Some(proof) = proof {
                ask = ask.insert_header(("dpop", proof));
            }
            let answer = idp.call(ask.insert_header(("authorization", authorization.as_str()))).await;
            assert_json(&answer, 401, "invalid_token", &authorization);
            let challenges: Vec<_> = answer.headers.get_all("www-authenticate").map(|v| v.to_str().unwrap()).collect();
            assert_eq!(challenges.len(), 2, "{challenges:?}");
            assert!(
                challenges[0].starts_with(tried) && challenges[0].contains("error=\"invalid_token\""),
                "{challenges:?}"
            );
            assert!(!challenges[1].contains("error"), "{challenges:?}");
        }
        // A proof for another token of the same key.
        let proof = world.holder.proof(request, Some(&plain.access)).await;
        let answer = world.show(request, &[proof.as_bytes()]).await;
        assert_refused(&answer, request, "invalid_dpop_proof", "ath of another token");
    }
    let body = encoded(&[("access_token", &tokens.access)]);
    let request = TestRequest::post().uri("/userinfo").insert_header(("content-type", FORM)).set_payload(body);
    let proof = world.holder.proof(("POST", "/userinfo"), Some(&tokens.access)).await;
    assert_json(&idp.call(request.insert_header(("dpop", proof))).await, 401, "invalid_token", "in the body");
    untouched.check("stolen").await;
    world.goes_on().await;
}

#[actix_web::test]
async fn a_stolen_refresh_token_or_code_of_a_public_client() {
    let world = World::new().await;
    let World { idp, spa, tokens, holder, code, .. } = &world;
    let thief = Holder::of(idp, "ES256");
    let untouched = Untouched::now(idp).await;
    for _ in 0..3 {
        assert_json(&spa.try_refresh(&tokens.refresh).await, 400, "invalid_dpop_proof", "refresh without a key");
        assert_json(&thief.refresh(spa, &tokens.refresh).await, 400, "invalid_grant", "refresh with another key");
        assert_json(&spa.try_redeem(code).await, 400, "invalid_dpop_proof", "code without a key");
        assert_json(&thief.redeem(spa, code).await, 400, "invalid_grant", "code with another key");
    }
    for jkt in
        ["", "x", &"A".repeat(42), &"A".repeat(44), &format!("{}=", holder.jkt()), &format!("{}.", &holder.jkt()[1..])]
    {
        let mut browser = idp.browser();
        let answer = browser.get(&format!("{}&dpop_jkt={jkt}", spa.request(&[]))).await;
        if jkt.is_empty() {
            assert_eq!(answer.status, 200, "an empty parameter is none (RFC 6749, section 3.1)");
        } else {
            assert_eq!(answer.error(), "invalid_request", "{jkt}");
        }
    }
    untouched.check("stolen").await;
    world.goes_on().await;
}

#[actix_web::test]
async fn nobody_gets_a_nonce_who_shows_no_key() {
    let world = World::new().await;
    for path in ["/userinfo", "/session", "/session/events"] {
        let answer = world.idp.call(TestRequest::get().uri(path)).await;
        assert!(!answer.headers.contains_key("dpop-nonce"), "{path}");
        let challenges: Vec<_> = answer.headers.get_all("www-authenticate").map(|v| v.to_str().unwrap()).collect();
        assert_eq!(challenges[0], "Bearer realm=\"abide\"");
        assert!(
            challenges[1].starts_with("DPoP ") && challenges[1].contains("algs=\"") && !challenges[1].contains("error")
        );
    }
    let origin = "https://spa.example.com";
    let preflight = TestRequest::with_uri("/token").method(actix_web::http::Method::OPTIONS);
    let answer = world.idp.call(preflight.insert_header(("origin", origin))).await;
    assert_eq!(answer.header("access-control-allow-headers"), "Authorization, Content-Type, DPoP");
    let asked = TestRequest::post().uri("/token").insert_header(("origin", origin)).insert_header(("dpop", "x"));
    let answer = world.idp.call(asked.set_form([("client_id", "spa")])).await;
    assert!(answer.header("access-control-expose-headers").contains("DPoP-Nonce"));
    assert_eq!(answer.header("dpop-nonce").len(), 43);
}
