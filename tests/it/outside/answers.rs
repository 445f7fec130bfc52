//! What is sent, and what becomes of the answer.

use super::server::Server;
use super::{PATIENT, outbound, post, post_for};
use abide::model::outbound::{Author, Forbidden};
use abide::outside::Unreached;

#[tokio::test]
async fn a_form_arrives_as_it_was_meant() {
    let server = Server::answering("HTTP/1.1 204 No Content\r\nset-cookie: a=b\r\nconnection: close\r\n\r\n");
    let outbound = outbound(&["http://127.0.0.1:*"], PATIENT);
    for _ in 0..2 {
        assert_eq!(post(&outbound, &server.uri("http", "127.0.0.1")).await, Ok(204));
    }
    for request in server.requests() {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert_eq!(body, "logout_token=geheim&more=a%2Bb+%26%3D%C3%A9");
        let mut lines: Vec<String> = head.split("\r\n").map(str::to_ascii_lowercase).collect();
        lines.sort();
        // All of it: no cookie that was set before, no referrer, no version of ours.
        let expected = [
            "content-length: 43".to_owned(),
            "content-type: application/x-www-form-urlencoded".to_owned(),
            format!("host: 127.0.0.1:{}", server.port()),
            "post /geheim http/1.1".to_owned(),
            "user-agent: abide".to_owned(),
        ];
        assert_eq!(lines, expected);
    }
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn every_status_comes_back_and_no_redirect_is_followed() {
    let elsewhere = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let outbound = outbound(&["http://127.0.0.1:*"], PATIENT);
    for status in [200, 202, 204, 301, 302, 303, 307, 308, 400, 401, 404, 429, 500, 503, 599, 999] {
        let location = elsewhere.uri("http", "127.0.0.1");
        let server = Server::start(move |peer| {
            peer.request();
            let head = format!("HTTP/1.1 {status} X\r\nlocation: {location}\r\nrefresh: 0; url={location}\r\n");
            peer.say(format!("{head}content-length: 0\r\nconnection: close\r\n\r\n").as_bytes());
        });
        assert_eq!(post(&outbound, &server.uri("http", "127.0.0.1")).await, Ok(status));
        assert_eq!(server.requests().len(), 1, "{status}");
    }
    assert_eq!(elsewhere.connections(), 0);
    // Nobody asked to speak another protocol: it is a status like any other, and the connection is over.
    let server = Server::answering("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n");
    assert_eq!(post(&outbound, &server.uri("http", "127.0.0.1")).await, Ok(101));
    server.all_closed().await;
}

#[tokio::test]
async fn what_is_no_answer() {
    let outbound = outbound(&["http://127.0.0.1:*"], PATIENT);
    for answer in [
        "",
        "\r\n\r\n",
        "220 mail.example.com ESMTP\r\n",
        "HTTP/1.1 abc\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx",
        "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!",
        "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\ncut short",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nno chunk",
        "HTTP/2.0 200 OK\r\n\r\n",
    ] {
        let server = Server::answering(answer);
        let got = post(&outbound, &server.uri("http", "127.0.0.1")).await;
        assert_eq!(got, Err(Unreached::Broken), "{answer:?}");
        assert_eq!(server.requests().len(), 1, "{answer:?}: it is not sent twice");
        server.all_closed().await;
    }
}

#[tokio::test]
async fn a_connection_is_used_again_and_never_by_a_strangers_uri() {
    let server = Server::start(|peer| {
        while peer.request().is_some() {
            peer.say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    });
    let outbound = outbound(&["http://127.0.0.1:*"], PATIENT);
    let uri = server.uri("http", "127.0.0.1");
    for _ in 0..5 {
        assert_eq!(post(&outbound.clone(), &uri).await, Ok(200));
    }
    assert_eq!((server.connections(), server.requests().len()), (1, 5));
    let stranger = post_for(&outbound, Author::Stranger, &uri).await;
    assert_eq!(stranger, Err(Unreached::Forbidden(Forbidden::Plain)));
    assert_eq!((server.connections(), server.requests().len()), (1, 5));
}
