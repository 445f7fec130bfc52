//! Whoever holds a key, and proves it at every request (DPoP, RFC 9449).

use super::app::{RelyingApp, VERIFIER};
use super::browser::Answer;
use super::idp::{ISSUER, Idp};
use super::keyed::ClientKey;
use super::stream::Stream;
use actix_web::test::TestRequest;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Whoever holds a key.
#[derive(Clone)]
pub struct Holder {
    pub idp: Idp,
    pub key: ClientKey,
    pub alg: &'static str,
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

impl Holder {
    /// Makes a key that signs by this algorithm.
    pub fn of(idp: &Idp, alg: &'static str) -> Holder {
        Holder { idp: idp.clone(), key: ClientKey::of(alg, "mine"), alg }
    }

    /// The key's thumbprint (RFC 7638).
    pub fn jkt(&self) -> String {
        let jwk = self.key.jwk();
        let names = ["crv", "e", "kty", "n", "x", "y"].into_iter().filter(|name| !jwk[name].is_null());
        hash(&format!("{{{}}}", names.map(|name| format!("\"{name}\":{}", jwk[name])).collect::<Vec<_>>().join(",")))
    }

    /// What the next proof has to say, as an answer tells it.
    pub async fn nonce(&self) -> String {
        let answer = self.idp.call(TestRequest::get().uri("/userinfo").insert_header(("dpop", "?"))).await;
        answer.header("dpop-nonce").to_owned()
    }

    /// The header of its proofs.
    pub fn header(&self) -> Value {
        json!({"typ": "dpop+jwt", "alg": self.alg, "jwk": self.key.jwk()})
    }

    /// The claims of a good proof for a request, each with a name of its own.
    pub async fn claims(&self, (method, path): (&str, &str), token: Option<&str>) -> Value {
        let jti = format!("proof-{}", COUNT.fetch_add(1, Ordering::SeqCst));
        let mut claims = json!({"jti": jti, "htm": method, "htu": format!("{ISSUER}{path}"), "iat": self.idp.now().0,
            "nonce": self.nonce().await});
        if let Some(token) = token {
            claims["ath"] = json!(hash(token));
        }
        claims
    }

    /// A good proof for a request.
    pub async fn proof(&self, request: (&str, &str), token: Option<&str>) -> String {
        self.key.sign(&self.header(), &self.claims(request, token).await)
    }

    /// A form of an app, with a proof.
    pub async fn post(&self, app: &RelyingApp, path: &str, fields: &[(&str, &str)]) -> Answer {
        let proof = self.proof(("POST", path), None).await;
        self.idp.call(app.form(path, fields).insert_header(("dpop", proof))).await
    }

    pub async fn redeem(&self, app: &RelyingApp, code: &str) -> Answer {
        let uri = app.redirect_uri();
        let fields =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &uri), ("code_verifier", VERIFIER)];
        self.post(app, "/token", &fields).await
    }

    pub async fn refresh(&self, app: &RelyingApp, token: &str) -> Answer {
        self.post(app, "/token", &[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// A request with a token of the holder's, and the proof that goes with it.
    pub async fn with(&self, (method, path): (&str, &str), token: &str) -> Answer {
        let proof = self.proof((method, path), Some(token)).await;
        self.idp.call(presenting((method, path), &format!("DPoP {token}"), &proof)).await
    }

    /// The status, told again whenever it changes.
    pub async fn follow(&self, token: &str) -> Stream {
        let request = ("GET", "/session/events");
        let proof = self.proof(request, Some(token)).await;
        self.idp.open(presenting(request, &format!("DPoP {token}"), &proof)).await
    }
}

/// A request with these two headers.
pub fn presenting((method, path): (&str, &str), authorization: &str, proof: &str) -> TestRequest {
    let request = TestRequest::with_uri(path).method(method.parse().unwrap());
    request.insert_header(("authorization", authorization.to_owned())).insert_header(("dpop", proof.to_owned()))
}
