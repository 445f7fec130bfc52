//! What was given to one client, in the hands of another: codes, device codes and refresh tokens of every kind of client, shown by
//! every other kind with its own right authentication and everything else as it should be (RFC 6749, sections 4.1.3, 6 and
//! 10.5; RFC 8628, section 3.4; RFC 9449, section 10; RFC 9700, section 4.14.2). Nobody gets anything by that, nothing is used up
//! or revoked, and whoever it was given to goes on.

use super::asking::filled;
use super::{Untouched, assert_json};
use crate::harness::keyed::{ASSERTION, Keyed, changed};
use crate::harness::{Answer, Browser, Holder, Idp, RelyingApp, Tokens, VERIFIER};
use crate::stories::devices::{GRANT, enter, text};
use actix_web::test::TestRequest;
use serde_json::json;

/// By a secret in the header and in the body, by nothing, by a key, with tokens in the browser, and with a key that everything is
/// bound to: one without and one with a secret.
const PARTIES: [&str; 7] = ["social", "posting", "spa", "keyed", "hybrid", "native", "bound"];
const HYBRID: &str = "code id_token token";

/// A client that may have everything.
struct Party {
    idp: Idp,
    app: RelyingApp,
    keyed: Option<Keyed>,
    holder: Option<Holder>,
}

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Given {
    Code,
    DeviceCode,
    RefreshToken,
}

impl Party {
    async fn register(idp: &Idp, id: &str) -> Party {
        let app = idp.app(id);
        let record = json!({"client_id": id, "client_secret": app.secret(), "redirect_uris": [app.redirect_uri()],
            "consent": "skip", "grant_types": ["authorization_code", "refresh_token", GRANT]});
        let own = match id {
            "posting" => json!({"token_endpoint_auth_method": "client_secret_post"}),
            "spa" => json!({"token_endpoint_auth_method": "none", "client_secret": null}),
            "native" => {
                json!({"token_endpoint_auth_method": "none", "client_secret": null, "application_type": "native"})
            }
            "hybrid" => json!({"response_types": ["code", HYBRID],
                "grant_types": ["authorization_code", "implicit", "refresh_token", GRANT]}),
            "keyed" => json!({"client_secret": null}),
            _ => json!({}),
        };
        let record = changed(record, &own);
        let keyed = if id == "keyed" {
            Some(Keyed::register(idp, id, "ES256", &record).await)
        } else {
            idp.import(json!({"clients": [record]})).await;
            None
        };
        let holder = ["native", "bound"].contains(&id).then(|| Holder::of(idp, "ES256"));
        Party { idp: idp.clone(), app, keyed, holder }
    }

    fn id(&self) -> &str {
        &self.app.client_id
    }

    /// A form with its own authentication, and a proof by this key.
    async fn post(&self, path: &str, fields: &[(&str, &str)], holder: Option<&Holder>) -> Answer {
        let request = match &self.keyed {
            None => self.app.form(path, fields),
            Some(keyed) => {
                let assertion = keyed.assertion();
                let proof = [("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())];
                TestRequest::post().uri(path).set_form([fields, &proof].concat())
            }
        };
        let request = match holder {
            None => request,
            Some(holder) => request.insert_header(("dpop", holder.proof(("POST", path), None).await)),
        };
        self.idp.call(request).await
    }

    /// What this client is given of a kind.
    async fn is_given(&self, browser: &mut Browser, kind: Given) -> String {
        if kind == Given::DeviceCode {
            let codes = self.post("/device_authorization", &[("scope", "openid")], None).await.json();
            let page = enter(browser, text(&codes, "user_code")).await;
            let told = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
            assert_eq!(told.text("h1").as_deref(), Some("Your device is connected"), "{}", self.id());
            return text(&codes, "device_code").to_owned();
        }
        let key = self.holder.as_ref().map(Holder::jkt).unwrap_or_default();
        let response_type = if self.id() == "hybrid" { HYBRID } else { "code" };
        let asked = [("response_type", response_type), ("scope", "openid"), ("dpop_jkt", &key)];
        let mut answer = browser.authorize(&self.app, &asked).await;
        if answer.status == 200 {
            // Whoever answers at a private scheme could be anybody: the person is asked, whoever vouches for the app.
            answer = browser.submit(&answer, "/consent", &[("decision", "allow")]).await;
        }
        let told = answer.told();
        let code = told.into_iter().find(|(name, _)| name == "code").expect("a code").1;
        if kind == Given::Code {
            return code;
        }
        Tokens::of(&self.shows((Given::Code, &code), self, &self.app.redirect_uri()).await).refresh
    }

    /// Shows what its owner was given, with everything that is right beside it: the proof is by the owner's key, where it is
    /// bound to one.
    async fn shows(&self, (kind, given): (Given, &str), owner: &Party, uri: &str) -> Answer {
        let fields = match kind {
            Given::Code => [
                ("grant_type", "authorization_code"),
                ("code", given),
                ("redirect_uri", uri),
                ("code_verifier", VERIFIER),
            ],
            Given::DeviceCode => [("grant_type", GRANT), ("device_code", given), ("", ""), ("", "")],
            Given::RefreshToken => [("grant_type", "refresh_token"), ("refresh_token", given), ("", ""), ("", "")],
        };
        self.post("/token", &filled(&fields), owner.holder.as_ref().or(self.holder.as_ref())).await
    }
}

async fn nobody_gets_by(kind: Given) {
    let idp = Idp::start().await;
    let mut parties = Vec::new();
    for id in PARTIES {
        parties.push(Party::register(&idp, id).await);
    }
    let mut browser = idp.browser();
    browser.enter(&idp.app("exempt")).await;
    for owner in &parties {
        let given = owner.is_given(&mut browser, kind).await;
        let untouched = Untouched::now(&idp).await;
        for stranger in parties.iter().filter(|party| party.id() != owner.id()) {
            for uri in [owner.app.redirect_uri(), stranger.app.redirect_uri()] {
                let case = format!("{kind:?} of {}, shown by {} with {uri}", owner.id(), stranger.id());
                let answer = stranger.shows((kind, &given), owner, &uri).await;
                assert_json(&answer, 400, "invalid_grant", &case);
                // Whoever authenticates by an assertion uses that up.
                untouched.check_but("assertion", &case).await;
            }
        }
        let answer = owner.shows((kind, &given), owner, &owner.app.redirect_uri()).await;
        let tokens = Tokens::of(&answer);
        let alive = match &owner.holder {
            None => owner.app.userinfo(&tokens.access).await,
            Some(holder) => holder.with(("GET", "/userinfo"), &tokens.access).await,
        };
        assert_eq!(alive.status, 200, "{kind:?} of {}: {}", owner.id(), alive.body);
    }
}

#[actix_web::test]
async fn a_code_of_every_kind_of_client_is_nothing_to_every_other() {
    nobody_gets_by(Given::Code).await;
}

#[actix_web::test]
async fn a_device_code_of_every_kind_of_client_is_nothing_to_every_other() {
    nobody_gets_by(Given::DeviceCode).await;
}

#[actix_web::test]
async fn a_refresh_token_of_every_kind_of_client_is_nothing_to_every_other() {
    nobody_gets_by(Given::RefreshToken).await;
}
