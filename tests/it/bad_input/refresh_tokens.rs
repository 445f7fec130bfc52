//! Refresh tokens: foreign, altered, of another kind, beyond what was granted, spent, and by sixteen at once.

use super::variants::{altered, surrounded, truncated};
use super::{Untouched, assert_alive, assert_dead, assert_json, basic, encoded, fresh_code, fresh_tokens, post_token};
use crate::harness::keyed::{ASSERTION, ClientKey, Keyed};
use crate::harness::{Answer, Holder, Idp, RelyingApp, Tokens, VERIFIER};
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// A header and fields that say who asks.
type Shown<'a> = (Option<String>, Vec<(&'a str, &'a str)>);

async fn refresh_with(app: &RelyingApp, token: &str, name: &str, value: &str) -> Answer {
    app.token(&[("grant_type", "refresh_token"), ("refresh_token", token), (name, value)]).await
}

#[actix_web::test]
async fn tokens_that_are_not_this_clients_refresh_token() {
    let idp = Idp::start().await;
    for id in ["social", "posting", "spa"] {
        let app = idp.app(id);
        let tokens = fresh_tokens(&idp, &app).await;
        let elsewhere = fresh_tokens(&idp, &idp.app("exempt")).await;
        let code = fresh_code(&idp, &app).await;
        let untouched = Untouched::now(&idp).await;
        let mut bad = altered(&tokens.refresh, 1);
        bad.extend(truncated(&tokens.refresh, 3).into_iter().filter(|text| !text.is_empty()));
        bad.extend(surrounded(&tokens.refresh).into_iter().filter(|text| !text.contains('\n')));
        bad.extend([tokens.access.clone(), tokens.id.clone(), code.clone(), elsewhere.refresh, elsewhere.access]);
        bad.extend(["abr_", "abr_x", "ABR_", "x", "null", "\u{e4}"].map(str::to_owned));
        bad.push(tokens.refresh.trim_start_matches("abr_").to_owned());
        bad.push(tokens.refresh.replace("abr_", "abr_abr_"));
        bad.push(format!("abr_{}", URL_SAFE_NO_PAD.encode([0; 52])));
        bad.extend([51, 53, 5_000].map(|length| format!("abr_{}", URL_SAFE_NO_PAD.encode(vec![7; length]))));
        // The MAC of this generation under another one's number.
        bad.extend([1_u32, 2, u32::MAX].map(|generation| with_generation(&tokens.refresh, generation)));
        for token in bad {
            assert_json(&app.try_refresh(&token).await, 400, "invalid_grant", &format!("{id}: {token}"));
            untouched.check(&token).await;
        }
        assert_json(&app.try_refresh("").await, 400, "invalid_request", "an empty one is none");
        for stranger in ["social", "posting", "spa", "bank", "native"].map(|other| idp.app(other)) {
            if stranger.client_id != id {
                assert_json(&stranger.try_refresh(&tokens.refresh).await, 400, "invalid_grant", &stranger.client_id);
                untouched.check(&stranger.client_id).await;
            }
        }
        assert_alive(&app, &tokens.access, id).await;
        assert_eq!(app.try_refresh(&tokens.refresh).await.status, 200, "{id}: nothing was consumed or revoked");
        assert_eq!(app.try_redeem(&code).await.status, 200, "{id}: nor was the code");
    }
}

/// A thief who shows a key with a stolen refresh token has its successors bound to that key. It must not keep us from seeing
/// that the stolen one was used twice.
#[actix_web::test]
async fn a_key_that_a_thief_shows_hides_no_reuse() {
    let cases = ["at once", "late", "after the next use"].map(|when| [(when, "nothing"), (when, "a key")]);
    for (when, owner_shows) in cases.into_iter().flatten() {
        let case = format!("{when}, {owner_shows}");
        let idp = Idp::start().await;
        let spa = idp.app("spa");
        let tokens = fresh_tokens(&idp, &spa).await;
        let (thief, owner) = (Holder::of(&idp, "ES256"), Holder::of(&idp, "ES256"));
        let mut stolen = Tokens::of(&thief.refresh(&spa, &tokens.refresh).await);
        match when {
            "at once" => (),
            "late" => idp.pass("60s"),
            _ => stolen = Tokens::of(&thief.refresh(&spa, &stolen.refresh).await),
        }
        let answer = match owner_shows {
            "nothing" => spa.try_refresh(&tokens.refresh).await,
            _ => owner.refresh(&spa, &tokens.refresh).await,
        };
        assert_json(&answer, 400, "invalid_grant", &case);
        assert_json(&thief.refresh(&spa, &stolen.refresh).await, 400, "invalid_grant", &case);
        assert_eq!(thief.with(("GET", "/userinfo"), &stolen.access).await.status, 401, "{case}");
    }
}

/// OpenID Connect Core, 12.1: whoever has credentials shows them at every refresh.
#[actix_web::test]
async fn a_confidential_client_that_does_not_prove_who_it_is_renews_nothing() {
    let idp = Idp::start().await;
    let keyed = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let bound = Holder::of(&idp, "ES256");
    for id in ["social", "posting", "offline", "keyed"] {
        let app = idp.app(id);
        let code = fresh_code(&idp, &app).await;
        let uri = app.redirect_uri();
        let redemption = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", &uri),
            ("code_verifier", VERIFIER),
        ];
        let tokens = Tokens::of(&match id {
            "keyed" => keyed.post("/token", &redemption).await,
            _ => app.token(&redemption).await,
        });
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str())];
        let (secret, other) = (app.secret(), idp.app("bank").secret());
        let theirs = Keyed { key: ClientKey::of("ES256", "key-1"), ..keyed.clone() }.assertion();
        let used = keyed.assertion();
        keyed.present("/revoke", &used, &[("token", "x")]).await;
        let mut shown: Vec<Shown<'_>> = vec![
            (None, vec![]),
            (None, vec![("client_id", id)]),
            (None, vec![("client_id", "spa")]),
            (None, vec![("client_assertion_type", ASSERTION), ("client_assertion", &theirs)]),
            (None, vec![("client_assertion_type", ASSERTION), ("client_assertion", &used)]),
        ];
        for wrong in [other.as_str(), &secret[1..], "x"] {
            shown.push((Some(basic(id, wrong)), vec![]));
            shown.push((None, vec![("client_id", id), ("client_secret", wrong)]));
        }
        // The right secret in the wrong place.
        match id {
            "posting" => shown.push((Some(basic(id, &secret)), vec![])),
            _ => shown.push((None, vec![("client_id", id), ("client_secret", &secret)])),
        }
        let untouched = Untouched::now(&idp).await;
        for (header, fields) in shown {
            let case = format!("{id}: {header:?} {fields:?}");
            let answer = post_token(&idp, header.as_deref(), &encoded(&[&refresh[..], &fields].concat())).await;
            match fields[..] {
                // A public client may ask without any, and it is not its token.
                [("client_id", "spa")] => assert_json(&answer, 400, "invalid_grant", &case),
                _ => assert_json(&answer, 401, "invalid_client", &case),
            }
            // Nor is a key that is at hand a client's credential.
            let proof = bound.proof(("POST", "/token"), None).await;
            let form = TestRequest::post().uri("/token").insert_header(("dpop", proof));
            let form = form.set_form([&refresh[..], &[("client_id", id)]].concat());
            assert_json(&idp.call(form).await, 401, "invalid_client", &case);
            untouched.check(&case).await;
        }
        let renewed = match id {
            "keyed" => keyed.post("/token", &refresh).await,
            _ => app.token(&refresh).await,
        };
        assert_eq!(renewed.status, 200, "{id}: nothing was consumed or revoked");
    }
}

fn with_generation(token: &str, generation: u32) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(token.trim_start_matches("abr_")).unwrap();
    bytes[16..20].copy_from_slice(&generation.to_be_bytes());
    format!("abr_{}", URL_SAFE_NO_PAD.encode(bytes))
}

#[actix_web::test]
async fn a_refresh_reaches_no_further_than_the_grant() {
    let idp = Idp::start().await;
    let (bank, mut browser) = (idp.app("bank"), idp.browser());
    let request = bank.request(&[("scope", "openid email"), ("resource", "https://bank.example.com/api")]);
    let page = browser.get(&request).await;
    let answer = browser.sign_in(&page).await;
    let tokens = bank.redeem(&answer).await;
    let untouched = Untouched::now(&idp).await;
    for scope in [
        "profile",
        "openid profile",
        "openid email phone",
        "offline_access",
        "profile offline_access",
        "OPENID",
        "unknown",
        "openid email unknown",
    ] {
        assert_json(&refresh_with(&bank, &tokens.refresh, "scope", scope).await, 400, "invalid_scope", scope);
    }
    for scope in ["\"", "openid\\", "\u{e4}", "openid\temail"] {
        assert_json(&refresh_with(&bank, &tokens.refresh, "scope", scope).await, 400, "invalid_scope", scope);
    }
    for resource in [
        "https://bank.example.com/api/",
        "https://bank.example.com/",
        "https://id.example.com",
        "x",
        "https://BANK.example.com/api",
    ] {
        assert_json(&refresh_with(&bank, &tokens.refresh, "resource", resource).await, 400, "invalid_target", resource);
    }
    untouched.check("beyond").await;
    let narrowed = Tokens::of(&refresh_with(&bank, &tokens.refresh, "scope", "email offline_access").await);
    assert_eq!((narrowed.scope.as_str(), narrowed.id.as_str()), ("email", ""), "what was ignored is ignored again");
    let whole = bank.refresh(&narrowed.refresh).await;
    assert_eq!(whole.scope, "email openid", "narrowing one answer does not narrow the grant (RFC 6749, section 6)");
}

#[actix_web::test]
async fn a_retry_inside_the_window_gets_the_same_successor() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let first = fresh_tokens(&idp, &social).await;
    let second = social.refresh(&first.refresh).await;
    for wait in ["0s", "1s", "30s", "28s"] {
        idp.pass(wait);
        let untouched = Untouched::now(&idp).await;
        assert_eq!(social.refresh(&first.refresh).await.refresh, second.refresh, "{wait}");
        untouched.check(wait).await;
    }
    let third = social.refresh(&second.refresh).await;
    assert_ne!(third.refresh, second.refresh);
    assert_alive(&social, &third.access, "the chain goes on").await;
}

#[actix_web::test]
async fn reuse_kills_the_grant() {
    let idp = Idp::start().await;
    for id in ["social", "spa"] {
        let app = idp.app(id);
        // One generation back, after the window.
        for wait in ["60s", "61s", "5m"] {
            let first = fresh_tokens(&idp, &app).await;
            let second = app.refresh(&first.refresh).await;
            idp.pass(wait);
            assert_json(&app.try_refresh(&first.refresh).await, 400, "invalid_grant", wait);
            assert_dead(&app, &first, wait).await;
            assert_dead(&app, &second, wait).await;
        }
        // Two and three generations back, within the window.
        for spent in [0, 1] {
            let mut chain = vec![fresh_tokens(&idp, &app).await];
            for at in 0..3 {
                let next = app.refresh(&chain[at].refresh).await;
                chain.push(next);
            }
            assert_json(&app.try_refresh(&chain[spent].refresh).await, 400, "invalid_grant", "the successor was used");
            for tokens in &chain {
                assert_dead(&app, tokens, &format!("{id} generation {spent}")).await;
            }
        }
    }
}

#[actix_web::test]
async fn reuse_of_an_offline_grant_kills_it_too() {
    let idp = Idp::start().await;
    let (offline, mut browser) = (idp.app("offline"), idp.browser());
    let page = browser.authorize(&offline, &[("scope", "openid offline_access")]).await;
    let waiting = browser.sign_in(&page).await;
    let page = browser.get(waiting.location()).await;
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let first = offline.redeem(&answer).await;
    let second = offline.refresh(&first.refresh).await;
    idp.pass("2m");
    assert_json(&offline.try_refresh(&first.refresh).await, 400, "invalid_grant", "reuse");
    assert_dead(&offline, &second, "offline").await;
    let code = answer.parameter("code").unwrap();
    assert_json(&offline.try_redeem(&code).await, 400, "invalid_grant", "replay of a dead grant");
}

#[actix_web::test]
async fn sixteen_refreshes_at_once_end_with_one_token() {
    let idp = Idp::start().await;
    for id in ["social", "spa"] {
        let app = idp.app(id);
        let tokens = fresh_tokens(&idp, &app).await;
        let (copy, token) = (app.clone(), tokens.refresh.clone());
        let answers = super::sixteen(async move |_| copy.try_refresh(&token).await).await;
        let successors: std::collections::BTreeSet<String> =
            answers.iter().map(|answer| Tokens::of(answer).refresh).collect();
        assert_eq!(successors.len(), 1, "{id}");
        for answer in &answers {
            assert_alive(&app, &Tokens::of(answer).access, id).await;
        }
        let next = app.refresh(successors.first().unwrap()).await;
        assert_alive(&app, &next.access, id).await;
    }
}

#[actix_web::test]
async fn without_a_retry_window_one_of_sixteen_wins() {
    let idp = Idp::with(|config| config.tokens.refresh_retry = "0s".parse().unwrap()).await;
    let app = idp.app("social");
    let tokens = fresh_tokens(&idp, &app).await;
    let (copy, token) = (app.clone(), tokens.refresh.clone());
    let answers = super::sixteen(async move |_| copy.try_refresh(&token).await).await;
    let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(won.len(), 1, "{:?}", answers.iter().map(|a| a.status.as_u16()).collect::<Vec<_>>());
    for lost in answers.iter().filter(|answer| answer.status != 200) {
        assert_json(lost, 400, "invalid_grant", "the others");
    }
    assert_dead(&app, &Tokens::of(won[0]), "the others were reuse").await;
}
