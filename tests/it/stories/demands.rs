//! An authentication that is demanded, by an app or by the installation: shown, set up on the way, or refused.

use super::second_factor::{Authenticator, set_up};
use crate::harness::{Answer, Browser, Idp, PASSWORD, USERNAME};
use serde_json::json;

const TWO: &str = "urn:abide:acr:aal2";
const ESSENTIAL: &str = r#"{"id_token":{"acr":{"essential":true,"values":["urn:abide:acr:aal2"]}}}"#;

/// Follows to the page on which a factor is to be set up.
async fn arrives(browser: &mut Browser, answer: Answer) -> Answer {
    let mut page = answer;
    while page.status.is_redirection() {
        page = browser.get(page.location()).await;
    }
    assert!(page.body.contains("id=\"set-up-authenticator\""), "{}", page.body);
    page
}

/// Sets the factor up and stands before the last step: the way on that the page with the codes offers.
async fn sets_up(idp: &Idp, browser: &mut Browser, page: &Answer) -> (Authenticator, String) {
    let way = page.attribute("#set-up-authenticator", "href").unwrap();
    let page = browser.get(&way).await;
    let app = Authenticator::reading(&page);
    let wrong = browser.submit(&page, "/account/security/authenticator", &[("code", "000000")]).await;
    assert_eq!(wrong.status, 422);
    let code = app.code(idp, 0);
    let codes = browser.submit(&wrong, "/account/security/authenticator", &[("code", &code)]).await;
    assert_eq!(codes.status, 200, "{}", codes.body);
    let next = codes.attribute("#codes-kept", "href").unwrap();
    idp.pass("30s");
    (app, next)
}

#[actix_web::test]
async fn who_holds_no_factor_sets_one_up_on_the_way_and_goes_on() {
    let idp = Idp::start().await;
    let bank = idp.app("bank");
    let mut browser = idp.browser();
    let page = browser.authorize(&bank, &[("claims", ESSENTIAL), ("state", "where-i-was")]).await;
    let signed_in = browser.sign_in(&page).await;
    let page = arrives(&mut browser, signed_in).await;
    // Nothing was given to the app before.
    assert_eq!(
        browser.authorize(&bank, &[("prompt", "none"), ("claims", ESSENTIAL)]).await.error(),
        "interaction_required"
    );
    let (app, next) = sets_up(&idp, &mut browser, &page).await;
    assert!(next.starts_with("/interaction/k."), "{next}");
    let answer = browser.get(&next).await;
    assert_eq!(answer.parameter("state").as_deref(), Some("where-i-was"), "{}", answer.location());
    let tokens = bank.redeem(&answer).await;
    assert_eq!(tokens.claims()["acr"], TWO);
    // Answered once.
    assert_eq!(browser.get(&next).await.status, 400);
    // In another browser the same person is asked for the code and for nothing else.
    let mut other = idp.browser();
    let page = other.authorize(&bank, &[("claims", ESSENTIAL)]).await;
    let waiting = other.sign_in(&page).await;
    let page = other.get(waiting.location()).await;
    let answer = other.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    assert_eq!(bank.redeem(&answer).await.claims()["acr"], TWO);
}

#[actix_web::test]
async fn who_does_not_want_to_is_told_to_the_app() {
    let idp = Idp::start().await;
    let bank = idp.app("bank");
    let mut browser = idp.browser();
    let page = browser.authorize(&bank, &[("claims", ESSENTIAL), ("state", "s")]).await;
    let signed_in = browser.sign_in(&page).await;
    let page = arrives(&mut browser, signed_in).await;
    let answer = browser.submit(&page, "/sign-in/not-now", &[]).await;
    assert_eq!(
        (answer.error().as_str(), answer.parameter("state").as_deref()),
        ("unmet_authentication_requirements", Some("s"))
    );
    let again = browser.submit(&page, "/sign-in/not-now", &[]).await;
    assert_eq!(again.status, 400, "answered once");
    // The session is as good as it was: an app that does not insist is served.
    bank.redeem(&browser.authorize(&bank, &[]).await).await;
}

#[actix_web::test]
async fn essential_classes_that_nobody_can_reach_are_refused() {
    let idp = Idp::start().await;
    let bank = idp.app("bank");
    let mut browser = idp.browser();
    browser.enter(&bank).await;
    for (claims, error) in [
        (r#"{"id_token":{"acr":{"essential":true,"value":"urn:example:gold"}}}"#, "unmet_authentication_requirements"),
        (r#"{"id_token":{"acr":{"essential":true,"values":["a","b"]}}}"#, "unmet_authentication_requirements"),
        (r#"{"id_token":{"acr":{"essential":true,"values":"a"}}}"#, "invalid_request"),
        (r#"{"id_token":{"acr":{"essential":true,"values":[1]}}}"#, "invalid_request"),
        (r#"{"id_token":[]}"#, "invalid_request"),
        ("[]", "invalid_request"),
        ("{", "invalid_request"),
        (&format!("{{\"x\":\"{}\"}}", "a".repeat(5_000)), "invalid_request"),
    ] {
        let answer = browser.authorize(&bank, &[("claims", claims)]).await;
        assert_eq!(answer.error(), error, "{claims:.80}");
    }
    for claims in [
        r#"{"id_token":{"acr":{"essential":false,"values":["urn:example:gold"]}}}"#,
        r#"{"id_token":{"acr":null},"userinfo":{"email":null}}"#,
        r#"{"id_token":{"acr":{"essential":true}}}"#,
        r#"{"id_token":null}"#,
        "{}",
    ] {
        bank.redeem(&browser.authorize(&bank, &[("claims", claims)]).await).await;
    }
}

#[actix_web::test]
async fn of_several_essential_classes_any_will_do_and_one_of_them_is_told() {
    let idp = Idp::start().await;
    let (bank, mut browser) = (idp.app("bank"), idp.browser());
    let essential = |values: &[&str]| json!({"id_token": {"acr": {"essential": true, "values": values}}}).to_string();
    let (one, beyond) = ("urn:abide:acr:aal1", "phr");
    let page = browser.authorize(&bank, &[("claims", ESSENTIAL)]).await;
    let signed_in = browser.sign_in(&page).await;
    let page = arrives(&mut browser, signed_in).await;
    let (_, next) = sets_up(&idp, &mut browser, &page).await;
    assert_eq!(bank.redeem(&browser.get(&next).await).await.claims()["acr"], TWO);
    for (values, told) in [
        (vec![one], one),
        (vec![one, TWO], TWO),
        (vec![beyond, TWO], TWO),
        (vec!["urn:example:gold", one], one),
        (vec![], TWO),
    ] {
        let answer = browser.authorize(&bank, &[("prompt", "none"), ("claims", &essential(&values))]).await;
        let tokens = bank.redeem(&answer).await;
        assert_eq!(tokens.claims()["acr"], told, "{values:?}");
        assert_eq!(bank.refresh(&tokens.refresh).await.claims()["acr"], told, "{values:?}, refreshed");
    }
    let beyond = browser.authorize(&bank, &[("prompt", "none"), ("claims", &essential(&[beyond]))]).await;
    assert_eq!(beyond.error(), "interaction_required");
}

#[actix_web::test]
async fn what_a_role_demands_holds_for_apps_and_for_the_console() {
    let idp = Idp::with(|config| {
        config.sign_in.require = ["role:admin urn:abide:acr:aal2".parse().unwrap()].into_iter().collect();
    })
    .await;
    idp.import(json!({"users": [{"username": "nils", "password": PASSWORD, "roles": ["admin"]}]})).await;
    let bank = idp.app("bank");
    // Mira has no such role.
    idp.browser().enter(&bank).await;
    let mut browser = idp.browser();
    let page = browser.get("/admin").await;
    let signed_in = browser.sign_in_as(&page, "nils", PASSWORD).await;
    let page = arrives(&mut browser, signed_in).await;
    let users = browser.get("/admin/users").await;
    arrives(&mut browser, users).await;
    let asked = browser.authorize(&bank, &[]).await;
    arrives(&mut browser, asked).await;
    // "Not now" leads to the account page, which stays open.
    assert_eq!(browser.submit(&page, "/sign-in/not-now", &[]).await.location(), "/account");
    assert_eq!(browser.get("/account").await.status, 200);
    let page = browser.get("/admin").await;
    let page = arrives(&mut browser, page).await;
    let (_, next) = sets_up(&idp, &mut browser, &page).await;
    assert_eq!(browser.get(&next).await.location(), "/admin");
    assert_eq!(browser.get("/admin/users").await.status, 200);
    assert_eq!(bank.redeem(&browser.authorize(&bank, &[]).await).await.claims()["acr"], TWO);
}

#[actix_web::test]
async fn what_a_group_demands_holds_for_it_and_what_an_app_demands_for_everybody() {
    let idp = Idp::with(|config| {
        config.sign_in.require = ["group:staff urn:abide:acr:aal2".parse().unwrap()].into_iter().collect();
    })
    .await;
    let vault = json!({"client_id": "vault", "client_name": "Vault", "redirect_uris": ["https://vault.example.com/callback"],
        "token_endpoint_auth_method": "none", "consent": "skip", "require_acr": TWO});
    idp.import(json!({"users": [{"username": "nils", "password": PASSWORD, "groups": ["staff"]}], "clients": [vault]}))
        .await;
    let social = idp.app("social");
    // Nils belongs to them, wherever he goes; Mira does not.
    idp.browser().enter(&social).await;
    let mut nils = idp.browser();
    let page = nils.authorize(&social, &[]).await;
    let signed_in = nils.sign_in_as(&page, "nils", PASSWORD).await;
    arrives(&mut nils, signed_in).await;
    assert_eq!(nils.authorize(&social, &[("prompt", "none")]).await.error(), "interaction_required");
    // The app asks it of Mira as well, and of her there alone.
    let vault = idp.app("vault");
    let mut mira = idp.browser();
    mira.enter(&social).await;
    let asked = mira.authorize(&vault, &[]).await;
    arrives(&mut mira, asked).await;
    assert_eq!(mira.authorize(&vault, &[("prompt", "none")]).await.error(), "interaction_required");
    assert!(mira.authorize(&social, &[("prompt", "none")]).await.parameter("code").is_some());
}

#[actix_web::test]
async fn a_session_of_one_factor_is_raised_for_the_console() {
    let idp = Idp::with(|config| {
        config.sign_in.require = ["role:admin urn:abide:acr:aal2".parse().unwrap()].into_iter().collect();
    })
    .await;
    idp.import(json!({"users": [{"username": "nils", "password": PASSWORD, "roles": ["admin"]}]})).await;
    let mut weak = idp.browser();
    let page = weak.get("/account").await;
    weak.sign_in_as(&page, "nils", PASSWORD).await;
    let mut other = idp.browser();
    let page = other.get("/account").await;
    other.sign_in_as(&page, "nils", PASSWORD).await;
    let (app, _) = set_up(&idp, &mut other).await;
    let page = weak.get("/admin").await;
    assert!(page.body.contains("id=\"code\""), "{}", page.body);
    let answer = weak.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    assert_eq!(answer.location(), "/admin");
    assert_eq!(weak.get("/admin/users").await.status, 200);
}

#[actix_web::test]
async fn whoever_sits_at_an_unlocked_machine_sets_nothing_up() {
    let idp = Idp::start().await;
    let bank = idp.app("bank");
    let mut browser = idp.browser();
    browser.enter(&bank).await;
    idp.pass("10m");
    let page = browser.authorize(&bank, &[("claims", ESSENTIAL)]).await;
    assert!(page.body.contains("id=\"sign-in\"") && page.text("#set-up-authenticator").is_none(), "{}", page.body);
    let signed_in = browser.sign_in_as(&page, USERNAME, PASSWORD).await;
    arrives(&mut browser, signed_in).await;
}

#[actix_web::test]
async fn the_way_on_leads_nowhere_else() {
    let idp = Idp::start().await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    browser.sign_in(&page).await;
    for then in
        ["https://evil.example/", "//evil.example", "k./../admin", "k.", "s.x", "k.a%0d%0aX: y", "javascript:alert(1)"]
    {
        let page = browser.get(&format!("/account/security/authenticator?then={}", then.replace(' ', "%20"))).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.fields("/account/security/authenticator").get("then").map(String::as_str), Some(""), "{then}");
        let app = Authenticator::reading(&page);
        let code = app.code(&idp, 0);
        let answer = browser.submit(&page, "/account/security/authenticator", &[("code", &code), ("then", then)]).await;
        let next = answer.attribute("#codes-kept", "href");
        assert!([None, Some("/account/security")].contains(&next.as_deref()), "{then}: {next:?}");
        if next.is_none() {
            assert_eq!(answer.location(), "/account/security?done=added", "{then}");
        }
        idp.pass("30s");
    }
}
