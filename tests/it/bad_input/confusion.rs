//! Everything that we hand out, shown everywhere that takes something of the kind: each place takes its own and refuses all
//! the others, stores nothing and ends nothing. Kinds are kept apart by purpose, `typ` and `aud` (RFC 8725, section 3.12).

mod places;

use super::{FORM, basic, encoded};
use crate::harness::keyed::{ASSERTION, Keyed, changed};
use crate::harness::{Answer, Browser, Holder, Idp, VERIFIER, claims_of};
use crate::stories::pushed::{push, request};
use crate::stories::registration::{Registered, open};
use actix_web::test::TestRequest;
use places::{Place, is_refused, places};
use serde_json::json;
use std::collections::BTreeMap;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

struct World {
    idp: Idp,
    browser: Browser,
    things: BTreeMap<&'static str, String>,
    /// Of the form that signs out.
    fields: BTreeMap<String, String>,
    registration: String,
}

impl World {
    async fn new() -> World {
        let idp = Idp::with(|config| {
            Idp::with_every_page(config);
            open(config);
        })
        .await;
        let (social, sealed, informed) = (idp.app("social"), idp.app("sealed"), idp.app("informed"));
        let client = |id: &str| {
            json!({"client_id": id, "client_secret": idp.app(id).secret(), "consent": "skip",
                "redirect_uris": [idp.app(id).redirect_uri()]})
        };
        idp.import(json!({"clients": [
            changed(client("sealed"), &json!({"access_token_format": "opaque"})),
            changed(client("informed"), &json!({"userinfo_signed_response_alg": "RS256"})),
            {"client_id": "tv", "token_endpoint_auth_method": "none", "redirect_uris": [], "response_types": [], "grant_types": [DEVICE]},
        ]}))
        .await;
        let keyed = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
        let by_secret = Keyed::register(&idp, "by-secret", "HS256", &json!({})).await;
        let plaza = Registered::new(&idp, json!({})).await;
        let mut browser = idp.browser();
        let tokens = social.redeem(&browser.enter(&social).await).await;
        let opaque = sealed.redeem(&browser.silently(&sealed).await).await.access;
        let told = informed.redeem(&browser.silently(&informed).await).await.access;
        let holder = Holder::of(&idp, "ES256");
        let devices = TestRequest::post().uri("/device_authorization");
        let devices = idp.call(devices.set_form([("client_id", "tv"), ("scope", "openid")])).await.json();
        let pushed = push(&keyed, &request(&idp.app("keyed"))).await.json();
        let object = keyed.key.sign(&keyed.header(), &request(&idp.app("keyed")));
        let code = browser.silently(&social).await.parameter("code").unwrap();
        let page = browser.authorize(&social, &[("prompt", "login")]).await;
        let question = browser.get("/end_session").await.fields("/end_session/confirm")["request"].clone();
        let fields = browser.get("/account").await.fields("/account/sign-out");
        let text = |of: &serde_json::Value, name: &str| of[name].as_str().unwrap().to_owned();
        let claims = claims_of(&tokens.access);
        let things = BTreeMap::from([
            ("userinfo as a token", informed.userinfo(&told).await.body),
            ("proof", holder.proof(("GET", "/userinfo"), None).await),
            ("nonce", holder.nonce().await),
            ("device code", text(&devices, "device_code")),
            ("user code", text(&devices, "user_code")),
            ("name of a pushed request", text(&pushed, "request_uri")),
            ("request object", object),
            ("request object by a secret", by_secret.key.sign(&by_secret.header(), &request(&idp.app("by-secret")))),
            ("assertion", keyed.assertion()),
            ("assertion by a secret", by_secret.assertion()),
            ("code", code),
            ("refresh token", tokens.refresh.clone()),
            ("access token", tokens.access.clone()),
            ("opaque token", opaque),
            ("ID token", tokens.id.clone()),
            ("registration token", plaza.text("registration_access_token").to_owned()),
            ("secret of another", plaza.text("client_secret").to_owned()),
            ("secret", social.secret()),
            ("interaction", page.fields("/sign-in")["interaction"].clone()),
            ("question of a sign-out", question),
            ("form token", fields["csrf"].clone()),
            ("browser cookie", browser.cookie("__Host-abide_browser").unwrap().to_owned()),
            ("session cookie", browser.cookie("__Host-abide_session").unwrap().to_owned()),
            ("session", text(&claims, "sid")),
            ("person", text(&claims, "sub")),
            ("token's name", text(&claims, "jti")),
            ("verifier", VERIFIER.to_owned()),
        ]);
        World { idp, browser, things, fields, registration: plaza.path().to_owned() }
    }

    /// Shows something at a place, with all the rest as it should be.
    async fn show(&mut self, place: Place, thing: &str) -> Answer {
        let (idp, social) = (self.idp.clone(), self.idp.app("social"));
        let uri = social.redirect_uri();
        let token = social.secret();
        match place {
            Place::Code => social.try_redeem(thing).await,
            Place::Refresh => social.try_refresh(thing).await,
            Place::DeviceCode => {
                let fields = [("client_id", "tv"), ("grant_type", DEVICE), ("device_code", thing)];
                idp.call(TestRequest::post().uri("/token").set_form(fields)).await
            }
            Place::Introspect => social.introspect(thing).await,
            Place::Revoke => social.give_back(thing).await,
            Place::Bearer(method, path) => {
                let request = TestRequest::with_uri(path).method(method.parse().unwrap());
                idp.call(request.insert_header(("authorization", format!("Bearer {thing}")))).await
            }
            Place::UserinfoBody => {
                let request = TestRequest::post().uri("/userinfo").insert_header(("content-type", FORM));
                idp.call(request.set_payload(encoded(&[("access_token", thing)]))).await
            }
            Place::Proof => {
                let fields = [("grant_type", "refresh_token"), ("refresh_token", "x")];
                idp.call(social.form("/token", &fields).insert_header(("dpop", thing))).await
            }
            Place::Assertion(path) => {
                let fields = [("client_assertion_type", ASSERTION), ("client_assertion", thing), ("token", "x")];
                idp.call(TestRequest::post().uri(path).set_form(fields)).await
            }
            Place::Object => self.browser.get(&idp.app("keyed").request(&[("request", thing)])).await,
            Place::RequestUri => self.browser.get(&idp.app("keyed").request(&[("request_uri", thing)])).await,
            Place::PushedName => {
                let name = format!("urn:ietf:params:oauth:request_uri:{thing}");
                self.browser.get(&idp.app("keyed").request(&[("request_uri", &name)])).await
            }
            Place::Hint => self.browser.authorize(&social, &[("prompt", "none"), ("id_token_hint", thing)]).await,
            Place::Registration => {
                let request = TestRequest::get().uri(&self.registration);
                idp.call(request.insert_header(("authorization", format!("Bearer {thing}")))).await
            }
            Place::Secret => {
                let request =
                    TestRequest::post().uri("/token").insert_header(("authorization", basic("social", thing)));
                let fields = [
                    ("grant_type", "authorization_code"),
                    ("code", "x"),
                    ("redirect_uri", &uri),
                    ("code_verifier", &token),
                ];
                idp.call(request.set_form(fields)).await
            }
            Place::Interaction => {
                self.browser.get(&format!("/interaction/{}", thing.replace(['?', '#', '/'], "_"))).await
            }
            Place::SessionCookie => {
                let mut other = self.browser.copied();
                other.plant("__Host-abide_session", thing);
                other.get("/account").await
            }
            Place::MailedLink(path) => self.browser.get(&format!("{path}?{}", encoded(&[("token", thing)]))).await,
            Place::SignOutHint => {
                self.browser.get(&format!("/end_session?{}", encoded(&[("id_token_hint", thing)]))).await
            }
            Place::Question => {
                let fields = [("csrf", self.fields["csrf"].as_str()), ("request", thing), ("choice", "stay")];
                self.browser.post("/end_session/confirm", &fields).await
            }
            Place::Csrf => {
                let person = self.fields.get("person").cloned().unwrap_or_default();
                self.browser.post("/account/sign-out", &[("csrf", thing), ("person", &person)]).await
            }
        }
    }
}

#[actix_web::test]
async fn nothing_passes_for_anything_else() {
    let mut world = World::new().await;
    let things = world.things.clone();
    let untouched = world.idp.contents().await;
    let mut tried = 0;
    for (place, takes, refusal) in places() {
        for (name, thing) in things.iter().filter(|(name, _)| !takes.contains(name)) {
            let answer = world.show(place, thing).await;
            let case = format!(
                "{name} at {place:?}: {} {:?} {:.200}",
                answer.status,
                answer.headers.get("location"),
                answer.body
            );
            assert!(is_refused(&answer, refusal), "{case}");
            tried += 1;
        }
        let after = world.idp.contents().await;
        assert!(after == untouched, "{place:?}: the store changed\nbefore:\n{untouched}\nafter:\n{after}");
    }
    assert!(tried > 700, "{tried}");
    // And each is taken at its own place, after all that.
    for (place, takes, refusal) in places().into_iter().filter(|(place, ..)| *place != Place::Revoke) {
        for name in takes.iter().filter(|name| !name.starts_with("assertion") || place == Place::Assertion("/revoke")) {
            world.idp.pass("1s");
            let answer = world.show(place, &things[name]).await;
            let case = format!("{name} at {place:?}: {} {:.200}", answer.status, answer.body);
            assert!(!is_refused(&answer, refusal), "{case}");
        }
        if place == Place::SessionCookie {
            // What comes after that ends the session.
            break;
        }
    }
}
