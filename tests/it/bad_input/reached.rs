//! Addresses in the record of an app that registered itself, on hosts that are nobody's business: whatever is set off by a
//! request of the app, nobody is asked there, by any spelling, though an administrator's addresses may lead to some of them.

use super::{Untouched, assert_json};
use crate::harness::Idp;
use crate::harness::keyed::{ASSERTION, ClientKey, changed};
use crate::stories::registration::{CALLBACK, Registered, metadata, open};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use serde_json::json;
use std::net::TcpListener;

/// Loopback, private, link-local, shared and reserved networks, and the names and numbers that mean them.
fn hosts(port: u16) -> Vec<String> {
    let spelled = [
        "127.0.0.1",
        "127.1",
        "127.255.255.254",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "plaza.localhost",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
    ];
    let nowhere = [
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.254",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "[fe80::1]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[ff02::1]",
        "[::ffff:10.0.0.1]",
        "[::ffff:169.254.169.254]",
        "metadata.google.internal",
    ];
    spelled.iter().map(|host| format!("{host}:{port}")).chain(nowhere.map(str::to_owned)).collect()
}

#[actix_web::test]
async fn nothing_that_a_stranger_wrote_is_asked_for_on_a_network_of_ours() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let idp = Idp::with(|config| {
        open(config);
        let entries = ["http://127.0.0.1:*", "127.0.0.1:*", "localhost:*"];
        config.outbound.allow = entries.into_iter().map(|entry| entry.parse().unwrap()).collect();
    })
    .await;
    let app = Registered::new(&idp, json!({})).await;
    let id = app.text("client_id").to_owned();
    let key = ClientKey::of("ES256", "key-1");
    let mut tried = 0;
    for (scheme, host) in hosts(port).iter().flat_map(|host| [("https", host), ("http", host)]) {
        let at = |path: &str| format!("{scheme}://{host}/{path}");
        let change = json!({"client_id": id, "token_endpoint_auth_method": "private_key_jwt", "jwks_uri": at("keys"),
            "request_uris": [at("request")], "backchannel_logout_uri": at("out"), "request_object_signing_alg": "ES256"});
        let put = app.manage(Method::PUT, Some(&metadata(change))).await;
        if put.status != 200 {
            assert_json(&put, 400, "invalid_client_metadata", &at(""));
            continue;
        }
        tried += 1;
        let case = at("");
        let untouched = Untouched::now(&idp).await;
        let now = idp.now().0;
        let claims = json!({"iss": id, "sub": id, "aud": crate::harness::ISSUER, "exp": now + 60, "jti": case});
        let assertion = key.sign(&json!({"alg": "ES256", "kid": "key-1"}), &claims);
        let fields = [("client_assertion_type", ASSERTION), ("client_assertion", &assertion), ("token", "x")];
        for path in ["/token", "/introspect", "/revoke", "/par"] {
            let answer = idp.call(TestRequest::post().uri(path).set_form(fields)).await;
            assert_json(&answer, 401, "invalid_client", &format!("{case} {path}"));
        }
        let request = json!({"client_id": id, "redirect_uri": CALLBACK, "response_type": "code", "scope": "openid", "aud": crate::harness::ISSUER});
        let object = key.sign(&json!({"alg": "ES256"}), &changed(request, &json!({"iss": id})));
        for (extra, error) in
            [(("request_uri", at("request")), "invalid_request_uri"), (("request", object), "invalid_request_object")]
        {
            let answer = idp.browser().get_scripted(&app.request(&[(extra.0, &extra.1)])).await;
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), (303, error), "{case} {}", extra.0);
        }
        untouched.check(&case).await;
    }
    assert!(tried > 70, "{tried}");
    let accepted = listener.accept().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(accepted, Err(std::io::ErrorKind::WouldBlock), "nobody was asked");
}
