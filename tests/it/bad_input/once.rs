//! What is good once is good once on all nodes together, at whichever endpoint and in whichever order it is shown: nothing of
//! that is known by a process alone (a lesson of other providers' holes).

use super::assertions::{ENDPOINTS, METHODS};
use super::possession::{POSTS, Place, RESOURCES, World, assert_refused, places};
use super::{Untouched, assert_alive, assert_dead, assert_json, assert_page, fresh_code, fresh_tokens, sixteen};
use crate::harness::keyed::{Keyed, changed};
use crate::harness::upstream::{Liar, configured, relying_on};
use crate::harness::{Answer, Browser, CHALLENGE, Holder, Idp, MailServer, PASSWORD, RelyingApp, Tokens, presenting};
use crate::stories::devices::{GRANT, asking, enter, house, poll, text};
use crate::stories::invitation::{boss, invite};
use crate::stories::mail::{open_to_all, reset_mail, with_mail};
use crate::stories::pushed::address;
use crate::stories::second_factor::set_up;
use crate::stories::upstream::{NOW, answered, connected, press};
use abide::model::account::{Account, username_name};
use serde_json::json;
use std::rc::Rc;

/// Two nodes on one store.
async fn two() -> [Idp; 2] {
    let one = Idp::start().await;
    let other = one.another_node().await;
    [one, other]
}

fn at(client: &Keyed, node: &Idp) -> Keyed {
    Keyed { idp: node.clone(), ..client.clone() }
}

#[actix_web::test]
async fn an_assertion_is_used_up_for_every_endpoint_of_every_node() {
    let nodes = two().await;
    for alg in METHODS {
        used_up_everywhere(&nodes, &Keyed::register(&nodes[0], &format!("by-{alg}"), alg, &json!({})).await).await;
    }
}

async fn used_up_everywhere(nodes: &[Idp; 2], client: &Keyed) {
    for (number, (first, fields)) in ENDPOINTS.into_iter().enumerate() {
        let token = client.assertion();
        let used = at(client, &nodes[number % 2]).present(first, &token, fields).await;
        assert_ne!(used.status, 401, "{first}");
        let untouched = Untouched::now(&nodes[0]).await;
        for (node, (second, fields)) in (0..2).flat_map(|node| ENDPOINTS.map(|endpoint| (node, endpoint))) {
            let answer = at(client, &nodes[node]).present(second, &token, fields).await;
            let case = format!("{} at {first} and then {second} of node {node}", client.alg);
            assert_json(&answer, 401, "invalid_client", &case);
        }
        untouched.check(first).await;
    }
}

#[actix_web::test]
async fn of_sixteen_at_once_at_all_endpoints_of_two_nodes_one_assertion_is_taken() {
    let nodes = two().await;
    let by_key = Keyed::register(&nodes[0], "by-key", METHODS[0], &json!({})).await;
    let by_secret = Keyed::register(&nodes[0], "by-secret", METHODS[1], &json!({})).await;
    for client in [&by_key, &by_secret].into_iter().cycle().take(6) {
        let (presented, clients) = (client.assertion(), nodes.each_ref().map(|node| at(client, node)));
        let statuses = sixteen(async move |number| {
            let (endpoint, fields) = ENDPOINTS[number % ENDPOINTS.len()];
            clients[number % 2].present(endpoint, &presented, fields).await.status.as_u16()
        });
        let statuses = statuses.await;
        assert_eq!(statuses.iter().filter(|status| **status != 401).count(), 1, "{statuses:?}");
    }
}

#[actix_web::test]
async fn a_proof_shown_at_one_node_is_spent_at_every_resource_of_the_other() {
    let nodes = two().await;
    let (spa, mut browser) = (nodes[0].app("spa"), nodes[0].browser());
    let holder = Holder::of(&nodes[0], "ES256");
    let code = browser.enter(&spa).await.parameter("code").unwrap();
    let tokens = Tokens::of(&holder.redeem(&spa, &code).await);
    let authorization = format!("DPoP {}", tokens.access);
    for (number, first) in RESOURCES.into_iter().enumerate() {
        nodes[0].pass("10s");
        let claims = holder.claims(first, Some(&tokens.access)).await;
        let proof = holder.key.sign(&holder.header(), &claims);
        let used = nodes[number % 2].call(presenting(first, &authorization, &proof)).await;
        assert_eq!(used.status, 200, "{first:?}");
        let untouched = Untouched::now(&nodes[0]).await;
        for (node, second) in (0..2).flat_map(|node| RESOURCES.map(|request| (node, request))) {
            let (case, mut claims) = (format!("{first:?} and then {second:?} of node {node}"), claims.clone());
            for renewed in [false, true] {
                if renewed {
                    // Another proof under the same name: it is the name that is spent.
                    claims["htm"] = json!(second.0);
                    claims["htu"] = json!(format!("{}{}", crate::harness::ISSUER, second.1));
                } else if first != second {
                    // As it is it is for another request, and refused for that before anything is looked up.
                    continue;
                }
                let proof = holder.key.sign(&holder.header(), &claims);
                let answer = nodes[node].call(presenting(second, &authorization, &proof)).await;
                assert_json(&answer, 401, "invalid_dpop_proof", &case);
            }
        }
        untouched.check(&format!("{first:?}")).await;
    }
}

/// RFC 9449, section 11.1: a proof that was shown at one place is spent for all of them, by whatever it was asked for there.
#[actix_web::test]
async fn a_proof_is_spent_for_every_grant_push_and_resource_of_every_node() {
    let used = World::of("ES256").await;
    let other = used.idp.another_node().await;
    for (number, first) in places().enumerate() {
        let (used, kept) = (used.again().await, used.again().await);
        let nodes = [kept.clone(), kept.through(&other)];
        used.idp.pass("10s");
        let claims = used.claims(first).await;
        let proof = used.signed(&claims);
        let user = if number % 2 == 0 { used.clone() } else { used.through(&other) };
        let answer = user.show(first, &[proof.as_bytes()]).await;
        assert!(answer.status.is_success(), "{first:?}: {} {}", answer.status, answer.body);
        let untouched = Untouched::now(&kept.idp).await;
        for (node, second) in (0..2).flat_map(|node| places().map(move |place| (node, place))) {
            // As it is, and another one under the same name: it is the name that is spent.
            let renamed = changed(kept.claims(second).await, &json!({"jti": claims["jti"]}));
            for proof in [&proof, &kept.signed(&renamed)] {
                let case = format!("{first:?} and then {second:?} of node {node}");
                let answer = nodes[node].show(second, &[proof.as_bytes()]).await;
                assert_refused(&answer, second, "invalid_dpop_proof", &case);
            }
        }
        untouched.check(&format!("{first:?}")).await;
        // Neither code nor refresh token nor device code was consumed by that.
        kept.goes_on().await;
        used.goes_on_but_for(Some(first)).await;
    }
}

/// Shows proofs of one name sixteen times at once, at these places in turn and at both nodes; answers with where it was taken.
async fn taken_once(world: &World, other: &Idp, places: Vec<Place>) -> Place {
    let nodes = [world.clone(), world.through(other)];
    let jti = world.claims(places[0]).await["jti"].clone();
    let mut proofs = Vec::new();
    for place in &places {
        proofs.push(world.signed(&changed(world.claims(*place).await, &json!({"jti": jti}))));
    }
    let case = format!("{places:?}");
    let shown = sixteen(async move |number| {
        let (at, node) = (number % places.len(), number / places.len().min(2) % 2);
        (places[at], nodes[node].show(places[at], &[proofs[at].as_bytes()]).await)
    });
    let (taken, refused): (Vec<_>, Vec<_>) =
        shown.await.into_iter().partition(|(_, answer)| answer.status.is_success());
    assert_eq!(taken.len(), 1, "{case}");
    for (place, answer) in refused {
        if place == Place::DeviceCode && taken[0].0 == place && answer.error() == "invalid_grant" {
            // It came when the device had its tokens already, and asked for nothing that there still was.
            continue;
        }
        assert_refused(&answer, place, "invalid_dpop_proof", &case);
    }
    taken[0].0
}

#[actix_web::test]
async fn of_sixteen_at_two_nodes_with_one_proof_one_gets_what_it_asks_for() {
    let world = World::of("ES256").await;
    let other = world.idp.another_node().await;
    let all = places().map(|place| vec![place]).chain([places().collect(), POSTS.to_vec()]);
    for places in all {
        let world = world.again().await;
        world.idp.pass("10s");
        let taken = taken_once(&world, &other, places).await;
        world.goes_on_but_for(Some(taken)).await;
    }
}

#[actix_web::test]
async fn a_code_and_a_spent_refresh_token_kill_their_family_from_every_node() {
    let nodes = two().await;
    for id in ["social", "posting", "spa"] {
        let apps = nodes.each_ref().map(|node| RelyingApp::new(node.clone(), id));
        for (first, second) in [(0, 1), (1, 0), (1, 1)] {
            let case = format!("{id}: node {first} and then {second}");
            let code = fresh_code(&nodes[0], &apps[0]).await;
            let tokens = Tokens::of(&apps[first].try_redeem(&code).await);
            assert_json(&apps[second].try_redeem(&code).await, 400, "invalid_grant", &case);
            assert_dead(&apps[first], &tokens, &case).await;
            // A family of three, each of another node; the first one comes again.
            let code = fresh_code(&nodes[0], &apps[0]).await;
            let mut family = vec![Tokens::of(&apps[first].try_redeem(&code).await)];
            for node in [second, first] {
                let next = apps[node].refresh(&family.last().unwrap().refresh).await;
                family.push(next);
            }
            assert_json(&apps[second].try_refresh(&family[0].refresh).await, 400, "invalid_grant", &case);
            for tokens in &family {
                assert_dead(&apps[first], tokens, &case).await;
                assert_dead(&apps[second], tokens, &case).await;
            }
        }
    }
}

/// A request that can be pushed.
fn pushable(uri: &str) -> [(&str, &str); 6] {
    [
        ("response_type", "code"),
        ("redirect_uri", uri),
        ("scope", "openid"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
}

#[actix_web::test]
async fn of_sixteen_at_two_nodes_one_redeems_a_code_and_one_opens_a_pushed_request() {
    let nodes = two().await;
    let apps = nodes.each_ref().map(|node| RelyingApp::new(node.clone(), "social"));
    let code = fresh_code(&nodes[0], &apps[0]).await;
    let (redeeming, presented) = (apps.clone(), code.clone());
    let statuses =
        sixteen(async move |number| redeeming[number % 2].try_redeem(&presented).await.status.as_u16()).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 15, "{statuses:?}");

    let uri = apps[0].redirect_uri();
    let pushed = apps[0].post("/par", &pushable(&uri)).await;
    assert_eq!(pushed.status, 201, "{}", pushed.body);
    let name = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    let (asked, asking) = (address(&[("client_id", "social"), ("request_uri", &name)]), nodes.clone());
    let statuses = sixteen(async move |number| asking[number % 2].browser().get(&asked).await.status.as_u16()).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 15, "{statuses:?}");
}

/// A stolen token is given back at one node, or its person signs out there: it is nothing at the other.
#[actix_web::test]
async fn what_ends_at_one_node_has_ended_at_every_other() {
    let nodes = two().await;
    for (ending, witness) in [(0, 1), (1, 0)] {
        let apps = nodes.each_ref().map(|node| RelyingApp::new(node.clone(), "social"));
        for way in ["given back", "signed out", "account disabled"] {
            let mut browser = nodes[ending].browser();
            let answer = browser.enter(&apps[ending]).await;
            nodes[0].pass("3s");
            let tokens = apps[ending].redeem(&answer).await;
            assert_eq!(apps[witness].userinfo(&tokens.access).await.status, 200, "{way}");
            match way {
                "given back" => assert_eq!(apps[ending].give_back(&tokens.refresh).await.status, 200),
                "signed out" => {
                    let account = browser.get("/account").await;
                    assert_eq!(browser.submit(&account, "/account/sign-out", &[]).await.status, 303);
                }
                _ => nodes[ending].end_account_of("mira", true).await,
            }
            let case = format!("{way} at node {ending}");
            assert_dead(&apps[witness], &tokens, &case).await;
            let told = apps[witness].introspect(&tokens.access).await;
            assert_eq!(told.body, r#"{"active":false}"#, "{case}");
        }
    }
}

/// Guesses at a password are counted by all nodes together: whoever goes from one to the other gets no more of them.
#[actix_web::test]
async fn guesses_are_counted_by_all_nodes_together() {
    let nodes = two().await;
    let mut statuses = Vec::new();
    for number in 0..12 {
        let mut browser = nodes[number % 2].browser();
        let page = browser.authorize(&nodes[number % 2].app("social"), &[]).await;
        statuses
            .push(browser.sign_in_as(&page, "mira", &format!("no password of hers {number}")).await.status.as_u16());
    }
    assert_eq!(statuses[..5], [422; 5], "five are free");
    assert_eq!(statuses[5..], [429; 7], "{statuses:?}");
    // The right one waits as well, at either.
    for node in &nodes {
        let mut browser = node.browser();
        let page = browser.authorize(&node.app("social"), &[]).await;
        assert_eq!(browser.sign_in(&page).await.status, 429);
    }
}

/// The same for the codes of devices.
#[actix_web::test]
async fn guesses_at_the_codes_of_devices_are_counted_by_all_nodes_together() {
    let one = house().await;
    let nodes = [one.clone(), one.another_node().await];
    let mut browsers = Vec::new();
    for node in &nodes {
        let mut browser = node.browser();
        browser.enter(&node.app("social")).await;
        browsers.push(browser);
    }
    let untouched = Untouched::now(&one).await;
    let mut statuses = Vec::new();
    for number in 0..12 {
        statuses.push(enter(&mut browsers[number % 2], "BCDF-GHJK").await.status.as_u16());
    }
    assert_eq!(statuses[..5], [422; 5], "five are free");
    assert_eq!(statuses[5..], [429; 7], "{statuses:?}");
    untouched.check("guesses").await;
    // A right one waits as well, at either.
    let codes = one.call(asking(&[])).await.json();
    for browser in &mut browsers {
        assert_eq!(enter(browser, text(&codes, "user_code")).await.status, 429);
    }
}

/// Copies of a browser, at both nodes in turn, with the page that each of them shows.
fn copies(nodes: &[Idp; 2], browser: &Browser, page: &Answer) -> Rc<Vec<(Browser, Answer)>> {
    let copy = |number: usize| {
        let mut copy = browser.copied();
        copy.idp = nodes[number % 2].clone();
        (copy, page.clone())
    };
    Rc::new((0..16).map(copy).collect())
}

/// All of them send the form of their page at once, each filled in by its number.
async fn submitted(
    all: &Rc<Vec<(Browser, Answer)>>,
    action: &'static str,
    fill: impl Fn(usize) -> Vec<(&'static str, String)> + Clone + 'static,
) -> Vec<Answer> {
    let all = Rc::clone(all);
    sixteen(async move |number| {
        let (browser, page) = &all[number];
        let filled = fill(number);
        let filled: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.copied().submit(page, action, &filled).await
    })
    .await
}

/// One got through, and the others got one of these.
fn assert_one_won(answers: &[Answer], won: u16, lost: &[u16], case: &str) {
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|status| **status == won).count(), 1, "{case}: {statuses:?}");
    assert!(statuses.iter().all(|status| *status == won || lost.contains(status)), "{case}: {statuses:?}");
}

#[actix_web::test]
async fn of_sixteen_polls_of_a_device_that_was_let_in_one_gets_tokens() {
    let one = house().await;
    let nodes = [one.clone(), one.another_node().await];
    let mut browser = one.browser();
    browser.enter(&one.app("social")).await;
    for _ in 0..5 {
        let codes = one.call(asking(&[])).await.json();
        let page = enter(&mut browser, text(&codes, "user_code")).await;
        browser.submit(&page, "/consent", &[("decision", "allow")]).await;
        let (asking, code) = (nodes.clone(), text(&codes, "device_code").to_owned());
        let answers = sixteen(async move |number| poll(&asking[number % 2], "spa-tv", &code).await).await;
        assert_one_won(&answers, 200, &[400], "polls");
        for lost in answers.iter().filter(|answer| answer.status != 200) {
            // It is gone already, or went while it was looked at.
            assert_json(lost, 400, if lost.error() == "expired_token" { "expired_token" } else { "invalid_grant" }, "");
        }
        let tokens = Tokens::of(answers.iter().find(|answer| answer.status == 200).unwrap());
        assert_alive(&one.app("spa-tv"), &tokens.access, "and keeps them").await;
    }
}

/// Sixteen browsers, each somewhere else, that the person used before: strangers' guesses are few, whatever they guess at.
async fn known(nodes: &[Idp; 2]) -> Vec<Browser> {
    let mut all = Vec::new();
    for number in 0..16 {
        let mut browser = nodes[number % 2].browser();
        browser.address = format!("198.51.100.{number}:1");
        browser.enter(&nodes[number % 2].app("social")).await;
        all.push(browser);
    }
    all
}

/// In each of them the password was right, and the page asks for the second factor.
async fn halfway(known: &mut [Browser]) -> Rc<Vec<(Browser, Answer)>> {
    let mut all = Vec::new();
    for browser in known {
        let page = browser.authorize(&browser.idp.app("social"), &[("prompt", "login")]).await;
        let waiting = browser.sign_in(&page).await;
        let page = browser.get(waiting.location()).await;
        all.push((browser.copied(), page));
    }
    Rc::new(all)
}

#[actix_web::test]
async fn of_sixteen_who_show_one_second_factor_one_is_signed_in() {
    let nodes = two().await;
    let (mut known, mut home) = (known(&nodes).await, nodes[0].browser());
    let (app, recovery) = set_up(&nodes[0], &mut home).await;
    for (kind, code) in [("a code of the app", app.code(&nodes[0], 0)), ("a recovery code", recovery[0].clone())] {
        let all = halfway(&mut known).await;
        let answers = submitted(&all, "/sign-in/code", move |_| vec![("code", code.clone())]).await;
        assert_one_won(&answers, 303, &[422], kind);
        assert!(answers.iter().find(|answer| answer.status == 303).unwrap().parameter("code").is_some());
    }
}

#[actix_web::test]
async fn of_sixteen_who_use_one_link_one_makes_the_account() {
    let (one, server) = open_to_all().await;
    let nodes = [one.clone(), one.another_node().await];
    let mut browser = one.browser();
    let page = browser.get("/sign-up").await;
    browser.submit(&page, "/sign-up/send", &[("email", "nia@example.org")]).await;
    one.deliver().await;
    let form = browser.get(&server.only().link()).await;
    let password = |number: usize| format!("seven kites above the dunes {number}");
    let words = move |number| vec![("password", password(number)), ("name", format!("Nia {number}"))];
    let answers = submitted(&copies(&nodes, &browser, &form), "/sign-up/confirm", words).await;
    assert_one_won(&answers, 303, &[410], "a link to sign up");
    let winner = answers.iter().position(|answer| answer.status == 303).unwrap();
    let account = one.flows().store.find::<Account>(&username_name("nia@example.org")).await.unwrap().unwrap();
    assert_eq!(account.claims["name"], format!("Nia {winner}"));

    // An invitation may be used in any browser, and under any name. One address may use thirty links a minute.
    one.pass("1m");
    let mut boss = boss(&one).await;
    let letter = invite(&one, &server, &mut boss, &[("email", "zoe@example.org")]).await;
    let mut guest = one.browser();
    let form = guest.get(&letter.link()).await;
    let words = move |number| vec![("username", format!("zoe{number}")), ("password", password(number))];
    let answers = submitted(&copies(&nodes, &guest, &form), "/invitation", words).await;
    assert_one_won(&answers, 303, &[410], "an invitation");
    for (number, answer) in answers.iter().enumerate() {
        let account = one.flows().store.find::<Account>(&username_name(&format!("zoe{number}"))).await.unwrap();
        assert_eq!(account.is_some(), answer.status == 303, "{number}");
    }
}

#[actix_web::test]
async fn of_sixteen_who_come_back_with_one_state_of_an_upstream_one_is_signed_in() {
    let liar = Liar::start(NOW);
    let one = relying_on(vec![configured("liar", &liar.issuer)]).await;
    let nodes = [one.clone(), one.another_node().await];
    connected(&one).await;
    for _ in 0..3 {
        one.pass("2m");
        liar.at(one.now());
        let mut browser = one.browser();
        let page = browser.authorize(&one.app("social"), &[]).await;
        let back = answered(&press(&mut browser, &page, "liar").await, "liar");
        let all = copies(&nodes, &browser, &page);
        let answers = sixteen(async move |number| all[number].0.copied().get(&back).await).await;
        assert_one_won(&answers, 303, &[400], "a state");
        assert!(answers.iter().find(|answer| answer.status == 303).unwrap().parameter("code").is_some());
    }
}

/// What is good once, and was used.
struct UsedUp {
    assertion: String,
    /// The authorization that it goes with, and the proof.
    proof: [String; 2],
    code: (String, Tokens),
    /// Of three refreshes, each with the token of the one before.
    family: Vec<Tokens>,
    given_back: Tokens,
    device_code: String,
    pushed: String,
    /// The browser, its page, and the letter's link.
    reset: (Browser, Answer, String),
    recovery: String,
}

const REQUEST: (&str, &str) = ("GET", "/userinfo");

async fn use_up(idp: &Idp, server: &MailServer, (client, holder): (&Keyed, &Holder)) -> UsedUp {
    let (social, spa, till, mut browser) = (idp.app("social"), idp.app("spa"), idp.app("till"), idp.browser());
    // What ends all sessions, and what takes time, comes first.
    let letter = reset_mail(idp, server, &mut browser).await;
    let page = browser.get(&letter.link()).await;
    assert_eq!(browser.submit(&page, "/reset", &[("password", PASSWORD)]).await.status, 303);
    let reset = (browser, page, letter.link());
    let mut otto = idp.browser();
    let page = otto.get("/account").await;
    otto.sign_in_as(&page, "otto", "another person entirely").await;
    let (_, recovery) = set_up(idp, &mut otto).await;
    assert_eq!(by_recovery_code(idp, &recovery[0]).await.status, 303);

    let code = fresh_code(idp, &spa).await;
    let code = (code.clone(), Tokens::of(&spa.try_redeem(&code).await));
    let mut family = vec![fresh_tokens(idp, &social).await];
    for _ in 0..3 {
        let next = social.refresh(&family.last().unwrap().refresh).await;
        family.push(next);
    }
    let given_back = fresh_tokens(idp, &social).await;
    assert_eq!(social.give_back(&given_back.refresh).await.status, 200);

    let mut browser = idp.browser();
    browser.enter(&social).await;
    let codes = till.post("/device_authorization", &[("scope", "openid")]).await.json();
    let page = enter(&mut browser, text(&codes, "user_code")).await;
    browser.submit(&page, "/consent", &[("decision", "allow")]).await;
    let device_code = text(&codes, "device_code").to_owned();
    Tokens::of(&till.token(&[("grant_type", GRANT), ("device_code", &device_code)]).await);

    let uri = social.redirect_uri();
    let pushed = social.post("/par", &pushable(&uri)).await.json();
    let pushed = address(&[("client_id", "social"), ("request_uri", text(&pushed, "request_uri"))]);
    assert_eq!(idp.browser().get(&pushed).await.status, 200);

    let bound = Tokens::of(&holder.redeem(&spa, &fresh_code(idp, &spa).await).await);
    let proof = [format!("DPoP {}", bound.access), holder.proof(REQUEST, Some(&bound.access)).await];
    assert_eq!(idp.call(presenting(REQUEST, &proof[0], &proof[1])).await.status, 200);
    let assertion = client.assertion();
    assert_eq!(client.present("/revoke", &assertion, &[("token", "x")]).await.status, 200);
    UsedUp { assertion, proof, code, family, given_back, device_code, pushed, reset, recovery: recovery[0].clone() }
}

/// Somebody signs in with a password, and a recovery code for their second factor.
async fn by_recovery_code(idp: &Idp, code: &str) -> Answer {
    let mut browser = idp.browser();
    let page = browser.authorize(&idp.app("social"), &[]).await;
    let waiting = browser.sign_in_as(&page, "otto", "another person entirely").await;
    let page = browser.get(waiting.location()).await;
    browser.submit(&page, "/sign-in/code", &[("code", code)]).await
}

/// Somebody guesses at a password.
async fn guess(idp: &Idp) -> Answer {
    let mut browser = idp.browser();
    let page = browser.authorize(&idp.app("social"), &[]).await;
    browser.sign_in_as(&page, "boss", "no password of theirs").await
}

/// Nothing about what was used is known by a process: one that has just begun refuses what the one before it refused.
#[actix_web::test]
async fn what_was_used_before_a_restart_is_refused_after_it() {
    let (idp, server) = with_mail().await;
    let till = json!({"client_id": "till", "client_secret": idp.app("till").secret(), "redirect_uris": [],
        "response_types": [], "grant_types": [GRANT]});
    idp.import(json!({"clients": [till]})).await;
    let client = Keyed::register(&idp, "keyed", "ES256", &json!({})).await;
    let holder = Holder::of(&idp, "ES256");
    for _ in 0..5 {
        assert_eq!(guess(&idp).await.status, 422);
    }
    let used = use_up(&idp, &server, (&client, &holder)).await;
    for _ in 0..4 {
        guess(&idp).await;
    }

    let idp = idp.restarted().await;
    let (social, spa, till) = (idp.app("social"), idp.app("spa"), idp.app("till"));
    let current = used.family.last().unwrap();
    assert_alive(&spa, &used.code.1.access, "of the code").await;
    assert_alive(&social, &current.access, "of the family").await;
    let mut reset = used.reset.0.copied();
    reset.idp = idp.clone();
    let assertion = at(&client, &idp).present("/revoke", &used.assertion, &[("token", "x")]).await;
    let polled = till.token(&[("grant_type", GRANT), ("device_code", &used.device_code)]).await;
    for (name, answer, status, error) in [
        ("an assertion", assertion, 401, "invalid_client"),
        ("a proof", idp.call(presenting(REQUEST, &used.proof[0], &used.proof[1])).await, 401, "invalid_dpop_proof"),
        ("a code", spa.try_redeem(&used.code.0).await, 400, "invalid_grant"),
        ("a spent refresh token", social.try_refresh(&used.family[0].refresh).await, 400, "invalid_grant"),
        ("one that was given back", social.try_refresh(&used.given_back.refresh).await, 400, "invalid_grant"),
        ("a device code", polled, 400, "invalid_grant"),
        ("the page of a link", reset.submit(&used.reset.1, "/reset", &[("password", PASSWORD)]).await, 410, ""),
        ("a link", reset.get(&used.reset.2).await, 410, ""),
        ("a pushed request", idp.browser().get(&used.pushed).await, 400, ""),
        ("a recovery code", by_recovery_code(&idp, &used.recovery).await, 422, ""),
        ("a guess after five", guess(&idp).await, 429, ""),
    ] {
        match error {
            "" => assert_page(&answer, status, name),
            _ => assert_json(&answer, status, error, name),
        }
    }
    // A code and a spent token did not only fail: they revoked.
    assert_dead(&spa, &used.code.1, "of the code").await;
    for tokens in &used.family {
        assert_dead(&social, tokens, "of the family").await;
    }
    assert_eq!(social.userinfo(&used.given_back.access).await.status, 401);
}
