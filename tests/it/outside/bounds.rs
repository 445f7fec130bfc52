//! A bad server costs a little time and a little memory.

use super::server::{Conversation, Server};
use super::{PATIENT, SHORT, outbound, post, timed, with_names};
use abide::outside::Unreached;
use abide::outside::names::Names;
use async_trait::async_trait;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

/// What fits into the buffers of two sockets of this machine, with room to spare; far from what the servers offer.
const SOME_MEGABYTES: u64 = 32 << 20;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\n";

type Talk = fn(&mut Conversation<'_>);

fn request_then(peer: &mut Conversation<'_>, start: &[u8]) {
    peer.request();
    peer.say(start);
}

#[tokio::test]
async fn who_lets_one_wait_is_left() {
    let outbound = outbound(&["http://127.0.0.1:*", "127.0.0.1:*"], SHORT);
    let talks: [(&str, &str, Talk); 7] = [
        ("never reads", "http", |peer| peer.listen()),
        ("never answers", "http", |peer| {
            peer.request();
            peer.listen();
        }),
        ("never speaks TLS", "https", |peer| peer.listen()),
        ("a slow head", "http", |peer| {
            request_then(peer, OK);
            peer.dribble(b"x: y\r\n");
        }),
        ("a slow line", "http", |peer| {
            request_then(peer, OK);
            peer.dribble(b"x");
        }),
        ("a slow body", "http", |peer| {
            request_then(peer, b"HTTP/1.1 200 OK\r\ncontent-length: 60000\r\n\r\n");
            peer.dribble(b"x");
        }),
        ("informed for ever", "http", |peer| {
            peer.request();
            peer.dribble(b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n");
        }),
    ];
    for (what, scheme, talk) in talks {
        let server = Server::start(talk);
        let (answer, took) = timed(&outbound, &server.uri(scheme, "127.0.0.1")).await;
        assert_eq!(answer, Err(Unreached::TimedOut), "{what}");
        assert!((500..5000).contains(&took), "{what}: {took} ms");
        // Nothing of it goes on in the background.
        server.all_closed().await;
        assert_eq!(server.connections(), 1, "{what}");
    }
}

/// A name server that never answers.
struct Silent;

#[async_trait]
impl Names for Silent {
    async fn addresses(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_name_server_that_lets_one_wait_is_left() {
    let outbound = with_names(&[], SHORT, Arc::new(Silent));
    let (answer, took) = timed(&outbound, "https://rp.example.test/geheim").await;
    assert_eq!(answer, Err(Unreached::TimedOut));
    assert!((500..5000).contains(&took), "{took} ms");
}

#[tokio::test]
async fn what_never_ends_is_cut_off() {
    let outbound = outbound(&["http://127.0.0.1:*"], PATIENT);
    let talks: [(&str, Talk); 8] = [
        ("a gigabyte, announced", |peer| {
            request_then(peer, b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n");
            peer.flood(&[b'x'; 65536]);
        }),
        ("a gigabyte, unannounced", |peer| {
            request_then(peer, b"HTTP/1.1 200 OK\r\n\r\n");
            peer.flood(&[b'x'; 65536]);
        }),
        ("a gigabyte in chunks", |peer| {
            request_then(peer, b"HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n");
            peer.flood(&[b"1000\r\n".as_slice(), &[b'x'; 4096], b"\r\n"].concat());
        }),
        ("one big chunk", |peer| {
            request_then(peer, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n40000000\r\n");
            peer.flood(&[b'x'; 65536]);
        }),
        ("lines without end", |peer| {
            request_then(peer, OK);
            peer.flood(b"x-header: some value of it\r\n".repeat(1000).as_slice());
        }),
        ("a line without end", |peer| {
            request_then(peer, b"HTTP/1.1 200 OK\r\nx: ");
            peer.flood(&[b'x'; 65536]);
        }),
        ("a status line without end", |peer| {
            request_then(peer, b"HTTP/1.1 200 ");
            peer.flood(&[b'x'; 65536]);
        }),
        ("101 header lines", |peer| {
            request_then(peer, OK);
            peer.say(format!("{}\r\n", "x: y\r\n".repeat(101)).as_bytes());
            peer.listen();
        }),
    ];
    for (what, talk) in talks {
        let server = Server::start(talk);
        assert_eq!(post(&outbound, &server.uri("http", "127.0.0.1")).await, Err(Unreached::TooLarge), "{what}");
        server.all_closed().await;
        assert!(server.written() < SOME_MEGABYTES, "{what}: {} bytes were taken", server.written());
        assert_eq!(server.connections(), 1, "{what}");
    }
}

#[tokio::test]
async fn chunk_sizes_and_trailers_without_end_are_cut_off_too() {
    let outbound = outbound(&["http://127.0.0.1:*"], PATIENT);
    let talks: [(&str, Talk); 2] = [
        ("an extension of a chunk", |peer| {
            request_then(peer, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;");
            peer.flood(&[b'x'; 65536]);
        }),
        ("trailers", |peer| {
            request_then(peer, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n");
            peer.flood(b"x-trailer: some value of it\r\n".repeat(1000).as_slice());
        }),
    ];
    for (what, talk) in talks {
        let server = Server::start(talk);
        assert!(post(&outbound, &server.uri("http", "127.0.0.1")).await.is_err(), "{what}");
        server.all_closed().await;
        assert!(server.written() < SOME_MEGABYTES, "{what}: {} bytes were taken", server.written());
    }
}

#[tokio::test]
async fn what_is_just_small_enough_is_taken() {
    let outbound = outbound(&["http://127.0.0.1:*"], PATIENT);
    for (head, body, expected) in [
        (15_000, 0, Ok(200)),
        (40_000, 0, Err(Unreached::TooLarge)),
        (0, 65_536, Ok(200)),
        (0, 65_537, Err(Unreached::TooLarge)),
    ] {
        for framed in [true, false] {
            let server = Server::start(move |peer| {
                let length = if framed { format!("content-length: {body}\r\n") } else { String::new() };
                request_then(peer, format!("HTTP/1.1 200 OK\r\n{length}x: {}\r\n\r\n", "y".repeat(head)).as_bytes());
                peer.say("x".repeat(body).as_bytes());
            });
            let answer = post(&outbound, &server.uri("http", "127.0.0.1")).await;
            assert_eq!(answer, expected, "{head} {body} {framed}");
        }
    }
}
