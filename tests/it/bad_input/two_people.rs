//! Two people in one browser: what a page that was shown to one of them sends is never done to the other.

use super::Untouched;
use super::paths::FORMS;
use crate::harness::{Answer, Browser, Idp};
use crate::stories::second_factor::Authenticator;
use std::collections::BTreeMap;

const BOSS: (&str, &str) = ("boss", "the boss of all of this");
/// Forms that are done to nobody's account, or name whom they mean by something that is bound to them.
const OF_NOBODY: [&str; 4] = ["/account/sign-out", "/account/switch", "/account/add", "/account/email/confirm"];
/// What is answered to a thing that is not there as to somebody else's page.
const SAME: [&str; 1] = ["/account/security/passkey/remove"];

type Fields = BTreeMap<&'static str, String>;

fn paths() -> Vec<&'static str> {
    let signed_in = |path: &&str| path.starts_with("/account/") || path.starts_with("/admin/");
    let mut paths: Vec<_> = FORMS.iter().copied().filter(signed_in).filter(|path| !OF_NOBODY.contains(path)).collect();
    // What is taken away is needed before.
    paths.sort_by_key(|path| path.ends_with("/remove"));
    paths
}

fn hidden(page: &Answer) -> String {
    page.attribute("input[name=person]", "value").unwrap_or_else(|| panic!("nobody's page: {}", page.body))
}

/// Everything that any of the forms brings, good as far as it can be.
async fn everything(idp: &Idp, boss: &mut Browser) -> Fields {
    let offer = boss.get("/account/security/authenticator").await;
    let people = boss.get("/admin/users?query=mira").await;
    let own = boss.get("/account").await;
    let code = Authenticator::reading(&offer).code(idp, 0);
    let enrolment = offer.fields("/account/security/authenticator")["enrolment"].clone();
    let mut all: Fields = [
        ("current", BOSS.1),
        ("password", "a password that is quite new"),
        ("email", "somebody@example.net"),
        ("name", "Somebody"),
        ("label", &"too long ".repeat(40)),
        ("invitation", "x"),
        ("client", "asking"),
        ("client_name", "New"),
        ("redirect_uris", "https://new.example.com/cb"),
        ("kind", "web"),
        ("link", "x"),
        ("upstream", "x"),
        ("passkey", "x"),
        ("challenge", "x"),
        ("answer", "x"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into();
    all.extend([
        ("csrf", own.fields("/account/sign-out")["csrf"].clone()),
        ("code", code),
        ("enrolment", enrolment),
        ("user", people.fields("/admin/users/disable")["user"].clone()),
    ]);
    all
}

fn fields_for(path: &str, all: &Fields, person: Option<&str>, session: &str) -> Vec<(&'static str, String)> {
    let mut fields = all.clone();
    fields.insert("username", if path == "/account/data/delete" { BOSS.0 } else { "new" }.to_owned());
    fields.insert("session", session.to_owned());
    fields.extend(person.map(|person| ("person", person.to_owned())));
    fields.into_iter().collect()
}

async fn post(browser: &mut Browser, path: &str, fields: &[(&'static str, String)]) -> Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.post(path, &fields).await
}

#[actix_web::test]
async fn a_page_of_one_does_nothing_to_the_other() {
    let idp = Idp::mailing().await;
    let mut elsewhere = idp.browser();
    let page = elsewhere.get("/admin").await;
    elsewhere.sign_in_as(&page, BOSS.0, BOSS.1).await;
    let foreign = hidden(&elsewhere.get("/account/profile").await);
    let listed = elsewhere.get("/admin/sessions?query=boss").await.fields("/admin/sessions/end")["session"].clone();
    let session = listed.split_once('.').unwrap().1.to_owned();

    let mut browser = idp.browser();
    let page = browser.get("/account").await;
    browser.sign_in(&page).await;
    let first = hidden(&browser.get("/account/profile").await);
    let page = browser.get("/account").await;
    let another = browser.submit(&page, "/account/add", &[]).await;
    browser.sign_in_as(&another, BOSS.0, BOSS.1).await;
    let own = hidden(&browser.get("/account/profile").await);
    let mut boss = browser;
    let consent = boss.authorize(&idp.app("asking"), &[]).await;
    boss.submit(&consent, "/consent", &[("decision", "allow")]).await;
    let offer = boss.get("/account/security/authenticator").await;
    let code = Authenticator::reading(&offer).code(&idp, 0);
    boss.submit(&offer, "/account/security/authenticator", &[("code", &code)]).await;
    idp.pass("30s");
    let all = everything(&idp, &mut boss).await;

    let untouched = Untouched::now(&idp).await;
    let mut refusals = BTreeMap::new();
    for path in paths() {
        let session = if path == "/admin/sessions/end" { &listed } else { &session };
        for person in [Some(first.as_str()), Some(&foreign), Some(""), Some("x"), None] {
            let answer = post(&mut boss, path, &fields_for(path, &all, person, session)).await;
            let case = format!("{path} {person:?}");
            assert_eq!(answer.status, 303, "{case}: {}", answer.body);
            assert!(path.starts_with(answer.location()), "{case}: {}", answer.location());
            untouched.check(&case).await;
            refusals.insert(path, answer.location().to_owned());
        }
    }
    // The very same in their own name.
    for path in paths() {
        let session = if path == "/admin/sessions/end" { &listed } else { &session };
        let answer = post(&mut boss, path, &fields_for(path, &all, Some(&own), session)).await;
        assert!(
            !matches!(answer.status.as_u16(), 403 | 404) || path == "/admin/sessions/end",
            "{path}: {}",
            answer.body
        );
        let refused = answer.status == 303 && answer.location() == refusals[path];
        assert_eq!(refused, SAME.contains(&path), "{path}: {}", answer.status);
    }
}
