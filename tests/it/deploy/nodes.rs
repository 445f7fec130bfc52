//! Two nodes behind the proxy: used, one of them killed, used on, and all ended.

use super::topology::{Topology, arguments, at_work_in, is_alive, is_taken};
use crate::real::block_on;
use crate::real::idp::{CLIENT_SECRET, client, person};
use crate::real::process::{clean_environment, free_port, fresh_dir};
use crate::real::visitor::{Visitor, local_client};
use serde_json::{Value, json};
use sqlx::{Connection as _, Executor as _};
use std::collections::BTreeSet;
use std::process::Command;

pub const REDIRECT_URI: &str = "http://app.localhost:4996/callback";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A relying app that knows nothing but the issuer.
pub struct App {
    pub issuer: String,
    pub http: reqwest::Client,
}

impl App {
    /// What the provider says about itself.
    async fn metadata(&self) -> Value {
        let address = format!("{}/.well-known/openid-configuration", self.issuer);
        self.http.get(address).send().await.expect("an answer").json().await.expect("a document")
    }

    /// Signs a new browser in and redeems the code.
    async fn sign_in(&self, username: &str) -> Value {
        self.sign_in_with(&Visitor::new(), username).await
    }

    /// The same with a browser that is used on.
    pub async fn sign_in_with(&self, browser: &Visitor, username: &str) -> Value {
        let parameters = [
            ("client_id", "lantern"),
            ("redirect_uri", REDIRECT_URI),
            ("response_type", "code"),
            ("scope", "openid email"),
            ("state", "s"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        let page = browser.travel(&format!("{}/authorize?{query}", self.issuer), REDIRECT_URI).await;
        let arrived = browser.sign_in(&page, username, REDIRECT_URI).await;
        let code =
            arrived.parameter("code").unwrap_or_else(|| panic!("no code ({}): {}", arrived.status, arrived.body));
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    async fn refresh(&self, tokens: &Value) -> Value {
        let token = tokens["refresh_token"].as_str().expect("a refresh token");
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    async fn token(&self, form: &[(&str, &str)]) -> Value {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.http.post(format!("{}/token", self.issuer)).basic_auth("lantern", Some(CLIENT_SECRET));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let tokens: Value = answer.json().await.expect("JSON");
        assert_eq!(status, 200, "{tokens}");
        tokens
    }

    async fn email(&self, tokens: &Value) -> Value {
        let token = tokens["access_token"].as_str().expect("an access token");
        let answer = self.http.get(format!("{}/userinfo", self.issuer)).bearer_auth(token).send().await;
        let info: Value = answer.expect("an answer").json().await.expect("JSON");
        info["email"].clone()
    }
}

/// Which nodes answered what, by the proxy's log: `ADDRESS METHOD /PLACE NODE STATUS …`.
fn nodes_that_answered(log: &[String]) -> BTreeSet<&str> {
    let answered = log.iter().filter(|line| line.contains(" 200 ") || line.contains(" 303 "));
    answered.filter_map(|line| line.split(' ').nth(3)).collect()
}

#[test]
fn both_nodes_serve_and_one_alone_goes_on_until_all_are_ended() {
    let people =
        json!({"users": [person("ada"), person("grace")], "clients": [client("lantern", REDIRECT_URI, json!({}))]});
    let topology = Topology::start(&people);
    let app = App { issuer: topology.issuer.clone(), http: local_client().build().expect("a client") };
    block_on(async {
        for what in ["live", "ready"] {
            let answer = app.http.get(format!("{}/health/{what}", app.issuer)).send().await.expect("an answer");
            assert_eq!(answer.status(), 200, "{what}");
        }
        assert_eq!(app.metadata().await["issuer"], topology.issuer.as_str());
        let tokens = app.sign_in("ada").await;
        assert_eq!(app.email(&tokens).await, "ada@example.org");
        assert_eq!(nodes_that_answered(&topology.proxy_log()), BTreeSet::from(["node-a", "node-b"]));

        // At once, before the proxy can know: what cannot reach the dead node goes to the other one. A request that the
        // kernel took in its last moments would be lost, so it has to be dead.
        topology.signal("node-a", "KILL");
        topology.is_gone("node-a").await;
        let before = topology.proxy_log().len();
        let tokens = app.refresh(&tokens).await;
        assert_eq!(app.email(&app.sign_in("grace").await).await, "grace@example.org");
        topology.proxy_says("node-a is DOWN").await;
        assert_eq!(app.email(&app.refresh(&tokens).await).await, "ada@example.org");
        let since = topology.proxy_log().split_off(before);
        assert_eq!(nodes_that_answered(&since), BTreeSet::from(["node-b"]), "{since:?}");
        assert!(since.iter().any(|line| line.contains(" POST /token node-b 200 ")), "{since:?}");
        may_change_no_table(&topology).await;
    });
    assert!(!topology.proxy_log().iter().any(|line| line.contains("code")), "a query is in the proxy's log");

    let (pids, ports) = (topology.pids.clone(), topology.ports.clone());
    assert_eq!(pids.keys().collect::<Vec<_>>(), ["database", "node-a", "node-b", "proxy", "script"]);
    assert_eq!(ports.len(), 3, "{ports:?}");
    assert!(is_taken(ports[0]) || is_taken(ports[1]) || is_taken(ports[2]), "nobody listens at {ports:?}");
    topology.signal("script", "TERM");
    let folder = topology.ended();
    let left: Vec<_> = pids.iter().filter(|(_, pid)| is_alive(**pid)).collect();
    assert!(left.is_empty(), "still there: {left:?}");
    assert!(!ports.iter().any(|port| is_taken(*port)), "somebody listens at one of {ports:?}");
    assert_eq!(at_work_in(&folder), Vec::<String>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
}

/// The role of the nodes may write rows, and neither make a table nor say another version.
async fn may_change_no_table(topology: &Topology) {
    let environment = topology.environment("node-b");
    let password = &environment["PGPASSWORD"];
    let url = environment["ABIDE_STORE__URL"].replace("abide@", &format!("abide:{password}@"));
    let mut connection = sqlx::PgConnection::connect(&url).await.expect("the nodes' own way in");
    for refused in [
        "CREATE TABLE more (id bigint)",
        "ALTER TABLE abide_rows ADD more bigint",
        "UPDATE abide_schema SET version = 9",
    ] {
        let error = connection.execute(refused).await.expect_err(refused);
        assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("42501"), "{refused}");
    }
}

#[test]
fn a_start_that_fails_half_way_leaves_nothing() {
    let dir = fresh_dir();
    let folder = dir.path().join("run");
    let (port, people) = (free_port().to_string(), json!({"users": [{"username": "ada", "password": "short"}]}));
    let mut command = Command::new("env");
    clean_environment(&mut command);
    // The last step of all: everything runs by then.
    let output = command.args(arguments(&folder, &people)).args(["--port", &port]).output().expect("the script");
    let (said, why) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{said} {why}");
    assert!(said.contains("The schema was made") && why.contains("users[0] (ada)"), "{said} {why}");
    assert!(!is_taken(port.parse().expect("a number")), "the proxy is left");
    assert_eq!(at_work_in(&folder), Vec::<String>::new());
    assert!(!folder.exists(), "{} is left", folder.display());
}
