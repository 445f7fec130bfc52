//! Files that are no pictures, pictures that are more than that, and forms that are not ours.

use super::{FORM, Untouched, assert_page, encoded};
use crate::harness::{Browser, ISSUER, Idp, multipart};
use crate::stories::picture::{plain, signed_in};
use abide::model::picture::{PORTRAIT, Picture};
use actix_web::test::TestRequest;
use image::ImageFormat;

const UPLOAD: &str = "/account/profile/picture";

async fn hidden(browser: &mut Browser) -> [String; 2] {
    browser.hidden_of("/account/profile", UPLOAD).await
}

/// The head of a PNG of 20,000 by 20,000 points, as its CRC-32 confirms.
const BOMB: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x4e\x20\0\0\x4e\x20\x08\x02\0\0\0";

pub(super) fn bomb() -> Vec<u8> {
    let sum = !BOMB[12..].iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 })
    });
    [BOMB, &sum.to_be_bytes(), b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82"].concat()
}

#[actix_web::test]
async fn what_is_no_picture_is_not_kept() {
    let idp = Idp::start().await;
    let mut browser = signed_in(&idp).await;
    let [csrf, person] = hidden(&mut browser).await;
    let untouched = Untouched::now(&idp).await;
    let png = plain([1, 2, 3], ImageFormat::Png);
    let jpeg = plain([1, 2, 3], ImageFormat::Jpeg);
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("nothing", Vec::new(), "Choose a file"),
        ("svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>".to_vec(), "no complete"),
        ("html", b"<!doctype html><script>alert(1)</script>".to_vec(), "no complete"),
        (
            "gif",
            b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec(),
            "no complete",
        ),
        ("html before a picture", [&b"<html>"[..], &png].concat(), "no complete"),
        ("zip", b"PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaa".to_vec(), "no complete"),
        ("half a png", png[..png.len() / 2].to_vec(), "no complete"),
        ("half a jpeg", jpeg[..jpeg.len() / 2].to_vec(), "no complete"),
        ("the head of a png", png[..33].to_vec(), "no complete"),
        ("20,000 by 20,000", bomb(), "too many pixels"),
        ("zeros", vec![0; 100_000], "no complete"),
        ("a name alone", b"../../etc/passwd".to_vec(), "no complete"),
    ];
    for (case, file, words) in cases {
        let refused = browser.upload(UPLOAD, [&csrf, &person], &file).await;
        assert_page(&refused, 422, case);
        assert!(refused.text("[role=alert]").unwrap().contains(words), "{case}: {:?}", refused.text("[role=alert]"));
        assert_eq!(refused.attribute("#picture", "aria-invalid").as_deref(), Some("true"), "{case}");
        untouched.check(case).await;
    }
}

#[actix_web::test]
async fn of_what_is_more_than_a_picture_the_picture_is_kept() {
    let idp = Idp::start().await;
    let mut browser = signed_in(&idp).await;
    let [csrf, person] = hidden(&mut browser).await;
    let jpeg = plain([90, 160, 30], ImageFormat::Jpeg);
    let script = b"<script>alert(document.domain)</script>";
    let place = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x0e\x01\x02\0\x18\0\0\0\x1a\0\0\0\0\0\0\0GPS 59.9139N 10.7522E at\0";
    let length = |bytes: &[u8]| u16::try_from(bytes.len() + 2).unwrap().to_be_bytes();
    let polyglot = [
        &b"\xff\xd8\xff\xe1"[..],
        &length(place),
        place,
        b"\xff\xfe",
        &length(script),
        script,
        &jpeg[2..],
        script,
        b"PK\x03\x04",
    ]
    .concat();
    let done = browser.upload(UPLOAD, [&csrf, &person], &polyglot).await;
    assert_eq!(done.location(), "/account/profile?done=picture", "{}", done.body);
    let kept = idp.flows().store.all::<Picture>(None, 10).await.unwrap().items.remove(0).jpeg();
    for trace in [&b"script"[..], b"GPS", b"59.9139", b"Exif", b"PK\x03\x04", b"\xff\xfe"] {
        assert!(!kept.windows(trace.len()).any(|part| part == trace), "{}", String::from_utf8_lossy(trace));
    }
    assert!(kept.len() < 48 * 1024);
    assert_eq!(image::load_from_memory(&kept).unwrap().width(), 256);
}

#[actix_web::test]
async fn forms_that_are_not_ours() {
    let idp = Idp::start().await;
    let mut browser = signed_in(&idp).await;
    let ([csrf, person], mut other) = (hidden(&mut browser).await, signed_in(&idp).await);
    let [theirs, of_theirs] = hidden(&mut other).await;
    let file = plain([1, 2, 3], ImageFormat::Png);
    let untouched = Untouched::now(&idp).await;
    for (case, token) in
        [("another browser's", theirs.as_str()), ("none", ""), ("nonsense", "x"), ("long", &"a".repeat(4_000))]
    {
        assert_page(&browser.upload(UPLOAD, [token, &person], &file).await, 403, case);
        untouched.check(case).await;
    }
    // Of a page that was shown to somebody else, or says nothing of that.
    for whose in [of_theirs.as_str(), "", "x"] {
        let answer = browser.upload(UPLOAD, [&csrf, whose], &file).await;
        assert_eq!(answer.location(), "/account/profile", "{whose}");
        untouched.check(whose).await;
    }
    let (kind, good) = multipart(&[("csrf", csrf.as_bytes()), ("picture", &file)]);
    let (_, late) = multipart(&[("picture", &file), ("csrf", csrf.as_bytes())]);
    let (_, without) = multipart(&[("picture", &file)]);
    let (_, neither) = multipart(&[("x", b"y")]);
    let (_, crowd) = multipart(&[("x", &b"y"[..]); 40]);
    let (_, beside) = multipart(&[("x", &[b'a'; 70_000][..]), ("csrf", csrf.as_bytes()), ("picture", &file)]);
    let (_, half) = multipart(&[("csrf", csrf.as_bytes()), ("picture", &file)]);
    let half = half[..half.len() - 80].to_vec();
    let cut = kind.replace("boundary=", "boundary=x");
    for (case, headers, body, status) in [
        ("another origin", [("content-type", kind.as_str()), ("origin", "https://evil.example")], &good, 403),
        ("no origin known", [("content-type", kind.as_str()), ("origin", "null")], &good, 403),
        ("the token after the file", [("content-type", kind.as_str()), ("origin", ISSUER)], &late, 403),
        ("no token", [("content-type", kind.as_str()), ("origin", ISSUER)], &without, 403),
        ("no file, no token", [("content-type", kind.as_str()), ("origin", ISSUER)], &neither, 403),
        ("many parts", [("content-type", kind.as_str()), ("origin", ISSUER)], &crowd, 403),
        ("a large part beside", [("content-type", kind.as_str()), ("origin", ISSUER)], &beside, 400),
        ("cut off", [("content-type", kind.as_str()), ("origin", ISSUER)], &half, 400),
        ("another boundary", [("content-type", cut.as_str()), ("origin", ISSUER)], &good, 400),
        ("no boundary", [("content-type", "multipart/form-data"), ("origin", ISSUER)], &good, 400),
        ("no parts", [("content-type", "multipart/mixed; boundary=x"), ("origin", ISSUER)], &good, 415),
        ("the file alone", [("content-type", "image/png"), ("origin", ISSUER)], &file, 415),
    ] {
        let mut request = TestRequest::post().uri(UPLOAD).set_payload(body.clone());
        for header in headers {
            request = request.insert_header(header);
        }
        let answer = browser.send(request).await;
        assert_page(&answer, status, case);
        untouched.check(case).await;
    }
    let fields = encoded(&[("csrf", csrf.as_str()), ("picture", "x")]);
    let plain = TestRequest::post().uri(UPLOAD).insert_header(("content-type", FORM)).insert_header(("origin", ISSUER));
    assert_page(&browser.send(plain.set_payload(fields)).await, 415, "an ordinary form");
    // Whoever is not signed in is asked to be, and their file is not looked at.
    let mut nobody = idp.browser();
    assert_eq!(nobody.upload(UPLOAD, ["", ""], &file).await.location(), "/account/profile");
    untouched.check("nobody").await;
    for method in [TestRequest::get(), TestRequest::put(), TestRequest::delete()] {
        assert_eq!(browser.send(method.uri(UPLOAD)).await.status, 405, "another method");
    }
}

#[actix_web::test]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let idp = Idp::start().await;
    let mut browser = signed_in(&idp).await;
    let [csrf, person] = hidden(&mut browser).await;
    let untouched = Untouched::now(&idp).await;
    // It is announced, and nothing of it has come.
    let (kind, _) = multipart(&[]);
    let head = TestRequest::post().uri(UPLOAD).insert_header(("content-type", kind.as_str()));
    let head = head.insert_header(("origin", ISSUER)).insert_header(("content-length", "900000000"));
    let refused = browser.send(head).await;
    assert_page(&refused, 413, "announced");
    assert!(refused.text("[role=alert]").unwrap().contains("too large"));
    // It is not announced.
    for size in [PORTRAIT.most_bytes + 1, PORTRAIT.most_bytes + 100_000, 3 * PORTRAIT.most_bytes] {
        let refused = browser.upload(UPLOAD, [&csrf, &person], &vec![0xff; size]).await;
        assert_page(&refused, 413, "not announced");
    }
    assert_eq!(
        browser.upload(UPLOAD, [&csrf, &person], &vec![0xff; PORTRAIT.most_bytes]).await.status,
        422,
        "within the limit it is read"
    );
    untouched.check("too large").await;
}

#[actix_web::test]
async fn addresses_that_show_nothing() {
    let idp = Idp::start().await;
    let mut browser = signed_in(&idp).await;
    for name in ["x", "..", "%2e%2e%2fx", "a/b", &"a".repeat(600), "%00", "%ff", "a%0d%0ab", "", "*", "<svg>"] {
        let answer = browser.get(&format!("/picture/{}", name.replace('<', "%3C").replace('>', "%3E"))).await;
        assert_eq!(answer.status, 404, "{name}");
        assert!(answer.header("content-type").starts_with("text/html"), "{name}");
        assert_eq!(answer.header("cache-control"), "no-store", "{name}");
    }
}
