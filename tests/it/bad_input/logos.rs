//! Logos that are none, and addresses that nobody should be asked at. Nothing of what comes is kept, the app has its
//! initial, and people sign in.

use super::pictures::bomb;
use crate::harness::{Giving, Idp, LogoServer};
use crate::store::words::nothing;
use crate::stories::logo::{house, import, kept, red, shown};
use crate::stories::picture::plain;
use abide::model::id::AccountId;
use abide::model::logo::Logo;
use abide::model::picture::Picture;
use abide::model::record::Kind;
use abide::store::contract::{RawChange, RawRule, Write};
use abide::store::encode;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;
use std::io::{Cursor, ErrorKind};
use std::net::TcpListener;

/// More than five million bytes of a picture.
fn large() -> Vec<u8> {
    let mut state = 1_u32;
    let noise = RgbImage::from_fn(1_400, 1_300, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [a, b, c, _] = state.to_be_bytes();
        Rgb([a, b, c])
    });
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(noise).write_to(&mut file, ImageFormat::Png).unwrap();
    let file = file.into_inner();
    assert!(file.len() > 5_000_000);
    file
}

/// What is no logo, in every way.
fn none() -> Vec<(&'static str, Giving)> {
    let png = plain([200, 30, 30], ImageFormat::Png);
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(1)</script></svg>".to_vec();
    let html = b"<!doctype html><script>alert(1)</script>".to_vec();
    let large = large();
    vec![
        ("svg", Giving::File("image/svg+xml", svg.clone())),
        ("svg that is said to be png", Giving::File("image/png", svg)),
        ("html", Giving::File("text/html", html.clone())),
        ("html that is said to be png", Giving::File("image/png", html.clone())),
        ("html before a picture", Giving::File("image/png", [&html[..], &png].concat())),
        ("picture that is said to be html", Giving::File("text/html", png.clone())),
        ("picture that is said to be anything", Giving::File("application/octet-stream", png.clone())),
        (
            "gif",
            Giving::File(
                "image/gif",
                b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec(),
            ),
        ),
        ("nothing", Giving::File("image/png", Vec::new())),
        ("half a png", Giving::File("image/png", png[..png.len() / 2].to_vec())),
        ("20,000 by 20,000", Giving::File("image/png", bomb())),
        ("zeros", Giving::File("image/webp", vec![0; 100_000])),
        ("5 MB", Giving::File("image/png", large.clone())),
        ("5 MB in pieces", Giving::Pieces("image/png", large)),
        ("not found", Giving::Status(404, png.clone())),
        ("made", Giving::Status(201, png.clone())),
        ("part", Giving::Status(206, png)),
        ("a body without end", Giving::Floods),
        ("a body that drips", Giving::Drips),
        ("no answer", Giving::Hangs),
    ]
}

#[actix_web::test]
async fn what_is_no_logo_is_not_kept() {
    let idp = house().await;
    let elsewhere = LogoServer::start(red());
    let mut cases = none();
    cases.push(("a redirect", Giving::Redirects(elsewhere.uri("logo.png"))));
    cases.push(("a redirect into the network", Giving::Redirects("http://169.254.169.254/latest/meta-data".into())));
    // Each has an app of its own, so that the slow ones are slow together.
    let servers: Vec<LogoServer> = cases.iter().map(|(_, giving)| LogoServer::start(giving.clone())).collect();
    let clients = servers.iter().enumerate().map(|(place, server)| {
        let app = idp.app(&format!("shop-{place}"));
        json!({"client_id": format!("shop-{place}"), "client_name": "Shop", "client_secret": app.secret(),
            "redirect_uris": [app.redirect_uri()], "logo_uri": server.uri("logo.png")})
    });
    idp.import(json!({"clients": clients.collect::<Vec<_>>()})).await;
    idp.deliver().await;
    for (place, (case, _)) in cases.iter().enumerate() {
        assert!(!servers[place].asked().is_empty(), "{case}");
        let page = idp.browser().authorize(&idp.app(&format!("shop-{place}")), &[]).await;
        assert_eq!((page.status.as_u16(), page.text("main span.mark").as_deref()), (200, Some("S")), "{case}");
        assert!(page.attribute("main img", "src").is_none(), "{case}");
        let logo = idp.flows().store.read::<Logo>(&format!("logo:shop-{place}")).await.unwrap().expect("an attempt");
        let written = serde_json::to_string(&logo).unwrap();
        assert!(!written.contains("shown") && written.len() < 250, "{case}: {written}");
    }
    assert!(elsewhere.asked().is_empty(), "no redirect is followed");
}

#[actix_web::test]
async fn an_address_that_turns_into_something_else_changes_nothing_that_is_shown() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    idp.deliver().await;
    let path = shown(&idp).await.unwrap();
    let file = idp.browser().get(&path).await.body;
    let elsewhere = LogoServer::start(red());
    for giving in [
        Giving::File("text/html", b"<script>alert(1)</script>".to_vec()),
        Giving::File("image/png", b"<script>alert(1)</script>".to_vec()),
        Giving::Redirects(elsewhere.uri("logo.png")),
        Giving::File("image/png", bomb()),
    ] {
        server.turn(giving);
        idp.pass("1d");
        idp.deliver().await;
        assert_eq!(shown(&idp).await, Ok(path.clone()));
        assert_eq!(idp.browser().get(&path).await.body, file);
    }
    assert_eq!(server.asked().len(), 5);
    assert!(elsewhere.asked().is_empty());
}

#[actix_web::test]
async fn of_what_is_more_than_a_logo_the_logo_is_kept() {
    let (idp, script) = (house().await, b"<script>alert(document.domain)</script>");
    let file = [&plain([90, 160, 30], ImageFormat::Jpeg)[..], script, b"PK\x03\x04"].concat();
    let server = LogoServer::start(Giving::Pieces("image/jpeg", file));
    import(&idp, &server.uri("logo.jpg")).await;
    idp.deliver().await;
    assert!(shown(&idp).await.is_ok());
    let kept = serde_json::to_value(kept(&idp).await.unwrap()).unwrap();
    let file =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, kept["shown"]["file"].as_str().unwrap());
    let file = file.unwrap();
    assert!(!file.windows(6).any(|part| part == b"script") && file.len() <= 24 * 1024);
    assert_eq!(image::guess_format(&file).unwrap(), ImageFormat::Jpeg);
    assert_eq!(image::load_from_memory(&file).unwrap().width(), 144);
}

#[actix_web::test]
async fn nobody_is_asked_in_our_own_network() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let idp = Idp::start().await;
    let mut places: Vec<String> =
        ["127.0.0.1", "localhost", "plaza.localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001"]
            .iter()
            .map(|host| format!("https://{host}:{port}/logo.png"))
            .collect();
    places.push(format!("http://localhost:{port}/logo.png"));
    for host in
        ["169.254.169.254", "metadata.google.internal", "10.0.0.1", "192.168.1.1", "[fd00::1]", "[fe80::1]", "0.0.0.0"]
    {
        places.push(format!("https://{host}/logo.png"));
    }
    for uri in places {
        import(&idp, &uri).await;
        idp.deliver().await;
        assert_eq!(shown(&idp).await, Err("S".to_owned()), "{uri}");
        let logo = kept(&idp).await.expect("an attempt");
        assert_eq!(logo.uri, uri);
        assert!(!serde_json::to_string(&logo).unwrap().contains("shown"), "{uri}");
    }
    let accepted = listener.accept().map(|_| ()).map_err(|error| error.kind());
    assert_eq!(accepted, Err(ErrorKind::WouldBlock), "nobody was asked");
}

#[actix_web::test]
async fn an_address_of_no_logo_is_no_page() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    idp.deliver().await;
    let path = shown(&idp).await.unwrap();
    let long = "a".repeat(65);
    for name in ["", "x", "..", "%2e%2e%2fpicture", "logo:shop", "shop", &long, &path["/logo/".len() + 1..]] {
        let answer = idp.browser().get(&format!("/logo/{name}")).await;
        assert_eq!(answer.status, 404, "{name}");
        assert_ne!(answer.header("content-type"), "image/jpeg", "{name}");
    }
    // A logo is no picture of a person.
    let name = &path["/logo/".len()..];
    for place in [format!("/picture/{name}"), "/picture/logo:shop".to_owned(), "/picture/logo%3Ashop".to_owned()] {
        assert_eq!(idp.browser().get(&place).await.status, 404, "{place}");
    }
}

#[actix_web::test]
async fn a_logo_that_cannot_be_read_keeps_nobody_from_signing_in() {
    let (idp, server) = (house().await, LogoServer::start(red()));
    import(&idp, &server.uri("logo.png")).await;
    idp.deliver().await;
    let store = idp.flows().store.clone();
    // A record of the same kind that is none of a logo.
    let strange = Picture::new("x".into(), AccountId::new("x"), idp.now(), b"x");
    let write = encode(&strange).unwrap();
    let rule: RawRule = Box::new(move |_| Ok(RawChange { write: Write::Put(write.clone()), ..nothing() }));
    store.backend().change(Kind::Picture, "logo:shop", rule).await.unwrap();
    assert_eq!(shown(&idp).await, Err("S".to_owned()));
    idp.pass("1d");
    idp.deliver().await;
    assert_eq!(shown(&idp).await, Err("S".to_owned()));
}
