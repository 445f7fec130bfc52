//! Calls that are logged: each stands in the history before it is sent and after it ended.

use super::history::{Act, Facts, History, Outcome, Proof, Tokens, label};
use super::wire::{Jar, Reply, Silence, Wire};
use crate::harness::{CHALLENGE, VERIFIER, claims_of};
use crate::real::idp::{CLIENT_SECRET, client, password_of};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::sync::Arc;

/// What the calls are made to: one node, several, or a provider in this process.
#[async_trait::async_trait]
pub trait Ground: Send + Sync + 'static {
    /// Where the next request goes, without a slash at the end.
    fn base(&self) -> String;
    /// The issuer, which is also the origin of its pages.
    fn issuer(&self) -> String;
    /// Imports a file as an administrator does. An error: nobody knows whether it was done.
    async fn import(&self, file: &Value) -> Result<(), String>;
}

/// The apps of all faults: both confidential, neither asks for consent.
pub const APPS: [&str; 2] = ["lantern", "harbour"];

/// Their entries in the import file.
pub fn apps() -> Vec<Value> {
    APPS.iter().map(|id| client(id, &redirect_uri(id), json!({"post_logout_redirect_uris": [bye(id)]}))).collect()
}

/// The entry of an app that is named so, with `changes` on top.
pub fn client_of(id: &str, changes: Value) -> Value {
    client(id, &redirect_uri(id), changes)
}

fn redirect_uri(app: &str) -> String {
    format!("https://{app}.example/callback")
}

fn bye(app: &str) -> String {
    format!("https://{app}.example/bye")
}

/// Why a call gave nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Not {
    Refused,
    Unknown,
}

/// A code, with the browser as the answer left it.
pub struct Coded {
    pub code: String,
    pub jar: Jar,
}

/// What a token request gave.
#[derive(Clone)]
pub struct Given {
    pub access: String,
    pub refresh: String,
    pub id: String,
}

/// Calls on behalf of one person.
#[derive(Clone)]
pub struct Caller {
    pub ground: Arc<dyn Ground>,
    pub history: Arc<History>,
    pub wire: Wire,
    pub who: String,
}

impl Caller {
    /// The person is imported.
    pub async fn import(&self) -> Result<(), Not> {
        let file = json!({"users": [crate::real::idp::person(&self.who)]});
        self.administer(Act::Import, file).await
    }

    /// The person's account is closed.
    pub async fn disable(&self) -> Result<(), Not> {
        self.administer(Act::Disable, json!({"users": [{"username": self.who, "disabled": true}]})).await
    }

    async fn administer(&self, act: Act, file: Value) -> Result<(), Not> {
        let begun = self.history.begin(&self.who, act);
        let done = self.ground.import(&file).await;
        let outcome = done.clone().map_or_else(Outcome::Unknown, |()| Outcome::Ok(Facts::Nothing));
        self.history.end(begun, outcome);
        done.map_err(|_| Not::Unknown)
    }

    /// Opens the sign-in page of an app and posts its form.
    pub async fn sign_in(&self, jar: &Jar, app: &str, password: Proof, nonce: &str) -> Result<Coded, Not> {
        // The page changes nothing: not logged.
        let page = self.wire.get(&self.authorize(app, nonce, &[]), jar).await.map_err(|_| Not::Unknown)?;
        let (Some(csrf), Some(interaction)) = (page.field("csrf"), page.field("interaction")) else {
            return Err(Not::Unknown);
        };
        let word = if password == Proof::Right { password_of(&self.who) } else { "not at all the password".to_owned() };
        let form = [("csrf", &*csrf), ("interaction", &interaction), ("username", &self.who), ("password", &word)];
        let begun = self.history.begin(&self.who, Act::SignIn { password, nonce: nonce.to_owned() });
        let origin = [("origin", self.ground.issuer())];
        let reply = self.wire.post(&self.at("/sign-in"), &page.jar, &origin, &form).await;
        let (outcome, coded) = self.coded(reply);
        self.history.end(begun, outcome);
        coded
    }

    /// Asks silently with a browser's cookies.
    pub async fn silent(&self, jar: &Jar, app: &str, nonce: &str) -> Result<Coded, Not> {
        let act = Act::Silent { session: session_label(jar), nonce: nonce.to_owned() };
        let begun = self.history.begin(&self.who, act);
        let reply = self.wire.get(&self.authorize(app, nonce, &[("prompt", "none")]), jar).await;
        let (outcome, coded) = self.coded(reply);
        self.history.end(begun, outcome);
        coded
    }

    fn coded(&self, reply: Result<Reply, Silence>) -> (Outcome, Result<Coded, Not>) {
        let reply = match answered(reply) {
            Ok(reply) => reply,
            Err(outcome) => return (outcome, Err(Not::Unknown)),
        };
        let (code, error) = (reply.parameter("code"), reply.parameter("error"));
        match (code, error.as_deref()) {
            (Some(code), _) if reply.parameter("iss") == Some(self.ground.issuer()) => {
                let facts = Facts::Code {
                    session: session_label(&reply.jar),
                    code: label("code", &code),
                    state: reply.parameter("state").unwrap_or_default(),
                };
                (Outcome::Ok(facts), Ok(Coded { code, jar: reply.jar }))
            }
            (_, Some(error @ ("server_error" | "temporarily_unavailable"))) => {
                (Outcome::Unknown(error.to_owned()), Err(Not::Unknown))
            }
            (_, error) => {
                (Outcome::Refused(error.map_or_else(|| reply.status.to_string(), str::to_owned)), Err(Not::Refused))
            }
        }
    }

    /// Redeems a code.
    pub async fn redeem(&self, app: &str, code: &str, verifier: Proof) -> Result<Given, Not> {
        let word = if verifier == Proof::Right { VERIFIER.to_owned() } else { VERIFIER.replace('d', "e") };
        let uri = redirect_uri(app);
        let form =
            [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &uri), ("code_verifier", &word)];
        self.token(Act::Redeem { code: label("code", code), verifier }, app, &form).await
    }

    /// Presents a refresh token.
    pub async fn refresh(&self, app: &str, token: &str) -> Result<Given, Not> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.token(Act::Refresh { token: label("refresh", token) }, app, &form).await
    }

    async fn token(&self, act: Act, app: &str, form: &[(&str, &str)]) -> Result<Given, Not> {
        let secret = serde_urlencoded::to_string([("", CLIENT_SECRET)]).expect("a pair");
        let basic = format!("Basic {}", STANDARD.encode(format!("{app}:{}", secret.trim_start_matches('='))));
        let begun = self.history.begin(&self.who, act);
        let reply = self.wire.post(&self.at("/token"), &nobody(), &[("authorization", basic)], form).await;
        let (outcome, given) = match answered(reply) {
            Err(outcome) => (outcome, Err(Not::Unknown)),
            Ok(reply) if reply.status == 200 => tokens(&reply),
            Ok(reply) => {
                (Outcome::Refused(reply.member("error").unwrap_or_else(|| reply.status.to_string())), Err(Not::Refused))
            }
        };
        self.history.end(begun, outcome);
        given
    }

    /// Presents an access token.
    pub async fn userinfo(&self, access: &str) -> Result<(), Not> {
        let begun = self.history.begin(&self.who, Act::Userinfo { access: label("access", access) });
        let reply = self.wire.get_as(&self.at("/userinfo"), &nobody(), access).await;
        let (outcome, done) = match answered(reply) {
            Err(outcome) => (outcome, Err(Not::Unknown)),
            Ok(reply) if reply.status == 200 => {
                let sub = label("sub", &reply.member("sub").unwrap_or_default());
                (Outcome::Ok(Facts::Person { sub }), Ok(()))
            }
            Ok(reply) => (Outcome::Refused(reply.status.to_string()), Err(Not::Refused)),
        };
        self.history.end(begun, outcome);
        done
    }

    /// An app signs the browser out, with an ID token as the hint.
    pub async fn sign_out(&self, jar: &Jar, app: &str, hint: &str) -> Result<(), Not> {
        let query = [("id_token_hint", hint), ("post_logout_redirect_uri", &bye(app))];
        let query = serde_urlencoded::to_string(query).expect("pairs");
        let begun = self.history.begin(&self.who, Act::SignOut { session: session_label(jar) });
        let reply = self.wire.get(&self.at(&format!("/end_session?{query}")), jar).await;
        let (outcome, done) = match answered(reply) {
            Err(outcome) => (outcome, Err(Not::Unknown)),
            Ok(reply) if reply.location.as_ref().is_some_and(|to| to.as_str() == bye(app)) => {
                (Outcome::Ok(Facts::Nothing), Ok(()))
            }
            Ok(reply) => (Outcome::Refused(reply.status.to_string()), Err(Not::Refused)),
        };
        self.history.end(begun, outcome);
        done
    }

    fn authorize(&self, app: &str, nonce: &str, extra: &[(&str, &str)]) -> String {
        let uri = redirect_uri(app);
        let mut query = vec![
            ("client_id", app),
            ("redirect_uri", &uri),
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("state", nonce),
            ("nonce", nonce),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        query.extend(extra);
        self.at(&format!("/authorize?{}", serde_urlencoded::to_string(query).expect("pairs")))
    }

    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.ground.base())
    }
}

/// An answer that says what became of the request; of any other nobody knows.
fn answered(reply: Result<Reply, Silence>) -> Result<Reply, Outcome> {
    match reply {
        Err(Silence(why)) => Err(Outcome::Unknown(why)),
        Ok(reply) if reply.status == 503 && reply.retry_after.is_none() => Err(Outcome::Unknown("503 for ever".into())),
        Ok(reply) if reply.status >= 500 || reply.status == 429 => Err(Outcome::Unknown(reply.status.to_string())),
        Ok(reply) => Ok(reply),
    }
}

fn tokens(reply: &Reply) -> (Outcome, Result<Given, Not>) {
    let member = |name: &str| reply.member(name).unwrap_or_default();
    let given = Given { access: member("access_token"), refresh: member("refresh_token"), id: member("id_token") };
    let claims = claims_of(&given.id);
    let claim = |name: &str| claims[name].as_str().unwrap_or_default().to_owned();
    let facts = Tokens {
        access: label("access", &given.access),
        refresh: label("refresh", &given.refresh),
        sub: label("sub", &claim("sub")),
        sid: label("sid", &claim("sid")),
        nonce: claims["nonce"].as_str().map(str::to_owned),
    };
    (Outcome::Ok(Facts::Tokens(facts)), Ok(given))
}

/// A relying app's server, which has no cookies.
fn nobody() -> Jar {
    Jar::new("192.0.2.1".to_owned())
}

/// The session a browser's cookie leads to.
pub fn session_label(jar: &Jar) -> String {
    label("session", jar.session.as_deref().unwrap_or_default())
}
