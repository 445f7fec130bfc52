//! What an app signs, and is refused for: everybody is told what the specification lets us say, an app in development what is
//! wrong with it, and the log says so of both.

use super::pushed::{address, request};
use crate::harness::keyed::{ClientKey, Keyed, changed};
use crate::harness::{Answer, Holder, Idp, Logs, RelyingApp};
use serde_json::{Value, json};

/// One in development, and one in earnest.
async fn clients(idp: &Idp) -> [(Keyed, bool); 2] {
    let of = async |id: &str, development: bool| {
        (Keyed::register(idp, id, "ES256", &json!({"development": development})).await, development)
    };
    [of("workshop", true).await, of("shop", false).await]
}

/// An app with a secret.
async fn with_a_secret(idp: &Idp, id: &str, development: bool) -> RelyingApp {
    let app = idp.app(id);
    idp.import(json!({"clients": [{"client_id": id, "client_secret": app.secret(), "development": development,
        "consent": "skip", "redirect_uris": [app.redirect_uri()]}]}))
        .await;
    app
}

/// What was wrong is in the log with its rule, and is told where it may be.
fn assert_explained(answer: &Answer, logs: &Logs, (said, wrong, rule): (&str, &str, &str), development: bool) {
    let told = if answer.status.is_redirection() {
        answer.parameter("error_description").unwrap()
    } else {
        answer.json()["error_description"].as_str().unwrap().to_owned()
    };
    let lines = logs.refusals();
    let [line] = lines.as_slice() else { panic!("{wrong}: {lines:?}") };
    for part in [wrong, rule, "remedy="] {
        assert!(line.contains(part), "{part}: {line}");
    }
    match development {
        true => assert!(told.contains(wrong) && told.contains(rule), "{wrong}: {told}"),
        false => assert_eq!(told, said),
    }
}

#[actix_web::test]
async fn assertions() {
    let idp = Idp::start().await;
    let logs = Logs::gather();
    let (refresh, now) = ([("grant_type", "refresh_token"), ("refresh_token", "x")], idp.now().0);
    for (client, development) in clients(&idp).await {
        for (change, wrong, rule) in [
            (json!({"aud": "https://other.example"}), "aud of the assertion must be the issuer", "RFC 7523, section 3"),
            (json!({"exp": now - 90}), "exp of the assertion is past", "RFC 7523, section 3"),
            (json!({"exp": now + 7200}), "exp of the assertion is more than an hour ahead", "RFC 7523, section 3"),
            (json!({"iat": now + 90}), "nbf or iat of the assertion lies in the future", "RFC 7523, section 3"),
            (
                json!({"iss": "somebody"}),
                "iss and sub of the assertion must both be the client_id",
                "RFC 7523, section 3",
            ),
            (json!({"jti": ""}), "jti of the assertion must have 1 to 255 bytes", "OpenID Connect Core 1.0, section 9"),
        ] {
            let assertion = client.key.sign(&client.header(), &changed(client.claims(), &change));
            logs.take();
            let answer = client.present("/token", &assertion, &refresh).await;
            assert_eq!(answer.error(), "invalid_client", "{change}");
            assert_explained(&answer, &logs, ("client authentication failed", wrong, rule), development);
        }
        let stranger = ClientKey::of("ES256", "key-1");
        let assertion = stranger.sign(&client.header(), &client.claims());
        let answer = client.present("/par", &assertion, &[("response_type", "code")]).await;
        let wrong = "the assertion is not signed by a secret or key of the client";
        assert_explained(&answer, &logs, ("client authentication failed", wrong, "RFC 7523, section 3"), development);
        let twice = client.assertion();
        client.present("/token", &twice, &refresh).await;
        logs.take();
        let answer = client.present("/token", &twice, &refresh).await;
        let wrong = "the jti of the assertion was used before";
        assert_explained(&answer, &logs, ("client authentication failed", wrong, "section 9"), development);
    }
}

#[actix_web::test]
async fn request_objects() {
    let idp = Idp::start().await;
    let logs = Logs::gather();
    let now = idp.now().0;
    for (client, development) in clients(&idp).await {
        let app = idp.app(&client.client_id);
        let stranger = ClientKey::of("ES256", "key-1");
        for (key, change, wrong, rule) in [
            (
                &client.key,
                json!({"aud": "https://other.example"}),
                "aud of the request object does not name the issuer",
                "section 4",
            ),
            (&client.key, json!({"exp": now - 90}), "the request object is past its exp", "section 6.3"),
            (
                &client.key,
                json!({"nbf": now + 90}),
                "nbf or iat of the request object lies in the future",
                "section 6.3",
            ),
            (&client.key, json!({"iss": "somebody"}), "iss of the request object is not the client_id", "section 4"),
            (&client.key, json!({"client_id": "somebody"}), "client_id differs inside and outside", "section 5"),
            (
                &client.key,
                json!({"request_uri": "x"}),
                "request and request_uri must not be in a request object",
                "section 4",
            ),
            (&stranger, json!({}), "the request object is not signed by a key of the client", "section 6.2"),
        ] {
            let object = key.sign(&client.header(), &changed(request(&app), &change));
            // Pushed, so that nothing outside of the object is needed to be answered.
            let fields = [("client_id", client.client_id.as_str()), ("request", object.as_str())];
            logs.take();
            let answer = client.post("/par", &fields).await;
            assert_eq!(answer.error(), "invalid_request_object", "{wrong}");
            let said = answer.json()["error_description"].as_str().unwrap().to_owned();
            assert_explained(&answer, &logs, (&said, wrong, &format!("RFC 9101, {rule}")), development);
            assert!(development || !said.contains("RFC"), "{said}");
            // At the front door there may be no address to tell it to: then a page does.
            let page = idp.browser().get(&address(&fields)).await;
            let line = logs.refusals().join("\n");
            assert!(line.contains(wrong), "{wrong}: {line}");
            if !page.status.is_redirection() {
                assert_eq!(
                    page.text("section.developer").is_some_and(|text| text.contains(wrong)),
                    development,
                    "{wrong}"
                );
            }
        }
    }
}

#[actix_web::test]
async fn proofs_of_possession() {
    let idp = Idp::start().await;
    let holder = Holder::of(&idp, "ES256");
    let now = idp.now().0;
    for (id, development) in [("workshop", true), ("shop", false)] {
        let app = with_a_secret(&idp, id, development).await;
        let logs = Logs::gather();
        let mut browser = idp.browser();
        browser.enter(&idp.app("social")).await;
        let code = browser.authorize(&app, &[]).await.parameter("code").unwrap();
        let tokens = crate::harness::Tokens::of(&holder.redeem(&app, &code).await);
        for (change, error, wrong, rule) in [
            (json!({"htm": "GET"}), "invalid_dpop_proof", "htm of the DPoP proof is not the method", "4.3"),
            (
                json!({"htu": "https://other.example/"}),
                "invalid_dpop_proof",
                "htu of the DPoP proof is not the address",
                "4.3",
            ),
            (json!({"iat": now - 600}), "invalid_dpop_proof", "iat of the DPoP proof is more than a minute off", "4.3"),
            (json!({"jti": ""}), "invalid_dpop_proof", "jti of the DPoP proof must have 1 to 255 bytes", "4.2"),
            (json!({"nonce": null}), "use_dpop_nonce", "the DPoP proof needs the nonce", "section 8"),
        ] {
            for (path, fields) in [
                ("/token", [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str())]),
                ("/par", [("response_type", "code"), ("scope", "openid")]),
            ] {
                let claims = changed(holder.claims(("POST", path), None).await, &change);
                let proof = holder.key.sign(&holder.header(), &claims);
                logs.take();
                let answer = idp.call(app.form(path, &fields).insert_header(("dpop", proof))).await;
                assert_eq!(answer.error(), error, "{path} {change}: {}", answer.body);
                let said = answer.json()["error_description"].as_str().unwrap().to_owned();
                assert_explained(&answer, &logs, (&said, wrong, rule), development);
                assert_eq!(said.contains("RFC 9449"), development, "{said}");
            }
            let claims = changed(holder.claims(("GET", "/userinfo"), Some(&tokens.access)).await, &change);
            let claims = if change["htm"] == "GET" { changed(claims, &json!({"htm": "POST"})) } else { claims };
            let proof = holder.key.sign(&holder.header(), &claims);
            logs.take();
            let authorization = format!("DPoP {}", tokens.access);
            let answer = idp.call(crate::harness::presenting(("GET", "/userinfo"), &authorization, &proof)).await;
            assert_eq!((answer.status.as_u16(), answer.error()), (401, error.to_owned()), "{change}");
            let said = answer.json()["error_description"].as_str().unwrap().to_owned();
            assert_explained(&answer, &logs, (&said, wrong, rule), development);
            assert_eq!(said.contains("RFC 9449"), development, "{said}");
        }
    }
}

/// An access token that is not good: everybody is told so, and the log says why.
#[actix_web::test]
async fn access_tokens() {
    let idp = Idp::start().await;
    let away = || json!({"users": [{"username": crate::harness::USERNAME, "disabled": true}]});
    for (id, development) in [("workshop", true), ("shop", false)] {
        let app = with_a_secret(&idp, id, development).await;
        let logs = Logs::gather();
        let mut browser = idp.browser();
        browser.enter(&idp.app("social")).await;
        let tokens = async |browser: &mut crate::harness::Browser, extra: &[(&str, &str)]| {
            app.redeem(&browser.authorize(&app, extra).await).await
        };
        let shown = async |access: &str, wrong: &str| {
            logs.take();
            let answer = app.userinfo(access).await;
            assert_eq!((answer.status.as_u16(), answer.error()), (401, "invalid_token".into()), "{wrong}");
            let [line] = &logs.refusals()[..] else { panic!("{wrong}") };
            for part in [wrong, "RFC 6750, section 3.1", "remedy=", &format!("client_id=\u{ab}{id}\u{bb}")] {
                assert!(line.contains(part) && !line.contains(access), "{part}: {line}");
            }
            let told = answer.json()["error_description"].as_str().unwrap().to_owned();
            assert!(if development { told.contains(wrong) } else { told == "the access token is not good" }, "{told}");
        };
        let renewed = async |refresh: &str, wrong: &str| {
            logs.take();
            let answer = app.try_refresh(refresh).await;
            assert_eq!(answer.error(), "invalid_grant", "{wrong}");
            let said = "the grant is not good any more";
            assert_explained(&answer, &logs, (said, wrong, "RFC 6749, section 5.2"), development);
        };
        let expired = tokens(&mut browser, &[]).await;
        idp.pass("1h");
        shown(&expired.access, "the access token has expired").await;
        let of_app = tokens(&mut browser, &[]).await;
        browser.get(&format!("/end_session?id_token_hint={}", of_app.id)).await;
        let over = "the session that the grant belongs to has ended or timed out, or the app's part in it";
        shown(&of_app.access, over).await;
        renewed(&of_app.refresh, over).await;
        let mut browser = idp.browser();
        browser.enter(&idp.app("social")).await;
        let closed = tokens(&mut browser, &[]).await;
        idp.import(away()).await;
        shown(&closed.access, "the account of the person is closed or gone").await;
        renewed(&closed.refresh, "the account of the person is closed or gone").await;
        idp.end_account_of(crate::harness::USERNAME, true).await;
        shown(&closed.access, "the person signed out everywhere, a credential of theirs was changed").await;
        let mut browser = idp.browser();
        browser.enter(&idp.app("social")).await;
        let revoked = tokens(&mut browser, &[]).await;
        app.post("/revoke", &[("token", &revoked.refresh)]).await;
        shown(&revoked.access, "the grant was revoked; or it outlives sessions").await;
        renewed(&revoked.refresh, "the grant was revoked; or it outlives sessions").await;
        logs.take();
        let answer = app.userinfo("x").await;
        assert_eq!((answer.status.as_u16(), answer.error()), (401, "invalid_token".into()));
        assert!(matches!(&logs.refusals()[..], [line] if line.contains("it is no access token of this server")));
    }
}

/// What is shown at the token endpoint and is not, or not any more, what it was given for.
#[actix_web::test]
async fn codes_and_refresh_tokens() {
    let idp = Idp::start().await;
    for (id, development) in [("workshop", true), ("shop", false)] {
        let app = with_a_secret(&idp, id, development).await;
        let logs = Logs::gather();
        let mut browser = idp.browser();
        browser.enter(&idp.app("social")).await;
        let code = async |browser: &mut crate::harness::Browser| {
            browser.authorize(&app, &[("scope", "openid profile")]).await.parameter("code").unwrap()
        };
        let redeeming = |code: &str, change: &Value| {
            let fields = json!({"grant_type": "authorization_code", "code": code, "redirect_uri": app.redirect_uri(),
                "code_verifier": crate::harness::VERIFIER});
            changed(fields, change)
        };
        let send = async |fields: Value| {
            let fields: Vec<(String, String)> = fields
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect();
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            logs.take();
            app.token(&fields).await
        };
        let first = code(&mut browser).await;
        let other = "o".repeat(43);
        for (change, wrong, rule) in [
            (
                json!({"code_verifier": other}),
                "code_verifier does not answer the code_challenge",
                "RFC 7636, section 4.6",
            ),
            (json!({"redirect_uri": "https://other.example/"}), "redirect_uri", "RFC 6749, section 4.1.3"),
            (json!({"resource": "https://other.example/"}), "resource", "RFC 8707, section 2.2"),
        ] {
            let answer = send(redeeming(&first, &change)).await;
            let said = answer.json()["error_description"].as_str().unwrap().to_owned();
            assert_explained(&answer, &logs, (&said, wrong, rule), development);
            assert_eq!(said.contains("RFC"), development, "{said}");
        }
        let tokens = crate::harness::Tokens::of(&send(redeeming(&first, &json!({}))).await);
        let second = app.refresh(&tokens.refresh).await;
        let refreshing = |token: &str, change: &Value| {
            changed(json!({"grant_type": "refresh_token", "refresh_token": token}), change)
        };
        let late = code(&mut browser).await;
        for (fields, wrong, rule) in [
            (refreshing(&second.refresh, &json!({"scope": "openid email"})), "scope", "RFC 6749, section 6"),
            (
                refreshing(&second.refresh, &json!({"resource": "https://other.example/"})),
                "resource",
                "RFC 8707, section 2.2",
            ),
            (redeeming(&first, &json!({})), "the code", "RFC 6749, section 4.1.2"),
        ] {
            let answer = send(fields).await;
            let said = answer.json()["error_description"].as_str().unwrap().to_owned();
            assert_explained(&answer, &logs, (&said, wrong, rule), development);
            assert_eq!(said.contains("RFC"), development, "{said}");
        }
        idp.pass("5m");
        let answer = send(redeeming(&late, &json!({}))).await;
        let said = answer.json()["error_description"].as_str().unwrap().to_owned();
        assert_explained(&answer, &logs, (&said, "the code has expired", "RFC 6749, section 4.1.2"), development);
    }
}
