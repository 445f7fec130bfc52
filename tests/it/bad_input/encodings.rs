//! One value in every spelling, at every endpoint that takes a form, with every way of authenticating: what decodes to the same
//! is the same, what does not is another value and gets that value's error, and what has no reading at all is
//! `invalid_request`. Nothing of it consumes, ends or stores anything.

mod kinds;
mod spellings;

use super::{FORM, basic, encoded};
use crate::harness::keyed::{ASSERTION, Keyed};
use crate::harness::{Answer, Browser, CHALLENGE, Idp, Tokens, VERIFIER};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use kinds::{KINDS, Kind, PAGE};
use serde_json::json;
use spellings::{Reading, spellings};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

struct House {
    idp: Idp,
    browser: Browser,
    keyed: Keyed,
}

impl House {
    async fn new() -> House {
        let idp = Idp::start().await;
        idp.import(json!({"clients": [
            {"client_id": "tv", "token_endpoint_auth_method": "none", "redirect_uris": [], "response_types": [], "grant_types": [DEVICE]},
            {"client_id": "till", "client_secret": idp.app("till").secret(), "redirect_uris": [], "response_types": [],
             "grant_types": ["client_credentials"], "scope": "stock:read"},
        ]}))
        .await;
        let keyed = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
        let mut browser = idp.browser();
        browser.enter(&idp.app("social")).await;
        House { idp, browser, keyed }
    }

    async fn code(&mut self, id: &str) -> String {
        let app = self.idp.app(id);
        self.browser.silently(&app).await.parameter("code").unwrap()
    }

    async fn tokens(&mut self) -> Tokens {
        let code = self.code("social").await;
        Tokens::of(&self.idp.app("social").try_redeem(&code).await)
    }

    /// Fields that are good, once.
    async fn fresh(&mut self, kind: &Kind) -> Vec<(&'static str, String)> {
        let app = match kind.name {
            "code, post" => "posting",
            "code, none" => "spa",
            "code, key" => "keyed",
            _ => "social",
        };
        let uri = self.idp.app(app).redirect_uri();
        let asking = vec![
            ("redirect_uri", uri.clone()),
            ("response_type", "code".into()),
            ("scope", "openid".into()),
            ("code_challenge", CHALLENGE.into()),
            ("code_challenge_method", "S256".into()),
        ];
        let mut fields: Vec<(&'static str, String)> = match kind.name {
            "refresh, basic" => {
                vec![("grant_type", "refresh_token".into()), ("refresh_token", self.tokens().await.refresh)]
            }
            "client credentials" => vec![("grant_type", "client_credentials".into())],
            "device" => {
                // One network may have so many devices asking.
                self.idp.pass("2s");
                let asked = TestRequest::post().uri("/device_authorization");
                let codes = self.idp.call(asked.set_form([("client_id", "tv"), ("scope", "openid")])).await.json();
                let code = codes["device_code"].as_str().unwrap().to_owned();
                vec![("grant_type", DEVICE.into()), ("client_id", "tv".into()), ("device_code", code)]
            }
            "introspect" | "revoke" => vec![("token", self.tokens().await.access)],
            "userinfo" => vec![("access_token", self.tokens().await.access)],
            "ask by device" => vec![("client_id", "tv".into()), ("scope", "openid".into())],
            "push" => asking,
            "ask by address" | "ask by form" => {
                [vec![("client_id", "social".to_owned()), ("prompt", "none".into())], asking].concat()
            }
            _ => vec![
                ("grant_type", "authorization_code".into()),
                ("code", self.code(app).await),
                ("redirect_uri", uri),
                ("code_verifier", VERIFIER.into()),
            ],
        };
        match kind.name {
            "code, post" => {
                fields.extend([("client_id", "posting".into()), ("client_secret", self.idp.app("posting").secret())])
            }
            "code, none" => fields.push(("client_id", "spa".into())),
            "code, key" => {
                fields.extend([
                    ("client_assertion_type", ASSERTION.to_owned()),
                    ("client_assertion", self.keyed.assertion()),
                ]);
            }
            _ => {}
        }
        fields
    }

    async fn send(&mut self, kind: &Kind, body: &str, query: &str) -> Answer {
        let path = if query.is_empty() { kind.path.to_owned() } else { format!("{}?{query}", kind.path) };
        if kind.name == "ask by address" {
            return self.browser.get(&format!("{path}{}{body}", if query.is_empty() { "?" } else { "&" })).await;
        }
        let mut request = TestRequest::with_uri(&path).method(Method::POST).insert_header(("content-type", FORM));
        let by_header = match kind.name {
            "client credentials" => "till",
            "code, basic" | "refresh, basic" | "introspect" | "revoke" | "push" => "social",
            _ => "",
        };
        if !by_header.is_empty() {
            request = request.insert_header(("authorization", basic(by_header, &self.idp.app(by_header).secret())));
        }
        let answer = self.browser.send(request.set_payload(body.to_owned())).await;
        if kind.name == "ask by form" && answer.status == 303 && answer.location().starts_with("/authorize?") {
            return self.browser.get(answer.location()).await;
        }
        answer
    }
}

fn outcome(answer: &Answer) -> (u16, String) {
    let status = answer.status.as_u16();
    let error = match answer.header("content-type") {
        _ if status == 303 => answer.parameter("error").unwrap_or_default(),
        html if html.starts_with("text/html") => "page".to_owned(),
        json if json.starts_with("application/json") => match answer.json()["active"].as_bool() {
            Some(true) => "active".to_owned(),
            Some(false) => "inactive".to_owned(),
            None => answer.error(),
        },
        _ => String::new(),
    };
    (status, error)
}

/// The good fields with one of them spelled so.
fn body(fields: &[(&str, String)], name: &str, spelling: &str) -> String {
    let rest: Vec<(&str, &str)> = fields.iter().filter(|(n, _)| *n != name).map(|(n, v)| (*n, v.as_str())).collect();
    format!("{}&{spelling}", encoded(&rest))
}

#[actix_web::test]
async fn every_field_of_every_form_in_every_spelling() {
    let mut house = House::new().await;
    let mut wrong = Vec::new();
    for kind in &KINDS {
        for (name, other, missing) in kind.fields {
            let fields = house.fresh(kind).await;
            let value = fields.iter().find(|(n, _)| n == name).unwrap().1.clone();
            let untouched = house.idp.contents().await;
            for (spelling, reading) in
                spellings(name, &value).into_iter().filter(|(_, reading)| *reading != Reading::Same)
            {
                let answer = house.send(kind, &body(&fields, name, &spelling), "").await;
                let expected = match reading {
                    Reading::Other => *other,
                    Reading::Missing => *missing,
                    _ if *other == PAGE => PAGE,
                    _ => kind.malformed,
                };
                let got = outcome(&answer);
                if (got.0, got.1.as_str()) != expected {
                    wrong.push(format!("{} {reading:?} {spelling:.90}: {got:?}, not {expected:?}", kind.name));
                }
            }
            // In the query alone, where it would be in every log.
            if kind.path != "/authorize" {
                let answer = house.send(kind, &body(&fields, name, ""), &encoded(&[(*name, value.as_str())])).await;
                let got = outcome(&answer);
                if (got.0, got.1.as_str()) != *missing {
                    wrong.push(format!("{} {name} in the query: {got:?}, not {missing:?}", kind.name));
                }
            }
            let after = house.idp.contents().await;
            assert!(
                after == untouched,
                "{} {name}: the store changed\nbefore:\n{untouched}\nafter:\n{after}",
                kind.name
            );
        }
    }
    assert!(wrong.is_empty(), "{} spellings:\n{}", wrong.len(), wrong.join("\n"));
}

#[actix_web::test]
async fn what_decodes_to_the_same_is_the_same() {
    let mut house = House::new().await;
    let mut wrong = Vec::new();
    for kind in &KINDS {
        for (name, ..) in kind.fields {
            for at in 0.. {
                let fields = house.fresh(kind).await;
                let value = fields.iter().find(|(n, _)| n == name).unwrap().1.clone();
                let mut same = spellings(name, &value).into_iter().filter(|(_, reading)| *reading == Reading::Same);
                let Some((spelling, _)) = same.nth(at) else { break };
                // Beside a good body a query says nothing (RFC 6749, section 3.2).
                let query =
                    if kind.path == "/authorize" { String::new() } else { format!("{name}=x&grant_type=password") };
                let got = outcome(&house.send(kind, &body(&fields, name, &spelling), &query).await);
                if (got.0, got.1.as_str()) != kind.good {
                    wrong.push(format!("{} {spelling:.90}: {got:?}", kind.name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} spellings:\n{}", wrong.len(), wrong.join("\n"));
}
