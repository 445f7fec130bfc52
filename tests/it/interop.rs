//! Relying parties from elsewhere at the real binary: what npm's `openid-client` checks by itself is here, whole apps below.
//!
//! * `apache`: a running Apache;
//! * `house`: two providers that know every app of the matrix;
//! * `journey`: what such an app has to do;
//! * `make`: the apps;
//! * `matrix`: each of them, on that journey;
//! * `mod_auth_openidc`: Apache's module signs in, is told of the end, and signs out.

mod apache;
mod house;
mod journey;
mod make;
mod matrix;
mod mod_auth_openidc;

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::real::idp::{CLIENT_SECRET, RealIdp, client, password_of, person};
use crate::real::process::{clean_environment, free_port};

/// Nobody listens there: the script reads codes from the redirect itself.
const REDIRECT_URI: &str = "http://app.localhost:4999/callback";
const GOODBYE: &str = "http://app.localhost:4999/goodbye";

#[test]
fn openid_client_signs_in_refreshes_and_signs_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop");
    assert!(
        folder.join("node_modules/openid-client").is_dir(),
        "openid-client is not installed; run `tests/run.sh npm`, or `npm ci` in tests/interop"
    );
    let lantern = client("lantern", REDIRECT_URI, json!({"post_logout_redirect_uris": [GOODBYE]}));
    let idp = RealIdp::with(&[person("ada")], &[lantern]);
    let mut node = Command::new("node");
    clean_environment(&mut node);
    node.arg(folder.join("openid-client/checks.mjs"))
        .env("ISSUER", &idp.issuer)
        .env("CLIENT_ID", "lantern")
        .env("CLIENT_SECRET", CLIENT_SECRET)
        .env("REDIRECT_URI", REDIRECT_URI)
        .env("POST_LOGOUT_REDIRECT_URI", GOODBYE)
        .env("PERSON", "ada")
        .env("PASSWORD", password_of("ada"));
    let done = node.output().expect("node runs; `tests/run.sh tools` installs it");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "openid-client/checks.mjs: {}\n{}", said(&done.stdout), said(&done.stderr));
}

/// The client publishes its keys and requests itself: what is registered is where.
#[test]
fn openid_client_by_its_keys_with_requests_that_are_pushed_signed_and_published() {
    let port = free_port();
    let published = format!("http://127.0.0.1:{port}");
    let by_key = |alg: &str| {
        let change = json!({"token_endpoint_auth_method": "private_key_jwt", "token_endpoint_auth_signing_alg": alg,
            "request_object_signing_alg": alg, "jwks_uri": format!("{published}/jwks-{alg}"),
            "request_uris": [format!("{published}/request-{alg}")]});
        let mut client = client(&format!("by-{alg}"), REDIRECT_URI, change);
        client.as_object_mut().unwrap().remove("client_secret");
        client
    };
    let by_secret = client("by-secret", REDIRECT_URI, json!({"token_endpoint_auth_method": "client_secret_jwt"}));
    let clients = [by_key("ES256"), by_key("PS256"), by_key("RS256"), by_key("EdDSA"), by_secret];
    let settings = format!("[outbound]\nallow = [\"{published}\"]\n");
    let idp = RealIdp::set("localhost", &settings, &[person("ada")], &clients);
    let mut node = Command::new("node");
    clean_environment(&mut node);
    node.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/openid-client-keys.mjs"))
        .env("ISSUER", &idp.issuer)
        .env("CLIENT_SECRET", CLIENT_SECRET)
        .env("REDIRECT_URI", REDIRECT_URI)
        .env("PUBLISHED", &published)
        .env("PERSON", "ada")
        .env("PASSWORD", password_of("ada"));
    let done = node.output().expect("node runs; `tests/run.sh tools` installs it");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "openid-client-keys.mjs: {}\n{}", said(&done.stdout), said(&done.stderr));
    assert_eq!(said(&done.stdout).lines().count(), 21, "{}", said(&done.stdout));
}
