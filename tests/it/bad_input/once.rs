//! What is good once is good once on all nodes together, at whichever endpoint and in whichever order it is shown: nothing of
//! that is known by a process alone (a lesson of other providers' holes).

use super::assertions::{ENDPOINTS, METHODS};
use super::possession::{POSTS, Place, RESOURCES, World, assert_refused, places};
use super::{Untouched, assert_dead, assert_json, fresh_code, sixteen};
use crate::harness::keyed::{Keyed, changed};
use crate::harness::{CHALLENGE, Holder, Idp, RelyingApp, Tokens, presenting};
use crate::stories::pushed::address;
use serde_json::json;

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
    let pushed = [
        ("response_type", "code"),
        ("redirect_uri", uri.as_str()),
        ("scope", "openid"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let pushed = apps[0].post("/par", &pushed).await;
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
