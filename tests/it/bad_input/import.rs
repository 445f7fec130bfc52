//! Import: one bad entry imports nothing and is named; twice changes nothing; what is exported can be imported.

use super::{Untouched, assert_dead, fresh_tokens};
use crate::harness::{Idp, PASSWORD};
use abide::flow::import::ReplaceSecrets;
use serde_json::{Value, json};

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$dGhpcyBpcyBubyBoYXNoIG9mIGFueXRoaW5nIGF0IGE";

fn user(extra: Value) -> Value {
    with(json!({"username": "newcomer"}), extra)
}

fn client(extra: Value) -> Value {
    with(
        json!({"client_id": "newcomer", "client_secret": SECRET, "redirect_uris": ["https://newcomer.example.com/cb"]}),
        extra,
    )
}

fn with(mut object: Value, extra: Value) -> Value {
    for (name, value) in extra.as_object().unwrap() {
        if value == "REMOVED" {
            object.as_object_mut().unwrap().remove(name);
        } else {
            object[name] = value.clone();
        }
    }
    object
}

/// Entries that are wrong, and the word that names what is wrong in them.
fn bad_users() -> Vec<(Value, &'static str)> {
    let long = "a".repeat(129);
    let mut all = Vec::new();
    for name in ["", " a", "a ", "a\nb", "a\u{0}b", "a\u{202e}b", "\u{2066}a", long.as_str()] {
        all.push((json!({"username": name}), "username"));
    }
    for password in
        ["short", "fourteen chars", "aaaaaaaaaaaaaaaa", "passwordpassword", "newcomernewcomer", &"a b".repeat(100)]
    {
        all.push((user(json!({"password": password})), "password"));
    }
    for hash in [
        "",
        "x",
        "$2b$10$abcdefghijklmnopqrstuv",
        "$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHQ$aGFzaA",
        "$argon2id$v=19$m=99999999,t=1,p=1$c2FsdA$aGFzaA",
        "$argon2id$v=19$m=64,t=9999,p=1$c2FsdA$aGFzaA",
    ] {
        all.push((user(json!({"password_hash": hash})), "password_hash"));
    }
    all.push((user(json!({"password": "a password that is long", "password_hash": HASH})), "not both"));
    for role in ["", "a\nb", "\u{202e}", &"a".repeat(65)] {
        all.push((user(json!({"roles": [role]})), "roles"));
        all.push((user(json!({"groups": [role]})), "groups"));
    }
    for (claim, value) in [
        ("sub", json!("x")),
        ("iss", json!("x")),
        ("unknown", json!("x")),
        ("email", json!("x")),
        ("email", json!("@")),
        ("email", json!(1)),
        ("email_verified", json!("true")),
        ("name", json!("")),
        ("name", json!("a\nb")),
        ("name", json!(["x"])),
        ("address", json!("x")),
        ("address", json!({"country": 1})),
        ("picture", json!("javascript:alert(1)")),
        ("website", json!("ftp://x")),
        ("updated_at", json!("now")),
        ("phone_number_verified", json!(1)),
        ("profile", json!(null)),
        ("nickname", json!("a".repeat(1_025))),
    ] {
        all.push((user(json!({"claims": {claim: value}})), claim));
    }
    all
}

fn bad_clients() -> Vec<(Value, &'static str)> {
    let mut all = Vec::new();
    for id in ["", "a b", "a\nb", "\u{e4}", "abide:console", "abide:x", &"a".repeat(201)] {
        all.push((client(json!({"client_id": id})), "client_id"));
    }
    for name in ["", "a\nb", "a\u{202e}b", &"a".repeat(201)] {
        all.push((client(json!({"client_name": name})), "client_name"));
    }
    for uri in [
        "",
        "x",
        "/cb",
        "//x",
        "http://newcomer.example.com/cb",
        "https://newcomer.example.com/cb#x",
        "https://*.example.com/cb",
        "https://u:p@x.example/cb",
        "https://@x.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "com.example.app:/cb",
        "https://x.example/c b",
        "https://\u{e4}.example/cb",
        "https://x.example\\cb",
        "http://127.0.0.1/cb",
        "file:///x",
        "https:x",
    ] {
        all.push((client(json!({"redirect_uris": [uri]})), "redirect_uris"));
        all.push((client(json!({"redirect_uris": ["https://good.example/cb", uri]})), "redirect_uris"));
        all.push((client(json!({"post_logout_redirect_uris": [uri]})), "post_logout_redirect_uris"));
    }
    all.push((client(json!({"redirect_uris": []})), "redirect_uris"));
    all.push((client(json!({"redirect_uris": "REMOVED"})), "redirect_uris"));
    all.push((client(json!({"redirect_uris": vec!["https://x.example/cb"; 65]})), "redirect_uris"));
    for scheme in ["javascript", "data", "file", "vbscript", "app", "about", "blob"] {
        all.push((
            client(json!({"application_type": "native", "redirect_uris": [format!("{scheme}:/cb")]})),
            "redirect_uris",
        ));
    }
    let public = json!({"token_endpoint_auth_method": "none", "client_secret": "REMOVED"});
    for (extra, word) in [
        (json!({"redirect_uris": ["http://localhost:3000/cb"]}), "redirect_uris"),
        (json!({"require_pkce": false}), "require_pkce"),
        (json!({"client_secret": SECRET}), "client_secret"),
        (json!({"client_secret_hash": format!("sha256:{}", "a".repeat(43))}), "client_secret"),
    ] {
        all.push((with(client(public.clone()), extra), word));
    }
    for secret in ["", "short", &"a".repeat(31)] {
        all.push((client(json!({"client_secret": secret})), "client_secret"));
    }
    all.push((client(json!({"client_secret_hash": format!("sha256:{}", "a".repeat(43))})), "not both"));
    for hash in ["", "x", "sha256:", "sha256:x", "md5:x", &format!("sha256:{}", "a".repeat(44))] {
        all.push((client(json!({"client_secret": "REMOVED", "client_secret_hash": hash})), "client_secret_hash"));
    }
    for (member, value) in [
        ("response_types", json!([])),
        ("sector_identifier_uri", json!("http://x.example/s")),
        ("sector_identifier_uri", json!("https://x.example/s#a")),
        ("sector_identifier_uri", json!("https://u@x.example/s")),
        ("grant_types", json!(["refresh_token"])),
        ("grant_types", json!([])),
        ("scope", json!("a\"b")),
        ("resources", json!(["x"])),
        ("calls", json!(["x"])),
        ("calls", json!(["https://x.example/#x"])),
        ("default_resource", json!("https://x.example/")),
        ("resources", json!(["https://x.example/#x"])),
        ("resources", json!(["https://\u{e4}.example/"])),
        ("logo_uri", json!("javascript:alert(1)")),
        ("client_uri", json!("http://x.example")),
        ("policy_uri", json!("x")),
        ("tos_uri", json!("data:,x")),
        ("initiate_login_uri", json!("javascript:alert(1)")),
        ("initiate_login_uri", json!("http://x.example/begin")),
    ] {
        all.push((client(json!({member: value})), member));
    }
    for (extra, word) in [
        (json!({"response_types": ["code", "id_token"]}), "grant_types: implicit"),
        (json!({"response_types": ["id_token"], "grant_types": ["authorization_code"]}), "response_types"),
        (json!({"response_types": ["id_token"], "grant_types": ["implicit", "authorization_code"]}), "response_types"),
        (json!({"grant_types": ["authorization_code", "implicit"]}), "response_types: implicit"),
        (json!({"response_types": ["code token"], "grant_types": ["implicit"]}), "grant_types: authorization_code"),
        // What is shown in the browser is not for whoever listens on a port.
        (
            json!({"response_types": ["id_token"], "grant_types": ["implicit"], "redirect_uris": ["http://localhost/cb"]}),
            "redirect_uris",
        ),
        (
            json!({"subject_type": "pairwise", "redirect_uris": ["https://a.example/cb", "https://b.example/cb"]}),
            "sector_identifier_uri",
        ),
    ] {
        all.push((client(extra), word));
    }
    all.push((client(json!({"offline_access": true, "session": {"idle_timeout": "5m"}})), "offline_access"));
    all
}

/// Of the wrong shape: named by line and column.
fn misshapen() -> Vec<(Value, &'static str)> {
    vec![
        (json!({"users": [user(json!({"unknown": 1}))]}), "unknown field `unknown`"),
        (json!({"users": [user(json!({"username": 1}))]}), "invalid type"),
        (json!({"users": [user(json!({"username": "REMOVED"}))]}), "missing field `username`"),
        (json!({"users": [user(json!({"roles": "admin"}))]}), "invalid type"),
        (json!({"users": {}}), "invalid type"),
        (json!({"people": []}), "unknown field `people`"),
        (json!({"clients": [client(json!({"unknown": 1}))]}), "unknown field `unknown`"),
        (json!({"clients": [client(json!({"client_id": "REMOVED"}))]}), "missing field `client_id`"),
        (json!({"clients": [client(json!({"session": {"idle_timeout": "5 minutes"}}))]}), "no duration"),
        (json!({"clients": [client(json!({"session": {"unknown": "5m"}}))]}), "unknown field `unknown`"),
        (json!({"clients": [client(json!({"consent": "maybe"}))]}), "unknown variant"),
        (json!({"clients": [client(json!({"response_types": ["token"]}))]}), "a response type is one of"),
        (json!({"clients": [client(json!({"response_types": ["code", "x"]}))]}), "a response type is one of"),
        (json!({"clients": [client(json!({"subject_type": "private"}))]}), "unknown variant"),
        (json!({"clients": [client(json!({"token_endpoint_auth_method": "tls_client_auth"}))]}), "unknown variant"),
        (json!({"clients": [client(json!({"userinfo_signed_response_alg": "none"}))]}), "unknown variant"),
        (json!({"clients": [client(json!({"id_token_signed_response_alg": "HS256"}))]}), "unknown variant"),
        (json!({"clients": [client(json!({"require_pkce": "no"}))]}), "invalid type"),
        (json!({"clients": [client(json!({"redirect_uris": "https://x.example/cb"}))]}), "invalid type"),
        (json!("x"), "invalid type"),
        (json!(null), "invalid type"),
    ]
}

#[actix_web::test]
async fn one_bad_entry_imports_nothing_and_is_named() {
    let idp = Idp::start().await;
    let untouched = Untouched::now(&idp).await;
    let good_user = json!({"username": "bystander", "password": "a password that is long"});
    let good_client = client(json!({"client_id": "bystander"}));
    for replace in [ReplaceSecrets::No, ReplaceSecrets::Yes, ReplaceSecrets::Beside] {
        for (bad, word) in bad_users() {
            let file = json!({"users": [good_user, bad], "clients": [good_client]});
            let wrong = idp.try_import(file, replace).await.expect_err(&bad.to_string());
            assert!(wrong.contains("users[1]") && wrong.contains(word), "{bad}: {wrong}");
            untouched.check(&wrong).await;
        }
        for (bad, word) in bad_clients() {
            let file = json!({"users": [good_user], "clients": [good_client, bad]});
            let wrong = idp.try_import(file, replace).await.expect_err(&bad.to_string());
            assert!(wrong.contains("clients[1]") && wrong.contains(word), "{bad}: {wrong}");
            untouched.check(&wrong).await;
        }
        for (file, word) in misshapen() {
            let wrong = idp.try_import(file.clone(), replace).await.unwrap_err();
            assert!(wrong.contains(word) && wrong.contains("line "), "{file}: {wrong}");
            untouched.check(&wrong).await;
        }
        for (file, word) in [
            (json!({"users": [user(json!({})), user(json!({}))]}), "users[1]"),
            (json!({"users": [user(json!({})), user(json!({"username": "NEWCOMER"}))]}), "users[1]"),
            (json!({"clients": [client(json!({})), client(json!({}))]}), "clients[1]"),
        ] {
            let wrong = idp.try_import(file.clone(), replace).await.unwrap_err();
            assert!(wrong.contains(word) && wrong.contains("twice"), "{file}: {wrong}");
            untouched.check(&wrong).await;
        }
    }
}

#[actix_web::test]
async fn text_that_is_no_file_is_named_by_its_place() {
    let idp = Idp::start().await;
    let untouched = Untouched::now(&idp).await;
    for text in [
        "",
        "x",
        "{",
        "{\"users\": [",
        "[]x",
        "{} {}",
        "{\"users\": [],}",
        "\u{feff}{}",
        "{\"users\": [], \"users\": []}",
        &"[".repeat(10_000),
    ] {
        let wrong = idp.flows().import(text, ReplaceSecrets::No, idp.now()).await.unwrap_err().to_string();
        assert!(wrong.contains("line "), "{text:.30}: {wrong}");
        untouched.check(text).await;
    }
}

#[actix_web::test]
async fn what_is_wrong_is_told_without_the_secret() {
    let idp = Idp::start().await;
    let secret = "Xk7!shortish";
    for file in [
        json!({"users": [user(json!({"password": secret}))]}),
        json!({"clients": [client(json!({"client_secret": secret}))]}),
        json!({"users": [user(json!({"password": secret, "password_hash": "x"}))]}),
    ] {
        let wrong = idp.try_import(file, ReplaceSecrets::No).await.unwrap_err();
        assert!(!wrong.contains(secret), "{wrong}");
    }
}

/// Everything an import file can say.
fn whole() -> Value {
    json!({
        "users": [
            {"username": "Zoë", "password": "a password that is long", "roles": ["admin", "auditor"], "groups": ["x"],
             "claims": {"name": "Zoë Ó", "email": "zoe@example.org", "email_verified": true, "address": {"country": "IE"}}},
            {"username": "hashed", "password_hash": HASH},
            {"username": "without"},
        ],
        "clients": [
            client(json!({})),
            client(json!({"client_id": "weak", "client_secret": "short", "weak_secret": true})),
            client(json!({"client_id": "hash", "client_secret": "REMOVED", "client_secret_hash": format!("sha256:{}", "a".repeat(43))})),
            client(json!({"client_id": "public", "client_secret": "REMOVED", "token_endpoint_auth_method": "none", "development": true,
                "redirect_uris": ["http://localhost:3000/cb"]})),
            client(json!({"client_id": "native", "client_secret": "REMOVED", "token_endpoint_auth_method": "none",
                "application_type": "native", "redirect_uris": ["com.example.app:/cb", "http://127.0.0.1/cb"]})),
            client(json!({"client_id": "full", "client_name": "Full", "client_uri": "https://full.example", "logo_uri": "https://full.example/l.png",
                "policy_uri": "https://full.example/p", "tos_uri": "https://full.example/t", "token_endpoint_auth_method": "client_secret_post",
                "grant_types": ["authorization_code"], "scope": "openid email", "id_token_signed_response_alg": "EdDSA", "require_pkce": false,
                "consent": "skip", "resources": ["https://full.example/api"], "calls": ["https://full.example/own"],
                "default_resource": "https://full.example/own", "logout_scope": "app",
                "session": {"idle_timeout": "5m", "max_lifetime": "never", "activity": "refresh"}})),
            client(json!({"client_id": "offline", "offline_access": true})),
        ],
    })
}

#[actix_web::test]
async fn twice_changes_nothing() {
    let idp = Idp::start().await;
    assert_eq!(
        idp.try_import(whole(), ReplaceSecrets::No).await.unwrap(),
        (10 - 2, 2, 0),
        "native and offline are there already"
    );
    let untouched = Untouched::now(&idp).await;
    idp.pass("1d");
    for _ in 0..2 {
        assert_eq!(idp.try_import(whole(), ReplaceSecrets::No).await.unwrap(), (0, 0, 10));
        untouched.check("again").await;
    }
    // In another order, in another case, with less in it: it adds and changes, and never removes.
    let mut other = whole();
    other["users"].as_array_mut().unwrap().reverse();
    other["clients"].as_array_mut().unwrap().reverse();
    assert_eq!(idp.try_import(other, ReplaceSecrets::No).await.unwrap(), (0, 0, 10));
    let less = json!({"users": [{"username": "ZOË", "roles": ["auditor"], "claims": {"email_verified": true}}]});
    assert_eq!(idp.try_import(less, ReplaceSecrets::No).await.unwrap(), (0, 0, 1));
    assert_eq!(idp.try_import(json!({}), ReplaceSecrets::Yes).await.unwrap(), (0, 0, 0));
    untouched.check("less").await;
    let more = json!({"users": [{"username": "zoë", "roles": ["editor"]}]});
    assert_eq!(idp.try_import(more.clone(), ReplaceSecrets::No).await.unwrap(), (0, 1, 0));
    assert_eq!(idp.try_import(more, ReplaceSecrets::No).await.unwrap(), (0, 0, 1));
}

#[actix_web::test]
async fn an_export_imported_into_a_fresh_house_exports_the_same() {
    let idp = Idp::start().await;
    idp.import(whole()).await;
    let export = idp.flows().export().await.unwrap();
    for clear in ["a password that is long", SECRET, PASSWORD, "social-secret"] {
        assert!(!export.contains(clear), "no secret in the clear");
    }
    let fresh = Idp::empty(|_| ()).await;
    let file: Value = serde_json::from_str(&export).unwrap();
    let (created, changed, unchanged) = fresh.try_import(file.clone(), ReplaceSecrets::No).await.unwrap();
    assert_eq!((created, changed, unchanged), (6 + 18, 0, 0));
    assert_eq!(fresh.flows().export().await.unwrap(), export);
    assert_eq!(fresh.try_import(file, ReplaceSecrets::No).await.unwrap(), (0, 0, 24));
    // And what it holds works there.
    let social = fresh.app("social");
    let tokens = fresh_tokens(&fresh, &social).await;
    assert_eq!(social.userinfo(&tokens.access).await.status, 200);
}

#[actix_web::test]
async fn secrets_are_replaced_only_when_told_to() {
    let idp = Idp::start().await;
    let (social, mut browser) = (idp.app("social"), idp.browser());
    let answer = browser.enter(&social).await;
    let tokens = social.redeem(&answer).await;
    let file = json!({
        "users": [{"username": "mira", "password": "a new password of hers"}],
        "clients": [{"client_id": "posting", "client_secret": "a-new-secret-a-new-secret-a-new-secret", "redirect_uris": ["https://posting.example.com/callback"],
            "post_logout_redirect_uris": ["https://posting.example.com/bye"], "client_name": "The posting", "consent": "skip", "token_endpoint_auth_method": "client_secret_post"}],
    });
    let untouched = Untouched::now(&idp).await;
    assert_eq!(idp.try_import(file.clone(), ReplaceSecrets::No).await.unwrap(), (0, 0, 2));
    untouched.check("told not to").await;
    assert_eq!(social.userinfo(&tokens.access).await.status, 200);

    idp.pass("1m");
    assert_eq!(idp.try_import(file, ReplaceSecrets::Yes).await.unwrap(), (0, 2, 0));
    assert_dead(&social, &tokens, "a changed credential ends every session").await;
    assert_eq!(browser.silently(&social).await.error(), "login_required");
    let page = browser.authorize(&social, &[]).await;
    assert_eq!(browser.sign_in(&page).await.status, 422, "the old password");
    let answer = browser.sign_in_as(&page, "mira", "a new password of hers").await;
    social.redeem(&answer).await;
    let posting = idp.app("posting");
    assert_eq!(posting.try_refresh("abr_x").await.error(), "invalid_client", "the old secret");
}

/// What a file adds to a person is judged with what stays of them: what is good alone may be wrong beside it.
#[actix_web::test]
async fn what_is_added_to_a_person_is_judged_with_what_stays() {
    let mut taken = Vec::new();
    for (stays, added) in [
        (json!({"claims": {"phone_number": "reception"}}), json!({"claims": {"phone_number_verified": true}})),
        (
            json!({"claims": {"phone_number": "+46 8 5555 0142", "phone_number_verified": true}}),
            json!({"claims": {"phone_number": "reception"}}),
        ),
        (json!({"claims": {"name": "Nia Okafor-Lindqvist"}}), json!({"password": "okafor-lindqvist"})),
        (json!({"claims": {"nickname": "Okaforlindqvist"}}), json!({"password": "Okaforlindqvist1"})),
    ] {
        let case = format!("{stays} and {added}");
        let idp = Idp::start().await;
        let person = |extra: &Value| json!({"users": [user(extra.clone())]});
        // Each is good alone, both at once are not.
        Idp::start().await.try_import(person(&added), ReplaceSecrets::Yes).await.expect(&case);
        let mut both = stays.clone();
        for (name, value) in added.as_object().unwrap() {
            match (&mut both[name], value) {
                (Value::Object(claims), Value::Object(more)) => claims.extend(more.clone()),
                (member, value) => *member = value.clone(),
            }
        }
        idp.try_import(person(&both), ReplaceSecrets::Yes).await.expect_err(&case);
        idp.try_import(person(&stays), ReplaceSecrets::Yes).await.expect(&case);
        let untouched = Untouched::now(&idp).await;
        match idp.try_import(person(&added), ReplaceSecrets::Yes).await {
            Err(why) => {
                assert!(why.contains("newcomer"), "{case}: {why}");
                untouched.check(&case).await;
            }
            Ok(_) => taken.push(case),
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
}
