//! Cross-site request forgery (RFC 9700, section 4.7): every route of our own pages that takes a form, from the table of routes
//! itself, times everything that a page of somebody else can make a browser send, times whoever sits there. What clients and
//! upstreams post to is not ours in that sense, and shows credentials of its own.

use super::forms::FOREIGN;
use super::{FORM, Untouched, assert_page, encoded};
use crate::harness::{Browser, ISSUER, Idp};
use actix_web::test::TestRequest;

/// Where others post to, with tests of their own: by credentials of a client, by a signed token, or an authorization or
/// sign-out request, which a page of ours asks about. The last two are no forms: a report by script, and a picture.
const FOR_OTHERS: [&str; 12] = [
    "/authorize",
    "/token",
    "/par",
    "/device_authorization",
    "/register",
    "/introspect",
    "/revoke",
    "/userinfo",
    "/end_session",
    "/sign-in/upstream/{id}/backchannel_logout",
    "/session/activity",
    "/account/profile/picture",
];

/// Every route of ours that takes a form.
fn ours() -> Vec<&'static str> {
    let forms = abide::web::paths().into_iter().filter(|(_, methods)| methods.contains(&"POST"));
    forms.map(|(path, _)| path).filter(|path| !FOR_OTHERS.contains(path)).collect()
}

/// Nobody, a person and an administrator, each with a token of their own browser's.
async fn people(idp: &Idp) -> Vec<(&'static str, Browser, String)> {
    let (mut nobody, mut person, mut boss) = (idp.browser(), idp.browser(), idp.browser());
    person.enter(&idp.app("social")).await;
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let unknown = nobody.get("/account").await.fields("/sign-in")["csrf"].clone();
    let own = person.get("/account").await.fields("/account/sign-out")["csrf"].clone();
    let of_boss = boss.get("/account").await.fields("/account/sign-out")["csrf"].clone();
    vec![("nobody", nobody, unknown), ("a person", person, own), ("an administrator", boss, of_boss)]
}

async fn post(browser: &Browser, path: &str, csrf: Option<&str>, headers: &[(&str, &str)]) -> crate::harness::Answer {
    let mut request = TestRequest::post().uri(path).insert_header(("content-type", FORM));
    for (name, value) in headers {
        request = request.insert_header((*name, *value));
    }
    let fields: Vec<(&str, &str)> = csrf.map(|csrf| ("csrf", csrf)).into_iter().chain([("language", "de")]).collect();
    browser.copied().send(request.set_payload(encoded(&fields))).await
}

#[actix_web::test]
async fn no_page_of_somebody_else_posts_to_a_route_of_ours() {
    let idp = Idp::mailing().await;
    let people = people(&idp).await;
    let tokens: Vec<String> = people.iter().map(|(_, _, token)| token.clone()).collect();
    let untouched = Untouched::now(&idp).await;
    assert!(ours().len() > 50, "{}", ours().len());
    for path in ours() {
        for (who, browser, own) in &people {
            for headers in FOREIGN {
                let answer = post(browser, path, Some(own), headers).await;
                assert_page(&answer, 403, &format!("{path} by {who} {headers:?}"));
            }
            // The choice of a language is no act: its page may know no browser, and its origin is looked at all the same.
            let others = tokens.iter().filter(|token| *token != own).map(|token| Some(token.as_str()));
            for csrf in others.chain([None, Some(""), Some("x")]).filter(|_| path != "/language") {
                let answer = post(browser, path, csrf, &[("origin", ISSUER)]).await;
                assert_page(&answer, 403, &format!("{path} by {who} with {csrf:?}"));
            }
        }
        untouched.check(path).await;
    }
}
