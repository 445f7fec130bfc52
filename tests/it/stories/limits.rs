//! Sessions end when they should, each app at its own sensitivity.

use crate::harness::{Answer, Browser, Idp};
use abide::model::grant::Grant;
use abide::protocol::duration::Limit;
use actix_web::test::TestRequest;

#[actix_web::test]
async fn idle_time_counts_the_person_and_not_the_machine() {
    let idp = Idp::with(|config| config.session.idle_timeout = "30m".parse().unwrap()).await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let answer = browser.enter(&social).await;
    let mut tokens = social.redeem(&answer).await;
    for _ in 0..2 {
        idp.pass("14m");
        assert!(browser.silently(&social).await.parameter("code").is_some());
        tokens = social.refresh(&tokens.refresh).await;
        assert_eq!(social.userinfo(&tokens.access).await.status, 200);
    }
    idp.pass("2m");
    assert_eq!(browser.silently(&social).await.error(), "login_required");
    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(social.userinfo(&tokens.access).await.status, 401);
}

/// A request for a page that is no navigation of the person's: a picture, a script, a frame, a page that reloads itself.
async fn by_a_machine(browser: &mut Browser, path: &str, turn: usize) -> Answer {
    let (dest, mode) =
        [("image", "no-cors"), ("empty", "cors"), ("iframe", "navigate"), ("document", "navigate")][turn % 4];
    let request = TestRequest::get().uri(path).insert_header(("sec-fetch-dest", dest));
    browser.send(request.insert_header(("sec-fetch-mode", mode))).await
}

#[actix_web::test]
async fn a_machine_that_looks_at_our_pages_keeps_nothing_alive() {
    let idp = Idp::with(|config| config.session.idle_timeout = "30m".parse().unwrap()).await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    browser.enter(&social).await;
    for turn in 0..4 {
        idp.pass("7m");
        let page = by_a_machine(&mut browser, "/account", turn).await;
        assert!(page.body.contains("id=\"sign-out\""), "the page itself is shown");
    }
    idp.pass("2m");
    assert_eq!(browser.silently(&social).await.error(), "login_required");
    let page = browser.get("/account").await;
    assert!(page.body.contains("id=\"sign-in\""));

    // The same page looked at by the person does.
    browser.enter(&social).await;
    for _ in 0..3 {
        idp.pass("20m");
        browser.get("/account").await;
    }
    assert!(browser.silently(&social).await.parameter("code").is_some());
}

#[actix_web::test]
async fn a_machine_that_looks_at_the_console_does_not_keep_it_open() {
    let idp = Idp::start().await;
    let mut boss = idp.browser();
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    for turn in 0..2 {
        idp.pass("7m");
        assert!(by_a_machine(&mut boss, "/admin/users", turn).await.body.contains("/admin/audit"));
    }
    idp.pass("2m");
    for turn in 0..4 {
        assert!(
            by_a_machine(&mut boss, "/admin/users", turn).await.body.contains("id=\"sign-in\""),
            "15 minutes passed"
        );
    }
    // The person's own visits keep it open, and so do their forms.
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    for _ in 0..3 {
        idp.pass("14m");
        assert!(boss.get("/admin/users").await.body.contains("/admin/audit"));
    }
}

#[actix_web::test]
async fn a_client_is_never_laxer_than_the_session() {
    for limits in [
        serde_json::json!({"idle_timeout": "10h", "max_lifetime": "30d"}),
        serde_json::json!({"idle_timeout": "never", "max_lifetime": "never"}),
    ] {
        let idp = Idp::with(|config| {
            config.session.idle_timeout = "30m".parse().unwrap();
            config.session.max_lifetime = "2h".parse().unwrap();
        })
        .await;
        let lax = idp.app("lax");
        idp.import(
            serde_json::json!({"clients": [{"client_id": "lax", "client_secret": lax.secret(), "consent": "skip",
            "redirect_uris": [lax.redirect_uri()], "session": limits}]}),
        )
        .await;
        let mut browser = idp.browser();
        let began = idp.now();
        let tokens = lax.redeem(&browser.enter(&lax).await).await;
        let end = began + std::time::Duration::from_secs(2 * 3_600);
        assert_eq!(tokens.claims()["session_expiry"], end.0, "{limits}");
        let status = lax.status(&tokens.access).await.json();
        assert_eq!(status["application"]["idle_end"], status["idle_end"], "{limits}");
        idp.pass("31m");
        assert_eq!(browser.silently(&lax).await.error(), "login_required", "{limits}");
        assert_eq!(lax.try_refresh(&tokens.refresh).await.error(), "invalid_grant", "{limits}");
    }
}

#[actix_web::test]
async fn a_person_who_keeps_coming_stays_until_the_absolute_end() {
    let idp = Idp::with(|config| {
        config.session.idle_timeout = "30m".parse().unwrap();
        config.session.max_lifetime = "2h".parse().unwrap();
    })
    .await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let answer = browser.enter(&social).await;
    let claims = social.redeem(&answer).await.claims();
    assert_eq!(claims["session_expiry"].as_i64(), Some(idp.now().0 + 7200));
    for _ in 0..5 {
        idp.pass("20m");
        let answer = browser.authorize(&social, &[]).await;
        social.redeem(&answer).await;
    }
    idp.pass("19m");
    let tokens = social.redeem(&browser.authorize(&social, &[]).await).await;
    assert_eq!(tokens.expires_in, 60, "no token lives beyond the absolute end");
    idp.pass("1m");
    assert!(browser.authorize(&social, &[]).await.body.contains("id=\"sign-in\""));
}

#[actix_web::test]
async fn a_session_without_limits_lives_for_ever_and_has_no_expiry() {
    let idp = Idp::with(|config| {
        config.session.idle_timeout = Limit::Never;
        config.session.max_lifetime = Limit::Never;
        config.session.remember.idle_timeout = Limit::Never;
        config.session.remember.max_lifetime = Limit::Never;
    })
    .await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let answer = browser.enter(&social).await;
    assert!(social.redeem(&answer).await.claims()["session_expiry"].is_null());
    idp.pass("3000d");
    social.redeem(&browser.silently(&social).await).await;
}

#[actix_web::test]
async fn the_bank_ends_after_its_own_limits_and_the_social_app_goes_on() {
    let idp = Idp::start().await;
    let (mut browser, bank, social) = (idp.browser(), idp.app("bank"), idp.app("social"));
    let answer = browser.enter(&bank).await;
    let at_bank = bank.redeem(&answer).await;
    assert_eq!(at_bank.expires_in, 120, "no token outlives the app's idle limit");
    let answer = browser.authorize(&social, &[]).await;
    let at_social = social.redeem(&answer).await;
    idp.pass("119s");
    let at_bank = bank.refresh(&at_bank.refresh).await;
    idp.pass("1s");
    assert_eq!(
        bank.try_refresh(&at_bank.refresh).await.error(),
        "invalid_grant",
        "a machine's refresh keeps nothing alive"
    );
    assert_eq!(browser.silently(&bank).await.error(), "login_required");
    social.refresh(&at_social.refresh).await;
    social.redeem(&browser.silently(&social).await).await;

    // Authenticating for another app does not open the bank silently; asking visibly then does.
    idp.tick();
    let page = browser.authorize(&social, &[("prompt", "login")]).await;
    browser.sign_in(&page).await;
    assert_eq!(browser.silently(&bank).await.error(), "login_required");
    let answer = browser.authorize(&bank, &[]).await;
    let again = bank.redeem(&answer).await;
    assert_eq!(again.claims()["prev_sid"], at_social.claims()["sid"], "it is the same session, in another part");
    assert_eq!(bank.try_refresh(&at_bank.refresh).await.error(), "invalid_grant", "old grants stay dead");
    bank.refresh(&again.refresh).await;
}

#[actix_web::test]
async fn the_banks_absolute_limit_runs_from_the_authentication() {
    let idp = Idp::start().await;
    let (mut browser, bank, social) = (idp.browser(), idp.app("bank"), idp.app("social"));
    browser.enter(&social).await;
    idp.pass("9m");
    let answer = browser.authorize(&bank, &[]).await;
    let tokens = bank.redeem(&answer).await;
    assert_eq!(tokens.claims()["session_expiry"].as_i64(), Some(idp.now().0 + 60));
    idp.pass("1m");
    assert_eq!(bank.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
    let page = browser.authorize(&bank, &[]).await;
    assert!(page.body.contains("id=\"sign-in\""), "an old authentication does not open the bank");
    idp.pass("1h");
    let mut other = idp.browser();
    other.enter(&social).await;
    idp.pass("11m");
    assert!(other.authorize(&bank, &[]).await.body.contains("id=\"sign-in\""), "nor for the first time");
}

#[actix_web::test]
async fn a_counted_refresh_keeps_its_own_app_alive_and_nothing_else() {
    let idp = Idp::with(|config| config.session.idle_timeout = "12m".parse().unwrap()).await;
    let (mut browser, counting) = (idp.browser(), idp.app("counting"));
    let answer = browser.enter(&counting).await;
    let mut tokens = counting.redeem(&answer).await;
    for _ in 0..2 {
        idp.pass("4m");
        tokens = counting.refresh(&tokens.refresh).await;
    }
    idp.pass("3m");
    tokens = counting.refresh(&tokens.refresh).await;
    idp.pass("1m");
    assert_eq!(counting.try_refresh(&tokens.refresh).await.error(), "invalid_grant", "the session itself was idle");
}

#[actix_web::test]
async fn a_changed_setting_acts_at_once() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    idp.pass("5m");
    let secret = social.secret();
    idp.import(serde_json::json!({"clients": [{"client_id": "social", "client_secret": secret, "consent": "skip",
        "redirect_uris": ["https://social.example.com/callback"], "session": {"idle_timeout": "4m"}}]}))
        .await;
    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn the_sweep_forgets_what_is_long_over_and_nothing_else() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let before = idp.contents().await;
    let answer = browser.enter(&social).await;
    social.redeem(&answer).await;
    browser.get("/account").await;
    idp.pass("1h");
    while idp.flows().sweep(idp.now()).await.unwrap().count > 0 {}
    assert!(browser.silently(&social).await.parameter("code").is_some());
    for _ in 0..12 {
        idp.pass("1d");
        while idp.flows().sweep(idp.now()).await.unwrap().count > 0 {}
    }
    // What is remembered of her sign-ins stays with the account.
    let left = idp.contents().await;
    let left: Vec<&str> = left.lines().filter(|line| !line.starts_with("history ")).collect();
    assert_eq!(left, before.lines().collect::<Vec<_>>(), "no session, grant or appointment is left");
}

/// RFC 9700, section 4.14.2, where nothing else would end it: a session without limits.
#[actix_web::test]
async fn a_refresh_token_that_nobody_uses_for_thirty_days_is_forgotten() {
    let idp = Idp::with(|config| {
        config.session.idle_timeout = Limit::Never;
        config.session.max_lifetime = Limit::Never;
    })
    .await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let unused = social.redeem(&browser.enter(&social).await).await;
    let used = social.redeem(&browser.silently(&social).await).await;
    let is_good = async |token: &str| social.introspect(token).await.json()["active"] == true;
    // To ask about one is not to use it.
    for _ in 0..29 {
        idp.pass("1d");
        idp.deliver().await;
        assert!(is_good(&unused.refresh).await);
    }
    let used = social.refresh(&used.refresh).await;
    idp.pass("23h");
    idp.deliver().await;
    assert!(is_good(&unused.refresh).await);
    let kept = idp.flows().store.all::<Grant>(None, 10).await.unwrap().items.len();
    idp.pass("1h");
    idp.deliver().await;
    assert!(!is_good(&unused.refresh).await);
    assert_eq!(social.try_refresh(&unused.refresh).await.error(), "invalid_grant");
    assert_eq!(idp.flows().store.all::<Grant>(None, 10).await.unwrap().items.len(), kept - 1, "nothing is left of it");
    // The one that was used goes on, and so does the session: it is the token that grew old.
    let next = social.refresh(&used.refresh).await;
    assert_eq!(social.userinfo(&next.access).await.status, 200);
    assert!(browser.silently(&social).await.parameter("code").is_some());
    idp.pass("31d");
    idp.deliver().await;
    assert_eq!(social.try_refresh(&next.refresh).await.error(), "invalid_grant", "thirty days after it was used last");
}
