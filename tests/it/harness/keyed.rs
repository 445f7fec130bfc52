//! A client that signs, by keys of its own or by its secret, and the server where it publishes its keys.

use super::browser::Answer;
use super::idp::{ISSUER, Idp};
use actix_web::test::TestRequest;
use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
    Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384,
    RSA_PSS_SHA512, RsaEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// `client_assertion_type`.
pub const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What somebody else signs by: a private key, or a secret that is shared with us.
#[derive(Clone)]
pub struct ClientKey {
    kid: String,
    pair: Arc<Pair>,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(&'static str, EcdsaKeyPair),
    Ed(Ed25519KeyPair),
    Secret(String),
}

impl ClientKey {
    /// A new key that signs by this algorithm.
    pub fn of(alg: &str, kid: &str) -> ClientKey {
        let pair = match alg {
            "ES256" => Pair::Ec("P-256", EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            "ES384" => Pair::Ec("P-384", EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap()),
            "ES512" => Pair::Ec("P-521", EcdsaKeyPair::generate(&ECDSA_P521_SHA512_FIXED_SIGNING).unwrap()),
            "EdDSA" | "Ed25519" => Pair::Ed(Ed25519KeyPair::generate().unwrap()),
            // As long as the longest of the hashes needs it (RFC 7518, section 3.2).
            "HS256" | "HS384" | "HS512" => Pair::Secret(URL_SAFE_NO_PAD.encode(abide::crypto::random::bytes::<48>())),
            _ => Pair::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        };
        ClientKey { kid: kid.to_owned(), pair: Arc::new(pair) }
    }

    /// Its public half; of a secret, which has none, the whole of it.
    pub fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let mut jwk = match &*self.pair {
            Pair::Rsa(pair) => {
                let key = pair.public_key();
                let (n, e) = (key.modulus(), key.exponent());
                json!({"kty": "RSA", "n": text(n.big_endian_without_leading_zero()),
                    "e": text(e.big_endian_without_leading_zero())})
            }
            Pair::Ec(curve, pair) => {
                let point = &pair.public_key().as_ref()[1..];
                let (x, y) = point.split_at(point.len() / 2);
                json!({"kty": "EC", "crv": curve, "x": text(x), "y": text(y)})
            }
            Pair::Ed(pair) => json!({"kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref())}),
            Pair::Secret(secret) => json!({"kty": "oct", "k": text(secret.as_bytes())}),
        };
        jwk["kid"] = json!(self.kid);
        jwk
    }

    /// What the record of a client says that authenticates by it.
    fn registered(&self) -> Value {
        match &*self.pair {
            Pair::Secret(secret) => json!({"token_endpoint_auth_method": "client_secret_jwt", "client_secret": secret}),
            _ => json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [self.jwk()]}}),
        }
    }

    /// Signs claims under this header, whose `alg` says how.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(header["alg"].as_str().unwrap_or_default(), &header.to_string(), &claims.to_string())
    }

    /// Signs whatever texts, as this algorithm does.
    pub fn sign_text(&self, alg: &str, header: &str, claims: &str) -> String {
        self.sign_bytes(alg, header.as_bytes(), claims.as_bytes())
    }

    /// The same of what is no text.
    pub fn sign_bytes(&self, alg: &str, header: &[u8], claims: &[u8]) -> String {
        signed_bytes(header, claims, |message| {
            let random = SystemRandom::new();
            match &*self.pair {
                Pair::Rsa(pair) => {
                    let padding: &dyn RsaEncoding = match alg {
                        "RS384" => &RSA_PKCS1_SHA384,
                        "RS512" => &RSA_PKCS1_SHA512,
                        "PS256" => &RSA_PSS_SHA256,
                        "PS384" => &RSA_PSS_SHA384,
                        "PS512" => &RSA_PSS_SHA512,
                        _ => &RSA_PKCS1_SHA256,
                    };
                    let mut signature = vec![0; pair.public_modulus_len()];
                    pair.sign(padding, &random, message, &mut signature).unwrap();
                    signature
                }
                Pair::Ec(_, pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
                Pair::Ed(pair) => pair.sign(message).as_ref().to_vec(),
                Pair::Secret(secret) => mac(secret.as_bytes(), alg, message),
            }
        })
    }
}

/// A token by a secret, whose header's `alg` says how.
pub fn by_secret(secret: &[u8], header: &Value, claims: &Value) -> String {
    signed(header, claims, |message| mac(secret, header["alg"].as_str().unwrap(), message))
}

fn mac(secret: &[u8], alg: &str, message: &[u8]) -> Vec<u8> {
    let hash = match alg {
        "HS384" => hmac::HMAC_SHA384,
        "HS512" => hmac::HMAC_SHA512,
        _ => hmac::HMAC_SHA256,
    };
    hmac::sign(&hmac::Key::new(hash, secret), message).as_ref().to_vec()
}

/// A token with whatever signature.
pub fn signed(header: &Value, claims: &Value, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    signed_bytes(header.to_string().as_bytes(), claims.to_string().as_bytes(), sign)
}

fn signed_bytes(header: &[u8], claims: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    let message = format!("{}.{}", encode(header), encode(claims));
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(sign(message.as_bytes())))
}

/// Changes members of an object; `null` takes one out.
pub fn changed(mut object: Value, change: &Value) -> Value {
    for (name, value) in change.as_object().unwrap() {
        match value {
            Value::Null => object.as_object_mut().unwrap().remove(name),
            value => object.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    object
}

/// A client that authenticates by what it signs.
#[derive(Clone)]
pub struct Keyed {
    pub idp: Idp,
    pub client_id: String,
    pub key: ClientKey,
    pub alg: &'static str,
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

impl Keyed {
    /// Makes a key, and registers a client that has it in `jwks`, or as its secret; `change` has the last word on its record.
    pub async fn register(idp: &Idp, client_id: &str, alg: &'static str, change: &Value) -> Keyed {
        let key = ClientKey::of(alg, "key-1");
        let record = json!({"client_id": client_id, "consent": "skip",
            "redirect_uris": [format!("https://{client_id}.example.com/callback")]});
        idp.import(json!({"clients": [changed(changed(record, &key.registered()), change)]})).await;
        Keyed { idp: idp.clone(), client_id: client_id.to_owned(), key, alg }
    }

    /// The header of its tokens.
    pub fn header(&self) -> Value {
        json!({"alg": self.alg, "kid": self.key.kid, "typ": "JWT"})
    }

    /// The claims of a good assertion, each with a name of its own.
    pub fn claims(&self) -> Value {
        let now = self.idp.now().0;
        let jti = format!("jti-{}", COUNT.fetch_add(1, Ordering::SeqCst));
        json!({"iss": self.client_id, "sub": self.client_id, "aud": ISSUER, "iat": now, "exp": now + 60, "jti": jti})
    }

    /// A good assertion.
    pub fn assertion(&self) -> String {
        self.key.sign(&self.header(), &self.claims())
    }

    /// A form, authenticated by a fresh assertion.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.present(path, &self.assertion(), fields).await
    }

    /// A form, with an assertion as it is.
    pub async fn present(&self, path: &str, assertion: &str, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        fields.extend([("client_assertion_type", ASSERTION), ("client_assertion", assertion)]);
        self.idp.call(TestRequest::post().uri(path).set_form(fields)).await
    }
}

/// What a server of documents does.
#[derive(Clone)]
pub enum Serving {
    /// It answers with this status and body.
    Answers(u16, String),
    /// It answers with a file of this kind.
    File(&'static str, Vec<u8>),
    /// It sends everybody on to another address.
    Redirects(String),
    /// It never answers.
    Hangs,
    /// It answers with a body that never ends.
    Floods,
    /// It answers with a body that comes byte by byte, and never ends either.
    Drips,
}

/// Where a client publishes its keys, and its request objects.
#[derive(Clone)]
pub struct Documents {
    port: u16,
    shared: Arc<(Mutex<Serving>, AtomicUsize)>,
}

impl Documents {
    /// Listens, and runs as long as the test does.
    pub fn start(serving: Serving) -> Documents {
        let shared = Arc::new((Mutex::new(serving), AtomicUsize::new(0)));
        let of_server = Arc::clone(&shared);
        let server = HttpServer::new(move || {
            App::new().app_data(web::Data::from(Arc::clone(&of_server))).default_service(web::get().to(serve))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
        let port = server.addrs()[0].port();
        actix_web::rt::spawn(server.run());
        Documents { port, shared }
    }

    /// Publishes these keys.
    pub fn of_keys(keys: &[&ClientKey]) -> Documents {
        Documents::start(Serving::keys(keys))
    }

    /// A document of it.
    pub fn uri(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// From now on it does that.
    pub fn turn(&self, serving: Serving) {
        *self.shared.0.lock().unwrap() = serving;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.shared.1.load(Ordering::SeqCst)
    }
}

impl Serving {
    /// Publishes these keys.
    pub fn keys(keys: &[&ClientKey]) -> Serving {
        let keys: Vec<Value> = keys.iter().map(|key| key.jwk()).collect();
        Serving::Answers(200, json!({"keys": keys}).to_string())
    }

    /// Does it.
    pub(super) async fn answer(self) -> HttpResponse {
        match self {
            Serving::Answers(status, body) => {
                HttpResponse::build(status.try_into().unwrap()).content_type("application/json").body(body)
            }
            Serving::File(kind, bytes) => HttpResponse::Ok().content_type(kind).body(bytes),
            Serving::Redirects(to) => HttpResponse::Found().insert_header(("location", to)).finish(),
            Serving::Hangs => std::future::pending().await,
            Serving::Floods => {
                let piece = web::Bytes::from_static(&[b' '; 16 * 1024]);
                HttpResponse::Ok()
                    .streaming(futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(piece.clone())))
            }
            Serving::Drips => HttpResponse::Ok().streaming(futures_util::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some((Ok::<_, std::io::Error>(web::Bytes::from_static(b" ")), ()))
            })),
        }
    }
}

async fn serve(shared: web::Data<(Mutex<Serving>, AtomicUsize)>) -> HttpResponse {
    shared.1.fetch_add(1, Ordering::SeqCst);
    let serving = shared.0.lock().unwrap().clone();
    serving.answer().await
}
