//! Every way we know of to make a signed token that was not signed by whom it seems (RFC 8725, section 2), out of a genuine
//! one: kinds of attack times spellings, keys and places, generated. Who reads such tokens is [`super::jws_readers`]'s.

mod forms;
mod keys;

use super::forge::public_secrets_of;
use crate::harness::keyed::{ClientKey, by_secret, changed, signed};
use abide::protocol::jws::{Family, JwsAlg};
use forms::{no_text, other_forms, other_words, signatures};
pub use forms::{no_text_beside, said_twice};
use keys::{extensions, foreign_keys, names_of_keys};
use serde_json::{Value, json};

/// A token as its client would sign it.
pub struct Genuine<'a> {
    pub key: &'a ClientKey,
    pub alg: &'static str,
    pub header: Value,
    pub claims: Value,
}

/// Does the header name the key, or bring it along?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyBy {
    /// A record has the keys; `kid` says which.
    Name,
    /// The key is in the header, and whoever brings another one is another holder (RFC 9449, section 4.2).
    Header,
}

/// What was made, and how.
pub type Forgery = (String, String);

impl Genuine<'_> {
    fn header(&self, change: &Value) -> Value {
        changed(self.header.clone(), change)
    }

    /// Signed by the genuine key as it signs, whatever the header says.
    fn under(&self, header: &Value) -> String {
        self.key.sign_text(self.alg, &header.to_string(), &self.claims.to_string())
    }

    /// Is it signed by a secret? That has no name: what a header calls it counts for nothing, if it is a text.
    fn is_by_secret(&self) -> bool {
        JwsAlg::named(self.alg).is_some_and(|alg| alg.family() == Family::Hmac)
    }

    fn whole(&self) -> String {
        self.under(&self.header)
    }
}

/// All of them. `trap` is an address of which nothing may be fetched.
pub fn forgeries(of: &Genuine<'_>, by: KeyBy, trap: &str) -> Vec<Forgery> {
    let mut all = unsigned(of);
    all.extend(by_public_key_as_secret(of));
    all.extend(other_algorithms(of));
    all.extend(foreign_keys(of, by, trap));
    if by == KeyBy::Name {
        all.extend(names_of_keys(of));
    }
    all.extend(extensions(of));
    all.extend(headers_that_are_none(of));
    all.extend(signatures(of));
    all.extend(other_forms(of));
    all.extend(other_words(of));
    all.extend(no_text(of));
    all
}

/// Every spelling of `none` in upper and lower case, and its neighbours, times what stands for a signature.
fn unsigned(of: &Genuine<'_>) -> Vec<Forgery> {
    let spelled = (0..16_u8).map(|upper| {
        let letter =
            |(at, letter): (usize, char)| if upper >> at & 1 == 1 { letter.to_ascii_uppercase() } else { letter };
        json!("none".char_indices().map(letter).collect::<String>())
    });
    let near = ["", " ", "none ", " none", "none\n", "n\u{43e}ne", "no", "null", "undefined", "NoneAlgorithm"];
    let no_text = [json!(null), json!(false), json!(0), json!([]), json!(["none"]), json!({}), json!({"alg": "none"})];
    let mut all = Vec::new();
    for alg in spelled.chain(near.map(Value::from)).chain(no_text) {
        let header = of.header(&json!({"alg": alg}));
        for signature in [0_usize, 1, 64] {
            all.push((format!("alg {alg}, {signature} bytes"), signed(&header, &of.claims, |_| vec![0; signature])));
        }
        all.push((format!("alg {alg}, signed"), of.under(&header)));
    }
    all
}

/// The public key as a secret, in every form in which it lies about.
fn by_public_key_as_secret(of: &Genuine<'_>) -> Vec<Forgery> {
    let jwk = of.key.jwk();
    let mut secrets = public_secrets_of(&jwk);
    secrets.extend(
        [json!({"keys": [jwk]}).to_string(), of.claims["iss"].to_string(), "key-1".into()].map(String::into_bytes),
    );
    let mut all = Vec::new();
    for (number, secret) in secrets.iter().enumerate() {
        for alg in ["HS256", "HS384", "HS512"] {
            for kid in [json!(null), of.header["kid"].clone()] {
                let header = of.header(&json!({"alg": alg, "kid": kid}));
                all.push((format!("{alg} by public secret {number}"), by_secret(secret, &header, &of.claims)));
            }
        }
    }
    all
}

/// A genuine signature under the name of every other algorithm.
fn other_algorithms(of: &Genuine<'_>) -> Vec<Forgery> {
    let same = |name: &str| JwsAlg::named(name) == JwsAlg::named(of.alg);
    let lower = of.alg.to_lowercase();
    let padded = format!("{} ", of.alg);
    let strange = [
        "ES256K",
        "Ed448",
        "RS1",
        "RSA1_5",
        "RSA-OAEP",
        "dir",
        "A128GCMKW",
        "PBES2-HS256+A128KW",
        "HS1",
        &lower,
        &padded,
    ];
    let named = JwsAlg::names().into_iter().filter(|name| !same(name)).chain(strange);
    let mut all: Vec<Forgery> =
        named.map(|name| (format!("under {name}"), of.under(&of.header(&json!({"alg": name}))))).collect();
    let list = json!({"alg": [of.alg]});
    all.push(("a list of algorithms".into(), of.under(&of.header(&list))));
    all
}

/// Signed by the genuine key as it should be, but by another algorithm than is registered (RFC 8725, section 3.1).
pub fn by_another_algorithm(of: &Genuine<'_>) -> Vec<Forgery> {
    let kin: &[&str] = match &of.alg[..2] {
        "HS" => &["HS256", "HS384", "HS512"],
        "RS" | "PS" => &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
        // On a curve there is one.
        _ => &[],
    };
    let others = kin.iter().filter(|alg| **alg != of.alg);
    others.map(|alg| (format!("signed by {alg}"), of.key.sign(&of.header(&json!({"alg": alg})), &of.claims))).collect()
}

/// Headers that are no object, or say a thing twice.
fn headers_that_are_none(of: &Genuine<'_>) -> Vec<Forgery> {
    let whole = of.header.to_string();
    let (alg, rest) = (of.alg, of.header(&json!({"alg": null})).to_string());
    let list = json!([of.alg, of.header["kid"], of.header["typ"]]).to_string();
    let texts = [
        String::new(),
        "null".into(),
        "1".into(),
        "\"x\"".into(),
        "[]".into(),
        list,
        format!("[{whole}]"),
        format!("{whole}{whole}"),
        format!("{whole}x"),
        format!("\u{feff}{whole}"),
        whole[..whole.len() - 1].to_owned(),
        whole.replace('"', "'"),
        format!("x{whole}"),
        format!("{{\"alg\":\"none\",\"alg\":\"{alg}\",{}", &rest[1..]),
        format!("{{\"alg\":\"{alg}\",\"alg\":\"none\",{}", &rest[1..]),
        format!("{{\"alg\":\"{alg}\",\"\\u0061lg\":\"{alg}\",{}", &rest[1..]),
        rest,
    ];
    let claims = of.claims.to_string();
    texts.iter().map(|text| (format!("header {text:.40}"), of.key.sign_text(of.alg, text, &claims))).collect()
}
