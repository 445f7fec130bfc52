//! No token reaches further than what was agreed to (RFC 9700, sections 2.3, 4.9 and 4.14.2): every part of a scope and of a
//! list of resources, asked for at every refresh of every grant; and every token, shown by every client that may ask about it.

use super::{Untouched, assert_json};
use crate::harness::keyed::changed;
use crate::harness::{Idp, RelyingApp, Tokens, claims_of};
use abide::protocol::scope::ScopeSet;
use serde_json::json;
use std::collections::BTreeSet;

const SCOPES: [&str; 5] = ["openid", "profile", "email", "phone", "offline_access"];
/// The bit of the last of them.
const OFFLINE: usize = 0b10000;
const RESOURCES: [&str; 4] =
    ["https://one.example/api", "https://two.example/api", "https://three.example/api", "https://id.example.com"];

/// The parts of a list that these bits name.
fn part<'a>(list: &[&'a str], bits: usize) -> Vec<&'a str> {
    list.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, one)| *one).collect()
}

/// Apps of every way of authenticating that serve two resources, and may use a third.
async fn house() -> (Idp, Vec<RelyingApp>) {
    let idp = Idp::start().await;
    let apps: Vec<RelyingApp> = ["social", "posting", "spa", "sealed"].map(|id| idp.app(id)).into();
    let clients: Vec<_> = apps
        .iter()
        .map(|app| {
            let client = json!({"client_id": app.client_id, "client_secret": app.secret(), "consent": "skip",
                "redirect_uris": [app.redirect_uri()], "calls": RESOURCES[..3], "offline_access": true});
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

/// A grant for this scope and these resources.
async fn granted(idp: &Idp, app: &RelyingApp, scope: &[&str], resources: &[&str]) -> Tokens {
    let mut browser = idp.browser();
    let joined = scope.join(" ");
    let asked: Vec<(&str, &str)> =
        [("scope", joined.as_str())].into_iter().chain(resources.iter().map(|one| ("resource", *one))).collect();
    let page = browser.get(&app.request(&asked)).await;
    let answer = browser.sign_in(&page).await;
    idp.pass("3s");
    app.redeem(&answer).await
}

async fn refresh(app: &RelyingApp, token: &str, extra: &[(&str, &str)]) -> crate::harness::Answer {
    app.token(&[&[("grant_type", "refresh_token"), ("refresh_token", token)][..], extra].concat()).await
}

fn set(scope: &str) -> BTreeSet<String> {
    ScopeSet::parse(scope).unwrap().to_string().split(' ').map(str::to_owned).collect()
}

#[actix_web::test]
async fn a_refresh_gives_every_part_of_what_was_granted_and_nothing_beyond() {
    let (idp, apps) = house().await;
    for app in &apps {
        for granted_bits in [0b00001, 0b00101, 0b00111] {
            let scope = part(&SCOPES, granted_bits);
            let mut tokens = granted(&idp, app, &scope, &[]).await;
            for bits in 1..(1 << SCOPES.len()) {
                let (asked, case) = (part(&SCOPES, bits).join(" "), format!("{} has {scope:?}", app.client_id));
                let case = format!("{case}, asks {asked:?}");
                let untouched = Untouched::now(&idp).await;
                let answer = refresh(app, &tokens.refresh, &[("scope", &asked)]).await;
                // To stay signed in is nothing that a refresh could gain: asking for it again is no error.
                let within = bits & !OFFLINE;
                if within != 0 && within & !granted_bits == 0 {
                    let renewed = Tokens::of(&answer);
                    assert_eq!(set(&renewed.scope), set(&part(&SCOPES, within).join(" ")), "{case}");
                    assert_eq!(renewed.id.is_empty(), bits & 1 == 0, "{case}: an ID token is for openid");
                    // What was narrowed once is not lost, and what was not granted is not gained.
                    tokens = renewed;
                } else {
                    assert_json(&answer, 400, "invalid_scope", &case);
                    untouched.check(&case).await;
                }
            }
            let whole = app.refresh(&tokens.refresh).await;
            assert_eq!(set(&whole.scope), set(&scope.join(" ")), "{}", app.client_id);
        }
    }
}

#[actix_web::test]
async fn a_token_is_for_every_part_of_the_resources_granted_and_for_no_other() {
    let (idp, apps) = house().await;
    for app in &apps {
        for granted_bits in [0b001, 0b011, 0b111] {
            let resources = part(&RESOURCES, granted_bits);
            let mut tokens = granted(&idp, app, &["openid"], &resources).await;
            for bits in 1..(1 << RESOURCES.len()) {
                let asked = part(&RESOURCES, bits);
                let case = format!("{} has {resources:?}, asks {asked:?}", app.client_id);
                let fields: Vec<(&str, &str)> = asked.iter().map(|one| ("resource", *one)).collect();
                let untouched = Untouched::now(&idp).await;
                let answer = refresh(app, &tokens.refresh, &fields).await;
                if bits & !granted_bits != 0 {
                    assert_json(&answer, 400, "invalid_target", &case);
                    untouched.check(&case).await;
                    continue;
                }
                tokens = Tokens::of(&answer);
                let told = idp.app("social").introspect(&tokens.access).await.json();
                let aud = &told["aud"];
                let named: BTreeSet<&str> = aud
                    .as_str()
                    .into_iter()
                    .chain(aud.as_array().into_iter().flatten().filter_map(|one| one.as_str()))
                    .collect();
                assert_eq!(named, asked.iter().copied().collect(), "{case}: {told}");
                assert_eq!(app.userinfo(&tokens.access).await.status, 401, "{case}: it is not for us");
                assert_eq!(app.status(&tokens.access).await.status, 401, "{case}: nor for the session");
            }
        }
    }
}

/// Whoever the token was given to may ask, and whoever serves one of its audiences; everybody else hears the same as of a token
/// that never was.
#[actix_web::test]
async fn a_token_is_told_of_to_its_client_and_its_audiences_alone() {
    let (idp, _) = house().await;
    let serving = |id: &str, resources: &[&str]| {
        json!({"client_id": id, "client_secret": idp.app(id).secret(), "consent": "skip",
            "redirect_uris": [idp.app(id).redirect_uri()], "resources": resources})
    };
    idp.import(json!({"clients": [
        serving("serves-one", &RESOURCES[..1]), serving("serves-two", &RESOURCES[1..2]), serving("serves-both", &RESOURCES[..2]),
        serving("serves-none", &[]), serving("serves-near", &["https://one.example/api/", "https://ONE.example/api", "https://one.example/ap"]),
    ]}))
    .await;
    let askers =
        [("serves-one", 0b01), ("serves-two", 0b10), ("serves-both", 0b11), ("serves-none", 0), ("serves-near", 0)];
    for id in ["posting", "spa", "sealed"] {
        let app = idp.app(id);
        let tokens = granted(&idp, &app, &["openid"], &RESOURCES[..2]).await;
        let mut refresh_token = tokens.refresh;
        for bits in 1..4 {
            let fields: Vec<(&str, &str)> = part(&RESOURCES[..2], bits).iter().map(|one| ("resource", *one)).collect();
            let tokens = Tokens::of(&refresh(&app, &refresh_token, &fields).await);
            refresh_token = tokens.refresh.clone();
            let untouched = Untouched::now(&idp).await;
            for (asker, serves) in askers {
                let case = format!("{id}'s token for {bits:02b}, asked by {asker}");
                let told = idp.app(asker).introspect(&tokens.access).await;
                if serves & bits == 0 {
                    assert_eq!(told.body, r#"{"active":false}"#, "{case}");
                } else {
                    assert_eq!(
                        (&told.json()["active"], &told.json()["client_id"]),
                        (&json!(true), &json!(id)),
                        "{case}"
                    );
                }
                // What renews it is its client's alone, and so is giving it back.
                assert_eq!(idp.app(asker).introspect(&tokens.refresh).await.body, r#"{"active":false}"#, "{case}");
                for token in [&tokens.access, &tokens.refresh] {
                    assert_json(&idp.app(asker).give_back(token).await, 400, "invalid_grant", &case);
                }
                if !tokens.id.is_empty() {
                    assert_eq!(idp.app(asker).introspect(&tokens.id).await.body, r#"{"active":false}"#, "{case}");
                }
            }
            untouched.check(id).await;
        }
        let own = if id == "spa" { 401 } else { 200 };
        assert_eq!(app.introspect(&refresh_token).await.status, own, "{id}: whoever has no credentials asks nothing");
        if id != "sealed" {
            assert!(!claims_of(&app.refresh(&refresh_token).await.access)["aud"].is_null());
        }
    }
}
