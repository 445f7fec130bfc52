//! What people say of themselves, when they signed in, taking their data along, and going.

use super::second_factor::set_up;
use crate::harness::{Browser, Idp, PASSWORD, USERNAME};
use abide::model::account::{Account, username_name};
use abide::model::audit::Act;
use abide::model::credential::Credential;
use abide::model::grant::Grant;
use abide::model::history::History;
use abide::model::id::{AccountId, GrantId};
use abide::model::record::Change;
use abide::model::session::Session;
use serde_json::json;

async fn signed_in(idp: &Idp) -> Browser {
    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    browser.sign_in(&page).await;
    browser
}

#[actix_web::test]
async fn a_profile_is_told_to_apps_as_their_scopes_allow() {
    let idp = Idp::start().await;
    let asking = idp.app("asking");
    let mut browser = signed_in(&idp).await;
    let page = browser.get("/account/profile").await;
    let said = [
        ("name", "Mira Øst"),
        ("given_name", "Mira"),
        ("family_name", ""),
        ("nickname", "Mimi"),
        ("website", "https://mira.example/"),
        ("zoneinfo", "Europe/Oslo"),
        ("locale", "de"),
    ];
    let saved = browser.submit(&page, "/account/profile", &said).await;
    assert_eq!(saved.location(), "/account/profile?done=saved");
    let page = browser.get("/account/profile").await;
    let fields = page.fields("/account/profile");
    for (claim, value) in said {
        assert_eq!(fields[claim], value, "{claim}");
    }
    let page = browser.authorize(&asking, &[("scope", "openid profile")]).await;
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let tokens = asking.redeem(&answer).await;
    let info = asking.userinfo(&tokens.access).await.json();
    assert_eq!(
        (&info["name"], &info["zoneinfo"], &info["locale"]),
        (&json!("Mira Øst"), &json!("Europe/Oslo"), &json!("de"))
    );
    assert_eq!(info["updated_at"], idp.now().0);
    assert!(info.get("family_name").is_none());
    // What it sees stands on the account page.
    let account = browser.get("/account").await;
    assert!(account.body.contains("class=\"sees\"") && account.body.contains("Mira Øst"), "{}", account.body);
    // Saved again, nothing is written.
    let before = idp.contents().await;
    let page = browser.get("/account/profile").await;
    browser.submit(&page, "/account/profile", &said).await;
    assert_eq!(idp.contents().await, before);
}

#[actix_web::test]
async fn language_and_time_zone_are_chosen() {
    let idp = Idp::start().await;
    // Somebody else wrote what is not to be chosen here; it stays until the person chooses.
    idp.import(json!({"users": [{"username": USERNAME, "claims": {"locale": "nb-NO", "zoneinfo": "Etc/GMT+1"}}]}))
        .await;
    let mut browser = signed_in(&idp).await;
    let page = browser.get("/account/profile").await;
    let fields = page.fields("/account/profile");
    assert_eq!((fields["locale"].as_str(), fields["zoneinfo"].as_str()), ("nb-NO", "Etc/GMT+1"));
    for (tag, name) in [("en", "English"), ("de", "Deutsch"), ("fr", "Français"), ("zh-Hans", "简体中文")] {
        assert_eq!(page.text(&format!("#locale option[value={tag}][lang={tag}]")).as_deref(), Some(name));
    }
    assert_eq!(page.text("#locale option[value='']").as_deref(), Some("As my browser says"));
    assert_eq!(
        page.text("#zoneinfo optgroup[label=Europe] option[value='Europe/Oslo']").as_deref(),
        Some("Europe/Oslo")
    );
    let saved = browser.submit(&page, "/account/profile", &[("name", "Mira")]).await;
    assert_eq!(saved.location(), "/account/profile?done=saved", "{:?}", saved.text("[role=alert]"));
    let page = browser.get("/account/profile").await;
    browser.submit(&page, "/account/profile", &[("locale", "fr"), ("zoneinfo", "Europe/Oslo")]).await;
    let page = browser.get("/account/profile").await;
    assert!(page.body.contains("<html lang=\"fr\""), "{}", page.body);
    // What was given up is not to be had any more.
    let refused = browser.submit(&page, "/account/profile", &[("locale", "nb-NO")]).await;
    assert_eq!(refused.status, 422);
    browser.submit(&page, "/account/profile", &[("locale", ""), ("zoneinfo", "")]).await;
    assert!(browser.get("/account/profile").await.body.contains("<html lang=\"en\""));
}

#[actix_web::test]
async fn a_profile_takes_no_nonsense() {
    let idp = Idp::start().await;
    let mut browser = signed_in(&idp).await;
    let page = browser.get("/account/profile").await;
    let before = idp.contents().await;
    let long = "x".repeat(10_000);
    for (claim, value) in [
        ("name", "a\u{202e}b"),
        ("name", "a\u{7}b"),
        ("name", long.as_str()),
        ("nickname", "line\nline"),
        ("website", "javascript:alert(1)"),
        ("website", "https://"),
        ("zoneinfo", "Europe/Atlantis"),
        ("zoneinfo", "../../../etc/passwd"),
        ("locale", "<script>"),
        ("locale", "es"),
        ("locale", "en, de"),
    ] {
        let refused = browser.submit(&page, "/account/profile", &[(claim, value)]).await;
        assert_eq!(refused.status, 422, "{claim} {value:.20}");
        assert!(refused.text("[role=alert]").is_some());
        assert_eq!(refused.attribute(&format!("#{claim}"), "aria-invalid").as_deref(), Some("true"), "{claim}");
        assert!(!refused.body.contains("<script>"), "{claim}");
    }
    // Claims that are not the person's to say: ignored, whatever the form holds.
    let more =
        [("name", "Mira"), ("email", "boss@example.com"), ("email_verified", "true"), ("sub", "x"), ("roles", "admin")];
    browser.submit(&page, "/account/profile", &more).await;
    let mut after = signed_in(&idp).await;
    assert_eq!(after.get("/admin/users").await.status, 403);
    assert!(!after.get("/account/profile").await.body.contains("boss@example.com"));
    assert_ne!(idp.contents().await, before, "the name was kept");
}

#[actix_web::test]
async fn the_history_shows_what_was_unusual() {
    let idp = Idp::start().await;
    let mut home = signed_in(&idp).await;
    let page = home.get("/account/history").await;
    assert!(page.body.contains("This browser") && !page.body.contains("badge warn"), "{}", page.body);
    idp.pass("2m");
    let mut elsewhere = idp.browser();
    elsewhere.address = "198.51.100.7:5000".into();
    let page = elsewhere.get("/account").await;
    elsewhere.sign_in(&page).await;
    let page = elsewhere.get("/account/history").await;
    for words in ["New device", "New network", "Two places at once", "198.51.100.7", "Password"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    let page = idp.flows().store.events(None, 50).await.unwrap();
    let unusual: Vec<&str> = page
        .items
        .iter()
        .filter(|event| event.act == Act::SignInUnusual)
        .filter_map(|event| event.reason.as_deref())
        .collect();
    assert_eq!(unusual.len(), 3, "{unusual:?}");
    for word in ["new_device", "new_network", "impossible_travel"] {
        assert!(unusual.contains(&word), "{word}");
    }
}

#[actix_web::test]
async fn a_session_that_jumps_is_signed_in_to_again() {
    let idp = Idp::with(|config| config.sign_in.on_jump = abide::model::history::OnRisk::Ask).await;
    let social = idp.app("social");
    let mut browser = idp.browser();
    browser.enter(&social).await;
    // The cookie turns up in another network, in another make of browser.
    let mut thief = browser.copied();
    thief.address = "198.51.100.7:5000".into();
    // Another network alone is a journey.
    assert!(thief.silently(&social).await.parameter("code").is_some());
    thief.agent = "Mozilla/5.0 (iPhone) Safari/17".into();
    assert_eq!(thief.silently(&social).await.error(), "login_required");
    let account = thief.get("/account").await;
    assert!(account.body.contains("id=\"sign-in\"") && !account.body.contains(USERNAME), "{}", account.body);
    // Nothing of it is shown where somebody signs out, or asks how the session stands.
    let said = thief.get("/end_session").await.body;
    assert!(said.contains("You are signed out") && !said.contains("Mira") && !said.contains("Social"), "{said}");
    let standing = thief.status().await;
    assert!(!standing.body.contains("live") && !standing.body.contains("\"sid\""), "{}", standing.body);
    let posted = thief.get("/account").await.fields("/sign-in")["csrf"].clone();
    thief.post("/account/sign-out", &[("csrf", &posted)]).await;
    // Whoever it belongs to is not disturbed.
    assert!(browser.silently(&social).await.parameter("code").is_some());
    // And whoever knows the password goes on there, in the same session.
    let page = thief.authorize(&social, &[]).await;
    social.redeem(&thief.sign_in(&page).await).await;
    assert!(thief.silently(&social).await.parameter("code").is_some());
    // An app whose person signs out in a browser that has become another one ends the session all the same.
    let tokens = social.redeem(&thief.silently(&social).await).await;
    thief.address = "192.0.2.9:5000".into();
    thief.agent = "Mozilla/5.0 (X11; Linux) Firefox/140".into();
    let hinted = format!("/end_session?id_token_hint={}", tokens.id);
    let said = thief.get(&hinted).await.body;
    assert!(said.contains("You are signed out") && !said.contains("Mira") && !said.contains("Social"), "{said}");
    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
}

#[actix_web::test]
async fn data_is_taken_along_without_secrets() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let mut browser = idp.browser();
    browser.enter(&social).await;
    let (_, codes) = set_up(&idp, &mut browser).await;
    let page = browser.get("/account/data").await;
    let file = browser.submit(&page, "/account/data/download", &[]).await;
    assert_eq!(file.status, 200);
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert_eq!(file.header("cache-control"), "no-store");
    let data = file.json();
    assert_eq!(data["account"]["username"], USERNAME);
    assert_eq!(data["sessions"].as_array().map(Vec::len), Some(1));
    assert_eq!(data["sessions"][0]["apps"], json!(["social"]));
    assert_eq!(data["sign_ins"].as_array().map(Vec::len), Some(1));
    assert_eq!(data["credentials"]["recovery_codes_left"], 10);
    let cookie = browser.cookie_header();
    for secret in codes.iter().map(String::as_str).chain(["argon2", "sealed", "$", &cookie[20..60]]) {
        assert!(!file.body.contains(secret), "{secret}");
    }
    // Whoever only sits at an unlocked machine takes nothing along.
    idp.pass("6m");
    let stale = browser.submit(&page, "/account/data/download", &[]).await;
    assert_eq!(stale.location(), "/account/data");
    assert!(browser.get("/account/data").await.body.contains("id=\"sign-in\""));
}

#[actix_web::test]
async fn a_deletion_can_be_taken_back() {
    let idp = Idp::start().await;
    let mut browser = signed_in(&idp).await;
    let page = browser.get("/account/data").await;
    let before = idp.contents().await;
    for typed in ["", "otto", "mir", &"x".repeat(9_000)] {
        let refused = browser.submit(&page, "/account/data/delete", &[("username", typed)]).await;
        assert_eq!(refused.status, 422, "{typed:.20}");
    }
    assert_eq!(idp.contents().await, before);
    let asked = browser.submit(&page, "/account/data/delete", &[("username", USERNAME)]).await;
    assert_eq!(asked.location(), "/account/data?done=deleting");
    let page = browser.get("/account/data").await;
    idp.pass("13d");
    idp.deliver().await;
    // Everything works until then; whoever is signed in takes it back.
    let mut browser = signed_in(&idp).await;
    let again = browser.get("/account/data").await;
    assert!(again.body.contains("id=\"keep\""), "{}", again.body);
    drop(page);
    assert_eq!(browser.submit(&again, "/account/data/keep", &[]).await.location(), "/account?done=kept");
    idp.pass("3d");
    idp.deliver().await;
    assert_eq!(signed_in(&idp).await.get("/account").await.status, 200);
}

#[actix_web::test]
async fn a_deletion_ends_everything_and_leaves_nothing() {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let mut browser = idp.browser();
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    set_up(&idp, &mut browser).await;
    let id = idp.flows().store.bearer::<Account>(&username_name(USERNAME)).await.unwrap().expect("an account");
    let page = browser.get("/account/data").await;
    browser.submit(&page, "/account/data/delete", &[("username", USERNAME)]).await;
    assert!(browser.silently(&social).await.parameter("code").is_some(), "nothing ends before its time");
    idp.pass("14d");
    idp.deliver().await;
    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
    let mut other = idp.browser();
    let page = other.get("/account").await;
    assert_eq!(other.sign_in_as(&page, USERNAME, PASSWORD).await.status, 422, "closed");
    idp.pass("2h");
    idp.deliver().await;
    assert_eq!(idp.flows().store.bearer::<Account>(&username_name(USERNAME)).await.unwrap(), None);
    let account = AccountId::new(id.clone());
    let store = &idp.flows().store;
    assert_eq!(store.read::<Account>(&id).await.unwrap(), None);
    assert_eq!(store.read::<History>(&History::key_of(&account)).await.unwrap(), None);
    for key in [Credential::password_key(&account), Credential::totp_key(&account), Credential::recovery_key(&account)]
    {
        assert_eq!(store.read::<Credential>(&key).await.unwrap(), None, "{key}");
    }
    assert!(store.list::<Grant>(("grants-by-account", &id), None, 10).await.unwrap().items.is_empty());
    assert!(store.list::<Session>(("sessions-by-account", &id), None, 10).await.unwrap().items.is_empty());
    // The name is free, and whoever takes it is another.
    idp.import(json!({"users": [{"username": USERNAME, "password": PASSWORD}]})).await;
    let mut next = signed_in(&idp).await;
    assert_eq!(next.get("/account/history").await.body.matches("class=\"line\"").count(), 1);
    assert_ne!(idp.flows().store.bearer::<Account>(&username_name(USERNAME)).await.unwrap(), Some(id));
}

#[actix_web::test]
async fn the_only_administrator_who_stays_cannot_go() {
    let idp = Idp::start().await;
    let mut boss = idp.browser();
    let page = boss.get("/account/data").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let page = boss.get("/account/data").await;
    let before = idp.contents().await;
    let refused = boss.submit(&page, "/account/data/delete", &[("username", "boss")]).await;
    assert_eq!(refused.status, 422);
    assert!(refused.text("[role=alert]").unwrap().contains("only administrator"));
    assert_eq!(idp.contents().await, before);
    let people = boss.get("/admin/users").await;
    let another = [("username", "deputy"), ("password", "somebody who stays here"), ("admin", "on")];
    let added = boss.submit(&people, "/admin/users", &another).await;
    assert_eq!(added.location(), "/admin/users?done=added", "{}", added.body);
    let asked = boss.submit(&page, "/account/data/delete", &[("username", "boss")]).await;
    assert_eq!(asked.location(), "/account/data?done=deleting");
}

/// Every silent renewal may leave a grant behind: neither a download nor a deletion takes all of them at once.
#[actix_web::test]
async fn of_thousands_of_grants_a_download_tells_the_latest_and_a_deletion_leaves_none() {
    let idp = Idp::start().await;
    let mut browser = idp.browser();
    browser.enter(&idp.app("social")).await;
    idp.app("social").redeem(&browser.silently(&idp.app("social")).await).await;
    let store = &idp.flows().store;
    let id = store.bearer::<Account>(&username_name(USERNAME)).await.unwrap().expect("an account");
    let list = ("grants-by-account", id.as_str());
    let [one] = &store.list::<Grant>(list, None, 10).await.unwrap().items[..] else { panic!("one grant") };
    for n in 0..2_100 {
        let another = Grant { id: GrantId::new(format!("another-{n:014}")), ..one.clone() };
        let key = another.id.to_string();
        let rule = move |_: Option<Grant>| Change::put((), another.clone());
        store.change::<Grant, _, _>(&key, rule).await.unwrap().outcome().unwrap();
    }
    let page = browser.get("/account/data").await;
    let data = browser.submit(&page, "/account/data/download", &[]).await.json();
    assert_eq!((data["grants"].as_array().map(Vec::len), &data["more_grants"]), (Some(1_000), &json!(true)));
    browser.submit(&page, "/account/data/delete", &[("username", USERNAME)]).await;
    idp.pass("14d");
    idp.deliver().await;
    idp.pass("2h");
    idp.flows().sweep(idp.now()).await.unwrap();
    let left = store.list::<Grant>(list, None, 200).await.unwrap().items.len();
    assert!((100..=101).contains(&left), "others wait for no more than that: {left}");
    assert!(store.read::<Account>(&id).await.unwrap().is_some());
    idp.deliver().await;
    assert!(store.list::<Grant>(list, None, 10).await.unwrap().items.is_empty());
    assert!(store.read::<Account>(&id).await.unwrap().is_none());
}
