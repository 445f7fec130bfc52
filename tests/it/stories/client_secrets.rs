//! A client changes its secret without an hour in which it has none: two are good meanwhile.

use crate::harness::Idp;
use crate::harness::keyed::{ASSERTION, by_secret};
use abide::flow::import::ReplaceSecrets;
use actix_web::test::TestRequest;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

const METHODS: [&str; 3] = ["client_secret_basic", "client_secret_post", "client_secret_jwt"];

fn file(method: &str, secret: &str) -> Value {
    json!({"clients": [{"client_id": "changing", "client_secret": secret, "token_endpoint_auth_method": method,
        "redirect_uris": ["https://changing.example.com/callback"]}]})
}

fn secret(number: usize) -> String {
    format!("secret-{number}-{}", "0123456789abcdef".repeat(2))
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

async fn is_good(idp: &Idp, method: &str, secret: &str) -> bool {
    let request = TestRequest::post().uri("/revoke");
    let answer = match method {
        "client_secret_basic" => {
            use base64::Engine;
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("changing:{secret}"));
            let request = request.insert_header(("authorization", format!("Basic {pair}")));
            idp.call(request.set_form([("token", "x")])).await
        }
        "client_secret_post" => {
            let fields = [("token", "x"), ("client_id", "changing"), ("client_secret", secret)];
            idp.call(request.set_form(fields)).await
        }
        _ => {
            let jti = COUNT.fetch_add(1, Ordering::SeqCst).to_string();
            let claims = json!({"iss": "changing", "sub": "changing", "aud": "https://id.example.com",
                "exp": idp.now().0 + 60, "jti": jti});
            let token = by_secret(secret.as_bytes(), &json!({"alg": "HS256"}), &claims);
            let fields = [("token", "x"), ("client_assertion_type", ASSERTION), ("client_assertion", token.as_str())];
            idp.call(request.set_form(fields)).await
        }
    };
    answer.status == 200
}

#[actix_web::test]
async fn two_secrets_are_good_until_the_older_one_is_ended() {
    use ReplaceSecrets::{Beside, No, Yes};
    for method in METHODS {
        let idp = Idp::start().await;
        let [one, two, three] = [1, 2, 3].map(secret);
        let good = async |which: &str| is_good(&idp, method, which).await;
        let import = async |secret: &str, replace| idp.try_import(file(method, secret), replace).await;
        assert_eq!(import(&one, No).await, Ok((1, 0, 0)), "{method}");
        // What is there already is not added.
        assert_eq!(import(&one, Beside).await, Ok((0, 0, 1)), "{method}");
        assert_eq!(import(&two, No).await, Ok((0, 0, 1)), "{method}: without a word nothing changes");
        assert!(good(&one).await && !good(&two).await, "{method}");
        assert_eq!(import(&two, Beside).await, Ok((0, 1, 0)), "{method}");
        assert!(good(&one).await && good(&two).await && !good(&three).await, "{method}");
        assert_eq!(import(&two, Beside).await, Ok((0, 0, 1)), "{method}: twice changes nothing");
        assert_eq!(import(&two, No).await, Ok((0, 0, 1)), "{method}");
        assert_eq!(import(&one, Beside).await, Ok((0, 0, 1)), "{method}");
        let refused = import(&three, Beside).await.unwrap_err();
        assert!(refused.contains("clients[0] (changing)") && refused.contains("two are good already"), "{refused}");
        // What is exported has both, and can be imported again.
        let exported: Value = serde_json::from_str(&idp.flows().export().await.unwrap()).unwrap();
        assert!(exported.to_string().contains("previous_client_secret_hash"), "{method}");
        assert_eq!(idp.try_import(exported.clone(), Yes).await.map(|counts| counts.1), Ok(0), "{method}");
        assert!(good(&one).await && good(&two).await, "{method}");
        let elsewhere = Idp::empty(|_| ()).await;
        elsewhere.try_import(exported, No).await.unwrap();
        assert!(is_good(&elsewhere, method, &one).await && is_good(&elsewhere, method, &two).await, "{method}");
        assert_eq!(import(&two, Yes).await, Ok((0, 1, 0)), "{method}");
        assert!(!good(&one).await && good(&two).await, "{method}: the older one is over");
        assert_eq!(import(&two, Yes).await, Ok((0, 0, 1)), "{method}");
    }
}

#[actix_web::test]
async fn a_secret_follows_its_method() {
    let idp = Idp::start().await;
    let one = secret(1);
    idp.import(file("client_secret_basic", &one)).await;
    // The digest of a secret signs nothing: the secret itself is needed.
    for replace in [ReplaceSecrets::No, ReplaceSecrets::Beside] {
        let refused = idp.try_import(file("client_secret_jwt", &one), replace).await;
        assert!(refused.clone().unwrap_err().contains("client_secret"), "{refused:?}");
    }
    idp.try_import(file("client_secret_jwt", &one), ReplaceSecrets::Yes).await.unwrap();
    assert!(is_good(&idp, "client_secret_jwt", &one).await && !is_good(&idp, "client_secret_basic", &one).await);
    // And where nothing needs it any more nothing that can be opened stays.
    idp.try_import(file("client_secret_post", &one), ReplaceSecrets::No).await.unwrap();
    assert!(is_good(&idp, "client_secret_post", &one).await && !is_good(&idp, "client_secret_jwt", &one).await);
    assert!(!idp.flows().export().await.unwrap().contains("sealed:"));
}

#[actix_web::test]
async fn a_sealed_secret_is_nothing_to_another_installation_or_client() {
    let idp = Idp::start().await;
    idp.import(file("client_secret_jwt", &secret(1))).await;
    let exported: Value = serde_json::from_str(&idp.flows().export().await.unwrap()).unwrap();
    let client = exported["clients"].as_array().unwrap().iter().find(|c| c["client_id"] == "changing").unwrap();
    let mut other = client.clone();
    other["client_id"] = json!("thief");
    let refused = idp.try_import(json!({"clients": [other]}), ReplaceSecrets::No).await.unwrap_err();
    assert!(refused.contains("clients[0] (thief)"), "{refused}");
    let keys = tempfile::tempdir().unwrap();
    let foreign = Idp::empty(|config| config.keys_dir = keys.path().to_owned()).await;
    let refused = foreign.try_import(json!({"clients": [client]}), ReplaceSecrets::No).await.unwrap_err();
    assert!(refused.contains("sealed"), "{refused}");
}
