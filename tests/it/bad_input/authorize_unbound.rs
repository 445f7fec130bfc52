//! A request that proves no return address: a 400 page, no redirect, nothing stored.

use super::variants::near;
use super::{FORM, Untouched, assert_page, encoded};
use crate::harness::{Answer, Browser, CHALLENGE, Idp, RelyingApp};
use actix_web::test::TestRequest;

const GOOD: &str = "https://social.example.com/callback";

/// A query with this client and these redirect URIs; everything else is as it should be.
fn query(clients: &[&str], uris: &[&str]) -> String {
    let mut pairs = vec![
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "state-1"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    pairs.extend(clients.iter().map(|client| ("client_id", *client)));
    pairs.extend(uris.iter().map(|uri| ("redirect_uri", *uri)));
    encoded(&pairs)
}

/// The same by POST: first a redirect to our own GET, which this follows.
async fn by_post(browser: &mut Browser, query: &str) -> Answer {
    let request = TestRequest::post().uri("/authorize").insert_header(("content-type", FORM));
    let answer = browser.send(request.set_payload(query.to_owned())).await;
    assert_eq!(answer.status, 303, "{query}: {}", answer.body);
    assert!(answer.location().starts_with("/authorize?"), "{query}: {}", answer.location());
    browser.get(answer.location()).await
}

/// Sends it by GET and POST, from a stranger and from a person who is signed in.
async fn assert_unbound(idp: &Idp, person: &mut Browser, query: &str) {
    let case = query.to_owned();
    let answer = idp.browser().get(&format!("/authorize?{query}")).await;
    assert_page(&answer, 400, &case);
    assert_page(&by_post(&mut idp.browser(), query).await, 400, &format!("POST {case}"));
    assert_page(&person.get(&format!("/authorize?{query}")).await, 400, &format!("signed in: {case}"));
    assert_page(&by_post(person, query).await, 400, &format!("POST, signed in: {case}"));
}

async fn signed_in(idp: &Idp) -> (Browser, RelyingApp) {
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    browser.enter(&social).await;
    (browser, social)
}

#[actix_web::test]
async fn only_the_registered_redirect_uri_is_ever_redirected_to() {
    let idp = Idp::start().await;
    let (mut person, _) = signed_in(&idp).await;
    let untouched = Untouched::now(&idp).await;
    for uri in near(GOOD) {
        assert_unbound(&idp, &mut person, &query(&["social"], &[&uri])).await;
        untouched.check(&uri).await;
    }
    // Of somebody else, or registered for something else.
    for uri in ["https://bank.example.com/callback", "https://social.example.com/bye"] {
        assert_unbound(&idp, &mut person, &query(&["social"], &[uri])).await;
        untouched.check(uri).await;
    }
}

#[actix_web::test]
async fn a_registered_query_is_compared_byte_by_byte() {
    let idp = Idp::start().await;
    let (mut person, _) = signed_in(&idp).await;
    let untouched = Untouched::now(&idp).await;
    let tails = [
        "",
        "?",
        "?tenant",
        "?tenant=",
        "?tenant=2",
        "?tenant=11",
        "?tenant=%31",
        "?Tenant=1",
        "?tenant=1&",
        "?tenant=1&x=1",
        "?x=1&tenant=1",
        "?tenant=1&tenant=1",
        "?tenant=1&tenant=2",
        "?tenant=1#",
        "?tenant=1%26x=1",
        "?tenant=1;x=1",
        "??tenant=1",
        "?tenant=1 ",
        "?tenant%3D1",
        "#?tenant=1",
    ];
    for tail in tails {
        let uri = format!("https://query.example.com/callback{tail}");
        assert_unbound(&idp, &mut person, &query(&["query"], &[&uri])).await;
        untouched.check(&uri).await;
    }
}

#[actix_web::test]
async fn a_native_client_is_free_in_the_port_of_a_loopback_address_alone() {
    let idp = Idp::start().await;
    let (mut person, _) = signed_in(&idp).await;
    let untouched = Untouched::now(&idp).await;
    for uri in [
        "com.example.native:/callback/",
        "com.example.native:/Callback",
        "com.example.native:callback",
        "com.example.native://callback",
        "COM.example.native:/callback",
        "com.example.natives:/callback",
        "com.example.native:/callback?x=1",
        "com.example.native:/",
        "http://127.0.0.1:1/",
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:1x/callback",
        "http://127.0.0.1:80@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.2:1/callback",
        "http://127.1:1/callback",
        "http://2130706433/callback",
        "http://localhost:1/callback",
        "http://[::1]:1/callback",
        "https://127.0.0.1:1/callback",
        "http://127.0.0.1:1/callback/",
        "http://127.0.0.1:1/callback?x",
        "http://127.0.0.1:1/callback#x",
        "http://127.0.0.1:1/CALLBACK",
        "http://user@127.0.0.1:1/callback",
        "http://127.0.0.1:-1/callback",
        "http://127.0.0.1:+1/callback",
        "http://127.0.0.1: 1/callback",
        "HTTP://127.0.0.1:1/callback",
    ] {
        assert_unbound(&idp, &mut person, &query(&["native"], &[uri])).await;
        untouched.check(uri).await;
    }
    let free = query(&["native"], &["http://127.0.0.1:51234/callback"]);
    assert_eq!(idp.browser().get(&format!("/authorize?{free}")).await.status, 200);
    // For a web client no port is free.
    assert_unbound(&idp, &mut person, &query(&["social"], &["https://social.example.com:51234/callback"])).await;
}

#[actix_web::test]
async fn an_unknown_client_is_told_to_the_person_alone() {
    let idp = Idp::start().await;
    let (mut person, _) = signed_in(&idp).await;
    let untouched = Untouched::now(&idp).await;
    let mut clients: Vec<String> = [
        "nobody",
        "SOCIAL",
        "Social",
        "social ",
        " social",
        "social/",
        "social\t",
        "social\n",
        "s\u{f6}cial",
        "soci\u{430}l",
        "../social",
        "social%00",
        "social,bank",
        "social bank",
        "*",
        "null",
        "abide:console",
        "0",
        "client/social",
        "\u{1f980}",
        "social\u{200b}",
    ]
    .map(str::to_owned)
    .to_vec();
    clients.extend((1.."social".len()).map(|at| "social"[..at].to_owned()));
    clients.extend([200, 201, 513, 5_000, 8_192, 8_193].map(|length| "a".repeat(length)));
    for client in &clients {
        assert_unbound(&idp, &mut person, &query(&[client], &[GOOD])).await;
        untouched.check(client).await;
    }
}

#[actix_web::test]
async fn missing_empty_repeated_and_malformed_names_prove_nothing() {
    let idp = Idp::start().await;
    let (mut person, _) = signed_in(&idp).await;
    let untouched = Untouched::now(&idp).await;
    let other = "https://evil.example/callback";
    let lists: [(&[&str], &[&str]); 14] = [
        (&[], &[]),
        (&[], &[GOOD]),
        (&[""], &[GOOD]),
        (&["social"], &[]),
        (&["social"], &[""]),
        (&["social", "social"], &[GOOD]),
        (&["social", "bank"], &[GOOD]),
        (&["bank", "social"], &[GOOD]),
        (&["", "social"], &[GOOD]),
        (&["social", ""], &[GOOD]),
        (&["social"], &[GOOD, GOOD]),
        (&["social"], &[GOOD, other]),
        (&["social"], &[other, GOOD]),
        (&["social"], &["", GOOD]),
    ];
    for (clients, uris) in lists {
        assert_unbound(&idp, &mut person, &query(clients, uris)).await;
        untouched.check(&format!("{clients:?} {uris:?}")).await;
    }
    // Values that are no text, names in other forms.
    let rest = format!("response_type=code&scope=openid&code_challenge={CHALLENGE}&code_challenge_method=S256");
    let uri = encoded(&[("redirect_uri", GOOD)]);
    for pair in [
        "client_id=social%00",
        "client_id=%00",
        "client_id=social%FF",
        "client_id=%C3%28",
        "Client_id=social",
        "client_id[]=social",
        "client_id[0]=social",
        "client_id%00=social",
        "%FFclient_id=social",
        " client_id=social",
        "client_id=socia%6",
        "client_id=soc%ZZial",
    ] {
        let pair = pair.replace(' ', "+");
        assert_unbound(&idp, &mut person, &format!("{pair}&{uri}&{rest}")).await;
        assert_unbound(&idp, &mut person, &format!("{rest}&{uri}&{pair}")).await;
        let good = format!("{pair}&client_id=social&{uri}%00&{rest}");
        assert_unbound(&idp, &mut person, &good).await;
        untouched.check(&pair).await;
    }
    for form in
        ["", "&", "&&&", "=", "=&=", "?", "client_id", "redirect_uri", "client_id&redirect_uri", "%", "%%", "%FF=%FF"]
    {
        assert_unbound(&idp, &mut person, form).await;
        untouched.check(form).await;
    }
}

#[actix_web::test]
async fn a_client_that_lost_its_redirect_uri_gets_no_answer_there() {
    let idp = Idp::start().await;
    let (mut browser, social) = (idp.browser(), idp.app("social"));
    let page = browser.authorize(&social, &[]).await;
    idp.import(serde_json::json!({"clients": [{"client_id": "social", "consent": "skip",
        "redirect_uris": ["https://social.example.com/elsewhere"]}]}))
        .await;
    let answer = browser.sign_in(&page).await;
    assert_page(&answer, 400, "the address was proved when the request came, and not when the answer went");
}
