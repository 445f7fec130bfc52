//! Signatures, forms and words that are not those of the genuine token.

use super::{Forgery, Genuine};
use crate::bad_input::variants::{altered, truncated};
use crate::harness::keyed::changed;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// What stands in the place of the signature.
pub(super) fn signatures(of: &Genuine<'_>) -> Vec<Forgery> {
    let whole = of.whole();
    let (message, signature) = whole.rsplit_once('.').unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let padded = |zeros: usize| [vec![0; zeros], bytes.clone(), vec![0; zeros]].concat();
    let mut others: Vec<Vec<u8>> =
        vec![Vec::new(), vec![0; bytes.len()], vec![0xff; bytes.len()], vec![1], vec![0; 64], vec![0; 96]];
    others.extend([
        padded(1),
        padded(32),
        bytes[1..].to_vec(),
        bytes[..bytes.len() - 1].to_vec(),
        bytes[..bytes.len() / 2].to_vec(),
        [&bytes[..], &bytes].concat(),
    ]);
    others.extend([bytes.iter().rev().copied().collect(), bytes.iter().map(|byte| !byte).collect()]);
    if bytes.len() == 64 {
        let (r, s) = bytes.split_at(32);
        let der = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
        let integer = |number: &[u8]| der(2, &[&[0], number].concat());
        others.push(der(0x30, &[integer(r), integer(s)].concat()));
        others.extend([[r, r].concat(), [s, r].concat(), [&[0; 32][..], s].concat(), [r, &[0; 32][..]].concat()]);
    }
    if of.alg == "EdDSA" {
        others.push(beyond_the_order(&bytes));
    }
    let mut all: Vec<Forgery> = others
        .iter()
        .map(|other| {
            (format!("signature of {} bytes", other.len()), format!("{message}.{}", URL_SAFE_NO_PAD.encode(other)))
        })
        .collect();
    all.extend(
        [
            STANDARD.encode(&bytes),
            format!("{signature}="),
            format!("{signature} "),
            format!("{signature}\n"),
            last_bit(signature),
        ]
        .into_iter()
        .filter(|other| *other != signature)
        .map(|other| ("another spelling of the signature".into(), format!("{message}.{other}"))),
    );
    all
}

/// The same signature once more (RFC 8032, section 8.4): its second half, and the order of the group.
fn beyond_the_order(signature: &[u8]) -> Vec<u8> {
    let order: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ];
    let mut carry = 0_u16;
    let sum = signature[32..].iter().zip(order).map(|(a, b)| {
        carry += u16::from(*a) + u16::from(b);
        let byte = (carry & 0xff) as u8;
        carry >>= 8;
        byte
    });
    let sum: Vec<u8> = sum.collect();
    [&signature[..32], &sum].concat()
}

/// The same bytes, with a bit set that stands for none of them.
fn last_bit(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (start, last) = text.split_at(text.len() - 1);
    let at = LETTERS.iter().position(|letter| *letter == last.as_bytes()[0]).unwrap();
    if text.len().is_multiple_of(4) { text.to_owned() } else { format!("{start}{}", char::from(LETTERS[at ^ 1])) }
}

/// Other forms of tokens than three parts with points between them.
pub(super) fn other_forms(of: &Genuine<'_>) -> Vec<Forgery> {
    let whole = of.whole();
    let parts: Vec<&str> = whole.split('.').collect();
    let (head, payload, signature) = (parts[0], parts[1], parts[2]);
    let inside = URL_SAFE_NO_PAD.encode(&whole);
    let mut texts = vec![
        "x".to_owned(),
        ".".into(),
        "..".into(),
        "...".into(),
        head.into(),
        format!("{head}.{payload}"),
        format!("{head}.{payload}."),
        format!("{head}..{signature}"),
        format!(".{payload}.{signature}"),
        format!("{whole}.{signature}"),
        format!("{whole}."),
        format!(".{whole}"),
        format!("{head}.AA.{payload}.{signature}.AA"),
        format!("{head}.{payload}.{signature}.AA.AA"),
        whole.replace('.', " "),
        whole.replace('.', "%2E"),
        whole.replace('.', ".."),
        format!("{whole},{whole}"),
        json!({"payload": payload, "protected": head, "signature": signature}).to_string(),
        json!({"payload": payload, "signatures": [{"protected": head, "signature": signature}]}).to_string(),
        format!("{}.{inside}.{signature}", URL_SAFE_NO_PAD.encode(of.header(&json!({"cty": "JWT"})).to_string())),
        of.key.sign_text(of.alg, &of.header(&json!({"cty": "JWT"})).to_string(), &whole),
        STANDARD.encode(&whole),
        format!("Bearer {whole}"),
        "a".repeat(15_000),
    ];
    texts.extend(altered(&whole, 23).into_iter().chain(truncated(&whole, 23)));
    texts.retain(|text| !text.is_empty() && *text != whole);
    texts.into_iter().map(|text| (format!("form {text:.30}"), text)).collect()
}

/// Bytes that are no UTF-8: a beginning, a rest, an end too soon, a slash by a detour, half a character of UTF-16, and one beyond
/// the last.
const NO_TEXT: [&[u8]; 6] = [b"\xff", b"\x80", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"];

/// Header and claims that are no UTF-8 (RFC 7515, section 5.2; RFC 7519, section 7.2), in what is read.
pub(super) fn no_text(of: &Genuine<'_>) -> Vec<Forgery> {
    let (header, claims) = (of.header.to_string(), of.claims.to_string());
    let mut all = Vec::new();
    for bad in NO_TEXT {
        for (name, value) in of.claims.as_object().unwrap() {
            let Some(text) = value.as_str() else { continue };
            let rest = changed(of.claims.clone(), &json!({name: null})).to_string();
            let claims =
                [format!("{{\"{name}\":\"").as_bytes(), text.as_bytes(), bad, b"\",", &rest.as_bytes()[1..]].concat();
            all.push((format!("{name} with {bad:?}"), of.key.sign_bytes(of.alg, header.as_bytes(), &claims)));
        }
        let named = [b"{\"", bad, b"\":1,", &claims.as_bytes()[1..]].concat();
        all.push((format!("a claim called {bad:?}"), of.key.sign_bytes(of.alg, header.as_bytes(), &named)));
        let rest = of.header(&json!({"typ": null})).to_string();
        let typ = of.header["typ"].as_str().unwrap();
        let typed = [b"{\"typ\":\"", typ.as_bytes(), bad, b"\",", &rest.as_bytes()[1..]].concat();
        all.push((format!("typ with {bad:?}"), of.key.sign_bytes(of.alg, &typed, claims.as_bytes())));
        for claims in [[bad, claims.as_bytes()].concat(), [claims.as_bytes(), bad].concat()] {
            all.push((format!("{bad:?} around it"), of.key.sign_bytes(of.alg, header.as_bytes(), &claims)));
        }
    }
    let wide = |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    for (order, bytes) in [("little", u16::to_le_bytes as fn(u16) -> [u8; 2]), ("big", u16::to_be_bytes)] {
        let token = of.key.sign_bytes(of.alg, header.as_bytes(), &wide(&claims, bytes));
        all.push((format!("claims in UTF-16, {order} end first"), token));
        let token = of.key.sign_bytes(of.alg, &wide(&header, bytes), claims.as_bytes());
        all.push((format!("a header in UTF-16, {order} end first"), token));
    }
    all
}

/// The same in what nobody reads.
pub fn no_text_beside(of: &Genuine<'_>) -> Vec<Forgery> {
    let (header, claims) = (of.header.to_string(), of.claims.to_string());
    let mut all = Vec::new();
    for bad in NO_TEXT {
        let beside = |whole: &str| [b"{\"note\":\"", bad, b"\",", &whole.as_bytes()[1..]].concat();
        let token = of.key.sign_bytes(of.alg, header.as_bytes(), &beside(&claims));
        all.push((format!("a claim that nobody reads, with {bad:?}"), token));
        let token = of.key.sign_bytes(of.alg, &beside(&header), claims.as_bytes());
        all.push((format!("a member of the header that nobody reads, with {bad:?}"), token));
    }
    all
}

/// A claim that is said twice, the same or not, under one spelling or two (RFC 7519, section 4).
pub fn said_twice(of: &Genuine<'_>) -> Vec<Forgery> {
    let mut all = Vec::new();
    for (name, good) in of.claims.as_object().unwrap() {
        let rest = changed(of.claims.clone(), &json!({name: null})).to_string();
        let escaped = format!("\\u{:04x}{}", name.as_bytes()[0], &name[1..]);
        for (first, last) in [(name, name), (name, &escaped), (&escaped, name)] {
            let other = if good.is_string() { json!("x") } else { json!(0) };
            for [one, two] in [[good, good], [good, &other], [&other, good]] {
                let claims = format!("{{\"{first}\":{one},{},\"{last}\":{two}}}", &rest[1..rest.len() - 1]);
                let case = format!("{first} is {one}, and {last} is {two}");
                all.push((case, of.key.sign_text(of.alg, &of.header.to_string(), &claims)));
            }
        }
    }
    all
}

/// The genuine signature over other words, and claims that are no object.
pub(super) fn other_words(of: &Genuine<'_>) -> Vec<Forgery> {
    let whole = of.whole();
    let parts: Vec<&str> = whole.split('.').collect();
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let mut all = Vec::new();
    for (name, value) in of.claims.as_object().unwrap() {
        for other in [json!(null), json!("x"), json!([value]), json!(0)] {
            let claims = encode(&changed(of.claims.clone(), &json!({name: other})));
            all.push((format!("{name} is {other} since"), format!("{}.{claims}.{}", parts[0], parts[2])));
        }
    }
    let header = encode(&of.header(&json!({"more": 1})));
    all.push(("another header".into(), format!("{header}.{}.{}", parts[1], parts[2])));
    let values: Vec<&Value> = of.claims.as_object().unwrap().values().collect();
    let texts = [
        String::new(),
        "null".into(),
        "1".into(),
        "[]".into(),
        "\"x\"".into(),
        "{".into(),
        json!(values).to_string(),
        format!("[{}]", of.claims),
        format!("{}x", of.claims),
        format!("\u{feff}{}", of.claims),
    ];
    all.extend(
        texts.iter().map(|text| (format!("claims {text:.30}"), of.key.sign_text(of.alg, &of.header.to_string(), text))),
    );
    all
}
