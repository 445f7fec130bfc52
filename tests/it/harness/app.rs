//! A relying app: asks, redeems, renews.

use super::browser::{Answer, Browser};
use super::idp::{ISSUER, Idp};
use super::stream::Stream;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

/// The verifier of every story, and its challenge (RFC 7636, appendix B).
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The challenge that [`VERIFIER`] answers.
pub const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A relying app.
#[derive(Clone)]
pub struct RelyingApp {
    idp: Idp,
    pub client_id: String,
}

/// What a token request gave.
#[derive(Debug, Clone)]
pub struct Tokens {
    pub access: String,
    pub refresh: String,
    pub id: String,
    pub expires_in: i64,
    pub scope: String,
}

impl RelyingApp {
    pub fn new(idp: Idp, client_id: &str) -> RelyingApp {
        RelyingApp { idp, client_id: client_id.to_owned() }
    }

    /// A browser that was never at its provider.
    pub fn browser(&self) -> Browser {
        self.idp.browser()
    }

    pub fn secret(&self) -> String {
        format!("{}-secret-{}", self.client_id, "0123456789abcdef".repeat(2))
    }

    pub fn redirect_uri(&self) -> String {
        match self.client_id.as_str() {
            "native" => "com.example.native:/callback".to_owned(),
            "query" => "https://query.example.com/callback?tenant=1".to_owned(),
            id => format!("https://{id}.example.com/callback"),
        }
    }

    /// The address of an authorization request; `extra` replaces, and an empty value leaves out.
    pub fn request(&self, extra: &[(&str, &str)]) -> String {
        let uri = self.redirect_uri();
        let mut pairs: Vec<(&str, &str)> = vec![
            ("client_id", &self.client_id),
            ("redirect_uri", &uri),
            ("response_type", "code"),
            ("scope", "openid profile email"),
            ("state", "state-1"),
            ("nonce", "nonce-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        pairs.retain(|(name, _)| !extra.iter().any(|(other, _)| name == other));
        pairs.extend(extra.iter().filter(|(_, value)| !value.is_empty()));
        format!("/authorize?{}", serde_urlencoded::to_string(pairs).unwrap())
    }

    /// A token request with the client's own authentication.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.post("/token", fields).await
    }

    /// Is a token good?
    pub async fn introspect(&self, token: &str) -> Answer {
        self.post("/introspect", &[("token", token)]).await
    }

    /// The app has no more use for a token.
    pub async fn give_back(&self, token: &str) -> Answer {
        self.post("/revoke", &[("token", token)]).await
    }

    /// A form, with the client's own authentication.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.idp.call(self.form(path, fields)).await
    }

    /// The same, to be sent.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> TestRequest {
        let secret = self.secret();
        let mut fields = fields.to_vec();
        let mut request = TestRequest::post().uri(path);
        match self.client_id.as_str() {
            "spa" | "native" => fields.push(("client_id", &self.client_id)),
            "posting" => fields.extend([("client_id", self.client_id.as_str()), ("client_secret", secret.as_str())]),
            id => {
                request = request
                    .insert_header(("authorization", format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))))
            }
        }
        request.set_form(fields)
    }

    pub async fn try_redeem(&self, code: &str) -> Answer {
        let uri = self.redirect_uri();
        let fields =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &uri), ("code_verifier", VERIFIER)];
        self.token(&fields).await
    }

    /// Redeems the code of an answer.
    pub async fn redeem(&self, answer: &Answer) -> Tokens {
        assert_eq!(answer.parameter("iss").as_deref(), Some(ISSUER));
        let code = answer.parameter("code").unwrap_or_else(|| panic!("no code: {}", answer.location()));
        Tokens::of(&self.try_redeem(&code).await)
    }

    pub async fn try_refresh(&self, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    pub async fn refresh(&self, token: &str) -> Tokens {
        Tokens::of(&self.try_refresh(token).await)
    }

    pub async fn userinfo(&self, access: &str) -> Answer {
        self.with_token(TestRequest::get().uri("/userinfo"), access).await
    }

    /// What the session is good for.
    pub async fn status(&self, access: &str) -> Answer {
        self.with_token(TestRequest::get().uri("/session"), access).await
    }

    /// Reports that the person did something.
    pub async fn report(&self, access: &str) -> Answer {
        self.with_token(TestRequest::post().uri("/session/activity"), access).await
    }

    /// The status, told again whenever it changes.
    pub async fn follow(&self, access: &str) -> Stream {
        let request = TestRequest::get().uri("/session/events");
        self.idp.open(request.insert_header(("authorization", format!("Bearer {access}")))).await
    }

    async fn with_token(&self, request: TestRequest, access: &str) -> Answer {
        self.idp.call(request.insert_header(("authorization", format!("Bearer {access}")))).await
    }
}

impl Tokens {
    pub fn of(answer: &Answer) -> Tokens {
        assert_eq!(answer.status, 200, "{}", answer.body);
        let json = answer.json();
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        Tokens {
            access: text("access_token"),
            refresh: text("refresh_token"),
            id: text("id_token"),
            expires_in: json["expires_in"].as_i64().unwrap(),
            scope: text("scope"),
        }
    }

    /// The claims of the ID token.
    pub fn claims(&self) -> Value {
        claims_of(&self.id)
    }
}

/// The claims of a token; who signed it is for other tests.
pub fn claims_of(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap_or_else(|| panic!("no token: {token}"));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
