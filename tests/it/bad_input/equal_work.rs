//! The same answer and the same work, whether there is such an account or not.

use crate::harness::authenticator::without_challenge;
use crate::harness::{Browser, Idp, RelyingApp};

const WRONG: &str = "a wrong password for her";

/// Who is tried: somebody who is there, nobody, and somebody whose account is closed, with the right password.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Who {
    There,
    Nobody,
    Disabled,
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            // As long as one another: a page shows the name that was typed.
            Who::There => "mira",
            Who::Nobody => "nora",
            Who::Disabled => "otto",
        }
    }

    fn password(self) -> &'static str {
        match self {
            Who::Disabled => "another person entirely",
            Who::There | Who::Nobody => WRONG,
        }
    }
}

/// What an attempt shows and costs.
#[derive(Debug, PartialEq, Clone)]
struct Seen {
    status: u16,
    body: String,
    headers: Vec<(String, String)>,
    hashes: u64,
    reads: u64,
    changes: u64,
}

async fn attempt(idp: &Idp, browser: &mut Browser, app: &RelyingApp, who: Who) -> Seen {
    let page = browser.authorize(app, &[("prompt", "login")]).await;
    let fields = page.fields("/sign-in");
    let (hashes, (reads, changes)) = (idp.flows().hashing.done(), idp.store_work());
    let answer = browser.sign_in_as(&page, who.name(), who.password()).await;
    let (reads_after, changes_after) = idp.store_work();
    let mut body =
        without_challenge(&answer).replace(&fields["csrf"], "CSRF").replace(&fields["interaction"], "INTERACTION");
    body = body.replace(who.name(), "NAME");
    let mut headers: Vec<(String, String)> = answer
        .headers
        .iter()
        .filter(|(name, _)| !matches!(name.as_str(), "x-request-id" | "date"))
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    headers.sort();
    Seen {
        status: answer.status.as_u16(),
        body,
        headers,
        hashes: idp.flows().hashing.done() - hashes,
        reads: reads_after - reads,
        changes: changes_after - changes,
    }
}

/// Otto's account is closed; Mira's and Otto's browser have been here before.
async fn prepared() -> (Idp, RelyingApp, Browser, Browser) {
    let idp = Idp::start().await;
    let social = idp.app("social");
    let (mut of_mira, mut of_otto, mut boss) = (idp.browser(), idp.browser(), idp.browser());
    of_mira.enter(&social).await;
    let page = of_otto.authorize(&social, &[]).await;
    of_otto.sign_in_as(&page, "otto", "another person entirely").await;
    let page = boss.get("/admin").await;
    boss.sign_in_as(&page, "boss", "the boss of all of this").await;
    let people = boss.get("/admin/users?query=otto").await;
    boss.submit(&people, "/admin/users/disable", &[]).await;
    idp.pass("2m");
    (idp, social, of_mira, of_otto)
}

const ORDERS: [[Who; 3]; 6] = [
    [Who::There, Who::Nobody, Who::Disabled],
    [Who::There, Who::Disabled, Who::Nobody],
    [Who::Nobody, Who::There, Who::Disabled],
    [Who::Nobody, Who::Disabled, Who::There],
    [Who::Disabled, Who::There, Who::Nobody],
    [Who::Disabled, Who::Nobody, Who::There],
];

fn assert_equal(one: &Seen, other: &Seen, case: &str) {
    assert_eq!(one.body, other.body, "{case}");
    assert_eq!(one, other, "{case}");
}

#[actix_web::test]
async fn a_stranger_cannot_tell_who_is_there() {
    for order in ORDERS {
        let (idp, social, ..) = prepared().await;
        let mut first = None;
        for who in order {
            let mut browser = idp.browser();
            let seen = attempt(&idp, &mut browser, &social, who).await;
            assert_eq!((seen.status, seen.hashes), (422, 1), "{order:?} {who:?}");
            assert!(seen.body.contains("role=\"alert\""));
            assert_equal(first.get_or_insert_with(|| seen.clone()), &seen, &format!("{order:?} {who:?}"));
        }
    }
}

#[actix_web::test]
async fn nor_by_trying_until_it_is_slowed() {
    for order in ORDERS {
        let (idp, social, ..) = prepared().await;
        let mut place = 0;
        let mut by_round: Vec<Seen> = Vec::new();
        for who in order {
            for round in 0..8 {
                let mut browser = idp.browser();
                browser.address = format!("198.51.100.{place}:1");
                place += 1;
                let seen = attempt(&idp, &mut browser, &social, who).await;
                assert_eq!(seen.status, if round < 5 { 422 } else { 429 }, "{who:?} {round}");
                assert_eq!(seen.hashes, u64::from(round < 5), "{who:?} {round}");
                match by_round.get(round) {
                    Some(first) => assert_equal(first, &seen, &format!("{order:?} {who:?} {round}")),
                    None => by_round.push(seen),
                }
            }
        }
    }
}

/// An address has many spellings: they are one name, whoever bears it, and another one than a username.
#[actix_web::test]
async fn nor_by_other_spellings_of_an_address() {
    let idp = Idp::mailing().await;
    let social = idp.app("social");
    let (mut place, mut seen) = (0, Vec::new());
    for of in ["mira", "nora"] {
        let spelled = [
            format!("{of}@example.org"),
            format!("{of}@EXAMPLE.org"),
            format!("{}@example.org", of.to_uppercase()),
            format!(" {of}@example.org"),
            format!("{of}@example\u{3002}org"),
            // No spelling of it, and somebody else's name.
            format!("{of}@ex%61mple.org"),
            of.to_owned(),
            format!("{of}@example.org"),
        ];
        let mut statuses = Vec::new();
        for name in spelled {
            let mut browser = idp.browser();
            browser.address = format!("198.51.100.{place}:1");
            place += 1;
            let page = browser.authorize(&social, &[]).await;
            statuses.push(browser.sign_in_as(&page, &name, WRONG).await.status.as_u16());
        }
        seen.push(statuses);
    }
    assert_eq!(seen[0], [422, 422, 422, 422, 422, 422, 422, 429]);
    assert_eq!(seen[0], seen[1], "whoever has an account, and whoever has none");
}

#[actix_web::test]
async fn nor_from_a_browser_that_has_been_here_before() {
    for order in ORDERS {
        let (idp, social, of_mira, of_otto) = prepared().await;
        for known in [of_mira, of_otto] {
            let mut first = None;
            for who in order {
                // The browser is known, the session may be over: what is compared is one browser with itself.
                let mut browser = known.copied();
                browser.plant("__Host-abide_session", "");
                let seen = attempt(&idp, &mut browser, &social, who).await;
                assert_eq!((seen.status, seen.hashes), (422, 1), "{order:?} {who:?}");
                assert_equal(first.get_or_insert_with(|| seen.clone()), &seen, &format!("{order:?} {who:?}"));
            }
        }
    }
}

#[actix_web::test]
async fn nor_by_the_goal_of_the_request() {
    let (idp, ..) = prepared().await;
    for id in ["asking", "native", "bank", "offline"] {
        let app = idp.app(id);
        let mut first = None;
        for who in [Who::There, Who::Nobody, Who::Disabled] {
            let seen = attempt(&idp, &mut idp.browser(), &app, who).await;
            assert_equal(first.get_or_insert_with(|| seen.clone()), &seen, &format!("{id} {who:?}"));
        }
        idp.pass("6m");
    }
    for path in ["/account", "/admin"] {
        let mut first = None;
        for who in [Who::There, Who::Nobody, Who::Disabled] {
            let mut browser = idp.browser();
            let page = browser.get(path).await;
            let fields = page.fields("/sign-in");
            let (hashes, (reads, changes)) = (idp.flows().hashing.done(), idp.store_work());
            let answer = browser.sign_in_as(&page, who.name(), who.password()).await;
            let (after_reads, after_changes) = idp.store_work();
            let body = without_challenge(&answer)
                .replace(&fields["csrf"], "CSRF")
                .replace(&fields["interaction"], "I")
                .replace(who.name(), "NAME");
            let work = (idp.flows().hashing.done() - hashes, after_reads - reads, after_changes - changes);
            let seen = (answer.status.as_u16(), body, work);
            assert_eq!(*first.get_or_insert_with(|| seen.clone()), seen, "{path} {who:?}");
        }
        idp.pass("6m");
    }
}

/// The hint of a request shows nothing either.
#[actix_web::test]
async fn nor_by_a_login_hint() {
    let (idp, social, ..) = prepared().await;
    let mut first = None;
    for who in [Who::There, Who::Nobody, Who::Disabled] {
        let mut browser = idp.browser();
        let before = idp.store_work();
        let page = browser.authorize(&social, &[("login_hint", who.name())]).await;
        let after = idp.store_work();
        let fields = page.fields("/sign-in");
        let body = without_challenge(&page)
            .replace(&fields["csrf"], "CSRF")
            .replace(&fields["interaction"], "I")
            .replace(who.name(), "NAME");
        let seen = (page.status.as_u16(), body, after.0 - before.0, after.1 - before.1);
        assert_eq!(*first.get_or_insert_with(|| seen.clone()), seen, "{who:?}");
        let silent = browser.authorize(&social, &[("prompt", "none"), ("login_hint", who.name())]).await;
        assert_eq!(silent.error(), "login_required", "{who:?}");
    }
}
