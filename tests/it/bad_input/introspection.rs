//! /introspect and /revoke: strangers, foreign and forged tokens, malformed requests. Nobody learns whether a token that
//! is not for them is good, and nothing is revoked.

use super::variants::{altered, truncated};
use super::{FORM, Untouched, assert_alive, assert_dead, assert_json, basic, encoded, forge, fresh_tokens};
use crate::harness::{Answer, Idp};
use actix_web::test::TestRequest;
use serde_json::json;

const PATHS: [&str; 2] = ["/introspect", "/revoke"];
/// For every token one of them is wrong.
const HINTS: [&str; 3] = ["refresh_token", "access_token", "nonsense"];

async fn post(idp: &Idp, path: &str, authorization: Option<&str>, body: &str) -> Answer {
    let mut request = TestRequest::post().uri(path).insert_header(("content-type", FORM));
    if let Some(value) = authorization {
        request = request.insert_header(("authorization", value));
    }
    idp.call(request.set_payload(body.to_owned())).await
}

#[actix_web::test]
async fn clients_that_do_not_prove_who_they_are() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let tokens = fresh_tokens(&idp, &social).await;
    let untouched = Untouched::now(&idp).await;
    for path in PATHS {
        for token in [&tokens.access, &tokens.refresh] {
            let body = encoded(&[("token", token)]);
            let named = encoded(&[("token", token), ("client_id", "social")]);
            let posted = encoded(&[("token", token), ("client_id", "social"), ("client_secret", &social.secret())]);
            for (header, body) in [
                (None, &body),
                (None, &named),
                // By another method than registered.
                (None, &posted),
                (Some(basic("social", "wrong")), &body),
                (Some(basic("nobody", &social.secret())), &body),
                // The token itself is no client's credential.
                (Some(format!("Bearer {}", tokens.access)), &body),
            ] {
                let case = format!("{path} {header:?} {body}");
                assert_json(&post(&idp, path, header.as_deref(), body).await, 401, "invalid_client", &case);
            }
        }
    }
    untouched.check("nobody proved anything").await;
    // Whoever has no credentials could fish for tokens of others: they may give back their own, and ask nothing.
    let spa = fresh_tokens(&idp, &idp.app("spa")).await;
    let untouched = Untouched::now(&idp).await;
    for token in [&spa.access, &spa.refresh, &tokens.access] {
        let body = encoded(&[("token", token), ("client_id", "spa")]);
        assert_json(&post(&idp, "/introspect", None, &body).await, 401, "invalid_client", "public");
    }
    untouched.check("a public client").await;
    assert_alive(&social, &tokens.access, "nothing was revoked").await;
    assert_alive(&idp.app("spa"), &spa.access, "nothing was revoked").await;
}

#[actix_web::test]
async fn tokens_of_others_and_tokens_that_are_none() {
    let idp = Idp::start().await;
    let (social, bank) = (idp.app("social"), idp.app("bank"));
    let tokens = fresh_tokens(&idp, &social).await;
    let untouched = Untouched::now(&idp).await;
    for token in [&tokens.access, &tokens.refresh] {
        assert_eq!(bank.introspect(token).await.body, r#"{"active":false}"#);
        assert_json(&bank.give_back(token).await, 400, "invalid_grant", "somebody else's");
    }
    let mut none = altered(&tokens.access, 23);
    none.extend(truncated(&tokens.access, 97));
    none.extend(altered(&tokens.refresh, 7));
    none.extend(truncated(&tokens.refresh, 11));
    none.extend(forge::forgeries(&idp, &tokens.access));
    none.extend([tokens.id.clone(), "x".into(), "abr_".into(), "\u{f6}".into(), "a".repeat(9_000)]);
    for token in none.iter().filter(|token| !token.is_empty()) {
        let told = social.introspect(token).await;
        assert_eq!((told.status.as_u16(), told.body.as_str()), (200, r#"{"active":false}"#), "{token:.80}");
        // RFC 7009, section 2.2: an unknown token is answered like a revoked one.
        let given = social.give_back(token).await;
        assert_eq!((given.status.as_u16(), given.body.as_str()), (200, ""), "{token:.80}");
    }
    untouched.check("nothing was revoked").await;
    assert_alive(&social, &tokens.access, "nothing was revoked").await;
}

#[actix_web::test]
async fn requests_that_are_malformed() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let tokens = fresh_tokens(&idp, &social).await;
    let auth = basic("social", &social.secret());
    let untouched = Untouched::now(&idp).await;
    let token = &tokens.access;
    for path in PATHS {
        for body in [
            String::new(),
            "token=".into(),
            "Token=x".into(),
            format!("token={token}&token={token}"),
            format!("token={token}&token_type_hint=access_token&token_type_hint=x"),
            format!("token={token}%00"),
            format!("token={token}%ff"),
            format!("token={}", "a".repeat(20_000)),
        ] {
            let answer = post(&idp, path, Some(&auth), &body).await;
            assert_json(&answer, 400, "invalid_request", &format!("{path} {body:.60}"));
        }
        for kind in ["application/json", "text/plain", ""] {
            let request = TestRequest::post().uri(path).insert_header(("content-type", kind));
            let request = request.insert_header(("authorization", auth.clone()));
            let answer = idp.call(request.set_payload(encoded(&[("token", token)]))).await;
            assert_json(&answer, 400, "invalid_request", &format!("{path} as {kind:?}"));
        }
        // In the address it would be in every log.
        let query = format!("{path}?{}", encoded(&[("token", token)]));
        let request = TestRequest::post().uri(&query).insert_header(("content-type", FORM));
        let answer = idp.call(request.insert_header(("authorization", auth.clone()))).await;
        assert_json(&answer, 400, "invalid_request", "in the query");
        for request in [TestRequest::get(), TestRequest::put()] {
            let answer = idp.call(request.uri(&query).insert_header(("authorization", auth.clone()))).await;
            assert_json(&answer, 405, "invalid_request", "another method");
        }
    }
    // A hint that is wrong changes nothing (RFC 7662, section 2.1).
    for token in [token, &tokens.refresh] {
        let plain = post(&idp, "/introspect", Some(&auth), &encoded(&[("token", token)])).await.json();
        assert_eq!(plain["active"], true);
        for hint in HINTS {
            let body = encoded(&[("token", token), ("token_type_hint", hint)]);
            assert_eq!(post(&idp, "/introspect", Some(&auth), &body).await.json(), plain, "{hint}");
        }
    }
    untouched.check("malformed").await;
}

/// RFC 7009, section 2.1: the search goes on beyond the kind that is hinted at.
#[actix_web::test]
async fn a_wrong_hint_keeps_no_token_from_being_revoked() {
    let idp = Idp::start().await;
    let sealed = json!({"client_id": "sealed", "client_secret": idp.app("sealed").secret(), "consent": "skip",
        "redirect_uris": [idp.app("sealed").redirect_uri()], "access_token_format": "opaque"});
    idp.import(json!({"clients": [sealed]})).await;
    for (id, hint) in ["social", "posting", "spa", "sealed"].into_iter().flat_map(|id| HINTS.map(|hint| (id, hint))) {
        let app = idp.app(id);
        for kind in ["access", "refresh"] {
            let tokens = fresh_tokens(&idp, &app).await;
            let (case, token) = match kind {
                "access" => (format!("{id}'s access token as {hint}"), &tokens.access),
                _ => (format!("{id}'s refresh token as {hint}"), &tokens.refresh),
            };
            assert_alive(&app, &tokens.access, &case).await;
            let given = app.post("/revoke", &[("token", token), ("token_type_hint", hint)]).await;
            assert_eq!((given.status.as_u16(), given.body.as_str()), (200, ""), "{case}");
            assert_dead(&app, &tokens, &case).await;
        }
    }
}
