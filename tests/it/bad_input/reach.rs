//! No token reaches further than what was agreed to (RFC 9700, sections 2.3, 4.9 and 4.14.2): every part of a scope and of a
//! list of resources, asked for at every refresh of every grant; and every token, shown by every client that may ask about it.

use super::{Untouched, assert_json};
use crate::harness::keyed::changed;
use crate::harness::{Answer, Holder, ISSUER, Idp, RelyingApp, Tokens, claims_of};
use crate::stories::devices::{GRANT, enter, text};
use abide::protocol::scope::ScopeSet;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const SCOPES: [&str; 5] = ["openid", "profile", "email", "phone", "offline_access"];
/// The bit of the last of them.
const OFFLINE: usize = 0b10000;
const RESOURCES: [&str; 4] =
    ["https://one.example/api", "https://two.example/api", "https://three.example/api", "https://id.example.com"];
const HYBRID: [&str; 2] = ["code token", "code id_token token"];

/// How a grant comes to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Code,
    /// By a code, and it outlives its session.
    Offline,
    /// By a code beside which tokens were shown.
    Hybrid,
    /// By a person who let a device in.
    Device,
    /// By a code that was redeemed with a key.
    Bound,
}

/// The parts of a list that these bits name.
fn part<'a>(list: &[&'a str], bits: usize) -> Vec<&'a str> {
    list.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, one)| *one).collect()
}

/// Apps of every way of authenticating that serve two resources, and may use a third.
async fn house() -> (Idp, Vec<RelyingApp>) {
    let idp = Idp::start().await;
    let apps: Vec<RelyingApp> = ["social", "posting", "spa", "sealed"].map(|id| idp.app(id)).into();
    let types: Vec<&str> = ["code"].into_iter().chain(HYBRID).collect();
    let clients: Vec<_> = apps
        .iter()
        .map(|app| {
            let client = json!({"client_id": app.client_id, "client_secret": app.secret(), "consent": "skip",
                "redirect_uris": [app.redirect_uri()], "calls": RESOURCES[..3], "offline_access": true,
                "response_types": types, "grant_types": ["authorization_code", "implicit", "refresh_token", GRANT]});
            match app.client_id.as_str() {
                "posting" => changed(client, &json!({"token_endpoint_auth_method": "client_secret_post"})),
                "spa" => changed(client, &json!({"token_endpoint_auth_method": "none", "client_secret": null})),
                "sealed" => changed(client, &json!({"access_token_format": "opaque"})),
                // It serves what it may call as well, and may ask about everybody's tokens for it.
                _ => changed(client, &json!({"resources": RESOURCES[..3]})),
            }
        })
        .collect();
    idp.import(json!({"clients": clients})).await;
    (idp, apps)
}

/// What somebody was given, and the key it is bound to.
struct Given<'a> {
    app: &'a RelyingApp,
    holder: Option<Holder>,
    tokens: Tokens,
}

impl Given<'_> {
    /// A grant that came to be in this way, for this scope and these resources.
    async fn by<'a>(way: Way, (idp, app): (&Idp, &'a RelyingApp), scope: &[&str], resources: &[&str]) -> Given<'a> {
        let holder = (way == Way::Bound).then(|| Holder::of(idp, "ES256"));
        let mut browser = idp.browser();
        let joined = scope.join(" ");
        let mut asked: Vec<(&str, &str)> =
            [("scope", joined.as_str())].into_iter().chain(resources.iter().map(|one| ("resource", *one))).collect();
        // One address may try thirty passwords a minute.
        idp.pass("3s");
        let answer = if way == Way::Device {
            let page = browser.get("/account").await;
            browser.sign_in(&page).await;
            let codes = app.post("/device_authorization", &asked).await.json();
            let page = enter(&mut browser, text(&codes, "user_code")).await;
            browser.submit(&page, "/consent", &[("decision", "allow")]).await;
            app.token(&[("grant_type", GRANT), ("device_code", text(&codes, "device_code"))]).await
        } else {
            if way == Way::Hybrid {
                asked.push(("response_type", HYBRID[1]));
            }
            let page = browser.get(&app.request(&asked)).await;
            let mut answer = browser.sign_in(&page).await;
            // It is asked for once.
            if answer.location().starts_with("/interaction/") {
                let page = browser.get(answer.location()).await;
                answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
            }
            let code = answer.told().into_iter().find(|(name, _)| name == "code").expect("a code").1;
            match &holder {
                Some(holder) => holder.redeem(app, &code).await,
                None => app.try_redeem(&code).await,
            }
        };
        Given { app, holder, tokens: Tokens::of(&answer) }
    }

    async fn refresh(&self, extra: &[(&str, &str)]) -> Answer {
        let token = [("grant_type", "refresh_token"), ("refresh_token", self.tokens.refresh.as_str())];
        let fields = [&token[..], extra].concat();
        match &self.holder {
            Some(holder) => holder.post(self.app, "/token", &fields).await,
            None => self.app.token(&fields).await,
        }
    }

    /// Shows the access token.
    async fn shows(&self, path: &str) -> Answer {
        match &self.holder {
            Some(holder) => holder.with(("GET", path), &self.tokens.access).await,
            None if path == "/userinfo" => self.app.userinfo(&self.tokens.access).await,
            None => self.app.status(&self.tokens.access).await,
        }
    }
}

fn set(scope: &str) -> BTreeSet<String> {
    ScopeSet::parse(scope).unwrap().to_string().split(' ').map(str::to_owned).collect()
}

/// Whom a token is for, as claims say it.
fn audience(aud: &Value) -> BTreeSet<&str> {
    aud.as_str().into_iter().chain(aud.as_array().into_iter().flatten().filter_map(|one| one.as_str())).collect()
}

async fn every_part_of_the_scope(way: Way) {
    let (idp, apps) = house().await;
    let granted: &[usize] = match way {
        Way::Code => &[0b00001, 0b00101, 0b00111],
        Way::Offline => &[OFFLINE | 0b00001, OFFLINE | 0b00101],
        _ => &[0b00001, 0b00101],
    };
    for app in &apps {
        for granted_bits in granted.iter().copied() {
            let scope = part(&SCOPES, granted_bits);
            let mut given = Given::by(way, (&idp, app), &scope, &[]).await;
            for bits in 1..(1 << SCOPES.len()) {
                let (asked, case) =
                    (part(&SCOPES, bits).join(" "), format!("{way:?}: {} has {scope:?}", app.client_id));
                let case = format!("{case}, asks {asked:?}");
                let untouched = Untouched::now(&idp).await;
                let answer = given.refresh(&[("scope", &asked)]).await;
                // To stay signed in is nothing that a refresh could gain: asking for it again is no error.
                let within = bits & (granted_bits | !OFFLINE);
                if within != 0 && within & !granted_bits == 0 {
                    let renewed = Tokens::of(&answer);
                    assert_eq!(set(&renewed.scope), set(&part(&SCOPES, within).join(" ")), "{case}");
                    assert_eq!(renewed.id.is_empty(), bits & 1 == 0, "{case}: an ID token is for openid");
                    // What was narrowed once is not lost, and what was not granted is not gained.
                    given.tokens = renewed;
                } else {
                    assert_json(&answer, 400, "invalid_scope", &case);
                    untouched.check(&case).await;
                }
            }
            let whole = Tokens::of(&given.refresh(&[]).await);
            assert_eq!(set(&whole.scope), set(&scope.join(" ")), "{way:?}: {}", app.client_id);
        }
    }
}

#[actix_web::test]
async fn a_refresh_gives_every_part_of_what_was_granted_and_nothing_beyond() {
    every_part_of_the_scope(Way::Code).await;
}

#[actix_web::test]
async fn a_refresh_of_an_offline_grant_gives_nothing_beyond_its_scope() {
    every_part_of_the_scope(Way::Offline).await;
}

#[actix_web::test]
async fn a_refresh_of_a_hybrid_grant_gives_nothing_beyond_its_scope() {
    every_part_of_the_scope(Way::Hybrid).await;
}

#[actix_web::test]
async fn a_refresh_by_a_device_gives_nothing_beyond_its_scope() {
    every_part_of_the_scope(Way::Device).await;
}

#[actix_web::test]
async fn a_refresh_with_a_key_gives_nothing_beyond_its_scope() {
    every_part_of_the_scope(Way::Bound).await;
}

async fn every_part_of_the_resources(way: Way) {
    let (idp, apps) = house().await;
    let scope: &[&str] = if way == Way::Offline { &["openid", "offline_access"] } else { &["openid"] };
    for app in &apps {
        for granted_bits in [0b001, 0b011, 0b111] {
            let resources = part(&RESOURCES, granted_bits);
            let mut given = Given::by(way, (&idp, app), scope, &resources).await;
            for bits in 1..(1 << RESOURCES.len()) {
                let asked = part(&RESOURCES, bits);
                let case = format!("{way:?}: {} has {resources:?}, asks {asked:?}", app.client_id);
                let fields: Vec<(&str, &str)> = asked.iter().map(|one| ("resource", *one)).collect();
                let untouched = Untouched::now(&idp).await;
                let answer = given.refresh(&fields).await;
                if bits & !granted_bits != 0 {
                    assert_json(&answer, 400, "invalid_target", &case);
                    untouched.check(&case).await;
                    continue;
                }
                given.tokens = Tokens::of(&answer);
                let told = idp.app("social").introspect(&given.tokens.access).await.json();
                assert_eq!(audience(&told["aud"]), asked.iter().copied().collect(), "{case}: {told}");
                assert_eq!(given.shows("/userinfo").await.status, 401, "{case}: it is not for us");
                assert_eq!(given.shows("/session").await.status, 401, "{case}: nor for the session");
            }
        }
    }
}

#[actix_web::test]
async fn a_token_is_for_every_part_of_the_resources_granted_and_for_no_other() {
    every_part_of_the_resources(Way::Code).await;
}

#[actix_web::test]
async fn a_token_of_an_offline_grant_is_for_no_resource_beyond_it() {
    every_part_of_the_resources(Way::Offline).await;
}

#[actix_web::test]
async fn a_token_of_a_hybrid_grant_is_for_no_resource_beyond_it() {
    every_part_of_the_resources(Way::Hybrid).await;
}

#[actix_web::test]
async fn a_token_of_a_device_is_for_no_resource_beyond_its_grant() {
    every_part_of_the_resources(Way::Device).await;
}

#[actix_web::test]
async fn a_token_with_a_key_is_for_no_resource_beyond_its_grant() {
    every_part_of_the_resources(Way::Bound).await;
}

/// RFC 8707, section 2.1, for what the authorization endpoint hands out itself.
#[actix_web::test]
async fn a_token_that_is_shown_in_the_browser_is_for_the_resources_asked_for_and_for_no_other() {
    let (idp, apps) = house().await;
    let mut browser = idp.browser();
    browser.enter(&apps[0]).await;
    for app in &apps {
        browser.silently(app).await;
        for (kind, bits) in HYBRID.into_iter().flat_map(|kind| (0..1 << RESOURCES.len()).map(move |bits| (kind, bits)))
        {
            let asked = part(&RESOURCES, bits);
            let case = format!("{} by {kind}, asks {asked:?}", app.client_id);
            let resources = asked.iter().map(|one| ("resource", *one));
            let fields: Vec<(&str, &str)> = [("response_type", kind)].into_iter().chain(resources).collect();
            let untouched = Untouched::now(&idp).await;
            let told: std::collections::BTreeMap<String, String> =
                browser.get(&app.request(&fields)).await.told().into_iter().collect();
            // Whom we are is no resource that a client has in its record.
            if bits >> 3 == 1 {
                assert_eq!(told["error"], "invalid_target", "{case}");
                assert!(["code", "access_token", "id_token"].iter().all(|name| !told.contains_key(*name)), "{case}");
                untouched.check(&case).await;
                continue;
            }
            let expected = if bits == 0 { [ISSUER].into() } else { asked.iter().copied().collect() };
            let shown = &told["access_token"];
            let asker = if bits == 0 { app.clone() } else { idp.app("social") };
            if asker.client_id != "spa" {
                let told = asker.introspect(shown).await.json();
                assert_eq!(audience(&told["aud"]), expected, "{case}: {told}");
            }
            if app.client_id != "sealed" {
                assert_eq!(audience(&claims_of(shown)["aud"]), expected, "{case}");
            }
            let ours = if bits == 0 { 200 } else { 401 };
            assert_eq!(app.userinfo(shown).await.status, ours, "{case}");
        }
    }
}

/// A token of somebody, and which resources it is for.
struct Shown {
    name: String,
    client_id: &'static str,
    access: String,
    bits: usize,
}

/// Clients that serve these, by bits, and some that serve none of them.
const ASKERS: [(&str, usize); 5] =
    [("serves-one", 0b01), ("serves-two", 0b10), ("serves-both", 0b11), ("serves-none", 0), ("serves-near", 0)];

async fn askers(idp: &Idp) {
    let serving = |id: &str, resources: &[&str]| {
        json!({"client_id": id, "client_secret": idp.app(id).secret(), "consent": "skip",
            "redirect_uris": [idp.app(id).redirect_uri()], "resources": resources})
    };
    idp.import(json!({"clients": [
        serving("serves-one", &RESOURCES[..1]), serving("serves-two", &RESOURCES[1..2]), serving("serves-both", &RESOURCES[..2]),
        serving("serves-none", &[]), serving("serves-near", &["https://one.example/api/", "https://ONE.example/api", "https://one.example/ap"]),
    ]}))
    .await;
}

/// Every client asks about a token, and gives it back.
async fn every_asker_asks(idp: &Idp, Shown { name, client_id, access, bits }: &Shown) {
    for (asker, serves) in ASKERS {
        let case = format!("{name} for {bits:02b}, asked by {asker}");
        let told = idp.app(asker).introspect(access).await;
        if serves & bits == 0 {
            assert_eq!((told.status.as_u16(), told.body.as_str()), (200, r#"{"active":false}"#), "{case}");
        } else {
            let told = told.json();
            assert_eq!((&told["active"], &told["client_id"]), (&json!(true), &json!(client_id)), "{case}");
        }
        assert_json(&idp.app(asker).give_back(access).await, 400, "invalid_grant", &case);
    }
}

/// Whoever the token was given to may ask, and whoever serves one of its audiences; everybody else hears the same as of a token
/// that never was.
#[actix_web::test]
async fn a_token_is_told_of_to_its_client_and_its_audiences_alone() {
    let (idp, _) = house().await;
    askers(&idp).await;
    for id in ["posting", "spa", "sealed"] {
        let app = idp.app(id);
        let mut given = Given::by(Way::Code, (&idp, &app), &["openid"], &RESOURCES[..2]).await;
        for bits in 1..4 {
            let fields: Vec<(&str, &str)> = part(&RESOURCES[..2], bits).iter().map(|one| ("resource", *one)).collect();
            given.tokens = Tokens::of(&given.refresh(&fields).await);
            let untouched = Untouched::now(&idp).await;
            let access = given.tokens.access.clone();
            every_asker_asks(&idp, &Shown { name: format!("{id}'s token"), client_id: id, access, bits }).await;
            // What renews it is its client's alone, and so is giving it back.
            for (asker, _) in ASKERS {
                let case = format!("{id}'s refresh token for {bits:02b}, asked by {asker}");
                for token in [&given.tokens.refresh, &given.tokens.id] {
                    assert_eq!(idp.app(asker).introspect(token).await.body, r#"{"active":false}"#, "{case}");
                }
                assert_json(&idp.app(asker).give_back(&given.tokens.refresh).await, 400, "invalid_grant", &case);
            }
            untouched.check(id).await;
        }
        let own = if id == "spa" { 401 } else { 200 };
        let refresh_token = &given.tokens.refresh;
        assert_eq!(app.introspect(refresh_token).await.status, own, "{id}: whoever has no credentials asks nothing");
        if id != "sealed" {
            assert!(!claims_of(&app.refresh(refresh_token).await.access)["aud"].is_null());
        }
    }
}

/// The same for what a client gets for itself, where it names a resource, and where it names none: then its usual one is meant.
#[actix_web::test]
async fn a_token_that_a_client_has_for_itself_is_told_of_to_its_audiences_alone() {
    let (idp, _) = house().await;
    askers(&idp).await;
    for (id, format, usual) in [
        ("worker", "jwt", None),
        ("sealing", "opaque", None),
        ("usual", "jwt", Some(0)),
        ("usually-sealing", "opaque", Some(1)),
    ] {
        let record = json!({"client_id": id, "client_secret": idp.app(id).secret(), "redirect_uris": [],
            "response_types": [], "grant_types": ["client_credentials"], "scope": "stock", "calls": RESOURCES[..2],
            "access_token_format": format, "default_resource": usual.map(|at: usize| RESOURCES[at])});
        let record = if usual.is_none() { changed(record, &json!({"default_resource": null})) } else { record };
        idp.import(json!({"clients": [record]})).await;
        for bits in 0..4 {
            let asked = part(&RESOURCES[..2], bits);
            let resources = asked.iter().map(|one| ("resource", *one));
            let fields: Vec<_> = [("grant_type", "client_credentials")].into_iter().chain(resources).collect();
            let answer = idp.app(id).token(&fields).await;
            let access = text(&answer.json(), "access_token").to_owned();
            let bits = if bits == 0 { usual.map_or(0, |at| 1 << at) } else { bits };
            let untouched = Untouched::now(&idp).await;
            let shown = Shown { name: format!("what {id} has for itself"), client_id: id, access, bits };
            every_asker_asks(&idp, &shown).await;
            untouched.check(&shown.name).await;
            let told = idp.app(id).introspect(&shown.access).await.json();
            let whom: BTreeSet<&str> =
                if bits == 0 { [ISSUER].into() } else { part(&RESOURCES[..2], bits).into_iter().collect() };
            assert_eq!((&told["active"], audience(&told["aud"])), (&json!(true), whom), "{id} {bits:02b}");
        }
    }
}

/// And for an app that names no resource: its tokens are for its usual one and for us, however they came to be.
#[actix_web::test]
async fn a_token_for_the_usual_resource_is_told_of_to_who_serves_that_alone() {
    let (idp, apps) = house().await;
    askers(&idp).await;
    for (number, app) in apps.iter().enumerate().filter(|(_, app)| app.client_id != "social") {
        let usual = number % 2;
        let client = json!({"client_id": app.client_id, "client_secret": app.secret(), "consent": "skip",
            "redirect_uris": [app.redirect_uri()], "calls": RESOURCES[..3], "default_resource": RESOURCES[usual],
            "response_types": ["code", "code token", "code id_token token"], "offline_access": true,
            "grant_types": ["authorization_code", "implicit", "refresh_token", GRANT]});
        let (client_id, own) = match app.client_id.as_str() {
            "posting" => ("posting", json!({"token_endpoint_auth_method": "client_secret_post"})),
            "spa" => ("spa", json!({"token_endpoint_auth_method": "none", "client_secret": null})),
            _ => ("sealed", json!({"access_token_format": "opaque"})),
        };
        idp.import(json!({"clients": [changed(client, &own)]})).await;
        for way in [Way::Code, Way::Offline, Way::Hybrid, Way::Device, Way::Bound] {
            let scope: &[&str] = if way == Way::Offline { &["openid", "offline_access"] } else { &["openid"] };
            let mut given = Given::by(way, (&idp, app), scope, &[]).await;
            for round in ["first", "renewed"] {
                let name = format!("{client_id}'s {round} token by {way:?}");
                let shown = Shown { name, client_id, access: given.tokens.access.clone(), bits: 1 << usual };
                let untouched = Untouched::now(&idp).await;
                every_asker_asks(&idp, &shown).await;
                untouched.check(&shown.name).await;
                let serves_it = ASKERS[usual].0;
                let told = idp.app(serves_it).introspect(&shown.access).await.json();
                assert_eq!(audience(&told["aud"]), [RESOURCES[usual], ISSUER].into(), "{}", shown.name);
                given.tokens = Tokens::of(&given.refresh(&[]).await);
            }
        }
    }
}
