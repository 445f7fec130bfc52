//! Event streams over real connections: clients that vanish, and a server that stops.

use crate::real::idp::{CLIENT_SECRET, client, password_of, person};
use crate::real::travelling::Travelling;
use crate::real::visitor::{Visitor, local_client};
use abide::app::App;
use abide::clock::Stopwatch;
use abide::config::Config;
use abide::web::PER_PART;
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

const CALLBACK: &str = "http://app.localhost:1/callback";

fn people() -> Value {
    json!({"users": [person("ada")], "clients": [client("trusted", CALLBACK, json!({}))]})
}

/// An access token for `ada`.
async fn token(issuer: &str) -> String {
    let browser = Visitor::new();
    let request = crate::browser::places::authorization_request(issuer, "trusted", "http://app.localhost:1", &[]);
    let page = browser.travel(&request, CALLBACK).await;
    let arrived = browser.sign_in(&page, "ada", CALLBACK).await;
    let code = arrived.parameter("code").unwrap_or_else(|| panic!("no code: {} {}", password_of("ada"), arrived.body));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = local_client().build().unwrap().post(format!("{issuer}/token"));
    let request = request.basic_auth("trusted", Some(CLIENT_SECRET)).body(body);
    let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    let tokens: Value = answer.json().await.unwrap();
    tokens["access_token"].as_str().unwrap_or_else(|| panic!("{tokens}")).to_owned()
}

/// A stream whose first event has come.
fn open(issuer: &str, token: &str) -> TcpStream {
    let port = issuer.rsplit(':').next().unwrap().parse::<u16>().unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    write!(stream, "GET /session/events HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n").unwrap();
    let heard = hear(&mut stream, "\"application\"");
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
    stream
}

fn hear(stream: &mut TcpStream, words: &str) -> String {
    let (mut heard, mut buffer) = (String::new(), [0; 4096]);
    while !heard.contains(words) {
        let count = stream.read(&mut buffer).unwrap_or_else(|error| panic!("{words}: {error}; {heard}"));
        assert!(count > 0, "it ended: {heard}");
        heard.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    heard
}

#[test]
fn clients_that_vanish_leave_their_places_within_two_heartbeats() {
    let idp = Travelling::start(|_| (), people());
    let token = crate::real::block_on(token(&idp.issuer));
    for _ in 0..3 {
        let streams: Vec<TcpStream> = (0..PER_PART).map(|_| open(&idp.issuer, &token)).collect();
        assert_eq!(idp.facing.streams.open_now(), PER_PART);
        drop(streams);
        let mut beats = 0;
        while idp.facing.streams.open_now() > 0 && beats < 2 {
            beats += 1;
            idp.pass("25s");
            // Real connections take real time to answer; the clock that matters stands still meanwhile.
            for _ in 0..100 {
                if idp.facing.streams.open_now() > 0 {
                    crate::real::block_on(async { tokio::time::sleep(Duration::from_millis(20)).await });
                }
            }
        }
        assert_eq!(idp.facing.streams.open_now(), 0, "after two heartbeats");
        assert_eq!((idp.facing.streams.remembered(), idp.facing.idp.store.hints().waited_for()), (0, 0));
    }
}

#[test]
fn a_graceful_stop_does_not_wait_for_streams() {
    let folder = tempfile::tempdir().unwrap();
    let port = crate::real::process::free_port();
    let config = Config {
        issuer: format!("http://localhost:{port}").parse().unwrap(),
        listen: ([127, 0, 0, 1], port).into(),
        data_dir: folder.path().join("data"),
        keys_dir: folder.path().join("keys"),
        ..Config::default()
    };
    let issuer = config.issuer.to_string();
    actix_web::rt::System::new().block_on(async move {
        let app = App::open(config).await.unwrap();
        app.import(&people().to_string()).await.unwrap();
        let running = app.serve().await.unwrap();
        let token = token(&issuer).await;
        let open = tokio::task::spawn_blocking(move || [open(&issuer, &token), open(&issuer, &token)]).await.unwrap();
        let stopping = Stopwatch::start();
        running.stop().await.unwrap();
        let took = stopping.milliseconds();
        assert!(took < 5_000, "it took {took} ms");
        for mut stream in open {
            let heard = hear(&mut stream, "event: end");
            assert!(heard.contains("\"reason\":\"closing\""), "{heard}");
        }
    });
}
