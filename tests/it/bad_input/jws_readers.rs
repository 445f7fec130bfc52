//! Everything that reads what somebody else signed, times every forgery there is ([`super::jws`]) and every kind of key: the
//! specified error, nothing stored, and nothing fetched from where a header points to.

use super::assertions::ENDPOINTS;
use super::jws::{Forgery, Genuine, KeyBy, by_another_algorithm, forgeries, no_text_beside, said_twice};
use super::possession::{Place, RESOURCES, World, assert_refused};
use super::{FORM, Untouched, assert_json, encoded};
use crate::harness::keyed::{ClientKey, Documents, Keyed, Serving, changed};
use crate::harness::upstream::{configured, relying_on};
use crate::harness::{Answer, Idp, RelyingApp};
use crate::stories::pushed::{address, reaching, request};
use crate::stories::upstream::tell;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

/// Makes forgeries of a token; the text is an address of which nothing may be fetched.
type Forge = fn(&Genuine<'_>, &str) -> Vec<Forgery>;

/// One algorithm of every family.
const ALGORITHMS: [&str; 4] = ["ES256", "RS256", "PS256", "EdDSA"];

/// By a secret: `client_secret_jwt`.
const BY_SECRET: [&str; 3] = ["HS256", "HS384", "HS512"];

#[actix_web::test]
async fn assertions_at_every_endpoint() {
    for alg in ALGORITHMS {
        assertions_by(alg, of_assertions).await;
    }
}

#[actix_web::test]
async fn assertions_by_a_secret_at_every_endpoint() {
    for alg in BY_SECRET {
        assertions_by(alg, of_assertions).await;
    }
}

fn of_assertions(genuine: &Genuine<'_>, trap: &str) -> Vec<Forgery> {
    let all = [forgeries(genuine, KeyBy::Name, trap), by_another_algorithm(genuine), said_twice(genuine)].concat();
    assert!(all.len() > 400, "{}", all.len());
    all
}

async fn assertions_by(alg: &'static str, forge: Forge) {
    let (idp, trap) = (reaching().await, Documents::of_keys(&[]));
    let client = Keyed::register(&idp, "keyed", alg, &json!({"token_endpoint_auth_signing_alg": alg})).await;
    let genuine = Genuine { key: &client.key, alg, header: client.header(), claims: client.claims() };
    let forged = forge(&genuine, &trap.uri(""));
    let untouched = Untouched::now(&idp).await;
    for (endpoint, fields) in ENDPOINTS {
        for (how, token) in &forged {
            let case = format!("{endpoint} {alg} {how}");
            assert_json(&client.present(endpoint, token, fields).await, 401, "invalid_client", &case);
        }
        untouched.check(endpoint).await;
    }
    for (endpoint, fields) in ENDPOINTS {
        assert_ne!(client.post(endpoint, fields).await.status, 401, "{endpoint} {alg}: a genuine one is taken");
    }
    assert_eq!(trap.asked(), 0, "nothing is fetched that a header points to");
}

/// A request object, or the address where it is published, travels by the browser, in an address or in a form, or is pushed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum By {
    Address,
    Form,
    Push,
}

/// The ways of an object itself.
pub(super) const CARRIED: [By; 3] = [By::Address, By::Form, By::Push];
/// And the one of its address, which is never pushed (RFC 9126, section 2.1).
pub(super) const WAYS: [(&str, By); 4] =
    [("request", By::Address), ("request", By::Form), ("request", By::Push), ("request_uri", By::Address)];

/// Sends what carries a request of this client.
pub(super) async fn send(client: &Keyed, carrier: (&str, &str), by: By) -> Answer {
    let (idp, app) = (&client.idp, client.idp.app(&client.client_id));
    let uri = app.redirect_uri();
    let fields = [("client_id", app.client_id.as_str()), ("redirect_uri", &uri), ("response_type", "code"), carrier];
    match by {
        By::Address => idp.browser().get(&address(&fields)).await,
        By::Push if BY_SECRET.contains(&client.alg) => client.post("/par", &fields[1..]).await,
        By::Push => app.post("/par", &fields[1..]).await,
        By::Form => {
            let request = TestRequest::post().uri("/authorize").insert_header(("content-type", FORM));
            let mut browser = idp.browser();
            let posted = browser.send(request.set_payload(encoded(&fields))).await;
            browser.get(posted.location()).await
        }
    }
}

/// The same of an object, which its client publishes where it is not carried. What was published is remembered for ten seconds.
pub(super) async fn present(client: &Keyed, documents: &Documents, object: &str, (name, by): (&str, By)) -> Answer {
    if name == "request" {
        return send(client, (name, object), by).await;
    }
    documents.turn(Serving::Answers(200, object.to_owned()));
    send(client, (name, &documents.uri("request")), by).await
}

/// The error goes to whoever pushed, or back to the app.
pub(super) fn assert_object_refused(answer: &Answer, by: By, app: &RelyingApp, case: &str) {
    if by == By::Push {
        return assert_json(answer, 400, "invalid_request_object", case);
    }
    assert!(answer.status == 303 && answer.location().starts_with(&app.redirect_uri()), "{case}: {}", answer.body);
    assert_eq!(answer.error(), "invalid_request_object", "{case}: {}", answer.location());
}

#[actix_web::test]
async fn request_objects_by_every_way() {
    for alg in ALGORITHMS {
        objects_by(alg, of_objects).await;
    }
}

#[actix_web::test]
async fn request_objects_by_a_secret_by_every_way() {
    for alg in BY_SECRET {
        objects_by(alg, of_objects).await;
    }
}

fn of_objects(genuine: &Genuine<'_>, trap: &str) -> Vec<Forgery> {
    [forgeries(genuine, KeyBy::Name, trap), by_another_algorithm(genuine)].concat()
}

async fn objects_by(alg: &'static str, forge: Forge) {
    let (idp, documents, trap) = (reaching().await, Documents::of_keys(&[]), Documents::of_keys(&[]));
    let app = idp.app("objects");
    let mut change = json!({"request_object_signing_alg": alg, "request_uris": [documents.uri("request")]});
    if !BY_SECRET.contains(&alg) {
        // By a secret that it sends, so that nothing is stored of its authentication.
        let sent = json!({"client_secret": app.secret(), "token_endpoint_auth_method": "client_secret_basic"});
        change = changed(change, &sent);
    }
    let client = Keyed::register(&idp, "objects", alg, &change).await;
    let genuine = Genuine { key: &client.key, alg, header: client.header(), claims: request(&app) };
    let forged = forge(&genuine, &trap.uri(""));
    let untouched = Untouched::now(&idp).await;
    for way in WAYS {
        // White space around a published object is not of it.
        let in_this_way = |(_, object): &&Forgery| way.0 == "request" || object.trim() == *object;
        let (before, mut sent) = (documents.asked(), 0);
        for (how, object) in forged.iter().filter(in_this_way) {
            idp.pass("10s");
            let answer = present(&client, &documents, object, way).await;
            assert_object_refused(&answer, way.1, &app, &format!("{way:?} {alg} {how}"));
            sent += 1;
        }
        if BY_SECRET.contains(&alg) {
            // Its assertions are remembered as long as they are good.
            idp.pass("3h");
            idp.deliver().await;
        }
        untouched.check(&format!("{way:?} {alg}")).await;
        idp.pass("10s");
        let good = client.key.sign(&client.header(), &request(&app));
        let expected = if way.1 == By::Push { 201 } else { 200 };
        let answer = present(&client, &documents, &good, way).await;
        assert_eq!(answer.status, expected, "{way:?} {alg}: a genuine one is taken");
        let fetched = if way.0 == "request" { 0 } else { sent + 1 };
        assert_eq!(documents.asked() - before, fetched, "{way:?} {alg}: each that is published is fetched once");
    }
    assert_eq!(trap.asked(), 0, "nothing is fetched that a header points to");
}

/// What a claim says is judged before the signature is: where the nonce is another one now, a good one is asked for.
fn error_of(how: &str, answer: &Answer) -> &'static str {
    let altered = how.starts_with("form ") && answer.error() == "use_dpop_nonce";
    match how {
        "nonce is null since" | "nonce is \"x\" since" => "use_dpop_nonce",
        _ if altered => "use_dpop_nonce",
        _ => "invalid_dpop_proof",
    }
}

#[actix_web::test]
async fn proofs_wherever_one_is_shown() {
    for alg in ALGORITHMS {
        proofs_by(alg, of_proofs).await;
    }
}

fn of_proofs(genuine: &Genuine<'_>, trap: &str) -> Vec<Forgery> {
    [forgeries(genuine, KeyBy::Header, trap), said_twice(genuine)].concat()
}

async fn proofs_by(alg: &'static str, forge: Forge) {
    let (world, trap) = (World::of(alg).await, Documents::of_keys(&[]));
    let untouched = Untouched::now(&world.idp).await;
    // Whatever is asked of the token endpoint, the proof is looked at first: one kind of grant stands for all.
    for place in RESOURCES.into_iter().map(Place::Resource).chain([Place::Code, Place::Push]) {
        let (header, claims) = (world.holder.header(), world.claims(place).await);
        let genuine = Genuine { key: &world.holder.key, alg, header, claims };
        let in_a_header = |(_, token): &Forgery| !token.contains('\n') && !token.ends_with(' ') && token.is_ascii();
        for (how, proof) in forge(&genuine, &trap.uri("")).into_iter().filter(in_a_header) {
            let answer = world.show(place, &[proof.as_bytes()]).await;
            assert_refused(&answer, place, error_of(&how, &answer), &format!("{alg} {how}"));
        }
        untouched.check(&format!("{place:?} {alg}")).await;
    }
    world.goes_on().await;
    assert_eq!(trap.asked(), 0, "nothing is fetched that a header points to");
}

/// An upstream whose metadata and keys are one document, which is served at every path.
fn house(key: &ClientKey) -> (Documents, String) {
    let documents = Documents::of_keys(&[key]);
    let issuer = documents.uri("").trim_end_matches('/').to_owned();
    let at = |path: &str| format!("{issuer}/{path}");
    let whole = json!({"issuer": issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
        "jwks_uri": at("jwks"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"], "keys": [key.jwk()]});
    documents.turn(Serving::Answers(200, whole.to_string()));
    (documents, issuer)
}

fn logout_token(idp: &Idp, issuer: &str, jti: &str) -> Value {
    let now = idp.now().0;
    json!({"iss": issuer, "aud": "abide", "iat": now, "exp": now + 60, "jti": jti, "sid": "theirs",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}}})
}

#[actix_web::test]
async fn logout_tokens_of_an_upstream() {
    for alg in ALGORITHMS {
        logout_tokens_by(alg, |genuine, trap| forgeries(genuine, KeyBy::Name, trap)).await;
    }
}

async fn logout_tokens_by(alg: &'static str, forge: Forge) {
    let (key, trap) = (ClientKey::of(alg, "key-1"), Documents::of_keys(&[]));
    let (documents, issuer) = house(&key);
    // The trap is an address that may be reached: it is not where keys of this house are.
    let upstreams = [configured("house", &issuer), configured("trap", trap.uri("").trim_end_matches('/'))];
    let idp = relying_on(upstreams.into()).await;
    let header = json!({"alg": alg, "kid": "key-1", "typ": "logout+jwt"});
    let genuine = Genuine { key: &key, alg, header: header.clone(), claims: logout_token(&idp, &issuer, "one") };
    let untouched = Untouched::now(&idp).await;
    for (how, token) in forge(&genuine, &trap.uri("")) {
        let answer = tell(&idp, "house", &token).await;
        assert_eq!(answer.status, 400, "{alg} {how}");
        assert_eq!(answer.error(), "invalid_request", "{alg} {how}");
    }
    untouched.check(alg).await;
    let good = key.sign(&header, &logout_token(&idp, &issuer, "one"));
    assert_eq!(tell(&idp, "house", &good).await.status, 200, "{alg}: a genuine one is taken");
    assert!(documents.asked() < 10, "{} look-ups of keys", documents.asked());
    assert_eq!(tell(&idp, "house", &good).await.status, 400, "{alg}: and once");
    assert_eq!(trap.asked(), 0, "nothing is fetched that a header points to");
}

/// Every part of a token is UTF-8 (RFC 7515, section 5.2; RFC 7519, section 7.2), and a token that is no text where nobody reads
/// it is no token.
fn beside_what_is_read(genuine: &Genuine<'_>, _trap: &str) -> Vec<Forgery> {
    no_text_beside(genuine)
}

#[actix_web::test]
async fn assertions_that_are_no_text_where_nobody_reads_them() {
    assertions_by("ES256", beside_what_is_read).await;
}

#[actix_web::test]
async fn request_objects_that_are_no_text_where_nobody_reads_them() {
    objects_by("ES256", beside_what_is_read).await;
}

#[actix_web::test]
async fn proofs_that_are_no_text_where_nobody_reads_them() {
    proofs_by("ES256", beside_what_is_read).await;
}

#[actix_web::test]
async fn logout_tokens_that_are_no_text_where_nobody_reads_them() {
    logout_tokens_by("ES256", beside_what_is_read).await;
}
