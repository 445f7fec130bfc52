//! The person changes what they sign in with.

use super::second_factor::{Authenticator, set_up};
use crate::harness::{Answer, Browser, Idp, PASSWORD, USERNAME};

const NEW: &str = "an entirely different evening";

async fn at_security(browser: &mut Browser) -> Answer {
    let page = browser.get("/account/security").await;
    if page.body.contains("id=\"sign-in\"") {
        assert_eq!(browser.sign_in(&page).await.location(), "/account/security");
        return browser.get("/account/security").await;
    }
    page
}

#[actix_web::test]
async fn a_new_password_ends_everything_that_rests_on_the_old_one() {
    let idp = Idp::start().await;
    let (social, mut here, mut elsewhere) = (idp.app("social"), idp.browser(), idp.browser());
    let at_social = social.redeem(&here.enter(&social).await).await;
    let there = social.redeem(&elsewhere.enter(&social).await).await;
    let page = at_security(&mut here).await;
    let form = [("current", PASSWORD), ("password", NEW), ("others", "on")];
    let done = here.submit(&page, "/account/security/password", &form).await;
    assert_eq!(done.location(), "/account/security?done=password");
    for tokens in [&at_social, &there] {
        assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
    }
    assert_eq!(elsewhere.silently(&social).await.error(), "login_required");
    assert!(here.silently(&social).await.parameter("code").is_some(), "this browser stays signed in");
    let page = elsewhere.authorize(&social, &[]).await;
    assert_eq!(elsewhere.sign_in_as(&page, USERNAME, PASSWORD).await.status, 422);
    assert!(elsewhere.sign_in_as(&page, USERNAME, NEW).await.parameter("code").is_some());
}

#[actix_web::test]
async fn others_stay_where_the_person_wants_it() {
    let idp = Idp::start().await;
    let (social, mut here, mut elsewhere) = (idp.app("social"), idp.browser(), idp.browser());
    elsewhere.enter(&social).await;
    let page = at_security(&mut here).await;
    let mut form = page.fields("/account/security/password");
    form.remove("others");
    form.extend([("current".into(), PASSWORD.into()), ("password".into(), NEW.into())]);
    let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let done = here.post("/account/security/password", &form).await;
    assert_eq!(done.location(), "/account/security?done=password");
    assert!(elsewhere.silently(&social).await.parameter("code").is_some());
}

#[actix_web::test]
async fn what_is_refused_changes_nothing() {
    let idp = Idp::start().await;
    let mut browser = idp.browser();
    let page = at_security(&mut browser).await;
    for (current, new, words) in [
        ("not it at all", NEW, "present password"),
        (PASSWORD, "short", "at least 15"),
        (PASSWORD, "passwordpassword", "too easy"),
        (PASSWORD, "mira-mira-mira-mira", ""),
        ("", NEW, "present password"),
    ] {
        let form = [("current", current), ("password", new)];
        let answer = browser.submit(&page, "/account/security/password", &form).await;
        assert_eq!(answer.status, 422, "{current} {new}");
        let alert = answer.text("[role=alert]").unwrap_or_default();
        assert!(alert.contains(words), "{alert}");
        assert!(!answer.body.contains(NEW) && !answer.body.contains(PASSWORD));
        idp.pass("20s");
    }
    let mut other = idp.browser();
    let social = idp.app("social");
    assert!(other.enter(&social).await.parameter("code").is_some(), "the password is what it was");
}

#[actix_web::test]
async fn guessing_the_present_password_is_slowed_down() {
    let idp = Idp::start().await;
    let mut browser = idp.browser();
    let page = at_security(&mut browser).await;
    let mut answers = Vec::new();
    for _ in 0..8 {
        let form = [("current", "a wrong one"), ("password", NEW)];
        answers.push(browser.submit(&page, "/account/security/password", &form).await.status.as_u16());
    }
    assert_eq!(answers.iter().filter(|status| **status == 422).count(), 5, "{answers:?}");
    assert!(answers.contains(&429));
}

#[actix_web::test]
async fn whoever_authenticated_a_while_ago_does_so_again() {
    let idp = Idp::start().await;
    let mut browser = idp.browser();
    let page = at_security(&mut browser).await;
    let offer = browser.get("/account/security/authenticator").await;
    let app = Authenticator::reading(&offer);
    idp.pass("6m");
    for path in ["/account/security", "/account/security/authenticator"] {
        assert!(browser.get(path).await.body.contains("id=\"sign-in\""), "{path}");
    }
    let before = idp.contents().await;
    let code = app.code(&idp, 0);
    for (shown, path, form) in [
        (&page, "/account/security/password", vec![("current", PASSWORD), ("password", NEW)]),
        (&offer, "/account/security/authenticator", vec![("code", code.as_str())]),
    ] {
        let answer = browser.submit(shown, path, &form).await;
        assert_eq!(answer.location(), "/account/security", "{path}");
    }
    let form = page.fields("/account/security/password");
    let form = [("csrf", form["csrf"].as_str()), ("person", &form["person"])];
    for path in ["/account/security/authenticator/remove", "/account/security/recovery-codes"] {
        assert_eq!(browser.post(path, &form).await.location(), "/account/security", "{path}");
    }
    assert_eq!(idp.contents().await, before, "nothing was stored");
}

#[actix_web::test]
async fn nothing_is_stored_before_the_first_code_is_right() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    at_security(&mut browser).await;
    let offer = browser.get("/account/security/authenticator").await;
    let before = idp.contents().await;
    let app = Authenticator::reading(&offer);
    for code in ["000000", "", "x"] {
        let answer = browser.submit(&offer, "/account/security/authenticator", &[("code", code)]).await;
        assert_eq!(answer.status, 422, "{code}");
        assert_eq!(Authenticator::reading(&answer).code(&idp, 0), app.code(&idp, 0), "the same key once more");
    }
    // The offer is for this session: another person's browser cannot use it.
    let mut otto = idp.browser();
    let page = otto.get("/account/security").await;
    otto.sign_in_as(&page, "otto", "another person entirely").await;
    let theirs = otto.get("/account/security/authenticator").await.fields("/account/security/authenticator");
    let form = [
        ("csrf", theirs["csrf"].as_str()),
        ("person", &theirs["person"]),
        ("enrolment", &offer.fields("/account/security/authenticator")["enrolment"]),
        ("code", &app.code(&idp, 0)),
    ];
    assert_eq!(otto.post("/account/security/authenticator", &form).await.status, 400);
    let totp = async |name: &str| {
        use abide::model::account::{Account, username_name};
        let account = idp.flows().store.find::<Account>(&username_name(name)).await.unwrap().unwrap();
        idp.flows().security_of(&account.id).await.unwrap().totp
    };
    assert_eq!((totp(USERNAME).await, totp("otto").await), (None, None));
    assert!(!before.contains("totp"));
    let mut fresh = idp.browser();
    assert!(fresh.enter(&social).await.parameter("code").is_some(), "a password still is enough");
}

#[actix_web::test]
async fn what_is_taken_away_is_asked_for_no_more() {
    let idp = Idp::start().await;
    let (social, mut home) = (idp.app("social"), idp.browser());
    let (app, codes) = set_up(&idp, &mut home).await;
    let page = home.get("/account/security").await;
    let gone = home.submit(&page, "/account/security/authenticator/remove", &[]).await;
    assert_eq!(gone.location(), "/account/security?done=removed");
    let mut browser = idp.browser();
    let answer = browser.enter(&social).await;
    assert_eq!(social.redeem(&answer).await.claims()["acr"], "urn:abide:acr:aal1");
    // What was half done with it asks for it no more, and its codes open nothing.
    let page = home.get("/account/security").await;
    assert!(page.body.contains("id=\"set-up-authenticator\"") && !page.body.contains("id=\"new-codes\""));
    let form = page.fields("/account/security/password");
    let form = [("csrf", form["csrf"].as_str()), ("person", &form["person"])];
    assert_eq!(home.post("/account/security/recovery-codes", &form).await.location(), "/account/security");
    // The next app has another key.
    idp.pass("30s");
    let (again, new) = set_up(&idp, &mut home).await;
    assert_ne!(again.code(&idp, 0), app.code(&idp, 0));
    assert!(codes.iter().all(|code| !new.contains(code)));
}

#[actix_web::test]
async fn an_administrator_takes_a_lost_factor_away() {
    let idp = Idp::start().await;
    let (social, mut home, mut boss) = (idp.app("social"), idp.browser(), idp.browser());
    set_up(&idp, &mut home).await;
    let tokens = social.redeem(&home.authorize(&social, &[]).await).await;
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let list = boss.get("/admin/users?query=mira").await;
    let user = list.fields("/admin/users/reset-factors")["user"].clone();

    // Nobody but an administrator.
    let mut otto = idp.browser();
    let page = otto.get("/account").await;
    otto.sign_in_as(&page, "otto", "another person entirely").await;
    let csrf = otto.get("/account").await.fields("/account/sign-out")["csrf"].clone();
    let before = idp.contents().await;
    let refused = otto.post("/admin/users/reset-factors", &[("csrf", &csrf), ("user", &user)]).await;
    assert_eq!(refused.status, 403);
    assert_eq!(idp.contents().await, before);

    let done = boss.submit(&list, "/admin/users/reset-factors", &[]).await;
    assert_eq!(done.location(), "/admin/users?done=reset");
    assert_eq!(social.try_refresh(&tokens.refresh).await.error(), "invalid_grant");
    assert_eq!(home.silently(&social).await.error(), "login_required", "whoever has the lost device is out");
    let answer = idp.browser().enter(&social).await;
    assert_eq!(social.redeem(&answer).await.claims()["acr"], "urn:abide:acr:aal1");
    // There is nothing to take any more, and of an account that is none there never was.
    for user in [user.as_str(), "nobody", "", &"x".repeat(9_000)] {
        let again = boss.submit(&list, "/admin/users/reset-factors", &[("user", user)]).await;
        assert_eq!(again.status, 422, "{user:.20}");
    }
}

#[actix_web::test]
async fn whoever_has_no_password_sets_one() {
    use abide::model::account::{Account, username_name};
    use abide::model::credential::Credential;
    use abide::model::record::Change;
    let idp = Idp::start().await;
    let mut browser = idp.browser();
    let page = at_security(&mut browser).await;
    assert!(page.attribute("#current", "required").is_some());
    // As of somebody who came by a passkey or by another provider.
    let account = idp.flows().store.find::<Account>(&username_name(USERNAME)).await.unwrap().unwrap().id;
    let key = Credential::password_key(&account);
    let gone = idp.flows().store.change::<Credential, _, _>(&key, |_| Change::delete(())).await.unwrap();
    gone.outcome().unwrap();
    let page = at_security(&mut browser).await;
    assert!(page.attribute("#current", "required").is_none() && page.body.contains("Set a password"));
    let before = idp.contents().await;
    for weak in ["", "short", "passwordpassword", USERNAME] {
        let refused = browser.submit(&page, "/account/security/password", &[("password", weak)]).await;
        assert_eq!(refused.status, 422, "{weak}");
        assert_eq!(idp.contents().await, before, "{weak}");
    }
    // Whoever only sits at an unlocked machine does not.
    idp.pass("6m");
    let stale = browser.submit(&page, "/account/security/password", &[("password", NEW)]).await;
    assert_eq!(stale.location(), "/account/security");
    let mut again = idp.browser();
    let sign_in = again.get("/account").await;
    assert_eq!(again.sign_in_as(&sign_in, USERNAME, NEW).await.status, 422);
    // Minutes after an authentication they do, and their sessions go on.
    idp.import(serde_json::json!({"users": [{"username": "pia", "password": PASSWORD}]})).await;
    let pia = idp.flows().store.find::<Account>(&username_name("pia")).await.unwrap().unwrap().id;
    let mut browser = idp.browser();
    let page = browser.get("/account/security").await;
    browser.sign_in_as(&page, "pia", PASSWORD).await;
    let key = Credential::password_key(&pia);
    idp.flows().store.change::<Credential, _, _>(&key, |_| Change::delete(())).await.unwrap().outcome().unwrap();
    let page = browser.get("/account/security").await;
    let done = browser.submit(&page, "/account/security/password", &[("password", NEW)]).await;
    assert_eq!(done.location(), "/account/security?done=password-set", "{}", done.body);
    assert!(browser.get("/account/security").await.attribute("#current", "required").is_some());
    // The form as it was before sets no other one.
    let late = browser.submit(&page, "/account/security/password", &[("password", "quite another evening")]).await;
    assert_eq!(late.status, 422, "{}", late.body);
    idp.pass("1m");
    let mut other = idp.browser();
    let page = other.get("/account").await;
    assert_eq!(other.sign_in_as(&page, "pia", NEW).await.location(), "/account");
}

#[actix_web::test]
async fn whoever_signs_in_again_comes_back_to_the_page_that_asked() {
    let idp = Idp::mailing().await;
    for path in [
        "/account/security",
        "/account/security/authenticator",
        "/account/security/passkey",
        "/account/email",
        "/account/data",
    ] {
        let mut browser = idp.browser();
        // Somebody who is signed in to nothing, and somebody who was signed in a while ago.
        for _ in 0..2 {
            let page = browser.get(path).await;
            assert!(page.body.contains("id=\"sign-in\""), "{path}");
            assert_eq!(browser.sign_in(&page).await.location(), path);
            assert!(!browser.get(path).await.body.contains("id=\"sign-in\""), "{path}");
            idp.pass("6m");
        }
    }
}

/// Somebody ends everything while a change of the password is underway: it gives nobody a session.
#[actix_web::test]
async fn a_change_does_not_outlive_a_sign_out_everywhere() {
    use abide::flow::new_password::{Others, PasswordChange, PasswordChanged};
    let idp = Idp::start().await;
    let (social, mut here, mut elsewhere) = (idp.app("social"), idp.browser(), idp.browser());
    at_security(&mut here).await;
    let visitor = here.visitor();
    let current = idp.flows().freshly_current(&visitor, idp.now()).await.unwrap().expect("somebody");
    let page = elsewhere.authorize(&social, &[]).await;
    elsewhere.sign_in(&page).await;
    let page = elsewhere.get("/account").await;
    elsewhere.submit(&page, "/account/sign-out", &[("scope", "everywhere")]).await;
    let change =
        PasswordChange { current: PASSWORD.to_owned().into(), new: NEW.to_owned().into(), others: Others::End };
    let done = idp.flows().change_password(&visitor, &current, change, idp.now()).await.unwrap();
    assert!(matches!(done, PasswordChanged::Gone), "{done:?}");
    assert_eq!(here.silently(&social).await.error(), "login_required");
    let page = here.authorize(&social, &[]).await;
    assert!(here.sign_in(&page).await.parameter("code").is_some(), "the password is what it was");
}
