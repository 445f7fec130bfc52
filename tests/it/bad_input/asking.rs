//! The ways in which a request reaches the authorization endpoint: as it is, pushed before, or inside a token that is signed or not
//! (OpenID Connect Core, 6; RFC 9101; RFC 9126).

use super::FORM;
use crate::harness::keyed::{Documents, Keyed, Serving, changed, signed};
use crate::harness::{Answer, Browser, ISSUER, Idp, RelyingApp};
use crate::stories::pushed::address;
use actix_web::test::TestRequest;
use serde_json::{Map, Value, json};

/// How a request travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Address,
    Form,
    Push,
    /// In a token that is sent along.
    Signed,
    Unsigned,
    /// In one that the app publishes.
    PublishedSigned,
    /// In one that is pushed.
    PushedSigned,
    PushedUnsigned,
}

/// Those in which the request is in a token.
pub const SENT: [Way; 2] = [Way::Signed, Way::Unsigned];
/// What these tests publish is fetched in the clear, and so has to be signed (OpenID Connect Core, 6.2).
pub const PUBLISHED: [Way; 1] = [Way::PublishedSigned];
/// Those in which an answer comes before any browser does.
pub const PUSHED: [Way; 3] = [Way::Push, Way::PushedSigned, Way::PushedUnsigned];

impl Way {
    pub fn is_pushed(self) -> bool {
        PUSHED.contains(&self)
    }

    pub fn is_signed(self) -> bool {
        matches!(self, Way::Signed | Way::PublishedSigned | Way::PushedSigned)
    }

    /// What counts where a parameter stands inside, and beside it: to what nobody signed the rest is added (OpenID Connect
    /// Core, 6.1), and beside everything else nothing counts.
    pub fn counted<'a>(self, inside: &'a str, beside: &'a str) -> &'a str {
        match self {
            Way::Unsigned | Way::PushedUnsigned if inside.is_empty() => beside,
            _ => inside,
        }
    }
}

/// Names and values.
type Fields<'a> = &'a [(&'a str, &'a str)];

/// A client that can ask in every way.
pub struct Asker {
    pub app: RelyingApp,
    keyed: Keyed,
    documents: Documents,
}

impl Asker {
    /// Registers it with a key and a place for its requests; `change` has the last word on its record.
    pub async fn register(idp: &Idp, id: &str, change: &Value) -> Asker {
        let (app, documents) = (idp.app(id), Documents::of_keys(&[]));
        let proof = match id {
            "spa" => json!({"token_endpoint_auth_method": "none"}),
            _ => json!({"token_endpoint_auth_method": "client_secret_basic", "client_secret": app.secret()}),
        };
        let places = json!({"request_uris": [documents.uri("request")], "redirect_uris": [app.redirect_uri()]});
        let keyed = Keyed::register(idp, id, "ES256", &changed(changed(proof, &places), change)).await;
        Asker { app, keyed, documents }
    }

    /// How often what it publishes was fetched.
    pub fn fetched(&self) -> usize {
        self.documents.asked()
    }

    /// Asks in this way, with these parameters in the request and those beside it, where there is a place beside it. Answers
    /// with what came last: of a request that cannot be pushed, the answer to pushing it.
    pub async fn ask(&self, browser: &mut Browser, way: Way, (inside, beside): (Fields<'_>, Fields<'_>)) -> Answer {
        let named = |fields: &[(&str, &str)]| {
            let id = [("client_id", self.app.client_id.as_str())];
            address(&[&id[..], fields].concat())
        };
        match way {
            Way::Address => browser.get(&named(inside)).await,
            Way::Form => {
                let request = TestRequest::post().uri("/authorize").insert_header(("content-type", FORM));
                let body = named(inside).strip_prefix("/authorize?").unwrap().to_owned();
                let posted = browser.send(request.set_payload(body)).await;
                browser.get(posted.location()).await
            }
            Way::Push => self.push(browser, (inside, beside)).await,
            Way::Signed | Way::Unsigned => {
                let object = self.object(way, inside);
                browser.get(&named(&[&[("request", object.as_str())], beside].concat())).await
            }
            Way::PublishedSigned => {
                self.documents.turn(Serving::Answers(200, self.object(way, inside)));
                // Within ten seconds it would not be asked for again.
                browser.idp.pass("10s");
                let uri = self.documents.uri("request");
                browser.get(&named(&[&[("request_uri", uri.as_str())], beside].concat())).await
            }
            Way::PushedSigned | Way::PushedUnsigned => {
                let object = self.object(way, inside);
                self.push(browser, (&[&[("request", object.as_str())], beside].concat(), &[])).await
            }
        }
    }

    async fn push(&self, browser: &mut Browser, (inside, beside): (Fields<'_>, Fields<'_>)) -> Answer {
        if self.app.client_id == "spa" {
            // Anybody can push in the name of a public client, so often a minute.
            browser.idp.pass("2s");
        }
        let pushed = self.app.post("/par", inside).await;
        if pushed.status != 201 {
            return pushed;
        }
        let name = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let named = [("client_id", self.app.client_id.as_str()), ("request_uri", &name)];
        browser.get(&address(&[&named[..], beside].concat())).await
    }

    fn object(&self, way: Way, inside: &[(&str, &str)]) -> String {
        let mut claims: Map<String, Value> =
            inside.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        for (name, value) in [("client_id", self.app.client_id.as_str()), ("iss", &self.app.client_id), ("aud", ISSUER)]
        {
            claims.insert(name.to_owned(), json!(value));
        }
        match way.is_signed() {
            true => self.keyed.key.sign(&self.keyed.header(), &Value::Object(claims)),
            false => signed(&json!({"alg": "none"}), &Value::Object(claims), |_| Vec::new()),
        }
    }
}

/// Fields without those that are empty.
pub fn filled<'a>(fields: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    fields.iter().copied().filter(|(_, value)| !value.is_empty()).collect()
}
