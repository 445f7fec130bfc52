//! Everything that we hand out, shown everywhere that takes something of the kind: each place takes its own and refuses all
//! the others, stores nothing and ends nothing. Kinds are kept apart by purpose, `typ` and `aud` (RFC 8725, section 3.12).

mod places;

use super::{FORM, basic, encoded};
use crate::harness::authenticator::Authenticator;
use crate::harness::keyed::{ASSERTION, Keyed, changed};
use crate::harness::upstream::{Liar, configured};
use crate::harness::{Answer, Browser, Holder, Idp, MailServer, Manner, Receiver, Smtp, USERNAME, VERIFIER, claims_of};
use crate::stories::passkeys::page_for_new;
use crate::stories::pushed::{push, request};
use crate::stories::registration::{CALLBACK, Registered, metadata, open};
use crate::stories::upstream::press;
use abide::model::cookies::{OptionalCookies, Switch};
use actix_web::test::TestRequest;
use places::{Place, is_refused, places};
use serde_json::json;
use std::collections::BTreeMap;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const SILENT: &str = "__Host-abide_silent";
const OTTO: (&str, &str) = ("otto", "another person entirely");

struct World {
    idp: Idp,
    browser: Browser,
    things: BTreeMap<&'static str, String>,
    /// Hidden fields of forms.
    fields: BTreeMap<String, String>,
    plaza: Registered,
    /// What passkeys answered to the challenges of the page that signs in and of the one that makes a passkey.
    answers: [String; 2],
    /// Each attempt comes from an address of its own: so many from one would not be looked at any more.
    attempts: usize,
}

/// Everything there is, with everybody whom it takes: a mail server, an upstream, and an app that is told of sign-outs.
struct House {
    idp: Idp,
    mails: MailServer,
    told: Receiver,
    _tokens: tempfile::TempDir,
}

impl House {
    async fn new() -> House {
        let (mails, liar) = (MailServer::start(Smtp::Takes).await, Liar::start(crate::stories::upstream::NOW));
        let told = Receiver::start(Manner::Answers(200));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tokens");
        std::fs::write(&path, "t".repeat(40)).unwrap();
        let idp = Idp::with(|config| {
            Idp::with_every_page(config);
            mails.configure(config);
            open(config);
            config.registration.initial_access_token_file = Some(path);
            config.cookies = OptionalCookies { silent: Switch::On, state: Switch::On };
            config.outbound.allow = ["http://127.0.0.1:*".parse().unwrap()].into_iter().collect();
            config.upstream = vec![configured("liar", &liar.issuer)];
        })
        .await;
        let client = |id: &str, extra: serde_json::Value| {
            let whole = json!({"client_id": id, "client_secret": idp.app(id).secret(), "consent": "skip",
                "redirect_uris": [idp.app(id).redirect_uri()]});
            changed(whole, &extra)
        };
        idp.import(json!({"clients": [
            client("sealed", json!({"access_token_format": "opaque"})),
            client("informed", json!({"userinfo_signed_response_alg": "RS256"})),
            client("told", json!({"backchannel_logout_uri": told.uri()})),
            {"client_id": "tv", "token_endpoint_auth_method": "none", "redirect_uris": [], "response_types": [], "grant_types": [DEVICE]},
        ]}))
        .await;
        House { idp, mails, told, _tokens: folder }
    }

    /// The token of the link that is mailed there, once this form of a page was sent.
    async fn mailed(
        &self,
        browser: &mut Browser,
        (page, action): (&str, &str),
        (field, value): (&str, &str),
    ) -> String {
        let form = browser.get(page).await;
        self.idp.deliver().await;
        self.mails.take();
        browser.submit(&form, action, &[(field, value)]).await;
        self.idp.deliver().await;
        self.mails.next_to(if field == "email" { value } else { "mira@example.org" }).await.token()
    }

    /// The token that an app got when somebody signed out.
    async fn logout_token(&self) -> String {
        let (told, mut other) = (self.idp.app("told"), self.idp.browser());
        let tokens = told.redeem(&other.enter(&told).await).await;
        end(&mut other, &tokens.id).await;
        self.idp.deliver().await;
        self.told.tokens().remove(0)
    }

    /// What the browser shows that left one app of its session.
    async fn receipt(&self, browser: &mut Browser) -> String {
        let narrow = self.idp.app("narrow");
        let tokens = narrow.redeem(&browser.silently(&narrow).await).await;
        let left = end(browser, &tokens.id).await;
        left.location().strip_prefix("/signed-out?r=").expect("a receipt").to_owned()
    }

    async fn invitation(&self) -> String {
        let mut boss = self.idp.browser();
        let page = boss.get("/admin").await;
        boss.sign_in_as(&page, "boss", "the boss of all of this").await;
        self.mailed(&mut boss, ("/admin/invitations", "/admin/invitations"), ("email", "nia@example.org")).await
    }
}

async fn end(browser: &mut Browser, hint: &str) -> Answer {
    browser.get(&format!("/end_session?{}", encoded(&[("id_token_hint", hint)]))).await
}

impl World {
    async fn new() -> World {
        let house = House::new().await;
        let idp = house.idp.clone();
        let (social, sealed, informed) = (idp.app("social"), idp.app("sealed"), idp.app("informed"));
        let mut phone = otto_with_a_phone(&idp).await;
        let logout_token = house.logout_token().await;
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
        let mails = [
            (("/forgot", "/forgot/send"), ("username", USERNAME)),
            (("/sign-up", "/sign-up/send"), ("email", "ida@example.org")),
            (("/account/email", "/account/email"), ("email", "mira@new.example")),
        ];
        let mut links = Vec::new();
        for (form, filled) in mails {
            links.push(house.mailed(&mut browser, form, filled).await);
        }
        let page = browser.authorize(&social, &[("prompt", "login")]).await;
        let new_passkey = browser.get("/account/security/passkey").await;
        let sent = press(&mut browser, &page, "liar").await;
        let receipt = house.receipt(&mut browser).await;
        let question = browser.get("/end_session").await.fields("/end_session/confirm")["request"].clone();
        let mut fields = new_passkey.fields("/account/security/passkey");
        fields.extend(browser.get("/account").await.fields("/account/sign-out"));
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
            ("silent cookie", browser.cookie(SILENT).unwrap().to_owned()),
            ("state cookie", browser.cookie("__Host-abide_state").unwrap().to_owned()),
            ("logout token", logout_token),
            ("receipt", receipt),
            ("upstream's state", sent.parameter("state").unwrap()),
            ("challenge of a passkey", page.fields("/sign-in/passkey")["challenge"].clone()),
            ("challenge of a new passkey", new_passkey.fields("/account/security/passkey")["challenge"].clone()),
            ("reset link", links[0].clone()),
            ("sign-up link", links[1].clone()),
            ("address link", links[2].clone()),
            ("invitation", house.invitation().await),
            ("initial access token", "t".repeat(40)),
            ("session", text(&claims, "sid")),
            ("person", text(&claims, "sub")),
            ("token's name", text(&claims, "jti")),
            ("verifier", VERIFIER.to_owned()),
        ]);
        let answers = [phone.get(&page), phone.create(&new_passkey)];
        World { idp, browser, things, fields, plaza, answers, attempts: 0 }
    }

    /// A form of ours, with the hidden token it needs.
    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let hidden = ["csrf", "person"].map(|name| (name, self.fields.get(name).cloned().unwrap_or_default()));
        let hidden: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.browser.post(path, &[fields, &hidden].concat()).await
    }

    /// A form of an app in the browser, which comes on by GET.
    async fn posted(&mut self, path: &str, body: &str) -> Answer {
        let request = TestRequest::post().uri(path).insert_header(("content-type", FORM));
        let next = self.browser.send(request.set_payload(body.to_owned())).await;
        self.browser.get(next.location()).await
    }

    /// Shows something at a place, with all the rest as it should be.
    async fn show(&mut self, place: Place, thing: &str) -> Answer {
        let (idp, social) = (self.idp.clone(), self.idp.app("social"));
        let uri = social.redirect_uri();
        let token = social.secret();
        self.attempts += 1;
        self.browser.address = format!("203.0.113.{}:4000", self.attempts % 250);
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
            Place::PostedHint => {
                let request = social.request(&[("prompt", "none"), ("id_token_hint", thing)]);
                self.posted("/authorize", request.split_once('?').unwrap().1).await
            }
            Place::Register => {
                let request = TestRequest::post().uri("/register").set_json(metadata(json!({})));
                idp.call(request.insert_header(("authorization", format!("Bearer {thing}")))).await
            }
            Place::Registration(method) => {
                let said = metadata(json!({"client_id": self.plaza.text("client_id"), "redirect_uris": [CALLBACK]}));
                let request = TestRequest::with_uri(self.plaza.path()).method(method.parse().unwrap()).set_json(said);
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
            Place::SilentCookie => {
                let mut other = self.browser.copied();
                other.plant_everywhere(SILENT, thing);
                other.silently_elsewhere(&social).await
            }
            Place::Upstream => {
                let query = encoded(&[("state", thing), ("code", "x")]);
                self.browser.get(&format!("/sign-in/upstream/liar/callback?{query}")).await
            }
            Place::UpstreamNotice => {
                let request = TestRequest::post().uri("/sign-in/upstream/liar/backchannel_logout");
                idp.call(request.set_form([("logout_token", thing)])).await
            }
            Place::Passkey => {
                let (interaction, answer) = (self.things["interaction"].clone(), self.answers[0].clone());
                let fields = [("interaction", interaction.as_str()), ("challenge", thing), ("answer", &answer)];
                self.post("/sign-in/passkey", &fields).await
            }
            Place::NewPasskey => {
                let answer = self.answers[1].clone();
                let fields = [("challenge", thing), ("answer", answer.as_str()), ("label", "My phone")];
                self.post("/account/security/passkey", &fields).await
            }
            Place::LinkForm(path) => {
                let fields = [("token", thing), ("username", "ida"), ("password", "seven kites above the dunes")];
                self.post(path, &fields).await
            }
            Place::SignedOut => self.browser.get(&format!("/signed-out?{}", encoded(&[("r", thing)]))).await,
            Place::PostedSignOut => self.posted("/end_session", &encoded(&[("id_token_hint", thing)])).await,
            Place::MailedLink(path) => self.browser.get(&format!("{path}?{}", encoded(&[("token", thing)]))).await,
            Place::SignOutHint => end(&mut self.browser, thing).await,
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
    assert!(tried > 1_500, "{tried}");
    // And each is taken at its own place, after all that.
    for (place, takes, refusal) in places().into_iter().filter(|(place, ..)| !place.uses_up()) {
        for name in takes {
            world.idp.pass("1s");
            let answer = world.show(place, &things[name]).await;
            let case = format!("{name} at {place:?}: {} {:.200}", answer.status, answer.body);
            assert!(!is_refused(&answer, refusal), "{case}");
        }
    }
}

/// A phone with a passkey of somebody else, whose account the places are not about.
async fn otto_with_a_phone(idp: &Idp) -> Authenticator {
    let (mut browser, mut phone) = (idp.browser(), Authenticator::phone());
    let page = page_for_new(&mut browser, OTTO.0, OTTO.1).await;
    let answer = phone.create(&page);
    browser.submit(&page, "/account/security/passkey", &[("answer", &answer), ("label", "My phone")]).await;
    phone
}
