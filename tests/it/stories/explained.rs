//! What a developer is told whose app asked wrongly, and what everybody else is not.

use super::explained_table;
use crate::harness::{Answer, Idp, Logs};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;

async fn idp() -> Idp {
    let idp = Idp::start().await;
    for (id, development) in [("workshop", true), ("shop", false)] {
        idp.import(json!({"clients": [{
            "client_id": id, "client_secret": idp.app(id).secret(), "development": development,
            "redirect_uris": [format!("https://{id}.example.com/callback"), format!("https://{id}.example.com/other?a=1")],
            "grant_types": ["authorization_code", "refresh_token", "client_credentials"], "consent": "skip",
            "scope": "openid profile stock", "resources": ["https://stock.example.com/"],
        }]}))
        .await;
    }
    idp
}

#[actix_web::test]
async fn a_client_in_development_is_told_what_is_wrong_with_its_address_and_what_would_be_right() {
    let idp = idp().await;
    for (uri, wrong) in [
        ("https://workshop.example.com/callback/", "by a slash at the end alone"),
        ("https://workshop.example.com/Callback", "by capital letters alone"),
        ("https://workshop.example.com/other?a=2", "in the query"),
        ("http://workshop.example.com/callback", "in the scheme"),
        ("https://elsewhere.example.com/x", "which is not registered"),
    ] {
        let page = idp.browser().authorize(&idp.app("workshop"), &[("redirect_uri", uri)]).await;
        assert_eq!(page.status, 400, "{uri}");
        let told = page.text("section.developer").unwrap_or_else(|| panic!("{uri}: {}", page.body));
        for part in [wrong, uri, "RFC 9700", "https://workshop.example.com/callback"] {
            assert!(told.contains(part), "{uri}: {part}: {told}");
        }
        let uri = uri.replace("workshop", "shop");
        let page = idp.browser().authorize(&idp.app("shop"), &[("redirect_uri", &uri)]).await;
        assert_eq!((page.status.as_u16(), page.text("section.developer")), (400, None), "{uri}");
        assert!(!page.body.contains("shop.example.com"), "nobody learns what is registered: {}", page.body);
    }
    let page = idp.browser().authorize(&idp.app("workshop"), &[("redirect_uri", "")]).await;
    assert!(page.text("section.developer").is_some_and(|told| told.contains("missing")), "{}", page.body);
    let page = idp.browser().authorize(&idp.app("workshop"), &[("redirect_uri", "https://x.example/<b>\"'")]).await;
    assert!(!page.body.contains("<b>\""), "{}", page.body);
}

#[actix_web::test]
async fn a_client_in_development_is_told_why_it_is_not_believed() {
    let idp = idp().await;
    let fields = |id: &'static str, secret: &'static str| {
        [("grant_type", "refresh_token"), ("refresh_token", "x"), ("client_id", id), ("client_secret", secret)]
    };
    let post = async |fields: &[(&str, &str)]| {
        let answer = idp.call(actix_web::test::TestRequest::post().uri("/token").set_form(fields)).await;
        (answer.error(), answer.json()["error_description"].as_str().unwrap().to_owned())
    };
    let usual = ("invalid_client".to_owned(), "client authentication failed".to_owned());
    let (error, words) = post(&fields("workshop", "x")).await;
    assert_eq!(error, "invalid_client");
    assert!(words.contains("token_endpoint_auth_method"), "{words}");
    let wrong = idp.call(
        actix_web::test::TestRequest::post()
            .uri("/token")
            .insert_header(("authorization", "Basic d29ya3Nob3A6eA=="))
            .set_form([("grant_type", "refresh_token"), ("refresh_token", "x")]),
    );
    assert!(wrong.await.json()["error_description"].as_str().unwrap().contains("the secret or assertion"));
    assert_eq!(post(&fields("shop", "x")).await, usual);
    assert_eq!(post(&fields("nobody", "x")).await, usual);
}

/// A bad request, and what is said of it.
pub struct Row {
    pub ask: Ask,
    /// What everybody is told.
    pub said: &'static str,
    /// What is in the explanation: of what was wrong, of the rule, of what would be right.
    pub tells: Vec<&'static str>,
}

/// A bad request.
pub enum Ask {
    Authorize(Vec<(&'static str, &'static str)>),
    Post(&'static str, Vec<(&'static str, &'static str)>),
}

impl Ask {
    /// The answer to a client.
    async fn of(&self, idp: &Idp, client: &str) -> Answer {
        match self {
            Ask::Authorize(extra) => idp.browser().authorize(&idp.app(client), extra).await,
            Ask::Post(path, fields) => idp.app(client).post(path, fields).await,
        }
    }
}

/// `error` and `error_description`, wherever they are.
fn described(answer: &Answer) -> (String, String) {
    if answer.status.is_redirection() {
        let told = answer.told();
        let of = |wanted: &str| told.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone()).unwrap();
        return (of("error"), of("error_description"));
    }
    (answer.error(), answer.json()["error_description"].as_str().unwrap().to_owned())
}

#[actix_web::test]
async fn every_refusal_says_what_was_wrong_which_rule_and_what_would_be_right() {
    let idp = idp().await;
    let logs = Logs::gather();
    for row in explained_table::of_authorize().into_iter().chain(explained_table::of_posts()) {
        let Row { ask, said, tells } = row;
        logs.take();
        let answer = ask.of(&idp, "shop").await;
        let ((error, words), lines) = (described(&answer), logs.refusals());
        assert_eq!(words, said);
        let [line] = lines.as_slice() else { panic!("{said}: {lines:?}") };
        let (client, error) = ("client_id=\u{ab}shop\u{bb}", format!("error=\u{ab}{error}\u{bb}"));
        for part in tells.iter().copied().chain(["INFO", client, &error, "rule=", "what=", "remedy="]) {
            assert!(line.contains(part), "{said}: {part} is not in the log: {line}");
        }
        let answer = ask.of(&idp, "workshop").await;
        let ((same, told), lines) = (described(&answer), logs.refusals());
        for part in &tells {
            assert!(told.contains(part), "{said}: {part} is not told: {told}");
        }
        assert!(told.chars().all(|c| matches!(c, ' '..='~') && !matches!(c, '"' | '\\')), "{told}");
        assert!(error.contains(&same) && lines.len() == 1, "{said}: {lines:?}");
    }
}

#[actix_web::test]
async fn a_page_explains_a_way_of_answering_that_is_not_known() {
    let idp = idp().await;
    let logs = Logs::gather();
    for (client, told) in [("workshop", true), ("shop", false)] {
        let page = idp.browser().authorize(&idp.app(client), &[("response_mode", "jwt")]).await;
        assert_eq!(page.status, 400);
        let section = page.text("section.developer");
        assert_eq!(section.is_some(), told, "{}", page.body);
        for part in
            ["response_mode must be query, fragment or form_post", "Multiple Response Type", "leave response_mode out"]
        {
            assert!(section.as_ref().is_none_or(|section| section.contains(part)), "{part}: {section:?}");
        }
        assert_eq!(logs.refusals().len(), 1, "{client}");
    }
}

#[actix_web::test]
async fn a_page_explains_a_request_that_stands_elsewhere_and_has_no_proven_address() {
    let idp = idp().await;
    for (client, told) in [("workshop", true), ("shop", false)] {
        let extra = [("request", "no.object.x"), ("redirect_uri", "")];
        let page = idp.browser().authorize(&idp.app(client), &extra).await;
        assert_eq!(page.status, 400);
        let section = page.text("section.developer");
        assert_eq!(section.is_some(), told, "{}", page.body);
        for part in
            ["the request object is no token", "RFC 9101, section 4", "request_object_signing_alg_values_supported"]
        {
            assert!(section.as_ref().is_none_or(|section| section.contains(part)), "{part}: {section:?}");
        }
        let brief = page.text("details.developer code");
        assert_eq!(brief.is_some(), !told, "{}", page.body);
        let rule = page.body.matches("RFC ").count();
        assert!(told || rule == 0, "{}", page.body);
    }
    // A logout request is refused by its own rule.
    for (client, told) in [("workshop", true), ("shop", false), ("nobody", false)] {
        let page = idp.browser().get(&format!("/end_session?client_id={client}&state=a&state=b")).await;
        let section = page.text("section.developer");
        assert_eq!((page.status.as_u16(), section.is_some()), (400, told), "{client}: {}", page.body);
        assert!(section.is_none_or(|section| section.contains("RP-Initiated Logout 1.0, section 2")));
    }
}

#[actix_web::test]
async fn a_token_that_does_not_reach_is_explained_beside_its_challenge() {
    let idp = idp().await;
    let logs = Logs::gather();
    for (client, told) in [("workshop", true), ("shop", false)] {
        let app = idp.app(client);
        let mut browser = idp.browser();
        let page = browser.authorize(&app, &[("scope", "profile")]).await;
        let answer = browser.sign_in(&page).await;
        let tokens = app.try_redeem(&answer.parameter("code").unwrap()).await;
        let access = tokens.json()["access_token"].as_str().unwrap_or_else(|| panic!("{}", tokens.body)).to_owned();
        logs.take();
        let answer = app.userinfo(&access).await;
        let (_, words) = described(&answer);
        assert_eq!((answer.status.as_u16(), answer.error()), (403, "insufficient_scope".into()));
        assert!(answer.header("www-authenticate").contains(&format!("error_description=\"{words}\"")), "{words}");
        assert_eq!(words == "the access token lacks the scope openid", !told, "{words}");
        assert_eq!(words.contains("section 5.3.3") && words.contains("Ask for openid"), told, "{words}");
        let lines = logs.refusals();
        assert!(matches!(lines.as_slice(), [line] if line.contains(client) && !line.contains(&access)), "{lines:?}");
    }
}

#[actix_web::test]
async fn an_app_learns_why_the_browser_does_not_come_back_from_a_sign_out() {
    let idp = idp().await;
    let logs = Logs::gather();
    let foreign = "post_logout_redirect_uri=https%3A%2F%2Felsewhere.example%2F%3Fstate%3DMARKED";
    for (query, what, rule, right) in [
        (
            format!("client_id=ID&{foreign}"),
            "post_logout_redirect_uri is https://elsewhere.example/?state=..., which is not registered",
            "RP-Initiated Logout 1.0, section 3",
            "No post_logout_redirect_uri is registered for this client",
        ),
        (
            format!("client_id=ID&id_token_hint=MARKED&{foreign}"),
            "id_token_hint is no ID token of this issuer",
            "RP-Initiated Logout 1.0, section 2",
            "one that has expired will do",
        ),
        (
            foreign.to_owned(),
            "post_logout_redirect_uri comes without id_token_hint and client_id",
            "RP-Initiated Logout 1.0, section 2",
            "Send id_token_hint",
        ),
    ] {
        for signed_in in [true, false] {
            for client in ["shop", "workshop"] {
                let mut browser = idp.browser();
                if signed_in {
                    browser.enter(&idp.app("social")).await;
                }
                logs.take();
                let page = browser.get(&format!("/end_session?{}", query.replace("=ID", &format!("={client}")))).await;
                let lines = logs.refusals();
                let [line] = lines.as_slice() else { panic!("{query}: {lines:?}") };
                let told = client == "workshop" && query.contains("client_id");
                let section = page.text("section.developer");
                assert_eq!((page.status.as_u16(), section.is_some()), (200, told), "{query}: {}", page.body);
                for part in [what, rule, right] {
                    assert!(line.contains(part), "{part}: {line}");
                    assert!(section.as_ref().is_none_or(|section| section.contains(part)), "{part}: {section:?}");
                }
                assert!(!line.contains("MARKED") && !section.is_some_and(|section| section.contains("MARKED")));
            }
        }
    }
    // A hint of ours that the request contradicts is not called a stranger's.
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let hint = social.redeem(&browser.enter(&social).await).await.id;
    logs.take();
    browser.get(&format!("/end_session?client_id=shop&id_token_hint={hint}")).await;
    let lines = logs.refusals();
    assert!(
        matches!(lines.as_slice(), [line] if line.contains("client_id is not the audience of id_token_hint") && !line.contains(&hint)),
        "{lines:?}"
    );
    // The browser may be sent back all the same.
    let back = "https://social.example.com/bye";
    let asked = serde_urlencoded::to_string([
        ("client_id", "social"),
        ("id_token_hint", "MARKED"),
        ("post_logout_redirect_uri", back),
    ]);
    let answer = idp.browser().get(&format!("/end_session?{}", asked.unwrap())).await;
    assert_eq!(answer.location(), back);
    assert!(
        matches!(logs.refusals().as_slice(), [line] if line.contains("id_token_hint is no ID token of this issuer"))
    );
    // What is asked for rightly is no line of the log.
    idp.browser().get("/end_session?client_id=shop").await;
    assert_eq!(logs.refusals(), Vec::<String>::new());
}

#[actix_web::test]
async fn an_answer_that_may_say_nothing_is_explained_in_the_log() {
    let idp = idp().await;
    let logs = Logs::gather();
    for (method, path) in [
        (Method::GET, "/userinfo"),
        (Method::POST, "/userinfo"),
        (Method::GET, "/session"),
        (Method::GET, "/session/events"),
        (Method::POST, "/session/activity"),
        (Method::GET, "/register/shop"),
        (Method::DELETE, "/register/shop"),
    ] {
        logs.take();
        let answer = idp.call(TestRequest::default().method(method.clone()).uri(path)).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (401, ""), "{method} {path}");
        let lines = logs.refusals();
        let [line] = lines.as_slice() else { panic!("{method} {path}: {lines:?}") };
        let what =
            if path.starts_with("/register") { "no initial or registration access token" } else { "no access token" };
        for part in [what, "RFC 6750, section 2.1", "Send Authorization: Bearer"] {
            assert!(line.contains(part), "{part}: {line}");
        }
    }
    // A page of ours whose session is over is no app.
    let ours = TestRequest::get().uri("/session").insert_header(("sec-fetch-site", "same-origin"));
    assert_eq!((idp.call(ours).await.status.as_u16(), logs.refusals().len()), (401, 0));
    for (method, path, allowed) in [(Method::PUT, "/userinfo", "GET, HEAD, POST"), (Method::POST, "/jwks", "GET, HEAD")]
    {
        let answer = idp.call(TestRequest::default().method(method).uri(path)).await;
        let lines = logs.refusals();
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, allowed));
        assert!(matches!(lines.as_slice(), [line] if line.contains(path) && line.contains(allowed)), "{lines:?}");
    }
    for path in ["/authorize", "/end_session"] {
        let answer = idp.call(TestRequest::post().uri(path).set_json(json!({}))).await;
        let lines = logs.refusals();
        assert_eq!(answer.status, 415);
        assert!(
            matches!(lines.as_slice(), [line] if line.contains(path) && line.contains("x-www-form-urlencoded")),
            "{lines:?}"
        );
    }
    // Later is an answer as well.
    let app = idp.app("social");
    let tokens = app.redeem(&idp.browser().enter(&app).await).await;
    let report = async || {
        let report = TestRequest::post().uri("/session/activity");
        idp.call(report.insert_header(("authorization", format!("Bearer {}", tokens.access)))).await
    };
    idp.pass("61s");
    let first = report().await;
    logs.take();
    let second = report().await;
    assert_eq!((first.status.as_u16(), second.status.as_u16()), (200, 429), "{} {}", first.body, second.body);
    let lines = logs.refusals();
    assert!(
        matches!(lines.as_slice(), [line] if line.contains("activity was reported a moment ago")
        && line.contains("/session/activity") && line.contains("Wait for Retry-After seconds")),
        "{lines:?}"
    );
}
