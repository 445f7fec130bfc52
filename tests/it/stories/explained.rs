//! What a developer is told whose app asked wrongly, and what everybody else is not.

use crate::harness::Idp;
use serde_json::json;

async fn idp() -> Idp {
    let idp = Idp::start().await;
    for (id, development) in [("workshop", true), ("shop", false)] {
        idp.import(json!({"clients": [{
            "client_id": id, "client_secret": idp.app(id).secret(), "development": development,
            "redirect_uris": [format!("https://{id}.example.com/callback"), format!("https://{id}.example.com/other?a=1")],
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
