//! Every member of a client's record that holds an address, times every address that must not be in it, times every way in
//! which a record comes: registered, changed by its app, and imported. The whole record is judged each time; nothing is stored,
//! and nobody is asked anything.

use super::{Untouched, assert_json};
use crate::harness::Idp;
use crate::harness::keyed::changed;
use crate::stories::registration::{CALLBACK, Registered, ask, metadata, open};
use abide::flow::import::ReplaceSecrets;
use actix_web::http::Method;
use serde_json::{Value, json};

/// What an address is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum For {
    /// Answers with codes, or with the browser alone, go there.
    Redirects,
    /// We ask there.
    Asking,
    /// A person is led there.
    Reading,
}

const MEMBERS: [(&str, For); 12] = [
    ("redirect_uris", For::Redirects),
    ("post_logout_redirect_uris", For::Redirects),
    ("frontchannel_logout_uri", For::Redirects),
    ("backchannel_logout_uri", For::Asking),
    ("jwks_uri", For::Asking),
    ("request_uris", For::Asking),
    ("sector_identifier_uri", For::Asking),
    ("initiate_login_uri", For::Reading),
    ("client_uri", For::Reading),
    ("logo_uri", For::Reading),
    ("policy_uri", For::Reading),
    ("tos_uri", For::Reading),
];

/// Texts that are no address that anybody may be sent to, or asked at.
const NEVER: [&str; 47] = [
    "",
    " ",
    "x",
    "/x",
    "//plaza.example/x",
    "\\\\plaza.example\\x",
    "?x",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\tscript:alert(1)",
    " javascript:alert(1)",
    "javascript://plaza.example/%0aalert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "file://plaza.example/x",
    "blob:https://plaza.example/x",
    "filesystem:https://plaza.example/x",
    "view-source:https://plaza.example/x",
    "about:blank",
    "ftp://plaza.example/x",
    "ws://plaza.example/x",
    "wss://plaza.example/x",
    "gopher://plaza.example/x",
    "mailto:mira@plaza.example",
    "urn:ietf:wg:oauth:2.0:oob",
    "https://",
    "https:///plaza.example/x",
    "https://///plaza.example/x",
    "https:plaza.example/x",
    "https:/plaza.example/x",
    "https:\\\\plaza.example\\x",
    "https://\\plaza.example/x",
    "https://plaza.example\\@evil.example/x",
    "https://mira@plaza.example/x",
    "https://mira:secret@plaza.example/x",
    "https://@plaza.example/x",
    "https://:@plaza.example/x",
    "https://plaza.example:99999/x",
    "https://plaza.example:x/",
    "https://[::1/x",
    "https://plaza.exa mple/x",
    "https://pl\u{430}za.example/x",
    "https://plaza.example\u{ff0f}evil.example/x",
    "https://plaza.example/x\n",
    "https://plaza.example/\u{0}x",
    "https://*.plaza.example/x",
];

/// What one is for decides the rest.
fn for_that(meant: For) -> Vec<&'static str> {
    match meant {
        For::Redirects => vec![
            "https://plaza.example/x#",
            "https://plaza.example/x#y",
            "https://plaza.example/*",
            "http://plaza.example/x",
        ],
        For::Asking => vec!["https://plaza.example/*"],
        For::Reading => vec!["http://plaza.example/x", "http://10.0.0.1/x"],
    }
}

/// The values of a member that make a record wrong: each bad address alone, and in a list beside a good one.
fn wrong(member: &str, meant: For) -> Vec<Value> {
    let long = format!("https://plaza.example/{}", "a".repeat(3_000));
    let texts = NEVER.into_iter().chain(for_that(meant)).map(str::to_owned).chain([long]);
    let no_texts = [json!(1), json!(true), json!({}), json!({"0": CALLBACK})];
    if !member.ends_with("uris") {
        return texts.map(Value::from).chain(no_texts).chain([json!([CALLBACK])]).collect();
    }
    let in_lists = texts.flat_map(|text| [json!([text]), json!([CALLBACK, text])]);
    let more = [json!(CALLBACK), json!([null]), json!([[CALLBACK]]), json!([1]), json!(vec![CALLBACK; 1_000])];
    in_lists.chain(no_texts).chain(more).collect()
}

#[actix_web::test]
async fn no_member_of_a_record_takes_an_address_that_must_not_be() {
    let idp = Idp::with(open).await;
    let app = Registered::new(&idp, json!({})).await;
    let untouched = Untouched::now(&idp).await;
    let mut taken = Vec::new();
    for (member, meant) in MEMBERS {
        let error = if member == "redirect_uris" { "invalid_redirect_uri" } else { "invalid_client_metadata" };
        for value in wrong(member, meant) {
            let case = format!("{member} {value:.90}");
            let change = json!({member: value});
            let posted = ask(&idp, (Method::POST, "/register"), None, Some(&metadata(change.clone()))).await;
            let own = json!({"client_id": app.text("client_id")});
            let put = app.manage(Method::PUT, Some(&changed(metadata(change.clone()), &own))).await;
            let record = json!({"client_id": "newcomer", "client_secret": "s".repeat(43), "redirect_uris": [CALLBACK]});
            let imported = idp.try_import(json!({"clients": [changed(record, &change)]}), ReplaceSecrets::No).await;
            if posted.status == 201 || put.status == 200 || imported.is_ok() {
                taken.push(format!("{case}: {} {} {imported:?}", posted.status, put.status));
                continue;
            }
            assert_json(&posted, 400, error, &case);
            assert_json(&put, 400, error, &case);
            untouched.check(&case).await;
        }
    }
    assert!(taken.is_empty(), "{} are taken:\n{}", taken.len(), taken.join("\n"));
    assert_eq!(app.manage(Method::GET, None).await.json()["redirect_uris"], json!([CALLBACK]));
}
