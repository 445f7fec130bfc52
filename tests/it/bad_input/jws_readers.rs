//! Everything that reads what somebody else signed, times every forgery there is ([`super::jws`]) and every kind of key: the
//! specified error, nothing stored, and nothing fetched from where a header points to.

use super::assertions::ENDPOINTS;
use super::jws::{Forgery, Genuine, KeyBy, forgeries};
use super::possession::{RESOURCES, TOKEN, World, assert_refused};
use super::{FORM, Untouched, assert_json, encoded};
use crate::harness::keyed::{ClientKey, Documents, Keyed, Serving};
use crate::harness::upstream::{configured, relying_on};
use crate::harness::{Answer, CHALLENGE, Idp, RelyingApp};
use crate::stories::pushed::{address, reaching, request};
use crate::stories::upstream::tell;
use actix_web::test::TestRequest;
use serde_json::{Value, json};

/// One algorithm of every family.
const ALGORITHMS: [&str; 4] = ["ES256", "RS256", "PS256", "EdDSA"];

#[actix_web::test]
async fn assertions_at_every_endpoint() {
    let trap = Documents::of_keys(&[]);
    for alg in ALGORITHMS {
        let idp = reaching().await;
        let client = Keyed::register(&idp, "keyed", alg, &json!({"token_endpoint_auth_signing_alg": alg})).await;
        let genuine = Genuine { key: &client.key, alg, header: client.header(), claims: client.claims() };
        let forged = forgeries(&genuine, KeyBy::Name, &trap.uri(""));
        assert!(forged.len() > 400, "{}", forged.len());
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
    }
    assert_eq!(trap.asked(), 0, "nothing is fetched that a header points to");
}

/// A request object travels by the browser, in an address or in a form, or is pushed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum By {
    Address,
    Form,
    Push,
}

async fn send(idp: &Idp, app: &RelyingApp, object: &str, by: By) -> Answer {
    let uri = app.redirect_uri();
    let fields =
        [("client_id", app.client_id.as_str()), ("redirect_uri", &uri), ("response_type", "code"), ("request", object)];
    match by {
        By::Address => idp.browser().get(&address(&fields)).await,
        By::Push => app.post("/par", &fields[1..]).await,
        By::Form => {
            let request = TestRequest::post().uri("/authorize").insert_header(("content-type", FORM));
            let mut browser = idp.browser();
            let posted = browser.send(request.set_payload(encoded(&fields))).await;
            browser.get(posted.location()).await
        }
    }
}

#[actix_web::test]
async fn request_objects_by_every_way() {
    let trap = Documents::of_keys(&[]);
    for alg in ALGORITHMS {
        let idp = reaching().await;
        let app = idp.app("objects");
        let change = json!({"client_secret": app.secret(), "token_endpoint_auth_method": "client_secret_basic",
            "request_object_signing_alg": alg});
        let client = Keyed::register(&idp, "objects", alg, &change).await;
        let genuine = Genuine { key: &client.key, alg, header: client.header(), claims: request(&app) };
        let forged = forgeries(&genuine, KeyBy::Name, &trap.uri(""));
        let untouched = Untouched::now(&idp).await;
        for by in [By::Address, By::Form, By::Push] {
            for (how, object) in &forged {
                let (answer, case) = (send(&idp, &app, object, by).await, format!("{by:?} {alg} {how}"));
                if by == By::Push {
                    assert_json(&answer, 400, "invalid_request_object", &case);
                } else {
                    assert!(answer.status == 303 && answer.location().starts_with(&app.redirect_uri()), "{case}");
                    assert_eq!(answer.error(), "invalid_request_object", "{case}: {}", answer.location());
                }
            }
            untouched.check(&format!("{by:?} {alg}")).await;
            let good = client.key.sign(&client.header(), &request(&app));
            let expected = if by == By::Push { 201 } else { 200 };
            assert_eq!(send(&idp, &app, &good, by).await.status, expected, "{by:?} {alg}: a genuine one is taken");
        }
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
    const PAR: (&str, &str) = ("POST", "/par");
    let trap = Documents::of_keys(&[]);
    for alg in ALGORITHMS {
        let world = World::of(alg).await;
        let untouched = Untouched::now(&world.idp).await;
        let uri = world.spa.redirect_uri();
        let pushed = [
            ("response_type", "code"),
            ("redirect_uri", uri.as_str()),
            ("scope", "openid"),
            ("code_challenge", CHALLENGE),
        ];
        for request in RESOURCES.into_iter().chain([TOKEN, PAR]) {
            let claims =
                if request == PAR { world.holder.claims(PAR, None).await } else { world.claims(request).await };
            let genuine = Genuine { key: &world.holder.key, alg, header: world.holder.header(), claims };
            let in_a_header = |(_, token): &Forgery| !token.contains('\n') && !token.ends_with(' ') && token.is_ascii();
            for (how, proof) in forgeries(&genuine, KeyBy::Header, &trap.uri("")).into_iter().filter(in_a_header) {
                let case = format!("{alg} {how}");
                if request == PAR {
                    let answer = world.idp.call(world.spa.form("/par", &pushed).insert_header(("dpop", proof))).await;
                    assert_json(&answer, 400, error_of(&how, &answer), &case);
                } else {
                    let answer = world.show(request, &[proof.as_bytes()]).await;
                    assert_refused(&answer, request, error_of(&how, &answer), &case);
                }
            }
            untouched.check(&format!("{request:?} {alg}")).await;
        }
        world.goes_on().await;
    }
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
    let trap = Documents::of_keys(&[]);
    for alg in ALGORITHMS {
        let key = ClientKey::of(alg, "key-1");
        let (documents, issuer) = house(&key);
        // The trap is an address that may be reached: it is not where keys of this house are.
        let idp =
            relying_on(vec![configured("house", &issuer), configured("trap", trap.uri("").trim_end_matches('/'))])
                .await;
        let header = json!({"alg": alg, "kid": "key-1", "typ": "logout+jwt"});
        let genuine = Genuine { key: &key, alg, header: header.clone(), claims: logout_token(&idp, &issuer, "one") };
        let untouched = Untouched::now(&idp).await;
        for (how, token) in forgeries(&genuine, KeyBy::Name, &trap.uri("")) {
            let answer = tell(&idp, "house", &token).await;
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_request"), "{alg} {how}");
        }
        untouched.check(alg).await;
        let good = key.sign(&header, &logout_token(&idp, &issuer, "one"));
        assert_eq!(tell(&idp, "house", &good).await.status, 200, "{alg}: a genuine one is taken");
        assert!(documents.asked() < 10, "{} look-ups of keys", documents.asked());
        assert_eq!(tell(&idp, "house", &good).await.status, 400, "{alg}: and once");
    }
    assert_eq!(trap.asked(), 0, "nothing is fetched that a header points to");
}
