//! The app that the suite plays: it is registered as the variant says, asks, and redeems.

use super::arrival::{Came, follow};
use super::{ClientAuth, Registration, ResponseMode, Stage, Variant};
use crate::harness::keyed::{ASSERTION, ClientKey, by_secret, changed};
use crate::harness::{Answer, Browser, ISSUER, Idp};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Making one takes long, and what is tested is what is done with it.
static KEY: LazyLock<ClientKey> = LazyLock::new(|| ClientKey::of("RS256", "suite-1"));
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// A name that was never used.
pub fn fresh(what: &str) -> String {
    format!("{what}{:06}", COUNT.fetch_add(1, Ordering::SeqCst))
}

/// An app.
#[derive(Clone)]
pub struct Party {
    pub idp: Idp,
    pub variant: Variant,
    pub client_id: String,
    pub secret: String,
    pub key: ClientKey,
    pub redirect_uri: String,
    /// What it proves at the token endpoint that it asked (RFC 7636), where it said so when it asked.
    pub verifier: Option<&'static str>,
    /// What the provider said of it, where it registered itself.
    pub told: Value,
}

impl Party {
    /// Registers it as the stage's variant has it; `change` has the last word on its metadata.
    pub async fn register(stage: &Stage, change: Value) -> Party {
        stage.idp.import(json!({"users": [super::standard::person()]})).await;
        let redirect_uri = format!("https://{}.suite.example/callback", fresh("app"));
        let metadata = changed(metadata(stage.variant, &redirect_uri), &change);
        let mut party = Party {
            idp: stage.idp.clone(),
            variant: stage.variant,
            client_id: fresh("client"),
            secret: format!("a-secret-{}", "0123456789abcdef".repeat(3)),
            key: KEY.clone(),
            redirect_uri: metadata["redirect_uris"][0].as_str().unwrap().to_owned(),
            verifier: None,
            told: Value::Null,
        };
        match stage.variant.registration {
            Registration::Static => party.by_hand(metadata).await,
            Registration::Dynamic => {
                let answer = try_register(&stage.idp, &metadata).await;
                assert_eq!(answer.status, 201, "{}", answer.body);
                party.told = answer.json();
                party.client_id = party.told["client_id"].as_str().unwrap().to_owned();
                party.secret = party.told["client_secret"].as_str().unwrap_or_default().to_owned();
            }
        }
        party
    }

    /// As an administrator writes it for a run of the suite.
    async fn by_hand(&self, metadata: Value) {
        let mut record =
            changed(metadata, &json!({"client_id": self.client_id, "require_pkce": false, "contacts": null}));
        record["consent"] = json!("ask");
        let by_secret = [ClientAuth::SecretBasic, ClientAuth::SecretPost, ClientAuth::SecretJwt];
        if by_secret.contains(&self.variant.auth) {
            record["client_secret"] = json!(self.secret);
        }
        self.idp.import(json!({"clients": [record]})).await;
    }

    /// Where its addresses are.
    pub fn origin(&self) -> String {
        self.redirect_uri.split('/').take(3).collect::<Vec<_>>().join("/")
    }

    /// The parameters of a request as the suite makes it: no PKCE, scope `openid`, a fresh state and nonce.
    pub fn parameters(&self, extra: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut pairs = vec![
            ("client_id", self.client_id.clone()),
            ("redirect_uri", self.redirect_uri.clone()),
            ("response_type", self.variant.response_type.to_owned()),
            ("scope", "openid".to_owned()),
            ("state", fresh("state")),
            ("nonce", fresh("nonce")),
        ];
        if self.variant.response_mode == ResponseMode::FormPost {
            pairs.push(("response_mode", "form_post".to_owned()));
        }
        pairs.retain(|(name, _)| !extra.iter().any(|(other, _)| name == other));
        let own = pairs.into_iter().map(|(name, value)| (name.to_owned(), value));
        let extra = extra.iter().filter(|(_, value)| !value.is_empty());
        own.chain(extra.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))).collect()
    }

    /// Sends the browser with these parameters, and follows it to the end.
    pub async fn send(&self, browser: &mut Browser, parameters: &[(String, String)]) -> Came {
        let address = format!("/authorize?{}", serde_urlencoded::to_string(parameters).unwrap());
        let answer = browser.get(&address).await;
        follow(browser, answer, self).await
    }

    /// The same with the usual parameters; `extra` replaces, and an empty value leaves out.
    pub async fn ask(&self, browser: &mut Browser, extra: &[(&str, &str)]) -> Came {
        self.send(browser, &self.parameters(extra)).await
    }

    /// Redeems a code.
    pub async fn redeem(&self, code: &str) -> Answer {
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &self.redirect_uri)];
        fields.extend(self.verifier.map(|verifier| ("code_verifier", verifier)));
        self.token(&fields).await
    }

    /// A token request, authenticated as the variant has it.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        let mut fields = fields.to_vec();
        let mut request = TestRequest::post().uri("/token");
        let assertion = self.assertion(&format!("{ISSUER}/token"));
        match self.variant.auth {
            ClientAuth::SecretBasic => {
                let pair = STANDARD.encode(format!("{}:{}", self.client_id, self.secret));
                request = request.insert_header(("authorization", format!("Basic {pair}")));
            }
            ClientAuth::SecretPost => {
                fields.extend([("client_id", self.client_id.as_str()), ("client_secret", self.secret.as_str())]);
            }
            ClientAuth::SecretJwt | ClientAuth::PrivateKeyJwt => {
                fields.extend([("client_assertion_type", ASSERTION), ("client_assertion", &assertion)]);
            }
        }
        self.idp.call(request.set_form(fields)).await
    }

    /// An assertion of its own for this audience.
    pub fn assertion(&self, audience: &str) -> String {
        let now = self.idp.now().0;
        let claims = json!({"iss": self.client_id, "sub": self.client_id, "aud": audience, "iat": now, "exp": now + 60,
            "jti": fresh("jti")});
        match self.variant.auth {
            ClientAuth::SecretJwt => by_secret(self.secret.as_bytes(), &json!({"alg": "HS256"}), &claims),
            _ => self.key.sign(&json!({"alg": "RS256", "kid": "suite-1"}), &claims),
        }
    }
}

/// What the suite says of itself: the response type and grants of the variant, its method, its keys.
pub fn metadata(variant: Variant, redirect_uri: &str) -> Value {
    let mut grants = Vec::new();
    if variant.includes("code") {
        grants.push("authorization_code");
    }
    if variant.includes("token") || variant.includes("id_token") {
        grants.push("implicit");
    }
    json!({
        "client_name": format!("The suite {redirect_uri}"), "redirect_uris": [redirect_uri], "grant_types": grants,
        "response_types": [variant.response_type], "token_endpoint_auth_method": variant.auth.name(),
        "jwks": {"keys": [KEY.jwk()]}, "contacts": ["certification@suite.example"],
    })
}

/// Tries to register.
pub async fn try_register(idp: &Idp, metadata: &Value) -> Answer {
    let request = TestRequest::post().uri("/register").insert_header(("content-type", "application/json"));
    idp.call(request.set_payload(metadata.to_string())).await
}
