//! Sign-in by another OpenID provider: a second Abide, and one that lies.

use crate::harness::upstream::{Liar, Lie, Upstream, configured, relying_on};
use crate::harness::{Answer, Browser, Idp, MailServer, PASSWORD, Smtp, USERNAME};
use abide::model::authorization::factor::Level;
use abide::model::upstream::{Accounts, AuthTime};
use abide::protocol::Timestamp;
use serde_json::{Value, json};
use std::time::Duration;

pub const NOW: Timestamp = Timestamp(1_800_000_000);

/// Presses the button of an upstream on a sign-in page; answers with where the browser is sent.
pub async fn press(browser: &mut Browser, page: &Answer, id: &str) -> Answer {
    let mut fields = page.fields("/sign-in");
    assert!(page.body.contains("formaction=\"/sign-in/upstream\""), "{}", page.body);
    fields.insert("upstream".into(), id.into());
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    browser.post("/sign-in/upstream", &fields).await
}

/// The answer that the liar's authorization endpoint would give: the code is the nonce.
pub fn answered(sent: &Answer, id: &str) -> String {
    let (state, code) = (sent.parameter("state").unwrap(), sent.parameter("nonce").unwrap());
    let query = serde_urlencoded::to_string([("code", code), ("state", state)]).unwrap();
    format!("/sign-in/upstream/{id}/callback?{query}")
}

/// What the audit log says of refusals, the newest first.
pub async fn refusals(idp: &Idp) -> Vec<String> {
    let events = idp.flows().store.events(None, 50).await.unwrap().items;
    events.into_iter().filter(|e| e.outcome == abide::model::audit::Outcome::Refused).filter_map(|e| e.reason).collect()
}

/// Connects mira's account here with whoever the page is about.
async fn connect(browser: &mut Browser, page: &Answer) -> Answer {
    let on = browser.submit(page, "/sign-in/upstream/connect", &[]).await;
    let page = browser.get(on.location()).await;
    assert!(page.text(".notice").unwrap().contains("to connect your account"), "{}", page.body);
    browser.sign_in(&page).await
}

#[actix_web::test]
async fn a_newcomer_connects_their_account_once_and_is_signed_in_from_then_on() {
    let upstream = Upstream::start("work").await;
    let idp = relying_on(vec![configured("work", &upstream.issuer)]).await;
    let (mut browser, app) = (idp.browser(), idp.app("social"));
    let page = browser.authorize(&app, &[]).await;
    assert!(page.body.contains("Continue with The work"));
    assert!(page.header("content-security-policy").contains(&upstream.issuer), "the form may lead there");
    let sent = press(&mut browser, &page, "work").await;
    assert_eq!(sent.status, 303);
    let of = |name: &str| sent.parameter(name).unwrap_or_default();
    assert!(sent.location().starts_with(&format!("{}/authorize?", upstream.issuer)));
    assert_eq!((of("response_type"), of("code_challenge_method")), ("code".into(), "S256".into()));
    assert_eq!((of("code_challenge").len(), of("scope")), (43, "openid profile email".into()));
    assert_eq!(of("redirect_uri"), "https://id.example.com/sign-in/upstream/work/callback");

    let there = upstream.visitor();
    let back = there.through(sent.location()).await;
    let answer = browser.get(&back).await;
    let page = browser.get(answer.location()).await;
    assert_eq!(page.text("h1").unwrap(), "Welcome");
    assert!(page.body.contains("mira@example.org"), "{}", page.body);
    assert!(!page.body.contains("create-account"), "accounts = known makes none");
    let answer = connect(&mut browser, &page).await;
    let tokens = app.redeem(&answer).await;
    let subject = tokens.claims()["sub"].clone();

    // Another browser, nothing but the upstream: the same account.
    let mut other = idp.browser();
    let page = other.authorize(&app, &[]).await;
    let sent = press(&mut other, &page, "work").await;
    let answer = other.get(&there.through(sent.location()).await).await;
    let claims = app.redeem(&answer).await.claims();
    assert_eq!(claims["sub"], subject);
    assert_eq!((claims["acr"].as_str(), &claims["amr"]), (Some("urn:abide:acr:aal1"), &json!([])));
    // The state is good once, whoever comes back with it.
    let replayed = other.get(&back).await;
    assert_eq!(replayed.status, 400, "of another browser");
    assert_eq!(browser.get(&back).await.status, 400, "a second time");
}

#[actix_web::test]
async fn a_newcomer_gets_an_account_under_a_name_that_is_free() {
    let upstream = Upstream::start("work").await;
    let mut entry = configured("work", &upstream.issuer);
    entry.rules.accounts = Accounts::Create;
    let idp = relying_on(vec![entry]).await;
    let (mut browser, app) = (idp.browser(), idp.app("social"));
    let page = browser.authorize(&app, &[]).await;
    let sent = press(&mut browser, &page, "work").await;
    let answer = browser.get(&upstream.visitor().through(sent.location()).await).await;
    let page = browser.get(answer.location()).await;
    assert_eq!(page.attribute("#username", "value").unwrap(), "mira", "proposed");
    let create = |name: &'static str| [("username", name)];
    let taken = browser.submit(&page, "/sign-in/upstream/create", &create("MIRA")).await;
    assert_eq!((taken.status.as_u16(), taken.text("[role=alert]").is_some()), (422, true), "never taken over");
    let unfit = browser.submit(&page, "/sign-in/upstream/create", &create("a\u{202e}b")).await;
    assert_eq!(unfit.status, 422);
    let answer = browser.submit(&taken, "/sign-in/upstream/create", &create("mira-from-work")).await;
    let tokens = app.redeem(&answer).await;
    let told = app.userinfo(&tokens.access).await.json();
    assert_eq!(told["preferred_username"], "mira-from-work");
    assert_eq!((told["email"].as_str(), &told["email_verified"]), (Some("mira@example.org"), &json!(false)));
    // Answered: the page of before is worth nothing.
    let again = browser.submit(&page, "/sign-in/upstream/create", &create("another")).await;
    assert_eq!(again.status, 400);
}

#[actix_web::test]
async fn their_claims_become_ours_as_the_mapping_says_and_apps_are_told() {
    let liar = Liar::start(NOW);
    let mut entry = configured("liar", &liar.issuer);
    entry.rules.accounts = Accounts::Create;
    entry.rules.claims.insert("display".into(), "name".into());
    entry.rules.claims.insert("login".into(), "preferred_username".into());
    let idp = relying_on(vec![entry]).await;
    liar.says(json!({"sub": "new", "display": "Ida Berg", "name": "Not this", "login": "ida", "given_name": "Ida", "role": "admin"}));
    let (mut browser, app) = (idp.browser(), idp.app("social"));
    let page = browser.authorize(&app, &[("scope", "openid profile")]).await;
    let answer = by_liar(&mut browser, &page).await;
    let page = browser.get(answer.location()).await;
    assert_eq!(page.attribute("#username", "value").unwrap(), "ida");
    let answer = browser.submit(&page, "/sign-in/upstream/create", &[]).await;
    let told = app.userinfo(&app.redeem(&answer).await.access).await.json();
    assert_eq!((&told["name"], &told["given_name"]), (&json!("Ida Berg"), &json!("Ida")));
    assert_eq!(told["preferred_username"], "ida");
    assert_eq!(browser.get("/admin").await.status, 403, "what is not mapped is nothing");
}

#[actix_web::test]
async fn no_address_claims_an_account_verified_or_not() {
    let liar = Liar::start(NOW);
    let mut entry = configured("liar", &liar.issuer);
    entry.rules.accounts = Accounts::Create;
    entry.rules.trust_email_verified = abide::model::upstream::Trust::Yes;
    let idp = relying_on(vec![entry]).await;
    for (subject, verified) in [("x", false), ("y", true)] {
        liar.says(json!({"sub": subject, "email": "mira@example.org", "email_verified": verified,
            "preferred_username": "mira"}));
        let mut browser = idp.browser();
        let page = browser.get("/account").await;
        let sent = press(&mut browser, &page, "liar").await;
        let answer = browser.get(&answered(&sent, "liar")).await;
        let page = browser.get(answer.location()).await;
        assert_eq!(page.text("h1").unwrap(), "Welcome", "nobody is signed in by it");
        assert!(browser.get("/account").await.body.contains("id=\"sign-in\""));
        let taken = browser.submit(&page, "/sign-in/upstream/create", &[("username", "mira")]).await;
        assert_eq!(taken.status, 422);
    }
    // The claims of an account are its own whatever an upstream says of somebody else.
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    browser.sign_in(&page).await;
    assert!(browser.get("/account").await.body.contains("Mira Lindqvist"));
}

#[actix_web::test]
async fn a_lie_signs_nobody_in_and_changes_nothing() {
    let liar = Liar::start(NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    for (lie, word) in [
        (Lie::Issuer, "upstream_issuer"),
        (Lie::Audience, "upstream_audience"),
        (Lie::AuthorizedParty, "upstream_audience"),
        (Lie::Nonce, "upstream_nonce"),
        (Lie::NoNonce, "upstream_nonce"),
        (Lie::Expired, "upstream_time"),
        (Lie::Future, "upstream_time"),
        (Lie::Unsigned, "upstream_signature"),
        (Lie::UnknownKey, "upstream_signature"),
        (Lie::SharedSecret, "upstream_signature"),
        (Lie::NoSubject, "upstream_token"),
        (Lie::NoToken, "upstream_token"),
        (Lie::NoRedeeming, "upstream_code"),
    ] {
        let mut browser = idp.browser();
        let page = browser.authorize(&idp.app("social"), &[]).await;
        let sent = press(&mut browser, &page, "liar").await;
        let before = idp.contents().await;
        liar.lies(lie);
        let answer = browser.get(&answered(&sent, "liar")).await;
        liar.lies(Lie::None);
        assert_eq!(answer.status, 422, "{lie:?}: {}", answer.body);
        assert!(answer.text("[role=alert]").unwrap().contains("did not sign you in"), "{lie:?}");
        assert_eq!(refusals(&idp).await.first().map(String::as_str), Some(word), "{lie:?}");
        assert_eq!(idp.contents().await, before, "{lie:?}: nothing was stored");
        // Another way is left to try, in the same interaction.
        let code = browser.sign_in(&answer).await;
        assert!(code.parameter("code").is_some(), "{lie:?}");
        idp.pass("1m");
        liar.at(idp.now());
    }
    let redeemed = liar.redeemed();
    assert_eq!(redeemed["code_verifier"].len(), 43);
    assert_eq!(redeemed["redirect_uri"], "https://id.example.com/sign-in/upstream/liar/callback");
}

#[actix_web::test]
async fn the_answer_of_one_upstream_is_nothing_at_another() {
    let (one, two) = (Liar::start(NOW), Liar::start(NOW));
    let idp = relying_on(vec![configured("one", &one.issuer), configured("two", &two.issuer)]).await;
    let mut browser = idp.browser();
    let page = browser.authorize(&idp.app("social"), &[]).await;
    let sent = press(&mut browser, &page, "one").await;
    let honest = answered(&sent, "one");
    // The state of one at the address of the other.
    assert_eq!(browser.get(&honest.replace("/one/", "/two/")).await.status, 400);
    assert_eq!(refusals(&idp).await[0], "upstream_state");
    // The issuer of the other in an answer to the one (RFC 9207): its code is not tried anywhere.
    let iss = serde_urlencoded::to_string([("iss", &two.issuer)]).unwrap();
    let answer = browser.get(&format!("{honest}&{iss}")).await;
    assert_eq!((answer.status.as_u16(), refusals(&idp).await[0].as_str()), (422, "upstream_mix_up"));
    assert!(one.redeemed().is_empty() && two.redeemed().is_empty());
    // Two of it, or two codes: as good as none.
    for doubled in [format!("{honest}&code=x"), format!("{honest}&state=x")] {
        assert!(browser.get(&doubled).await.status.is_client_error());
    }
    let iss = serde_urlencoded::to_string([("iss", &one.issuer)]).unwrap();
    assert_eq!(browser.get(&format!("{honest}&{iss}")).await.status, 303, "and its own is fine");
}

#[actix_web::test]
async fn a_provider_that_names_itself_has_to_do_so_every_time() {
    let upstream = Upstream::start("work").await;
    let idp = relying_on(vec![configured("work", &upstream.issuer)]).await;
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    let sent = press(&mut browser, &page, "work").await;
    let back = upstream.visitor().through(sent.location()).await;
    let mut stripped = url::Url::parse(&back).unwrap();
    let kept: Vec<(String, String)> = stripped.query_pairs().into_owned().filter(|(name, _)| name != "iss").collect();
    stripped.query_pairs_mut().clear().extend_pairs(kept);
    let answer = browser.get(stripped.as_str()).await;
    assert_eq!((answer.status.as_u16(), refusals(&idp).await[0].as_str()), (422, "upstream_mix_up"));
    assert_eq!(browser.get(&back).await.status, 303);
}

#[actix_web::test]
async fn a_state_is_of_one_browser_one_time_and_ten_minutes() {
    let liar = Liar::start(NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    let mut browser = idp.browser();
    let page = browser.authorize(&idp.app("social"), &[]).await;
    let back = answered(&press(&mut browser, &page, "liar").await, "liar");
    let before = idp.contents().await;
    let mut stranger = idp.browser();
    stranger.get("/account").await;
    assert_eq!(stranger.get(&back).await.status, 400, "of another browser");
    assert_eq!(refusals(&idp).await[0], "upstream_state");
    for bad in ["", "state=x", "code=x", "state=&code=x", "state=x&code=x&error=access_denied"] {
        assert_eq!(browser.get(&format!("/sign-in/upstream/liar/callback?{bad}")).await.status, 400, "{bad}");
    }
    assert_eq!(browser.get(&back.replace("/liar/", "/nobody/")).await.status, 400);
    assert_eq!(
        idp.contents().await.lines().filter(|l| !l.contains("throttle")).collect::<Vec<_>>(),
        before.lines().filter(|l| !l.contains("throttle")).collect::<Vec<_>>()
    );
    assert!(liar.redeemed().is_empty(), "and nobody was asked");
    assert_eq!(browser.get(&back).await.status, 303, "the right one");
    assert_eq!(browser.get(&back).await.status, 400, "a second time");

    let page = browser.authorize(&idp.app("social"), &[]).await;
    let late = answered(&press(&mut browser, &page, "liar").await, "liar");
    idp.pass("10m");
    assert_eq!(browser.get(&late).await.status, 400, "too late");
}

#[actix_web::test]
async fn turning_back_there_is_a_tidy_page_here() {
    let liar = Liar::start(NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    let mut browser = idp.browser();
    for (error, word, says) in [
        ("access_denied", "upstream_cancelled", "turned back"),
        ("server_error<script>", "upstream_error", "did not sign"),
    ] {
        let page = browser.authorize(&idp.app("social"), &[]).await;
        let state = press(&mut browser, &page, "liar").await.parameter("state").unwrap();
        let query =
            serde_urlencoded::to_string([("error", error), ("error_description", "<b>x</b>"), ("state", &state)]);
        let answer = browser.get(&format!("/sign-in/upstream/liar/callback?{}", query.unwrap())).await;
        assert_eq!((answer.status.as_u16(), refusals(&idp).await[0].as_str()), (422, word));
        assert!(answer.text("[role=alert]").unwrap().contains(says));
        assert!(!answer.body.contains("<b>x") && !answer.body.contains("server_error"));
        assert!(browser.sign_in(&answer).await.parameter("code").is_some());
        browser = idp.browser();
    }
}

#[actix_web::test]
async fn an_upstream_that_cannot_be_asked_leaves_the_other_ways() {
    let liar = Liar::start(NOW);
    let gone = "http://127.0.0.1:1";
    let idp = relying_on(vec![configured("liar", &liar.issuer), configured("gone", gone)]).await;
    let mut browser = idp.browser();
    for (id, lie, word) in [
        ("gone", Lie::None, "upstream_unreached"),
        ("liar", Lie::MetadataOfAnother, "upstream_metadata"),
        ("liar", Lie::MetadataWithoutEnd, "upstream_unreached"),
        ("liar", Lie::Redirects, "upstream_metadata"),
        ("liar", Lie::MetadataNever, "upstream_unreached"),
    ] {
        liar.lies(lie);
        let page = browser.authorize(&idp.app("social"), &[]).await;
        let answer = press(&mut browser, &page, id).await;
        assert_eq!(answer.status, 422, "{lie:?}");
        assert_eq!(refusals(&idp).await[0], word, "{lie:?}");
        assert!(answer.text("[role=alert]").is_some() && answer.body.contains("id=\"sign-in\""), "{lie:?}");
    }
    // What it published before is good for a day while it cannot be reached.
    liar.lies(Lie::None);
    let page = browser.authorize(&idp.app("social"), &[]).await;
    assert_eq!(press(&mut browser, &page, "liar").await.status, 303);
    liar.lies(Lie::MetadataOfAnother);
    for (span, status) in [("2h", 303), ("23h", 422)] {
        idp.pass(span);
        let page = browser.authorize(&idp.app("social"), &[]).await;
        assert_eq!(press(&mut browser, &page, "liar").await.status, status, "{span}");
    }
}

#[actix_web::test]
async fn what_is_not_listed_is_not_reached() {
    let liar = Liar::start(NOW);
    let idp = Idp::with(|config| config.upstream = vec![configured("liar", &liar.issuer)]).await;
    let mut browser = idp.browser();
    let page = browser.authorize(&idp.app("social"), &[]).await;
    assert_eq!(press(&mut browser, &page, "liar").await.status, 422);
    assert_eq!(refusals(&idp).await[0], "upstream_unreached");
}

/// Mira's account here, connected with the liar's subject `someone`.
pub async fn connected(idp: &Idp) -> Browser {
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    let sent = press(&mut browser, &page, "liar").await;
    let answer = browser.get(&answered(&sent, "liar")).await;
    let page = browser.get(answer.location()).await;
    assert_eq!(connect(&mut browser, &page).await.location(), "/account");
    idp.tick();
    browser
}

/// One whole way by the liar; what comes of it.
pub async fn by_liar(browser: &mut Browser, page: &Answer) -> Answer {
    let sent = press(browser, page, "liar").await;
    browser.get(&answered(&sent, "liar")).await
}

#[actix_web::test]
async fn a_second_factor_of_ours_is_asked_for_unless_theirs_is_trusted() {
    let liar = Liar::start(NOW);
    let mut entry = configured("liar", &liar.issuer);
    entry.rules.trust_acr.insert("strong".into(), Level::Two);
    let idp = relying_on(vec![entry]).await;
    let mut first = connected(&idp).await;
    let (app, _) = super::second_factor::set_up(&idp, &mut first).await;
    let social = idp.app("social");

    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    let half = by_liar(&mut browser, &page).await;
    assert!(browser.get("/account").await.body.contains("id=\"sign-in\""), "half of an authentication is none");
    let page = browser.get(half.location()).await;
    let answer = browser.submit(&page, "/sign-in/code", &[("code", &app.code(&idp, 0))]).await;
    let claims = social.redeem(&answer).await.claims();
    assert_eq!((claims["acr"].as_str(), &claims["amr"]), (Some("urn:abide:acr:aal2"), &json!(["otp", "mfa"])));

    liar.says(json!({"sub": "someone", "acr": "strong", "amr": ["pwd", "hwk", "made-up"]}));
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    let claims = social.redeem(&by_liar(&mut browser, &page).await).await.claims();
    assert_eq!((claims["acr"].as_str(), &claims["amr"]), (Some("urn:abide:acr:aal2"), &json!(["pwd", "hwk", "mfa"])));
}

#[actix_web::test]
async fn when_they_say_it_was_is_when_it_was() {
    let liar = Liar::start(NOW);
    let mut arriving = configured("arriving", &liar.issuer);
    arriving.rules.auth_time = AuthTime::Arrival;
    let idp = relying_on(vec![configured("liar", &liar.issuer), arriving]).await;
    connected(&idp).await;
    let (social, bank) = (idp.app("social"), idp.app("bank"));
    let an_hour_ago = idp.now() - Duration::from_secs(3_600);
    liar.says(json!({"sub": "someone", "auth_time": an_hour_ago}));
    let claims_by = async |id: &str| {
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[]).await;
        let sent = press(&mut browser, &page, id).await;
        let claims = social.redeem(&browser.get(&answered(&sent, id)).await).await.claims();
        (claims["auth_time"].clone(), browser)
    };
    assert_eq!(claims_by("arriving").await.0, json!(idp.now()));
    let (auth_time, mut browser) = claims_by("liar").await;
    assert_eq!(auth_time, json!(an_hour_ago));

    // The bank's ten minutes have passed since: it wants an authentication of now, and the upstream has to make it.
    let page = browser.authorize(&bank, &[]).await;
    assert_eq!(page.text("h1").unwrap(), "Confirm it’s you");
    let sent = press(&mut browser, &page, "liar").await;
    assert_eq!((sent.parameter("prompt").as_deref(), sent.parameter("max_age").as_deref()), (Some("login"), Some("0")));
    let stale = browser.get(&answered(&sent, "liar")).await;
    assert_eq!((stale.status.as_u16(), refusals(&idp).await[0].as_str()), (422, "upstream_stale"));
    liar.says(json!({"sub": "someone"}));
    let sent = press(&mut browser, &stale, "liar").await;
    assert_eq!(browser.get(&answered(&sent, "liar")).await.status, 422, "who does not say when has not shown it");
    liar.says(json!({"sub": "someone", "auth_time": idp.now()}));
    let page = browser.authorize(&bank, &[]).await;
    let answer = by_liar(&mut browser, &page).await;
    assert_eq!(bank.redeem(&answer).await.claims()["auth_time"], json!(idp.now()));

    // prompt=login and max_age are handed on.
    for (extra, prompt, max_age, said, status) in [
        (("prompt", "login"), Some("login"), "0", idp.now() - Duration::from_secs(60), 422),
        (("max_age", "0"), Some("login"), "0", idp.now() - Duration::from_secs(60), 422),
        (("max_age", "1000"), None, "1000", idp.now() - Duration::from_secs(2_000), 422),
        (("max_age", "1000"), None, "1000", idp.now() - Duration::from_secs(900), 303),
    ] {
        let mut browser = idp.browser();
        let page = browser.authorize(&social, &[extra]).await;
        let sent = press(&mut browser, &page, "liar").await;
        assert_eq!(
            (sent.parameter("prompt").as_deref(), sent.parameter("max_age").as_deref()),
            (prompt, Some(max_age))
        );
        liar.says(json!({"sub": "someone", "auth_time": said}));
        assert_eq!(browser.get(&answered(&sent, "liar")).await.status, status, "{extra:?}");
    }
    // Older than a session of ours may become: it would be over as it begins.
    liar.says(json!({"sub": "someone", "auth_time": idp.now() - Duration::from_secs(7 * 86_400)}));
    let mut browser = idp.browser();
    let page = browser.authorize(&social, &[]).await;
    assert_eq!(by_liar(&mut browser, &page).await.status, 422);
    assert_eq!(refusals(&idp).await[0], "upstream_stale");
}

#[actix_web::test]
async fn connecting_and_disconnecting_on_the_page_of_credentials() {
    let liar = Liar::start(NOW);
    let mut entry = configured("liar", &liar.issuer);
    entry.rules.accounts = Accounts::Create;
    let idp = relying_on(vec![entry]).await;
    let mut browser = idp.browser();
    let page = browser.get("/account/security").await;
    assert_eq!(browser.sign_in(&page).await.location(), "/account/security");
    let page = browser.get("/account/security").await;
    let sent = browser.submit(&page, "/account/security/upstream/connect", &[("upstream", "liar")]).await;
    let back = answered(&sent, "liar");

    // The state is of this session: whoever else signs in in the browser meanwhile gains nothing by it.
    let mut other = browser.copied();
    let account = other.get("/account").await;
    other.submit(&account, "/account/sign-out", &[]).await;
    assert_eq!(other.get(&back).await.location(), "/account/security?failed=connect");

    let mut browser = idp.browser();
    let page = browser.get("/account/security").await;
    browser.sign_in(&page).await;
    let page = browser.get("/account/security").await;
    let sent = browser.submit(&page, "/account/security/upstream/connect", &[("upstream", "liar")]).await;
    assert_eq!(browser.get(&answered(&sent, "liar")).await.location(), "/account/security?done=connected");
    let page = browser.get("/account/security?done=connected").await;
    assert!(page.body.contains("Disconnect The liar"), "{}", page.body);

    // One of theirs is one of ours: nobody else can connect it.
    let mut otto = idp.browser();
    let page = otto.get("/account/security").await;
    otto.sign_in_as(&page, "otto", "another person entirely").await;
    let page = otto.get("/account/security").await;
    let sent = otto.submit(&page, "/account/security/upstream/connect", &[("upstream", "liar")]).await;
    assert_eq!(otto.get(&answered(&sent, "liar")).await.location(), "/account/security?failed=taken");
    assert_eq!(refusals(&idp).await[0], "taken");

    // Fresh authentication, as for every credential.
    idp.pass("6m");
    liar.at(idp.now());
    let link = page_link(&mut browser).await;
    assert!(link.is_none(), "the page asks first");
    for path in ["/account/security/upstream/connect", "/account/security/upstream/disconnect"] {
        let account = browser.get("/account/profile").await;
        let form = account.fields("/account/profile");
        let form = [("csrf", form["csrf"].as_str()), ("person", &form["person"]), ("upstream", "liar"), ("link", "x")];
        let answer = browser.post(path, &form).await;
        assert_eq!(answer.location(), "/account/security", "{path}");
    }
    let page = browser.get("/account/security").await;
    browser.sign_in(&page).await;
    let page = browser.get("/account/security").await;
    let gone = browser.submit(&page, "/account/security/upstream/disconnect", &[]).await;
    assert_eq!(gone.location(), "/account/security?done=disconnected");

    // Whoever has no other way in keeps the last one.
    liar.says(json!({"sub": "only", "auth_time": idp.now()}));
    let mut browser = idp.browser();
    let page = browser.get("/account/security").await;
    let answer = by_liar(&mut browser, &page).await;
    let page = browser.get(answer.location()).await;
    let made = browser.submit(&page, "/sign-in/upstream/create", &[("username", "only")]).await;
    assert_eq!(made.location(), "/account/security");
    let page = browser.get("/account/security").await;
    let kept = browser.submit(&page, "/account/security/upstream/disconnect", &[]).await;
    assert_eq!(kept.location(), "/account/security?failed=last-way");
    assert_eq!(refusals(&idp).await[0], "last_way");
    let page = browser.get("/account/security?failed=last-way").await;
    assert!(page.text("[role=alert]").is_some() && page.body.contains("Disconnect The liar"));
}

#[actix_web::test]
async fn people_are_told_what_their_account_is_connected_with() {
    let liar = Liar::start(NOW);
    let server = MailServer::start(Smtp::Takes).await;
    let idp = Idp::with(|config| {
        server.configure(config);
        config.outbound.allow = [liar.issuer.parse().unwrap()].into_iter().collect();
        config.upstream = vec![configured("liar", &liar.issuer)];
    })
    .await;
    let mut browser = idp.browser();
    let page = browser.get("/account/security").await;
    browser.sign_in(&page).await;
    let told = async |expected: &[&str]| {
        idp.deliver().await;
        let all: Vec<String> = server.take().iter().map(|letter| letter.field("subject")).collect();
        assert_eq!(all, expected);
    };
    // The second time nothing changes.
    for news in [&["Another provider signs you in at id.example.com"][..], &[]] {
        let page = browser.get("/account/security").await;
        let sent = browser.submit(&page, "/account/security/upstream/connect", &[("upstream", "liar")]).await;
        let back = browser.get(&answered(&sent, "liar")).await;
        assert_eq!(back.location(), "/account/security?done=connected");
        told(news).await;
    }
    let page = browser.get("/account/security").await;
    browser.submit(&page, "/account/security/upstream/disconnect", &[]).await;
    told(&["Another provider no longer signs you in at id.example.com"]).await;
    browser.submit(&page, "/account/security/upstream/disconnect", &[]).await;
    told(&[]).await;
}

async fn page_link(browser: &mut Browser) -> Option<String> {
    browser.get("/account/security").await.fields("/account/security/upstream/disconnect").get("link").cloned()
}

pub async fn tell(idp: &Idp, id: &str, token: &str) -> Answer {
    let request = actix_web::test::TestRequest::post().uri(&format!("/sign-in/upstream/{id}/backchannel_logout"));
    idp.call(request.set_form([("logout_token", token)]).peer_addr("192.0.2.1:1".parse().unwrap())).await
}

#[actix_web::test]
async fn signing_out_there_signs_out_here() {
    let upstream = Upstream::start("work").await;
    let idp = relying_on(vec![configured("work", &upstream.issuer)]).await;
    let (mut browser, app) = (idp.browser(), idp.app("social"));
    let there = upstream.visitor();
    let page = browser.authorize(&app, &[]).await;
    let sent = press(&mut browser, &page, "work").await;
    let answer = browser.get(&there.through(sent.location()).await).await;
    let page = browser.get(answer.location()).await;
    let tokens = app.redeem(&connect(&mut browser, &page).await).await;
    // That session rests on the password. The next one rests on the upstream's.
    let mut second = idp.browser();
    let page = second.authorize(&app, &[]).await;
    let sent = press(&mut second, &page, "work").await;
    let resting = app.redeem(&second.get(&there.through(sent.location()).await).await).await;

    there.sign_out().await;
    upstream.deliver().await;
    let told = upstream.logouts.tokens();
    assert_eq!(told.len(), 1);
    assert_eq!(tell(&idp, "work", &told[0]).await.status, 200);
    assert_eq!(app.userinfo(&resting.access).await.status, 401);
    assert_eq!(second.silently(&app).await.error(), "login_required");
    assert_eq!(app.userinfo(&tokens.access).await.status, 200, "what does not rest on it goes on");
    assert_eq!(tell(&idp, "work", &told[0]).await.error(), "invalid_request", "a second time");
    assert_eq!(refusals(&idp).await[0], "upstream_replay");
}

#[actix_web::test]
async fn logout_tokens_that_do_not_count() {
    let liar = Liar::start(NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    connected(&idp).await;
    liar.says(json!({"sub": "someone", "sid": "theirs"}));
    let (mut browser, app) = (idp.browser(), idp.app("social"));
    let page = browser.authorize(&app, &[]).await;
    let tokens = app.redeem(&by_liar(&mut browser, &page).await).await;
    assert_eq!(app.userinfo(&tokens.access).await.status, 200);
    let now = idp.now();
    liar.at(now);
    let past = now - Duration::from_secs(3_600);
    let cases: Vec<(Value, Lie, &str)> = vec![
        (json!({"iss": "https://elsewhere.example"}), Lie::None, "upstream_issuer"),
        (json!({"aud": "somebody"}), Lie::None, "upstream_audience"),
        (json!({"nonce": "n"}), Lie::None, "upstream_token"),
        (json!({"events": {}}), Lie::None, "upstream_token"),
        (json!({"events": null}), Lie::None, "upstream_token"),
        (json!({"events": {"http://schemas.openid.net/event/backchannel-logout": "x"}}), Lie::None, "upstream_token"),
        (json!({"sid": null}), Lie::None, "upstream_token"),
        (json!({"jti": null}), Lie::None, "upstream_token"),
        (json!({"iat": null}), Lie::None, "upstream_token"),
        (json!({"exp": null}), Lie::None, "upstream_token"),
        (json!({"exp": past}), Lie::None, "upstream_time"),
        (json!({"iat": past}), Lie::None, "upstream_time"),
        (json!({"iat": now + Duration::from_secs(36_000)}), Lie::None, "upstream_time"),
        (json!({}), Lie::Unsigned, "upstream_signature"),
        (json!({}), Lie::UnknownKey, "upstream_signature"),
        (json!({}), Lie::SharedSecret, "upstream_signature"),
    ];
    for (claims, key, word) in cases {
        let mut all = json!({"sid": "theirs"});
        for (name, value) in claims.as_object().unwrap() {
            all[name] = value.clone();
        }
        let answer = tell(&idp, "liar", &liar.logout_token(all, key)).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, "invalid_request"), "{claims}");
        assert_eq!(refusals(&idp).await[0], word, "{claims} {key:?}");
        assert_eq!(browser.silently(&app).await.error(), "", "{claims}");
        // The log tells of the first few in a minute.
        idp.pass("61s");
        liar.at(idp.now());
    }
    let tokens = app.redeem(&browser.silently(&app).await).await;
    for token in ["", "x", "a.b", "a.b.c", "e30.e30.", &"x".repeat(20_000)] {
        assert_eq!(tell(&idp, "liar", token).await.status, 400);
    }
    assert_eq!(tell(&idp, "nobody", "x").await.status, 404);
    // Of another session, or of another person: right, and nothing to end.
    for (jti, claims) in [
        ("a", json!({"sid": "another"})),
        ("b", json!({"sub": "another"})),
        ("c", json!({"sub": "another", "sid": "theirs"})),
    ] {
        let mut claims = claims;
        claims["jti"] = json!(jti);
        assert_eq!(tell(&idp, "liar", &liar.logout_token(claims, Lie::None)).await.status, 200);
        assert_eq!(app.userinfo(&tokens.access).await.status, 200, "{jti}");
    }
    // What was said before the session began is not about it.
    idp.pass("1m");
    liar.at(idp.now());
    let before = liar.logout_token(json!({"sub": "someone", "jti": "before"}), Lie::None);
    idp.pass("30s");
    liar.at(idp.now());
    let mut late = idp.browser();
    let page = late.authorize(&app, &[]).await;
    let younger = app.redeem(&by_liar(&mut late, &page).await).await;
    assert_eq!(tell(&idp, "liar", &before).await.status, 200);
    assert_eq!(app.userinfo(&tokens.access).await.status, 401, "all of that person's");
    assert_eq!(app.userinfo(&younger.access).await.status, 200, "but for the one that began since");
    let of_session = liar.logout_token(json!({"sid": "theirs", "jti": "last"}), Lie::None);
    assert_eq!(tell(&idp, "liar", &of_session).await.status, 200);
    assert_eq!(app.userinfo(&younger.access).await.status, 401);
    let mut known = idp.browser();
    let page = known.get("/account").await;
    assert_eq!(known.sign_in_as(&page, USERNAME, PASSWORD).await.location(), "/account", "and the password works on");
}

#[actix_web::test]
async fn what_leads_nowhere_is_counted_and_what_works_is_not() {
    let liar = Liar::start(NOW);
    let idp = relying_on(vec![configured("liar", &liar.issuer)]).await;
    for _ in 0..40 {
        let mut browser = idp.browser();
        let page = browser.authorize(&idp.app("social"), &[]).await;
        assert_eq!(by_liar(&mut browser, &page).await.status, 303);
    }
    let mut browser = idp.browser();
    let page = browser.authorize(&idp.app("social"), &[]).await;
    liar.lies(Lie::Nonce);
    let mut answers = Vec::new();
    for _ in 0..31 {
        let sent = press(&mut browser, &page, "liar").await;
        answers.push(if sent.status == 303 {
            browser.get(&answered(&sent, "liar")).await.status.as_u16()
        } else {
            429
        });
    }
    assert_eq!((answers[0], answers[29], answers[30]), (422, 422, 429), "{answers:?}");
    liar.lies(Lie::None);
    assert_eq!(press(&mut browser, &page, "liar").await.status, 429);
    assert!(browser.sign_in(&page).await.parameter("code").is_some(), "the password has a lane of its own");
    idp.pass("61s");
    assert_eq!(press(&mut browser, &page, "liar").await.status, 303);
}
