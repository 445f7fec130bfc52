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
use crate::real::process::clean_environment;

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
