//! Apps that register themselves, and look after their registration.

use crate::harness::{Answer, Browser, CHALLENGE, ISSUER, Idp, PASSWORD, Tokens, USERNAME, VERIFIER};
use abide::config::Config;
use abide::flow::import::ReplaceSecrets;
use abide::model::cookies::Switch;
use actix_web::http::Method;
use actix_web::test::TestRequest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// Where the app of these stories gets its answers.
pub const CALLBACK: &str = "https://plaza.example/cb";

/// Anybody may register.
pub fn open(config: &mut Config) {
    config.registration.open = Switch::On;
}

/// A request with a token, where there is one, and a body in JSON, where there is one.
pub async fn ask(idp: &Idp, (method, path): (Method, &str), token: Option<&str>, body: Option<&Value>) -> Answer {
    let mut request = TestRequest::with_uri(path).method(method);
    if let Some(token) = token {
        request = request.insert_header(("authorization", format!("Bearer {token}")));
    }
    if let Some(body) = body {
        request = request.insert_header(("content-type", "application/json")).set_payload(body.to_string());
    }
    idp.call(request).await
}

/// What a client says of itself, with changes.
pub fn metadata(change: Value) -> Value {
    let whole = json!({"client_name": "Plaza", "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"]});
    crate::harness::keyed::changed(whole, &change)
}

/// An app as it registered itself.
pub struct Registered {
    pub idp: Idp,
    pub told: Value,
}

impl Registered {
    pub async fn new(idp: &Idp, change: Value) -> Registered {
        let answer = ask(idp, (Method::POST, "/register"), None, Some(&metadata(change))).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        Registered { idp: idp.clone(), told: answer.json() }
    }

    pub fn text(&self, member: &str) -> &str {
        self.told[member].as_str().unwrap_or_else(|| panic!("no {member}: {}", self.told))
    }

    pub fn path(&self) -> &str {
        self.text("registration_client_uri").strip_prefix(ISSUER).expect("it is ours")
    }

    /// Asks about the registration with its own token.
    pub async fn manage(&self, method: Method, body: Option<&Value>) -> Answer {
        ask(&self.idp, (method, self.path()), Some(self.text("registration_access_token")), body).await
    }

    /// The address of an authorization request.
    pub fn request(&self, extra: &[(&str, &str)]) -> String {
        let mut pairs = vec![
            ("client_id", self.text("client_id")),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid profile"),
            ("state", "state-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        pairs.retain(|(name, _)| !extra.iter().any(|(other, _)| name == other));
        pairs.extend(extra.iter().filter(|(_, value)| !value.is_empty()));
        format!("/authorize?{}", serde_urlencoded::to_string(pairs).unwrap())
    }

    pub async fn redeem(&self, code: &str) -> Answer {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let basic = STANDARD.encode(format!("{}:{}", self.text("client_id"), self.text("client_secret")));
        let request = TestRequest::post().uri("/token").insert_header(("authorization", format!("Basic {basic}")));
        self.idp.call(request.set_form(form)).await
    }

    /// The person signs in, is asked, and agrees.
    pub async fn enter(&self, browser: &mut Browser) -> Answer {
        let mut page = browser.get(&self.request(&[])).await;
        if page.body.contains("id=\"sign-in\"") {
            page = browser.sign_in(&page).await;
            while page.status.is_redirection() {
                page = browser.get(page.location()).await;
            }
        }
        assert!(page.body.contains("id=\"allow\"") && page.body.contains("id=\"self-registered\""), "{}", page.body);
        browser.submit(&page, "/consent", &[("decision", "allow")]).await
    }
}

async fn with_bearer(idp: &Idp, (method, path): (Method, &str), token: &str) -> Answer {
    ask(idp, (method, path), Some(token), None).await
}

#[actix_web::test]
async fn an_app_registers_itself_and_somebody_signs_in_to_it() {
    let idp = Idp::with(open).await;
    let discovered = idp.call(TestRequest::get().uri("/.well-known/openid-configuration")).await.json();
    assert_eq!(discovered["registration_endpoint"], format!("{ISSUER}/register"));
    let app =
        Registered::new(&idp, json!({"contacts": ["a@plaza.example"], "unknown": {"a": 1}, "tos_uri": null})).await;
    for (member, value) in [
        ("client_name", json!("Plaza")),
        ("redirect_uris", json!([CALLBACK])),
        ("response_types", json!(["code"])),
        ("grant_types", json!(["authorization_code", "refresh_token"])),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("application_type", json!("web")),
        ("require_pkce", json!(true)),
        ("client_secret_expires_at", json!(0)),
        ("client_id_issued_at", json!(idp.now().0)),
        ("registration_client_uri", json!(format!("{ISSUER}/register/{}", app.text("client_id")))),
    ] {
        assert_eq!(app.told[member], value, "{member}");
    }
    assert!(app.text("client_secret").len() >= 43 && app.text("registration_access_token").len() >= 43);
    for member in ["unknown", "contacts", "consent", "session", "offline_access", "tos_uri", "client_secret_hash"] {
        assert!(app.told.get(member).is_none(), "{member}");
    }
    let mut browser = idp.browser();
    let answer = app.enter(&mut browser).await;
    let tokens = Tokens::of(&app.redeem(&answer.parameter("code").unwrap()).await);
    assert_eq!(with_bearer(&idp, (Method::GET, "/userinfo"), &tokens.access).await.json()["name"], "Mira Lindqvist");
    // Consent is remembered; it is never skipped, and what the app says of the person counts for nothing.
    assert_eq!(browser.get(&app.request(&[])).await.status, 303);
    let report = with_bearer(&idp, (Method::POST, "/session/activity"), &tokens.access).await;
    assert_eq!((report.status.as_u16(), report.error().as_str()), (403, "insufficient_scope"));
    // It goes, and what it was granted goes with it.
    assert_eq!(app.manage(Method::DELETE, None).await.status, 204);
    assert_eq!(with_bearer(&idp, (Method::GET, "/userinfo"), &tokens.access).await.status, 401);
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        assert_eq!(app.manage(method, Some(&metadata(json!({})))).await.status, 401);
    }
    assert_eq!(app.redeem("x").await.error(), "invalid_client");
    assert_eq!(browser.get(&app.request(&[])).await.status, 400);
}

#[actix_web::test]
async fn an_app_looks_after_its_registration() {
    let idp = Idp::with(open).await;
    let app = Registered::new(&idp, json!({"logo_uri": "https://plaza.example/logo.png"})).await;
    let read = app.manage(Method::GET, None).await;
    assert_eq!(read.status, 200);
    let mut told = app.told.clone();
    told.as_object_mut().unwrap().remove("client_secret");
    assert_eq!(read.json(), told, "all but the secret, which is not kept");
    // What is left out of a change is gone.
    let change = json!({"client_id": app.text("client_id"), "client_name": "Plaza 2",
        "client_secret": app.text("client_secret")});
    let put = app.manage(Method::PUT, Some(&metadata(change))).await;
    assert_eq!(put.status, 200, "{}", put.body);
    assert_eq!((&put.json()["client_name"], put.json().get("logo_uri")), (&json!("Plaza 2"), None));
    assert_eq!(put.json()["registration_access_token"], app.told["registration_access_token"]);
    assert!(put.json().get("client_secret").is_none(), "it stays the same");
    let answer = app.enter(&mut idp.browser()).await;
    assert_eq!(app.redeem(&answer.parameter("code").unwrap()).await.status, 200);
    // A public client has no secret any more, and one that becomes confidential again gets another one.
    let public = metadata(json!({"client_id": app.text("client_id"), "token_endpoint_auth_method": "none"}));
    let put = app.manage(Method::PUT, Some(&public)).await;
    assert!(put.status == 200 && put.json().get("client_secret_expires_at").is_none(), "{}", put.body);
    let put = app.manage(Method::PUT, Some(&metadata(json!({"client_id": app.text("client_id")})))).await;
    assert!(put.json()["client_secret"].is_string() && put.json()["client_secret"] != app.told["client_secret"]);
    let by_hmac = json!({"client_id": app.text("client_id"), "token_endpoint_auth_method": "client_secret_jwt"});
    let put_again = app.manage(Method::PUT, Some(&metadata(by_hmac))).await;
    assert!(put_again.json()["client_secret"].is_string(), "of a digest no key can be made: {}", put_again.body);
}

/// RFC 7591, 3.2.1; RFC 7592, 2 and 3.
#[actix_web::test]
async fn every_success_is_json_of_its_own_and_looking_changes_nothing() {
    let idp = Idp::with(open).await;
    let mut seen = std::collections::BTreeSet::new();
    for method in ["client_secret_basic", "client_secret_post", "client_secret_jwt", "none"] {
        for _ in 0..3 {
            // The very same words each time.
            let body = metadata(json!({"token_endpoint_auth_method": method}));
            let answer = ask(&idp, (Method::POST, "/register"), None, Some(&body)).await;
            assert_eq!((answer.status.as_u16(), answer.header("content-type")), (201, "application/json"));
            let app = Registered { idp: idp.clone(), told: answer.json() };
            for member in ["client_id", "client_secret", "registration_access_token", "registration_client_uri"] {
                match app.told[member].as_str() {
                    Some(text) => assert!(seen.insert(text.to_owned()), "{member} is another's: {text}"),
                    None => assert_eq!((member, method), ("client_secret", "none")),
                }
            }
            let before = idp.contents().await;
            for (method, body) in [(Method::GET, ""), (Method::HEAD, ""), (Method::GET, "{}")] {
                let body = (!body.is_empty()).then(|| json!({"client_name": "Another"}));
                let read = app.manage(method.clone(), body.as_ref()).await;
                assert_eq!((read.status.as_u16(), read.header("content-type")), (200, "application/json"), "{method}");
            }
            assert_eq!(idp.contents().await, before, "reading changes nothing");
            let mut change = metadata(json!({"client_name": "Plaza 2", "token_endpoint_auth_method": method}));
            change["client_id"] = app.told["client_id"].clone();
            idp.pass("10m");
            let put = app.manage(Method::PUT, Some(&change)).await;
            assert_eq!((put.status.as_u16(), put.header("content-type")), (200, "application/json"));
            let gone = app.manage(Method::DELETE, None).await;
            assert_eq!((gone.status.as_u16(), gone.body.as_str()), (204, ""));
            idp.pass("10m");
        }
    }
}

/// RFC 7592, 2.3: with the registration everything goes that it was granted, even where its name comes back.
#[actix_web::test]
async fn what_an_app_was_granted_goes_with_its_registration() {
    let idp = Idp::with(open).await;
    let app = Registered::new(&idp, json!({"scope": "openid profile"})).await;
    let mut browser = idp.browser();
    let answer = app.enter(&mut browser).await;
    let tokens = Tokens::of(&app.redeem(&answer.parameter("code").unwrap()).await);
    let code = browser.get(&app.request(&[])).await.parameter("code").unwrap();
    assert_eq!(app.manage(Method::DELETE, None).await.status, 204);
    let renewed = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh.as_str())];
    assert_eq!(app.token(&renewed).await.error(), "invalid_client");
    assert_eq!(app.redeem(&code).await.error(), "invalid_client");
    // An administrator makes a client of the same name and secret.
    idp.pass("5m");
    let record = json!({"client_id": app.text("client_id"), "client_secret": app.text("client_secret"),
        "redirect_uris": [CALLBACK], "grant_types": ["authorization_code", "refresh_token"]});
    idp.import(json!({"clients": [record]})).await;
    assert_eq!(app.token(&renewed).await.error(), "invalid_grant");
    assert_eq!(app.redeem(&code).await.error(), "invalid_grant");
    for (method, path) in [(Method::GET, "/userinfo"), (Method::POST, "/session/activity")] {
        assert_eq!(with_bearer(&idp, (method, path), &tokens.access).await.status, 401, "{path}");
    }
    for token in [&tokens.access, &tokens.refresh] {
        let basic = STANDARD.encode(format!("{}:{}", app.text("client_id"), app.text("client_secret")));
        let request = TestRequest::post().uri("/introspect").insert_header(("authorization", format!("Basic {basic}")));
        let told = idp.call(request.set_form([("token", token)])).await;
        assert_eq!((told.status.as_u16(), told.body.as_str()), (200, r#"{"active":false}"#));
    }
}

#[actix_web::test]
async fn whoever_has_an_initial_access_token_registers_an_app() {
    let folder = tempfile::tempdir().unwrap();
    let (path, one, two) = (folder.path().join("tokens"), "a".repeat(40), "b/+=".repeat(10));
    std::fs::write(&path, format!("{one}\n\n{two}\n")).unwrap();
    let idp = Idp::with(|config| config.registration.initial_access_token_file = Some(path)).await;
    for token in [&one, &two] {
        let answer = ask(&idp, (Method::POST, "/register"), Some(token), Some(&metadata(json!({})))).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
    }
    let discovered = idp.call(TestRequest::get().uri("/.well-known/openid-configuration")).await.json();
    assert!(discovered["registration_endpoint"].is_string());
}

#[actix_web::test]
async fn a_registration_that_nobody_uses_goes() {
    let idp = Idp::with(open).await;
    let (used, unused) = (Registered::new(&idp, json!({})).await, Registered::new(&idp, json!({})).await);
    let state = async |app: &Registered| app.manage(Method::GET, None).await.status.as_u16();
    idp.pass("80d");
    used.enter(&mut idp.browser()).await;
    idp.deliver().await;
    assert_eq!((state(&used).await, state(&unused).await), (200, 200));
    idp.pass("10d");
    idp.deliver().await;
    assert_eq!((state(&used).await, state(&unused).await), (200, 401), "90 days after it registered");
    idp.pass("79d");
    idp.deliver().await;
    assert_eq!(state(&used).await, 200);
    idp.pass("1d");
    idp.deliver().await;
    assert_eq!(state(&used).await, 401, "90 days after somebody signed in");
    assert_eq!(idp.app("social").post("/revoke", &[("token", "x")]).await.status, 200, "an administrator's stays");
}

#[actix_web::test]
async fn a_registration_that_refreshes_is_used() {
    let idp = Idp::with(|config| {
        open(config);
        config.registration.unused = "10d".parse().unwrap();
    })
    .await;
    let app = Registered::new(&idp, json!({"grant_types": ["authorization_code", "refresh_token"]})).await;
    let mut browser = idp.browser();
    let page = browser.get(&app.request(&[])).await;
    let fields = [("username", USERNAME), ("password", PASSWORD), ("remember", "on")];
    let waiting = browser.submit(&page, "/sign-in", &fields).await;
    let page = browser.get(waiting.location()).await;
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let mut tokens = Tokens::of(&app.redeem(&answer.parameter("code").unwrap()).await);
    for _ in 0..3 {
        idp.pass("4d");
        idp.deliver().await;
        tokens = Tokens::of(&app.token(&[("grant_type", "refresh_token"), ("refresh_token", &tokens.refresh)]).await);
    }
    idp.pass("9d");
    idp.deliver().await;
    assert_eq!(app.manage(Method::GET, None).await.status, 200);
    idp.pass("1d");
    idp.deliver().await;
    assert_eq!(app.manage(Method::GET, None).await.status, 401, "ten days after it refreshed last");
}

#[actix_web::test]
async fn an_administrator_takes_a_registration_over() {
    let idp = Idp::with(open).await;
    let app = Registered::new(&idp, json!({})).await;
    let id = app.text("client_id");
    assert!(!idp.flows().export().await.unwrap().contains(id), "an import elsewhere would vouch for it");
    let record = json!({"clients": [{"client_id": id, "redirect_uris": [CALLBACK], "consent": "skip"}]});
    idp.try_import(record, ReplaceSecrets::No).await.unwrap();
    assert_eq!(app.manage(Method::GET, None).await.status, 401, "it is not the app's any more");
    let (mut browser, address) = (idp.browser(), app.request(&[]));
    let page = browser.get(&address).await;
    assert!(browser.sign_in(&page).await.parameter("code").is_some(), "nobody is asked");
}

#[actix_web::test]
async fn an_error_goes_to_a_stranger_by_way_of_a_page() {
    let idp = Idp::with(open).await;
    let app = Registered::new(&idp, json!({"client_name": "Plaza \"<b>"})).await;
    let wrong = app.request(&[("scope", "profile"), ("prompt", "none")]);
    let (mut stranger, mut person) = (idp.browser(), idp.browser());
    person.enter(&idp.app("social")).await;
    for browser in [&mut stranger, &mut person] {
        for address in [&wrong, &app.request(&[("prompt", "none")]), &app.request(&[("code_challenge", "")])] {
            let page = browser.get(address).await;
            assert_eq!(page.status, 200, "{address}: {}", page.location());
            let onward = page.attribute("#continue", "href").unwrap();
            assert!(onward.starts_with(&format!("{CALLBACK}?error=")) && onward.contains("state=state-1"), "{onward}");
            assert!(page.text("h1").unwrap().contains("plaza.example") && !page.body.contains("<b>"), "{}", page.body);
            // In a frame there is nobody to be asked, and no window to be led away.
            assert_eq!(browser.get_scripted(address).await.location(), onward);
        }
        // Nor is there where the browser does not say that there is a window.
        let unsaid = browser.send(TestRequest::get().uri(&wrong)).await;
        assert!(unsaid.location().starts_with(&format!("{CALLBACK}?error=")), "{}", unsaid.body);
        let posted = app.request(&[("prompt", "none"), ("response_mode", "form_post")]);
        let page = browser.get(&posted).await;
        assert!(!page.body.contains("form-post.js") && page.fields(CALLBACK).contains_key("error"), "{}", page.body);
        assert!(page.header("content-security-policy").ends_with("form-action 'self' https://plaza.example"));
    }
    // Whoever turns it down has not let it in.
    let asked = person.get(&app.request(&[])).await;
    let mut fields = asked.fields("/consent");
    fields.insert("decision".into(), "deny".into());
    let deny = TestRequest::post().uri("/consent").insert_header(("origin", ISSUER));
    let denied = person.send(deny.insert_header(("sec-fetch-dest", "document")).set_form(fields)).await;
    assert!(denied.attribute("#continue", "href").unwrap().contains("error=access_denied"), "{}", denied.body);
    // Who let it in is led on at once, and so is everybody to an administrator's app.
    app.enter(&mut person).await;
    assert_eq!(person.get(&app.request(&[("code_challenge", "")])).await.error(), "invalid_request");
    assert_eq!(stranger.get(&app.request(&[("code_challenge", "")])).await.status, 200);
    let social = idp.app("social").request(&[("prompt", "none")]);
    assert_eq!(stranger.get(&social).await.error(), "login_required");
}

#[actix_web::test]
async fn a_sign_out_leads_to_a_stranger_by_way_of_a_page_and_never_without_a_hint() {
    let idp = Idp::with(open).await;
    let bye = "https://plaza.example/bye";
    let app = Registered::new(&idp, json!({"post_logout_redirect_uris": [bye]})).await;
    let mut browser = idp.browser();
    let answer = app.enter(&mut browser).await;
    let tokens = Tokens::of(&app.redeem(&answer.parameter("code").unwrap()).await);
    let leave = |fields: &[(&str, &str)]| {
        let mut fields = fields.to_vec();
        fields.push(("post_logout_redirect_uri", bye));
        format!("/end_session?{}", serde_urlencoded::to_string(fields).unwrap())
    };
    let (bare, hinted) = (leave(&[("client_id", app.text("client_id"))]), leave(&[("id_token_hint", &tokens.id)]));
    let mut stranger = idp.browser();
    let page = stranger.get(&bare).await;
    assert!(page.status == 200 && !page.body.contains(bye), "{}", page.body);
    // A hint is had by whoever signs in to their own app: it proves nothing of whoever follows the link.
    let page = stranger.get(&hinted).await;
    assert_eq!(
        (page.status.as_u16(), page.attribute("#continue", "href").as_deref()),
        (200, Some(bye)),
        "{}",
        page.body
    );
    let asked = browser.get(&bare).await;
    assert!(asked.status == 200 && !asked.body.contains(bye), "{}", asked.body);
    // Whoever let the app in is led back to it.
    assert_eq!(browser.get(&hinted).await.location(), bye);
}

/// RFC 9700, 4.11.2; RP-Initiated Logout 1.0, 3: a genuine hint is had by whoever signs in to an app of their own.
#[actix_web::test]
async fn whoever_never_let_an_app_in_is_not_sent_there_after_a_sign_out() {
    let idp = Idp::with(open).await;
    let bye = "https://plaza.example/bye";
    let app = Registered::new(&idp, json!({"post_logout_redirect_uris": [bye]})).await;
    let social = idp.app("social");
    let mut otto = idp.browser();
    let page = otto.get(&app.request(&[])).await;
    let waiting = otto.sign_in_as(&page, "otto", "another person entirely").await;
    let consent = otto.get(waiting.location()).await;
    let answer = otto.submit(&consent, "/consent", &[("decision", "allow")]).await;
    let theirs = Tokens::of(&app.redeem(&answer.parameter("code").unwrap()).await).id;
    let at_social = social.redeem(&otto.authorize(&social, &[]).await).await.id;
    let leave = |hint: &str, back: &str| {
        let query = [("id_token_hint", hint), ("post_logout_redirect_uri", back), ("state", "s")];
        format!("/end_session?{}", serde_urlencoded::to_string(query).unwrap())
    };
    for scope in ["browser", "everywhere"] {
        let mut mira = idp.browser();
        mira.enter(&social).await;
        let asked = mira.get(&leave(&theirs, bye)).await;
        assert!(asked.body.contains("id=\"sign-out\"") && asked.body.contains("plaza.example"), "{}", asked.body);
        let left = mira.submit(&asked, "/end_session/confirm", &[("choice", "sign-out"), ("scope", scope)]).await;
        assert_eq!(left.status, 200, "{scope}: {}", left.header("location"));
        assert!(left.text("h1").unwrap().contains("plaza.example"), "{scope}: {}", left.body);
        let onward = left.attribute("#continue", "href");
        assert_eq!(onward.as_deref(), Some("https://plaza.example/bye?state=s"), "{scope}");
        assert_eq!(mira.silently(&social).await.error(), "login_required", "{scope}: she is signed out all the same");
        // An app that an administrator vouches for has the browser back at once.
        mira.enter(&social).await;
        let back = "https://social.example.com/bye";
        let asked = mira.get(&leave(&at_social, back)).await;
        assert!(asked.body.contains("id=\"sign-out\""), "{}", asked.body);
        let left = mira.submit(&asked, "/end_session/confirm", &[("choice", "sign-out"), ("scope", scope)]).await;
        assert_eq!(left.location(), "https://social.example.com/bye?state=s", "{scope}");
        idp.tick();
    }
    // Where other apps are asked by frames, the page that does so is the last one, and nothing else is promised before.
    idp.import(json!({"clients": [{"client_id": "social", "client_secret": social.secret(), "consent": "skip",
        "redirect_uris": [social.redirect_uri()], "frontchannel_logout_uri": "https://social.example.com/bye-frame"}]}))
        .await;
    for (scope, by_page) in [("browser", false), ("app", true)] {
        let mut mira = idp.browser();
        mira.enter(&social).await;
        // She lets it in the first time, and is asked no more.
        match by_page {
            false => app.enter(&mut mira).await,
            true => mira.get(&app.request(&[])).await,
        };
        let asked = mira.get(&leave(&theirs, bye)).await;
        assert!(!asked.body.contains("plaza.example"), "{}", asked.body);
        let left = mira.submit(&asked, "/end_session/confirm", &[("choice", "sign-out"), ("scope", scope)]).await;
        assert_eq!(left.text("h1").is_some_and(|h1| h1.contains("plaza.example")), by_page, "{scope}: {}", left.body);
        if !by_page {
            assert!(!mira.get(left.location()).await.body.contains("plaza.example"), "{scope}");
        }
        idp.tick();
    }
    // Whoever stays is sent nowhere, and whoever timed out meanwhile no further.
    let mut mira = idp.browser();
    mira.enter(&social).await;
    let asked = mira.get(&leave(&theirs, bye)).await;
    let stays = mira.submit(&asked, "/end_session/confirm", &[("choice", "stay")]).await;
    assert!(stays.status == 200 && !stays.body.contains("plaza.example"), "{}", stays.body);
}
