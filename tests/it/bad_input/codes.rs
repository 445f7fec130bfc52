//! Codes: expired, foreign, altered, with a wrong binding, used twice, used by sixteen at once.

use super::variants::{altered, surrounded, truncated};
use super::{Untouched, assert_alive, assert_dead, assert_json, fresh_code};
use crate::harness::{Answer, CHALLENGE, Holder, Idp, RelyingApp, Tokens, USERNAME, VERIFIER};
use abide::model::account::{Account, username_name};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// A redemption with every field as it should be but these; an empty value leaves a field out.
async fn redeem(app: &RelyingApp, code: &str, changed: &[(&str, &str)]) -> Answer {
    let uri = app.redirect_uri();
    let mut fields =
        vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &uri), ("code_verifier", VERIFIER)];
    fields.retain(|(name, _)| !changed.iter().any(|(other, _)| name == other));
    fields.extend(changed.iter().filter(|(_, value)| !value.is_empty()));
    app.token(&fields).await
}

#[actix_web::test]
async fn a_code_lives_60_seconds() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    // Getting one takes three seconds here.
    for (after, good) in [("0s", true), ("56s", true), ("57s", false), ("58s", false), ("1h", false), ("30d", false)] {
        let code = fresh_code(&idp, &social).await;
        idp.pass(after);
        let untouched = Untouched::now(&idp).await;
        let answer = social.try_redeem(&code).await;
        if good {
            assert_eq!(answer.status, 200, "{after}: {}", answer.body);
        } else {
            assert_json(&answer, 400, "invalid_grant", after);
            untouched.check(after).await;
        }
    }
}

#[actix_web::test]
async fn altered_codes() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let code = fresh_code(&idp, &social).await;
    let other = fresh_tokens_of(&idp, "social").await;
    let untouched = Untouched::now(&idp).await;
    let mut codes = altered(&code, 3);
    codes.extend(truncated(&code, 7).into_iter().filter(|text| !text.is_empty()));
    codes.extend(surrounded(&code).into_iter().filter(|text| !text.contains('\n')));
    codes.extend([
        other.access,
        other.refresh,
        other.id,
        "x".into(),
        "null".into(),
        "0".into(),
        "\u{e4}".into(),
        "a".repeat(8_000),
    ]);
    for bad in codes {
        assert_json(&social.try_redeem(&bad).await, 400, "invalid_grant", &bad);
        untouched.check(&bad).await;
    }
    assert_json(&social.try_redeem("").await, 400, "invalid_request", "an empty one is none");
    assert_json(&redeem(&social, "", &[("code", "")]).await, 400, "invalid_request", "none");
    untouched.check("none").await;
    assert_eq!(social.try_redeem(&code).await.status, 200);
}

async fn fresh_tokens_of(idp: &Idp, id: &str) -> Tokens {
    super::fresh_tokens(idp, &idp.app(id)).await
}

/// What else but a code could be sealed: none of it is one.
#[actix_web::test]
async fn what_was_sealed_for_another_purpose_is_no_code() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let page = browser.authorize(&social, &[]).await;
    let interaction = page.fields("/sign-in")["interaction"].clone();
    browser.sign_in(&page).await;
    let asking = browser.get("/end_session").await;
    let request = asking.fields("/end_session/confirm")["request"].clone();
    let untouched = Untouched::now(&idp).await;
    let cookie = browser.cookie("__Host-abide_browser").unwrap().to_owned();
    let csrf = asking.fields("/end_session/confirm")["csrf"].clone();
    for sealed in [&interaction, interaction.trim_start_matches("s."), &request, &cookie, &csrf] {
        assert_json(&social.try_redeem(sealed).await, 400, "invalid_grant", sealed);
        assert_json(&social.try_refresh(sealed).await, 400, "invalid_grant", sealed);
        untouched.check(sealed).await;
    }
}

/// Wrong bindings by the code's own client: the fields, and the error.
fn wrong_bindings(app: &RelyingApp) -> Vec<(String, String, &'static str)> {
    let mut all = Vec::new();
    let mut uris = super::variants::near(&app.redirect_uri());
    uris.retain(|uri| !uri.contains(['\u{fe0f}', '\0']));
    uris.push("https://bank.example.com/callback".to_owned());
    all.extend(uris.into_iter().map(|uri| ("redirect_uri".to_owned(), uri, "invalid_grant")));
    all.push(("redirect_uri".to_owned(), String::new(), "invalid_request"));
    let verifiers = altered(VERIFIER, 4).into_iter().chain(truncated(VERIFIER, 4)).chain(surrounded(VERIFIER));
    let others = [
        CHALLENGE.to_owned(),
        "a".repeat(43),
        "a".repeat(128),
        "a".repeat(129),
        VERIFIER.to_lowercase(),
        format!("{VERIFIER}="),
        "\u{e4}".repeat(43),
        "x".into(),
    ];
    all.extend(verifiers.chain(others).map(|verifier| ("code_verifier".to_owned(), verifier, "invalid_grant")));
    for resource in ["https://bank.example.com/api", "https://id.example.com/", "x"] {
        all.push(("resource".to_owned(), resource.to_owned(), "invalid_target"));
    }
    all
}

#[actix_web::test]
async fn a_wrong_binding_consumes_nothing_and_revokes_nothing() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let code = fresh_code(&idp, &social).await;
    let strangers = ["bank", "posting", "exempt", "spa", "native", "asking"].map(|id| idp.app(id));
    let mut tokens: Option<Tokens> = None;
    // Before the code was redeemed, after, and after it is too old.
    for round in ["unused", "used", "old"] {
        let untouched = Untouched::now(&idp).await;
        // A resource is a wish and no binding of the code: whoever presents it again with another one revokes.
        let wrong = wrong_bindings(&social).into_iter().filter(|(name, ..)| round == "unused" || name != "resource");
        for (name, value, error) in wrong {
            let case = format!("{round}: {name}={value}");
            assert_json(&redeem(&social, &code, &[(&name, &value)]).await, 400, error, &case);
            untouched.check(&case).await;
        }
        for stranger in &strangers {
            let case = format!("{round}: {}", stranger.client_id);
            for uri in [social.redirect_uri(), stranger.redirect_uri()] {
                let answer = redeem(stranger, &code, &[("redirect_uri", &uri)]).await;
                assert_json(&answer, 400, "invalid_grant", &case);
            }
            untouched.check(&case).await;
        }
        match &tokens {
            None => tokens = Some(Tokens::of(&social.try_redeem(&code).await)),
            Some(tokens) => {
                assert_alive(&social, &tokens.access, round).await;
                idp.pass("61s");
            }
        }
    }
    let tokens = tokens.unwrap();
    assert_alive(&social, &tokens.access, "at the end").await;
    assert_eq!(social.try_refresh(&tokens.refresh).await.status, 200);
}

#[actix_web::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let idp = Idp::start().await;
    let exempt = idp.app("exempt");
    let mut browser = idp.browser();
    let request = exempt.request(&[("code_challenge", ""), ("code_challenge_method", "")]);
    let page = browser.get(&request).await;
    let code = browser.sign_in(&page).await.parameter("code").unwrap();
    let untouched = Untouched::now(&idp).await;
    for verifier in [VERIFIER, CHALLENGE, &"a".repeat(43)] {
        let answer = redeem(&exempt, &code, &[("code_verifier", verifier)]).await;
        assert_json(&answer, 400, "invalid_grant", "the challenge was taken out on the way");
        untouched.check(verifier).await;
    }
    assert_eq!(redeem(&exempt, &code, &[("code_verifier", "")]).await.status, 200);
    // And an exempted client that sent one is bound by it.
    let code = fresh_code(&idp, &exempt).await;
    assert_json(&redeem(&exempt, &code, &[("code_verifier", "")]).await, 400, "invalid_grant", "no verifier");
    assert_eq!(exempt.try_redeem(&code).await.status, 200);
}

#[actix_web::test]
async fn a_replay_revokes_what_the_code_gave() {
    let idp = Idp::start().await;
    for id in ["social", "posting", "spa"] {
        for wait in ["0s", "59s", "61s", "5m"] {
            let app = idp.app(id);
            let code = fresh_code(&idp, &app).await;
            let tokens = Tokens::of(&app.try_redeem(&code).await);
            assert_alive(&app, &tokens.access, wait).await;
            idp.pass(wait);
            assert_json(&app.try_redeem(&code).await, 400, "invalid_grant", wait);
            assert_dead(&app, &tokens, &format!("{id} {wait}")).await;
            assert_json(&app.try_redeem(&code).await, 400, "invalid_grant", "and again");
        }
    }
    // What was renewed meanwhile dies, too.
    let social = idp.app("social");
    let code = fresh_code(&idp, &social).await;
    let first = Tokens::of(&social.try_redeem(&code).await);
    let second = social.refresh(&first.refresh).await;
    assert_json(&social.try_redeem(&code).await, 400, "invalid_grant", "replay");
    assert_dead(&social, &first, "first").await;
    assert_dead(&social, &second, "second").await;
}

#[actix_web::test]
async fn a_replay_revokes_whatever_else_the_code_would_be_refused_for() {
    // The session of the code has ended, and what it gave outlives sessions.
    let idp = Idp::start().await;
    let (offline, mut browser) = (idp.app("offline"), idp.browser());
    let page = browser.authorize(&offline, &[("scope", "openid offline_access")]).await;
    let consent = browser.sign_in(&page).await;
    let consent = browser.get(consent.location()).await;
    let code = browser.submit(&consent, "/consent", &[("decision", "allow")]).await.parameter("code").unwrap();
    let tokens = Tokens::of(&offline.try_redeem(&code).await);
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    assert_alive(&offline, &tokens.access, "it outlives the session").await;
    assert_json(&offline.try_redeem(&code).await, 400, "invalid_grant", "signed out");
    assert_dead(&offline, &tokens, "signed out").await;
    // The app's record has lost the resource, or the scope.
    let caller = idp.app("caller");
    let record = |calls: &[&str], scope: &str| {
        json!({"clients": [{"client_id": "caller", "client_secret": caller.secret(), "consent": "skip", "calls": calls,
            "redirect_uris": [caller.redirect_uri()], "scope": scope}]})
    };
    for (name, lost) in
        [("resource", record(&[], "openid ledger")), ("scope", record(&["https://a.example/"], "other"))]
    {
        idp.import(record(&["https://a.example/"], "openid ledger")).await;
        let mut browser = idp.browser();
        browser.enter(&idp.app("social")).await;
        let asked = [("resource", "https://a.example/"), ("scope", "openid ledger")];
        let code = browser.get(&caller.request(&asked)).await.parameter("code").unwrap();
        let tokens = Tokens::of(&caller.try_redeem(&code).await);
        idp.import(lost).await;
        assert_json(&caller.try_redeem(&code).await, 400, "invalid_grant", name);
        idp.import(record(&["https://a.example/"], "openid ledger")).await;
        assert_json(&caller.try_refresh(&tokens.refresh).await, 400, "invalid_grant", name);
    }
}

#[actix_web::test]
async fn a_replay_leaves_other_grants_of_the_session_alone() {
    let idp = Idp::start().await;
    let (social, bank, mut browser) = (idp.app("social"), idp.app("bank"), idp.browser());
    let answer = browser.enter(&social).await;
    let code = answer.parameter("code").unwrap();
    let first = social.redeem(&answer).await;
    let second = social.redeem(&browser.silently(&social).await).await;
    let at_bank = bank.redeem(&browser.authorize(&bank, &[]).await).await;
    assert_json(&social.try_redeem(&code).await, 400, "invalid_grant", "replay");
    assert_dead(&social, &first, "the replayed one").await;
    assert_alive(&social, &second.access, "another of the same app").await;
    assert_alive(&bank, &at_bank.access, "another app").await;
    assert!(browser.silently(&social).await.parameter("code").is_some(), "the session goes on");
}

#[actix_web::test]
async fn of_sixteen_redemptions_at_once_one_wins() {
    let idp = Idp::start().await;
    for id in ["social", "spa"] {
        let app = idp.app(id);
        let code = fresh_code(&idp, &app).await;
        let (copy, at_once) = (app.clone(), code.clone());
        let answers = super::sixteen(async move |_| copy.try_redeem(&at_once).await).await;
        let won: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1, "{id}: {:?}", answers.iter().map(|a| a.status.as_u16()).collect::<Vec<_>>());
        for lost in answers.iter().filter(|answer| answer.status != 200) {
            assert_json(lost, 400, "invalid_grant", id);
        }
        assert_dead(&app, &Tokens::of(won[0]), "fifteen replays").await;
    }
}

#[actix_web::test]
async fn a_code_of_a_session_that_ended_gives_nothing() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let code = browser.enter(&social).await.parameter("code").unwrap();
    let account = browser.get("/account").await;
    browser.submit(&account, "/account/sign-out", &[]).await;
    let untouched = Untouched::now(&idp).await;
    assert_json(&social.try_redeem(&code).await, 400, "invalid_grant", "signed out");
    untouched.check("signed out").await;
}

/// RFC 7636, section 4.4: a code is sealed, and tells nobody what it stands for, decoded or not.
#[actix_web::test]
async fn nothing_of_what_a_code_stands_for_can_be_read_from_it() {
    let idp = Idp::start().await;
    idp.import(
        json!({"clients": [{"client_id": "caller", "client_secret": idp.app("caller").secret(), "consent": "skip",
        "redirect_uris": [idp.app("caller").redirect_uri()], "calls": ["https://a.example/"]}]}),
    )
    .await;
    let (caller, mut browser) = (idp.app("caller"), idp.browser());
    let holder = Holder::of(&idp, "ES256");
    let claims = json!({"id_token": {"nickname": null}}).to_string();
    let asked = [("resource", "https://a.example/"), ("dpop_jkt", &holder.jkt()), ("claims", &claims)];
    let page = browser.get(&caller.request(&asked)).await;
    let code = browser.sign_in(&page).await.parameter("code").unwrap();
    let account = idp.flows().store.find::<Account>(&username_name(USERNAME)).await.unwrap().unwrap();
    let (uri, hidden) = (caller.redirect_uri(), account.id.to_string());
    let binary = URL_SAFE_NO_PAD.decode(CHALLENGE).unwrap();
    let mut secrets: Vec<Vec<u8>> = [
        CHALLENGE,
        VERIFIER,
        &uri,
        "caller",
        "nonce-1",
        "https://a.example/",
        "nickname",
        "profile",
        "openid",
        &holder.jkt(),
        &hidden,
        USERNAME,
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    secrets.push(binary);
    // Read in every way there is: as it is, and with its parts decoded.
    let mut readings = vec![code.clone().into_bytes()];
    for part in code.split(['.', '-', '_', '~']).chain([code.as_str()]) {
        for skipped in 0..4.min(part.len()) {
            let letters = &part[skipped..];
            let whole = &letters[..letters.len() / 4 * 4];
            readings.extend([URL_SAFE_NO_PAD.decode(letters), URL_SAFE_NO_PAD.decode(whole)].into_iter().flatten());
        }
    }
    assert!(readings.iter().any(|reading| reading.len() > 64), "it is base64url for the most part");
    for (reading, secret) in readings.iter().flat_map(|reading| secrets.iter().map(move |secret| (reading, secret))) {
        let found = reading.windows(secret.len()).any(|window| window == secret);
        assert!(!found, "{} can be read from {code}", String::from_utf8_lossy(secret));
    }
    assert_eq!(holder.redeem(&caller, &code).await.status, 200);
}
