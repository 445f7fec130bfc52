//! A request that proves no return address: a 400 page, no redirect, nothing stored.

use super::asking::{Asker, PUBLISHED, PUSHED, SENT, Way, filled};
use super::variants::near;
use super::{FORM, Untouched, assert_json, assert_page, encoded};
use crate::harness::{Answer, Browser, CHALLENGE, Idp, RelyingApp, VERIFIER};
use crate::stories::pushed::reaching;
use actix_web::test::TestRequest;
use serde_json::json;

const GOOD: &str = "https://social.example.com/callback";
const TYPES: [&str; 6] = ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"];
const MODES: [&str; 4] = ["", "query", "fragment", "form_post"];

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

/// A client that may ask for every kind of answer in every way, and a person who is signed in to it.
async fn everything() -> (Idp, Browser, Asker) {
    let idp = reaching().await;
    let record = json!({"response_types": TYPES, "grant_types": ["authorization_code", "implicit", "refresh_token"]});
    let asker = Asker::register(&idp, "social", &record).await;
    let (person, _) = signed_in(&idp).await;
    (idp, person, asker)
}

/// The parameters of a request that is right but for its address.
fn request<'a>(uri: &'a str, kind: &'a str, mode: &'a str, prompt: &'a str) -> Vec<(&'a str, &'a str)> {
    let with_code = kind.contains("code");
    filled(&[
        ("redirect_uri", uri),
        ("response_type", kind),
        ("response_mode", mode),
        ("prompt", prompt),
        ("scope", "openid"),
        ("state", "state-1"),
        ("nonce", "n"),
        ("code_challenge", if with_code { CHALLENGE } else { "" }),
        ("code_challenge_method", if with_code { "S256" } else { "" }),
    ])
}

/// Every kind of answer, each in a mode and with a prompt: of sixteen such rows, each kind has each mode with each prompt.
fn kinds(row: usize) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let each = TYPES.into_iter().enumerate();
    each.map(move |(at, kind)| (kind, MODES[(row / 2 + at) % MODES.len()], ["none", ""][(row / 8 + at) % 2]))
}

#[actix_web::test]
async fn no_kind_or_mode_of_an_answer_leads_to_an_unregistered_address() {
    let (idp, mut person, asker) = everything().await;
    let untouched = Untouched::now(&idp).await;
    for (number, uri) in near(GOOD).iter().enumerate() {
        // Half of them, and of the address beside it, which is hardly another, the other half.
        for (kind, mode, prompt) in kinds(number).skip(number % 2).step_by(2) {
            let asked = request(uri, kind, mode, prompt);
            let answer = asker.ask(&mut person, Way::Address, (&asked, &[])).await;
            assert_page(&answer, 400, &format!("{uri}: {kind} by {mode:?}, {prompt:?}"));
        }
        untouched.check(uri).await;
    }
    // The very same leads to the right one.
    for (kind, mode, prompt) in (0..16).flat_map(kinds) {
        let answer = asker.ask(&mut person, Way::Address, (&request(GOOD, kind, mode, prompt), &[])).await;
        let told = if mode == "form_post" { answer.fields(GOOD).into_iter().collect() } else { answer.told() };
        assert!(!told.is_empty() && (mode == "form_post" || answer.location().starts_with(GOOD)), "{kind} by {mode:?}");
    }
}

/// Every address inside a request, beside the right one, where there is a place beside it.
async fn assert_unbound_inside(ways: &[Way]) {
    let (idp, mut person, asker) = everything().await;
    let untouched = Untouched::now(&idp).await;
    let fetched = asker.fetched();
    let uris = near(GOOD);
    for (way, (number, uri)) in ways.iter().flat_map(|way| uris.iter().enumerate().map(move |uri| (*way, uri))) {
        let (kind, mode, prompt) = kinds(number).nth(number % TYPES.len()).unwrap();
        let case = format!("{way:?}: {uri}: {kind} by {mode:?}, {prompt:?}");
        let asked = request(uri, kind, mode, prompt);
        let beside: &[(&str, &str)] = if way == Way::Push { &[] } else { &[("redirect_uri", GOOD)] };
        let answer = asker.ask(&mut person, way, (&asked, beside)).await;
        if way.is_pushed() {
            assert_json(&answer, 400, "invalid_request", &case);
            let said = "redirect_uri is not registered for this client";
            assert_eq!(answer.json()["error_description"], said, "{case}");
        } else {
            assert_page(&answer, 400, &case);
        }
        untouched.check(&case).await;
    }
    let published = ways.iter().filter(|way| PUBLISHED.contains(way)).count();
    assert_eq!(asker.fetched() - fetched, published * uris.len(), "nothing else was fetched");
    // What has none inside has none: beside a signed one nothing counts.
    for way in ways.iter().filter(|way| way.is_signed()) {
        let asked = request("", "code", "", "");
        let answer = asker.ask(&mut person, *way, (&asked, &[("redirect_uri", GOOD)])).await;
        match way.is_pushed() {
            true => assert_json(&answer, 400, "invalid_request", "none inside"),
            false => assert_page(&answer, 400, "none inside"),
        }
    }
    untouched.check("none inside").await;
}

#[actix_web::test]
async fn no_request_object_leads_to_an_unregistered_address() {
    assert_unbound_inside(&SENT).await;
}

#[actix_web::test]
async fn no_published_request_object_leads_to_an_unregistered_address() {
    assert_unbound_inside(&PUBLISHED).await;
}

#[actix_web::test]
async fn no_request_with_an_unregistered_address_can_be_pushed() {
    assert_unbound_inside(&PUSHED).await;
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

/// Everything close to a loopback address with a free port and not it, for these hosts (RFC 8252, sections 7.3 and 8.3).
fn near_loopback(host: &str) -> Vec<String> {
    let mut all = Vec::new();
    for port in ["", ":1", ":51234"] {
        for (before, after) in [
            ("http://", "/"),
            ("http://", ""),
            ("http://", "/callback/"),
            ("http://", "/CALLBACK"),
            ("http://", "//callback"),
            ("http://", "/./callback"),
            ("http://", "/%63allback"),
            ("http://", "/callback?x=1"),
            ("http://", "/callback?"),
            ("http://", "/callback#x"),
            ("http://", "\\callback"),
            ("http://", ".evil.example/callback"),
            ("http://", "@evil.example/callback"),
            ("http://", ":80/callback"),
            ("http://", "./callback"),
            ("https://", "/callback"),
            ("HTTP://", "/callback"),
            ("ftp://", "/callback"),
            ("http:/", "/callback"),
            ("//", "/callback"),
            ("", "/callback"),
            ("http://user@", "/callback"),
            ("http://@", "/callback"),
            ("http://evil.example@", "/callback"),
            ("http://evil.example/?", "/callback"),
            ("http://x.", "/callback"),
            (" http://", "/callback"),
        ] {
            // Port 80 is as free as any, unless there is one before it.
            if !(port.is_empty() && after == ":80/callback") {
                all.push(format!("{before}{host}{port}{after}"));
            }
        }
    }
    for port in [":", ":x", ":1x", ":-1", ":+1", ": 1", ":1 ", ":%31", ":\u{661}", ":1:2"] {
        all.push(format!("http://{host}{port}/callback"));
    }
    all
}

#[actix_web::test]
async fn localhost_and_ipv6_loopback_are_free_in_the_port_alone_for_a_native_client_that_registered_them() {
    let idp = Idp::start().await;
    let registered = ["http://localhost/callback", "http://[::1]/callback"];
    let native = json!({"client_id": "native", "token_endpoint_auth_method": "none", "application_type": "native",
        "consent": "skip", "redirect_uris": registered});
    let web = json!({"client_id": "social", "client_secret": idp.app("social").secret(), "consent": "skip",
        "redirect_uris": ["http://localhost/callback"]});
    idp.import(json!({"clients": [native, web]})).await;
    let mut person = idp.browser();
    let page = person.get("/account").await;
    person.sign_in(&page).await;
    let untouched = Untouched::now(&idp).await;
    for uri in registered {
        let host = uri.strip_prefix("http://").unwrap().strip_suffix("/callback").unwrap();
        for uri in near_loopback(host) {
            assert_unbound(&idp, &mut person, &query(&["native"], &[&uri])).await;
            untouched.check(&uri).await;
        }
    }
    // Neither stands for the other, nor for a third.
    for host in [
        "127.0.0.1",
        "127.0.0.2",
        "127.1",
        "[::2]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "::1",
        "LOCALHOST",
        "localhost.",
        "localhos",
        "localhostx",
        "ip6-localhost",
        "app.localhost",
        "0.0.0.0",
        "[::]",
    ] {
        for port in ["", ":1", ":51234"] {
            let uri = format!("http://{host}{port}/callback");
            assert_unbound(&idp, &mut person, &query(&["native"], &[&uri])).await;
            untouched.check(&uri).await;
        }
    }
    // For a web client that registered it no port is free.
    for port in [":1", ":80", ":51234"] {
        let uri = format!("http://localhost{port}/callback");
        assert_unbound(&idp, &mut person, &query(&["social"], &[&uri])).await;
    }
    untouched.check("a web client").await;
    for host in ["localhost", "[::1]"] {
        for port in ["", ":1", ":80", ":443", ":8080", ":51234", ":65535"] {
            let uri = format!("http://{host}{port}/callback");
            let asked = query(&["native"], &[&uri]);
            let stranger = idp.browser().get(&format!("/authorize?{asked}")).await;
            assert!(stranger.status == 200 && stranger.body.contains("id=\"sign-in\""), "{uri}: {}", stranger.body);
            // Any program of the machine could listen there: the person is asked, whoever vouches for the app.
            let page = person.get(&format!("/authorize?{asked}")).await;
            let answer = person.submit(&page, "/consent", &[("decision", "allow")]).await;
            assert!(answer.location().starts_with(&format!("{uri}?code=")), "{uri}: {}", answer.location());
            // The code belongs to that very port.
            let code = answer.parameter("code").unwrap();
            let redeem = async |uri: &str| {
                let fields = [
                    ("grant_type", "authorization_code"),
                    ("code", code.as_str()),
                    ("redirect_uri", uri),
                    ("code_verifier", VERIFIER),
                ];
                idp.app("native").token(&fields).await
            };
            let other = format!("http://{host}:4711/callback");
            assert_json(&redeem(&other).await, 400, "invalid_grant", &uri);
            assert_eq!(redeem(&uri).await.status, 200, "{uri}");
        }
    }
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
