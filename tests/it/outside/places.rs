//! Where it connects to, and where never.

use super::server::Server;
use super::{PATIENT, SHORT, Scripted, outbound, post, post_for, rules, timed, with_names};
use abide::model::outbound::{Author, BadAddress, Forbidden, Kind};
use abide::outside::Unreached;
use abide::outside::http::Outbound;
use std::net::TcpListener;
use std::sync::Arc;

const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Every way to say "this machine" that a socket would understand.
const THIS_MACHINE: [&str; 19] = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "localhost",
    "LOCALHOST.",
    "a.b.localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "rp.example.test",
];

#[tokio::test]
async fn nothing_private_is_reached_that_is_not_listed() {
    let server = Server::answering(FINE);
    // The last list has another port, another network, another name, and the other scheme.
    let other = [&*format!("127.0.0.1:{}", server.port() ^ 1), "127.0.1.0/24:*", "other.example.test:*"];
    for allow in [&[][..], &other] {
        let outbound = outbound(allow, PATIENT);
        for host in THIS_MACHINE {
            let got = post(&outbound, &server.uri("https", host)).await;
            let special = matches!(got, Err(Unreached::Forbidden(Forbidden::Special(..))));
            assert!(special, "{host}: {got:?}");
            let got = post(&outbound, &server.uri("http", host)).await;
            assert_eq!(got, Err(Unreached::Forbidden(Forbidden::Plain)), "{host}");
        }
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_strangers_uri_profits_from_no_entry() {
    let server = Server::answering(FINE);
    let outbound = outbound(&["http://127.0.0.0/8:*", "127.0.0.0/8:*", "http://rp.example.test:*"], PATIENT);
    for host in ["127.0.0.1", "localhost", "rp.example.test"] {
        let uri = server.uri("http", host);
        let stranger = post_for(&outbound, Author::Stranger, &uri).await;
        assert_eq!(stranger, Err(Unreached::Forbidden(Forbidden::Plain)), "{host}");
        let stranger = post_for(&outbound, Author::Stranger, &server.uri("https", host)).await;
        assert!(matches!(stranger, Err(Unreached::Forbidden(Forbidden::Special(..)))), "{host}: {stranger:?}");
        assert_eq!(server.connections(), 0, "{host}");
    }
    assert_eq!(post(&outbound, &server.uri("http", "127.0.0.1")).await, Ok(200));
}

#[tokio::test]
async fn what_is_listed_is_reached() {
    let server = Server::answering(FINE);
    let port = server.port();
    for (entry, host) in [
        ("http://127.0.0.1:*".to_owned(), "127.0.0.1"),
        (format!("http://127.0.0.1:{port}"), "127.0.0.1"),
        (format!("http://127.0.0.0/8:{port}"), "2130706433"),
        // It is the same address, and is connected to as such.
        (format!("http://127.0.0.1:{port}"), "[::ffff:127.0.0.1]"),
        (format!("http://127.0.0.1:{port}"), "localhost"),
        (format!("http://127.0.0.1:{port}"), "app.localhost"),
        (format!("http://localhost:{port}"), "localhost"),
        (format!("http://app.localhost:{port}"), "App.Localhost."),
        (format!("http://127.0.0.1:{port}"), "rp.example.test"),
        (format!("http://rp.example.test:{port}"), "rp.example.test"),
    ] {
        let before = server.connections();
        let outbound = outbound(&[&entry], PATIENT);
        assert_eq!(post(&outbound, &server.uri("http", host)).await, Ok(200), "{entry} {host}");
        assert_eq!(server.connections(), before + 1, "{entry} {host}");
    }
}

#[tokio::test]
async fn no_resolver_is_asked_what_localhost_is() {
    let server = Server::answering(FINE);
    let names = Scripted::new(&[&["10.0.0.1"]]);
    let outbound = with_names(&["http://127.0.0.1:*"], PATIENT, Arc::clone(&names) as _);
    for host in ["localhost", "LocalHost.", "app.localhost", "a.b.localhost."] {
        assert_eq!(post(&outbound, &server.uri("http", host)).await, Ok(200), "{host}");
    }
    assert_eq!((server.connections(), names.asked()), (4, 0));
}

#[tokio::test]
async fn the_systems_resolver_is_under_the_same_rules() {
    let server = Server::answering(FINE);
    let uri = server.uri("http", "localhost");
    assert_eq!(post(&Outbound::new(rules(&["http://localhost:*"])), &uri).await, Ok(200));
    let refused = post(&Outbound::new(rules(&[])), &server.uri("https", "localhost")).await;
    assert!(matches!(refused, Err(Unreached::Forbidden(Forbidden::Special(_, Kind::Loopback)))), "{refused:?}");
    assert_eq!(server.connections(), 1);
    // RFC 6761, section 6.4: nobody has this name, on whatever network one is.
    let nobody = post(&Outbound::new(rules(&[])), "https://nobody.invalid/geheim").await;
    assert_eq!(nobody, Err(Unreached::Resolution));
}

/// At the discard port: should the rule ever be gone, this test sends no request to a real one.
#[tokio::test]
async fn metadata_is_never_reached() {
    let everything = [
        "169.254.0.0/16:*",
        "100.64.0.0/10:*",
        "192.0.0.0/8:*",
        "168.0.0.0/8:*",
        "[fd00::/8]:*",
        "[64:ff9b::/16]:*",
        "[2002::/16]:*",
        "[fe80::/10]:*",
        "rp.example.test:*",
    ];
    let both: Vec<String> =
        everything.iter().flat_map(|entry| [(*entry).to_owned(), format!("http://{entry}")]).collect();
    let both: Vec<&str> = both.iter().map(String::as_str).collect();
    for host in [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "169.254.43518",
        "169.254.170.2",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "[fd00:ec2::254]",
        "[fd20:ce::254]",
        "[::ffff:169.254.169.254]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:a9fe:a9fe::]",
        "[fe80::a9fe:a9fe]",
        "metadata.google.internal",
        "METADATA.google.internal.",
        "metadata",
        "instance-data",
    ] {
        let names = Scripted::new(&[&["127.0.0.1"]]);
        let outbound = with_names(&both, SHORT, Arc::clone(&names) as _);
        for scheme in ["http", "https"] {
            let (answer, took) = timed(&outbound, &format!("{scheme}://{host}:9/geheim")).await;
            assert_eq!(answer, Err(Unreached::Forbidden(Forbidden::Metadata)), "{scheme} {host}");
            assert!(took < 250, "{scheme} {host}: {took} ms, as if it had tried");
        }
        assert_eq!(names.asked(), 0, "{host}");
    }
    for address in ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "64:ff9b::a9fe:a9fe"] {
        let outbound = with_names(&both, SHORT, Scripted::new(&[&[address]]));
        let answer = post(&outbound, "http://rp.example.test:9/geheim").await;
        assert_eq!(answer, Err(Unreached::Forbidden(Forbidden::Metadata)), "{address}");
    }
}

/// Two servers at one port of two addresses of this machine.
fn two() -> (Server, Server) {
    for _ in 0..20 {
        let good = Server::start(|peer| {
            peer.request();
            peer.say(FINE.as_bytes());
        });
        // Somebody else may have that port at the other address.
        if TcpListener::bind(("127.0.0.2", good.port())).is_ok() {
            let port = good.port();
            return (good, Server::at("127.0.0.2", port, |peer| drop(peer.request())));
        }
    }
    panic!("no port is free at both addresses");
}

#[tokio::test]
async fn a_name_that_changes_its_address_gains_nothing() {
    let (good, bad) = two();
    let names = Scripted::new(&[&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1"], &["127.0.0.2"]]);
    let outbound = with_names(&["http://127.0.0.1:*"], PATIENT, Arc::clone(&names) as _);
    let uri = good.uri("http", "rp.example.test");
    // Were the name looked up once to judge and again to connect, the first of these would reach the other server.
    assert_eq!(post(&outbound, &uri).await, Ok(200));
    good.all_closed().await;
    assert_eq!(names.asked(), 1);
    assert_eq!(post(&outbound, &uri).await, Err(Unreached::Forbidden(Forbidden::Plain)));
    assert_eq!(post(&outbound, &uri).await, Ok(200));
    good.all_closed().await;
    assert_eq!(post(&outbound, &uri).await, Err(Unreached::Forbidden(Forbidden::Plain)));
    assert_eq!((names.asked(), good.connections(), bad.connections()), (4, 2, 0));
}

#[tokio::test]
async fn of_several_addresses_only_allowed_ones_are_tried() {
    let (good, bad) = two();
    let uri = good.uri("http", "rp.example.test");
    let names = Scripted::new(&[&["127.0.0.2", "10.0.0.1", "::1", "169.254.169.254", "127.0.0.1"]]);
    let outbound = with_names(&["http://127.0.0.1:*"], PATIENT, names);
    assert_eq!(post(&outbound, &uri).await, Ok(200));
    assert_eq!((good.connections(), bad.connections()), (1, 0));
}

#[tokio::test]
async fn the_next_address_is_tried_when_nobody_listens_at_the_first() {
    let server = Server::answering(FINE);
    let names = Scripted::new(&[&["127.0.0.3", "127.0.0.1"]]);
    let outbound = with_names(&["http://127.0.0.0/8:*"], PATIENT, names);
    assert_eq!(post(&outbound, &server.uri("http", "rp.example.test")).await, Ok(200));
}

#[tokio::test]
async fn nobody_there() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let outbound = outbound(&["http://127.0.0.1:*"], PATIENT);
    let got = post(&outbound, &format!("http://127.0.0.1:{port}/geheim")).await;
    assert_eq!(got, Err(Unreached::Refused));
    let empty = with_names(&[], PATIENT, Scripted::new(&[&[]]));
    assert_eq!(post(&empty, "https://rp.example.test/geheim").await, Err(Unreached::Resolution));
}

#[tokio::test]
async fn addresses_that_are_none() {
    let server = Server::answering(FINE);
    let outbound = outbound(&["http://127.0.0.1:*", "http://localhost:*"], PATIENT);
    let port = server.port();
    for (uri, why) in [
        (format!("http://geheim@127.0.0.1:{port}/"), BadAddress::UserInfo),
        (format!("http://a:geheim@127.0.0.1:{port}/"), BadAddress::UserInfo),
        (format!("http://127.0.0.1:{port}/#geheim"), BadAddress::Fragment),
        (format!("http:127.0.0.1:{port}/geheim"), BadAddress::Scheme),
        (format!("http:/\\127.0.0.1:{port}/geheim"), BadAddress::NotUri),
        (format!("ftp://127.0.0.1:{port}/geheim"), BadAddress::Scheme),
        ("file:///geheim".to_owned(), BadAddress::Scheme),
        (format!("//127.0.0.1:{port}/geheim"), BadAddress::NotUri),
        (format!("127.0.0.1:{port}/geheim"), BadAddress::NotUri),
        (format!("http://127.0.0.1:{port}/geheim\r\nx: y"), BadAddress::NotUri),
        (format!("http://127.0.0.1:{port}/geheim HTTP/1.1"), BadAddress::NotUri),
        (format!("http://127.0.0.1:{port}/{}", "geheim".repeat(500)), BadAddress::NotUri),
        (String::new(), BadAddress::NotUri),
    ] {
        assert_eq!(post(&outbound, &uri).await, Err(Unreached::BadAddress(why)), "{uri:?}");
    }
    assert_eq!(server.connections(), 0);
}
