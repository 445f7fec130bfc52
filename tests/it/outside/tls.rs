//! Who may be on the other side.

use super::server::Server;
use super::{PATIENT, Scripted, outbound, post, rules};
use abide::outside::http::{Outbound, Parts};
use abide::outside::{TlsFault, Unreached, trust};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::sync::Arc;

/// Believes the authority of these tests, and may reach every name at this machine.
fn believing() -> Outbound {
    let authority = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/outside/tls/authority.pem");
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority).unwrap()).unwrap();
    let names = Scripted::new(&[&["127.0.0.1"]]);
    Outbound::of(
        rules(&["127.0.0.1:*", "http://127.0.0.1:*"]),
        Parts { limits: PATIENT, names, tls: trust::of(Arc::new(roots)), strangers: rules(&[]) },
    )
}

#[tokio::test]
async fn a_certificate_for_the_name_from_somebody_trusted() {
    let server = Server::tls("certificate");
    assert_eq!(post(&believing(), &server.uri("https", "rp.example.test")).await, Ok(200));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn every_other_certificate_gets_nothing() {
    let usual = outbound(&["127.0.0.1:*"], PATIENT);
    for (outbound, certificate, host, fault) in [
        (&usual, "certificate", "rp.example.test", TlsFault::Untrusted),
        (&believing(), "certificate", "other.example.test", TlsFault::Name),
        (&believing(), "certificate", "127.0.0.1", TlsFault::Name),
        (&believing(), "certificate", "localhost", TlsFault::Name),
        (&believing(), "expired", "rp.example.test", TlsFault::Time),
    ] {
        let server = Server::tls(certificate);
        let got = post(outbound, &server.uri("https", host)).await;
        assert_eq!(got, Err(Unreached::Tls(fault)), "{certificate} {host}");
        server.all_closed().await;
        assert_eq!((server.connections(), server.requests().len()), (1, 0), "{certificate} {host}");
    }
}

#[tokio::test]
async fn the_wrong_protocol() {
    let plain = Server::start(|peer| {
        peer.say(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
    });
    let got = post(&believing(), &plain.uri("https", "rp.example.test")).await;
    assert!(matches!(got, Err(Unreached::Tls(TlsFault::Handshake) | Unreached::Broken)), "{got:?}");
    let tls = Server::tls("certificate");
    let got = post(&believing(), &tls.uri("http", "rp.example.test")).await;
    assert_eq!(got, Err(Unreached::Broken));
    assert_eq!(tls.requests().len(), 0);
}
